"""Fire sales: prices by hand, clearings with sales by closed form, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq
from scipy.special import lambertw

from cardhouse.errors import InputError, NotConverged
from cardhouse.network.clearing import clear
from cardhouse.network.firesale import Impact, clear_with_sales, fire_sale, price
from cardhouse.network.model import Network

BOTH = pytest.mark.parametrize("impact", list(Impact))


def test_prices_by_hand():
    """Half, the whole and twice the depth sold."""
    for impact, truth in ((Impact.LINEAR, [0.5, 0, 0]), (Impact.EXPONENTIAL, np.exp([-0.5, -1, -2]))):
        sale = fire_sale(np.ones((1, 3)), [4, 4, 4], impact=impact)
        np.testing.assert_allclose(price(sale, [2, 4, 8]), truth, rtol=1e-15)
        assert price(sale, [0, 0, 0]).tolist() == [1, 1, 1]


@BOTH
def test_both_shapes_start_alike(impact):
    """A thousandth of the depth lowers the price by a thousandth, up to a millionth."""
    sale = fire_sale([[1]], [1000], impact=impact)
    np.testing.assert_allclose(price(sale, [1]), [0.999], atol=1e-6)


def one_firm(cash, due, held, depth, impact):
    return clear_with_sales(Network.of([cash], [[0.0]], external=[due]), fire_sale([[held]], [depth], impact=impact))


def test_one_firm_linear():
    """Needs .5: s (1 - s/4) = .5, so s = 2 - sqrt 2 and the price is (2 + sqrt 2)/4."""
    found = one_firm(0.5, 1, 1, 4, Impact.LINEAR)
    np.testing.assert_allclose(found.sold, [[2 - np.sqrt(2)]], rtol=1e-12)
    np.testing.assert_allclose(found.prices, [(2 + np.sqrt(2)) / 4], rtol=1e-12)
    assert not found.clearing.defaulted.any()
    # What is left: the unsold part at the new price.
    np.testing.assert_allclose(found.clearing.equity, (1 - found.sold[0]) * found.prices, rtol=1e-12)


def test_one_firm_exponential():
    """s exp(-s/4) = .5: s = -4 W(-1/8)."""
    found = one_firm(0.5, 1, 1, 4, Impact.EXPONENTIAL)
    np.testing.assert_allclose(found.sold, [[-4 * lambertw(-1 / 8).real]], rtol=1e-12)


def test_one_firm_that_cannot_raise_enough():
    """Holdings of 1 on a depth of 2 bring .5 at most; it owes .8: everything is sold and .5 paid."""
    found = one_firm(0, 0.8, 1, 2, Impact.LINEAR)
    assert found.sold.tolist() == [[1]]
    np.testing.assert_allclose(found.prices, [0.5], rtol=1e-12)
    np.testing.assert_allclose(found.clearing.paid, [0.5], rtol=1e-12)
    assert found.clearing.defaulted.all()


def test_nobody_short_sells_nothing():
    found = one_firm(2, 1, 1, 4, Impact.LINEAR)
    assert found.sold.tolist() == [[0]]
    assert found.prices.tolist() == [1]


def test_sales_fell_a_bystander():
    """1 dumps, 2 only holds the same asset and owes 1.3 on cash 1: it could pay .3 at opening prices of .4."""
    cash = Network.of([0, 1], np.zeros((2, 2)), external=[3, 1.3])
    alone = clear(Network.of([2, 1.4], np.zeros((2, 2)), external=[3, 1.3]))
    assert alone.defaulted.tolist() == [True, False]
    found = clear_with_sales(cash, fire_sale([[2], [0.4]], [4], impact=Impact.LINEAR))
    assert found.clearing.defaulted.tolist() == [True, True]
    np.testing.assert_allclose(found.prices, [1 - 2.4 / 4], rtol=1e-12)
    np.testing.assert_allclose(found.clearing.paid, [2 * 0.4, 1 + 0.4 * 0.4], rtol=1e-12)


def test_sales_through_a_claim():
    """1 owes 2 owes outside; only 1 holds. Highest root of the price equation, found by bisection."""
    cash = Network.of([0, 0.2], [[0, 1], [0, 0]], external=[0, 1.1])
    found = clear_with_sales(cash, fire_sale([[2], [0.5]], [5], impact=Impact.EXPONENTIAL))

    def gap(q):
        paid = min(1, 2 * q)
        sold = paid / q + min(0.5, max(0, 1.1 - 0.2 - paid) / q)
        return q - np.exp(-sold / 5)

    np.testing.assert_allclose(found.prices, [brentq(gap, 0.6, 1, xtol=1e-15)], rtol=1e-12)
    assert not found.clearing.defaulted.any()


amounts = st.integers(0, 20).map(lambda x: x / 4)


@st.composite
def cases(draw):
    size, assets = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    owed = draw(arrays(float, (size, size), elements=amounts))
    np.fill_diagonal(owed, 0)
    network = Network.of(
        draw(arrays(float, (size,), elements=amounts)),
        owed,
        external=draw(arrays(float, (size,), elements=amounts)),
    )
    impact = draw(st.sampled_from(list(Impact)))
    depth = draw(arrays(float, (assets,), elements=st.integers(60, 400).map(float)))
    return network, fire_sale(draw(arrays(float, (size, assets), elements=amounts)), depth, impact=impact)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_laws(case):
    """Prices fit the sales; sales fit the need; nobody is better off than at face value or worse than without."""
    network, sale = case
    found = clear_with_sales(network, sale)
    np.testing.assert_allclose(found.prices, price(sale, found.sold.sum(axis=0)), atol=1e-12)
    assert (found.sold <= sale.holdings * (1 + 1e-12)).all()
    raised = found.sold @ found.prices
    short = np.maximum(0, network.binding_dues - network.outside - found.clearing.received)
    np.testing.assert_allclose(raised, np.minimum(short, sale.holdings @ found.prices), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        found.clearing.paid,
        np.minimum(network.binding_dues, network.outside + found.clearing.received + raised),
        rtol=1e-9,
        atol=1e-9,
    )
    assert (
        found.clearing.paid <= clear(network.with_outside(network.outside + sale.holdings.sum(1))).paid + 1e-9
    ).all()
    assert (found.clearing.paid >= clear(network).paid - 1e-9).all()


def test_very_deep_market_is_face_value():
    network = Network.of([0, 1], [[0, 1], [0, 0]], external=[0, 2])
    found = clear_with_sales(network, fire_sale([[1.5], [0.2]], [1e15], impact=Impact.LINEAR))
    np.testing.assert_allclose(found.clearing.paid, clear(network.with_outside([1.5, 1.2])).paid, rtol=1e-12)


def test_sales_at_the_limit_of_the_market_settle_or_say_so():
    """Needs exactly what the market can bear at most (s (1 - s/4) = 1 at s = 2): prices creep to the double root."""
    with pytest.raises(NotConverged, match=r"prices still fall by .* a round; still selling: firm 0"):
        one_firm(0, 1, 3, 4, Impact.LINEAR)


@pytest.mark.parametrize(
    ("holdings", "depth", "message"),
    [
        ([[-1]], [1], r"holdings\[0, 0\] is -1"),
        ([[np.nan]], [1], "expected a finite number"),
        ([[1]], [0], r"depth\[0\] is 0, expected a positive amount"),
        ([[1]], [-3], r"depth\[0\] is -3, expected a positive amount"),
        ([[1, 1]], [1], "depth has 1 entries, expected one for each of the 2 assets"),
        (np.empty((0, 1)), [1], "holdings is empty"),
    ],
)
def test_fire_sale_refuses(holdings, depth, message):
    with pytest.raises(InputError, match=message):
        fire_sale(holdings, depth, impact=Impact.LINEAR)


def test_price_and_clearing_refuse():
    sale = fire_sale([[1]], [1], impact=Impact.LINEAR)
    with pytest.raises(InputError, match="expected at least 0"):
        price(sale, [-1])
    with pytest.raises(InputError, match="sold has 2 entries"):
        price(sale, [1, 1])
    with pytest.raises(InputError, match="holdings of 1 firms, the network has 2"):
        clear_with_sales(Network.of([1, 1], np.zeros((2, 2))), sale)
    for network in (
        Network.of([1], [[0]], exact=True),
        Network.of([1], [[0.0]], holdings=[[0.0]]),
        Network.of([1], [[[0.0]], [[0.0]]], binding=1),
    ):
        with pytest.raises(InputError, match="without cross-holdings and intentions"):
            clear_with_sales(network, sale)
