"""Each quarter as it was known some days after its end, beside what is known of it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book
from cardhouse.errors import InputError
from cardhouse.lenses.chain import quarters as q
from cardhouse.lenses.chain.chain import FIGURES, By, groups, line_of, quarters_shown
from cardhouse.lenses.chain.sums import Cell
from cardhouse.lenses.measure import Gap, Reading

MOST_DAYS = 1000


@dataclass(frozen=True, slots=True)
class Then:
    """One quarter of one group: as known on ``day``, and as known now.

    Attributes
    ----------
    then : the cell as of ``day``; None where that day is still to come. now : the cell as of the book's date.
    """

    group: str
    figure: str
    quarter: int
    day: date
    then: Cell | None
    now: Cell


def then(book: Book, figure: str, days: int, by: By = By.LAYER, *, last: int = 6) -> tuple[Then, ...]:
    """A figure of all groups, each quarter as known a number of days after its end.

    Raises
    ------
    InputError : no such figure, days outside 0 to 1000, quarters outside 1 to 24.
    """
    if figure not in FIGURES:
        raise InputError(f"no figure is called {figure!r}; expected one of {', '.join(FIGURES)}; choose one")
    if not 0 <= days <= MOST_DAYS:
        raise InputError(f"{days} days after the quarter; expected 0 to {MOST_DAYS}; choose another number")
    shown = quarters_shown(book.date, last)
    members = groups(book, by)
    now = {group: line_of(book, group, firms, shown, figure).cells for group, firms in members.items()}
    rows: list[Then] = []
    for place, quarter in enumerate(shown):
        day = q.last_day(quarter) + timedelta(days=days)
        past = book.as_of(day) if day <= book.date else None
        then_in = groups(past, by) if past is not None else {}
        for group in members:
            was = _cell(past, group, then_in.get(group, ()), quarter, figure)
            rows.append(Then(group, figure, quarter, day, was, now[group][place]))
    return tuple(rows)


def _cell(past: Book | None, group: str, firms: tuple[str, ...], quarter: int, figure: str) -> Cell | None:
    return line_of(past, group, firms, (quarter,), figure).cells[0] if past is not None else None


def amount_then(row: Then) -> Reading:
    """What was known then, or that the day is still to come."""
    if row.then is None:
        return Gap(f"{row.group}, {row.figure} of {q.name(row.quarter)}", f"{row.day} is after the book's date")
    return row.then.amount
