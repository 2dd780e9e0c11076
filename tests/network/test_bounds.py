"""Glasserman and Young (2015): the star, and the bounds against clearings of random networks."""

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.network.bounds import amplification, impossible, positions, smallest_shock
from cardhouse.network.clearing import clear
from cardhouse.network.model import Network

# A centre with outside assets 150 owes 100 outside and 10 to each of four; each holds 50 outside, owes 55 outside.
STAR = np.zeros((5, 5))
STAR[0, 1:] = 10
STAR_ASSETS = np.array([150, 50, 50, 50, 50])
STAR_OWED = np.array([100, 55, 55, 55, 55])
OTHERS = np.array([False, True, True, True, True])


def star_after(shock):
    return clear(Network.of(STAR_ASSETS - shock * np.eye(5)[0], STAR, external=STAR_OWED))


def test_star_positions():
    at = positions(STAR, STAR_ASSETS, STAR_OWED)
    assert at.net_worth.tolist() == [10, 5, 5, 5, 5]
    np.testing.assert_allclose(at.connectivity, [2 / 7, 0, 0, 0, 0], rtol=1e-15)
    assert at.leverage.tolist() == [15, 10, 10, 10, 10]


def test_star_threshold():
    """10 + 20 / (2/7) = 80: the centre can bring all four down, nobody can bring the centre down."""
    at = positions(STAR, STAR_ASSETS, STAR_OWED)
    shock = smallest_shock(at, OTHERS)
    np.testing.assert_allclose(shock[0], 80, rtol=1e-15)
    assert np.isnan(shock[1:]).all()
    assert not impossible(at, OTHERS).any()
    centre = np.arange(5) == 0
    assert np.isinf(smallest_shock(at, centre)[1:]).all()
    assert impossible(at, centre).tolist() == [False, True, True, True, True]


@pytest.mark.parametrize(
    ("shock", "failed", "centre_pays", "others_pay", "others_keep"),
    [
        (10, [], 140, 55, 5),
        (45, [0], 105, 55, 5 / 2),
        (80, [0], 70, 55, 0),
        (80.5, [0, 1, 2, 3, 4], 139 / 2, 1539 / 28, 0),
        (100, [0, 1, 2, 3, 4], 50, 375 / 7, 0),
        (150, [0, 1, 2, 3, 4], 0, 50, 0),
    ],
)
def test_star_clearing_around_the_threshold(shock, failed, centre_pays, others_pay, others_keep):
    """The bound is sharp: at 80 all four stand at an exact tie, above it all four fall."""
    found = star_after(shock)
    assert np.flatnonzero(found.defaulted).tolist() == failed
    np.testing.assert_allclose(found.paid, [centre_pays] + [others_pay] * 4, rtol=1e-14, atol=1e-12)
    np.testing.assert_allclose(found.equity[1:], others_keep, rtol=1e-14, atol=1e-12)


def test_star_amplification():
    """p = .1 for all: 1 + .1 / (1 - 2/7) = 1.14."""
    at = positions(STAR, STAR_ASSETS, STAR_OWED)
    np.testing.assert_allclose(amplification(at, [0.1] * 5), 1.14, rtol=1e-15)
    np.testing.assert_allclose(amplification(at, [0.1, 0, 0, 0, 0]), 1 + 15 / 350 * 7 / 5, rtol=1e-15)
    assert amplification(at, [0] * 5) == 1


def test_amplification_is_unbounded_when_all_is_owed_inside():
    at = positions([[0, 5], [0, 0]], [6, 1], [0, 1])
    assert at.connectivity.tolist() == [1, 0]
    assert amplification(at, [0.1, 0.1]) == np.inf


def solvent_network(rng):
    size = int(rng.integers(2, 7))
    owed = rng.random((size, size)) * (rng.random((size, size)) < 0.5) * 10
    np.fill_diagonal(owed, 0)
    outside_owed = rng.random(size) * 10
    assets = np.maximum(0, owed.sum(1) - owed.sum(0) + outside_owed) + rng.random(size) * 5 + 0.01
    return owed, assets, outside_owed


def test_no_clearing_breaks_the_bounds():
    """Shock each firm alone: who defaults by contagion was within reach, and losses within the factor."""
    rng = np.random.Generator(np.random.Philox(21))
    reached = 0
    for _ in range(300):
        owed, assets, outside_owed = solvent_network(rng)
        at = positions(owed, assets, outside_owed)
        first = int(rng.integers(len(assets)))
        shock = assets[first] * rng.random()
        found = clear(Network.of(assets - shock * np.eye(len(assets))[first], owed, external=outside_owed))
        fallen = found.defaulted & (np.arange(len(assets)) != first)
        if fallen.any():
            reached += 1
            assert shock >= smallest_shock(at, fallen)[first] * (1 - 1e-12)
            assert not impossible(at, fallen)[first]
    assert reached > 20


def test_expected_losses_stay_within_the_amplification():
    """Independent shocks to all firms, the same draws with the network and without."""
    rng = np.random.Generator(np.random.Philox(22))
    owed, assets, outside_owed = np.array([[0, 3, 0], [0, 0, 3], [3, 0, 0]]), np.full(3, 8.0), np.full(3, 6.0)
    at = positions(owed, assets, outside_owed)
    shocks = assets * rng.beta(1, 3, (400, 3))
    joint = apart = 0.0
    for shock in shocks:
        found = clear(Network.of(assets - shock, owed, external=outside_owed))
        joint += shock.sum() + found.shortfall.sum()
        # Apart, each firm's interbank claims are sound outside assets and its debts are owed outside.
        apart += shock.sum() + np.maximum(0, shock - at.net_worth).sum()
    assert 1 <= joint / apart <= amplification(at, (shocks > at.net_worth).mean(axis=0))


def test_unit_and_order_do_not_matter():
    rng = np.random.Generator(np.random.Philox(23))
    owed, assets, outside_owed = solvent_network(rng)
    at, millions = positions(owed, assets, outside_owed), positions(1e6 * owed, 1e6 * assets, 1e6 * outside_owed)
    np.testing.assert_allclose(millions.leverage, at.leverage, rtol=1e-12)
    np.testing.assert_allclose(millions.connectivity, at.connectivity, rtol=1e-12)
    order = rng.permutation(len(assets))
    again = positions(owed[np.ix_(order, order)], assets[order], outside_owed[order])
    np.testing.assert_allclose(again.net_worth, at.net_worth[order], rtol=1e-12)
    assert assets.flags.writeable


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outside_assets": [1, 1]}, "net worth of firm 0 is not positive"),
        ({"owed": [[0, np.inf], [0, 0]]}, "expected a finite number"),
        ({"owed": [[1, 1], [0, 0]]}, "owed links firm 0 to itself"),
        ({"owed": np.empty((0, 0))}, "owed is empty"),
        ({"outside_assets": [-1, 9]}, r"outside_assets\[0\] is -1"),
        ({"outside_owed": [1, 2, 3]}, "outside_owed has 3 entries"),
    ],
)
def test_positions_refuses(change, message):
    arguments = {"owed": [[0, 2], [0, 0]], "outside_assets": [9, 9], "outside_owed": [1, 1]} | change
    with pytest.raises(InputError, match=message):
        positions(**arguments)


def test_bounds_refuse():
    at = positions(STAR, STAR_ASSETS, STAR_OWED)
    with pytest.raises(InputError, match="group is empty"):
        smallest_shock(at, np.zeros(5, dtype=bool))
    with pytest.raises(InputError, match="group must be 5 booleans"):
        impossible(at, [1, 2])
    with pytest.raises(InputError, match="expected from 0 to 1"):
        amplification(at, [2] * 5)
