"""Find quantities: a number with its unit and comparator, ranges, and figures written as words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from cardhouse.article.claims import Comparator
from cardhouse.article.lexicon import either, sections, table, words
from cardhouse.article.numerals import NUMBER, SCALE, SCALES, chinese, read

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in a sentence: place, value in ``unit``, and what its words alone say of it.

    ``family`` tells what it may measure (money, percent, ratio, count, time ...); ``bare`` that its unit was
    left out; ``reach`` that it is called "as high as"; ``word`` that it is no numeral.
    """

    start: int
    end: int
    value: float
    unit: str
    unit_text: str
    family: str
    comparator: Comparator = Comparator.EQUAL
    low: float | None = None
    high: float | None = None
    bare: bool = False
    reach: bool = False
    word: bool = False
    kind: str = ""
    direction: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    value: float
    high: float | None
    more: bool
    scaled: bool
    scale_text: str
    currency: str
    unit_text: str
    kind: str  # arabic, chinese, vague or word


@cache
def _units() -> dict[str, tuple[str, float, str]]:
    return {row["form"]: (row["unit"], float(row["factor"]), row["family"]) for row in table("units")}


@cache
def _currencies() -> dict[str, str]:
    return {sign.strip(): code for code, signs in sections("quantities", "prefix").items() for sign in signs}


@cache
def _token() -> re.Pattern[str]:
    signs = sorted((re.escape(sign).replace(r"\ ", " ") for sign in _currencies()), key=len, reverse=True)
    units = either(_units()).replace(r"(?<![A-Za-z0-9])", "")
    return re.compile(
        rf"(?<![A-Za-z_.\d#])(?P<cur>(?:{'|'.join(signs)})\s?)?(?P<sign>(?<![\d%])[-+](?=[\d$]))?(?:{NUMBER})"
        rf"(?P<more>个[多余]|[多余几](?=[万亿千百个家年倍成名人台块张]))?(?P<scale>{SCALE})?(?P<more2>[多余](?!年来|的是))?"
        rf"(?:(?P<gap>\s?-?\s?)(?P<unit>{units}))?"
    )


@cache
def _figures() -> tuple[re.Pattern[str], dict[str, dict[str, str]]]:
    rows = {form: row for row in table("figures") for form in row["words"].split("|")}
    return re.compile(either(rows), re.IGNORECASE), rows


@cache
def _before() -> tuple[tuple[str, Comparator | None], ...]:
    lists = sections("quantities", "before")
    marks = {"above": Comparator.ABOVE, "about": Comparator.ABOUT, "below": Comparator.BELOW, "up_to": Comparator.UP_TO}
    pairs = [(word, marks.get(name)) for name, group in lists.items() for word in group]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def _after() -> tuple[tuple[str, Comparator], ...]:
    lists = sections("quantities", "after")
    marks = {"above": Comparator.ABOVE, "about": Comparator.ABOUT, "below": Comparator.BELOW}
    return tuple((word, marks[name]) for name, group in lists.items() for word in group)


def comparator_at(text: str, start: int, end: int) -> tuple[Comparator, bool]:
    """Comparator of the figure at ``text[start:end]``, and whether it is called "as high as"."""
    head = text[max(0, start - 18) : start].rstrip(" “\"'‘「了过的至到为達达于在").lower()
    raw = text[max(0, start - 18) : start].rstrip(" “\"'‘「").lower()
    tail = text[end : end + 16].lstrip(' ”"').lower()
    for word, mark in _before():
        for form in (raw, head):
            if form.endswith(word) and _whole_word(form, word):
                return (mark, False) if mark else (_behind(tail), True)
    return _behind(tail), False


def _whole_word(text: str, word: str) -> bool:
    at = len(text) - len(word) - 1
    return not (word[0].isascii() and word[0].isalpha() and at >= 0 and text[at].isascii() and text[at].isalpha())


def _behind(tail: str) -> Comparator:
    for word, mark in _after():
        if tail.startswith(word):
            return mark
    if tail.startswith("+") and not tail[1:2].isalnum():
        return Comparator.ABOVE
    return Comparator.EQUAL


def overlaps(spans: Spans, start: int, end: int) -> bool:
    """Tell whether any of the sorted stretches shares a character with ``start..end``."""
    place = bisect_right(spans, (start, start))
    return any(first < end and last > start for first, last in spans[max(0, place - 1) : place + 1])


def _tokens(text: str, masked: Spans) -> list[_Token]:
    found = []
    for match in _token().finditer(text):
        number = read(match)
        if number is None:
            continue
        unit = match["unit"] or ""
        end = match.end()
        start = match.start()
        if unit and not _unit_fits(match, unit, text):
            unit, end = "", match.start("gap")
        if overlaps(masked, start, end):
            continue
        if not unit and text[end : end + 1].isascii() and text[end : end + 1].isalpha() and not number.scaled:
            continue
        sign = -1.0 if match["sign"] == "-" else 1.0
        kind = next(name for name in ("vague", "arabic", "chinese", "word") if match[name])
        found.append(
            _Token(start, end, sign * number.value, number.pair, number.more, number.scaled,
                   (match["scale"] or "").strip(), _currencies().get((match["cur"] or "").strip(), ""), unit, kind)
        )  # fmt: skip
    return found


_NOT_UNIT = {
    "个": "月位人性股别",
    "人": "均为工民性气",
    "位": "于置数",
    "名": "义单",
    "次": "级要",
    "家": "族居",
    "项": "目",
    "部": "分",
}
_NOT_TENTHS = frozenset("为立功本长都果员交熟就品绩分型效因败见天群双堆")


def _unit_fits(match: re.Match[str], unit: str, text: str) -> bool:
    """Tell whether the word behind a number is its unit here; several are also parts of other words."""
    following = text[match.end() : match.end() + 1] or "\n"
    number = match["arabic"] or match["chinese"] or match["vague"] or match["word"] or ""
    if unit == "成":
        part = following in _NOT_TENTHS or text.startswith("不变", match.end())
        return not part and (len(number) <= 2 or match["vague"] is not None)
    if unit == "度":
        return bool(match["scale"]) or any(scale in number for scale in "万亿")
    if unit in ("点", "个点", "points"):
        value = float(number.replace(",", "")) if match["arabic"] else 0
        return value >= 100 and following not in "0123456789钟半"
    if unit in ("x", "W", "GB", "TB", "won", "pounds") or unit.startswith("-"):
        return match["arabic"] is not None
    if unit == "年" and (match["scale"] or "亿" in number or "万" in number):
        return False
    if unit == "年":
        return not (match["arabic"] and float(number.replace(",", "")) >= 1000) and following not in "代级初底末报度龄"
    if unit == "大":
        return following not in "于量部小多概约会型陆家学" and match["vague"] is None
    return following not in _NOT_UNIT.get(unit, "")


_RANGE = re.compile(r"\s?(?:至|到|-|~|–|—|～|to|and|or)\s?")
_FROM = re.compile(r"(?:从|由|自|\bfrom)\s?[^,。;]{0,12}$", re.IGNORECASE)


def _joined(text: str, tokens: list[_Token]) -> list[_Token]:
    """Join two numbers to a range where only a range mark stands between them."""
    joined: list[_Token] = []
    at = 0
    while at < len(tokens):
        low = tokens[at]
        high = tokens[at + 1] if at + 1 < len(tokens) else None
        if high is not None and _makes_range(text, low, high):
            value = low.value
            if not low.unit_text and not low.scaled and high.scaled and low.value < 10_000:
                value *= high.value and _scale_of(high)
            if value < high.value:
                joined.append(
                    replace(high, start=low.start, value=value, high=high.value, currency=low.currency or high.currency)
                )
                at += 2
                continue
        joined.append(low)
        at += 1
    return joined


def _scale_of(token: _Token) -> float:
    scale = token.scale_text.lstrip("-")
    if scale:
        return SCALES[scale.lower() if scale.isascii() else scale]
    return next((float(10**power) for power in (12, 8, 4) if token.value >= 10**power), 1.0)


def _makes_range(text: str, low: _Token, high: _Token) -> bool:
    gap = text[low.end : high.start]
    if not _RANGE.fullmatch(gap) or high.start - low.end > 5 or not (high.unit_text or high.scaled or high.currency):
        return False
    if low.unit_text and low.unit_text != high.unit_text:
        return False
    if gap.strip() in ("and", "or"):
        return gap.strip() == "or" or text[max(0, low.start - 12) : low.start].lower().rstrip().endswith(
            ("between", "between us")
        )
    before = text[max(0, low.start - 16) : low.start]
    if _FROM.search(before) and low.unit_text and not re.search(r"rang(?:es?|ing) from\s?$", before):
        return False
    return low.kind != "word" or high.kind == "word"


def _measured(text: str, token: _Token) -> Quantity | None:
    """Turn a number with its unit into a quantity in one of the room's units."""
    unit, factor, family = _units().get(token.unit_text, ("", 1.0, ""))
    currency = token.currency
    if currency == "YEN":
        currency = "CNY" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else "JPY"
    if currency and family != "money" and family not in ("percent", "points", "ratio"):
        unit, factor, family = currency, 1.0, "money"
    end = token.end
    if token.unit_text == "成" and text.startswith("半", end):  # 三成半
        token, end = replace(token, value=token.value + 0.5), end + 1
    values = [token.value * factor] + ([token.high * factor] if token.high is not None else [])
    if family == "power":
        size = max(abs(value) for value in values)
        unit, part = next(
            ((u, p) for u, p in (("GW", 1e9), ("MW", 1e6), ("kW", 1e3)) if size >= p * 0.9999), ("watts", 1.0)
        )
        values = [value / part for value in values]
    elif family == "money" and (token.scaled or max(values) >= 1e6):
        unit, values = f"{unit}_million", [value / 1e6 for value in values]
    elif not family and (token.scaled or (token.kind == "arabic" and token.value >= 2)):
        family = "count" if _counts(text, token.end) else ""
        unit = "count" if family else ""
        if not family and not token.scaled:
            return None
    elif not family:
        return None
    comparator, reach = comparator_at(text, token.start, token.end)
    if token.more and comparator is Comparator.EQUAL:
        comparator = Comparator.ABOVE
    written = token.kind
    if not token.unit_text and not token.currency and not family:
        return Quantity(
            token.start, end, values[0], "", "", "", comparator, *_bounds(values), True, reach, written=written
        )
    shown = token.unit_text or token.currency
    return Quantity(
        token.start, end, values[0], unit, shown, family, comparator, *_bounds(values), False, reach, written=written
    )


def _bounds(values: list[float]) -> tuple[float | None, float | None]:
    return (values[0], values[1]) if len(values) == 2 else (None, None)


def _counts(text: str, end: int) -> bool:
    tail = text[end : end + 40].lstrip(" 名个的")
    nouns = words("quantities", "nouns", "counted")
    if tail.startswith(nouns):
        return True
    ahead = re.match(r"(?:[a-z-]{2,12} ){1,3}(?=[A-Za-z])|(?:月|周|日)(?:活跃?|均)?", tail)
    return ahead is not None and (tail[ahead.end() :].startswith(nouns) or tail[0] in "月周日")


_FRACTION = re.compile(
    r"百分之(?P<pct>[零一二两三四五六七八九十百]{1,6}(?:点[零一二三四五六七八九]{1,4})?|\d{1,5}(?:\.\d{1,4})?)|(?P<below>[二三四五六七八九十]{1,3})分之(?P<above>[一二两三四五六七八九]{1,2})"
)
_QUOTED_ZERO = re.compile('[“"「]零[”"」]')
_ZERO = re.compile("零(?=[一-鿿]{2,4})")


def _worded(text: str, masked: Spans) -> list[Quantity]:
    """Figures in words: 归零, 一半, 翻倍, 百分之三十, 三分之一, doubled."""
    found = []
    pattern, rows = _figures()
    for match in pattern.finditer(text):
        row = rows.get(match.group()) or rows[match.group().lower()]
        if overlaps(masked, *match.span()):
            continue
        comparator, reach = comparator_at(text, match.start(), match.end())
        if match.group() in ("近半", "近半数"):
            comparator = Comparator.ABOUT
        elif match.group() in ("过半", "超半数", "过半数", "大半"):
            comparator = Comparator.ABOVE
        found.append(
            Quantity(*match.span(), float(row["value"]), row["unit"], "", row["family"], comparator, reach=reach,
                     word=True, kind=row["kind"], direction=row["direction"], written="word")
        )  # fmt: skip
    for match in _FRACTION.finditer(text):
        if match["pct"]:
            value = float(match["pct"]) if match["pct"][0].isdigit() else chinese(match["pct"])
        else:
            above, below = chinese(match["above"]), chinese(match["below"])
            value = above / below * 100 if above and below else None
        if value is not None:
            mark, reach = comparator_at(text, match.start(), match.end())
            found.append(
                Quantity(*match.span(), value, "percent", "百分之", "percent", mark, reach=reach, written="word")
            )
    found += [
        Quantity(*m.span(), 0.0, "", "", "money", word=True, written="word", bare=True)
        for m in _QUOTED_ZERO.finditer(text)
    ]
    return found


def quantities(text: str, masked: Spans = ()) -> list[Quantity]:
    """Quantities of a sentence in order; ``masked`` are dates and names whose digits are no figures (sorted)."""
    worded = _worded(text, masked)
    taken = sorted([*masked, *((one.start, one.end) for one in worded)])
    found = worded
    for token in _joined(text, _tokens(text, taken)):
        measured = _measured(text, token)
        if measured is not None:
            found.append(measured)
    return sorted(found, key=lambda one: one.start)
