"""Countries side by side: what compares and what does not, by hand; figures as their compilers state them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Confidence, Fact, Where, embedded
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.country import Comparison, Indicator, Line, compare, find, line, pick
from cardhouse.lenses.measure import Gap, Measure

SOURCE = "epoch-clusters-2025-06"


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date.max)


@pytest.fixture(scope="module")
def whole(book: Book) -> Comparison:
    return compare(book, ("us", "cn"))


def value(reading: object) -> float:
    assert isinstance(reading, Measure), reading
    return reading.value


def row(who: str, day: str, number: float, item: str = "x", metric: str = "data_center_capacity") -> Fact:
    end, where = date.fromisoformat(day), Where("facts.csv", 1)
    return Fact(who, metric, item, None, end, number, "GW", SOURCE, end, Confidence.HIGH, "", where)


def capacity(book: Book, *rows: Fact, countries: tuple[str, ...] = ("us", "cn")) -> Line:
    own = replace(book, facts=rows)
    return line(own, Indicator("compute", "data_center_capacity"), pick(own, countries))


def test_one_definition_and_near_periods_compare(book: Book) -> None:
    found = capacity(book, row("usa", "2024-12-31", 50.0), row("china", "2025-06-30", 25.0))
    assert value(found.ratio) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (row("china", "2025-06-30", 25.0, "y"), "different definitions"),
        (row("china", "2023-12-30", 25.0), "more than a year apart"),
    ],
)
def test_other_definitions_and_far_periods_do_not(book: Book, other: Fact, reason: str) -> None:
    found = capacity(book, row("usa", "2024-12-31", 50.0), other)
    assert isinstance(found.ratio, Gap)
    assert found.ratio.reason.startswith("not comparable")
    assert reason in found.ratio.reason
    assert value(found.values[1]) == 25.0  # it still stands beside


def test_an_older_pair_that_compares_goes_before_newer_ones_that_do_not(book: Book) -> None:
    found = capacity(
        book, row("usa", "2024-12-31", 50.0), row("usa", "2026-01-31", 70.0, "y"), row("china", "2024-12-31", 25.0)
    )
    assert value(found.values[0]) == 50.0
    assert value(found.ratio) == pytest.approx(2.0)


def test_a_missing_figure_is_named(book: Book) -> None:
    found = capacity(book, row("usa", "2024-12-31", 50.0))
    assert isinstance(found.values[1], Gap)
    assert "China" in found.values[1].what


def test_a_third_country_without_figures_does_not_spoil_the_pair(book: Book) -> None:
    rows = (row("usa", "2024-12-31", 50.0), row("usa", "2026-01-31", 70.0, "y"), row("china", "2024-12-31", 25.0))
    found = capacity(book, *rows, countries=("us", "cn", "jp"))
    assert value(found.values[0]) == 50.0
    assert isinstance(found.ratio, Gap)


def test_private_investment_is_23_times_as_the_ai_index_says(whole: Comparison) -> None:
    found = whole.line("private investment in AI")
    assert [value(v) for v in found.values] == [285_900.0, 12_400.0]
    assert round(value(found.ratio)) == 23


def test_half_as_much_power_and_five_times_the_computing(whole: Comparison) -> None:
    # Epoch, June 2025: about three quarters in the US and 15 percent in China; Our World in Data: 4,391 and 10,087 TWh.
    assert value(whole.line("share of the world's AI computing").ratio) == pytest.approx(5.0)
    assert value(whole.line("electricity generation").ratio) == pytest.approx(4391 / 10087)


def test_notable_models_are_counted_by_one_edition(whole: Comparison) -> None:
    # AI Index 2026: 50 in the US, 30 in China in 2025; the edition before had 40 and 15 for 2024.
    found = whole.line("notable models")
    assert [value(v) for v in found.values] == [50.0, 30.0]
    assert {v.end.year for v in found.values if isinstance(v, Measure)} == {2025}


def test_power_to_come_is_the_forecast_less_the_present(whole: Comparison) -> None:
    # IEA: 183 TWh in 2024 and 426 in 2030 in the US; 243 TWh more over 8,766 hours.
    found = whole.line("power for data centers to come by 2030")
    assert value(found.values[0]) == pytest.approx(243_000 / 8766)


def test_shares_of_a_year_are_of_the_same_year(whole: Comparison) -> None:
    found = whole.line("data centers' share of generation")
    assert value(found.values[0]) == pytest.approx(183 / 4391)
    assert value(found.values[1]) == pytest.approx(102 / 10087)


def test_a_rough_figure_is_marked(book: Book) -> None:
    low = replace(row("china", "2024-12-31", 25.0), confidence=Confidence.LOW)
    found = capacity(book, row("usa", "2024-12-31", 50.0), low)
    assert found.rough == (False, True)


def test_of_figures_that_do_not_compare_a_sure_one_goes_before_a_newer_rough_one(book: Book) -> None:
    rough = replace(row("usa", "2026-01-31", 70.0, "y"), confidence=Confidence.LOW)
    found = capacity(book, row("usa", "2024-12-31", 50.0), rough, row("china", "2024-12-31", 25.0, "z"))
    assert [value(v) for v in found.values] == [50.0, 25.0]


def test_prices_of_electricity_of_two_compilers_have_no_ratio(whole: Comparison) -> None:
    """The average that the EIA reports for a month and a tariff quoted in an article, 0.0853 and about 0.1 dollars."""
    found = whole.line("electricity price per kWh")
    assert [value(v) for v in found.values] == [0.0853, 0.1]
    assert found.rough == (False, True)
    assert isinstance(found.ratio, Gap)


def test_output_is_of_one_edition_on_both_sides(whole: Comparison) -> None:
    """IMF, April 2025: 30.51 and 19.23 trillion; the October figure of the US stands in the book besides."""
    found = whole.line("gross domestic product")
    assert found.items == ("weo-2025-04", "weo-2025-04")
    assert [value(v) for v in found.values] == [30_510_000.0, 19_230_000.0]
    share = whole.line("private investment in AI over GDP")
    assert value(share.values[0]) == pytest.approx(285_900 / 30_510_000)


def test_computing_is_of_one_definition_on_any_day(whole: Comparison) -> None:
    early = compare(embedded().as_of(date(2025, 12, 31)), ("us", "cn"))
    for answer in (early, whole):
        assert value(answer.line("computing capacity (ai fp16)").values[1]) == 788.0


def test_a_firm_counts_by_any_rows_that_add_up_to_its_year(whole: Comparison) -> None:
    """SenseTime to June 2025: 3,772 less 1,739.7 plus 2,358.198 million yuan, 4,390.5."""
    found = next(f for f in whole.listed[1] if f.firm == "sensetime")
    yuan = 3772 - 1739.7 + 2358.198
    assert found.revenue.end == date(2025, 6, 30)
    assert found.revenue.value / yuan == pytest.approx(0.139, abs=0.002)  # dollars for a yuan in those years
    assert any("longer periods less" in flag for flag in found.revenue.flags)


def test_three_firms_are_no_country(whole: Comparison) -> None:
    """Zhipu, MiniMax and SenseTime have both figures; of Alibaba and others the book has no market value."""
    assert {f.firm for f in whole.listed[1]} == {"zhipu", "minimax", "sensetime"}
    for what in ("listed firms with both figures", "median of them"):
        found = whole.line(f"market value over revenue, {what}").values[1]
        assert isinstance(found, Gap)
        assert "with both figures: 3; 4 are needed" in found.reason
    named = {gap.what: gap.reason for gap in whole.lacking[1]}
    assert named["Alibaba"] == "no market value of the last year"
    assert "Huawei" not in named  # not listed


def test_multiples_of_unlike_firms_are_not_compared(whole: Comparison) -> None:
    found = whole.line("market value over revenue, listed firms with both figures")
    usa = whole.listed[0]
    assert value(found.values[0]) == pytest.approx(
        sum(f.market_value.value for f in usa) / sum(f.revenue.value for f in usa)
    )
    assert isinstance(found.ratio, Gap)
    assert all(abs((f.market_value.end - f.revenue.end).days) <= 366 for own in whole.listed for f in own)


@pytest.mark.parametrize("name", ["cn", "CN", "china", "China", "中国", " cn "])
def test_a_country_by_code_or_name_in_both_languages(book: Book, name: str) -> None:
    assert find(book, name).id == "china"


def test_an_unknown_country_gets_a_near_name_or_the_list(book: Book) -> None:
    with pytest.raises(UnknownName, match="China"):
        find(book, "Chnia")
    with pytest.raises(UnknownName, match="us"):
        find(book, "atlantis")


@pytest.mark.parametrize("names", [("us",), ("us", "usa"), ("us", "cn", "jp", "de", "in")])
def test_two_to_four_different_countries(book: Book, names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="two to four"):
        compare(book, names)


@pytest.mark.parametrize(
    ("names", "words"),
    [(("us", "us"), "only United States to compare"), (("us", "cn", "jp", "de", "fr"), "5 countries")],
)
def test_what_was_typed_is_told_back(book: Book, names: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        compare(book, names)


def test_nothing_known_later_enters() -> None:
    day = date(2025, 6, 30)
    early = compare(embedded().as_of(day), ("us", "cn"))
    found = early.line("private investment in AI")
    assert [value(v) for v in found.values] == [109_100.0, 9_300.0]
    assert isinstance(early.line("power generation capacity").values[0], Gap)
