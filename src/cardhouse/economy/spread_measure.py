"""Measure how every assumption moves the model: compile the book at each low and each high, keep what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption, Book
from cardhouse.economy.recompiled import Array, Opened, Progress, across, opened, used_assumptions, with_centrals
from cardhouse.economy.run import RunChoices
from cardhouse.economy.spread import FIELDS, Effect, Spread, gathered
from cardhouse.errors import CardhouseError

ROUNDING = 1e-12
"""Changes below this part of a number are rounding in the settling of the plan, not an effect."""
NEVER_BINDS = 1e29
"""Numbers of this size stand for a limit that never binds; nothing lies between one and a limit that does."""
NOTHING = "moves nothing in this opening"
WHOLE = "changes a number of whole quarters (a life or a lag), which all paths share"
OTHER_LINKS = "changes which debts or contracts there are, which all paths share"
NO_LIMIT = "turns a limit on or off, and nothing lies between the two"


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measurement starts from."""

    book: Book
    choices: RunChoices
    central: Opened


def measured(book: Book, choices: RunChoices, *, workers: int = 1, progress: Progress | None = None) -> Spread:
    """Measure every assumption of a book, one at a time.

    Parameters
    ----------
    book : as known on one day.
    workers : processes that measure; more than one needs a main module that can be imported again.
    progress : told how many assumptions are done, of how many.

    Raises
    ------
    BookError, NotConverged : the book gives no model even at its central values.
    """
    bench = Bench(book, choices, opened(book, choices))
    rows = used_assumptions(book, choices)
    found: list[Effect] = []
    for effect in across(effect_of, bench, rows, workers):
        found.append(effect)
        if progress is not None:
            progress(len(found), len(rows))
    return gathered(found, bench.central.moving)


def effect_of(bench: Bench, r: Assumption) -> Effect:
    """What one assumption changes in the tableau at its low and at its high, or why it is held."""
    ends: list[Mapping[str, Array]] = []
    for value in (r.low, r.high):
        try:
            end = (
                opened(with_centrals(bench.book, {r.id: value}), bench.choices) if value != r.central else bench.central
            )
        except CardhouseError as error:
            return _held(r, f"at {value:g} there is no model: {error}")
        reason = _shared_change(bench.central, end)
        if reason:
            return _held(r, reason)
        ends.append(end.moving)
    return difference(r, bench.central.moving, ends[0], ends[1])


def _held(r: Assumption, reason: str) -> Effect:
    places, none = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Effect(r, places, places, none, none, reason)


def _shared_change(central: Opened, end: Opened) -> str:
    """Why an end cannot stand beside the centre in one block of paths; empty where it can."""
    if any(central.moving[name].size != end.moving[name].size for name in FIELDS):
        return OTHER_LINKS
    pairs = [(a, end.shared[name]) for name, a in central.shared.items()]
    if any(a.shape != b.shape for a, b in pairs):
        return OTHER_LINKS
    return "" if all(np.array_equal(a, b, equal_nan=True) for a, b in pairs) else WHOLE


def difference(
    r: Assumption, central: Mapping[str, Array], low: Mapping[str, Array], high: Mapping[str, Array]
) -> Effect:
    """What flat fields at two ends, keyed by :data:`FIELDS`, differ by from the centre, without rounding."""
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], Array, Array]] = []
    for place, name in enumerate(FIELDS):
        index = np.flatnonzero((low[name] != central[name]) | (high[name] != central[name]))
        base, ends = central[name][index], (low[name][index], high[name][index])
        if not all((np.abs(x) < NEVER_BINDS).all() for x in (base, *ends)):
            return _held(r, NO_LIMIT)
        moves = [np.where(np.abs(end - base) > ROUNDING * np.abs(base), end - base, 0.0) for end in ends]
        kept = (moves[0] != 0.0) | (moves[1] != 0.0)
        index = index[kept].astype(np.int64)
        parts.append((np.full(index.size, place, dtype=np.int64), index, moves[0][kept], moves[1][kept]))
    field, index, at_low, at_high = (np.concatenate([part[k] for part in parts]) for k in range(4))
    return Effect(r, field, index, at_low, at_high, "" if field.size else NOTHING)
