"""Fans: how the figures of a firm and of the world spread over the paths, quarter by quarter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many.manifest import ANEW
from cardhouse.economy.many.totals import Totals, listed
from cardhouse.errors import InputError

Array = NDArray[np.float64]
STEPS = 8
"""Classes of an octave."""
LEVELS = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile.

    Attributes
    ----------
    value : the quantile, or the end of the outermost class where it lies in that.
    beyond : -1 where it is ``value`` or less, 1 where it is ``value`` or more, 0 where it is known.
    width : of its class, how far it may be off; 0 where it is nothing, which is counted by itself. Of a bound 0.
    """

    value: float
    beyond: int
    width: float


@dataclass(frozen=True, slots=True)
class Fan:
    """One figure over the quarters, USD million (the world's: against the plan).

    Attributes
    ----------
    measure : its name. quantiles : by quarter, at :data:`LEVELS`.
    means : by quarter, exact; empty for figures of the world.
    """

    measure: str
    quantiles: tuple[tuple[Quantile, ...], ...]
    means: tuple[float, ...]

    def at(self, step: int, level: float) -> Quantile:
        """The quantile of a quarter at one of :data:`LEVELS`."""
        return self.quantiles[step][LEVELS.index(level)]


def fans(answer: Totals, node: str) -> tuple[Fan, ...]:
    """Fans of a tested firm, in the order of the run's measures.

    A path in which the firm has fallen counts with what is left of it, mostly nothing.

    Raises
    ------
    InputError : the firm is not tested in this run.
    """
    if node not in answer.full:
        raise InputError(f"{node} is not tested in this run; expected one of {', '.join(answer.full)}; name one")
    f = answer.full.index(node)
    measures = listed(answer, "measures")
    shape = (len(answer.manifest.windows), len(measures), len(answer.full))
    middle, per_unit = (_scale(answer, key, shape) for key in ("middle", "per_unit"))
    means = answer.sums["figures"] / answer.manifest.paths
    return tuple(
        _fan(measure, answer.sums["counts"][:, k, f], middle[:, k, f], per_unit[:, k, f], means[:, k, f])
        for k, measure in enumerate(measures)
    )


def world_fans(answer: Totals) -> tuple[Fan, ...]:
    """Fans of the world: rents and need of computing against the plan."""
    measures = listed(answer, "world_measures")
    shape = (len(answer.manifest.windows), len(measures))
    middle, per_unit = (_scale(answer, f"world_{key}", shape) for key in ("middle", "per_unit"))
    counts = answer.sums["world_counts"]
    return tuple(_fan(measure, counts[:, k], middle[:, k], per_unit[:, k], None) for k, measure in enumerate(measures))


def _scale(answer: Totals, key: str, shape: tuple[int, ...]) -> Array:
    """Where classes are finest or how wide they are, from the manifest."""
    classes: Any = answer.manifest.layout.get("classes")
    try:
        found = np.array(classes[key], dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        found = np.zeros(0)
    if found.shape != shape or not np.isfinite(found).all() or ("per" in key and not (found > 0.0).all()):
        raise InputError(f"the manifest does not say where the classes of figures lie ({key}); {ANEW}")
    return found


def _fan(measure: str, counts: NDArray[np.int64], middle: Array, per_unit: Array, means: Array | None) -> Fan:
    """One fan; ``counts`` (Q, CLASSES). ``means`` (Q,) of a firm; the world has none."""
    rows = [
        tuple(quantile(row, at, per, level) for level in LEVELS)
        for row, at, per in zip(counts, middle.tolist(), per_unit.tolist(), strict=True)
    ]
    return Fan(measure, tuple(rows), () if means is None else tuple(means.tolist()))


def quantile(counts: NDArray[np.int64], middle: float, per_unit: float, level: float) -> Quantile:
    """A quantile from counts in the classes of :data:`~cardhouse.economy.kernel.outcomes.CLASSES`.

    Paths of a class spread evenly over it; those at nothing, the last count, are where nothing is.

    Parameters
    ----------
    counts : (2 S + 1,), S on either side of the middle. middle, per_unit : of the scale. level : between 0 and 1.
    """
    spread, nothing, last = counts[:-1], float(counts[-1]), counts.size - 2
    so_far = np.concatenate([[0.0], np.cumsum(spread, dtype=np.float64)])
    rank, zero = level * (so_far[-1] + nothing), _place(0.0, spread.size, middle, per_unit)
    edges = np.arange(so_far.size, dtype=np.float64)
    if so_far[int(zero)] == 0.0:
        edges[int(zero)] = zero  # no path is in a class below nothing, so none of the class around it is taken to be
    below = float(np.interp(zero, edges, so_far))
    if below < rank <= below + nothing:
        return Quantile(0.0, 0, 0.0)
    rank -= nothing if rank > below else 0.0
    place = min(max(int(np.searchsorted(so_far, rank)) - 1, 0), last)
    low, high = (_figure(edge, spread.size, middle, per_unit) for edge in edges[place : place + 2].tolist())
    if place in (0, last):
        return Quantile(high, -1, 0.0) if place == 0 else Quantile(low, 1, 0.0)
    inside = (rank - so_far[place]) / float(spread[place])
    return Quantile(low + inside * (high - low), 0, high - low)


def _place(figure: float, classes: int, middle: float, per_unit: float) -> float:
    """Where a figure lies on the scale, whole numbers between two classes; at its ends what lies beyond."""
    far = (figure - middle) * per_unit
    fraction, octave = math.frexp(1.0 + abs(far))
    steps = STEPS * (octave - 1 + 2.0 * fraction - 1.0)
    return min(max(classes / 2 + math.copysign(steps, far), 0.0), float(classes))


def _figure(place: float, classes: int, middle: float, per_unit: float) -> float:
    """The figure at a place on the scale."""
    octave, step = divmod(abs(place - classes / 2), STEPS)
    far = 2.0**octave * (1.0 + step / STEPS) - 1.0
    return middle + math.copysign(far, place - classes / 2) / per_unit
