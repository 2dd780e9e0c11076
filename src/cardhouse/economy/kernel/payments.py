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
    n, lanes = m.nodes.shape[1:]
    for i in range(n):
        for b in range(lanes):
            # Interest is on what was owed before this step's borrowing.
            own_payments(q, i, b, m)
            raise_money(q, i, b, m)
    pay_contracts(q, m)
    pay_debts(q, m)
    pay_calls(q, m)
    vest(q, m)
    pass_on(q, m)


@kernel
def raise_money(q: int, i: int, b: int, m: Tableau) -> None:
    """Draw what is needed to pay and to keep the minimum cash, window by window; then set the cash."""
    classes, nodes, marks, limits = m.classes, m.nodes, m.marks, m.limits
    paid = 0.0
    for r in range(RANKS):
        paid += classes[row.SHARE, r, i, b] * classes[row.OWED, r, i, b]
    have = nodes[row.KEPT, i, b] + nodes[row.CERTAIN, i, b] + nodes[row.GOT, i, b]
    a = m.accounts
    a[q, col.BINDING, i, b], a[q, col.RESOURCES, i, b] = binding(i, b, m), resources(i, b, m)
    if marks[row.DOWN, i, b]:
        nodes[row.CASH, i, b] = max(have - paid, 0.0)
        if marks[row.PULLED, i, b] and marks[row.FELL, i, b] == q:
            # A card stops because its money has run out: what it still had is spent.
            a[q, col.GONE, i, b] += nodes[row.CASH, i, b]
            nodes[row.CASH, i, b] = 0.0
        return
    need = max(paid + limits[MINIMUM, i, b] - have, 0.0)
    lent = min(need, limits[DEBT_MARKET, i, b])
    sold = min(need - lent, limits[SHARES, i, b])
    drawn = min(need - lent - sold, limits[LINES, i, b])
    stakes = min(need - lent - sold - drawn, limits[STAKES, i, b])
    borrow(q, i, b, lent + drawn, m)
    nodes[row.UNDRAWN, i, b] -= drawn
    if sold > 0.0:
        dilute(i, b, sold, m)
    if stakes > 0.0:
        sell_stakes(q, i, b, stakes, m)
    a[q, col.DRAWN_DEBT, i, b], a[q, col.DRAWN_SHARES, i, b], a[q, col.DRAWN_LINES, i, b] = lent, sold, drawn
    a[q, col.SOLD_STAKES, i, b] = stakes
    nodes[row.CASH, i, b] = max(have + lent + sold + drawn + stakes - paid, 0.0)


@kernel
def dilute(i: int, b: int, money: float, m: Tableau) -> None:
    """New shares at the market price make every old stake smaller; the market's value holds the money already."""
    worth = m.nodes[row.VALUE, i, b]
    if worth <= 0.0:
        return
    for s in range(m.holding_kinds.shape[1]):
        if m.holding_kinds[row.STAKE_HELD, s] == i:
            m.holdings[row.FRACTION, s, b] *= max(1.0 - money / worth, 0.0)


@kernel
def sell_stakes(q: int, i: int, b: int, money: float, m: Tableau) -> None:
    """Sell the same part of every listed stake."""
    holdings = m.holdings
    part = money / m.limits[STAKES, i, b]
    m.accounts[q, col.STAKE_LOSS, i, b] -= money
    for s in range(m.holding_kinds.shape[1]):
        if m.holding_kinds[row.STAKE_HOLDER, s] == i and stake_proceeds(q, s, b, m) > 0.0:
            m.accounts[q, col.STAKE_LOSS, i, b] += part * holdings[row.CARRYING, s, b]
            holdings[row.CARRYING, s, b] *= 1.0 - part
            holdings[row.FRACTION, s, b] *= 1.0 - part


@kernel
def own_payments(q: int, i: int, b: int, m: Tableau) -> None:
    """Payments to unnamed parties: costs, tax, spending, interest and principal of new debt, what owners get."""
    nodes, ladders, marks = m.nodes, m.ladders, m.marks
    a, share = m.accounts, m.classes[row.SHARE]
    if gone(q, i, b, m):
        return
    a[q, col.WORLD_RECEIPTS, i, b] = nodes[row.RECEIPTS, i, b]
    a[q, col.REVENUE, i, b] += nodes[row.RECEIPTS, i, b]
    a[q, col.COSTS, i, b] += nodes[row.COSTS, i, b] * share[0, i, b] + nodes[row.FLEXIBLE, i, b] * share[INTENT, i, b]
    a[q, col.LEVY, i, b] = nodes[row.LEVY, i, b] * share[0, i, b]
    tax = nodes[row.TAX_DUE, i, b] * share[0, i, b]
    a[q, col.TAX_PAID, i, b] = tax
    nodes[row.TAX_DUE, i, b] -= tax
    committed = committed_part(i, b, m)
    spent = committed * share[2, i, b] + (1.0 - committed) * share[INTENT, i, b]
    a[q, col.CAPEX, i, b] += nodes[row.CAPEX_WORLD, i, b] * spent
    a[q, col.PAYOUT, i, b] = nodes[row.PAYOUT, i, b] * max(nodes[row.FREE, i, b], 0.0) * share[INTENT, i, b]
    interest = nodes[row.NEW_INTEREST, i, b] * m.calendar[row.YEARS, q] * share[2, i, b]
    a[q, col.INTEREST, i, b] += interest
    repaid = nodes[row.LADDER_DUE, i, b] * share[2, i, b]
    a[q, col.PRINCIPAL, i, b] += repaid
    nodes[row.NEW_DEBT, i, b] -= repaid
    matured, rate = ladders[row.LADDER, i, q, b], ladders[row.LADDER_RATE, i, q, b]
    if matured > 0.0 and not marks[row.DOWN, i, b]:
        nodes[row.NEW_DEBT, i, b] -= nodes[row.LADDER_ROLLED, i, b]
        nodes[row.NEW_INTEREST, i, b] -= rate
        borrow(q, i, b, nodes[row.LADDER_ROLLED, i, b], m)
        a[q, col.ROLLED, i, b] += nodes[row.LADDER_ROLLED, i, b]
    if m.kinds[row.VEHICLE, i] and not marks[row.DOWN, i, b]:
        a[q, col.BRIDGE, i, b] = nodes[row.BRIDGE, i, b]


@kernel
def pass_on(q: int, m: Tableau) -> None:
    """What a vehicle keeps: paid-in money is built with, other cash repays its lenders, the rest is its owners'."""
    a, nodes, debts = m.accounts, m.nodes, m.debts
    for i in range(nodes.shape[1]):
        for b in range(nodes.shape[2]):
            if not m.kinds[row.VEHICLE, i] or m.marks[row.DOWN, i, b]:
                continue
            built = min(a[q, col.RAISED, i, b], nodes[row.CASH, i, b])
            a[q, col.CAPEX, i, b] += built
            left = nodes[row.CASH, i, b] - built
            for k in range(m.debt_kinds.shape[1]):
                if m.debt_kinds[row.DEBT_BORROWER, k] == i and m.debt_kinds[row.DEBT_LENDER, k] < 0:
                    repaid = min(left, debts[row.PRINCIPAL, k, b])
                    debts[row.PRINCIPAL, k, b] -= repaid
                    a[q, col.PRINCIPAL, i, b] += repaid
                    left -= repaid
            a[q, col.PAYOUT, i, b] += left
            nodes[row.CASH, i, b] = 0.0


@kernel
def pay_contracts(q: int, m: Tableau) -> None:
    """What every contract brings and costs; deliveries are revenue, what is unpaid of them a receivable."""
    tie_kinds, classes, ties, marks = m.tie_kinds, m.classes, m.ties, m.marks
    for t in range(m.tie_kinds.shape[1]):
        payer, payee, role, rank = (
            tie_kinds[row.TIE_PAYER, t],
            tie_kinds[row.TIE_PAYEE, t],
            tie_kinds[row.TIE_ROLE, t],
            bound_rank(tie_kinds[row.TIE_ROLE, t]),
        )
        for b in range(m.ties.shape[2]):
            bound = classes[row.SHARE, rank, payer, b] if payer >= 0 else 1.0
            intent = classes[row.SHARE, INTENT, payer, b] if payer >= 0 else 1.0
            cash = ties[row.CASH_BOUND, t, b] * bound + ties[row.CASH_INTENT, t, b] * intent
            failing = payer >= 0 and marks[row.DOWN, payer, b] and marks[row.FELL, payer, b] == q
            before = ties[row.RECEIVABLE, t, b]
            if failing:
                delivered = cash - before * bound
            else:
                delivered = cash + ties[row.NEW_RECEIVABLE, t, b] - before
                ties[row.RECEIVABLE, t, b] = ties[row.NEW_RECEIVABLE, t, b]
            ties[row.PAID, t, b] += cash
            if tie_kinds[row.TIE_OUTER, t] >= 0:
                ties[row.PAID, tie_kinds[row.TIE_OUTER, t], b] += cash
            if m.switches[row.LEDGER]:
                m.ledger_due[q, t, b], m.ledger_paid[q, t, b] = ties[row.DUE, t, b], cash
            book_contract(q, t, b, cash, delivered, m)
            if payee >= 0:
                soften(q, t, b, bound, intent, m)
            if role == INVESTMENT and cash > 0.0:
                invest(t, b, cash, m)


@kernel
def book_contract(q: int, t: int, b: int, cash: float, delivered: float, m: Tableau) -> None:
    """Write a payment and a delivery into the accounts of both sides."""
    tie_kinds = m.tie_kinds
    a, role = m.accounts, tie_kinds[row.TIE_ROLE, t]
    payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
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
    tie_kinds, ties, tie_terms = m.tie_kinds, m.ties, m.tie_terms
    payee, a = tie_kinds[row.TIE_PAYEE, t], m.accounts
    if gone(q, payee, b, m):
        return
    lost = ties[row.GHOST, t, b]
    if tie_kinds[row.TIE_PAYER, t] >= 0:
        lost += ties[row.CASH_BOUND, t, b] * (1.0 - bound) + ties[row.CASH_INTENT, t, b] * (1.0 - intent)
    saved = lost * (ties[row.RELIEF, t, b] - ties[row.RELET, t, b])
    relet = lost * ties[row.RELET, t, b]
    a[q, col.SAVED, payee, b] += saved
    a[q, col.COSTS, payee, b] -= saved
    a[q, col.RELET, payee, b] += relet
    a[q, col.REVENUE, payee, b] += relet
    if m.tie_marks[row.FIRST_GHOST, t, b] and tie_kinds[row.TIE_ROLE, t] == CAPITAL:
        # Goods made for an order that is gone: what resale does not bring is written down.
        waste = (
            lost * tie_terms[row.TIE_AVOID, t] * tie_terms[row.TIE_STRANDED, t] * max(1.0 - ties[row.RELET, t, b], 0.0)
        )
        a[q, col.INVENTORY_LOSS, payee, b] += waste
        a[q, col.COSTS, payee, b] -= waste


@kernel
def invest(t: int, b: int, cash: float, m: Tableau) -> None:
    """An instalment adds to the stake it buys, at the market's value of the firm with the money in it."""
    holding_kinds, holdings, nodes = m.holding_kinds, m.holdings, m.nodes
    for s in range(m.holding_kinds.shape[1]):
        if holding_kinds[row.STAKE_PAYS, s] != t:
            continue
        held = holding_kinds[row.STAKE_HELD, s]
        holdings[row.CARRYING, s, b] += cash
        if held >= 0 and nodes[row.VALUE, held, b] > 0.0:
            worth = nodes[row.VALUE, held, b]
            dilute(held, b, cash, m)
            holdings[row.FRACTION, s, b] += min(cash / worth, 1.0)


@kernel
def pay_debts(q: int, m: Tableau) -> None:
    """Interest and principal of the debts of the opening; what is rolled becomes new debt."""
    debt_kinds, classes, debts = m.debt_kinds, m.classes, m.debts
    a = m.accounts
    for k in range(m.debt_kinds.shape[1]):
        i, lender, part = (
            debt_kinds[row.DEBT_BORROWER, k],
            debt_kinds[row.DEBT_LENDER, k],
            m.debt_terms[row.DEBT_SECURED, k],
        )
        for b in range(m.debts.shape[2]):
            mix = part * classes[row.SHARE, 0, i, b] + (1.0 - part) * classes[row.SHARE, 2, i, b]
            interest, repaid = debts[row.INTEREST, k, b] * mix, debts[row.PRINCIPAL_DUE, k, b] * mix
            a[q, col.INTEREST, i, b] += interest
            a[q, col.PRINCIPAL, i, b] += repaid
            debts[row.PRINCIPAL, k, b] -= repaid
            if lender >= 0:
                a[q, col.INTEREST_GOT, lender, b] += interest
                a[q, col.REPAID_GOT, lender, b] += repaid
            if m.switches[row.LEDGER]:
                m.ledger_interest[q, k, b], m.ledger_repaid[q, k, b] = interest, repaid
            if not m.marks[row.DOWN, i, b] and debts[row.ROLLED, k, b] > 0.0:
                if lender < 0:
                    debts[row.PRINCIPAL, k, b] -= debts[row.ROLLED, k, b]
                    borrow(q, i, b, debts[row.ROLLED, k, b], m)
                a[q, col.ROLLED, i, b] += debts[row.ROLLED, k, b]


@kernel
def pay_calls(q: int, m: Tableau) -> None:
    """What guarantors pay; calls for lenders of a vehicle go to them and not to the vehicle."""
    call_kinds, calls = m.call_kinds, m.calls
    a = m.accounts
    for k in range(m.call_kinds.shape[1]):
        who = call_kinds[row.GUARANTOR, k]
        if who < 0:
            continue
        for b in range(m.calls.shape[2]):
            paid = calls[row.CALL_DUE, k, b] * m.classes[row.SHARE, 2, who, b]
            calls[row.SPENT, k, b] += paid
            a[q, col.CALLS_PAID, who, b] += paid
            if call_kinds[row.BENEFICIARY, k] >= 0 and not call_kinds[row.FOR_LENDERS, k]:
                a[q, col.CALLS_GOT, call_kinds[row.BENEFICIARY, k], b] += paid
            if m.switches[row.LEDGER]:
                m.ledger_calls[q, k, b] = paid


@kernel
def vest(q: int, m: Tableau) -> None:
    """Warrants vest with what was paid under a contract once the issuer is worth the hurdle of the next part."""
    holding_kinds, holding_terms, holdings, nodes = m.holding_kinds, m.holding_terms, m.holdings, m.nodes
    for s in range(m.holding_kinds.shape[1]):
        t = holding_kinds[row.STAKE_VESTS_WITH, s]
        if t < 0:
            continue
        held = holding_kinds[row.STAKE_HELD, s]
        for b in range(m.ties.shape[2]):
            earned = min(
                holding_terms[row.STAKE_VESTS, s] * (m.ties[row.PAID, t, b] - m.tie_terms[row.TIE_PAID0, t]),
                holding_terms[row.STAKE_VESTS_LIMIT, s],
            )
            more = earned - holdings[row.VESTED, s, b]
            needed = (
                holding_terms[row.STAKE_HURDLE, s] * earned / holding_terms[row.STAKE_VESTS_LIMIT, s]
                if holding_terms[row.STAKE_VESTS_LIMIT, s] > 0.0
                else 0.0
            )
            if more <= 0.0 or held < 0 or nodes[row.VALUE, held, b] < needed:
                continue
            holdings[row.VESTED, s, b] = earned
            worth = more * nodes[row.VALUE, held, b]
            own = holdings[row.FRACTION, s, b]
            dilute(held, b, worth, m)
            holdings[row.FRACTION, s, b] = own + more  # the share promised is of all shares when vested
            holdings[row.CARRYING, s, b] += worth
            if holding_kinds[row.STAKE_HOLDER, s] >= 0:
                m.accounts[q, col.VESTED, holding_kinds[row.STAKE_HOLDER, s], b] += worth
