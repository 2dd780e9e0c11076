"""What a firm and its analysts say about the periods ahead, as growth a year that can be laid beside the price's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact
from cardhouse.economy.inputs import YEAR_DAYS
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, computed, scaled
from cardhouse.lenses.readings import entity_name, metric_name, of_fact

FORECASTS = (
    "guidance_revenue",
    "consensus_revenue",
    "guidance_annualized_revenue_run_rate",
    "guidance_revenue_growth",
)
LEAST_YEARS = 0.25
"""A forecast whose middle lies nearer to that of the base than this says too little about growth a year."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One forecast.

    Attributes
    ----------
    metric : what is forecast; ``said`` the day it became known.
    amount : as forecast: USD million over its own period, or growth over the year before as a fraction.
    growth : a year, from the middle of the base's period to the middle of the forecast's.
    """

    metric: str
    said: date
    amount: Measure
    growth: Reading


def expected_of(book: Book, firm: str, base: Reading) -> tuple[Expected, ...]:
    """The newest forecast of each kind for each period that is not over on the day of the book."""
    if isinstance(base, Gap):
        return ()
    found = []
    for metric in FORECASTS:
        newest: dict[tuple[date | None, date], Fact] = {}
        for fact in book.chosen(firm, metric):
            key = (fact.start, fact.end)
            if fact.end > book.date and (key not in newest or newest[key].known < fact.known):
                newest[key] = fact
        found += [_expected(book, firm, fact, base) for _, fact in sorted(newest.items(), key=lambda kv: kv[0][1])]
    return tuple(found)


def _expected(book: Book, firm: str, fact: Fact, base: Measure) -> Expected:
    amount = of_fact(book, fact)
    if amount.unit == SHARE:
        return Expected(fact.metric, fact.known, amount, amount)
    what = f"{entity_name(book, firm)}, growth in {metric_name(book, fact.metric)} to {fact.end}"
    yearly = amount if fact.start is None else scaled(amount, YEAR_DAYS / ((fact.end - fact.start).days + 1))
    apart = (_middle(amount) - _middle(base)) / YEAR_DAYS
    if apart < LEAST_YEARS:
        return Expected(fact.metric, fact.known, amount, Gap(what, "its period lies too near to the base's"))

    def pace(then: float, now: float) -> float:
        return float((then / now) ** (1.0 / apart)) - 1.0

    return Expected(fact.metric, fact.known, amount, computed(what, pace, yearly, base, unit=SHARE))


def _middle(measure: Measure) -> float:
    """Day in the middle of a period, as an ordinal; of a stock its own day."""
    start = measure.start or measure.end
    return (start.toordinal() + measure.end.toordinal()) / 2.0
