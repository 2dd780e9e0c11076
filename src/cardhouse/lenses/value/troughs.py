"""Past falls of the market: from a closing peak to the closing low, computed from the levels in the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, latest
from cardhouse.book.faults import near, shown
from cardhouse.errors import BookError, InputError, UnknownName
from cardhouse.lenses.measure import SHARE, Measure, derived
from cardhouse.lenses.readings import entity_name, of_fact

LEAST_FALL, MOST_FALL = 0.0, 0.99
"""What a fall of market multiples may be; the economy takes them down to a hundredth."""


@dataclass(frozen=True, slots=True)
class Trough:
    """Where a past fall began and ended, and what it fell."""

    entity: str
    metric: str
    peak: date
    low: date


TROUGHS = {
    "nasdaq-2002": Trough("nasdaq-composite", "index_level", date(2000, 3, 10), date(2002, 10, 9)),
    "nasdaq-2022": Trough("nasdaq-composite", "index_level", date(2021, 11, 19), date(2022, 12, 28)),
    "sp500-2002": Trough("sp-500", "index_level", date(2000, 3, 24), date(2002, 10, 9)),
    "sp500-2009": Trough("sp-500", "index_level", date(2007, 10, 9), date(2009, 3, 9)),
    "cisco-2002": Trough("cisco", "share_price", date(2000, 3, 27), date(2002, 10, 8)),
}
"""Falls by the name a user gives them."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall of market multiples: its name and size, a fraction above 0 and below 1."""

    name: str
    size: Measure


def past_fall(book: Book, name: str) -> Fall:
    """The fall of a past trough.

    Raises
    ------
    UnknownName : no trough has that name.
    BookError : the book has no level of the peak or of the low.
    """
    if name not in TROUGHS:
        hint = near(name, TROUGHS) or "or say --drawdown 50%"
        raise UnknownName(f"no trough is called {shown(name)}; expected one of {', '.join(TROUGHS)}; {hint}")
    trough = TROUGHS[name]
    levels = []
    for day in (trough.peak, trough.low):
        fact = latest(book, trough.entity, trough.metric, day, max_age_days=0)
        if fact is None:
            raise BookError(
                f"{entity_name(book, trough.entity)} has no {trough.metric} of {day} in the book as known on "
                f"{book.date}; expected the level that {name} is computed from; say --drawdown 50% instead"
            )
        levels.append(of_fact(book, fact))
    peak, low = levels
    return Fall(name, derived(1.0 - low.value / peak.value, SHARE, peak, low))


def given_fall(size: float, day: date) -> Fall:
    """A fall that a user asks for.

    Raises
    ------
    InputError : not above 0, or above 0.99.
    """
    if not LEAST_FALL < size <= MOST_FALL:
        raise InputError(
            f"a fall of {size:.4g}; expected more than 0% and at most {MOST_FALL:.0%}; for example --drawdown 50%"
        )
    line = f"a fall of {size:.4g} as given"
    return Fall(f"{size:.0%}", Measure(size, SHARE, day, None, {"assumption": 1.0}, (), (line,)))
