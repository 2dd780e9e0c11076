"""What a backlog hangs on, and what was given in kind, as tables."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.money import Money
from cardhouse.lenses.money.backlog import Backlog
from cardhouse.views.lens import gap_notes
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words


def depends(answer: Money, *, t: Words = ENGLISH) -> Table | str:
    """How much of the backlog hangs on each laboratory."""
    b = answer.backlog
    if not b.laboratories:
        if isinstance(b.later, Measure):
            return t.sentences(backlog_notes(answer.book, b, t=t))
        return (
            t("Backlog: {reason}.", reason=relayed(t, str(b.reported)))
            if isinstance(b.reported, Gap) and b.customers
            else ""
        )
    rows = tuple(
        (t.called(answer.book, d.laboratory), d.direct.value, d.bought_for.value, d.through.value, d.whole.value)
        for d in b.laboratories
    )
    columns = (
        Column("laboratory", t("laboratory")),
        Column("direct", t("its own contracts"), Kind.MONEY),
        Column("bought_for", t("bought for it by others"), Kind.MONEY),
        Column("through", t("its money in others' payments"), Kind.MONEY),
        Column("whole", t("of the backlog") if b.of_reported else t("of the contracts"), Kind.PERCENT),
    )
    notes = (*backlog_notes(answer.book, b, t=t), *gap_notes([b.reported], t=t))
    return Table(t("The backlog by laboratory ({unit})", unit=t.money_unit), columns, rows, notes, t)


def backlog_line(reported: Reading, explained: Reading, *, t: Words = ENGLISH) -> str:
    """The reported backlog beside what the ties explain of it."""
    have = t.amount(explained.value) if isinstance(explained, Measure) else t("nothing")
    if isinstance(reported, Gap):
        return t("Ties that count still have {have} to pay; no backlog is reported.", have=have)
    over = isinstance(explained, Measure) and explained.value > reported.value
    more = t(" More than the reported backlog: part of it is no obligation by its measure.") if over else ""
    return t(
        "Reported backlog {amount} at {end}; ties that count explain {have}.{more}",
        amount=t.amount(reported.value),
        end=reported.end,
        have=have,
        more=more,
    )


def backlog_notes(book: Book, b: Backlog, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """The backlog beside the ties, what was signed or told only after its day, and what the firm says itself."""
    notes = [backlog_line(b.reported, b.explained, t=t)]
    if isinstance(b.later, Measure):
        notes.append(t("Another {amount} was signed after that day and is left out.", amount=t.amount(b.later.value)))
    if isinstance(b.reported, Measure) and isinstance(b.told_later, Measure):
        text = N_("Of what ties explain, the terms of {amount} became known after that day and may have been others.")
        notes.append(t(text, amount=t.amount(b.told_later.value)))
    if b.stated:
        own = [
            t(
                "{customer} {share} at {day}",
                customer=relayed(t, t.called(book, item)),
                share=f"{m.value:.0%}",
                day=m.end,
            )
            for item, m in b.stated
        ]
        notes.append(t("By the firm itself: {shares}.", shares=t.comma.join(own)))
    return tuple(notes)


def kinds(answer: Money, *, t: Words = ENGLISH) -> Table | str:
    """What was given in kind."""
    if not answer.in_kind:
        return ""
    rows = tuple(
        (
            x.tie,
            t.called(answer.book, x.holder),
            t.called(answer.book, x.issuer),
            _given(x.given),
            _part(x.part),
            t(x.standing.value),
            relayed(t, x.why),
        )
        for x in answer.in_kind
    )
    columns = (
        Column("tie", t("tie"), wrap=True),
        Column("holder", t("who got shares")),
        Column("issuer", t.meant("of", N_("issuer"))),
        Column("given", t("amount"), Kind.MONEY),
        Column("part", t("part of it"), Kind.PERCENT),
        Column("standing", t("status")),
        Column("why", t("how it is known"), wrap=True),
    )
    note = t("Chips, credits, land or shares given for shares: no cash, so in none of the sums above.")
    return Table(t("Given in kind ({unit})", unit=t.money_unit), columns, rows, (note,), t)


def _given(given: Reading) -> Cell:
    return given.value if isinstance(given, Measure) else None


def _part(part: Reading) -> Cell:
    return part.value if isinstance(part, Measure) else None
