"""Where the money comes from: countries, rounds, listings; and for one firm its rounds and what they were spent on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Conflict, Firm
from cardhouse.errors import InputError
from cardhouse.lenses.capital.investment import Share, Year, disputed, investment, venture_shares
from cardhouse.lenses.capital.listings import Listing, listings
from cardhouse.lenses.capital.rounds import (
    Pledge,
    Round,
    RoundsOfYear,
    agreed_total,
    by_year,
    loose_total,
    paid_total,
    pledges,
    rounds,
)
from cardhouse.lenses.capital.spending import Spending, spending
from cardhouse.lenses.measure import Gap, Measure, Reading

SPENT_DAYS = 366
"""A round at most this old is taken to be spent from the day of the book on."""


@dataclass(frozen=True, slots=True)
class Capital:
    """The whole: investment by country and year, AI's part of venture capital, rounds, listings, disputed figures."""

    book: Book
    investment: tuple[Year, ...]
    venture: tuple[Share, ...]
    rounds: tuple[Round, ...]
    by_year: tuple[RoundsOfYear, ...]
    listings: tuple[Listing, ...]
    disputed: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class FirmCapital:
    """One firm: its rounds, what investors promised and paid, its listing, and what a dollar of a round is spent on.

    Attributes
    ----------
    agreed : USD million that investors are bound to pay or have paid. ``paid`` : what is known to be paid.
    loose : in letters of intent, only announced or reported, or unclear; it may come to nothing.
    """

    book: Book
    firm: str
    name: str
    rounds: tuple[Round, ...]
    pledges: tuple[Pledge, ...]
    agreed: Reading
    loose: Reading
    paid: Reading
    listing: Listing | None
    spending: Spending | Gap


def capital(book: Book) -> Capital:
    """All that the book knows of money raised for AI, as known on its day."""
    found = rounds(book)
    return Capital(book, investment(book), venture_shares(book), found, by_year(found), listings(book), disputed(book))


def capital_of(book: Book, name: str, *, after: date | None = None) -> FirmCapital:
    """Rounds of one firm and what they were spent on.

    Parameters
    ----------
    name : id, name, alias or ticker.
    after : day from which the spending counts, as known on that day. Where None: the book's own day if the newest
        round is at most a year old, since its money is being spent now, else the day of that round.

    Raises
    ------
    UnknownName : the book knows no such firm.
    InputError : a day after the book's own.
    """
    firm: Firm = book.resolve(name)
    if after is not None and after > book.date:
        raise InputError(f"spending after {after}: the book ends on {book.date}; say an earlier day with --after")
    own = tuple(r for r in rounds(book) if r.firm == firm.id)
    promised = pledges(book, firm.id)
    money = [r.day for r in own if isinstance(r.amount, Measure) and r.day <= book.date]
    newest = max(money, default=book.date)
    day = after or (book.date if (book.date - newest).days <= SPENT_DAYS else newest)
    listing = next((row for row in listings(book) if row.firm == firm.id), None)
    return FirmCapital(
        book,
        firm.id,
        firm.name,
        own,
        promised,
        agreed_total(promised),
        loose_total(promised),
        paid_total(promised),
        listing,
        spending(book, firm.id, day),
    )
