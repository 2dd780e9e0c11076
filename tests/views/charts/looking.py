"""What every chart must be: a valid specification, no wider than a page, its title and caption inside, no gaps."""

from __future__ import annotations

import math
import re
from html import unescape
from typing import Any

import altair

from cardhouse.views.picture import Chart
from cardhouse.views.words import Words, words

EN, ZH = words("en"), words("zh")
LANGUAGES = (EN, ZH)
WIDEST = 640


def texts(svg: str) -> str:
    """All texts of an SVG in their order, as one line."""
    found = re.findall(r"<text[^>]*>(.*?)</text>", svg, re.S)
    return " ".join(" ".join(unescape(re.sub(r"<[^>]*>", " ", one)).split()) for one in found)


def sound(chart: Chart, *, may_lack: tuple[str, ...] = ()) -> Chart:
    """Look a chart over; ``may_lack`` names fields that are blank in some of its rows."""
    altair.Chart.from_dict(chart.full())  # raises where Vega-Lite's schema does not know a part
    svg = chart.svg()
    found = re.search(r'width="([\d.]+)"', svg)
    assert found is not None
    assert float(found[1]) <= WIDEST
    inside = texts(svg)
    assert chart.title in inside
    assert chart.caption.line() in inside
    assert chart.alt
    assert chart.spec["data"]["values"] == list(chart.data)
    for row in chart.data:
        for field, value in row.items():
            assert value is not None or field in may_lack, (chart.key, field)
            assert not isinstance(value, float) or math.isfinite(value), (chart.key, field)
    return chart


def parts_of(chart: Chart, bar: str) -> list[dict[str, Any]]:
    """Rows of one bar, from the left."""
    return [dict(row) for row in chart.data if row["bar"] == bar]


def axis_titles(chart: Chart) -> list[str]:
    """Titles of all axes."""
    titles = []
    for layer in chart.spec["layer"]:
        for channel in ("x", "y"):
            title = layer.get("encoding", {}).get(channel, {}).get("title")
            titles += [title] if title else []
    return titles


def unit_of(t: Words) -> float:
    """USD million in one unit of the language's axes, as the languages count: a billion, or 亿 (a hundred million)."""
    return 100.0 if t.lang == "zh" else 1000.0
