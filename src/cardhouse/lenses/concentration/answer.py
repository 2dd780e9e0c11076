"""The answer on concentration for one firm, and the short one for all that have any figure on it."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.economy.contracts import Scope
from cardhouse.lenses.concentration.implied import Implied, of_flows, of_period
from cardhouse.lenses.concentration.reported import METRIC, Customers, customers
from cardhouse.lenses.concentration.terms import Terms, terms_left
from cardhouse.lenses.measure import Gap, Measure, Reading, difference, ratio
from cardhouse.lenses.money.backlog import STATED, Backlog, backlog, reported_backlog
from cardhouse.lenses.money.follow import Following, follow, followed
from cardhouse.lenses.readings import of_fact

LEAST = 0.005
"""Share of sales below which a customer by ties is not worth a line among all firms."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One reported period, and what the ties say of it."""

    reported: Customers
    implied: Implied | Gap


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of a firm hangs on few customers.

    Attributes
    ----------
    beside : reported periods, newest first, with what the ties imply for each.
    last_year, plan : what the ties imply for the last four quarters and for the next four.
    backlog : reported backlog with the customers that ties name; ``rest`` is what they leave.
    backlog_shares : shares of the backlog that the firm gave itself.
    terms : contracts by term left against the debt's maturity.
    """

    book: Book
    firm: str
    node: str
    beside: tuple[Beside, ...]
    last_year: Implied | Gap
    plan: Implied | Gap
    backlog: Backlog
    rest: Reading
    backlog_shares: tuple[tuple[str, Measure], ...]
    terms: Terms


def concentration(book: Book, name: str, *, scope: Scope = Scope.ACTIVE) -> Concentration:
    """How concentrated a firm's customers, backlog and contracts are.

    Raises
    ------
    UnknownName, InputError : no such firm, or one that is no part of the network.
    BookError : the book has no firm with a balance sheet on that day.
    """
    firm = followed(book, name)
    following = follow(book, scope=scope, also=(firm,))
    opening, node = following.opening, following.opening.groups(firm)
    periods = customers(book, firm)
    found = backlog(following, node)
    return Concentration(
        book=book,
        firm=firm,
        node=node,
        beside=tuple(Beside(row, of_period(opening, node, row.start, row.end)) for row in periods),
        last_year=of_flows(following.paid, node),
        plan=of_flows(following.plan, node),
        backlog=found,
        rest=_rest(found),
        backlog_shares=tuple((row.item or "a customer", of_fact(book, row)) for row in book.chosen(node, STATED)),
        terms=terms_left(opening, node),
    )


def _rest(found: Backlog) -> Reading:
    """What the ties leave of the reported backlog."""
    if isinstance(found.explained, Gap):
        return found.reported
    if isinstance(found.reported, Measure) and not found.of_reported:
        return Gap("rest of the backlog", "the ties say more than the firm reports")
    return difference(found.reported, found.explained)


@dataclass(frozen=True, slots=True)
class Short:
    """One firm in a line: its newest reported figures, what ties imply, and the largest customer of its backlog."""

    firm: str
    reported: Customers | Gap
    implied: Implied | Gap
    backlog: Reading
    first: str
    first_share: Reading


def everybody(book: Book, *, scope: Scope = Scope.ACTIVE) -> tuple[Short, ...]:
    """Every firm that reports shares of customers, or is paid by firms of the book in the last year."""
    following = follow(book, scope=scope)
    reporting = {firm for firm, metric in book.series if metric == METRIC and firm in book.firms}
    paid = {x.payee for x in following.paid.links}
    out = []
    for firm in book.firms:
        if firm not in reporting and (firm not in paid or firm not in following.paid.sales):
            continue
        periods = customers(book, firm)
        implied = of_flows(following.paid, firm)
        reported = (
            periods[0] if periods else Gap(book.firms[firm].name, "it reports no shares of customers that the book has")
        )
        if not periods and (isinstance(implied, Gap) or implied.shares[0][1].value < LEAST):
            continue
        out.append(_short(following, firm, reported, implied))
    return tuple(sorted(out, key=_order))


def _order(row: Short) -> tuple[int, float, str]:
    if isinstance(row.reported, Customers):
        return (0, -row.reported.largest.high.value, row.firm)
    return (1, -row.implied.shares[0][1].value if isinstance(row.implied, Implied) else 0.0, row.firm)


def _short(following: Following, firm: str, reported: Customers | Gap, implied: Implied | Gap) -> Short:
    fact = reported_backlog(following.opening.book, firm)
    if isinstance(fact, Gap):
        return Short(firm, reported, implied, fact, "", fact)
    found = backlog(following, firm)
    if not found.customers:
        gap = Gap("largest customer of the backlog", "no tie that counts has anything left to pay it")
        return Short(firm, reported, implied, found.reported, "", gap)
    first, amount = found.customers[0]
    if not isinstance(found.reported, Measure) or not found.of_reported:
        gap = Gap("largest customer of the backlog", "the ties say more than the firm reports")
        return Short(firm, reported, implied, found.reported, first, gap)
    return Short(firm, reported, implied, found.reported, first, ratio("largest customer", amount, found.reported))
