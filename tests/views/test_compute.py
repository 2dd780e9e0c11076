"""Tables of compute economics: numbers a reader can quote, gaps named, nothing wider than the page."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from cardhouse.book import Book, embedded
from cardhouse.lenses.compute.hourly import hourly
from cardhouse.lenses.compute.overview import depth, overview
from cardhouse.lenses.compute.payback import payback
from cardhouse.lenses.compute.power import power
from cardhouse.lenses.compute.ranges import Choices, Range
from cardhouse.lenses.compute.rents import rents
from cardhouse.lenses.compute.switch import switch
from cardhouse.lenses.compute.tokens import tokens
from cardhouse.lenses.compute.training import training
from cardhouse.lenses.measure import Gap, Measure, not_meaningful
from cardhouse.views import compute as view
from cardhouse.views import compute_market, compute_power, compute_work
from cardhouse.views.compute_words import INPUTS, RENT_KINDS, lines, number, payload, short, span, with_unit
from cardhouse.views.table import Table, text

DAY = date(2026, 10, 8)


@cache
def at(day: date) -> Book:
    return embedded().as_of(day)


def tables(book: Book) -> list[Table | str]:
    one, served, trained = depth(book, "h100"), tokens(book), training(book)
    rented, paid, watts = rents(book), payback(book, "b200"), power(book)
    return [
        view.overview(overview(book)),
        view.parts(one.line.work.hourly),
        view.inputs(one.line.work.hourly),
        compute_work.tokens(served),
        compute_work.prices(served),
        compute_work.checks(served),
        compute_work.training(trained),
        compute_work.published(trained),
        compute_market.falls(rented),
        compute_market.prices(rented),
        compute_market.cases(paid),
        compute_market.grid(paid),
        compute_market.moves(switch(book)),
        compute_power.clouds(watts),
        compute_power.buyers(watts),
        compute_power.ties(watts),
    ]


@pytest.mark.parametrize("day", [DAY, date(2025, 12, 31), date(2024, 6, 30), date(2023, 6, 30)])
def test_every_table_fits_the_page_and_shows_no_hole(day: date) -> None:
    for table in tables(at(day)):
        if isinstance(table, str):
            continue
        drawn = text(table, width=100)
        assert max(map(len, drawn.splitlines())) <= 100, table.title
        assert "None" not in drawn, table.title
        assert " nan" not in drawn.lower(), table.title


def test_every_input_and_kind_has_words() -> None:
    found = hourly(at(DAY), overview(at(DAY)).lines[0].work.hourly.chip)
    assert set(found.inputs) <= set(INPUTS)
    assert {line.rent.kind for line in overview(at(DAY)).lines} - {None} <= set(RENT_KINDS)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (0.0386, "0.039"), (0.3, "0.30"), (2.674, "2.67"), (40.625, "40.6"), (48_750.0, "48,750")],
)
def test_numbers_keep_two_digits_that_count(value: float, words: str) -> None:
    assert number(value) == words


def test_a_gap_stays_a_mark_and_a_range_without_ends_is_blank() -> None:
    gap = Gap("x", "the book has none")
    assert short(gap) == "n/a"
    assert short(not_meaningful("x", "never pays back")) == "n.m."
    assert span(Range(gap, gap, gap)) == ""
    assert with_unit(Measure(0.75, "share", DAY)) == "75%"


def test_the_table_says_what_the_json_says() -> None:
    found = overview(at(DAY))
    row = next(r for r in view.overview(found).records() if r["accelerator"] == "H100")
    told = payload(found, whole=False)
    line = next(x for x in told["lines"] if x["work"]["hourly"]["chip"]["id"] == "h100")
    assert row["sold"] == number(line["work"]["hourly"]["sold"]["central"]["value"])
    assert row["rent"] == number(line["rent"]["rent"]["value"])
    assert line["rent"]["kind"] == "on_demand"


def test_one_accelerator_in_json_has_its_inputs_and_many_have_not() -> None:
    one = payload(depth(at(DAY), "h100"), whole=True)["line"]["work"]["hourly"]
    assert one["inputs"]["life"]["central"]["trail"]
    many = payload(overview(at(DAY)), whole=False)["lines"][0]["work"]["hourly"]
    assert "inputs" not in many
    assert many["sold"]["central"]["sources"]


def test_the_file_has_every_figure_in_full_with_its_place_in_the_json() -> None:
    found = depth(at(DAY), "h100")
    rows = {r["figure"]: r for r in lines(found).records()}
    sold = rows["line.work.hourly.sold.central"]
    assert sold["value"] == found.line.work.hourly.sold.central.value
    assert sold["unit"] == "USD_per_hour"
    gaps = [r for r in rows.values() if r["value"] is None]
    assert gaps
    assert all(r["reason"] for r in gaps)


def test_a_rent_stands_with_its_kind_count_and_months() -> None:
    row = next(r for r in view.overview(overview(at(DAY))).records() if r["accelerator"] == "H100")
    assert row["rent_kind"] == "on demand (10), 2026-04 to 2026-10"


def test_the_median_stands_beside_the_least_and_the_most() -> None:
    """Ten lists from Lambda's 2.49 to CoreWeave's 6.155, in the middle 3.627 and 3.90; an hour must bring 2.67."""
    said = view.summary(depth(at(DAY), "h100"))[1]
    assert "lets for 3.76 dollars (on demand, the median of 10 prices from 2.49 to 6.16, of 2026-04 to" in said
    assert said.endswith("141% of that.")


def test_a_purchase_without_a_fresh_price_is_one_line_with_a_reason() -> None:
    table = compute_market.cases(payback(at(DAY), "h100"))
    rows = [r for r in table.records() if str(r["bought"]).startswith("2025")]
    assert [(r["path"], r["outlay"]) for r in rows] == [("any", "n/a")]
    assert any("550 days up to 2025-10-08" in note for note in table.notes)


def test_a_sample_of_one_accelerator_is_named_after_it() -> None:
    assert compute_market.falls(rents(at(DAY))).records()[0]["sample"] == "same series: H100"


def test_without_the_cost_of_a_megawatt_the_need_is_not_told_as_a_number() -> None:
    notes = " ".join(compute_power.clouds(power(at(date(2025, 6, 30)))).notes)
    assert "The book has no cost of a megawatt by that day" in notes
    assert "n/a million" not in notes
    assert "A megawatt of machines costs" in " ".join(compute_power.clouds(power(at(DAY))).notes)


def test_a_reader_is_told_what_was_changed() -> None:
    said = view.dateline(at(DAY), Choices(life=3.0, utilisation=0.6))
    assert said == "book of 2026-10-08 · USD · life 3 as given · utilisation 0.6 as given"


def test_others_estimates_stand_beside_ours_of_the_same_hours() -> None:
    notes = " ".join(view.overview(overview(at(DAY))).notes)
    ours = next(x for x in overview(at(DAY)).lines if x.name.endswith("B200")).work.hourly.hour
    assert f"B200 1.95 (SemiAnalysis, large cloud, 2025; here {short(ours)})" in notes
