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
    owed = m.n[row.NEW_DEBT, i, b]
    for k in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, k] == i:
            owed += m.d[row.PRINCIPAL, k, b]
    return float(owed)


@kernel
def interest_a_year(q: int, i: int, b: int, m: Tableau) -> float:
    """Interest that a node owes, a year."""
    owed = m.n[row.NEW_INTEREST, i, b]
    for k in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, k] == i:
            owed += m.d[row.INTEREST, k, b] / m.wq[row.YEARS, q]
    return float(owed)


@kernel
def service(q: int, i: int, b: int, m: Tableau) -> float:
    """Interest and the principal that must be paid (what lenders roll is not served), a year."""
    owed = m.n[row.LADDER_DUE, i, b]
    for k in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, k] == i:
            owed += m.d[row.PRINCIPAL_DUE, k, b]
    return float(owed / m.wq[row.YEARS, q] + interest_a_year(q, i, b, m))


@kernel
def windows(q: int, m: Tableau) -> None:
    """What each firm may still raise in this step.

    New debt: the pace of the plan, grown with earnings (with market value where there are none), within the
    limits of leverage and cover. Shares: the pace of the plan times market value, shut by a deep fall of it.
    Lines: undrawn credit; the part under a cover test only while earnings cover debt service.
    """
    years = m.wq[row.YEARS, q]
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            for gate in range(4):
                m.limits[gate, i, b] = 0.0
            m.n[row.DRAWABLE, i, b] = 0.0
            if m.nl[row.DOWN, i, b] or m.ni[row.VEHICLE, i]:
                continue
            value0, value = m.nv[row.VALUE0, i], m.n[row.VALUE, i, b]
            standing = value / value0 if value0 > 0.0 else 1.0
            earns = m.n[row.EARNINGS, i, b]
            pace = earns / m.nv[row.EARNINGS0, i] if m.nv[row.EARNINGS0, i] > 0.0 else standing
            debt = total_debt(i, b, m)
            room = max(m.n[row.LEVERAGE_LIMIT, i, b] * max(earns, 0.0) - debt, 0.0)
            asked = m.n[row.MARKET, i, b] * years
            if not m.nl[row.SHUT, i, b]:
                if earns >= m.n[row.COVER_LIMIT, i, b] * interest_a_year(q, i, b, m):
                    lent = asked * (1.0 - m.n[row.EQUITY_PART, i, b]) * max(pace, 0.0)
                    m.limits[DEBT_MARKET, i, b] = min(lent, room) * m.drivers[dr.DEBT_WINDOW, q, b]
                if standing > 1.0 - m.n[row.DRAWDOWN, i, b]:
                    sold = asked * m.n[row.EQUITY_PART, i, b] * standing
                    m.limits[SHARES, i, b] = sold * m.drivers[dr.EQUITY_WINDOW, q, b]
            tested = m.n[row.DSCR_PART, i, b] if earns < m.n[row.DSCR, i, b] * service(q, i, b, m) else 0.0
            m.limits[LINES, i, b] = m.n[row.UNDRAWN, i, b] * (1.0 - tested)
    listed(q, m)
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            for gate in range(4):
                m.n[row.DRAWABLE, i, b] += m.limits[gate, i, b]


@kernel
def stake_proceeds(q: int, s: int, b: int, m: Tableau) -> float:
    """What a listed stake would bring now."""
    held, fraction0 = m.si[row.STAKE_HELD, s], m.sf[row.STAKE_FRACTION0, s]
    if m.sf[row.STAKE_PROCEEDS0, s] <= 0.0 or fraction0 <= 0.0:
        return 0.0
    worth = m.drivers[dr.MULTIPLES, q, b]
    if held >= 0:
        worth = m.n[row.VALUE, held, b] / m.nv[row.VALUE0, held] if m.nv[row.VALUE0, held] > 0.0 else 0.0
        worth *= 1.0 - m.nl[row.DOWN, held, b]
    return float(m.sf[row.STAKE_PROCEEDS0, s] * worth * m.s[row.FRACTION, s, b] / fraction0)


@kernel
def listed(q: int, m: Tableau) -> None:
    """Listed stakes as a source of money."""
    for s in range(m.si.shape[1]):
        i = m.si[row.STAKE_HOLDER, s]
        if i < 0:
            continue
        for b in range(m.n.shape[2]):
            if not m.nl[row.DOWN, i, b]:
                m.limits[STAKES, i, b] += stake_proceeds(q, s, b, m)


@kernel
def new_rate(i: int, b: int, m: Tableau) -> float:
    """Yearly rate on what a node borrows now."""
    return float(max(m.n[row.NEW_RATE, i, b] + m.levels[BASE_MOVE, b] + m.levels[SPREAD_MOVE, b], 0.0))


@kernel
def borrow(q: int, i: int, b: int, amount: float, m: Tableau) -> None:
    """Add new debt to the ladder; what falls due after the last step is not tracked by step."""
    if amount <= 0.0:
        return
    rate = new_rate(i, b, m)
    m.n[row.NEW_DEBT, i, b] += amount
    m.n[row.NEW_INTEREST, i, b] += amount * rate
    due = q + m.ni[row.DEBT_LIFE, i]
    if due < m.wq.shape[1]:
        m.nq[row.LADDER, i, due, b] += amount
        m.nq[row.LADDER_RATE, i, due, b] += amount * rate
