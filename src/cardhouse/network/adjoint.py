"""Derivatives of a loss with respect to every input of a clearing, by one adjoint solve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardhouse.errors import InputError, NotConverged
from cardhouse.network.cells import Flags, Piece, System, cells, piece
from cardhouse.network.linear import solve
from cardhouse.network.model import Array, Matrix, Network
from cardhouse.network.reading import check_finite
from cardhouse.network.result import KNIFE_EDGE, Clearing

_MOST_SWEEPS = 100_000


@dataclass(frozen=True, eq=False)
class Gradient:
    """Derivatives of a loss at a clearing state; unit of the loss per unit of the input.

    They hold while nobody moves into another cell of the waterfall. For the firms in ``one_sided`` they
    are the derivatives for inputs that make the firm richer; making it poorer has another derivative,
    and where it would default at a cost the loss jumps, which no derivative shows.

    Attributes
    ----------
    clearing : where they were taken.
    worth : (n,), of one more unit that a firm can distribute.
    outside : (n,), with respect to outside assets.
    external : (K, n), with respect to debts to outsiders.
    alpha, beta, gamma : (n,), with respect to what is kept in default.
    one_sided : (n,), firms at a kink.
    """

    clearing: Clearing
    worth: Array
    outside: Array
    external: Array
    alpha: Array
    beta: Array
    gamma: Array
    one_sided: Flags

    @cached_property
    def debts(self) -> tuple[Matrix, ...]:
        """K matrices (n, n), with respect to debts; of a sparse network only where there is a debt."""
        net = self.clearing.network
        receipt = self.worth * np.where(self.clearing.defaulted, net.beta, 1.0)
        fractions = self.clearing.fractions
        return tuple(_outer(layer, fractions[k], receipt, self.external[k]) for k, layer in enumerate(net.debts))

    @cached_property
    def holdings(self) -> Matrix | None:
        """(n, n), with respect to shares held; None without holdings."""
        net = self.clearing.network
        if net.holdings is None:
            return None
        stake = self.worth * np.where(self.clearing.defaulted, net.gamma, 1.0)
        return _outer(net.holdings, stake, self.clearing.equity, np.zeros(net.size))


def gradient(clearing: Clearing, *, payments: ArrayLike | None = None, equity: ArrayLike | None = None) -> Gradient:
    """Differentiate a loss that depends on payments and equity.

    Parameters
    ----------
    clearing : a state in floats.
    payments : (K, n), or (n,) for one class: derivative of the loss with respect to payments; zero when
        omitted. The total paid to outsiders, say, has ``external / dues``.
    equity : (n,), derivative of the loss with respect to equity; zero when omitted.

    Raises
    ------
    InputError : for an exact clearing and for arrays that do not fit.
    NotConverged : when the adjoint system cannot be solved: a closed loop at a kink.

    References
    ----------
    Liu and Staum (2010), Journal of Risk 12(4). Feinstein et al. (2018), SIAM J. Financial Mathematics 9(4).
    """
    net = clearing.network
    if net.exact:
        raise InputError("gradients are taken in floats; clear the network without exact=True")
    by_payment = _read_weight(payments, (net.classes, net.size), "payments")
    by_equity = _read_weight(equity, (net.size,), "equity")
    flags = clearing.defaulted
    system = replace(System.of(net, clearing.forced), floor=np.where(flags, 0.0, net.binding_dues))
    x = np.maximum(np.where(flags, clearing.paid + clearing.equity, clearing.assets), system.floor)
    # At a kink, or nearly there, take the cell above: the derivative for a richer firm.
    cell, live = cells(system, x + KNIFE_EDGE * net.total_dues, flags, upper=True)
    linear = piece(system, cell, live, flags)
    rest = np.where(flags, net.binding, net.classes)
    firms = np.arange(net.size)
    pays = cell < rest
    direct = np.where(pays, by_payment[np.minimum(cell, net.classes - 1), firms], by_equity)
    # What a firm in default has left is nobody's, unless its default is forced.
    direct = np.where(~pays & flags & ~clearing.forced, 0.0, direct)
    worth = _solve_adjoint(linear, direct)
    return Gradient(
        clearing=clearing,
        worth=worth,
        outside=worth * np.where(flags, net.alpha, 1.0),
        external=_by_external(clearing, linear, cell, by_payment, worth),
        alpha=np.where(flags, worth * net.outside, 0.0),
        beta=np.where(flags, worth * clearing.received, 0.0),
        gamma=np.where(flags, worth * clearing.stakes, 0.0),
        one_sided=_at_kink(net, x, flags) | clearing.knife_edge,
    )


def _read_weight(weight: ArrayLike | None, shape: tuple[int, ...], what: str) -> Array:
    if weight is None:
        return np.zeros(shape)
    given = np.asarray(weight, dtype=np.float64)
    if given.shape != shape and not (shape[0] == 1 and given.shape == shape[1:]):
        raise InputError(f"the loss's derivative by {what} has shape {given.shape}, expected {shape}")
    check_finite(given, f"the loss's derivative by {what}")
    return given.reshape(shape)


def _rates(linear: Piece) -> tuple[Array, Array]:
    """What a firm keeps of a unit of debt payments and of equity value received, (n,) each."""
    net = linear.system.network
    return np.where(linear.flags, net.beta, 1.0), np.where(linear.flags, net.gamma, 1.0)


def _passed_on(linear: Piece, worth: Array) -> Array:
    """Worth to its receivers of each firm's marginal unit, (n,)."""
    net = linear.system.network
    debt_rate, stake_rate = _rates(linear)
    total = np.zeros(net.size)
    for k, layer in enumerate(linear.system.debts):
        mine = linear.goes == k
        if mine.any():
            total[mine] = (layer @ (debt_rate * worth))[mine] / net.dues[k][mine]
    mine = linear.goes == net.classes
    if linear.system.holdings is not None and mine.any():
        total[mine] = (linear.system.holdings.T @ (stake_rate * worth))[mine]
    return total


def _solve_adjoint(linear: Piece, direct: Array) -> Array:
    """Solve worth = direct + slope' worth, (n,)."""
    active = linear.active
    if not active.size:
        return direct
    if linear.system.compiled:
        from cardhouse.network import kernels

        net, links, worth = linear.system.network, linear.system.network.links, direct.copy()
        if kernels.adjoint(
            _MOST_SWEEPS, links.order, linear.goes, net.dues, *_rates(linear),
            *links.debts, *links.shares, direct, worth,
        ):  # fmt: skip
            return worth
        raise NotConverged(f"the adjoint system did not settle in {_MOST_SWEEPS} sweeps")
    elsewhere = direct.copy()
    elsewhere[active] = 0.0
    right = (direct + _passed_on(linear, elsewhere))[active]
    worth = direct.copy()
    try:
        worth[active] = solve(linear.slope().T, right[:, None])[:, 0]
    except np.linalg.LinAlgError as error:
        raise NotConverged(f"no derivative: a closed loop of firms stands at a kink ({error})") from error
    return worth


def _by_external(clearing: Clearing, linear: Piece, cell: NDArray[np.int64], by_payment: Array, worth: Array) -> Array:
    """Effect of a larger debt on its debtor, (K, n), before what its creditor receives.

    A class paid in full pays one more and leaves one less for the marginal one. In the class that is
    paid in part the new creditor only dilutes the others.
    """
    net = clearing.network
    debt_rate, _ = _rates(linear)
    effect = np.zeros((net.classes, net.size))
    for k, layer in enumerate(linear.system.debts):
        covered = (cell > k) & ~(linear.flags & (k >= net.binding))
        effect[k] = np.where(covered, by_payment[k] - worth, 0.0)
        partly = (cell == k) & ~(linear.flags & (k >= net.binding)) & (net.dues[k] > 0)
        if partly.any():
            shared = (layer @ (debt_rate * worth))[partly] / net.dues[k][partly]
            effect[k][partly] = -clearing.payments[k][partly] / net.dues[k][partly] * shared
    return effect


def _at_kink(net: Network, x: Array, flags: Flags) -> Flags:
    """Firms at the end of a class that is due, (n,): the next unit goes elsewhere than the last one."""
    near = np.abs(x - net.due_through[1:]) <= KNIFE_EDGE * net.due_through[1:]
    counts = (net.dues > 0) & ~(flags & (np.arange(net.classes) >= net.binding)[:, None])
    found: Flags = (near & counts).any(axis=0)
    return found


def _outer(pattern: Matrix, by_row: Array, by_column: Array, added: Array) -> Matrix:
    """by_row[i] by_column[j] + added[i], everywhere, or where a sparse pattern has an entry."""
    if isinstance(pattern, np.ndarray):
        return by_row[:, None] * by_column + added[:, None]
    rows = np.repeat(np.arange(pattern.shape[0]), np.diff(pattern.indptr))
    made = pattern.copy()
    made.data = by_row[rows] * by_column[pattern.indices] + added[rows]
    return made
