"""Verdicts by hand: what a figure of the book makes of a claim, digit by digit and word by word."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.article.claims import ChangeKind, Claim, Comparator
from cardhouse.article.standards import allowance, derived, similar, tolerances, window
from cardhouse.article.verdicts import Figure, How, Reason, Verdict, judge, step
from cardhouse.book import UNITS, MetricKind, embedded

ABOVE, BELOW, ABOUT, UP_TO = Comparator.ABOVE, Comparator.BELOW, Comparator.ABOUT, Comparator.UP_TO


def claim(quote: str, value: float, comparator: Comparator = Comparator.EQUAL, unit: str = "USD_million") -> Claim:
    return Claim(0, len(quote), quote, 0, value=value, unit=unit, comparator=comparator)


def figure(value: float, unit: str = "USD_million", *, slack: float = 0.0) -> Figure:
    return Figure(value, unit, How.FACT, "revenue", None, date(2025, 9, 30), slack=slack)


@pytest.mark.parametrize(
    ("quote", "stated", "comparator", "actual", "verdict"),
    [
        # Nvidia's 68,127 million written as 68.1, cut to 68, and misprinted
        ("681亿美元", 68_100, "=", 68_127, "confirmed"),
        ("$68 billion", 68_000, "=", 68_127, "confirmed"),
        ("$68.1 billion", 68_100, "=", 68_900, "imprecise"),
        ("$86.1 billion", 86_100, "=", 68_127, "contradicted"),
        # one digit does not cover a fifth
        ("5万亿美元", 5_000_000, "=", 5_030_000, "confirmed"),
        ("5万亿美元", 5_000_000, "=", 5_450_000, "imprecise"),
        ("5万亿美元", 5_000_000, "=", 6_500_000, "contradicted"),
        # comparators are true on one side
        ("超4万亿美元", 4_000_000, ">", 4_490_000, "confirmed"),
        ("超4万亿美元", 4_000_000, ">", 3_700_000, "imprecise"),
        ("超4万亿美元", 4_000_000, ">", 3_000_000, "contradicted"),
        ("超4万亿美元", 4_000_000, ">", 9_000_000, "imprecise"),
        ("不足50亿美元", 5_000, "<", 4_600, "confirmed"),
        ("不足50亿美元", 5_000, "<", 5_900, "contradicted"),
        ("up to $1 billion", 1_000, "<=", 1_000, "confirmed"),
        ("about $293 billion", 293_000, "~", 281_000, "confirmed"),
        ("about $293 billion", 293_000, "~", 200_000, "contradicted"),
        # losses: more than 12 billion lost is further down
        ("超120亿美元", -12_000, ">", -13_500, "confirmed"),
        ("超120亿美元", -12_000, ">", -9_000, "contradicted"),
    ],
)
def test_money_is_judged_by_its_digits_and_words(
    quote: str, stated: float, comparator: str, actual: float, verdict: str
) -> None:
    assert judge(claim(quote, stated, Comparator(comparator)), figure(actual)).verdict.value == verdict


@pytest.mark.parametrize(
    ("quote", "stated", "actual", "verdict"),
    [
        ("73%", 73.0, 73.2, "confirmed"),
        ("62%", 62.0, 62.49, "confirmed"),
        ("73.4%", 73.4, 73.41, "confirmed"),
        ("73.4%", 73.4, 74.9, "imprecise"),
        ("12%", 12.0, 3.8, "contradicted"),
        ("60%", 60.0, 59.5, "confirmed"),
        ("106%", 106.0, 105.85, "confirmed"),
    ],
)
def test_percentages_are_judged_in_points(quote: str, stated: float, actual: float, verdict: str) -> None:
    found = judge(claim(quote, stated, unit="percent"), figure(actual, "percent"))
    assert found.verdict.value == verdict
    assert found.gap == pytest.approx(stated - actual)


def test_a_year_more_or_less_of_a_life_is_imprecise() -> None:
    assert judge(claim("4年", 4, unit="years"), figure(5, "years")).verdict is Verdict.IMPRECISE
    assert judge(claim("3年", 3, unit="years"), figure(6, "years")).verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("quote", "stated", "actual", "verdict"),
    [
        ("萬億", -1_000_000, -1_781_000, "imprecise"),
        ("数百亿", 20_000, 17_500, "imprecise"),
        ("万亿美元", 1_000_000, 40_000, "contradicted"),
        ("一万亿", 1_000_000, 1_781_000, "contradicted"),
        ("1万亿美元", 1_000_000, 1_005_000, "confirmed"),
    ],
)
def test_a_bare_word_of_size_says_no_more_than_the_size(quote: str, stated: float, actual: float, verdict: str) -> None:
    assert judge(claim(quote, stated), figure(actual)).verdict.value == verdict


def test_a_range_holds_what_lies_in_it() -> None:
    between = Claim(0, 12, "200至300亿美元", 0, low=20_000, high=30_000, unit="USD_million")
    assert judge(between, figure(25_000)).verdict is Verdict.CONFIRMED
    assert judge(between, figure(32_000)).verdict is Verdict.IMPRECISE
    assert judge(between, figure(90_000)).verdict is Verdict.CONTRADICTED


def test_a_profit_told_for_a_loss_of_the_same_size_says_so() -> None:
    found = judge(claim("$110 million", 110), figure(-110.1))
    assert found.verdict is Verdict.CONTRADICTED
    assert [note.reason for note in found.notes] == [Reason.SIGN]


def test_conversion_widens_what_counts_as_the_same() -> None:
    assert judge(claim("255.9亿美元", 25_590), figure(25_200)).verdict is Verdict.IMPRECISE
    assert judge(claim("255.9亿美元", 25_590), figure(25_200, slack=0.015)).verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("quote", "value", "expected"),
    [
        ("681亿美元", 68_100, 100),
        ("$1.36 billion", 1_360, 10),
        ("$57.0 billion", 57_000, 100),
        ("5万亿", 5_000_000, 1_000_000),
        ("200亿元", 20_000, 10_000),
        ("一千二百亿度", 120, 10),
        ("七成", 70, 10),
        ("5,048.62", 5048.62, 0.01),
        ("零债务", 0, 0),
    ],
)
def test_the_step_of_the_last_written_digit(quote: str, value: float, expected: float) -> None:
    assert step(claim(quote, value)) == pytest.approx(expected)


def test_every_allowance_gives_its_reason() -> None:
    assert all(len(row.reason.split()) >= 4 for row in tolerances().values())
    assert 0 < allowance("floor") < allowance("rounding_cap") < allowance("imprecise") < 0.2


def test_the_tables_name_metrics_of_the_book() -> None:
    book = embedded()
    for made in derived().values():
        assert {made.over, made.under} <= set(book.metrics), made.measure
    for metric in book.metrics.values():
        assert window(metric.id, metric.kind).before >= 0
        assert all(row.other in book.metrics for row in similar(metric.id)), metric.id
        assert all(row.when in ("always", "target", "missing", "consensus", "part") for row in similar(metric.id))
    assert window("market_cap", MetricKind.MARKET).drift > 0
    assert UNITS
    assert ChangeKind.LEVEL.value == "level"
