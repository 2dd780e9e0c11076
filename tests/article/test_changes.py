"""Verbs of change and what hangs on them."""

from __future__ import annotations

import pytest

from cardhouse.article.changes import Governed, govern, verbs
from cardhouse.article.quantities import quantities


def held(text: str) -> Governed:
    q = quantities(text)[-1]
    return govern(text, q, verbs(text), 0, len(text), 0)


@pytest.mark.parametrize(
    "text",
    [
        "股价暴跌11%",
        "营收增长8倍",
        "涨幅达6倍",
        "a 12% increase",
        "shares fell by 5%",
        "up 73%",
        "跌去近八成",
        "growth of 12%",
    ],
)
def test_the_figure_is_the_change(text: str) -> None:
    assert held(text).changes


@pytest.mark.parametrize(
    "text",
    ["营收增长至8亿美元", "毛利率降到35%", "rose to $5 billion", "市值5万亿美元", "up to 10%", "收窄至2024年的5%"],
)
def test_the_figure_is_where_it_arrives(text: str) -> None:
    assert not held(text).changes


@pytest.mark.parametrize(
    ("text", "direction"), [("股价暴跌11%", "down"), ("激增40%", "up"), ("shrank 3%", "down"), ("climbed 3%", "up")]
)
def test_the_verb_carries_the_direction(text: str, direction: str) -> None:
    verb = held(text).verb
    assert verb is not None
    assert verb.direction == direction
