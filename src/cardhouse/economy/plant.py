"""Plant as ladders: what stands at the opening, how old it is, what it still writes off, on two lives.

The age of the short-lived plant is not reported. Spending is taken to have grown at one steady rate, the rate at
which both the reported net plant and the reported depreciation come out; so the first rung is the last reported
depreciation, and the plant's value on any other life follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEEPEST = 40.0
"""Growth of past spending (per life) beyond which plant is simply new, or simply old when negative."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Plant that is written off in a straight line.

    Attributes
    ----------
    net : what it stands at, USD million.
    yearly : depreciation a year at the start, USD million.
    ends : (steps,), yearly depreciation that ends with each step.
    fits : whether the reported depreciation was met (False: it lies outside what any age can give).
    """

    net: float
    yearly: float
    ends: Array
    fits: bool


@dataclass(frozen=True, slots=True)
class Fleet:
    """Computing that stands, by when it was bought: each year's dollar buys more of it than the year's before.

    ``units`` in dollars of the opening's price; ``ends`` (steps,) what reaches the end of its life with each step.
    """

    units: float
    ends: Array


def _spending(growth: float, life: int) -> Array:
    """Past spending by age in steps, newest first, up to a factor."""
    return np.exp(-growth * np.arange(life) / life)


def _years_left(growth: float, life: int, step_years: float) -> float:
    """Net plant over yearly depreciation for a history of spending, in years."""
    spent, age = _spending(growth, life), np.arange(life)
    return float((spent * (1.0 - age / life)).sum() / spent.sum() * life * step_years)


def past_growth(net: float, yearly: float, life: int, step_years: float) -> tuple[float, bool]:
    """Growth of spending (per life) at which net plant and depreciation agree; False where none does.

    Net plant over depreciation rises with growth, from old plant to new, so bisection finds it.
    """
    if net <= 0.0 or yearly <= 0.0:
        return 0.0, False
    wanted = net / yearly
    low, high = -STEEPEST, STEEPEST
    if wanted <= _years_left(low, life, step_years):
        return low, False
    if wanted >= _years_left(high, life, step_years):
        return high, False
    for _ in range(100):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break  # no number lies between them
        low, high = (middle, high) if _years_left(middle, life, step_years) < wanted else (low, middle)
    return 0.5 * (low + high), True


def ladder(
    net: float, growth: float, life: int, steps: int, step_years: float, *, on_life: int | None = None
) -> Ladder:
    """The ladder of plant whose net value on ``life`` is known, on that life or on another.

    Parameters
    ----------
    net : net value on ``life`` (in steps), USD million.
    growth : growth of past spending per life, from :func:`past_growth`.
    on_life : life in steps that the ladder is to have; ``life`` when not given.
    """
    spent, age = _spending(growth, life), np.arange(life)
    whole = float((spent * (1.0 - age / life)).sum())
    spent = spent * (net / whole if whole > 0.0 else 0.0)
    lived = life if on_life is None else on_life
    standing = spent[: min(lived, life)]
    ages = np.arange(standing.size)
    ends = np.zeros(steps)
    for years_old, money in zip(ages, standing, strict=True):
        last = lived - int(years_old) - 1
        if last < steps:
            ends[last] += money / (lived * step_years)
    return Ladder(
        net=float((standing * (1.0 - ages / lived)).sum()),
        yearly=float(standing.sum() / (lived * step_years)),
        ends=ends,
        fits=True,
    )


def fleet(net: float, growth: float, life: int, steps: int, step_years: float, *, lived: int, decay: float) -> Fleet:
    """The computing behind plant whose net value on ``life`` is known; each purchase serves ``lived`` steps.

    Parameters
    ----------
    decay : yearly fall of the price of computing: what a dollar bought a year ago is less by it.
    """
    spent, age = _spending(growth, life), np.arange(life)
    whole = float((spent * (1.0 - age / life)).sum())
    spent = spent * (net / whole if whole > 0.0 else 0.0)
    serving = np.arange(min(lived, life))
    units = spent[: serving.size] * (1.0 - decay) ** (serving * step_years)
    ends = np.zeros(steps)
    for years_old, amount in zip(serving, units, strict=True):
        last = lived - int(years_old) - 1
        if last < steps:
            ends[last] += amount
    return Fleet(float(units.sum()), ends)
