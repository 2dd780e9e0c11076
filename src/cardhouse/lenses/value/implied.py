"""What a price asks for: the growth that explains it at a margin, the margin that explains it at a growth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from cardhouse.book import Book
from cardhouse.economy.figure import ASSUMPTION
from cardhouse.economy.opening import Opening
from cardhouse.economy.outlook import subjects
from cardhouse.errors import BookError, InputError
from cardhouse.lenses.measure import (
    SHARE,
    TIMES,
    USD,
    Gap,
    Measure,
    Reading,
    computed,
    derived,
    first_gap,
    not_meaningful,
    ratio,
)
from cardhouse.lenses.readings import assumed, year
from cardhouse.lenses.value import cashflows
from cardhouse.lenses.value.cashflows import LEAST_GROWTH, MOST_GROWTH, Terms
from cardhouse.lenses.value.expected import Expected, expected_of
from cardhouse.lenses.value.price import Price
from cardhouse.lenses.value.results import Results

GIVEN = "given"
FRONTIER = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Growth rates at which the margin is asked for that explains the price."""
RATE_STEP, RATE_STEPS = 0.01, (-2, -1, 0, 1, 2)
FADES = (5, 10, 15, 20)
NAMES = ("discount_rate", "growth_years", "fade_years", "long_run_growth", "target_cash_margin")
ECONOMIES = ("usa", "world")


@dataclass(frozen=True, slots=True)
class Given:
    """Terms a user sets instead of the book's assumptions, and a growth rate to ask the margin at; None is not set."""

    rate: float | None = None
    years: int | None = None
    fade: int | None = None
    margin: float | None = None
    long_run: float | None = None
    growth: float | None = None

    def __post_init__(self) -> None:
        if self.growth is not None and not LEAST_GROWTH <= self.growth <= MOST_GROWTH:
            raise InputError(
                f"growth of {self.growth:.4g} a year; expected {LEAST_GROWTH:.0%} to {MOST_GROWTH:.0%}; "
                "for example --growth 20%"
            )

    def by_name(self) -> dict[str, float | None]:
        """The terms by the names of the assumptions that they replace."""
        return dict(zip(NAMES, (self.rate, self.years, self.fade, self.long_run, self.margin), strict=True))


@dataclass(frozen=True, slots=True)
class Moved:
    """One assumption at its low and high end, and the growth that the price then asks for."""

    name: str
    low: Measure
    central: Measure
    high: Measure
    growth_low: Reading
    growth_high: Reading


@dataclass(frozen=True, slots=True)
class AtRate:
    """One row of the table: a discount rate, and the growth asked for by years of fading."""

    rate: float
    growth: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Frontier:
    """A growth rate, and the target margin that the price asks for at it."""

    growth: float
    margin: Reading


@dataclass(frozen=True, slots=True)
class Implied:
    """What the price of one firm asks for.

    Attributes
    ----------
    terms : the assumptions used, by name.
    growth : a year, held for the years of growth and fading after them.
    growth_then : the same with the cash and the yearly pace of revenue of the day of the price.
    revenue_then : yearly revenue at the end of the years of growth, USD million; ``of_gdp`` over the GDP of an
        economy grown at the long-run rate until then.
    without_growth : part of the price that the target margin explains if revenue only grows with the economy.
    by_rate : growth over discount rates (rows) and ``FADES`` (columns).
    frontier : pairs of growth and margin that explain the price alike; ``asked_margin`` the one a user asked for.
    expected : what the firm and analysts say about the next periods, as growth a year.
    """

    terms: dict[str, Measure]
    price_to_base: Reading
    growth: Reading
    growth_then: Reading
    revenue_then: Reading
    of_gdp: dict[str, Reading]
    without_growth: Reading
    by_rate: tuple[AtRate, ...]
    frontier: tuple[Frontier, ...]
    asked_margin: Frontier | None
    moved: tuple[Moved, ...]
    expected: tuple[Expected, ...]

    @property
    def solvable(self) -> bool:
        """Whether price, revenue and margin are known, so that growth can be asked for at all."""
        return isinstance(self.price_to_base, Measure) and self.price_to_base.value > 0.0


@dataclass(frozen=True, slots=True)
class _Question:
    """A price over revenue and today's margin, ready to be asked under several terms."""

    name: str
    times: Reading
    margin: Reading
    terms: Terms
    used: tuple[Measure, ...]

    def growth(self, terms: Terms) -> Reading:
        return self._ask("growth implied by the price", SHARE, lambda x, m: _found(x, m, terms))

    def margin_at(self, growth: float) -> Reading:
        def asked(times: float, margin: float) -> float:
            found = cashflows.implied_margin(times, margin, growth, self.terms)
            if not 0.0 < found <= 1.0:
                raise ValueError(f"it would take a margin of {found:.0%}")
            return found

        return self._ask(f"margin implied at growth of {growth:.0%}", SHARE, asked)

    def no_growth(self) -> Reading:
        """Part of the price that the path of margins explains when revenue grows with the economy."""

        def share(times: float, margin: float) -> float:
            return cashflows.worth(margin, self.terms.long_run, self.terms) / times

        return self._ask("price explained without growth", SHARE, share)

    def _ask(self, what: str, unit: str, formula: Callable[[float, float], float]) -> Reading:
        whole = f"{self.name}, {what}"
        gap = first_gap((self.times, self.margin))
        if gap is not None:
            return gap
        if isinstance(self.times, Measure) and self.times.value <= 0.0:
            return not_meaningful(whole, "cash and stakes are worth more than the shares and the debt")
        found = computed(whole, lambda x, m, *_: formula(x, m), self.times, self.margin, *self.used, unit=unit)
        return replace(found, flags=()) if isinstance(found, Measure) else found


def implied_of(opening: Opening, price: Price, results: Results, given: Given) -> Implied:
    """Solve the price of a firm for growth and for margin.

    Raises
    ------
    InputError : given terms that cannot be (a rate not above long-run growth, a margin out of 0 to 1).
    BookError : the book lacks one of the assumptions.
    """
    terms = _terms(opening, price.firm, given)
    times = first_gap((price.enterprise, results.base)) or ratio(
        f"{price.name}, enterprise value over revenue", price.enterprise, results.base, unit=TIMES, positive="revenue"
    )
    question = _Question(price.name, times, results.margin, _plain(terms), tuple(terms.values()))
    growth = question.growth(question.terms)
    times_then = first_gap((price.enterprise_then, results.run_rate_then)) or ratio(
        f"{price.name}, enterprise value over its pace then", price.enterprise_then, results.run_rate_then, unit=TIMES,
        positive="revenue",
    )  # fmt: skip
    then = first_gap((results.base, growth)) or computed(
        f"{price.name}, revenue that the price asks for",
        lambda base, g: base * (1.0 + g) ** question.terms.years,
        results.base,
        growth,
        unit=USD,
    )
    return Implied(
        terms=terms,
        price_to_base=times,
        growth=growth,
        growth_then=replace(question, times=times_then).growth(question.terms),
        revenue_then=then,
        of_gdp={e: _of_gdp(opening.book, e, price.name, then, question.terms) for e in ECONOMIES},
        without_growth=question.no_growth(),
        by_rate=tuple(_row(question, step) for step in RATE_STEPS if _allowed(question.terms, step)),
        frontier=tuple(Frontier(g, _bare(question.margin_at(g))) for g in FRONTIER),
        asked_margin=None if given.growth is None else Frontier(given.growth, question.margin_at(given.growth)),
        moved=tuple(_moved(opening, price.firm, question, terms, name, given) for name in NAMES),
        expected=expected_of(opening.book, price.firm, results.base),
    )


def _found(times: float, margin: float, terms: Terms) -> float:
    growth = cashflows.implied_growth(times, margin, terms)
    if growth is not None:
        return growth
    if cashflows.worth(margin, LEAST_GROWTH, terms) > times:
        raise ValueError(f"even revenue that shrinks by {-LEAST_GROWTH:.0%} a year would be worth more than the price")
    raise ValueError(f"no growth up to {MOST_GROWTH:.0%} a year explains the price")


def _terms(opening: Opening, firm: str, given: Given) -> dict[str, Measure]:
    """The terms of a firm: as given, else as assumed for it, its layer or all."""
    book, out = opening.book, {}
    for name, value in given.by_name().items():
        if value is not None:
            out[name] = _as_given(name, value, book.date)
            continue
        row = assumed(book, name, *subjects(opening, firm))
        if isinstance(row, Gap):
            raise BookError(f"{row}; expected a row {name!r} in assumptions.csv; add one for all")
        out[name] = row
    return out


def _as_given(name: str, value: float, day: date) -> Measure:
    unit = "years" if name.endswith("_years") else SHARE
    return Measure(value, unit, day, None, {ASSUMPTION: 1.0}, (), (f"{name} as {GIVEN}: {value:g}",))


def _plain(terms: dict[str, Measure]) -> Terms:
    values = {name: terms[name].value for name in NAMES}
    return Terms(
        rate=values["discount_rate"],
        years=round(values["growth_years"]),
        fade=round(values["fade_years"]),
        long_run=values["long_run_growth"],
        margin=values["target_cash_margin"],
    )


def _allowed(terms: Terms, step: int) -> bool:
    return terms.rate + step * RATE_STEP - terms.long_run >= cashflows.LEAST_SPREAD


def _row(question: _Question, step: int) -> AtRate:
    rate = question.terms.rate + step * RATE_STEP
    return AtRate(rate, tuple(_bare(question.growth(replace(question.terms, rate=rate, fade=fade))) for fade in FADES))


def _moved(
    opening: Opening, firm: str, question: _Question, terms: dict[str, Measure], name: str, given: Given
) -> Moved:
    """What one assumption does alone at its ends; one that was given has no ends."""
    if given.by_name()[name] is not None:
        ends = (terms[name], terms[name])
    else:
        low, high = (
            assumed(opening.book, name, *subjects(opening, firm), bound="low"),
            assumed(opening.book, name, *subjects(opening, firm), bound="high"),
        )
        ends = (_measure(low, terms[name]), _measure(high, terms[name]))
    growths = tuple(_at(question, terms | {name: end}) for end in ends)
    return Moved(name, ends[0], terms[name], ends[1], growths[0], growths[1])


def _bare(reading: Reading) -> Reading:
    """Without its trail, which is that of the growth asked for: a table of cells would repeat it in each."""
    return replace(reading, trail=()) if isinstance(reading, Measure) else reading


def _measure(reading: Reading, otherwise: Measure) -> Measure:
    return reading if isinstance(reading, Measure) else otherwise


def _at(question: _Question, terms: dict[str, Measure]) -> Reading:
    rate, long_run = terms["discount_rate"].value, terms["long_run_growth"].value
    if rate - long_run < cashflows.LEAST_SPREAD:
        what = f"{question.name}, growth implied by the price"
        return not_meaningful(what, f"a discount rate of {rate:.1%} is not above long-run growth of {long_run:.1%}")
    return _bare(question.growth(_plain(terms)))


def _of_gdp(book: Book, economy: str, name: str, then: Reading, terms: Terms) -> Reading:
    gdp = year(book, economy, "gdp", book.date)
    if isinstance(gdp, Measure):
        gdp = derived(gdp.value * (1.0 + terms.long_run) ** terms.years, USD, gdp)
    what = f"{name}, revenue that the price asks for over GDP ({economy})"
    return first_gap((then, gdp)) or ratio(what, then, gdp, positive="GDP")
