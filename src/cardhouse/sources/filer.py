"""From what a person types to a filer: a firm of the book, a ticker, or the SEC's number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cardhouse.book import Book, Firm
from cardhouse.book.faults import shown
from cardhouse.errors import InputError, UnknownName
from cardhouse.sources.edgar import find_cik, find_ticker

_NUMBER = re.compile(r"(?:cik)?\s*0*([1-9]\d{0,9})", re.ASCII | re.IGNORECASE)
_TICKER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,5}([.\-][A-Za-z]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filer:
    """Who is asked about: the SEC's number, the id for rows, the beginning of source ids, the book's firm or None."""

    cik: int
    entity: str
    short: str
    firm: Firm | None


def find_filer(book: Book, text: str) -> Filer:
    """Find the filer that a person means by a firm of the book, a ticker, or a CIK.

    Raises
    ------
    UnknownName : nobody answers to it.
    InputError : the firm has no ticker in the United States, so its number must be given; or edgartools is missing.
    """
    number = _NUMBER.fullmatch(text.strip())
    if number:
        cik = int(number[1])
        return _filer(book, cik, find_ticker(cik))
    try:
        firm = book.resolve(text)
    except UnknownName as unknown:
        cik_of = find_cik(text) if _TICKER.fullmatch(text.strip()) else None
        if cik_of is None:
            raise UnknownName(f"{unknown}; nor is it a ticker of EDGAR: give the CIK where you know it") from None
        return _filer(book, cik_of, text.strip())
    found = find_cik(firm.ticker) if firm.ticker else None
    if found is None:
        listed = f"its ticker {firm.ticker} is not" if firm.ticker else "it has no ticker in firms.csv, so it is not"
        raise InputError(
            f"{firm.name}: {listed} on the SEC's list of tickers; expected a firm that files with the SEC; "
            "if it does, give its CIK instead of the name"
        )
    return Filer(found, firm.id, _id(firm.ticker), firm)


def _filer(book: Book, cik: int, ticker: str) -> Filer:
    """The filer of a number, as the firm of the book that has a ticker of it where there is one."""
    firm = next((f for f in book.firms.values() if f.ticker and find_cik(f.ticker) == cik), None)
    short = _id(firm.ticker if firm else ticker) or f"cik{cik}"
    return Filer(cik, firm.id if firm else short, short, firm)


def _id(ticker: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", ticker.strip().lower()).strip("-")


def unknown_note(filer: Filer) -> str:
    """What to do about a filer that the book does not have; blank where it does."""
    if filer.firm:
        return ""
    return f"The book has no firm {shown(filer.entity)}: its rows need a row in firms.csv of the same folder first."
