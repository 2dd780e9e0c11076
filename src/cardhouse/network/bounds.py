"""What can be said of contagion without knowing who owes whom: the bounds of Glasserman and Young.

Only four figures a firm are needed: net worth, outside assets, and how much of what it owes is owed inside
the network. The bounds hold for every network with these figures, with proportional sharing and no default
costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.network._guards import BoolArray, FloatArray, frozen, links, listed, members, vector


@dataclass(frozen=True, eq=False)
class Positions:
    """The figures of each firm that the bounds need.

    Attributes
    ----------
    net_worth : (n,), USD million, all assets less all debts, before any shock; positive.
    outside_assets : (n,), USD million.
    connectivity : (n,), 0 to 1, share of a firm's debts that is owed inside the network; 0 without debts.
    leverage : (n,), outside assets over net worth.
    """

    net_worth: FloatArray
    outside_assets: FloatArray
    connectivity: FloatArray
    leverage: FloatArray


def positions(owed: npt.ArrayLike, outside_assets: npt.ArrayLike, outside_owed: npt.ArrayLike) -> Positions:
    """Take from a known network the figures of each firm that the bounds need.

    Parameters
    ----------
    owed : (n, n), USD million. ``owed[i, j]`` is what i owes j.
    outside_assets, outside_owed : (n,), USD million.

    Returns
    -------
    Positions

    Raises
    ------
    InputError : negative, non-finite or self-owed amounts, sizes that differ, or a firm whose net worth is
        not positive (the bounds speak of firms that are solvent before the shock).
    """
    claims = links("owed", owed)
    size = claims.shape[0]
    assets = vector("outside_assets", outside_assets, size)
    inside = claims.sum(axis=1)
    debts = inside + vector("outside_owed", outside_owed, size)
    worth = assets + claims.sum(axis=0) - debts
    broken = np.flatnonzero(worth <= 0)
    if broken.size:
        raise InputError(f"net worth of {listed(broken)} is not positive: the bounds need solvent firms")
    share = np.divide(inside, debts, out=np.zeros(size), where=debts > 0)
    return Positions(frozen(worth), frozen(assets), frozen(share), frozen(assets / worth))


def smallest_shock(at: Positions, group: npt.ArrayLike) -> FloatArray:
    """Loss of outside assets that each firm must suffer before it alone can bring the whole group down.

    ``net worth + sum of the group's net worth / connectivity``: the firm's own net worth absorbs the first
    part, and its creditors inside the network receive only the share ``connectivity`` of the rest.

    Parameters
    ----------
    at : Positions
    group : (n,) bool, the firms to be brought down, at least one.

    Returns
    -------
    (n,), USD million; infinite for a firm that owes nothing inside; NaN for members of the group, to whom
    the bound does not speak. The probability of contagion from i to the group is at most that of such a loss.

    References
    ----------
    Glasserman and Young (2015), Journal of Banking and Finance 50, proposition 1.
    """
    mask = members("group", group, at.net_worth.size)
    if not mask.any():
        raise InputError("group is empty: name at least one firm to be brought down")
    worth = at.net_worth[mask].sum()
    passed = np.divide(worth, at.connectivity, out=np.full(mask.size, np.inf), where=at.connectivity > 0)
    return np.asarray(frozen(np.where(mask, np.nan, at.net_worth + passed)))


def impossible(at: Positions, group: npt.ArrayLike) -> BoolArray:
    """Firms that cannot bring the whole group down even if they lose all their outside assets.

    Parameters and errors are those of :func:`smallest_shock`.

    Returns
    -------
    (n,) bool; false for members of the group.

    References
    ----------
    Glasserman and Young (2015), proposition 1: ``sum of net worth > w beta (lambda - 1)``.
    """
    return np.asarray(frozen(smallest_shock(at, group) > at.outside_assets))


def amplification(at: Positions, default_probability: npt.ArrayLike) -> float:
    """Largest factor by which the network can raise the expected loss of value above that of firms apart.

    Parameters
    ----------
    at : Positions
    default_probability : (n,), 0 to 1, probability that each firm's own shock exceeds its net worth.

    Returns
    -------
    ``1 + sum(p c) / ((1 - max connectivity) sum(c))`` with c the outside assets; infinite when some firm owes
    only inside the network; 1 when there are no outside assets.

    References
    ----------
    Glasserman and Young (2015), Journal of Banking and Finance 50, theorem 2.
    """
    chance = vector("default_probability", default_probability, at.net_worth.size, high=1.0)
    exposed = float(chance @ at.outside_assets)
    if exposed == 0:
        return 1.0
    room = 1.0 - float(at.connectivity.max())
    return float(1.0 + exposed / (room * at.outside_assets.sum())) if room > 0 else float("inf")
