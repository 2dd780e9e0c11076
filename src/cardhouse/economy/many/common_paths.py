"""Two runs path by path over the first paths that both have, a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.gather import NEVER
from cardhouse.economy.many import clusters
from cardhouse.economy.many.results_falls import opening_of
from cardhouse.economy.many.run_folder import RunFolder

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Sums over n paths of two runs, for C clusters, F nodes and K kinds of losses.

    Attributes
    ----------
    by_cluster : (C,), paths of each. fell : (2, C, F), those in which a node falls in either run.
    only : (2, F), those in which it falls in that run alone.
    lost : (2, C, K), losses of everybody in either run, USD million. squares : (K,), of their difference path by path.
    """

    by_cluster: Ints
    fell: Ints
    only: Ints
    lost: Array
    squares: Array

    @property
    def paths(self) -> int:
        """How many paths there are."""
        return int(self.by_cluster.sum())

    @property
    def clusters(self) -> int:
        """Independent groups that an error rests on."""
        return clusters.clusters(self.by_cluster) if self.by_cluster.size > 1 else self.paths

    @property
    def clustered(self) -> bool:
        """Whether paths come in several clusters; if not, each counts by itself."""
        return clusters.clusters(self.by_cluster) > 1

    def fall(self, f: int) -> tuple[float, float, float]:
        """Default probabilities of a node in either run, and the error of their difference."""
        a, b = clusters.means(self.fell[:, :, f].T, self.by_cluster)
        moved = float(self.only[:, f].sum())  # the square of a difference of zeros and ones
        return float(a), float(b), self._error(self.fell[1, :, f] - self.fell[0, :, f], moved)

    def loss(self, k: int) -> tuple[float, float, float]:
        """Mean losses of a kind in either run, USD million a path, and the error of their difference."""
        a, b = clusters.means(self.lost[:, :, k].T, self.by_cluster)
        return float(a), float(b), self._error(self.lost[1, :, k] - self.lost[0, :, k], float(self.squares[k]))

    def _error(self, more: Array | Ints, squares: float) -> float:
        """Error of the mean of a difference from its sums by cluster, and the sum of its squares."""
        if self.clustered:
            return float(clusters.between(clusters.residuals(more, self.by_cluster), self.clusters))
        mean = float(more.sum()) / self.paths
        return float(np.sqrt(max(squares / self.paths - mean**2, 0.0) / self.paths))


def over_common(a: RunFolder, b: RunFolder, nodes: Sequence[str], kinds: Sequence[str], turns: int) -> Common:
    """Add up the first paths that both runs have; memory does not grow with their number.

    Parameters
    ----------
    nodes, kinds : which falls and which losses of everybody.
    turns : clusters that blocks of paths take turns with; 1 where each path is by itself.

    Raises
    ------
    InputError : a chunk is missing or damaged.
    """
    names = [*(f"fell:{node}" for node in nodes), *kinds]
    whole = min(a.manifest.paths, b.manifest.paths)
    by_cluster = np.zeros(turns, dtype=np.int64)
    fell, only = np.zeros((2, turns, len(nodes)), dtype=np.int64), np.zeros((2, len(nodes)), dtype=np.int64)
    lost, squares = np.zeros((2, turns, len(kinds))), np.zeros(len(kinds))
    for first in range(0, whole, a.manifest.chunk):
        count = min(a.manifest.chunk, whole - first)
        columns = [folder.span(names, first, count) for folder in (a, b)]
        cluster = opening_of(a.manifest, first, count, turns)
        by_cluster += np.bincount(cluster, minlength=turns)
        for f, node in enumerate(nodes):
            down = [side[f"fell:{node}"] != NEVER for side in columns]
            fell[:, :, f] += [np.bincount(cluster[side], minlength=turns) for side in down]
            only[:, f] += [np.count_nonzero(down[0] & ~down[1]), np.count_nonzero(down[1] & ~down[0])]
        for k, kind in enumerate(kinds):
            lost[:, :, k] += [np.bincount(cluster, weights=side[kind], minlength=turns) for side in columns]
            squares[k] += np.square(columns[1][kind] - columns[0][kind]).sum()
    return Common(by_cluster, fell, only, lost, squares)
