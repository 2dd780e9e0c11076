"""Dues of contracts, debts and guarantees: point 3 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, IF_DELIVERED, IF_LISTED, IF_VALUATION, RENT
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.lanes import Lanes, Mask, any_of, everywhere, lanes, least, most, no, where
from cardhouse.economy.kernel.outset import AGED, BASE_MOVE, RENT_LEVEL, at
from cardhouse.economy.kernel.tableau import Tableau

LONGER = 92.0 / 90.0
"""The longest quarter over the shortest: what two quarters of the same rent a day may differ by."""


@inlined
def scheduled(q: int, t: int, m: Tableau) -> Lanes:
    """What contract ``t`` asks for in this step if both parties stand, before anything is cancelled."""
    tie_kinds, schedules, nodes, tie_terms, levels = m.tie_kinds, m.schedules, m.nodes, m.tie_terms, m.levels
    payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
    due = schedules[row.TIE_DUE, t, q]
    if tie_kinds[row.TIE_LATE, t]:
        due = at(schedules, row.TIE_DUE, t, q, m)
    if tie_kinds[row.TIE_OF_SPENDING, t]:
        part = schedules[row.TIE_OF_CAPEX, t, q]
        spends = where(m.marks[row.DOWN, payer] > 0.0, m.plans[row.PLAN_CAPEX, payer, q], nodes[row.CAPEX, payer])
        supplier = lanes(1.0)
        if payee >= 0:
            supplier = m.firm_drivers[dr.SUPPLIER, payee, q] * m.firm_drivers[dr.PRICE, payee, q]
        due += part * spends * supplier
    if tie_kinds[row.TIE_OF_SALES, t]:
        planned = m.plans[row.PLAN_RECEIPTS, payer, q]
        moved = where(planned > 0.0, nodes[row.RECEIPTS, payer] / planned, 1.0 - m.marks[row.DOWN, payer])
        due += schedules[row.TIE_OF_REVENUE, t, q] * m.plans[row.PLAN_REVENUE, payer, q] * moved
    if tie_kinds[row.TIE_FOLLOWS_RENT, t]:
        indexed = tie_terms[row.TIE_INDEXED, t]
        due *= 1.0 - indexed + indexed * least(levels[RENT_LEVEL], tie_terms[row.TIE_LOCK, t])
    if tie_kinds[row.TIE_TAKES_BACK, t]:
        # What the payee takes back has lost value with rents; the difference is set off against what is due.
        fall = most(1.0 - levels[RENT_LEVEL] * levels[AGED], 0.0)
        due = most(due - tie_terms[row.TIE_TRADE_IN, t] * m.years[q] * m.ties[row.PAID, t] * fall, 0.0)
    return due


@inlined
def released(q: int, t: int, m: Tableau) -> Lanes:
    """The waiting part of a contract where its condition holds now; elsewhere it goes on waiting."""
    tie_kinds, ties, threshold = m.tie_kinds, m.ties, m.tie_terms[row.TIE_THRESHOLD, t]
    payee, kind = tie_kinds[row.TIE_PAYEE, t], tie_kinds[row.TIE_CONDITION, t]
    met = everywhere(False)
    if kind == IF_VALUATION and payee >= 0:
        met = m.nodes[row.VALUE, payee] >= threshold
    elif kind == IF_LISTED:
        met = threshold <= q
    elif kind == IF_DELIVERED:
        met = ties[row.PAID, tie_kinds[row.TIE_WATCH, t]] >= threshold
    waiting = ties[row.WAITING, t] + m.schedules[row.TIE_HELD, t, q]
    ties[row.WAITING, t] = where(met, 0.0, waiting)
    return where(met, waiting, 0.0)


@kernel
def pays_payee(k: int, m: Tableau) -> bool:
    """Whether a guarantee pays the payees of the contracts that it covers."""
    return bool(not m.call_kinds[row.FOR_LENDERS, k] and m.call_kinds[row.GUARANTOR, k] >= 0)


@kernel
def backed(t: int, m: Tableau) -> bool:
    """Whether somebody guarantees a contract to its payee."""
    pair = m.tie_kinds[row.FIRST_GUARANTEE, t]
    while pair >= 0:
        if pays_payee(m.pair_guarantee[pair], m):
            return True
        pair = m.next_guarantee[pair]
    return False


@inlined
def delivered(t: int, due: Lanes, stands: Mask, ghost: Mask, m: Tableau) -> tuple[Lanes, Mask, Mask]:
    """What a payee asks for, where it is due and where it is missed; who is down delivers nothing any more.

    A vehicle that goes down with its tenant builds no more, but what it let by then is there, and missed as long as
    somebody answers for it.
    """
    payee, let = m.tie_kinds[row.TIE_PAYEE, t], m.ties[row.LET, t]
    there = m.marks[row.DOWN, payee] <= 0.0
    stands = stands & there
    if m.kinds[row.VEHICLE, payee]:
        m.ties[row.LET, t] = where(stands, due, let)
        if any_of(ghost & no(there)) and backed(t, m):
            due = where(there, due, least(due, let * LONGER))
            there = there | (m.tie_marks[row.REJECTED, t] <= m.marks[row.FELL, payee])
    return due, stands, ghost & there


@kernel
def contracts(q: int, m: Tableau) -> None:
    """Dues of every contract: in force, or the ghost of one whose payer or customer is gone."""
    tie_kinds, ties, tie_marks, marks = m.tie_kinds, m.ties, m.tie_marks, m.marks
    live = 0
    for t in range(tie_kinds.shape[1]):
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        due, freed = scheduled(q, t, m), lanes(0.0)
        if tie_kinds[row.TIE_WAITS, t]:
            freed = released(q, t, m)
            due += freed
        if tie_kinds[row.TIE_CAPPED, t]:
            spent = ties[row.PAID, t]
            if not m.switches[row.STILL]:
                spent += ties[row.RECEIVABLE, t]
            due = least(due, most(m.tie_terms[row.TIE_CAP, t] - spent, 0.0))
        rejected = tie_marks[row.REJECTED, t]
        ghost = rejected < q
        if payer >= 0:
            ghost = ghost | (marks[row.DOWN, payer] > 0.0)
        stands = no(ghost)
        if payee >= 0:
            due, stands, ghost = delivered(t, due, stands, ghost, m)
        ties[row.DUE, t] = where(stands, due, 0.0)
        ties[row.GHOST, t] = where(ghost, due, 0.0)
        if tie_kinds[row.TIE_WAITS, t]:
            ties[row.RELEASED, t] = least(freed, due)
        if any_of(ghost):
            tie_marks[row.REJECTED, t] = where(ghost, least(rejected, q), rejected)
        tie_marks[row.FIRST_GHOST, t] = 0.0
        if any_of((stands & (due > 0.0)) | ghost | (ties[row.RECEIVABLE, t] > 0.0)):
            live += 1
            m.live[live] = t
        else:
            ties[row.CASH_BOUND, t] = ties[row.CASH_INTENT, t] = ties[row.NEW_RECEIVABLE, t] = 0.0
    m.live[0] = live
    for k in range(m.for_tie.size):
        gone = marks[row.DOWN, m.for_node[k]] > 0.0
        if any_of(gone):
            cancel(q, m.for_tie[k], gone, lanes(m.for_share[k]), m)


@kernel
def cancel(q: int, t: int, where_gone: Mask, part: Lanes, m: Tableau) -> None:
    """Move this part of a due to its ghost: it was bought for somebody who is gone. Leases stay."""
    tie_kinds, ties, tie_marks = m.tie_kinds, m.ties, m.tie_marks
    payer = tie_kinds[row.TIE_PAYER, t]
    if tie_kinds[row.TIE_ROLE, t] == RENT:
        return
    lost = least(part * (ties[row.DUE, t] + ties[row.GHOST, t]), ties[row.DUE, t])
    hit = where_gone & (lost > 0.0)
    if payer >= 0:
        hit = hit & (m.marks[row.DOWN, payer] <= 0.0)
    lost = where(hit, lost, 0.0)
    ties[row.DUE, t] -= lost
    ties[row.GHOST, t] += lost
    first = hit & (tie_marks[row.VACANT, t] >= q)
    tie_marks[row.VACANT, t] = where(first, q, tie_marks[row.VACANT, t])
    tie_marks[row.FIRST_GHOST, t] = where(first, 1.0, tie_marks[row.FIRST_GHOST, t])


@inlined
def bound_due(q: int, t: int, m: Tableau) -> Lanes:
    """What of a due is owed whatever happens; what a condition released is ordered, not owed."""
    ties = m.ties
    return m.schedules[row.TIE_BOUND, t, q] * most(ties[row.DUE, t] - ties[row.RELEASED, t], 0.0)


@inlined
def unpaid_after(q: int, t: int, m: Tableau) -> Lanes:
    """What is delivered and unpaid at the end of the step when everybody pays what is due."""
    ties = m.ties
    before = ties[row.RECEIVABLE, t]
    if m.switches[row.STILL]:
        return before
    return least(m.tie_terms[row.TIE_CREDIT, t] * ties[row.DUE, t], before + bound_due(q, t, m))


@inlined
def contract_cash(q: int, t: int, m: Tableau) -> None:
    """Dues of a contract as cash: what is delivered, less what stays unpaid at the end, plus what was unpaid before."""
    ties = m.ties
    owed, after = bound_due(q, t, m), unpaid_after(q, t, m)
    ties[row.NEW_RECEIVABLE, t] = after
    ties[row.CASH_BOUND, t] = owed + ties[row.RECEIVABLE, t] - after
    ties[row.CASH_INTENT, t] = ties[row.DUE, t] - owed


@kernel
def relief(q: int, m: Tableau) -> None:
    """Dues as cash, and what their payees do not miss of them: cost avoided, and what re-letting brings by now."""
    for n in range(m.live[0]):
        contract_cash(q, m.live[n + 1], m)
        relief_of(q, m.live[n + 1], m)


@inlined
def softened(q: int, t: int, m: Tableau) -> tuple[Lanes, Lanes]:
    """Shares of an unpaid due that are avoided or let again by now, and of these what is let again."""
    tie_marks, tie_terms, tie_kinds = m.tie_marks, m.tie_terms, m.tie_kinds
    rent = least(m.levels[RENT_LEVEL] * m.levels[AGED], 1.0)
    relet, avoid = tie_terms[row.TIE_RELET, t] * rent, tie_terms[row.TIE_AVOID, t]
    if tie_kinds[row.TIE_ROLE, t] != CAPITAL:
        since = most(q - least(tie_marks[row.VACANT, t], tie_marks[row.REJECTED, t]), 0.0)
        relet = where(since < tie_kinds[row.TIE_RELET_LAG, t], 0.0, relet)
    # Goods are in production already.
    begun = 1.0 - tie_terms[row.TIE_STRANDED, t]
    avoid = where(tie_marks[row.FIRST_GHOST, t] > 0.0, avoid * begun, avoid)
    both, ceiling = avoid + relet, tie_terms[row.TIE_MOST, t]
    if any_of(both > ceiling):
        scale = where(both > ceiling, ceiling / both, 1.0)
        both, relet = both * scale, relet * scale
    return both, relet


@inlined
def relief_of(q: int, t: int, m: Tableau) -> None:
    """The shares of one contract."""
    both, relet = softened(q, t, m)
    payee = m.tie_kinds[row.TIE_PAYEE, t]
    if payee >= 0:
        # Who is gone has no costs to avoid and nothing to let.
        gone = (m.marks[row.DOWN, payee] > 0.0) & (m.marks[row.FELL, payee] < q)
        both, relet = where(gone, 0.0, both), where(gone, 0.0, relet)
    m.ties[row.RELIEF, t] = both
    m.ties[row.RELET, t] = relet


@kernel
def debts(q: int, m: Tableau) -> None:
    """Interest, and principal that must be paid because it cannot be rolled."""
    debt_terms, debts, marks, nodes = m.debt_terms, m.debts, m.marks, m.nodes
    years, base = m.years[q], m.levels[BASE_MOVE]
    for k in range(m.debt_kinds.shape[1]):
        i = m.debt_kinds[row.DEBT_BORROWER, k]
        rate = debt_terms[row.DEBT_RATE, k] + debt_terms[row.DEBT_FLOATING, k] * base
        owed = debts[row.PRINCIPAL, k] * (1.0 - marks[row.DOWN, i])
        debts[row.INTEREST, k] = owed * most(rate, 0.0) * years
        matures = least(m.maturing[k, q], owed)
        rolls = rolled_part(q, i, m)
        debts[row.ROLLED, k] = matures * rolls
        debts[row.PRINCIPAL_DUE, k] = matures * (1.0 - rolls)
    for i in range(nodes.shape[1]):
        matures = m.ladders[row.LADDER, i, q] * (1.0 - marks[row.DOWN, i])
        rolls = rolled_part(q, i, m)
        nodes[row.LADDER_ROLLED, i] = matures * rolls
        nodes[row.LADDER_DUE, i] = matures * (1.0 - rolls)
    opening_debts(q, m)


@kernel
def opening_principal(m: Tableau) -> None:
    """What each node still owes of the debts of the opening."""
    for i in range(m.nodes.shape[1]):
        m.nodes[row.OLD_DEBT, i] = 0.0
    for k in range(m.debt_kinds.shape[1]):
        m.nodes[row.OLD_DEBT, m.debt_kinds[row.DEBT_BORROWER, k]] += m.debts[row.PRINCIPAL, k]


@kernel
def opening_debts(q: int, m: Tableau) -> None:
    """What each node still owes of the debts of the opening: principal, interest a year, and principal due now."""
    nodes, debts, years = m.nodes, m.debts, m.years[q]
    opening_principal(m)
    for i in range(nodes.shape[1]):
        nodes[row.OLD_INTEREST, i] = nodes[row.OLD_DUE, i] = 0.0
    for k in range(m.debt_kinds.shape[1]):
        i = m.debt_kinds[row.DEBT_BORROWER, k]
        nodes[row.OLD_INTEREST, i] += debts[row.INTEREST, k] / years
        nodes[row.OLD_DUE, i] += debts[row.PRINCIPAL_DUE, k]


@inlined
def rolled_part(q: int, i: int, m: Tableau) -> Lanes:
    """Part of maturing debt that lenders roll: all while the window is open, none once it is shut."""
    if not m.switches[row.ROLLOVER]:
        return lanes(0.0)
    return where(m.marks[row.SHUT, i] > 0.0, 0.0, least(m.drivers[dr.DEBT_WINDOW, q], 1.0))


@kernel
def guarantees(q: int, m: Tableau) -> None:
    """What guarantors owe for contracts that were rejected before, and for an asset's value at a date."""
    calls, call_kinds, ties, call_terms, levels = m.calls, m.call_kinds, m.ties, m.call_terms, m.levels
    for k in range(call_kinds.shape[1]):
        calls[row.CALL_DUE, k] = 0.0
    for pair in range(m.pair_tie.size):
        k, t = m.pair_guarantee[pair], m.pair_tie[pair]
        if call_kinds[row.BEGINS, k] <= q <= call_kinds[row.ENDS, k]:
            missed, borne = ties[row.GHOST, t] * m.schedules[row.TIE_BOUND, t, q], ties[row.RELIEF, t]
            payee = m.tie_kinds[row.TIE_PAYEE, t]
            if payee >= 0 and m.kinds[row.VEHICLE, payee] and any_of(missed > 0.0):
                # Whoever has bought what a fallen vehicle let lets it again; the guarantor owes the rest.
                borne = where(m.marks[row.DOWN, payee] > 0.0, softened(q, t, m)[0], borne)
            missed *= 1.0 - borne
            calls[row.CALL_DUE, k] += where(m.tie_marks[row.REJECTED, t] < q, missed, 0.0)
    for k in range(call_kinds.shape[1]):
        absorbed = least(calls[row.FIRST_LEFT, k], calls[row.CALL_DUE, k])
        calls[row.FIRST_LEFT, k] -= absorbed
        due = calls[row.CALL_DUE, k] - absorbed
        if call_kinds[row.RESIDUAL_AT, k] == q:
            due += call_terms[row.CALL_RESIDUAL, k] * most(1.0 - levels[RENT_LEVEL] * levels[AGED], 0.0)
        who, left = call_kinds[row.GUARANTOR, k], lanes(0.0)
        if who >= 0:
            room = most(call_terms[row.CALL_CAP, k] - calls[row.SPENT, k], 0.0)
            left = where(m.marks[row.DOWN, who] > 0.0, 0.0, room)
        calls[row.CALL_DUE, k] = least(due, left)
