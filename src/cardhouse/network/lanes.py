"""Compiled loop that clears many scenarios side by side, one a lane. Loads numba: import where needed.

A lane is a column of the state arrays. All lanes of a block take each sweep together (the processor does
several in one instruction) until nothing in the lane moves any more: then further sweeps leave it as it
is, to the last bit, and it does not matter how long its neighbours keep it. No lane reads another. So a
scenario's result is the same bits whatever shares its block. Settled lanes are dropped a few at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cardhouse.network.cells import CLEAR_CUT
from cardhouse.network.kernels import kernel
from cardhouse.network.sparse import PASS

ENOUGH = 2.0**-44
"""Falls of a payment smaller than this share of its dues (6e-14) are not made."""
TILE = 8
"""Firms copied at a time between scenarios by row and lanes by column: one line of the cache."""
MOST_SWEEPS = 400
"""A scenario that needs more is left to the careful solver, which factorises."""


@kernel
def clear_lanes(  # noqa: PLR0912, PLR0915 - in one piece: a function called here is compiled once more
    first: int, count: int, binding: int,
    outside: Any, forced: Any, alpha: Any, beta: Any, gamma: Any, levels: Any, dues: Any,
    worth: Any, cap: Any, extra: Any, order: Any,
    ptr: Any, idx: Any, val: Any, own_ptr: Any, own_idx: Any, own_val: Any,
    payments: Any, assets: Any, left: Any, defaulted: Any, careful: Any,
) -> None:  # fmt: skip
    """Clear ``count`` scenarios from ``first`` on, side by side.

    Parameters
    ----------
    outside : (S, n). forced : (S, n) or (1, n).
    worth, cap, extra : (n,), bound on equity: ``cap * max((outside + extra) / worth)``.
    ptr, idx, val : padded CSR of (n, K n), row i is what the others owe i; column ``k n + j`` is j's class k.
    own_ptr, own_idx, own_val : padded CSR of (n, n), row i is the shares i holds.
    payments (S, K, n), assets, left, defaulted (S, n), careful (S,) : results, filled in place.
    """
    classes, n = dues.shape
    state, flag = np.empty(((classes + 3) * n, count)), np.empty((n, count), np.uint8)
    fraction, equity = state[: classes * n], state[classes * n : (classes + 1) * n]
    have, own = state[(classes + 1) * n : (classes + 2) * n], state[(classes + 2) * n :]
    debt, stake, change, x = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    scenario = np.arange(first, first + count)
    done, going = np.zeros(count, np.int64), np.zeros(count, np.int64)
    held = np.zeros(n, np.uint8)
    for link in range(own_ptr[n]):
        if own_val[link] > 0:
            held[own_idx[link]] = 1
    many = forced.shape[0] > 1
    # Start from above: everybody pays in full, equity at its upper bound.
    for b in range(count):
        x[b] = 0.0
    for start in range(0, n, TILE):
        for b in range(count):
            for i in range(start, min(start + TILE, n)):
                own[i, b] = outside[first + b, i]
                flag[i, b] = forced[first + b if many else 0, i]
    for i in range(n):
        one_over = 1.0 / worth[i]
        for b in range(count):
            most = (own[i, b] + extra[i]) * one_over
            x[b] = most if most > x[b] else x[b]
        for k in range(classes):
            start_at = 1.0 if dues[k, i] > 0 else 0.0
            for b in range(count):
                fraction[k * n + i, b] = start_at
    for i in range(n):
        for b in range(count):
            equity[i, b] = cap[i] * x[b]
    active, sweeps = count, 0
    while active > 0:
        sweeps += 1
        # Every firm distributes once, in every lane; ``change`` is the largest fall of each lane.
        for b in range(active):
            change[b] = 0.0
        for i in order:
            for b in range(active):
                debt[b] = 0.0
            for link in range(ptr[i], ptr[i + 1], PASS):
                v0, v1, v2, v3 = val[link], val[link + 1], val[link + 2], val[link + 3]
                r0, r1, r2, r3 = idx[link], idx[link + 1], idx[link + 2], idx[link + 3]
                for b in range(active):
                    two = (debt[b] + v0 * fraction[r0, b]) + v1 * fraction[r1, b]
                    debt[b] = (two + v2 * fraction[r2, b]) + v3 * fraction[r3, b]
            if own_ptr[n] > 0:
                for b in range(active):
                    stake[b] = 0.0
            for link in range(own_ptr[i], own_ptr[i + 1], PASS):
                v0, v1, v2, v3 = own_val[link], own_val[link + 1], own_val[link + 2], own_val[link + 3]
                r0, r1, r2, r3 = own_idx[link], own_idx[link + 1], own_idx[link + 2], own_idx[link + 3]
                for b in range(active):
                    two = (stake[b] + v0 * equity[r0, b]) + v1 * equity[r1, b]
                    stake[b] = (two + v2 * equity[r2, b]) + v3 * equity[r3, b]
            cut = levels[binding, i] * (1 - CLEAR_CUT)
            cost_own, cost_debt, cost_stake = alpha[i], beta[i], gamma[i]
            for b in range(active):
                total = own[i, b] + debt[b] + stake[b]
                failed = flag[i, b] | (total < cut)
                costed = cost_own * own[i, b] + cost_debt * debt[b] + cost_stake * stake[b]
                have[i, b] = total
                flag[i, b] = failed
                x[b] = costed if failed else total
            for k in range(classes):
                due, low, high, row = dues[k, i], levels[k, i], levels[k + 1, i], k * n + i
                if due == 0:
                    continue
                one_over = 1.0 / due
                for b in range(active):
                    now = (x[b] - low) * one_over if x[b] > low else 0.0
                    now = 1.0 if x[b] >= high else now
                    old = fraction[row, b]
                    now = now if now < old - ENOUGH else old
                    change[b] = old - now if old - now > change[b] else change[b]
                    fraction[row, b] = now
                if k >= binding:
                    for b in range(active):
                        fraction[row, b] = 0.0 if flag[i, b] else fraction[row, b]
            if not held[i]:
                for b in range(active):
                    equity[i, b] = x[b]
                continue
            top, bound = levels[classes, i], levels[binding, i]
            for b in range(active):
                now = max(x[b] - (bound if flag[i, b] else top), 0.0)
                old = equity[i, b]
                now = now if now < old * (1.0 - ENOUGH) else old
                change[b] = old - now if old - now > change[b] else change[b]
                equity[i, b] = now
        settled, rest = 0, 0
        for b in range(active):
            if change[b] == 0.0 or sweeps == MOST_SWEEPS:
                careful[scenario[b]] = change[b] != 0.0
                done[settled] = b
                settled += 1
            else:
                going[rest] = b
                rest += 1
        if settled == active or settled * 4 >= active + 8:
            # Write settled lanes out; a firm too near its limit to be judged here marks its scenario.
            for start in range(0, n, TILE):
                stop = min(start + TILE, n)
                for place in range(settled):
                    b = done[place]
                    s = scenario[b]
                    mask = s if many else 0
                    for i in range(start, stop):
                        out = flag[i, b] != 0
                        over = equity[i, b]
                        if held[i] == 0:
                            # What the firm distributes was kept here, since nobody inside reads its equity.
                            over = max(over - levels[binding if out else classes, i], 0.0)
                        assets[s, i] = have[i, b]
                        left[s, i] = over if forced[mask, i] or not out else 0.0
                        defaulted[s, i] = out
                        if not out and have[i, b] < levels[binding, i]:
                            careful[s] = True
                    for k in range(classes):
                        for i in range(start, stop):
                            payments[s, k, i] = fraction[k * n + i, b] * dues[k, i]
            active = rest
            for b in range(active):
                scenario[b] = scenario[going[b]]
            # The lanes that go on move to the front.
            for row in range(state.shape[0]):
                for b in range(active):
                    state[row, b] = state[row, going[b]]
            for row in range(n):
                for b in range(active):
                    flag[row, b] = flag[row, going[b]]
