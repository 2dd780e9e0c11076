"""Numbers as they are written: 1,400, 三万亿, 4个多亿, 百分之三十, 数百亿, two-thirds."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {
    sign: value
    for value, signs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for sign in signs
}
_SMALL = {"十": 10, "百": 100, "千": 1000}
SCALES = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6,
    "十万": 1e5, "万": 1e4, "千": 1e3, "百": 1e2,
    "trillion": 1e12, "tn": 1e12, "trn": 1e12, "t": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9,
    "million": 1e6, "mn": 1e6, "mm": 1e6, "m": 1e6, "thousand": 1e3, "k": 1e3,
}  # fmt: skip
ENGLISH = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "a dozen": 12}
_VAGUE = {"数": 2.0, "几": 2.0, "好几": 2.0, "上": 1.0}

_ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,5}(?![\d])|\d{1,15})(?:\.\d{1,8})?"
_HAN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖"
CHINESE = rf"[{_HAN}]{{1,20}}(?:点[零〇一二三四五六七八九]{{1,6}})?(?!瓦[^特]?|克|米|卡|分之)"
VAGUE = "(?:好几|数|几|上)(?:[十百千]{1,2})?(?:万亿|亿|万|千|百|十)"
WORD = rf"(?<![A-Za-z-])(?:{'|'.join(sorted(ENGLISH, key=len, reverse=True))})(?![A-Za-z])"
NUMBER = rf"(?P<vague>{VAGUE})|(?P<arabic>{_ARABIC})|(?P<chinese>{CHINESE})|(?P<word>{WORD})"
SCALE = (
    r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?!瓦|克|米|卡|兆)|百(?!分))|"
    r"\s?-?(?:[Tt]rillion|[Bb]illion|[Mm]illion|thousand|trn|tn|bn|mn|mm)(?![A-Za-z])|[TBMKk](?![A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Number:
    """Value of a numeral; ``more`` where it is a lower bound (多, 数), ``pair`` for 七八."""

    value: float
    more: bool = False
    pair: float | None = None
    scaled: bool = False


def chinese(text: str) -> float | None:
    """Value of a numeral in characters: 一亿零四百万 is 104,000,000; None where it is none."""
    whole, _, fraction = text.partition("点")
    value = _whole(whole)
    if value is None:
        return None
    for place, sign in enumerate(fraction, 1):
        value += _DIGITS[sign] / 10**place
    return value


def _whole(text: str) -> float | None:
    for sign, scale in (("亿", 1e8), ("万", 1e4)):
        if sign in text:
            left, _, right = text.rpartition(sign)
            big = 1.0 if not left else _whole(left)
            rest = 0.0 if not right else _whole(right)
            if big is None or rest is None:
                return None
            if len(right) == 1 and right in _DIGITS and _DIGITS[right]:  # 两万五
                rest *= scale / 10
            return big * scale + rest
    if len(text) > 1 and all(sign in _DIGITS for sign in text):
        return float("".join(str(_DIGITS[sign]) for sign in text))
    total, digit = 0.0, None
    for sign in text:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        else:
            total += (1 if digit is None else digit) * _SMALL[sign]
            digit = None
    if digit and len(text) > 1 and text[-2] in "百千" and text[-1] in _DIGITS:  # 三千五
        return total + digit * _SMALL[text[-2]] / 10
    return total + (digit or 0)


def read(found: re.Match[str]) -> Number | None:
    """Read a match of ``NUMBER`` with its groups ``more``, ``scale`` and ``more2``."""
    scale_text = (found["scale"] or "").strip().lstrip("-")
    scale = SCALES[scale_text.lower() if scale_text.isascii() else scale_text] if scale_text else 1.0
    more = bool(found["more"] or found["more2"])
    if found["vague"]:
        text = found["vague"]
        head = "好几" if text.startswith("好几") else text[0]
        value = _whole("一" + text[len(head) :])
        return None if value is None else Number(_VAGUE[head] * value * scale, more=True, scaled=value * scale >= 1e4)
    if found["arabic"]:
        return Number(float(found["arabic"].replace(",", "")) * scale, more, scaled=scale >= 1e3)
    if found["word"]:
        return Number(float(ENGLISH[found["word"]]) * scale, more, scaled=scale >= 1e3)
    text = found["chinese"]
    scaled = scale >= 1e4 or "万" in text or "亿" in text
    digits = [_DIGITS[sign] for sign in text[:2] if sign in _DIGITS]
    if len(digits) == 2 and digits[1] == digits[0] + 1 and digits[0] and (len(text) == 2 or text[2] in "十百千万亿"):
        low, high = _whole(text[0] + text[2:]), _whole(text[1:])
        if low is not None and high is not None:
            return Number(low * scale, more, high * scale, scaled)
    value = chinese(text)
    return None if value is None else Number(value * scale, more, scaled=scaled)
