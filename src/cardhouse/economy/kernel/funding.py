"""Windows to money: point 4 of a step, and what is drawn once dues are known."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.outset import BASE_MOVE, SPREAD_MOVE
from cardhouse.economy.kernel.tableau import Tableau

DEBT_MARKET, SHARES, LINES, STAKES, MINIMUM = range(5)
"""Rows of ``Step.limits``: what each window lets through, in the order of use, and the cash a firm keeps."""


@kernel
def total_debt(i: int, b: int, m: Tableau) -> float:
    """Everything a node has borrowed."""
    owed = m.nodes[row.NEW_DEBT, i, b]
    for k in range(m.debt_kinds.shape[1]):
        if m.debt_kinds[row.DEBT_BORROWER, k] == i:
            owed += m.debts[row.PRINCIPAL, k, b]
    return float(owed)


@kernel
def interest_a_year(q: int, i: int, b: int, m: Tableau) -> float:
    """Interest that a node owes, a year."""
    owed = m.nodes[row.NEW_INTEREST, i, b]
    for k in range(m.debt_kinds.shape[1]):
        if m.debt_kinds[row.DEBT_BORROWER, k] == i:
            owed += m.debts[row.INTEREST, k, b] / m.calendar[row.YEARS, q]
    return float(owed)


@kernel
def service(q: int, i: int, b: int, m: Tableau) -> float:
    """Interest and the principal that must be paid (what lenders roll is not served), a year."""
    owed = m.nodes[row.LADDER_DUE, i, b]
    for k in range(m.debt_kinds.shape[1]):
        if m.debt_kinds[row.DEBT_BORROWER, k] == i:
            owed += m.debts[row.PRINCIPAL_DUE, k, b]
    return float(owed / m.calendar[row.YEARS, q] + interest_a_year(q, i, b, m))


@kernel
def windows(q: int, m: Tableau) -> None:
    """What each firm may still raise in this step.

    New debt: the pace of the plan, grown with earnings (with market value where there are none), within the
    limits of leverage and cover. Shares: the pace of the plan times market value, shut by a deep fall of it.
    Lines: undrawn credit; the part under a cover test only while earnings cover debt service.
    """
    limits, nodes, marks, starts, drivers = m.limits, m.nodes, m.marks, m.starts, m.drivers
    years = m.calendar[row.YEARS, q]
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            for gate in range(4):
                limits[gate, i, b] = 0.0
            nodes[row.DRAWABLE, i, b] = 0.0
            if marks[row.DOWN, i, b] or m.kinds[row.VEHICLE, i]:
                continue
            value0, value = starts[row.VALUE0, i], nodes[row.VALUE, i, b]
            standing = value / value0 if value0 > 0.0 else 1.0
            earns = nodes[row.EARNINGS, i, b]
            pace = earns / starts[row.EARNINGS0, i] if starts[row.EARNINGS0, i] > 0.0 else standing
            debt = total_debt(i, b, m)
            room = max(nodes[row.LEVERAGE_LIMIT, i, b] * max(earns, 0.0) - debt, 0.0)
            asked = nodes[row.MARKET, i, b] * years
            if not marks[row.SHUT, i, b]:
                if earns >= nodes[row.COVER_LIMIT, i, b] * interest_a_year(q, i, b, m):
                    lent = asked * (1.0 - nodes[row.EQUITY_PART, i, b]) * max(pace, 0.0)
                    limits[DEBT_MARKET, i, b] = min(lent, room) * drivers[dr.DEBT_WINDOW, q, b]
                if standing > 1.0 - nodes[row.DRAWDOWN, i, b]:
                    sold = asked * nodes[row.EQUITY_PART, i, b] * standing
                    limits[SHARES, i, b] = sold * drivers[dr.EQUITY_WINDOW, q, b]
            tested = nodes[row.DSCR_PART, i, b] if earns < nodes[row.DSCR, i, b] * service(q, i, b, m) else 0.0
            limits[LINES, i, b] = nodes[row.UNDRAWN, i, b] * (1.0 - tested)
    listed(q, m)
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            for gate in range(4):
                nodes[row.DRAWABLE, i, b] += limits[gate, i, b]


@kernel
def stake_proceeds(q: int, s: int, b: int, m: Tableau) -> float:
    """What a listed stake would bring now."""
    holding_terms, starts = m.holding_terms, m.starts
    held, fraction0 = m.holding_kinds[row.STAKE_HELD, s], holding_terms[row.STAKE_FRACTION0, s]
    if holding_terms[row.STAKE_PROCEEDS0, s] <= 0.0 or fraction0 <= 0.0:
        return 0.0
    worth = m.drivers[dr.MULTIPLES, q, b]
    if held >= 0:
        worth = m.nodes[row.VALUE, held, b] / starts[row.VALUE0, held] if starts[row.VALUE0, held] > 0.0 else 0.0
        worth *= 1.0 - m.marks[row.DOWN, held, b]
    return float(holding_terms[row.STAKE_PROCEEDS0, s] * worth * m.holdings[row.FRACTION, s, b] / fraction0)


@kernel
def listed(q: int, m: Tableau) -> None:
    """Listed stakes as a source of money."""
    for s in range(m.holding_kinds.shape[1]):
        i = m.holding_kinds[row.STAKE_HOLDER, s]
        if i < 0:
            continue
        for b in range(m.nodes.shape[2]):
            if not m.marks[row.DOWN, i, b]:
                m.limits[STAKES, i, b] += stake_proceeds(q, s, b, m)


@kernel
def new_rate(i: int, b: int, m: Tableau) -> float:
    """Yearly rate on what a node borrows now."""
    levels = m.levels
    return float(max(m.nodes[row.NEW_RATE, i, b] + levels[BASE_MOVE, b] + levels[SPREAD_MOVE, b], 0.0))


@kernel
def borrow(q: int, i: int, b: int, amount: float, m: Tableau) -> None:
    """Add new debt to the ladder; what falls due after the last step is not tracked by step."""
    nodes, ladders = m.nodes, m.ladders
    if amount <= 0.0:
        return
    rate = new_rate(i, b, m)
    nodes[row.NEW_DEBT, i, b] += amount
    nodes[row.NEW_INTEREST, i, b] += amount * rate
    due = q + m.kinds[row.DEBT_LIFE, i]
    if due < m.calendar.shape[1]:
        ladders[row.LADDER, i, due, b] += amount
        ladders[row.LADDER_RATE, i, due, b] += amount * rate
