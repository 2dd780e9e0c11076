"""Keep the measured spread of assumptions on disk: measuring takes the better part of a minute, reading an instant.

A file is found by a hash of everything its numbers depend on: the book's rows, the choices of the run, the sources of
the engine, numpy. What is damaged or of another key is as if it were not there, and is measured and written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cardhouse
from cardhouse.book import Book
from cardhouse.economy.many.disk import Damaged, read_plain, write_whole
from cardhouse.economy.many.fingerprint import book_hash, canonical, sha256
from cardhouse.economy.run import RunChoices
from cardhouse.economy.spread import FIELDS, Held, Spread, shares_below
from cardhouse.economy.spread_measure import Progress, measured

MAGIC = b"cardhouse spread "
LARGEST = 256_000_000
"""No more bytes are read than this; the embedded book's file has one million."""
ENGINE = ("book/*.py", "economy/*.py", "economy/kernel/*.py")
"""What the numbers are computed with."""
FLOATS = ("base", "least", "most", "at_low", "at_high")
INTEGERS = ("field", "index", "begins", "assumption")


def cache_folder() -> Path:
    """Where a user's spreads are kept: ``cardhouse/spread`` in the folder for caches."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "cardhouse" / "spread"


def spread_of(
    book: Book,
    choices: RunChoices,
    *,
    folder: Path | None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Spread:
    """The spread of a book's assumptions: read where it was measured before, else measured and kept.

    Parameters
    ----------
    book : as known on one day.
    folder : where it is kept (:func:`cache_folder`), made when missing; None keeps nothing. A folder that cannot be
        written keeps nothing either: the numbers are the same.
    workers, progress : as in :func:`~cardhouse.economy.spread_measure.measured`; not used when it is read.

    Raises
    ------
    BookError, NotConverged : the book gives no model even at its central values.
    """
    if folder is None:
        return measured(book, choices, workers=workers, progress=progress)
    key = key_of(book, choices)
    place = folder / f"{key}.npz"
    found = _read(place, key, book)
    if found is not None:
        return found
    spread = measured(book, choices, workers=workers, progress=progress)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(place, _written(spread, key))
    return spread


def key_of(book: Book, choices: RunChoices) -> str:
    """Hash of what a spread depends on, 64 hexadecimal digits."""
    return sha256(
        (
            book_hash(book),
            canonical([choices.quarters, choices.scope.value, choices.case.value]),
            cardhouse.__version__,
            np.__version__,
            _engine_hash(),
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


def _written(spread: Spread, key: str) -> bytes:
    """A line with the checksum of the rest, then the arrays."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(spread, name) for name in (*FLOATS, *INTEGERS)}
    arrays |= {
        "key": np.array(key),
        "ids": np.array([r.id for r in spread.assumptions], dtype=np.str_),
        "held": np.array([h.row.id for h in spread.held], dtype=np.str_),
        "reasons": np.array([h.reason for h in spread.held], dtype=np.str_),
    }
    buffer = io.BytesIO()
    # The stubs of numpy take any keyword for its own ``allow_pickle``; the names of arrays are ours.
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    body = buffer.getvalue()
    return MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _read(place: Path, key: str, book: Book) -> Spread | None:
    """The spread in a file, or None where there is none that can be trusted."""
    try:
        line, _, body = read_plain(place, LARGEST).partition(b"\n")
    except Damaged:
        return None
    if line != MAGIC + hashlib.sha256(body).hexdigest().encode():
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        return _spread(found, book) if str(found["key"]) == key else None
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile):
        return None


def _spread(found: Mapping[str, NDArray[Any]], book: Book) -> Spread:
    """A spread from its arrays.

    Raises
    ------
    KeyError, IndexError, ValueError : the arrays do not belong together.
    """
    by_id = {r.id: r for r in book.assumptions}
    rows = tuple(by_id[str(i)] for i in found["ids"])
    floats = {name: found[name].astype(np.float64, casting="no") for name in FLOATS}
    integers = {name: found[name].astype(np.int64, casting="no") for name in INTEGERS}
    numbers, entries = integers["field"].size, integers["assumption"].size
    sizes = {"begins": numbers + 1, "assumption": entries, "at_low": entries, "at_high": entries}
    for name, array in (*floats.items(), *integers.items()):
        if array.shape != (sizes.get(name, numbers),):
            raise ValueError(name)
    for name, most in (("assumption", len(rows)), ("field", len(FIELDS)), ("begins", entries + 1)):
        if ((integers[name] < 0) | (integers[name] >= most)).any():
            raise IndexError(name)
    held = tuple(Held(by_id[str(i)], str(why)) for i, why in zip(found["held"], found["reasons"], strict=True))
    arrays: dict[str, Any] = {**floats, **integers}
    return Spread(assumptions=rows, held=held, below=shares_below(rows), **arrays)
