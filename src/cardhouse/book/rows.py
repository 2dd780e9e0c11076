"""From one file to records and faults, by the schema; a row that cannot be read is left out and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from cardhouse.book.cells import CellError, converter
from cardhouse.book.faults import Fault, Severity, near, shown
from cardhouse.book.files import (
    FileError,
    Limits,
    LineError,
    as_text,
    cells,
    is_clean,
    lines,
    open_inside,
    refuse_bytes,
)
from cardhouse.book.records import Where
from cardhouse.book.schema import Table


@dataclass(slots=True)
class Rows:
    """What one file gave: records in file order, faults, rows seen, and places of unreadable rows by id."""

    file: str
    records: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0
    unreadable: dict[str, Where] = field(default_factory=dict)

    def fault(self, line: int, subject: str, bad: FileError | LineError | CellError) -> None:
        """Note what is wrong at a line."""
        where = Where(self.file, line)
        self.faults.append(Fault(where, subject, bad.problem, bad.expected, bad.action))


def read_rows(folder: Path, label: str, table: Table, limits: Limits) -> Rows | None:
    """Rows of one file of a book; None where the folder has no such file.

    Parameters
    ----------
    folder : the book's folder.
    label : the folder's name in messages.
    table : the file's schema.
    limits : most that the file may hold.
    """
    rows = Rows(f"{label}/{table.file}" if label else table.file)
    try:
        with open_inside(folder, table.file, limits) as file:
            clean = is_clean(file)
            with as_text(file) as text:
                numbered = enumerate(lines(text, limits), 1)
                reader = _header(rows, table, numbered, limits)
                if reader:
                    reader.read(numbered, clean=clean)
                else:
                    rows.read += sum(1 for _, line in numbered if line is None or _holds(line))
    except FileNotFoundError:
        return None
    except FileError as bad:
        rows.fault(1, table.file, bad)
    except OSError as error:
        rows.fault(1, table.file, FileError(f"it cannot be read ({error.strerror})", "a readable file", ""))
    return rows


def _holds(line: str) -> bool:
    """Whether a line holds anything besides commas and blanks."""
    return bool(line.strip(", \t"))


def _split(line: str | None, limits: Limits, *, clean: bool) -> list[str]:
    """Cells of a line of a file that is clean as a whole, or may hold anything; raises LineError."""
    if line is None:
        raise LineError("the line is too long", f"fields of at most {limits.field:,} characters", "shorten it")
    if not clean:
        refuse_bytes(line)
    found = cells(line) if '"' in line else line.split(",")
    if len(line) > limits.field and max(map(len, found)) > limits.field:
        raise LineError("a field is too long", f"at most {limits.field:,} characters", "shorten it")
    return found


def _header(rows: Rows, table: Table, numbered: Iterator[tuple[int, str | None]], limits: Limits) -> _Reader | None:
    """Find the columns on the first line that holds anything; None where the file cannot be read by them."""
    subject = table.file
    wanted = [column.name for column in table.columns]
    expected = f"the columns {','.join(wanted)}"
    for number, line in numbered:
        if line is not None and not _holds(line):
            continue
        try:
            names = [cell.strip() for cell in _split(line, limits, clean=False)]
        except LineError as bad:
            rows.fault(number, subject, bad)
            return None
        usable = _judge(rows, table, number, names)
        return _Reader(rows, table, names, limits) if usable else None
    rows.fault(1, subject, FileError("it is empty", expected, "write the columns on the first line"))
    return None


def _judge(rows: Rows, table: Table, number: int, names: list[str]) -> bool:
    """Whether the rows can be read by this header; faults for what is wrong with it."""
    wanted = {column.name: column for column in table.columns}
    repeated = sorted({name for name in names if names.count(name) > 1 and name in wanted})
    missing = [c.name for c in table.columns if c.required and c.name not in names]
    for name in dict.fromkeys(names):
        if name not in wanted:
            absent = [w for w in wanted if w not in names]
            hint = near(name, absent) or "remove the column; it is not read"
            problem = f"unknown column {shown(name)}"
            rows.fault(number, table.file, FileError(problem, f"only {', '.join(wanted)}", hint))
    for name in repeated:
        bad = FileError(f"column '{name}' comes twice", "each column once", "remove one; no row was read")
        rows.fault(number, table.file, bad)
    if missing:
        problem = f"without column{'s' * (len(missing) > 1)} {', '.join(missing)}"
        other = len(names) == 1 and (";" in names[0] or "\t" in names[0])
        action = "put commas between the columns" if other else "add what is missing"
        bad = FileError(problem, f"the columns {','.join(wanted)}", f"{action}; no row was read")
        rows.fault(number, table.file, bad)
    return not repeated and not missing


class _Reader:
    """Turns the lines of one file into records."""

    def __init__(self, rows: Rows, table: Table, names: list[str], limits: Limits) -> None:
        self.rows, self.table, self.limits = rows, table, limits
        self.width = len(names)
        wanted = [column.name for column in table.columns]
        self.converters: list[Callable[[str], Any]] = [converter(column) for column in table.columns]
        self.pick: Callable[[list[str]], Sequence[str]] | None = None
        if names != wanted:
            blank = len(names)  # absent columns read the blank cell put behind every row
            places = [names.index(name) if name in names else blank for name in wanted]
            self.pick = itemgetter(*places)

    def read(self, numbered: Iterator[tuple[int, str | None]], *, clean: bool) -> None:
        """Read all lines; the loop does as little as it can for a row that is in order."""
        rows, width, pick, limits, converters = self.rows, self.width, self.pick, self.limits, self.converters
        record, append, file = self.table.record, rows.records.append, rows.file
        for number, line in numbered:
            if line is not None and len(line) <= width and not _holds(line):
                continue
            if rows.read == limits.rows:
                problem, expected = f"more than {limits.rows:,} rows", f"at most {limits.rows:,}"
                rows.fault(number, self.table.file, FileError(problem, expected, "split the book"))
                return
            rows.read += 1
            try:
                found: Sequence[str]
                if clean and line and '"' not in line and len(line) <= limits.field:
                    found = line.split(",")
                else:
                    found = _split(line, limits, clean=clean)
                if len(found) != width:
                    raise self._wrong_width(len(found))
            except LineError as bad:
                rows.fault(number, f"row {rows.read}", bad)
                self._remember(number, (line or "").partition(",")[0] if pick is None else "")
                continue
            if pick is not None:
                found = pick([*found, ""])
            try:
                values = [convert(cell) for convert, cell in zip(converters, found, strict=True)]
            except CellError:
                self._explain(number, found)
            else:
                append(record(*values, Where(file, number)))

    def _wrong_width(self, count: int) -> LineError:
        hint = "quote a cell that holds a comma" if count > self.width else "add the commas of blank cells"
        return LineError(f"{count} cells", f"{self.width}, one for each column", hint)

    def _explain(self, number: int, found: Sequence[str]) -> None:
        """Note every cell of the row that is at fault, and the id of the row if it can be read."""
        table = self.table
        named = {column.name: cell for column, cell in zip(table.columns, found, strict=True)}
        subject = " ".join(shown(named[name])[1:-1] for name in table.subject if named[name].strip())
        for column, convert, cell in zip(table.columns, self.converters, found, strict=True):
            try:
                convert(cell)
            except CellError as bad:
                expected = CellError(f"{column.name}: {bad.problem}", bad.expected, bad.action)
                self.rows.fault(number, subject or f"row {self.rows.read}", expected)
        self._remember(number, named[table.columns[0].name])

    def _remember(self, number: int, first: str) -> None:
        if self.table.columns[0].name == "id" and first.strip():
            self.rows.unreadable.setdefault(first.strip(), Where(self.rows.file, number))


def missing_file(label: str, table: Table) -> Fault:
    """Fault of a book that lacks a file it needs."""
    file = f"{label}/{table.file}" if label else table.file
    columns = ",".join(column.name for column in table.columns)
    return Fault(
        Where(file, 1),
        table.file,
        "the file is missing",
        f"a file with the columns {columns}",
        "add it",
        Severity.ERROR,
    )
