"""Megawatts: what is firm and what is not, and needs worked out from money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Firmness, Status, embedded
from cardhouse.lenses.compute.power import Hold, machines_per_mw, power
from cardhouse.lenses.compute.power import hold as hold_of
from cardhouse.lenses.measure import Gap


@pytest.mark.parametrize(
    ("firmness", "status", "held"),
    [
        (Firmness.BINDING, Status.ACTIVE, Hold.FIRM),
        (Firmness.BINDING, Status.PLANNED, Hold.OPTION),
        (Firmness.REPORTED, Status.ACTIVE, Hold.OPTION),
        (Firmness.ANNOUNCED, Status.ACTIVE, Hold.LETTER),
        (Firmness.LETTER_OF_INTENT, Status.PLANNED, Hold.LETTER),
        (Firmness.BINDING, Status.TERMINATED, Hold.LAPSED),
    ],
)
def test_announced_is_never_firm(book: Book, firmness: Firmness, status: Status, held: Hold) -> None:
    assert hold_of(replace(book.ties[0], firmness=firmness, status=status)) is held


def test_a_megawatt_of_machines_is_a_site_less_its_shell(book: Book) -> None:
    # whole sites 35, 40, 50, 50 and 60 million, shells 9 to 12; Huang's 80 to 100 are sites to come and stay out
    found = machines_per_mw(book)
    assert found.central.value == pytest.approx(50 - 10.5)
    assert (found.low.value, found.high.value) == pytest.approx((35 - 12, 60 - 9))


def test_the_need_of_a_cloud_by_hand(book: Book) -> None:
    found = power(book)
    cloud = next(c for c in found.clouds if c.firm == "coreweave")
    assert cloud.active.value == 1_500
    assert cloud.needs.central.value == pytest.approx(cloud.machines.value / found.per_mw.central.value)
    assert cloud.cover.value == pytest.approx(1_500 / cloud.needs.central.value)
    assert cloud.unbuilt.value == pytest.approx(3_700 - 1_500)
    assert cloud.since == date(2024, 10, 1)  # the book's first quarter of its spending


def test_spending_after_the_day_of_the_running_power_is_not_counted(book: Book) -> None:
    nebius = next(c for c in power(book).clouds if c.firm == "nebius")
    assert nebius.active.end == date(2025, 12, 31)
    assert nebius.machines.value < 0.8 * 4_110 + 1  # quarters of 2025 add up to 4,110


def test_a_quarter_that_is_missing_is_the_year_less_the_others(book: Book) -> None:
    # Microsoft, fiscal 2024: 44,477 a year, quarters of October to June 34,560; July to September 2023 is the rest
    microsoft = next(c for c in power(book).clouds if c.firm == "microsoft")
    years = 28_107 + 44_477 + 64_551 + 115_948  # fiscal 2023 to 2026 lie within the life of 4.5 years
    assert microsoft.machines.value == pytest.approx(0.65 * years)
    assert isinstance(microsoft.active, Gap)
    assert isinstance(microsoft.cover, Gap)


def test_openais_chips_and_power_by_hand(book: Book) -> None:
    openai = next(b for b in power(book).buyers if b.firm == "openai")
    assert openai.chips[Hold.FIRM].value == 1_000  # the first gigawatt of AMD
    assert openai.chips[Hold.OPTION].value == 5_000 + 10_000  # the rest of AMD; Broadcom, planned
    assert openai.chips[Hold.LETTER].value == 10_000  # Nvidia's letter
    assert openai.power[Hold.FIRM].value == 4_500 + 4_250
    assert openai.short_firm.value == 1_000 - 1_900 - 8_750
    assert openai.short_all.value == 26_000 - 1_900 - 8_750 - 1_200


def test_chips_of_a_firm_whose_power_is_unknown_are_not_called_homeless(book: Book) -> None:
    meta = next(b for b in power(book).buyers if b.firm == "meta")
    assert isinstance(meta.short_all, Gap)


def test_what_was_not_signed_yet_is_not_there() -> None:
    before = power(embedded().as_of(date(2025, 9, 15)))
    assert {c.tie for c in before.capacities if c.firm == "openai"} == {"openai-oracle-abilene", "openai-oracle-300bn"}
