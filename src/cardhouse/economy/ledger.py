"""Every payment of a path: quarter, payer, payee, why, what was due and what was paid.

Built on demand from what the kernel wrote down. What a firm owes whatever happens has a due; an intention is owed by
nobody, so where a firm cuts it only the contracts show it, as due and not paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.contracts import Role
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.run import Path
from cardhouse.economy.settled import Settled, failing, settled

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
    REDEEMED = "debt repaid by a guarantor"
    ESTATE = "estate"
    RELET = "re-letting"
    COSTS = "costs"
    LEVY = "levy"
    TAX = "tax"
    SPENDING = "capital spending"
    UNPAID = "other dues left unpaid"
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
    """The payments of one path in the order of time."""

    payments: tuple[Payment, ...]
    steps: int

    def received(self, node: str, *why: Why) -> Array:
        """Cash that a node received by step, for some reasons or for all."""
        return self._by_step((p for p in self.payments if p.payee == node and (not why or p.why in why)), "paid")

    def spent(self, node: str, *why: Why) -> Array:
        """Cash that a node paid by step, for some reasons or for all."""
        return self._by_step((p for p in self.payments if p.payer == node and (not why or p.why in why)), "paid")

    def bound(self, node: str) -> Array:
        """What is known one by one of what a node owed whatever happens, by step."""
        return self._by_step((p for p in self.payments if p.payer == node), "bound")

    def _by_step(self, payments: Iterable[Payment], field: str) -> Array:
        out = np.zeros(self.steps)
        for p in payments:
            out[p.step] += getattr(p, field)
        return out


def ledger(compiled: Compiled, path: Path) -> Ledger:
    """Every payment of a path.

    Parameters
    ----------
    compiled : the model that the path was run on.
    path : run with its ledger kept.
    """
    book = _Book(compiled.nodes, [])
    asked = settled(compiled, path)
    _contracts(book, compiled, path, asked)
    _debts(book, compiled, path, asked)
    _guarantees(book, compiled, path)
    _estates(book, compiled, path)
    for i in range(len(compiled.nodes)):
        _own(book, compiled, path, asked, i)
    _unpaid(book, compiled, path)
    return Ledger(tuple(sorted(book.found, key=lambda p: p.step)), path.accounts.shape[0])


@dataclass(slots=True)
class _Book:
    """Payments as they are found."""

    nodes: tuple[str, ...]
    found: list[Payment]

    def add(
        self, step: int, payer: int, payee: int, why: Why, paid: float, *,
        due: float | None = None, bound: float | None = None, tie: str = "",
    ) -> None:  # fmt: skip
        """Write a payment down unless nothing was due or paid; due and bound are what was paid if not said."""
        owed = paid if due is None else due
        if abs(owed) < SMALLEST and abs(paid) < SMALLEST:
            return
        if paid < 0.0 and due is None:
            # Less than nothing: what was avoided or sold came to more than what was spent or held.
            payer, payee, paid, owed, bound = payee, payer, -paid, -paid, 0.0
        names = [self.nodes[i] if i >= 0 else WORLD for i in (payer, payee)]
        self.found.append(Payment(step, names[0], names[1], why, tie, owed, owed if bound is None else bound, paid))


def _contracts(book: _Book, compiled: Compiled, path: Path, asked: Settled) -> None:
    ties, paid = compiled.model.ties, path.end.ledger_paid[..., 0]
    for t, terms in enumerate(compiled.contracts):
        payer, payee, contract = int(ties.payer[t]), int(ties.payee[t]), terms.contract
        if payer < 0 and payee < 0:
            continue
        for q in range(paid.shape[0]):
            bound, due = float(asked.bound[q, t]), float(asked.bound[q, t] + asked.intent[q, t])
            book.add(
                q, payer, payee, ROLES[contract.role], float(paid[q, t]), due=due, bound=bound, tie=contract.tie.id
            )


def _debts(book: _Book, compiled: Compiled, path: Path, asked: Settled) -> None:
    debts, end = compiled.model.debts, path.end
    for k, tie in enumerate(compiled.debts):
        borrower, lender = int(debts.borrower[k]), int(debts.lender[k])
        for why, due, paid in (
            (Why.INTEREST, asked.interest, end.ledger_interest),
            (Why.PRINCIPAL, asked.principal, end.ledger_repaid),
        ):
            for q in range(paid.shape[0]):
                book.add(q, borrower, lender, why, float(paid[q, k, 0]), due=float(due[q, k]), tie=tie)


def _guarantees(book: _Book, compiled: Compiled, path: Path) -> None:
    """Calls go to whom the guarantee was given; those that repay the debts of a vehicle go to its lenders."""
    calls, paid = compiled.model.guarantees, path.end.ledger_calls[..., 0]
    spare = _repaid_by_guarantors(compiled, path)
    for k, guarantee in enumerate(compiled.opening.ties.promised):
        who, to, tie = int(calls.guarantor[k]), int(calls.beneficiary[k]), guarantee.tie.id
        for q in range(paid.shape[0]) if who >= 0 else ():
            left = float(paid[q, k])
            for lender in _lenders(compiled, to) if calls.for_lenders[k] else ():
                part = min(left, float(spare[q, lender]))
                book.add(q, who, lender, Why.REDEEMED, part, tie=tie)
                spare[q, lender] -= part
                left -= part
            if calls.for_lenders[k]:
                book.add(q, who, -1, Why.REDEEMED, left, tie=tie)
            else:
                book.add(q, who, to, Why.GUARANTEE, left, tie=tie)


def _repaid_by_guarantors(compiled: Compiled, path: Path) -> Array:
    """What nodes got back of their loans beyond what borrowers repaid, (steps, nodes)."""
    out, debts = path.accounts[:, col.REPAID_GOT].copy(), compiled.model.debts
    for k in np.flatnonzero(debts.lender >= 0):
        out[:, debts.lender[k]] -= path.end.ledger_repaid[:, k, 0]
    return np.where(out > SMALLEST, out, 0.0)


def _lenders(compiled: Compiled, borrower: int) -> list[int]:
    """Nodes that lent to a node."""
    debts = compiled.model.debts
    return sorted({int(x) for x in debts.lender[(debts.borrower == borrower) & (debts.lender >= 0)]})


def _estates(book: _Book, compiled: Compiled, path: Path) -> None:
    """What estates sell and pay out; what is left then, or comes later, belongs to the shareholders."""
    a, end = path.accounts, path.end
    for i in range(len(compiled.nodes)):
        closes = int(end.marks[row.ESTATE_AT, i, 0])
        if not 0 < closes < a.shape[0]:
            continue
        book.add(closes, -1, i, Why.SALE, float(a[closes - 1, col.OTHER_ASSETS, i]))
        for c in range(len(compiled.nodes) + 1):
            creditor = c if c < len(compiled.nodes) else -1
            book.add(closes, i, creditor, Why.ESTATE, float(end.ledger_estates[closes, i, c, 0]), bound=0.0)


def _own(book: _Book, compiled: Compiled, path: Path, asked: Settled, i: int) -> None:
    """Dealings of a node with parties that nobody names."""
    a, closes = path.accounts[:, :, i], int(path.end.marks[row.ESTATE_AT, i, 0])
    borrowed, debts = path.end, compiled.model.debts.borrower == i
    interest = a[:, col.INTEREST] - borrowed.ledger_interest[:, debts, 0].sum(axis=1)
    principal = a[:, col.PRINCIPAL] - borrowed.ledger_repaid[:, debts, 0].sum(axis=1)
    spending = a[:, col.CAPEX] - _delivered(compiled, path, asked, i)
    # A vehicle repays its lenders with whatever it keeps: nobody can ask for that.
    binds = 0.0 if compiled.model.nodes.vehicle[i] else 1.0
    tax = np.concatenate([[compiled.model.start.tax_due[i]], a[:-1, col.TAX_DUE]])
    for q in range(a.shape[0]):
        for why, column in FROM_WORLD.items():
            book.add(q, -1, i, why, float(a[q, column]))
        costs = float(a[q, col.COSTS] + a[q, col.INVENTORY_LOSS])
        book.add(q, i, -1, Why.COSTS, costs, bound=0.0)
        book.add(q, i, -1, Why.SPENDING, float(spending[q]), bound=0.0)
        book.add(q, i, -1, Why.PAYOUT, float(a[q, col.PAYOUT]), bound=0.0)
        book.add(q, i, -1, Why.LEVY, float(a[q, col.LEVY]))
        book.add(q, i, -1, Why.TAX, float(a[q, col.TAX_PAID]), due=float(tax[q]))
        book.add(q, i, -1, Why.INTEREST, float(interest[q]))
        book.add(q, i, -1, Why.PRINCIPAL, float(principal[q]), bound=binds * float(principal[q]))
        book.add(q, i, -1, Why.LEFT_OVER if q >= closes else Why.GONE, float(a[q, col.GONE]), bound=0.0)


def _delivered(compiled: Compiled, path: Path, asked: Settled, i: int) -> Array:
    """Capital goods that a node got under contracts, by step: spending that is in no payment of its own."""
    ties, out = compiled.model.ties, np.zeros(path.accounts.shape[0])
    fell = failing(compiled, path)[:, i]
    for t, terms in enumerate(compiled.contracts):
        if ties.payer[t] != i or terms.contract.role is not Role.CAPITAL:
            continue
        paid, left = path.end.ledger_paid[:, t, 0], asked.receivable[:, t]
        before = np.concatenate([[ties.receivable0[t]], left[:-1]])
        out += np.where(fell, paid - before * asked.share[:, i], paid + left - before)
    return out


def _unpaid(book: _Book, compiled: Compiled, path: Path) -> None:
    """What a firm that fell owed and did not pay beyond the dues that are known one by one."""
    fell = failing(compiled, path)
    for q, i in zip(*np.nonzero(fell), strict=True):
        a, node = path.accounts[q, :, i], compiled.nodes[i]
        mine = [p for p in book.found if p.step == q and p.payer == node]
        own = sum(p.paid for p in mine if p.why in (Why.COSTS, Why.SPENDING)) + float(a[col.SAVED])
        rest = float(a[col.BINDING]) - sum(p.bound for p in mine) - own
        if rest > SMALLEST:
            book.add(int(q), int(i), -1, Why.UNPAID, 0.0, due=rest)
