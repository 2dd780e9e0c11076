"""The app: routes of the API, the pages, and how errors leave."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from cardhouse import __version__
from cardhouse.economy.contracts import Scope
from cardhouse.economy.run import RunChoices
from cardhouse.errors import CardhouseError, UnknownName
from cardhouse.views.charts.frame import drawing
from cardhouse.web.api import ROUTERS
from cardhouse.web.api.words import bundle, scripts
from cardhouse.web.guard import Guard
from cardhouse.web.jobs import Jobs
from cardhouse.web.kept import Kept
from cardhouse.web.settings import Settings
from cardhouse.web.shelf import Shelf

log = logging.getLogger("cardhouse.web")
PAGES = Path(__file__).parent / "pages"
ABOUT = """A stress test of the AI boom's balance sheets. Money is USD million, shares and rates are fractions, days are
`YYYY-MM-DD`. Errors are `{"error": "what was found, what was expected, what to do"}`."""


def create_app(settings: Settings) -> FastAPI:
    """The app of a server.

    Parameters
    ----------
    settings : book, limits, token.

    Returns
    -------
    FastAPI : with the API under ``/api``, its description at ``/api/openapi.json``, and the pages on all other paths.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.warming = Thread(target=_warm, args=(app.state.shelf,), daemon=True)
        app.state.warming.start()
        yield
        app.state.jobs.close()

    app = FastAPI(
        title="Cardhouse",
        version=__version__,
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.shelf = Shelf(settings)
    app.state.jobs = Jobs(settings)
    app.state.warming = None
    for router in ROUTERS:
        app.include_router(router, prefix="/api")
    app.add_exception_handler(CardhouseError, _told)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _failed)
    app.include_router(scripts)
    app.mount("/static", StaticFiles(directory=PAGES), name="static")
    app.get("/{page:path}", include_in_schema=False)(_page)
    app.add_middleware(Kept)
    app.add_middleware(Guard, settings=settings)  # the last one added stands first
    return app


def _warm(shelf: Shelf) -> None:
    """Read and load in the background what every first question needs, while the browser still opens."""
    try:
        bundle()
        drawing()
        shelf.openings(None, 4, Scope.ACTIVE)
        shelf.model(None, RunChoices())
    except CardhouseError as error:
        log.warning("not ready beforehand: %s", error)  # the question that needs it says so to whoever asks it


async def _page(page: str) -> Response:
    """Every address of the pages is the one page; its script reads the address."""
    if page.startswith("api/"):
        return JSONResponse({"error": f"no such address: /{page}; see /api/openapi.json"}, status_code=404)
    return FileResponse(PAGES / "index.html", headers={"cache-control": "no-cache"})


async def _told(_: Request, error: Exception) -> Response:
    status = 404 if isinstance(error, UnknownName) else 400
    return JSONResponse({"error": str(error)}, status_code=status)


async def _misread(_: Request, error: Exception) -> Response:
    """What was wrong with the parameters, one sentence each, without echoing what was sent."""
    found: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    told = "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:]) or 'body'}: {one['msg']}" for one in found)
    return JSONResponse({"error": told or "the request is not understood"}, status_code=422)


async def _plain(_: Request, error: Exception) -> Response:
    """What the framework refuses, with its headers (a 405 names the methods that there are)."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse({"error": str(detail)}, status_code=status, headers=headers)


async def _failed(_: Request, __: Exception) -> Response:
    """A fault of the program: no word of its insides; the server's own log has them."""
    words = "the server failed at this question; its log says why; other questions still work"
    return JSONResponse({"error": words}, status_code=500)
