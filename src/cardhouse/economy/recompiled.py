"""The book compiled again with assumptions at other values, and what such a model opens with."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption, Book
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.tableau import Tableau
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import PLAN_QUARTERS, RunChoices, calibrated, drivers_for, shocks_of
from cardhouse.economy.spread import FIELDS

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Opened:
    """A tableau at the opening by field: ``moving`` flat values of :data:`FIELDS`, ``shared`` all others."""

    moving: Mapping[str, Array]
    shared: Mapping[str, NDArray[Any]]


def uncalibrated_book(book: Book, choices: RunChoices) -> Compiled:
    """The model that a run of these choices is calibrated from.

    Raises
    ------
    BookError : the book gives no model.
    """
    opening = open_book(book, quarters=PLAN_QUARTERS, scope=choices.scope, case=choices.case)
    return compile_opening(opening, quarters=choices.quarters)


def compiled_book(book: Book, choices: RunChoices) -> Compiled:
    """The model that a run of these choices starts from, compiled and calibrated.

    Raises
    ------
    BookError, NotConverged : the book gives no model.
    """
    return calibrated(uncalibrated_book(book, choices))


def opened(book: Book, choices: RunChoices) -> Opened:
    """The tableau of the baseline at the opening.

    Raises
    ------
    BookError, NotConverged : the book gives no model.
    """
    compiled = compiled_book(book, choices)
    tableau = new_tableau(compiled.model, shocks_of(drivers_for(compiled, BASELINE)), ledger=False)
    return Opened(
        {name: getattr(tableau, name)[..., 0].flatten() for name in FIELDS},
        {name: getattr(tableau, name) for name in Tableau._fields if name not in FIELDS},
    )


def used_assumptions(book: Book, choices: RunChoices) -> tuple[Assumption, ...]:
    """Assumptions with a range whose central value is read on the way to a calibrated model, in the book's order.

    Reading is not yet moving: a value may be read where it is multiplied by nothing.
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


def across(
    work: Callable[[Shared, Item], Result], shared: Shared, items: Sequence[Item], workers: int
) -> Iterator[Result]:
    """Do the same work on items, on several processes; results come in the order of the items.

    Parameters
    ----------
    work : a function of a module; it is called with what all share and with one item.
    workers : processes; more than one needs a main module that can be imported again. What workers that were killed
        have left undone is done here.
    """
    done = 0
    if workers > 1 and len(items) > 1:
        begins = (min(workers, len(items)), get_context("spawn"))
        try:
            with ProcessPoolExecutor(*begins, initializer=_prepare, initargs=(work, shared)) as pool:
                for result in pool.map(_do, items):
                    done += 1
                    yield result
        except BrokenProcessPool:
            pass
    for item in items[done:]:
        yield work(shared, item)


_WORK: list[Any] = []
"""What a worker process does and what its items share: sent once, not with every item."""


def _prepare(work: Any, shared: Any) -> None:
    # Ctrl-C is for the process that asked: it takes back what is not begun, and no worker writes a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _WORK[:] = [work, shared]


def _do(item: Any) -> Any:
    work, shared = _WORK
    return work(shared, item)
