"""A picture with all that a reader needs to quote it: what it shows, as of when, in what unit, and what it rests on.

Charts are Vega-Lite specifications, the map of the network is SVG of our own; both become SVG and PNG without a
browser (the extra ``report``). Nothing in a picture is fetched from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

from cardhouse.errors import InputError
from cardhouse.views.words import Words

FONT = (
    "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, "
    "Noto Sans, DejaVu Sans, sans-serif"
)
"""Fonts of pictures; those with Chinese characters first, since a converter takes one font for a whole text."""
COLOURS = ("#1b6ca8", "#d1495b", "#3c8d5a", "#e09f3e", "#7b5ea7", "#5c6b73", "#0f8b8d", "#a8577e")
"""Colours of series, told apart by people who do not see red and green, and in grey by their lightness."""
PNG_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands below every picture.

    Attributes
    ----------
    book : date of the book. scenario : what was assumed to happen, or that nothing was.
    unit : of the figures shown. rests : on what they rest, in shares. ties : which ties count, by status.
    """

    book: str
    scenario: str
    unit: str
    rests: str
    ties: str = ""

    def line(self) -> str:
        """The caption as one line."""
        return " · ".join(part for part in (self.book, self.scenario, self.unit, self.ties, self.rests) if part)


class Picture(Protocol):
    """What charts and maps have in common."""

    @property
    def title(self) -> str:
        """What it shows."""

    @property
    def caption(self) -> Caption:
        """What a reader must know to quote it."""

    @property
    def alt(self) -> str:
        """The picture in words, for those who do not see it."""

    def svg(self) -> str:
        """The picture as SVG, with title and caption inside."""

    def png(self, *, scale: float = PNG_SCALE) -> bytes:
        """The picture as PNG, ``scale`` pixels a unit."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: a Vega-Lite specification with its data inside.

    Attributes
    ----------
    key : stable name, of files and of elements on a page.
    spec : Vega-Lite 6 specification without title and caption.
    data : the rows drawn, as in the specification; what tests compare and CSV exports.
    """

    key: str
    title: str
    caption: Caption
    alt: str
    spec: Mapping[str, Any]
    data: tuple[Mapping[str, Any], ...]

    def full(self) -> dict[str, Any]:
        """The specification with title, caption and fonts, ready to be drawn anywhere."""
        lines = {"text": wrapped(self.title, 66), "subtitle": wrapped(self.caption.line(), 96)}
        head = {**lines, "anchor": "start", "fontSize": 15}
        spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **self.spec}
        config = {**_CONFIG, **dict(spec.pop("config", {}))}
        return {**spec, "title": head, "description": self.alt, "config": config}

    def svg(self) -> str:
        """The chart as SVG.

        Raises
        ------
        InputError : the extra ``report`` is not installed.
        """
        return str(converter().vegalite_to_svg(json.dumps(self.full())))

    def png(self, *, scale: float = PNG_SCALE) -> bytes:
        """The chart as PNG; errors are those of :meth:`svg`."""
        return bytes(converter().vegalite_to_png(json.dumps(self.full()), scale=scale))

    def _repr_html_(self) -> str:
        """In a notebook: the chart as SVG, which needs no JavaScript and stays when the notebook is sent on."""
        return figure(self)


def figure(picture: Picture) -> str:
    """A picture as an HTML figure with its description for screen readers."""
    return f'<figure class="picture" role="img" aria-label="{escape(picture.alt, quote=True)}">{picture.svg()}</figure>'


def svg_to_png(svg: str, *, scale: float = PNG_SCALE) -> bytes:
    """An SVG drawn as PNG; errors are those of :meth:`Chart.svg`."""
    return bytes(converter().svg_to_png(svg, scale=scale))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns, broken at spaces; Chinese characters count as two columns."""
    lines, line, used = [], "", 0
    for word in text.split(" "):
        long = columns(word)
        if line and used + 1 + long > width:
            lines.append(line)
            line, used = word, long
        else:
            line, used = (f"{line} {word}", used + 1 + long) if line else (word, long)
    return [*lines, line]


def columns(text: str) -> int:
    """Columns that a text takes: two for a wide character."""
    return sum(2 if ord(c) >= 0x2E80 else 1 for c in text)


def standing(
    t: Words, book: str, scenario: str, rests: Mapping[str, float], *, unit: str = "", ties: str = ""
) -> Caption:
    """A caption in a language.

    Parameters
    ----------
    book : date of the book. scenario : its title, blank for none.
    rests : share of each kind of source, as of :attr:`cardhouse.lenses.measure.Measure.rests_on`.
    unit : of the figures; the language's unit of money where nothing is said.
    """
    return Caption(
        book=t("book of {date}", date=book),
        scenario=scenario or t("no scenario"),
        unit=unit or t.money_unit,
        rests=t(
            "rests on {parts}",
            parts=t.comma.join(f"{t(k.replace('_', ' '))} {t.percent(s)}" for k, s in rests.items() if s >= 0.005),
        )
        if rests
        else "",
        ties=ties,
    )


_CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {"grid": True, "gridColor": "#e6e6e6", "domainColor": "#888", "tickColor": "#888", "labelLimit": 240},
    "legend": {"orient": "bottom", "columns": 4},
    "range": {"category": list(COLOURS)},
}


def converter() -> Any:
    """The program that draws without a browser.

    Raises
    ------
    InputError : the extra ``report`` is not installed.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise InputError("drawing pictures needs the extra 'report'; say: pip install 'cardhouse[report]'") from error
    return vl_convert
