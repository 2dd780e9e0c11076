"""What one firm has at the opening and expects over the window, with the provenance of each figure.

Flows are gross: receipts in, cash costs as dues. Operating cash flow is already net of what is paid to
suppliers, so it is used only to split revenue into costs and what is left, never added to ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Fact, Firm, Layer, latest
from cardhouse.economy.figure import ASSUMPTION, ZERO, Figure, total
from cardhouse.economy.inputs import (
    QUARTER_DAYS,
    YEAR_DAYS,
    Inputs,
    assumed,
    assumption_figure,
    fact_figure,
    fresh_stock,
    last_quarter,
    stock,
    yearly,
)
from cardhouse.economy.momentum import last_growth, last_year
from cardhouse.economy.prices import market_value


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance sheet at the opening, USD million.

    ``leases`` are lease liabilities on the sheet; ``debt`` is borrowings without leases.
    ``market_value`` is the market's or the last round's value of the equity, None where there is none.
    """

    cash: Figure
    receivables: Figure
    plant: Figure
    total_assets: Figure
    debt: Figure
    leases: Figure
    equity: Figure
    undrawn: Figure
    market_value: Figure | None

    @property
    def other_liabilities(self) -> float:
        """What is owed beside borrowings and leases: payables, customer advances, taxes."""
        return max(self.total_assets.value - self.equity.value - self.debt.value - self.leases.value, 0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a firm expects over the window, USD million.

    ``costs`` are all cash operating costs: suppliers, staff, rents, tax, without interest.
    ``net_income`` is of the last four reported quarters, None where unknown.
    """

    revenue: Figure
    costs: Figure
    interest: Figure
    capital_spending: Figure
    net_income: Figure | None
    yearly_earnings: float
    """Operating cash flow and interest of a year, before capital spending: what debt is lent against."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Balance and plan of one full firm."""

    firm: str
    balance: Balance
    plan: Plan


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a firm has no statement: the inputs that nobody reported or assumed."""

    firm: str
    inputs: tuple[str, ...]


def statement(inputs: Inputs, firm: Firm) -> Statement | Missing:
    """The statement of a firm, or what is missing for one."""
    cash, debt = opening_cash(inputs, firm.id), stock(inputs, firm.id, "total_debt")
    assets, equity = (stock(inputs, firm.id, name, even_old=False) for name in ("total_assets", "total_equity"))
    revenue = planned_revenue(inputs, firm)
    margin = cash_margin(inputs, firm.id)
    wanted = {
        "cash_and_investments": cash,
        "total_debt": debt,
        "total_assets": assets,
        "total_equity": equity,
        "revenue": revenue,
        "operating_cash_flow": margin,
    }
    if cash is None or debt is None or assets is None or equity is None or revenue is None or margin is None:
        return Missing(firm.id, tuple(name for name, figure in wanted.items() if figure is None))
    balance = Balance(
        cash=cash,
        receivables=stock(inputs, firm.id, "accounts_receivable") or none_known("receivables"),
        plant=stock(inputs, firm.id, "property_and_equipment_net") or none_known("property and equipment"),
        total_assets=assets,
        debt=debt,
        leases=lease_liabilities(inputs, firm.id),
        equity=equity,
        undrawn=stock(inputs, firm.id, "undrawn_facilities") or none_known("undrawn credit lines"),
        market_value=market_value(inputs.book, firm.id, inputs.window.opening),
    )
    return Statement(firm.id, balance, _plan(inputs, firm, debt, revenue, margin))


def _plan(inputs: Inputs, firm: Firm, debt: Figure, revenue: Figure, margin: Figure) -> Plan:
    years = inputs.window.years
    interest = _interest(inputs, firm.id, debt)
    costs_before_interest = revenue.scaled(1.0 - margin.value) - interest.scaled(years)
    earnings = revenue.value / years * margin.value + interest.value
    return Plan(
        revenue=revenue,
        costs=Figure(max(costs_before_interest.value, 0.0), costs_before_interest.basis, margin.trail, margin.flags),
        interest=interest.scaled(years),
        capital_spending=planned_capital_spending(inputs, firm.id) or none_known("capital spending"),
        net_income=yearly(inputs, firm.id, "net_income"),
        yearly_earnings=earnings,
    )


def none_known(what: str) -> Figure:
    """Nothing, said aloud: a figure that nobody reports or assumes and that counts as zero."""
    return Figure(0.0, flags=(f"no figure for {what}: taken as none",))


def lease_liabilities(inputs: Inputs, firm: str) -> Figure:
    """Operating and finance lease liabilities together."""
    together = fresh_stock(inputs, firm, "lease_liabilities")
    if together is not None:
        return together
    parts = (stock(inputs, firm, metric) for metric in ("operating_lease_liabilities", "finance_lease_liabilities"))
    known = [part for part in parts if part is not None]
    return total(known) if known else none_known("lease liabilities")


def opening_cash(inputs: Inputs, firm: str) -> Figure | None:
    """Cash and liquid securities at the opening.

    As other balances; but a figure of more than two quarters ago is rolled forward by what is known since
    (operating cash flow, capital spending and the change of debt), and flagged.
    """
    figure = stock(inputs, firm, "cash_and_investments", "cash_at_opening")
    if figure is None or not figure.flags:
        return figure
    old = latest(inputs.book, firm, "cash_and_investments", inputs.window.opening)
    return _rolled_forward(inputs, old) if old is not None else None


def _rolled_forward(inputs: Inputs, old: Fact) -> Figure | None:
    opening, gap = inputs.window.opening, (inputs.window.opening - old.end).days
    earned, spent = (
        yearly(inputs, old.entity, "operating_cash_flow"),
        yearly(inputs, old.entity, "capital_expenditures"),
    )
    if earned is None:
        return None
    burn = (earned - spent if spent is not None else earned).scaled(gap / YEAR_DAYS)
    debt_then = latest(inputs.book, old.entity, "total_debt", old.end)
    debt_now = latest(inputs.book, old.entity, "total_debt", opening)
    borrowed = (
        fact_figure(inputs.book, debt_now) - fact_figure(inputs.book, debt_then) if debt_then and debt_now else ZERO
    )
    rolled = total((fact_figure(inputs.book, old), burn, borrowed))
    note = f"cash of {old.end} rolled forward {gap} days by the last year's cash flow and the change of debt"
    return Figure(max(rolled.value, 0.0), {ASSUMPTION: max(rolled.value, 0.0)}, rolled.trail, (*rolled.flags, note))


def planned_revenue(inputs: Inputs, firm: Firm) -> Figure | None:
    """Revenue over the window: an assumption for it, else the run rate grown to the window's middle.

    The run rate is a newer annualised rate that the firm has given, else the last four quarters, which hold the
    seasons, or with an assumed growth the last quarter times four (not for applications). Growth is the firm's own
    assumption, else last year's.
    """
    row = assumed(inputs, firm.id, "revenue")
    if row is not None and row.start is not None and row.end is not None:
        return assumption_figure(row).scaled(_share_of_period(inputs, row.start, row.end))
    found = _run_rate(inputs, firm)
    if found is None:
        return None
    run_rate, middle, growth = found
    return _grown(inputs, firm.id, run_rate.scaled(inputs.window.years), growth, middle)


def _share_of_period(inputs: Inputs, start: date, end: date) -> float:
    """Length of the window over that of a period: an assumption for a year is four quarters of it."""
    return ((inputs.window.end - inputs.window.start).days + 1) / ((end - start).days + 1)


def _run_rate(inputs: Inputs, firm: Firm) -> tuple[Figure, date, float] | None:
    """Yearly revenue at a date, and the growth that it is carried forward with."""
    opening = inputs.window.opening
    quarter = last_quarter(inputs, firm.id, "revenue")
    growth = growth_at_opening(inputs, firm)
    stated = latest(inputs.book, firm.id, "annualized_revenue_run_rate", opening, max_age_days=200)
    if stated is not None and (quarter is None or stated.end > quarter.end):
        return fact_figure(inputs.book, stated), stated.end, growth
    year = last_year(inputs, firm.id, "revenue")
    seasons = firm.layer is Layer.APPLICATION or holds_a_year(inputs, firm)
    if quarter is not None and quarter.start is not None and not (seasons and year is not None):
        days = (quarter.end - quarter.start).days + 1
        middle = quarter.start + timedelta(days=days // 2)
        return fact_figure(inputs.book, quarter).scaled(YEAR_DAYS / days), middle, growth
    return (year[0], year[1], growth) if year is not None else None


def growth_at_opening(inputs: Inputs, firm: Firm) -> float:
    """Yearly growth that revenue is carried forward with: an assumption, else last year's."""
    row = assumed(inputs, firm.id, "revenue_growth")
    if row is not None:
        return row.central
    return last_growth(inputs, firm.id, "revenue") or 0.0


def holds_a_year(inputs: Inputs, firm: Firm) -> bool:
    """Whether growth holds for the plan's year before it fades: last year's does, an assumed one fades at once."""
    return assumed(inputs, firm.id, "revenue_growth") is None


def cash_margin(inputs: Inputs, firm: str) -> Figure | None:
    """Operating cash flow before capital spending, as a share of revenue (a Figure of the ratio)."""
    row = assumed(inputs, firm, "operating_cash_margin")
    if row is not None:
        return assumption_figure(row)
    earned, revenue = yearly(inputs, firm, "operating_cash_flow"), yearly(inputs, firm, "revenue")
    if earned is None or revenue is None or revenue.value <= 0:
        return None
    return Figure(earned.value / revenue.value, {}, (*earned.trail, *revenue.trail), (*earned.flags, *revenue.flags))


def _interest(inputs: Inputs, firm: str, debt: Figure) -> Figure:
    """Interest of a year: the last four quarters', else the debt times an assumed rate."""
    reported = yearly(inputs, firm, "interest_expense")
    newest = [f.end for f in inputs.book.chosen(firm, "interest_expense") if f.end <= inputs.window.opening]
    if reported is not None and (inputs.window.opening - max(newest)).days <= YEAR_DAYS:
        return reported
    row = assumed(inputs, firm, "interest_rate") or inputs.book.assume("interest_rate", "all")
    if row is None or not debt.value:
        return ZERO
    return assumption_figure(row, debt.value * row.central)


def planned_capital_spending(inputs: Inputs, firm: str) -> Figure | None:
    """Capital spending over the window: an assumption, else what guidance leaves, else the last quarter's pace grown.

    Guidance for a year that is under way is spent down by what was reported; the pace of the rest is
    carried through the window. Without guidance the last pace grows by what is left of the last year's growth.
    """
    years = inputs.window.years
    row = assumed(inputs, firm, "capital_expenditures")
    if row is not None and row.start is not None and row.end is not None:
        return assumption_figure(row).scaled(_share_of_period(inputs, row.start, row.end))
    guided = _guided_pace(inputs, firm)
    if guided is not None:
        return guided.scaled(years)
    quarter = last_quarter(inputs, firm, "capital_expenditures")
    growth = last_growth(inputs, firm, "capital_expenditures") or 0.0
    if quarter is not None and quarter.start is not None:
        days = (quarter.end - quarter.start).days + 1
        pace, middle = fact_figure(inputs.book, quarter).scaled(years * YEAR_DAYS / days), quarter.start
        return _grown(inputs, firm, pace, growth, middle + timedelta(days=days // 2))
    whole = yearly(inputs, firm, "capital_expenditures")
    return whole.scaled(years) if whole is not None else None


def _grown(inputs: Inputs, firm: str, flow: Figure, growth: float, since: date) -> Figure:
    """A flow over the window at a past pace, grown to the window's middle; what growth adds is an assumption."""
    window = inputs.window
    centre = window.start + timedelta(days=((window.end - window.start).days + 1) // 2)
    factor = (1.0 + growth) ** (max((centre - since).days, 0) / YEAR_DAYS)
    trail = f"{firm}: growth of {growth:.0%} a year from {since} to {centre}"
    return flow + Figure.of(flow.value * (factor - 1.0), ASSUMPTION, trail)


def _guided_pace(inputs: Inputs, firm: str) -> Figure | None:
    opening = inputs.window.opening
    guides = [
        (f, f.start)
        for f in inputs.book.chosen(firm, "guidance_capital_expenditures")
        if f.start is not None and f.start <= opening < f.end and f.value > 0
    ]
    if not guides:
        return None
    guide, begun = max(guides, key=lambda pair: (pair[0].known, pair[0].end))
    spent = [
        f
        for f in inputs.book.chosen(firm, "capital_expenditures")
        if f.start is not None and not f.item and f.start >= begun - timedelta(days=10) and f.end <= opening
        if (f.end - f.start).days <= QUARTER_DAYS
    ]
    whole = fact_figure(inputs.book, guide)
    last = max((f.end for f in spent), default=begun)
    pace = (whole - total(fact_figure(inputs.book, f) for f in spent)).scaled(YEAR_DAYS / (guide.end - last).days)
    return pace if pace.value > 0 else whole
