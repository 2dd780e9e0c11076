"""The demand that is needed: how often nobody fails, level by level."""

from __future__ import annotations

from cardhouse.economy.need import Need
from cardhouse.economy.need_level import Group
from cardhouse.economy.need_search import Reach
from cardhouse.views.charts.frame import INK, Row, coloured, dashed, drawing, finished, number, of_opening
from cardhouse.views.picture import Chart
from cardhouse.views.words import Words


def curve(answer: Need, t: Words) -> Chart:
    """Share of paths without a failure over the factor on end demand (logarithmic), and the share asked for."""
    altair = drawing()

    levels, opening = answer.levels, answer.compiled.opening
    groups = {t("nobody fails"): levels.everybody}
    if levels.others is not None:
        out = t.listed([t.called(opening.book, node) for node in levels.others.left_out])
        groups[t("nobody but {firms} fails", firms=out)] = levels.others
    rows: list[Row] = [
        {"group": name, "factor": factor, "share": share}
        for name, group in groups.items()
        for factor, share in group.curve
        if factor > 0
    ]
    said = of_opening(
        t,
        opening,
        t("end demand times a factor") if levels.driver == "demand" else t("growth of end demand times a factor"),
        {},
        unit=t("share of the paths"),
        rests=t(
            "{paths} paths, seed {seed}; dashed: the {share} asked for",
            paths=f"{answer.choices.paths:,}",
            seed=answer.choices.seed,
            share=t.percent(levels.confidence),
        ),
    )
    order = list(groups)
    x = altair.X(
        "factor:Q",
        title=t("times the plan, logarithmic"),
        scale=altair.Scale(type="log", nice=False),
        axis=altair.Axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10], format="~g"),
    )
    line = (
        altair.Chart()
        .mark_line(strokeWidth=2.2, point=False)
        .encode(
            x=x,
            y=altair.Y(
                **number(
                    "share",
                    t("paths in which {nobody}", nobody=order[0]) if len(order) == 1 else t("share of the paths"),
                    form=".0%",
                    ends=(0.0, 1.0),
                )
            ),
            color=coloured("group", order, stroke=True),
            strokeDash=dashed("group", order),
        )
    )
    dots = (
        altair.Chart()
        .mark_point(filled=True, size=34)
        .encode(x=x, y=altair.Y("share:Q"), color=coloured("group", order, stroke=True))
    )
    asked = altair.Chart().mark_rule(strokeDash=[5, 4], color=INK).encode(y=altair.YDatum(levels.confidence))
    plan = altair.Chart().mark_rule(color="#999").encode(x=altair.XDatum(1.0))
    title, everybody = _said(answer, t, levels.everybody), levels.everybody
    alt = t(
        "Lines: share of paths without a failure. At plan {share}, at most {most} at {factor} times the plan.",
        share=t.percent(everybody.at_plan),
        most=t.percent(everybody.most),
        factor=f"{everybody.most_at:g}",
    )
    return finished("need", title, said, alt, rows, plan, asked, line, dots)


def _said(answer: Need, t: Words, group: Group) -> str:
    """Whether a factor does it, in a title."""
    share, found = t.percent(answer.choices.confidence), group.needs.least
    if found.reach is Reach.NEVER:
        most = t.percent(group.most)
        return t("No demand makes it {share} that nobody fails; the most is {most}", share=share, most=most)
    if found.reach is Reach.ALWAYS:
        return t("Nobody fails in {share} of the paths even at the least demand tried", share=share)
    times = f"{found.value:.2f}"
    return t("Nobody fails in {share} of the paths at {factor} times the plan", share=share, factor=times)
