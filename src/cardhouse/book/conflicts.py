"""Which of several figures for one thing the book uses, and how far the others are from it.

The better kind of source wins (filing, press release, transcript, dataset, news, analyst,
article, memory), then the later known, then the higher confidence, then the earlier row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cardhouse.book.records import Confidence, Fact, Source, SourceKind

Key = tuple[str, str, date | None, date, str]

_TRUST = {kind: place for place, kind in enumerate(SourceKind)}
_SURE = {level: place for place, level in enumerate(Confidence)}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Several figures for one key: the one chosen, the others in order of trust, the widest gap.

    ``gap_percent`` is the largest distance of another figure from the chosen one, in percent of
    the chosen one (of the other where the chosen one is zero); both in dollars if they are money.
    """

    key: Key
    chosen: Fact
    others: tuple[Fact, ...]
    gap_percent: float


def preference(sources: Mapping[str, Source]) -> Callable[[Fact], tuple[int, int, int]]:
    """Sort key that puts the fact to be used first; equal ones stay in file order."""

    def rank(fact: Fact) -> tuple[int, int, int]:
        source = sources.get(fact.source)
        trust = _TRUST[source.kind] if source else len(_TRUST)
        return (trust, -fact.known.toordinal(), _SURE[fact.confidence])

    return rank


def group(facts: Iterable[Fact]) -> dict[Key, list[Fact]]:
    """Facts by what they are of."""
    groups: dict[Key, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.key, []).append(fact)
    return groups


def choose(facts: Iterable[Fact], sources: Mapping[str, Source]) -> list[Fact]:
    """One fact for each key, sorted by end, start and item (stocks before flows of the same end)."""
    rank = preference(sources)
    best = [rows[0] if len(rows) == 1 else min(rows, key=rank) for rows in group(facts).values()]
    return sorted(best, key=lambda fact: (fact.end, fact.start or date.min, fact.item))


def gap_percent(chosen: float, other: float) -> float:
    """Distance of ``other`` from ``chosen`` in percent of ``chosen`` (of ``other`` if that is zero)."""
    base = abs(chosen) or abs(other)
    return 100 * abs(other - chosen) / base if base else 0.0


def conflicts(
    facts: Iterable[Fact], sources: Mapping[str, Source], usd: Callable[[Fact], float]
) -> tuple[Conflict, ...]:
    """Keys with figures that differ, widest gap first."""
    rank = preference(sources)
    found = []
    for key, rows in group(facts).items():
        if len(rows) == 1:
            continue
        chosen, *others = sorted(rows, key=rank)
        gap = max(gap_percent(usd(chosen), usd(other)) for other in others)
        if gap > 0:
            found.append(Conflict(key, chosen, tuple(others), gap))
    return tuple(sorted(found, key=lambda conflict: -conflict.gap_percent))
