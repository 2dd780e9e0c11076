"""GSADF and its critical values beside pyexuber, one thread, in one run.

    python benchmarks/market/explosive_speed.py [--rounds 15] [--series FILE]

The two programs take turns, so that a busy machine slows both alike; of each the best and the median round
are printed, and the ratio of the medians decides. pyexuber (PyPI, GPL) is compared with, never used. Both
must give the same statistic. Without ``--series`` the series of 1,680 observations is the S&P 500 series of
the tests, the one of 5,000 a random walk.

What a window costs at least: without lags 26 additions and multiplications and 1 division, of which a core
with two four-wide units does 8 a cycle, and a four-wide division takes 8 cycles on a unit of its own beside
them, 2 a window. The bound is the larger of the two. A chain of products whose length in cycles is known, timed in
the same run, says how many cycles a nanosecond has. With p lags the counts grow as in ``operations``.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from cardhouse.market import explosive, monte_carlo
from cardhouse.market.explosiveness import Design, sequences

HERE = Path(__file__).parent
SP500 = HERE.parents[1] / "tests" / "market" / "data" / "explosive" / "psy2015_sp500_pd.csv"
TARGETS = {"T 1680 lag 0": 4.0, "T 5000 lag 0": 7.0, "T 1680 lag 4": 2.5}
WIDTH, DIVISION = 8, 2.0
"""Operations a cycle of two four-wide units; cycles of a division, four at a time on one unit."""


def operations(lags: int) -> tuple[int, int]:
    """Additions and multiplications, and divisions, of one window."""
    if lags == 0:
        return 26, 1
    width = lags + 2
    pairs = width * (width + 1) // 2
    grow = 2 * width + 2 * pairs
    centre = 3 * pairs
    eliminate = sum((width - 1 - i) + (width - 1 - i) * (width - i) for i in range(lags))
    return grow + centre + eliminate + 12, lags + 2


def alternate(ours, theirs, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each, taken in turn."""
    taken = ([], [])
    for _ in range(rounds):
        for times, run in zip(taken, (ours, theirs), strict=True):
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
    return taken


def windows(design: Design) -> float:
    return design.ends * (design.ends + 1) / 2


def gigahertz() -> float:
    """Cycles a nanosecond, from a chain of whole-number products and sums: 3 and 1 cycles, each waits for the last."""
    import numba

    @numba.njit
    def chain(count: int, x: int) -> int:
        for _ in range(count):
            x = x * x + 1
        return x

    chain(10, 3)
    best = float("inf")
    for _ in range(30):
        begin = time.perf_counter()
        chain(1_000_000, 3)
        best = min(best, time.perf_counter() - begin)
    return 4e6 / best / 1e9


def report(name: str, ours: list[float], theirs: list[float], target: float) -> bool:
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(
        f"{name:28} ours {1e3 * min(ours):9.2f} ms (median {1e3 * statistics.median(ours):9.2f})   pyexuber "
        f"{1e3 * min(theirs):9.2f} (median {1e3 * statistics.median(theirs):9.2f})   "
        f"{ratio:5.1f} times faster by median, {min(theirs) / min(ours):5.1f} by best; wanted {target:g}"
    )
    return ratio >= target


def single(values: np.ndarray, minw: int, lags: int, rounds: int, clock: float) -> bool:
    import exuber

    design = Design.of(values.size, minw=minw, lags=lags)

    def ours():
        return explosive(values, minw=minw, lags=lags, threads=1).gsadf

    def theirs():
        return float(np.squeeze(exuber.radf(values, minw=minw, lag=lags).gsadf))

    assert abs(ours() - theirs()) < 1e-8, "the answers differ"
    name = f"T {values.size} lag {lags}"
    mine, others = alternate(ours, theirs, rounds)
    fine = report(name, mine, others, TARGETS[name])
    flops, divisions = operations(lags)
    floor = max(flops / WIDTH, divisions * DIVISION) / clock
    per = 1e9 * min(mine) / windows(design)
    print(
        f"{'':28} {per:.2f} ns a window of {windows(design):,.0f}; {flops} flops and {divisions} divisions, "
        f"at least {floor:.2f} ns at {clock:.1f} GHz: {floor / per:.0%} of the bound reached"
    )
    return fine


def simulation(rounds: int) -> bool:
    """2,000 replications at T = 1680; pyexuber's time is 50 of its replications, times 40."""
    import exuber

    design = Design.of(1680)

    def theirs():
        random = np.random.default_rng(0)
        for _ in range(50):
            exuber.radf(random.standard_normal(1680).cumsum(), minw=design.minw, lag=0)

    taken = {1: [], 2: []}
    others = []
    sequences(np.random.default_rng(0).standard_normal(1680).cumsum(), design)
    for _ in range(rounds):
        for threads, times in taken.items():
            begin = time.perf_counter()
            monte_carlo(1680, replications=2000, threads=threads)
            times.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        theirs()
        others.append(40 * (time.perf_counter() - begin))
    fine = [report(f"2,000 walks, {n} thread(s)", taken[n], others, wanted) for n, wanted in ((1, 5.0), (2, 10.0))]
    return all(fine)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--series", type=Path, default=SP500, help="CSV of dates and values, 1,680 rows")
    chosen = parser.parse_args()
    values = np.loadtxt(chosen.series, delimiter=",", skiprows=1, usecols=1)
    walk = np.random.default_rng(0).standard_normal(5000).cumsum()
    clock = gigahertz()
    fine = [
        single(values, 36, 0, 3 * chosen.rounds, clock),
        single(walk, Design.of(5000).minw, 0, chosen.rounds, clock),
        single(values, 90, 4, chosen.rounds, clock),
        simulation(max(3, chosen.rounds // 5)),
    ]
    raise SystemExit(0 if all(fine) else "a target is missed")


if __name__ == "__main__":
    main()
