"""Drivers to indices, receipts from the world, planned spending and costs: points 1 and 2 of a step."""

from __future__ import annotations

import math

from numba import njit

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel.arrays import CAPITAL, OPERATING, RENT, Floats, Model, Shocks
from cardhouse.economy.kernel.state import State, Step

SALES, NEED, RENT_LEVEL, BASE_MOVE, SPREAD_MOVE, PRICE_OF_TOKENS = range(6)
"""Rows of ``Step.index``: AI sales and need of computing against plan, market rent, moves of rates, token price."""
SLACK = 1e-12


@njit(nogil=True, cache=True)
def indices(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """End demand, need of computing and the rent that clears its market, each against the plan.

    The price of a token is the driver's over efficiency; volume answers with a constant elasticity; computing
    needed is volume over efficiency. The rent moves with need over capacity, both against plan.
    """
    world = model.world
    for b in range(step.index.shape[1]):
        drive = shocks.world[:, q, b]
        elasticity = drive[dr.ELASTICITY] if drive[dr.ELASTICITY] > 0.0 else world.elasticity[b]
        price = drive[dr.TOKEN_PRICE] / drive[dr.EFFICIENCY]
        volume = drive[dr.DEMAND] * price ** (-elasticity)
        need = volume / drive[dr.EFFICIENCY]
        fleet = 0.0
        for i in range(state.fleet.shape[0]):
            fleet += state.fleet[i, b]
        capacity = fleet / world.capacity[q] if world.capacity[q] > 0.0 else 1.0
        tight = need / capacity if capacity > 0.0 else need
        step.index[SALES, b] = volume * price
        step.index[NEED, b] = need
        step.index[RENT_LEVEL, b] = drive[dr.RENTS] * tight ** world.rent_response[b]
        step.index[BASE_MOVE, b] = drive[dr.BASE_RATE] / 1e4
        step.index[SPREAD_MOVE, b] = drive[dr.SPREAD] / 1e4
        step.index[PRICE_OF_TOKENS, b] = price


@njit(nogil=True, cache=True)
def at(series: Floats, when: float) -> float:
    """Value of a series between its steps, in a straight line; its first value before them."""
    if when <= 0.0:
        return float(series[0])
    low = int(math.floor(when))
    if low >= series.size - 1:
        return float(series[series.size - 1])
    part = when - low
    return float(series[low] * (1.0 - part) + series[low + 1] * part)


@njit(nogil=True, cache=True)
def receipts(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Receipts from unnamed customers: the plan's, moved by what each share of them depends on."""
    nodes, plans = model.nodes, model.plans
    for i in range(step.receipts.shape[0]):
        plan = plans.receipts[i, q]
        before = plans.receipts[i, q - 1] if q > 0 else plan
        for b in range(step.receipts.shape[1]):
            drive = shocks.world[:, q, b]
            # Growth of the AI part is scaled by its driver, and what is delivered late is sold late.
            if before > 0.0 and plan > before:
                state.growth[i, b] *= (1.0 + (plan / before - 1.0) * drive[dr.GROWTH]) / (plan / before)
            late = at(plans.receipts[i], q - drive[dr.DELAY]) / plan if plan > 0.0 and drive[dr.DELAY] > 0.0 else 1.0
            pace = state.growth[i, b] * late
            ai, rents = nodes.ai[i, b], nodes.rents[i, b]
            sales = step.index[SALES, b] * shocks.firm[dr.SHARE, i, q, b] * pace
            mix = 1.0 - ai - rents + ai * sales + rents * step.index[RENT_LEVEL, b] * pace
            mix *= 1.0 - nodes.export[i, b] * (1.0 - drive[dr.EXPORT])
            mix *= 1.0 + nodes.sovereign[i, b] * (drive[dr.SOVEREIGN] - 1.0)
            stands = 1.0 - state.down[i, b]
            step.receipts[i, b] = plan * mix * shocks.firm[dr.PRICE, i, q, b] * stands
            step.levy[i, b] = step.receipts[i, b] * nodes.export[i, b] * drive[dr.EXPORT] * drive[dr.LEVY]


@njit(nogil=True, cache=True)
def spending(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Planned capital spending after discipline and after revenue lost; the subsidy that no longer comes back."""
    for i in range(step.capex.shape[0]):
        for b in range(step.capex.shape[1]):
            drive = shocks.world[:, q, b]
            stands = 1.0 - state.down[i, b]
            step.capex[i, b] = model.plans.capex[i, q] * drive[dr.SPENDING] * state.cut[i, b] * stands
            step.levy[i, b] += step.capex[i, b] * model.nodes.subsidy[i, b] * max(1.0 - drive[dr.SUBSIDY], 0.0)


@njit(nogil=True, cache=True)
def costs(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Costs and capital spending with unnamed parties: what the plan needs beyond the contracts.

    Variable cost follows deliveries at unchanged prices; where the variable cost of AI sales is rented
    computing it follows the need and the rent of computing.
    """
    ties, nodes, plans = model.ties, model.nodes, model.plans
    years = model.world.years[q]
    n, lanes = step.costs.shape
    for i in range(n):
        for b in range(lanes):
            plan = plans.receipts[i, q]
            drive = shocks.world[:, q, b]
            ai, rents = nodes.ai[i, b], nodes.rents[i, b]
            buys, rent = nodes.buys_compute[i, b], step.index[RENT_LEVEL, b]
            pace = state.growth[i, b] * shocks.firm[dr.SHARE, i, q, b]
            volume = 1.0 - ai - rents + ai * step.index[NEED, b] * pace * (1.0 - buys + buys * rent) + rents * pace
            volume *= 1.0 - nodes.export[i, b] * (1.0 - drive[dr.EXPORT])
            volume *= 1.0 + nodes.sovereign[i, b] * (drive[dr.SOVEREIGN] - 1.0)
            step.costs[i, b] = (plans.fixed[i, q] + nodes.variable[i, b] * plan * volume) * (1.0 - state.down[i, b])
            step.capex_world[i, b] = step.capex[i, b]
    named = step.named
    named[:, :] = 0.0
    for t in range(ties.payer.size):
        payer, payee, role = ties.payer[t], ties.payee[t], ties.role[t]
        for b in range(lanes):
            asked = step.due[t, b] + step.ghost[t, b]
            if payee >= 0 and role != 3:
                price = shocks.firm[dr.PRICE, payee, q, b]
                step.costs[payee, b] += nodes.variable[payee, b] * asked / price * (1.0 - state.down[payee, b])
            if payer >= 0:
                if role == CAPITAL:
                    step.capex_world[payer, b] -= asked
                elif role in (OPERATING, RENT):
                    named[payer, b] += asked
    for i in range(n):
        for b in range(lanes):
            floor = nodes.cost_floor[i, b] * years * (1.0 - state.down[i, b])
            step.costs[i, b] = max(step.costs[i, b] - named[i, b], floor)
            left = step.capex_world[i, b]
            step.capex_world[i, b] = left if left > SLACK * step.capex[i, b] else 0.0
