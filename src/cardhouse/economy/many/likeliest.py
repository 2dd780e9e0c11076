"""The likeliest road to an event: surprises of the years and regimes, neither larger nor more than it takes.

A road is a point, the surprises of every year, with regimes during certain quarters. Its worth is how likely that is:
the normal tail beyond the point's distance, times the chance that the regimes are on in those quarters, times the
share of paths that come to the event when their quarters stray as usual around the point. The last keeps the search
away from slivers of the event that are near and that hardly any path meets.

The event may lie in several places, and who falls first changes where the next one falls. So the search begins at many
paths of the event, goes down from each along slopes (:mod:`~cardhouse.economy.many.nearest`), and from the best of
them tries other regimes, other quarters and other directions until none is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many.nearest import nearest

Array = NDArray[np.float64]

RADII = np.array([0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.05, 1.2, 1.4, 1.7, 2.2, 3.0])
"""Parts of a start's distance at which the event is looked for."""
NEAR_RADII = np.array([0.2, 0.4, 0.55, 0.7, 0.8, 0.88, 0.95, 1.0, 1.06, 1.15, 1.3, 1.6, 2.1, 3.1])
"""The same for a road whose regimes were changed."""
SHAKEN_RADII = np.array([0.6, 0.7, 0.8, 0.86, 0.92, 0.96, 1.0])
"""The same for a road whose direction was changed."""
CLIMBED, OF_A_KIND = 16, 4
"""Starts that are followed, and how many of them may have the same kinds of regimes."""
REFINED, REFINED_OF_A_KIND = 6, 2
"""Roads that are refined, and how many of them may have the same kinds of regimes."""
ROUNDS_FIRST, ROUNDS_AGAIN, MOST_REFINEMENTS = 6, 4, 10
CHANGES, SHAKEN, SHAKES = 5, 64, 3
"""Changes of regimes that are followed; directions that are tried, and how many of them are followed."""
SHAKE = 0.4
"""Length of a change of direction, as a part of the road's."""
LEAST_SHAKE = 0.3
"""Standard deviations that a change of direction has at least."""
BETTER = 0.03
"""Logarithm of the worth that a refinement must gain, else it is the last."""
SHIFTS, STRETCHES = (-3, -2, -1, 0, 1, 2, 3), (-3, -2, -1, 0, 1, 2)
"""Quarters by which a regime is shifted and made longer."""
NEW_EVERY, NEW_QUARTERS = 2, (1, 2, 4)
"""Quarters between the beginnings of a new regime, and how long it may be."""
AT_ONCE = 2048
"""Points that are asked for together."""


class During(NamedTuple):
    """A regime by its place, the step in which it begins, and for how many quarters it is on."""

    regime: int
    begins: int
    quarters: int


Regimes = tuple[During, ...]
"""At most one spell for each regime, by their places."""


class Landscape(Protocol):
    """What a search asks of an event."""

    @property
    def regimes(self) -> int:
        """How many regimes there are."""

    @property
    def steps(self) -> int:
        """How many quarters."""

    def scores(self, points: Array, regimes: Sequence[Regimes]) -> Array:
        """Of points (n, D) with their regimes: (n,), at least 0 in the event, and below the higher the nearer."""

    def log_chances(self, points: Array, regimes: Sequence[Regimes]) -> Array:
        """Logarithm of the normal tail beyond each point times the chance of its regimes, (n,)."""

    def holds(self, point: Array, regimes: Regimes) -> float:
        """Share of paths that come to the event when their quarters stray as usual around the point; above 0."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point (D,) just inside an event, its regimes, how far it holds, and the logarithm of its worth."""

    point: Array
    regimes: Regimes
    holds: float
    worth: float

    @property
    def distance(self) -> float:
        """Length of all surprises together, in standard deviations."""
        return float(np.linalg.norm(self.point))


def likeliest(
    land: Landscape, starts: Array, regimes: Sequence[Regimes], *, seed: int, threads: int = 1
) -> Spot | None:
    """The likeliest point of an event that a search from these starts finds.

    Parameters
    ----------
    starts : (n, D), with the regimes of each; they need not be in the event, the nearest to it first.
    seed : of the directions that are tried. threads : how many work; they change nothing.

    Returns
    -------
    None where no start leads to the event.
    """
    nothing = np.zeros(starts.shape[1])
    if land.scores(nothing[None], [()])[0] >= 0.0:
        return _spot(land, nothing, ())
    points, worth = _entered(land, starts, regimes, RADII)
    picked = list(_varied(worth, regimes, CLIMBED, OF_A_KIND))
    with ThreadPoolExecutor(threads) as pool:
        climbed = pool.map(lambda i: _climbed(land, points[i], regimes[i], ROUNDS_FIRST), picked)
        spots = [spot for spot in climbed if spot is not None]
        kinds = [spot.regimes for spot in spots]
        best = _varied(np.array([spot.worth for spot in spots]), kinds, REFINED, REFINED_OF_A_KIND)
        refined = list(pool.map(lambda of: _refined(land, spots[of[1]], seed + of[0]), enumerate(best)))
    return max(refined, key=lambda spot: spot.worth, default=None)


def _varied(worth: Array, regimes: Sequence[Regimes], most: int, alike: int) -> Iterator[int]:
    """The best ones first, but not too many with the same kinds of regimes."""
    seen: dict[tuple[int, ...], int] = {}
    count = 0
    for i in np.argsort(-worth, kind="stable").tolist():
        kind = tuple(spell.regime for spell in regimes[i])
        if count == most or not np.isfinite(worth[i]):
            return
        if seen.get(kind, 0) < alike:
            seen[kind] = seen.get(kind, 0) + 1
            count += 1
            yield i


def _entered(land: Landscape, points: Array, regimes: Sequence[Regimes], radii: Array) -> tuple[Array, Array]:
    """Where each ray first enters the event, of these parts of its length, (n, D), and the logarithm of its chance.

    The logarithm is minus infinity where a ray does not.
    """
    n, k = points.shape[0], radii.size
    along = (points[:, None, :] * radii[:, None]).reshape(n * k, -1)
    each = [mine for mine in regimes for _ in range(k)]
    pieces = range(0, n * k, AT_ONCE)
    scores = np.concatenate([land.scores(along[b : b + AT_ONCE], each[b : b + AT_ONCE]) for b in pieces])
    hit = scores.reshape(n, k) >= 0.0
    there, inside = points * radii[hit.argmax(axis=1)][:, None], np.flatnonzero(hit.any(axis=1))
    out = np.full(n, -np.inf)
    if inside.size:
        out[inside] = land.log_chances(there[inside], [regimes[i] for i in inside.tolist()])
    return there, out


def _spot(land: Landscape, point: Array, regimes: Regimes) -> Spot:
    holds = land.holds(point, regimes)
    return Spot(point, regimes, holds, float(land.log_chances(point[None], [regimes])[0] + np.log(holds)))


def _climbed(land: Landscape, point: Array, regimes: Regimes, rounds: int) -> Spot | None:
    """The nearest point with the same regimes to which slopes lead."""
    found = nearest(lambda points: land.scores(points, [regimes] * points.shape[0]), point, rounds=rounds)
    return None if found is None else _spot(land, found, regimes)


def _refined(land: Landscape, best: Spot, seed: int) -> Spot:
    """Change regimes and directions until no change is better."""
    rng = np.random.default_rng(seed)
    for _ in range(MOST_REFINEMENTS):
        tried = (_climbed(land, *change, ROUNDS_AGAIN) for change in _changes(land, best, rng))
        found = max((spot for spot in tried if spot is not None), key=lambda spot: spot.worth, default=best)
        gained = found.worth - best.worth
        best = found if gained > 0.0 else best
        if gained <= BETTER:
            break
    return best


def _changes(land: Landscape, best: Spot, rng: np.random.Generator) -> list[tuple[Array, Regimes]]:
    """The likeliest changes: of regimes, all that leave one out, and of the direction."""
    others = _neighbours(best.regimes, land.regimes, land.steps)
    points, worth = _entered(land, np.tile(best.point, (len(others), 1)), others, NEAR_RADII)
    order = [i for i in np.argsort(-worth, kind="stable") if np.isfinite(worth[i])]
    fewer = [i for i in order[CHANGES:] if len(others[i]) < len(best.regimes)]
    found = [(points[i], others[i]) for i in (*order[:CHANGES], *fewer)]
    length = SHAKE * max(best.distance, LEAST_SHAKE) / np.sqrt(best.point.size)
    shaken = best.point + length * rng.standard_normal((SHAKEN, best.point.size))
    points, worth = _entered(land, shaken, [best.regimes] * SHAKEN, SHAKEN_RADII)
    nearer = [i for i in np.argsort(-worth, kind="stable")[:SHAKES] if np.isfinite(worth[i])]
    return [*found, *((points[i], best.regimes) for i in nearer)]


def _neighbours(regimes: Regimes, count: int, steps: int) -> list[Regimes]:
    """Regimes that differ in one spell: left out, shifted, longer or shorter, or one more."""
    found: list[Regimes] = []
    for k, spell in enumerate(regimes):
        rest = regimes[:k] + regimes[k + 1 :]
        found.append(rest)
        moved = [During(spell.regime, spell.begins + s, spell.quarters + more) for s in SHIFTS for more in STRETCHES]
        found += [_with(rest, other) for other in moved if other != spell and _fits(other, steps)]
    absent = set(range(count)) - {spell.regime for spell in regimes}
    new = [During(r, begins, n) for r in sorted(absent) for begins in range(0, steps, NEW_EVERY) for n in NEW_QUARTERS]
    return found + [_with(regimes, spell) for spell in new if _fits(spell, steps)]


def _fits(spell: During, steps: int) -> bool:
    return spell.begins >= 0 and spell.quarters >= 1 and spell.begins + spell.quarters <= steps


def _with(rest: Regimes, spell: During) -> Regimes:
    return tuple(sorted((*rest, spell)))
