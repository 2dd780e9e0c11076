"""What the book itself says about chance: how far past quarters lay from what the quarters before promised.

Each measure returns a standard deviation a quarter and the number of observations that it rests on; a book with
fewer than :data:`ENOUGH` of them has none, and the assumption of the file stands.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from cardhouse.book import Book, Confidence, Fact, Layer
from cardhouse.book.series import quarter_of_start

ENOUGH = 5
"""Observations that a measure needs at least."""
LAYERS = (Layer.COMPUTE, Layer.NEOCLOUD, Layer.MODEL)
"""Whose revenue is asked: most of it is AI's. The large clouds' is not, and would show too calm a demand."""
FIRMS = 4
"""Firms that must report a quarter before what they have in common is taken from it."""
QUARTER_DAYS = 365.25 / 4.0
SHORTEST = 0.5
"""Quarters that must lie between two prices: closer ones differ by whom was asked more than by time."""
YEAR = 4
NORMAL_MEAN = math.sqrt(math.pi / 2.0)
"""Standard deviation of a normal variable over its mean absolute deviation."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A standard deviation a quarter, and what it rests on; no ``value`` to use where ``observations`` are too few."""

    value: float
    observations: int
    what: str

    @property
    def usable(self) -> bool:
        """Whether there are enough observations, and they differ."""
        return self.observations >= ENOUGH and self.value > 0.0

    @property
    def error(self) -> float:
        """Standard error as a part of the value, 1 / sqrt(2 n): that of a standard deviation of normal variables."""
        return 1.0 / math.sqrt(2.0 * self.observations)


def growth_surprises(book: Book) -> Mapping[int, Mapping[str, float]]:
    """Surprises of quarterly revenue growth by quarter (year x 4 + 0..3) and firm of :data:`LAYERS`.

    The forecast is that growth over the year goes on; the surprise is the logarithm of this quarter's revenue over
    the same quarter a year before, less the same of the last quarter. So seasons cancel.
    """
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for firm in (row.id for row in book.firms.values() if row.layer in LAYERS):
        revenue = {
            quarter_of_start(fact.start): math.log(book.usd(fact))
            for fact in book.chosen(firm, "revenue")
            if fact.start is not None and not fact.item and _is_quarter(fact) and book.usd(fact) > 0.0
        }
        grown = {
            quarter: now - revenue[quarter - YEAR] for quarter, now in revenue.items() if quarter - YEAR in revenue
        }
        for quarter, growth in grown.items():
            if quarter - 1 in grown:
                found[quarter][firm] = growth - grown[quarter - 1]
    return found


def measured_growth_common(book: Book, persistence: float) -> Measured:
    """Surprises that firms share: the median of each quarter in which at least :data:`FIRMS` firms report.

    Parameters
    ----------
    persistence : of growth from quarter to quarter; see :func:`_per_quarter`.
    """
    shared = [median(firms.values()) for firms in growth_surprises(book).values() if len(firms) >= FIRMS]
    value = math.sqrt(fmean(x * x for x in shared)) if shared else 0.0
    return Measured(_per_quarter(value, persistence), len(shared), "quarters of reported revenue")


def measured_growth_own(book: Book, persistence: float) -> Measured:
    """Surprises of single firms: how far they lie from the median of their quarter, by mean absolute deviation.

    The mean of absolute values, not of squares, so that one reorganised firm does not decide for all.
    """
    apart = [
        abs(x - median(firms.values()))
        for firms in growth_surprises(book).values()
        if len(firms) >= FIRMS
        for x in firms.values()
    ]
    value = NORMAL_MEAN * fmean(apart) if apart else 0.0
    return Measured(_per_quarter(value, persistence), len(apart), "quarters of revenue that single firms reported")


def measured_rents(book: Book, persistence: float) -> Measured:
    """Changes of the rent of an accelerator between two prices of one series, beyond the mean fall of all.

    Parameters
    ----------
    persistence : not used: a change over n quarters is scaled by the square root of n, as a random walk's.
    """
    del persistence
    changes = [
        (math.log(after.value / before.value), (after.end - before.end).days / QUARTER_DAYS)
        for before, after in _price_pairs(book)
    ]
    if not changes:
        return Measured(0.0, 0, "pairs of rental prices")
    drift = sum(change for change, _ in changes) / sum(quarters for _, quarters in changes)
    squares = [(change - drift * quarters) ** 2 / quarters for change, quarters in changes]
    return Measured(math.sqrt(fmean(squares)), len(squares), "pairs of rental prices")


def _price_pairs(book: Book) -> list[tuple[Fact, Fact]]:
    """Neighbours in each series of rental prices: one accelerator, one item, sources of more than low confidence."""
    pairs: list[tuple[Fact, Fact]] = []
    for entity, metric in book.series:
        if metric != "rental_price_per_gpu_hour":
            continue
        for item in book.items(entity, metric):
            pairs += _neighbours(
                [
                    fact
                    for fact in book.chosen(entity, metric)
                    if fact.item == item and fact.confidence is not Confidence.LOW and fact.value > 0.0
                ]
            )
    return pairs


def _neighbours(rows: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """Pairs of rows in order of their dates, none shorter than :data:`SHORTEST`."""
    pairs, last = [], None
    for row in sorted(rows, key=lambda fact: fact.end):
        if last is None or (row.end - last.end).days >= SHORTEST * QUARTER_DAYS:
            if last is not None:
                pairs.append((last, row))
            last = row
    return pairs


def _per_quarter(deviation: float, persistence: float) -> float:
    """From the deviation of a year's growth less the last one's to that of a quarter's surprise.

    The seasonal difference is g(t) - g(t - 4) of quarterly growth g; where g follows an autoregression with
    persistence f and surprises of variance s, its variance is 2 s (1 - f^4) / (1 - f^2).
    """
    spread = 2.0 * float(YEAR // 2) if persistence >= 1.0 else 2.0 * (1.0 - persistence**4) / (1.0 - persistence**2)
    return deviation / math.sqrt(spread)


def _is_quarter(fact: Fact) -> bool:
    return fact.start is not None and 80 <= (fact.end - fact.start).days + 1 <= 100


MEASURES: Mapping[str, Callable[[Book, float], Measured]] = {
    "growth_common": measured_growth_common,
    "growth_own": measured_growth_own,
    "rents": measured_rents,
}
"""What a file may ask of the book, as ``book:growth_common``."""
