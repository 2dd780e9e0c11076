"""Two runs side by side: what differs in default probabilities and losses, and how sure that is.

Where both use the same random numbers, chance is the same on both sides and the difference is known much better than
either side. Where they share openings too, or openings alone, the error is that between openings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import NEVER
from cardhouse.economy.many import clusters
from cardhouse.economy.many.differences import differences
from cardhouse.economy.many.folder import RunFolder
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.results import Totals, groups_in, listed
from cardhouse.economy.many.results_losses import losses
from cardhouse.errors import InputError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Shared(StrEnum):
    """What two runs have in common."""

    PATHS = "paths"
    """Seed, paths, openings and uncertainty: path by path the same surprises."""
    OPENINGS = "openings"
    """The openings alone: the same assumptions, other surprises."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of two runs.

    Attributes
    ----------
    name : a node, or a kind of loss.
    a, b : the figure in the two runs. less : b less a. error : standard error of the difference.
    """

    name: str
    a: float
    b: float
    less: float
    error: float


@dataclass(frozen=True, slots=True)
class Swap:
    """Paths in which a node falls in one run alone; only where both share their paths."""

    only_a: int
    only_b: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs beside each other.

    Attributes
    ----------
    a, b : what the runs are of.
    shared : what they have in common, which decides the error.
    differences : between the two manifests, one sentence each.
    falls : default probabilities of nodes that fell in either run. swaps : of the same nodes; empty where no paths
        are shared.
    losses : means over everybody by kind, USD million a path.
    """

    a: Manifest
    b: Manifest
    shared: Shared
    differences: tuple[str, ...]
    falls: tuple[Change, ...]
    swaps: tuple[Swap, ...]
    losses: tuple[Change, ...]


def compare(a: tuple[RunFolder, Totals], b: tuple[RunFolder, Totals], *, labels: tuple[str, str]) -> Comparison:
    """Compare two finished runs, each with its sums (:func:`~cardhouse.economy.many.results.totals`).

    Parameters
    ----------
    labels : how the sentences about differences call the two, for instance ``in A`` and ``in B``.

    Raises
    ------
    InputError : the runs have no node in common, or a chunk is damaged.
    """
    x, y = a[1], b[1]
    nodes = _that_fall(x, y)
    shared = shared_by(x, y)
    swaps = tuple(_swap(a[0], b[0], node) for node in nodes) if shared is Shared.PATHS else ()
    falls = tuple(_fall(x, y, node, shared, swaps[i] if swaps else None) for i, node in enumerate(nodes))
    return Comparison(
        a=x.manifest,
        b=y.manifest,
        shared=shared,
        differences=differences(
            _without_classes(x.manifest), _without_classes(y.manifest), here=labels[0], there=labels[1]
        ),
        falls=falls,
        swaps=swaps,
        losses=_losses(a, b, shared),
    )


def shared_by(x: Totals, y: Totals) -> Shared:
    """What two runs have in common."""
    a, b = x.manifest, y.manifest
    openings = a.uncertainty == b.uncertainty and len(x.by_opening) == len(y.by_opening)
    lanes = a.layout.get("lanes") == b.layout.get("lanes")
    if openings and lanes and a.seed == b.seed and a.paths == b.paths:
        return Shared.PATHS
    many = min(clusters.clusters(x.by_opening), clusters.clusters(y.by_opening)) > 1
    return Shared.OPENINGS if openings and many else Shared.NOTHING


def _without_classes(manifest: Manifest) -> Manifest:
    """A manifest without where figures are counted: that follows from the scenario and would drown the rest."""
    return replace(manifest, layout={k: v for k, v in manifest.layout.items() if k != "classes"})


def _that_fall(x: Totals, y: Totals) -> tuple[str, ...]:
    """Nodes of both runs that fell in either."""
    both = [node for node in x.manifest.nodes if node in set(y.manifest.nodes)]
    if not both:
        raise InputError("the two runs have no firm in common; expected runs of one book; compare others")
    falls = [t.sums["fell_with"].diagonal() for t in (x, y)]
    return tuple(n for n in both if falls[0][x.place(n)] or falls[1][y.place(n)])


def _swap(a: RunFolder, b: RunFolder, node: str) -> Swap:
    down_a, down_b = (folder.column(f"fell:{node}") != NEVER for folder in (a, b))
    return Swap(int(np.count_nonzero(down_a & ~down_b)), int(np.count_nonzero(down_b & ~down_a)))


def _fall(x: Totals, y: Totals, node: str, shared: Shared, swap: Swap | None) -> Change:
    """The change of a default probability."""
    found = [t.sums["fell_by_opening"][:, t.place(node)] for t in (x, y)]
    p, q = (float(clusters.means(f, t.by_opening)) for f, t in zip(found, (x, y), strict=True))
    if shared is not Shared.NOTHING and clusters.clusters(x.by_opening) > 1:
        error = _between(found, (x.by_opening, y.by_opening))
    elif swap is not None:
        paths = x.manifest.paths
        moved = (swap.only_a + swap.only_b) / paths
        error = float(np.sqrt(max(moved - (q - p) ** 2, 0.0) / paths))
    else:
        error = float(
            np.hypot(*(clusters.error_of_shares(f, t.by_opening) for f, t in zip(found, (x, y), strict=True)))
        )
    return Change(node, p, q, q - p, error)


def _between(sums: list[NDArray[np.float64]] | list[Ints], paths: tuple[Ints, Ints]) -> float:
    """Error of the difference of two means whose clusters are the same."""
    parts = clusters.residuals(sums[1], paths[1]) - clusters.residuals(sums[0], paths[0])
    return float(clusters.between(parts, clusters.clusters(paths[0] + paths[1])))


def _losses(a: tuple[RunFolder, Totals], b: tuple[RunFolder, Totals], shared: Shared) -> tuple[Change, ...]:
    """The change of mean losses of everybody, by the kinds that both runs kept."""
    x, y = a[1], b[1]
    out = []
    sides = [{(one.kind, one.group): one for one in losses(t)} for t in (x, y)]
    for kind in (k for k in listed(x, "kinds") if k in listed(y, "kinds")):
        one, other = (side[kind, "all"] for side in sides)
        if shared is not Shared.NOTHING and clusters.clusters(x.by_opening) > 1:
            error = _between([_by_opening(t, kind) for t in (x, y)], (x.by_opening, y.by_opening))
        elif shared is Shared.PATHS:
            more = b[0].column(kind) - a[0].column(kind)
            error = float(more.std() / np.sqrt(more.size))
        else:
            error = float(np.hypot(one.error, other.error))
        out.append(Change(kind, one.mean, other.mean, other.mean - one.mean, error))
    return tuple(out)


def _by_opening(answer: Totals, kind: str) -> Array:
    """Losses of everybody summed over the paths of each opening, (M,)."""
    k, g = listed(answer, "kinds").index(kind), groups_in(answer.manifest).index("all")
    return np.asarray(answer.sums["loss_by_opening"][:, k, g])
