"""Body, title and day of messy pages; every sentence is where it says in the original."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.article.claims import DatedBy, Role
from cardhouse.article.page import read_article

BODY = (
    "甲骨文公布了第二季度财报，营收161亿美元，同比增长14%，净利润也超出了市场预期。\n\n"
    "公司的总债务突破1000亿美元，投资者开始担心它的现金流能否支撑扩张。\n\n"
)
SCRAPE = (
    "高清不卡影片|免费在线视频|久久\n\n某网首页 > 财经 > 正文\n\n甲骨文的豪赌能赢吗\n\n0\n分享至\n\n"
    "作者 | 某人\n\n" + BODY + "相关推荐\n热点推荐\n某明星宣布离婚\n\n某明星宣布离婚\n\n小报\n2026-02-27 22:32:30\n"
    "一季度GDP增长5%引热议\n2026-02-28 11:05:07\n"
)


def test_a_scrape_gives_title_body_and_day() -> None:
    article = read_article(SCRAPE)
    assert article.title == "甲骨文的豪赌能赢吗"
    assert (article.published, article.dated_by) == (date(2026, 2, 28), DatedBy.STAMP)
    assert [one.role for one in article.sentences] == [Role.TITLE, Role.BODY, Role.BODY]
    reasons = {one.reason for one in article.dropped}
    assert {"spam", "navigation", "byline", "after the article"} <= reasons


def test_sentences_stand_where_they_say() -> None:
    article = read_article(SCRAPE)
    for one in article.sentences:
        assert article.original[one.start : one.end].replace("，", ",") == one.text
        assert article.text[one.clean_start : one.clean_end] == one.text


def test_a_forum_line_gives_the_day() -> None:
    article = read_article("张三 发表于 2025-11-14 19:20\n\n算力市场的两家公司\n\n" + BODY + "页: [1]\n")
    assert (article.published, article.dated_by) == (date(2025, 11, 14), DatedBy.LINE)
    assert article.title == "算力市场的两家公司"


def test_numbered_lines_and_images_are_no_titles() -> None:
    article = read_article(
        "1. 英伟达的市值突破了5万亿美元，超过了日本的经济总量。\n![](a.jpg)\n2. 这一数字让人吃惊。\n"
    )
    assert article.title == ""
    assert [one.text[:3] for one in article.sentences] == ["英伟达", "这一数"]


def test_an_english_dateline_gives_the_day() -> None:
    text = (
        "Chip maker reports record quarter\n\n"
        "SANTA CLARA, Calif., Feb. 25, 2026 - The company reported revenue of $68.1 billion, a record.\n"
    )
    article = read_article(text)
    assert article.published == date(2026, 2, 25)
    assert article.language == "en"


def test_short_forms_do_not_end_sentences() -> None:
    article = read_article(
        "Apple Inc. said on Feb. 3 that U.S. sales rose 3.5% to $4.2 billion. It gave no outlook for the year."
    )
    assert len(article.sentences) == 2


def test_one_line_is_an_article() -> None:
    assert [one.text for one in read_article("英伟达营收681亿美元").sentences] == ["英伟达营收681亿美元"]


def test_the_given_day_goes_first() -> None:
    assert read_article(SCRAPE, published=date(2026, 1, 1)).dated_by is DatedBy.GIVEN


PARAGRAPH = "Nvidia said revenue rose 73% to $68.1 billion in the fourth quarter, and it expects more to come. " * 3
PAGE = f"""<!DOCTYPE html><html><head><title>Nvidia's record quarter</title>
<meta property="article:published_time" content="2026-02-25T21:00:00Z"><script>var x = "profit of $99 billion";</script>
<style>p {{ color: red }}</style></head><body><nav><a href="/">Home</a><a href="/m">Markets</a></nav>
<article><h1>Nvidia's record quarter</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article>
<aside><a href="/x">Ten stocks that fell 90%</a></aside><footer>Copyright 2026</footer></body></html>"""


@pytest.mark.filterwarnings("default")
def test_html_gives_the_article_alone() -> None:
    article = read_article(PAGE.encode())
    assert article.title == "Nvidia's record quarter"
    assert (article.published, article.dated_by) == (date(2026, 2, 25), DatedBy.PAGE)
    words = " ".join(one.text for one in article.sentences)
    assert "68.1" in words
    assert "$99" not in article.original
    assert "Ten stocks" not in words


def test_markup_too_deep_for_the_library_is_read_by_lines() -> None:
    article = read_article("<html><body>" + "<div>" * 5000 + "<p>英伟达营收681亿美元，同比增长73%，超过了预期。</p>")
    assert "681亿美元" in " ".join(one.text for one in article.sentences)
