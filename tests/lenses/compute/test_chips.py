"""Which rows describe an accelerator: no rack for a chip, no sparse peak for a dense one, no used price for a new."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book
from cardhouse.errors import UnknownName
from cardhouse.lenses.compute.chips import chip, find, servers
from cardhouse.lenses.measure import Gap


def test_a_rack_is_divided_by_the_accelerators_it_holds(book: Book) -> None:
    found = chip(book, "gb200")
    assert servers(book, "gb200")["gb200-nvl72"].value == 72
    assert found.price.central.value == pytest.approx(3_400_000 / 72)  # Bernstein, the newest single price
    assert found.price.low.value == pytest.approx(2_000_000 / 72)
    assert found.watts.low.value == pytest.approx(120_000 / 72)
    assert found.whole_price
    assert found.whole_watts


def test_the_middle_of_a_range_says_that_it_is_one(book: Book) -> None:
    found = chip(book, "h100").price.central
    assert found.value == pytest.approx((300_000 + 350_000) / 2 / 8)
    assert any("middle" in flag for flag in found.flags)


def test_a_sparse_peak_that_a_note_doubts_is_not_used(book: Book) -> None:
    assert chip(book, "b200").flops["fp8"].high.value == 4_500  # a row says 9,000, the sparse figure
    assert chip(book, "mi300x").flops["bf16"].low.value == 1_307  # a row says 330.6


def test_only_used_prices_are_flagged_as_second_hand(book: Book) -> None:
    found = chip(book, "a100").price
    assert (found.low.value, found.high.value) == (8_000, 15_000)
    assert any("second-hand" in flag for flag in found.central.flags)
    new = chip(book, "h100", date(2024, 6, 30)).price
    assert new.high.value < 40_000  # resale of 40,000 to 46,000 in April 2023 stays out


def test_a_price_of_a_past_day_knows_nothing_later(book: Book) -> None:
    then = chip(book, "h100", date(2024, 6, 30)).price
    assert {s for m in (then.low, then.central, then.high) for s in m.sources} == {"epoch-cost"}


def test_a_price_of_two_years_before_is_none(book: Book) -> None:
    """The estimate of May 2023 is 863 days old in October 2025, that of August 2023 784: the H100 then has no price."""
    found = chip(book, "h100", date(2025, 10, 8)).price.central
    assert isinstance(found, Gap)
    assert "550 days up to 2025-10-08" in found.reason
    assert chip(book, "h100", date(2024, 10, 8)).price.central.value == 270_000 / 8


def test_the_newest_single_price_is_taken_though_an_older_one_is_surer(book: Book) -> None:
    """B200: 50,000 at its release in 2024 by a newspaper, 40,000 in the street in June 2026 by an article."""
    found = chip(book, "b200").price
    assert (found.central.value, found.high.value) == (40_000, 40_000)
    assert chip(book, "b200", date(2025, 10, 8)).price.central.value == 50_000


def test_an_assumed_price_says_that_it_is_one(book: Book) -> None:
    found = chip(book, "mi300x").price.central
    assert found.assumed == 1.0
    assert any("assumption" in flag for flag in found.flags)


def test_no_price_is_a_gap(book: Book) -> None:
    assert isinstance(chip(book, "tpu-v7").price.central, Gap)


@pytest.mark.parametrize("said", ["h100", "H100", "Nvidia H100", "nvidia h100 "])
def test_names_are_read_as_people_write_them(book: Book, said: str) -> None:
    assert find(book, said) == "h100"


def test_an_unknown_name_suggests_near_ones(book: Book) -> None:
    with pytest.raises(UnknownName, match="did you mean h100"):
        find(book, "h1000")
