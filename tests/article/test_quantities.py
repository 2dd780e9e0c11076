"""Numbers, units, comparators and ranges, written in this file and read off by hand."""

from __future__ import annotations

import pytest

from cardhouse.article.numerals import chinese
from cardhouse.article.quantities import Quantity, quantities


def one(text: str) -> Quantity:
    found = quantities(text)
    assert len(found) == 1, [text[q.start : q.end] for q in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一亿零四百万", 104e6),
        ("三万亿", 3e12),
        ("四千二百万", 42e6),
        ("两万五", 25e3),
        ("十二", 12),
        ("三点五", 3.5),
        ("二〇二五", 2025),
    ],
)
def test_numerals_in_characters(text: str, value: float) -> None:
    assert chinese(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("营收681亿美元", 68_100, "USD_million"),
        ("装机四千二百万千瓦", 42, "GW"),
        ("发电三万亿度电", 3_000, "TWh"),
        ("跌了七成", 70, "percent"),
        ("revenue of $1.4 trillion", 1_400_000, "USD_million"),
        ("margin of 36.4%", 36.4, "percent"),
        ("市盈率200倍", 200, "ratio"),
        ("提高25个百分点", 25, "percentage_points"),
        ("rose 50 basis points", 50, "basis_points"),
        ("上调50个基点", 50, "basis_points"),
        ("负债率百分之三十五", 35, "percent"),
        ("四分之三的收入", 75, "percent"),
        ("功率40kW", 40, "kW"),
        ("1.2 gigawatts of power", 1.2, "GW"),
        ("每股1.73美元", 1.73, "USD"),
        ("200亿元", 20_000, "CNY_million"),
        ("HK$3.5 billion", 3_500, "HKD_million"),
        ("50万AI开发者", 500_000, "count"),
        ("20,000 employees", 20_000, "count"),
        ("份额归零", 0, "percent"),
        ("产能翻倍", 2, "ratio"),
        ("sales doubled", 2, "ratio"),
        ("算力500EFLOPS", 500, "EFLOPS"),
    ],
)
def test_value_and_unit(text: str, value: float, unit: str) -> None:
    found = one(text)
    assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("超4万亿美元", ">"),
        ("近2600亿美元", "~"),
        ("不足5亿美元", "<"),
        ("约120亿美元", "~"),
        ("85%以上", ">"),
        ("30%左右", "~"),
        ("40多亿美元", ">"),
        ("数百亿美元", ">"),
        ("突破200亿美元", ">"),
        ("不超过5亿美元", "<="),
        ("up to $10 billion", "<="),
        ("more than 5%", ">"),
        ("nearly $3 billion", "~"),
        ("less than 7%", "<"),
        ("at least $2bn", ">"),
        ("681亿美元", "="),
        ("高达224亿美元", "="),
    ],
)
def test_comparators(text: str, sign: str) -> None:
    assert one(text).comparator.value == sign


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("投入300至400亿美元", 30_000, 40_000, "USD_million"),
        ("900-1100万美元", 9, 11, "USD_million"),
        ("七到八年", 7, 8, "years"),
        ("涨3-6倍", 3, 6, "ratio"),
        ("跌了七八成", 70, 80, "percent"),
        ("between $5 and $6 billion", 5_000, 6_000, "USD_million"),
        ("3% to 5%", 3, 5, "percent"),
        ("$60 billion to $65 billion", 60_000, 65_000, "USD_million"),
    ],
)
def test_ranges_give_both_bounds(text: str, low: float, high: float, unit: str) -> None:
    found = one(text)
    assert (found.low, found.high, found.unit) == (pytest.approx(low), pytest.approx(high), unit)


def test_from_to_is_no_range() -> None:
    assert [q.value for q in quantities("毛利率从60%到35%")] == [60, 35]
    assert [q.value for q in quantities("fell from 60% to 35%")] == [60, 35]


@pytest.mark.parametrize(
    "text", ["H100芯片", "GPT-5", "成本高", "一成不变", "成功率", "十分重要", "第Q3", "iPhone 17 Pro", "千万别信"]
)
def test_numbers_that_are_none(text: str) -> None:
    assert not [q for q in quantities(text) if not q.bare]


def test_a_unit_left_out_is_marked() -> None:
    found = quantities("投入400亿换回4个多亿")
    assert [(q.value, q.bare) for q in found] == [(400e8, True), (4e8, True)]
