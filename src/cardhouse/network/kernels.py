"""Compiled loops. Import this module only where they are needed: it loads numba.

Every kernel is plain loops over arrays, without fastmath and without threads of its own: the order of
operations is fixed, so results are the same bits on every call. Callers share work out by scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from cardhouse.network.cells import CLEAR_CUT

ENOUGH_DIGITS = 1e-12
"""Share of a firm's equity below which its rest is not passed on; the bound is raised by far more."""

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

LAST_DIGIT = 2.0**-52
"""Changes of a payment smaller than this share of the dues are below its last digit."""


def kernel(function: Kernel) -> Kernel:
    """Compile without holding the interpreter lock and keep the machine code on disk."""
    return cast("Kernel", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


@kernel
def pour(x: float, low: float, high: float, due: float) -> float:
    """Payment in one class out of x: all of it when x reaches the class's upper level."""
    if x >= high:
        return due
    return min(max(x - low, 0.0), due)


@kernel
def flagged(assets: float, limit: float, was: bool, forced: bool, rising: bool) -> bool:
    """Move a firm into default (or out of it, when rising) where that is beyond rounding."""
    if rising:
        return was and (forced or not assets > limit * (1 + CLEAR_CUT))
    # Rounding may leave a hair less than nothing to who owes nothing.
    return was or (limit > 0 and assets < limit * (1 - CLEAR_CUT))


@kernel
def sweep(  # noqa: PLR0912 - written out: inner calls that pass these arrays cost more than the work
    count: int, rising: bool, fixed: bool, binding: int,
    outside: Any, alpha: Any, beta: Any, gamma: Any, levels: Any, dues: Any, forced: Any, floor: Any,
    order: Any, ptr: Any, idx: Any, val: Any, own_ptr: Any, own_idx: Any, own_val: Any,
    flags: Any, received: Any, stakes: Any, paid: Any, equity: Any, x: Any,
) -> int:  # fmt: skip
    """Gauss-Seidel sweeps that pass on only what has changed.

    Parameters
    ----------
    count : most sweeps.
    ptr, idx, val : CSR of (K n, n), row ``k n + i`` is what i owes in class k; or no ``ptr`` and ``idx``
        and all K n n amounts in ``val``.
    own_ptr, own_idx, own_val : CSR of (n, n), row j is who holds which share of j.
    flags, received, stakes, paid, equity, x : state, updated in place. ``received`` and ``stakes`` must
        be what ``paid`` and ``equity`` imply; ``equity`` is kept only of firms that are held.

    Returns
    -------
    Sweeps used; ``count + 1`` when the last one still moved something.
    """
    classes, n = dues.shape
    seen = np.full(n, np.nan)
    dense = idx.size < val.size
    for used in range(1, count + 1):
        moved = False
        for i in order:
            have = outside[i] + received[i] + stakes[i]
            if have == seen[i]:
                continue
            seen[i] = have
            if not fixed:
                flags[i] = flagged(have, levels[binding, i], flags[i], forced[i], rising)
            rest = classes
            if flags[i]:
                have = alpha[i] * outside[i] + beta[i] * received[i] + gamma[i] * stakes[i]
                rest = binding
            x[i] = have
            if not flags[i]:
                have = max(have, floor[i])
            for k in range(classes):
                now = pour(have, levels[k, i], levels[k + 1, i], dues[k, i]) if k < rest else 0.0
                step = now - paid[k, i]
                # Only moves in the one direction: rounding could otherwise go back and forth for ever.
                if abs(step) > LAST_DIGIT * dues[k, i] and (step > 0) == rising:
                    paid[k, i] = now
                    moved = True
                    step /= dues[k, i]
                    if dense:
                        row = val[(k * n + i) * n : (k * n + i + 1) * n]
                        for j in range(n):
                            received[j] += row[j] * step
                    else:
                        for link in range(ptr[k * n + i], ptr[k * n + i + 1]):
                            received[idx[link]] += val[link] * step
            if own_ptr[i + 1] > own_ptr[i]:
                left = max(have - levels[rest, i], 0.0) if forced[i] or not flags[i] else 0.0
                step = left - equity[i]
                if abs(step) > LAST_DIGIT * (have + levels[rest, i]) and (step > 0) == rising:
                    equity[i] = left
                    moved = True
                    for link in range(own_ptr[i], own_ptr[i + 1]):
                        stakes[own_idx[link]] += own_val[link] * step
        if not moved:
            return used
    return count + 1


@kernel
def accumulate(count: int, ptr: Any, idx: Any, val: Any, worth: Any, total: Any) -> bool:
    """Solve ``total = worth + shares total`` upward by passing on what is new; row j of the CSR holds j.

    Returns whether ``count`` sweeps were enough for twelve digits.
    """
    waiting = worth.copy()
    for _ in range(count):
        moved = False
        for j in range(worth.size):
            step = waiting[j]
            if step <= ENOUGH_DIGITS * total[j]:
                continue
            waiting[j] = 0.0
            moved = True
            for link in range(ptr[j], ptr[j + 1]):
                total[idx[link]] += val[link] * step
                waiting[idx[link]] += val[link] * step
        if not moved:
            return True
    return False


@kernel
def adjoint(
    count: int, order: Any, goes: Any, dues: Any, debt_rate: Any, stake_rate: Any,
    ptr: Any, idx: Any, val: Any, own_ptr: Any, own_idx: Any, own_val: Any, direct: Any, worth: Any,
) -> bool:  # fmt: skip
    """Solve ``worth = direct + slope' worth``: what a unit is worth with those to whom it goes on.

    Gauss-Seidel from the last to be paid backwards, ``worth`` updated in place. Returns whether ``count``
    sweeps were enough for the last digit.
    """
    classes, n = dues.shape
    dense = idx.size < val.size
    by_debt, by_stake = debt_rate * worth, stake_rate * worth
    for _ in range(count):
        change = largest = 0.0
        for place in range(n - 1, -1, -1):
            i = order[place]
            k = goes[i]
            if k < 0:
                continue
            total = 0.0
            if k == classes:
                for link in range(own_ptr[i], own_ptr[i + 1]):
                    total += own_val[link] * by_stake[own_idx[link]]
            elif dense:
                total = np.dot(val[(k * n + i) * n : (k * n + i + 1) * n], by_debt) / dues[k, i]
            else:
                for link in range(ptr[k * n + i], ptr[k * n + i + 1]):
                    total += val[link] * by_debt[idx[link]]
                total /= dues[k, i]
            total += direct[i]
            change = max(change, abs(total - worth[i]))
            largest = max(largest, abs(total))
            worth[i] = total
            by_debt[i], by_stake[i] = debt_rate[i] * total, stake_rate[i] * total
        if change <= LAST_DIGIT * largest:
            return True
    return False
