"""Errors of ties and terms: such a row is left out."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.book.cells import CellError, read_number
from cardhouse.book.checks import error
from cardhouse.book.draft import Draft
from cardhouse.book.faults import Fault, shown
from cardhouse.book.records import Term
from cardhouse.book.terms import TERMS, TermKind
from cardhouse.book.units import UNITS

CORE_UNIT = "USD_million"


@error
def unknown_firm(draft: Draft) -> Iterator[Fault]:
    """Find ties from or to nobody the book knows."""
    for tie in draft.ties:
        for column, name in (("from", tie.from_), ("to", tie.to)):
            if name not in draft.firm:
                yield draft.unknown(tie, f"firm in {column}", name, draft.firm, "firms")


@error
def tie_to_itself(draft: Draft) -> Iterator[Fault]:
    """Find ties from a firm to itself."""
    for tie in draft.ties:
        if tie.from_ == tie.to:
            yield draft.error(tie, f"from {tie.from_} to itself", "two firms", "mend from or to")


@error
def amount_without_unit(draft: Draft) -> Iterator[Fault]:
    """Find ties with an amount and no unit."""
    for tie in draft.ties:
        if tie.amount is not None and not tie.unit:
            yield draft.error(tie, f"an amount of {tie.amount:g} without a unit", CORE_UNIT, "fill in unit")


@error
def amount_in_another_unit(draft: Draft) -> Iterator[Fault]:
    """Find ties whose amount is in another currency or scale than the core's."""
    for tie in draft.ties:
        if tie.amount is not None and tie.unit in UNITS and tie.unit != CORE_UNIT:
            action = "convert it at the rate of the day it was announced and say so in the note"
            yield draft.error(tie, f"an amount in {tie.unit}", CORE_UNIT, action)


@error
def amount_below_zero(draft: Draft) -> Iterator[Fault]:
    """Find ties with an amount below zero."""
    for tie in draft.ties:
        if tie.amount is not None and tie.amount < 0:
            yield draft.error(tie, f"an amount of {tie.amount:g}", "zero or more", "swap from and to, or mend")


@error
def share_above_100(draft: Draft) -> Iterator[Fault]:
    """Find shares below 0 or above 100 percent."""
    for tie in draft.ties:
        if tie.share_percent is not None and not 0 <= tie.share_percent <= 100:
            yield draft.error(tie, f"a share of {tie.share_percent:g} percent", "0 to 100", "mend share_percent")
    shares = {m.id for m in draft.metrics if m.unit == "percent" and m.id.endswith("_share")}
    for fact in draft.facts:
        if fact.metric in shares and not 0 <= fact.value <= 100:
            yield draft.error(fact, f"a share of {fact.value:g} percent", "0 to 100", "mend value")


@error
def version_without_first(draft: Draft) -> Iterator[Fault]:
    """Find later versions of a tie that has no first one."""
    for tie in draft.ties:
        if tie.version > 1 and not draft.version_known(tie.id):
            problem = f"version {tie.version} of a tie without the first, {shown(tie.base_id)}"
            yield draft.error(tie, problem, f"a row {tie.base_id}", "add it, or drop the ending of this id")


@error
def unknown_tie(draft: Draft) -> Iterator[Fault]:
    """Find terms of a tie that the book does not have."""
    for term in draft.terms:
        if term.tie not in draft.tie:
            yield draft.unknown(term, "tie", term.tie, draft.tie, "ties")


@error
def unknown_term(draft: Draft) -> Iterator[Fault]:
    """Find terms outside the vocabulary."""
    for term in draft.terms:
        if term.term not in TERMS:
            hint = draft.suggest("term", term.term, TERMS) or "see the terms in docs/book.md"
            yield draft.error(term, f"unknown term {shown(term.term)}", "a word of the vocabulary", hint)


@error
def wrong_unit_of_term(draft: Draft) -> Iterator[Fault]:
    """Find terms in another unit than their word asks for."""
    for term in draft.terms:
        kind = TERMS.get(term.term)
        if kind and term.unit != kind.unit:
            yield draft.error(term, f"unit {shown(term.unit)}", kind.unit, "convert the value")


@error
def wrong_value_of_term(draft: Draft) -> Iterator[Fault]:
    """Find terms whose value is no number, or no firm or tie of the book."""
    for term in draft.terms:
        kind = TERMS.get(term.term)
        if kind is None:
            continue
        if kind.numeric:
            yield from _wrong_number(draft, term, kind)
        elif kind.unit == "firm" and term.value not in draft.firm:
            yield draft.unknown(term, "firm in value", term.value, draft.firm, "firms")
        elif kind.unit == "tie" and term.value not in draft.tie:
            yield draft.unknown(term, "tie in value", term.value, draft.tie, "ties")
        elif term.value == term.tie:
            yield draft.error(term, "the tie names itself", "another tie", "mend value")


def _wrong_number(draft: Draft, term: Term, kind: TermKind) -> Iterator[Fault]:
    try:
        value = read_number(term.value) or 0.0
    except CellError as bad:
        yield draft.error(term, f"value: {bad.problem}", bad.expected, bad.action)
        return
    if kind.unit == "fraction" and not 0 <= value <= 1:
        hint = f"write {value / 100:g}" if 1 < value <= 100 else "mend value"
        yield draft.error(term, f"a fraction of {value:g}", "0 to 1", hint)
    elif kind.unit == "flag" and value != 1:
        yield draft.error(term, f"a value of {value:g}", "1, or no row", "remove the row")
    elif value < 0:
        yield draft.error(term, f"a value of {value:g}", "zero or more", "mend value")


@error
def term_without_date(draft: Draft) -> Iterator[Fault]:
    """Find terms that lack a date without which they say nothing."""
    for term in draft.terms:
        kind = TERMS.get(term.term)
        for column in kind.dates if kind else ():
            if (term.from_ if column == "from" else term.to) is None:
                yield draft.error(term, f"{column} is blank", f"a date for {term.term}", f"fill in {column}")


@error
def source_or_reason(draft: Draft) -> Iterator[Fault]:
    """Find terms with neither a source nor a reason, or both."""
    for term in draft.terms:
        if bool(term.source) == bool(term.reason):
            problem = "both a source and a reason" if term.source else "neither a source nor a reason"
            yield draft.error(term, problem, "exactly one of the two", "say who says so, or why it is assumed")


@error
def same_term_twice(draft: Draft) -> Iterator[Fault]:
    """Find terms that are written twice: the first is kept."""
    first: dict[tuple[object, ...], Term] = {}
    for term in draft.terms:
        key = (term.tie, term.term, term.from_, term.to, term.value, term.known)
        seen = first.setdefault(key, term)
        if seen is not term:
            yield draft.error(term, f"the same term as {seen.where}", "each term once", "remove one")
