"""What end demand it takes: for nobody to fail, and for capital to earn a return; beside the plain formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from cardhouse.book import Book
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.need_level import PLAN, TRIED, Levels, levels
from cardhouse.economy.need_paths import DrawnFutures, Progress, checked_paths, level, stands_in_plan
from cardhouse.economy.need_return import (
    Asked,
    Flows,
    Measure,
    Returns,
    ai_by_firm,
    ai_capital,
    internal_rate,
    over_time,
    together,
    whole_firms,
)
from cardhouse.economy.need_sales import Sales, asked, by_year, sales, sold
from cardhouse.economy.need_search import EXACT, Threshold, threshold
from cardhouse.economy.opening import open_book
from cardhouse.economy.openings import Openings
from cardhouse.economy.required import Required, Terms, check_return, required
from cardhouse.economy.run import PLAN_QUARTERS, RunChoices, calibrated, drivers_for, simulate
from cardhouse.economy.scenario import BASELINE
from cardhouse.economy.uncertain import laboratories, uncertainty
from cardhouse.errors import InputError

RETURNS = (0.05, 0.10, 0.15)
"""Returns a year that are always answered for."""
SERVED = 0.99
"""Share of demand that must be sold for computing not to be short."""
SEARCHED = 60
"""Levels of the driver that a search usually runs after its scan; for the bar that shows progress."""


@dataclass(frozen=True, slots=True)
class NeedChoices:
    """What a user may choose; the defaults are the published ones.

    Attributes
    ----------
    driver : ``demand``, a factor on end demand; or ``growth``, a factor on its growth.
    confidence : share of paths in which nobody may fail.
    rate : the return a year asked for, in the plain formula too, and besides :data:`RETURNS`; None for the book's.
    """

    driver: str = "demand"
    confidence: float = 0.95
    rate: float | None = None
    paths: int = 4096
    seed: int = 1
    run: RunChoices = field(default_factory=RunChoices)


@dataclass(frozen=True, slots=True)
class Sold:
    """What the plan without chance sells at a factor, by year, USD million: asked for at plan's prices, and sold."""

    factor: float
    asked: tuple[float, ...]
    sold: tuple[float, ...]

    @property
    def short(self) -> bool:
        """Whether some of the demand is not met: no computing, or its seller has fallen."""
        return any(s < SERVED * a for s, a in zip(self.sold, self.asked, strict=True))


@dataclass(frozen=True, slots=True)
class Need:
    """The answer.

    Attributes
    ----------
    turns : openings of the assumptions that paths start from; 1 for all assumptions at their centre.
    sold : at every factor of the scan.
    """

    compiled: Compiled
    choices: NeedChoices
    turns: int
    sales: Sales
    levels: Levels
    sold: tuple[Sold, ...]
    returns: Returns
    formulas: Required

    def dollars(self, factor: float) -> tuple[float, ...]:
        """End demand at a factor at plan's prices, by year, USD million."""
        return by_year(asked(self.compiled, self.choices.driver, factor))


def need(
    book: Book,
    choices: NeedChoices = NeedChoices(),
    *,
    openings: Openings | None = None,
    progress: Progress | None = None,
) -> Need:
    """End demand that is needed.

    Parameters
    ----------
    book : as known on one day.
    openings : joint draws of the assumptions; without them all are at their central values.
    progress : told how many levels of the driver were run of how many are expected.

    Raises
    ------
    InputError : a confidence, a return or a number of paths that has no answer.
    BookError, NotConverged : the book gives no model, or no formula.
    """
    check(choices)
    formulas = required(book, choices.rate)
    opening = open_book(book, quarters=PLAN_QUARTERS, scope=choices.run.scope, case=choices.run.case)
    compiled = calibrated(compile_opening(opening, quarters=choices.run.quarters))
    chance = uncertainty(book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    setup = set_up(compiled, BASELINE, chance, seed=choices.seed, openings=openings)
    expected = len(TRIED[choices.driver]) + SEARCHED
    futures = DrawnFutures(compiled, setup, choices.driver, choices.paths, _telling(progress, expected))
    plan = cache(lambda factor: stands_in_plan(compiled, choices.driver, factor))
    answer = levels(futures, plan, choices.driver, confidence=choices.confidence)
    if progress is not None:
        progress(expected, expected)
    return Need(
        compiled=compiled,
        choices=choices,
        turns=setup.turns,
        sales=sales(compiled),
        levels=answer,
        sold=tuple(sold_at(compiled, choices.driver, factor) for factor in TRIED[choices.driver]),
        returns=returns(compiled, formulas.terms, choices.driver, sorted({*RETURNS, formulas.terms.return_})),
        formulas=formulas,
    )


def check(choices: NeedChoices) -> None:
    """Refuse what has no answer.

    Raises
    ------
    InputError : a driver, a confidence, a return or a number of paths outside its range.
    """
    checked_paths(choices.paths)
    if choices.driver not in TRIED:
        raise InputError(f"a factor on {choices.driver}; expected one of {', '.join(TRIED)}; name one of them")
    if not 0.5 <= choices.confidence <= 0.999:
        raise InputError(
            f"a confidence of {choices.confidence:.2%}; expected 50% to 99.9%; say for example --confidence 95%"
        )
    if choices.rate is not None:
        check_return(choices.rate)


def _telling(progress: Progress | None, expected: int) -> Callable[[int], None]:
    """Progress whose end is not known: the last step is told when all is done."""

    def told(done: int) -> None:
        if progress is not None:
            progress(min(done, expected - 1), expected)

    return told


def sold_at(compiled: Compiled, driver: str, factor: float) -> Sold:
    """What the plan without chance sells at a factor."""
    path = simulate(compiled.model, drivers_for(compiled, level(driver, factor)), ledger=False)
    return Sold(factor, by_year(asked(compiled, driver, factor)), by_year(sold(compiled, path)))


def returns(compiled: Compiled, terms: Terms, driver: str, rates: Sequence[float]) -> Returns:
    """What capital earns in the single path at each factor, and which factor each return asks for.

    Parameters
    ----------
    terms : inputs of the plain formula: lives, short-lived share, part of revenue for capital.
    rates : returns a year, fractions.
    """
    capital = ai_capital(compiled)

    @cache
    def flows(factor: float) -> dict[Measure, Flows]:
        path = simulate(compiled.model, drivers_for(compiled, level(driver, factor)), ledger=False)
        alone = together(list(ai_by_firm(compiled, path, capital, terms).values()))
        return {Measure.AI: alone, Measure.WHOLE: whole_firms(compiled, path)}

    def earns(measure: Measure, rate: float) -> Callable[[float], bool]:
        return lambda factor: flows(factor)[measure].value(rate) >= 0.0

    def pays(rate: float) -> Threshold:
        return threshold(
            lambda factor: over_time(plan[Measure.AI], asked(compiled, driver, factor), terms, rate) <= 1.0,
            tried,
            width=EXACT,
        )

    tried, plan = TRIED[driver], flows(PLAN)
    calm = simulate(compiled.model, drivers_for(compiled, BASELINE), ledger=False)
    firms = ai_by_firm(compiled, calm, capital, terms)
    return Returns(
        plan=plan,
        firms=tuple(sorted(firms.items(), key=lambda item: (-item[1].capital, item[0]))),
        earned={m: tuple((f, internal_rate(flows(f)[m])) for f in tried) for m in Measure},
        asked=tuple(
            Asked(
                rate=rate,
                by_measure={m: threshold(earns(m, rate), tried, width=EXACT) for m in Measure},
                over_time=pays(rate),
            )
            for rate in rates
        ),
    )
