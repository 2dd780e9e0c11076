"""Read the rule files: words and tables that a contributor can extend without touching the program."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``rules/NAME.csv``; lines that begin with # are comments."""
    text = (files("cardhouse.article") / "rules" / f"{name}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(csv.DictReader(lines))


@cache
def _toml(name: str) -> dict[str, Any]:
    text = (files("cardhouse.article") / "rules" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words(name: str, key: str, section: str = "") -> tuple[str, ...]:
    """One list of ``rules/NAME.toml``."""
    tables = _toml(name)
    return tuple(str(word) for word in (tables[section] if section else tables)[key])


@cache
def sections(name: str, section: str) -> dict[str, tuple[str, ...]]:
    """All lists of one section of ``rules/NAME.toml``."""
    return {key: tuple(map(str, value)) for key, value in _toml(name)[section].items()}


def either(terms: Iterable[str]) -> str:
    """Regular expression for any of the terms, longest first; Latin ones begin and end with a word."""
    parts = []
    for term in sorted(set(terms), key=lambda one: (-len(one), one)):
        part = re.escape(term).replace(r"\ ", " ")
        if term[0].isascii() and term[0].isalnum():
            part = rf"(?<![A-Za-z0-9]){part}"
        if term[-1].isascii() and term[-1].isalnum():
            part = rf"{part}(?![A-Za-z0-9])"
        parts.append(part)
    return "(?:" + "|".join(parts) + ")"


class Finder(Generic[T]):
    """Finds words in a text in one pass: at each place the longest one, Latin words whole.

    Parameters
    ----------
    entries : pairs of a word and what it stands for; of a word given twice the first counts.
    fold : whether small letters and capitals are the same.
    """

    def __init__(self, entries: Iterable[tuple[str, T]], *, fold: bool = True) -> None:
        self._fold = fold
        self._by_first: dict[str, list[tuple[str, T]]] = {}
        seen = set()
        for raw, payload in entries:
            word = raw.lower() if fold else raw
            if word and word not in seen:
                seen.add(word)
                self._by_first.setdefault(word[0], []).append((word, payload))
        for group in self._by_first.values():
            group.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str) -> list[tuple[int, int, T]]:
        """Places and meanings of the words in a text, in order and apart."""
        lower = text.lower() if self._fold else text
        if len(lower) != len(text):
            lower = text
        found = []
        at = 0
        while at < len(lower):
            hit = self._at(lower, at)
            if hit is None:
                at += 1
                continue
            found.append((at, at + len(hit[0]), hit[1]))
            at += len(hit[0])
        return found

    def _at(self, text: str, at: int) -> tuple[str, T] | None:
        for word, payload in self._by_first.get(text[at], ()):
            if text.startswith(word, at) and _apart(text, at, at + len(word)):
                return word, payload
        return None


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _apart(text: str, start: int, end: int) -> bool:
    """Tell whether a word that begins or ends with a Latin letter stands alone there."""
    if (
        start
        and _latin(text[start])
        and _latin(text[start - 1])
        and not (text[start - 1].isdigit() and text[start].isalpha())
    ):
        return False
    return not (end < len(text) and _latin(text[end - 1]) and _latin(text[end]))
