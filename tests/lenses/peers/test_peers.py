"""The company table: growth and ratios by hand, and the firms' own reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Confidence, Fact, Where, embedded
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.measure import Gap, Measure, Reading, Why
from cardhouse.lenses.peers import Peer, chosen, peers
from cardhouse.lenses.peers.over import best
from cardhouse.lenses.spans import Span

Rows = list[tuple[str, str, str, float, str]]


def book_of(rows: Rows, firm: str = "iflytek", day: date = date(2026, 6, 30)) -> Book:
    """The shipped book with a few figures of one firm instead of its own; the metric, start, end, value, unit each."""
    facts = tuple(
        Fact(
            firm,
            metric,
            "",
            date.fromisoformat(start) if start else None,
            date.fromisoformat(end),
            value,
            unit,
            "ifl-wscn-2025h1",
            date.fromisoformat(end),
            Confidence.HIGH,
            "",
            Where("facts.csv", line),
        )
        for line, (metric, start, end, value, unit) in enumerate(rows, 2)
    )
    whole = replace(embedded(), facts=facts, ties=(), terms=(), assumptions=())
    return replace(whole, day=day)


def year(metric: str, number: int, value: float, unit: str = "CNY_million") -> tuple[str, str, str, float, str]:
    return (metric, f"{number}-01-01", f"{number}-12-31", value, unit)


def half(metric: str, number: int, value: float) -> tuple[str, str, str, float, str]:
    return (metric, f"{number}-01-01", f"{number}-06-30", value, "CNY_million")


def stock(metric: str, day: str, value: float, unit: str = "USD_million") -> tuple[str, str, str, float, str]:
    return (metric, "", day, value, unit)


def only(book: Book, firm: str = "iflytek") -> Peer:
    (row,) = peers(book, [firm]).rows
    return row


def value(reading: Reading) -> float:
    assert isinstance(reading, Measure), str(reading)
    return reading.value


def test_growth_is_in_the_firms_own_currency_and_not_the_exchange_rates() -> None:
    """100 to 110 yuan is 10 percent; in dollars the yuan's average fell from 0.14125 to 0.138987, so less."""
    row = only(book_of([year("revenue", 2023, 100.0), year("revenue", 2024, 110.0)]))
    assert value(row.growth.own) == pytest.approx(0.10)
    assert value(row.growth.dollars) == pytest.approx(1.1 * 0.138987 / 0.14125 - 1.0)
    assert value(row.revenue) == pytest.approx(110.0 * 0.138987)
    assert isinstance(row.revenue, Measure)
    assert "converted from CNY at 0.138987 USD (ecb-reference-rates)" in row.revenue.flags


def test_a_year_goes_before_a_fresher_half_year_whose_growth_stands_beside_it() -> None:
    rows = [year("revenue", 2023, 100.0), year("revenue", 2024, 90.0), half("revenue", 2025, 66.0)]
    row = only(book_of([*rows, half("revenue", 2024, 60.0)], day=date(2025, 9, 30)))
    assert str(row.span) == "12 months to 2024-12-31"
    assert value(row.growth.own) == pytest.approx(-0.10)
    assert row.newest is not None
    assert (str(row.newest.span), value(row.newest.own)) == ("6 months to 2025-06-30", pytest.approx(0.10))


def test_the_longest_period_that_both_years_have_is_taken_where_there_is_no_year() -> None:
    """Nine months in both years, and quarters too: nine months it is."""
    quarter = ("revenue", "2025-07-01", "2025-09-30", 40.0, "CNY_million")
    nine = [("revenue", f"{y}-01-01", f"{y}-09-30", v, "CNY_million") for y, v in ((2024, 80.0), (2025, 100.0))]
    row = only(book_of([*nine, quarter, ("revenue", "2024-07-01", "2024-09-30", 30.0, "CNY_million")]))
    assert str(row.span) == "9 months to 2025-09-30"
    assert value(row.growth.own) == pytest.approx(0.25)


def test_an_old_year_does_not_go_before_a_fresh_period() -> None:
    old, fresh = Span(date(2023, 12, 31), date(2023, 1, 1), 12), Span(date(2025, 3, 31), date(2025, 1, 1), 3)
    assert best([old, fresh]) == fresh


def test_without_the_year_before_growth_is_a_gap_and_the_row_stays() -> None:
    row = only(book_of([year("revenue", 2025, 100.0)]))
    assert isinstance(row.growth.own, Gap)
    assert "a year before the 12 months to 2025-12-31" in row.growth.own.reason
    assert value(row.revenue_own) == 100.0


def test_margins_are_over_revenue_of_the_same_period() -> None:
    """Gross 40, operating -5, net 2, research 20, selling 10 of revenue of 200."""
    flows = {
        "gross_profit": 80.0,
        "operating_income": -10.0,
        "net_income": 4.0,
        "research_and_development": 40.0,
        "sales_and_marketing": 20.0,
    }
    row = only(book_of([year("revenue", 2025, 200.0), *(year(m, 2025, v) for m, v in flows.items())]))
    found = [value(r) for r in (row.gross, row.operating, row.net, row.research, row.marketing)]
    assert found == pytest.approx([0.40, -0.05, 0.02, 0.20, 0.10])


def test_a_margin_of_another_period_is_over_revenue_of_that_period_and_carries_it() -> None:
    """Research is known for the half-year only: 30 of 60, not 30 of the year's 200."""
    rows = [year("revenue", 2025, 200.0), half("revenue", 2025, 60.0), half("research_and_development", 2025, 30.0)]
    row = only(book_of(rows))
    assert value(row.research) == 0.5
    assert isinstance(row.research, Measure)
    assert (row.research.start, row.research.end) == (date(2025, 1, 1), date(2025, 6, 30))


def test_gross_margin_comes_from_the_cost_or_as_told_whichever_is_newest() -> None:
    rows = [year("revenue", 2024, 100.0), year("revenue", 2025, 100.0), year("cost_of_revenue", 2024, 70.0)]
    assert value(only(book_of(rows)).gross) == pytest.approx(0.30)
    told = ("gross_margin", "2025-01-01", "2025-12-31", 35.0, "percent")
    assert value(only(book_of([*rows, told])).gross) == pytest.approx(0.35)


def test_a_told_margin_of_two_halves_is_never_added_up() -> None:
    """40 and 50 percent are no 90 percent; the newest half-year is taken as it is."""
    halves = [
        ("gross_margin", "2025-01-01", "2025-06-30", 40.0, "percent"),
        ("gross_margin", "2025-07-01", "2025-12-31", 50.0, "percent"),
    ]
    assert value(only(book_of([year("revenue", 2025, 200.0), *halves])).gross) == pytest.approx(0.50)


def test_receivable_days_are_over_the_period_that_ends_with_them() -> None:
    """50 owed after a year of 365 days and 200 of revenue: 91.25 days."""
    row = only(book_of([year("revenue", 2025, 200.0, "USD_million"), stock("accounts_receivable", "2025-12-31", 50.0)]))
    assert value(row.receivable_days) == pytest.approx(50.0 / 200.0 * 365)


def test_bad_debt_is_a_share_of_revenue_and_the_allowance_one_of_what_was_owed_before_it() -> None:
    rows = [year("revenue", 2025, 200.0, "USD_million"), year("credit_loss_expense", 2025, 8.0, "USD_million")]
    balances = [stock("accounts_receivable", "2025-12-31", 90.0), stock("receivables_allowance", "2025-12-31", 10.0)]
    row = only(book_of([*rows, *balances]))
    assert value(row.credit_losses) == pytest.approx(0.04)
    assert value(row.allowance) == pytest.approx(0.10)


def test_cash_conversion_of_a_loss_means_nothing() -> None:
    flows = [year("revenue", 2025, 200.0), year("operating_cash_flow", 2025, 30.0)]
    assert value(only(book_of([*flows, year("net_income", 2025, 20.0)])).cash_conversion) == pytest.approx(1.5)
    gap = only(book_of([*flows, year("net_income", 2025, -20.0)])).cash_conversion
    assert isinstance(gap, Gap)
    assert gap.why is Why.NOT_MEANINGFUL


def test_return_on_equity_is_over_the_mean_of_both_ends() -> None:
    """12 earned on 100 at the start and 140 at the end: 10 percent; with the end alone 8.6."""
    flows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("net_income", 2025, 12.0, "USD_million"),
        stock("total_equity", "2025-12-31", 140.0),
    ]
    assert value(only(book_of([*flows, stock("total_equity", "2024-12-31", 100.0)])).return_on_equity) == 0.10
    alone = only(book_of(flows)).return_on_equity
    assert isinstance(alone, Measure)
    assert alone.value == pytest.approx(12.0 / 140.0)
    assert any("equity at the end alone" in flag for flag in alone.flags)


def test_negative_equity_gives_no_return() -> None:
    flows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("net_income", 2025, 12.0, "USD_million"),
        stock("total_equity", "2025-12-31", -5.0),
    ]
    gap = only(book_of(flows)).return_on_equity
    assert isinstance(gap, Gap)
    assert gap.why is Why.NOT_MEANINGFUL


def test_a_new_paying_user_costs_the_selling_over_the_users_won() -> None:
    """USD 50 million for 2.5 million more paying users: 20 dollars each; with fewer users than before, nothing."""
    rows = [year("revenue", 2025, 200.0, "USD_million"), year("sales_and_marketing", 2025, 50.0, "USD_million")]
    first = stock("paying_users", "2024-12-31", 10.0, "users_million")
    grown = [*rows, first, stock("paying_users", "2025-12-31", 12.5, "users_million")]
    assert value(only(book_of(grown)).user_cost) == pytest.approx(20.0)
    shrunk = only(book_of([*rows, first, stock("paying_users", "2025-12-31", 9.0, "users_million")])).user_cost
    assert isinstance(shrunk, Gap)
    assert shrunk.why is Why.NOT_MEANINGFUL


def test_runway_is_cash_over_the_burn_of_a_month() -> None:
    """120 in hand; 20 out from operations and 40 for plant in a year is 5 a month: 24 months."""
    rows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("operating_cash_flow", 2025, -20.0, "USD_million"),
        year("capital_expenditures", 2025, 40.0, "USD_million"),
        stock("cash_and_investments", "2025-12-31", 120.0, "USD_million"),
    ]
    assert value(only(book_of(rows)).runway) == pytest.approx(24.0, rel=1e-3)


def test_runway_takes_the_newest_burn_and_not_that_of_the_row() -> None:
    """120 in hand at mid 2026: 60 burnt in its first half is 10 a month, 12 months; the year before burnt 5 a month."""
    rows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("operating_cash_flow", 2025, -20.0, "USD_million"),
        year("capital_expenditures", 2025, 40.0, "USD_million"),
        ("operating_cash_flow", "2026-01-01", "2026-06-30", -20.0, "USD_million"),
        ("capital_expenditures", "2026-01-01", "2026-06-30", 40.0, "USD_million"),
        stock("cash_and_investments", "2026-06-30", 120.0),
    ]
    row = only(book_of(rows, day=date(2026, 9, 30)))
    assert str(row.span) == "12 months to 2025-12-31"
    assert value(row.runway) == pytest.approx(12.0, rel=0.01)
    assert isinstance(row.runway, Measure)
    assert row.runway.flags == ()


def test_runway_of_spacex_and_openai_by_their_own_reports() -> None:
    """SpaceX: 100,009 over (28,476 - 3,466) / 6 in the first half of 2026; OpenAI: 73,000 over 3,700 / 3 a month."""
    spacex, openai = peers(embedded().as_of(date(2026, 10, 8)), ["spacex", "openai"]).rows
    assert value(spacex.runway) == pytest.approx(100009 / (25010 / 6), rel=0.01)
    assert value(openai.runway) == pytest.approx(73000 / (3700 / 3), rel=0.02)


def test_a_burn_of_long_ago_says_nothing_of_the_cash_of_today() -> None:
    rows = [
        year("revenue", 2023, 200.0, "USD_million"),
        year("free_cash_flow", 2023, -60.0, "USD_million"),
        stock("cash", "2026-06-30", 120.0),
    ]
    gap = only(book_of(rows)).runway
    assert isinstance(gap, Gap)
    assert "no rows add up to a period" in gap.reason


def test_a_cash_balance_of_another_day_than_the_burn_is_said() -> None:
    rows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("free_cash_flow", 2025, -60.0, "USD_million"),
        stock("cash", "2026-03-31", 120.0),
    ]
    found = only(book_of(rows)).runway
    assert isinstance(found, Measure)
    assert any("cash of 2026-03-31 at the pace of the period to 2025-12-31" in flag for flag in found.flags)


def test_net_income_above_operating_income_is_said_to_hold_gains() -> None:
    """Alphabet filed gains of 147,400 in the year to June 2026: net income is above what it earned by operating."""
    alphabet, microsoft = peers(embedded().as_of(date(2026, 10, 8)), ["alphabet", "microsoft"]).rows
    assert isinstance(alphabet.net, Measure)
    assert any("is above operating income" in flag for flag in alphabet.net.flags)
    assert isinstance(microsoft.net, Measure)
    assert not any("is above operating income" in flag for flag in microsoft.net.flags)


def test_credit_losses_are_of_a_year_where_there_is_one() -> None:
    """iFlytek booked 965 of 23,343 in 2024, 4.1 percent, most of it in the fourth quarter; nine months show half."""
    (row,) = peers(embedded().as_of(date(2026, 10, 8)), ["iflytek"]).rows
    assert value(row.credit_losses) == pytest.approx(965 / 23343, abs=0.0005)


def test_firms_stand_by_what_they_would_sell_in_a_year() -> None:
    """Alibaba's 39.5 billion in three months are more than Oracle's 71.8 in twelve."""
    order = [row.firm for row in peers(embedded().as_of(date(2026, 10, 8))).rows]
    assert order.index("alibaba") < order.index("oracle")


def test_without_capital_spending_runway_says_so() -> None:
    rows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("operating_cash_flow", 2025, -60.0, "USD_million"),
        stock("cash", "2025-12-31", 120.0, "USD_million"),
    ]
    found = only(book_of(rows)).runway
    assert isinstance(found, Measure)
    assert found.value == pytest.approx(24.0, rel=1e-3)
    assert any("without capital spending" in flag for flag in found.flags)


def test_cash_from_operations_alone_does_not_say_that_a_firm_burns_none() -> None:
    """A builder of data centers has it and burns cash all the same; without its capital spending nobody can tell."""
    rows = [year("revenue", 2025, 200.0, "USD_million"), year("operating_cash_flow", 2025, 60.0, "USD_million")]
    gap = only(book_of([*rows, stock("cash", "2025-12-31", 120.0)])).runway
    assert isinstance(gap, Gap)
    assert gap.why is Why.MISSING
    assert "lacks its capital spending" in gap.reason


def test_a_firm_that_brings_in_cash_has_no_runway() -> None:
    rows = [
        year("revenue", 2025, 200.0, "USD_million"),
        year("free_cash_flow", 2025, 5.0, "USD_million"),
        stock("cash", "2025-12-31", 9.0),
    ]
    gap = only(book_of(rows)).runway
    assert isinstance(gap, Gap)
    assert gap.why is Why.NOT_MEANINGFUL


def test_revenue_by_head_is_in_thousand_dollars() -> None:
    """USD 200 million over 400 people: 500 thousand each."""
    rows = [year("revenue", 2025, 200.0, "USD_million"), stock("employees", "2025-12-31", 400.0, "count")]
    row = only(book_of(rows))
    assert (value(row.employees), value(row.revenue_by_employee)) == (400.0, pytest.approx(500.0))


def test_a_firm_without_revenue_is_named_and_left_out() -> None:
    answer = peers(embedded().as_of(date.max), ["deepseek", "iflytek"])
    assert [row.firm for row in answer.rows] == ["iflytek"]
    assert [gap.what for gap in answer.left_out] == ["DeepSeek, revenue"]


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date.max)


def test_iflytek_2024_is_as_in_its_own_annual_report(book: Book) -> None:
    """The report of 2025-04-22 says revenue CNY 23,343 million, up 18.79 percent, income 560, cash flow 2,495."""
    row = only(book.as_of(date(2025, 4, 22)), "iflytek")
    assert str(row.span) == "12 months to 2024-12-31"
    assert value(row.revenue_own) == pytest.approx(23_343.09, abs=0.01)
    assert value(row.growth.own) == pytest.approx(0.1879, abs=0.00005)
    assert value(row.net) == pytest.approx(560.0 / 23_343.0, abs=1e-4)
    assert value(row.cash_conversion) == pytest.approx(2_495.0 / 560.0)


def test_iflytek_bad_debt_of_2024_is_as_in_its_announcement(book: Book) -> None:
    """Announcement 2025-019: credit losses of CNY 965,333,261 on revenue of 23,343,093 thousand, 4.1 percent."""
    row = only(book.as_of(date(2025, 4, 22)), "iflytek")
    assert value(row.credit_losses) == pytest.approx(965.333261 / 23_343.093, abs=1e-5)


def test_iflytek_trailing_growth_is_that_of_another_program(book: Book) -> None:
    """StockAnalysis prints growth of 16.43 percent for the year to September 2025."""
    row = only(book.as_of(date(2026, 2, 12)), "iflytek")
    assert str(row.span) == "12 months to 2025-09-30"
    assert value(row.growth.own) == pytest.approx(0.1643, abs=0.00005)


def test_zhipu_receivable_days_are_near_those_of_its_prospectus(book: Book) -> None:
    """The prospectus says 112 days at June 2025; it takes means of two balances, here it is the balance of the day."""
    assert value(only(book, "zhipu").receivable_days) == pytest.approx(112.0, abs=10.0)


def test_nvidia_days_of_receivables_of_a_quarter(book: Book) -> None:
    """Receivables over revenue of the year that ends with them, from the book's own rows."""
    row = only(book, "nvidia")
    assert isinstance(row.receivable_days, Measure)
    owed = next(f for f in reversed(book.chosen("nvidia", "accounts_receivable")) if f.end == row.receivable_days.end)
    sold = value(row.revenue)
    assert row.span.end == owed.end
    assert row.receivable_days.value == pytest.approx(owed.value / sold * row.span.days)


def test_a_past_day_knows_nothing_that_came_later(book: Book) -> None:
    """The third quarter of 2025 came out on 2025-10-20; the day before, the newest year is that of 2024."""
    before, after = (only(book.as_of(day), "iflytek") for day in (date(2025, 10, 19), date(2025, 10, 20)))
    assert before.span.end < date(2025, 9, 30)
    assert after.span.end == date(2025, 9, 30)


def test_firms_are_found_by_any_of_their_names_each_once(book: Book) -> None:
    assert chosen(book, ["科大讯飞", "SenseTime", "iflytek"]) == ("iflytek", "sensetime")


def test_layer_and_camp_narrow_the_table(book: Book) -> None:
    found = chosen(book, layer="model", camp="china")
    assert {"iflytek", "sensetime", "zhipu", "minimax", "mobvoi"} <= set(found)
    assert all(book.firms[f].layer.value == "model" and book.firms[f].camp == "china" for f in found)


def test_a_firm_bought_whole_stands_beside_its_owner_only_where_it_is_asked_for(book: Book) -> None:
    assert "xai" not in chosen(book)
    assert chosen(book, ["xai"]) == ("xai",)


@pytest.mark.parametrize(
    ("names", "wish", "error", "words"),
    [
        (["iflytekk"], {}, UnknownName, "did you mean iflytek"),
        ([], {"layer": "modell"}, InputError, "did you mean model"),
        ([], {"camp": "chin"}, InputError, "did you mean china"),
        (["nvidia"], {"camp": "china"}, InputError, "none of these firms is of camp china"),
    ],
)
def test_a_wrong_wish_is_answered_with_what_was_expected(
    book: Book, names: list[str], wish: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        chosen(book, names, **wish)
