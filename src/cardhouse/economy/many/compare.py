"""Two runs side by side: what differs in default probabilities and losses, and how sure that is.

Where both use the same random numbers, chance is the same on both sides and the difference is known much better than
either side. A longer run begins with the paths of a shorter one of the same seed, so that these can be compared alone.
Where two runs share openings, the error is that between openings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many import clusters
from cardhouse.economy.many.common_paths import Common, over_common
from cardhouse.economy.many.differences import differences
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.results_losses import losses
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.economy.many.totals import Totals, groups_in, listed
from cardhouse.errors import InputError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Shared(StrEnum):
    """What two runs have in common."""

    PATHS = "paths"
    """Seed and number of paths: path by path the same surprises."""
    FIRST = "first_paths"
    """The seed alone: the paths of the shorter run and as many of the longer have the same surprises."""
    BEGINNING = "beginning"
    """All but the number of paths: the shorter run is the beginning of the longer."""
    OPENINGS = "openings"
    """The openings alone: the same assumptions, other surprises."""
    NOTHING = "nothing"
    """Nothing that an error could be told from better than that of two separate runs."""


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
    """Paths in which a node falls in one run alone, of those that both share."""

    only_a: int
    only_b: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs beside each other.

    Attributes
    ----------
    a, b : what the runs are of.
    shared : what they have in common, which decides the error.
    paths : behind the figures of either run: with shared paths those alone, else all of it.
    clusters : independent groups (openings or paths) that the errors rest on.
    differences : between the two manifests, one sentence each.
    tested : firms with a balance sheet of their own in either run; the other nodes are vehicles.
    falls : default probabilities of nodes that fell in either run. swaps : of the same nodes; empty where no paths
        are compared one by one.
    pulled : of these nodes, cards that the scenario of either run pulls: they are made to fall.
    losses : means over everybody by kind, USD million a path.
    """

    a: Manifest
    b: Manifest
    shared: Shared
    paths: tuple[int, int]
    clusters: int
    differences: tuple[str, ...]
    tested: tuple[str, ...]
    falls: tuple[Change, ...]
    swaps: tuple[Swap, ...]
    pulled: tuple[frozenset[str], frozenset[str]]
    losses: tuple[Change, ...]

    def by_chance(self, node: str) -> bool:
        """Whether chance alone decides in both runs whether a node falls, so that its difference says something."""
        return not any(node in cards for cards in self.pulled)


def compare(a: tuple[RunFolder, Totals], b: tuple[RunFolder, Totals], *, labels: tuple[str, str]) -> Comparison:
    """Compare two finished runs, each with its sums (:func:`~cardhouse.economy.many.totals.totals`).

    Parameters
    ----------
    labels : how the sentences about differences call the two, for instance ``in A`` and ``in B``.

    Raises
    ------
    InputError : the runs have no node in common, or a chunk is damaged.
    """
    x, y = a[1], b[1]
    shared = shared_by(x, y)
    if shared in (Shared.PATHS, Shared.FIRST):
        kinds = _kinds(x, y)
        common = over_common(a[0], b[0], _that_fall(x, y), kinds, max(_turns(x, y), 1))
        falls, swaps, lost = _path_by_path(common, _that_fall(x, y), kinds)
        paths, count = (common.paths, common.paths), common.clusters
    else:
        falls, swaps = tuple(_fall(x, y, node, shared) for node in _that_fall(x, y)), ()
        lost, paths, count = _losses(x, y, shared), (x.manifest.paths, y.manifest.paths), _clusters(x, y, shared)
    return Comparison(
        a=x.manifest,
        b=y.manifest,
        shared=shared,
        paths=paths,
        clusters=count,
        differences=differences(
            _without_classes(x.manifest), _without_classes(y.manifest), here=labels[0], there=labels[1]
        ),
        tested=tuple(dict.fromkeys((*x.full, *y.full))),
        falls=falls,
        swaps=swaps,
        pulled=(_pulled(x), _pulled(y)),
        losses=lost,
    )


def shared_by(x: Totals, y: Totals) -> Shared:
    """What two runs have in common.

    Draws are keyed by seed, path and quarter, so two runs of one seed have the same surprises whatever else differs.
    """
    a, b = x.manifest, y.manifest
    lanes = a.layout.get("lanes") == b.layout.get("lanes")
    if lanes and a.seed == b.seed and _turns(x, y) != 1:
        if a.paths == b.paths:
            return Shared.PATHS
        return Shared.BEGINNING if a.run == b.run else Shared.FIRST
    openings = a.uncertainty == b.uncertainty and len(x.by_opening) == len(y.by_opening)
    return Shared.OPENINGS if openings and _between_openings(x, y) else Shared.NOTHING


def _turns(x: Totals, y: Totals) -> int:
    """Clusters of paths such that those of one opening in either run are in one cluster; 0 where neither draws any.

    Block k starts from opening k modulo the number of openings, so that it is in cluster k modulo their common divisor.
    """
    return math.gcd(*(len(t.by_opening) if len(t.by_opening) > 1 else 0 for t in (x, y)))


def _between_openings(x: Totals, y: Totals) -> bool:
    """Whether both runs have paths from several openings."""
    return min(clusters.clusters(x.by_opening), clusters.clusters(y.by_opening)) > 1


def _clusters(x: Totals, y: Totals, shared: Shared) -> int:
    """Independent groups that errors rest on where no paths are compared one by one."""
    if shared is not Shared.NOTHING and _between_openings(x, y):
        return clusters.clusters(x.by_opening + y.by_opening)
    return min(clusters.clusters(t.by_opening) if len(t.by_opening) > 1 else t.manifest.paths for t in (x, y))


def _kinds(x: Totals, y: Totals) -> tuple[str, ...]:
    """Kinds of losses that both runs kept."""
    return tuple(kind for kind in listed(x, "kinds") if kind in listed(y, "kinds"))


def _path_by_path(
    common: Common, nodes: Sequence[str], kinds: Sequence[str]
) -> tuple[tuple[Change, ...], tuple[Swap, ...], tuple[Change, ...]]:
    """Changes of probabilities and of mean losses over the same paths; nodes that fell in none of them are left out."""
    fell = [f for f in range(len(nodes)) if common.fell[:, :, f].any()]
    changes = tuple(_change(nodes[f], *common.fall(f)) for f in fell)
    swaps = tuple(Swap(int(common.only[0, f]), int(common.only[1, f])) for f in fell)
    return changes, swaps, tuple(_change(kind, *common.loss(k)) for k, kind in enumerate(kinds))


def _change(name: str, a: float, b: float, error: float) -> Change:
    return Change(name, a, b, b - a, error)


def _without_classes(manifest: Manifest) -> Manifest:
    """A manifest without where figures are counted: that follows from the scenario and would drown the rest."""
    return replace(manifest, layout={k: v for k, v in manifest.layout.items() if k != "classes"})


def _pulled(answer: Totals) -> frozenset[str]:
    """Cards that the scenario of a run pulls."""
    return frozenset(n for n, paths in zip(answer.manifest.nodes, answer.pulled, strict=True) if paths)


def _that_fall(x: Totals, y: Totals) -> tuple[str, ...]:
    """Nodes of both runs that fell in either."""
    both = [node for node in x.manifest.nodes if node in set(y.manifest.nodes)]
    if not both:
        raise InputError("the two runs have no firm in common; expected runs of one book; compare others")
    falls = [t.sums["fell_with"].diagonal() for t in (x, y)]
    return tuple(n for n in both if falls[0][x.place(n)] or falls[1][y.place(n)])


def _fall(x: Totals, y: Totals, node: str, shared: Shared) -> Change:
    """The change of a default probability between runs whose paths are not compared one by one."""
    found = [t.sums["fell_by_opening"][:, t.place(node)] for t in (x, y)]
    p, q = (float(clusters.means(f, t.by_opening)) for f, t in zip(found, (x, y), strict=True))
    if shared is not Shared.NOTHING and _between_openings(x, y):
        error = _between(found, (x.by_opening, y.by_opening))
    else:
        apart = [float(clusters.error_of_shares(f, t.by_opening)) for f, t in zip(found, (x, y), strict=True)]
        error = _of_separate(apart, x, y, shared)
    return _change(node, p, q, error)


def _between(sums: list[Array] | list[Ints], paths: tuple[Ints, Ints]) -> float:
    """Error of the difference of two means whose clusters are the same."""
    parts = clusters.residuals(sums[1], paths[1]) - clusters.residuals(sums[0], paths[0])
    return float(clusters.between(parts, clusters.clusters(paths[0] + paths[1])))


def _of_separate(errors: Sequence[float], x: Totals, y: Totals, shared: Shared) -> float:
    """Error of the difference of two means from their own, each over independent paths.

    Where the one run of n paths is the beginning of the other of m, the difference is that between the first n and the
    m - n further ones, (m - n) / m as large: its variance is that of a path times 1 / n - 1 / m.
    """
    if shared is not Shared.BEGINNING:
        return math.hypot(*errors)
    few, many = sorted((x.manifest.paths, y.manifest.paths))
    longer = errors[0] if x.manifest.paths == many else errors[1]
    return longer * math.sqrt(many / few - 1.0)


def _losses(x: Totals, y: Totals, shared: Shared) -> tuple[Change, ...]:
    """The change of mean losses of everybody between runs whose paths are not compared one by one."""
    out = []
    sides = [{(one.kind, one.group): one for one in losses(t)} for t in (x, y)]
    for kind in _kinds(x, y):
        one, other = (side[kind, "all"] for side in sides)
        if shared is not Shared.NOTHING and _between_openings(x, y):
            error = _between([_by_opening(t, kind) for t in (x, y)], (x.by_opening, y.by_opening))
        else:
            error = _of_separate((one.error, other.error), x, y, shared)
        out.append(_change(kind, one.mean, other.mean, error))
    return tuple(out)


def _by_opening(answer: Totals, kind: str) -> Array:
    """Losses of everybody summed over the paths of each opening, (M,)."""
    k, g = listed(answer, "kinds").index(kind), groups_in(answer.manifest).index("all")
    return np.asarray(answer.sums["loss_by_opening"][:, k, g])
