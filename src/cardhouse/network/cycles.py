"""Cycles of payments: how many there are, how much each lets round, and whether chance would give as many.

A cycle visits each of its firms once. The amount it lets round is that of its weakest link. Cycles share
links, so their amounts must not be added up to a total that circulates: that total is what
:mod:`cardhouse.network.circular` finds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.network._guards import FloatArray, IntArray, frozen, kernel, links

SHORTEST = 2
MOST = 2_000_000
"""Cycles that are listed at most: a longer list is of no use to a reader, and may not fit in memory."""
SWAPS_PER_LINK = 20
"""Attempts to swap ends per link and random network; the counts have forgotten the start after about ten."""
TURN = 0.2
"""Share of the attempts that try to turn a triangle round instead: without these some networks are stuck."""
EMPTY = -1
"""Fills the row of a cycle shorter than the longest."""


@dataclass(frozen=True, eq=False)
class Cycles:
    """Every cycle up to a length, shortest first, then the largest amount, then by its firms.

    Attributes
    ----------
    firms : (cycles, longest), in the order in which the money passes, the lowest first; filled with -1.
    length : (cycles,), number of firms.
    amount : (cycles,), USD million, the weakest link's.
    """

    firms: IntArray
    length: IntArray
    amount: FloatArray


@dataclass(frozen=True, eq=False)
class Comparison:
    """Cycles found against those of random networks in which every firm keeps its numbers of links.

    All arrays have one entry a length, 2 to the longest.

    Attributes
    ----------
    length : number of firms in the cycle.
    count, expected, spread : cycles found; mean and standard deviation over the random networks.
    chance : share of the random networks (the one found counted in) with at least as many; small values say
        that there are more cycles than the numbers of links alone explain.
    amount, amount_expected, amount_spread, amount_chance : the same for the sum of the weakest links, USD
        million.
    """

    length: IntArray
    count: IntArray
    expected: FloatArray
    spread: FloatArray
    chance: FloatArray
    amount: FloatArray
    amount_expected: FloatArray
    amount_spread: FloatArray
    amount_chance: FloatArray


def cycles(payments: npt.ArrayLike, *, longest: int) -> Cycles:
    """All cycles of 2 to ``longest`` firms.

    Parameters
    ----------
    payments : (n, n), USD million. ``payments[i, j]`` is what i pays j.
    longest : most firms in a cycle, 2 to n.

    Returns
    -------
    Cycles

    Raises
    ------
    InputError : negative, non-finite or self-paid amounts; a length outside 2 to n; more than two million
        cycles.
    """
    paid = links("payments", payments)
    _check_longest(longest, paid.shape[0])
    rows = _rows(paid)
    total = int(_count(rows, longest)[0].sum())
    firms = np.full((total, longest), EMPTY, dtype=np.int64)
    weakest = np.empty(total)
    _walk(*rows, MOST, firms, np.zeros(longest - 1, dtype=np.int64), weakest, np.zeros(longest - 1))
    length = (firms != EMPTY).sum(axis=1)
    order = np.lexsort((*firms.T[::-1], -weakest, length))
    return Cycles(frozen(firms[order]), frozen(length[order]), frozen(weakest[order]))


def compare(payments: npt.ArrayLike, *, longest: int, networks: int, seed: int) -> Comparison:
    """Set the cycles against those of networks wired at random with the same numbers of links.

    A random network is made by swapping the receivers of two payments, and by turning triangles round, many
    times over. Every firm keeps the number of those it pays and of those who pay it, exactly; nobody pays
    himself or the same firm twice. The amounts stay with the payer.

    Parameters
    ----------
    payments : (n, n), USD million.
    longest : most firms in a cycle, 2 to n.
    networks : how many random networks; 999 resolve a chance of .001.
    seed : the same seed gives the same bytes; network k of a longer run is network k of a shorter one.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError : as in :func:`cycles` (for any of the networks), less than one network, or a negative seed.

    References
    ----------
    Maslov and Sneppen (2002), Science 296. Roberts and Coolen (2012), Physical Review E 85, on triangles.
    Chance with the network found counted in: Davison and Hinkley (1997), Bootstrap Methods, section 4.2.
    """
    paid = links("payments", payments)
    _check_longest(longest, paid.shape[0])
    if networks < 1:
        raise InputError(f"networks is {networks}, expected at least 1")
    if seed < 0:
        raise InputError(f"seed is {seed}, expected 0 or more")
    start, end, amount = _rows(paid)
    count, sums = _count((start, end, amount), longest)
    counts = np.empty((networks, count.size), dtype=np.int64)
    totals = np.empty((networks, count.size))
    for k in range(networks):
        draws = np.random.Generator(np.random.Philox(key=[seed, k])).random((SWAPS_PER_LINK * end.size, 3))
        counts[k], totals[k] = _count((start, _shuffled(start, end, draws, TURN), amount), longest)
    above = counts >= count
    # A sum of the same links in another order may differ in its last digits.
    more = totals >= sums * (1.0 - 1e-12)
    return Comparison(
        length=frozen(np.arange(SHORTEST, longest + 1)),
        count=frozen(count),
        expected=frozen(counts.mean(axis=0)),
        spread=frozen(counts.std(axis=0)),
        chance=frozen((1 + above.sum(axis=0)) / (networks + 1)),
        amount=frozen(sums),
        amount_expected=frozen(totals.mean(axis=0)),
        amount_spread=frozen(totals.std(axis=0)),
        amount_chance=frozen((1 + more.sum(axis=0)) / (networks + 1)),
    )


def _check_longest(longest: int, size: int) -> None:
    if not SHORTEST <= longest <= size:
        raise InputError(f"longest is {longest}, expected {SHORTEST} to the number of firms, {size}")


def _rows(paid: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Links row by row: where each payer's begin, their receivers, their amounts."""
    payer, receiver = np.nonzero(paid)
    start = np.concatenate(([0], np.cumsum(np.bincount(payer, minlength=paid.shape[0])))).astype(np.int64)
    return start, receiver.astype(np.int64), paid[payer, receiver]


def _count(rows: tuple[IntArray, IntArray, FloatArray], longest: int) -> tuple[IntArray, FloatArray]:
    """Count the cycles and sum of their weakest links, by length from 2 on."""
    found = np.zeros(longest - 1, dtype=np.int64)
    totals = np.zeros(longest - 1)
    nothing = np.empty((0, longest), dtype=np.int64)
    if _walk(*rows, MOST, nothing, found, np.empty(0), totals) > MOST:
        raise InputError(f"there are more than {MOST} cycles of up to {longest} firms: lower longest")
    return found, totals


@kernel
def _walk(
    start: IntArray,
    end: IntArray,
    amount: FloatArray,
    most: int,
    firms: IntArray,
    found: IntArray,
    weakest: FloatArray,
    totals: FloatArray,
) -> int:
    """Meet every cycle once, depth first from every firm over higher-numbered firms only.

    Adds to ``found`` and ``totals`` by length from 2 on, and writes the first cycles into ``firms`` and
    ``weakest``, as many as they have rows. Stops when there are more than ``most``; returns how many there
    were.
    """
    size = start.size - 1
    longest = found.size + 1
    met = 0
    path = np.empty(longest, dtype=np.int64)
    cursor = np.empty(longest, dtype=np.int64)
    least = np.empty(longest)
    on_path = np.zeros(size, dtype=np.bool_)
    for root in range(size):
        depth = 0
        path[0] = root
        cursor[0] = start[root]
        least[0] = np.inf
        while depth >= 0:
            here = path[depth]
            k = cursor[depth]
            if k == start[here + 1]:
                on_path[here] = False
                depth -= 1
                continue
            cursor[depth] += 1
            there = end[k]
            low = min(least[depth], amount[k])
            if there == root:
                if met < firms.shape[0]:
                    firms[met, : depth + 1] = path[: depth + 1]
                    weakest[met] = low
                met += 1
                found[depth - 1] += 1
                totals[depth - 1] += low
                if met > most:
                    return met
            elif there > root and depth + 1 < longest and not on_path[there]:
                depth += 1
                path[depth] = there
                cursor[depth] = start[there]
                least[depth] = low
                on_path[there] = True
    return met


@kernel
def _shuffled(start: IntArray, end: IntArray, draws: FloatArray, turn: float) -> IntArray:
    """Receivers after random swaps; the payer of every link stays.

    Every move is proposed as often as its reverse, so that all networks that can be reached are equally
    likely.
    """
    size = start.size - 1
    total = end.size
    receiver = end.copy()
    payer = np.empty(total, dtype=np.int64)
    linked = np.zeros((size, size), dtype=np.bool_)
    for i in range(size):
        for k in range(start[i], start[i + 1]):
            payer[k] = i
            linked[i, receiver[k]] = True
    for d in range(draws.shape[0]):
        first = int(draws[d, 1] * total)
        a, b = payer[first], receiver[first]
        if draws[d, 0] < turn:
            # a -> b -> c -> a becomes a -> c -> b -> a.
            degree = start[b + 1] - start[b]
            if degree == 0:
                continue
            second = start[b] + int(draws[d, 2] * degree)
            c = receiver[second]
            if c == a or not linked[c, a] or linked[a, c] or linked[c, b] or linked[b, a]:
                continue
            third = start[c]
            while receiver[third] != a:
                third += 1
            receiver[first], receiver[second], receiver[third] = c, a, b
            linked[a, b] = linked[b, c] = linked[c, a] = False
            linked[a, c] = linked[c, b] = linked[b, a] = True
        else:
            # a -> b and c -> e become a -> e and c -> b.
            second = int(draws[d, 2] * total)
            c, e = payer[second], receiver[second]
            if a == e or c == b or linked[a, e] or linked[c, b]:
                continue
            receiver[first], receiver[second] = e, b
            linked[a, b] = linked[c, e] = False
            linked[a, e] = linked[c, b] = True
    return receiver
