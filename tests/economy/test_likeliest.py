"""The likeliest road to an event in landscapes whose answer is known: projections, circles, two ways, a sliver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from cardhouse.economy.many.likeliest import During, likeliest
from cardhouse.economy.many.nearest import border, nearest

NORMAL = np.array([0.48, 0.6, 0.64])
ROUNDS = 12


def half_space(normal: np.ndarray, limit: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda points: points @ normal - limit


@dataclass(frozen=True)
class Land:
    """An event in a few dimensions; ``chance`` a quarter that a regime of which there may be one is on."""

    event: Callable[[np.ndarray, tuple], np.ndarray]
    chance: float = 1e-9
    spread: float = 0.0
    regimes: int = 1
    steps: int = 12

    def scores(self, points, regimes):
        return np.array([float(self.event(x[None], mine)[0]) for x, mine in zip(points, regimes, strict=True)])

    def log_chances(self, points, regimes):
        quarters = np.array([sum(spell.quarters for spell in mine) for mine in regimes])
        return norm.logsf(np.linalg.norm(points, axis=1)) + quarters * np.log(self.chance)

    def holds(self, point, regimes):
        around = point + self.spread * np.random.default_rng(1).standard_normal((200, point.size))
        return max((self.scores(around, [regimes] * 200) >= 0.0).mean(), 1e-3)


def starts(*points, regimes=()):
    return np.array(points, dtype=float), [regimes] * len(points)


@pytest.mark.parametrize("tilt", [0.0, 0.7, 1.2])
def test_the_nearest_point_of_a_half_space_is_the_projection_of_the_origin(tilt):
    start = np.array([np.cos(tilt), np.sin(tilt), 0.1])
    found = nearest(half_space(NORMAL, 2.5), start, rounds=ROUNDS)
    np.testing.assert_allclose(found, 2.5 * NORMAL, atol=0.25)
    assert np.linalg.norm(found) == pytest.approx(2.5, rel=0.01)
    assert NORMAL @ found >= 2.5


def test_the_nearest_point_beside_a_cliff_is_found_too():
    """A fall is a jump: the score says how near the border is, and beyond it only that the event happened."""

    def cliff(points):
        sums = points.sum(axis=1)
        return np.where(sums >= 4.0, 1.0, sums - 4.0)

    found = nearest(cliff, np.array([1.0, 0.0, 0.0, 0.0]), rounds=ROUNDS)
    np.testing.assert_allclose(found, 1.0, atol=0.2)
    assert np.linalg.norm(found) == pytest.approx(2.0, rel=0.01)


def test_an_event_that_needs_no_surprise_is_at_no_distance():
    everywhere = Land(lambda points, _: np.ones(points.shape[0]))
    assert not nearest(half_space(NORMAL, -1.0), np.ones(3), rounds=ROUNDS).any()
    found = likeliest(everywhere, *starts([1.0, 2.0]), seed=1)
    assert (found.distance, found.regimes, found.holds) == (0.0, (), 1.0)


def test_a_direction_that_never_gets_there_finds_nothing():
    nowhere = Land(lambda points, _: np.full(points.shape[0], -1.0))
    assert nearest(half_space(NORMAL, 99.0), np.ones(3), rounds=ROUNDS) is None
    assert likeliest(nowhere, *starts([1.0, 1.0]), seed=1) is None


def test_a_ray_enters_a_ball_where_the_quadratic_equation_says():
    """Centre (3, 0, 0), radius 1: along (cos a, sin a, 0) at 3 cos a - sqrt(1 - 9 sin^2 a); beyond asin(1/3) never."""
    angles = np.array([0.0, 0.2, 0.3, 0.5])
    rays = np.stack([np.cos(angles), np.sin(angles), np.zeros(4)], axis=1)

    def ball(points):
        return 1.0 - np.linalg.norm(points - [3.0, 0.0, 0.0], axis=1)

    found = border(ball, rays, 12.0, 60)
    expected = 3.0 * np.cos(angles[:3]) - np.sqrt(1.0 - 9.0 * np.sin(angles[:3]) ** 2)
    np.testing.assert_allclose(found[:3], expected, atol=12.0 / 60 / 8**3)
    assert (found[:3] >= expected).all()
    assert found[3] == np.inf


def test_of_two_ways_into_an_event_the_nearer_one_is_told():
    def either(points, _):
        return np.maximum(points @ [1.0, 0.0, 0.0] - 2.0, points @ [0.0, 1.0, 0.0] - 3.0)

    found = likeliest(Land(either), *starts([0.5, 4.0, 0.5], [3.5, 1.0, -0.5]), seed=1)
    np.testing.assert_allclose(found.point, [2.0, 0.0, 0.0], atol=0.15)


def test_a_sliver_that_hardly_any_path_meets_is_no_likeliest_road():
    """A ball of radius 0.1 at a distance of 1 against a half space at 2, with quarters that stray by 0.5."""

    def event(points, _):
        ball = 0.1 - np.linalg.norm(points - [0.0, 1.0, 0.0], axis=1)
        return np.maximum(ball, points[:, 0] - 2.0)

    both = starts([0.0, 1.0, 0.0], [2.5, 0.3, 0.0])
    assert likeliest(Land(event), *both, seed=1).distance == pytest.approx(0.9, abs=0.02)
    usual = likeliest(Land(event, spread=0.5), *both, seed=1)
    np.testing.assert_allclose(usual.point, [2.0, 0.0, 0.0], atol=0.2)
    assert usual.holds == pytest.approx(0.5, abs=0.15)


def with_the_regime(points, regimes):
    """The event is at 3, and at 1 with the regime on in quarters 5, 6 and 7."""
    on = {q for spell in regimes for q in range(spell.begins, spell.begins + spell.quarters)}
    return points @ NORMAL - (1.0 if {5, 6, 7} <= on else 3.0)


def test_a_regime_is_on_the_road_for_no_longer_than_it_takes():
    """By hand: log of the tail beyond 1 and of three quarters at 0.4 each, -4.6, is above the tail's beyond 3, -6.6."""
    wrong_quarters = (During(0, 3, 7),)
    found = likeliest(Land(with_the_regime, chance=0.4), *starts([1.0, 1.0, 1.0], regimes=wrong_quarters), seed=1)
    assert found.regimes == (During(0, 5, 3),)
    assert found.distance == pytest.approx(1.0, abs=0.02)
    assert found.worth == pytest.approx(norm.logsf(1.0) + 3.0 * np.log(0.4), abs=0.05)


def test_a_regime_that_is_rarer_than_the_surprises_it_spares_is_left_out():
    """The same at 0.1 a quarter: -8.7 is below -6.6."""
    had = (During(0, 5, 3),)
    found = likeliest(Land(with_the_regime, chance=0.1), *starts([1.0, 1.0, 1.0], regimes=had), seed=1)
    assert found.regimes == ()
    assert found.distance == pytest.approx(3.0, abs=0.03)


def test_a_regime_that_no_start_had_is_found():
    found = likeliest(Land(with_the_regime, chance=0.6), *starts([1.0, 1.0, 1.0]), seed=1)
    assert found.regimes == (During(0, 5, 3),)


def test_threads_change_nothing():
    land = Land(with_the_regime, chance=0.4, spread=0.3)
    points, regimes = starts([1.0, 1.0, 1.0], [2.0, 0.0, 1.0], [0.0, 2.0, 2.0])
    one, two = (likeliest(land, points, regimes, seed=3, threads=threads) for threads in (1, 2))
    assert one.regimes == two.regimes
    assert np.array_equal(one.point, two.point)
