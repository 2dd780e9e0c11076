"""Once a step is cleared: who draws what, who pays whom, what is bought with it. Point 5 of a step."""

from __future__ import annotations

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, INTENT, INVESTMENT, RANKS
from cardhouse.economy.kernel.clearing import binding, bound_rank, committed_part, gone, resources
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.funding import DEBT_MARKET, LINES, MINIMUM, SHARES, STAKES, borrow, stake_proceeds
from cardhouse.economy.kernel.lanes import Lanes, any_of, lanes, least, most, where
from cardhouse.economy.kernel.tableau import Tableau


@kernel
def pay(q: int, m: Tableau) -> None:
    """Move the money of a cleared step."""
    for i in range(m.nodes.shape[1]):
        # Interest is on what was owed before this step's borrowing.
        own_payments(q, i, m)
        raise_money(q, i, m)
    pay_contracts(q, m)
    pay_debts(q, m)
    pay_calls(q, m)
    vest(m)
    pass_on(q, m)


@inlined
def raise_money(q: int, i: int, m: Tableau) -> None:
    """Draw what is needed to pay and to keep the minimum cash, window by window; then set the cash."""
    classes, nodes, limits, a = m.classes, m.nodes, m.limits, m.books
    paid = lanes(0.0)
    for r in range(RANKS):
        paid += classes[row.SHARE, r, i] * classes[row.OWED, r, i]
    have = nodes[row.KEPT, i] + nodes[row.CERTAIN, i] + nodes[row.GOT, i]
    a[col.BINDING, i], a[col.RESOURCES, i] = binding(i, m), resources(i, m)
    down = m.marks[row.DOWN, i] > 0.0
    need = where(down, 0.0, most(paid + limits[MINIMUM, i] - have, 0.0))
    lent = least(need, limits[DEBT_MARKET, i])
    sold = least(need - lent, limits[SHARES, i])
    drawn = least(need - lent - sold, limits[LINES, i])
    stakes = least(need - lent - sold - drawn, limits[STAKES, i])
    borrow(q, i, lent + drawn, m)
    nodes[row.UNDRAWN, i] -= drawn
    if any_of(sold > 0.0):
        dilute(i, sold, m)
    if any_of(stakes > 0.0):
        sell_stakes(q, i, stakes, m)
    a[col.DRAWN_DEBT, i], a[col.DRAWN_SHARES, i], a[col.DRAWN_LINES, i] = lent, sold, drawn
    a[col.SOLD_STAKES, i] = stakes
    nodes[row.RAISED_SO_FAR, i] += lent + sold + drawn + stakes
    cash = most(have + lent + sold + drawn + stakes - paid, 0.0)
    # A card stops because its money has run out: what it still had is spent.
    spent = down & (m.marks[row.PULLED, i] > 0.0) & (m.marks[row.FELL, i] == q)
    a[col.GONE, i] += where(spent, cash, 0.0)
    nodes[row.CASH, i] = where(spent, 0.0, cash)


@kernel
def dilute(i: int, money: Lanes, m: Tableau) -> None:
    """New shares at the market price make every old stake smaller; the market's value holds the money already."""
    worth = m.nodes[row.VALUE, i]
    left = where((worth > 0.0) & (money > 0.0), most(1.0 - money / worth, 0.0), 1.0)
    s = m.kinds[row.FIRST_HELD, i]
    while s >= 0:
        m.holdings[row.FRACTION, s] *= left
        s = m.holding_kinds[row.NEXT_HELD, s]


@kernel
def sell_stakes(q: int, i: int, money: Lanes, m: Tableau) -> None:
    """Sell the same part of every listed stake; what that brings beyond what they are carried at is a gain."""
    holdings, a, carried = m.holdings, m.books, lanes(0.0)
    part = where(money > 0.0, money / m.limits[STAKES, i], 0.0)
    s = m.kinds[row.FIRST_HOLDING, i]
    while s >= 0:
        if m.holding_kinds[row.STAKE_LISTED, s]:
            sells = where(stake_proceeds(q, s, m) > 0.0, part, 0.0)
            carried += sells * holdings[row.CARRYING, s]
            holdings[row.CARRYING, s] *= 1.0 - sells
            holdings[row.FRACTION, s] *= 1.0 - sells
            holdings[row.OUTSIDE, s] *= 1.0 - sells
        s = m.holding_kinds[row.NEXT_HOLDING, s]
    a[col.STAKE_GAIN, i] += most(money - carried, 0.0)
    a[col.STAKE_LOSS, i] += most(carried - money, 0.0)


@inlined
def own_payments(q: int, i: int, m: Tableau) -> None:
    """Payments to unnamed parties: costs, tax, spending, interest and principal of new debt, what owners get."""
    nodes, a = m.nodes, m.books
    # Nothing is owed or received any more by who is gone.
    acts = where(gone(q, i, m), 0.0, 1.0)
    if m.kinds[row.VEHICLE, i]:
        a[col.BRIDGE, i] = where(m.marks[row.DOWN, i] > 0.0, 0.0, nodes[row.BRIDGE, i])
        a[col.PAYOUT, i] = 0.0
    else:
        run_business(i, acts, m)
    second = m.classes[row.SHARE, 2, i] * acts
    a[col.INTEREST, i] += nodes[row.NEW_INTEREST, i] * m.years[q] * second
    repaid = nodes[row.LADDER_DUE, i] * second
    a[col.PRINCIPAL, i] += repaid
    nodes[row.NEW_DEBT, i] -= repaid
    roll_over(q, i, m)


@inlined
def run_business(i: int, acts: Lanes, m: Tableau) -> None:
    """Sales to unnamed customers, costs, tax, spending and payouts of a firm."""
    nodes, a, classes = m.nodes, m.books, m.classes
    first, second = classes[row.SHARE, 0, i] * acts, classes[row.SHARE, 2, i] * acts
    meant = classes[row.SHARE, INTENT, i] * acts
    a[col.WORLD_RECEIPTS, i] = nodes[row.RECEIPTS, i] * acts
    a[col.REVENUE, i] += nodes[row.RECEIPTS, i] * acts
    a[col.COSTS, i] += nodes[row.COSTS, i] * first + nodes[row.FLEXIBLE, i] * meant
    a[col.LEVY, i] = nodes[row.LEVY, i] * first
    tax = nodes[row.TAX_DUE, i] * first
    a[col.TAX_PAID, i] = tax
    nodes[row.TAX_DUE, i] -= tax
    committed = committed_part(i, m)
    a[col.CAPEX, i] += nodes[row.CAPEX_WORLD, i] * (committed * second + (1.0 - committed) * meant)
    a[col.PAYOUT, i] = m.node_terms[row.PAYOUT, i] * most(nodes[row.FREE, i], 0.0) * meant


@inlined
def roll_over(q: int, i: int, m: Tableau) -> None:
    """New debt that matures leaves the ladder; what lenders roll enters it again at the rate of the day."""
    nodes, ladders = m.nodes, m.ladders
    now = (ladders[row.LADDER, i, q] > 0.0) & (m.marks[row.DOWN, i] <= 0.0)
    if any_of(now):
        rolled = where(now, nodes[row.LADDER_ROLLED, i], 0.0)
        nodes[row.NEW_DEBT, i] -= rolled
        nodes[row.NEW_INTEREST, i] -= where(now, ladders[row.LADDER_RATE, i, q], 0.0)
        borrow(q, i, rolled, m)
        m.books[col.ROLLED, i] += rolled


@kernel
def pass_on(q: int, m: Tableau) -> None:
    """What a vehicle keeps: paid-in money is built with, other cash repays its lenders, the rest is its owners'.

    The estate of a fallen one keeps what comes until it pays; what comes later, as from a guarantor, is its owners'.
    """
    a, nodes, debts = m.books, m.nodes, m.debts
    for i in range(nodes.shape[1]):
        if not m.kinds[row.VEHICLE, i]:
            continue
        stands = m.marks[row.DOWN, i] <= 0.0
        passes = stands | (m.marks[row.ESTATE_AT, i] < q)
        cash = where(passes, nodes[row.CASH, i], 0.0)
        built = least(a[col.RAISED, i], cash)
        a[col.CAPEX, i] += built
        left = cash - built
        k = m.kinds[row.FIRST_DEBT, i]
        while k >= 0:
            if m.debt_kinds[row.DEBT_LENDER, k] < 0:
                repaid = least(left, debts[row.PRINCIPAL, k])
                debts[row.PRINCIPAL, k] -= repaid
                a[col.PRINCIPAL, i] += repaid
                left -= repaid
            k = m.debt_kinds[row.NEXT_DEBT, k]
        a[col.PAYOUT, i] += where(stands, left, 0.0)
        a[col.GONE, i] += where(stands, 0.0, left)
        nodes[row.CASH, i] = where(passes, 0.0, nodes[row.CASH, i])


@kernel
def pay_contracts(q: int, m: Tableau) -> None:
    """What every contract brings and costs; deliveries are revenue, what is unpaid of them a receivable."""
    tie_kinds, classes, ties, marks = m.tie_kinds, m.classes, m.ties, m.marks
    for n in range(m.live[0]):
        t = m.live[n + 1]
        payer, payee, role = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t], tie_kinds[row.TIE_ROLE, t]
        bound, intent, before = lanes(1.0), lanes(1.0), ties[row.RECEIVABLE, t]
        after = ties[row.NEW_RECEIVABLE, t]
        change = after - before
        if payer >= 0:
            bound, intent = classes[row.SHARE, bound_rank(role), payer], classes[row.SHARE, INTENT, payer]
            # A payer that fails leaves its receivable to its estate; others end with what they have not paid yet.
            failing = (marks[row.DOWN, payer] > 0.0) & (marks[row.FELL, payer] == q)
            change, after = where(failing, -before * bound, change), where(failing, before, after)
        cash = ties[row.CASH_BOUND, t] * bound + ties[row.CASH_INTENT, t] * intent
        delivered = cash + change
        ties[row.RECEIVABLE, t] = after
        ties[row.PAID, t] += cash
        if tie_kinds[row.TIE_OUTER, t] >= 0:
            ties[row.PAID, tie_kinds[row.TIE_OUTER, t]] += cash
        if m.switches[row.LEDGER]:
            m.ledger_due[q, t], m.ledger_paid[q, t] = ties[row.DUE, t], cash
        book_contract(t, cash, delivered, m)
        if payee >= 0:
            soften(q, t, bound, intent, m)
        if role == INVESTMENT and any_of(cash > 0.0):
            invest(t, most(cash, 0.0), m)


@inlined
def book_contract(t: int, cash: Lanes, delivered: Lanes, m: Tableau) -> None:
    """Write a payment and a delivery into the accounts of both sides."""
    tie_kinds, a = m.tie_kinds, m.books
    payer, payee, role = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t], tie_kinds[row.TIE_ROLE, t]
    if payer >= 0:
        a[col.TIES_PAID, payer] += cash
        if role == CAPITAL:
            a[col.CAPEX, payer] += delivered
        elif role == INVESTMENT:
            a[col.INVESTED, payer] += cash
        else:
            a[col.COSTS_TIES, payer] += delivered
    if payee >= 0:
        a[col.TIES_GOT, payee] += cash
        if role == INVESTMENT:
            a[col.RAISED, payee] += cash
        else:
            a[col.REVENUE, payee] += delivered


@inlined
def soften(q: int, t: int, bound: Lanes, intent: Lanes, m: Tableau) -> None:
    """Cost that a payee avoids and income from re-letting for what stays unpaid."""
    tie_kinds, ties, tie_terms, a = m.tie_kinds, m.ties, m.tie_terms, m.books
    payee, lost = tie_kinds[row.TIE_PAYEE, t], ties[row.GHOST, t]
    if tie_kinds[row.TIE_PAYER, t] >= 0:
        lost += ties[row.CASH_BOUND, t] * (1.0 - bound) + ties[row.CASH_INTENT, t] * (1.0 - intent)
    lost = where(gone(q, payee, m), 0.0, lost)
    if not any_of(lost != 0.0):
        return
    relet = lost * ties[row.RELET, t]
    saved = lost * (ties[row.RELIEF, t] - ties[row.RELET, t])
    a[col.SAVED, payee] += saved
    a[col.COSTS, payee] -= saved
    a[col.RELET, payee] += relet
    a[col.REVENUE, payee] += relet
    if tie_kinds[row.TIE_ROLE, t] == CAPITAL:
        # Goods made for an order that is gone: what resale does not bring is written down.
        made = tie_terms[row.TIE_AVOID, t] * tie_terms[row.TIE_STRANDED, t]
        waste = lost * made * most(1.0 - ties[row.RELET, t], 0.0)
        waste = where(m.tie_marks[row.FIRST_GHOST, t] > 0.0, waste, 0.0)
        a[col.INVENTORY_LOSS, payee] += waste
        a[col.COSTS, payee] -= waste


@kernel
def invest(t: int, cash: Lanes, m: Tableau) -> None:
    """An instalment adds to the stake it buys, at the market's value of the firm with the money in it."""
    holding_kinds, holdings = m.holding_kinds, m.holdings
    s = m.tie_kinds[row.FIRST_PAID, t]
    while s >= 0:
        held = holding_kinds[row.STAKE_HELD, s]
        holdings[row.CARRYING, s] += cash
        if held < 0:
            holdings[row.OUTSIDE, s] += cash
        else:
            worth = m.nodes[row.VALUE, held]
            dilute(held, cash, m)
            holdings[row.FRACTION, s] += where(worth > 0.0, least(cash / worth, 1.0), 0.0)
        s = holding_kinds[row.NEXT_PAID, s]


@kernel
def pay_debts(q: int, m: Tableau) -> None:
    """Interest and principal of the debts of the opening; what is rolled becomes new debt."""
    debt_kinds, classes, debts, a = m.debt_kinds, m.classes, m.debts, m.books
    for k in range(debt_kinds.shape[1]):
        i, lender = debt_kinds[row.DEBT_BORROWER, k], debt_kinds[row.DEBT_LENDER, k]
        part = m.debt_terms[row.DEBT_SECURED, k]
        mix = part * classes[row.SHARE, 0, i] + (1.0 - part) * classes[row.SHARE, 2, i]
        interest, repaid = debts[row.INTEREST, k] * mix, debts[row.PRINCIPAL_DUE, k] * mix
        a[col.INTEREST, i] += interest
        a[col.PRINCIPAL, i] += repaid
        debts[row.PRINCIPAL, k] -= repaid
        if lender >= 0:
            a[col.INTEREST_GOT, lender] += interest
            a[col.REPAID_GOT, lender] += repaid
        if m.switches[row.LEDGER]:
            m.ledger_interest[q, k], m.ledger_repaid[q, k] = interest, repaid
        rolled = where(m.marks[row.DOWN, i] > 0.0, 0.0, most(debts[row.ROLLED, k], 0.0))
        if any_of(rolled > 0.0):
            if lender < 0:
                debts[row.PRINCIPAL, k] -= rolled
                borrow(q, i, rolled, m)
            a[col.ROLLED, i] += rolled


@kernel
def pay_calls(q: int, m: Tableau) -> None:
    """What guarantors pay; calls for lenders of a vehicle go to them and not to the vehicle."""
    call_kinds, calls, a = m.call_kinds, m.calls, m.books
    for k in range(call_kinds.shape[1]):
        who, to = call_kinds[row.GUARANTOR, k], call_kinds[row.BENEFICIARY, k]
        if who < 0:
            continue
        paid = calls[row.CALL_DUE, k] * m.classes[row.SHARE, 2, who]
        calls[row.SPENT, k] += paid
        a[col.CALLS_PAID, who] += paid
        if to >= 0 and not call_kinds[row.FOR_LENDERS, k]:
            a[col.CALLS_GOT, to] += paid
        if m.switches[row.LEDGER]:
            m.ledger_calls[q, k] = paid


@kernel
def vest(m: Tableau) -> None:
    """Warrants vest with what was paid under a contract once the issuer is worth the hurdle of the next part."""
    holding_kinds, holding_terms, holdings = m.holding_kinds, m.holding_terms, m.holdings
    for s in range(holding_kinds.shape[1]):
        t, held = holding_kinds[row.STAKE_VESTS_WITH, s], holding_kinds[row.STAKE_HELD, s]
        if t < 0 or held < 0:
            continue
        limit, value = holding_terms[row.STAKE_VESTS_LIMIT, s], m.nodes[row.VALUE, held]
        paid = m.ties[row.PAID, t] - m.tie_terms[row.TIE_PAID0, t]
        earned = least(holding_terms[row.STAKE_VESTS, s] * paid, limit)
        more = earned - holdings[row.VESTED, s]
        needed = where(limit > 0.0, holding_terms[row.STAKE_HURDLE, s] * earned / limit, 0.0)
        now = (more > 0.0) & (value >= needed)
        if not any_of(now):
            continue
        worth, own = where(now, more * value, 0.0), holdings[row.FRACTION, s]
        holdings[row.VESTED, s] = where(now, earned, holdings[row.VESTED, s])
        dilute(held, worth, m)
        # The share promised is of all shares when vested.
        holdings[row.FRACTION, s] = where(now, own + more, own)
        holdings[row.CARRYING, s] += worth
        if holding_kinds[row.STAKE_HOLDER, s] >= 0:
            m.books[col.VESTED, holding_kinds[row.STAKE_HOLDER, s]] += worth
