"""Price at a stated capability and open against closed: small books worked by hand, and what others published."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Book, Confidence, Fact, Where, embedded
from cardhouse.errors import BookError, UnknownName
from cardhouse.lenses.frontier import Frontier, frontier, gaps, records, scored
from cardhouse.lenses.measure import Gap, Measure, Why

FIT, SOURCE = "fit-1", "epoch-open-gap-2026-05"
DAY = date(2026, 6, 1)


def fact(who: str, metric: str, day: str, value: float, *, item: str = "", known: str = "2026-05-29") -> Fact:
    unit = {"capability_index": "index_points", "open_weights": "flag"}.get(metric, "USD")
    where, end = Where("facts.csv", 1), date.fromisoformat(day)
    seen = date.fromisoformat(known)
    return Fact(who, metric, item, None, end, value, unit, SOURCE, seen, Confidence.HIGH, "", where)


def model(who: str, day: str, score: float, *, opened: bool, fit: str = FIT, known: str = "2026-05-29") -> list[Fact]:
    return [
        fact(who, "capability_index", day, score, item=fit, known=known),
        fact(who, "open_weights", day, float(opened), known=known),
    ]


def price(who: str, day: str, into: float, out: float) -> list[Fact]:
    return [
        fact(who, "price_per_million_tokens_input", day, into),
        fact(who, "price_per_million_tokens_output", day, out),
    ]


def book_of(*groups: list[Fact], day: date = DAY) -> Book:
    return replace(embedded(), facts=tuple(f for group in groups for f in group)).as_of(day)


SMALL = (
    model("a", "2023-01-01", 100.0, opened=False),
    model("b", "2023-07-01", 110.0, opened=False),
    model("c", "2024-01-01", 104.0, opened=True),
    model("d", "2025-01-01", 112.0, opened=False),
    model("e", "2025-07-01", 111.0, opened=True),
)


@pytest.fixture(scope="module")
def own() -> Frontier:
    return frontier(embedded().as_of(date.max))


def value(reading: object) -> float:
    assert isinstance(reading, Measure), reading
    return reading.value


def test_a_blend_is_three_parts_of_input_and_one_of_output() -> None:
    answer = frontier(book_of(*SMALL, price("a", "2023-01-01", 10.0, 30.0)), levels=("a",))
    assert answer.levels[0].lows[0].blended.value == pytest.approx((3 * 10 + 30) / 4)


def test_a_low_is_cheaper_than_all_before_it_and_reaches_the_level() -> None:
    book = book_of(
        *SMALL,
        price("a", "2023-01-01", 40.0, 40.0),
        price("b", "2023-07-01", 20.0, 20.0),
        price("d", "2025-01-01", 30.0, 30.0),  # dearer than b
        price("c", "2025-02-01", 1.0, 1.0),  # below the level of b
        price("e", "2025-07-01", 5.0, 5.0),
    )
    at_a, at_b = frontier(book, levels=("a", "b")).levels
    assert [(low.model.id, low.blended.value) for low in at_a.lows] == [("a", 40.0), ("b", 20.0), ("c", 1.0)]
    assert [(low.model.id, low.blended.value) for low in at_b.lows] == [("b", 20.0), ("e", 5.0)]
    assert (at_a.reached, at_b.reached) == (5, 3)


def test_a_level_begins_with_the_price_of_the_model_that_names_it() -> None:
    """Model b scores 110 and has no price; that of d, which scores more, is not what b's level cost at first."""
    (level,) = frontier(book_of(*SMALL, price("d", "2025-01-01", 30.0, 30.0)), levels=("b",)).levels
    assert level.lows == ()
    assert isinstance(level.fall.whole, Gap)
    assert level.fall.whole.reason == "no price of b is known by this day"


def test_as_of_february_2026_the_level_of_claude_3_5_sonnet_has_no_first_price() -> None:
    """Its own 3 and 15 dollars of June 2024 entered the book in October 2026; o1's 26.25 are not its price."""
    levels = {level.model.id: level for level in frontier(embedded().as_of(date(2026, 2, 1))).levels}
    assert levels["claude-3.5-sonnet"].lows == ()
    assert levels["o1"].lows[0].blended.value == pytest.approx((3 * 15 + 60) / 4)


def test_a_price_that_halves_every_year_falls_by_two_a_year() -> None:
    days = ("2023-01-01", "2024-01-01", "2025-01-01", "2026-01-01")
    dated = [price("a", day, 8.0 / 2**i, 8.0 / 2**i) for i, day in enumerate(days)]
    found = frontier(book_of(*SMALL, *dated), levels=("a",)).levels[0].fall
    assert value(found.factor) == pytest.approx(2.0, rel=2e-3)  # years of 365 and 366 days
    assert value(found.whole) == pytest.approx(8.0)
    assert value(found.low) <= value(found.factor) <= value(found.high)


def test_the_line_is_that_of_least_squares() -> None:
    lows = [(0, 16.0), (365.25, 6.0), (730.5, 3.0), (1095.75, 1.0)]  # years 0, 1, 2, 3
    start = date(2022, 6, 1)
    dated = [price("a", date.fromordinal(start.toordinal() + round(day)).isoformat(), usd, usd) for day, usd in lows]
    found = frontier(book_of(*SMALL, *dated), levels=("a",)).levels[0].fall
    logs = [math.log(usd) for _, usd in lows]
    slope = sum((x - 1.5) * y for x, y in enumerate(logs)) / 5.0  # sum of (x - mean)^2 is 5
    assert value(found.factor) == pytest.approx(math.exp(-slope), rel=2e-3)


@pytest.mark.parametrize("days", [("2023-01-01", "2024-01-01", "2025-01-01"), ("2025-01-01",) * 1])
def test_of_too_few_lows_no_pace_is_given(days: tuple[str, ...]) -> None:
    dated = [price("a", day, 8.0 / 2**i, 8.0 / 2**i) for i, day in enumerate(days)]
    found = frontier(book_of(*SMALL, *dated), levels=("a",)).levels[0].fall
    assert isinstance(found.factor, Gap)
    assert found.factor.why is Why.NOT_MEANINGFUL


def test_an_input_price_without_its_output_is_no_price() -> None:
    lone = [fact("a", "price_per_million_tokens_input", "2023-01-01", 1.0)]
    answer = frontier(book_of(*SMALL, lone), levels=("a",))
    assert answer.prices == ()
    assert isinstance(answer.levels[0].fall.whole, Gap)


def test_months_behind_by_hand() -> None:
    found = gaps(book_of(*SMALL), scored(book_of(*SMALL)))
    c, e = found.behind
    assert (c.model.id, c.other and c.other.id) == ("c", "b")  # 104 is first reached by b's 110
    assert value(c.months) == pytest.approx((date(2024, 1, 1) - date(2023, 7, 1)).days / 30.4375)
    assert (e.model.id, e.other and e.other.id) == ("e", "d")
    assert value(found.summaries[0].mean) == pytest.approx((value(c.months) + value(e.months)) / 2)
    assert value(found.points) == pytest.approx(112.0 - 111.0)
    assert value(found.now) == pytest.approx((DAY - date(2025, 1, 1)).days / 30.4375)


def test_a_record_not_matched_yet_is_no_number() -> None:
    found = gaps(book_of(*SMALL), scored(book_of(*SMALL)))
    last = found.matched[-1]
    assert last.model.id == "d"
    assert isinstance(last.months, Gap)
    assert "none yet" in last.months.reason
    assert value(found.matched[0].months) == pytest.approx((date(2024, 1, 1) - date(2023, 1, 1)).days / 30.4375)


def test_records_rise() -> None:
    found = records(scored(book_of(*SMALL)).models)
    assert [m.id for m in found] == ["a", "b", "d"]


def test_scores_of_two_fits_are_never_mixed() -> None:
    older = model("a", "2023-01-01", 90.0, opened=False, fit="fit-0", known="2026-01-31")
    both = (older, *SMALL)
    assert scored(book_of(*both, day=date(2026, 2, 1))).fit == "fit-0"
    late = scored(book_of(*both))
    assert late.fit == FIT
    assert late.by_id["a"].score.value == 100.0


def test_without_scores_it_says_so() -> None:
    with pytest.raises(BookError, match="no capability score known by"):
        frontier(book_of(price("a", "2023-01-01", 1.0, 1.0)))


def test_an_unknown_level_gets_a_near_name(own: Frontier) -> None:
    with pytest.raises(UnknownName, match="GPT-4"):
        own.scored.find("GPT-4z")


def test_the_ai_index_says_280_fold_in_about_two_years(own: Frontier) -> None:
    # AI Index 2025: 20.00 dollars in November 2022, 0.07 in October 2024, "a more than 280-fold reduction".
    first, last = (q.price for q in own.quoted)
    assert (first.value, last.value) == (20.0, 0.07)
    assert first.value / last.value > 280
    assert 1.5 <= (last.end - first.end).days / 365.25 <= 2.0


def test_the_level_of_gpt_4_fell_about_forty_times_a_year_until_late_2024(own: Frontier) -> None:
    # Epoch, March 2025: the price of GPT-4's level on science questions fell 40 times a year (9 to 900 by benchmark).
    level = own.levels[0]
    assert level.model.id == "gpt-4"
    until = [low for low in level.lows if low.day <= date(2024, 12, 31)]
    years = (until[-1].day - until[0].day).days / 365.25
    pace = (until[0].blended.value / until[-1].blended.value) ** (1 / years)
    assert 9 < pace < 900
    assert pace == pytest.approx(40, rel=0.1)


def test_blends_agree_with_the_prices_they_are_made_of(own: Frontier) -> None:
    # The same models were blended 3 to 1 by the source of the scores: GPT-5 3.438, Gemini 3 Flash 1.125, ...
    published = {"gpt-5": 3.438, "gemini-3-flash": 1.125, "gpt-5-mini": 0.6875, "grok-4-fast": 0.275, "o3": 17.5}
    for who, usd in published.items():
        first = next(p for p in own.prices if p.model.id == who)
        assert first.blended.value == pytest.approx(usd, abs=6e-4)


def test_epochs_own_lag_stands_beside_with_its_period(own: Frontier) -> None:
    # Epoch, 29 May 2026: 3 months from January 2023 to October 2025, 4 months since January 2026.
    assert [(m.value, m.unit, m.start) for m in own.gaps.published] == [
        (3.0, "months", date(2023, 1, 1)),
        (4.0, "months", date(2026, 1, 1)),
    ]


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 10, 4)])
def test_nothing_known_later_enters(day: date) -> None:
    answer = frontier(embedded().as_of(day))
    assert answer.scored.known <= day
    assert all(m.released <= day for m in answer.scored.models)
    assert all(p.day <= day for p in answer.prices)
