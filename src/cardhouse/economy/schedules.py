"""When a tie is paid: schedules, ramps, shares of capital spending and revenue, even payments.

A tie without terms is spread evenly over its own dates, less what was paid; one without an end runs for an
assumed number of years.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from cardhouse.book import Status, Term, Tie, TieKind
from cardhouse.economy.figure import TIMING, ZERO, Figure, total
from cardhouse.economy.inputs import YEAR_DAYS, Inputs, basis_kind, rate
from cardhouse.economy.nodes import Groups

Amount = Callable[[str], Figure | None]
"""Planned capital spending or revenue of a node over the window, None where unknown."""


def terms_named(terms: tuple[Term, ...], *names: str) -> tuple[Term, ...]:
    """Pick the terms of these names, in file order."""
    return tuple(t for t in terms if t.term in names)


def term_in_force(terms: tuple[Term, ...], name: str, opening: date) -> Term | None:
    """The term in force at the opening: the newest that does not start later."""
    rows = [t for t in terms_named(terms, name) if t.from_ is None or t.from_ <= opening]
    return max(rows, key=lambda t: (t.to or date.min, t.known)) if rows else None


def due_in_window(
    inputs: Inputs, nodes: Groups, tie: Tie, terms: tuple[Term, ...], *, capital: Amount, revenue: Amount
) -> tuple[Figure | None, float]:
    """What is owed inside the window and what is scheduled after it; None when nobody says how much."""
    for name, amount in (("share_of_capex", capital), ("share_of_revenue", revenue)):
        share = [t for t in terms_named(terms, name) if inputs.window.overlap_years(t.from_, t.to) > 0]
        if share:
            return _share_due(inputs, tie, share, amount(nodes(tie.payer))), 0.0
    slices = terms_named(terms, "schedule", "ramp")
    if slices:
        return _scheduled(inputs, tie, slices)
    if tie.kind is TieKind.EQUITY or tie.amount is None:
        return None, 0.0
    return _even(inputs, tie, terms)


def _share_due(inputs: Inputs, tie: Tie, rows: list[Term], base: Figure | None) -> Figure | None:
    """A share of the payer's capital spending or revenue; capped where the total is."""
    if base is None:
        return None
    parts = []
    for term in rows:
        span = inputs.window.overlap_years(term.from_, term.to) / inputs.window.years
        part = base.scaled(term.number * span)
        kind = basis_kind(inputs.book, term)
        parts.append(part.resting_on(kind, term_trail(term, f"{term.number:.1%} of {base.value:,.0f}")))
    due = total(parts)
    caps = [t.number for t in terms_named(inputs.book.terms_of(tie.id), "cap")]
    paid = [t.number for t in terms_named(inputs.book.terms_of(tie.id), "paid_to_date")]
    if caps and due.value > caps[0] - sum(paid):
        room = max(caps[0] - sum(paid), 0.0)
        return due.scaled(room / due.value, note=f"{tie.id} reaches its cap of {caps[0]:,.0f}")
    return due


def _scheduled(inputs: Inputs, tie: Tie, slices: tuple[Term, ...]) -> tuple[Figure, float]:
    parts, beyond = [], 0.0
    for term in slices:
        first, last = term.from_, term.to
        if first is None or last is None:
            continue
        ramp = term.term == "ramp"
        share = inputs.window.ramp_share(first, last) if ramp else inputs.window.share(first, last)
        after = _after(inputs.window.end, first, last, ramp=ramp)
        beyond += term.number * after
        if share:
            assumed_timing = not term.source and tie.amount is not None
            kind = TIMING if assumed_timing else basis_kind(inputs.book, term)
            parts.append(Figure.of(term.number * share, kind, term_trail(term, f"{share:.0%} of {term.number:,.0f}")))
    return total(parts), beyond


def _after(day: date, first: date, last: date, *, ramp: bool) -> float:
    """Share of a period that lies after ``day``."""
    done = min(max(((day - first).days + 1) / ((last - first).days + 1), 0.0), 1.0)
    return 1.0 - (done**2 if ramp else done)


def _even(inputs: Inputs, tie: Tie, terms: tuple[Term, ...]) -> tuple[Figure | None, float]:
    """The amount spread evenly over the tie's own dates, less what was paid."""
    if tie.amount is None:
        return None, 0.0
    start = tie.start or tie.announced or tie.known
    if tie.status is Status.COMPLETED and (tie.end is None or tie.end <= inputs.window.opening):
        return ZERO, 0.0
    end, assumed_end = tie.end, False
    if end is None:
        years = rate(inputs, "contract_years", f"kind:{tie.kind}", "all")
        end, assumed_end = start + timedelta(days=round(years * YEAR_DAYS)), True
    paid = term_in_force(terms, "paid_to_date", inputs.window.opening)
    amount, first = tie.amount, start
    if paid is not None:
        amount, first = (
            max(tie.amount - paid.number, 0.0),
            max(start, (paid.to or inputs.window.opening) + timedelta(days=1)),
        )
    share = inputs.window.share(first, end)
    kind = TIMING if assumed_end else basis_kind(inputs.book, tie)
    period = f"{first}..{end}" + (" with an assumed end" if assumed_end else "")
    trail = f"{tie.where}: {tie.id} {amount:,.0f} evenly over {period} ({tie.source}, {basis_kind(inputs.book, tie)})"
    return Figure.of(amount * share, kind, trail), amount * _after(inputs.window.end, first, end, ramp=False)


def term_trail(term: Term, what: str) -> str:
    """Say where a number comes from: place, tie, term, and its source or the reason it is assumed."""
    return f"{term.where}: {term.tie} {term.term} {what} ({term.source or 'assumed: ' + term.reason})"
