"""Drivers to indices, receipts from the world, planned spending and costs: points 1 and 2 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, INVESTMENT, OPERATING, RENT, Floats
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.lanes import Lanes, Mask, any_of, everywhere, lanes, least, most, no, size, where
from cardhouse.economy.kernel.powers import power
from cardhouse.economy.kernel.tableau import Tableau

SALES, NEED, RENT_LEVEL, BASE_MOVE, SPREAD_MOVE, AGED = range(6)
"""Rows of ``levels``: AI sales asked for and computing for them against plan, market rent, moves of rates, what an old
chip still earns of the rent of its plan."""
SLACK = 1e-12


@kernel
def lags(q: int, m: Tableau) -> None:
    """Weights of what was planned so many steps before, for deliveries that are late: a straight line between two."""
    late, back = m.drivers[dr.DELAY, q], 0
    if any_of(late > 0.0):
        m.lags[0], back = most(1.0 - late, 0.0), 1
        while back < m.lags.shape[0] and any_of(late > back - 1.0):
            m.lags[back] = most(1.0 - size(late - back), 0.0)
            back += 1
    m.lagged[0] = back


@inlined
def at(series: Floats, r: int, i: int, q: int, m: Tableau) -> Lanes:
    """A series ``series[r, i]`` as it was when what is delivered now was due; before the first step its first value."""
    found, backs = series[r, i, q], m.lagged[0]
    if backs > 0:
        found *= m.lags[0]
        for back in range(1, backs):
            found += m.lags[back] * series[r, i, max(q - back, 0)]
    return found


@kernel
def paces(q: int, m: Tableau) -> None:
    """How far each firm's AI business has come against plan: growth scaled by its driver, deliveries late."""
    plans, nodes = m.plans, m.nodes
    growth, delay = m.drivers[dr.GROWTH, q], m.drivers[dr.DELAY, q]
    for i in range(nodes.shape[1]):
        if m.kinds[row.VEHICLE, i]:
            continue  # it sells to the parties of its contracts only
        plan = plans[row.PLAN_RECEIPTS, i, q]
        before = plans[row.PLAN_RECEIPTS, i, max(q - 1, 0)]
        grows = where((before > 0.0) & (plan > before), plan / before, 1.0)
        nodes[row.GROWTH, i] *= (1.0 + (grows - 1.0) * growth) / grows
        late = where((plan > 0.0) & (delay > 0.0), at(plans, row.PLAN_RECEIPTS, i, q, m) / plan, 1.0)
        nodes[row.PACE, i] = nodes[row.GROWTH, i] * late


@inlined
def for_ai(q: int, i: int, m: Tableau) -> Lanes:
    """What a firm is planned to receive from unnamed customers for AI and for computing that is let."""
    return m.plans[row.PLAN_RECEIPTS, i, q] * (m.node_terms[row.AI, i] + m.node_terms[row.RENTS, i])


@inlined
def demand_met(q: int, m: Tableau) -> Lanes:
    """End demand that finds a seller, against plan: what a laboratory sold that stopped is gone with it."""
    nodes = m.nodes
    planned, met = lanes(0.0), lanes(0.0)
    for i in range(nodes.shape[1]):
        if m.kinds[row.SELLS_AI, i]:
            sells = for_ai(q, i, m)
            planned += sells
            moved = nodes[row.PACE, i] * m.firm_drivers[dr.SHARE, i, q]
            met += sells * moved * (1.0 - m.marks[row.DOWN, i])
    return where(planned > 0.0, met / planned, 1.0)


@kernel
def indices(q: int, m: Tableau) -> None:
    """AI sales, computing needed for them and the rent that clears its market, each against the plan.

    The price of a token is the driver's over efficiency; volume answers with a constant elasticity; computing
    needed is volume over efficiency. The rent moves with need over capacity up to a ceiling, at which what cannot
    be served is not sold (:func:`serve`).
    """
    world, levels, efficiency = m.world, m.levels, m.drivers[dr.EFFICIENCY, q]
    asked = m.drivers[dr.ELASTICITY, q]
    elasticity = where(asked > 0.0, asked, world[row.ELASTICITY])
    price = m.drivers[dr.TOKEN_PRICE, q] / efficiency
    volume = m.drivers[dr.DEMAND, q] * power(price, -elasticity)
    fleet, planned, response = lanes(0.0), lanes(0.0), world[row.RENT_RESPONSE]
    for i in range(m.nodes.shape[1]):
        fleet += m.nodes[row.FLEET, i]
        planned += m.plans[row.PLAN_FLEET, i, q]
    capacity = where(planned > 0.0, fleet / planned, 1.0)
    busy = where(capacity > 0.0, demand_met(q, m) / capacity, 1.0)
    tight = where(capacity > 0.0, volume / efficiency * busy, 1.0)
    ceiling = where(response > 0.0, power(world[row.RENT_CEILING], 1.0 / most(response, SLACK)), tight)
    served = where(tight > 0.0, least(ceiling / tight, 1.0), 1.0)
    let = where((response > 0.0) & (busy > 0.0), least(ceiling / busy, 1.0), 1.0)
    levels[SALES], levels[NEED] = volume * price, volume / efficiency
    levels[RENT_LEVEL] = m.drivers[dr.RENTS, q] * power(least(tight, ceiling), response)
    m.paths[row.NEED_PATH, q] = levels[NEED] * served
    levels[BASE_MOVE] = m.drivers[dr.BASE_RATE, q] / 1e4
    levels[SPREAD_MOVE] = m.drivers[dr.SPREAD, q] / 1e4
    for i in range(m.nodes.shape[1]):
        m.nodes[row.SERVED, i], m.nodes[row.LETS, i] = served, let
    serve(q, ceiling, capacity, m)
    age(q, m)


@inlined
def owns(q: int, i: int, m: Tableau) -> Mask:
    """Whether a firm sells computing of its own; one that rents it, or has none planned, finds it in the market."""
    moves, rents = m.world[row.RENT_RESPONSE] > 0.0, m.node_terms[row.BUYS_COMPUTE, i] > 0.0
    owned = (m.plans[row.PLAN_FLEET, i, q] > 0.0) & (for_ai(q, i, m) > 0.0) & everywhere(m.kinds[row.SELLS_AI, i] > 0)
    return moves & owned & no(rents)


@kernel
def serve(q: int, ceiling: Lanes, capacity: Lanes, m: Tableau) -> None:
    """What a firm that sells AI can serve of what it is asked for, and what it has of the computing that it would let.

    The ceiling is the most that computing is used for against the plan. A firm with computing of its own serves what
    its own fleet can beside its contracts. One that rents it has what the plan gives it of the computing of all, and
    of what others leave idle a part by what it lacks. What is let answers to how firms have come against plan, not to
    how much is asked of each chip.
    """
    nodes, need = m.nodes, m.levels[NEED]
    idle, idle_let, lacks, lacks_let = lanes(0.0), lanes(0.0), lanes(0.0), lanes(0.0)
    for i in range(nodes.shape[1]):
        if not m.kinds[row.SELLS_AI, i]:
            continue
        own, sells = owns(q, i, m), for_ai(q, i, m)
        under_contract = most(m.plans[row.PLAN_REVENUE, i, q] - m.plans[row.PLAN_RECEIPTS, i, q], 0.0)
        fleet = most(nodes[row.FLEET, i], 0.0) / m.plans[row.PLAN_FLEET, i, q]
        free = most(fleet + (fleet - nodes[row.FULFILLED, i]) * under_contract / sells, 0.0)
        nodes[row.REACH, i] = reach = ceiling * where(own, free, capacity)
        pace = nodes[row.PACE, i] * m.firm_drivers[dr.SHARE, i, q] * (1.0 - m.marks[row.DOWN, i])
        idle += sells * most(reach - need * pace, 0.0)
        idle_let += sells * most(reach - pace, 0.0)
        lacks += where(own, 0.0, sells * most(need * pace - reach, 0.0))
        lacks_let += where(own, 0.0, sells * most(pace - reach, 0.0))
    for i in range(nodes.shape[1]):
        if m.kinds[row.SELLS_AI, i]:
            own, pace = owns(q, i, m), nodes[row.PACE, i] * m.firm_drivers[dr.SHARE, i, q]
            nodes[row.SERVED, i] = part_of(need * pace, nodes[row.REACH, i], own, idle, lacks, m)
            nodes[row.LETS, i] = part_of(pace, nodes[row.REACH, i], own, idle_let, lacks_let, m)


@inlined
def part_of(asked: Lanes, reach: Lanes, own: Mask, idle: Lanes, lacks: Lanes, m: Tableau) -> Lanes:
    """The part of what is asked for that is within reach, or beyond it what others leave idle."""
    enough = (asked <= reach) | (no(own) & (idle >= lacks)) | (m.world[row.RENT_RESPONSE] <= 0.0)
    found = reach + where(own, 0.0, (asked - reach) * idle / lacks)
    return where(enough, 1.0, found / asked)


@kernel
def age(q: int, m: Tableau) -> None:
    """What chips of the opening still earn of their planned rent when they age faster than was thought."""
    life, levels = m.drivers[dr.LIFE, q], m.levels
    left = levels[AGED] if q > 0 else lanes(1.0)
    faster = most(1.0 / life - 1.0 / m.world[row.ECONOMIC_LIFE], 0.0)
    levels[AGED] = where(life > 0.0, left * most(1.0 - faster * m.years[q], 0.0), left)


@kernel
def receipts(q: int, m: Tableau) -> None:
    """Receipts from unnamed customers: the plan's, moved by what each share of them depends on.

    Of AI sales a part is computing that was sold since the opening: it earns the market's rent, as does what is
    let from day to day. Both go as far as there is capacity for them.
    """
    plans, nodes, firm_drivers, levels = m.plans, m.nodes, m.firm_drivers, m.levels
    rent = levels[RENT_LEVEL] * levels[AGED]
    sovereign, licensed, levy = m.drivers[dr.SOVEREIGN, q] - 1.0, m.drivers[dr.EXPORT, q], m.drivers[dr.LEVY, q]
    for i in range(nodes.shape[1]):
        if m.kinds[row.VEHICLE, i]:
            continue
        plan = plans[row.PLAN_RECEIPTS, i, q]
        pace = nodes[row.PACE, i] * firm_drivers[dr.SHARE, i, q]
        ai, rents = m.node_terms[row.AI, i], m.node_terms[row.RENTS, i]
        grown = where(plan > 0.0, most(1.0 - plans[row.PLAN_RECEIPTS, i, 0] / plan, 0.0), 0.0)
        fresh = m.node_terms[row.NEW_AT_RENT, i] * grown
        sales = ((1.0 - fresh) * levels[SALES] + fresh * levels[NEED] * rent) * nodes[row.SERVED, i]
        let = rents * nodes[row.LETS, i] * rent
        mix = 1.0 - ai - rents + (ai * sales + let) * pace
        part = where(mix > 0.0, let * pace / mix, 0.0)
        mix *= 1.0 + m.node_terms[row.SOVEREIGN, i] * sovereign
        sells = plan * mix * firm_drivers[dr.PRICE, i, q] * (1.0 - m.marks[row.DOWN, i])
        exports = sells * m.node_terms[row.EXPORT, i] * licensed
        nodes[row.RECEIPTS, i] = sells * (1.0 - m.node_terms[row.EXPORT, i]) + exports
        nodes[row.LEVY, i] = exports * levy
        m.books[col.LET, i] = nodes[row.RECEIPTS, i] * part


@kernel
def spending(q: int, m: Tableau) -> None:
    """Planned capital spending after discipline and after revenue lost; the subsidy that no longer comes back."""
    nodes, discipline = m.nodes, m.drivers[dr.SPENDING, q]
    ended = most(1.0 - m.drivers[dr.SUBSIDY, q], 0.0)
    for i in range(nodes.shape[1]):
        if m.kinds[row.VEHICLE, i]:
            continue  # what it builds is paid in
        stands = 1.0 - m.marks[row.DOWN, i]
        planned = at(m.plans, row.PLAN_CAPEX, i, q, m)
        spends = planned * discipline * nodes[row.CUT, i] * stands
        nodes[row.CAPEX, i] = spends
        nodes[row.LEVY, i] += spends * m.node_terms[row.SUBSIDY, i] * ended


@kernel
def costs(q: int, m: Tableau) -> None:
    """Costs and capital spending with unnamed parties: what the plan needs beyond the contracts.

    Variable cost follows deliveries at unchanged prices; where the variable cost of AI sales is rented
    computing it follows the need and the rent of computing. Part of what costs have grown by since the opening
    is an intention: a firm that runs out of money stops growing before it stops paying.
    """
    rent, need, years = m.levels[RENT_LEVEL], m.levels[NEED], m.years[q]
    licensed, sovereign = 1.0 - m.drivers[dr.EXPORT, q], m.drivers[dr.SOVEREIGN, q] - 1.0
    nodes, terms = m.nodes, m.node_terms
    for i in range(nodes.shape[1]):
        plan = m.plans[row.PLAN_RECEIPTS, i, q]
        ai, rents, buys = terms[row.AI, i], terms[row.RENTS, i], terms[row.BUYS_COMPUTE, i]
        pace = nodes[row.PACE, i] * m.firm_drivers[dr.SHARE, i, q]
        served, let = need * nodes[row.SERVED, i], nodes[row.LETS, i]
        volume = 1.0 - ai - rents + ai * served * pace * (1.0 - buys + buys * rent) + rents * let * pace
        volume *= 1.0 - terms[row.EXPORT, i] * licensed
        volume *= 1.0 + terms[row.SOVEREIGN, i] * sovereign
        stands = 1.0 - m.marks[row.DOWN, i]
        planned = (m.plans[row.PLAN_FIXED, i, q] + terms[row.VARIABLE, i] * plan * volume) * stands
        spends, named = ordered(i, m)
        floor = terms[row.COST_FLOOR, i] * years * stands
        needed = most(delivering(q, i, planned, stands, m) - named, floor)
        grown = most(needed - terms[row.COSTS_AT_OPENING, i] * years, 0.0)
        flexible = terms[row.COST_FLEX, i] * grown
        nodes[row.NAMED, i], nodes[row.FLEXIBLE, i] = named, flexible
        nodes[row.COSTS, i] = needed - flexible
        nodes[row.CAPEX_WORLD, i] = where(spends > SLACK * nodes[row.CAPEX, i], spends, 0.0)


@inlined
def ordered(i: int, m: Tableau) -> tuple[Lanes, Lanes]:
    """Spending of a node that no contract names, and costs that contracts name."""
    spends, named = m.nodes[row.CAPEX, i], lanes(0.0)
    t = m.kinds[row.FIRST_BOUGHT, i]
    while t >= 0:
        role, asked = m.tie_kinds[row.TIE_ROLE, t], m.ties[row.DUE, t] + m.ties[row.GHOST, t]
        if role == CAPITAL:
            spends -= asked
        elif role in (OPERATING, RENT):
            named += asked
        t = m.tie_kinds[row.NEXT_BOUGHT, t]
    return spends, named


@inlined
def delivering(q: int, i: int, costs: Lanes, stands: Lanes, m: Tableau) -> Lanes:
    """Costs of a node with what its contracts cost it to deliver."""
    t = m.kinds[row.FIRST_SOLD, i]
    while t >= 0:
        if m.tie_kinds[row.TIE_ROLE, t] != INVESTMENT:
            delivers = m.node_terms[row.VARIABLE, i] * (m.ties[row.DUE, t] + m.ties[row.GHOST, t])
            if m.tie_kinds[row.TIE_OF_SPENDING, t]:
                # A share of spending buys more chips at a lower price; a contract in dollars is what it is.
                shared = m.schedules[row.TIE_OF_CAPEX, t, q] > 0.0
                delivers /= where(shared, m.firm_drivers[dr.PRICE, i, q], 1.0)
            costs += delivers * stands
        t = m.tie_kinds[row.NEXT_SOLD, t]
    return costs
