"""Prices against the size of an economy: all listed firms of the book over GDP, beside what others measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book
from cardhouse.lenses.measure import Gap, Measure, Reading, first_gap, ratio, total
from cardhouse.lenses.readings import entity_name, of_fact, year

ECONOMY, RATIO = "usa", "market_value_to_gdp"


@dataclass(frozen=True, slots=True)
class Measured:
    """A ratio of market value to GDP that others published: of whom, and the reading with its day."""

    entity: str
    name: str
    ratio: Measure
    note: str


@dataclass(frozen=True, slots=True)
class AgainstGdp:
    """Prices over the yearly GDP of the United States.

    Attributes
    ----------
    gdp : USD million, the newest year of the book.
    american, listed, unlisted : sums of prices, USD million: American listed firms, all listed, all unlisted.
    oldest : day of the oldest of these prices; None without any.
    american_share, listed_share, unlisted_share : over GDP, fractions; firms that own each other count twice.
    largest, largest_share : the firm with the highest price, and its price over GDP.
    measured : what others measured, oldest first.
    """

    gdp: Reading
    american: Reading
    listed: Reading
    unlisted: Reading
    oldest: date | None
    american_share: Reading
    listed_share: Reading
    unlisted_share: Reading
    largest: str
    largest_share: Reading
    measured: tuple[Measured, ...]


def against_gdp(book: Book, values: Mapping[str, Measure], listed: frozenset[str]) -> AgainstGdp:
    """Sums of prices over GDP.

    Parameters
    ----------
    values : price of all shares by firm, USD million; ``listed`` those of them that a stock market prices.
    """
    gdp = year(book, ECONOMY, "gdp", book.date)
    american = _sum("American listed firms", [v for f, v in values.items() if f in listed and _american(book, f)])
    on_markets = _sum("listed firms", [v for f, v in values.items() if f in listed])
    private = _sum("unlisted firms", [v for f, v in values.items() if f not in listed])
    largest = max(values, key=lambda f: values[f].value, default="")
    top = values[largest] if largest else Gap("largest firm", "no firm has a price")
    return AgainstGdp(
        gdp=gdp,
        american=american,
        listed=on_markets,
        unlisted=private,
        oldest=min((v.end for v in values.values()), default=None),
        american_share=_over("American listed firms", american, gdp),
        listed_share=_over("listed firms", on_markets, gdp),
        unlisted_share=_over("unlisted firms", private, gdp),
        largest=largest,
        largest_share=_over("largest firm", top, gdp),
        measured=_measured(book),
    )


def _measured(book: Book) -> tuple[Measured, ...]:
    entities = dict.fromkeys(fact.entity for fact in book.facts if fact.metric == RATIO)
    rows = [fact for entity in entities for fact in book.chosen(entity, RATIO) if fact.end <= book.date]
    rows.sort(key=lambda fact: (fact.end, fact.entity))
    return tuple(Measured(r.entity, entity_name(book, r.entity), of_fact(book, r), r.note) for r in rows)


def _over(name: str, part: Reading, gdp: Reading) -> Reading:
    return first_gap((part, gdp)) or ratio(f"{name}, price over GDP", part, gdp, positive="GDP")


def _sum(name: str, parts: list[Measure]) -> Reading:
    return total(parts) if parts else Gap(name, "no price in the book")


def _american(book: Book, firm: str) -> bool:
    return firm in book.firms and book.firms[firm].country == "US"
