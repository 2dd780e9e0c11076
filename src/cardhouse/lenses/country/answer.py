"""Countries side by side: every line with its figures, and what the first country is to the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.lenses.country.derived import (
    Listed,
    data_center_share,
    investment_share,
    lacking,
    listed,
    median_multiple,
    multiple,
    power_to_build,
)
from cardhouse.lenses.country.indicators import INDICATORS, Line, against, line
from cardhouse.lenses.country.names import Country, pick
from cardhouse.lenses.measure import Gap, Measure, Reading

DERIVED: tuple[tuple[str, str, Callable[[Book, Sequence[Country]], tuple[Reading, ...]]], ...] = (
    ("power", "data centers' share of generation", data_center_share),
    ("power", "power for data centers to come by 2030", power_to_build),
    ("money", "private investment in AI over GDP", investment_share),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Countries side by side.

    Attributes
    ----------
    countries : in the order asked.
    lines : figures of the book and what follows from them, by group.
    listed : firms behind the multiples, by country in the same order.
    lacking : other firms with a ticker, and what the book lacks of each to count among them.
    """

    book: Book
    countries: tuple[Country, ...]
    lines: tuple[Line, ...]
    listed: tuple[tuple[Listed, ...], ...]
    lacking: tuple[tuple[Gap, ...], ...]

    def line(self, what: str) -> Line:
        """The line of a name."""
        return next(row for row in self.lines if row.what == what)

    @property
    def known(self) -> int:
        """Figures that the book has."""
        return sum(isinstance(v, Measure) for row in self.lines for v in row.values)


def compare(book: Book, names: tuple[str, ...] = ("us", "cn")) -> Comparison:
    """Compare two to four countries by everything the book knows of them.

    Parameters
    ----------
    names : codes (us, cn, jp, ...) or names in English or Chinese.

    Raises
    ------
    UnknownName : a country the book does not know.
    InputError : fewer than two or more than four.
    """
    asked = pick(book, names)
    firms = tuple(listed(book, country) for country in asked)
    rows = [line(book, indicator, asked) for indicator in INDICATORS]
    rows += [_derived(group, what, f(book, asked)) for group, what, f in DERIVED]
    rows += _multiples(asked, firms)
    groups = tuple(dict.fromkeys(row.group for row in rows))
    ordered = tuple(sorted(rows, key=lambda row: groups.index(row.group)))
    return Comparison(book, asked, ordered, firms, tuple(lacking(book, country) for country in asked))


def _derived(group: str, what: str, values: tuple[Reading, ...]) -> Line:
    items = ("",) * len(values)
    return Line(group, what, values, items, against(what, values, items), (False,) * len(values))


def _multiples(asked: tuple[Country, ...], firms: tuple[tuple[Listed, ...], ...]) -> list[Line]:
    """Multiples, comparable only where the firms behind them stand in the same layers of the chain."""
    pairs = tuple(zip(asked, firms, strict=True))
    layers = tuple(" ".join(sorted({f.layer for f in own})) for own in firms)
    found = []
    for what, formula in (("listed firms with both figures", multiple), ("median of them", median_multiple)):
        name = f"market value over revenue, {what}"
        values = tuple(formula(c, f) for c, f in pairs)
        found.append(Line("money", name, values, layers, against(name, values, layers), (False,) * len(values)))
    return found
