"""Words and numbers that all views of compute economics share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from cardhouse.lenses.compute.ranges import Range
from cardhouse.lenses.compute.rents import Kind as RentKind
from cardhouse.lenses.measure import Gap, Measure, Reading, Why
from cardhouse.views.lens import MARKS, plain
from cardhouse.views.table import Cell, Column, Table
from cardhouse.views.words import ENGLISH, N_, Words

RENT_KINDS = {
    RentKind.ON_DEMAND: N_("on demand"),
    RentKind.ONE_YEAR: N_("one-year contract"),
    RentKind.LONGER: N_("longer contract"),
    RentKind.SPOT: N_("spot"),
    RentKind.LARGE_CLOUD: N_("large clouds' lists"),
    RentKind.ENDS: N_("ends or averages"),
}
INPUTS = {
    "price": N_("price of chip or its part of a server"),
    "server_factor": N_("server over chip"),
    "network_share": N_("network on top of server"),
    "watts": N_("rated power"),
    "power_factor": N_("server's power over chip's"),
    "life": N_("life"),
    "cost_of_capital": N_("cost of capital"),
    "utilisation": N_("hours sold"),
    "upkeep_share": N_("staff, repairs, software a year"),
    "load": N_("draw while let"),
    "idle_load": N_("draw while idle"),
    "pue": N_("site's power over machines'"),
    "electricity": N_("electricity"),
    "shell": N_("building, power, cooling"),
    "shell_life": N_("life of the building"),
}
SIGNS = {
    "USD": "USD",
    "share": "",
    "times": "x",
    "years": N_("years"),
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


def short(reading: Reading, scale: float = 1.0, *, t: Words = ENGLISH) -> str:
    """A measure as a short number, or the mark of a gap."""
    return number(reading.value * scale) if isinstance(reading, Measure) else t(MARKS[reading.why])


def percent(reading: Reading, *, t: Words = ENGLISH) -> str:
    """A share in percent, or the mark of a gap."""
    return f"{reading.value:.0%}" if isinstance(reading, Measure) else t(MARKS[reading.why])


def span(found: Range, scale: float = 1.0, *, t: Words = ENGLISH) -> str:
    """From the low to the high end; empty where there is nothing to bound."""
    if isinstance(found.low, Gap) or isinstance(found.high, Gap):
        return ""
    return t("{low} to {high}", low=number(found.low.value * scale), high=number(found.high.value * scale))


def with_unit(reading: Reading, *, t: Words = ENGLISH) -> str:
    """A number with its unit, as in ``75%`` or ``4.5 years``."""
    if isinstance(reading, Measure) and reading.unit == "share":
        return percent(reading, t=t)
    unit = t(SIGNS.get(reading.unit, reading.unit.replace("_", " "))) if isinstance(reading, Measure) else ""
    return f"{short(reading, t=t)} {unit}".strip()


def large(reading: Reading, t: Words) -> str:
    """A count in billions, in Chinese in 亿; the text beside it says which."""
    return short(reading, 1e-8 if t.lang == "zh" else 1e-9, t=t)


def without(names: Iterable[str], what: str, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """One note on who lacks something; none where nobody does."""
    listed = t.comma.join(dict.fromkeys(names))
    return (
        (t("{mark} No {what} in the book: {names}.", mark=t(MARKS[Why.MISSING]), what=what, names=listed),)
        if listed
        else ()
    )


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
