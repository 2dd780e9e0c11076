"""Find the words that place a figure in time: 2025年第二季度, last quarter, the past 12 months."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from cardhouse.article.lexicon import either, sections
from cardhouse.article.numerals import ENGLISH, chinese
from cardhouse.article.stamps import MONTH_WORD, month_of

_N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_Y = r"(?:19[5-9]\d|20\d{2})"
_ORD = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4} | {
    sign: place for place, pair in enumerate(("1一", "2二", "3三", "4四"), 1) for sign in pair
}


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that place something in time, read but not resolved.

    ``kind`` is year, half, quarter, month, day, span, relative or mask; numbers are 0 where the words
    leave them open. ``count`` and ``size`` belong to relative stretches ("the past 12 months" is -12 months).
    """

    start: int
    end: int
    kind: str
    year: int = 0
    part: int = 0
    dom: int = 0
    until: int = 0
    fiscal: bool = False
    word: str = ""
    count: int = 0
    size: str = ""


_PATTERNS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("qended", rf"截至(?:(?P<y>{_Y})年)?\s?(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?日的?"
         r"(?:季度|财季|三个月|当季)"),
        ("qended", rf"(?:quarter|three months|period) (?:ended|ending|to) (?P<mw>{MONTH_WORD}) "
         rf"(?P<d>\d{{1,2}})(?!\d)(?:, (?P<y>{_Y}))?"),
        ("qended", r"(?:quarter|three months|period) (?:ended|ending|to|through) "
         rf"(?:in )?(?P<mw>{MONTH_WORD}) (?P<y>{_Y})"),
        ("mspan", rf"(?:(?P<y>{_Y})\s?年)?(?P<m>\d{{1,2}})月?(?:至|到|-|–|~)(?P<u>\d{{1,2}})月(?:份|底|末)?"),
        ("mspan", rf"(?P<mw>{MONTH_WORD})\s?(?:to|through|-|–)\s?(?P<uw>{MONTH_WORD})(?: (?P<y>{_Y}))?"),
        ("span", rf"(?:从|自)?(?P<y>{_Y})\s?年?\s?(?:至|到|-|–|~)\s?(?P<u>{_Y})\s?年(?![\d第Qq])"),
        ("span", rf"(?:from|between) (?P<y>{_Y}) (?:to|and|through|until) (?P<u>{_Y})(?![\d,.]\d)"),
        ("threeq", rf"(?:(?P<y>{_Y})年)?前三季度?"),
        ("quarter", rf"(?P<f>(?:FY|fiscal(?: year)?) ?)?(?P<y>{_Y})(?:\s?(?P<f2>财年|财政年度)|\s?年)?的?\s?"
         r"(?:第(?P<q>[一二三四1-4])[财]?季度?|(?P<q2>[一二三四])季度|Q(?P<q3>[1-4]))"),
        ("quarter", rf"(?:Q(?P<q>[1-4])|(?P<q2>[1-4])Q)[ ,]{{0,2}}(?:of )?(?P<f>FY ?|fiscal (?:year )?)?'?"
         rf"(?P<y>{_Y}|\d{{2}}(?!\d))?"),
        ("quarter", rf"(?P<q>first|second|third|fourth|final|1st|2nd|3rd|4th)[ -](?:(?P<f>fiscal) )?quarter"
         rf"(?:[ ,]{{1,2}}(?:of )?(?P<f2>fiscal (?:year )?|FY ?)?(?P<y>{_Y}))?"),
        ("quarter", r"(?:第(?P<q>[一二三四1-4])(?P<f>财)?季度?|(?<![一二三四五六七八九\d])"
         r"(?P<q2>[一二三四])季度(?!业))"),
        ("half", rf"(?:(?P<y>{_Y})年?|(?P<w>今年|去年|明年))?(?P<h>上|下)半年"),
        ("half", rf"(?P<h>first|second) half(?: of (?P<y>{_Y}))?|(?P<h2>[12])H ?(?P<y2>{_Y}|\d{{2}})"),
        ("day", rf"(?<!\d)(?P<y>{_Y})\s?[-/.年]\s?(?P<m>\d{{1,2}})\s?[-/.月]\s?(?P<d>\d{{1,2}})(?!\d)\s?日?"),
        ("day", rf"(?P<mw>{MONTH_WORD}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{_Y}))?(?![\d%])"),
        ("day", rf"(?<!\d)(?P<d>\d{{1,2}}) (?P<mw>{MONTH_WORD})(?:,? (?P<y>{_Y}))?(?![\d%])"),
        ("day", r"(?<!\d)(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]"),
        ("month", rf"(?P<y>{_Y})\s?年\s?(?P<m>\d{{1,2}})\s?月份?"),
        ("month", r"(?P<w>今年|去年)(?P<m>\d{1,2})月份?"),
        ("month", rf"(?P<mw>{MONTH_WORD}) (?:of )?(?P<y>{_Y})"),
        ("month", r"(?<![\d个])(?P<m>1[0-2]|[1-9])\s?月(?:份|底|初|末|中旬|以来)?(?![\d球亮])"),
        ("month", rf"(?:in|since|by|until|last|late|early|mid-|of|through|end-) ?(?P<mw>{MONTH_WORD})(?! \d)"),
        ("year", rf"(?:(?P<f>FY ?|fiscal (?:year )?))(?P<y>{_Y}|\d{{2}}(?!\d))"),
        ("year", rf"(?P<y>{_Y})\s?(?P<f>财年|财政年度)"),
        ("year", rf"(?<![\d.,$])(?P<y>{_Y})\s?年(?:全年|度|底|末|初|年底|年末|以来)?"),
        ("relative", rf"(?:过去|最近|近|未来|今后|此后|接下来)(?:的)?(?P<n>{_N})\s?个?"
         r"(?P<s>年|月|季度|周|天|交易日)(?!期|级|度电)"),
        ("relative", rf"(?P<n>{_N})\s?个?(?P<s>年|月|季度|周|天)(?:以?前|之前)"),
        ("relative", rf"(?P<w>trailing|past|last|previous|next|coming) (?P<n>{_N}) "
         r"(?P<s>year|month|quarter|week|day)s?"),
        ("relative", rf"(?P<n>{_N}) (?P<s>year|month|quarter|week|day)s? (?P<w>ago|earlier)"),
        ("ttm", r"过去十二个月|滚动12个月|TTM|LTM|trailing[ -]twelve[ -]months?"),
        ("named", ""),
        ("bare", rf"(?<![\d.,$€£¥A-Za-z-])(?P<y>{_Y})"
         r"(?![\d%]|[.,]\d|\s?(?:亿|万|million|billion|bn|points?|点|家|个|台|块|倍|MW|GW|kW|元|美元))"),
    )
)  # fmt: skip


@cache
def _named() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    known = {
        word: (unit, name)
        for unit in ("years", "quarters", "months", "days")
        for name, group in sections("periods", unit).items()
        for word in group
    }
    return re.compile(either(known), re.IGNORECASE), known


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if text.lower() in ENGLISH:
        return int(ENGLISH[text.lower()])
    return int(chinese(text) or 0)


def _year(text: str | None) -> int:
    if not text:
        return 0
    return int(text) + (2000 if len(text) == 2 else 0)


def mentions(text: str) -> list[Mention]:
    """All mentions of time in a sentence, sorted and apart; longer patterns go first."""
    found: list[Mention] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        matches = _named()[0].finditer(text) if kind == "named" else pattern.finditer(text)
        for match in matches:
            if any(start < match.end() and end > match.start() for start, end in taken):
                continue
            mention = _read(kind, match)
            if mention is not None:
                found.append(mention)
                taken.append(match.span())
    return sorted(found, key=lambda one: one.start)


def _read(kind: str, match: re.Match[str]) -> Mention | None:
    start, end = match.span()
    got = match.groupdict()
    year = _year(got.get("y") or got.get("y2"))
    fiscal = bool(got.get("f") or got.get("f2"))
    month = int(got["m"]) if got.get("m") else month_of(got["mw"]) if got.get("mw") else 0
    word = (got.get("w") or "").lower()
    if kind in _READERS:
        return _READERS[kind](match, year, fiscal=fiscal)
    if kind == "half":
        part = _HALVES[(got.get("h") or got.get("h2") or "1").lower()]
        return Mention(start, end, "half", year, part, word=word)
    if kind in ("day", "month", "qended"):
        known = 1 <= month <= 12
        return Mention(start, end, kind, year, month, int(got.get("d") or 0), word=word) if known else None
    if kind == "mspan":
        until = int(got["u"]) if got.get("u") else month_of(got["uw"])
        return Mention(start, end, kind, year, month, until=until) if 1 <= month < until <= 12 else None
    return Mention(start, end, kind, year, fiscal=fiscal, word=word)


def _read_named(match: re.Match[str], _year: int, *, fiscal: bool) -> Mention | None:
    start, end = match.span()
    if match.group() == "现在" and match.string[max(0, start - 1) : start] in tuple("出体表呈实发"):
        return None
    known = _named()[1]
    unit, name = known.get(match.group(), known.get(match.group().lower(), ("", "")))
    return Mention(start, end, "relative", size=unit, word=name, fiscal=fiscal) if unit else None


def _read_quarter(match: re.Match[str], year: int, *, fiscal: bool) -> Mention | None:
    got = match.groupdict()
    part = _ORD[next(got[key] for key in ("q", "q2", "q3") if got.get(key)).lower()]
    return Mention(*match.span(), "quarter", year, part, fiscal=fiscal)


def _read_three_quarters(match: re.Match[str], year: int, *, fiscal: bool) -> Mention | None:
    return Mention(*match.span(), "half", year, 3, fiscal=fiscal)


def _read_span(match: re.Match[str], year: int, *, fiscal: bool) -> Mention | None:
    until = _year(match["u"])
    return Mention(*match.span(), "span", year, until=until, fiscal=fiscal) if until > year else None


def _read_trailing(match: re.Match[str], _year: int, *, fiscal: bool) -> Mention | None:
    return Mention(*match.span(), "relative", count=-12, size="month", word="stretch", fiscal=fiscal)


def _read_stretch(match: re.Match[str], _year: int, *, fiscal: bool) -> Mention | None:
    text = match.group()
    word = (match.groupdict().get("w") or "").lower()
    count = _number(match["n"])
    size = _SIZES.get(match["s"], match["s"].lower())
    if not 0 < count <= 400:
        return None
    if text.lower().endswith(("前", "ago", "earlier")):
        return Mention(*match.span(), "relative", count=-count, size=size, word="ago", fiscal=fiscal)
    ahead = text.startswith(("未来", "今后", "此后", "接下来")) or word in ("next", "coming")
    return Mention(
        *match.span(), "relative", count=count if ahead else -count, size=size, word="stretch", fiscal=fiscal
    )


_HALVES = {"上": 1, "下": 2, "first": 1, "second": 2, "1": 1, "2": 2}
_SIZES = {"年": "year", "月": "month", "季度": "quarter", "周": "week", "天": "day", "交易日": "day"}
_READERS = {
    "named": _read_named,
    "quarter": _read_quarter,
    "threeq": _read_three_quarters,
    "span": _read_span,
    "relative": _read_stretch,
    "ttm": _read_trailing,
}


def spans(found: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Places of the mentions, whose digits are no figures."""
    for one in found:
        if one.kind != "relative" or one.count:
            yield one.start, one.end
