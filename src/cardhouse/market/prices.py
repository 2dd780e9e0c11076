"""Prices with their dates: read from a user's CSV, or given as arrays.

Reading never guesses in silence: rows that cannot be used are faults with file and line, whatever
was repaired is stated, and matters that the file leaves open (day or month first, thousands or
decimals) are faults too, with the option that settles them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.days import Order
from cardhouse.market.price_lines import Fault, Faults, check_file
from cardhouse.market.price_rows import Rows, read_rows

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]

LARGEST = 1e12
"""Prices above this are typing errors."""
JUMP = 4.0
"""A price that changes by this factor between two rows is pointed out: a split, or a misplaced sign."""
GAP = 5.0
"""A gap is this many usual steps long."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices in order of time, each date once, all positive and finite. Make it with :meth:`of` or :func:`read_prices`.

    Attributes
    ----------
    dates : (n,), datetime64[D], or [s] when times of day differ.
    values : (n,), in the unit of the file.
    name : what the prices are of.
    """

    dates: Dates
    values: Floats
    name: str = "price"

    @classmethod
    def of(cls, dates: npt.ArrayLike, values: npt.ArrayLike, *, name: str = "price") -> Prices:
        """Check arrays; nothing is repaired.

        Raises
        ------
        InputError : not of one length, unsorted, repeated, or with prices that are not positive and finite.
        """
        when = np.asarray(dates, dtype="datetime64[s]")
        price = np.asarray(values, dtype=np.float64)
        if when.ndim != 1 or when.shape != price.shape:
            raise InputError(f"dates have the shape {when.shape} and prices {price.shape}; expected two equal rows")
        if when.size < 2:
            raise InputError(f"{when.size} prices; at least 2 are needed")
        bad = ~(np.isfinite(price) & (price > 0))
        if bad.any():
            where = int(np.argmax(bad))
            raise InputError(f"the price of {_day(when[where])} is {price[where]:g}; expected a positive number")
        if np.isnat(when).any():
            raise InputError(f"date {int(np.argmax(np.isnat(when)))} is missing")
        steps = np.diff(when).astype(np.int64)
        if (steps <= 0).any():
            where = int(np.argmax(steps <= 0))
            raise InputError(f"dates must rise: {_day(when[where])} is followed by {_day(when[where + 1])}")
        return cls(_coarse(when), price, name)

    @property
    def size(self) -> int:
        """How many prices."""
        return int(self.values.size)

    @property
    def logs(self) -> Floats:
        """Logarithms of the prices, (n,)."""
        return np.log(self.values)

    @property
    def per_year(self) -> float:
        """Rows a year, from first to last."""
        seconds = float((self.dates[-1] - self.dates[0]).astype("timedelta64[s]").astype(np.int64))
        return (self.size - 1) / (seconds / (365.25 * 86400.0))

    def returns(self) -> Floats:
        """Simple returns, (n - 1,)."""
        return self.values[1:] / self.values[:-1] - 1.0

    def daily(self) -> Prices:
        """The last price of each day."""
        days = self.dates.astype("datetime64[D]")
        last = np.append(days[1:] != days[:-1], True)
        return Prices(days[last], self.values[last], self.name)

    def every(self, step: int) -> Prices:
        """One price in so many, counted back from the last one."""
        keep = slice((self.size - 1) % step, None, step)
        return Prices(self.dates[keep], self.values[keep], self.name)

    def between(self, start: str | None = None, end: str | None = None) -> Prices:
        """The prices from ``start`` to ``end``, both included, YYYY-MM-DD.

        Raises
        ------
        InputError : fewer than two prices lie between.
        """
        keep = np.ones(self.size, dtype=bool)
        day = self.dates.astype("datetime64[D]")
        if start is not None:
            keep &= day >= np.datetime64(start, "D")
        if end is not None:
            keep &= day <= np.datetime64(end, "D")
        if keep.sum() < 2:
            raise InputError(
                f"{int(keep.sum())} prices lie between {start or 'the first day'} and {end or 'the last day'}; "
                f"the prices run from {_day(self.dates[0])} to {_day(self.dates[-1])}"
            )
        return Prices(self.dates[keep], self.values[keep], self.name)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: prices (None when nothing usable is left), faults, and every repair in words."""

    prices: Prices | None
    faults: tuple[Fault, ...]
    repairs: tuple[str, ...]
    remarks: tuple[str, ...]


def read_prices(
    path: str | os.PathLike[str],
    *,
    column: str | None = None,
    order: Order | None = None,
    decimal: str | None = None,
) -> Reading:
    """Read a CSV of dates and prices.

    Parameters
    ----------
    path : UTF-8 text with commas, semicolons, tabs or bars; with or without headings.
    column : the price column's name or number; by default adjusted close before close before price.
    order : whether 03/04/2020 begins with the day, where the file leaves it open.
    decimal : "." or ",", where the file leaves it open.

    Returns
    -------
    Reading : prices without the rows that are at fault; faults; repairs (rows sorted, repeated rows
        dropped, missing prices left out); remarks on what was seen and not changed (gaps, jumps).

    Raises
    ------
    InputError : the file is missing, no text, or too large.
    """
    file = Path(path)
    check_file(file)
    faults = Faults(str(path))
    rows = read_rows(file, faults, column=column, order=order, decimal=decimal)
    repairs = list(rows.repairs)
    keep = _usable(rows, faults)
    dates, values, lines = rows.dates[keep], rows.values[keep], rows.lines[keep]
    dates, values, lines = _sorted(dates, values, lines, repairs)
    dates, values = _once(dates, values, lines, repairs, faults)
    if values.size < 2:
        plural = "s" if values.size != 1 else ""
        faults.add(0, f"{values.size} usable price{plural}; at least 2 are needed")
        return Reading(None, faults.all(), tuple(repairs), tuple(rows.remarks))
    prices = Prices(_coarse(dates), values, rows.name)
    return Reading(prices, faults.all(), tuple(repairs), (*rows.remarks, *_remarks(prices)))


def _usable(rows: Rows, faults: Faults) -> npt.NDArray[np.bool_]:
    """Rows whose price is positive, finite and of human size; the others become faults."""
    good = np.isfinite(rows.values) & (rows.values > 0) & (rows.values < LARGEST)
    for i in np.flatnonzero(~good):
        what = "is not above zero" if rows.values[i] <= 0 else "is too large"
        faults.add(int(rows.lines[i]), f"the price {rows.values[i]:g} {what}; expected a positive number")
    return np.asarray(good)


def _sorted(
    dates: Dates, values: Floats, lines: npt.NDArray[np.int64], repairs: list[str]
) -> tuple[Dates, Floats, npt.NDArray[np.int64]]:
    steps = np.diff(dates).astype(np.int64)
    back = steps < 0
    if not back.any():
        return dates, values, lines
    order = np.argsort(dates, kind="stable")
    if (steps <= 0).all():
        repairs.append("the rows were newest first; they were turned round")
    else:
        first = int(lines[np.argmax(back) + 1])
        repairs.append(f"rows out of order: {int(back.sum())} (first: line {first}); all rows were sorted by date")
    return dates[order], values[order], lines[order]


def _once(
    dates: Dates, values: Floats, lines: npt.NDArray[np.int64], repairs: list[str], faults: Faults
) -> tuple[Dates, Floats]:
    """Each date once: equal repetitions are dropped, differing ones are faults and left out altogether."""
    if dates.size == 0:
        return dates, values
    starts = np.flatnonzero(np.concatenate(([True], dates[1:] != dates[:-1])))
    if starts.size == dates.size:
        return dates, values
    low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    counts = np.diff(np.append(starts, dates.size))
    same = low == high
    dropped = int((counts[same] - 1).sum())
    if dropped:
        first = starts[same & (counts > 1)][0]
        repairs.append(f"rows that repeat a date and its price: {dropped} (first: line {lines[first + 1]}); dropped")
    for start, count in zip(starts[~same], counts[~same], strict=True):
        told = ", ".join(f"{values[i]:g} (line {lines[i]})" for i in range(start, start + min(int(count), 3)))
        faults.add(int(lines[start + 1]), f"{_day(dates[start])} has differing prices: {told}; left out")
    kept = starts[same]
    return dates[kept], values[kept]


def _remarks(prices: Prices) -> list[str]:
    """Gaps and jumps: seen, said, not changed."""
    remarks = []
    seconds = np.diff(prices.dates.astype("datetime64[s]")).astype(np.int64)
    usual = float(np.median(seconds))
    # Around daily rows a weekend with holidays is no gap.
    wide = seconds > max(GAP * usual, usual + 4.5 * 86400 if usual >= 86400 else 0.0)
    if wide.any():
        longest = int(np.argmax(seconds))
        remarks.append(
            f"gaps: {int(wide.sum())}; the longest runs from {_day(prices.dates[longest])} to "
            f"{_day(prices.dates[longest + 1])} ({seconds[longest] / 86400:.0f} days). Nothing was filled in"
        )
    moves = np.abs(np.diff(prices.logs))
    if (far := moves > np.log(JUMP)).any():
        worst = int(np.argmax(moves))
        factor = prices.values[worst + 1] / prices.values[worst]
        remarks.append(
            f"jumps by a factor of {JUMP:g} or more: {int(far.sum())}; the largest, by {factor:.4g}, on "
            f"{_day(prices.dates[worst + 1])}: a split that was not adjusted, or a misplaced decimal?"
        )
    return remarks


def _coarse(dates: Dates) -> Dates:
    """Days where every row has the same time of day, else seconds."""
    whole = dates.astype("datetime64[D]")
    times = (dates.astype("datetime64[s]") - whole.astype("datetime64[s]")).astype(np.int64)
    different_days = bool((np.diff(whole).astype(np.int64) > 0).all())
    return whole if different_days or not times.any() else dates.astype("datetime64[s]")


def _day(date: np.datetime64) -> str:
    text = str(np.datetime_as_string(date))
    return text.removesuffix("T00:00:00").replace("T", " ")
