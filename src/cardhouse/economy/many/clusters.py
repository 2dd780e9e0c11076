"""Standard errors of paths that come in clusters: those that start from one opening share its assumptions.

Sums over clusters are all that is needed. A single cluster says nothing about the spread between clusters; its paths
are independent, and the caller uses the textbook error of independent draws.

References
----------
Cochran (1977), Sampling Techniques, 3rd edition, section 9A.1: a ratio of cluster totals to cluster sizes.
Woodruff (1952), Journal of the American Statistical Association 47: the interval of a quantile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ENOUGH = 30
"""Clusters, or independent paths, below which a standard error is not to be relied on."""
CONFIDENCE = 0.95
WIDE = 1.959963984540054
"""Standard errors to either side of a normal mean that hold it with :data:`CONFIDENCE`."""


def clusters(paths: NDArray[np.int64]) -> int:
    """How many clusters have paths; ``paths`` (M,) of each."""
    return int(np.count_nonzero(paths))


def means(sums: NDArray[Any], paths: NDArray[np.int64]) -> Array:
    """Means over all paths, (...): cluster means weighted by paths.

    Parameters
    ----------
    sums : (M, ...), of each cluster. paths : (M,), how many it has.
    """
    return np.asarray(sums.sum(axis=0) / paths.sum(), dtype=np.float64)


def residuals(sums: NDArray[Any], paths: NDArray[np.int64]) -> Array:
    """What each cluster has beyond its share of the whole, as parts of the mean over all paths, (M, ...)."""
    sizes = paths.reshape(-1, *(1,) * (sums.ndim - 1))
    return np.asarray((sums - means(sums, paths) * sizes) / paths.sum(), dtype=np.float64)


def between(parts: Array, count: int) -> Array:
    """Standard error, (...), from the :func:`residuals` of ``count`` clusters, or a sum of such with weights.

    A figure that is computed from several means has the residuals of its first-order change.
    """
    return np.asarray(np.sqrt(count / (count - 1) * np.square(parts).sum(axis=0)))


def error_of_shares(found: NDArray[Any], paths: NDArray[np.int64]) -> Array:
    """Standard error of shares of paths, (...); binomial where there is one cluster.

    Parameters
    ----------
    found : (M, ...), paths of each cluster that have the property. paths : (M,).
    """
    if clusters(paths) > 1:
        return between(residuals(found, paths), clusters(paths))
    share = means(found, paths)
    return np.asarray(np.sqrt(share * (1.0 - share) / paths.sum()))


def bounds(found: int, paths: int) -> tuple[float | None, float | None]:
    """Least and most that a probability can be where none or all of the paths have the property, else None.

    With 95 % confidence, were all paths independent: (1 - p)^n is not below one twentieth, which leaves about 3 / n.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26; Hanley and Lippman-Hand (1983), JAMA 249: the rule of three.
    """
    far = -math.expm1(math.log(1.0 - CONFIDENCE) / paths)
    return (1.0 - far if found == paths else None), (far if found == 0 else None)


@dataclass(frozen=True, slots=True)
class Middle:
    """How well the median of a date is known.

    Attributes
    ----------
    error : standard error, in steps. low, high : steps in which the ends of the interval of 95 % lie.
    """

    error: float
    low: int
    high: int


def middle(at: NDArray[np.int64], paths: NDArray[np.int64]) -> Middle | None:
    """How well the median step of an event is known; None where it came in fewer than :data:`ENOUGH` clusters.

    The ends of the interval are the steps by when shares of the events have come that lie two standard errors of the
    share to either side of a half (Woodruff). Events of a step are spread evenly over it, and the standard error is
    that of the normal interval of the same length: to first order the error of the share over the density of the
    events at the median (the delta method).

    Parameters
    ----------
    at : (M, Q), events by cluster and step.
    paths : (M,), how many paths each cluster has; where one alone has any, each path is a cluster of its own.
    """
    by_step, by_cluster = at.sum(axis=0), at.sum(axis=1)
    whole, alone = int(by_step.sum()), clusters(paths) == 1
    if (whole if alone else np.count_nonzero(by_cluster)) < ENOUGH:
        return None
    so_far = np.concatenate([[0.0], np.cumsum(by_step, dtype=np.float64)])
    _, step, inside = _place(so_far, 0.5)
    before = np.concatenate([np.ones(step), [inside], np.zeros(at.shape[1] - step - 1)])
    if alone:
        error = math.sqrt(float(by_step @ np.square(before - 0.5))) / whole
    else:
        error = float(between(residuals(at @ before, by_cluster), clusters(paths)))
    if error * WIDE >= 0.5:
        return None
    (low, first, _), (high, last, _) = (_place(so_far, 0.5 + side * WIDE * error) for side in (-1.0, 1.0))
    return Middle((high - low) / (2.0 * WIDE), first, last)


def _place(so_far: Array, level: float) -> tuple[float, int, float]:
    """Where a share of the events has come: steps from the beginning, the step, and the part of it that has passed."""
    rank = max(level * so_far[-1], 1e-6)  # not nothing, so that it lies in a step with events
    step = max(int(np.searchsorted(so_far, rank - 1e-9)) - 1, 0)
    inside = float((rank - so_far[step]) / (so_far[step + 1] - so_far[step]))
    return step + inside, step, inside
