"""Payback and return by hand, and the laws that bind them to the cost of an hour."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.book import Book
from cardhouse.errors import InputError
from cardhouse.lenses.compute.hourly import HOURS, hardware, per_hour_sold
from cardhouse.lenses.compute.payback import (
    break_even,
    decay,
    flows,
    internal_return,
    payback,
    payback_years,
    present_value,
)
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.lenses.measure import Gap, Measure, Why

V = {
    "price": 40_000.0,
    "network_share": 0.2,
    "watts": 1_200.0,
    "pue": 1.2,
    "electricity": 0.08,
    "load": 0.75,
    "idle_load": 0.25,
    "utilisation": 0.75,
    "cost_of_capital": 0.10,
    "life": 5.0,
    "shell": 10_000.0,
    "shell_life": 20.0,
    "upkeep_share": 0.04,
}


def test_even_receipts_pay_back_by_division() -> None:
    assert payback_years(1_000.0, np.full(24, 100.0)) == pytest.approx(10 / 12)
    assert payback_years(950.0, np.full(24, 100.0)) == pytest.approx(9.5 / 12)
    with pytest.raises(InputError, match="only 80% of the price comes back"):
        payback_years(3_000.0, np.full(24, 100.0))


def test_a_dollar_that_comes_back_as_one_and_a_tenth_after_a_year_earns_ten_percent() -> None:
    paid = np.zeros(12)
    paid[11] = 1.1
    assert internal_return(1.0, paid) == pytest.approx(0.10)


def test_a_loss_has_a_return_below_zero_and_nothing_has_none() -> None:
    paid = np.zeros(12)
    paid[11] = 0.5
    assert internal_return(1.0, paid) == pytest.approx(-0.5)
    with pytest.raises(InputError, match="no return"):
        internal_return(1.0, np.zeros(12))


def test_a_month_brings_its_hours_times_the_rent_less_what_it_costs_to_run() -> None:
    free = V | {"shell": 0.0, "electricity": 0.0, "upkeep_share": 0.0}
    paid = flows(free, 2.0, 0.0)
    assert len(paid) == 60
    assert paid[0] == pytest.approx(HOURS / 12 * 0.75 * 2.0)


def test_it_is_switched_off_when_rent_no_longer_pays_and_stays_off() -> None:
    paid = flows(V, 2.0, decay(0.6))
    alive = paid > 0
    assert alive[0]
    assert not alive[-1]
    assert np.all(np.diff(alive.astype(int)) <= 0)


def test_a_rent_that_loses_a_share_each_year_has_lost_it_after_twelve_months() -> None:
    free = V | {"shell": 0.0, "electricity": 0.0, "upkeep_share": 0.0}
    paid = flows(free, 2.0, decay(0.3))
    assert paid[12] / paid[0] == pytest.approx(0.7)


@given(st.floats(0.3, 1.0), st.floats(2.0, 8.0), st.floats(0.01, 0.3), st.floats(5_000.0, 80_000.0))
def test_break_even_at_a_constant_rent_is_the_cost_of_an_hour_sold(
    sold: float, life: float, rate: float, price: float
) -> None:
    v = V | {"utilisation": sold, "life": round(life * 12) / 12, "cost_of_capital": rate, "price": price}
    assert break_even(v, 0.0) == pytest.approx(per_hour_sold(v), rel=1e-9)


@given(st.floats(0.01, 0.4), st.floats(0.0, 0.5))
def test_at_its_break_even_rent_it_earns_the_cost_of_capital(rate: float, fall: float) -> None:
    v = V | {"cost_of_capital": rate}
    paid = flows(v, break_even(v, decay(fall)), decay(fall))
    assert internal_return(hardware(v), paid) == pytest.approx(rate, abs=1e-8)


@given(st.floats(1.5, 10.0), st.floats(0.0, 0.4))
def test_at_its_internal_return_what_comes_in_is_worth_what_went_out(rent: float, fall: float) -> None:
    paid = flows(V, rent, decay(fall))
    if not paid.any():
        return
    rate = internal_return(hardware(V), paid)
    assert present_value(paid, rate) == pytest.approx(hardware(V), rel=1e-6)


def test_on_the_book_a_constant_rent_at_the_break_even_gives_the_cost_of_capital(book: Book) -> None:
    found = payback(book, "h100")
    now = [c for c in found.cases if c.bought == book.date]
    constant = next(c for c in now if c.path == "constant")
    assert constant.break_even.value == pytest.approx(found.hourly.sold.central.value)
    earns = constant.internal_return.value > found.hourly.inputs["cost_of_capital"].central.value
    assert earns == (constant.rent.rent.value > constant.break_even.value)


def test_a_purchase_uses_the_price_and_the_rent_of_its_day(book: Book) -> None:
    early = next(c for c in payback(book, "h100").cases if c.bought.year == 2023)
    assert early.rent.rent.value == 4.7  # March 2023, the first market rate
    assert early.outlay.end.year == 2023 or "2023" in " ".join(early.outlay.trail)


def test_a_purchase_tells_of_when_its_price_is(book: Book) -> None:
    cases = {case.bought.year: case for case in payback(book, "h100").cases}
    assert cases[2023].priced == cases[2024].priced == date(2023, 5, 29)
    assert cases[2026].priced == date(2026, 3, 1)
    assert cases[2025].priced is None
    assert isinstance(cases[2025].outlay, Gap)


def test_the_fitted_path_says_on_whose_prices(book: Book) -> None:
    assert [path.name for path in payback(book, "b200").paths[:2]] == ["constant", "fitted on Nvidia H100"]


def test_a_fall_that_may_be_a_rise_guides_no_grid(book: Book) -> None:
    """The interval of the fitted fall reaches below zero, so that returns follow the book's assumption."""
    found = payback(book, "h100")
    assert found.fitted.low.value < 0.0
    assert found.grid_path == "book's assumption"
    assert found.lately.a_year.value < 0.0  # of late rents rose


def test_what_never_pays_back_is_not_meaningful_and_says_how_much_comes_back(book: Book) -> None:
    worst = next(c for c in payback(book, "h100", Choices(life=2.0)).cases if c.path.startswith("-40"))
    assert isinstance(worst.payback, Gap)
    assert worst.payback.why is Why.NOT_MEANINGFUL
    assert "comes back within its life" in worst.payback.reason


def test_a_rent_of_the_users_own_takes_the_place_of_the_books(book: Book) -> None:
    cost = payback(book, "gb300").hourly.sold.central.value
    found = payback(book, "gb300", rent=cost)  # the book has no rent of it
    assert {c.bought for c in found.cases} == {book.date}
    assert found.cases[0].internal_return.value == pytest.approx(0.10)
    with pytest.raises(InputError, match="--rent"):
        payback(book, "gb300", rent=0.0)


def test_more_hours_sold_never_return_less(book: Book) -> None:
    grid = payback(book, "b200").grid
    values = [[r.value for r in row if isinstance(r, Measure)] for row in grid]
    assert all(a <= b for row, more in pairwise(values) for a, b in zip(row, more, strict=True))
