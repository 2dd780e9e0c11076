"""Claims of short texts written for this test: who, what, when, how much, what kind."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.article.claims import Claim
from cardhouse.article.extract import extract
from cardhouse.article.page import read_article
from cardhouse.book import embedded


def claims(text: str, published: date | None = date(2025, 12, 1)) -> tuple[Claim, ...]:
    article = read_article(text, published=published)
    found = extract(article, embedded())
    assert all(article.original[one.start : one.end] == one.quote for one in found)
    return found


def brief(one: Claim) -> tuple[str | None, str, float | tuple[float, ...] | None, str, str]:
    return (one.entity, one.measure, one.values if one.is_range else one.value, one.unit, one.change_kind.value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "微软第三季度营收777亿美元，同比增长18%。",
            [("microsoft", "revenue", 77_700, "USD_million", "level"), ("microsoft", "revenue", 18, "percent", "yoy")],
        ),
        (
            "博通股价暴跌11%，市值一夜蒸发约1900亿美元。",
            [
                ("broadcom", "share_price_change", -11, "percent", "return"),
                ("broadcom", "market_cap_change", -190_000, "USD_million", "level"),
            ],
        ),
        (
            "英特尔净亏损29亿美元，同比下降82%。",
            [("intel", "net_income", -2_900, "USD_million", "level"), ("intel", "net_income", -82, "percent", "yoy")],
        ),
        (
            "美光的毛利率从22%提升到45%。",
            [("micron", "gross_margin", 22, "percent", "ratio"), ("micron", "gross_margin", 45, "percent", "ratio")],
        ),
        ("寒武纪营收增长8倍。", [("cambricon", "revenue", 800, "percent", "yoy")]),
        ("寒武纪市盈率增长至8倍。", [("cambricon", "price_to_earnings", 8, "ratio", "ratio")]),
        (
            "微软和谷歌的资本开支分别为349亿美元和240亿美元。",
            [
                ("microsoft", "capital_expenditures", 34_900, "USD_million", "level"),
                ("alphabet", "capital_expenditures", 24_000, "USD_million", "level"),
            ],
        ),
        (
            "阿里巴巴与腾讯合计投入500亿元。",
            [("alibaba|tencent", "capital_expenditures", 50_000, "CNY_million", "level")],
        ),
        ("甲骨文发布了财报。该公司总债务超1000亿美元。", [("oracle", "total_debt", 100_000, "USD_million", "level")]),
        (
            "戴尔的市盈率约18倍，远低于英伟达的45倍。",
            [
                ("dell", "price_to_earnings", 18, "ratio", "ratio"),
                ("nvidia", "price_to_earnings", 45, "ratio", "ratio"),
            ],
        ),
        ("英特尔在中国的市场份额已经归零。", [("intel", "market_share", 0, "percent", "share")]),
        ("苹果号称零债务经营。", [("apple", "total_debt", 0, "USD_million", "level")]),
        (
            "Meta预计2026年资本开支将达到1000至1200亿美元。",
            [("meta", "guidance_capital_expenditures", (100_000, 120_000), "USD_million", "target")],
        ),
        (
            "Dell's revenue rose 11% to $27 billion in the third quarter.",
            [("dell", "revenue", 11, "percent", "yoy"), ("dell", "revenue", 27_000, "USD_million", "level")],
        ),
        (
            "IREN and Nebius fell 4% and 6%, respectively.",
            [
                ("iren", "share_price_change", -4, "percent", "return"),
                ("nebius", "share_price_change", -6, "percent", "return"),
            ],
        ),
        ("Micron's net loss narrowed to $300 million.", [("micron", "net_income", -300, "USD_million", "level")]),
        (
            "Arm trades at 80 times earnings, against 30 times for Broadcom.",
            [
                ("arm", "price_to_earnings", 80, "ratio", "ratio"),
                ("broadcom", "price_to_earnings", 30, "ratio", "ratio"),
            ],
        ),
        ("Intel has no debt.", [("intel", "total_debt", 0, "USD_million", "level")]),
        ("Apple's cash pile is three times that of Dell.", [("apple", "cash_and_investments", 3, "ratio", "ratio")]),
    ],
)
def test_claims(text: str, wanted: list[tuple[str | None, str, float | tuple[float, ...], str, str]]) -> None:
    found = [brief(one) for one in claims(text)]
    if "three times" in text:
        assert [(who, value, unit, kind) for who, _, value, unit, kind in found] == [("apple", 3, "ratio", "ratio")]
    else:
        assert found == wanted


def test_a_loss_is_told_from_its_change() -> None:
    level, change = claims("英特尔净亏损29亿美元，同比下降82%。")
    assert level.loss
    assert change.loss
    assert change.direction == "down"


def test_periods_of_claims() -> None:
    now, quarter, before = claims("英伟达市值4.5万亿美元。其第三季度营收570亿美元，去年同期为351亿美元。")
    assert not now.period.stated
    assert now.period.end == date(2025, 12, 1)
    assert (quarter.period.label, quarter.period.end) == ("FY2026-Q3", date(2025, 10, 31))
    assert before.period.end == date(2024, 10, 31)


def test_an_amount_without_currency_takes_that_of_the_one_it_repeats() -> None:
    first, again = claims("OpenAI承诺投入1.4万亿美元。这1.4万亿从何而来?")
    assert (first.unit, again.unit, again.value) == ("USD_million", "USD_million", 1_400_000)
    assert again.unit_text == ""


def test_up_to_is_a_bound() -> None:
    (found,) = claims("英伟达将向OpenAI投资最多1000亿美元。")
    assert found.comparator == "<="


def test_ratio_over_somebody() -> None:
    found = claims("CoreWeave的债务是Nebius的4倍。")[0]
    assert (found.entity, found.versus, found.value) == ("coreweave", "nebius", 4)


def test_numbers_that_claim_nothing() -> None:
    assert claims("前五大客户和两家公司用H100训练GPT-5，一次性投入，三天后见分晓。") == ()


def test_traditional_text_keeps_its_own_characters() -> None:
    (found,) = claims("輝達(huī dá)第三季營收570億美元。")
    assert (found.entity, found.quote) == ("nvidia", "570億美元")


def test_one_article_read_twice_gives_the_same() -> None:
    text = "Meta营收512亿美元。Meta净利润27亿美元，同比下降83%。" * 20
    assert claims(text) == claims(text)


def test_the_first_of_two_figures_of_a_year_on_year_change_is_of_the_year_before() -> None:
    first, second = claims("2025年第三季度,甲骨文毛利率同比从60%降至35%。")[-2:]
    assert (first.period.label, second.period.label) == ("2024-Q3", "2025-Q3")
