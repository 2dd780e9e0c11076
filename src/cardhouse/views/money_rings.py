"""Rings of payments as tables: how much goes round, and what has become of the ties on the way."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.measure import Why
from cardhouse.lenses.money.rings import Ring, Step
from cardhouse.views.lens import MARKS
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MOST = 12
"""Rows of a table before the rest is left to --json."""
RING_NOTE = N_(
    "Amounts are those of the weakest link; rings share links, so never add them up. Any: of each link the largest of "
    "paid, planned and promised. Status: that of the least firm link (paid, binding, reported, letter, lapsed)."
)


def more(count: int, most: int, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """A note on rows that are not shown."""
    return (t("and {count} more; see --json", count=count - most),) if count > most else ()


def path(book: Book, firms: tuple[str, ...], *, t: Words = ENGLISH) -> str:
    """Firms in the order in which money passes them."""
    return " > ".join(t.called(book, n) for n in firms)


def _paid(one: Ring | Step, t: Words) -> Cell:
    """What was paid; the mark of what the book does not say where a tie had begun and nothing tells what it paid."""
    return t(MARKS[Why.MISSING]) if one.silent else one.paid


def ring_table(
    book: Book, found: tuple[Ring, ...], title: str, *, most: int = MOST, words: bool = False, t: Words = ENGLISH
) -> Table | str:
    """Rings with the amount that the weakest link lets round in each window."""
    if not found:
        return ""
    rows = tuple(
        (
            path(book, (*r.firms, r.firms[0]), t=t),
            r.said if words else r.either,
            _paid(r, t),
            r.plan,
            r.ahead,
            t(r.standing.value),
        )
        for r in found[:most]
    )
    columns = (
        Column("ring", t("ring"), wrap=True),
        Column("either", t("as said") if words else t("any"), Kind.MONEY),
        Column("paid", t("paid last year"), Kind.MONEY),
        Column("plan", t("plan"), Kind.MONEY),
        Column("ahead", t("pro- mised"), Kind.MONEY),
        Column("standing", t("status")),
    )
    return Table(title, columns, rows, (t(RING_NOTE), *more(len(found), most, t=t)), t)


def ring_links(book: Book, found: tuple[Ring, ...], *, most: int = 3, t: Words = ENGLISH) -> Table | str:
    """Each link of the first rings with its ties."""
    if not found:
        return ""
    seen: dict[tuple[str, str], Step] = {}
    for ring in found[:most]:
        seen.update({(s.payer, s.payee): s for s in ring.steps})
    rows = tuple(
        (f"{t.called(book, s.payer)} > {t.called(book, s.payee)}", _paid(s, t), s.plan, s.ahead, s.said,
         t.comma.join((f"{tie} ({t(what.value)})" for tie, what in s.ties)))
        for s in seen.values()
    )  # fmt: skip
    columns = (
        Column("link", t("link"), wrap=True),
        Column("paid", t("paid last year"), Kind.MONEY),
        Column("plan", t("plan"), Kind.MONEY),
        Column("ahead", t("pro- mised"), Kind.MONEY),
        Column("said", t("only said or lapsed"), Kind.MONEY),
        Column("ties", t("ties and what has become of them"), wrap=True),
    )
    return Table(
        t("The links of the first {count} rings ({unit})", count=min(most, len(found)), unit=t.money_unit),
        columns,
        rows,
        t=t,
    )
