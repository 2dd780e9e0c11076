"""Threshold cascades against published examples, hand counts and a plain second program."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError
from cardhouse.network.firesale import Impact, fire_sale
from cardhouse.network.threshold import cascade

# R NetworkRiskMeasures, README: claims a on b 1, b on a 10, b on c 3, c on a 3, c on b 2; banks a, b, c.
README_OWED = np.array([[0, 10, 3], [1, 0, 2], [0, 3, 0]])
README_BUFFERS = np.array([2, 5, 2])
README_WEIGHTS = np.array([10, 100, 30])

CHAIN = np.diag([1.0, 1.0, 1.0], k=1)


def who(first, size):
    return np.arange(size) == first


@pytest.mark.parametrize(("first", "printed"), [(0, 0.9285714), (1, 0.25), (2, 0.4285714)])
def test_readme_three_banks(first, printed):
    """R NetworkRiskMeasures README, method threshold: weighted share of buffers lost, without the first's own."""
    found = cascade(README_OWED, README_BUFFERS, who(first, 3))
    lost = np.where(found.failed, 1, np.minimum(1, found.loss / README_BUFFERS))
    weighted = README_WEIGHTS * lost / README_WEIGHTS.sum()
    assert round(float(weighted.sum() - weighted[first]), 7) == printed


def test_readme_waves():
    """a falls; b loses 10 of 5 and c 3 of 2 in the first wave. b falls: c loses 2 of 2 and stands at its limit."""
    assert cascade(README_OWED, README_BUFFERS, who(0, 3)).wave.tolist() == [0, 1, 1]
    at_limit = cascade(README_OWED, README_BUFFERS, who(1, 3))
    assert at_limit.wave.tolist() == [-1, 0, -1]
    assert at_limit.loss.tolist() == [1, 0, 2]


def test_chain_falls_one_a_wave():
    found = cascade(CHAIN, [0.5] * 4, who(0, 4))
    assert found.wave.tolist() == [0, 1, 2, 3]
    assert found.loss.tolist() == [0, 1, 1, 1]
    assert found.prices.size == 0


def test_recovery_by_debtor_stops_the_chain():
    """The second firm still pays .6 of 1, so the third loses .4 of its .5."""
    found = cascade(CHAIN, [0.5] * 4, who(0, 4), recovery=[0, 0.6, 0, 0])
    assert found.wave.tolist() == [0, 1, -1, -1]
    np.testing.assert_allclose(found.loss, [0, 1, 0.4, 0], rtol=1e-15)


def test_decimal_tie_is_no_failure():
    """.1 + .2 against .3: equal on paper, not in binary."""
    owed = [[0, 0, 0.1], [0, 0, 0.2], [0, 0, 0]]
    assert cascade(owed, [1, 1, 0.3], [True, True, False]).failed.tolist() == [True, True, False]
    assert cascade(owed, [1, 1, 0.2999999], [True, True, False]).failed.all()


@pytest.mark.parametrize(
    ("impact", "price", "waves"),
    [(Impact.LINEAR, 0.5, [0, 1, -1]), (Impact.EXPONENTIAL, np.exp(-0.5), [0, -1, -1])],
)
def test_fire_sale_spreads_without_any_claim(impact, price, waves):
    """The first dumps 2 of a depth of 4. The second holds 1 with a buffer of .45: -.5 fells it, -.393 does not."""
    sale = fire_sale([[2], [1], [0]], [4], impact=impact)
    found = cascade(np.zeros((3, 3)), [1, 0.45, 0.45], who(0, 3), sale=sale)
    assert found.wave.tolist() == waves
    after = max(0.0, 1 - 3 / 4) if waves[1] == 1 else price
    np.testing.assert_allclose(found.prices, [after], rtol=1e-15)
    np.testing.assert_allclose(found.loss, [2 * (1 - after), 1 - after, 0], rtol=1e-15)


def plain(owed, buffers, failed, recovery, holdings, depth):
    failed = list(failed)
    while True:
        loss = [0.0] * len(failed)
        price = [
            np.exp(-sum(h[k] for h, f in zip(holdings, failed, strict=True) if f) / d) for k, d in enumerate(depth)
        ]
        for i in range(len(failed)):
            loss[i] += sum((1 - recovery) * owed[j][i] for j in range(len(failed)) if failed[j])
            loss[i] += sum(h * (1 - p) for h, p in zip(holdings[i], price, strict=True))
        new = [f or x > b for f, x, b in zip(failed, loss, buffers, strict=True)]
        if new == failed:
            return failed, loss
        failed = new


def test_against_a_plain_program():
    rng = np.random.Generator(np.random.Philox(11))
    for _ in range(100):
        size, assets = int(rng.integers(2, 9)), int(rng.integers(1, 4))
        owed = rng.random((size, size)) * (rng.random((size, size)) < 0.4)
        np.fill_diagonal(owed, 0)
        buffers, holdings, depth = rng.random(size), rng.random((size, assets)), rng.random(assets) * 9 + 0.1
        first = rng.random(size) < 0.3
        found = cascade(owed, buffers, first, recovery=0.3, sale=fire_sale(holdings, depth, impact=Impact.EXPONENTIAL))
        failed, loss = plain(owed, buffers, first, 0.3, holdings, depth)
        assert found.failed.tolist() == failed
        np.testing.assert_allclose(found.loss, loss, rtol=1e-12, atol=1e-14)


amounts = st.integers(0, 40).map(lambda x: x / 4)


@settings(max_examples=60, deadline=None)
@given(arrays(float, (5, 5), elements=amounts), arrays(float, (5,), elements=amounts), st.data())
def test_laws(owed, buffers, data):
    """Starters stay failed; more starters never save anybody; order and unit do not matter; waves leave no gap."""
    np.fill_diagonal(owed, 0)
    first = data.draw(arrays(bool, (5,)))
    found = cascade(owed, buffers, first)
    assert (found.failed >= first).all()
    assert set(range(int(found.wave.max(initial=0)) + 1)) - {0} <= set(found.wave.tolist())
    assert (cascade(owed, buffers, first | data.draw(arrays(bool, (5,)))).failed >= found.failed).all()
    assert (cascade(owed, buffers, first, recovery=0.5).failed <= found.failed).all()
    order = np.array(data.draw(st.permutations(range(5))))
    again = cascade(owed[np.ix_(order, order)], buffers[order], first[order])
    assert again.wave.tolist() == found.wave[order].tolist()
    assert cascade(1e6 * owed, 1e6 * buffers, first).wave.tolist() == found.wave.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"owed": -CHAIN}, "owed.* expected at least 0"),
        ({"owed": CHAIN * np.nan}, "expected a finite number"),
        ({"owed": np.eye(4)}, "owed links firms 0, 1, 2, 3 to itself"),
        ({"owed": np.empty((0, 0))}, "owed is empty"),
        ({"buffers": [1, 1, 1, -1]}, r"buffers\[3\] is -1"),
        ({"buffers": [1, 1, 1]}, "buffers has 3 entries"),
        ({"failed": [1, 0, 0, 0]}, "failed must be 4 booleans"),
        ({"failed": [True]}, "failed must be 4 booleans"),
        ({"recovery": 1.5}, r"recovery\[0\] is 1.5, expected from 0 to 1"),
        ({"recovery": [0.5, 0.5]}, "recovery has 2 entries"),
        ({"sale": fire_sale([[1]], [1], impact=Impact.LINEAR)}, "holdings of 1 firms, the network has 4"),
    ],
)
def test_refuses(change, message):
    arguments = {"owed": CHAIN, "buffers": [1] * 4, "failed": who(0, 4)} | change
    with pytest.raises(InputError, match=message):
        cascade(**arguments)
