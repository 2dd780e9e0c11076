"""Looking back: what was reported, the naive forecasts by hand, and that nothing known later leaks in."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.economy import hindcast as module
from cardhouse.economy.hindcast import as_known, hindcast, node_compared
from cardhouse.economy.hindcast_naive import naive_balance, naive_flow
from cardhouse.economy.hindcast_reported import balances, flows, last_day, near, quarter_number
from cardhouse.economy.hindcast_scores import Line, scores
from cardhouse.economy.run import RunChoices, run
from cardhouse.errors import InputError, UnknownName

FIRM = {
    "cash": 1000.0, "receivables": 40.0, "plant": 100.0, "assets": 2000.0, "debt": 0.0, "leases": 0.0,
    "equity": 1900.0, "undrawn": 0.0, "revenue": 400.0, "costs": 300.0, "capex": 0.0,
}  # fmt: skip
STARTS = (date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31))


def flow(metric, start, end, value, known="2026-12-01"):
    return f"alpha,{metric},,{start},{end},{value},USD_million,tenq,{known},high,"


def stock(metric, end, value, known="2026-12-01"):
    return f"alpha,{metric},,,{end},{value},USD_million,tenq,{known},high,"


@pytest.fixture
def alpha(economy):
    """A book of one firm with some more rows of facts, whole."""

    def make(*rows):
        return economy.whole(economy.texts("facts.csv\n" + "\n".join(rows), {"alpha": ("cloud", FIRM)}))

    return make


def q(year, number):
    return year * 4 + number - 1


# --- what was reported ---------------------------------------------------------------------------------------


def test_a_fiscal_quarter_stands_for_the_calendar_quarter_that_holds_most_of_its_days(alpha):
    """July 28 to October 26 has 65 days in the third quarter; September to November 61 in the fourth."""
    told = flows(alpha(flow("revenue", "2025-07-28", "2025-10-26", 10)), "alpha", "revenue")
    assert told.over(q(2025, 3), 1).value == 10.0
    assert told.over(q(2025, 4), 1) is None
    told = flows(alpha(flow("revenue", "2025-09-01", "2025-11-30", 11)), "alpha", "revenue")
    assert told.over(q(2025, 4), 1).value == 11.0


def test_a_quarter_that_nobody_reported_is_the_year_less_the_other_three(alpha):
    """100 - 20 - 25 - 27 = 28."""
    book = alpha(
        flow("revenue", "2024-01-01", "2024-12-31", 100),
        flow("revenue", "2024-01-01", "2024-03-31", 20),
        flow("revenue", "2024-04-01", "2024-06-30", 25),
        flow("revenue", "2024-07-01", "2024-09-30", 27),
    )
    told = flows(book, "alpha", "revenue")
    fourth, third = told.over(q(2024, 4), 1), told.over(q(2024, 3), 1)
    assert (fourth.value, fourth.derived) == (28.0, True)
    assert (third.value, third.derived) == (27.0, False)
    assert told.newest == q(2024, 4)
    assert fourth.where.count("facts.csv:") == 4


def test_a_year_is_its_own_row_or_four_quarters_or_halves(alpha):
    """Half a year of 30 and quarters of 20 and 25 make 75; the second quarter is 30 less 12."""
    book = alpha(
        flow("revenue", "2024-01-01", "2024-06-30", 30),
        flow("revenue", "2024-01-01", "2024-03-31", 12),
        flow("revenue", "2024-07-01", "2024-09-30", 20),
        flow("revenue", "2024-10-01", "2024-12-31", 25),
    )
    told = flows(book, "alpha", "revenue")
    assert (told.over(q(2024, 1), 4).value, told.over(q(2024, 1), 4).derived) == (75.0, False)
    assert told.over(q(2024, 2), 1).value == 18.0
    assert told.over(q(2023, 4), 4) is None


def test_a_balance_stands_for_a_quarter_end_within_45_days(alpha):
    book = alpha(stock("total_debt", "2026-08-31", 7), stock("total_debt", "2026-10-26", 9))
    rows = balances(book, "alpha", "total_debt")
    assert near(book, rows, date(2026, 9, 30)).value == 9.0  # 26 days, the other 30
    assert near(book, rows, date(2026, 12, 31)) is None  # 66 days
    assert near(book, rows, date(2026, 7, 17)).value == 7.0  # 45 days
    assert near(book, rows, date(2026, 7, 16)) is None


# --- naive forecasts, by hand --------------------------------------------------------------------------------


def test_last_growth_keeps_the_season(alpha):
    """Quarters 100, 80, 90, 200, then 120: growth of a fifth on the same quarter a year before, twice after two."""
    ends = (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))
    rows = [
        flow("capital_expenditures", f"2024-{a}", f"2024-{b}", v)
        for (a, b), v in zip(ends, (100, 80, 90, 200), strict=True)
    ]
    book = alpha(*rows, flow("capital_expenditures", "2025-01-01", "2025-03-31", 120))
    book = replace(book, facts=tuple(f for f in book.facts if f.source == "tenq" and f.end < date(2025, 4, 1)))
    forecast = naive_flow(book, "alpha", "capital_expenditures")
    assert [forecast(q(2025, n)).last_value for n in (2, 3, 4)] == [120.0] * 3
    wanted = [80 * 1.2, 90 * 1.2, 200 * 1.2, 120 * 1.2, 80 * 1.44]
    assert [forecast(q(2025, 2) + k).last_growth for k in range(5)] == pytest.approx(wanted)


def test_without_the_quarter_a_year_before_the_growth_of_years_is_taken(alpha):
    """A year of 100 and one of 121 that begins three quarters later: 1.21 in three quarters, 1.29 in a year."""
    book = alpha(
        flow("net_income", "2024-01-01", "2024-12-31", 100),
        *(
            flow("net_income", a, b, v)
            for a, b, v in (
                ("2024-10-01", "2024-12-31", 31), ("2025-01-01", "2025-03-31", 30),
                ("2025-04-01", "2025-06-30", 30), ("2025-07-01", "2025-09-30", 30),
            )
        ),
    )  # fmt: skip
    growth = 1.21 ** (4 / 3)
    forecast = naive_flow(book, "alpha", "net_income")
    assert forecast(q(2025, 4)).last_growth == pytest.approx(31 * growth)
    assert forecast(q(2026, 3)).last_growth == pytest.approx(30 * growth)


def test_losses_have_a_last_value_and_no_growth(alpha):
    book = alpha(flow("net_income", "2024-01-01", "2024-03-31", -9), flow("net_income", "2025-01-01", "2025-03-31", -5))
    guess = naive_flow(book, "alpha", "net_income")(q(2025, 2))
    assert (guess.last_value, guess.last_growth) == (-5.0, None)


def test_a_firm_without_quarters_goes_on_at_its_run_rate_or_at_a_quarter_of_the_year(alpha):
    book = alpha(flow("capital_expenditures", "2024-01-01", "2024-12-31", 80))
    assert naive_flow(book, "alpha", "revenue")(q(2026, 1)).last_value == 100.0
    only = replace(book, facts=tuple(f for f in book.facts if f.end.year == 2024))
    assert naive_flow(only, "alpha", "capital_expenditures")(q(2026, 1)).last_value == 20.0


def test_a_balance_grows_as_over_its_last_year(alpha):
    """1000 a year ago 800: a quarter more in the year."""
    book = alpha(stock("cash_and_investments", "2024-12-31", 800))
    guess = naive_balance(book, "alpha", "cash_and_investments")(q(2026, 4))
    assert guess.last_value == 1000.0
    assert guess.last_growth == pytest.approx(1250.0, rel=1e-3)


# --- errors --------------------------------------------------------------------------------------------------


def line(firm, forecast, value, growth, reported):
    return Line(firm, "revenue", date(2025, 12, 31), 4, 1, forecast, value, growth, reported, "facts.csv:2", False)


def test_a_score_is_the_median_over_firms_with_all_three_forecasts():
    """Errors of the run .1, .3, .2 (and .9 without a naive forecast); of the last value .2, .2, .5; of growth .4s."""
    lines = (
        line("nvidia", 110, 80, 140, 100),
        line("amd", 70, 120, 140, 100),
        line("oracle", 120, 50, 60, 100),
        line("iren", 10, None, None, 100),
        line("a stranger", 0, 0, 0, 100),
    )
    (score,) = scores(lines)
    assert (score.firms, score.ahead, score.all_firms) == (3, 2, 4)
    assert (score.model, score.last_value, score.last_growth) == pytest.approx((0.2, 0.2, 0.4))
    assert score.all_model == pytest.approx(0.25)
    assert score.better is False


def test_the_error_of_a_loss_is_measured_by_its_size():
    """-50 foreseen and -100 reported: half too high; nothing can be said against nothing."""
    assert line("amd", -50, None, None, -100).error(-50) == pytest.approx(0.5)
    assert line("amd", 5, None, None, 0).error(5) is None


# --- the look back -------------------------------------------------------------------------------------------


def test_a_firm_that_does_what_it_did_is_foreseen_without_error(alpha):
    """Revenue runs at 400 a year without growth; four quarters of 100 are reported, and 400 over the year."""
    ends = (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))
    rows = [flow("revenue", f"2026-{a}", f"2026-{b}", 100, known="2027-02-01") for a, b in ends]
    found = hindcast(alpha(*rows), date(2026, 1, 20))
    assert (found.opening, found.last) == (date(2025, 12, 31), date(2026, 12, 31))
    assert [x.forecast for x in found.of("revenue")] == pytest.approx([100.0] * 4)
    (year,) = found.of("revenue", span=4)
    assert (year.forecast, year.last_value, year.reported) == pytest.approx((400.0, 400.0, 400.0))
    assert found.failed == ()


def test_what_became_known_after_today_is_not_taken_as_reported(alpha):
    rows = (
        flow("revenue", "2026-01-01", "2026-03-31", 100, known="2026-05-01"),
        flow("revenue", "2026-04-01", "2026-06-30", 100, known="2026-08-01"),
    )
    found = hindcast(alpha(*rows), date(2026, 1, 20), today=date(2026, 7, 1))
    assert [x.horizon for x in found.of("revenue")] == [1]


def without_later_rows(book, start):
    """The book as it would lie on a disk that nobody wrote on after the day."""
    kept = {
        name: tuple(row for row in getattr(book, name) if row.known <= start)
        for name in ("facts", "ties", "terms", "assumptions", "rates")
    }
    return replace(book, **kept)


@pytest.mark.parametrize("start", STARTS)
def test_rows_known_later_do_not_change_a_byte_of_the_forecast(start):
    """Law: what is forecast from a day is the same whether or not later rows are in the book."""
    whole = embedded()
    choices = RunChoices(quarters=8)
    one, two = (run(as_known(book, start), choices=choices) for book in (whole, without_later_rows(whole, start)))
    assert one.nodes == two.nodes
    assert one.baseline.accounts.tobytes() == two.baseline.accounts.tobytes()
    assert one.compiled.flags == two.compiled.flags


@pytest.mark.parametrize("start", STARTS[:2])
def test_shuffled_later_figures_change_what_was_reported_and_no_forecast(start):
    whole = embedded()
    draw = random.Random(7)  # noqa: S311
    later = [f.value for f in whole.facts if f.known > start]
    draw.shuffle(later)
    values = iter(later)
    facts = tuple(replace(f, value=next(values)) if f.known > start else f for f in whole.facts)
    assumptions = tuple(replace(a, central=a.high) if a.known > start else a for a in whole.assumptions)
    true = hindcast(whole, start)
    wrong = hindcast(replace(whole, facts=facts, assumptions=assumptions), start)

    def forecasts(found):
        return [(x.firm, x.metric, x.end, x.span, x.forecast, x.last_value, x.last_growth) for x in found.lines]

    assert forecasts(true) == forecasts(wrong)
    assert [x.reported for x in true.lines] != [x.reported for x in wrong.lines]


@pytest.mark.parametrize("start", STARTS)
def test_nothing_that_the_run_rests_on_was_known_later(start):
    found = hindcast(embedded(), start)
    ties = found.run.compiled.opening.ties
    assert all(row.known <= start for row in found.assumptions)
    assert all(c.tie.known <= start for c in ties.contracts)
    assert all(d.tie.known <= start for d in ties.debts)
    assert 0 < found.ties_counted <= found.ties_known


def test_a_book_of_a_later_day_still_has_the_earlier_versions_of_ties():
    """It is as good for a look back as the book that was read."""
    whole = embedded()
    cut = whole.as_of(whole.date)
    assert cut.as_of(STARTS[0]).ties == whole.as_of(STARTS[0]).ties
    assert hindcast(cut, STARTS[0]).lines == hindcast(whole, STARTS[0]).lines


def test_reported_figures_are_those_of_the_filings():
    """Nvidia's year to January 2026, Oracle's quarter to November 2025, Microsoft's four quarters of 2025."""
    found = hindcast(embedded(), date(2024, 12, 31))
    year = {x.firm: x.reported for x in found.of("revenue", span=4)}
    assert year["nvidia"] == pytest.approx(215_938, rel=1e-4)
    assert year["microsoft"] == pytest.approx(70_066 + 76_441 + 77_673 + 81_273)
    quarter = {x.firm: x.reported for x in found.of("revenue", horizon=4)}
    assert quarter["oracle"] == pytest.approx(16_058)


def test_a_day_without_a_quarter_after_it_or_too_far_back_is_refused():
    with pytest.raises(InputError, match="0 whole quarters"):
        hindcast(embedded(), date(2026, 10, 5))
    with pytest.raises(InputError, match="expected 1 to 40"):
        hindcast(embedded(), date(1990, 1, 1))
    with pytest.raises(InputError, match="too little was known on 2021-03-31"):
        hindcast(embedded(), date(2021, 3, 31))


def test_a_firm_without_a_balance_sheet_then_is_named_with_the_reason(alpha):
    found = hindcast(alpha(flow("revenue", "2026-01-01", "2026-03-31", 100, known="2026-05-01")), date(2026, 1, 20))
    assert node_compared(found, "Alpha") == "alpha"
    with pytest.raises(UnknownName, match="was not tested from 2026-01-20"):
        node_compared(found, "Banks")


def test_who_falls_in_the_run_is_said(alpha, monkeypatch):
    monkeypatch.setattr(module, "failures", lambda path, nodes: {"alpha": 2, "a vehicle": 0})
    book = alpha(flow("revenue", "2026-01-01", "2026-03-31", 100, known="2026-05-01"))
    assert hindcast(book, date(2026, 1, 20)).failed == (("alpha", 2),)


def test_numbers_of_quarters_and_their_last_days():
    assert quarter_number(date(2025, 6, 30)) == q(2025, 2)
    assert [last_day(q(2025, n)).isoformat()[5:] for n in (1, 2, 3, 4)] == ["03-31", "06-30", "09-30", "12-31"]
