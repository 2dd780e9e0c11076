"""What follows a default: claims, what an estate brings, who is paid what and when. Point 6 of a step.

All debt falls due, contracts are rejected and leave a claim for a year of dues less what the creditor avoids or
lets again. Assets are sold; secured claims come first; creditors are paid after a lag. A firm that is reorganised
keeps its plant and its customers: its debts are cut to what creditors would have got, its shares are void.
"""

from __future__ import annotations

from numba import njit

from cardhouse.economy.kernel.arrays import FOREVER, INVESTMENT, RENT, Model, Shocks
from cardhouse.economy.kernel.clearing import bound_rank
from cardhouse.economy.kernel.dues import scheduled
from cardhouse.economy.kernel.rounds import short_of
from cardhouse.economy.kernel.state import (
    CALLS_GOT,
    CAPEX,
    CREDIT_LOSS,
    ESTATE_GOT,
    FORGIVEN,
    GONE,
    PLANT_LOSS,
    STAKE_LOSS,
    Out,
    State,
    Step,
)

SECURED, UNSECURED = range(2)
SWEEPS = 500
CLOSE = 1e-12


@njit(nogil=True, cache=True)
def resolve(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Everything that the defaults of this step bring about."""
    n, lanes = step.kept.shape
    any_down = False
    for i in range(n):
        for b in range(lanes):
            any_down = any_down or state.fell[i, b] == q
    if not any_down:
        return
    step.claims[:, :, :, :] = 0.0
    pay_lenders(q, model, state, step, out)
    contract_claims(q, model, shocks, state, step, out)
    debt_claims(q, model, state, step)
    other_claims(q, model, state, step)
    for b in range(lanes):
        share_out(q, b, model, state, step, out)
    for i in range(n):
        for b in range(lanes):
            if state.fell[i, b] == q:
                void_shares(q, i, b, model, state, out)
                if model.nodes.reorganises[i] and not state.rebuilt[i, b] and not state.pulled[i, b]:
                    rebuild(q, i, b, model, state, step, out)
                else:
                    wind_up(q, i, b, model, state, step, out)


@njit(nogil=True, cache=True)
def pay_lenders(q: int, model: Model, state: State, step: Step, out: Out) -> None:
    """Calls that repay the lenders of a vehicle reduce its debt before anything else is claimed."""
    g, debts = model.guarantees, model.debts
    for k in range(g.cap.size):
        if not g.for_lenders[k]:
            continue
        i = g.beneficiary[k]
        for b in range(step.kept.shape[1]):
            left = step.call_due[k, b] * step.share[2, g.guarantor[k], b]
            for d in range(debts.borrower.size):
                if debts.borrower[d] == i and left > 0.0:
                    part = min(left, state.principal[d, b])
                    state.principal[d, b] -= part
                    left -= part
                    out.accounts[q, CALLS_GOT, i, b] += part


@njit(nogil=True, cache=True)
def add_claim(rank: int, i: int, creditor: int, b: int, amount: float, step: Step) -> None:
    """One more claim on the estate of a node; the world is its last creditor."""
    who = creditor if creditor >= 0 else step.kept.shape[0]
    step.claims[rank, i, who, b] += amount


@njit(nogil=True, cache=True)
def contract_claims(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Receivables and damages of those who delivered to a failed payer; what a guarantor paid is his claim."""
    ties = model.ties
    for t in range(ties.payer.size):
        payer, payee = ties.payer[t], ties.payee[t]
        if payer < 0:
            continue
        for b in range(step.kept.shape[1]):
            if state.fell[payer, b] != q:
                continue
            owed, claim, _ = short_of(q, t, b, model, state, step)
            keeps = payee < 0 or not state.down[payee, b] or model.nodes.vehicle[payee] == 1
            if keeps and state.rejected[t, b] > q:
                claim += damages_later(q, t, b, model, shocks, state, step)
            elif not keeps:
                claim = 0.0
            paid = 0.0
            if ties.role[t] != INVESTMENT:
                paid = min(guaranteed(t, b, model, step), owed + claim)
                assign_guarantors(t, b, paid, payer, model, step)
            add_claim(UNSECURED, payer, payee, b, owed + claim - paid, step)
            written_off = state.receivable[t, b] * unpaid_part(t, payer, b, model, step)
            out.accounts[q, FORGIVEN, payer, b] += written_off
            if payee >= 0:
                out.accounts[q, CREDIT_LOSS, payee, b] += written_off
            state.receivable[t, b] = 0.0


@njit(nogil=True, cache=True)
def unpaid_part(t: int, payer: int, b: int, model: Model, step: Step) -> float:
    """Share of the binding cash of a contract that a failed payer leaves unpaid."""
    return float(1.0 - step.share[bound_rank(model.ties.role[t]), payer, b])


@njit(nogil=True, cache=True)
def damages_later(q: int, t: int, b: int, model: Model, shocks: Shocks, state: State, step: Step) -> float:
    """Binding dues of the rest of a year, less what the creditor avoids or lets again."""
    ties, total = model.ties, 0.0
    last = min(q + model.world.damage_steps, model.world.years.size)
    for later in range(q + 1, last):
        due = ties.due[t, later]
        if ties.of_capex[t, later] > 0.0:
            due += ties.of_capex[t, later] * model.plans.capex[ties.payer[t], later]
        total += due * ties.bound[t, later]
    softened = min(ties.avoid[t] + ties.relet[t], ties.most[t])
    return float(total * (1.0 - softened))


@njit(nogil=True, cache=True)
def guaranteed(t: int, b: int, model: Model, step: Step) -> float:
    """What guarantors paid in this step under a contract."""
    g, paid = model.guarantees, 0.0
    for pair in range(g.pair_tie.size):
        k = g.pair_guarantee[pair]
        if g.pair_tie[pair] == t and not g.for_lenders[k] and g.guarantor[k] >= 0:
            paid += step.call_due[k, b] * step.share[2, g.guarantor[k], b] / covered(k, model)
    return paid


@njit(nogil=True, cache=True)
def covered(k: int, model: Model) -> int:
    """Number of contracts that a guarantee covers."""
    g, found = model.guarantees, 0
    for pair in range(g.pair_tie.size):
        found += g.pair_guarantee[pair] == k
    return max(found, 1)


@njit(nogil=True, cache=True)
def assign_guarantors(t: int, b: int, paid: float, payer: int, model: Model, step: Step) -> None:
    """Give the claim behind a payment to the guarantors who made it."""
    g = model.guarantees
    whole = guaranteed(t, b, model, step)
    if paid <= 0.0 or whole <= 0.0:
        return
    for pair in range(g.pair_tie.size):
        k = g.pair_guarantee[pair]
        if g.pair_tie[pair] == t and not g.for_lenders[k] and g.guarantor[k] >= 0:
            part = step.call_due[k, b] * step.share[2, g.guarantor[k], b] / covered(k, model)
            add_claim(UNSECURED, payer, g.guarantor[k], b, paid * part / whole, step)


@njit(nogil=True, cache=True)
def debt_claims(q: int, model: Model, state: State, step: Step) -> None:
    """All debt of failed nodes, and the interest of the step that stayed unpaid."""
    debts = model.debts
    for d in range(debts.borrower.size):
        i, part = debts.borrower[d], debts.secured[d]
        for b in range(step.kept.shape[1]):
            if state.fell[i, b] != q:
                continue
            missed = step.interest[d, b]
            first = (state.principal[d, b] + missed * (1.0 - step.share[0, i, b])) * part
            add_claim(SECURED, i, debts.lender[d], b, first, step)
            rest = (state.principal[d, b] + missed * (1.0 - step.share[2, i, b])) * (1.0 - part)
            add_claim(UNSECURED, i, debts.lender[d], b, rest, step)
    for i in range(step.kept.shape[0]):
        for b in range(step.kept.shape[1]):
            if state.fell[i, b] == q:
                missed = state.new_interest[i, b] * model.world.years[q] * (1.0 - step.share[2, i, b])
                add_claim(UNSECURED, i, -1, b, state.new_debt[i, b] + missed, step)


@njit(nogil=True, cache=True)
def other_claims(q: int, model: Model, state: State, step: Step) -> None:
    """Unpaid costs, orders and tax, landlords and trade creditors that no tie names, unpaid calls."""
    g = model.guarantees
    for i in range(step.kept.shape[0]):
        for b in range(step.kept.shape[1]):
            if state.fell[i, b] != q:
                continue
            amount = (step.costs[i, b] + step.levy[i, b]) * (1.0 - step.share[0, i, b]) + state.tax_due[i, b]
            amount += step.capex_world[i, b] * model.nodes.committed[i, b] * (1.0 - step.share[2, i, b])
            landlords = min(model.nodes.lease_claim[i, b], state.leases[i, b])
            add_claim(UNSECURED, i, -1, b, amount + landlords + state.other_liabilities[i, b], step)
    for k in range(g.cap.size):
        who = g.guarantor[k]
        for b in range(step.kept.shape[1]):
            if who >= 0 and state.fell[who, b] == q:
                unpaid = step.call_due[k, b] * (1.0 - step.share[2, who, b])
                creditor = -1 if g.for_lenders[k] else g.beneficiary[k]
                add_claim(UNSECURED, who, creditor, b, unpaid, step)


@njit(nogil=True, cache=True)
def brings(i: int, b: int, model: Model, state: State) -> float:
    """What the sale of a failed node's own assets brings; claims on other estates are not in it."""
    nodes, stakes = model.nodes, model.stakes
    worth = state.residual_receivables[i, b] * nodes.sold_receivables[i, b]
    worth += state.short[i, b] * nodes.sold_short[i, b]
    worth += (state.long[i, b] + state.building[i, b]) * nodes.sold_long[i, b]
    worth += max(state.other_assets[i, b], 0.0) * nodes.sold_other[i, b]
    for s in range(stakes.holder.size):
        if stakes.holder[s] == i and not (stakes.held[s] >= 0 and state.down[stakes.held[s], b]):
            worth += state.carrying[s, b] * nodes.sold_stakes[i, b]
    return float(worth)


@njit(nogil=True, cache=True)
def collects(i: int, b: int, model: Model, state: State) -> float:
    """Receivables of a failed node from payers that stand, what older estates owe it, and loans it made."""
    ties, debts, total = model.ties, model.debts, 0.0
    for t in range(ties.payer.size):
        payer = ties.payer[t]
        if ties.payee[t] == i and not (payer >= 0 and state.down[payer, b]):
            total += state.receivable[t, b]
    for j in range(state.estate.shape[0]):
        total += state.estate[j, i, b]
    for d in range(debts.borrower.size):
        if debts.lender[d] == i and not state.down[debts.borrower[d], b]:
            total += state.principal[d, b]
    return float(total)


@njit(nogil=True, cache=True)
def share_out(q: int, b: int, model: Model, state: State, step: Step, out: Out) -> None:
    """Recovery of each class of each estate, claims of estates on each other solved jointly from above."""
    n = step.kept.shape[0]
    for i in range(n):
        step.got[i, b] = brings(i, b, model, state) + collects(i, b, model, state)
    senior, rates = step.recovery[SECURED], step.recovery[UNSECURED]
    senior[:, b] = 1.0
    rates[:, b] = 1.0
    for _ in range(SWEEPS):
        moved = 0.0
        for i in range(n):
            if state.fell[i, b] != q:
                continue
            worth = step.got[i, b]
            for j in range(n):
                if j != i and state.fell[j, b] == q:
                    worth += step.claims[SECURED, j, i, b] * senior[j, b]
                    worth += step.claims[UNSECURED, j, i, b] * rates[j, b]
            first, rest = step.claims[SECURED, i, :, b].sum(), step.claims[UNSECURED, i, :, b].sum()
            high = min(worth / first, 1.0) if first > 0.0 else 1.0
            low = min(max(worth - first, 0.0) / rest, 1.0) if rest > 0.0 else 1.0
            moved = max(moved, abs(high - senior[i, b]), abs(low - rates[i, b]))
            senior[i, b], rates[i, b] = high, low
        if moved <= CLOSE:
            break
    lost_by_creditors(q, b, model, state, step, out)


@njit(nogil=True, cache=True)
def lost_by_creditors(q: int, b: int, model: Model, state: State, step: Step, out: Out) -> None:
    """Write claims down to what estates will pay; loans leave the books of lenders, the estate's debt enters."""
    n, debts = step.kept.shape[0], model.debts
    for d in range(debts.borrower.size):
        i, lender = debts.borrower[d], debts.lender[d]
        if state.fell[i, b] == q and lender >= 0:
            out.accounts[q, CREDIT_LOSS, lender, b] += state.principal[d, b]
    for i in range(n):
        if state.fell[i, b] != q:
            continue
        for c in range(n + 1):
            due = step.claims[SECURED, i, c, b] * step.recovery[SECURED, i, b]
            due += step.claims[UNSECURED, i, c, b] * step.recovery[UNSECURED, i, b]
            state.estate[i, c, b] = due
            if c < n:
                out.accounts[q, CREDIT_LOSS, c, b] -= due
        state.estate_at[i, b] = q + max(int(model.nodes.recovery_lag[i]), 1)


@njit(nogil=True, cache=True)
def void_shares(q: int, i: int, b: int, model: Model, state: State, out: Out) -> None:
    """Shares of a failed firm are worth nothing to their holders."""
    stakes = model.stakes
    for s in range(stakes.holder.size):
        if stakes.held[s] == i:
            if stakes.holder[s] >= 0:
                out.accounts[q, STAKE_LOSS, stakes.holder[s], b] += state.carrying[s, b]
            state.carrying[s, b], state.fraction[s, b] = 0.0, 0.0


@njit(nogil=True, cache=True)
def owed_before(i: int, b: int, model: Model, state: State) -> float:
    """Liabilities of a node as its books have them, without payables under contracts (already claimed)."""
    owed = state.new_debt[i, b] + state.leases[i, b] + state.other_liabilities[i, b] + state.tax_due[i, b]
    for d in range(model.debts.borrower.size):
        if model.debts.borrower[d] == i:
            owed += state.principal[d, b]
    return float(owed)


@njit(nogil=True, cache=True)
def clear_debts(i: int, b: int, model: Model, state: State) -> None:
    """Debts of a failed node leave its books: the estate owes in their place."""
    for d in range(model.debts.borrower.size):
        if model.debts.borrower[d] == i:
            state.principal[d, b] = 0.0
    state.new_debt[i, b] = state.new_interest[i, b] = 0.0
    state.ladder[i, :, b] = 0.0
    state.ladder_rate[i, :, b] = 0.0


@njit(nogil=True, cache=True)
def wind_up(q: int, i: int, b: int, model: Model, state: State, step: Step, out: Out) -> None:
    """Liquidate: assets at what they bring, liabilities at what the estate pays."""
    worth = brings(i, b, model, state)
    held = state.residual_receivables[i, b] + state.short[i, b] + state.long[i, b] + state.building[i, b]
    held += state.other_assets[i, b]
    for s in range(model.stakes.holder.size):
        if model.stakes.holder[s] == i:
            held += state.carrying[s, b]
            state.carrying[s, b], state.fraction[s, b] = 0.0, 0.0
    before = owed_before(i, b, model, state)
    clear_debts(i, b, model, state)
    out.accounts[q, FORGIVEN, i, b] += before - state.estate[i, :, b].sum()
    out.accounts[q, PLANT_LOSS, i, b] += held - worth + out.accounts[q, CAPEX, i, b]
    state.residual_receivables[i, b] = state.short[i, b] = state.long[i, b] = state.building[i, b] = 0.0
    state.dep_short[i, b] = state.dep_long[i, b] = state.dep_economic[i, b] = state.economic[i, b] = 0.0
    state.leases[i, b] = state.other_liabilities[i, b] = state.tax_due[i, b] = state.undrawn[i, b] = 0.0
    state.other_assets[i, b] = worth
    for t in range(model.ties.payer.size):
        if model.ties.payer[t] == i:
            state.rejected[t, b] = min(state.rejected[t, b], q)


@njit(nogil=True, cache=True)
def rebuild(q: int, i: int, b: int, model: Model, state: State, step: Step, out: Out) -> None:
    """Reorganise: debts cut to what creditors would have got, purchases rejected, plant and customers kept."""
    before = owed_before(i, b, model, state)
    senior, rate = step.recovery[SECURED, i, b], step.recovery[UNSECURED, i, b]
    debts = model.debts
    for d in range(debts.borrower.size):
        if debts.borrower[d] == i:
            kept = debts.secured[d] * senior + (1.0 - debts.secured[d]) * rate
            state.principal[d, b] *= kept
            if debts.lender[d] >= 0:
                # The loan stays in the lender's books at its new amount instead of a claim on an estate.
                out.accounts[q, CREDIT_LOSS, debts.lender[d], b] -= state.principal[d, b]
    for c in range(state.estate.shape[0]):
        out.accounts[q, CREDIT_LOSS, c, b] += state.estate[i, c, b]
    state.estate[i, :, b] = 0.0
    state.estate_at[i, b] = FOREVER
    state.new_debt[i, b] *= rate
    state.new_interest[i, b] *= rate
    for later in range(state.ladder.shape[1]):
        state.ladder[i, later, b] *= rate
        state.ladder_rate[i, later, b] *= rate
    state.other_liabilities[i, b] *= rate
    state.tax_due[i, b] = 0.0
    out.accounts[q, FORGIVEN, i, b] += before - owed_before(i, b, model, state)
    for t in range(model.ties.payer.size):
        if model.ties.payer[t] == i and model.ties.role[t] != RENT:
            state.rejected[t, b] = min(state.rejected[t, b], q)
    state.rebuilt[i, b] = 1
    state.down[i, b] = 0
    state.fell[i, b] = FOREVER


@njit(nogil=True, cache=True)
def distribute(q: int, state: State, out: Out) -> None:
    """At the start of a step: estates whose time has come sell what they hold and pay their creditors."""
    n, lanes = state.cash.shape
    for i in range(n):
        for b in range(lanes):
            if state.estate_at[i, b] != q:
                continue
            sale = state.other_assets[i, b]
            state.cash[i, b] += sale
            state.other_assets[i, b] = 0.0
            due = state.estate[i, :, b].sum()
            scale = min(state.cash[i, b] / due, 1.0) if due > 0.0 else 0.0
            for c in range(n + 1):
                paid = state.estate[i, c, b] * scale
                if out.ledger:
                    out.estates[q, i, c, b] = paid
                if c < n:
                    state.cash[c, b] += paid
                    out.accounts[q, ESTATE_GOT, c, b] += paid
                    out.accounts[q, CREDIT_LOSS, c, b] += state.estate[i, c, b] - paid
                out.accounts[q, FORGIVEN, i, b] += state.estate[i, c, b] - paid
                state.cash[i, b] -= paid
                state.estate[i, c, b] = 0.0
            # What is left belongs to the shareholders.
            out.accounts[q, GONE, i, b] += state.cash[i, b]
            state.cash[i, b] = 0.0
