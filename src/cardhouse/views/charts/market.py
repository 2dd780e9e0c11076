"""Prices: explosive stretches shaded, and how far below its high a price stood."""

from __future__ import annotations

from typing import Any

import numpy as np

from cardhouse.market.dating import Episode
from cardhouse.market.drawdowns import underwater
from cardhouse.market.forms import LEVEL, Form
from cardhouse.market.prices import Prices
from cardhouse.views.charts.frame import INK, Row, drawing, finished, number, time
from cardhouse.views.market import FORMS, change, day, rejects
from cardhouse.views.picture import COLOURS, Caption, Chart
from cardhouse.views.words import N_, Words

MOST_POINTS = 1500
"""Prices drawn; of a longer series one in so many, and always the lowest and highest of what stands for a stretch."""
MOST_TOLD = 4
"""Stretches told with their dates below a picture; the table has all."""


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
    """The price with its explosive stretches shaded, as one form of it was tested, on the axis of that form.

    Stretches of a form that the whole test does not reject are no findings: they are grey and have dotted edges.

    Parameters
    ----------
    prices : a price a day; the test may have used one in so many of them.
    form : of :func:`cardhouse.market.forms.side_by_side`, its stretches labelled with days.
    """
    altair = drawing()

    rows: list[Row] = [
        {"day": day(prices, i).isoformat(), "price": float(prices.values[i]), "begin": None, "end": None}
        for i in thinned(prices.values)
    ]
    spans: list[Row] = [
        {"day": str(e.labels[0]), "price": None, "begin": str(e.labels[0]), "end": str(e.labels[2])}
        for e in form.episodes
    ]
    title, told = _title(prices, form, t), _told(prices, form, t)
    said = caption(prices, t, unit=_axis(form, t), rests=_tested(prices, form, told, t))
    linear, logarithmic = altair.Scale(nice=False, zero=False), altair.Scale(type="log", nice=False)
    line = (
        altair.Chart()
        .mark_line(color=INK, strokeWidth=1.3)
        .encode(
            x=time("day", [day(prices, 0), day(prices, -1)]),
            y=altair.Y(
                "price:Q",
                title=_axis(form, t),
                scale=linear if form.name == LEVEL else logarithmic,
                axis=altair.Axis(format=",.12~g", tickCount=6),
            ),
        )
        .transform_filter("isValid(datum.price)")
    )
    return finished(
        f"market-phases-{form.name}",
        title,
        said,
        t("Line: price by day. {title}; {told}.", title=title, told=told),
        [*rows, *spans],
        *([_shade(rejects(form))] if spans else []),
        line,
    )


def _shade(found: bool) -> Any:
    """The mark of a stretch; one of a day or two among twenty years is still seen, by its edges."""
    altair = drawing()

    colour = COLOURS[1] if found else COLOURS[5]
    mark = altair.Chart().mark_rect(
        color=colour,
        fillOpacity=0.24,
        stroke=colour,
        strokeOpacity=0.8,
        strokeWidth=0.8,
        strokeDash=[1, 0] if found else [1, 3],
    )
    return mark.encode(x=altair.X("begin:T"), x2="end:T").transform_filter("isValid(datum.begin)")


def _axis(form: Form, t: Words) -> str:
    """What the axis is, as it is drawn."""
    return t("price, linear axis") if form.name == LEVEL else t("price, logarithmic axis")


def _title(prices: Prices, form: Form, t: Words) -> str:
    """What the test of a form finds, with the longest stretch and one that is under way."""
    said: dict[str, object] = {"name": prices.name, "form": t(FORMS[form.name]), "count": len(form.episodes)}
    if form.p_value is None:
        return t("{name} in {form}s: not judged, without critical values", **said)
    if not rejects(form):
        return t("{name} in {form}s: not explosive at 95%", **said)
    if not form.episodes:
        return t("{name} in {form}s: explosive at 95%, no stretch long enough to be dated", **said)
    last, longest = form.episodes[-1], max(form.episodes, key=lambda e: e.length)
    said |= {"stretch": _dates(prices, longest, t), "last": _dates(prices, last, t)}
    if len(form.episodes) == 1:
        return t("{name} in {form}s: explosive at 95%, {stretch}", **said)
    if last.ongoing and last is not longest:
        text = N_("{name} in {form}s: {count} explosive stretches at 95%, the longest {stretch}, the last {last}")
        return t(text, **said)
    return t("{name} in {form}s: {count} explosive stretches at 95%, the longest {stretch}", **said)


def _dates(prices: Prices, stretch: Episode, t: Words) -> str:
    """From when to when, or since when, and what the price did."""
    said = {"first": stretch.labels[0], "last": stretch.labels[2], "change": f"{change(prices, stretch):+.0%}"}
    text = N_("since {first}, not over ({change})") if stretch.ongoing else N_("{first} to {last} ({change})")
    return t(text, **said)


def _told(prices: Prices, form: Form, t: Words) -> str:
    """The dates of what is shaded, in order of time: the stretch under way and the longest; or that nothing is."""
    kept = sorted(form.episodes, key=lambda e: (not e.ongoing, -e.length))[:MOST_TOLD]
    dates = t.comma.join(_dates(prices, e, t) for e in sorted(kept, key=lambda e: e.start))
    if not dates:
        return t("nothing is shaded")
    more = len(form.episodes) - len(kept)
    if more:
        dates = t("{dates}, and {more} others", dates=dates, more=more)
    return t("shaded: {dates}", dates=dates) if rejects(form) else t("grey, no findings: {dates}", dates=dates)


def _tested(prices: Prices, form: Form, told: str, t: Words) -> str:
    """What the shades rest on."""
    parts = [told, f"GSADF {form.result.gsadf:.2f}"]
    if form.p_value is not None:
        parts.insert(1, t("BSADF above the pointwise 95% curve"))
        parts.append(t("p value {p}", p=f"{form.p_value:.3f}"))
    used = form.result.design.observations
    if used < prices.size:
        parts.append(t("tests on {count} of the prices", count=f"{used:,}"))
    return t.semicolon.join(parts)


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
