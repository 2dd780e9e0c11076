"""Cross-holdings of shares: what firms are worth when they own each other, and how failures spread.

Firm i owns the share ``shares[i, j]`` of firm j; outsiders own the rest. Book values count an asset once for
every firm in the chain of owners, market values count it once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from cardhouse.errors import InputError
from cardhouse.network._guards import (
    UNIT_ROUNDOFF,
    BoolArray,
    FloatArray,
    IntArray,
    frozen,
    links,
    listed,
    vector,
    within,
)

NEVER = -1
"""The wave of a firm that survives."""
SUM_SLACK = 1e-12
"""Shares typed as decimals (.1 + .2 + .7) may add up to a little more than 1."""


@dataclass(frozen=True, eq=False)
class Values:
    """What the firms are worth.

    Attributes
    ----------
    book : (n,), USD million, own assets plus the shares held in others, at book. ``V = (I - C)^-1 assets``.
    market : (n,), USD million, the part of ``book`` that belongs to outside holders; sums to the assets.
    dependency : (n, n), share of j's assets that ends up with the outside holders of i; columns sum to 1.
    inflation : sum of ``book`` over sum of the assets, at least 1: how often a dollar of assets is counted.
        1 when there are no assets.
    """

    book: FloatArray
    market: FloatArray
    dependency: FloatArray
    inflation: float


@dataclass(frozen=True, eq=False)
class Failures:
    """Who fails, in which wave, and what is left.

    Attributes
    ----------
    failed : (n,) bool.
    wave : (n,), 1 for those who fail on their own, 2 for those they bring down, ..., -1 for survivors.
    book, market : (n,), USD million, after the costs of all failures.
    """

    failed: BoolArray
    wave: IntArray
    book: FloatArray
    market: FloatArray


def values(shares: npt.ArrayLike, assets: npt.ArrayLike) -> Values:
    """Book and market values of firms that own shares in each other.

    Parameters
    ----------
    shares : (n, n), 0 to 1. ``shares[i, j]`` is the share of j that i owns; columns sum to at most 1.
    assets : (n,), USD million, what each firm owns outside the network.

    Returns
    -------
    Values

    Raises
    ------
    InputError : shares outside 0 to 1 or adding up to more than 1, a firm that owns itself, negative assets,
        sizes that differ, or a group whose shares are all held inside the group (nobody owns it).

    References
    ----------
    Elliott, Golub and Jackson (2014), American Economic Review 104(10), equations 1 to 4. Brioschi, Buzzacchi
    and Colombo (1989), Journal of Banking and Finance 13.
    """
    held, outside = _holdings(shares)
    own = vector("assets", assets, held.shape[0])
    through = np.linalg.inv(np.eye(held.shape[0]) - held)
    book = through @ own
    dependency = outside[:, None] * through
    total = own.sum()
    inflation = float(book.sum() / total) if total > 0 else 1.0
    return Values(frozen(book), frozen(outside * book), frozen(dependency), inflation)


def failure_waves(
    shares: npt.ArrayLike, assets: npt.ArrayLike, *, thresholds: npt.ArrayLike, costs: npt.ArrayLike
) -> Failures:
    """Failures in waves: a firm whose market value is below its threshold fails and loses part of its assets.

    Parameters
    ----------
    shares, assets : as in :func:`values`.
    thresholds : (n,), USD million. A firm fails strictly below its threshold; exactly at it, it stands.
    costs : (n,), USD million, taken from a firm's own assets when it fails; at most its assets.

    Returns
    -------
    Failures : the smallest set of failures that is consistent, which is what the waves lead to.

    Raises
    ------
    InputError : as in :func:`values`, or costs above the assets.

    References
    ----------
    Elliott, Golub and Jackson (2014), American Economic Review 104(10), section II.C.
    """
    held, _ = _holdings(shares)
    found = values(shares, assets)
    size = found.book.size
    own = vector("assets", assets, size)
    limit = vector("thresholds", thresholds, size)
    cost = vector("costs", costs, size)
    above = np.flatnonzero(cost > own)
    if above.size:
        raise InputError(f"costs of {listed(above)} exceed the assets they are taken from: lower the costs")

    failed = np.zeros(size, dtype=np.bool_)
    wave = np.full(size, NEVER, dtype=np.int64)
    market = found.market
    # Each entry of the inverse is a sum of non-negative terms, so its error is a few roundings a firm.
    slack = 8.0 * size * UNIT_ROUNDOFF * (found.market + limit)
    while True:
        falling = (market < limit - slack) & ~failed
        if not falling.any():
            book = np.linalg.solve(np.eye(size) - held, own - cost * failed)
            return Failures(frozen(failed), frozen(wave), frozen(book), frozen(market))
        wave[falling] = wave.max(initial=0) + 1
        failed = failed | falling
        market = found.dependency @ (own - cost * failed)


def _holdings(shares: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check the shares, and find what outsiders own of each firm."""
    held = within("shares", links("shares", shares), 0.0, 1.0)
    taken = held.sum(axis=0)
    over = np.flatnonzero(taken > 1.0 + SUM_SLACK)
    if over.size:
        raise InputError(f"shares of {listed(over)} add up to {taken[over[0]]:.6g}, expected at most 1")
    outside = np.where(taken >= 1.0 - SUM_SLACK, 0.0, 1.0 - taken)
    _someone_owns_each(held, outside)
    return held, outside


def _someone_owns_each(held: FloatArray, outside: FloatArray) -> None:
    """Refuse groups without outside owners, whose book value would be infinite or arbitrary.

    From a root that stands for the outsiders, walk from every owner to what he owns.
    """
    size = held.shape[0]
    walk = np.zeros((size + 1, size + 1))
    walk[:size, :size] = held
    walk[size, :size] = outside
    seen = breadth_first_order(csr_array(walk), size, return_predecessors=False)
    closed = np.setdiff1d(np.arange(size), seen)
    if closed.size:
        raise InputError(f"nobody outside owns {listed(closed)}: they own each other in full; open the loop")
