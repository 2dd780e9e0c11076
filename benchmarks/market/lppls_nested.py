"""Our log-periodic fits beside lppls (PyPI) on its own Nasdaq sample: time of nested fits, and sums of squares.

    pip install lppls
    python benchmarks/market/lppls_nested.py

Times are the best of several runs of both, in turn, on one thread.
"""

# ruff: noqa: E402 - threads are limited before numpy is loaded
from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import csv
import random
import time
import warnings
from datetime import date
from importlib.resources import files

import numpy as np
from lppls.lppls import LPPLS

from cardhouse.market.lppls import Bounds, fit
from cardhouse.market.lppls_windows import nested

LARGEST, SMALLEST, STEP, SEEDS, ROUNDS = 120, 30, 5, 40, 3


def sample() -> tuple[np.ndarray, np.ndarray]:
    """The Nasdaq of lppls' own package, 1994-01-03 to 2000-03-10: ordinal days and log prices."""
    text = files("lppls.data").joinpath("nasdaq_dotcom.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    days = np.array([date.fromisoformat(r["Date"]).toordinal() for r in rows], dtype=float)
    return days, np.log([float(r["Adj Close"]) for r in rows])


def peer_nested(model: LPPLS) -> float:
    begun = time.perf_counter()
    model.compute_nested_fits(
        window_size=LARGEST, smallest_window_size=SMALLEST, outer_increment=1, inner_increment=STEP, max_searches=25
    )
    return time.perf_counter() - begun


def our_nested(days: np.ndarray, logs: np.ndarray) -> float:
    begun = time.perf_counter()
    nested(days, logs, largest=LARGEST, smallest=SMALLEST, step=STEP, ends=[days.size - 1])
    return time.perf_counter() - begun


def peer_best(days: np.ndarray, logs: np.ndarray, seeds: int) -> tuple[float, float, float]:
    """Lowest sum of squares of lppls, lowest inside our bounds, and mean time of a fit."""
    bounds, span = Bounds(), days[-1] - days[0]
    best = inside = np.inf
    begun = time.perf_counter()
    for seed in range(seeds):
        random.seed(seed)
        model = LPPLS(observations=np.array([days, logs]))
        tc, m, w, a, b, _, c1, c2, _, _ = model.fit(25)
        if tc == 0:
            continue
        sse = float(np.sum((model.lppls(days, tc, m, w, a, b, c1, c2) - logs) ** 2))
        best = min(best, sse)
        legal = 0.5 <= tc - days[-1] <= 0.5 * span
        if legal and bounds.m[0] <= m <= bounds.m[1] and bounds.w[0] <= abs(w) <= bounds.w[1]:
            inside = min(inside, sse)
    return best, inside, (time.perf_counter() - begun) / seeds


def main() -> None:
    """Print both tables."""
    warnings.filterwarnings("ignore")
    days, logs = sample()
    last = days[-LARGEST:], logs[-LARGEST:]
    model = LPPLS(observations=np.array(last))
    peer_nested(model), our_nested(*last)
    runs = [(peer_nested(model), our_nested(*last)) for _ in range(ROUNDS)]
    peer, ours = min(r[0] for r in runs), min(r[1] for r in runs)
    fits = len(range(LARGEST, SMALLEST, -STEP))
    print(f"{fits} nested fits of {LARGEST} to {SMALLEST + STEP} days")
    print(f"  lppls {peer * 1e3:8.1f} ms   {peer / fits * 1e3:6.2f} ms a fit")
    print(f"  ours  {ours * 1e3:8.1f} ms   {ours / fits * 1e3:6.2f} ms a fit   {peer / ours:.1f} times faster")
    print(f"sums of squares: lppls' best of {SEEDS} seeds, its best inside our bounds, ours")
    for start, end in ((0, days.size), (days.size - 500, days.size), (700, 1100), (1000, 1120)):
        t, y = days[start:end], logs[start:end]
        best, inside, took = peer_best(t, y, SEEDS)
        found = fit(t, y)
        begun = time.perf_counter()
        fit(t, y)
        print(
            f"  rows {start:4d} to {end:4d}: {best:.6f} {inside:.6f} {found.sse:.6f}   "
            f"{took * 1e3:.0f} ms and {(time.perf_counter() - begun) * 1e3:.0f} ms a fit"
        )


if __name__ == "__main__":
    main()
