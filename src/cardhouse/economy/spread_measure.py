"""Measure how every assumption moves the model: compile the book at each low and each high, keep what differs."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption, Book
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.tableau import Tableau, new_tableau
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import PLAN_QUARTERS, RunChoices, calibrated, drivers_for, shocks_of
from cardhouse.economy.spread import FIELDS, Effect, Spread, gathered
from cardhouse.errors import CardhouseError

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]

ROUNDING = 1e-12
"""Changes below this part of a number are rounding in the settling of the plan, not an effect."""
NEVER_BINDS = 1e29
"""Numbers of this size stand for a limit that never binds; nothing lies between one and a limit that does."""
NOTHING = "moves nothing in this opening"
WHOLE = "changes a number of whole quarters (a life or a lag), which all paths share"
OTHER_LINKS = "changes which debts or contracts there are, which all paths share"
NO_LIMIT = "turns a limit on or off, and nothing lies between the two"


@dataclass(frozen=True, slots=True)
class Opened:
    """A tableau at the opening: ``moving`` flat values of :data:`FIELDS`, ``shared`` all that paths share."""

    moving: Mapping[str, Array]
    shared: tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measurement starts from."""

    book: Book
    choices: RunChoices
    central: Opened


def compiled_book(book: Book, choices: RunChoices) -> Compiled:
    """The model that a run of these choices starts from, compiled and calibrated."""
    opening = open_book(book, quarters=PLAN_QUARTERS, scope=choices.scope, case=choices.case)
    return calibrated(compile_opening(opening, quarters=choices.quarters))


def opened(book: Book, choices: RunChoices) -> Opened:
    """The tableau of the baseline at the opening.

    Raises
    ------
    BookError, NotConverged : the book gives no model.
    """
    compiled = compiled_book(book, choices)
    tableau = new_tableau(compiled.model, shocks_of(drivers_for(compiled, BASELINE)), ledger=False)
    moving = {name: getattr(tableau, name)[..., 0].flatten() for name in FIELDS}
    return Opened(moving, tuple(getattr(tableau, name) for name in Tableau._fields if name not in FIELDS))


def used_assumptions(book: Book, choices: RunChoices) -> tuple[Assumption, ...]:
    """Assumptions with a range whose central value is read on the way to a calibrated model, in the book's order.

    Reading is not yet moving: a value may be read where it is multiplied by nothing (:attr:`Spread.held` says so).
    """
    read: set[str] = set()

    class Watched(Assumption):
        """An assumption that tells when its central value is asked for."""

        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            if name == "central":
                read.add(object.__getattribute__(self, "id"))
            return object.__getattribute__(self, name)

    watched = tuple(Watched(**{f.name: getattr(r, f.name) for f in fields(Assumption)}) for r in book.assumptions)
    compiled_book(_with_assumptions(book, watched), choices)
    return tuple(r for r in book.assumptions if r.id in read and r.low < r.high)


def with_centrals(book: Book, centrals: Mapping[str, float]) -> Book:
    """The book with other central values, by id of assumption; ranges stay."""
    rows = tuple(replace(r, central=centrals[r.id]) if r.id in centrals else r for r in book.assumptions)
    return _with_assumptions(book, rows)


def _with_assumptions(book: Book, rows: tuple[Assumption, ...]) -> Book:
    """A book with other assumptions that shares every index that does not depend on them, which is most of its cost."""
    changed = replace(book, assumptions=rows)
    own = {f.name for f in fields(Book)} | {"_assumed"}
    vars(changed).update({name: index for name, index in vars(book).items() if name not in own})
    return changed


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
    for effect in _effects(bench, rows, workers):
        found.append(effect)
        if progress is not None:
            progress(len(found), len(rows))
    return gathered(found, bench.central.moving)


def _effects(bench: Bench, rows: Sequence[Assumption], workers: int) -> Iterator[Effect]:
    """Effects in the order of the rows. What workers that were killed have left undone is measured here."""
    done = 0
    if workers > 1 and len(rows) > 1:
        try:
            with ProcessPoolExecutor(
                min(workers, len(rows)), get_context("spawn"), initializer=_prepare, initargs=(bench,)
            ) as pool:
                for effect in pool.map(_measure, rows):
                    done += 1
                    yield effect
        except BrokenProcessPool:
            pass
    for r in rows[done:]:
        yield effect_of(bench, r)


_BENCH: list[Bench] = []
"""The bench of a worker process: sent once, not with every assumption."""


def _prepare(bench: Bench) -> None:
    # Ctrl-C is for the process that asked: it takes back what is not begun, and no worker writes a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _BENCH[:] = [bench]


def _measure(r: Assumption) -> Effect:
    return effect_of(_BENCH[0], r)


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
    pairs = list(zip(central.shared, end.shared, strict=True))
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
