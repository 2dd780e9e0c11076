"""Figures of one article that cannot both be true, found without any outside knowledge but the makeup of measures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from cardhouse.article.claims import Article, ChangeKind, Claim, Comparator
from cardhouse.article.periods_match import EXACT_DAYS
from cardhouse.article.standards import Derived, allowance, derived
from cardhouse.article.verdicts import step

VALUES = frozenset({"market_cap", "private_valuation"})
"""What a whole firm is said to be worth."""
DEBTS = frozenset(
    {"total_debt", "debt_noncurrent", "debt_current", "total_debt_carrying", "debt_issued", "interest_expense"}
)
"""Measures that a firm without debt does not have."""
POINTS = frozenset({"index_level", "share_price", "rental_price_per_gpu_hour"})
"""Measures that move within a period: two figures of one year are no clash, two of one day are."""
INCOMES = frozenset({"net_income", "eps_diluted", "net_margin"})
"""Measures whose sign tells a loss."""
REST = re.compile(
    r"其余|其他|其它|余下|剩余|剩下|\bthe rest\b|\bremaining\b|\bothers?\b|\bthe remainder\b", re.IGNORECASE
)
"""Words that make shares parts of one whole."""
BEFORE = {
    ChangeKind.YOY: re.compile(r"去年同期|上年同期|去年同季|year[- ]earlier|year ago|year before", re.IGNORECASE),
    ChangeKind.QOQ: re.compile(
        r"上一季|上季|前一季|上个季度|previous quarter|prior quarter|quarter before", re.IGNORECASE
    ),
}
"""Words for the period that a figure of the same sentence is compared with."""
MOST_WORDS = 600
"""Characters of a sentence in which they are looked for."""
SAME_TIME_DAYS = 62
"""Two values of a firm without dates, or with dates this near, speak of one time."""
SHORTEST_STRETCH = 80
"""Days of a stretch over which a firm has one return; within a shorter one words such as "this month" mean several."""
MOST_PAIRS = 20_000
"""Pairs of claims looked at; a longer article has its first ones compared."""


class ClashKind(StrEnum):
    """What cannot be."""

    TWO_MARKET_VALUES = "two_market_values"
    TWO_FIGURES = "two_figures"
    PE_OF_A_LOSS = "pe_of_a_loss"
    SHARES_ABOVE_100 = "shares_above_100"
    GROWTH_AGAINST_LEVELS = "growth_against_levels"
    RATIO_AGAINST_PARTS = "ratio_against_parts"
    DEBT_OF_A_DEBT_FREE_FIRM = "debt_of_a_debt_free_firm"


@dataclass(frozen=True, slots=True)
class Clash:
    """Claims, by their place in the list, that cannot all be true; ``computed`` is what the others make of the last."""

    kind: ClashKind
    claims: tuple[int, ...]
    computed: float | None = None
    unit: str = ""


def clashes(article: Article, claims: Sequence[Claim]) -> tuple[Clash, ...]:
    """Find all figures of an article that cannot both be true, in order of their first claim."""
    groups: dict[str, list[tuple[int, Claim]]] = {}
    for index, claim in enumerate(claims):
        if claim.entity and claim.values:
            groups.setdefault(claim.entity, []).append((index, claim))
    found: list[Clash] = list(_two_returns(claims))
    for rows in groups.values():
        found += _two_figures(rows, article.published)
        found += _multiple_of_a_loss(rows)
        found += _debt_free(rows)
        found += _growth(article, rows)
        found += _made_of(rows)
    found += _shares(article, claims)
    unique = {(clash.kind, clash.claims): clash for clash in found}
    return tuple(sorted(unique.values(), key=lambda clash: (clash.claims, clash.kind)))


def _pairs(rows: Sequence[tuple[int, Claim]]) -> Iterator[tuple[tuple[int, Claim], tuple[int, Claim]]]:
    for count, pair in enumerate(combinations(rows, 2)):
        if count >= MOST_PAIRS:
            return
        yield pair


def _two_figures(rows: Sequence[tuple[int, Claim]], day: date | None) -> Iterator[Clash]:
    """Two values of one thing at one time."""
    levels = [(i, c) for i, c in rows if c.change_kind is ChangeKind.LEVEL and c.value is not None]
    for (i, one), (j, two) in _pairs(levels):
        worth = one.measure in VALUES and two.measure in VALUES
        if one.unit != two.unit or not (worth or (one.measure and one.measure == two.measure)):
            continue
        if worth and _same_time(one, two, day) and not _agree(one, two, least=allowance("imprecise")):
            yield Clash(ClashKind.TWO_MARKET_VALUES, (i, j))
        elif (
            not worth
            and one.metric
            and one.sentence != two.sentence
            and _same_period(one, two)
            and not _agree(one, two, least=allowance("floor") * 4)
        ):
            yield Clash(ClashKind.TWO_FIGURES, (i, j))


def _two_returns(claims: Sequence[Claim]) -> Iterator[Clash]:
    """Two returns of one firm over one stretch; one number for several firms speaks of each of them."""
    groups: dict[tuple[str, str, date, date], list[tuple[int, Claim]]] = {}
    for i, c in enumerate(claims):
        start, end = c.period.start, c.period.end
        if c.change_kind is not ChangeKind.RETURN or not (c.measure and c.values and c.period.stated and start and end):
            continue
        if (end - start).days >= SHORTEST_STRETCH:
            for entity in c.entities:
                groups.setdefault((entity, c.measure, start, end), []).append((i, c))
    for rows in groups.values():
        for (i, one), (j, two) in _pairs(rows):
            if one.unit == two.unit and _apart(one, two):
                yield Clash(ClashKind.TWO_FIGURES, (i, j))


def _apart(one: Claim, two: Claim) -> bool:
    """Whether no return lies in both ranges, or near both."""
    low, high = sorted((one, two), key=lambda c: max(c.values))
    gap = min(high.values) - max(low.values)
    if low.comparator is Comparator.ABOVE or high.comparator in (Comparator.BELOW, Comparator.UP_TO):
        return False
    # A round number such as 10 times may stand for anything near it, but not for half or double.
    round_off = min(max(step(one), step(two)), max(map(abs, high.values)) / 3.0)
    return gap > max(round_off, allowance("about") * abs(min(high.values)))


def _same_time(one: Claim, two: Claim, day: date | None) -> bool:
    """Whether two values speak of about one time; one of today and one of another day may differ."""
    now = (_of_now(one, day), _of_now(two, day))
    if all(now) or any(now) or one.period.end is None or two.period.end is None:
        return all(now)
    return abs((one.period.end - two.period.end).days) <= SAME_TIME_DAYS and one.period.label == two.period.label


def _of_now(claim: Claim, day: date | None) -> bool:
    """Whether a value is told without a date, or as of the day of the article."""
    return not claim.period.stated or (claim.period.start is None and claim.period.end == day)


def _same_period(one: Claim, two: Claim) -> bool:
    if one.measure in POINTS and one.period.start != one.period.end:
        return False
    return (
        one.period.stated
        and two.period.stated
        and (one.period.start, one.period.end)
        == (
            two.period.start,
            two.period.end,
        )
    )


def _agree(one: Claim, two: Claim, *, least: float) -> bool:
    """Whether two values may be one figure, by their digits and comparators."""
    a, b = one.value or 0.0, two.value or 0.0
    size = max(abs(a), abs(b))
    if size == 0.0 or abs(a - b) <= max(step(one), step(two), least * size):
        return True
    low, high = (one, two) if abs(a) < abs(b) else (two, one)
    return low.comparator is Comparator.ABOVE or high.comparator in (Comparator.BELOW, Comparator.UP_TO)


def _multiple_of_a_loss(rows: Sequence[tuple[int, Claim]]) -> Iterator[Clash]:
    """A price-earnings ratio of a firm that the article itself says makes a loss."""
    losses = [i for i, c in rows if c.measure in INCOMES and c.change_kind is not ChangeKind.YOY and max(c.values) < 0]
    ratios = [i for i, c in rows if c.measure == "price_to_earnings" and max(c.values) > 0]
    for ratio in ratios:
        if losses:
            yield Clash(ClashKind.PE_OF_A_LOSS, (min(losses[0], ratio), max(losses[0], ratio)))


def _debt_free(rows: Sequence[tuple[int, Claim]]) -> Iterator[Clash]:
    """Debts, or interest on them, of a firm that is said to have none."""
    free = [i for i, c in rows if c.measure == "total_debt" and c.value == 0]
    debts = [i for i, c in rows if c.measure in DEBTS and max(abs(v) for v in c.values) > 0]
    for none in free:
        for debt in debts:
            yield Clash(ClashKind.DEBT_OF_A_DEBT_FREE_FIRM, (min(none, debt), max(none, debt)))


def _growth(article: Article, rows: Sequence[tuple[int, Claim]]) -> Iterator[Clash]:
    """Growth that the levels of the same sentence, or of the periods it spans, do not give."""
    for k, claim in rows:
        if claim.change_kind not in (ChangeKind.YOY, ChangeKind.QOQ) or claim.value is None or not claim.measure:
            continue
        pair = _levels_for(claim, rows) or _levels_beside(article, claim, rows)
        if pair is None:
            continue
        (i, before), (j, after) = pair
        a, b = abs(before.value or 0.0), abs(after.value or 0.0)
        if a == 0.0 or (before.value or 0.0) * (after.value or 0.0) < 0:
            continue
        grown = 100.0 * (b / a - 1.0) if claim.unit != "ratio" else b / a
        if not _fits(claim, grown, slack=100.0 * (step(before) / a + step(after) / max(b, 1e-9))):
            yield Clash(ClashKind.GROWTH_AGAINST_LEVELS, tuple(sorted((i, j, k))), grown, claim.unit)


def _levels_for(claim: Claim, rows: Sequence[tuple[int, Claim]]) -> tuple[tuple[int, Claim], tuple[int, Claim]] | None:
    """The level of the claim's period and the one that it is compared with."""
    levels = [
        (i, c)
        for i, c in rows
        if c.measure == claim.measure and c.change_kind is ChangeKind.LEVEL and c.value is not None and c.period.end
    ]
    if not claim.period.end:
        return None
    days = 365 if claim.change_kind is ChangeKind.YOY else 91
    after = [(i, c) for i, c in levels if c.period.end == claim.period.end and c.period.start == claim.period.start]
    for i, late in after:
        for j, early in levels:
            if early.unit != late.unit or early.period.end is None or claim.period.end is None:
                continue
            apart = (claim.period.end - early.period.end).days
            if abs(apart - days) <= EXACT_DAYS and _length(early) == _length(late):
                return (j, early), (i, late)
    return None


def _levels_beside(
    article: Article, claim: Claim, rows: Sequence[tuple[int, Claim]]
) -> tuple[tuple[int, Claim], tuple[int, Claim]] | None:
    """The two levels of a sentence that itself names what is compared; the smaller first where it speaks of growth."""
    words = article.sentences[claim.sentence].text if claim.sentence < len(article.sentences) else ""
    if not BEFORE[claim.change_kind].search(words[:MOST_WORDS]):
        return None
    levels = [
        (i, c)
        for i, c in rows
        if c.sentence == claim.sentence and c.measure == claim.measure and c.change_kind is ChangeKind.LEVEL
    ]
    if len(levels) != 2 or levels[0][1].unit != levels[1][1].unit or None in (levels[0][1].value, levels[1][1].value):
        return None
    low, high = sorted(levels, key=lambda row: abs(row[1].value or 0.0))
    return (high, low) if (claim.value or 0.0) < 0 else (low, high)


def _length(claim: Claim) -> int:
    start, end = claim.period.start, claim.period.end
    return round((end - start).days / 30.44) if start and end else 0


def _fits(claim: Claim, computed: float, *, slack: float) -> bool:
    points = allowance("percent_cap") if claim.unit != "ratio" else allowance("about") * abs(computed)
    points += slack if claim.unit != "ratio" else slack / 100.0
    if claim.comparator is Comparator.ABOUT:
        points += allowance("about") * abs(computed)
    off = abs(claim.value or 0.0) - abs(computed)
    if claim.comparator is Comparator.ABOVE:
        return off <= points
    if claim.comparator in (Comparator.BELOW, Comparator.UP_TO):
        return off >= -points
    return abs(off) <= points


def _made_of(rows: Sequence[tuple[int, Claim]]) -> Iterator[Clash]:
    """Margins and ratios that their own two parts, told for the same period, do not give."""
    for k, claim in rows:
        made = derived().get(claim.measure)
        if made is None or claim.value is None or made.trailing:
            continue
        parts = _parts(claim, rows, made)
        if parts is None:
            continue
        (i, top), (j, below) = parts
        if not below.value or top.value is None or top.unit != below.unit:
            continue
        computed = made.scale * top.value / below.value
        if claim.unit == "ratio" and abs(made.scale) == 100.0:
            computed /= 100.0
        slack = abs(computed) * (step(top) / (abs(top.value) or 1.0) + step(below) / abs(below.value))
        if not _fits(claim, computed, slack=slack if claim.unit != "ratio" else 100.0 * slack):
            yield Clash(ClashKind.RATIO_AGAINST_PARTS, tuple(sorted((i, j, k))), computed, claim.unit)


def _parts(
    claim: Claim, rows: Sequence[tuple[int, Claim]], made: Derived
) -> tuple[tuple[int, Claim], tuple[int, Claim]] | None:
    def of(measure: str) -> tuple[int, Claim] | None:
        for i, c in rows:
            same = (c.period.start, c.period.end) == (claim.period.start, claim.period.end)
            if c.measure == measure and c.change_kind is ChangeKind.LEVEL and c.value is not None and same:
                return i, c
        return None

    top, below = of(made.over), of(made.under)
    return (top, below) if top and below else None


def _shares(article: Article, claims: Sequence[Claim]) -> Iterator[Clash]:
    """Parts of one whole that add up to more than all of it, and single shares above it."""
    by_sentence: dict[int, list[tuple[int, Claim]]] = {}
    for index, claim in enumerate(claims):
        if (
            claim.unit == "percent"
            and claim.value is not None
            and claim.change_kind in (ChangeKind.SHARE, ChangeKind.RATIO)
        ):
            by_sentence.setdefault(claim.sentence, []).append((index, claim))
    for sentence, rows in by_sentence.items():
        shares = [(i, c) for i, c in rows if "share" in c.measure or not c.measure or c.change_kind is ChangeKind.SHARE]
        for i, claim in shares:
            if claim.change_kind is ChangeKind.SHARE and (claim.value or 0.0) > 100.0 + step(claim):
                yield Clash(ClashKind.SHARES_ABOVE_100, (i,), claim.value, "percent")
        words = article.sentences[sentence].text if sentence < len(article.sentences) else ""
        total = sum(claim.value or 0.0 for _, claim in shares)
        one = len({(claim.entity, claim.period.label) for _, claim in shares}) == 1
        if len(shares) > 1 and one and REST.search(words) and total > 100.0 + sum(step(c) for _, c in shares) / 2:
            yield Clash(ClashKind.SHARES_ABOVE_100, tuple(i for i, _ in shares), total, "percent")
