"""What the explosiveness tests share: the data and an exact reference."""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import copysign, sqrt
from pathlib import Path

import numpy as np

from cardhouse.market import Critical, monte_carlo

DATA = Path(__file__).parent / "data" / "explosive"


def columns(name: str) -> dict[str, list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


@cache
def series(name: str) -> np.ndarray:
    file, column = {
        "psy2015": ("psy2015_sp500_pd.csv", "pv_ratio"),
        "sim_T100": ("sim_T100.csv", "y"),
        "sim_T1000": ("sim_T1000.csv", "y"),
    }.get(name, ("exuber_sim_data.csv", name))
    values = np.array(columns(file)[column], dtype=float)
    values.flags.writeable = False
    return values


@cache
def table(observations: int, minw: int, replications: int) -> Critical:
    """Monte Carlo values that several tests read."""
    return monte_carlo(observations, minw=minw, replications=replications, seed=0)


def exact_sequences(values: np.ndarray, minw: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences without lags in whole numbers: every float is one, times a power of two. No rounding at all
    before the last quotient."""
    scale = max(Fraction(float(v)).denominator for v in values)
    whole = [int(Fraction(float(v)) * scale) for v in values]
    step = [b - a for a, b in pairwise(whole)]
    rows = len(step)
    badf, bsadf = np.full(rows, np.nan), np.full(rows, np.nan)
    for end in range(minw - 1, rows):
        sx = sd = sxx = sdd = sxd = n = 0
        best = -np.inf
        for r in range(end, -1, -1):
            x, d = whole[r], step[r]
            n, sx, sd, sxx, sdd, sxd = n + 1, sx + x, sd + d, sxx + x * x, sdd + d * d, sxd + x * d
            if n < minw:
                continue
            cross = n * sxd - sx * sd
            rest = (n * sxx - sx * sx) * (n * sdd - sd * sd) - cross * cross
            best = max(best, here := copysign(sqrt(Fraction(cross * cross * (n - 2), rest)), cross))
        badf[end], bsadf[end] = here, best
    return badf[minw - 1 :], bsadf[minw - 1 :]


def exact_statistic(values: np.ndarray, lags: int) -> float:
    """One regression with lags in rational arithmetic, by elimination of the exact normal equations."""
    exact = [Fraction(float(v)) for v in values]
    step = [b - a for a, b in pairwise(exact)]
    rows = [
        [Fraction(1), *(step[t - j] for j in range(1, lags + 1)), exact[t], step[t]] for t in range(lags, len(step))
    ]
    width = lags + 3
    normal = [[sum(row[i] * row[j] for row in rows) for j in range(width)] for i in range(width)]
    for i in range(width - 2):
        for j in range(i + 1, width):
            factor = normal[j][i] / normal[i][i]
            normal[j] = [a - factor * b for a, b in zip(normal[j], normal[i], strict=True)]
    level, cross, change = normal[-2][-2], normal[-2][-1], normal[-1][-1]
    rest = change - cross * cross / level
    return copysign(sqrt(cross * cross * (len(rows) - lags - 2) / (level * rest)), cross)
