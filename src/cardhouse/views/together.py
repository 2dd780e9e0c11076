"""Pairs and triples as tables and sentences that come from their numbers."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Choices
from cardhouse.economy.together import ROUNDING, Together
from cardhouse.views.payload import head
from cardhouse.views.pull import name
from cardhouse.views.table import Column, Kind, Table, billions

MOST_ROWS = 10
SHOWN = 50.0
"""USD million below which a bearer's part is no digit on the screen."""
WORDS = {2: ("pair", "pairs"), 3: ("triple", "triples")}


def counted(rows: tuple[Together, ...], opening: Opening) -> list[str]:
    """How many sets were pulled and how they compare, in sentences."""
    one, many = WORDS[len(rows[0].cards)]
    more = sum(row.excess > ROUNDING for row in rows)
    less = sum(row.excess < -ROUNDING for row in rows)
    bring = sum(bool(row.only_together) for row in rows)
    lines = [
        f"All {len(rows)} {many} of the {len(opening.full)} tested firms were pulled, none sampled. Together {more} "
        f"cost others more than their cards do apart, {less} less, and {len(rows) - more - less} the same."
    ]
    if bring:
        who = f"{bring} {one} brings" if bring == 1 else f"{bring} {many} bring"
        lines.append(f"{who} down a firm that no smaller part of the set does.")
    else:
        lines.append(f"No {one} brings down a firm that stands when a smaller part of it falls.")
    return lines


def by_excess(rows: tuple[Together, ...], opening: Opening) -> Table:
    """The sets that do most damage beyond the sum of their cards."""
    best = [row for row in rows if row.excess > ROUNDING][:MOST_ROWS]
    return _drawn("More together than apart", best, len(rows[0].cards), opening)


def by_interaction(rows: tuple[Together, ...], opening: Opening) -> Table:
    """The triples whose excess the pairs inside them explain least."""
    best = sorted((row for row in rows if row.interaction > ROUNDING), key=lambda row: (-row.interaction, row.cards))
    return _drawn("What no pair inside explains", best[:MOST_ROWS], len(rows[0].cards), opening)


def _drawn(title: str, rows: list[Together], size: int, opening: Opening) -> Table:
    brings = any(row.only_together for row in rows)
    body = tuple(
        (
            i,
            ", ".join(name(opening, card) for card in row.cards),
            row.cost,
            row.apart,
            row.excess,
            row.mild,
            row.harsh,
            *((row.interaction,) if size > 2 else ()),
            *((", ".join(name(opening, n) for n in row.only_together) or "nobody",) if brings else ()),
            _bearers(row, opening),
        )
        for i, row in enumerate(rows, 1)
    )
    columns = (
        Column("rank", "", Kind.COUNT),
        Column("cards", "cards", wrap=True),
        Column("cost", "to- gether", Kind.MONEY),
        Column("apart", "apart", Kind.MONEY),
        Column("excess", "excess", Kind.MONEY),
        Column("mild", "mild", Kind.MONEY),
        Column("harsh", "harsh", Kind.MONEY),
        *((Column("interaction", "no pair", Kind.MONEY),) if size > 2 else ()),
        *((Column("only_together", "only together", wrap=True),) if brings else ()),
        Column("largest", "who bears what no pair explains" if size > 2 else "who bears the excess", wrap=True),
    )
    return Table(title, columns, body)


def _bearers(row: Together, opening: Opening) -> str:
    """Who bears the interaction, without what would be drawn as nothing."""
    return ", ".join(
        f"{side} of {name(opening, firm)} {billions(x)}" for (firm, side), x in row.largest if abs(x) >= SHOWN
    )


def notes(size: int) -> list[str]:
    """How to read the tables."""
    lines = [
        "Together and apart count the same losers: everybody but the cards of the set, each dollar once. Apart is the "
        "sum of each fall alone. Mild and harsh: the excess at the ends of the loss rates, which need not enclose it."
    ]
    if size > 2:
        lines.append("No pair: what is left of the excess when that of the three pairs inside is taken out.")
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
