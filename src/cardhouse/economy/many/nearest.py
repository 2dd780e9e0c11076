"""The point of an event that is nearest to no surprise, with regimes that stay as they are.

Surprises are independent standard normal numbers, so the densest point of an event is the one nearest to none. Many
points are asked for at once, as they run side by side.

References
----------
Hasofer and Lind (1974), Journal of the Engineering Mechanics Division 100: the point of a failure region nearest to
the origin, and the normal distribution's tail beyond its distance as a first estimate of the probability. Rackwitz
and Fiessler (1978), Computers and Structures 9: along the gradient to the border, again and again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scores = Callable[[Array], Array]
"""Of points (n, D): (n,), at least 0 in the event, and below that the higher the nearer."""

FARTHEST = 12.0
"""Standard deviations beyond which no road is looked for."""
STEPS_OUT, STEPS_IN = 24, 12
"""Points along a ray to the farthest distance, and to the distance that is known."""
PARTS, HALVINGS = 8, 3
"""Parts into which the way between the last point outside and the first inside is cut, and how often."""
STEP = 0.2
"""Standard deviations by which a surprise is moved to feel the slope."""
INSIDE = 0.98
"""Part of the way to the event at which the slope is felt."""
TURNS = np.array([1.0, 0.6, 0.35, 0.2, 0.1, 0.05])
"""How far a road turns towards the steepest one."""
WORTH = 0.997
"""A round that does not shorten the road to this part of itself is the last."""


def nearest(scores: Scores, start: Array, *, rounds: int) -> Array | None:
    """The point of an event that is nearest to the origin, as far as slopes lead to it from a start.

    Parameters
    ----------
    start : (D,), a direction to begin with; it need not be in the event.
    rounds : turns at most.

    Returns
    -------
    A point just inside the event, the origin itself where it is in it. None where the direction does not come to the
    event within twelve standard deviations.
    """
    if scores(np.zeros((1, start.size)))[0] >= 0.0:
        return np.zeros_like(start)
    size = float(np.linalg.norm(start))
    if size == 0.0:
        return None
    ray = start / size
    radius = border(scores, ray[None], FARTHEST, STEPS_OUT)[0]
    if not np.isfinite(radius):
        return None
    best: Array = radius * ray
    for _ in range(rounds):
        nearer = _turned(scores, best)
        if nearer is None:
            break
        done = np.linalg.norm(nearer) > WORTH * np.linalg.norm(best)
        best = nearer
        if done:
            break
    return best


def border(scores: Scores, rays: Array, within: float, steps: int) -> Array:
    """Distance of the first point of the event along each ray.

    Parameters
    ----------
    rays : (n, D), unit vectors.
    within, steps : how far they are followed, and at how many points.

    Returns
    -------
    (n,), to a thousandth of ``within`` or better; infinite where no point is in the event.
    """
    n = rays.shape[0]

    def hits(low: Array, width: Array, count: int, mine: Array) -> NDArray[np.bool_]:
        at = low[:, None] + width[:, None] * np.arange(1, count + 1)
        points = mine[:, None, :] * at[..., None]
        return scores(points.reshape(-1, rays.shape[1])).reshape(-1, count) >= 0.0

    width = np.full(n, within / steps)
    hit = hits(np.zeros(n), width, steps, rays)
    out, found = np.full(n, np.inf), np.flatnonzero(hit.any(axis=1))
    if not found.size:
        return out
    low, width = width[found] * hit[found].argmax(axis=1), width[found]
    for _ in range(HALVINGS):
        width = width / PARTS
        hit = hits(low, width, PARTS - 1, rays[found])
        # The end of the last part is in the event as it was found to be.
        low = low + width * np.where(hit.any(axis=1), hit.argmax(axis=1), PARTS - 1)
    out[found] = low + width
    return out


def _turned(scores: Scores, best: Array) -> Array | None:
    """A nearer point of the event on the side to which the score rises; None where no turn finds one."""
    size = float(np.linalg.norm(best))
    slope = _slope(scores, INSIDE * best)
    steepness = float(np.linalg.norm(slope))
    if size == 0.0 or steepness == 0.0:
        return None
    rays = (1.0 - TURNS)[:, None] * best / size + TURNS[:, None] * slope / steepness
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    radius = border(scores, rays, 0.999 * size, STEPS_IN)
    first = int(radius.argmin())
    return np.asarray(radius[first] * rays[first]) if np.isfinite(radius[first]) else None


def _slope(scores: Scores, point: Array) -> Array:
    """Rise of the score; inside the event it counts as nothing, however far inside."""
    step = STEP * np.eye(point.size)
    there = np.minimum(scores(np.concatenate([point + step, point - step])), 0.0)
    return np.asarray(there[: point.size] - there[point.size :])
