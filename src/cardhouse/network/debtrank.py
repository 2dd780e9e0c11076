"""DebtRank: how far a loss of equity travels through claims before anybody has defaulted.

Distress ``h`` is the share of a firm's equity that is gone, 0 to 1. A creditor writes a claim down in
proportion to the distress of its debtor, so losses travel below the default threshold, unlike in a clearing.
Two versions: the first of 2012, where every firm passes on distress once, and the amended one of 2015, where
every further loss is passed on. They agree only where no loss comes back to a firm that has passed some on.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import splu

from cardhouse.errors import InputError
from cardhouse.network._guards import FloatArray, frozen, kernel, links, listed, numbers, vector, within

BLOCK = 64
"""Scenarios a kernel carries at once: 2,000 firms of distress then fit a core's second-level cache."""
SWEEPS = 200
"""Sweeps before a scenario is handed to the finite algorithm: only loops near or above 1 need more."""
ROUND = 8
"""Sweeps between two jumps ahead; even, so that the last four are two pairs, forward and backward."""
FASTEST = 0.98
"""Above this share of the last gain in the next, a jump is a guess, and the finite algorithm is better."""
STILL = 1e-14
"""Changes below this share of a scenario's shock count as none; distress is then within fifty times of it."""


@dataclass(frozen=True, eq=False)
class DebtRank:
    """Distress at the end, and how much of it the network added.

    Attributes
    ----------
    distress : (n, scenarios), share of equity lost, 0 to 1, shock included.
    rank : (scenarios,), weighted mean of the distress beyond the shock, 0 to 1.
    """

    distress: FloatArray
    rank: FloatArray


def leverage(owed: Any, equity: npt.ArrayLike) -> sparse.csr_array:
    """Share of its own equity that each firm loses when a debtor loses all of its equity.

    Parameters
    ----------
    owed : (n, n) array or scipy sparse array, USD million. ``owed[i, j]`` is what i owes j.
    equity : (n,), USD million, positive: a firm without equity has failed already and cannot pass distress
        on.

    Returns
    -------
    (n, n) sparse array. ``leverage[i, j] = owed[j, i] / equity[i]``; it may exceed 1.

    Raises
    ------
    InputError : negative, non-finite or self-owed amounts, sizes that differ, equity that is not positive.

    References
    ----------
    Bardoscia, Battiston, Caccioli and Caldarelli (2015), PLoS ONE 10(6), equation 4.
    """
    claims = _sparse("owed", owed)
    size = claims.shape[0]
    own = vector("equity", equity, size, low=-np.inf)
    gone = np.flatnonzero(own <= 0)
    if gone.size:
        raise InputError(f"equity of {listed(gone)} is not positive: leave failed firms out, or shock them to 1")
    held = sparse.csr_array(claims.T)
    held.data /= np.repeat(own, np.diff(held.indptr))
    return held


def debtrank(lever: Any, shocks: npt.ArrayLike, *, weights: npt.ArrayLike) -> DebtRank:
    """Distress when every loss is passed on in full (DebtRank of 2015), for one or many shocks.

    The result is the least fixed point of ``h = min(1, shock + lever @ h)``. Scenarios are swept in blocks;
    the few that are slow to settle (loops whose leverage is near or above 1) are finished by policy
    iteration, which ends after finitely many linear solves.

    Parameters
    ----------
    lever : (n, n) array or scipy sparse array, from :func:`leverage`.
    shocks : (n,) or (n, scenarios), share of equity lost at the start, 0 to 1.
    weights : (n,), what each firm counts in ``rank``, such as its equity or its assets; only ratios matter.

    Returns
    -------
    DebtRank : one column a scenario, also when ``shocks`` is a vector. The distress of a scenario has the same
        bytes whatever the other scenarios and the number of threads.

    Raises
    ------
    InputError : as in :func:`leverage`; shocks outside 0 to 1; weights that are negative or all zero.

    References
    ----------
    Bardoscia, Battiston, Caccioli and Caldarelli (2015), PLoS ONE 10(6), equation 8.
    """
    matrix = _sparse("lever", lever)
    start = _shocks(shocks, matrix.shape[0])
    weight = _weights(weights, matrix.shape[0])
    distress = np.empty_like(start)
    edges = range(0, start.shape[1], BLOCK)

    def run(first: int) -> list[int]:
        block = np.ascontiguousarray(start[:, first : first + BLOCK])
        state = block.copy()
        moving = _sweep(matrix.indptr, matrix.indices, matrix.data, block, state)
        distress[:, first : first + BLOCK] = state
        return [first + int(k) for k in np.flatnonzero(moving)]

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        slow = [column for columns in pool.map(run, edges) for column in columns]
    for column in slow:
        distress[:, column] = _settled(matrix, start[:, column])
    return DebtRank(frozen(distress), frozen(weight @ (distress - start)))


def debtrank_once(lever: Any, shocks: npt.ArrayLike, *, weights: npt.ArrayLike) -> DebtRank:
    """Distress when every firm passes on its distress once only (the first DebtRank, of 2012).

    A firm passes on what it has lost when distress first reaches it, and nothing of what it loses later, so
    the losses that come back through a loop are left out. The impact of one firm on another is capped at 1.

    Parameters, returns and errors are those of :func:`debtrank`.

    References
    ----------
    Battiston, Puliga, Kaushik, Tasca and Caldarelli (2012), Scientific Reports 2:541, methods.
    """
    matrix = _sparse("lever", lever)
    start = _shocks(shocks, matrix.shape[0])
    weight = _weights(weights, matrix.shape[0])
    columns = sparse.csc_array(matrix)
    distress = start.T.copy()
    _fire(columns.indptr, columns.indices, np.minimum(columns.data, 1.0), distress)
    return DebtRank(frozen(distress.T), frozen(weight @ (distress.T - start)))


@kernel
def _sweep(
    indptr: npt.NDArray[np.int32],
    indices: npt.NDArray[np.int32],
    data: FloatArray,
    shock: FloatArray,
    state: FloatArray,
) -> npt.NDArray[np.bool_]:
    """Bring ``state`` to the fixed point in place, from the shock on; true where a scenario still moves.

    The direction alternates, so that a chain clears in two sweeps whichever way it is numbered. At the end of
    every round of sweeps each scenario jumps ahead as far as its last two pairs of sweeps suggest: a jump too
    far is harmless, since a scenario has one fixed point only where its distress can go. A scenario that has
    settled is left alone, so that its bytes do not depend on the others of its block.
    """
    size, width = state.shape
    small = np.zeros(width)
    for i in range(size):
        for s in range(width):
            small[s] = max(small[s], STILL * shock[i, s])
    settled = np.zeros(width, dtype=np.bool_)
    change = np.zeros(width)
    gain = np.zeros(width)
    before = np.zeros(width)
    snapshot = np.empty_like(state)
    for sweep in range(SWEEPS):
        place = sweep % ROUND
        if place == ROUND - 4:
            gain[:] = 0.0
        if place == ROUND - 2:
            snapshot[:] = state
            before[:] = gain
            gain[:] = 0.0
        change[:] = 0.0
        _pass(indptr, indices, data, shock, state, settled, sweep % 2 == 0, change, gain)
        settled |= change <= small
        if settled.all():
            break
        if place == ROUND - 1:
            for s in range(width):
                rate = gain[s] / before[s] if before[s] != 0 else 0.0
                leap = rate / (1.0 - rate) if 0 < rate < FASTEST and not settled[s] else 0.0
                for i in range(size):
                    state[i, s] = min(1.0, max(0.0, state[i, s] + leap * (state[i, s] - snapshot[i, s])))
    return ~settled


@kernel
def _pass(
    indptr: npt.NDArray[np.int32],
    indices: npt.NDArray[np.int32],
    data: FloatArray,
    shock: FloatArray,
    state: FloatArray,
    settled: npt.NDArray[np.bool_],
    forward: bool,
    change: FloatArray,
    gain: FloatArray,
) -> None:
    """Update every firm once, in place, where not settled; note the largest change and add up the changes."""
    size, width = state.shape
    total = np.empty(width)
    for step in range(size):
        i = step if forward else size - 1 - step
        if indptr[i] == indptr[i + 1]:
            continue
        for s in range(width):
            total[s] = shock[i, s]
        for k in range(indptr[i], indptr[i + 1]):
            lever = data[k]
            row = state[indices[k]]
            for s in range(width):
                total[s] += lever * row[s]
        row = state[i]
        for s in range(width):
            new = row[s] if settled[s] else min(1.0, total[s])
            moved = new - row[s]
            change[s] = max(change[s], abs(moved))
            gain[s] += moved
            row[s] = new


@kernel
def _fire(
    indptr: npt.NDArray[np.int32], indices: npt.NDArray[np.int32], impact: FloatArray, distress: FloatArray
) -> None:
    """Let every distressed firm fire once, in rounds, one scenario a row of ``distress``."""
    scenarios, size = distress.shape
    fired = np.empty(size, dtype=np.bool_)
    front = np.empty(size, dtype=np.int64)
    pushed = np.empty(size)
    for s in range(scenarios):
        h = distress[s]
        count = 0
        for i in range(size):
            fired[i] = h[i] > 0
            if fired[i]:
                front[count] = i
                count += 1
        while count > 0:
            # All firms of a round push what they had when it began.
            for f in range(count):
                pushed[f] = h[front[f]]
            for f in range(count):
                j = front[f]
                for k in range(indptr[j], indptr[j + 1]):
                    h[indices[k]] = min(1.0, h[indices[k]] + impact[k] * pushed[f])
            count = 0
            for i in range(size):
                if h[i] > 0 and not fired[i]:
                    fired[i] = True
                    front[count] = i
                    count += 1


def _settled(matrix: sparse.csr_array, shock: FloatArray) -> FloatArray:
    """Least fixed point of one scenario by policy iteration from above.

    On the firms that distress can reach the map is concave and lifts zero off zero, so its fixed point is
    unique there and may be approached from above; elsewhere the least fixed point is zero.
    """
    reached = shock > 0
    while True:
        wider = reached | (matrix @ reached.astype(np.float64) > 0)
        if np.array_equal(wider, reached):
            break
        reached = wider
    block = sparse.csr_array(matrix[reached][:, reached])
    push = shock[reached]
    inside = np.ones(push.size)
    capped = push + block @ inside >= 1.0
    while True:
        free = ~capped
        inside = np.ones(push.size)
        if free.any():
            part = sparse.csr_array(block[free])
            system = sparse.csc_array(sparse.identity(int(free.sum()))) - part[:, free].tocsc()
            inside[free] = np.minimum(1.0, splu(system).solve(push[free] + part @ capped.astype(np.float64)))
        fewer = capped & (push + block @ inside >= 1.0)
        if np.array_equal(fewer, capped):
            break
        capped = fewer
    distress = np.zeros_like(shock)
    distress[reached] = inside
    return distress


def _sparse(name: str, value: Any) -> sparse.csr_array:
    """``value`` as a checked sparse matrix of non-negative links without self-links."""
    if not sparse.issparse(value):
        return sparse.csr_array(links(name, value))
    matrix = sparse.csr_array(cast("sparse.csr_array[np.float64]", value)).astype(np.float64)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise InputError(f"{name} has shape {matrix.shape}, expected a square matrix, one row and column a firm")
    if matrix.nnz:
        within(f"{name} stored entry ", numbers(name, matrix.data, ndim=1), 0.0)
    loops = np.flatnonzero(matrix.diagonal())
    if loops.size:
        raise InputError(f"{name} links {listed(loops)} to itself: net such amounts out before calling")
    return matrix


def _shocks(value: npt.ArrayLike, size: int) -> FloatArray:
    array = numbers("shocks", value, ndim=np.ndim(value) if np.ndim(value) in (1, 2) else 2)
    if array.shape[0] != size:
        raise InputError(f"shocks have {array.shape[0]} rows, expected one for each of the {size} firms")
    return within("shocks", array, 0.0, 1.0).reshape(size, -1)


def _weights(value: npt.ArrayLike, size: int) -> FloatArray:
    weight = vector("weights", value, size)
    total = weight.sum()
    if total == 0:
        raise InputError("weights are all zero: at least one firm must count")
    return np.asarray(weight / total)
