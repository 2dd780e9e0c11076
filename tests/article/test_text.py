"""Decoding, mojibake, invisible characters, pinyin and script, each character with its place in the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.article.text import MOST_CHARACTERS, clean, decode
from cardhouse.errors import InputError

SAMPLE = "英伟达的营收是681亿美元，在这一年里为公司带来了利润。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert decode(SAMPLE.encode(encoding)) == SAMPLE


def test_big5_is_told_from_the_simplified_encodings() -> None:
    text = "這家公司的市值超過了日本的國內生產總值，在這一年為人所知。" * 3
    assert decode(text.encode("big5")) == text


def test_text_cut_inside_a_character_loses_only_that_character() -> None:
    assert decode("营收681亿".encode()[:-1]) == "营收681"


def test_utf8_read_as_latin_is_mended_and_keeps_its_places() -> None:
    broken = "Nvidia: " + "营收681亿美元".encode().decode("latin-1")
    cleaned, _ = clean(broken)
    assert cleaned.text == "Nvidia: 营收681亿美元"
    at = cleaned.text.index("681")
    assert broken[cleaned.places[at] : cleaned.places[at + 2] + 1] == "681"


def test_utf8_read_as_gbk_is_mended() -> None:
    whole = "甲骨文的债务超过了一千亿美元"
    broken = whole.encode().decode("gb18030")
    assert broken != whole
    assert clean(broken)[0].text == whole


def test_pinyin_in_brackets_goes_and_other_brackets_stay() -> None:
    cleaned, _ = clean("网(wǎng)易说市值(yì)跌了(超1.5万亿)，见OpenAI(US)")
    assert cleaned.text == "网易说市值跌了(超1.5万亿),见OpenAI(US)"


def test_traditional_becomes_simplified_with_one_place_a_character() -> None:
    cleaned, script = clean("輝達第四季營收681億美元，淨利潤創新高")
    assert script == "hant"
    assert cleaned.text == "辉达第四季营收681亿美元,净利润创新高"
    assert list(cleaned.places) == list(range(len(cleaned.text)))


def test_simplified_text_with_one_traditional_name_is_simplified_text() -> None:
    assert clean("英伟达公布了财报，营收增长，利润增长，市值上升，" * 4 + "輝")[1] == "hans"


def test_invisible_and_direction_marks_go() -> None:
    found = "营\u200b收\u202e681\u2066亿\ufeff美元"
    cleaned, _ = clean(found)
    assert cleaned.text == "营收681亿美元"
    assert "".join(found[place] for place in cleaned.places) == cleaned.text


def test_full_width_signs_become_narrow_but_a_comma_between_digits_parts() -> None:
    assert clean("\uff16\uff18\uff11亿\uff0c\uff17\uff13\uff05")[0].text == "681亿,73%"
    assert clean("5\uff0c600家")[0].text == "5;600家"


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(InputError, match="expected at most"):
        clean("a" * (MOST_CHARACTERS + 1))


@given(st.text(max_size=300))
def test_cleaning_keeps_order_and_never_crashes(text: str) -> None:
    cleaned, _ = clean(text)
    assert len(cleaned.places) == len(cleaned.text)
    assert all(a <= b for a, b in zip(cleaned.places, list(cleaned.places)[1:], strict=False))
    assert all(0 <= place < len(text) for place in cleaned.places)


@given(st.binary(max_size=300))
def test_any_bytes_decode(data: bytes) -> None:
    decode(data)
