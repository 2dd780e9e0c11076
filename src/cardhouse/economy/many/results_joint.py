"""Who falls with whom: probabilities of pairs, from the paths themselves, with errors between openings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many import clusters
from cardhouse.economy.many.results_falls import Falls
from cardhouse.economy.many.totals import Totals

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its standard error.

    Attributes
    ----------
    least, most : what it may be where it holds in all paths that could have it, or in none, and no error can be told
        (:func:`~cardhouse.economy.many.clusters.bounds`); else None.
    """

    value: float
    error: float
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tested firms that both fell in at least one path each.

    Attributes
    ----------
    a, b : ids; ``a`` stands first in the book.
    paths : in which both fall within the horizon. both : their share.
    b_given_a, a_given_b : probability that the one falls in a path in which the other does.
    lift : probability of both over what it would be if the falls had nothing to do with each other.
    """

    a: str
    b: str
    paths: int
    both: Estimate
    b_given_a: Estimate
    a_given_b: Estimate
    lift: Estimate


def joint(answer: Totals, falls: Falls) -> tuple[Pair, ...]:
    """Every pair of tested firms that fell, in the order of the nodes; a pair that is not there never fell together.

    Parameters
    ----------
    answer, falls : sums of a run, and its falls by opening
        (:func:`~cardhouse.economy.many.results_falls.falls_of`).
    """
    fell, tables = falls.tested, falls.together
    return tuple(
        _pair(fell[i], fell[j], tables[:, [i, j, i], [i, j, j]], answer.by_opening)
        for i in range(len(fell))
        for j in range(i + 1, len(fell))
    )


def _pair(a: str, b: str, found: NDArray[np.int64], paths: NDArray[np.int64]) -> Pair:
    """One pair; ``found`` (M, 3), paths of each opening in which a, b, and both fell."""
    pa, pb, both = clusters.means(found, paths)
    lift = both / (pa * pb)
    weights = np.array(
        [
            [0.0, 0.0, 1.0],
            [-both / pa**2, 0.0, 1.0 / pa],
            [0.0, -both / pb**2, 1.0 / pb],
            [-lift / pa, -lift / pb, 1.0 / (pa * pb)],
        ]
    )
    values = (both, both / pa, both / pb, lift)
    errors = _errors(weights, found, paths)
    fell_a, fell_b, together = (int(x) for x in found.sum(axis=0))
    limits = [clusters.bounds(together, could) for could in (int(paths.sum()), fell_a, fell_b)]
    never = limits[0][1]
    limits.append((None, None if never is None else float(never / (pa * pb))))
    estimates = [
        Estimate(float(value), float(error), *ends) for value, error, ends in zip(values, errors, limits, strict=True)
    ]
    return Pair(a, b, together, *estimates)


def _errors(weights: Array, found: NDArray[np.int64], paths: NDArray[np.int64]) -> Array:
    """Errors of figures by their first-order change with the shares of a, b, and both (the delta method)."""
    count = clusters.clusters(paths)
    if count > 1:
        return clusters.between(clusters.residuals(found, paths) @ weights.T, count)
    whole = paths.sum()
    pa, pb, both = found.sum(axis=0) / whole
    # Covariances of the three indicators in one path; paths of one opening are independent.
    covariance = np.array(
        [
            [pa * (1 - pa), both - pa * pb, both * (1 - pa)],
            [both - pa * pb, pb * (1 - pb), both * (1 - pb)],
            [both * (1 - pa), both * (1 - pb), both * (1 - both)],
        ]
    )
    variances = np.einsum("ki,ij,kj->k", weights, covariance, weights) / whole
    return np.asarray(np.sqrt(np.maximum(variances, 0.0)))


def falls_with(pairs: tuple[Pair, ...], firm: str) -> tuple[tuple[str, Estimate], ...]:
    """Who falls in paths in which a firm does, most often first: ids and probabilities given its fall."""
    given = [(p.b, p.b_given_a) if p.a == firm else (p.a, p.a_given_b) for p in pairs if firm in (p.a, p.b)]
    return tuple(sorted(given, key=lambda one: (-one[1].value, one[0])))
