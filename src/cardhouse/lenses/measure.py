"""A number that can be quoted: value, unit, period, sources, and how much of it rests on assumptions.

Sums add the amounts of each basis. A product or a ratio is as firm as its factors together: of a part on
assumption a and one on assumption b, the share ``1 - (1 - a)(1 - b)`` rests on assumptions. What cannot be had is
a :class:`Gap` and stays one in every sum, product and ratio made of it: a missing figure never becomes a zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from cardhouse.economy.figure import ASSUMPTION, Basis, shares
from cardhouse.errors import InputError

USD = "USD_million"
SHARE = "share"
"""A fraction: 0.25 is a quarter."""
TIMES = "times"
"""A multiple: 12 is twelve times."""
_NOTHING: Basis = MappingProxyType({})


class Why(StrEnum):
    """Why there is no number."""

    MISSING = "missing"
    NOT_MEANINGFUL = "not_meaningful"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and what it stands on.

    Attributes
    ----------
    value : finite, in ``unit``.
    unit : ``USD_million``, ``share``, ``times``, ``years``, ``days``, ``USD_per_hour``, ...
    start, end : period of a flow, both days included; a stock or a price has an end only.
    basis : amounts (never negative) by kind of source or ``assumption``; only their proportions matter.
    sources : ids of the book's sources and assumptions behind it, sorted.
    trail : where each part comes from, one line a part, ``file:line`` first.
    flags : what a reader should know before quoting it.
    """

    value: float
    unit: str
    end: date
    start: date | None = None
    basis: Basis = field(default_factory=lambda: _NOTHING)
    sources: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InputError(f"a measure of {self.value} {self.unit}; expected a finite number; give a Gap instead")

    @property
    def rests_on(self) -> Mapping[str, float]:
        """Share of each kind of source, largest first; sums to 1, empty where nothing was needed."""
        return shares(self.basis)

    @property
    def assumed(self) -> float:
        """Share that rests on assumptions, 0 to 1."""
        return self.rests_on.get(ASSUMPTION, 0.0)

    def flagged(self, *flags: str) -> Measure:
        """The same measure with a warning to the reader."""
        return replace(self, flags=_once((*self.flags, *flags)))


@dataclass(frozen=True, slots=True)
class Gap:
    """A number that cannot be had: what it is, why not, and whether it is missing or would mean nothing."""

    what: str
    reason: str
    why: Why = Why.MISSING

    def __str__(self) -> str:
        return f"{self.what}: {self.reason}"


Reading = Measure | Gap


def not_meaningful(what: str, reason: str) -> Gap:
    """A number that could be computed but would mislead, such as a multiple of a loss."""
    return Gap(what, reason, Why.NOT_MEANINGFUL)


def first_gap(readings: Iterable[Reading]) -> Gap | None:
    """The first of these that cannot be had; None where all can."""
    return next((r for r in readings if isinstance(r, Gap)), None)


def known(readings: Iterable[Reading]) -> tuple[Measure, ...]:
    """Those of these that can be had, in their order."""
    return tuple(r for r in readings if isinstance(r, Measure))


def total(readings: Iterable[Reading]) -> Reading:
    """The sum of measures of one unit; a gap where one of them is a gap.

    Raises
    ------
    InputError : nothing to add, or units that differ.
    """
    return _combined(tuple(readings), math.fsum)


def difference(whole: Reading, part: Reading) -> Reading:
    """One measure less another of the same unit."""
    return _combined((whole, part), lambda values: values[0] - values[1])


def scaled(reading: Reading, factor: float, *, unit: str = "", note: str = "") -> Reading:
    """A measure times a plain number, in another unit where one is given."""
    if isinstance(reading, Gap):
        return reading
    changed = replace(reading, value=reading.value * factor, unit=unit or reading.unit)
    return changed.flagged(note) if note else changed


def ratio(what: str, part: Reading, whole: Reading, *, unit: str = SHARE, positive: str = "") -> Reading:
    """One measure over another.

    Parameters
    ----------
    what : name of the ratio, for the gap where it cannot be had.
    positive : name of the denominator where a negative one means nothing (a multiple of income).

    Returns
    -------
    Reading : a gap where either side is one, where the denominator is zero, or negative though ``positive``.
    """
    if isinstance(whole, Measure):
        if whole.value == 0:
            return not_meaningful(what, f"{positive or 'the denominator'} is zero")
        if positive and whole.value < 0:
            return not_meaningful(what, f"{positive} is negative")
    return computed(what, lambda a, b: a / b, part, whole, unit=unit)


def derived(value: float, unit: str, *factors: Measure, flags: tuple[str, ...] = ()) -> Measure:
    """A value computed from factors by product, quotient or any formula in which each of them is needed.

    The latest day of the factors is its day; its period is that of all factors that are not mere assumptions.
    """
    if not factors:
        raise InputError("a derived measure needs at least one factor; give the measure itself instead")
    share = _joint(factors)
    starts = {f.start for f in factors if f.assumed < 1.0} or {f.start for f in factors}
    return Measure(
        value,
        unit,
        max(f.end for f in factors),
        starts.pop() if len(starts) == 1 else None,
        share,
        _sources(factors),
        _once(line for f in factors for line in f.trail),
        _once((*(flag for f in factors for flag in f.flags), *flags)),
    )


def computed(what: str, formula: Callable[..., float], *factors: Reading, unit: str) -> Reading:
    """A formula of measures' values; a gap where one of them is a gap or the formula has no finite value."""
    gap = first_gap(factors)
    if gap is not None:
        return Gap(what, str(gap), gap.why)
    parts = known(factors)
    try:
        value = float(formula(*(p.value for p in parts)))
    except (ArithmeticError, ValueError) as error:
        return not_meaningful(what, str(error))
    return derived(value, unit, *parts) if math.isfinite(value) else not_meaningful(what, "it has no finite value")


def _combined(readings: tuple[Reading, ...], formula: Callable[[list[float]], float]) -> Reading:
    """A sum of measures with signs: amounts of each basis add up, whatever the sign."""
    gap = first_gap(readings)
    if gap is not None:
        return gap
    parts = known(readings)
    units = {p.unit for p in parts}
    if len(units) != 1:
        found = ", ".join(sorted(units)) or "nothing"
        raise InputError(f"a sum of {found}; expected measures of one unit; convert them first")
    basis: dict[str, float] = {}
    for part in parts:
        for kind, share in part.rests_on.items():
            basis[kind] = basis.get(kind, 0.0) + share * abs(part.value)
    starts = [p.start for p in parts]
    return Measure(
        formula([p.value for p in parts]),
        units.pop(),
        max(p.end for p in parts),
        min((s for s in starts if s is not None), default=None) if all(starts) else None,
        basis,
        _sources(parts),
        _once(line for p in parts for line in p.trail),
        _once(flag for p in parts for flag in p.flags),
    )


def _joint(factors: tuple[Measure, ...]) -> dict[str, float]:
    """Shares of a product: what is assumed in any factor is assumed; the rest as the factors have it on average."""
    resting = [f.rests_on for f in factors if f.basis]
    firm = math.prod(1.0 - parts.get(ASSUMPTION, 0.0) for parts in resting)
    others: dict[str, float] = {}
    for parts in resting:
        for kind, share in parts.items():
            if kind != ASSUMPTION:
                others[kind] = others.get(kind, 0.0) + share
    whole = sum(others.values())
    joint = {kind: firm * share / whole for kind, share in others.items()} if whole else {}
    return joint | ({ASSUMPTION: 1.0 - firm} if resting and firm < 1.0 else {})


def _sources(parts: Iterable[Measure]) -> tuple[str, ...]:
    return tuple(sorted({source for p in parts for source in p.sources}))


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
