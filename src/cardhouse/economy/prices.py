"""What the stock market says a firm is worth on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact, latest
from cardhouse.economy.figure import Figure
from cardhouse.economy.inputs import FRESH_DAYS, MARKET_FRESH_DAYS, fact_figure


@dataclass(frozen=True, slots=True)
class MarketValue:
    """Value of all shares of a listed firm.

    Attributes
    ----------
    value : USD million. end : the day of the price behind it.
    facts : the rows it was made of. how : what was done with them, blank where a row says it outright.
    """

    value: float
    end: date
    facts: tuple[Fact, ...]
    how: str = ""

    def figure(self, book: Book) -> Figure:
        """As a figure that rests on the newest of its rows."""
        newest = fact_figure(book, self.facts[0])
        trail = tuple(line for fact in self.facts for line in fact_figure(book, fact).trail)
        return Figure.of(self.value, next(iter(newest.basis), "dataset"), *trail, flags=(self.how,) if self.how else ())


def listed_value(book: Book, firm: str, on: date) -> MarketValue | None:
    """Value of all shares on a day, by rows of the year before; None where no market says.

    The newest market value, moved by the share price where one of a later day and one of its own day are known
    (prices are adjusted for splits, so their ratio is safe); else price times the shares of the last two quarters.
    """
    cap = latest(book, firm, "market_cap", on, max_age_days=MARKET_FRESH_DAYS)
    price = latest(book, firm, "share_price", on, max_age_days=MARKET_FRESH_DAYS)
    if cap is not None:
        then = latest(book, firm, "share_price", cap.end)
        if price is not None and price.end > cap.end and then is not None and then.end == cap.end:
            moved = book.usd(cap) * book.usd(price) / book.usd(then)
            return MarketValue(
                moved, price.end, (price, cap, then), f"market value of {cap.end} moved by the share price"
            )
        return MarketValue(book.usd(cap), cap.end, (cap,))
    shares = latest(book, firm, "shares_outstanding", on, max_age_days=FRESH_DAYS)
    if price is None or shares is None:
        return None
    worth = book.usd(price) * shares.value
    return MarketValue(worth, price.end, (price, shares), f"share price times the shares of {shares.end}")


def market_value(book: Book, firm: str, on: date) -> Figure | None:
    """What a firm is worth by the market, else by the last private round, no older than a year."""
    found = listed_value(book, firm, on)
    if found is not None:
        return found.figure(book)
    paid = latest(book, firm, "private_valuation", on, max_age_days=MARKET_FRESH_DAYS)
    return fact_figure(book, paid) if paid is not None else None
