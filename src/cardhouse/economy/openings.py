"""Joint openings: the book compiled at many joint draws of all its uncertain assumptions, kept as what differs.

Nothing is interpolated: where assumptions multiply, meet a floor or change a whole number of quarters, each opening is
what the compilation makes of it. Compiling a book hundreds of times takes a quarter of a minute, so openings are kept
on disk; reading them takes an instant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cardhouse.book import Book
from cardhouse.economy.kept import Arrays, cache_folder, fetch, key_of
from cardhouse.economy.openings_drawn import WHOLE_FIELDS, Openings
from cardhouse.economy.openings_measure import drawn_openings
from cardhouse.economy.recompiled import Progress
from cardhouse.economy.run import RunChoices
from cardhouse.economy.spread import FIELDS, Held

__all__ = ["FIELDS", "WHOLE_FIELDS", "Openings", "cache_folder", "openings_of"]

FLOATS = ("positions", "values")
INTEGERS = ("field", "index", "whole_field", "whole_index", "whole_values")


def openings_of(
    book: Book,
    choices: RunChoices,
    count: int,
    *,
    folder: Path | None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Openings:
    """Joint openings of a book: read where they were compiled before, else compiled and kept.

    Parameters
    ----------
    book : as known on one day.
    count : how many.
    folder : where they are kept (:func:`cache_folder`); None keeps nothing.
    workers, progress : as in :func:`~cardhouse.economy.openings_measure.drawn_openings`; not used when they are read.

    Raises
    ------
    InputError : a count below one.
    BookError, NotConverged : the book gives no model at its central values, or none at too many of the draws.
    """
    return fetch(
        folder,
        key_of(book, choices, f"{count} openings"),
        make=lambda: drawn_openings(book, choices, count, workers=workers, progress=progress),
        pack=_packed,
        unpack=lambda arrays: _openings(arrays, book, count),
    )


def _packed(openings: Openings) -> Arrays:
    return {name: getattr(openings, name) for name in (*FLOATS, *INTEGERS)} | {
        "ids": np.array([r.id for r in openings.assumptions], dtype=np.str_),
        "held": np.array([h.row.id for h in openings.held], dtype=np.str_),
        "reasons": np.array([h.reason for h in openings.held], dtype=np.str_),
        "redrawn": np.array([openings.redrawn], dtype=np.int64),
    }


def _openings(found: Arrays, book: Book, count: int) -> Openings:
    """Openings from their arrays.

    Raises
    ------
    KeyError, IndexError, ValueError : the arrays do not belong together.
    """
    by_id = {r.id: r for r in book.assumptions}
    rows = tuple(by_id[str(i)] for i in found["ids"])
    arrays: dict[str, Any] = {name: found[name].astype(np.float64, casting="no") for name in FLOATS}
    arrays |= {name: found[name].astype(np.int64, casting="no") for name in INTEGERS}
    numbers, whole = arrays["field"].size, arrays["whole_field"].size
    shapes = {
        "positions": (count, len(rows)),
        "values": (count, numbers),
        "field": (numbers,),
        "index": (numbers,),
        "whole_field": (whole,),
        "whole_index": (whole,),
        "whole_values": (count, whole),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(name)
    for name, most in (("field", len(FIELDS)), ("whole_field", len(WHOLE_FIELDS))):
        if ((arrays[name] < 0) | (arrays[name] >= most)).any():
            raise IndexError(name)
    held = tuple(Held(by_id[str(i)], str(why)) for i, why in zip(found["held"], found["reasons"], strict=True))
    return Openings(assumptions=rows, held=held, redrawn=int(found["redrawn"][0]), **arrays)
