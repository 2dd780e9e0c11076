"""Claims on the estate of a firm that fell in this step: contracts, debts, and everybody else."""

from __future__ import annotations

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import INVESTMENT
from cardhouse.economy.kernel.clearing import bound_rank, committed_part
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.rounds import short_of
from cardhouse.economy.kernel.tableau import Tableau

SECURED, UNSECURED = range(2)


@kernel
def add_claim(rank: int, i: int, creditor: int, b: int, amount: float, m: Tableau) -> None:
    """One more claim on the estate of a node; the world is its last creditor."""
    who = creditor if creditor >= 0 else m.nodes.shape[1]
    m.claims[rank, i, who, b] += amount


@kernel
def contract_claims(q: int, m: Tableau) -> None:
    """Receivables and damages of those who delivered to a failed payer; what a guarantor paid is his claim."""
    tie_kinds, marks, ties = m.tie_kinds, m.marks, m.ties
    for t in range(m.tie_kinds.shape[1]):
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        if payer < 0:
            continue
        for b in range(m.nodes.shape[2]):
            if marks[row.FELL, payer, b] != q:
                continue
            owed, claim, _ = short_of(q, t, b, m)
            keeps = payee < 0 or not marks[row.DOWN, payee, b] or m.kinds[row.VEHICLE, payee] == 1
            if keeps and m.tie_marks[row.REJECTED, t, b] > q:
                claim += damages_left(t, payer, b, damages_later(q, t, m), q, m)
            elif not keeps:
                claim = 0.0
            paid = 0.0
            if tie_kinds[row.TIE_ROLE, t] != INVESTMENT:
                paid = min(guaranteed(t, b, m), owed + claim)
                assign_guarantors(t, b, paid, payer, m)
            add_claim(UNSECURED, payer, payee, b, owed + claim - paid, m)
            written_off = ties[row.RECEIVABLE, t, b] * unpaid_part(t, payer, b, m)
            m.accounts[q, col.FORGIVEN, payer, b] += written_off
            if payee >= 0:
                m.accounts[q, col.CREDIT_LOSS, payee, b] += written_off
            ties[row.RECEIVABLE, t, b] = 0.0


@kernel
def damages_left(t: int, payer: int, b: int, later: float, q: int, m: Tableau) -> float:
    """Damages of the quarters ahead that a creditor claims; those that guarantors will pay are their claims."""
    call_kinds, left = m.call_kinds, later
    for pair in range(m.pair_tie.size):
        k = m.pair_guarantee[pair]
        who = call_kinds[row.GUARANTOR, k]
        if m.pair_tie[pair] != t or call_kinds[row.FOR_LENDERS, k] or who < 0 or m.marks[row.DOWN, who, b]:
            continue
        if call_kinds[row.BEGINS, k] <= q <= call_kinds[row.ENDS, k]:
            room = m.call_terms[row.CALL_CAP, k] - m.calls[row.SPENT, k, b]
            part = min(left, max(room, 0.0) / covered(k, m))
            add_claim(UNSECURED, payer, who, b, part, m)
            left -= part
    return left


@kernel
def unpaid_part(t: int, payer: int, b: int, m: Tableau) -> float:
    """Share of the binding cash of a contract that a failed payer leaves unpaid."""
    return float(1.0 - m.classes[row.SHARE, bound_rank(m.tie_kinds[row.TIE_ROLE, t]), payer, b])


@kernel
def damages_later(q: int, t: int, m: Tableau) -> float:
    """Binding dues of the rest of a year, less what the creditor avoids or lets again."""
    schedules, tie_terms = m.schedules, m.tie_terms
    total = 0.0
    steps = m.calendar.shape[1]
    for ahead in range(q + 1, q + m.switches[row.DAMAGE_STEPS]):
        later = min(ahead, steps - 1)  # the pace of the last step goes on after it
        due = schedules[row.TIE_DUE, t, later]
        if schedules[row.TIE_OF_CAPEX, t, later] > 0.0:
            due += schedules[row.TIE_OF_CAPEX, t, later] * m.plans[row.PLAN_CAPEX, m.tie_kinds[row.TIE_PAYER, t], later]
        total += due * schedules[row.TIE_BOUND, t, later]
    softened = min(tie_terms[row.TIE_AVOID, t] + tie_terms[row.TIE_RELET, t], tie_terms[row.TIE_MOST, t])
    return float(total * (1.0 - softened))


@kernel
def guaranteed(t: int, b: int, m: Tableau) -> float:
    """What guarantors paid in this step under a contract."""
    call_kinds = m.call_kinds
    paid = 0.0
    for pair in range(m.pair_tie.size):
        k = m.pair_guarantee[pair]
        if m.pair_tie[pair] == t and not call_kinds[row.FOR_LENDERS, k] and call_kinds[row.GUARANTOR, k] >= 0:
            paid += (
                m.calls[row.CALL_DUE, k, b] * m.classes[row.SHARE, 2, call_kinds[row.GUARANTOR, k], b] / covered(k, m)
            )
    return paid


@kernel
def covered(k: int, m: Tableau) -> int:
    """Number of contracts that a guarantee covers."""
    found = 0
    for pair in range(m.pair_tie.size):
        found += m.pair_guarantee[pair] == k
    return max(found, 1)


@kernel
def assign_guarantors(t: int, b: int, paid: float, payer: int, m: Tableau) -> None:
    """Give the claim behind a payment to the guarantors who made it."""
    call_kinds = m.call_kinds
    whole = guaranteed(t, b, m)
    if paid <= 0.0 or whole <= 0.0:
        return
    for pair in range(m.pair_tie.size):
        k = m.pair_guarantee[pair]
        if m.pair_tie[pair] == t and not call_kinds[row.FOR_LENDERS, k] and call_kinds[row.GUARANTOR, k] >= 0:
            part = (
                m.calls[row.CALL_DUE, k, b] * m.classes[row.SHARE, 2, call_kinds[row.GUARANTOR, k], b] / covered(k, m)
            )
            add_claim(UNSECURED, payer, call_kinds[row.GUARANTOR, k], b, paid * part / whole, m)


@kernel
def debt_claims(q: int, m: Tableau) -> None:
    """All debt of failed nodes, and the interest of the step that stayed unpaid."""
    debt_kinds, marks, debts, classes, nodes = m.debt_kinds, m.marks, m.debts, m.classes, m.nodes
    for d in range(m.debt_kinds.shape[1]):
        i, part = debt_kinds[row.DEBT_BORROWER, d], m.debt_terms[row.DEBT_SECURED, d]
        for b in range(m.nodes.shape[2]):
            if marks[row.FELL, i, b] != q:
                continue
            missed = debts[row.INTEREST, d, b]
            first = (debts[row.PRINCIPAL, d, b] + missed * (1.0 - classes[row.SHARE, 0, i, b])) * part
            add_claim(SECURED, i, debt_kinds[row.DEBT_LENDER, d], b, first, m)
            rest = (debts[row.PRINCIPAL, d, b] + missed * (1.0 - classes[row.SHARE, 2, i, b])) * (1.0 - part)
            add_claim(UNSECURED, i, debt_kinds[row.DEBT_LENDER, d], b, rest, m)
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            if marks[row.FELL, i, b] == q:
                missed = nodes[row.NEW_INTEREST, i, b] * m.calendar[row.YEARS, q] * (1.0 - classes[row.SHARE, 2, i, b])
                add_claim(UNSECURED, i, -1, b, nodes[row.NEW_DEBT, i, b] + missed, m)


@kernel
def other_claims(q: int, m: Tableau) -> None:
    """Unpaid costs, orders and tax, landlords and trade creditors that no tie names, unpaid calls."""
    marks, nodes, classes, call_kinds = m.marks, m.nodes, m.classes, m.call_kinds
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            if marks[row.FELL, i, b] != q:
                continue
            amount = (nodes[row.COSTS, i, b] + nodes[row.LEVY, i, b]) * (1.0 - classes[row.SHARE, 0, i, b]) + nodes[
                row.TAX_DUE, i, b
            ]
            amount += nodes[row.CAPEX_WORLD, i, b] * committed_part(i, b, m) * (1.0 - classes[row.SHARE, 2, i, b])
            landlords = min(nodes[row.LEASE_CLAIM, i, b], nodes[row.LEASES, i, b])
            add_claim(UNSECURED, i, -1, b, amount + landlords + nodes[row.OTHER_LIABILITIES, i, b], m)
    for k in range(m.call_kinds.shape[1]):
        who = call_kinds[row.GUARANTOR, k]
        for b in range(m.nodes.shape[2]):
            if who >= 0 and marks[row.FELL, who, b] == q:
                unpaid = m.calls[row.CALL_DUE, k, b] * (1.0 - classes[row.SHARE, 2, who, b])
                creditor = -1 if call_kinds[row.FOR_LENDERS, k] else call_kinds[row.BENEFICIARY, k]
                add_claim(UNSECURED, who, creditor, b, unpaid, m)
