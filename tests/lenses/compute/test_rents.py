"""Kinds of rents kept apart, and a fall that is known beforehand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cardhouse.book import Book
from cardhouse.lenses.compute.rents import Kind, Rent, fall, kind_of, level, prices, rents
from cardhouse.lenses.measure import Gap, Measure, Why

SINCE = date(2022, 3, 22)


def rent(years: float, price: float, item: str = "list") -> Rent:
    day = SINCE + timedelta(days=years * 365.25)
    return Rent("x", item, Kind.ON_DEMAND, day, years, Measure(price, "USD", day, None, {"news": 1.0}), doubtful=False)


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
    found = level(book, "h100")
    newest = {r.item: r.price.value for r in prices(book, "h100") if r.kind is Kind.ON_DEMAND and r.day.year == 2026}
    values = sorted(newest.values())
    assert found.kind is Kind.ON_DEMAND
    assert found.count == len(values)
    assert found.rent.value == pytest.approx((values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2)


def test_a_past_day_knows_nothing_later(older: Book) -> None:
    assert max(r.day for r in prices(older)) <= older.date
