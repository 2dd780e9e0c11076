"""Market values: multiples, revenue against plan, and stakes in each other solved jointly. Point 8 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.tableau import Tableau

SWEEPS = 200
CLOSE = 1e-10
LEAST_PLAN = 1e-9
"""USD million of planned revenue below which a ratio to it says nothing."""


@kernel
def own_value(q: int, i: int, b: int, elapsed: float, m: Tableau) -> float:
    """What a firm is worth without its stakes in other nodes."""
    nodes = m.nodes
    if m.marks[row.DOWN, i, b]:
        return 0.0

    seen = q - m.switches[row.PRIVATE_LAG] if m.kinds[row.PRIVATE, i] else q
    multiple = m.drivers[dr.MULTIPLES, seen, b] if seen >= 0 else 1.0
    planned = m.plans[row.PLAN_REVENUE, i, q]
    ratio = m.accounts[q, col.REVENUE, i, b] / planned if planned > LEAST_PLAN else 1.0
    worth = m.starts[row.OWN0, i] * (1.0 + nodes[row.EQUITY_RETURN, i, b]) ** elapsed * multiple
    return float(worth * max(ratio, 0.0) ** nodes[row.VALUE_ELASTICITY, i, b])


@kernel
def value_firms(q: int, m: Tableau) -> None:
    """Solve market values jointly: own value plus stakes at market; no value is below zero."""
    nodes, holding_kinds = m.nodes, m.holding_kinds
    n, lanes = m.nodes.shape[1:]
    elapsed = 0.0
    for past in range(q + 1):
        elapsed += m.calendar[row.YEARS, past]
    for b in range(lanes):
        for i in range(n):
            own = own_value(q, i, b, elapsed, m)
            nodes[row.GOT, i, b] = own
            nodes[row.VALUE, i, b] = max(own, 0.0)
        for _ in range(SWEEPS):
            moved = 0.0
            for i in range(n):
                worth = nodes[row.GOT, i, b]
                for s in range(m.holding_kinds.shape[1]):
                    if holding_kinds[row.STAKE_HOLDER, s] == i and holding_kinds[row.STAKE_HELD, s] >= 0:
                        worth += m.holdings[row.FRACTION, s, b] * nodes[row.VALUE, holding_kinds[row.STAKE_HELD, s], b]
                worth = max(worth, 0.0) * (1.0 - m.marks[row.DOWN, i, b])
                moved = max(moved, abs(worth - nodes[row.VALUE, i, b]))
                nodes[row.VALUE, i, b] = worth
            if moved <= CLOSE * (1.0 + nodes[row.VALUE, :, b].max()):
                break


@kernel
def mark(q: int, s: int, b: int, m: Tableau) -> float:
    """What a stake is worth at market; at the opening never less than it is carried at."""
    holding_terms, holdings, nodes, starts = m.holding_terms, m.holdings, m.nodes, m.starts
    held = m.holding_kinds[row.STAKE_HELD, s]
    if held < 0:
        return float(
            max(holding_terms[row.STAKE_CARRYING0, s], holding_terms[row.STAKE_PROCEEDS0, s])
            * m.drivers[dr.MULTIPLES, q, b]
        )
    worth = holdings[row.FRACTION, s, b] * nodes[row.VALUE, held, b]
    if starts[row.VALUE0, held] <= 0.0:
        return float(0.0 if m.marks[row.DOWN, held, b] else holdings[row.CARRYING, s, b])
    if holding_terms[row.STAKE_FRACTION0, s] <= 0.0 and holdings[row.FRACTION, s, b] <= 0.0:
        return float(holding_terms[row.STAKE_CARRYING0, s] * nodes[row.VALUE, held, b] / starts[row.VALUE0, held])
    start = holding_terms[row.STAKE_FRACTION0, s] * starts[row.VALUE0, held]
    if start > 0.0 and holding_terms[row.STAKE_CARRYING0, s] > start:
        worth *= holding_terms[row.STAKE_CARRYING0, s] / start
    return float(worth)
