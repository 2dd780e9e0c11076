"""Computing: what an hour costs and lets for on each accelerator, and how rents fall with age."""

from __future__ import annotations

import math

from cardhouse.book import Book
from cardhouse.lenses.compute.overview import Overview
from cardhouse.lenses.compute.rents import Kind, Rents
from cardhouse.lenses.measure import Measure
from cardhouse.views.charts.bars import ranged
from cardhouse.views.charts.frame import (
    INK,
    Row,
    coloured,
    drawing,
    finished,
    left_out,
    names,
    of_readings,
    shaped,
    tall,
)
from cardhouse.views.picture import COLOURS, Chart
from cardhouse.views.words import Words

POINTS = 40
"""Points of the fitted curve."""


def hourly(answer: Overview, book: Book, t: Words) -> Chart:
    """Cost of an hour that is let, all in, with its low and high end; a diamond where today's rent stands."""
    altair = drawing()

    rows: list[Row] = []
    missing: list[str] = []
    readings = []
    for line in answer.lines:
        sold = line.work.hourly.sold
        low, central, high = sold.low, sold.central, sold.high
        if not (isinstance(low, Measure) and isinstance(central, Measure) and isinstance(high, Measure)):
            missing.append(line.name)
            continue
        rent = line.rent.rent if isinstance(line.rent.rent, Measure) else None
        readings += [central, *([rent] if rent else [])]
        ends = {"low": low.value, "value": central.value, "high": high.value}
        most = max(high.value, rent.value) if rent else high.value
        label = f"{central.value:.2f}"
        if rent:
            label = t("{cost}, lets for {rent}", cost=label, rent=f"{rent.value:.2f}")
        rows.append({"bar": line.name, **ends, "rent": rent.value if rent else None, "end": most, "label": label})
    rows.sort(key=lambda row: -row["value"])
    below = [row["bar"] for row in rows if row["rent"] is not None and row["rent"] < row["value"]]
    let = sum(row["rent"] is not None for row in rows)
    title = t("{below} of {all} accelerators let for less than an hour costs", below=len(below), all=let)
    note = t("bar: cost of an hour let; whisker: its range; diamond: today's rent")
    said = left_out(t, of_readings(t, book, readings, unit=t("USD an hour"), note=note), missing)
    told = [f"{row['bar']} {row['label']}" for row in rows]
    alt = t("Bars with whiskers, USD an hour: {chips}.", chips=t.listed(told[:10]))
    marks = ranged(rows, t("USD for an hour that is let"), form=",.1~f", room=0.34)
    y = names("bar", [row["bar"] for row in rows])
    rents_ = altair.Chart().mark_point(shape="diamond", filled=True, size=90, color=COLOURS[3], stroke=INK, opacity=1)
    diamonds = rents_.transform_filter("isValid(datum.rent)").encode(x=altair.X("rent:Q"), y=y)
    return finished("compute-hour", title, said, alt, rows, *marks, diamonds, height=tall(len(rows)))


def kinds(t: Words) -> dict[Kind, str]:
    """Kinds of rents in words."""
    return {
        Kind.ON_DEMAND: t("on demand"),
        Kind.ONE_YEAR: t("one-year contract"),
        Kind.LONGER: t("longer contract"),
        Kind.SPOT: t("spot"),
        Kind.LARGE_CLOUD: t("large cloud's list"),
    }


def rents(answer: Rents, book: Book, t: Words) -> Chart:
    """Every rent by the accelerator's age, on a logarithmic axis, with the slope of the fit through their middle.

    Ends and averages of ranges are left out, and so are doubtful rows, as in the fit.
    """
    altair = drawing()

    words = kinds(t)
    used = [r for r in answer.rows if r.kind in words and not r.doubtful and r.age is not None]
    rows: list[Row] = [
        {
            "age": r.age,
            "price": r.price.value,
            "kind": words[r.kind],
            "chip": t.called(book, r.chip),
            "day": r.day.isoformat(),
            "fit": None,
        }
        for r in used
    ]
    fall = next((f for f in answer.falls if f.line is not None and "each accelerator" in f.sample), None)
    title = t("{count} rents by age of the accelerator", count=len(rows))
    note = t("{count} doubtful prices left out", count=answer.left_out)
    if fall is not None and fall.line is not None and isinstance(fall.a_year, Measure) and used:
        title = t("Rents fall by {share} a year of age", share=t.percent(fall.a_year.value))
        note = t("line: slope of the fit, each accelerator and kind at a level of its own; {note}", note=note)
        rows += _fitted([(r.age or 0.0, math.log(r.price.value)) for r in used], fall.line.slope)
    said = of_readings(t, book, [r.price for r in used], unit=t("USD an hour"), note=note)
    order = [name for name in words.values() if any(row.get("kind") == name for row in rows)]
    x = altair.X("age:Q", title=t("age of the accelerator, years"), scale=altair.Scale(zero=True))
    scale = altair.Scale(type="log", nice=False, padding=12)
    y = altair.Y("price:Q", title=t("rent, USD an hour, logarithmic"), scale=scale, axis=altair.Axis(format="~g"))
    dots = altair.Chart().mark_point(filled=True, size=42, opacity=0.75).transform_filter("isValid(datum.price)")
    line = altair.Chart().mark_line(color=INK, strokeDash=[6, 3]).transform_filter("isValid(datum.fit)")
    marks = [
        dots.encode(x=x, y=y, color=coloured("kind", order), shape=shaped("kind", order)),
        line.encode(x=x, y=altair.Y("fit:Q")),
    ]
    alt = t("Dots: rent by age. {title}; {count} prices.", title=title, count=len(used))
    return finished("compute-rents", title, said, alt, rows, *marks, height=340)


def _fitted(points: list[tuple[float, float]], slope: float) -> list[Row]:
    """A line of the slope through the mean age and the mean logarithm of the price."""
    age = sum(a for a, _ in points) / len(points)
    level = sum(p for _, p in points) / len(points)
    low, high = min(a for a, _ in points), max(a for a, _ in points)
    steps = [low + (high - low) * i / (POINTS - 1) for i in range(POINTS)]
    return [{"age": a, "price": None, "fit": math.exp(level + slope * (a - age))} for a in steps]
