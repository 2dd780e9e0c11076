"""The revenue that capital for AI needs by plain formulas, beside what others published.

One formula holds them all: required revenue = [s K a(h, L) + (1 - s) K a(h, N)] / m with the yearly payment
a(r, n) = r / (1 - (1 + r)^-n). A return for ever is a life without end; a year's spending earned back within the
year is a life of one year without a return. So any two figures can be taken apart input by input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import product

from cardhouse.book import Book
from cardhouse.economy.figure import ASSUMPTION, Basis, shares
from cardhouse.economy.inputs import YEAR_DAYS, fact_figure, last_quarter
from cardhouse.economy.opening import Opening, open_book
from cardhouse.economy.published_needs import Formula, Published, published
from cardhouse.economy.required_capital import BOOM, FirmCapital, capital
from cardhouse.economy.required_demand import FirmDemand, demand
from cardhouse.economy.required_inputs import Input, book_inputs, chip_share
from cardhouse.errors import InputError

ORDER = ("capital", "short_share", "short_life", "long_life", "return_", "part")
"""The order in which inputs are changed from one figure to another."""
CHIP_MAKER = "nvidia"


@dataclass(frozen=True, slots=True)
class Terms:
    """Inputs of the formula.

    Attributes
    ----------
    capital : K, USD million.
    short_share : s, share of capital in servers and network, 0 to 1.
    short_life, long_life : L and N, years; infinite for capital that never wears out.
    return_ : h, fraction a year.
    part : m, share of revenue that is left to pay for capital.
    """

    capital: float
    short_share: float
    short_life: float
    long_life: float
    return_: float
    part: float


def annuity(rate: float, years: float) -> float:
    """Yearly payment that brings back one dollar over some years with a return.

    Parameters
    ----------
    rate : return a year, fraction, not below zero.
    years : above zero; infinite for a payment for ever.

    Raises
    ------
    InputError : a rate below zero, no years, or neither a return nor an end.
    """
    if not (0.0 <= rate < math.inf) or not years > 0.0 or (rate == 0.0 and math.isinf(years)):
        raise InputError(
            f"a return of {rate:g} over {years:g} years; expected a return of zero or more, years above zero, and not "
            "both no return and no end; change one of them"
        )
    if math.isinf(years):
        return rate
    return rate / -math.expm1(-years * math.log1p(rate)) if rate else 1.0 / years


def required_revenue(terms: Terms) -> float:
    """Revenue a year that pays for capital with a return, USD million.

    Raises
    ------
    InputError : an input outside its range (see :class:`Terms`).
    """
    if not (0.0 <= terms.capital < math.inf and 0.0 <= terms.short_share <= 1.0 and 0.0 < terms.part <= 1.0):
        raise InputError(
            f"capital {terms.capital:g}, short-lived share {terms.short_share:g}, part of revenue {terms.part:g}; "
            "expected capital of zero or more, a share from 0 to 1 and a part above 0 up to 1; change the inputs"
        )
    short = terms.short_share * annuity(terms.return_, terms.short_life) if terms.short_share else 0.0
    long = (1.0 - terms.short_share) * annuity(terms.return_, terms.long_life) if terms.short_share < 1.0 else 0.0
    return terms.capital * (short + long) / terms.part


@dataclass(frozen=True, slots=True)
class Step:
    """One input changed, all earlier ones of the order changed already: values before and after, USD million added."""

    input: str
    before: float
    after: float
    change: float


def waterfall(theirs: Terms, ours: Terms) -> tuple[Step, ...]:
    """From one figure to another by changing one input at a time in :data:`ORDER`.

    The changes add up to the difference. What a step adds depends on the order, because inputs multiply.
    """
    steps, terms = [], theirs
    for name in ORDER:
        new = replace(terms, **{name: getattr(ours, name)})
        change = required_revenue(new) - required_revenue(terms)
        steps.append(Step(name, getattr(theirs, name), getattr(ours, name), change))
        terms = new
    return tuple(steps)


def terms_of(row: Published) -> Terms:
    """A published figure's own inputs as inputs of the one formula."""
    match row.formula:
        case Formula.CHIPS:
            return Terms(_given(row, "chips") / _given(row, "chip_share"), 1.0, 1.0, 1.0, 0.0, row.part)
        case Formula.SPENDING:
            return Terms(_given(row, "capital"), 1.0, 1.0, 1.0, 0.0, row.part)
        case Formula.PERPETUITY:
            return Terms(_given(row, "capital"), 1.0, math.inf, math.inf, _given(row, "return_"), row.part)
        case Formula.ANNUITY:
            return Terms(*(_given(row, name) for name in ORDER))


def _given(row: Published, name: str) -> float:
    value = getattr(row, name)
    if value is None:
        raise InputError(f"{row.id} has no {name}; its formula ({row.formula}) needs it; add it to its row")
    return float(value)


@dataclass(frozen=True, slots=True)
class Compared:
    """A published figure, what its own formula gives, and the way from there to ours.

    Attributes
    ----------
    reproduced : its formula with its own inputs, USD million.
    with_book : its formula with the book's figures for what it measures, its norms kept; None where ``lacks`` says why.
    replaced : what was replaced, in words with amounts.
    steps : from ``reproduced`` to our figure.
    """

    row: Published
    reproduced: float
    with_book: float | None
    replaced: str
    lacks: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Required:
    """Required revenue from the book's own inputs, USD million a year.

    Attributes
    ----------
    inputs : by name, in the order of :data:`ORDER`.
    capital : by firm, from the start of the boom to the end of the plan's window.
    demand : end demand at the opening's pace by firm.
    compared : published figures known on the book's day, oldest first.
    """

    opening: Opening
    inputs: Mapping[str, Input]
    capital: tuple[FirmCapital, ...]
    demand: tuple[FirmDemand, ...]
    compared: tuple[Compared, ...]

    @property
    def since(self) -> date:
        """First day of the capital that is counted."""
        return BOOM

    @cached_property
    def terms(self) -> Terms:
        """The central inputs."""
        return Terms(**{name: row.central for name, row in self.inputs.items()})

    @cached_property
    def value(self) -> float:
        """Required revenue at the central inputs."""
        return required_revenue(self.terms)

    @cached_property
    def one_at_a_time(self) -> Mapping[str, tuple[float, float]]:
        """Required revenue with each input at its low and at its high end, the others central."""
        return {
            name: (
                required_revenue(replace(self.terms, **{name: row.low})),
                required_revenue(replace(self.terms, **{name: row.high})),
            )
            for name, row in self.inputs.items()
        }

    @cached_property
    def range(self) -> tuple[float, float]:
        """Least and most over all combinations of ends: every input against, and every input for."""
        ends = product(*((row.low, row.high) for row in self.inputs.values()))
        values = [required_revenue(Terms(**dict(zip(self.inputs, corner, strict=True)))) for corner in ends]
        return min(values), max(values)

    @property
    def demand_now(self) -> tuple[float, float, float]:
        """End demand at the opening's pace: low, central, high."""
        rows = self.demand
        return sum(r.low for r in rows), sum(r.value for r in rows), sum(r.high for r in rows)

    @property
    def gap(self) -> float:
        """Required revenue beyond end demand; below zero when demand is enough."""
        return self.value - self.demand_now[1]

    @property
    def basis(self) -> Basis:
        """Share of the capital by the kind of source it rests on."""
        return shares(self.inputs["capital"].basis)

    @property
    def assumed_share(self) -> float:
        """Share of the capital that rests on assumptions; the other inputs say for themselves what they are."""
        return self.basis.get(ASSUMPTION, 0.0)

    @property
    def demand_assumed_share(self) -> float:
        """Share of end demand that rests on assumptions about how much of a firm's sales is for AI."""
        whole = sum(firm.value for firm in self.demand)
        return sum(firm.value for firm in self.demand if firm.ai[1] < 1.0) / whole if whole else 0.0

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader should know of the capital and the demand, one sentence each."""
        rows = [flag for firm in self.capital for flag in firm.ai.flags]
        return tuple(dict.fromkeys([*rows, *(flag for firm in self.demand for flag in firm.flags)]))


def required(book: Book, return_: float | None = None) -> Required:
    """Required revenue by the plain formula, end demand beside it, and what explains published figures.

    Parameters
    ----------
    book : as known on one day (:meth:`Book.as_of`); figures published later are left out.
    return_ : asked of capital a year, in place of the book's with its range; None keeps that.

    Raises
    ------
    InputError : a return that nobody can ask for.
    BookError : nobody in the book builds computing, or an assumption that is needed is missing or out of range.
    """
    if return_ is not None:
        check_return(return_)
    opening = open_book(book)
    owners = capital(opening, BOOM, opening.window.end)
    inputs = book_inputs(opening, owners, return_)
    ours = Terms(**{name: inputs[name].central for name in ORDER})
    rows = [row for row in published() if row.published <= book.date]
    compared = tuple(_compared(opening, row, ours) for row in sorted(rows, key=lambda row: row.published))
    return Required(opening, {name: inputs[name] for name in ORDER}, owners, demand(opening), compared)


def check_return(return_: float) -> None:
    """Refuse a return that has no answer.

    Raises
    ------
    InputError : it is not above 0 and up to 1.
    """
    if not 0.0 < return_ <= 1.0:
        raise InputError(f"a return of {return_:.1%} a year; expected above 0% up to 100%; say --return 10%")


def _compared(opening: Opening, row: Published, ours: Terms) -> Compared:
    theirs = terms_of(row)
    terms, replaced, lacks = _WITH_BOOK[row.formula](opening, row, theirs, ours)
    value = required_revenue(terms) if terms is not None else None
    return Compared(row, required_revenue(theirs), value, replaced, lacks, waterfall(theirs, ours))


Measured = tuple[Terms | None, str, str]


def _chips(opening: Opening, _row: Published, theirs: Terms, _ours: Terms) -> Measured:
    """Sequoia's chain from the book's run rate and share of chips in a data center."""
    quarter, share = last_quarter(opening.inputs, CHIP_MAKER, "revenue_data_center"), chip_share(opening, CHIP_MAKER)
    if quarter is None or quarter.start is None:
        return None, "", f"the book has no recent quarter of {CHIP_MAKER} revenue_data_center"
    if share is None:
        return None, "", f"the book has no {CHIP_MAKER} share_of_data_center_cost"
    pace = fact_figure(opening.book, quarter).value * YEAR_DAYS / ((quarter.end - quarter.start).days + 1)
    words = f"chip sales of {pace / 1000:,.0f} billion a year ({quarter.where}), {share:.0%} of a data center's cost"
    return replace(theirs, capital=pace / share), words, ""


def _over_period(opening: Opening, row: Published, theirs: Terms, _ours: Terms) -> Measured:
    """The book's capital spending for AI in the period that the publisher speaks of."""
    if row.start is None or row.end is None:
        return None, "", f"{row.id} names no period"
    whole = sum(firm.ai.value for firm in capital(opening, row.start, row.end))
    years = f"{row.start.year}" if row.start.year == row.end.year else f"{row.start.year} to {row.end.year}"
    words = f"capital spending of {whole / 1000:,.0f} billion in {years} by the plan of the book's firms"
    return replace(theirs, capital=whole), words, ""


def _all_ours(_opening: Opening, _row: Published, _theirs: Terms, ours: Terms) -> Measured:
    """The formula is ours, so every input is the book's."""
    return ours, "all inputs", ""


_WITH_BOOK: Mapping[Formula, Callable[[Opening, Published, Terms, Terms], Measured]] = {
    Formula.CHIPS: _chips,
    Formula.SPENDING: _over_period,
    Formula.PERPETUITY: _over_period,
    Formula.ANNUITY: _all_ours,
}
