"""A book of one cloud whose accounts can be worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from cardhouse.book import Book, embedded, read_book
from cardhouse.book.schema import TABLES

Rows = Sequence[tuple[str, str, str, str, str]]
"""Metric, item, start, end, value of facts about the firm."""
ASSUMED = {
    "short_lived_share": (0.3, 0.5, 0.7),
    "land_and_construction_share": (0.2, 0.5, 0.6),
    "building_life_years": (20, 25, 30),
    "server_life_years": (2, 2, 3),
    "capex_short_share": (0.4, 0.5, 0.6),
    "tax_rate": (0.2, 0.25, 0.3),
    "rent_decay": (0.1, 0.2, 0.3),
    "running_cost_rent_share": (0.1, 0.125, 0.2),
    "economic_life_years": (3, 4, 5),
    "interest_rate": (0.04, 0.05, 0.06),
    "lease_start_years": (0, 0, 1),
    "lease_term_years": (2, 2, 3),
}
"""No buildings: half of plant is servers, half land. Servers are written off over two years."""


@pytest.fixture(scope="session")
def real() -> Book:
    """The embedded book as of its newest day."""
    book = embedded()
    return book.as_of(book.date)


@pytest.fixture
def cloud(tmp_path: Path) -> Callable[..., Book]:
    """A book of a cloud called Cumulus with some facts; ``about`` puts a row on another firm of the book."""

    def made(facts: Rows, *, assumed: dict[str, tuple[float, float, float]] | None = None) -> Book:
        real = embedded()
        units = {m.id: m.unit for m in real.metrics.values()}
        rows = {name: [",".join(c.name for c in table.columns)] for name, table in TABLES.items()}
        rows["firms"] += ["cumulus,Cumulus,,,cloud,independent,,CUM,US,12-31,", "lab,The Lab,,,model,openai,,,US,,"]
        rows["sources"].append("tenk,Form 10-K,SEC EDGAR,2020-01-01,https://www.sec.gov/x,filing")
        for who, metric, item, start, end, value in (("cumulus", *r) if len(r) == 5 else r for r in facts):
            rows["facts"].append(f"{who},{metric},{item},{start},{end},{value},{units[metric]},tenk,2026-02-01,high,")
        for name, (low, central, high) in {**ASSUMED, **(assumed or {})}.items():
            unit = "years" if name.endswith("years") else "fraction"
            rows["assumptions"].append(f"all-{name},all,{name},{low},{central},{high},{unit},,,2020-01-01,,by hand")
        for name, lines in rows.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        metrics = files("cardhouse.book").joinpath("books/ai/metrics.csv").read_text(encoding="utf-8")
        (tmp_path / "metrics.csv").write_text(metrics, encoding="utf-8")
        book = read_book(tmp_path)
        assert not [f for f in book.faults if f.severity.value == "error"], book.faults
        return book.as_of(book.date)

    return made
