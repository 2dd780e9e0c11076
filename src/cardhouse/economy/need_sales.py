"""End demand for AI in dollars: what the plan holds, what a factor asks for, and what a path sells of it.

Counted is what firms that sell AI to end customers receive from outside the network and what moves with end demand;
what firms of the network pay each other is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy import drivers as dr
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.need_paths import level
from cardhouse.economy.required_demand import SELLERS, demand
from cardhouse.economy.run import Path, drivers_for, planned_ai_revenue

Array = NDArray[np.float64]
YEAR = 4
"""Quarters in a year's sum."""


@dataclass(frozen=True, slots=True)
class Sales:
    """End demand of the plan and today.

    Attributes
    ----------
    now : at the opening's pace, USD million a year (:func:`~cardhouse.economy.required_demand.demand`).
    planned : (Q,), the plan, USD million a quarter.
    """

    now: float
    planned: Array

    @property
    def years(self) -> tuple[float, ...]:
        """The plan by year, USD million; quarters that fill no year are left out."""
        return by_year(self.planned)


def by_year(quarters: Array) -> tuple[float, ...]:
    """Sums of four quarters each, from the first on."""
    whole = quarters.size // YEAR
    return tuple(float(x) for x in quarters[: whole * YEAR].reshape(whole, YEAR).sum(axis=1))


def sales(compiled: Compiled) -> Sales:
    """End demand of a calibrated model.

    Raises
    ------
    BookError : nobody assumed how much of a firm's receipts is for AI.
    """
    now = sum(row.value for row in demand(compiled.opening))
    return Sales(now, np.asarray(planned_ai_revenue(compiled)[sellers(compiled)].sum(axis=0)))


def sellers(compiled: Compiled) -> list[int]:
    """Places of the full firms that sell AI to end customers."""
    opening = compiled.opening
    return [compiled.place[node] for node in opening.full if opening.firm(node).layer in SELLERS]


def growth_of(now: float, last: float, years: int) -> float | None:
    """Growth a year from today's pace to the last year, whose middle is half a year before its end.

    None where nothing is paid today: growth from nothing has no rate.
    """
    return float((last / now) ** (1.0 / (years - 0.5)) - 1.0) if now > 0.0 and last > 0.0 else None


def paces(plan: Array, growth: Array) -> Array:
    """How far sales have come against plan when growth above zero is multiplied with a driver, (N, Q).

    Parameters
    ----------
    plan : (N, Q), planned receipts. growth : (Q,), the driver.
    """
    before = np.concatenate([plan[:, :1], plan[:, :-1]], axis=1)
    grows = np.divide(plan, before, out=np.ones_like(plan), where=(before > 0.0) & (plan > before))
    return np.asarray(np.cumprod((1.0 + (grows - 1.0) * growth) / grows, axis=1))


def asked(compiled: Compiled, driver: str, factor: float) -> Array:
    """End demand at plan's prices when a driver is multiplied with a factor, (Q,), USD million a quarter."""
    drivers = drivers_for(compiled, level(driver, factor))
    moved = planned_ai_revenue(compiled) * paces(compiled.model.plans.receipts, drivers.world[dr.GROWTH])
    return np.asarray((moved[sellers(compiled)] * drivers.world[dr.DEMAND]).sum(axis=0))


def sold(compiled: Compiled, path: Path) -> Array:
    """What of end demand a path sells, (Q,), USD million a quarter: without who has fallen and what finds no computing.

    It is what comes from unnamed customers less what does not move with demand for AI and less computing let from day
    to day. Meant for paths in which only demand or its growth is moved.
    """
    plan, ai, rents = compiled.model.plans.receipts, compiled.model.nodes.ai, compiled.model.nodes.rents
    stands = 1.0 - path.accounts[:, col.DOWN, :].T
    other = (plan * (1.0 - ai - rents) + path.accounts[:, col.LET].T) * stands
    return np.asarray((path.accounts[:, col.WORLD_RECEIPTS].T - other)[sellers(compiled)].sum(axis=0))
