"""Do revenue and use grow together? Run rates of revenue against tokens processed, between the same days.

Tokens are counted by who processes them, over a minute, a day, a month or a year, and each firm counts something
else; so only one series is compared with itself over time. Revenue on the day of a count of tokens is read off the
run rates told before and after it, as if it had grown at one pace between them; never beyond the first or the last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from cardhouse.book import Book, Fact
from cardhouse.economy.inputs import YEAR_DAYS
from cardhouse.lenses.measure import Gap, Measure, Reading, computed, derived, not_meaningful, ratio, total
from cardhouse.lenses.readings import entity_name, of_fact

TOKENS = "tokens_processed"
RUN_RATE = "annualized_revenue_run_rate"
TOKENS_A_DAY = "tokens_trillion_per_day"
LABORATORIES = ("openai", "anthropic")
"""Whose run rates together stand for revenue where a count of tokens has no revenue of its own."""
WHOLE = ("", "chatgpt-and-api")
"""Items under which all tokens of a firm are counted; others are a part, a peak, or more than what is sold."""


@dataclass(frozen=True, slots=True)
class Point:
    """Tokens a day at one time, and the run rate of revenue then.

    Attributes
    ----------
    tokens : trillion a day over the count's period. revenue : USD million a year on the middle day of it.
    per_million : USD of revenue for a million tokens; only where both are the firm's whole.
    apart : its period begins after that of the count before it, so that the two can be compared.
    """

    day: date
    tokens: Measure
    revenue: Reading
    per_million: Reading
    apart: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One count of tokens beside a run rate.

    Attributes
    ----------
    user : who processes the tokens. item : which count. sellers : whose revenue. own : it is the user's own.
    tokens_growth, revenue_growth : a year, between the first and the last point that have both.
    elasticity : growth of revenue in logarithms over that of tokens; 1 is in step, below 1 revenue lags.
    low, high : the least and the greatest elasticity between neighbouring points; a gap with fewer than three.
    """

    user: str
    item: str
    sellers: tuple[str, ...]
    own: bool
    points: tuple[Point, ...]
    tokens_growth: Reading
    revenue_growth: Reading
    elasticity: Reading
    low: Reading
    high: Reading


def uses(book: Book) -> tuple[Pair, ...]:
    """Every count of tokens that the book has on two days or more, and each that has revenue on one day."""
    found: list[Pair] = []
    for entity, metric in book.series:
        if metric != TOKENS:
            continue
        for item in book.items(entity, TOKENS):
            rows = [f for f in book.chosen(entity, TOKENS) if f.item == item and f.start is not None]
            own = bool(run_rates(book, entity))
            pair = pair_of(book, entity, item, rows, (entity,) if own else LABORATORIES, own=own)
            if len(rows) > 1 or own:
                found.append(pair)
    return tuple(found)


def pair_of(book: Book, entity: str, item: str, rows: Sequence[Fact], sellers: tuple[str, ...], *, own: bool) -> Pair:
    """Points of one count and what they say of growth."""
    fit = apart(rows)
    points = tuple(_point(book, row, sellers, whole=own and item in WHOLE, fit=row in fit) for row in rows)
    what = f"{entity_name(book, entity)}{f' ({item})' if item else ''}"
    both = [(p.day, p.tokens, p.revenue) for p in points if p.apart and isinstance(p.revenue, Measure)]
    if len(both) < 2:
        gap = Gap(f"{what}, tokens against revenue", f"{len(both)} days with both; two are needed")
        return Pair(entity, item, sellers, own, points, gap, gap, gap, gap, gap)
    (first, tokens_0, sold_0), *_, (last, tokens_1, sold_1) = both
    years = (last - first).days / YEAR_DAYS
    steps = [_elasticity(what, a[1], b[1], a[2], b[2]) for a, b in pairwise(both)]
    low, high = _range(what, steps)
    return Pair(
        entity,
        item,
        sellers,
        own,
        points,
        _a_year(f"{what}, growth of tokens", tokens_0, tokens_1, years),
        _a_year(f"{what}, growth of revenue", sold_0, sold_1, years),
        _elasticity(what, tokens_0, tokens_1, sold_0, sold_1),
        low,
        high,
    )


def apart(rows: Iterable[Fact]) -> tuple[Fact, ...]:
    """Counts whose periods do not overlap, the earliest first; a week holds the day inside it, so one of them stays."""
    kept: list[Fact] = []
    for row in sorted(rows, key=lambda f: (f.end, f.start or f.end)):
        if not kept or (row.start or row.end) > kept[-1].end:
            kept.append(row)
    return tuple(kept)


def _point(book: Book, row: Fact, sellers: tuple[str, ...], *, whole: bool, fit: bool) -> Point:
    count = of_fact(book, row)
    days = (row.end - (row.start or row.end)).days + 1
    tokens = replace(count, value=count.value / days, unit=TOKENS_A_DAY)
    middle = (row.start or row.end) + timedelta(days=(days - 1) // 2)
    sold = total(run_rate(book, seller, middle) for seller in sellers)
    what = f"{entity_name(book, row.entity)}, revenue for a million tokens on {middle}"
    each = (
        computed(what, lambda a, b: a / YEAR_DAYS / b, sold, tokens, unit="USD")  # USD million over trillions
        if whole
        else not_meaningful(what, "these tokens are not what that revenue is paid for")
    )
    return Point(middle, tokens, sold, each, fit)


def run_rates(book: Book, firm: str) -> tuple[Fact, ...]:
    """A firm's run rates of revenue, oldest first."""
    return tuple(f for f in book.chosen(firm, RUN_RATE) if not f.item)


def run_rate(book: Book, firm: str, day: date) -> Reading:
    """A firm's run rate on a day, at one pace between the run rates told before and after it."""
    what = f"{entity_name(book, firm)}, run rate of revenue on {day}"
    rows = run_rates(book, firm)
    before = [row for row in rows if row.end <= day]
    after = [row for row in rows if row.end >= day]
    if not before or not after:
        told = f"from {rows[0].end} to {rows[-1].end}" if rows else "nowhere"
        return Gap(what, f"run rates are known {told}")
    left, right = of_fact(book, before[-1]), of_fact(book, after[0])
    if left.end == right.end:
        return left
    part = (day - left.end).days / (right.end - left.end).days
    value = math.exp((1.0 - part) * math.log(left.value) + part * math.log(right.value))
    between = derived(value, left.unit, left, right, flags=(f"{what}: between those of {left.end} and {right.end}",))
    return replace(between, end=day)


def _a_year(what: str, then: Measure, now: Measure, years: float) -> Reading:
    """Growth a year at one pace."""
    times = ratio(what, now, then, unit="times", positive="the first figure")
    return computed(what, lambda x: x ** (1.0 / years) - 1.0, times, unit="share")


def _elasticity(what: str, tokens_0: Measure, tokens_1: Measure, sold_0: Measure, sold_1: Measure) -> Reading:
    """Percent more revenue for one percent more tokens."""
    if tokens_1.value <= tokens_0.value:
        return not_meaningful(f"{what}, elasticity", "tokens did not grow")
    return computed(
        f"{what}, elasticity",
        lambda a, b, c, d: math.log(d / c) / math.log(b / a),
        *(tokens_0, tokens_1, sold_0, sold_1),
        unit="times",
    )


def _range(what: str, steps: Sequence[Reading]) -> tuple[Reading, Reading]:
    """The least and the greatest of the steps; with one step there is no range."""
    found = sorted((s for s in steps if isinstance(s, Measure)), key=lambda s: s.value)
    if len(found) < 2:
        gap = Gap(f"{what}, range of the elasticity", "fewer than three days with both")
        return gap, gap
    return found[0], found[-1]
