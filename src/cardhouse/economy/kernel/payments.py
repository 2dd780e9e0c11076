"""Once a step is cleared: who draws what, who pays whom, what is bought with it. Point 5 of a step."""

from __future__ import annotations

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, INTENT, INVESTMENT, RANKS
from cardhouse.economy.kernel.clearing import binding, bound_rank, committed_part, gone, resources
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.funding import (
    DEBT_MARKET,
    LINES,
    MINIMUM,
    SHARES,
    STAKES,
    borrow,
    stake_proceeds,
)
from cardhouse.economy.kernel.tableau import Tableau


@kernel
def pay(q: int, m: Tableau) -> None:
    """Move the money of a cleared step."""
    n, lanes = m.n.shape[1:]
    for i in range(n):
        for b in range(lanes):
            # Interest is on what was owed before this step's borrowing.
            own_payments(q, i, b, m)
            raise_money(q, i, b, m)
    pay_contracts(q, m)
    pay_debts(q, m)
    pay_calls(q, m)
    vest(q, m)


@kernel
def raise_money(q: int, i: int, b: int, m: Tableau) -> None:
    """Draw what is needed to pay and to keep the minimum cash, window by window; then set the cash."""
    paid = 0.0
    for r in range(RANKS):
        paid += m.rank[row.SHARE, r, i, b] * m.rank[row.OWED, r, i, b]
    have = m.n[row.KEPT, i, b] + m.n[row.CERTAIN, i, b] + m.n[row.GOT, i, b]
    a = m.accounts
    a[q, col.BINDING, i, b], a[q, col.RESOURCES, i, b] = binding(i, b, m), resources(i, b, m)
    if m.nl[row.DOWN, i, b]:
        m.n[row.CASH, i, b] = max(have - paid, 0.0)
        if m.nl[row.PULLED, i, b] and m.nl[row.FELL, i, b] == q:
            # A card stops because its money has run out: what it still had is spent.
            a[q, col.GONE, i, b] += m.n[row.CASH, i, b]
            m.n[row.CASH, i, b] = 0.0
        return
    need = max(paid + m.limits[MINIMUM, i, b] - have, 0.0)
    lent = min(need, m.limits[DEBT_MARKET, i, b])
    sold = min(need - lent, m.limits[SHARES, i, b])
    drawn = min(need - lent - sold, m.limits[LINES, i, b])
    stakes = min(need - lent - sold - drawn, m.limits[STAKES, i, b])
    borrow(q, i, b, lent + drawn, m)
    m.n[row.UNDRAWN, i, b] -= drawn
    if sold > 0.0:
        dilute(i, b, sold, m)
    if stakes > 0.0:
        sell_stakes(q, i, b, stakes, m)
    a[q, col.DRAWN_DEBT, i, b], a[q, col.DRAWN_SHARES, i, b], a[q, col.DRAWN_LINES, i, b] = lent, sold, drawn
    a[q, col.SOLD_STAKES, i, b] = stakes
    m.n[row.CASH, i, b] = max(have + lent + sold + drawn + stakes - paid, 0.0)


@kernel
def dilute(i: int, b: int, money: float, m: Tableau) -> None:
    """New shares at the market price make every old stake smaller."""
    worth = m.n[row.VALUE, i, b]
    if worth <= 0.0:
        return
    for s in range(m.si.shape[1]):
        if m.si[row.STAKE_HELD, s] == i:
            m.s[row.FRACTION, s, b] *= worth / (worth + money)


@kernel
def sell_stakes(q: int, i: int, b: int, money: float, m: Tableau) -> None:
    """Sell the same part of every listed stake."""
    part = money / m.limits[STAKES, i, b]
    m.accounts[q, col.STAKE_LOSS, i, b] -= money
    for s in range(m.si.shape[1]):
        if m.si[row.STAKE_HOLDER, s] == i and stake_proceeds(q, s, b, m) > 0.0:
            m.accounts[q, col.STAKE_LOSS, i, b] += part * m.s[row.CARRYING, s, b]
            m.s[row.CARRYING, s, b] *= 1.0 - part
            m.s[row.FRACTION, s, b] *= 1.0 - part


@kernel
def own_payments(q: int, i: int, b: int, m: Tableau) -> None:
    """Payments to unnamed parties: costs, tax, spending, interest and principal of new debt, what owners get."""
    a, share = m.accounts, m.rank[row.SHARE]
    if gone(q, i, b, m):
        return
    a[q, col.WORLD_RECEIPTS, i, b] = m.n[row.RECEIPTS, i, b]
    a[q, col.REVENUE, i, b] += m.n[row.RECEIPTS, i, b]
    a[q, col.COSTS, i, b] += m.n[row.COSTS, i, b] * share[0, i, b] + m.n[row.FLEXIBLE, i, b] * share[INTENT, i, b]
    a[q, col.LEVY, i, b] = m.n[row.LEVY, i, b] * share[0, i, b]
    tax = m.n[row.TAX_DUE, i, b] * share[0, i, b]
    a[q, col.TAX_PAID, i, b] = tax
    m.n[row.TAX_DUE, i, b] -= tax
    committed = committed_part(i, b, m)
    spent = committed * share[2, i, b] + (1.0 - committed) * share[INTENT, i, b]
    a[q, col.CAPEX, i, b] += m.n[row.CAPEX_WORLD, i, b] * spent
    a[q, col.PAYOUT, i, b] = m.n[row.PAYOUT, i, b] * max(m.n[row.FREE, i, b], 0.0) * share[INTENT, i, b]
    interest = m.n[row.NEW_INTEREST, i, b] * m.wq[row.YEARS, q] * share[2, i, b]
    a[q, col.INTEREST, i, b] += interest
    repaid = m.n[row.LADDER_DUE, i, b] * share[2, i, b]
    a[q, col.PRINCIPAL, i, b] += repaid
    m.n[row.NEW_DEBT, i, b] -= repaid
    matured, rate = m.nq[row.LADDER, i, q, b], m.nq[row.LADDER_RATE, i, q, b]
    if matured > 0.0 and not m.nl[row.DOWN, i, b]:
        m.n[row.NEW_DEBT, i, b] -= m.n[row.LADDER_ROLLED, i, b]
        m.n[row.NEW_INTEREST, i, b] -= rate
        borrow(q, i, b, m.n[row.LADDER_ROLLED, i, b], m)
        a[q, col.ROLLED, i, b] += m.n[row.LADDER_ROLLED, i, b]
    if m.ni[row.VEHICLE, i] and not m.nl[row.DOWN, i, b]:
        a[q, col.BRIDGE, i, b] = m.n[row.BRIDGE, i, b]


@kernel
def pay_contracts(q: int, m: Tableau) -> None:
    """What every contract brings and costs; deliveries are revenue, what is unpaid of them a receivable."""
    for t in range(m.ti.shape[1]):
        payer, payee, role, rank = (
            m.ti[row.TIE_PAYER, t],
            m.ti[row.TIE_PAYEE, t],
            m.ti[row.TIE_ROLE, t],
            bound_rank(m.ti[row.TIE_ROLE, t]),
        )
        for b in range(m.t.shape[2]):
            bound = m.rank[row.SHARE, rank, payer, b] if payer >= 0 else 1.0
            intent = m.rank[row.SHARE, INTENT, payer, b] if payer >= 0 else 1.0
            cash = m.t[row.CASH_BOUND, t, b] * bound + m.t[row.CASH_INTENT, t, b] * intent
            failing = payer >= 0 and m.nl[row.DOWN, payer, b] and m.nl[row.FELL, payer, b] == q
            before = m.t[row.RECEIVABLE, t, b]
            if failing:
                delivered = cash - before * bound
            else:
                delivered = cash + m.t[row.NEW_RECEIVABLE, t, b] - before
                m.t[row.RECEIVABLE, t, b] = m.t[row.NEW_RECEIVABLE, t, b]
            m.t[row.PAID, t, b] += cash
            if m.wi[row.LEDGER]:
                m.ledger_due[q, t, b], m.ledger_paid[q, t, b] = m.t[row.DUE, t, b], cash
            book_contract(q, t, b, cash, delivered, m)
            if payee >= 0:
                soften(q, t, b, bound, intent, m)
            if role == INVESTMENT and cash > 0.0:
                invest(t, b, cash, m)


@kernel
def book_contract(q: int, t: int, b: int, cash: float, delivered: float, m: Tableau) -> None:
    """Write a payment and a delivery into the accounts of both sides."""
    a, role = m.accounts, m.ti[row.TIE_ROLE, t]
    payer, payee = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t]
    if payer >= 0:
        a[q, col.TIES_PAID, payer, b] += cash
        if role == CAPITAL:
            a[q, col.CAPEX, payer, b] += delivered
        elif role == INVESTMENT:
            a[q, col.INVESTED, payer, b] += cash
        else:
            a[q, col.COSTS_TIES, payer, b] += delivered
    if payee >= 0:
        a[q, col.TIES_GOT, payee, b] += cash
        if role == INVESTMENT:
            a[q, col.RAISED, payee, b] += cash
        else:
            a[q, col.REVENUE, payee, b] += delivered


@kernel
def soften(q: int, t: int, b: int, bound: float, intent: float, m: Tableau) -> None:
    """Cost that a payee avoids and income from re-letting for what stays unpaid."""
    payee, a = m.ti[row.TIE_PAYEE, t], m.accounts
    if gone(q, payee, b, m):
        return
    lost = m.t[row.GHOST, t, b]
    if m.ti[row.TIE_PAYER, t] >= 0:
        lost += m.t[row.CASH_BOUND, t, b] * (1.0 - bound) + m.t[row.CASH_INTENT, t, b] * (1.0 - intent)
    saved = lost * (m.t[row.RELIEF, t, b] - m.t[row.RELET, t, b])
    relet = lost * m.t[row.RELET, t, b]
    a[q, col.SAVED, payee, b] += saved
    a[q, col.COSTS, payee, b] -= saved
    a[q, col.RELET, payee, b] += relet
    a[q, col.REVENUE, payee, b] += relet
    if m.tl[row.FIRST_GHOST, t, b] and m.ti[row.TIE_ROLE, t] == CAPITAL:
        # Goods made for an order that is gone: what resale does not bring is written down.
        waste = lost * m.tf[row.TIE_AVOID, t] * m.tf[row.TIE_STRANDED, t] * max(1.0 - m.t[row.RELET, t, b], 0.0)
        a[q, col.INVENTORY_LOSS, payee, b] += waste
        a[q, col.COSTS, payee, b] -= waste


@kernel
def invest(t: int, b: int, cash: float, m: Tableau) -> None:
    """An instalment adds to the stake it buys, at the market value before it."""
    for s in range(m.si.shape[1]):
        if m.si[row.STAKE_PAYS, s] != t:
            continue
        held = m.si[row.STAKE_HELD, s]
        m.s[row.CARRYING, s, b] += cash
        if held >= 0 and m.n[row.VALUE, held, b] > 0.0:
            worth = m.n[row.VALUE, held, b]
            dilute(held, b, cash, m)
            m.s[row.FRACTION, s, b] += cash / (worth + cash)


@kernel
def pay_debts(q: int, m: Tableau) -> None:
    """Interest and principal of the debts of the opening; what is rolled becomes new debt."""
    a = m.accounts
    for k in range(m.di.shape[1]):
        i, lender, part = m.di[row.DEBT_BORROWER, k], m.di[row.DEBT_LENDER, k], m.df[row.DEBT_SECURED, k]
        for b in range(m.d.shape[2]):
            mix = part * m.rank[row.SHARE, 0, i, b] + (1.0 - part) * m.rank[row.SHARE, 2, i, b]
            interest, repaid = m.d[row.INTEREST, k, b] * mix, m.d[row.PRINCIPAL_DUE, k, b] * mix
            a[q, col.INTEREST, i, b] += interest
            a[q, col.PRINCIPAL, i, b] += repaid
            m.d[row.PRINCIPAL, k, b] -= repaid
            if lender >= 0:
                a[q, col.INTEREST_GOT, lender, b] += interest
                a[q, col.REPAID_GOT, lender, b] += repaid
            if m.wi[row.LEDGER]:
                m.ledger_interest[q, k, b], m.ledger_repaid[q, k, b] = interest, repaid
            if not m.nl[row.DOWN, i, b] and m.d[row.ROLLED, k, b] > 0.0:
                if lender < 0:
                    m.d[row.PRINCIPAL, k, b] -= m.d[row.ROLLED, k, b]
                    borrow(q, i, b, m.d[row.ROLLED, k, b], m)
                a[q, col.ROLLED, i, b] += m.d[row.ROLLED, k, b]


@kernel
def pay_calls(q: int, m: Tableau) -> None:
    """What guarantors pay; calls for lenders of a vehicle go to them and not to the vehicle."""
    a = m.accounts
    for k in range(m.gi.shape[1]):
        who = m.gi[row.GUARANTOR, k]
        if who < 0:
            continue
        for b in range(m.g.shape[2]):
            paid = m.g[row.CALL_DUE, k, b] * m.rank[row.SHARE, 2, who, b]
            m.g[row.SPENT, k, b] += paid
            a[q, col.CALLS_PAID, who, b] += paid
            if m.gi[row.BENEFICIARY, k] >= 0 and not m.gi[row.FOR_LENDERS, k]:
                a[q, col.CALLS_GOT, m.gi[row.BENEFICIARY, k], b] += paid
            if m.wi[row.LEDGER]:
                m.ledger_calls[q, k, b] = paid


@kernel
def vest(q: int, m: Tableau) -> None:
    """Warrants vest with what was paid under a contract once the issuer is worth the hurdle of the next part."""
    for s in range(m.si.shape[1]):
        t = m.si[row.STAKE_VESTS_WITH, s]
        if t < 0:
            continue
        held = m.si[row.STAKE_HELD, s]
        for b in range(m.t.shape[2]):
            earned = min(
                m.sf[row.STAKE_VESTS, s] * (m.t[row.PAID, t, b] - m.tf[row.TIE_PAID0, t]),
                m.sf[row.STAKE_VESTS_LIMIT, s],
            )
            more = earned - m.s[row.VESTED, s, b]
            needed = (
                m.sf[row.STAKE_HURDLE, s] * earned / m.sf[row.STAKE_VESTS_LIMIT, s]
                if m.sf[row.STAKE_VESTS_LIMIT, s] > 0.0
                else 0.0
            )
            if more <= 0.0 or held < 0 or m.n[row.VALUE, held, b] < needed:
                continue
            m.s[row.VESTED, s, b] = earned
            m.s[row.FRACTION, s, b] += more
            worth = more * m.n[row.VALUE, held, b]
            m.s[row.CARRYING, s, b] += worth
            if m.si[row.STAKE_HOLDER, s] >= 0:
                m.accounts[q, col.VESTED, m.si[row.STAKE_HOLDER, s], b] += worth
