"""Laws that every clearing obeys, on networks drawn by hypothesis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.network import Network, clear

AMOUNTS = st.integers(0, 40).map(lambda v: v / 8)
RATES = st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])


@st.composite
def parts(draw, max_firms=6):
    """Arguments of a network; eighths, so that ties and zeros are common and sums are exact."""
    n = draw(st.integers(1, max_firms))
    classes = draw(st.integers(1, 3))
    square = st.lists(AMOUNTS, min_size=n * n, max_size=n * n)
    off = 1 - np.eye(n)
    debts = [np.reshape(draw(square), (n, n)) * off for _ in range(classes)]
    row = st.lists(AMOUNTS, min_size=n, max_size=n)
    shares = np.reshape(draw(st.lists(st.sampled_from([0, 0, 1, 2]), min_size=n * n, max_size=n * n)), (n, n)) * off
    return {
        "outside": np.array(draw(row)),
        "debts": debts,
        "external": np.array([draw(row) for _ in range(classes)]),
        "holdings": shares * 0.8 / np.maximum(shares.sum(axis=0), 1.0),
        "alpha": np.array(draw(st.lists(RATES, min_size=n, max_size=n))),
        "beta": draw(RATES),
        "gamma": draw(RATES),
        "binding": draw(st.integers(1, classes)),
    }


@st.composite
def networks(draw):
    """A network and a mask of forced firms."""
    given_parts = draw(parts())
    forced = np.array(
        draw(st.lists(st.booleans(), min_size=len(given_parts["outside"]), max_size=len(given_parts["outside"])))
    )
    return Network.of(**given_parts), forced & (np.arange(forced.size) % 2 == 0)


def scale(net):
    return 1 + net.outside.sum() + net.dues.sum()


@settings(max_examples=150, deadline=None)
@given(networks(), st.booleans())
def test_the_state_clears(drawn, least):
    """Definition: everybody distributes exactly what it has, down the waterfall, and no more."""
    net, forced = drawn
    found = clear(net, forced=forced, least=least)
    close = 1e-9 * scale(net)
    received = sum(f @ layer for f, layer in zip(found.fractions, net.debts, strict=True))
    np.testing.assert_allclose(found.received, received, atol=close)
    np.testing.assert_allclose(found.stakes, net.holdings @ found.equity, atol=close)
    np.testing.assert_allclose(found.assets, net.outside + found.received + found.stakes, atol=close)
    costed = net.alpha * net.outside + net.beta * found.received + net.gamma * found.stakes
    has = np.where(found.defaulted, costed, found.assets)
    np.testing.assert_allclose(found.paid + found.equity, has, atol=close)
    # Limited liability and priority: a class is paid only once those before it are.
    assert (found.equity >= 0).all()
    assert (found.payments >= 0).all()
    assert (found.payments <= net.dues * (1 + 1e-12)).all()
    for k in range(net.classes - 1):
        unpaid = found.payments[k] < net.dues[k] - close
        assert (found.payments[k + 1][unpaid] <= close).all()
    # Default is what the definition says, except where rounding cannot tell.
    should = found.assets < net.binding_dues
    sure = ~forced & ~found.knife_edge
    np.testing.assert_array_equal(found.defaulted[sure], should[sure])
    assert found.defaulted[forced].all()


@settings(max_examples=100, deadline=None)
@given(networks())
def test_money_is_conserved(drawn):
    """Outside assets less what default destroys are what outsiders receive, creditors and owners."""
    net, forced = drawn
    found = clear(net, forced=forced)
    costs = (1 - net.alpha) * net.outside + (1 - net.beta) * found.received + (1 - net.gamma) * found.stakes
    to_creditors = (found.fractions * net.external).sum()
    to_owners = found.equity @ (1 - net.holdings.sum(axis=0))
    destroyed = costs[found.defaulted].sum()
    assert net.outside.sum() == pytest.approx(to_creditors + to_owners + destroyed, abs=1e-9 * scale(net))


@settings(max_examples=100, deadline=None)
@given(networks(), st.lists(AMOUNTS, min_size=6, max_size=6), st.booleans())
def test_richer_firms_never_hurt_anybody(drawn, more, least):
    """Rogers and Veraart 2013, theorem 3.1 and after: both extreme states rise with outside assets."""
    net, forced = drawn
    richer = net.with_outside(net.outside + np.array(more[: net.size]))
    poor, rich = clear(net, forced=forced, least=least), clear(richer, forced=forced, least=least)
    close = 1e-9 * scale(richer)
    unsure = poor.knife_edge.any() or rich.knife_edge.any()
    if unsure:
        return
    assert (rich.payments[: net.binding] >= poor.payments[: net.binding] - close).all()
    assert (rich.equity >= poor.equity - close).all()
    assert (rich.defaulted <= poor.defaulted).all()


@settings(max_examples=100, deadline=None)
@given(networks())
def test_greatest_is_above_least(drawn):
    net, forced = drawn
    best = clear(net, forced=forced)
    close = 1e-9 * scale(net)
    assert (best.payments >= best.least.payments - close).all()
    assert (best.equity >= best.least.equity - close).all()
    assert (best.defaulted <= best.least.defaulted).all()
    if best.unique:
        np.testing.assert_allclose(best.paid, best.least.paid, atol=close)


@settings(max_examples=75, deadline=None)
@given(parts(), st.randoms(use_true_random=False))
def test_names_do_not_matter(given_parts, random):
    """Permuting the firms permutes the answer."""
    n = len(given_parts["outside"])
    order = list(range(n))
    random.shuffle(order)
    other = dict(given_parts)
    other["outside"] = given_parts["outside"][order]
    other["debts"] = [d[np.ix_(order, order)] for d in given_parts["debts"]]
    other["holdings"] = given_parts["holdings"][np.ix_(order, order)]
    other["external"] = given_parts["external"][:, order]
    other["alpha"] = given_parts["alpha"][order]
    one, two = clear(Network.of(**given_parts)), clear(Network.of(**other))
    if one.knife_edge.any():
        return
    close = 1e-9 * scale(one.network)
    np.testing.assert_allclose(two.payments, one.payments[:, order], atol=close)
    np.testing.assert_array_equal(two.wave, one.wave[order])


@settings(max_examples=75, deadline=None)
@given(parts(), st.integers(-20, 20))
def test_the_unit_does_not_matter(given_parts, power):
    """In another unit (a power of two, so exactly) every amount scales and every flag stays."""
    unit = 2.0**power
    other = dict(given_parts)
    other["outside"] = given_parts["outside"] * unit
    other["debts"] = [d * unit for d in given_parts["debts"]]
    other["external"] = given_parts["external"] * unit
    one, two = clear(Network.of(**given_parts)), clear(Network.of(**other))
    np.testing.assert_allclose(two.payments, one.payments * unit, rtol=1e-12)
    np.testing.assert_array_equal(two.defaulted, one.defaulted)
    np.testing.assert_allclose(two.equity, one.equity * unit, rtol=1e-9, atol=1e-12 * unit)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_waves_and_causes_fit_the_defaults(drawn):
    """Every firm in default has a wave, no other has; a later wave has a cause, the first none but a pull."""
    net, forced = drawn
    found = clear(net, forced=forced)
    np.testing.assert_array_equal(found.wave >= 0, found.defaulted)
    np.testing.assert_array_equal(found.wave == 0, forced)
    assert set(found.wave[found.wave > 0]) == set(range(1, found.wave.max() + 1))
    for i in np.flatnonzero(found.wave > 1):
        assert found.tipped.of(i)
    if not forced.any():
        for i in np.flatnonzero(found.wave == 1):
            assert not found.tipped.of(i)
