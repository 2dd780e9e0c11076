"""The plain formulas: arithmetic by hand, the figures of others from their own inputs, and laws that hold for all."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.book import Layer, embedded
from cardhouse.economy.opening import open_book
from cardhouse.economy.published_needs import published
from cardhouse.economy.required import ORDER, Terms, annuity, required, required_revenue, terms_of, waterfall
from cardhouse.economy.required_capital import capital, spent
from cardhouse.economy.required_inputs import quantile
from cardhouse.errors import BookError, InputError

HAND = Terms(capital=2_050_000.0, short_share=0.6, short_life=5.0, long_life=20.0, return_=0.1, part=0.5)

terms = st.builds(
    Terms,
    capital=st.floats(1.0, 1e7),
    short_share=st.floats(0.0, 1.0),
    short_life=st.floats(0.5, 50.0),
    long_life=st.floats(0.5, 50.0) | st.just(math.inf),
    return_=st.floats(0.001, 0.5),
    part=st.floats(0.05, 1.0),
)

# --- the formula ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "years", "payment"),
    [
        (0.1, 5, 0.263797),  # tables of capital recovery factors
        (0.1, 20, 0.117460),
        (0.08, 10, 0.149029),
        (0.0, 4, 0.25),  # without a return a quarter of the dollar each year
        (0.1, 1, 1.1),
        (0.1, math.inf, 0.1),  # for ever: the return alone
    ],
)
def test_yearly_payments_as_in_tables(rate: float, years: float, payment: float) -> None:
    assert annuity(rate, years) == pytest.approx(payment, abs=5e-7)


@given(st.floats(0.0, 0.5), st.integers(1, 60))
def test_the_payments_are_worth_the_dollar_that_was_spent(rate: float, years: int) -> None:
    """Definition of the annuity: payments discounted at the return add up to one."""
    payment = annuity(rate, years)
    assert sum(payment / (1.0 + rate) ** t for t in range(1, years + 1)) == pytest.approx(1.0)


def test_a_return_near_nothing_is_no_cliff() -> None:
    assert annuity(1e-12, 7.0) == pytest.approx(1 / 7)


def test_the_known_case_gives_about_842_billion() -> None:
    """(.6 x .263797 + .4 x .117460) x 2050 / .5 = 841.58, by hand."""
    assert required_revenue(HAND) == pytest.approx(841_580, abs=10)


@given(terms)
def test_laws_of_the_formula(t: Terms) -> None:
    """Twice the capital needs twice the revenue, half the part needs twice, a longer life never more."""
    whole = required_revenue(t)
    assert required_revenue(replace(t, capital=2 * t.capital)) == pytest.approx(2 * whole)
    assert required_revenue(replace(t, part=t.part / 2)) == pytest.approx(2 * whole)
    assert required_revenue(replace(t, short_life=2 * t.short_life)) <= whole * (1 + 1e-12)
    assert required_revenue(replace(t, return_=t.return_ + 0.01)) >= whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"capital": -1.0},
        {"capital": math.nan},
        {"short_share": 1.2},
        {"short_life": 0.0},
        {"return_": -0.1},
        {"return_": math.nan},
        {"part": 0.0},
        {"part": 1.5},
        {"return_": 0.0, "long_life": math.inf},
    ],
)
def test_inputs_outside_their_range_are_refused_with_what_was_expected(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected"):
        required_revenue(replace(HAND, **wrong))


# --- others' figures --------------------------------------------------------------------------------------------


def test_every_published_figure_comes_out_of_its_own_inputs() -> None:
    """150 x 2 x 2 = 600; 500 / 25 % = 2,000; 10 % of 5,000 over 10/13 = 650; about 842."""
    given_back = {row.id: required_revenue(terms_of(row)) for row in published()}
    assert given_back["sequoia"] == pytest.approx(600_000)
    assert given_back["bain"] == pytest.approx(2_000_000)
    assert given_back["jpmorgan"] == pytest.approx(650_000)
    assert given_back["buildout-breaks"] == pytest.approx(842_000, rel=1e-3)


def test_inputs_that_were_not_printed_are_marked_and_solved() -> None:
    parts = {row.id: (row.implied, row.part) for row in published()}
    assert parts["bain"] == ("part", pytest.approx(0.25))
    assert parts["jpmorgan"] == ("part", pytest.approx(10 / 13))
    assert parts["sequoia"] == ("", 0.5)


def test_sequoias_chain_gave_200_billion_for_50_the_year_before() -> None:
    """The same author in September 2023: chip sales of 50 billion a year need 200."""
    row = next(row for row in published() if row.id == "sequoia")
    assert required_revenue(terms_of(replace(row, chips=50_000.0))) == pytest.approx(200_000)


def test_a_way_by_hand_from_one_figure_to_another() -> None:
    """300 at half (600) with a one-year life; our capital 1200 (2,400); lives of 4 and 10 years; part 0.4.

    Half of it over 4 years and half over 10, no return: 1200 x (.125 + .05) = 210, over .4 = 525.
    """
    theirs = Terms(300.0, 1.0, 1.0, 1.0, 0.0, 0.5)
    ours = Terms(1200.0, 0.5, 4.0, 10.0, 0.0, 0.4)
    steps = waterfall(theirs, ours)
    assert [step.change for step in steps] == pytest.approx([1800.0, 0.0, -900.0, -1080.0, 0.0, 105.0])


@given(terms, terms)
def test_the_steps_add_up_to_the_difference_and_change_one_input_each(theirs: Terms, ours: Terms) -> None:
    steps = waterfall(theirs, ours)
    total = required_revenue(ours) - required_revenue(theirs)
    largest = max(abs(step.change) for step in steps)
    assert math.fsum(step.change for step in steps) == pytest.approx(total, rel=1e-9, abs=1e-9 * largest + 1e-9)
    assert tuple(step.input for step in steps) == ORDER
    assert all(step.change == 0.0 for step in steps if step.before == step.after)


# --- capital ----------------------------------------------------------------------------------------------------

FIRM = {"cash": 500.0, "assets": 2000.0, "debt": 0.0, "equity": 1000.0, "revenue": 1000.0, "costs": 600.0}
LAST = "USD_million,tenq,2026-01-15,high,"
CAPEX = f"""
    facts.csv
    cloud1,capital_expenditures,,2022-01-01,2022-12-31,100,{LAST}
    cloud1,capital_expenditures,,2023-01-01,2023-12-31,150,{LAST}
    cloud1,capital_expenditures,,2024-01-01,2024-12-31,250,{LAST}
    cloud1,capital_expenditures,,2024-01-01,2024-03-31,40,{LAST}
    cloud1,capital_expenditures,,2025-01-01,2025-12-31,400,{LAST}
    cloud1,capital_expenditures,,2025-01-01,2025-03-31,90,{LAST}
    cloud1,capital_expenditures,,2025-04-01,2025-06-30,100,{LAST}
    cloud1,capital_expenditures,,2025-07-01,2025-09-30,100,{LAST}
    cloud1,capital_expenditures,,2025-10-01,2025-12-31,110,{LAST}
    assumptions.csv
    c,cloud1,capital_expenditures,400,500,700,USD_million,2026-01-01,2026-12-31,2026-01-10,,Round.
"""


@pytest.fixture(scope="module")
def small(economy):
    """A cloud that spent 800 from 2023 to 2025 beside 100 in 2022, and plans 500; a chip maker that spends, too."""
    maker = {**FIRM, "capex": 70.0}
    return economy(CAPEX, {"cloud1": ("cloud", FIRM), "maker": ("compute", maker)})


def test_rows_are_used_once_and_those_that_cover_most_days_win(small) -> None:
    """The year 2024 counts, not its first quarter on top; the quarters of 2025 count, not the year on top."""
    figure, covered = spent(small, "cloud1", date(2023, 1, 1), date(2025, 12, 31))
    assert figure.value == pytest.approx(150 + 250 + 400)
    assert len(covered) == 6
    assert all(a[1] < b[0] for a, b in pairwise(covered))


def test_a_row_across_an_end_counts_by_its_days(small) -> None:
    """184 of the 365 days of the row for 2023."""
    figure, _ = spent(small, "cloud1", date(2023, 7, 1), date(2023, 12, 31))
    assert figure.value == pytest.approx(150 * 184 / 365)


def test_capital_is_what_was_built_and_planned_less_the_ordinary(small) -> None:
    """800 built, 500 planned, four years at 100 a year taken off; the ends: 400 and 700 planned, 150 and 50 a year."""
    opening = open_book(small)
    (row,) = capital(opening, date(2023, 1, 1), opening.window.end)
    assert (row.firm, row.built.value, row.planned.value) == ("cloud1", pytest.approx(800), pytest.approx(500))
    years = 1461 / 365.25
    assert row.ai.value == pytest.approx(1300 - 100 * years, rel=1e-3)
    assert row.low == pytest.approx(1200 - 150 * years, rel=1e-3)
    assert row.high == pytest.approx(1500 - 50 * years, rel=1e-3)


def test_chip_makers_are_not_counted_because_their_sales_are_in_what_clouds_spend(small) -> None:
    opening = open_book(small)
    assert [row.firm for row in capital(opening, date(2023, 1, 1), opening.window.end)] == ["cloud1"]


def test_time_after_the_last_report_is_filled_halfway_to_the_plan_and_is_an_assumption(economy) -> None:
    """100 in 92 days is a pace of 397 a year, the plan's is 500: 448 a year for the 92 days up to the opening."""
    rows = economy.texts(CAPEX, {"cloud1": ("cloud", FIRM)})
    rows["facts"] = [r for r in rows["facts"] if "2025-10-01" not in r and "2025-01-01,2025-12-31,400" not in r]
    opening = open_book(economy.read(rows))
    (row,) = capital(opening, date(2023, 1, 1), opening.window.opening)
    pace = (100 * 365.25 / 92 + 500) / 2
    assert row.built.value == pytest.approx(150 + 250 + 290 + pace * 92 / 365.25, rel=1e-4)
    assert any("after its last report" in line for line in row.ai.trail)
    assert row.ai.basis["assumption"] > 0.0


def test_without_a_year_before_the_boom_that_is_said(economy) -> None:
    rows = economy.texts(CAPEX, {"cloud1": ("cloud", FIRM)})
    rows["facts"] = [r for r in rows["facts"] if "2022-01-01" not in r]
    answer = required(economy.read(rows))
    assert any("no figure for 2022" in flag for flag in answer.flags)


# --- the whole answer -------------------------------------------------------------------------------------------


def test_the_small_economy_by_hand(small) -> None:
    """Shares half and half, 4 and 25 years, 10 percent; 400 of 1000 are left: K (.5 a(4) + .5 a(25)) / .4."""
    answer = required(small)
    k = answer.capital[0].ai.value
    assert answer.value == pytest.approx(k * (0.5 * 0.315471 + 0.5 * 0.110168) / 0.4, rel=1e-5)
    assert answer.demand_now == (0.0, 0.0, 0.0)  # the economy's share for AI is nothing
    assert answer.gap == answer.value


def test_a_row_of_ones_own_replaces_the_return(economy) -> None:
    own = CAPEX + "    r,all,required_return,0.2,0.2,0.2,fraction,,,2026-01-10,,Ours.\n"
    answer = required(economy(own, {"cloud1": ("cloud", FIRM)}))
    assert answer.terms.return_ == 0.2
    assert answer.one_at_a_time["return_"] == (answer.value, answer.value)


def test_a_return_of_nothing_is_refused_with_the_line_to_mend(economy) -> None:
    own = CAPEX + "    r,all,required_return,0,0,0,fraction,,,2026-01-10,,Ours.\n"
    with pytest.raises(BookError, match=r"assumptions.csv:\d+: r: .*mend"):
        required(economy(own, {"cloud1": ("cloud", FIRM)}))


def test_a_book_where_nobody_builds_is_refused(economy) -> None:
    with pytest.raises(BookError, match="spends on computing"):
        required(economy("", {"maker": ("compute", FIRM)}))


@pytest.fixture(scope="module")
def answer(shipped):
    return required(shipped)


def test_the_range_holds_every_single_change(answer) -> None:
    low, high = answer.range
    assert low < answer.value < high
    for ends in answer.one_at_a_time.values():
        assert low <= min(ends) <= answer.value * (1 + 1e-12)
        assert answer.value * (1 - 1e-12) <= max(ends) <= high


def test_every_way_leads_from_the_figure_to_ours(answer) -> None:
    assert [c.row.id for c in answer.compared] == ["sequoia", "bain", "jpmorgan", "buildout-breaks"]
    for c in answer.compared:
        assert c.reproduced == pytest.approx(c.row.value, rel=1e-3)
        assert c.reproduced + math.fsum(step.change for step in c.steps) == pytest.approx(answer.value)


def test_sequoias_chain_from_the_books_chip_sales(answer) -> None:
    """Data-center revenue of 89,023 in 91 days, 39 percent of a data center's cost, half of revenue left."""
    found = next(c for c in answer.compared if c.row.id == "sequoia")
    assert found.with_book == pytest.approx(89_023 * 365.25 / 91 / 0.39 / 0.5)


def test_the_formula_with_all_our_inputs_is_our_answer(answer) -> None:
    found = next(c for c in answer.compared if c.row.id == "buildout-breaks")
    assert found.with_book == pytest.approx(answer.value)


def test_capital_counts_no_seller_and_no_firm_twice(answer, shipped) -> None:
    firms = [row.firm for row in answer.capital]
    assert len(set(firms)) == len(firms)
    assert {shipped.firms[f].layer for f in firms} <= {Layer.CLOUD, Layer.NEOCLOUD, Layer.MODEL}
    assert "xai" not in firms  # it is inside SpaceX since the merger
    assert sum(row.ai.value for row in answer.capital) == pytest.approx(answer.inputs["capital"].central)


def test_end_demand_leaves_out_what_firms_of_the_book_pay_each_other(answer) -> None:
    """CoreWeave's rents from Microsoft, OpenAI and Meta are no end demand; all that laboratories sell is."""
    outside = {row.firm: row.from_world for row in answer.demand}
    assert outside["coreweave"] < 0.5
    assert outside["openai"] == 1.0
    low, central, high = answer.demand_now
    assert low < central < high
    assert "nvidia" not in outside


def test_every_input_says_where_it_comes_from(answer) -> None:
    for row in answer.inputs.values():
        assert row.low <= row.central <= row.high
        assert row.trail
        assert sum(row.basis.values()) > 0.0
    assert 0.0 < answer.assumed_share < 1.0


def test_what_was_published_later_is_not_known_earlier() -> None:
    then = required(embedded().as_of(date(2025, 6, 30)))
    assert [c.row.id for c in then.compared] == ["sequoia"]


def test_quartiles_by_weight() -> None:
    """Weights 1, 1, 2: a quarter lies at the first value, half at the second, three quarters at the third."""
    rows = [(0.1, 1.0, "a"), (0.2, 1.0, "b"), (0.5, 2.0, "c")]
    assert [quantile(rows, share) for share in (0.25, 0.5, 0.75)] == [0.1, 0.2, 0.5]


def test_a_return_that_is_asked_for_stands_in_the_formula() -> None:
    """The formula with 12 % at the book's other inputs, and nothing else is changed; it has no range of its own."""
    book = embedded()
    book = book.as_of(book.date)
    usual, asked = required(book), required(book, 0.12)
    assert asked.value == pytest.approx(required_revenue(replace(usual.terms, return_=0.12)))
    assert {n for n in ORDER if asked.inputs[n] != usual.inputs[n]} == {"return_"}
    assert asked.one_at_a_time["return_"] == (asked.value, asked.value)
    ours = {c.row.id: next(s for s in c.steps if s.input == "return_").after for c in asked.compared}
    assert set(ours.values()) == {0.12}
    (trail,) = asked.inputs["return_"].trail
    assert trail.startswith("0.12 as asked for, in place of 0.1 (published_needs.toml:")


@pytest.mark.parametrize("wrong", [0.0, -0.1, 12.0, math.nan])
def test_a_return_that_nobody_can_ask_for_is_refused(wrong: float) -> None:
    with pytest.raises(InputError, match="expected above 0% up to 100%"):
        required(embedded(), wrong)
