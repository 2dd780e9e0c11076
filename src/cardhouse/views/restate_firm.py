"""One firm's accounts at other lives of servers, and what the answer rests on."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.accounts import FirmAccounts, Restatement
from cardhouse.lenses.accounts.answer import at
from cardhouse.lenses.measure import Gap, Measure, Why, known
from cardhouse.views import lens
from cardhouse.views.relayed import relayed
from cardhouse.views.restate import RATIOS, common, doubts, ended, fit, four, life_title, ratio_cell
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

ASSUMED = {
    "short_lived_share": N_("servers in net plant"),
    "land_and_construction_share": N_("land and construction in it"),
    "building_life_years": N_("life of buildings"),
    "server_life_years": N_("life of servers in the accounts"),
    "plant_depreciation_share": N_("plant in the depreciation line"),
    "server_depreciation_share": N_("servers in depreciation of plant"),
    "rent_decay": N_("fall of rents a year"),
    "tax_rate": N_("tax rate"),
}
"""Names of the assumptions as shown."""


def one(firm: FirmAccounts, book: Book, *, t: Words = ENGLISH) -> Table:
    """One firm at every life."""
    lines = (firm.restated.as_reported, *firm.restated.lives)
    rows = tuple(
        (
            life_title(x.life.name, x.life.years, t=t),
            lens.cell(x.depreciation_change, t=t),
            lens.cell(x.operating_income, t=t),
            lens.cell(x.net_income, t=t),
            *(ratio_cell(key, x, t=t) for key, _ in RATIOS),
        )
        for x in lines
    )
    columns = (
        Column("life", t("life")),
        Column("depreciation_change", t("more depreciation"), Kind.MONEY),
        Column("operating_income", t("operating income"), Kind.MONEY),
        Column("net_income", t("net income"), Kind.MONEY),
        *(Column(key, t(title)) for key, title in RATIOS),
    )
    shown = [r for x in lines for r in four(x)]
    causes = [x.depreciation_change for x in lines]
    own = [r for r in shown if isinstance(r, Gap) and r.why is Why.NOT_MEANINGFUL]
    notes = [
        _split(firm, t),
        *lens.gap_notes((*causes, *four(firm.restated.as_reported), *own), t=t),
        *doubts(book, [firm], t=t),
        *lens.flag_notes((*causes, *shown), t=t),
        lens.rests(shown, t=t),
    ]
    day = ended(firm.restated.plant.depreciation) or ended(firm.restated.reported.revenue)
    text = N_("{firm}, year to {day}, at other lives of servers") if day else N_("{firm}, at other lives of servers")
    title = t(text, firm=t.called(book, firm.firm), day=day)
    return Table(title, columns, rows, tuple(filter(None, notes)), t)


def deep(answer: Restatement, firm: FirmAccounts, book: Book, *, t: Words = ENGLISH) -> list[Table | str]:
    """One firm in depth, or why its year cannot be restated."""
    reason = firm.restated.plant.gap
    if reason is not None:
        return [
            t(
                "{firm} at other lives of servers: n/a {reason}",
                firm=t.called(book, firm.firm),
                reason=relayed(t, str(reason)),
            )
        ]
    return [one(firm, book, t=t), effects(answer, firm, t=t)]


def effects(answer: Restatement, firm: FirmAccounts, *, t: Words = ENGLISH) -> Table:
    """Net income of one firm at the common life with each assumption at its ends."""
    rows = tuple(
        (t(ASSUMED[e.name]), _bound(e.low, t), _bound(e.high, t), lens.cell(e.at_low, t=t), lens.cell(e.at_high, t=t))
        for e in firm.effects
    )
    columns = (
        Column("assumption", t("assumption"), wrap=True),
        Column("low", t("low")),
        Column("high", t("high")),
        Column("at_low", t("at low"), Kind.MONEY),
        Column("at_high", t("at high"), Kind.MONEY),
    )
    found = firm.restated.lives[at(firm.restated, answer.common)].net_income
    notes = (
        [t("With all of them at their central values: {amount}.", amount=t.amount(found.value))]
        if isinstance(found, Measure)
        else []
    )
    notes += lens.gap_notes((r for e in firm.effects for r in (e.at_low, e.at_high)), t=t)
    return Table(
        t("Net income at {common}, with an assumption at its ends", common=common(answer, t=t)),
        columns,
        rows,
        tuple(notes),
        t,
    )


def _split(firm: FirmAccounts, t: Words) -> str:
    plant = firm.restated.plant
    parts = known((plant.depreciation, plant.buildings, plant.short_lived))
    if len(parts) < 3:
        return ""
    whole, buildings, short = (p.value for p in parts)
    return t(
        "Depreciation of plant {whole}: {servers} for servers and network, {buildings} for buildings (half used, on "
        "their assumed life). Fit: {fit}.",
        whole=t.amount(whole),
        servers=t.amount(short),
        buildings=t.amount(buildings),
        fit=fit(firm.restated.factor, t=t),
    )


def _bound(measure: Measure, t: Words) -> str:
    return f"{measure.value:.0%}" if measure.unit == "share" else t("{years} years", years=f"{measure.value:g}")
