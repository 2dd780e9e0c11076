"""A table as data: drawn as text, written as CSV, or sent as JSON, always the same numbers.

In text money is shown in the unit of the table's language (USD billion, 亿美元); CSV and JSON carry USD
million in full.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cardhouse.errors import InputError
from cardhouse.views.words import ENGLISH, Words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

Cell = str | float | int | date | bool | None


WIDTH = 100
"""Columns that every table fits into when the terminal is not known to be wider."""
NARROWEST = 12
"""Characters below which a wrapping column is not squeezed further."""


class Kind(StrEnum):
    """What a column holds; decides how a cell is drawn."""

    TEXT = "text"
    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"
    NUMBER = "number"
    CODE = "code"
    DATE = "date"


LEFT = (Kind.TEXT, Kind.CODE, Kind.DATE)
"""Kinds that stand at the left of their column; numbers stand at the right."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: stable key (JSON, CSV), title on screen, kind. ``wrap`` columns give way when space is short."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table with notes below it; ``t`` is the language of its texts, which its money is drawn in as well."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    t: Words = field(default=ENGLISH, repr=False, compare=False)

    def records(self) -> list[dict[str, Cell]]:
        """Rows as dictionaries by column key, dates as text."""
        keys = [c.key for c in self.columns]
        return [
            {k: (v.isoformat() if isinstance(v, date) else v) for k, v in zip(keys, row, strict=True)}
            for row in self.rows
        ]

    def to_pandas(self) -> Any:
        """The rows as a data frame of pandas, columns by key, money in USD million; title and notes in ``attrs``.

        Raises
        ------
        InputError : pandas is not installed.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise InputError("a data frame of pandas needs pandas; say: pip install pandas") from error
        frame = pandas.DataFrame(self._series())
        for column in self.columns:
            if column.kind is Kind.DATE:
                frame[column.key] = pandas.to_datetime(frame[column.key])
        frame.attrs = {"title": self.title, "notes": list(self.notes)}
        return frame

    def to_polars(self) -> Any:
        """The rows as a data frame of polars, columns by key, money in USD million.

        Raises
        ------
        InputError : polars is not installed.
        """
        try:
            polars = import_module("polars")
        except ImportError as error:
            raise InputError("a data frame of polars needs polars; say: pip install polars") from error
        return polars.DataFrame(self._series(), strict=False)

    def _series(self) -> dict[str, list[Cell]]:
        """Cells by column, each column of one sort: a mark among numbers (n/a, n.m.) is a missing value."""
        return {c.key: _one_sort(c.kind, [row[i] for row in self.rows]) for i, c in enumerate(self.columns)}

    def __str__(self) -> str:
        """The table as text."""
        return text(self)

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """In a terminal of IPython: the table as text."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """In a notebook: the table as HTML; every text in it is escaped."""
        head = "".join(f"<th{_side(c.kind)}>{escape(unbroken(c.title))}</th>" for c in self.columns)
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{_side(c.kind)}>{escape(draw(v, c.kind, self.t))}</td>"
                for v, c in zip(row, self.columns, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        unit = self.t("Money in {unit}.", unit=self.t.money_unit)
        money = [unit] if any(c.kind is Kind.MONEY for c in self.columns) else []
        notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in (*money, *self.notes))
        return (
            f"<table><caption>{escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>{notes}"
        )


def _one_sort(kind: Kind, cells: list[Cell]) -> list[Cell]:
    """A column's cells; texts among its numbers are missing values, a column of texts alone stays one."""
    if kind in LEFT or not any(isinstance(cell, (int, float)) for cell in cells):
        return cells
    return [None if isinstance(cell, str) else cell for cell in cells]


def _side(kind: Kind) -> str:
    """Where a cell of HTML stands, as its text does."""
    return ' style="text-align:left"' if kind in LEFT else ' style="text-align:right"'


def unbroken(title: str) -> str:
    """A title without the hyphens that break it in a narrow column (``receiv- ables``)."""
    return re.sub(r"(?<=[a-z])- (?=[a-z])", "", title)


def billions(million: float) -> str:
    """USD million as billions with one digit; small amounts keep a sign of life."""
    return ENGLISH.amount(million)


def draw(value: Cell, kind: Kind, t: Words = ENGLISH) -> str:
    """One cell as text; codes are looked up in the language once their underscores are gone."""
    if value is None:
        return ""
    if isinstance(value, date):
        return t.day(value)
    if isinstance(value, str):
        return t(value.replace("_", " ")) if kind is Kind.CODE and value else value
    match kind:
        case Kind.MONEY:
            return t.amount(float(value))
        case Kind.PERCENT:
            return t.percent(value) if abs(value) < 9.995 else ">999%" if value > 0 else "<-999%"
        case Kind.COUNT:
            return f"{value:,.0f}"
        case _:
            return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.6g}"


def text(table: Table, *, width: int = WIDTH) -> str:
    """The table at a given width; long cells of wrapping columns run over several lines."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    cells = [[draw(v, c.kind, table.t) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
    fits = _widths(table, cells, width)
    for column, fit in zip(table.columns, fits, strict=True):
        left = column.kind in LEFT
        grid.add_column(_plain(column.title), justify="left" if left else "right", overflow="fold", width=fit)
    for row in cells:
        grid.add_row(*(_plain(_broken(cell, fit)) for cell, fit in zip(row, fits, strict=True)))
    parts = [paragraph(table.title, width=width)] if table.title else []
    return "\n".join([*parts, _rendered(grid, width), *(paragraph(note, width=width) for note in table.notes)])


def _widths(table: Table, cells: list[list[str]], width: int) -> list[int]:
    """Width of each column: numbers whole, titles broken at spaces, the rest of the line for words that wrap."""
    from rich.cells import cell_len

    filled = [max((cell_len(row[i]) for row in cells), default=0) for i in range(len(table.columns))]
    titles = [max(_least(word) for word in c.title.split(" ")) for c in table.columns]
    whole = [max(cell_len(c.title), f) for c, f in zip(table.columns, filled, strict=True)]
    fits = [
        max(min(f, NARROWEST) if c.wrap else min(f, width // 3), t)
        for c, f, t in zip(table.columns, filled, titles, strict=True)
    ]
    room = width - sum(fits) - 2 * (len(fits) - 1)
    for i in sorted(range(len(fits)), key=lambda i: (not table.columns[i].wrap, i)):
        # Wrapping columns share what is left; titles that would fit on one line get the crumbs.
        sharing = sum(1 for j, c in enumerate(table.columns) if c.wrap and j >= i) if table.columns[i].wrap else 1
        more = max(min(whole[i] - fits[i], room // max(sharing, 1)), 0)
        fits[i] += more
        room -= more
    return fits


def _least(word: str) -> int:
    """Columns that a word of a title needs: one with Chinese in it breaks between characters, best in its middle."""
    from rich.cells import cell_len

    whole = cell_len(word)
    latin = max((len(run) for run in re.findall(r"[\w-]+", word, re.ASCII)), default=0)
    return min(max(whole // 2 + whole // 2 % 2, latin, 4), whole) if _WIDE.search(word) else whole


def _broken(cell: str, width: int) -> str:
    """A cell broken after spaces and hyphens, so that ids run over at a place a reader expects; no sign is cut off."""
    if _WIDE.search(cell):
        return _between_characters(cell, width, _CELL_PIECE)
    lines = [""]
    for piece in re.findall(r"(?:[^ -]|(?<!\w)-)+[ -]?|[ -]", cell):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


_OPENING, _CLOSING = "\uff08\u300a\u201c\u2018", "\uff0c\u3002\u3001\uff1b\uff1a\uff01\uff1f\uff09\u300b\u201d\u2019"
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_NARROW = f"[^ {_OPENING}{_CLOSING}\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_PIECE = re.compile(f"[{_OPENING}]*(?:{_NARROW}+|[^{_OPENING}])[{_CLOSING}%]* *|.")
"""A word in Latin letters or one Chinese character, with the signs that must stand on its line."""
_CELL_PIECE = re.compile(f"[{_OPENING}]*(?:(?:(?!-){_NARROW}|(?<!\\w)-)+-?|[^{_OPENING}])[{_CLOSING}%]* *|.")
"""The same, broken after hyphens too, as ids are in cells."""


def _between_characters(line: str, width: int, pieces: re.Pattern[str]) -> str:
    """A line with Chinese in it, broken between characters, which have no spaces; never before a comma or a stop."""
    from rich.cells import cell_len

    lines = [""]
    for piece in pieces.findall(line):
        if lines[-1] and cell_len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(part.rstrip() for part in lines)


def paragraph(words: str, *, width: int = WIDTH) -> str:
    """A text broken at spaces; lines that start with spaces keep their indentation when they run over."""
    from rich.console import Group
    from rich.padding import Padding

    lines = [(len(line) - len(line.lstrip(" ")), line.lstrip(" ")) for line in words.split("\n")]
    broken = [
        (indent, _between_characters(line, width - indent, _PIECE) if _WIDE.search(line) else line)
        for indent, line in lines
    ]
    return _rendered(Group(*(Padding(_plain(line), (0, 0, 0, indent)) for indent, line in broken)), width)


def _plain(words: str) -> Text:
    """Words as they are: nothing in a name or note is taken for markup."""
    from rich.text import Text as Plain

    return Plain(words, overflow="fold")


def _rendered(what: RenderableType, width: int) -> str:
    """Drawn without colours, so that a file, a pipe and a terminal get the same characters."""
    from io import StringIO

    from rich.console import Console

    buffer = StringIO()
    Console(file=buffer, width=width, color_system=None, legacy_windows=False).print(what)
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip("\n").split("\n"))
