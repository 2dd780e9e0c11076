"""The clearing map of a network in dense arrays, and the linear system of one of its pieces.

The map is piecewise linear: each firm distributes what it has along a waterfall (class 0, class 1,
..., equity), and the *cell* of a firm says where in the waterfall its marginal unit goes. Everything
here works alike on float64 and on arrays of rationals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.network.linear import solve
from cardhouse.network.model import Array, Matrix, Network

Flags = NDArray[np.bool_]

ROUNDING = 16 * 2.0**-53
"""Error of one firm's assets and dues, relative to their size (sums of amounts of one sign)."""
DENSE_UP_TO = 200
"""Networks up to this size are cleared in dense numpy: nothing to compile, and faster."""
CLEAR_CUT = 1e-9
"""A firm this far (relative to its dues) from its limit is flagged without looking at rounding."""


@dataclass(frozen=True, eq=False)
class System:
    """A network ready for evaluation: small ones with dense matrices, large sparse ones in CSR.

    Attributes
    ----------
    network : the arrays.
    debts : K matrices (n, n).
    holdings : (n, n) or None.
    levels : (K + 1, n), dues through each class.
    forced : (n,), firms in default whatever their assets.
    floor : (n,), what a firm not in default is taken to own at least: zero, or its binding dues where
        everybody not yet in default is supposed to pay in full (waves).
    """

    network: Network
    debts: tuple[Matrix, ...]
    holdings: Matrix | None
    levels: Array
    forced: Flags
    floor: Array

    @classmethod
    def of(cls, network: Network, forced: Flags) -> System:
        """Choose the layout."""
        debts, owned = network.debts, network.holdings
        if network.sparse and network.size <= DENSE_UP_TO:
            debts = tuple(layer.toarray() for layer in debts)
            owned = None if owned is None else owned.toarray()
        return cls(network, debts, owned, network.due_through, forced, network.nothing)

    @property
    def sparse(self) -> bool:
        """Whether the matrices are in CSR."""
        return not isinstance(self.debts[0], np.ndarray)

    @property
    def compiled(self) -> bool:
        """Whether the network is large enough for compiled sweeps."""
        return not self.exact and self.network.size > DENSE_UP_TO

    @property
    def exact(self) -> bool:
        """Whether numbers are rationals: no rounding, no tolerance."""
        return self.network.exact


@dataclass(frozen=True, eq=False)
class Point:
    """One evaluation of the map: what everybody pays out of x, and what everybody then owns.

    Attributes
    ----------
    payments : (K, n), by class.
    equity : (n,), what is left.
    received : (n,), debt payments received.
    stakes : (n,), value of the equity held.
    assets : (n,), outside + received + stakes, before costs.
    costed : (n,), the same after the costs of default.
    """

    payments: Array
    equity: Array
    received: Array
    stakes: Array
    assets: Array
    costed: Array

    def available(self, flags: Flags) -> Array:
        """What each firm can distribute: assets, or what is left of them in default."""
        found: Array = np.where(flags, self.costed, self.assets)
        return found


def distribute(system: System, x: Array, flags: Flags) -> tuple[Array, Array]:
    """Run what each firm has, x (n,), down its waterfall; return payments (K, n) and equity (n,)."""
    net = system.network
    levels = system.levels
    x = np.where(flags, x, np.maximum(x, system.floor))
    zero = net.outside * 0
    payments = np.empty_like(levels[1:])
    for k in range(net.classes):
        due = net.dues[k]
        # A class that is covered is paid to the last digit: x - levels[k] would round.
        paid = np.where(x >= levels[k + 1], due, np.minimum(np.maximum(x - levels[k], zero), due))
        payments[k] = np.where(flags, zero, paid) if k >= net.binding else paid
    left = np.maximum(x - levels[-1], zero)
    left_in_default = np.where(system.forced, np.maximum(x - levels[net.binding], zero), zero)
    return payments, np.where(flags, left_in_default, left)


def evaluate(system: System, x: Array, flags: Flags) -> Point:
    """Let everybody distribute x (n,) and add up what everybody then owns."""
    net = system.network
    payments, equity = distribute(system, x, flags)
    received = net.outside * 0
    for k, layer in enumerate(system.debts):
        # Whole dues times the fraction paid: exact sums of amounts where everybody pays.
        received = received + fraction_paid(payments[k], net.dues[k]) @ layer
    stakes = net.outside * 0 if system.holdings is None else system.holdings @ equity
    assets = net.outside + received + stakes
    costed = net.alpha * net.outside + net.beta * received + net.gamma * stakes
    return Point(payments, equity, received, stakes, assets, costed)


def fraction_paid(payments: Array, dues: Array) -> Array:
    """Payments over dues, zero where nothing is due."""
    owes = dues != 0
    safe = np.where(owes, dues, dues * 0 + 1)
    found: Array = np.where(owes, payments / safe, payments * 0)
    return found


def cells(system: System, x: Array, flags: Flags, *, upper: bool) -> tuple[NDArray[np.int64], Flags]:
    """Where the marginal unit of each firm goes.

    Parameters
    ----------
    upper : at a boundary between two cells take the one above (its right derivative), else the one
        below, in which a firm that has nothing pays nothing more.

    Returns
    -------
    cell : (n,), class 0 to K - 1; for a firm in default ``binding`` stands for what is left over, for
        the others K stands for equity.
    live : (n,), whether the marginal unit of the firm goes anywhere at all.
    """
    net = system.network
    levels = system.levels[1:]
    passed = (levels <= np.maximum(x, x * 0)) if upper else (levels < x)
    cell = passed.sum(axis=0).astype(np.int64)
    cell = np.where(flags, np.minimum(cell, net.binding), cell)
    live = np.ones(net.size, dtype=bool) if upper else (x > 0).astype(bool)
    live &= ~(flags & ~system.forced & (cell == net.binding))
    live &= ~(~flags & (x < system.floor)).astype(bool)
    return cell, live


@dataclass(frozen=True, eq=False)
class Piece:
    """The linear piece of the map in given cells.

    Attributes
    ----------
    system, flags : what is linearised.
    low : (n,), lower end of each firm's cell.
    at_low : (n,), value of the map there.
    goes : (n,), where the marginal unit goes: class k, or K for equity, or -1 where it reaches nobody in
        the network.
    """

    system: System
    flags: Flags
    low: Array
    at_low: Array
    goes: NDArray[np.int64]

    @property
    def active(self) -> NDArray[np.int64]:
        """(m,), firms whose marginal unit stays inside the network."""
        return np.flatnonzero(self.goes >= 0)

    def spread(self, units: Array) -> tuple[Array, Array]:
        """What everybody receives, as debt payments and as value of stakes, of marginal units (n,)."""
        net = self.system.network
        received, stakes = units * 0, units * 0
        for k, layer in enumerate(self.system.debts):
            mine = self.goes == k
            if mine.any():
                received = received + fraction_paid(np.where(mine, units, units * 0), net.dues[k]) @ layer
        mine = self.goes == net.classes
        if mine.any():
            stakes = self.system.holdings @ np.where(mine, units, units * 0)
        return received, stakes

    def slope(self) -> Matrix:
        """(m, m), what each active firm can distribute of one more unit in each active firm."""
        net, active = self.system.network, self.active
        one = net.beta * 0 + 1
        if not isinstance(self.system.debts[0], np.ndarray):
            return self._sparse_slope()
        slope = np.zeros((active.size, active.size), dtype=net.outside.dtype)
        for k in range(net.classes + 1):
            mine = np.flatnonzero(self.goes[active] == k)
            if mine.size:
                part, rate = self._block(k, active[mine], active)
                slope[:, mine] = np.where(self.flags, rate, one)[active][:, None] * part
        return slope

    def _block(self, k: int, givers: NDArray[np.int64], takers: NDArray[np.int64]) -> tuple[Matrix, Array]:
        """Shares of the givers' marginal units in class k (K: equity) that the takers get, and their cost."""
        net = self.system.network
        if k == net.classes and self.system.holdings is not None:
            return self.system.holdings[takers][:, givers], net.gamma
        layer = self.system.debts[k][givers][:, takers].T
        return layer * (1 / net.dues[k][givers]), net.beta

    def _sparse_slope(self) -> Matrix:
        from scipy.sparse import diags_array, hstack

        active, blocks, places = self.active, [], []
        for k in range(self.system.network.classes + 1):
            mine = np.flatnonzero(self.goes[active] == k)
            if mine.size:
                part, rate = self._block(k, active[mine], active)
                blocks.append(diags_array(np.where(self.flags, rate, 1.0)[active]) @ part)
                places.append(mine)
        if not blocks:
            return np.zeros((0, 0))
        return hstack(blocks, format="csc")[:, np.argsort(np.concatenate(places))]

    def costed(self, received: Array, stakes: Array) -> Array:
        """What firms can distribute of what they receive, (n,)."""
        net = self.system.network
        found: Array = np.where(self.flags, net.beta * received + net.gamma * stakes, received + stakes)
        return found

    def fixed_point(self, local: Array) -> tuple[Array, Array]:
        """Solve x = map(x) on this piece.

        Parameters
        ----------
        local : (n,), error made in evaluating the map for each firm.

        Returns
        -------
        x : (n,).
        error : (n,), bound on the error of everybody's assets: local errors carried through the network.

        Raises
        ------
        numpy.linalg.LinAlgError : when the piece has no single solution, or is too large to factorise.
        """
        active = self.active
        right = np.stack([(self.at_low - self.low)[active], local[active]], axis=1)
        above = np.zeros((self.low.size, 2), dtype=self.low.dtype)
        above[active] = solve(self.slope(), right)
        received, stakes = self.spread(above[:, 1])
        return self.at_low + self.costed(*self.spread(above[:, 0])), local + received + stakes

    def carry(self, local: Array) -> Array:
        """Carry local errors (n,) through the network by summing the series: for large networks."""
        total = local
        for _ in range(_MOST_TERMS):
            more = local + self.costed(*self.spread(total))
            settled = (more <= total * (1 + _LAST_TERM)).all()
            total = more
            if settled:
                break
        received, stakes = self.spread(total)
        return local + received + stakes


_MOST_TERMS = 500
_LAST_TERM = 1e-3


def piece(system: System, cell: NDArray[np.int64], live: Flags, flags: Flags) -> Piece:
    """Linearise the map in the given cells."""
    net = system.network
    low = system.levels[cell, np.arange(net.size)]
    low = np.where(flags, low, np.maximum(low, system.floor))
    # Past the binding classes a firm in default is not in a class but left with a rest, its equity.
    goes = np.where(flags & (cell == net.binding), net.classes, cell)
    inside = np.stack([*(net.dues != net.external), net.held])
    reaches = live & inside[goes, np.arange(net.size)]
    at_low = evaluate(system, low, flags).available(flags)
    return Piece(system, flags, low, at_low, np.where(reaches, goes, -1))
