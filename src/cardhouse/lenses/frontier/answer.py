"""The whole answer: prices at stated levels, and open models against closed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.errors import BookError
from cardhouse.lenses.frontier.gaps import Gaps, gaps
from cardhouse.lenses.frontier.models import Model, Scored, scored
from cardhouse.lenses.frontier.prices import BLENDED, TOGETHER, Level, Price, level, prices
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.readings import of_fact

LEVELS = ("gpt-4", "claude-3.5-sonnet", "o1", "gpt-5")
"""Models whose scores are the levels of the published table: a record each, about a year apart."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A price at a level that its source states itself, by its own measure of capability."""

    level: str
    price: Measure


@dataclass(frozen=True, slots=True)
class Frontier:
    """Price and capability of models as known on the day of the book.

    Attributes
    ----------
    scored : models and scores of the newest fit of the index.
    prices : all prices of scored models, oldest first.
    levels : the cheapest price at each level asked for.
    quoted : prices at a level as their source gives them, not computed here.
    gaps : open against closed.
    """

    book: Book
    scored: Scored
    prices: tuple[Price, ...]
    levels: tuple[Level, ...]
    quoted: tuple[Quoted, ...]
    gaps: Gaps


def frontier(book: Book, *, levels: Sequence[str] = ()) -> Frontier:
    """Price per million tokens at stated capabilities by date, and how far open models are behind.

    Parameters
    ----------
    levels : models (id or name) whose scores are the levels; the published ones that the book knows where empty.

    Raises
    ------
    UnknownName : a level that is no scored model.
    BookError : the book has no capability scores on its day.
    """
    known = scored(book)
    if not known.models:
        raise BookError(
            f"the book has no capability score known by {book.date}; "
            "add rows of capability_index, or ask for a later day"
        )
    asked = [known.find(name) for name in levels] if levels else _published(known)
    priced = prices(book, known)
    return Frontier(
        book, known, priced, tuple(level(m, known, priced) for m in asked), _quoted(book), gaps(book, known)
    )


def _published(known: Scored) -> list[Model]:
    models = known.by_id
    return [models[name] for name in LEVELS if name in models]


def _quoted(book: Book) -> tuple[Quoted, ...]:
    return tuple(
        Quoted(subject.name, of_fact(book, fact))
        for subject in book.subjects.values()
        if subject.kind == "group"
        for fact in book.chosen(subject.id, TOGETHER)
        if fact.item != BLENDED and fact.end <= book.date
    )
