"""Threshold cascades: a firm fails when what it has lost exceeds its buffer, and then costs its creditors.

Unlike in a clearing, what a failed firm pays is given, not solved for. That makes the cascade the tool for
the short run, before anybody knows what is recovered (recovery 0 is the usual choice), and for large
networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.network._guards import (
    UNIT_ROUNDOFF,
    BoolArray,
    FloatArray,
    IntArray,
    frozen,
    links,
    members,
    vector,
)
from cardhouse.network.firesale import FireSale, price

NEVER = -1
"""The wave of a firm that survives."""


@dataclass(frozen=True, eq=False)
class Cascade:
    """Who failed, when, and what everybody lost.

    Attributes
    ----------
    failed : (n,) bool.
    wave : (n,), 0 for the firms that failed at the start, 1 for those they brought down, ..., -1 for
        survivors.
    loss : (n,), USD million, on claims and on holdings at the final prices; it may exceed the buffer.
    prices : (assets,), final price as a share of the opening price; empty without a fire sale.
    """

    failed: BoolArray
    wave: IntArray
    loss: FloatArray
    prices: FloatArray


def cascade(
    owed: npt.ArrayLike,
    buffers: npt.ArrayLike,
    failed: npt.ArrayLike,
    *,
    recovery: npt.ArrayLike = 0.0,
    sale: FireSale | None = None,
) -> Cascade:
    """Failures wave by wave, from the firms that fail at the start.

    Parameters
    ----------
    owed : (n, n), USD million. ``owed[i, j]`` is what i owes j.
    buffers : (n,), USD million. A firm fails when its loss *exceeds* its buffer: exactly at the limit it
        stands, whatever the rounding of the sum of its losses.
    failed : (n,) bool, the firms that fail at the start, for a reason outside the network.
    recovery : share of its debt that a failed firm still pays, 0 to 1; one number, or (n,) by debtor.
    sale : what failed firms dump on the market; everybody who holds the same asset is then marked down.

    Returns
    -------
    Cascade : monotone: more failures at the start, or smaller buffers, never save a firm.

    Raises
    ------
    InputError : negative, non-finite or self-owed amounts, a recovery outside 0 to 1, sizes that differ.

    References
    ----------
    Furfine (2003), Journal of Money, Credit and Banking 35(1). Gai and Kapadia (2010), Proceedings of the
    Royal Society A 466. With a fire sale: Cifuentes, Ferrucci and Shin (2005), JEEA 3(2-3).
    """
    claims = links("owed", owed)
    size = claims.shape[0]
    buffer = vector("buffers", buffers, size)
    down = members("failed", failed, size).copy()
    given = np.broadcast_to(recovery, (size,)) if np.ndim(recovery) == 0 else recovery
    lost = claims * (1.0 - vector("recovery", given, size, high=1.0))[:, None]
    if sale is not None and sale.holdings.shape[0] != size:
        raise InputError(f"the fire sale has holdings of {sale.holdings.shape[0]} firms, the network has {size}")

    wave = np.where(down, 0, NEVER).astype(np.int64)
    number = 0
    while True:
        loss = down @ lost
        prices = np.empty(0)
        if sale is not None:
            prices = price(sale, down @ sale.holdings)
            loss += sale.holdings @ (1.0 - prices)
        slack = _rounding(size) * (loss + buffer)
        falling = (loss > buffer + slack) & ~down
        if not falling.any():
            return Cascade(frozen(down), frozen(wave), frozen(loss), frozen(prices))
        number += 1
        wave[falling] = number
        down |= falling


def _rounding(terms: int) -> float:
    """Relative error that summing so many non-negative amounts can have at most, products included."""
    return 2.0 * (terms + 4) * UNIT_ROUNDOFF
