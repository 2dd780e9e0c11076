"""Dating: when a series was explosive, read off where its BSADF lies above a curve of critical values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.regression import FloatArray, whole

if TYPE_CHECKING:
    from cardhouse.market.critical import Critical
    from cardhouse.market.explosiveness import Explosive
    from cardhouse.market.panel import Panel


@dataclass(frozen=True)
class Episode:
    """A stretch of observations at which the series was found explosive.

    Attributes
    ----------
    start, peak, end : indices in the series: first and last observation above the curve (both inside), and
        the one with the largest statistic.
    length : observations from start to end, both counted.
    statistic : the largest.
    ongoing : the series ends inside the episode, so its end is not known.
    labels : the dates of start, peak and end where dates were given, else the indices.
    """

    start: int
    peak: int
    end: int
    length: int
    statistic: float
    ongoing: bool
    labels: tuple[Any, Any, Any]


def date_episodes(
    result: Explosive | Panel,
    critical: Critical,
    *,
    curve: str | None = None,
    level: float = 0.95,
    min_length: int | None = None,
    labels: Sequence[Any] | npt.NDArray[Any] | None = None,
) -> list[Episode]:
    """Find the explosive episodes of a series.

    Parameters
    ----------
    result : of the series, or of a panel.
    critical : of the same design; of the same series too when they were made from one.
    curve : one of :data:`~cardhouse.market.critical.CURVES`; pointwise when omitted (a composite bootstrap
        has only ``family-wise``).
    level : 0.90, 0.95 or 0.99, unless others were made.
    min_length : shortest episode in observations; the rounded-up logarithm of T when omitted. An episode
        still under way at the end must be as long.
    labels : (T,), dates of the observations.

    Raises
    ------
    InputError : critical values of another design or series, an unknown curve or level.

    References
    ----------
    Phillips, Shi and Yu (2015), International Economic Review 56, section 2, for the least length log T.
    """
    critical.check(result)
    return stretches_above(
        result.bsadf,
        critical.curve(curve, level),
        first=result.design.first,
        min_length=min_length,
        labels=labels,
    )


def stretches_above(
    statistic: FloatArray,
    bound: FloatArray,
    *,
    first: int,
    min_length: int | None = None,
    labels: Sequence[Any] | npt.NDArray[Any] | None = None,
) -> list[Episode]:
    """Find the stretches of (E,) statistics above (E,) bounds; entry 0 belongs to observation ``first``.

    An end without a statistic (NaN) is not above.
    """
    total = first + statistic.size
    least = default_length(total) if min_length is None else whole("min_length", min_length, 1)
    if labels is not None and len(labels) != total:
        raise InputError(f"there are {len(labels)} labels for {total} observations")
    above = np.concatenate([[False], statistic > bound, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1])
    found = []
    for begin, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if stop - begin < least:
            continue
        top = begin + int(np.argmax(statistic[begin:stop]))
        at = (first + begin, first + top, first + stop - 1)
        named = at if labels is None else (labels[at[0]], labels[at[1]], labels[at[2]])
        found.append(Episode(*at, stop - begin, float(statistic[top]), stop == statistic.size, named))
    return found


def default_length(observations: int) -> int:
    """Return the least length of an episode, log T rounded up.

    >>> default_length(1680)
    8
    """
    return max(1, math.ceil(math.log(observations)))
