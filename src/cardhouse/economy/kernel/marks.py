"""Market values: multiples, revenue against plan, and stakes in each other solved jointly. Point 8 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.lanes import Lanes, any_of, everywhere, lanes, most, no, size, where
from cardhouse.economy.kernel.powers import power
from cardhouse.economy.kernel.tableau import Tableau

SWEEPS = 200
CLOSE = 1e-13
LEAST_PLAN = 1e-9
"""USD million of planned revenue below which a ratio to it says nothing."""


@inlined
def own_value(q: int, i: int, m: Tableau) -> Lanes:
    """What a firm is worth without its stakes in other nodes."""
    nodes, own = m.nodes, m.starts[row.OWN0, i]
    if not any_of((own != 0.0) & (m.marks[row.DOWN, i] <= 0.0)):
        return lanes(0.0)
    seen = q - m.switches[row.PRIVATE_LAG] if m.kinds[row.PRIVATE, i] else q
    multiple = lanes(1.0)
    if seen >= 0:
        multiple = m.drivers[dr.MULTIPLES, seen]
    if m.kinds[row.VEHICLE, i]:
        return where(m.marks[row.DOWN, i] > 0.0, 0.0, own * multiple)  # it neither grows nor sells by plan
    planned = m.plans[row.PLAN_REVENUE, i, q]
    ratio = where(planned > LEAST_PLAN, m.books[col.REVENUE, i] / planned, 1.0)
    worth = own * nodes[row.GROWN, i] * multiple
    worth *= power(most(ratio, 0.0), m.node_terms[row.VALUE_ELASTICITY, i])
    return where(m.marks[row.DOWN, i] > 0.0, 0.0, worth)


@inlined
def grow(q: int, i: int, m: Tableau) -> None:
    """What owners ask of a value by now, since the opening; quarters of the same length need one power only."""
    nodes, years = m.nodes, m.years[q]
    if q == 0 or years != m.years[q - 1]:
        nodes[row.YEARS_RETURN, i] = power(1.0 + m.node_terms[row.EQUITY_RETURN, i], lanes(years))
    nodes[row.GROWN, i] = nodes[row.YEARS_RETURN, i] * (nodes[row.GROWN, i] if q > 0 else lanes(1.0))


@kernel
def value_firms(q: int, m: Tableau) -> None:
    """Solve market values jointly: own value plus stakes at market; no value is below zero.

    Values rise from own value as stakes are counted; a lane that has settled keeps its values, and who holds nothing
    keeps its own.
    """
    nodes, holding_kinds, largest_alone = m.nodes, m.holding_kinds, lanes(0.0)
    for i in range(nodes.shape[1]):
        grow(q, i, m)
        own = own_value(q, i, m)
        worth = most(own, 0.0)
        nodes[row.OWN_VALUE, i], nodes[row.VALUE, i] = own, worth
        largest_alone = most(largest_alone, worth)
    settled = everywhere(False)
    for _ in range(SWEEPS):
        for i in range(nodes.shape[1]):
            if m.kinds[row.FIRST_HOLDING, i] >= 0:
                nodes[row.GOT, i] = nodes[row.OWN_VALUE, i]
        for s in range(holding_kinds.shape[1]):
            holder, held = holding_kinds[row.STAKE_HOLDER, s], holding_kinds[row.STAKE_HELD, s]
            if holder >= 0 and held >= 0:
                nodes[row.GOT, holder] += m.holdings[row.FRACTION, s] * nodes[row.VALUE, held]
        moved, largest = lanes(0.0), largest_alone
        for i in range(nodes.shape[1]):
            if m.kinds[row.FIRST_HOLDING, i] < 0:
                continue
            before = nodes[row.VALUE, i]
            worth = where(m.marks[row.DOWN, i] > 0.0, 0.0, most(nodes[row.GOT, i], 0.0))
            moved, largest = most(moved, size(worth - before)), most(largest, worth)
            nodes[row.VALUE, i] = where(settled, before, worth)
        settled = settled | (moved <= CLOSE * (1.0 + largest))
        if not any_of(no(settled)):
            break


@inlined
def mark(q: int, s: int, m: Tableau) -> Lanes:
    """What a stake is worth at market; at the opening never less than it is carried at.

    A stake outside the network, be it of the opening or paid for since, moves with multiples.
    """
    terms, holdings, held = m.holding_terms, m.holdings, m.holding_kinds[row.STAKE_HELD, s]
    if held < 0:
        return holdings[row.OUTSIDE, s] * m.drivers[dr.MULTIPLES, q]
    carried0, fraction0 = terms[row.STAKE_CARRYING0, s], terms[row.STAKE_FRACTION0, s]
    value, value0, fraction = m.nodes[row.VALUE, held], m.starts[row.VALUE0, held], holdings[row.FRACTION, s]
    start = fraction0 * value0
    worth = fraction * value * where((start > 0.0) & (carried0 > start), carried0 / start, 1.0)
    unsized = (fraction0 <= 0.0) & (fraction <= 0.0)
    worth = where(unsized, carried0 * value / value0, worth)
    at_cost = where(m.marks[row.DOWN, held] > 0.0, 0.0, holdings[row.CARRYING, s])
    return where(value0 <= 0.0, at_cost, worth)
