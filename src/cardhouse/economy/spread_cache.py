"""Keep the measured spread of assumptions on disk: measuring takes the better part of a minute, reading an instant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cardhouse.book import Book
from cardhouse.economy.kept import Arrays, cache_folder, fetch, key_of
from cardhouse.economy.recompiled import Progress
from cardhouse.economy.run import RunChoices
from cardhouse.economy.spread import FIELDS, Held, Spread, shares_below
from cardhouse.economy.spread_measure import measured

__all__ = ["cache_folder", "spread_of"]

FLOATS = ("base", "least", "most", "at_low", "at_high")
INTEGERS = ("field", "index", "begins", "assumption")


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
    folder : where it is kept (:func:`cache_folder`); None keeps nothing.
    workers, progress : as in :func:`~cardhouse.economy.spread_measure.measured`; not used when it is read.

    Raises
    ------
    BookError, NotConverged : the book gives no model even at its central values.
    """
    return fetch(
        folder,
        key_of(book, choices),
        make=lambda: measured(book, choices, workers=workers, progress=progress),
        pack=_packed,
        unpack=lambda arrays: _spread(arrays, book),
    )


def _packed(spread: Spread) -> Arrays:
    return {name: getattr(spread, name) for name in (*FLOATS, *INTEGERS)} | {
        "ids": np.array([r.id for r in spread.assumptions], dtype=np.str_),
        "held": np.array([h.row.id for h in spread.held], dtype=np.str_),
        "reasons": np.array([h.reason for h in spread.held], dtype=np.str_),
    }


def _spread(found: Arrays, book: Book) -> Spread:
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
