"""The JSON API, one module a room of the pages."""

from cardhouse.web.api import book, check, jobs, market, network, run, words

ROUTERS = (book.router, network.router, run.router, jobs.router, market.router, check.router, words.router)
"""All routers, in the order of the description."""
