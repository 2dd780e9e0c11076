"""One firm's quarters: income, cash and balance, on both lives, beside the run without the scenario."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.economy.firm_quarters import Quarter
from cardhouse.economy.run import Run
from cardhouse.views.run import is_calm
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words


def _money(t: Words, *titled: tuple[str, str]) -> tuple[Column, ...]:
    return (Column("quarter", t("quarter")), *(Column(key, title, Kind.MONEY) for key, title in titled))


def income(run: Run, quarters: Sequence[Quarter], calm: Sequence[Quarter], *, t: Words = ENGLISH) -> Table:
    """Income on the life of the accounts and on the economic life."""
    columns = _money(
        t,
        ("revenue", t("revenue")),
        ("contract_costs", t("ties")),
        ("costs", t("other costs")),
        ("depreciation", t("depr.")),
        ("depreciation_economic", t("depr. economic")),
        ("interest", t("interest")),
        ("losses", t("losses")),
        ("tax", t("tax")),
        ("net", t("income")),
        ("net_economic", t("income economic")),
    )
    rows = []
    for q, c in zip(quarters, calm, strict=True):
        i = q.income
        row: list[Cell] = [t.quarter(q.end), i.revenue, i.contract_costs, i.costs + i.stock_pay + i.amortisation]
        row += [i.depreciation, i.depreciation_economic, i.interest - i.interest_earned, i.losses - i.other]
        row += [i.tax, i.net, i.net_economic]
        rows.append((*row, *(() if is_calm(run) else (c.income.net,))))
    if not is_calm(run):
        columns = (*columns, Column("net_baseline", t("without"), Kind.MONEY))
    note = t(
        "Ties: cost of what it buys under contracts of the book. Other costs hold pay in shares and amortisation. "
        "Interest and losses are net of what it earns and is forgiven. Depr. is depreciation, on the life of the "
        "accounts and, as economic, on one common life of servers."
    )
    return Table(t("Income"), columns, tuple(rows), (note,), t)


def cash(run: Run, quarters: Sequence[Quarter], calm: Sequence[Quarter], *, t: Words = ENGLISH) -> Table:
    """Where the cash came from and went."""
    columns = _money(
        t,
        ("operating", t("from business")),
        ("spending", t("capital spending")),
        ("invested", t("invested")),
        ("debt", t("new debt")),
        ("repaid", t("repaid")),
        ("shares", t("new shares")),
        ("payout", t("to owners")),
        ("other", t("other")),
        ("cash", t("cash")),
    )
    rows = []
    for q, c in zip(quarters, calm, strict=True):
        f = q.cash
        row: list[Cell] = [t.quarter(q.end), f.operating, f.spending, f.invested, f.debt, f.repaid, f.shares, f.payout]
        row += [f.stakes_sold + f.repaid_to_it + f.guarantees + f.estates + f.other, q.balance.cash]
        rows.append((*row, *(() if is_calm(run) else (c.balance.cash,))))
    if not is_calm(run):
        columns = (*columns, Column("cash_baseline", t("without"), Kind.MONEY))
    note = t("Money in is positive. Business is after interest and tax. Debt that is rolled moves no cash.")
    return Table(t("Cash"), columns, tuple(rows), (note,), t)


def balance(run: Run, quarters: Sequence[Quarter], calm: Sequence[Quarter], *, t: Words = ENGLISH) -> Table:
    """Balance sheet, room over what binds, cover and leverage."""
    columns = (
        *_money(
            t,
            ("cash", t("cash")),
            ("plant", t("plant")),
            ("plant_economic", t("plant economic")),
            ("other_assets", t("other assets")),
            ("debt", t("debt")),
            ("liabilities", t("other owed")),
            ("equity", t.meant("equity", N_("shareholders' equity"))),
        ),
        *(() if is_calm(run) else (Column("equity_baseline", t("without"), Kind.MONEY),)),
        Column("room", t("room"), Kind.MONEY),
        Column("cover", t("cover"), Kind.NUMBER),
        Column("leverage", t("leverage"), Kind.NUMBER),
    )
    rows = []
    for q, c in zip(quarters, calm, strict=True):
        b = q.balance
        row: list[Cell] = [t.quarter(q.end), b.cash, b.short + b.long + b.building]
        row += [b.short_economic + b.long + b.building]
        row += [b.receivables + b.estates + b.stakes + b.loans + b.other_assets, b.debt]
        row += [b.leases + b.payables + b.other_liabilities + b.tax_due + b.owed_by_estate, b.equity]
        rest = (None if q.down else q.had - q.owed, _short(q.cover), _short(q.leverage))
        rows.append((*row, *(() if is_calm(run) else (c.balance.equity,)), *rest))
    note = t(
        "Other assets: receivables, stakes, loans, the rest. Room: what it could pay from less what bound it. "
        "Cover: earnings over interest. Leverage: debt over yearly earnings, blank where there are none."
    )
    return Table(t("Balance sheet at the end of the quarter"), columns, tuple(rows), (note,), t)


def _short(value: float | None) -> float | None:
    return None if value is None or abs(value) >= 1000.0 else round(value, 1)
