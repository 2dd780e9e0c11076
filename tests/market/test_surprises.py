"""Surprises against reactions, each judged by those before it only."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import linregress, spearmanr

from cardhouse.errors import InputError
from cardhouse.market.surprises import expected_reaction, judge, link, surprise

RNG = np.random.default_rng(4)
X = RNG.normal(0.04, 0.03, 15)
Y = 0.01 + 1.5 * X + RNG.normal(0, 0.05, 15)


def test_a_surprise_is_reported_over_consensus() -> None:
    assert surprise([103, 95], [100, 100]) == pytest.approx([0.03, -0.05])
    with pytest.raises(InputError, match="consensus positive"):
        surprise([1], [-1])


def test_the_line_is_least_squares() -> None:
    found, want = expected_reaction(X, Y, 0.05), linregress(X, Y)
    assert found.slope == pytest.approx(want.slope)
    assert found.slope_error == pytest.approx(want.stderr)
    assert found.value == pytest.approx(want.intercept + want.slope * 0.05)
    assert found.low < found.value < found.high


def test_intervals_hold_what_they_say() -> None:
    held = 0
    for seed in range(600):
        rng = np.random.default_rng(seed)
        x = rng.normal(0, 1, 9)
        y = 2 * x + rng.normal(0, 1, 9)
        held += expected_reaction(x[:8], y[:8], x[8], level=0.9).holds(y[8])
    assert held / 600 == pytest.approx(0.9, abs=0.035)


def test_the_future_does_not_judge_the_past() -> None:
    changed = Y.copy()
    changed[-1] = 9.0
    assert judge(X, Y)[:-1] == judge(X, changed)[:-1]


def test_too_short_a_history_says_nothing() -> None:
    found = judge(X, Y)
    assert all(j.expected is None and j.usual is None and j.unexplained is None for j in found[:6])
    assert found[6].expected.history == 6
    assert found[7].unexplained == pytest.approx(Y[7] - found[7].expected.value)
    with pytest.raises(InputError, match="at least 6"):
        expected_reaction(X[:5], Y[:5], 0.0)


def test_the_link_over_all_events() -> None:
    found = link(X, Y)
    assert found.rank == pytest.approx(spearmanr(X, Y).statistic)
    assert found.explained == pytest.approx(linregress(X, Y).rvalue ** 2)
    assert found.rank_p == pytest.approx(spearmanr(X, Y).pvalue, abs=0.03)
    assert found == link(X, Y)


def test_surprises_that_never_differ_give_the_mean() -> None:
    found = expected_reaction(np.full(8, 0.03), Y[:8], 0.03)
    assert found.value == pytest.approx(Y[:8].mean())
    assert found.slope == 0
    assert link(np.full(8, 0.03), Y[:8]).rank_p == 1.0
