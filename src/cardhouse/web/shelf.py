"""Books and models that stay in memory between requests: read once, shared by all, never changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

from cardhouse.book import Assumption, Book, embedded, read_book
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.contracts import Scope
from cardhouse.economy.inputs import Case
from cardhouse.economy.many.prepare import compiled_of
from cardhouse.economy.opening import Opening, open_book
from cardhouse.economy.run import RunChoices
from cardhouse.errors import BookError, InputError, UnknownName
from cardhouse.web.settings import Settings

T = TypeVar("T")
MOST_KEPT = 24
"""Books, openings and models kept; the one not used for longest goes first."""
Moves = tuple[tuple[str, float], ...]
"""Assumptions by id and the value that a slider gives them."""


@dataclass(frozen=True)
class Shelf:
    """What a server keeps; safe to use from many threads."""

    settings: Settings

    @cached_property
    def whole(self) -> Book:
        """The book with all that is known."""
        s = self.settings
        return read_book(s.folder, overlay=s.overlay) if s.folder else embedded(overlay=s.overlay)

    @cached_property
    def _kept(self) -> OrderedDict[Hashable, Any]:
        return OrderedDict()

    @cached_property
    def _lock(self) -> Lock:
        return Lock()

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made before under this key, or made now; two at once may make it twice, which harms nobody."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return made

    def book(self, day: date | None = None) -> Book:
        """The book as known on a day.

        Raises
        ------
        BookError : nothing was known then.
        """
        known: Book = self.keep(("book", day), lambda: self.whole.as_of(day or date.max))
        if not (known.facts or known.ties):
            raise BookError(f"nothing in the book was known on {day}; choose a later day")
        return known

    def openings(self, day: date | None, horizon: int, scope: Scope) -> dict[Case, Opening]:
        """The opening of each case of the loss rates."""
        book = self.book(day)
        return self.keep(
            ("openings", day, horizon, scope),
            lambda: {case: open_book(book, quarters=horizon, scope=scope, case=case) for case in Case},
        )

    def model(self, day: date | None, choices: RunChoices, moves: Moves = ()) -> Compiled:
        """The calibrated model of a book whose assumptions a user has moved.

        Raises
        ------
        UnknownName, InputError : no such assumption, or a value outside its range.
        """
        book = self.book(day)
        return self.keep(("model", day, choices, moves), lambda: compiled_of(moved(book, moves), choices))


def moved(book: Book, moves: Moves) -> Book:
    """The book with the central value of some assumptions set anew, inside their own range.

    Raises
    ------
    UnknownName : no such assumption. InputError : a value outside low and high.
    """
    if not moves:
        return book
    wanted = dict(moves)
    known = {row.id: row for row in book.assumptions}
    for name, value in wanted.items():
        row = known.get(name)
        if row is None:
            raise UnknownName(f"no assumption is called {name!r}; expected an id of assumptions.csv")
        if not row.low <= value <= row.high:
            raise InputError(f"{name} at {value:g}; expected {row.low:g} to {row.high:g}, the range of the book")

    def set_anew(row: Assumption) -> Assumption:
        return replace(row, central=wanted[row.id]) if row.id in wanted else row

    return replace(book, assumptions=tuple(map(set_anew, book.assumptions)))
