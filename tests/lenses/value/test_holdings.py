"""Double counting: two firms by hand, the two countries of Elliott, Golub and Jackson, and the book's own stakes."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.economy.opening import open_book
from cardhouse.lenses.measure import USD, Gap, Measure
from cardhouse.lenses.value.holdings import Holdings, Owner, holdings_of
from cardhouse.lenses.value.price import Held, market_value, stakes_of

END = date(2026, 6, 30)


def price(value: float) -> Measure:
    return Measure(value, USD, END, None, {"filing": 1.0}, ("s",))


def held(holder: str, of: str, fraction: float, value: float) -> Held:
    return Held(holder, of, fraction, price(fraction * value), at_mark=True)


def values(found: Holdings) -> list[float]:
    readings = (found.prices, found.outside, found.twice, found.inflation)
    return [r.value for r in readings if isinstance(r, Measure)]


def owner(found: Holdings, firm: str) -> Owner:
    return next(o for o in found.owners if o.firm == firm)


def test_two_firms_by_hand() -> None:
    # A holds 20 percent of B, B 10 percent of A, each owns 100 besides. V_A = 100 + 0.2 V_B, V_B = 100 + 0.1 V_A:
    # V_A = 120/0.98, V_B = 110/0.98. Outside holders own 0.9 V_A + 0.8 V_B = 196/0.98 = 200.
    a, b = 120.0 / 0.98, 110.0 / 0.98
    found = holdings_of((held("a", "b", 0.2, b), held("b", "a", 0.1, a)), {"a": price(a), "b": price(b)})
    assert values(found) == pytest.approx([a + b, 200.0, 0.2 * b + 0.1 * a, (a + b) / 200.0])
    assert owner(found, "a").own.value == pytest.approx(100.0)
    assert owner(found, "b").own.value == pytest.approx(100.0)
    # A dollar that A owns stands once in its own price, 0.1 in B's, and again by the loop: 1.1/0.98 in all.
    again = owner(found, "a").counted_again
    assert isinstance(again, Measure)
    assert again.value == pytest.approx(1.1 / 0.98 - 1.0)


def test_two_countries_of_elliott_golub_and_jackson() -> None:
    # Elliott, Golub and Jackson (2014), section I: each holds half of the other; a dollar each makes book values of 2,
    # and each country's outside holders own half of 2: the dollar that there is.
    found = holdings_of((held("1", "2", 0.5, 2.0), held("2", "1", 0.5, 2.0)), {"1": price(2.0), "2": price(2.0)})
    assert values(found) == pytest.approx([4.0, 2.0, 2.0, 2.0])
    again = owner(found, "1").counted_again
    assert isinstance(again, Measure)
    assert 1.0 + again.value == pytest.approx(2.0)


def test_a_chain_counts_the_last_firm_twice_more() -> None:
    # A owns all but a tenth of B, B nine tenths of C, nothing loops: C's dollar is in B's price at 0.9, in A's at 0.81.
    found = holdings_of(
        (held("a", "b", 0.9, 90.0), held("b", "c", 0.9, 100.0)),
        {"a": price(81.0), "b": price(90.0), "c": price(100.0)},
    )
    again = owner(found, "c").counted_again
    assert isinstance(again, Measure)
    assert again.value == pytest.approx(0.9 + 0.81)
    assert values(found)[1] == pytest.approx(100.0)  # only C owns anything


def test_firms_without_a_price_are_left_out_and_named() -> None:
    found = holdings_of((held("a", "b", 0.2, 10.0), held("x", "b", 0.1, 10.0)), {"a": price(50.0), "b": price(10.0)})
    assert [(s.holder, s.held) for s in found.not_counted] == [("x", "b")]
    assert owner(found, "b").held == pytest.approx(0.2)


def test_without_holdings_there_is_nothing_to_count() -> None:
    found = holdings_of((), {"a": price(50.0)})
    assert found.owners == ()
    assert isinstance(found.twice, Gap)


def test_firms_that_own_each_other_in_full_have_no_count() -> None:
    found = holdings_of((held("a", "b", 1.0, 5.0), held("b", "a", 1.0, 5.0)), {"a": price(5.0), "b": price(5.0)})
    again = owner(found, "a").counted_again
    assert isinstance(again, Gap)
    assert "nobody outside owns" in again.reason


def test_in_the_book_what_is_counted_twice_is_the_sum_of_the_stakes() -> None:
    book = embedded().as_of(date.max)
    stakes = stakes_of(open_book(book))
    prices = {f: v for f in book.firms if isinstance(v := market_value(book, f, book.date)[0], Measure)}
    found = holdings_of(stakes, prices)
    total, outside, twice, inflation = values(found)
    assert total - outside == pytest.approx(twice)
    assert sum(o.own.value for o in found.owners) == pytest.approx(outside)  # nothing is lost between them
    assert inflation > 1.0
    share = next(s for s in found.stakes if (s.holder, s.held) == ("microsoft", "openai"))
    assert isinstance(share.worth, Measure)
    assert share.worth.value == pytest.approx(share.fraction * prices["openai"].value)
