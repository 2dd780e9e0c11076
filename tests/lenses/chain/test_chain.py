"""The chain: sums that say who is in them, growth of the same firms, quarters as known then, tokens beside revenue."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Confidence, Fact, Where, embedded
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.chain import By, Pair, chain, then, uses
from cardhouse.lenses.chain.quarters import called, name, newest_whole
from cardhouse.lenses.chain.spending import spending
from cardhouse.lenses.chain.use import run_rate
from cardhouse.lenses.measure import Gap, Measure, Reading, Why

Q2, Q1 = 2026 * 4 + 1, 2026 * 4


def fact(
    entity: str, metric: str, start: str, end: str, value: float, *, item: str = "", known: str = "", unit: str = ""
) -> Fact:
    return Fact(
        entity,
        metric,
        item,
        date.fromisoformat(start) if start else None,
        date.fromisoformat(end),
        value,
        unit or "USD_million",
        "ifl-wscn-2025h1",
        date.fromisoformat(known or end),
        Confidence.HIGH,
        "",
        Where("facts.csv", 2),
    )


def quarter(entity: str, year: int, number: int, value: float, metric: str = "revenue", known: str = "") -> Fact:
    start, end = (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))[number - 1]
    return fact(entity, metric, f"{year}-{start}", f"{year}-{end}", value, known=known)


def book_of(*facts: Fact, day: date = date(2026, 9, 1)) -> Book:
    """The shipped book with these figures instead of its own, and without ties."""
    whole = replace(embedded(), facts=facts, ties=(), terms=(), assumptions=())
    return replace(whole, day=day)


def value(reading: Reading) -> float:
    assert isinstance(reading, Measure), str(reading)
    return reading.value


def test_a_sum_says_who_is_in_it_and_who_is_missing() -> None:
    book = book_of(*(quarter(f, 2026, 1, v) for f, v in (("amd", 1.0), ("intel", 2.0))), quarter("amd", 2026, 2, 3.0))
    first, second = chain(book, last=2).line("compute", "revenue").cells
    assert (value(first.amount), first.firms, first.missing) == (3.0, ("amd", "intel"), ())
    assert (value(second.amount), second.firms, second.missing) == (3.0, ("amd",), ("intel",))


def test_growth_is_over_the_firms_that_have_both_quarters() -> None:
    """AMD grew from 10 to 15; Intel's 100 is new in the book and is no growth of anybody."""
    book = book_of(quarter("amd", 2025, 2, 10.0), quarter("amd", 2026, 2, 15.0), quarter("intel", 2026, 2, 100.0))
    (cell,) = chain(book, last=1).line("compute", "revenue").cells
    assert value(cell.amount) == 115.0
    assert (value(cell.growth), cell.compared) == (pytest.approx(0.5), ("amd",))


def test_a_sum_speaks_for_a_group_from_half_of_its_firms_on() -> None:
    """Of AMD, Intel and Nvidia one reports the second quarter: a third of them, and none has the year before."""
    firms = (("amd", 1.0), ("intel", 2.0), ("nvidia", 4.0))
    book = book_of(*(quarter(f, 2026, 1, v) for f, v in firms), quarter("amd", 2026, 2, 3.0))
    first, second = chain(book, last=2).line("compute", "revenue").cells
    assert (first.told, second.told) == (True, False)
    assert (first.compares, second.compares) == (False, False)


def test_growth_of_one_firm_of_three_does_not_speak_for_them() -> None:
    """All three report, AMD alone has the year before: the sum is told, its growth is not that of the group."""
    firms = (("amd", 1.0), ("intel", 2.0), ("nvidia", 4.0))
    book = book_of(*(quarter(f, 2026, 2, v) for f, v in firms), quarter("amd", 2025, 2, 0.5))
    (cell,) = chain(book, last=1).line("compute", "revenue").cells
    assert (value(cell.growth), cell.compared) == (1.0, ("amd",))
    assert (cell.told, cell.compares) == (True, False)


def test_a_balance_of_low_confidence_marks_its_sum() -> None:
    sure, rough = (fact(f, "total_debt", "", "2026-06-30", 5.0) for f in ("coreweave", "nebius"))
    book = book_of(sure, replace(rough, confidence=Confidence.LOW))
    (cell,) = chain(book, last=1).line("neocloud", "debt").cells
    assert (value(cell.amount), cell.rough) == (10.0, ("nebius",))


def test_a_line_is_called_as_all_its_rows_call_it() -> None:
    """Microsoft's rows of cloud revenue are those of one segment; a note that names a period names no line."""
    book = embedded()
    assert called(book, "microsoft", "revenue_cloud") == "Intelligent Cloud segment"
    assert called(book, "amazon", "revenue_cloud") == "AWS"
    one = replace(quarter("amd", 2026, 2, 1.0, "revenue_data_center"), note="Q2 2026, rounded")
    assert called(book_of(one), "amd", "revenue_data_center") == ""


def test_a_quarter_that_nobody_reports_is_a_gap() -> None:
    book = book_of(quarter("amd", 2026, 1, 1.0))
    cell = chain(book, last=1).line("compute", "revenue").cells[0]
    assert isinstance(cell.amount, Gap)
    assert "no firm has a figure for 2026Q2" in cell.amount.reason


def test_the_fourth_quarter_is_the_year_less_nine_months() -> None:
    book = book_of(
        fact("amd", "revenue", "2025-01-01", "2025-12-31", 100.0),
        fact("amd", "revenue", "2025-01-01", "2025-09-30", 70.0),
        day=date(2026, 1, 31),
    )
    (cell,) = chain(book, last=1).line("compute", "revenue").cells
    assert (name(cell.quarter), value(cell.amount)) == ("2025Q4", 30.0)


def test_a_margin_is_over_revenue_of_the_same_firms() -> None:
    """AMD earns 2 of 10; Intel's revenue of 90 has no income beside it and stays out."""
    book = book_of(
        quarter("amd", 2026, 2, 10.0), quarter("amd", 2026, 2, 2.0, "operating_income"), quarter("intel", 2026, 2, 90.0)
    )
    (cell,) = chain(book, last=1).line("compute", "operating_margin").cells
    assert (value(cell.amount), cell.firms) == (pytest.approx(0.2), ("amd",))


def test_backlog_is_one_count_a_firm_never_both() -> None:
    book = book_of(
        fact("coreweave", "remaining_performance_obligations", "", "2026-06-30", 50.0),
        fact("coreweave", "revenue_backlog", "", "2026-06-30", 80.0),
        fact("coreweave", "revenue_backlog", "", "2026-03-31", 60.0),
    )
    line = chain(book, last=2).line("neocloud", "backlog")
    assert [value(cell.amount) for cell in line.cells] == [60.0, 80.0]
    assert line.metrics == {"coreweave": "revenue_backlog"}


def test_revenue_near_ai_is_one_line_a_firm_and_the_whole_only_where_a_layer_lives_by_ai() -> None:
    book = book_of(
        *(quarter(firm, 2026, 2, 100.0) for firm in ("alphabet", "coreweave", "apple")),
        quarter("alphabet", 2026, 2, 20.0, "revenue_cloud"),
    )
    answer = chain(book, last=1)
    assert value(answer.line("cloud", "near_ai").cells[0].amount) == 20.0
    assert value(answer.line("neocloud", "near_ai").cells[0].amount) == 100.0
    assert answer.line("application", "near_ai").cells[0].firms == ()


def test_the_part_near_ai_is_over_revenue_of_the_firms_that_report_a_line() -> None:
    """Alphabet's cloud is 20 of 100; CoreWeave is taken whole and has no part, Meta reports no line at all."""
    book = book_of(
        *(quarter(firm, 2026, 2, 100.0) for firm in ("alphabet", "meta", "coreweave")),
        quarter("alphabet", 2026, 2, 20.0, "revenue_cloud"),
    )
    answer = chain(book, last=1)
    (cell,) = answer.line("cloud", "near_ai_share").cells
    assert (value(cell.amount), cell.firms) == (pytest.approx(0.2), ("alphabet",))
    assert answer.line("neocloud", "near_ai_share").cells[0].firms == ()


def test_a_fiscal_quarter_stands_for_the_calendar_quarter_with_most_of_its_days() -> None:
    """Nvidia's quarter to 2026-04-26 is mostly the first of the calendar; its balance of that day goes with it."""
    book = book_of(
        fact("nvidia", "revenue", "2026-01-26", "2026-04-26", 81.0), fact("nvidia", "total_debt", "", "2026-04-26", 8.0)
    )
    answer = chain(book, last=2)
    assert answer.quarters == (Q1, Q2)
    assert value(answer.line("compute", "revenue").cells[0].amount) == 81.0
    assert value(answer.line("compute", "debt").cells[0].amount) == 8.0


@pytest.mark.parametrize(
    ("day", "newest"), [("2026-06-29", "2026Q1"), ("2026-06-30", "2026Q2"), ("2026-10-08", "2026Q3")]
)
def test_only_quarters_that_have_ended_are_shown(day: str, newest: str) -> None:
    assert name(newest_whole(date.fromisoformat(day))) == newest


def test_what_became_known_later_does_not_move_a_quarter_as_known_then() -> None:
    """AMD reports on day 30, Intel on day 90: sixty days after the quarter the sum is AMD's alone."""
    book = book_of(
        quarter("amd", 2026, 1, 10.0, known="2026-04-30"), quarter("intel", 2026, 1, 5.0, known="2026-06-29")
    )
    rows = {row.group: row for row in then(book, "revenue", 60, last=2) if row.quarter == Q1}
    was, now = rows["compute"].then, rows["compute"].now
    assert was is not None
    assert (rows["compute"].day, value(was.amount), was.firms) == (date(2026, 5, 30), 10.0, ("amd",))
    assert (value(now.amount), now.firms) == (15.0, ("amd", "intel"))


def test_a_day_still_to_come_is_not_filled_with_what_is_known_today() -> None:
    rows = then(book_of(quarter("amd", 2026, 2, 1.0)), "revenue", 100, last=1)
    assert rows
    assert all(row.then is None for row in rows)


@pytest.mark.parametrize(("figure", "days", "words"), [("sales", 60, "near_ai"), ("revenue", -1, "0 to 1000")])
def test_a_wrong_wish_says_what_was_expected(figure: str, days: int, words: str) -> None:
    with pytest.raises(InputError, match=words):
        then(book_of(quarter("amd", 2026, 2, 1.0)), figure, days)


def test_more_quarters_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(InputError, match="1 to 24"):
        chain(book_of(quarter("amd", 2026, 2, 1.0)), last=25)


def test_a_line_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(UnknownName, match="near_ai"):
        chain(book_of(quarter("amd", 2026, 2, 1.0)), last=1).line("compute", "sales")


def count(day: str, tokens: float, item: str = "", entity: str = "openrouter", end: str = "") -> Fact:
    return fact(entity, "tokens_processed", day, end or day, tokens, item=item, unit="tokens_trillion")


def told(firm: str, day: str, amount: float) -> Fact:
    return fact(firm, "annualized_revenue_run_rate", "", day, amount)


def one(book: Book) -> Pair:
    (pair,) = uses(book)
    return pair


LABS = (
    told("openai", "2025-01-01", 100.0),
    told("openai", "2026-01-01", 300.0),
    told("anthropic", "2025-01-01", 100.0),
    told("anthropic", "2026-01-01", 500.0),
)


def test_revenue_and_use_between_the_same_days() -> None:
    """Tokens grow 16 times and revenue of both laboratories from 200 to 800, 4 times: ln 4 over ln 16 is a half."""
    pair = one(book_of(*LABS, count("2025-01-01", 1.0), count("2026-01-01", 16.0)))
    assert (pair.own, pair.sellers) == (False, ("openai", "anthropic"))
    years = 365 / 365.25
    assert value(pair.elasticity) == pytest.approx(0.5)
    assert value(pair.tokens_growth) == pytest.approx(16.0 ** (1 / years) - 1.0)
    assert value(pair.revenue_growth) == pytest.approx(4.0 ** (1 / years) - 1.0)
    assert isinstance(pair.low, Gap)  # one step has no range


def test_the_range_is_that_of_neighbouring_counts() -> None:
    """Half-way in time revenue stands at its geometric mean, 223.6 and 173.2: steps of known size."""
    pair = one(book_of(*LABS, count("2025-01-01", 1.0), count("2025-07-02", 2.0), count("2026-01-01", 16.0)))
    half = 182 / 365
    middle = 100.0 * 3.0**half + 100.0 * 5.0**half
    first, second = math.log(middle / 200.0) / math.log(2.0), math.log(800.0 / middle) / math.log(8.0)
    assert (value(pair.low), value(pair.high)) == pytest.approx((second, first))


def test_run_rates_are_not_carried_beyond_the_first_and_the_last() -> None:
    book = book_of(*LABS)
    assert value(run_rate(book, "openai", date(2026, 1, 1))) == 300.0
    gap = run_rate(book, "openai", date(2026, 1, 2))
    assert isinstance(gap, Gap)
    assert "from 2025-01-01 to 2026-01-01" in gap.reason


def test_between_two_run_rates_revenue_grows_at_one_pace() -> None:
    book = book_of(told("openai", "2025-01-01", 100.0), told("openai", "2025-01-03", 400.0))
    found = run_rate(book, "openai", date(2025, 1, 2))
    assert isinstance(found, Measure)
    assert found.value == pytest.approx(200.0)
    assert any("between those of 2025-01-01 and 2025-01-03" in flag for flag in found.flags)


def test_revenue_for_a_million_tokens_only_where_both_are_the_whole_of_one_firm() -> None:
    """USD 365.25 million a year is 1 million a day; over 0.5 trillion tokens a day that is 2 dollars a million."""
    rates = (told("openai", "2025-01-01", 365.25), told("openai", "2026-01-01", 365.25))
    whole = one(book_of(*rates, count("2025-06-01", 15.0, "chatgpt-and-api", "openai", end="2025-06-30")))
    assert value(whole.points[0].tokens) == pytest.approx(0.5)
    assert value(whole.points[0].per_million) == pytest.approx(2.0)
    part = one(book_of(*rates, count("2025-06-15", 0.5, "api", "openai")))
    assert isinstance(part.points[0].per_million, Gap)
    assert part.points[0].per_million.why is Why.NOT_MEANINGFUL


def test_counts_whose_periods_overlap_are_shown_and_not_compared() -> None:
    """A quarter and a month inside it are no two points in time."""
    quarter_long = count("2025-01-01", 90.0, end="2025-03-31")
    pair = one(book_of(*LABS, quarter_long, count("2025-03-01", 31.0, end="2025-03-31")))
    assert [point.apart for point in pair.points] == [True, False]
    assert isinstance(pair.elasticity, Gap)


def test_tokens_that_did_not_grow_have_no_elasticity() -> None:
    pair = one(book_of(*LABS, count("2025-01-01", 2.0), count("2026-01-01", 1.0)))
    assert isinstance(pair.elasticity, Gap)
    assert pair.elasticity.why is Why.NOT_MEANINGFUL


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date.max)


@pytest.mark.parametrize("figure", ["revenue", "capital_spending", "debt", "backlog", "near_ai"])
def test_layers_and_camps_are_two_ways_to_add_up_the_same_firms(book: Book, figure: str) -> None:
    """What the chain holds does not depend on how it is grouped; and each sum is that of its firms."""
    sides = []
    for by in By:
        answer = chain(book, by, last=6)
        cells = [cell for line in answer.lines if line.figure == figure for cell in line.cells]
        sides.append({q: sum(value(c.amount) for c in cells if c.quarter == q and c.firms) for q in answer.quarters})
    assert sides[0] == pytest.approx(sides[1])


def test_nvidia_amd_and_broadcom_in_the_first_quarter_of_2026_by_the_rows_of_the_book(book: Book) -> None:
    """Quarters to 2026-04-26, 2026-03-28 and 2026-05-03, as filed; the other chip makers are in the sum besides."""
    (cell,) = [c for c in chain(book, last=3).line("compute", "revenue").cells if c.quarter == Q1]
    assert {"nvidia", "amd", "broadcom"} <= set(cell.firms)
    rows = {
        firm: next(
            f.value
            for f in book.chosen(firm, "revenue")
            if f.start and not f.item and f.end == end and (f.end - f.start).days < 100
        )
        for firm, end in (
            ("nvidia", date(2026, 4, 26)),
            ("amd", date(2026, 3, 28)),
            ("broadcom", date(2026, 5, 3)),
        )
    }
    others = [f for f in cell.firms if f not in rows]
    alone = replace(book, facts=tuple(f for f in book.facts if f.entity not in others))
    (three,) = [c for c in chain(alone, last=3).line("compute", "revenue").cells if c.quarter == Q1]
    assert three.firms == ("nvidia", "amd", "broadcom")
    assert value(three.amount) == pytest.approx(sum(rows.values()))


def test_a_firm_bought_whole_is_inside_its_owner_from_that_day_on(book: Book) -> None:
    """SpaceX bought xAI in February 2026 and its reports hold it: both in one sum would count it twice."""
    after = chain(book, last=3)
    before = chain(book.as_of(date(2025, 12, 31)), last=3)
    assert "xai" not in {*after.line("model", "revenue").never, *after.line("model", "revenue").metrics}
    assert "xai" in {*before.line("model", "revenue").never, *before.line("model", "revenue").metrics}


def test_a_past_day_shows_what_was_known_then(book: Book) -> None:
    """The quarters view and the whole chain as of that day are two roads to the same sum."""
    day = date(2025, 8, 29)  # sixty days after June 2025
    (seen,) = [c for c in chain(book.as_of(day), last=1).line("cloud", "revenue").cells if name(c.quarter) == "2025Q2"]
    (row,) = [r for r in then(book, "revenue", 60, last=6) if r.group == "cloud" and name(r.quarter) == "2025Q2"]
    assert row.day == day
    assert row.then is not None
    assert (row.then.firms, value(row.then.amount)) == (seen.firms, pytest.approx(value(seen.amount)))


def test_enterprise_spending_of_2025_is_as_menlo_ventures_prints_it(book: Book) -> None:
    """USD 37 billion, up from 11.5 billion, 19 of it on applications: 3.2 times and 51 percent."""
    found = {year.year: year for year in spending(book).years}
    assert found[2025].amount.value == 37_000.0
    assert value(found[2025].growth) == pytest.approx(37.0 / 11.5 - 1.0)
    assert value(found[2025].applications) == pytest.approx(19.0 / 37.0)
    assert isinstance(found[2023].growth, Gap)


def test_capital_spending_beside_it_is_that_of_clouds_with_all_four_quarters(book: Book) -> None:
    year = {y.year: y for y in spending(book).years}[2025]
    rows = [f for firm in year.firms for f in book.chosen(firm, "capital_expenditures") if f.start and not f.item]
    calendar = [f.value for f in rows if (f.start, f.end) == (date(2025, 1, 1), date(2025, 12, 31))]
    assert {"microsoft", "amazon", "alphabet", "meta", "oracle"} == set(year.firms)
    assert len(calendar) == 3  # Microsoft and Oracle have other fiscal years
    assert value(year.capital_spending) > sum(calendar)
    assert value(year.covered) == pytest.approx(37_000.0 / value(year.capital_spending))
