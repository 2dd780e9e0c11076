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
    for i in range(m.n.shape[1]):
        plan = m.plan[row.PLAN_RECEIPTS, i, q]
        before = m.plan[row.PLAN_RECEIPTS, i, q - 1] if q > 0 else plan
        for b in range(m.n.shape[2]):
            drive = m.drivers[:, q, b]
            if before > 0.0 and plan > before:
                grows = plan / before
                m.n[row.GROWTH, i, b] *= (1.0 + (grows - 1.0) * drive[dr.GROWTH]) / grows
            late = 1.0
            if plan > 0.0 and drive[dr.DELAY] > 0.0:
                late = at(m.plan[row.PLAN_RECEIPTS, i], q - drive[dr.DELAY]) / plan
            m.n[row.PACE, i, b] = m.n[row.GROWTH, i, b] * late


@kernel
def demand_met(q: int, b: int, m: Tableau) -> float:
    """End demand that finds a seller, against plan: what a laboratory sold that stopped is gone with it."""
    planned = met = 0.0
    for i in range(m.n.shape[1]):
        if m.ni[row.SELLS_AI, i]:
            sells = m.plan[row.PLAN_RECEIPTS, i, q] * (m.n[row.AI, i, b] + m.n[row.RENTS, i, b])
            planned += sells
            moved = m.n[row.PACE, i, b] * m.firm_drivers[dr.SHARE, i, q, b]
            met += sells * moved * (1.0 - m.nl[row.DOWN, i, b])
    return float(met / planned) if planned > 0.0 else 1.0


@kernel
def indices(q: int, m: Tableau) -> None:
    """AI sales, computing needed for them and the rent that clears its market, each against the plan.

    The price of a token is the driver's over efficiency; volume answers with a constant elasticity; computing
    needed is volume over efficiency. The rent moves with need over capacity up to a ceiling, at which what cannot
    be served is not sold.
    """
    for b in range(m.levels.shape[1]):
        drive = m.drivers[:, q, b]
        elasticity = drive[dr.ELASTICITY] if drive[dr.ELASTICITY] > 0.0 else m.w[row.ELASTICITY, b]
        price = drive[dr.TOKEN_PRICE] / drive[dr.EFFICIENCY]
        volume = drive[dr.DEMAND] * price ** (-elasticity)
        fleet = m.n[row.FLEET, :, b].sum()
        capacity = fleet / m.wq[row.CAPACITY, q] if m.wq[row.CAPACITY, q] > 0.0 else 1.0
        response = m.w[row.RENT_RESPONSE, b]
        tight = volume / drive[dr.EFFICIENCY] * demand_met(q, b, m) / capacity if capacity > 0.0 else 1.0
        most = m.w[row.RENT_CEILING, b] ** (1.0 / response) if response > 0.0 else tight
        served = min(most / tight, 1.0) if tight > 0.0 else 1.0
        m.levels[SALES, b] = volume * served * price
        m.levels[NEED, b] = volume * served / drive[dr.EFFICIENCY]
        m.levels[RENT_LEVEL, b] = drive[dr.RENTS] * (tight * served) ** response
        m.levels[BASE_MOVE, b] = drive[dr.BASE_RATE] / 1e4
        m.levels[SPREAD_MOVE, b] = drive[dr.SPREAD] / 1e4
        m.levels[AGED, b] = aged(q, b, m)


@kernel
def aged(q: int, b: int, m: Tableau) -> float:
    """What chips of the opening still earn of their planned rent when they age faster than was thought."""
    left = 1.0
    for past in range(q + 1):
        life = m.drivers[dr.LIFE, past, b]
        if life > 0.0:
            faster = max(1.0 / life - 1.0 / m.w[row.ECONOMIC_LIFE, b], 0.0)
            left *= max(1.0 - faster * m.wq[row.YEARS, past], 0.0)
    return left


@kernel
def receipts(q: int, m: Tableau) -> None:
    """Receipts from unnamed customers: the plan's, moved by what each share of them depends on.

    Of AI sales a part is computing that was sold since the opening: it earns the market's rent, as does what is
    let from day to day.
    """
    for i in range(m.n.shape[1]):
        plan = m.plan[row.PLAN_RECEIPTS, i, q]
        for b in range(m.n.shape[2]):
            drive = m.drivers[:, q, b]
            pace = m.n[row.PACE, i, b] * m.firm_drivers[dr.SHARE, i, q, b]
            ai, rents = m.n[row.AI, i, b], m.n[row.RENTS, i, b]
            rent = m.levels[RENT_LEVEL, b] * m.levels[AGED, b]
            grown = max(1.0 - m.plan[row.PLAN_RECEIPTS, i, 0] / plan, 0.0) if plan > 0.0 else 0.0
            fresh = m.n[row.NEW_AT_RENT, i, b] * grown
            sales = (1.0 - fresh) * m.levels[SALES, b] + fresh * m.levels[NEED, b] * rent
            mix = 1.0 - ai - rents + (ai * sales + rents * rent) * pace
            mix *= 1.0 - m.n[row.EXPORT, i, b] * (1.0 - drive[dr.EXPORT])
            mix *= 1.0 + m.n[row.SOVEREIGN, i, b] * (drive[dr.SOVEREIGN] - 1.0)
            stands = 1.0 - m.nl[row.DOWN, i, b]
            m.n[row.RECEIPTS, i, b] = plan * mix * m.firm_drivers[dr.PRICE, i, q, b] * stands
            m.n[row.LEVY, i, b] = m.n[row.RECEIPTS, i, b] * m.n[row.EXPORT, i, b] * drive[dr.EXPORT] * drive[dr.LEVY]


@kernel
def spending(q: int, m: Tableau) -> None:
    """Planned capital spending after discipline and after revenue lost; the subsidy that no longer comes back."""
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            drive = m.drivers[:, q, b]
            stands = 1.0 - m.nl[row.DOWN, i, b]
            planned = at(m.plan[row.PLAN_CAPEX, i], q - drive[dr.DELAY])
            m.n[row.CAPEX, i, b] = planned * drive[dr.SPENDING] * m.n[row.CUT, i, b] * stands
            m.n[row.LEVY, i, b] += m.n[row.CAPEX, i, b] * m.n[row.SUBSIDY, i, b] * max(1.0 - drive[dr.SUBSIDY], 0.0)


@kernel
def costs(q: int, m: Tableau) -> None:
    """Costs and capital spending with unnamed parties: what the plan needs beyond the contracts.

    Variable cost follows deliveries at unchanged prices; where the variable cost of AI sales is rented
    computing it follows the need and the rent of computing. Part of what costs have grown by since the opening
    is an intention: a firm that runs out of money stops growing before it stops paying.
    """
    years = m.wq[row.YEARS, q]
    n, lanes = m.n.shape[1:]
    for i in range(n):
        for b in range(lanes):
            plan = m.plan[row.PLAN_RECEIPTS, i, q]
            drive = m.drivers[:, q, b]
            ai, rents = m.n[row.AI, i, b], m.n[row.RENTS, i, b]
            buys, rent = m.n[row.BUYS_COMPUTE, i, b], m.levels[RENT_LEVEL, b]
            pace = m.n[row.PACE, i, b] * m.firm_drivers[dr.SHARE, i, q, b]
            volume = 1.0 - ai - rents + ai * m.levels[NEED, b] * pace * (1.0 - buys + buys * rent) + rents * pace
            volume *= 1.0 - m.n[row.EXPORT, i, b] * (1.0 - drive[dr.EXPORT])
            volume *= 1.0 + m.n[row.SOVEREIGN, i, b] * (drive[dr.SOVEREIGN] - 1.0)
            m.n[row.COSTS, i, b] = (m.plan[row.PLAN_FIXED, i, q] + m.n[row.VARIABLE, i, b] * plan * volume) * (
                1.0 - m.nl[row.DOWN, i, b]
            )
            m.n[row.CAPEX_WORLD, i, b] = m.n[row.CAPEX, i, b]
    named = m.n[row.NAMED]
    named[:, :] = 0.0
    for t in range(m.ti.shape[1]):
        payer, payee, role = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t], m.ti[row.TIE_ROLE, t]
        for b in range(lanes):
            asked = m.t[row.DUE, t, b] + m.t[row.GHOST, t, b]
            if payee >= 0 and role != 3:
                price = m.firm_drivers[dr.PRICE, payee, q, b]
                m.n[row.COSTS, payee, b] += (
                    m.n[row.VARIABLE, payee, b] * asked / price * (1.0 - m.nl[row.DOWN, payee, b])
                )
            if payer >= 0:
                if role == CAPITAL:
                    m.n[row.CAPEX_WORLD, payer, b] -= asked
                elif role in (OPERATING, RENT):
                    named[payer, b] += asked
    for i in range(n):
        for b in range(lanes):
            floor = m.n[row.COST_FLOOR, i, b] * years * (1.0 - m.nl[row.DOWN, i, b])
            needed = max(m.n[row.COSTS, i, b] - m.n[row.NAMED, i, b], floor)
            grown = max(needed - m.n[row.COSTS_AT_OPENING, i, b] * years, 0.0)
            m.n[row.FLEXIBLE, i, b] = m.n[row.COST_FLEX, i, b] * grown
            m.n[row.COSTS, i, b] = needed - m.n[row.FLEXIBLE, i, b]
            left = m.n[row.CAPEX_WORLD, i, b]
            m.n[row.CAPEX_WORLD, i, b] = left if left > SLACK * m.n[row.CAPEX, i, b] else 0.0
