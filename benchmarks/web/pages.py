"""How fast the web app is: first load, a slider's answer, twenty users pulling at once; printed as a table.

Run on a machine with Chromium and the extras ``web`` and ``test``: ``python benchmarks/web/pages.py``.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx

TIMES = 21
USERS = 20
RUN = "/run?firm=coreweave"
PAGES = ("/map", "/firm/oracle", RUN, "/money/nvidia", "/lenses/value", "/market", "/check", "/book")
ASSUMPTION = "layer-neocloud-growth-retention"

MOVE = """(place) => new Promise((done) => {
  const slider = document.querySelector('input[name="rents"]');
  const begun = performance.now();
  new MutationObserver((_, seen) => { seen.disconnect(); done(performance.now() - begun); })
    .observe(document.querySelector("#live"), { childList: true });
  slider.value = place;
  slider.dispatchEvent(new Event("input"));
})"""
"""Moves a slider as a hand does, and waits for the line that is written when the new fan is drawn."""


@contextmanager
def server() -> Iterator[str]:
    """``cardhouse serve`` as a user starts it."""
    running = subprocess.Popen(
        [sys.executable, "-m", "cardhouse", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    try:
        yield running.stdout.readline().split()[-1].rstrip("/")
    finally:
        running.terminate()
        running.wait(20)


def took(run: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    run()
    return 1000.0 * (time.perf_counter() - begun)


def row(what: str, times: list[float], goal: str = "") -> None:
    print(f"| {what} | {statistics.median(times):.0f} | {max(times):.0f} | {goal} |")


def api(address: str) -> None:
    """The answers alone."""
    with httpx.Client(base_url=address, timeout=120) as client:

        def slider(value: float) -> httpx.Response:
            question: dict[str, Any] = {"firms": ["coreweave"], "measures": ["cash"], "moves": {ASSUMPTION: value}}
            return client.post("/api/live", json=question).raise_for_status()

        def driver(value: float) -> httpx.Response:
            return client.post(
                "/api/live", json={"firms": ["coreweave"], "drivers": {"rents": value}}
            ).raise_for_status()

        slider(0.5)
        places = [0.4 + 0.35 * n / TIMES for n in range(TIMES)]
        row("answer to an assumption's slider, 1,000 paths, ms", [took(lambda v=v: slider(v)) for v in places], "150")
        row("answer to a driver's slider, 1,000 paths, ms", [took(lambda v=v: driver(v)) for v in places], "150")

        def pull(card: str, pays: float = 0.0) -> httpx.Response:
            return client.get("/api/pull", params={"card": card, "pays": pays}).raise_for_status()

        pull("openai")
        parts = [n / TIMES for n in range(TIMES)]
        row("a card pulled for the first time, ms", [took(lambda p=p: pull("openai", p)) for p in parts])
        row("a card pulled again, ms", [took(lambda: pull("openai")) for _ in range(TIMES)])
        cards = [firm["id"] for firm in client.get("/api/about").json()["firms"] if firm["tested"]]
        users = [cards[n % len(cards)] for n in range(USERS)]
        with ThreadPoolExecutor(USERS) as pool:
            begun = time.perf_counter()
            each = list(pool.map(lambda card: took(lambda: pull(card)), users))
        row(f"{USERS} users pulling at once, ms each", each)
        print(f"| {USERS} users pulling at once, all served, ms | {1000 * (time.perf_counter() - begun):.0f} | | |")


def pages(address: str) -> None:
    """The pages in a browser: from the address to the page drawn, and from the hand to the new fan."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        for path, ready in [*((path, "main:not([aria-busy]) h1") for path in PAGES), (RUN, "#fan svg")]:
            times = []
            for _ in range(5):
                page = browser.new_context().new_page()

                def load(page: Any = page, path: str = path, ready: str = ready) -> None:
                    page.goto(f"{address}{path}")
                    page.wait_for_selector(ready)

                times.append(took(load))
                page.context.close()
            what = "first fan" if ready == "#fan svg" else "drawn"
            row(f"{path.split('?')[0]}: from nothing to {what}, ms", times, "1,000" if what == "drawn" else "")
        page = browser.new_page()
        page.goto(f"{address}/run?firm=coreweave")
        page.wait_for_selector("#fan svg")
        times = [page.evaluate(MOVE, 30 + n) for n in range(TIMES)]
        row("slider to new fan in the browser, ms", times, "150")
        browser.close()


def main() -> None:
    """Print the table."""
    print("| what | median | worst | goal |\n|---|---|---|---|")
    with server() as address:
        httpx.get(f"{address}/api/about", timeout=120)
        api(address)
        pages(address)


if __name__ == "__main__":
    main()
