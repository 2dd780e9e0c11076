"""A reading with its low and high end, and choices of a user that take the place of one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Assumption, Book
from cardhouse.economy.figure import ASSUMPTION
from cardhouse.errors import InputError
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, derived, scaled
from cardhouse.lenses.readings import Bound, assumed, of_assumption

USD = "USD"
PER_HOUR = "USD_per_hour"
BOUNDS: tuple[Bound, Bound, Bound] = ("low", "central", "high")


@dataclass(frozen=True, slots=True)
class Range:
    """A reading and its ends: of an assumption its own, of several figures the least and the most."""

    low: Reading
    central: Reading
    high: Reading

    def at(self, bound: Bound) -> Reading:
        """The low, central or high reading."""
        reading: Reading = getattr(self, bound)
        return reading

    def scaled(self, factor: float, *, unit: str = "", note: str = "") -> Range:
        """All three times a plain number."""
        return Range(*(scaled(self.at(b), factor, unit=unit, note=note) for b in BOUNDS))

    def flagged(self, flag: str) -> Range:
        """All three with a warning to the reader."""
        return Range(*(r.flagged(flag) if isinstance(r, Measure) else r for r in (self.low, self.central, self.high)))


def same(reading: Reading) -> Range:
    """A range without width."""
    return Range(reading, reading, reading)


def assumed_range(book: Book, name: str, *subjects: str) -> Range:
    """An assumption about the first of these subjects that has one, or about all."""
    return Range(*(assumed(book, name, *subjects, "all", bound=b) for b in BOUNDS))


def of_row(book: Book, row: Assumption) -> Range:
    """One row of assumptions."""
    return Range(*(of_assumption(book, row, b) for b in BOUNDS))


def spread(central: Measure, measures: Iterable[Measure]) -> Range:
    """A central figure between the least and the most of several, itself among them."""
    values = (central, *measures)
    return Range(min(values, key=lambda m: m.value), central, max(values, key=lambda m: m.value))


def given(value: float, unit: str, on: date, option: str) -> Range:
    """A figure that the user gave; it counts as an assumption."""
    return same(Measure(value, unit, on, None, {ASSUMPTION: abs(value) or 1.0}, (), (f"given: {option}",)))


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user puts in place of the book's own inputs; None leaves them.

    Attributes
    ----------
    price_kwh : USD for a kilowatt hour.
    life : years that an accelerator earns.
    utilisation : hours sold over all hours, above 0 up to 1.
    cost_of_capital : fraction a year, zero or more.
    """

    price_kwh: float | None = None
    life: float | None = None
    utilisation: float | None = None
    cost_of_capital: float | None = None

    def __post_init__(self) -> None:
        for name, least, most, expected in (
            ("price_kwh", 0.0, 10.0, "0 to 10 dollars, for example 0.08"),
            ("life", 0.25, 40.0, "0.25 to 40 years, for example 4.5"),
            ("utilisation", 0.01, 1.0, "1% to 100%, for example 60%"),
            ("cost_of_capital", 0.0, 1.0, "0% to 100%, for example 12%"),
        ):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and least <= value <= most):
                option = name.replace("_", "-")
                raise InputError(f"{name.replace('_', ' ')} of {value:g}; expected {expected}; change --{option}")


UNITS = {"price_kwh": USD, "life": "years", "utilisation": SHARE, "cost_of_capital": SHARE}


def chosen(choices: Choices, name: str, book: Book, otherwise: Range) -> Range:
    """The user's figure where there is one, else the book's range."""
    value: float | None = getattr(choices, name)
    return otherwise if value is None else given(value, UNITS[name], book.date, f"--{name.replace('_', '-')}")


def middle(measures: Sequence[Measure], what: str) -> Reading:
    """The median of figures of one unit; a gap of none."""
    if not measures:
        return Gap(what, "the book has none")
    ordered = sorted(measures, key=lambda m: m.value)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low if low is high else derived((low.value + high.value) / 2.0, low.unit, low, high)


def around(measures: Sequence[Measure], what: str) -> Range:
    """The median between the least and the most."""
    central = middle(measures, what)
    return spread(central, measures) if isinstance(central, Measure) else same(central)
