"""Runs whose draws are steered: outcomes of other paths, and weights that bring the plain chances back."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy import drivers as dr
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.processes import no_steering
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import calibrated
from cardhouse.economy.uncertain import laboratories, uncertainty

sys.path.insert(0, str(Path(__file__).parent))
from playing import firm, tie

QUARTERS = 8
FIRMS = {
    "lab": firm("model", cash=60.0, costs=360.0, debt=300.0, equity=1500.0, interest=24.0),
    "cloud": firm("cloud", cash=60.0, debt=600.0, equity=1200.0, interest=48.0, capex=120.0),
}
TIES = [tie("rent", "purchase", "lab", "cloud", 300)]


@pytest.fixture(scope="module")
def setup(economy):
    rows = economy.texts("", FIRMS, assumed={"payment_days": {"all": 0.0}, "ai_demand_share": {"all": 1.0}})
    rows["ties"] += TIES
    compiled = calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    return set_up(compiled, BASELINE, chance, seed=7)


@pytest.fixture
def steering(setup):
    return no_steering(setup.processes, QUARTERS)


def test_nothing_steered_is_the_plain_run_and_weighs_nothing(setup, steering):
    plain, again = Worker(setup).run(0, 13, raw=True), Worker(setup).run(0, 13, raw=True, steering=steering)
    np.testing.assert_array_equal(plain.raw, again.raw)
    np.testing.assert_array_equal(plain.weights, np.zeros(13))
    np.testing.assert_array_equal(again.weights, np.zeros(13))


def test_a_jump_of_all_streams_is_the_run_of_the_other_paths(setup, steering):
    steering.jump[:] = 400
    jumped, other = Worker(setup).run(0, 13, raw=True, steering=steering), Worker(setup).run(400, 13, raw=True)
    np.testing.assert_array_equal(jumped.raw, other.raw)
    np.testing.assert_array_equal(jumped.fell, other.fell)


def test_weights_belong_to_their_paths(setup, steering):
    """A path has the same weight in a run from another path on, and no two are alike."""
    steering.shift[0, 0] = -1.0
    worker = Worker(setup)
    whole, late = worker.run(0, 29, steering=steering).weights, worker.run(8, 13, steering=steering).weights
    assert whole.shape == (29,)
    assert len(set(whole.tolist())) == 29
    np.testing.assert_array_equal(whole[8:21], late)


def test_shifted_demand_fails_more_laboratories_but_as_many_when_weighed(setup, steering):
    """The law of weights: plain and weighed estimates of one chance, within four standard errors."""
    lab, n = setup.nodes.index("lab"), 4000
    demand = setup.processes.driver.tolist().index(dr.DEMAND)
    steering.shift[demand, :4] = -0.7
    plain, shifted = Worker(setup).run(0, n), Worker(setup).run(0, n, steering=steering)
    falls, more = plain.fell[:, lab] >= 0, shifted.fell[:, lab] >= 0
    assert 0.01 < falls.mean() < more.mean() / 1.2
    weighed = np.exp(shifted.weights) * more
    error = math.hypot(falls.std(), weighed.std()) / math.sqrt(n)
    assert abs(weighed.mean() - falls.mean()) < 4 * error


def test_steering_of_another_length_is_refused(setup):
    with pytest.raises(AssertionError, match=r"shift: .* expected float64"):
        Worker(setup).run(0, 8, steering=no_steering(setup.processes, QUARTERS + 1))
