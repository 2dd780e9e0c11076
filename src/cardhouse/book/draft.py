"""Rows that were read but not yet trusted: what the checks look at.

A draft holds the records of all files, the shipped ones and the overlay's on top of them, and the
indexes that the checks share. Checks say which rows are at fault; the draft leaves those out and
remembers the ids, so that a row that leans on one of them is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cardhouse.book.conflicts import choose
from cardhouse.book.faults import Fault, Severity, near, shown
from cardhouse.book.records import (
    Assumption,
    Fact,
    Firm,
    Metric,
    Rate,
    Source,
    Subject,
    Term,
    Tie,
    Where,
    split_version,
)
from cardhouse.book.rows import Rows
from cardhouse.book.schema import TABLES
from cardhouse.book.units import Exchange

Record = Firm | Subject | Metric | Source | Fact | Tie | Term | Assumption | Rate

MOST_SUGGESTIONS = 200
"""Unknown names for which near ones are looked up; the search takes some milliseconds each."""
MOST_CANDIDATES = 20_000
"""Names among which near ones are looked up."""

KEYS: dict[str, Callable[[Any], object]] = {
    "facts": lambda fact: fact.key,
    "terms": lambda term: (term.tie, term.term),
    "rates": lambda rate: (rate.currency, rate.start, rate.end),
}
"""What an overlay's row replaces, where it is not the row with the same id."""


def subject_of(record: Record) -> str:
    """Name a row as messages do."""
    names = TABLES[table_of(record)].subject
    return " ".join(str(getattr(record, name)) for name in names)


def table_of(record: Record) -> str:
    """Name of the table that a record belongs to."""
    return _TABLE_OF[type(record)]


_TABLE_OF = {table.record: name for name, table in TABLES.items()}


@dataclass
class Draft:
    """Records of all files before the checks have had their say."""

    firms: list[Firm] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    left_out: dict[tuple[str, str], Where] = field(default_factory=dict)
    suggestions: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def firm(self) -> dict[str, Firm]:
        """Firms by id."""
        return {row.id: row for row in reversed(self.firms)}

    @cached_property
    def metric(self) -> dict[str, Metric]:
        """Metrics by id."""
        return {row.id: row for row in reversed(self.metrics)}

    @cached_property
    def source(self) -> dict[str, Source]:
        """Sources by id."""
        return {row.id: row for row in reversed(self.sources)}

    @cached_property
    def tie(self) -> dict[str, Tie]:
        """Ties by id."""
        return {row.id: row for row in reversed(self.ties)}

    @cached_property
    def entities(self) -> set[str]:
        """Ids that a fact may be about."""
        return set(self.firm) | {row.id for row in self.subjects}

    @cached_property
    def exchange(self) -> Exchange:
        """Exchange rates."""
        return Exchange(self.rates, self.source)

    @cached_property
    def series(self) -> dict[tuple[str, str], list[Fact]]:
        """Facts by entity and metric, in file order."""
        return index_facts(self.facts)

    @cached_property
    def _chosen(self) -> dict[tuple[str, str], list[Fact]]:
        return {}

    def chosen(self, entity: str, metric: str) -> list[Fact]:
        """Return the figures that the order of trust chooses, one for each key, sorted by end."""
        key = (entity, metric)
        if key not in self._chosen:
            self._chosen[key] = choose(self.series.get(key, ()), self.source)
        return self._chosen[key]

    def of(self, table: str) -> list[Any]:
        """Return the records of a table by its name."""
        rows: list[Any] = getattr(self, table)
        return rows

    def unknown(self, record: Record, what: str, name: str, known: Collection[str], *tables: str) -> Fault:
        """Fault of a row that names something the book does not have, or has left out.

        Parameters
        ----------
        record : the row.
        what : the column, and what should stand in it.
        name : what stands in it.
        known : what could stand in it.
        tables : the tables where its row would be.
        """
        file = " or ".join(TABLES[table].file for table in tables)
        gone = next((self.left_out[t, name] for t in tables if (t, name) in self.left_out), None)
        if gone:
            problem = f"{what} {shown(name)} is left out because of its own fault at {gone}"
            return self.error(record, problem, "", "mend that row first")
        hint = self.suggest(what, name, known)
        return self.error(record, f"unknown {what} {shown(name)}", f"an id of {file}", hint or f"add it to {file}")

    def suggest(self, what: str, name: str, known: Collection[str]) -> str:
        """Names near to an unknown one; blank after many of them, so that reading stays quick."""
        hint = self.suggestions.get((what, name))
        if hint is None:
            search = len(self.suggestions) < MOST_SUGGESTIONS and len(known) < MOST_CANDIDATES
            hint = near(name, known) if search else ""
            self.suggestions[what, name] = hint
        return hint

    @staticmethod
    def error(record: Record, problem: str, expected: str, action: str) -> Fault:
        """Fault that leaves the row out."""
        return Fault(record.where, subject_of(record), problem, expected, action)

    @staticmethod
    def warning(record: Record, problem: str, expected: str, action: str) -> Fault:
        """Fault that keeps the row."""
        return Fault(record.where, subject_of(record), problem, expected, action, Severity.WARNING)

    def without(self, faults: Iterable[Fault]) -> tuple[Draft, set[str]]:
        """Return the draft without the rows that have errors, and the tables that lost some."""
        bad = {(f.where.file, f.where.line) for f in faults if f.severity is Severity.ERROR}
        rest = Draft(left_out=dict(self.left_out), suggestions=self.suggestions)
        lost: set[str] = set()
        for table in TABLES:
            rows = self.of(table)
            kept = [row for row in rows if (row.where.file, row.where.line) not in bad] if bad else rows
            setattr(rest, table, kept)
            if len(kept) == len(rows):
                continue
            lost.add(table)
            if table not in KEYS:
                here = {row.id for row in kept}
                for row in rows:
                    if row.id not in here:
                        rest.left_out.setdefault((table, row.id), row.where)
        return rest, lost

    def version_known(self, tie: str) -> bool:
        """Whether the first version of a tie has a row, even one that is left out."""
        first = split_version(tie)[0]
        return first in self.tie or ("ties", first) in self.left_out


def index_facts(facts: Iterable[Fact]) -> dict[tuple[str, str], list[Fact]]:
    """Facts by entity and metric, in their order."""
    index: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        key = (fact.entity, fact.metric)
        if key in index:
            index[key].append(fact)
        else:
            index[key] = [fact]
    return index


def assemble(base: dict[str, Rows], overlay: dict[str, Rows], hidden: set[tuple[str, int]]) -> Draft:
    """Lay the overlay's rows over the shipped ones.

    Rows with the same id replace (firms, subjects, metrics, sources, ties, assumptions), in the
    place of the shipped row; facts and rates of the same key replace; an overlay's terms of one
    tie and word replace the shipped ones of that pair. ``hidden`` are rows of the overlay, by file
    and line, that must not take part.
    """
    draft = Draft()
    for table in TABLES:
        below = base[table].records if table in base else []
        above = overlay[table].records if table in overlay else []
        if hidden:
            above = [row for row in above if (row.where.file, row.where.line) not in hidden]
        setattr(draft, table, _laid(below, above, KEYS.get(table)) if above else list(below))
        for rows in (base.get(table), overlay.get(table)):
            for name, where in rows.unreadable.items() if rows else ():
                draft.left_out.setdefault((table, name), where)
    return draft


def _laid(below: list[Any], above: list[Any], key: Callable[[Any], object] | None) -> list[Any]:
    if key is not None:
        replaced = {key(row) for row in above}
        return [row for row in below if key(row) not in replaced] + above
    first: dict[str, Any] = {}
    for row in above:
        first.setdefault(row.id, row)
    placed = {row.id for row in below} & set(first)
    rest = [row for row in above if row.id not in placed or row is not first[row.id]]
    return [first.get(row.id, row) for row in below] + rest
