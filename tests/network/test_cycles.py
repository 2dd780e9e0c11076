"""Cycles by hand, against listing all orders, and random networks against listing all networks."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError
from cardhouse.network import cycles as module
from cardhouse.network.cycles import compare, cycles


def listed(payments, longest):
    """Every cycle by trying all orders of all firms."""
    found = []
    for length in range(2, longest + 1):
        for firms in permutations(range(len(payments)), length):
            amounts = [payments[a, b] for a, b in zip(firms, (*firms[1:], firms[0]), strict=True)]
            if firms[0] == min(firms) and min(amounts) > 0:
                found.append((length, -min(amounts), firms))
    return sorted(found)


def random_payments(rng, size, density=0.4):
    paid = rng.integers(1, 10, (size, size)) * (rng.random((size, size)) < density)
    np.fill_diagonal(paid, 0)
    return paid.astype(float)


def degrees(payments):
    return (payments > 0).sum(axis=0).tolist(), (payments > 0).sum(axis=1).tolist()


def test_by_hand():
    """1 <-> 2 (5 and 3), 2 -> 3 -> 1 (4 and 6): a loop lets 3 round, the triangle 4."""
    found = cycles([[0, 5, 0], [3, 0, 4], [6, 0, 0]], longest=3)
    assert found.firms.tolist() == [[0, 1, -1], [0, 1, 2]]
    assert found.length.tolist() == [2, 3]
    assert found.amount.tolist() == [3, 4]


def test_none():
    found = cycles(np.diag([1.0, 1.0], k=1), longest=3)
    assert found.firms.shape == (0, 3)
    assert found.amount.size == found.length.size == 0


def test_full_network_has_every_cycle():
    """n firms, all linked: n!/(n-k)!/k cycles of k."""
    found = cycles(1 - np.eye(6), longest=6)
    assert np.bincount(found.length)[2:].tolist() == [15, 40, 90, 144, 120]


def test_against_listing_all_orders():
    rng = np.random.Generator(np.random.Philox(41))
    for _ in range(40):
        size = int(rng.integers(2, 7))
        paid = random_payments(rng, size, rng.random())
        longest = int(rng.integers(2, size + 1))
        found = cycles(paid, longest=longest)
        rows = [
            (int(k), -float(a), tuple(f[:k].tolist()))
            for f, k, a in zip(found.firms, found.length, found.amount, strict=True)
        ]
        assert rows == listed(paid, longest)


def test_against_networkx():
    networkx = pytest.importorskip("networkx")
    rng = np.random.Generator(np.random.Philox(42))
    paid = random_payments(rng, 15, 0.15)
    graph = networkx.DiGraph(paid)
    lengths = np.bincount([len(c) for c in networkx.simple_cycles(graph, length_bound=6)], minlength=7)
    assert np.bincount(cycles(paid, longest=6).length, minlength=7).tolist() == lengths.tolist()


@settings(max_examples=50, deadline=None)
@given(arrays(float, (5, 5), elements=st.integers(0, 3).map(float)), st.permutations(range(5)))
def test_laws(paid, order):
    """Order of firms and unit do not matter; a cycle never lets more round than any of its links."""
    np.fill_diagonal(paid, 0)
    found = cycles(paid, longest=5)
    order = np.array(order)
    again = cycles(1e6 * paid[np.ix_(order, order)], longest=5)
    assert again.length.tolist() == found.length.tolist()
    np.testing.assert_allclose(again.amount, 1e6 * found.amount, rtol=1e-15)
    for firms, length, amount in zip(found.firms, found.length, found.amount, strict=True):
        path = firms[:length]
        assert paid[path, np.roll(path, -1)].min() == amount


# --- Random networks --------------------------------------------------------------------------------


def shuffled(payments, seed, attempts=400):
    start, end, amount = module._rows(payments)
    rng = np.random.Generator(np.random.Philox(seed))
    receiver = module._shuffled(start, end, rng.random((attempts, 3)), module.TURN)
    found = np.zeros_like(payments)
    payer = np.repeat(np.arange(len(payments)), np.diff(start))
    found[payer, receiver] = amount
    return found


def test_swaps_keep_numbers_of_links_and_payers_amounts():
    rng = np.random.Generator(np.random.Philox(43))
    for seed in range(20):
        paid = random_payments(rng, 8)
        found = shuffled(paid, seed)
        assert degrees(found) == degrees(paid)
        assert not found.diagonal().any()
        assert np.sort(found, axis=1).tolist() == np.sort(paid, axis=1).tolist()


def test_all_networks_are_equally_likely():
    """All 0-1 matrices with these row and column sums and an empty diagonal, by trying all; chi-square, 5 sigma."""
    paid = np.array([[0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 0, 1], [1, 0, 0, 0]], dtype=float)
    free = [(i, j) for i, j in product(range(4), repeat=2) if i != j]
    possible = set()
    for bits in product([0, 1], repeat=len(free)):
        other = np.zeros((4, 4))
        for (i, j), bit in zip(free, bits, strict=True):
            other[i, j] = bit
        if degrees(other) == degrees(paid):
            possible.add(other.tobytes())
    draws = 4000
    met = [shuffled(paid, seed, 120).tobytes() for seed in range(draws)]
    assert set(met) == possible
    counts = np.array([met.count(p) for p in possible])
    expected = draws / len(possible)
    freedom = len(possible) - 1
    assert ((counts - expected) ** 2 / expected).sum() < freedom + 5 * np.sqrt(2 * freedom)


def test_lone_triangle_turns_round():
    """Swaps alone are stuck here; without turning, one of the two networks would never be met."""
    triangle = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=float)
    met = {shuffled(triangle, seed, 60).tobytes() for seed in range(40)}
    assert met == {triangle.tobytes(), triangle.T.copy().tobytes()}


def test_compare_finds_a_planted_excess():
    """Twelve pairs that pay each other, and nobody else: chance gives half a loop, not twelve."""
    paid = np.kron(np.eye(12), [[0, 2], [3, 0]])
    found = compare(paid, longest=4, networks=199, seed=7)
    assert found.length.tolist() == [2, 3, 4]
    assert found.count.tolist() == [12, 0, 0]
    assert found.amount.tolist() == [24, 0, 0]
    assert found.expected[0] < 1.5
    assert found.chance.tolist() == [1 / 200, 1, 1]
    assert found.amount_chance[0] == 1 / 200


def test_compare_finds_no_excess_in_a_random_network():
    """Its own random networks look like itself: not one of twenty has a chance below .01 everywhere."""
    rng = np.random.Generator(np.random.Philox(44))
    chances = [compare(random_payments(rng, 10, 0.3), longest=3, networks=99, seed=k).chance for k in range(20)]
    assert 0.3 < np.mean(chances) < 0.75


def test_expected_number_of_loops():
    """A regular ring of n firms each paying one: a loop needs both ways; expectation by listing derangements."""
    size = 5
    ring = np.roll(np.eye(size), 1, axis=1)
    orders = [p for p in permutations(range(size)) if all(p[i] != i for i in range(size))]
    loops = np.mean([sum(p[p[i]] == i for i in range(size)) / 2 for p in orders])
    found = compare(ring, longest=5, networks=3000, seed=3)
    assert abs(found.expected[0] - loops) < 5 * found.spread[0] / np.sqrt(3000)
    assert found.count.tolist() == [0, 0, 0, 1]


def test_same_seed_same_bytes_and_longer_runs_extend_shorter_ones():
    paid = random_payments(np.random.Generator(np.random.Philox(45)), 8)
    one = compare(paid, longest=4, networks=20, seed=9)
    assert one.expected.tobytes() == compare(paid, longest=4, networks=20, seed=9).expected.tobytes()
    assert one.expected.tobytes() != compare(paid, longest=4, networks=20, seed=10).expected.tobytes()
    first, both = compare(paid, longest=4, networks=1, seed=9), compare(paid, longest=4, networks=2, seed=9)
    second = 2 * both.expected - first.expected
    assert (second == np.round(second)).all()


def test_empty_network_has_no_cycles_and_no_surprise():
    found = compare(np.zeros((3, 3)), longest=3, networks=5, seed=0)
    assert found.count.tolist() == [0, 0]
    assert found.chance.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("paid", "longest", "message"),
    [
        ([[0, -1], [1, 0]], 2, r"payments\[0, 1\] is -1"),
        ([[0, np.nan], [1, 0]], 2, r"payments\[0, 1\] is nan"),
        ([[0, np.inf], [1, 0]], 2, r"payments\[0, 1\] is inf"),
        ([[1, 1], [1, 0]], 2, "payments links firm 0 to itself"),
        (np.empty((0, 0)), 2, "payments is empty"),
        ([[0, 1], [1, 0]], 3, "longest is 3, expected 2 to the number of firms, 2"),
        ([[0, 1], [1, 0]], 1, "longest is 1, expected 2"),
        (1 - np.eye(30), 30, "more than 2000000 cycles of up to 30 firms: lower longest"),
    ],
)
def test_refuses(paid, longest, message):
    with pytest.raises(InputError, match=message):
        cycles(paid, longest=longest)
    with pytest.raises(InputError, match=message):
        compare(paid, longest=longest, networks=1, seed=0)


def test_compare_refuses():
    with pytest.raises(InputError, match="networks is 0, expected at least 1"):
        compare([[0, 1], [1, 0]], longest=2, networks=0, seed=0)
    with pytest.raises(InputError, match="seed is -1"):
        compare([[0, 1], [1, 0]], longest=2, networks=1, seed=-1)
