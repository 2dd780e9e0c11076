"""Roads to an event in words of drivers: how far each moves by when, which regimes come, who falls on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.drivers import FIRM_DRIVERS, WORLD_DRIVERS
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.many import road_groups
from cardhouse.economy.many.drawn import Course
from cardhouse.economy.many.entropy import fitted
from cardhouse.economy.many.ground import Ground
from cardhouse.economy.many.importance import Sample, Weighed
from cardhouse.economy.many.likeliest import During, Regimes, Spot, likeliest

Array = NDArray[np.float64]

STARTS = 120
"""Paths of a road, those with most weight, from which its likeliest point is looked for."""
TOWARDS = (0.0, 0.3, 0.6)
"""How far each start lies from the mean of all paths towards its own."""
SAME = 0.5
"""Distance of two likeliest points, as a part of the farther one's, up to which they make one road."""
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Push:
    """How a driver strays on a road.

    Attributes
    ----------
    driver, firm : its id, and the firm that it is of; empty for the world.
    adds : whether deviations are added, in the driver's unit; else they are logarithms of a factor.
    strayed : (Q,), deviation by quarter, within its bounds.
    farthest : quarter, up to the event, of the largest deviation against the usual one; ``sigmas`` that deviation in
        standard deviations of the driver in plain paths of that quarter.
    among : deviations at the event in the road's paths, 10, 50 and 90 percent.
    """

    driver: str
    firm: str
    adds: bool
    strayed: Array
    farthest: int
    sigmas: float
    among: tuple[float, ...]

    def level(self, deviation: float) -> float:
        """A deviation as people read it: the change of an index (-0.35), or what is added in the driver's unit."""
        return deviation if self.adds else math.expm1(deviation)


@dataclass(frozen=True, slots=True)
class Spell:
    """A regime on a road.

    Attributes
    ----------
    regime : place in the chances' regimes.
    begins, quarters, harm : step, how long, and what its driver is multiplied with or gets added meanwhile.
    chance : that it is on in all of these quarters, with the other drivers as on the road.
    """

    regime: int
    begins: int
    quarters: int
    harm: float
    chance: float


@dataclass(frozen=True, slots=True)
class Road:
    """A road to an event.

    Attributes
    ----------
    share : of the event's probability that its paths hold; ``paths`` how many were drawn.
    distance : length of its surprises together, in standard deviations; infinite where no surprises that hold for
        years bring the event about, and then the road is the mean one of its paths.
    beyond : the normal distribution's tail beyond that distance, times the chances of the regimes.
    holds : share of paths that come to the event with the years and regimes of the road and quarters as usual; 0
        where it has no likeliest point.
    step : when the event happens on it; ``when`` in its paths, 10, 50 and 90 percent.
    pushes : the drivers, farthest in standard deviations first. spells : the regimes on it.
    common : share of its paths, and of plain ones, in which each regime was on by the event, (R, 2).
    falls : tested firms that fall on it, with steps. fallen : share of its paths in which each tested firm falls.
    """

    share: float
    paths: int
    distance: float
    beyond: float
    holds: float
    step: int
    when: tuple[int, ...]
    pushes: tuple[Push, ...]
    spells: tuple[Spell, ...]
    common: Array
    falls: tuple[tuple[str, int], ...]
    fallen: tuple[tuple[str, float], ...]


def roads_of(ground: Ground, inside: Weighed, plain: Sample, *, seed: int, threads: int) -> tuple[Road, ...]:
    """The roads on which an event comes about, the commonest first.

    Parameters
    ----------
    inside : paths of the event with their weights. plain : paths as chance draws them.
    seed, threads : of the search for the likeliest point; threads change nothing.
    """
    group = road_groups.groups(inside, plain)
    found: list[tuple[Spot | None, NDArray[np.bool_]]] = []
    for k in np.unique(group):
        spot = likeliest(ground, *_starts(ground, inside.of(group == k)), seed=seed, threads=threads)
        found = _joined(found, spot, group == k)
    whole = inside.weights.sum()
    roads = [_road(ground, inside.of(of), plain, spot, float(inside.weights[of].sum() / whole)) for spot, of in found]
    return tuple(sorted(roads, key=lambda road: -road.share))


def _joined(
    found: list[tuple[Spot | None, NDArray[np.bool_]]], spot: Spot | None, of: NDArray[np.bool_]
) -> list[tuple[Spot | None, NDArray[np.bool_]]]:
    """Roads with one more, which is no road of its own where its likeliest point is that of another."""
    for k, (other, theirs) in enumerate(found):
        if spot is not None and other is not None and _same(spot, other):
            better = max(spot, other, key=lambda each: each.worth)
            return [*found[:k], (better, theirs | of), *found[k + 1 :]]
    return [*found, (spot, of)]


def _same(a: Spot, b: Spot) -> bool:
    """Whether two points are one: the same kinds of regimes, and hardly apart against their distance."""
    kinds = [[spell.regime for spell in spot.regimes] for spot in (a, b)]
    apart = float(np.linalg.norm(a.point - b.point))
    return kinds[0] == kinds[1] and apart <= SAME * max(a.distance, b.distance)


def _starts(ground: Ground, mine: Weighed) -> tuple[Array, list[Regimes]]:
    """Where to look for a road's likeliest point: at its paths and on the way to them, with regimes and without."""
    points = ground.points(mine.sample.sums)
    mean = np.average(points, axis=0, weights=mine.weights)
    heaviest = np.argsort(-mine.weights, kind="stable")[:STARTS]
    found, regimes = [mean], [Regimes()]
    for i in heaviest:
        had = _had(mine.sample, int(i))
        for towards in TOWARDS:
            for each in {had: None, Regimes(): None}:
                found.append(mean + towards * (points[i] - mean))
                regimes.append(each)
    return np.array(found), regimes


def _had(sample: Sample, i: int) -> Regimes:
    """The last spell of each regime that a path had by the event."""
    found = []
    for r in range(sample.on.shape[1]):
        on = np.flatnonzero(sample.on[i, r, : sample.step[i] + 1])
        if on.size:
            begins = on[np.flatnonzero(np.diff(on, prepend=-2) > 1)[-1]]
            found.append(During(r, int(begins), int(on[-1] - begins + 1)))
    return tuple(found)


def _road(ground: Ground, mine: Weighed, plain: Sample, spot: Spot | None, share: float) -> Road:
    if spot is None:
        shift = fitted(mine, ground.quarters).shift
        point, regimes, distance, holds = ground.points(shift[None] * ground.quarters)[0], Regimes(), math.inf, 0.0
    else:
        point, regimes, distance, holds = spot.point, spot.regimes, spot.distance, spot.holds
    chances = ground.spell_chances(point, regimes)
    path = ground.path(point, regimes)
    step = ground.event.of_path(path)[1]
    tested = ground.compiled.opening.full
    falls = [(n, int(path.fell[ground.compiled.place[n]])) for n in tested]
    fallen = np.average(mine.sample.fell, axis=0, weights=mine.weights)
    return Road(
        share=share,
        paths=mine.weights.size,
        distance=distance,
        beyond=math.erfc(distance / math.sqrt(2.0)) / 2.0 * math.prod(chances),
        holds=holds,
        step=step,
        when=tuple(int(x) for x in _quantiles(mine.sample.step.astype(np.float64), mine.weights)),
        pushes=_pushes(ground, ground.course(point[None], [regimes]), step, mine, plain),
        spells=tuple(
            Spell(*spell, harm=float(ground.harm[spell.regime]), chance=chance)
            for spell, chance in zip(regimes, chances, strict=True)
        ),
        common=_common(mine, plain),
        falls=tuple(sorted((f for f in falls if f[1] != FOREVER), key=lambda f: f[1])),
        fallen=tuple(sorted(zip(tested, fallen.tolist(), strict=True), key=lambda f: -f[1])),
    )


def _common(mine: Weighed, plain: Sample) -> Array:
    """Share of paths in which each regime was on by the event, and of plain ones by the same quarters, (R, 2)."""
    sample, steps = mine.sample, mine.sample.on.shape[2]
    share = mine.weights / mine.weights.sum()
    before = np.arange(steps) <= sample.step[:, None]
    on = (sample.on & before[:, None, :]).any(axis=2)
    by_step = np.stack([plain.on[:, :, : q + 1].any(axis=2).mean(axis=0) for q in range(steps)])
    return np.stack([share @ on, share @ by_step[sample.step]], axis=1)


def _pushes(ground: Ground, course: Course, step: int, mine: Weighed, plain: Sample) -> tuple[Push, ...]:
    """Every driver that strays, farthest first."""
    processes, nodes = ground.processes, ground.compiled.nodes
    common = processes.driver.size
    least = np.concatenate([processes.least, processes.firm_least])
    most = np.concatenate([processes.most, processes.firm_most])
    spread = plain.strayed.std(axis=0)
    paths = np.arange(mine.weights.size)
    found = []
    for s in range(least.size):
        g = s - common
        strayed = np.clip(course.strayed[s, :, 0], least[s], most[s])
        sigmas = np.divide(strayed, spread[s], out=np.zeros_like(strayed), where=spread[s] > 0.0)
        farthest = int(np.abs(sigmas[: step + 1]).argmax())
        at_event = np.clip(mine.sample.strayed[paths, s, mine.sample.step], least[s], most[s])
        found.append(
            Push(
                driver=WORLD_DRIVERS[processes.driver[s]] if g < 0 else FIRM_DRIVERS[processes.firm_driver[g]],
                firm="" if g < 0 else nodes[processes.firm_node[g]],
                adds=bool(processes.adds[s]) if g < 0 else False,
                strayed=strayed,
                farthest=farthest,
                sigmas=float(sigmas[farthest]),
                among=_quantiles(at_event, mine.weights),
            )
        )
    return tuple(sorted(found, key=lambda push: -abs(push.sigmas)))


def _quantiles(values: Array, weights: Array) -> tuple[float, ...]:
    """Weighted quantiles: the least value below or at which this part of the weight lies."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(reached, QUANTILES), values.size - 1)
    return tuple(float(x) for x in values[order][places])
