"""Clear one network under many scenarios of outside assets."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardhouse.errors import InputError
from cardhouse.network.cells import Flags
from cardhouse.network.clearing import clear
from cardhouse.network.model import Array, Network
from cardhouse.network.reading import check_amounts, check_finite

_BLOCK_BYTES = 2**20
"""Payments of one block of scenarios stay in the second-level cache."""
_LANES = (8, 64)
"""Fewest and most scenarios side by side."""


@dataclass(frozen=True, eq=False)
class Clearings:
    """Greatest clearing states of S scenarios; amounts as in :class:`~cardhouse.network.Clearing`.

    Attributes
    ----------
    network : the ties; its own outside assets are not used.
    payments : (S, K, n).
    assets : (S, n), before costs.
    equity : (S, n).
    defaulted : (S, n).
    """

    network: Network
    payments: Array
    assets: Array
    equity: Array
    defaulted: Flags

    @property
    def paid(self) -> Array:
        """(S, n), payments over all classes."""
        found: Array = self.payments.sum(axis=1)
        return found

    @property
    def shortfall(self) -> Array:
        """(S, n), binding dues that are not paid."""
        binding = self.network.binding
        found: Array = self.network.binding_dues - self.payments[:, :binding].sum(axis=1)
        return found


def clear_many(
    network: Network, outside: ArrayLike, *, forced: ArrayLike | None = None, threads: int | None = None
) -> Clearings:
    """Find the greatest clearing state of every scenario.

    A scenario's result is the same bits whatever the other scenarios and the number of threads.
    Scenarios in which a firm is within a billionth of its limit, or that settle slowly, are passed to
    :func:`clear`.

    Parameters
    ----------
    network : n firms, in floats.
    outside : (S, n), amounts: outside assets by scenario.
    forced : (n,) or (S, n) booleans; firms in default whatever their assets.
    threads : how many share the work; all processors when omitted.

    Raises
    ------
    InputError : for an exact network, and for arrays that do not fit.
    """
    from cardhouse.network.lanes import clear_lanes

    if network.exact:
        raise InputError("scenarios are cleared in floats; call clear on an exact network one by one")
    wealth = _read_scenarios(outside, network.size)
    mask = _read_masks(forced, *wealth.shape)
    n, classes, count = network.size, network.classes, len(wealth)
    payments = np.empty((count, classes, n))
    assets, equity = np.empty((count, n)), np.empty((count, n))
    defaulted, careful = np.empty((count, n), dtype=bool), np.zeros(count, dtype=bool)
    links = network.claims
    width = int(np.clip(_BLOCK_BYTES // (8 * n * classes), *_LANES))

    def work(first: int) -> None:
        clear_lanes(
            first, min(width, count - first), network.binding,
            wealth, mask, network.alpha, network.beta, network.gamma, network.due_through, network.dues,
            links.worth, links.cap, links.extra, links.order, *links.debts, *links.shares,
            payments, assets, equity, defaulted, careful,
        )  # fmt: skip

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as workers:
        list(workers.map(work, range(0, count, width)))
    for s in np.flatnonzero(careful):
        one = clear(network.with_outside(wealth[s]), forced=mask[s if len(mask) > 1 else 0])
        payments[s], assets[s], equity[s], defaulted[s] = one.payments, one.assets, one.equity, one.defaulted
    return Clearings(network, payments, assets, equity, defaulted)


def _read_scenarios(outside: ArrayLike, size: int) -> Array:
    wealth = np.ascontiguousarray(outside, dtype=np.float64)
    if wealth.ndim != 2 or wealth.shape[1] != size:
        raise InputError(f"scenarios have shape {wealth.shape}, expected one row a scenario of {size} firms")
    check_finite(wealth, "scenarios")
    check_amounts(wealth, "scenarios")
    return wealth


def _read_masks(forced: ArrayLike | None, count: int, size: int) -> NDArray[np.bool_]:
    if forced is None:
        return np.zeros((1, size), dtype=bool)
    given = np.asarray(forced)
    if given.dtype != bool or given.shape not in {(size,), (count, size)}:
        raise InputError(
            f"forced must be booleans of shape {(size,)} or {(count, size)}; found {given.dtype} of {given.shape}"
        )
    return np.ascontiguousarray(np.atleast_2d(given))
