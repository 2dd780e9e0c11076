"""Windows of calendar quarters, and figures that remember where their dollars come from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.economy.figure import ASSUMPTION, ZERO, Figure, shares, total
from cardhouse.economy.window import quarter_end, window_after
from cardhouse.errors import InputError

QUICK = settings(max_examples=100, deadline=None, derandomize=True, database=None)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-11-21", "2026-09-30"),
        ("2026-09-30", "2026-09-30"),
        ("2026-09-29", "2026-06-30"),
        ("2026-01-01", "2025-12-31"),
        ("2026-03-30", "2025-12-31"),
        ("2024-12-31", "2024-12-31"),
    ],
)
def test_the_opening_is_the_last_quarter_end(day, end):
    assert quarter_end(date.fromisoformat(day)) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("day", "quarters", "start", "end", "years"),
    [
        ("2026-10-08", 4, "2026-10-01", "2027-09-30", 1.0),
        ("2026-10-08", 1, "2026-10-01", "2026-12-31", 0.25),
        ("2025-12-31", 1, "2026-01-01", "2026-03-31", 0.25),
        ("2024-12-31", 8, "2025-01-01", "2026-12-31", 2.0),
        ("2026-10-08", 40, "2026-10-01", "2036-09-30", 10.0),
        ("2027-12-31", 1, "2028-01-01", "2028-03-31", 0.25),
        ("2026-04-01", 3, "2026-04-01", "2026-12-31", 0.75),
    ],
)
def test_the_window_is_the_quarters_after_it(day, quarters, start, end, years):
    window = window_after(date.fromisoformat(day), quarters)
    assert (window.start, window.end, window.years) == (date.fromisoformat(start), date.fromisoformat(end), years)
    assert window.opening + timedelta(days=1) == window.start


@pytest.mark.parametrize("quarters", [0, -1, 41])
def test_a_window_of_no_quarter_or_of_a_lifetime_is_refused(quarters):
    with pytest.raises(InputError, match="1 to 40"):
        window_after(date(2026, 10, 8), quarters)


def test_shares_of_a_period_on_paper():
    window = window_after(date(2025, 12, 31), 4)
    assert window.share(date(2026, 1, 1), date(2026, 12, 31)) == 1.0
    assert window.share(date(2026, 12, 31), date(2027, 1, 1)) == 0.5
    assert window.share(date(2025, 12, 31), date(2025, 12, 31)) == 0.0
    assert window.share(date(2027, 1, 1), date(2027, 1, 1)) == 0.0
    assert window.share(None, date(2026, 1, 1)) == 0.0
    assert window.share(date(2026, 2, 1), date(2026, 1, 1)) == 0.0
    # A ramp over 2025 and 2026 has a quarter of its area in the first half of its time.
    assert window.ramp_share(date(2025, 1, 1), date(2026, 12, 31)) == pytest.approx(0.75)
    assert window.ramp_share(date(2026, 1, 1), date(2026, 12, 31)) == 1.0
    assert window.overlap_years(None, None) == 1.0
    assert window.overlap_years(date(2026, 12, 31), None) == pytest.approx(1 / 365)
    assert window.overlap_years(None, date(2025, 12, 31)) == 0.0


@QUICK
@given(DAYS, DAYS, st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_a_period_is_shared_out_whole(one, other, day):
    """Windows that follow each other take all of a period, flat or rising, and nothing twice."""
    start, end = min(one, other), max(one, other)
    windows = [window_after(date(2019, 12, 31), 1)]
    while windows[-1].end < end:
        windows.append(window_after(windows[-1].end, 1))
    assert sum(w.share(start, end) for w in windows) == pytest.approx(1.0)
    assert sum(w.ramp_share(start, end) for w in windows) == pytest.approx(1.0)
    assert all(w.share(start, end) >= 0 and w.ramp_share(start, end) >= 0 for w in windows)
    year = window_after(day, 4)
    quarters = [window_after(year.opening, 1)]
    for _ in range(3):
        quarters.append(window_after(quarters[-1].end, 1))
    assert sum(w.share(start, end) for w in quarters) == pytest.approx(year.share(start, end))
    assert sum(w.ramp_share(start, end) for w in quarters) == pytest.approx(year.ramp_share(start, end))


def test_a_figure_keeps_the_dollars_of_each_kind():
    whole = Figure.of(80.0, "filing", "a") + Figure.of(20.0, "news", "b", flags=("old",))
    assert (whole.value, dict(whole.basis), whole.trail, whole.flags) == (
        100.0,
        {"filing": 80.0, "news": 20.0},
        ("a", "b"),
        ("old",),
    )
    assert shares(whole.basis) == {"filing": 0.8, "news": 0.2}
    half = whole.scaled(0.5, note="halved")
    assert (half.value, dict(half.basis), half.flags) == (50.0, {"filing": 40.0, "news": 10.0}, ("old", "halved"))
    assert dict(whole.scaled(-1.0).basis) == dict(whole.basis)
    assert dict(whole.resting_on(ASSUMPTION, "c").basis) == {ASSUMPTION: 100.0}


def test_a_difference_rests_on_the_dollars_of_both():
    """100 reported less 30 assumed is 70, and 130 dollars were involved."""
    left = Figure.of(100.0, "filing") - Figure.of(30.0, ASSUMPTION)
    assert left.value == 70.0
    assert dict(left.basis) == {"filing": 100.0, ASSUMPTION: 30.0}


def test_nothing_rests_on_nothing():
    assert (ZERO.value, dict(ZERO.basis), shares(ZERO.basis)) == (0.0, {}, {})
    assert total(()).value == 0.0
    assert dict(Figure.of(0.0, "filing").basis) == {}


def test_repeated_trails_and_flags_are_told_once():
    figure = total([Figure.of(1.0, "news", "x", flags=("f",))] * 3)
    assert (figure.value, figure.trail, figure.flags) == (3.0, ("x",), ("f",))


@QUICK
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.sampled_from(["filing", "news", ASSUMPTION])), max_size=6))
def test_the_basis_is_never_negative_and_shares_sum_to_one(parts):
    figure = total(Figure.of(value, kind) for value, kind in parts)
    assert all(dollars >= 0 for dollars in figure.basis.values())
    assert sum(figure.basis.values()) == pytest.approx(sum(abs(v) for v, _ in parts))
    assert not figure.basis or sum(shares(figure.basis).values()) == pytest.approx(1.0)
