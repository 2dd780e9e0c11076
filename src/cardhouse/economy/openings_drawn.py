"""Joint draws of all uncertain assumptions, and the table of openings that they make.

Draws are a Latin hypercube: of M draws each assumption has exactly one in each M-th of its distribution, which is
triangular between low and high with its mode at the central value.

References
----------
McKay, Beckman and Conover (1979), A comparison of three methods for selecting values of input variables in the
analysis of output from a computer code, Technometrics 21(2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption
from cardhouse.economy.kernel.philox import HALF_STEP, TO_DOUBLE, words
from cardhouse.economy.kernel.tableau import Tableau
from cardhouse.economy.spread import FIELDS, Held

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

WHOLE_FIELDS = ("kinds", "tie_kinds", "debt_kinds", "call_kinds", "holding_kinds", "switches")
"""Fields of the tableau that hold whole numbers an assumption may change; they have no axis for paths."""
KEY = int.from_bytes(b"CARDHOUS", "big")
"""Key of the draws of openings: they belong to the book, not to the seed of a run."""
IN_STRATA, SPARE = 0, 1
"""Blocks of random words: of the hypercube, and of draws that stand in for those that give no model."""


@dataclass(frozen=True, slots=True)
class Openings:
    """M openings as what differs from the central tableau: G numbers and H whole numbers that differ in any of them.

    Attributes
    ----------
    assumptions : (A,) rows of the book in its order that every opening draws. ``held`` : those that none draws.
    positions : (M, A), -1 at the low, 0 at the central value, 1 at the high.
    field, index : (G,) place in :data:`~cardhouse.economy.spread.FIELDS`, and in that field without its lanes.
        Sorted by field, then index.
    values : (M, G) what stands there.
    whole_field, whole_index, whole_values : (H,), (H,), (M, H), the same of :data:`WHOLE_FIELDS`.
    redrawn : how many draws gave no model and were drawn again.
    """

    assumptions: tuple[Assumption, ...]
    held: tuple[Held, ...]
    positions: Array
    field: Ints
    index: Ints
    values: Array
    whole_field: Ints
    whole_index: Ints
    whole_values: Ints
    redrawn: int

    @property
    def count(self) -> int:
        """Number of openings."""
        return int(self.positions.shape[0])

    def without(self) -> Openings:
        """One opening, the central one."""
        none = np.zeros(0, dtype=np.int64)
        return replace(
            self,
            positions=np.zeros((1, len(self.assumptions))),
            field=none,
            index=none,
            values=np.zeros((1, 0)),
            whole_field=none,
            whole_index=none,
            whole_values=np.zeros((1, 0), dtype=np.int64),
            redrawn=0,
        )

    def put(self, tableau: Tableau, number: int) -> None:
        """Make an untouched central tableau the tableau of one opening, in all lanes."""
        for place, name in enumerate(FIELDS):
            mine = self.field == place
            array = getattr(tableau, name)
            array[np.unravel_index(self.index[mine], array.shape[:-1])] = self.values[number, mine, None]
        for place, name in enumerate(WHOLE_FIELDS):
            mine = self.whole_field == place
            array = getattr(tableau, name)
            array[np.unravel_index(self.whole_index[mine], array.shape)] = self.whole_values[number, mine]


def draw_positions_of(assumptions: Sequence[Assumption], count: int) -> Array:
    """Where each of ``count`` openings puts each assumption, (count, A): a Latin hypercube.

    The draws of an assumption depend on its id, its range and ``count`` alone.
    """
    out = np.zeros((count, len(assumptions)))
    for a, r in enumerate(assumptions):
        drawn = _words(r, range(count), IN_STRATA)
        stratum = np.argsort(drawn[:, 0], kind="stable")
        out[:, a] = position_at((stratum + _uniform(drawn[:, 1])) / count, r)
    return out


def spare_positions_of(assumptions: Sequence[Assumption], number: int) -> Array:
    """Where the draw that is this one in reserve puts each assumption, (A,); it belongs to no stratum."""
    return np.array([position_at(_uniform(_words(r, [number], SPARE)[:, 0]), r)[0] for r in assumptions])


def _words(r: Assumption, numbers: Iterable[int], block: int) -> NDArray[np.uint64]:
    """Random words of an assumption's draws, (draws, 4); its stream is a hash of its id, so no other matters."""
    stream = int.from_bytes(sha256(r.id.encode()).digest()[:8], "big") >> 1
    return np.array([words(KEY, j, block, stream, 0) for j in numbers], dtype=np.uint64)


def _uniform(drawn: NDArray[np.uint64]) -> Array:
    """Words as numbers strictly between 0 and 1."""
    return np.asarray((drawn >> TO_DOUBLE) * 2.0**-52 + HALF_STEP)


def position_at(p: Array, r: Assumption) -> Array:
    """Position below which the shares ``p`` of an assumption's triangular distribution lie."""
    below = (r.central - r.low) / (r.high - r.low)
    out = np.zeros_like(p)
    under, over = p < below, p > below
    out[under] = np.sqrt(p[under] / below) - 1.0
    out[over] = 1.0 - np.sqrt((1.0 - p[over]) / (1.0 - below))
    return out


def values_at(assumptions: Sequence[Assumption], positions: Array) -> dict[str, float]:
    """Values of assumptions by id at these positions, (A,)."""
    return {
        r.id: r.central + float(x) * (r.central - r.low if x < 0.0 else r.high - r.central)
        for r, x in zip(assumptions, positions, strict=True)
    }
