"""The likeliest road to an event: the smallest surprises that bring it about.

Surprises are independent standard normal numbers, so the densest point of an event is the one nearest to none. It is
looked for among surprises that are the same in all quarters of a year, in quarters that are neither wild nor quiet,
with or without the regimes that paths of the event had. The road is then a path of drivers like any scenario, and is
run like one.

References
----------
Hasofer and Lind (1974), Journal of the Engineering Mechanics Division 100: the point of a failure region nearest to
the origin, and the normal distribution's tail beyond its distance as a first estimate of the probability. Rackwitz
and Fiessler (1978), Computers and Structures 9: along the gradient to the boundary, again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Score = Callable[[Array], float]

FARTHEST = 12.0
"""Standard deviations beyond which no road is looked for."""
STEPS_OUT = 24
HALVINGS = 9
STEP = 0.2
"""Standard deviations by which a surprise is moved to feel the slope."""
INSIDE = 0.98
"""Part of the way to the event at which the slope is felt."""
TURNS = (1.0, 0.6, 0.35, 0.2, 0.1, 0.05)
"""How far a road turns towards the steepest one, tried in this order."""
ROUNDS = 12
WORTH = 0.997
"""A round that does not shorten the road to this part of itself is the last."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A point of an event: where it lies, its distance from nothing, and how often the score was asked for."""

    point: Array
    distance: float
    asked: int


def nearest(score: Score, start: Array) -> Nearest | None:
    """The point of an event that is nearest to the origin, as far as a search from a direction finds it.

    Parameters
    ----------
    score : of a point (D,); at least 0 in the event, and below that the higher the nearer.
    start : (D,), a direction to begin with; it need not be in the event.

    Returns
    -------
    A point just inside the event, the origin itself where it is in it. None where the direction does not come to the
    event within twelve standard deviations.
    """
    search = _Search(score)
    if search.score(np.zeros_like(start)) >= 0.0:
        return Nearest(np.zeros_like(start), 0.0, search.asked)
    size = float(np.linalg.norm(start))
    best = search.border(start / size) if size > 0.0 else None
    if best is None:
        return None
    for _ in range(ROUNDS):
        shorter = search.shortened(best)
        if shorter is None:
            break
        done = np.linalg.norm(shorter) > WORTH * np.linalg.norm(best)
        best = shorter
        if done:
            break
    return Nearest(best, float(np.linalg.norm(best)), search.asked)


class _Search:
    """Counts how often the score is asked for."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self.asked = 0

    def score(self, point: Array) -> float:
        self.asked += 1
        return self._score(point)

    def border(self, direction: Array, within: float = FARTHEST) -> Array | None:
        """The first point of the event along a unit vector; None where there is none within a distance."""
        distances = np.linspace(0.0, within, STEPS_OUT + 1)
        for before, after in pairwise(distances):
            if self.score(after * direction) >= 0.0:
                return self._between(direction, float(before), float(after))
        return None

    def _between(self, direction: Array, low: float, high: float) -> Array:
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            if self.score(middle * direction) >= 0.0:
                high = middle
            else:
                low = middle
        return high * direction

    def shortened(self, best: Array) -> Array | None:
        """A nearer point of the event on the side to which the score rises; None where no turn finds one."""
        size = float(np.linalg.norm(best))
        slope = self._slope(INSIDE * best)
        steepness = float(np.linalg.norm(slope))
        if size == 0.0 or steepness == 0.0:
            return None
        for turn in TURNS:
            direction = (1.0 - turn) * best / size + turn * slope / steepness
            direction /= np.linalg.norm(direction)
            if self.score(WORTH * size * direction) >= 0.0:
                return self._between(direction, 0.0, WORTH * size)
        return None

    def _slope(self, point: Array) -> Array:
        """Rise of the score; inside the event it counts as nothing, however far inside."""
        rise = np.zeros(point.size)
        for k in range(point.size):
            step = np.zeros(point.size)
            step[k] = STEP
            rise[k] = min(self.score(point + step), 0.0) - min(self.score(point - step), 0.0)
        return rise
