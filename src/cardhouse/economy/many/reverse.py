"""Work backwards: how probable an event is, and the likeliest roads to it.

Surprises of the drivers and the odds of regimes lean towards the event (:mod:`~cardhouse.economy.many.entropy`), the
probability comes from fresh paths weighed back (:mod:`~cardhouse.economy.many.importance`), and the roads from the
paths in the event (:mod:`~cardhouse.economy.many.road_groups`, :mod:`~cardhouse.economy.many.roads`). Assumptions are
all at their central values: an answer says what the drivers alone can do.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel.outcomes import Recorder
from cardhouse.economy.kernel.processes import BLOCK, Steering, no_steering
from cardhouse.economy.many import entropy, road_groups
from cardhouse.economy.many.drawn import Draws, course_of, draws_of
from cardhouse.economy.many.events import NEVER, Event
from cardhouse.economy.many.ground import ground_of, quarters_of
from cardhouse.economy.many.importance import Estimate, Lean, Sample, Weighed, by_quarter, joined, no_lean, weigh
from cardhouse.economy.many.roads import Road, roads_of
from cardhouse.economy.many.setup import Setup, set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import drivers_for
from cardhouse.economy.scenario import Scenario
from cardhouse.economy.uncertain import Uncertainty
from cardhouse.errors import InputError, NotConverged

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]

PIECE = 1024
"""Paths that a thread takes at a time."""
TRIED = 16_384
"""Paths of the event's mixture that say where its leans lie."""
LEAST_PATHS = 5000


@dataclass(frozen=True, slots=True)
class Reverse:
    """An event, its probability and the roads to it.

    Attributes
    ----------
    estimate : by importance sampling; ``plain`` by the plain paths of the first level, for comparison.
    levels : how many levels led to the event. drawn : how many paths were drawn in all.
    roads : the commonest first.
    """

    compiled: Compiled
    scenario: Scenario
    chance: Uncertainty
    event: Event
    estimate: Estimate
    plain: Estimate
    levels: int
    drawn: int
    roads: tuple[Road, ...]
    seed: int


class Engine:
    """Draws paths of a setup, with what they drew; see :class:`~cardhouse.economy.many.importance.Source`."""

    def __init__(self, setup: Setup, event: Event, *, threads: int, progress: Callable[[int], None]) -> None:
        self._setup, self._event, self.threads, self._progress = setup, event, threads, progress
        self._own = local()
        self.best = -np.inf
        """The highest score of a path so far."""

    @property
    def quarters(self) -> Array:
        """Quarters in each year, (Y,); the last may have fewer than four."""
        return quarters_of(self._setup.reference.shape[0])

    def calm(self) -> Lean:
        """The lean that leans nowhere."""
        processes = self._setup.processes
        alike = processes.driver.size + processes.firm_node.size
        return no_lean(alike, self.quarters.size, processes.regime_driver.size)

    def sample(self, first: int, count: int, lean: Lean) -> Sample:
        """Draw paths ``first`` to ``first + count - 1``."""
        pieces = [(b, min(PIECE, first + count - b)) for b in range(first, first + count, PIECE)]
        with ThreadPoolExecutor(self.threads) as pool:
            found = joined(list(pool.map(lambda piece: self._piece(piece[0], piece[1], lean), pieces)))
        self.best = max(self.best, float(found.score.max()))
        return found

    def told(self, world: Array, firm: Array) -> Recorder:
        """Run paths whose drivers are told; see :meth:`Worker.run_told`."""
        return self._worker.run_told(world, firm)

    @property
    def _worker(self) -> Worker:
        """That of the thread which asks."""
        if not hasattr(self._own, "worker"):
            self._own.worker = Worker(self._setup)
        worker: Worker = self._own.worker
        return worker

    def _piece(self, first: int, count: int, lean: Lean) -> Sample:
        setup = self._setup
        steps = setup.reference.shape[0]
        shift, odds = by_quarter(lean.shift, steps), by_quarter(lean.odds, steps)
        calm = no_steering(setup.processes, steps)
        recorder = self._worker.run(first, count, steering=Steering(shift=shift, tilt=odds, jump=calm.jump))
        draws = draws_of(setup.processes, setup.seed, first, count, steps)
        felt = draws.surprises + shift[..., None]
        course = course_of(setup.processes, Draws(felt, draws.tails, draws.events, draws.severities), odds)
        self._progress(count)
        return Sample(
            sums=np.add.reduceat(felt, np.arange(0, steps, BLOCK), axis=1).transpose(2, 0, 1),
            strayed=course.strayed.transpose(2, 0, 1),
            chance=course.chance.transpose(2, 0, 1),
            began=course.began.transpose(2, 0, 1),
            on=course.on.transpose(2, 0, 1),
            harm=course.harm.transpose(2, 0, 1),
            score=self._event.scores(recorder),
            step=self._event.steps(recorder),
            fell=recorder.fell[:, setup.full] != NEVER,
        )


def reverse(
    compiled: Compiled,
    scenario: Scenario,
    chance: Uncertainty,
    event: Event,
    *,
    paths: int,
    seed: int,
    progress: Progress | None = None,
) -> Reverse:
    """Work back from an event.

    Parameters
    ----------
    compiled : the calibrated model of a book (:func:`~cardhouse.economy.many.prepare.compiled_of`).
    scenario : what happens anyway; surprises come on top.
    chance : of the drivers (:func:`~cardhouse.economy.many.prepare.chance_of`).
    paths : fresh paths for the probability; finding where to lean takes 8,192 for each level and
        16,384 more beside them.
    progress : told how many paths are drawn of how many at most.

    Raises
    ------
    InputError : too few paths.
    ScenarioError : the scenario speaks of a firm that is not in the network.
    NotConverged : the event is out of reach, or a clearing did not settle.
    """
    if paths < LEAST_PATHS:
        raise InputError(f"{paths:,} paths; expected at least {LEAST_PATHS:,}; say for example --paths 40000")
    setup = set_up(compiled, scenario, chance, seed=seed)
    most = entropy.MOST_LEVELS * entropy.PATHS + TRIED + paths
    engine = Engine(setup, event, threads=_cores(), progress=_counted(progress, most))
    try:
        led = entropy.approach(engine)
    except NotConverged as error:
        raise NotConverged(f"{error}{event.nearest(engine.best)}") from None
    # Once more on a mixture that leans to every road, so that none is missed by the last.
    leans, shares = _leans(led.near, led.first, engine.quarters)
    tried = weigh(engine, led.paths, TRIED, leans, shares)
    leans, shares = _leans(tried.of(tried.sample.happened), led.first, engine.quarters)
    begin = led.paths + TRIED
    found = weigh(engine, begin, paths, leans, shares)
    ground = ground_of(compiled, drivers_for(compiled, scenario), chance, event, engine.told)
    inside = found.of(found.sample.happened)
    return Reverse(
        compiled=compiled,
        scenario=scenario,
        chance=chance,
        event=event,
        estimate=found.estimate,
        plain=led.plain,
        levels=led.levels,
        drawn=begin + found.weights.size,
        roads=roads_of(ground, inside, led.first, seed=seed, threads=engine.threads),
        seed=seed,
    )


def _leans(near: Weighed, plain: Sample, quarters: Array) -> tuple[list[Lean], list[float]]:
    """A lean to each road of an event, and one half as far, with how much of the event each is for.

    Paths of the event that a full lean makes hardly likelier would carry most of the weight; half leans draw them too.
    """
    road = road_groups.groups(near, plain)
    found = [near.of(road == k) for k in np.unique(road)]
    full = [entropy.fitted(mine, quarters) for mine in found]
    half = [Lean(0.5 * lean.shift, np.sqrt(lean.odds)) for lean in full]
    return [*full, *half], [float(mine.weights.sum()) for mine in found] * 2


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _counted(progress: Progress | None, most: int) -> Callable[[int], None]:
    """From pieces that are done to how many paths are done in all."""
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, most)

    return told
