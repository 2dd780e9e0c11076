"""Opinions on one event, pooled in logarithms: the geometric mean of odds, with stated weights.

Logarithmic pooling is externally Bayesian: news that all believe moves the pool as it moves each opinion, whether
it arrives before or after pooling. An opinion of exactly 0 or 1 would decide alone; opinions are therefore held
between one in a thousand and its complement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardhouse.errors import InputError, UnknownName

EDGE = 1e-3
"""No opinion is held surer than this."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A chance of an event, with an interval, and in a sentence or two what it rests on.

    Opinions are pooled only when their ``event`` is the same.
    """

    method: str
    event: str
    odds: float
    low: float
    high: float
    basis: str

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.odds <= self.high <= 1:
            raise InputError(
                f"{self.method}: odds {self.odds:g} with the interval {self.low:g} to {self.high:g}; "
                "expected 0 <= low <= odds <= high <= 1"
            )


@dataclass(frozen=True, slots=True)
class Pool:
    """Pooled odds; ``low`` and ``high`` pool the opinions' ends, as if all erred to the same side at once."""

    event: str
    odds: float
    low: float
    high: float
    weights: tuple[tuple[str, float], ...]

    @property
    def meaning(self) -> str:
        """What the interval is and is not, for the reader."""
        return "The interval pools all low ends and all high ends, as if the methods erred alike."


def pool(opinions: Sequence[Opinion], weights: Mapping[str, float] | None = None) -> Pool:
    """Pool opinions on one event.

    Parameters
    ----------
    weights : by method, positive, scaled to sum to 1; equal when None. Methods that are not named get no weight.

    Raises
    ------
    InputError : no opinions, different events, weights that are not positive.
    UnknownName : a weight for a method that has no opinion.

    References
    ----------
    Genest and Zidek (1986), Statistical Science 1(1).
    """
    if not opinions:
        raise InputError("there are no opinions to pool")
    events = {o.event for o in opinions}
    if len(events) > 1:
        raise InputError(f"opinions on different events cannot be pooled: {'; '.join(sorted(events))}")
    methods = [o.method for o in opinions]
    if len(set(methods)) < len(methods):
        raise InputError(f"a method has two opinions: {', '.join(methods)}")
    given = dict.fromkeys(methods, 1.0) if weights is None else dict(weights)
    if unknown := [m for m in given if m not in methods]:
        raise UnknownName(f"no opinion of the method {unknown[0]!r}; there are {', '.join(methods)}")
    if any(not (w >= 0 and math.isfinite(w)) for w in given.values()) or sum(given.values()) <= 0:
        raise InputError(f"weights must be positive; found {given}")
    total = sum(given.values())
    shares = tuple((m, given.get(m, 0.0) / total) for m in methods)
    share = dict(shares)

    def pooled(values: list[float]) -> float:
        logit = sum(share[m] * _logit(v) for m, v in zip(methods, values, strict=True))
        return 1 / (1 + math.exp(-logit))

    return Pool(
        opinions[0].event,
        pooled([o.odds for o in opinions]),
        pooled([o.low for o in opinions]),
        pooled([o.high for o in opinions]),
        shares,
    )


def _logit(p: float) -> float:
    held = min(max(p, EDGE), 1 - EDGE)
    return math.log(held / (1 - held))
