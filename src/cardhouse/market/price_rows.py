"""Rows of a price file as arrays: plain rows of large files at once, the others one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market import amounts, days
from cardhouse.market.price_columns import MOST_HEADERS, Columns, find_columns
from cardhouse.market.price_lines import MOST_ROWS, Block, Faults, blocks, cells, decoded, sniff

MOST_UNUSUAL = 2_000_000
"""Most rows of a file that may be written otherwise than 2024-12-31,12.5: each of them costs time and memory."""
LARGE = 1_000_000
"""Bytes from which on plain rows are read by the compiled kernel."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - dates of a file have no zone


@dataclass
class Rows:
    """All rows that could be read, in order of lines, prices unchecked."""

    dates: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float64]
    lines: npt.NDArray[np.int64]
    name: str
    repairs: list[str]
    remarks: list[str]


@dataclass
class _Reader:
    """A file half read: what has been gathered, and how its columns lie."""

    faults: Faults
    decimal: str | None
    delimiter: str = ","
    columns: Columns | None = None
    compiled: bool = False
    notes: list[str] = field(default_factory=list)
    seconds: list[npt.NDArray[np.int64]] = field(default_factory=list)
    values: list[npt.NDArray[np.float64]] = field(default_factory=list)
    lines: list[npt.NDArray[np.int64]] = field(default_factory=list)
    open_rows: list[tuple[int, days.Written, str]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    unusual: int = 0
    point: str = ""

    def take(self, seconds: npt.ArrayLike, values: npt.ArrayLike, lines: npt.ArrayLike) -> None:
        """Keep rows that are read."""
        self.seconds.append(np.asarray(seconds, dtype=np.int64))
        self.values.append(np.asarray(values, dtype=np.float64))
        self.lines.append(np.asarray(lines, dtype=np.int64))

    def headed(self, block: Block, column: str | None) -> int:
        """Learn the columns from the first block; returns the number of lines up to the last heading."""
        numbered = [(i, decoded(line, self.notes)) for i, line in enumerate(block.lines[:200])]
        filled = [(i, line) for i, line in numbered if line.strip() and not line.startswith("#")]
        self.delimiter = sniff([line for _, line in filled])
        parted = [(i, cells(line, self.delimiter)) for i, line in filled]
        rows = [(i, row) for i, row in parted if any(cell.strip() for cell in row)]
        self.columns = find_columns([row for _, row in rows[: MOST_HEADERS + 60]], asked=column)
        return rows[self.columns.headers - 1][0] + 1 if self.columns.headers else 0

    def block(self, block: Block, skip: int) -> None:
        """Read the lines of a block."""
        if not self.compiled or self.decimal == ",":
            self.slowly([(block.first + i, line) for i, line in enumerate(block.lines) if i >= skip])
            return
        from cardhouse.market.price_kernel import scan

        columns = self.columns or Columns(0, 1, "", 0)
        stamps, values, others, _ = scan(block.data, self.delimiter, columns.date, columns.price)
        self.take(stamps[:, 0], values, stamps[:, 1] + block.first)
        if not self.point and (odd := values[values != np.floor(values)]).size:
            self.point = f"{odd[0]:.15g}"
        self.slowly([(block.first + int(i), block.data[a:b]) for a, b, i in others.tolist() if i >= skip])

    def slowly(self, lines: list[tuple[int, bytes]]) -> None:
        """Read lines one by one; what only the whole column explains waits in ``open_rows``."""
        columns = self.columns or Columns(0, 1, "", 0)
        seconds: list[int] = []
        values: list[float] = []
        numbers: list[int] = []
        for number, raw in lines:
            line = decoded(raw, self.notes)
            if not line.strip() or line.startswith("#"):
                continue
            row = cells(line, self.delimiter)
            if len(row) <= max(columns.date, columns.price):
                if any(cell.strip() for cell in row):
                    self.faults.add(
                        number, f"has {len(row)} columns; the price is expected in column {columns.price + 1}"
                    )
                continue
            try:
                done = self.row(number, row[columns.date], row[columns.price])
            except ValueError as error:
                self.faults.add(number, str(error))
                continue
            if done:
                seconds.append(done[0])
                values.append(done[1])
                numbers.append(number)
        self.unusual += len(lines) if self.compiled else 0
        if self.unusual > MOST_UNUSUAL:
            raise InputError(
                f"more than {MOST_UNUSUAL:,} rows are not written like 2024-12-31,1234.5; rewrite dates and prices so"
            )
        self.take(seconds, values, numbers)

    def row(self, number: int, date: str, price: str) -> tuple[int, float] | None:
        """One row; None when it waits or has no price."""
        written = days.parse(date)
        if amounts.is_missing(price):
            self.missing.append(number)
            return None
        if self.decimal == "," or "," in price or written.way == "numbers":
            self.open_rows.append((number, written, price))
            return None
        value = amounts.parse(price, ".")
        self.point = self.point or (price if "." in price else "")
        return _seconds(written.moment(None)), value


def read_rows(path: Path, faults: Faults, *, column: str | None, order: days.Order | None, decimal: str | None) -> Rows:
    """Read all rows; faults go to ``faults``.

    Raises
    ------
    InputError : what the file is, not what is written in it, forbids reading.
    """
    reader = _Reader(faults, decimal, compiled=path.stat().st_size > LARGE)
    for block in blocks(path):
        try:
            skip = reader.headed(block, column) if reader.columns is None else 0
            reader.block(block, skip)
            if block.first > MOST_ROWS:
                faults.add(block.first, f"has more than {MOST_ROWS:,} rows; the rest is not read")
                break
        except InputError as error:
            faults.add(0, str(error))
            break
    _settle(reader, order=order)
    return _rows(reader)


def _seconds(moment: datetime) -> int:
    return int((moment - _EPOCH).total_seconds())


def _settle(reader: _Reader, *, order: days.Order | None) -> None:
    """Read the rows that only the whole column explains."""
    rows = reader.open_rows
    if not rows:
        return
    try:
        chosen, why = days.find_order([written for _, written, _ in rows], asked=order)
        sign, because = amounts.find_decimal([p for _, _, p in rows] + [reader.point or "1"], asked=reader.decimal)
    except InputError as error:
        reader.faults.add(rows[0][0], f"{error} (rows left out: {len(rows)})")
        return
    if sign == "," and reader.point and reader.decimal is None:
        told = f"prices mix two decimal signs: {reader.point!r} and a decimal comma; write them in one way"
        reader.faults.add(rows[0][0], f"{told} (rows left out: {len(rows)})")
        return
    reader.notes.extend(words for words in (why, because) if words)
    seconds, values, lines = [], [], []
    for line, written, price in rows:
        try:
            stamp, value = _seconds(written.moment(chosen)), amounts.parse(price, sign)
        except ValueError as error:
            reader.faults.add(line, str(error))
            continue
        seconds.append(stamp)
        values.append(value)
        lines.append(line)
    reader.take(seconds, values, lines)


def _rows(reader: _Reader) -> Rows:
    none = np.empty(0, dtype=np.int64)
    lines = np.concatenate([none, *reader.lines])
    seconds = np.concatenate([none, *reader.seconds])
    values = np.concatenate([np.empty(0), *reader.values])
    if lines.size and (np.diff(lines) < 0).any():
        by_line = np.argsort(lines, kind="stable")
        lines, seconds, values = lines[by_line], seconds[by_line], values[by_line]
    notes = reader.notes
    if reader.missing:
        notes.append(f"rows without a price: {len(reader.missing)} (first: line {reader.missing[0]}); left out")
    name = reader.columns.name if reader.columns else ""
    remarks = [f"prices are read from the column {name!r}"] if name else []
    return Rows(seconds.astype("datetime64[s]"), values, lines, name, notes, remarks)
