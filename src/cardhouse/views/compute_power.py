"""Megawatts as tables."""

from __future__ import annotations

from collections.abc import Mapping

from cardhouse.lenses.compute.power import Hold, Power
from cardhouse.lenses.measure import Measure, Reading, total
from cardhouse.views.compute_words import short, span
from cardhouse.views.lens import flag_notes, gap_notes
from cardhouse.views.table import Column, Kind, Table

HOLDS = {
    Hold.FIRM: "firm",
    Hold.OPTION: "option or plan",
    Hold.LETTER: "letter or announced",
    Hold.LAPSED: "lapsed",
}


def clouds(found: Power) -> Table:
    """Power that runs, is contracted, and that the machines bought need."""
    rows = tuple(
        (
            c.name,
            c.active.end if isinstance(c.active, Measure) else None,
            short(c.active),
            short(c.contracted),
            short(c.guided),
            short(c.machines, 1e-3),
            short(c.needs.central),
            span(c.needs),
            short(c.cover),
        )
        for c in found.clouds
    )
    columns = (
        Column("firm", "firm"),
        Column("day", "running on", Kind.DATE),
        Column("active", "runs", Kind.NUMBER),
        Column("contracted", "contracted", Kind.NUMBER),
        Column("guided", "guided", Kind.NUMBER),
        Column("machines", "machines, USD bn", Kind.NUMBER),
        Column("needs", "they need", Kind.NUMBER),
        Column("needs_range", "range", Kind.NUMBER),
        Column("cover", "runs over need", Kind.NUMBER),
    )
    per = found.per_mw
    notes = (
        "Machines: short-lived part of capital spending within the life of an accelerator up to that day, or to the "
        "book's. Servers for other work and satellites are in it, what is leased is not: the need is rough. A megawatt "
        f"of machines costs {short(per.central)} million ({span(per)}): whole cost of a site less its shell. Below 1 "
        "the power that runs would not do for the machines.",
        *known_from(found),
        *flag_notes(x for c in found.clouds for x in (c.active, c.contracted)),
    )
    return Table("Power and what the machines bought need, MW", columns, rows, notes)


def known_from(found: Power) -> tuple[str, ...]:
    """Whose spending is known for a part of the time only."""
    late = [f"{c.name} {c.since}" for c in found.clouds if c.since]
    return (
        (f"Spending is known from a later day only, so that the need is too low: {', '.join(late)}.",) if late else ()
    )


def buyers(found: Power) -> Table:
    """Chips and power that firms have signed for, by how firm."""
    rows = tuple(
        (
            b.name,
            short(b.running),
            _sum(b.chips, FIRM),
            _sum(b.chips, EVERY),
            _sum(b.power, FIRM),
            _sum(b.power, EVERY),
            short(b.short_firm),
            short(b.short_all),
        )
        for b in found.buyers
    )
    columns = (
        Column("firm", "firm"),
        Column("running", "runs", Kind.NUMBER),
        Column("chips_firm", "chips, firm", Kind.NUMBER),
        Column("chips_all", "chips, all", Kind.NUMBER),
        Column("power_firm", "power, firm", Kind.NUMBER),
        Column("power_all", "power, all", Kind.NUMBER),
        Column("short_firm", "firm chips without power", Kind.NUMBER),
        Column("short_all", "all chips without power", Kind.NUMBER),
    )
    notes = (
        "From ties with a capacity. Chips: from a chip maker, no site with them. Power: computing or a site from a "
        "cloud or landlord, much of it not built yet. All: with options, plans, letters and announcements. Without "
        "power: chips less power that runs or is to come, below zero more power than chips. Capacities may "
        "overlap (chips of one tie stand in the power of another) and one firm's power may be re-let to another.",
        *gap_notes(b.short_all for b in found.buyers),
        *flag_notes(b.running for b in found.buyers),
    )
    return Table("Signed for by the gigawatt, MW", columns, rows, notes)


FIRM = (Hold.FIRM,)
EVERY = (Hold.FIRM, Hold.OPTION, Hold.LETTER)


def _sum(sums: Mapping[Hold, Reading], holds: tuple[Hold, ...]) -> str:
    """What there is of these; empty where there is none."""
    found = [sums[h] for h in holds if h in sums]
    return short(total(found)) if found else ""


def ties(found: Power) -> Table:
    """Every tie with a capacity."""
    rows = tuple((c.firm, c.tie, c.other, c.sort.value, HOLDS[c.hold], c.amount.value) for c in found.capacities)
    columns = (
        Column("firm", "firm"),
        Column("tie", "tie", wrap=True),
        Column("other", "with", wrap=True),
        Column("sort", "brings"),
        Column("hold", "how firm", wrap=True),
        Column("mw", "MW", Kind.COUNT),
    )
    return Table("Ties with a capacity", columns, rows)
