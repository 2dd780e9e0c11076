"""One path of the economy: a firm with and without the scenario, and the rent of computing."""

from __future__ import annotations

from cardhouse.economy.grounds import grounds
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.run import Run
from cardhouse.errors import InputError
from cardhouse.views.charts.figures import dated, short
from cardhouse.views.charts.frame import Row, coloured, dashed, drawing, finished, number, of_opening, scaled, time
from cardhouse.views.picture import Caption, Chart
from cardhouse.views.run import scenario_title
from cardhouse.views.words import Words

MEASURES = {
    "revenue": col.REVENUE,
    "capital spending": col.CAPEX,
    "net income": col.INCOME,
    "cash": col.CASH,
    "debt": col.DEBT,
}
"""Figures of a firm that are drawn, and their columns."""


def caption(run: Run, t: Words, *, unit: str = "") -> Caption:
    """What a reader must know to quote a run."""
    said = t("scenario: {title}", title=scenario_title(run.scenario, t))
    return of_opening(t, run.compiled.opening, said, grounds(run), unit=unit)


def firm(run: Run, name: str, t: Words, *, measure: str = "revenue") -> Chart:
    """A firm's figure by quarter, with the scenario and without it.

    Parameters
    ----------
    name : firm as a person writes it. measure : one of :data:`MEASURES`.

    Raises
    ------
    UnknownName : no such firm. InputError : it is not in the run, or no such figure.
    """
    opening = run.compiled.opening
    node = opening.groups(opening.book.resolve(name).id)
    if node not in opening.full:
        raise InputError(f"{name} has no balance sheet in this run; expected one of {', '.join(opening.full)}")
    if measure not in MEASURES:
        raise InputError(f"{measure!r} is not drawn; expected one of {', '.join(MEASURES)}; name another")
    ends = [window.end for window in run.compiled.windows]
    paths = {t("with the scenario"): False, t("without it"): True}
    if run.path is run.baseline:
        paths = {t("without a scenario"): True}
    rows: list[Row] = [
        {"quarter": end.isoformat(), "path": path, "value": scaled(t, float(amount))}
        for path, calm in paths.items()
        for end, amount in zip(ends, run.series(node, MEASURES[measure], baseline=calm), strict=True)
    ]
    what, called = short(t)[measure], t.called(opening.book, node)
    last, calm = (float(run.series(node, MEASURES[measure], baseline=b)[-1]) for b in (False, True))
    when = t.quarter(ends[-1])
    title = (
        t("{firm}: {what} {value} in {when}", firm=called, what=what, value=t.money(calm), when=when)
        if run.path is run.baseline
        else t(
            "{firm}: {what} {value} in {when}, not {calm}",
            firm=called,
            what=what,
            value=t.money(last),
            when=when,
            calm=t.money(calm),
        )
    )
    altair = drawing()

    order = list(paths)
    marks = (
        altair.Chart()
        .mark_line(strokeWidth=2.4)
        .encode(
            x=time("quarter", ends),
            y=altair.Y(**number("value", t("{what}, {unit}", what=dated(t)[measure], unit=t.money_unit))),
            color=coloured("path", order, stroke=True),
            strokeDash=dashed("path", order),
        )
    )
    return finished(
        f"run-{measure.replace(' ', '-')}-{node}",
        title,
        caption(run, t),
        f"{t('Lines by quarter.')} {title}.",
        rows,
        marks,
    )


def rents(run: Run, t: Words) -> Chart:
    """The rent of computing against the plan, quarter by quarter."""
    altair = drawing()

    ends = [window.end for window in run.compiled.windows]
    levels = [float(x) for x in run.path.rents]
    rows: list[Row] = [{"quarter": end.isoformat(), "value": x} for end, x in zip(ends, levels, strict=True)]
    low = min(range(len(levels)), key=levels.__getitem__)
    title = (
        t("Rents of computing stay as planned")
        if max(abs(x - 1.0) for x in levels) < 0.005
        else t(
            "Rents of computing at {share} of the plan in {when}",
            share=t.percent(levels[low]),
            when=t.quarter(ends[low]),
        )
    )
    x = time("quarter", ends)
    line = (
        altair.Chart()
        .mark_line(strokeWidth=2.4, point=True)
        .encode(x=x, y=altair.Y(**number("value", t("rent of computing, share of the plan"), form=".0%")))
    )
    plan = altair.Chart().mark_rule(strokeDash=[4, 3], color="#666").encode(y=altair.YDatum(1.0))
    said = caption(run, t, unit=t("share of the plan"))
    return finished("run-rents", title, said, f"{t('Line by quarter.')} {title}.", rows, plan, line)
