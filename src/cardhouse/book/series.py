"""Series of a metric: the newest stock, the rows that cover a period, the trailing year.

Fiscal periods keep their own dates in the book. To lay them beside calendar quarters, a period of n
quarters stands for the n calendar quarters that hold most of its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from cardhouse.book.book import Book
from cardhouse.book.records import Fact

QUARTER_DAYS = 365.25 / 4
SLACK_DAYS = 10
"""A period's length may differ this much from whole quarters (52 and 53 week years, short months)."""
YEAR_DAYS = (350, 380)
SEAM_DAYS = 3
"""Two fiscal periods meet if the later starts at most this many days off the earlier one's next day."""


def latest(
    book: Book, entity: str, metric: str, on: date, *, max_age_days: int | None = None, item: str = ""
) -> Fact | None:
    """Find the newest stock of a metric, with ``end <= on``.

    Parameters
    ----------
    max_age_days : the figure may be at most this old on the day; None for any age.
    item : which figure, where items tell figures apart.

    Returns
    -------
    Fact | None : None where the book has no such figure.
    """
    for fact in reversed(book.chosen(entity, metric)):
        if fact.start is not None or fact.item != item or fact.end > on:
            continue
        if max_age_days is not None and (on - fact.end).days > max_age_days:
            return None
        return fact
    return None


def quarter_of_start(day: date) -> int:
    """Find the calendar quarter whose first day is nearest to ``day``, as year x 4 + 0..3."""
    number = day.year * 4 + (day.month - 1) // 3
    before, after = quarter_start(number), quarter_start(number + 1)
    return number if (day - before) < (after - day) else number + 1


def quarter_start(number: int) -> date:
    """First day of a calendar quarter given by its number."""
    return date(number // 4, number % 4 * 3 + 1, 1)


def quarters_of(start: date, end: date) -> tuple[int, int] | None:
    """First quarter and number of quarters that a period stands for; None if it is not of whole quarters."""
    days = (end - start).days + 1
    count = round(days / QUARTER_DAYS)
    if count < 1 or abs(days - count * QUARTER_DAYS) > SLACK_DAYS:
        return None
    return quarter_of_start(start), count


def _flows(book: Book, entity: str, metric: str, item: str) -> list[Fact]:
    rows = book.chosen(entity, metric)
    return [fact for fact in rows if fact.start is not None and fact.item == item]


def cover(book: Book, entity: str, metric: str, start: date, end: date, *, item: str = "") -> tuple[Fact, ...]:
    """Flows that cover a period without overlap, quarters before longer rows.

    Parameters
    ----------
    start, end : first and last day; a period of whole quarters (fiscal or calendar).
    item : which figures, where items tell figures apart.

    Returns
    -------
    tuple of Fact : sorted by end; empty where no set of rows covers the period.
    """
    rows = _flows(book, entity, metric, item)
    exact = _by_days(rows, start, end)
    if exact:
        return exact
    window = quarters_of(start, end)
    if window is None:
        return ()
    first, count = window
    last = first + count
    reach: dict[int, tuple[Fact, ...]] = {first: ()}
    spans = sorted(
        ((span[0], span[0] + span[1], fact) for fact in rows if (span := quarters_of(fact.start or start, fact.end))),
        key=lambda span: (span[0], span[1]),
    )
    for begin, finish, fact in spans:
        path = reach.get(begin)
        if path is None or finish > last:
            continue
        if len(path) + 1 > len(reach.get(finish, ())):
            reach[finish] = (*path, fact)
    return reach.get(last, ())


def _by_days(rows: Sequence[Fact], start: date, end: date) -> tuple[Fact, ...]:
    """Rows that cover the days exactly, the most of them; empty if none do."""
    day = timedelta(days=1)
    reach: dict[date, tuple[Fact, ...]] = {start: ()}
    for fact in sorted(rows, key=lambda row: (row.start or start, row.end)):
        path = reach.get(fact.start or start)
        if path is None or fact.end > end:
            continue
        if len(path) + 1 > len(reach.get(fact.end + day, ())):
            reach[fact.end + day] = (*path, fact)
    return reach.get(end + day, ())


def trailing_year(book: Book, entity: str, metric: str, on: date, *, item: str = "") -> tuple[Fact, ...]:
    """Find the newest year of a flow that ends on or before a day: quarters, half years, or a year.

    Returns
    -------
    tuple of Fact : sorted by end, without overlap, 350 to 380 days together; empty where there is none.
    """
    rows = [fact for fact in _flows(book, entity, metric, item) if fact.end <= on]
    rows.sort(key=lambda row: row.end - (row.start or row.end))
    for end in sorted({fact.end for fact in rows}, reverse=True):
        path = _back(rows, end, (), set())
        if path:
            return path
    return ()


def _back(rows: Sequence[Fact], end: date, later: tuple[Fact, ...], tried: set[date]) -> tuple[Fact, ...]:
    """Extend a path of rows backwards until it is a year long; shortest rows first, each start once."""
    for fact in rows:
        if fact.start is None or abs((end - fact.end).days) > (SEAM_DAYS if later else 0):
            continue
        if fact.start in tried or (later and fact.end >= (later[0].start or end)):
            continue
        tried.add(fact.start)
        path = (fact, *later)
        days = (path[-1].end - fact.start).days + 1
        if YEAR_DAYS[0] <= days <= YEAR_DAYS[1]:
            return path
        if days < YEAR_DAYS[0] and (longer := _back(rows, fact.start, path, tried)):
            return longer
    return ()
