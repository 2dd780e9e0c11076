"""Every figure that the book can lay beside a claim, the plainest reading first, in the claim's unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cardhouse.article.claims import ChangeKind, Claim
from cardhouse.article.conversion import convert
from cardhouse.article.periods_match import Match, matches
from cardhouse.article.standards import allowance, similar
from cardhouse.article.verdicts import Figure, How, Note, Reason
from cardhouse.book import Book, NoRate

SIZES = ("loss", "burn", "write_down", "deficit", "impairments")
"""Metrics whose very name says that money is lost carry it as a positive number in the book."""
SHORTEST_PART = 25
"""A part of a year is a month at least; a single day is the day of a report."""
MOST_READINGS = 12
"""Readings of one claim that are laid out; more add nothing that a reader could follow."""


def metrics_of(claim: Claim) -> tuple[tuple[str, bool], ...]:
    """Metrics that a claim may mean, each with whether it is the one named; forecasts go first for targets."""
    named = claim.metric or claim.measure
    if not named:
        return ()
    target = claim.change_kind is ChangeKind.TARGET
    others = similar(named)
    first = [(row.other, False) for row in others if row.when == "target" and target]
    always = [(row.other, False) for row in others if row.when == "always"]
    return (*first, (named, True), *always)


def last_resorts(claim: Claim) -> tuple[tuple[str, bool], ...]:
    """Metrics to try where the book has no figure of the named one."""
    return tuple((row.other, False) for row in similar(claim.metric or claim.measure) if row.when == "missing")


def level(book: Book, claim: Claim, entity: str, metric: str, on: date) -> list[Figure]:
    """Figures of a level, one for each reading of the period."""
    return [
        figure
        for match in matches(book, entity, metric, claim.period, on)
        if (figure := from_match(book, match, metric, claim)) is not None
    ]


def from_match(book: Book, match: Match, metric: str, claim: Claim) -> Figure | None:
    """A figure from matched facts; None where the units measure different things."""
    values: list[float] = []
    slack, notes = match.slack, list(match.notes)
    for fact in match.facts:
        try:
            there = convert(book, fact.value, fact.unit, claim.unit, fact.start, fact.end)
        except NoRate:
            return None
        if there is None:
            return None
        values.append(there.value)
        slack = max(slack, match.slack + there.slack)
        notes += [note for note in there.notes if note not in notes]
    newest = next((i for i, fact in enumerate(match.facts) if fact.end == match.end), -1)
    value = values[newest] if match.several else sum(values)
    return Figure(
        value=value,
        unit=claim.unit,
        how=How.SUM if len(values) > 1 and not match.several else How.FACT,
        metric=metric,
        start=match.start,
        end=match.end,
        facts=match.facts,
        slack=slack,
        span=(min(values), max(values)) if match.several else None,
        notes=tuple(notes),
        size_only=claim.loss and value >= 0 and any(word in metric for word in SIZES),
    )


def whole_of(book: Book, claim: Claim, entity: str) -> Figure | None:
    """The figure of a longer period that holds the claim's, where a part cannot be more than the whole.

    Only for metrics that were never negative, and only where the claim exceeds the whole.
    """
    start, end = claim.period.start, claim.period.end
    if (
        claim.metric is None
        or claim.value is None
        or claim.value <= 0
        or not claim.period.stated
        or not (start and end)
    ):
        return None
    if (end - start).days < SHORTEST_PART:
        return None
    wholes = (claim.metric, *(row.other for row in similar(claim.metric) if row.when == "part"))
    for metric in wholes:
        facts = [f for f in book.chosen(entity, metric) if not f.item and f.start is not None]
        if not facts or min(fact.value for fact in facts) < 0:
            continue
        around = [f for f in facts if f.start and f.start <= start and end <= f.end]
        for fact in sorted(around, key=lambda f: f.end - (f.start or f.end)):
            figure = from_match(book, Match((fact,), fact.start, fact.end), metric, claim)
            if figure and claim.value > figure.value * (1.0 + allowance("imprecise")):
                note = Note(Reason.MORE_THAN_WHOLE, (f"{fact.start}", f"{fact.end}"))
                return replace(figure, notes=(note, *figure.notes))
    return None


def named_other(figures: list[Figure], metric: str) -> list[Figure]:
    """Mark figures of a measure that the claim did not name."""
    note = Note(Reason.OTHER_MEASURE, (metric,))
    return [replace(figure, notes=(note, *figure.notes)) for figure in figures]


def summed(parts: list[Figure]) -> Figure:
    """One figure for several firms together."""
    first = parts[0]
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return Figure(
        value=sum(part.value for part in parts),
        unit=first.unit,
        how=How.SUM,
        metric=first.metric,
        start=first.start,
        end=max(part.end for part in parts),
        facts=tuple(fact for part in parts for fact in part.facts),
        slack=max(part.slack for part in parts),
        notes=notes,
    )
