"""Spans: amounts put together from rows, by hand and against what another program prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Confidence, Fact, Where, embedded
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.spans import Span, amount, earlier, reported, spans, way

FIRM = "iflytek"


def row(start: str, end: str, value: float, unit: str = "CNY_million", known: str = "2026-01-01") -> Fact:
    days = (date.fromisoformat(start), date.fromisoformat(end), value, unit, "ifl-wscn-2025h1")
    return Fact(FIRM, "revenue", "", *days, date.fromisoformat(known), Confidence.HIGH, "", Where("facts.csv", 2))


def book_of(*rows: Fact) -> Book:
    """The shipped book with these figures instead of its own."""
    return replace(embedded(), facts=rows, ties=(), terms=(), assumptions=())


HALVES = (
    row("2024-01-01", "2024-12-31", 100.0),
    row("2024-01-01", "2024-06-30", 30.0),
    row("2025-01-01", "2025-06-30", 40.0),
)


def test_the_trailing_year_is_the_year_plus_the_half_since_less_the_half_before() -> None:
    """100 + 40 - 30, in yuan; no row states it."""
    book = book_of(*HALVES)
    year = Span(date(2025, 6, 30), date(2024, 7, 1), 12)
    found = reported(book, FIRM, "revenue", year)
    assert isinstance(found, Measure)
    assert (found.value, found.unit) == (110.0, "CNY_million")
    assert (found.start, found.end) == (year.start, year.end)
    assert any("longer periods less 2024-01-01..2024-06-30" in flag for flag in found.flags)


def test_a_row_that_states_the_period_goes_before_any_subtraction() -> None:
    book = book_of(*HALVES, row("2024-07-01", "2024-12-31", 71.0))
    second = way(book, FIRM, "revenue", date(2024, 7, 1), date(2024, 12, 31))
    assert [(step.sign, step.fact.value) for step in second] == [(1, 71.0)]


def test_in_dollars_each_row_is_converted_at_the_rate_of_its_own_period() -> None:
    book = book_of(*HALVES)
    found = amount(book, FIRM, "revenue", Span(date(2025, 6, 30), date(2024, 7, 1), 12))
    assert isinstance(found, Measure)
    rates = {(r.start, r.end): r.usd for r in book.rates if r.currency == "CNY"}
    by_hand = (
        100.0 * rates[date(2024, 1, 1), date(2024, 12, 31)]
        + 40.0 * rates[date(2025, 1, 1), date(2025, 6, 30)]
        - 30.0 * rates[date(2024, 1, 1), date(2024, 6, 30)]
    )
    assert found.value == pytest.approx(by_hand)
    assert "ecb-reference-rates" in found.sources


def test_what_no_rows_add_up_to_is_a_gap_that_names_the_period() -> None:
    book = book_of(row("2024-01-01", "2024-12-31", 100.0))
    gap = amount(book, FIRM, "revenue", Span(date(2024, 6, 30), date(2024, 1, 1), 6))
    assert isinstance(gap, Gap)
    assert str(gap) == "iFlytek, revenue: no rows add up to the 6 months to 2024-06-30"


def test_rows_in_two_currencies_are_put_together_in_dollars() -> None:
    book = book_of(row("2024-01-01", "2024-06-30", 10.0), row("2024-07-01", "2024-12-31", 2.0, "USD_million"))
    found = reported(book, FIRM, "revenue", Span(date(2024, 12, 31), date(2024, 1, 1), 12))
    assert isinstance(found, Measure)
    assert found.unit == "USD_million"
    assert found.value == pytest.approx(10.0 * 0.138602 + 2.0)


def test_the_year_before_of_a_53_week_year_is_found_by_its_own_days() -> None:
    """Fiscal years to the last Saturday of June: 364 and 371 days, seven days off the calendar."""
    book = book_of(row("2023-07-02", "2024-06-29", 1.0), row("2024-06-30", "2025-07-05", 2.0))
    before = earlier(book, FIRM, "revenue", Span(date(2025, 7, 5), date(2024, 6, 30), 12))
    assert before == Span(date(2024, 6, 29), date(2023, 7, 2), 12)


def test_only_periods_of_whole_quarters_are_offered() -> None:
    book = book_of(row("2024-01-01", "2024-01-31", 1.0), row("2024-01-01", "2024-03-31", 3.0))
    assert [s.months for s in spans(book, FIRM, "revenue", date(2026, 1, 1))] == [3]


def test_the_trailing_year_of_iflytek_is_that_of_another_program() -> None:
    """StockAnalysis prints CNY 25,483 million for the year to September 2025 and 21,886 for the one before."""
    book = embedded().as_of(date.max)
    year = Span(date(2025, 9, 30), date(2024, 10, 1), 12)
    now, then = reported(book, FIRM, "revenue", year), earlier(book, FIRM, "revenue", year)
    assert isinstance(now, Measure)
    assert then is not None
    before = reported(book, FIRM, "revenue", then)
    assert isinstance(before, Measure)
    assert now.value == pytest.approx(25_483, abs=1.0)
    assert before.value == pytest.approx(21_886, abs=1.0)
    income = reported(book, FIRM, "net_income", year)
    assert isinstance(income, Measure)
    assert income.value == pytest.approx(837.19, abs=0.5)  # the book has 560 and -66.68, rounded


def test_a_year_of_quarters_is_the_sum_of_them() -> None:
    book = embedded().as_of(date.max)
    quarters = way(book, "microsoft", "revenue", date(2025, 7, 1), date(2026, 6, 30))
    stated = [s for s in spans(book, "microsoft", "revenue", date(2026, 6, 30)) if s.months == 12][-1]
    found = amount(book, "microsoft", "revenue", stated)
    assert isinstance(found, Measure)
    rows = [f for f in book.chosen("microsoft", "revenue") if f.start and f.start >= date(2025, 7, 1) and not f.item]
    singles = [f.value for f in rows if (f.end - f.start).days < 100 and f.end <= date(2026, 6, 30)]
    assert len(singles) == 4
    assert found.value == pytest.approx(sum(singles), rel=1e-3)
    assert all(step.sign == 1 for step in quarters)
