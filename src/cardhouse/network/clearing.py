"""Clear a network: the one entry for dense, sparse and exact ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cardhouse.errors import InputError
from cardhouse.network import extremes
from cardhouse.network.cells import Flags, System
from cardhouse.network.model import Network
from cardhouse.network.result import Clearing


def clear(network: Network, *, forced: ArrayLike | None = None, least: bool = False) -> Clearing:
    """Find what every firm can pay when all pay what they can.

    Parameters
    ----------
    network : n firms; see :meth:`Network.of`.
    forced : (n,) booleans; firms in default whatever their assets. They pay what is left after costs
        down their binding classes, and keep the rest.
    least : find the worst state for all instead of the best for all.

    Returns
    -------
    Clearing : payments, equity, defaults, margins; with waves, causes and a certificate of uniqueness on
        demand.

    Raises
    ------
    InputError : when ``forced`` does not fit.
    NotConverged : names the firm still moving and by how much.

    References
    ----------
    Eisenberg and Noe (2001), Management Science 47(2). Suzuki (2002), JORSJ 45(2). Elsinger (2009), OeNB
    Working Paper 156. Rogers and Veraart (2013), Management Science 59(4).

    Examples
    --------
    >>> from cardhouse.network import Network, clear
    >>> found = clear(Network.of([10, 5, 5], [[0, 30, 0], [5, 0, 20], [10, 0, 0]], alpha=0.4))
    >>> found.paid.tolist(), found.defaulted.tolist()
    ([18.0, 20.0, 10.0], [True, True, False])
    """
    must = read_forced(forced, network.size)
    system = System.of(network, must)
    state, point = extremes.least(system) if least else extremes.greatest(system)
    return Clearing(
        network=network,
        payments=point.payments,
        received=point.received,
        stakes=point.stakes,
        assets=point.assets,
        equity=point.equity,
        defaulted=state.flags,
        forced=must,
        is_least=least,
    )


def read_forced(forced: ArrayLike | None, size: int) -> Flags:
    """Read the mask of firms in default whatever their assets, (n,)."""
    if forced is None:
        return np.zeros(size, dtype=bool)
    given = np.asarray(forced)
    if given.dtype != bool or given.shape != (size,):
        raise InputError(f"forced must be {size} booleans, one a firm; found {given.dtype} of shape {given.shape}")
    return given
