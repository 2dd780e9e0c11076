"""What follows from two figures of one country: shares of power and output, power still to be built, multiples."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Book, Fact, latest
from cardhouse.economy.inputs import MARKET_FRESH_DAYS
from cardhouse.lenses.country.names import Country
from cardhouse.lenses.measure import SHARE, TIMES, Gap, Measure, Reading, computed, known, ratio, total
from cardhouse.lenses.readings import of_fact, year

HOURS = 8766.0
"""Hours of a year of 365.25 days."""
PLANNED = 2030
APART_DAYS = 366
"""Most days between the end of a year of revenue and the day of the market value it is set against."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed firm of a country with its market value and its newest year of revenue."""

    firm: str
    name: str
    layer: str
    market_value: Measure
    revenue: Measure


def data_center_share(book: Book, country: Country) -> Reading:
    """Data centers' part of the electricity generated, in the newest year for which the book has both."""
    return _same_year(
        book, country, "data center share of generation", "data_center_electricity", "electricity_generation"
    )


def power_to_build(book: Book, country: Country) -> Reading:
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


def investment_share(book: Book, country: Country) -> Reading:
    """Private investment in AI over the output of the country in the same year."""
    return _same_year(book, country, "private investment in AI over GDP", "private_investment_ai", "gdp")


def _same_year(book: Book, country: Country, what: str, part: str, whole: str) -> Reading:
    name = f"{country.name}, {what}"
    wholes = {(f.start, f.end): f for f in book.chosen(country.id, whole)}
    parts = [f for f in book.chosen(country.id, part) if f.end <= book.date and (f.start, f.end) in wholes]
    if not parts:
        return Gap(name, "the book has no year of both")
    last: Fact = parts[-1]
    return ratio(name, of_fact(book, last), of_fact(book, wholes[last.start, last.end]), unit=SHARE)


def listed(book: Book, country: Country) -> tuple[Listed, ...]:
    """Listed firms of the country for which the book has a market value of the last year and a year of revenue."""
    found = []
    for firm in book.firms.values():
        if not country.firm_code or firm.country != country.firm_code or firm.layer in ("capital", "world"):
            continue
        fact = latest(book, firm.id, "market_cap", book.date, max_age_days=MARKET_FRESH_DAYS)
        sales = year(book, firm.id, "revenue", book.date)
        if fact is None or not isinstance(sales, Measure) or sales.value <= 0:
            continue
        if abs((fact.end - sales.end).days) <= APART_DAYS:
            found.append(Listed(firm.id, firm.name, firm.layer.value, of_fact(book, fact), sales))
    return tuple(found)


def multiple(country: Country, firms: tuple[Listed, ...]) -> Reading:
    """Market value of the country's firms together over their revenue together."""
    what = f"{country.name}, market value over revenue of listed AI firms"
    if not firms:
        return Gap(what, "no listed firm with both figures")
    return ratio(what, total(f.market_value for f in firms), total(f.revenue for f in firms), unit=TIMES)


def median_multiple(country: Country, firms: tuple[Listed, ...]) -> Reading:
    """The median firm's market value over its revenue: no giant decides it."""
    what = f"{country.name}, median of market value over revenue"
    each = known(ratio(what, f.market_value, f.revenue, unit=TIMES) for f in firms)
    if not each:
        return Gap(what, "no listed firm with both figures")
    ordered = sorted(each, key=lambda m: m.value)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return computed(what, lambda a, b: (a + b) / 2.0, ordered[middle - 1], ordered[middle], unit=TIMES)
