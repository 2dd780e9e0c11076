"""Figures made of two: growth against a year or a quarter before, moves of prices, margins and multiples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from cardhouse.article.claims import ChangeKind, Claim
from cardhouse.article.figures import from_match, level
from cardhouse.article.periods_match import Match, matches, shifted
from cardhouse.article.standards import Derived, derived, window
from cardhouse.article.verdicts import Figure, How, Note, Reason, drifted
from cardhouse.book import Book, Fact, MetricKind, cover, trailing_year

PRICE_OF = {"share_price_change": "share_price", "market_cap_change": "market_cap", "index_change": "index_level"}
"""Levels behind the measures of a move."""
REACTIONS = ("share_price_reaction_day1_percent", "share_price_reaction_day0_percent")
DAY_BEFORE = 5
"""The close before is at most this many days back (weekends and holidays)."""
STRETCH_DAYS = 31
"""A move over months is measured between closes at most this far from its first and its last day."""
CRASH_DAYS = 1100
"""A crash is over after three years at most."""
BASE_DAYS = 20
"""A balance sheet a year or a quarter before may be off by this much."""


def grown(book: Book, claim: Claim, entity: str, metric: str, on: date) -> list[Figure]:
    """Growth of a metric over the year or the quarter before, for each reading of the period."""
    found: list[Figure] = []
    if metric in book.metrics and book.metrics[metric].unit == "percent":
        found += level(book, claim, entity, metric, on)
    for match in matches(book, entity, metric, claim.period, on):
        if match.several:
            continue
        base = _base(book, entity, metric, match, claim.change_kind)
        if base and (figure := _change(book, claim, metric, match.facts, base, match.notes)):
            found.append(figure)
    return found


def _base(book: Book, entity: str, metric: str, match: Match, kind: ChangeKind) -> tuple[Fact, ...]:
    """What a figure is compared with: the same stretch a year or one length earlier."""
    item = match.facts[0].item
    if match.start is None:
        months = 12 if kind is ChangeKind.YOY else 3
        day = shifted((match.end, match.end), months=-months)[1]
        near = [f for f in book.chosen(entity, metric) if f.item == item and f.start is None and f.end < match.end]
        fact = min(near, key=lambda f: abs((f.end - day).days), default=None)
        return (fact,) if fact and abs((fact.end - day).days) <= BASE_DAYS else ()
    length = max(round(((match.end - match.start).days + 1) / 30.44), 1)
    months = length if kind is ChangeKind.QOQ else 12
    start, end = shifted((match.start, match.end), months=-months)
    return cover(book, entity, metric, start, end, item=item)


def _change(
    book: Book, claim: Claim, metric: str, facts: tuple[Fact, ...], base: tuple[Fact, ...], notes: tuple[Note, ...]
) -> Figure | None:
    """Change between two sets of facts, in percent or, for a claim in multiples, as a ratio."""
    after, before = sum(book.usd(fact) for fact in facts), sum(book.usd(fact) for fact in base)
    if {fact.unit for fact in facts} == {fact.unit for fact in base} and len({fact.unit for fact in facts}) == 1:
        # growth in the firm's own currency is what it reports
        after, before = sum(fact.value for fact in facts), sum(fact.value for fact in base)
    if claim.loss:
        after, before = abs(after), abs(before)
    if before <= 0:
        return None
    value = after / before if claim.unit == "ratio" else 100.0 * (after / before - 1.0)
    return Figure(
        value=value,
        unit=claim.unit if claim.unit in ("ratio", "percentage_points") else "percent",
        how=How.GROWTH,
        metric=metric,
        start=facts[0].start,
        end=facts[-1].end,
        facts=(*base, *facts),
        notes=notes,
    )


def moved(book: Book, claim: Claim, entity: str, on: date) -> list[Figure]:
    """Moves of a price, an index or a market value over a day or a stretch."""
    measure = claim.measure or claim.metric or ""
    metric = PRICE_OF.get(measure, measure)
    day = claim.period.end if claim.period.stated and claim.period.end else on
    found: list[Figure] = []
    if measure == "share_price_change":
        found += _reactions(book, claim, entity, day, on)
    facts = [fact for fact in book.chosen(entity, metric) if fact.start is None and not fact.item]
    if claim.period.stated and claim.period.start and (day - claim.period.start).days > 1:
        return [*found, *_over_stretch(book, claim, metric, facts, claim.period.start, min(day, on))]
    last = _at(facts, day)
    if last is None:
        return found
    first = next((f for f in reversed(facts) if 0 < (last.end - f.end).days <= DAY_BEFORE), None)
    if first is not None and first.value > 0:
        found.append(_move(book, claim, metric, first, last))
    return found


def _over_stretch(book: Book, claim: Claim, metric: str, facts: list[Fact], start: date, end: date) -> list[Figure]:
    """Moves over months or years: to the end, and to the highest or lowest point on the way."""
    first = min(facts, key=lambda f: abs((f.end - start).days), default=None)
    if first is None or abs((first.end - start).days) > STRETCH_DAYS or first.value <= 0:
        return []
    later = [f for f in facts if first.end < f.end <= end + timedelta(days=DAY_BEFORE)]
    near = [f for f in later if (end - f.end).days <= STRETCH_DAYS]
    ends = [near[-1]] if near else []
    if later:
        peak = (min if (claim.value or 0.0) < 0 else max)(later, key=lambda f: f.value)
        ends += [peak] if peak not in ends else []
    falls = _drawdown(facts, start, end) if (claim.value or 0.0) < 0 else ()
    slack = drifted(window(metric, MetricKind.MARKET).drift, STRETCH_DAYS // 2)
    exact = first.end == start and near and near[-1].end == end
    found = [replace(_move(book, claim, metric, first, last), slack=0.0 if exact else slack) for last in ends]
    return [*found, *(_move(book, claim, metric, top, bottom) for top, bottom in falls)]


def _drawdown(facts: list[Fact], start: date, end: date) -> tuple[tuple[Fact, Fact], ...]:
    """The fall from the highest point of a period to the lowest after it: what "the crash of 2000" cost."""
    top = max((f for f in facts if start <= f.end <= end), key=lambda f: f.value, default=None)
    if top is None:
        return ()
    after = [f for f in facts if top.end < f.end <= top.end + timedelta(days=CRASH_DAYS)]
    bottom = min(after, key=lambda f: f.value, default=None)
    return ((top, bottom),) if bottom and bottom.value < top.value else ()


def _at(facts: list[Fact], day: date) -> Fact | None:
    near = [fact for fact in facts if 0 <= (day - fact.end).days <= DAY_BEFORE]
    return near[-1] if near else None


def _move(book: Book, claim: Claim, metric: str, first: Fact, last: Fact) -> Figure:
    percent = claim.unit in ("percent", "ratio", "percentage_points", "")
    if percent:
        value = 100.0 * (last.value / first.value - 1.0)
        value = value / 100.0 if claim.unit == "ratio" else value
        how = How.GROWTH
        slack = 0.0
        notes: tuple[Note, ...] = ()
    else:
        ends = [from_match(book, Match((fact,), None, fact.end), metric, claim) for fact in (first, last)]
        value = sum(sign * end.value for sign, end in zip((-1, 1), ends, strict=True) if end)
        how = How.DIFFERENCE
        slack = max((end.slack for end in ends if end), default=0.0)
        notes = ends[-1].notes if ends[-1] else ()
    return Figure(value, claim.unit, how, metric, first.end, last.end, (first, last), slack=slack, notes=notes)


def _reactions(book: Book, claim: Claim, entity: str, day: date, on: date) -> list[Figure]:
    found = []
    for metric in REACTIONS:
        for fact in book.chosen(entity, metric):
            stated = claim.period.stated
            if fact.end == day or (not stated and timedelta(0) <= on - fact.end <= timedelta(days=3)):
                found.append(Figure(fact.value, "percent", How.FACT, metric, None, fact.end, (fact,)))
    return found


def over(book: Book, claim: Claim, entity: str, on: date) -> list[Figure]:
    """Measures that are one metric over another: margins, leverage, multiples of earnings."""
    made = derived().get(claim.measure or claim.metric or "")
    if made is None:
        return []
    found: list[Figure] = []
    for match in matches(book, entity, made.over, claim.period, on):
        under = _under(book, entity, made, match)
        if under and (figure := _quotient(book, claim, made, match, under)):
            found.append(figure)
    return found


def _under(book: Book, entity: str, made: Derived, match: Match) -> tuple[Fact, ...]:
    if made.trailing:
        return trailing_year(book, entity, made.under, match.end)
    if match.start is not None:
        return cover(book, entity, made.under, match.start, match.end)
    return tuple(f for f in book.chosen(entity, made.under) if f.start is None and f.end == match.end and not f.item)[
        :1
    ]


def _quotient(book: Book, claim: Claim, made: Derived, match: Match, under: tuple[Fact, ...]) -> Figure | None:
    top, below = sum(book.usd(fact) for fact in match.facts), sum(book.usd(fact) for fact in under)
    if match.several:
        top = book.usd(match.facts[-1])
    if below == 0:
        return None
    value = made.scale * top / below
    notes = match.notes
    if made.trailing and below < 0:
        notes = (*notes, Note(Reason.LOSS_HAS_NO_MULTIPLE, (f"{below:.6g}", f"{under[-1].end}")))
    unit = claim.unit or ("percent" if abs(made.scale) == 100.0 else "ratio")
    if unit == "ratio" and abs(made.scale) == 100.0:
        value /= 100.0
    if unit in ("percent", "percentage_points") and made.scale == 1.0:
        value *= 100.0
    facts = (*match.facts, *under)
    return Figure(value, unit, How.RATIO, made.measure, match.start, match.end, facts, slack=match.slack, notes=notes)


def against(book: Book, claim: Claim, entity: str, metric: str, on: date) -> list[Figure]:
    """One entity's figure over another's ("three times Japan"): both of the claim's period."""
    if not claim.versus or claim.versus == entity:
        return []
    below = metric
    if claim.versus in book.subjects and metric == "market_cap":
        below = "gdp"
    tops = matches(book, entity, metric, claim.period, on)
    bottoms = matches(book, claim.versus, below, claim.period, on)
    found: list[Figure] = []
    for top, bottom in zip(tops[:1], bottoms[:1], strict=False):
        above, under = sum(map(book.usd, top.facts)), sum(map(book.usd, bottom.facts))
        if under <= 0:
            continue
        value = above / under * (100.0 if claim.unit == "percent" else 1.0)
        facts = (*top.facts, *bottom.facts)
        found.append(Figure(value, claim.unit, How.RATIO, metric, top.start, top.end, facts, notes=top.notes))
    return found
