"""The rounds of one step: clear, let fail who must, cancel what was bought for them, call guarantees; again.

Failures of the first wave come first; guarantees are called when nobody fails. The sets only grow, so the rounds
end. Between rounds dues change, within a clearing they do not.
"""

from __future__ import annotations

from numba import njit

from cardhouse.economy.kernel.arrays import CAPITAL, INTENT, Model, Shocks
from cardhouse.economy.kernel.clearing import bound_rank, clear, fails
from cardhouse.economy.kernel.dues import cancel, cash_parts, relief
from cardhouse.economy.kernel.funding import windows
from cardhouse.economy.kernel.state import Out, State, Step

MEANINGFUL = 0.5
"""USD million below which a call is rounding."""


@njit(nogil=True, cache=True)
def settle(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Clear a step to the end."""
    pull(q, model, shocks, state, step, out)
    most = 4 * step.kept.shape[0] + model.guarantees.cap.size + 2
    for number in range(1, most):
        windows(q, model, shocks, state, step)
        cash_parts(q, model, state, step)
        relief(q, model, state, step)
        clear(q, model, shocks, state, step)
        changed = failures(q, number, model, shocks, state, step, out)
        if not changed:
            changed = calls(q, model, state, step)
        if not changed:
            return
    step.trouble[:] = 2


@njit(nogil=True, cache=True)
def pull(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Cards that are pulled in this step stop first."""
    for i in range(step.kept.shape[0]):
        for b in range(step.kept.shape[1]):
            if shocks.pays[i, q, b] < 1.0 and not state.down[i, b]:
                state.pulled[i, b] = 1
                stop(q, 0, i, b, 1.0 - shocks.pays[i, q, b], model, state, step, out)


@njit(nogil=True, cache=True)
def stop(q: int, number: int, i: int, b: int, part: float, model: Model, state: State, step: Step, out: Out) -> None:
    """A node stops paying: this part of what was ordered for it is cancelled."""
    state.down[i, b], state.fell[i, b], out.round[i, b] = 1, q, number
    ties = model.ties
    if model.nodes.vehicle[i]:
        # Builders stop paying in when the tenant is gone.
        step.kept[i, b] -= step.bridge[i, b]
        step.bridge[i, b] = 0.0
    for k in range(ties.for_tie.size):
        if ties.for_node[k] == i:
            cancel(q, ties.for_tie[k], b, part * ties.for_share[k], model, state, step)
    for t in range(ties.payer.size):
        if ties.payer[t] == i and ties.role[t] == CAPITAL:
            step.first_ghost[t, b] = 1


@njit(nogil=True, cache=True)
def failures(
    q: int, number: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out
) -> bool:
    """Stop everybody who cannot pay although all others that stand pay, and vehicles whose tenant is down."""
    changed = False
    n, lanes = step.kept.shape
    for b in range(lanes):
        for i in range(n):
            step.claims[0, i, 0, b] = 1.0 if fails(q, i, b, shocks, state, step) else 0.0
            tenant = model.nodes.tenant[i]
            if model.nodes.vehicle[i] and tenant >= 0 and state.down[tenant, b] and not state.down[i, b]:
                step.claims[0, i, 0, b] = 1.0
        for i in range(n):
            if step.claims[0, i, 0, b] > 0.0:
                stop(q, number, i, b, 1.0, model, state, step, out)
                changed = True
    return changed


@njit(nogil=True, cache=True)
def short_of(q: int, t: int, b: int, model: Model, state: State, step: Step) -> tuple[float, float, float]:
    """What payee ``t`` loses in this step by its payer's failure: receivable, damages it can claim, value gone."""
    ties = model.ties
    payer, due = ties.payer[t], step.due[t, b]
    if due <= 0.0:
        return state.receivable[t, b], 0.0, 0.0
    bound = due * ties.bound[t, q] * (1.0 - step.share[bound_rank(ties.role[t]), payer, b])
    short = bound + due * (1.0 - ties.bound[t, q]) * (1.0 - step.share[INTENT, payer, b])
    if short <= 0.0:
        return 0.0, 0.0, 0.0
    owed = min(state.receivable[t, b] * short / due, short)
    damage = (short - owed) * (1.0 - step.relief[t, b])
    return owed, damage * bound / short, damage * (1.0 - bound / short)


@njit(nogil=True, cache=True)
def calls(q: int, model: Model, state: State, step: Step) -> bool:
    """Call guarantees of obligors that went down in this step."""
    g = model.guarantees
    changed = False
    for k in range(g.cap.size):
        who, obligor = g.guarantor[k], g.obligor[k]
        if who < 0 or obligor < 0:
            continue
        for b in range(step.kept.shape[1]):
            ready = state.down[obligor, b] and not state.called[k, b] and not state.down[who, b]
            if not ready or not g.begins[k] <= q <= g.ends[k]:
                continue
            amount, absorbed = behind(k, b, model, state), 0.0
            if amount <= 0.0 and state.fell[obligor, b] == q:
                lacks = missing(q, k, b, model, state, step)
                absorbed = min(state.first_left[k, b], lacks)
                amount = lacks - absorbed
            amount = min(amount, max(g.cap[k] - state.spent[k, b], 0.0))
            if amount > MEANINGFUL:
                state.called[k, b] = 1
                state.first_left[k, b] -= absorbed
                step.call_due[k, b] += amount
                changed = True
    return changed


@njit(nogil=True, cache=True)
def missing(q: int, k: int, b: int, model: Model, state: State, step: Step) -> float:
    """What the beneficiary of a guarantee can claim and does not get in this step."""
    g, found = model.guarantees, 0.0
    for pair in range(g.pair_tie.size):
        if g.pair_guarantee[pair] == k:
            owed, claim, _ = short_of(q, g.pair_tie[pair], b, model, state, step)
            found += owed + claim
    return found


@njit(nogil=True, cache=True)
def behind(k: int, b: int, model: Model, state: State) -> float:
    """Debt of a vehicle that is down and whose contract is guaranteed: its lenders come before its owners."""
    g, debts = model.guarantees, model.debts
    if not g.for_lenders[k] or not state.down[g.beneficiary[k], b]:
        return 0.0
    owed = 0.0
    for d in range(debts.borrower.size):
        if debts.borrower[d] == g.beneficiary[k]:
            owed += state.principal[d, b]
    return owed
