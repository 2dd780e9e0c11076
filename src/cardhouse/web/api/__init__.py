"""The JSON API, one module a room of the pages."""

from cardhouse.web.api import book, check, figures, jobs, lenses, lenses_compute, market, network, run, words

ROUTERS = (
    book.router,
    figures.router,
    network.router,
    run.router,
    jobs.router,
    lenses.router,
    lenses_compute.router,
    market.router,
    check.router,
    words.router,
)
"""All routers, in the order of the description."""
