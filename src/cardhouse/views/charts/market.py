"""Prices: explosive stretches shaded, and how far below its high a price stood."""

from __future__ import annotations

import numpy as np

from cardhouse.market.drawdowns import underwater
from cardhouse.market.forms import Form
from cardhouse.market.prices import Prices
from cardhouse.views.charts.frame import INK, Row, drawing, finished, number, time
from cardhouse.views.market import day
from cardhouse.views.picture import COLOURS, Caption, Chart
from cardhouse.views.words import Words

MOST_POINTS = 1500
"""Prices drawn; of a longer series one in so many, and always the lowest and highest of what stands for a stretch."""


def caption(prices: Prices, t: Words, *, unit: str, rests: str) -> Caption:
    """What a reader must know to quote prices: no book is in them."""
    return Caption(
        book=t("prices of {name}", name=prices.name),
        scenario=t("{first} to {last}", first=day(prices, 0), last=day(prices, -1)),
        unit=unit,
        rests=t("{count} prices; {rests}", count=f"{prices.size:,}", rests=rests),
    )


def thinned(values: np.ndarray, most: int = MOST_POINTS) -> list[int]:
    """Rows that are drawn: all of a short series; else the lowest and the highest of each stretch, and both ends."""
    if values.size <= most:
        return list(range(values.size))
    kept = {0, values.size - 1}
    for stretch in np.array_split(np.arange(values.size), most // 2):
        part = values[stretch]
        kept |= {int(stretch[np.argmin(part)]), int(stretch[np.argmax(part)])}
    return sorted(kept)


def phases(prices: Prices, form: Form, t: Words) -> Chart:
    """The price with its explosive stretches shaded, as one form of it was tested.

    Parameters
    ----------
    form : of :func:`cardhouse.market.forms.read_forms`, with its stretches.
    """
    altair = drawing()

    rows: list[Row] = [
        {"day": day(prices, i).isoformat(), "price": float(prices.values[i]), "begin": None, "end": None}
        for i in thinned(prices.values)
    ]
    spans: list[Row] = [
        {
            "day": str(np.datetime_as_string(prices.dates[e.start], unit="D")),
            "price": None,
            "begin": str(e.labels[0])[:10],
            "end": str(day(prices, -1) if e.ongoing else e.labels[2])[:10],
        }
        for e in form.episodes
    ]
    explosive = form.p_value is not None and form.p_value <= 0.05
    title = (
        t("{name}: {count} explosive stretches, the test rejects at 95%", name=prices.name, count=len(spans))
        if explosive
        else t("{name}: not explosive at 95%", name=prices.name)
    )
    said = caption(
        prices,
        t,
        unit=t("price, logarithmic axis"),
        rests=t(
            "shaded: explosive, the price as {form}; GSADF {value}", form=t(form.name), value=f"{form.result.gsadf:.2f}"
        ),
    )
    alt = t("Line: price by day. {title}.", title=title)
    days = [day(prices, 0), day(prices, -1)]
    x = time("day", days)
    shade = altair.Chart().mark_rect(color=COLOURS[1], opacity=0.22).encode(x=altair.X("begin:T"), x2="end:T")
    edge = altair.Chart().mark_rule(color=COLOURS[1], strokeDash=[3, 3]).encode(x=altair.X("begin:T"))
    line = (
        altair.Chart()
        .mark_line(color=INK, strokeWidth=1.3)
        .encode(
            x=x,
            y=altair.Y(
                "price:Q",
                title=t("price, logarithmic"),
                scale=altair.Scale(type="log", nice=False),
                axis=altair.Axis(format=",~g", tickCount=6),
            ),
        )
    )
    return finished(
        "market-phases",
        title,
        said,
        alt,
        [*rows, *spans],
        *([shade, edge] if spans else []),
        line.transform_filter("isValid(datum.price)"),
    )


def drawdowns(prices: Prices, t: Words) -> Chart:
    """How far below its high so far the price stood on each day."""
    altair = drawing()

    below = underwater(prices.values)
    rows: list[Row] = [{"day": day(prices, i).isoformat(), "below": float(below[i])} for i in thinned(below)]
    worst = int(np.argmin(below))
    title = t(
        "{name}: {share} below its high on {day}",
        name=prices.name,
        share=t.percent(-float(below[worst])),
        day=day(prices, worst),
    )
    said = caption(
        prices,
        t,
        unit=t("share below the highest price so far"),
        rests=t("last: {share} below", share=t.percent(-float(below[-1]))),
    )
    area = (
        altair.Chart()
        .mark_area(color=COLOURS[1], opacity=0.35, line={"color": COLOURS[1], "strokeWidth": 1.2})
        .encode(
            x=time("day", [day(prices, 0), day(prices, -1)]),
            y=altair.Y(**number("below", t("below the high"), form=".0%")),
        )
    )
    return finished(
        "market-drawdowns", title, said, t("Area: share below the high by day. {title}.", title=title), rows, area
    )
