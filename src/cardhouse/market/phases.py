"""Bull and bear phases of a price series by the two rules of the literature, and the waves they make.

The turning-point rule dates phases with hindsight: a turn is known only ``window`` rows after it. The filter rule
follows the price: a bear begins, back at the high, once the price has fallen so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Phase:
    """Rows ``start`` to ``end``, both included, all bull or all bear. A turning point ends its phase."""

    start: int
    end: int
    bull: bool


@dataclass(frozen=True, slots=True)
class Wave:
    """A bull phase and the bear phase after it: from the low before to the peak, and on to the low after.

    Positions are rows. ``gain`` and ``fall`` are shares (1.5 is +150%, -0.5 half lost); ``fall`` and ``low`` are None
    while no bear phase has followed. ``begun`` is False where the rows start inside the bull, ``over`` where they
    end inside the bear: its low may still be to come.
    """

    start: int
    peak: int
    low: int | None
    gain: float
    fall: float | None
    begun: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Turning:
    """Settings of the turning-point rule, in rows; ``change`` in percent. Defaults for monthly prices.

    window : a turn is the extreme of so many rows on either side.
    margin : no turn is dated so near to either end.
    phase : a phase is at least so long, unless it moves by ``change``.
    cycle : two phases together are at least so long, unless one moves by ``change``.
    """

    window: int = 8
    margin: int = 6
    phase: int = 4
    cycle: int = 16
    change: float = 20.0

    @classmethod
    def daily(cls) -> Turning:
        """The same lengths in trading days, 21 a month."""
        return cls(8 * 21, 6 * 21, 4 * 21, 16 * 21, 20.0)

    @classmethod
    def of_rate(cls, per_year: float) -> Turning:
        """The monthly lengths for prices of another frequency, in rows a year."""
        rate = per_year / 12.0
        window, margin, phase, cycle = (max(1, round(k * rate)) for k in (8, 6, 4, 16))
        return cls(window, margin, phase, cycle, 20.0)


def check_prices(values: npt.ArrayLike, fewest: int) -> Floats:
    """Read prices: one row of ``fewest`` or more, positive and finite."""
    price = np.asarray(values, dtype=np.float64)
    if price.ndim != 1 or price.size < fewest:
        raise InputError(f"{price.size} prices; at least {fewest} are needed")
    if not (np.isfinite(price).all() and (price > 0).all()):
        raise InputError("prices must be positive and finite")
    return price


def pagan_sossounov(values: npt.ArrayLike, rule: Turning | None = None) -> tuple[Phase, ...]:
    """Phases between turning points that survive censoring.

    Parameters
    ----------
    values : (n,) prices, evenly spaced.
    rule : lengths; by default those of Pagan and Sossounov for months.

    References
    ----------
    Pagan and Sossounov (2003), Journal of Applied Econometrics 18(1). Bry and Boschan (1971), NBER.
    """
    rule = rule or Turning()
    price = check_prices(values, 2 * max(rule.window, rule.margin) + 1)
    turns = _alternate(_candidates(price, rule), price)
    while (short := _short_phase(turns, price, rule)) is not None:
        turns = _alternate([t for i, t in enumerate(turns) if i != short], price)
    while (short := _short_cycle(turns, price, rule)) is not None:
        turns = _alternate([t for i, t in enumerate(turns) if i != short], price)
    return _between(turns, price)


def _candidates(price: Floats, rule: Turning) -> list[tuple[int, bool]]:
    """(row, is a peak) of every first extreme of a window around it, away from the ends."""
    k = rule.window
    views = np.lib.stride_tricks.sliding_window_view(price, 2 * k + 1)
    peaks, lows = np.argmax(views, axis=1) == k, np.argmin(views, axis=1) == k
    found = [(int(i) + k, True) for i in np.flatnonzero(peaks)] + [(int(i) + k, False) for i in np.flatnonzero(lows)]
    return sorted((i, peak) for i, peak in found if rule.margin <= i < price.size - rule.margin)


def _alternate(turns: list[tuple[int, bool]], price: Floats) -> list[tuple[int, bool]]:
    """Of neighbours of one kind only the most extreme; at the ends none that the end itself surpasses."""
    runs = []
    for peak, run in groupby(turns, key=lambda t: t[1]):
        rows = [i for i, _ in run]
        runs.append((max(rows, key=lambda i: price[i]) if peak else min(rows, key=lambda i: price[i]), peak))
    for place, edge in ((0, 0), (-1, price.size - 1)):
        if runs:
            row, peak = runs[place]
            if (price[edge] > price[row]) if peak else (price[edge] < price[row]):
                runs.pop(place)
    return runs


def _short_phase(turns: list[tuple[int, bool]], price: Floats, rule: Turning) -> int | None:
    """Place of the first turn that follows too soon on too small a move."""
    for k in range(1, len(turns)):
        before, here = turns[k - 1][0], turns[k][0]
        if here - before < rule.phase and abs(price[here] / price[before] - 1) * 100 < rule.change:
            return k
    return None


def _short_cycle(turns: list[tuple[int, bool]], price: Floats, rule: Turning) -> int | None:
    """Place of the first turn whose like returns too soon with too small moves between."""
    for k in range(2, len(turns)):
        a, b, c = (turns[j][0] for j in (k - 2, k - 1, k))
        most = max(abs(price[b] / price[a] - 1), abs(price[c] / price[b] - 1)) * 100
        if c - a < rule.cycle and most < rule.change:
            return k - 2
    return None


def _between(turns: list[tuple[int, bool]], price: Floats) -> tuple[Phase, ...]:
    """Phases that end on the turns; without any, one phase by the sign of the whole move."""
    last = price.size - 1
    if not turns:
        return (Phase(0, last, bool(price[-1] >= price[0])),)
    phases, start = [], 0
    for row, peak in turns:
        phases.append(Phase(start, row, peak))
        start = row + 1
    if start <= last:
        phases.append(Phase(start, last, not turns[-1][1]))
    return tuple(phases)


def lunde_timmermann(values: npt.ArrayLike, *, up: float = 20.0, down: float = 15.0) -> tuple[Phase, ...]:
    """Phases by a filter: a bear begins at the high once the price is ``down`` percent below it, a bull likewise.

    The rows start as bull. A move of exactly the threshold does not count.

    References
    ----------
    Lunde and Timmermann (2004), Journal of Business and Economic Statistics 22(3).
    """
    if not (up > 0 and 0 < down < 100):
        raise InputError(f"thresholds of {up:g}% up and {down:g}% down; expected positive ones, down below 100")
    price = check_prices(values, 2)
    turns: list[tuple[int, bool]] = []
    bull, extreme = True, 0
    for i in range(1, price.size):
        if bull:
            if price[i] > price[extreme]:
                extreme = i
            elif (price[extreme] - price[i]) / price[extreme] * 100 > down:
                turns.append((extreme, True))
                bull, extreme = False, i
        elif price[i] < price[extreme]:
            extreme = i
        elif (price[i] - price[extreme]) / price[extreme] * 100 > up:
            turns.append((extreme, False))
            bull, extreme = True, i
    if turns and turns[0] == (0, True):
        # The very first row was the high: the rows begin with a bear.
        return _between(turns[1:], price) if len(turns) > 1 else (Phase(0, price.size - 1, False),)
    return _between(turns, price) if turns else (Phase(0, price.size - 1, True),)


def waves(values: npt.ArrayLike, phases: tuple[Phase, ...]) -> tuple[Wave, ...]:
    """Every bull phase with the fall after it, from the phases of either rule."""
    price = check_prices(values, 2)
    found = []
    for k, phase in enumerate(phases):
        if not phase.bull:
            continue
        start, peak = (phases[k - 1].end if k else 0), phase.end
        after = phases[k + 1] if k + 1 < len(phases) else None
        low = after.start + int(np.argmin(price[after.start : after.end + 1])) if after else None
        found.append(
            Wave(
                start,
                peak,
                low,
                float(price[peak] / price[start] - 1),
                float(price[low] / price[peak] - 1) if low is not None else None,
                begun=k > 0,
                over=after is not None and k + 2 < len(phases),
            )
        )
    return tuple(found)
