"""The augmented Dickey-Fuller regression: one window, done with care, and what all windows share.

``change[t] = a + b * level[t-1] + sum of phi[j] * change[t-j] + rest``: the statistic is the t-value of b.
A series of T observations and p lags gives T - 1 - p rows. A window is counted in rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

FloatArray: TypeAlias = npt.NDArray[np.float64]
Criterion: TypeAlias = Literal["aic", "bic"]

CRITERIA = ("aic", "bic")
SPARE_ROWS = 2
"""Fewest rows a window must have beyond its coefficients."""
LARGEST = 1e150
"""Values above this are typing errors, and their squares would overflow."""
PERFECT = 1e-12
"""A rest below this share of the variance is rounding, not a residual."""


@dataclass(frozen=True)
class Adf:
    """One regression.

    Attributes
    ----------
    statistic : t-value of the level; large means explosive, very negative means it returns to its mean.
    slope : coefficient of the level, per period; 0 under a unit root, above 0 when explosive.
    lags : lagged changes used.
    rows : rows used.
    """

    statistic: float
    slope: float
    lags: int
    rows: int


def adf(series: npt.ArrayLike, *, lags: int = 0, criterion: Criterion | None = None) -> Adf:
    """Regress the changes of a series on its level, by orthogonal factors of the centred columns.

    Parameters
    ----------
    series : (T,), levels or logs; missing values are refused.
    lags : lagged changes; with a criterion the most that are tried.
    criterion : ``"aic"`` or ``"bic"`` chooses the number of lags. All numbers are judged on the same rows,
        those that the most lags leave, by the concentrated likelihood ``rows * log(rest / rows)``, so the
        choice does not depend on the unit of the series.

    Raises
    ------
    InputError : missing values, too few rows, a series that is constant or leaves no residual.

    References
    ----------
    Dickey and Fuller (1979), JASA 74. Said and Dickey (1984), Biometrika 71. Ng and Perron (2005), Oxford
    Bulletin of Economics and Statistics 67, on judging lags on the same rows.

    Examples
    --------
    >>> round(adf([1, 2, 4, 3, 6, 9, 8, 14, 19, 30]).statistic, 6)
    2.932402
    """
    values = read_series(series)
    check_lags(lags, criterion)
    rows = values.size - 1 - lags
    if rows < lags + 2 + 1:
        raise InputError(
            f"a series of {values.size} observations leaves {max(rows, 0)} rows after {lags} lags, "
            f"expected at least {lags + 3}; use fewer lags or a longer series"
        )
    table = _centred_table(values, lags)
    tried = [lags] if criterion is None else range(lags + 1)
    best, best_score = None, math.inf
    for count in tried:
        found, rest = _solve(table, count, lags)
        if found is None:
            continue
        score = rows * math.log(rest / rows) + (count + 2) * penalty_of(criterion, rows)
        if best is None or score < best_score:
            best, best_score = found, score
    if best is None:
        raise InputError("the series is constant, or follows its own past without any residual: there is no statistic")
    return best


def penalty_of(criterion: Criterion | None, rows: int) -> float:
    """Return what one more coefficient costs on the scale of ``rows * log(rest)``."""
    if criterion is None:
        return 0.0
    return 2.0 if criterion == "aic" else math.log(rows)


def _centred_table(values: FloatArray, lags: int) -> FloatArray:
    """Return columns lag 1 to p, level, change, each from its mean; the origin is a member of the sample."""
    scaled = scaled_from_start(values)
    step = np.diff(scaled)
    rows = step.size - lags
    columns = [step[lags - j : lags - j + rows] for j in range(1, lags + 1)]
    columns += [scaled[lags : lags + rows], step[lags:]]
    table = np.column_stack([column - column[-1] for column in columns])
    found: FloatArray = table - table.mean(axis=0)
    return found


def _solve(table: FloatArray, count: int, lags: int) -> tuple[Adf | None, float]:
    """Return the regression with ``count`` lags and its rest, or nothing when it is singular."""
    used = np.column_stack([table[:, :count], table[:, lags], table[:, lags + 1]])
    upper: FloatArray = np.asarray(np.linalg.qr(used, mode="r"))
    whole = (used * used).sum(axis=0)
    here = np.abs(np.diag(upper)) ** 2
    level, cross, rest = upper[count, count], upper[count, count + 1], here[count + 1]
    if (here[: count + 1] <= PERFECT * whole[: count + 1]).any() or rest <= PERFECT * (cross * cross + rest):
        return None, 0.0
    rows = table.shape[0]
    # R has its rows up to a sign, which the product of the level's own entry takes back.
    statistic = cross * np.sign(level) / math.sqrt(rest / (rows - count - 2))
    return Adf(float(statistic), float(cross / level), count, rows), float(rest)


def read_series(series: npt.ArrayLike, name: str = "the series") -> FloatArray:
    """Read (T,) finite numbers into a new array.

    Raises
    ------
    InputError : says which observation is missing, infinite or not a number.
    """
    try:
        values = np.array(series, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must be numbers: {error}") from error
    if values.ndim != 1:
        raise InputError(f"{name} has shape {values.shape}, expected one row of observations")
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        more = f" and {bad.size - 1} more" if bad.size > 1 else ""
        raise InputError(f"{name}: observation {bad[0]} is {values[bad[0]]}{more}; fill or drop them before testing")
    if values.size and np.abs(values).max() > LARGEST:
        raise InputError(f"{name} has values above {LARGEST:g}; check the unit")
    return values


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """Return a whole number within its bounds.

    Raises
    ------
    InputError : names the argument, what was found and what is allowed.
    """
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        number = int(value)
        if least <= number and (most is None or number <= most):
            return number
    allowed = f"{least} or more" if most is None else f"from {least} to {most}"
    raise InputError(f"{name} must be a whole number, {allowed}; found {value!r}")


def check_lags(lags: int, criterion: str | None) -> None:
    """Refuse a number of lags or a criterion that cannot be meant."""
    whole("lags", lags, 0)
    if criterion is not None and criterion not in CRITERIA:
        raise InputError(f"criterion must be {' or '.join(CRITERIA)}, or None for fixed lags; found {criterion!r}")


def default_window(observations: int) -> int:
    """Return the smallest window that Phillips, Shi and Yu advise, in rows: T (0.01 + 1.8 / sqrt T).

    >>> default_window(100), default_window(1680)
    (19, 90)
    """
    return math.floor((0.01 + 1.8 / math.sqrt(observations)) * observations) if observations > 0 else 0


def check_window(observations: int, minw: int | None, lags: int) -> int:
    """Return the smallest window in rows, the default when none is given.

    Raises
    ------
    InputError : when it is too small for its coefficients, or longer than the series.
    """
    rows = observations - 1 - lags
    least = lags + 2 + SPARE_ROWS
    if rows < least:
        raise InputError(
            f"{observations} observations leave {max(rows, 0)} rows after {lags} lags, expected at least {least}: "
            "the series is too short to test"
        )
    if minw is None:
        return max(least, min(default_window(observations), rows))
    if whole("minw", minw, 0) < least:
        raise InputError(f"minw is {minw} rows, expected at least {least} for {lags} lags")
    if minw > rows:
        raise InputError(f"minw is {minw} rows, but {observations} observations and {lags} lags leave only {rows}")
    return int(minw)


def scaled_from_start(values: FloatArray) -> FloatArray:
    """Divide by a power of two so that the range is about one: no digit changes, no product overflows."""
    span = float(values.max() - values.min()) if values.size else 0.0
    if span == 0.0:
        raise InputError(
            f"the series is constant ({values.size} observations, all {values[0]:g}): there is nothing to test"
            if values.size
            else "the series is empty"
        )
    found: FloatArray = np.ldexp(values, -math.frexp(span)[1])
    return found
