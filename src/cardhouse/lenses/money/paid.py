"""The last four quarters: who paid whom, and what came from outside, as far as it was reported.

What a firm's customers paid is its revenue as reported, with prepayments; the ties explain a part of it and the rest
came from customers outside the network. Ties that claim more than was reported are scaled to fit, and flagged.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from cardhouse.book import Book, Term, Tie, Tier
from cardhouse.economy.contracts import Contract, Role, read_ties
from cardhouse.economy.figure import TIMING, ZERO, Figure, total
from cardhouse.economy.inputs import Inputs
from cardhouse.economy.nodes import groups, tier_of
from cardhouse.economy.opening import Opening
from cardhouse.economy.schedules import term_trail, terms_named
from cardhouse.lenses.money.invested import investments
from cardhouse.lenses.money.links import (
    SMALLEST,
    Flows,
    Link,
    Period,
    Purpose,
    Standing,
    inside,
    merged,
    standing,
    with_unknown,
)
from cardhouse.lenses.money.past import Past, from_outside
from cardhouse.lenses.money.spans import last_year_seen, own_year, pieced

REPORTED_FROM = {"revenue_from_openai": "openai"}
"""Metrics in which a firm reports what one other firm paid it, and that firm."""
PREPAID = "customer_prepayments_received"
PACE = "annualized_revenue_run_rate"
OLD_DAYS = 200
"""A year that ended this long before the window may stand for it, flagged."""
MOST_OPEN = 0.6
"""Share of the year that may lack capital spending: a share of it follows the pace of what was reported."""


def paid(opening: Opening, also: Collection[str] = ()) -> Flows:
    """Payments of the newest four quarters that most firms have reported.

    Parameters
    ----------
    opening : of the same book; its scope narrows which ties count, but nothing announced ever counts as paid.
    also : firms to include even if no tie touches them.

    Raises
    ------
    BookError : an assumption that ties without dates need is missing.
    """
    past = read_past(opening)
    book = past.book
    links = [*_contracts(past), *investments(past), *_loans(past)]
    links, flags = _fitted(past, [x for x in links if x.payer != x.payee])
    links = [*links, *_rest_of_reported(past, links)]
    among = merged([x for x in links if inside(book, x.payer) and inside(book, x.payee)])
    touched = {n for x in among for n in (x.payer, x.payee)} | {past.nodes(n) for n in also}
    order = tuple(n for n in book.firms if n in touched)
    outside = {n: from_outside(past, n, links) for n in order}
    return Flows(
        period=Period.PAID,
        start=past.window.start,
        end=past.window.end,
        nodes=order,
        links=among,
        outside=with_unknown(order, among, outside),
        sales={n: past.sales[n] for n in order if n in past.sales},
        years={n: past.years[n] for n in order if n in past.years},
        flags=flags,
    )


def read_past(opening: Opening) -> Past:
    """The year, who stands for whom at its end, and what each firm's customers paid in it."""
    book, window = opening.book, last_year_seen(opening.book)
    nodes = groups(book, replace(window, opening=window.end))
    sales, years = {}, {}
    for firm, row in book.firms.items():
        if nodes(firm) != firm or not inside(book, firm):
            continue
        own = own_year(book, firm, "revenue", window)
        figure = own[0] if own else pieced(book, firm, "revenue", window, pace=PACE)
        if figure is None and (own := own_year(book, firm, "revenue", window, near=OLD_DAYS)) is not None:
            figure = own[0].flagged(f"{row.name}: the newest year in the book is that to {own[2]}")
        if figure is None or figure.value <= 0:
            continue
        if own:
            years[firm] = own[1:]
        ahead = own_year(book, firm, PREPAID, window)
        sales[firm] = (
            figure + ahead[0].flagged(f"{row.name}: with prepayments of customers of {ahead[0].value:,.0f} million")
            if ahead
            else figure
        )
    return Past(book, opening, window, nodes, sales, years)


def _contracts(past: Past) -> list[Link]:
    """What purchases, leases, supplies and revenue shares paid in the year."""
    inputs = Inputs(past.book, past.window, past.opening.inputs.case)
    ties = read_ties(inputs, past.nodes, past.scope, capital=lambda n: _spent(past, n), revenue=past.sales.get)
    owed = [(c, c.due + before_schedule(past, c)) for c in ties.contracts if c.role is not Role.INVESTMENT]
    return [
        Link(c.payer, c.payee, c.tie.id, c.tie.kind.value, Purpose.SALE, standing(c.tie), due, c.made_for)
        for c, due in owed
        if due.value > 0
    ]


def before_schedule(past: Past, contract: Contract) -> Figure:
    """What an earlier version of a tie says was paid between its first day and the first day of the newest schedule.

    A filing often gives only what is still to pay; what was paid before is then in the version that it replaced.
    """
    tie, book = contract.tie, past.book
    first = max(tie.start or tie.announced or tie.known, past.window.start)
    last = min(contract.begins - timedelta(days=1), past.window.end)
    if tie.version == 1 or last < first:
        return ZERO
    days = replace(past.window, start=first, end=last)
    rows = next((rows for v in range(tie.version - 1, 0, -1) if (rows := _scheduled(book, tie, v))), ())
    parts = []
    for term in rows:
        share = (days.ramp_share if term.term == "ramp" else days.share)(term.from_ or first, term.to or last)
        if share > 0:
            parts.append(Figure.of(term.number * share, TIMING, term_trail(term, f"{share:.0%} of {term.number:,.0f}")))
    return total(parts)


def _scheduled(book: Book, tie: Tie, version: int) -> tuple[Term, ...]:
    """Dated payments of an earlier version of a tie."""
    name = tie.base_id if version == 1 else f"{tie.base_id}-v{version}"
    return terms_named(book.terms_of(name), "schedule", "ramp")


def _spent(past: Past, node: str) -> Figure | None:
    """Capital spending of the year, at the pace of what was reported where that is not all of it."""
    own = own_year(past.book, node, "capital_expenditures", past.window)
    return own[0] if own else pieced(past.book, node, "capital_expenditures", past.window, most_open=MOST_OPEN)


def _loans(past: Past) -> list[Link]:
    """Loans of one firm to another drawn in the year; what a vehicle lends is equipment that it bought, not cash."""
    book = past.book
    return [
        Link(d.lender, d.borrower, d.tie.id, d.tie.kind.value, Purpose.LOAN, standing(d.tie), d.principal, {})
        for d in past.opening.ties.debts
        if past.window.start <= d.drawn_on <= past.window.end
        and inside(book, d.lender)
        and tier_of(book.firms[d.lender], has_balance=False) is not Tier.VEHICLE
    ]


def _fitted(past: Past, links: list[Link]) -> tuple[list[Link], dict[str, tuple[str, ...]]]:
    """Scale sales to a firm down to what it reported in all, and to what it reported of one customer."""
    flags: dict[str, tuple[str, ...]] = {}
    out = links
    firms = past.book.firms
    for payee, payer, reported in _reported_pairs(past):
        what = f"{firms[payee].name}: reported from {firms[payer].name}"
        out = _scale(out, reported.value, what, flags, payee=payee, payer=payer)
    for payee, whole in past.sales.items():
        out = _scale(out, whole.value, f"{firms[payee].name}: revenue", flags, payee=payee)
    return out, flags


def _scale(
    links: list[Link], room: float, what: str, flags: dict[str, tuple[str, ...]], *, payee: str, payer: str = ""
) -> list[Link]:
    mine = [x for x in links if x.payee == payee and x.purpose is Purpose.SALE and payer in ("", x.payer)]
    claimed = sum(x.amount.value for x in mine)
    if claimed <= room + SMALLEST:
        return links
    factor = room / claimed
    said = f"{what} is {room:,.0f} million, its ties say {claimed:,.0f}; scaled by {factor:.2f}"
    flags[payee] = (*flags.get(payee, ()), said)
    ids = {id(x) for x in mine}
    return [replace(x, amount=x.amount.scaled(factor, note=said)) if id(x) in ids else x for x in links]


def _reported_pairs(past: Past) -> list[tuple[str, str, Figure]]:
    """What a firm reports to have got from one other firm in a year near the window."""
    found = []
    for metric, payer in REPORTED_FROM.items():
        for payee in past.book.firms:
            own = own_year(past.book, payee, metric, past.window)
            if own:
                found.append((past.nodes(payee), past.nodes(payer), own[0]))
    return found


def _rest_of_reported(past: Past, links: list[Link]) -> list[Link]:
    """The part of a reported sum between two firms that no tie explains."""
    out = []
    for payee, payer, reported in _reported_pairs(past):
        mine = total(
            x.amount for x in links if x.payee == payee and x.payer == payer and x.purpose is Purpose.SALE
        ).value
        if reported.value > mine + SMALLEST:
            rest = reported.scaled((reported.value - mine) / reported.value)
            out.append(Link(payer, payee, "", "reported", Purpose.SALE, Standing.REPORTED, rest, {}))
    return out
