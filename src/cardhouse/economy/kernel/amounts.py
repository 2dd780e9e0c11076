"""Amounts of many paths in classes that are even on a logarithmic scale, on both sides of nothing."""

from __future__ import annotations

from cardhouse.economy.kernel.arrays import Floats, Ints
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.lanes import LANES, Lanes, any_of, floor, least, most, one_lane, size, where
from cardhouse.economy.kernel.memory import lanes_of
from cardhouse.economy.kernel.powers import log_of

CLASSES = 2048
HALF = CLASSES // 2
FARTHEST = 1e8
"""USD million at which the last class begins: a hundred trillion dollars."""
PER_CLASS = (HALF - 1) / 18.420680753952367
"""Classes for one unit of the logarithm of 1 and the amount; the number is that of ``FARTHEST``."""


@kernel
def class_of(amount: Lanes) -> Lanes:
    """Class of each amount, USD million; the class in the middle begins at nothing."""
    distance = least(HALF - 1.0, most(0.0, floor(log_of(1.0 + size(amount)) * PER_CLASS)))
    return where(amount < 0.0, HALF - 1.0 - distance, HALF + distance)


@kernel
def count_amounts(amounts: Floats, paths: int, counts: Ints, sums: Floats) -> None:
    """Count amounts in classes and add them up there.

    Parameters
    ----------
    amounts : (C, P / L, L), one column a row, filled up to whole blocks. paths : how many of them there are.
    counts, sums : (C, CLASSES), added to.
    """
    blocks = amounts.shape[1]
    for c in range(amounts.shape[0]):
        for k in range(blocks):
            amount, asked = lanes_of(amounts, c * blocks + k), min(LANES, paths - k * LANES)
            if not any_of(amount != 0.0):  # most nodes lose nothing in most paths
                counts[c, HALF] += asked
                continue
            found = class_of(amount)
            for b in range(asked):
                place = int(one_lane(found, b))
                counts[c, place] += 1
                sums[c, place] += one_lane(amount, b)
