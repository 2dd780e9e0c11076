"""Concentration as tables: values as values, ranges as ranges."""

from __future__ import annotations

import pytest

from cardhouse.book import Book, embedded
from cardhouse.lenses.concentration import concentration, everybody
from cardhouse.views import concentration as view
from cardhouse.views.table import Table, text


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(embedded().date)


@pytest.mark.parametrize("firm", ["coreweave", "oracle", "iflytek", "nebius", "nvidia", "openai", "cerebras"])
def test_every_table_fits_100_columns(book: Book, firm: str) -> None:
    answer = concentration(book, firm)
    parts = (view.reported(answer), view.implied(answer), view.backlog(answer), view.terms(answer))
    for table in parts:
        if isinstance(table, Table):
            assert max(len(line) for line in text(table).splitlines()) <= 100, table.title
        else:
            assert "None" not in table


def test_a_named_customer_is_a_value_and_a_sum_of_two_a_range(book: Book) -> None:
    """CoreWeave by its 10-Ks: 67 % of one customer in 2025, 77 % of two in 2024."""
    table = view.reported(concentration(book, "coreweave"))
    assert isinstance(table, Table)
    rows = {(str(r["start"]), str(r["end"])): r for r in table.records()}
    assert rows["2025-01-01", "2025-12-31"]["said"] == "customer-a 67%"
    assert rows["2025-01-01", "2025-12-31"]["largest"] == "67%"
    assert "Microsoft 66%" in str(rows["2025-01-01", "2025-12-31"]["ties"])
    assert rows["2024-01-01", "2024-12-31"]["said"] == "top 2 77%"
    assert rows["2024-01-01", "2024-12-31"]["largest"] == "38% to 77%"
    assert rows["2024-01-01", "2024-12-31"]["herfindahl"] == "0.30 to 0.59"


def test_the_headline_keeps_the_dates(book: Book) -> None:
    said = " ".join(view.headline(concentration(book, "coreweave")))
    assert "reported for 2026-04-01 to 2026-06-30: largest customer 36%" in said
    assert "in the year to 2026-06-30" in said
    assert "The book has no share of a customer that Oracle reported." in view.headline(concentration(book, "oracle"))


def test_all_firms_fit_and_name_their_period(book: Book) -> None:
    table = view.everybody(book, everybody(book))
    assert max(len(line) for line in text(table).splitlines()) <= 100
    row = next(r for r in table.records() if r["firm"] == "CoreWeave")
    assert row["period"] == "3 to 2026-06-30"


def test_the_file_of_all_firms_has_numbers_and_no_words(book: Book) -> None:
    """Cerebras filed 62 % for its largest customer: one number, its bounds the same."""
    row = next(r for r in view.all_lines(everybody(book)).records() if r["firm"] == "cerebras")
    assert (row["largest_low"], row["largest_high"]) == (pytest.approx(0.62), pytest.approx(0.62))
    assert (row["start"], row["end"]) == ("2025-01-01", "2025-12-31")
    assert isinstance(row["backlog_USD_million"], float)


def test_contracts_that_are_a_small_part_of_sales_have_no_term(book: Book) -> None:
    """Nvidia's 21.6 billion by tie are 4 % of planned sales: 0.3 years would be no figure of Nvidia."""
    assert "are paid in" not in " ".join(view.headline(concentration(book, "nvidia")))
    assert "Its contracts by tie of 62.4 billion are paid in 2.6 years" in " ".join(
        view.headline(concentration(book, "coreweave"))
    )


def test_the_file_has_reported_and_implied_shares(book: Book) -> None:
    rows = view.lines(concentration(book, "coreweave")).records()
    assert {r["kind"] for r in rows} == {"reported", "by ties", "last year", "plan"}
    assert any(r["customer"] == "top-2" and r["share"] == pytest.approx(0.77) for r in rows)
