"""Logarithmic pooling: hand numbers, and what makes it the right rule."""

from __future__ import annotations

import math

import pytest

from cardhouse.errors import InputError, UnknownName
from cardhouse.market.pooling import Opinion, pool


def opinion(method: str, odds: float, low: float | None = None, high: float | None = None, event: str = "e") -> Opinion:
    return Opinion(method, event, odds, odds if low is None else low, odds if high is None else high, "")


def test_equal_weights_take_the_geometric_mean_of_odds() -> None:
    found = pool([opinion("a", 0.8, 0.5, 0.9), opinion("b", 0.2, 0.1, 0.5)])
    assert found.odds == pytest.approx(0.5)
    assert found.low == pytest.approx(0.25)
    assert found.high == pytest.approx(0.75)
    assert found.weights == (("a", 0.5), ("b", 0.5))


def test_weights_are_scaled_and_may_be_zero() -> None:
    found = pool([opinion("a", 0.8), opinion("b", 0.2)], {"a": 3, "b": 1})
    assert found.odds == pytest.approx(1 / (1 + 4**-0.5))
    assert pool([opinion("a", 0.8), opinion("b", 0.2)], {"a": 2}).odds == pytest.approx(0.8)


def test_news_may_come_before_or_after_pooling() -> None:
    """Externally Bayesian: multiplying every opinion's odds by one factor multiplies the pool's."""

    def told(p: float) -> float:
        return 3 * p / (1 - p) / (1 + 3 * p / (1 - p))

    before = pool([opinion("a", told(0.3)), opinion("b", told(0.6))], {"a": 1, "b": 2}).odds
    assert before == pytest.approx(told(pool([opinion("a", 0.3), opinion("b", 0.6)], {"a": 1, "b": 2}).odds))


def test_certainty_does_not_decide_alone() -> None:
    assert pool([opinion("a", 0.0), opinion("b", 0.5)]).odds == pytest.approx(1 / (1 + math.sqrt(999)), rel=1e-9)


def test_what_cannot_be_pooled() -> None:
    with pytest.raises(InputError, match="different events"):
        pool([opinion("a", 0.5), opinion("b", 0.5, event="f")])
    with pytest.raises(InputError, match="no opinions"):
        pool([])
    with pytest.raises(UnknownName, match="no opinion of the method 'c'"):
        pool([opinion("a", 0.5)], {"c": 1})
    with pytest.raises(InputError, match="positive"):
        pool([opinion("a", 0.5)], {"a": -1})
    with pytest.raises(InputError, match="two opinions"):
        pool([opinion("a", 0.5), opinion("a", 0.5)])
    with pytest.raises(InputError, match="low <= odds"):
        opinion("a", 0.5, 0.6, 0.7)
