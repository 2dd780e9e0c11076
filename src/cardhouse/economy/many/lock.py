"""One writer a folder. The operating system holds the lock and drops it when its process dies, however it dies."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cardhouse.errors import OutputError

NAME = "writing.lock"
BUSY = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
TRIES = 10
FAR = 1 << 20
"""Byte that is locked on Windows, far behind the process number, which others must be able to read."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The right to write to a folder, until :meth:`release`."""

    path: Path
    handle: int

    def release(self) -> None:
        """Give the right back and remove the file, so that nothing of it stays in a finished run."""
        # Removed while still held: another process that opened the old file sees that its name is gone.
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self.handle)
        if sys.platform == "win32":  # an open file cannot be removed there
            with contextlib.suppress(OSError):
                self.path.unlink()


def lock(folder: Path) -> Lock:
    """Take the right to write to a folder; a lock whose process is dead is taken over.

    Raises
    ------
    OutputError : another process writes to the folder (it is named), or the folder cannot be locked.
    """
    path = folder / NAME
    try:
        for _ in range(TRIES):
            held = _take(path)
            if held is not None:
                return held
    except OutputError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{path} cannot be locked ({reason}); expected a folder on a disk with locks; choose another --out"
        ) from error
    raise OutputError(
        f"{path} is taken and given back again and again; expected one run in the folder; stop the others"
    )


def _take(path: Path) -> Lock | None:
    """The lock, or None when its file was removed by its last owner in between."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(path, flags, 0o666)
    try:
        try:
            _hold(handle)
        except OSError as error:
            if error.errno not in BUSY:
                raise
            raise OutputError(
                f"{path.parent} is being written by {_owner(handle)}; expected one run at a time in a folder; "
                "wait for it, stop it, or choose another --out"
            ) from None
        if not _is_there(handle, path):
            os.close(handle)
            return None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
    except BaseException:
        os.close(handle)
        raise
    return Lock(path, handle)


def _hold(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_there(handle: int, path: Path) -> bool:
    """Whether the file that is held is the one that the name stands for."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def _owner(handle: int) -> str:
    text = os.pread(handle, 20, 0) if hasattr(os, "pread") else os.read(handle, 20)
    number = text.decode("ascii", "replace").strip()
    return f"process {number}" if number.isascii() and number.isdigit() else "another process"
