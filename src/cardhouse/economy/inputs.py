"""From rows of the book to figures: fresh balances, trailing years, assumptions.

A balance more than two quarters old is missing, not current; a flow over a year is covered by rows that do
not overlap. Nothing here guesses: a figure that cannot be had is None, and the caller says what follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardhouse.book import Assumption, Book, Fact, SourceKind, Term, Tie, cover, latest, trailing_year
from cardhouse.economy.figure import ASSUMPTION, Figure
from cardhouse.economy.window import Window
from cardhouse.errors import BookError

FRESH_DAYS = 200
"""Two quarters and a fortnight: fiscal quarters end up to two weeks off the calendar's."""
QUARTER_DAYS = 100
"""Within a quarter of the opening a reported balance stands; after that an assumption for the day comes first."""
MARKET_FRESH_DAYS = 366
YEAR_DAYS = 365.25


def _lacking(name: str, subjects: tuple[str, ...]) -> BookError:
    return BookError(
        f"assumptions.csv has no {name!r} for any of {', '.join(subjects)}; "
        f"add a row with low, central, high and a reason for one of them"
    )


YEARS = ("building_life_years", "contract_years", "debt_life_years", "economic_life_years", "server_life_years")
"""Assumptions that must be longer than nothing."""
UNBOUNDED = (
    "capex_growth",
    "debt_spread",
    "demand_elasticity",
    "intention_response",
    "interest_cover_limit",
    "leverage_limit",
    "payment_days",
    "private_lag",
    "recovery_lag",
    "relet_lag",
    "rent_response",
    "rent_ceiling",
    "value_elasticity",
)
"""Structural assumptions that are no shares; all others lie between 0 and 1."""


def _in_range(row: Assumption, value: float) -> float:
    """The value, or an error that names the row when it cannot be meant."""
    if row.name in YEARS and value <= 0:
        raise BookError(f"{row.where}: {row.id}: {value:g} years; expected more than none; mend the assumption")
    if row.name not in (*YEARS, *UNBOUNDED) and not 0.0 <= value <= 1.0:
        raise BookError(f"{row.where}: {row.id}: {value:g}; expected a share between 0 and 1; mend the assumption")
    return value


class Case(StrEnum):
    """Which end of every loss-rate assumption is taken; names read from the victims' side."""

    MILD = "mild"
    CENTRAL = "central"
    HARSH = "harsh"


@dataclass(frozen=True, slots=True)
class Inputs:
    """A book as known on one day, and the window that is computed."""

    book: Book
    window: Window
    case: Case = Case.CENTRAL


def fact_figure(book: Book, fact: Fact) -> Figure:
    """A fact as a figure in USD million, resting on its source's kind."""
    kind = book.source_kind(fact)
    period = f"{fact.start}..{fact.end}" if fact.start else f"{fact.end}"
    return Figure.of(
        book.usd(fact),
        kind.value,
        f"{fact.where}: {fact.entity} {fact.metric} {period} ({fact.source}, {kind.value})",
    )


def assumption_figure(row: Assumption, value: float | None = None) -> Figure:
    """The central value of an assumption (or ``value`` derived from it)."""
    return Figure.of(
        row.central if value is None else value,
        ASSUMPTION,
        f"{row.where}: assumption {row.id}: {row.reason or row.source}",
    )


def basis_kind(book: Book, record: Tie | Term) -> str:
    """Kind of source that a tie's amount or a term rests on; a reasoned term is an assumption."""
    return book.source_kind(record).value if record.source else ASSUMPTION


def sum_usd(book: Book, facts: Iterable[Fact]) -> Figure | None:
    """Sum of facts scaled to one year of days, or None when there are none."""
    rows = tuple(facts)
    if not rows:
        return None
    days = sum((f.end - f.start).days + 1 for f in rows if f.start is not None)
    figures = [fact_figure(book, f) for f in rows]
    whole = figures[0]
    for figure in figures[1:]:
        whole = whole + figure
    return whole if 360 <= days <= 372 else whole.scaled(YEAR_DAYS / days, note=f"{days} days scaled to a year")


def yearly(inputs: Inputs, firm: str, metric: str) -> Figure | None:
    """The newest year of a flow that ends before the opening; None when no rows cover one."""
    return sum_usd(inputs.book, trailing_year(inputs.book, firm, metric, inputs.window.opening))


def assumed(inputs: Inputs, firm: str, name: str) -> Assumption | None:
    """The assumption on a firm whose period fits the window best; one without a period fits always.

    For a balance (an assumption with an end only) the end must be fresh at the opening; for a flow the
    period must cover at least half of the window.
    """
    window = inputs.window
    best: tuple[float, date, Assumption] | None = None
    for row in inputs.book.assumptions_of(name, firm):
        if row.end is None:
            fit = 0.5
        elif row.start is None:
            fit = 1.0 if 0 <= (window.opening - row.end).days <= FRESH_DAYS else 0.0
        else:
            first_year = Window(window.opening, window.start, window.end, window.quarters)
            fit = first_year.overlap_years(row.start, row.end) / min(window.years, 1.0)
        if fit >= 0.5 and (best is None or (fit, row.known) > best[:2]):
            best = (fit, row.known, row)
    return best[2] if best else None


def rate(inputs: Inputs, name: str, *subjects: str, default: float | None = None) -> float:
    """The central value of a structural assumption; the first subject that has one decides.

    Raises
    ------
    BookError : nobody assumed it and no default was given.
    """
    row = inputs.book.assume(name, *subjects)
    if row is not None:
        return _in_range(row, row.central)
    if default is None:
        raise _lacking(name, subjects)
    return default


def loss_rate(inputs: Inputs, name: str, *subjects: str) -> float:
    """A share that softens losses (recovery, re-letting, avoidable cost), at the end the case asks for."""
    row = inputs.book.assume(name, *subjects)
    if row is None:
        raise _lacking(name, subjects)
    return _in_range(row, {Case.MILD: row.high, Case.CENTRAL: row.central, Case.HARSH: row.low}[inputs.case])


def stock(inputs: Inputs, firm: str, metric: str, *assumption: str, even_old: bool = True) -> Figure | None:
    """A balance at the opening: reported within the quarter, else assumed for the day, else the last reported.

    ``assumption`` names the assumptions that may stand for the metric, the metric itself last. A balance of
    more than two quarters ago is flagged, or missing unless ``even_old``.
    """
    opening = inputs.window.opening
    fact = latest(inputs.book, firm, metric, opening)
    if fact is not None and (opening - fact.end).days <= QUARTER_DAYS:
        return fact_figure(inputs.book, fact)
    for name in (*assumption, metric):
        row = assumed(inputs, firm, name)
        if row is not None:
            return assumption_figure(row)
    if fact is None:
        return None
    figure = fact_figure(inputs.book, fact)
    if (opening - fact.end).days <= FRESH_DAYS:
        return figure
    return figure.flagged(f"{metric} is of {fact.end}, more than two quarters old") if even_old else None


def fresh_stock(inputs: Inputs, firm: str, metric: str) -> Figure | None:
    """A balance at the opening that is no older than two quarters, or None."""
    fact = latest(inputs.book, firm, metric, inputs.window.opening)
    if fact is None or (inputs.window.opening - fact.end).days > FRESH_DAYS:
        return None
    return fact_figure(inputs.book, fact)


def last_quarter(inputs: Inputs, firm: str, metric: str) -> Fact | None:
    """The newest row of a flow that is about a quarter long and ends before the opening."""
    rows = [
        f
        for f in inputs.book.chosen(firm, metric)
        if f.start is not None
        and not f.item
        and f.end <= inputs.window.opening
        and 80 <= (f.end - f.start).days + 1 <= 100
    ]
    return rows[-1] if rows and (inputs.window.opening - rows[-1].end).days <= 2 * FRESH_DAYS else None


def year_before(inputs: Inputs, firm: str, metric: str, quarter: Fact) -> Figure | None:
    """The same quarter a year earlier."""
    if quarter.start is None:
        return None
    start, end = (day.replace(year=day.year - 1, day=min(day.day, 28)) for day in (quarter.start, quarter.end))
    rows = cover(inputs.book, firm, metric, start, end)
    return sum((fact_figure(inputs.book, f) for f in rows[1:]), fact_figure(inputs.book, rows[0])) if rows else None


def source_rank(kind: str) -> int:
    """Order in which kinds of sources are shown: most trusted first, assumptions last."""
    kinds = [k.value for k in SourceKind]
    return kinds.index(kind) if kind in kinds else len(kinds) + (kind == ASSUMPTION)
