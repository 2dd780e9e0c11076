"""Folders of runs whose every path is known: raw arrays by chance, and sums over them made with plain numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.outcomes import CAUSES, CLASSES, KEPT, MEASURES, WORLD_MEASURES
from cardhouse.economy.many import losses
from cardhouse.economy.many.folder import open_folder
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import Part

NODES = ("nvidia", "openai", "oracle", "lancaster-jv")
FULL = ("nvidia", "openai", "oracle")
GROUPS = {
    **{node: (i,) for i, node in enumerate(NODES)},
    "layer:cloud": (2, 3),
    "layer:model": (1,),
    "camp:openai": (1, 2, 3),
    "all": (0, 1, 2, 3),
}
QUARTERS = 9
LANES = 8
CHUNK = 1600
MIDDLE, PER_UNIT = 1000.0, 1.0 / 100.0
"""Where the classes of figures are finest, and one over the unit of their scale."""
EDGES = [2.0**octave * (1.0 + step / 8) for octave in range(8) for step in range(8)][1 : CLASSES // 2]
"""Octaves of eight classes each, from the middle on; the last class has no end."""


@dataclass(frozen=True)
class Raw:
    """Every path of a run: P paths, N nodes, Q quarters.

    ``fell`` (P, N), ``kept`` (P, 4, N), ``figures`` (P, Q, measures, full), ``world`` (P, Q, 2), ``causes`` (P, N, 4)
    of the failures.
    """

    fell: NDArray[np.int16]
    kept: NDArray[np.float64]
    figures: NDArray[np.float64]
    world: NDArray[np.float64]
    causes: NDArray[np.float64]
    openings: int

    @property
    def paths(self) -> int:
        return self.fell.shape[0]

    @property
    def opening(self) -> NDArray[np.int64]:
        return np.arange(self.paths) // LANES % self.openings

    @property
    def down(self) -> NDArray[np.bool_]:
        return self.fell != -1

    def total(self, group: str) -> NDArray[np.float64]:
        """Losses of a group by path and kind, (P, 4)."""
        return self.kept[:, :, list(GROUPS[group])].sum(axis=2)


def first(raw: Raw, paths: int) -> Raw:
    """The beginning of a run."""
    return replace(
        raw,
        fell=raw.fell[:paths],
        kept=raw.kept[:paths],
        figures=raw.figures[:paths],
        world=raw.world[:paths],
        causes=raw.causes[:paths],
    )


def drawn(seed: int, paths: int = 4000, openings: int = 25, *, harder: float = 0.0) -> Raw:
    """Paths whose falls depend on their opening and on a surprise that all nodes share; ``harder`` moves all falls."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0.0, 0.7 if openings > 1 else 0.0, openings)[np.arange(paths) // LANES % openings]
    state = mood + rng.normal(size=paths) + harder
    own = rng.normal(size=(paths, len(NODES)))
    falls = state[:, None] + own > np.array([9.0, 0.4, 1.4, 9.0])
    falls[:, 3] = falls[:, 2]  # the vehicle has no other tenant
    step = rng.integers(0, QUARTERS, (paths, len(NODES)))
    step[:, 3] = step[:, 2]
    size = np.exp(rng.normal(7.0, 1.5, (paths, len(KEPT), len(NODES))))
    kept = np.where(rng.random(size.shape) < 0.3, size, 0.0) * np.exp(state)[:, None, None]
    kept[:, KEPT.index("revenue")] -= 500.0
    figures = 1000.0 * (1.0 + rng.normal(size=(paths, QUARTERS, len(MEASURES), len(FULL))))
    return Raw(
        fell=np.where(falls, step, -1).astype(np.int16),
        kept=kept,
        figures=figures,
        world=np.exp(0.2 * rng.normal(size=(paths, QUARTERS, 2))),
        causes=rng.dirichlet(np.ones(len(CAUSES)), (paths, len(NODES))) * falls[:, :, None],
        openings=openings,
    )


def classes_of(figures: NDArray[np.float64], middle: float, per_unit: float) -> NDArray[np.int64]:
    """(P, ...) to (..., CLASSES): how many paths lie in each class, the last for nothing itself."""
    far = (figures - middle) * per_unit
    steps, side = np.searchsorted(EDGES, 1.0 + np.abs(far), side="right"), CLASSES // 2
    place = np.where(figures == 0.0, CLASSES - 1, np.where(far < 0.0, side - 1 - steps, side + steps))
    return np.stack([(place == c).sum(axis=0) for c in range(CLASSES)], axis=-1).astype(np.int64)


def part(raw: Raw, number: int, chunk: int = CHUNK) -> Part:
    """The chunk of a number."""
    here = slice(number * chunk, min((number + 1) * chunk, raw.paths))
    fell, down, opening = raw.fell[here], raw.down[here], raw.opening[here]
    when = np.where(fell < -1, -2 - fell, fell)
    totals = np.stack([raw.total(group)[here] for group in GROUPS], axis=2)
    counted = [[losses.counted(totals[:, k, g]) for g in range(len(GROUPS))] for k in range(len(KEPT))]
    by_opening = [opening == j for j in range(raw.openings)]
    failed = down & (fell >= 0)
    sums: dict[str, NDArray[Any]] = {
        "counts": classes_of(raw.figures[here], MIDDLE, PER_UNIT),
        "world_counts": classes_of(raw.world[here], 1.0, 10.0),
        "figures": raw.figures[here].sum(axis=0),
        "fell_at": np.array([[(down[:, i] & (when[:, i] == q)).sum() for q in range(QUARTERS)] for i in range(4)]),
        "fell_with": down.T.astype(np.int64) @ down.astype(np.int64),
        "fell_by_opening": np.array([down[own].sum(axis=0) for own in by_opening]),
        "paths_by_opening": np.array([own.sum() for own in by_opening]),
        "causes": raw.causes[here].sum(axis=0),
        "failures": failed.sum(axis=0),
        "loss_counts": np.array([[one[0] for one in row] for row in counted]),
        "loss_sums": np.array([[one[1] for one in row] for row in counted]),
        "loss_by_opening": np.array([totals[own].sum(axis=0) for own in by_opening]),
    }
    paths: dict[str, NDArray[Any]] = {f"fell:{node}": fell[:, i].copy() for i, node in enumerate(NODES)}
    paths |= {kind: raw.total("all")[here, k] for k, kind in enumerate(KEPT)}
    return Part(number, here.start, fell.shape[0], paths, sums)


def manifest_of(raw: Raw) -> Manifest:
    fans, world = (QUARTERS, len(MEASURES), len(FULL)), (QUARTERS, 2)
    return Manifest(
        engine="e" * 64,
        book_hash="b" * 64,
        book_date=date(2026, 9, 30),
        scenario_name="rents-fall",
        scenario={"title": "Rents fall", "about": "Rents of computing halve.", "pulls": []},
        firmness="active",
        case="central",
        uncertainty="u" * 64,
        seed=7,
        paths=raw.paths,
        chunk=CHUNK,
        nodes=NODES,
        windows=tuple(date(2026 + (q + 3) // 4, 3 * ((q + 3) % 4 + 1), 30) for q in range(QUARTERS)),
        layout={
            "measures": list(MEASURES),
            "world_measures": list(WORLD_MEASURES),
            "kinds": list(KEPT),
            "causes": list(CAUSES),
            "lanes": LANES,
            "openings": raw.openings,
            "full": list(FULL),
            "groups": {name: list(members) for name, members in GROUPS.items()},
            "classes": {
                "middle": np.full(fans, MIDDLE).tolist(),
                "per_unit": np.full(fans, PER_UNIT).tolist(),
                "world_middle": np.ones(world).tolist(),
                "world_per_unit": np.full(world, 10.0).tolist(),
            },
        },
        created=date(2026, 10, 2),
    )


def written(path: Path, raw: Raw, **changed: Any) -> Path:
    """Write a run; ``changed`` are fields of its manifest."""
    with open_folder(path, replace(manifest_of(raw), **changed)) as folder:
        for number in folder.missing():
            folder.write(part(raw, number, folder.manifest.chunk))
    return path
