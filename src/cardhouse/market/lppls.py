"""The log-periodic power law: a fit that is bounded, repeatable, and never one date alone.

A price that grows faster than exponentially, with oscillations that quicken towards a critical time tc. The fit
says how well such a curve describes a window; it is no forecast, and :func:`profile` shows how loosely the prices
pin tc down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

Floats = npt.NDArray[np.float64]

FEWEST = 20
"""Prices below which seven parameters are not worth fitting."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where parameters are searched.

    ``tc`` lies from ``soonest`` days after the window's end to ``latest`` times its length after it.
    """

    m: tuple[float, float] = (0.01, 0.99)
    w: tuple[float, float] = (2.0, 25.0)
    soonest: float = 0.5
    latest: float = 0.5

    def box(self, span: float) -> tuple[Floats, Floats]:
        """Lowest and highest (tc, m, w), tc in spans after the window's end."""
        low, high = self.soonest / span, self.latest
        if not (0 < low < high and 0 < self.m[0] < self.m[1] and 0 < self.w[0] < self.w[1]):
            raise InputError(
                f"bounds leave nothing to search: tc {self.soonest:g} days to {high * span:g} days after the end, "
                f"m {self.m}, w {self.w}; a window of {span:g} days needs soonest below {high * span:g}"
            )
        return np.array([low, self.m[0], self.w[0]]), np.array([high, self.m[1], self.w[1]])


@dataclass(frozen=True, slots=True)
class Search:
    """How densely descents are begun: the grid, how many are begun, how many finished; the best one is polished."""

    tcs: int = 8
    ms: int = 3
    ws: int = 40
    starts: int = 40
    finish: int = 8
    nearest: float = 0.001
    polish: bool = True


QUICK = Search(tcs=6, ms=2, ws=28, starts=10, finish=3, nearest=0.005, polish=False)
"""For windows of up to 200 prices: on 120 of the Nasdaq within a millionth of the sum of squares of a denser search."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted curve: log p(t) = a + (tc-t)^m (b + c1 cos(w ln(tc-t)) + c2 sin(w ln(tc-t))), t in days.

    ``start``, ``end`` and ``size`` are the window's; ``sse`` the sum of squared residuals of log prices;
    ``at_bounds`` names the parameters that stopped at a bound, where the best fit lies outside the search.
    """

    tc: float
    m: float
    w: float
    a: float
    b: float
    c1: float
    c2: float
    sse: float
    start: float
    end: float
    size: int
    at_bounds: tuple[str, ...]

    @property
    def c(self) -> float:
        """Amplitude of the oscillation."""
        return math.hypot(self.c1, self.c2)

    @property
    def rising(self) -> bool:
        """Whether the power law rises towards tc (b below 0): a bubble, not an antibubble."""
        return self.b < 0

    @property
    def turns(self) -> float:
        """Whole oscillations in the window: w / (2 pi) ln((tc - start) / (tc - end)). What lppls 0.6 calls O."""
        return self.w / (2 * math.pi) * math.log((self.tc - self.start) / (self.tc - self.end))

    @property
    def half_turns(self) -> float:
        """Half-periods in the window, twice :attr:`turns`: the count in Jiang and others (2010) and its successors."""
        return 2 * self.turns

    @property
    def damping(self) -> float:
        """Damping m |b| / (w c); at 1 or more the curve never falls before tc (Bothmer and Meister 2003)."""
        return self.m * abs(self.b) / (self.w * self.c) if self.c > 0 else math.inf

    def curve(self, days: npt.ArrayLike) -> Floats:
        """Log prices of the curve on days before tc; NaN from tc on."""
        left = self.tc - np.asarray(days, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log(left)
            inner = self.b + self.c1 * np.cos(self.w * logs) + self.c2 * np.sin(self.w * logs)
            return np.where(left > 0, self.a + np.exp(self.m * logs) * inner, np.nan)


@dataclass(frozen=True, eq=False)
class Profile:
    """Best sum of squares for each critical time, all other parameters free: (k,) each."""

    best: Fit
    tc: Floats
    sse: Floats
    m: Floats
    w: Floats
    effective: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Critical times that the window does not reject, by likelihood ratio with ``effective`` observations.

        Residuals of daily prices are near to a random walk; n independent ones would make the interval absurdly
        narrow. Ends that touch the searched range are not ends: compare with ``tc[0]`` and ``tc[-1]``.
        """
        from scipy.stats import chi2

        limit = float(np.min(self.sse)) * math.exp(float(chi2.ppf(level, 1)) / self.effective)
        kept = self.tc[self.sse <= limit]
        return float(kept.min()), float(kept.max())


def read_window(days: npt.ArrayLike, logs: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Check a window: rising days, finite log prices, at least 20.

    Raises
    ------
    InputError : says what does not fit.
    """
    t, y = np.asarray(days, dtype=np.float64), np.asarray(logs, dtype=np.float64)
    if t.ndim != 1 or t.shape != y.shape:
        raise InputError(f"days have the shape {t.shape} and log prices {y.shape}; expected two equal rows")
    if t.size < FEWEST:
        raise InputError(f"{t.size} prices; a log-periodic fit needs at least {FEWEST}")
    if not (np.isfinite(t).all() and np.isfinite(y).all()):
        raise InputError("days and log prices must be finite")
    if (np.diff(t) <= 0).any():
        raise InputError(f"days must rise; they do not after position {int(np.argmax(np.diff(t) <= 0))}")
    return t, y


def fit(days: npt.ArrayLike, logs: npt.ArrayLike, *, bounds: Bounds | None = None, search: Search | None = None) -> Fit:
    """Fit a window; the same answer every time.

    Parameters
    ----------
    days : (n,), rising, in days.
    logs : (n,), logarithms of prices.
    bounds : where to search; by default m .01 to .99, w 2 to 25, tc from half a day to half the window after it.
    search : how densely.

    Returns
    -------
    Fit : the lowest sum of squares found; ``at_bounds`` tells where it leans on a bound.

    References
    ----------
    Golub and Pereyra (1973), SIAM Journal on Numerical Analysis 10(2). Filimonov and Sornette (2013), Physica A 392.
    """
    t, y = read_window(days, logs)
    return fit_checked(t, y, bounds or Bounds(), search or Search(), tc=None)


def fit_checked(t: Floats, y: Floats, bounds: Bounds, search: Search, *, tc: float | None) -> Fit:
    """Fit a checked window, with tc free or fixed."""
    from cardhouse.market import lppls_kernel as kernel

    span = float(t[-1] - t[0])
    unit, centred = (t - t[-1]) / span, y - y.mean()
    low, high = bounds.box(span)
    if tc is not None:
        low[0] = high[0] = (tc - t[-1]) / span
        tcs = low[:1].copy()
    else:
        tcs = np.geomspace(max(low[0], min(search.nearest, high[0])), high[0], search.tcs)
    ms = np.clip(np.linspace(0.2, 0.8, search.ms), low[1], high[1])
    edge = 0.02 * (high[2] - low[2])
    ws = np.linspace(low[2] + edge, high[2] - edge, search.ws)
    found = np.full((search.starts, 4), np.inf)
    kernel.search(unit, centred, low, high, tcs, ms, ws, search.starts, search.finish, found)
    best = found[int(np.argmin(found[:, 3]))]
    if search.polish:
        n = t.size
        theta = best[:3].copy()
        kernel.descend(unit, centred, theta, low, high, 400, 1e-14, np.empty(n), np.empty((3, n)), np.empty((8, n)))
        best = theta
    return _made(t, y, unit, centred, best, low, high, span, fixed=tc is not None)


def _made(
    t: Floats,
    y: Floats,
    unit: Floats,
    centred: Floats,
    best: Floats,
    low: Floats,
    high: Floats,
    span: float,
    *,
    fixed: bool,
) -> Fit:
    """The fit in days, from its three parameters in spans."""
    from cardhouse.market import lppls_kernel as kernel

    n = t.size
    logs, work, basis = np.empty(n), np.empty((3, n)), np.empty((3, n))
    tri, rest, coef = np.zeros((3, 4)), np.empty(n), np.zeros(3)
    theta = best[:3].copy()
    sse = kernel.evaluate(unit, centred, theta, logs, work, basis, tri, rest)
    kernel.linear(tri, coef)
    a = float(y.mean() - (work * coef[:, None]).sum(axis=0).mean())
    tc, m, w = float(t[-1] + theta[0] * span), float(theta[1]), float(theta[2])
    # In days the power law scales with span^-m, and the phase turns back by w ln(span).
    scale, angle = span**-m, w * math.log(span)
    c1 = scale * float(coef[1] * math.cos(angle) - coef[2] * math.sin(angle))
    c2 = scale * float(coef[1] * math.sin(angle) + coef[2] * math.cos(angle))
    near = 1e-6 * (high - low)
    stuck = tuple(
        name
        for k, name in enumerate(("tc", "m", "w"))
        if not (fixed and k == 0) and (theta[k] <= low[k] + near[k] or theta[k] >= high[k] - near[k])
    )
    return Fit(tc, m, w, a, float(scale * coef[0]), c1, c2, float(sse), float(t[0]), float(t[-1]), n, stuck)


def profile(days: npt.ArrayLike, logs: npt.ArrayLike, *, points: int = 60, bounds: Bounds | None = None) -> Profile:
    """Fit once for each of many critical times.

    Parameters
    ----------
    days, logs : as of :func:`fit`.
    points : critical times tried, denser near the window's end; the best fit's own is added.
    """
    t, y = read_window(days, logs)
    where = bounds or Bounds()
    best = fit(t, y, bounds=where)
    low, high = where.box(float(t[-1] - t[0]))
    span = float(t[-1] - t[0])
    tried = np.unique(np.append(t[-1] + np.geomspace(low[0], high[0], points) * span, best.tc))
    fits = [fit_checked(t, y, where, QUICK, tc=float(tc)) for tc in tried]
    best = min([best, *fits], key=lambda f: f.sse)
    return Profile(
        best,
        tried,
        np.array([f.sse for f in fits]),
        np.array([f.m for f in fits]),
        np.array([f.w for f in fits]),
        _effective(y - best.curve(t)),
    )


def _effective(rest: Any) -> float:
    """Independent observations that residuals with this first autocorrelation are worth; at least 8."""
    centred = rest - rest.mean()
    total = float(centred @ centred)
    near = float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0
    rho = min(max(near, 0.0), 0.999)
    return float(max(rest.size * (1 - rho) / (1 + rho), 8.0))
