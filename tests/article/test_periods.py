"""Dates of figures, resolved against a day of publication and a firm's own year."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.article.period_words import mentions
from cardhouse.article.periods import Clock

TODAY = date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "label", "start", "end"),
    [
        ("2025年第二季度", "2025-Q2", "2025-04-01", "2025-06-30"),
        ("Q3 2025", "2025-Q3", "2025-07-01", "2025-09-30"),
        ("3Q25", "2025-Q3", "2025-07-01", "2025-09-30"),
        ("in the third quarter", "2025-Q3", "2025-07-01", "2025-09-30"),
        ("2024年上半年", "2024-H1", "2024-01-01", "2024-06-30"),
        ("the first half of 2025", "2025-H1", "2025-01-01", "2025-06-30"),
        ("过去12个月", "TTM", "2025-03-01", "2026-02-28"),
        ("over the past 12 months", "TTM", "2025-03-01", "2026-02-28"),
        ("去年", "2025", "2025-01-01", "2025-12-31"),
        ("11月2日", "2025-11-02", "2025-11-02", "2025-11-02"),
        ("on Feb. 6", "2026-02-06", "2026-02-06", "2026-02-06"),
        ("2025年7月至9月", "2025-Q3", "2025-07-01", "2025-09-30"),
        ("截至9月30日的季度", "2025-Q3", "2025-07-01", "2025-09-30"),
        ("quarter ended September 30, 2025", "2025-Q3", "2025-07-01", "2025-09-30"),
        ("2022年到2024年", "2022/2024", "2022-01-01", "2024-12-31"),
        ("last quarter", "2025-Q4", "2025-10-01", "2025-12-31"),
        ("前三季度", "2025-01/2025-09", "2025-01-01", "2025-09-30"),
    ],
)
def test_calendar_dates(text: str, label: str, start: str, end: str) -> None:
    (found,) = mentions(text)
    period = Clock(TODAY).resolve(found)
    assert period is not None
    assert (period.label, str(period.start), str(period.end)) == (label, start, end)


def test_a_fiscal_quarter_is_the_firms_own() -> None:
    clock = Clock(TODAY, year_end="01-31")
    period = clock.resolve(mentions("第四季度营收")[0])
    assert period is not None
    assert (period.label, period.start, period.end) == ("FY2026-Q4", date(2025, 11, 1), date(2026, 1, 31))
    period = clock.resolve(mentions("third quarter of fiscal 2026")[0])
    assert period is not None
    assert period.end == date(2025, 10, 31)


def test_a_japanese_year_bears_the_name_of_its_start() -> None:
    period = Clock(TODAY, year_end="03-31", country="JP").resolve(mentions("2025财年")[0])
    assert period is not None
    assert (period.start, period.end) == (date(2025, 4, 1), date(2026, 3, 31))


def test_an_announced_day_lies_ahead() -> None:
    clock = Clock(TODAY, ahead=True)
    period = clock.resolve(mentions("3月15日")[0])
    assert period is not None
    assert period.end == date(2026, 3, 15)


def test_words_that_only_look_like_dates() -> None:
    assert not mentions("出现在镜头前")
    assert not [one for one in mentions("投入2000亿元") if one.kind != "mask"]


def test_a_day_that_does_not_exist_is_no_period() -> None:
    assert Clock(TODAY).resolve(mentions("2025年2月30日")[0]) is None


def test_a_quarter_to_a_month_ends_with_that_month() -> None:
    found = mentions("revenue rose in the quarter to October 2025")
    period = Clock(date(2026, 10, 8)).resolve(found[0])
    assert period is not None
    assert (period.start, period.end) == (date(2025, 8, 1), date(2025, 10, 31))
