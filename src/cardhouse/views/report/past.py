"""The past in the report: what the model would have said, and what the book has learnt since."""

from __future__ import annotations

from datetime import date

from cardhouse.book import Fact, Tie
from cardhouse.economy.hindcast import hindcast
from cardhouse.errors import InputError
from cardhouse.views import hindcast as view
from cardhouse.views.charts import hindcast as charts
from cardhouse.views.map import standing_of
from cardhouse.views.picture import standing
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block, Shown
from cardhouse.views.table import Cell, Column, Kind, Table

STARTS = (date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31))
"""Days of the published look backs; rules may be chosen by the first only."""
MOST_TIES, MOST_FACTS = 25, 25


def hindcasts(m: Material) -> tuple[Block, ...]:
    """Errors of the look backs that the book's day leaves something to compare with."""
    t, found = m.t, []
    for start in STARTS:
        try:
            found.append(hindcast(m.told, start, today=m.book.date))
        except InputError:
            continue  # nothing was reported between that day and the book's
    if not found:
        return (t("The book's day leaves no quarter to compare with."),)
    lead = t(
        "Each look back runs from what was known on its day and sets it beside what was reported since. A rule of the "
        "model may be chosen by the errors from {first} only; the other days overlap with it.",
        first=STARTS[0],
    )
    blocks: list[Block] = [lead]
    for one in found:
        said = charts.caption(one, t, unit=t("share of what was reported"))
        lines = (view.dateline(one, t=t), *view.headline(one, t=t))
        blocks += [lines, charts.errors(one, t), Shown(view.summary(one, t=t), said)]
    return tuple(blocks)


def changed(m: Material) -> tuple[Block, ...]:
    """What became known in the last ninety days."""
    t, found = m.t, m.changes
    ended = {tie.id for tie in found.ties_ended}
    ties = [(t("ended") if tie.id in ended else t("new"), tie) for tie in found.ties_added]
    ties += [(t("ended") if new.id in ended else t("new version"), new) for _, new in found.ties_changed]
    ties.sort(key=lambda one: (-(one[1].amount or 0.0), one[1].id))
    facts = sorted(found.facts_changed, key=lambda pair: (-_moved(*pair), pair[1].entity, pair[1].metric))
    said = standing(t, str(m.book.date), t("since {date}", date=m.before), {})
    blocks: list[Block] = [
        t(
            "Since {date} {added} figures became known and {changed} changed; {ties} ties are new and {versions} "
            "have a new version; of these {ended} have ended.",
            date=m.before,
            added=len(found.facts_added),
            changed=len(found.facts_changed),
            ties=len(found.ties_added),
            versions=len(found.ties_changed),
            ended=len(found.ties_ended),
        ),
    ]
    if ties:
        blocks.append(Shown(_ties(m, ties), said))
    if facts:
        plain = standing(t, str(m.book.date), t("since {date}", date=m.before), {}, unit=t("as the row says"))
        blocks.append(Shown(_facts(m, facts), plain))
    return tuple(blocks)


def _moved(old: Fact, new: Fact) -> float:
    """Part by which a figure changed; without end where it was nothing or has another unit now."""
    return abs(new.value / old.value - 1.0) if old.value and old.unit == new.unit else float("inf")


def _ties(m: Material, ties: list[tuple[str, Tie]]) -> Table:
    t = m.t
    rows: list[tuple[Cell, ...]] = [
        (
            what,
            m.name(tie.from_),
            m.name(tie.to),
            t(tie.kind.value.replace("_", " ")),
            tie.amount if tie.amount is not None else t("not published"),
            t(standing_of(tie).value),
            m.book.sources[tie.source].publisher,
        )
        for what, tie in ties[:MOST_TIES]
    ]
    columns = (
        Column("what", t("what")),
        Column("from", t("from")),
        Column("to", t("to")),
        Column("kind", t("kind")),
        Column("amount", t("amount"), Kind.MONEY),
        Column("standing", t("standing")),
        Column("source", t("source")),
    )
    notes = (t("{more} smaller ones are not shown.", more=len(ties) - MOST_TIES),) if len(ties) > MOST_TIES else ()
    return Table(t("Ties that are new or have changed ({unit})", unit=t.money_unit), columns, tuple(rows), notes)


def _facts(m: Material, facts: list[tuple[Fact, Fact]]) -> Table:
    t = m.t
    rows = tuple(
        (
            m.name(new.entity),
            t.metric(m.book, new.metric),
            new.item,
            new.end,
            old.value,
            new.value,
            new.unit.replace("_", " "),
        )
        for old, new in facts[:MOST_FACTS]
    )
    columns = (
        Column("of", t("of")),
        Column("metric", t("figure"), Kind.CODE),
        Column("item", t("part")),
        Column("end", t("to"), Kind.DATE),
        Column("before", t("before"), Kind.NUMBER),
        Column("after", t("after"), Kind.NUMBER),
        Column("unit", t("unit")),
    )
    notes = (
        (t("{more} that changed less are not shown.", more=len(facts) - MOST_FACTS),) if len(facts) > MOST_FACTS else ()
    )
    return Table(t("Figures that have changed"), columns, rows, notes)
