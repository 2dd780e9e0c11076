"""Firms that fall together, worked out on paper: the excess over each fall alone, with the same losers on both sides.

A laboratory rents for 100 a year and holds cash only, so its estate pays nothing. What its cloud loses: the 10
that are delivered and unpaid, and half of the other 90: 55. Of its receipts the cloud misses half: 50.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from cardhouse.economy.inputs import Case
from cardhouse.economy.opening import open_book
from cardhouse.economy.pull import Choices, pull
from cardhouse.economy.together import Side, together, toll
from cardhouse.errors import InputError

LAB = ("model", {"cash": 50.0, "assets": 50.0, "equity": 40.0, "debt": 0.0, "revenue": 100.0, "costs": 100.0})


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def cloud(customers, cash):
    """A cloud with plant of 200 and debt of 120, whose costs are 20 less than what it earns."""
    due, assets = 10.0 * customers, cash + 10.0 * customers + 200.0
    revenue = 200.0 + 100.0 * customers
    figures = {"cash": cash, "receivables": due, "plant": 200.0, "assets": assets, "debt": 120.0}
    return ("cloud", figures | {"equity": assets - 120.0, "revenue": revenue, "costs": revenue - 20.0})


def rents(lab, from_):
    tie = (
        f"{lab}-{from_},purchase,{lab},{from_},200,USD_million,,,2025-01-01,2025-01-01,2026-12-31,"
        "binding,active,yes,tenq,2026-01-15,high,"
    )
    return tie, f"{lab}-{from_},schedule,2025-01-01,2026-12-31,200,USD_million,tenq,,2026-01-15"


def book_of(economy, firms, deals):
    rows = [rents(*deal) for deal in deals]
    text = "\n".join(["ties.csv", *(tie for tie, _ in rows), "terms.csv", *(term for _, term in rows)])
    return economy(text, firms)


@pytest.fixture(scope="module")
def two(economy):
    """A cloud that can miss 80, and two laboratories that are each other's replacement."""
    return book_of(economy, {"a": LAB, "b": LAB, "c": cloud(2, 60.0)}, [("a", "c"), ("b", "c")])


@pytest.fixture(scope="module")
def rows(two):
    return {row.cards: row for n in (2, 3) for row in together(two, n)}


@pytest.fixture(scope="module")
def embedded_pairs(shipped):
    return together(shipped, 2)


def test_two_customers_bring_down_a_supplier_that_outlives_each(rows):
    """
    Alone each costs the cloud's shareholders 55: 110 apart. Together the cloud misses 100 and has 80: it fails. Its
    plant brings 100 for debt of 120: lenders lose 20, shareholders the equity of 280 - 120 = 160. 180 - 110 = 70.
    """
    pair = rows["a", "b"]
    assert (pair.cost, pair.apart, pair.excess) == (close(180), close(110), close(70))
    assert pair.interaction == close(70)
    assert pair.fails == pair.only_together == ("c",)
    assert dict(pair.largest) == {("c", Side.SHAREHOLDERS): close(50), ("c", Side.CREDITORS): close(20)}


def test_what_one_card_takes_from_the_other_is_in_neither_side(rows):
    """
    The cloud alone: plant 100 and 20 from its customers pay the debt of 120. With one of them 10 are missing. The 55
    that the laboratory takes from the cloud's shareholders do not count: they are the card's own.
    """
    pair = rows["a", "c"]
    assert (pair.cost, pair.apart, pair.excess) == (close(10), close(0), close(10))
    assert pair.only_together == ()


def test_a_triple_is_set_off_against_its_pairs(rows):
    """
    All three: lenders lose 20, and none of it apart. Its pairs, with the shareholders of all three left out: the
    laboratories 20, each with the cloud 10. 20 - 20 - 10 - 10 = -20: two ways to the same 20 dollars.
    """
    triple = rows["a", "b", "c"]
    assert (triple.cost, triple.excess, triple.interaction) == (close(20), close(20), close(-20))


def test_a_supplier_that_outlives_any_two_of_three(economy):
    """
    It can miss 130: two customers cost 100 of it, three 150. No pair is more than its sum. All three: 20 of debt and
    the equity of 340 - 120 = 220, less three times 55: 75, and no pair explains any of it.
    """
    firms = {"a": LAB, "b": LAB, "d": LAB, "c": cloud(3, 110.0)}
    book = book_of(economy, firms, [(lab, "c") for lab in "abd"])
    assert [row.excess for row in together(book, 2) if "c" not in row.cards] == [close(0)] * 3
    triple = next(row for row in together(book, 3) if "c" not in row.cards)
    assert (triple.excess, triple.interaction) == (close(75), close(75))
    assert triple.only_together == ("c",)


def test_firms_that_share_no_victim_cost_together_what_they_cost_apart(economy):
    firms = {"a": LAB, "b": LAB, "c": cloud(1, 60.0), "d": cloud(1, 60.0)}
    book = book_of(economy, firms, [("a", "c"), ("b", "d")])
    pair = next(row for row in together(book, 2) if row.cards == ("a", "b"))
    assert pair.cost == close(110)
    assert (pair.excess, pair.interaction, pair.largest) == (0.0, 0.0, ())


def test_the_order_of_cards_does_not_matter(shipped):
    opening = open_book(shipped)
    one, other = (toll(opening, cards) for cards in (("alphabet", "spacex"), ("spacex", "alphabet")))
    assert one.by_loser == pytest.approx(other.by_loser)
    assert one.fails == other.fails


@pytest.mark.parametrize("cards", [["openai"], ["coreweave"], ["amazon", "anthropic"], ["nvidia", "openai", "spacex"]])
@pytest.mark.parametrize("pays", [0.0, 0.4])
def test_a_set_costs_what_pulling_it_costs(shipped, cards, pays):
    """The other program is ``pull``, which adds up by kind of bearer instead of by firm."""
    choices = Choices(pays=pays)
    answer = pull(shipped, cards, choices)
    found = toll(open_book(shipped), answer.cards, choices)
    assert found.to_others() == pytest.approx(answer.losses.others, rel=1e-12)
    assert found.fails == frozenset(answer.fall.state.fallen)


def test_the_ends_of_the_range_are_pulls_at_the_ends_of_the_loss_rates(shipped, embedded_pairs):
    row = next(row for row in embedded_pairs if row.cards == ("openai", "softbank"))
    for case, excess in ((Case.MILD, row.mild), (Case.HARSH, row.harsh)):
        opening = open_book(shipped, case=case)
        both, *alone = (toll(opening, cards) for cards in (row.cards, row.cards[:1], row.cards[1:]))
        assert excess == pytest.approx(both.to_others() - sum(x.to_others(row.cards) for x in alone))


def test_all_pairs_of_the_book_once_and_sorted(shipped, embedded_pairs):
    full = open_book(shipped).full
    assert sorted(row.cards for row in embedded_pairs) == sorted(combinations(full, 2))
    assert [row.excess for row in embedded_pairs] == sorted((row.excess for row in embedded_pairs), reverse=True)


def test_in_the_book_a_second_fall_never_spares_others_anything(shipped, embedded_pairs):
    """
    The cost of a pair is no less than that of either card to the same losers. Not a law of every book (orders that are
    cancelled can save a buyer); ``ROUNDING`` is for losses too small to be listed.
    """
    opening = open_book(shipped)
    alone = {card: toll(opening, (card,)) for card in opening.full}
    for row in embedded_pairs:
        assert row.cost >= max(alone[card].to_others(row.cards) for card in row.cards) - 1.0


def test_progress_counts_every_pull_to_the_end(two):
    """Three firms: three alone and three pairs, at three ends of the loss rates."""
    told = []
    together(two, 2, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(n, 18) for n in range(1, 19)]


@pytest.mark.parametrize(
    ("size", "pays", "words"),
    [(4, 0.0, "expected 2 or 3"), (2, 1.0, "pay 100% of their dues"), (3, 0.0, "the book has 2 tested firms")],
)
def test_what_cannot_be_compared_is_said(economy, size, pays, words):
    book = book_of(economy, {"a": LAB, "c": cloud(1, 60.0)}, [("a", "c")])
    with pytest.raises(InputError, match=words):
        together(book, size, Choices(pays=pays))
