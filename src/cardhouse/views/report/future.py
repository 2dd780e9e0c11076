"""The future in the report: every scenario once without chance, and runs of many paths."""

from __future__ import annotations

from cardhouse.economy.grounds import grounds
from cardhouse.economy.settled import FallKind
from cardhouse.views import many as view
from cardhouse.views.charts import many as charts
from cardhouse.views.charts.frame import of_opening
from cardhouse.views.many_answer import Answer
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block, Shown
from cardhouse.views.run import scenario_title
from cardhouse.views.table import Column, Table

FANS = 2
"""Firms whose fans are shown: those most likely to fall but not sure to."""
FANNED = ("revenue", "cash")


def scenarios(m: Material) -> tuple[Block, ...]:
    """Who falls first in each scenario."""
    t, ends = m.t, [window.end for window in m.compiled.windows]
    rows = []
    for scenario, falls in m.paths:
        fell = m.failed(falls)
        stopped = [f.node for f in falls if f.kind is FallKind.PULLED]
        first = [f for f in fell if f.step == fell[0].step] if fell else []
        rows.append(
            (
                scenario_title(scenario, t),
                m.names(stopped) or t("nobody"),
                m.names([f.node for f in first]) or t("nobody"),
                t.quarter(ends[first[0].step]) if first else "",
                m.names([f.node for f in fell if f not in first]) or t("nobody"),
            )
        )
    columns = (
        Column("scenario", t("scenario")),
        Column("stops", t("stops by the scenario")),
        Column("first", t("fails first")),
        Column("when", t("in")),
        Column("then", t("fails later")),
    )
    count = len(ends)
    table = Table(t("Who fails in which scenario, {quarters} quarters", quarters=count), columns, tuple(rows))
    basis = grounds(m.calm)
    said = of_opening(t, m.compiled.opening, t("each scenario alone, one path without chance"), basis, unit=t("firms"))
    return (
        t("One path of each scenario that comes with the program, with every driver and assumption at its centre."),
        *((m.fault,) if m.fault else (t("Without a scenario nobody fails."),)),
        Shown(table, said),
    )


def runs(m: Material) -> tuple[Block, ...]:
    """What each run of many paths says."""
    blocks: list[Block] = []
    for answer in m.answers:
        blocks += _run(m, answer)
    return tuple(blocks)


def _run(m: Material, answer: Answer) -> list[Block]:
    t = m.t
    said = charts.caption(answer.rests, t, unit=t("share of the paths"))
    fans = [
        charts.fan(charts.fan_of_answer(answer, firm, measure, t), t)
        for firm in answer.shown[:FANS]
        for measure in FANNED
    ]
    return [
        *_about(m, answer),
        charts.fallen(answer, t),
        Shown(view.falls(answer, t=t), said),
        Shown(view.years(answer, t=t), said),
        *([charts.together(answer, t)] if answer.pairs else []),
        charts.at_risk(answer, t),
        *fans,
    ]


def _about(m: Material, answer: Answer) -> tuple[str, ...]:
    t, r = m.t, answer.rests
    lines = view.headline(answer, t=t)
    if not m.runs:
        lines.append(
            t(
                "A quick run made for this report: only the drivers are left to chance, every assumption stands at its "
                "centre, so the odds look surer than they are. A run given with --run may have them drawn too."
            )
        )
    if r.book_date != m.opening.window.opening:
        lines.append(
            t(
                "This run opens at {run}, the book of this report at {book}: they are not of the same day.",
                run=r.book_date,
                book=m.opening.window.opening,
            )
        )
    return (*lines, *answer.notes)
