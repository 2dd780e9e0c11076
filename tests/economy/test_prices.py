"""What a firm is worth by the market: by hand, on rows of a book of one firm."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.economy.prices import listed_value, market_value

DAY = date(2026, 9, 30)


def book(economy, *facts):
    rows = economy.texts("")
    rows["firms"] += ["a,A,,,cloud,independent,,,,,"]
    rows["metrics"] += [
        "share_price,market,USD,,share price,,",
        "shares_outstanding,stock,shares_million,,shares,,",
        "private_valuation,market,USD_million,,valuation,,",
    ]
    rows["facts"] = [f"a,{fact},tenq,2026-09-30,high," for fact in facts]
    return economy.read(rows)


CAP = "market_cap,,,2026-06-30,1000,USD_million"
THEN, NOW = "share_price,,,2026-06-30,50,USD", "share_price,,,2026-09-25,40,USD"
SHARES = "shares_outstanding,,,2026-06-30,20,shares_million"


def test_a_market_value_moves_with_the_share_price(economy):
    found = listed_value(book(economy, CAP, THEN, NOW), "a", DAY)
    assert found is not None
    assert (found.value, found.end) == (1000 * 40 / 50, date(2026, 9, 25))


def test_it_stands_where_no_price_of_its_own_day_is_known(economy):
    found = listed_value(book(economy, CAP, NOW), "a", DAY)
    assert found is not None
    assert (found.value, found.end, found.how) == (1000, date(2026, 6, 30), "")


def test_without_one_it_is_price_times_shares(economy):
    found = listed_value(book(economy, NOW, SHARES), "a", DAY)
    assert found is not None
    assert found.value == 40 * 20


@pytest.mark.parametrize("facts", [(NOW,), (SHARES,), (CAP.replace("2026-06-30", "2025-06-30"),)])
def test_no_price_no_count_or_an_old_value_is_no_market_value(economy, facts):
    assert listed_value(book(economy, *facts), "a", DAY) is None
    assert market_value(book(economy, *facts), "a", DAY) is None


def test_a_private_firm_is_worth_its_last_round(economy):
    worth = market_value(book(economy, "private_valuation,,,2026-03-31,300,USD_million"), "a", DAY)
    assert worth is not None
    assert worth.value == 300
