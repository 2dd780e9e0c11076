"""How long contracts still run against how long the debt does: year by year, and on average."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Term
from cardhouse.economy.contracts import Contract, Debt, Role
from cardhouse.economy.figure import Figure, total
from cardhouse.economy.funding import WHOLE_LADDER, reported_ladder
from cardhouse.economy.inputs import YEAR_DAYS, basis_kind, fact_figure, stock
from cardhouse.economy.opening import Opening
from cardhouse.economy.schedules import slices, term_trail, terms_named
from cardhouse.economy.window import Window
from cardhouse.lenses.measure import TIMES, Gap, Measure, Reading, derived, not_meaningful, ratio
from cardhouse.lenses.money.planned import FAR, TELLING, contracts_after, planned_sales
from cardhouse.lenses.readings import entity_name, of_figure

YEARS = 6
"""Single years that are shown before the rest is one row."""
SMALLEST = 0.5
"""USD million below which nothing is left."""
PARTLY = not_meaningful("term left of debt", f"less than {WHOLE_LADDER:.0%} of the debt has a known maturity")


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due in a period, USD million: revenue under contracts, principal of debt.

    ``cover`` is contract revenue over principal: revenue has costs to pay before any debt, so 1 is no safety.
    """

    start: date
    end: date
    contracts: Measure
    debt: Reading
    cover: Reading


@dataclass(frozen=True, slots=True)
class Terms:
    """Term left of a firm's contracts and of its debt.

    Attributes
    ----------
    years : calendar years from the opening on, the last row everything later.
    contracts_left, debt_left : weighted average years until money falls due.
    undated : debt whose maturity the book does not know, USD million.
    ladder : how the maturities are known: as reported, or by ties.
    """

    years: tuple[Due, ...]
    contracts_left: Reading
    debt_left: Reading
    undated: Reading
    ladder: str


@dataclass(frozen=True, slots=True)
class _Principal:
    """An amount of principal due evenly between two days."""

    first: date
    last: date
    amount: Figure


def terms_left(opening: Opening, firm: str) -> Terms:
    """Contracts in and debt of a firm by the year in which they fall due."""
    day, name = opening.window.opening, entity_name(opening.book, firm)
    ladder, how, undated = _ladder(opening, firm)
    whole = _mostly_dated(ladder, undated)
    years = []
    for first, last in _periods(day):
        contracts = _contracts(opening, firm, first, last)
        due = total(p.amount.scaled(_within(p, first, last)) for p in ladder)
        a = of_figure(contracts, min(last, FAR), first)
        b: Reading = of_figure(due, last, first) if ladder else Gap(f"{name}, debt due", "no maturity is known")
        years.append(Due(first, last, a, b, _cover(a, b, whole=whole)))
    return Terms(
        tuple(years),
        _contracts_left(opening, firm),
        _left(opening, ladder, day) if whole else PARTLY,
        undated,
        how,
    )


def _mostly_dated(ladder: list[_Principal], undated: Reading) -> bool:
    """Whether the dated principal is enough of the debt to speak for it."""
    dated = sum(p.amount.value for p in ladder)
    return not ladder or isinstance(undated, Gap) or dated >= WHOLE_LADDER * (dated + undated.value)


def _cover(contracts: Measure, debt: Reading, *, whole: bool) -> Reading:
    """Contract revenue over principal, where the maturities known are most of the debt."""
    return ratio("contracts over debt due", contracts, debt, unit=TIMES) if whole else PARTLY


def _periods(day: date) -> list[tuple[date, date]]:
    """The rest of the year, single years, and everything later."""
    first, out = day + timedelta(days=1), []
    for _ in range(YEARS):
        last = date(first.year, 12, 31)
        out.append((first, last))
        first = last + timedelta(days=1)
    return [*out, (first, FAR)]


def _contracts(opening: Opening, firm: str, first: date, last: date) -> Figure:
    """What ties that count pay a firm in a period, from firms and from the world."""
    rows = contracts_after(opening, first - timedelta(days=1), last)
    return total(c.due for c in rows if c.payee == firm and c.role is not Role.INVESTMENT)


def _ladder(opening: Opening, firm: str) -> tuple[list[_Principal], str, Reading]:
    """Principal by date, how it is known, and the debt that has no date."""
    debt, name = stock(opening.inputs, firm, "total_debt"), entity_name(opening.book, firm)
    day = opening.window.opening
    reported = [
        _Principal(f.start or f.end, f.end, fact_figure(opening.book, f)) for f in reported_ladder(opening.inputs, firm)
    ]
    whole = sum(p.amount.value for p in reported)
    if debt is not None and whole >= WHOLE_LADDER * debt.value > 0:
        return _after(reported, day), "as reported", _undated(name, debt, whole, day)
    by_ties = [p for d in opening.ties.debts if d.borrower == firm for p in _principals(opening, d)]
    if not by_ties:
        return [], "not known", _undated(name, debt, 0.0, day)
    return _after(by_ties, day), "by ties", _undated(name, debt, sum(p.amount.value for p in by_ties), day)


def _after(parts: list[_Principal], day: date) -> list[_Principal]:
    return [p for p in parts if p.last > day and p.amount.value > 0]


def _undated(name: str, debt: Figure | None, dated: float, day: date) -> Reading:
    if debt is None:
        return Gap(f"{name}, debt", "no balance is reported or assumed")
    left = max(debt.value - dated, 0.0)
    return of_figure(debt.scaled(left / debt.value if debt.value else 0.0), day)


def _principals(opening: Opening, d: Debt) -> list[_Principal]:
    """Principal of a debt by its terms, or whole at its end; without an end it has no date."""
    rows = opening.book.terms_of(d.tie.id)
    day = opening.window.opening
    out = [_dated(opening, t, t.to, t.to) for t in terms_named(rows, "maturity") if t.to is not None and t.to > day]
    out += [
        _dated(opening, t, t.from_, t.to) for t in terms_named(rows, "amortises") if t.from_ and t.to and t.to > day
    ]
    if not out and d.tie.end is not None:
        out = [_Principal(d.tie.end, d.tie.end, d.principal)]
    known = sum(p.amount.value for p in out)
    fit = min(d.principal.value / known, 1.0) if known else 1.0
    return [_Principal(p.first, p.last, p.amount.scaled(fit)) for p in out]


def _dated(opening: Opening, term: Term, first: date, last: date) -> _Principal:
    figure = Figure.of(term.number, basis_kind(opening.book, term), term_trail(term, f"{term.number:,.0f}"))
    return _Principal(first, last, figure)


def _within(p: _Principal, first: date, last: date) -> float:
    return Window(first - timedelta(days=1), first, last, 1).share(p.first, p.last)


def _contracts_left(opening: Opening, firm: str) -> Reading:
    """Years until contracts in are paid, weighted by dollars, each by its own schedule."""
    day = opening.window.opening
    rows = [c for c in contracts_after(opening, day) if c.payee == firm and c.role is not Role.INVESTMENT]
    whole = total(c.due for c in rows)
    if whole.value <= SMALLEST:
        return Gap("term left of contracts", "no tie that counts has anything left to pay it")
    sales = planned_sales(opening, firm)
    if sales is not None and whole.value < TELLING * sales.value:
        return not_meaningful("term left of contracts", f"they are less than {TELLING:.0%} of a year's sales")
    years = sum(c.due.value * _mean_year(opening, c) for c in rows)
    return derived(years / whole.value, "years", of_figure(whole, opening.book.date, day))


def _mean_year(opening: Opening, contract: Contract) -> float:
    """Years from the opening to the middle of what a contract still pays; a ramp has it at two thirds."""
    day = opening.window.opening
    dollars = years = 0.0
    for part in slices(opening.inputs, contract.tie, opening.book.terms_of(contract.tie.id)) or ():
        left, first = part.amount * part.after(day), max(part.first, day)
        rising = part.ramp and part.first > day
        length = (part.last - first).days * (2.0 / 3.0 if rising else 0.5)
        dollars += left
        years += left * ((first - day).days + length) / YEAR_DAYS
    return years / dollars if dollars > 0 else 0.0


def _middle(day: date, first: date, last: date) -> float:
    return ((first - day).days + (last - day).days) / 2.0 / YEAR_DAYS


def _left(opening: Opening, ladder: list[_Principal], day: date) -> Reading:
    """Years until principal falls due, weighted by dollars."""
    whole = sum(p.amount.value for p in ladder)
    if whole <= SMALLEST:
        return Gap("term left of debt", "no maturity is known")
    years = sum(p.amount.value * max(_middle(day, max(p.first, day), p.last), 0.0) for p in ladder)
    return derived(years / whole, "years", of_figure(total(p.amount for p in ladder), opening.book.date))
