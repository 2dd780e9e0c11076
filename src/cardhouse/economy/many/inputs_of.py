"""What an outcome may depend on, and a setup with each of it at its low and at its high.

Three sorts of inputs: assumptions of the book, numbers of the chances (volatility, persistence, hazards,
correlations), and the drivers themselves, moved for the whole run by one standard deviation of what they stray by the
middle of it.
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
SAMPLED = 2000
"""Paths that say how far the drivers stray."""
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
    for name, (down, up) in deviations.items():
        yield _driver(basis.setup, name, Moved.DEVIATION, down, up)
    for name in WORLD_DRIVERS:
        driver = DRIVERS[name]
        if name not in deviations and driver.blend in (Blend.TIMES, Blend.PLUS):
            adds = driver.blend is Blend.PLUS
            yield _driver(basis.setup, name, Moved.STEP, -STEP if adds else 1.0 - STEP, STEP if adds else 1.0 + STEP)


def _driver(setup: Setup, name: str, moved: Moved, down: float, up: float) -> Input:
    """A driver with its moves; one that its bounds do not let through is none."""
    driver, _, firm = name.partition(":")
    neutral = 0.0 if DRIVERS[driver].blend is Blend.PLUS else 1.0
    ends = [value if _moves(setup, name, value) else neutral for value in (down, up)]
    unit = DRIVERS[driver].unit
    return Input(name, Sort.DRIVER, moved, DRIVERS[driver].meaning, firm, ends[0], neutral, ends[1], unit, moved.value)


def deviations_of(processes: Processes, setup: Setup) -> dict[str, tuple[float, float]]:
    """How far each driver strays by the middle of the run: what one standard deviation down and up multiply or add.

    An index that strays is multiplied with the exponential of a standard deviation of its logarithm. One that is only
    hurt in a regime is multiplied with 1 less, and 1 more, the standard deviation of what it is multiplied with.
    """
    steps = setup.shocks.world.shape[1]
    course = course_of(processes, draws_of(processes, setup.seed, 0, SAMPLED, steps))
    middle, common, out = steps // 2, processes.driver.size, {}
    for p, row in enumerate(processes.driver):
        wide = float(np.clip(course.strayed[p, middle], processes.least[p], processes.most[p]).std())
        out[WORLD_DRIVERS[row]] = (-wide, wide) if processes.adds[p] else (np.exp(-wide), np.exp(wide))
    for r, row in enumerate(processes.regime_driver):
        adds = bool(processes.regime_adds[r])
        hurt = np.where(course.on[r, middle], course.harm[r, middle], 0.0 if adds else 1.0)
        wide = float(hurt.std())
        out.setdefault(WORLD_DRIVERS[row], (-wide, wide) if adds else (1.0 - wide, 1.0 + wide))
    for g, (row, node) in enumerate(zip(processes.firm_driver, processes.firm_node, strict=True)):
        least, most = processes.firm_least[g], processes.firm_most[g]
        wide = float(np.clip(course.strayed[common + g, middle], least, most).std())
        out[f"{FIRM_DRIVERS[row]}:{setup.nodes[node]}"] = np.exp(-wide), np.exp(wide)
    return {name: (float(down), float(up)) for name, (down, up) in out.items() if down < up}


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
