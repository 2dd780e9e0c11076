"""Route of the market room: a CSV of prices in, what they say out."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cardhouse.errors import InputError
from cardhouse.views.market_parts import Asked, read
from cardhouse.web.api.common import ERRORS, Json, Said, charts_json, tables_json

router = APIRouter(tags=["market"], responses=ERRORS)
MOST_TEXT = 10_000_000


class PriceFile(BaseModel):
    """A CSV of dates and prices, as text; the Nasdaq of 1999 to 2018 where it is blank."""

    model_config = ConfigDict(extra="forbid")

    csv: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    name: Annotated[str, Field(max_length=80)] = ""
    column: Annotated[str, Field(max_length=80)] = ""
    order: Literal["", "day-first", "month-first"] = ""
    decimal: Literal["", ".", ","] = ""
    drop_bad: bool = False
    start: date | None = None
    end: date | None = None


@router.post("/market")
def market(file: PriceFile, t: Said) -> Json:
    """Explosive-price tests, phases, falls and odds of a crash."""
    from cardhouse.views.charts.market import drawdowns, phases

    prices, remarks = _prices(file)
    if file.start or file.end:
        days = (file.start.isoformat() if file.start else None, file.end.isoformat() if file.end else None)
        prices = prices.between(*days)
    found = read(prices, Asked(), _no_other, t=t)
    return {
        "prices": prices.name,
        "start": str(prices.dates[0]),
        "end": str(prices.dates[-1]),
        "rows": prices.size,
        "remarks": remarks,
        "headline": found.lines,
        "charts": charts_json([*(phases(found.prices, form, t) for form in found.forms), drawdowns(found.prices, t)]),
        "tables": tables_json(found.tables.values()),
    }


def _no_other(name: str) -> Any:
    raise InputError(f"{name[:80]!r}: a page reads one file of prices; leave the other out")


def _prices(file: PriceFile) -> tuple[Any, list[str]]:
    """The prices, and what was mended in them; its faults name the user's file, never one of this machine."""
    from cardhouse.market import example
    from cardhouse.market.days import Order
    from cardhouse.market.prices import read_prices

    if not file.csv:
        return example.nasdaq(), []
    called = file.name or "prices.csv"
    with tempfile.TemporaryDirectory(prefix="cardhouse-") as folder:
        path = Path(folder) / "prices.csv"
        path.write_text(file.csv, encoding="utf-8")
        try:
            found = read_prices(
                path,
                column=file.column or None,
                order=Order(file.order) if file.order else None,
                decimal=file.decimal or None,
            )
        except InputError as error:
            raise InputError(str(error).replace(str(path), called)) from error
    faults = [str(fault).replace(str(path), called) for fault in found.faults]
    if found.prices is None or (faults and not file.drop_bad):
        raise InputError("\n".join(faults) or f"{called} holds no prices; expected a CSV of dates and prices")
    return replace(found.prices, name=Path(called).stem), [*found.repairs, *found.remarks, *faults]
