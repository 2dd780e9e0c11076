"""Who loses how much in a run of many paths: mean, value at risk and expected shortfall by group and kind of loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many import clusters
from cardhouse.economy.many import losses as classes
from cardhouse.economy.many.totals import Totals, groups_in, listed

LEVELS = (0.95, 0.99)
ACCURACY = float(np.expm1(np.log1p(classes.FARTHEST) / (classes.CLASSES // 2 - 1)))
"""Width of a class of losses as a part of its lower end: how far a value at risk may be off."""
SMALLEST = ACCURACY
"""USD million from which on a loss counts as one: the end of the class that begins at nothing."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Losses of one kind in one group over the horizon, USD million a path.

    Attributes
    ----------
    kind : credit (written off on loans, receivables and guarantees, less what estates pay on contracts that they broke,
        which stood in no books: it may be negative), stakes (shares written down), revenue (below plan; a gain is
        negative), outside (what creditors outside the network lose on the own failure of the group's members).
    group : id of a node, ``layer:...``, ``camp:...`` or ``all``.
    mean, error : over all paths, exact; between openings where there are several.
    share : of paths that have a loss.
    value_at_risk : loss that is not exceeded with 95 and 99 %; off by at most a class, :data:`ACCURACY`.
    expected_shortfall : mean of the worst 5 and 1 % of the paths.
    """

    kind: str
    group: str
    mean: float
    error: float
    share: float
    value_at_risk: tuple[float, float]
    expected_shortfall: tuple[float, float]


def losses(answer: Totals) -> tuple[Loss, ...]:
    """Losses by kind and group, in the order of the run; a group without any loss of a kind has zeros."""
    by_opening, paths = answer.sums["loss_by_opening"], answer.by_opening
    means, errors = clusters.means(by_opening, paths), _errors(answer)
    return tuple(
        _loss(answer, (k, kind), (g, group), float(means[k, g]), float(errors[k, g]))
        for k, kind in enumerate(listed(answer, "kinds"))
        for g, group in enumerate(groups_in(answer.manifest))
    )


def _loss(answer: Totals, kind: tuple[int, str], group: tuple[int, str], mean: float, error: float) -> Loss:
    counts, sums = (answer.sums[name][kind[0], group[0]] for name in ("loss_counts", "loss_sums"))
    at_risk = [classes.value_at_risk(counts, sums, level) for level in LEVELS]
    shortfall = [classes.expected_shortfall(counts, sums, level) for level in LEVELS]
    return Loss(
        kind=kind[1],
        group=group[1],
        mean=mean,
        error=error,
        share=float(counts[classes.CLASSES // 2 + 1 :].sum() / counts.sum()),
        value_at_risk=(at_risk[0], at_risk[1]),
        expected_shortfall=(shortfall[0], shortfall[1]),
    )


def _errors(answer: Totals) -> NDArray[np.float64]:
    """Standard errors of the means, (kinds, groups)."""
    by_opening, paths = answer.sums["loss_by_opening"], answer.by_opening
    count = clusters.clusters(paths)
    if count > 1:
        return clusters.between(clusters.residuals(by_opening, paths), count)
    counts, sums, whole = answer.sums["loss_counts"], answer.sums["loss_sums"], paths.sum()
    # Inside a class all losses are taken as its mean, which leaves out less than a ten-thousandth of its square.
    squares = (np.square(sums) / np.maximum(counts, 1)).sum(axis=-1) / whole
    variance = np.maximum(squares - np.square(sums.sum(axis=-1) / whole), 0.0)
    return np.asarray(np.sqrt(variance / whole))
