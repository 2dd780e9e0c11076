"""Falls of a run by opening: when each node falls and which tested firms fall together, read a chunk at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import NEVER
from cardhouse.economy.many.manifest import ANEW, Manifest
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.economy.many.totals import Totals
from cardhouse.errors import InputError

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Falls:
    """Counts of paths by opening, for M openings, Q quarters, and T tested firms that fell in at least one path.

    Attributes
    ----------
    at : (M, Q), by id of each node that fell: in which it falls in a quarter.
    tested : ids of the T. together : (M, T, T), in which both of two fall; on the diagonal those in which one does.
    """

    at: Mapping[str, Ints]
    tested: tuple[str, ...]
    together: Ints


def falls_of(folder: RunFolder, answer: Totals) -> Falls:
    """Count the falls of a finished run by opening; memory does not grow with the number of paths.

    Parameters
    ----------
    folder : the run; one column a node that fell is read. answer : its sums.

    Raises
    ------
    InputError : a chunk is missing or damaged.
    """
    manifest, openings = answer.manifest, len(answer.by_opening)
    falls, full = answer.sums["fell_with"].diagonal(), set(answer.full)
    nodes = tuple(node for i, node in enumerate(manifest.nodes) if falls[i])
    tested = [f for f, node in enumerate(nodes) if node in full]
    at = np.zeros((openings, len(nodes), len(manifest.windows)), dtype=np.int64)
    together = np.zeros((openings, len(tested), len(tested)), dtype=np.int64)
    for number in range(manifest.parts if nodes else 0):
        slot = folder.slot(number)
        columns = folder.span([f"fell:{node}" for node in nodes], slot.first, slot.count)
        fell = np.stack([columns[f"fell:{node}"] for node in nodes], axis=1).astype(np.int64)
        opening = opening_of(manifest, slot.first, slot.count, openings)
        at += _by_step(fell, opening, at.shape)
        together += _by_opening(fell[:, tested] != NEVER, opening, openings)
    return Falls({node: at[:, f] for f, node in enumerate(nodes)}, tuple(nodes[f] for f in tested), together)


def opening_of(manifest: Manifest, first: int, count: int, openings: int) -> Ints:
    """The opening from which each of some paths started, (count,): blocks of them take turns.

    Raises
    ------
    InputError : the manifest does not say how long a block is.
    """
    lanes = manifest.layout.get("lanes")
    if not isinstance(lanes, int) or lanes < 1:
        raise InputError(f"the manifest does not say how many paths start from an opening; {ANEW}")
    return np.arange(first, first + count) // lanes % openings


def _by_step(fell: Ints, opening: Ints, shape: tuple[int, ...]) -> Ints:
    """Paths of each opening in which each node falls in each step, (M, F, Q); a pulled card is -2 less its step."""
    path, node = np.nonzero(fell != NEVER)
    step = fell[path, node]
    cells = np.ravel_multi_index((opening[path], node, np.where(step < NEVER, -2 - step, step)), shape)
    return np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)


def _by_opening(down: NDArray[np.bool_], opening: Ints, openings: int) -> Ints:
    """Paths of each opening in which both of two fell, (M, T, T)."""
    order = np.argsort(opening, kind="stable")
    ends = np.cumsum(np.bincount(opening, minlength=openings))
    pieces = (down[rows].astype(np.float64) for rows in np.split(order, ends[:-1]))
    return np.stack([np.rint(some.T @ some).astype(np.int64) for some in pieces])
