"""Figures that others published on the revenue AI needs, and the inputs of the plain formulas that the book lacks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from cardhouse.book import Assumption, Book, Where
from cardhouse.errors import BookError

FILE = Path(__file__).parent / "published_needs.toml"


class Formula(StrEnum):
    """How a publisher gets from capital to revenue; the values are the words shown."""

    ANNUITY = "capital x yearly payment over its life / part of revenue for capital"
    CHIPS = "chip sales of a year / share of chips in a data center / part of revenue for capital"
    PERPETUITY = "capital x return / part of revenue for capital"
    SPENDING = "capital spending of a year / capital spending per dollar of revenue"


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure with its own inputs, USD million; None for inputs that its formula does not have.

    Attributes
    ----------
    value : revenue a year.
    capital : capital in view, or capital spending of a year; None for chip sales.
    part : part of revenue for capital, for :attr:`Formula.SPENDING` capital spending per dollar of revenue.
    implied : name of the input that is solved from the value because it was not printed; empty when all were.
    start, end : period whose capital spending is meant.
    stated : what the publisher says, in our words.
    """

    id: str
    name: str
    title: str
    url: str
    published: date
    formula: Formula
    value: float
    stated: str
    part: float
    capital: float | None = None
    chips: float | None = None
    chip_share: float | None = None
    return_: float | None = None
    short_share: float | None = None
    short_life: float | None = None
    long_life: float | None = None
    start: date | None = None
    end: date | None = None
    implied: str = ""


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def published() -> tuple[Published, ...]:
    """All published figures in the order of the file, by day."""
    return tuple(_read(row) for row in _file()["published"])


def _read(row: Mapping[str, Any]) -> Published:
    fields = {("return_" if key == "return" else key): value for key, value in row.items() if key != "formula"}
    if row.get("implied") == "part":
        # A return for ever takes return x capital of revenue; a ratio of spending takes the spending itself.
        fields["part"] = row["capital"] * row.get("return", 1.0) / row["value"]
    return Published(formula=Formula[row["formula"].upper()], **fields)


def lacking_input(book: Book, name: str) -> Assumption:
    """An input of the formulas: the book's own row about ``all`` where there is one, else the one shipped here.

    Raises
    ------
    BookError : the row's ends are out of order or not above zero.
    """
    row = book.assume(name, "all") or _assumption(name, "all", _file()["assumed"][name])
    if not 0.0 < row.low <= row.central <= row.high:
        raise BookError(
            f"{row.where}: {row.id}: {row.low:g} / {row.central:g} / {row.high:g}; "
            "expected low, central and high above zero and in this order; mend the assumption"
        )
    return row


def ordinary_pace(firm: str) -> Assumption | None:
    """Capital spending of a year that is not for AI, of a firm without figures for the year before the boom."""
    row = _file()["ordinary"].get(firm)
    return _assumption("ordinary_pace", firm, {**row, "unit": "USD_million"}) if row else None


def _assumption(name: str, subject: str, row: Mapping[str, Any]) -> Assumption:
    return Assumption(
        id=f"{subject}-{name.replace('_', '-')}",
        subject=subject,
        name=name,
        low=float(row["low"]),
        central=float(row["central"]),
        high=float(row["high"]),
        unit=row["unit"],
        start=None,
        end=None,
        known=row["known"],
        source="",
        reason=row["reason"],
        where=_line(f".{name if subject == 'all' else subject}]"),
    )


def _line(header: str) -> Where:
    """File and line of a table of the file, so that a person finds the row."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return Where(FILE.name, 1 + next(i for i, line in enumerate(lines) if line.endswith(header)))
