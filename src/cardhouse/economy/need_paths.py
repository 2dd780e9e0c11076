"""Who stands at which level of a driver: the plan alone, and many paths that share their chance at every level."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Where
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.many.setup import Setup
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.need_search import standard_error
from cardhouse.economy.run import drivers_for, shocks_of, simulate
from cardhouse.economy.scenario import Scenario, Shape, Shock
from cardhouse.errors import InputError

Stands = NDArray[np.bool_]
Progress = Callable[[int, int], None]
HERE = Where("need", 1)
STANDS = -1
"""What the recorder holds of a firm that goes on to the end."""
PIECE = 8192
"""Paths whose outcomes a thread holds at a time, so that memory does not grow with their number."""
Piece = tuple[Stands, NDArray[np.float64], NDArray[np.int64]]
"""Who goes on, (P, F); causes summed over failures, (F, causes); and how many failed, (F,)."""


def level(driver: str, factor: float) -> Scenario:
    """The scenario that multiplies a driver with a factor from the first quarter to the end."""
    shock = Shock(driver, Shape.LEVEL, (factor,), HERE)
    return replace(BASELINE, name=f"{driver}-{factor:g}", title=f"{driver} times {factor:g}", shocks=(shock,))


class Futures(Protocol):
    """Many paths at any factor of a driver, the same paths at every factor."""

    @property
    def firms(self) -> tuple[str, ...]:
        """Firms that may fall, in the order of columns."""
        ...

    def stands(self, factor: float) -> Stands:
        """Which firms go on to the end, (P, F)."""
        ...

    def causes(self, factor: float) -> NDArray[np.float64]:
        """What was missing at falls, shares by firm, (F, causes); a row of zeros for a firm that never falls."""
        ...

    def error(self, stood: Stands) -> float:
        """Standard error of a share of paths."""
        ...


@dataclass(frozen=True)
class DrawnFutures:
    """Paths of a setup at any factor of a driver; what was run once is kept.

    Attributes
    ----------
    setup : of the book without a scenario.
    paths : how many, the first ones of the setup's seed.
    """

    compiled: Compiled
    setup: Setup
    driver: str
    paths: int
    told: Callable[[int], None] = lambda _: None
    _kept: dict[float, tuple[Stands, NDArray[np.float64]]] = field(default_factory=dict)

    @property
    def firms(self) -> tuple[str, ...]:
        """Full firms of the book."""
        return tuple(self.setup.nodes[i] for i in self.setup.full)

    def stands(self, factor: float) -> Stands:
        """Which firms go on to the end, (P, F)."""
        return self._at(factor)[0]

    def causes(self, factor: float) -> NDArray[np.float64]:
        """What was missing at falls, shares by firm, (F, causes)."""
        return self._at(factor)[1]

    def error(self, stood: Stands) -> float:
        """Standard error of a share of paths, by clusters where assumptions are drawn too."""
        opening = np.arange(stood.size) // LANES % self.setup.turns
        return standard_error(stood, np.asarray(opening, dtype=np.int64))

    def _at(self, factor: float) -> tuple[Stands, NDArray[np.float64]]:
        if factor not in self._kept:
            drivers = drivers_for(self.compiled, level(self.driver, factor))
            setup = replace(self.setup, shocks=shocks_of(drivers))
            stands, missing, failures = zip(*_pieces(setup, self.paths), strict=True)
            shares = np.sum(missing, axis=0) / np.maximum(np.sum(failures, axis=0), 1)[:, None]
            self._kept[factor] = np.concatenate(stands), shares
            self.told(len(self._kept))
        return self._kept[factor]


def _pieces(setup: Setup, paths: int) -> Iterator[Piece]:
    """Run the paths piece by piece on threads of this process: compiled code holds no lock of the interpreter."""
    threads = os.cpu_count() or 1
    share = min(-(-paths // (threads * LANES)) * LANES, PIECE)
    ranges = [(first, min(share, paths - first)) for first in range(0, paths, share)]

    def piece(part: tuple[int, int]) -> Piece:
        found = Worker(setup).run(*part)
        return found.fell[:, setup.full] == STANDS, found.causes[setup.full], found.failures[setup.full]

    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(piece, ranges)


def stands_in_plan(compiled: Compiled, driver: str, factor: float) -> Stands:
    """Which full firms go on to the end of the single path without chance, (F,)."""
    path = simulate(compiled.model, drivers_for(compiled, level(driver, factor)), ledger=False)
    full = [compiled.place[n] for n in compiled.opening.full]
    return np.asarray(path.fell[full] == FOREVER)


def checked_paths(paths: int) -> int:
    """The number of paths, or an error that says what is possible."""
    least = 16 * LANES
    if paths < least:
        raise InputError(f"{paths} paths; expected at least {least}; say for example --paths 4096")
    return paths


def columns(firms: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Columns of some firms."""
    return [list(firms).index(name) for name in wanted]
