"""Adjoint derivatives against central differences, and by hand at a tie."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from cardhouse.errors import InputError
from cardhouse.network import Network, cells, clear, gradient


def random_network(seed, *, classes=2, binding=None, n=7, cost=True, sparse=False):
    rng = np.random.default_rng(seed)
    off = ~np.eye(n, dtype=bool)
    debts = [rng.random((n, n)) * off * (rng.random((n, n)) < 0.6) for _ in range(classes)]
    holdings = rng.random((n, n)) * off * (rng.random((n, n)) < 0.4)
    holdings *= 0.6 / np.maximum(holdings.sum(axis=0), 0.6)
    if sparse:
        debts, holdings = [csr_array(d) for d in debts], csr_array(holdings)
    rates = rng.uniform(0.3, 0.9, (3, n)) if cost else np.ones((3, n))
    return Network.of(
        rng.random(n), debts, external=rng.random((classes, n)), holdings=holdings,
        alpha=rates[0], beta=rates[1], gamma=rates[2], binding=binding,
    )  # fmt: skip


def moved(net, name, place, step):
    """The network with one number moved."""
    if name == "debts":
        k, i, j = place
        layers = [d.copy() for d in net.debts]
        layers[k][i, j] += step
        return replace(net, debts=tuple(layers))
    values = getattr(net, name).copy()
    values[place] += step
    return replace(net, **{name: values})


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("binding", [2, 1])
def test_agrees_with_central_differences(seed, binding):
    """Every input of a network with debt, equity, costs and two classes (truth: differences of clear)."""
    net = random_network(seed, binding=binding)
    forced = np.zeros(net.size, dtype=bool)
    forced[seed % net.size] = seed % 3 == 0
    rng = np.random.default_rng(1000 + seed)
    weight, left = rng.normal(size=(2, net.size)), rng.normal(size=net.size)
    found = gradient(clear(net, forced=forced), payments=weight, equity=left)
    assert not found.one_sided.any()

    def loss(other):
        state = clear(other, forced=forced)
        assert np.array_equal(state.defaulted, found.clearing.defaulted)
        return (weight * state.payments).sum() + left @ state.equity

    step = 1e-6
    for i in range(net.size):
        for name in ("outside", "alpha", "beta", "gamma"):
            slope = (loss(moved(net, name, i, step)) - loss(moved(net, name, i, -step))) / (2 * step)
            assert getattr(found, name)[i] == pytest.approx(slope, abs=1e-7), (name, i)
        for k in range(2):
            slope = (loss(moved(net, "external", (k, i), step)) - loss(moved(net, "external", (k, i), -step))) / (
                2 * step
            )
            assert found.external[k, i] == pytest.approx(slope, abs=1e-7), ("external", k, i)
        j = (i + 1) % net.size
        slope = (loss(moved(net, "holdings", (i, j), step)) - loss(moved(net, "holdings", (i, j), -step))) / (2 * step)
        assert found.holdings[i, j] == pytest.approx(slope, abs=1e-7), ("holdings", i, j)
        for k in range(2):
            if net.debts[k][i, j] > step:
                up, down = moved(net, "debts", (k, i, j), step), moved(net, "debts", (k, i, j), -step)
                assert found.debts[k][i, j] == pytest.approx((loss(up) - loss(down)) / (2 * step), abs=1e-7)


def test_all_layouts_agree(monkeypatch):
    """The compiled adjoint, over links and over rows, gives what the dense solve gives."""
    dense, sparse = random_network(3, n=300), random_network(3, n=300, sparse=True)
    weight = np.random.default_rng(0).normal(size=(2, 300))
    rows = gradient(clear(dense), payments=weight, equity=weight[0])
    two = gradient(clear(sparse), payments=weight, equity=weight[0])
    monkeypatch.setattr(cells, "DENSE_UP_TO", 1000)
    one = gradient(clear(dense), payments=weight, equity=weight[0])
    np.testing.assert_allclose(one.worth, rows.worth, rtol=1e-9, atol=1e-10)
    for name in ("worth", "outside", "external", "beta"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-9, atol=1e-10)
    here = dense.debts[1] != 0
    np.testing.assert_allclose(one.debts[1][here], two.debts[1].toarray()[here], rtol=1e-9, atol=1e-10)


def test_tie_is_one_sided_and_said_so():
    """A firm with exactly its dues: one more unit is equity, worth nothing to its creditor [by hand]."""
    net = Network.of([2.0, 1.0], [[0, 2], [0, 0]])
    found = gradient(clear(net), payments=[[1.0, 0.0]])
    assert found.one_sided.tolist() == [True, False]
    assert found.outside.tolist() == [0.0, 0.0]
    poorer = gradient(clear(net.with_outside([1.9, 1.0])), payments=[[1.0, 0.0]])
    assert poorer.outside.tolist() == [1.0, 0.0]
    assert not poorer.one_sided.any()


def test_loss_of_outsiders_flows_through_a_chain():
    """1 owes 2 owes outsiders, costs leave 80 % of receipts: a unit at 1 brings outsiders .8 [by hand]."""
    net = Network.of([1.0, 0.0], [[0, 2], [0, 0]], external=[0, 2], beta=0.8)
    found = gradient(clear(net), payments=[[0.0, 1.0]])
    assert found.outside.tolist() == [0.8, 1.0]
    assert found.beta.tolist() == [0.0, 1.0]


def test_refuses_what_it_cannot_do():
    exact = clear(Network.of([1, 1], [[0, 1], [0, 0]], exact=True))
    with pytest.raises(InputError, match="floats"):
        gradient(exact)
    with pytest.raises(InputError, match="shape"):
        gradient(clear(Network.of([1, 1], [[0, 1], [0, 0]])), equity=[1, 2, 3])
