"""What follows a default: claims, what an estate brings, who is paid what and when. Point 6 of a step.

All debt falls due, contracts are rejected and leave a claim for a year of dues less what the creditor avoids or
lets again. Assets are sold; secured claims come first; creditors are paid after a lag. A firm that is reorganised
keeps its plant and its customers: its debts are cut to what creditors would have got, its shares are void.
"""

from __future__ import annotations

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, INVESTMENT, RENT
from cardhouse.economy.kernel.clearing import bound_rank, committed_part
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.outset import AGED
from cardhouse.economy.kernel.rounds import short_of
from cardhouse.economy.kernel.tableau import Tableau

SECURED, UNSECURED = range(2)
SWEEPS = 500
CLOSE = 1e-12


@kernel
def resolve(q: int, m: Tableau) -> None:
    """Everything that the defaults of this step bring about."""
    pay_lenders(q, m)
    marks = m.marks
    n, lanes = m.nodes.shape[1:]
    any_down = False
    for i in range(n):
        for b in range(lanes):
            any_down = any_down or marks[row.FELL, i, b] == q
    if not any_down:
        return
    m.claims[:, :, :, :] = 0.0
    contract_claims(q, m)
    debt_claims(q, m)
    other_claims(q, m)
    for b in range(lanes):
        share_out(q, b, m)
    for i in range(n):
        for b in range(lanes):
            if marks[row.FELL, i, b] == q:
                void_shares(q, i, b, m)
                if m.kinds[row.REORGANISES, i] and not marks[row.REBUILT, i, b] and not marks[row.PULLED, i, b]:
                    rebuild(q, i, b, m)
                else:
                    wind_up(q, i, b, m)


@kernel
def pay_lenders(q: int, m: Tableau) -> None:
    """Calls that repay the lenders of a vehicle reduce its debt before anything else is claimed."""
    call_kinds, debts = m.call_kinds, m.debts
    for k in range(m.call_kinds.shape[1]):
        if not call_kinds[row.FOR_LENDERS, k]:
            continue
        i = call_kinds[row.BENEFICIARY, k]
        for b in range(m.nodes.shape[2]):
            left = m.calls[row.CALL_DUE, k, b] * m.classes[row.SHARE, 2, call_kinds[row.GUARANTOR, k], b]
            for d in range(m.debt_kinds.shape[1]):
                if m.debt_kinds[row.DEBT_BORROWER, d] == i and left > 0.0:
                    part = min(left, debts[row.PRINCIPAL, d, b])
                    debts[row.PRINCIPAL, d, b] -= part
                    left -= part
                    m.accounts[q, col.CALLS_GOT, i, b] += part
                    lender = m.debt_kinds[row.DEBT_LENDER, d]
                    if lender >= 0:
                        m.nodes[row.CASH, lender, b] += part
                        m.accounts[q, col.REPAID_GOT, lender, b] += part


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


@kernel
def brings(i: int, b: int, m: Tableau) -> float:
    """What the sale of a failed node's own assets brings; claims on other estates are not in it."""
    nodes, holding_kinds = m.nodes, m.holding_kinds
    worth = nodes[row.RESIDUAL_RECEIVABLES, i, b] * nodes[row.SOLD_RECEIVABLES, i, b]
    worth += nodes[row.SHORT, i, b] * nodes[row.SOLD_SHORT, i, b] * m.levels[AGED, b]
    worth += (nodes[row.LONG, i, b] + nodes[row.BUILDING, i, b]) * nodes[row.SOLD_LONG, i, b]
    worth += max(nodes[row.OTHER_ASSETS, i, b], 0.0) * nodes[row.SOLD_OTHER, i, b]
    for s in range(m.holding_kinds.shape[1]):
        if holding_kinds[row.STAKE_HOLDER, s] == i and not (
            holding_kinds[row.STAKE_HELD, s] >= 0 and m.marks[row.DOWN, holding_kinds[row.STAKE_HELD, s], b]
        ):
            worth += m.holdings[row.CARRYING, s, b] * nodes[row.SOLD_STAKES, i, b]
    return float(worth)


@kernel
def collects(i: int, b: int, m: Tableau) -> float:
    """Receivables of a failed node from payers that stand, and what older estates owe it.

    Loans it made are counted at nothing: they run on for years after its creditors were paid.
    """
    tie_kinds, marks = m.tie_kinds, m.marks
    total = 0.0
    for t in range(m.tie_kinds.shape[1]):
        payer = tie_kinds[row.TIE_PAYER, t]
        if tie_kinds[row.TIE_PAYEE, t] == i and not (payer >= 0 and marks[row.DOWN, payer, b]):
            total += m.ties[row.RECEIVABLE, t, b]
    for j in range(m.estate.shape[0]):
        total += m.estate[j, i, b]
    return float(total)


@kernel
def share_out(q: int, b: int, m: Tableau) -> None:
    """Recovery of each class of each estate, claims of estates on each other solved jointly from above."""
    nodes, recovery, marks, claims = m.nodes, m.recovery, m.marks, m.claims
    n = m.nodes.shape[1]
    for i in range(n):
        nodes[row.GOT, i, b] = brings(i, b, m) + collects(i, b, m)
    senior, rates = recovery[SECURED], recovery[UNSECURED]
    senior[:, b] = 1.0
    rates[:, b] = 1.0
    for _ in range(SWEEPS):
        moved = 0.0
        for i in range(n):
            if marks[row.FELL, i, b] != q:
                continue
            worth = nodes[row.GOT, i, b]
            for j in range(n):
                if j != i and marks[row.FELL, j, b] == q:
                    worth += claims[SECURED, j, i, b] * senior[j, b]
                    worth += claims[UNSECURED, j, i, b] * rates[j, b]
            first, rest = claims[SECURED, i, :, b].sum(), claims[UNSECURED, i, :, b].sum()
            high = min(worth / first, 1.0) if first > 0.0 else 1.0
            low = min(max(worth - first, 0.0) / rest, 1.0) if rest > 0.0 else 1.0
            moved = max(moved, abs(high - senior[i, b]), abs(low - rates[i, b]))
            senior[i, b], rates[i, b] = high, low
        if moved <= CLOSE:
            break
    lost_by_creditors(q, b, m)


@kernel
def lost_by_creditors(q: int, b: int, m: Tableau) -> None:
    """Write claims down to what estates will pay; loans leave the books of lenders, the estate's debt enters."""
    debt_kinds, marks, claims, recovery = m.debt_kinds, m.marks, m.claims, m.recovery
    n = m.nodes.shape[1]
    for d in range(m.debt_kinds.shape[1]):
        i, lender = debt_kinds[row.DEBT_BORROWER, d], debt_kinds[row.DEBT_LENDER, d]
        if marks[row.FELL, i, b] == q and lender >= 0:
            m.accounts[q, col.CREDIT_LOSS, lender, b] += m.debts[row.PRINCIPAL, d, b]
    for i in range(n):
        if marks[row.FELL, i, b] != q:
            continue
        for c in range(n + 1):
            due = claims[SECURED, i, c, b] * recovery[SECURED, i, b]
            due += claims[UNSECURED, i, c, b] * recovery[UNSECURED, i, b]
            m.estate[i, c, b] = due
            if c < n:
                m.accounts[q, col.CREDIT_LOSS, c, b] -= due
        marks[row.ESTATE_AT, i, b] = q + max(int(m.kinds[row.RECOVERY_LAG, i]), 1)


@kernel
def void_shares(q: int, i: int, b: int, m: Tableau) -> None:
    """Shares of a failed firm are worth nothing to their holders."""
    holding_kinds, holdings = m.holding_kinds, m.holdings
    for s in range(m.holding_kinds.shape[1]):
        if holding_kinds[row.STAKE_HELD, s] == i:
            if holding_kinds[row.STAKE_HOLDER, s] >= 0:
                m.accounts[q, col.STAKE_LOSS, holding_kinds[row.STAKE_HOLDER, s], b] += holdings[row.CARRYING, s, b]
            holdings[row.CARRYING, s, b], holdings[row.FRACTION, s, b] = 0.0, 0.0


@kernel
def owed_before(i: int, b: int, m: Tableau) -> float:
    """Liabilities of a node as its books have them, without payables under contracts (already claimed)."""
    nodes = m.nodes
    owed = (
        nodes[row.NEW_DEBT, i, b]
        + nodes[row.LEASES, i, b]
        + nodes[row.OTHER_LIABILITIES, i, b]
        + nodes[row.TAX_DUE, i, b]
    )
    for d in range(m.debt_kinds.shape[1]):
        if m.debt_kinds[row.DEBT_BORROWER, d] == i:
            owed += m.debts[row.PRINCIPAL, d, b]
    return float(owed)


@kernel
def clear_debts(i: int, b: int, m: Tableau) -> None:
    """Debts of a failed node leave its books: the estate owes in their place."""
    nodes, ladders = m.nodes, m.ladders
    for d in range(m.debt_kinds.shape[1]):
        if m.debt_kinds[row.DEBT_BORROWER, d] == i:
            m.debts[row.PRINCIPAL, d, b] = 0.0
    nodes[row.NEW_DEBT, i, b] = nodes[row.NEW_INTEREST, i, b] = 0.0
    ladders[row.LADDER, i, :, b] = 0.0
    ladders[row.LADDER_RATE, i, :, b] = 0.0


@kernel
def wind_up(q: int, i: int, b: int, m: Tableau) -> None:
    """Liquidate: assets at what they bring, liabilities at what the estate pays."""
    nodes, holdings, tie_marks = m.nodes, m.holdings, m.tie_marks
    worth = brings(i, b, m)
    held = (
        nodes[row.RESIDUAL_RECEIVABLES, i, b]
        + nodes[row.SHORT, i, b]
        + nodes[row.LONG, i, b]
        + nodes[row.BUILDING, i, b]
    )
    held += nodes[row.OTHER_ASSETS, i, b]
    for s in range(m.holding_kinds.shape[1]):
        if m.holding_kinds[row.STAKE_HOLDER, s] == i:
            held += holdings[row.CARRYING, s, b]
            holdings[row.CARRYING, s, b], holdings[row.FRACTION, s, b] = 0.0, 0.0
    before = owed_before(i, b, m)
    clear_debts(i, b, m)
    m.accounts[q, col.FORGIVEN, i, b] += before - m.estate[i, :, b].sum()
    m.accounts[q, col.PLANT_LOSS, i, b] += held - worth + m.accounts[q, col.CAPEX, i, b]
    nodes[row.RESIDUAL_RECEIVABLES, i, b] = nodes[row.SHORT, i, b] = nodes[row.LONG, i, b] = nodes[
        row.BUILDING, i, b
    ] = 0.0
    nodes[row.DEP_SHORT, i, b] = nodes[row.DEP_LONG, i, b] = nodes[row.DEP_ECONOMIC, i, b] = nodes[
        row.ECONOMIC, i, b
    ] = 0.0
    nodes[row.LEASES, i, b] = nodes[row.OTHER_LIABILITIES, i, b] = nodes[row.TAX_DUE, i, b] = nodes[
        row.UNDRAWN, i, b
    ] = 0.0
    nodes[row.OTHER_ASSETS, i, b] = worth
    for t in range(m.tie_kinds.shape[1]):
        if m.tie_kinds[row.TIE_PAYER, t] == i:
            tie_marks[row.REJECTED, t, b] = min(tie_marks[row.REJECTED, t, b], q)


@kernel
def rebuild(q: int, i: int, b: int, m: Tableau) -> None:
    """Reorganise: debts cut to what creditors would have got, purchases rejected, plant and customers kept."""
    recovery, debt_kinds, debt_terms, debts, estate, marks, nodes, ladders, tie_kinds, tie_marks = (
        m.recovery,
        m.debt_kinds,
        m.debt_terms,
        m.debts,
        m.estate,
        m.marks,
        m.nodes,
        m.ladders,
        m.tie_kinds,
        m.tie_marks,
    )
    before = owed_before(i, b, m)
    senior, rate = recovery[SECURED, i, b], recovery[UNSECURED, i, b]

    for d in range(m.debt_kinds.shape[1]):
        if debt_kinds[row.DEBT_BORROWER, d] == i:
            kept = debt_terms[row.DEBT_SECURED, d] * senior + (1.0 - debt_terms[row.DEBT_SECURED, d]) * rate
            debts[row.PRINCIPAL, d, b] *= kept
            if debt_kinds[row.DEBT_LENDER, d] >= 0:
                # The loan stays in the lender's books at its new amount instead of a claim on an estate.
                m.accounts[q, col.CREDIT_LOSS, debt_kinds[row.DEBT_LENDER, d], b] -= debts[row.PRINCIPAL, d, b]
    for c in range(m.estate.shape[0]):
        m.accounts[q, col.CREDIT_LOSS, c, b] += estate[i, c, b]
    estate[i, :, b] = 0.0
    marks[row.ESTATE_AT, i, b] = FOREVER
    nodes[row.NEW_DEBT, i, b] *= rate
    nodes[row.NEW_INTEREST, i, b] *= rate
    for later in range(m.ladders.shape[2]):
        ladders[row.LADDER, i, later, b] *= rate
        ladders[row.LADDER_RATE, i, later, b] *= rate
    nodes[row.OTHER_LIABILITIES, i, b] *= rate
    nodes[row.TAX_DUE, i, b] = 0.0
    m.accounts[q, col.FORGIVEN, i, b] += before - owed_before(i, b, m)
    for t in range(m.tie_kinds.shape[1]):
        if tie_kinds[row.TIE_PAYER, t] == i and tie_kinds[row.TIE_ROLE, t] != RENT:
            tie_marks[row.REJECTED, t, b] = min(tie_marks[row.REJECTED, t, b], q)
    marks[row.REBUILT, i, b] = 1
    marks[row.DOWN, i, b] = 0
    marks[row.FELL, i, b] = FOREVER


@kernel
def distribute(q: int, m: Tableau) -> None:
    """At the start of a step: estates whose time has come sell what they hold and pay their creditors."""
    nodes, estate = m.nodes, m.estate
    n, lanes = m.nodes.shape[1:]
    for i in range(n):
        for b in range(lanes):
            if m.marks[row.ESTATE_AT, i, b] != q:
                continue
            sale = nodes[row.OTHER_ASSETS, i, b]
            nodes[row.CASH, i, b] += sale
            nodes[row.OTHER_ASSETS, i, b] = 0.0
            due = estate[i, :, b].sum()
            scale = min(nodes[row.CASH, i, b] / due, 1.0) if due > 0.0 else 0.0
            for c in range(n + 1):
                paid = estate[i, c, b] * scale
                if m.switches[row.LEDGER]:
                    m.ledger_estates[q, i, c, b] = paid
                if c < n:
                    nodes[row.CASH, c, b] += paid
                    m.accounts[q, col.ESTATE_GOT, c, b] += paid
                    m.accounts[q, col.CREDIT_LOSS, c, b] += estate[i, c, b] - paid
                m.accounts[q, col.FORGIVEN, i, b] += estate[i, c, b] - paid
                nodes[row.CASH, i, b] -= paid
                estate[i, c, b] = 0.0
            # What is left belongs to the shareholders.
            m.accounts[q, col.GONE, i, b] += nodes[row.CASH, i, b]
            nodes[row.CASH, i, b] = 0.0
