"""Payments between firms, one tie at a time, and the money that comes into the network from outside.

A tie's standing is never left out: what was announced is not what was signed, and what was signed is not yet paid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Book, Firmness, Layer, Status, Tie, Tier
from cardhouse.economy.contracts import Role
from cardhouse.economy.figure import ASSUMPTION, ZERO, Figure, total
from cardhouse.network.circular import Circulation, balanced
from cardhouse.network.flows import Trail, trace

Array = NDArray[np.float64]
SMALLEST = 0.5
"""USD million below which a remainder is rounding."""


class Source(StrEnum):
    """Classes of money that come from outside the network of firms."""

    CUSTOMERS = "customers"
    LENDERS = "lenders"
    SHAREHOLDERS = "shareholders"
    CASH = "cash"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What a payment is for: a sale is revenue of the payee, the others are not."""

    SALE = "sale"
    INVESTMENT = "investment"
    LOAN = "loan"
    REPAYMENT = "repayment"


class Standing(StrEnum):
    """What has become of a tie and how binding it was said to be."""

    PAID = "paid"
    BINDING = "binding"
    REPORTED = "reported"
    LETTER = "letter"
    LAPSED = "lapsed"


def standing(tie: Tie) -> Standing:
    """The standing of a tie: lapsed, paid in full, or how firm the promise is."""
    if tie.status is Status.TERMINATED:
        return Standing.LAPSED
    if tie.status is Status.COMPLETED:
        return Standing.PAID
    if tie.firmness in (Firmness.LETTER_OF_INTENT, Firmness.ANNOUNCED):
        return Standing.LETTER
    return Standing.BINDING if tie.firmness is Firmness.BINDING else Standing.REPORTED


def purpose(role: Role) -> Purpose:
    """What a contract of this role pays for."""
    return Purpose.INVESTMENT if role is Role.INVESTMENT else Purpose.SALE


@dataclass(frozen=True, slots=True)
class Link:
    """One tie's payment from one firm to another.

    Attributes
    ----------
    tie : id; empty for the part of a reported sum that no tie explains.
    kind : kind of the tie, or ``reported``.
    amount : USD million.
    made_for : firms that the payee's delivery is bought for, with the share of the amount.
    """

    payer: str
    payee: str
    tie: str
    kind: str
    purpose: Purpose
    standing: Standing
    amount: Figure
    made_for: Mapping[str, float]


class Period(StrEnum):
    """Which payments: those of the last year, those of the next one as planned, or all that is promised."""

    PAID = "paid"
    PLAN = "plan"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Flows:
    """Payments among firms over a window, and what each firm gets from outside.

    Attributes
    ----------
    start, end : first and last day; all that is promised has no last day and ends with its last payment.
    nodes : firms in order, each standing for its consolidated group.
    outside : money from outside by firm and class, USD million; empty for promises, which nothing pays for yet.
    sales : what each firm's customers paid in all, ties included; firms without a figure are missing.
    years : the firm's own year where its figures are of one.
    flags : what a reader should know, one sentence each, by firm.
    """

    period: Period
    start: date
    end: date
    nodes: tuple[str, ...]
    links: tuple[Link, ...]
    outside: Mapping[str, Mapping[Source, Figure]]
    sales: Mapping[str, Figure]
    years: Mapping[str, tuple[date, date]]
    flags: Mapping[str, tuple[str, ...]]

    @cached_property
    def place(self) -> dict[str, int]:
        """Position of each firm."""
        return {node: i for i, node in enumerate(self.nodes)}

    def payments(self, purposes: Collection[Purpose] = tuple(Purpose)) -> Array:
        """(n, n), USD million. ``[i, j]`` is what i pays j for these purposes."""
        out = np.zeros((len(self.nodes), len(self.nodes)))
        for link in self.links:
            if link.purpose in purposes:
                out[self.place[link.payer], self.place[link.payee]] += link.amount.value
        return out

    def receipts(self, classes: Collection[Source] = tuple(Source)) -> Array:
        """(n, classes), USD million, what comes from outside; columns in the order of :class:`Source`."""
        out = np.zeros((len(self.nodes), len(Source)))
        for k, source in enumerate(Source):
            if source in classes:
                for node, money in self.outside.items():
                    out[self.place[node], k] = money.get(source, ZERO).value
        return out

    @cached_property
    def split(self) -> Circulation:
        """The payments parted into what only goes round and what carries the net payments, in balance."""
        return balanced(self.payments())

    @cached_property
    def trail(self) -> Trail:
        """Where every firm's dollars come from and go to."""
        return trace(self.payments(), self.receipts())


def inside(book: Book, firm: str) -> bool:
    """Whether a firm is part of the network: no aggregate of the world, and no fund or lender without a balance."""
    row = book.firms.get(firm)
    if row is None or row.layer is Layer.WORLD:
        return False
    return row.layer is not Layer.CAPITAL or row.tier is Tier.FULL


def merged(links: Collection[Link]) -> tuple[Link, ...]:
    """Links with an amount, largest first."""
    return tuple(sorted((x for x in links if x.amount.value > 0), key=lambda x: (-x.amount.value, x.tie)))


def with_unknown(
    nodes: Collection[str], links: Collection[Link], outside: dict[str, dict[Source, Figure]]
) -> dict[str, dict[Source, Figure]]:
    """Outside money with what a firm pays to firms beyond all that is known to have come to it."""
    out = dict(outside)
    for node in nodes:
        spent = sum(x.amount.value for x in links if x.payer == node)
        came = sum(x.amount.value for x in links if x.payee == node) + total(out[node].values()).value
        if spent > came + SMALLEST:
            trail = f"{node}: paid beyond all that is known to have come in"
            out[node] = {**out[node], Source.UNKNOWN: Figure.of(spent - came, ASSUMPTION, trail)}
        elif spent > came:
            out[node] = {**out[node], Source.CASH: out[node].get(Source.CASH, ZERO) + Figure(spent - came)}
    return out
