"""What a price asks for: growth over discount rates and years of fading."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.value.answer import Valued
from cardhouse.lenses.value.implied import FADES
from cardhouse.views.charts.frame import INK, PAPER, Row, drawing, finished, of_readings, on_ground
from cardhouse.views.picture import Chart
from cardhouse.views.relayed import relayed
from cardhouse.views.words import Words


def implied(found: Valued, book: Book, t: Words) -> Chart:
    """The growth a year that the price asks for, by discount rate (rows) and years of fading (columns).

    A cell without a number is one where no growth explains the price.
    """
    altair = drawing()

    cells = [
        (f"{row.rate:.0%}", str(fade), growth)
        for row in found.implied.by_rate
        for fade, growth in zip(FADES, row.growth, strict=True)
    ]
    measures = [growth.value for *_, growth in cells if isinstance(growth, Measure)]
    high = max(measures, default=1.0)
    rows: list[Row] = [
        {
            "rate": rate,
            "fade": fade,
            "growth": growth.value if isinstance(growth, Measure) else None,
            "label": t.percent(growth.value) if isinstance(growth, Measure) else t("n.m."),
            "ink": PAPER if isinstance(growth, Measure) and growth.value > 0.55 * high else INK,
        }
        for rate, fade, growth in cells
    ]
    central, called = found.implied.growth, t.called(book, found.firm)
    if isinstance(central, Measure):
        title = t("{firm}: the price asks for {growth} growth a year", firm=called, growth=t.percent(central.value))
    else:
        title = t("{firm}: no growth explains the price", firm=called)
    reasons = [relayed(t.about(book), g.reason) for *_, g in cells if isinstance(g, Gap)]
    margin = found.implied.terms.get("target_cash_margin")
    note = t("at a target margin of {share}", share=t.percent(margin.value)) if margin is not None else ""
    if reasons:
        note = t("{note}; n.m.: {reason}", note=note, reason=reasons[0])
    used = [g for *_, g in cells if isinstance(g, Measure)]
    said = of_readings(t, book, used, unit=t("growth of revenue a year"), note=note)
    rates, fades = list(dict.fromkeys(r for r, *_ in cells)), [str(fade) for fade in FADES]
    plain = altair.Axis(grid=False, labelAngle=0)
    x = altair.X("fade:N", sort=fades, title=t("years over which growth fades"), axis=plain)
    y = altair.Y("rate:N", sort=rates, title=t("discount rate"), axis=altair.Axis(grid=False))
    squares = (
        altair.Chart()
        .mark_rect(stroke="white")
        .encode(x=x, y=y, color=altair.Color("growth:Q", scale=altair.Scale(scheme="blues", domainMin=0), legend=None))
    )
    figures = altair.Chart().mark_text(fontSize=12).encode(x=x, y=y, text="label:N", color=on_ground())
    ends = (min(measures), high) if measures else None
    alt = title
    if ends:
        alt = t(
            "Table: {title}; between {low} and {high} in its cells.",
            title=title,
            low=t.percent(ends[0]),
            high=t.percent(ends[1]),
        )
    return finished(f"value-{found.firm}", title, said, alt, rows, squares, figures, height=40 * max(len(rates), 1))
