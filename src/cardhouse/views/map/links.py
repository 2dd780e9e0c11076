"""The links of the map: ties between two organisations added up by what they are and how firm they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from cardhouse.book import Book, Firmness, Layer, Status, Tie, TieKind


class Standing(StrEnum):
    """How firm a link is, in the words of the map; never optional, since announced money is not paid money."""

    PAID = "paid"
    BINDING = "binding"
    REPORTED = "reported"
    LETTER = "letter"
    LAPSED = "lapsed"


class Flow(StrEnum):
    """What passes along a link."""

    BUSINESS = "business"
    CAPITAL = "capital"
    GUARANTEE = "guarantee"


FLOWS = {
    TieKind.PURCHASE: Flow.BUSINESS,
    TieKind.SUPPLY: Flow.BUSINESS,
    TieKind.LEASE: Flow.BUSINESS,
    TieKind.REVENUE_SHARE: Flow.BUSINESS,
    TieKind.EQUITY: Flow.CAPITAL,
    TieKind.LOAN: Flow.CAPITAL,
    TieKind.BOND: Flow.CAPITAL,
    TieKind.WARRANT: Flow.CAPITAL,
    TieKind.GUARANTEE: Flow.GUARANTEE,
}


@dataclass(frozen=True, slots=True)
class Link:
    """Ties of one flow and standing from one organisation, which commits the money, to another.

    ``amount`` is USD million, the sum of the ties that name one; ``unknown`` counts those that name none.
    """

    payer: str
    payee: str
    flow: Flow
    standing: Standing
    amount: float
    unknown: int
    ties: tuple[str, ...]


def standing_of(tie: Tie) -> Standing:
    """How firm a tie is: what has become of it first, then how it was said to be."""
    if tie.status is Status.TERMINATED:
        return Standing.LAPSED
    if tie.status is Status.COMPLETED:
        return Standing.PAID
    if tie.firmness is Firmness.BINDING:
        return Standing.BINDING
    return Standing.REPORTED if tie.firmness is Firmness.REPORTED else Standing.LETTER


def links(book: Book, standings: Container[Standing] = tuple(Standing)) -> tuple[Link, ...]:
    """All links between two different organisations of the book, largest first.

    Rows that restate parts or totals of others (``counted = no``) are left out: nothing is added up twice.
    """
    found: dict[tuple[str, str, Flow, Standing], list[Tie]] = defaultdict(list)
    for tie in book.current_ties:
        standing = standing_of(tie)
        if tie.counted and tie.from_ != tie.to and standing in standings:
            found[tie.from_, tie.to, FLOWS[tie.kind], standing].append(tie)
    made = [
        Link(
            *key,
            amount=sum(tie.amount for tie in ties if tie.amount is not None),
            unknown=sum(tie.amount is None for tie in ties),
            ties=tuple(tie.id for tie in ties),
        )
        for key, ties in found.items()
    ]
    return tuple(sorted(made, key=lambda x: (-x.amount, x.payer, x.payee, x.flow, x.standing)))


def layer_of(book: Book, who: str) -> Layer:
    """Layer of an organisation; a party without a row belongs to the world."""
    return book.firms[who].layer if who in book.firms else Layer.WORLD
