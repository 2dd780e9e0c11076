"""Plant on ladders: what is reported comes out, all of it is written off once, a shorter life is worth less."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.economy.plant import STEEPEST, fleet, ladder, past_growth

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
QUARTER = 0.25


def written_off(rungs, steps):
    """Depreciation of each step: the yearly pace, less what has ended, a quarter at a time."""
    pace = rungs.yearly - np.concatenate([[0.0], np.cumsum(rungs.ends)[:-1]])
    return pace[:steps] * QUARTER


def test_even_spending_on_four_quarters_by_hand():
    """
    Spending of 40 a quarter on a life of four: the newest stands at 40, then 30, 20, 10: net 100. Each writes off 10 a
    quarter: 160 a year at the start; the oldest ends after the first step, the newest after the fourth.
    """
    rungs = ladder(100.0, 0.0, 4, 6, QUARTER)
    assert rungs.net == pytest.approx(100.0)
    assert rungs.yearly == pytest.approx(160.0)
    assert rungs.ends == pytest.approx([40, 40, 40, 40, 0, 0])
    assert written_off(rungs, 6) == pytest.approx([40, 30, 20, 10, 0, 0])


def test_spending_that_doubles_in_a_life_by_hand():
    """Growth of ln 2 over a life of two quarters: 1 and half of the root of 2 of it. Net is all of the new, half of the
    old."""
    old = math.exp(-math.log(2) / 2)
    rungs = ladder(1.0 + 0.5 * old, math.log(2), 2, 3, QUARTER)
    assert rungs.yearly == pytest.approx((1.0 + old) / (2 * QUARTER))
    assert written_off(rungs, 3) == pytest.approx([(1.0 + old) / 2, 0.5, 0.0])


@given(
    growth=st.floats(-8.0, 8.0),
    life=st.integers(2, 100),
    net=st.floats(1.0, 1e6),
)
@QUICK
def test_all_of_the_net_value_is_written_off_and_no_more(growth, life, net):
    """A law: over its whole life plant writes off what it stands at."""
    rungs = ladder(net, growth, life, life, QUARTER)
    assert rungs.net == pytest.approx(net)
    assert written_off(rungs, life).sum() == pytest.approx(net)
    assert (rungs.ends >= 0.0).all()
    assert rungs.ends.sum() == pytest.approx(rungs.yearly)


@given(growth=st.floats(-8.0, 8.0), life=st.integers(2, 100), net=st.floats(1.0, 1e6))
@QUICK
def test_net_plant_and_depreciation_come_out_as_reported(growth, life, net):
    """The growth found from the two figures of a ladder gives both figures back."""
    yearly = ladder(net, growth, life, 1, QUARTER).yearly
    found, fits = past_growth(net, yearly, life, QUARTER)
    again = ladder(net, found, life, 1, QUARTER)
    assert fits
    assert (again.net, again.yearly) == (pytest.approx(net), pytest.approx(yearly, rel=1e-6))


@pytest.mark.parametrize(
    ("net", "yearly", "growth"),
    [
        (100.0, 1000.0, -STEEPEST),  # written off in less than the shortest life that old plant can have left
        (100.0, 10.0, STEEPEST),  # ten years of depreciation stand on a life of five
        (0.0, 10.0, 0.0),
        (100.0, 0.0, 0.0),
    ],
)
def test_figures_that_no_age_explains_are_flagged(net, yearly, growth):
    """On a life of 20 quarters net over yearly depreciation lies between a quarter and five years."""
    assert past_growth(net, yearly, 20, QUARTER) == (growth, False)


@pytest.mark.parametrize("net", [30.0, 495.0])
def test_figures_near_the_bounds_still_fit(net):
    """The steepest histories leave 0.25 + 0.04 and 5 - 0.04 years (the mean age of the newest rung is 0.157 steps)."""
    growth, fits = past_growth(net, 100.0, 20, QUARTER)
    assert fits
    assert ladder(net, growth, 20, 1, QUARTER).yearly == pytest.approx(100.0, rel=1e-6)


def test_a_shorter_life_is_worth_less_and_wears_faster_by_hand():
    """
    40 a quarter on a life of four, restated on two: of the newest 40 all are left, of the one before half: 60, written
    off at 20 each a quarter. What is older than two quarters is gone.
    """
    rungs = ladder(100.0, 0.0, 4, 4, QUARTER, on_life=2)
    assert rungs.net == pytest.approx(60.0)
    assert written_off(rungs, 4) == pytest.approx([40, 20, 0, 0])


def test_a_longer_life_keeps_more_by_hand():
    """40 a quarter on a life of two (60 net), restated on four: 40 and 30 are left, 10 each a quarter."""
    rungs = ladder(60.0, 0.0, 2, 5, QUARTER, on_life=4)
    assert rungs.net == pytest.approx(70.0)
    assert written_off(rungs, 5) == pytest.approx([20, 20, 20, 10, 0])


@given(growth=st.floats(-4.0, 4.0), life=st.integers(2, 40), lived=st.integers(1, 40))
@QUICK
def test_a_restated_ladder_also_writes_off_what_it_stands_at(growth, life, lived):
    rungs = ladder(100.0, growth, life, lived, QUARTER, on_life=lived)
    assert written_off(rungs, lived).sum() == pytest.approx(rungs.net)
    assert rungs.net <= 100.0 + 1e-9 if lived <= life else rungs.net >= 100.0 - 1e-9


def test_no_plant_has_no_rungs():
    rungs = ladder(0.0, 0.0, 20, 4, QUARTER)
    assert (rungs.net, rungs.yearly, rungs.ends.tolist()) == (0.0, 0.0, [0.0] * 4)


def test_a_fleet_is_counted_in_computing_and_ends_by_age():
    """
    Three purchases on a life of three steps of a year, growing by nothing: net 1 + 2/3 + 1/3 of each, so 60 is 30 each.
    At a price of computing that falls by half a year, what was bought one and two years ago is 15 and 7.5. Each serves
    two years: the third is gone, the second serves one year more, the newest two.
    """
    found = fleet(60.0, 0.0, 3, 4, 1.0, lived=2, decay=0.5)
    assert found.units == pytest.approx(45.0)
    assert found.ends == pytest.approx([15.0, 30.0, 0.0, 0.0])
