"""Dues of contracts, debts and guarantees: point 3 of a step."""

from __future__ import annotations

from numba import njit

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel.arrays import (
    CAPITAL,
    IF_DELIVERED,
    IF_LISTED,
    IF_VALUATION,
    RENT,
    Model,
    Shocks,
)
from cardhouse.economy.kernel.outset import BASE_MOVE, RENT_LEVEL, at
from cardhouse.economy.kernel.state import State, Step


@njit(nogil=True, cache=True)
def scheduled(q: int, t: int, b: int, model: Model, shocks: Shocks, state: State, step: Step) -> float:
    """What contract ``t`` asks for in this step if both parties stand, before anything is cancelled."""
    ties = model.ties
    payer, payee = ties.payer[t], ties.payee[t]
    drive = shocks.world[:, q, b]
    due = at(ties.due[t], q - drive[dr.DELAY]) if ties.late[t] else ties.due[t, q]
    if ties.of_capex[t, q] > 0.0 and payer >= 0:
        supplier = shocks.firm[dr.SUPPLIER, payee, q, b] * shocks.firm[dr.PRICE, payee, q, b] if payee >= 0 else 1.0
        spends = step.capex[payer, b]
        if state.down[payer, b]:
            spends = model.plans.capex[payer, q]
        due += ties.of_capex[t, q] * spends * supplier
    if ties.of_revenue[t, q] > 0.0 and payer >= 0:
        planned = model.plans.receipts[payer, q]
        if planned > 0.0:
            due += ties.of_revenue[t, q] * model.plans.revenue[payer, q] * step.receipts[payer, b] / planned
    if ties.indexed[t] > 0.0:
        due *= 1.0 - ties.indexed[t] + ties.indexed[t] * min(step.index[RENT_LEVEL, b], ties.lock[t])
    if ties.trade_in[t] > 0.0:
        # What the payee takes back has lost value with rents; the difference is set off against what is due.
        fall = max(1.0 - step.index[RENT_LEVEL, b], 0.0)
        due = max(due - ties.trade_in[t] * model.world.years[q] * state.paid[t, b] * fall, 0.0)
    return float(due)


@njit(nogil=True, cache=True)
def released(q: int, t: int, b: int, model: Model, state: State) -> float:
    """The waiting part of a contract if its condition holds now; else it goes on waiting."""
    ties = model.ties
    payee, kind = ties.payee[t], ties.condition[t]
    holds = False
    if kind == IF_VALUATION:
        holds = payee >= 0 and state.value[payee, b] >= ties.threshold[t]
    elif kind == IF_LISTED:
        holds = q >= ties.threshold[t]
    elif kind == IF_DELIVERED:
        holds = state.paid[ties.watch[t], b] >= ties.threshold[t]
    if not holds:
        return 0.0
    amount = state.waiting[t, b]
    state.waiting[t, b] = 0.0
    return float(amount)


@njit(nogil=True, cache=True)
def contracts(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Dues of every contract: in force, or the ghost of one whose payer or customer is gone."""
    ties = model.ties
    for t in range(ties.payer.size):
        payer, payee = ties.payer[t], ties.payee[t]
        for b in range(step.due.shape[1]):
            due = scheduled(q, t, b, model, shocks, state, step)
            if ties.held[t, q] > 0.0 or state.waiting[t, b] > 0.0:
                state.waiting[t, b] += ties.held[t, q]
                due += released(q, t, b, model, state)
            due = min(due, max(ties.cap[t] - state.paid[t, b], 0.0))
            step.due[t, b], step.ghost[t, b], step.first_ghost[t, b] = due, 0.0, 0
            if payee >= 0 and state.down[payee, b]:
                step.due[t, b] = 0.0  # nothing is delivered any more
            elif state.rejected[t, b] < q or (payer >= 0 and state.down[payer, b]):
                step.due[t, b] = 0.0
                step.ghost[t, b] = due
                state.rejected[t, b] = min(state.rejected[t, b], q)
    for k in range(ties.for_tie.size):
        t, customer = ties.for_tie[k], ties.for_node[k]
        for b in range(step.due.shape[1]):
            if state.down[customer, b]:
                cancel(q, t, b, ties.for_share[k], model, state, step)


@njit(nogil=True, cache=True)
def cancel(q: int, t: int, b: int, part: float, model: Model, state: State, step: Step) -> None:
    """Move this part of a due to its ghost: it was bought for somebody who is gone. Leases stay."""
    payer = model.ties.payer[t]
    if model.ties.role[t] == RENT or (payer >= 0 and state.down[payer, b]):
        return
    lost = min(part * (step.due[t, b] + step.ghost[t, b]), step.due[t, b])
    if lost <= 0.0:
        return
    step.due[t, b] -= lost
    step.ghost[t, b] += lost
    if state.vacant[t, b] >= q:
        state.vacant[t, b] = q
        step.first_ghost[t, b] = 1


@njit(nogil=True, cache=True)
def cash_parts(q: int, model: Model, state: State, step: Step) -> None:
    """Dues as cash by class: deliveries, less what is left unpaid at the end of the step, plus what was before."""
    ties = model.ties
    for t in range(ties.payer.size):
        for b in range(step.due.shape[1]):
            due, before = step.due[t, b], state.receivable[t, b]
            bound = ties.bound[t, q] * due
            after = min(ties.credit[t] * due, before + bound)
            if ties.payer[t] >= 0 and state.down[ties.payer[t], b]:
                after = 0.0
                before = 0.0
            step.new_receivable[t, b] = after
            step.cash_bound[t, b] = bound + before - after
            step.cash_intent[t, b] = due - bound


@njit(nogil=True, cache=True)
def relief(q: int, model: Model, state: State, step: Step) -> None:
    """Shares of an unpaid due that its payee does not miss: cost it avoids, and what re-letting brings by now."""
    ties = model.ties
    for t in range(ties.payer.size):
        for b in range(step.due.shape[1]):
            since = max(q - min(state.vacant[t, b], state.rejected[t, b]), 0)
            relet = ties.relet[t] * min(step.index[RENT_LEVEL, b], 1.0)
            if ties.role[t] != CAPITAL and since < ties.relet_lag[t]:
                relet = 0.0
            avoid = ties.avoid[t]
            if step.first_ghost[t, b]:
                avoid *= 1.0 - ties.stranded[t]  # goods are in production already
            both = avoid + relet
            scale = ties.most[t] / both if both > ties.most[t] else 1.0
            step.relief[t, b] = both * scale
            step.relet[t, b] = relet * scale


@njit(nogil=True, cache=True)
def debts(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Interest, and principal that must be paid because it cannot be rolled."""
    d, years = model.debts, model.world.years[q]
    for k in range(d.borrower.size):
        i = d.borrower[k]
        for b in range(step.interest.shape[1]):
            rate = d.rate[k] + d.floating[k] * (step.index[BASE_MOVE, b])
            owed = state.principal[k, b] * (1.0 - state.down[i, b])
            step.interest[k, b] = owed * max(rate, 0.0) * years
            matures = min(d.due[k, q], owed)
            rolls = rolled_part(q, i, b, model, shocks, state)
            step.rolled[k, b] = matures * rolls
            step.principal_due[k, b] = matures * (1.0 - rolls)
    for i in range(step.ladder_due.shape[0]):
        for b in range(step.ladder_due.shape[1]):
            matures = state.ladder[i, q, b] * (1.0 - state.down[i, b])
            rolls = rolled_part(q, i, b, model, shocks, state)
            step.ladder_rolled[i, b] = matures * rolls
            step.ladder_due[i, b] = matures * (1.0 - rolls)


@njit(nogil=True, cache=True)
def rolled_part(q: int, i: int, b: int, model: Model, shocks: Shocks, state: State) -> float:
    """Part of maturing debt that lenders roll: all while the window is open, none once it is shut."""
    if not model.world.rollover or state.shut[i, b]:
        return 0.0
    return float(min(shocks.world[dr.DEBT_WINDOW, q, b], 1.0))


@njit(nogil=True, cache=True)
def guarantees(q: int, model: Model, state: State, step: Step) -> None:
    """What guarantors owe for contracts that were rejected before, and for an asset's value at a date."""
    g, ties = model.guarantees, model.ties
    step.call_due[:, :] = 0.0
    for pair in range(g.pair_tie.size):
        k, t = g.pair_guarantee[pair], g.pair_tie[pair]
        for b in range(step.call_due.shape[1]):
            if g.obligor[k] >= 0 and state.down[g.obligor[k], b] and g.begins[k] <= q <= g.ends[k]:
                step.call_due[k, b] += step.ghost[t, b] * ties.bound[t, q] * (1.0 - step.relief[t, b])
    for k in range(g.cap.size):
        for b in range(step.call_due.shape[1]):
            absorbed = min(state.first_left[k, b], step.call_due[k, b])
            state.first_left[k, b] -= absorbed
            step.call_due[k, b] -= absorbed
            if g.residual_at[k] == q:
                step.call_due[k, b] += g.residual[k] * max(1.0 - step.index[RENT_LEVEL, b], 0.0)
            who = g.guarantor[k]
            left = max(g.cap[k] - state.spent[k, b], 0.0) if who >= 0 and not state.down[who, b] else 0.0
            step.call_due[k, b] = min(step.call_due[k, b], left)
