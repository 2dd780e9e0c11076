"""Market values: multiples, revenue against plan, and stakes in each other solved jointly. Point 8 of a step."""

from __future__ import annotations

from numba import njit

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel.arrays import Model, Shocks
from cardhouse.economy.kernel.state import REVENUE, Out, State, Step

SWEEPS = 200
CLOSE = 1e-10
LEAST_PLAN = 1e-9
"""USD million of planned revenue below which a ratio to it says nothing."""


@njit(nogil=True, cache=True)
def own_value(q: int, i: int, b: int, elapsed: float, model: Model, shocks: Shocks, state: State, out: Out) -> float:
    """What a firm is worth without its stakes in other nodes."""
    if state.down[i, b]:
        return 0.0
    nodes, plans = model.nodes, model.plans
    seen = q - model.world.private_lag if nodes.private[i] else q
    multiple = shocks.world[dr.MULTIPLES, seen, b] if seen >= 0 else 1.0
    planned = plans.revenue[i, q]
    ratio = out.accounts[q, REVENUE, i, b] / planned if planned > LEAST_PLAN else 1.0
    worth = plans.own0[i] * (1.0 + nodes.equity_return[i, b]) ** elapsed * multiple
    return float(worth * max(ratio, 0.0) ** nodes.value_elasticity[i, b])


@njit(nogil=True, cache=True)
def value_firms(q: int, model: Model, shocks: Shocks, state: State, step: Step, out: Out) -> None:
    """Solve market values jointly: own value plus stakes at market; no value is below zero."""
    stakes = model.stakes
    n, lanes = state.value.shape
    elapsed = 0.0
    for past in range(q + 1):
        elapsed += model.world.years[past]
    for b in range(lanes):
        for i in range(n):
            own = own_value(q, i, b, elapsed, model, shocks, state, out)
            step.got[i, b] = own
            state.value[i, b] = max(own, 0.0)
        for _ in range(SWEEPS):
            moved = 0.0
            for i in range(n):
                worth = step.got[i, b]
                for s in range(stakes.holder.size):
                    if stakes.holder[s] == i and stakes.held[s] >= 0:
                        worth += state.fraction[s, b] * state.value[stakes.held[s], b]
                worth = max(worth, 0.0) * (1.0 - state.down[i, b])
                moved = max(moved, abs(worth - state.value[i, b]))
                state.value[i, b] = worth
            if moved <= CLOSE * (1.0 + state.value[:, b].max()):
                break


@njit(nogil=True, cache=True)
def mark(q: int, s: int, b: int, model: Model, shocks: Shocks, state: State) -> float:
    """What a stake is worth at market; at the opening never less than it is carried at."""
    stakes, plans = model.stakes, model.plans
    held = stakes.held[s]
    if held < 0:
        return float(max(stakes.carrying0[s], stakes.proceeds0[s]) * shocks.world[dr.MULTIPLES, q, b])
    worth = state.fraction[s, b] * state.value[held, b]
    if plans.value0[held] <= 0.0:
        return float(0.0 if state.down[held, b] else state.carrying[s, b])
    if stakes.fraction0[s] <= 0.0 and state.fraction[s, b] <= 0.0:
        return float(stakes.carrying0[s] * state.value[held, b] / plans.value0[held])
    start = stakes.fraction0[s] * plans.value0[held]
    if start > 0.0 and stakes.carrying0[s] > start:
        worth *= stakes.carrying0[s] / start
    return float(worth)
