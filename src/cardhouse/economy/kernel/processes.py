"""The arrays that chance works on: what strays and how, and room to draw in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardhouse.economy.kernel.arrays import Floats, Ints

BLOCK = 4
"""Quarters that one call of the generator serves."""


class Processes(NamedTuple):
    """P processes of the world, R regimes, G processes of one firm each; all for one value of every parameter.

    Attributes
    ----------
    driver, adds : (P,) row of the driver; 1 where deviations are added, 0 where their exponential multiplies.
    volatility, persistence, keeps : (P,) standard deviation of a quarter's surprise, what is left of the last
        deviation a quarter later, and 1 where the driver's level sums up the deviations (they are growth), else 0.
    least, most : (P,) between which a deviation is held when it is blended, infinite for none.
    low, high : (P,) bounds of the driver.
    factor : (P, P), lower triangle whose product with its transpose is the correlation of surprises.
    degrees : (1,), degrees of freedom of the common tail; 0 for none.
    regime_driver, regime_adds, begins, ends : (R,) driver, blend, chances a quarter.
    severity : (R, 3), least, likeliest and most of what the driver is multiplied with, or gets added, meanwhile.
    moved_by : (R, P), change of the logarithm of ``begins`` for a unit of a process's deviation.
    regime_low, regime_high : (R,) bounds of the driver.
    firm_driver, firm_node, firm_name : (G,) row of the driver, node, and a number that stands for the firm's id.
    firm_volatility, firm_persistence, firm_least, firm_most, firm_low, firm_high : (G,), as for the world; the
        exponential of a deviation multiplies.
    """

    driver: Ints
    adds: Ints
    volatility: Floats
    persistence: Floats
    keeps: Floats
    least: Floats
    most: Floats
    low: Floats
    high: Floats
    factor: Floats
    degrees: Ints
    regime_driver: Ints
    regime_adds: Ints
    begins: Floats
    ends: Floats
    severity: Floats
    moved_by: Floats
    regime_low: Floats
    regime_high: Floats
    firm_driver: Ints
    firm_node: Ints
    firm_name: Ints
    firm_volatility: Floats
    firm_persistence: Floats
    firm_least: Floats
    firm_most: Floats
    firm_low: Floats
    firm_high: Floats


class Scratch(NamedTuple):
    """Room to draw in, made once for each thread, for L lanes.

    Attributes
    ----------
    surprises : (P + G, BLOCK, L), independent standard normal numbers; ``events`` (R, BLOCK, L) uniform ones.
    tails : (BLOCK, L), what all surprises of a quarter are multiplied with; ``mixed`` (L,) those of one process.
    pace, level : (P, L), deviations as they persist, and as the driver feels them.
    harm : (R, L), severity of a regime while it lasts; ``lasts`` (R, L) is 1 then. own : (G, L), firms' deviations.
    """

    surprises: Floats
    events: Floats
    tails: Floats
    mixed: Floats
    pace: Floats
    level: Floats
    harm: Floats
    lasts: Ints
    own: Floats


def new_scratch(processes: Processes, lanes: int) -> Scratch:
    """Room to draw in."""
    common, regimes, firms = processes.driver.size, processes.regime_driver.size, processes.firm_node.size
    return Scratch(
        surprises=np.zeros((common + firms, BLOCK, lanes)),
        events=np.zeros((regimes, BLOCK, lanes)),
        tails=np.ones((BLOCK, lanes)),
        mixed=np.zeros(lanes),
        pace=np.zeros((common, lanes)),
        level=np.zeros((common, lanes)),
        harm=np.zeros((regimes, lanes)),
        lasts=np.zeros((regimes, lanes), dtype=np.int64),
        own=np.zeros((firms, lanes)),
    )
