"""Customers by ties, backlog by customer and term left, against filings and by hand."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book, embedded
from cardhouse.lenses.concentration import Concentration, concentration, everybody
from cardhouse.lenses.concentration.implied import Implied
from cardhouse.lenses.measure import Gap, Measure


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(embedded().date)


@pytest.fixture(scope="module")
def coreweave(book: Book) -> Concentration:
    return concentration(book, "CRWV")


def test_the_ties_say_of_microsoft_what_the_annual_report_says(coreweave: Concentration) -> None:
    """67 % of the revenue of 2025 by the 10-K; the ties give 3,400 of 5,131."""
    row = next(
        b for b in coreweave.beside if (b.reported.start, b.reported.end) == (date(2025, 1, 1), date(2025, 12, 31))
    )
    assert isinstance(row.implied, Implied)
    first, share = row.implied.shares[0]
    assert first == "microsoft"
    assert share.value == pytest.approx(3400 / 5131, abs=0.001)
    assert share.value == pytest.approx(row.reported.largest.low.value, abs=0.03)


def test_periods_come_newest_first_and_keep_their_dates(coreweave: Concentration) -> None:
    ends = [b.reported.end for b in coreweave.beside]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] == date(2026, 6, 30)


def test_backlog_by_customer_and_the_rest_are_the_reported_backlog(coreweave: Concentration) -> None:
    """103,700 at 2026-06-30 by the filing."""
    assert isinstance(coreweave.rest, Measure)
    assert sum(m.value for _, m in coreweave.backlog.customers) + coreweave.rest.value == pytest.approx(103700)
    assert coreweave.rest.value > 0


def test_contracts_by_year_add_up_to_what_is_promised(coreweave: Concentration) -> None:
    """By the schedules OpenAI still pays 19,546, Meta 34,055, Microsoft 2,968 and Anthropic 5,850 from October on."""
    assert sum(y.contracts.value for y in coreweave.terms.years) == pytest.approx(62419, rel=0.001)


def test_debt_by_year_is_the_reported_ladder(coreweave: Concentration) -> None:
    """10-Q of June 2026: 6,184 of principal due in 2027, 4,416 in 2028, 14,896 from 2031 on."""
    due = {y.start: y.debt.value for y in coreweave.terms.years if isinstance(y.debt, Measure)}
    assert due[date(2027, 1, 1)] == 6184
    assert due[date(2028, 1, 1)] == 4416
    assert due[date(2031, 1, 1)] + due[date(2032, 1, 1)] == pytest.approx(14896)
    assert coreweave.terms.ladder == "as reported"


def test_term_left_is_the_average_by_dollars(coreweave: Concentration) -> None:
    """Between the first and the last year of the schedules, and near the sum over years of dollars times mid-years."""
    found = coreweave.terms.contracts_left
    assert isinstance(found, Measure)
    years = coreweave.terms.years[:-1]
    day = date(2026, 9, 30)
    middle = sum(y.contracts.value * ((y.start - day).days + (y.end - day).days) / 730.5 for y in years)
    last = coreweave.terms.years[-1]
    middle += last.contracts.value * 5.75
    assert found.value == pytest.approx(middle / sum(y.contracts.value for y in coreweave.terms.years), rel=0.02)


def test_most_debt_without_a_date_gives_no_cover(book: Book) -> None:
    """Of Oracle's debt the book dates about a third: a cover by it would mislead."""
    terms = concentration(book, "oracle").terms
    assert all(isinstance(y.cover, Gap) for y in terms.years)
    assert isinstance(terms.debt_left, Gap)
    assert isinstance(terms.undated, Measure)
    assert terms.undated.value > 50000


def test_a_firm_that_nobody_in_the_book_pays_is_told_so(book: Book) -> None:
    found = concentration(book, "iflytek")
    assert isinstance(found.last_year, Gap)
    assert isinstance(found.backlog.reported, Gap)
    assert isinstance(found.terms.contracts_left, Gap)
    assert found.beside[0].reported.five.exact


def test_all_firms_with_a_figure_are_in_the_table(book: Book) -> None:
    rows = {r.firm: r for r in everybody(book)}
    reporting = {e for e, metric in book.series if metric == "customer_share" and e in book.firms}
    assert reporting <= set(rows)
    oracle = rows["oracle"]
    assert oracle.first == "openai"
    assert isinstance(oracle.first_share, Measure)
    assert oracle.first_share.value == pytest.approx(344438 / 664000, abs=0.01)


def test_as_of_an_earlier_day_only_what_was_known(book: Book) -> None:
    early = concentration(book.as_of(date(2025, 8, 31)), "coreweave")
    assert early.beside[0].reported.end == date(2025, 6, 30)
    assert {item for b in early.beside for item, _ in b.reported.shares} == {"customer-a"}
