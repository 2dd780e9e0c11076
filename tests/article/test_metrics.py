"""Metrics by their names; the rule files hold together with the book."""

from __future__ import annotations

import pytest

from cardhouse.article.lexicon import Finder, either, table, words
from cardhouse.article.metrics import find_metric, metric_words
from cardhouse.article.quantities import quantities
from cardhouse.book import embedded


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("营收681亿美元", "revenue"),
        ("44亿美元的订阅收入", "revenue_subscription"),
        ("毛利率为60%", "gross_margin"),
        ("a valuation of $183 billion", "private_valuation"),
        ("$455 billion in remaining performance obligations", "remaining_performance_obligations"),
        ("2025年收入130亿美元", "revenue"),
        ("资产负债率超过80%", "liabilities_to_assets"),
        ("亏损1.73美元", "eps_diluted"),  # money for one piece: of one share
        ("净亏损17.3亿美元", "net_income"),
        ("年化实际收入约120亿美元", "annualized_revenue_run_rate"),
    ],
)
def test_the_name_nearest_to_the_figure(text: str, measure: str) -> None:
    q = quantities(text)[-1]
    found = find_metric(text, q, metric_words(text, embedded()), [(0, len(text))], change=False)
    assert found is not None
    assert found.measure.name == measure


def test_a_name_that_cannot_have_such_a_figure_is_passed_over() -> None:
    text = "营收创新高,毛利率60%"
    q = quantities(text)[0]
    found = find_metric(text, q, metric_words(text, embedded()), [(0, len(text))], change=False)
    assert found is not None
    assert found.measure.name == "gross_margin"


def test_rules_name_entities_that_the_book_knows() -> None:
    book = embedded()
    for row in table("entities"):
        if row["id"] and row["kind"] != "group":
            assert row["id"] in book.firms or row["id"] in book.subjects, row


def test_rules_are_in_simplified_characters() -> None:
    from cardhouse.article.text import simplify

    for name in ("metrics", "entities", "changes", "figures", "units"):
        text = "".join("".join(row.values()) for row in table(name))
        assert simplify(text)[1] == "hans"


def test_finder_takes_the_longest_and_whole_words() -> None:
    finder = Finder([("net", 1), ("net income", 2), ("arm", 3)])
    assert finder.find("Net income of farms, an arm") == [(0, 10, 2), (24, 27, 3)]
    assert "net" in either(["net"])
    assert words("page", "ends")
