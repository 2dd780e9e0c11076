"""What a report is made of: sections of paragraphs, lists, tables and pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardhouse.views.picture import Caption, Picture
from cardhouse.views.report.material import Material
from cardhouse.views.table import Table


@dataclass(frozen=True, slots=True)
class Shown:
    """A table with what a reader must know to quote it."""

    table: Table
    caption: Caption


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list: its text, the address it leads to (blank for none), and what is said after it."""

    text: str
    url: str
    rest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A long list in small print under a title of its own."""

    title: str
    entries: tuple[Entry, ...]


Block = str | tuple[str, ...] | Shown | Listed | Picture
"""A paragraph, a list of sentences, a table, a long list, or a picture."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; ``wide`` ones are printed across the sheet."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A section to come: its key and title, and what makes its blocks."""

    key: str
    title: str
    made: Callable[[Material], Sequence[Block]]
    wide: bool = False
