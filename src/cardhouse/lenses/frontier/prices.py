"""What a million tokens cost at a stated capability, by date, and how fast that price falls.

A price is the list price for text in and text out, blended three parts input to one part output, the convention of
Artificial Analysis and Epoch. It says nothing of how many tokens a task takes: models that reason write many more.

References
----------
Cottier, Snodin, Owen and Adamczewski (2025), LLM inference prices have fallen rapidly but unequally across tasks,
Epoch AI: the cheapest model at or above a score by date, and a log-linear fit through those prices.
Gundlach, Lynch, Mertens and Thompson (2026), The price of progress, arXiv:2511.23455.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact
from cardhouse.lenses.frontier.models import Model, Scored
from cardhouse.lenses.measure import TIMES, Gap, Measure, Reading, computed, derived, not_meaningful
from cardhouse.lenses.readings import of_fact

INPUT = "price_per_million_tokens_input"
OUTPUT = "price_per_million_tokens_output"
TOGETHER = "price_per_million_tokens"
BLENDED = "blended-3-to-1"
INPUT_PARTS, OUTPUT_PARTS = 3.0, 1.0
LEAST_POINTS = 4
"""Lows below which no line is fitted: with three the interval is wider than any fall."""
LEAST_YEARS = 1.0
"""Years between the first and the last low below which no pace a year is given."""
YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Price:
    """Price of a model on a day, USD for a million tokens; input and output are gaps where only the blend is known.

    ``note`` is what its rows say besides, such as the hours in which it holds.
    """

    model: Model
    day: date
    input: Reading
    output: Reading
    blended: Measure
    note: str


@dataclass(frozen=True, slots=True)
class Fall:
    """How fast a price falls.

    Attributes
    ----------
    factor : times by which it falls in a year, from a straight line through the logarithms of the lows.
    low, high : ends of the 95 percent interval of that line (Student's t).
    whole : first low over last low.
    points : lows behind the line.
    """

    factor: Reading
    low: Reading
    high: Reading
    whole: Reading
    points: int


@dataclass(frozen=True, slots=True)
class Level:
    """A stated capability: the cheapest price that reaches it, each time it fell.

    Attributes
    ----------
    model : the model whose score is the level.
    reached : models that reach the level, the model itself among them.
    lows : prices, each lower than all before it, oldest first.
    """

    model: Model
    reached: int
    lows: tuple[Price, ...]
    fall: Fall


def prices(book: Book, scored: Scored) -> tuple[Price, ...]:
    """All prices of scored models by their day: pairs of input and output, else a blend that is quoted as such."""
    found = [price for model in scored.models for price in _of_model(book, model)]
    return tuple(sorted(found, key=lambda p: (p.day, p.blended.value, p.model.id)))


def level(model: Model, scored: Scored, all_prices: Sequence[Price]) -> Level:
    """The cheapest price by date of any model that scores at least as much as this one.

    Only where the model itself has a price: it set the level, so that without its price the first one known is that of
    a later model and the fall would begin nowhere.
    """
    able = [m for m in scored.models if m.score.value >= model.score.value]
    ids = {m.id for m in able}
    own = [price.day for price in all_prices if price.model.id == model.id]
    if not own:
        gap = Gap(f"fall of the price at the level of {model.name}", f"no price of {model.name} is known by this day")
        return Level(model, len(able), (), Fall(gap, gap, gap, gap, 0))
    lows: list[Price] = []
    for price in all_prices:
        if price.model.id in ids and (not lows or price.blended.value < lows[-1].blended.value):
            lows = [low for low in lows if low.day != price.day]
            lows.append(price)
    return Level(model, len(able), tuple(lows), fall(model.name, lows))


def fall(name: str, lows: list[Price]) -> Fall:
    """Fall a year of a series of lows: exp(-slope) of the logarithm of the price on years, with its interval."""
    what = f"fall of the price at the level of {name}"
    if not lows:
        gap = Gap(what, "no model of that level has a price")
        return Fall(gap, gap, gap, gap, 0)
    first, last = lows[0].blended, lows[-1].blended
    whole = computed(what, lambda a, b: a / b, first, last, unit=TIMES)
    years = [(low.day - lows[0].day).days / YEAR_DAYS for low in lows]
    if len(lows) < LEAST_POINTS or years[-1] < LEAST_YEARS:
        need = f"a line needs {LEAST_POINTS} or more, and a year between the first and the last"
        gap = not_meaningful(what, f"{len(lows)} in {years[-1]:.1f} years; {need}")
        return Fall(gap, gap, gap, whole, len(lows))
    from scipy.stats import linregress, t

    line = linregress(years, [math.log(low.blended.value) for low in lows])
    off = float(t.ppf(0.975, len(lows) - 2)) * float(line.stderr)
    parts = [low.blended for low in lows]

    def times(slope: float) -> Reading:
        return _finite(what, -slope, parts)

    slope = float(line.slope)
    return Fall(times(slope), times(slope + off), times(slope - off), whole, len(lows))


def _finite(what: str, exponent: float, parts: list[Measure]) -> Reading:
    """A rate's exponential as a multiple, unless it is beyond what a number can hold."""
    if exponent > math.log(1e9):
        return not_meaningful(what, "the interval has no upper end of use")
    return derived(math.exp(exponent), TIMES, *parts)


def _of_model(book: Book, model: Model) -> list[Price]:
    outputs = {(f.end, f.item): f for f in book.chosen(model.id, OUTPUT) if f.end <= book.date}
    inputs = [f for f in book.chosen(model.id, INPUT) if f.end <= book.date]
    pairs = [_pair(book, model, f, outputs[f.end, f.item]) for f in inputs if (f.end, f.item) in outputs]
    days = {price.day for price in pairs}
    none = Gap(f"{model.name}, price of input and output apart", "only the blend is quoted")
    quoted = [
        Price(model, f.end, none, none, of_fact(book, f), f.note)
        for f in book.chosen(model.id, TOGETHER)
        if f.item == BLENDED and f.end <= book.date and f.end not in days
    ]
    return pairs + quoted


def _pair(book: Book, model: Model, into: Fact, out: Fact) -> Price:
    a, b = of_fact(book, into), of_fact(book, out)
    value = (INPUT_PARTS * a.value + OUTPUT_PARTS * b.value) / (INPUT_PARTS + OUTPUT_PARTS)
    note = "; ".join(dict.fromkeys(f.note for f in (into, out) if f.note))
    return Price(model, into.end, a, b, derived(value, "USD", a, b), note)
