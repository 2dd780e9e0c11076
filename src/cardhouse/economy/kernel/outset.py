"""Drivers to indices, receipts from the world, planned spending and costs: points 1 and 2 of a step."""

from __future__ import annotations

import math

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, OPERATING, RENT, Floats
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.tableau import Tableau

SALES, NEED, RENT_LEVEL, BASE_MOVE, SPREAD_MOVE, AGED = range(6)
"""Rows of ``levels``: AI sales and computing for them against plan, market rent, moves of rates, what an old chip
still earns of the rent of its plan."""
SLACK = 1e-12


@kernel
def at(series: Floats, when: float) -> float:
    """Value of a series between its steps, in a straight line; its first value before them."""
    if when <= 0.0:
        return float(series[0])
    low = math.floor(when)
    if low >= series.size - 1:
        return float(series[series.size - 1])
    part = when - low
    return float(series[low] * (1.0 - part) + series[low + 1] * part)


@kernel
def paces(q: int, m: Tableau) -> None:
    """How far each firm's AI business has come against plan: growth scaled by its driver, deliveries late."""
    plans, nodes = m.plans, m.nodes
    for i in range(m.nodes.shape[1]):
        plan = plans[row.PLAN_RECEIPTS, i, q]
        before = plans[row.PLAN_RECEIPTS, i, q - 1] if q > 0 else plan
        for b in range(m.nodes.shape[2]):
            drive = m.drivers[:, q, b]
            if before > 0.0 and plan > before:
                grows = plan / before
                nodes[row.GROWTH, i, b] *= (1.0 + (grows - 1.0) * drive[dr.GROWTH]) / grows
            late = 1.0
            if plan > 0.0 and drive[dr.DELAY] > 0.0:
                late = at(plans[row.PLAN_RECEIPTS, i], q - drive[dr.DELAY]) / plan
            nodes[row.PACE, i, b] = nodes[row.GROWTH, i, b] * late


@kernel
def demand_met(q: int, b: int, m: Tableau) -> float:
    """End demand that finds a seller, against plan: what a laboratory sold that stopped is gone with it."""
    nodes = m.nodes
    planned = met = 0.0
    for i in range(m.nodes.shape[1]):
        if m.kinds[row.SELLS_AI, i]:
            sells = m.plans[row.PLAN_RECEIPTS, i, q] * (nodes[row.AI, i, b] + nodes[row.RENTS, i, b])
            planned += sells
            moved = nodes[row.PACE, i, b] * m.firm_drivers[dr.SHARE, i, q, b]
            met += sells * moved * (1.0 - m.marks[row.DOWN, i, b])
    return float(met / planned) if planned > 0.0 else 1.0


@kernel
def indices(q: int, m: Tableau) -> None:
    """AI sales, computing needed for them and the rent that clears its market, each against the plan.

    The price of a token is the driver's over efficiency; volume answers with a constant elasticity; computing
    needed is volume over efficiency. The rent moves with need over capacity up to a ceiling, at which what cannot
    be served is not sold.
    """
    world, calendar, levels = m.world, m.calendar, m.levels
    for b in range(m.levels.shape[1]):
        drive = m.drivers[:, q, b]
        elasticity = drive[dr.ELASTICITY] if drive[dr.ELASTICITY] > 0.0 else world[row.ELASTICITY, b]
        price = drive[dr.TOKEN_PRICE] / drive[dr.EFFICIENCY]
        volume = drive[dr.DEMAND] * price ** (-elasticity)
        fleet = m.nodes[row.FLEET, :, b].sum()
        m.paths[row.FLEET_PATH, q, b] = fleet
        capacity = fleet / calendar[row.CAPACITY, q] if calendar[row.CAPACITY, q] > 0.0 else 1.0
        response = world[row.RENT_RESPONSE, b]
        tight = volume / drive[dr.EFFICIENCY] * demand_met(q, b, m) / capacity if capacity > 0.0 else 1.0
        most = world[row.RENT_CEILING, b] ** (1.0 / response) if response > 0.0 else tight
        served = min(most / tight, 1.0) if tight > 0.0 else 1.0
        levels[SALES, b] = volume * served * price
        levels[NEED, b] = volume * served / drive[dr.EFFICIENCY]
        levels[RENT_LEVEL, b] = drive[dr.RENTS] * (tight * served) ** response
        levels[BASE_MOVE, b] = drive[dr.BASE_RATE] / 1e4
        levels[SPREAD_MOVE, b] = drive[dr.SPREAD] / 1e4
        levels[AGED, b] = aged(q, b, m)


@kernel
def aged(q: int, b: int, m: Tableau) -> float:
    """What chips of the opening still earn of their planned rent when they age faster than was thought."""
    left = 1.0
    for past in range(q + 1):
        life = m.drivers[dr.LIFE, past, b]
        if life > 0.0:
            faster = max(1.0 / life - 1.0 / m.world[row.ECONOMIC_LIFE, b], 0.0)
            left *= max(1.0 - faster * m.calendar[row.YEARS, past], 0.0)
    return left


@kernel
def receipts(q: int, m: Tableau) -> None:
    """Receipts from unnamed customers: the plan's, moved by what each share of them depends on.

    Of AI sales a part is computing that was sold since the opening: it earns the market's rent, as does what is
    let from day to day.
    """
    plans, nodes, firm_drivers, levels = m.plans, m.nodes, m.firm_drivers, m.levels
    for i in range(m.nodes.shape[1]):
        plan = plans[row.PLAN_RECEIPTS, i, q]
        for b in range(m.nodes.shape[2]):
            drive = m.drivers[:, q, b]
            pace = nodes[row.PACE, i, b] * firm_drivers[dr.SHARE, i, q, b]
            ai, rents = nodes[row.AI, i, b], nodes[row.RENTS, i, b]
            rent = levels[RENT_LEVEL, b] * levels[AGED, b]
            grown = max(1.0 - plans[row.PLAN_RECEIPTS, i, 0] / plan, 0.0) if plan > 0.0 else 0.0
            fresh = nodes[row.NEW_AT_RENT, i, b] * grown
            sales = (1.0 - fresh) * levels[SALES, b] + fresh * levels[NEED, b] * rent
            mix = 1.0 - ai - rents + (ai * sales + rents * rent) * pace
            mix *= 1.0 + nodes[row.SOVEREIGN, i, b] * (drive[dr.SOVEREIGN] - 1.0)
            sells = plan * mix * firm_drivers[dr.PRICE, i, q, b] * (1.0 - m.marks[row.DOWN, i, b])
            exports = sells * nodes[row.EXPORT, i, b] * drive[dr.EXPORT]
            nodes[row.RECEIPTS, i, b] = sells * (1.0 - nodes[row.EXPORT, i, b]) + exports
            nodes[row.LEVY, i, b] = exports * drive[dr.LEVY]


@kernel
def spending(q: int, m: Tableau) -> None:
    """Planned capital spending after discipline and after revenue lost; the subsidy that no longer comes back."""
    nodes = m.nodes
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            drive = m.drivers[:, q, b]
            stands = 1.0 - m.marks[row.DOWN, i, b]
            planned = at(m.plans[row.PLAN_CAPEX, i], q - drive[dr.DELAY])
            nodes[row.CAPEX, i, b] = planned * drive[dr.SPENDING] * nodes[row.CUT, i, b] * stands
            nodes[row.LEVY, i, b] += (
                nodes[row.CAPEX, i, b] * nodes[row.SUBSIDY, i, b] * max(1.0 - drive[dr.SUBSIDY], 0.0)
            )


@kernel
def costs(q: int, m: Tableau) -> None:
    """Costs and capital spending with unnamed parties: what the plan needs beyond the contracts.

    Variable cost follows deliveries at unchanged prices; where the variable cost of AI sales is rented
    computing it follows the need and the rent of computing. Part of what costs have grown by since the opening
    is an intention: a firm that runs out of money stops growing before it stops paying.
    """
    plans, nodes, levels, firm_drivers, marks, tie_kinds, ties = (
        m.plans,
        m.nodes,
        m.levels,
        m.firm_drivers,
        m.marks,
        m.tie_kinds,
        m.ties,
    )
    years = m.calendar[row.YEARS, q]
    n, lanes = m.nodes.shape[1:]
    for i in range(n):
        for b in range(lanes):
            plan = plans[row.PLAN_RECEIPTS, i, q]
            drive = m.drivers[:, q, b]
            ai, rents = nodes[row.AI, i, b], nodes[row.RENTS, i, b]
            buys, rent = nodes[row.BUYS_COMPUTE, i, b], levels[RENT_LEVEL, b]
            pace = nodes[row.PACE, i, b] * firm_drivers[dr.SHARE, i, q, b]
            volume = 1.0 - ai - rents + ai * levels[NEED, b] * pace * (1.0 - buys + buys * rent) + rents * pace
            volume *= 1.0 - nodes[row.EXPORT, i, b] * (1.0 - drive[dr.EXPORT])
            volume *= 1.0 + nodes[row.SOVEREIGN, i, b] * (drive[dr.SOVEREIGN] - 1.0)
            nodes[row.COSTS, i, b] = (plans[row.PLAN_FIXED, i, q] + nodes[row.VARIABLE, i, b] * plan * volume) * (
                1.0 - marks[row.DOWN, i, b]
            )
            nodes[row.CAPEX_WORLD, i, b] = nodes[row.CAPEX, i, b]
    named = nodes[row.NAMED]
    named[:, :] = 0.0
    for t in range(m.tie_kinds.shape[1]):
        payer, payee, role = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t], tie_kinds[row.TIE_ROLE, t]
        for b in range(lanes):
            asked = ties[row.DUE, t, b] + ties[row.GHOST, t, b]
            if payee >= 0 and role != 3:
                # A share of spending buys more chips at a lower price; a contract in dollars is what it is.
                price = firm_drivers[dr.PRICE, payee, q, b] if m.schedules[row.TIE_OF_CAPEX, t, q] > 0.0 else 1.0
                nodes[row.COSTS, payee, b] += (
                    nodes[row.VARIABLE, payee, b] * asked / price * (1.0 - marks[row.DOWN, payee, b])
                )
            if payer >= 0:
                if role == CAPITAL:
                    nodes[row.CAPEX_WORLD, payer, b] -= asked
                elif role in (OPERATING, RENT):
                    named[payer, b] += asked
    for i in range(n):
        for b in range(lanes):
            floor = nodes[row.COST_FLOOR, i, b] * years * (1.0 - marks[row.DOWN, i, b])
            needed = max(nodes[row.COSTS, i, b] - nodes[row.NAMED, i, b], floor)
            grown = max(needed - nodes[row.COSTS_AT_OPENING, i, b] * years, 0.0)
            nodes[row.FLEXIBLE, i, b] = nodes[row.COST_FLEX, i, b] * grown
            nodes[row.COSTS, i, b] = needed - nodes[row.FLEXIBLE, i, b]
            left = nodes[row.CAPEX_WORLD, i, b]
            nodes[row.CAPEX_WORLD, i, b] = left if left > SLACK * nodes[row.CAPEX, i, b] else 0.0
