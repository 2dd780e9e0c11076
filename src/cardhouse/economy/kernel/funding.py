"""Windows to money: point 4 of a step, and what is drawn once dues are known."""

from __future__ import annotations

from numba import njit

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel.arrays import Model, Shocks
from cardhouse.economy.kernel.outset import BASE_MOVE, SPREAD_MOVE
from cardhouse.economy.kernel.state import State, Step

DEBT_MARKET, SHARES, LINES, STAKES, MINIMUM = range(5)
"""Rows of ``Step.limits``: what each window lets through, in the order of use, and the cash a firm keeps."""


@njit(nogil=True, cache=True)
def total_debt(i: int, b: int, model: Model, state: State) -> float:
    """Everything a node has borrowed."""
    owed = state.new_debt[i, b]
    for k in range(model.debts.borrower.size):
        if model.debts.borrower[k] == i:
            owed += state.principal[k, b]
    return float(owed)


@njit(nogil=True, cache=True)
def interest_a_year(q: int, i: int, b: int, model: Model, state: State, step: Step) -> float:
    """Interest that a node owes, a year."""
    owed = state.new_interest[i, b]
    for k in range(model.debts.borrower.size):
        if model.debts.borrower[k] == i:
            owed += step.interest[k, b] / model.world.years[q]
    return float(owed)


@njit(nogil=True, cache=True)
def service(q: int, i: int, b: int, model: Model, state: State, step: Step) -> float:
    """Interest and the principal that must be paid (what lenders roll is not served), a year."""
    owed = step.ladder_due[i, b]
    for k in range(model.debts.borrower.size):
        if model.debts.borrower[k] == i:
            owed += step.principal_due[k, b]
    return float(owed / model.world.years[q] + interest_a_year(q, i, b, model, state, step))


@njit(nogil=True, cache=True)
def windows(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """What each firm may still raise in this step.

    New debt: the pace of the plan, grown with earnings (with market value where there are none), within the
    limits of leverage and cover. Shares: the pace of the plan times market value, shut by a deep fall of it.
    Lines: undrawn credit; the part under a cover test only while earnings cover debt service.
    """
    nodes, plans, years = model.nodes, model.plans, model.world.years[q]
    for i in range(step.drawable.shape[0]):
        for b in range(step.drawable.shape[1]):
            for row in range(4):
                step.limits[row, i, b] = 0.0
            step.drawable[i, b] = 0.0
            if state.down[i, b] or nodes.vehicle[i]:
                continue
            value0, value = plans.value0[i], state.value[i, b]
            standing = value / value0 if value0 > 0.0 else 1.0
            earns = state.earnings[i, b]
            pace = earns / plans.earnings0[i] if plans.earnings0[i] > 0.0 else standing
            debt = total_debt(i, b, model, state)
            room = max(nodes.leverage_limit[i, b] * max(earns, 0.0) - debt, 0.0)
            asked = nodes.market[i, b] * years
            if not state.shut[i, b]:
                if earns >= nodes.cover_limit[i, b] * interest_a_year(q, i, b, model, state, step):
                    lent = asked * (1.0 - nodes.equity_part[i, b]) * max(pace, 0.0)
                    step.limits[DEBT_MARKET, i, b] = min(lent, room) * shocks.world[dr.DEBT_WINDOW, q, b]
                if standing > 1.0 - nodes.drawdown[i, b]:
                    sold = asked * nodes.equity_part[i, b] * standing
                    step.limits[SHARES, i, b] = sold * shocks.world[dr.EQUITY_WINDOW, q, b]
            tested = nodes.dscr_part[i, b] if earns < nodes.dscr[i, b] * service(q, i, b, model, state, step) else 0.0
            step.limits[LINES, i, b] = state.undrawn[i, b] * (1.0 - tested)
    listed(q, model, shocks, state, step)
    for i in range(step.drawable.shape[0]):
        for b in range(step.drawable.shape[1]):
            for row in range(4):
                step.drawable[i, b] += step.limits[row, i, b]


@njit(nogil=True, cache=True)
def stake_proceeds(q: int, s: int, b: int, model: Model, shocks: Shocks, state: State) -> float:
    """What a listed stake would bring now."""
    stakes, plans = model.stakes, model.plans
    held, fraction0 = stakes.held[s], stakes.fraction0[s]
    if stakes.proceeds0[s] <= 0.0 or fraction0 <= 0.0:
        return 0.0
    worth = shocks.world[dr.MULTIPLES, q, b]
    if held >= 0:
        worth = state.value[held, b] / plans.value0[held] if plans.value0[held] > 0.0 else 0.0
        worth *= 1.0 - state.down[held, b]
    return float(stakes.proceeds0[s] * worth * state.fraction[s, b] / fraction0)


@njit(nogil=True, cache=True)
def listed(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Listed stakes as a source of money."""
    for s in range(model.stakes.holder.size):
        i = model.stakes.holder[s]
        if i < 0:
            continue
        for b in range(step.drawable.shape[1]):
            if not state.down[i, b]:
                step.limits[STAKES, i, b] += stake_proceeds(q, s, b, model, shocks, state)


@njit(nogil=True, cache=True)
def new_rate(i: int, b: int, model: Model, step: Step) -> float:
    """Yearly rate on what a node borrows now."""
    return float(max(model.nodes.new_rate[i, b] + step.index[BASE_MOVE, b] + step.index[SPREAD_MOVE, b], 0.0))


@njit(nogil=True, cache=True)
def borrow(q: int, i: int, b: int, amount: float, model: Model, state: State, step: Step) -> None:
    """Add new debt to the ladder; what falls due after the last step is not tracked by step."""
    if amount <= 0.0:
        return
    rate = new_rate(i, b, model, step)
    state.new_debt[i, b] += amount
    state.new_interest[i, b] += amount * rate
    due = q + model.nodes.debt_life[i]
    if due < model.world.years.size:
        state.ladder[i, due, b] += amount
        state.ladder_rate[i, due, b] += amount * rate
