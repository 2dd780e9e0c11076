"""What came to a firm from outside the network in a past year: customers, lenders, shareholders, its own cash."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book, Fact, TieKind, latest
from cardhouse.economy.contracts import Scope
from cardhouse.economy.figure import ZERO, Figure, total
from cardhouse.economy.inputs import fact_figure
from cardhouse.economy.nodes import Groups
from cardhouse.economy.opening import Opening
from cardhouse.economy.window import Window
from cardhouse.lenses.money.links import Link, Purpose, Source, inside

RAISED = ("equity_issued", "equity_raised", "funding_raised")
"""Metrics of money raised for shares."""
ROUND_DAYS = 100
"""A reported round and a tie that closed this near to it are the same money."""
BALANCE_DAYS = 100
"""A balance this long before the day asked for still speaks of it."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the reading of a past year stands on.

    ``sales`` is what each firm's customers paid, ``years`` the firm's own year where the figure is of one.
    """

    book: Book
    opening: Opening
    window: Window
    nodes: Groups
    sales: Mapping[str, Figure]
    years: Mapping[str, tuple[date, date]]

    @property
    def scope(self) -> Scope:
        """Which ties may have paid: never one that was only announced, whatever counts in the plan."""
        return self.opening.scope if self.opening.scope is Scope.BINDING else Scope.ACTIVE


def from_outside(past: Past, node: str, links: Collection[Link]) -> dict[Source, Figure]:
    """Money from outside by class, USD million; what nobody reported is not among it.

    Parameters
    ----------
    links : of the year, those from lenders, funds and aggregates of the world included.
    """
    mine = [x for x in links if x.payee == node]
    found = {
        Source.CUSTOMERS: _customers(past, node, mine),
        Source.LENDERS: _lenders(past, node, mine),
        Source.SHAREHOLDERS: _shareholders(past, node, mine),
        Source.CASH: _cash(past, node),
    }
    return {source: money for source, money in found.items() if money.value > 0}


def _customers(past: Past, node: str, mine: Collection[Link]) -> Figure:
    """What the firms of the network leave of the sales; without a figure, what ties with the world say."""
    sold = [x for x in mine if x.purpose is Purpose.SALE]
    whole = past.sales.get(node)
    if whole is None or whole.value <= 0:
        return total(x.amount for x in sold if not inside(past.book, x.payer))
    by_firms = sum(x.amount.value for x in sold if inside(past.book, x.payer))
    return whole.scaled(max(whole.value - by_firms, 0.0) / whole.value)


def _lenders(past: Past, node: str, mine: Collection[Link]) -> Figure:
    """By how much debt rose, less what firms lent; without balances, what ties say was drawn."""
    rise = _change(past, node, "total_debt")
    lent = sum(x.amount.value for x in mine if x.purpose is Purpose.LOAN)
    if rise is not None:
        return rise.scaled(max(rise.value - lent, 0.0) / rise.value) if rise.value > 0 else ZERO
    return total(
        d.principal
        for d in past.opening.ties.debts
        if d.borrower == node
        and not inside(past.book, d.lender)
        and past.window.start <= (d.tie.start or d.drawn_on) <= past.window.end
    )


def _shareholders(past: Past, node: str, mine: Collection[Link]) -> Figure:
    """What ties say that outsiders paid for shares, and reported rounds of which there is no tie."""
    by_ties = [x.amount for x in mine if x.purpose is Purpose.INVESTMENT and not inside(past.book, x.payer)]
    rounds = [
        fact_figure(past.book, row).scaled(past.window.share(row.start, row.end))
        for member in past.nodes.members(node)
        for metric in RAISED
        for row in past.book.chosen(member, metric)
        if not _has_tie(past, node, row)
    ]
    return total((*by_ties, *rounds))


def _has_tie(past: Past, node: str, row: Fact) -> bool:
    """Whether an investment in the firm that the book has as a tie closed near a reported round."""
    slack = timedelta(days=ROUND_DAYS)
    first, last = (row.start or row.end) - slack, row.end + slack
    return any(
        tie.kind is TieKind.EQUITY
        and past.nodes(tie.to) == node
        and past.nodes(tie.from_) != node
        and bool(tie.amount)
        and first <= (tie.start or tie.announced or tie.known) <= last
        for tie in past.book.current_ties
    )


def _cash(past: Past, node: str) -> Figure:
    """By how much cash and liquid securities fell."""
    change = _change(past, node, "cash_and_investments")
    return change.scaled(-1.0) if change is not None and change.value < 0 else ZERO


def _change(past: Past, node: str, metric: str) -> Figure | None:
    """A balance at the end of the firm's year less that before it; None where one of them is missing."""
    first, last = past.years.get(node, (past.window.start, past.window.end))
    before = latest(past.book, node, metric, first - timedelta(days=1), max_age_days=BALANCE_DAYS)
    after = latest(past.book, node, metric, last, max_age_days=BALANCE_DAYS)
    if before is None or after is None or before.end >= after.end:
        return None
    change = fact_figure(past.book, after) - fact_figure(past.book, before)
    dollars = sum(change.basis.values())
    basis = {kind: part / dollars * abs(change.value) for kind, part in change.basis.items()} if dollars else {}
    return Figure(change.value, basis, change.trail, change.flags)
