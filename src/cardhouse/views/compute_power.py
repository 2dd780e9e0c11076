"""Megawatts as tables."""

from __future__ import annotations

from collections.abc import Mapping

from cardhouse.lenses.compute.power import Hold, Power, Sort
from cardhouse.lenses.measure import Gap, Measure, Reading, total
from cardhouse.views.compute_words import short, span
from cardhouse.views.lens import flag_notes, gap_notes
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

HOLDS = {
    Hold.FIRM: ("firm", N_("firmly promised")),
    Hold.OPTION: ("option or plan", N_("option or plan")),
    Hold.LETTER: ("letter or announced", N_("letter or announced")),
    Hold.LAPSED: ("lapsed", N_("lapsed")),
}
"""How firm a capacity is promised: in English, where "firm" needs its column, and what is meant."""
SORTS = {Sort.CHIPS: N_("chips"), Sort.POWER: N_("power")}
"""What a tie brings."""


def clouds(found: Power, *, t: Words = ENGLISH) -> Table:
    """Power that runs, is contracted, and that the machines bought need."""
    rows = tuple(
        (
            t.named(c.name),
            c.active.end if isinstance(c.active, Measure) else None,
            short(c.active, t=t),
            short(c.contracted, t=t),
            short(c.guided, t=t),
            short(c.machines, 1 / t.money_scale, t=t),
            short(c.needs.central, t=t),
            span(c.needs, t=t),
            short(c.cover, t=t),
        )
        for c in found.clouds
    )
    columns = (
        Column("firm", t("firm")),
        Column("day", t("running on"), Kind.DATE),
        Column("active", t("runs"), Kind.NUMBER),
        Column("contracted", t("contracted"), Kind.NUMBER),
        Column("guided", t("guided"), Kind.NUMBER),
        Column("machines", t("machines, USD bn"), Kind.NUMBER),
        Column("needs", t("they need"), Kind.NUMBER),
        Column("needs_range", t("range"), Kind.NUMBER),
        Column("cover", t("runs over need"), Kind.NUMBER),
    )
    notes = (
        t(
            "Machines: short-lived part of capital spending within the life of an accelerator up to that day, or to "
            "the book's. Servers for other work and satellites are in it, what is leased is not: the need is rough."
        ),
        _per_mw(found, t),
        *known_from(found, t=t),
        *flag_notes((x for c in found.clouds for x in (c.active, c.contracted)), t=t),
    )
    return Table(t("Power and what the machines bought need, MW"), columns, rows, notes, t)


def _per_mw(found: Power, t: Words) -> str:
    """What the machines of a megawatt cost, or that what machines need cannot be said without it."""
    per = found.per_mw
    if isinstance(per.central, Gap):
        return t("The book has no cost of a megawatt by that day, so what the machines need cannot be said.")
    return t(
        "A megawatt of machines costs {cost} million ({range}): whole cost of a site less its shell. Below 1 the power "
        "that runs would not do for the machines.",
        cost=short(per.central, t=t),
        range=span(per, t=t),
    )


def known_from(found: Power, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Whose spending is known for a part of the time only."""
    late = [f"{t.named(c.name)} {c.since}" for c in found.clouds if c.since]
    return (
        (t("Spending is known from a later day only, so that the need is too low: {firms}.", firms=t.comma.join(late)),)
        if late
        else ()
    )


def buyers(found: Power, *, t: Words = ENGLISH) -> Table:
    """Chips and power that firms have signed for, by how firm."""
    rows = tuple(
        (
            t.named(b.name),
            short(b.running, t=t),
            _sum(b.chips, FIRM, t),
            _sum(b.chips, EVERY, t),
            _sum(b.power, FIRM, t),
            _sum(b.power, EVERY, t),
            short(b.short_firm, t=t),
            short(b.short_all, t=t),
        )
        for b in found.buyers
    )
    columns = (
        Column("firm", t("firm")),
        Column("running", t("runs"), Kind.NUMBER),
        Column("chips_firm", t("chips, firm"), Kind.NUMBER),
        Column("chips_all", t("chips, all"), Kind.NUMBER),
        Column("power_firm", t("power, firm"), Kind.NUMBER),
        Column("power_all", t("power, all"), Kind.NUMBER),
        Column("short_firm", t("firm chips without power"), Kind.NUMBER),
        Column("short_all", t("all chips without power"), Kind.NUMBER),
    )
    notes = (
        t(
            "From ties with a capacity. Chips: from a chip maker, no site with them. Power: computing or a site from a "
            "cloud or landlord, much of it not built yet. All: with options, plans, letters and announcements. Without "
            "power: chips less power that runs or is to come, below zero more power than chips. Capacities may "
            "overlap (chips of one tie stand in the power of another) and one firm's power may be re-let to another."
        ),
        *gap_notes((b.short_all for b in found.buyers), t=t),
        *flag_notes((b.running for b in found.buyers), t=t),
    )
    return Table(t("Signed for by the gigawatt, MW"), columns, rows, notes, t)


FIRM = (Hold.FIRM,)
EVERY = (Hold.FIRM, Hold.OPTION, Hold.LETTER)


def _sum(sums: Mapping[Hold, Reading], holds: tuple[Hold, ...], t: Words) -> str:
    """What there is of these; empty where there is none."""
    found = [sums[h] for h in holds if h in sums]
    return short(total(found), t=t) if found else ""


def ties(found: Power, *, t: Words = ENGLISH) -> Table:
    """Every tie with a capacity."""
    rows = tuple(
        (c.firm, c.tie, t.named(c.other), t(SORTS[c.sort]), t.meant(*HOLDS[c.hold]), c.amount.value)
        for c in found.capacities
    )
    columns = (
        Column("firm", t("firm")),
        Column("tie", t("tie"), wrap=True),
        Column("other", t("with"), wrap=True),
        Column("sort", t("brings")),
        Column("hold", t("how firm"), wrap=True),
        Column("mw", "MW", Kind.COUNT),
    )
    return Table(t("Ties with a capacity"), columns, rows, t=t)
