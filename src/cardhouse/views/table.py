"""A table as data: drawn as text, written as CSV, or sent as JSON, always the same numbers.

In text money is shown in USD billion; CSV and JSON carry USD million in full.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

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
    """A titled table with notes below it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def records(self) -> list[dict[str, Cell]]:
        """Rows as dictionaries by column key, dates as text."""
        keys = [c.key for c in self.columns]
        return [
            {k: (v.isoformat() if isinstance(v, date) else v) for k, v in zip(keys, row, strict=True)}
            for row in self.rows
        ]


def billions(million: float) -> str:
    """USD million as billions with one digit; small amounts keep a sign of life."""
    value = million / 1000.0
    if value == 0:
        return "–"
    if abs(value) < 0.05:
        return "<0.1" if value > 0 else ">-0.1"
    return f"{value:,.1f}"


def draw(value: Cell, kind: Kind) -> str:
    """One cell as text."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("_", " ") if kind is Kind.CODE else value
    match kind:
        case Kind.MONEY:
            return billions(float(value))
        case Kind.PERCENT:
            return f"{value:.0%}" if abs(value) < 9.995 else ">999%" if value > 0 else "<-999%"
        case Kind.COUNT:
            return f"{value:,.0f}"
        case _:
            return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.6g}"


def text(table: Table, *, width: int = WIDTH) -> str:
    """The table at a given width; long cells of wrapping columns run over several lines."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid

    grid = Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    cells = [[draw(v, c.kind) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
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
    titles = [max(cell_len(word) for word in c.title.split(" ")) for c in table.columns]
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


def _broken(cell: str, width: int) -> str:
    """A cell broken after spaces and hyphens, so that ids run over at a place a reader expects."""
    lines = [""]
    for piece in re.findall(r"[^ -]*[ -]?", cell):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def paragraph(words: str, *, width: int = WIDTH) -> str:
    """A text broken at spaces; lines that start with spaces keep their indentation when they run over."""
    from rich.console import Group
    from rich.padding import Padding

    lines = [(len(line) - len(line.lstrip(" ")), line.lstrip(" ")) for line in words.split("\n")]
    return _rendered(Group(*(Padding(_plain(line), (0, 0, 0, indent)) for indent, line in lines)), width)


def _plain(words: str) -> Text:
    """Words as they are: nothing in a name or note is taken for markup."""
    from rich.text import Text as Words

    return Words(words, overflow="fold")


def _rendered(what: RenderableType, width: int) -> str:
    """Drawn without colours, so that a file, a pipe and a terminal get the same characters."""
    from io import StringIO

    from rich.console import Console

    buffer = StringIO()
    Console(file=buffer, width=width, color_system=None, legacy_windows=False).print(what)
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip("\n").split("\n"))
