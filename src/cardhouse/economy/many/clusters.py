"""Standard errors of paths that come in clusters: those that start from one opening share its assumptions.

Sums over clusters are all that is needed. A single cluster says nothing about the spread between clusters; its paths
are independent, and the caller uses the textbook error of independent draws.

References
----------
Cochran (1977), Sampling Techniques, 3rd edition, section 9A.1: a ratio of cluster totals to cluster sizes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
