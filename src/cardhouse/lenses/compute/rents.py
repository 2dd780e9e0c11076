"""Rents of accelerators: what kind of price each is, what one costs now, and how fast it falls with age.

Prices of different kinds are not compared: an hour on demand, an hour that may be taken away, an hour within a year's
contract and an hour on a large cloud's list cost different amounts on the same day. A fit compares a price only with
others of its own series, or gives each kind its own level. Within one accelerator age and calendar time are the same
thing, so a fall with age is also the fall of those years.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from cardhouse.book import Book, Fact
from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import DOUBTS, ENDS, chip, names, released, words
from cardhouse.lenses.compute.ranges import middle
from cardhouse.lenses.compute.regression import Line, fit
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, derived, not_meaningful
from cardhouse.lenses.readings import entity_name, of_fact

METRIC = "rental_price_per_gpu_hour"
RENT_DAYS = 366
"""Prices older than a year are no rent of today."""
NEAR_DAYS = 183
"""Prices of an accelerator more than half a year older than its newest one are history."""
FAR = 2.0
"""A price that was left behind and lies so many times above or below today's is told beside it."""
RECENT_DAYS = 487
"""Sixteen months: prices of this time are fitted on their own as well, since a trend may have turned."""
YEAR = 365.25
LARGE_CLOUDS = frozenset({"aws", "azure", "google", "oracle"})
NO_PRICE = frozenset({"at-cost", "market-bet"})
"""Items that are a cost or a wager, not a price."""
FEW = 5
"""Fewest prices of one accelerator for which a fit of its own is tried."""


class Kind(StrEnum):
    """What a rent is a price of."""

    ON_DEMAND = "on_demand"
    ONE_YEAR = "one_year_contract"
    LONGER = "longer_contract"
    SPOT = "spot"
    LARGE_CLOUD = "large_cloud_list"
    ENDS = "ends_and_averages"


SHOWN_FIRST = (Kind.ON_DEMAND, Kind.ONE_YEAR, Kind.LONGER, Kind.SPOT, Kind.LARGE_CLOUD, Kind.ENDS)


def kind_of(item: str) -> Kind | None:
    """The kind of a price by the words of its item; None for what is no price.

    Examples
    --------
    >>> kind_of("aws-p5"), kind_of("semianalysis-one-year"), kind_of("on-demand-low")
    (<Kind.LARGE_CLOUD: 'large_cloud_list'>, <Kind.ONE_YEAR: 'one_year_contract'>, <Kind.ENDS: 'ends_and_averages'>)
    """
    if item in NO_PRICE:
        return None
    found = words(item)
    large = item.split("-", maxsplit=1)[0] in LARGE_CLOUDS
    if found & ENDS and not large:  # one cloud's cheapest and dearest region are two prices of its list
        return Kind.ENDS
    if "year" in found:
        return Kind.ONE_YEAR if "one" in found else Kind.LONGER
    if "spot" in found:
        return Kind.SPOT
    return Kind.LARGE_CLOUD if large else Kind.ON_DEMAND


@dataclass(frozen=True, slots=True)
class Rent:
    """One price: whose, of which series and kind, on which day, at which age in years."""

    chip: str
    item: str
    kind: Kind
    day: date
    age: float | None
    price: Measure
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Fall:
    """A fitted fall of rents.

    Attributes
    ----------
    sample : what is compared with what. ``chips`` : ids of the accelerators whose prices are in it.
    a_year : share that a rent loses a year. ``low``, ``high`` : 95 % interval.
    half_life : years until a rent is halved. ``half_low``, ``half_high`` : from the same interval.
    line : the regression of the logarithm of the rent on age in years.
    """

    sample: str
    chips: tuple[str, ...]
    a_year: Reading
    low: Reading
    high: Reading
    half_life: Reading
    half_low: Reading
    half_high: Reading
    line: Line | None


@dataclass(frozen=True, slots=True)
class Rents:
    """Prices of the book and how they fall; ``left_out`` counts doubtful prices that no fit uses."""

    rows: tuple[Rent, ...]
    falls: tuple[Fall, ...]
    left_out: int


def prices(book: Book, *chips: str, upto: date | None = None) -> tuple[Rent, ...]:
    """All rents of accelerators up to a day, oldest first."""
    day = upto or book.date
    found = []
    for id_ in chips or names(book):
        since = released(book, id_)
        for fact in book.chosen(id_, METRIC):
            kind = kind_of(fact.item)
            if kind is not None and fact.value > 0 and fact.end <= day:
                found.append(_rent(book, id_, fact, kind, since))
    return tuple(sorted(found, key=lambda r: (r.day, r.chip, r.item)))


def _rent(book: Book, id_: str, fact: Fact, kind: Kind, since: date | None) -> Rent:
    age = (fact.end - since).days / YEAR if since else None
    doubtful = fact.note.lower().startswith(DOUBTS)
    return Rent(id_, fact.item, kind, fact.end, age, of_fact(book, fact), doubtful)


@dataclass(frozen=True, slots=True)
class Level:
    """What an accelerator lets for: the median of ``count`` prices of one kind; no kind where there is none.

    ``prices`` are those behind it, oldest first.
    """

    kind: Kind | None
    count: int
    rent: Reading
    prices: tuple[Rent, ...] = ()


def level(book: Book, id_: str, on: date | None = None) -> Level:
    """Today's rent of an accelerator: the median of the newest price of each series of the first kind there is.

    Only prices at most :data:`NEAR_DAYS` older than the accelerator's newest price of any kind count, so that a kind
    without fresh prices gives way to one that has them.

    Parameters
    ----------
    on : the day; the book's own where none is given.

    Returns
    -------
    Level : on demand first, then contracts, spot, large clouds' lists, ends of ranges; kinds are never mixed.
    """
    found = levels(book, id_, on)
    day = on or book.date
    gap = Gap(f"{entity_name(book, id_)}, rent", f"the book has no price of the {RENT_DAYS} days before {day}")
    return next((found[kind] for kind in SHOWN_FIRST if kind in found), Level(None, 0, gap))


def levels(book: Book, id_: str, on: date | None = None) -> dict[Kind, Level]:
    """Today's rent of an accelerator by kind, of those kinds that have a fresh price."""
    day = on or book.date
    rows = [r for r in prices(book, id_, upto=day) if (day - r.day).days <= RENT_DAYS and not r.doubtful]
    since = rows[-1].day - timedelta(days=NEAR_DAYS) if rows else day
    name = entity_name(book, id_)
    return {
        kind: _level(name, kind, own, since)
        for kind in SHOWN_FIRST
        if (own := [r for r in rows if r.kind is kind]) and own[-1].day >= since
    }


def _level(name: str, kind: Kind, rows: Sequence[Rent], since: date) -> Level:
    """The median of the newest price of each series since a day, with a warning where an older one lies far from it."""
    newest = {r.item: r for r in rows}
    fresh = tuple(sorted((r for r in newest.values() if r.day >= since), key=lambda r: (r.day, r.item)))
    rent = middle([r.price for r in fresh], f"{name}, rent")
    if isinstance(rent, Measure):
        old = [r for r in newest.values() if r.day < since]
        far = [r for r in old if not 1.0 / FAR < r.price.value / rent.value < FAR]
        rent = rent.flagged(*(_left(name, r, rent, fresh[-1].day) for r in far))
    return Level(kind, len(fresh), rent, fresh)


def _left(name: str, old: Rent, rent: Measure, day: date) -> str:
    return (
        f"{name}: {rent.value:.2f} an hour by prices up to {day}; an older one of {old.day} ({old.item}) was "
        f"{old.price.value:.2f}"
    )


def rents(book: Book, only: str = "") -> Rents:
    """Prices, of one accelerator where one is named, and the falls that can be fitted on all."""
    rows = prices(book)
    used = [r for r in rows if not r.doubtful and r.kind is not Kind.ENDS and r.age is not None]
    since = book.date - timedelta(days=RECENT_DAYS)
    falls = [
        fall("same series", used, _series),
        fall(f"same series since {since:%Y-%m}", [r for r in used if r.day >= since], _series),
        fall("all, a level for each accelerator and kind", used, lambda r: (r.chip, r.kind.value)),
    ]
    for id_ in names(book):
        own = [r for r in used if r.chip == id_]
        if len(own) >= FEW:
            falls.append(fall(f"{chip(book, id_).name}, a level for each kind", own, lambda r: (r.kind.value,)))
    shown = tuple(r for r in rows if only in ("", r.chip))
    return Rents(shown, tuple(falls), sum(r.doubtful for r in rows))


def _series(rent: Rent) -> tuple[str, ...]:
    return rent.chip, rent.item


def fall(sample: str, rows: Sequence[Rent], group: Callable[[Rent], tuple[str, ...]]) -> Fall:
    """Fit the logarithm of rents on age, each group with a level of its own; groups of one row say nothing."""
    groups: dict[tuple[str, ...], list[Rent]] = {}
    for row in rows:
        groups.setdefault(group(row), []).append(row)
    kept = [members for members in groups.values() if len({m.age for m in members}) > 1]
    used = [row for members in kept for row in members]
    chips = tuple(dict.fromkeys(row.chip for row in used))
    try:
        line = fit(_columns(kept), np.array([math.log(row.price.value) for row in used]))
    except InputError as error:
        gap = Gap(f"fall of rents, {sample}", str(error))
        return Fall(sample, chips, gap, gap, gap, gap, gap, gap, None)
    return _fall(sample, chips, line, [row.price for row in used])


def _columns(groups: Sequence[Sequence[Rent]]) -> np.ndarray:
    """Age, then one dummy a group."""
    rows = sum(len(members) for members in groups)
    columns = np.zeros((rows, 1 + len(groups)))
    at = 0
    for number, members in enumerate(groups, start=1):
        for row in members:
            columns[at, 0] = row.age
            columns[at, number] = 1.0
            at += 1
    return columns


def _fall(sample: str, chips: tuple[str, ...], line: Line, measures: Iterable[Measure]) -> Fall:
    parts = tuple(measures)

    def share(slope: float) -> Reading:
        return derived(1.0 - math.exp(slope), SHARE, *parts)

    def half(slope: float) -> Reading:
        if slope >= 0.0:
            return not_meaningful(f"half-life, {sample}", "the rent does not fall at this end of the interval")
        return derived(math.log(2.0) / -slope, "years", *parts)

    return Fall(
        sample,
        chips,
        share(line.slope),
        share(line.high),
        share(line.low),
        half(line.slope),
        half(line.low),
        half(line.high),
        line,
    )
