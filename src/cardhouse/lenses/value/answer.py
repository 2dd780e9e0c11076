"""The whole answer of the lens: each firm asked for, and what only all firms together show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardhouse.book import Book, Firm, Layer
from cardhouse.economy.opening import Opening, open_book
from cardhouse.errors import BookError, InputError
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.value.economies import AgainstGdp, against_gdp
from cardhouse.lenses.value.falls import Falls, falls_of
from cardhouse.lenses.value.holdings import Holdings, holdings_of
from cardhouse.lenses.value.implied import Given, Implied, implied_of
from cardhouse.lenses.value.multiples import Multiples, multiples_of
from cardhouse.lenses.value.price import Held, Price, market_value, price_of, stakes_of
from cardhouse.lenses.value.results import Results, results_of
from cardhouse.lenses.value.troughs import TROUGHS, Fall, past_fall


@dataclass(frozen=True, slots=True)
class Valued:
    """One firm: its price, its newest year, its multiples, what the price asks for, stakes in it and held by it.

    ``asked`` is the name of the firm that was asked for, which may be inside the group of ``firm`` now.
    """

    firm: str
    name: str
    asked: str
    price: Price
    results: Results
    multiples: Multiples
    implied: Implied
    stakes: tuple[Held, ...]

    @property
    def priced(self) -> bool:
        """Whether the book knows a price."""
        return isinstance(self.price.value, Measure)


@dataclass(frozen=True, slots=True)
class Value:
    """The answer.

    Attributes
    ----------
    firms : in the order asked for.
    falls : the fall asked for, or why it cannot be run; ``past`` the same for every past trough the book has levels
        of, where asked for.
    """

    book: Book
    firms: tuple[Valued, ...]
    against_gdp: AgainstGdp
    holdings: Holdings
    falls: Falls | Gap
    past: tuple[Falls, ...]


def value_of(book: Book, names: Sequence[str], *, given: Given, fall: Fall, past: bool) -> Value:
    """Value firms of a book as known on its day.

    Parameters
    ----------
    names : firms as a person writes them; none is every firm with a price, dearest first.
    given : terms set by the user.
    fall : of market multiples; ``past`` also runs every past trough.

    Raises
    ------
    UnknownName : a firm that the book does not know.
    InputError : terms that cannot be, or an aggregate of the world among the names.
    BookError : no firm can be tested, or an assumption is missing.
    """
    opening = open_book(book)
    stakes = stakes_of(opening)
    prices, listed = _prices(opening)
    asked = names or sorted(prices, key=lambda f: -prices[f].value)
    nodes: dict[str, str] = {}
    for name in asked:
        firm = _firm(book, name)
        nodes.setdefault(opening.groups(firm.id), firm.name)
    firms = tuple(_valued(opening, node, said, stakes, given) for node, said in nodes.items())
    return Value(
        book,
        firms,
        against_gdp(book, prices, listed),
        holdings_of(stakes, prices),
        _fallen(book, fall, stakes),
        _past(book, stakes) if past else (),
    )


def _firm(book: Book, name: str) -> Firm:
    firm = book.resolve(name)
    if firm.layer is Layer.WORLD:
        raise InputError(f"{firm.name} is an aggregate of the world and has no price; expected a firm; say nvidia")
    return firm


def _valued(opening: Opening, firm: str, asked: str, stakes: tuple[Held, ...], given: Given) -> Valued:
    price = price_of(opening, firm, stakes)
    results = results_of(opening, firm, price.value.end if isinstance(price.value, Measure) else opening.book.date)
    return Valued(
        firm,
        price.name,
        asked,
        price,
        results,
        multiples_of(price, results),
        implied_of(opening, price, results, given),
        tuple(s for s in stakes if firm in (s.holder, s.held)),
    )


def _prices(opening: Opening) -> tuple[dict[str, Measure], frozenset[str]]:
    """Price of every firm that stands for itself, and those that are listed."""
    book, prices, listed = opening.book, {}, set()
    for firm in book.firms.values():
        if firm.layer is Layer.WORLD or opening.groups(firm.id) != firm.id:
            continue
        found, on_market = market_value(book, firm.id, book.date)
        if isinstance(found, Measure):
            prices[firm.id] = found
            if on_market:
                listed.add(firm.id)
    return prices, frozenset(listed)


def _fallen(book: Book, fall: Fall, stakes: tuple[Held, ...]) -> Falls | Gap:
    try:
        return falls_of(book, fall, stakes)
    except BookError as error:
        return Gap("a fall of multiples", str(error))


def _past(book: Book, stakes: tuple[Held, ...]) -> tuple[Falls, ...]:
    """Every past trough whose levels the book knows, smallest first."""
    falls = []
    for name in TROUGHS:
        try:
            falls.append(past_fall(book, name))
        except BookError:
            continue  # as of an early day the book does not know the later troughs
    ran = (_fallen(book, fall, stakes) for fall in sorted(falls, key=lambda f: f.size.value))
    return tuple(found for found in ran if isinstance(found, Falls))
