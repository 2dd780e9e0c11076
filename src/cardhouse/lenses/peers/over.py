"""Which period a firm is measured over, and shares of its revenue in the currency it reports in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from cardhouse.book import Book, Fact
from cardhouse.economy.inputs import FRESH_DAYS
from cardhouse.lenses.measure import Gap, Measure, Reading, ratio
from cardhouse.lenses.readings import OLD_YEAR_DAYS, entity_name, metric_name, of_fact
from cardhouse.lenses.spans import Span, Step, amount, earlier, native, reported, spans, way

REVENUE = "revenue"
SAME_DAY = 7
"""A balance this many days off the end of a period still stands at its end."""


def best(periods: Iterable[Span]) -> Span | None:
    """The period to measure over: a year that ended within two quarters of the newest, else the longest of the newest.

    A year has all seasons in it; a firm that sells most in its last quarter looks ill in any other period.
    """
    rows = sorted(periods)
    if not rows:
        return None
    newest = rows[-1].end
    years = [s for s in rows if s.months == 12 and (newest - s.end).days <= FRESH_DAYS]
    return years[-1] if years else max((s for s in rows if s.end == newest), key=lambda s: s.months)


def main_span(book: Book, firm: str, on: date) -> Span | None:
    """The period of a firm's row: the best of those that also have a year earlier, else the best of all."""
    periods = spans(book, firm, REVENUE, on)
    both = [s for s in periods if earlier(book, firm, REVENUE, s)]
    return best(both) or best(periods)


def newest_span(book: Book, firm: str, on: date) -> Span | None:
    """The longest of the newest periods that also have a year earlier."""
    both = [s for s in spans(book, firm, REVENUE, on) if earlier(book, firm, REVENUE, s)]
    return max(both, key=lambda s: (s.end, s.months), default=None)


def span_with(book: Book, firm: str, main: Span, *metrics: str, months: int = 0) -> Span | None:
    """The firm's own period where all these flows have it; else the best in which they do, not long before it.

    Parameters
    ----------
    months : only periods of this length; 0 for any.
    """
    if months in (0, main.months) and all(way(book, firm, m, main.start, main.end) for m in metrics):
        return main
    first, *others = metrics
    fits = [
        s
        for s in spans(book, firm, first, main.end)
        if (main.end - s.end).days <= OLD_YEAR_DAYS
        and months in (0, s.months)
        and all(way(book, firm, m, s.start, s.end) for m in others)
    ]
    return best(fits)


def newest_with(book: Book, firm: str, on: date, *metrics: str, max_age_days: int) -> Span | None:
    """The period that ends last in which all these flows can be had; of several the longest without a subtraction."""

    def ways(span: Span) -> list[tuple[Step, ...]]:
        return [way(book, firm, m, span.start, span.end) for m in metrics]

    fits = [s for s in spans(book, firm, metrics[0], on) if (on - s.end).days <= max_age_days and all(ways(s))]
    return max(
        fits, key=lambda s: (s.end, all(step.sign > 0 for rows in ways(s) for step in rows), s.months), default=None
    )


def of_revenue(book: Book, firm: str, main: Span, metric: str, what: str, *, year_first: bool = False) -> Reading:
    """A flow as a share of revenue over the same period and in one currency, so that no exchange rate is in it.

    Parameters
    ----------
    year_first : a year not long before goes before a shorter period: most of the flow is booked in one quarter.
    """
    year = span_with(book, firm, main, metric, REVENUE, months=12) if year_first else None
    span = year or span_with(book, firm, main, metric, REVENUE)
    if span is None:
        return lacks(book, firm, metric, main)
    return ratio(what, *together(book, firm, span, metric, REVENUE), positive="revenue")


def lacks(book: Book, firm: str, metric: str, main: Span) -> Gap:
    """A flow that the firm's own period does not have, nor one before it."""
    what = f"{entity_name(book, firm)}, {metric_name(book, metric)}"
    return Gap(what, f"no rows in the {main} nor in a period before it that revenue covers too")


def together(book: Book, firm: str, span: Span, *metrics: str) -> tuple[Reading, ...]:
    """Flows over one period in one currency: that of the reports where all have it, else dollars."""
    own = tuple(reported(book, firm, m, span) for m in metrics)
    return alike(own, tuple(amount(book, firm, m, span) for m in metrics))


def balances(book: Book, firm: str, metric: str, on: date) -> tuple[Fact, ...]:
    """Balances of a metric by a day, newest first."""
    rows = [f for f in book.chosen(firm, metric) if f.start is None and not f.item and f.end <= on]
    return tuple(reversed(rows))


def beside(book: Book, balance: Fact, flow_metric: str, span: Span) -> tuple[Reading, ...]:
    """A balance and a flow in one currency: that of the reports where both have it, else dollars."""
    firm = balance.entity
    own = (native(book, balance), reported(book, firm, flow_metric, span))
    return alike(own, (of_fact(book, balance), amount(book, firm, flow_metric, span)))


def alike(own: tuple[Reading, ...], dollars: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Amounts in the currency of the reports where it is one, else the same amounts in dollars."""
    return own if len({r.unit for r in own if isinstance(r, Measure)}) <= 1 else dollars


def ending_on(book: Book, firm: str, balance: Fact, *metrics: str) -> Span | None:
    """The longest period that ends on the day of a balance and over which these flows can be had."""
    first, *others = metrics
    fits = [
        s
        for s in spans(book, firm, first, balance.end + timedelta(days=SAME_DAY))
        if abs((s.end - balance.end).days) <= SAME_DAY and all(way(book, firm, m, s.start, s.end) for m in others)
    ]
    return max(fits, key=lambda s: s.months, default=None)
