"""The map's key: camps by colour and pattern, standing by dashes, what flows by colour, width by amount."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cardhouse.views.map.links import Flow, Standing
from cardhouse.views.picture import columns
from cardhouse.views.words import Words

INK, PAPER = "#1a1a1a", "#ffffff"
CAMPS = {
    "openai": "#cfe6f5",
    "anthropic": "#f6dcc4",
    "independent": "#e3edda",
    "china": "#f5d3d8",
    "world": "#ececec",
}
"""Ground of a box by camp, light enough for dark letters (contrast above 12)."""
PATTERNS = {
    "openai": '<path d="M0 6L6 0" stroke="#1b6ca8" stroke-width=".6" stroke-opacity=".45"/>',
    "anthropic": '<circle cx="3" cy="3" r=".8" fill="#b0642a" fill-opacity=".5"/>',
    "independent": '<path d="M0 3H6" stroke="#3c8d5a" stroke-width=".5" stroke-opacity=".45"/>',
    "china": '<path d="M3 0V6" stroke="#b3404f" stroke-width=".5" stroke-opacity=".45"/>',
    "world": "",
}
FLOW_COLOURS = {Flow.BUSINESS: "#1b6ca8", Flow.CAPITAL: "#3c8d5a", Flow.GUARANTEE: "#d1495b"}
DASHES = {
    Standing.PAID: "",
    Standing.BINDING: "14 3",
    Standing.REPORTED: "6 4",
    Standing.LETTER: "2 4",
    Standing.LAPSED: "1 8",
}
"""Dashes by standing: the less firm, the more is missing."""
ROW = 18.0


@dataclass(frozen=True, slots=True)
class Key:
    """The key as SVG and the height it takes."""

    svg: str
    height: float


def patterns() -> str:
    """Definitions of the patterns of the camps."""
    return "".join(
        f'<pattern id="camp-{camp}" width="6" height="6" patternUnits="userSpaceOnUse">{drawn}</pattern>'
        for camp, drawn in PATTERNS.items()
    )


def arrows() -> str:
    """Definitions of the heads of links, which stand at the one who is promised the money."""
    return "".join(
        f'<marker id="to-{flow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        for flow, colour in FLOW_COLOURS.items()
    )


def legend(t: Words, width: float, top: float) -> Key:
    """The key below the map, its entries in rows of the map's width."""
    entries = [
        *((_swatch(camp), t("camp {camp}", camp=t(camp))) for camp in CAMPS),
        *((_stroke(FLOW_COLOURS[flow], ""), t(flow.value)) for flow in Flow),
        *((_stroke("#444", DASHES[standing]), t(standing.value)) for standing in Standing),
        ("", t("width: root of the amount")),
    ]
    drawn, x, y = "", 16.0, top + 8.0
    for picture, text in entries:
        wide = 44.0 + 6.6 * columns(text)
        if x + wide > width - 16.0:
            x, y = 16.0, y + ROW
        drawn += (
            f'<g transform="translate({x:.0f} {y:.0f})">{picture}'
            f'<text x="{34 if picture else 0}" y="10" font-size="11" fill="{INK}">{escape(text)}</text></g>'
        )
        x += wide
    return Key(drawn, y + ROW - top)


def _swatch(camp: str) -> str:
    box = '<rect width="28" height="13" rx="3" '
    return f'{box}fill="{CAMPS[camp]}" stroke="#777" stroke-width=".8"/>{box}fill="url(#camp-{camp})"/>'


def _stroke(colour: str, dash: str) -> str:
    style = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M0 7H28" stroke="{colour}" stroke-width="3"{style}/>'
