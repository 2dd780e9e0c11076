"""Who falls with whom: probabilities of pairs, from the paths themselves, with errors between openings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import NEVER
from cardhouse.economy.many import clusters
from cardhouse.economy.many.folder import RunFolder
from cardhouse.economy.many.results import Totals
from cardhouse.errors import InputError

Array = NDArray[np.float64]
BATCH = 1 << 16


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its standard error."""

    value: float
    error: float


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


def joint(folder: RunFolder, answer: Totals) -> tuple[Pair, ...]:
    """Every pair of tested firms that fell, in the order of the nodes; a pair that is not there never fell together.

    Parameters
    ----------
    folder : the run, finished; one column a firm is read.
    answer : its sums.

    Raises
    ------
    InputError : a chunk is missing or damaged.
    """
    falls = answer.sums["fell_with"].diagonal()
    fell = [node for node in answer.full if falls[answer.place(node)]]
    if len(fell) < 2:
        return ()
    down = np.stack([folder.column(f"fell:{node}") != NEVER for node in fell], axis=1)
    tables = _by_opening(down, _opening_of(answer), len(answer.by_opening))
    return tuple(
        _pair(fell[i], fell[j], tables[:, [i, j, i], [i, j, j]], answer.by_opening)
        for i in range(len(fell))
        for j in range(i + 1, len(fell))
    )


def _opening_of(answer: Totals) -> NDArray[np.int64]:
    """The opening from which each path started, (P,)."""
    lanes = answer.manifest.layout.get("lanes")
    if not isinstance(lanes, int) or lanes < 1:
        raise InputError("the manifest does not say how many paths start from an opening; compute the run again")
    return np.arange(answer.manifest.paths) // lanes % len(answer.by_opening)


def _by_opening(down: NDArray[np.bool_], opening: NDArray[np.int64], openings: int) -> NDArray[np.int64]:
    """Paths of each opening in which both of two fell, (M, F, F); on the diagonal those in which one did."""
    order = np.argsort(opening, kind="stable")
    ends = np.cumsum(np.bincount(opening, minlength=openings))
    return np.stack([_together(down, rows) for rows in np.split(order, ends[:-1])])


def _together(down: NDArray[np.bool_], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts over some paths, a batch at a time so that a long run takes no more room."""
    out = np.zeros((down.shape[1], down.shape[1]), dtype=np.int64)
    for first in range(0, rows.size, BATCH):
        some = down[rows[first : first + BATCH]].astype(np.float64)
        out += np.rint(some.T @ some).astype(np.int64)
    return out


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
    estimates = [Estimate(float(value), float(error)) for value, error in zip(values, errors, strict=True)]
    return Pair(a, b, int(found[:, 2].sum()), *estimates)


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
