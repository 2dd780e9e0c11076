"""What a path of the economy costs: compiling, making a tableau, one warm path, and paths side by side.

    python benchmarks/economy/paths.py

The embedded book over 24 quarters with every term and consequence switched on; it lists which. Paths side by side are
drawn shocks to demand and multiples, so that firms fall in some of them. The goal for one warm path is 5 ms.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping

import numpy as np

from cardhouse.book import embedded
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.drivers import BASELINE, DEMAND, MULTIPLES
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, Shocks
from cardhouse.economy.kernel.path import run_path
from cardhouse.economy.kernel.tableau import Tableau, new_tableau
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import calibrated, drivers_for, shocks_of

QUARTERS = 24
GOAL = 0.005
RUNS = 30
LANES = (1, 8, 64)
FIRST_PATH = """
import time
from cardhouse.book import embedded
from cardhouse.economy.run import run
book = embedded()
book = book.as_of(book.date)
begin = time.perf_counter()
run(book)
print(time.perf_counter() - begin)
"""


def first_path(folder: str) -> float:
    """Seconds of the first run in a process of its own that keeps compiled code in a folder."""
    found = subprocess.run(
        [sys.executable, "-c", FIRST_PATH],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": folder},
    )
    return float(found.stdout)


def timed(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Best and median seconds of some runs."""
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), statistics.median(seconds)


def path_seconds(make: Callable[[], Tableau], runs: int = RUNS) -> tuple[float, float]:
    """Best and median seconds of the kernel alone; every run needs a tableau of its own."""
    seconds = []
    for _ in range(runs):
        tableau = make()
        begin = time.perf_counter()
        run_path(tableau)
        seconds.append(time.perf_counter() - begin)
    return min(seconds), statistics.median(seconds)


def shaken(compiled: Compiled, lanes: int) -> Shocks:
    """Paths whose demand and multiples are drawn: none of them alike, some with falls."""
    one = shocks_of(drivers_for(compiled, BASELINE))
    world, firm, pays = (np.ascontiguousarray(np.repeat(part, lanes, axis=-1)) for part in one)
    rng = np.random.default_rng(1)
    for driver, width in ((DEMAND, 0.15), (MULTIPLES, 0.2)):
        steps = rng.normal(-0.5 * width**2 / 4.0, width / 2.0, (QUARTERS, lanes))
        world[driver] = np.clip(np.exp(np.cumsum(steps, axis=0)), 0.05, 10.0)
    return Shocks(world, firm, pays)


def switched_on(compiled: Compiled) -> Mapping[str, int]:
    """How often the book uses each term that the kernel has code for, and what can follow a default."""
    m = compiled.model
    return {
        "firms and vehicles": len(compiled.nodes),
        "of them vehicles": int(m.nodes.vehicle.sum()),
        "contracts": len(compiled.contracts),
        "owed whatever happens": int((m.ties.bound > 0.0).any(axis=1).sum()),
        "a share of capital spending": int((m.ties.of_capex > 0.0).any(axis=1).sum()),
        "a share of revenue": int((m.ties.of_revenue > 0.0).any(axis=1).sum()),
        "capped": int(np.isfinite(m.ties.cap).sum()),
        "waiting for a condition": int((m.ties.condition > 0).sum()),
        "with a rent that moves": int((m.ties.indexed > 0.0).sum()),
        "with trade-in": int((m.ties.trade_in > 0.0).sum()),
        "bought for a customer": int(m.ties.for_tie.size),
        "late with power": int(m.ties.late.sum()),
        "debts": int(m.debts.borrower.size),
        "of them floating": int((m.debts.floating > 0.0).sum()),
        "lines under a cover test": int((m.nodes.dscr > 0.0).sum()),
        "guarantees": int(m.guarantees.cap.size),
        "of them for lenders": int(m.guarantees.for_lenders.sum()),
        "of them of a residual value": int((m.guarantees.residual_at < FOREVER).sum()),
        "stakes": int(m.stakes.holder.size),
        "of them bought in instalments": int((m.stakes.pays >= 0).sum()),
        "of them warrants": int((m.stakes.vests_with >= 0).sum()),
    }


def main() -> None:
    """Print what is switched on, then a line for each cost."""
    book = embedded()
    book = book.as_of(book.date)
    opening = open_book(book)
    compiled = calibrated(compile_opening(opening, quarters=QUARTERS))
    for what, number in switched_on(compiled).items():
        print(f"{what:32} {number:5d}")
    print("after a default: acceleration, rejection, calls, re-letting, cancelled orders, stranded goods, recovery")
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = first_path(folder), first_path(folder)
    print(f"\n{'first run, nothing compiled':42} {cold:9.1f} s")
    print(f"{'first run, compiled code on disk':42} {warm:9.2f} s")
    best, middle = timed(lambda: compile_opening(opening, quarters=QUARTERS), runs=5)
    print(f"{'opening to arrays':42} {1e3 * best:9.1f} ms best {1e3 * middle:9.1f} ms median")
    single = 0.0
    for lanes in LANES:
        shocks = shaken(compiled, lanes)
        best, middle = timed(lambda s=shocks: new_tableau(compiled.model, s, ledger=False), runs=10)
        print(f"{f'tableau, {lanes} side by side':42} {1e3 * best:9.2f} ms best {1e3 * middle:9.2f} ms median")
        best, middle = path_seconds(lambda s=shocks: new_tableau(compiled.model, s, ledger=False))
        single = single or middle / lanes
        ratio = middle / lanes / single
        line = f"{f'a path of {QUARTERS} quarters, {lanes} side by side':42} {1e3 * best / lanes:9.2f} ms best"
        end = new_tableau(compiled.model, shocks, ledger=False)
        run_path(end)
        fallen = int((end.marks[row.FELL] < FOREVER).sum())
        print(f"{line} {1e3 * middle / lanes:9.2f} ms median {ratio:6.2f} of one alone, {fallen} falls")
    print(f"\ngoal: one warm path in {1e3 * GOAL:.0f} ms: {'met' if single <= GOAL else 'missed'}")


if __name__ == "__main__":
    main()
