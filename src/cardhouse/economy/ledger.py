"""Every payment of a path: quarter, payer, payee, why, what was due and what was paid.

Built on demand from what the kernel wrote down. What a firm owes whatever happens has a due; an intention is owed by
nobody, so where a firm cuts it only the contracts show it, as due and not paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.contracts import Role
from cardhouse.economy.drivers import Drivers
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.run import Path
from cardhouse.economy.settled import Falls, falls, settled

Array = NDArray[np.float64]
SMALLEST = 1e-9
"""USD million below which nothing was due or paid."""
WORLD = ""
"""The party outside the network."""


class Why(StrEnum):
    """What a payment is for."""

    CUSTOMERS = "receipts from customers"
    CONTRACT = "contract"
    RENT = "rent"
    ORDER = "order"
    INVESTMENT = "investment"
    INTEREST = "interest"
    PRINCIPAL = "principal"
    GUARANTEE = "guarantee"
    ESTATE = "estate"
    RELET = "re-letting"
    COSTS = "costs"
    LEVY = "levy"
    TAX = "tax"
    SPENDING = "capital spending"
    UNPAID = "costs and spending left unpaid"
    PAYOUT = "payout"
    DEBT = "new debt"
    LINES = "credit lines"
    SHARES = "new shares"
    STAKES = "stakes sold"
    BUILDERS = "builders' funding"
    SALE = "sale of an estate"
    GONE = "cash gone at the fall"
    LEFT_OVER = "left to shareholders"


ROLES = {
    Role.OPERATING: Why.CONTRACT,
    Role.CAPITAL: Why.ORDER,
    Role.RENT: Why.RENT,
    Role.INVESTMENT: Why.INVESTMENT,
}
FROM_WORLD = {
    Why.CUSTOMERS: col.WORLD_RECEIPTS,
    Why.RELET: col.RELET,
    Why.LINES: col.DRAWN_LINES,
    Why.DEBT: col.DRAWN_DEBT,
    Why.SHARES: col.DRAWN_SHARES,
    Why.STAKES: col.SOLD_STAKES,
    Why.BUILDERS: col.BRIDGE,
}
TO_WORLD = {Why.LEVY: col.LEVY, Why.TAX: col.TAX_PAID, Why.PAYOUT: col.PAYOUT}
CONTRACTS = (Why.CONTRACT, Why.RENT, Why.ORDER, Why.INVESTMENT)
"""Payments under a contract between firms."""
RAISED = (Why.DEBT, Why.LINES, Why.SHARES, Why.STAKES)
"""Money that a firm draws to pay what it owes."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment, USD million; ``payer`` and ``payee`` are nodes, empty for the world outside the network.

    ``bound`` is the part of what was due that the payer owed whatever happens.
    """

    step: int
    payer: str
    payee: str
    why: Why
    tie: str
    due: float
    bound: float
    paid: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """The payments of one path in the order of time, and who fell when."""

    payments: tuple[Payment, ...]
    falls: Falls
    nodes: tuple[str, ...]
    steps: int

    def received(self, node: str) -> Array:
        """Cash that a node received, by step."""
        return self._by_step((p for p in self.payments if p.payee == node), "paid")

    def spent(self, node: str) -> Array:
        """Cash that a node paid, by step."""
        return self._by_step((p for p in self.payments if p.payer == node), "paid")

    def bound(self, node: str) -> Array:
        """What a node owed whatever happens, by step."""
        return self._by_step((p for p in self.payments if p.payer == node), "bound")

    def of(self, node: str, *why: Why, payee: bool = True) -> Array:
        """Cash that a node received (or paid) for some reasons, by step."""
        side = (p for p in self.payments if p.why in why and (p.payee if payee else p.payer) == node)
        return self._by_step(side, "paid")

    def _by_step(self, payments: Iterable[Payment], field: str) -> Array:
        out = np.zeros(self.steps)
        for p in payments:
            out[p.step] += getattr(p, field)
        return out


@dataclass(slots=True)
class _Book:
    """Payments as they are found."""

    nodes: tuple[str, ...]
    found: list[Payment]

    def add(self, step: int, payer: int, payee: int, why: Why, due: float, paid: float, **more: object) -> None:
        """Write one payment down unless nothing was due or paid; ``bound`` is all that was due if not said."""
        bound, tie = more.get("bound", due), more.get("tie", "")
        if abs(due) < SMALLEST and abs(paid) < SMALLEST:
            return
        names = [self.nodes[i] if i >= 0 else WORLD for i in (payer, payee)]
        if paid < 0.0:
            due, bound, paid, names = -due, -float(str(bound)), -paid, names[::-1]
        self.found.append(Payment(step, *names, why, str(tie), due, float(str(bound)), paid))
