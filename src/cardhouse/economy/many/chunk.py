"""From the outcomes of a chunk of paths to what a run's folder keeps of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import KEPT, Recorder
from cardhouse.economy.many import losses
from cardhouse.economy.many.groups import Groups
from cardhouse.economy.many.parts import Part

BY_PATH = ("fell", "sums_of", "room", "weights", "raw", "world_raw")
ADDED = {"counts": np.int64, "world_counts": np.int64, "sums": np.float64, "causes": np.float64, "failures": np.int64}
NEVER = -1
"""A firm that goes on to the end; a card that was pulled in step q is -2 - q."""


def joined(pieces: Sequence[Recorder]) -> Recorder:
    """One recorder from those of pieces that follow each other; sums are added in their order."""
    first = pieces[0]
    paths = {name: np.concatenate([getattr(p, name) for p in pieces]) for name in BY_PATH}
    sums = {
        name: sum((getattr(p, name).astype(kind) for p in pieces[1:]), getattr(first, name).astype(kind))
        for name, kind in ADDED.items()
    }
    return first._replace(**paths, **sums)


def part_of(
    recorder: Recorder, *, number: int, first: int, nodes: tuple[str, ...], groups: Groups, openings: int
) -> Part:
    """The part of a run that a chunk of paths makes.

    Parameters
    ----------
    openings : how many openings the blocks of the run take turns with.
    """
    fell, count = recorder.fell.astype(np.int16), recorder.fell.shape[0]
    # The paths last in memory: what follows goes through the paths of one sum after the other.
    laid = np.empty((len(KEPT), len(groups.names), count))
    for k in range(len(KEPT)):
        groups.total(recorder.sums_of[:, k], laid[k])
    totals = np.moveaxis(laid, -1, 0)
    everybody = groups.names.index("all")
    paths: dict[str, NDArray[np.generic]] = {f"fell:{n}": np.ascontiguousarray(fell[:, i]) for i, n in enumerate(nodes)}
    paths |= {kind: np.ascontiguousarray(totals[:, k, everybody]) for k, kind in enumerate(KEPT)}
    opening = (first + np.arange(count)) // LANES % openings
    return Part(
        number=number,
        first=first,
        count=count,
        paths=paths,
        sums=_fans(recorder) | _falls(fell, opening, openings, recorder) | _losses(totals, opening, openings),
    )


def _fans(recorder: Recorder) -> dict[str, NDArray[np.generic]]:
    return {
        "counts": recorder.counts,
        "world_counts": recorder.world_counts,
        "figures": recorder.sums,
    }


def _falls(
    fell: NDArray[np.int16], opening: NDArray[np.int64], openings: int, recorder: Recorder
) -> dict[str, NDArray[np.generic]]:
    """Who fell when, with whom, and from which opening; a pulled card counts as fallen."""
    steps = recorder.reference.shape[0]
    down = (fell != NEVER).astype(np.int64)
    when = np.where(fell < NEVER, -2 - fell, fell)
    by_opening = np.zeros((openings, fell.shape[1]), dtype=np.int64)
    np.add.at(by_opening, opening, down)
    return {
        "fell_at": np.stack([np.bincount(w[d > 0], minlength=steps) for w, d in zip(when.T, down.T, strict=True)]),
        "fell_with": (down.T.astype(np.float64) @ down).astype(np.int64),
        "fell_by_opening": by_opening,
        "paths_by_opening": np.bincount(opening, minlength=openings),
        "causes": recorder.causes,
        "failures": recorder.failures,
    }


def _losses(totals: NDArray[np.float64], opening: NDArray[np.int64], openings: int) -> dict[str, NDArray[np.generic]]:
    """Classes of losses by kind and group, and their sums by opening."""
    counts, sums = losses.counted(totals)
    by_opening = losses.summed(totals, opening, openings)
    return {"loss_counts": counts, "loss_sums": sums, "loss_by_opening": by_opening}
