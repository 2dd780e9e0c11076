"""Which column of a price file holds the dates and which the prices."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from cardhouse.errors import InputError
from cardhouse.market import amounts, days

DATE_NAMES = ("date", "datetime", "time", "timestamp", "day", "observationdate", "month", "period", "日期", "时间")
PRICE_NAMES = (
    "adjclose",
    "adjustedclose",
    "closeadj",
    "close",
    "closelast",
    "closeprice",
    "price",
    "last",
    "settle",
    "value",
    "level",
    "index",
    "nav",
    "复权收盘价",
    "收盘价",
    "收盘",
    "价格",
)
"""Names of price columns in order of choice: adjusted before plain closes."""
MOST_HEADERS = 5


@dataclass(frozen=True, slots=True)
class Columns:
    """Where dates and prices stand, the price column's name, and how many rows of headings precede the data."""

    date: int
    price: int
    name: str
    headers: int


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _is_date(cell: str) -> bool:
    try:
        days.parse(cell)
    except ValueError:
        return False
    return True


def _is_data(place: int, row: list[str]) -> bool:
    """The first row is data when it has a date; below it, any long number ends the headings."""
    return any(map(_is_date, row)) or (place > 0 and any(len(re.findall(r"\d", cell)) >= 4 for cell in row))


def _is_number(cell: str) -> bool:
    words = amounts.clean(cell)
    return bool(re.match(r"[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d+)?$", words))


def find_columns(rows: list[list[str]], *, asked: str | None) -> Columns:
    """Find dates and prices in the first rows of a file.

    Parameters
    ----------
    rows : first rows, empty ones taken out; up to five may be headings.
    asked : name of the price column, or its number from 1.

    Raises
    ------
    InputError : no dates, no prices, or several columns that might be meant; lists them.
    """
    start = next((i for i, row in enumerate(rows[: MOST_HEADERS + 1]) if _is_data(i, row)), None)
    heads = rows[: 1 if start is None else start]
    width = max((len(row) for row in rows[: MOST_HEADERS + 1]), default=0)
    names = [[head[i].strip() if i < len(head) else "" for head in heads] for i in range(width)]
    date = next((i for i, column in enumerate(names) if any(_plain(n) in DATE_NAMES for n in column)), None)
    if date is None and start is not None:
        date = next((i for i, cell in enumerate(rows[start]) if _is_date(cell)), None)
    if date is None:
        listed = ", ".join(repr(n) for n in (rows[0] if rows else []))
        raise InputError(f"has no column of dates; columns are {listed[:200]}, expected for example date, close")
    price = _price(names, date, rows[len(heads) :], asked)
    name = next((n for n in names[price] if n), f"column {price + 1}")
    return Columns(date, price, name, len(heads))


def _price(names: list[list[str]], date: int, rows: list[list[str]], asked: str | None) -> int:
    labels = [next((n for n in column if n), f"column {i + 1}") for i, column in enumerate(names)]
    others = [i for i in range(len(names)) if i != date]
    if asked is not None:
        for i in others:
            if any(_plain(n) == _plain(asked) for n in names[i]) or asked == str(i + 1):
                return i
        near = difflib.get_close_matches(asked, labels, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise InputError(f"has no column {asked!r}{hint} Columns are {', '.join(labels)}")
    for wanted in PRICE_NAMES:
        for i in others:
            if any(_plain(n) == wanted for n in names[i]):
                return i
    filled = [i for i in others if any(i < len(row) and _is_number(row[i]) for row in rows[:50])]
    if len(filled) == 1:
        return filled[0]
    if not filled and len(others) == 1:
        return others[0]
    found = ", ".join(labels[i] for i in filled or others) or "none"
    raise InputError(f"several columns may hold the price ({found}); say which with --column")
