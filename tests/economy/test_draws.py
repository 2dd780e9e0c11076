"""Draws of paths: drivers by chance and steered, against hand arithmetic, distributions and laws of chance.

Moments are compared within four standard errors of fixed seeds.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba.core.errors import TypingError
from scipy import stats
from scipy.special import ndtri

from cardhouse.economy import drivers as dr
from cardhouse.economy.drivers import DRIVERS, FIRM_DRIVERS, WORLD_DRIVERS
from cardhouse.economy.kernel.draws import (
    between,
    draw_drivers,
    lay_scenario,
    position,
)
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.philox import uniform, words
from cardhouse.economy.kernel.processes import Processes, check_steering, new_scratch, no_steering

QUARTERS, NODES = 8, 3


def whole(*values):
    return np.array(values, dtype=np.int64)


def processes(common=(), regimes=(), firms=(), *, correlation=None, degrees=0, moved_by=None):
    """Arrays from rows.

    ``common`` (driver, volatility, persistence, keeps), ``regimes`` (driver, begins, ends, severity) and ``firms``
    (node, volatility, persistence).
    """
    rows = [WORLD_DRIVERS[c[0]] for c in common]
    hurt = [WORLD_DRIVERS[r[0]] for r in regimes]
    size = len(common)
    return Processes(
        driver=whole(*(c[0] for c in common)),
        adds=whole(*(int(DRIVERS[n].unit == "basis points") for n in rows)),
        volatility=np.array([c[1] for c in common], dtype=float),
        persistence=np.array([c[2] for c in common], dtype=float),
        keeps=np.array([c[3] for c in common], dtype=float),
        least=np.full(size, -np.inf),
        most=np.full(size, np.inf),
        low=np.array([DRIVERS[n].low for n in rows], dtype=float),
        high=np.array([DRIVERS[n].high for n in rows], dtype=float),
        factor=np.linalg.cholesky(np.array(correlation)) if correlation is not None else np.eye(size),
        degrees=whole(degrees),
        regime_driver=whole(*(r[0] for r in regimes)),
        regime_adds=whole(*(int(DRIVERS[n].unit == "quarters") for n in hurt)),
        begins=np.array([r[1] for r in regimes], dtype=float),
        ends=np.array([r[2] for r in regimes], dtype=float),
        severity=np.array([r[3] for r in regimes], dtype=float).reshape(-1, 3),
        moved_by=np.zeros((len(regimes), size)) if moved_by is None else np.array(moved_by, dtype=float),
        regime_low=np.array([DRIVERS[n].low for n in hurt], dtype=float),
        regime_high=np.array([DRIVERS[n].high for n in hurt], dtype=float),
        firm_driver=whole(*(dr.SHARE for _ in firms)),
        firm_node=whole(*(f[0] for f in firms)),
        firm_name=whole(*(1000 + f[0] for f in firms)),
        firm_volatility=np.array([f[1] for f in firms], dtype=float),
        firm_persistence=np.array([f[2] for f in firms], dtype=float),
        firm_least=np.full(len(firms), -np.inf),
        firm_most=np.full(len(firms), np.inf),
        firm_low=np.array([DRIVERS["share"].low for _ in firms], dtype=float),
        firm_high=np.array([DRIVERS["share"].high for _ in firms], dtype=float),
    )


def baseline(quarters=QUARTERS):
    world = np.array([[DRIVERS[n].baseline] * quarters for n in WORLD_DRIVERS])
    firm = np.ones((len(FIRM_DRIVERS), NODES, quarters))
    return world, firm


def steer(chance, *, shift=None, tilt=None, jump=None):
    """Shifts by (process, quarter), tilts by regime or (regime, quarter), and jumps by stream."""
    steering = no_steering(chance, QUARTERS)
    for array, given in zip(steering, (shift, tilt, jump), strict=True):
        for place, value in (given or {}).items():
            array[place] = value
    check_steering(steering, chance, QUARTERS)
    return steering


def draw_weighted(chance, paths, *, seed=11, first=0, scenario=None, steering=None):
    """World (K, Q, paths) and firm (F, N, Q, paths) drivers, and the logarithms of the weights (paths,)."""
    world, firm = baseline() if scenario is None else scenario
    out_world, out_firm = np.empty((*world.shape, LANES)), np.empty((*firm.shape, LANES))
    scratch, weight = new_scratch(chance), np.full(LANES, np.nan)
    steering = no_steering(chance, world.shape[1]) if steering is None else steering
    lay_scenario(world, firm, out_world, out_firm)
    drawn = []
    for start in range(first, first + paths, LANES):
        draw_drivers(seed, start, chance, steering, scratch, world, firm, out_world, out_firm, weight)
        drawn.append((out_world.copy(), out_firm.copy(), weight.copy()))
    return tuple(np.concatenate(arrays, axis=-1)[..., :paths] for arrays in zip(*drawn, strict=True))


def draw(chance, paths, **how):
    """The drivers alone."""
    return draw_weighted(chance, paths, **how)[:2]


ALL = processes(
    [(dr.DEMAND, 0.05, 0.5, 1), (dr.RENTS, 0.2, 0.8, 0), (dr.SPREAD, 100.0, 0.85, 0)],
    [(dr.GROWTH, 0.1, 0.2, (0.0, 0.3, 0.7)), (dr.DELAY, 0.1, 0.2, (0.5, 1.0, 3.0))],
    [(1, 0.1, 0.9)],
    correlation=[[1, 0.5, -0.3], [0.5, 1, 0.1], [-0.3, 0.1, 1]],
    degrees=5,
    moved_by=[[0, 0, 0.002], [0, 0, 0]],
)


def test_positions_are_triangular_in_value():
    """By hand: of a quarter of the mass below, a quarter lies beyond half way down: 1/4 x (1/2)^2 = 1/16."""
    under, over = 4.0, 4.0 / 3.0
    assert position(1.0 / 16.0, under, over) == -0.5
    assert position(0.25, under, over) == 0.0
    assert position(1.0 - 0.75 / 4.0, under, over) == 0.5
    assert position(0.5, math.inf, 1.0) == pytest.approx(1.0 - math.sqrt(0.5))
    assert position(0.5, 1.0, math.inf) == pytest.approx(math.sqrt(0.5) - 1.0)


def test_values_between_low_and_high_are_scipys_triangle():
    for p in np.linspace(0.001, 0.999, 50):
        expected = stats.triang.ppf(p, (3.0 - 1.0) / 9.0, loc=1.0, scale=9.0)
        assert between(p, 1.0, 3.0, 10.0) == pytest.approx(expected)
    assert between(0.3, 2.0, 2.0, 2.0) == 2.0


def test_without_chance_the_drivers_are_the_scenario():
    """Bit for bit, also where the scenario is at a bound."""
    rng = np.random.default_rng(1)
    world, firm = baseline()
    for k, name in enumerate(WORLD_DRIVERS):
        driver = DRIVERS[name]
        world[k] = rng.uniform(max(driver.low, -900), min(driver.high, 9.0), QUARTERS)
        world[k, 0] = driver.high
    calm = ALL._replace(
        volatility=np.zeros(3), firm_volatility=np.zeros(1), begins=np.zeros(2), moved_by=np.zeros((2, 3))
    )
    got_world, got_firm = draw(calm, 8, scenario=(world, firm))
    np.testing.assert_array_equal(got_world, np.repeat(world[..., None], 8, axis=-1))
    np.testing.assert_array_equal(got_firm, np.repeat(firm[..., None], 8, axis=-1))


@pytest.mark.parametrize("first", [1, 3, 8, 17])
def test_a_path_does_not_depend_on_where_a_block_begins(first):
    steering = steer(ALL, shift={(0, 2): -1.0, (3, 5): 0.5}, tilt={0: 4.0}, jump={1: 1000})
    for one, late in zip(
        draw_weighted(ALL, 32, steering=steering),
        draw_weighted(ALL, 13, first=first, steering=steering),
        strict=True,
    ):
        np.testing.assert_array_equal(one[..., first : first + 13], late)


def test_another_seed_draws_others():
    assert (draw(ALL, 8, seed=1)[0][dr.RENTS] != draw(ALL, 8, seed=2)[0][dr.RENTS]).all()


def test_a_process_that_is_added_changes_no_other():
    first = processes([(dr.RENTS, 0.2, 0.8, 0)], [(dr.GROWTH, 0.1, 0.2, (0.0, 0.3, 0.7))], [(1, 0.1, 0.9)])
    more = processes(
        [(dr.RENTS, 0.2, 0.8, 0), (dr.MULTIPLES, 0.1, 0.9, 0)],
        [(dr.DELAY, 0.1, 0.2, (0.5, 1.0, 3.0)), (dr.GROWTH, 0.1, 0.2, (0.0, 0.3, 0.7))],
        [(0, 0.1, 0.9), (1, 0.1, 0.9)],
        correlation=[[1, 0.5], [0.5, 1]],
    )
    (a, fa), (b, fb) = draw(first, 64), draw(more, 64)
    np.testing.assert_array_equal(a[[dr.RENTS, dr.GROWTH]], b[[dr.RENTS, dr.GROWTH]])
    np.testing.assert_array_equal(fa[dr.SHARE, 1], fb[dr.SHARE, 1])


def test_one_process_by_hand():
    """Two quarters from the generator's words and scipy's quantile: growth that persists by half, summed up."""
    chance = processes([(dr.DEMAND, 0.1, 0.5, 1)])
    first = words(11, 6, 0, 100 + dr.DEMAND, 0)
    one, two = 0.1 * ndtri(uniform(first[0])), 0.1 * ndtri(uniform(first[1]))
    world, _ = draw(chance, 8)
    assert world[dr.DEMAND, 0, 6] == pytest.approx(math.exp(one), rel=1e-14)
    assert world[dr.DEMAND, 1, 6] == pytest.approx(math.exp(one + 0.5 * one + two), rel=1e-14)


def test_moments_of_an_autoregression():
    """Variance after n quarters is s^2 (1 - f^2n) / (1 - f^2); its median is the scenario."""
    n = 40_000
    world, _ = draw(processes([(dr.RENTS, 0.2, 0.8, 0)]), n)
    log = np.log(world[dr.RENTS, -1])
    expected = 0.2**2 * (1 - 0.8 ** (2 * QUARTERS)) / (1 - 0.8**2)
    assert abs(log.mean()) < 4 * math.sqrt(expected / n)
    assert abs(log.var() / expected - 1) < 4 * math.sqrt(2 / n)
    assert abs((world[dr.RENTS, -1] < 1.0).mean() - 0.5) < 4 * 0.5 / math.sqrt(n)


@pytest.mark.parametrize("degrees", [4, 5, 10])
def test_surprises_with_a_common_tail_are_students(degrees):
    """One quarter's deviation is Student's t scaled to its standard deviation; two share the tail but not the sign."""
    n = 40_000
    world, _ = draw(processes([(dr.SPREAD, 10.0, 0.9, 0), (dr.BASE_RATE, 10.0, 0.9, 0)], degrees=degrees), n)
    one, two = world[dr.SPREAD, 0], world[dr.BASE_RATE, 0]
    scale = 10.0 * math.sqrt((degrees - 2) / degrees)
    assert stats.kstest(one / scale, stats.t(degrees).cdf).pvalue > 0.001
    assert stats.kstest(two / scale, stats.t(degrees).cdf).pvalue > 0.001
    signs = np.sign(one) * np.sign(two)
    assert abs(signs.mean()) < 4 / math.sqrt(n)


def test_tails_come_together():
    """Tail dependence: of 1 percent each, t of 3 degrees without correlation share far more than 1 in 100 x 100.

    scipy's bivariate t gives the expected share by simulation of its own.
    """
    n = 60_000
    world, _ = draw(processes([(dr.SPREAD, 10.0, 0.5, 0), (dr.BASE_RATE, 10.0, 0.5, 0)], degrees=3), n)
    edge = 10.0 / math.sqrt(3.0) * stats.t(3).ppf(0.99)
    both = ((world[dr.SPREAD, 0] > edge) & (world[dr.BASE_RATE, 0] > edge)).mean()
    other = stats.multivariate_t(shape=np.eye(2), df=3, seed=4).rvs(1_000_000)
    expected = (other > stats.t(3).ppf(0.99)).all(axis=1).mean()
    assert abs(both - expected) < 4 * math.sqrt(expected / n)
    assert both > 8 * 0.01**2


def test_surprises_are_correlated_as_asked():
    """Standard error of a correlation of normal numbers is (1 - r^2) / sqrt(n)."""
    n = 40_000
    world, _ = draw(
        processes([(dr.DEMAND, 0.05, 0.5, 1), (dr.SPREAD, 10.0, 0.9, 0)], correlation=[[1, -0.6], [-0.6, 1]]), n
    )
    found = np.corrcoef(np.log(world[dr.DEMAND, 0]), world[dr.SPREAD, 0])[0, 1]
    assert abs(found + 0.6) < 4 * (1 - 0.36) / math.sqrt(n)


def test_a_regime_begins_and_ends_as_often_as_asked():
    """A two-state chain: after q quarters its share is h / (h + e) (1 - (1 - h - e)^q)."""
    n, h, e = 40_000, 0.1, 0.3
    world, _ = draw(processes([], [(dr.GROWTH, h, e, (0.0, 0.3, 0.7))]), n)
    for q in (0, 3, 7):
        expected = h / (h + e) * (1 - (1 - h - e) ** (q + 1))
        found = (world[dr.GROWTH, q] < 1.0).mean()
        assert abs(found - expected) < 4 * math.sqrt(expected * (1 - expected) / n)
    hurt = world[dr.GROWTH, 0][world[dr.GROWTH, 0] < 1.0]
    assert stats.kstest(hurt, stats.triang(3.0 / 7.0, scale=0.7).cdf).pvalue > 0.001


def test_a_regime_keeps_its_severity_while_it_lasts():
    world, _ = draw(processes([], [(dr.DELAY, 0.5, 0.0, (0.5, 1.0, 3.0))]), 200)
    late = world[dr.DELAY]
    begun = late > 0.0
    assert (begun[1:] | ~begun[:-1]).all()
    last = np.broadcast_to(late[-1], late.shape)
    np.testing.assert_array_equal(late[begun], last[begun])
    assert 0.5 <= late[begun].min() <= late[begun].max() <= 3.0


def test_a_chance_rises_with_the_deviation_it_follows():
    """In the first quarter it is h exp(k x); its mean over normal x is h exp(k^2 s^2 / 2)."""
    n, h, k, s = 60_000, 0.02, 0.01, 100.0
    chance = processes([(dr.SPREAD, s, 0.85, 0)], [(dr.DEBT_WINDOW, h, 0.3, (0.0, 0.2, 0.5))], moved_by=[[k]])
    world, _ = draw(chance, n)
    shut, spread = world[dr.DEBT_WINDOW, 0] < 1.0, world[dr.SPREAD, 0]
    expected = h * math.exp(k**2 * s**2 / 2)
    assert abs(shut.mean() - expected) < 4 * math.sqrt(expected / n)
    calm, wide = np.abs(spread) < 20.0, np.abs(spread - 150.0) < 20.0
    assert shut[wide].mean() / shut[calm].mean() == pytest.approx(math.exp(1.5), rel=0.3)


def test_drivers_stay_inside_their_bounds():
    wild = processes([(dr.RENTS, 1.0, 1.0, 0), (dr.SPREAD, 500.0, 1.0, 0)], [], [(2, 1.0, 1.0)], degrees=3)
    world, firm = draw(wild, 4000)
    for rows, name in ((world[dr.RENTS], "rents"), (world[dr.SPREAD], "spread"), (firm[dr.SHARE, 2], "share")):
        assert rows.min() == DRIVERS[name].low or name == "share"
        assert rows.max() == DRIVERS[name].high
        assert rows.min() >= DRIVERS[name].low


def test_a_deviation_with_bounds_is_held_and_comes_back():
    """The bounds cut what is blended, not the process: inside them nothing changes."""
    free = processes([(dr.SPREAD, 100.0, 0.85, 0)], [], [(1, 0.5, 0.9)])
    held = free._replace(
        least=np.array([-75.0]), most=np.array([200.0]), firm_least=np.log([0.8]), firm_most=np.log([1.5])
    )
    (world, firm), (cut, cut_firm) = draw(free, 400), draw(held, 400)
    np.testing.assert_array_equal(cut[dr.SPREAD], np.clip(world[dr.SPREAD], -75.0, 200.0))
    np.testing.assert_allclose(cut_firm[dr.SHARE], np.clip(firm[dr.SHARE], 0.8, 1.5), rtol=1e-15)


def test_firms_stray_alone():
    """Two firms of one process: uncorrelated without a common tail, and nobody else moves."""
    n = 20_000
    _, firm = draw(processes([], [], [(0, 0.1, 0.9), (2, 0.1, 0.9)]), n)
    logs = np.log(firm[dr.SHARE, :, 0])
    assert (logs[1] == 0.0).all()
    assert abs(np.corrcoef(logs[0], logs[2])[0, 1]) < 4 / math.sqrt(n)
    assert abs(logs[0].std() / 0.1 - 1) < 4 / math.sqrt(2 * n)
    assert (firm[dr.PRICE] == 1.0).all()


def mean_and_error(values):
    return values.mean(), values.std() / math.sqrt(values.size)


def test_without_steering_every_path_weighs_one():
    assert (draw_weighted(ALL, 16)[2] == 0.0).all()


def test_a_shift_by_hand():
    """The level gains volatility times the shift; the weight is scipy's density of the surprise over the shifted."""
    chance = processes([(dr.RENTS, 0.1, 0.0, 0)])
    plain, _ = draw(chance, 64)
    world, _, weight = draw_weighted(chance, 64, steering=steer(chance, shift={(0, 1): -1.5}))
    np.testing.assert_array_equal(world[:, 0], plain[:, 0])
    np.testing.assert_allclose(world[dr.RENTS, 1], plain[dr.RENTS, 1] * math.exp(-0.15), rtol=1e-14)
    surprise = np.log(world[dr.RENTS, 1]) / 0.1
    expected = stats.norm(0.0, 1.0).logpdf(surprise) - stats.norm(-1.5, 1.0).logpdf(surprise)
    np.testing.assert_allclose(weight, expected, rtol=1e-11, atol=1e-11)


def test_a_shift_of_a_firm_moves_nobody_else():
    steering = steer(ALL, shift={(3, q): 1.0 for q in range(QUARTERS)})
    (plain, plain_firm), (world, firm) = draw(ALL, 64), draw(ALL, 64, steering=steering)
    np.testing.assert_array_equal(world, plain)
    assert (firm[dr.SHARE, 1] > plain_firm[dr.SHARE, 1]).all()


def test_weights_of_shifts_and_tilts_are_one_on_average():
    """The law of any likelihood ratio; a firm, a driver and two regimes are steered at once, with a common tail."""
    steering = steer(ALL, shift={(0, 0): -0.6, (2, 3): 0.5, (3, 7): 0.4}, tilt={0: 2.0, 1: 0.6})
    weights = np.exp(draw_weighted(ALL, 40_000, steering=steering)[2])
    mean, error = mean_and_error(weights)
    assert error > 0.001
    assert abs(mean - 1.0) < 4 * error


def test_a_shift_finds_rare_levels_with_less_error():
    """Demand of 8 quarters is log-normal: its chance under a level is scipy's; a plain count of it errs far more."""
    chance, n = processes([(dr.DEMAND, 0.05, 0.5, 1)]), 20_000
    # A surprise of quarter q moves the last level by 1 + 0.5 + ... + 0.5^(last - q).
    moves = 0.05 * np.array([2.0 - 0.5 ** (QUARTERS - 1 - q) for q in range(QUARTERS)])
    spread = math.sqrt((moves**2).sum())
    edge = -3.0 * spread
    shift = {(0, q): edge * moves[q] / spread**2 for q in range(QUARTERS)}
    world, _, weight = draw_weighted(chance, n, steering=steer(chance, shift=shift))
    found, error = mean_and_error(np.exp(weight) * (np.log(world[dr.DEMAND, -1]) < edge))
    plain, plain_error = mean_and_error((np.log(draw(chance, n)[0][dr.DEMAND, -1]) < edge).astype(float))
    assert abs(found - stats.norm.cdf(-3.0)) < 4 * error
    assert abs(found - plain) < 4 * math.hypot(error, plain_error)
    assert error < plain_error / 5


def test_a_tilt_by_hand():
    """Odds of 1 to 9 times 6 are 2 to 3; the weight is each chance over the tilted one, until the regime begins."""
    chance = processes([], [(dr.DELAY, 0.1, 0.0, (0.5, 1.0, 3.0))])
    n = 40_000
    world, _, weight = draw_weighted(chance, n, steering=steer(chance, tilt={0: 6.0}))
    begun = world[dr.DELAY] > 0.0
    assert abs(begun[0].mean() - 0.4) < 4 * math.sqrt(0.24 / n)
    calm = (~begun).sum(axis=0)
    expected = calm * math.log(0.9 / 0.6) + begun[-1] * math.log(0.1 / 0.4)
    np.testing.assert_allclose(weight, expected, rtol=1e-12, atol=1e-12)


def test_a_tilt_of_one_quarter_is_of_no_other():
    """The same odds in the fourth quarter alone, one to nine in the others."""
    chance = processes([], [(dr.DELAY, 0.1, 0.0, (0.5, 1.0, 3.0))])
    n = 40_000
    world, _, weight = draw_weighted(chance, n, steering=steer(chance, tilt={(0, 3): 6.0}))
    begun = world[dr.DELAY] > 0.0
    for q, expected in ((2, 0.1), (3, 0.4), (4, 0.1)):
        free = ~begun[q - 1]
        assert abs(begun[q, free].mean() - expected) < 4 * math.sqrt(expected * (1 - expected) / free.sum())
    ratio = np.where(begun[3], math.log(0.1 / 0.4), math.log(0.9 / 0.6))
    np.testing.assert_allclose(weight, np.where(begun[2], 0.0, ratio), rtol=1e-12, atol=1e-12)


def test_a_tilted_regime_is_as_frequent_as_asked_when_weighed():
    """The two-state chain again, by paths that see the regime far more often."""
    h, e, n = 0.01, 0.3, 20_000
    chance = processes([], [(dr.GROWTH, h, e, (0.0, 0.3, 0.7))])
    world, _, weight = draw_weighted(chance, n, steering=steer(chance, tilt={0: 8.0}))
    expected = h / (h + e) * (1 - (1 - h - e) ** QUARTERS)
    found, error = mean_and_error(np.exp(weight) * (world[dr.GROWTH, -1] < 1.0))
    assert abs(found - expected) < 4 * error
    assert error < math.sqrt(expected / n)


def test_a_chance_beyond_one_is_certain_and_weighs_nothing():
    chance = processes([], [(dr.DELAY, 1.0, 0.0, (0.5, 1.0, 3.0))])
    world, _, weight = draw_weighted(chance, 64, steering=steer(chance, tilt={0: 0.25}))
    assert (world[dr.DELAY, 0] > 0.0).all()
    np.testing.assert_allclose(weight, 0.0, atol=1e-15)


JUMPS = processes(
    [(dr.RENTS, 0.2, 0.8, 0), (dr.SPREAD, 100.0, 0.85, 0)],
    [(dr.GROWTH, 0.2, 0.2, (0.0, 0.3, 0.7)), (dr.DELAY, 0.2, 0.2, (0.5, 1.0, 3.0))],
    [(1, 0.1, 0.9)],
)


@pytest.mark.parametrize("stream", range(5))
def test_a_jump_draws_one_stream_of_another_path(stream):
    """Without correlations and a common tail each stream has a driver of its own."""
    far, n = 24, 16
    world, firm = draw(JUMPS, n + far)
    jumped, jumped_firm = draw(JUMPS, n, steering=steer(JUMPS, jump={stream: far}))
    rows = ((dr.RENTS,), (dr.SPREAD,), (), (dr.GROWTH,), (dr.DELAY,))[stream]
    for row in range(len(WORLD_DRIVERS)):
        begin = far if row in rows else 0
        np.testing.assert_array_equal(jumped[row], world[row, :, begin : begin + n])
    begin = far if stream == 2 else 0
    np.testing.assert_array_equal(jumped_firm, firm[..., begin : begin + n])


def test_a_jump_of_the_common_tail_scales_all_surprises_alike():
    """In the first quarter a deviation is the tail times its surprise, so both drivers change by one factor."""
    chance = processes([(dr.SPREAD, 10.0, 0.9, 0), (dr.BASE_RATE, 10.0, 0.9, 0)], degrees=5)
    plain, jumped = draw(chance, 64)[0], draw(chance, 64, steering=steer(chance, jump={2: 640}))[0]
    ratio = jumped[[dr.SPREAD, dr.BASE_RATE], 0] / plain[[dr.SPREAD, dr.BASE_RATE], 0]
    np.testing.assert_allclose(ratio[0], ratio[1], rtol=1e-13)
    assert (ratio != 1.0).all()


def test_a_jump_of_all_streams_is_the_other_path():
    everything = steer(ALL, jump=dict.fromkeys(range(7), 40))
    for jumped, other in zip(
        draw_weighted(ALL, 16, steering=everything), draw_weighted(ALL, 16, first=40), strict=True
    ):
        np.testing.assert_array_equal(jumped, other)


def test_steering_of_other_shapes_is_refused():
    steering = no_steering(ALL, QUARTERS)
    for wrong in (
        steering._replace(shift=np.zeros((3, QUARTERS))),
        steering._replace(tilt=np.ones(3)),
        steering._replace(jump=np.zeros(7)),
        steering._replace(shift=np.zeros((QUARTERS, 4)).T),
    ):
        with pytest.raises(AssertionError, match="expected"):
            check_steering(wrong, ALL, QUARTERS)


def test_arrays_in_another_order_are_refused_when_compiled():
    turned = ALL._replace(factor=np.asfortranarray(np.eye(3)), moved_by=np.asfortranarray(ALL.moved_by))
    with pytest.raises(TypingError, match="expected rows one after the other"):
        draw(turned, 8)
