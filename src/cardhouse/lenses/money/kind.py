"""Investments that were not paid in cash: chips, credits, land or shares given for shares."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Book, Term, Tie, TieKind
from cardhouse.economy.figure import ASSUMPTION, Figure, total
from cardhouse.economy.inputs import basis_kind
from cardhouse.economy.schedules import term_trail, terms_named
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading
from cardhouse.lenses.money.invested import in_kind_share, instalments
from cardhouse.lenses.money.links import Standing, standing
from cardhouse.lenses.readings import of_figure

_NO_PART = Gap("share of the issuer", "an investment, not a right that vests")


@dataclass(frozen=True, slots=True)
class InKind:
    """One tie by which value passed without cash.

    ``given`` is USD million; a gap for rights to shares that vest with purchases, whose ``part`` is the share of the
    issuer when fully vested. ``holder`` got shares of ``issuer``; ``why`` says how it is known.
    """

    tie: str
    holder: str
    issuer: str
    given: Reading
    part: Reading
    standing: Standing
    why: str


def in_kind(book: Book, firm: str = "") -> tuple[InKind, ...]:
    """What was given in kind, in the order of the book; only that of one firm where it is named."""
    out = []
    for tie in book.current_ties:
        if firm and firm not in (tie.from_, tie.to):
            continue
        if tie.kind is TieKind.EQUITY and (share := in_kind_share(book, tie)) > 0:
            out.append(_invested(book, tie, share))
        elif tie.kind is TieKind.WARRANT and (rows := terms_named(book.terms_of(tie.id), "vests_with")):
            out.append(_vesting(book, tie, rows[-1]))
    return tuple(out)


def _invested(book: Book, tie: Tie, share: float) -> InKind:
    """The part of an investment that was no cash; an assumed share makes the whole an assumption."""
    row = terms_named(book.terms_of(tie.id), "in_kind")[-1]
    paid = instalments(book, tie)
    sums = total(Figure.of(one.amount * share, one.kind, one.trail) for one in paid)
    why = row.reason or f"in kind by {row.source}"
    if not paid:
        return InKind(
            tie.id, tie.from_, tie.to, Gap(tie.id, "nothing is known to have been given"), _NO_PART, standing(tie), why
        )
    if not row.source:
        sums = sums.resting_on(ASSUMPTION, term_trail(row, f"{share:.0%}"))
    given = of_figure(sums, paid[-1].last, paid[0].first)
    return InKind(tie.id, tie.from_, tie.to, given, _NO_PART, standing(tie), why)


def _vesting(book: Book, tie: Tie, row: Term) -> InKind:
    """Shares that an issuer gives to a customer as its purchases are delivered."""
    parts = terms_named(book.terms_of(tie.id), "vests")
    given = Gap(tie.id, "rights to shares that vest with purchases; their value moves with the share price")
    part: Reading = Gap(tie.id, "the book does not say how much of the issuer vests")
    if parts:
        kind, trail = basis_kind(book, parts[-1]), term_trail(parts[-1], f"{parts[-1].number:.2%}")
        part = Measure(parts[-1].number, SHARE, tie.known, None, {kind: 1.0}, (), (trail,))
    return InKind(tie.id, tie.from_, tie.to, given, part, standing(tie), f"vests with {row.value}")
