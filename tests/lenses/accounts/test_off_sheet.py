"""Obligations off the sheet, cash and days, gains, and losses through an owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from cardhouse.book import Book
from cardhouse.lenses.accounts import cash_lines, commitments, days, gains, look_through, present_value
from cardhouse.lenses.measure import USD, Gap, Measure, Why

Make = Callable[..., Book]
EARNED = Measure(50.0, USD, date(2025, 12, 31))


def value(reading: Measure | Gap) -> float:
    assert isinstance(reading, Measure), reading
    return reading.value


def test_two_payments_of_a_hundred_at_five_percent_by_hand() -> None:
    """100 / 1.05 + 100 / 1.05^2, and a year later less by another 1.05."""
    worth = 100.0 / 1.05 + 100.0 / 1.05**2
    assert present_value(200.0, 0.05, 0.0, 2.0) == pytest.approx(worth)
    assert present_value(200.0, 0.05, 1.0, 2.0) == pytest.approx(worth / 1.05)
    assert present_value(200.0, 0.0, 1.0, 2.0) == 200.0


OWED = [
    ("total_debt", "", "", "2025-12-31", "100"),
    ("operating_lease_liabilities", "", "", "2025-12-31", "10"),
    ("finance_lease_liabilities", "", "", "2025-12-31", "5"),
    ("leases_not_commenced", "", "", "2025-12-31", "150"),
    ("leases_not_commenced_signed_after_period", "", "", "2026-01-20", "50"),
    ("guarantees_maximum_exposure", "site", "", "2025-12-31", "7"),
    ("guarantees_maximum_exposure", "chips", "", "2025-12-31", "3"),
    ("vie_maximum_loss_exposure", "venture", "", "2025-12-31", "46"),
    ("residual_value_guarantee_maximum", "venture", "", "2025-12-31", "28"),
    ("purchase_commitments", "", "", "2025-12-31", "400"),
]


def test_debt_is_adjusted_for_each_obligation_once_by_hand(cloud: Make) -> None:
    """100 + 15 + (200 in two payments at 5 percent) + 10 + 28; neither the other 18 of the vehicle nor purchases."""
    found = commitments(cloud(OWED), "cumulus", EARNED, {})
    leases = 100.0 / 1.05 + 100.0 / 1.05**2
    assert value(found.leases_ahead) == 200.0
    assert value(found.leases_ahead_value) == pytest.approx(leases)
    assert value(found.adjusted) == pytest.approx(100.0 + 15.0 + leases + 10.0 + 28.0)
    assert value(found.leverage) == 2.0
    assert value(found.adjusted_leverage) == pytest.approx(value(found.adjusted) / 50.0)
    assert (value(found.vehicles), value(found.purchases)) == (46.0, 400.0)
    assert found.lacking == ()
    least = 200.0 / 3.0 * (1.0 / 1.06 + 1.0 / 1.06**2 + 1.0 / 1.06**3) / 1.06
    assert value(found.leases_ahead_least) == pytest.approx(least)
    assert value(found.leases_ahead_most) == pytest.approx(100.0 / 1.04 + 100.0 / 1.04**2)


def test_what_the_book_does_not_have_is_named_and_not_nought(cloud: Make) -> None:
    found = commitments(cloud(OWED[:1]), "cumulus", EARNED, {})
    assert value(found.adjusted) == 100.0
    assert found.lacking == ("lease liabilities", "leases not begun", "guarantees", "residual-value guarantees")
    assert isinstance(found.guarantees, Gap)


def test_without_debt_there_is_no_adjusted_debt(cloud: Make) -> None:
    assert isinstance(commitments(cloud(OWED[1:]), "cumulus", EARNED, {}).adjusted, Gap)


def test_metas_residual_value_guarantee_is_not_counted_in_its_vehicle_again(real: Book) -> None:
    """Its filing: 28,000 of the 46,030 exposure are the residual-value guarantee."""
    found = commitments(real, "meta", EARNED, {})
    parts = (found.debt, found.leases, found.leases_ahead_value, found.residual_values)
    assert (value(found.vehicles), value(found.residual_values)) == (46030.0, 28000.0)
    assert value(found.adjusted) == pytest.approx(sum(value(p) for p in parts))


def test_nvidias_days_of_receivables_are_those_it_states(real: Book) -> None:
    """53 days for the quarter to 2025-10-26: 33,391 over 57,006 times 91."""
    found = days(real, "nvidia", "accounts_receivable", "revenue", date(2025, 10, 26))
    assert round(value(found)) == 53
    then = cash_lines(real.as_of(date(2025, 12, 31)), "nvidia")
    assert value(then.stated_receivable_days) == 53.0
    assert round(value(then.receivable_days)) == 53


def test_days_by_hand(cloud: Make) -> None:
    """The fourth quarter has 92 days: 45 of 180 sold is 23 days; 30 of 60 cost (sold less gross profit) is 46."""
    quarter = ("2025-10-01", "2025-12-31")
    book = cloud(
        [
            ("revenue", "", *quarter, "180"),
            ("gross_profit", "", *quarter, "120"),
            ("accounts_receivable", "", "", "2025-12-31", "45"),
            ("inventory", "", "", "2025-12-31", "30"),
            ("accounts_payable", "", "", "2025-12-31", "300"),
        ]
    )
    found = cash_lines(book, "cumulus")
    assert value(found.receivable_days) == pytest.approx(23.0)
    assert value(found.inventory_days) == pytest.approx(46.0)
    assert isinstance(found.payable_days, Gap)
    assert (found.payable_days.why, found.payable_days.reason) == (
        Why.NOT_MEANINGFUL,
        "460 days of cost: payables hold unpaid plant",
    )


def test_cash_ratios_by_hand(cloud: Make) -> None:
    book = cloud(
        [
            (metric, "", "2025-01-01", "2025-12-31", amount)
            for metric, amount in (
                ("operating_cash_flow", "100"),
                ("capital_expenditures", "120"),
                ("revenue", "400"),
                ("net_income", "80"),
            )
        ]
    )
    found = cash_lines(book, "cumulus")
    ratios = (found.to_revenue, found.to_cash, found.conversion, found.free_conversion)
    assert [value(r) for r in ratios] == pytest.approx([0.3, 1.2, 1.25, -0.25])


def test_a_loss_has_no_cash_conversion(real: Book) -> None:
    found = cash_lines(real, "coreweave")
    assert isinstance(found.conversion, Gap)
    assert found.conversion.why is Why.NOT_MEANINGFUL


def test_gains_are_taken_out_after_tax_by_hand(cloud: Make) -> None:
    """A gain of 40 before tax at a quarter is 30; a share of losses of 5 after tax stays 5: 80 - 30 + 5 = 55.

    By formula: operating income of 60 less interest of 20 is 30 after tax; 50 of the 80 are beside operations.
    """
    year = ("2025-01-01", "2025-12-31")
    book = cloud(
        [
            ("net_income", "", *year, "80"),
            ("operating_income", "", *year, "60"),
            ("interest_expense", "", *year, "20"),
            ("investment_gains", "", "2025-07-01", "2025-09-30", "40"),
            ("equity_method_loss", "lab", *year, "5"),
        ]
    )
    found = gains(book, "cumulus", {})
    assert value(found.without) == pytest.approx(55.0)
    assert value(found.part) == pytest.approx(25.0 / 80.0)
    assert value(found.beside_operations) == pytest.approx(50.0)
    assert found.covered == ((date(2025, 7, 1), date(2025, 9, 30)), (date(2025, 1, 1), date(2025, 12, 31)))


def test_alphabets_known_gains_are_what_its_income_holds_beside_operations(real: Book) -> None:
    """Two ways to the same: the gains it reports after tax, and its net income less operations after tax."""
    found = gains(real, "alphabet", {})
    known = value(found.net_income) - value(found.without)
    assert known == pytest.approx(value(found.beside_operations), rel=0.02)


def test_without_known_gains_nothing_is_taken_out(real: Book) -> None:
    assert isinstance(gains(real, "oracle", {}).without, Gap)


def test_microsofts_line_implies_openais_quarter(real: Book) -> None:
    """3.1 billion after tax over 27 percent is the 11.5 billion that The Register read from the same 10-Q."""
    rows = [i for i in look_through(real, "microsoft") if i.line.end == date(2025, 9, 30)]
    found = {(i.tax, round(value(i.share), 3)): value(i.loss) for i in rows}
    assert found == {
        ("after tax", 0.325): pytest.approx(3100 / 0.325),
        ("after tax", 0.27): pytest.approx(3100 / 0.27),
        ("before tax", 0.325): pytest.approx(4100 / 0.325),
        ("before tax", 0.27): pytest.approx(4100 / 0.27),
    }
    assert {who: m.value for who, m in rows[0].published} == {"register": 11500.0}
    assert found["after tax", 0.27] == pytest.approx(11500.0, rel=0.005)


def test_an_owners_gain_implies_no_loss_and_a_later_line_is_a_floor(real: Book) -> None:
    rows = look_through(real, "microsoft")
    recapitalised = next(i for i in rows if i.line.end == date(2025, 12, 31))
    assert isinstance(recapitalised.loss, Gap)
    assert recapitalised.loss.why is Why.NOT_MEANINGFUL
    later = next(i for i in rows if i.line.end == date(2026, 3, 31))
    assert isinstance(later.loss, Measure)
    assert any("a floor" in flag for flag in later.loss.flags)


def test_before_the_share_was_known_nothing_is_implied(real: Book) -> None:
    """The share of 32.5 percent was published on 2025-10-28."""
    (first, *_) = look_through(real.as_of(date(2025, 10, 1)), "microsoft")
    assert isinstance(first.loss, Gap)
    assert "no share" in first.loss.reason


def test_the_share_of_another_firm_does_not_count(cloud: Make) -> None:
    year = ("2025-01-01", "2025-12-31")
    book = cloud(
        [
            ("equity_method_loss", "lab", *year, "5"),
            ("lab", "ownership_share", "somebody", "", "2025-06-30", "50"),
        ]
    )
    (found,) = look_through(book, "cumulus")
    assert isinstance(found.loss, Gap)
