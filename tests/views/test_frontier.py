"""Frontier as tables: prices with both parts, lows in order, unmatched records marked."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.lenses.frontier import Frontier, frontier
from cardhouse.views import frontier as view


@pytest.fixture(scope="module")
def whole() -> Frontier:
    return frontier(embedded().as_of(date.max))


def test_both_prices_and_the_blend_stand_in_one_line(whole: Frontier) -> None:
    rows = [r for r in view.levels(whole).records() if r["input"] != "" and r["output"] != ""]
    assert len(rows) > 10
    for row in rows:
        assert row["blended"] == pytest.approx((3 * float(str(row["input"])) + float(str(row["output"]))) / 4, abs=1e-4)


def test_the_ai_indexs_own_prices_are_named_as_such(whole: Frontier) -> None:
    quoted = [r for r in view.levels(whole).records() if r["model"] == "by the AI Index itself"]
    assert [r["blended"] for r in quoted] == [20.0, 0.07]


def test_a_price_of_the_day_a_list_was_read_is_not_called_a_beginning(whole: Frontier) -> None:
    """GLM-5.3 Flash is of August 2026; its price is known from a list of October."""
    said = view.headline(whole)[3]
    assert "and $0.24 in October 2026" in said
    assert "since" not in said


def test_a_price_outside_peak_hours_says_so(whole: Frontier) -> None:
    assert "DeepSeek V4.1 Flash, 2026-09-20: outside peak hours; twice as much in them." in view.levels(whole).notes


def test_a_closed_record_that_nobody_matched_has_no_month(whole: Frontier) -> None:
    rows = view.matched(whole).records()
    assert {r["months"] for r in rows if r["open"] == "none"} == {"n.m."}


def test_an_interval_that_holds_no_fall_is_said(whole: Frontier) -> None:
    lines = " ".join(view.headline(whole))
    for level in whole.levels:
        low = level.fall.low
        if hasattr(low, "value") and low.value <= 1.0:
            assert f"The level of {level.model.name}" in lines
            assert "do not exclude that it stood still" in lines
