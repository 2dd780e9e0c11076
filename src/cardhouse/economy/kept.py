"""Numbers that take long to compute, kept on disk under a hash of everything that they depend on.

What is damaged or of another key is as if it were not there: it is computed and written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

import cardhouse
from cardhouse.book import Book
from cardhouse.economy.many.disk import Damaged, read_plain, write_whole
from cardhouse.economy.many.fingerprint import book_hash, canonical, sha256
from cardhouse.economy.run import RunChoices

Arrays = Mapping[str, NDArray[Any]]
Kept = TypeVar("Kept")

LARGEST = 1_000_000_000
"""No more bytes are read than this."""
MOST_FILES = 8
"""Files that stay in a folder; the oldest make room, since a changed book or engine never asks for them again."""
ENGINE = ("book/*.py", "economy/*.py", "economy/kernel/*.py")
"""What the numbers are computed with."""


def cache_folder() -> Path:
    """Where a user's numbers are kept: ``cardhouse/compiled`` in the folder for caches."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "cardhouse" / "compiled"


def key_of(book: Book, choices: RunChoices, *more: str) -> str:
    """Hash of what numbers of a book depend on, 64 hexadecimal digits: its rows, choices, the engine, numpy."""
    return sha256(
        (
            book_hash(book),
            canonical([choices.quarters, choices.scope.value, choices.case.value]),
            cardhouse.__version__,
            np.__version__,
            _engine_hash(),
            *more,
        )
    )


def _engine_hash() -> str:
    """Hash of the sources that compile a book and run it."""
    digest = hashlib.sha256()
    root = Path(cardhouse.__file__).parent
    for sources in ENGINE:
        for source in sorted(root.glob(sources)):
            digest.update(source.relative_to(root).as_posix().encode() + b"\n")
            digest.update(source.read_bytes())
    return digest.hexdigest()


def fetch(
    folder: Path | None,
    key: str,
    *,
    make: Callable[[], Kept],
    pack: Callable[[Kept], Arrays],
    unpack: Callable[[Arrays], Kept],
) -> Kept:
    """What is kept under a key, else what is made now, and then kept.

    Parameters
    ----------
    folder : made when missing; None keeps nothing. A folder that cannot be written keeps nothing either.
    pack, unpack : to arrays by name and back; ``unpack`` raises KeyError, IndexError or ValueError for arrays that do
        not belong together.
    """
    if folder is None:
        return make()
    place = folder / f"{key}.npz"
    found = _read(place, key)
    if found is not None:
        with contextlib.suppress(KeyError, IndexError, ValueError):
            return unpack(found)
    made = make()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(place, _written(pack(made), key))
        _make_room(folder)
    return made


def _make_room(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime_ns)
    for file in files[:-MOST_FILES]:
        file.unlink()


def _written(arrays: Arrays, key: str) -> bytes:
    """A line with key and checksum of the rest, then the arrays."""
    buffer = io.BytesIO()
    # The stubs of numpy take any keyword for its own ``allow_pickle``; the names of arrays are ours.
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    body = buffer.getvalue()
    return _heading(key, body) + b"\n" + body


def _heading(key: str, body: bytes) -> bytes:
    return f"cardhouse {key} {hashlib.sha256(body).hexdigest()}".encode()


def _read(place: Path, key: str) -> dict[str, NDArray[Any]] | None:
    """The arrays in a file, or None where there are none that can be trusted."""
    try:
        line, _, body = read_plain(place, LARGEST).partition(b"\n")
    except Damaged:
        return None
    if line != _heading(key, body):
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
