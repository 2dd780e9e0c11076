"""Compiled loops over very large networks of plain debts, each over a part that no other part writes to.

Import this module only where it is needed: it loads numba. Parts are ranges of receivers (or of rows of a
result), and the order in which a receiver's amounts are added is that of its payers: the bits do not
depend on how many parts there are or who works on them.
"""

from __future__ import annotations

from typing import Any

from cardhouse.network.cells import CLEAR_CUT
from cardhouse.network.kernels import LAST_DIGIT, kernel

SUMS = 2.0**-44
"""Share of what a firm may receive within which an update of its assets surely is right."""


@kernel
def judge(start: int, stop: int, outside: Any, received: Any, most: Any, dues: Any, flags: Any) -> int:
    """Move firms into default whose assets fall short beyond rounding; return how many."""
    found = 0
    for i in range(start, stop):
        if not flags[i] and outside[i] + received[i] < dues[i] * (1 - CLEAR_CUT) - SUMS * (outside[i] + most[i]):
            flags[i] = True
            found += 1
    return found


@kernel
def push(start: int, stop: int, rows: Any, step: Any, ptr: Any, idx: Any, val: Any, received: Any) -> None:
    """Pass ``step`` (by row) of what each row owes on to the receivers from ``start`` to ``stop``."""
    for place in range(rows.size):
        if step[place] != 0.0:
            for link in range(ptr[rows[place]], ptr[rows[place] + 1]):
                j = idx[link]
                if start <= j < stop:
                    received[j] += val[link] * step[place]


@kernel
def count_inside(start: int, stop: int, rows: Any, local: Any, ptr: Any, idx: Any, inner_ptr: Any) -> None:
    """Count what rows ``start`` to ``stop`` owe rows, into ``inner_ptr[1:]``; ``local`` is -1 for others."""
    for place in range(start, stop):
        found = 0
        for link in range(ptr[rows[place]], ptr[rows[place] + 1]):
            found += local[idx[link]] >= 0
        inner_ptr[place + 1] = found


@kernel
def copy_inside(
    start: int, stop: int, rows: Any, local: Any, ptr: Any, idx: Any, val: Any,
    inner_ptr: Any, inner_idx: Any, inner_val: Any,
) -> None:  # fmt: skip
    """Copy what rows ``start`` to ``stop`` owe rows."""
    for place in range(start, stop):
        to = inner_ptr[place]
        for link in range(ptr[rows[place]], ptr[rows[place] + 1]):
            j = local[idx[link]]
            if j >= 0:
                inner_idx[to], inner_val[to] = j, val[link]
                to += 1


@kernel
def settle_inside(
    count: int, own: Any, beta: Any, dues: Any, ptr: Any, idx: Any, val: Any, received: Any, paid: Any
) -> int:
    """Gauss-Seidel sweeps downward over firms in default alone; ``received`` and ``paid`` in place.

    Returns
    -------
    Sweeps used; ``count + 1`` when the last one still moved something.
    """
    for used in range(1, count + 1):
        moved = False
        for i in range(paid.size):
            now = min(own[i] + beta[i] * received[i], dues[i])
            step = now - paid[i]
            if step < -LAST_DIGIT * dues[i]:
                paid[i] = now
                moved = True
                step /= dues[i]
                for link in range(ptr[i], ptr[i + 1]):
                    received[idx[link]] += val[link] * step
        if not moved:
            return used
    return count + 1
