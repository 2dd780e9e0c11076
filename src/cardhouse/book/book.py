"""The book: facts, ties and assumptions with their sources, as known on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from cardhouse.book.conflicts import Conflict, choose, conflicts
from cardhouse.book.draft import index_facts
from cardhouse.book.faults import Fault, near, shown
from cardhouse.book.names import Names
from cardhouse.book.records import (
    Assumption,
    Fact,
    Firm,
    Metric,
    Rate,
    Source,
    SourceKind,
    Subject,
    Term,
    Tie,
    split_version,
)
from cardhouse.book.units import UNITS, Exchange, NoRate
from cardhouse.errors import BookError, InputError, UnknownName


@dataclass(frozen=True, eq=False)
class Book:
    """What was read and found in order; ``faults`` tells what was not.

    ``rows`` gives for each file the rows found in it and how many of them were left out (files of
    an overlay under their own path). ``day`` is the day of which :meth:`as_of` told, None for the whole
    book. ``versions`` are then all versions of ties known by that day, of which ``ties`` are the latest, so that an
    earlier day can still be asked for. Everything is immutable; indexes are made when first asked for.
    """

    folder: str
    firms: Mapping[str, Firm]
    subjects: Mapping[str, Subject]
    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source]
    facts: tuple[Fact, ...]
    ties: tuple[Tie, ...]
    terms: tuple[Term, ...]
    assumptions: tuple[Assumption, ...]
    rates: tuple[Rate, ...]
    faults: tuple[Fault, ...] = ()
    rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    day: dt.date | None = None
    versions: tuple[Tie, ...] = ()

    @cached_property
    def date(self) -> dt.date:
        """The day the book speaks of: the one asked for, else the newest on which a row became known.

        Raises
        ------
        BookError : the book has neither facts nor ties.
        """
        if self.day is not None:
            return self.day
        days = [*(fact.known for fact in self.facts), *(tie.known for tie in self.ties)]
        if not days:
            raise BookError(f"{self.folder or 'the book'} has no usable fact or tie; see its faults")
        return max(days)

    def as_of(self, day: dt.date) -> Book:
        """Return the book as it could be known on ``day``.

        Facts, terms, assumptions and rates known by then; of every tie the latest version known by
        then. A figure whose exchange rate was not known yet is left out with a fault. A day after the
        newest fact or tie speaks of that row's day: nothing was learnt since.
        """
        versions = tuple(tie for tie in self.versions or self.ties if tie.known <= day)
        book = replace(
            self,
            facts=tuple(fact for fact in self.facts if fact.known <= day),
            ties=latest_versions(versions),
            versions=versions,
            terms=tuple(term for term in self.terms if term.known <= day),
            assumptions=tuple(row for row in self.assumptions if row.known <= day),
            rates=tuple(rate for rate in self.rates if rate.known <= day),
            day=min(day, self.date),
        )
        faults = book.without_rate()
        if not faults:
            return book
        gone = {fault.where for fault in faults}
        kept = tuple(fact for fact in book.facts if fact.where not in gone)
        return replace(book, facts=kept, faults=(*self.faults, *faults))

    def without_rate(self) -> list[Fault]:
        """List the figures that cannot be converted to dollars."""
        faults = []
        for fact in self.facts:
            if UNITS[fact.unit].currency in ("", "USD"):
                continue
            try:
                self.usd(fact)
            except NoRate as gap:
                subject = f"{fact.entity} {fact.metric} {fact.end}"
                faults.append(
                    Fault(fact.where, subject, gap.problem, gap.expected, gap.action, check="no-exchange-rate")
                )
        return faults

    @cached_property
    def current_ties(self) -> tuple[Tie, ...]:
        """Latest version of each tie."""
        return latest_versions(self.ties)

    @cached_property
    def _tie_ids(self) -> frozenset[str]:
        return frozenset(tie.base_id for tie in self.ties)

    @cached_property
    def _terms(self) -> dict[str, dict[int, list[Term]]]:
        index: dict[str, dict[int, list[Term]]] = {}
        for term in self.terms:
            base, version = split_version(term.tie)
            index.setdefault(base, {}).setdefault(version, []).append(term)
        return index

    def terms_of(self, tie_id: str) -> tuple[Term, ...]:
        """Terms of this version of a tie, or of the latest earlier version that has any.

        Raises
        ------
        UnknownName : the book has no such tie.
        """
        base, version = split_version(tie_id)
        if base not in self._tie_ids:
            hint = near(tie_id, [tie.id for tie in self.ties]) or "see: cardhouse book"
            raise UnknownName(f"no tie is called {shown(tie_id)}; expected an id of ties.csv; {hint}")
        versions = self._terms.get(base, {})
        latest = max((number for number in versions if number <= version), default=None)
        return tuple(versions[latest]) if latest else ()

    @cached_property
    def _assumed(self) -> dict[tuple[str, str], tuple[Assumption, ...]]:
        index: dict[tuple[str, str], list[Assumption]] = {}
        for row in self.assumptions:
            index.setdefault((row.name, row.subject), []).append(row)
        return {key: tuple(rows) for key, rows in index.items()}

    def assumptions_of(self, name: str, subject: str) -> tuple[Assumption, ...]:
        """All assumptions of this name about this subject, in file order."""
        return self._assumed.get((name, subject), ())

    def assume(self, name: str, *subjects: str) -> Assumption | None:
        """Return the assumption about the first of these subjects that has one, or None.

        Of several the latest known is used, then the one whose window starts last.
        """
        for subject in subjects:
            rows = self.assumptions_of(name, subject)
            if rows:
                return max(rows, key=lambda row: (row.known, row.start or dt.date.min))
        return None

    @cached_property
    def _names(self) -> Names:
        return Names(self.firms.values())

    def resolve(self, text: str) -> Firm:
        """Find the firm that a person means by an id, a name, an alias or a ticker.

        Raises
        ------
        UnknownName : nobody, or more than one firm, answers to it; near names are suggested.
        """
        return self._names.resolve(text)

    @cached_property
    def _series(self) -> dict[tuple[str, str], list[Fact]]:
        return index_facts(self.facts)

    @cached_property
    def _chosen(self) -> dict[tuple[str, str], tuple[Fact, ...]]:
        return {}

    def chosen(self, entity: str, metric: str) -> tuple[Fact, ...]:
        """Return the figures in use: one for each key, sorted by end, start and item; empty without any."""
        key = (entity, metric)
        if key not in self._chosen:
            self._chosen[key] = tuple(choose(self._series.get(key, ()), self.sources))
        return self._chosen[key]

    @property
    def series(self) -> tuple[tuple[str, str], ...]:
        """Pairs of entity and metric that the book has figures of, in file order."""
        return tuple(self._series)

    def series_of(self, entity: str) -> tuple[str, ...]:
        """Metrics that the book has figures of for this firm or subject, in file order."""
        return tuple(metric for who, metric in self._series if who == entity)

    def items(self, entity: str, metric: str) -> tuple[str, ...]:
        """Distinct items of a metric, sorted; the blank one stands for figures without an item."""
        return tuple(sorted({fact.item for fact in self._series.get((entity, metric), ())}))

    @cached_property
    def _exchange(self) -> Exchange:
        return Exchange(self.rates, self.sources)

    def usd(self, fact: Fact) -> float:
        """Convert a fact's money to USD million, its price to USD; anything else stays as it is.

        Raises
        ------
        NoRate : no exchange rate fits (cannot happen for the book's own facts).
        """
        return self._exchange.usd(fact, self.metrics[fact.metric].kind)

    def rate_of(self, fact: Fact) -> Rate | None:
        """Return the exchange rate used for a fact; None where there was nothing to convert."""
        return self._exchange.rate_of(fact, self.metrics[fact.metric].kind)

    def source_kind(self, record: Fact | Tie | Term | Assumption | Rate) -> SourceKind:
        """Kind of the source behind a row.

        Raises
        ------
        InputError : the row is reasoned and has no source.
        """
        if not record.source:
            raise InputError(f"{record.where} has no source, only a reason; ask for its reason instead")
        return self.sources[record.source].kind

    def conflicts(self) -> tuple[Conflict, ...]:
        """Figures that sources disagree on, widest gap first."""
        return conflicts(self.facts, self.sources, self.usd)


def latest_versions(ties: tuple[Tie, ...]) -> tuple[Tie, ...]:
    """Return the latest version of each tie, in the order of the rows."""
    newest: dict[str, int] = {}
    for tie in ties:
        base, version = split_version(tie.id)
        newest[base] = max(version, newest.get(base, 0))
    return tuple(tie for tie in ties if newest[tie.base_id] == tie.version)
