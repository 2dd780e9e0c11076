"""In which order firms fail, and whose missing payments made each of them fail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.network.cells import ROUNDING, Flags, Point, System, evaluate, fraction_paid
from cardhouse.network.extremes import full_pay, solve_fixed
from cardhouse.network.model import Array, Matrix

if TYPE_CHECKING:
    from cardhouse.network.result import Clearing


@dataclass(frozen=True, eq=False)
class Tipped:
    """What each failed firm had lost when it fell, measured from the state in which all pay in full.

    Attributes
    ----------
    debts : (n, n), amounts. ``debts[i, j]`` is what i, failing, had not received from its debtor j.
    stakes : (n, n), amounts. ``stakes[i, j]`` is what i had lost on its shares in j (negative
        where a forced firm, spared its intentions, is worth more). Both are CSR for
        large sparse networks, else arrays.
    """

    debts: Matrix
    stakes: Matrix

    def of(self, firm: int) -> dict[int, Any]:
        """Return the loss through each firm, debts and shares together, the largest first."""
        row = self.debts[[firm]] + self.stakes[[firm]]
        loss = (row if isinstance(row, np.ndarray) else row.toarray()).ravel()
        order = sorted(np.flatnonzero(loss > 0), key=lambda j: -loss[j])
        return dict(zip((int(j) for j in order), loss[order].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Waves:
    """The fictitious sequence of defaults.

    Attributes
    ----------
    wave : (n,), 0 forced, 1 fails though all others pay in full (forced ones pay what they can), 2 fails
        through the first wave, ...; -1 does not fail.
    tipped : what pushed each failed firm below its dues. Empty for firms that fail on their own.
    """

    wave: NDArray[np.int64]
    tipped: Tipped


def trace(clearing: Clearing) -> Waves:
    """Replay the defaults of a clearing wave by wave.

    Each wave lets the firms found so far pay what they can, everybody else in full, and adds those who
    then cannot. Only firms in default at the end are ever added, so a tie cannot add a wave.

    References
    ----------
    Eisenberg and Noe (2001), section 3.1 (fictitious default algorithm); equity of firms not yet in
    default is kept at or above zero.
    """
    net = clearing.network
    system = replace(System.of(net, clearing.forced), floor=net.binding_dues)
    nobody = np.zeros(net.size, dtype=bool)
    unforced = replace(system, forced=nobody)
    x = solve_fixed(unforced, full_pay(unforced), nobody)
    first = evaluate(unforced, x, nobody)
    # A forced firm pays no intentions and may keep more than before: start above that as well.
    x = full_pay(system) if clearing.forced.any() else x
    wave = np.where(clearing.forced, 0, -1)
    lost: list[tuple[Flags, tuple[Matrix, Matrix]]] = []
    flags, number, point = clearing.forced, 1, first
    dues = net.binding_dues
    slack = 0 if system.exact else ROUNDING * dues
    while not np.array_equal(flags, clearing.defaulted):
        if flags.any():
            x = solve_fixed(system, x, flags)
            point = evaluate(system, x, flags)
        fails = clearing.defaulted & ~flags & (point.assets < dues - slack).astype(bool)
        if not fails.any():
            fails = clearing.defaulted & ~flags
        wave[fails] = number
        lost.append((fails, _losses(system, first, point, fails)))
        flags, number = flags | fails, number + 1
    return Waves(wave, _join(system, lost))


def _losses(system: System, first: Point, point: Point, fails: Flags) -> tuple[Matrix, Matrix]:
    """What each failing firm has lost so far through each other firm, debts and shares, (f, n) each."""
    net = system.network
    rows = np.flatnonzero(fails)
    debts = 0
    for k, layer in enumerate(system.debts):
        missing = fraction_paid(first.payments[k], net.dues[k]) - fraction_paid(point.payments[k], net.dues[k])
        debts = debts + _scale_columns(layer.T[rows] if not system.sparse else layer[:, rows].T.tocsr(), missing)
    if system.holdings is None:
        return debts, 0 * debts
    return debts, _scale_columns(system.holdings[rows], first.equity - point.equity)


def _scale_columns(matrix: Matrix, scale: Array) -> Matrix:
    if isinstance(matrix, np.ndarray):
        return matrix * scale
    from scipy.sparse import diags_array

    scaled = (matrix @ diags_array(scale)).tocsr()
    scaled.eliminate_zeros()
    return scaled


def _join(system: System, lost: list[tuple[Flags, tuple[Matrix, Matrix]]]) -> Tipped:
    """Put the rows of all waves back in their places."""
    n = system.network.size
    if not system.sparse:
        debts = np.zeros((n, n), dtype=system.network.outside.dtype)
        stakes = debts.copy()
        for fails, (debt, stake) in lost:
            debts[fails], stakes[fails] = debt, stake
        return Tipped(debts, stakes)
    from scipy.sparse import csr_array

    joined = []
    for which in (0, 1):
        parts = [(np.flatnonzero(fails), losses[which].tocoo()) for fails, losses in lost]
        data = np.concatenate([np.zeros(0), *(part.data for _, part in parts)])
        row = np.concatenate([np.zeros(0, dtype=np.int64), *(place[part.row] for place, part in parts)])
        column = np.concatenate([np.zeros(0, dtype=np.int64), *(part.col for _, part in parts)])
        joined.append(csr_array((data, (row, column)), shape=(n, n)))
    return Tipped(joined[0], joined[1])
