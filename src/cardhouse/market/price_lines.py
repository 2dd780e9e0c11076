"""The lines of a price file in blocks, whatever the file: bounded in size, line length and memory."""

from __future__ import annotations

import csv
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cardhouse.errors import InputError

MOST_BYTES = 2 * 1024**3
"""Largest file that is read."""
MOST_ROWS = 20_000_000
"""Most rows that are read."""
LONGEST_LINE = 64 * 1024
BLOCK = 2 * 1024**2
"""Bytes read at a time."""
MOST_FAULTS = 100
"""Faults that are kept one by one; the rest is only counted."""
DELIMITERS = ("\t", ";", "|", ",")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of a file; line 0 is the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass
class Faults:
    """Faults as they are found: the first hundred in words, all of them counted."""

    file: str
    found: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, message: str) -> None:
        """Note a fault of a line."""
        self.count += 1
        if self.count <= MOST_FAULTS:
            self.found.append(Fault(self.file, line, message))

    def all(self) -> tuple[Fault, ...]:
        """The faults in order of lines; a last one tells how many more there are."""
        kept = sorted(self.found, key=lambda f: f.line or MOST_ROWS + 1)
        if self.count > len(kept):
            kept.append(Fault(self.file, 0, f"{self.count - len(kept)} more faults of this kind are not listed"))
        return tuple(kept)


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of the file, each ended by a newline; ``first`` is the number of the first one, counted from 1."""

    first: int
    data: bytes

    @property
    def lines(self) -> list[bytes]:
        """The lines without their ends."""
        found = self.data.split(b"\n")
        if found[-1] == b"":
            found.pop()
        return found


def check_file(path: Path) -> None:
    """Refuse what cannot be a price file before a byte of it is read.

    Raises
    ------
    InputError : missing, no regular file, unreadable, empty or too large.
    """
    try:
        about = path.stat()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{path}: is no file; expected a CSV file of dates and prices")
    if about.st_size == 0:
        raise InputError(f"{path}: is empty; expected a CSV file of dates and prices")
    if about.st_size > MOST_BYTES:
        raise InputError(
            f"{path}: has {about.st_size / 1024**3:.1f} GiB; files up to {MOST_BYTES // 1024**3} GiB are read"
        )


def blocks(path: Path) -> Iterator[Block]:
    """The file's lines, block by block.

    Raises
    ------
    InputError : binary content, UTF-16, or an endless line.
    """
    line = 1
    with path.open("rb") as file:
        rest = b""
        while True:
            data = file.read(BLOCK)
            if line == 1 and not rest:
                if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                    raise InputError(f"{path}: is written in UTF-16; save it as UTF-8")
                data = data.removeprefix(b"\xef\xbb\xbf")
            if b"\0" in data:
                raise InputError(f"{path}: holds binary data; expected a CSV file of dates and prices")
            rest, whole = _split(rest + data, ended=not data)
            if len(rest) > LONGEST_LINE:
                raise InputError(f"{path}:{line}: a line is longer than {LONGEST_LINE // 1024} KiB")
            if whole:
                if b"\r" in whole:
                    whole = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                yield Block(line, whole)
                line += whole.count(b"\n")
            if not data:
                return


def _split(data: bytes, *, ended: bool) -> tuple[bytes, bytes]:
    """Bytes after the last line end, and those up to it."""
    if ended:
        return b"", data
    # A lone \\r at the very end may be half of \\r\\n: it waits for the next block.
    cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1) if b"\n" not in data else -1) + 1
    return data[cut:], data[:cut]


def decoded(line: bytes, notes: list[str]) -> str:
    """A line as text; a line that is not UTF-8 is read as Latin-1, which goes to ``notes``."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        note = "the file is not UTF-8; it was read as Latin-1"
        if note not in notes:
            notes.append(note)
        return line.decode("latin-1")


def sniff(lines: list[str]) -> str:
    """The delimiter of some first lines.

    Raises
    ------
    InputError : no delimiter parts every line into two columns or more.
    """
    sample = [line for line in lines[:50] if line.strip() and not line.startswith("#")]
    bare = [re.sub(r'"[^"]*"', "", line) for line in sample]
    for delimiter in DELIMITERS:
        if bare and sum(delimiter in line for line in bare) > len(bare) / 2:
            return delimiter
    raise InputError("has no columns; expected dates and prices parted by commas, semicolons or tabs")


def cells(line: str, delimiter: str) -> list[str]:
    """A line's cells; an open quote never swallows the lines below it."""
    if '"' not in line:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter), [])
