"""A run's sums over all its paths, added up over its chunks once; what a run says comes from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import NEVER
from cardhouse.economy.kernel.outcomes import CLASSES
from cardhouse.economy.many.losses import CLASSES as LOSS_CLASSES
from cardhouse.economy.many.manifest import ANEW, Manifest
from cardhouse.economy.many.parts import Column
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.errors import InputError


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
