"""Sources and return of money: by hand, by following dollars one at a time, and by laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError, NotConverged
from cardhouse.network.flows import netting, sources, trace

CUSTOMERS, LENDERS = 0, 1


def pay(size, *entries):
    """Payments from triples (payer, receiver, amount), firms counted from one."""
    found = np.zeros((size, size))
    for payer, receiver, amount in entries:
        found[payer - 1, receiver - 1] = amount
    return found


def close(found, truth, tolerance=1e-14):
    np.testing.assert_allclose(found, truth, rtol=0, atol=tolerance)


# --- By hand ----------------------------------------------------------------------------------------


def test_chain():
    """Lenders put 10 into 1, who pays 8 to 2; customers add 2 there; 2 pays 5 to 3. Nothing ever comes back."""
    paid, outside = pay(3, (1, 2, 8), (2, 3, 5)), np.array([[0, 10], [2, 0], [0, 0]])
    found = trace(paid, outside)
    close(found.receipts, [10, 10, 5])
    close(found.mix, [[0, 1], [0.2, 0.8], [0.2, 0.8]])
    close(found.entered, [[1, 0, 0], [0.8, 0.2, 0], [0.8, 0.2, 0]])
    close(found.visited, [[0, 0, 0], [0.8, 0, 0], [0.8, 1, 0]])
    close(found.reaches, [[0, 0.8, 0.4], [0, 0, 0.5], [0, 0, 0]])
    close(found.returned, 0)
    close(found.return_probability, 0)


def test_ring_of_two():
    """1 borrows 4 and pays 10 to 2, who pays 6 back and 4 outside: all that 1 receives from 2 is its own money."""
    paid, outside = pay(2, (1, 2, 10), (2, 1, 6)), np.array([[0, 4], [0, 0]])
    found = trace(paid, outside)
    close(found.mix, [[0, 1], [0, 1]])
    close(found.returned, [6, 6])
    close(found.share_returned, [1, 0.6])
    close(found.return_probability, [0.6, 1])
    close(found.reaches, [[0.6, 1], [0.6, 0.6]])
    close(found.visited, [[0.6, 0.6], [1, 0.6]])
    revenue = sources(found, paid, np.zeros_like(outside))
    close(revenue.own, [6, 6])
    close(revenue.outside, [[0, 0], [0, 4]])
    close(revenue.firms, [[0, 0], [4, 0]])


def test_ring_of_two_with_customers():
    """As before, but 2 also has customers for 10 and pays 12 outside: 1's revenue of 6 is half its own money.

    Receipts 10 and 20; a dollar of 2 goes to 1 with .3, one of 1 to 2 with 1; comes back with .3 in both.
    """
    paid, outside = pay(2, (1, 2, 10), (2, 1, 6)), np.array([[0, 4], [10, 0]])
    found = trace(paid, outside)
    close(found.returned, [3, 6])
    close(found.share_returned, [0.5, 0.6])
    close(found.return_probability, [0.3, 1])
    # x = share of customers at 1, y at 2: x = .6 y, y = .5 x + .5.
    close(found.mix[:, CUSTOMERS], [3 / 7, 5 / 7])
    revenue = sources(found, paid, np.array([[0, 0], [10, 0]]))
    close(revenue.amount, [6, 20])
    close(revenue.own, [3, 6])
    # Of 1's revenue, what was never its own came from 2's customers. Of 2's, 10 came from its own customers,
    # and the rest of what 1 paid was 1's loan.
    close(revenue.outside, [[3, 0], [10, 4]])
    close(revenue.firms, [[0, 3], [4, 10]])


def test_ring_of_three_with_a_leak():
    """1 -> 2 -> 3 -> 1 pays 8, 4, 2 on a loan of 6 to 1: every round lets a quarter through."""
    paid, outside = pay(3, (1, 2, 8), (2, 3, 4), (3, 1, 2)), np.array([[6], [0], [0]])
    found = trace(paid, outside)
    close(found.receipts, [8, 8, 4])
    close(np.diagonal(found.reaches), 1 / 4)
    close(found.reaches, [[1 / 4, 1, 1 / 2], [1 / 4, 1 / 4, 1 / 2], [1 / 2, 1 / 2, 1 / 4]])
    close(found.returned, [2, 2, 1])
    close(found.share_returned, [1, 1 / 4, 1 / 4])
    close(found.return_probability, [1 / 4, 1 / 2, 1 / 2])
    close(found.entered, [[1, 0, 0]] * 3)


def test_investor_supplier_story():
    """A chip maker invests 30 in a laboratory, which raises 70 elsewhere and pays 100 to a cloud; the cloud has 100
    from customers and buys chips for 100. Of the maker's 100 of revenue, 15 is its own money come back.

    The maker's receipts are 100 from the cloud and nothing else; a dollar of the cloud is the laboratory's with
    one half, a dollar of the laboratory the maker's with .3.
    """
    maker, lab, cloud = 1, 2, 3
    paid = pay(3, (maker, lab, 30), (lab, cloud, 100), (cloud, maker, 100))
    outside = np.array([[0, 0], [0, 70], [100, 0]])
    found = trace(paid, outside)
    close(found.returned[0], 15)
    close(found.return_probability[0], 0.5)
    revenue = sources(found, pay(3, (cloud, maker, 100)), np.zeros((3, 2)))
    close(revenue.own, [15, 0, 0])
    close(revenue.outside[0], [50, 35])
    close(revenue.firms[0], [0, 35, 50])


def test_revenue_is_a_part_of_the_receipts():
    """A loan between firms is no revenue, but the money it carries is followed all the same."""
    paid, outside = pay(2, (1, 2, 10), (2, 1, 6)), np.array([[0, 4], [10, 0]])
    half = sources(trace(paid, outside), paid / 2, np.array([[0, 0], [10, 0]]))
    close(half.amount, [3, 15])
    close(half.own, [1.5, 3])


def test_firm_without_receipts():
    found = trace(pay(3, (1, 2, 1)), [[1], [0], [0]])
    close(found.mix[:, 0], [1, 1, 0])
    close(found.entered[2], 0)
    close(found.reaches[2], 0)


def test_kept_money_leaves_the_network():
    """1 receives 10 and passes on 4: what it keeps does not come back."""
    found = trace(pay(2, (1, 2, 4), (2, 1, 4)), [[6], [0]])
    close(found.return_probability, [1, 0.4])
    close(found.reaches[0], [0.4, 0.4])


# --- Against dollars followed one at a time ---------------------------------------------------------


def random_flows(rng, size):
    paid = rng.random((size, size)) * (rng.random((size, size)) < 0.5)
    np.fill_diagonal(paid, 0)
    outside = rng.random((size, 3)) * (rng.random((size, 3)) < 0.7)
    outside[:, 0] += np.maximum(0, paid.sum(1) - paid.sum(0) - outside.sum(1)) + 0.05
    return paid, outside


def test_against_dollars_followed_backwards_and_forwards():
    """A hundred thousand dollars of every firm, each traced to its class and on to its exit; 5 sigma."""
    rng = np.random.Generator(np.random.Philox(31))
    size, count = 4, 100_000
    paid, outside = random_flows(rng, size)
    found = trace(paid, outside)
    received = paid.sum(0) + outside.sum(1)
    back = np.hstack([paid.T, outside]) / received[:, None]
    ahead = np.hstack([paid, (received - paid.sum(1))[:, None]]) / received[:, None]
    for firm in range(size):
        for chances, met, ends in ((back, found.visited[firm], found.mix[firm]), (ahead, found.reaches[firm], None)):
            place = np.full(count, firm)
            seen = np.zeros((count, size), dtype=bool)
            while (inside := place < size).any():
                cut = chances.cumsum(axis=1)[place[inside]]
                step = (rng.random(inside.sum())[:, None] >= cut).sum(axis=1)
                place[inside] = np.minimum(step, chances.shape[1] - 1)
                now = place < size
                seen[np.flatnonzero(now), place[now]] = True
            close(seen.mean(axis=0), met, 5 * 0.5 / np.sqrt(count))
            if ends is not None:
                close(np.bincount(place - size, minlength=3) / count, ends, 5 * 0.5 / np.sqrt(count))


def test_mix_is_the_limit_of_mixing_round_by_round():
    """Start with nothing known, and let every firm pass on the mix it has: the unknown part dies out."""
    rng = np.random.Generator(np.random.Philox(32))
    for _ in range(20):
        paid, outside = random_flows(rng, int(rng.integers(2, 8)))
        received = paid.sum(0) + outside.sum(1)
        mix = np.zeros_like(outside)
        for _ in range(3000):
            mix = (paid.T @ mix + outside) / received[:, None]
        close(trace(paid, outside).mix, mix, 1e-12)


def test_own_money_by_cutting_the_firm_open():
    """Replace a firm by an exit and an entrance of its own class: that class is its money, the same everywhere."""
    rng = np.random.Generator(np.random.Philox(33))
    for _ in range(20):
        size = int(rng.integers(2, 7))
        paid, outside = random_flows(rng, size)
        found = trace(paid, outside)
        revenue = sources(found, paid, outside)
        for firm in range(size):
            cut = paid.copy()
            cut[firm] = 0
            opened = np.column_stack([outside, paid[firm]])
            again = trace(cut, opened)
            close(again.mix[firm, -1] * again.receipts[firm], found.returned[firm], 1e-12)
            close(again.mix[firm, :-1] * again.receipts[firm], revenue.outside[firm], 1e-12)
            others = np.arange(size) != firm
            close(again.mix[others, -1], found.visited[others, firm], 1e-12)


def test_reaching_a_firm_by_counting_steps():
    """The chance of having come to a firm within k steps, by removing from the walk whoever has; k large."""
    rng = np.random.Generator(np.random.Philox(34))
    for _ in range(20):
        size = int(rng.integers(2, 7))
        paid, outside = random_flows(rng, size)
        onwards = paid / (paid.sum(0) + outside.sum(1))[:, None]
        reaches = trace(paid, outside).reaches
        for goal in range(size):
            walking, arrived = np.eye(size), np.zeros(size)
            for _ in range(3000):
                walking = walking @ onwards
                arrived += walking[:, goal]
                walking[:, goal] = 0
            close(reaches[:, goal], arrived, 1e-12)


# --- Laws -------------------------------------------------------------------------------------------

amounts = st.integers(0, 20).map(float)


@st.composite
def cases(draw):
    size = draw(st.integers(1, 6))
    paid = draw(arrays(float, (size, size), elements=amounts))
    np.fill_diagonal(paid, 0)
    outside = draw(arrays(float, (size, 2), elements=amounts)) + 0.25
    outside[:, 1] += np.maximum(0, paid.sum(1) - paid.sum(0))
    return paid, outside


@settings(max_examples=80, deadline=None)
@given(cases(), st.data())
def test_laws(case, data):
    paid, outside = case
    found = trace(paid, outside)
    close(found.mix.sum(1), 1, 1e-9)
    close(found.entered.sum(1), 1, 1e-9)
    for chance in (found.mix, found.entered, found.visited, found.reaches, found.share_returned):
        assert (chance >= 0).all()
        assert (chance <= 1 + 1e-9).all()
    assert (found.returned <= paid.sum(axis=0) + 1e-9).all()
    assert (found.returned <= paid.sum(axis=1) + 1e-9).all()
    # What leaves the network, paid outside or kept, is what came in, class by class.
    leaving = found.receipts - paid.sum(axis=1)
    np.testing.assert_allclose(leaving @ found.mix, outside.sum(axis=0), rtol=1e-9)
    revenue = sources(found, paid, outside)
    np.testing.assert_allclose(revenue.outside.sum(1) + revenue.own, revenue.amount, atol=1e-9)
    np.testing.assert_allclose(revenue.firms.sum(1) + revenue.own, revenue.amount, atol=1e-9)
    np.testing.assert_allclose(revenue.own, found.returned, atol=1e-9)
    order = np.array(data.draw(st.permutations(range(len(paid)))))
    again = trace(paid[np.ix_(order, order)], outside[order])
    close(again.reaches, found.reaches[np.ix_(order, order)], 1e-9)
    close(again.mix, found.mix[order], 1e-9)
    scaled = trace(1e6 * paid, 1e6 * outside)
    close(scaled.mix, found.mix, 1e-9)
    close(scaled.visited, found.visited, 1e-9)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_netting_laws(case):
    paid, _ = case
    found = netting(paid)
    assert found.multilateral <= found.bilateral <= found.gross
    assert (np.minimum(found.pairs, found.pairs.T) == 0).all()
    close(found.position, paid.sum(0) - paid.sum(1), 1e-12)
    close(found.position.sum(), 0, 1e-12)
    assert netting(paid + paid.T).multilateral == 0


def test_netting_by_hand():
    """1 -> 2 -> 3 -> 1 pays 3, 2, 4, and 2 pays 1 back to 1: gross 10, 8 pair by pair, 2 all together."""
    found = netting(pay(3, (1, 2, 3), (2, 1, 1), (2, 3, 2), (3, 1, 4)))
    assert found.gross == 10
    assert found.bilateral == 2 + 2 + 4
    assert found.position.tolist() == [2, 0, -2]
    assert found.multilateral == 2
    assert found.pairs.tolist() == pay(3, (1, 2, 2), (2, 3, 2), (3, 1, 4)).tolist()


# --- Hostile input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "outside", "message"),
    [
        (pay(2, (1, 2, 5), (2, 1, 5)), [[0], [0]], "no outside money reaches firms 0, 1: they are paid only by each"),
        (pay(3, (1, 2, 5), (2, 1, 5)), [[0], [0], [1]], "no outside money reaches firms 0, 1"),
        (pay(2, (1, 2, 5)), [[3], [0]], "outlays of firm 0 exceed receipts .the first by 2.: add the cash in hand"),
        (pay(2, (1, 2, -5)), [[3], [0]], r"payments\[0, 1\] is -5"),
        (pay(2, (1, 2, np.nan)), [[3], [0]], r"payments\[0, 1\] is nan"),
        (pay(2, (1, 2, np.inf)), [[3], [0]], r"payments\[0, 1\] is inf"),
        (pay(2, (1, 1, 1)), [[3], [0]], "payments links firm 0 to itself"),
        (np.empty((0, 0)), np.empty((0, 1)), "payments is empty"),
        (np.ones((2, 3)), [[1], [1]], "expected a square matrix"),
        (pay(2, (1, 2, 1)), [[3], [-1]], r"outside\[1, 0\] is -1"),
        (pay(2, (1, 2, 1)), [[3], [np.nan]], r"outside\[1, 0\] is nan"),
        (pay(2, (1, 2, 1)), [3, 1], "outside has 1 dimensions, expected 2"),
        (pay(2, (1, 2, 1)), [[3]], "outside has 1 rows, expected one for each of 2 firms"),
        (pay(2, (1, 2, 1)), np.empty((2, 0)), "outside is empty"),
    ],
)
def test_trace_refuses(paid, outside, message):
    with pytest.raises(InputError, match=message):
        trace(paid, outside)


def test_nearly_closed_loop_says_so():
    """A trillionth of outside money cannot be told from rounding."""
    with pytest.raises(NotConverged, match="too little outside money reaches firms 0, 1"):
        trace(pay(2, (1, 2, 1e6), (2, 1, 1e6)), [[1e-9], [0]])


def test_nearly_closed_loop_within_reach():
    """A millionth is enough: still all lenders, and nearly everything comes back."""
    found = trace(pay(2, (1, 2, 1e6), (2, 1, 1e6)), [[1], [0]])
    close(found.mix, 1, 1e-9)
    np.testing.assert_allclose(found.return_probability, [1, 1e6 / (1e6 + 1)], rtol=0, atol=1e-9)


def test_sources_refuses():
    paid, outside = pay(2, (1, 2, 10), (2, 1, 6)), np.array([[0, 4], [0, 0]])
    trail = trace(paid, outside)
    with pytest.raises(InputError, match="more is to be traced than firms 0, 1 received"):
        sources(trail, 2 * paid, outside * 0)
    with pytest.raises(InputError, match="the trail was made with"):
        sources(trail, paid, [[0], [0]])


def test_netting_refuses():
    with pytest.raises(InputError, match="payments links firm 0 to itself"):
        netting([[1, 0], [0, 0]])
