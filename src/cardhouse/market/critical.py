"""Finite-sample critical values, made on demand for one design and kept on disk when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market import cache, null_paths
from cardhouse.market.explosiveness import STATISTICS, Design, digest_of, sequences
from cardhouse.market.regression import Criterion, FloatArray, read_series, whole
from cardhouse.market.workers import Progress, spread

if TYPE_CHECKING:
    from cardhouse.market.explosiveness import Explosive
    from cardhouse.market.panel import Panel

LEVELS = (0.90, 0.95, 0.99)
POINTWISE, RUNNING, FAMILY = "pointwise", "running-maximum", "family-wise"
CURVES = {
    POINTWISE: "quantile of the BSADF at the same end: a false alarm with the stated chance at each date",
    RUNNING: "quantile of the running maximum of the forward BADF, which exuber uses for the BSADF",
    FAMILY: "quantile of the running maximum of the BSADF: a false alarm with the stated chance at any date so far",
}
"""Curves that the BSADF may be compared with, and what each means."""
Measure: TypeAlias = Callable[[FloatArray, Design], tuple[FloatArray, FloatArray]]
"""Turns a path into its sequences: windows from the first row, and the largest at each end."""
MOST_BYTES = 2**32
"""Room that the sequences of all replications may take."""


@dataclass(frozen=True, eq=False)
class Critical:
    """Critical values of one design.

    Attributes
    ----------
    kind : monte-carlo, wild, sieve, composite or panel-sieve.
    design : the only design they may be used with.
    series : digest of the only series they may be used with; empty when they fit any (Monte Carlo).
    replications, seed : how they were made.
    draws : by statistic, (R,) in rising order.
    levels : probabilities of the curves.
    curves : by name, (levels, E).
    """

    kind: str
    design: Design
    series: str
    replications: int
    seed: int
    draws: Mapping[str, FloatArray]
    levels: tuple[float, ...]
    curves: Mapping[str, FloatArray]

    def value(self, statistic: str, level: float = 0.95) -> float:
        """Return the critical value of adf, sadf or gsadf at a level of the null distribution."""
        if not 0 < level < 1:
            raise InputError(f"level must lie between 0 and 1, as 0.95; found {level!r}")
        return float(np.quantile(self._drawn(statistic), level))

    def p_value(self, statistic: str, found: float) -> float:
        """Return the share of replications at least as large, counting the series itself: never zero."""
        drawn = self._drawn(statistic)
        if np.isnan(found):
            raise InputError(f"{statistic} is nan: a series without a statistic has no p-value")
        above = drawn.size - int(np.searchsorted(drawn, found, side="left"))
        return (1 + above) / (1 + drawn.size)

    def curve(self, name: str | None = None, level: float = 0.95) -> FloatArray:
        """Return (E,), what the BSADF must exceed at each end; pointwise where there is one, unless named."""
        chosen = next(iter(self.curves)) if name is None else name
        if chosen not in self.curves:
            raise InputError(f"{self.kind} values have the curves {', '.join(self.curves)}; found {name!r}")
        if level not in self.levels:
            raise InputError(f"the curves were made for the levels {', '.join(map(str, self.levels))}; found {level!r}")
        found: FloatArray = self.curves[chosen][self.levels.index(level)]
        return found

    def check(self, result: Explosive | Panel) -> None:
        """Refuse a result of another design, or of another series when they were made from one.

        Raises
        ------
        InputError : says what they were made for.
        """
        if result.design != self.design:
            raise InputError(f"critical values made for {self.design} do not fit a result of {result.design}")
        if self.series and result.digest != self.series:
            raise InputError(f"{self.kind} critical values are made from one series and do not fit another")

    def _drawn(self, statistic: str) -> FloatArray:
        if statistic not in self.draws:
            raise InputError(f"{self.kind} values have {', '.join(self.draws)}; found {statistic!r}")
        return self.draws[statistic]


def monte_carlo(
    observations: int,
    *,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    replications: int = 2000,
    seed: int = 0,
    drift: float = 1.0,
    levels: Sequence[float] = LEVELS,
    threads: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Critical:
    """Simulate the statistics on Gaussian random walks of the series' length.

    Parameters
    ----------
    observations : T of the series to be tested.
    minw, lags, criterion : as in :func:`~cardhouse.market.explosive`; the values fit no other.
    replications : with 2,000 a value at 95 % is good to about 0.06.
    seed : same seed, same bits, whatever the threads.
    drift : the walk drifts by ``drift / T`` a period.
    levels : of the curves.
    threads : all processors when omitted.
    progress : called with the replications done and their number.
    folder : where values are kept and looked up; nothing is written when omitted.

    Raises
    ------
    InputError : a design that does not fit, fewer than 20 replications, levels outside 0 to 1.
    OutputError : the folder cannot be written; said before the work begins.

    References
    ----------
    Phillips, Shi and Yu (2015), International Economic Review 56.
    """
    design = Design.of(observations, minw=minw, lags=lags, criterion=criterion)
    if not np.isfinite(drift):
        raise InputError(f"drift must be finite; found {drift!r}")
    plan = Plan("monte-carlo", design, "", replications, seed, tuple(levels), {"drift": float(drift)})
    return plan.run(null_paths.random_walk(observations, drift), threads, progress, folder)


def wild_bootstrap(
    series: npt.ArrayLike,
    *,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    replications: int = 2000,
    seed: int = 0,
    levels: Sequence[float] = LEVELS,
    threads: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Critical:
    """Make critical values that allow for volatility that changes over time, from the series' own changes.

    Each change is multiplied by its own standard normal, in each replication anew; other parameters as in
    :func:`monte_carlo`.

    References
    ----------
    Harvey, Leybourne, Sollis and Taylor (2016), Journal of Empirical Finance 38.
    """
    values = read_series(series)
    design = Design.of(values.size, minw=minw, lags=lags, criterion=criterion)
    plan = Plan("wild", design, digest_of(values), replications, seed, tuple(levels), {})
    return plan.run(null_paths.wild(values), threads, progress, folder)


def sieve_bootstrap(
    series: npt.ArrayLike,
    *,
    order: int | None = None,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    replications: int = 2000,
    seed: int = 0,
    levels: Sequence[float] = LEVELS,
    threads: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Critical:
    """Make critical values that allow for changes that depend on their own past.

    The changes are fitted by an autoregression and rebuilt from its residuals, drawn with replacement,
    without drift. Other parameters as in :func:`monte_carlo`.

    Parameters
    ----------
    order : lags of the autoregression; when omitted BIC takes one up to ``12 (T / 100) ** 0.25``.

    References
    ----------
    Pavlidis, Yusupova, Paya, Peel, Martinez-Garcia, Mack and Grossman (2016), Journal of Real Estate
    Finance and Economics 53. Gutierrez (2011), Computational Statistics and Data Analysis 55.
    """
    values = read_series(series)
    design = Design.of(values.size, minw=minw, lags=lags, criterion=criterion)
    model = fit_order(values, order)
    plan = Plan("sieve", design, digest_of(values), replications, seed, tuple(levels), {"order": order})
    source = null_paths.sieve(values[:, None], [model])
    return plan.run(lambda random: source(random)[:, 0], threads, progress, folder)


def composite_bootstrap(
    series: npt.ArrayLike,
    *,
    horizon: int,
    order: int | None = None,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    replications: int = 2000,
    seed: int = 0,
    levels: Sequence[float] = LEVELS,
    threads: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Critical:
    """Make one critical value for watching a series over a horizon, at changing volatility.

    A replication is long enough for ``horizon`` ends; each of its changes is a residual drawn from the
    autoregression under the unit root, times its own standard normal. The value is the quantile of the
    largest BSADF over the horizon: the chance of any false alarm within it is 1 - level. Other parameters
    as in :func:`monte_carlo`.

    Parameters
    ----------
    horizon : ends watched together, such as 24 months.
    order : lags of the autoregression; when omitted BIC takes one up to ``12 (T / 100) ** 0.25``.

    Returns
    -------
    Critical : with the one curve ``family-wise``, flat, and the statistic ``gsadf`` over the horizon.

    References
    ----------
    Phillips and Shi (2020), Handbook of Statistics 42, chapter 2.
    """
    values = read_series(series)
    design = Design.of(values.size, minw=minw, lags=lags, criterion=criterion)
    whole("horizon", horizon, 1, design.ends)
    model = fit_order(values, order)
    length = design.first + int(horizon)
    short = Design.of(length, minw=design.minw, lags=design.lags, criterion=design.criterion)
    extra = {"order": order, "horizon": int(horizon)}
    plan = Plan("composite", design, digest_of(values), replications, seed, tuple(levels), extra, short)
    return plan.run(null_paths.composite(values, length, model), threads, progress, folder)


def fit_order(values: FloatArray, order: int | None) -> null_paths.Autoregression:
    """Fit the changes of a series under the unit root, BIC choosing when no order is given."""
    change = np.diff(values)
    if order is not None:
        return null_paths.fit_changes(change, whole("order", order, 0), choose=False)
    most = min(int(12 * (values.size / 100) ** 0.25), (change.size - 3) // 2)
    return null_paths.fit_changes(change, most, choose=True)


@dataclass(frozen=True)
class Plan:
    """A simulation to be run: everything its numbers depend on.

    ``simulated`` is the design of the replications where it is not that of the series.
    """

    kind: str
    design: Design
    series: str
    replications: int
    seed: int
    levels: tuple[float, ...]
    extra: dict[str, Any]
    simulated: Design | None = None

    def __post_init__(self) -> None:
        null_paths.check_seed(self.seed)
        count = whole("replications", self.replications, 20)
        if not self.levels or not all(0 < level < 1 for level in self.levels):
            raise InputError(f"levels must lie between 0 and 1, as 0.95; found {self.levels}")
        needed = 16 * self.shape.ends * int(count)
        if needed > MOST_BYTES:
            raise InputError(
                f"{count} replications of {self.shape.ends} ends need {needed / 1e9:.1f} GB; "
                f"use fewer than {MOST_BYTES // (16 * self.shape.ends)} replications, or a shorter series"
            )

    @property
    def shape(self) -> Design:
        """Design of the replications."""
        return self.simulated or self.design

    @property
    def key(self) -> dict[str, Any]:
        """What the values are kept under."""
        design = self.design
        return {
            "kind": self.kind, "observations": design.observations, "minw": design.minw, "lags": design.lags,
            "criterion": design.criterion, "series": self.series, "replications": int(self.replications),
            "seed": int(self.seed), "levels": self.levels, **self.extra,
        }  # fmt: skip

    def run(
        self,
        source: null_paths.Source,
        threads: int | None,
        progress: Progress | None,
        folder: Path | None,
        measure: Measure = sequences,
    ) -> Critical:
        """Look the values up, or simulate and keep them; ``measure`` turns a path into its two sequences."""
        if folder is not None:
            cache.prepare(folder)
            kept = cache.load(folder, self.key)
            if kept is not None:
                return self._made_of(kept)
        count, seed, shape = int(self.replications), int(self.seed), self.shape
        badf, bsadf = np.empty((count, shape.ends)), np.empty((count, shape.ends))

        def work(first: int, stop: int) -> None:
            for r in range(first, stop):
                badf[r], bsadf[r] = measure(source(null_paths.generator(seed, r)), shape)

        # A piece is large enough to be worth handing over, small enough to report and to share evenly.
        spread(count, max(1, min(32, count // 100)), work, threads=threads, progress=progress)
        arrays = self._summarise(badf, bsadf)
        if folder is not None:
            cache.save(folder, self.key, arrays)
        return self._made_of(arrays)

    def _summarise(self, badf: FloatArray, bsadf: FloatArray) -> cache.Arrays:
        """Turn the sequences of all replications, (R, E), into sorted draws and curves."""
        if self.simulated is not None:
            drawn = in_order(np.fmax.reduce(bsadf, axis=1))
            flat = np.quantile(drawn, self.levels)[:, None]
            return {"draw gsadf": drawn, f"curve {FAMILY}": np.repeat(flat, self.design.ends, axis=1)}
        arrays: cache.Arrays = {f"curve {POINTWISE}": quantiles(bsadf, self.levels)}
        arrays["draw adf"] = in_order(badf[:, -1])
        np.fmax.accumulate(badf, axis=1, out=badf)
        np.fmax.accumulate(bsadf, axis=1, out=bsadf)
        arrays["draw sadf"], arrays["draw gsadf"] = in_order(badf[:, -1]), in_order(bsadf[:, -1])
        arrays[f"curve {RUNNING}"] = quantiles(badf, self.levels)
        arrays[f"curve {FAMILY}"] = quantiles(bsadf, self.levels)
        return arrays

    def _made_of(self, arrays: cache.Arrays) -> Critical:
        # The mean of a panel has no forward sequence of its own.
        named = ("gsadf",) if self.kind == "panel-sieve" else STATISTICS
        draws = {name: arrays[f"draw {name}"] for name in named if f"draw {name}" in arrays}
        curves = {name: arrays[f"curve {name}"] for name in CURVES if f"curve {name}" in arrays}
        if self.kind == "panel-sieve":
            curves.pop(RUNNING, None)
        for array in (*draws.values(), *curves.values()):
            array.flags.writeable = False
        return Critical(
            self.kind, self.design, self.series, int(self.replications), int(self.seed), draws, self.levels, curves
        )


def in_order(drawn: FloatArray) -> FloatArray:
    """Return the statistics that there are, from small to large."""
    return np.sort(drawn[~np.isnan(drawn)])


def quantiles(table: FloatArray, levels: tuple[float, ...]) -> FloatArray:
    """Return (levels, E) quantiles over the replications that have a statistic; NaN where none has."""
    if not np.isnan(table).any():
        return np.asarray(np.quantile(table, levels, axis=0))
    found = np.full((len(levels), table.shape[1]), np.nan)
    some = ~np.isnan(table).all(axis=0)
    found[:, some] = np.nanquantile(table[:, some], levels, axis=0)
    return found
