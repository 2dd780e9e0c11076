"""What a run of many paths says: who falls with which probability, when and why, and where that rests.

with reopen("runs/rents-fall-1") as folder:
    answer = totals(folder)
    falls = falls_of(folder, answer)
defaults(answer, falls.at)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import NEVER
from cardhouse.economy.kernel.outcomes import CLASSES
from cardhouse.economy.many import clusters
from cardhouse.economy.many.folder import RunFolder
from cardhouse.economy.many.losses import CLASSES as LOSS_CLASSES
from cardhouse.economy.many.manifest import ANEW, Manifest
from cardhouse.economy.many.parts import Column
from cardhouse.errors import InputError

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9
"""Shares of the falls by when the early, the middle and the late one has come."""


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """A run's sums, added up over its chunks once; all answers but those about pairs come from them.

    Attributes
    ----------
    manifest : what the run is of.
    sums : arrays by name, as :func:`cardhouse.economy.many.chunk.part_of` makes them.
    pulled : (N,), paths in which the scenario pulled the node's card.
    notes : what a reader should know about the folder.
    """

    manifest: Manifest
    sums: Mapping[str, Column]
    pulled: NDArray[np.int64]
    notes: tuple[str, ...] = ()

    @property
    def full(self) -> tuple[str, ...]:
        """Tested firms, in the order of the fans."""
        return tuple(_listed(self.manifest, "full"))

    @property
    def by_opening(self) -> NDArray[np.int64]:
        """Paths of each opening, (M,)."""
        return np.asarray(self.sums["paths_by_opening"])

    def place(self, node: str) -> int:
        """Place of a node in the arrays.

        Raises
        ------
        InputError : the run has no such node.
        """
        if node not in self.manifest.nodes:
            raise InputError(f"{node} is not in this run; expected one of {', '.join(self.full)}; name another firm")
        return self.manifest.nodes.index(node)


@dataclass(frozen=True, slots=True)
class When:
    """When the falls come.

    Attributes
    ----------
    early, middle, late : steps, from 0, by which a tenth, half and nine tenths of them have come.
    known : standard error of the middle and its interval of 95 %; None where too few fall to tell.
    """

    early: int
    middle: int
    late: int
    known: clusters.Middle | None


@dataclass(frozen=True, slots=True)
class Default:
    """What becomes of one node.

    Attributes
    ----------
    node : its id. tested : whether it has a balance sheet of its own; a vehicle falls with its tenant.
    falls : paths in which it stops; ``pulled`` those in which the scenario says so.
    reorganised : failures after which it went on under new owners; they are no falls.
    probability, error : of a fall within the horizon; the error is between openings where there are several.
    least, most : what the probability may be where it falls in all paths, or in none
        (:func:`~cardhouse.economy.many.clusters.bounds`), and no error can be told; else None, as for a pulled card.
    by_quarter : probability of a fall by the end of each quarter.
    when : of its falls; None where there is none.
    causes : share of each cause in its failures, in the order of the kernel; empty where it was only pulled or stands.
    """

    node: str
    tested: bool
    falls: int
    pulled: int
    reorganised: int
    probability: float
    error: float
    least: float | None
    most: float | None
    by_quarter: tuple[float, ...]
    when: When | None
    causes: tuple[tuple[str, float], ...]

    @property
    def by_year(self) -> tuple[float, ...]:
        """Probability of a fall by the end of each whole year of the run."""
        return self.by_quarter[3::4]


@dataclass(frozen=True, slots=True)
class Rests:
    """Where the numbers of a run come from.

    Attributes
    ----------
    openings : joint draws of the assumptions from which paths start. drawn : whether assumptions are drawn at all; if
        not, there is one opening with all of them at their centre.
    clusters : independent groups that standard errors rest on: openings where assumptions are drawn, else paths.
    """

    scenario: str
    title: str
    about: str
    title_zh: str
    about_zh: str
    book_date: date
    quarters: tuple[date, ...]
    paths: int
    openings: int
    drawn: bool
    clusters: int
    seed: int
    firmness: str
    case: str
    version: str
    begun: date
    run: str


def totals(folder: RunFolder) -> Totals:
    """Read and add up the sums of a finished run.

    Raises
    ------
    InputError : a chunk is missing or damaged, or the folder holds no run of many paths as this version writes it.
    UnknownName : it lacks a sum.
    """
    manifest = folder.manifest
    shapes = _shapes(manifest)
    sums = folder.total(shapes)
    for name, shape in shapes.items():
        if sums[name].shape != shape:
            raise InputError(
                f"{folder.path}: {name} has shape {sums[name].shape}; expected {shape} by its manifest; {ANEW}"
            )
    if int(sums["paths_by_opening"].sum()) != manifest.paths:
        raise InputError(f"{folder.path}: the paths of its openings do not add up to {manifest.paths:,}; {ANEW}")
    return Totals(manifest, sums, _pulled(folder, sums["fell_with"].diagonal()), folder.notes)


def _shapes(manifest: Manifest) -> dict[str, tuple[int, ...]]:
    """The shape of each sum, by the manifest."""
    n, q, m = len(manifest.nodes), len(manifest.windows), manifest.layout.get("openings")
    if not isinstance(m, int) or m < 1:
        raise InputError(f"the manifest does not say how many openings the run has; {ANEW}")
    full, kinds, causes = (len(_listed(manifest, key)) for key in ("full", "kinds", "causes"))
    fans, groups = (q, len(_listed(manifest, "measures")), full), len(groups_in(manifest))
    world = (q, len(_listed(manifest, "world_measures")))
    return {
        "counts": (*fans, CLASSES),
        "world_counts": (*world, CLASSES),
        "figures": fans,
        "fell_at": (n, q),
        "fell_with": (n, n),
        "fell_by_opening": (m, n),
        "paths_by_opening": (m,),
        "causes": (n, causes),
        "failures": (n,),
        "loss_counts": (kinds, groups, LOSS_CLASSES),
        "loss_sums": (kinds, groups, LOSS_CLASSES),
        "loss_by_opening": (m, kinds, groups),
    }


def _listed(manifest: Manifest, key: str) -> list[str]:
    """A list of names in the layout of a manifest."""
    found: Any = manifest.layout.get(key)
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise InputError(f"the manifest does not list its {key}; expected names; {ANEW}")
    return found


def groups_in(manifest: Manifest) -> tuple[str, ...]:
    """Names of the groups whose losses were added up, in the order of the arrays.

    A manifest keeps no order of names: it is that of :func:`cardhouse.economy.many.groups.groups_of`.

    Raises
    ------
    InputError : the manifest does not name them.
    """
    found: Any = manifest.layout.get("groups")
    names = set(found) if isinstance(found, dict) else set()
    layers, camps = (sorted(name for name in names if name.startswith(kind)) for kind in ("layer:", "camp:"))
    ordered = (*manifest.nodes, *layers, *camps, "all")
    if set(ordered) != names:
        raise InputError(f"the manifest does not name its groups: every node, layers, camps, and all; {ANEW}")
    return ordered


def listed(answer: Totals, key: str) -> tuple[str, ...]:
    """Names in the layout of a run: ``measures``, ``world_measures``, ``kinds`` or ``causes``.

    Raises
    ------
    InputError : the manifest does not list them.
    """
    return tuple(_listed(answer.manifest, key))


def _pulled(folder: RunFolder, falls: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Paths in which each card was pulled; only nodes that fell in every path can have been."""
    out = np.zeros(len(falls), dtype=np.int64)
    if folder.manifest.scenario.get("pulls"):
        places = np.flatnonzero(np.asarray(falls) == folder.manifest.paths)
        names = [f"fell:{folder.manifest.nodes[i]}" for i in places]
        for slot in (folder.slot(number) for number in range(folder.manifest.parts)):
            columns = folder.span(names, slot.first, slot.count)
            out[places] += [np.count_nonzero(columns[name] < NEVER) for name in names]
    return out


def defaults(answer: Totals, at: Mapping[str, NDArray[np.int64]]) -> tuple[Default, ...]:
    """What becomes of each tested firm, and of each vehicle that fell at least once, in the order of the nodes.

    Parameters
    ----------
    at : (M, Q), falls by opening and step of each node that fell
        (:func:`~cardhouse.economy.many.results_falls.falls_of`).
    """
    by_opening, paths = answer.sums["fell_by_opening"], answer.by_opening
    shares, errors = clusters.means(by_opening, paths), clusters.error_of_shares(by_opening, paths)
    full, out = set(answer.full), []
    for i, node in enumerate(answer.manifest.nodes):
        by_step = answer.sums["fell_at"][i]
        fell, failures, pulled = int(by_step.sum()), int(answer.sums["failures"][i]), int(answer.pulled[i])
        if node not in full and not fell:
            continue
        least, most = (None, None) if pulled else clusters.bounds(fell, answer.manifest.paths)
        out.append(
            Default(
                node=node,
                tested=node in full,
                falls=fell,
                pulled=pulled,
                reorganised=max(failures - (fell - pulled), 0),
                probability=float(shares[i]),
                error=float(errors[i]),
                least=least,
                most=most,
                by_quarter=tuple(float(x) for x in np.cumsum(by_step) / answer.manifest.paths),
                when=_when(by_step, clusters.middle(at[node], paths)) if fell else None,
                causes=_causes(answer, i, failures),
            )
        )
    return tuple(out)


def _when(at: NDArray[np.int64], known: clusters.Middle | None) -> When:
    """Quantiles of the quarter of a fall; ``at`` (Q,) falls by step."""
    so_far = np.cumsum(at)
    ranks = np.ceil(np.array([EARLY, MIDDLE, LATE]) * so_far[-1] - 1e-9)
    early, middle, late = (int(step) for step in np.searchsorted(so_far, ranks))
    return When(early, middle, late, known)


def _causes(answer: Totals, i: int, failures: int) -> tuple[tuple[str, float], ...]:
    if not failures:
        return ()
    return tuple(
        (cause, float(whole) / failures)
        for cause, whole in zip(listed(answer, "causes"), answer.sums["causes"][i], strict=True)
    )


def rests(answer: Totals) -> Rests:
    """Where the numbers of a run come from."""
    m, openings, drawn = answer.manifest, clusters.clusters(answer.by_opening), len(answer.by_opening) > 1
    return Rests(
        scenario=m.scenario_name,
        title=str(m.scenario.get("title", "")),
        about=str(m.scenario.get("about", "")),
        title_zh=str(m.scenario.get("title_zh", "")),
        about_zh=str(m.scenario.get("about_zh", "")),
        book_date=m.book_date,
        quarters=m.windows,
        paths=m.paths,
        openings=openings,
        drawn=drawn,
        clusters=openings if drawn else m.paths,
        seed=m.seed,
        firmness=m.firmness,
        case=m.case,
        version=m.version,
        begun=m.created,
        run=m.run,
    )
