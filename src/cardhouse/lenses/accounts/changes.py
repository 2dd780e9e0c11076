"""Changes of the useful life of servers: what each does to the year that follows, computed and as the firm states it.

Computed on what stood at the change, and with what was bought in the year after it: that is charged half a year at
one over the new life instead of one over the old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from cardhouse.book import Book, Fact
from cardhouse.economy.inputs import YEAR_DAYS
from cardhouse.lenses.accounts.plant import SPENDING, Bounds, Plant, Spending, assume, formula, plant, spending
from cardhouse.lenses.accounts.vintages import charge, first_year_change
from cardhouse.lenses.measure import USD, Gap, Measure, Reading, scaled, total
from cardhouse.lenses.readings import entity_name, of_fact, year

LIFE = "useful_life_servers_years"
ON_DEPRECIATION, ON_INCOME = "depreciation_change_from_useful_life", "net_income_change_from_useful_life"
KNOWN_AFTER_DAYS = 460
"""Depreciation before a change is read as the book had it so many days later, when its first year was reported."""
SHORT = 350
"""Days below which a statement is not of a year."""
NEAR_DAYS = 31
"""A statement is about a change when its period begins within so many days of it."""


@dataclass(frozen=True, slots=True)
class LifeChange:
    """One change of the useful life of servers, amounts USD million of a year.

    Attributes
    ----------
    day : first day of the new life. ``before``, ``after`` : years.
    standing : change of the first year's depreciation on what stood; ``with_purchases`` : with that year's spending.
    income : change of net income, with purchases, after tax.
    stated, stated_income : what the firm says; an expectation where the year's own figure is not known.
    """

    firm: str
    day: date
    before: Measure
    after: Measure
    standing: Reading
    with_purchases: Reading
    income: Reading
    stated: Reading
    stated_income: Reading


def life_changes(book: Book, firm: str, bounds: Bounds) -> tuple[LifeChange, ...]:
    """Every change of the useful life of servers that the book has for a firm, oldest first."""
    rows = [row for row in book.chosen(firm, LIFE) if not row.item]
    return tuple(_change(book, a, b, bounds) for a, b in pairwise(rows) if a.value != b.value)


def _change(book: Book, old: Fact, new: Fact, bounds: Bounds) -> LifeChange:
    firm, day = new.entity, new.end
    before, after = of_fact(book, old), of_fact(book, new)
    then = book.as_of(min(day + timedelta(days=KNOWN_AFTER_DAYS), book.date))
    own = plant(book, firm, day - timedelta(days=1), bounds, then=then)
    spent = spending(book, own, before.value)
    standing = _on_standing(book, own, spent, before, after, day)
    more = total((standing, _on_purchases(book, own, spent, before, after, day)))
    tax = assume(book, "tax_rate", firm, bounds)
    name = entity_name(book, firm)
    return LifeChange(
        firm,
        day,
        before,
        after,
        standing,
        more,
        formula(f"{name}, change of net income", lambda m, t: -m * (1.0 - t), more, tax, unit=USD),
        _stated(book, firm, ON_DEPRECIATION, day),
        _stated(book, firm, ON_INCOME, day),
    )


def _on_standing(book: Book, own: Plant, spent: Spending | Gap, before: Measure, after: Measure, day: date) -> Reading:
    """On short-lived plant of the last reported year before the change."""
    what = f"{entity_name(book, own.firm)}, effect of the new life in {day.year}"
    if isinstance(spent, Gap):
        return spent
    if isinstance(own.depreciation, Gap):
        return own.depreciation
    if (day - own.depreciation.end).days > YEAR_DAYS:
        return Gap(what, f"the last year of depreciation before it ends {own.depreciation.end}")
    outlays = spent.all
    return formula(
        what,
        lambda c, old, new, _: c * first_year_change(outlays, old, new) / charge(outlays, old),
        own.short_lived,
        before,
        after,
        spent.money,
        unit=USD,
    )


def _on_purchases(book: Book, own: Plant, spent: Spending | Gap, before: Measure, after: Measure, day: date) -> Reading:
    """On spending of the year that begins with the change, in the proportion that past spending was charged."""
    name = entity_name(book, own.firm)
    what = f"{name}, effect of the new life on purchases of its first year"
    if isinstance(spent, Gap) or spent.fitted:
        return Gap(what, "past spending is not known far enough back")
    bought = year(book, own.firm, SPENDING, day + timedelta(days=round(YEAR_DAYS)))
    if isinstance(bought, Measure) and bought.start is not None and abs((bought.start - day).days) > NEAR_DAYS:
        return Gap(what, f"no reported year of spending begins on {day}")
    outlays = spent.all
    return formula(
        what,
        lambda b, c, old, new: 0.5 * b * c / charge(outlays, old) * (1.0 / new - 1.0 / old),
        bought,
        own.short_lived,
        before,
        after,
        unit=USD,
    )


def _stated(book: Book, firm: str, metric: str, day: date) -> Reading:
    """The firm's own figure for a period that begins with the change; what it expected where that is all there is."""
    rows = [
        row for row in book.chosen(firm, metric) if row.start is not None and abs((row.start - day).days) <= NEAR_DAYS
    ]
    what = f"{entity_name(book, firm)}, stated effect of the life from {day} on"
    if not rows:
        holding = [r for r in book.chosen(firm, metric) if r.start is not None and r.start <= day <= r.end]
        if holding:
            return Gap(what, f"what is stated is for {holding[0].start} to {holding[0].end}, with other changes")
        return Gap(what, "the book has none")
    row = min(rows, key=lambda r: (r.item != "", r.end))
    found, days = of_fact(book, row), (row.end - (row.start or row.end)).days + 1
    said = f"{entity_name(book, firm)} {day.year}:"
    if row.item:
        found = found.flagged(f"{said} expected beforehand")
    return (
        scaled(found, YEAR_DAYS / days, note=f"{said} stated for {days} days, times a year") if days < SHORT else found
    )
