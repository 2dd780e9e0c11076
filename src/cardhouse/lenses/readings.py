"""From rows of the book to measures: facts, years, balances, quarters, assumptions, figures of the opening."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from cardhouse.book import UNITS, Assumption, Book, Fact, Metric, SourceKind, latest, trailing_year
from cardhouse.economy.figure import ASSUMPTION, Figure
from cardhouse.economy.inputs import FRESH_DAYS, YEAR_DAYS
from cardhouse.lenses.measure import SHARE, TIMES, USD, Gap, Measure, Reading, scaled, total

OLD_YEAR_DAYS = 460
"""A trailing year that ended longer ago than this (a year and a quarter) is flagged as old."""
QUARTER = (80, 100)
"""Days of a flow that counts as a quarter (13 and 14 weeks, 12 and 16 at some firms stay out)."""
FOLDED = {"percent": (SHARE, 0.01), "basis_points": (SHARE, 0.0001), "fraction": (SHARE, 1.0), "ratio": (TIMES, 1.0)}
"""Units of rows that become plain fractions and multiples."""

_NAMED = re.compile(rf"\(([a-z0-9][\w.-]*), (?:{'|'.join(SourceKind)})\)|: assumption ([a-z0-9][\w.-]*):")
"""Ids of sources and assumptions as the economy writes them into a trail."""

Bound = Literal["low", "central", "high"]


def of_fact(book: Book, fact: Fact) -> Measure:
    """One row: money in USD million, prices in USD, percentages as fractions, all else in the unit of the row."""
    kind = book.source_kind(fact).value
    unit, factor = _unit(fact.unit)
    period = f"{fact.start}..{fact.end}" if fact.start else f"{fact.end}"
    item = f" [{fact.item}]" if fact.item else ""
    line = f"{fact.where}: {fact.entity} {fact.metric}{item} {period} ({fact.source}, {kind})"
    rate = book.rate_of(fact)
    flags = (f"converted from {rate.currency} at {rate.usd:.6g} USD ({rate.source})",) if rate else ()
    sources = (fact.source, *((rate.source,) if rate else ()))
    value = book.usd(fact) * factor
    return Measure(value, unit, fact.end, fact.start, {kind: abs(value) or 1.0}, tuple(sorted(sources)), (line,), flags)


def of_assumption(book: Book, row: Assumption, bound: Bound = "central") -> Measure:
    """The low, central or high value of an assumption, on its own day or else the day it was made."""
    unit, factor = _unit(row.unit)
    value = float(getattr(row, bound)) * factor
    which = "" if bound == "central" else f" ({bound})"
    line = f"{row.where}: assumption {row.id}{which}: {row.reason or row.source}"
    sources = (row.source,) if row.source else ()
    end = row.end or min(row.known, book.date)
    return Measure(value, unit, end, row.start, {ASSUMPTION: abs(value) or 1.0}, (*sources, row.id), (line,))


def of_figure(figure: Figure, end: date, start: date | None = None, *, unit: str = USD) -> Measure:
    """A figure of the opening as a measure, its sources read from its trail."""
    basis = figure.basis or {ASSUMPTION: abs(figure.value) or 1.0}
    named = {source for line in figure.trail for found in _NAMED.findall(line) for source in found if source}
    return Measure(figure.value, unit, end, start, basis, tuple(sorted(named)), figure.trail, figure.flags)


def year(book: Book, firm: str, metric: str, on: date, *, item: str = "") -> Reading:
    """The newest year of a flow that ended by a day, scaled to 365 days; flagged where it ended long ago."""
    rows = trailing_year(book, firm, metric, on, item=item)
    if not rows:
        return Gap(_called(book, firm, metric), f"no rows cover a year up to {on}")
    return year_of(book, rows, on)


def year_of(book: Book, rows: Sequence[Fact], on: date) -> Reading:
    """Rows that cover about a year, as one measure of a whole year."""
    whole, name = total(of_fact(book, row) for row in rows), entity_name(book, rows[0].entity)
    days = sum((row.end - row.start).days + 1 for row in rows if row.start is not None)
    if not 360 <= days <= 372:
        whole = scaled(whole, YEAR_DAYS / days, note=f"{name}: {days} days scaled to a year")
    if isinstance(whole, Measure) and (on - whole.end).days > OLD_YEAR_DAYS:
        return whole.flagged(f"{name}: the newest year in the book ended {whole.end}")
    return whole


def year_before(book: Book, firm: str, metric: str, year_now: Measure, *, item: str = "") -> Reading:
    """The year of a flow that ended where this one began."""
    what = f"{_called(book, firm, metric)} a year earlier"
    if year_now.start is None:
        return Gap(what, "the year to compare with has no first day")
    end = year_now.start - timedelta(days=1)
    for slack in (0, 1, 2, 3):  # fiscal years of 52 and 53 weeks
        rows = trailing_year(book, firm, metric, end + timedelta(days=slack), item=item)
        if rows and abs((rows[-1].end - end).days) <= 3:
            return year_of(book, rows, rows[-1].end)
    return Gap(what, f"no rows cover the year up to {end}")


def stock(book: Book, firm: str, metric: str, on: date, *, item: str = "", max_age_days: int = FRESH_DAYS) -> Reading:
    """The newest balance, price or count by a day; a gap that names the last one where it is too old."""
    fact = latest(book, firm, metric, on, item=item)
    what = _called(book, firm, metric)
    if fact is None:
        return Gap(what, f"the book has none up to {on}")
    if (on - fact.end).days > max_age_days:
        return Gap(what, f"the last one is of {fact.end}, more than {max_age_days} days before {on}")
    return of_fact(book, fact)


def quarters(book: Book, firm: str, metric: str, on: date, *, item: str = "") -> tuple[Measure, ...]:
    """All single quarters of a flow that ended by a day, oldest first."""
    return tuple(
        of_fact(book, row)
        for row in book.chosen(firm, metric)
        if row.start is not None
        and row.item == item
        and row.end <= on
        and QUARTER[0] <= (row.end - row.start).days + 1 <= QUARTER[1]
    )


def assumed(book: Book, name: str, *subjects: str, bound: Bound = "central") -> Reading:
    """The assumption of a name about the first of these subjects that has one."""
    row = book.assume(name, *subjects)
    if row is None:
        return Gap(name.replace("_", " "), f"no assumption for {' or '.join(subjects)}")
    return of_assumption(book, row, bound)


def metric_name(book: Book, metric: str) -> str:
    """A metric's English name as the book has it, in lower case unless it begins with an abbreviation."""
    row: Metric | None = book.metrics.get(metric)
    name = row.name if row else metric.replace("_", " ")
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def entity_name(book: Book, entity: str) -> str:
    """Name of a firm or a subject."""
    if entity in book.firms:
        return book.firms[entity].name
    return book.subjects[entity].name if entity in book.subjects else entity


def _called(book: Book, entity: str, metric: str) -> str:
    return f"{entity_name(book, entity)}, {metric_name(book, metric)}"


def _unit(unit: str) -> tuple[str, float]:
    """The unit a row's value has after conversion to dollars, and the factor that is still to come."""
    if unit in FOLDED:
        return FOLDED[unit]
    row = UNITS.get(unit)
    if row is not None and row.kind == "money":
        return USD, 1.0
    return ("USD" if row is not None and row.kind == "price" else unit), 1.0
