"""Countries by code, by name in English or Chinese, or by the id of their subject in the book."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Book, Subject
from cardhouse.book.faults import near
from cardhouse.errors import InputError, UnknownName

CODES = {
    "us": "usa",
    "cn": "china",
    "jp": "japan",
    "de": "germany",
    "in": "india",
    "gb": "united-kingdom",
    "uk": "united-kingdom",
    "eu": "europe",
    "world": "world",
}
"""Codes a person may type, and the subject each stands for; Europe is the European Union where a row says so."""
FIRM_CODES = {"usa": "US", "china": "CN", "japan": "JP", "germany": "DE", "india": "IN", "united-kingdom": "GB"}
"""Country code of firms.csv for each country's subject."""
KINDS = ("country", "region")
LEAST, MOST = 2, 4
"""Countries that an answer sets side by side."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country or region of the book; ``firm_code`` is empty where no firms belong to it as such."""

    id: str
    code: str
    name: str
    name_zh: str
    firm_code: str


def countries(book: Book) -> tuple[Country, ...]:
    """All countries and regions that the book speaks of."""
    return tuple(_country(s) for s in book.subjects.values() if s.kind in KINDS)


def find(book: Book, text: str) -> Country:
    """The country a person means.

    Raises
    ------
    UnknownName : no country is called so; near names are suggested.
    """
    asked = text.strip().casefold()
    known = countries(book)
    asked = CODES.get(asked, asked)
    for country in known:
        if asked in (country.id.casefold(), country.name.casefold(), country.name_zh):
            return country
    names = [n for c in known for n in (c.id, c.name, c.code) if n]
    hint = near(text, names) or f"say one of {', '.join(sorted(c.code for c in known if c.code))}"
    raise UnknownName(f"no country of the book is called {text!r}; expected a code or a name; {hint}")


def pick(book: Book, names: tuple[str, ...]) -> tuple[Country, ...]:
    """The countries asked for, each once.

    Raises
    ------
    InputError : fewer than two or more than four different ones.
    """
    if len(names) > MOST:
        raise InputError(f"{len(names)} countries to compare; expected two to four; leave some out")
    found = tuple(dict.fromkeys(find(book, name) for name in names))
    if len(found) < LEAST:
        only = f"only {found[0].name}" if found else "no country"
        raise InputError(f"{only} to compare; expected two to four different countries; say for example: us cn")
    return found


def _country(subject: Subject) -> Country:
    code = next((c for c, s in CODES.items() if s == subject.id), "")
    return Country(subject.id, code, subject.name, subject.name_zh, FIRM_CODES.get(subject.id, ""))
