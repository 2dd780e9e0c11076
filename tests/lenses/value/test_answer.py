"""Prices, multiples and implied growth on the embedded book, against its filings and arithmetic of its rows."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book, embedded, latest
from cardhouse.economy.opening import Opening, open_book
from cardhouse.errors import BookError, InputError, UnknownName
from cardhouse.lenses.accounts.gains import gains
from cardhouse.lenses.measure import Gap, Measure, Reading, Why
from cardhouse.lenses.readings import quarters
from cardhouse.lenses.value import Given, given_fall, past_fall, value_of
from cardhouse.lenses.value.answer import Value, Valued
from cardhouse.lenses.value.cashflows import Terms, worth
from cardhouse.lenses.value.price import market_value, price_of, stakes_of
from cardhouse.lenses.value.results import results_of
from cardhouse.lenses.value.troughs import TROUGHS


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date(2026, 10, 8))


@pytest.fixture(scope="module")
def opening(book: Book) -> Opening:
    return open_book(book)


@pytest.fixture(scope="module")
def answer(book: Book) -> Value:
    names = ("nvidia", "coreweave", "openai", "microsoft", "huawei")
    return value_of(book, names, given=Given(), fall=given_fall(0.5, book.date), past=True)


def firm(answer: Value, name: str) -> Valued:
    return next(f for f in answer.firms if f.firm == name)


def number(reading: Reading) -> float:
    assert isinstance(reading, Measure), reading
    return reading.value


def test_a_price_is_moved_by_the_share_price_since(book: Book) -> None:
    cap = latest(book, "nvidia", "market_cap", book.date)
    price = latest(book, "nvidia", "share_price", book.date)
    assert cap is not None
    assert price is not None
    assert price.end > cap.end
    then = latest(book, "nvidia", "share_price", cap.end)
    assert then is not None
    found, listed = market_value(book, "nvidia", book.date)
    assert listed
    assert number(found) == pytest.approx(cap.value * price.value / then.value)
    assert isinstance(found, Measure)
    assert found.end == price.end
    assert any("moved by the share price" in flag for flag in found.flags)


def test_a_round_is_dated_and_its_money_told_apart_by_how_firm_it_is(answer: Value) -> None:
    price = firm(answer, "openai").price
    assert not price.listed
    assert isinstance(price.value, Measure)
    assert any("round of 2026-03-31" in flag for flag in price.value.flags)
    assert price.round is not None
    # Amazon 50,000 and others 12,000 paid; two thirds of the 30,000 of Nvidia and of SoftBank are, a third is to come.
    assert number(price.round.raised) == 122_000.0
    assert (price.round.paid, price.round.binding, price.round.announced) == (102_000.0, 20_000.0, 0.0)


def test_a_round_holds_no_more_than_was_raised_in_it(opening: Opening) -> None:
    """Series H was 65,000: 50,000 of others, 10,000 of Google and 5,000 of Amazon, by the release of 2026-05-28.

    Google's and Amazon's milestone commitments of April, 50,000 more at a price of 350 billion, are no part of it.
    """
    found = price_of(opening, "anthropic", stakes_of(opening)).round
    assert found is not None
    assert number(found.raised) == 65_000.0
    assert (found.paid, found.binding, found.announced) == (65_000.0, 0.0, 0.0)


def test_an_old_price_is_asked_with_the_cash_and_the_pace_of_its_own_day(answer: Value) -> None:
    """OpenAI in March: 852 + 0.5 of debt - 73 of cash - 1.1 of stakes over a pace of 25 asks for 39 percent a year."""
    openai = firm(answer, "openai")
    p = openai.price
    assert number(p.enterprise_then) == pytest.approx(number(p.value) + number(p.debt) - 73_000.0 - number(p.stakes))
    assert number(openai.results.run_rate_then) == 25_000.0
    assert number(openai.implied.growth_then) == pytest.approx(0.39, abs=0.005)
    assert number(openai.implied.growth) == pytest.approx(0.29, abs=0.005)


def test_a_planned_margin_is_told_from_a_reported_one(answer: Value) -> None:
    """OpenAI burnt 9,000 on sales of 13,070 in 2025; Nvidia files its cash flow."""
    openai, nvidia = firm(answer, "openai").results, firm(answer, "nvidia").results
    assert openai.planned
    assert number(openai.burnt) == pytest.approx(-9000 / 13070)
    assert not nvidia.planned
    assert openai.from_pace
    assert not nvidia.from_pace


def test_earnings_without_gains_are_those_of_the_restated_accounts(opening: Opening, book: Book) -> None:
    """Alphabet filed gains of 147,400 before tax in three quarters of its year: half of net income, after tax."""
    found = results_of(opening, "alphabet", book.date)
    restated = gains(book, "alphabet", {})
    assert number(restated.gains) == 147_400.0
    assert number(found.without_gains) == pytest.approx(number(restated.without))
    assert isinstance(found.without_gains, Measure)
    assert any("gains on stakes are known for" in flag for flag in found.without_gains.flags)


def test_a_stake_without_price_or_carrying_amount_stands_at_what_was_paid() -> None:
    """As of the end of 2025 the book has no price of CoreWeave; OpenAI's shares of it cost 350."""
    then = embedded().as_of(date(2025, 12, 31))
    found = price_of(open_book(then), "openai", stakes_of(open_book(then)))
    assert number(found.stakes) == 350.0
    assert isinstance(found.stakes, Measure)
    assert any("at what was paid" in flag for flag in found.stakes.flags)


def test_enterprise_value_is_the_sum_of_its_parts(answer: Value) -> None:
    p = firm(answer, "microsoft").price
    parts = number(p.value) + number(p.debt) + number(p.finance_leases) - number(p.cash) - number(p.stakes)
    assert number(p.enterprise) == pytest.approx(parts)


def test_the_market_value_counts_the_shares_that_earnings_are_filed_for(book: Book, answer: Value) -> None:
    # Nvidia files net income and diluted earnings per share of a quarter; the diluted count is a little larger than
    # that of the cover page, which the data set multiplies by.
    earned = next(q for q in quarters(book, "nvidia", "net_income", book.date) if q.end == date(2026, 7, 26))
    each = next(q for q in quarters(book, "nvidia", "eps_diluted", book.date) if q.end == date(2026, 7, 26))
    price = latest(book, "nvidia", "share_price", book.date)
    assert price is not None
    counted = number(firm(answer, "nvidia").price.value) / price.value
    assert counted == pytest.approx(earned.value / each.value, rel=0.01)
    assert counted < earned.value / each.value


def test_free_cash_flow_is_what_oracle_says_it_is() -> None:
    # Oracle's own figure for its fiscal year 2026: -23.7 billion; it rounds to hundreds of millions.
    then = embedded().as_of(date(2026, 7, 15))
    said = next(f for f in then.chosen("oracle", "free_cash_flow") if f.end == date(2026, 5, 31))
    found = results_of(open_book(then), "oracle", then.date).free_cash
    assert isinstance(found, Measure)
    assert found.end == said.end
    assert found.value == pytest.approx(said.value, abs=50.0)


def test_multiples_of_a_loss_mean_nothing_and_say_so(answer: Value) -> None:
    m = firm(answer, "coreweave").multiples
    assert isinstance(m.to_earnings, Gap)
    assert m.to_earnings.why is Why.NOT_MEANINGFUL
    assert m.to_earnings.reason == "net income is negative"
    assert isinstance(m.to_earnings_without_gains, Gap)
    assert number(m.to_sales) > 0.0
    assert number(m.cash_yield) < 0.0  # a yield may be negative; a multiple may not


def test_the_growth_found_is_worth_the_price(answer: Value) -> None:
    for name in ("nvidia", "openai", "microsoft"):
        i, r = firm(answer, name).implied, firm(answer, name).results
        t = {k: v.value for k, v in i.terms.items()}
        asked = Terms(
            t["discount_rate"], int(t["growth_years"]), int(t["fade_years"]), t["long_run_growth"],
            t["target_cash_margin"],
        )  # fmt: skip
        value = number(r.base) * worth(number(r.margin), number(i.growth), asked)
        assert value == pytest.approx(number(firm(answer, name).price.enterprise), rel=1e-9)
        years = int(t["growth_years"])
        assert number(i.revenue_then) == pytest.approx(number(r.base) * (1.0 + number(i.growth)) ** years)
        assert all(m.growth_low != m.growth_high for m in i.moved)


def test_guidance_is_laid_beside_the_price_as_growth_a_year(answer: Value) -> None:
    # 108,000 for the 91 days to 2026-10-25 is 433,200 a year of 365.25 days, on 302,969 in the year to 2026-07-26.
    # Middle of the year: 2026-01-25.5; of the quarter: 2026-09-10; 227.5 days apart.
    said = next(e for e in firm(answer, "nvidia").implied.expected if e.metric == "guidance_revenue")
    base = number(firm(answer, "nvidia").results.base)
    yearly = 108_000.0 * 365.25 / 91.0
    assert number(said.growth) == pytest.approx((yearly / base) ** (365.25 / 227.5) - 1.0)


def test_a_firm_without_a_price_is_a_gap_and_not_a_nought(answer: Value) -> None:
    huawei = firm(answer, "huawei")
    assert not huawei.priced
    assert not huawei.implied.solvable
    assert isinstance(huawei.price.enterprise, Gap)
    assert isinstance(huawei.implied.growth, Gap)


def test_given_terms_replace_the_assumptions(book: Book) -> None:
    given = Given(rate=0.11, years=4, fade=6, margin=0.3, long_run=0.03, growth=0.2)
    found = value_of(book, ["nvidia"], given=given, fall=given_fall(0.5, book.date), past=False).firms[0].implied
    assert [round(t.value, 6) for t in found.terms.values()] == [0.11, 4, 6, 0.03, 0.3]
    assert all(m.growth_low == m.growth_high for m in found.moved)
    assert found.asked_margin is not None
    assert found.asked_margin.growth == 0.2


def test_a_member_of_a_group_is_valued_as_the_group(book: Book) -> None:
    found = value_of(book, ["xai", "spacex"], given=Given(), fall=given_fall(0.5, book.date), past=False)
    assert [(f.firm, f.asked) for f in found.firms] == [("spacex", "xAI")]


def test_nothing_known_later_enters() -> None:
    then = embedded().as_of(date(2025, 12, 31))
    found = value_of(then, ["nvidia"], given=Given(), fall=given_fall(0.5, then.date), past=False).firms[0]
    assert isinstance(found.price.value, Measure)
    assert found.price.value.end <= date(2025, 12, 31)
    assert isinstance(found.results.revenue, Measure)
    assert found.results.revenue.end == date(2025, 10, 26)  # the quarter reported on 2025-11-19


def test_prices_over_gdp_are_sums_over_one_row(book: Book, answer: Value) -> None:
    a = answer.against_gdp
    rows = [f for f in book.chosen("usa", "gdp") if f.end == date(2025, 12, 31)]
    assert number(a.gdp) == rows[0].value
    assert number(a.listed_share) == pytest.approx(number(a.listed) / rows[0].value)
    assert number(a.listed) > number(a.american) > 0.0
    assert {m.entity for m in a.measured} >= {"cisco", "usa"}


def test_a_past_fall_is_what_the_book_says_of_the_index(book: Book) -> None:
    # The book has the fall of the Nasdaq as a figure of its own beside the two levels it is computed from.
    row = next(f for f in book.chosen("nasdaq-composite", "index_change") if f.end == date(2002, 10, 9))
    assert past_fall(book, "nasdaq-2002").size.value == pytest.approx(-row.value / 100.0, abs=5e-5)
    assert past_fall(book, "cisco-2002").size.value == pytest.approx(1.0 - 8.6 / 80.0)


def test_the_fall_to_2022_is_that_of_dow_jones() -> None:
    # Dow Jones Data Talk of 2023-01-05: 10305.24 is 35.82 percent off the record and 0.90 percent up from the low.
    fall = past_fall(embedded().as_of(date.max), "nasdaq-2022").size.value
    assert 1.0 - fall == pytest.approx((1.0 - 0.3582) / 1.0090, abs=2e-4)


def test_faults_are_named_with_what_to_do(book: Book) -> None:
    with pytest.raises(UnknownName, match="no trough is called 'nasdaq-2003'"):
        past_fall(book, "nasdaq-2003")
    with pytest.raises(InputError, match="expected more than 0%"):
        given_fall(1.5, book.date)
    with pytest.raises(BookError, match="say --drawdown 50%"):
        past_fall(book.as_of(date(2002, 1, 1)), "nasdaq-2002")
    with pytest.raises(InputError, match="aggregate of the world"):
        value_of(book, ["public-bondholders"], given=Given(), fall=given_fall(0.5, book.date), past=False)
    with pytest.raises(InputError, match="expected -50% to 200%"):
        Given(growth=9.0)


def test_every_past_trough_is_run_smallest_first(answer: Value) -> None:
    sizes = [f.fall.size.value for f in answer.past]
    assert len(sizes) == len(TROUGHS)
    assert sizes == sorted(sizes)
