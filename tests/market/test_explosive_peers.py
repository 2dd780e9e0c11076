"""The faults of other programs: each shown, and shown not to be ours."""

from __future__ import annotations

import sys
from math import log, pi
from pathlib import Path

import numpy as np
import pytest

from cardhouse.market import adf, explosive, monte_carlo, null_paths
from cardhouse.market.explosiveness import Design, sequences

sys.path.insert(0, str(Path(__file__).parent))
from explosive_data import columns, exact_sequences, exact_statistic, series


def walk(level: float, step: float, count: int, seed: int) -> np.ndarray:
    return level + step * np.random.default_rng(seed).standard_normal(count).cumsum()


def growth(total: float, noise: float, count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.exp(np.cumsum(total / count + noise * random.standard_normal(count)))


PATHS = {
    "walk at level 1e4": walk(1e4, 1.0, 160, 1),
    "walk at level 1e6": walk(1e6, 0.01, 160, 2),
    "walk at level 1e6, long": walk(1e6, 0.01, 400, 3),
    "growth of e^12": growth(12, 0.02, 200, 4),
    "growth of e^14": growth(14, 0.01, 300, 5),
    "growth of e^14.5": growth(14.5, 0.05, 300, 6),
    "smooth growth of e^14": growth(14, 1e-4, 300, 11),
    "smooth fall by e^14": growth(-14, 1e-4, 300, 12),
    "walk, then smooth growth": np.concatenate([walk(50, 1.0, 100, 13), 50 * growth(3, 1e-4, 60, 14)]),
    "growth of e^14 and fall": np.concatenate([growth(14, 0.03, 150, 7), np.e**14 * growth(-14, 0.03, 100, 8)]),
    "jump a million times the noise": np.concatenate([walk(100, 1e-3, 80, 9), walk(1100, 1e-3, 80, 10)]),
}


@pytest.mark.parametrize("name", PATHS)
def test_every_window_agrees_with_exact_arithmetic(name: str) -> None:
    # Fault 1 of exuber and pyexuber: uncentred sums; on a walk at 1e6 GSADF comes out 1.560 instead of 1.703.
    values = PATHS[name]
    minw = 12 if values.size < 300 else 150
    found = explosive(values, minw=minw)
    badf, bsadf = exact_sequences(values, minw)
    np.testing.assert_allclose(found.badf, badf, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.bsadf, bsadf, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("name", ["walk at level 1e6", "growth of e^12", "growth of e^14.5"])
@pytest.mark.parametrize("lags", [1, 4])
def test_windows_with_lags_agree_with_exact_arithmetic(name: str, lags: int) -> None:
    values = PATHS[name]
    found = explosive(values, minw=40, lags=lags)
    for end in (0, 11, 40, 90):
        stop = found.design.first + end + 1
        expected = exact_statistic(values[:stop], lags)
        assert found.badf[end] == pytest.approx(expected, rel=1e-11, abs=1e-11)
        assert adf(values[:stop], lags=lags).statistic == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(("lags", "least"), [(1, 1e-8), (4, 1e-8)])
def test_lags_on_smooth_growth_lose_digits_to_their_own_likeness_only(lags: int, least: float) -> None:
    """Lagged changes of a smooth path are copies of its level; what separates them is what digits are left."""
    values = PATHS["smooth growth of e^14"]
    expected = exact_statistic(values[:150], lags)
    assert explosive(values[:150], lags=lags).adf == pytest.approx(expected, rel=least)


@pytest.mark.parametrize("name", ["walk, then smooth growth", "smooth growth of e^14"])
@pytest.mark.parametrize("lags", [0, 2])
def test_neighbouring_ends_do_not_change_a_bit_on_smooth_growth(name: str, lags: int) -> None:
    values = PATHS[name]
    whole = explosive(values, minw=20, lags=lags)
    for cut in (1, 7, 30, 59):
        part = explosive(values[:-cut], minw=20, lags=lags)
        assert whole.bsadf[: part.bsadf.size].tobytes() == part.bsadf.tobytes()


def test_uncentred_sums_would_fail_here() -> None:
    """The fault is real: sums from zero lose the walk at 1e6 that the exact reference resolves."""
    values = PATHS["walk at level 1e6"]
    x, d, n = values[:-1], np.diff(values), values.size - 1
    cross = n * (x @ d) - x.sum() * d.sum()
    rest = (n * (x @ x) - x.sum() ** 2) * (n * (d @ d) - d.sum() ** 2) - cross**2
    uncentred = cross * np.sqrt((n - 2) / rest) if rest > 0 else np.nan
    exact = exact_statistic(values, 0)
    assert not abs(uncentred - exact) < 1e-3
    assert explosive(values).adf == pytest.approx(exact, abs=1e-11)


def test_pointwise_and_running_maximum_are_two_curves() -> None:
    # Fault 2 of exuber: its critical curve for the BSADF is a running maximum of the forward BADF.
    critical = monte_carlo(100, minw=19, replications=2000, seed=3)
    pointwise, running = critical.curve("pointwise"), critical.curve("running-maximum")
    assert critical.curve() is not running
    np.testing.assert_array_equal(critical.curve(), pointwise)
    assert (np.diff(running) >= 0).all()
    assert running[-1] == pytest.approx(critical.value("sadf"), abs=1e-12)
    assert running[-1] - pointwise[-1] > 0.5
    assert (critical.curve("family-wise") >= pointwise).all()
    assert critical.curve("family-wise")[-1] == pytest.approx(critical.value("gsadf"), abs=1e-12)


@pytest.mark.parametrize("kind", ["wild", "composite"])
def test_every_change_of_every_replication_has_its_own_normal(kind: str) -> None:
    # Fault 3 of psymonitor: one normal for all replications, so all its paths have one scale.
    values = np.arange(400.0) + np.where(np.arange(400) % 2, 0.5, -0.5)
    if kind == "wild":
        source, scale = null_paths.wild(values), np.abs(np.diff(values))
    else:
        model = null_paths.Autoregression(np.empty(0), np.tile([1.0, -1.0], 200))
        source, scale = null_paths.composite(values, 400, model), np.ones(399)
    paths = [source(null_paths.generator(0, r)) for r in range(200)]
    factors = np.abs(np.diff(paths, axis=1)) / np.where(scale > 0, scale, 1.0)
    assert len({round(f, 12) for f in factors[:, scale > 0].ravel().tolist()}) > 10_000
    assert factors[:, scale > 0].std(axis=1).min() > 0.4


@pytest.mark.parametrize("criterion", ["aic", "bic"])
def test_choice_of_lags_does_not_depend_on_the_unit(criterion) -> None:
    # Fault 3 of psymonitor, second half: its AIC and BIC leave the variance out of the likelihood.
    values = series("sim_T100")
    one = explosive(values, minw=19, lags=6, criterion=criterion)
    for unit in (1e-6, 1 / 3, 1000.0):
        np.testing.assert_allclose(
            explosive(values * unit, minw=19, lags=6, criterion=criterion).bsadf, one.bsadf, atol=1e-9
        )


def psymonitor_bic(values: np.ndarray, swindow0: int, most: int) -> float:
    """GSADF as psymonitor computes it with BIC: rest not divided by its variance, own rows for each lag."""
    best = -np.inf
    designs = {k: {} for k in range(most + 1)}
    for start in range(values.size - swindow0 + 1):
        for stop in range(start + swindow0, values.size + 1):
            scores = []
            for k in designs:
                step = np.diff(values[start:stop])
                x = [np.ones(step.size - k), values[start + k : stop - 1]]
                x += [step[k - j : step.size - j] for j in range(1, k + 1)]
                table = np.column_stack(x)
                inverse = np.linalg.inv(table.T @ table)
                beta = inverse @ (table.T @ step[k:])
                rest = step[k:] - table @ beta
                n, total = rest.size, rest @ rest
                # Its sample size in the criterion is that of the most lags, whatever the lags.
                t = step.size - most
                bic = (n * log(2 * pi) + total) / t + (k + 2) * log(t) / t
                scores.append((bic, beta[1] / np.sqrt(total / (n - k - 2) * inverse[1, 1])))
            best = max(best, min(scores)[1])
    return best


def test_psymonitors_bic_is_understood_and_depends_on_the_unit() -> None:
    values = series("sim_T100")
    printed = max(map(float, columns("psymonitor_sequences.csv")["bic_6"]))
    assert printed == pytest.approx(3.404194361032, abs=1e-12)
    assert psymonitor_bic(values, 19, 6) == pytest.approx(printed, abs=1e-6)
    assert psymonitor_bic(values / 1000, 19, 6) != pytest.approx(printed, abs=0.1)


def test_critical_values_are_made_for_any_length() -> None:
    # Fault 4: users of exuber ask for more than 600 observations and for daily data.
    critical = monte_carlo(2500, minw=500, replications=20, seed=0)
    assert critical.design == Design.of(2500, minw=500)
    assert critical.curve().size == critical.design.ends == 2000
    with pytest.raises(ValueError, match=r"2500 observations.*do not fit.*100 observations"):
        critical.check(explosive(series("sim_T100")))


def test_threads_and_share_of_ends_do_not_change_a_bit() -> None:
    values = np.random.default_rng(0).standard_normal(900).cumsum()
    for lags in (0, 2):
        design = Design.of(values.size, minw=30, lags=lags)
        one, four = sequences(values, design, threads=1), sequences(values, design, threads=4)
        assert one[0].tobytes() == four[0].tobytes()
        assert one[1].tobytes() == four[1].tobytes()
