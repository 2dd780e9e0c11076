"""Plain rows (2024-12-31,12.5) straight from bytes; whatever is written otherwise is left to slower reading.

Compiled by numba when the first large file is read; small files never come here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
MOST_EXACT = 2**53
"""Integers up to this, over a power of ten up to 10^22, give the correctly rounded double."""
_TENS = 10.0 ** np.arange(23)


def _kernel(function: F) -> F:
    return cast("F", numba.njit(nogil=True, cache=True)(function))


@_kernel
def _two(data: Any, at: int) -> int:
    """Two digits as a number, -1 if they are none."""
    a, b = data[at] - 48, data[at + 1] - 48
    if a < 0 or a > 9 or b < 0 or b > 9:
        return -1
    return int(a * 10 + b)


@_kernel
def _seconds(data: Any, start: int, end: int) -> int:
    """Seconds since 1970 of ``YYYY-MM-DD`` with or without ``HH:MM:SS``; the smallest integer if it is none."""
    none = -(2**62)
    size = end - start
    if size not in (10, 19):
        return none
    century, rest, month, day = _two(data, start), _two(data, start + 2), _two(data, start + 5), _two(data, start + 8)
    if century < 16 or rest < 0 or month < 1 or month > 12 or day < 1 or data[start + 4] != 45 or data[start + 7] != 45:
        return none
    year = century * 100 + rest
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31
    if month in (4, 6, 9, 11):
        longest = 30
    elif month == 2:
        longest = 29 if leap else 28
    if day > longest or year > 2200:
        return none
    # Days since 1970-01-01, years counted from March so that the leap day comes last.
    y = year - 1 if month <= 2 else year
    m = month + 9 if month <= 2 else month - 3
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719468
    if size == 10:
        return int(days * 86400)
    hour, minute, second = _two(data, start + 11), _two(data, start + 14), _two(data, start + 17)
    parted = (data[start + 10] == 32 or data[start + 10] == 84) and data[start + 13] == 58 and data[start + 16] == 58
    if not parted or hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59:
        return none
    return int(days * 86400) + hour * 3600 + minute * 60 + second


@_kernel
def _number(data: Any, start: int, end: int, tens: Any) -> float:
    """A number of digits with at most one point; -1 if it is written otherwise."""
    whole, places, seen, digits = 0, 0, False, 0
    for at in range(start, end):
        code = data[at]
        if code == 46 and not seen:
            seen = True
        elif 48 <= code <= 57:
            whole = whole * 10 + (code - 48)
            digits += 1
            places += 1 if seen else 0
            if whole > 2**53:
                return -1.0
        else:
            return -1.0
    if digits == 0 or places > 22:
        return -1.0
    return float(whole / tens[places])


@_kernel
def _scan(data: Any, delimiter: int, date: int, price: int, tens: Any, out: Any, values: Any, slow: Any) -> Any:
    """Fill ``out`` (seconds, line) and ``values`` with plain rows, ``slow`` (start, end, line) with the others."""
    plain, others, line, start, size = 0, 0, 0, 0, data.size
    while start < size:
        end, column, from_, until = start, 0, start, start
        d0, d1, p0, p1 = -1, -1, -1, -1
        while True:
            ended = end >= size or data[end] == 10
            if ended or data[end] == delimiter:
                until = end
                if column == date:
                    d0, d1 = from_, until
                if column == price:
                    p0, p1 = from_, until
                column += 1
                from_ = end + 1
                if ended:
                    break
            end += 1
        if d1 - d0 > 1 and data[d0] == 34 and data[d1 - 1] == 34:
            d0, d1 = d0 + 1, d1 - 1
        if p1 - p0 > 1 and data[p0] == 34 and data[p1 - 1] == 34:
            p0, p1 = p0 + 1, p1 - 1
        stamp = _seconds(data, d0, d1) if d0 >= 0 and p0 >= 0 else -(2**62)
        value = _number(data, p0, p1, tens) if stamp != -(2**62) else -1.0
        if value >= 0:
            out[plain, 0], out[plain, 1], values[plain] = stamp, line, value
            plain += 1
        elif end > start:
            slow[others, 0], slow[others, 1], slow[others, 2] = start, end, line
            others += 1
        line += 1
        start = end + 1
    return plain, others, line


def scan(data: bytes, delimiter: str, date: int, price: int) -> tuple[Any, Any, Any, int]:
    """Read the plain rows of a block of lines.

    Returns
    -------
    stamps (k, 2), seconds since 1970 and line in the block from 0; values (k,); other lines (j, 3), start,
    end and line; number of lines.
    """
    text = np.frombuffer(data, dtype=np.uint8)
    lines = data.count(b"\n") + 1
    out, values, slow = np.empty((lines, 2), np.int64), np.empty(lines), np.empty((lines, 3), np.int64)
    plain, others, count = _scan(text, ord(delimiter), date, price, _TENS, out, values, slow)
    return out[:plain], values[:plain], slow[:others], count
