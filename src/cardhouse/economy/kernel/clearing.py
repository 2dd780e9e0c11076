"""The cash clearing of one step: the greatest payments by class, given who is already down.

Resources are cash, receipts and what may be drawn. Sweeps start from full payment and only fall, so they end at
the greatest clearing vector for the given set of failed nodes; the rounds above let that set grow.

References
----------
Eisenberg and Noe (2001), Management Science 47(2). Rogers and Veraart (2013), Management Science 59(4).
Elsinger (2009), OeNB Working Paper 156, for the classes.
"""

from __future__ import annotations

import numpy as np

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import INTENT, RANKS, RENT
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.funding import MINIMUM
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
def gone(q: int, i: int, b: int, m: Tableau) -> bool:
    """Whether a node stopped in an earlier step: it owes and delivers nothing any more."""
    marks = m.marks
    return bool(marks[row.DOWN, i, b] and marks[row.FELL, i, b] < q)


@kernel
def add_up(q: int, m: Tableau) -> None:
    """Sum dues by payer and class, and the receipts that no clearing decides."""
    debts, classes, debt_terms, call_kinds = m.debts, m.classes, m.debt_terms, m.call_kinds
    m.nodes[row.CERTAIN][:, :] = 0.0
    own_dues(q, m)
    contract_dues(m)
    for k in range(m.debt_kinds.shape[1]):
        i = m.debt_kinds[row.DEBT_BORROWER, k]
        for b in range(m.debts.shape[2]):
            due = debts[row.INTEREST, k, b] + debts[row.PRINCIPAL_DUE, k, b]
            classes[row.OWED, 0, i, b] += due * debt_terms[row.DEBT_SECURED, k]
            classes[row.OWED, 2, i, b] += due * (1.0 - debt_terms[row.DEBT_SECURED, k])
    for k in range(m.call_kinds.shape[1]):
        if call_kinds[row.GUARANTOR, k] >= 0:
            for b in range(m.calls.shape[2]):
                classes[row.OWED, 2, call_kinds[row.GUARANTOR, k], b] += m.calls[row.CALL_DUE, k, b]


@kernel
def committed_part(i: int, b: int, m: Tableau) -> float:
    """Part of spending with unnamed parties that is ordered; a reorganised firm has rejected its orders."""
    return float(m.nodes[row.COMMITTED, i, b] * (1.0 - m.marks[row.REBUILT, i, b]))


@kernel
def own_dues(q: int, m: Tableau) -> None:
    """Dues of every node to unnamed parties by class; none of a node that is gone."""
    classes, nodes = m.classes, m.nodes
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            if gone(q, i, b, m):
                for r in range(RANKS):
                    classes[row.OWED, r, i, b] = 0.0
                continue
            committed = committed_part(i, b, m)
            spends, interest = nodes[row.CAPEX_WORLD, i, b], nodes[row.NEW_INTEREST, i, b] * m.calendar[row.YEARS, q]
            classes[row.OWED, 0, i, b] = nodes[row.COSTS, i, b] + nodes[row.LEVY, i, b] + nodes[row.TAX_DUE, i, b]
            classes[row.OWED, 1, i, b] = 0.0
            classes[row.OWED, 2, i, b] = spends * committed + nodes[row.LADDER_DUE, i, b] + interest
            classes[row.OWED, INTENT, i, b] = spends * (1.0 - committed) + nodes[row.FLEXIBLE, i, b]
            classes[row.OWED, INTENT, i, b] += nodes[row.PAYOUT, i, b] * max(nodes[row.FREE, i, b], 0.0)


@kernel
def contract_dues(m: Tableau) -> None:
    """Dues of contracts by class, and what their payees get whatever happens: reliefs, payers that always pay."""
    tie_kinds, ties, classes = m.tie_kinds, m.ties, m.classes
    for t in range(m.tie_kinds.shape[1]):
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        rank = bound_rank(tie_kinds[row.TIE_ROLE, t])
        for b in range(m.ties.shape[2]):
            bound, intent = ties[row.CASH_BOUND, t, b], ties[row.CASH_INTENT, t, b]
            if payer >= 0:
                classes[row.OWED, rank, payer, b] += bound
                classes[row.OWED, INTENT, payer, b] += intent
            if payee >= 0:
                softened = (bound + intent) * (1.0 if payer < 0 else ties[row.RELIEF, t, b])
                m.nodes[row.CERTAIN, payee, b] += softened + ties[row.GHOST, t, b] * ties[row.RELIEF, t, b]


@kernel
def gather(m: Tableau) -> None:
    """What nodes receive from nodes at the present shares."""
    nodes, tie_kinds, ties, classes, debt_kinds, debts, call_kinds = (
        m.nodes,
        m.tie_kinds,
        m.ties,
        m.classes,
        m.debt_kinds,
        m.debts,
        m.call_kinds,
    )
    nodes[row.GOT, :, :] = 0.0
    lanes = m.nodes.shape[2]
    for t in range(m.tie_kinds.shape[1]):
        payer, payee, rank = (
            tie_kinds[row.TIE_PAYER, t],
            tie_kinds[row.TIE_PAYEE, t],
            bound_rank(tie_kinds[row.TIE_ROLE, t]),
        )
        if payer < 0 or payee < 0:
            continue
        for b in range(lanes):
            paid = ties[row.CASH_BOUND, t, b] * classes[row.SHARE, rank, payer, b]
            paid += ties[row.CASH_INTENT, t, b] * classes[row.SHARE, INTENT, payer, b]
            nodes[row.GOT, payee, b] += paid * (1.0 - ties[row.RELIEF, t, b])
    for k in range(m.debt_kinds.shape[1]):
        i, lender = debt_kinds[row.DEBT_BORROWER, k], debt_kinds[row.DEBT_LENDER, k]
        if lender >= 0:
            for b in range(lanes):
                due, part = (
                    debts[row.INTEREST, k, b] + debts[row.PRINCIPAL_DUE, k, b],
                    m.debt_terms[row.DEBT_SECURED, k],
                )
                nodes[row.GOT, lender, b] += due * (
                    part * classes[row.SHARE, 0, i, b] + (1.0 - part) * classes[row.SHARE, 2, i, b]
                )
    for k in range(m.call_kinds.shape[1]):
        if (
            call_kinds[row.GUARANTOR, k] >= 0
            and call_kinds[row.BENEFICIARY, k] >= 0
            and not call_kinds[row.FOR_LENDERS, k]
        ):
            for b in range(lanes):
                nodes[row.GOT, call_kinds[row.BENEFICIARY, k], b] += (
                    m.calls[row.CALL_DUE, k, b] * classes[row.SHARE, 2, call_kinds[row.GUARANTOR, k], b]
                )


@kernel
def pour(q: int, i: int, b: int, m: Tableau) -> float:
    """Give a node's resources to its classes, most senior first; returns the largest change of a share.

    A card that is pulled pays its part of each class at most, and never more than it has.
    """
    classes, nodes, marks = m.classes, m.nodes, m.marks
    left = nodes[row.KEPT, i, b] + nodes[row.CERTAIN, i, b] + nodes[row.GOT, i, b]
    if not marks[row.DOWN, i, b]:
        left += nodes[row.DRAWABLE, i, b]
    moved = 0.0
    for r in range(RANKS):
        due = classes[row.OWED, r, i, b]
        room = left
        if r == INTENT and not marks[row.DOWN, i, b]:
            room = left - m.limits[MINIMUM, i, b]  # intentions do not touch the minimum cash
        share = min(1.0 if due <= room or due <= 0.0 else max(room, 0.0) / due, m.pays[i, q, b])
        left -= share * due
        moved = max(moved, classes[row.SHARE, r, i, b] - share)
        classes[row.SHARE, r, i, b] = min(share, classes[row.SHARE, r, i, b])
    return float(moved)


@kernel
def clear(q: int, m: Tableau) -> None:
    """Sweep from full payment until no share moves; ``trouble`` is 1 for a path that does not settle.

    Each lane stops by itself, so that no path depends on those beside it.
    """
    add_up(q, m)
    m.classes[row.SHARE, :, :, :] = 1.0
    n, lanes = m.nodes.shape[1:]
    settled, moved = np.zeros(lanes, dtype=np.bool_), np.zeros(lanes)
    for _ in range(SWEEPS):
        gather(m)
        moved[:] = 0.0
        for i in range(n):
            for b in range(lanes):
                if not settled[b]:
                    moved[b] = max(moved[b], pour(q, i, b, m))
        settled |= moved <= CLOSE
        if settled.all():
            break
    for b in range(lanes):
        if not settled[b]:
            m.trouble[b] = 1
    gather(m)


@kernel
def binding(i: int, b: int, m: Tableau) -> float:
    """What a node must pay: classes 0 to 2."""
    classes = m.classes
    return float(classes[row.OWED, 0, i, b] + classes[row.OWED, 1, i, b] + classes[row.OWED, 2, i, b])


@kernel
def resources(i: int, b: int, m: Tableau) -> float:
    """What a node can pay from while it stands."""
    nodes = m.nodes
    return float(nodes[row.KEPT, i, b] + nodes[row.CERTAIN, i, b] + nodes[row.GOT, i, b] + nodes[row.DRAWABLE, i, b])


@kernel
def fails(q: int, i: int, b: int, m: Tableau) -> bool:
    """Whether a node that stood so far cannot pay what binds it."""
    if m.marks[row.DOWN, i, b] or m.pays[i, q, b] < 1.0:
        return False
    due = binding(i, b, m)
    return bool(resources(i, b, m) < due - TIE * due)
