"""Very large networks of plain debts: the way through all processors gives what the general one gives."""

import numpy as np
import pytest
from scipy import sparse

from cardhouse.network import Network, clear, large


def drawn(seed, kept, n=3000):
    rng = np.random.default_rng(seed)
    debts = sparse.random_array((n, n), density=3 / n, rng=rng, format="lil")
    debts.setdiag(0)
    debts = sparse.csr_array(debts)
    debts.eliminate_zeros()
    owed, owned = debts.sum(axis=1), debts.sum(axis=0)
    outside = np.maximum(1.3 * owed - owned, 0) * rng.uniform(0.5, 1.5, n) + 0.1 * owed
    return Network.of(outside, debts, external=0.3 * owed, alpha=kept, beta=kept)


@pytest.mark.parametrize("kept", [1.0, 0.7, 0.0])
@pytest.mark.parametrize("seed", range(3))
def test_parts_give_the_general_state(monkeypatch, seed, kept):
    net = drawn(seed, kept)
    forced = np.random.default_rng(seed).random(net.size) < 0.01
    general = clear(net, forced=forced)
    monkeypatch.setattr(large, "LARGE", 300)
    found = clear(net, forced=forced)
    assert found.defaulted.tolist() == general.defaulted.tolist()
    assert found.defaulted.any()
    for name in ("payments", "assets", "equity", "received"):
        np.testing.assert_allclose(getattr(found, name), getattr(general, name), rtol=1e-12, atol=1e-12)


def test_bits_do_not_depend_on_the_number_of_parts(monkeypatch):
    net = drawn(7, 0.8)
    monkeypatch.setattr(large, "LARGE", 300)
    states = []
    for processors in (1, 2, 3, 4):
        monkeypatch.setattr(large.os, "cpu_count", lambda count=processors: count)
        states.append(clear(net))
    for name in ("payments", "assets", "equity", "defaulted"):
        assert len({getattr(state, name).tobytes() for state in states}) == 1


def test_a_firm_at_its_limit_is_left_to_the_general_way(monkeypatch):
    debts = sparse.csr_array(([0.1, 0.2], ([0, 1], [2, 2])), shape=(300, 300))
    outside = np.zeros(300)
    outside[:2] = 0.1, 0.2 * (1 - 2.0**-52)
    net = Network.of(outside, debts, alpha=0.5, beta=0.5)
    general = clear(net)
    monkeypatch.setattr(large, "LARGE", 300)
    found = clear(net)
    assert found.defaulted.tolist() == general.defaulted.tolist()
    assert found.payments.tolist() == general.payments.tolist()
