"""Investments of one firm in another: what was paid in cash in a year, and what was given in kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book, Status, Term, Tie, TieKind
from cardhouse.economy.contracts import counts
from cardhouse.economy.figure import TIMING, Figure, total
from cardhouse.economy.inputs import Inputs, basis_kind
from cardhouse.economy.schedules import slices, term_trail, terms_named
from cardhouse.lenses.money.links import Link, Purpose, standing
from cardhouse.lenses.money.past import Past


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an investment that was paid between two days."""

    first: date
    last: date
    amount: float
    kind: str
    trail: str


def investments(past: Past) -> list[Link]:
    """Cash paid for shares in the year, by tie; shares given for chips, credits or shares are no cash."""
    out = []
    for tie in past.book.current_ties:
        if tie.kind is not TieKind.EQUITY or not tie.counted:
            continue
        cash = 1.0 - in_kind_share(past.book, tie)
        amount = _in_window(past, tie).scaled(cash)
        if amount.value > 0:
            payer, payee = past.nodes(tie.from_), past.nodes(tie.to)
            out.append(Link(payer, payee, tie.id, tie.kind.value, Purpose.INVESTMENT, standing(tie), amount, {}))
    return out


def in_kind_share(book: Book, tie: Tie) -> float:
    """Share of an investment that was given in chips, credits or shares."""
    rows = terms_named(book.terms_of(tie.id), "in_kind")
    return min(max(rows[-1].number, 0.0), 1.0) if rows else 0.0


def instalments(book: Book, tie: Tie) -> tuple[Instalment, ...]:
    """What was paid of an investment and when; evenly between two days at which the sum to date is known.

    A sum to date that has a first day too was paid from that day on, such as an instalment of a stated day.
    """
    terms = book.terms_of(tie.id)
    begun = tie.start or tie.announced or tie.known
    knots = sorted(
        ((t.to, t.number, t) for t in terms_named(terms, "paid_to_date") if t.to is not None), key=lambda k: k[:2]
    )
    out, before, first = [], 0.0, begun
    for day, number, term in knots:
        if number > before:
            trail = term_trail(term, f"{number - before:,.0f}")
            out.append(Instalment(min(term.from_ or first, day), day, number - before, basis_kind(book, term), trail))
        before, first = max(number, before), day + timedelta(days=1)
    if not knots and tie.status is Status.COMPLETED and tie.amount and not terms_named(terms, "schedule", "ramp"):
        trail = f"{tie.where}: {tie.id} {tie.amount:,.0f} ({tie.source})"
        out.append(Instalment(begun, tie.end or begun, tie.amount, basis_kind(book, tie), trail))
    return tuple(out)


def _in_window(past: Past, tie: Tie) -> Figure:
    """Instalments and scheduled parts of an investment that fall into the year."""
    known = instalments(past.book, tie)
    parts = []
    for one in known:
        share = past.window.share(one.first, one.last)
        if share > 0:
            parts.append(Figure.of(one.amount * share, one.kind if share == 1.0 else TIMING, one.trail))
    last = max((one.last for one in known), default=date.min)
    return total((*parts, *_scheduled(past, tie, last)))


def _scheduled(past: Past, tie: Tie, after: date) -> list[Figure]:
    """Scheduled instalments of a tie that counts, later than the last sum that is known to have been paid."""
    if counts(tie, past.scope):
        return []
    inputs = Inputs(past.book, past.window, past.opening.inputs.case)
    rows = [s for s in slices(inputs, tie, past.book.terms_of(tie.id)) or () if s.first > after and s.term is not None]
    return [
        Figure.of(s.amount * share, _basis(past.book, s.term), term_trail(s.term, f"{s.amount:,.0f}"))
        for s in rows
        if s.term is not None and (share := s.inside(past.window)) > 0
    ]


def _basis(book: Book, term: Term) -> str:
    return basis_kind(book, term) if term.source else TIMING
