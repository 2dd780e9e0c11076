"""What a firm costs: its shares at the market or in the last round, and the bridge to its business."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact, Firmness, Status, Tie, TieKind, latest
from cardhouse.economy.contracts import Stake
from cardhouse.economy.inputs import MARKET_FRESH_DAYS, QUARTER_DAYS, basis_kind
from cardhouse.economy.inputs import assumed as assumption_for
from cardhouse.economy.opening import Opening
from cardhouse.economy.prices import listed_value
from cardhouse.economy.schedules import terms_named
from cardhouse.lenses.measure import SHARE, USD, Gap, Measure, Reading, derived, difference, known, total
from cardhouse.lenses.readings import entity_name, metric_name, of_assumption, of_fact, stock

OLD_PRICE_DAYS = 100
"""A price older than a quarter is flagged with its day."""
RAISED = "funding_raised"
SAME_ROUND_DAYS = 7
"""Money reported to be raised within so many days of a valuation is that of its round."""
ROUND_DAYS = 60
"""Equity ties announced within so many days of a valuation may belong to its round."""
NO_STAKES = "no stakes in firms of the book"


@dataclass(frozen=True, slots=True)
class Held:
    """A stake at today's price: the share of the firm held times its value, or what the accounts carry it at."""

    holder: str
    held: str
    fraction: float
    worth: Reading
    at_mark: bool


@dataclass(frozen=True, slots=True)
class Round:
    """Money of the round that values a firm, USD million: what was reported, and its ties by how firm they are.

    Attributes
    ----------
    raised : as reported of that day.
    paid : by the day of the book; ``binding`` signed and still to pay; ``announced`` neither.
    """

    on: date
    raised: Reading
    paid: float
    binding: float
    announced: float


@dataclass(frozen=True, slots=True)
class Price:
    """What a firm costs.

    Attributes
    ----------
    listed : whether the value is a stock market's; else it is that of the last round.
    round : the ties of that round; None for listed firms.
    value : all shares, USD million.
    enterprise : value + debt + finance leases - cash - stakes: the price of the business alone. Operating leases are
        left out, because their rent is inside the operating costs that the cash flow is measured after.
    enterprise_then : the same with the cash that the firm reported by the day of the price: money that came later was
        in no price of that day.
    """

    firm: str
    name: str
    listed: bool
    value: Reading
    debt: Reading
    finance_leases: Reading
    cash: Reading
    stakes: Reading
    enterprise: Reading
    enterprise_then: Reading
    round: Round | None


def market_value(book: Book, firm: str, on: date) -> tuple[Reading, bool]:
    """Value of all shares on a day, and whether a stock market says so; else that of the last round.

    As :func:`cardhouse.economy.prices.listed_value`, with what a reader should know beside it.
    """
    found = listed_value(book, firm, on)
    price = latest(book, firm, "share_price", on, max_age_days=MARKET_FRESH_DAYS)
    if found is not None:
        value = derived(found.value, USD, *(of_fact(book, fact) for fact in found.facts))
        if found.how:
            return value.flagged(f"{_name(book, firm)}: {found.how}"), True
        newer = price if price is not None and price.end > found.end else None
        return _dated(book, firm, value, on, newer), True
    paid = latest(book, firm, "private_valuation", on, max_age_days=MARKET_FRESH_DAYS)
    if paid is not None:
        said = f" ({paid.note})" if paid.note else ""
        return of_fact(book, paid).flagged(f"{_name(book, firm)}: value of the round of {paid.end}{said}"), False
    what = f"{_name(book, firm)}, market value"
    if price is not None:
        return Gap(what, f"a share price of {price.end}, but no fresh count of shares"), True
    return Gap(what, f"the book has no price of the last {MARKET_FRESH_DAYS} days before {on}"), False


def stakes_of(opening: Opening) -> tuple[Held, ...]:
    """Every stake that the ties of a book state, at today's price where the firm held has one."""
    return tuple(_held(opening.book, stake) for stake in opening.ties.stakes)


def price_of(opening: Opening, firm: str, stakes: tuple[Held, ...]) -> Price:
    """What a firm costs on the day of the book."""
    book = opening.book
    value, listed = market_value(book, firm, book.date)
    debt = balance(opening, firm, "total_debt")
    leases = balance(opening, firm, "finance_lease_liabilities")
    cash = balance(opening, firm, "cash_and_investments", "cash_at_opening")
    mine = tuple(s.worth for s in stakes if s.holder == firm)
    owned = total(mine) if mine else Gap(f"{_name(book, firm)}, stakes", NO_STAKES)
    # Firms without a row for finance leases or stakes mostly have none: left out and said, not counted as nothing.
    optional = known((leases,))
    owed = total((value, debt, *optional))
    business, then = (
        difference(owed, total((kept, owned)) if mine else kept) for kept in (cash, _cash_then(book, firm, value))
    )
    if isinstance(business, Measure) and isinstance(leases, Gap):
        business = business.flagged(f"left out of enterprise value: {leases}")
    money = _round(book, firm, value.end) if isinstance(value, Measure) and not listed else None
    return Price(firm, _name(book, firm), listed, value, debt, leases, cash, owned, business, then, money)


def _cash_then(book: Book, firm: str, value: Reading) -> Reading:
    """Cash as reported for the day of a price or the quarter before it."""
    if isinstance(value, Gap):
        return value
    return stock(book, firm, "cash_and_investments", value.end, max_age_days=QUARTER_DAYS)


def balance(opening: Opening, firm: str, metric: str, *assumptions: str) -> Reading:
    """A balance by the economy's order: reported within a quarter, assumed for the day, else reported within two."""
    book = opening.book
    fresh = stock(book, firm, metric, book.date, max_age_days=QUARTER_DAYS)
    if isinstance(fresh, Measure):
        return fresh
    for name in (*assumptions, metric):
        row = assumption_for(opening.inputs, firm, name)
        if row is not None:
            return of_assumption(book, row)
    return stock(book, firm, metric, book.date)


def _round(book: Book, firm: str, on: date) -> Round:
    """The round of a valuation: what was reported to be raised, and the ties announced within weeks of it.

    Several promises may have been made in those weeks of which only some are the round: the nearest go first, as long
    as they fit into what was reported.
    """
    reported = [f for f in book.chosen(firm, RAISED) if abs((f.end - on).days) <= SAME_ROUND_DAYS]
    raised: Reading = Gap(f"{_name(book, firm)}, money raised", f"none reported within days of {on}")
    if reported:
        raised = of_fact(book, min(reported, key=lambda f: abs((f.end - on).days)))
    left = raised.value if isinstance(raised, Measure) else math.inf
    paid = binding = announced = 0.0
    for amount, tie in _near(book, firm, on):
        if amount > left:
            continue
        left -= amount
        settled = amount if tie.status is Status.COMPLETED else min(_paid(book, tie), amount)
        paid += settled
        if tie.firmness is Firmness.BINDING:
            binding += amount - settled
        else:
            announced += amount - settled
    return Round(on, raised, paid, binding, announced)


def _near(book: Book, firm: str, on: date) -> list[tuple[float, Tie]]:
    """Equity ties announced within weeks of a day with their amounts, the nearest first, of one day the smallest."""
    found = []
    for tie in book.current_ties:
        days = abs(((tie.announced or tie.known) - on).days)
        ours = tie.kind is TieKind.EQUITY and tie.to == firm and tie.counted and tie.status is not Status.TERMINATED
        if ours and tie.amount is not None and days <= ROUND_DAYS:
            found.append((days, tie.amount, tie))
    return [(amount, tie) for _, amount, tie in sorted(found, key=lambda row: (*row[:2], row[2].id))]


def _paid(book: Book, tie: Tie) -> float:
    """What is known to have been paid of a tie by the day of the book."""
    rows = terms_named(book.terms_of(tie.id), "paid_to_date")
    return max((t.number for t in rows if t.to is None or t.to <= book.date), default=0.0)


def _held(book: Book, stake: Stake) -> Held:
    kind = basis_kind(book, stake.tie)
    line = f"{stake.tie.where}: {stake.tie.id}: {stake.fraction:.2%} of {stake.held} ({stake.tie.source}, {kind})"
    share = Measure(stake.fraction, SHARE, book.date, None, {kind: 1.0}, (stake.tie.source,), (line,))
    value, _ = market_value(book, stake.held, book.date)
    if isinstance(value, Measure) and stake.fraction > 0.0:
        worth: Reading = derived(stake.fraction * value.value, USD, share, value)
        return Held(stake.holder, stake.held, stake.fraction, worth, at_mark=True)
    what = f"{_name(book, stake.holder)}, stake in {_name(book, stake.held)}"
    if stake.carrying.value <= 0.0:
        return Held(stake.holder, stake.held, stake.fraction, _at_cost(book, stake, what), False)
    carried = Measure(stake.carrying.value, USD, book.date, None, stake.carrying.basis, (), stake.carrying.trail)
    return Held(stake.holder, stake.held, stake.fraction, carried.flagged(f"{what}: as carried"), at_mark=False)


def _at_cost(book: Book, stake: Stake, what: str) -> Reading:
    """A stake at what was paid for it, where neither a price nor the accounts tell what it is worth."""
    tie, paid = stake.tie, _paid(book, stake.tie)
    if paid <= 0.0:
        return Gap(what, "neither price nor carrying amount, nor what was paid for it")
    kind = basis_kind(book, tie)
    line = f"{tie.where}: {tie.id} {paid:,.0f} paid ({tie.source}, {kind})"
    return Measure(paid, USD, book.date, None, {kind: paid}, (tie.source,), (line,), (f"{what}: at what was paid",))


def _dated(book: Book, firm: str, value: Measure, on: date, newer: Fact | None) -> Measure:
    """The value, flagged where it is old; with the later share price that cannot be set against one of its own day."""
    if (on - value.end).days <= OLD_PRICE_DAYS:
        return value
    since = f"; share price of {newer.end}: {newer.value:g} {newer.unit}" if newer else ""
    return value.flagged(f"{_name(book, firm)}: {metric_name(book, 'market_cap')} of {value.end}{since}")


def _name(book: Book, firm: str) -> str:
    return entity_name(book, firm)
