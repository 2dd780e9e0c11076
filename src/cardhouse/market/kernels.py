"""Compiled loops of the explosiveness tests. Import this module only where it is needed: it loads numba.

A window is the set of regression rows from its start to its end. For a fixed end it grows backwards one row
a step, and its sums run on with it. Every variable is measured from its value in the window's last row,
which is a member of the sample: the centred square of a variable is then at least 1/n of the sum kept, so
centring costs at most a factor n of the last digit, whatever the level or the growth of the series.

Ends lie side by side as lanes (the processor does several in one instruction); all lanes of a block have
the same number of rows at each step; a lane that has reached the first row is written down and runs on over
zeros, unread. There is no fastmath and no thread in here, and no lane reads another:
results are the same bits however the ends are shared out.

Where the level explains nearly all of the changes, as on smooth growth, the rest would be a small difference of
large products. There a slope found in the end's smallest window is taken out of the changes of all its windows
beforehand, which leaves the rest as it is, and is added again to what is found.

Squared statistics are compared, ``t * |t|``, and the root is taken once an end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

LANES = 32
"""Ends of a block; their sums stay in the first-level cache."""
TOLERANCE = 1e-12
"""A regressor or a rest below this share of its variance is rounding: the window has no statistic."""
STEEP = 0.9
"""Share of the changes that the level must explain in the smallest window for its slope to be taken out."""

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile without holding the interpreter lock; 0/0 is NaN as in numpy, which lets loops be vectorised."""
    return cast("Kernel", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


@kernel
def signed_root(square: float) -> float:
    """Undo ``t * |t|``; NaN where there was no window with a statistic."""
    if np.isinf(square):
        return np.nan
    return float(np.copysign(np.sqrt(abs(square)), square))


@kernel
def begin(level: Any, step: Any, at: int, sums: Any) -> None:
    """Start empty windows: the origins are the values in the last row."""
    for lane in range(LANES):
        sums[0, lane] = level[at + lane]
        sums[1, lane] = step[at + lane]
        for i in range(2, 7):
            sums[i, lane] = 0.0
        sums[7, lane] = -np.inf


@kernel
def widen(level: Any, step: Any, start: int, sums: Any) -> None:
    """Add one row to the windows of all lanes."""
    levels, steps = level[start : start + LANES], step[start : start + LANES]
    for lane in range(LANES):
        x = levels[lane] - sums[0, lane]
        d = steps[lane] - sums[1, lane]
        sums[2, lane] += x
        sums[3, lane] += d
        sums[4, lane] += x * x
        sums[5, lane] += d * d
        sums[6, lane] += x * d


@kernel
def widen_and_judge(level: Any, step: Any, start: int, n: float, sums: Any) -> None:
    """Add one row to the windows, which then have n, and keep the largest squared statistic of each end."""
    free = n - 2.0
    levels, steps = level[start : start + LANES], step[start : start + LANES]
    for lane in range(LANES):
        x = levels[lane] - sums[0, lane]
        d = steps[lane] - sums[1, lane]
        sx = sums[2, lane] + x
        sd = sums[3, lane] + d
        sxx = sums[4, lane] + x * x
        sdd = sums[5, lane] + d * d
        sxd = sums[6, lane] + x * d
        cross = n * sxd - sx * sd
        most = (n * sxx - sx * sx) * (n * sdd - sd * sd)
        fit = cross * cross
        rest = most - fit
        square = np.copysign(fit, cross) * free / rest
        best = sums[7, lane]
        sums[2, lane] = sx
        sums[3, lane] = sd
        sums[4, lane] = sxx
        sums[5, lane] = sdd
        sums[6, lane] = sxd
        sums[7, lane] = square if (rest > TOLERANCE * most) & (square > best) else best


@kernel
def steep_slope(n: float, sx: float, sd: float, sxx: float, sdd: float, sxd: float) -> float:
    """Return the slope of the change on the level where it explains nearly all, else zero."""
    cross, x, d = n * sxd - sx * sd, n * sxx - sx * sx, n * sdd - sd * sd
    if x > 0.0 and d > 0.0 and cross * cross > STEEP * x * d:
        return cross / x
    return 0.0


@kernel
def find_slopes(n: float, sums: Any, slope: Any) -> bool:
    """Write the slope to be taken out of each lane; return whether there is any."""
    some = False
    for lane in range(LANES):
        slope[lane] = steep_slope(n, sums[2, lane], sums[3, lane], sums[4, lane], sums[5, lane], sums[6, lane])
        some |= slope[lane] != 0.0
    return some


@kernel
def widen_steep(level: Any, step: Any, start: int, slope: Any, sums: Any) -> None:
    """Add one row to the windows of all lanes, the change less its lane's slope times the level."""
    levels, steps = level[start : start + LANES], step[start : start + LANES]
    for lane in range(LANES):
        x = levels[lane] - sums[0, lane]
        d = (steps[lane] - sums[1, lane]) - slope[lane] * x
        sums[2, lane] += x
        sums[3, lane] += d
        sums[4, lane] += x * x
        sums[5, lane] += d * d
        sums[6, lane] += x * d


@kernel
def judge_steep(n: float, slope: Any, sums: Any, square: Any) -> None:
    """Write the squared statistic of each lane's window, and keep the largest of each end."""
    free = n - 2.0
    for lane in range(LANES):
        sx, sd = sums[2, lane], sums[3, lane]
        part = n * sums[6, lane] - sx * sd
        x = n * sums[4, lane] - sx * sx
        d = n * sums[5, lane] - sd * sd
        rest = x * d - part * part
        cross = part + slope[lane] * x
        most = x * (d + slope[lane] * (part + cross))
        found = np.copysign(cross * cross, cross) * free / rest
        best = sums[7, lane]
        square[lane] = found if rest > TOLERANCE * most else -np.inf
        sums[7, lane] = found if (rest > TOLERANCE * most) & (found > best) else best


@kernel
def judged(n: float, lane: int, sums: Any) -> float:
    """Return the squared statistic of one lane's present window, minus infinity when it has none."""
    cross = n * sums[6, lane] - sums[2, lane] * sums[3, lane]
    most = (n * sums[4, lane] - sums[2, lane] ** 2) * (n * sums[5, lane] - sums[3, lane] ** 2)
    rest = most - cross * cross
    if not rest > TOLERANCE * most:
        return -np.inf
    return float(np.copysign(cross * cross, cross) * (n - 2.0) / rest)


@kernel
def sweep_plain(level: Any, step: Any, first: int, stop: int, minw: int, badf: Any, bsadf: Any) -> None:
    """Statistics without lags for the ends from first to stop.

    Parameters
    ----------
    level, step : (LANES + N + LANES,), the level before each row's change, and the change, between zeros.
    first, stop : ends, counted in rows; first is a multiple of LANES.
    badf, bsadf : (N,), written at the ends: the window from the first row, and the largest of all windows.
    """
    sums, slope, square = np.empty((8, LANES)), np.zeros(LANES), np.empty(LANES)
    for end in range(first, stop, LANES):
        at, last = LANES + end, min(end + LANES, stop)
        if last < minw:
            continue
        begin(level, step, at, sums)
        for n in range(1, minw):
            widen(level, step, at - n + 1, sums)
        steep = find_slopes(minw - 1.0, sums, slope)
        if steep:
            begin(level, step, at, sums)
            for n in range(1, minw):
                widen_steep(level, step, at - n + 1, slope, sums)
        for n in range(minw, last + 1):
            if steep:
                widen_steep(level, step, at - n + 1, slope, sums)
                judge_steep(float(n), slope, sums, square)
            else:
                widen_and_judge(level, step, at - n + 1, float(n), sums)
            if n > end:
                lane = n - end - 1
                badf[n - 1] = signed_root(square[lane] if steep else judged(float(n), lane, sums))
                bsadf[n - 1] = signed_root(sums[7, lane])


@kernel
def autoregress(changes: Any, slopes: Any, begin: int) -> None:
    """Add to each entry from ``begin`` on its slopes times the entries before it, in place."""
    for t in range(begin, changes.size):
        for j in range(slopes.size):
            changes[t] += slopes[j] * changes[t - 1 - j]
