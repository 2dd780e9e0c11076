"""Money put into AI by country, kind and year, and how concentrated it is.

Compilers count differently and editions of one compiler revise each other: figures of different compilers stand in
different lines, and of several editions of one the book's rule chooses (the better source, then the later one).

References
----------
Herfindahl (1950), Concentration in the steel industry; Hirschman (1964), The paternity of an index: the sum of squared
shares, 1 where one has all and 1/n where n have the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Confidence, Conflict, Fact
from cardhouse.lenses.measure import SHARE, TIMES, Gap, Measure, Reading, computed, derived, not_meaningful, ratio
from cardhouse.lenses.readings import entity_name, metric_name, of_fact

KINDS = (
    "private_investment_ai",
    "private_investment_generative_ai",
    "venture_capital_ai",
    "corporate_investment_ai",
)
SHARES = ("ai_share_of_venture_capital",)
WORLD = "world"
YEAR = (350, 380)


@dataclass(frozen=True, slots=True)
class Place:
    """What went to one country."""

    id: str
    name: str
    amount: Measure


@dataclass(frozen=True, slots=True)
class Spread:
    """How concentrated amounts are, with the part that has no name.

    Attributes
    ----------
    top : the largest share of the whole.
    low, high : ends of the Herfindahl index: the unnamed rest in very many hands, or all in one.
    unnamed : share of the whole that no row names.
    lead : the largest over the second.
    """

    top: Reading
    low: Reading
    high: Reading
    unnamed: Reading
    lead: Reading


@dataclass(frozen=True, slots=True)
class Year:
    """One kind of investment in one year by one compiler: named countries, largest first, and the world.

    ``rough`` : a row of it is of low confidence.
    """

    kind: str
    name: str
    compiler: str
    start: date
    end: date
    places: tuple[Place, ...]
    world: Reading
    spread: Spread
    rough: bool


@dataclass(frozen=True, slots=True)
class Share:
    """AI's part of venture capital in a place and a year."""

    place: str
    compiler: str
    share: Measure


def investment(book: Book) -> tuple[Year, ...]:
    """All kinds and years, kinds in their order, newest year first."""
    found: dict[tuple[str, str, date, date], list[Fact]] = {}
    for who, metric in book.series:
        if metric in KINDS:
            for fact in book.chosen(who, metric):
                if fact.start is not None and YEAR[0] <= (fact.end - fact.start).days + 1 <= YEAR[1]:
                    found.setdefault((metric, fact.item, fact.start, fact.end), []).append(fact)
    order = sorted(found, key=lambda k: (KINDS.index(k[0]), -k[3].toordinal(), k[1]))
    return tuple(_year(book, key, found[key]) for key in order)


def _year(book: Book, key: tuple[str, str, date, date], facts: Sequence[Fact]) -> Year:
    kind, compiler, start, end = key
    name = metric_name(book, kind)
    own = [Place(f.entity, entity_name(book, f.entity), of_fact(book, f)) for f in facts if f.entity != WORLD]
    places = tuple(sorted(own, key=lambda p: -p.amount.value))
    what = f"{name}, world, {end.year}"
    whole = next((of_fact(book, f) for f in facts if f.entity == WORLD), None)
    world: Reading = whole or Gap(what, "the compiler's world total is not in the book")
    rough = any(f.confidence is Confidence.LOW for f in facts)
    parts = spread(what, [p.amount for p in places], world)
    return Year(kind, name, compiler, start, end, places, world, parts, rough)


def spread(what: str, amounts: Sequence[Measure], whole: Reading) -> Spread:
    """Largest share and Herfindahl index of amounts, largest first, that are part of a whole.

    The index lies between the named squares alone (the rest in very many hands) and the named squares with the square
    of the rest (all of it in one hand).
    """
    lead = ratio(f"{what}, first over second", *amounts[:2], unit=TIMES) if len(amounts) > 1 else _alone(what)
    if not amounts:
        gap = Gap(what, "no part is named")
        return Spread(gap, gap, gap, gap, lead)
    if isinstance(whole, Gap):
        return Spread(whole, whole, whole, whole, lead)
    if sum(a.value for a in amounts) > whole.value * 1.001:
        gap = not_meaningful(what, "the named parts are more than the whole")
        return Spread(gap, gap, gap, gap, lead)
    shares = [a.value / whole.value for a in amounts]
    squares, rest = sum(s * s for s in shares), max(1.0 - sum(shares), 0.0)

    def of_all(value: float) -> Measure:
        return derived(value, SHARE, whole, *amounts)

    top = computed(f"{what}, largest share", lambda a, w: a / w, amounts[0], whole, unit=SHARE)
    return Spread(top, of_all(squares), of_all(squares + rest * rest), of_all(rest), lead)


def _alone(what: str) -> Gap:
    return Gap(f"{what}, first over second", "fewer than two parts are named")


def venture_shares(book: Book) -> tuple[Share, ...]:
    """AI's part of venture capital as compilers give it, newest first."""
    rows = [f for who, metric in book.series if metric in SHARES for f in book.chosen(who, metric)]
    ordered = sorted(rows, key=lambda f: (-f.end.toordinal(), f.entity))
    return tuple(Share(entity_name(book, f.entity), f.item or "", of_fact(book, f)) for f in ordered)


def disputed(book: Book) -> tuple[Conflict, ...]:
    """Figures of these kinds on which sources disagree; the book's rule has chosen one of each."""
    return tuple(c for c in book.conflicts() if c.key[1] in (*KINDS, *SHARES))
