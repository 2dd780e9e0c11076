"""What paths drew, found again in numpy: it must be what the compiled kernel drew and blended, path for path."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.processes import Steering, no_steering
from cardhouse.economy.many.drawn import Draws, course_of, draws_of, lay, tilted
from cardhouse.economy.many.events import Event
from cardhouse.economy.many.importance import Lean, by_quarter, log_ratio
from cardhouse.economy.many.reverse import Engine
from cardhouse.economy.many.worker import Worker

sys.path.insert(0, str(Path(__file__).parent))
from small_chance import QUARTERS, small

SEED, FIRST = 7, 4096


@pytest.fixture(scope="module")
def setup(economy):
    return small(economy, seed=SEED)[1]


def lean_of(setup, rng=None):
    """No lean, or a wild one."""
    calm = Engine(setup, Event(()), threads=1, progress=lambda _: None).calm()
    if rng is None:
        return calm
    return Lean(rng.normal(0.0, 0.7, calm.shift.shape), np.exp(rng.normal(0.5, 1.0, calm.odds.shape)))


@pytest.mark.parametrize("wild", [False, True])
def test_drivers_of_a_path_are_those_that_the_kernel_laid(setup, wild):
    """Levels of all drivers of eight paths, with and without shifts and tilts of the odds."""
    lean = lean_of(setup, np.random.default_rng(1) if wild else None)
    worker = Worker(setup)
    shift, odds = by_quarter(lean.shift, QUARTERS), by_quarter(lean.odds, QUARTERS)
    jump = no_steering(setup.processes, QUARTERS).jump
    regimes = 0
    for first in range(FIRST, FIRST + 10 * LANES, LANES):
        worker.run(first, LANES, steering=Steering(shift, odds, jump))
        drawn = draws_of(setup.processes, SEED, first, LANES, QUARTERS)
        course = course_of(setup.processes, replace(drawn, surprises=drawn.surprises + shift[..., None]), odds)
        world, firm = lay(setup.processes, course, setup.shocks.world[..., 0], setup.shocks.firm[..., 0])
        np.testing.assert_allclose(world, worker._levels.world_drawn, rtol=1e-9)
        np.testing.assert_allclose(firm, worker._levels.firm_drawn, rtol=1e-9)
        regimes += int(course.began.sum())
    assert regimes > 20


def test_paths_whose_drivers_are_told_are_the_paths_that_drew_them(setup):
    """Every outcome, bit for bit; also where the last block is not full."""
    worker = Worker(setup)
    blocks = []
    for first in (0, LANES):
        worker.run(first, LANES)
        blocks.append((worker._levels.world_drawn.copy(), worker._levels.firm_drawn.copy()))
    world, firm = (np.concatenate(parts, axis=-1)[..., : 2 * LANES - 3] for parts in zip(*blocks, strict=True))
    drawn, told = worker.run(0, 2 * LANES - 3), worker.run_told(world, firm)
    for name in ("fell", "room", "sums_of"):
        np.testing.assert_array_equal(getattr(told, name), getattr(drawn, name))
    again = worker.run(0, 2 * LANES - 3)
    np.testing.assert_array_equal(again.sums_of, drawn.sums_of)


def test_the_ratio_is_the_one_that_the_kernel_kept(setup):
    lean = lean_of(setup, np.random.default_rng(2))
    engine = Engine(setup, Event((0,)), threads=1, progress=lambda _: None)
    sample = engine.sample(FIRST, 80, lean)
    jump = no_steering(setup.processes, QUARTERS).jump
    steering = Steering(by_quarter(lean.shift, QUARTERS), by_quarter(lean.odds, QUARTERS), jump)
    kept = Worker(setup).run(FIRST, 80, steering=steering).weights
    np.testing.assert_allclose(log_ratio(sample, lean, engine.quarters), -kept, rtol=1e-8, atol=1e-8)
    assert np.abs(kept).min() > 0.01


def test_a_path_draws_the_same_whatever_comes_before_it(setup):
    whole = draws_of(setup.processes, SEED, 0, 40, QUARTERS)
    part = draws_of(setup.processes, SEED, 24, 8, QUARTERS)
    np.testing.assert_array_equal(whole.surprises[..., 24:32], part.surprises)
    np.testing.assert_array_equal(whole.tails[..., 24:32], part.tails)


def test_a_tilt_multiplies_the_odds():
    """By hand: one in five is odds of 1/4; three times that is 3/4, which is a chance of 3/7."""
    assert tilted(np.array(0.2), np.array(3.0)) == pytest.approx(3.0 / 7.0)
    np.testing.assert_array_equal(tilted(np.array([0.0, 0.3, 1.0]), np.array(1.0)), [0.0, 0.3, 1.0])
    np.testing.assert_array_equal(tilted(np.array([0.0, 1.0]), np.array(9.0)), [0.0, 1.0])


def test_draws_are_normal_and_of_unit_variance_with_the_tail(setup):
    """Moments within four standard errors; the tail makes Student's t of unit variance out of normal numbers."""
    drawn = draws_of(setup.processes, SEED, 0, 4000, QUARTERS)
    z = drawn.surprises.ravel()
    assert abs(z.mean()) < 4.0 / np.sqrt(z.size)
    assert abs(z.var() - 1.0) < 4.0 * np.sqrt(2.0 / z.size)
    degrees = int(setup.processes.degrees[0])
    squares = (degrees - 2) / drawn.tails.ravel() ** 2
    assert abs(squares.mean() - degrees) < 4.0 * np.sqrt(2.0 * degrees / squares.size)


def test_the_scenario_itself_is_what_no_surprise_leaves(setup):
    calm = Draws(
        np.zeros((lean_of(setup).shift.shape[0], QUARTERS, 1)),
        np.ones((QUARTERS, 1)),
        np.full((setup.processes.begins.size, QUARTERS, 1), np.inf),
        np.zeros((setup.processes.begins.size, QUARTERS, 1)),
    )
    course = course_of(setup.processes, calm)
    world, firm = lay(setup.processes, course, setup.shocks.world[..., 0], setup.shocks.firm[..., 0])
    np.testing.assert_array_equal(world[..., 0], setup.shocks.world[..., 0])
    np.testing.assert_array_equal(firm[..., 0], setup.shocks.firm[..., 0])
    assert BASELINE.shocks == ()
