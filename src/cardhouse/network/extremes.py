"""Greatest and least clearing state of a dense network, in floats or rationals.

Both are finite: the set of firms in default only grows (greatest) or only shrinks (least), and between
two changes a continuous map is solved on one of its linear pieces. Sweeping upward from zero is never
used for a map with default costs: it may stop at a point that clears nothing (Rogers and Veraart 2013,
example 3.3). Equity of a firm not yet in default is never negative inside a solve, or its owners would
fail wrongly.

References
----------
Eisenberg and Noe (2001), Management Science 47(2). Rogers and Veraart (2013), Management Science 59(4).
Elsinger (2009), OeNB Working Paper 156. Hain and Fischer (2015), arXiv 1501.07402.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cardhouse.errors import NotConverged
from cardhouse.network.cells import CLEAR_CUT, DENSE_UP_TO, ROUNDING, Flags, Point, System, cells, evaluate, piece
from cardhouse.network.linear import solve
from cardhouse.network.model import Array

_FIRST_SWEEPS = 8
_PATIENCE = 2
_MOST_SWEEPS = 200_000
_MOST_PIECES = 40
_WORST_ERROR = 1e-6
"""A piece whose solution may be this wrong (relative) is near singular and not trusted."""


@dataclass(frozen=True, eq=False)
class State:
    """A solution of the map.

    Attributes
    ----------
    x : (n,), what each firm distributes.
    flags : (n,), in default.
    """

    x: Array
    flags: Flags


def outcome(system: System, state: State) -> Point:
    """Evaluate a solution; who is judged solvent at a tie pays in full, though rounding may leave it short."""
    return evaluate(replace(system, floor=system.network.binding_dues), state.x, state.flags)


def greatest(system: System) -> tuple[State, Point]:
    """Find the clearing state that is best for every firm at once."""
    dues = system.network.binding_dues
    if system.compiled:
        begun = _greatest_of_large(system)
        if begun is not None:
            return begun
    start = full_pay(system)
    x, flags = start, system.forced.copy()
    for _ in range(system.network.size + 1):
        state = (
            _settle_exact(system, start, flags, rising=False)
            if system.exact
            else settle(system, x, flags, rising=False)
        )
        point = outcome(system, state)
        short = ~state.flags & (point.assets < dues).astype(bool)
        if short.any():
            short &= (point.assets < dues - rounding_error(system, state.x, state.flags)).astype(bool)
        if not short.any():
            return state, point
        x, flags = state.x, state.flags | short
    raise AssertionError("every round adds a default")


def _greatest_of_large(system: System) -> tuple[State, Point] | None:
    """Find the greatest state on all processors, where the network is fit for it and no firm near its limit."""
    from cardhouse.network import large

    settled = large.settle(system) if large.fits(system) else None
    if settled is None:
        return None
    point, flags = large.outcome(system, *settled), settled[1]
    if not (flags | (point.assets >= system.network.binding_dues)).all():
        return None
    return State(point.available(flags), flags), point


def least(system: System) -> tuple[State, Point]:
    """Find the clearing state that is worst for every firm at once."""
    dues = system.network.binding_dues
    flags = system.forced | (dues > 0).astype(bool)
    x = np.zeros(system.network.size)
    for _ in range(system.network.size + 1):
        state = _settle_exact(system, x, flags, rising=True) if system.exact else settle(system, x, flags, rising=True)
        point = outcome(system, state)
        saved = state.flags & ~system.forced & (point.assets >= dues * _nearly_one(system)).astype(bool)
        if saved.any():
            saved &= (point.assets >= dues - rounding_error(system, state.x, state.flags)).astype(bool)
        if not saved.any():
            return state, point
        flags = state.flags & ~saved
        # In rationals each round starts from nothing: its first guess is a float and need not be exact.
        x = x if system.exact else state.x
    raise AssertionError("every round ends a default")


def _nearly_one(system: System) -> float:
    """Share of its dues below which a firm is in default beyond rounding."""
    return 1 if system.exact else 1 - CLEAR_CUT


def rounding_error(system: System, x: Array, flags: Flags) -> Array:
    """Bound the rounding error of everybody's assets at a solution, (n,); zero in rationals.

    Each firm's sums err by a few units in the last place of what is summed (all of one sign); the
    linear piece carries these errors on to its creditors and owners.
    """
    if system.exact:
        return system.network.outside * 0
    cell, live = cells(system, x, flags, upper=True)
    linear = piece(system, cell, live, flags)
    local = ROUNDING * (evaluate(system, x, flags).assets + system.levels[-1])
    try:
        _, error = linear.fixed_point(local)
    except np.linalg.LinAlgError:
        return linear.carry(local)
    return error if (error >= local).all() else linear.carry(local)


def full_pay(system: System) -> Array:
    """Bound the assets of every firm from above, (n,) floats: all debts paid, no equity lost."""
    system = _floats(system)
    net = system.network
    x = net.outside + net.full_receipts
    if system.holdings is None:
        return x
    if system.compiled:
        from cardhouse.network.sparse import most_equity

        stakes: Array = system.holdings @ most_equity(system)
        return x + stakes
    # A firm forced into default keeps what its binding dues leave, intentions unpaid.
    worth = np.maximum(x - net.binding_dues, 0.0)
    held = np.flatnonzero(system.holdings.any(axis=0))
    # s = max(0, assets - dues) + holdings s bounds equity, since max(0, u + v) <= max(0, u) + v.
    most = solve(system.holdings[np.ix_(held, held)], worth[held, None])[:, 0] * (1 + CLEAR_CUT)
    stakes = system.holdings @ (worth + system.holdings[:, held] @ most)
    return x + stakes


def solve_fixed(system: System, start: Array, flags: Flags) -> Array:
    """Greatest solution x (n,) below ``start`` with the default set held fixed."""
    if system.exact:
        return _settle_exact(system, start.astype(float), flags, rising=False).x
    return settle(system, start, flags, rising=False, fixed=True).x


def settle(system: System, x: Array, flags: Flags, *, rising: bool, fixed: bool = False) -> State:
    """Solve the map in floats, moving the default set where that is beyond doubt.

    Parameters
    ----------
    x : (n,), a start on the right side of the solution: above it, or below when ``rising``.
    fixed : leave the default set alone.

    Raises
    ------
    NotConverged : when 200,000 sweeps and the linear pieces met on the way do not settle.
    """
    count, total = _FIRST_SWEEPS if x.size <= DENSE_UP_TO else 8 * _FIRST_SWEEPS, 0
    change = x
    while total < _MOST_SWEEPS:
        x, flags, change = _sweep(system, x, flags, count, rising=rising, fixed=fixed)
        if system.compiled and not change.any():
            return State(x, flags)
        solved = _on_pieces(system, x, flags, upper=not rising)
        if solved is not None:
            return solved
        if (change <= 4 * 2.0**-53 * x).all():
            # At rest though its piece is singular: a closed loop that nothing enters.
            return State(x, flags)
        total += count
        count *= 2
    moving = int(np.argmax(change))
    raise NotConverged(f"clearing did not settle in {total} sweeps: firm {moving} still moves by {change[moving]:.3g}")


def _sweep(
    system: System, x: Array, flags: Flags, count: int, *, rising: bool, fixed: bool
) -> tuple[Array, Flags, Array]:
    """Apply the map up to ``count`` times; stop early when no cell has changed for two sweeps."""
    if system.compiled:
        from cardhouse.network.sparse import sweep

        return sweep(system, x, flags, count, rising=rising, fixed=fixed)
    dues = system.network.binding_dues
    cell, still, change = np.empty(0, dtype=np.int64), 0, x
    for _ in range(count):
        point = evaluate(system, x, flags)
        before = flags
        if not fixed and rising:
            flags = flags & ~(~system.forced & (point.assets > dues * (1 + CLEAR_CUT)))
        elif not fixed:
            flags = flags | (point.assets < dues * (1 - CLEAR_CUT))
        new = point.available(flags)
        change, x = np.abs(new - x), new
        now, _ = cells(system, x, flags, upper=not rising)
        still = still + 1 if np.array_equal(now, cell) and np.array_equal(before, flags) else 0
        cell = now
        if still == _PATIENCE:
            break
    return x, flags, change


def _on_pieces(system: System, x: Array, flags: Flags, *, upper: bool) -> State | None:
    """Step from linear piece to linear piece until one contains its own solution.

    A solution on a regular piece, its cells taken upward (downward), is the greatest (least) one: a
    second solution above it would leave it along a null vector of I - slope.
    """
    cell, live = cells(system, x, flags, upper=upper)
    for _ in range(_MOST_PIECES):
        linear = piece(system, cell, live, flags)
        size = linear.at_low + system.levels[-1]
        try:
            found, error = linear.fixed_point(ROUNDING * size)
        except np.linalg.LinAlgError:
            return None
        if not (np.isfinite(found).all() and (error >= 0).all() and (error <= _WORST_ERROR * size.max()).all()):
            return None
        slack = 4 * error
        next_cell, next_live = cells(system, found + slack if upper else found - slack, flags, upper=upper)
        if np.array_equal(next_cell, cell) and np.array_equal(next_live, live):
            again = evaluate(system, np.maximum(found, 0.0), flags).available(flags)
            return State(again, flags) if (np.abs(again - found) <= slack).all() else None
        cell, live = next_cell, next_live
    return None


def _settle_exact(system: System, start: Array, flags: Flags, *, rising: bool) -> State:
    """Solve in rationals: floats guess the cells, exact linear solves correct and prove them."""
    twin = _floats(system)
    guess = settle(twin, start, flags, rising=rising, fixed=True).x
    slack = CLEAR_CUT * (guess + twin.levels[-1])
    cell, live = cells(twin, guess - slack if rising else guess + slack, flags, upper=not rising)
    nothing = system.network.outside * 0
    for _ in range(_MOST_PIECES):
        try:
            x, _ = piece(system, cell, live, flags).fixed_point(nothing)
        except np.linalg.LinAlgError:
            break
        next_cell, next_live = cells(system, x, flags, upper=not rising)
        if np.array_equal(next_cell, cell) and np.array_equal(next_live, live):
            return State(x, flags)
        cell, live = next_cell, next_live
    raise NotConverged("the exact mode met pieces that lead to no solution; clear in floats and read its knife_edge")


def _floats(system: System) -> System:
    """Return the same system in float64."""
    net = system.network
    if not system.exact:
        return system
    inexact = replace(
        net,
        outside=net.outside.astype(float),
        debts=tuple(layer.astype(float) for layer in net.debts),
        external=net.external.astype(float),
        holdings=None if net.holdings is None else net.holdings.astype(float),
        alpha=net.alpha.astype(float),
        beta=net.beta.astype(float),
        gamma=net.gamma.astype(float),
    )
    twin = System.of(inexact, system.forced)
    return replace(twin, floor=system.floor.astype(float))
