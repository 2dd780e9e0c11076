"""Odds of a fall from volatility: against simulation, limits and each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market.falls import from_high, from_today, volatility


def test_the_barrier_without_drift_in_logs_is_the_reflection_principle() -> None:
    """With zero drift of the log price the odds are twice the odds of ending below."""
    sigma, level = 0.3, math.log(0.6)
    odds = from_today(fall=0.4, years=2, sigma=sigma, drift=sigma**2 / 2)
    assert odds == pytest.approx(math.erfc(-level / (sigma * math.sqrt(2)) / math.sqrt(2)), rel=1e-12)


@pytest.mark.parametrize("drift", [0.0, 0.1])
def test_both_odds_against_bridged_simulation(drift: float) -> None:
    """40,000 paths; the minimum between steps is drawn exactly by the Brownian bridge."""
    rng, steps, sigma, years = np.random.default_rng(1), 250, 0.3, 2.0
    dt = years / steps
    x, low, top, fell = (np.zeros(40_000) for _ in range(4))
    for _ in range(steps):
        step = (drift - sigma**2 / 2) * dt + sigma * math.sqrt(dt) * rng.standard_normal(40_000)
        reach = np.sqrt(step**2 - 2 * sigma**2 * dt * np.log(rng.random(40_000)))
        fell = np.maximum(fell, top - (x + (step - reach) / 2))
        low = np.minimum(low, x + (step - reach) / 2)
        top = np.maximum(top, x + (step + reach) / 2)
        x = x + step
    height = -math.log(0.6)
    assert from_today(fall=0.4, years=years, sigma=sigma, drift=drift) == pytest.approx(
        (low < -height).mean(), abs=0.01
    )
    assert from_high(fall=0.4, years=years, sigma=sigma, drift=drift) == pytest.approx((fell > height).mean(), abs=0.02)


def test_a_fall_from_any_high_is_likelier_than_from_today() -> None:
    for sigma in (0.1, 0.3, 0.6, 1.0):
        for fall in (0.2, 0.4, 0.7):
            assert from_high(fall=fall, years=2, sigma=sigma) >= from_today(fall=fall, years=2, sigma=sigma) - 1e-9


def test_odds_rise_with_volatility_and_time_and_shrink_with_the_fall() -> None:
    for law in (from_today, from_high):
        by_sigma = [law(fall=0.4, years=2, sigma=s) for s in np.linspace(0.05, 1.5, 30)]
        by_time = [law(fall=0.4, years=t, sigma=0.3) for t in np.linspace(0.1, 20, 30)]
        by_fall = [law(fall=f, years=2, sigma=0.3) for f in np.linspace(0.05, 0.95, 30)]
        assert (np.diff(by_sigma) > -1e-9).all()
        assert (np.diff(by_time) > -1e-9).all()
        assert (np.diff(by_fall) < 1e-9).all()
        assert all(0 <= p <= 1 for p in (*by_sigma, *by_time, *by_fall))


def test_limits() -> None:
    for law in (from_today, from_high):
        assert law(fall=0.4, years=2, sigma=0.0) == 0.0
        assert law(fall=0.4, years=2, sigma=0.0, drift=-1) == 1.0
        assert law(fall=0.4, years=2, sigma=0.001) == pytest.approx(0, abs=1e-9)
        assert law(fall=0.001, years=2, sigma=0.8) == pytest.approx(1, abs=1e-2)
        with pytest.raises(InputError):
            law(fall=1.5, years=2, sigma=0.3)


def test_volatility_with_its_interval() -> None:
    rng = np.random.default_rng(0)
    normal = tails = 0
    for _ in range(400):
        found = volatility(np.exp(np.cumsum(rng.normal(0, 0.01, 253))), 252)
        normal += found.low <= 0.01 * math.sqrt(252) <= found.high
        found = volatility(np.exp(np.cumsum(rng.standard_t(5, 253) * 0.01)), 252)
        tails += found.low <= 0.01 * math.sqrt(252 * 5 / 3) <= found.high
    assert normal / 400 == pytest.approx(0.9, abs=0.04)
    assert tails / 400 > 0.78
    assert volatility(np.ones(30), 252).value == 0
    with pytest.raises(InputError, match="at least 21"):
        volatility(np.ones(5), 252)


def test_odds_stay_odds_at_the_ends_of_what_can_be_asked() -> None:
    for fall in (0.001, 0.4, 0.999):
        for years in (0.001, 2, 100):
            for sigma in (0.001, 0.01, 0.1, 3):
                for drift in (-0.5, 0.0, 0.5):
                    given = {"fall": fall, "years": years, "sigma": sigma, "drift": drift}
                    assert 0 <= from_today(**given) <= 1
                    assert 0 <= from_high(**given) <= 1
                    assert from_high(**given) >= from_today(**given) - 1e-8
