"""One firm's quarters: income, cash and balance, on both lives, beside the run without the scenario."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.economy.firm_quarters import Quarter
from cardhouse.economy.run import Run
from cardhouse.views.run import is_calm, quarter
from cardhouse.views.table import Cell, Column, Kind, Table


def _money(*titled: tuple[str, str]) -> tuple[Column, ...]:
    return (Column("quarter", "quarter"), *(Column(key, title, Kind.MONEY) for key, title in titled))


def income(run: Run, quarters: Sequence[Quarter], calm: Sequence[Quarter]) -> Table:
    """Income on the life of the accounts and on the economic life."""
    columns = _money(
        ("revenue", "revenue"),
        ("contract_costs", "ties"),
        ("costs", "other costs"),
        ("depreciation", "depr."),
        ("depreciation_economic", "depr. economic"),
        ("interest", "interest"),
        ("losses", "losses"),
        ("tax", "tax"),
        ("net", "income"),
        ("net_economic", "income economic"),
    )
    rows = []
    for q, c in zip(quarters, calm, strict=True):
        i = q.income
        row: list[Cell] = [quarter(q.end), i.revenue, i.contract_costs, i.costs + i.stock_pay + i.amortisation]
        row += [i.depreciation, i.depreciation_economic, i.interest - i.interest_earned, i.losses - i.other]
        row += [i.tax, i.net, i.net_economic]
        rows.append((*row, *(() if is_calm(run) else (c.income.net,))))
    if not is_calm(run):
        columns = (*columns, Column("net_baseline", "without", Kind.MONEY))
    notes = (
        "Ties: cost of what it buys under contracts of the book. Other costs hold pay in shares and amortisation. "
        "Interest and losses are net of what it earns and is forgiven. Depr. is depreciation, on the life of the "
        "accounts and, as economic, on one common life of servers.",
    )
    return Table("Income", columns, tuple(rows), notes)


def cash(run: Run, quarters: Sequence[Quarter], calm: Sequence[Quarter]) -> Table:
    """Where the cash came from and went."""
    columns = _money(
        ("operating", "from business"),
        ("spending", "capital spending"),
        ("invested", "invested"),
        ("debt", "new debt"),
        ("repaid", "repaid"),
        ("shares", "new shares"),
        ("payout", "to owners"),
        ("other", "other"),
        ("cash", "cash"),
    )
    rows = []
    for q, c in zip(quarters, calm, strict=True):
        f = q.cash
        row: list[Cell] = [quarter(q.end), f.operating, f.spending, f.invested, f.debt, f.repaid, f.shares, f.payout]
        row += [f.stakes_sold + f.repaid_to_it + f.guarantees + f.estates + f.other, q.balance.cash]
        rows.append((*row, *(() if is_calm(run) else (c.balance.cash,))))
    if not is_calm(run):
        columns = (*columns, Column("cash_baseline", "without", Kind.MONEY))
    notes = ("Money in is positive. Business is after interest and tax. Debt that is rolled moves no cash.",)
    return Table("Cash", columns, tuple(rows), notes)


def balance(run: Run, quarters: Sequence[Quarter], calm: Sequence[Quarter]) -> Table:
    """Balance sheet, room over what binds, cover and leverage."""
    columns = (
        *_money(
            ("cash", "cash"),
            ("plant", "plant"),
            ("plant_economic", "plant economic"),
            ("other_assets", "other assets"),
            ("debt", "debt"),
            ("liabilities", "other owed"),
            ("equity", "equity"),
        ),
        *(() if is_calm(run) else (Column("equity_baseline", "without", Kind.MONEY),)),
        Column("room", "room", Kind.MONEY),
        Column("cover", "cover", Kind.NUMBER),
        Column("leverage", "leverage", Kind.NUMBER),
    )
    rows = []
    for q, c in zip(quarters, calm, strict=True):
        b = q.balance
        row: list[Cell] = [quarter(q.end), b.cash, b.short + b.long + b.building]
        row += [b.short_economic + b.long + b.building]
        row += [b.receivables + b.estates + b.stakes + b.loans + b.other_assets, b.debt]
        row += [b.leases + b.payables + b.other_liabilities + b.tax_due + b.owed_by_estate, b.equity]
        rest = (None if q.down else q.had - q.owed, _short(q.cover), _short(q.leverage))
        rows.append((*row, *(() if is_calm(run) else (c.balance.equity,)), *rest))
    notes = (
        "Other assets: receivables, stakes, loans, the rest. Room: what it could pay from less what bound it. "
        "Cover: earnings over interest. Leverage: debt over yearly earnings, blank where there are none.",
    )
    return Table("Balance sheet at the end of the quarter", columns, tuple(rows), notes)


def _short(value: float | None) -> float | None:
    return None if value is None or abs(value) >= 1000.0 else round(value, 1)
