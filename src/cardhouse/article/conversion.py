"""A figure of the book in the unit of a claim: same kind of unit, other currency, and what that costs in exactness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cardhouse.article.standards import allowance
from cardhouse.article.verdicts import Note, Reason
from cardhouse.book import UNITS, Book, NoRate, Rate
from cardhouse.book.units import Exchange

FAR_DAYS = 400
"""A rate may be at most this far from the period where the book has none of the period itself."""

SCALES: Mapping[str, tuple[str, float]] = {
    "watts": ("power", 1e-6),
    "kW": ("power", 1e-3),
    "MW": ("power", 1.0),
    "GW": ("power", 1e3),
    "TW": ("power", 1e6),
    "kWh": ("energy", 1e-9),
    "GWh": ("energy", 1e-3),
    "TWh": ("energy", 1.0),
    "PWh": ("energy", 1e3),
    "count": ("count", 1.0),
    "shares_million": ("count", 1e6),
    "users_million": ("count", 1e6),
    "percent": ("share", 1.0),
    "percentage_points": ("share", 1.0),
    "fraction": ("share", 100.0),
    "ratio": ("share", 100.0),
    "basis_points": ("share", 0.01),
    "index_points": ("index", 1.0),
    "years": ("time", 365.25),
    "quarters": ("time", 365.25 / 4),
    "months": ("time", 365.25 / 12),
    "days": ("time", 1.0),
    "hours": ("time", 1.0 / 24),
    "year": ("year", 1.0),
    "TFLOPS": ("compute", 1e-6),
    "EFLOPS": ("compute", 1.0),
    "GB": ("memory", 1.0),
    "TB_per_s": ("bandwidth", 1.0),
    "tokens_trillion": ("tokens", 1.0),
}
"""What a unit measures and how much of the kind's base one of it is."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A value in another unit, with the tolerance the conversion adds and what to tell about it."""

    value: float
    slack: float = 0.0
    notes: tuple[Note, ...] = ()


@lru_cache(maxsize=8)
def _exchange(book: Book) -> Exchange:
    return Exchange(book.rates, book.sources)


def dollars_per(book: Book, currency: str, start: date | None, end: date) -> tuple[float, bool, Rate | None]:
    """Dollars for one unit of a currency: of the period or day, else of the nearest row within a year or so.

    Returns
    -------
    tuple : the rate, whether it is of another time, and the row.

    Raises
    ------
    NoRate : the book has no rate of that currency near.
    """
    if currency == "USD":
        return 1.0, False, None
    try:
        row = _exchange(book).average(currency, start, end) if start else _exchange(book).spot(currency, end)
    except NoRate:
        near = [row for row in book.rates if row.currency == currency and abs((row.end - end).days) <= FAR_DAYS]
        if not near:
            raise
        row = min(near, key=lambda row: abs((row.end - end).days))
        return row.usd, True, row
    return row.usd, False, row


def convert(book: Book, value: float, unit: str, wanted: str, start: date | None, end: date) -> Converted | None:
    """Bring a value of the book into another unit; None where the units measure different things.

    Raises
    ------
    NoRate : the book has no rate of that currency near.
    """
    if unit == wanted:
        return Converted(value)
    ours, theirs = UNITS.get(unit), UNITS.get(wanted)
    if ours and theirs and ours.currency and theirs.currency:
        if ours.kind != theirs.kind:
            return _price_as_money(value * ours.factor, ours.currency == theirs.currency, wanted)
        return _currency(book, value * ours.factor, ours.currency, theirs.currency, theirs.factor, start, end)
    if unit in SCALES and wanted in SCALES and SCALES[unit][0] == SCALES[wanted][0]:
        return Converted(value * SCALES[unit][1] / SCALES[wanted][1])
    return None


def _price_as_money(value: float, same: bool, wanted: str) -> Converted | None:
    """Read a price per piece in millions, or the other way round, where the currency is one."""
    if not same:
        return None
    return Converted(value / 1e6 if wanted.endswith("_million") else value * 1e6)


def _currency(
    book: Book, value: float, ours: str, theirs: str, factor: float, start: date | None, end: date
) -> Converted:
    if ours == theirs:
        return Converted(value / factor)
    there, far_there, row_there = dollars_per(book, ours, start, end)
    back, far_back, row_back = dollars_per(book, theirs, start, end)
    rate = there / back
    rows = [row for row in (row_there, row_back) if row is not None]
    when = " ".join(f"{row.end}" if row.start is None else f"{row.start}..{row.end}" for row in rows)
    slack = allowance("currency_far" if far_there or far_back else "currency")
    note = Note(Reason.CONVERTED, (ours, theirs, f"{rate:.6g}", when))
    return Converted(value * rate / factor, slack, (note,))
