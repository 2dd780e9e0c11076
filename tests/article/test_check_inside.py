"""Figures of one article that cannot both be true, and its arithmetic done again: articles of one or two sentences."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.article.arithmetic import SumKind, arithmetic, made_yearly
from cardhouse.article.claims import Article, ChangeKind, Claim, Comparator, Period, Sentence
from cardhouse.article.extract import extract
from cardhouse.article.inside import ClashKind, clashes
from cardhouse.article.page import read_article
from cardhouse.book import Book, embedded

Q3 = Period(date(2025, 7, 1), date(2025, 9, 30), "2025-Q3", stated=True)
Q3_BEFORE = Period(date(2024, 7, 1), date(2024, 9, 30), "2024-Q3", stated=True)
Q2 = Period(date(2025, 4, 1), date(2025, 6, 30), "2025-Q2", stated=True)
NOW = Period(end=date(2025, 11, 14), label="2025-11")


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded()


def article(*sentences: str) -> Article:
    made, at = [], 0
    for index, text in enumerate(sentences):
        made.append(Sentence(index, at, at + len(text), at, at + len(text), text, 0))
        at += len(text)
    text = "".join(sentences)
    return Article("", date(2025, 11, 14), "zh", text, text, tuple(made), range(len(text)))


def put(
    text: Article,
    quote: str,
    entity: str | None,
    measure: str,
    value: float,
    period: Period = NOW,
    *,
    unit: str = "USD_million",
    kind: ChangeKind = ChangeKind.LEVEL,
    comparator: Comparator = Comparator.EQUAL,
    versus: str = "",
) -> Claim:
    start = text.original.index(quote)
    sentence = next(s.index for s in text.sentences if s.start <= start < s.end)
    metric = measure if measure in embedded().metrics else None
    return Claim(
        start,
        start + len(quote),
        quote,
        sentence,
        entity=entity,
        metric=metric,
        measure=measure,
        period=period,
        value=value,
        unit=unit,
        change_kind=kind,
        comparator=comparator,
        versus=versus,
    )


def kinds(text: Article, *claims: Claim) -> list[str]:
    return [clash.kind.value for clash in clashes(text, claims)]


def test_two_market_values() -> None:
    text = article("眼下市值391亿美元。", "另一处写作712亿美元。")
    low = put(text, "391亿美元", "coreweave", "market_cap", 39_100)
    high = put(text, "712亿美元", "coreweave", "private_valuation", 71_200)
    assert kinds(text, low, high) == [ClashKind.TWO_MARKET_VALUES.value]
    assert kinds(text, low, put(text, "712亿美元", "nebius", "market_cap", 71_200)) == []


def test_values_of_two_days_and_open_bounds_are_no_clash() -> None:
    text = article("5万亿美元,4万亿美元")
    dated = Period(date(2025, 10, 29), date(2025, 10, 29), "2025-10-29", stated=True)
    then = put(text, "5万亿美元", "nvidia", "market_cap", 5_000_000, dated)
    now = put(text, "4万亿美元", "nvidia", "market_cap", 4_000_000, comparator=Comparator.ABOVE)
    assert kinds(text, then, now) == []
    undated = put(text, "5万亿美元", "nvidia", "market_cap", 5_000_000)
    assert kinds(text, undated, now) == []


def test_a_multiple_of_a_loss() -> None:
    text = article("每股亏损2.10美元。", "市盈率150倍。")
    loss = put(text, "2.10美元", "coreweave", "eps_diluted", -2.10, unit="USD")
    ratio = put(text, "150倍", "coreweave", "price_to_earnings", 150, unit="ratio", kind=ChangeKind.RATIO)
    assert kinds(text, loss, ratio) == [ClashKind.PE_OF_A_LOSS.value]


def test_shares_above_the_whole() -> None:
    text = article("前三大客户占85%,其余客户占25%。")
    parts = [put(text, quote, "nvidia", "customer_share", value, unit="percent", kind=ChangeKind.SHARE)
             for quote, value in (("85%", 85.0), ("25%", 25.0))]  # fmt: skip
    found = clashes(text, parts)
    assert [(clash.kind, clash.computed) for clash in found] == [(ClashKind.SHARES_ABOVE_100, 110.0)]


def test_shares_of_different_wholes_are_no_clash() -> None:
    """Without a word for the rest, two shares may overlap: the largest customer and the two largest."""
    text = article("最大客户占62%,前两大客户占77%。")
    parts = [put(text, quote, "nvidia", "customer_share", value, unit="percent", kind=ChangeKind.SHARE)
             for quote, value in (("62%", 62.0), ("77%", 77.0))]  # fmt: skip
    assert kinds(text, *parts) == []


def test_growth_against_its_own_levels() -> None:
    """149 to 161 is 8 percent, not 25."""
    text = article("营收161亿美元,上一季149亿美元,环比增长25%。")
    levels = [
        put(text, "161亿美元", "oracle", "revenue", 16_100, Q3),
        put(text, "149亿美元", "oracle", "revenue", 14_900, Q2),
    ]
    growth = put(text, "25%", "oracle", "revenue", 25, Q3, unit="percent", kind=ChangeKind.QOQ)
    found = clashes(text, [*levels, growth])
    assert [clash.kind for clash in found] == [ClashKind.GROWTH_AGAINST_LEVELS]
    assert found[0].computed == pytest.approx(100 * (161 / 149 - 1))


def test_growth_against_two_levels_without_periods() -> None:
    """The sentence names the quarter before: 149 to 161 is 8 percent, whichever quarters they are."""
    text = article("最近一季营收161亿美元,上一季为149亿美元,环比增长25%,8%。")
    levels = [
        put(text, "161亿美元", "oracle", "revenue", 16_100),
        put(text, "149亿美元", "oracle", "revenue", 14_900),
    ]
    for quote, value, count in (("25%", 25.0, 1), ("8%", 8.0, 0)):
        growth = put(text, quote, "oracle", "revenue", value, unit="percent", kind=ChangeKind.QOQ)
        assert len(clashes(text, [*levels, growth])) == count


def test_growth_that_fits_its_levels() -> None:
    text = article("营收13.6亿美元,去年同期5.84亿美元,增长133%。")
    levels = [
        put(text, "13.6亿美元", "coreweave", "revenue", 1_360, Q3),
        put(text, "5.84亿美元", "coreweave", "revenue", 584, Q3_BEFORE),
    ]
    growth = put(text, "133%", "coreweave", "revenue", 133, Q3, unit="percent", kind=ChangeKind.YOY)
    assert kinds(text, *levels, growth) == []


def test_a_margin_against_its_own_parts() -> None:
    """319 of 570 is 56 percent, not 46."""
    text = article("营收570亿美元,净利润319亿美元,净利率46%,56%。")
    parts = [
        put(text, "570亿美元", "nvidia", "revenue", 57_000, Q3),
        put(text, "319亿美元", "nvidia", "net_income", 31_900, Q3),
    ]
    wrong = put(text, "46%", "nvidia", "net_margin", 46, Q3, unit="percent", kind=ChangeKind.RATIO)
    right = put(text, "56%", "nvidia", "net_margin", 56, Q3, unit="percent", kind=ChangeKind.RATIO)
    assert kinds(text, *parts, wrong) == [ClashKind.RATIO_AGAINST_PARTS.value]
    assert kinds(text, *parts, right) == []


def test_debts_of_a_firm_without_debts() -> None:
    text = article("零债务。", "总债务约41亿美元。")
    none = put(text, "零债务", "nebius", "total_debt", 0)
    some = put(text, "41亿美元", "nebius", "total_debt", 4_100)
    assert ClashKind.DEBT_OF_A_DEBT_FREE_FIRM.value in kinds(text, none, some)


def test_a_quarter_made_a_year(book: Book) -> None:
    text = article("本季亏损90亿美元,年化亏损360亿美元。", "本季亏损90亿美元,年化亏损460亿美元。")
    part = put(text, "90亿美元", "openai", "net_income", -9_000, Q3)
    year = put(text, "360亿美元", "openai", "net_income", -36_000, Q3)
    wrong = put(text, "460亿美元", "openai", "net_income", -46_000, Q3)
    assert made_yearly(text, year)
    assert not made_yearly(text, part)
    assert [(s.kind, s.holds) for s in arithmetic(text, [part, year], book)] == [(SumKind.ANNUALISED, True)]
    assert [(s.kind, s.holds) for s in arithmetic(text, [part, wrong], book)] == [(SumKind.ANNUALISED, False)]


def test_one_amount_in_two_currencies(book: Book) -> None:
    """1,845 yuan at .1383 are 255 dollars, not 355."""
    text = article("收入1845亿元,约合255亿美元。", "收入1845亿元,约合355亿美元。")
    yuan = put(text, "1845亿元", "tencent", "revenue", 184_500, Q2, unit="CNY_million")
    right = put(text, "255亿美元", "tencent", "revenue", 25_500, Q2)
    assert [(s.kind, s.holds) for s in arithmetic(text, [yuan, right], book)] == [(SumKind.CONVERSION, True)]
    text = article("收入1845亿元,约合355亿美元。")
    wrong = put(text, "355亿美元", "tencent", "revenue", 35_500, Q2)
    assert [s.holds for s in arithmetic(text, [yuan, wrong], book)] == [False]


def test_so_many_times_japan(book: Book) -> None:
    """10,087 over 1,016 is 9.93: ten holds, five does not."""
    text = article("日本发电1016太瓦时,中国10087太瓦时,抵得上十个日本,五个日本。")
    year = Period(date(2024, 1, 1), date(2024, 12, 31), "2024", stated=True)
    levels = [
        put(text, "1016太瓦时", "japan", "electricity_generation", 1016, year, unit="TWh"),
        put(text, "10087太瓦时", "china", "electricity_generation", 10087, year, unit="TWh"),
    ]
    for quote, value, holds in (("十个日本", 10.0, True), ("五个日本", 5.0, False)):
        times = put(text, quote, "china", "electricity_generation", value, unit="ratio", kind=ChangeKind.RATIO,
                    versus="japan")  # fmt: skip
        found = arithmetic(text, [*levels, times], book)
        assert [(s.kind, s.holds) for s in found] == [(SumKind.MULTIPLE, holds)]
        assert found[0].computed == pytest.approx(10087 / 1016)


def test_firms_added_up(book: Book) -> None:
    text = article("Amazon $131.8 billion, Meta $69.7 billion, together $201.5 billion.")
    parts = [
        put(text, "$131.8 billion", "amazon", "capital_expenditures", 131_800),
        put(text, "$69.7 billion", "meta", "capital_expenditures", 69_700),
    ]
    total = put(text, "$201.5 billion", "amazon|meta", "capital_expenditures", 201_500)
    assert [(s.kind, s.holds) for s in arithmetic(text, [*parts, total], book)] == [(SumKind.TOTAL, True)]


def test_thousands_of_claims_are_compared_in_no_time(book: Book) -> None:
    import time

    text = article("1亿美元")
    many = [put(text, "1亿美元", "nvidia", "revenue", float(i), Q3) for i in range(2_000)]
    begin = time.perf_counter()
    clashes(text, many)
    arithmetic(text, many, book)
    assert time.perf_counter() - begin < 5.0


YEAR = Period(date(2025, 1, 1), date(2025, 12, 31), "2025", stated=True)


def test_two_returns_over_one_year_cannot_both_be_true() -> None:
    text = article("The shares rose 6-fold in 2025.", "In 2025 they rose 10-fold.")
    rise = put(text, "6-fold", "nebius", "share_price_change", 600.0, YEAR, kind=ChangeKind.RETURN, unit="percent")
    more = put(text, "10-fold", "nebius", "share_price_change", 1000.0, YEAR, kind=ChangeKind.RETURN, unit="percent")
    assert [(c.kind, c.claims) for c in clashes(text, (rise, more))] == [(ClashKind.TWO_FIGURES, (0, 1))]


def test_two_returns_within_a_month_are_two_falls() -> None:
    month = Period(date(2025, 2, 1), date(2025, 2, 28), "2025-02", stated=True)
    text = article("They fell 8%.", "They fell 20%.")
    fall = put(text, "8%", "nvidia", "share_price_change", -8.0, month, kind=ChangeKind.RETURN, unit="percent")
    more = put(text, "20%", "nvidia", "share_price_change", -20.0, month, kind=ChangeKind.RETURN, unit="percent")
    assert clashes(text, (fall, more)) == ()


def test_three_japans_are_held_against_the_books_own_japan(book: Book) -> None:
    text = read_article("2025-11-14\n新疆一年能发三万亿度电,差不多三个日本的总发电量。".encode())
    claims = extract(text, book)
    found = [s for s in arithmetic(text, claims, book) if s.kind is SumKind.MULTIPLE]
    japan = [f for f in book.chosen("japan", "electricity_generation") if not f.item and f.end <= date(2025, 11, 14)]
    assert len(found) == 1
    assert found[0].computed == pytest.approx(3000 / japan[-1].value)
    assert found[0].holds


def test_five_japans_are_not_three(book: Book) -> None:
    text = read_article("2025-11-14\n新疆一年能发三万亿度电,差不多五个日本的总发电量。".encode())
    found = [s for s in arithmetic(text, extract(text, book), book) if s.kind is SumKind.MULTIPLE]
    assert [s.holds for s in found] == [False]
