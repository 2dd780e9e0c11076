"""Importance sampling, the cross-entropy method and distinct roads, where the truth is known.

Surprises are normal numbers, so sums of them are normal and tails are those of scipy. Estimates are compared within
four standard errors of fixed seeds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cardhouse.economy.many import entropy
from cardhouse.economy.many.importance import PLAIN, Estimate, Lean, Weighed, log_ratio, no_lean, weigh
from cardhouse.economy.many.road_groups import groups
from cardhouse.errors import NotConverged

sys.path.insert(0, str(Path(__file__).parent))
from leaning import QUARTERS, Toy

DIRECTION = np.array([0.8, 0.6, 0.0])


def beyond(limit):
    """The event that a mix of unit variance of the first two processes, summed over all quarters, passes a limit."""
    return lambda x, on: np.einsum("s,nsq->n", DIRECTION, x) / np.sqrt(QUARTERS) - limit


def within(estimate, truth, errors=4.0):
    return abs(estimate.probability - truth) < errors * estimate.error


def test_the_ratio_is_that_of_two_normal_densities_and_of_a_chance():
    """By scipy: the densities of eight numbers per process with and without the shift, and of a regime's quarters."""
    toy = Toy(beyond(0.0))
    lean = Lean(np.array([[0.5, -0.2], [0.0, 0.3], [0.0, 0.0]]), np.array([[4.0, 2.0]]))
    sample = toy.sample(0, 50, lean)
    shift = np.repeat(lean.shift, 4, axis=1)
    # Only sums over years matter, so densities of sums of four (variance 4, mean 4 times the shift) do as well.
    scale, means = 2.0, lean.shift * 4.0
    truth = stats.norm.logpdf(sample.sums, means, scale) - stats.norm.logpdf(sample.sums, 0.0, scale)
    odds = np.repeat([k * 0.05 / (0.95 + k * 0.05) for k in (4.0, 2.0)], 4)
    waits = np.where(sample.began.any(axis=2), sample.began.argmax(axis=2), QUARTERS)[:, 0]
    spared = np.concatenate([[0.0], np.cumsum(np.log((1.0 - odds) / 0.95))])
    regime = spared[waits] + np.append(np.log(odds / 0.05), 0.0)[waits]
    np.testing.assert_allclose(log_ratio(sample, lean, toy.quarters), truth.sum(axis=(1, 2)) + regime, rtol=1e-9)
    assert shift.shape == (3, QUARTERS)


def test_no_lean_weighs_every_path_alike():
    toy = Toy(beyond(1.0))
    found = weigh(toy, 0, 4000, [no_lean(3, 2, 1)], [1.0])
    np.testing.assert_allclose(found.weights, 1.0, rtol=1e-12)
    p = found.sample.happened.mean()
    assert found.estimate.probability == pytest.approx(p)
    assert found.estimate.error == pytest.approx(np.sqrt(p * (1.0 - p) / found.weights.size), rel=0.02)
    assert found.estimate.effective == pytest.approx(found.sample.happened.sum())


def test_weights_have_a_mean_of_one_and_are_bounded_by_the_plain_part():
    toy = Toy(beyond(3.0))
    lean = Lean(np.outer(DIRECTION, [1.0, 1.0]), np.array([[5.0, 2.0]]))
    found = weigh(toy, 0, 40_000, [lean], [1.0])
    error = np.sqrt(sum(found.weights[found.part == k].var() * (found.part == k).sum() for k in (0, 1)))
    assert abs(found.weights.mean() - 1.0) < 4.0 * error / found.weights.size
    assert found.weights.max() <= found.weights.size / (found.part == 0).sum() + 1e-9
    assert (found.part == 0).mean() == pytest.approx(PLAIN, abs=0.001)


@pytest.mark.parametrize("limit", [0.5, 3.0, 4.5])
def test_the_probability_of_a_rare_sum_is_the_normal_tail(limit):
    """At 4.5 standard deviations, 3 in a million, plain paths would see none."""
    toy = Toy(beyond(limit))
    led = entropy.approach(toy, paths=4096)
    found = weigh(toy, 10**6, 16_000, [led.lean], [1.0]).estimate
    truth = stats.norm.sf(limit)
    assert within(found, truth)
    assert found.error < 0.06 * truth
    assert found.effective > 300


def test_the_lean_is_the_mean_of_the_event():
    """The mean beyond a limit of a normal number is its inverse Mills ratio, spread evenly over the quarters."""
    toy = Toy(beyond(3.0))
    led = entropy.approach(toy, paths=16_384)
    mills = stats.norm.pdf(3.0) / stats.norm.sf(3.0)
    truth = np.outer(DIRECTION, [1.0, 1.0]) * mills / np.sqrt(QUARTERS)
    np.testing.assert_allclose(led.lean.shift, truth, atol=0.1)
    assert (led.lean.shift[2] == 0.0).all()
    assert led.levels > 1


def test_a_regime_that_the_event_needs_becomes_likelier():
    """It is on at the end with 1 - 0.95^8; nothing else matters."""
    toy = Toy(lambda x, on: np.where(on[:, 0, -1], 1.0, -1.0))
    led = entropy.approach(toy, paths=8192)
    assert (led.lean.odds[0] > 2.0).all()
    assert not led.lean.shift.any()
    found = weigh(toy, 10**6, 8000, [led.lean], [1.0]).estimate
    assert within(found, 1.0 - 0.95**8)
    plain = np.sqrt(0.95**8 * (1.0 - 0.95**8) / 8000)
    assert found.error < 0.85 * plain


def test_a_regime_becomes_likelier_in_the_year_in_which_the_event_needs_it():
    """On by the end of the first year, with 1 - 0.95^4: the second year's chance stays as it is."""
    toy = Toy(lambda x, on: np.where(on[:, 0, 3], 1.0, -1.0))
    led = entropy.approach(toy, paths=8192)
    assert led.lean.odds[0, 0] > 2.0
    assert led.lean.odds[0, 1] == 1.0
    assert within(weigh(toy, 10**6, 8000, [led.lean], [1.0]).estimate, 1.0 - 0.95**4)


def test_a_regime_that_few_paths_did_not_have_is_not_taken_for_one_that_cannot_be():
    """Ten equal paths without a regime that has a chance of 0.05 a quarter: 0.05 x 40 were expected, 0 seen."""
    sample = Toy(lambda x, on: np.ones(x.shape[0])).sample(0, 2000, no_lean(3, 2, 1))
    spared = sample.take(np.flatnonzero(~sample.began.any(axis=(1, 2)))[:10])
    found = entropy.fitted(Weighed(spared, np.ones(10), np.zeros(10, dtype=np.int64)), np.array([4.0, 4.0]))
    assert (found.odds == 1.0).all()


def test_plain_paths_come_beside_and_agree_on_a_common_event():
    toy = Toy(beyond(1.0))
    led = entropy.approach(toy)
    found = weigh(toy, 10**6, 8000, [led.lean], [1.0]).estimate
    assert within(led.plain, stats.norm.sf(1.0))
    assert abs(found.probability - led.plain.probability) < 3.0 * np.hypot(found.error, led.plain.error)


def test_an_event_that_cannot_be_is_said_to_be_out_of_reach():
    toy = Toy(lambda x, on: np.full(x.shape[0], -1.0))
    with pytest.raises(NotConverged, match="0 of 98,304 paths that leaned towards it came to that event"):
        entropy.approach(toy)


def test_an_event_that_is_certain_has_no_error():
    toy = Toy(lambda x, on: np.ones(x.shape[0]))
    led = entropy.approach(toy)
    assert led.plain == Estimate(1.0, 0.0, 8192, 8192.0)
    assert led.lean.plain


def _near(toy):
    led = entropy.approach(toy, paths=8192)
    return led.near, led.first


def test_one_cause_is_one_road():
    near, plain = _near(Toy(beyond(3.0)))
    assert set(groups(near, plain)) == {0}


def test_two_causes_are_two_roads_with_their_shares():
    """Either of two independent sums passes its limit: the shares are those of the two normal tails."""

    def score(x, on):
        sums = x.sum(axis=2) / np.sqrt(QUARTERS)
        return np.maximum(sums[:, 0] - 2.0, sums[:, 1] - 2.2)

    toy = Toy(score)
    near, plain = _near(toy)
    found = groups(near, plain)
    assert set(found) == {0, 1}
    first = near.sample.sums[:, 0].sum(axis=1) / np.sqrt(QUARTERS) >= 2.0
    agree = (found == found[np.flatnonzero(first)[0]]) == first
    assert np.average(agree, weights=near.weights) > 0.95
    again = weigh(toy, 10**6, 16_000, [entropy.fitted(near.of(found == k), toy.quarters) for k in (0, 1)], [1.0, 1.0])
    inside = again.of(again.sample.happened)
    share = np.bincount(groups(inside, plain), weights=inside.weights) / inside.weights.sum()
    truth = stats.norm.sf([2.0, 2.2])
    assert sorted(share) == pytest.approx(sorted(truth / truth.sum()), abs=0.03)
    assert within(again.estimate, truth.sum() - truth.prod())


def test_a_few_heavy_paths_make_no_roads_of_their_own():
    """One cloud, of which a dozen paths drawn at random carry the weight: the gaps between them are chance."""
    near, plain = _near(Toy(beyond(2.0)))
    rng = np.random.default_rng(4)
    for _ in range(5):
        heavy = np.full(near.weights.size, 1e-6)
        heavy[rng.choice(heavy.size, 12, replace=False)] = 1.0
        assert set(groups(Weighed(near.sample, heavy, near.part), plain)) == {0}


def test_what_has_nothing_to_do_with_the_event_parts_no_roads():
    """The regime is on in a third of all paths, in and out of the event."""
    near, plain = _near(Toy(beyond(2.0)))
    on = near.sample.on[:, 0, -1]
    assert 0.2 < np.average(on, weights=near.weights) < 0.5
    assert set(groups(near, plain)) == {0}


def test_the_error_counts_parts_of_fixed_size_by_themselves():
    """Two parts without any spread inside have no error, however far apart they are (stratified sampling)."""
    toy = Toy(beyond(0.0))
    sample = toy.sample(0, 4, toy.calm())
    happened = Weighed(sample.take(np.argsort(-sample.score)), np.array([1.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 1]))
    found = happened.estimate
    values = happened.sample.happened.astype(float)
    truth = np.sqrt(2.0 * values[:2].var(ddof=1) + 2.0 * values[2:].var(ddof=1)) / 4.0
    assert found.error == pytest.approx(truth)
