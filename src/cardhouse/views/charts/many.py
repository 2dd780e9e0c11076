"""Many paths: fans of a firm's figures, who falls when and with whom, and what is lost in the worst of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardhouse.economy.many.live import Live
from cardhouse.economy.many.results import Default, Rests
from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.economy.opening import Opening
from cardhouse.errors import InputError
from cardhouse.views.charts.bars import ranged, ranged_row
from cardhouse.views.charts.figures import dated, short
from cardhouse.views.charts.frame import (
    INK,
    PAPER,
    Row,
    coloured,
    dashed,
    drawing,
    finished,
    number,
    on_ground,
    scaled,
    scope,
    tall,
    time,
)
from cardhouse.views.many_answer import SURE, Answer, path_count
from cardhouse.views.picture import COLOURS, Caption, Chart
from cardhouse.views.words import Words

BANDS = ((0.01, 0.99, 0.16), (0.05, 0.95, 0.24), (0.25, 0.75, 0.36))
"""Lower and upper level of each band, and how dense it is."""
MOST_FIRMS = 6
MOST_GROUPS = 12
MIDDLE = LEVELS.index(0.50)


@dataclass(frozen=True, slots=True)
class Fanned:
    """A fan of one figure, from whatever paths.

    Attributes
    ----------
    who, firm : name as it is shown; id. measure : what it is of.
    ends : last day of each quarter.
    quantiles : by quarter, at :data:`~cardhouse.economy.many.results_fans.LEVELS`, USD million.
    caption : what the paths are.
    """

    who: str
    firm: str
    measure: str
    ends: tuple[date, ...]
    quantiles: tuple[tuple[float, ...], ...]
    caption: Caption


def caption(rests: Rests, t: Words, *, unit: str = "") -> Caption:
    """What a reader must know to quote a run of many paths."""
    drawn = (
        t("{openings} joint draws of the assumptions", openings=f"{rests.openings:,}")
        if rests.drawn
        else t("assumptions at their central values")
    )
    return Caption(
        book=t("book, opening {date}", date=rests.book_date),
        scenario=t("scenario: {title}", title=rests.title or rests.scenario),
        unit=unit or t.money_unit,
        rests=t(
            "{paths}, seed {seed}, {drawn}: odds of the model, no forecast",
            paths=path_count(rests.paths, t),
            seed=rests.seed,
            drawn=drawn,
        ),
        ties=scope(t, rests.firmness),
    )


def live_caption(found: Live, opening: Opening, t: Words, *, scenario: str, unit: str = "") -> Caption:
    """The same for a few paths at once, whose assumptions stand where the caller put them."""
    return Caption(
        book=t("book of {date}", date=opening.book.date),
        scenario=t("scenario: {title}", title=scenario),
        unit=unit or t.money_unit,
        rests=t(
            "{paths}, seed {seed}, drivers alone: odds of the model, no forecast",
            paths=path_count(found.paths, t),
            seed=found.seed,
        ),
        ties=scope(t, opening.scope.value),
    )


def fan_of_answer(answer: Answer, firm: str, measure: str, t: Words) -> Fanned:
    """The fan of a firm's figure in a finished run.

    Raises
    ------
    InputError : a firm without fans in this run, or no such figure.
    """
    if firm not in answer.fans:
        raise InputError(f"{firm} has no fan in this run; expected one of {', '.join(answer.fans)}; name another")
    by_measure = {fan.measure: fan for fan in answer.fans[firm]}
    if measure not in by_measure:
        raise InputError(f"{measure!r} is not followed; expected one of {', '.join(by_measure)}; name another")
    rows = tuple(tuple(q.value for q in quarter) for quarter in by_measure[measure].quantiles)
    return Fanned(answer.name(firm), firm, measure, answer.rests.quarters, rows, caption(answer.rests, t))


def fan_of_live(found: Live, opening: Opening, firm: str, measure: str, t: Words, *, scenario: str) -> Fanned:
    """The fan of a firm's figure in a few paths at once; errors are those of :meth:`Live.fan`."""
    rows = tuple(tuple(float(x) for x in quarter) for quarter in found.fan(firm, measure))
    said = live_caption(found, opening, t, scenario=scenario)
    return Fanned(t.called(opening.book, firm), firm, measure, found.ends, rows, said)


def fan(found: Fanned, t: Words) -> Chart:
    """A fan: the median, and bands that hold half, nine tenths and 98 of 100 of the paths."""
    altair = drawing()

    rows: list[Row] = [
        {
            "quarter": end.isoformat(),
            **{f"p{round(100 * level)}": scaled(t, value) for level, value in zip(LEVELS, quantiles, strict=True)},
        }
        for end, quantiles in zip(found.ends, found.quantiles, strict=True)
    ]
    what, last = short(t)[found.measure], found.quantiles[-1]
    x = time("quarter", found.ends)
    y = number("p50", t("{what}, {unit}", what=dated(t)[found.measure], unit=t.money_unit))
    bands = [
        altair.Chart()
        .mark_area(color=COLOURS[0], opacity=dense, line=False)
        .encode(x=x, y=altair.Y(**{**y, "shorthand": f"p{round(100 * low)}:Q"}), y2=f"p{round(100 * high)}:Q")
        for low, high, dense in BANDS
    ]
    line = altair.Chart().mark_line(color=INK, strokeWidth=2.2).encode(x=x, y=altair.Y(**y))
    edges = [
        altair.Chart().mark_line(color=COLOURS[0], strokeWidth=0.8, strokeDash=[4, 3]).encode(x=x, y=altair.Y(f"{p}:Q"))
        for p in ("p5", "p95")
    ]
    low, high = (last[LEVELS.index(level)] for level in (0.05, 0.95))
    title = t(
        "{firm}: median {what} {median} in {when}",
        firm=found.who,
        what=what,
        median=t.money(last[MIDDLE]),
        when=t.quarter(found.ends[-1]),
    )
    alt = t(
        "Fan by quarter. {title}, nine in ten paths between {low} and {high}.",
        title=title,
        low=t.money(low),
        high=t.money(high),
    )
    said = found.caption
    key = t("line: median; bands: 50, 90 and 98% of the paths")
    said = replace(said, rests=f"{key} · {said.rests}")
    return finished(f"fan-{found.measure.replace(' ', '-')}-{found.firm}", title, said, alt, rows, *bands, *edges, line)


def fallen(answer: Answer, t: Words) -> Chart:
    """Probability that a firm has fallen by each quarter, two standard errors to each side."""
    ranked = sorted((d for d in answer.defaults if d.tested and d.falls and not d.pulled), key=lambda d: -d.probability)
    shown = ranked[:MOST_FIRMS]
    lines = [(answer.name(d.node), d.by_quarter, _errors(d)) for d in shown]
    return _fallen(lines, answer.rests.quarters, caption(answer.rests, t, unit=t("share of the paths")), t)


def fallen_live(found: Live, opening: Opening, t: Words, *, scenario: str) -> Chart:
    """The same of a few paths at once; the error is that of independent paths."""
    order = sorted(range(len(found.full)), key=lambda i: -found.fell[i, -1])[:MOST_FIRMS]
    lines = []
    for i in order:
        shares = tuple(float(x) for x in found.fell[i])
        if shares[-1] > 0:
            errors = tuple((p * (1.0 - p) / found.paths) ** 0.5 for p in shares)
            lines.append((t.called(opening.book, found.full[i]), shares, errors))
    said = live_caption(found, opening, t, scenario=scenario, unit=t("share of the paths"))
    return _fallen(lines, found.ends, said, t)


def _errors(d: Default) -> tuple[float, ...]:
    """Standard errors by quarter: the one at the horizon, scaled as the spread of a share is."""
    spread = d.probability * (1.0 - d.probability)
    return tuple(d.error * (p * (1.0 - p) / spread) ** 0.5 if spread > 0 else 0.0 for p in d.by_quarter)


def _fallen(
    lines: Sequence[tuple[str, Sequence[float], Sequence[float]]], ends: Sequence[date], said: Caption, t: Words
) -> Chart:
    altair = drawing()

    rows: list[Row] = [
        {
            "firm": firm,
            "quarter": end.isoformat(),
            "share": p,
            "low": max(p - 2.0 * error, 0.0),
            "high": min(p + 2.0 * error, 1.0),
        }
        for firm, shares, errors in lines
        for end, p, error in zip(ends, shares, errors, strict=True)
    ]
    order = [firm for firm, _, _ in lines]
    title = (
        t(
            "{firm} falls in {share} of the paths by {when}",
            firm=order[0],
            share=t.percent(lines[0][1][-1]),
            when=t.quarter(ends[-1]),
        )
        if lines
        else t("No tested firm falls in any path")
    )
    told = [f"{firm} {t.percent(shares[-1], 1)}" for firm, shares, _ in lines]
    alt = (
        t("Lines: share of paths in which a firm has fallen, at the end {firms}.", firms=t.listed(told))
        if told
        else title
    )
    x = time("quarter", ends)
    band = (
        altair.Chart()
        .mark_area(opacity=0.18)
        .encode(x=x, y=altair.Y("low:Q"), y2="high:Q", color=coloured("firm", order, stroke=True))
    )
    line = (
        altair.Chart()
        .mark_line(strokeWidth=2.2)
        .encode(
            x=x,
            y=altair.Y(**number("share", t("fallen by then, share of the paths"), form=".0%")),
            color=coloured("firm", order, stroke=True),
            strokeDash=dashed("firm", order),
        )
    )
    rests = t("{rests} · band: two standard errors to each side", rests=said.rests)
    said = replace(said, rests=rests)
    return finished("many-fallen", title, said, alt, rows, band, line)


def together(answer: Answer, t: Words) -> Chart:
    """Who falls with whom: in each row, of the paths in which that firm falls, the share in which the other does."""
    altair = drawing()

    sure = {d.node for d in answer.defaults if d.probability > SURE}
    given: dict[tuple[str, str], float] = {}
    for pair in answer.pairs:
        if not {pair.a, pair.b} & sure:
            given[pair.a, pair.b], given[pair.b, pair.a] = pair.b_given_a.value, pair.a_given_b.value
    involved = {node for pair in given for node in pair}
    ranked = sorted((d for d in answer.defaults if d.node in involved), key=lambda d: -d.probability)
    firms = [answer.name(d.node) for d in ranked]
    rows: list[Row] = [
        {
            "falls": answer.name(a),
            "with": answer.name(b),
            "share": p,
            "label": t.percent(p),
            "ink": PAPER if p > 0.5 else INK,
        }
        for (a, b), p in given.items()
    ]
    best = max(given.items(), key=lambda one: one[1], default=None)
    title = (
        t(
            "Where {a} falls, {b} does too in {share} of the paths",
            a=answer.name(best[0][0]),
            b=answer.name(best[0][1]),
            share=t.percent(best[1]),
        )
        if best
        else t("No two firms fall in one path")
    )
    x = altair.X(
        "with:N", sort=firms, title=t("then falls too"), axis=altair.Axis(orient="top", labelAngle=-30, grid=False)
    )
    y = altair.Y("falls:N", sort=firms, title=t("where this falls"), axis=altair.Axis(grid=False))
    cells = (
        altair.Chart()
        .mark_rect(stroke="white")
        .encode(x=x, y=y, color=altair.Color("share:Q", scale=altair.Scale(domain=[0, 1], scheme="blues"), legend=None))
    )
    figures = altair.Chart().mark_text(fontSize=11).encode(x=x, y=y, text="label:N", color=on_ground())
    said = caption(answer.rests, t, unit=t("share of the paths"))
    alt = t("Table of firms by firms. {title}.", title=title)
    return finished("many-together", title, said, alt, rows, cells, figures, height=tall(len(firms), each=30))


def kinds(t: Words) -> dict[str, str]:
    """Kinds of losses in words."""
    return {
        "credit": t("claims and guarantees lost"),
        "stakes": t("shares written down"),
        "revenue": t("revenue below plan"),
        "outside": t("lost by creditors outside the network"),
    }


def at_risk(answer: Answer, t: Words, *, kind: str = "credit") -> Chart:
    """Losses by firm: the mean as a bar, value at risk at 95 and 99 per cent as the ends of the whisker.

    Raises
    ------
    InputError : no such kind of loss.
    """
    words = kinds(t)
    if kind not in words:
        raise InputError(f"{kind!r} is no kind of loss; expected one of {', '.join(words)}; name another")
    mine = [x for x in answer.losses if x.kind == kind and x.group in answer.names]
    shown = sorted((x for x in mine if x.value_at_risk[1] > 0), key=lambda x: -x.value_at_risk[1])[:MOST_GROUPS]
    rows = [
        ranged_row(
            t,
            answer.name(x.group),
            x.mean,
            x.value_at_risk[0],
            x.value_at_risk[1],
            shortfall=scaled(t, x.expected_shortfall[1]),
        )
        for x in shown
    ]
    what, first = words[kind], shown[0] if shown else None
    title = (
        t(
            "{firm}: more than {loss} in 1 path of 100",
            firm=answer.name(first.group),
            loss=t.money(first.value_at_risk[1]),
            what=what,
        )
        if first
        else t("Nobody loses anything: {what}", what=what)
    )
    told = [f"{answer.name(x.group)} {t.money(x.value_at_risk[1])}" for x in shown]
    alt = t("Bars: mean loss by firm; ticks: value at risk at 95 and 99%. At 99%: {firms}.", firms=t.listed(told[:8]))
    said = caption(answer.rests, t)
    rests = t("bar: mean; ticks: value at risk at 95 and 99% · {rests}", rests=said.rests)
    said = replace(said, rests=rests)
    marks = ranged(rows, t("{what} over the horizon, {unit}", what=what, unit=t.money_unit))
    return finished(f"many-at-risk-{kind}", title, said, alt, rows, *marks, height=tall(len(rows)))
