"""Least squares with standard errors that hold where the spread differs from row to row and rows are few.

HC3: the variance is (X'X)^-1 X' diag(e_i^2 / (1 - h_i)^2) X (X'X)^-1 with residuals e and leverages h.

References
----------
MacKinnon and White (1985), Journal of Econometrics 29, 305-325. Long and Ervin (2000), The American Statistician 54:
HC3 is the safest of its family below 250 rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

SPARE = 5
"""Fewest rows beyond the coefficients: below, an interval says nothing."""
FULL = 1.0 - 1e-9
"""A row of this leverage is fitted exactly and tells nothing of its error."""


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted slope.

    Attributes
    ----------
    slope, error : of the first column, with its HC3 standard error.
    low, high : interval of the slope by Student's t.
    rows, coefficients : their difference is the degrees of freedom.
    r_squared : share of the variance about the mean that the fit explains, levels of groups included.
    within : share of the variance about the other columns (the groups' own levels) that the first column explains.
    """

    slope: float
    error: float
    low: float
    high: float
    rows: int
    coefficients: int
    r_squared: float
    within: float


def fit(columns: npt.NDArray[np.float64], y: npt.NDArray[np.float64], *, confidence: float = 0.95) -> Line:
    """Fit y on columns and judge the first of them.

    Parameters
    ----------
    columns : (n, k), the variable first, then dummies or a constant; no two may say the same.
    y : (n,).

    Raises
    ------
    InputError : fewer than :data:`SPARE` rows beyond the coefficients, columns that repeat each other, or a column
        that stands for a single row.
    """
    from scipy.stats import t as student

    n, k = columns.shape
    if n < k + SPARE:
        raise InputError(f"{n} rows for {k} coefficients; expected at least {SPARE} rows more than coefficients")
    if np.linalg.matrix_rank(columns) < k:
        raise InputError(f"the {k} columns repeat each other; expected independent ones; leave one out")
    inverse = np.linalg.inv(columns.T @ columns)
    beta = inverse @ columns.T @ y
    rest = y - columns @ beta
    leverage = np.einsum("ij,jk,ik->i", columns, inverse, columns)
    if np.any(leverage > FULL):
        raise InputError("one column stands for a single row; expected at least two rows in each group; leave it out")
    middle = columns.T @ (columns * ((rest / (1.0 - leverage)) ** 2)[:, None])
    error = float(np.sqrt((inverse @ middle @ inverse)[0, 0]))
    slope, reach = float(beta[0]), float(student.ppf(0.5 + confidence / 2.0, n - k)) * error
    explained = _explained(rest, y - y.mean())
    within = _explained(rest, y - columns[:, 1:] @ np.linalg.lstsq(columns[:, 1:], y, rcond=None)[0])
    return Line(slope, error, slope - reach, slope + reach, n, k, explained, within)


def _explained(rest: npt.NDArray[np.float64], before: npt.NDArray[np.float64]) -> float:
    """Share of a variance that is gone in the residuals; zero where there was none."""
    total = float((before**2).sum())
    return 1.0 - float((rest**2).sum()) / total if total > 0.0 else 0.0
