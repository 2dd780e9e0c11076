"""Large networks: the arrays that the compiled sweeps read, and calls of the sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardhouse.network.cells import CLEAR_CUT, Flags, System, distribute, fraction_paid
from cardhouse.network.linear import solve
from cardhouse.network.model import Array, Matrix, Network

_MOST_EQUITY_SWEEPS = 10_000
_SMALL_WORTH = 1e-3
PASS = 4
"""Links that the loop over scenarios handles at a time."""
CsrArrays: TypeAlias = tuple[NDArray[np.int32] | NDArray[np.int64], NDArray[np.uint32], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Links:
    """Who passes what to whom, by payer.

    Attributes
    ----------
    order : (n,), see :func:`payment_order`.
    debts : CSR of (K n, n), row ``k n + i`` is what i owes in class k; of a dense network all amounts,
        with no pointers and columns.
    shares : CSR of (n, n), row j is who holds which share of j.
    worth, cap : (n,), with ``cap`` at or above the solution of cap = worth + holdings cap; empty without
        holdings.
    """

    order: NDArray[np.int32]
    debts: CsrArrays
    shares: CsrArrays
    worth: Array
    cap: Array

    @classmethod
    def of(cls, network: Network) -> Links:
        """Lay the matrices out; those of one class are not copied."""
        shares = _arrays(_owners(network))
        worth = cap = np.zeros(0)
        if network.holdings is not None:
            worth = worth_at_most(network)
            cap = equity_cap(network, worth, shares)
        if network.sparse:
            return cls(payment_order(network), _arrays(_stacked(network)), shares, worth, cap)
        layers = network.debts
        amounts = layers[0].ravel() if len(layers) == 1 else np.concatenate([layer.ravel() for layer in layers])
        nowhere = (np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.uint32), amounts)
        return cls(np.arange(network.size, dtype=np.int32), nowhere, shares, worth, cap)


@dataclass(frozen=True, eq=False)
class Claims:
    """Who receives what from whom, by receiver.

    Attributes
    ----------
    order : (n,), see :func:`payment_order`.
    debts : padded CSR of (n, K n), row i is what the others owe i; column ``k n + j`` is class k of j.
    shares : padded CSR of (n, n), row i is the shares i holds.
    worth, cap : as in :class:`Links`, the worth with a floor.
    extra : (n,), what full payment by all adds to the outside assets, less binding dues.
    """

    order: NDArray[np.int32]
    debts: CsrArrays
    shares: CsrArrays
    worth: Array
    cap: Array
    extra: Array

    @classmethod
    def of(cls, network: Network) -> Claims:
        """Lay the matrices of any network in floats out."""
        owned = _owners(network)
        worth = _reference_worth(network)
        return cls(
            payment_order(network),
            padded(_arrays(_stacked(network).T.tocsr())),
            padded(_arrays(owned.T.tocsr())),
            worth,
            equity_cap(network, worth, _arrays(owned)),
            network.full_receipts - network.binding_dues,
        )


def _stacked(network: Network) -> Matrix:
    from scipy.sparse import csr_array, vstack

    layers = [csr_array(layer) for layer in network.debts]
    return layers[0] if len(layers) == 1 else vstack(layers, format="csr")


def _owners(network: Network) -> Matrix:
    from scipy.sparse import csr_array

    if network.holdings is None:
        return csr_array((network.size, network.size))
    return csr_array(network.holdings).T.tocsr()


def _reference_worth(network: Network) -> Array:
    """Worth of every firm, with a floor: one worth nothing now may be worth something in a scenario."""
    worth = worth_at_most(network)
    size = network.outside + network.full_receipts + network.total_dues
    found: Array = np.maximum(worth, _SMALL_WORTH * (size + (size.max() or 1.0)))
    return found


def _arrays(matrix: Matrix) -> CsrArrays:
    short = matrix.nnz < 2**31
    return (
        matrix.indptr.astype(np.int32 if short else np.int64, copy=False),
        matrix.indices.astype(np.int32, copy=False).view(np.uint32),
        matrix.data.astype(np.float64, copy=False),
    )


def padded(arrays: CsrArrays) -> CsrArrays:
    """Lengthen every row to a multiple of ``PASS`` with links of value zero; they add nothing, to the bit."""
    ptr, idx, val = arrays
    counts = np.diff(ptr)
    longer = -(-counts // PASS) * PASS
    to = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(longer)])
    places = np.arange(ptr[-1]) + np.repeat(to[:-1] - ptr[:-1], counts)
    wide_idx, wide_val = np.zeros(to[-1], dtype=np.uint32), np.zeros(to[-1])
    wide_idx[places], wide_val[places] = idx, val
    return to, wide_idx, wide_val


def payment_order(network: Network) -> NDArray[np.int32]:
    """Order firms so that, outside loops, payers come before those they pay, (n,).

    Strongly connected components are numbered from the last to be paid to the first payer (Pearce 2005,
    as in scipy); within a component the given order is kept. The order changes speed, never the state.
    """
    from cardhouse.network.uniqueness import components, dependency

    return np.argsort(-components(dependency(network)), kind="stable").astype(np.int32)


def sweep(
    system: System, x: Array, flags: Flags, count: int, *, rising: bool, fixed: bool
) -> tuple[Array, Flags, Array]:
    """Sweep up to ``count`` times from x (n,); see :func:`cardhouse.network.extremes.settle`.

    Returns
    -------
    x, flags : (n,), where the sweeps ended.
    change : (n,), zero everywhere when they ended at rest, else how far each firm still is.
    """
    net = system.network
    paid, equity = distribute(system, x, flags)
    if np.array_equal(paid, net.dues):
        received = net.full_receipts.copy()
    else:
        received = np.zeros(net.size)
        for k, layer in enumerate(system.debts):
            received += fraction_paid(paid[k], net.dues[k]) @ layer
    stakes = np.zeros(net.size) if system.holdings is None else system.holdings @ equity
    before = x
    x, flags = x.copy(), flags.copy()
    used = _run(system, count, rising, fixed, (flags, received, stakes, paid, equity, x))
    return x, flags, np.zeros(net.size) if used <= count else np.abs(x - before)


def most_equity(system: System) -> Array:
    """Bound everybody's equity from above, (n,): its value when all debts are paid in full."""
    links, worth = system.network.links, worth_at_most(system.network)
    # Kept for the outside assets with which the network was laid out. A looser bound would do as a start,
    # but what the sweeps then subtract from it leaves its rounding behind.
    return links.cap if np.array_equal(worth, links.worth) else equity_cap(system.network, worth, links.shares)


def worth_at_most(network: Network) -> Array:
    """(n,), what binding dues leave of assets without stakes, when all debts are paid in full."""
    found: Array = np.maximum(network.outside + network.full_receipts - network.binding_dues, 0.0)
    return found


def equity_cap(network: Network, worth: Array, owned: CsrArrays) -> Array:
    """Solve s = worth + holdings s, (n,), a little above: sums of what shares in shares are worth.

    The system has one solution, since no group of firms owns itself, so it may be reached from below;
    it is raised by more than what the sweeps leave out and less than what decides about default.
    """
    if network.holdings is None:
        return worth
    from cardhouse.network import kernels

    cap = worth.copy()
    if not kernels.accumulate(_MOST_EQUITY_SWEEPS, *owned, worth, cap):
        held = np.flatnonzero(np.diff(owned[0]))
        cap = worth + network.holdings[:, held] @ solve(network.holdings[held][:, held], worth[held, None])[:, 0]
    return cap * (1 + CLEAR_CUT)


def _run(
    system: System, count: int, rising: bool, fixed: bool, state: tuple[Array, Array, Array, Array, Array, Array]
) -> int:
    from cardhouse.network import kernels

    net, links = system.network, system.network.links
    return kernels.sweep(
        count, rising, fixed, net.binding,
        net.outside, net.alpha, net.beta, net.gamma, system.levels, net.dues, system.forced, system.floor,
        links.order, *links.debts, *links.shares,
        *state,
    )  # fmt: skip
