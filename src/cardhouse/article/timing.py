"""Choose the period of a figure among the dates of its sentence, or what stands in where it has none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from cardhouse.article.changes import Change
from cardhouse.article.claims import ChangeKind, Period, Role
from cardhouse.article.period_words import Mention
from cardhouse.article.periods import Clock
from cardhouse.article.quantities import Quantity
from cardhouse.article.scene import Scene
from cardhouse.book import Book, MetricKind

ANCHORS = ("day", "quarter", "qended", "mspan")
"""Mentions that later words such as "that day" and "the quarter" point back to."""
STOCK_LIKE = ("market_cap", "share_price", "private_valuation", "price_to_earnings", "index_level")
"""Measures of a day, which no quarter named in passing dates."""
REPORTED = ("revenue", "net_income", "operating_income", "eps_diluted")
"""Measures whose period is taken for that of a report."""

_AHEAD = re.compile(
    r"(?:将于?|会在?|将在|定于|预计|计划|拟|\bwill|\bon or before|\bscheduled for|\bdue|\bby)(?:\s(?:on|in))?$"
)
_TIMES_OF = re.compile(r"的(?:近|约|超|逾)?\s?[\d一二两三四五六七八九十.]{1,6}倍")
_BASE = (
    "较", "比", "相比", "compared with", "compared to", "than", "versus",
    "up from", "down from", "since", "% from", "percent from", "% over",
)  # fmt: skip
_A_YEAR_BEFORE = re.compile(
    r"\s?(?:a year (?:earlier|ago|before)|in the (?:same|year-ago|prior-year) (?:period|quarter)|the year before)"
)
_UP_FROM = re.compile(r"\b(?:up|down) from\s?(?:about )?$")
_SAME_LAST_YEAR = re.compile(r"(?<![较比])(?:去年|上年)同期[^,。;]{0,8}$")
_FROM = re.compile(r"(?:从|由|\bfrom )\s?(?:约|近|about )?$")
_TO = re.compile(r"\s?[^,。;\d]{0,4}(?:降|跌|升|增|涨|扩|收窄|滑|落|攀|提)[^,。;\d]{0,3}[至到]|\s?to\b")
_YEAR_ON_YEAR = re.compile(r"同比|\byear[ -](?:over|on)[ -]year\b|\byoy\b", re.IGNORECASE)
_PLAIN = (ChangeKind.LEVEL, ChangeKind.RATIO, ChangeKind.SHARE)


def lies_ahead(text: str, one: Mention) -> bool:
    """Tell whether a date is announced: 将于3月15日, will report on March 15."""
    return bool(_AHEAD.search(text[max(0, one.start - 10) : one.start].rstrip().lower()))


def is_base(text: str, one: Mention) -> bool:
    """Tell whether a date is what a change is measured from: 较2020年, from 2024, 2024年的3倍."""
    if text.startswith("同期", one.end) or _TIMES_OF.match(text[one.end : one.end + 12]):
        return True
    return text[max(0, one.start - 14) : one.start].rstrip().lower().endswith(_BASE)


def _shifted(text: str, q: Quantity, change: Change, period: Period) -> Period:
    """Move a period back by a year where the figure is that of the year before."""
    head, tail = text[max(0, q.start - 20) : q.start], text[q.end : q.end + 36]
    back = bool(_A_YEAR_BEFORE.match(tail) or _SAME_LAST_YEAR.search(head))
    whole = len(period.label) == 4 or (period.label.startswith("FY") and "-" not in period.label)
    back = back or (whole and bool(_UP_FROM.search(head)))
    # 同比……从60%降至35%: the first of the two is of the year before.
    pair = _FROM.search(head) and _TO.match(tail) and _YEAR_ON_YEAR.search(text[: q.start])
    back = back or bool(pair)
    if not (change.kind in _PLAIN and back and period.stated and period.start and period.end):
        return period
    start, end = (
        day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
        for day in (period.start, period.end)
    )
    label = re.sub(r"\d{4}", lambda year: str(int(year[0]) - 1), period.label)
    return replace(period, start=start, end=end, label=label)


class Timer:
    """Dates figures one after the other and remembers the periods that were told.

    Parameters
    ----------
    book : gives the fiscal years of firms and tells flows from stocks.
    today : day of publication; ``known`` tells whether the article gives it.
    """

    def __init__(self, book: Book, today: date, *, known: bool) -> None:
        self.book = book
        self.today = today
        self.known = known
        self.clock = Clock(today)
        self._reported: dict[str, Period] = {}
        self._last: tuple[int, Period] = (-9, Period())

    def follow(self, scene: Scene) -> None:
        """Remember the last day or quarter of a sentence that has been read."""
        for one in scene.mentions:
            self.clock.ahead = lies_ahead(scene.text, one)
            if one.kind in ANCHORS and (period := self.clock.resolve(one)):
                self.clock.last = period

    def period(self, scene: Scene, q: Quantity, who: str, measure: str, change: Change) -> Period:
        """Period of a figure: the nearest date before it, else behind it in its clause, else what was told before."""
        firm = self.book.firms.get(who.split("|", maxsplit=1)[0])
        self.clock.year_end = firm.fiscal_year_end if firm else ""
        self.clock.country = firm.country if firm else ""
        for one in self._candidates(scene, q, measure):
            period = self._resolved(scene, one, target=change.kind is ChangeKind.TARGET)
            if period is None:
                continue
            self._last = (scene.sentence.index, period)
            past = period.start is not None and period.end is not None and period.end <= self.today
            if measure in REPORTED and change.kind is not ChangeKind.TARGET and past:
                self._reported[who] = period
            return _shifted(scene.text, q, change, period)
        return self._stand_in(scene, who, measure, change)

    def _candidates(self, scene: Scene, q: Quantity, measure: str) -> list[Mention]:
        start, end = scene.clause_of(q)
        usable = [one for one in scene.mentions if not is_base(scene.text, one)]
        if measure in STOCK_LIKE:
            usable = [one for one in usable if one.word != "same" or one.size == "days"]
        before = [one for one in usable if one.end <= q.start]
        here = [one for one in before if one.start >= start]
        here = here or [one for one in usable if q.start <= one.start < end]
        return list(reversed(here or before[-1:]))

    def _resolved(self, scene: Scene, one: Mention, *, target: bool) -> Period | None:
        earlier = [other for other in scene.mentions if other.end <= one.start]
        years = [other.year for other in earlier if other.kind in ("year", "bare") and not other.fiscal]
        self.clock.year = years[-1] if years else 0
        self.clock.ahead = target or lies_ahead(scene.text, one)
        for other in earlier:
            if other.kind in ANCHORS:
                self.clock.last = self.clock.resolve(other) or self.clock.last
        return self.clock.resolve(one)

    def _stand_in(self, scene: Scene, who: str, measure: str, change: Change) -> Period:
        """Period of a figure without a date: a flow's is that of the report, anything else is of the publication."""
        if change.kind is ChangeKind.TARGET:
            return Period()
        metric = self.book.metrics.get(measure)
        flow = measure.startswith("eps") or (metric is not None and metric.kind is MetricKind.FLOW)
        if flow and scene.sentence.role is Role.BODY:
            told = self._reported.get(who)
            if told:
                return replace(told, stated=False)
            index, last = self._last
            if scene.sentence.index - index <= 1 and last.start and last.stated:
                return replace(last, stated=False)
        return Period(None, self.today, f"{self.today:%Y-%m}", stated=False) if self.known else Period()
