"""Rings of payments as tables: how much goes round, and what has become of the ties on the way."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.money.rings import Ring, Step
from cardhouse.lenses.readings import entity_name
from cardhouse.views.table import Column, Kind, Table

MOST = 12
"""Rows of a table before the rest is left to --json."""
RING_NOTE = (
    "Amounts are those of the weakest link; rings share links, so never add them up. Any: of each link the largest of "
    "paid, planned and promised. Status: that of the least firm link (paid, binding, reported, letter, lapsed)."
)


def more(count: int, most: int) -> tuple[str, ...]:
    """A note on rows that are not shown."""
    return (f"and {count - most} more; see --json",) if count > most else ()


def path(book: Book, firms: tuple[str, ...]) -> str:
    """Firms in the order in which money passes them."""
    return " > ".join(entity_name(book, n) for n in firms)


def ring_table(
    book: Book, found: tuple[Ring, ...], title: str, *, most: int = MOST, words: bool = False
) -> Table | str:
    """Rings with the amount that the weakest link lets round in each window."""
    if not found:
        return ""
    rows = tuple(
        (path(book, (*r.firms, r.firms[0])), r.said if words else r.either, r.paid, r.plan, r.ahead, r.standing.value)
        for r in found[:most]
    )
    columns = (
        Column("ring", "ring", wrap=True),
        Column("either", "as said" if words else "any", Kind.MONEY),
        Column("paid", "paid last year", Kind.MONEY),
        Column("plan", "plan", Kind.MONEY),
        Column("ahead", "pro- mised", Kind.MONEY),
        Column("standing", "status"),
    )
    return Table(title, columns, rows, (RING_NOTE, *more(len(found), most)))


def ring_links(book: Book, found: tuple[Ring, ...], *, most: int = 3) -> Table | str:
    """Each link of the first rings with its ties."""
    if not found:
        return ""
    seen: dict[tuple[str, str], Step] = {}
    for ring in found[:most]:
        seen.update({(s.payer, s.payee): s for s in ring.steps})
    rows = tuple(
        (f"{entity_name(book, s.payer)} > {entity_name(book, s.payee)}", s.paid, s.plan, s.ahead, s.said,
         ", ".join(f"{tie} ({what})" for tie, what in s.ties))
        for s in seen.values()
    )  # fmt: skip
    columns = (
        Column("link", "link", wrap=True),
        Column("paid", "paid last year", Kind.MONEY),
        Column("plan", "plan", Kind.MONEY),
        Column("ahead", "pro- mised", Kind.MONEY),
        Column("said", "only said or lapsed", Kind.MONEY),
        Column("ties", "ties and what has become of them", wrap=True),
    )
    return Table(f"The links of the first {min(most, len(found))} rings (USD billion)", columns, rows)
