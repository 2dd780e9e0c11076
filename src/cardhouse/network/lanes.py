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
def load(
    first: int, count: int, outside: Any, forced: Any, worth: Any, cap: Any, extra: Any, dues: Any,
    scale: Any, own: Any, flag: Any, fraction: Any, equity: Any,
) -> None:  # fmt: skip
    """Start scenarios from above: everybody pays in full, equity at its upper bound."""
    classes, n = dues.shape
    for b in range(count):
        scale[b] = 0.0
    many = forced.shape[0] > 1
    for start in range(0, n, TILE):
        for b in range(count):
            for i in range(start, min(start + TILE, n)):
                own[i, b] = outside[first + b, i]
                flag[i, b] = forced[first + b if many else 0, i]
    for i in range(n):
        one_over = 1.0 / worth[i]
        for b in range(count):
            most = (own[i, b] + extra[i]) * one_over
            scale[b] = most if most > scale[b] else scale[b]
        for k in range(classes):
            start_at = 1.0 if dues[k, i] > 0 else 0.0
            for b in range(count):
                fraction[k * n + i, b] = start_at
    for i in range(n):
        for b in range(count):
            equity[i, b] = cap[i] * scale[b]


@kernel
def unload(
    count: int, lanes: Any, scenario: Any, binding: int, levels: Any, dues: Any, forced: Any, held: Any,
    have: Any, flag: Any, fraction: Any, equity: Any,
    payments: Any, assets: Any, left: Any, defaulted: Any, careful: Any,
) -> None:  # fmt: skip
    """Write settled lanes to the results; mark scenarios with a firm too near its limit to be judged here."""
    classes, n = dues.shape
    many = forced.shape[0] > 1
    for start in range(0, n, TILE):
        stop = min(start + TILE, n)
        for place in range(count):
            b = lanes[place]
            s = scenario[b]
            mask = s if many else 0
            for i in range(start, stop):
                failed = flag[i, b] != 0
                rest = equity[i, b]
                if held[i] == 0:
                    # What the firm distributes was kept here, since nobody inside reads its equity.
                    rest = max(rest - levels[binding if failed else classes, i], 0.0)
                assets[s, i] = have[i, b]
                left[s, i] = rest if forced[mask, i] or not failed else 0.0
                defaulted[s, i] = failed
                if not failed and have[i, b] < levels[binding, i]:
                    careful[s] = True
            for k in range(classes):
                for i in range(start, stop):
                    payments[s, k, i] = fraction[k * n + i, b] * dues[k, i]


@kernel
def keep(count: int, lanes: Any, state: Any) -> None:
    """Move the lanes that go on to the front."""
    for row in range(state.shape[0]):
        for place in range(count):
            state[row, place] = state[row, lanes[place]]


@kernel
def sweep_lanes(  # noqa: PLR0912 - written out: inner calls that pass these arrays cost as much as the sums
    active: int, binding: int, alpha: Any, beta: Any, gamma: Any, levels: Any, dues: Any, order: Any, held: Any,
    ptr: Any, idx: Any, val: Any, own_ptr: Any, own_idx: Any, own_val: Any,
    own: Any, have: Any, flag: Any, fraction: Any, equity: Any, debt: Any, stake: Any, x: Any, change: Any,
) -> None:  # fmt: skip
    """Let every firm distribute once, in every lane; ``change`` is the largest fall of each lane."""
    classes, n = dues.shape
    change[:active] = 0.0
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
            assets = own[i, b] + debt[b] + stake[b]
            failed = flag[i, b] | (assets < cut)
            costed = cost_own * own[i, b] + cost_debt * debt[b] + cost_stake * stake[b]
            have[i, b] = assets
            flag[i, b] = failed
            x[b] = costed if failed else assets
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
        top, rest = levels[classes, i], levels[binding, i]
        for b in range(active):
            now = max(x[b] - (rest if flag[i, b] else top), 0.0)
            old = equity[i, b]
            now = now if now < old * (1.0 - ENOUGH) else old
            change[b] = old - now if old - now > change[b] else change[b]
            equity[i, b] = now


@kernel
def clear_lanes(
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
    fraction, flag = np.empty((classes * n, count)), np.empty((n, count), np.uint8)
    equity, have, own = np.empty((n, count)), np.empty((n, count)), np.empty((n, count))
    debt, stake, change, x = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    scenario = np.arange(first, first + count)
    done, going = np.zeros(count, np.int64), np.zeros(count, np.int64)
    held = np.zeros(n, np.uint8)
    held[own_idx[own_val > 0]] = 1
    load(first, count, outside, forced, worth, cap, extra, dues, x, own, flag, fraction, equity)
    active, sweeps = count, 0
    while active > 0:
        sweeps += 1
        sweep_lanes(
            active, binding, alpha, beta, gamma, levels, dues, order, held,
            ptr, idx, val, own_ptr, own_idx, own_val,
            own, have, flag, fraction, equity, debt, stake, x, change,
        )  # fmt: skip
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
            unload(
                settled, done, scenario, binding, levels, dues, forced, held,
                have, flag, fraction, equity, payments, assets, left, defaulted, careful,
            )  # fmt: skip
            active = rest
            for b in range(active):
                scenario[b] = scenario[going[b]]
            for state in (fraction, equity, own, have):
                keep(active, going, state)
            keep(active, going, flag)
