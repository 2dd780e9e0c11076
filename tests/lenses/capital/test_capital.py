"""Money raised: concentration by hand, rounds and listings as published, and where a dollar ends as a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Confidence, Fact, Firmness, Status, Where, embedded
from cardhouse.economy.opening import open_book
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.capital import (
    Capital,
    Spending,
    capital,
    capital_of,
    ends_of,
    pledges,
    rounds,
    spending,
    spread,
    state,
)
from cardhouse.lenses.measure import USD, Gap, Measure, Why

END = date(2025, 12, 31)


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date.max)


@pytest.fixture(scope="module")
def whole(book: Book) -> Capital:
    return capital(book)


def money(value: float) -> Measure:
    return Measure(value, USD, END, basis={"news": value})


def value(reading: object) -> float:
    assert isinstance(reading, Measure), reading
    return reading.value


def row(firm: str, metric: str, item: str, start: str, end: str, amount: float, *, source: str) -> Fact:
    first = date.fromisoformat(start) if start else None
    last = date.fromisoformat(end)
    unit, where = "USD_million", Where("facts.csv", 1)
    return Fact(firm, metric, item, first, last, amount, unit, source, date(2026, 1, 1), Confidence.HIGH, "", where)


def test_the_herfindahl_index_by_hand() -> None:
    found = spread("parts", [money(60), money(30), money(10)], money(100))
    assert value(found.top) == pytest.approx(0.6)
    assert value(found.low) == pytest.approx(0.36 + 0.09 + 0.01)
    assert value(found.high) == value(found.low)  # nothing is unnamed
    assert value(found.lead) == pytest.approx(2.0)


def test_an_unnamed_rest_gives_bounds() -> None:
    found = spread("parts", [money(60), money(20)], money(100))
    assert value(found.low) == pytest.approx(0.36 + 0.04)
    assert value(found.high) == pytest.approx(0.36 + 0.04 + 0.2**2)
    assert value(found.unnamed) == pytest.approx(0.2)


def test_parts_larger_than_their_whole_have_no_spread() -> None:
    found = spread("parts", [money(90), money(20)], money(100))
    assert isinstance(found.low, Gap)
    assert found.low.why is Why.NOT_MEANINGFUL


def test_without_a_whole_only_the_lead_is_known() -> None:
    found = spread("parts", [money(6), money(2)], Gap("world", "not in the book"))
    assert isinstance(found.top, Gap)
    assert value(found.lead) == pytest.approx(3.0)


def test_the_ai_index_says_23_times_china_and_12_times_the_year_before(whole: Capital) -> None:
    # AI Index 2026: 285.9 billion, 23 times China's 12.4; AI Index 2025: 109.1, nearly 12 times China's 9.3.
    years = {y.end.year: y for y in whole.investment if y.kind == "private_investment_ai"}
    assert [p.amount.value for p in years[2025].places] == [285_900.0, 12_400.0]
    assert round(value(years[2025].spread.lead)) == 23
    assert round(value(years[2024].spread.lead)) == 12


def test_the_disputed_edition_is_shown_and_not_used(whole: Capital) -> None:
    disputed = {(c.key[0], c.key[3].year): c for c in whole.disputed}
    usa = disputed["usa", 2025]
    assert usa.chosen.value == 285_900.0
    assert [f.value for f in usa.others] == [80_000.0]


def test_the_oecd_counts_61_percent_and_three_quarters_american(whole: Capital) -> None:
    # OECD: 258.7 of 427.1 billion of venture capital in 2025; 194 billion, about 75 percent, to American firms.
    share = next(s for s in whole.venture if s.compiler == "oecd" and s.share.end.year == 2025)
    assert share.share.value == pytest.approx(258.7 / 427.1, abs=0.005)
    year = next(y for y in whole.investment if y.kind == "venture_capital_ai" and y.compiler == "oecd")
    assert value(year.spread.top) == pytest.approx(0.75, abs=0.005)


def test_coreweave_closed_its_first_day_where_it_was_issued(whole: Capital) -> None:
    found = next(r for r in whole.listings if r.firm == "coreweave")
    assert (found.issue.value, value(found.first), found.currency) == (40.0, 40.0, "USD")
    assert value(found.first_day) == 0.0


@pytest.mark.parametrize(
    ("firm", "published"), [("cerebras", 0.68), ("minimax", 1.09), ("zhipu", 0.1317), ("spacex", 0.19)]
)
def test_first_days_as_the_press_gave_them(whole: Capital, firm: str, published: float) -> None:
    found = next(r for r in whole.listings if r.firm == firm)
    assert value(found.first_day) == pytest.approx(published, abs=0.006)


def test_a_return_is_in_the_currency_of_trading(whole: Capital) -> None:
    found = next(r for r in whole.listings if r.firm == "zhipu")
    assert found.currency == "HKD"
    assert value(found.to_last) == pytest.approx(725 / 116.2 - 1)


def test_a_multiple_uses_the_run_rate_of_the_day_and_says_how_old_it_is(whole: Capital) -> None:
    found = next(r for r in whole.rounds if r.firm == "anthropic" and r.day == date(2026, 5, 28))
    assert value(found.multiple) == pytest.approx(965_000 / 47_000)
    assert (found.days_before, found.status) == (0, "closed")


def test_a_run_rate_later_than_the_round_or_too_old_is_not_used(book: Book) -> None:
    later = row("crusoe", "annualized_revenue_run_rate", "", "", "2025-11-01", 500.0, source="gh-facility-audit-2026")
    old = row("crusoe", "annualized_revenue_run_rate", "", "", "2025-01-01", 100.0, source="gh-facility-audit-2026")
    for extra in (later, old):
        own = replace(book, facts=(*book.facts, extra))
        found = next(r for r in rounds(own) if r.firm == "crusoe" and r.day == date(2025, 10, 23))
        assert isinstance(found.multiple, Gap)


def test_money_still_to_come_is_open_and_not_closed() -> None:
    early = embedded().as_of(date(2025, 6, 30))
    found = next(r for r in rounds(early) if r.firm == "openai" and r.day == date(2025, 3, 31))
    assert found.status == "open to 2025-12-31"


def test_offerings_to_the_public_are_no_rounds(whole: Capital) -> None:
    named = {r.firm for r in whole.rounds if r.listed}
    assert {"spacex", "coreweave", "minimax", "zhipu"} <= named
    year = next(y for y in whole.by_year if y.year == 2026)
    rounds_ = [r for r in whole.rounds if r.day.year == 2026 and not r.listed and not r.status.startswith("open to")]
    own = [value(r.amount) for r in rounds_ if isinstance(r.amount, Measure)]
    assert "nscale" not in {r.firm for r in rounds_}  # open to 2026-11-15
    assert value(year.total) == pytest.approx(sum(own))
    assert value(year.spread.low) == pytest.approx(sum((x / sum(own)) ** 2 for x in own))


def test_what_was_announced_is_never_paid(book: Book) -> None:
    for firm in ("openai", "anthropic", "stargate"):
        ties = {t.id: t for t in book.current_ties}
        for found in pledges(book, firm):
            tie = ties[found.tie]
            if isinstance(found.paid, Measure) and tie.status is not Status.COMPLETED:
                assert any("paid_to_date" in line for line in found.paid.trail)
            if tie.firmness in (Firmness.ANNOUNCED, Firmness.LETTER_OF_INTENT):
                assert not found.status.startswith("paid")


def test_softbanks_third_instalment_is_promised_and_not_paid(book: Book) -> None:
    found = next(p for p in pledges(book, "openai") if p.tie == "softbank-openai-30bn-2026")
    assert (value(found.amount), value(found.paid), found.status) == (30_000.0, 20_000.0, "agreed")


def test_the_lapsed_letter_of_100_billion_counts_for_nothing(book: Book) -> None:
    found = capital_of(book, "openai")
    letter = next(p for p in found.pledges if p.tie.startswith("nvda-openai-loi"))
    assert letter.status == "lapsed"
    others = sum(value(p.amount) for p in found.pledges if p.status != "lapsed")
    assert value(found.agreed) == pytest.approx(others)
    assert isinstance(found.loose, Gap)


def test_a_letter_of_intent_is_not_agreed() -> None:
    """OpenAI at the end of 2025: 30 + 11 + .1 + 10 + 2 + 1 agreed and paid; Nvidia's letter of 100 stands apart."""
    found = capital_of(embedded().as_of(END), "openai")
    assert value(found.agreed) == pytest.approx(54_100.0)
    assert value(found.paid) == pytest.approx(54_100.0)
    assert value(found.loose) == pytest.approx(100_000.0)


def test_a_round_of_which_a_part_is_unpaid_says_so(whole: Capital) -> None:
    """OpenAI's 122 are 50 of Amazon, 30 of Nvidia, 30 of SoftBank, 12 of others; of each 30 were 20 paid."""
    found = next(r for r in whole.rounds if r.firm == "openai" and r.day == date(2026, 3, 31))
    assert found.status == "reported, part unpaid"


def test_ties_that_do_not_add_up_to_a_round_say_nothing_of_it(whole: Capital) -> None:
    """Google's and Amazon's money for milestones of April 2026 is not the rest of Anthropic's round of May."""
    found = next(r for r in whole.rounds if r.firm == "anthropic" and r.day == date(2026, 5, 28))
    assert found.status == "closed"


@pytest.mark.parametrize(
    ("firm", "day", "amount"),
    [("openai", date(2025, 10, 2), 500_000.0), ("xai", date(2026, 2, 2), 250_000.0)],
)
def test_a_valuation_after_a_round_began_is_not_lost(whole: Capital, firm: str, day: date, amount: float) -> None:
    """OpenAI's share sale at 500 billion fell into the months in which the round of March 2025 was paid."""
    found = next(r for r in whole.rounds if r.firm == firm and r.day == day)
    assert (value(found.valuation), found.status) == (amount, "valuation only")


def test_a_valuation_on_the_way_to_a_round_is_no_event_of_its_own(whole: Capital) -> None:
    """OpenAI's 730 billion before the money of February 2026 belong to the round of March."""
    assert not [r for r in whole.rounds if r.firm == "openai" and r.day == date(2026, 2, 27)]


def test_a_world_total_of_low_confidence_is_marked(whole: Capital) -> None:
    marked = [(y.kind, y.compiler, y.end.year) for y in whole.investment if y.rough]
    assert ("venture_capital_ai", "", 2025) in marked
    assert ("venture_capital_ai", "oecd", 2025) not in marked


def test_the_words_of_a_status(book: Book) -> None:
    tie = next(t for t in book.current_ties if t.id == "nvda-openai-30bn")
    assert state(replace(tie, firmness=Firmness.ANNOUNCED, status=Status.PLANNED)) == "announced"
    assert state(replace(tie, firmness=Firmness.LETTER_OF_INTENT, status=Status.ACTIVE)) == "letter of intent"
    assert state(replace(tie, firmness=Firmness.REPORTED, status=Status.PLANNED)) == "reported"
    assert state(replace(tie, firmness=Firmness.BINDING, status=Status.PLANNED)) == "agreed, not begun"
    assert state(replace(tie, status=Status.TERMINATED)) == "lapsed"


@pytest.mark.parametrize("firm", ["openai", "anthropic", "coreweave", "oracle", "nvidia", "xai", "nebius"])
def test_shares_of_a_dollar_add_up_to_a_dollar(book: Book, firm: str) -> None:
    found = spending(book, firm, book.date)
    assert isinstance(found, Spending)
    assert sum(value(o.share) for o in found.outlays) == pytest.approx(1.0)
    assert sum(value(e.share) for e in found.endings) == pytest.approx(1.0)
    assert all(value(o.share) > 0 for o in found.outlays)


def test_outlays_are_the_plan_of_the_opening(book: Book) -> None:
    opening = open_book(book)
    found = spending(book, "coreweave", book.date)
    position = opening.positions["coreweave"]
    assert isinstance(found, Spending)
    assert position.statement is not None
    plan = position.statement.plan
    assert value(found.whole) == pytest.approx(
        plan.costs.value + plan.capital_spending.value + plan.interest.value, rel=1e-6
    )


def test_every_dollar_ends_somewhere_once(book: Book) -> None:
    for start, ends in ends_of(open_book(book)).items():
        assert sum(ends.values()) == pytest.approx(1.0), start
        assert all(part >= 0 for part in ends.values())


def test_a_firm_without_a_statement_says_that_only_contracts_are_known(book: Book) -> None:
    found = spending(book, "crusoe", book.date)
    assert isinstance(found, Spending)
    assert not found.complete
    assert found.endings == ()


def test_a_merged_firm_spends_as_the_one_that_holds_it(book: Book) -> None:
    found = spending(book, "xai", book.date)
    assert isinstance(found, Spending)
    assert found.group == "SpaceX"


def test_wrong_names_and_days_are_told(book: Book) -> None:
    with pytest.raises(UnknownName, match="openai"):
        capital_of(book, "opneai")
    with pytest.raises(InputError, match="the book ends on"):
        capital_of(book, "openai", after=date(2030, 1, 1))
