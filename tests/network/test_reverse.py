"""Smallest shocks, against hand-computed kinks, bisection, and random shocks that must not do better."""

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.network import Network, clear, clear_many, outside_loss, smallest_multiple, smallest_shock


def random_network(seed, *, n=6, cost=False, equity=False):
    rng = np.random.default_rng(seed)
    off = ~np.eye(n, dtype=bool)
    debts = rng.random((n, n)) * off * (rng.random((n, n)) < 0.6)
    holdings = None
    if equity:
        holdings = rng.random((n, n)) * off * (rng.random((n, n)) < 0.4)
        holdings *= 0.5 / np.maximum(holdings.sum(axis=0), 0.5)
    rates = rng.uniform(0.4, 0.9, 3) if cost else np.ones(3)
    external = rng.random(n) + 0.2
    outside = np.maximum(debts.sum(axis=1) + external - debts.sum(axis=0), 0) + rng.random(n)
    return Network.of(
        outside, debts, external=external, holdings=holdings, alpha=rates[0], beta=rates[1], gamma=rates[2]
    )


def loss_at(net, shock):
    state = clear(net.with_outside(np.maximum(net.outside - shock, 0)))
    return float(outside_loss(net, clear(net), state.payments, state.equity))


def test_kinks_of_a_chain_by_hand():
    """1 owes 2 owes outsiders: equity of 1 lasts to t = 1, of 2 to t = 3; then outsiders' credit is hit."""
    net = Network.of([5.0, 2.0], [[0, 4], [0, 0]], external=[0, 4])
    # Equity of 1 is 1, of 2 is 2. Losing t at firm 1: outsiders lose t always (no costs).
    found = smallest_multiple(net, [1, 0], loss=3.5)
    assert found.multiple == pytest.approx(3.5, rel=1e-12)
    assert found.kinks == pytest.approx((1.0, 3.0), rel=1e-12)
    assert not found.jumps
    assert smallest_multiple(net, [1, 0], firm=0).multiple == pytest.approx(1.0, rel=1e-12)
    assert smallest_multiple(net, [1, 0], firm=1).multiple == pytest.approx(3.0, rel=1e-12)
    assert smallest_multiple(net, [1, 0], loss=5.5).multiple == np.inf


def test_default_cost_makes_the_loss_jump():
    """With half of outside assets lost in default, firm 1 at its limit (t = 1) jumps from a loss of 1 to 3."""
    net = Network.of([5.0], [[0.0]], external=[4.0], alpha=0.5)
    found = smallest_multiple(net, [1.0], loss=2.0)
    assert found.multiple == pytest.approx(1.0, rel=1e-12)
    assert found.jumps
    assert loss_at(net, found.shock) == pytest.approx(1.0)
    assert loss_at(net, found.shock * (1 + 1e-6)) == pytest.approx(3.0, rel=1e-5)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("cost", "equity"), [(False, False), (True, False), (True, True)])
def test_agrees_with_bisection(seed, cost, equity):
    """The loss is monotone along a direction: fifty bisections find the same multiple."""
    net = random_network(seed, cost=cost, equity=equity)
    way = np.random.default_rng(seed).random(net.size)
    most = loss_at(net, net.outside)
    target = 0.6 * most
    found = smallest_multiple(net, way, loss=target)
    low, high = 0.0, float((net.outside / way).max())
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if loss_at(net, middle * way) >= target else (middle, high)
    assert found.multiple == pytest.approx(high, rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_no_random_shock_beats_the_smallest_without_costs(seed):
    """Debts only: 3,000 random mixtures a little smaller than the answer all fall short."""
    net = random_network(seed)
    rng = np.random.default_rng(seed)
    target = 0.3 * float(net.outside.min())
    start = clear(net)
    for norm in ("l1", "linf"):
        found = smallest_shock(net, target, norm=norm)
        assert found.exact
        mix = rng.dirichlet(np.full(net.size, 0.3), 3000) if norm == "l1" else rng.random((3000, net.size))
        shocks = np.minimum(0.999 * found.multiple * mix, net.outside)
        after = clear_many(net, net.outside - shocks)
        assert (outside_loss(net, start, after.payments, after.equity) < target).all()


def test_search_with_costs_says_it_is_not_exact():
    net = random_network(1, cost=True, equity=True)
    target = 0.5 * loss_at(net, net.outside)
    found = smallest_shock(net, target, norm="l1", trials=200)
    assert not found.exact
    assert loss_at(net, found.shock * (1 + 1e-6)) >= target * (1 - 1e-6)
    assert found.shock.sum() == pytest.approx(found.multiple, rel=1e-9)


def test_refuses_what_it_cannot_answer():
    net = Network.of([1, 1], [[0, 1], [0, 0]])
    with pytest.raises(InputError, match="either"):
        smallest_multiple(net, [1, 0])
    with pytest.raises(InputError, match="negative amount"):
        smallest_multiple(net, [-1, 0], firm=0)
    with pytest.raises(InputError, match="entries"):
        smallest_multiple(net, [1, 0, 0], firm=0)
    with pytest.raises(InputError, match="above zero"):
        smallest_multiple(net, [1, 0], loss=0)
    with pytest.raises(InputError, match="above zero"):
        smallest_shock(net, -1.0, norm="l1")
    with pytest.raises(InputError, match="no firm 2"):
        smallest_multiple(net, [1, 0], firm=2)
    with pytest.raises(InputError, match="in floats"):
        smallest_multiple(net.as_exact(), [1, 0], firm=0)
    with pytest.raises(InputError, match="'l1' or 'linf'"):
        smallest_shock(net, 1.0, norm="l2")
