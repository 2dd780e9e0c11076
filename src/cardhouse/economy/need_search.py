"""The least factor on a driver at which something holds: scan, then halve; and the range that chance leaves it.

A probability that is counted on the same paths at every factor is a step function of the factor. Where more of the
driver never hurts, each path has one factor from which on it holds, and the least factor of a level is a quantile of
those: its range needs no distribution, only two levels next to it.

References
----------
Conover (1999), Practical Nonparametric Statistics, section 3.2: confidence intervals for a quantile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

TWO_SIDED_95 = 1.959963984540054
"""Standard errors on either side that hold 95 % of a normal distribution."""
EXACT = 1e-9
"""Relative width at which a search without chance stops."""


class Reach(StrEnum):
    """Whether a threshold was found between the least and the most factor that were tried."""

    FOUND = "found"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least factor at which something holds.

    Attributes
    ----------
    value : the factor; the least one tried where it always holds, the most one tried where it never does.
    fails_above : the least tried factor above it at which it does not hold again; infinite where there is none.
    """

    reach: Reach
    value: float
    fails_above: float = math.inf


@dataclass(frozen=True, slots=True)
class Ranged:
    """A threshold with the range that holds it with 95 % over repeated draws of all paths.

    ``low`` and ``high`` are thresholds of the levels one confidence band below and above.
    """

    least: Threshold
    low: Threshold
    high: Threshold


def threshold(holds: Callable[[float], bool], tried: Sequence[float], *, width: float) -> Threshold:
    """The least factor at which something holds.

    Parameters
    ----------
    holds : may be dear; called once a factor of the scan and once a halving.
    tried : factors of the scan, ascending. What changes twice between two of them is not seen.
    width : relative width of the bracket at which halving stops; its upper end is the answer.
    """
    known = [holds(factor) for factor in tried]
    if True not in known:
        return Threshold(Reach.NEVER, tried[-1])
    first = known.index(True)
    again = next((factor for factor, held in zip(tried[first:], known[first:], strict=True) if not held), math.inf)
    if first == 0:
        return Threshold(Reach.ALWAYS, tried[0], again)
    low, high = tried[first - 1], tried[first]
    while high - low > width * high:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return Threshold(Reach.FOUND, high, again)


def ranged(
    probability: Callable[[float], float],
    error: Callable[[float], float],
    tried: Sequence[float],
    *,
    confidence: float,
    width: float,
) -> Ranged:
    """The least factor at which a probability reaches a level, with its range.

    Parameters
    ----------
    probability : counted on the same paths at every factor.
    error : its standard error at a factor.
    confidence : the level, 0 to 1.
    """
    least = threshold(lambda f: probability(f) >= confidence, tried, width=width)
    band = TWO_SIDED_95 * error(least.value)
    low = threshold(lambda f: probability(f) >= confidence - band, tried, width=width)
    high = threshold(lambda f: probability(f) >= confidence + band, tried, width=width)
    return Ranged(least, low, high)


def standard_error(stood: NDArray[np.bool_], opening: NDArray[np.int64]) -> float:
    """Standard error of a share of paths that come in clusters: those of one opening are not independent.

    Parameters
    ----------
    stood : (P,) what is counted.
    opening : (P,) which opening of the assumptions each path starts from; with one for all, paths are independent.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 9A.1: ratio of cluster totals. A share of none or all of n paths has
    the error of one path in n.
    """
    paths = stood.size
    share = float(stood.mean())
    floor = math.sqrt(max(share * (1.0 - share), (1.0 - 1.0 / paths) / paths) / paths)
    sizes = np.bincount(opening)
    sizes, kept = sizes[sizes > 0], np.bincount(opening, weights=stood)[sizes > 0]
    count = sizes.size
    if count < 2:
        return floor
    spread = float(((kept - share * sizes) ** 2).sum()) * count / (count - 1)
    return max(math.sqrt(spread) / paths, floor if count == paths else 1.0 / paths)
