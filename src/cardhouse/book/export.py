"""CSV for people and spreadsheets: written whole or not at all, and nothing in it runs.

A text that begins like a formula gets an apostrophe in front (spreadsheets then show it as text);
reading a book takes it off again. Numbers are not text and stay as they are.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO

from cardhouse.book.book import Book
from cardhouse.book.cells import guard
from cardhouse.book.schema import TABLES, Table
from cardhouse.errors import OutputError

Cell = str | float | int | bool | date | None


def cell_text(cell: Cell) -> str:
    """Write a cell: text guarded, whole numbers without a point, dates as YYYY-MM-DD, None as blank."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        # csv leaves a lone CR unquoted, where spreadsheets would begin a new row
        return guard(cell.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(float(cell))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table as CSV text, for a download."""
    text = io.StringIO()
    _write(text, columns, rows)
    return text.getvalue()


def write_csv(path: str | os.PathLike[str], columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table as a CSV file, whole or not at all.

    Raises
    ------
    OutputError : the file cannot be written there; one that stood there is as it was.
    """
    with replacing(path) as file:
        _write(file, columns, rows)


def _write(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([cell_text(name) for name in columns])
    writer.writerows([cell_text(cell) for cell in row] for row in rows)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[str]]:
    """Open a UTF-8 file that takes its place only when everything has been written.

    A device or pipe (``/dev/stdout``) is written directly.

    Raises
    ------
    OutputError : it cannot be written there.
    """
    target = Path(path)
    try:
        if target.is_dir():
            raise OutputError(f"{target} is a folder; expected a file name; name a file in it")
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            with target.open("w", encoding="utf-8", newline="") as file:
                yield file
            return
        with _beside(target) as file:
            yield file
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        reason = error.strerror or str(error)
        raise OutputError(f"{target} cannot be written ({reason}); choose another place") from error


@contextmanager
def _beside(target: Path) -> Iterator[IO[str]]:
    draft = target.with_name(f".{target.name[:100]}.{os.urandom(4).hex()}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def write_book(book: Book, folder: str | os.PathLike[str]) -> None:
    """Write a book as the folder of CSV files that it could have been read from.

    Line breaks inside a text become blanks, because each row of a book stands on one line.

    Raises
    ------
    OutputError : a file cannot be written there.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target} cannot be made ({error.strerror}); choose another place") from error
    for table in TABLES.values():
        found = getattr(book, table.name)
        rows = found.values() if isinstance(found, dict) else found
        write_csv(
            target / table.file,
            [column.name for column in table.columns],
            (_cells(table, row) for row in rows),
        )


def _cells(table: Table, record: object) -> list[Cell]:
    cells: list[Cell] = []
    for column in table.columns:
        value = getattr(record, "from_" if column.name == "from" else column.name)
        if isinstance(value, tuple):
            value = "|".join(value)
        cells.append(" ".join(value.splitlines()) if isinstance(value, str) else value)
    return cells
