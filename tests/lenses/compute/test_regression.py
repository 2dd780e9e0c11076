"""Least squares against refitting, and errors against leaving out one row at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.lenses.compute.regression import fit


def sample(n: int = 14) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = rng.uniform(0, 4, n)
    group = np.arange(n) % 2
    columns = np.column_stack([x, group == 0, group == 1]).astype(float)
    return columns, 2.0 - 0.3 * x + 0.5 * group + rng.normal(0, 0.1 + 0.1 * x, n)


def test_the_slope_is_that_of_another_program() -> None:
    columns, y = sample()
    assert fit(columns, y).slope == pytest.approx(np.linalg.lstsq(columns, y, rcond=None)[0][0])


def test_the_error_is_made_of_predictions_of_rows_left_out() -> None:
    # e / (1 - h) is the error of predicting a row by the fit to all others (the identity behind PRESS)
    columns, y = sample()
    n = len(y)
    missed = np.array(
        [
            y[i] - columns[i] @ np.linalg.lstsq(np.delete(columns, i, 0), np.delete(y, i), rcond=None)[0]
            for i in range(n)
        ]
    )
    inverse = np.linalg.inv(columns.T @ columns)
    variance = inverse @ sum(missed[i] ** 2 * np.outer(columns[i], columns[i]) for i in range(n)) @ inverse
    assert fit(columns, y).error == pytest.approx(math.sqrt(variance[0, 0]))


def test_the_interval_is_students() -> None:
    columns, y = sample()
    line = fit(columns, y)
    assert (line.high - line.slope) / line.error == pytest.approx(2.201, abs=5e-4)  # t table, 11 degrees, 97.5 %


def test_what_the_slope_explains_within_groups_is_the_squared_correlation_there() -> None:
    # Frisch and Waugh: with dummies the slope is that of deviations from the means of the groups
    columns, y = sample()
    x, group = columns[:, 0].copy(), columns[:, 1] > 0
    for own in (group, ~group):
        x[own], y[own] = x[own] - x[own].mean(), y[own] - y[own].mean()
    columns, y_whole = sample()
    assert fit(columns, y_whole).within == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


def test_a_perfect_line_has_no_error() -> None:
    x = np.arange(8.0)
    line = fit(np.column_stack([x, np.ones(8)]), 3.0 - 0.25 * x)
    assert line.slope == pytest.approx(-0.25)
    assert line.error == pytest.approx(0.0, abs=1e-12)
    assert line.r_squared == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (np.column_stack([np.arange(6.0), np.ones(6)]), "rows more than coefficients"),
        (np.column_stack([np.ones(9), np.ones(9)]), "repeat each other"),
        (np.column_stack([np.arange(9.0), np.eye(9)[:, 0], 1 - np.eye(9)[:, 0]]), "single row"),
    ],
)
def test_what_cannot_be_judged_is_refused(columns: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        fit(columns, np.arange(len(columns), dtype=float) ** 1.5)
