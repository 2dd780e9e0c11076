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
    return bool(m.nl[row.DOWN, i, b] and m.nl[row.FELL, i, b] < q)


@kernel
def add_up(q: int, m: Tableau) -> None:
    """Sum dues by payer and class, and the receipts that no clearing decides."""
    m.n[row.CERTAIN][:, :] = 0.0
    own_dues(q, m)
    contract_dues(q, m)
    for k in range(m.di.shape[1]):
        i = m.di[row.DEBT_BORROWER, k]
        for b in range(m.d.shape[2]):
            due = m.d[row.INTEREST, k, b] + m.d[row.PRINCIPAL_DUE, k, b]
            m.rank[row.OWED, 0, i, b] += due * m.df[row.DEBT_SECURED, k]
            m.rank[row.OWED, 2, i, b] += due * (1.0 - m.df[row.DEBT_SECURED, k])
    for k in range(m.gi.shape[1]):
        if m.gi[row.GUARANTOR, k] >= 0:
            for b in range(m.g.shape[2]):
                m.rank[row.OWED, 2, m.gi[row.GUARANTOR, k], b] += m.g[row.CALL_DUE, k, b]


@kernel
def committed_part(i: int, b: int, m: Tableau) -> float:
    """Part of spending with unnamed parties that is ordered; a reorganised firm has rejected its orders."""
    return float(m.n[row.COMMITTED, i, b] * (1.0 - m.nl[row.REBUILT, i, b]))


@kernel
def own_dues(q: int, m: Tableau) -> None:
    """Dues of every node to unnamed parties by class; none of a node that is gone."""
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            if gone(q, i, b, m):
                for r in range(RANKS):
                    m.rank[row.OWED, r, i, b] = 0.0
                continue
            committed = committed_part(i, b, m)
            spends, interest = m.n[row.CAPEX_WORLD, i, b], m.n[row.NEW_INTEREST, i, b] * m.wq[row.YEARS, q]
            m.rank[row.OWED, 0, i, b] = m.n[row.COSTS, i, b] + m.n[row.LEVY, i, b] + m.n[row.TAX_DUE, i, b]
            m.rank[row.OWED, 1, i, b] = 0.0
            m.rank[row.OWED, 2, i, b] = spends * committed + m.n[row.LADDER_DUE, i, b] + interest
            m.rank[row.OWED, INTENT, i, b] = spends * (1.0 - committed) + m.n[row.FLEXIBLE, i, b]
            m.rank[row.OWED, INTENT, i, b] += m.n[row.PAYOUT, i, b] * max(m.n[row.FREE, i, b], 0.0)


@kernel
def contract_dues(q: int, m: Tableau) -> None:
    """Dues of contracts by class, and what their payees get whatever happens: reliefs, payers that always pay."""
    for t in range(m.ti.shape[1]):
        payer, payee = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t]
        rank = bound_rank(m.ti[row.TIE_ROLE, t])
        for b in range(m.t.shape[2]):
            bound, intent = m.t[row.CASH_BOUND, t, b], m.t[row.CASH_INTENT, t, b]
            if payer >= 0:
                m.rank[row.OWED, rank, payer, b] += bound
                m.rank[row.OWED, INTENT, payer, b] += intent
            if payee >= 0:
                paid = 1.0 if payer < 0 else 0.0
                if payer >= 0 and m.pays[payer, q, b] < 1.0:
                    paid = m.pays[payer, q, b]
                softened = (bound + intent) * (paid + (1.0 - paid) * m.t[row.RELIEF, t, b])
                m.n[row.CERTAIN, payee, b] += softened + m.t[row.GHOST, t, b] * m.t[row.RELIEF, t, b]


@kernel
def gather(q: int, m: Tableau) -> None:
    """What nodes receive from nodes at the present shares."""
    m.n[row.GOT, :, :] = 0.0
    lanes = m.n.shape[2]
    for t in range(m.ti.shape[1]):
        payer, payee, rank = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t], bound_rank(m.ti[row.TIE_ROLE, t])
        if payer < 0 or payee < 0:
            continue
        for b in range(lanes):
            if m.pays[payer, q, b] >= 1.0:
                paid = m.t[row.CASH_BOUND, t, b] * m.rank[row.SHARE, rank, payer, b]
                paid += m.t[row.CASH_INTENT, t, b] * m.rank[row.SHARE, INTENT, payer, b]
                m.n[row.GOT, payee, b] += paid * (1.0 - m.t[row.RELIEF, t, b])
    for k in range(m.di.shape[1]):
        i, lender = m.di[row.DEBT_BORROWER, k], m.di[row.DEBT_LENDER, k]
        if lender >= 0:
            for b in range(lanes):
                due, part = m.d[row.INTEREST, k, b] + m.d[row.PRINCIPAL_DUE, k, b], m.df[row.DEBT_SECURED, k]
                m.n[row.GOT, lender, b] += due * (
                    part * m.rank[row.SHARE, 0, i, b] + (1.0 - part) * m.rank[row.SHARE, 2, i, b]
                )
    for k in range(m.gi.shape[1]):
        if m.gi[row.GUARANTOR, k] >= 0 and m.gi[row.BENEFICIARY, k] >= 0 and not m.gi[row.FOR_LENDERS, k]:
            for b in range(lanes):
                m.n[row.GOT, m.gi[row.BENEFICIARY, k], b] += (
                    m.g[row.CALL_DUE, k, b] * m.rank[row.SHARE, 2, m.gi[row.GUARANTOR, k], b]
                )


@kernel
def pour(q: int, i: int, b: int, m: Tableau) -> float:
    """Give a node's resources to its classes, most senior first; returns the largest change of a share."""
    if m.pays[i, q, b] < 1.0:
        for r in range(RANKS):
            m.rank[row.SHARE, r, i, b] = m.pays[i, q, b]
        return 0.0
    left = m.n[row.KEPT, i, b] + m.n[row.CERTAIN, i, b] + m.n[row.GOT, i, b]
    if not m.nl[row.DOWN, i, b]:
        left += m.n[row.DRAWABLE, i, b]
    moved = 0.0
    for r in range(RANKS):
        due = m.rank[row.OWED, r, i, b]
        room = left
        if r == INTENT and not m.nl[row.DOWN, i, b]:
            room = max(left - m.limits[MINIMUM, i, b], 0.0)  # intentions do not touch the minimum cash
        share = 1.0 if due <= room or due <= 0.0 else room / due
        left -= share * due
        moved = max(moved, m.rank[row.SHARE, r, i, b] - share)
        m.rank[row.SHARE, r, i, b] = min(share, m.rank[row.SHARE, r, i, b])
    return float(moved)


@kernel
def clear(q: int, m: Tableau) -> None:
    """Sweep from full payment until no share moves; ``trouble`` is 1 for a path that does not settle."""
    add_up(q, m)
    m.rank[row.SHARE, :, :, :] = 1.0
    n, lanes = m.n.shape[1:]
    for _ in range(SWEEPS):
        gather(q, m)
        moved = 0.0
        for i in range(n):
            for b in range(lanes):
                moved = max(moved, pour(q, i, b, m))
        if moved <= CLOSE:
            return
    m.trouble[:] = 1


@kernel
def binding(i: int, b: int, m: Tableau) -> float:
    """What a node must pay: classes 0 to 2."""
    return float(m.rank[row.OWED, 0, i, b] + m.rank[row.OWED, 1, i, b] + m.rank[row.OWED, 2, i, b])


@kernel
def resources(i: int, b: int, m: Tableau) -> float:
    """What a node can pay from while it stands."""
    return float(m.n[row.KEPT, i, b] + m.n[row.CERTAIN, i, b] + m.n[row.GOT, i, b] + m.n[row.DRAWABLE, i, b])


@kernel
def fails(q: int, i: int, b: int, m: Tableau) -> bool:
    """Whether a node that stood so far cannot pay what binds it."""
    if m.nl[row.DOWN, i, b] or m.pays[i, q, b] < 1.0:
        return False
    due = binding(i, b, m)
    return bool(resources(i, b, m) < due - TIE * due)
