"""Log-periodic fits against lppls 0.6.24 on the Nasdaq that it ships (40 seeded fits, printed in data/reference)."""

from __future__ import annotations

import csv
import math
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market import lppls_kernel as kernel
from cardhouse.market.lppls import QUICK, Bounds, Search, fit, profile

REFERENCE = Path(__file__).parent / "data" / "reference" / "lppls_dotcom_fits.csv"


@pytest.fixture(scope="module")
def dotcom() -> tuple[np.ndarray, np.ndarray]:
    """Nasdaq, 1994-01-03 to 2000-03-10, from the package lppls, a dependency of the benchmark only."""
    pytest.importorskip("lppls.data", reason="the sample comes with lppls")
    text = files("lppls.data").joinpath("nasdaq_dotcom.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    days = np.array([date.fromisoformat(r["Date"]).toordinal() for r in rows], dtype=float)
    return days, np.log([float(r["Adj Close"]) for r in rows])


def made(rows: int = 300, *, noise: float = 0.0, **given: float) -> tuple[np.ndarray, np.ndarray]:
    """A curve with known parameters, with noise."""
    p = {"tc": rows + 30.0, "m": 0.5, "w": 8.0, "a": 8.0, "b": -0.05, "c1": 0.004, "c2": -0.002} | given
    t = np.arange(float(rows))
    left = p["tc"] - t
    phase = p["w"] * np.log(left)
    logs = p["a"] + left ** p["m"] * (p["b"] + p["c1"] * np.cos(phase) + p["c2"] * np.sin(phase))
    return t, logs + np.random.default_rng(5).normal(0, noise, rows)


def test_the_nasdaq_fit_is_the_reference_one(dotcom) -> None:
    """Reference: 6.316784, m .4834, w 9.7967, tc at its lower bound."""
    found = fit(*dotcom)
    assert found.sse == pytest.approx(6.316784, abs=5e-7)
    assert found.m == pytest.approx(0.4834, abs=5e-5)
    assert found.w == pytest.approx(9.7967, abs=5e-5)
    assert found.at_bounds == ("tc",)
    assert found.tc == found.end + 0.5


def test_the_nasdaq_fit_is_better_than_the_best_of_forty_seeds(dotcom) -> None:
    with REFERENCE.open() as file:
        seeds = [float(r["sse"]) for r in csv.DictReader(file)]
    assert fit(*dotcom).sse < min(seeds)


def test_the_quick_search_finds_the_same(dotcom) -> None:
    days, logs = dotcom
    for start, end in ((1443, 1563), (1363, 1563), (700, 860), (1000, 1120), (200, 260)):
        t, y = days[start:end], logs[start:end]
        assert fit(t, y, search=QUICK).sse <= fit(t, y).sse * (1 + 1e-5)


def test_never_worse_than_a_denser_search(dotcom) -> None:
    days, logs = dotcom
    dense = Search(tcs=14, ms=4, ws=60, starts=100, finish=100)
    for start in range(0, 1400, 200):
        t, y = days[start : start + 150], logs[start : start + 150]
        assert fit(t, y).sse <= fit(t, y, search=dense).sse * (1 + 1e-5)


@pytest.mark.slow
def test_never_worse_than_lppls_inside_the_bounds(dotcom) -> None:
    lppls = pytest.importorskip("lppls.lppls", reason="the peer")
    import random
    import warnings

    days, logs = dotcom
    for start, end in ((1063, 1563), (700, 1100)):
        t, y = days[start:end], logs[start:end]
        found = fit(t, y)
        for seed in range(2):
            random.seed(seed)
            model = lppls.LPPLS(observations=np.array([t, y]))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tc, m, w, a, b, _, c1, c2, _, _ = model.fit(25)
            inside = 0.5 <= tc - t[-1] <= 0.5 * (t[-1] - t[0]) and 0.01 <= m <= 0.99 and 2 <= w <= 25
            if inside:
                theirs = float(np.sum((model.lppls(t, tc, m, w, a, b, c1, c2) - y) ** 2))
                assert found.sse <= theirs * (1 + 1e-9)


def test_same_answer_twice(dotcom) -> None:
    assert fit(*dotcom) == fit(*dotcom)


@pytest.mark.parametrize("given", [{}, {"w": 3.0}, {"w": 20.0, "m": 0.8}, {"tc": 420.0, "m": 0.2}, {"b": 0.05}])
def test_a_noiseless_curve_gives_its_parameters_back(given) -> None:
    t, y = made(**given)
    found = fit(t, y)
    want = {"tc": 330.0, "m": 0.5, "w": 8.0, "a": 8.0, "b": -0.05, "c1": 0.004, "c2": -0.002} | given
    for name, value in want.items():
        assert getattr(found, name) == pytest.approx(value, rel=2e-3, abs=2e-4), name
    assert found.rising is (want["b"] < 0)


def test_the_sum_of_squares_is_that_of_the_curve_it_reports(dotcom) -> None:
    days, logs = dotcom
    found = fit(days, logs)
    assert float(((logs - found.curve(days)) ** 2).sum()) == pytest.approx(found.sse, rel=1e-10)
    assert np.isnan(found.curve([found.tc + 1])).all()


def test_units_of_time_and_price_do_not_matter() -> None:
    t, y = made(noise=0.01)
    base, moved = fit(t, y), fit(t + 700_000, y + 5)
    assert moved.sse == pytest.approx(base.sse, rel=1e-7)
    assert (moved.m, moved.w) == pytest.approx((base.m, base.w), rel=1e-4)
    assert moved.tc - 700_000 == pytest.approx(base.tc, abs=0.05)


def test_the_profile_passes_through_the_fit_and_covers_the_truth() -> None:
    t, y = made(noise=0.01)
    found = profile(t, y, points=40)
    assert found.sse.min() == pytest.approx(found.best.sse, rel=1e-6)
    low, high = found.interval()
    assert low <= 330 <= high
    assert high - low > 1
    assert found.interval(0.5)[0] >= low


def test_the_interval_allows_for_autocorrelation(dotcom) -> None:
    """1,563 residuals of the Nasdaq are worth 16 independent ones; the interval reaches the edge of the search."""
    found = profile(*dotcom, points=25)
    assert 8 <= found.effective < 40
    assert found.interval()[0] == found.tc[0]


def test_both_counts_of_oscillations_are_named() -> None:
    found = fit(*made())
    ratio = math.log((found.tc - found.start) / (found.tc - found.end))
    assert found.turns == pytest.approx(found.w / (2 * math.pi) * ratio)
    assert found.half_turns == pytest.approx(found.w / math.pi * ratio)


def test_fast_cosines_and_powers_are_exact_to_rounding() -> None:
    x = np.linspace(-9.5, 0.6, 4001)
    cosine, sine, power = np.empty(4001), np.empty(4001), np.empty(4001)
    for w in (2.0, 9.7, 25.0):
        kernel.wave(x, w, cosine, sine)
        assert np.abs(cosine - np.cos(w * x)).max() < 3e-15
        assert np.abs(sine - np.sin(w * x)).max() < 3e-15
    for m in (0.01, 0.5, 0.99):
        kernel.power(x, m, power)
        assert np.abs(power / np.exp(m * x) - 1).max() < 2e-14


@pytest.mark.parametrize(
    ("days", "logs", "why"),
    [
        (np.arange(10), np.arange(10), "at least 20"),
        (np.zeros(30), np.arange(30), "days must rise"),
        (np.arange(30), np.full(30, np.nan), "finite"),
        (np.arange(30), np.arange(29), "two equal rows"),
    ],
)
def test_what_cannot_be_fitted(days, logs, why: str) -> None:
    with pytest.raises(InputError, match=why):
        fit(days, logs)


def test_constant_prices_give_a_fit_of_nothing() -> None:
    found = fit(np.arange(60), np.ones(60))
    assert found.sse == pytest.approx(0, abs=1e-20)
    assert math.isfinite(found.tc)


def test_bounds_that_leave_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="leave nothing to search"):
        fit(np.arange(30), np.arange(30), bounds=Bounds(soonest=100))


def test_fits_stay_inside_the_bounds_where_those_of_lppls_do_not(dotcom) -> None:
    """39 of the 40 seeded fits lie outside 0 < m < 1, 2 < w < 15, tc after the window."""
    days, logs = dotcom
    with REFERENCE.open() as file:
        fits = list(csv.DictReader(file))
    inside = [0 < float(r["m"]) < 1 and 2 < float(r["w"]) < 15 and float(r["tc"]) > days[-1] for r in fits]
    assert len(fits) == 40
    assert inside.count(False) >= 39
    bounds = Bounds()
    for start in range(0, 1400, 100):
        found = fit(days[start : start + 120], logs[start : start + 120])
        span = found.end - found.start
        assert bounds.soonest - 1e-6 <= found.tc - found.end <= bounds.latest * span + 1e-6
        assert bounds.m[0] <= found.m <= bounds.m[1]
        assert bounds.w[0] <= found.w <= bounds.w[1]
