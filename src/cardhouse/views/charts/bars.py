"""Lists of horizontal bars: stacked ones with a letter a part, plain ones with whiskers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cardhouse.views.charts.frame import (
    BAR,
    INK,
    Row,
    coloured,
    drawing,
    ink,
    names,
    number,
    on_ground,
    scaled,
    with_room,
)
from cardhouse.views.picture import COLOURS
from cardhouse.views.words import Words

LEAST_SHOWN = 0.035
"""Part of the axis from which on a part of a bar is wide enough for its letter."""


def lettered(parts: Sequence[str]) -> dict[str, str]:
    """Names of parts with a letter before each, so that they are told apart without colour."""
    return {part: f"{chr(ord('A') + i)} {part}" for i, part in enumerate(parts)}


def stacked_rows(
    amounts: Mapping[str, Mapping[str, float]], order: Sequence[str], t: Words, *, money: bool = True
) -> list[Row]:
    """Rows of stacked bars: where each part begins and ends, its letter, and the whole at the end of the bar.

    Parameters
    ----------
    amounts : by bar and part, USD million or, where not ``money``, shares; negative ones stack to the left.
    order : parts in their order from the left.
    """
    shown = lettered(order)
    scale = t.money_scale if money else 1.0
    ends = [sum(v for v in one.values() if v > 0) for one in amounts.values()]
    widest = max(ends, default=0.0)
    rows: list[Row] = []
    for bar, of_bar in amounts.items():
        right = left = 0.0
        for i, part in enumerate(order):
            amount = of_bar.get(part, 0.0)
            if not amount:
                continue
            begin = right if amount > 0 else left
            end = begin + amount
            right, left = (end, left) if amount > 0 else (right, end)
            rows.append(
                {
                    "bar": bar,
                    "part": shown[part],
                    "value": amount / scale,
                    "begin": begin / scale,
                    "end": end / scale,
                    "middle": (begin + end) / 2 / scale,
                    "letter": shown[part][0] if abs(amount) >= LEAST_SHOWN * widest else "",
                    "ink": ink(COLOURS[i % len(COLOURS)]),
                    "whole": right / scale,
                    "label": "",
                }
            )
        if rows and rows[-1]["bar"] == bar:
            whole = sum(of_bar.values())
            rows[-1]["label"] = t.amount(whole) if money else t.percent(whole)
    return rows


def stacked(
    rows: Sequence[Row], bars: Sequence[str], parts: Sequence[str], title: str, *, form: str = ",f"
) -> list[Any]:
    """The marks of stacked bars: the bars, the letters in them, the whole beside them."""
    altair = drawing()

    order = [name for name in lettered(parts).values() if any(row["part"] == name for row in rows)]
    colours = [COLOURS[i % len(COLOURS)] for i, name in enumerate(lettered(parts).values()) if name in order]
    y = names("bar", bars)
    solid = altair.Chart().mark_bar(stroke="white", strokeWidth=1, height=BAR - 7)
    letters = altair.Chart().mark_text(fontSize=10, fontWeight="bold")
    beside = altair.Chart().mark_text(align="left", dx=5, fontSize=11, color=INK)
    return [
        solid.encode(
            x=altair.X(**number("begin", title, form=form, ends=with_room(rows, "end", "whole"))),
            x2="end:Q",
            y=y,
            color=coloured("part", order, colours=colours),
        ),
        letters.encode(x=altair.X("middle:Q"), y=y, text="letter:N", color=on_ground()),
        beside.encode(x=altair.X("whole:Q"), y=y, text="label:N"),
    ]


def ranged_row(t: Words, bar: str, value: float, low: float, high: float, **more: Any) -> Row:
    """A bar with whiskers, USD million in."""
    return {
        "bar": bar,
        "value": scaled(t, value),
        "low": scaled(t, low),
        "high": scaled(t, high),
        "end": scaled(t, max(value, low, high)),
        "label": t.amount(value),
        **more,
    }


def ranged(
    rows: Sequence[Row], title: str, *, form: str = ",f", colour: str = COLOURS[0], room: float = 0.13
) -> list[Any]:
    """The marks of plain bars with whiskers from ``low`` to ``high`` and the value beside them."""
    altair = drawing()

    y = names("bar", [row["bar"] for row in rows])
    ends = with_room(rows, "low", "end", room=room)
    solid = altair.Chart().mark_bar(color=colour, height=BAR - 9)
    whisker = altair.Chart().mark_rule(color=INK, strokeWidth=1.4)
    tick = altair.Chart().mark_tick(color=INK, thickness=1.4, size=9)
    beside = altair.Chart().mark_text(align="left", dx=5, fontSize=11, color=INK)
    return [
        solid.encode(x=altair.X(**number("value", title, form=form, ends=ends)), y=y),
        whisker.encode(x="low:Q", x2="high:Q", y=y),
        tick.encode(x="low:Q", y=y),
        tick.encode(x="high:Q", y=y),
        beside.encode(x="end:Q", y=y, text="label:N"),
    ]
