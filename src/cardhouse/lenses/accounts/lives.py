"""Income, margin, cover, leverage and return on capital of a firm at another life of its servers.

depreciation(L) = reported + c (q(L) - 1), with c the charge for short-lived plant in the reported year and q(L) the
charge on its spending at a life of L over that at the life of the accounts. Operating income falls by the difference,
net income by the difference after tax; equity falls by what would have been written off more until then, after tax.
Leverage is debt over equity; return on capital is operating income after tax over debt and equity less cash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book
from cardhouse.lenses.accounts.plant import (
    MADE_UP,
    SEAM_DAYS,
    Bounds,
    Plant,
    Spending,
    assume,
    dated,
    factor,
    formula,
    plant,
    spending,
)
from cardhouse.lenses.accounts.vintages import Outlay, charge, full_first_year, standing
from cardhouse.lenses.measure import (
    SHARE,
    TIMES,
    USD,
    Gap,
    Measure,
    Reading,
    derived,
    difference,
    first_gap,
    not_meaningful,
    ratio,
)
from cardhouse.lenses.readings import entity_name, metric_name, stock, year

YEARS = "years"
SEEN = 0.02
"""Part of a charge that is for spending before the reported history from which on it is said."""


@dataclass(frozen=True, slots=True)
class Life:
    """A life to restate at: its name in tables and its length in years."""

    name: str
    years: Reading


@dataclass(frozen=True, slots=True)
class Reported:
    """The year and the balance that are restated, USD million; ``tax`` is a share of income."""

    revenue: Reading
    operating_income: Reading
    net_income: Reading
    interest: Reading
    debt: Reading
    cash: Reading
    equity: Reading
    tax: Reading


@dataclass(frozen=True, slots=True)
class AtLife:
    """A firm's year at one life of its servers."""

    life: Life
    depreciation_change: Reading
    operating_income: Reading
    net_income: Reading
    margin: Reading
    cover: Reading
    leverage: Reading
    return_on_capital: Reading


@dataclass(frozen=True, slots=True)
class Restated:
    """A firm's year as reported and at other lives.

    Attributes
    ----------
    as_reported : at the life of its accounts. ``lives`` : at the lives asked for.
    factor : the reported charge over the one computed from the short-lived share of spending.
    """

    firm: str
    plant: Plant
    factor: Reading
    reported: Reported
    as_reported: AtLife
    lives: tuple[AtLife, ...]


def restated(book: Book, firm: str, lives: tuple[Life, ...], *, bounds: Bounds, full_year: bool) -> Restated:
    """A firm's newest reported year at other lives of its servers.

    Parameters
    ----------
    bounds : which end of an assumption is taken, by name; central where not named.
    full_year : a year's spending is charged a full first year, not half of one.
    """
    own = plant(book, firm, book.date, bounds)
    longest = own.life.value if isinstance(own.life, Measure) else 0.0
    spent = spending(book, own, longest)
    found = reported(book, firm, own, bounds)
    fit = spent if isinstance(spent, Gap) else factor(book, own, spent, bounds)
    day = found.operating_income.end if isinstance(found.operating_income, Measure) else book.date
    none = Measure(0.0, USD, day)
    name = entity_name(book, firm)
    return Restated(
        firm,
        own,
        fit,
        found,
        _at(name, found, Life("accounts", own.life), none, none),
        tuple(_at(name, found, life, *_changes(name, own, spent, life, full_year=full_year)) for life in lives),
    )


def reported(book: Book, firm: str, own: Plant, bounds: Bounds) -> Reported:
    """The year that ends with the firm's newest year of depreciation (else its newest), and the balance at its end."""
    day = own.depreciation.end if isinstance(own.depreciation, Measure) else None

    def flow(metric: str) -> Reading:
        return year(book, firm, metric, book.date) if day is None else matched(book, firm, metric, day)

    def balance(metric: str) -> Reading:
        return stock(book, firm, metric, day or book.date)

    return Reported(
        revenue=flow("revenue"),
        operating_income=flow("operating_income"),
        net_income=flow("net_income"),
        interest=flow("interest_expense"),
        debt=balance("total_debt"),
        cash=balance("cash_and_investments"),
        equity=balance("total_equity"),
        tax=assume(book, "tax_rate", firm, bounds),
    )


def matched(book: Book, firm: str, metric: str, day: date) -> Reading:
    """The year of a flow that ends with a day; a gap where the newest by then ended earlier."""
    found = year(book, firm, metric, day)
    if isinstance(found, Measure) and (day - found.end).days > SEAM_DAYS:
        what = f"{entity_name(book, firm)}, {metric_name(book, metric)}"
        return Gap(what, f"its newest year ends {found.end}, the one to set it beside {day}")
    return found


def _at(name: str, found: Reported, life: Life, more: Reading, written: Reading) -> AtLife:
    """The year with more depreciation, and with more written off by its end."""
    income = difference(found.operating_income, more)
    after_tax = formula(f"{name}, change after tax", lambda m, t: m * (1.0 - t), more, found.tax, unit=USD)
    net = difference(found.net_income, after_tax)
    if isinstance(found.operating_income, Measure):
        income, net = dated(income, found.operating_income), dated(net, found.operating_income)
    equity = formula(f"{name}, equity", lambda e, w, t: e - w * (1.0 - t), found.equity, written, found.tax, unit=USD)
    return AtLife(
        life,
        more,
        income,
        net,
        ratio(f"{name}, operating margin", income, found.revenue, positive="revenue"),
        _cover(name, income, found.interest),
        ratio(f"{name}, debt over equity", found.debt, equity, unit=TIMES, positive="equity"),
        _return(name, income, found, equity),
    )


def _changes(name: str, own: Plant, spent: Spending | Gap, life: Life, *, full_year: bool) -> tuple[Reading, Reading]:
    """What the life adds to the year's depreciation, and to all that was written off by its end."""
    what = f"{name}, depreciation at a life of {life.name}"
    if isinstance(spent, Gap):
        return spent, spent
    if isinstance(own.depreciation, Gap):
        return own.depreciation, own.depreciation
    parts = (own.short_lived, own.life, life.years, spent.money)
    if isinstance(life.years, Measure) and spent.made_up(life.years.value) > MADE_UP:
        short = Gap(f"{name}, {life.years.value:.1f} years", f"spending is known only from {spent.since} on")
        return short, short
    outlays = full_first_year(spent.all) if full_year else spent.all
    more = formula(what, lambda c, p, n, _: _more(outlays, c, p, n), *parts, unit=USD)
    if isinstance(more, Measure) and isinstance(life.years, Measure) and spent.made_up(life.years.value) > SEEN:
        part = f"{spent.made_up(life.years.value):.0%} of the charge at {life.years.value:.1f} years"
        more = more.flagged(f"{name}: {part} is for spending before {spent.since}, taken at the pace of the year after")
    return more, formula(what, lambda c, p, n, _: _written(outlays, c, p, n), *parts, unit=USD)


def _more(outlays: tuple[Outlay, ...], charged: float, policy: float, life: float) -> float:
    return charged * (charge(outlays, life) / charge(outlays, policy) - 1.0)


def _written(outlays: tuple[Outlay, ...], charged: float, policy: float, life: float) -> float:
    return charged * (standing(outlays, policy) - standing(outlays, life)) / charge(outlays, policy)


def _cover(name: str, income: Reading, interest: Reading) -> Reading:
    what = f"{name}, interest cover"
    if isinstance(income, Measure) and income.value < 0.0:
        return not_meaningful(what, "operating income is negative")
    return ratio(what, income, interest, unit=TIMES, positive="interest")


def _return(name: str, income: Reading, found: Reported, equity: Reading) -> Reading:
    what = f"{name}, return on capital"
    parts = (income, found.tax, found.debt, equity, found.cash)
    gap = first_gap(parts)
    if gap is not None:
        return Gap(what, str(gap), gap.why)
    earned, tax, debt, own, cash = (p for p in parts if isinstance(p, Measure))
    capital = debt.value + own.value - cash.value
    if capital <= 0.0:
        return not_meaningful(what, "debt and equity are no more than cash")
    after = earned.value * (1.0 - tax.value) if earned.value > 0.0 else earned.value
    return derived(after / capital, SHARE, earned, tax, debt, own, cash)
