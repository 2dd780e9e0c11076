"""Repetition, restatement, currency and period of filings, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.sources.vintages import (
    ends_of_periods,
    grain,
    months,
    one_value,
    own_currencies,
    quarters_inside,
    repeats,
)


@pytest.mark.parametrize(
    ("value", "step"), [(982.0, 1), (1300.0, 1), (61.2, 0.1), (981.632, 0.001), (0.0, 1), (-290.509, 0.001)]
)
def test_the_step_of_a_number_is_its_last_decimal_and_at_most_one(value, step) -> None:
    assert grain(value) == pytest.approx(step)


@pytest.mark.parametrize(
    ("first", "later", "same"),
    [
        (981.632, 982.0, True),  # CoreWeave's first quarter of 2025, filed in thousands, then in millions
        (-290.509, -290.0, True),  # and its second, rounded so that the half year fits
        (1212.788, 1212.0, True),
        (117.5, 91.5, False),  # Nebius' year 2024 without the business it sold
        (982.0, 981.632, False),  # finer than before: a figure of its own
        (91.5, 91.4, False),  # as fine as before
        (884.123, 880.0, False),  # off by more than its last digit
        (5.0, 5.0, True),
    ],
)
def test_the_same_in_rounder_numbers_is_a_repetition(first, later, same) -> None:
    assert repeats(first, later) is same


def test_one_filing_gives_its_finest_value_or_none_where_it_contradicts_itself() -> None:
    assert one_value([638.0, 637.9, 638.0]) == 637.9
    assert one_value([638.0, 600.0]) is None
    assert one_value([5.0]) == 5.0


def test_the_currency_of_a_filing_is_that_of_most_figures_and_dollars_are_the_translation_on_a_tie(
    answer, entry
) -> None:
    years = [entry(1, start=f"{year}-01-01", end=f"{year}-12-31") for year in (2022, 2023, 2024)]
    found = answer(Revenues={"CNY": years, "USD": years[-1:]})
    assert own_currencies(found.filed) == {"0000000001-25-000001": "CNY"}
    found = answer(Revenues={"CNY": years[-1:], "USD": years[-1:], "shares": years})
    assert own_currencies(found.filed) == {"0000000001-25-000001": "CNY"}


def test_the_period_of_a_filing_is_the_end_that_most_figures_have(answer, entry) -> None:
    found = answer(
        Revenues={"USD": [entry(1), entry(2, start="2024-01-01", end="2024-03-31")]},
        Assets={"USD": [entry(1, start=None), entry(1, start=None, end="2024-12-31")]},
        dei__EntityCommonStockSharesOutstanding={"shares": [entry(1, start=None, end="2025-04-28")] * 3},
    )
    assert ends_of_periods(found.filed) == {"0000000001-25-000001": date(2025, 3, 31)}


def test_quarters_of_13_and_14_weeks_and_years_of_52_and_53_are_3_and_12_months() -> None:
    assert months(date(2025, 7, 28), date(2025, 10, 26)) == 3  # Nvidia
    assert months(date(2025, 9, 29), date(2026, 1, 3)) == 3
    assert months(date(2024, 1, 29), date(2025, 1, 26)) == 12
    assert months(date(2022, 1, 31), date(2023, 2, 4)) == 12


def test_a_quarter_filed_only_inside_a_longer_period_is_found() -> None:
    """Cash flows come as 3, 6, 9 and 12 months: three quarters are the one less the other."""
    start = date(2025, 1, 1)
    ends = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31)]
    assert quarters_inside([(start, end) for end in ends]) == tuple(ends[1:])
    second = (date(2025, 4, 1), ends[1])
    assert quarters_inside([*((start, end) for end in ends), second]) == tuple(ends[2:])
    assert quarters_inside([(start, ends[3])]) == ()  # a year alone hides no quarter that could be had
