"""Falls from highs, and analogues that say how many there might have been."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.errors import InputError
from cardhouse.market.drawdowns import Align, Drawdown, analogue, drawdowns, underwater, worst_after


def test_falls_by_hand() -> None:
    found = drawdowns([100, 80, 90, 100, 120, 60, 70])
    assert found == (Drawdown(4, 5, None, -0.5), Drawdown(0, 1, 3, pytest.approx(-0.2)))
    assert drawdowns([100, 80, 90, 100, 120, 60, 70], least=0.3) == found[:1]
    assert drawdowns([1, 2, 3]) == ()


def test_the_nasdaq_of_2000() -> None:
    """Closing high 5048.62 on 2000-03-10, low 1114.11 on 2002-10-09."""
    pytest.importorskip("arch.data", reason="the Nasdaq comes with arch")
    from cardhouse.market.example import nasdaq

    prices = nasdaq()
    worst = drawdowns(prices.values)[0]
    assert str(prices.dates[worst.peak]) == "2000-03-10"
    assert str(prices.dates[worst.low]) == "2002-10-09"
    assert prices.values[worst.peak] == pytest.approx(5048.62, abs=0.005)
    assert prices.values[worst.low] == pytest.approx(1114.11, abs=0.005)


@given(st.lists(st.floats(1, 1000), min_size=2, max_size=50), st.integers(1, 60))
def test_the_worst_fall_ahead_is_that_of_all_pairs(values: list[float], horizon: int) -> None:
    found = worst_after(values, horizon)
    for i in range(len(values)):
        ahead = values[i : i + horizon + 1]
        pairs = [ahead[b] / ahead[a] - 1 for a in range(len(ahead)) for b in range(a, len(ahead))]
        assert found[i] == pytest.approx(min(pairs), abs=1e-12)


@given(st.lists(st.floats(1, 1000), min_size=2, max_size=50))
def test_the_deepest_fall_is_the_lowest_point_under_water(values: list[float]) -> None:
    found = drawdowns(values)
    assert (found[0].depth if found else 0.0) == pytest.approx(underwater(values).min())


def path(rows: int, seed: int) -> np.ndarray:
    return np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, rows))) * 100


def test_an_analogue_on_itself_is_perfect_and_alone() -> None:
    then = path(300, 1)
    found = analogue(then[100:160] * 7, then, align=Align.START, then_start=100, then_peak=200)
    assert found.fit == pytest.approx(1)
    assert found.better == 1
    assert found.possible == 300 - 60 + 1
    assert found.share == 1 / 241
    assert found.now[0] == found.then[0] == 1


def test_on_the_peak_both_peaks_lie_on_each_other() -> None:
    then, now = path(300, 1), path(80, 2)
    found = analogue(now, then, align=Align.PEAK, then_peak=150)
    top = int(np.argmax(now))
    assert found.now[top] == 1 == found.then[top]
    assert found.now.max() == 1


def test_a_walk_fits_many_places_as_well() -> None:
    """A rise fits many rises: the count of alignments says how little a correlation near 1 means."""
    then = np.exp(np.linspace(0, 3, 400)) * (1 + 0.01 * np.sin(np.arange(400)))
    found = analogue(np.exp(np.linspace(0, 1, 100)), then, align=Align.START, then_start=50, then_peak=300)
    assert found.fit > 0.99
    assert found.better > 50


def test_a_boom_longer_than_the_past_before_it_is_cut() -> None:
    then, now = path(100, 1), path(90, 2)
    found = analogue(np.sort(now), then, align=Align.PEAK, then_peak=60)
    assert found.now.size == 61
    assert found.now[-1] == 1


@pytest.mark.parametrize("given_rows", [{"now_start": 99}, {"then_start": 90, "then_peak": 20}, {"then_start": -1}])
def test_booms_outside_the_prices(given_rows) -> None:
    with pytest.raises(InputError):
        analogue(path(80, 2), path(100, 1), align=Align.START, **given_rows)


def test_too_little_in_common() -> None:
    with pytest.raises(InputError, match="share 10 rows"):
        analogue(path(80, 2), path(100, 1), align=Align.START, then_start=90, then_peak=95)
