"""One firm's row of the company table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Confidence
from cardhouse.lenses.measure import Gap, Measure, Reading, computed, known, ratio
from cardhouse.lenses.peers import ratios
from cardhouse.lenses.peers.over import (
    REVENUE,
    lacks,
    main_span,
    newest_span,
    of_revenue,
    span_with,
    together,
)
from cardhouse.lenses.readings import OLD_YEAR_DAYS, entity_name, metric_name, of_fact
from cardhouse.lenses.spans import Span, amount, earlier, reported, way


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of revenue over the same period a year earlier.

    Attributes
    ----------
    own : in the currency the firm reports in; this is how much more it sold.
    dollars : after conversion at each period's average rate; the rest is the exchange rate.
    """

    span: Span
    own: Reading
    dollars: Reading


@dataclass(frozen=True, slots=True)
class Peer:
    """What can be said of a firm beside others; every measure carries its own period and sources.

    Attributes
    ----------
    span : period of the row: a year where one is fresh, else the longest that also has a year earlier.
    revenue : USD million at the period's average rate. revenue_own : the same in millions of the firm's currency.
    growth : over the row's period. newest : over a later, shorter period, where there is one.
    gross, operating, net, adjusted_net, research, marketing, credit_losses : shares of revenue.
    receivable_days : days. allowance : share of receivables before it.
    cash_conversion : operating cash flow over net income. return_on_equity : share a year.
    user_cost : USD for each paying user won, net. runway : months.
    employees : number. revenue_by_employee : USD thousand a year.
    """

    firm: str
    name: str
    name_zh: str
    country: str
    camp: str
    layer: str
    span: Span
    revenue: Reading
    revenue_own: Reading
    growth: Growth
    newest: Growth | None
    gross: Reading
    operating: Reading
    net: Reading
    adjusted_net: Reading
    research: Reading
    marketing: Reading
    receivable_days: Reading
    credit_losses: Reading
    allowance: Reading
    cash_conversion: Reading
    return_on_equity: Reading
    user_cost: Reading
    runway: Reading
    employees: Reading
    revenue_by_employee: Reading


def peer(book: Book, firm: str, on: date) -> Peer | Gap:
    """A firm's row by a day; a gap where the book has no period of its revenue."""
    name = entity_name(book, firm)
    span = main_span(book, firm, on)
    if span is None:
        return Gap(f"{name}, revenue", f"the book has no quarter, half-year or year of it up to {on}")
    row, latest = book.firms[firm], newest_span(book, firm, on)
    people, each = ratios.staff(book, firm, on)
    sold = amount(book, firm, REVENUE, span)
    return Peer(
        firm,
        name,
        row.name_zh,
        row.country,
        row.camp,
        row.layer.value,
        span,
        _aged(sold, name, on),
        reported(book, firm, REVENUE, span),
        growth(book, firm, span),
        growth(book, firm, latest) if latest and latest.end > span.end else None,
        gross_margin(book, firm, span),
        *shares(book, firm, span),
        ratios.receivable_days(book, firm, on),
        ratios.credit_losses(book, firm, span),
        ratios.allowance(book, firm, on),
        ratios.cash_conversion(book, firm, span),
        ratios.return_on_equity(book, firm, span),
        ratios.user_cost(book, firm, on),
        ratios.runway(book, firm, on),
        people,
        each,
    )


def shares(book: Book, firm: str, span: Span) -> tuple[Reading, Reading, Reading, Reading, Reading]:
    """Operating, net and adjusted net margin, research and selling, as shares of revenue."""
    name = entity_name(book, firm)
    operating = of_revenue(book, firm, span, "operating_income", f"{name}, margin")
    net = of_revenue(book, firm, span, "net_income", f"{name}, net margin")
    return (
        explained(book, firm, "operating_income", operating),
        _beyond_operations(name, operating, explained(book, firm, "net_income", net)),
        of_revenue(book, firm, span, "adjusted_net_income", f"{name}, adjusted net margin"),
        of_revenue(book, firm, span, "research_and_development", f"{name}, research share"),
        of_revenue(book, firm, span, "sales_and_marketing", f"{name}, selling share"),
    )


def explained(book: Book, firm: str, metric: str, margin: Reading) -> Reading:
    """A margin with what its rows say, where it is a loss, above all revenue, or from a row of low confidence.

    Such a row most often tells of a write-down, or of a change in value that is no cash.
    """
    if isinstance(margin, Gap) or margin.start is None:
        return margin
    odd = not 0.0 <= margin.value <= 1.0
    rows = [step.fact for step in way(book, firm, metric, margin.start, margin.end)]
    told = [row for row in rows if row.note and (odd or row.confidence is Confidence.LOW)]
    what = f"{entity_name(book, firm)}, {metric_name(book, metric)}"
    return margin.flagged(*(f"{what} to {row.end}: {row.note}" for row in told))


def _beyond_operations(name: str, operating: Reading, net: Reading) -> Reading:
    """A net margin, flagged where it is above the operating margin of the same period: gains on stakes, most often."""
    if isinstance(operating, Gap) or isinstance(net, Gap):
        return net
    same = (operating.start, operating.end) == (net.start, net.end)
    if not same or net.value <= operating.value:
        return net
    return net.flagged(
        f"{name}: net income of the period to {net.end} is above operating income: gains on stakes or the like are in "
        "its net margin and return on equity; restate takes them out"
    )


def _aged(sold: Reading, name: str, on: date) -> Reading:
    if isinstance(sold, Measure) and (on - sold.end).days > OLD_YEAR_DAYS:
        return sold.flagged(f"{name}: the newest comparable period in the book ended {sold.end}")
    return sold


def growth(book: Book, firm: str, span: Span) -> Growth:
    """Revenue of a period over that of the same period a year earlier, less one."""
    what = f"{entity_name(book, firm)}, growth of revenue"
    before = earlier(book, firm, REVENUE, span)
    if before is None:
        gap = Gap(what, f"the book does not have the {span.months} months a year before the {span}")
        return Growth(span, gap, gap)
    own = (reported(book, firm, REVENUE, span), reported(book, firm, REVENUE, before))
    money = (amount(book, firm, REVENUE, span), amount(book, firm, REVENUE, before))
    same = len({r.unit for r in own if isinstance(r, Measure)}) == 1
    now, then = own if same else money
    return Growth(span, _more(what, now, then), _more(f"{what} in dollars", *money))


def _more(what: str, now: Reading, then: Reading) -> Reading:
    """Growth, with the period of the later amount."""
    grown = ratio(what, now, then, positive="revenue a year earlier")
    return computed(what, lambda a: a - 1.0, grown, unit="share")


def gross_margin(book: Book, firm: str, main: Span) -> Reading:
    """Gross profit over revenue: from the profit, from the cost of revenue, or as told; the newest of these."""
    what = f"{entity_name(book, firm)}, gross margin"
    found: list[Measure] = []
    for metric in ("gross_profit", "cost_of_revenue"):
        span = span_with(book, firm, main, metric, REVENUE)
        if span is None:
            continue
        part = ratio(what, *together(book, firm, span, metric, REVENUE), positive="revenue")
        share = part if metric == "gross_profit" else computed(what, lambda a: 1.0 - a, part, unit="share")
        found += known([share])
    told = [f for f in book.chosen(firm, "gross_margin") if f.start and not f.item and f.end <= main.end]
    found += [of_fact(book, f) for f in told if (main.end - f.end).days <= OLD_YEAR_DAYS]
    if not found:
        return lacks(book, firm, "gross_profit", main)
    return max(found, key=lambda m: (m.start == main.start and m.end == main.end, m.end))
