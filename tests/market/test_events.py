"""One event: abnormal returns with the error of their prediction."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market.events import Window, study

REFERENCE = Path(__file__).parent / "data" / "reference" / "eventstudy_aapl_2007_market_model.csv"


@pytest.fixture
def returns() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    market = rng.normal(0.0005, 0.01, 400)
    return 0.001 + 1.5 * market + rng.normal(0, 0.02, 400), market


def by_hand(y, x, first, length):
    """Coefficients, residuals and inverse of X'X by numpy's own least squares."""
    design = np.column_stack([np.ones(y.size), x])
    part = slice(first, first + length)
    beta = np.linalg.lstsq(design[part], y[part], rcond=None)[0]
    return beta, y[part] - design[part] @ beta, np.linalg.inv(design[part].T @ design[part]), design


def test_the_market_model_is_least_squares(returns) -> None:
    y, x = returns
    found = study(y, x, event=330, window=Window(-2, 10, 300, 18))
    beta, rest, _, design = by_hand(y, x, 330 - 2 - 18 - 299, 300)
    assert found.coefficients == pytest.approx(beta, rel=1e-9)
    assert found.sigma == pytest.approx(np.sqrt(rest @ rest / 298), rel=1e-9)
    assert found.abnormal == pytest.approx(y[328:341] - design[328:341] @ beta, rel=1e-9)
    assert found.cumulative[-1] == pytest.approx(found.abnormal.sum())


def test_errors_contain_the_prediction_error(returns) -> None:
    """Var(AR) = s2 (I + X* (X'X)^-1 X*'); days share the error of the coefficients, so that a sum errs more."""
    y, x = returns
    found = study(y, x, event=330, window=Window(-2, 10, 60, 18))
    _, rest, inverse, design = by_hand(y, x, 330 - 2 - 18 - 59, 60)
    s2 = rest @ rest / 58
    ahead = design[328:341]
    want = s2 * (np.eye(13) + ahead @ inverse @ ahead.T)
    assert found.covariance == pytest.approx(want, rel=1e-8)
    assert found.car()[1] == pytest.approx(np.sqrt(want.sum()))
    assert found.car()[1] > np.sqrt(13 * s2) * 1.05


def test_the_published_apple_errors_divide_by_n_and_ours_do_not() -> None:
    """eventstudy 0.1a12 prints .022446 for 300 days: that is sqrt(SSR/300); n - 2 gives .02252126."""
    with REFERENCE.open() as file:
        rows = list(csv.DictReader(file))
    printed = float(rows[0]["Std. E. AR"])
    assert printed * np.sqrt(300 / 298) == pytest.approx(0.02252126, abs=5e-7)
    abnormal = [float(r["AR"]) for r in rows]
    assert abnormal[2] == 0.083007
    assert sum(abnormal[:4]) == pytest.approx(0.124634, abs=2e-6)
    assert sum(abnormal) == pytest.approx(-0.022617, abs=2e-6)


def test_the_apple_numbers_come_back_from_a_series_made_to_have_them() -> None:
    """The prices behind the printed numbers are not free: a series with that alpha, beta and sigma has them too."""
    with REFERENCE.open() as file:
        abnormal = np.array([float(r["AR"]) for r in csv.DictReader(file)])
    rng = np.random.default_rng(0)
    market = rng.normal(0.0003, 0.007, 400)
    design = np.column_stack([np.ones(300), market[:300]])
    noise = rng.normal(0, 1, 300)
    noise -= design @ np.linalg.lstsq(design, noise, rcond=None)[0]
    noise *= 0.02252126 * np.sqrt(298 / (noise @ noise))
    y = 0.00135841 + 1.523939 * market
    y[:300] += noise
    y[329:342] += abnormal
    found = study(y, market, event=331, window=Window(-2, 10, 300, 30))
    assert found.coefficients == pytest.approx([0.00135841, 1.523939], rel=1e-6)
    assert found.sigma == pytest.approx(0.02252126, rel=1e-9)
    assert found.abnormal[2] == pytest.approx(0.083007, abs=1e-9)
    assert found.car(-2, 1)[0] == pytest.approx(0.124634, abs=2e-6)
    assert found.car()[0] == pytest.approx(-0.022617, abs=2e-6)
    assert found.errors[2] > found.sigma


def test_the_estimation_ends_gap_rows_before_the_window() -> None:
    """250 days ending 11 days before the event: rows event - 260 to event - 11."""
    y = np.random.default_rng(0).normal(0, 0.01, 400)
    base = study(y, event=300, window=Window(0, 0, 250, 11))
    moved = y.copy()
    moved[290:300] += 1
    assert study(moved, event=300, window=Window(0, 0, 250, 11)).coefficients == pytest.approx(base.coefficients)
    moved = y.copy()
    moved[289] += 1
    assert study(moved, event=300, window=Window(0, 0, 250, 11)).coefficients[0] == pytest.approx(
        base.coefficients[0] + 1 / 250
    )
    moved = y.copy()
    moved[39] += 1
    assert study(moved, event=300, window=Window(0, 0, 250, 11)).coefficients == pytest.approx(base.coefficients)


def test_the_constant_mean_and_factors(returns) -> None:
    y, x = returns
    mean = study(y, event=330)
    assert mean.coefficients == pytest.approx([y[330 - 1 - 11 - 249 : 330 - 1 - 10].mean()])
    three = np.column_stack([x, np.random.default_rng(1).normal(0, 0.01, (400, 2))])
    found = study(y, three, event=330)
    assert found.coefficients.size == 4
    assert found.freedom == 246
    assert found.coefficients[1] == pytest.approx(1.5, abs=0.3)


def test_p_values_are_uniform_when_nothing_happens() -> None:
    rng = np.random.default_rng(0)
    found = [study(rng.normal(0, 0.01, 80), event=70, window=Window(-1, 1, 50, 5)).p_value() for _ in range(800)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(
    ("event", "window", "why"),
    [(100, Window(), "needs rows -161 to 101"), (399, Window(), "needs rows 138 to 400")],
)
def test_events_too_near_to_an_end(returns, event, window, why) -> None:
    with pytest.raises(InputError, match=why):
        study(*returns, event=event, window=window)


def test_what_cannot_be_estimated(returns) -> None:
    y, x = returns
    with pytest.raises(InputError, match="repeat each other"):
        study(y, np.column_stack([x, 2 * x]), event=330)
    with pytest.raises(InputError, match="do not move"):
        study(y, np.zeros(400), event=330)
    with pytest.raises(InputError, match="missing"):
        study(np.where(np.arange(400) == 200, np.nan, y), event=330)
    with pytest.raises(InputError, match="do not vary"):
        study(np.ones(400), event=330)
    with pytest.raises(InputError, match="expected 400 rows"):
        study(y, x[:-1], event=330)
    with pytest.raises(InputError, match="outside the window"):
        study(y, event=330).car(-5, 1)
    with pytest.raises(InputError, match="start <= end"):
        Window(2, 1)
