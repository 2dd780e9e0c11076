"""Listings: issue price, first close, closes since, and what a buyer of the issue has made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from cardhouse.book import Book, Fact
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, computed
from cardhouse.lenses.readings import of_fact

ISSUE, PRICE = "share_issue_price", "share_price"
OFFERING, FIRST = "ipo", "first-close"


@dataclass(frozen=True, slots=True)
class Listing:
    """One firm's way to the exchange; prices and returns in the currency of its trading.

    Attributes
    ----------
    issue : price of the public offering.
    first : close of the first day.
    last : newest price after the first day.
    first_day : return of the first day, first close over issue less one.
    to_last : return from the issue to the newest price.
    after : return of one who bought at the first close.
    raised : money raised in the offering, USD million.
    """

    firm: str
    name: str
    day: date
    currency: str
    issue: Measure
    first: Reading
    last: Reading
    first_day: Reading
    to_last: Reading
    after: Reading
    raised: Reading


def listings(book: Book) -> tuple[Listing, ...]:
    """Firms with an issue price of a public offering, newest first."""
    found = [
        _listing(book, fact)
        for who, metric in book.series
        if metric == ISSUE
        for fact in book.chosen(who, metric)
        if fact.item == OFFERING and fact.end <= book.date
    ]
    return tuple(sorted(found, key=lambda row: (-row.day.toordinal(), row.firm)))


def _listing(book: Book, fact: Fact) -> Listing:
    name = book.firms[fact.entity].name
    closes = [f for f in book.chosen(fact.entity, PRICE) if f.unit == fact.unit and f.end <= book.date]
    first_row = next((f for f in closes if f.item == FIRST and f.end >= fact.end), None)
    later = [f for f in closes if f.item == "" and f.end > fact.end]
    issue = own_currency(book, fact)
    first: Reading = own_currency(book, first_row) if first_row else Gap(f"{name}, first close", "not in the book")
    last: Reading = (
        own_currency(book, later[-1]) if later else Gap(f"{name}, price since the first day", "not in the book")
    )
    return Listing(
        fact.entity,
        name,
        fact.end,
        fact.unit,
        issue,
        first,
        last,
        gain(f"{name}, first day", issue, first),
        gain(f"{name}, since the issue", issue, last),
        gain(f"{name}, since the first close", first, last),
        _raised(book, fact.entity, name),
    )


def own_currency(book: Book, fact: Fact) -> Measure:
    """A price in the currency it is quoted in."""
    return replace(of_fact(book, fact), value=fact.value, unit=fact.unit, flags=())


def gain(what: str, bought: Reading, now: Reading) -> Reading:
    """Return of a price over an earlier one, without dividends."""
    return computed(what, lambda a, b: b / a - 1.0, bought, now, unit=SHARE)


def _raised(book: Book, firm: str, name: str) -> Reading:
    rows = [f for f in book.chosen(firm, "funding_raised") if f.item == OFFERING]
    return of_fact(book, rows[-1]) if rows else Gap(f"{name}, money raised", "not in the book")
