"""Nested windows: counts, filters, and what the confidence is a share of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market.lppls import fit
from cardhouse.market.lppls_windows import Count, Filters, Nest, nested


@pytest.fixture(scope="module")
def curve() -> tuple[np.ndarray, np.ndarray]:
    t = np.arange(200.0)
    left = 215.0 - t
    phase = 9 * np.log(left)
    logs = 6 + left**0.5 * (-0.06 + 0.002 * np.cos(phase))
    return t, logs + np.random.default_rng(1).normal(0, 0.003, 200)


def test_the_windows_are_those_of_lppls(curve) -> None:
    """120 down to 35 by 5: 18 fits, as compute_nested_fits of lppls makes."""
    found = nested(*curve, ends=[199])[0]
    assert [f.size for f in found.fits] == list(range(120, 30, -5))
    assert {f.end for f in found.fits} == {199.0}


def test_every_end_is_visited_and_progress_told(curve) -> None:
    told: list[float] = []
    found = nested(*curve, every=40, step=30, progress=told.append)
    assert [n.end for n in found] == [119, 159, 199]
    assert told[-1] == 1.0


def test_a_log_periodic_curve_has_confidence_and_a_walk_has_less(curve) -> None:
    t, logs = curve
    walk = np.cumsum(np.random.default_rng(2).normal(0, 0.01, 200))
    rules = Filters(damping=0.2, oscillations=1.5)
    with_curve = nested(t, logs, ends=[199], largest=190, smallest=90, step=20, filters=rules)[0]
    with_walk = nested(t, walk, ends=[199], largest=190, smallest=90, step=20, filters=rules)[0]
    assert with_curve.confidence > 0.7 > 0.3 > with_walk.confidence
    low, middle, high = with_curve.critical
    assert low <= middle <= high
    assert abs(middle - 215) < 8


def test_confidence_is_a_share_of_all_windows_not_of_rising_ones(curve) -> None:
    one = fit(*curve)
    falling = replace(one, b=-one.b)
    found = Nest(199.0, (one, falling, falling, falling), (True, False, False, False))
    assert found.confidence == 0.25
    assert found.among_rising == 1.0
    assert found.anti == 0.0


def test_filters_name_what_fails(curve) -> None:
    one = fit(*curve)
    assert "oscillations" in Filters(oscillations=50).failures(one)
    assert "w" in Filters(w=(2.0, 2.1)).failures(one)
    assert "bounds" in Filters().failures(replace(one, at_bounds=("m",)))
    assert "tc" in Filters(latest_days=0.1).failures(one)


def test_the_count_of_oscillations_is_chosen_by_name(curve) -> None:
    one = fit(*curve)
    between = 1.5 * one.turns
    assert "oscillations" in Filters(oscillations=between, count=Count.TURNS).failures(one)
    assert "oscillations" not in Filters(oscillations=between, count=Count.HALF_TURNS).failures(one)


def test_nobody_qualifies(curve) -> None:
    found = nested(*curve, ends=[199], filters=Filters(damping=1e9))[0]
    assert found.confidence == found.anti == found.among_rising == 0
    assert found.critical is None


@pytest.mark.parametrize("given", [{"largest": 500}, {"smallest": 5}, {"step": 0}, {"ends": [3]}])
def test_windows_that_do_not_fit(curve, given) -> None:
    with pytest.raises(InputError):
        nested(*curve, **given)
