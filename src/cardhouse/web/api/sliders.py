"""Sliders of the run page: the ten assumptions and the drivers that move failures most, with names and ends."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from cardhouse.book import Assumption, Book
from cardhouse.economy.drivers import Driver
from cardhouse.views.words import Words
from cardhouse.web.api.common import Json
from cardhouse.web.questions import DRIVEN

ENDS = {"index": (0.2, 2.0), "basis points": (-200.0, 1000.0)}
"""Ends of a driver's slider by its unit: a fifth to twice of an index; what is accepted is wider."""


@lru_cache(maxsize=1)
def slider_ids() -> tuple[str, ...]:
    """Ids of the assumptions with sliders, from ``sliders.csv``, most important first."""
    text = files("cardhouse.web").joinpath("sliders.csv").read_text(encoding="utf-8")
    return tuple(row["assumption"] for row in csv.DictReader(text.splitlines()))


def assumptions_json(book: Book, t: Words) -> list[Json]:
    """The assumptions that the day knew, each with its range and reason."""
    known = {row.id: row for row in book.assumptions}
    return [_assumption(book, known[ident], t) for ident in slider_ids() if ident in known]


def _assumption(book: Book, row: Assumption, t: Words) -> Json:
    name = _names(t).get(row.name, row.name.replace("_", " "))
    return {
        "id": row.id,
        "name": t("{subject}: {name}", subject=t.subject(book, row.subject), name=name),
        "low": row.low,
        "central": row.central,
        "high": row.high,
        "unit": t(row.unit.replace("_", " ")),
        "reason": row.reason,
    }


def drivers_json(t: Words) -> list[Json]:
    """The drivers, each with where it stands and where its slider ends."""
    return [_driver(driver, t) for driver in DRIVEN.values()]


def _driver(driver: Driver, t: Words) -> Json:
    low, high = ENDS.get(driver.unit, (driver.low, driver.high))
    return {
        "id": driver.id,
        "name": _meanings(t)[driver.id],
        "unit": _units(t)[driver.unit],
        "low": max(low, driver.low),
        "central": driver.baseline,
        "high": min(high, driver.high),
        "reason": "",
    }


def _names(t: Words) -> dict[str, str]:
    """Names of the assumptions with sliders."""
    return {
        "growth_retention": t("growth that persists"),
        "revenue_growth": t("growth of revenue"),
        "revenue": t("revenue"),
        "capex_growth": t("growth of capital spending"),
        "operating_cash_margin": t("operating cash over revenue"),
        "intention_response": t("intentions that are kept"),
        "funding_capacity": t("money that can be raised"),
    }


def _meanings(t: Words) -> dict[str, str]:
    """Drivers in words."""
    return {
        "demand": t("end demand for AI services"),
        "growth": t("growth of AI sales"),
        "rents": t("market rent of computing"),
        "multiples": t("market multiples"),
        "spread": t("spread of borrowers"),
        "base_rate": t("base rate"),
        "debt_window": t("how far lenders lend"),
        "equity_window": t("how far shares can be sold"),
    }


def _units(t: Words) -> dict[str, str]:
    return {
        "index": t("times the plan"),
        "basis points": t("basis points more"),
        "share": t("of what is assumed"),
    }
