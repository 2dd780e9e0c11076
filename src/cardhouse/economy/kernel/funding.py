"""Windows to money: point 4 of a step, and what is drawn once dues are known."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.lanes import Lanes, Mask, lanes, least, most, where
from cardhouse.economy.kernel.outset import BASE_MOVE, SPREAD_MOVE
from cardhouse.economy.kernel.tableau import Tableau

DEBT_MARKET, SHARES, LINES, STAKES, MINIMUM = range(5)
"""Rows of ``limits``: what each window lets through, in the order of use, and the cash a firm keeps."""


@kernel
def windows(q: int, m: Tableau) -> None:
    """What each firm may still raise in this step.

    New debt: the pace of the plan, grown with earnings (with market value where there are none), within the
    limits of leverage and cover. Shares: the pace of the plan times market value, shut by a deep fall of it.
    Lines: undrawn credit; the part under a cover test only while earnings cover debt service.
    """
    for i in range(m.nodes.shape[1]):
        for gate in range(STAKES):
            m.limits[gate, i] = 0.0
        if not m.kinds[row.VEHICLE, i]:
            gates(q, i, m)
        listed(q, i, m)


@kernel
def shut_windows(q: int, i: int, now: Mask, m: Tableau) -> None:
    """Who stops raises nothing any more; shares in it bring nothing to who holds them."""
    for gate in range(STAKES):
        m.limits[gate, i] = where(now, 0.0, m.limits[gate, i])
    listed(q, i, m)
    s = m.kinds[row.FIRST_HELD, i]
    while s >= 0:
        holder = m.holding_kinds[row.STAKE_HOLDER, s]
        if holder >= 0 and m.holding_kinds[row.STAKE_LISTED, s]:
            listed(q, holder, m)
            m.flags[row.CHANGED, holder] = 1
        s = m.holding_kinds[row.NEXT_HELD, s]


@inlined
def gates(q: int, i: int, m: Tableau) -> None:
    """The windows of one firm but for its listed stakes."""
    limits, nodes, marks, years = m.limits, m.nodes, m.marks, m.years[q]
    down, shut = marks[row.DOWN, i] > 0.0, marks[row.SHUT, i] > 0.0
    value0, earns0, earns = m.starts[row.VALUE0, i], m.starts[row.EARNINGS0, i], nodes[row.EARNINGS, i]
    standing = where(value0 > 0.0, nodes[row.VALUE, i] / value0, 1.0)
    pace = where(earns0 > 0.0, earns / earns0, standing)
    debt = nodes[row.NEW_DEBT, i] + nodes[row.OLD_DEBT, i]
    interest = nodes[row.NEW_INTEREST, i] + nodes[row.OLD_INTEREST, i]
    room = most(m.node_terms[row.LEVERAGE_LIMIT, i] * most(earns, 0.0) - debt, 0.0)
    asked, shares = m.node_terms[row.MARKET, i] * years, m.node_terms[row.EQUITY_PART, i]
    lent = least(asked * (1.0 - shares) * most(pace, 0.0), room) * m.drivers[dr.DEBT_WINDOW, q]
    covered = earns >= m.node_terms[row.COVER_LIMIT, i] * interest
    limits[DEBT_MARKET, i] = where(down | shut, 0.0, where(covered, lent, 0.0))
    sold = asked * shares * standing * m.drivers[dr.EQUITY_WINDOW, q]
    high = standing > 1.0 - m.node_terms[row.DRAWDOWN, i]
    limits[SHARES, i] = where(down | shut, 0.0, where(high, sold, 0.0))
    service = (nodes[row.LADDER_DUE, i] + nodes[row.OLD_DUE, i]) / years + interest
    tested = where(earns < m.node_terms[row.DSCR, i] * service, m.node_terms[row.DSCR_PART, i], 0.0)
    limits[LINES, i] = where(down, 0.0, nodes[row.UNDRAWN, i] * (1.0 - tested))


@inlined
def stake_proceeds(q: int, s: int, m: Tableau) -> Lanes:
    """What a listed stake would bring now."""
    holding_terms, starts = m.holding_terms, m.starts
    if not m.holding_kinds[row.STAKE_LISTED, s]:
        return lanes(0.0)
    held, fraction0 = m.holding_kinds[row.STAKE_HELD, s], holding_terms[row.STAKE_FRACTION0, s]
    worth = m.drivers[dr.MULTIPLES, q]
    if held >= 0:
        before = starts[row.VALUE0, held]
        worth = where(before > 0.0, m.nodes[row.VALUE, held] / before, 0.0) * (1.0 - m.marks[row.DOWN, held])
    return holding_terms[row.STAKE_PROCEEDS0, s] * worth * m.holdings[row.FRACTION, s] / fraction0


@inlined
def listed(q: int, i: int, m: Tableau) -> None:
    """Listed stakes of a node as its last source of money, and all its windows together."""
    limits, found, down = m.limits, lanes(0.0), m.marks[row.DOWN, i] > 0.0
    s = m.kinds[row.FIRST_HOLDING, i]
    while s >= 0:
        if m.holding_kinds[row.STAKE_LISTED, s]:
            found += where(down, 0.0, stake_proceeds(q, s, m))
        s = m.holding_kinds[row.NEXT_HOLDING, s]
    limits[STAKES, i] = found
    m.nodes[row.DRAWABLE, i] = limits[DEBT_MARKET, i] + limits[SHARES, i] + limits[LINES, i] + found


@inlined
def new_rate(i: int, m: Tableau) -> Lanes:
    """Yearly rate on what a node borrows now."""
    return most(m.node_terms[row.NEW_RATE, i] + m.levels[BASE_MOVE] + m.levels[SPREAD_MOVE], 0.0)


@kernel
def borrow(q: int, i: int, amount: Lanes, m: Tableau) -> None:
    """Add new debt to the ladder; what falls due after the last step is not tracked by step."""
    nodes, ladders = m.nodes, m.ladders
    more = most(amount, 0.0)
    yearly = more * new_rate(i, m)
    nodes[row.NEW_DEBT, i] += more
    nodes[row.NEW_INTEREST, i] += yearly
    due = q + m.kinds[row.DEBT_LIFE, i]
    if due < m.years.size:
        ladders[row.LADDER, i, due] += more
        ladders[row.LADDER_RATE, i, due] += yearly
