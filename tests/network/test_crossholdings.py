"""Elliott, Golub and Jackson (2014): their examples, a plain second program, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError
from cardhouse.network.crossholdings import failure_waves, values

MUTUAL = [[0, 0.5], [0.5, 0]]

# BIS claims at the end of 2011, million USD, the row owes the column, and output relative to Portugal's of 2011.
COUNTRIES = ["FR", "DE", "GR", "IT", "PT", "ES"]
BIS = np.array(
    [
        [0, 174862, 1960, 40311, 6679, 27015],
        [198304, 0, 2663, 227813, 2271, 54178],
        [39458, 32977, 0, 2302, 8077, 1001],
        [329550, 133954, 444, 0, 2108, 29938],
        [21817, 30208, 51, 3188, 0, 78005],
        [115162, 146096, 292, 26939, 21620, 0],
    ]
)
P2011 = np.array([11.61506276, 14.88284519, 1.267782427, 9.20083682, 1, 6.251046025])
P2008 = np.array([11.98745, 15.27615, 1.468619, 9.65272, 1.058577, 6.698745])
EUROPE = BIS.T / 3 / BIS.sum(axis=1)


def test_two_organisations_own_half_of_each_other():
    found = values(MUTUAL, [1, 1])
    np.testing.assert_allclose(found.dependency, [[2 / 3, 1 / 3], [1 / 3, 2 / 3]], rtol=1e-15)
    np.testing.assert_allclose(found.book, [2, 2], rtol=1e-15)
    np.testing.assert_allclose(found.market, [1, 1], rtol=1e-15)
    assert found.inflation == 2


def test_six_countries_dependency():
    """A rounded to two digits, as computed from the BIS figures."""
    printed = [
        [0.71, 0.13, 0.13, 0.17, 0.07, 0.11],
        [0.18, 0.71, 0.13, 0.11, 0.09, 0.14],
        [0, 0, 0.67, 0, 0, 0],
        [0.07, 0.12, 0.03, 0.69, 0.03, 0.05],
        [0.01, 0, 0.02, 0, 0.67, 0.02],
        [0.03, 0.03, 0.02, 0.02, 0.14, 0.68],
    ]
    found = values(EUROPE, P2011)
    assert np.round(found.dependency, 2).tolist() == printed
    np.testing.assert_allclose(found.inflation, 1.5, rtol=1e-14)
    np.testing.assert_allclose(found.market.sum(), P2011.sum(), rtol=1e-14)


@pytest.mark.parametrize(
    ("theta", "waves"),
    [
        (0.90, ["GR"]),
        (0.92, ["GR"]),
        (0.93, ["GR"]),
        (0.935, ["GR", "PT", "ES", "FR", "DE IT"]),
        (0.94, ["GR", "PT ES", "FR DE", "IT"]),
        (0.95, ["GR PT ES", "FR DE IT"]),
    ],
)
def test_six_countries_failure_waves(theta, waves):
    """Thresholds theta times the values of 2008; failing costs half the threshold."""
    limit = theta * values(EUROPE, P2008).market
    found = failure_waves(EUROPE, P2011, thresholds=limit, costs=limit / 2)
    named = [{COUNTRIES[i] for i in np.flatnonzero(found.wave == w)} for w in range(1, int(found.wave.max()) + 1)]
    assert named == [set(wave.split()) for wave in waves]
    assert found.failed.tolist() == (found.wave > 0).tolist()


def test_no_holdings_no_inflation():
    found = values(np.zeros((3, 3)), [1, 2, 0])
    assert found.book.tolist() == found.market.tolist() == [1, 2, 0]
    assert found.inflation == 1
    assert values(np.zeros((2, 2)), [0, 0]).inflation == 1


def test_holding_chain_by_hand():
    """1 owns 80 % of 2, which owns 50 % of 3: the assets of 3 are counted 1 + .5 + .4 times."""
    found = values([[0, 0.8, 0], [0, 0, 0.5], [0, 0, 0]], [0, 0, 10])
    np.testing.assert_allclose(found.book, [4, 5, 10], rtol=1e-15)
    np.testing.assert_allclose(found.market, [4, 1, 5], rtol=1e-15)
    np.testing.assert_allclose(found.inflation, 1.9, rtol=1e-15)


def test_failure_by_hand():
    """Value (1, 1); the first falls below 1.2 and burns .9 of its 1, which takes .3 from the second's 1."""
    found = failure_waves(MUTUAL, [1, 1], thresholds=[1.2, 0.75], costs=[0.9, 0.5])
    np.testing.assert_allclose(found.market, [2 / 3 * 0.1 + 1 / 3 * 0.5, 1 / 3 * 0.1 + 2 / 3 * 0.5], rtol=1e-14)
    assert found.wave.tolist() == [1, 2]
    np.testing.assert_allclose(found.book, [2 * found.market[0], 2 * found.market[1]], rtol=1e-14)


def test_exactly_at_the_threshold_stands():
    found = failure_waves(MUTUAL, [0.3, 0.3], thresholds=[0.1 + 0.2, 0.3], costs=[0.1, 0.1])
    assert not found.failed.any()


def test_market_value_is_found_by_iteration_too():
    """Book value as the sum over all chains of owners, added up one link at a time."""
    rng = np.random.Generator(np.random.Philox(5))
    for _ in range(20):
        size = int(rng.integers(2, 8))
        shares = rng.random((size, size))
        np.fill_diagonal(shares, 0)
        shares *= rng.random(size) * 0.9 / shares.sum(axis=0)
        assets = rng.random(size)
        book, term = assets.copy(), assets.copy()
        for _ in range(2000):
            term = shares @ term
            book += term
        found = values(shares, assets)
        np.testing.assert_allclose(found.book, book, rtol=1e-12)
        np.testing.assert_allclose(found.market, (1 - shares.sum(axis=0)) * book, rtol=1e-12)


@st.composite
def holdings(draw):
    size = draw(st.integers(2, 6))
    raw = draw(arrays(float, (size, size), elements=st.floats(0, 1)))
    np.fill_diagonal(raw, 0)
    total = raw.sum(axis=0)
    return raw * np.where(total > 0.95, 0.95 / np.maximum(total, 0.95), 1), draw(
        arrays(float, (size,), elements=st.integers(0, 100).map(float))
    )


@settings(max_examples=60, deadline=None)
@given(holdings(), st.data())
def test_laws(case, data):
    """Outsiders own all assets once; book is never below own assets; failures never make anybody better off."""
    shares, assets = case
    found = values(shares, assets)
    np.testing.assert_allclose(found.dependency.sum(axis=0), 1, rtol=1e-10)
    np.testing.assert_allclose(found.market.sum(), assets.sum(), rtol=1e-10)
    assert (found.book >= assets * (1 - 1e-12)).all()
    assert found.inflation >= 1 - 1e-12
    order = np.array(data.draw(st.permutations(range(len(assets)))))
    again = values(shares[np.ix_(order, order)], assets[order])
    np.testing.assert_allclose(again.market, found.market[order], rtol=1e-9, atol=1e-9)
    limit = found.market * data.draw(st.sampled_from([0.9, 1.05, 1.2]))
    waves = failure_waves(shares, assets, thresholds=limit, costs=np.minimum(assets, limit / 2))
    assert (waves.market <= found.market * (1 + 1e-12)).all()
    scaled = failure_waves(shares, 1e6 * assets, thresholds=1e6 * limit, costs=1e6 * np.minimum(assets, limit / 2))
    assert scaled.wave.tolist() == waves.wave.tolist()


@pytest.mark.parametrize(
    ("shares", "assets", "message"),
    [
        ([[0, 0.7, 0], [0, 0, 0], [0, 0.5, 0]], [1, 1, 1], "shares of firm 1 add up to 1.2, expected at most 1"),
        ([[0, 1.2], [0, 0]], [1, 1], r"shares\[0, 1\] is 1.2, expected from 0 to 1"),
        ([[0, -0.1], [0, 0]], [1, 1], r"shares\[0, 1\] is -0.1"),
        ([[0, np.nan], [0, 0]], [1, 1], r"shares\[0, 1\] is nan"),
        ([[0.5, 0], [0, 0]], [1, 1], "shares links firm 0 to itself"),
        ([[0, 1], [1, 0]], [1, 1], "nobody outside owns firms 0, 1"),
        ([[0, 1, 0.5], [1, 0, 0], [0, 0, 0]], [1, 1, 1], "nobody outside owns firms 0, 1"),
        (np.empty((0, 0)), [], "shares is empty"),
        ([[0, 0.5], [0, 0]], [1, -1], r"assets\[1\] is -1"),
        ([[0, 0.5], [0, 0]], [1, np.inf], r"assets\[1\] is inf"),
        ([[0, 0.5], [0, 0]], [1], "assets has 1 entries"),
    ],
)
def test_values_refuses(shares, assets, message):
    with pytest.raises(InputError, match=message):
        values(shares, assets)


def test_full_ownership_up_to_an_outsider_is_fine():
    """2 is wholly owned by 1, decimals that add up to a hair above one included."""
    np.testing.assert_allclose(values([[0, 1], [0, 0]], [1, 1]).market, [2, 0])
    shares = np.zeros((4, 4))
    shares[0, 1:] = [0.1, 0.1, 0.1]
    shares[2, 3], shares[1, 3] = 0.2, 0.7
    assert values(shares, [1] * 4).market[3] == 0


def test_failure_waves_refuses_costs_above_assets():
    with pytest.raises(InputError, match="costs of firm 1 exceed the assets"):
        failure_waves(MUTUAL, [1, 1], thresholds=[0, 0], costs=[0, 1.5])
