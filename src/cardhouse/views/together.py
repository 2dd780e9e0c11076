"""Pairs and triples as tables and sentences that come from their numbers."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Choices
from cardhouse.economy.together import ROUNDING, Together
from cardhouse.views.payload import head
from cardhouse.views.pull import name, names
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MOST_ROWS = 10
SHOWN = 50.0
"""USD million below which a bearer's part is no digit on the screen."""
SETS = {
    2: N_(
        "All {sets} pairs of the {firms} tested firms were pulled, none sampled. Together {more} cost others more than "
        "their cards do apart, {less} less, and {same} the same."
    ),
    3: N_(
        "All {sets} triples of the {firms} tested firms were pulled, none sampled. Together {more} cost others more "
        "than their cards do apart, {less} less, and {same} the same."
    ),
}
BRING = {
    (2, "none"): N_("No pair brings down a firm that stands when a smaller part of it falls."),
    (3, "none"): N_("No triple brings down a firm that stands when a smaller part of it falls."),
    (2, "one"): N_("{sets} pair brings down a firm that no smaller part of the set does."),
    (3, "one"): N_("{sets} triple brings down a firm that no smaller part of the set does."),
    (2, "more"): N_("{sets} pairs bring down a firm that no smaller part of the set does."),
    (3, "more"): N_("{sets} triples bring down a firm that no smaller part of the set does."),
}
"""Sentences by the size of a set and by how many there are."""


def counted(rows: tuple[Together, ...], opening: Opening, *, t: Words = ENGLISH) -> list[str]:
    """How many sets were pulled and how they compare, in sentences."""
    size = len(rows[0].cards)
    more = sum(row.excess > ROUNDING for row in rows)
    less = sum(row.excess < -ROUNDING for row in rows)
    bring = sum(bool(row.only_together) for row in rows)
    first = t(SETS[size], sets=len(rows), firms=len(opening.full), more=more, less=less, same=len(rows) - more - less)
    return [first, t(BRING[size, {0: "none", 1: "one"}.get(bring, "more")], sets=bring)]


def by_excess(rows: tuple[Together, ...], opening: Opening, *, t: Words = ENGLISH) -> Table:
    """The sets that do most damage beyond the sum of their cards."""
    best = [row for row in rows if row.excess > ROUNDING][:MOST_ROWS]
    return _drawn(t("More together than apart"), best, len(rows[0].cards), opening, t)


def by_interaction(rows: tuple[Together, ...], opening: Opening, *, t: Words = ENGLISH) -> Table:
    """The triples whose excess the pairs inside them explain least."""
    best = sorted((row for row in rows if row.interaction > ROUNDING), key=lambda row: (-row.interaction, row.cards))
    return _drawn(t("What no pair inside explains"), best[:MOST_ROWS], len(rows[0].cards), opening, t)


def _drawn(title: str, rows: list[Together], size: int, opening: Opening, t: Words) -> Table:
    brings = any(row.only_together for row in rows)
    body = tuple(
        (
            i,
            names(opening, row.cards, t),
            row.cost,
            row.apart,
            row.excess,
            row.mild,
            row.harsh,
            *((row.interaction,) if size > 2 else ()),
            *((names(opening, row.only_together, t) or t("nobody"),) if brings else ()),
            _bearers(row, opening, t),
        )
        for i, row in enumerate(rows, 1)
    )
    columns = (
        Column("rank", "", Kind.COUNT),
        Column("cards", t("cards"), wrap=True),
        Column("cost", t("to- gether"), Kind.MONEY),
        Column("apart", t("apart"), Kind.MONEY),
        Column("excess", t("excess"), Kind.MONEY),
        Column("mild", t("mild"), Kind.MONEY),
        Column("harsh", t("harsh"), Kind.MONEY),
        *((Column("interaction", t("no pair"), Kind.MONEY),) if size > 2 else ()),
        *((Column("only_together", t("only together"), wrap=True),) if brings else ()),
        Column("largest", t("who bears what no pair explains") if size > 2 else t("who bears the excess"), wrap=True),
    )
    return Table(title, columns, body, t=t)


def _bearers(row: Together, opening: Opening, t: Words) -> str:
    """Who bears the interaction, without what would be drawn as nothing."""
    return t.comma.join(
        t("{side} of {firm} {amount}", side=t(str(side)), firm=name(opening, firm, t), amount=t.amount(x))
        for (firm, side), x in row.largest
        if abs(x) >= SHOWN
    )


def notes(size: int, *, t: Words = ENGLISH) -> list[str]:
    """How to read the tables."""
    lines = [
        t(
            "Together and apart count the same losers: everybody but the cards of the set, each dollar once. Apart is "
            "the sum of each fall alone. Mild and harsh: the excess at the ends of the loss rates, which need not "
            "enclose it."
        )
    ]
    if size > 2:
        lines.append(t("No pair: what is left of the excess when that of the three pairs inside is taken out."))
    return lines


def lines(rows: tuple[Together, ...]) -> Table:
    """Every set, for a file, with ids."""
    columns = (
        Column("cards", "cards"),
        Column("cost", "together", Kind.MONEY),
        Column("apart", "apart", Kind.MONEY),
        Column("excess", "excess", Kind.MONEY),
        Column("mild", "mild", Kind.MONEY),
        Column("harsh", "harsh", Kind.MONEY),
        Column("interaction", "interaction", Kind.MONEY),
        Column("fails", "takes down"),
        Column("only_together", "only together"),
    )
    body = tuple(
        (
            " ".join(row.cards),
            row.cost,
            row.apart,
            row.excess,
            row.mild,
            row.harsh,
            row.interaction,
            " ".join(row.fails),
            " ".join(row.only_together),
        )
        for row in rows
    )
    return Table("Together and apart", columns, body)


def payload(rows: tuple[Together, ...], opening: Opening, choices: Choices) -> dict[str, Any]:
    """Every set as JSON."""
    return {
        **head(opening, choices),
        "method": "exhaustive",
        "sets": [
            {
                "cards": list(row.cards),
                "together": row.cost,
                "apart": row.apart,
                "excess": {"central": row.excess, "mild": row.mild, "harsh": row.harsh},
                "interaction": row.interaction,
                "fails": list(row.fails),
                "only_together": list(row.only_together),
                "bear_most": [{"firm": firm, "side": side.value, "amount": x} for (firm, side), x in row.largest],
            }
            for row in rows
        ],
    }
