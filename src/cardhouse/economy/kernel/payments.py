"""Once a step is cleared: who draws what, who pays whom, what is bought with it. Point 5 of a step."""

from __future__ import annotations

from numba import njit

from cardhouse.economy.kernel.arrays import CAPITAL, INTENT, INVESTMENT, RANKS, Model, Shocks
from cardhouse.economy.kernel.clearing import binding, bound_rank, gone, resources
from cardhouse.economy.kernel.funding import (
    DEBT_MARKET,
    LINES,
    MINIMUM,
    SHARES,
    STAKES,
    borrow,
    stake_proceeds,
)
from cardhouse.economy.kernel.state import (
    BINDING,
    BRIDGE,
    CALLS_GOT,
    CALLS_PAID,
    CAPEX,
    COSTS,
    COSTS_TIES,
    DRAWN_DEBT,
    DRAWN_LINES,
    DRAWN_SHARES,
    GONE,
    INTEREST,
    INTEREST_GOT,
    INVENTORY_LOSS,
    INVESTED,
    PAYOUT,
    PRINCIPAL,
    RAISED,
    RELET,
    REPAID_GOT,
    RESOURCES,
    REVENUE,
    ROLLED,
    SAVED,
    SOLD_STAKES,
    STAKE_LOSS,
    TAX_PAID,
    TIES_GOT,
    TIES_PAID,
    VESTED,
    WORLD_RECEIPTS,
    Out,
    State,
    Step,
)
from cardhouse.economy.kernel.state import LEVY as LEVY_PAID


@njit(nogil=True, cache=True)
def pay(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Move the money of a cleared step."""
    n, lanes = step.kept.shape
    for i in range(n):
        for b in range(lanes):
            # Interest is on what was owed before this step's borrowing.
            own_payments(q, i, b, state, step, out, model)
            raise_money(q, i, b, model, shocks, state, step, out)
    pay_contracts(q, model, state, step, out)
    pay_debts(q, model, state, step, out)
    pay_calls(q, model, state, step, out)
    vest(q, model, state, out)


@njit(nogil=True, cache=True)
def raise_money(
    q: int, i: int, b: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out
) -> None:
    """Draw what is needed to pay and to keep the minimum cash, window by window; then set the cash."""
    paid = 0.0
    for r in range(RANKS):
        paid += step.share[r, i, b] * step.owed[r, i, b]
    have = step.kept[i, b] + step.certain[i, b] + step.got[i, b]
    a = out.accounts
    a[q, BINDING, i, b], a[q, RESOURCES, i, b] = binding(i, b, step), resources(i, b, step)
    if state.down[i, b]:
        state.cash[i, b] = have - paid
        if state.pulled[i, b] and state.fell[i, b] == q:
            # A card stops because its money has run out: what it still had is spent.
            a[q, GONE, i, b] += state.cash[i, b]
            state.cash[i, b] = 0.0
        return
    need = max(paid + step.limits[MINIMUM, i, b] - have, 0.0)
    lent = min(need, step.limits[DEBT_MARKET, i, b])
    sold = min(need - lent, step.limits[SHARES, i, b])
    drawn = min(need - lent - sold, step.limits[LINES, i, b])
    stakes = min(need - lent - sold - drawn, step.limits[STAKES, i, b])
    borrow(q, i, b, lent + drawn, model, state, step)
    state.undrawn[i, b] -= drawn
    if sold > 0.0:
        dilute(i, b, sold, model, state)
    if stakes > 0.0:
        sell_stakes(q, i, b, stakes, model, shocks, state, step, out)
    a[q, DRAWN_DEBT, i, b], a[q, DRAWN_SHARES, i, b], a[q, DRAWN_LINES, i, b] = lent, sold, drawn
    a[q, SOLD_STAKES, i, b] = stakes
    state.cash[i, b] = max(have + lent + sold + drawn + stakes - paid, 0.0)


@njit(nogil=True, cache=True)
def dilute(i: int, b: int, money: float, model: Model, state: State) -> None:
    """New shares at the market price make every old stake smaller."""
    worth = state.value[i, b]
    if worth <= 0.0:
        return
    for s in range(model.stakes.holder.size):
        if model.stakes.held[s] == i:
            state.fraction[s, b] *= worth / (worth + money)


@njit(nogil=True, cache=True)
def sell_stakes(
    q: int, i: int, b: int, money: float, model: Model, shocks: Shocks, state: State, step: Step, out: Out
) -> None:
    """Sell the same part of every listed stake."""
    part = money / step.limits[STAKES, i, b]
    out.accounts[q, STAKE_LOSS, i, b] -= money
    for s in range(model.stakes.holder.size):
        if model.stakes.holder[s] == i and stake_proceeds(q, s, b, model, shocks, state) > 0.0:
            out.accounts[q, STAKE_LOSS, i, b] += part * state.carrying[s, b]
            state.carrying[s, b] *= 1.0 - part
            state.fraction[s, b] *= 1.0 - part


@njit(nogil=True, cache=True)
def own_payments(q: int, i: int, b: int, state: State, step: Step, out: Out, model: Model) -> None:
    """Payments to unnamed parties: costs, tax, spending, interest and principal of new debt, what owners get."""
    a, share = out.accounts, step.share
    if gone(q, i, b, state):
        return
    a[q, WORLD_RECEIPTS, i, b] = step.receipts[i, b]
    a[q, REVENUE, i, b] += step.receipts[i, b]
    a[q, COSTS, i, b] += step.costs[i, b] * share[0, i, b]
    a[q, LEVY_PAID, i, b] = step.levy[i, b] * share[0, i, b]
    tax = state.tax_due[i, b] * share[0, i, b]
    a[q, TAX_PAID, i, b] = tax
    state.tax_due[i, b] -= tax
    committed = model.nodes.committed[i, b]
    spent = committed * share[2, i, b] + (1.0 - committed) * share[INTENT, i, b]
    a[q, CAPEX, i, b] += step.capex_world[i, b] * spent
    a[q, PAYOUT, i, b] = model.nodes.payout[i, b] * max(state.free[i, b], 0.0) * share[INTENT, i, b]
    interest = state.new_interest[i, b] * model.world.years[q] * share[2, i, b]
    a[q, INTEREST, i, b] += interest
    repaid = step.ladder_due[i, b] * share[2, i, b]
    a[q, PRINCIPAL, i, b] += repaid
    state.new_debt[i, b] -= repaid
    matured, rate = state.ladder[i, q, b], state.ladder_rate[i, q, b]
    if matured > 0.0 and not state.down[i, b]:
        state.new_debt[i, b] -= step.ladder_rolled[i, b]
        state.new_interest[i, b] -= rate
        borrow(q, i, b, step.ladder_rolled[i, b], model, state, step)
        a[q, ROLLED, i, b] += step.ladder_rolled[i, b]
    if model.nodes.vehicle[i] and not state.down[i, b]:
        a[q, BRIDGE, i, b] = step.bridge[i, b]


@njit(nogil=True, cache=True)
def pay_contracts(q: int, model: Model, state: State, step: Step, out: Out) -> None:
    """What every contract brings its payee and costs its payer; deliveries are revenue, the unpaid part a receivable."""
    ties, a = model.ties, out.accounts
    for t in range(ties.payer.size):
        payer, payee, role, rank = ties.payer[t], ties.payee[t], ties.role[t], bound_rank(ties.role[t])
        for b in range(step.due.shape[1]):
            bound = step.share[rank, payer, b] if payer >= 0 else 1.0
            intent = step.share[INTENT, payer, b] if payer >= 0 else 1.0
            cash = step.cash_bound[t, b] * bound + step.cash_intent[t, b] * intent
            failing = payer >= 0 and state.down[payer, b] and state.fell[payer, b] == q
            before = state.receivable[t, b]
            if failing:
                delivered = cash - before * bound
            else:
                delivered = cash + step.new_receivable[t, b] - before
                state.receivable[t, b] = step.new_receivable[t, b]
            state.paid[t, b] += cash
            if out.ledger:
                out.due[q, t, b], out.paid[q, t, b] = step.due[t, b], cash
            if payer >= 0:
                a[q, TIES_PAID, payer, b] += cash
                if role == CAPITAL:
                    a[q, CAPEX, payer, b] += delivered
                elif role == INVESTMENT:
                    a[q, INVESTED, payer, b] += cash
                else:
                    a[q, COSTS_TIES, payer, b] += delivered
            if payee >= 0:
                a[q, TIES_GOT, payee, b] += cash
                if role == INVESTMENT:
                    a[q, RAISED, payee, b] += cash
                else:
                    a[q, REVENUE, payee, b] += delivered
                soften(q, t, b, bound, intent, model, state, step, out)
            if role == INVESTMENT and cash > 0.0:
                invest(t, b, cash, model, state)


@njit(nogil=True, cache=True)
def soften(
    q: int, t: int, b: int, bound: float, intent: float, model: Model, state: State, step: Step, out: Out
) -> None:
    """Cost that a payee avoids and income from re-letting for what stays unpaid."""
    payee, ties, a = model.ties.payee[t], model.ties, out.accounts
    if gone(q, payee, b, state):
        return
    lost = step.ghost[t, b]
    if ties.payer[t] >= 0:
        lost += step.cash_bound[t, b] * (1.0 - bound) + step.cash_intent[t, b] * (1.0 - intent)
    saved = lost * (step.relief[t, b] - step.relet[t, b])
    relet = lost * step.relet[t, b]
    a[q, SAVED, payee, b] += saved
    a[q, COSTS, payee, b] -= saved
    a[q, RELET, payee, b] += relet
    a[q, REVENUE, payee, b] += relet
    if step.first_ghost[t, b] and ties.role[t] == CAPITAL:
        # Goods made for an order that is gone: what resale does not bring is written down.
        waste = lost * ties.avoid[t] * ties.stranded[t] * max(1.0 - step.relet[t, b], 0.0)
        a[q, INVENTORY_LOSS, payee, b] += waste
        a[q, COSTS, payee, b] -= waste


@njit(nogil=True, cache=True)
def invest(t: int, b: int, cash: float, model: Model, state: State) -> None:
    """An instalment adds to the stake it buys, at the market value before it."""
    stakes = model.stakes
    for s in range(stakes.holder.size):
        if stakes.pays[s] != t:
            continue
        held = stakes.held[s]
        state.carrying[s, b] += cash
        if held >= 0 and state.value[held, b] > 0.0:
            worth = state.value[held, b]
            dilute(held, b, cash, model, state)
            state.fraction[s, b] += cash / (worth + cash)


@njit(nogil=True, cache=True)
def pay_debts(q: int, model: Model, state: State, step: Step, out: Out) -> None:
    """Interest and principal of the debts of the opening; what is rolled becomes new debt."""
    debts, a = model.debts, out.accounts
    for k in range(debts.borrower.size):
        i, lender, part = debts.borrower[k], debts.lender[k], debts.secured[k]
        for b in range(step.interest.shape[1]):
            mix = part * step.share[0, i, b] + (1.0 - part) * step.share[2, i, b]
            interest, repaid = step.interest[k, b] * mix, step.principal_due[k, b] * mix
            a[q, INTEREST, i, b] += interest
            a[q, PRINCIPAL, i, b] += repaid
            state.principal[k, b] -= repaid
            if lender >= 0:
                a[q, INTEREST_GOT, lender, b] += interest
                a[q, REPAID_GOT, lender, b] += repaid
            if out.ledger:
                out.interest[q, k, b], out.repaid[q, k, b] = interest, repaid
            if not state.down[i, b] and step.rolled[k, b] > 0.0:
                if lender < 0:
                    state.principal[k, b] -= step.rolled[k, b]
                    borrow(q, i, b, step.rolled[k, b], model, state, step)
                a[q, ROLLED, i, b] += step.rolled[k, b]


@njit(nogil=True, cache=True)
def pay_calls(q: int, model: Model, state: State, step: Step, out: Out) -> None:
    """What guarantors pay; calls for lenders of a vehicle go to them and not to the vehicle."""
    g, a = model.guarantees, out.accounts
    for k in range(g.cap.size):
        who = g.guarantor[k]
        if who < 0:
            continue
        for b in range(step.call_due.shape[1]):
            paid = step.call_due[k, b] * step.share[2, who, b]
            state.spent[k, b] += paid
            a[q, CALLS_PAID, who, b] += paid
            if g.beneficiary[k] >= 0 and not g.for_lenders[k]:
                a[q, CALLS_GOT, g.beneficiary[k], b] += paid
            if out.ledger:
                out.calls[q, k, b] = paid


@njit(nogil=True, cache=True)
def vest(q: int, model: Model, state: State, out: Out) -> None:
    """Warrants vest with what was paid under a contract once the issuer is worth the hurdle of the next part."""
    stakes = model.stakes
    for s in range(stakes.holder.size):
        t = stakes.vests_with[s]
        if t < 0:
            continue
        held = stakes.held[s]
        for b in range(state.paid.shape[1]):
            earned = min(stakes.vests[s] * (state.paid[t, b] - model.ties.paid0[t]), stakes.vests_limit[s])
            more = earned - state.vested[s, b]
            needed = stakes.hurdle[s] * earned / stakes.vests_limit[s] if stakes.vests_limit[s] > 0.0 else 0.0
            if more <= 0.0 or held < 0 or state.value[held, b] < needed:
                continue
            state.vested[s, b] = earned
            state.fraction[s, b] += more
            worth = more * state.value[held, b]
            state.carrying[s, b] += worth
            if stakes.holder[s] >= 0:
                out.accounts[q, VESTED, stakes.holder[s], b] += worth
