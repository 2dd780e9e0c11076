"""Two countries side by side: what the first has for one of the second, where the figures compare."""

from __future__ import annotations

from cardhouse.errors import InputError
from cardhouse.lenses.country import Comparison
from cardhouse.lenses.measure import Measure
from cardhouse.views.charts.frame import BAR, INK, Row, coloured, drawing, finished, names, of_readings, tall
from cardhouse.views.picture import Chart
from cardhouse.views.relayed import relayed
from cardhouse.views.words import Words


def ratios(answer: Comparison, t: Words) -> Chart:
    """The first country over the second, line by line, on a logarithmic axis around one.

    Lines whose figures are of different definitions or times are not drawn, and counted in the caption.

    Raises
    ------
    InputError : more than two countries.
    """
    altair = drawing()

    if len(answer.countries) != 2:
        raise InputError(f"{len(answer.countries)} countries; a picture compares 2; ask for two")
    first, second = (c.name_zh or c.name if t.lang == "zh" else c.name for c in answer.countries)
    named = t.about(answer.book)
    compared = [(line, line.ratio) for line in answer.lines if isinstance(line.ratio, Measure)]
    ahead, behind = t("more in {country}", country=first), t("more in {country}", country=second)
    rows: list[Row] = [
        {
            "bar": relayed(named, line.what),
            "ratio": ratio.value,
            "side": ahead if ratio.value >= 1.0 else behind,
            "one": 1.0,
            "label": f"{ratio.value:.2g}×",
            "end": max(ratio.value, 1.0),
        }
        for line, ratio in compared
        if ratio.value > 0
    ]
    rows.sort(key=lambda row: -row["ratio"])
    more = sum(row["ratio"] >= 1.0 for row in rows)
    title = t(
        "{first} has more than {second} in {more} of {all} figures",
        first=first,
        second=second,
        more=more,
        all=len(rows),
    )
    note = t("{count} lines not drawn: a figure is missing or they do not compare", count=len(answer.lines) - len(rows))
    said = of_readings(t, answer.book, [r for _, r in compared], unit=t("times"), note=note)
    told = [f"{row['bar']} {row['label']}" for row in rows]
    alt = t("Bars, {first} over {second}: {lines}.", first=first, second=second, lines=t.listed(told[:10]))
    y = names("bar", [row["bar"] for row in rows])
    values = [row["ratio"] for row in rows] or [1.0]
    scale = altair.Scale(type="log", domain=[min(*values, 1.0) * 0.8, max(*values, 1.0) * 1.8], nice=False)
    x = altair.X(
        "one:Q",
        scale=scale,
        title=t("{first} over {second}, times, logarithmic", first=first, second=second),
        axis=altair.Axis(format="~g"),
    )
    order = [side for side in (ahead, behind) if any(row["side"] == side for row in rows)]
    bars = altair.Chart().mark_bar(height=BAR - 10).encode(x=x, x2="ratio:Q", y=y, color=coloured("side", order))
    text = altair.Chart().mark_text(align="left", dx=5, fontSize=10, color=INK).encode(x="end:Q", y=y, text="label:N")
    line = altair.Chart().mark_rule(color=INK).encode(x=altair.XDatum(1.0))
    return finished("country", title, said, alt, rows, bars, line, text, height=tall(len(rows)))
