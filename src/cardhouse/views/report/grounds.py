"""What the report rests on: the largest assumptions, figures that sources disagree on, and all sources."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from cardhouse.book import Assumption, Source, SourceKind
from cardhouse.economy.figure import ASSUMPTION, Figure, shares
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.opening import Opening
from cardhouse.views import book as view
from cardhouse.views.picture import standing
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block, Entry, Listed, Shown
from cardhouse.views.table import Cell, Column, Kind, Table

MOST_ASSUMPTIONS = 30
MOST_DISPUTES = 30
_NAMED = re.compile(r": assumption ([^:]+):")
"""How the trail of a figure names an assumption."""


def figures(opening: Opening) -> Iterator[Figure]:
    """Figures of the opening that the answers rest on: plans and balances of tested firms, and dues of contracts."""
    for node in opening.full:
        known = opening.positions[node].statement
        if known is not None:
            plan, sheet = known.plan, known.balance
            yield from (plan.revenue, plan.costs, plan.capital_spending, sheet.cash, sheet.debt, sheet.plant)
    yield from (contract.due for contract in opening.ties.contracts)


def by_assumption(opening: Opening) -> dict[str, float]:
    """Assumed dollars of the opening by the id of the assumption, USD million, largest first.

    A figure that needs several assumptions counts for each of them; the blank id stands for growth carried forward
    from the last report by rates of the book.
    """
    dollars: dict[str, float] = defaultdict(float)
    for figure in figures(opening):
        assumed = figure.basis.get(ASSUMPTION, 0.0)
        if assumed > 0.0:
            for ident in sorted({found for line in figure.trail for found in _NAMED.findall(line)}) or [""]:
                dollars[ident] += assumed
    return dict(sorted(dollars.items(), key=lambda kv: (-kv[1], kv[0])))


def assumed_share(opening: Opening) -> dict[str, float]:
    """Dollars of those figures by kind of source, as shares."""
    dollars: dict[str, float] = defaultdict(float)
    for figure in figures(opening):
        for kind, amount in figure.basis.items():
            dollars[kind] += amount
    return dict(sorted(shares(dollars).items(), key=lambda kv: source_rank(kv[0])))


def assumptions(m: Material) -> tuple[Block, ...]:
    """The assumptions that carry most dollars, with their range and reason."""
    t, found = m.t, by_assumption(m.opening)
    rows_of = {row.id: row for row in m.book.assumptions}
    named = [(rows_of[ident], dollars) for ident, dollars in found.items() if ident in rows_of]
    rows = tuple(_assumed(m, row, dollars) for row, dollars in named[:MOST_ASSUMPTIONS])
    columns = (
        Column("who", t("about")),
        Column("name", t("what")),
        Column("dollars", t("carries"), Kind.MONEY),
        Column("low", t("low"), Kind.NUMBER),
        Column("central", t("central"), Kind.NUMBER),
        Column("high", t("high"), Kind.NUMBER),
        Column("unit", t("unit")),
        Column("reason", t("reason")),
    )
    parts = assumed_share(m.opening)
    notes = (
        t(
            "Carries: assumed dollars of revenue, costs, capital spending, cash, debt and plant of tested firms and of "
            "dues of contracts in the next four quarters; a figure that needs several assumptions counts for each."
        ),
        t(
            "Growth carried forward from the last report by rates of the book carries {amount}.",
            amount=t.money(found.get("", 0.0)),
        ),
        t(
            "{shown} of {all} assumptions of the book; reasons as they stand there.",
            shown=len(rows),
            all=len(m.book.assumptions),
        ),
    )
    title = t("Assumptions that carry most ({unit})", unit=t.money_unit)
    said = standing(t, str(m.book.date), "", parts)
    lead = t(
        "Of the dollars that the answers start from {share} are assumed.", share=t.percent(parts.get(ASSUMPTION, 0.0))
    )
    return (lead, Shown(Table(title, columns, rows, notes), said))


def _assumed(m: Material, row: Assumption, dollars: float) -> tuple[Cell, ...]:
    name = m.t(row.name.replace("_", " "))
    unit = m.t(row.unit.replace("_", " "))
    return (m.t.subject(m.book, row.subject), name, dollars, row.low, row.central, row.high, unit, row.reason)


def disputes(m: Material) -> tuple[Block, ...]:
    """Figures that sources disagree on, widest gap first."""
    t = m.t
    table = view.conflicts(m.book, t=t)
    if not table.rows:
        return (t("No two sources of the book disagree on a figure."),)
    notes = [
        t(
            "The better kind of source is used: filing, release, transcript, data set, news, analyst, article; then "
            "the later one."
        )
    ]
    if len(table.rows) > MOST_DISPUTES:
        notes.append(t("{more} narrower ones are not shown.", more=len(table.rows) - MOST_DISPUTES))
    shown = replace(table, rows=table.rows[:MOST_DISPUTES], notes=(*table.notes, *notes))
    return (Shown(shown, standing(t, str(m.book.date), "", {}, unit=t("as the row says"))),)


def sources(m: Material) -> tuple[Block, ...]:
    """Every source that a row of the book rests on, with its address."""
    t, book = m.t, m.book
    records = (book.facts, book.current_ties, book.terms, book.assumptions, book.rates)
    counts = Counter(row.source for rows in records for row in rows if row.source)
    used: dict[SourceKind, list[Source]] = {kind: [] for kind in SourceKind}
    for source in sorted((book.sources[ident] for ident in counts), key=_order):
        used[source.kind].append(source)
    lead = t("{count} sources, each with the number of rows of the book that rest on it.", count=len(counts))
    lists = (
        Listed(t(kind.value.replace("_", " ")), tuple(_entry(m, s, counts[s.id]) for s in found))
        for kind, found in used.items()
        if found
    )
    return (lead, *lists)


def _entry(m: Material, source: Source, rows: int) -> Entry:
    when = source.published.isoformat() if source.published else m.t("no date")
    url = source.url if source.url.startswith(("https://", "http://")) else ""
    return Entry(source.title, url, f"{source.publisher}, {when} ({rows})")


def _order(source: Source) -> tuple[str, str, str]:
    return (source.publisher, str(source.published or ""), source.id)
