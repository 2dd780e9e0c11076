"""Cost of an hour: arithmetic by hand, and what must hold whatever the figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.book import Book
from cardhouse.economy.required import annuity
from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import chip
from cardhouse.lenses.compute.hourly import (
    HOURS,
    PARTS,
    charge,
    hardware,
    hourly,
    monthly_rate,
    parts,
    per_hour,
    per_hour_sold,
)
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.lenses.measure import Gap, Measure

PLAIN = {
    "price": 40_000.0,
    "network_share": 0.25,
    "watts": 1_000.0,
    "pue": 1.5,
    "electricity": 0.10,
    "load": 0.8,
    "idle_load": 0.2,
    "utilisation": 0.5,
    "cost_of_capital": 0.0,
    "life": 5.0,
    "shell": 10_000.0,
    "shell_life": 20.0,
    "upkeep_share": 0.04,
}


def test_the_monthly_payment_is_the_annuity_of_the_month() -> None:
    assert monthly_rate(0.10) == pytest.approx(0.00797414)  # 1.1 ** (1 / 12) - 1
    assert annuity(0.10, 5.0) == pytest.approx(0.2637975)  # the textbook's table, 10 %, 5 years, paid yearly
    # by hand: 0.00797414 / (1 - 1.1 ** -5) = 0.00797414 / 0.3790787 = 0.02103558 a month
    assert charge(0.10, 5.0) == pytest.approx(12 * 0.02103558, rel=1e-6)
    assert charge(0.0, 5.0) == pytest.approx(0.2)


def test_without_a_return_the_parts_are_plain_division() -> None:
    found = parts(PLAIN)
    assert hardware(PLAIN) == 50_000.0
    assert found["capital"] == pytest.approx(50_000 / 5 / HOURS)
    assert found["building"] == pytest.approx(10_000 / 20 / HOURS)
    assert found["power"] == pytest.approx((0.5 * 0.8 + 0.5 * 0.2) * 1.5 * 0.10)  # 0.5 kW drawn, 0.75 with the site
    assert found["upkeep"] == pytest.approx(2_000 / HOURS)
    assert per_hour_sold(PLAIN) == pytest.approx(per_hour(PLAIN) / 0.5)


@given(st.floats(0.05, 0.98), st.floats(0.001, 0.02))
def test_an_hour_sold_costs_less_the_more_hours_are_sold(sold: float, more: float) -> None:
    v = PLAIN | {"cost_of_capital": 0.1}
    assert per_hour_sold(v | {"utilisation": sold + more}) < per_hour_sold(v | {"utilisation": sold})


def test_of_a_server_no_factor_is_added(book: Book) -> None:
    whole, alone = hourly(book, chip(book, "h100")), hourly(book, chip(book, "b200"))
    assert not {"server_factor", "power_factor"} & set(whole.inputs)
    assert {"server_factor", "power_factor"} <= set(alone.inputs)


def test_the_hour_is_the_sum_of_its_parts_and_its_ends_lie_around_it(book: Book) -> None:
    found = hourly(book, chip(book, "h100"))
    assert isinstance(found.hour, Measure)
    assert found.hour.value == pytest.approx(sum(found.parts[p].value for p in PARTS))
    low, central, high = (found.sold.low.value, found.sold.central.value, found.sold.high.value)
    assert found.corners.low.value < low < central < high < found.corners.high.value
    assert found.swings[0].width >= found.swings[-1].width


def test_a_choice_takes_the_place_of_the_books_range(book: Book) -> None:
    found = hourly(book, chip(book, "h100"), Choices(life=3.0))
    assert [found.inputs["life"].at(b).value for b in ("low", "central", "high")] == [3.0, 3.0, 3.0]
    swing = next(s for s in hourly(book, chip(book, "h100")).swings if s.input == "life")
    assert swing.range.low.value == 3.0  # the book's low end
    assert found.sold.central.value == pytest.approx(swing.at_low.value)


def test_without_a_price_there_is_no_cost_and_it_says_so(book: Book) -> None:
    found = hourly(book, chip(book, "trainium2"))
    assert isinstance(found.sold.central, Gap)
    assert "price" in found.sold.central.reason


@pytest.mark.parametrize(
    "choices", [{"life": 0.0}, {"utilisation": 75.0}, {"price_kwh": float("nan")}, {"cost_of_capital": -0.1}]
)
def test_choices_outside_their_range_are_refused(choices: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected"):
        Choices(**choices)
