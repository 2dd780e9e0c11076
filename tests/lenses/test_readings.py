"""Readings: rows of the embedded book as measures, against sums of the rows themselves."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book, embedded, trailing_year
from cardhouse.economy.opening import open_book
from cardhouse.lenses import readings
from cardhouse.lenses.measure import SHARE, USD, Gap, Measure

DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date.max)


def test_a_year_is_the_sum_of_its_four_reported_quarters(book: Book) -> None:
    found = readings.year(book, "microsoft", "revenue", DAY)
    rows = trailing_year(book, "microsoft", "revenue", DAY)
    assert isinstance(found, Measure)
    assert len(rows) == 4
    assert found.value == pytest.approx(sum(r.value for r in rows))
    assert (found.start, found.end, found.unit) == (rows[0].start, rows[-1].end, USD)
    assert set(found.sources) == {r.source for r in rows}


def test_the_year_before_ends_the_day_before(book: Book) -> None:
    now = readings.year(book, "oracle", "revenue", DAY)
    assert isinstance(now, Measure)
    before = readings.year_before(book, "oracle", "revenue", now)
    assert isinstance(before, Measure)
    assert now.start is not None
    assert (now.start - before.end).days == 1


def test_a_balance_that_is_too_old_is_named_with_its_day(book: Book) -> None:
    gap = readings.stock(book, "oracle", "total_debt", date(2031, 1, 1))
    assert isinstance(gap, Gap)
    assert "Oracle" in gap.what
    assert "more than 200 days before 2031-01-01" in gap.reason


def test_percentages_become_fractions(book: Book) -> None:
    row = next(f for f in book.facts if f.unit == "percent")
    measure = readings.of_fact(book, row)
    assert measure.unit == SHARE
    assert measure.value == pytest.approx(row.value / 100)


def test_foreign_money_says_at_which_rate_it_was_converted(book: Book) -> None:
    row = next(f for f in book.facts if f.unit == "CNY_million")
    rate = book.rate_of(row)
    assert rate is not None
    measure = readings.of_fact(book, row)
    assert measure.value == pytest.approx(row.value * rate.usd)
    assert any("converted from CNY" in flag for flag in measure.flags)
    assert rate.source in measure.sources


def test_quarters_are_quarters(book: Book) -> None:
    found = readings.quarters(book, "nvidia", "revenue", DAY)
    assert len(found) >= 8
    assert all(m.start is not None and 80 <= (m.end - m.start).days + 1 <= 100 for m in found)


def test_an_assumption_rests_on_nothing_else(book: Book) -> None:
    row = book.assumptions[0]
    assert readings.of_assumption(book, row).assumed == 1.0


def test_a_figure_of_the_opening_names_its_sources(book: Book) -> None:
    opening = open_book(book)
    statement = opening.positions["oracle"].statement
    assert statement is not None
    cash = readings.of_figure(statement.balance.cash, opening.window.opening)
    assert cash.sources
    assert all(source in book.sources for source in cash.sources)
    assumed = readings.of_figure(statement.balance.receivables, opening.window.opening)
    assert any(source in {row.id for row in book.assumptions} for source in assumed.sources)
