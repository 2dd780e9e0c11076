"""Measures: arithmetic by hand, what rests on what, and gaps that never become zeros."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.errors import InputError
from cardhouse.lenses.measure import (
    SHARE,
    TIMES,
    USD,
    Gap,
    Measure,
    Why,
    computed,
    derived,
    difference,
    ratio,
    scaled,
    total,
)

END = date(2026, 6, 30)


def money(value: float, *, start: date | None = None, end: date = END, **basis: float) -> Measure:
    return Measure(value, USD, end, start, basis or {"filing": abs(value)}, ("s1",), (f"line {value:g}",))


MISSING = Gap("Oracle, inventory", "the book has none")


def test_a_sum_adds_values_and_the_amounts_of_each_basis() -> None:
    whole = total([money(300.0), money(-100.0, assumption=1.0)])
    assert isinstance(whole, Measure)
    assert whole.value == 200.0
    assert dict(whole.rests_on) == {"filing": 0.75, "assumption": 0.25}  # 300 and 100 of 400 dollars involved
    assert whole.trail == ("line 300", "line -100")


def test_a_sum_spans_from_the_first_to_the_last_day() -> None:
    early = money(1.0, start=date(2025, 7, 1), end=date(2025, 12, 31))
    late = money(2.0, start=date(2026, 1, 1))
    whole = total([early, late])
    assert isinstance(whole, Measure)
    assert (whole.start, whole.end) == (date(2025, 7, 1), END)


def test_a_ratio_is_as_firm_as_both_its_sides() -> None:
    half, fifth = money(50.0, filing=1.0, assumption=1.0), money(200.0, filing=4.0, assumption=1.0)
    share = ratio("share", half, fifth)
    assert isinstance(share, Measure)
    assert share.value == 0.25
    assert share.unit == SHARE
    assert share.assumed == pytest.approx(1 - 0.5 * 0.8)
    assert sum(share.rests_on.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("made", [
    total([money(1.0), MISSING]),
    difference(money(1.0), MISSING),
    scaled(MISSING, 2.0),
    ratio("x", MISSING, money(1.0)),
    ratio("x", money(1.0), MISSING),
    computed("x", max, money(1.0), MISSING, unit=USD),
])  # fmt: skip
def test_whatever_is_made_of_a_gap_is_a_gap_that_names_it(made: object) -> None:
    assert isinstance(made, Gap)
    assert "Oracle, inventory" in str(made)
    assert made.why is Why.MISSING


def test_a_multiple_of_a_loss_means_nothing_and_says_so() -> None:
    multiple = ratio("price to income", money(100.0), money(-5.0), unit=TIMES, positive="net income")
    assert isinstance(multiple, Gap)
    assert multiple.why is Why.NOT_MEANINGFUL
    assert str(multiple) == "price to income: net income is negative"


def test_a_loss_over_revenue_is_a_negative_margin() -> None:
    margin = ratio("net margin", money(-5.0), money(100.0))
    assert isinstance(margin, Measure)
    assert margin.value == -0.05


def test_a_denominator_of_zero_means_nothing() -> None:
    assert isinstance(ratio("margin", money(1.0), money(0.0, filing=1.0)), Gap)


def test_units_that_differ_are_not_added() -> None:
    with pytest.raises(InputError, match="USD_million, share"):
        total([money(1.0), Measure(1.0, SHARE, END)])


def test_no_measure_is_anything_but_a_finite_number() -> None:
    with pytest.raises(InputError, match="nan USD_million"):
        money(float("nan"))


def test_a_formula_without_a_finite_value_is_a_gap() -> None:
    gap = computed("x", lambda a: 1.0 / (a - 1.0), money(1.0), unit=USD)
    assert isinstance(gap, Gap)
    assert gap.why is Why.NOT_MEANINGFUL


def test_what_is_derived_keeps_the_day_of_its_latest_factor() -> None:
    old = money(1.0, end=date(2026, 3, 31))
    assert derived(3.0, TIMES, old, money(2.0)).end == END


def test_an_assumption_has_no_say_in_the_period_of_what_is_derived() -> None:
    flow = money(100.0, start=date(2025, 7, 1))
    rate = Measure(0.5, SHARE, date(2026, 1, 1), None, {"assumption": 1.0})
    assert derived(50.0, USD, flow, rate).start == date(2025, 7, 1)
