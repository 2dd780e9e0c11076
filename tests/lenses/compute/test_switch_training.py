"""Leaving a platform and training against serving: arithmetic that is told elsewhere."""

from __future__ import annotations

import pytest

from cardhouse.book import Book
from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import chip
from cardhouse.lenses.compute.hourly import HOURS, charge, hourly
from cardhouse.lenses.compute.models import Asked
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.lenses.compute.switch import OWNER, switch
from cardhouse.lenses.compute.training import DAYS_A_MONTH, training
from cardhouse.lenses.measure import Gap, Why


def move(book: Book, to: str, basis: str = OWNER, **more: float):
    return next(m for m in switch(book, **more).moves if (m.to, m.basis) == (to, basis))


def test_the_makers_cost_is_the_published_distance_from_the_base(book: Book) -> None:
    found = move(book, "tpu-v7")
    assert found.go.value == pytest.approx(found.stay.value * (1 - 0.44))
    assert "maker" in " ".join(found.go.flags)
    # peaks 2,500 and 2,300 TFLOPS, ported software reaches 85 %: 1 - 0.56 x 2,500 / (2,300 x 0.85)
    assert found.saving.central.value == pytest.approx(1 - 0.56 * 2500 / (2300 * 0.85))


def test_a_choice_moves_both_sides_of_the_published_distance(book: Book) -> None:
    found = next(
        m for m in switch(book, "h100", choices=Choices(life=3.0)).moves if (m.to, m.basis) == ("tpu-v7", OWNER)
    )
    gb200 = hourly(book, chip(book, "gb200"), Choices(life=3.0)).sold.central
    assert found.go.value == pytest.approx(gb200.value * 0.56)


def test_the_saving_of_a_fleet_by_hand(book: Book) -> None:
    found = move(book, "mi355x", fleet=1_000)
    sold = 0.75 * HOURS
    by_hand = 1_000 * sold * (found.stay.value - found.for_one.value * found.go.value) / 1e6
    assert found.a_year.value == pytest.approx(by_hand)


def test_a_port_that_costs_its_worth_leaves_nothing(book: Book) -> None:
    found = move(book, "tpu-v7", horizon=3.0)
    assert found.worth.value * charge(0.10, 3.0) == pytest.approx(found.a_year.value)


def test_the_least_fleet_is_the_one_whose_saving_is_worth_the_port(book: Book) -> None:
    porting = switch(book).porting.central.value
    least = move(book, "tpu-v7").least_fleet.value
    assert move(book, "tpu-v7", fleet=least).worth.value == pytest.approx(porting)


def test_rents_are_compared_with_rents_of_the_same_kind_only(book: Book) -> None:
    listed = move(book, "tpu-v7", "large_cloud_list")
    assert (listed.stay.value, listed.go.value) == ((10.582 + 16.0) / 2, 12.0)  # AWS and Oracle; Google: an hour each
    assert listed.saving.central.value < 0
    assert isinstance(listed.worth, Gap)
    assert listed.worth.why is Why.NOT_MEANINGFUL


def test_an_old_list_price_gives_way_to_new_ones_and_is_told(book: Book) -> None:
    """Trainium2: 0.873 and 1.079 of September 2026, not 2.235 of November 2025; 2,500 over 668.75 TFLOPS times 0.85."""
    found = move(book, "trainium2", "large_cloud_list")
    assert found.go.value == pytest.approx(0.976)
    assert found.saving.central.value == pytest.approx(1 - 0.976 * 2500 / (668.75 * 0.85) / ((10.582 + 16.0) / 2))
    assert any("2025-11-30" in flag for flag in found.go.flags)


def test_what_was_given_wrongly_is_named_alone(book: Book) -> None:
    with pytest.raises(InputError, match="a fleet of 0; expected 1 accelerator or more; change --fleet"):
        switch(book, fleet=0.0)


def test_one_makers_generations_are_no_change_of_platform(book: Book) -> None:
    assert not {m.to for m in switch(book).moves} & {"h100", "h200", "b200", "gb300", "a100"}


@pytest.mark.parametrize("bad", [{"fleet": 0.0}, {"fleet": float("nan")}, {"fleet": float("inf")}, {"horizon": 0.0}])
def test_a_fleet_or_horizon_that_cannot_be_is_refused(book: Book, bad: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected"):
        switch(book, **bad)


def test_deepseeks_own_arithmetic_comes_out(book: Book) -> None:
    run = next(p for p in training(book).published if p.name == "DeepSeek V3")
    assert run.hours.value == 2_788_000
    assert run.cost.value == pytest.approx(5.576)  # the report: 2.788 million hours at 2 dollars
    assert run.price.value == pytest.approx(2.0)
    assert run.operations.value == pytest.approx(6 * 37e9 * 14.8e12)


def test_a_month_of_serving_is_its_tokens_at_their_cost(book: Book) -> None:
    found = training(book)
    h100 = next(r for r in found.runs if r.work.hourly.chip.id == "h100")
    daily = 608e9 * h100.work.per_read.central.value / 1e6 + 168e9 * h100.work.per_written.central.value / 1e6
    assert h100.serving.value == pytest.approx(daily * DAYS_A_MONTH / 1e6)
    assert h100.months.value == pytest.approx(h100.owned.value / h100.serving.value)


def test_twice_the_tokens_cost_twice_the_run(book: Book) -> None:
    one, two = (
        next(r for r in training(book, asked=Asked(params=70), tokens=t).runs if r.work.hourly.chip.id == "h100")
        for t in (15e12, 30e12)
    )
    assert two.owned.value == pytest.approx(2 * one.owned.value)
    assert isinstance(one.serving, Gap)  # nobody told how much such a model serves


def test_what_a_laboratory_spent_is_compared_within_one_period(book: Book) -> None:
    spent = next(s for s in training(book).spent if s.name == "Anthropic")
    assert spent.ratio.value == pytest.approx(4_100 / 2_700)
    assert (spent.training.start, spent.training.end) == (spent.serving.start, spent.serving.end)
