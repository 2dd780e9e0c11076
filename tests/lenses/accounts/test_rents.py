"""The economic life from rents: against a sum over small steps, and against cases with a plain answer."""

from __future__ import annotations

import math

import pytest

from cardhouse.book import Book
from cardhouse.errors import InputError
from cardhouse.lenses.accounts import economic_life
from cardhouse.lenses.accounts.rents import duration, same_value_life, switched_off
from cardhouse.lenses.measure import Measure

STEPS = 200_000


def test_a_rent_that_halves_each_year_covers_an_eighth_for_three_years() -> None:
    assert switched_off(0.5, 0.125) == pytest.approx(3.0)


@pytest.mark.parametrize(("decay", "running", "rate"), [(0.2, 0.13, 0.10), (0.35, 0.25, 0.12), (0.1, 0.08, 0.05)])
def test_charges_of_the_life_are_worth_what_the_fall_of_value_is_worth(
    decay: float, running: float, rate: float
) -> None:
    """The definition, by brute force: value at each age from the rents to come, then its fall discounted."""
    end = switched_off(decay, running)
    step = end / STEPS
    value, worth, fall = 0.0, [0.0] * (STEPS + 1), 0.0
    for k in range(STEPS - 1, -1, -1):
        net = (1.0 - decay) ** ((k + 0.5) * step) - running
        value = value * math.exp(-rate * step) + net * step * math.exp(-rate * step / 2)
        worth[k] = value
    for k in range(STEPS):
        fall += (worth[k] - worth[k + 1]) * math.exp(-rate * (k + 0.5) * step)
    life = same_value_life(decay, running, rate)
    assert (1.0 - math.exp(-rate * life)) / (rate * life) == pytest.approx(fall / worth[0], rel=1e-6)


def test_without_interest_the_life_is_twice_the_mean_time_of_the_net_rents() -> None:
    """As the rate goes to nought (1 - exp(-r L)) / (r L) goes to 1 - r L / 2."""
    assert same_value_life(0.2, 0.13, 1e-6) == pytest.approx(2.0 * duration(0.2, 0.13, 1e-6), rel=1e-4)


def test_faster_falling_rents_shorten_the_life() -> None:
    lives = [same_value_life(decay, 0.13, 0.10) for decay in (0.1, 0.2, 0.35, 0.5)]
    assert lives == sorted(lives, reverse=True)


@pytest.mark.parametrize(
    ("decay", "running", "rate"), [(0.0, 0.1, 0.1), (1.0, 0.1, 0.1), (0.2, 1.2, 0.1), (0.2, 0.1, 0.0)]
)
def test_what_cannot_be_meant_is_refused(decay: float, running: float, rate: float) -> None:
    with pytest.raises(InputError, match="expected"):
        same_value_life(decay, running, rate)


def test_the_book_gives_a_range_that_rests_on_assumptions(real: Book) -> None:
    slow, central, fast = (economic_life(real, case).life for case in ("low", "central", "high"))
    assert isinstance(slow, Measure)
    assert isinstance(central, Measure)
    assert isinstance(fast, Measure)
    assert slow.value > central.value > fast.value
    assert central.assumed == 1.0
