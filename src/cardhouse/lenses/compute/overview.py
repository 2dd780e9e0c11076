"""All accelerators side by side, and one in depth."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.lenses.compute.chips import chip, find, names
from cardhouse.lenses.compute.hourly import hourly
from cardhouse.lenses.compute.models import Asked, Model, model
from cardhouse.lenses.compute.payback import Payback, payback
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.lenses.compute.rents import Level, level
from cardhouse.lenses.compute.tokens import Work, work
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.readings import of_fact


@dataclass(frozen=True, slots=True)
class Told:
    """What others say an hour of an accelerator costs its owner, USD; ``whose`` is the item of the row."""

    whose: str
    cost: Measure


@dataclass(frozen=True, slots=True)
class Line:
    """One accelerator: what it costs, does and lets for, and what others say it costs."""

    work: Work
    rent: Level
    told: tuple[Told, ...]

    @property
    def name(self) -> str:
        """Name of the accelerator."""
        return self.work.hourly.chip.name


@dataclass(frozen=True, slots=True)
class Overview:
    """Accelerators of which the book knows a price, a rent or a data sheet; ``unknown`` are the rest."""

    model: Model
    lines: tuple[Line, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Depth:
    """One accelerator with everything that its cost consists of, and whether it pays for itself."""

    model: Model
    line: Line
    payback: Payback


def line(book: Book, id_: str, served: Model, choices: Choices | None = None) -> Line:
    """One accelerator serving a model."""
    rows = book.chosen(id_, "accelerator_cost_per_hour")
    told = tuple(Told(f.item, of_fact(book, f)) for f in rows)
    return Line(work(book, hourly(book, chip(book, id_), choices), served), level(book, id_), told)


def overview(book: Book, name: str = "", asked: Asked | None = None, choices: Choices | None = None) -> Overview:
    """Cost of an hour, of useful operations and of tokens on every accelerator of the book.

    Raises
    ------
    UnknownName, InputError : see :func:`cardhouse.lenses.compute.models.model`.
    """
    served = model(book, name, asked)
    lines = [line(book, id_, served, choices) for id_ in names(book)]
    shown = [x for x in lines if _told(x)]
    return Overview(served, tuple(shown), tuple(x.name for x in lines if x not in shown))


def _told(of: Line) -> bool:
    return of.work.format is not None or any(
        isinstance(r, Measure) for r in (of.work.hourly.sold.central, of.rent.rent)
    )


def depth(book: Book, text: str, name: str = "", asked: Asked | None = None, choices: Choices | None = None) -> Depth:
    """One accelerator in depth.

    Raises
    ------
    UnknownName : no accelerator is called so.
    """
    id_ = find(book, text)
    served = model(book, name, asked)
    return Depth(served, line(book, id_, served, choices), payback(book, id_, choices))
