"""How exact a figure must be, how old a figure may be, which measures are made of others: read from data files.

The files are in ``article/standards``; each row gives its reason, so that a reader can disagree with it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cardhouse.book import MetricKind


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One allowance: a fraction of the figure or points of a percentage."""

    name: str
    value: float
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Window:
    """How far in days a figure may lie before or after the day a claim speaks of, and how it drifts.

    ``drift`` is the fraction by which the series moves in one day; it grows with the root of the days.
    """

    before: int
    after: int
    drift: float


@dataclass(frozen=True, slots=True)
class Derived:
    """A measure that is one metric over another, times ``scale``; ``trailing`` takes the newest year below."""

    measure: str
    over: str
    under: str
    scale: float
    trailing: bool


@dataclass(frozen=True, slots=True)
class Similar:
    """Another metric that the same words may mean, and when it is tried."""

    other: str
    when: str


def _rows(name: str) -> list[dict[str, str]]:
    text = files("cardhouse.article").joinpath("standards", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def tolerances() -> Mapping[str, Tolerance]:
    """All allowances by name."""
    return {
        row["name"]: Tolerance(row["name"], float(row["value"]), row["unit"], row["reason"])
        for row in _rows("tolerances.csv")
    }


def allowance(name: str) -> float:
    """Value of one allowance."""
    return tolerances()[name].value


@lru_cache(maxsize=1)
def _windows() -> Mapping[str, Window]:
    return {
        row["series"]: Window(int(row["before_days"]), int(row["after_days"]), float(row["drift_percent"]) / 100.0)
        for row in _rows("windows.csv")
    }


def window(metric: str, kind: MetricKind) -> Window:
    """Window of a metric: its own row, else that of its kind."""
    table = _windows()
    return table.get(metric) or table[f"kind:{kind.value}"]


@lru_cache(maxsize=1)
def derived() -> Mapping[str, Derived]:
    """Measures made of two metrics, by name."""
    return {
        row["measure"]: Derived(
            row["measure"], row["over"], row["under"], float(row["scale"]), row["trailing"] == "yes"
        )
        for row in _rows("derived.csv")
    }


@lru_cache(maxsize=1)
def _similar() -> Mapping[str, tuple[Similar, ...]]:
    table: dict[str, list[Similar]] = {}
    for row in _rows("similar.csv"):
        table.setdefault(row["metric"], []).append(Similar(row["other"], row["when"]))
    return {metric: tuple(rows) for metric, rows in table.items()}


def similar(metric: str) -> tuple[Similar, ...]:
    """Other metrics that may be meant by the name of this one."""
    return _similar().get(metric, ())
