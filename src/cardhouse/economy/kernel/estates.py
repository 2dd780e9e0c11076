"""What follows a default: claims, what an estate brings, who is paid what and when. Point 6 of a step.

All debt falls due, contracts are rejected and leave a claim for a year of dues less what the creditor avoids or
lets again. Assets are sold; secured claims come first; creditors are paid after a lag. A firm that is reorganised
keeps its plant and its customers: its debts are cut to what creditors would have got, its shares are void.
"""

from __future__ import annotations

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, RENT
from cardhouse.economy.kernel.claims import SECURED, UNSECURED, contract_claims, debt_claims, falls, other_claims
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.lanes import LANES, any_of, least, most
from cardhouse.economy.kernel.outset import AGED
from cardhouse.economy.kernel.tableau import Tableau

SWEEPS = 500
CLOSE = 1e-12


@kernel
def resolve(q: int, m: Tableau) -> None:
    """Everything that the defaults of this step bring about; failures are rare, so most of it is path by path."""
    pay_lenders(m)
    list_fallen(q, m)
    if m.fallen[0] == 0:
        return
    contract_claims(q, m)
    debt_claims(q, m)
    other_claims(q, m)
    for b in range(LANES):
        share_out(q, b, m)
    for f in range(m.fallen[0]):
        i = m.fallen[f + 1]
        for b in range(LANES):
            if m.marks[row.FELL, i, b] == q:
                void_shares(i, b, m)
                reorganises = m.kinds[row.REORGANISES, i] and not m.marks[row.REBUILT, i, b]
                if reorganises and not m.marks[row.PULLED, i, b]:
                    rebuild(q, i, b, m)
                else:
                    wind_up(q, i, b, m)


@kernel
def list_fallen(q: int, m: Tableau) -> None:
    """List the nodes that fell in this step in some lane, and empty the claims on them."""
    count = 0
    for i in range(m.nodes.shape[1]):
        if any_of(falls(q, i, m)):
            count += 1
            m.fallen[count] = i
            for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
                m.claims[SECURED, p] = m.claims[UNSECURED, p] = 0.0
    m.fallen[0] = count


@kernel
def pay_lenders(m: Tableau) -> None:
    """Calls that repay the lenders of a vehicle reduce its debt before anything else is claimed."""
    call_kinds, debts = m.call_kinds, m.debts
    for k in range(call_kinds.shape[1]):
        if not call_kinds[row.FOR_LENDERS, k]:
            continue
        i = call_kinds[row.BENEFICIARY, k]
        left = m.calls[row.CALL_DUE, k] * m.classes[row.SHARE, 2, call_kinds[row.GUARANTOR, k]]
        if not any_of(left > 0.0):
            continue
        d = m.kinds[row.FIRST_DEBT, i]
        while d >= 0:
            part = most(least(left, debts[row.PRINCIPAL, d]), 0.0)
            debts[row.PRINCIPAL, d] -= part
            left -= part
            m.books[col.CALLS_GOT, i] += part
            lender = m.debt_kinds[row.DEBT_LENDER, d]
            if lender >= 0:
                m.nodes[row.CASH, lender] += part
                m.books[col.REPAID_GOT, lender] += part
            d = m.debt_kinds[row.NEXT_DEBT, d]


@kernel
def owed_by_estate(i: int, b: int, m: Tableau) -> float:
    """What the estate of a node will pay to all its creditors."""
    total = 0.0
    for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
        total += m.estate[p, b]
    return total


@kernel
def brings(i: int, b: int, m: Tableau) -> float:
    """What the sale of a failed node's own assets brings; claims on other estates are not in it."""
    nodes, holding_kinds = m.nodes, m.holding_kinds
    worth = nodes[row.RESIDUAL_RECEIVABLES, i, b] * m.node_terms[row.SOLD_RECEIVABLES, i, b]
    worth += nodes[row.SHORT, i, b] * m.node_terms[row.SOLD_SHORT, i, b] * m.levels[AGED, b]
    worth += (nodes[row.LONG, i, b] + nodes[row.BUILDING, i, b]) * m.node_terms[row.SOLD_LONG, i, b]
    worth += max(nodes[row.OTHER_ASSETS, i, b], 0.0) * m.node_terms[row.SOLD_OTHER, i, b]
    s = m.kinds[row.FIRST_HOLDING, i]
    while s >= 0:
        held = holding_kinds[row.STAKE_HELD, s]
        if not (held >= 0 and m.marks[row.DOWN, held, b]):
            worth += m.holdings[row.CARRYING, s, b] * m.node_terms[row.SOLD_STAKES, i, b]
        s = holding_kinds[row.NEXT_HOLDING, s]
    return float(worth)


@kernel
def collects(i: int, b: int, m: Tableau) -> float:
    """Cash that a failed node has left, receivables from payers that stand, and what older estates owe it.

    Loans it made are counted at nothing: they run on for years after its creditors were paid.
    """
    tie_kinds, marks = m.tie_kinds, m.marks
    total = m.nodes[row.CASH, i, b]
    t = m.kinds[row.FIRST_SOLD, i]
    while t >= 0:
        payer = tie_kinds[row.TIE_PAYER, t]
        if not (payer >= 0 and marks[row.DOWN, payer, b]):
            total += m.ties[row.RECEIVABLE, t, b]
        t = tie_kinds[row.NEXT_SOLD, t]
    p = m.kinds[row.FIRST_CLAIM, i]
    while p >= 0:
        total += m.estate[p, b]
        p = m.next_claim[p]
    return float(total)


@kernel
def claimed(rank: int, i: int, b: int, m: Tableau) -> float:
    """All claims of a class on the estate of a node."""
    total = 0.0
    for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
        total += m.claims[rank, p, b]
    return total


@kernel
def share_out(q: int, b: int, m: Tableau) -> None:
    """Recovery of each class of each estate, claims of estates on each other solved jointly from above."""
    nodes, recovery, marks = m.nodes, m.recovery, m.marks
    fallen = 0
    for f in range(m.fallen[0]):
        i = m.fallen[f + 1]
        if marks[row.FELL, i, b] == q:
            recovery[SECURED, i, b], recovery[UNSECURED, i, b] = 1.0, 1.0
            nodes[row.GOT, i, b] = brings(i, b, m) + collects(i, b, m)
            fallen += 1
    if fallen == 0:
        return
    for _ in range(SWEEPS):
        moved = 0.0
        for f in range(m.fallen[0]):
            i = m.fallen[f + 1]
            if marks[row.FELL, i, b] != q:
                continue
            worth = nodes[row.GOT, i, b] + from_fallen(q, i, b, m)
            first, rest = claimed(SECURED, i, b, m), claimed(UNSECURED, i, b, m)
            high = min(worth / first, 1.0) if first > 0.0 else 1.0
            low = min(max(worth - first, 0.0) / rest, 1.0) if rest > 0.0 else 1.0
            moved = max(moved, abs(high - recovery[SECURED, i, b]), abs(low - recovery[UNSECURED, i, b]))
            recovery[SECURED, i, b], recovery[UNSECURED, i, b] = high, low
        if moved <= CLOSE or fallen == 1:
            break
    lost_by_creditors(q, b, m)


@kernel
def from_fallen(q: int, i: int, b: int, m: Tableau) -> float:
    """What an estate gets from the other estates of this step at the present recoveries."""
    claims, recovery, total = m.claims, m.recovery, 0.0
    p = m.kinds[row.FIRST_CLAIM, i]
    while p >= 0:
        j = m.claim_debtor[p]
        if j != i and m.marks[row.FELL, j, b] == q:
            total += claims[SECURED, p, b] * recovery[SECURED, j, b]
            total += claims[UNSECURED, p, b] * recovery[UNSECURED, j, b]
        p = m.next_claim[p]
    return float(total)


@kernel
def lost_by_creditors(q: int, b: int, m: Tableau) -> None:
    """Write claims down to what estates will pay; loans leave the books of lenders, the estate's debt enters."""
    debt_kinds, marks, claims, recovery = m.debt_kinds, m.marks, m.claims, m.recovery
    n = m.nodes.shape[1]
    for d in range(m.debt_kinds.shape[1]):
        i, lender = debt_kinds[row.DEBT_BORROWER, d], debt_kinds[row.DEBT_LENDER, d]
        if marks[row.FELL, i, b] == q and lender >= 0:
            m.books[col.CREDIT_LOSS, lender, b] += m.debts[row.PRINCIPAL, d, b]
    for f in range(m.fallen[0]):
        i = m.fallen[f + 1]
        if marks[row.FELL, i, b] != q:
            continue
        for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
            c = m.claim_creditor[p]
            due = claims[SECURED, p, b] * recovery[SECURED, i, b]
            due += claims[UNSECURED, p, b] * recovery[UNSECURED, i, b]
            m.estate[p, b] = due
            claim = claims[SECURED, p, b] + claims[UNSECURED, p, b]
            note_loss(i, c, b, claim - due, m)
            if c < n:
                m.books[col.CREDIT_LOSS, c, b] -= due
        marks[row.ESTATE_AT, i, b] = q + max(int(m.kinds[row.RECOVERY_LAG, i]), 1)


@kernel
def note_loss(i: int, creditor: int, b: int, amount: float, m: Tableau) -> None:
    """Add what a claim on a node has turned out to be worth less: to the creditor, outside the network to the node."""
    if creditor < m.nodes.shape[1]:
        m.nodes[row.SUM_CREDIT, creditor, b] += amount
    else:
        m.nodes[row.OUTSIDE_LOSS, i, b] += amount


@kernel
def void_shares(i: int, b: int, m: Tableau) -> None:
    """Shares of a failed firm are worth nothing to their holders."""
    holding_kinds, holdings = m.holding_kinds, m.holdings
    s = m.kinds[row.FIRST_HELD, i]
    while s >= 0:
        if holding_kinds[row.STAKE_HOLDER, s] >= 0:
            m.books[col.STAKE_LOSS, holding_kinds[row.STAKE_HOLDER, s], b] += holdings[row.CARRYING, s, b]
        holdings[row.CARRYING, s, b], holdings[row.FRACTION, s, b] = 0.0, 0.0
        s = m.holding_kinds[row.NEXT_HELD, s]


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
    d = m.kinds[row.FIRST_DEBT, i]
    while d >= 0:
        owed += m.debts[row.PRINCIPAL, d, b]
        d = m.debt_kinds[row.NEXT_DEBT, d]
    return float(owed)


@kernel
def clear_debts(i: int, b: int, m: Tableau) -> None:
    """Debts of a failed node leave its books: the estate owes in their place."""
    nodes, ladders = m.nodes, m.ladders
    d = m.kinds[row.FIRST_DEBT, i]
    while d >= 0:
        m.debts[row.PRINCIPAL, d, b] = 0.0
        d = m.debt_kinds[row.NEXT_DEBT, d]
    nodes[row.NEW_DEBT, i, b] = nodes[row.NEW_INTEREST, i, b] = 0.0
    for later in range(ladders.shape[2]):
        ladders[row.LADDER, i, later, b] = ladders[row.LADDER_RATE, i, later, b] = 0.0


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
    s = m.kinds[row.FIRST_HOLDING, i]
    while s >= 0:
        held += holdings[row.CARRYING, s, b]
        holdings[row.CARRYING, s, b], holdings[row.FRACTION, s, b] = 0.0, 0.0
        holdings[row.OUTSIDE, s, b] = 0.0
        s = m.holding_kinds[row.NEXT_HOLDING, s]
    before = owed_before(i, b, m)
    clear_debts(i, b, m)
    m.books[col.FORGIVEN, i, b] += before - owed_by_estate(i, b, m)
    m.books[col.PLANT_LOSS, i, b] += held - worth + m.books[col.CAPEX, i, b]
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
    t = m.kinds[row.FIRST_BOUGHT, i]
    while t >= 0:
        tie_marks[row.REJECTED, t, b] = min(tie_marks[row.REJECTED, t, b], q)
        t = m.tie_kinds[row.NEXT_BOUGHT, t]


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
    before, n = owed_before(i, b, m), nodes.shape[1]
    senior, rate = recovery[SECURED, i, b], recovery[UNSECURED, i, b]

    d = m.kinds[row.FIRST_DEBT, i]
    while d >= 0:
        kept = debt_terms[row.DEBT_SECURED, d, b] * senior + (1.0 - debt_terms[row.DEBT_SECURED, d, b]) * rate
        debts[row.PRINCIPAL, d, b] *= kept
        lender = debt_kinds[row.DEBT_LENDER, d]
        note_loss(i, lender if lender >= 0 else n, b, -debts[row.PRINCIPAL, d, b], m)
        if lender >= 0:
            # The loan stays in the lender's books at its new amount instead of a claim on an estate.
            m.books[col.CREDIT_LOSS, lender, b] -= debts[row.PRINCIPAL, d, b]
        d = m.debt_kinds[row.NEXT_DEBT, d]
    for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
        c = m.claim_creditor[p]
        note_loss(i, c, b, estate[p, b], m)
        if c < n:
            m.books[col.CREDIT_LOSS, c, b] += estate[p, b]
        estate[p, b] = 0.0
    marks[row.ESTATE_AT, i, b] = FOREVER
    nodes[row.NEW_DEBT, i, b] *= rate
    nodes[row.NEW_INTEREST, i, b] *= rate
    for later in range(m.ladders.shape[2]):
        ladders[row.LADDER, i, later, b] *= rate
        ladders[row.LADDER_RATE, i, later, b] *= rate
    nodes[row.OTHER_LIABILITIES, i, b] *= rate
    note_loss(i, n, b, -nodes[row.NEW_DEBT, i, b] - nodes[row.OTHER_LIABILITIES, i, b], m)
    nodes[row.TAX_DUE, i, b] = 0.0
    m.books[col.FORGIVEN, i, b] += before - owed_before(i, b, m)
    t = m.kinds[row.FIRST_BOUGHT, i]
    while t >= 0:
        if tie_kinds[row.TIE_ROLE, t] != RENT:
            tie_marks[row.REJECTED, t, b] = min(tie_marks[row.REJECTED, t, b], q)
        t = m.tie_kinds[row.NEXT_BOUGHT, t]
    marks[row.REBUILT, i, b] = 1
    marks[row.DOWN, i, b] = 0
    marks[row.FELL, i, b] = FOREVER


@kernel
def distribute(q: int, m: Tableau) -> None:
    """At the start of a step: estates whose time has come sell what they hold and pay their creditors."""
    for i in range(m.nodes.shape[1]):
        if any_of(m.marks[row.ESTATE_AT, i] == q):
            for b in range(LANES):
                if m.marks[row.ESTATE_AT, i, b] == q:
                    pay_creditors(q, i, b, m)


@kernel
def pay_creditors(q: int, i: int, b: int, m: Tableau) -> None:
    """An estate sells what it holds and pays; what is left belongs to the shareholders."""
    nodes, estate, n = m.nodes, m.estate, m.nodes.shape[1]
    sale = nodes[row.OTHER_ASSETS, i, b]
    nodes[row.CASH, i, b] += sale
    nodes[row.OTHER_ASSETS, i, b] = 0.0
    due = owed_by_estate(i, b, m)
    scale = min(nodes[row.CASH, i, b] / due, 1.0) if due > 0.0 else 0.0
    for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
        c, paid = m.claim_creditor[p], estate[p, b] * scale
        if m.switches[row.LEDGER]:
            m.ledger_estates[q, p, b] = paid
        if c < n:
            nodes[row.CASH, c, b] += paid
            m.books[col.ESTATE_GOT, c, b] += paid
            m.books[col.CREDIT_LOSS, c, b] += estate[p, b] - paid
        note_loss(i, c, b, estate[p, b] - paid, m)
        m.books[col.FORGIVEN, i, b] += estate[p, b] - paid
        nodes[row.CASH, i, b] -= paid
        estate[p, b] = 0.0
    m.books[col.GONE, i, b] += nodes[row.CASH, i, b]
    nodes[row.CASH, i, b] = 0.0
