"""Roads to an event in words of drivers: how far each moves by when, which regimes come, who falls on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import FIRM_DRIVERS, WORLD_DRIVERS, Drivers
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.kernel.processes import BLOCK, Processes
from cardhouse.economy.many import road_groups
from cardhouse.economy.many.drawn import Course, Draws, course_of, lay
from cardhouse.economy.many.entropy import fitted
from cardhouse.economy.many.events import Event
from cardhouse.economy.many.importance import Sample, Weighed
from cardhouse.economy.many.likeliest import nearest
from cardhouse.economy.run import Path, drivers_for, simulate
from cardhouse.economy.scenario import Scenario
from cardhouse.economy.uncertain import Uncertainty

Array = NDArray[np.float64]

COMMON = 0.5
"""Share of a road's paths from which on a regime is a part of the road."""
RAISED = 1.2
"""How many times as common as in plain paths it must be."""
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
    chance : that one begins no later and lasts no shorter, with the other drivers as on the road.
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
        years bring the event about, and then the road is the mean one of its paths. ``beyond`` is the normal
        distribution's tail beyond it.
    step : when the event happens on it; ``when`` in its paths, 10, 50 and 90 percent.
    pushes : the drivers, farthest in standard deviations first. spells : the regimes on it.
    common : share of its paths, and of plain ones, in which each regime was on by the event, (R, 2).
    falls : tested firms that fall on it, with steps. fallen : share of its paths in which each tested firm falls.
    """

    share: float
    paths: int
    distance: float
    beyond: float
    step: int
    when: tuple[int, ...]
    pushes: tuple[Push, ...]
    spells: tuple[Spell, ...]
    common: Array
    falls: tuple[tuple[str, int], ...]
    fallen: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all roads of an event share."""

    compiled: Compiled
    drivers: Drivers
    chance: Uncertainty
    event: Event
    plain: Sample

    @property
    def processes(self) -> Processes:
        """Chance as arrays."""
        return self.chance.arrays

    @property
    def quarters(self) -> Array:
        """Quarters in each year, (Y,)."""
        steps = len(self.compiled.windows)
        return np.array([min(BLOCK, steps - q) for q in range(0, steps, BLOCK)], dtype=np.float64)

    def course(self, shift: Array, spells: Sequence[Spell]) -> Course:
        """Drivers that are pushed by these mean surprises, (S, Y), in quarters of usual size, with these regimes."""
        steps, regimes = len(self.compiled.windows), self.processes.begins.size
        surprises = np.repeat(shift, BLOCK, axis=1)[:, :steps, None]
        never = np.full((regimes, steps, 1), np.inf)
        course = course_of(self.processes, Draws(surprises, np.ones((steps, 1)), never, np.zeros_like(never)))
        on, harm = course.on.copy(), course.harm.copy()
        for spell in spells:
            during = slice(spell.begins, spell.begins + spell.quarters)
            on[spell.regime, during], harm[spell.regime, during] = True, spell.harm
        return replace(course, on=on, harm=harm)

    def path(self, course: Course) -> Path:
        """The single path of a course."""
        world, firm = lay(self.processes, course, self.drivers.world, self.drivers.firm)
        return simulate(self.compiled.model, replace(self.drivers, world=world, firm=firm), ledger=False)


def roads_of(
    compiled: Compiled, scenario: Scenario, chance: Uncertainty, event: Event, inside: Weighed, plain: Sample
) -> tuple[Road, ...]:
    """The roads on which an event comes about, the commonest first.

    Parameters
    ----------
    inside : paths of the event with their weights. plain : paths as chance draws them.
    """
    ground = Ground(compiled, drivers_for(compiled, scenario), chance, event, plain)
    group = road_groups.groups(inside, plain)
    whole = inside.weights.sum()
    found = [inside.of(group == k) for k in np.unique(group)]
    roads = [_road(ground, mine, float(mine.weights.sum() / whole)) for mine in found]
    return tuple(sorted(roads, key=lambda road: -road.share))


def _road(ground: Ground, mine: Weighed, share: float) -> Road:
    common, spells = _regimes(ground, mine)
    # With the regimes that its paths had and without any: what is likelier, the surprises and the regimes together.
    shift, spells = max(
        (_searched(ground, mine, tried) for tried in ((), spells)[: 1 + bool(spells)]),
        key=lambda found: _plausible(ground, *found),
    )
    distance = float(np.sqrt((ground.quarters * shift**2).sum()))
    if math.isinf(distance):
        shift = fitted(mine, ground.quarters).shift
    course = ground.course(shift, spells)
    path = ground.path(course)
    step = ground.event.of_path(path)[1]
    tested = ground.compiled.opening.full
    falls = [(n, int(path.fell[ground.compiled.place[n]])) for n in tested]
    fallen = np.average(mine.sample.fell, axis=0, weights=mine.weights)
    return Road(
        share=share,
        paths=mine.weights.size,
        distance=distance,
        beyond=math.erfc(distance / math.sqrt(2.0)) / 2.0,
        step=step,
        when=tuple(int(x) for x in _quantiles(mine.sample.step.astype(np.float64), mine.weights)),
        pushes=_pushes(ground, course, step, mine),
        spells=tuple(replace(s, chance=_spell_chance(ground, course, s)) for s in spells),
        common=common,
        falls=tuple(sorted((f for f in falls if f[1] != FOREVER), key=lambda f: f[1])),
        fallen=tuple(sorted(zip(tested, fallen.tolist(), strict=True), key=lambda f: -f[1])),
    )


def _regimes(ground: Ground, mine: Weighed) -> tuple[Array, tuple[Spell, ...]]:
    """How common each regime is by the event, and those that make the road, where they usually lie."""
    sample, steps = mine.sample, len(ground.compiled.windows)
    share = mine.weights / mine.weights.sum()
    before = np.arange(steps) <= sample.step[:, None]
    on = sample.on & before[:, None, :]
    by_step = np.stack([ground.plain.on[:, :, : q + 1].any(axis=2).mean(axis=0) for q in range(steps)])
    common = np.stack([np.einsum("n,nr->r", share, on.any(axis=2)), share @ by_step[sample.step]], axis=1)
    spells = []
    for r in np.flatnonzero((common[:, 0] >= COMMON) & (common[:, 0] >= RAISED * common[:, 1])):
        had = on[:, r].any(axis=1)
        last = steps - 1 - on[had, r, ::-1].argmax(axis=1)
        quarters, harm = on[had, r].sum(axis=1), sample.harm[np.flatnonzero(had), r, last]
        begins = _middle((last - quarters + 1).astype(np.float64), mine.weights[had])
        length = _middle(quarters.astype(np.float64), mine.weights[had])
        spells.append(Spell(int(r), max(int(begins), 0), int(length), _middle(harm, mine.weights[had]), 1.0))
    return common, tuple(spells)


def _searched(ground: Ground, mine: Weighed, spells: tuple[Spell, ...]) -> tuple[Array, tuple[Spell, ...]]:
    """The smallest mean surprises, (S, Y), that bring about the event with these regimes; infinite for none."""
    scale = np.sqrt(ground.quarters)
    shape = (mine.sample.sums.shape[1], scale.size)

    def score(point: Array) -> float:
        return ground.event.of_path(ground.path(ground.course(point.reshape(shape) / scale, spells)))[0]

    found = nearest(score, (fitted(mine, ground.quarters).shift * scale).reshape(-1))
    shift = np.full(shape, np.inf) if found is None else found.point.reshape(shape) / scale
    return shift, spells


def _plausible(ground: Ground, shift: Array, spells: Sequence[Spell]) -> float:
    """Logarithm of the tail beyond the surprises times the chances of the regimes."""
    from scipy.special import log_ndtr

    if not np.isfinite(shift).all():
        return -math.inf
    course = ground.course(shift, spells)
    distance = float(np.sqrt((ground.quarters * shift**2).sum()))
    return float(log_ndtr(-distance)) + sum(math.log(_spell_chance(ground, course, s)) for s in spells)


def _spell_chance(ground: Ground, course: Course, spell: Spell) -> float:
    """Chance that a regime begins no later than a spell and lasts no shorter, along a course without it."""
    lasts = (1.0 - float(ground.processes.ends[spell.regime])) ** (spell.quarters - 1)
    begins = np.minimum(course.chance[spell.regime, : spell.begins + 1, 0], 1.0)
    return float(1.0 - np.prod(1.0 - begins * lasts))


def _pushes(ground: Ground, course: Course, step: int, mine: Weighed) -> tuple[Push, ...]:
    """Every driver that strays, farthest first."""
    processes, nodes = ground.processes, ground.compiled.nodes
    common = processes.driver.size
    least = np.concatenate([processes.least, processes.firm_least])
    most = np.concatenate([processes.most, processes.firm_most])
    spread = ground.plain.strayed.std(axis=0)
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


def _middle(values: Array, weights: Array) -> float:
    """Weighted median."""
    return _quantiles(values, weights)[1]
