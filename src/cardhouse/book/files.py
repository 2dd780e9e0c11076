"""Lines of a file that nobody vouches for.

A file of a book may be anything: a link out of the folder, a pipe, gigabytes, bytes that are no
text. Opening refuses what is no plain file inside the folder; reading is by lines of bounded
length, and every line stands alone, so that an open quote spoils its own row and no other.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
BOMS = ((codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))


@dataclass(frozen=True, slots=True)
class Limits:
    """Most that a file may hold: bytes, rows, characters of a field."""

    file_bytes: int = 512 * CHUNK
    rows: int = 2_000_000
    field: int = 10_000

    @property
    def line(self) -> int:
        """Longest line that is looked at, in characters."""
        return 20 * self.field


class FileError(Exception):
    """A file that cannot be read at all: problem, expected, action."""

    def __init__(self, problem: str, expected: str, action: str) -> None:
        super().__init__(problem)
        self.problem, self.expected, self.action = problem, expected, action


class LineError(Exception):
    """A line that holds no row: problem, expected, action."""

    def __init__(self, problem: str, expected: str, action: str) -> None:
        super().__init__(problem)
        self.problem, self.expected, self.action = problem, expected, action


def open_inside(folder: Path, name: str, limits: Limits) -> io.BufferedReader:
    """Open ``folder/name`` for reading if it is a plain file inside the folder.

    Raises
    ------
    FileNotFoundError : there is no such file.
    FileError : it leads out of the folder, is no plain file, is too large or cannot be opened.
    """
    path = folder / name
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise FileError(
                "it is a link that leads out of the book's folder",
                "a plain file inside the folder",
                "copy the file into the folder",
            )
        handle = os.open(real, flags)
    except FileNotFoundError:
        if path.is_symlink():
            raise FileError("it is a link to nothing", "a plain file", "remove the link") from None
        raise
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "a link that turns in a circle"
        raise FileError(f"it cannot be opened ({reason})", "a file you may read", "check its rights") from None
    try:
        _refuse_special(os.fstat(handle), limits)
    except FileError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def _refuse_special(status: os.stat_result, limits: Limits) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise FileError("it is a folder", "a CSV file", "move the folder away")
    if not stat.S_ISREG(status.st_mode):
        raise FileError("it is a pipe or a device", "a plain CSV file", "replace it by a file")
    if status.st_size > limits.file_bytes:
        raise FileError(
            f"it has {status.st_size:,} bytes",
            f"at most {limits.file_bytes:,}",
            "split the book or drop rows you do not need",
        )


def is_clean(file: io.BufferedReader) -> bool:
    """Whether the whole file is UTF-8 without NUL bytes; leaves the file at its beginning.

    Raises
    ------
    FileError : the file is in another encoding from its first bytes on, or cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        start = file.read(4)
        for mark, name in BOMS:
            if start.startswith(mark):
                raise FileError(f"it is encoded as {name}", "UTF-8", "save it as 'CSV UTF-8'")
        file.seek(0)
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise FileError(f"it cannot be read ({error.strerror})", "a readable file", "check the disk") from None
    finally:
        file.seek(0)
    return True


def as_text(file: io.BufferedReader) -> io.TextIOWrapper:
    """Read the file as UTF-8 with or without a mark; bytes that are not UTF-8 become surrogates."""
    return io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def lines(text: io.TextIOWrapper, limits: Limits) -> Iterator[str | None]:
    """Lines of the file without their ends; None stands for one that is too long."""
    read, most = text.readline, limits.line
    while line := read(most):
        if len(line) == most and line[-1] not in "\r\n":
            while (rest := read(most)) and len(rest) == most and rest[-1] not in "\r\n":
                pass
            yield None
        else:
            yield line.rstrip("\r\n")


def cells(line: str) -> list[str]:
    """Cells of one line.

    Raises
    ------
    LineError : a quote is opened and not closed, or stands inside a cell.
    """
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader((line,), strict=True))
    except (csv.Error, StopIteration):
        raise LineError(
            "a quote is not closed, or text follows a closed one",
            "every row on one line, a quote inside a quoted cell written twice",
            "close the quote, or take the line break out of the cell",
        ) from None


def refuse_bytes(line: str) -> None:
    """Raise LineError where a line holds NUL bytes or bytes that are not UTF-8."""
    if "\0" in line:
        raise LineError("it holds NUL bytes", "text", "retype the line")
    try:
        line.encode()
    except UnicodeEncodeError:
        raise LineError("it is not UTF-8", "UTF-8", "save the file as 'CSV UTF-8'") from None
