"""Charts of prices and of a checked article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from looking import EN, LANGUAGES, sound

from cardhouse.article.check import Report
from cardhouse.article.verdicts import Verdict
from cardhouse.market import Prices
from cardhouse.market.dating import Episode
from cardhouse.market.example import synthetic
from cardhouse.market.explosiveness import explosive
from cardhouse.market.forms import Form
from cardhouse.views.charts import article as checked
from cardhouse.views.charts import market as charts
from cardhouse.views.market_parts import Answer, Asked, read
from cardhouse.views.picture import Chart

DAYS = np.datetime64("2020-01-06", "D") + 7 * np.arange(120)
VALUES = np.concatenate([np.linspace(100.0, 200.0, 60), np.linspace(198.0, 80.0, 40), np.linspace(81.0, 150.0, 20)])


@pytest.fixture(scope="module")
def prices() -> Prices:
    return Prices.of(DAYS, VALUES, name="a price")


def episode(start: int, end: int, *, ongoing: bool = False) -> Episode:
    days = tuple(date.fromisoformat(str(DAYS[i])) for i in (start, (start + end) // 2, end))
    return Episode(start, (start + end) // 2, end, end - start + 1, 3.0, ongoing, days)


def refuse(name: str) -> Prices:
    raise AssertionError(f"no other series is asked for, found {name}")


@pytest.fixture(scope="module")
def known() -> Answer:
    """What is said of a path whose bubble is known."""
    return read(synthetic(start=300, end=420), Asked(replications=100), refuse)


@pytest.fixture(scope="module")
def form(prices: Prices) -> Form:
    return Form("log", explosive(prices.logs), 0.01, (episode(30, 59), episode(110, 119, ongoing=True)))


def shades(chart: Chart) -> list[tuple[str, str]]:
    """First and last day of what is shaded."""
    return [(row["begin"], row["end"]) for row in chart.data if row["begin"]]


def test_shaded_stretches_are_the_dated_ones_and_one_that_goes_on_ends_with_the_prices(
    prices: Prices, form: Form
) -> None:
    chart = sound(charts.phases(prices, form, EN), may_lack=("price", "begin", "end"))
    assert shades(chart) == [(str(DAYS[30]), str(DAYS[59])), (str(DAYS[110]), str(DAYS[119]))]
    assert [row["price"] for row in chart.data if row["price"]] == pytest.approx(VALUES)


def test_a_picture_says_since_when_and_what_the_price_did(prices: Prices, form: Form) -> None:
    """By hand: rows 30 and 59 stand at 100 + 30 x 100/59 and 200, rows 110 and 119 at 81 + 10 x 69/19 and 150."""
    chart = charts.phases(prices, form, EN)
    first, last = f"{DAYS[30]} to {DAYS[59]} (+33%)", f"since {DAYS[110]}, not over (+28%)"
    assert chart.title == f"a price in logs: 2 explosive stretches at 95%, the longest {first}, the last {last}"
    assert f"shaded: {first}, {last}; BSADF above the pointwise 95% curve; " in chart.caption.line()
    assert chart.caption.line().endswith("p value 0.010")
    assert chart.alt == f"Line: price by day. {chart.title}; shaded: {first}, {last}."
    over = charts.phases(prices, replace(form, episodes=(episode(0, 5), episode(30, 59), episode(60, 80))), EN)
    assert over.title == f"a price in logs: 3 explosive stretches at 95%, the longest {first}"
    alone = charts.phases(prices, replace(form, episodes=(episode(60, 99),)), EN)
    assert alone.title == f"a price in logs: explosive at 95%, {DAYS[60]} to {DAYS[99]} (-60%)"  # 198 to 80


def test_the_axis_is_that_of_the_form(prices: Prices, form: Form) -> None:
    """Steady growth is a straight line on the axis on which it is not explosive."""

    def scale(chart: Chart) -> dict[str, Any]:
        return next(layer["encoding"]["y"]["scale"] for layer in chart.spec["layer"] if "y" in layer["encoding"])

    log, level = (charts.phases(prices, replace(form, name=name), EN) for name in ("log", "level"))
    assert (scale(log)["type"], log.caption.unit) == ("log", "price, logarithmic axis")
    assert (scale(level).get("type"), level.caption.unit) == (None, "price, linear axis")
    assert level.key != log.key


def test_of_many_stretches_the_longest_and_the_one_under_way_are_told_all_are_shaded(
    prices: Prices, form: Form
) -> None:
    """Six stretches of 3, 4, ... 7 rows, and one of 2 rows that goes on."""
    made = [episode(15 * k, 15 * k + 2 + k) for k in range(5)] + [episode(118, 119, ongoing=True)]
    chart = charts.phases(prices, replace(form, episodes=tuple(made)), EN)
    assert len(shades(chart)) == 6
    told = chart.caption.line().partition("shaded: ")[2]
    begun = [str(DAYS[i]) for i in (0, 15, 30, 45, 60, 118)]
    assert [day in told for day in begun] == [False, False, True, True, True, True]
    assert ", and 2 others;" in told


def test_stretches_are_no_findings_where_the_test_does_not_reject(prices: Prices, form: Form) -> None:
    chart = sound(charts.phases(prices, replace(form, p_value=0.4), EN), may_lack=("price", "begin", "end"))
    assert chart.title == "a price in logs: not explosive at 95%"
    assert "grey, no findings: " in chart.caption.line()
    found, none = (charts.phases(prices, replace(form, p_value=p), EN).spec["layer"][0]["mark"] for p in (0.01, 0.4))
    assert found["color"] != none["color"]
    assert found["strokeDash"] != none["strokeDash"]  # told apart in grey too


def test_nothing_is_shaded_where_no_stretch_is_dated(prices: Prices, form: Form) -> None:
    chart = sound(charts.phases(prices, replace(form, episodes=()), EN), may_lack=("begin", "end"))
    assert chart.title == "a price in logs: explosive at 95%, no stretch long enough to be dated"
    assert chart.alt.endswith("; nothing is shaded.")
    unknown = charts.phases(prices, replace(form, p_value=None, episodes=()), EN)
    assert unknown.title == "a price in logs: not judged, without critical values"
    assert "p value" not in unknown.caption.line()


def test_the_shades_of_a_known_bubble_lie_in_it(known: Answer) -> None:
    """Truth: the path's growth feeds on itself from row 300 to row 420 and collapses in row 421."""
    for form in known.forms:
        chart = sound(charts.phases(known.prices, form, EN), may_lack=("price", "begin", "end"))
        begin, end = max(shades(chart), key=lambda both: np.datetime64(both[1]) - np.datetime64(both[0]))
        assert str(known.prices.dates[300]) < begin < str(known.prices.dates[360])
        assert end == str(known.prices.dates[420])
        assert f"explosive stretches at 95%, the longest {begin} to {end} (+" in chart.title


def test_shades_and_table_have_the_same_days_in_both_languages(known: Answer) -> None:
    """The picture against the table of the same answer, which the command line prints."""
    rows = known.tables["episodes"].records()
    for form in known.forms:
        dated = [(row["start"], row["end"] or str(known.prices.dates[-1])) for row in rows if row["form"] == form.name]
        for t in LANGUAGES:
            assert shades(charts.phases(known.prices, form, t)) == dated


def test_a_long_series_is_tested_in_part_and_drawn_with_the_days_of_the_test() -> None:
    """Every second of 6,004 days is tested; what is shaded lies on days that were, and the caption says so."""
    rng = np.random.default_rng(5)
    walk = 1000.0 + np.cumsum(rng.normal(size=6004))
    walk[3000:3300] += np.exp(np.arange(300) / 40.0)
    days = np.datetime64("2000-01-01", "D") + np.arange(walk.size)
    found = read(Prices.of(days, walk, name="long"), Asked(replications=100), refuse)
    tested = set(days[1::2].astype(str))
    level = next(form for form in found.forms if form.name == "level")
    chart = charts.phases(found.prices, level, EN)
    assert shades(chart)
    assert {day for both in shades(chart) for day in both} <= tested
    assert chart.caption.line().endswith("tests on 3,002 of the prices")


def test_the_depth_is_measured_from_the_highest_price_before(prices: Prices) -> None:
    chart = sound(charts.drawdowns(prices, EN))
    assert min(row["below"] for row in chart.data) == pytest.approx(80.0 / 200.0 - 1.0)
    assert chart.data[-1]["below"] == pytest.approx(150.0 / 200.0 - 1.0)
    assert chart.title == f"a price: 60% below its high on {DAYS[99]}"


def test_a_long_series_keeps_its_ends_its_highs_and_its_lows() -> None:
    values = 100.0 + np.cumsum(np.random.default_rng(1).normal(size=20_000))
    kept = charts.thinned(values)
    assert len(kept) <= charts.MOST_POINTS + 2
    assert {0, values.size - 1, int(values.argmin()), int(values.argmax())} <= set(kept)
    assert charts.thinned(values[:100]) == list(range(100))


def test_claims_are_counted_by_verdict() -> None:
    class Counted(Report):
        @property
        def counts(self) -> dict[Verdict, int]:
            return {**dict.fromkeys(Verdict, 0), Verdict.CONFIRMED: 3, Verdict.CONTRADICTED: 1}

    report = Counted(None, date(2026, 2, 1), date(2026, 10, 8), (None,) * 4, (), ())  # type: ignore[arg-type]
    chart = sound(checked.verdicts(report, EN))
    assert {row["bar"]: row["value"] for row in chart.data} == {
        "✓ confirmed": 3,
        "≈ imprecise": 0,
        "↻ outdated": 0,
        "✗ contradicted": 1,
        "? not in the book": 0,
    }
    assert chart.title == "4 figures: 3 confirmed, 1 contradicted"
