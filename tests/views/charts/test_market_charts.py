"""Charts of prices and of a checked article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from looking import EN, sound

from cardhouse.article.check import Report
from cardhouse.article.verdicts import Verdict
from cardhouse.market import Prices
from cardhouse.market.dating import Episode
from cardhouse.market.explosiveness import explosive
from cardhouse.market.forms import Form
from cardhouse.views.charts import article as checked
from cardhouse.views.charts import market as charts

DAYS = np.datetime64("2020-01-06", "D") + 7 * np.arange(120)
VALUES = np.concatenate([np.linspace(100.0, 200.0, 60), np.linspace(198.0, 80.0, 40), np.linspace(81.0, 150.0, 20)])


@pytest.fixture(scope="module")
def prices() -> Prices:
    return Prices.of(DAYS, VALUES, name="a price")


def episode(start: int, end: int, *, ongoing: bool = False) -> Episode:
    days = tuple(date.fromisoformat(str(DAYS[i])) for i in (start, (start + end) // 2, end))
    return Episode(start, (start + end) // 2, end, end - start + 1, 3.0, ongoing, days)


@pytest.fixture(scope="module")
def form(prices: Prices) -> Form:
    return Form("log", explosive(prices.logs), 0.01, (episode(30, 59), episode(110, 119, ongoing=True)))


def test_shaded_stretches_are_the_dated_ones_and_one_that_goes_on_ends_with_the_prices(
    prices: Prices, form: Form
) -> None:
    chart = sound(charts.phases(prices, form, EN), may_lack=("price", "begin", "end"))
    spans = [(row["begin"], row["end"]) for row in chart.data if row["begin"]]
    assert spans == [(str(DAYS[30]), str(DAYS[59])), (str(DAYS[110]), str(DAYS[119]))]
    assert [row["price"] for row in chart.data if row["price"]] == pytest.approx(VALUES)
    assert "2 explosive stretches" in chart.title


def test_stretches_are_no_findings_where_the_test_does_not_reject(prices: Prices, form: Form) -> None:
    chart = charts.phases(prices, replace(form, p_value=0.4), EN)
    assert chart.title == "a price: not explosive at 95%"
    assert charts.phases(prices, replace(form, p_value=None, episodes=()), EN).title == chart.title


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
