"""Dates as people write them: one column is read as a whole, so that 03/04/2020 is not guessed row by row."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cardhouse.errors import InputError

_SPRING = ("january", "february", "march", "april", "may", "june")
_NAMES = (*_SPRING, "july", "august", "september", "october", "november", "december")
MONTHS = {word: k for k, name in enumerate(_NAMES, start=1) for word in (name, name[:3])} | {"sept": 9}
EARLIEST, LATEST = 1600, 2200
"""Years of prices; anything else is a typing error or a number that is no date."""

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_DAY_NAME = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$")
_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}$")
_TIME = re.compile(r"[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?(?:Z|UTC|[+-]\d{2}:?\d{2})?$")


class Order(StrEnum):
    """What stands first in 03/04/2020."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: the way it is written, and year, two numbers and seconds of the day.

    ``way`` is "year first", "compact", "month named" or "numbers"; only of "numbers" the order of
    ``first`` and ``second`` is open, in all others ``first`` is the month.
    """

    way: str
    year: int
    first: int
    second: int
    seconds: int = 0

    def moment(self, order: Order | None) -> datetime:
        """The date and time; ValueError when there is no such day."""
        month, day = self.first, self.second
        if self.way == "numbers" and order is Order.DAY_FIRST:
            month, day = day, month
        if not EARLIEST <= self.year <= LATEST:
            raise ValueError(f"the year {self.year} is outside {EARLIEST} to {LATEST}")
        if not (1 <= month <= 12):
            raise ValueError(f"there is no month {month}")
        hour, rest = divmod(self.seconds, 3600)
        try:
            return datetime(self.year, month, day, hour, rest // 60, rest % 60)  # noqa: DTZ001 - zones are of no use here
        except ValueError:
            raise ValueError(f"there is no day {self.year:04}-{month:02}-{day:02}") from None


def parse(text: str) -> Written:
    """Take a date apart.

    Raises
    ------
    ValueError : says what is wrong with it.
    """
    words = text.strip()
    seconds = 0
    if clock := _TIME.search(words):
        hour, minute, second = (int(part or 0) for part in clock.groups())
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"{text!r} has no such time of day")
        seconds, words = hour * 3600 + minute * 60 + second, words[: clock.start()].rstrip(",")
    if found := _YEAR_FIRST.match(words):
        return Written("year first", int(found[1]), int(found[2]), int(found[3] or 1), seconds)
    if found := _NUMERIC.match(words):
        return Written("numbers", int(found[3]), int(found[1]), int(found[2]), seconds)
    if found := _COMPACT.match(words):
        return Written("compact", int(found[1]), int(found[2]), int(found[3]), seconds)
    if (found := _DAY_NAME.match(words)) and found[2].lower() in MONTHS:
        return Written("month named", int(found[3]), MONTHS[found[2].lower()], int(found[1]), seconds)
    if (found := _NAME_DAY.match(words)) and found[1].lower() in MONTHS:
        return Written("month named", int(found[3]), MONTHS[found[1].lower()], int(found[2]), seconds)
    if _SHORT_YEAR.match(words):
        raise ValueError(f"{text!r} has a year of two digits; expected four")
    if re.fullmatch(r"\d{5}(\.\d+)?", words):
        raise ValueError(f"{text!r} looks like a spreadsheet's day number; save the dates as YYYY-MM-DD")
    raise ValueError(f"{text[:40]!r} is no date; expected for example 2024-12-31")


def find_order(written: list[Written], *, asked: Order | None) -> tuple[Order | None, str]:
    """Decide whether 03/04/2020 is a day in April or in March, from the whole column; with the reason.

    One number above 12 decides. Otherwise only one order may make the rows rise (or fall) in time.

    Raises
    ------
    InputError : the column contradicts itself, or leaves the matter open.
    """
    open_ones = [w for w in written if w.way == "numbers"]
    if not open_ones:
        return None, ""
    if asked:
        return asked, f"dates like 03/04/2020 are read {asked}, as asked"
    days_first = sum(w.first > 12 for w in open_ones)
    months_first = sum(w.second > 12 for w in open_ones)
    if days_first and months_first:
        counts = Counter({Order.DAY_FIRST: days_first, Order.MONTH_FIRST: months_first})
        raise InputError(
            f"dates mix two orders: {counts[Order.DAY_FIRST]} can only be day first, "
            f"{counts[Order.MONTH_FIRST]} only month first; write them as YYYY-MM-DD"
        )
    if days_first or months_first:
        order = Order.DAY_FIRST if days_first else Order.MONTH_FIRST
        return (
            order,
            f"dates like 03/04/2020 are read {order}; rows that allow nothing else: {days_first or months_first}",
        )
    fitting = [order for order in Order if _steady(written, order)]
    if len(fitting) == 1:
        return fitting[0], f"dates like 03/04/2020 are read {fitting[0]}: only so the rows are in order of time"
    raise InputError(
        "cannot tell the day from the month in dates like 03/04/2020: no row of the file decides; "
        "say --date-order day-first or month-first, or write the dates as YYYY-MM-DD"
    )


def _steady(written: list[Written], order: Order) -> bool:
    """Whether the rows rise or fall in time all the way; two rows at least."""
    try:
        moments = [w.moment(order) for w in written]
    except ValueError:
        return False
    pairs = list(pairwise(moments))
    return bool(pairs) and (all(a < b for a, b in pairs) or all(a > b for a, b in pairs))
