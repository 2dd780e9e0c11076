"""Discounted cash flow forwards and backwards: perpetuities and two-stage formulas, by hand, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.errors import InputError
from cardhouse.lenses.value.cashflows import (
    LEAST_GROWTH,
    MOST_GROWTH,
    Terms,
    implied_growth,
    implied_margin,
    revenues,
    worth,
)

TERMS = Terms(rate=0.10, years=5, fade=10, long_run=0.04, margin=0.25)
terms = st.builds(
    Terms,
    rate=st.floats(0.06, 0.20),
    years=st.integers(1, 15),
    fade=st.integers(0, 20),
    long_run=st.floats(0.0, 0.05),
    margin=st.floats(0.05, 0.5),
)
growths = st.floats(-0.4, 1.5)
margins = st.floats(-2.0, 0.5)


@pytest.mark.parametrize(("years", "fade"), [(1, 0), (5, 10), (12, 3)])
def test_growth_at_the_long_run_rate_is_a_perpetuity(years: int, fade: int) -> None:
    # Gordon (1959): next year's cash over (r - g); 0.2 * 1.03 / (0.08 - 0.03), whatever the years are called.
    flat = Terms(rate=0.08, years=years, fade=fade, long_run=0.03, margin=0.2)
    assert worth(0.2, 0.03, flat) == pytest.approx(0.2 * 1.03 / 0.05, rel=1e-12)
    assert implied_growth(0.2 * 1.03 / 0.05, 0.2, flat) == pytest.approx(0.03, abs=1e-10)


def test_two_years_by_hand() -> None:
    # Year 1: revenue 1.2, margin 0.5; year 2 fades to growth of nothing: 1.2 again; then 0.6 for ever at 10 percent.
    # 0.6/1.1 + 0.6/1.21 + 0.6/0.1/1.21 = 6.
    asked = Terms(rate=0.10, years=1, fade=1, long_run=0.0, margin=0.5)
    assert list(revenues(0.2, asked)) == pytest.approx([1.2, 1.2])
    assert worth(0.0, 0.2, asked) == pytest.approx(6.0, rel=1e-12)
    assert implied_growth(6.0, 0.0, asked) == pytest.approx(0.2, abs=1e-10)
    assert implied_margin(6.0, 0.0, 0.2, asked) == pytest.approx(0.5, rel=1e-12)


def test_the_margin_moves_in_equal_steps_to_its_target() -> None:
    # Margins -0.1, then half way 0.1, then 0.3; revenue does not grow and nothing is discounted away but by 10 percent.
    asked = Terms(rate=0.10, years=2, fade=0, long_run=0.0, margin=0.3)
    assert worth(-0.1, 0.0, asked) == pytest.approx(0.1 / 1.1 + (0.3 + 0.3 / 0.1) / 1.21, rel=1e-12)


def test_growth_falls_in_equal_steps_to_the_long_run_rate() -> None:
    path = revenues(0.20, Terms(rate=0.10, years=1, fade=4, long_run=0.04, margin=0.2))
    assert list(path[1:] / path[:-1] - 1.0) == pytest.approx([0.16, 0.12, 0.08, 0.04])


@pytest.mark.parametrize("growth", [0.0, 0.15, 0.4])
def test_without_fading_it_is_the_two_stage_formula(growth: float) -> None:
    # Damodaran (2012), chapter 13: n years at g, then for ever at L:
    # C (1 - ((1+g)/(1+r))^n) / (r - g) + C_n (1 + L) / ((r - L) (1+r)^n), C the first year's cash.
    r, n, long_run, m = 0.09, 7, 0.03, 0.2
    q = ((1 + growth) / (1 + r)) ** n
    first = m * (1 + growth)
    published = first * (1 - q) / (r - growth) + m * q * (1 + long_run) / (r - long_run)
    assert worth(m, growth, Terms(r, n, 0, long_run, m)) == pytest.approx(published, rel=1e-12)


@given(terms, growths, margins)
def test_solving_what_a_growth_is_worth_gives_the_growth(asked: Terms, growth: float, margin: float) -> None:
    price = worth(margin, growth, asked)
    if price > 1e-6:
        found = implied_growth(price, margin, asked)
        assert found is not None
        assert worth(margin, found, asked) == pytest.approx(price, rel=1e-8)
        assert found == pytest.approx(growth, abs=1e-7)


@given(terms, st.floats(0.1, 100.0), st.floats(1.01, 3.0), margins)
def test_a_higher_price_asks_for_more_growth(asked: Terms, price: float, more: float, margin: float) -> None:
    low, high = implied_growth(price, margin, asked), implied_growth(price * more, margin, asked)
    if low is not None and high is not None:
        assert high > low


@given(terms, growths, margins, st.floats(0.5, 50.0))
def test_the_margin_found_explains_the_price(asked: Terms, growth: float, margin: float, price: float) -> None:
    found = implied_margin(price, margin, growth, asked)
    if 0.0 < found <= 1.0:
        again = Terms(asked.rate, asked.years, asked.fade, asked.long_run, found)
        assert worth(margin, growth, again) == pytest.approx(price, rel=1e-9)


@given(terms, margins)
def test_value_less_price_changes_its_sign_once(asked: Terms, margin: float) -> None:
    # What the notes prove by Descartes' rule of signs, seen on a grid.
    grid = np.linspace(LEAST_GROWTH, MOST_GROWTH, 101)
    above = np.array([worth(margin, g, asked) for g in grid]) > 3.0
    assert np.count_nonzero(above[1:] != above[:-1]) <= 1
    assert not above[0] or above.all()


def test_no_growth_is_made_up_beyond_the_bounds() -> None:
    assert implied_growth(1e9, 0.2, TERMS) is None
    assert implied_growth(1e-6, 0.2, TERMS) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rate": 0.04}, "expected the rate at least"),
        ({"rate": float("nan")}, "expected the rate at least"),
        ({"margin": 0.0}, "expected a part of revenue"),
        ({"margin": 1.5}, "expected a part of revenue"),
        ({"years": 0}, "expected 1 to 50"),
        ({"fade": 51}, "expected 1 to 50"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_an_example(changed: dict[str, float], said: str) -> None:
    values = {"rate": 0.10, "years": 5, "fade": 10, "long_run": 0.04, "margin": 0.25}
    with pytest.raises(InputError, match=said):
        Terms(**(values | changed))


def test_a_price_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="expected more than 0"):
        implied_growth(0.0, 0.2, TERMS)
