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
    n, lanes = m.n.shape[1:]
    any_down = False
    for i in range(n):
        for b in range(lanes):
            any_down = any_down or m.nl[row.FELL, i, b] == q
    if not any_down:
        return
    m.claims[:, :, :, :] = 0.0
    pay_lenders(q, m)
    contract_claims(q, m)
    debt_claims(q, m)
    other_claims(q, m)
    for b in range(lanes):
        share_out(q, b, m)
    for i in range(n):
        for b in range(lanes):
            if m.nl[row.FELL, i, b] == q:
                void_shares(q, i, b, m)
                if m.ni[row.REORGANISES, i] and not m.nl[row.REBUILT, i, b] and not m.nl[row.PULLED, i, b]:
                    rebuild(q, i, b, m)
                else:
                    wind_up(q, i, b, m)


@kernel
def pay_lenders(q: int, m: Tableau) -> None:
    """Calls that repay the lenders of a vehicle reduce its debt before anything else is claimed."""
    for k in range(m.gi.shape[1]):
        if not m.gi[row.FOR_LENDERS, k]:
            continue
        i = m.gi[row.BENEFICIARY, k]
        for b in range(m.n.shape[2]):
            left = m.g[row.CALL_DUE, k, b] * m.rank[row.SHARE, 2, m.gi[row.GUARANTOR, k], b]
            for d in range(m.di.shape[1]):
                if m.di[row.DEBT_BORROWER, d] == i and left > 0.0:
                    part = min(left, m.d[row.PRINCIPAL, d, b])
                    m.d[row.PRINCIPAL, d, b] -= part
                    left -= part
                    m.accounts[q, col.CALLS_GOT, i, b] += part


@kernel
def add_claim(rank: int, i: int, creditor: int, b: int, amount: float, m: Tableau) -> None:
    """One more claim on the estate of a node; the world is its last creditor."""
    who = creditor if creditor >= 0 else m.n.shape[1]
    m.claims[rank, i, who, b] += amount


@kernel
def contract_claims(q: int, m: Tableau) -> None:
    """Receivables and damages of those who delivered to a failed payer; what a guarantor paid is his claim."""
    for t in range(m.ti.shape[1]):
        payer, payee = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t]
        if payer < 0:
            continue
        for b in range(m.n.shape[2]):
            if m.nl[row.FELL, payer, b] != q:
                continue
            owed, claim, _ = short_of(q, t, b, m)
            keeps = payee < 0 or not m.nl[row.DOWN, payee, b] or m.ni[row.VEHICLE, payee] == 1
            if keeps and m.tl[row.REJECTED, t, b] > q:
                claim += damages_later(q, t, m)
            elif not keeps:
                claim = 0.0
            paid = 0.0
            if m.ti[row.TIE_ROLE, t] != INVESTMENT:
                paid = min(guaranteed(t, b, m), owed + claim)
                assign_guarantors(t, b, paid, payer, m)
            add_claim(UNSECURED, payer, payee, b, owed + claim - paid, m)
            written_off = m.t[row.RECEIVABLE, t, b] * unpaid_part(t, payer, b, m)
            m.accounts[q, col.FORGIVEN, payer, b] += written_off
            if payee >= 0:
                m.accounts[q, col.CREDIT_LOSS, payee, b] += written_off
            m.t[row.RECEIVABLE, t, b] = 0.0


@kernel
def unpaid_part(t: int, payer: int, b: int, m: Tableau) -> float:
    """Share of the binding cash of a contract that a failed payer leaves unpaid."""
    return float(1.0 - m.rank[row.SHARE, bound_rank(m.ti[row.TIE_ROLE, t]), payer, b])


@kernel
def damages_later(q: int, t: int, m: Tableau) -> float:
    """Binding dues of the rest of a year, less what the creditor avoids or lets again."""
    total = 0.0
    last = min(q + m.wi[row.DAMAGE_STEPS], m.wq.shape[1])
    for later in range(q + 1, last):
        due = m.tq[row.TIE_DUE, t, later]
        if m.tq[row.TIE_OF_CAPEX, t, later] > 0.0:
            due += m.tq[row.TIE_OF_CAPEX, t, later] * m.plan[row.PLAN_CAPEX, m.ti[row.TIE_PAYER, t], later]
        total += due * m.tq[row.TIE_BOUND, t, later]
    softened = min(m.tf[row.TIE_AVOID, t] + m.tf[row.TIE_RELET, t], m.tf[row.TIE_MOST, t])
    return float(total * (1.0 - softened))


@kernel
def guaranteed(t: int, b: int, m: Tableau) -> float:
    """What guarantors paid in this step under a contract."""
    paid = 0.0
    for pair in range(m.pair_tie.size):
        k = m.pair_guarantee[pair]
        if m.pair_tie[pair] == t and not m.gi[row.FOR_LENDERS, k] and m.gi[row.GUARANTOR, k] >= 0:
            paid += m.g[row.CALL_DUE, k, b] * m.rank[row.SHARE, 2, m.gi[row.GUARANTOR, k], b] / covered(k, m)
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
    whole = guaranteed(t, b, m)
    if paid <= 0.0 or whole <= 0.0:
        return
    for pair in range(m.pair_tie.size):
        k = m.pair_guarantee[pair]
        if m.pair_tie[pair] == t and not m.gi[row.FOR_LENDERS, k] and m.gi[row.GUARANTOR, k] >= 0:
            part = m.g[row.CALL_DUE, k, b] * m.rank[row.SHARE, 2, m.gi[row.GUARANTOR, k], b] / covered(k, m)
            add_claim(UNSECURED, payer, m.gi[row.GUARANTOR, k], b, paid * part / whole, m)


@kernel
def debt_claims(q: int, m: Tableau) -> None:
    """All debt of failed nodes, and the interest of the step that stayed unpaid."""
    for d in range(m.di.shape[1]):
        i, part = m.di[row.DEBT_BORROWER, d], m.df[row.DEBT_SECURED, d]
        for b in range(m.n.shape[2]):
            if m.nl[row.FELL, i, b] != q:
                continue
            missed = m.d[row.INTEREST, d, b]
            first = (m.d[row.PRINCIPAL, d, b] + missed * (1.0 - m.rank[row.SHARE, 0, i, b])) * part
            add_claim(SECURED, i, m.di[row.DEBT_LENDER, d], b, first, m)
            rest = (m.d[row.PRINCIPAL, d, b] + missed * (1.0 - m.rank[row.SHARE, 2, i, b])) * (1.0 - part)
            add_claim(UNSECURED, i, m.di[row.DEBT_LENDER, d], b, rest, m)
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            if m.nl[row.FELL, i, b] == q:
                missed = m.n[row.NEW_INTEREST, i, b] * m.wq[row.YEARS, q] * (1.0 - m.rank[row.SHARE, 2, i, b])
                add_claim(UNSECURED, i, -1, b, m.n[row.NEW_DEBT, i, b] + missed, m)


@kernel
def other_claims(q: int, m: Tableau) -> None:
    """Unpaid costs, orders and tax, landlords and trade creditors that no tie names, unpaid calls."""
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            if m.nl[row.FELL, i, b] != q:
                continue
            amount = (m.n[row.COSTS, i, b] + m.n[row.LEVY, i, b]) * (1.0 - m.rank[row.SHARE, 0, i, b]) + m.n[
                row.TAX_DUE, i, b
            ]
            amount += m.n[row.CAPEX_WORLD, i, b] * committed_part(i, b, m) * (1.0 - m.rank[row.SHARE, 2, i, b])
            landlords = min(m.n[row.LEASE_CLAIM, i, b], m.n[row.LEASES, i, b])
            add_claim(UNSECURED, i, -1, b, amount + landlords + m.n[row.OTHER_LIABILITIES, i, b], m)
    for k in range(m.gi.shape[1]):
        who = m.gi[row.GUARANTOR, k]
        for b in range(m.n.shape[2]):
            if who >= 0 and m.nl[row.FELL, who, b] == q:
                unpaid = m.g[row.CALL_DUE, k, b] * (1.0 - m.rank[row.SHARE, 2, who, b])
                creditor = -1 if m.gi[row.FOR_LENDERS, k] else m.gi[row.BENEFICIARY, k]
                add_claim(UNSECURED, who, creditor, b, unpaid, m)


@kernel
def brings(i: int, b: int, m: Tableau) -> float:
    """What the sale of a failed node's own assets brings; claims on other estates are not in it."""
    worth = m.n[row.RESIDUAL_RECEIVABLES, i, b] * m.n[row.SOLD_RECEIVABLES, i, b]
    worth += m.n[row.SHORT, i, b] * m.n[row.SOLD_SHORT, i, b] * m.levels[AGED, b]
    worth += (m.n[row.LONG, i, b] + m.n[row.BUILDING, i, b]) * m.n[row.SOLD_LONG, i, b]
    worth += max(m.n[row.OTHER_ASSETS, i, b], 0.0) * m.n[row.SOLD_OTHER, i, b]
    for s in range(m.si.shape[1]):
        if m.si[row.STAKE_HOLDER, s] == i and not (
            m.si[row.STAKE_HELD, s] >= 0 and m.nl[row.DOWN, m.si[row.STAKE_HELD, s], b]
        ):
            worth += m.s[row.CARRYING, s, b] * m.n[row.SOLD_STAKES, i, b]
    return float(worth)


@kernel
def collects(i: int, b: int, m: Tableau) -> float:
    """Receivables of a failed node from payers that stand, what older estates owe it, and loans it made."""
    total = 0.0
    for t in range(m.ti.shape[1]):
        payer = m.ti[row.TIE_PAYER, t]
        if m.ti[row.TIE_PAYEE, t] == i and not (payer >= 0 and m.nl[row.DOWN, payer, b]):
            total += m.t[row.RECEIVABLE, t, b]
    for j in range(m.estate.shape[0]):
        total += m.estate[j, i, b]
    for d in range(m.di.shape[1]):
        if m.di[row.DEBT_LENDER, d] == i and not m.nl[row.DOWN, m.di[row.DEBT_BORROWER, d], b]:
            total += m.d[row.PRINCIPAL, d, b]
    return float(total)


@kernel
def share_out(q: int, b: int, m: Tableau) -> None:
    """Recovery of each class of each estate, claims of estates on each other solved jointly from above."""
    n = m.n.shape[1]
    for i in range(n):
        m.n[row.GOT, i, b] = brings(i, b, m) + collects(i, b, m)
    senior, rates = m.recovery[SECURED], m.recovery[UNSECURED]
    senior[:, b] = 1.0
    rates[:, b] = 1.0
    for _ in range(SWEEPS):
        moved = 0.0
        for i in range(n):
            if m.nl[row.FELL, i, b] != q:
                continue
            worth = m.n[row.GOT, i, b]
            for j in range(n):
                if j != i and m.nl[row.FELL, j, b] == q:
                    worth += m.claims[SECURED, j, i, b] * senior[j, b]
                    worth += m.claims[UNSECURED, j, i, b] * rates[j, b]
            first, rest = m.claims[SECURED, i, :, b].sum(), m.claims[UNSECURED, i, :, b].sum()
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
    n = m.n.shape[1]
    for d in range(m.di.shape[1]):
        i, lender = m.di[row.DEBT_BORROWER, d], m.di[row.DEBT_LENDER, d]
        if m.nl[row.FELL, i, b] == q and lender >= 0:
            m.accounts[q, col.CREDIT_LOSS, lender, b] += m.d[row.PRINCIPAL, d, b]
    for i in range(n):
        if m.nl[row.FELL, i, b] != q:
            continue
        for c in range(n + 1):
            due = m.claims[SECURED, i, c, b] * m.recovery[SECURED, i, b]
            due += m.claims[UNSECURED, i, c, b] * m.recovery[UNSECURED, i, b]
            m.estate[i, c, b] = due
            if c < n:
                m.accounts[q, col.CREDIT_LOSS, c, b] -= due
        m.nl[row.ESTATE_AT, i, b] = q + max(int(m.ni[row.RECOVERY_LAG, i]), 1)


@kernel
def void_shares(q: int, i: int, b: int, m: Tableau) -> None:
    """Shares of a failed firm are worth nothing to their holders."""
    for s in range(m.si.shape[1]):
        if m.si[row.STAKE_HELD, s] == i:
            if m.si[row.STAKE_HOLDER, s] >= 0:
                m.accounts[q, col.STAKE_LOSS, m.si[row.STAKE_HOLDER, s], b] += m.s[row.CARRYING, s, b]
            m.s[row.CARRYING, s, b], m.s[row.FRACTION, s, b] = 0.0, 0.0


@kernel
def owed_before(i: int, b: int, m: Tableau) -> float:
    """Liabilities of a node as its books have them, without payables under contracts (already claimed)."""
    owed = m.n[row.NEW_DEBT, i, b] + m.n[row.LEASES, i, b] + m.n[row.OTHER_LIABILITIES, i, b] + m.n[row.TAX_DUE, i, b]
    for d in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, d] == i:
            owed += m.d[row.PRINCIPAL, d, b]
    return float(owed)


@kernel
def clear_debts(i: int, b: int, m: Tableau) -> None:
    """Debts of a failed node leave its books: the estate owes in their place."""
    for d in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, d] == i:
            m.d[row.PRINCIPAL, d, b] = 0.0
    m.n[row.NEW_DEBT, i, b] = m.n[row.NEW_INTEREST, i, b] = 0.0
    m.nq[row.LADDER, i, :, b] = 0.0
    m.nq[row.LADDER_RATE, i, :, b] = 0.0


@kernel
def wind_up(q: int, i: int, b: int, m: Tableau) -> None:
    """Liquidate: assets at what they bring, liabilities at what the estate pays."""
    worth = brings(i, b, m)
    held = m.n[row.RESIDUAL_RECEIVABLES, i, b] + m.n[row.SHORT, i, b] + m.n[row.LONG, i, b] + m.n[row.BUILDING, i, b]
    held += m.n[row.OTHER_ASSETS, i, b]
    for s in range(m.si.shape[1]):
        if m.si[row.STAKE_HOLDER, s] == i:
            held += m.s[row.CARRYING, s, b]
            m.s[row.CARRYING, s, b], m.s[row.FRACTION, s, b] = 0.0, 0.0
    before = owed_before(i, b, m)
    clear_debts(i, b, m)
    m.accounts[q, col.FORGIVEN, i, b] += before - m.estate[i, :, b].sum()
    m.accounts[q, col.PLANT_LOSS, i, b] += held - worth + m.accounts[q, col.CAPEX, i, b]
    m.n[row.RESIDUAL_RECEIVABLES, i, b] = m.n[row.SHORT, i, b] = m.n[row.LONG, i, b] = m.n[row.BUILDING, i, b] = 0.0
    m.n[row.DEP_SHORT, i, b] = m.n[row.DEP_LONG, i, b] = m.n[row.DEP_ECONOMIC, i, b] = m.n[row.ECONOMIC, i, b] = 0.0
    m.n[row.LEASES, i, b] = m.n[row.OTHER_LIABILITIES, i, b] = m.n[row.TAX_DUE, i, b] = m.n[row.UNDRAWN, i, b] = 0.0
    m.n[row.OTHER_ASSETS, i, b] = worth
    for t in range(m.ti.shape[1]):
        if m.ti[row.TIE_PAYER, t] == i:
            m.tl[row.REJECTED, t, b] = min(m.tl[row.REJECTED, t, b], q)


@kernel
def rebuild(q: int, i: int, b: int, m: Tableau) -> None:
    """Reorganise: debts cut to what creditors would have got, purchases rejected, plant and customers kept."""
    before = owed_before(i, b, m)
    senior, rate = m.recovery[SECURED, i, b], m.recovery[UNSECURED, i, b]

    for d in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, d] == i:
            kept = m.df[row.DEBT_SECURED, d] * senior + (1.0 - m.df[row.DEBT_SECURED, d]) * rate
            m.d[row.PRINCIPAL, d, b] *= kept
            if m.di[row.DEBT_LENDER, d] >= 0:
                # The loan stays in the lender's books at its new amount instead of a claim on an estate.
                m.accounts[q, col.CREDIT_LOSS, m.di[row.DEBT_LENDER, d], b] -= m.d[row.PRINCIPAL, d, b]
    for c in range(m.estate.shape[0]):
        m.accounts[q, col.CREDIT_LOSS, c, b] += m.estate[i, c, b]
    m.estate[i, :, b] = 0.0
    m.nl[row.ESTATE_AT, i, b] = FOREVER
    m.n[row.NEW_DEBT, i, b] *= rate
    m.n[row.NEW_INTEREST, i, b] *= rate
    for later in range(m.nq.shape[2]):
        m.nq[row.LADDER, i, later, b] *= rate
        m.nq[row.LADDER_RATE, i, later, b] *= rate
    m.n[row.OTHER_LIABILITIES, i, b] *= rate
    m.n[row.TAX_DUE, i, b] = 0.0
    m.accounts[q, col.FORGIVEN, i, b] += before - owed_before(i, b, m)
    for t in range(m.ti.shape[1]):
        if m.ti[row.TIE_PAYER, t] == i and m.ti[row.TIE_ROLE, t] != RENT:
            m.tl[row.REJECTED, t, b] = min(m.tl[row.REJECTED, t, b], q)
    m.nl[row.REBUILT, i, b] = 1
    m.nl[row.DOWN, i, b] = 0
    m.nl[row.FELL, i, b] = FOREVER


@kernel
def distribute(q: int, m: Tableau) -> None:
    """At the start of a step: estates whose time has come sell what they hold and pay their creditors."""
    n, lanes = m.n.shape[1:]
    for i in range(n):
        for b in range(lanes):
            if m.nl[row.ESTATE_AT, i, b] != q:
                continue
            sale = m.n[row.OTHER_ASSETS, i, b]
            m.n[row.CASH, i, b] += sale
            m.n[row.OTHER_ASSETS, i, b] = 0.0
            due = m.estate[i, :, b].sum()
            scale = min(m.n[row.CASH, i, b] / due, 1.0) if due > 0.0 else 0.0
            for c in range(n + 1):
                paid = m.estate[i, c, b] * scale
                if m.wi[row.LEDGER]:
                    m.ledger_estates[q, i, c, b] = paid
                if c < n:
                    m.n[row.CASH, c, b] += paid
                    m.accounts[q, col.ESTATE_GOT, c, b] += paid
                    m.accounts[q, col.CREDIT_LOSS, c, b] += m.estate[i, c, b] - paid
                m.accounts[q, col.FORGIVEN, i, b] += m.estate[i, c, b] - paid
                m.n[row.CASH, i, b] -= paid
                m.estate[i, c, b] = 0.0
            # What is left belongs to the shareholders.
            m.accounts[q, col.GONE, i, b] += m.n[row.CASH, i, b]
            m.n[row.CASH, i, b] = 0.0
