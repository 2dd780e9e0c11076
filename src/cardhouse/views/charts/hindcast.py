"""A look back: how far the run and two naive forecasts were off, and every figure forecast against reported."""

from __future__ import annotations

from dataclasses import replace

from cardhouse.economy.hindcast import Hindcast
from cardhouse.economy.hindcast_scores import BALANCES, FLOWS
from cardhouse.errors import InputError
from cardhouse.views.charts.frame import HEIGHT, Row, coloured, drawing, finished, number, scaled, scope, shaped
from cardhouse.views.hindcast import farthest, near_a_year
from cardhouse.views.picture import Caption, Chart
from cardhouse.views.words import Words


def metrics(t: Words) -> dict[str, str]:
    """Compared figures in words."""
    return {
        "revenue": t("revenue"),
        "capital_expenditures": t("capital spending"),
        "net_income": t("net income"),
        "cash_and_investments": t("cash"),
        "total_debt": t("debt"),
    }


def caption(found: Hindcast, t: Words, *, unit: str = "") -> Caption:
    """What a reader must know to quote a look back."""
    return Caption(
        book=t("known on {date}, opening {opening}", date=found.start, opening=found.opening),
        scenario=t("no scenario, compared up to {date}", date=found.last),
        unit=unit or t.money_unit,
        rests=t("assumptions were written down later and dated by what they rest on"),
        ties=scope(t, found.run.choices.scope.value),
    )


def errors(found: Hindcast, t: Words) -> Chart:
    """Median absolute errors of the run, the last value and the last growth, about a year on, by figure."""
    altair = drawing()

    words = metrics(t)
    who = [t("run"), t("last value"), t("last growth")]
    rows: list[Row] = []
    order: list[str] = []
    ahead = compared = 0
    for metric in (*FLOWS, *BALANCES):
        score = farthest(found, metric)
        if score is None or score.model is None or score.last_value is None or score.last_growth is None:
            continue
        name = t("{metric} ({firms} firms)", metric=words[metric], firms=score.firms)
        order.append(name)
        compared += 1
        ahead += bool(score.better)
        for forecast, off in zip(who, (score.model, score.last_value, score.last_growth), strict=True):
            rows.append(
                {
                    "metric": name,
                    "forecast": forecast,
                    "error": off,
                    "label": t.percent(off),
                    "span": score.span,
                    "horizon": score.horizon,
                }
            )
    title = t("The run is nearer than both naive forecasts for {ahead} of {all} figures", ahead=ahead, all=compared)
    told = [f"{row['metric']} {row['forecast']} {row['label']}" for row in rows]
    y = altair.Y("metric:N", sort=order, title=None, axis=altair.Axis(grid=False, ticks=False))
    offset = altair.YOffset("forecast:N", sort=who)
    ends = (0.0, max((row["error"] for row in rows), default=1.0) * 1.25)
    bars = (
        altair.Chart()
        .mark_bar(height=12)
        .encode(
            x=altair.X(
                **number("error", t("median absolute error, share of what was reported"), form=".0%", ends=ends)
            ),
            y=y,
            yOffset=offset,
            color=coloured("forecast", who),
        )
    )
    text = (
        altair.Chart()
        .mark_text(align="left", dx=4, fontSize=10)
        .encode(x="error:Q", y=y, yOffset=offset, text="text:N")
    )
    for row in rows:
        row["text"] = f"{row['label']} {row['forecast']}"
    said = caption(found, t, unit=t("share of what was reported"))
    alt = t("Bars: median errors about a year on. {errors}.", errors=t.listed(told))
    return finished("hindcast-errors", title, said, alt, rows, bars, text, height=max(len(order), 1) * 52)


def dots(found: Hindcast, t: Words, *, metric: str = "revenue") -> Chart:
    """Each firm's figure as forecast against as reported, about a year on; on the line both are the same.

    Both axes are logarithmic; a figure that is not above zero has no place on them and is named in the caption.

    Raises
    ------
    InputError : no such figure.
    """
    altair = drawing()

    words = metrics(t)
    if metric not in words:
        raise InputError(f"{metric!r} is not compared; expected one of {', '.join(words)}; name another")
    book = found.run.compiled.opening.book
    lines = [x for x in near_a_year(found) if x.metric == metric]
    whole, quarter = t("first year"), t("one quarter or a day")
    rows: list[Row] = []
    missing: list[str] = []
    for line in lines:
        if line.forecast > 0 and line.reported > 0:
            off = line.error(line.forecast)
            rows.append(
                {
                    "firm": t.called(book, line.firm),
                    "forecast": scaled(t, line.forecast),
                    "reported": scaled(t, line.reported),
                    "span": whole if line.span > 1 else quarter,
                    "error": off,
                    "end": line.end.isoformat(),
                }
            )
        else:
            missing.append(t.called(book, line.firm))
    near = sum(abs(row["error"]) <= 0.2 for row in rows)
    title = t(
        "Forecasts of {what}: {near} of {all} firms within 20% of what was reported",
        what=words[metric],
        near=near,
        all=len(rows),
    )
    values = [row[side] for row in rows for side in ("forecast", "reported")] or [1.0]
    low, high = min(values) * 0.7, max(values) * 1.6
    scale = altair.Scale(type="log", domain=[low, high], nice=False)
    axis = altair.Axis(format="~g", tickCount=5)
    x = altair.X("reported:Q", scale=scale, axis=axis, title=t("reported, {unit}, logarithmic", unit=t.money_unit))
    y = altair.Y("forecast:Q", scale=scale, axis=axis, title=t("run, {unit}, logarithmic", unit=t.money_unit))
    order = [span for span in (whole, quarter) if any(row["span"] == span for row in rows)]
    same = (
        altair.Chart()
        .mark_rule(color="#888", strokeDash=[4, 3])
        .encode(x=altair.XDatum(low), y=altair.YDatum(low), x2=altair.X2Datum(high), y2=altair.Y2Datum(high))
    )
    points = (
        altair.Chart()
        .mark_point(filled=True, size=60)
        .encode(x=x, y=y, color=coloured("span", order), shape=shaped("span", order))
    )
    text = altair.Chart().mark_text(align="left", dx=6, dy=-4, fontSize=10).encode(x=x, y=y, text="firm:N")
    said = caption(found, t)
    if missing:
        rests = t("{rests} · not above zero, not drawn: {names}", rests=said.rests, names=t.listed(missing))
        said = replace(said, rests=rests)
    alt = t("Dots: reported across, run upwards. {title}.", title=title)
    return finished(
        f"hindcast-{metric.replace('_', '-')}", title, said, alt, rows, same, points, text, height=HEIGHT + 80
    )
