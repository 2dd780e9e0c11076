"""From the outcomes of a chunk of paths to what a run's folder keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import Steps, add_by_opening, count_falls, gather
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import KEPT, Recorder
from cardhouse.economy.many import losses
from cardhouse.economy.many.groups import Groups
from cardhouse.economy.many.parts import Column, Part
from cardhouse.economy.many.setup import Setup

Array = NDArray[np.float64]
ADDED = {"counts": np.int64, "world_counts": np.int64, "sums": np.float64, "causes": np.float64, "failures": np.int64}
"""What of a recorder is added up over the pieces of a chunk, and as what."""
COUNTED = ("counts", "world_counts")
"""What of that is never more than the paths of the chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Room for the paths of a chunk, which pieces fill from any thread, each in its place; it can be used again.

    Attributes
    ----------
    groups : who is added up with whom.
    steps : (N, P), when each node fell, P whole blocks. sums : (K, G, P), as :data:`KEPT`, USD million.
    """

    groups: Groups
    steps: Steps
    sums: Array

    @classmethod
    def of(cls, nodes: int, groups: Groups, paths: int) -> Sheet:
        """An empty sheet for at most so many paths."""
        room = -(-paths // LANES) * LANES
        return cls(groups, np.empty((nodes, room), dtype=np.int16), np.empty((len(KEPT), len(groups.names), room)))

    def take(self, recorder: Recorder, at: int, count: int) -> dict[str, Column]:
        """Lay a piece that begins at path ``at`` of the chunk; returns what is added up over pieces, as copies."""
        begins, members = self.groups.flat()
        gather(at // LANES, count, recorder.fell, recorder.sums_of, begins, members, self.steps, self.sums)
        added: dict[str, Column] = {name: getattr(recorder, name).copy() for name in ADDED if name != "sums"}
        return added | {"sums": recorder.sums.sum(axis=-1)}


def part_of(
    sheet: Sheet, pieces: Sequence[dict[str, Column]], *, number: int, first: int, count: int, setup: Setup
) -> Part:
    """The part of a run that a chunk of paths makes.

    Parameters
    ----------
    sheet : on which all pieces of the chunk lie.
    pieces : what is added up over them, in their order.
    number, first, count : of the chunk, its first path, and its paths.
    setup : of the run.
    """
    everybody = sheet.groups.names.index("all")
    paths: dict[str, Column] = {f"fell:{n}": sheet.steps[i, :count].copy() for i, n in enumerate(setup.nodes)}
    paths |= {kind: sheet.sums[k, everybody, :count].copy() for k, kind in enumerate(KEPT)}
    sums = _added(pieces, count) | _falls(sheet, first, count, setup) | _losses(sheet, first, count, setup.turns)
    return Part(number=number, first=first, count=count, paths=paths, sums=sums)


def _added(pieces: Sequence[dict[str, Column]], count: int) -> dict[str, Column]:
    """Sums over the pieces, one piece after the other; counts in the smallest type that holds those of all paths."""
    small = np.min_scalar_type(count)
    sums = {name: pieces[0][name].astype(small if name in COUNTED else kind) for name, kind in ADDED.items()}
    for piece in pieces[1:]:
        for name, total in sums.items():
            np.add(total, piece[name], out=total, casting="same_kind")
    return {"figures" if name == "sums" else name: total.astype(ADDED[name]) for name, total in sums.items()}


def _falls(sheet: Sheet, first: int, count: int, setup: Setup) -> dict[str, Column]:
    """Who fell when, with whom, and from which opening; a pulled card counts as fallen."""
    nodes, openings = len(setup.nodes), setup.turns
    when = np.zeros((nodes, setup.reference.shape[0]), dtype=np.int64)
    together, by_opening = (np.zeros((n, nodes), dtype=np.int64) for n in (nodes, openings))
    count_falls(first // LANES, count, sheet.steps, when, together, by_opening)
    blocks = -(-count // LANES)
    opening = (first // LANES + np.arange(blocks)) % openings
    asked = np.full(blocks, LANES)
    asked[-1] = count - (blocks - 1) * LANES
    return {
        "fell_at": when,
        "fell_with": together,
        "fell_by_opening": by_opening,
        "paths_by_opening": np.bincount(opening, weights=asked, minlength=openings).astype(np.int64),
    }


def _losses(sheet: Sheet, first: int, count: int, openings: int) -> dict[str, Column]:
    """Classes of losses by kind and group, and their sums by opening."""
    room = -(-count // LANES) * LANES
    amounts = sheet.sums[..., :room]
    kinds, groups = amounts.shape[:2]
    counts, sums = losses.counted(amounts, count)
    by_opening = np.zeros((kinds * groups, openings))
    add_by_opening(first // LANES, amounts.reshape(kinds * groups, room), by_opening)
    return {
        "loss_counts": counts,
        "loss_sums": sums,
        "loss_by_opening": np.ascontiguousarray(by_opening.T).reshape(openings, kinds, groups),
    }
