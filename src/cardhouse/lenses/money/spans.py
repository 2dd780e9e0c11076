"""How much of a flow falls into a window when the reported periods do not fit it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from cardhouse.book import Book, Fact, trailing_year
from cardhouse.economy.figure import ASSUMPTION, Figure, total
from cardhouse.economy.inputs import YEAR_DAYS, fact_figure, sum_usd
from cardhouse.economy.window import Window, quarter_end, window_after
from cardhouse.lenses.money.links import inside

NEAR_DAYS = 46
"""A fiscal year that ends this close to the window stands for it, with its own dates."""
OLD_DAYS = 400
"""Firms whose newest year ended longer ago do not decide which window can be seen."""
PACE_DAYS = 100
"""A stated yearly pace speaks for days this far from it."""
MOST_OPEN = 0.1
"""Share of a window that may lack a figure; the rest is scaled up, flagged."""


def last_year_seen(book: Book) -> Window:
    """The newest four calendar quarters for which at least half of the firms have reported a year of revenue."""
    ends = []
    for firm in book.firms:
        rows = trailing_year(book, firm, "revenue", book.date) if inside(book, firm) else ()
        if rows and (book.date - rows[-1].end).days <= OLD_DAYS:
            ends.append(rows[-1].end)
    last = quarter_end(book.date)
    for _ in range(4):
        if ends and 2 * sum(end >= last - timedelta(days=NEAR_DAYS) for end in ends) >= len(ends):
            break
        last = quarter_end(last - timedelta(days=1))
    return window_after(last.replace(year=last.year - 1), 4)


def own_year(
    book: Book, firm: str, metric: str, window: Window, *, near: int = NEAR_DAYS
) -> tuple[Figure, date, date] | None:
    """A firm's own year of a flow that ends within ``near`` days of the window, with its dates; None without one."""
    rows = trailing_year(book, firm, metric, window.end + timedelta(days=NEAR_DAYS))
    whole = sum_usd(book, rows)
    if whole is None or rows[0].start is None or abs((rows[-1].end - window.end).days) > near:
        return None
    return whole, rows[0].start, rows[-1].end


def pieced(
    book: Book, firm: str, metric: str, window: Window, *, pace: str = "", most_open: float = MOST_OPEN
) -> Figure | None:
    """A flow over a window put together from rows of any length, day by day.

    The shortest row that covers a day gives its pace; of a longer row counts what its shorter ones leave, evenly over
    the days that are left. Days without a row follow the stated yearly ``pace`` (a metric), an assumption.

    Returns
    -------
    Figure | None : None where more than ``most_open`` of the window has neither.
    """
    rows = [f for f in book.chosen(firm, metric) if f.start is not None and not f.item]
    first, days = window.start.toordinal(), (window.end - window.start).days + 1
    begin = min([f.start.toordinal() for f in rows if f.start] + [first])
    size = max([f.end.toordinal() for f in rows] + [window.end.toordinal()]) - begin + 1
    value, owner = np.zeros(size), np.full(size, -1)
    for k, row in sorted(enumerate(rows), key=lambda kv: _days(kv[1])):
        _lay(book, row, k, begin, value, owner)
    here = slice(first - begin, first - begin + days)
    parts = []
    for k, row in enumerate(rows):
        mine = float(value[here][owner[here] == k].sum())
        whole = fact_figure(book, row)
        if mine > 0 and whole.value > 0:
            parts.append(whole.scaled(mine / whole.value))
    name, what = book.firms[firm].name, metric.replace("_", " ")
    open_days = np.flatnonzero(owner[here] < 0) + first
    if pace and open_days.size:
        stated = _at_pace(book, firm, pace, open_days)
        if stated is not None:
            return total((*parts, stated)).flagged(
                f"{name}: {open_days.size} days of {what} at the yearly pace that it gave"
            )
    if open_days.size > most_open * days:
        return None
    whole_window = total(parts)
    if not open_days.size:
        return whole_window
    return whole_window.scaled(
        days / (days - open_days.size), note=f"{name}: {open_days.size} days without {what}, scaled up"
    )


def _days(row: Fact) -> int:
    return (row.end - (row.start or row.end)).days


def _lay(book: Book, row: Fact, k: int, begin: int, value: np.ndarray, owner: np.ndarray) -> None:
    """Spread what shorter rows leave of a row over the days that they leave."""
    if row.start is None:
        return
    span = slice(row.start.toordinal() - begin, row.end.toordinal() - begin + 1)
    free = owner[span] < 0
    left = book.usd(row) - float(value[span][~free].sum())
    if free.any() and left >= 0:
        value[span] = np.where(free, left / free.sum(), value[span])
        owner[span] = np.where(free, k, owner[span])


def _at_pace(book: Book, firm: str, metric: str, days: np.ndarray) -> Figure | None:
    """Days at the yearly pace that a firm gave, between its dates in a straight line."""
    points = [f for f in book.chosen(firm, metric) if f.start is None and not f.item]
    if not points:
        return None
    known = np.array([f.end.toordinal() for f in points])
    if np.abs(days[:, None] - known[None, :]).min(axis=1).max() > PACE_DAYS:
        return None
    amount = float(np.interp(days, known, [book.usd(f) for f in points]).sum() / YEAR_DAYS)
    return Figure.of(amount, ASSUMPTION, f"{points[-1].where}: {firm} {metric}, interpolated over {days.size} days")
