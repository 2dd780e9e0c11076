"""Warnings about sources, names and words: the row is kept, somebody should look at it."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.book.checks import warning
from cardhouse.book.draft import Draft, Record
from cardhouse.book.faults import Fault
from cardhouse.book.names import Names
from cardhouse.book.records import Fact, Tie
from cardhouse.book.terms import TERMS


@warning
def unused_source(draft: Draft) -> Iterator[Fault]:
    """Find sources that nothing in the book uses."""
    used: set[str] = set()
    for rows in (draft.facts, draft.ties, draft.terms, draft.assumptions, draft.rates):
        used.update(row.source for row in rows)
    for source in draft.sources:
        if source.id not in used:
            yield draft.warning(source, "no row uses it", "a source that a row names", "use it or remove it")


@warning
def known_before_source(draft: Draft) -> Iterator[Fault]:
    """Find sources that are younger than the day some of their rows are said to be known."""
    early: dict[str, list[Record]] = {}
    published = {source.id: source.published for source in draft.sources if source.published}
    for rows in (draft.facts, draft.ties, draft.terms):
        for row in rows:
            day = published.get(row.source)
            if day is not None and row.known < day:
                early.setdefault(row.source, []).append(row)
    for source in draft.sources:
        if source.id not in early:
            continue
        found = early[source.id]
        first = found[0]
        count = f"{len(found)} row{'s say' if len(found) > 1 else ' says'}"
        problem = f"published {source.published}, but {count} known before (first {first.where})"
        yield draft.warning(source, problem, "a known date on or after", "name the earlier source, or move the date")


@warning
def two_figures_of_one_source(draft: Draft) -> Iterator[Fault]:
    """Find figures that contradict another one of the same source and day: only the first is used."""
    for facts in draft.series.values():
        first: dict[tuple[object, ...], Fact] = {}
        for fact in facts if len(facts) > 1 else ():
            seen = first.setdefault((*fact.key, fact.source, fact.known), fact)
            if (seen.value, seen.unit) != (fact.value, fact.unit):
                problem = f"{fact.value:,.10g}, but {seen.value:,.10g} at {seen.where} by the same source"
                yield draft.warning(fact, problem, "one figure, or items that tell them apart", "fill in item")


@warning
def shared_name(draft: Draft) -> Iterator[Fault]:
    """Find names that resolve to two firms."""
    for name, firms in Names(draft.firms).shared().items():
        others = " and ".join(firm.id for firm in firms[:-1])
        problem = f"'{name}' is also a name of {others}"
        yield draft.warning(firms[-1], problem, "a name for one firm", "take it off one of them")


@warning
def versions_out_of_order(draft: Draft) -> Iterator[Fault]:
    """Find later versions of a tie that were known before an earlier one."""
    newest: dict[str, Tie] = {}
    for tie in sorted(draft.ties, key=lambda row: row.version):
        before = newest.get(tie.base_id)
        if before is not None and tie.known < before.known:
            problem = f"known {tie.known}, before {before.id} ({before.known})"
            yield draft.warning(tie, problem, "versions in the order they became known", "mend known or the id")
        newest[tie.base_id] = tie


@warning
def term_of_another_kind(draft: Draft) -> Iterator[Fault]:
    """Find terms that say nothing about this kind of tie."""
    for term in draft.terms:
        kinds = TERMS[term.term].kinds
        tie = draft.tie[term.tie]
        if kinds and tie.kind not in kinds:
            problem = f"{term.term} on a {tie.kind}"
            yield draft.warning(term, problem, f"it on a {' or '.join(kinds)}", "remove it or mend the tie's kind")


@warning
def cancellable_but_owed(draft: Draft) -> Iterator[Fault]:
    """Find ties that can be cancelled and are owed whether used or not."""
    cancellable = {term.tie for term in draft.terms if term.term == "cancellable"}
    for term in draft.terms:
        if term.term == "take_or_pay" and term.number > 0 and term.tie in cancellable:
            yield draft.warning(term, "also cancellable", "one of the two", "keep what the contract says")
