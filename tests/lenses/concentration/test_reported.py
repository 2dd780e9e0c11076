"""Concentration from reported shares: exact where customers are named, bounds where several are one sum."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from cardhouse.book import Book, embedded
from cardhouse.errors import InputError
from cardhouse.lenses.concentration import customers, herfindahl, top


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(embedded().date)


def test_coreweave_appears_exactly_as_reported(book: Book) -> None:
    """10-K for 2025: Microsoft about 67 % of revenue in 2025, the two largest together about 77 % in 2024."""
    found = {(c.start, c.end): c for c in customers(book, "coreweave")}
    full = found[date(2025, 1, 1), date(2025, 12, 31)]
    assert [(item, m.value) for item, m in full.shares] == [("customer-a", pytest.approx(0.67))]
    assert full.largest.exact
    before = found[date(2024, 1, 1), date(2024, 12, 31)]
    assert before.shares == ()
    assert [(k, m.value) for k, m in before.groups] == [(2, pytest.approx(0.77))]
    assert (before.largest.low.value, before.largest.high.value) == pytest.approx((0.385, 0.77))
    assert before.five.low.value == pytest.approx(0.77)


def test_a_sum_of_two_bounds_the_index() -> None:
    """77 % of two: at least .77^2 / 2 (two alike), at most .77^2 (one with all of it)."""
    assert herfindahl([], [(2, 0.77)]) == pytest.approx((0.77**2 / 2, 0.77**2))
    assert top([], [(2, 0.77)], 1) == pytest.approx((0.385, 0.77))
    assert top([], [(2, 0.77)], 5) == pytest.approx((0.77, 1.0))


def test_named_customers_bound_those_that_are_not() -> None:
    """36, 26 and 10 %: nobody else is above 10 %, so five have 72 to 92 %, and the rest at most 2 x .1^2 + .08^2."""
    known = [0.36, 0.26, 0.10]
    squares = 0.36**2 + 0.26**2 + 0.10**2
    assert top(known, [], 1) == pytest.approx((0.36, 0.36))
    assert top(known, [], 5) == pytest.approx((0.72, 0.92))
    assert herfindahl(known, []) == pytest.approx((squares, squares + 2 * 0.01 + 0.08**2))


def test_the_largest_and_the_five_largest_together() -> None:
    """iFlytek for 2024: 5.63 % and 19.48 %: the other four have 13.85 %, at least .1385^2 / 4."""
    low, high = herfindahl([0.0563], [(5, 0.1948)])
    assert low == pytest.approx(0.0563**2 + 0.1385**2 / 4)
    assert high < 0.0563
    assert top([0.0563], [(5, 0.1948)], 5) == pytest.approx((0.1948, 0.1948))


@pytest.mark.parametrize("seed", range(300))
def test_bounds_hold_the_truth_of_random_customers(seed: int) -> None:
    """Random shares of one revenue; what is reported of them must bound what they are."""
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.exponential(size=rng.integers(2, 31)) ** 2)[::-1]
    shares = [float(s) for s in sizes / sizes.sum()]
    named = shares[: rng.integers(0, min(4, len(shares)) + 1)]
    many = max(len(named), 2) + int(rng.integers(0, 5))
    groups = [(many, sum(shares[:many]))] if many <= len(shares) and rng.random() < 0.6 else []
    for count in (1, 5):
        low, high = top(named, groups, count)
        assert low - 1e-9 <= sum(shares[:count]) <= high + 1e-9
    low, high = herfindahl(named, groups)
    assert low - 1e-9 <= sum(s * s for s in shares) <= high + 1e-9


@pytest.mark.parametrize(
    ("named", "groups", "said"),
    [
        ([1.2], [], "a customer's share of 1.2"),
        ([0.7, 0.6], [], "add up to 1.3"),
        ([0.2, 0.6], [], "not in falling order"),
        ([], [(2, 0.0)], "a customer's share of 0"),
    ],
)
def test_shares_that_cannot_be_are_refused(named: list[float], groups: list[tuple[int, float]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        herfindahl(named, groups)
