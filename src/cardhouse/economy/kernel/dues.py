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
    tie_kinds, schedules, firm_drivers, nodes, plans, tie_terms, levels = (
        m.tie_kinds,
        m.schedules,
        m.firm_drivers,
        m.nodes,
        m.plans,
        m.tie_terms,
        m.levels,
    )
    payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
    drive = m.drivers[:, q, b]
    due = (
        at(schedules[row.TIE_DUE, t], q - drive[dr.DELAY])
        if tie_kinds[row.TIE_LATE, t]
        else schedules[row.TIE_DUE, t, q]
    )
    if schedules[row.TIE_OF_CAPEX, t, q] > 0.0 and payer >= 0:
        supplier = firm_drivers[dr.SUPPLIER, payee, q, b] * firm_drivers[dr.PRICE, payee, q, b] if payee >= 0 else 1.0
        spends = nodes[row.CAPEX, payer, b]
        if m.marks[row.DOWN, payer, b]:
            spends = plans[row.PLAN_CAPEX, payer, q]
        due += schedules[row.TIE_OF_CAPEX, t, q] * spends * supplier
    if schedules[row.TIE_OF_REVENUE, t, q] > 0.0 and payer >= 0:
        planned = plans[row.PLAN_RECEIPTS, payer, q]
        moved = nodes[row.RECEIPTS, payer, b] / planned if planned > 0.0 else 1.0 - m.marks[row.DOWN, payer, b]
        due += schedules[row.TIE_OF_REVENUE, t, q] * plans[row.PLAN_REVENUE, payer, q] * moved
    if tie_terms[row.TIE_INDEXED, t] > 0.0:
        due *= (
            1.0
            - tie_terms[row.TIE_INDEXED, t]
            + tie_terms[row.TIE_INDEXED, t] * min(levels[RENT_LEVEL, b], tie_terms[row.TIE_LOCK, t])
        )
    if tie_terms[row.TIE_TRADE_IN, t] > 0.0:
        # What the payee takes back has lost value with rents; the difference is set off against what is due.
        fall = max(1.0 - levels[RENT_LEVEL, b] * levels[AGED, b], 0.0)
        due = max(due - tie_terms[row.TIE_TRADE_IN, t] * m.calendar[row.YEARS, q] * m.ties[row.PAID, t, b] * fall, 0.0)
    return float(due)


@kernel
def released(q: int, t: int, b: int, m: Tableau) -> float:
    """The waiting part of a contract if its condition holds now; else it goes on waiting."""
    tie_kinds, tie_terms, ties = m.tie_kinds, m.tie_terms, m.ties
    payee, kind = tie_kinds[row.TIE_PAYEE, t], tie_kinds[row.TIE_CONDITION, t]
    holds = False
    if kind == IF_VALUATION:
        holds = payee >= 0 and m.nodes[row.VALUE, payee, b] >= tie_terms[row.TIE_THRESHOLD, t]
    elif kind == IF_LISTED:
        holds = q >= tie_terms[row.TIE_THRESHOLD, t]
    elif kind == IF_DELIVERED:
        holds = ties[row.PAID, tie_kinds[row.TIE_WATCH, t], b] >= tie_terms[row.TIE_THRESHOLD, t]
    if not holds:
        return 0.0
    amount = ties[row.WAITING, t, b]
    ties[row.WAITING, t, b] = 0.0
    return float(amount)


@kernel
def contracts(q: int, m: Tableau) -> None:
    """Dues of every contract: in force, or the ghost of one whose payer or customer is gone."""
    tie_kinds, schedules, ties, tie_marks, marks = m.tie_kinds, m.schedules, m.ties, m.tie_marks, m.marks
    for t in range(m.tie_kinds.shape[1]):
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        for b in range(m.ties.shape[2]):
            due = scheduled(q, t, b, m)
            if schedules[row.TIE_HELD, t, q] > 0.0 or ties[row.WAITING, t, b] > 0.0:
                ties[row.WAITING, t, b] += schedules[row.TIE_HELD, t, q]
                freed = released(q, t, b, m)
            else:
                freed = 0.0
            spent = ties[row.PAID, t, b] + (0.0 if m.switches[row.STILL] else ties[row.RECEIVABLE, t, b])
            due = min(due + freed, max(m.tie_terms[row.TIE_CAP, t] - spent, 0.0))
            ties[row.DUE, t, b], ties[row.GHOST, t, b], tie_marks[row.FIRST_GHOST, t, b] = due, 0.0, 0
            ties[row.RELEASED, t, b] = min(freed, due)
            if payee >= 0 and marks[row.DOWN, payee, b]:
                ties[row.DUE, t, b] = 0.0  # nothing is delivered any more
            elif tie_marks[row.REJECTED, t, b] < q or (payer >= 0 and marks[row.DOWN, payer, b]):
                ties[row.DUE, t, b] = 0.0
                ties[row.GHOST, t, b] = due
                tie_marks[row.REJECTED, t, b] = min(tie_marks[row.REJECTED, t, b], q)
    for k in range(m.for_tie.size):
        t, customer = m.for_tie[k], m.for_node[k]
        for b in range(m.ties.shape[2]):
            if marks[row.DOWN, customer, b]:
                cancel(q, t, b, m.for_share[k], m)


@kernel
def cancel(q: int, t: int, b: int, part: float, m: Tableau) -> None:
    """Move this part of a due to its ghost: it was bought for somebody who is gone. Leases stay."""
    tie_kinds, ties, tie_marks = m.tie_kinds, m.ties, m.tie_marks
    payer = tie_kinds[row.TIE_PAYER, t]
    if tie_kinds[row.TIE_ROLE, t] == RENT or (payer >= 0 and m.marks[row.DOWN, payer, b]):
        return
    lost = min(part * (ties[row.DUE, t, b] + ties[row.GHOST, t, b]), ties[row.DUE, t, b])
    if lost <= 0.0:
        return
    ties[row.DUE, t, b] -= lost
    ties[row.GHOST, t, b] += lost
    if tie_marks[row.VACANT, t, b] >= q:
        tie_marks[row.VACANT, t, b] = q
        tie_marks[row.FIRST_GHOST, t, b] = 1


@kernel
def bound_due(q: int, t: int, b: int, m: Tableau) -> float:
    """What of a due is owed whatever happens; what a condition released is ordered, not owed."""
    ties = m.ties
    return float(m.schedules[row.TIE_BOUND, t, q] * max(ties[row.DUE, t, b] - ties[row.RELEASED, t, b], 0.0))


@kernel
def unpaid_after(q: int, t: int, b: int, m: Tableau) -> float:
    """What is delivered and unpaid at the end of the step when everybody pays what is due."""
    ties = m.ties
    before = ties[row.RECEIVABLE, t, b]
    if m.switches[row.STILL]:
        return float(before)
    return float(min(m.tie_terms[row.TIE_CREDIT, t] * ties[row.DUE, t, b], before + bound_due(q, t, b, m)))


@kernel
def cash_parts(q: int, m: Tableau) -> None:
    """Dues as cash by class: deliveries, less what is left unpaid at the end of the step, plus what was before."""
    ties = m.ties
    for t in range(m.tie_kinds.shape[1]):
        for b in range(m.ties.shape[2]):
            due, before = ties[row.DUE, t, b], ties[row.RECEIVABLE, t, b]
            bound = bound_due(q, t, b, m)
            after = unpaid_after(q, t, b, m)
            ties[row.NEW_RECEIVABLE, t, b] = after
            ties[row.CASH_BOUND, t, b] = bound + before - after
            ties[row.CASH_INTENT, t, b] = due - bound


@kernel
def relief(q: int, m: Tableau) -> None:
    """Shares of an unpaid due that its payee does not miss: cost it avoids, and what re-letting brings by now."""
    tie_marks, tie_terms, levels, tie_kinds, marks, ties = (
        m.tie_marks,
        m.tie_terms,
        m.levels,
        m.tie_kinds,
        m.marks,
        m.ties,
    )
    for t in range(m.tie_kinds.shape[1]):
        for b in range(m.ties.shape[2]):
            since = max(q - min(tie_marks[row.VACANT, t, b], tie_marks[row.REJECTED, t, b]), 0)
            relet = tie_terms[row.TIE_RELET, t] * min(levels[RENT_LEVEL, b] * levels[AGED, b], 1.0)
            if tie_kinds[row.TIE_ROLE, t] != CAPITAL and since < tie_kinds[row.TIE_RELET_LAG, t]:
                relet = 0.0
            avoid = tie_terms[row.TIE_AVOID, t]
            if tie_marks[row.FIRST_GHOST, t, b]:
                avoid *= 1.0 - tie_terms[row.TIE_STRANDED, t]  # goods are in production already
            payee = tie_kinds[row.TIE_PAYEE, t]
            if payee >= 0 and marks[row.DOWN, payee, b] and marks[row.FELL, payee, b] < q:
                avoid = relet = 0.0  # who is gone has no costs to avoid and nothing to let
            both = avoid + relet
            scale = tie_terms[row.TIE_MOST, t] / both if both > tie_terms[row.TIE_MOST, t] else 1.0
            ties[row.RELIEF, t, b] = both * scale
            ties[row.RELET, t, b] = relet * scale


@kernel
def debts(q: int, m: Tableau) -> None:
    """Interest, and principal that must be paid because it cannot be rolled."""
    debt_terms, debts, marks, nodes = m.debt_terms, m.debts, m.marks, m.nodes
    years = m.calendar[row.YEARS, q]
    for k in range(m.debt_kinds.shape[1]):
        i = m.debt_kinds[row.DEBT_BORROWER, k]
        for b in range(m.debts.shape[2]):
            rate = debt_terms[row.DEBT_RATE, k] + debt_terms[row.DEBT_FLOATING, k] * (m.levels[BASE_MOVE, b])
            owed = debts[row.PRINCIPAL, k, b] * (1.0 - marks[row.DOWN, i, b])
            debts[row.INTEREST, k, b] = owed * max(rate, 0.0) * years
            matures = min(m.maturing[k, q], owed)
            rolls = rolled_part(q, i, b, m)
            debts[row.ROLLED, k, b] = matures * rolls
            debts[row.PRINCIPAL_DUE, k, b] = matures * (1.0 - rolls)
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            matures = m.ladders[row.LADDER, i, q, b] * (1.0 - marks[row.DOWN, i, b])
            rolls = rolled_part(q, i, b, m)
            nodes[row.LADDER_ROLLED, i, b] = matures * rolls
            nodes[row.LADDER_DUE, i, b] = matures * (1.0 - rolls)


@kernel
def rolled_part(q: int, i: int, b: int, m: Tableau) -> float:
    """Part of maturing debt that lenders roll: all while the window is open, none once it is shut."""
    if not m.switches[row.ROLLOVER] or m.marks[row.SHUT, i, b]:
        return 0.0
    return float(min(m.drivers[dr.DEBT_WINDOW, q, b], 1.0))


@kernel
def guarantees(q: int, m: Tableau) -> None:
    """What guarantors owe for contracts that were rejected before, and for an asset's value at a date."""
    calls, call_kinds, marks, ties, call_terms, levels = m.calls, m.call_kinds, m.marks, m.ties, m.call_terms, m.levels
    calls[row.CALL_DUE, :, :] = 0.0
    for pair in range(m.pair_tie.size):
        k, t = m.pair_guarantee[pair], m.pair_tie[pair]
        for b in range(m.calls.shape[2]):
            rejected = m.tie_marks[row.REJECTED, t, b] < q
            if rejected and call_kinds[row.BEGINS, k] <= q <= call_kinds[row.ENDS, k]:
                calls[row.CALL_DUE, k, b] += (
                    ties[row.GHOST, t, b] * m.schedules[row.TIE_BOUND, t, q] * (1.0 - ties[row.RELIEF, t, b])
                )
    for k in range(m.call_kinds.shape[1]):
        for b in range(m.calls.shape[2]):
            absorbed = min(calls[row.FIRST_LEFT, k, b], calls[row.CALL_DUE, k, b])
            calls[row.FIRST_LEFT, k, b] -= absorbed
            calls[row.CALL_DUE, k, b] -= absorbed
            if call_kinds[row.RESIDUAL_AT, k] == q:
                calls[row.CALL_DUE, k, b] += call_terms[row.CALL_RESIDUAL, k] * max(
                    1.0 - levels[RENT_LEVEL, b] * levels[AGED, b], 0.0
                )
            who = call_kinds[row.GUARANTOR, k]
            left = (
                max(call_terms[row.CALL_CAP, k] - calls[row.SPENT, k, b], 0.0)
                if who >= 0 and not marks[row.DOWN, who, b]
                else 0.0
            )
            calls[row.CALL_DUE, k, b] = min(calls[row.CALL_DUE, k, b], left)
