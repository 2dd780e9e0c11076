"""What a fall of market multiples does: to equity that can be issued, to stakes as collateral, to who still stands.

One run of the economy with multiples lower from the first quarter on, for good, and nothing else changed, beside the
same run without it. Prices of unlisted firms follow with the book's lag; the window to shareholders shuts where the
value of a firm is lower than at the opening by more than its assumed bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Where, latest
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.inputs import MARKET_FRESH_DAYS, rate
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.outlook import subjects
from cardhouse.economy.room import Room, room
from cardhouse.economy.run import Run, RunChoices, failures, run
from cardhouse.economy.scenario import Scenario, Shape, Shock
from cardhouse.lenses.measure import TIMES, USD, Measure, Reading, derived, difference, ratio, scaled
from cardhouse.lenses.readings import entity_name, of_fact
from cardhouse.lenses.value.price import Held
from cardhouse.lenses.value.troughs import Fall

QUARTERS = 24
"""Length of the run, as other runs have it."""

LEAST_DOLLARS = 1e-6
"""USD million below which what is left of a difference is rounding."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What one firm could raise in one quarter, USD million: new shares, new debt, credit lines, listed stakes."""

    shares: float
    debt: float
    lines: float
    stakes: float

    @property
    def whole(self) -> float:
        """All of them."""
        return self.shares + self.debt + self.lines + self.stakes


@dataclass(frozen=True, slots=True)
class Fallen:
    """What the fall does to one firm in the quarter when all prices have followed.

    Attributes
    ----------
    priced : whether the book knows a price; else its value is its book equity and it can sell no shares by rule.
    value, value_after : value of its shares, USD million, in the same quarter without and with the fall.
    before, after : its windows in that quarter without and with the fall.
    shut_below : fall of its value from the opening at which it can sell no more shares, a fraction.
    loses_window : it could sell shares without the fall and cannot with it.
    fails, fails_without : last day of the quarter in which it fails within the run; None where it stands.
    held_back : what holds its windows back with the fall, in words.
    """

    firm: str
    priced: bool
    value: float
    value_after: float
    before: Windows
    after: Windows
    shut_below: float
    loses_window: bool
    fails: date | None
    fails_without: date | None
    held_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pledge:
    """A loan on shares: the shares pledged at today's price over the loan, and after the fall.

    Attributes
    ----------
    loan, pledged, pledged_after : USD million; ``cover`` and ``cover_after`` pledged over loan.
    covers_down_to : fall of the price at which the shares are worth the loan and no more, a fraction.
    """

    holder: str
    held: str
    loan: Measure
    pledged: Reading
    pledged_after: Reading
    cover: Reading
    cover_after: Reading
    covers_down_to: Reading


@dataclass(frozen=True, slots=True)
class LoanToValue:
    """A holding company's loan to value by its own formula, before and after, beside the limit of its policy."""

    holder: str
    now: Measure
    after: Measure
    limit: Measure


@dataclass(frozen=True, slots=True)
class Falls:
    """The answer: the fall, the quarter looked at, the end of the run, firms that can be tested, what is pledged."""

    fall: Fall
    quarter: date
    until: date
    firms: tuple[Fallen, ...]
    pledges: tuple[Pledge, ...]
    loan_to_value: tuple[LoanToValue, ...]


def falls_of(book: Book, fall: Fall, stakes: tuple[Held, ...]) -> Falls:
    """Run the fall.

    Raises
    ------
    BookError : the book lacks what a run needs.
    """
    shock = Shock("multiples", Shape.LEVEL, (1.0 - fall.size.value,), Where("value", 1))
    scenario = Scenario("fall", "Multiples fall", "估值倍数下跌", "", "", Where("value", 1), shocks=(shock,))
    answer = run(book, scenario, RunChoices(quarters=QUARTERS))
    opening = answer.compiled.opening
    step = min(int(answer.compiled.model.world.private_lag) + 1, QUARTERS - 1)
    ends = tuple(w.end for w in answer.compiled.windows)
    with_it, without = failures(answer.path, answer.nodes), failures(answer.baseline, answer.nodes)
    firms = tuple(_fallen(answer, firm, step, ends, with_it, without) for firm in opening.full)
    return Falls(
        fall,
        ends[step],
        ends[-1],
        tuple(sorted(firms, key=lambda f: -f.value)),
        tuple(p for s in stakes if (p := _pledge(book, s, fall)) is not None),
        tuple(x for firm in book.firms if (x := _loan_to_value(book, firm, fall)) is not None),
    )


def _fallen(
    answer: Run, firm: str, step: int, ends: tuple[date, ...], with_it: Mapping[str, int], without: Mapping[str, int]
) -> Fallen:
    compiled = answer.compiled
    after, before = (room(compiled, path, firm, step) for path in (answer.path, answer.baseline))
    at = step - 1  # windows of a quarter are set by the values at the end of the one before
    value, value_after = (float(answer.series(firm, col.VALUE, baseline=baseline)[at]) for baseline in (True, False))
    known = compiled.opening.positions[firm].statement
    return Fallen(
        firm,
        known is not None and known.balance.market_value is not None,
        value,
        value_after,
        _windows(before),
        _windows(after),
        _bound(compiled, firm),
        before.shares > 0.0 and after.shares <= 0.0,
        ends[with_it[firm]] if firm in with_it else None,
        ends[without[firm]] if firm in without else None,
        after.held_back,
    )


def _windows(found: Room) -> Windows:
    amounts = (found.shares, found.debt, found.lines, float(found.stakes))
    return Windows(*(x if x > LEAST_DOLLARS else 0.0 for x in amounts))


def _bound(compiled: Compiled, firm: str) -> float:
    return rate(compiled.opening.inputs, "window_drawdown", *subjects(compiled.opening, firm))


def _pledge(book: Book, stake: Held, fall: Fall) -> Pledge | None:
    """The loan on a stake, where the book knows one; the whole stake counts where no part is said to be pledged."""
    drawn = latest(book, stake.holder, "margin_loan", book.date, item=stake.held, max_age_days=MARKET_FRESH_DAYS)
    if drawn is None:
        return None
    loan, pledged = of_fact(book, drawn), stake.worth
    part = latest(book, stake.holder, "margin_loan_pledged_share", book.date, item=stake.held)
    if part is not None and isinstance(pledged, Measure):
        share = of_fact(book, part)
        pledged = derived(pledged.value * share.value, USD, pledged, share)
    elif isinstance(pledged, Measure):
        pledged = pledged.flagged(
            f"{entity_name(book, stake.holder)}: its whole stake in {entity_name(book, stake.held)} is taken as pledged"
        )
    after = scaled(pledged, 1.0 - fall.size.value)
    name = f"{entity_name(book, stake.holder)}, loan on {entity_name(book, stake.held)}"
    spare = ratio(f"{name}, fall that uses up the cover", difference(pledged, loan), pledged)
    now, then = (ratio(f"{name}, cover", x, loan, unit=TIMES) for x in (pledged, after))
    return Pledge(stake.holder, stake.held, loan, pledged, after, now, then, spare)


def _loan_to_value(book: Book, firm: str, fall: Fall) -> LoanToValue | None:
    """Loan to value when everything held falls alike and the debt stays."""
    now = latest(book, firm, "ltv", book.date, max_age_days=MARKET_FRESH_DAYS)
    limit = latest(book, firm, "ltv_policy_limit", book.date)
    if now is None or limit is None:
        return None
    ratio_now = of_fact(book, now)
    after = derived(ratio_now.value / (1.0 - fall.size.value), ratio_now.unit, ratio_now, fall.size)
    return LoanToValue(firm, ratio_now, after, of_fact(book, limit))
