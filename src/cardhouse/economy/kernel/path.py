"""A path from the opening to the horizon, step by step; a block of paths runs side by side."""

from __future__ import annotations

from numba import njit

from cardhouse.economy.kernel.arrays import Model, Shocks
from cardhouse.economy.kernel.books import close, impair, income, ladders, respond
from cardhouse.economy.kernel.clearing import gone
from cardhouse.economy.kernel.dues import contracts, debts, guarantees, relief
from cardhouse.economy.kernel.estates import distribute, resolve
from cardhouse.economy.kernel.funding import MINIMUM
from cardhouse.economy.kernel.marks import value_firms
from cardhouse.economy.kernel.outset import NEED, RENT_LEVEL, costs, indices, receipts, spending
from cardhouse.economy.kernel.payments import pay
from cardhouse.economy.kernel.rounds import settle
from cardhouse.economy.kernel.state import Out, State, Step


@njit(nogil=True, cache=True)
def run_path(model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Run every step; ``state`` ends as the state at the horizon, ``out`` holds what happened."""
    for q in range(model.world.years.size):
        one_step(q, model, shocks, state, step, out)


@njit(nogil=True, cache=True)
def one_step(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """One step in the order of the model: drivers, business, dues, funding, clearing, consequences, accounts, marks."""
    distribute(q, state, out)
    indices(q, model, shocks, state, step)
    receipts(q, model, shocks, state, step)
    spending(q, model, shocks, state, step)
    contracts(q, model, shocks, state, step)
    relief(q, model, state, step)
    guarantees(q, model, state, step)
    debts(q, model, shocks, state, step)
    costs(q, model, shocks, state, step)
    start_money(q, model, state, step)
    settle(q, model, shocks, state, step, out)
    pay(q, model, shocks, state, step, out)
    resolve(q, model, shocks, state, step, out)
    ladders(q, model, shocks, state, out)
    value_firms(q, model, shocks, state, step, out)
    impair(q, model, shocks, state, out)
    income(q, model, state, out)
    respond(q, model, state, out)
    close(q, model, state, out)
    for b in range(step.kept.shape[1]):
        out.rents[q, b], out.need[q, b] = step.index[RENT_LEVEL, b], step.index[NEED, b]
        out.fleet[q, b] = state.fleet[:, b].sum()


@njit(nogil=True, cache=True)
def start_money(q: int, model: Model, state: State, step: Step) -> None:
    """Cash and receipts that nobody decides; minimum cash; what builders' funding covers of a vehicle's dues."""
    ties, debt, years = model.ties, model.debts, model.world.years[q]
    n, lanes = step.kept.shape
    asked = step.got
    asked[:, :] = 0.0
    for t in range(ties.payer.size):
        payer, payee = ties.payer[t], ties.payee[t]
        for b in range(lanes):
            change = step.due[t, b] + state.receivable[t, b]
            change -= min(ties.credit[t] * step.due[t, b], state.receivable[t, b] + ties.bound[t, q] * step.due[t, b])
            if payer >= 0:
                asked[payer, b] += change
            if payee >= 0:
                asked[payee, b] -= change
    for k in range(debt.borrower.size):
        for b in range(lanes):
            asked[debt.borrower[k], b] += step.interest[k, b]
            if debt.lender[k] >= 0:
                asked[debt.lender[k], b] -= step.interest[k, b]
    for i in range(n):
        for b in range(lanes):
            step.kept[i, b] = state.cash[i, b] + (0.0 if gone(q, i, b, state) else step.receipts[i, b])
            step.limits[MINIMUM, i, b] = model.nodes.minimum_cash[i, b] * (step.costs[i, b] + step.named[i, b]) / years
            if model.nodes.vehicle[i]:
                bridge = max(asked[i, b] - state.cash[i, b], 0.0) if not state.down[i, b] else 0.0
                step.bridge[i, b], step.limits[MINIMUM, i, b] = bridge, 0.0
                step.kept[i, b] += bridge
