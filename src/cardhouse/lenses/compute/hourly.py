"""What an accelerator costs for an hour, all in: capital, building, power, upkeep, over the hours that are sold.

Capital is an even payment a month over its life with a return: of a dollar, a(m, 12 L) with a(r, n) = r / (1 - (1 +
r)^-n) and (1 + m)^12 = 1 + h for a return h a year. So the cost of an hour sold is the rent that, held for the life,
earns just h (see :mod:`cardhouse.lenses.compute.payback`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from cardhouse.book import Book
from cardhouse.economy.required import annuity
from cardhouse.lenses.compute.chips import Chip, believed, words
from cardhouse.lenses.compute.ranges import (
    PER_HOUR,
    USD,
    Choices,
    Range,
    around,
    assumed_range,
    chosen,
    spread,
)
from cardhouse.lenses.measure import Gap, Reading, computed, known
from cardhouse.lenses.readings import Bound, of_fact

HOURS = 8766.0
"""Hours of a year of 365.25 days."""
MONTHS = 12
PARTS = ("capital", "building", "power", "upkeep")
MILLION = 1e6
SITE_COUNTRY = "usa"
_PUE = "power_usage_effectiveness"
ENDS: tuple[Bound, Bound] = ("low", "high")
Values = Mapping[str, float]


def monthly_rate(rate: float) -> float:
    """The return a month that makes a return a year."""
    return float((1.0 + rate) ** (1.0 / MONTHS) - 1.0)


def charge(rate: float, years: float) -> float:
    """What a dollar of plant costs a year when it is paid back with a return in even monthly payments."""
    return MONTHS * annuity(monthly_rate(rate), MONTHS * years)


def hardware(v: Values) -> float:
    """USD for one accelerator with its part of server and network."""
    return v["price"] * v.get("server_factor", 1.0) * (1.0 + v["network_share"])


def watts(v: Values) -> float:
    """Rated watts of one accelerator with its part of the server."""
    return v["watts"] * v.get("power_factor", 1.0)


def parts(v: Values) -> dict[str, float]:
    """USD for an hour of the year, let or not, by :data:`PARTS`.

    Parameters
    ----------
    v : price USD, network_share and upkeep_share as fractions, watts, pue, electricity USD per kWh, load and idle_load
        as shares of rated power, utilisation, cost_of_capital, life and shell_life in years, shell USD per kW;
        server_factor and power_factor where price and watts are those of the bare accelerator.
    """
    kilowatts = watts(v) / 1000.0
    let = v["utilisation"]
    drawn = kilowatts * (let * v["load"] + (1.0 - let) * v["idle_load"]) * v["pue"]
    return {
        "capital": hardware(v) * charge(v["cost_of_capital"], v["life"]) / HOURS,
        "building": kilowatts * v["shell"] * charge(v["cost_of_capital"], v["shell_life"]) / HOURS,
        "power": drawn * v["electricity"],
        "upkeep": hardware(v) * v["upkeep_share"] / HOURS,
    }


def per_hour(v: Values) -> float:
    """USD for an hour of the year."""
    return sum(parts(v).values())


def per_hour_sold(v: Values) -> float:
    """USD for an hour that is let: idle hours are paid for by those."""
    return per_hour(v) / v["utilisation"]


@dataclass(frozen=True, slots=True)
class Swing:
    """Cost of an hour sold with one input at its low and at its high end, the others central."""

    input: str
    range: Range
    at_low: Reading
    at_high: Reading

    @property
    def width(self) -> float:
        """Distance of the two costs; zero where one cannot be had."""
        ends = [m.value for m in known((self.at_low, self.at_high))]
        return max(ends) - min(ends) if ends else 0.0


@dataclass(frozen=True, slots=True)
class Hourly:
    """Cost of an accelerator for an hour.

    Attributes
    ----------
    inputs : by name, with their ranges.
    hardware : USD with server and network. ``watts`` : rated, with the server.
    parts, hour : USD for an hour of the year, let or not, and their sum.
    sold : USD for an hour that is let; its ends combine those of the inputs as independent errors.
    corners : the same with all inputs at their cheaper, or all at their dearer, end at once.
    swings : by input, widest first.
    """

    chip: Chip
    inputs: Mapping[str, Range]
    hardware: Reading
    watts: Reading
    parts: Mapping[str, Reading]
    hour: Reading
    sold: Range
    corners: Range
    swings: tuple[Swing, ...]


def site(book: Book, choices: Choices) -> dict[str, Range]:
    """Inputs that do not depend on the accelerator."""
    life = assumed_range(book, "economic_life_years")
    return {
        "network_share": assumed_range(book, "compute_network_share"),
        "life": chosen(choices, "life", book, life),
        "cost_of_capital": chosen(choices, "cost_of_capital", book, assumed_range(book, "compute_cost_of_capital")),
        "utilisation": chosen(choices, "utilisation", book, assumed_range(book, "compute_utilisation")),
        "upkeep_share": assumed_range(book, "compute_upkeep_share"),
        "load": assumed_range(book, "compute_load"),
        "idle_load": assumed_range(book, "compute_idle_load"),
        "pue": _pue(book),
        "electricity": chosen(choices, "price_kwh", book, _electricity(book)),
        "shell": shell(book),
        "shell_life": assumed_range(book, "compute_shell_life_years"),
    }


def hourly(book: Book, chip: Chip, choices: Choices | None = None) -> Hourly:
    """Cost of an accelerator for an hour, from the book's prices and assumptions.

    Raises
    ------
    InputError : a choice outside its range.
    """
    inputs: dict[str, Range] = {"price": chip.price}
    if not chip.whole_price:
        inputs["server_factor"] = assumed_range(book, "compute_server_factor", chip.id)
    inputs["watts"] = chip.watts
    if not chip.whole_watts:
        inputs["power_factor"] = assumed_range(book, "compute_power_factor", chip.id)
    inputs |= site(book, choices or Choices())
    central = {name: r.central for name, r in inputs.items()}
    swings = [_swing(chip.name, inputs, name) for name in inputs]
    what = f"{chip.name}, cost of an hour"
    cheapest, dearest = (_of(what, {s.input: _end(s, dearer=d) for s in swings}, per_hour_sold) for d in (False, True))
    sold = _of(what, central, per_hour_sold)
    return Hourly(
        chip,
        MappingProxyType(inputs),
        _of(f"{chip.name}, price with server and network", _only(central, _OF_HARDWARE), hardware, USD),
        _of(f"{chip.name}, power with server", _only(central, _OF_WATTS), watts, "watts"),
        MappingProxyType({p: _of(f"{what}, {p}", central, _part(p)) for p in PARTS}),
        _of(what, central, per_hour),
        Range(_apart(sold, swings, -1), sold, _apart(sold, swings, 1)),
        Range(cheapest, sold, dearest),
        tuple(sorted(swings, key=lambda s: -s.width)),
    )


def _apart(sold: Reading, swings: Sequence[Swing], side: int) -> Reading:
    """The cost with the distances of single inputs on one side combined as independent errors.

    Root of the sum of squares of the distances in proportion (logarithms), so that a cost stays above zero.
    """
    if isinstance(sold, Gap):
        return sold
    steps = []
    for swing in swings:
        ends = known((swing.at_low, swing.at_high))
        logs = [math.log(m.value / sold.value) for m in ends]
        steps.append(max([side * x for x in logs] + [0.0]))
    return replace(sold, value=sold.value * math.exp(side * math.sqrt(sum(x * x for x in steps))))


_OF_HARDWARE = ("price", "server_factor", "network_share")
_OF_WATTS = ("watts", "power_factor")


def _part(name: str) -> Callable[[Values], float]:
    return lambda v: parts(v)[name]


def _only(readings: Mapping[str, Reading], names: tuple[str, ...]) -> dict[str, Reading]:
    return {name: readings[name] for name in names if name in readings}


def _of(
    what: str, readings: Mapping[str, Reading], formula: Callable[[Values], float], unit: str = PER_HOUR
) -> Reading:
    """A formula of named readings."""
    names = tuple(readings)
    return computed(what, lambda *v: formula(dict(zip(names, v, strict=True))), *readings.values(), unit=unit)


def _swing(who: str, inputs: Mapping[str, Range], name: str) -> Swing:
    ends = []
    for bound in ENDS:
        at = {n: (r.at(bound) if n == name else r.central) for n, r in inputs.items()}
        ends.append(_of(f"{who}, cost of an hour", at, per_hour_sold))
    return Swing(name, inputs[name], *ends)


def _end(swing: Swing, *, dearer: bool) -> Reading:
    """The end of an input at which an hour costs more, or less."""
    if isinstance(swing.at_low, Gap) or isinstance(swing.at_high, Gap):
        return swing.range.central
    rises = swing.at_high.value >= swing.at_low.value
    return swing.range.high if rises == dearer else swing.range.low


def _pue(book: Book) -> Range:
    """Newest figures: a survey, the best fleet, a new site; the new site is central. Without one, the assumption."""
    rows = {
        (entity, item): max((f for f in book.chosen(entity, _PUE) if f.item == item), key=lambda f: f.end)
        for entity, metric in book.series
        if metric == _PUE
        for item in book.items(entity, metric)
        if entity != "china"
    }
    measures = {key: of_fact(book, row) for key, row in rows.items()}
    new = [m for (_, item), m in measures.items() if "new" in words(item)]
    return spread(new[0], measures.values()) if new else assumed_range(book, "compute_pue")


def _electricity(book: Book) -> Range:
    """Delivered prices in the United States, wholesale averages left out; without any, the assumption."""
    rows = [f for f in book.chosen(SITE_COUNTRY, "electricity_price_per_kwh") if "wholesale" not in words(f.item)]
    measures = [of_fact(book, f) for f in rows]
    return around(measures, "price of electricity") if measures else assumed_range(book, "compute_electricity")


def shell(book: Book) -> Range:
    """Building with power and cooling, USD for a kilowatt of machines; without figures, the assumption."""
    rows = [f for f in believed(book.chosen("world", "data_center_cost_per_mw")) if "shell" in words(f.item)]
    measures = [of_fact(book, f) for f in rows]
    if not measures:
        return assumed_range(book, "compute_shell")
    return around(measures, "cost of a data center shell").scaled(MILLION / 1000.0, unit="USD_per_kW")
