"""Amounts of a flow over any period that rows of the book add up to, in the reporting currency or in dollars.

Firms report what suits them: quarters, half-years, nine months, years. Rows are taken as steps between two days, from
the first day of a period to the day after its last; an amount over a period is a way from its first day to its last.
A step may be taken backwards, so that the year to June is the last fiscal year, plus the half-year since, less the
half-year before it. Ways without a subtraction go first, then short ones. What no way reaches is a gap.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

from cardhouse.book import UNITS, Book, Fact
from cardhouse.lenses.measure import Gap, Measure, Reading, scaled, total
from cardhouse.lenses.readings import entity_name, metric_name, of_fact

LENGTHS = {12: (350, 380), 9: (263, 284), 6: (173, 194), 3: (80, 100)}
"""Days of a period of twelve, nine, six and three months; fiscal periods are up to a fortnight off."""
YEAR_EARLIER = (357, 378)
"""Days between a day and the same day of the year before: fiscal years have 52 or 53 weeks."""
REACH_DAYS = 400
"""Rows further than this from a period are no part of a way through it."""
DAY = timedelta(days=1)
WORKED_OUT = "longer periods less"
"""Begins the remark of an amount that no row states and that a subtraction gives."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A period, both days included, of a length in months."""

    end: date
    start: date
    months: int

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.months} months to {self.end}"


@dataclass(frozen=True, slots=True)
class Step:
    """A row that is added, or taken off where ``sign`` is -1."""

    fact: Fact
    sign: int


def way(book: Book, entity: str, metric: str, start: date, end: date, *, item: str = "") -> tuple[Step, ...]:
    """Rows that add up to the amount of a flow from one day to another.

    Returns
    -------
    tuple of Step : in order of time; empty where no rows add up to the period. Of several ways the one with the
        fewest subtractions, then the fewest rows.
    """
    steps = _steps(book, entity, metric, item, start - timedelta(REACH_DAYS), end + timedelta(REACH_DAYS))
    turn = count()
    queue: list[tuple[int, int, int, date, tuple[Step, ...]]] = [(0, 0, next(turn), start, ())]
    done: set[date] = set()
    while queue:
        off, length, _, at, path = heapq.heappop(queue)
        if at == end + DAY:
            return path
        if at in done:
            continue
        done.add(at)
        for to, step in steps.get(at, ()):
            if to not in done:
                heapq.heappush(queue, (off + (step.sign < 0), length + 1, next(turn), to, (*path, step)))
    return ()


def _steps(
    book: Book, entity: str, metric: str, item: str, first: date, last: date
) -> dict[date, list[tuple[date, Step]]]:
    """From each day on which a row begins or after which it ends: where a step leads, and the step."""
    steps: dict[date, list[tuple[date, Step]]] = {}
    for fact in _rows(book, entity, metric, item):
        if fact.start is None or fact.start < first or fact.end > last:
            continue
        after = fact.end + DAY
        steps.setdefault(fact.start, []).append((after, Step(fact, 1)))
        steps.setdefault(after, []).append((fact.start, Step(fact, -1)))
    return steps


def _rows(book: Book, entity: str, metric: str, item: str) -> list[Fact]:
    return [row for row in book.chosen(entity, metric) if row.start is not None and row.item == item]


def spans(book: Book, entity: str, metric: str, on: date, *, item: str = "") -> tuple[Span, ...]:
    """All periods of 3, 6, 9 and 12 months that rows may add up to, by their end, oldest first."""
    rows = _rows(book, entity, metric, item)
    starts = sorted({row.start for row in rows if row.start} | {row.end + DAY for row in rows})
    ends = [day - DAY for day in starts if day - DAY <= on]
    found = [
        Span(end, start, months)
        for end in ends
        for start in starts
        for months, (least, most) in LENGTHS.items()
        if least <= (end - start).days + 1 <= most
    ]
    return tuple(sorted(s for s in found if way(book, entity, metric, s.start, s.end, item=item)))


def earlier(book: Book, entity: str, metric: str, span: Span, *, item: str = "") -> Span | None:
    """The same period a year earlier, where rows add up to it."""
    rows = _rows(book, entity, metric, item)
    days = {row.start for row in rows if row.start} | {row.end + DAY for row in rows}
    starts = _near(days, span.start)
    ends = [day - DAY for day in _near(days, span.end + DAY)]
    for start in starts:
        for end in ends:
            if abs((end - start).days + 1 - span.days) <= 8 and way(book, entity, metric, start, end, item=item):
                return Span(end, start, span.months)
    return None


def _near(days: Iterable[date], day: date) -> list[date]:
    """Those of these days that lie a year before a day, the nearest to 365 days first."""
    fits = [d for d in days if YEAR_EARLIER[0] <= (day - d).days <= YEAR_EARLIER[1]]
    return sorted(fits, key=lambda d: abs((day - d).days - 365))


def amount(book: Book, entity: str, metric: str, span: Span, *, item: str = "") -> Reading:
    """The amount of a flow over a period, in USD million where it is money."""
    return _amount(book, entity, metric, span, item, of_fact)


def reported(book: Book, entity: str, metric: str, span: Span, *, item: str = "") -> Reading:
    """The amount of a flow over a period in the currency it was reported in, such as ``CNY_million``.

    In dollars where the rows that add up to it are in several currencies.
    """
    steps = way(book, entity, metric, span.start, span.end, item=item)
    one = len({UNITS[step.fact.unit].currency for step in steps}) == 1
    return _amount(book, entity, metric, span, item, native if one else of_fact)


def native(book: Book, fact: Fact) -> Measure:
    """One row in the currency it was reported in, money in millions of it; no exchange rate is part of it."""
    measure, unit = of_fact(book, fact), UNITS[fact.unit]
    if unit.kind != "money" or unit.currency == "USD":
        return measure
    value = fact.value * unit.factor
    return replace(measure, value=value, unit=f"{unit.currency}_million", sources=(fact.source,), flags=())


def _amount(
    book: Book, entity: str, metric: str, span: Span, item: str, of: Callable[[Book, Fact], Measure]
) -> Reading:
    steps = way(book, entity, metric, span.start, span.end, item=item)
    if not steps:
        return Gap(f"{entity_name(book, entity)}, {metric_name(book, metric)}", f"no rows add up to the {span}")
    whole = total(scaled(of(book, step.fact), step.sign) for step in steps)
    if not isinstance(whole, Measure):
        return whole
    whole = replace(whole, start=span.start, end=span.end)
    off = [f"{step.fact.start}..{step.fact.end}" for step in steps if step.sign < 0]
    what = f"{entity_name(book, entity)}, {metric_name(book, metric)} of the {span}"
    return whole.flagged(f"{what}: {WORKED_OUT} {', '.join(off)}") if off else whole
