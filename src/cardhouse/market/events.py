"""One event: what a return was beyond what a model of earlier days expected, with the error of that expectation.

Models: the mean of earlier days, the market model, or any factors. Standard errors use n - p degrees of freedom
and contain the error of the estimated coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

Floats = npt.NDArray[np.float64]

FEWEST_FREE = 20
"""Degrees of freedom below which an estimate is refused."""


@dataclass(frozen=True, slots=True)
class Window:
    """Rows around an event (row 0): the event window, and the rows that the model is estimated on.

    ``start`` to ``end``, both included, is the event window. The estimation takes ``length`` rows; its last one is
    ``gap`` rows before the first row of the event window (gap 11, start 0: it ends 11 rows before the event).
    """

    start: int = -1
    end: int = 1
    length: int = 250
    gap: int = 11

    def __post_init__(self) -> None:
        if not (self.start <= self.end and self.length >= FEWEST_FREE and self.gap >= 1):
            raise InputError(
                f"event window {self.start} to {self.end}, {self.length} rows ending {self.gap} before; expected "
                f"start <= end, at least {FEWEST_FREE} rows and a gap of at least 1"
            )

    @property
    def size(self) -> int:
        """Rows of the event window."""
        return self.end - self.start + 1


@dataclass(frozen=True, eq=False)
class Study:
    """Abnormal returns of one event.

    Attributes
    ----------
    window : the rows.
    returns, expected : (L,), what happened and what the model expected.
    coefficients : (p,), constant first; then market or factors.
    sigma : residual standard deviation, n - p degrees of freedom.
    covariance : (L, L), of the abnormal returns, prediction error included.
    residuals : (n,), of the estimation.
    """

    window: Window
    returns: Floats
    expected: Floats
    coefficients: Floats
    sigma: float
    covariance: Floats
    residuals: Floats

    @property
    def abnormal(self) -> Floats:
        """Returns beyond the model's, (L,)."""
        return self.returns - self.expected

    @property
    def freedom(self) -> int:
        """Degrees of freedom of ``sigma``."""
        return self.residuals.size - self.coefficients.size

    @property
    def errors(self) -> Floats:
        """Standard error of each abnormal return, (L,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @cached_property
    def cumulative(self) -> Floats:
        """Sums of abnormal returns from the window's start, (L,)."""
        return np.cumsum(self.abnormal)

    @cached_property
    def cumulative_errors(self) -> Floats:
        """Standard errors of ``cumulative``, (L,); days share the error of the coefficients."""
        sums = np.array([self.covariance[: k + 1, : k + 1].sum() for k in range(self.returns.size)])
        return np.asarray(np.sqrt(sums))

    def car(self, start: int | None = None, end: int | None = None) -> tuple[float, float]:
        """Cumulative abnormal return from row ``start`` to ``end`` of the event window, and its standard error."""
        first, last = self.window.start if start is None else start, self.window.end if end is None else end
        if not self.window.start <= first <= last <= self.window.end:
            raise InputError(f"rows {first} to {last} are outside the window {self.window.start} to {self.window.end}")
        part = slice(first - self.window.start, last - self.window.start + 1)
        return float(self.abnormal[part].sum()), float(np.sqrt(self.covariance[part, part].sum()))

    def p_value(self, start: int | None = None, end: int | None = None) -> float:
        """Two-sided p value of :meth:`car` by Student's t; daily returns have fatter tails than that supposes."""
        from scipy.stats import t

        value, error = self.car(start, end)
        return float(2 * t.sf(abs(value) / error, self.freedom))

    @property
    def scar(self) -> float:
        """The whole window's cumulative abnormal return over its standard error."""
        value, error = self.car()
        return value / error


def study(
    returns: npt.ArrayLike, factors: npt.ArrayLike | None = None, *, event: int, window: Window | None = None
) -> Study:
    """Measure one event.

    Parameters
    ----------
    returns : (n,), the asset's simple returns.
    factors : None for the constant-mean model; (n,) for the market model; (n, k) for factors. For excess-return
        factors ``returns`` must be excess returns too.
    event : row of the event in ``returns``.
    window : rows; by default -1 to 1, estimated on 250 rows that end 11 rows before it.

    Raises
    ------
    InputError : rows that the data do not have, missing numbers, factors that do not move or repeat each other.

    References
    ----------
    MacKinlay (1997), Journal of Economic Literature 35(1). Campbell, Lo and MacKinlay (1997), chapter 4.
    """
    rule = window or Window()
    y = np.asarray(returns, dtype=np.float64)
    x = _design(y, factors)
    first_event, last_event = event + rule.start, event + rule.end
    last = first_event - rule.gap
    first = last - rule.length + 1
    if first < 0 or last_event >= y.size:
        raise InputError(
            f"the event at row {event} needs rows {first} to {last_event}; the returns have rows 0 to {y.size - 1}"
        )
    used = np.r_[first : last + 1, first_event : last_event + 1]
    if not (np.isfinite(y[used]).all() and np.isfinite(x[used]).all()):
        raise InputError(f"returns or factors are missing between rows {first} and {last_event}")
    return _measured(y, x, slice(first, last + 1), slice(first_event, last_event + 1), rule)


def _design(y: Floats, factors: npt.ArrayLike | None) -> Floats:
    if y.ndim != 1:
        raise InputError(f"returns have {y.ndim} dimensions; expected one")
    if factors is None:
        return np.ones((y.size, 1))
    x = np.asarray(factors, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[0] != y.size:
        raise InputError(f"factors have the shape {x.shape}; expected {y.size} rows")
    return np.column_stack([np.ones(y.size), x])


def _measured(y: Floats, x: Floats, base: slice, around: slice, rule: Window) -> Study:
    past, ahead = x[base], x[around]
    p = past.shape[1]
    if past.shape[0] - p < FEWEST_FREE:
        raise InputError(f"{past.shape[0]} rows for {p} coefficients; at least {FEWEST_FREE + p} are needed")
    scale = np.abs(past).max(axis=0)
    if (scale == 0).any() or np.linalg.matrix_rank(past / scale) < p:
        raise InputError("the factors do not move, or repeat each other, on the rows of the estimation")
    q, r = np.linalg.qr(past)
    coefficients = np.linalg.solve(r, q.T @ y[base])
    residuals = y[base] - past @ coefficients
    variance = float(residuals @ residuals) / (past.shape[0] - p)
    if not variance > (1e-14 * float(np.abs(y[base]).max())) ** 2:
        raise InputError("returns do not vary on the rows of the estimation")
    leverage = np.linalg.solve(r.T, ahead.T)
    covariance = variance * (np.eye(rule.size) + leverage.T @ leverage)
    return Study(
        rule, y[around].copy(), ahead @ coefficients, coefficients, float(np.sqrt(variance)), covariance, residuals
    )
