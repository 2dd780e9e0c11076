"""What all charts share: one width, axes with their unit, captions, and the way from Altair to a specification.

Rows are plain dictionaries with everything that is drawn, labels too; the marks of a chart all read the same rows. So
what a test compares, what a page draws and what a CSV exports are the same numbers. Series are told apart by colour and
by something else as well: dashes, shapes, letters in the bars, or places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from cardhouse.book import Book
from cardhouse.economy.figure import shares
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.opening import Opening
from cardhouse.errors import InputError
from cardhouse.lenses.measure import Reading, known
from cardhouse.views.picture import COLOURS, Caption, Chart, standing
from cardhouse.views.words import Words

Row = dict[str, Any]

WIDTH = 640
"""Pixels of a whole chart, axes included."""
HEIGHT = 300
BAR = 24
"""Pixels of height for one bar of a list."""
INK, PAPER = "#1a1a1a", "#ffffff"
DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 2, 5, 2])
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
LONG_YEARS = 3.5
"""Years of a time axis from which on its labels are years alone."""


def drawing() -> Any:
    """The program that makes specifications.

    Raises
    ------
    InputError : the extra ``report`` is not installed.
    """
    try:
        import altair
    except ImportError as error:
        raise InputError("charts need the extra 'report'; say: pip install 'cardhouse[report]'") from error
    return altair


def finished(
    key: str,
    title: str,
    caption: Caption,
    alt: str,
    rows: Sequence[Mapping[str, Any]],
    *marks: Any,
    height: int = HEIGHT,
) -> Chart:
    """Marks over the same rows as a chart.

    Parameters
    ----------
    marks : Altair charts without data, the lowest first.
    height : of the plot, in pixels.
    """
    altair = drawing()

    whole = altair.layer(*marks, data={"values": list(rows)}).properties(
        width=WIDTH, height=height, autosize=altair.AutoSizeParams(type="fit-x", contains="padding")
    )
    with altair.data_transformers.enable(consolidate_datasets=False):
        made: dict[str, Any] = whole.to_dict()
    spec = {name: part for name, part in made.items() if name not in ("$schema", "config")}
    return Chart(key, title, caption, alt, spec, tuple(rows))


def scaled(t: Words, million: float) -> float:
    """USD million in the unit of the language's axes."""
    return million / t.money_scale


def number(
    field: str, title: str, *, form: str = ",f", zero: bool = True, ends: tuple[float, float] | None = None
) -> Any:
    """An x or y channel's parts for a number, as keyword arguments of ``altair.X`` and ``altair.Y``.

    Parameters
    ----------
    form : of the labels, in d3's notation. zero : whether the axis begins at nothing. ends : of the axis.
    """
    altair = drawing()

    scale = altair.Scale(zero=zero) if ends is None else altair.Scale(domain=list(ends), nice=False)
    return {"shorthand": f"{field}:Q", "title": title, "scale": scale, "axis": altair.Axis(format=form)}


def with_room(rows: Sequence[Mapping[str, Any]], low: str, high: str, *, room: float = 0.13) -> tuple[float, float]:
    """Ends of an axis of bars: nothing, and a part beyond the longest for the figure beside it."""
    least = min((row[low] for row in rows), default=0.0)
    most = max((row[high] for row in rows), default=0.0)
    span = max(most, 0.0) - min(least, 0.0) or 1.0
    return (least - 0.04 * span if least < 0 else 0.0, max(most, 0.0) + room * span)


def names(field: str, order: Sequence[str]) -> Any:
    """The y channel of a list of bars, in a given order from the top."""
    altair = drawing()

    return altair.Y(f"{field}:N", sort=list(order), title=None, axis=altair.Axis(grid=False, ticks=False))


def time(field: str, days: Iterable[date]) -> Any:
    """The x channel of time; labels are years, or months where the days span only a few years."""
    altair = drawing()

    found = sorted(days)
    span = (found[-1] - found[0]).days / 365.25 if found else 0.0
    if span > LONG_YEARS:
        form, ticks = "%Y", altair.TimeIntervalStep(interval="year", step=max(1, round(span / 10)))
    else:
        form, ticks = "%Y-%m", altair.TimeIntervalStep(interval="month", step=3 if span > 1 else 1)
    return altair.X(
        f"{field}:T",
        title=None,
        scale=altair.Scale(type="utc"),
        axis=altair.Axis(format=form, tickCount=ticks, grid=False, labelOverlap=True),
    )


def coloured(field: str, order: Sequence[str], *, stroke: bool = False, colours: Sequence[str] = COLOURS) -> Any:
    """The colour channel of series in a given order; ``stroke`` where they are lines."""
    altair = drawing()

    return altair.Color(
        f"{field}:N",
        title=None,
        sort=list(order),
        scale=altair.Scale(domain=list(order), range=[colours[i % len(colours)] for i in range(len(order))]),
        legend=_legend(stroke=stroke),
    )


def dashed(field: str, order: Sequence[str]) -> Any:
    """The dashes of series in the same order, in the same legend."""
    altair = drawing()

    return altair.StrokeDash(
        f"{field}:N",
        title=None,
        sort=list(order),
        scale=altair.Scale(domain=list(order), range=[DASHES[i % len(DASHES)] for i in range(len(order))]),
        legend=_legend(stroke=True),
    )


def shaped(field: str, order: Sequence[str]) -> Any:
    """The shapes of series in the same order, in the same legend as their colours."""
    altair = drawing()

    return altair.Shape(
        f"{field}:N",
        title=None,
        sort=list(order),
        scale=altair.Scale(domain=list(order), range=[SHAPES[i % len(SHAPES)] for i in range(len(order))]),
        legend=_legend(),
    )


def _legend(*, stroke: bool = False) -> Any:
    """A legend below the chart; a line in it is drawn as one, with its dashes."""
    altair = drawing()

    if stroke:
        line = {"symbolType": "stroke", "symbolStrokeWidth": 2.4, "symbolSize": 500, "symbolOpacity": 1}
        return altair.Legend.from_dict({"orient": "bottom", "columns": 3, "labelLimit": 260, **line})
    return altair.Legend(orient="bottom", columns=3, labelLimit=260, symbolOpacity=1)


def on_ground(field: str = "ink") -> Any:
    """The colour of texts that stand on a colour: each row says which it is, :data:`INK` or :data:`PAPER`."""
    altair = drawing()

    return altair.condition(f"datum.{field} === '{PAPER}'", altair.value(PAPER), altair.value(INK))


def tall(bars: int, *, each: int = BAR) -> int:
    """Height of a list of bars."""
    return max(bars, 2) * each


def scope(t: Words, firmness: str) -> str:
    """Which ties count, in words."""
    said = {
        "binding": t("ties: binding only"),
        "active": t("ties: binding, and reported ones that are active"),
        "announced": t("ties: binding, reported and announced"),
        "all": t("ties: all, letters of intent too"),
    }
    return said[firmness]


def of_opening(
    t: Words, opening: Opening, scenario: str, basis: Mapping[str, float], *, unit: str = "", rests: str = ""
) -> Caption:
    """The caption of anything that starts from the opening of a book.

    Parameters
    ----------
    basis : dollars by kind of source. rests : said instead of it where the figures are those of many paths.
    """
    found = standing(t, str(opening.book.date), scenario, shares(basis), unit=unit, ties=scope(t, opening.scope.value))
    return replace(found, rests=rests or found.rests)


def left_out(t: Words, caption: Caption, missing: Sequence[str]) -> Caption:
    """The caption with what is not drawn because the book has no figure for it."""
    if not missing:
        return caption
    said = t("not drawn, no figure: {names}", names=t.listed(tuple(missing)))
    return replace(caption, rests=f"{caption.rests} · {said}".lstrip(" ·"))


def ink(colour: str) -> str:
    """Paper or ink, whichever is read better on a colour (relative luminance of WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if (luminance + 0.05) ** 2 > 1.05 * 0.05 else PAPER


def of_readings(
    t: Words, book: Book, readings: Iterable[Reading], *, unit: str = "", scenario: str = "", note: str = ""
) -> Caption:
    """The caption of what a lens says: each measure counts once in what it rests on; a note comes before that."""
    whole: dict[str, float] = {}
    for measure in known(readings):
        for kind, share in measure.rests_on.items():
            whole[kind] = whole.get(kind, 0.0) + share
    ranked = dict(sorted(shares(whole).items(), key=lambda kv: source_rank(kv[0])))
    found = standing(t, str(book.date), scenario, ranked, unit=unit)
    rests = " · ".join(part for part in (note, found.rests) if part)
    return replace(found, rests=rests)
