"""Single files of a run's folder: written whole or not at all, read only where they are plain files.

A run's folder may come from anywhere: a link out of it, a pipe, gigabytes where a page is expected.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

from cardhouse.errors import OutputError

DRAFT = re.compile(r"\.[a-z]+(-\d+)?\.[a-z]+\.[0-9a-f]{8}\.tmp")
"""Names of files that are being written; one that is found by the next run was left by a run that was killed."""
MEGABYTE = 1e6


class Damaged(Exception):
    """A file that cannot be what it should be; the message says what was found."""


def prepare(path: str | os.PathLike[str], needed_bytes: int) -> None:
    """Find out before the work whether a run can be written to a folder.

    Parameters
    ----------
    path : the run's folder; it may not exist yet, the folder that holds it must.
    needed_bytes : what the run will still write, about.

    Raises
    ------
    OutputError : it is a file, its parent is missing or is a file, it cannot be written, or the disk is too full.
    """
    target = Path(path)
    place = target.absolute().parent
    try:
        if _is_there(target):
            place = target
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"-")
            file.flush()
    except OutputError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"nothing can be written to {target} ({reason}); choose another --out") from error
    free = shutil.disk_usage(place).free
    if free < needed_bytes:
        raise OutputError(
            f"{place} has {free / MEGABYTE:,.0f} MB free; the run needs about {needed_bytes / MEGABYTE:,.0f} MB; "
            "free some space, choose another --out or take fewer paths"
        )


def _is_there(target: Path) -> bool:
    """Whether the folder is there; False where it can be made."""
    if target.is_dir():
        return True
    if target.is_symlink() or target.exists():
        raise OutputError(f"{target} is no folder; expected a folder, or a name that is free; choose another --out")
    place = target.absolute().parent
    if not place.exists():
        raise OutputError(f"{place} does not exist; expected the folder in which to make {target.name}; make it first")
    if not place.is_dir():
        raise OutputError(f"{place} is no folder; expected one in which to make {target.name}; choose another --out")
    return False


def write_whole(target: Path, content: bytes) -> None:
    """Write a file in one step: whoever reads sees all of it or what stood there before, also after a power cut.

    Raises
    ------
    OSError : it cannot be written; what stood there is as it was.
    """
    draft = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    _keep_name(target.parent)


def _keep_name(folder: Path) -> None:
    """Make the new name last through a power cut; Windows has no such call and needs none."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_drafts(folder: Path) -> None:
    """Remove what a killed run was writing; nobody else may be writing to the folder."""
    for file in list(folder.iterdir()):
        if DRAFT.fullmatch(file.name):
            with contextlib.suppress(OSError):
                file.unlink()


def open_plain(path: Path, most: int) -> BinaryIO:
    """Open a file for reading if it is a plain file of at most ``most`` bytes and no link.

    Raises
    ------
    Damaged : it is anything else, missing or not readable.
    """
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    if path.is_symlink():
        raise Damaged("it is a link")
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise Damaged("there is no such file") from None
    except (OSError, ValueError) as error:
        raise Damaged(f"it cannot be opened ({getattr(error, 'strerror', None) or error})") from None
    status = os.fstat(handle)
    problem = ""
    if not stat.S_ISREG(status.st_mode):
        problem = "it is no plain file"
    elif status.st_size > most:
        problem = f"it has {status.st_size:,} bytes, more than {most:,}"
    if problem:
        os.close(handle)
        raise Damaged(problem)
    return os.fdopen(handle, "rb")


def read_plain(path: Path, most: int) -> bytes:
    """Content of a plain file of at most ``most`` bytes.

    Raises
    ------
    Damaged : it is anything else, missing or not readable.
    """
    with open_plain(path, most) as file:
        try:
            content = file.read(most + 1)
        except OSError as error:
            raise Damaged(f"it cannot be read ({error.strerror or error})") from None
    if len(content) > most:
        raise Damaged(f"it has more than {most:,} bytes")
    return content
