"""What the ties say of a firm's customers: their dues of a period over its revenue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import cover
from cardhouse.economy.contracts import Role, read_ties
from cardhouse.economy.figure import Figure, total
from cardhouse.economy.inputs import Inputs, fact_figure
from cardhouse.economy.opening import Opening
from cardhouse.economy.window import Window
from cardhouse.lenses.concentration.reported import FIVE, Bounds, herfindahl
from cardhouse.lenses.measure import SHARE, Gap, Measure, derived
from cardhouse.lenses.money.links import Flows, Purpose, inside
from cardhouse.lenses.readings import of_figure

QUARTER_DAYS = 91.3125


@dataclass(frozen=True, slots=True)
class Implied:
    """Shares of revenue that ties give, by firm, largest first; bounds, since ties do not name every customer.

    ``exceeds`` tells that the ties claim more than the revenue: then they were scaled to it.
    """

    start: date
    end: date
    shares: tuple[tuple[str, Measure], ...]
    largest: Bounds
    five: Bounds
    herfindahl: Bounds
    exceeds: bool


def of_flows(flows: Flows, firm: str) -> Implied | Gap:
    """Shares in a window of payments that were read already, which fit the revenue."""
    sales = flows.sales.get(firm)
    start, end = flows.years.get(firm, (flows.start, flows.end))
    if sales is None or sales.value <= 0:
        return Gap("customers by ties", "no revenue is known to compare the ties with")
    dues: dict[str, list[Figure]] = {}
    for link in flows.links:
        if link.payee == firm and link.purpose is Purpose.SALE:
            dues.setdefault(link.payer, []).append(link.amount)
    return _implied({k: total(v) for k, v in dues.items()}, sales, start, end)


def of_period(opening: Opening, firm: str, start: date, end: date) -> Implied | Gap:
    """Shares in a period of the past, such as one for which the firm reported its customers."""
    book = opening.book
    rows = cover(book, firm, "revenue", start, end)
    if not rows:
        return Gap("customers by ties", f"no revenue is known from {start} to {end}")
    sales = total(fact_figure(book, row) for row in rows)
    quarters = max(round(((end - start).days + 1) / QUARTER_DAYS), 1)
    window = Window(start - timedelta(days=1), start, end, quarters)
    ties = read_ties(
        Inputs(book, window, opening.inputs.case), opening.groups, opening.scope, capital=_unknown, revenue=_unknown
    )
    dues: dict[str, list[Figure]] = {}
    for c in ties.contracts:
        if c.payee == firm and c.role is not Role.INVESTMENT and c.due.value > 0 and inside(book, c.payer):
            dues.setdefault(c.payer, []).append(c.due)
    return _implied({k: total(v) for k, v in dues.items()}, sales, start, end)


def _unknown(_: str) -> None:
    return None


def _implied(dues: dict[str, Figure], sales: Figure, start: date, end: date) -> Implied | Gap:
    if not dues:
        return Gap("customers by ties", "no tie that counts pays it in that time")
    claimed = sum(f.value for f in dues.values())
    fit = min(sales.value / claimed, 1.0)
    whole = of_figure(sales, end, start)
    shares = sorted(((k, _share(f.scaled(fit), whole)) for k, f in dues.items()), key=lambda kv: (-kv[1].value, kv[0]))
    named = [min(m.value, 1.0) for _, m in shares if m.value > 0]
    figures = [m for _, m in shares]

    def bounds(low: float, high: float) -> Bounds:
        return Bounds(*(derived(min(v, 1.0), SHARE, *figures) for v in (low, high)))

    # A customer without a tie may be larger than any with one: nothing bounds it but what is left.
    left = max(1.0 - sum(named), 0.0)
    return Implied(
        start,
        end,
        tuple(shares),
        bounds(named[0], max(named[0], left)),
        bounds(sum(named[:FIVE]), min(1.0, _most(named, left))),
        bounds(herfindahl(named, ())[0], sum(s * s for s in named) + left * left),
        fit < 1.0,
    )


def _most(named: list[float], left: float) -> float:
    """The most that the five largest can have when the rest is one customer."""
    return sum(sorted([*named, left], reverse=True)[:FIVE])


def _share(due: Figure, whole: Measure) -> Measure:
    part = of_figure(due, whole.end, whole.start)
    return derived(part.value / whole.value, SHARE, part, whole)
