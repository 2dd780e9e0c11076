"""Debt with what stands off the balance sheet added back, each obligation once.

Added: lease liabilities on the sheet; leases that have not begun, at present value; guarantees at the most that could
be paid; residual-value guarantees. An exposure to a vehicle holds equity and commitments that stand in other lines,
so of it only the residual-value guarantee is added. Purchase commitments are shown and are no debt.

Leases not begun: U / n (1 - (1 + r)^-n) / r (1 + r)^-d, with U the undiscounted payments, n their years, d the years
until they begin and r the mean rate on the firm's debt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.lenses.accounts.plant import Bounds, assume, formula
from cardhouse.lenses.measure import TIMES, USD, Gap, Measure, Reading, known, ratio, total
from cardhouse.lenses.readings import entity_name, metric_name, stock

ON_SHEET = ("operating_lease_liabilities", "finance_lease_liabilities")
TERMS = ("interest_rate", "lease_start_years", "lease_term_years")
"""Assumptions that the present value of leases not begun rests on; each of them lowers it."""
LEASES = ("leases_not_commenced", "leases_not_commenced_signed_after_period")
GUARANTEES = ("guarantees_maximum_exposure", "guarantees_signed_after_period")


@dataclass(frozen=True, slots=True)
class Commitments:
    """What a firm owes and has promised, USD million.

    Attributes
    ----------
    debt : borrowings. ``leases`` : lease liabilities on the sheet.
    leases_ahead : payments of leases signed and not begun, undiscounted; ``leases_ahead_value`` : their present value.
    guarantees : the most that could be paid. ``residual_values`` : residual-value guarantees, the most likewise.
    vehicles : the whole exposure to variable interest entities; shown, not added.
    purchases : purchase commitments; shown, not added.
    adjusted : debt and the lines that are added, as far as they are known; ``lacking`` names those that are not.
    earnings : operating income before depreciation and amortisation, of the newest year.
    leverage, adjusted_leverage : debt, and adjusted debt, over those earnings.
    leases_ahead_least, leases_ahead_most : present value with rate, start and term together at their ends.
    """

    firm: str
    debt: Reading
    leases: Reading
    leases_ahead: Reading
    leases_ahead_value: Reading
    guarantees: Reading
    residual_values: Reading
    vehicles: Reading
    purchases: Reading
    adjusted: Reading
    lacking: tuple[str, ...]
    earnings: Reading
    leverage: Reading
    adjusted_leverage: Reading
    leases_ahead_least: Reading
    leases_ahead_most: Reading


def commitments(book: Book, firm: str, earnings: Reading, bounds: Bounds) -> Commitments:
    """Debt of a firm and what is added to it.

    Parameters
    ----------
    earnings : operating income before depreciation and amortisation of a year.
    """
    name = entity_name(book, firm)
    debt = stock(book, firm, "total_debt", book.date)
    leases, ahead = _lines(book, firm, ON_SHEET), _lines(book, firm, LEASES)
    value = _present_value(book, firm, ahead, bounds)
    guarantees = _lines(book, firm, GUARANTEES)
    residual = _lines(book, firm, ("residual_value_guarantee_maximum",))
    adjusted, lacking = _added(
        debt,
        {
            "lease liabilities": leases,
            "leases not begun": value,
            "guarantees": guarantees,
            "residual-value guarantees": residual,
        },
    )
    return Commitments(
        firm,
        debt,
        leases,
        ahead,
        value,
        guarantees,
        residual,
        _lines(book, firm, ("vie_maximum_loss_exposure",)),
        _lines(book, firm, ("purchase_commitments",)),
        adjusted,
        lacking,
        earnings,
        ratio(f"{name}, debt over EBITDA", debt, earnings, unit=TIMES, positive="EBITDA"),
        ratio(f"{name}, adjusted debt over EBITDA", adjusted, earnings, unit=TIMES, positive="EBITDA"),
        _present_value(book, firm, ahead, dict.fromkeys(TERMS, "high")),
        _present_value(book, firm, ahead, dict.fromkeys(TERMS, "low")),
    )


def present_value(undiscounted: float, rate: float, start: float, term: float) -> float:
    """What even yearly payments that begin after some years are worth now, in the unit of the payments.

    Parameters
    ----------
    undiscounted : all payments together. ``rate`` a year; ``start``, ``term`` in years.
    """
    if rate <= 0.0 or term <= 0.0:
        return undiscounted
    yearly, discount = undiscounted / term, math.log1p(rate)
    return yearly * -math.expm1(-discount * term) / rate * math.exp(-discount * start)


def _present_value(book: Book, firm: str, ahead: Reading, bounds: Bounds) -> Reading:
    terms = (assume(book, name, firm, bounds) for name in TERMS)
    what = f"{entity_name(book, firm)}, present value of leases not begun"
    return formula(what, present_value, ahead, *terms, unit=USD)


def _lines(book: Book, firm: str, metrics: tuple[str, ...]) -> Reading:
    """The newest balance of every item of some metrics together; a gap where the book has none of them."""
    found = [stock(book, firm, metric, book.date, item=item) for metric in metrics for item in book.items(firm, metric)]
    fresh = known(found)
    if fresh:
        return total(fresh)
    if found:
        return found[0]
    return Gap(f"{entity_name(book, firm)}, {metric_name(book, metrics[0])}", "the book has none")


def _added(debt: Reading, lines: dict[str, Reading]) -> tuple[Reading, tuple[str, ...]]:
    """Debt and the lines that are known, and the names of those that are not."""
    if isinstance(debt, Gap):
        return debt, ()
    lacking = tuple(name for name, line in lines.items() if isinstance(line, Gap))
    return total((debt, *(line for line in lines.values() if isinstance(line, Measure)))), lacking
