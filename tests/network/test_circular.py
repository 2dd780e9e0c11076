"""The circular part: the authors' examples, trying all circulations, a second program, and laws."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError
from cardhouse.network.circular import balanced, maximum
from cardhouse.network.cycles import cycles
from cardhouse.network.flows import netting

BOTH = pytest.mark.parametrize("split", [maximum, balanced])


def pay(size, *entries):
    found = np.zeros((size, size))
    for payer, receiver, amount in entries:
        found[payer - 1, receiver - 1] = amount
    return found


def check(found, paid, tolerance=1e-13):
    """The three conditions of a split: adds up, circular part balanced, the rest without a cycle."""
    scale = max(paid.max(), 1e-300)
    np.testing.assert_allclose(found.circular + found.acyclic, paid, rtol=1e-15, atol=0)
    np.testing.assert_allclose(found.circular.sum(0) / scale, found.circular.sum(1) / scale, atol=tolerance)
    assert (found.circular >= 0).all()
    assert (found.acyclic >= 0).all()
    left = found.acyclic > 0
    for _ in range(len(paid)):
        left = left[:, left.any(axis=0)][left.any(axis=0)] if left.any() else left[:0, :0]
    assert left.size == 0
    before, after = netting(paid).position, netting(found.acyclic).position
    np.testing.assert_allclose(after / scale, before / scale, atol=tolerance)


# --- Examples ---------------------------------------------------------------------------------------


def test_authors_readme():
    """marchd1997/CDFD, README: 1 -> 2 -> 3 -> 1 and 1 -> 3, all of 1. Forwarding splits 3 -> 1's dollar in halves."""
    paid = pay(3, (1, 2, 1), (2, 3, 1), (1, 3, 1), (3, 1, 1))
    found = balanced(paid)
    np.testing.assert_allclose(found.circular, pay(3, (1, 2, 0.5), (2, 3, 0.5), (1, 3, 0.5), (3, 1, 1)), rtol=1e-15)
    np.testing.assert_allclose(found.share, 2.5 / 4, rtol=1e-15)
    most = maximum(paid)
    np.testing.assert_allclose(most.circular, pay(3, (1, 2, 1), (2, 3, 1), (3, 1, 1)), atol=1e-15)
    np.testing.assert_allclose(most.share, 3 / 4, rtol=1e-15)


@BOTH
def test_bidirected_triangle_is_all_circular(split):
    """BazilSansom/cdfd-cycle-analysis, first example figure."""
    found = split(1 - np.eye(3))
    assert found.share == 1
    assert not found.acyclic.any()
    assert found.firm_share.tolist() == [1, 1, 1]


@BOTH
def test_subdivision(split):
    """The same, second example figure: a ring of 2, 1, 1, and with the 2 split by a firm in between."""
    np.testing.assert_allclose(split(pay(3, (1, 2, 2), (2, 3, 1), (3, 1, 1))).share, 3 / 4, rtol=1e-15)
    found = split(pay(4, (1, 4, 2), (4, 2, 2), (2, 3, 1), (3, 1, 1)))
    np.testing.assert_allclose(found.share, 4 / 6, rtol=1e-15)
    np.testing.assert_allclose(found.firm_share, [2 / 3, 2 / 3, 1, 1 / 2], rtol=1e-15)


@BOTH
def test_loop_of_two_and_chain(split):
    """10 against 6: 6 go round. A chain has nothing that does."""
    found = split(pay(3, (1, 2, 10), (2, 1, 6), (2, 3, 5)))
    np.testing.assert_allclose(found.circular, pay(3, (1, 2, 6), (2, 1, 6)), rtol=1e-15)
    np.testing.assert_allclose(found.share, 12 / 21, rtol=1e-15)
    np.testing.assert_allclose(found.firm_share, [12 / 16, 12 / 21, 0], rtol=1e-15)
    assert split(pay(3, (1, 2, 10), (2, 3, 6))).share == 0


@BOTH
def test_no_payments(split):
    found = split(np.zeros((2, 2)))
    assert found.share == 0
    assert found.firm_share.tolist() == [0, 0]


def test_two_cycles_in_turn_by_hand():
    """1 -> 2 of 4; 2 -> 1 of 1, 2 -> 3 -> 1 of 3 and 9. First pass: 1 forwards 4, 2 a quarter and three quarters:
    all of 1 and 2 is used up at once. The left-over 6 from 3 to 1 is no cycle."""
    found = balanced(pay(3, (1, 2, 4), (2, 1, 1), (2, 3, 3), (3, 1, 9)))
    np.testing.assert_allclose(found.circular, pay(3, (1, 2, 4), (2, 1, 1), (2, 3, 3), (3, 1, 3)), rtol=1e-14)
    np.testing.assert_allclose(found.acyclic, pay(3, (3, 1, 6)), rtol=1e-14)


def test_forwarding_continues_in_smaller_groups():
    """1 <-> 2 (8, 8) and 2 <-> 3 (8, 2). 2 halves its money; 3 is used up at 2 a side, then 1 <-> 2 has 6 left."""
    found = balanced(pay(3, (1, 2, 8), (2, 1, 8), (2, 3, 8), (3, 2, 2)))
    np.testing.assert_allclose(found.circular, pay(3, (1, 2, 8), (2, 1, 8), (2, 3, 2), (3, 2, 2)), rtol=1e-14)


# --- Against other ways -----------------------------------------------------------------------------


def test_maximum_against_trying_all_circulations():
    """Whole amounts have a whole optimum, so all whole circulations of three firms can be tried."""
    rng = np.random.Generator(np.random.Philox(51))
    places = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    for _ in range(15):
        paid = np.zeros((3, 3))
        for place in places:
            paid[place] = rng.integers(0, 4)
        best = 0
        for amounts in product(*(range(int(paid[place]) + 1) for place in places)):
            trial = np.zeros((3, 3))
            for place, amount in zip(places, amounts, strict=True):
                trial[place] = amount
            if (trial.sum(0) == trial.sum(1)).all():
                best = max(best, trial.sum())
        np.testing.assert_allclose(maximum(paid).circular.sum(), best, atol=1e-12)


def test_maximum_against_a_network_simplex():
    networkx = pytest.importorskip("networkx")
    rng = np.random.Generator(np.random.Philox(52))
    for _ in range(60):
        size = int(rng.integers(2, 10))
        paid = rng.integers(0, 10 ** int(rng.integers(1, 7)), (size, size)) * (rng.random((size, size)) < 0.5)
        np.fill_diagonal(paid, 0)
        graph = networkx.DiGraph()
        graph.add_nodes_from(range(size))
        for i, j in zip(*np.nonzero(paid), strict=True):
            graph.add_edge(int(i), int(j), capacity=int(paid[i, j]), weight=-1)
        cost, _ = networkx.network_simplex(graph)
        found = maximum(paid)
        check(found, paid.astype(float))
        np.testing.assert_allclose(found.circular.sum(), -cost, rtol=1e-12)


def test_maximum_is_least_money_that_settles():
    """Greedy cycle by cycle never takes out more, in whatever order."""
    rng = np.random.Generator(np.random.Philox(53))
    for _ in range(30):
        size = int(rng.integers(2, 6))
        paid = rng.random((size, size)) * (rng.random((size, size)) < 0.6)
        np.fill_diagonal(paid, 0)
        found = cycles(paid, longest=size)
        left = paid.copy()
        for k in rng.permutation(found.length.size):
            path = found.firms[k, : found.length[k]]
            left[path, np.roll(path, -1)] -= left[path, np.roll(path, -1)].min()
        assert maximum(paid).acyclic.sum() <= left.sum() + 1e-12


def plain_forwarding(paid):
    """The published algorithm with a general eigensolver and repeated squaring for reachability."""
    left = paid.copy()
    while True:
        reach = np.linalg.matrix_power(np.eye(len(left)) + (left > 0), len(left)) > 0
        group = reach & reach.T
        inside = np.where(group, left, 0)
        if not inside.any():
            return paid - left
        take = np.zeros_like(left)
        for firms in {tuple(np.flatnonzero(row)) for row in group}:
            part = inside[np.ix_(firms, firms)]
            if len(firms) == 1 or not part.any():
                continue
            chain = part / part.sum(axis=1, keepdims=True)
            system = np.vstack([chain.T - np.eye(len(firms)), np.ones(len(firms))])
            visits = np.linalg.lstsq(system, np.append(np.zeros(len(firms)), 1), rcond=None)[0]
            flow = visits[:, None] * chain
            take[np.ix_(firms, firms)] = flow * np.min(part[flow > 0] / flow[flow > 0])
        left = left - take
        left[left < 1e-12 * paid] = 0


def test_balanced_against_the_published_algorithm():
    rng = np.random.Generator(np.random.Philox(54))
    for _ in range(60):
        size = int(rng.integers(2, 9))
        paid = rng.random((size, size)) * (rng.random((size, size)) < 0.5)
        np.fill_diagonal(paid, 0)
        np.testing.assert_allclose(balanced(paid).circular, plain_forwarding(paid), atol=1e-9)


# --- Laws -------------------------------------------------------------------------------------------

amounts = st.one_of(st.just(0.0), st.integers(1, 9).map(float), st.floats(1e-6, 1e6))


@st.composite
def networks(draw):
    size = draw(st.integers(1, 6))
    paid = draw(arrays(float, (size, size), elements=amounts))
    np.fill_diagonal(paid, 0)
    return paid


@settings(max_examples=100, deadline=None)
@given(networks(), st.data())
def test_laws(paid, data):
    most, even = maximum(paid), balanced(paid)
    order = np.array(data.draw(st.permutations(range(len(paid)))))
    for split, found in ((maximum, most), (balanced, even)):
        check(found, paid)
        assert 0 <= found.share <= 1
        assert ((found.firm_share >= 0) & (found.firm_share <= 1)).all()
        np.testing.assert_allclose(split(1e6 * paid).share, found.share, atol=1e-9)
        np.testing.assert_allclose(split(paid[np.ix_(order, order)]).share, found.share, atol=1e-9)
        # Cycles alone are all circular; what is left has none to give.
        np.testing.assert_allclose(split(paid + paid.T).share, 1 if paid.any() else 0, atol=1e-9)
        assert split(found.acyclic).share == 0
    assert even.share <= most.share + 1e-9
    again = balanced(paid[np.ix_(order, order)]).circular
    scale = max(paid.max(), 1)
    np.testing.assert_allclose(again / scale, even.circular[np.ix_(order, order)] / scale, atol=1e-9)
    assert most.acyclic.sum() >= netting(paid).multilateral * (1 - 1e-9) - 1e-9


@pytest.mark.slow
def test_size_of_the_book():
    """124 firms, 800 links over six decades: both splits within a second."""
    rng = np.random.Generator(np.random.Philox(55))
    paid = np.exp(3 * rng.standard_normal((124, 124))) * (rng.random((124, 124)) < 0.05)
    np.fill_diagonal(paid, 0)
    for split in (maximum, balanced):
        check(split(paid), paid)


@BOTH
@pytest.mark.parametrize(
    ("paid", "message"),
    [
        ([[0, -1], [1, 0]], r"payments\[0, 1\] is -1"),
        ([[0, np.nan], [1, 0]], r"payments\[0, 1\] is nan"),
        ([[0, np.inf], [1, 0]], r"payments\[0, 1\] is inf"),
        ([[0, 1e300], [1, 0]], "check the unit"),
        ([[0, 1], [1, 2]], "payments links firm 1 to itself"),
        (np.empty((0, 0)), "payments is empty"),
        ([[0, 1]], "expected a square matrix"),
        ([0, 1], "payments has 1 dimensions, expected 2"),
        ("abc", "payments must be numbers"),
    ],
)
def test_refuses(split, paid, message):
    with pytest.raises(InputError, match=message):
        split(paid)
