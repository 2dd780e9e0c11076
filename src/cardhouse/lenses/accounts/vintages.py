"""Straight-line depreciation of spending by vintage: what a year is charged and what is left, on any life.

Spending of a period flows evenly over it, so of a year's spending half a year is charged in its first year: the
half-year convention. The other convention charges a full first year: spending counts as made on the first day of its
year, years counted back from the end of the last one.

A dollar spent ``s`` years before the end of a year is in use from ``s`` to ``s - L`` years before it. The part of the
year it is charged in is ``r(s) - r(s - 1) - r(s - L) + r(s - 1 - L)`` with ``r(x) = max(x, 0)``, and a life's whole
charge is one: with constant spending for longer than ``L`` a year is charged exactly a year's spending, on any life.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardhouse.errors import InputError

SLICES = 48
"""Parts that an outlay is cut into where the formula has no closed integral."""


@dataclass(frozen=True, slots=True)
class Outlay:
    """Money spent evenly between two ages, or at one moment where they are equal.

    ``youngest`` and ``oldest`` in years before the end of the year that is charged, USD million.
    """

    youngest: float
    oldest: float
    money: float


def charge(outlays: Sequence[Outlay], life: float) -> float:
    """Depreciation of the last year on a life in years, USD million.

    Raises
    ------
    InputError : a life of nothing or less.
    """
    _check(life)
    return math.fsum(o.money * _mean(_charged, _charged_up_to, o, life) / life for o in outlays)


def standing(outlays: Sequence[Outlay], life: float) -> float:
    """What is left of the cost at the end of the last year on a life in years, USD million."""
    _check(life)
    return math.fsum(o.money * _mean(_left, _left_up_to, o, life) / life for o in outlays)


def full_first_year(outlays: Sequence[Outlay]) -> tuple[Outlay, ...]:
    """The same spending as though each year's were made on its first day; a period over two years is split by days."""
    years: dict[int, float] = {}
    for o in outlays:
        for year in range(int(o.youngest), math.ceil(o.oldest)):
            shared = min(o.oldest, year + 1.0) - max(o.youngest, float(year))
            years[year] = years.get(year, 0.0) + o.money * shared / (o.oldest - o.youngest)
    return tuple(Outlay(year + 1.0, year + 1.0, money) for year, money in sorted(years.items()))


def first_year_change(outlays: Sequence[Outlay], before: float, after: float) -> float:
    """What another life adds to the depreciation of the year that follows, on what was bought by then, USD million.

    A change of a life is a change of an estimate, made from its day on: what is left on the old life is written off
    in a straight line over what is left of the new one, or at once where nothing of it is left.

    References
    ----------
    FASB Accounting Standards Codification 250-10-45-17; IAS 16, paragraph 51, and IAS 8, paragraph 36.
    """
    _check(before)
    _check(after)
    changes = []
    for o in outlays:
        parts = SLICES if o.oldest > o.youngest else 1
        step = (o.oldest - o.youngest) / parts
        ages = [o.youngest + (k + 0.5) * step for k in range(parts)]
        changes.append(o.money / parts * math.fsum(_change(age, before, after) for age in ages))
    return math.fsum(changes)


def _change(age: float, before: float, after: float) -> float:
    left = max(1.0 - age / before, 0.0)
    old = min(left, 1.0 / before)
    return left / max(after - age, 1.0) - old


def _charged(age: float, life: float) -> float:
    """Years of the last one in which a dollar of this age is in use."""
    return _r(age) - _r(age - 1.0) - _r(age - life) + _r(age - 1.0 - life)


def _charged_up_to(age: float, life: float) -> float:
    """Its integral over age."""
    return 0.5 * (_r(age) ** 2 - _r(age - 1.0) ** 2 - _r(age - life) ** 2 + _r(age - 1.0 - life) ** 2)


def _left(age: float, life: float) -> float:
    """Years of its life that a dollar of this age has before it."""
    return _r(life - age)


def _left_up_to(age: float, life: float) -> float:
    """Its integral over age, up to a constant."""
    return -0.5 * _r(life - age) ** 2


def _mean(at: Callable[[float, float], float], up_to: Callable[[float, float], float], o: Outlay, life: float) -> float:
    """Mean of a function of age and life over an outlay."""
    if o.oldest <= o.youngest:
        return at(o.oldest, life)
    return (up_to(o.oldest, life) - up_to(o.youngest, life)) / (o.oldest - o.youngest)


def _r(x: float) -> float:
    return max(x, 0.0)


def _check(life: float) -> None:
    if life <= 0.0:
        raise InputError(f"a life of {life:g} years; expected more than none; for example 4.5")
