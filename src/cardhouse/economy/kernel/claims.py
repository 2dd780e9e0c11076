"""Claims on the estate of a firm that fell in this step: contracts, debts, and everybody else."""

from __future__ import annotations

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import INVESTMENT
from cardhouse.economy.kernel.clearing import bound_rank, committed_part, gone
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.dues import LONGER, pays_payee
from cardhouse.economy.kernel.lanes import Lanes, Mask, any_of, lanes, least, most, where
from cardhouse.economy.kernel.rounds import short_of
from cardhouse.economy.kernel.tableau import Tableau

SECURED, UNSECURED = range(2)


@inlined
def falls(q: int, i: int, m: Tableau) -> Mask:
    """Where a node fell in this step."""
    return m.marks[row.FELL, i] == q


@kernel
def world_pair(i: int, m: Tableau) -> int:
    """The pair of a node and the world, its last creditor."""
    return m.claim_begins[i + 1] - 1


@kernel
def claim_of_guarantor(pair: int, amount: Lanes, m: Tableau) -> None:
    """What a guarantor pays is his loss when he pays it; the claim that he gets for it is none, what it brings is."""
    m.claims[UNSECURED, m.pair_claim[pair]] += amount
    m.nodes[row.SUM_CREDIT, m.call_kinds[row.GUARANTOR, m.pair_guarantee[pair]]] -= amount


@kernel
def contract_claims(q: int, m: Tableau) -> None:
    """Receivables and damages of those who delivered to a failed payer; what a guarantor paid is his claim."""
    tie_kinds, ties = m.tie_kinds, m.ties
    for t in range(tie_kinds.shape[1]):
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        if payer < 0:
            continue
        fell = falls(q, payer, m)
        if not any_of(fell):
            continue
        owed, claim, _ = short_of(q, t, m)
        keeps = lanes(1.0)
        if payee >= 0:
            # What a vehicle lets is still there when it goes down with its tenant; who is gone has let nothing.
            vehicle = m.kinds[row.VEHICLE, payee]
            keeps = where(gone(q, payee, m), 0.0, 1.0) if vehicle else 1.0 - m.marks[row.DOWN, payee]
        goes_on = fell & (keeps > 0.0) & (m.tie_marks[row.REJECTED, t] > q)
        later = where(goes_on, damages_later(q, t, m), 0.0)
        claim = claim * keeps + damages_left(t, goes_on, later, q, m)
        paid = lanes(0.0)
        if tie_kinds[row.TIE_ROLE, t] != INVESTMENT:
            paid = where(fell, least(guaranteed(t, m), owed + claim), 0.0)
            assign_guarantors(t, paid, m)
        m.claims[UNSECURED, tie_kinds[row.TIE_CLAIM, t]] += where(fell, owed + claim - paid, 0.0)
        written_off = where(fell, ties[row.RECEIVABLE, t] * unpaid_part(t, payer, m), 0.0)
        m.books[col.FORGIVEN, payer] += written_off
        if payee >= 0:
            m.books[col.CREDIT_LOSS, payee] += written_off
        ties[row.RECEIVABLE, t] = where(fell, 0.0, ties[row.RECEIVABLE, t])


@kernel
def damages_left(t: int, goes_on: Mask, later: Lanes, q: int, m: Tableau) -> Lanes:
    """Damages of the quarters ahead that a creditor claims; those that guarantors will pay are their claims."""
    call_kinds, calls, left = m.call_kinds, m.calls, later
    pair = m.tie_kinds[row.FIRST_GUARANTEE, t]
    while pair >= 0:
        k = m.pair_guarantee[pair]
        if pays_payee(k, m):
            stands = goes_on & (m.marks[row.DOWN, call_kinds[row.GUARANTOR, k]] <= 0.0)
            room = most(m.call_terms[row.CALL_CAP, k] - calls[row.SPENT, k], 0.0) / call_kinds[row.COVERED, k]
            borne = calls[row.FIRST_LEFT, k] / call_kinds[row.COVERED, k]
            pays = least(most(damages_guaranteed(q, t, k, m) - borne, 0.0), room)
            part = where(stands, least(left, pays), 0.0)
            claim_of_guarantor(pair, part, m)
            left -= part
        pair = m.next_guarantee[pair]
    return left


@kernel
def unpaid_part(t: int, payer: int, m: Tableau) -> Lanes:
    """Share of the binding cash of a contract that a failed payer leaves unpaid."""
    return 1.0 - m.classes[row.SHARE, bound_rank(m.tie_kinds[row.TIE_ROLE, t]), payer]


@kernel
def damages_later(q: int, t: int, m: Tableau) -> Lanes:
    """Binding dues of the rest of a year, less what the creditor avoids or lets again."""
    total = lanes(0.0)
    for ahead in range(q + 1, q + m.switches[row.DAMAGE_STEPS]):
        later = min(ahead, m.years.size - 1)  # the pace of the last step goes on after it
        total += due_later(t, later, m) * m.schedules[row.TIE_BOUND, t, later]
    return total * missed_later(t, m)


@kernel
def damages_guaranteed(q: int, t: int, k: int, m: Tableau) -> Lanes:
    """What of these damages a guarantee covers: quarters in which it is in force, of a vehicle what it lets already."""
    total, payee = lanes(0.0), m.tie_kinds[row.TIE_PAYEE, t]
    for ahead in range(q + 1, q + m.switches[row.DAMAGE_STEPS]):
        if not m.call_kinds[row.BEGINS, k] <= ahead <= m.call_kinds[row.ENDS, k]:
            continue
        later = min(ahead, m.years.size - 1)
        due = due_later(t, later, m)
        if payee >= 0 and m.kinds[row.VEHICLE, payee]:
            due = where(m.marks[row.DOWN, payee] > 0.0, least(due, m.ties[row.LET, t] * LONGER), due)
        total += due * m.schedules[row.TIE_BOUND, t, later]
    return total * missed_later(t, m)


@kernel
def due_later(t: int, later: int, m: Tableau) -> Lanes:
    """What a contract asks for in a later step by plan."""
    due = m.schedules[row.TIE_DUE, t, later]
    if m.tie_kinds[row.TIE_OF_SPENDING, t]:
        payer = m.tie_kinds[row.TIE_PAYER, t]
        due += m.schedules[row.TIE_OF_CAPEX, t, later] * m.plans[row.PLAN_CAPEX, payer, later]
    return due


@kernel
def missed_later(t: int, m: Tableau) -> Lanes:
    """Share of a later due that its payee neither avoids nor lets again."""
    terms = m.tie_terms
    return 1.0 - least(terms[row.TIE_AVOID, t] + terms[row.TIE_RELET, t], terms[row.TIE_MOST, t])


@kernel
def paid_under(k: int, m: Tableau) -> Lanes:
    """What a guarantor paid in this step for each contract that the guarantee covers."""
    share = m.classes[row.SHARE, 2, m.call_kinds[row.GUARANTOR, k]]
    return m.calls[row.CALL_DUE, k] * share / m.call_kinds[row.COVERED, k]


@kernel
def guaranteed(t: int, m: Tableau) -> Lanes:
    """What guarantors paid in this step under a contract."""
    paid = lanes(0.0)
    pair = m.tie_kinds[row.FIRST_GUARANTEE, t]
    while pair >= 0:
        if pays_payee(m.pair_guarantee[pair], m):
            paid += paid_under(m.pair_guarantee[pair], m)
        pair = m.next_guarantee[pair]
    return paid


@kernel
def assign_guarantors(t: int, paid: Lanes, m: Tableau) -> None:
    """Give the claim behind a payment to the guarantors who made it."""
    whole = guaranteed(t, m)
    some = (paid > 0.0) & (whole > 0.0)
    if not any_of(some):
        return
    pair = m.tie_kinds[row.FIRST_GUARANTEE, t]
    while pair >= 0:
        k = m.pair_guarantee[pair]
        if pays_payee(k, m):
            claim_of_guarantor(pair, where(some, paid * paid_under(k, m) / whole, 0.0), m)
        pair = m.next_guarantee[pair]


@kernel
def debt_claims(q: int, m: Tableau) -> None:
    """All debt of failed nodes, and the interest of the step that stayed unpaid."""
    debt_kinds, debts, classes, nodes = m.debt_kinds, m.debts, m.classes, m.nodes
    for d in range(debt_kinds.shape[1]):
        i, pair, part = (
            debt_kinds[row.DEBT_BORROWER, d],
            debt_kinds[row.DEBT_CLAIM, d],
            m.debt_terms[row.DEBT_SECURED, d],
        )
        fell = falls(q, i, m)
        if not any_of(fell):
            continue
        owed, missed = debts[row.PRINCIPAL, d], debts[row.INTEREST, d]
        first = (owed + missed * (1.0 - classes[row.SHARE, 0, i])) * part
        rest = (owed + missed * (1.0 - classes[row.SHARE, 2, i])) * (1.0 - part)
        m.claims[SECURED, pair] += where(fell, first, 0.0)
        m.claims[UNSECURED, pair] += where(fell, rest, 0.0)
    for i in range(nodes.shape[1]):
        fell = falls(q, i, m)
        if any_of(fell):
            missed = nodes[row.NEW_INTEREST, i] * m.years[q] * (1.0 - classes[row.SHARE, 2, i])
            m.claims[UNSECURED, world_pair(i, m)] += where(fell, nodes[row.NEW_DEBT, i] + missed, 0.0)


@kernel
def other_claims(q: int, m: Tableau) -> None:
    """Unpaid costs, orders and tax, landlords and trade creditors that no tie names, unpaid calls."""
    nodes, classes, call_kinds = m.nodes, m.classes, m.call_kinds
    for i in range(nodes.shape[1]):
        fell = falls(q, i, m)
        if any_of(fell):
            amount = (nodes[row.COSTS, i] + nodes[row.LEVY, i]) * (1.0 - classes[row.SHARE, 0, i])
            amount += nodes[row.TAX_DUE, i]
            amount += nodes[row.CAPEX_WORLD, i] * committed_part(i, m) * (1.0 - classes[row.SHARE, 2, i])
            landlords = least(m.node_terms[row.LEASE_CLAIM, i], nodes[row.LEASES, i])
            amount += landlords + nodes[row.OTHER_LIABILITIES, i]
            m.claims[UNSECURED, world_pair(i, m)] += where(fell, amount, 0.0)
    for k in range(call_kinds.shape[1]):
        who = call_kinds[row.GUARANTOR, k]
        if who >= 0:
            unpaid = m.calls[row.CALL_DUE, k] * (1.0 - classes[row.SHARE, 2, who])
            m.claims[UNSECURED, call_kinds[row.CALL_CLAIM, k]] += where(falls(q, who, m), unpaid, 0.0)
