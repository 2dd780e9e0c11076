"""A fall of multiples: the windows' rule by hand, more is never better, loans on shares by arithmetic."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from cardhouse.book import Book, embedded
from cardhouse.economy.opening import open_book
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.value.falls import Falls, falls_of
from cardhouse.lenses.value.price import Held, stakes_of
from cardhouse.lenses.value.troughs import given_fall

SIZES = (0.2, 0.45, 0.7)


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date(2026, 10, 8))


@pytest.fixture(scope="module")
def stakes(book: Book) -> tuple[Held, ...]:
    return stakes_of(open_book(book))


@pytest.fixture(scope="module")
def fallen(book: Book, stakes: tuple[Held, ...]) -> list[Falls]:
    return [falls_of(book, given_fall(size, book.date), stakes) for size in SIZES]


def test_the_window_to_shareholders_shuts_where_the_value_is_below_its_bound(book: Book, fallen: list[Falls]) -> None:
    # The model's rule: no shares are sold when the value is lower than at the opening by the assumed part or more.
    opening = open_book(book)
    seen = set()
    for answer in fallen:
        for firm in answer.firms:
            statement = opening.positions[firm.firm].statement
            if firm.before.shares <= 0.0 or statement is None or statement.balance.market_value is None:
                continue
            standing = firm.value_after / statement.balance.market_value.value
            assert firm.loses_window == (standing <= 1.0 - firm.shut_below)
            seen.add(firm.loses_window)
    assert seen == {True, False}


def test_a_deeper_fall_never_raises_a_value_or_opens_a_window(fallen: list[Falls]) -> None:
    for milder, deeper in pairwise(fallen):
        after = {f.firm: f for f in deeper.firms}
        for firm in milder.firms:
            assert after[firm.firm].value_after <= firm.value_after
            assert after[firm.firm].after.shares <= firm.after.shares
            assert after[firm.firm].after.stakes <= firm.after.stakes
            assert firm.after.shares <= firm.before.shares


def test_with_nothing_else_changed_values_fall_by_as_much(fallen: list[Falls]) -> None:
    # In the quarter looked at no firm that stands has lost revenue, so multiples are all that moves its value.
    for answer in fallen:
        for firm in answer.firms:
            if firm.priced and firm.value_after > 0.0:
                assert 1.0 - firm.value_after / firm.value == pytest.approx(answer.fall.size.value, abs=5e-3)


def test_a_loan_on_shares_is_covered_until_they_are_worth_the_loan(book: Book, fallen: list[Falls]) -> None:
    # 13 percent of 852,000 over 10,000 drawn; half of it is left after a fall by half.
    pledge = next(p for p in fallen[0].pledges if p.held == "openai")
    assert isinstance(pledge.cover, Measure)
    assert isinstance(pledge.cover_after, Measure)
    assert isinstance(pledge.covers_down_to, Measure)
    assert pledge.cover.value == pytest.approx(0.13 * 852_000 / 10_000)
    assert pledge.cover_after.value == pytest.approx(0.8 * 0.13 * 852_000 / 10_000)
    assert pledge.covers_down_to.value == pytest.approx(1.0 - 10_000 / (0.13 * 852_000))
    arm = next(p for p in fallen[0].pledges if p.held == "arm")
    assert isinstance(arm.pledged, Measure)
    whole = next(s for s in stakes_of(open_book(book)) if s.held == "arm").worth
    assert isinstance(whole, Measure)
    assert arm.pledged.value == pytest.approx(0.72 * whole.value)  # 72 percent of the stake is pledged


def test_loan_to_value_rises_as_what_is_held_falls(fallen: list[Falls]) -> None:
    # 20.6 percent at the end of 2025; holdings a fifth lower: 20.6 / 0.8.
    found = next(x for x in fallen[0].loan_to_value if x.holder == "softbank")
    assert found.after.value == pytest.approx(0.206 / 0.8)
    assert found.limit.value == pytest.approx(0.25)
