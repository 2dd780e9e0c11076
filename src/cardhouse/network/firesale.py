"""Fire sales: what forced selling does to prices, and so to everybody who holds the same asset."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError, NotConverged
from cardhouse.network._guards import FloatArray, frozen, listed, numbers, within
from cardhouse.network.clearing import clear
from cardhouse.network.model import Network
from cardhouse.network.result import Clearing

ROUNDS = 10_000
STILL = 1e-14
"""Prices that move less than this share of the opening price have settled."""


class Impact(Enum):
    """How far the price falls when a share ``x`` of the market's depth is sold."""

    LINEAR = "linear"
    """``max(0, 1 - x)``: the price is zero when the whole depth is sold."""
    EXPONENTIAL = "exponential"
    """``exp(-x)``: the same slope at the start, and never zero."""


@dataclass(frozen=True, eq=False)
class FireSale:
    """Who holds what that may be dumped, and how deep its market is.

    Attributes
    ----------
    holdings : (n, assets), USD million at opening prices.
    depth : (assets,), USD million at opening prices; sales of a hundredth of it lower the price by 1 %.
    impact : the shape of the price impact.
    """

    holdings: FloatArray
    depth: FloatArray
    impact: Impact


def fire_sale(holdings: npt.ArrayLike, depth: npt.ArrayLike, *, impact: Impact) -> FireSale:
    """Make a checked :class:`FireSale`.

    Raises
    ------
    InputError : negative or non-finite holdings, a depth that is not positive, sizes that differ.
    """
    held = within("holdings", numbers("holdings", holdings, ndim=2), 0.0)
    deep = numbers("depth", depth, ndim=1)
    if deep.shape[0] != held.shape[1]:
        raise InputError(f"depth has {deep.shape[0]} entries, expected one for each of the {held.shape[1]} assets")
    flat = np.flatnonzero(deep <= 0)
    if flat.size:
        raise InputError(f"depth[{flat[0]}] is {deep[flat[0]]:g}, expected a positive amount")
    return FireSale(frozen(held.copy()), frozen(deep.copy()), Impact(impact))


def price(sale: FireSale, sold: npt.ArrayLike) -> FloatArray:
    """Price of each asset, as a share of its opening price, when so much of it was sold.

    Parameters
    ----------
    sale : FireSale
    sold : (assets,), USD million at opening prices.

    Returns
    -------
    (assets,), 0 to 1, never rising with ``sold``.

    Raises
    ------
    InputError : negative or non-finite sales, or not one for each asset.

    References
    ----------
    Exponential: Cifuentes, Ferrucci and Shin (2005), JEEA 3(2-3), equation 14. Linear: Greenwood, Landier and
    Thesmar (2015), Journal of Financial Economics 115(3).
    """
    amount = within("sold", numbers("sold", sold, ndim=1), 0.0)
    if amount.shape != sale.depth.shape:
        raise InputError(f"sold has {amount.shape[0]} entries, expected one for each of {sale.depth.shape[0]} assets")
    share = amount / sale.depth
    if sale.impact is Impact.LINEAR:
        return np.maximum(0.0, 1.0 - share)
    return np.exp(-share)


@dataclass(frozen=True, eq=False)
class SaleClearing:
    """A clearing in which firms short of cash sell what they hold.

    Attributes
    ----------
    clearing : Clearing, with all holdings valued at ``prices``.
    sold : (n, assets), USD million at opening prices.
    prices : (assets,), as a share of the opening prices.
    """

    clearing: Clearing
    sold: FloatArray
    prices: FloatArray


def clear_with_sales(cash: Network, sale: FireSale) -> SaleClearing:
    """Clear when every firm short of cash sells the same share of each holding until it can pay.

    Prices start at 1 and fall round by round with what must be sold at the prices of the round before; they
    stop at the highest prices at which sales and prices fit each other.

    Parameters
    ----------
    cash : Network, whose ``outside`` is cash only; no cross-holdings, which cannot be paid with, and no
        intentions, for which nobody sells. Its ``alpha`` is what default leaves of cash and holdings alike.
    sale : FireSale, of the same firms.

    Returns
    -------
    SaleClearing : the best state for all; with a very deep market that of a clearing with holdings at face
        value.

    Raises
    ------
    InputError : sizes that differ, an exact network, one with cross-holdings or with intentions.
    NotConverged : names the firms that still sell, and by how much prices still fall.

    References
    ----------
    Cifuentes, Ferrucci and Shin (2005), JEEA 3(2-3). Several assets, sold pro rata: Feinstein (2017),
    Operations Research Letters 45(5).
    """
    if cash.exact or cash.holdings is not None or cash.binding != cash.classes:
        raise InputError("a clearing with sales takes a float network without cross-holdings and intentions")
    if sale.holdings.shape[0] != cash.size:
        raise InputError(f"the fire sale has holdings of {sale.holdings.shape[0]} firms, the network has {cash.size}")
    prices = np.ones_like(sale.depth)
    share = np.zeros(cash.size)
    for _ in range(ROUNDS):
        worth = sale.holdings @ prices
        found = clear(cash.with_outside(cash.outside + worth))
        short = np.maximum(0.0, cash.binding_dues - cash.outside - found.received)
        needed = np.divide(short, worth, out=np.ones(cash.size), where=worth > short)
        # Sales only grow on the way down; rounding must not take one back.
        before, share = share, np.maximum(share, np.where(short > 0, needed, 0.0))
        lower = np.minimum(prices, price(sale, share @ sale.holdings))
        fall = float((prices - lower).max())
        if fall <= STILL:
            return SaleClearing(found, frozen(share[:, None] * sale.holdings), frozen(prices))
        prices = lower
    raise NotConverged(
        f"prices still fall by {fall:.1e} a round; still selling: {listed(np.flatnonzero(share > before))}"
    )
