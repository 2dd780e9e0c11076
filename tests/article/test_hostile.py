"""Text made to hang or crash: each case within seconds on a slow machine, whatever it holds."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardhouse.article.extract import extract
from cardhouse.article.page import read_article
from cardhouse.book import embedded

LIMIT_SECONDS = 6.0
CASES = {
    "one long line": "亏损120亿美元" * 15_000,
    "digits": "1" * 200_000,
    "thousands": "1," * 80_000,
    "numerals": "一二三四五六七八九十" * 12_000,
    "scales": "亿" * 100_000,
    "brackets": "(" * 100_000,
    "titles": "《" * 60_000,
    "names": "英伟达、" * 20_000,
    "stops": "a. " * 40_000,
    "dates": "2025-11-02 " * 8_000,
    "right to left": "\u202e营收5亿美元" * 8_000,
    "zero width": "营\u200b收\u200b5亿" * 20_000,
    "open pinyin": "英(yīng" * 30_000,
    "blank lines": "\n" * 200_000,
    "short lines": "英伟达涨5%\n" * 8_000,
    "angles": "<" * 200_000,
    "nested tags": "<html><body>" + "<div>" * 40_000 + "营收5亿美元",
    "open comments": "<html><body><p>" + "<!--" * 40_000,
    "open scripts": "<html><body><p>x</p>" + "<script>" * 30_000,
    "open attribute": "<html><body><p " + 'a="' * 60_000,
    "entities": "<html><body><p>" + "&#x" * 60_000,
    "many links": "<html><body>" + "<a href=x>营收5亿美元</a>" * 10_000,
    "mojibake": "营收".encode().decode("latin-1") * 15_000,
    "traditional": "營收億萬國" * 10_000,
    "images": "![](" * 30_000,
    "ranges": "至5" * 40_000,
    "quotes": '"' * 100_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES))
def test_hostile_text_is_read_in_time(name: str) -> None:
    book = embedded()
    began = time.perf_counter()
    article = read_article(CASES[name])
    extract(article, book)
    assert time.perf_counter() - began < LIMIT_SECONDS


WORDS = (
    "英伟达 OpenAI 营收 市值 净亏损 1 2.5 , 。 ， % 亿 万亿 美元 元 至 到 从 降 增长 同比 近 超 八成 倍 年 月 "
    "日 季度 第 Q3 2025 $ billion "
    "to from up ( ) 《 》 “ ” \n \u200b \u202e <p> </p> <script> &amp; - – — 零债务 翻倍 分别 "
    "respectively 一半 归零 不足 其 该公司 "
    "2月30日 13月1日"
)
PIECES = st.sampled_from(WORDS.split(" "))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_mixture_is_read_and_every_claim_stands_in_the_original(text: str) -> None:
    article = read_article(text)
    for claim in extract(article, embedded()):
        assert article.original[claim.start : claim.end] == claim.quote
        assert claim.quote
        assert claim.is_range == (claim.value is None)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=400), st.binary(max_size=400)))
def test_any_text_is_read(text: str | bytes) -> None:
    extract(read_article(text), embedded())
