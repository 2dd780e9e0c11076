"""Explosiveness tests over all windows: ADF, SADF, GSADF and the sequences behind them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.regression import (
    Criterion,
    FloatArray,
    check_lags,
    check_window,
    penalty_of,
    read_series,
    scaled_from_start,
    whole,
)
from cardhouse.market.workers import Progress, spread

MOST_OBSERVATIONS = 200_000
"""Windows grow with the square: at this length there are 2e10 of them, a minute without lags."""
ENDS_A_PIECE = 256
"""Ends that one thread takes at a time; a multiple of the kernels' lanes."""


@dataclass(frozen=True)
class Design:
    """What statistics and critical values must share to be compared.

    Attributes
    ----------
    observations : T, length of the series.
    minw : rows of the smallest window. (psymonitor's ``swindow0`` is ``minw + 1 + lags``.)
    lags : lagged changes, or the most that the criterion tries.
    criterion : how each window chooses its lags, None for fixed ones.
    """

    observations: int
    minw: int
    lags: int = 0
    criterion: Criterion | None = None

    @classmethod
    def of(
        cls, observations: int, *, minw: int | None = None, lags: int = 0, criterion: Criterion | None = None
    ) -> Design:
        """Check the choices and fill in the default window.

        Raises
        ------
        InputError : a window too small for its coefficients or longer than the series; unknown criterion.
        """
        check_lags(lags, criterion)
        whole("observations", observations, 0)
        if observations > MOST_OBSERVATIONS:
            raise InputError(
                f"{observations} observations give {observations**2 / 2:.0e} windows; "
                f"at most {MOST_OBSERVATIONS} are tested: take weekly or monthly values, or a shorter period"
            )
        return cls(int(observations), check_window(observations, minw, lags), int(lags), criterion)

    @property
    def rows(self) -> int:
        """Rows of the whole series."""
        return self.observations - 1 - self.lags

    @property
    def ends(self) -> int:
        """Number of window ends, the length of every sequence."""
        return self.rows - self.minw + 1

    @property
    def first(self) -> int:
        """Index in the series of the last observation of the first window: where the sequences begin."""
        return self.observations - self.ends

    def __str__(self) -> str:
        """Say it in words, for messages."""
        how = f"{self.lags} lags" if self.criterion is None else f"up to {self.lags} lags by {self.criterion}"
        return f"{self.observations} observations, windows from {self.minw} rows, {how}"


@dataclass(frozen=True, eq=False)
class Explosive:
    """Statistics of one series; sequences have one entry for every end, from ``design.first`` on.

    Attributes
    ----------
    design : length, smallest window, lags.
    badf : (E,), window from the first row to each end.
    bsadf : (E,), largest over all windows that end there. NaN where no window has a statistic: a stretch of
        equal prices, or one that leaves no residual.
    digest : names the series, so that critical values made from its own changes are used only on it.
    """

    design: Design
    badf: FloatArray
    bsadf: FloatArray
    digest: str

    @property
    def adf(self) -> float:
        """Whole series."""
        return float(self.badf[-1])

    @property
    def sadf(self) -> float:
        """Largest of the windows that begin with the series (Phillips, Wu and Yu 2011)."""
        return float(np.fmax.reduce(self.badf))

    @property
    def gsadf(self) -> float:
        """Largest of all windows (Phillips, Shi and Yu 2015)."""
        return float(np.fmax.reduce(self.bsadf))

    def statistic(self, name: str) -> float:
        """Return adf, sadf or gsadf by name."""
        if name not in STATISTICS:
            raise InputError(f"statistic must be one of {', '.join(STATISTICS)}; found {name!r}")
        return float(getattr(self, name))


STATISTICS = ("adf", "sadf", "gsadf")


def explosive(
    series: npt.ArrayLike,
    *,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Explosive:
    """Test a series for explosive stretches in every window.

    Parameters
    ----------
    series : (T,), levels or logs, without missing values.
    minw : rows of the smallest window; ``T (0.01 + 1.8 / sqrt T)`` when omitted.
    lags : lagged changes; with a criterion the most that each window tries.
    criterion : ``"aic"`` or ``"bic"`` per window, on the rows that the most lags leave.
    threads : how many share the ends; all processors when omitted. The result is the same bits.
    progress : called with the ends done and their number.

    Returns
    -------
    Explosive : null hypothesis, a unit root; alternative, a root above one in some window. Compare with
        :mod:`cardhouse.market.critical`, never with a normal table.

    Raises
    ------
    InputError : missing values, a constant series, a window that does not fit.

    References
    ----------
    Phillips, Wu and Yu (2011), International Economic Review 52. Phillips, Shi and Yu (2015), the same, 56.

    Examples
    --------
    >>> found = explosive([1, 2, 4, 3, 6, 9, 8, 14, 19, 30], minw=6)
    >>> round(found.adf, 6), found.design.first
    (2.932402, 6)
    """
    values = read_series(series)
    design = Design.of(values.size, minw=minw, lags=lags, criterion=criterion)
    badf, bsadf = sequences(values, design, threads=threads, progress=progress)
    if np.isnan(bsadf).all():
        raise InputError(
            "no window has a statistic: in each the series is constant, or follows its own past without any residual"
        )
    return Explosive(design, badf, bsadf, digest_of(values))


def digest_of(values: FloatArray) -> str:
    """Name a series by its bytes."""
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()[:32]


def sequences(
    values: FloatArray, design: Design, *, threads: int | None = 1, progress: Progress | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return (E,) statistics of the windows from the first row, and the largest at each end."""
    from cardhouse.market import kernels, lag_kernels

    plain = design.lags == 0
    lanes = kernels.LANES if plain else lag_kernels.LANES
    scaled = scaled_from_start(values)
    level, step = np.zeros((2, scaled.size - 1 + 2 * lanes))
    level[lanes:-lanes] = scaled[:-1]
    np.subtract(scaled[1:], scaled[:-1], out=step[lanes:-lanes])
    badf, bsadf = np.full((2, design.rows), np.nan)
    penalty = penalties(design)

    def work(first: int, stop: int) -> None:
        if plain:
            kernels.sweep_plain(level, step, first, stop, design.minw, badf, bsadf)
        else:
            lag_kernels.sweep_with_lags(level, step, first, stop, design.minw, design.lags, penalty, badf, bsadf)

    spread(design.rows, ENDS_A_PIECE, work, threads=threads, progress=progress, last_first=True)
    return badf[design.minw - 1 :], bsadf[design.minw - 1 :]


def penalties(design: Design) -> FloatArray:
    """Return the penalty of one more lag by rows of the window, divided by the rows; empty without criterion."""
    if design.criterion is None:
        return np.empty(0)
    return np.array([penalty_of(design.criterion, n) / n if n else 0.0 for n in range(design.rows + 1)])
