"""Income, cash flow and balance sheet of a firm, quarter by quarter, on the policy life and on the economic life.

Money is USD million. Cash flows are sums of the ledger, so they end at the cash of the balance sheet; income and
balance are the kernel's accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import Ledger, Why, ledger
from cardhouse.economy.run import Path

YEAR = 4
"""Quarters in a year's sum."""


@dataclass(frozen=True, slots=True)
class Income:
    """Income of a period; costs are positive.

    ``other`` holds guarantees, warrants vested, gains on shares sold, and debts forgiven.
    ``net`` is on the life of the accounts, ``net_economic`` on the common economic life of short-lived plant.
    """

    revenue: float
    contract_costs: float
    costs: float
    stock_pay: float
    depreciation: float
    depreciation_economic: float
    amortisation: float
    interest: float
    interest_earned: float
    losses: float
    other: float
    tax: float
    net: float
    net_economic: float

    @property
    def operating(self) -> float:
        """Operating income before losses, on the life of the accounts."""
        before = self.revenue - self.contract_costs - self.costs - self.stock_pay
        return before - self.depreciation - self.amortisation


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Cash of a period, in and out with their signs; the parts add up to the change of cash."""

    customers: float
    contracts_in: float
    contracts_out: float
    costs: float
    tax: float
    interest: float
    spending: float
    invested: float
    repaid_to_it: float
    debt: float
    repaid: float
    shares: float
    stakes_sold: float
    payout: float
    guarantees: float
    estates: float
    other: float

    @property
    def operating(self) -> float:
        """Cash from operations, after interest and tax."""
        return self.customers + self.contracts_in + self.contracts_out + self.costs + self.tax + self.interest

    @property
    def change(self) -> float:
        """Change of cash."""
        return float(sum(getattr(self, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Balance:
    """Balance sheet at the end of a quarter; ``short_economic`` is short-lived plant on the economic life."""

    cash: float
    receivables: float
    estates: float
    short: float
    short_economic: float
    long: float
    building: float
    stakes: float
    loans: float
    other_assets: float
    assets: float
    debt: float
    leases: float
    payables: float
    other_liabilities: float
    tax_due: float
    owed_by_estate: float
    equity: float


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a firm.

    Attributes
    ----------
    earnings : yearly, revenue less cash costs and tax. cover : earnings over a year's interest, None without interest.
    leverage : debt over earnings, None where earnings are not above zero.
    owed, had : binding dues, and what there was to pay them from.
    down : whether it has fallen by the end of the quarter.
    """

    step: int
    end: date
    income: Income
    cash: CashFlow
    balance: Balance
    earnings: float
    cover: float | None
    leverage: float | None
    owed: float
    had: float
    value: float
    down: bool


@dataclass(frozen=True, slots=True)
class Year:
    """Four quarters added up; the balance is that of the last."""

    end: date
    income: Income
    cash: CashFlow
    balance: Balance


def firm_quarters(compiled: Compiled, path: Path, node: str, book: Ledger | None = None) -> tuple[Quarter, ...]:
    """Statements of a node in every quarter of a path; ``book`` is the path's ledger where it is known already."""
    flows = _cash_flows(book or ledger(compiled, path), node)
    accounts = path.accounts[:, :, compiled.place[node]]
    out = []
    for q, window in enumerate(compiled.windows):
        a = [float(x) for x in accounts[q]]
        earns, interest = a[col.EARNINGS], a[col.INTEREST] / window.years
        out.append(
            Quarter(
                step=q,
                end=window.end,
                income=_income(a),
                cash=flows[q],
                balance=_balance(a),
                earnings=earns,
                cover=earns / interest if interest > 0.0 else None,
                leverage=a[col.DEBT] / earns if earns > 0.0 else None,
                owed=a[col.BINDING],
                had=a[col.RESOURCES],
                value=a[col.VALUE],
                down=a[col.DOWN] > 0.0,
            )
        )
    return tuple(out)


def by_year(quarters: Sequence[Quarter]) -> tuple[Year, ...]:
    """Sums of four quarters each, from the first on; quarters that fill no year are left out."""
    out = []
    for first in range(0, len(quarters) - YEAR + 1, YEAR):
        four = quarters[first : first + YEAR]
        income = Income(**{f.name: sum(getattr(q.income, f.name) for q in four) for f in fields(Income)})
        cash = CashFlow(**{f.name: sum(getattr(q.cash, f.name) for q in four) for f in fields(CashFlow)})
        out.append(Year(four[-1].end, income, cash, four[-1].balance))
    return tuple(out)


def _income(a: Sequence[float]) -> Income:
    losses = a[col.CREDIT_LOSS] + a[col.STAKE_LOSS] + a[col.PLANT_LOSS] + a[col.INVENTORY_LOSS]
    return Income(
        revenue=a[col.REVENUE],
        contract_costs=a[col.COSTS_TIES],
        costs=a[col.COSTS] + a[col.LEVY],
        stock_pay=a[col.NONCASH],
        depreciation=a[col.DEPRECIATION],
        depreciation_economic=a[col.DEPRECIATION_ECONOMIC],
        amortisation=a[col.AMORTISATION],
        interest=a[col.INTEREST],
        interest_earned=a[col.INTEREST_GOT],
        losses=losses,
        other=a[col.CALLS_GOT] - a[col.CALLS_PAID] + a[col.VESTED] + a[col.STAKE_GAIN] + a[col.FORGIVEN],
        tax=a[col.TAX],
        net=a[col.INCOME],
        net_economic=a[col.INCOME_ECONOMIC],
    )


def _balance(a: Sequence[float]) -> Balance:
    return Balance(
        cash=a[col.CASH],
        receivables=a[col.RECEIVABLES],
        estates=a[col.ESTATES],
        short=a[col.SHORT],
        short_economic=a[col.SHORT_ECONOMIC],
        long=a[col.LONG],
        building=a[col.BUILDING],
        stakes=a[col.STAKES_HELD],
        loans=a[col.LOANS],
        other_assets=a[col.OTHER_ASSETS],
        assets=a[col.ASSETS],
        debt=a[col.DEBT],
        leases=a[col.LEASES],
        payables=a[col.PAYABLES],
        other_liabilities=a[col.OTHER_LIABILITIES],
        tax_due=a[col.TAX_DUE],
        owed_by_estate=a[col.OWED_BY_ESTATE],
        equity=a[col.EQUITY],
    )


IN: dict[Why, str] = {
    Why.CUSTOMERS: "customers", Why.RELET: "customers", Why.CONTRACT: "contracts_in", Why.RENT: "contracts_in",
    Why.ORDER: "contracts_in", Why.INTEREST: "interest", Why.PRINCIPAL: "repaid_to_it", Why.DEBT: "debt",
    Why.LINES: "debt", Why.SHARES: "shares", Why.INVESTMENT: "shares", Why.STAKES: "stakes_sold",
    Why.GUARANTEE: "guarantees", Why.REDEEMED: "repaid_to_it", Why.ESTATE: "estates", Why.SALE: "estates",
    Why.BUILDERS: "other", Why.COSTS: "costs", Why.SPENDING: "spending",
}  # fmt: skip
OUT: dict[Why, str] = {
    Why.CONTRACT: "contracts_out", Why.RENT: "contracts_out", Why.ORDER: "spending", Why.SPENDING: "spending",
    Why.COSTS: "costs", Why.LEVY: "costs", Why.TAX: "tax", Why.INTEREST: "interest", Why.PRINCIPAL: "repaid",
    Why.INVESTMENT: "invested", Why.PAYOUT: "payout", Why.GUARANTEE: "guarantees", Why.REDEEMED: "guarantees",
    Why.ESTATE: "estates", Why.SALE: "estates", Why.LEFT_OVER: "payout", Why.GONE: "other",
}  # fmt: skip
"""Line of the cash flow that a payment stands in, by what it is for."""


def _cash_flows(book: Ledger, node: str) -> list[CashFlow]:
    rows = [dict.fromkeys((f.name for f in fields(CashFlow)), 0.0) for _ in range(book.steps)]
    for p in book.payments:
        if p.payee == node and p.paid:
            rows[p.step][IN.get(p.why, "other")] += p.paid
        if p.payer == node and p.paid:
            rows[p.step][OUT.get(p.why, "other")] -= p.paid
    return [CashFlow(**row) for row in rows]
