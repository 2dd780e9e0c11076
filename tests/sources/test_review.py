"""Fetched rows beside the book: recorded answers against what the book took from the same filings by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from cardhouse.book import Fact
from cardhouse.sources.filer import Filer, find_filer, unknown_note
from cardhouse.sources.review import Mark, review

DAY = date(2026, 11, 1)


@pytest.fixture
def coreweave(book, recorded):
    return review(book, find_filer(book, "CRWV"), recorded("crwv"), since=None, known_by=DAY)


@pytest.fixture
def nebius(book, recorded):
    return review(book, find_filer(book, "nebius"), recorded("nbis"), since=None, known_by=DAY)


def fetched(found, metric: str, start: str | None, end: str) -> list[Fact]:
    key = (metric, date.fromisoformat(start) if start else None, date.fromisoformat(end))
    return [row.fact for row in found.rows if (row.fact.metric, row.fact.start, row.fact.end) == key]


@pytest.mark.parametrize(
    ("metric", "start", "end", "source"),
    [
        ("revenue", "2026-04-01", "2026-06-30", "crwv-10q-2026q2"),
        ("operating_income", "2026-04-01", "2026-06-30", "crwv-10q-2026q2"),
        ("net_income", "2026-04-01", "2026-06-30", "crwv-10q-2026q2"),
        ("interest_expense_on_debt", "2026-04-01", "2026-06-30", "crwv-10q-2026q2"),
        ("total_assets", None, "2026-06-30", "crwv-10q-2026q2"),
        ("property_and_equipment_net", None, "2026-06-30", "crwv-10q-2026q2"),
        ("revenue", "2025-07-01", "2025-09-30", "crwv-pr-2025q3"),
        ("revenue", "2025-04-01", "2025-06-30", "crwv-pr-2025q2"),
        ("net_income", "2025-07-01", "2025-09-30", "crwv-pr-2025q3"),
        ("operating_income", "2025-07-01", "2025-09-30", "crwv-pr-2025q3"),
    ],
)
def test_a_recorded_answer_gives_the_books_own_figure(book, coreweave, metric, start, end, source) -> None:
    """The book read these from CoreWeave's filing and releases, without EDGAR's interface."""
    (mine,) = fetched(coreweave, metric, start, end)
    own = next(f for f in book.facts if f.key == mine.key and f.source == source)
    assert (mine.value, mine.unit) == (own.value, own.unit)
    (row,) = [row for row in coreweave.rows if row.fact is mine]
    assert row.mark is Mark.SAME


def test_a_row_says_tag_form_and_accession_and_leads_to_the_filing(coreweave) -> None:
    (row,) = fetched(coreweave, "revenue", "2026-04-01", "2026-06-30")
    assert (row.entity, row.source, row.known) == ("coreweave", "crwv-10-q-2026-06-30", date(2026, 8, 12))
    assert row.note == (
        "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax, Form 10-Q, accession 0001769628-26-000366"
    )
    source = next(s for s in coreweave.sources if s.id == row.source)
    assert source.url == "https://www.sec.gov/Archives/edgar/data/1769628/000176962826000366/"
    assert (source.kind, source.published) == ("filing", date(2026, 8, 12))


def test_a_filing_that_the_book_has_keeps_the_books_source(book, coreweave) -> None:
    first = next(s for s in coreweave.sources if s.url.endswith("/000176962825000014/"))
    assert first is book.sources["crwv-10-q-2025-03-31"]


def test_a_longer_period_says_so_in_its_note(coreweave) -> None:
    (half,) = fetched(coreweave, "capital_expenditures", "2026-01-01", "2026-06-30")
    assert half.value == 14_117
    assert half.note.endswith("; 6 months")


def test_figures_in_millions_do_not_restate_those_in_thousands(coreweave) -> None:
    """CoreWeave filed in thousands until November 2025 and in millions since; nothing of it is a restatement."""
    (quarter,) = fetched(coreweave, "revenue", "2025-01-01", "2025-03-31")
    assert (quarter.value, quarter.known) == (981.632, date(2025, 5, 15))
    assert not any("restates" in row.fact.note for row in coreweave.rows)


def test_a_tag_that_belongs_to_another_metric_is_pointed_at(coreweave) -> None:
    """CoreWeave's interest of the income statement has no tag; that on debt is narrower, as the book's own rows say."""
    assert ("interest_expense", "us-gaap:InterestExpenseDebt", "interest_expense_on_debt") in coreweave.borrowed
    marks = {row.mark for row in coreweave.rows if row.fact.metric == "interest_expense" and row.book}
    assert marks == {Mark.DIFFERS}


def test_a_difference_says_how_far(coreweave) -> None:
    """The book's 310.555 of the third quarter of 2025 is interest expense, net; 283.416 is that on debt: 8.7 % less."""
    (row,) = [
        row
        for row in coreweave.rows
        if row.fact.metric == "interest_expense" and row.fact.start == date(2025, 7, 1) and row.book
    ]
    assert row.gap == pytest.approx(100 * (310.555 - 283.416) / 310.555)


def test_cash_flows_come_as_year_to_date(coreweave) -> None:
    """Of 2025 and 2026 the answer has 3, 6, 9 and 12 months, then 3 and 6: no quarter but the first of each year."""
    ends = {end for metric, end in coreweave.quarters if metric == "operating_cash_flow"}
    assert ends == {date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 6, 30)}


def test_a_foreign_filer_restates_what_it_sold_and_roubles_are_left_out(nebius) -> None:
    """Nebius' 20-F of 2025 says 117.5 for 2024, that of 2026 without the sold business 91.5, as the book has it."""
    first, second = fetched(nebius, "revenue", "2024-01-01", "2024-12-31")
    assert (first.value, first.known) == (117.5, date(2025, 4, 30))
    assert (second.value, second.known) == (91.5, date(2026, 4, 30))
    assert second.note.endswith("; restates 117.5")
    marks = [row.mark for row in nebius.rows if row.fact in (first, second)]
    assert marks == [Mark.DIFFERS, Mark.SAME]
    assert nebius.left_out["in RUB, a unit that the book does not have"] == 16
    assert {row.fact.unit for row in nebius.rows} == {"USD_million"}


def test_dollars_of_the_rouble_years_are_translations(nebius) -> None:
    """8,921 million dollars for 2023 stand beside 800,125 million roubles in the filing of 2024."""
    assert [f.value for f in fetched(nebius, "revenue", "2023-01-01", "2023-12-31")] == [20.9, 9.8]


def test_what_a_foreign_filer_files_is_said(nebius, coreweave, book, answer, entry) -> None:
    assert "20-F" in nebius.foreign
    assert coreweave.foreign == ""
    filer = Filer(1, "one", "one", None)
    other = review(book, filer, answer(ifrs_full__Revenue={"EUR": [entry(1)]}), since=None, known_by=DAY)
    assert other.rows == ()
    assert "1 figures are tagged by IFRS" in other.foreign


def test_a_firm_that_the_book_does_not_have_is_new_and_asks_for_a_row(book, answer, entry) -> None:
    filer = Filer(1, "one", "one", None)
    found = review(book, filer, answer(Assets={"USD": [entry(5e6, start=None)]}), since=None, known_by=DAY)
    assert [(r.fact.entity, r.fact.value, r.mark) for r in found.rows] == [("one", 5.0, Mark.NEW)]
    assert found.sources[0].title.startswith("One Inc. Form 10-Q for the period ended 2025-03-31")
    assert "firms.csv" in unknown_note(filer)


def test_two_filings_of_one_form_and_period_get_two_sources(book, answer, entry) -> None:
    two = [entry(5e6, start=None), entry(6e6, start=None, accn="0000000001-25-000007", filed="2025-06-01")]
    found = review(book, Filer(1, "one", "one", None), answer(Assets={"USD": two}), since=None, known_by=DAY)
    assert [s.id for s in found.sources] == ["one-10-q-2025-03-31", "one-10-q-2025-03-31-0000000001-25-000007"]


def test_another_currency_is_compared_in_dollars_or_not_at_all(book, answer, entry) -> None:
    """Alibaba's rows of the book are in yuan; a figure in pounds has no rate in it."""
    own = next(
        f for f in book.facts if f.entity == "alibaba" and f.unit == "CNY_million" and book.metrics[f.metric].edgar
    )
    tag = book.metrics[own.metric].edgar[0]
    period = {"start": own.start.isoformat() if own.start else None, "end": own.end.isoformat()}
    filer = Filer(1, "alibaba", "baba", book.firms["alibaba"])
    day = {"accn": "0000000001-26-000001", "filed": "2026-10-01", "form": "20-F"}
    for unit, mark in (("CNY", Mark.SAME), ("GBP", Mark.CURRENCY)):
        raw = entry(own.value * 1e6, **(period | day))
        if own.start is None:
            raw.pop("start", None)
        found = review(book, filer, answer(**{tag: {unit: [raw]}}), since=None, known_by=DAY)
        row = next(r for r in found.rows if r.fact.metric == own.metric)
        assert row.mark is mark
        assert row.gap == (0.0 if unit == "CNY" else None)


def test_every_row_is_counted_once(coreweave) -> None:
    keys = Counter((row.fact.key, row.fact.source) for row in coreweave.rows)
    assert set(keys.values()) == {1}  # the same fact twice would be a fault of the overlay
