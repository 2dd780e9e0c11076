"""What a backlog hangs on, and what was given in kind, as tables."""

from __future__ import annotations

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.money import Money
from cardhouse.lenses.readings import entity_name
from cardhouse.views.lens import gap_notes
from cardhouse.views.table import Cell, Column, Kind, Table, billions


def depends(answer: Money) -> Table | str:
    """How much of the backlog hangs on each laboratory."""
    b = answer.backlog
    if not b.laboratories:
        return f"Backlog: {b.reported}." if isinstance(b.reported, Gap) and b.customers else ""
    rows = tuple(
        (entity_name(answer.book, d.laboratory), d.direct.value, d.bought_for.value, d.through.value, d.whole.value)
        for d in b.laboratories
    )
    columns = (
        Column("laboratory", "laboratory"),
        Column("direct", "its own contracts", Kind.MONEY),
        Column("bought_for", "bought for it by others", Kind.MONEY),
        Column("through", "its money in others' payments", Kind.MONEY),
        Column("whole", "of the backlog" if b.of_reported else "of the contracts", Kind.PERCENT),
    )
    notes = (backlog_line(b.reported, b.explained), *gap_notes([b.reported]))
    return Table("The backlog by laboratory (USD billion)", columns, rows, notes)


def backlog_line(reported: Reading, explained: Reading) -> str:
    """The reported backlog beside what the ties explain of it."""
    have = billions(explained.value) if isinstance(explained, Measure) else "nothing"
    if isinstance(reported, Gap):
        return f"Ties that count still have {have} to pay; no backlog is reported."
    over = isinstance(explained, Measure) and explained.value > reported.value
    more = (
        " More than the reported backlog: part of it is no obligation by its measure, or signed later." if over else ""
    )
    return f"Reported backlog {billions(reported.value)} at {reported.end}; ties that count explain {have}.{more}"


def kinds(answer: Money) -> Table | str:
    """What was given in kind."""
    if not answer.in_kind:
        return ""
    rows = tuple(
        (
            x.tie,
            entity_name(answer.book, x.holder),
            entity_name(answer.book, x.issuer),
            _given(x.given),
            _part(x.part),
            x.standing.value,
            x.why,
        )
        for x in answer.in_kind
    )
    columns = (
        Column("tie", "tie", wrap=True),
        Column("holder", "who got shares"),
        Column("issuer", "of"),
        Column("given", "amount", Kind.MONEY),
        Column("part", "part of it", Kind.PERCENT),
        Column("standing", "status"),
        Column("why", "how it is known", wrap=True),
    )
    note = "Chips, credits, land or shares given for shares: no cash, so in none of the sums above."
    return Table("Given in kind (USD billion)", columns, rows, (note,))


def _given(given: Reading) -> Cell:
    return given.value if isinstance(given, Measure) else None


def _part(part: Reading) -> Cell:
    return part.value if isinstance(part, Measure) else None
