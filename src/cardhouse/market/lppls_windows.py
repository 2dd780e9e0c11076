"""Many windows that end on one day: which of their log-periodic fits pass the usual filters, and what share that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.lppls import FEWEST, QUICK, Bounds, Fit, Floats, Search, fit_checked, read_window


class Count(StrEnum):
    """Two counts of oscillations that the literature both calls O; one is twice the other."""

    TURNS = "turns"
    """Whole oscillations, w / (2 pi) ln((tc - start) / (tc - end)); lppls 0.6."""
    HALF_TURNS = "half-turns"
    """Half-periods, w / pi ln(...); Jiang and others (2010)."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a fit must satisfy to count; bounds are strict. The defaults are those of lppls 0.6.

    tc at most ``latest_days`` and ``latest_share`` of the window after its end; at least ``oscillations``, counted
    by ``count``; ``damping`` m|b|/(wc). A fit whose m or w stopped at a bound of the search never counts.
    """

    m: tuple[float, float] = (0.0, 1.0)
    w: tuple[float, float] = (2.0, 15.0)
    latest_days: float = 252.0
    latest_share: float = 0.5
    oscillations: float = 2.5
    count: Count = Count.TURNS
    damping: float = 0.5

    def failures(self, fit: Fit) -> tuple[str, ...]:
        """Names of the conditions that a fit does not meet."""
        seen = fit.turns if self.count is Count.TURNS else fit.half_turns
        checks = {
            "bounds": not {"m", "w"} & set(fit.at_bounds),
            "m": self.m[0] < fit.m < self.m[1],
            "w": self.w[0] < fit.w < self.w[1],
            "tc": fit.tc < fit.end + min(self.latest_days, self.latest_share * (fit.end - fit.start)),
            "oscillations": seen > self.oscillations,
            "damping": fit.damping > self.damping,
        }
        return tuple(name for name, met in checks.items() if not met)


@dataclass(frozen=True, slots=True)
class Nest:
    """All fits of windows that end on one day.

    ``confidence`` is the share of all windows whose fit rises and passes the filters; ``anti`` the same for
    falling ones. lppls 0.6 divides by the rising fits alone, which makes two good fits of two look like certainty:
    that share is ``among_rising``.
    """

    end: float
    fits: tuple[Fit, ...]
    qualified: tuple[bool, ...]

    @property
    def confidence(self) -> float:
        """Share of all windows that rise and qualify, 0 to 1."""
        return sum(q and f.rising for f, q in zip(self.fits, self.qualified, strict=True)) / len(self.fits)

    @property
    def anti(self) -> float:
        """Share of all windows that fall and qualify, 0 to 1."""
        return sum(q and not f.rising for f, q in zip(self.fits, self.qualified, strict=True)) / len(self.fits)

    @property
    def among_rising(self) -> float:
        """Share of the rising fits that qualify; 0 when none rises."""
        rising = [q for f, q in zip(self.fits, self.qualified, strict=True) if f.rising]
        return sum(rising) / len(rising) if rising else 0.0

    @property
    def critical(self) -> tuple[float, float, float] | None:
        """Critical times of the qualified rising fits: 10%, median, 90%; None without any."""
        times = [f.tc for f, q in zip(self.fits, self.qualified, strict=True) if q and f.rising]
        if not times:
            return None
        low, middle, high = np.quantile(times, [0.1, 0.5, 0.9])
        return float(low), float(middle), float(high)


def nested(
    days: npt.ArrayLike,
    logs: npt.ArrayLike,
    *,
    largest: int = 120,
    smallest: int = 30,
    step: int = 5,
    every: int = 1,
    ends: Sequence[int] | None = None,
    bounds: Bounds | None = None,
    filters: Filters | None = None,
    search: Search | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Nest]:
    """Fit windows of ``largest``, ``largest - step``, ... above ``smallest`` prices on each end.

    Parameters
    ----------
    days, logs : (n,), as of :func:`cardhouse.market.lppls.fit`.
    largest, smallest, step : prices in a window; ``smallest`` itself is not fitted, as in lppls.
    every : one end in so many; ``ends`` names positions instead.
    search : how densely; by default quick for windows of up to 200 prices.
    progress : told the share done, 0 to 1.

    Raises
    ------
    InputError : windows that do not fit into the prices.
    """
    t, y = read_window(days, logs)
    if not (FEWEST <= smallest < largest <= t.size and step >= 1 and every >= 1):
        raise InputError(
            f"windows from {smallest} to {largest} by {step} do not fit {t.size} prices; expected "
            f"{FEWEST} <= smallest < largest <= {t.size} and steps of at least 1"
        )
    where, rules = bounds or Bounds(), filters or Filters()
    chosen = list(range(largest - 1, t.size, every)) if ends is None else list(ends)
    if any(not largest - 1 <= end < t.size for end in chosen):
        raise InputError(f"ends must lie from {largest - 1} to {t.size - 1}; found {chosen}")
    found = []
    for k, end in enumerate(chosen):
        found.append(_nest(t, y, end, range(largest, smallest, -step), where, rules, search))
        if progress:
            progress((k + 1) / len(chosen))
    return found


def _usual(size: int) -> Search:
    """The search for a window: quick up to 200 prices, where it misses nothing."""
    return QUICK if size <= 200 else Search()


def _nest(
    t: Floats, y: Floats, end: int, sizes: range, bounds: Bounds, filters: Filters, search: Search | None
) -> Nest:
    fits = tuple(
        fit_checked(t[end + 1 - n : end + 1], y[end + 1 - n : end + 1], bounds, search or _usual(n), tc=None)
        for n in sizes
    )
    return Nest(float(t[end]), fits, tuple(not filters.failures(f) for f in fits))
