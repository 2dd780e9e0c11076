"""Work backwards: the smallest shock to outside assets that does a given damage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardhouse.errors import InputError
from cardhouse.network.batch import clear_many
from cardhouse.network.cells import CLEAR_CUT, System, cells, piece
from cardhouse.network.clearing import clear
from cardhouse.network.linear import solve
from cardhouse.network.model import Array, Network
from cardhouse.network.reading import as_vector, check_amounts
from cardhouse.network.result import Clearing

_BEYOND = 1e-9
"""Kinks closer together than this share of the way to the next one are passed in one step."""
_BISECTIONS = 12


@dataclass(frozen=True, eq=False)
class Reverse:
    """The smallest shock found.

    Attributes
    ----------
    multiple : size of the shock: along the direction asked for, or its norm. Infinite when even losing
        all outside assets along it does not do the damage.
    shock : (n,), outside assets lost; no firm loses more than it has.
    jumps : whether the damage is done by a jump just beyond ``multiple`` (a default at a cost) and not yet
        at it: a firm exactly at its limit is solvent.
    kinks : multiples at which a firm changed its place in the waterfall, in order.
    exact : whether no smaller shock of the kind does the damage; else the smallest of those tried.
    """

    multiple: float
    shock: Array
    jumps: bool
    kinks: tuple[float, ...]
    exact: bool


def outside_loss(network: Network, before: Clearing, after_payments: Array, after_equity: Array) -> Array:
    """Loss of outsiders, creditors and shareholders, against a clearing; (..., K, n) and (..., n) to (...)."""
    credit, share = _outside_parts(network)
    lost = ((before.payments - after_payments) * credit).sum(axis=(-1, -2))
    found: Array = lost + ((before.equity - after_equity) * share).sum(axis=-1)
    return found


def smallest_multiple(
    network: Network, direction: ArrayLike, *, loss: float | None = None, firm: int | None = None
) -> Reverse:
    """Find the smallest multiple of a shock that costs outsiders a given loss, or fails a given firm.

    Between two kinks every amount is linear in the multiple, so each is followed exactly to the next kink:
    one clearing and one linear solve a kink, at most (K + 2) n of them.

    Parameters
    ----------
    network : in floats.
    direction : (n,), amounts of outside assets lost per unit of the multiple, not negative.
    loss : amount lost by outsiders: creditors outside the network and shareholders outside it.
    firm : position of the firm that is to default. Give either this or ``loss``.

    Raises
    ------
    InputError : when neither or both targets are given, or the direction does not fit.
    """
    if network.exact:
        raise InputError("shocks are searched in floats; read the network without exact=True")
    if firm is not None and not 0 <= firm < network.size:
        raise InputError(f"there is no firm {firm} among {network.size}")
    way = as_vector(direction, "direction", exact=False)
    if way.size != network.size:
        raise InputError(f"the direction has {way.size} entries for {network.size} firms")
    check_amounts(way, "direction")
    if (loss is None) == (firm is None):
        raise InputError("give either the loss to reach or the firm to fail")
    if loss is not None and not loss > 0:
        raise InputError(f"the loss to reach must be above zero, found {loss}")
    return _Path(network, way, clear(network)).follow(loss, firm)


@dataclass(frozen=True, eq=False)
class _Path:
    """States along ``outside - multiple * way``, never below zero."""

    network: Network
    way: Array
    start: Clearing

    def outside(self, multiple: float) -> Array:
        return np.maximum(self.network.outside - multiple * self.way, 0.0)

    def follow(self, loss: float | None, firm: int | None) -> Reverse:
        """Go from kink to kink until the target is met or nothing is left to lose."""
        if firm is not None and self.start.defaulted[firm]:
            return self._found(0.0, [], jumps=False)
        used = self.way > 0
        last = float(np.max(self.network.outside[used] / self.way[used], initial=0.0))
        here, kinks = 0.0, list[float]()
        while here < last:
            # Just beyond the kink the cells of the next stretch are plain; then look back to the kink.
            past = here + _BEYOND * max(here, self._scale())
            state = clear(self.network.with_outside(self.outside(past)))
            speed, loss_speed = self._speeds(state, past)
            if firm is not None and state.defaulted[firm]:
                return self._found(here, kinks, jumps=True)
            if loss is not None:
                lost = float(outside_loss(self.network, self.start, state.payments, state.equity))
                at_kink = lost - loss_speed * (past - here)
                if at_kink >= loss * (1 - CLEAR_CUT):
                    return self._found(here, kinks, jumps=at_kink > loss * (1 + CLEAR_CUT))
            following = self._next_kink(state, past, speed, last)
            if loss is not None and loss_speed > 0:
                reached = past + (loss - lost) / loss_speed
                if reached <= following:
                    return self._found(reached, kinks, jumps=False)
            here = following
            kinks.append(here)
        return replace(self._found(last, kinks, jumps=False), multiple=np.inf)

    def _found(self, multiple: float, kinks: list[float], *, jumps: bool) -> Reverse:
        shock = self.network.outside - self.outside(multiple)
        return Reverse(multiple, shock, jumps, tuple(kinks), exact=True)

    def _scale(self) -> float:
        """A multiple that matters: one that takes all from the firm that is exhausted first."""
        used = (self.way > 0) & (self.network.outside > 0)
        return float(np.min(self.network.outside[used] / self.way[used], initial=np.inf))

    def _speeds(self, state: Clearing, multiple: float) -> tuple[Array, float]:
        """Change of what firms distribute, (n,), and of outsiders' loss per unit of the multiple."""
        net, flags = self.network, state.defaulted
        system = System.of(state.network, state.forced)
        cell, live = cells(system, state.paid + state.equity, flags, upper=True)
        linear = piece(system, cell, live, flags)
        push = np.where(self.outside(multiple) > 0, -self.way, 0.0) * np.where(flags, net.alpha, 1.0)
        speed = push.copy()
        active = linear.active
        if active.size:
            moves = np.zeros(net.size)
            moves[active] = solve(linear.slope(), push[active, None])[:, 0]
            speed = push + linear.costed(*linear.spread(moves))
        credit, share = _outside_parts(net)
        weight = np.concatenate([credit, share[None]])
        # A firm in default by itself has nothing left: its last cell is never reached.
        return speed, float(-(weight[cell, np.arange(net.size)] * speed).sum())

    def _next_kink(self, state: Clearing, past: float, speed: Array, last: float) -> float:
        """Multiple at which the next firm leaves its cell, or runs out of outside assets."""
        x = state.paid + state.equity
        system = System.of(state.network, state.forced)
        cell, _ = cells(system, x, state.defaulted, upper=True)
        room = x - system.levels[cell, np.arange(x.size)]
        falls = speed < 0
        leaves = np.min(room[falls] / -speed[falls], initial=np.inf)
        wealth = self.outside(past)
        drained = (self.way > 0) & (wealth > 0)
        runs_out = np.min(wealth[drained] / self.way[drained], initial=np.inf)
        return min(past + float(min(leaves, runs_out)), last)


def smallest_shock(
    network: Network, loss: float, *, norm: Literal["l1", "linf"], trials: int = 2000, seed: int = 0
) -> Reverse:
    """Find the smallest shock, to whichever firms, that costs outsiders a given loss.

    ``linf`` bounds each firm's loss: since losses never fall when a firm gets poorer, the worst such
    shock takes the bound from everybody, and the answer is exact in every network.
    ``l1`` bounds the sum. With debts of one class and without costs the loss is convex, so the worst
    shock of a given size hits a single firm, and the answer is exact as long as no firm owns less than
    it. In every other case mixtures are tried at random, each that does better is followed down, and
    the result says that it is not exact.

    Parameters
    ----------
    network : in floats.
    loss : amount lost by outsiders, above zero.
    trials : mixtures to try in each round where the answer is not exact.
    seed : of the random mixtures.

    References
    ----------
    Proskurnikov, Calafiore and Fracastoro (2024), arXiv 2403.10631 (margins by linear programs, debts only).
    """
    if not loss > 0:
        raise InputError(f"the loss to reach must be above zero, found {loss}")
    if norm == "linf":
        return smallest_multiple(network, np.ones(network.size), loss=loss)
    if norm != "l1":
        raise InputError(f"norm is {norm!r}; it is 'l1' or 'linf'")
    best = _best_single(network, loss)
    convex = network.costless and network.classes == 1 and network.holdings is None
    if convex and np.isfinite(best.multiple) and (network.outside >= best.multiple * (1 - CLEAR_CUT)).all():
        return best
    rng = np.random.default_rng(seed)
    while True:
        better = _better_mixture(network, loss, best, trials, rng)
        if better is None:
            return replace(best, exact=False)
        best = better


def _best_single(network: Network, loss: float) -> Reverse:
    """Smallest shock to one firm: bisect all firms at once, then follow those that may be the best."""
    size = network.size
    start = clear(network)
    high = network.outside.copy()
    reaches = _reaches(network, start, np.diag(high), loss)
    low = np.zeros(size)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        enough = _reaches(network, start, np.diag(middle), loss)
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    if not reaches.any():
        return Reverse(np.inf, network.outside * 0, jumps=False, kinks=(), exact=True)
    candidates = np.flatnonzero(reaches & (low <= high[reaches].min()))
    found = [smallest_multiple(network, np.eye(1, size, int(i))[0], loss=loss) for i in candidates]
    return min(found, key=lambda one: one.multiple)


def _better_mixture(
    network: Network, loss: float, best: Reverse, trials: int, rng: np.random.Generator
) -> Reverse | None:
    """Look for a mixed shock one thousandth smaller than the best, and shrink it as far as it goes."""
    budget = best.multiple if np.isfinite(best.multiple) else float(network.outside.sum()) / (1 - 1e-3)
    shocks = _mixtures(network.outside, budget * (1 - 1e-3), trials, rng)
    good = np.flatnonzero(_reaches(network, clear(network), shocks, loss))
    if not good.size:
        return None
    way = shocks[good[0]]
    found = smallest_multiple(network, way / way.sum(), loss=loss)
    return found if found.multiple < best.multiple else None


def _mixtures(outside: Array, budget: float, trials: int, rng: np.random.Generator) -> Array:
    """Random shocks (trials, n) that take ``budget`` in all: firms in random order, each in full or in part."""
    order = rng.permuted(np.tile(np.arange(outside.size), (trials, 1)), axis=1)
    part = np.where(rng.random(order.shape) < 0.5, 1.0, rng.random(order.shape))
    asked = outside[order] * part
    before = np.cumsum(asked, axis=1) - asked
    taken = np.clip(budget - before, 0.0, asked)
    shocks: Array = np.zeros_like(asked)
    np.put_along_axis(shocks, order, taken, axis=1)
    return shocks


def _reaches(network: Network, start: Clearing, shocks: Array, loss: float) -> NDArray[np.bool_]:
    """Which of the shocks, (S, n), do the damage, (S,)."""
    found = clear_many(network, np.maximum(network.outside - shocks, 0.0))
    lost = outside_loss(network, start, found.payments, found.equity)
    return np.asarray(lost >= loss * (1 - CLEAR_CUT), dtype=bool)


def _outside_parts(network: Network) -> tuple[Array, Array]:
    """Share of each class's dues owed to outsiders, (K, n), and of each firm's equity they hold, (n,)."""
    owes = network.dues > 0
    credit = np.where(owes, network.external / np.where(owes, network.dues, 1.0), 0.0)
    if network.holdings is None:
        return credit, np.ones(network.size)
    inside: Array = np.asarray(network.holdings.sum(axis=0))
    return credit, 1.0 - inside
