"""Scores against the formulas worked out by hand and the code of the AI Deal Network's project transcribed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError
from cardhouse.network.cycles import cycles
from cardhouse.network.scores import Kind, deal_weights, magnitude, recency, scores


def deals(size, *entries):
    """Amounts, kinds and strengths from (payer, receiver, amount, kind, confidence 1 to 5), firms from one."""
    amounts, kinds, strength = np.zeros((size, size)), np.zeros((size, size), dtype=int), np.zeros((size, size))
    for a, b, amount, kind, confidence in entries:
        amounts[a - 1, b - 1], kinds[a - 1, b - 1], strength[a - 1, b - 1] = amount, kind, confidence / 5
    return amounts, kinds, strength


def test_weight_of_a_deal():
    """.60 value + .25 recency + .15 confidence, the published defaults."""
    np.testing.assert_allclose(deal_weights([1, 0, 0, 0.5], [0, 1, 0, 0.4], [0, 0, 1, 0.8]), [0.6, 0.25, 0.15, 0.52])


def test_scales():
    """1 million, 1 billion, 1 trillion; today, one and two half-lives ago."""
    np.testing.assert_allclose(magnitude([0, 0.5, 1, 1e3, 1e6, 1e9]), [0, 0, 0, 0.5, 1, 1], atol=1e-15)
    np.testing.assert_allclose(recency([0, 2, 4], half_life=2), [1, 0.5, 0.25])


def test_loop_by_hand():
    """Equity of 10 billion against a service of 2.5 billion, confidence 5 and 4:
    .35 + .35 (.5 + .5 / 4) + .30 .9 = .83875."""
    found = scores(*deals(2, (1, 2, 10_000, Kind.EQUITY, 5), (2, 1, 2_500, Kind.SERVICE, 4)), longest=2)
    np.testing.assert_allclose(found.score, [0.83875], rtol=1e-15)
    assert found.total.tolist() == [12_500]
    np.testing.assert_allclose(found.hub, [0.83875] * 2)
    assert found.hub_share.tolist() == [1, 1]
    same = scores(*deals(2, (1, 2, 10_000, Kind.MONEY, 5), (2, 1, 10_000, Kind.MONEY, 5)), longest=2)
    np.testing.assert_allclose(same.score, [0.35 * 0.7 + 0.35 + 0.30], rtol=1e-15)


def test_cycle_by_hand():
    """100, 300 and 100 billion; money, service, compute; confidence 4:
    .30 + .25 (1 - log10(3)/3) + .10 log10(500,000)/6 + .20 .8 + .15 / sqrt 2."""
    network = deals(
        3, (1, 2, 100_000, Kind.MONEY, 4), (2, 3, 300_000, Kind.SERVICE, 4), (3, 1, 100_000, Kind.COMPUTE, 4)
    )
    truth = 0.30 + 0.25 * (1 - math.log10(3) / 3) + 0.10 * math.log10(5e5) / 6 + 0.16 + 0.15 / math.sqrt(2)
    found = scores(*network, longest=3)
    np.testing.assert_allclose(found.score, [truth], rtol=1e-15)
    assert found.length.tolist() == [3]


@pytest.mark.parametrize(
    ("kinds", "coherence"),
    [
        ((Kind.MONEY, Kind.SERVICE, Kind.EQUITY), 1.0),
        ((Kind.MONEY, Kind.COMPUTE, Kind.MONEY), 1.0),
        ((Kind.EQUITY, Kind.EQUITY, Kind.EQUITY), 0.7),
        ((Kind.EQUITY, Kind.SERVICE, Kind.SERVICE), 0.5),
        ((Kind.MONEY, Kind.EQUITY, Kind.MONEY), 0.5),
    ],
)
def test_coherence_of_a_cycle(kinds, coherence):
    network = deals(3, *((i + 1, (i + 1) % 3 + 1, 1, kind, 5) for i, kind in enumerate(kinds)))
    found = scores(*network, longest=3)
    rest = 0.25 + 0.10 * math.log10(3) / 6 + 0.20 + 0.15 / math.sqrt(2)
    np.testing.assert_allclose(found.score, [0.30 * coherence + rest], rtol=1e-15)


def test_hubs_add_up_their_structures():
    """1 is in a loop with 2 and in one with 3; the better loop comes first."""
    found = scores(
        *deals(
            4,
            (1, 2, 10, Kind.MONEY, 5),
            (2, 1, 10, Kind.SERVICE, 5),
            (1, 3, 10, Kind.MONEY, 3),
            (3, 1, 10, Kind.MONEY, 3),
        ),
        longest=4,
    )
    assert found.firms[:, :2].tolist() == [[0, 1], [0, 2]]
    np.testing.assert_allclose(found.hub, [found.score.sum(), found.score[0], found.score[1], 0])
    np.testing.assert_allclose(found.hub_share[0], 1)
    assert found.hub_count.tolist() == [2, 1, 1, 0]


def transcribed(amounts, kinds, strength):
    """calculateLoopScore, calculateFlowCoherence and so on of the public code, in dollars."""
    if len(amounts) == 2:
        diversity = 1.0 if kinds[0] != kinds[1] else 0.7
        balance = 0.5 + (0.5 * min(amounts) / max(amounts))
        return (0.35 * diversity) + (0.35 * balance) + (0.30 * strength)
    has = {k: k in kinds for k in Kind}
    if (has[Kind.MONEY] and has[Kind.SERVICE]) or (has[Kind.MONEY] and has[Kind.COMPUTE]):
        coherence = 1.0
    else:
        coherence = 0.7 if len(set(kinds)) == 1 else 0.5
    dollars = [1e6 * a for a in amounts]
    balance = max(0, 1 - math.log10(max(dollars) / min(dollars)) / 3)
    size = min(1, max(0, (math.log10(sum(dollars)) - 6) / 6))
    penalty = 1 / math.sqrt(len(amounts) - 1)
    return 0.30 * coherence + 0.25 * balance + 0.10 * size + 0.20 * strength + 0.15 * penalty


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.permutations(range(6)))
def test_against_the_public_code(seed, order):
    rng = np.random.Generator(np.random.Philox(seed))
    amounts = np.exp(6 * rng.standard_normal((6, 6))) * (rng.random((6, 6)) < 0.4)
    np.fill_diagonal(amounts, 0)
    kinds, strength = rng.integers(0, 4, (6, 6)), rng.random((6, 6))
    found = scores(amounts, kinds, strength)
    assert found.length.size == cycles(amounts, longest=5).length.size
    assert (np.diff(found.score) <= 0).all()
    for firms, length, score in zip(found.firms, found.length, found.score, strict=True):
        path = firms[:length]
        step = (path, np.roll(path, -1))
        truth = transcribed(amounts[step].tolist(), kinds[step].tolist(), strength[step].mean())
        np.testing.assert_allclose(score, truth, rtol=1e-12)
        assert 0 <= score <= 1
    hubs = [found.score[(found.firms == firm).any(axis=1)].sum() for firm in range(6)]
    np.testing.assert_allclose(found.hub, hubs, rtol=1e-12)
    order = np.array(order)
    mixed = np.ix_(order, order)
    again = scores(amounts[mixed], kinds[mixed], strength[mixed])
    np.testing.assert_allclose(again.hub, found.hub[order], rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(*(arrays(float, (4,), elements=st.floats(0, 1)) for _ in range(3)))
def test_weights_stay_within_0_and_1(value, recent, confidence):
    found = deal_weights(value, recent, confidence)
    assert ((found >= 0) & (found <= 1 + 1e-15)).all()


def test_no_structures():
    found = scores(np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3)), longest=3)
    assert found.score.size == 0
    assert found.hub_share.tolist() == found.hub_count.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amounts": [[0, -1], [1, 0]]}, r"amounts\[0, 1\] is -1"),
        ({"amounts": [[0, np.nan], [1, 0]]}, r"amounts\[0, 1\] is nan"),
        ({"amounts": [[1, 1], [1, 0]]}, "amounts links firm 0 to itself"),
        ({"amounts": np.empty((0, 0))}, "amounts is empty"),
        (
            {"kinds": [[0, 7], [0, 0]]},
            r"kinds\[0, 1\] is 7, expected one of 0 .money., 1 .compute., 2 .service., 3 .eq",
        ),
        ({"kinds": [[0, 0.5], [0, 0]]}, r"kinds\[0, 1\] is 0.5"),
        ({"kinds": [[0]]}, "kinds has shape"),
        ({"strength": [[0, 1.5], [0, 0]]}, r"strength\[0, 1\] is 1.5, expected from 0 to 1"),
        ({"strength": [[0, np.inf], [0, 0]]}, r"strength\[0, 1\] is inf"),
        ({"strength": [[0]]}, "strength has shape"),
        ({"longest": 3}, "longest is 3"),
    ],
)
def test_scores_refuse(change, message):
    given_ = {
        "amounts": [[0, 1], [1, 0]],
        "kinds": np.zeros((2, 2)),
        "strength": np.ones((2, 2)),
        "longest": 2,
    } | change
    with pytest.raises(InputError, match=message):
        scores(given_["amounts"], given_["kinds"], given_["strength"], longest=given_["longest"])


def test_parts_refuse():
    with pytest.raises(InputError, match=r"value\[0\] is 2, expected from 0 to 1"):
        deal_weights([2], [0], [0])
    with pytest.raises(InputError, match="recent has 2 entries"):
        deal_weights([0], [0, 0], [0])
    with pytest.raises(InputError, match="half_life is 0 years"):
        recency([1], half_life=0)
    with pytest.raises(InputError, match=r"age\[0\] is -1"):
        recency([-1], half_life=1)
    with pytest.raises(InputError, match=r"amount\[0\] is -1"):
        magnitude([-1])
