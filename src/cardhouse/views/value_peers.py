"""Prices of firms side by side."""

from __future__ import annotations

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.value import Value, Valued
from cardhouse.views.lens import cell, flag_notes, rests
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.value import period, share, times


def side_by_side(answer: Value) -> Table:
    """Firms in one table: price, multiples, what the price asks for."""
    rows = tuple(_beside(firm) for firm in answer.firms)
    columns = (
        Column("firm", "firm", wrap=True),
        Column("priced", "price of", Kind.DATE),
        Column("value", "price", Kind.MONEY),
        Column("to", "year to", Kind.DATE),
        Column("price_to_sales", "P/S", Kind.TEXT),
        Column("price_to_run_rate", "P/ pace", Kind.TEXT),
        Column("price_to_earnings", "P/E", Kind.TEXT),
        Column("ev_to_profit", "EV/ profit", Kind.TEXT),
        Column("cash_yield", "cash yield", Kind.TEXT),
        Column("growth", "grew by", Kind.TEXT),
        Column("implied", "price asks for", Kind.TEXT),
    )
    asked = tuple(f.implied.growth for f in answer.firms)
    notes = (
        "P/S: price over revenue of the year; P/pace: over its yearly pace now. EV/profit: enterprise value over "
        "operating profit after tax. Cash yield: free cash flow over price. Grew by: revenue over the year before. "
        "Price asks for: growth of revenue a year at each firm's assumed terms. * unlisted: its last round.",
        _other_years(answer),
        *_grouped((*(f.price.value for f in answer.firms), *asked)),
        *flag_notes(f.price.value for f in answer.firms),
        rests(f.price.value for f in answer.firms),
    )
    return Table("Prices side by side (USD billion)", columns, rows, tuple(filter(None, notes)))


def _grouped(readings: tuple[Reading, ...]) -> tuple[str, ...]:
    """One line for firms that lack the same thing: what and why, then the firms."""
    lacking: dict[str, list[str]] = {}
    for gap in readings:
        if isinstance(gap, Gap):
            name, _, what = gap.what.partition(", ")
            firms = lacking.setdefault(f"{cell(gap)} {what}: {gap.reason}", [])
            firms += [name] if name not in firms else []
    return tuple(f"{reason}: {', '.join(firms)}" for reason, firms in lacking.items())


def _other_years(answer: Value) -> str:
    """Firms whose profits are of another year than their revenue."""
    later = []
    for firm in answer.firms:
        revenue, income = firm.results.revenue, firm.results.net_income
        if isinstance(revenue, Measure) and isinstance(income, Measure) and revenue.end != income.end:
            later.append(f"{firm.name} ({income.end})")
    return f"Profits of another year than revenue: {', '.join(later)}." if later else ""


def _beside(firm: Valued) -> tuple[Cell, ...]:
    price, m, r = firm.price, firm.multiples, firm.results
    return (
        firm.name if price.listed else f"{firm.name} *",
        period(price.value)[1],
        cell(price.value),
        period(r.revenue)[1],
        times(m.to_sales),
        times(m.to_run_rate),
        times(m.to_earnings),
        times(m.enterprise_to_profit),
        share(m.cash_yield, digits=1),
        share(r.growth),
        share(firm.implied.growth),
    )
