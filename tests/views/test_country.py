"""Countries as a table: a ratio only where two figures compare, periods as a reader writes them."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.lenses.country import Comparison, compare
from cardhouse.lenses.measure import SHARE, USD, Gap, Measure
from cardhouse.views import country as view


@pytest.fixture(scope="module")
def whole() -> Comparison:
    return compare(embedded().as_of(date.max), ("us", "cn"))


def test_a_line_has_a_ratio_exactly_where_its_figures_compare(whole: Comparison) -> None:
    for row, record in zip(whole.lines, view.table(whole).records(), strict=True):
        assert (record["ratio"] == "–") == isinstance(row.ratio, Gap)


def test_a_rough_figure_has_a_mark_and_no_headline(whole: Comparison) -> None:
    """American capacity is "about" 1,300 GW: three times may stand in the table, not in the first lines."""
    row = next(r for r in view.table(whole).records() if str(r["what"]).startswith("power generation capacity"))
    assert row["usa"] == "~1,300"
    said = " ".join(view.headline(whole))
    assert "power generation capacity" not in said
    assert "electricity generation 2.3 times" in said


def test_the_definition_stands_behind_the_measure(whole: Comparison) -> None:
    shown = [str(r["what"]) for r in view.table(whole).records()]
    assert "venture capital in AI (oecd)" in shown
    assert "gross domestic product (weo 2025 04)" in shown
    assert "market value over revenue, listed firms with both figures" in shown  # their layers are no definition


def test_who_is_not_behind_a_multiple_is_named(whole: Comparison) -> None:
    said = view.firms(whole)
    assert "China (3): Zhipu AI, MiniMax, SenseTime. Without Cambricon, Alibaba" in said


def test_every_reason_why_not_is_given(whole: Comparison) -> None:
    notes = " ".join(view.table(whole).notes)
    for row in whole.lines:
        if isinstance(row.ratio, Gap) and "not comparable" in row.ratio.reason:
            assert row.ratio.reason in notes


def test_what_is_missing_is_named_once_a_country(whole: Comparison) -> None:
    lines = [note for note in view.table(whole).notes if note.startswith("n/a United States: ")]
    assert len(lines) == 1
    lacking = [r.what for r in whole.lines if isinstance(r.values[0], Gap) and "has none" in r.values[0].reason]
    assert lacking
    assert all(what in lines[0] for what in lacking)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 1, 1), date(2025, 6, 30), "2025 H1"),
        (None, date(2025, 6, 30), "2025-06"),
    ],
)
def test_periods(start: date | None, end: date, said: str) -> None:
    assert view.period(Measure(1.0, "GW", end, start)) == said


def test_figures_in_the_unit_of_their_line() -> None:
    day = date(2025, 12, 31)
    assert view.figure(Measure(0.0645, SHARE, day)) == "6.45"
    assert view.figure(Measure(285_900.0, USD, day)) == "285.9"
    assert view.figure(Measure(4391.0, "TWh", day)) == "4,391"
    assert view.figure(Gap("x", "y")) == "n/a"
