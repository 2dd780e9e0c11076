"""Structural credit and hazards: a textbook's numbers, prices that come back, limits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from cardhouse.errors import InputError
from cardhouse.market.credit import Debt, distances, hazard_odds, ladder_point, merton, real_world, spread_sigma


def test_the_textbook_example() -> None:
    """Hull, Options, Futures and Other Derivatives: E = 3, 80%, D = 10, r = 5%, T = 1: 12.40, 21.23%, 12.7%."""
    found = merton(3, 0.8, 10, rate=0.05, years=1)
    assert found.assets == pytest.approx(12.40, abs=0.005)
    assert found.sigma == pytest.approx(0.2123, abs=5e-5)
    assert found.odds == pytest.approx(0.127, abs=5e-4)
    assert found.distance == pytest.approx(1.1408, abs=5e-5)


@given(st.floats(0.1, 1e6), st.floats(0.05, 2.0), st.floats(0.01, 20), st.floats(0.25, 10), st.floats(-0.02, 0.15))
def test_equity_and_its_volatility_come_back(equity, sigma, leverage, years, rate) -> None:
    found = merton(equity, sigma, equity * leverage, rate=rate, years=years)
    assert found.equity(found.assets) == pytest.approx(equity, rel=1e-6)
    d1 = found.distance + found.sigma * math.sqrt(years)
    assert norm.cdf(d1) * found.sigma * found.assets == pytest.approx(sigma * equity, rel=1e-5)
    assert found.assets_at(equity) == pytest.approx(found.assets, rel=1e-6)


def test_more_debt_and_more_volatility_are_nearer_to_default() -> None:
    assert merton(50, 0.5, 40).odds > merton(50, 0.5, 20).odds
    assert merton(50, 0.7, 20).odds > merton(50, 0.5, 20).odds


def test_the_ladder_counts_later_debt_by_half() -> None:
    ladder = [Debt(0.5, 3), Debt(3, 10), Debt(6, 8)]
    assert [ladder_point(ladder, h) for h in (1, 3, 10)] == [12, 17, 21]
    assert ladder_point(ladder, 1, long_share=0) == 3
    found = distances(50, 0.7, ladder, horizons=(1, 3))
    assert [s.point for s in found] == [12, 17]
    assert found[0].distance > found[1].distance


def test_without_leverage_the_equity_falls_as_the_assets() -> None:
    """Hardly any debt: the odds of a fall of the equity are those of a price of its volatility."""
    from cardhouse.market.falls import from_high

    found = merton(100, 0.4, 1e-6, rate=0.04)
    assert found.crash_odds(0.4, 2) == pytest.approx(from_high(fall=0.4, years=2, sigma=0.4, drift=0.04), rel=1e-4)


def test_the_hazard_is_the_triangle_for_small_spreads() -> None:
    assert hazard_odds(1e-4, 1) == pytest.approx(1e-4 / 0.6, rel=1e-3)
    assert hazard_odds(0.0643, 5) == pytest.approx(1 - math.exp(-5 * 0.0643 / 0.6), abs=2e-3)
    assert hazard_odds(0, 5) == 0
    assert hazard_odds(0.05, 5, recovery=0.6) > hazard_odds(0.05, 5, recovery=0.2)


def test_the_hazard_reprices_the_spread() -> None:
    """Premium leg and protection leg, summed anew by quarter."""
    spread, rate, recovery = 0.0643, 0.04, 0.4
    hazard = -math.log(1 - hazard_odds(spread, 1, rate=rate, recovery=recovery))
    premium = protection = 0.0
    for k in range(1, 21):
        alive, before = math.exp(-hazard * k / 4), math.exp(-hazard * (k - 1) / 4)
        late, middle = math.exp(-rate * k / 4), math.exp(-rate * (k - 0.5) / 4)
        premium += spread / 4 * (alive * late + (before - alive) / 2 * middle)
        protection += (1 - recovery) * (before - alive) * middle
    assert premium == pytest.approx(protection, rel=1e-9)


def test_a_spread_gives_the_assets_that_creditors_fear() -> None:
    found = spread_sigma(0.2, 50, 30, rate=0.04, years=5)
    assert found.odds == pytest.approx(0.2, abs=1e-9)
    assert found.equity(found.assets) == pytest.approx(50, rel=1e-8)


def test_the_price_of_risk_lowers_odds_and_zero_leaves_them() -> None:
    assert real_world(0.2, 4, price_of_risk=0) == pytest.approx(0.2)
    assert real_world(0.2, 4, price_of_risk=0.3) == pytest.approx(norm.cdf(norm.ppf(0.2) - 0.6))
    assert real_world(0.0, 4, price_of_risk=0.3) == 0
    assert real_world(1.0, 4, price_of_risk=0.3) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: merton(-1, 0.5, 10),
        lambda: merton(1, 0, 10),
        lambda: merton(1, math.nan, 10),
        lambda: ladder_point([], 1),
        lambda: ladder_point([Debt(1, -5)], 1),
        lambda: hazard_odds(-0.1, 1),
        lambda: hazard_odds(0.1, 1, recovery=1.0),
        lambda: spread_sigma(1.0, 50, 30, rate=0.04, years=5),
        lambda: real_world(2, 1, price_of_risk=0),
    ],
)
def test_what_makes_no_sense_is_refused(call) -> None:
    with pytest.raises(InputError):
        call()
