"""Receivables, cash, return, customers and staff of one firm, each beside the flow of its own period."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from cardhouse.book import Book, Fact
from cardhouse.economy.inputs import YEAR_DAYS
from cardhouse.lenses.measure import (
    SHARE,
    Gap,
    Measure,
    Reading,
    computed,
    difference,
    not_meaningful,
    ratio,
    scaled,
)
from cardhouse.lenses.peers.over import (
    REVENUE,
    SAME_DAY,
    alike,
    balances,
    beside,
    ending_on,
    lacks,
    newest_with,
    of_revenue,
    span_with,
    together,
)
from cardhouse.lenses.readings import OLD_YEAR_DAYS, entity_name, metric_name, of_fact
from cardhouse.lenses.spans import DAY, Span, amount, native, reported

RECEIVABLES = "accounts_receivable"
ALLOWANCE = "receivables_allowance"
INCOME = "net_income"
MONTH_DAYS = YEAR_DAYS / 12
BALANCE_DAYS = 550
"""Balances older than a year and a half are not shown: a yearly report comes out four months after its day."""
THOUSAND_USD = "USD_thousand"


def receivable_days(book: Book, firm: str, on: date) -> Reading:
    """Trade receivables at the end of a period over its revenue, times its days."""
    what = f"{entity_name(book, firm)}, days of receivables"
    for balance in balances(book, firm, RECEIVABLES, on):
        span = ending_on(book, firm, balance, REVENUE)
        if span is not None and (on - balance.end).days <= BALANCE_DAYS:
            days = span.days
            owed, sold = beside(book, balance, REVENUE, span)
            return computed(what, lambda a, b, days=days: a / b * days, owed, sold, unit="days")
    return Gap(what, f"no receivables at the end of a period with revenue in the {BALANCE_DAYS} days up to {on}")


def allowance(book: Book, firm: str, on: date) -> Reading:
    """What of the trade receivables is written off in advance: the allowance over receivables before it."""
    what = f"{entity_name(book, firm)}, allowance for receivables"
    net = {row.end: row for row in balances(book, firm, RECEIVABLES, on)}
    for off in balances(book, firm, ALLOWANCE, on):
        if off.end in net and (on - off.end).days <= BALANCE_DAYS:
            owed = net[off.end]
            own = (native(book, off), native(book, owed))
            part, rest = alike(own, (of_fact(book, off), of_fact(book, owed)))
            return computed(what, lambda a, b: a / (a + b), part, rest, unit=SHARE)
    return Gap(what, f"no day with both the allowance and the receivables in the {BALANCE_DAYS} days up to {on}")


def credit_losses(book: Book, firm: str, main: Span) -> Reading:
    """Bad debt as a share of revenue, of a year where there is one: most of it is booked in the last quarter."""
    what = f"{entity_name(book, firm)}, credit losses"
    return of_revenue(book, firm, main, "credit_loss_expense", what, year_first=True)


def cash_conversion(book: Book, firm: str, main: Span) -> Reading:
    """Operating cash flow over net income; not meaningful with a loss."""
    span = span_with(book, firm, main, INCOME, "operating_cash_flow")
    if span is None:
        return lacks(book, firm, "operating_cash_flow", main)
    cash, income = together(book, firm, span, "operating_cash_flow", INCOME)
    return ratio(f"{entity_name(book, firm)}, cash conversion", cash, income, positive=f"net income of the {span}")


def return_on_equity(book: Book, firm: str, main: Span) -> Reading:
    """Net income of a year over equity, the mean of its two ends where both are known."""
    what = f"{entity_name(book, firm)}, return on equity"
    rows = balances(book, firm, "total_equity", main.end)
    for equity in rows:
        span = ending_on(book, firm, equity, INCOME)
        if span is None or span.months != 12 or (main.end - equity.end).days > OLD_YEAR_DAYS:
            continue
        first = next((row for row in rows if abs((span.start - DAY - row.end).days) <= SAME_DAY), None)
        if first is None:
            last, income = beside(book, equity, INCOME, span)
            only = ratio(what, income, last, positive="equity")
            return only.flagged(f"{what}: over equity at the end alone") if isinstance(only, Measure) else only
        own = (reported(book, firm, INCOME, span), native(book, equity), native(book, first))
        money = (amount(book, firm, INCOME, span), of_fact(book, equity), of_fact(book, first))
        return _on_mean(what, *alike(own, money))
    return Gap(what, f"no equity at the end of a year with net income in the {OLD_YEAR_DAYS} days up to {main.end}")


def _on_mean(what: str, income: Reading, last: Reading, first: Reading) -> Reading:
    low = [r for r in (last, first) if isinstance(r, Measure) and r.value <= 0]
    if low:
        return not_meaningful(what, f"equity is negative on {low[0].end}")
    return computed(what, lambda a, b, c: a / ((b + c) / 2.0), income, last, first, unit=SHARE)


def user_cost(book: Book, firm: str, on: date) -> Reading:
    """Sales and marketing for each paying user won, net of those who left; dearer than each one that came."""
    what = f"{entity_name(book, firm)}, cost of a new paying user"
    rows = balances(book, firm, "paying_users", on)
    for last, first in pairwise(rows):
        span = Span(last.end, first.end + DAY, 0)
        spent = amount(book, firm, "sales_and_marketing", span)
        if isinstance(spent, Measure):
            won = difference(of_fact(book, last), of_fact(book, first))
            cost = ratio(what, spent, won, unit="USD", positive="the number of paying users won")
            if isinstance(cost, Measure) and (on - last.end).days > BALANCE_DAYS:
                return cost.flagged(f"{what}: the newest in the book is of {last.end}")
            return cost
    needed = "paying users on two days with sales and marketing between them"
    return Gap(what, f"the book does not have {needed}")


def runway(book: Book, firm: str, on: date) -> Reading:
    """Months that the newest cash lasts at the pace at which the newest reported period burnt it."""
    what = f"{entity_name(book, firm)}, runway"
    burnt = burn(book, firm, on)
    if isinstance(burnt, Gap):
        return Gap(what, str(burnt), burnt.why)
    if burnt.value <= 0:
        return not_meaningful(what, f"it brought in cash in the period to {burnt.end}")
    kept = next((row for m in ("cash_and_investments", "cash") for row in balances(book, firm, m, on)), None)
    if kept is None or (on - kept.end).days > BALANCE_DAYS:
        return Gap(what, f"no cash balance in the {BALANCE_DAYS} days up to {on}")
    lasts = ratio(what, of_fact(book, kept), burnt, unit="months")
    if isinstance(lasts, Measure) and abs((kept.end - burnt.end).days) > SAME_DAY:
        return lasts.flagged(f"{what}: cash of {kept.end} at the pace of the period to {burnt.end}")
    return lasts


BURNT = (("operating_cash_flow", "capital_expenditures"), ("free_cash_flow",), ("cash_burn",))
"""Flows that tell the cash burnt, the best first."""


def burn(book: Book, firm: str, on: date) -> Reading:
    """Cash burnt a month, in USD million: operating cash flow less capital spending, or as the firm reports it.

    Over the period that ends last; of several the longest that its rows give without a subtraction.
    """
    name = entity_name(book, firm)
    found = [
        (span, metrics)
        for metrics in BURNT
        if (span := newest_with(book, firm, on, *metrics, max_age_days=BALANCE_DAYS))
    ]
    if found:
        span, metrics = max(found, key=lambda pair: pair[0].end)
        parts = [amount(book, firm, m, span) for m in metrics]
        burnt = difference(parts[1], parts[0]) if len(parts) == 2 else scaled(parts[0], _sign(metrics[0]))
        return scaled(burnt, MONTH_DAYS / span.days)
    alone = newest_with(book, firm, on, "operating_cash_flow", max_age_days=BALANCE_DAYS)
    if alone is None:
        what = f"{name}, {metric_name(book, 'operating_cash_flow')}"
        return Gap(what, f"no rows add up to a period that ended in the {BALANCE_DAYS} days up to {on}")
    burnt = scaled(amount(book, firm, "operating_cash_flow", alone), -1.0)
    if isinstance(burnt, Measure):
        if burnt.value <= 0:
            return Gap(f"{name}, cash burnt", "operations bring in cash; the book lacks its capital spending")
        burnt = burnt.flagged(f"{name}: runway without capital spending, which the book lacks")
    return scaled(burnt, MONTH_DAYS / alone.days)


def _sign(metric: str) -> float:
    return 1.0 if metric == "cash_burn" else -1.0


def staff(book: Book, firm: str, on: date) -> tuple[Reading, Reading]:
    """Employees, and revenue of the year for each of them in USD thousand."""
    name = entity_name(book, firm)
    rows = [row for row in balances(book, firm, "employees", on) if (on - row.end).days <= BALANCE_DAYS]
    if not rows:
        gap = Gap(f"{name}, {metric_name(book, 'employees')}", f"none in the {BALANCE_DAYS} days up to {on}")
        return gap, gap
    return of_fact(book, rows[0]), _each(book, rows[0], name)


def _each(book: Book, employees: Fact, name: str) -> Reading:
    what = f"{name}, revenue by employee"
    span = ending_on(book, employees.entity, employees, REVENUE)
    if span is None or span.months != 12:
        return Gap(what, f"no year of revenue ends on {employees.end}")
    sold = amount(book, employees.entity, REVENUE, span)
    return computed(what, lambda a, b: 1000.0 * a / b, sold, of_fact(book, employees), unit=THOUSAND_USD)
