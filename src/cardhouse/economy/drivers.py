"""Drivers: the quarterly series that a scenario moves, and from a scenario to arrays.

The vocabulary is the table :data:`DRIVERS`. Indices multiply when shocks meet, basis points, quarters and fractions
add, a life takes the shortest, an elasticity the last one given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Where
from cardhouse.book.faults import near, shown
from cardhouse.economy.scenario_records import BASELINE, Move, Scenario, Shape, Shock, reorganised
from cardhouse.errors import InputError, ScenarioError, UnknownName

__all__ = ["BASELINE", "DRIVERS", "FIRM_DRIVERS", "WORLD_DRIVERS", "Blend", "Driver", "Drivers", "drivers_of"]

Array = NDArray[np.float64]


class Blend(StrEnum):
    """What two shocks of one driver make together."""

    TIMES = "multiply"
    PLUS = "add"
    LEAST = "the smallest counts"
    LAST = "the last counts"


@dataclass(frozen=True, slots=True)
class Driver:
    """One word of the vocabulary; ``low`` and ``high`` bound what a shock may say and what shocks make together."""

    id: str
    unit: str
    baseline: float
    low: float
    high: float
    per_firm: bool
    blend: Blend
    meaning: str


def _world(name: str, unit: str, baseline: float, low: float, high: float, blend: Blend, meaning: str) -> Driver:
    return Driver(name, unit, baseline, low, high, per_firm=False, blend=blend, meaning=meaning)


def _index(name: str, low: float, high: float, meaning: str, *, per_firm: bool = False) -> Driver:
    return Driver(name, "index", 1.0, low, high, per_firm=per_firm, blend=Blend.TIMES, meaning=meaning)


def _window(name: str, meaning: str) -> Driver:
    return Driver(name, "share", 1.0, 0.0, 1.0, per_firm=False, blend=Blend.TIMES, meaning=meaning)


_ALL = (
    _index("demand", 0.0, 10.0, "end demand for AI services"),
    _index("rents", 0.01, 10.0, "market rent of computing"),
    _index("efficiency", 0.1, 1000.0, "tokens from one unit of computing"),
    _world("elasticity", "ratio", 0.0, 0.05, 3.0, Blend.LAST, "price elasticity of token volume; 0 is as assumed"),
    _index("token_price", 0.01, 10.0, "price of a token beyond what efficiency does to it"),
    _world("base_rate", "basis points", 0.0, -1000.0, 2000.0, Blend.PLUS, "added to the base rate"),
    _world("spread", "basis points", 0.0, -500.0, 3000.0, Blend.PLUS, "added to every borrower's spread"),
    _index("multiples", 0.01, 10.0, "market multiples"),
    _window("debt_window", "how far lenders lend: 1 is as assumed, 0 is shut"),
    _window("equity_window", "how far shares can be sold: 1 is as assumed, 0 is shut"),
    _world("delay", "quarters", 0.0, 0.0, 12.0, Blend.PLUS, "power and deliveries come later"),
    _index("spending", 0.0, 5.0, "planned capital spending beyond what is committed"),
    _index("growth", 0.0, 5.0, "growth of AI sales above zero, everybody's"),
    _index("subsidy", 0.0, 5.0, "tax rules and grants for capital spending; 0 is ended"),
    _index("export", 0.0, 5.0, "licensed exports of chips; 0 is banned"),
    _world("levy", "fraction", 0.0, 0.0, 1.0, Blend.PLUS, "part of licensed export revenue paid to the state"),
    _index("sovereign", 0.0, 10.0, "orders of states"),
    _world("life", "years", 0.0, 1.0, 20.0, Blend.LEAST, "economic life of short-lived plant; 0 is as in the accounts"),
    _index("share", 0.0, 10.0, "a laboratory's demand against its own baseline", per_firm=True),
    _index("supplier", 0.0, 10.0, "a supplier's share of its customers' accelerator spending", per_firm=True),
    _index("price", 0.05, 5.0, "a supplier's price for the same chips", per_firm=True),
)

DRIVERS: Mapping[str, Driver] = {driver.id: driver for driver in _ALL}
"""The vocabulary by id."""

WORLD_DRIVERS = tuple(driver.id for driver in _ALL if not driver.per_firm)
"""Ids of the rows of :attr:`Drivers.world`."""

FIRM_DRIVERS = tuple(driver.id for driver in _ALL if driver.per_firm)
"""Ids of the rows of :attr:`Drivers.firm`."""

# Plain integers, so that compiled kernels take them as constants.
DEMAND, RENTS, EFFICIENCY, ELASTICITY, TOKEN_PRICE, BASE_RATE, SPREAD, MULTIPLES, DEBT_WINDOW = range(9)
EQUITY_WINDOW, DELAY, SPENDING, GROWTH, SUBSIDY, EXPORT, LEVY, SOVEREIGN, LIFE = range(9, 18)
SHARE, SUPPLIER, PRICE = range(3)


@dataclass(frozen=True, slots=True)
class Drivers:
    """A scenario as arrays over the quarters of a run.

    Attributes
    ----------
    world : (len(WORLD_DRIVERS), quarters).
    firm : (len(FIRM_DRIVERS), nodes, quarters).
    pays : (nodes, quarters), share of its dues that a pulled firm pays; 1 where nobody is pulled.
    reorganise : (nodes,), who is reorganised instead of liquidated.
    """

    world: Array
    firm: Array
    pays: Array
    reorganise: NDArray[np.bool_]


def drivers_of(
    scenario: Scenario,
    *,
    nodes: Mapping[str, int],
    resolve: Callable[[str], str],
    quarter_ends: Sequence[date],
    share_base: Array | None = None,
) -> Drivers:
    """Turn a scenario into arrays.

    Parameters
    ----------
    nodes : row of each node in the arrays.
    resolve : id of the node that a firm's name stands for; raises UnknownName.
    quarter_ends : last day of each quarter of the run, in order.
    share_base : (nodes, quarters), planned AI revenue, USD million; needed when demand moves between firms.

    Raises
    ------
    ScenarioError : a shock, pull or move names a firm that is no node; or demand moves from or to a firm without any.
    InputError : no quarters, or moves without ``share_base`` in that shape.
    """
    if not quarter_ends:
        raise InputError("a run of no quarters; expected the last day of each quarter; say for example --horizon 4")
    row_of = _rows(scenario, nodes, resolve)
    first, quarters = quarter_ends[0], len(quarter_ends)
    world = np.stack([_baseline(DRIVERS[name], (quarters,)) for name in WORLD_DRIVERS])
    firm = np.stack([_baseline(DRIVERS[name], (len(nodes), quarters)) for name in FIRM_DRIVERS])
    for shock in scenario.shocks:
        driver = DRIVERS[shock.driver]
        if driver.per_firm:
            series = firm[FIRM_DRIVERS.index(driver.id), row_of[shock.firm]]
        else:
            series = world[WORLD_DRIVERS.index(driver.id)]
        _lay(driver, series, shock, elapsed(shock.start, first, quarters))
    _bound(world, WORLD_DRIVERS)
    _bound(firm, FIRM_DRIVERS)
    if scenario.moves:
        firm[SHARE] = _moved(scenario.moves, firm[SHARE], share_base, row_of, first)
    pays = np.ones((len(nodes), quarters))
    for pull in scenario.pulls:
        active = elapsed(pull.start, first, quarters) >= 1
        row = row_of[pull.firm]
        pays[row, active] = np.minimum(pays[row, active], pull.pays)
    reorganise = np.zeros(len(nodes), dtype=np.bool_)
    reorganise[[row_of[name] for name in scenario.reorganise]] = True
    return Drivers(world, firm, pays, reorganise)


def elapsed(start: date | int, first: date, quarters: int) -> NDArray[np.int64]:
    """Quarters begun since ``start`` in each quarter of a run: 1 in the first that feels it, below 1 before."""
    begins = start if isinstance(start, int) else _ordinal(start) - _ordinal(first) + 1
    return np.arange(1, quarters + 1, dtype=np.int64) - begins + 1


def _ordinal(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def values(shock: Shock, baseline: float, begun: NDArray[np.int64]) -> Array:
    """What a shock says in each quarter, ``begun`` quarters after its start; meaningless where begun is below 1."""
    if shock.shape is Shape.PATH:
        return np.asarray(shock.values)[np.clip(begun - 1, 0, len(shock.values) - 1)]
    number = shock.values[0]
    if shock.shape is Shape.RATE:
        return baseline * (1.0 + number) ** (np.maximum(begun, 0) / 4.0)
    done = np.clip(begun / shock.over, 0.0, 1.0)
    if shock.geometric:
        return baseline * (number / baseline) ** done
    step = number if shock.shape is Shape.ADD else number - baseline
    return baseline + step * done


def _lay(driver: Driver, series: Array, shock: Shock, begun: NDArray[np.int64]) -> None:
    """Lay one shock over what is there already, in place."""
    active = begun >= 1
    if shock.lasts is not None:
        active &= begun <= shock.lasts
    new = values(shock, driver.baseline, begun)[active]
    old = series[active]
    if driver.blend is Blend.TIMES:
        series[active] = old * new
    elif driver.blend is Blend.PLUS:
        series[active] = old + new
    elif driver.blend is Blend.LEAST:
        series[active] = np.where(old == driver.baseline, new, np.minimum(old, new))
    else:
        series[active] = new


def _baseline(driver: Driver, shape: tuple[int, ...]) -> Array:
    return np.full(shape, driver.baseline)


def _bound(table: Array, names: Sequence[str]) -> None:
    """Hold what shocks make together inside each driver's bounds; a baseline outside them means "as assumed"."""
    for row, name in zip(table, names, strict=True):
        driver = DRIVERS[name]
        np.copyto(row, np.clip(row, driver.low, driver.high), where=row != driver.baseline)


def _rows(scenario: Scenario, nodes: Mapping[str, int], resolve: Callable[[str], str]) -> dict[str, int]:
    """Row of every firm that the scenario names; all that are no node are reported together."""
    named: list[tuple[str, Where, str]] = [(s.firm, s.where, "firm") for s in scenario.shocks if s.firm]
    named += [(pull.firm, pull.where, "firm") for pull in scenario.pulls]
    named += [(move.from_firm, move.where, "from_firm") for move in scenario.moves]
    named += [(move.to_firm, move.where, "to_firm") for move in scenario.moves]
    named += [(firm, where, "reorganise") for firm, where in reorganised(scenario)]
    rows: dict[str, int] = {}
    wrong: list[str] = []
    for name, where, field in named:
        try:
            node = resolve(name)
        except UnknownName as error:
            wrong.append(f"{where}: {field}: {error}")
            continue
        if node in nodes:
            rows[name] = nodes[node]
        else:
            hint = near(name, nodes) or "see: cardhouse book"
            wrong.append(f"{where}: {field}: {shown(name)} is not in this run; expected a firm of the run; {hint}")
    if wrong:
        raise ScenarioError("\n".join(dict.fromkeys(wrong)))
    return rows


def _moved(
    moves: Sequence[Move], share: Array, share_base: Array | None, row_of: Mapping[str, int], first: date
) -> Array:
    """Shares after demand moved: the dollars that leave one laboratory arrive at the other."""
    if share_base is None or share_base.shape != share.shape:
        found = "none" if share_base is None else str(share_base.shape)
        raise InputError(
            f"demand moves between firms; expected planned AI revenue of shape {share.shape}, found {found}"
        )
    quarters = share.shape[1]
    parts = [_part(move, elapsed(move.start, first, quarters)) for move in moves]
    leaving = np.zeros_like(share)
    for move, part in zip(moves, parts, strict=True):
        leaving[row_of[move.from_firm]] += part
    # Parts that add up to more than all of a firm's demand share it out in proportion.
    scale = 1.0 / np.maximum(leaving, 1.0)
    out = share * (1.0 - np.minimum(leaving, 1.0))
    for move, part in zip(moves, parts, strict=True):
        source, target = row_of[move.from_firm], row_of[move.to_firm]
        dollars = share_base[source] * share[source] * part * scale[source]
        _refuse_nothing(move, share_base[source], share_base[target], dollars)
        out[target] += np.divide(dollars, share_base[target], out=np.zeros(quarters), where=dollars > 0.0)
    return out


def _part(move: Move, begun: NDArray[np.int64]) -> Array:
    active = begun >= 1 if move.lasts is None else (begun >= 1) & (begun <= move.lasts)
    return np.where(active, move.part * np.clip(begun / move.over, 0.0, 1.0), 0.0)


def _refuse_nothing(move: Move, source: Array, target: Array, dollars: Array) -> None:
    """Raise where a firm without AI demand would lose some, or get some."""
    for firm, field, empty in (
        (move.from_firm, "from_firm", not (source > 0.0).any()),
        (move.to_firm, "to_firm", bool(((dollars > 0.0) & (target <= 0.0)).any())),
    ):
        if empty:
            raise ScenarioError(
                f"{move.where}: {field}: {shown(firm)} has no AI demand in this run; expected a laboratory with "
                f"planned AI revenue; name another firm"
            )
