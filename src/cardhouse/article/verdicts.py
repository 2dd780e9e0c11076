"""What a check finds: the book's figure for a claim, and how the two stand to each other.

Nothing here is a sentence: reasons are codes with their values, which the views write in English or Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite, log10, sqrt

from cardhouse.article.claims import ChangeKind, Claim, Comparator
from cardhouse.article.standards import allowance
from cardhouse.book import Fact, Tie


class Verdict(StrEnum):
    """Whether a claim holds."""

    CONFIRMED = "confirmed"
    IMPRECISE = "imprecise"
    CONTRADICTED = "contradicted"
    OUTDATED = "outdated"
    NOT_IN_BOOK = "not_in_book"


class How(StrEnum):
    """How the book's figure was come by."""

    FACT = "fact"
    SUM = "sum"
    RATIO = "ratio"
    GROWTH = "growth"
    DIFFERENCE = "difference"
    TIE = "tie"
    ANNUALISED = "annualised"


class Reason(StrEnum):
    """What a reader must know about a verdict."""

    NO_ENTITY = "no_entity"
    NO_METRIC = "no_metric"
    NO_FIGURE = "no_figure"
    NO_VALUE = "no_value"
    NO_PERIOD_FITS = "no_period_fits"
    OTHER_UNIT = "other_unit"
    NO_RATE = "no_rate"
    CONVERTED = "converted"
    FISCAL = "fiscal"
    CALENDAR = "calendar"
    NEAREST = "nearest"
    LATEST = "latest"
    ITEM = "item"
    OTHER_MEASURE = "other_measure"
    OTHER_PERIOD = "other_period"
    REPLACED = "replaced"
    EARLIER = "earlier"
    LEARNT_LATER = "learnt_later"
    LOOSE_BOUND = "loose_bound"
    SIGN = "sign"
    LOSS_HAS_NO_MULTIPLE = "loss_has_no_multiple"
    TIE_OF = "tie_of"
    MORE_THAN_WHOLE = "more_than_whole"
    OWES = "owes"
    SPARSE = "sparse"
    ORDER = "order"
    OTHER_TIME = "other_time"


@dataclass(frozen=True, slots=True)
class Note:
    """A reason and what it speaks of, as text that needs no translation (ids, dates, numbers)."""

    reason: Reason
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the book, in the unit of the claim.

    ``slack`` is what conversion and distance in time add to the tolerance, as a fraction. ``span`` holds the
    least and the greatest of several figures in the claim's period (prices of a month), else both are the value.
    """

    value: float
    unit: str
    how: How
    metric: str
    start: date | None
    end: date
    facts: tuple[Fact, ...] = ()
    ties: tuple[Tie, ...] = ()
    slack: float = 0.0
    span: tuple[float, float] | None = None
    notes: tuple[Note, ...] = ()
    size_only: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources behind it, each once."""
        return tuple(dict.fromkeys([*(fact.source for fact in self.facts), *(tie.source for tie in self.ties)]))


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim beside one figure.

    ``gap`` is claim over book less one, or points of difference for percentages; None without a figure.
    """

    verdict: Verdict
    figure: Figure | None = None
    gap: float | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with its verdict: as the book knew it on the article's day, and as it is known since.

    ``yearly`` tells that the article made the figure a year's out of a shorter period.
    """

    index: int
    claim: Claim
    verdict: Verdict
    then: Finding
    now: Finding
    notes: tuple[Note, ...] = ()
    yearly: bool = False

    @property
    def figure(self) -> Figure | None:
        """The figure that the verdict rests on."""
        return self.now.figure or self.then.figure

    @property
    def finding(self) -> Finding:
        """The finding that the verdict rests on."""
        return self.now if self.now.figure is not None or self.then.figure is None else self.then


RANK = {
    Verdict.CONFIRMED: 0,
    Verdict.OUTDATED: 1,
    Verdict.IMPRECISE: 2,
    Verdict.CONTRADICTED: 3,
    Verdict.NOT_IN_BOOK: 4,
}
"""Better verdicts first, to choose among readings of one claim."""

_ORDER = re.compile(
    r"[数数几幾上近超]*[十百千万萬亿億兆]+[美元人民币幣港日韩]*"
    r"|(?:a|tens of|hundreds of|several) (?:[mbtr]+illion|thousand)s?(?: (?:of )?(?:us )?(?:dollars|yuan|euros))?",
    re.IGNORECASE,
)
"""A word of size without a digit: it tells the order of magnitude and no more."""
_NUMBER = re.compile(r"\d[\d,]{0,30}(?:\.(\d{1,12}))?")
PERCENT = frozenset({"percent", "percentage_points"})
WHOLE = frozenset({"years", "quarters", "months"})
"""Units told in whole numbers: one of them more or less is imprecise, whatever share that is."""


def step(claim: Claim) -> float:
    """Size of one step of the last written digit of a claim, in the claim's unit."""
    value = abs(claim.value or 0.0)
    if value == 0.0 or not isfinite(value):
        return 0.0
    found = _NUMBER.search(claim.quote)
    if found:
        written = float(found.group().replace(",", ""))
        decimals = len(found.group(1) or "")
        digits = found.group().replace(",", "")
        zeros = 0 if decimals else len(digits) - len(digits.rstrip("0"))
        if written > 0.0:
            return float(10.0 ** (zeros - decimals)) * value / written
    places = int(log10(value)) + 1
    mantissa = f"{value / 10.0 ** (places - 1):.4f}".rstrip("0").rstrip(".")
    return float(10.0 ** (places - 1 - max(len(mantissa) - 2, 0)))


def judge(claim: Claim, figure: Figure) -> Finding:
    """Lay a claim beside a figure in the same unit.

    Returns
    -------
    Finding : confirmed within the tolerance of its digits and words, imprecise up to a tenth away, else
        contradicted; never outdated, which takes two figures.
    """
    if claim.low is not None and claim.high is not None:
        return _judge_range(claim.low, claim.high, figure)
    if claim.value is None:
        return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_VALUE),))
    stated, actual = claim.value, _nearest(claim.value, figure)
    if figure.size_only:
        stated, actual = abs(stated), abs(actual)
    if figure.unit in PERCENT:
        return _judge_points(claim, stated, actual, figure)
    return _judge_size(claim, stated, actual, figure)


def _nearest(stated: float, figure: Figure) -> float:
    """Of several figures in the period the value that is nearest to the claim."""
    if figure.span is None:
        return figure.value
    low, high = figure.span
    return min(max(stated, low), high)


def _judge_range(low: float, high: float, figure: Figure) -> Finding:
    low, high = min(low, high), max(low, high)
    if any("midpoint" in fact.note for fact in figure.facts):
        # the book carries the middle of a range: ranges agree where their middles do
        gap = _gap((low + high) / 2, figure.value)
        near = allowance("rounding_cap") + figure.slack
        verdict = Verdict.IMPRECISE if abs(gap) <= allowance("imprecise") / 2 else Verdict.CONTRADICTED
        return Finding(Verdict.CONFIRMED if abs(gap) <= near else verdict, figure, gap)
    slack = allowance("range_end") + figure.slack
    if low - abs(low) * slack <= figure.value <= high + abs(high) * slack:
        return Finding(Verdict.CONFIRMED, figure, 0.0)
    end = low if figure.value < low else high
    gap = _gap(end, figure.value)
    near = abs(gap) <= allowance("imprecise") + slack
    return Finding(Verdict.IMPRECISE if near else Verdict.CONTRADICTED, figure, gap)


def _judge_points(claim: Claim, stated: float, actual: float, figure: Figure) -> Finding:
    gap = stated - actual
    about = claim.comparator is Comparator.ABOUT
    exact = min(max(step(claim), abs(actual) * allowance("floor")), allowance("percent_cap"))
    exact = max(exact, allowance("floor") * 10.0) + abs(actual) * figure.slack
    if about:
        exact += max(allowance("about_points"), allowance("about") * abs(actual))
    near = max(exact, allowance("imprecise_points"), allowance("imprecise") * abs(actual))
    return _bounded(claim, figure, gap, gap, exact, near, loose=allowance("bound") * max(abs(actual), 10.0))


def _judge_order(stated: float, actual: float, figure: Figure) -> Finding:
    """A bare word of size: imprecise where it is the right word, for it says no more than the size."""
    fits = stated * actual > 0 and allowance("order_low") <= actual / stated < allowance("order_high")
    verdict = Verdict.IMPRECISE if fits else Verdict.CONTRADICTED
    return Finding(verdict, figure, _gap(stated, actual), (Note(Reason.ORDER),))


def _judge_size(claim: Claim, stated: float, actual: float, figure: Figure) -> Finding:
    if stated != 0.0 and _ORDER.fullmatch(claim.quote.strip()):
        return _judge_order(stated, actual, figure)
    size = max(abs(actual), abs(stated)) if actual == 0.0 else abs(actual)
    if size == 0.0:
        return Finding(Verdict.CONFIRMED, figure, 0.0)
    exact = min(max(step(claim) / size, allowance("floor")), allowance("rounding_cap")) + figure.slack
    if claim.comparator is Comparator.ABOUT:
        exact += allowance("about")
    if figure.how is How.TIE:
        exact = max(exact, allowance("contract"))
    near = allowance("imprecise") + figure.slack + (exact if claim.comparator is Comparator.ABOUT else 0.0)
    if figure.unit in WHOLE and abs(stated - actual) <= step(claim):
        near = max(near, abs(stated - actual) / size)
    gap = (stated - actual) / size
    notes = (Note(Reason.SIGN),) if stated * actual < 0 and abs(abs(stated) - abs(actual)) <= exact * size else ()
    finding = _bounded(claim, figure, gap, gap, exact, near, loose=allowance("bound"))
    return Finding(finding.verdict, finding.figure, finding.gap, (*finding.notes, *notes))


def _bounded(
    claim: Claim, figure: Figure, gap: float, off: float, exact: float, near: float, *, loose: float
) -> Finding:
    """Verdict of a gap, with the comparator: above and below are true on one side only, and loose far off."""
    falling = (claim.value or 0.0) < 0 and not figure.size_only
    above = claim.comparator is (Comparator.BELOW if falling else Comparator.ABOVE)
    below = claim.comparator in ((Comparator.ABOVE,) if falling else (Comparator.BELOW, Comparator.UP_TO))
    if abs(off) <= exact:
        return Finding(Verdict.CONFIRMED, figure, gap)
    if (above and off < 0) or (below and off > 0):
        if abs(off) <= loose + exact:
            return Finding(Verdict.CONFIRMED, figure, gap)
        return Finding(Verdict.IMPRECISE, figure, gap, (Note(Reason.LOOSE_BOUND),))
    return Finding(Verdict.IMPRECISE if abs(off) <= near else Verdict.CONTRADICTED, figure, gap)


def _gap(stated: float, actual: float) -> float:
    size = abs(actual) or abs(stated)
    return (stated - actual) / size if size else 0.0


def drifted(per_day: float, days: int) -> float:
    """Tolerance that a distance in time adds to a series that moves by ``per_day`` a day."""
    return per_day * sqrt(abs(days))


def is_change(claim: Claim) -> bool:
    """Whether a claim speaks of a change and not of a level."""
    return claim.change_kind in (ChangeKind.YOY, ChangeKind.QOQ, ChangeKind.RETURN)
