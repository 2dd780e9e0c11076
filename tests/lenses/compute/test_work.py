"""The roofline by hand, and beside published measurements."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.book import Book
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.compute.chips import chip
from cardhouse.lenses.compute.models import Asked, model
from cardhouse.lenses.compute.tokens import tokens
from cardhouse.lenses.compute.work import Load, Sheet, format_for, reading, touched, training_hours, writing
from cardhouse.lenses.measure import Gap

ROUND = Sheet(flops=1e15, bandwidth=2e12, memory=100e9, format="fp8")
DENSE = Load(total=50e9, active=50e9, cache=200_000.0, context=1_000.0, batch=10.0)


def test_reading_is_two_operations_for_each_active_parameter() -> None:
    assert reading(ROUND, DENSE, flops_use=0.5) == pytest.approx(5_000)  # 0.5e15 / (2 x 50e9)


def test_writing_by_hand_where_memory_is_the_limit() -> None:
    # weights 50 GB at 8 bits; cache 100 kB x 1,000 tokens x 10 conversations = 1 GB; 51 GB at 1 TB/s = 19.6 steps/s
    found = writing(ROUND, DENSE, flops_use=1.0, bandwidth_use=0.5)
    assert found.steps == pytest.approx(1e12 / 51e9)
    assert found.tokens == pytest.approx(10 * found.steps)
    assert (found.spread, found.memory_bound) == (1, True)


def test_writing_by_hand_where_arithmetic_is_the_limit() -> None:
    many = Load(50e9, 50e9, 0.0, 0.0, 1_000.0)
    found = writing(ROUND, many, flops_use=0.5, bandwidth_use=1.0)
    assert not found.memory_bound
    assert found.tokens == pytest.approx(reading(ROUND, many, flops_use=0.5))  # then writing is as fast as reading


def test_a_model_too_large_is_spread_and_each_reads_its_part() -> None:
    large = Load(total=200e9, active=200e9, cache=0.0, context=0.0, batch=1.0)
    found = writing(ROUND, large, flops_use=1.0, bandwidth_use=1.0)
    assert found.spread == 3  # 200 GB in parts of 90
    assert found.steps == pytest.approx(2e12 / (200e9 / 3))


def test_of_a_mixture_few_conversations_touch_few_weights() -> None:
    assert touched(1.0, 0.25) == 0.25
    assert touched(2.0, 0.25) == pytest.approx(0.25 + 0.75 * 0.25)
    assert touched(500.0, 0.055) == pytest.approx(1.0)


@given(st.floats(1.0, 200.0), st.floats(1.01, 2.0))
def test_more_conversations_at_once_never_write_fewer_tokens(batch: float, more: float) -> None:
    def at(b: float) -> float:
        return writing(ROUND, Load(50e9, 50e9, 1e5, 1e3, b), flops_use=0.4, bandwidth_use=0.6).tokens

    assert at(batch * more) >= at(batch) * (1 - 1e-9)


def test_a_cache_that_does_not_fit_is_refused_with_what_to_change() -> None:
    with pytest.raises(InputError, match="lower --batch or --context"):
        writing(ROUND, Load(50e9, 50e9, 200_000.0, 100_000.0, 64.0), flops_use=0.4, bandwidth_use=0.6)


@pytest.mark.parametrize("bad", [{"total": 0.0}, {"active": 60e9}, {"batch": math.nan}, {"context": -1.0}])
def test_a_load_that_cannot_be_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected"):
        Load(**({"total": 50e9, "active": 50e9, "cache": 1.0, "context": 1.0, "batch": 1.0} | bad))


def test_training_hours_are_those_of_six_operations() -> None:
    # DeepSeek-V3: 6 x 37e9 x 14.8e12 = 3.2856e24 operations; at 33 % of 989e12 that is 2.79 million hours
    assert training_hours(37e9, 14.8e12, 989e12, 0.33) * 3600 * 989e12 * 0.33 == pytest.approx(3.2856e24)
    assert training_hours(37e9, 14.8e12, 989e12, 0.33) == pytest.approx(2.788e6, rel=0.01)  # published: 2.788 million


def test_a_machine_without_a_format_takes_the_next_wider_one(book: Book) -> None:
    assert format_for(chip(book, "a100"), "fp8") == "bf16"
    assert format_for(chip(book, "h100"), "fp4") == "fp8"
    assert format_for(chip(book, "vera-rubin"), "fp8") is None


def test_benchmarks_of_three_generations_come_out(book: Book) -> None:
    found = {c.what: c for c in tokens(book).checks if "Llama" in c.conditions}
    assert found["Nvidia H100"].measured.value == 3_066  # MLPerf 4.1: 24,525 tokens a second on eight
    assert len(found) == 3
    for check in found.values():
        assert 0.9 < check.apart.value < 1.1


def test_a_service_at_work_comes_out_for_writing_and_not_for_reading(book: Book) -> None:
    written, read = (c for c in tokens(book).checks if "DeepSeek" in c.conditions)
    assert written.measured.value == pytest.approx(14_800 / 8)
    assert read.measured.value == pytest.approx(73_700 * (608 - 342) / 608 / 8)
    assert 0.9 < written.apart.value < 1.1
    assert read.apart.value < 0.5  # it reads with a third of the use that is assumed: shown, not hidden


def test_the_model_of_the_user_is_dense_where_one_figure_is_given(book: Book) -> None:
    described = model(book, asked=Asked(active=20.0))
    assert described.total.central.value == described.active.central.value == 20e9
    assert "dense" in described.name


def test_cost_of_tokens_is_cost_of_the_hour_over_what_it_does(book: Book) -> None:
    h100 = next(w for w in tokens(book).works if w.hourly.chip.id == "h100")
    by_hand = h100.hourly.sold.central.value / (h100.written.central.value * 3600) * 1e6
    assert h100.per_written.central.value == pytest.approx(by_hand)
    assert h100.per_written.low.value < by_hand < h100.per_written.high.value


def test_unless_the_user_says_so_the_cache_takes_at_most_half_of_the_memory(book: Book) -> None:
    # 30,000 tokens of a 70B model at 8 bits: 164 kB each are 4.9 GB; half of 90 % of 80 GB holds seven, not 64
    memory = chip(book, "h100").memory.central
    long = model(book, "llama-3.3-70b", Asked(context=30_000))
    assert long.inputs(memory, "fp8")[-1].value == 7
    assert model(book, "llama-3.3-70b", Asked(context=30_000, batch=64)).inputs(memory, "fp8")[-1].value == 64


def test_an_unknown_model_is_refused(book: Book) -> None:
    with pytest.raises(UnknownName, match="--params"):
        model(book, "gpt-5")


def test_before_its_default_model_was_known_a_plain_one_is_served(book: Book) -> None:
    from cardhouse.book import embedded

    early = embedded().as_of(book.date.replace(year=2024, month=8, day=31))
    assert model(early).total.central.value == 70e9
    assert isinstance(next(iter(tokens(early).works)).per_read.central, Gap)  # A100: no sheet known then
