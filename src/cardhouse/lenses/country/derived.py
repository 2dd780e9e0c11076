"""What follows from two figures of one country: shares of power and output, power still to be built, multiples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardhouse.book import Book, Fact, Firm, latest
from cardhouse.economy.inputs import MARKET_FRESH_DAYS
from cardhouse.lenses.country.names import Country
from cardhouse.lenses.measure import (
    SHARE,
    TIMES,
    Gap,
    Measure,
    Reading,
    computed,
    known,
    not_meaningful,
    ratio,
    total,
)
from cardhouse.lenses.readings import of_fact
from cardhouse.lenses.spans import amount, spans

HOURS = 8766.0
"""Hours of a year of 365.25 days."""
PLANNED = 2030
YEAR_MONTHS = 12
APART_DAYS = 366
"""Most days between the end of a year of revenue and the day of the market value it is set against."""
LEAST_FIRMS = 4
"""Firms below which a multiple of a whole country says nothing but the names of its firms."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed firm of a country with its market value and its newest year of revenue."""

    firm: str
    name: str
    layer: str
    market_value: Measure
    revenue: Measure


def data_center_share(book: Book, asked: Sequence[Country]) -> tuple[Reading, ...]:
    """Data centers' part of the electricity generated, in the newest year for which the book has both."""
    return _same_year(
        book, asked, "data center share of generation", "data_center_electricity", "electricity_generation"
    )


def power_to_build(book: Book, asked: Sequence[Country]) -> tuple[Reading, ...]:
    """Power that data centers will need in 2030 beyond what they use now, of each country."""
    return tuple(_to_build(book, country) for country in asked)


def _to_build(book: Book, country: Country) -> Reading:
    """Power that data centers will need in 2030 beyond what they use now, GW on average over the year.

    TWh of 2030 by the forecast, less those of the newest year, over the hours of a year.
    """
    what = f"{country.name}, power for data centers still to come by {PLANNED}"
    rows = book.chosen(country.id, "data_center_electricity")
    then = [f for f in rows if f.end.year == PLANNED and f.end > book.date]
    now = [f for f in rows if f.end <= book.date and any(f.item == t.item for t in then)]
    if not then or not now:
        return Gap(what, f"the book has no forecast for {PLANNED} and no year before it by one compiler")
    return computed(
        what, lambda a, b: (a - b) * 1000.0 / HOURS, of_fact(book, then[-1]), of_fact(book, now[-1]), unit="GW"
    )


def investment_share(book: Book, asked: Sequence[Country]) -> tuple[Reading, ...]:
    """Private investment in AI over the output of the country in the same year."""
    return _same_year(book, asked, "private investment in AI over GDP", "private_investment_ai", "gdp")


def _same_year(book: Book, asked: Sequence[Country], what: str, part: str, whole: str) -> tuple[Reading, ...]:
    """One figure over another of its year; the other of one edition for all countries where there is one."""
    pairs = [_newest_pair(book, country, part, whole) for country in asked]
    editions = [set(wholes) for _, wholes in pairs if wholes]
    common = max(set.intersection(*editions), default="") if editions else ""
    return tuple(
        ratio(f"{country.name}, {what}", of_fact(book, last), of_fact(book, _of_edition(wholes, common)), unit=SHARE)
        if last
        else Gap(f"{country.name}, {what}", "the book has no year of both")
        for country, (last, wholes) in zip(asked, pairs, strict=True)
    )


def _newest_pair(book: Book, country: Country, part: str, whole: str) -> tuple[Fact | None, dict[str, Fact]]:
    """The newest part whose year has a whole, and that year's wholes by edition."""
    wholes = book.chosen(country.id, whole)
    for fact in reversed(book.chosen(country.id, part)):
        own = {f.item: f for f in wholes if (f.start, f.end) == (fact.start, fact.end)}
        if own and fact.end <= book.date:
            return fact, own
    return None, {}


def _of_edition(wholes: dict[str, Fact], item: str) -> Fact:
    return wholes[item] if item in wholes else max(wholes.values(), key=lambda f: (f.known, f.item))


def listed(book: Book, country: Country) -> tuple[Listed, ...]:
    """Listed firms of the country for which the book has a market value of the last year and a year of revenue."""
    return tuple(s for s in _standings(book, country) if isinstance(s, Listed))


def lacking(book: Book, country: Country) -> tuple[Gap, ...]:
    """Firms of the country with a ticker that are not among :func:`listed`, and what the book lacks of each."""
    return tuple(s for s in _standings(book, country) if isinstance(s, Gap))


def _standings(book: Book, country: Country) -> list[Listed | Gap]:
    own = [
        f
        for f in book.firms.values()
        if country.firm_code and f.country == country.firm_code and f.layer not in ("capital", "world")
    ]
    found = [(firm, _standing(book, firm)) for firm in own]
    return [s for firm, s in found if firm.ticker or isinstance(s, Listed)]


def _standing(book: Book, firm: Firm) -> Listed | Gap:
    """A firm's market value beside its newest year of revenue, whatever rows add up to it."""
    fact = latest(book, firm.id, "market_cap", book.date, max_age_days=MARKET_FRESH_DAYS)
    if fact is None:
        return Gap(firm.name, "no market value of the last year")
    years = [span for span in spans(book, firm.id, "revenue", book.date) if span.months == YEAR_MONTHS]
    sales = amount(book, firm.id, "revenue", years[-1]) if years else None
    if not isinstance(sales, Measure) or sales.value <= 0 or abs((fact.end - sales.end).days) > APART_DAYS:
        return Gap(firm.name, f"no year of revenue that ended within a year of {fact.end}")
    return Listed(firm.id, firm.name, firm.layer.value, of_fact(book, fact), sales)


def few(what: str, firms: Sequence[Listed]) -> Gap | None:
    """Why a country's firms have no multiple together; None where there are enough of them."""
    if not firms:
        return Gap(what, "no listed firm with both figures")
    if len(firms) < LEAST_FIRMS:
        return not_meaningful(what, f"listed firms with both figures: {len(firms)}; {LEAST_FIRMS} are needed")
    return None


def multiple(country: Country, firms: tuple[Listed, ...]) -> Reading:
    """Market value of the country's firms together over their revenue together."""
    what = f"{country.name}, market value over revenue of listed firms"
    return few(what, firms) or ratio(
        what, total(f.market_value for f in firms), total(f.revenue for f in firms), unit=TIMES
    )


def median_multiple(country: Country, firms: tuple[Listed, ...]) -> Reading:
    """The median firm's market value over its revenue: no giant decides it."""
    what = f"{country.name}, median of market value over revenue"
    gap = few(what, firms)
    if gap:
        return gap
    each = known(ratio(what, f.market_value, f.revenue, unit=TIMES) for f in firms)
    ordered = sorted(each, key=lambda m: m.value)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return computed(what, lambda a, b: (a + b) / 2.0, ordered[middle - 1], ordered[middle], unit=TIMES)
