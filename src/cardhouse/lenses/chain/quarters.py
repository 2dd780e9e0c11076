"""One firm's figures by calendar quarter, fiscal quarters laid on the calendar quarter that holds most of their days.

A quarter that no row states is worked out where longer rows allow it: the fourth is the year less nine months.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book, Confidence
from cardhouse.book.series import quarter_of_start, quarter_start, quarters_of
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.readings import of_fact
from cardhouse.lenses.spans import amount, spans

REVENUE = "revenue"
BACKLOG = ("remaining_performance_obligations", "revenue_backlog")
"""Contracts signed and not yet delivered; the second is a company's own, wider count."""
NEAR = (
    ("revenue", "ai-segment"),
    ("revenue_ai", ""),
    ("revenue_ai_semiconductor", ""),
    ("revenue_ai_products", ""),
    ("revenue_generative_ai", ""),
    ("revenue_generative_ai", "kling"),
    ("revenue_data_center", ""),
    ("revenue_cloud_infrastructure", ""),
    ("revenue_cloud", ""),
)
"""Metrics and items of revenue nearer to AI than the whole firm, the nearest first; few of them are AI alone."""
AI_LAYERS = ("neocloud", "model")
"""Layers whose firms live by AI: their whole revenue counts as near to it where they report no such line."""


def name(quarter: int) -> str:
    """A calendar quarter as 2026Q2."""
    return f"{quarter // 4}Q{quarter % 4 + 1}"


def last_day(quarter: int) -> date:
    """Last day of a calendar quarter."""
    return quarter_start(quarter + 1) - timedelta(days=1)


def newest_whole(day: date) -> int:
    """The newest calendar quarter that ended by a day."""
    after = day + timedelta(days=1)
    return after.year * 4 + (after.month - 1) // 3 - 1


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of one firm by calendar quarter.

    Attributes
    ----------
    metric : what the book calls it, with its item. values : by number of the quarter (year x 4 + 0..3).
    rough : quarters whose balance stands in a row of low confidence.
    """

    firm: str
    metric: str
    values: dict[int, Measure]
    rough: frozenset[int] = frozenset()


def flow(book: Book, firm: str, metric: str, item: str = "") -> Series:
    """A flow by quarter, USD million."""
    values: dict[int, Measure] = {}
    for span in spans(book, firm, metric, book.date, item=item):
        place = quarters_of(span.start, span.end)
        if span.months == 3 and place is not None:
            found = amount(book, firm, metric, span, item=item)
            if isinstance(found, Measure):
                values[place[0]] = found
    return Series(firm, f"{metric} [{item}]" if item else metric, values)


def stock(book: Book, firm: str, metric: str) -> Series:
    """A balance by quarter: the newest one that stands at its end, USD million."""
    rows = [f for f in book.chosen(firm, metric) if f.start is None and not f.item and f.end <= book.date]
    newest = {quarter_of_start(f.end + timedelta(days=1)) - 1: f for f in rows}
    rough = frozenset(q for q, f in newest.items() if f.confidence is Confidence.LOW)
    return Series(firm, metric, {q: of_fact(book, f) for q, f in newest.items()}, rough)


def backlog(book: Book, firm: str) -> Series:
    """Backlog by quarter; a firm that reports both counts is taken by the narrower, and never by both."""
    return _fullest(firm, [stock(book, firm, metric) for metric in BACKLOG])


def near(book: Book, firm: str) -> Series:
    """The line of revenue nearest to AI of which the firm reports most quarters; one line throughout.

    Firms of layers that live by AI are taken whole where they report no such line.
    """
    found = _fullest(firm, [flow(book, firm, metric, item) for metric, item in NEAR])
    if found.values or book.firms[firm].layer.value not in AI_LAYERS:
        return found
    return flow(book, firm, REVENUE)


def _fullest(firm: str, rows: list[Series]) -> Series:
    """The series with most quarters, of equals the first."""
    return max(rows, key=lambda row: len(row.values)) if rows else Series(firm, "", {})


def margin(book: Book, firm: str) -> tuple[Series, Series]:
    """Operating income and revenue, only of quarters in which the firm reports both."""
    return _both(flow(book, firm, "operating_income"), flow(book, firm, REVENUE))


def near_part(book: Book, firm: str) -> tuple[Series, Series]:
    """The line nearest to AI and the whole of revenue, only of firms that report a line and quarters with both."""
    part = near(book, firm)
    return _both(Series(firm, part.metric, {}) if part.metric == REVENUE else part, flow(book, firm, REVENUE))


def called(book: Book, firm: str, metric: str) -> str:
    """What a firm itself calls a line: how the notes of all its rows begin; empty where they do not agree."""
    name, _, item = metric.partition(" [")
    rows = [f for f in book.chosen(firm, name) if f.item == item.removesuffix("]")]
    begins = {re.split("[,;:(]", f.note, maxsplit=1)[0].strip() for f in rows}
    name = begins.pop() if len(begins) == 1 else ""
    return "" if any(c.isdigit() for c in name) else name  # a note of one period is no name


def _both(part: Series, whole: Series) -> tuple[Series, Series]:
    """Two series of one firm, only of quarters in which it has both."""
    both = part.values.keys() & whole.values.keys()
    return (
        Series(part.firm, part.metric, {q: part.values[q] for q in both}),
        Series(whole.firm, whole.metric, {q: whole.values[q] for q in both}),
    )
