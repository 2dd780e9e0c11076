"""Compiled loops of the explosiveness tests with lagged changes. Loads numba: import where needed.

The same windows, lanes and origins as in :mod:`cardhouse.market.kernels`. The regressors are eliminated in
the order nearest lag first, so after k eliminations the last two rows are the regression with k lags: one
pass judges every number of lags, all on the same rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cardhouse.market.kernels import TOLERANCE, kernel, signed_root, steep_slope

LANES = 64
"""Ends of a block; more than without lags, since the loops are many and short."""


@kernel
def fill(lanes: Any, value: float) -> None:
    """Set every lane."""
    for lane in range(LANES):
        lanes[lane] = value


@kernel
def begin(level: Any, step: Any, at: int, lags: int, anchor: Any, total: Any, product: Any) -> None:
    """Start empty windows: the origins are the values in the last row."""
    for lane in range(LANES):
        for i in range(lags):
            anchor[i, lane] = step[at + lane - 1 - i]
        anchor[lags, lane] = level[at + lane]
        anchor[lags + 1, lane] = step[at + lane]
        for i in range(lags + 2):
            total[i, lane] = 0.0
        for pair in range(product.shape[0]):
            product[pair, lane] = 0.0


@kernel
def take(level: Any, step: Any, start: int, lags: int, anchor: Any, slope: Any, row: Any, total: Any) -> None:
    """Read one more row: lagged changes from near to far, the level, the change less the slope times the level."""
    levels, steps = level[start : start + LANES], step[start : start + LANES]
    for lane in range(LANES):
        x = levels[lane] - anchor[lags, lane]
        d = (steps[lane] - anchor[lags + 1, lane]) - slope[lane] * x
        row[lags, lane] = x
        row[lags + 1, lane] = d
        total[lags, lane] += x
        total[lags + 1, lane] += d
    for i in range(lags):
        source = step[start - 1 - i : start - 1 - i + LANES]
        for lane in range(LANES):
            value = source[lane] - anchor[i, lane]
            row[i, lane] = value
            total[i, lane] += value


@kernel
def widen(row: Any, product: Any) -> None:
    """Add the row to the products of the windows."""
    pair = 0
    for i in range(row.shape[0]):
        for j in range(i, row.shape[0]):
            for lane in range(LANES):
                product[pair, lane] += row[i, lane] * row[j, lane]
            pair += 1


@kernel
def widen_to(
    rows: int, level: Any, step: Any, at: int, lags: int, anchor: Any, slope: Any, row: Any, total: Any, product: Any
) -> None:
    """Grow empty windows to a number of rows."""
    for n in range(1, rows + 1):
        take(level, step, at - n + 1, lags, anchor, slope, row, total)
        widen(row, product)


@kernel
def find_slopes(n: float, lags: int, total: Any, product: Any, slope: Any) -> bool:
    """Write the slope to be taken out of each lane, from the regression without lags; return whether there is any."""
    some = False
    # The last three products are level by level, level by change, change by change.
    last = (lags + 2) * (lags + 3) // 2 - 1
    for lane in range(LANES):
        xx, xd, dd = product[last - 2, lane], product[last - 1, lane], product[last, lane]
        slope[lane] = steep_slope(n, total[lags, lane], total[lags + 1, lane], xx, dd, xd)
        some |= slope[lane] != 0.0
    return some


@kernel
def widen_and_centre(n: float, row: Any, total: Any, product: Any, centred: Any, whole: Any) -> None:
    """Add the row, and write n times the centred products, upper triangle, and their diagonal once more."""
    pair = 0
    for i in range(row.shape[0]):
        for j in range(i, row.shape[0]):
            for lane in range(LANES):
                value = product[pair, lane] + row[i, lane] * row[j, lane]
                product[pair, lane] = value
                centred[i, j, lane] = n * value - total[i, lane] * total[j, lane]
            pair += 1
        for lane in range(LANES):
            whole[i, lane] = centred[i, i, lane]


@kernel
def eliminate(
    i: int, lags: int, centred: Any, whole: Any, fine: Any,
    inverse: Any, factor: Any,
) -> None:  # fmt: skip
    """Take regressor i out of all that follow it."""
    width = lags + 2
    for lane in range(LANES):
        pivot = centred[i, i, lane]
        inverse[lane] = 1.0 / pivot
        fine[lane] = fine[lane] if pivot > TOLERANCE * whole[i, lane] else 0.0
    for j in range(i + 1, width):
        for lane in range(LANES):
            factor[lane] = centred[i, j, lane] * inverse[lane]
        for k in range(j, width):
            for lane in range(LANES):
                centred[j, k, lane] -= factor[lane] * centred[i, k, lane]


@kernel
def judge(
    n: float, used: int, lags: int, weight: float, slope: Any, centred: Any, whole: Any, fine: Any,
    least: Any, square: Any,
) -> None:  # fmt: skip
    """Take the statistic with the lags used so far where it has the least weighted rest.

    ``weight`` is the criterion's penalty as a factor on the rest: comparing ``rest * exp(penalty / n)``
    is comparing ``n * log(rest) + penalty`` without a logarithm, and it does not depend on the unit.
    """
    free = n - used - 2.0
    for lane in range(LANES):
        x, d = centred[lags, lags, lane], centred[lags + 1, lags + 1, lane]
        part = centred[lags, lags + 1, lane]
        rest = x * d - part * part
        cross = part + slope[lane] * x
        most = x * (d + slope[lane] * (part + cross))
        sound = (fine[lane] > 0.0) & (rest > TOLERANCE * most) & (x > TOLERANCE * whole[lags, lane])
        score = weight * rest / x
        better = sound & (score < least[lane])
        square[lane] = cross * abs(cross) * free / rest if better else square[lane]
        least[lane] = score if better else least[lane]


@kernel
def sweep_with_lags(
    level: Any, step: Any, first: int, stop: int, minw: int, lags: int, penalty: Any, badf: Any, bsadf: Any
) -> None:
    """Statistics with lags for the ends from first to stop.

    Parameters
    ----------
    level, step : (LANES + lags + N + LANES,), the level before each change, and the change, between zeros;
        the first ``lags`` are those before the first row.
    first, stop : ends, counted in rows; first is a multiple of LANES.
    penalty : (N + 1,), the criterion's penalty for one more lag in a window of n rows, divided by n; empty
        for a fixed number of lags.
    badf, bsadf : (N,), written at the ends: the window from the first row, and the largest of all windows.
    """
    width = lags + 2
    anchor, row = np.empty((width, LANES)), np.empty((width, LANES))
    total, whole = np.empty((width, LANES)), np.empty((width, LANES))
    product, centred = np.empty((width * (width + 1) // 2, LANES)), np.empty((width, width, LANES))
    fine, inverse, factor = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    least, square, best, slope = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    offset = LANES + lags
    for end in range(first, stop, LANES):
        at, last = offset + end, min(end + LANES, stop)
        if last < minw:
            continue
        fill(best, -np.inf)
        fill(slope, 0.0)
        begin(level, step, at, lags, anchor, total, product)
        widen_to(minw - 1, level, step, at, lags, anchor, slope, row, total, product)
        if find_slopes(minw - 1.0, lags, total, product, slope):
            begin(level, step, at, lags, anchor, total, product)
            widen_to(minw - 1, level, step, at, lags, anchor, slope, row, total, product)
        for n in range(minw, last + 1):
            take(level, step, at - n + 1, lags, anchor, slope, row, total)
            widen_and_centre(float(n), row, total, product, centred, whole)
            fill(fine, 1.0)
            fill(least, np.inf)
            fill(square, -np.inf)
            if penalty.size > 0:
                judge(float(n), 0, lags, 1.0, slope, centred, whole, fine, least, square)
            for i in range(lags):
                eliminate(i, lags, centred, whole, fine, inverse, factor)
                if penalty.size > 0:
                    weight = np.exp(penalty[n] * (i + 1))
                    judge(float(n), i + 1, lags, weight, slope, centred, whole, fine, least, square)
            if penalty.size == 0:
                judge(float(n), lags, lags, 1.0, slope, centred, whole, fine, least, square)
            for lane in range(LANES):
                best[lane] = square[lane] if square[lane] > best[lane] else best[lane]
            if n > end:
                lane = n - end - 1
                badf[n - 1] = signed_root(square[lane])
                bsadf[n - 1] = signed_root(best[lane])
