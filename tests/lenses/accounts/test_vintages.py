"""Depreciation by vintage: worked by hand, and the laws of straight-line accounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.errors import InputError
from cardhouse.lenses.accounts import Outlay, charge, first_year_change, full_first_year, standing

GROWING = (Outlay(0, 1, 30.0), Outlay(1, 2, 20.0), Outlay(2, 3, 10.0))
"""Ten three years ago, then twenty, then thirty."""
SPENT = st.lists(st.floats(0.1, 1e4), min_size=9, max_size=14)
LIVES = st.floats(0.5, 7.0)


def yearly(amounts: list[float]) -> tuple[Outlay, ...]:
    return tuple(Outlay(k, k + 1, money) for k, money in enumerate(amounts))


def test_three_vintages_on_two_years_with_half_a_year_first_by_hand() -> None:
    """30 counts half, 20 whole, 10 its last half: (15 + 20 + 5) / 2."""
    assert charge(GROWING, 2.0) == pytest.approx(20.0)


def test_three_vintages_on_three_years_with_half_a_year_first_by_hand() -> None:
    assert charge(GROWING, 3.0) == pytest.approx((15.0 + 20.0 + 10.0) / 3.0)


def test_three_vintages_on_two_years_with_a_full_year_first_by_hand() -> None:
    assert charge(full_first_year(GROWING), 2.0) == pytest.approx((30.0 + 20.0) / 2.0)


def test_a_full_first_year_leaves_less_standing_by_hand() -> None:
    """Of 30 one half is left after one of two years; with half a year first three quarters, and of 20 one quarter."""
    assert standing(full_first_year(GROWING), 2.0) == pytest.approx(15.0)
    assert standing(GROWING, 2.0) == pytest.approx(30.0 * 0.75 + 20.0 * 0.25)


def test_spending_over_two_years_is_split_by_days_for_a_full_first_year() -> None:
    assert full_first_year((Outlay(0.5, 1.5, 100.0),)) == (Outlay(1.0, 1.0, 50.0), Outlay(2.0, 2.0, 50.0))


@given(life=LIVES, money=st.floats(1.0, 1e5))
def test_constant_spending_is_charged_in_full_every_year_on_any_life(life: float, money: float) -> None:
    """The law of a steady state: once spending is older than the life and a year, what is charged is what is spent."""
    steady = yearly([money] * 9)
    assert charge(steady, life) == pytest.approx(money)
    assert charge(full_first_year(steady), life) == pytest.approx(money)


def test_without_older_spending_a_longer_life_charges_less() -> None:
    """Two years of 12: on two years 6 and 3 and 3; on four years 12/4 and half of it."""
    new = yearly([12.0, 12.0])
    assert charge(new, 4.0) == pytest.approx(1.5 + 3.0)
    assert charge(new, 4.0) < charge(new, 2.0)


@given(amounts=SPENT, lives=st.tuples(LIVES, LIVES))
def test_a_longer_life_never_charges_more_where_spending_never_fell(
    amounts: list[float], lives: tuple[float, float]
) -> None:
    never_fell = yearly(sorted(amounts, reverse=True))
    short, long = sorted(lives)
    assert charge(never_fell, long) <= charge(never_fell, short) * (1.0 + 1e-9)
    assert standing(never_fell, long) >= standing(never_fell, short) * (1.0 - 1e-9)


def test_where_spending_fell_a_longer_life_can_charge_more() -> None:
    """A hundred four years ago and nothing since: gone on three years, still charged on five."""
    fallen = yearly([0.0, 0.0, 0.0, 100.0])
    assert charge(fallen, 2.0) == 0.0
    assert charge(fallen, 5.0) == pytest.approx(20.0)


@given(amounts=SPENT, life=LIVES)
def test_the_balance_rolls_forward(amounts: list[float], life: float) -> None:
    """What stands at the end is what stood a year before, and this year's spending, less the year's charge."""
    now, before = yearly(amounts), yearly(amounts[1:])
    assert standing(now, life) == pytest.approx(standing(before, life) + amounts[0] - charge(now, life), abs=1e-6)


@given(life=LIVES, start=st.floats(0.0, 0.9), part=st.floats(0.01, 1.0))
def test_over_all_years_a_dollar_spent_in_the_first_is_charged_once(life: float, start: float, part: float) -> None:
    later = [Outlay(start + k, start + part * (1.0 - start) + k, 1.0) for k in range(10)]
    assert sum(charge((o,), life) for o in later) == pytest.approx(1.0)


def test_a_longer_life_from_now_on_spreads_what_is_left_by_hand() -> None:
    """120 bought a year ago on four years: 90 are left; over the five left of six that is 18 instead of 30."""
    assert first_year_change((Outlay(1, 1, 120.0),), 4.0, 6.0) == pytest.approx(18.0 - 30.0)


def test_a_shorter_life_from_now_on_by_hand() -> None:
    """120 bought three years ago on six: 60 are left; over the two left of five that is 30 instead of 20."""
    assert first_year_change((Outlay(3, 3, 120.0),), 6.0, 5.0) == pytest.approx(10.0)


def test_what_is_older_than_its_new_life_is_written_off_at_once() -> None:
    """120 bought four and a half years ago on six: 30 are left, none of a life of four; 30 instead of 20."""
    assert first_year_change((Outlay(4.5, 4.5, 120.0),), 6.0, 4.0) == pytest.approx(10.0)


def test_what_is_written_off_already_does_not_change() -> None:
    assert first_year_change((Outlay(7, 8, 120.0),), 4.0, 6.0) == 0.0


@pytest.mark.parametrize("life", [0.0, -3.0])
def test_a_life_of_nothing_is_refused(life: float) -> None:
    with pytest.raises(InputError, match="expected more than none"):
        charge(GROWING, life)
