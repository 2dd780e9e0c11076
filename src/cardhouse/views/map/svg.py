"""The map as SVG: boxes that can be buttons, links whose width is the amount and whose dashes are how firm they are.

Colours are told twice (pattern for camps, dashes for standing), so that the map can be read in grey and by people who
do not see all colours. Everything inside the SVG is text, paths and rectangles: it prints, scales, and holds no script.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from cardhouse.book import Book
from cardhouse.economy.nodes import camp_of
from cardhouse.views.map.layout import Box, Layout
from cardhouse.views.map.legend import CAMPS, DASHES, FLOW_COLOURS, INK, PAPER, arrows, legend, patterns
from cardhouse.views.map.links import Link, Standing
from cardhouse.views.picture import FONT, PNG_SCALE, Caption, columns, svg_to_png, wrapped
from cardhouse.views.words import Words

THICKEST = 9.0
FULL_WIDTH = 300_000.0
"""USD million that a link of full width stands for."""
NAME_COLUMNS = 17
LINE = 15.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened to an organisation: a short text in its box, and whether it fell."""

    text: str
    fell: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map, drawn. ``body`` is the SVG without title and caption, for pages that have their own."""

    key: str
    title: str
    caption: Caption
    alt: str
    body: str
    width: float
    height: float

    def svg(self) -> str:
        """The map with title, caption and its own white ground."""
        lines = wrapped(self.caption.line(), int(self.width / 6.4))
        head, foot = 34.0, LINE * len(lines) + 10.0
        whole = head + self.height + foot
        below = head + self.height
        texts = "".join(
            f'<text x="16" y="{below + LINE * (n + 1):.1f}" font-size="11" fill="#555">{escape(line)}</text>'
            for n, line in enumerate(lines)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {whole:.0f}" '
            f'width="{self.width:.0f}" height="{whole:.0f}" font-family="{FONT}">'
            f"<title>{escape(self.title)}</title><desc>{escape(self.alt)}</desc>"
            f'<rect width="100%" height="100%" fill="{PAPER}"/>'
            f'<text x="16" y="22" font-size="15" font-weight="bold" fill="{INK}">{escape(self.title)}</text>'
            f'<g transform="translate(0 {head:.0f})">{self.body}</g>{texts}</svg>'
        )

    def png(self, *, scale: float = PNG_SCALE) -> bytes:
        """The map as PNG."""
        return svg_to_png(self.svg(), scale=scale)

    def inline(self) -> str:
        """The map for a page: no title, sized by the page, boxes that can be reached by key."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'role="group" aria-label="{escape(self.alt, quote=True)}" font-family="{FONT}">{self.body}</svg>'
        )

    def _repr_html_(self) -> str:
        """In a notebook: the map itself."""
        return self.svg()


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every part of the drawing needs."""

    book: Book
    layout: Layout
    t: Words
    marks: Mapping[str, Mark] = field(default_factory=dict)


def draw_map(
    book: Book,
    found: tuple[Link, ...],
    layout: Layout,
    t: Words,
    caption: Caption,
    *,
    title: str = "",
    marks: Mapping[str, Mark] | None = None,
) -> Drawing:
    """Draw the links among the boxes of a layout.

    Parameters
    ----------
    marks : what happened to whom, by id; a pull's rounds and losses.
    """
    pen = _Pen(book, layout, t, marks or {})
    seen = tuple(x for x in found if x.payer in layout.boxes and x.payee in layout.boxes)
    key = legend(t, layout.width, layout.height)
    body = (
        f"<defs>{patterns()}{arrows()}</defs>"
        f'<g class="layers">{_heads(pen)}</g>'
        f'<g class="links" fill="none">{"".join(_link(pen, x) for x in reversed(seen))}</g>'
        f'<g class="boxes">{"".join(_box(pen, box, seen) for box in layout.boxes.values())}</g>'
        f'<g class="legend">{key.svg}</g>'
    )
    alt = t(
        "Map of {firms} organisations and {links} links between them, {amount} in all",
        firms=len(layout.boxes),
        links=len(seen),
        amount=t.money(sum(x.amount for x in seen)),
    )
    name = title or t("Who pays whom")
    return Drawing("map", name, caption, alt, body, layout.width, layout.height + key.height)


def _heads(pen: _Pen) -> str:
    return "".join(
        f'<text x="{x:.0f}" y="28" font-size="12" font-weight="bold" fill="#555">{escape(pen.t(layer.value))}</text>'
        for layer, x in pen.layout.columns
    )


def _link(pen: _Pen, link: Link) -> str:
    """A curve from payer to payee with its title in words."""
    a, b = pen.layout.boxes[link.payer], pen.layout.boxes[link.payee]
    wide = 0.7 + THICKEST * min(math.sqrt(link.amount / FULL_WIDTH), 1.0)
    dash = DASHES[link.standing]
    style = f' stroke-dasharray="{dash}"' if dash else ""
    faint = ".25" if link.standing is Standing.LAPSED else ".5"
    return (
        f'<path class="link {link.flow} {link.standing}" data-from="{escape(link.payer, quote=True)}" '
        f'data-to="{escape(link.payee, quote=True)}" d="{_curve(a, b)}" stroke="{FLOW_COLOURS[link.flow]}" '
        f'stroke-width="{wide:.1f}" stroke-opacity="{faint}"{style} marker-end="url(#to-{link.flow})">'
        f"<title>{escape(_told(pen, link))}</title></path>"
    )


def _told(pen: _Pen, link: Link) -> str:
    t = pen.t
    amount = t.money(link.amount) if link.amount else t("amount not published")
    return t(
        "{payer} to {payee}: {amount}, {flow}, {standing}",
        payer=t.called(pen.book, link.payer),
        payee=t.called(pen.book, link.payee),
        amount=amount,
        flow=t(link.flow.value),
        standing=t(link.standing.value),
    )


def _curve(a: Box, b: Box) -> str:
    """From the side of one box to the side of the other; inside a column, a bow to the right."""
    if a.x == b.x:
        x, bow = a.x + a.width, 26.0 + abs(a.middle - b.middle) / 9.0
        return (
            f"M{x:.1f} {a.middle:.1f}C{x + bow:.1f} {a.middle:.1f} {x + bow:.1f} {b.middle:.1f} {x:.1f} {b.middle:.1f}"
        )
    right = a.x < b.x
    start, end = (a.x + a.width, b.x) if right else (a.x, b.x + b.width)
    pull = (end - start) * 0.45
    bends = f"{start + pull:.1f} {a.middle:.1f} {end - pull:.1f} {b.middle:.1f}"
    return f"M{start:.1f} {a.middle:.1f}C{bends} {end:.1f} {b.middle:.1f}"


def _box(pen: _Pen, box: Box, seen: tuple[Link, ...]) -> str:
    """A box: camp by colour and pattern, name, and what happened to it."""
    t, name, mark = pen.t, pen.t.called(pen.book, box.who), pen.marks.get(box.who)
    camp = camp_of(pen.book, box.who)
    pays = sum(x.amount for x in seen if x.payer == box.who)
    paid = sum(x.amount for x in seen if x.payee == box.who)
    told = t(
        "{name}: {layer}, camp {camp}; commits {pays}, is promised {paid}",
        name=name,
        layer=t(box.layer.value),
        camp=t(camp),
        pays=t.money(pays),
        paid=t.money(paid),
    )
    if mark:
        told = f"{told}; {mark.text}"
    edge = ("#b00020", 2.6) if mark and mark.fell else ("#222", 1.6) if mark else ("#777", 0.8)
    colour = CAMPS.get(camp, CAMPS["world"])
    return (
        f'<g class="box{" fell" if mark and mark.fell else ""}" data-firm="{escape(box.who, quote=True)}" '
        f'transform="translate({box.x:.1f} {box.y:.1f})"><title>{escape(told)}</title>'
        f'<rect width="{box.width:.0f}" height="{box.height:.1f}" rx="4" fill="{colour}" stroke="{edge[0]}" '
        f'stroke-width="{edge[1]}"/>'
        f'<rect width="{box.width:.0f}" height="{box.height:.1f}" rx="4" fill="url(#camp-{escape(camp, quote=True)})"/>'
        f"{_label(name, box, mark)}</g>"
    )


def _label(name: str, box: Box, mark: Mark | None) -> str:
    """The name, shortened to the box, and the mark below it or beside it."""
    short = _short(name)
    middle = box.height / 2 + 4.0
    if mark is None:
        return f'<text x="7" y="{middle:.1f}" font-size="11.5" fill="{INK}">{escape(short)}</text>'
    if box.height < LEAST_FOR_TWO:
        both = _short(f"{short} {mark.text}", NAME_COLUMNS + 2)
        return f'<text x="7" y="{middle:.1f}" font-size="10.5" font-weight="bold" fill="{INK}">{escape(both)}</text>'
    return (
        f'<text x="7" y="{middle - 6:.1f}" font-size="11.5" font-weight="bold" fill="{INK}">{escape(short)}</text>'
        f'<text x="7" y="{middle + 7:.1f}" font-size="10.5" fill="{INK}">{escape(mark.text)}</text>'
    )


LEAST_FOR_TWO = 28.0
"""Height of a box that holds two lines."""


def _short(name: str, most: int = NAME_COLUMNS) -> str:
    if columns(name) <= most:
        return name
    kept = ""
    for letter in name:
        if columns(kept + letter) > most - 1:
            break
        kept += letter
    return f"{kept.rstrip()}…"
