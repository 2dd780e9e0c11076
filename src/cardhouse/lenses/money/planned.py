"""The year ahead as planned, and everything that is promised, whatever its year.

The plan is that of the opening: what firms expect to sell, spend and owe over the next four quarters. What a firm
lacks for it comes from its cash, from lenders and from shareholders in proportion to what each could still give.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from cardhouse.book import Tier
from cardhouse.economy.contracts import Contract, Debt, Role, read_ties
from cardhouse.economy.figure import ASSUMPTION, ZERO, Figure
from cardhouse.economy.inputs import Inputs, assumed, rate
from cardhouse.economy.opening import Opening, Position
from cardhouse.economy.statements import Statement, planned_revenue
from cardhouse.economy.window import Window
from cardhouse.lenses.money.links import Flows, Link, Period, Purpose, Source, inside, merged, standing, with_unknown

FAR = date(2100, 12, 31)
"""Last day of a window that holds everything promised."""
TELLING = 0.1
"""Contracts by tie below this part of the planned sales say little of what a firm depends on."""
HALF = 0.5
"""Part of new money that is debt where neither the book nor the last year tells."""


def planned(opening: Opening, before: Flows, also: Collection[str] = ()) -> Flows:
    """Payments of the next four quarters as the firms plan them.

    Parameters
    ----------
    before : payments of the last year: what a firm raised in it tells how new money splits into debt and shares.
    also : nodes to include even if no tie touches them.
    """
    book, window = opening.book, opening.window
    links = [*(_link(c) for c in opening.ties.contracts), *_service(opening)]
    among = merged([x for x in links if _within(opening, x)])
    touched = {n for x in among for n in (x.payer, x.payee)} | set(also)
    order = tuple(n for n in book.firms if n in touched)
    sales = {n: s for n in order if (s := planned_sales(opening, n)) is not None}
    outside = {n: _outside(opening, before, n, among, sales.get(n)) for n in order}
    return Flows(
        period=Period.PLAN,
        start=window.start,
        end=window.end,
        nodes=order,
        links=among,
        outside=with_unknown(order, among, outside),
        sales=sales,
        years={},
        flags={n: _named_flags(opening, n) for n in order},
    )


def _named_flags(opening: Opening, node: str) -> tuple[str, ...]:
    """Warnings of the opening about a firm, which begin with its id, with its name."""
    start = f"{node}:"
    name = opening.book.firms[node].name
    return tuple(f"{name}:{flag.removeprefix(start)}" for flag in opening.flags if flag.startswith(start))


def promised(opening: Opening, since: date | None = None) -> Flows:
    """Everything that counted ties still have to pay after a day, whatever its year; a share of spending is none.

    Parameters
    ----------
    since : last day before; the opening without it.
    """
    book, day = opening.book, since or opening.window.opening
    links = [*(_link(c) for c in contracts_after(opening, day)), *_principal(opening)]
    among = merged([x for x in links if _within(opening, x)])
    touched = {n for x in among for n in (x.payer, x.payee)} | set(opening.full)
    order = tuple(n for n in book.firms if n in touched)
    return Flows(Period.AHEAD, day + timedelta(days=1), FAR, order, among, {}, {}, {}, {})


def contracts_after(opening: Opening, day: date, until: date = FAR) -> tuple[Contract, ...]:
    """Contracts with all that they owe after a day; those whose amount depends on spending or revenue are left out."""
    window = Window(day, day + timedelta(days=1), until, opening.window.quarters)
    inputs = Inputs(opening.book, window, opening.inputs.case)
    ties = read_ties(inputs, opening.groups, opening.scope, capital=_nothing, revenue=_nothing)
    return tuple(c for c in ties.contracts if c.due.value > 0)


def _nothing(_: str) -> None:
    return None


def _within(opening: Opening, link: Link) -> bool:
    return link.payer != link.payee and inside(opening.book, link.payer) and inside(opening.book, link.payee)


def _link(c: Contract) -> Link:
    what = Purpose.INVESTMENT if c.role is Role.INVESTMENT else Purpose.SALE
    return Link(c.payer, c.payee, c.tie.id, c.tie.kind.value, what, standing(c.tie), c.due, c.made_for)


def _repaid(d: Debt, amount: Figure) -> Link:
    return Link(d.borrower, d.lender, d.tie.id, d.tie.kind.value, Purpose.REPAYMENT, standing(d.tie), amount, {})


def _service(opening: Opening) -> list[Link]:
    """Principal and interest of the window on debts between firms."""
    out = []
    for d in opening.ties.debts:
        yearly = (d.rate or 0.0) * opening.window.years
        part = d.maturing / d.principal.value if d.principal.value else 0.0
        out.append(_repaid(d, d.principal.scaled(part + yearly)))
    return out


def _principal(opening: Opening) -> list[Link]:
    return [_repaid(d, d.principal) for d in opening.ties.debts]


def planned_sales(opening: Opening, node: str) -> Figure | None:
    """Planned revenue; of a firm without a balance sheet what its last reported pace gives."""
    position = opening.positions.get(node)
    if position is None:
        return planned_revenue(opening.inputs, opening.firm(node))
    return position.statement.plan.revenue if position.statement else None


def _outside(
    opening: Opening, before: Flows, node: str, links: Collection[Link], sales: Figure | None
) -> dict[Source, Figure]:
    """Money from outside in the plan: customers first, then what is lacking by what could still be raised."""
    mine = [x for x in links if x.payee == node]
    position = opening.positions.get(node)
    found: dict[Source, Figure] = {}
    if sales is not None and sales.value > 0:
        by_firms = sum(x.amount.value for x in mine if x.purpose is Purpose.SALE)
        found[Source.CUSTOMERS] = sales.scaled(max(sales.value - by_firms, 0.0) / sales.value)
    if position is None:
        return found
    if position.statement is None or position.tier is Tier.VEHICLE:
        trail = f"{node}: what its builders' lenders cover while rents do not yet"
        return {**found, Source.LENDERS: Figure.of(position.bridge, ASSUMPTION, trail)}
    lacking = _lacking(opening, position, position.statement, mine)
    return {**found, **_raised(opening, before, node, position.statement, lacking)}


def _lacking(opening: Opening, position: Position, known: Statement, mine: Collection[Link]) -> float:
    """What planned outlays exceed planned receipts by, USD million."""
    plan, node = known.plan, position.node
    invested = sum(c.due.value for c in opening.ties.contracts if c.payer == node and c.role is Role.INVESTMENT)
    out = plan.costs.value + plan.interest.value + plan.capital_spending.value + position.maturing.value + invested
    came = plan.revenue.value + sum(x.amount.value for x in mine if x.purpose is not Purpose.SALE)
    return max(out - came, 0.0)


def _raised(opening: Opening, before: Flows, node: str, known: Statement, lacking: float) -> dict[Source, Figure]:
    """What is lacking, from cash, lenders and shareholders in proportion to what each could give."""
    room = _room(opening, before, node, known)
    whole = sum(room.values())
    if lacking <= 0 or whole <= 0:
        return {}
    used = min(lacking / whole, 1.0)
    return {
        source: Figure.of(amount * used, ASSUMPTION, f"{node}: {lacking:,.0f} lacking, by what could be raised")
        for source, amount in room.items()
        if amount > 0
    }


def _room(opening: Opening, before: Flows, node: str, known: Statement) -> dict[Source, float]:
    """What cash, lenders and shareholders could give over the window, USD million."""
    inputs, funding = opening.inputs, opening.positions[node].funding
    market = funding.market.value
    if assumed(inputs, node, "funding_capacity") is not None:
        shares = market * (1.0 - _debt_part(before.outside.get(node, {})))
    else:
        worth = known.balance.market_value
        part = rate(inputs, "equity_issue_share", node, f"layer:{opening.firm(node).layer}", "all")
        shares = min(market, part * inputs.window.years * worth.value) if worth else 0.0
    return {
        Source.CASH: max(known.balance.cash.value, 0.0),
        Source.LENDERS: funding.undrawn.value + market - shares,
        Source.SHAREHOLDERS: shares,
    }


def _debt_part(raised: Mapping[Source, Figure]) -> float:
    """Part of the new money of the last year that was borrowed."""
    lent, shares = (raised.get(s, ZERO).value for s in (Source.LENDERS, Source.SHAREHOLDERS))
    return lent / (lent + shares) if lent + shares > 0 else HALF
