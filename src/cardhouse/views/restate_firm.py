"""One firm's accounts at other lives of servers, and what the answer rests on."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.accounts import FirmAccounts, Restatement
from cardhouse.lenses.accounts.answer import at
from cardhouse.lenses.measure import Gap, Measure, Why, known
from cardhouse.lenses.readings import entity_name
from cardhouse.views import lens
from cardhouse.views.restate import RATIOS, common, doubts, ended, fit, four, life_title, ratio_cell
from cardhouse.views.table import Column, Kind, Table, billions

ASSUMED = {
    "short_lived_share": "servers in net plant",
    "land_and_construction_share": "land and construction in it",
    "building_life_years": "life of buildings",
    "server_life_years": "life of servers in the accounts",
    "plant_depreciation_share": "plant in the depreciation line",
    "server_depreciation_share": "servers in depreciation of plant",
    "rent_decay": "fall of rents a year",
    "tax_rate": "tax rate",
}
"""Names of the assumptions as shown."""


def one(firm: FirmAccounts, book: Book) -> Table:
    """One firm at every life."""
    lines = (firm.restated.as_reported, *firm.restated.lives)
    rows = tuple(
        (
            life_title(x.life.name, x.life.years),
            lens.cell(x.depreciation_change),
            lens.cell(x.operating_income),
            lens.cell(x.net_income),
            *(ratio_cell(key, x) for key, _ in RATIOS),
        )
        for x in lines
    )
    columns = (
        Column("life", "life"),
        Column("depreciation_change", "more depreciation", Kind.MONEY),
        Column("operating_income", "operating income", Kind.MONEY),
        Column("net_income", "net income", Kind.MONEY),
        *(Column(key, title) for key, title in RATIOS),
    )
    shown = [r for x in lines for r in four(x)]
    causes = [x.depreciation_change for x in lines]
    own = [r for r in shown if isinstance(r, Gap) and r.why is Why.NOT_MEANINGFUL]
    notes = [
        _split(firm),
        *lens.gap_notes((*causes, *four(firm.restated.as_reported), *own)),
        *doubts(book, [firm]),
        *lens.flag_notes((*causes, *shown)),
        lens.rests(shown),
    ]
    day = ended(firm.restated.plant.depreciation) or ended(firm.restated.reported.revenue)
    title = f"{entity_name(book, firm.firm)}{f', year to {day}' if day else ''}, at other lives of servers"
    return Table(title, columns, rows, tuple(filter(None, notes)))


def deep(answer: Restatement, firm: FirmAccounts, book: Book) -> list[Table | str]:
    """One firm in depth, or why its year cannot be restated."""
    reason = firm.restated.plant.gap
    if reason is not None:
        return [f"{entity_name(book, firm.firm)} at other lives of servers: n/a {reason}"]
    return [one(firm, book), effects(answer, firm)]


def effects(answer: Restatement, firm: FirmAccounts) -> Table:
    """Net income of one firm at the common life with each assumption at its ends."""
    rows = tuple(
        (ASSUMED[e.name], _bound(e.low), _bound(e.high), lens.cell(e.at_low), lens.cell(e.at_high))
        for e in firm.effects
    )
    columns = (
        Column("assumption", "assumption", wrap=True),
        Column("low", "low"),
        Column("high", "high"),
        Column("at_low", "at low", Kind.MONEY),
        Column("at_high", "at high", Kind.MONEY),
    )
    found = firm.restated.lives[at(firm.restated, answer.common)].net_income
    notes = (
        [f"With all of them at their central values: {billions(found.value)}."] if isinstance(found, Measure) else []
    )
    notes += lens.gap_notes(r for e in firm.effects for r in (e.at_low, e.at_high))
    return Table(f"Net income at {common(answer)}, with an assumption at its ends", columns, rows, tuple(notes))


def _split(firm: FirmAccounts) -> str:
    plant = firm.restated.plant
    parts = known((plant.depreciation, plant.buildings, plant.short_lived))
    if len(parts) < 3:
        return ""
    whole, buildings, short = (p.value for p in parts)
    return (
        f"Depreciation of plant {billions(whole)}: {billions(short)} for servers and network, {billions(buildings)} "
        f"for buildings (half used, on their assumed life). Fit: {fit(firm.restated.factor)}."
    )


def _bound(measure: Measure) -> str:
    return f"{measure.value:.0%}" if measure.unit == "share" else f"{measure.value:g} years"
