"""The newest stock, rows that cover a period, the trailing year: fiscal calendars and gaps."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import cover, latest, trailing_year
from cardhouse.book.series import quarter_of_start, quarter_start, quarters_of

NVIDIA = """
    facts.csv
    nvidia,revenue,,2024-10-28,2025-01-26,39,USD_million,tenq,2025-02-26,high,
    nvidia,revenue,,2025-01-27,2025-04-27,44,USD_million,tenq,2025-05-28,high,
    nvidia,revenue,,2025-04-28,2025-07-27,46,USD_million,tenq,2025-08-27,high,
    nvidia,revenue,,2025-07-28,2025-10-26,57,USD_million,tenq,2025-11-19,high,
    nvidia,revenue,,2024-01-29,2025-01-26,130,USD_million,tenq,2025-02-26,high,
    nvidia,revenue,gaming,2025-07-28,2025-10-26,4,USD_million,tenq,2025-11-19,high,
    """


def values(rows):
    return [fact.value for fact in rows]


def test_latest_is_the_newest_stock_on_or_before_the_day(book):
    """
    facts.csv
    oracle,total_debt,,,2025-05-31,92,USD_million,tenq,2025-06-20,high,
    oracle,total_debt,,,2025-08-31,100,USD_million,tenq,2025-09-20,high,
    oracle,total_debt,bonds,,2025-11-30,80,USD_million,tenq,2025-12-20,high,
    """
    assert latest(book, "oracle", "total_debt", date(2025, 8, 30)).value == 92.0
    assert latest(book, "oracle", "total_debt", date(2025, 12, 31)).value == 100.0
    assert latest(book, "oracle", "total_debt", date(2025, 12, 31), item="bonds").value == 80.0
    assert latest(book, "oracle", "total_debt", date(2025, 5, 30)) is None
    assert latest(book, "oracle", "total_debt", date(2026, 12, 31), max_age_days=365) is None


def test_fiscal_quarters_stand_for_the_calendar_quarters_that_hold_most_of_their_days(make):
    book = make(NVIDIA)
    assert values(cover(book, "nvidia", "revenue", date(2025, 1, 1), date(2025, 9, 30))) == [44, 46, 57]
    assert values(cover(book, "nvidia", "revenue", date(2025, 7, 1), date(2025, 9, 30))) == [57]
    assert values(cover(book, "nvidia", "revenue", date(2025, 7, 28), date(2025, 10, 26))) == [57]


def test_a_year_covers_where_quarters_do_not_and_gaps_cover_nothing(make):
    book = make(NVIDIA)
    assert values(cover(book, "nvidia", "revenue", date(2024, 1, 1), date(2024, 12, 31))) == [130]
    assert values(cover(book, "nvidia", "revenue", date(2024, 1, 1), date(2025, 3, 31))) == [130, 44]
    assert cover(book, "nvidia", "revenue", date(2025, 1, 1), date(2025, 12, 31)) == ()
    assert cover(book, "nvidia", "revenue", date(2025, 1, 1), date(2025, 2, 15)) == ()
    assert cover(book, "openai", "revenue", date(2025, 1, 1), date(2025, 3, 31)) == ()


def test_quarters_go_before_halves_and_years(book):
    """
    facts.csv
    oracle,revenue,,2025-01-01,2025-12-31,100,USD_million,tenq,2026-02-01,high,
    oracle,revenue,,2025-01-01,2025-06-30,40,USD_million,tenq,2026-02-01,high,
    oracle,revenue,,2025-07-01,2025-09-30,25,USD_million,tenq,2026-02-01,high,
    oracle,revenue,,2025-10-01,2025-12-31,35,USD_million,tenq,2026-02-01,high,
    """
    assert values(cover(book, "oracle", "revenue", date(2025, 1, 1), date(2025, 12, 31))) == [40, 25, 35]
    assert values(trailing_year(book, "oracle", "revenue", date(2026, 3, 1))) == [40, 25, 35]
    assert trailing_year(book, "oracle", "revenue", date(2025, 12, 30)) == ()


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 10, 26), [39, 44, 46, 57]),
        (date(2025, 10, 25), [130]),  # three quarters and no fourth: the year is newest
        (date(2025, 1, 26), [130]),
        (date(2025, 1, 25), []),
    ],
)
def test_the_trailing_year(make, on, expected):
    assert values(trailing_year(make(NVIDIA), "nvidia", "revenue", on)) == expected


def test_a_gap_of_one_quarter_is_no_year(book):
    """
    facts.csv
    oracle,revenue,,2024-09-01,2024-11-30,1,USD_million,tenq,2026-02-01,high,
    oracle,revenue,,2025-03-01,2025-05-31,1,USD_million,tenq,2026-02-01,high,
    oracle,revenue,,2025-06-01,2025-08-31,1,USD_million,tenq,2026-02-01,high,
    oracle,revenue,,2025-09-01,2025-11-30,1,USD_million,tenq,2026-02-01,high,
    """
    assert trailing_year(book, "oracle", "revenue", date(2026, 3, 1)) == ()


@pytest.mark.parametrize(
    ("start", "end", "year", "quarter", "count"),
    [
        (date(2025, 1, 1), date(2025, 3, 31), 2025, 1, 1),
        (date(2025, 3, 1), date(2025, 5, 31), 2025, 2, 1),  # Oracle: April and May are two of three months
        (date(2025, 2, 1), date(2025, 4, 30), 2025, 1, 1),
        (date(2025, 10, 27), date(2026, 1, 25), 2025, 4, 1),
        (date(2024, 4, 1), date(2025, 3, 31), 2024, 2, 4),
        (date(2023, 8, 28), date(2024, 9, 1), 2023, 4, 4),  # a year of 53 weeks
    ],
)
def test_periods_as_calendar_quarters(start, end, year, quarter, count):
    assert quarters_of(start, end) == (year * 4 + quarter - 1, count)
    assert quarter_start(quarter_of_start(quarter_start(8101))) == quarter_start(8101)


def test_a_month_is_no_quarter():
    assert quarters_of(date(2025, 1, 1), date(2025, 1, 31)) is None
