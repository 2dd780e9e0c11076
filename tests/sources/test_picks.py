"""Tags to metrics, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.sources.picks import in_book_unit, pick

LATER = {"accn": "0000000001-26-000009", "filed": "2026-05-01"}
DAY = date(2026, 11, 1)


def picked(answer, *metrics, since=None, known_by=DAY):
    return pick(answer, metrics, since=since, known_by=known_by)


def values(picks) -> list[tuple[float, str, str]]:
    return [(p.value, p.unit, p.filed.tag) for p in picks.found]


def test_the_first_tag_that_has_the_period_wins_period_by_period(answer, entry, metric) -> None:
    """2,000 by the usual tag; the year before was filed under the older tag only."""
    before = {"start": "2024-01-01", "end": "2024-03-31"}
    found = answer(
        SalesRevenueNet={"USD": [entry(1_999e6), entry(1_500e6, **before)]}, Revenues={"USD": [entry(2_000e6)]}
    )
    assert values(picked(found, metric("Revenues", "SalesRevenueNet"))) == [
        (1500.0, "USD_million", "us-gaap:SalesRevenueNet"),
        (2000.0, "USD_million", "us-gaap:Revenues"),
    ]


def test_a_tag_of_another_taxonomy_is_named_with_it(answer, entry, metric) -> None:
    found = answer(dei__EntityCommonStockSharesOutstanding={"shares": [entry(2_770_968_000, start=None)]})
    shares = metric("dei:EntityCommonStockSharesOutstanding", kind="stock", unit="shares_million", name="shares")
    assert values(picked(found, shares)) == [(2770.968, "shares_million", "dei:EntityCommonStockSharesOutstanding")]


@pytest.mark.parametrize(
    ("value", "filed", "unit", "expected"),
    [
        (188_684_000, "USD", "USD_million", (188.684, "USD_million")),
        (21_688_767e6, "JPY", "USD_million", (21_688_767.0, "JPY_million")),
        (1.27, "USD/shares", "USD", (1.27, "USD")),
        (3.5, "EUR/shares", "USD", (3.5, "EUR")),
        (235_753_600, "shares", "shares_million", (235.7536, "shares_million")),
        (800_125e6, "RUB", "USD_million", None),
        (5, "USD/shares", "USD_million", None),
        (5, "USD", "USD", None),  # money is no price
        (5, "pure", "USD_million", None),
        (5, "USD", "percent", None),
    ],
)
def test_units_become_those_of_the_book_and_currencies_stay(value, filed, unit, expected) -> None:
    assert in_book_unit(value, filed, unit) == expected


def test_the_first_filing_is_known_first_and_only_a_different_figure_comes_after_it(answer, entry, metric) -> None:
    repeated = {"accn": "0000000001-25-000005", "filed": "2025-08-01"}
    found = answer(Revenues={"USD": [entry(91.5e6, **LATER), entry(117.5e6, **repeated), entry(117.5e6)]})
    first, second = picked(found, metric("Revenues")).found
    assert (first.value, first.filed.filed, first.before) == (117.5, date(2025, 5, 1), None)
    assert (second.value, second.filed.filed, second.before) == (91.5, date(2026, 5, 1), 117.5)


def test_a_figure_restated_and_restated_back_has_three_rows(answer, entry, metric) -> None:
    back = {"accn": "0000000001-26-000010", "filed": "2026-08-01"}
    found = answer(Revenues={"USD": [entry(5e6), entry(6e6, **LATER), entry(5e6, **back)]})
    assert [p.value for p in picked(found, metric("Revenues")).found] == [5.0, 6.0, 5.0]


def test_a_cent_more_a_share_is_a_restatement(answer, entry, metric) -> None:
    """0.5 looks rounder than 0.51, yet no price is rounded to ten cents."""
    found = answer(EarningsPerShareDiluted={"USD/shares": [entry(0.51), entry(0.5, **LATER)]})
    eps = metric("EarningsPerShareDiluted", unit="USD", name="eps")
    assert [p.value for p in picked(found, eps).found] == [0.51, 0.5]


def test_six_months_stay_six_months_and_the_quarter_inside_is_named(answer, entry, metric) -> None:
    half = entry(3_860e6, end="2025-06-30", accn="0000000001-25-000002", filed="2025-08-13")
    found = answer(Spent={"USD": [entry(1_407e6), half]})
    picks = picked(found, metric("Spent", name="capex"))
    assert [p.value for p in picks.found] == [1407.0, 3860.0]
    assert picks.quarters == (("capex", date(2025, 6, 30)),)


def test_dollars_beside_another_currency_are_a_translation_and_left_out(answer, entry, metric) -> None:
    years = [entry(v, start=f"{y}-01-01", end=f"{y}-12-31", form="20-F") for v, y in ((7e9, 2023), (8e9, 2024))]
    found = answer(Revenues={"CNY": years, "USD": [years[1] | {"val": 1.1e9}]})
    picks = picked(found, metric("Revenues"))
    assert [(p.value, p.unit) for p in picks.found] == [(7000.0, "CNY_million"), (8000.0, "CNY_million")]
    assert picks.left_out == {"in USD, not the currency of the filing's accounts": 1}


def test_a_proxy_statement_holds_no_accounts_and_an_amended_report_does(answer, entry, metric) -> None:
    found = answer(Revenues={"USD": [entry(1e6, form="DEF 14A"), entry(2e6, form="10-Q/A")]})
    picks = picked(found, metric("Revenues"))
    assert [p.value for p in picks.found] == [2.0]
    assert picks.left_out == {"of form DEF 14A, which holds no accounts": 1}


def test_several_values_in_one_filing_are_left_out(answer, entry, metric) -> None:
    picks = picked(answer(Revenues={"USD": [entry(1e6), entry(9e6)]}), metric("Revenues"))
    assert picks.found == ()
    assert picks.left_out == {"of one tag and period with several values in one filing": 2}


def test_a_flow_needs_a_period_and_a_stock_a_day(answer, entry, metric) -> None:
    found = answer(Revenues={"USD": [entry(1e6, start=None)]}, Assets={"USD": [entry(1e6)]})
    picks = picked(found, metric("Revenues"), metric("Assets", kind="stock", name="assets"))
    assert (picks.found, picks.missing) == ((), ("revenue", "assets"))
    assert sum(picks.left_out.values()) == 2


def test_metrics_without_a_figure_are_named_and_those_without_a_tag_are_not_asked_for(answer, entry, metric) -> None:
    found = answer(Revenues={"USD": [entry(1e6)]})
    picks = picked(found, metric("Revenues"), metric("Goodwill", kind="stock", name="goodwill"), metric(name="arr"))
    assert picks.missing == ("goodwill",)


def test_only_periods_since_a_day_and_filings_known_by_a_day(answer, entry, metric) -> None:
    found = answer(
        Revenues={"USD": [entry(1e6, start="2024-01-01", end="2024-03-31"), entry(5e6), entry(6e6, **LATER)]}
    )
    since = picked(found, metric("Revenues"), since=date(2025, 3, 31))
    assert [p.value for p in since.found] == [5.0, 6.0]
    then = picked(found, metric("Revenues"), known_by=date(2026, 4, 30))
    assert [p.value for p in then.found] == [1.0, 5.0]


def test_refused_figures_are_counted_only_where_a_metric_wanted_them(answer, entry, metric) -> None:
    found = answer(Revenues={"USD": [entry("1")]}, Other={"USD": [entry("1")]})
    assert picked(found, metric("Revenues")).left_out == {"the value is no number": 1}
