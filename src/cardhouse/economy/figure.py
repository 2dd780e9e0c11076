"""A number with its provenance: how many of its dollars rest on which kind of source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ASSUMPTION = "assumption"
"""Basis of dollars that nobody reports; every other basis is a kind of source."""

TIMING = "timing"
"""Basis of dollars whose amount is reported and whose timing is assumed."""

Basis = Mapping[str, float]
_NOTHING: Basis = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, USD million unless said otherwise, that remembers where it comes from.

    Attributes
    ----------
    value : the amount.
    basis : dollars (never negative) by kind of source, or ``assumption``; sums to the dollars involved.
    trail : where each part comes from, one line a part, ``file:line`` where there is one.
    flags : what a reader should know before quoting it (rolled forward, scaled, old).
    """

    value: float
    basis: Basis = field(default_factory=lambda: _NOTHING)
    trail: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: float, kind: str, *trail: str, flags: tuple[str, ...] = ()) -> Figure:
        """A figure that rests on one kind of source."""
        return cls(value, {kind: abs(value)} if value else _NOTHING, trail, flags)

    def scaled(self, factor: float, *, note: str = "") -> Figure:
        """The figure times a factor; its basis scales with it."""
        basis = {kind: dollars * abs(factor) for kind, dollars in self.basis.items()}
        return Figure(self.value * factor, basis, self.trail, (*self.flags, note) if note else self.flags)

    def resting_on(self, kind: str, *trail: str) -> Figure:
        """The same amount with all dollars moved to one basis, and a line added to the trail."""
        return Figure(
            self.value, {kind: abs(self.value)} if self.value else _NOTHING, (*self.trail, *trail), self.flags
        )

    def flagged(self, *flags: str) -> Figure:
        """The same figure with a warning to the reader."""
        return Figure(self.value, self.basis, self.trail, (*self.flags, *flags))

    def __add__(self, other: Figure) -> Figure:
        return total((self, other))

    def __sub__(self, other: Figure) -> Figure:
        return total((self, other.scaled(-1.0)))


ZERO = Figure(0.0)


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of figures; dollars of each basis add up, trails and flags are kept in order, once each."""
    value = 0.0
    basis: dict[str, float] = {}
    trail: dict[str, None] = {}
    flags: dict[str, None] = {}
    for figure in figures:
        value += figure.value
        for kind, dollars in figure.basis.items():
            basis[kind] = basis.get(kind, 0.0) + dollars
        trail.update(dict.fromkeys(figure.trail))
        flags.update(dict.fromkeys(figure.flags))
    return Figure(value, basis, tuple(trail), tuple(flags))


def shares(basis: Basis) -> dict[str, float]:
    """Each basis as a share of all its dollars, largest first."""
    whole = sum(basis.values())
    if not whole:
        return {}
    return {kind: dollars / whole for kind, dollars in sorted(basis.items(), key=lambda kv: (-kv[1], kv[0]))}
