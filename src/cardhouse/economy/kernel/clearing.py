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
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.dues import contract_cash
from cardhouse.economy.kernel.funding import MINIMUM
from cardhouse.economy.kernel.lanes import Lanes, Mask, any_of, everywhere, lanes, least, most, no, where
from cardhouse.economy.kernel.tableau import Tableau

SWEEPS = 2000
CLOSE = 1e-12
"""Relative change of a share at which sweeps stop."""
TIE = 1e-9
"""A node this close to its limit, relative to its dues, is solvent."""


@inlined
def bound_rank(role: int) -> int:
    """Class of the binding part of a contract."""
    return 1 if role == RENT else 2


@inlined
def gone(q: int, i: int, m: Tableau) -> Mask:
    """Where a node stopped in an earlier step: it owes and delivers nothing any more."""
    return (m.marks[row.DOWN, i] > 0.0) & (m.marks[row.FELL, i] < q)


@inlined
def committed_part(i: int, m: Tableau) -> Lanes:
    """Part of spending with unnamed parties that is ordered; a reorganised firm has rejected its orders."""
    return m.node_terms[row.COMMITTED, i] * (1.0 - m.marks[row.REBUILT, i])


@kernel
def change_contract(q: int, t: int, m: Tableau) -> None:
    """Take up a change of a contract between two rounds: its parties are added up again."""
    contract_cash(q, t, m)
    payer, payee = m.tie_kinds[row.TIE_PAYER, t], m.tie_kinds[row.TIE_PAYEE, t]
    if payer >= 0:
        m.flags[row.CHANGED, payer] = 1
    if payee >= 0:
        m.flags[row.CHANGED, payee] = 1


@inlined
def owes(q: int, i: int, m: Tableau) -> None:
    """Sum the dues of a node by class: to unnamed parties, none if it is gone; of contracts, debts and calls."""
    classes, nodes, ties, years = m.classes, m.nodes, m.ties, m.years[q]
    left, committed = gone(q, i, m), committed_part(i, m)
    spends, interest = nodes[row.CAPEX_WORLD, i], nodes[row.NEW_INTEREST, i] * years
    running = nodes[row.COSTS, i] + nodes[row.LEVY, i] + nodes[row.TAX_DUE, i]
    ordered = spends * committed + nodes[row.LADDER_DUE, i] + interest
    meant = spends * (1.0 - committed) + nodes[row.FLEXIBLE, i]
    meant += m.node_terms[row.PAYOUT, i] * most(nodes[row.FREE, i], 0.0)
    first, rent = where(left, 0.0, running), lanes(0.0)
    second, meant = where(left, 0.0, ordered), where(left, 0.0, meant)
    t = m.kinds[row.FIRST_BOUGHT, i]
    while t >= 0:
        if m.tie_kinds[row.TIE_ROLE, t] == RENT:
            rent += ties[row.CASH_BOUND, t]
        else:
            second += ties[row.CASH_BOUND, t]
        meant += ties[row.CASH_INTENT, t]
        t = m.tie_kinds[row.NEXT_BOUGHT, t]
    k = m.kinds[row.FIRST_DEBT, i]
    while k >= 0:
        due, secured = m.debts[row.INTEREST, k] + m.debts[row.PRINCIPAL_DUE, k], m.debt_terms[row.DEBT_SECURED, k]
        first += due * secured
        second += due * (1.0 - secured)
        k = m.debt_kinds[row.NEXT_DEBT, k]
    g = m.kinds[row.FIRST_GIVEN, i]
    while g >= 0:
        second += m.calls[row.CALL_DUE, g]
        g = m.call_kinds[row.NEXT_GIVEN, g]
    classes[row.OWED, 0, i], classes[row.OWED, 1, i] = first, rent
    classes[row.OWED, 2, i], classes[row.OWED, INTENT, i] = second, meant


@inlined
def receives(i: int, m: Tableau) -> tuple[Lanes, Lanes]:
    """What a node gets whatever happens, and what it receives from nodes when all pay in full.

    The first are reliefs, and what payers outside the network owe, who always pay.
    """
    ties, certain, full = m.ties, lanes(0.0), lanes(0.0)
    t = m.kinds[row.FIRST_SOLD, i]
    while t >= 0:
        relief, whole = ties[row.RELIEF, t], ties[row.CASH_BOUND, t] + ties[row.CASH_INTENT, t]
        if m.tie_kinds[row.TIE_PAYER, t] >= 0:
            full += whole * (1.0 - relief)
            whole *= relief
        certain += whole + ties[row.GHOST, t] * relief
        t = m.tie_kinds[row.NEXT_SOLD, t]
    k = m.kinds[row.FIRST_LENT, i]
    while k >= 0:
        part = m.debt_terms[row.DEBT_SECURED, k]
        full += (m.debts[row.INTEREST, k] + m.debts[row.PRINCIPAL_DUE, k]) * (part + (1.0 - part))
        k = m.debt_kinds[row.NEXT_LENT, k]
    g = m.kinds[row.FIRST_BACKED, i]
    while g >= 0:
        full += m.calls[row.CALL_DUE, g]
        g = m.call_kinds[row.NEXT_BACKED, g]
    return certain, full


@inlined
def received(i: int, m: Tableau) -> Lanes:
    """What a node receives from nodes at the present shares."""
    ties, classes, found = m.ties, m.classes, lanes(0.0)
    t = m.kinds[row.FIRST_SOLD, i]
    while t >= 0:
        payer = m.tie_kinds[row.TIE_PAYER, t]
        if payer >= 0:
            paid = ties[row.CASH_BOUND, t] * classes[row.SHARE, bound_rank(m.tie_kinds[row.TIE_ROLE, t]), payer]
            paid += ties[row.CASH_INTENT, t] * classes[row.SHARE, INTENT, payer]
            found += paid * (1.0 - ties[row.RELIEF, t])
        t = m.tie_kinds[row.NEXT_SOLD, t]
    k = m.kinds[row.FIRST_LENT, i]
    while k >= 0:
        borrower, part = m.debt_kinds[row.DEBT_BORROWER, k], m.debt_terms[row.DEBT_SECURED, k]
        mix = part * classes[row.SHARE, 0, borrower] + (1.0 - part) * classes[row.SHARE, 2, borrower]
        found += (m.debts[row.INTEREST, k] + m.debts[row.PRINCIPAL_DUE, k]) * mix
        k = m.debt_kinds[row.NEXT_LENT, k]
    g = m.kinds[row.FIRST_BACKED, i]
    while g >= 0:
        found += m.calls[row.CALL_DUE, g] * classes[row.SHARE, 2, m.call_kinds[row.GUARANTOR, g]]
        g = m.call_kinds[row.NEXT_BACKED, g]
    return found


@inlined
def pour(q: int, i: int, settled: Mask, m: Tableau) -> Lanes:
    """Give a node's resources to its classes, most senior first; returns the largest change of a share.

    A card that is pulled pays its part of each class at most, and never more than it has. Lanes that have settled
    keep their shares. Where the model is funded everybody pays what binds it; what is meant is paid from own money.
    """
    classes, nodes = m.classes, m.nodes
    down = m.marks[row.DOWN, i] > 0.0
    left = nodes[row.KEPT, i] + nodes[row.CERTAIN, i] + nodes[row.GOT, i]
    left = where(down, left, left + nodes[row.DRAWABLE, i])
    pays, moved = lanes(1.0), lanes(0.0)
    if m.pulls[q]:
        pays = m.pays[i, q]
    for r in range(RANKS):
        due, room = classes[row.OWED, r, i], left
        if r == INTENT:
            # Intentions do not touch the minimum cash.
            room = where(down, left, left - m.limits[MINIMUM, i])
        share, short = pays, (due > room) & (due > 0.0)
        if any_of(short) and (r == INTENT or not m.switches[row.FUNDED]):  # a division costs as much as all the rest
            share = least(where(short, most(room, 0.0) / due, 1.0), pays)
        left -= share * due
        before = classes[row.SHARE, r, i]
        moved = most(moved, before - share)
        classes[row.SHARE, r, i] = where(settled, before, least(share, before))
    return where(settled, 0.0, moved)


@kernel
def add_up(q: int, number: int, m: Tableau) -> None:
    """Sum what is owed and what comes when everybody pays; after the first round only where something changed."""
    n = m.nodes.shape[1]
    for i in range(n):
        for r in range(RANKS):
            m.classes[row.SHARE, r, i] = 1.0
    for i in range(n):
        if number == 1 or m.flags[row.CHANGED, i]:
            owes(q, i, m)
            m.nodes[row.CERTAIN, i], m.nodes[row.FULL, i] = receives(i, m)


@kernel
def pour_first(q: int, number: int, m: Tableau) -> Lanes:
    """The sweep in which everybody is paid in full; who paid in full in the last round and is as he was does again."""
    moved, flags = lanes(0.0), m.flags
    for i in range(m.nodes.shape[1]):
        m.nodes[row.GOT, i] = m.nodes[row.FULL, i]
        flags[row.HIT, i] = flags[row.MOVED, i] = 0
        if number == 1 or flags[row.CHANGED, i] or flags[row.PRESSED, i]:
            falls = pour(q, i, everywhere(False), m)
            flags[row.PRESSED, i] = flags[row.MOVED, i] = 1 if any_of(falls > 0.0) else 0
            flags[row.CHANGED, i] = 0
            moved = most(moved, falls)
    return moved


@kernel
def pass_on_falls(m: Tableau) -> None:
    """Receipts of those to whom somebody pays a smaller share since the last sweep."""
    flags, tie_kinds = m.flags, m.tie_kinds
    for i in range(m.nodes.shape[1]):
        if not flags[row.MOVED, i]:
            continue
        flags[row.MOVED, i] = 0
        t = m.kinds[row.FIRST_BOUGHT, i]
        while t >= 0:
            hit(tie_kinds[row.TIE_PAYEE, t], m)
            t = tie_kinds[row.NEXT_BOUGHT, t]
        k = m.kinds[row.FIRST_DEBT, i]
        while k >= 0:
            hit(m.debt_kinds[row.DEBT_LENDER, k], m)
            k = m.debt_kinds[row.NEXT_DEBT, k]
        g = m.kinds[row.FIRST_GIVEN, i]
        while g >= 0:
            hit(m.call_kinds[row.BENEFICIARY, g], m)
            g = m.call_kinds[row.NEXT_GIVEN, g]
    for i in range(m.nodes.shape[1]):
        if flags[row.HIT, i]:
            m.nodes[row.GOT, i] = received(i, m)


@kernel
def hit(i: int, m: Tableau) -> None:
    """Somebody pays a node a smaller share."""
    if i >= 0:
        m.flags[row.HIT, i] = 1


@kernel
def pour_hit(q: int, settled: Mask, m: Tableau) -> Lanes:
    """A sweep over those who receive less than before; the others' shares stay what they are."""
    moved, flags = lanes(0.0), m.flags
    for i in range(m.nodes.shape[1]):
        if flags[row.HIT, i]:
            falls = pour(q, i, settled, m)
            flags[row.HIT, i] = 0
            if any_of(falls > 0.0):
                flags[row.MOVED, i] = flags[row.PRESSED, i] = 1
            moved = most(moved, falls)
    return moved


@kernel
def clear(q: int, number: int, m: Tableau) -> None:
    """Sweep from full payment until no share moves; ``trouble`` is 1 for a path that does not settle.

    Each lane stops by itself, so that no path depends on those beside it. ``number`` is the round, from 1.
    """
    add_up(q, number, m)
    moved, settled = pour_first(q, number, m), everywhere(False)
    for _ in range(SWEEPS):
        settled = settled | (moved <= CLOSE)
        over = not any_of(no(settled))
        if not over or any_of(moved > 0.0):
            pass_on_falls(m)
        if over:
            return
        moved = pour_hit(q, settled, m)
    m.trouble[0] = where(settled, m.trouble[0], 1.0)


@inlined
def binding(i: int, m: Tableau) -> Lanes:
    """What a node must pay: classes 0 to 2."""
    classes = m.classes
    return classes[row.OWED, 0, i] + classes[row.OWED, 1, i] + classes[row.OWED, 2, i]


@inlined
def resources(i: int, m: Tableau) -> Lanes:
    """What a node can pay from while it stands."""
    nodes = m.nodes
    return nodes[row.KEPT, i] + nodes[row.CERTAIN, i] + nodes[row.GOT, i] + nodes[row.DRAWABLE, i]


@inlined
def fails(q: int, i: int, m: Tableau) -> Mask:
    """Where a node that stood so far cannot pay what binds it."""
    due = binding(i, m)
    short = resources(i, m) < due - TIE * due
    short = short & (m.marks[row.DOWN, i] <= 0.0)
    return short & (m.pays[i, q] >= 1.0) if m.pulls[q] else short
