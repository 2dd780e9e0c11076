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
    if m.nl[row.DOWN, i, b]:
        return 0.0

    seen = q - m.wi[row.PRIVATE_LAG] if m.ni[row.PRIVATE, i] else q
    multiple = m.drivers[dr.MULTIPLES, seen, b] if seen >= 0 else 1.0
    planned = m.plan[row.PLAN_REVENUE, i, q]
    ratio = m.accounts[q, col.REVENUE, i, b] / planned if planned > LEAST_PLAN else 1.0
    worth = m.nv[row.OWN0, i] * (1.0 + m.n[row.EQUITY_RETURN, i, b]) ** elapsed * multiple
    return float(worth * max(ratio, 0.0) ** m.n[row.VALUE_ELASTICITY, i, b])


@kernel
def value_firms(q: int, m: Tableau) -> None:
    """Solve market values jointly: own value plus stakes at market; no value is below zero."""
    n, lanes = m.n.shape[1:]
    elapsed = 0.0
    for past in range(q + 1):
        elapsed += m.wq[row.YEARS, past]
    for b in range(lanes):
        for i in range(n):
            own = own_value(q, i, b, elapsed, m)
            m.n[row.GOT, i, b] = own
            m.n[row.VALUE, i, b] = max(own, 0.0)
        for _ in range(SWEEPS):
            moved = 0.0
            for i in range(n):
                worth = m.n[row.GOT, i, b]
                for s in range(m.si.shape[1]):
                    if m.si[row.STAKE_HOLDER, s] == i and m.si[row.STAKE_HELD, s] >= 0:
                        worth += m.s[row.FRACTION, s, b] * m.n[row.VALUE, m.si[row.STAKE_HELD, s], b]
                worth = max(worth, 0.0) * (1.0 - m.nl[row.DOWN, i, b])
                moved = max(moved, abs(worth - m.n[row.VALUE, i, b]))
                m.n[row.VALUE, i, b] = worth
            if moved <= CLOSE * (1.0 + m.n[row.VALUE, :, b].max()):
                break


@kernel
def mark(q: int, s: int, b: int, m: Tableau) -> float:
    """What a stake is worth at market; at the opening never less than it is carried at."""
    held = m.si[row.STAKE_HELD, s]
    if held < 0:
        return float(max(m.sf[row.STAKE_CARRYING0, s], m.sf[row.STAKE_PROCEEDS0, s]) * m.drivers[dr.MULTIPLES, q, b])
    worth = m.s[row.FRACTION, s, b] * m.n[row.VALUE, held, b]
    if m.nv[row.VALUE0, held] <= 0.0:
        return float(0.0 if m.nl[row.DOWN, held, b] else m.s[row.CARRYING, s, b])
    if m.sf[row.STAKE_FRACTION0, s] <= 0.0 and m.s[row.FRACTION, s, b] <= 0.0:
        return float(m.sf[row.STAKE_CARRYING0, s] * m.n[row.VALUE, held, b] / m.nv[row.VALUE0, held])
    start = m.sf[row.STAKE_FRACTION0, s] * m.nv[row.VALUE0, held]
    if start > 0.0 and m.sf[row.STAKE_CARRYING0, s] > start:
        worth *= m.sf[row.STAKE_CARRYING0, s] / start
    return float(worth)
