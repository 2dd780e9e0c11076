"""The cash clearing of one step: the greatest payments by class, given who is already down.

Resources are cash, receipts and what may be drawn. Sweeps start from full payment and only fall, so they end at
the greatest clearing vector for the given set of failed nodes; the rounds above let that set grow.

References
----------
Eisenberg and Noe (2001), Management Science 47(2). Rogers and Veraart (2013), Management Science 59(4).
Elsinger (2009), OeNB Working Paper 156, for the classes.
"""

from __future__ import annotations

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import INTENT, RANKS, RENT
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.dues import bound_due, unpaid_after
from cardhouse.economy.kernel.funding import MINIMUM
from cardhouse.economy.kernel.lanes import Lanes, Mask, any_of, everywhere, lanes, least, most, no, where
from cardhouse.economy.kernel.tableau import Tableau

SWEEPS = 2000
CLOSE = 1e-12
"""Relative change of a share at which sweeps stop."""
TIE = 1e-9
"""A node this close to its limit, relative to its dues, is solvent."""


@kernel
def bound_rank(role: int) -> int:
    """Class of the binding part of a contract."""
    return 1 if role == RENT else 2


@kernel
def gone(q: int, i: int, m: Tableau) -> Mask:
    """Where a node stopped in an earlier step: it owes and delivers nothing any more."""
    return (m.marks[row.DOWN, i] > 0.0) & (m.marks[row.FELL, i] < q)


@kernel
def add_up(q: int, m: Tableau) -> None:
    """Sum dues by payer and class, and the receipts that no clearing decides."""
    debts, classes, debt_terms, call_kinds = m.debts, m.classes, m.debt_terms, m.call_kinds
    own_dues(q, m)
    contract_dues(q, m)
    for k in range(m.debt_kinds.shape[1]):
        i, secured = m.debt_kinds[row.DEBT_BORROWER, k], debt_terms[row.DEBT_SECURED, k]
        due = debts[row.INTEREST, k] + debts[row.PRINCIPAL_DUE, k]
        classes[row.OWED, 0, i] += due * secured
        classes[row.OWED, 2, i] += due * (1.0 - secured)
    for k in range(call_kinds.shape[1]):
        who = call_kinds[row.GUARANTOR, k]
        if who >= 0:
            classes[row.OWED, 2, who] += m.calls[row.CALL_DUE, k]


@kernel
def committed_part(i: int, m: Tableau) -> Lanes:
    """Part of spending with unnamed parties that is ordered; a reorganised firm has rejected its orders."""
    return m.node_terms[row.COMMITTED, i] * (1.0 - m.marks[row.REBUILT, i])


@kernel
def own_dues(q: int, m: Tableau) -> None:
    """Dues of every node to unnamed parties by class; none of a node that is gone."""
    classes, nodes, years = m.classes, m.nodes, m.years[q]
    for i in range(nodes.shape[1]):
        left, committed = gone(q, i, m), committed_part(i, m)
        spends, interest = nodes[row.CAPEX_WORLD, i], nodes[row.NEW_INTEREST, i] * years
        running = nodes[row.COSTS, i] + nodes[row.LEVY, i] + nodes[row.TAX_DUE, i]
        ordered = spends * committed + nodes[row.LADDER_DUE, i] + interest
        meant = spends * (1.0 - committed) + nodes[row.FLEXIBLE, i]
        meant += m.node_terms[row.PAYOUT, i] * most(nodes[row.FREE, i], 0.0)
        classes[row.OWED, 0, i] = where(left, 0.0, running)
        classes[row.OWED, 1, i] = 0.0
        classes[row.OWED, 2, i] = where(left, 0.0, ordered)
        classes[row.OWED, INTENT, i] = where(left, 0.0, meant)
        nodes[row.CERTAIN, i] = 0.0


@kernel
def contract_dues(q: int, m: Tableau) -> None:
    """Dues of contracts as cash by class, and what their payees get whatever happens.

    Cash is what is delivered, less what is left unpaid at the end of the step, plus what was unpaid before. A payee
    gets reliefs, and what payers outside the network owe: they always pay.
    """
    tie_kinds, ties, classes = m.tie_kinds, m.ties, m.classes
    for n in range(m.live[0]):
        t = m.live[n + 1]
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        owed, after = bound_due(q, t, m), unpaid_after(q, t, m)
        bound, intent = owed + ties[row.RECEIVABLE, t] - after, ties[row.DUE, t] - owed
        ties[row.NEW_RECEIVABLE, t], ties[row.CASH_BOUND, t], ties[row.CASH_INTENT, t] = after, bound, intent
        if payer >= 0:
            classes[row.OWED, bound_rank(tie_kinds[row.TIE_ROLE, t]), payer] += bound
            classes[row.OWED, INTENT, payer] += intent
        if payee >= 0:
            relief, softened = ties[row.RELIEF, t], bound + intent
            if payer >= 0:
                softened *= relief
            m.nodes[row.CERTAIN, payee] += softened + ties[row.GHOST, t] * relief


@kernel
def gather(m: Tableau) -> None:
    """What nodes receive from nodes at the present shares."""
    nodes, tie_kinds, ties, classes = m.nodes, m.tie_kinds, m.ties, m.classes
    for i in range(nodes.shape[1]):
        nodes[row.GOT, i] = 0.0
    for n in range(m.live[0]):
        t = m.live[n + 1]
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        if payer < 0 or payee < 0:
            continue
        paid = ties[row.CASH_BOUND, t] * classes[row.SHARE, bound_rank(tie_kinds[row.TIE_ROLE, t]), payer]
        paid += ties[row.CASH_INTENT, t] * classes[row.SHARE, INTENT, payer]
        nodes[row.GOT, payee] += paid * (1.0 - ties[row.RELIEF, t])
    gather_from_borrowers(m)


@kernel
def gather_from_borrowers(m: Tableau) -> None:
    """What lenders and beneficiaries of guarantees receive at the present shares."""
    nodes, classes, debt_kinds, debts, call_kinds = m.nodes, m.classes, m.debt_kinds, m.debts, m.call_kinds
    for k in range(debt_kinds.shape[1]):
        i, lender = debt_kinds[row.DEBT_BORROWER, k], debt_kinds[row.DEBT_LENDER, k]
        if lender >= 0:
            due, part = debts[row.INTEREST, k] + debts[row.PRINCIPAL_DUE, k], m.debt_terms[row.DEBT_SECURED, k]
            mix = part * classes[row.SHARE, 0, i] + (1.0 - part) * classes[row.SHARE, 2, i]
            nodes[row.GOT, lender] += due * mix
    for k in range(call_kinds.shape[1]):
        who, to = call_kinds[row.GUARANTOR, k], call_kinds[row.BENEFICIARY, k]
        if who >= 0 and to >= 0 and not call_kinds[row.FOR_LENDERS, k]:
            nodes[row.GOT, to] += m.calls[row.CALL_DUE, k] * classes[row.SHARE, 2, who]


@kernel
def pour(q: int, i: int, settled: Mask, m: Tableau) -> Lanes:
    """Give a node's resources to its classes, most senior first; returns the largest change of a share.

    A card that is pulled pays its part of each class at most, and never more than it has. Lanes that have settled
    keep their shares.
    """
    classes, nodes = m.classes, m.nodes
    down = m.marks[row.DOWN, i] > 0.0
    left = nodes[row.KEPT, i] + nodes[row.CERTAIN, i] + nodes[row.GOT, i]
    left = where(down, left, left + nodes[row.DRAWABLE, i])
    pays, moved = m.pays[i, q], lanes(0.0)
    for r in range(RANKS):
        due, room = classes[row.OWED, r, i], left
        if r == INTENT:
            # Intentions do not touch the minimum cash.
            room = where(down, left, left - m.limits[MINIMUM, i])
        share, short = pays, (due > room) & (due > 0.0)
        if any_of(short):  # a division costs as much as all the rest
            share = least(where(short, most(room, 0.0) / due, 1.0), pays)
        left -= share * due
        before = classes[row.SHARE, r, i]
        moved = most(moved, before - share)
        classes[row.SHARE, r, i] = where(settled, before, least(share, before))
    return where(settled, 0.0, moved)


@kernel
def clear(q: int, m: Tableau) -> None:
    """Sweep from full payment until no share moves; ``trouble`` is 1 for a path that does not settle.

    Each lane stops by itself, so that no path depends on those beside it.
    """
    add_up(q, m)
    n = m.nodes.shape[1]
    for i in range(n):
        for r in range(RANKS):
            m.classes[row.SHARE, r, i] = 1.0
    settled = everywhere(False)
    for _ in range(SWEEPS):
        gather(m)
        moved = lanes(0.0)
        for i in range(n):
            moved = most(moved, pour(q, i, settled, m))
        settled = settled | (moved <= CLOSE)
        if not any_of(no(settled)):
            if any_of(moved > 0.0):
                gather(m)
            return
    m.trouble[0] = where(settled, m.trouble[0], 1.0)


@kernel
def binding(i: int, m: Tableau) -> Lanes:
    """What a node must pay: classes 0 to 2."""
    classes = m.classes
    return classes[row.OWED, 0, i] + classes[row.OWED, 1, i] + classes[row.OWED, 2, i]


@kernel
def resources(i: int, m: Tableau) -> Lanes:
    """What a node can pay from while it stands."""
    nodes = m.nodes
    return nodes[row.KEPT, i] + nodes[row.CERTAIN, i] + nodes[row.GOT, i] + nodes[row.DRAWABLE, i]


@kernel
def fails(q: int, i: int, m: Tableau) -> Mask:
    """Where a node that stood so far cannot pay what binds it."""
    due = binding(i, m)
    short = resources(i, m) < due - TIE * due
    return short & (m.marks[row.DOWN, i] <= 0.0) & (m.pays[i, q] >= 1.0)
