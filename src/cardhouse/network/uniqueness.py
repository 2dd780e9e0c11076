"""Whether a clearing state is the only one, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cardhouse.network.cells import CLEAR_CUT, Flags
from cardhouse.network.model import Array, Matrix, Network

if TYPE_CHECKING:
    from cardhouse.network.result import Clearing


@dataclass(frozen=True, eq=False)
class Uniqueness:
    """A certificate.

    Attributes
    ----------
    unique : whether greatest and least state agree.
    proof : ``acyclic`` (no firm depends on itself), ``leaky`` (no default costs, and no group of firms
        keeps among itself all it pays), ``endowed`` (such groups exist, all single-class debts, and each
        has assets of its own), or ``states`` (greatest and least state were computed and compared).
    closed : groups of firms that keep among themselves all they pay in some class (or as equity) and
        that money never leaves, each a tuple of positions.
    gap : (n,), greatest minus least payments; zero when unique.
    """

    unique: bool
    proof: str
    closed: tuple[tuple[int, ...], ...]
    gap: Array


def certify(clearing: Clearing) -> Uniqueness:
    """Decide uniqueness by structure where that suffices, else by comparing both extreme states.

    References
    ----------
    Eisenberg and Noe (2001), theorem 2. Calafiore et al. (2024), arXiv 2103.10872. Suzuki (2002).
    """
    from cardhouse.network.clearing import clear

    net = clearing.network
    closed = closed_groups(net)
    nothing = net.outside * 0
    if _acyclic(net):
        return Uniqueness(unique=True, proof="acyclic", closed=closed, gap=nothing)
    if net.costless:
        if not closed:
            return Uniqueness(unique=True, proof="leaky", closed=closed, gap=nothing)
        endowed = all((net.outside[list(group)] > 0).any() for group in closed)
        if endowed and net.classes == 1 and net.holdings is None and not clearing.forced.any():
            return Uniqueness(unique=True, proof="endowed", closed=closed, gap=nothing)
    best = clear(net, forced=clearing.forced) if clearing.is_least else clearing
    worst = clearing.least
    gap = best.paid - worst.paid
    apart = np.abs(best.assets - worst.assets) + np.abs(gap)
    slack = 0 if net.exact else CLEAR_CUT * (best.assets + net.total_dues)
    same = not (apart > slack).any() and np.array_equal(best.defaulted, worst.defaulted)
    return Uniqueness(unique=same, proof="states", closed=closed, gap=nothing if same else gap)


def closed_groups(network: Network) -> tuple[tuple[int, ...], ...]:
    """Find the groups of firms whose marginal unit may circle among them for ever.

    A firm stays in while all it pays in some class goes to firms that stay in, or all its equity is
    held by them; the largest such set is found by peeling. Returned are its strongly connected
    components that no such payment leaves; there is none only if the set is empty.
    """
    from scipy.sparse import csr_array

    layers = _captive_layers(network)
    inside = np.ones(network.size, dtype=bool)
    while True:
        keeps = [captive & inside & ~_reaches(owed, ~inside) for owed, captive in layers]
        smaller = np.logical_or.reduce(keeps)
        if np.array_equal(smaller, inside):
            break
        inside = smaller
    if not inside.any():
        return ()
    graph = csr_array((network.size, network.size), dtype=np.int64)
    for (owed, _), keep in zip(layers, keeps, strict=True):
        graph = graph + csr_array(keep[:, None] * csr_array((owed != 0).astype(np.int64)))
    names = components(graph)
    start, end = graph.nonzero()
    leaving = np.unique(names[start[names[start] != names[end]]])
    closed = np.setdiff1d(np.unique(names[inside]), leaving)
    return tuple(tuple(int(i) for i in np.flatnonzero(names == name)) for name in closed)


def dependency(network: Network) -> Matrix:
    """CSR graph with an edge i -> j where j's assets depend on what i pays or is worth."""
    from scipy.sparse import csr_array

    graph: Matrix = csr_array((network.size, network.size), dtype=np.int8)
    for layer in network.debts:
        graph = graph + csr_array((layer != 0).astype(np.int8))
    if network.holdings is not None:
        graph = graph + csr_array((network.holdings != 0).astype(np.int8).T)
    return graph


def _captive_layers(network: Network) -> list[tuple[Array, Flags]]:
    """By class, and for equity: who is owed (or owns), and the firms that owe nothing outside."""
    layers = [
        (layer, ((network.dues[k] > 0) & (network.external[k] == 0)).astype(bool))
        for k, layer in enumerate(network.debts)
    ]
    if network.holdings is not None:
        held = np.asarray(network.holdings.sum(axis=0))
        layers.append((network.holdings.T, (held >= (1 if network.exact else 1 - 1e-12)).astype(bool)))
    return layers


def _reaches(matrix: Array, targets: Flags) -> Flags:
    """Rows with an entry in one of the target columns."""
    found: Flags = ((matrix != 0).astype(np.int64) @ targets.astype(np.int64)) > 0
    return found


def components(graph: Matrix) -> NDArray[np.int64]:
    """Number of the strongly connected component of each firm, (n,)."""
    from scipy.sparse.csgraph import connected_components

    names: NDArray[np.int64] = connected_components(graph, directed=True, connection="strong")[1].astype(np.int64)
    return names


def _acyclic(network: Network) -> bool:
    names = components(dependency(network))
    return int(names.max()) + 1 == network.size
