"""From the text of a cell to a value, by the type of its column.

Words, ids and dates repeat, so each column remembers the cells it has understood; a number is
read each time. A cell that cannot be understood raises :class:`CellError`, and is never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from sys import intern
from typing import Any

from cardhouse.book.faults import near, shown
from cardhouse.book.schema import ID, Column, Type

FIRST_YEAR, LAST_YEAR = 1900, 2199
LARGEST = 1e18
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that make a spreadsheet read a text as a formula."""

_ID = re.compile(ID)
_GROUPED = re.compile(r"[+-]?\d{1,3}([,' \u00a0\u202f]\d{3})+(\.\d*)?")


class CellError(Exception):
    """A cell that is no value of its column: problem, expected, action."""

    def __init__(self, problem: str, expected: str, action: str = "") -> None:
        super().__init__(problem)
        self.problem, self.expected, self.action = problem, expected, action


class _Remembered(dict[str, Any]):
    """Values by cell; an unseen cell is converted once."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: str) -> Any:
        value = self[cell] = self._convert(cell.strip())
        return value


def converter(column: Column) -> Callable[[str], Any]:
    """Return a function from a cell of this column to its value; it raises CellError."""
    if column.type is Type.NUMBER:
        return partial(read_number, required=column.required)
    if column.type is Type.TEXT and column.name in ("note", "reason", "definition", "title", "value"):
        return partial(_long_text, required=column.required)
    convert = partial(_CONVERT[column.type], column)
    return _Remembered(partial(_or_blank, column, convert)).__getitem__


def _or_blank(column: Column, convert: Callable[[str], Any], cell: str) -> Any:
    if cell:
        return convert(cell)
    if column.required:
        raise CellError("blank", _expected(column))
    return _BLANK.get(column.type)


def _expected(column: Column) -> str:
    return f"one of {', '.join(column.allowed)}" if column.allowed else column.type.value


def read_number(cell: str, *, required: bool = True) -> float | None:
    """Read a finite number written plainly; a blank is None unless required."""
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if -LARGEST <= value <= LARGEST and "_" not in cell and cell.isascii():
        return value
    if not required and not cell.strip():
        return None
    raise _no_number(cell.strip())


def _no_number(cell: str) -> CellError:
    expected = Type.NUMBER.value
    if not cell:
        return CellError("blank", expected)
    if _GROUPED.fullmatch(cell):
        return CellError(f"{shown(cell)} has separators in it", expected, "write the digits without them")
    return CellError(f"{shown(cell)} is no such number", expected)


def read_date(cell: str) -> date:
    """Read a day as YYYY-MM-DD within the years a book may speak of."""
    try:
        if len(cell) == len("2025-01-31") and cell[4] == cell[7] == "-":
            day = date.fromisoformat(cell)
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return day
    except ValueError:
        pass
    raise CellError(f"{shown(cell)} is no such date", Type.DATE.value)


def read_text(cell: str) -> str:
    """Read text without outer blanks and without the apostrophe that :func:`guard` put before it."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and runs_as_formula(text) else text


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet could run ``text`` as a formula, apostrophes and blanks before it aside."""
    return text.lstrip("' ").startswith(FORMULA_STARTS)


def guard(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet could run as a formula."""
    return f"'{text}" if runs_as_formula(text) else text


def _long_text(cell: str, *, required: bool) -> str:
    if not cell and not required:
        return ""
    text = read_text(cell)
    if required and not text:
        raise CellError("blank", Type.TEXT.value)
    return text


def _text(_: Column, cell: str) -> str:
    return intern(read_text(cell))


def _id(column: Column, cell: str) -> str:
    if _ID.fullmatch(cell):
        return intern(cell)
    raise CellError(f"{shown(cell)} is no id", _expected(column))


def _list(_: Column, cell: str) -> tuple[str, ...]:
    return tuple(part for part in (p.strip() for p in read_text(cell).split("|")) if part)


def _date(_: Column, cell: str) -> date:
    return read_date(cell)


def _choice(column: Column, cell: str) -> str:
    for word in column.choices:
        if word == cell:
            return word
    raise CellError(f"{shown(cell)} is not allowed", _expected(column), near(cell, column.allowed))


def _yes_no(_: Column, cell: str) -> bool:
    if cell in ("yes", "no"):
        return cell == "yes"
    raise CellError(f"{shown(cell)} is not allowed", Type.YES_NO.value)


def _month_day(_: Column, cell: str) -> str:
    try:
        if len(cell) == len("12-31"):
            return intern(date.fromisoformat(f"2024-{cell}").strftime("%m-%d"))
    except ValueError:
        pass
    raise CellError(f"{shown(cell)} is no such day", Type.MONTH_DAY.value)


def _url(_: Column, cell: str) -> str:
    if cell.startswith(("https://", "http://")) and cell.isprintable() and " " not in cell:
        return cell
    raise CellError(f"{shown(cell)} is no web address", Type.URL.value)


_CONVERT: dict[Type, Callable[[Column, str], Any]] = {
    Type.ID: _id,
    Type.TEXT: _text,
    Type.LIST: _list,
    Type.DATE: _date,
    Type.CHOICE: _choice,
    Type.YES_NO: _yes_no,
    Type.MONTH_DAY: _month_day,
    Type.URL: _url,
}
_BLANK: dict[Type, Any] = {Type.ID: "", Type.TEXT: "", Type.LIST: (), Type.URL: "", Type.MONTH_DAY: ""}
