"""The plan: what every firm expects of each step if nothing happens, carried on from its opening.

Growth starts at the firm's own rate and fades towards a floor; the trend of the first year adds up to the opening's
plan. Revenue is the larger of the trend and what contracts bring on top of the other business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled_ties import ContractTerms, boundary_shares, scale_of_shares
from cardhouse.economy.contracts import Role
from cardhouse.economy.inputs import Inputs, rate
from cardhouse.economy.opening import Opening, Position
from cardhouse.economy.statements import growth_at_opening, holds_a_year
from cardhouse.economy.window import Window

Array = NDArray[np.float64]
LEAST_BESIDE = 0.25
"""Part of the yearly pace of other receipts below which a quarter of new contracts does not push them."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Planned flows of one full firm, (steps,) each, USD million per step.

    ``receipts`` from unnamed customers, ``revenue`` all, ``fixed`` cash costs that do not follow deliveries,
    ``capex`` all capital spending. ``variable`` is cash cost per dollar of deliveries.
    """

    receipts: Array
    revenue: Array
    fixed: Array
    capex: Array
    variable: float


def subjects(opening: Opening, node: str) -> tuple[str, str, str]:
    """Whom an assumption about a node may speak of, most particular first."""
    return node, f"layer:{opening.firm(node).layer}", "all"


def midpoints(windows: Sequence[Window]) -> Array:
    """Years from the opening to the middle of each step."""
    lengths = np.array([w.years for w in windows])
    return np.cumsum(lengths) - 0.5 * lengths


def faded(years: Array, growth: float, floor: float, retention: float, *, steady: float = 0.0) -> Array:
    """Level at some times relative to the opening when growth fades towards a floor.

    ``retention`` is the part of growth above the floor that is left a year later; ``steady`` years pass first.
    """
    fine = np.linspace(0.0, max(float(years.max()), 1e-6), 400)
    rates = floor + (growth - floor) * retention ** np.maximum(fine - steady, 0.0)
    logs = np.log1p(np.maximum(rates, -0.95))
    path = np.concatenate([[0.0], np.cumsum(0.5 * (logs[1:] + logs[:-1]) * np.diff(fine))])
    return np.asarray(np.exp(np.interp(years, fine, path)))


def to_sum(shape: Array, windows: Sequence[Window], total: float, years: float) -> Array:
    """A shape scaled so that its first ``years`` add up to a total over those years."""
    lengths = np.array([w.years for w in windows])
    flow = shape * lengths
    inside = np.cumsum(lengths) <= years + 1e-9
    first = flow[inside].sum() if inside.any() else flow[0] * years / lengths[0]
    covered = min(float(lengths[inside].sum()), years) if inside.any() else years
    return flow * (total * covered / years / first) if first > 0.0 else np.zeros_like(flow)


def outlook(
    opening: Opening,
    position: Position,
    windows: Sequence[Window],
    *,
    trend: Array,
    capex: Array,
    ties_in: Array,
    first_tax: float,
) -> Outlook:
    """The plan of one full firm.

    Parameters
    ----------
    trend, capex : (steps,), its :func:`revenue_trend` and :func:`yearly_capex`.
    ties_in : (steps,), what its contracts bring as scheduled.
    first_tax : tax due a year at the opening, which the kernel pays apart from costs.
    """
    known = position.statement
    if known is None:
        raise ValueError(f"{position.node} has no statement")
    inputs, plan = opening.inputs, known.plan
    years = inputs.window.years
    names = subjects(opening, position.node)
    receipts = _beside_contracts(windows, trend, ties_in, position.receipts_world.value / years, years)
    revenue = receipts + ties_in
    variable = rate(inputs, "avoidable_cost_share", *names)
    outside = max(plan.costs.value - first_tax * years, 0.0)
    variable = min(variable, outside / plan.revenue.value) if plan.revenue.value > 0 else 0.0
    fixed = _fixed(inputs, names, windows, revenue, outside - variable * plan.revenue.value, years)
    return Outlook(receipts, revenue, fixed, capex, variable)


def revenue_trend(opening: Opening, position: Position, windows: Sequence[Window]) -> Array:
    """Revenue by step if it grows as it has: the opening's plan, at a rate that fades towards a floor."""
    known = position.statement
    if known is None:
        raise ValueError(f"{position.node} has no statement")
    inputs, names = opening.inputs, subjects(opening, position.node)
    floor, kept = rate(inputs, "growth_floor", *names), rate(inputs, "growth_retention", *names)
    firm = opening.firm(position.node)
    steady = 1.0 if holds_a_year(inputs, firm) else 0.0
    shape = faded(midpoints(windows), growth_at_opening(inputs, firm), floor, kept, steady=steady)
    return to_sum(shape, windows, known.plan.revenue.value, inputs.window.years)


def yearly_capex(opening: Opening, position: Position, windows: Sequence[Window]) -> Array:
    """Planned capital spending by step: the opening's plan, grown at its own rate for a year and fading after."""
    known = position.statement
    if known is None:
        raise ValueError(f"{position.node} has no statement")
    inputs, names = opening.inputs, subjects(opening, position.node)
    floor, kept = rate(inputs, "growth_floor", *names), rate(inputs, "growth_retention", *names)
    growth = rate(inputs, "capex_growth", *names)
    shape = faded(midpoints(windows), growth, floor, kept, steady=1.0)
    return to_sum(shape, windows, known.plan.capital_spending.value, inputs.window.years)


def _beside_contracts(windows: Sequence[Window], trend: Array, ties_in: Array, yearly: float, years: float) -> Array:
    """Receipts from unnamed customers: what contracts leave of the trend.

    In the plan's own year they may fall to a part of their yearly pace, while contracts start in lumps; after it
    contracts come on top of them.
    """
    lengths = np.array([w.years for w in windows])
    first_year = np.cumsum(lengths) <= years + 1e-9
    floor = yearly * lengths * np.where(first_year, LEAST_BESIDE, 1.0)
    return np.maximum(trend - ties_in, floor)


def _fixed(
    inputs: Inputs, names: tuple[str, str, str], windows: Sequence[Window], revenue: Array, total: float, years: float
) -> Array:
    """Cash costs that do not follow deliveries: they grow with a part of revenue's growth."""
    lengths = np.array([w.years for w in windows])
    passes = rate(inputs, "fixed_cost_pass", *names)
    pace = revenue / lengths
    start = pace[0] if pace[0] > 0 else 1.0
    shape = np.maximum(1.0 + passes * (pace / start - 1.0), 0.0)
    return to_sum(shape, windows, max(total, 0.0), years)


def planned_ties(
    opening: Opening,
    read: Sequence[ContractTerms],
    windows: Sequence[Window],
    capex: Mapping[str, Array],
    revenue: Mapping[str, Array],
) -> dict[str, Array]:
    """What contracts bring each node by step as planned, shares of capital spending and revenue included."""
    out: dict[str, Array] = {}
    for one in read:
        c = one.contract
        if c.role is Role.INVESTMENT:
            continue
        due = one.schedule + boundary_shares(opening, one, windows)
        if c.payer in capex:
            shared = one.of_capex.share * capex[c.payer] + one.of_revenue.share * revenue[c.payer]
            due = due + _up_to_cap(one, shared * scale_of_shares(opening, one))
        out[c.payee] = out.get(c.payee, np.zeros(len(windows))) + due
    return out


def _up_to_cap(read: ContractTerms, due: Array) -> Array:
    """What is left of shares once all that is ever paid has reached its cap."""
    room = max(min(read.of_capex.cap, read.of_revenue.cap) - read.paid, 0.0)
    return np.diff(np.minimum(np.cumsum(due), room), prepend=0.0)
