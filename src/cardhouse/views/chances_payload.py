"""The chances of the drivers for programs: JSON, and one row a number for a file."""

from __future__ import annotations

import math
from typing import Any

from cardhouse.economy.drivers import DRIVERS, Blend
from cardhouse.economy.opening import Opening
from cardhouse.economy.uncertain import Number, Process, Regime, Uncertainty
from cardhouse.views.table import Cell, Column, Kind, Table

ASSUMED = "assumption"
CHANCE, PART = "probability_a_quarter", "fraction"


def payload(u: Uncertainty, opening: Opening) -> dict[str, Any]:
    """Everything that is known of the chances; bounds that are none are null."""
    chances = u.chances
    return {
        "book_date": opening.book.date.isoformat(),
        "firmness": opening.scope.value,
        "laboratories": list(u.laboratories),
        "processes": [_process(p) for p in chances.processes],
        "regimes": [_regime(r) for r in chances.regimes],
        "correlations": [{"between": [c.one, c.other], **_number(c.value)} for c in chances.correlations],
        "degrees_of_freedom": _number(chances.degrees),
    }


def _number(number: Number) -> dict[str, Any]:
    return {
        "low": number.low,
        "central": number.central,
        "high": number.high,
        "basis": number.origin,
        "observations": number.observations,
        "reason": number.reason,
    }


def _process(p: Process) -> dict[str, Any]:
    least, most = _bounds(p)
    return {
        "driver": p.driver,
        "title": p.title,
        "title_zh": p.title_zh,
        "unit": _unit(p.driver),
        "growth": p.cumulates,
        "volatility": _number(p.volatility),
        "persistence": _number(p.persistence),
        "bounds": {"least": least, "most": most, "reason": p.bounds_reason},
    }


def _regime(r: Regime) -> dict[str, Any]:
    least, likeliest, most = r.severity
    return {
        "driver": r.driver,
        "title": r.title,
        "title_zh": r.title_zh,
        "begins": _number(r.begins),
        "ends": _number(r.ends),
        "severity": {
            "least": least,
            "likeliest": likeliest,
            "most": most,
            "unit": _does(r.driver),
            "reason": r.severity_reason,
        },
        "moved_by": {"slopes": dict(r.moved_by), "reason": r.moved_by_reason},
    }


def _adds(driver: str) -> bool:
    return DRIVERS[driver].blend is Blend.PLUS


def _unit(driver: str) -> str:
    """Unit of a deviation."""
    return DRIVERS[driver].unit.replace(" ", "_") if _adds(driver) else "log"


def _does(driver: str) -> str:
    """Unit of what a driver gets."""
    return DRIVERS[driver].unit.replace(" ", "_") if _adds(driver) else "factor"


def _bounds(p: Process) -> tuple[float | None, float | None]:
    """Bounds of what a driver is multiplied with or gets added; none where the file says nothing."""
    least, most = p.bounds
    bounded = math.isfinite(least) and (_adds(p.driver) or least > 0.0)
    return (least if bounded else None), (most if math.isfinite(most) else None)


def lines(u: Uncertainty) -> Table:
    """Every number, one a row, for a file; of a slope and of bounds the cells that they lack stay empty."""
    rows: list[tuple[Cell, ...]] = []
    for p in u.chances.processes:
        rows += [_row("process", p.title, p.volatility, _unit(p.driver)), _row("process", p.title, p.persistence, PART)]
        least, most = _bounds(p)
        if least is not None or most is not None:
            ends = (least, None, most, _does(p.driver), ASSUMED, None, p.bounds_reason)
            rows.append(("process", f"{p.driver}.bounds", p.title, *ends))
    for r in u.chances.regimes:
        rows += [_row("regime", r.title, number, CHANCE) for number in (r.begins, r.ends)]
        severity = (*r.severity, _does(r.driver), ASSUMED, None, r.severity_reason)
        rows.append(("regime", f"{r.driver}.severity", r.title, *severity))
        for name, slope in r.moved_by:
            moved = (None, slope, None, f"log_per_{_unit(name)}", ASSUMED, None, r.moved_by_reason)
            rows.append(("regime", f"{r.driver}.moved_by.{name}", r.title, *moved))
    rows += [_row("correlation", f"{c.one}, {c.other}", c.value, "ratio") for c in u.chances.correlations]
    rows.append(_row("tail", "common tail", u.chances.degrees, "degrees_of_freedom"))
    return Table("Chances", COLUMNS, tuple(rows))


COLUMNS = (
    Column("kind", "kind"),
    Column("id", "id"),
    Column("title", "title"),
    *(Column(key, key, Kind.NUMBER) for key in ("low", "central", "high")),
    Column("unit", "unit"),
    Column("basis", "basis"),
    Column("observations", "observations", Kind.COUNT),
    Column("reason", "reason"),
)


def _row(kind: str, title: str, n: Number, unit: str) -> tuple[Cell, ...]:
    observed = n.observations if n.origin != ASSUMED else None
    return (kind, n.id, title, n.low, n.central, n.high, unit, n.origin, observed, n.reason)
