"""Turn the words that place a figure in time into dates.

A mention is read first (:mod:`cardhouse.article.period_words`) and resolved here, since a fiscal quarter
needs to know the firm and a relative date the day of publication.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from cardhouse.article.claims import Period
from cardhouse.article.period_words import Mention
from cardhouse.article.stamps import day

NEAR = 20
"""Days after the publication up to which a day without a year is still taken as of this year."""


def _month_end(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _months(end: date, count: int) -> date:
    """First day of the stretch of so many months that ends with the month of ``end``."""
    place = end.year * 12 + end.month - count
    return date(place // 12, place % 12 + 1, 1)


@dataclass(slots=True)
class Clock:
    """What a mention is resolved against: the day of publication, the firm's year end, the last dates named."""

    today: date
    year_end: str = ""
    last: Period = field(default_factory=Period)
    year: int = 0
    ahead: bool = False
    country: str = ""

    @property
    def closing_month(self) -> int:
        """Month in which the firm's year ends; 12 where unknown."""
        head = self.year_end[:2]
        return int(head) if head.isdecimal() and 1 <= int(head) <= 12 else 12

    def resolve(self, mention: Mention) -> Period | None:
        """Turn a mention into a period; None where the calendar has no such day."""
        solve = {
            "year": self._of_year,
            "bare": self._of_year,
            "quarter": self._of_quarter,
            "half": self._of_half,
            "month": self._of_month,
            "day": self._of_day,
            "mspan": self._of_months,
            "qended": self._quarter_ended,
            "span": self._of_span,
            "relative": self._relative,
        }[mention.kind]
        try:
            return solve(mention)
        except (ValueError, OverflowError):
            return None

    def _of_year(self, one: Mention) -> Period:
        if one.fiscal and self.closing_month != 12:
            end = _month_end(one.year + self._named_by_start, self.closing_month)
            return Period(_months(end, 12), end, f"FY{one.year}", stated=True, fiscal=True)
        return Period(date(one.year, 1, 1), date(one.year, 12, 31), str(one.year), stated=True)

    @property
    def _named_by_start(self) -> int:
        """1 where a fiscal year bears the name of the year in which it starts, as in Japan."""
        return int(self.country == "JP" and self.closing_month < 12)

    def _fiscal_quarter(self, year: int, part: int) -> tuple[date, date]:
        year += self._named_by_start
        month = self.closing_month - 3 * (4 - part)
        end = _month_end(year, month) if month > 0 else _month_end(year - 1, month + 12)
        return _months(end, 3), end

    def _of_quarter(self, one: Mention) -> Period:
        fiscal = self.closing_month != 12 and (one.fiscal or not one.year)
        if one.year:
            year = one.year
        elif not fiscal and self.year:
            year = self.year
        elif self.ahead:
            year = self.today.year - 1
            while (self._fiscal_quarter(year, one.part)[1] if fiscal else _month_end(year, 3 * one.part)) < self.today:
                year += 1
        else:
            year = self.today.year + 1
            while (self._fiscal_quarter(year, one.part)[1] if fiscal else _month_end(year, 3 * one.part)) > self.today:
                year -= 1
        if fiscal:
            start, end = self._fiscal_quarter(year, one.part)
            return Period(start, end, f"FY{year}-Q{one.part}", stated=True, fiscal=True)
        end = _month_end(year, 3 * one.part)
        return Period(_months(end, 3), end, f"{year}-Q{one.part}", stated=True)

    def _of_half(self, one: Mention) -> Period:
        year = one.year or self.today.year + {"去年": -1, "明年": 1}.get(one.word, 0)
        if not one.year and not one.word and _month_end(year, 6 * min(one.part, 2)) > self.today:
            year -= 1
        if one.part == 3:
            return Period(date(year, 1, 1), date(year, 9, 30), f"{year}-01/{year}-09", stated=True)
        end = _month_end(year, 6 * one.part)
        return Period(_months(end, 6), end, f"{year}-H{one.part}", stated=True)

    def _nearest_year(self, month: int, dom: int) -> int:
        """Year of a day without year: the last such day before the publication, or the next where it lies ahead."""
        years = (self.today.year - 1, self.today.year, self.today.year + 1)
        days = [(year, ((day(year, month, dom) or date(year, month, 28)) - self.today).days) for year in years]
        if self.ahead:
            return min((pair for pair in days if pair[1] >= -1), key=lambda pair: pair[1])[0]
        return max((pair for pair in days if pair[1] <= NEAR), key=lambda pair: pair[1])[0]

    def _of_months(self, one: Mention) -> Period:
        year = one.year or self._nearest_year(one.until, 15)
        end = _month_end(year, one.until)
        start = date(year, one.part, 1)
        label = (
            f"{year}-Q{one.until // 3}"
            if one.until % 3 == 0 and one.until - one.part == 2
            else f"{start:%Y-%m}/{end:%Y-%m}"
        )
        return Period(start, end, label, stated=True)

    def _of_month(self, one: Mention) -> Period:
        year = (
            one.year
            or {"今年": self.today.year, "去年": self.today.year - 1}.get(one.word, 0)
            or self._nearest_year(one.part, 15)
        )
        end = _month_end(year, one.part)
        return Period(end.replace(day=1), end, f"{year}-{one.part:02}", stated=True)

    def _of_day(self, one: Mention) -> Period:
        found = date(one.year or self._nearest_year(one.part, one.dom), one.part, one.dom)
        return Period(found, found, found.isoformat(), stated=True)

    def _quarter_ended(self, one: Mention) -> Period:
        year = one.year or self._nearest_year(one.part, one.dom)
        end = date(year, one.part, one.dom) if one.dom else _month_end(year, one.part)
        label = f"{end.year}-Q{end.month // 3}" if end.month % 3 == 0 else f"{_months(end, 3)}/{end}"
        return Period(_months(end, 3), end, label, stated=True)

    def _of_span(self, one: Mention) -> Period:
        return Period(date(one.year, 1, 1), date(one.until, 12, 31), f"{one.year}/{one.until}", stated=True)

    def _relative(self, one: Mention) -> Period:
        if one.word in ("stretch", "ago"):
            return self._stretch(one)
        if one.size == "years":
            year = self.today.year + {"this": 0, "last": -1, "before_last": -2, "next": 1, "after_next": 2}[one.word]
            return Period(date(year, 1, 1), date(year, 12, 31), str(year), stated=True)
        if one.size == "quarters":
            return self._near_quarter(one.word)
        if one.size == "months":
            end = _month_end(self.today.year, self.today.month - (one.word == "last") or 12)
            if one.word == "last" and self.today.month == 1:
                end = date(self.today.year - 1, 12, 31)
            return Period(end.replace(day=1), end, f"{end.year}-{end.month:02}", stated=True)
        return self._near_day(one.word)

    def _near_quarter(self, word: str) -> Period:
        if word == "same":
            if self.last.start and self.last.end and (self.last.end - self.last.start).days in range(80, 100):
                return self.last
            word = "last"
        part = (self.today.month - 1) // 3 + {"this": 1, "last": 0, "next": 2}[word]
        end = _month_end(self.today.year, 3 * part) if part > 0 else date(self.today.year - 1, 12, 31)
        return Period(_months(end, 3), end, f"{end.year}-Q{end.month // 3}", stated=True)

    def _near_day(self, word: str) -> Period:
        if word == "now":
            return Period(None, self.today, f"{self.today.year}-{self.today.month:02}", stated=True)
        if self.last.end is None or self.last.start != self.last.end:
            if word == "yesterday":
                return Period(
                    self.today - timedelta(days=1),
                    self.today - timedelta(days=1),
                    str(self.today - timedelta(days=1)),
                    stated=True,
                )
            return Period(self.today.replace(day=1), self.today, f"{self.today:%Y-%m}", stated=False)
        base = self.last.end
        if word == "yesterday":
            base = self.today - timedelta(days=1)
        elif word == "next":
            base = min(base + timedelta(days=1), self.today)
        return Period(base, base, base.isoformat(), stated=True)

    def _stretch(self, one: Mention) -> Period:
        days = {"year": 365.25, "quarter": 91.3, "month": 30.44, "week": 7, "day": 1}[one.size]
        other = self.today + timedelta(days=round(one.count * days))
        if one.word == "ago":
            start, other = (
                (other - timedelta(days=3), other + timedelta(days=3)) if one.size == "week" else (other, other)
            )
            start = (
                start
                if one.size in ("week", "day")
                else date(other.year, 1, 1)
                if one.size == "year"
                else other.replace(day=1)
            )
            end = (
                other
                if one.size in ("week", "day")
                else date(other.year, 12, 31)
                if one.size == "year"
                else _month_end(other.year, other.month)
            )
            label = (
                other.isoformat()
                if one.size in ("week", "day")
                else str(other.year)
                if one.size == "year"
                else f"{other:%Y-%m}"
            )
            return Period(start, end, label, stated=True)
        start, end = min(other, self.today), max(other, self.today)
        if (one.count, one.size) in ((-12, "month"), (-1, "year"), (-4, "quarter")):
            return Period(start + timedelta(days=1), end, "TTM", stated=True)
        return Period(start, end, f"{start:%Y-%m}/{end:%Y-%m}", stated=True)
