"""Warnings about figures that look odd and carry no note: the row is kept, a note settles it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from cardhouse.book.checks import warning
from cardhouse.book.draft import Draft
from cardhouse.book.faults import Fault
from cardhouse.book.records import Fact, MetricKind
from cardhouse.book.units import UNITS

GAIN = 1.4
"""Net income above this many times operating income usually holds a gain on a stake or a tax effect."""
JUMP, CALM = 6.0, 3.0
"""A figure 6 times off both neighbours, which are within 3 times of each other, is often a slipped digit."""
QUARTER_DAYS = 91.3

NOTE = "a note that explains it"
ACTION = "say why in the note, or mend the value"


@warning
def income_without_note(draft: Draft) -> Iterator[Fault]:
    """Find net income far above operating income, or above revenue, that no note explains."""
    for entity, metric in draft.series:
        if metric != "net_income":
            continue
        others = {
            name: {(f.start, f.end, f.item): f for f in draft.chosen(entity, name)}
            for name in ("operating_income", "revenue")
        }
        for fact in draft.chosen(entity, metric):
            if not fact.note:
                yield from _income(draft, fact, others)


def _income(
    draft: Draft, fact: Fact, others: Mapping[str, Mapping[tuple[date | None, date, str], Fact]]
) -> Iterator[Fault]:
    for (name, found), limit in zip(others.items(), (GAIN, 1.0), strict=True):
        other = found.get((fact.start, fact.end, fact.item))
        if other and other.unit == fact.unit and other.value > 0 and fact.value > limit * other.value:
            problem = f"{fact.value:,.10g} beside {name} of {other.value:,.10g} ({other.where})"
            yield draft.warning(fact, problem, NOTE, ACTION)
            return


@warning
def jump_without_note(draft: Draft) -> Iterator[Fault]:
    """Find figures far off the ones before and after them that no note explains."""
    kinds = (MetricKind.FLOW, MetricKind.STOCK)
    plain = {m.id for m in draft.metrics if m.kind in kinds and UNITS[m.unit].kind in ("money", "count")}
    for (entity, metric), facts in draft.series.items():
        if metric not in plain or len(facts) < 3:
            continue
        rows: dict[tuple[str, str, int], list[Fact]] = {}
        for fact in draft.chosen(entity, metric):
            days = (fact.end - fact.start).days if fact.start else 0
            rows.setdefault((fact.item, fact.unit, round(days / QUARTER_DAYS)), []).append(fact)
        for alike in rows.values():
            for before, fact, after in zip(alike, alike[1:], alike[2:], strict=False):
                if not fact.note and _jumps(before.value, fact.value, after.value):
                    problem = f"{fact.value:,.10g} between {before.value:,.10g} and {after.value:,.10g}"
                    yield draft.warning(fact, problem, NOTE, ACTION)


def _jumps(before: float, value: float, after: float) -> bool:
    low, high = min(before, after), max(before, after)
    return low > 0 and value > 0 and high < CALM * low and not low / JUMP <= value <= high * JUMP
