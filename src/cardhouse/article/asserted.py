"""Figures that are asserted without a plain number: zero debt, ranks, comparisons, dates of events, "three Japans"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from cardhouse.article.claims import Comparator
from cardhouse.article.entities import Actor
from cardhouse.article.lexicon import either, words
from cardhouse.article.metrics import MetricWord
from cardhouse.article.numerals import chinese
from cardhouse.article.period_words import Mention
from cardhouse.article.periods import Clock
from cardhouse.article.quantities import Quantity, comparator_at

_RANK = re.compile(
    r"第([一二三四五六七八九十]{1,2}|\d{1,2})(名|大|位|高|强)?(?![季轮次章天财代期方届批步类款条届个一二三四五六七八九十\d])"
)
_RANK_EN = re.compile(
    r"\b(?:(?:ranked|ranks|ranking) (?:number |no\. ?|#)?(first|second|third|fourth|fifth|\d{1,3})(?:st|nd|rd|th)?"
    r"|(second|third|fourth|fifth)-(?:largest|biggest|highest))\b", re.IGNORECASE
)  # fmt: skip
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_TIMES_THING = re.compile(
    r"(?:相当于|差不多|等于|约等于|抵得上|抵)(?:约|近|了)?\s?([一二两三四五六七八九十]{1,2}|\d{1,3})个?多?"
)
_LEADS = re.compile(r"(?:将于|会在|将在|将|会|于|原定|预计|计划|拟|最快|最早|定于|推迟到|延至|on|in|by|for)\s?$")


def zeros(text: str, found: Sequence[MetricWord]) -> list[Quantity]:
    """``零债务``, zero debt, no debt, debt-free: the metric is nought."""
    result = []
    for one in found:
        if "money" not in one.measure.families:
            continue
        head = text[max(0, one.start - 6) : one.start].lower()
        start = next((one.start - len(word) for word in ("零", "zero ", "no ", "zero-") if head.endswith(word)), -1)
        end = one.end
        if start < 0 and text[one.end : one.end + 5].lower() == "-free":
            start, end = one.start, one.end + 5
        if start >= 0 and not (text[start].isascii() and start and text[start - 1].isalnum()):
            result.append(Quantity(start, end, 0.0, "", "", "money", word=True, bare=True, written="zero"))
    return result


def ranks(text: str) -> list[Quantity]:
    """Places in an order, where the words say in which: 全国第一, 世界第三大, ranked second."""
    result = []
    for match in _RANK.finditer(text):
        head = text[max(0, match.start() - 12) : match.start()].rstrip(" 的")
        if not (
            head.endswith(words("changes", "rank_scopes"))
            or re.search(r"(?:拿过|获得|排名|位列|位居|名列)[^,。]{0,10}$", head)
        ):
            continue
        value = chinese(match[1]) if not match[1].isdigit() else float(match[1])
        if value:
            result.append(Quantity(*match.span(), value, "rank", match[2] or "", "rank", written="rank"))
    for match in _RANK_EN.finditer(text):
        word = (match[1] or match[2]).lower()
        result.append(Quantity(*match.span(), float(_PLACES.get(word) or word), "rank", "", "rank", written="rank"))
    return result


def things(text: str, cast: Sequence[Actor]) -> list[Quantity]:
    """So many of a named thing as a measure: 相当于四个三峡大坝."""
    result = []
    for match in _TIMES_THING.finditer(text):
        actor = next((one for one in cast if one.start == match.end()), None)
        value = float(match[1]) if match[1].isdigit() else chinese(match[1])
        if actor and value:
            mark = comparator_at(text, match.start(1), match.end())[0]
            result.append(
                Quantity(
                    match.start(1),
                    actor.end,
                    value,
                    "ratio",
                    "",
                    "ratio",
                    mark,
                    word=True,
                    kind="ratio",
                    written="thing",
                )
            )
    return result


_LEVEL = re.compile(
    r"(?:closed|peaked|ended|stood|traded|and|bottomed)?\s?(?:at|收于|收报|报|站上|跌至|升至|涨至)\s?(\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,2})?|\d{3,5}\.\d{1,2})(?![\d%点亿万])"
)


def index_levels(text: str, cast: Sequence[Actor], taken: Sequence[Quantity]) -> list[Quantity]:
    """Levels of an index without a unit: the Nasdaq closed at 5,048.62."""
    if not any(one.kind == "index" for one in cast):
        return []
    return [
        Quantity(*match.span(1), float(match[1].replace(",", "")), "index_points", "", "index", written="arabic")
        for match in _LEVEL.finditer(text)
        if not any(q.start < match.end(1) and q.end > match.start(1) for q in taken)
    ]


@cache
def _comparisons() -> tuple[tuple[re.Pattern[str], Comparator], ...]:
    return (
        (re.compile(either(words("changes", "exceeds"))), Comparator.ABOVE),
        (re.compile(either(words("changes", "less_than"))), Comparator.BELOW),
    )


def comparisons(
    text: str, cast: Sequence[Actor], found: Sequence[MetricWord], taken: Sequence[Quantity]
) -> list[Quantity]:
    """One figure said to pass, miss or equal another without a number: a ratio against 1."""
    result = []
    for pattern, mark in _comparisons():
        for match in pattern.finditer(text):
            stop = re.search(r"[,。;]", text[match.end() :])
            end = match.end() + stop.start() if stop else len(text)
            rival = next((one for one in cast if match.end() <= one.start <= match.end() + 3), None)
            if (
                rival is None
                or rival.kind in ("industry", "pronoun")
                or any(q.start < end and q.end > match.start() for q in taken)
            ):
                continue
            metric = next((one for one in found if rival.end <= one.start < end), None)
            said = any(one.end <= match.start() for one in found) or metric is not None
            if said:
                last = metric.end if metric else rival.end
                result.append(
                    Quantity(
                        match.start(),
                        last,
                        1.0,
                        "ratio",
                        "",
                        "ratio",
                        mark,
                        word=True,
                        kind="ratio",
                        written="comparison",
                    )
                )
    for match in re.finditer(r"(?:与|和|跟)[^,。;]{2,24}?(持平)(?!稳)", text):
        rival = next((one for one in cast if match.start() < one.start < match.end()), None)
        metric = next((one for one in found if match.start() < one.start < match.end()), None)
        if rival and metric and rival.kind != "index":
            result.append(
                Quantity(
                    *match.span(1),
                    1.0,
                    "ratio",
                    "",
                    "ratio",
                    Comparator.ABOUT,
                    word=True,
                    kind="ratio",
                    written="comparison",
                )
            )
    return result


def events(text: str, mentions: Sequence[Mention], clock: Clock) -> list[Quantity]:
    """Dates that are themselves the claim: an IPO in 2027, a law that expires, a conference on a day."""
    result = []
    named = [match.start() for match in re.finditer(either(words("changes", "events")), text)]
    for one in mentions:
        if one.kind not in ("year", "bare", "month", "day") and not (
            one.size == "years" and one.word in ("next", "after_next")
        ):
            continue
        peak = re.match(r"(?:达到|达|迎来)?(?:了)?(?:顶峰|见顶|峰值)", text[one.end : one.end + 6])
        led = _LEADS.search(text[max(0, one.start - 10) : one.start].rstrip('“"'))
        near = any(one.end <= place <= one.end + 10 for place in named)
        loose = one.kind == "relative" and led and named
        if not (peak or (led and near) or loose):
            continue
        period = clock.resolve(one)
        if period is None or period.end is None:
            continue
        end = period.end
        value, unit = float(end.year), "year"
        if one.kind == "month":
            value, unit = float(end.year * 100 + end.month), "date_yyyymm"
        elif one.kind == "day":
            value, unit = float(end.year * 10_000 + end.month * 100 + end.day), "date_yyyymmdd"
        kind = "target" if unit == "year" and not text[one.end : one.end + 8].startswith("到期") else ""
        result.append(Quantity(one.start, one.end, value, unit, "", "date", word=bool(kind), kind=kind, written="date"))
    return result
