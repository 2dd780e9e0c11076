"""Dues of contracts, debts and guarantees: point 3 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import (
    CAPITAL,
    IF_DELIVERED,
    IF_LISTED,
    IF_VALUATION,
    RENT,
)
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.outset import AGED, BASE_MOVE, RENT_LEVEL, at
from cardhouse.economy.kernel.tableau import Tableau


@kernel
def scheduled(q: int, t: int, b: int, m: Tableau) -> float:
    """What contract ``t`` asks for in this step if both parties stand, before anything is cancelled."""
    payer, payee = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t]
    drive = m.drivers[:, q, b]
    due = at(m.tq[row.TIE_DUE, t], q - drive[dr.DELAY]) if m.ti[row.TIE_LATE, t] else m.tq[row.TIE_DUE, t, q]
    if m.tq[row.TIE_OF_CAPEX, t, q] > 0.0 and payer >= 0:
        supplier = (
            m.firm_drivers[dr.SUPPLIER, payee, q, b] * m.firm_drivers[dr.PRICE, payee, q, b] if payee >= 0 else 1.0
        )
        spends = m.n[row.CAPEX, payer, b]
        if m.nl[row.DOWN, payer, b]:
            spends = m.plan[row.PLAN_CAPEX, payer, q]
        due += m.tq[row.TIE_OF_CAPEX, t, q] * spends * supplier
    if m.tq[row.TIE_OF_REVENUE, t, q] > 0.0 and payer >= 0:
        planned = m.plan[row.PLAN_RECEIPTS, payer, q]
        if planned > 0.0:
            due += (
                m.tq[row.TIE_OF_REVENUE, t, q]
                * m.plan[row.PLAN_REVENUE, payer, q]
                * m.n[row.RECEIPTS, payer, b]
                / planned
            )
    if m.tf[row.TIE_INDEXED, t] > 0.0:
        due *= (
            1.0
            - m.tf[row.TIE_INDEXED, t]
            + m.tf[row.TIE_INDEXED, t] * min(m.levels[RENT_LEVEL, b], m.tf[row.TIE_LOCK, t])
        )
    if m.tf[row.TIE_TRADE_IN, t] > 0.0:
        # What the payee takes back has lost value with rents; the difference is set off against what is due.
        fall = max(1.0 - m.levels[RENT_LEVEL, b] * m.levels[AGED, b], 0.0)
        due = max(due - m.tf[row.TIE_TRADE_IN, t] * m.wq[row.YEARS, q] * m.t[row.PAID, t, b] * fall, 0.0)
    return float(due)


@kernel
def released(q: int, t: int, b: int, m: Tableau) -> float:
    """The waiting part of a contract if its condition holds now; else it goes on waiting."""
    payee, kind = m.ti[row.TIE_PAYEE, t], m.ti[row.TIE_CONDITION, t]
    holds = False
    if kind == IF_VALUATION:
        holds = payee >= 0 and m.n[row.VALUE, payee, b] >= m.tf[row.TIE_THRESHOLD, t]
    elif kind == IF_LISTED:
        holds = q >= m.tf[row.TIE_THRESHOLD, t]
    elif kind == IF_DELIVERED:
        holds = m.t[row.PAID, m.ti[row.TIE_WATCH, t], b] >= m.tf[row.TIE_THRESHOLD, t]
    if not holds:
        return 0.0
    amount = m.t[row.WAITING, t, b]
    m.t[row.WAITING, t, b] = 0.0
    return float(amount)


@kernel
def contracts(q: int, m: Tableau) -> None:
    """Dues of every contract: in force, or the ghost of one whose payer or customer is gone."""
    for t in range(m.ti.shape[1]):
        payer, payee = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t]
        for b in range(m.t.shape[2]):
            due = scheduled(q, t, b, m)
            if m.tq[row.TIE_HELD, t, q] > 0.0 or m.t[row.WAITING, t, b] > 0.0:
                m.t[row.WAITING, t, b] += m.tq[row.TIE_HELD, t, q]
                freed = released(q, t, b, m)
            else:
                freed = 0.0
            due = min(due + freed, max(m.tf[row.TIE_CAP, t] - m.t[row.PAID, t, b], 0.0))
            m.t[row.DUE, t, b], m.t[row.GHOST, t, b], m.tl[row.FIRST_GHOST, t, b] = due, 0.0, 0
            m.t[row.RELEASED, t, b] = min(freed, due)
            if payee >= 0 and m.nl[row.DOWN, payee, b]:
                m.t[row.DUE, t, b] = 0.0  # nothing is delivered any more
            elif m.tl[row.REJECTED, t, b] < q or (payer >= 0 and m.nl[row.DOWN, payer, b]):
                m.t[row.DUE, t, b] = 0.0
                m.t[row.GHOST, t, b] = due
                m.tl[row.REJECTED, t, b] = min(m.tl[row.REJECTED, t, b], q)
    for k in range(m.for_tie.size):
        t, customer = m.for_tie[k], m.for_node[k]
        for b in range(m.t.shape[2]):
            if m.nl[row.DOWN, customer, b]:
                cancel(q, t, b, m.for_share[k], m)


@kernel
def cancel(q: int, t: int, b: int, part: float, m: Tableau) -> None:
    """Move this part of a due to its ghost: it was bought for somebody who is gone. Leases stay."""
    payer = m.ti[row.TIE_PAYER, t]
    if m.ti[row.TIE_ROLE, t] == RENT or (payer >= 0 and m.nl[row.DOWN, payer, b]):
        return
    lost = min(part * (m.t[row.DUE, t, b] + m.t[row.GHOST, t, b]), m.t[row.DUE, t, b])
    if lost <= 0.0:
        return
    m.t[row.DUE, t, b] -= lost
    m.t[row.GHOST, t, b] += lost
    if m.tl[row.VACANT, t, b] >= q:
        m.tl[row.VACANT, t, b] = q
        m.tl[row.FIRST_GHOST, t, b] = 1


@kernel
def bound_due(q: int, t: int, b: int, m: Tableau) -> float:
    """What of a due is owed whatever happens; what a condition released is ordered, not owed."""
    return float(m.tq[row.TIE_BOUND, t, q] * max(m.t[row.DUE, t, b] - m.t[row.RELEASED, t, b], 0.0))


@kernel
def unpaid_after(q: int, t: int, b: int, m: Tableau) -> float:
    """What is delivered and unpaid at the end of the step when everybody pays what is due."""
    before = m.t[row.RECEIVABLE, t, b]
    if m.wi[row.STILL]:
        return float(before)
    return float(min(m.tf[row.TIE_CREDIT, t] * m.t[row.DUE, t, b], before + bound_due(q, t, b, m)))


@kernel
def cash_parts(q: int, m: Tableau) -> None:
    """Dues as cash by class: deliveries, less what is left unpaid at the end of the step, plus what was before."""
    for t in range(m.ti.shape[1]):
        for b in range(m.t.shape[2]):
            due, before = m.t[row.DUE, t, b], m.t[row.RECEIVABLE, t, b]
            bound = bound_due(q, t, b, m)
            after = unpaid_after(q, t, b, m)
            m.t[row.NEW_RECEIVABLE, t, b] = after
            m.t[row.CASH_BOUND, t, b] = bound + before - after
            m.t[row.CASH_INTENT, t, b] = due - bound


@kernel
def relief(q: int, m: Tableau) -> None:
    """Shares of an unpaid due that its payee does not miss: cost it avoids, and what re-letting brings by now."""
    for t in range(m.ti.shape[1]):
        for b in range(m.t.shape[2]):
            since = max(q - min(m.tl[row.VACANT, t, b], m.tl[row.REJECTED, t, b]), 0)
            relet = m.tf[row.TIE_RELET, t] * min(m.levels[RENT_LEVEL, b] * m.levels[AGED, b], 1.0)
            if m.ti[row.TIE_ROLE, t] != CAPITAL and since < m.ti[row.TIE_RELET_LAG, t]:
                relet = 0.0
            avoid = m.tf[row.TIE_AVOID, t]
            if m.tl[row.FIRST_GHOST, t, b]:
                avoid *= 1.0 - m.tf[row.TIE_STRANDED, t]  # goods are in production already
            payee = m.ti[row.TIE_PAYEE, t]
            if payee >= 0 and m.nl[row.DOWN, payee, b] and m.nl[row.FELL, payee, b] < q:
                avoid = relet = 0.0  # who is gone has no costs to avoid and nothing to let
            both = avoid + relet
            scale = m.tf[row.TIE_MOST, t] / both if both > m.tf[row.TIE_MOST, t] else 1.0
            m.t[row.RELIEF, t, b] = both * scale
            m.t[row.RELET, t, b] = relet * scale


@kernel
def debts(q: int, m: Tableau) -> None:
    """Interest, and principal that must be paid because it cannot be rolled."""
    years = m.wq[row.YEARS, q]
    for k in range(m.di.shape[1]):
        i = m.di[row.DEBT_BORROWER, k]
        for b in range(m.d.shape[2]):
            rate = m.df[row.DEBT_RATE, k] + m.df[row.DEBT_FLOATING, k] * (m.levels[BASE_MOVE, b])
            owed = m.d[row.PRINCIPAL, k, b] * (1.0 - m.nl[row.DOWN, i, b])
            m.d[row.INTEREST, k, b] = owed * max(rate, 0.0) * years
            matures = min(m.dq[k, q], owed)
            rolls = rolled_part(q, i, b, m)
            m.d[row.ROLLED, k, b] = matures * rolls
            m.d[row.PRINCIPAL_DUE, k, b] = matures * (1.0 - rolls)
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            matures = m.nq[row.LADDER, i, q, b] * (1.0 - m.nl[row.DOWN, i, b])
            rolls = rolled_part(q, i, b, m)
            m.n[row.LADDER_ROLLED, i, b] = matures * rolls
            m.n[row.LADDER_DUE, i, b] = matures * (1.0 - rolls)


@kernel
def rolled_part(q: int, i: int, b: int, m: Tableau) -> float:
    """Part of maturing debt that lenders roll: all while the window is open, none once it is shut."""
    if not m.wi[row.ROLLOVER] or m.nl[row.SHUT, i, b]:
        return 0.0
    return float(min(m.drivers[dr.DEBT_WINDOW, q, b], 1.0))


@kernel
def guarantees(q: int, m: Tableau) -> None:
    """What guarantors owe for contracts that were rejected before, and for an asset's value at a date."""
    m.g[row.CALL_DUE, :, :] = 0.0
    for pair in range(m.pair_tie.size):
        k, t = m.pair_guarantee[pair], m.pair_tie[pair]
        for b in range(m.g.shape[2]):
            if (
                m.gi[row.OBLIGOR, k] >= 0
                and m.nl[row.DOWN, m.gi[row.OBLIGOR, k], b]
                and m.gi[row.BEGINS, k] <= q <= m.gi[row.ENDS, k]
            ):
                m.g[row.CALL_DUE, k, b] += (
                    m.t[row.GHOST, t, b] * m.tq[row.TIE_BOUND, t, q] * (1.0 - m.t[row.RELIEF, t, b])
                )
    for k in range(m.gi.shape[1]):
        for b in range(m.g.shape[2]):
            absorbed = min(m.g[row.FIRST_LEFT, k, b], m.g[row.CALL_DUE, k, b])
            m.g[row.FIRST_LEFT, k, b] -= absorbed
            m.g[row.CALL_DUE, k, b] -= absorbed
            if m.gi[row.RESIDUAL_AT, k] == q:
                m.g[row.CALL_DUE, k, b] += m.gf[row.CALL_RESIDUAL, k] * max(
                    1.0 - m.levels[RENT_LEVEL, b] * m.levels[AGED, b], 0.0
                )
            who = m.gi[row.GUARANTOR, k]
            left = (
                max(m.gf[row.CALL_CAP, k] - m.g[row.SPENT, k, b], 0.0)
                if who >= 0 and not m.nl[row.DOWN, who, b]
                else 0.0
            )
            m.g[row.CALL_DUE, k, b] = min(m.g[row.CALL_DUE, k, b], left)
