"""Two forecasts that need no model: the last value stays, or last year's growth goes on.

Both see what the model sees: the book as known on the day. A flow without quarters takes the firm's own run rate,
else a quarter of the last year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book, Fact
from cardhouse.economy.hindcast_reported import YEAR, Flows, balances, flows, last_day, near

RUN_RATE = "annualized_revenue_run_rate"


@dataclass(frozen=True, slots=True)
class Naive:
    """The two forecasts of one figure; None where too little was known for one."""

    last_value: float | None = None
    last_growth: float | None = None


Forecast = Callable[[int], Naive]
"""From the number of a calendar quarter to the forecasts for it."""


def naive_flow(book: Book, firm: str, metric: str) -> Forecast:
    """Forecasts of a flow of one quarter.

    ``last_growth`` is the same quarter a year earlier times one plus the growth of the last quarter over its own
    year before, so a season stays where it is; twice for a quarter two years after. Where the quarters do not
    reach back so far, it is the growth of the last year over an earlier one.
    """
    known = flows(book, firm, metric)
    stated = balances(book, firm, RUN_RATE) if metric == "revenue" else ()
    newest = known.newest
    if stated and (newest is None or stated[-1].end > last_day(newest)):
        return _from_rates(book, stated)
    if newest is not None and (year := known.newest_year()) is not None and year[0] + YEAR - 1 > newest:
        newest = None  # quarters stop long before the last year does
    return _from_quarters(known, newest) if newest is not None else _from_years(known)


def naive_balance(book: Book, firm: str, metric: str) -> Forecast:
    """Forecasts of a balance: the last one, and the last one grown as over its last year."""
    rows = balances(book, firm, metric)
    if not rows:
        return lambda _: Naive()
    last = rows[-1]
    value = book.usd(last)
    before = near(book, rows, last.end - timedelta(days=365))
    growth = _growth(value, before.value if before is not None else None)

    def forecast(quarter: int) -> Naive:
        years = (last_day(quarter) - last.end).days / 365.25
        return Naive(value, None if growth is None else value * (1.0 + growth) ** years)

    return forecast


def _from_quarters(known: Flows, newest: int) -> Forecast:
    last, before = known.over(newest, 1), known.over(newest - YEAR, 1)
    if last is None:
        return lambda _: Naive()
    growth = _growth(last.value, before.value if before is not None else None)
    if growth is None:
        growth = _growth_of_years(known)

    def forecast(quarter: int) -> Naive:
        years = -((newest - quarter) // YEAR)
        same = known.over(quarter - YEAR * years, 1)
        if growth is None:
            return Naive(last.value)
        if same is None or same.value <= 0.0:
            return Naive(last.value, last.value * (1.0 + growth) ** ((quarter - newest) / YEAR))
        return Naive(last.value, same.value * (1.0 + growth) ** years)

    return forecast


def _growth_of_years(known: Flows) -> float | None:
    """Yearly growth of the last year over an earlier one, which may share up to half of it."""
    newest = known.newest_year()
    if newest is None:
        return None
    for back in (YEAR, 3, 5, 2, 6, 7, 8):
        before = known.over(newest[0] - back, YEAR)
        growth = _growth(newest[1], before.value if before is not None else None)
        if growth is not None:
            return float((1.0 + growth) ** (YEAR / back) - 1.0)
    return None


def _from_rates(book: Book, stated: tuple[Fact, ...]) -> Forecast:
    last = stated[-1]
    before = near(book, stated, last.end - timedelta(days=365))
    value = book.usd(last) / YEAR
    growth = _growth(value, before.value / YEAR if before is not None else None)
    return _compounding(value, growth, last.end)


def _from_years(known: Flows) -> Forecast:
    found = known.newest_year()
    if found is None:
        return lambda _: Naive()
    first, year = found
    return _compounding(year / YEAR, _growth_of_years(known), last_day(first + 1))


def _compounding(value: float, growth: float | None, day: date) -> Forecast:
    """A pace on a day, held or compounded to the middle of the quarter."""

    def forecast(quarter: int) -> Naive:
        years = (last_day(quarter) - timedelta(days=45) - day).days / 365.25
        return Naive(value, None if growth is None else value * (1.0 + growth) ** max(years, 0.0))

    return forecast


def _growth(value: float, before: float | None) -> float | None:
    """Growth over a year; None where either end is not above zero (a growth of losses means nothing)."""
    return value / before - 1.0 if before is not None and before > 0.0 and value > 0.0 else None
