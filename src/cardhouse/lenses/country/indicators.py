"""What is compared between countries, and when two figures may be set against each other.

Two figures compare when they are of one metric and one item (the same definition by the same compiler) and their
periods end within a year of each other. All else stands side by side without a ratio, and the reason is given.
A figure whose row the book calls of low confidence is rough: it stands in the table, and no headline rests on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from cardhouse.book import Book, Confidence, Fact
from cardhouse.lenses.country.names import Country
from cardhouse.lenses.measure import TIMES, Gap, Measure, Reading, not_meaningful, ratio
from cardhouse.lenses.readings import metric_name, of_fact

APART_DAYS = 366
"""Most days between the ends of two periods that compare."""
YEAR = (300, 400)
"""Days of a period that counts as one year."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A line of the comparison.

    Attributes
    ----------
    group : what it is about: compute, power, chips, money, talent, growth.
    metric : of the book; the newest figure up to the day is taken.
    ahead : calendar year of a forecast, 0 for the newest figure that is none.
    item : the one definition wanted; any where empty, the same for all countries where the book has it.
    """

    group: str
    metric: str
    ahead: int = 0
    item: str = ""


INDICATORS = (
    Indicator("compute", "compute_capacity_eflops", item="ai-fp16"),
    Indicator("compute", "ai_compute_share"),
    Indicator("compute", "data_center_capacity"),
    Indicator("power", "generation_capacity"),
    Indicator("power", "electricity_generation"),
    Indicator("power", "data_center_electricity"),
    Indicator("power", "data_center_electricity", 2030),
    Indicator("power", "electricity_price_per_kwh"),
    Indicator("power", "power_usage_effectiveness"),
    Indicator("chips", "domestic_share_of_ai_chips"),
    Indicator("money", "private_investment_ai"),
    Indicator("money", "venture_capital_ai"),
    Indicator("money", "gdp"),
    Indicator("talent", "notable_models"),
    Indicator("talent", "ai_researcher_share", item="origin-top-2-percent"),
    Indicator("talent", "ai_researcher_share", item="origin-top-20-percent"),
    Indicator("growth", "ai_share_of_gdp_growth"),
    Indicator("growth", "ai_share_of_gdp_growth", item="furman"),
    Indicator("growth", "ai_share_of_stock_gains"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: a value or a gap for each country, in the order asked, and what the first is to the second.

    ``items`` names the definition of each value (compiler, series); empty where the row has none. ``rough`` tells of
    each whether its row is of low confidence.
    """

    group: str
    what: str
    values: tuple[Reading, ...]
    items: tuple[str, ...]
    ratio: Reading
    rough: tuple[bool, ...]


def line(book: Book, indicator: Indicator, asked: Sequence[Country]) -> Line:
    """The newest figures of the countries, of one definition and about one period where the book has such."""
    what = metric_name(book, indicator.metric) + (f", {indicator.ahead} forecast" if indicator.ahead else "")
    what += f" ({indicator.item.replace('-', ' ')})" if indicator.item else ""
    rows = [_rows(book, indicator, country) for country in asked]
    chosen = _alike(rows)
    values = tuple(
        of_fact(book, fact) if fact else Gap(f"{country.name}, {what}", f"the book has none up to {book.date}")
        for fact, country in zip(chosen, asked, strict=True)
    )
    items = tuple(fact.item if fact else "" for fact in chosen)
    rough = tuple(fact is not None and _rough(fact) for fact in chosen)
    return Line(indicator.group, what, values, items, against(what, values, items), rough)


def against(what: str, values: Sequence[Reading], items: Sequence[str]) -> Reading:
    """The first over the second where they compare, else why they do not; of more than two nothing."""
    first, second = values[0], values[1]
    name = f"{what}, one over the other"
    if len(values) > 2:
        return not_meaningful(name, "more than two countries")
    if not (isinstance(first, Measure) and isinstance(second, Measure)):
        return Gap(name, "a figure is missing")
    if items[0] != items[1]:
        return not_meaningful(name, f"not comparable: different definitions ({_said(items[0])}, {_said(items[1])})")
    if first.unit != second.unit:
        return not_meaningful(name, f"not comparable: {first.unit} and {second.unit}")
    if abs((first.end - second.end).days) > APART_DAYS:
        return not_meaningful(name, f"not comparable: {first.end} and {second.end} are more than a year apart")
    return ratio(name, first, second, unit=TIMES)


def _rough(fact: Fact) -> bool:
    return fact.confidence is Confidence.LOW


def _said(item: str) -> str:
    return item.replace("-", " ") or "no compiler named"


def _rows(book: Book, indicator: Indicator, country: Country) -> list[Fact]:
    rows = [f for f in book.chosen(country.id, indicator.metric) if not indicator.item or f.item == indicator.item]
    if indicator.ahead:
        return [f for f in rows if f.end.year == indicator.ahead and f.end > book.date]
    own = [f for f in rows if f.end <= book.date]
    # A sum of many years is no year's figure; halves and quarters stand for themselves.
    return [f for f in own if f.start is None or (f.end - f.start).days + 1 <= YEAR[1]]


def _alike(rows: Sequence[Sequence[Fact]]) -> tuple[Fact | None, ...]:
    """One row a country: the newest set of one item and near periods, else each one's own newest, sure rows first."""
    filled = [i for i, own in enumerate(rows) if own]
    sets = [some for some in product(*(rows[i] for i in filled)) if _one_kind(some)] if len(filled) > 1 else []
    if sets:
        best = max(sets, key=lambda some: (min(f.end for f in some), max(f.end for f in some)))
        of = dict(zip(filled, best, strict=True))
        return tuple(of.get(i) for i in range(len(rows)))
    return tuple(max(own, key=lambda f: (not _rough(f), f.end, f.known), default=None) for own in rows)


def _one_kind(some: Sequence[Fact]) -> bool:
    ends = [f.end for f in some]
    return len({(f.item, f.unit) for f in some}) == 1 and (max(ends) - min(ends)).days <= APART_DAYS
