"""The example on paper of docs/flows.md, written as a book: sources, return, chains, rings, net positions.

A chip maker invests 30 in a laboratory, which raises 70 more from funds and pays 100 to a cloud. The cloud has 100 from
its own customers and buys chips for 100. Half of the cloud's money is the laboratory's, and .3 of that the maker's: of
100 dollars of chip revenue 15 are the maker's own, 35 the funds' and 50 the customers'.
"""

from __future__ import annotations

import pytest

from cardhouse.economy.contracts import Scope
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Money, Period, Source, Standing, money
from cardhouse.lenses.money.mix import Mix

FIGURES = {"cash": 500.0, "debt": 0.0, "assets": 900.0, "equity": 900.0, "costs": 50.0}
FIRMS = {
    "maker": ("compute", {**FIGURES, "revenue": 100.0}),
    "cloud": ("cloud", {**FIGURES, "revenue": 200.0}),
    "lab": ("model", {**FIGURES, "revenue": 1.0, "costs": 1.0}),
}
BOOK = """
    firms.csv
    funds,Funds,,,capital,world,,,,,
    facts.csv
    maker,revenue,,2025-01-01,2025-12-31,100,USD_million,tenq,2026-01-15,high,
    cloud,revenue,,2025-01-01,2025-12-31,200,USD_million,tenq,2026-01-15,high,
    ties.csv
    seed,equity,maker,lab,30,USD_million,,,2025-03-01,2025-03-01,2025-03-01,binding,completed,yes,tenq,2026-01-15,high,
    round,equity,funds,lab,70,USD_million,,,2025-03-01,2025-03-01,2025-03-01,binding,completed,yes,wire,2026-01-15,high,
    compute,purchase,lab,cloud,100,USD_million,,,2025-01-01,2025-01-01,2025-12-31,binding,active,yes,tenq,2026-01-15,high,
    chips,purchase,cloud,maker,100,USD_million,,,2025-01-01,2025-01-01,2025-12-31,reported,active,yes,tenq,2026-01-15,high,
    talk,equity,cloud,lab,400,USD_million,,,2025-01-01,,,announced,planned,yes,wire,2026-01-15,high,
"""


@pytest.fixture(scope="module")
def chips(economy) -> Money:
    return money(economy(BOOK, FIRMS), "maker")


def paid(answer: Money) -> Mix:
    mix = answer.mixes[Period.PAID]
    assert isinstance(mix, Mix)
    return mix


def test_of_a_hundred_dollars_fifteen_are_its_own_thirty_five_the_funds_fifty_the_customers(chips: Money) -> None:
    mix = paid(chips)
    assert mix.amount.value == pytest.approx(100)
    assert mix.own.value == pytest.approx(0.15)
    assert mix.sources[Source.SHAREHOLDERS].value == pytest.approx(0.35)
    assert mix.sources[Source.CUSTOMERS].value == pytest.approx(0.50)
    assert mix.sources[Source.LENDERS].value == 0
    assert mix.sources[Source.UNKNOWN].value == 0


def test_the_money_came_in_at_the_cloud_and_at_the_laboratory(chips: Money) -> None:
    assert dict(paid(chips).firms)["cloud"].value == pytest.approx(0.50)
    assert dict(paid(chips).firms)["lab"].value == pytest.approx(0.35)


def test_a_dollar_invested_comes_back_with_a_probability_of_one_half(chips: Money) -> None:
    found = chips.returns[Period.PAID]
    assert isinstance(found, Measure)
    assert found.value == pytest.approx(0.5)


def test_the_chains_are_those_of_the_paper(chips: Money) -> None:
    amounts = {c.firms: c.amount for c in chips.chains}
    assert amounts == {
        ("cloud", "maker"): pytest.approx(50),
        ("lab", "cloud", "maker"): pytest.approx(35),
    }


def test_the_ring_lets_thirty_round_and_its_least_firm_link_is_reported(chips: Money) -> None:
    (ring,) = chips.rings
    assert ring.firms == ("maker", "lab", "cloud")
    assert ring.paid == pytest.approx(30)
    assert ring.standing is Standing.REPORTED
    assert [s.standing for s in ring.steps] == [Standing.PAID, Standing.BINDING, Standing.REPORTED]


def test_what_was_only_announced_is_paid_to_nobody_and_closes_rings_of_words_only(economy) -> None:
    """The cloud's 400 count nowhere; with them lab and cloud would pay each other, and 100 would go round."""
    lab = money(economy(BOOK, FIRMS), "lab")
    spoken = next(s for s in lab.payers if s.payer == "cloud")
    assert (spoken.paid, spoken.plan, spoken.ahead, spoken.said) == (0, 0, 0, 400)
    (ring,) = lab.words
    assert (ring.firms, ring.either, ring.said, ring.standing) == (
        ("lab", "cloud"),
        0,
        pytest.approx(100),
        Standing.LETTER,
    )


def test_an_announcement_with_a_schedule_is_not_paid_even_where_announced_ties_count(economy) -> None:
    """400 over 2025, announced: with the widest scope it is part of the plan's ties, but of no payment of the year."""
    text = f"{BOOK}\n    terms.csv\n    talk,schedule,2025-01-01,2026-12-31,400,USD_million,wire,,2026-01-15\n"
    answer = money(economy(text, FIRMS), "lab", scope=Scope.ALL)
    link = next(s for s in answer.payers if s.payer == "cloud")
    assert link.paid == 0
    assert link.plan == pytest.approx(200)


def test_gross_and_net(chips: Money) -> None:
    balance = chips.balances[0]
    assert (balance.received.value, balance.paid.value, balance.net.value) == pytest.approx((100, 30, 70))


def test_promises_are_what_is_left_after_the_opening(chips: Money) -> None:
    """All contracts end with 2025, so nothing is promised: said as a gap, not as a zero."""
    ahead = chips.mixes[Period.AHEAD]
    assert isinstance(ahead, Gap)
    assert "no tie that counts has anything left to pay it" in str(ahead)


def test_the_answer_rests_on_filings_and_the_round_on_a_report(chips: Money) -> None:
    """Payments behind it: chips 100 filed; compute 100, customers 100, seed 30 filed; the funds' 70 by a wire."""
    rests = paid(chips).own.rests_on
    assert set(rests) == {"filing", "news"}
    assert 0 < rests["news"] < 0.2


def test_ties_that_claim_more_than_was_reported_are_scaled_and_said(economy) -> None:
    """Chips of 160 against reported sales of 100: scaled by 100/160."""
    more = BOOK.replace("chips,purchase,cloud,maker,100,", "chips,purchase,cloud,maker,160,")
    answer = money(economy(more, FIRMS), "maker")
    assert paid(answer).amount.value == pytest.approx(100)
    assert paid(answer).named.value == pytest.approx(1)
    assert any("its ties say 160; scaled by 0.62" in flag for flag in paid(answer).amount.flags)


def test_a_firm_that_pays_beyond_what_is_known_to_have_come_in_has_money_of_unknown_origin(economy) -> None:
    """Without the funds' 70 and the maker's 30 the laboratory's 100 have no origin: half of the cloud's money."""
    silent = "\n".join(line for line in BOOK.splitlines() if not line.strip().startswith(("seed,", "round,")))
    mix = paid(money(economy(silent, FIRMS), "maker"))
    assert mix.sources[Source.UNKNOWN].value == pytest.approx(0.5)
    assert mix.own.value == 0


def test_credits_for_shares_are_no_cash(economy) -> None:
    """Of the 30 a third is chips: 20 were paid in cash, 10 are shown apart."""
    text = f"{BOOK}\n    terms.csv\n    seed,in_kind,,,0.333333333,fraction,tenq,,2026-01-15\n"
    answer = money(economy(text, FIRMS), "maker")
    assert next(s for s in answer.payees if s.payee == "lab").paid == pytest.approx(20)
    (given,) = answer.in_kind
    assert isinstance(given.given, Measure)
    assert given.given.value == pytest.approx(10)
    assert (given.holder, given.issuer) == ("maker", "lab")
