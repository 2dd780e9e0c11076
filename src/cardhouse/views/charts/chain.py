"""The chain by layer or camp: growth over the same firms, and sums with how many firms are in them."""

from __future__ import annotations

from dataclasses import replace

from cardhouse.errors import InputError
from cardhouse.lenses.chain import Cell, Chain, Line
from cardhouse.lenses.chain.chain import FIGURES, SHARES, SINGLE
from cardhouse.lenses.chain.quarters import last_day
from cardhouse.lenses.measure import Measure
from cardhouse.views.charts.frame import (
    INK,
    Row,
    coloured,
    dashed,
    drawing,
    finished,
    left_out,
    number,
    of_readings,
    scaled,
    time,
)
from cardhouse.views.picture import COLOURS, Chart
from cardhouse.views.words import Words

LEAST_COVERED = 0.5
"""Share of the firms that ever report a figure from which on their growth stands for the group."""


def figures(t: Words) -> dict[str, str]:
    """Figures of the chain in words."""
    return {
        "revenue": t("revenue"),
        "near_ai": t("revenue near AI"),
        "near_ai_share": t("share of revenue near AI"),
        "capital_spending": t("capital spending"),
        "operating_margin": t("operating margin"),
        "backlog": t("backlog"),
        "debt": t("debt"),
    }


def growth(answer: Chain, t: Words, *, figure: str = "revenue") -> Chart:
    """Growth over the same quarter a year earlier by layer or camp, always over firms that report both.

    A quarter of which fewer than half of a group's firms report both is not drawn.

    Raises
    ------
    InputError : no such figure, or a share, which does not grow.
    """
    altair = drawing()

    words = figures(t)
    if figure not in SINGLE:
        raise InputError(f"{figure!r} has no growth to draw; expected one of {', '.join(SINGLE)}; name one of them")
    lines = [line for line in answer.lines if line.figure == figure]
    rows: list[Row] = [
        {
            "quarter": last_day(cell.quarter).isoformat(),
            "group": t(line.group),
            "growth": cell.growth.value,
            "firms": len(cell.compared),
            "all": len(cell.firms) + len(cell.missing),
        }
        for line in lines
        for cell in line.cells
        if isinstance(cell.growth, Measure) and covers(cell)
    ]
    drawn = list(dict.fromkeys(row["group"] for row in rows))
    newest = {row["group"]: row for row in rows}
    first = max(newest.values(), key=lambda row: (row["quarter"], row["growth"]), default=None)
    title = (
        t(
            "{what}: {group} grew {growth} in a year, {firms} of {all} firms",
            what=words[figure].capitalize() if t.lang == "en" else words[figure],
            group=first["group"],
            growth=t.percent(first["growth"]),
            firms=first["firms"],
            all=first["all"],
        )
        if first
        else t("{what}: growth of no layer is known", what=words[figure])
    )
    readings = [cell.growth for line in lines for cell in line.cells]
    said = of_readings(
        t,
        answer.book,
        readings,
        unit=t("share, against the same quarter a year earlier"),
        note=t("each point over the firms that report both quarters, half of the group or more"),
    )
    few = [t(line.group) for line in lines if t(line.group) not in drawn]
    if few:
        rests = t("{rests} · not drawn, too few firms report: {names}", rests=said.rests, names=t.listed(few))
        said = replace(said, rests=rests)
    told = [f"{row['group']} {t.percent(row['growth'])}" for row in newest.values()]
    alt = t("Lines by quarter, newest: {groups}.", groups=t.listed(told)) if told else title
    x = time("quarter", [last_day(quarter) for quarter in answer.quarters])
    marks = (
        altair.Chart()
        .mark_line(strokeWidth=2.2, point=altair.OverlayMarkDef(size=40))
        .encode(
            x=x,
            y=altair.Y(**number("growth", t("growth over a year"), form=".0%")),
            color=coloured("group", drawn, stroke=True),
            strokeDash=dashed("group", drawn),
        )
    )
    return finished(f"chain-growth-{figure.replace('_', '-')}", title, said, alt, rows, marks)


def covers(cell: Cell) -> bool:
    """Whether the firms compared are enough of those that ever report the figure to stand for the group."""
    return len(cell.compared) >= LEAST_COVERED * (len(cell.firms) + len(cell.missing))


def amounts(answer: Chain, group: str, t: Words, *, figure: str = "revenue") -> Chart:
    """One layer's or camp's figure by quarter, with how many of its firms are in each sum.

    Sums of different firms do not compare: the bars carry their number, a paler bar lacks a firm that reports
    elsewhere.

    Raises
    ------
    InputError : no such group or figure.
    """
    altair = drawing()

    line = _line(answer, group, figure)
    money = figure not in SHARES
    full, part = t("all firms that ever report it"), t("some of them have not reported")
    rows: list[Row] = [
        {
            "quarter": t.quarter(last_day(cell.quarter)),
            "value": scaled(t, cell.amount.value) if money else cell.amount.value,
            "firms": len(cell.firms),
            "whole": full if not cell.missing else part,
            "label": t("{firms} of {all}", firms=len(cell.firms), all=len(cell.firms) + len(cell.missing)),
        }
        for cell in line.cells
        if isinstance(cell.amount, Measure)
    ]
    missing = [t.quarter(last_day(c.quarter)) for c in line.cells if not isinstance(c.amount, Measure)]
    last = max(
        (c for c in line.cells if isinstance(c.amount, Measure)), key=lambda c: (len(c.firms), c.quarter), default=None
    )
    what = figures(t)[figure]
    title = t("{group}: {what} is not known", group=t(group), what=what)
    if last is not None and isinstance(last.amount, Measure):
        shown = t.money(last.amount.value) if money else t.percent(last.amount.value)
        title = t(
            "{group}: {what} {value} in {when}, {firms} of {all} firms",
            group=t(group),
            what=what,
            value=shown,
            when=t.quarter(last_day(last.quarter)),
            firms=len(last.firms),
            all=len(last.firms) + len(last.missing),
        )
    unit = t.money_unit if money else t("share of revenue")
    note = t("figures: firms in the sum, of those that ever report it")
    said = left_out(t, of_readings(t, answer.book, [c.amount for c in line.cells], unit=unit, note=note), missing)
    order = [name for name in (full, part) if any(row["whole"] == name for row in rows)]
    x = altair.X("quarter:N", sort=None, title=None, axis=altair.Axis(labelAngle=0, grid=False))
    y = altair.Y(**number("value", t("{what}, {unit}", what=what, unit=unit), form=",f" if money else ".0%"))
    colours = [COLOURS[0] if name == full else "#a9c7dd" for name in order]
    bars = altair.Chart().mark_bar(width=46).encode(x=x, y=y, color=coloured("whole", order, colours=colours))
    text = altair.Chart().mark_text(dy=-7, fontSize=10, color=INK).encode(x=x, y=altair.Y("value:Q"), text="label:N")
    told = [f"{row['quarter']} {row['value']:,.1f} ({row['label']})" for row in rows]
    alt = t("Bars by quarter, {unit}: {quarters}.", unit=unit, quarters=t.listed(told)) if told else title
    return finished(f"chain-{group}-{figure.replace('_', '-')}", title, said, alt, rows, bars, text)


def _line(answer: Chain, group: str, figure: str) -> Line:
    groups = list(dict.fromkeys(line.group for line in answer.lines))
    if group not in groups or figure not in FIGURES:
        raise InputError(
            f"{group} {figure}: not in the chain; expected one of {', '.join(groups)} and of {', '.join(FIGURES)}"
        )
    return answer.line(group, figure)
