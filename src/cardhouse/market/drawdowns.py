"""Falls from a high and the way back, and earlier booms laid beside a later one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.phases import Floats, check_prices


@dataclass(frozen=True, slots=True)
class Drawdown:
    """A fall from a high to its low and back above the high; rows. ``back`` is None while it lasts.

    ``depth`` is a share, -0.78 for 78% lost.
    """

    peak: int
    low: int
    back: int | None
    depth: float


def underwater(values: npt.ArrayLike) -> Floats:
    """Share below the highest price so far, 0 or negative, (n,)."""
    price = check_prices(values, 1)
    return np.asarray(price / np.maximum.accumulate(price) - 1.0)


def drawdowns(values: npt.ArrayLike, *, least: float = 0.0) -> tuple[Drawdown, ...]:
    """All falls of at least ``least`` (a share), deepest first; those that overlap count once, by their high."""
    if not 0 <= least < 1:
        raise InputError(f"the least depth is {least:g}; expected a share from 0 to 1, for example 0.2")
    price = check_prices(values, 1)
    depth = underwater(price)
    below = np.concatenate(([False], depth < 0, [False]))
    starts, ends = np.flatnonzero(~below[:-1] & below[1:]), np.flatnonzero(below[:-1] & ~below[1:])
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        low = start + int(np.argmin(depth[start:end]))
        if -depth[low] >= least:
            found.append(Drawdown(start - 1, low, end if end < price.size else None, float(depth[low])))
    return tuple(sorted(found, key=lambda d: d.depth))


def worst_after(values: npt.ArrayLike, horizon: int) -> Floats:
    """Deepest fall between any two rows of the next ``horizon``, the row itself included, (n,), 0 or negative.

    Rows near the end see fewer rows ahead; the last ``horizon`` values are of shorter spans.
    """
    price = check_prices(values, 1)
    if horizon < 1:
        raise InputError(f"the horizon is {horizon} rows; expected at least 1")
    worst = np.zeros(price.size)
    logs = np.log(price)
    for i in range(price.size):
        ahead = logs[i : i + horizon + 1]
        worst[i] = np.exp(np.min(ahead - np.maximum.accumulate(ahead))) - 1.0
    return worst


class Align(StrEnum):
    """On what two booms are laid over each other."""

    PEAK = "peak"
    START = "start"


@dataclass(frozen=True, eq=False)
class Analogue:
    """An earlier boom laid over the end of a later one.

    ``now`` and ``then`` are both 1 at the aligned row; ``then`` runs on past the end of ``now``: what came next that
    time, which need not come again. ``fit`` is the correlation of the two in logs where both exist, and ``possible``
    how many alignments of this length the earlier prices allow: a good fit among many is no finding.
    ``better`` counts the alignments of them that fit at least as well as this one.
    """

    align: Align
    now: Floats
    then: Floats
    fit: float
    possible: int
    better: int

    @property
    def share(self) -> float:
        """Share of all alignments that fit at least as well; near 0 only when this one is singular."""
        return self.better / self.possible


def analogue(
    now: npt.ArrayLike,
    then: npt.ArrayLike,
    *,
    align: Align,
    now_start: int = 0,
    then_start: int = 0,
    then_peak: int | None = None,
) -> Analogue:
    """Lay an earlier boom over a later one.

    Parameters
    ----------
    now : (n,), the later prices; from ``now_start`` on they are the boom, to the last row.
    then : (k,), the earlier prices; boom from ``then_start``, high at ``then_peak`` (by default the highest row).
    align : START lays the two first rows of the booms over each other. PEAK lays the highest row of ``now`` since
        its start on the earlier peak: it supposes that the high has been seen.

    Raises
    ------
    InputError : rows outside the prices, or booms of less than 20 common rows.
    """
    later, earlier = check_prices(now, 20), check_prices(then, 20)
    peak = int(np.argmax(earlier)) if then_peak is None else then_peak
    if not (0 <= now_start < later.size and 0 <= then_start <= peak < earlier.size):
        raise InputError(
            f"the booms begin at rows {now_start} of {later.size} and {then_start} of {earlier.size}, the earlier "
            f"peak is row {peak}; expected rows inside, start before peak"
        )
    boom = later[now_start:]
    anchor = int(np.argmax(boom)) if align is Align.PEAK else 0
    first = (peak if align is Align.PEAK else then_start) - anchor
    cut = max(0, -first)
    boom, anchor, first = boom[cut:], anchor - cut, first + cut
    common = min(boom.size, earlier.size - first)
    if common < 20:
        raise InputError(f"the two booms share {common} rows; at least 20 are needed to compare them")
    fits = _fits(np.log(boom[:common]), np.log(earlier))
    fit = float(fits[first])
    path = earlier[first:] / earlier[first + anchor]
    return Analogue(align, boom / boom[anchor], path, fit, int(fits.size), int((fits >= fit - 1e-12).sum()))


def _fits(pattern: Floats, series: Floats) -> Floats:
    """Correlation of a pattern with every stretch of its length; 0 where a stretch does not move."""
    windows = np.lib.stride_tricks.sliding_window_view(series, pattern.size)
    shape = pattern - pattern.mean()
    size = np.sqrt(shape @ shape)
    out = np.zeros(windows.shape[0])
    for i, window in enumerate(windows):
        centred = window - window.mean()
        scale = np.sqrt(centred @ centred) * size
        out[i] = centred @ shape / scale if scale > 0 else 0.0
    return out
