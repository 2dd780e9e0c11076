"""What an outcome may depend on, and a setup with each of it at its low and at its high.

Three sorts of inputs: assumptions of the book, numbers of the chances (volatility, persistence, hazards,
correlations), and the drivers themselves, moved for the whole run by one standard deviation of what they stray over it
on average.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption, Book
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import DRIVERS, FIRM_DRIVERS, WORLD_DRIVERS, Blend
from cardhouse.economy.kernel.processes import Processes
from cardhouse.economy.many.drawn import course_of, draws_of
from cardhouse.economy.many.setup import Setup
from cardhouse.economy.recompiled import compiled_book, with_centrals
from cardhouse.economy.run import RunChoices
from cardhouse.economy.uncertain import Uncertainty, changed
from cardhouse.errors import BookError

Array = NDArray[np.float64]
LOW, HIGH = -1, 1
"""Ends of an input."""
SAMPLED, PIECE = 10_000, 2000
"""Paths that say how far the drivers stray, and how many of them are drawn at a time."""
APART = 1 << 40
"""The first of these paths, beyond those of any run: the error of an end is independent of that of an effect."""
STEP = 0.1
"""How far a driver is moved that chance does not move: by a tenth of an index, or by so much where it adds."""

FRACTION = "fraction"
"""Unit of a chance, and of a surprise in the logarithm of an index, of a quarter each."""
NUMBERS = {
    "begins": "chance to begin",
    "ends": "chance to end",
    "value": "correlation",
    "degrees": "degrees of freedom",
}
"""Names of numbers of the chances whose key says too little."""


class Sort(StrEnum):
    """What sort of input."""

    ASSUMPTION = "assumption"
    CHANCE = "chance"
    DRIVER = "driver"


class Moved(StrEnum):
    """How an input gets to its ends; the value is what a reader is told of it."""

    POSITION = "assumption at its low and its high"
    COMPILED = "assumption at its low and its high; the model has other ties or quarters there"
    NUMBER = "number of the chances at its low and its high"
    DEVIATION = "driver moved by one standard deviation"
    STEP = "driver without chance, moved by a tenth"


@dataclass(frozen=True, slots=True)
class Input:
    """One input.

    Attributes
    ----------
    id : of the assumption (its row in the book), of the number, or of the driver (``share:openai`` for a firm's).
    name, subject : what it is, and whose.
    low, central, high : values; for a driver what it is multiplied with or what is added.
    place : of an assumption of the spread, in its order; else -1.
    unsure : standard error of how far a driver is moved, as a part of that; 0 where the ends are given.
    """

    id: str
    sort: Sort
    moved: Moved
    name: str
    subject: str
    low: float
    central: float
    high: float
    unit: str
    reason: str
    place: int = -1
    unsure: float = 0.0


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far a driver is moved: what its ends multiply or add, and the standard error of that as a part of it."""

    down: float
    up: float
    unsure: float


@dataclass(frozen=True, slots=True)
class Basis:
    """What all inputs are at their centre of; the spread of the setup knows every assumption that is not held."""

    book: Book
    choices: RunChoices
    compiled: Compiled
    chance: Uncertainty
    setup: Setup


@dataclass(frozen=True, slots=True)
class Variant:
    """A setup with one input at an end; ``given`` is the place and position of an assumption of its spread."""

    setup: Setup
    given: tuple[int, float] | None = None


def inputs_of(basis: Basis) -> tuple[Input, ...]:
    """Every input: assumptions in the order of the book, numbers of the chances, drivers."""
    return (*_assumptions(basis), *_numbers(basis.chance), *_drivers(basis))


def _assumptions(basis: Basis) -> Iterator[Input]:
    spread = basis.setup.spread
    if spread is None:
        return
    for place, row in enumerate(spread.assumptions):
        yield _assumption(row, Moved.POSITION, place)
    for held in spread.held:
        yield _assumption(held.row, Moved.COMPILED, -1)


def _assumption(row: Assumption, moved: Moved, place: int) -> Input:
    values = row.low, row.central, row.high
    return Input(row.id, Sort.ASSUMPTION, moved, row.name, row.subject, *values, row.unit, row.reason, place)


def _numbers(chance: Uncertainty) -> Iterator[Input]:
    chances = chance.chances
    subjects, units = {chances.degrees.id: "common tail"}, {}
    for process in chances.processes:
        subjects |= {number.id: process.driver for number in (process.volatility, process.persistence)}
        driver = DRIVERS[process.driver]
        units[process.volatility.id] = driver.unit if driver.blend is Blend.PLUS else FRACTION
    for regime in chances.regimes:
        subjects |= {number.id: regime.title for number in (regime.begins, regime.ends)}
        units |= {number.id: FRACTION for number in (regime.begins, regime.ends)}
    subjects |= {pair.value.id: f"{pair.one} and {pair.other}" for pair in chances.correlations}
    for number in chance.numbers:
        if number.low < number.high:
            key = number.id.rpartition(".")[2]
            values = number.low, number.central, number.high
            subject, name = subjects[number.id].replace("_", " "), NUMBERS.get(key, key)
            unit = units.get(number.id, "")
            yield Input(number.id, Sort.CHANCE, Moved.NUMBER, name, subject, *values, unit, number.reason)


def _drivers(basis: Basis) -> Iterator[Input]:
    """Drivers that stray, then those that do not; a life and an elasticity are assumptions of the book already."""
    deviations = deviations_of(basis.chance.arrays, basis.setup)
    for name, moved in deviations.items():
        yield _driver(basis.setup, name, Moved.DEVIATION, moved)
    for name in WORLD_DRIVERS:
        driver = DRIVERS[name]
        if name not in deviations and driver.blend in (Blend.TIMES, Blend.PLUS):
            centre = 0.0 if driver.blend is Blend.PLUS else 1.0
            yield _driver(basis.setup, name, Moved.STEP, Deviation(centre - STEP, centre + STEP, 0.0))


def _driver(setup: Setup, name: str, moved: Moved, ends: Deviation) -> Input:
    """A driver with its moves; one that its bounds do not let through is none."""
    driver, _, firm = name.partition(":")
    neutral = 0.0 if DRIVERS[driver].blend is Blend.PLUS else 1.0
    low, high = (value if _moves(setup, name, value) else neutral for value in (ends.down, ends.up))
    known = DRIVERS[driver]
    return Input(
        id=name,
        sort=Sort.DRIVER,
        moved=moved,
        name=known.meaning,
        subject=firm,
        low=low,
        central=neutral,
        high=high,
        unit=known.unit,
        reason=moved.value,
        unsure=ends.unsure,
    )


def deviations_of(processes: Processes, setup: Setup) -> dict[str, Deviation]:
    """How far each driver strays on average over the run: what one standard deviation of that multiplies or adds.

    A driver is moved in all quarters alike, so it is moved by what its average over the quarters strays, which is less
    than what a single quarter does. An index that strays is multiplied with the exponential of a standard deviation of
    its logarithm. One that only regimes touch is moved to the side to which they move it; chance never gives the other.
    """
    strayed, hurt = _averages(processes, setup.seed, setup.shocks.world.shape[1])
    common, out = processes.driver.size, {}
    for p, row in enumerate(processes.driver):
        wide, unsure = _spread_of(strayed[p])
        ends = (-wide, wide) if processes.adds[p] else (np.exp(-wide), np.exp(wide))
        out[WORLD_DRIVERS[row]] = Deviation(float(ends[0]), float(ends[1]), unsure)
    for r, row in enumerate(processes.regime_driver):
        wide, unsure = _spread_of(hurt[r])
        centre = 0.0 if processes.regime_adds[r] else 1.0
        below = hurt[r].mean() < centre
        ends = (centre - wide, centre) if below else (centre, centre + wide)
        out.setdefault(WORLD_DRIVERS[row], Deviation(ends[0], ends[1], unsure))
    for g, (row, node) in enumerate(zip(processes.firm_driver, processes.firm_node, strict=True)):
        wide, unsure = _spread_of(strayed[common + g])
        out[f"{FIRM_DRIVERS[row]}:{setup.nodes[node]}"] = Deviation(float(np.exp(-wide)), float(np.exp(wide)), unsure)
    return {name: moved for name, moved in out.items() if moved.down < moved.up}


def _averages(processes: Processes, seed: int, steps: int) -> tuple[Array, Array]:
    """Averages over the quarters of paths drawn for this alone: of deviations (S, P), and of what regimes do (R, P)."""
    least, most = (
        np.concatenate(bounds)[:, None, None]
        for bounds in ((processes.least, processes.firm_least), (processes.most, processes.firm_most))
    )
    neutral = np.where(processes.regime_adds, 0.0, 1.0)[:, None, None]
    strayed: list[Array] = []
    hurt: list[Array] = []
    for first in range(APART, APART + SAMPLED, PIECE):
        course = course_of(processes, draws_of(processes, seed, first, PIECE, steps))
        strayed.append(np.clip(course.strayed, least, most).mean(axis=1))
        hurt.append(np.where(course.on, course.harm, neutral).mean(axis=1))
    return np.concatenate(strayed, axis=1), np.concatenate(hurt, axis=1)


def _spread_of(averages: Array) -> tuple[float, float]:
    """Standard deviation of independent numbers, and its own standard error as a part of it.

    References
    ----------
    Kendall and Stuart (1977), The Advanced Theory of Statistics, volume 1, section 10.8: to first order the root of
    (kurtosis - 1) / 4n.
    """
    away = averages - averages.mean()
    square = float(np.square(away).mean())
    if square == 0.0:
        return 0.0, 0.0
    kurtosis = float((away**4).mean()) / square**2
    return float(np.sqrt(square)), float(np.sqrt((kurtosis - 1.0) / (4.0 * averages.size)))


def variant_at(basis: Basis, asked: Input, end: int) -> Variant:
    """The setup with an input at its low (-1) or its high (1).

    Raises
    ------
    BookError : the model of an assumption at its end has other firms, so that it cannot be compared.
    ScenarioError : no such correlations can be.
    """
    value = asked.low if end == LOW else asked.high
    if value == asked.central:
        return Variant(basis.setup)
    if asked.moved is Moved.POSITION:
        return Variant(basis.setup, (asked.place, float(end)))
    if asked.moved is Moved.NUMBER:
        return Variant(replace(basis.setup, processes=changed(basis.chance, asked.id, value).arrays, spread=None))
    if asked.moved is Moved.COMPILED:
        return Variant(_recompiled(basis, asked, value))
    return Variant(_shifted(basis.setup, asked.id, value))


def _recompiled(basis: Basis, asked: Input, value: float) -> Setup:
    compiled = compiled_book(with_centrals(basis.book, {asked.id: value}), basis.choices)
    if compiled.nodes != basis.compiled.nodes or compiled.opening.full != basis.compiled.opening.full:
        raise BookError(
            f"{asked.id} at {value:g} gives a model of other firms; expected the same ones; leave it at its centre"
        )
    reorganises = basis.setup.model.nodes.reorganises
    nodes = compiled.model.nodes._replace(reorganises=reorganises)
    return replace(basis.setup, model=compiled.model._replace(nodes=nodes), spread=None)


def _shifted(setup: Setup, name: str, value: float) -> Setup:
    """The setup with a driver of the scenario moved in every quarter, inside its bounds."""
    driver, _, firm = name.partition(":")
    known = DRIVERS[driver]
    world, firms = setup.shocks.world.copy(), setup.shocks.firm.copy()
    series = firms[FIRM_DRIVERS.index(driver), setup.nodes.index(firm)] if firm else world[WORLD_DRIVERS.index(driver)]
    moved = series + value if known.blend is Blend.PLUS else series * value
    series[:] = np.clip(moved, known.low, known.high)
    return replace(setup, shocks=setup.shocks._replace(world=world, firm=firms), spread=None)


def _moves(setup: Setup, name: str, value: float) -> bool:
    shifted = _shifted(setup, name, value).shocks
    same = np.array_equal(shifted.world, setup.shocks.world) and np.array_equal(shifted.firm, setup.shocks.firm)
    return not same
