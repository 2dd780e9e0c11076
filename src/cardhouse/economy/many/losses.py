"""Amounts in classes: value at risk and expected shortfall of many paths without keeping the paths.

Classes are even on a logarithmic scale on both sides of nothing, so that a loss of a million and one of a trillion
are told apart equally well: each is 1.8 % wide. The sum inside each class is kept, so that means are exact.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.amounts import CLASSES, FARTHEST, count_amounts
from cardhouse.economy.kernel.lanes import LANES

__all__ = ["CLASSES", "FARTHEST", "counted", "expected_shortfall", "value_at_risk"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


def counted(amounts: Array, paths: int | None = None) -> tuple[Ints, Array]:
    """How many amounts lie in each class, and their sum there.

    Parameters
    ----------
    amounts : (..., P), USD million, the paths last.
    paths : how many of them count, the first ones; all of them where nothing is said.

    Returns
    -------
    counts, sums : (..., CLASSES).
    """
    *rest, room = amounts.shape
    columns = math.prod(rest)
    laid = np.ascontiguousarray(amounts).reshape(columns, room)
    if room % LANES:
        laid = np.pad(laid, ((0, 0), (0, -room % LANES)))
    counts, sums = np.zeros((columns, CLASSES), dtype=np.int64), np.zeros((columns, CLASSES))
    count_amounts(laid.reshape(columns, -1, LANES), room if paths is None else paths, counts, sums)
    return counts.reshape(*rest, CLASSES), sums.reshape(*rest, CLASSES)


def value_at_risk(counts: Ints, sums: Array, level: float) -> float:
    """Loss that is not exceeded with this probability: the mean of the class in which the quantile lies.

    Parameters
    ----------
    counts, sums : (CLASSES,) from :func:`counted`, added up over all paths.
    level : between 0 and 1, for instance 0.95.
    """
    place = _class_at(counts, level)
    return float(sums[place] / counts[place])


def expected_shortfall(counts: Ints, sums: Array, level: float) -> float:
    """Mean of the losses beyond the value at risk; the class of the quantile counts with the part beyond it.

    References
    ----------
    Acerbi and Tasche (2002), Journal of Banking and Finance 26(7), equation 11: the mean of the worst 1 - level of
    the outcomes whether or not several are equal.
    """
    place = _class_at(counts, level)
    worst = (1.0 - level) * counts.sum()
    beyond = counts[place + 1 :].sum()
    inside = sums[place] / counts[place]
    return float((sums[place + 1 :].sum() + (worst - beyond) * inside) / worst)


def _class_at(counts: Ints, level: float) -> int:
    """The class in which the amount of this rank lies."""
    rank = np.ceil(level * counts.sum() - 1e-9)
    return int(np.searchsorted(np.cumsum(counts), max(rank, 1)))
