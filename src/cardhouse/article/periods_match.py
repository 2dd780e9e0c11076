"""The book's figures for an entity, a metric and the period of a claim, in every reading the words allow.

A flow is the figure of the very period, or the quarters and years that make it up; a fiscal quarter stands for
the calendar quarter that holds most of its days. A stock or a price is the figure of the day, or the nearest one
within the window of its series. A claim without a date means the newest figure on the day of publication.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.article.claims import Period
from cardhouse.article.standards import Window, window
from cardhouse.article.verdicts import Note, Reason, drifted
from cardhouse.book import Book, Fact, MetricKind, cover, trailing_year

EXACT_DAYS = 10
"""A balance sheet this close to the day named is that day's (52 and 53 week years, month ends)."""
NEAR_DAYS = 47
"""Half a quarter and a day: a balance sheet this near to the end of a quarter is the one of that quarter."""
SPARSE_DAYS = 40
"""Over more days than these the few closes of the book do not bound a price: it may bear a claim out, not refute it."""
VERSIONS = ("as-of-", "projection-")
"""Items of forecasts drawn up on several days begin so; the newest one is in force."""
_LABEL = re.compile(r"(?:FY)?(\d{4})(?:-(Q[1-4]|H[12]))?")
_FACES = frozenset({MetricKind.STOCK, MetricKind.MARKET, MetricKind.POLICY, MetricKind.PRICE, MetricKind.HARDWARE})


@dataclass(frozen=True, slots=True)
class Match:
    """Facts that make up one figure, all of one item; ``several`` are alternatives within the period.

    ``slack`` is what the distance in time adds to the tolerance.
    """

    facts: tuple[Fact, ...]
    start: date | None
    end: date
    slack: float = 0.0
    notes: tuple[Note, ...] = ()
    several: bool = False


def matches(book: Book, entity: str, metric: str, period: Period, on: date) -> tuple[Match, ...]:
    """Readings of the period for which the book has a figure, the plainest first.

    Parameters
    ----------
    on : the day of the article: what "now" means in it.
    """
    if metric not in book.metrics or not book.chosen(entity, metric):
        return ()
    kind = book.metrics[metric].kind
    items = sorted(book.items(entity, metric), key=lambda item: (item != "", item))
    found: list[Match] = []
    told = False
    for item in _newest_versions(book, entity, metric, items):
        facts = [fact for fact in book.chosen(entity, metric) if fact.item == item]
        flows = [fact for fact in facts if fact.start is not None]
        faces = [fact for fact in facts if fact.start is None]
        dated = item.startswith(VERSIONS)
        notes = (Note(Reason.ITEM, (item,)),) if item and not dated else ()
        notes = (*notes, Note(Reason.EARLIER, (item,))) if dated and told else notes
        count = len(found)
        if flows:
            found += [_with(match, notes) for match in _flow(book, entity, metric, item, period, on)]
        if faces:
            at = window(metric, kind)
            found += [_with(match, notes) for match in _face(faces, period, on, at, daily=at.drift > 0.0)]
        told = told or (dated and len(found) > count)
    return tuple(found)


def _with(match: Match, notes: tuple[Note, ...]) -> Match:
    return Match(match.facts, match.start, match.end, match.slack, (*match.notes, *notes), match.several)


def _newest_versions(book: Book, entity: str, metric: str, items: list[str]) -> list[str]:
    """Items to look at: of forecasts drawn up on several days the newest first, others as they stand."""
    dated = [item for item in items if item.startswith(VERSIONS)]
    if not dated:
        return items
    known = {item: max(f.known for f in book.chosen(entity, metric) if f.item == item) for item in dated}
    rest = [item for item in items if item not in known]
    return [*rest, *sorted(dated, key=lambda item: (known[item], item), reverse=True)]


def _flow(book: Book, entity: str, metric: str, item: str, period: Period, on: date) -> list[Match]:
    if not period.stated or period.end is None:
        recent = _recent_flows(book, entity, metric, item, on)
        if period.start is None or period.end is None:
            return recent
        # the sentence before named a period, and the figure seems to go on about it
        facts = cover(book, entity, metric, period.start, period.end, item=item)
        return [*([Match(facts, facts[0].start, facts[-1].end)] if facts else []), *recent]
    if period.label == "TTM" or period.start is None:
        facts = trailing_year(book, entity, metric, period.end, item=item)
        return [Match(facts, facts[0].start, facts[-1].end)] if facts else []
    found: list[Match] = []
    facts = cover(book, entity, metric, period.start, period.end, item=item)
    if facts:
        found.append(Match(facts, facts[0].start, facts[-1].end))
    for start, end, reason in _other_calendars(book, entity, period):
        facts = cover(book, entity, metric, start, end, item=item)
        if facts and all(facts != match.facts for match in found):
            found.append(Match(facts, facts[0].start, facts[-1].end, notes=(Note(reason, (period.label,)),)))
    return found


def _other_calendars(book: Book, entity: str, period: Period) -> list[tuple[date, date, Reason]]:
    """The same label by the firm's fiscal year, or by the calendar year where it was read as fiscal."""
    firm = book.firms.get(entity)
    label = _LABEL.fullmatch(period.label)
    if firm is None or label is None or firm.fiscal_year_end in ("", "12-31"):
        return []
    year, part = int(label.group(1)), label.group(2) or ""
    if period.fiscal:
        return [(*part_of_year(year, part, "12-31"), Reason.CALENDAR)]
    return [(*part_of_year(year, part, firm.fiscal_year_end), Reason.FISCAL)]


def part_of_year(year: int, part: str, year_end: str) -> tuple[date, date]:
    """First and last day of a year, a quarter (``Q1``..) or a half (``H1``..) of a fiscal year.

    Parameters
    ----------
    year : the year in which the fiscal year ends.
    year_end : its last day as ``MM-DD``; months are taken whole.
    """
    month = int(year_end[:2])
    first = year * 12 + month - 12
    length = 12
    if part:
        length = 3 if part[0] == "Q" else 6
        first += (int(part[1]) - 1) * length
    begin = date(first // 12, first % 12 + 1, 1)
    last = first + length
    return begin, date(last // 12, last % 12 + 1, 1) - timedelta(days=1)


def _recent_flows(book: Book, entity: str, metric: str, item: str, on: date) -> list[Match]:
    """Newest figures of each length that had ended on the day: a claim without a period may mean any of them."""
    rows = [fact for fact in book.chosen(entity, metric) if fact.start and fact.item == item and fact.end <= on]
    found: list[Match] = []
    seen: set[int] = set()
    for fact in reversed(rows):
        months = round(((fact.end - (fact.start or fact.end)).days + 1) / 30.44)
        if months in seen or (on - fact.end).days > 400:
            continue
        seen.add(months)
        note = Note(Reason.LATEST, (f"{fact.start}", f"{fact.end}"))
        found.append(Match((fact,), fact.start, fact.end, notes=(note,)))
    year = trailing_year(book, entity, metric, on, item=item)
    if len(year) > 1:
        note = Note(Reason.LATEST, (f"{year[0].start}", f"{year[-1].end}"))
        found.append(Match(year, year[0].start, year[-1].end, notes=(note,)))
    return found


def _face(faces: list[Fact], period: Period, on: date, at: Window, *, daily: bool) -> list[Match]:
    """Stocks, prices and policies: of the day, of the period, or the nearest within the window."""
    if not period.stated or period.end is None:
        return _newest(faces, on, at, daily=daily)
    inside = [f for f in faces if period.start and period.start <= f.end <= period.end]
    if daily:
        if inside:
            long = period.start is not None and (period.end - period.start).days > SPARSE_DAYS
            notes = (Note(Reason.SPARSE, (period.label, f"{len(inside)}")),) if long else ()
            return [Match(tuple(inside), None, inside[-1].end, notes=notes, several=len(inside) > 1)]
        return _nearest(faces, period.end, at, daily=True)
    day = period.end
    nearest = min(faces, key=lambda f: (abs((f.end - day).days), f.end))
    days = abs((nearest.end - day).days)
    long = period.start is not None and (day - period.start).days > 32
    found = [Match((fact,), None, fact.end) for fact in reversed(inside)]
    if days <= (NEAR_DAYS if long else EXACT_DAYS) and nearest not in inside:
        found.insert(0 if long or not inside else len(found), Match((nearest,), None, nearest.end))
    return found or _nearest(faces, day, at, daily=False)


def _newest(faces: list[Fact], on: date, at: Window, *, daily: bool) -> list[Match]:
    """The newest figure on the day of the article."""
    past = [fact for fact in faces if fact.end <= on and (on - fact.end).days <= at.before]
    if not past or daily:
        return _nearest(faces, on, at, daily=daily)
    return [Match((past[-1],), None, past[-1].end, notes=(Note(Reason.LATEST, (f"{past[-1].end}",)),))]


def _nearest(faces: list[Fact], day: date, at: Window, *, daily: bool) -> list[Match]:
    """The nearest figure; of a daily series those on both sides of the day, between which it lay or nearly so."""
    near = [f for f in faces if -at.before <= (f.end - day).days <= at.after]
    if not near:
        return []
    fact = min(near, key=lambda f: (abs((f.end - day).days), f.end))
    days = (fact.end - day).days
    notes = (Note(Reason.NEAREST, (f"{fact.end}", f"{days:+d}")),) if days else ()
    slack = drifted(at.drift, days) if daily else 0.0
    other = [f for f in near if (f.end - day).days * days < 0]
    if not daily or not other:
        return [Match((fact,), None, fact.end, slack=slack, notes=notes)]
    far = min(other, key=lambda f: abs((f.end - day).days))
    pair = (far, fact) if far.end < fact.end else (fact, far)
    return [Match(pair, None, fact.end, slack=slack, notes=notes, several=True)]


def earlier(book: Book, entity: str, metric: str, before: date, *, days: int = 750) -> tuple[Match, ...]:
    """Older figures of the same series, newest first: what a claim may once have been true of."""
    rows = [f for f in book.chosen(entity, metric) if f.end < before and (before - f.end).days <= days]
    return tuple(
        Match((fact,), fact.start, fact.end, notes=(Note(Reason.EARLIER, (f"{fact.end}",)),)) for fact in reversed(rows)
    )


def shifted(period: tuple[date, date], *, months: int) -> tuple[date, date]:
    """A period moved by whole months, to look up what it is compared with."""
    return (_moved(period[0], months), _moved(period[1] + timedelta(days=1), months) - timedelta(days=1))


def _moved(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
