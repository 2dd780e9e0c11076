"""The JSON API, one module a room of the pages."""

from cardhouse.web.api import book, jobs, network, run, words

ROUTERS = (book.router, network.router, run.router, jobs.router, words.router)
"""All routers, in the order of the description."""
