"""The accounts of a step: ladders, income on both lives, balance sheets. Points 7 and 8 of a step."""

from __future__ import annotations

from numba import njit

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import state as col
from cardhouse.economy.kernel.arrays import Floats, Model, Shocks
from cardhouse.economy.kernel.clearing import gone
from cardhouse.economy.kernel.funding import total_debt
from cardhouse.economy.kernel.marks import mark
from cardhouse.economy.kernel.state import Out, State

SMALL = 1e-9


@njit(nogil=True, cache=True)
def hasten(dep: float, net: float, years: float, life: int, shorter: float) -> float:
    """Straight-line depreciation of a step; a shorter life than the accounts' is applied to what is left."""
    quick = dep * years
    if shorter > 0.0:
        quick *= max(life * years / shorter, 1.0)
    return float(min(max(quick, 0.0), max(net, 0.0)))


@njit(nogil=True, cache=True)
def ladders(q: int, model: Model, shocks: Shocks, state: State, out: Out) -> None:
    """Depreciate what stands, then put the step's spending on the ladders."""
    nodes, a, years = model.nodes, out.accounts, model.world.years[q]
    steps = model.world.years.size
    for i in range(state.cash.shape[0]):
        for b in range(state.cash.shape[1]):
            if gone(q, i, b, state) or (state.down[i, b] and state.short[i, b] + state.long[i, b] <= 0.0):
                continue
            life = shocks.world[dr.LIFE, q, b]
            short = hasten(state.dep_short[i, b], state.short[i, b], years, nodes.life_short[i], life)
            long = min(state.dep_long[i, b] * years, max(state.long[i, b], 0.0))
            economic = life if life > 0.0 else model.world.economic_life[b]
            lived = int(round(model.world.economic_life[b] / years))
            quick = hasten(state.dep_economic[i, b], state.economic[i, b], years, lived, economic)
            a[q, col.DEPRECIATION, i, b] = short + long
            a[q, col.DEPRECIATION_ECONOMIC, i, b] = quick + long
            state.short[i, b] -= short
            state.long[i, b] -= long
            state.economic[i, b] -= quick
            state.dep_short[i, b] -= state.ends_short[i, q, b]
            state.dep_long[i, b] -= state.ends_long[i, q, b]
            state.dep_economic[i, b] -= state.ends_economic[i, q, b]
            spent = a[q, col.CAPEX, i, b]
            new = spent * nodes.capex_short[i, b]
            state.short[i, b] += new
            state.long[i, b] += spent - new
            state.economic[i, b] += new
            enter(q, i, b, new, nodes.life_short[i], years, steps, state.dep_short, state.ends_short)
            enter(q, i, b, spent - new, nodes.life_long[i], years, steps, state.dep_long, state.ends_long)
            enter(q, i, b, new, lived, years, steps, state.dep_economic, state.ends_economic)
            kept = 1.0 - years / max(economic, years)
            state.fleet[i, b] = state.fleet[i, b] * kept + new * model.world.progress[q]


@njit(nogil=True, cache=True)
def enter(
    q: int, i: int, b: int, spent: float, life: int, years: float, steps: int, running: Floats, ends: Floats
) -> None:
    """Spending adds itself over its life to the running depreciation, from the next step on."""
    if spent == 0.0 or life <= 0:
        return
    a_year = spent / (life * years)
    running[i, b] += a_year
    last = q + life
    if last < steps:
        ends[i, last, b] += a_year


@njit(nogil=True, cache=True)
def impair(q: int, model: Model, shocks: Shocks, state: State, out: Out) -> None:
    """Stakes are carried at cost less what the market takes: written down to the mark, never up."""
    stakes = model.stakes
    for s in range(stakes.holder.size):
        i = stakes.holder[s]
        for b in range(state.carrying.shape[1]):
            worth = mark(q, s, b, model, shocks, state)
            if i >= 0:
                out.accounts[q, col.STAKES_MARK, i, b] += worth
            if worth < state.carrying[s, b]:
                if i >= 0:
                    out.accounts[q, col.STAKE_LOSS, i, b] += state.carrying[s, b] - worth
                state.carrying[s, b] = worth


@njit(nogil=True, cache=True)
def income(q: int, model: Model, state: State, out: Out) -> None:
    """Income of the step, tax on it, and what it does to equity."""
    nodes, a, years = model.nodes, out.accounts, model.world.years[q]
    for i in range(state.cash.shape[0]):
        for b in range(state.cash.shape[1]):
            x = a[q, :, i, b]
            x[col.NONCASH] = nodes.noncash[i, b] * x[col.REVENUE]
            wears = min(nodes.amortisation[i, b] * years, max(state.other_assets[i, b], 0.0))
            x[col.AMORTISATION] = 0.0 if state.down[i, b] else wears
            state.other_assets[i, b] -= x[col.AMORTISATION]
            before = x[col.REVENUE] - x[col.COSTS] - x[col.COSTS_TIES] - x[col.LEVY] - x[col.DEPRECIATION]
            before -= x[col.NONCASH] + x[col.AMORTISATION] + x[col.INTEREST] - x[col.INTEREST_GOT]
            before -= x[col.CREDIT_LOSS] + x[col.STAKE_LOSS] + x[col.PLANT_LOSS] + x[col.INVENTORY_LOSS]
            before += x[col.CALLS_GOT] - x[col.CALLS_PAID] + x[col.VESTED] + x[col.FORGIVEN]
            tax = nodes.tax[i, b] * max(before, 0.0) if not state.down[i, b] and not nodes.vehicle[i] else 0.0
            x[col.TAX] = tax
            state.tax_due[i, b] += tax
            x[col.INCOME] = before - tax
            worse = x[col.DEPRECIATION_ECONOMIC] - x[col.DEPRECIATION]
            x[col.INCOME_ECONOMIC] = x[col.INCOME] - worse * (1.0 - nodes.tax[i, b])
            state.equity[i, b] += x[col.INCOME] + x[col.NONCASH] + x[col.DRAWN_SHARES] + x[col.RAISED]
            state.equity[i, b] += x[col.BRIDGE] - x[col.PAYOUT] - x[col.GONE]
            state.lost[i, b] += x[col.CREDIT_LOSS] + x[col.STAKE_LOSS] + x[col.PLANT_LOSS] + x[col.CALLS_PAID]
            operating = x[col.REVENUE] - x[col.COSTS] - x[col.COSTS_TIES] - x[col.LEVY] - x[col.TAX_PAID]
            x[col.EARNINGS] = operating / years
            state.earnings[i, b] = 0.5 * (state.earnings[i, b] + operating / years)
            state.free[i, b] = operating - x[col.INTEREST] - x[col.CAPEX]


@njit(nogil=True, cache=True)
def respond(q: int, model: Model, state: State, out: Out) -> None:
    """Those who lost revenue cut next step's intentions; whose equity losses have eaten finds the market shut."""
    for i in range(state.cash.shape[0]):
        for b in range(state.cash.shape[1]):
            planned = model.plans.revenue[i, q]
            short = 1.0 - out.accounts[q, col.REVENUE, i, b] / planned if planned > SMALL else 0.0
            state.cut[i, b] = min(max(1.0 - model.nodes.response[i, b] * short, 0.0), 2.0)
            eaten = state.equity[i, b] < 0.0 <= state.equity[i, b] + state.lost[i, b]
            state.shut[i, b] = 1 if eaten and not model.nodes.vehicle[i] else 0


@njit(nogil=True, cache=True)
def close(q: int, model: Model, state: State, out: Out) -> None:
    """Write the balance sheet of every node, each side from its own parts."""
    a, ties, stakes, debts = out.accounts, model.ties, model.stakes, model.debts
    n, lanes = state.cash.shape
    for t in range(ties.payer.size):
        for b in range(lanes):
            if ties.payee[t] >= 0:
                a[q, col.RECEIVABLES, ties.payee[t], b] += state.receivable[t, b]
            if ties.payer[t] >= 0:
                a[q, col.PAYABLES, ties.payer[t], b] += state.receivable[t, b]
    for s in range(stakes.holder.size):
        if stakes.holder[s] >= 0:
            for b in range(lanes):
                a[q, col.STAKES_HELD, stakes.holder[s], b] += state.carrying[s, b]
    for k in range(debts.borrower.size):
        if debts.lender[k] >= 0:
            for b in range(lanes):
                a[q, col.LOANS, debts.lender[k], b] += state.principal[k, b]
    for i in range(n):
        for b in range(lanes):
            x = a[q, :, i, b]
            for j in range(n):
                x[col.ESTATES] += state.estate[j, i, b]
            x[col.CASH], x[col.SHORT], x[col.LONG] = state.cash[i, b], state.short[i, b], state.long[i, b]
            x[col.RECEIVABLES] += state.residual_receivables[i, b]
            x[col.BUILDING], x[col.OTHER_ASSETS] = state.building[i, b], state.other_assets[i, b]
            x[col.ASSETS] = x[col.CASH] + x[col.RECEIVABLES] + x[col.ESTATES] + x[col.SHORT] + x[col.LONG]
            x[col.ASSETS] += x[col.BUILDING] + x[col.STAKES_HELD] + x[col.LOANS] + x[col.OTHER_ASSETS]
            x[col.DEBT], x[col.LEASES] = total_debt(i, b, model, state), state.leases[i, b]
            x[col.OTHER_LIABILITIES], x[col.TAX_DUE] = state.other_liabilities[i, b], state.tax_due[i, b]
            x[col.OWED_BY_ESTATE] = state.estate[i, :, b].sum()
            x[col.EQUITY], x[col.SHORT_ECONOMIC] = state.equity[i, b], state.economic[i, b]
            x[col.VALUE], x[col.UNDRAWN], x[col.CUT] = state.value[i, b], state.undrawn[i, b], state.cut[i, b]
            x[col.DOWN], x[col.SHUT] = float(state.down[i, b]), float(state.shut[i, b])
