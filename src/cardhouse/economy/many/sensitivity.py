"""What an outcome depends on most: every input at its low and at its high, on the same random numbers.

All other inputs stay at their centre meanwhile and every path draws the same drivers at both ends, so that most of
what chance does cancels in the difference of a path (common random numbers).

References
----------
Glasserman and Yao (1992), Some guidelines and guarantees for common random numbers, Management Science 38(6).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import local
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.outcomes import Recorder
from cardhouse.economy.kernel.processes import Steering
from cardhouse.economy.many import clusters
from cardhouse.economy.many.inputs_of import HIGH, LOW, Basis, Input, Variant, inputs_of, variant_at
from cardhouse.economy.many.outcomes_of import Outcome, Unit
from cardhouse.economy.many.setup import Setup
from cardhouse.economy.many.worker import Worker
from cardhouse.errors import BookError, InputError, NotConverged, ScenarioError

Array = NDArray[np.float64]
Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
PATHS = 2000
PIECE = 4000
"""Paths that are run together; a multiple of the lanes."""
ERRORS = 2.0
"""Standard errors from which on two numbers are told apart."""


class Runs(Protocol):
    """What runs paths: :class:`~cardhouse.economy.many.worker.Worker`."""

    def run(
        self, first: int, count: int, *, given: Array | None = None, raw: bool = False, steering: Steering | None = None
    ) -> Recorder:
        """Run paths of a setup."""
        ...


Employ = Callable[[Setup], Runs]
"""Makes what runs the paths of a setup, for one thread."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an input does to the mean of an outcome.

    Attributes
    ----------
    low, high : mean of the outcome with the input at its low and at its high.
    effect, error : high less low, and the standard error of that difference of the same paths, with that of the ends
        of a driver, which are estimated.
    below, below_error, above, above_error : low less centre, and high less centre.
    moved : share of the paths whose outcome differs between low and high.
    ranks : first and last rank that it may have, where effects within two standard errors are not told apart.
    """

    input: Input
    low: float
    high: float
    effect: float
    error: float
    below: float
    below_error: float
    above: float
    above_error: float
    moved: float
    ranks: tuple[int, int] = (0, 0)

    @property
    def moves(self) -> bool:
        """Whether it changes the outcome: on any path from its low to its high, or from the centre to both alike."""
        return bool(self.moved or self.below or self.above)

    @property
    def told_apart(self) -> bool:
        """Whether the effect is told apart from none."""
        return abs(self.effect) > ERRORS * self.error

    @property
    def one_way(self) -> bool:
        """Whether low and high move the outcome to different sides, or one of them not at all."""
        return self.below * self.above <= 0.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An input that could not be run at one of its ends, and why."""

    input: Input
    reason: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Effects by size; ``mean`` and ``error`` of the outcome with every input at its centre."""

    outcome: Outcome
    paths: int
    mean: float
    error: float
    effects: tuple[Effect, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def moving(self) -> tuple[Effect, ...]:
        """Effects of the inputs that change the outcome of any path."""
        return tuple(e for e in self.effects if e.moves)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Bounds of a probability where no path, or every path, has the outcome, with 95 % confidence; None elsewhere.

        They are those of :func:`~cardhouse.economy.many.clusters.bounds`: with every input at its centre all paths
        start from one opening and are independent.
        """
        unit = self.outcome.word.unit
        if unit in (Unit.FALLS, Unit.FIRMS) and self.mean == 0.0:
            return 0.0, clusters.bounds(0, self.paths)[1] or 1.0
        if unit is Unit.FALLS and self.mean == 1.0:
            return clusters.bounds(self.paths, self.paths)[0] or 0.0, 1.0
        return None


def ranking(
    basis: Basis,
    outcome: Outcome,
    *,
    paths: int = PATHS,
    employ: Employ = Worker,
    progress: Progress | None = None,
) -> Ranking:
    """Effects of every input on the mean of an outcome, the largest first.

    Parameters
    ----------
    paths : how many at each end; the first ones of the setup's seed.
    progress : told how many inputs are done of how many.

    Raises
    ------
    InputError : fewer than two paths.
    NotConverged, BookError : a path has no outcome with all inputs at their centre.
    """
    if paths < 2:
        raise InputError(f"{paths} paths; expected at least 2, for a standard error; say for example {PATHS}")
    asked = inputs_of(basis)
    centre = _run(employ(basis.setup), outcome, Variant(basis.setup), paths)
    effects: list[Effect] = []
    left_out: list[LeftOut] = []

    def at(variant: Variant, mine: Runs) -> Array:
        if variant.setup is basis.setup and variant.given is None:
            return centre
        runs = mine if variant.setup is basis.setup else employ(variant.setup)
        return _run(runs, outcome, variant, paths)

    def work(mine: Runs, one: Input) -> Effect | LeftOut:
        try:
            low, high = (at(variant_at(basis, one, end), mine) for end in (LOW, HIGH))
        except (BookError, NotConverged, ScenarioError) as error:
            return LeftOut(one, str(error))
        return effect_of(one, low, centre, high)

    for done, found in enumerate(on_threads(work, asked, lambda: employ(basis.setup)), 1):
        if isinstance(found, Effect):
            effects.append(found)
        else:
            left_out.append(found)
        if progress is not None:
            progress(done, len(asked))
    mean, error = _mean(centre)
    return Ranking(outcome, paths, mean, error, ranked(effects), tuple(left_out))


def _run(runs: Runs, outcome: Outcome, variant: Variant, paths: int) -> Array:
    """Outcomes of a variant, (P,)."""
    spread = variant.setup.spread
    given = None
    if variant.given is not None and spread is not None:
        place, position = variant.given
        given = np.zeros((min(paths, PIECE), len(spread.assumptions)))
        given[:, place] = position
    return in_pieces(
        lambda first, count: outcome.of(
            runs.run(first, count, given=None if given is None else given[:count], raw=outcome.raw)
        ),
        paths,
    )


def in_pieces(run: Callable[[int, int], Array], paths: int) -> Array:
    """Outcomes of paths run a piece at a time, so that memory does not grow with them, (P,)."""
    return np.concatenate([run(first, min(PIECE, paths - first)) for first in range(0, paths, PIECE)])


def effect_of(asked: Input, low: Array, centre: Array, high: Array) -> Effect:
    """The effect of an input from the outcomes of the same paths at its low, its centre and its high, (P,) each."""
    return Effect(
        asked,
        float(low.mean()),
        float(high.mean()),
        *_moved(high - low, asked),
        *_moved(low - centre, asked),
        *_moved(high - centre, asked),
        moved=float((high != low).mean()),
    )


def _moved(differences: Array, asked: Input) -> tuple[float, float]:
    """Mean of the differences of paths and its standard error.

    That of how far the input was moved comes from other paths; an effect is taken as proportional to it (the delta
    method).
    """
    mean, error = _mean(differences)
    return mean, float(np.hypot(error, mean * asked.unsure))


def _mean(values: Array) -> tuple[float, float]:
    """Mean of independent numbers and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))


def ranked(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Effects by size, each with the ranks between which it may lie.

    Two are told apart where their sizes differ by more than two standard errors of the difference, taken as if
    the two were independent.
    """
    order = sorted(effects, key=lambda e: (-abs(e.effect), e.input.id))
    size = np.array([abs(e.effect) for e in order])
    error = np.array([e.error for e in order])
    gap = size[:, None] - size[None, :]
    apart = ERRORS * np.hypot(error[:, None], error[None, :])
    larger, smaller = (gap < -apart).sum(axis=1), (gap > apart).sum(axis=1)
    return tuple(
        replace(e, ranks=(1 + int(more), len(order) - int(less)))
        for e, more, less in zip(order, larger, smaller, strict=True)
    )


def on_threads(
    work: Callable[[Runs, Item], Result], items: Sequence[Item], employ: Callable[[], Runs], *, threads: int = 0
) -> Iterator[Result]:
    """Do the same on items, on threads that each have their own worker; results come in the order of the items.

    Compiled code holds no lock of the interpreter. What is not begun is not done when the caller stops.
    """
    own = local()

    def do(item: Item) -> Result:
        if not hasattr(own, "worker"):
            own.worker = employ()
        return work(own.worker, item)

    pool = ThreadPoolExecutor(threads or cores())
    try:
        yield from pool.map(do, items)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
