"""A firm's year at other lives: a cloud worked by hand, and the embedded book's own filings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from cardhouse.book import Book
from cardhouse.lenses.accounts import Life, restate, restated
from cardhouse.lenses.accounts.plant import (
    MADE_UP,
    depreciation,
    history,
    plant,
    spending,
    steady,
    years_between,
)
from cardhouse.lenses.accounts.vintages import charge, standing
from cardhouse.lenses.measure import USD, Gap, Measure, Why

Make = Callable[..., Book]
YEARS = ("2021", "2022", "2023", "2024", "2025")
SPENT = ("40", "40", "80", "80", "160")
"""Spending of five years; at a life of two years the last is charged (160/2 + 80 + 80/2) / 2 = 100 per unit of it."""
YEAR = [
    ("depreciation", "", "2025-01-01", "2025-12-31", "50"),
    ("revenue", "", "2025-01-01", "2025-12-31", "400"),
    ("operating_income", "", "2025-01-01", "2025-12-31", "120"),
    ("net_income", "", "2025-01-01", "2025-12-31", "80"),
    ("interest_expense", "", "2025-01-01", "2025-12-31", "10"),
    ("property_and_equipment_net", "", "", "2025-12-31", "200"),
    ("total_debt", "", "", "2025-12-31", "90"),
    ("cash_and_investments", "", "", "2025-12-31", "30"),
    ("total_equity", "", "", "2025-12-31", "180"),
    *(("capital_expenditures", "", f"{y}-01-01", f"{y}-12-31", x) for y, x in zip(YEARS, SPENT, strict=True)),
]


def at(book: Book, years: float, *, full_year: bool = False, **bounds: str):
    life = Life(f"{years:g} years", Measure(years, "years", book.date))
    found = restated(book, "cumulus", (life,), bounds=bounds, full_year=full_year)
    return found, found.lives[0]


def value(reading: Measure | Gap) -> float:
    assert isinstance(reading, Measure), reading
    return reading.value


def test_the_year_at_one_year_by_hand(cloud: Make) -> None:
    """All depreciation of 50 is for servers on two years.

    On one year: 160/2 + 80/2 = 120 against 100, so a fifth more: 10. Written off by the end: of 160 and 80 stand
    120 and 20 on two years (three quarters, one quarter), on one year 80: 60 more, times 50/100 is 30; after tax of
    a quarter 22.5 of equity and 7.5 of income.
    """
    found, one = at(cloud(YEAR), 1.0)
    assert value(found.plant.buildings) == 0.0
    assert value(one.depreciation_change) == pytest.approx(10.0)
    assert value(one.operating_income) == pytest.approx(110.0)
    assert value(one.net_income) == pytest.approx(72.5)
    assert value(one.margin) == pytest.approx(110.0 / 400.0)
    assert value(one.cover) == pytest.approx(11.0)
    assert value(one.leverage) == pytest.approx(90.0 / 157.5)
    assert value(one.return_on_capital) == pytest.approx(110.0 * 0.75 / (90.0 + 157.5 - 30.0))


def test_a_full_first_year_by_hand(cloud: Make) -> None:
    """On two years (160 + 80) / 2 = 120, on one year 160: a third more than 50."""
    _, one = at(cloud(YEAR), 1.0, full_year=True)
    assert value(one.depreciation_change) == pytest.approx(50.0 / 3.0)


def test_the_life_of_the_accounts_gives_what_is_reported(cloud: Make) -> None:
    found, two = at(cloud(YEAR), 2.0)
    assert value(two.depreciation_change) == pytest.approx(0.0, abs=1e-9)
    assert value(two.operating_income) == pytest.approx(value(found.as_reported.operating_income)) == 120.0
    assert value(two.return_on_capital) == pytest.approx(value(found.as_reported.return_on_capital))


def test_the_fit_is_the_reported_charge_over_that_of_the_servers_in_spending(cloud: Make) -> None:
    """Half of spending is for servers: 50 of 100 / 2."""
    found, _ = at(cloud(YEAR), 1.0)
    assert value(found.factor) == pytest.approx(1.0)


def test_buildings_keep_their_life_by_hand(cloud: Make) -> None:
    """A quarter of 200 is buildings on 25 years, half used: 50 x 2 / 25.25 = 3.96 of the 50 are theirs."""
    book = cloud(YEAR, assumed={"land_and_construction_share": (0.2, 0.25, 0.3)})
    found, one = at(book, 1.0)
    assert value(found.plant.buildings) == pytest.approx(100.0 / 25.25)
    assert value(one.depreciation_change) == pytest.approx(0.2 * (50.0 - 100.0 / 25.25))


def test_constant_spending_makes_income_the_same_at_every_life(cloud: Make) -> None:
    """In a steady state what is charged is what is spent, so a life moves the balance and not the income."""
    steady_rows = [r if r[0] != "capital_expenditures" else (*r[:4], "100") for r in YEAR]
    found, one = at(cloud(steady_rows), 1.0)
    assert value(one.operating_income) == pytest.approx(120.0)
    assert value(one.leverage) > value(found.as_reported.leverage)


def test_what_is_made_up_is_small_or_there_is_no_answer(cloud: Make) -> None:
    """Five years are known: on a life of five a tenth of the charge is for what was before, on ten years half."""
    book = cloud(YEAR)
    _, five = at(book, 5.0)
    assert isinstance(five.depreciation_change, Measure)
    assert any("before 2021-01-01" in flag for flag in five.depreciation_change.flags)
    _, ten = at(book, 12.0)
    assert isinstance(ten.depreciation_change, Gap)
    assert "2021-01-01" in ten.depreciation_change.reason


def test_a_short_history_is_fitted_to_plant_and_its_charge(cloud: Make) -> None:
    """One known year cannot carry a life of two: one growth is found at which charge and plant both come out."""
    rows = [r for r in YEAR if r[0] != "capital_expenditures" or r[2].startswith("2025")]
    book = cloud(rows)
    own = plant(book, "cumulus", book.date, {})
    spent = spending(book, own, 2.0)
    assert not isinstance(spent, Gap)
    assert spent.fitted
    assert charge(spent.all, 2.0) / standing(spent.all, 2.0) == pytest.approx(50.0 / 100.0, rel=1e-6)


def test_a_share_of_the_charge_that_no_growth_gives_is_said_to_be_met_badly() -> None:
    assert steady(0.4, 4.0)[1]
    assert not steady(40.0, 4.0)[1]


def test_a_loss_has_no_cover_and_wiped_out_equity_no_leverage(cloud: Make) -> None:
    rows = [(*r[:4], "5") if r[0] in ("operating_income", "total_equity") else r for r in YEAR]
    _, one = at(cloud(rows), 1.0)
    assert isinstance(one.cover, Gap)
    assert (one.cover.why, one.cover.reason) == (Why.NOT_MEANINGFUL, "operating income is negative")
    assert isinstance(one.leverage, Gap)
    assert one.leverage.reason == "equity is negative"


def test_a_year_that_ended_earlier_is_not_set_beside(cloud: Make) -> None:
    rows = [r for r in YEAR if r[0] != "interest_expense"]
    rows.append(("interest_expense", "", "2024-01-01", "2024-12-31", "9"))
    found, one = at(cloud(rows), 1.0)
    assert isinstance(found.reported.interest, Gap)
    assert "2024-12-31" in found.reported.interest.reason
    assert isinstance(one.cover, Gap)
    assert isinstance(one.operating_income, Measure)


def test_without_depreciation_the_reported_year_still_stands(cloud: Make) -> None:
    found, one = at(cloud([r for r in YEAR if r[0] != "depreciation"]), 1.0)
    assert value(found.as_reported.margin) == pytest.approx(0.3)
    assert isinstance(one.margin, Gap)


def test_only_the_plant_in_a_mixed_line_is_taken(cloud: Make) -> None:
    rows = [("depreciation_and_amortization", *r[1:4], "100") if r[0] == "depreciation" else r for r in YEAR]
    book = cloud(rows, assumed={"plant_depreciation_share": (0.4, 0.5, 0.6)})
    own, whole = depreciation(book, "cumulus", book.date, {})
    assert (value(own), value(whole)) == (50.0, 100.0)
    assert isinstance(own, Measure)
    assert (own.start, own.end, own.unit) == (date(2025, 1, 1), date(2025, 12, 31), USD)


def test_the_ends_of_an_assumption_move_the_answer(cloud: Make) -> None:
    book = cloud(YEAR)
    low, high = (value(at(book, 1.0, tax_rate=end)[1].net_income) for end in ("low", "high"))
    assert (low, high) == (pytest.approx(80 - 10 * 0.8), pytest.approx(80 - 10 * 0.7))


def test_years_between_two_days_by_hand() -> None:
    """Two calendar years, one of them a leap year; and 92 of the 365 days from October on."""
    assert years_between(date(2023, 1, 1), date(2025, 1, 1)) == 2.0
    assert years_between(date(2024, 10, 1), date(2025, 1, 1)) == pytest.approx(92 / 365)
    assert years_between(date(2024, 2, 29), date(2026, 2, 28)) == 2.0
    assert years_between(date(2025, 1, 1), date(2025, 1, 1)) == 0.0


@pytest.mark.parametrize("firm", ["microsoft", "amazon", "alphabet", "meta", "oracle", "nvidia"])
def test_the_reported_history_of_the_clouds_has_no_gap(real: Book, firm: str) -> None:
    own = plant(real, firm, real.date, {})
    assert isinstance(own.depreciation, Measure)
    rows = history(real, firm, "capital_expenditures", own.depreciation.end)
    days = sum((row.end - row.start).days + 1 for row in rows if row.start is not None)
    assert rows[0].start is not None
    assert days == (rows[-1].end - rows[0].start).days + 1
    spent = spending(real, own, value(own.life))
    assert not isinstance(spent, Gap)
    assert not spent.fitted
    assert spent.made_up(value(own.life)) <= MADE_UP


def test_a_shorter_life_takes_more_from_every_cloud_that_grows(real: Book) -> None:
    """Spending of all of them rose year by year, so the law of a longer life holds for each."""
    for firm in restate(real, ("microsoft", "amazon", "alphabet", "meta", "oracle", "coreweave")).firms:
        incomes = [value(x.operating_income) for x in firm.restated.lives[:4]]
        assert incomes == sorted(incomes), firm.firm


def test_as_of_an_earlier_day_no_later_year_enters(real: Book) -> None:
    then = real.as_of(date(2025, 12, 31))
    for firm in restate(then).firms:
        for line in firm.restated.lives:
            if isinstance(line.operating_income, Measure):
                assert line.operating_income.end <= date(2025, 12, 31)
