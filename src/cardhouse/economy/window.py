"""Time in the economy: calendar quarters, and how much of a period falls into a window."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.errors import InputError

QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))
MAX_QUARTERS = 40


@dataclass(frozen=True, slots=True)
class Window:
    """Whole calendar quarters after an opening date: ``opening`` is the day before ``start``."""

    opening: date
    start: date
    end: date
    quarters: int

    @property
    def years(self) -> float:
        """Length in years."""
        return self.quarters / 4

    def share(self, start: date | None, end: date | None) -> float:
        """Share of the period start..end (both days included) that falls into the window, 0 to 1."""
        if start is None or end is None or end < start:
            return 0.0
        first, last = max(start, self.start), min(end, self.end)
        return max(0, (last - first).days + 1) / ((end - start).days + 1)

    def ramp_share(self, start: date, end: date) -> float:
        """Share of a total that rises in a straight line from zero at ``start`` to ``end``."""
        length = (end - start).days + 1
        if length <= 0:
            return 0.0

        def done(day: date) -> float:
            return min(max(((day - start).days + 1) / length, 0.0), 1.0) ** 2

        return done(self.end) - done(self.start - timedelta(days=1))

    def overlap_years(self, start: date | None, end: date | None) -> float:
        """Years of the window that lie inside start..end (open ends reach past the window)."""
        first = max(start or self.start, self.start)
        last = min(end or self.end, self.end)
        return max(0, (last - first).days + 1) / ((self.end - self.start).days + 1) * self.years


def quarters_of(window: Window, count: int) -> tuple[Window, ...]:
    """So many single quarters that follow each other from the opening of a window on."""
    opening, out = window.opening, []
    for _ in range(count):
        one = window_after(opening, 1)
        out.append(one)
        opening = one.end
    return tuple(out)


def quarter_end(day: date) -> date:
    """The last calendar quarter end on or before ``day``."""
    for month, last in reversed(QUARTER_ENDS):
        candidate = date(day.year, month, last)
        if candidate <= day:
            return candidate
    return date(day.year - 1, 12, 31)


def window_after(day: date, quarters: int) -> Window:
    """The ``quarters`` calendar quarters that follow the last quarter end known on ``day``.

    Raises
    ------
    InputError : ``quarters`` outside 1..40.
    """
    if not 1 <= quarters <= MAX_QUARTERS:
        raise InputError(f"a horizon of {quarters} quarters; expected 1 to {MAX_QUARTERS}; say for example --horizon 4")
    opening = quarter_end(day)
    start = opening + timedelta(days=1)
    month_index = start.year * 12 + start.month - 1 + 3 * quarters - 1
    year, month = divmod(month_index, 12)
    return Window(opening, start, date(year, month + 1, monthrange(year, month + 1)[1]), quarters)
