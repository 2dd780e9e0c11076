"""Chance over a scenario: which drivers stray, how far, together with what, and why; ready for the kernel.

The plan with its scenario is the median path: deviations are symmetric in the logarithm (in basis points for rates)
around it. Bounds of a deviation leave the median where it is and move the mean. Regimes are no such thing: stalls,
shut windows and delays only hurt, so on average a run lies below its plan. One chi square a quarter is shared by all
surprises, those of single firms too: bad quarters are bad for all.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Book, Layer
from cardhouse.book.faults import near, shown
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import DRIVERS, FIRM_DRIVERS, WORLD_DRIVERS, Blend
from cardhouse.economy.kernel.processes import Processes
from cardhouse.economy.run import planned_ai_revenue
from cardhouse.economy.uncertain_file import read_file
from cardhouse.economy.uncertain_measured import MEASURES
from cardhouse.economy.uncertain_records import Chances, Correlation, Number, Process, Regime
from cardhouse.errors import InputError, ScenarioError, UnknownName

__all__ = [
    "Correlation",
    "Number",
    "Process",
    "Regime",
    "Uncertainty",
    "changed",
    "laboratories",
    "shipped_file",
    "uncertainty",
    "without_chance",
]

ERRORS = 2.0
"""Standard errors of a measured volatility between its central value and its low and high."""
LEAST_PART = 0.25
"""A measured volatility is at least this part of itself at its low."""
NAMED = 0.1
"""Weight in the direction of negative variance from which on a process is named for it."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Chances for one network.

    Attributes
    ----------
    chances : processes, regimes, correlations and the common tail, each number with range, reason and origin.
    nodes : ids in the order of the arrays; ``laboratories`` those whose own share of demand strays.
    arrays : for :func:`cardhouse.economy.kernel.draws.draw_drivers`, at the central value of every number.
    """

    chances: Chances
    nodes: tuple[str, ...]
    laboratories: tuple[str, ...]
    arrays: Processes

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number that may be changed, in the order of the file."""
        chances = self.chances
        found = [chances.degrees]
        for process in chances.processes:
            found += [process.volatility, process.persistence]
        for regime in chances.regimes:
            found += [regime.begins, regime.ends]
        return (*found, *(pair.value for pair in chances.correlations))


def shipped_file() -> Path:
    """The file of chances that comes with the program: a pattern for one's own."""
    return Path(str(files("cardhouse").joinpath("economy", "uncertainty.toml")))


def laboratories(compiled: Compiled) -> tuple[str, ...]:
    """Nodes that sell models and plan AI revenue: those with a share of end demand to win or lose."""
    plans = planned_ai_revenue(compiled)
    return tuple(
        node
        for i, node in enumerate(compiled.nodes)
        if compiled.opening.firm(node).layer is Layer.MODEL and bool((plans[i] > 0.0).any())
    )


def uncertainty(
    book: Book, *, nodes: Sequence[str], laboratories: Sequence[str], file: Path | None = None
) -> Uncertainty:
    """Read a file of chances, and measure in the book what it asks the book for.

    Parameters
    ----------
    book : as known on one day (:meth:`Book.as_of`).
    nodes : ids of the network's nodes in the order of its arrays.
    laboratories : which of them have a share of demand of their own; see :func:`laboratories`.
    file : a TOML file like :func:`shipped_file`, which is taken where nothing is said.

    Raises
    ------
    ScenarioError : the file has faults, all listed with file and line; or no such correlations can be.
    InputError : a laboratory that is no node.
    """
    strangers = [name for name in laboratories if name not in nodes]
    if strangers:
        raise InputError(
            f"{', '.join(strangers)} cannot be laboratories of this network; expected some of its nodes: "
            f"{', '.join(nodes)}; leave them out"
        )
    chances = _measured(book, read_file(shipped_file() if file is None else file))
    return Uncertainty(chances, tuple(nodes), tuple(laboratories), _arrays(chances, nodes, laboratories))


def changed(chance: Uncertainty, number: str, value: float) -> Uncertainty:
    """The same chances with one number changed, for instance ``changed(chance, "demand.volatility", 0.08)``.

    Raises
    ------
    UnknownName : no number has that id.
    InputError : the value lies outside the number's low and high.
    ScenarioError : no such correlations can be.
    """
    known = {n.id: n for n in chance.numbers}
    if number not in known:
        hint = near(number, known) or f"known are {', '.join(known)}"
        raise UnknownName(f"no number of chance is called {shown(number)}; expected one of its file; {hint}")
    old = known[number]
    if not old.low <= value <= old.high:
        raise InputError(f"{number} of {value:g}; expected {old.low:g} to {old.high:g}; widen it in {old.where}")
    chances = _with(chance.chances, replace(old, central=value))
    return replace(chance, chances=chances, arrays=_arrays(chances, chance.nodes, chance.laboratories))


def without_chance(chance: Uncertainty) -> Uncertainty:
    """The same chances with every volatility and every chance to begin at nothing: the scenario itself."""
    calm = chance.arrays._replace(
        volatility=np.zeros_like(chance.arrays.volatility),
        firm_volatility=np.zeros_like(chance.arrays.firm_volatility),
        begins=np.zeros_like(chance.arrays.begins),
    )
    return replace(chance, arrays=calm)


def _with(chances: Chances, new: Number) -> Chances:
    """Chances with the number of the same id replaced."""

    def take(old: Number) -> Number:
        return new if old.id == new.id else old

    return replace(
        chances,
        degrees=take(chances.degrees),
        processes=tuple(
            replace(p, volatility=take(p.volatility), persistence=take(p.persistence)) for p in chances.processes
        ),
        regimes=tuple(replace(r, begins=take(r.begins), ends=take(r.ends)) for r in chances.regimes),
        correlations=tuple(replace(c, value=take(c.value)) for c in chances.correlations),
    )


def _measured(book: Book, chances: Chances) -> Chances:
    """Chances with what the book measures in place of the file's numbers."""
    for process in chances.processes:
        if not process.measure:
            continue
        found = MEASURES[process.measure](book, process.persistence.central if process.cumulates else 0.0)
        if not found.usable:
            continue
        margin = ERRORS * found.error
        number = replace(
            process.volatility,
            low=found.value * max(1.0 - margin, LEAST_PART),
            central=found.value,
            high=found.value * (1.0 + margin),
            origin=f"book:{process.measure}",
            observations=found.observations,
        )
        chances = _with(chances, number)
    return chances


def _arrays(chances: Chances, nodes: Sequence[str], labs: Sequence[str]) -> Processes:
    """Arrays for the kernel at the central values."""
    common = [p for p in chances.processes if not DRIVERS[p.driver].per_firm]
    alone = [(p, node) for p in chances.processes if DRIVERS[p.driver].per_firm for node in labs]
    names = [p.driver for p in common]
    regimes = chances.regimes
    slopes = np.zeros((len(regimes), len(common)))
    for r, regime in enumerate(regimes):
        for name, slope in regime.moved_by:
            slopes[r, names.index(name)] = slope
    return Processes(
        driver=_whole([WORLD_DRIVERS.index(name) for name in names]),
        adds=_adds(names),
        volatility=_real([p.volatility.central for p in common]),
        persistence=_real([p.persistence.central for p in common]),
        keeps=_real([float(p.cumulates) for p in common]),
        least=_real([_deviation(p)[0] for p in common]),
        most=_real([_deviation(p)[1] for p in common]),
        low=_real([DRIVERS[name].low for name in names]),
        high=_real([DRIVERS[name].high for name in names]),
        factor=_factor(chances, names),
        degrees=_whole([round(chances.degrees.central)]),
        regime_driver=_whole([WORLD_DRIVERS.index(r.driver) for r in regimes]),
        regime_adds=_adds([r.driver for r in regimes]),
        begins=_real([r.begins.central for r in regimes]),
        ends=_real([r.ends.central for r in regimes]),
        severity=_real([r.severity for r in regimes]).reshape(-1, 3),
        moved_by=slopes,
        regime_low=_real([DRIVERS[r.driver].low for r in regimes]),
        regime_high=_real([DRIVERS[r.driver].high for r in regimes]),
        firm_driver=_whole([FIRM_DRIVERS.index(p.driver) for p, _ in alone]),
        firm_node=_whole([list(nodes).index(node) for _, node in alone]),
        firm_name=_whole([name_number(node) for _, node in alone]),
        firm_volatility=_real([p.volatility.central for p, _ in alone]),
        firm_persistence=_real([p.persistence.central for p, _ in alone]),
        firm_least=_real([_deviation(p)[0] for p, _ in alone]),
        firm_most=_real([_deviation(p)[1] for p, _ in alone]),
        firm_low=_real([DRIVERS[p.driver].low for p, _ in alone]),
        firm_high=_real([DRIVERS[p.driver].high for p, _ in alone]),
    )


def _deviation(process: Process) -> tuple[float, float]:
    """Bounds of a process's deviation: in the logarithm where the driver multiplies."""
    least, most = process.bounds
    if DRIVERS[process.driver].blend is Blend.PLUS:
        return least, most
    return (math.log(least) if least > 0.0 else -math.inf), math.log(most)


def name_number(node: str) -> int:
    """A number of 63 bits for a firm's id, so that it draws the same whatever other firms are in the book."""
    return int.from_bytes(hashlib.sha256(node.encode()).digest()[:8], "little") >> 1


def _factor(chances: Chances, names: Sequence[str]) -> NDArray[np.float64]:
    """Lower triangle of the correlations (Cholesky), (P, P)."""
    matrix = np.eye(len(names))
    for pair in chances.correlations:
        i, j = names.index(pair.one), names.index(pair.other)
        matrix[i, j] = matrix[j, i] = pair.value.central
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64) if names else matrix
    except np.linalg.LinAlgError:
        pass
    weights = np.linalg.eigh(matrix)[1][:, 0]
    involved = [name for name, weight in zip(names, weights, strict=True) if abs(weight) > NAMED]
    lines = [c.where for c in chances.correlations if c.one in involved and c.other in involved]
    raise ScenarioError(
        f"{lines[0]}: correlation: {', '.join(involved)} cannot be correlated like this: some mix of them would have "
        f"no or negative variance; expected a positive definite matrix; bring those on lines "
        f"{', '.join(str(where.line) for where in lines)} nearer to 0"
    )


def _adds(names: Sequence[str]) -> NDArray[np.int64]:
    return _whole([int(DRIVERS[name].blend is Blend.PLUS) for name in names])


def _whole(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _real(values: Sequence[object]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)
