"""What paths of the economy cost: the first, one alone, and hundreds of thousands into a run's folder.

    python benchmarks/economy/paths.py [OPENINGS]
    python benchmarks/economy/paths.py memory PATHS

The embedded book over 24 quarters with every term and consequence switched on (it lists which; a rent that moves with
the market and trade-in, which no contract of the book has, are laid over two of its contracts), drivers drawn,
openings that blocks take turns with, fans, losses and joint falls kept. The second form runs so many paths into a
temporary folder and says the peak of the memory; the first calls it for 10,000 and 100,000. The goals are 40,000
paths a second on two cores, 1 GB, and 5 ms for one warm path.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from cardhouse.book import Book, embedded
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.draws import draw_drivers
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.path import run_path
from cardhouse.economy.kernel.processes import new_scratch, no_steering
from cardhouse.economy.many.folder import open_folder
from cardhouse.economy.many.prepare import OPENINGS, compiled_of, job_from_book
from cardhouse.economy.many.run import Job, on_threads, run_many
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import RunChoices
from cardhouse.economy.scenario import BASELINE

QUARTERS = 24
GOAL, GOAL_ONE = 40_000, 0.005
RUNS = 30
TIMED = 10_000
CREATED = date(2026, 1, 1)
MISSING = """tie,term,value,unit,reason,known
openai-crwv-1,rent_indexed,0.5,fraction,so that the kernel has to follow it,2025-03-10
openai-crwv-1,price_lock,1.3,ratio,so that the kernel has to follow it,2025-03-10
crwv-capex-nvda,trade_in,0.05,fraction,so that the kernel has to follow it,2025-03-04
"""
"""Terms that the kernel knows and no contract of the book has."""
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


def timed(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """Best and median seconds of some runs."""
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), statistics.median(seconds)


def one_path_seconds(job: Job) -> tuple[float, float]:
    """Best and median seconds of one path; every run needs a tableau of its own, which is not counted."""
    seconds = []
    for _ in range(RUNS):
        tableau = new_tableau(job.setup.model, job.setup.shocks, ledger=False)
        begin = time.perf_counter()
        run_path(tableau)
        seconds.append(time.perf_counter() - begin)
    return min(seconds), statistics.median(seconds)


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


def every_term() -> Book:
    """The embedded book of its own day with the terms that it has not."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "terms.csv").write_text(MISSING, encoding="utf-8")
        book = embedded(overlay=folder)
    return book.as_of(book.date)


def job_of_paths(paths: int, openings: int) -> Job:
    """The run that is timed."""
    book = every_term()
    choices = RunChoices(quarters=QUARTERS)
    return job_from_book(
        book, BASELINE, choices, paths=paths, seed=1, created=CREATED, openings=openings, workers=os.cpu_count() or 1
    )


def paths_per_second(job: Job, threads: int) -> float:
    """Of the whole work but writing: draws, kernel, what is recorded, and the statistics of a chunk."""
    compute = on_threads(job, threads)
    numbers = list(range(job.manifest.parts))
    seconds = timed(lambda: sum(1 for _ in compute(numbers)), runs=3)
    return job.manifest.paths / min(seconds)


@kernel
def draw_alone(seed, count, processes, steering, scratch, world, firm, world_drawn, firm_drawn, weight):
    for begin in range(0, count, LANES):
        draw_drivers(seed, begin, processes, steering, scratch, world, firm, world_drawn, firm_drawn, weight)


def shares(job: Job) -> Mapping[str, float]:
    """Microseconds a path of one core by part of the work."""
    setup, worker = job.setup, Worker(job.setup)
    middle, per_unit = (array[..., :0].copy() for array in (setup.classes.middle, setup.classes.per_unit))
    no_fans = replace(setup.classes, middle=middle, per_unit=per_unit)
    bare = Worker(replace(setup, full=setup.full[:0], classes=no_fans, openings=None))
    world, firm = (np.ascontiguousarray(array[..., 0]) for array in setup.shocks[:2])
    room = [np.zeros((*array.shape, LANES)) for array in (world, firm)]
    scratch, steering = new_scratch(setup.processes), no_steering(setup.processes, QUARTERS)
    sheet = job.sheet()
    pieces = [job.piece(worker, sheet, 0, *at) for at in job.pieces(0)]
    part = job.whole(0, sheet, pieces)
    counts = TIMED, TIMED, TIMED, part.count, part.count

    def draw() -> None:
        draw_alone(setup.seed, TIMED, setup.processes, steering, scratch, world, firm, *room, np.zeros(LANES))

    def write() -> None:
        with tempfile.TemporaryDirectory() as folder, open_folder(Path(folder) / "run", job.manifest) as opened:
            opened.write(part)

    draw()
    whole = timed(lambda: worker.run(0, TIMED), runs=5)[0]
    without = timed(lambda: bare.run(0, TIMED), runs=5)[0]
    drawn = timed(draw, runs=5)[0]
    found = {
        "draws of drivers": drawn,
        "steps of the economy": without - drawn,
        "openings, and figures for the fans": whole - without,
        "statistics of a chunk": timed(lambda: job.whole(0, sheet, pieces), runs=5)[0],
        "writing": timed(write, runs=3)[0],
    }
    return {what: 1e6 * seconds / n for (what, seconds), n in zip(found.items(), counts, strict=True)}


def memory(paths: int, openings: int) -> None:
    """Run so many paths into a folder on all cores; say how long it takes and the peak of the memory."""
    job = job_of_paths(paths, openings)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        run_many(job, Path(folder) / "run").close()
        seconds = time.perf_counter() - begin
        size = sum(file.stat().st_size for file in (Path(folder) / "run").iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{paths:9,d} paths in a folder: {seconds:7.1f} s, {paths / seconds:9,.0f} a second, "
        f"peak {peak:.2f} GB, folder {size / 1e6:,.0f} MB"
    )


def single() -> None:
    """First runs, and one warm path."""
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = first_path(folder), first_path(folder)
    print(f"\n{'first run, nothing compiled':42} {cold:9.1f} s")
    print(f"{'first run, compiled code on disk':42} {warm:9.2f} s")
    job = job_of_paths(TIMED, 1)
    best, middle = one_path_seconds(job)
    print(f"{'one warm path':42} {1e3 * best:9.2f} ms best {1e3 * middle:9.2f} ms median")
    print(f"goal: one warm path in {1e3 * GOAL_ONE:.0f} ms: {'met' if middle <= GOAL_ONE else 'missed'}")


def main() -> None:
    """Print what is switched on, then a line for each cost."""
    if sys.argv[1:2] == ["memory"]:
        memory(int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else OPENINGS)
        return
    openings = int(sys.argv[1]) if len(sys.argv) > 1 else OPENINGS
    for what, number in switched_on(compiled_of(every_term(), RunChoices(quarters=QUARTERS))).items():
        print(f"{what:32} {number:5d}")
    print("after a default: acceleration, rejection, calls, re-letting, cancelled orders, stranded goods, recovery")
    single()
    job = job_of_paths(8 * TIMED, openings)
    print(f"\npaths with drawn drivers, {job.setup.turns} openings, fans, losses and joint falls")
    rates = {threads: paths_per_second(job, threads) for threads in (1, 2)}
    for threads, rate in rates.items():
        print(f"{f'paths a second, {threads} threads':42} {rate:9,.0f}   {rate / rates[1]:.2f} of one")
    print(f"goal: {GOAL:,} paths a second on two cores: {'met' if rates[2] >= GOAL else 'missed'}")
    parts = shares(job)
    for what, microseconds in parts.items():
        print(f"{what:42} {microseconds:9.2f} us a path {microseconds / sum(parts.values()):7.1%}")
    for paths in (10_000, 100_000):
        subprocess.run([sys.executable, __file__, "memory", str(paths), str(openings)], check=True)


if __name__ == "__main__":
    main()
