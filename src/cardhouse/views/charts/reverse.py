"""Roads to an event: how far each driver moves, in standard deviations."""

from __future__ import annotations

import math

from cardhouse.economy.many.reverse import Reverse
from cardhouse.errors import InputError
from cardhouse.views import reverse as view
from cardhouse.views.charts.frame import BAR, INK, Row, coloured, drawing, finished, names, number, scope, tall
from cardhouse.views.picture import COLOURS, Caption, Chart
from cardhouse.views.words import Words


def moves(answer: Reverse, t: Words, *, road: int = 0) -> Chart:
    """The drivers of a road at their farthest, in their own standard deviations, with the move itself beside the bar.

    Parameters
    ----------
    road : which of the roads, from 0.

    Raises
    ------
    InputError : there is no such road.
    """
    altair = drawing()

    if not 0 <= road < len(answer.roads):
        raise InputError(f"road {road + 1}; expected 1 to {len(answer.roads)}; name one of them")
    way = answer.roads[road]
    down, up = t("lower than in the scenario"), t("higher than in the scenario")
    rows: list[Row] = [
        {
            "bar": view.title(answer, push, t),
            "sigmas": push.sigmas,
            "side": up if push.sigmas > 0 else down,
            "move": view.change(push, float(push.strayed[push.farthest])),
            "end": max(push.sigmas, 0.0),
        }
        for push in way.pushes
        if abs(push.sigmas) >= view.LEAST_SIGMAS
    ]
    said = _caption(answer, t)
    title = t("Road {number}: single wild quarters", number=road + 1)
    if math.isfinite(way.distance):
        far = f"{way.distance:.1f}"
        title = t("Road {number}: {sigmas} standard deviations from the scenario", number=road + 1, sigmas=far)
    told = [f"{row['bar']} {row['sigmas']:+.1f} ({row['move']})" for row in rows]
    alt = t("{event}. Bars, standard deviations: {drivers}.", event=view.event(answer, t=t), drivers=t.listed(told[:8]))
    y = names("bar", [row["bar"] for row in rows])
    reach = max((abs(row["sigmas"]) for row in rows), default=1.0) * 1.25
    order = [side for side in (down, up) if any(row["side"] == side for row in rows)]
    x = number("sigmas", t("standard deviations of the driver at its farthest"), form="+.1f", ends=(-reach, reach))
    colour = coloured("side", order, colours=(COLOURS[1], COLOURS[0]) if order[:1] == [down] else (COLOURS[0],))
    bars = altair.Chart().mark_bar(height=BAR - 9).encode(x=altair.X(**x), y=y, color=colour)
    text = altair.Chart().mark_text(align="left", dx=5, fontSize=11, color=INK).encode(x="end:Q", y=y, text="move:N")
    return finished(f"reverse-road-{road + 1}", title, said, alt, rows, bars, text, height=tall(len(rows)))


def _caption(answer: Reverse, t: Words) -> Caption:
    """What a reader must know to quote a road: the event and its odds among it."""
    rests = t(
        "{paths} paths, seed {seed}, assumptions at their central values",
        paths=f"{answer.drawn:,}",
        seed=answer.seed,
    )
    event, odds = view.event(answer, t=t), view.chance(answer.estimate)
    return Caption(
        book=t("book of {date}", date=answer.compiled.opening.book.date),
        scenario=t("scenario: {name}", name=answer.scenario.name),
        unit=t("standard deviations"),
        rests=t("{event}: {odds} · {rests}", event=event, odds=odds, rests=rests),
        ties=scope(t, answer.compiled.opening.scope.value),
    )
