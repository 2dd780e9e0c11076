"""The arrays that chance works on: what strays and how, how it is steered, and room to draw in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.arrays import Floats, Ints
from cardhouse.economy.kernel.lanes import LANES

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


class Steering(NamedTuple):
    """How paths are drawn in another way than by chance alone; see :func:`no_steering` for none of it.

    Attributes
    ----------
    shift : (P + G, Q), standard deviations that are added to the independent normal surprise of each process, those of
        the world first, in each quarter.
    tilt : (R, Q), above 0; what the odds that a regime begins in a quarter are multiplied with.
    jump : (P + G + R + 1,), what is added to the number of a path where it draws for a process, a regime or, at the
        end, the common tail: it draws there what that other path would.
    """

    shift: Floats
    tilt: Floats
    jump: Ints


class Scratch(NamedTuple):
    """Room to draw in, made once for each thread; the last axis is the L lanes.

    Attributes
    ----------
    words : (P + G + R + T, BLOCK, L), random words of processes, firms, regimes, and the T factors of the common tail.
    surprises : (P + G, BLOCK, L), independent standard normal numbers.
    tails : (BLOCK, L), what all surprises of a quarter are multiplied with.
    pace, level : (P, L), deviations as they persist, and as the driver feels them.
    harm : (R, L), severity of a regime while it lasts; ``lasts`` (R, L) is 1 then. own : (G, L), firms' deviations.
    """

    words: NDArray[np.uint64]
    surprises: Floats
    tails: Floats
    pace: Floats
    level: Floats
    harm: Floats
    lasts: Floats
    own: Floats


def new_scratch(processes: Processes) -> Scratch:
    """Room to draw in."""
    common, regimes, firms = processes.driver.size, processes.regime_driver.size, processes.firm_node.size
    factors = (int(processes.degrees[0]) + 1) // 2
    return Scratch(
        words=np.zeros((common + firms + regimes + factors, BLOCK, LANES), dtype=np.uint64),
        surprises=np.zeros((common + firms, BLOCK, LANES)),
        tails=np.ones((BLOCK, LANES)),
        pace=np.zeros((common, LANES)),
        level=np.zeros((common, LANES)),
        harm=np.zeros((regimes, LANES)),
        lasts=np.zeros((regimes, LANES)),
        own=np.zeros((firms, LANES)),
    )


def no_steering(processes: Processes, steps: int) -> Steering:
    """Draw by chance alone, for so many quarters."""
    common, regimes, firms = processes.driver.size, processes.regime_driver.size, processes.firm_node.size
    return Steering(
        shift=np.zeros((common + firms, steps)),
        tilt=np.ones((regimes, steps)),
        jump=np.zeros(common + firms + regimes + 1, dtype=np.int64),
    )


def check_steering(steering: Steering, processes: Processes, steps: int) -> None:
    """Refuse arrays that compiled code, which checks no index, would read past their ends."""
    for name, given, expected in zip(Steering._fields, steering, no_steering(processes, steps), strict=True):
        if given.shape != expected.shape or given.dtype != expected.dtype or not given.flags.c_contiguous:
            raise AssertionError(f"{name}: {given.dtype} {given.shape}; expected {expected.dtype} {expected.shape}")
