"""Who a sentence names, and in which role."""

from __future__ import annotations

import pytest

from cardhouse.article.entities import Actor, actors
from cardhouse.book import embedded


def cast(text: str) -> list[Actor]:
    return actors(text, embedded())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("英伟达与微软", ["nvidia", "microsoft"]),
        ("Nvidia and Microsoft", ["nvidia", "microsoft"]),
        ("Alphabet's Google Cloud", ["alphabet", "alphabet"]),
        ("Open AI与ChatGPT", ["openai", "openai"]),
        ("纳斯达克指数", ["nasdaq-composite"]),
        ("the metaverse and armoured cars", []),
        ("其中、其他、其实", []),
        ("黄仁勋说", ["nvidia"]),
    ],
)
def test_names(text: str, ids: list[str]) -> None:
    assert [one.id for one in cast(text)] == ids


def test_a_name_behind_a_preposition_is_no_subject() -> None:
    first, second = cast("甲骨文超过了英特尔")
    assert not first.oblique
    assert second.oblique


def test_listed_names_stand_together() -> None:
    found = cast("谷歌、微软和亚马逊的资本开支")
    assert {one.together for one in found} == {("alphabet", "microsoft", "amazon")}


def test_a_deal_with_somebody_is_the_first_ones() -> None:
    first, second = cast("Nebius与英伟达签订协议")
    assert (first.together, second.together) == ((), ())
    assert second.oblique
