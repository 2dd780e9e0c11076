"""What every lens shows alike: cells, notes on what cannot be had, what it rests on, and the JSON of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from cardhouse.book import Book
from cardhouse.economy.figure import shares
from cardhouse.economy.inputs import source_rank
from cardhouse.lenses.measure import Gap, Measure, Reading, Why, known
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell
from cardhouse.views.words import ENGLISH, N_, Words

MARKS = {Why.MISSING: N_("n/a"), Why.NOT_MEANINGFUL: N_("n.m.")}
"""How a gap stands in a table; the reason follows below it."""
EXPLAINED = 12
"""Reasons printed below a table before the rest is counted."""


def cell(reading: Reading, *, t: Words = ENGLISH) -> Cell:
    """A measure's value, or the mark of a gap."""
    return reading.value if isinstance(reading, Measure) else t(MARKS[reading.why])


def gap_notes(readings: Iterable[Reading], *, most: int = EXPLAINED, t: Words = ENGLISH) -> tuple[str, ...]:
    """One line a reason, each once: ``n/a Oracle, days of receivables: ...``."""
    gaps = [r for r in readings if isinstance(r, Gap)]
    lines = list(dict.fromkeys(_gap(gap, t) for gap in gaps))
    more = len(lines) - most
    return (*lines[:most], t("and {more} more that cannot be had; see --json", more=more)) if more > 0 else tuple(lines)


def _gap(gap: Gap, t: Words) -> str:
    text = N_("{mark} {what}: {reason}")
    return t(text, mark=t(MARKS[gap.why]), what=relayed(t, gap.what), reason=relayed(t, gap.reason))


def flag_notes(readings: Iterable[Reading], *, most: int = EXPLAINED, t: Words = ENGLISH) -> tuple[str, ...]:
    """What a reader should know before quoting the measures, each warning once."""
    lines = list(dict.fromkeys(relayed(t, flag) for m in known(readings) for flag in m.flags))
    more = len(lines) - most
    return (*lines[:most], t("and {more} more remarks; see --json", more=more)) if more > 0 else tuple(lines)


def rests(readings: Iterable[Reading], *, t: Words = ENGLISH) -> str:
    """What these measures rest on, each counted once: ``Rests on filings 80%, assumptions 20%.``."""
    whole: dict[str, float] = {}
    for measure in known(readings):
        for kind, share in measure.rests_on.items():
            whole[kind] = whole.get(kind, 0.0) + share
    parts = sorted(shares(whole).items(), key=lambda kv: source_rank(kv[0]))
    words = [f"{t(kind.replace('_', ' '))} {t.percent(share)}" for kind, share in parts if share >= 0.005]
    return t("The figures rest on: {parts}.", parts=t.comma.join(words)) if words else ""


def dateline(book: Book, *words: str, t: Words = ENGLISH) -> str:
    """First line of an answer: the book's date and what else a reader must know to repeat it."""
    return " · ".join((t("book of {date}", date=book.date), *words))


def plain(answer: Any) -> Any:
    """An answer as plain dictionaries and lists; the names are those of its dataclasses.

    A measure becomes ``value, unit, start, end, rests_on, assumed, sources, trail, flags``; a gap becomes
    ``missing`` or ``not_meaningful`` with its reason. A :class:`Book` is left out: the head of the answer has its date.
    """
    if isinstance(answer, Measure):
        return _measure(answer)
    if isinstance(answer, Gap):
        return {answer.why.value: answer.what, "reason": answer.reason}
    if isinstance(answer, Enum):
        return answer.value
    if isinstance(answer, date):
        return answer.isoformat()
    if isinstance(answer, Mapping):
        return {_key(k): plain(v) for k, v in answer.items()}
    if is_dataclass(answer):
        pairs = ((f.name, getattr(answer, f.name)) for f in fields(answer))
        return {name: plain(value) for name, value in pairs if not isinstance(value, Book)}
    if isinstance(answer, (list, tuple)):
        return [plain(item) for item in answer]
    return sorted(map(plain, answer)) if isinstance(answer, frozenset) else answer


def _key(key: Any) -> str:
    return str(plain(key))


def _measure(m: Measure) -> dict[str, Any]:
    return {
        "value": m.value,
        "unit": m.unit,
        "start": m.start.isoformat() if m.start else None,
        "end": m.end.isoformat(),
        "rests_on": dict(m.rests_on),
        "assumed": m.assumed,
        "sources": list(m.sources),
        "trail": list(m.trail),
        "flags": list(m.flags),
    }
