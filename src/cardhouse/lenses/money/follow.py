"""All that is needed to follow money: the last year as paid, the next as planned, and everything promised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cardhouse.book import Book, Layer
from cardhouse.economy.contracts import Scope
from cardhouse.economy.opening import Opening, open_book
from cardhouse.errors import InputError
from cardhouse.lenses.money.links import Flows, Period, inside
from cardhouse.lenses.money.paid import paid
from cardhouse.lenses.money.planned import planned, promised


@dataclass(frozen=True, slots=True)
class Following:
    """Payments of three windows over one opening. Every firm of ``ahead`` is among those of ``plan``."""

    opening: Opening
    paid: Flows
    plan: Flows
    ahead: Flows

    def __getitem__(self, period: Period) -> Flows:
        """The payments of one window."""
        return {Period.PAID: self.paid, Period.PLAN: self.plan, Period.AHEAD: self.ahead}[period]


def follow(book: Book, *, scope: Scope = Scope.ACTIVE, also: Collection[str] = ()) -> Following:
    """Read the payments of a book as known on one day.

    Parameters
    ----------
    scope : how firm a tie must be to count in the plan and among what is promised. What was only announced never
        counts as paid.
    also : firms to include even if no tie touches them; firms with a balance sheet always are.

    Raises
    ------
    BookError : the book has no firm with a balance sheet on that day, or lacks an assumption that is needed.
    """
    opening = open_book(book, scope=scope)
    nodes = (*opening.full, *(opening.groups(firm) for firm in also))
    last = paid(opening, nodes)
    ahead = promised(opening)
    return Following(opening, last, planned(opening, last, {*ahead.nodes, *last.nodes, *nodes}), ahead)


def followed(book: Book, name: str) -> str:
    """The id of a firm whose money can be followed.

    Raises
    ------
    UnknownName : nobody answers to the name.
    InputError : it is an aggregate of the world, or a fund or lender, from which money comes and to which it leaves.
    """
    firm = book.resolve(name)
    if inside(book, firm.id):
        return firm.id
    what = "an aggregate of the world" if firm.layer is Layer.WORLD else "a fund or lender"
    raise InputError(
        f"{firm.name} is {what}: its money comes from outside the network; expected a firm that sells, "
        "for example nvidia, openai or coreweave"
    )
