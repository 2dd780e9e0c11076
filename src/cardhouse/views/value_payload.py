"""Prices as JSON and as one long table for a file; the names are listed in docs/value.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from cardhouse.lenses.measure import Gap, Reading
from cardhouse.lenses.value import Value, Valued
from cardhouse.views.lens import plain
from cardhouse.views.table import Cell, Column, Kind, Table

PARTS = ("value", "debt", "finance_leases", "cash", "stakes", "enterprise", "enterprise_then")


def payload(answer: Value) -> dict[str, Any]:
    """The answer as plain dictionaries; money is USD million."""
    return {"book_date": answer.book.date.isoformat(), "unit": "USD_million", **plain(answer)}


def lines(answer: Value) -> Table:
    """Every figure of every firm, one a row, with its unit, its period and what it rests on."""
    keys = ("firm", "part", "item", "value", "unit", "start", "end", "assumed", "why_not")
    kinds = {"value": Kind.NUMBER, "assumed": Kind.NUMBER}
    columns = tuple(Column(k, k, kinds.get(k, Kind.TEXT)) for k in keys)
    rows = tuple(_row(firm.firm, *named) for firm in answer.firms for named in _named(firm))
    return Table("Value", columns, rows)


def _named(firm: Valued) -> Iterator[tuple[str, str, Reading]]:
    yield from (("price", name, getattr(firm.price, name)) for name in PARTS)
    yield from (("results", f.name, getattr(firm.results, f.name)) for f in fields(firm.results))
    yield from (("multiples", f.name, getattr(firm.multiples, f.name)) for f in fields(firm.multiples))
    yield from (("terms", name, term) for name, term in firm.implied.terms.items())
    for name in ("growth", "growth_then", "revenue_then", "without_growth"):
        yield "implied", name, getattr(firm.implied, name)
    yield from (("implied", f"of_gdp_{name}", share) for name, share in firm.implied.of_gdp.items())
    yield from (("frontier", f"growth_{x.growth:g}", x.margin) for x in firm.implied.frontier)


def _row(firm: str, part: str, item: str, reading: Reading) -> tuple[Cell, ...]:
    if isinstance(reading, Gap):
        return (firm, part, item, None, reading.why.value, None, None, None, str(reading))
    return (firm, part, item, reading.value, reading.unit, reading.start, reading.end, reading.assumed, "")
