"""A server in a thread of the tests, asked as a browser asks it; the same book and limits as ``cardhouse serve``."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from cardhouse.web.settings import Settings

HOSTILE = "<img src=x onerror=alert(1)>"
FIRMS = "id,name,name_zh,aliases,layer,camp,tier,ticker,country,fiscal_year_end,note\n"
TIES = (
    "id,kind,from,to,amount,unit,share_percent,rate_percent,announced,start,end,firmness,status,counted,source,known,"
    "confidence,note\n"
)
SOURCES = "id,title,publisher,published,url,kind\n"


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """A server on a free port; its address."""
    import uvicorn

    from cardhouse.web.app import create_app

    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # before the address is told: the first question waits for the server instead of being refused
    config = uvicorn.Config(create_app(settings), log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server with the embedded book."""
    with serving(Settings()) as address:
        yield address


@pytest.fixture(scope="session")
def client(server: str) -> Iterator[httpx.Client]:
    """Asks that server."""
    with httpx.Client(base_url=server, timeout=120) as asking:
        yield asking


@pytest.fixture(scope="session")
def hostile_overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of a user whose names are markup: a firm with a tie, and a source with a script for an address."""
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "firms.csv").write_text(
        f'{FIRMS}evil,"{HOSTILE}","{HOSTILE}","{HOSTILE}",model,openai,,,US,12-31,"{HOSTILE}"\n'
    )
    (folder / "sources.csv").write_text(
        f'{SOURCES}evil-source,"{HOSTILE}","{HOSTILE}",2026-01-01,https://evil.example/,news\n'
    )
    tie = "evil-tie,purchase,evil,oracle,90000,USD_million,,,2026-01-01,2026-01-01,2031-01-01,binding,active,yes"
    (folder / "ties.csv").write_text(f'{TIES}{tie},evil-source,2026-01-01,medium,"{HOSTILE}"\n')
    return folder


@pytest.fixture(scope="session")
def hostile_server(hostile_overlay: Path) -> Iterator[str]:
    """A server with those rows laid over the book."""
    with serving(Settings(overlay=str(hostile_overlay))) as address:
        yield address


@pytest.fixture(scope="session")
def serve() -> Callable[..., object]:
    """Start a server of other settings: ``with serve(Settings(...)) as address``."""
    return serving


FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)


def without_browser(reason: str) -> NoReturn:
    """Leave the browser tests out with a line that says why, or fail where they must run."""
    if os.environ.get("CARDHOUSE_BROWSER") == "required":
        pytest.fail(f"CARDHOUSE_BROWSER=required, but {reason}")
    pytest.skip(f"browser tests left out: {reason}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium with a fresh folder of its own; open only while one module runs, since its loop fills the thread."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        without_browser("no chromium is installed (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        without_browser("playwright is not installed (pip install playwright)")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


class Watched:
    """A window of a browser that notes what no page may do: ask outside, complain, open a dialog."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        page.on("request", self._asked)
        page.on(
            "console", lambda m: self.faults.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", self._dialog)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.faults.append(f"asked outside: {request.url}")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def forgive(self) -> None:
        """The browser itself notes a request that was refused as it should be; that is no fault of the page."""
        self.faults = [fault for fault in self.faults if "Failed to load resource" not in fault]

    def open(self, path: str) -> Any:
        """Go to a page and wait until it is drawn."""
        self.page.goto(f"{self.address}{path}")
        return self.drawn()

    def drawn(self) -> Any:
        """Wait until the page at hand is drawn."""
        self.page.wait_for_selector("main:not([aria-busy]) h1, main:not([aria-busy]) .error", timeout=60_000)
        return self.page


@pytest.fixture
def window(browser: Any, server: str) -> Iterator[Watched]:
    """A fresh window; after the test it must have nothing to complain of."""
    with opened(browser, server) as found:
        yield found


@contextmanager
def opened(browser: Any, address: str, **how: Any) -> Iterator[Watched]:
    """A window of its own context: nothing is kept from one to the next."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, **how)
    found = Watched(context.new_page(), address)
    found.page.set_default_timeout(60_000)
    yield found
    context.close()
    assert found.faults == []


@pytest.fixture(scope="module")
def open_window() -> Callable[..., Any]:
    """Open a window with other settings: ``with open_window(browser, address, color_scheme="dark") as window``."""
    return opened
