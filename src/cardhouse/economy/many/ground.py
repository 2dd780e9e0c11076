"""What all roads to an event run over: candidates become drivers, run side by side, and are scored by the event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import Drivers
from cardhouse.economy.kernel.outcomes import Recorder
from cardhouse.economy.kernel.processes import BLOCK, Processes
from cardhouse.economy.many.drawn import Course, Draws, course_of, draws_of, lay, severities
from cardhouse.economy.many.events import Event
from cardhouse.economy.many.likeliest import Regimes
from cardhouse.economy.run import Path, simulate
from cardhouse.economy.uncertain import Uncertainty

Array = NDArray[np.float64]
Told = Callable[[Array, Array], Recorder]
"""Runs paths whose drivers are told: (K, Q, n) of the world and (F, N, Q, n) of firms."""

AROUND = 64
"""Paths that say how far a road holds when its quarters stray as usual."""
AROUND_SEED = 77


@dataclass(frozen=True, slots=True)
class Ground:
    """What all roads of an event share; a landscape for :func:`~cardhouse.economy.many.likeliest.likeliest`.

    Attributes
    ----------
    drivers : those of the scenario, which a road strays from.
    told : runs the candidates.
    around : what paths draw whose years are those of a road.
    """

    compiled: Compiled
    drivers: Drivers
    chance: Uncertainty
    event: Event
    told: Told
    around: Draws

    @property
    def processes(self) -> Processes:
        """Chance as arrays."""
        return self.chance.arrays

    @property
    def steps(self) -> int:
        """How many quarters."""
        return len(self.compiled.windows)

    @property
    def regimes(self) -> int:
        """How many regimes there are."""
        return int(self.processes.begins.size)

    @property
    def alike(self) -> int:
        """How many drivers stray."""
        return int(self.processes.driver.size + self.processes.firm_node.size)

    @property
    def quarters(self) -> Array:
        """Quarters in each year, (Y,); the last may have fewer than four."""
        return quarters_of(self.steps)

    @property
    def harm(self) -> Array:
        """What each regime does to its driver on a road: the middle of its severities, (R,)."""
        return severities(self.processes, np.full((self.regimes, 1, 1), 0.5))[:, 0, 0]

    def shifts(self, points: Array) -> Array:
        """Mean surprises of every quarter of a year, (n, S, Y), of points (n, S x Y) in standard deviations."""
        return points.reshape(points.shape[0], self.alike, -1) / np.sqrt(self.quarters)

    def points(self, sums: Array) -> Array:
        """Points (n, S x Y) of the surprises summed over each year, (n, S, Y)."""
        return (sums / np.sqrt(self.quarters)).reshape(sums.shape[0], -1)

    def course(self, points: Array, regimes: Sequence[Regimes]) -> Course:
        """Drivers of points whose surprises are the same in all quarters of a year, which are of usual size."""
        surprises = np.repeat(self.shifts(points), BLOCK, axis=2)[:, :, : self.steps].transpose(1, 2, 0)
        return self._with(surprises, np.ones((self.steps, points.shape[0])), regimes)

    def path(self, point: Array, regimes: Regimes) -> Path:
        """The single path of a point."""
        world, firm = lay(self.processes, self.course(point[None], [regimes]), self.drivers.world, self.drivers.firm)
        alone = replace(self.drivers, world=world[..., 0], firm=firm[..., 0])
        return simulate(self.compiled.model, alone, ledger=False)

    def scores(self, points: Array, regimes: Sequence[Regimes]) -> Array:
        """Scores of the event, (n,)."""
        return self._scores(self.course(points, regimes))

    def log_chances(self, points: Array, regimes: Sequence[Regimes]) -> Array:
        """Logarithm of the normal tail beyond each point times the chance of its regimes, (n,)."""
        from scipy.special import log_ndtr

        out = np.asarray(log_ndtr(-np.linalg.norm(points, axis=1)))
        if any(regimes):
            on = self._chances(self.course(points, [()] * points.shape[0]))
            for i, mine in enumerate(regimes):
                out[i] += sum(np.log(self._throughout(on[..., i], *spell)) for spell in mine)
        return out

    def spell_chances(self, point: Array, regimes: Regimes) -> list[float]:
        """Chance of each regime to be on in all quarters that the road says, with the drivers as on the road."""
        on = self._chances(self.course(point[None], [()]))[..., 0]
        return [self._throughout(on, *spell) for spell in regimes]

    def holds(self, point: Array, regimes: Regimes) -> float:
        """Share of paths in the event whose years and regimes are those of a point, half a path at least.

        Their quarters stray around the years' surprises, some of them wildly, as in all paths.
        """
        drawn, paths = self.around, self.around.tails.shape[-1]
        usual = drawn.surprises - _by_year(drawn.surprises)
        mine = np.repeat(self.shifts(point[None])[0], BLOCK, axis=1)[:, : self.steps, None]
        happened = self._scores(self._with(usual + mine, drawn.tails, [regimes] * paths)) >= 0.0
        return float(max(happened.mean(), 0.5 / paths))

    def _with(self, surprises: Array, tails: Array, regimes: Sequence[Regimes]) -> Course:
        """The course of surprises (S, Q, n) on which regimes are on when they are told to be."""
        never = np.full((self.regimes, self.steps, tails.shape[-1]), np.inf)
        course = course_of(self.processes, Draws(surprises, tails, never, np.zeros_like(never)))
        on, harm, severe = course.on.copy(), course.harm.copy(), self.harm
        for i, mine in enumerate(regimes):
            for spell in mine:
                during = slice(spell.begins, spell.begins + spell.quarters)
                on[spell.regime, during, i], harm[spell.regime, during, i] = True, severe[spell.regime]
        return replace(course, on=on, harm=harm)

    def _scores(self, course: Course) -> Array:
        return self.event.scores(self.told(*lay(self.processes, course, self.drivers.world, self.drivers.firm)))

    def _chances(self, course: Course) -> Array:
        """Chance of each regime to be on in each quarter, (R, Q, n)."""
        ends = self.processes.ends[:, None]
        on = np.zeros_like(course.chance)
        before = np.zeros_like(course.chance[:, 0])
        for q in range(self.steps):
            before = before * (1.0 - ends) + (1.0 - before) * course.chance[:, q]
            on[:, q] = before
        return on

    def _throughout(self, on: Array, regime: int, begins: int, quarters: int) -> float:
        """Chance that a regime is on in all of these quarters."""
        return float(on[regime, begins] * (1.0 - self.processes.ends[regime]) ** (quarters - 1))


def ground_of(compiled: Compiled, drivers: Drivers, chance: Uncertainty, event: Event, told: Told) -> Ground:
    """What all roads of an event share."""
    steps = len(compiled.windows)
    return Ground(compiled, drivers, chance, event, told, draws_of(chance.arrays, AROUND_SEED, 0, AROUND, steps))


def quarters_of(steps: int) -> Array:
    """Quarters in each year of so many; the last may have fewer than four."""
    return np.array([min(BLOCK, steps - q) for q in range(0, steps, BLOCK)], dtype=np.float64)


def _by_year(surprises: Array) -> Array:
    """The mean surprise of its year in each quarter, (S, Q, n)."""
    steps = surprises.shape[1]
    means = np.add.reduceat(surprises, np.arange(0, steps, BLOCK), axis=1) / quarters_of(steps)[:, None]
    return np.repeat(means, BLOCK, axis=1)[:, :steps]
