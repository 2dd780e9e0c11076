"""Flows over windows that reported periods do not fit, against sums of days by hand."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book
from cardhouse.economy.window import window_after
from cardhouse.lenses.money.spans import last_year_seen, own_year, pieced

YEAR = window_after(date(2024, 12, 31), 4)
ROW = "maker,revenue,,{start},{end},{value},USD_million,tenq,2026-01-15,high,"
PACE = "maker,annualized_revenue_run_rate,,,{end},{value},USD_million,tenq,2026-01-15,high,"
METRICS = """
    facts.csv
"""


@pytest.fixture
def flows(economy):
    """A book of one firm with these rows."""

    def made(*rows: str) -> Book:
        firms = {"maker": ("compute", {"cash": 1.0, "debt": 0.0, "assets": 1.0, "equity": 1.0, "capex": 1.0})}
        return economy("facts.csv\n" + "\n".join(rows), firms)

    return made


def row(start: str, end: str, value: float) -> str:
    return ROW.format(start=start, end=end, value=value)


def test_the_second_half_is_the_year_less_the_first_half(flows) -> None:
    """A year of 100 with a first half of 30: the window from July to June holds 70 and the next first half, 50."""
    book = flows(
        row("2025-01-01", "2025-12-31", 100), row("2025-01-01", "2025-06-30", 30), row("2024-07-01", "2024-12-31", 50)
    )
    window = window_after(date(2024, 6, 30), 4)
    found = pieced(book, "maker", "revenue", window)
    assert found is not None
    assert found.value == pytest.approx(50 + 30)
    calendar = pieced(book, "maker", "revenue", YEAR)
    assert calendar is not None
    assert calendar.value == pytest.approx(100)
    assert calendar.flags == ()


def test_days_without_a_row_follow_the_pace_that_the_firm_gave(flows) -> None:
    """Three quarters of 30 and a last quarter (92 days) at a level pace of 146.1 a year: .4 a day."""
    book = flows(
        row("2025-01-01", "2025-09-30", 30),
        PACE.format(end="2025-09-30", value=146.1),
        PACE.format(end="2025-12-31", value=146.1),
    )
    found = pieced(book, "maker", "revenue", YEAR, pace="annualized_revenue_run_rate")
    assert found is not None
    assert found.value == pytest.approx(30 + 92 * 0.4)
    assert found.basis["assumption"] == pytest.approx(92 * 0.4)
    assert any("92 days of revenue at the yearly pace" in flag for flag in found.flags)


def test_a_window_of_which_a_quarter_is_not_known_has_no_figure(flows) -> None:
    book = flows(row("2025-01-01", "2025-09-30", 30))
    assert pieced(book, "maker", "revenue", YEAR) is None


def test_what_lacks_less_than_a_tenth_is_scaled_up_and_said(flows) -> None:
    """335 of 365 days known: 33.5 becomes 36.5."""
    book = flows(row("2025-01-01", "2025-12-01", 33.5))
    found = pieced(book, "maker", "revenue", YEAR)
    assert found is not None
    assert found.value == pytest.approx(36.5)
    assert any("30 days without revenue, scaled up" in flag for flag in found.flags)


def test_a_pace_too_far_away_is_none(flows) -> None:
    book = flows(row("2025-01-01", "2025-06-30", 30), PACE.format(end="2025-07-01", value=100))
    assert pieced(book, "maker", "revenue", YEAR, pace="annualized_revenue_run_rate") is None


def test_a_fiscal_year_near_the_window_stands_for_it_with_its_own_dates(book: Book) -> None:
    """Nvidia's year to 2026-07-26 is that of its filings: 57,006 + 68,127 + 81,615 + 96,221 (see facts.csv)."""
    window = last_year_seen(book)
    assert (window.start, window.end) == (date(2025, 7, 1), date(2026, 6, 30))
    found = own_year(book, "nvidia", "revenue", window)
    assert found is not None
    quarters = [
        f
        for f in book.chosen("nvidia", "revenue")
        if f.start and f.start >= date(2025, 7, 28) and (f.end - f.start).days < 100 and not f.item
    ]
    assert found[0].value == pytest.approx(sum(f.value for f in quarters if f.end <= date(2026, 7, 26)))
    assert found[1:] == (date(2025, 7, 28), date(2026, 7, 26))


def test_only_a_year_that_was_reported_by_then_is_seen(book: Book) -> None:
    """On 2025-12-31 most firms had reported up to September."""
    assert last_year_seen(book.as_of(date(2025, 12, 31))).end == date(2025, 9, 30)
