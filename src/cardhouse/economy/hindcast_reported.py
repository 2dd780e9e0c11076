"""What was reported, by calendar quarter: fiscal quarters in the calendar quarter that holds most of their days.

A flow over some quarters is found by laying reported periods end to end; a period that goes too far may be taken
back (a year less three quarters is the fourth), and the figure is then marked as derived.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book, Fact
from cardhouse.book.series import quarter_start, quarters_of

BALANCE_DAYS = 45
"""A balance stands for a quarter end that is at most so many days away."""
MOST_PERIODS = 6
"""Periods that are added or taken back at most; longer ways pile up the rounding of each."""
YEAR = 4
"""Quarters in a year."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported figure, USD million; ``where`` names its rows, ``derived`` says that a period was taken back."""

    value: float
    where: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Flows:
    """Reported flows of one metric of one firm; periods are calendar quarters from ``begin`` up to ``finish``."""

    periods: tuple[tuple[int, int, float, str], ...]

    @property
    def newest(self) -> int | None:
        """The last quarter that is reported alone or can be derived."""
        return next((q for q in reversed(self._finishes()) if self.over(q, 1) is not None), None)

    def _finishes(self) -> list[int]:
        return sorted({finish - 1 for _, finish, _, _ in self.periods})

    def over(self, first: int, count: int) -> Reported | None:
        """The flow over ``count`` quarters from ``first`` on, by the fewest periods; None where nothing fits."""
        goal = first + count
        ways: dict[int, tuple[tuple[float, float, str], ...]] = {first: ()}
        queue = deque([first])
        while queue and goal not in ways:
            at = queue.popleft()
            if len(ways[at]) == MOST_PERIODS:
                continue
            for begin, finish, value, where in self.periods:
                for here, there, sign in ((begin, finish, 1.0), (finish, begin, -1.0)):
                    if here == at and there not in ways:
                        ways[there] = (*ways[at], (sign, value, where))
                        queue.append(there)
        way = ways.get(goal)
        if not way:
            return None
        words = [
            f"{'' if i == 0 and sign > 0 else '+ ' if sign > 0 else '- '}{w}" for i, (sign, _, w) in enumerate(way)
        ]
        return Reported(sum(s * v for s, v, _ in way), " ".join(words), any(s < 0 for s, _, _ in way))

    def newest_year(self) -> tuple[int, float] | None:
        """First quarter and value of the last year that is reported whole or adds up."""
        for last in reversed(self._finishes()):
            found = self.over(last - YEAR + 1, YEAR)
            if found is not None:
                return last - YEAR + 1, found.value
        return None


def flows(book: Book, firm: str, metric: str) -> Flows:
    """Flows of a metric that stand for whole quarters; shorter and newer rows come first."""
    found = []
    for fact in book.chosen(firm, metric):
        span = quarters_of(fact.start, fact.end) if fact.start is not None and not fact.item else None
        if span is not None:
            found.append((span[0], span[0] + span[1], book.usd(fact), str(fact.where)))
    return Flows(tuple(sorted(found, key=lambda p: (p[1] - p[0], p[0]))))


def balances(book: Book, firm: str, metric: str) -> tuple[Fact, ...]:
    """Balances of a metric, oldest first."""
    return tuple(f for f in book.chosen(firm, metric) if f.start is None and not f.item)


def near(book: Book, rows: Iterable[Fact], day: date) -> Reported | None:
    """The balance whose day is nearest to a quarter end and within reach of it."""
    best = min(rows, key=lambda f: (abs((f.end - day).days), f.end), default=None)
    if best is None or abs((best.end - day).days) > BALANCE_DAYS:
        return None
    return Reported(book.usd(best), str(best.where))


def quarter_number(day: date) -> int:
    """The calendar quarter a day lies in, counted as year x 4 + 0..3."""
    return day.year * 4 + (day.month - 1) // 3


def last_day(quarter: int) -> date:
    """Last day of a calendar quarter given by its number."""
    return quarter_start(quarter + 1) - timedelta(days=1)
