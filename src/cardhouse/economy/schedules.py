"""When a tie is paid: schedules, ramps, shares of capital spending and revenue, even payments.

A tie without terms is spread evenly over its own dates, less what was paid; one without an end runs for an
assumed number of years.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Status, Term, Tie, TieKind
from cardhouse.economy.figure import TIMING, ZERO, Figure, total
from cardhouse.economy.inputs import YEAR_DAYS, Inputs, basis_kind, rate
from cardhouse.economy.nodes import Groups
from cardhouse.economy.window import Window

Amount = Callable[[str], Figure | None]
"""Planned capital spending or revenue of a node over the window, None where unknown."""


def terms_named(terms: tuple[Term, ...], *names: str) -> tuple[Term, ...]:
    """Pick the terms of these names, in file order."""
    return tuple([t for t in terms if t.term in names])


def term_in_force(terms: tuple[Term, ...], name: str, opening: date) -> Term | None:
    """The term in force at the opening: the newest that does not start later."""
    rows = [t for t in terms_named(terms, name) if t.from_ is None or t.from_ <= opening]
    return max(rows, key=lambda t: (t.to or date.min, t.known)) if rows else None


def due_in_window(
    inputs: Inputs, nodes: Groups, tie: Tie, terms: tuple[Term, ...], *, capital: Amount, revenue: Amount
) -> tuple[Figure | None, float]:
    """What is owed inside the window and what is scheduled after it; None when nobody says how much."""
    for name, amount in (("share_of_capex", capital), ("share_of_revenue", revenue)):
        rows = terms_named(terms, name)
        share = [t for t in rows if inputs.window.overlap_years(t.from_, t.to) > 0]
        if rows:
            return (_share_due(inputs, tie, share, amount(nodes(tie.payer))) if share else ZERO), 0.0
    parts = slices(inputs, tie, terms)
    return (None, 0.0) if parts is None else _priced(inputs, tie, parts)


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


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of what a tie pays: an amount over a period, evenly or rising in a straight line from zero.

    ``term`` is the row that says so, None where the tie's own dates do; ``assumed_end`` marks an end that
    nobody published.
    """

    amount: float
    first: date
    last: date
    ramp: bool
    term: Term | None
    assumed_end: bool = False

    def meets(self, window: Window) -> bool:
        """Whether the slice has a day in a window."""
        return self.first <= window.end and window.start <= self.last

    def inside(self, window: Window) -> float:
        """Share of the slice that falls into a window."""
        share = window.ramp_share if self.ramp else window.share
        return share(self.first, self.last)

    def after(self, day: date) -> float:
        """Share of the slice that lies after a day."""
        done = min(max(((day - self.first).days + 1) / ((self.last - self.first).days + 1), 0.0), 1.0)
        return 1.0 - (done**2 if self.ramp else done)


def slices(inputs: Inputs, tie: Tie, terms: tuple[Term, ...]) -> tuple[Slice, ...] | None:
    """Everything a tie pays and when, without what depends on a condition; None when nobody says how much.

    A tie of dated tranches only pays nothing without their condition.
    """
    rows = terms_named(terms, "schedule", "ramp") or _by_gigawatt(terms)
    if rows:
        price = _price_of_gigawatt(terms)
        return tuple(
            Slice(t.number * (price if t.term == "gigawatts" else 1.0), t.from_, t.to, t.term == "ramp", t)
            for t in rows
            if t.from_ is not None and t.to is not None
        )
    waiting = [t.number for t in terms_named(terms, "conditional") if t.from_ is not None and t.to is not None]
    if tie.kind is TieKind.EQUITY or tie.amount is None:
        return () if waiting else None
    certain = max(tie.amount - sum(waiting), 0.0)
    return _even(inputs, tie, certain, terms) if certain else ()


def _by_gigawatt(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Deliveries in gigawatts, where a price turns them into money."""
    return terms_named(terms, "gigawatts") if terms_named(terms, "per_gigawatt") else ()


def _price_of_gigawatt(terms: tuple[Term, ...]) -> float:
    rows = terms_named(terms, "per_gigawatt")
    return rows[-1].number if rows else 0.0


def _priced(inputs: Inputs, tie: Tie, parts: tuple[Slice, ...]) -> tuple[Figure, float]:
    """What slices pay inside the window, with its provenance, and what they pay after it."""
    due, beyond = [], 0.0
    for part in parts:
        share = part.inside(inputs.window)
        beyond += part.amount * part.after(inputs.window.end)
        if not share and part.term is not None:
            continue
        due.append(Figure.of(part.amount * share, *_provenance(inputs, tie, part, share)))
    return total(due), beyond


def _provenance(inputs: Inputs, tie: Tie, part: Slice, share: float) -> tuple[str, str]:
    """Basis and trail of one slice."""
    if part.term is not None:
        kind = TIMING if not part.term.source and tie.amount is not None else basis_kind(inputs.book, part.term)
        return kind, term_trail(part.term, f"{share:.0%} of {part.amount:,.0f}")
    source = basis_kind(inputs.book, tie)
    period = f"{part.first}..{part.last}" + (" with an assumed end" if part.assumed_end else "")
    trail = f"{tie.where}: {tie.id} {part.amount:,.0f} evenly over {period} ({tie.source}, {source})"
    return TIMING if part.assumed_end else source, trail


def _even(inputs: Inputs, tie: Tie, amount: float, terms: tuple[Term, ...]) -> tuple[Slice, ...]:
    """The amount spread evenly over the tie's own dates, less what was paid."""
    start = tie.start or tie.announced or tie.known
    if tie.status is Status.COMPLETED and (tie.end is None or tie.end <= inputs.window.opening):
        return ()
    end, assumed_end = tie.end, False
    if end is None:
        years = rate(inputs, "contract_years", f"kind:{tie.kind}", "all")
        end, assumed_end = start + timedelta(days=round(years * YEAR_DAYS)), True
    paid = term_in_force(terms, "paid_to_date", inputs.window.opening)
    left, first = amount, start
    if paid is not None:
        left = max(amount - paid.number, 0.0)
        first = max(start, (paid.to or inputs.window.opening) + timedelta(days=1))
    if end < first:
        return ()
    return (Slice(left, first, end, ramp=False, term=None, assumed_end=assumed_end),)


def term_trail(term: Term, what: str) -> str:
    """Say where a number comes from: place, tie, term, and its source or the reason it is assumed."""
    return f"{term.where}: {term.tie} {term.term} {what} ({term.source or 'assumed: ' + term.reason})"
