"""Kinds of rents kept apart, and a fall that is known beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cardhouse.book import Book, Confidence, Fact, Where, embedded
from cardhouse.lenses.compute.rents import NEAR_DAYS, Kind, Rent, fall, kind_of, level, prices, rents
from cardhouse.lenses.measure import Gap, Measure, Why

SINCE = date(2022, 3, 22)


def rent(years: float, price: float, item: str = "list") -> Rent:
    day = SINCE + timedelta(days=years * 365.25)
    return Rent("x", item, Kind.ON_DEMAND, day, years, Measure(price, "USD", day, None, {"news": 1.0}), doubtful=False)


def row(day: str, price: float, item: str) -> Fact:
    end, where = date.fromisoformat(day), Where("facts.csv", 1)
    metric, source = "rental_price_per_gpu_hour", "costnimbus"
    return Fact("h100", metric, item, None, end, price, "USD", source, end, Confidence.MEDIUM, "", where)


def book_of(*rows: Fact) -> Book:
    """The shipped book with these prices instead of its own figures."""
    return replace(embedded(), facts=rows).as_of(date(2026, 10, 8))


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("semianalysis-one-year", Kind.ONE_YEAR),
        ("google-three-year", Kind.LONGER),
        ("aws-p5", Kind.LARGE_CLOUD),
        ("google-spot", Kind.SPOT),
        ("silicon-data-spot-index", Kind.SPOT),
        ("on-demand-high", Kind.ENDS),
        ("list-average", Kind.ENDS),
        ("reserved-lowest", Kind.ENDS),
        ("on-demand-middle", Kind.ENDS),
        ("aimultiple-median", Kind.ENDS),
        ("aws-trn2-sparecores-low", Kind.LARGE_CLOUD),  # one cloud's cheapest region is a price of its list
        ("lambda", Kind.ON_DEMAND),
        ("at-cost", None),
        ("market-bet", None),
    ],
)
def test_the_item_tells_the_kind(item: str, kind: Kind | None) -> None:
    assert kind_of(item) is kind


def test_a_rent_that_halves_every_two_years_is_found_to_do_so() -> None:
    rows = [rent(y, 8.0 * 0.5 ** (y / 2)) for y in (0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 4.5)]
    found = fall("made", rows, lambda r: (r.item,))
    assert found.half_life.value == pytest.approx(2.0)
    assert found.a_year.value == pytest.approx(1 - 0.5**0.5)


def test_series_at_different_levels_do_not_hide_the_fall() -> None:
    dear = [rent(y, 12.0 * 0.7**y, "dear") for y in (2.0, 3.0, 4.0, 4.5)]
    cheap = [rent(y, 2.0 * 0.7**y, "cheap-list") for y in (0.0, 1.0, 1.5, 2.0)]
    assert fall("made", dear + cheap, lambda r: (r.item,)).a_year.value == pytest.approx(0.3)
    assert fall("mixed", dear + cheap, lambda _: ("all",)).a_year.value != pytest.approx(0.3, abs=0.1)


def test_a_rising_rent_has_no_half_life() -> None:
    rows = [rent(y, 2.0 * 1.1**y) for y in range(8)]
    found = fall("made", rows, lambda r: (r.item,))
    assert isinstance(found.half_life, Gap)
    assert found.half_life.why is Why.NOT_MEANINGFUL


def test_too_few_prices_are_a_gap_that_counts_them() -> None:
    found = fall("made", [rent(0.0, 2.0), rent(1.0, 1.0)], lambda r: (r.item,))
    assert isinstance(found.a_year, Gap)
    assert "2 rows for 2 coefficients" in found.a_year.reason


def test_the_embedded_book_keeps_doubtful_prices_and_ends_out(book: Book) -> None:
    found = rents(book)
    assert found.left_out == sum(r.doubtful for r in found.rows) == 1  # AWS p5 at 10.08 in January 2026
    series = found.falls[0]
    assert series.line is not None
    assert series.low.value < series.a_year.value < series.high.value
    usable = [r for r in found.rows if not r.doubtful and r.kind is not Kind.ENDS]
    repeated = [r for r in usable if len({(s.day) for s in usable if (s.chip, s.item) == (r.chip, r.item)}) > 1]
    assert series.line.rows == len(repeated)


def test_todays_rent_is_the_median_of_one_kind(book: Book) -> None:
    """H100 on demand in the half-year to its newest price: ten lists, from Lambda's of April to CoreWeave's."""
    found = level(book, "h100")
    assert (found.kind, found.count) == (Kind.ON_DEMAND, 10)
    by_hand = [2.49, 2.69, 3.2, 3.49, 3.627, 3.9, 3.99, 4.41, 4.5, 6.155]
    assert sorted(r.price.value for r in found.prices) == by_hand
    assert found.rent.value == pytest.approx((3.627 + 3.9) / 2)
    assert all((found.prices[-1].day - r.day).days <= NEAR_DAYS for r in found.prices)


def test_prices_of_a_half_year_before_the_newest_are_history() -> None:
    """Of 4.00 in January and 2.00 in September only the second is today's; 4.00 is twice as much, so it is told."""
    found = level(book_of(row("2026-01-10", 4.0, "one"), row("2026-09-20", 2.0, "two")), "h100")
    assert (found.count, found.rent.value) == (1, 2.0)
    assert any("of 2026-01-10 (one) was 4.00" in flag for flag in found.rent.flags)


def test_two_prices_near_each_other_need_no_warning() -> None:
    found = level(book_of(row("2026-01-10", 3.9, "one"), row("2026-09-20", 2.0, "two")), "h100")
    assert found.rent.flags == ()


def test_a_kind_without_fresh_prices_gives_way_to_one_that_has_them() -> None:
    found = level(book_of(row("2026-01-10", 4.0, "one"), row("2026-09-20", 1.0, "aws-p5")), "h100")
    assert (found.kind, found.rent.value) == (Kind.LARGE_CLOUD, 1.0)


def test_trainium2_lets_for_the_middle_of_its_two_regions(book: Book) -> None:
    """13.971 and 17.268 dollars an hour over 16 chips in September 2026; 35.76 over 16 of November 2025 is told."""
    found = level(book, "trainium2")
    assert found.rent.value == pytest.approx((0.873 + 1.079) / 2)
    assert found.count == 2
    assert any("of 2025-11-30 (aws-trn2-capacity-block)" in flag for flag in found.rent.flags)


def test_a_sample_names_the_accelerators_that_are_in_it(book: Book) -> None:
    """Only the H100 has series of two prices or more, so the fall of the same series is its own."""
    same, lately, *_ = rents(book).falls
    assert same.chips == lately.chips == ("h100",)
    assert same.line is not None
    assert lately.line is not None
    assert lately.line.rows < same.line.rows


def test_a_past_day_knows_nothing_later(older: Book) -> None:
    assert max(r.day for r in prices(older)) <= older.date
