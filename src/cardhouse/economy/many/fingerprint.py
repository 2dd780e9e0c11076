"""What a run was computed from, as text that two machines write alike: the book's rows, what a scenario does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeAlias

from cardhouse.book import Book
from cardhouse.book.schema import TABLES
from cardhouse.economy.scenario_records import Scenario

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

WORDS = frozenset({"title", "title_zh", "about", "about_zh"})
"""What a scenario says about itself; it moves no number."""
PLACE = ("where",)
PLACE_AND_REASON = ("where", "reason")
"""Fields of a shock that say where it stands and why, not what it does."""


def canonical(value: Json) -> str:
    """One line of JSON in ASCII: keys sorted, no blanks, numbers in the shortest form that reads back to the same bits.

    Raises
    ------
    TypeError, ValueError : the value is no JSON (an object of another type, not a number, infinity).
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(parts: Iterable[str]) -> str:
    """Hash of lines of text, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def book_hash(book: Book) -> str:
    """Hash of what a book says, 64 hexadecimal digits.

    All rows of all tables count, with their notes, in the order of the book: firms are the nodes of a run in that
    order, so it is part of the numbers. Files, lines, the folder and broken rows do not count; a book as of a day is
    the rows known by then.
    """
    return sha256(line for name in TABLES for line in _lines(name, getattr(book, name)))


def _lines(name: str, rows: Any) -> Iterable[str]:
    found = rows.values() if isinstance(rows, Mapping) else rows
    yield f"{name} {len(found)}"
    for row in found:
        yield canonical(_plain(row, PLACE))


def scenario_content(scenario: Scenario) -> dict[str, Json]:
    """What a scenario does, as JSON: its words, shocks, pulls, moves and who is reorganised; dates as YYYY-MM-DD."""
    return {
        **{name: str(getattr(scenario, name)) for name in sorted(WORDS)},
        "shocks": [_plain(shock, PLACE_AND_REASON) for shock in scenario.shocks],
        "pulls": [_plain(pull, PLACE_AND_REASON) for pull in scenario.pulls],
        "moves": [_plain(move, PLACE_AND_REASON) for move in scenario.moves],
        "reorganise": list(scenario.reorganise),
    }


def scenario_hash(content: Mapping[str, Json]) -> str:
    """Hash of what a scenario does, without its words: the same moves under another title are the same scenario."""
    return sha256([canonical({name: value for name, value in content.items() if name not in WORDS})])


def _plain(record: Any, without: tuple[str, ...]) -> dict[str, Json]:
    """Fields of a record as JSON values, in the order of the record."""
    return {f.name: _value(getattr(record, f.name)) for f in fields(record) if f.name not in without}


def _value(value: Any) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
