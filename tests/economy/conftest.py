"""Small economies written as CSV text: a few firms, their ties, and round assumptions.

The window is the calendar year 2026 (opening 2025-12-31). Revenue is given as a run rate without growth, so
planned revenue is that number; one payment term of 36.525 days makes a tenth of a year's dues a receivable.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from cardhouse.book import Book, embedded, read_book
from cardhouse.book.schema import TABLES

KNOWN = "2026-01-15"
AGGREGATES = """
    bank-syndicate,Banks,,,world,world,,,,,
    private-credit,Private credit,,,world,world,,,,,
    public-bondholders,Bondholders,,,world,world,,,,,
    trade-creditors,Trade creditors,,,world,world,,,,,
    suppliers,Suppliers,,,world,world,,,,,
    data-center-landlords,Landlords,,,world,world,,,,,
"""
METRICS = {
    "cash_and_investments": "stock",
    "accounts_receivable": "stock",
    "property_and_equipment_net": "stock",
    "total_assets": "stock",
    "total_debt": "stock",
    "operating_lease_liabilities": "stock",
    "total_equity": "stock",
    "undrawn_facilities": "stock",
    "annualized_revenue_run_rate": "stock",
    "debt_due": "flow",
    "revenue": "flow",
    "operating_cash_flow": "flow",
    "capital_expenditures": "flow",
    "guidance_capital_expenditures": "flow",
    "interest_expense": "flow",
    "net_income": "flow",
    "market_cap": "market",
}
ASSUMED = {
    "avoidable_cost_share": {"all": 0.2, "layer:compute": 0.3, "layer:world": 0.5},
    "relet_share": {"all": 0.3, "layer:compute": 0.1, "layer:world": 0.1},
    "payment_days": {"all": 36.525},
    "contract_years": {"all": 5.0},
    "debt_life_years": {"all": 5.0},
    "leverage_limit": {"all": 0.0},
    "equity_issue_share": {"all": 0.0},
    "plan_committed_share": {"all": 0.5},
    "debt_share_bonds": {"all": 0.5},
    "debt_share_banks": {"all": 0.3},
    "debt_share_private_credit": {"all": 0.2},
    "short_lived_share": {"all": 0.5},
    "liquidation_short_lived": {"all": 0.4},
    "liquidation_long_lived": {"all": 0.6},
    "liquidation_stakes": {"all": 0.7},
    "recovery_cash": {"all": 0.5},
    "other_asset_recovery": {"all": 0.1},
    "recovery_unsecured": {"all": 0.25},
    "interest_rate": {"all": 0.05},
    "growth_floor": {"all": 0.0},
    "growth_retention": {"all": 0.5},
    "growth_cost_flex": {"all": 0.0},
    "capex_growth": {"all": 0.0},
    "fixed_cost_pass": {"all": 0.0},
    "world_cost_floor": {"all": 0.0},
    "tax_rate": {"all": 0.0},
    "server_life_years": {"all": 5.0},
    "building_life_years": {"all": 25.0},
    "economic_life_years": {"all": 4.0},
    "land_and_construction_share": {"all": 0.1},
    "capex_short_share": {"all": 0.5},
    "ai_demand_share": {"all": 0.0},
    "compute_rent_share": {"all": 0.0},
    "new_sales_rent_share": {"all": 0.0},
    "export_share": {"all": 0.0},
    "sovereign_share": {"all": 0.0},
    "demand_elasticity": {"all": 1.0},
    "rent_response": {"all": 1.0},
    "rent_ceiling": {"all": 2.0},
    "rent_decay": {"all": 0.0},
    "relet_lag": {"all": 1.0},
    "recovery_lag": {"all": 2.0},
    "floating_debt_share": {"all": 0.0},
    "debt_spread": {"all": 200.0},
    "base_rate": {"all": 0.03},
    "interest_cover_limit": {"all": 0.0},
    "capital_subsidy_share": {"all": 0.0},
    "equity_return": {"all": 0.0},
    "value_elasticity": {"all": 1.0},
    "window_drawdown": {"all": 0.5},
    "private_lag": {"all": 2.0},
    "intention_response": {"all": 0.0},
    "payout_share": {"all": 0.0},
    "minimum_cash_share": {"all": 0.0},
}
"""Central values; relief is 0.5 for most firms, 0.4 for chip makers, 0.6 for unnamed suppliers."""
STOCKS = {
    "cash": "cash_and_investments",
    "receivables": "accounts_receivable",
    "plant": "property_and_equipment_net",
    "assets": "total_assets",
    "debt": "total_debt",
    "leases": "operating_lease_liabilities",
    "equity": "total_equity",
    "undrawn": "undrawn_facilities",
    "revenue": "annualized_revenue_run_rate",
}
FLOWS = {"capex": "capital_expenditures", "interest": "interest_expense", "income": "net_income"}


def assumption(name: str, subject: str, value: float, *, low: float | None = None, high: float | None = None) -> str:
    """One row of assumptions.csv without a period."""
    row = f"{name}-{subject}".replace(":", "-").replace("_", "-")
    ends = (value if low is None else low, value, value if high is None else high)
    return f"{row},{subject},{name},{ends[0]!r},{ends[1]!r},{ends[2]!r},fraction,,,2024-01-01,,Round for the test."


def firm_rows(firm: str, figures: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """Facts and assumptions of a full firm.

    Figures are cash, receivables, plant, assets, debt, leases, equity, undrawn, revenue, capex, interest,
    income, and costs: what it pays to run, without interest (it becomes the operating cash margin).
    """
    facts = [
        f"{firm},{STOCKS[key]},,,2025-12-31,{value!r},USD_million,tenq,{KNOWN},high,"
        for key, value in figures.items()
        if key in STOCKS
    ]
    facts += [
        f"{firm},{FLOWS[key]},,2025-01-01,2025-12-31,{value!r},USD_million,tenq,{KNOWN},high,"
        for key, value in figures.items()
        if key in FLOWS
    ]
    assumptions = []
    if "costs" in figures:
        revenue, interest = figures["revenue"], figures.get("interest", 0.0)
        margin = 1.0 - (figures["costs"] + interest) / revenue
        assumptions.append(assumption("operating_cash_margin", firm, margin))
    if "funding" in figures:
        assumptions.append(assumption("funding_capacity", firm, figures["funding"]))
    return facts, assumptions


class Economy:
    """Writes an economy to a folder and reads it as a book."""

    def __init__(self, folders: Iterator[Path]) -> None:
        self.folders = folders

    def texts(
        self,
        text: str,
        firms: Mapping[str, tuple[str, Mapping[str, float]]] | None = None,
        *,
        assumed: Mapping[str, Mapping[str, float]] | None = None,
    ) -> dict[str, list[str]]:
        """Rows of every file.

        Parameters
        ----------
        text : files and rows as in ``tests/book``; they come on top of the default ones.
        firms : layer and figures of each full firm.
        assumed : assumptions that replace the default ones, by name and subject.
        """
        rows: dict[str, list[str]] = {name: [] for name in TABLES}
        rows["firms"] = _lines(AGGREGATES)
        rows["metrics"] = [f"{m},{kind},USD_million,,{m.replace('_', ' ')},," for m, kind in METRICS.items()]
        rows["sources"] = [
            "tenq,Form 10-Q,SEC EDGAR,2026-01-10,https://www.sec.gov/x,filing",
            "wire,A report,A wire,2026-01-10,,news",
        ]
        values = {name: dict(by) for name, by in ASSUMED.items()}
        for name, by in (assumed or {}).items():
            values.setdefault(name, {}).update(by)
        rows["assumptions"] = [assumption(name, s, v) for name, by in values.items() for s, v in by.items()]
        for firm, (layer, figures) in (firms or {}).items():
            rows["firms"].append(f"{firm},{firm.title()},,,{layer},independent,,,,,")
            facts, assumptions = firm_rows(firm, figures)
            rows["facts"] += facts
            rows["assumptions"] += assumptions
        name = ""
        for line in inspect.cleandoc(text).splitlines():
            stem = line.strip().removesuffix(".csv")
            if stem in TABLES and line.strip().endswith(".csv"):
                name = stem
            elif name and line.strip():
                rows[name].append(line.strip())
        return rows

    def read(self, rows: Mapping[str, list[str]]) -> Book:
        """The book of these rows as of its latest date."""
        book = self.whole(rows)
        return book.as_of(book.date)

    def whole(self, rows: Mapping[str, list[str]]) -> Book:
        """The book of these rows with all it ever knew; every row must be in order."""
        folder = next(self.folders)
        folder.mkdir()
        for stem, lines in rows.items():
            header = ",".join(column.name for column in TABLES[stem].columns)
            (folder / f"{stem}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        book = read_book(folder)
        errors = [str(fault) for fault in book.faults if fault.severity == "error"]
        assert errors == []
        return book

    def __call__(
        self,
        text: str = "",
        firms: Mapping[str, tuple[str, Mapping[str, float]]] | None = None,
        *,
        assumed: Mapping[str, Mapping[str, float]] | None = None,
    ) -> Book:
        """Write and read in one go."""
        return self.read(self.texts(text, firms, assumed=assumed))


def _lines(text: str) -> list[str]:
    return inspect.cleandoc(text).strip().splitlines()


@pytest.fixture(scope="session")
def economy(tmp_path_factory: pytest.TempPathFactory) -> Economy:
    """Make small economies, one folder each."""
    base = tmp_path_factory.mktemp("economies")
    return Economy(base / str(i) for i in count())


@pytest.fixture(scope="session")
def shipped() -> Book:
    """The embedded book as of its latest date."""
    book = embedded()
    return book.as_of(book.date)
