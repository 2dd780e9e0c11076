"""Pictures: title, caption and words for those who do not see them are inside, texts stay texts, PNG is PNG."""

from __future__ import annotations

import re
import struct
import sys
from typing import Any

import pytest

from cardhouse.errors import InputError
from cardhouse.views.picture import Caption, Chart, columns, figure, standing, svg_to_png, wrapped
from cardhouse.views.words import words

EN, ZH = words("en"), words("zh")
SPEC = {
    "data": {"values": [{"firm": "A", "loss": 2.0}, {"firm": "B", "loss": 1.0}]},
    "mark": "bar",
    "encoding": {"y": {"field": "firm", "type": "nominal"}, "x": {"field": "loss", "type": "quantitative"}},
}
CAPTION = Caption(
    "book of 2026-10-08", "A stops paying", "USD billion", "rests on filing 60%, assumption 40%", "ties: all"
)


def chart(**changes: Any) -> Chart:
    parts = {"title": "A loses most: $2.0 billion", "caption": CAPTION, "alt": "Bars: A 2, B 1.", **changes}
    return Chart("losses", spec=SPEC, data=tuple(SPEC["data"]["values"]), **parts)  # type: ignore[index]


def texts(svg: str) -> str:
    found = re.findall(r"<text[^>]*>(.*?)</text>", svg, re.S)
    return " ".join(" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in found)


def test_title_and_the_whole_caption_are_inside() -> None:
    inside = texts(chart().svg())
    assert "A loses most: $2.0 billion" in inside
    assert (
        "book of 2026-10-08 · A stops paying · USD billion · ties: all · rests on filing 60%, assumption 40%" in inside
    )


def test_a_caption_leaves_out_what_is_blank() -> None:
    assert (
        Caption("book of 2026-10-08", "no scenario", "times", "").line() == "book of 2026-10-08 · no scenario · times"
    )


def test_a_page_can_draw_it_too() -> None:
    full = chart().full()
    assert full["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json"
    assert full["description"] == "Bars: A 2, B 1."
    assert full["data"] == SPEC["data"]


def test_hostile_texts_stay_texts() -> None:
    hostile = '<script>alert("x")</script>'
    svg = chart(title=hostile, alt=f'{hostile}"').svg()
    assert "<script" not in svg
    shown = figure(chart(alt=f'"{hostile}'))
    assert 'aria-label="&quot;&lt;script&gt;' in shown


def test_nothing_in_a_picture_is_fetched() -> None:
    assert not re.search(r"(?:href|src)\s*=", chart().svg())


def test_png_begins_as_png_and_is_as_wide_as_its_scale_says() -> None:
    small, large = chart().png(scale=1.0), chart().png(scale=2.0)
    assert small[:8] == large[:8] == b"\x89PNG\r\n\x1a\n"
    width = [struct.unpack(">I", png[16:20])[0] for png in (small, large)]
    assert width[1] == pytest.approx(2 * width[0], abs=2)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(InputError, match=r"cardhouse\[report\]"):
        chart().svg()
    with pytest.raises(InputError, match=r"cardhouse\[report\]"):
        svg_to_png("<svg/>")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one", 2, ["one"]),
        ("算力 租金 下跌", 9, ["算力 租金", "下跌"]),  # four wide characters and a space are nine columns
        ("", 10, [""]),
    ],
)
def test_captions_break_at_spaces_and_count_wide_characters_twice(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines
    assert " ".join(lines) == text


def test_a_wide_character_takes_two_columns() -> None:
    assert columns("OpenAI 停付") == 7 + 4


@pytest.mark.parametrize(("t", "unit"), [(EN, "USD billion"), (ZH, "亿美元")], ids=str)
def test_a_standing_caption_has_the_language_s_unit_and_leaves_out_what_is_no_per_cent(t: Any, unit: str) -> None:
    said = standing(t, "2026-10-08", "", {"filing": 0.997, "press_release": 0.003})
    assert said.unit == unit
    assert "100%" in said.rests
    assert "0%" not in said.rests.replace("100%", "")
    assert standing(t, "2026-10-08", "", {}).rests == ""


def test_what_it_rests_on_is_listed_with_the_commas_of_its_language():
    parts = {"assumption": 0.65, "filing": 0.35}
    assert standing(ZH, "2026-10-08", "", parts).rests.endswith("假设 65%、监管申报 35%")
    assert standing(EN, "2026-10-08", "", parts).rests == "rests on assumption 65%, filing 35%"
