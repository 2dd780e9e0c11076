"""Fans: how the figures of a firm and of the world spread over the paths, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many.manifest import ANEW
from cardhouse.economy.many.results import Totals, listed
from cardhouse.errors import InputError

Array = NDArray[np.float64]
LEVELS = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile.

    Attributes
    ----------
    value : the quantile, or the end of the classes where it lies outside them.
    beyond : -1 where it is ``value`` or less, 1 where it is ``value`` or more, 0 where it is known.
    """

    value: float
    beyond: int


@dataclass(frozen=True, slots=True)
class Fan:
    """One figure over the quarters, USD million (the world's: against the plan).

    Attributes
    ----------
    measure : its name. widths : (Q,) of a class of each quarter, how far a quantile may be off.
    quantiles : by quarter, at :data:`LEVELS`. means : by quarter, exact; empty for figures of the world.
    """

    measure: str
    widths: tuple[float, ...]
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
    lowest, per_class = (_edges(answer, key, shape) for key in ("lowest", "per_class"))
    means = answer.sums["figures"] / answer.manifest.paths
    return tuple(
        _fan(measure, answer.sums["counts"][:, k, f], lowest[:, k, f], per_class[:, k, f], means[:, k, f])
        for k, measure in enumerate(measures)
    )


def world_fans(answer: Totals) -> tuple[Fan, ...]:
    """Fans of the world: rents and need of computing against the plan."""
    measures = listed(answer, "world_measures")
    shape = (len(answer.manifest.windows), len(measures))
    lowest, per_class = (_edges(answer, f"world_{key}", shape) for key in ("lowest", "per_class"))
    counts = answer.sums["world_counts"]
    return tuple(_fan(measure, counts[:, k], lowest[:, k], per_class[:, k], None) for k, measure in enumerate(measures))


def _edges(answer: Totals, key: str, shape: tuple[int, ...]) -> Array:
    """Where classes begin or how many there are per unit, from the manifest."""
    classes: Any = answer.manifest.layout.get("classes")
    try:
        found = np.array(classes[key], dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        found = np.zeros(0)
    if found.shape != shape or not np.isfinite(found).all() or ("per" in key and not (found > 0.0).all()):
        raise InputError(f"the manifest does not say where the classes of figures lie ({key}); {ANEW}")
    return found


def _fan(measure: str, counts: NDArray[np.int64], lowest: Array, per_class: Array, means: Array | None) -> Fan:
    """One fan; ``counts`` (Q, classes). ``means`` (Q,) of a firm; the world has none, and cannot fall."""
    firm = means is not None
    rows = [
        tuple(quantile(row, low, per, level, fallen=firm) for level in LEVELS)
        for row, low, per in zip(counts, lowest.tolist(), per_class.tolist(), strict=True)
    ]
    return Fan(measure, tuple((1.0 / per_class).tolist()), tuple(rows), () if means is None else tuple(means.tolist()))


def quantile(
    counts: NDArray[np.int64], lowest: float, per_class: float, level: float, *, fallen: bool = False
) -> Quantile:
    """A quantile from counts in even classes, along a straight line inside a class.

    Parameters
    ----------
    counts : (classes,); the first holds also what lies below it, the last what lies above.
    lowest : where the first class begins. per_class : classes per unit. level : between 0 and 1.
    fallen : whether the class that holds zero is that of paths in which a firm has fallen: there the quantile is zero.
    """
    so_far = np.cumsum(counts)
    rank, last = level * float(so_far[-1]), counts.size - 1
    place = min(int(np.searchsorted(so_far, rank)), last)
    if place in (0, last):
        return Quantile(lowest + (1 if place == 0 else last) / per_class, -1 if place == 0 else 1)
    low, high = lowest + place / per_class, lowest + (place + 1) / per_class
    if fallen and low <= 0.0 < high:
        return Quantile(0.0, 0)
    inside = (rank - float(so_far[place] - counts[place])) / float(counts[place])
    return Quantile(low + inside / per_class, 0)
