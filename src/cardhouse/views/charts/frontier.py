"""What a million tokens cost at a stated capability, by date."""

from __future__ import annotations

from cardhouse.lenses.frontier import Frontier
from cardhouse.lenses.measure import Measure
from cardhouse.views.charts.frame import Row, coloured, dashed, drawing, finished, left_out, of_readings, time
from cardhouse.views.picture import Chart
from cardhouse.views.words import Words


def prices(answer: Frontier, t: Words) -> Chart:
    """The cheapest price of any model that reaches a level, each time it fell, in steps on a logarithmic axis."""
    altair = drawing()

    drawn = [level for level in answer.levels if level.lows]
    rows: list[Row] = []
    for level in drawn:
        name = t("as good as {model}", model=level.model.name)
        rows += [
            {"day": p.day.isoformat(), "level": name, "price": p.blended.value, "model": p.model.name}
            for p in level.lows
        ]
        rows.append(
            {"day": answer.book.date.isoformat(), "level": name, "price": level.lows[-1].blended.value, "model": ""}
        )
    falls = [(level, level.fall.factor) for level in drawn if isinstance(level.fall.factor, Measure)]
    title = t("Prices of tokens at stated capabilities")
    if falls:
        level, factor = falls[0]
        if isinstance(factor, Measure):
            title = t(
                "Tokens as good as {model}'s: {factor} times cheaper each year",
                model=level.model.name,
                factor=f"{factor.value:.1f}",
            )
    measures = [p.blended for level in drawn for p in level.lows]
    said = of_readings(
        t,
        answer.book,
        measures,
        unit=t("USD for a million tokens, three parts in and one out"),
        note=t("the cheapest model that reaches the level; a task may take more tokens on another model"),
    )
    said = left_out(t, said, [level.model.name for level in answer.levels if not level.lows])
    order = list(dict.fromkeys(row["level"] for row in rows))
    told = [f"{level.model.name} {level.lows[0].blended.value:g} – {level.lows[-1].blended.value:g}" for level in drawn]
    alt = t("Steps, USD for a million tokens: {levels}.", levels=t.listed(told)) if told else title
    days = [*(p.day for level in drawn for p in level.lows), answer.book.date]
    x = time("day", days)
    axis = altair.Axis(format="~g", tickCount=6)
    scale = altair.Scale(type="log", nice=False, padding=10)
    y = altair.Y("price:Q", title=t("USD for a million tokens, logarithmic"), scale=scale, axis=axis)
    steps = (
        altair.Chart()
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=y, color=coloured("level", order, stroke=True), strokeDash=dashed("level", order))
    )
    dots = (
        altair.Chart()
        .mark_point(filled=True, size=36, opacity=1)
        .transform_filter("datum.model !== ''")
        .encode(x=x, y=y, color=coloured("level", order, stroke=True))
    )
    return finished("frontier-prices", title, said, alt, rows, steps, dots)
