"""The inner loops of the log-periodic power law fit, compiled by numba when first called.

log p(t) = A + (tc - t)^m (B + C1 cos(w ln(tc - t)) + C2 sin(w ln(tc - t)))

For a given (tc, m, w) the best A, B, C1, C2 follow from linear least squares (variable projection, Golub and
Pereyra 1973), so that only three parameters are searched; their Jacobian is Kaufman's (1975). Time is in spans of
the window, counted from its end: the first day is at -1, the last at 0. The linear problem is solved by modified
Gram-Schmidt on centred columns, not by normal equations, whose condition would be the square.

All kernels stand in one file: numba's cache of a caller does not notice changes of what it calls in another file.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
SUMS = {"reassoc", "contract", "nsz"}
"""Sums may be taken in another order, to use the vector units; infinities keep their meaning."""
SINGULAR = 1e-13
"""A column of which less than this share is left after projection adds nothing."""
SHORT, LONG = 6, 80
"""Steps of the first descents from every start, and of the last ones from the best of them."""
ENOUGH = 1e-9
"""A step that gains less than this share of the sum of squares is the last."""


def _kernel(function: F) -> F:
    return cast("F", numba.njit(nogil=True, cache=True, fastmath=SUMS)(function))


def _exact(function: F) -> F:
    """Compiled without reordering, which a caller that allows it would else hand down: reductions depend on order."""
    return cast("F", numba.njit(nogil=True, cache=True, fastmath=False)(function))


@_exact
def wave(logs: Any, w: float, cosine: Any, sine: Any) -> None:
    """Cosine and sine of w times ``logs``, written so that the compiler uses vector units; error below 1e-14.

    Reduction to a quarter turn by a pi/2 in three parts (Cody and Waite 1980), then the series.
    """
    for i in range(logs.size):
        x = w * logs[i]
        k = np.floor(x * 0.6366197723675814 + 0.5)
        r = ((x - k * 1.5707963267341256) - k * 6.0771005063039659e-11) - k * 2.0222662487959506e-21
        z = r * r
        s = 1.0 / 6227020800.0 - z / 1307674368000.0
        s = -1.0 / 39916800.0 + z * s
        s = 1.0 / 362880.0 + z * s
        s = -1.0 / 5040.0 + z * s
        s = 1.0 / 120.0 + z * s
        s = r + r * z * (-1.0 / 6.0 + z * s)
        c = -1.0 / 87178291200.0 + z / 20922789888000.0
        c = 1.0 / 479001600.0 + z * c
        c = -1.0 / 3628800.0 + z * c
        c = 1.0 / 40320.0 + z * c
        c = -1.0 / 720.0 + z * c
        c = 1.0 + z * (-0.5 + z * (1.0 / 24.0 + z * c))
        q = k - 4.0 * np.floor(k * 0.25)
        odd = (q == 1.0) | (q == 3.0)
        u, v = (s, c) if odd else (c, s)
        cosine[i] = -u if (q == 1.0) | (q == 2.0) else u
        sine[i] = -v if q >= 2.0 else v


@_exact
def power(logs: Any, m: float, out: Any) -> None:
    """exp(m times ``logs``) for products up to 10 in size: a 32nd of it by series, squared five times."""
    for i in range(logs.size):
        r = m * logs[i] * 0.03125
        e = 1.0 / 39916800.0 + r / 479001600.0
        e = 1.0 / 3628800.0 + r * e
        e = 1.0 / 362880.0 + r * e
        e = 1.0 / 40320.0 + r * e
        e = 1.0 / 5040.0 + r * e
        e = 1.0 / 720.0 + r * e
        e = 1.0 / 120.0 + r * e
        e = 1.0 / 24.0 + r * e
        e = 1.0 / 6.0 + r * e
        e = 1.0 + r * (1.0 + r * (0.5 + r * e))
        e = e * e
        e = e * e
        e = e * e
        e = e * e
        out[i] = e * e


@_kernel
def columns(logs: Any, m: float, w: float, work: Any) -> None:
    """Fill work[0..2] with the power law and its two oscillations; ``logs`` are ln(tc - t)."""
    power(logs, m, work[0])
    wave(logs, w, work[1], work[2])
    for i in range(logs.size):
        work[1, i] *= work[0, i]
        work[2, i] *= work[0, i]


@_kernel
def centre(values: Any, out: Any) -> float:
    """Values less their mean, into ``out``; returns the sum of squares."""
    n = values.size
    mean = 0.0
    for i in range(n):
        mean += values[i]
    mean /= n
    total = 0.0
    for i in range(n):
        out[i] = values[i] - mean
        total += out[i] * out[i]
    return total


@_kernel
def dot(a: Any, b: Any) -> float:
    """Inner product."""
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@_kernel
def take(values: Any, share: float, base: Any) -> None:
    """Subtract ``share`` times ``base`` in place."""
    for i in range(values.size):
        values[i] -= share * base[i]


@_kernel
def project(y: Any, work: Any, basis: Any, tri: Any, rest: Any) -> float:
    """Residuals of y (centred) on the three columns, into ``rest``; returns their sum of squares.

    ``basis`` (3, n) becomes orthonormal, ``tri`` (3, 4) holds the triangle and the coordinates of y.
    """
    rest[:] = y
    for k in range(3):
        column = basis[k]
        size = centre(work[k], column)
        for j in range(k):
            tri[j, k] = dot(basis[j], column)
            take(column, tri[j, k], basis[j])
        left = dot(column, column)
        if left <= SINGULAR * size or left == 0.0:
            tri[k, k] = 0.0
            tri[k, 3] = 0.0
            column[:] = 0.0
            continue
        tri[k, k] = math.sqrt(left)
        column /= tri[k, k]
        tri[k, 3] = dot(column, rest)
        take(rest, tri[k, 3], column)
    return dot(rest, rest)


@_kernel
def linear(tri: Any, out: Any) -> None:
    """Solve the triangle for B, C1, C2; a column that added nothing gets 0."""
    for k in range(2, -1, -1):
        if tri[k, k] == 0.0:
            out[k] = 0.0
            continue
        value = tri[k, 3]
        for j in range(k + 1, 3):
            value -= tri[k, j] * out[j]
        out[k] = value / tri[k, k]


@_kernel
def evaluate(t: Any, y: Any, theta: Any, logs: Any, work: Any, basis: Any, tri: Any, rest: Any) -> float:
    """Sum of squares at (tc, m, w)."""
    for i in range(t.size):
        logs[i] = math.log(theta[0] - t[i])
    columns(logs, theta[1], theta[2], work)
    return project(y, work, basis, tri, rest)


@_kernel
def jacobian(t: Any, theta: Any, logs: Any, work: Any, basis: Any, coef: Any, rest: Any, jac: Any, out: Any) -> None:
    """Kaufman's Jacobian of the residuals; its products go to out (3, 4): J'J and J'r."""
    n = t.size
    m, w = theta[1], theta[2]
    for i in range(n):
        power = coef[0] * work[0, i] + coef[1] * work[1, i] + coef[2] * work[2, i]
        turn = coef[2] * work[1, i] - coef[1] * work[2, i]
        jac[0, i] = (m * power + w * turn) / (theta[0] - t[i])
        jac[1, i] = power * logs[i]
        jac[2, i] = turn * logs[i]
    for k in range(3):
        centre(jac[k], jac[k])
        for j in range(3):
            take(jac[k], dot(basis[j], jac[k]), basis[j])
    for a in range(3):
        for b in range(a, 3):
            out[a, b] = dot(jac[a], jac[b])
            out[b, a] = out[a, b]
        out[a, 3] = dot(jac[a], rest)


@_kernel
def step(products: Any, damping: float, free: Any, out: Any) -> None:
    """Levenberg-Marquardt step on the free parameters, by Gaussian elimination of at most 3 rows."""
    rows = np.zeros((3, 4))
    for a in range(3):
        for b in range(3):
            rows[a, b] = products[a, b] if free[a] and free[b] else 0.0
        rows[a, a] = products[a, a] * (1.0 + damping) + 1e-300 if free[a] else 1.0
        rows[a, 3] = products[a, 3] if free[a] else 0.0
    for k in range(3):
        for a in range(k + 1, 3):
            factor = rows[a, k] / rows[k, k]
            for b in range(k, 4):
                rows[a, b] -= factor * rows[k, b]
    for k in range(2, -1, -1):
        value = rows[k, 3]
        for b in range(k + 1, 3):
            value -= rows[k, b] * out[b]
        out[k] = value / rows[k, k]


@_kernel
def descend(
    t: Any, y: Any, theta: Any, low: Any, high: Any, most: int, gain: float, logs: Any, work: Any, extra: Any
) -> float:
    """Bounded Levenberg-Marquardt from ``theta``, which becomes the minimum; returns the sum of squares.

    A step that gains less than ``gain`` of it is the last. ``work`` is (3, n), ``extra`` (8, n): basis, residuals,
    Jacobian, spare.
    """
    basis, rest, jac = extra[0:3], extra[3], extra[4:7]
    tri, coef, products, move = np.zeros((3, 4)), np.zeros(3), np.zeros((3, 4)), np.zeros(3)
    trial, free = np.empty(3), np.ones(3, dtype=np.bool_)
    best = evaluate(t, y, theta, logs, work, basis, tri, rest)
    damping = 1e-2
    for _ in range(most):
        linear(tri, coef)
        jacobian(t, theta, logs, work, basis, coef, rest, jac, products)
        for k in range(3):
            # At a bound that the slope points out of, a parameter stays. J'r > 0 asks for more of it.
            out_low = theta[k] <= low[k] and products[k, 3] < 0
            out_high = theta[k] >= high[k] and products[k, 3] > 0
            free[k] = not (out_low or out_high) and high[k] > low[k]
        gained = False
        for _ in range(12):
            step(products, damping, free, move)
            size = 0.0
            for k in range(3):
                trial[k] = min(max(theta[k] + move[k], low[k]), high[k])
                size = max(size, abs(trial[k] - theta[k]) / (1e-3 + high[k] - low[k]))
            if size < 1e-11:
                break
            value = evaluate(t, y, trial, logs, work, basis, tri, rest)
            if value < best:
                gained = True
                break
            damping = damping * 8.0 + 1e-9
        if not gained:
            break
        small = best - value <= gain * best
        best = value
        theta[:] = trial
        damping *= 0.15
        if small:
            break
    return best


@_kernel
def rough(y: Any, f: Any, cosine: Any, sine: Any, total: float) -> float:
    """Sum of squares of y (centred) on the three columns by normal equations: one pass, good to rank starts."""
    n = y.size
    f1 = g1 = h1 = ff = gg = hh = fg = fh = gh = fy = gy = hy = 0.0
    for i in range(n):
        a = f[i]
        g, h = a * cosine[i], a * sine[i]
        f1 += a
        g1 += g
        h1 += h
        ff += a * a
        gg += g * g
        hh += h * h
        fg += a * g
        fh += a * h
        gh += g * h
        fy += a * y[i]
        gy += g * y[i]
        hy += h * y[i]
    ff -= f1 * f1 / n
    fg -= f1 * g1 / n
    fh -= f1 * h1 / n
    gg -= g1 * g1 / n
    gh -= g1 * h1 / n
    hh -= h1 * h1 / n
    # Cholesky of the 3 x 3, each pivot held above rounding.
    p0 = max(ff, 1e-300)
    l1, l2, c0 = fg / p0, fh / p0, fy
    p1 = max(gg - l1 * fg, 1e-12 * gg + 1e-300)
    k2, c1 = (gh - l1 * fh) / p1, gy - l1 * fy
    p2 = max(hh - l2 * fh - k2 * (gh - l1 * fh), 1e-12 * hh + 1e-300)
    c2 = hy - l2 * c0 - k2 * c1
    return float(total - c0 * c0 / p0 - c1 * c1 / p1 - c2 * c2 / p2)


@_kernel
def scan(t: Any, y: Any, tcs: Any, ms: Any, ws: Any, out: Any, which: Any) -> None:
    """Sums of squares on a grid, out (tc, w), each with the best m, its place in ``which``; ws evenly spaced."""
    n = t.size
    logs, wave0, wave1 = np.empty(n), np.empty((2, n)), np.empty((2, n))
    powers, turn = np.empty((ms.size, n)), np.empty((2, n))
    total = dot(y, y)
    for a in range(tcs.size):
        for i in range(n):
            logs[i] = math.log(tcs[a] - t[i])
        for b in range(ms.size):
            power(logs, ms[b], powers[b])
        wave(logs, ws[0], wave0[0], wave0[1])
        wave(logs, ws[1] - ws[0], wave1[0], wave1[1])
        for c in range(ws.size):
            out[a, c] = np.inf
            for b in range(ms.size):
                value = rough(y, powers[b], wave0[0], wave0[1], total)
                if value < out[a, c]:
                    out[a, c], which[a, c] = value, b
            for i in range(n):
                turn[0, i] = wave0[0, i] * wave1[0, i] - wave0[1, i] * wave1[1, i]
                turn[1, i] = wave0[1, i] * wave1[0, i] + wave0[0, i] * wave1[1, i]
            wave0[:] = turn


@_kernel
def search(t: Any, y: Any, low: Any, high: Any, tcs: Any, ms: Any, ws: Any, starts: int, finish: int, out: Any) -> int:
    """The best minima: scan a grid, descend from its lowest valleys; out (starts, 4): tc, m, w, sum of squares.

    ``starts`` valleys are followed for a few steps, the ``finish`` best of them to the end. A valley is a grid point
    no higher than its neighbours along w: along w the sum of squares has many.
    """
    n = t.size
    grid, which = np.empty((tcs.size, ws.size)), np.zeros((tcs.size, ws.size), dtype=np.int64)
    # Long windows are scanned on every k-th day: valleys are wide, descents use all days.
    stride = max(1, n // 100)
    if stride > 1:
        thin = y[::stride].copy()
        centre(thin, thin)
        scan(t[::stride].copy(), thin, tcs, ms, ws, grid, which)
    else:
        scan(t, y, tcs, ms, ws, grid, which)
    valleys = np.empty((tcs.size * ws.size, 4))
    found = 0
    for a in range(tcs.size):
        for c in range(ws.size):
            here = grid[a, c]
            along = (c == 0 or here <= grid[a, c - 1]) and (c + 1 == ws.size or here <= grid[a, c + 1])
            if along:
                valleys[found, 0], valleys[found, 1], valleys[found, 2] = tcs[a], ms[which[a, c]], ws[c]
                valleys[found, 3] = here
                found += 1
    order = np.argsort(valleys[:found, 3])
    count = min(starts, found)
    logs, work, extra = np.empty(n), np.empty((3, n)), np.empty((8, n))
    for k in range(count):
        out[k, :3] = valleys[order[k], :3]
        out[k, 3] = descend(t, y, out[k, :3], low, high, SHORT, ENOUGH, logs, work, extra)
    # Descents that have met go on as one; the best of the others go on to the end.
    order = np.argsort(out[:count, 3])
    ended = 0
    for k in range(count):
        row = out[order[k]]
        for j in range(k):
            other = out[order[j]]
            if abs(row[2] - other[2]) < 0.1 and abs(row[0] - other[0]) < 0.02 and abs(row[1] - other[1]) < 0.05:
                row[3] = np.inf
        if row[3] < np.inf and ended < finish:
            row[3] = descend(t, y, row[:3], low, high, LONG, ENOUGH, logs, work, extra)
            ended += 1
    return count
