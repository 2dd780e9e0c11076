"""A year of a firm as the value lens reads it: revenue, profits, free cash flow; what is compared is of one year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book
from cardhouse.economy.inputs import FRESH_DAYS, rate
from cardhouse.economy.opening import Opening
from cardhouse.economy.outlook import subjects
from cardhouse.lenses.accounts.gains import gains
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, computed, difference, first_gap, ratio, scaled
from cardhouse.lenses.readings import entity_name, of_figure, quarters, stock, year, year_before

SAME_YEAR_DAYS = 20
"""Years that end within so many days of each other are the same year."""
WHOLE_YEAR_DAYS = 360
YEAR_QUARTERS = 4
DEPRECIATION = ("depreciation_and_amortization", "depreciation_and_amortization_total", "depreciation")


@dataclass(frozen=True, slots=True)
class Results:
    """The newest four quarters of a firm, USD million.

    Attributes
    ----------
    run_rate : yearly pace now: as the firm reports it, else its last quarter times four; ``run_rate_then`` the same
        as of the day of the firm's price.
    growth : of revenue over the year before, a fraction.
    without_gains : net income less the gains on stakes that the book knows of its year, after tax, as ``restate`` has
        it.
    after_tax : operating income less tax at the book's rate; gains on stakes are never in it.
    ebitda : operating income before depreciation and amortization of the same year.
    free_cash : operating cash flow less capital spending; ``after_stock_pay`` is less pay in shares too.
    margin : free cash flow over revenue of the same year, or the plan's of the next four quarters.
    burnt : cash burnt over revenue of the same year as a firm that reports no cash flow gives it, below zero.
    base : revenue that growth is counted from: the trailing year, or the run rate where that year is old.
    """

    revenue: Reading
    run_rate: Reading
    run_rate_then: Reading
    growth: Reading
    operating_income: Reading
    net_income: Reading
    without_gains: Reading
    after_tax: Reading
    ebitda: Reading
    free_cash: Reading
    after_stock_pay: Reading
    margin: Reading
    burnt: Reading
    base: Reading

    @property
    def planned(self) -> bool:
        """Whether the margin is the plan's and no reported one."""
        if isinstance(self.margin, Gap) or isinstance(self.revenue, Gap):
            return isinstance(self.margin, Measure)
        return not _same(self.margin, self.revenue)

    @property
    def from_pace(self) -> bool:
        """Whether growth is counted from the yearly pace now and not from the last four quarters."""
        pace, base = self.run_rate, self.base
        return (
            isinstance(pace, Measure) and isinstance(base, Measure) and (base.value, base.end) == (pace.value, pace.end)
        )


def results_of(opening: Opening, firm: str, priced: date) -> Results:
    """The newest year of a firm as known on the day of the book; ``priced`` is the day of its price."""
    book = opening.book

    def of_year(metric: str) -> Reading:
        return year(book, firm, metric, book.date)

    revenue, operating, net = of_year("revenue"), of_year("operating_income"), of_year("net_income")
    free = _together(book, firm, "free cash flow", of_year("operating_cash_flow"), of_year("capital_expenditures"))
    before = year_before(book, firm, "revenue", revenue) if isinstance(revenue, Measure) else revenue
    tax = rate(opening.inputs, "tax_rate", *subjects(opening, firm))
    run_rate = _run_rate(book, firm, book.date)
    return Results(
        revenue=revenue,
        run_rate=run_rate,
        run_rate_then=_run_rate(book, firm, priced),
        growth=computed(_what(book, firm, "growth of revenue"), lambda a, b: a / b - 1.0, revenue, before, unit=SHARE),
        operating_income=operating,
        net_income=net,
        without_gains=_without_gains(book, firm, net),
        after_tax=scaled(operating, 1.0 - tax, note=f"operating income less tax of {tax:.0%}"),
        ebitda=_ebitda(book, firm, operating),
        free_cash=free,
        after_stock_pay=_together(
            book, firm, "free cash flow after pay in shares", free, of_year("stock_based_compensation")
        ),
        margin=_margin(opening, firm, free, revenue),
        burnt=_burnt(book, firm, of_year("cash_burn"), revenue),
        base=_base(book, firm, revenue, run_rate),
    )


def _run_rate(book: Book, firm: str, on: date) -> Reading:
    said = stock(book, firm, "annualized_revenue_run_rate", on)
    if isinstance(said, Measure):
        return said
    single = quarters(book, firm, "revenue", on)
    if single and (on - single[-1].end).days <= FRESH_DAYS:
        return scaled(single[-1], float(YEAR_QUARTERS), note="run rate: the last quarter times four")
    return Gap(_what(book, firm, "run rate"), "neither reported nor a quarter of the last two")


def _base(book: Book, firm: str, revenue: Reading, run_rate: Reading) -> Reading:
    if isinstance(revenue, Measure) and (book.date - revenue.end).days <= FRESH_DAYS:
        return revenue
    if isinstance(run_rate, Measure):
        return run_rate.flagged(f"{entity_name(book, firm)}: growth is counted from the run rate of {run_rate.end}")
    return revenue


def _margin(opening: Opening, firm: str, free: Reading, revenue: Reading) -> Reading:
    """Free cash flow over revenue of one year; where nobody reports it, what the book's plan of the window says."""
    book = opening.book
    what = _what(book, firm, "free cash flow over revenue")
    if isinstance(free, Measure) and isinstance(revenue, Measure) and _same(free, revenue):
        return ratio(what, free, revenue, positive="revenue")
    position = opening.positions.get(firm)
    if position is None or position.statement is None:
        return Gap(what, "no free cash flow and revenue of the same year, and no plan")
    plan, window = position.statement.plan, opening.window
    sales, costs, capital = (
        of_figure(f, window.end, window.start) for f in (plan.revenue, plan.costs, plan.capital_spending)
    )
    planned = ratio(what, difference(difference(sales, costs), capital), sales, positive="revenue")
    said = f"{entity_name(book, firm)}: free cash flow now is the book's plan of {window.start} to {window.end}"
    return planned.flagged(said) if isinstance(planned, Measure) else planned


def _without_gains(book: Book, firm: str, net: Reading) -> Reading:
    """Net income less the known gains on stakes, flagged where they are not those of the whole year."""
    found = gains(book, firm, {})
    if isinstance(net, Gap) or isinstance(found.without, Gap):
        return net if isinstance(net, Gap) else found.without
    if found.without.end != net.end:
        what = _what(book, firm, "net income without gains on stakes")
        return Gap(what, f"the book has no gains of the year to {net.end}")
    days = sum((last - first).days + 1 for first, last in found.covered)
    said = f"{entity_name(book, firm)}: gains on stakes are known for {days} days of the year"
    return found.without.flagged(said) if days < WHOLE_YEAR_DAYS else found.without


def _burnt(book: Book, firm: str, burn: Reading, revenue: Reading) -> Reading:
    """Cash burnt over revenue of one year, as a negative part of it."""
    what = _what(book, firm, "cash burnt over revenue")
    gap = first_gap((burn, revenue))
    if gap is not None:
        return gap
    if isinstance(burn, Measure) and isinstance(revenue, Measure) and not _same(burn, revenue):
        return Gap(what, f"its parts are of the years to {burn.end} and {revenue.end}")
    return ratio(what, scaled(burn, -1.0), revenue, positive="revenue")


def _ebitda(book: Book, firm: str, operating: Reading) -> Reading:
    if isinstance(operating, Gap):
        return operating
    for metric in DEPRECIATION:
        charged = year(book, firm, metric, book.date)
        if isinstance(charged, Measure) and _same(charged, operating):
            said = f"{entity_name(book, firm)}: depreciation without amortization of intangibles"
            whole = difference(operating, scaled(charged, -1.0))
            return scaled(whole, 1.0, note=said) if metric == "depreciation" else whole
    what = _what(book, firm, "operating income before depreciation")
    return Gap(what, f"no depreciation of the year to {operating.end}")


def _together(book: Book, firm: str, name: str, whole: Reading, part: Reading) -> Reading:
    """One flow less another of the same year; a gap where they are of different years."""
    gap = first_gap((whole, part))
    if gap is not None:
        return gap
    if isinstance(whole, Measure) and isinstance(part, Measure) and not _same(whole, part):
        return Gap(_what(book, firm, name), f"its parts are of the years to {whole.end} and {part.end}")
    return difference(whole, part)


def _same(one: Measure, other: Measure) -> bool:
    return abs((one.end - other.end).days) <= SAME_YEAR_DAYS


def _what(book: Book, firm: str, name: str) -> str:
    return f"{entity_name(book, firm)}, {name}"
