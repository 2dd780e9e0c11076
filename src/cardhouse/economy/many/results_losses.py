"""Who loses how much in a run of many paths: mean, value at risk and expected shortfall by group and kind of loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many import clusters
from cardhouse.economy.many import losses as classes
from cardhouse.economy.many.totals import Totals, groups_in, listed

LEVELS = (0.95, 0.99)
OUTSIDE = "outside"
"""The kind of loss that is counted at the debtor."""
ACCURACY = float(np.expm1(np.log1p(classes.FARTHEST) / (classes.CLASSES // 2 - 1)))
"""Width of a class of losses as a part of its lower end: how far a value at risk may be off."""
SMALLEST = ACCURACY
"""USD million from which on a loss counts as one: the end of the class that begins at nothing."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Losses of one kind in one group over the horizon, USD million a path.

    Attributes
    ----------
    kind : credit (claims on who failed, for loans, receivables and a year's damages of broken contracts, less what
        estates pay on them, and what was paid under guarantees), stakes (shares written down), revenue (below plan; a
        gain is negative), outside (what creditors outside the network lose on the own failure of the group's members).
    group : id of a node, ``layer:...``, ``camp:...`` or ``all``.
    mean, error : over all paths, exact; between openings where there are several.
    share : of paths that have a loss.
    value_at_risk : loss that is not exceeded with 95 and 99 %; off by at most a class, :data:`ACCURACY`.
    expected_shortfall : mean of the worst 5 and 1 % of the paths.
    rests_on : independent groups that the losses among these worst paths come from, at most so many: openings where
        assumptions are drawn, else paths. Losses are not kept by opening and path, so that the tail has no error.
    """

    kind: str
    group: str
    mean: float
    error: float
    share: float
    value_at_risk: tuple[float, float]
    expected_shortfall: tuple[float, float]
    rests_on: tuple[int, int]


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
    lossy, groups = int(counts[classes.CLASSES // 2 + 1 :].sum()), _groups(answer, kind[1], group[1])
    rests_on = [min(lossy, groups, math.ceil((1.0 - level) * counts.sum() - 1e-9)) for level in LEVELS]
    return Loss(
        kind=kind[1],
        group=group[1],
        mean=mean,
        error=error,
        share=float(lossy / counts.sum()),
        value_at_risk=(at_risk[0], at_risk[1]),
        expected_shortfall=(shortfall[0], shortfall[1]),
        rests_on=(rests_on[0], rests_on[1]),
    )


def _groups(answer: Totals, kind: str, group: str) -> int:
    """Independent groups of paths; for what those outside lose on failures only those in which somebody stops.

    Which paths had failures after which a firm went on is not kept by opening: where there are such, all count.
    """
    count = clusters.clusters(answer.by_opening)
    if count == 1:
        return answer.manifest.paths
    if kind != OUTSIDE:
        return count
    listed_groups: Any = answer.manifest.layout["groups"]
    members = np.asarray(listed_groups[group], dtype=np.int64)
    fell = answer.sums["fell_by_opening"][:, members]
    if (answer.sums["failures"][members] > fell.sum(axis=0)).any():
        return count
    return int(np.count_nonzero(fell.any(axis=1)))


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
