"""Where everybody stands on the map: a column a layer, in an order that keeps links short and never changes.

Columns follow the money from those who lend it to those who sell what it builds. Inside a column the order starts
with the book's and is settled by a fixed number of sweeps that move each box towards the middle of those it is linked
to (Sugiyama, Tagawa and Toda 1981); no chance is involved, so the same book gives the same map everywhere.

References
----------
Sugiyama, Tagawa and Toda (1981), Methods for visual understanding of hierarchical system structures, IEEE
Transactions on Systems, Man and Cybernetics 11(2).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardhouse.book import Book, Layer
from cardhouse.views.map.links import Link, layer_of

COLUMNS = (
    Layer.CAPITAL,
    Layer.COMPUTE,
    Layer.DATACENTER,
    Layer.NEOCLOUD,
    Layer.CLOUD,
    Layer.MODEL,
    Layer.APPLICATION,
    Layer.WORLD,
)
"""Layers from left to right."""
SWEEPS = 24
BOX_WIDTH = 122.0
COLUMN_WIDTH = 182.0
LEAST_HEIGHT, MOST_HEIGHT = 22.0, 52.0
GAP = 11.0
MARGIN = 16.0
HEAD = 30.0
"""Room above the boxes for the names of the layers."""
LARGEST = 1_000_000.0
"""USD million through a box of full height."""


@dataclass(frozen=True, slots=True)
class Box:
    """One organisation on the map; ``x``, ``y`` of the upper left corner, all in pixels."""

    who: str
    layer: Layer
    x: float
    y: float
    width: float
    height: float
    through: float

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """The map's boxes by organisation, its columns, and its size in pixels."""

    boxes: Mapping[str, Box]
    columns: tuple[tuple[Layer, float], ...]
    width: float
    height: float


def lay_out(book: Book, found: Sequence[Link], *, most: int = 48) -> Layout:
    """Place those through whom most money goes.

    Parameters
    ----------
    found : links of the map. most : organisations shown, those with the largest sum of links first.

    Returns
    -------
    Layout : links that touch an organisation outside ``boxes`` are not drawn.
    """
    through: dict[str, float] = defaultdict(float)
    for link in found:
        through[link.payer] += link.amount
        through[link.payee] += link.amount
    place = {who: number for number, who in enumerate(book.firms)}
    ranked = sorted(through, key=lambda who: (-through[who], place.get(who, len(place)), who))[:most]
    shown = sorted(ranked, key=lambda who: (place.get(who, len(place)), who))
    columns = [[who for who in shown if layer_of(book, who) is layer] for layer in COLUMNS]
    _settle(columns, _neighbours(found, frozenset(shown)))
    return _placed([(layer, column) for layer, column in zip(COLUMNS, columns, strict=True) if column], through)


def _neighbours(found: Sequence[Link], shown: frozenset[str]) -> dict[str, dict[str, float]]:
    """With whom each is linked, and how strongly: by the root of the amount, so that one deal does not decide all."""
    out: dict[str, dict[str, float]] = {who: {} for who in sorted(shown)}
    for link in found:
        if link.payer in shown and link.payee in shown:
            weight = 1.0 + math.sqrt(link.amount)
            for a, b in ((link.payer, link.payee), (link.payee, link.payer)):
                out[a][b] = out[a].get(b, 0.0) + weight
    return out


def _settle(columns: list[list[str]], near: Mapping[str, Mapping[str, float]]) -> None:
    """Sweep over the columns, sorting each by the mean height of its neighbours, in place."""
    height = {who: (i + 0.5) / len(column) for column in columns for i, who in enumerate(column)}
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {who: (round(_mean(who, near[who], height), 9), height[who], who) for who in column}
            column.sort(key=wanted.__getitem__)
            height.update({who: (i + 0.5) / len(column) for i, who in enumerate(column)})


def _mean(who: str, weights: Mapping[str, float], height: Mapping[str, float]) -> float:
    whole = sum(weights.values())
    return sum(height[other] * w for other, w in weights.items()) / whole if whole else height[who]


def _placed(columns: list[tuple[Layer, list[str]]], through: Mapping[str, float]) -> Layout:
    heights = {who: _tall(through[who]) for _, column in columns for who in column}
    tall = max((sum(heights[w] + GAP for w in column) - GAP for _, column in columns), default=0.0)
    boxes: dict[str, Box] = {}
    heads = []
    for number, (layer, column) in enumerate(columns):
        x = MARGIN + number * COLUMN_WIDTH
        heads.append((layer, x))
        spare = tall - sum(heights[w] for w in column)
        gap = spare / (len(column) + 1)
        y = MARGIN + HEAD + gap
        for who in column:
            boxes[who] = Box(who, layer, x, round(y, 1), BOX_WIDTH, heights[who], through[who])
            y += heights[who] + gap
    width = 2 * MARGIN + max(len(columns) - 1, 0) * COLUMN_WIDTH + BOX_WIDTH
    return Layout(boxes, tuple(heads), width, round(2 * MARGIN + HEAD + tall + GAP, 1))


def _tall(amount: float) -> float:
    share = min(math.sqrt(amount / LARGEST), 1.0)
    return round(LEAST_HEIGHT + (MOST_HEIGHT - LEAST_HEIGHT) * share, 1)
