"""Every payment due in the window as one line: who owes whom how much, in which class, and how replaceable it is.

``relief`` is the share of a line that its payee does not miss when it stays unpaid: costs it avoids, and what
re-letting or reselling brings within the window. Only the rest carries a shock on, so that one clearing with
fixed dues holds the whole chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from cardhouse.book import TieKind
from cardhouse.economy.contracts import Contract, Debt, Role
from cardhouse.economy.inputs import Inputs, loss_rate
from cardhouse.economy.nodes import layer_of
from cardhouse.economy.opening import Opening, Position

MOST_RELIEF = 0.95
"""A vendor always misses something: keeps the shares that money leaves the network by below one."""


class Rank(IntEnum):
    """Classes of the cash clearing, most senior first; failing to pay the first three is default."""

    OPERATING = 0
    RENT = 1
    UNSECURED = 2
    INTENTION = 3


BINDING_RANKS = 3


class Nature(IntEnum):
    """What a line pays for, so that an unpaid line is lost through one channel only."""

    CONTRACT = 0
    ORDER = 1
    INVESTMENT = 2
    INTEREST = 3
    PRINCIPAL = 4
    COST = 5
    CALL = 6


WORLD = ""
"""Payee of lines that leave the book: staff, tax, unnamed suppliers and lenders."""


@dataclass(frozen=True, slots=True)
class Line:
    """One due inside the window, USD million. ``contract`` or ``debt`` say which tie it comes from."""

    payer: str
    payee: str
    rank: Rank
    nature: Nature
    amount: float
    relief: float
    contract: Contract | None = None
    debt: Debt | None = None


def relief_of(inputs: Inputs, payee: str, *, rent: bool) -> float:
    """Share of an unpaid due that its payee does not miss: avoidable cost plus re-letting."""
    layer = layer_of(inputs.book, payee)
    subjects = (payee, "kind:lease", "all") if rent else (payee, f"layer:{layer}", "all")
    both = loss_rate(inputs, "avoidable_cost_share", *subjects) + loss_rate(inputs, "relet_share", *subjects)
    return min(max(both, 0.0), MOST_RELIEF)


def contract_relief(inputs: Inputs, contract: Contract) -> float:
    """Relief of a contract's payee; an investment or a share of revenue that does not come is not replaced."""
    if contract.role is Role.INVESTMENT or contract.tie.kind is TieKind.REVENUE_SHARE:
        return 0.0
    return relief_of(inputs, contract.payee, rent=contract.role is Role.RENT)


def contract_lines(opening: Opening, cancelled: Mapping[str, float]) -> list[Line]:
    """Lines of all contracts; ``cancelled`` is the share of each tie's due that is no longer owed."""
    lines = []
    for contract in opening.ties.contracts:
        due = contract.due.value * (1.0 - cancelled.get(contract.tie.id, 0.0))
        if due <= 0:
            continue
        relief = contract_relief(opening.inputs, contract)
        nature = {Role.CAPITAL: Nature.ORDER, Role.INVESTMENT: Nature.INVESTMENT}.get(contract.role, Nature.CONTRACT)
        firm_rank = Rank.RENT if contract.role is Role.RENT else Rank.UNSECURED
        parts = ((firm_rank, due * contract.binding), (Rank.INTENTION, due * (1.0 - contract.binding)))
        lines += [
            Line(contract.payer, contract.payee, rank, nature, amount, relief, contract=contract)
            for rank, amount in parts
            if amount > 0
        ]
    return lines


def own_lines(opening: Opening, position: Position, *, due_principal: bool) -> list[Line]:
    """What one node owes beside contracts: costs, capital spending outside the book, interest, maturing principal."""
    node, inputs = position.node, opening.inputs
    spend, share = position.capital_world.value, position.committed
    outside = relief_of(inputs, WORLD, rent=False)
    lines = [
        Line(node, WORLD, Rank.OPERATING, Nature.COST, position.costs_world.value, 0.0),
        Line(node, WORLD, Rank.UNSECURED, Nature.ORDER, spend * share, outside),
        Line(node, WORLD, Rank.INTENTION, Nature.ORDER, spend * (1.0 - share), outside),
    ]
    lines += _debt_service(opening, position, Nature.INTEREST, position.interest.value)
    if due_principal:
        lines += _debt_service(opening, position, Nature.PRINCIPAL, position.maturing.value)
    return [line for line in lines if line.amount > 0]


def _debt_service(opening: Opening, position: Position, nature: Nature, amount: float) -> list[Line]:
    """Interest or principal of a node: to lenders that are nodes by their ties, the rest to the world.

    The part secured by collateral ranks before rents.
    """
    secured = secured_share(opening, position)
    debts = [d for d in opening.ties.debts if d.borrower == position.node and d.lender in opening.positions]
    years = opening.window.years
    own = [(d, (d.rate or 0.0) * years * d.principal.value if nature is Nature.INTEREST else d.maturing) for d in debts]
    named = sum(value for _, value in own)
    factor = min(1.0, amount / named) if named > 0 else 0.0
    lines = [
        Line(position.node, d.lender, rank, nature, value * factor * share, 0.0, debt=d)
        for d, value in own
        for rank, share in ((Rank.OPERATING, d.secured), (Rank.UNSECURED, 1.0 - d.secured))
    ]
    rest = max(amount - named * factor, 0.0)
    lines.append(Line(position.node, WORLD, Rank.OPERATING, nature, rest * secured, 0.0))
    lines.append(Line(position.node, WORLD, Rank.UNSECURED, nature, rest * (1.0 - secured), 0.0))
    return lines


def line_name(line: Line) -> tuple[str, str, int, int, str]:
    """What a line is, whatever its amount in one state."""
    tie = line.contract.tie.id if line.contract else line.debt.tie.id if line.debt else ""
    return (line.payer, line.payee, line.rank, line.nature, tie)


def secured_share(opening: Opening, position: Position) -> float:
    """Share of a node's debt that its ties say is secured."""
    debts = [d for d in opening.ties.debts if d.borrower == position.node]
    whole = position.statement.balance.debt.value if position.statement else sum(d.principal.value for d in debts)
    return min(sum(d.principal.value * d.secured for d in debts) / whole, 1.0) if whole > 0 else 0.0
