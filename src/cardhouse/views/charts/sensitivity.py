"""What an outcome depends on: a tornado, the widest first."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.economy.many.outcomes_of import Unit
from cardhouse.economy.many.sensitivity import Effect
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.views import sensitivity as view
from cardhouse.views.charts.frame import BAR, INK, Row, coloured, drawing, finished, names, number, of_opening, tall
from cardhouse.views.picture import COLOURS, Chart
from cardhouse.views.words import Words

MOST = 15


def tornado(answer: Sensitivity, t: Words) -> Chart:
    """The mean of the outcome with each input at its low and at its high, the widest first."""
    altair = drawing()

    found, outcome = answer.ranking, answer.ranking.outcome
    shown = found.moving[:MOST]
    rows = _rows(answer, shown, t)
    order = [view.title(answer, e.input, t) for e in shown]
    spans = [
        t("{low} to {high}", low=view.figure(outcome, e.low, t), high=view.figure(outcome, e.high, t)) for e in shown
    ]
    title = t("{outcome}: no input moves it", outcome=outcome.name)
    if shown:
        title = t("{outcome}: {span} by {input}", outcome=outcome.name, span=spans[0], input=order[0])
    unit, form = _unit(outcome.word.unit, t)
    rests = t(
        "{paths} paths at each end, seed {seed}, the same chance at both; line: every input at its centre",
        paths=f"{found.paths:,}",
        seed=answer.basis.setup.seed,
    )
    scenario = t("scenario: {name}", name=answer.scenario.name)
    said = of_opening(t, answer.basis.compiled.opening, scenario, {}, unit=unit, rests=rests)
    told = [f"{name} {span}" for name, span in zip(order, spans, strict=True)]
    alt = t("Bars from low to high: {inputs}.", inputs=t.listed(told[:6])) if told else title
    y, ends = names("bar", order), (t("input at its low"), t("input at its high"))
    values = [row["value"] for row in rows] or [0.0]
    room = 0.2 * ((max(values) - min(values)) or 1.0)
    reach = (min(values) - room, max(values) + room)
    x = number("mean", t("{outcome}, {unit}", outcome=outcome.name, unit=unit), form=form, ends=reach)
    colour = coloured("end", ends, colours=(COLOURS[3], COLOURS[0]))
    bars = altair.Chart().mark_bar(height=BAR - 9).encode(x=altair.X(**x), x2="value:Q", y=y, color=colour)
    texts = [
        altair.Chart().mark_text(align="right", dx=-4, fontSize=10, color=INK).encode(x="value:Q", y=y, text="left:N"),
        altair.Chart().mark_text(align="left", dx=4, fontSize=10, color=INK).encode(x="value:Q", y=y, text="right:N"),
    ]
    centre = altair.Chart().mark_rule(color=INK).encode(x=altair.X("mean:Q"))
    return finished("sensitivity", title, said, alt, rows, bars, centre, *texts, height=tall(len(shown)))


def _unit(unit: Unit, t: Words) -> tuple[str, str]:
    """What an outcome is counted in, and how its axis writes numbers."""
    return {
        Unit.MONEY: (t.money_unit, ",f"),
        Unit.FALLS: (t("share of the paths"), ".0%"),
        Unit.PART: (t("part of binding dues"), ".0%"),
        Unit.FIRMS: (t("firms"), ".1f"),
    }[unit]


def _rows(answer: Sensitivity, shown: Sequence[Effect], t: Words) -> list[Row]:
    """Two rows an input, its low and its high; a label stands on the side away from the mean."""
    found = answer.ranking
    scale = t.money_scale if found.outcome.word.unit is Unit.MONEY else 1.0
    rows: list[Row] = []
    for e in shown:
        for end, mean, at, change in (
            (t("input at its low"), e.low, e.input.low, -e.effect),
            (t("input at its high"), e.high, e.input.high, e.effect),
        ):
            label = view.value(e.input, at, t)
            left = (mean, change) < (found.mean, 0.0)
            rows.append(
                {
                    "bar": view.title(answer, e.input, t),
                    "end": end,
                    "value": mean / scale,
                    "mean": found.mean / scale,
                    "effect": e.effect / scale,
                    "error": e.error / scale,
                    "told_apart": e.told_apart,
                    "label": label,
                    "left": label if left else "",
                    "right": "" if left else label,
                }
            )
    return rows
