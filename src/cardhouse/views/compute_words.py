"""Words and numbers that all views of compute economics share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from cardhouse.lenses.compute.ranges import Range
from cardhouse.lenses.compute.rents import Kind as RentKind
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.views.lens import MARKS, plain
from cardhouse.views.table import Cell, Column, Table

RENT_KINDS = {
    RentKind.ON_DEMAND: "on demand",
    RentKind.ONE_YEAR: "one-year contract",
    RentKind.LONGER: "longer contract",
    RentKind.SPOT: "spot",
    RentKind.LARGE_CLOUD: "large clouds' lists",
    RentKind.ENDS: "ends or averages",
}
INPUTS = {
    "price": "price of chip or its part of a server",
    "server_factor": "server over chip",
    "network_share": "network on top of server",
    "watts": "rated power",
    "power_factor": "server's power over chip's",
    "life": "life",
    "cost_of_capital": "cost of capital",
    "utilisation": "hours sold",
    "upkeep_share": "staff, repairs, software a year",
    "load": "draw while let",
    "idle_load": "draw while idle",
    "pue": "site's power over machines'",
    "electricity": "electricity",
    "shell": "building, power, cooling",
    "shell_life": "life of the building",
}
SIGNS = {
    "USD": "USD",
    "share": "",
    "times": "x",
    "years": "years",
    "watts": "W",
    "USD_per_kW": "USD/kW",
    "USD_per_hour": "USD",
}
"""Units as a reader writes them; a share is a percentage."""


def number(value: float) -> str:
    """A number short enough for a table: at least two digits that count."""
    size = abs(value)
    if size == 0.0 or size >= 100.0:
        return f"{value:,.0f}"
    if size >= 10.0:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.2g}"


def short(reading: Reading, scale: float = 1.0) -> str:
    """A measure as a short number, or the mark of a gap."""
    return number(reading.value * scale) if isinstance(reading, Measure) else MARKS[reading.why]


def percent(reading: Reading) -> str:
    """A share in percent, or the mark of a gap."""
    return f"{reading.value:.0%}" if isinstance(reading, Measure) else MARKS[reading.why]


def span(found: Range, scale: float = 1.0) -> str:
    """From the low to the high end; empty where there is nothing to bound."""
    if isinstance(found.low, Gap) or isinstance(found.high, Gap):
        return ""
    return f"{number(found.low.value * scale)} to {number(found.high.value * scale)}"


def with_unit(reading: Reading) -> str:
    """A number with its unit, as in ``75%`` or ``4.5 years``."""
    if isinstance(reading, Measure) and reading.unit == "share":
        return percent(reading)
    unit = SIGNS.get(reading.unit, reading.unit.replace("_", " ")) if isinstance(reading, Measure) else ""
    return f"{short(reading)} {unit}".strip()


def without(names: Iterable[str], what: str) -> tuple[str, ...]:
    """One note on who lacks something; none where nobody does."""
    listed = ", ".join(dict.fromkeys(names))
    return (f"{MARKS[Gap('', '').why]} No {what} in the book: {listed}.",) if listed else ()


def payload(answer: Any, *, whole: bool) -> Any:
    """The answer as JSON; of many accelerators without each one's inputs and trails, which would be megabytes.

    Parameters
    ----------
    whole : with all inputs, swings and trails.
    """
    return plain(answer) if whole else _brief(plain(answer))


INNER = frozenset({"trail", "inputs", "swings", "corners"})
"""Left out where many accelerators are shown; an answer on one accelerator has them."""


def _brief(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _brief(value) for key, value in node.items() if key not in INNER}
    return [_brief(item) for item in node] if isinstance(node, list) else node


def lines(answer: Any) -> Table:
    """Every measure and gap of an answer with its place in the JSON, for a file: numbers in full."""
    columns = tuple(
        Column(key, key.replace("_", " "))
        for key in ("figure", "value", "unit", "start", "end", "assumed_share", "sources", "reason")
    )
    return Table("Figures", columns, tuple(_walk("", answer)))


def _walk(place: str, node: Any) -> list[tuple[Cell, ...]]:
    if isinstance(node, Measure):
        sources = "|".join(node.sources)
        return [(place, node.value, node.unit, node.start, node.end, node.assumed, sources, "")]
    if isinstance(node, Gap):
        return [(place, None, "", None, None, None, "", f"{node.why.value}: {node.reason}")]
    if is_dataclass(node):
        pairs = ((f.name, getattr(node, f.name)) for f in fields(node))
    elif isinstance(node, dict) or hasattr(node, "items"):
        pairs = ((str(getattr(key, "value", key)), value) for key, value in node.items())
    elif isinstance(node, (list, tuple)):
        pairs = ((str(place_), item) for place_, item in enumerate(node, start=1))
    else:
        return []
    return [row for name, value in pairs for row in _walk(f"{place}.{name}" if place else name, value)]
