"""What spending takes of revenue and cash, how much of income arrives as cash, and days of working capital.

Days: the closing balance over what was sold (or for inventory and payables what it cost) in the period that ends with
it, times its days: the last quarter where the book has it, as Nvidia states its own, else the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, latest
from cardhouse.lenses.accounts.lives import matched
from cardhouse.lenses.accounts.plant import SEAM_DAYS, SPENDING
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, derived, difference, not_meaningful, ratio
from cardhouse.lenses.readings import entity_name, metric_name, quarters, stock, year

DAYS = "days"
MOST_PAYABLE_DAYS = 365.0
"""Payables of more than a year of cost are for plant that is not paid yet, not for running costs."""


@dataclass(frozen=True, slots=True)
class CashLines:
    """Cash ratios of a firm's newest year, and days of its newest balance.

    Attributes
    ----------
    spending : capital spending of the year that operating cash flow is of, USD million.
    to_revenue, to_cash : that spending over revenue and over operating cash flow.
    conversion : operating cash flow over net income; ``free_conversion`` : what spending leaves of it over net income.
    receivable_days, inventory_days, payable_days : closing balances.
    stated_receivable_days : what the firm or its readers state for the same day.
    """

    firm: str
    cash_flow: Reading
    spending: Reading
    to_revenue: Reading
    to_cash: Reading
    conversion: Reading
    free_conversion: Reading
    receivable_days: Reading
    inventory_days: Reading
    payable_days: Reading
    stated_receivable_days: Reading


def cash_lines(book: Book, firm: str) -> CashLines:
    """Cash ratios and days of a firm."""
    name, flow = entity_name(book, firm), year(book, firm, "operating_cash_flow", book.date)
    day = flow.end if isinstance(flow, Measure) else book.date
    spent, revenue, income = (matched(book, firm, m, day) for m in (SPENDING, "revenue", "net_income"))
    receivable = days(book, firm, "accounts_receivable", "revenue", book.date)
    return CashLines(
        firm,
        flow,
        spent,
        ratio(f"{name}, capital spending over revenue", spent, revenue, positive="revenue"),
        ratio(f"{name}, capital spending over operating cash flow", spent, flow, positive="operating cash flow"),
        ratio(f"{name}, cash conversion", flow, income, unit=SHARE, positive="net income"),
        ratio(f"{name}, free cash flow over net income", difference(flow, spent), income, positive="net income"),
        receivable,
        days(book, firm, "inventory", "cost_of_revenue", book.date),
        days(book, firm, "accounts_payable", "cost_of_revenue", book.date),
        _stated(book, firm, receivable),
    )


def days(book: Book, firm: str, balance: str, flow: str, on: date) -> Reading:
    """Days of a flow that the newest balance by a day holds."""
    what = f"{entity_name(book, firm)}, days of {metric_name(book, balance)}"
    held = stock(book, firm, balance, on)
    if isinstance(held, Gap):
        return Gap(what, str(held))
    sold = _period(book, firm, flow, held.end)
    if isinstance(sold, Gap):
        return Gap(what, str(sold))
    if sold.value <= 0.0 or sold.start is None:
        return Gap(what, f"{metric_name(book, flow)} of the period is not above zero")
    found = derived(held.value / sold.value * ((sold.end - sold.start).days + 1), DAYS, held, sold)
    if balance == "accounts_payable" and found.value > MOST_PAYABLE_DAYS:
        return not_meaningful(what, f"{found.value:,.0f} days of cost: payables hold unpaid plant")
    return found


def _period(book: Book, firm: str, flow: str, end: date) -> Reading:
    """The quarter of a flow that ends with a day, else the year; cost of revenue also as revenue less gross profit."""
    for quarter in reversed(quarters(book, firm, flow, end)):
        if abs((quarter.end - end).days) <= SEAM_DAYS:
            return quarter
    if flow == "cost_of_revenue":
        sold, left = (_period(book, firm, m, end) for m in ("revenue", "gross_profit"))
        if isinstance(sold, Measure) and isinstance(left, Measure) and (sold.start, sold.end) == (left.start, left.end):
            return difference(sold, left)
    return matched(book, firm, flow, end)


def _stated(book: Book, firm: str, computed: Reading) -> Reading:
    """Days of sales outstanding that someone states for the balance the computed ones are of."""
    what = f"{entity_name(book, firm)}, stated days of sales outstanding"
    if isinstance(computed, Gap):
        return Gap(what, "there is none to set it beside")
    fact = latest(book, firm, "days_sales_outstanding", computed.end)
    if fact is None or fact.end != computed.end:
        return Gap(what, f"the book has none for {computed.end}")
    return stock(book, firm, "days_sales_outstanding", computed.end)
