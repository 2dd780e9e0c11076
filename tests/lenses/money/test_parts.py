"""Parts of following money, each by hand: standings, instalments, money from outside, the plan, the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cardhouse.book import Book, Confidence, Firmness, Status, Tie, TieKind, Where
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Following, Period, Source, Standing, follow, whole
from cardhouse.lenses.money.follow import Following as Payments
from cardhouse.lenses.money.invested import instalments
from cardhouse.lenses.money.kind import in_kind
from cardhouse.lenses.money.links import standing
from cardhouse.lenses.money.mix import traced
from cardhouse.lenses.money.planned import contracts_after

TIE = Tie(
    "t", TieKind.PURCHASE, "a", "b", 1.0, "USD_million", None, None, None, None, None, Firmness.BINDING, Status.ACTIVE,
    True, "s", date(2026, 1, 1), Confidence.HIGH, "", Where("ties.csv", 1),
)  # fmt: skip
BALANCE = {"cash": 500.0, "debt": 100.0, "assets": 900.0, "equity": 700.0}


@pytest.mark.parametrize(
    ("firmness", "status", "found"),
    [
        (Firmness.BINDING, Status.ACTIVE, Standing.BINDING),
        (Firmness.REPORTED, Status.ACTIVE, Standing.REPORTED),
        (Firmness.REPORTED, Status.COMPLETED, Standing.PAID),
        (Firmness.ANNOUNCED, Status.PLANNED, Standing.LETTER),
        (Firmness.LETTER_OF_INTENT, Status.ACTIVE, Standing.LETTER),
        (Firmness.LETTER_OF_INTENT, Status.TERMINATED, Standing.LAPSED),
        (Firmness.BINDING, Status.TERMINATED, Standing.LAPSED),
    ],
)
def test_announced_is_never_mistaken_for_paid(firmness: Firmness, status: Status, found: Standing) -> None:
    """The five standings of the model: paid, binding, reported, letter, lapsed."""
    assert standing(replace(TIE, firmness=firmness, status=status)) is found


def test_instalments_are_the_steps_of_what_was_paid_to_date(book: Book) -> None:
    """SoftBank's 30,000 of 2026: 10,000 by 2026-04-01, 10,000 on 2026-07-01 (its statement of February)."""
    tie = next(t for t in book.current_ties if t.id == "softbank-openai-30bn-2026")
    first, second = instalments(book, tie)
    assert (first.last, first.amount) == (date(2026, 4, 1), 10000)
    assert (second.first, second.last, second.amount) == (date(2026, 7, 1), date(2026, 7, 1), 10000)


@pytest.fixture(scope="module")
def plan(economy) -> Payments:
    """A cloud that sells 100, pays 60 to run and 90 for capital: 50 are lacking.

    It has 500 in hand and could borrow 500 (one time its assumed capacity, all debt: nothing was raised last year, so
    half of it counts as shares): 250 of debt, 250 of shares.
    """
    cloud = {**BALANCE, "revenue": 100.0, "costs": 60.0, "capex": 90.0, "interest": 0.0, "funding": 500.0, "debt": 0.0}
    maker = {**BALANCE, "revenue": 50.0, "costs": 10.0, "interest": 0.0}
    text = """
        ties.csv
        chips,purchase,cloud,maker,40,USD_million,,,2025-12-01,2026-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
        later,purchase,cloud,maker,80,USD_million,,,2025-12-01,2027-01-01,2028-12-31,binding,active,yes,tenq,2026-01-15,high,
        facts.csv
        maker,revenue,,2025-01-01,2025-12-31,45,USD_million,tenq,2026-01-15,high,
        cloud,revenue,,2025-01-01,2025-12-31,90,USD_million,tenq,2026-01-15,high,
    """
    return follow(economy(text, {"cloud": ("cloud", cloud), "maker": ("compute", maker)}))


def test_what_the_plan_lacks_comes_in_proportion_to_what_could_be_given(plan: Payments) -> None:
    """60 + 90 - 100 = 50 lacking; 500 of cash, 250 of debt and 250 of shares give 25, 12.5 and 12.5."""
    found = {s: m.value for s, m in plan.plan.outside["cloud"].items()}
    assert found == {
        Source.CUSTOMERS: pytest.approx(100),
        Source.CASH: pytest.approx(25),
        Source.LENDERS: pytest.approx(12.5),
        Source.SHAREHOLDERS: pytest.approx(12.5),
    }


def test_the_plan_has_the_windows_dues_and_promises_have_all(plan: Payments) -> None:
    """40 in 2026; 80 more in the two years after."""
    assert plan.plan.payments().sum() == pytest.approx(40)
    assert plan.ahead.payments().sum() == pytest.approx(120)
    in_2027 = contracts_after(plan.opening, date(2026, 12, 31), date(2027, 12, 31))
    assert sum(c.due.value for c in in_2027) == pytest.approx(80 * 365 / 731)


def test_promises_carry_the_mix_of_their_payers_plan(plan: Payments) -> None:
    """The cloud's dollar in the plan: 100 of 150 from customers."""
    row = whole(plan)
    assert isinstance(row.totals[2].gross, Measure)
    found = traced(plan, Period.AHEAD)
    maker = found.nodes.index("maker")
    assert found.amount[maker] == pytest.approx(120)
    assert found.outside[maker] == pytest.approx(np.array([100, 12.5, 12.5, 25, 0]) / 150)


def test_debt_that_rose_and_cash_that_fell_are_outside_money(economy) -> None:
    """Debt from 100 to 160 with nothing lent by firms: 60 of lenders; cash from 530 to 500: 30 in hand."""
    text = """
        facts.csv
        cloud,revenue,,2025-01-01,2025-12-31,90,USD_million,tenq,2026-01-15,high,
        cloud,total_debt,,,2024-12-31,40,USD_million,tenq,2025-01-15,high,
        cloud,cash_and_investments,,,2024-12-31,530,USD_million,tenq,2025-01-15,high,
    """
    paid = follow(
        economy(text, {"cloud": ("cloud", {**BALANCE, "revenue": 90.0, "costs": 10.0})}), also=("cloud",)
    ).paid
    found = {s: m.value for s, m in paid.outside["cloud"].items()}
    assert found == {
        Source.CUSTOMERS: pytest.approx(90),
        Source.LENDERS: pytest.approx(60),
        Source.CASH: pytest.approx(30),
    }


def test_cross_holdings_count_value_twice(economy) -> None:
    """One owns .2 of the other, worth 100: 20 are counted twice; 250 and 100 are 330 without it."""
    text = """
        ties.csv
        own,equity,one,other,10,USD_million,20,,2025-01-01,2025-01-01,,binding,active,yes,tenq,2026-01-15,high,
        terms.csv
        own,stake,,2025-12-31,0.2,fraction,tenq,,2026-01-15
        facts.csv
        one,market_cap,,,2025-12-31,250,USD_million,tenq,2026-01-15,high,
        other,market_cap,,,2025-12-31,100,USD_million,tenq,2026-01-15,high,
        one,revenue,,2025-01-01,2025-12-31,90,USD_million,tenq,2026-01-15,high,
    """
    firms = {n: ("cloud", {**BALANCE, "revenue": 90.0, "costs": 10.0}) for n in ("one", "other")}
    found = whole(follow(economy(text, firms))).doubled
    assert not isinstance(found, Gap)
    assert (found.stakes.value, found.market.value, found.own.value) == pytest.approx((20, 350, 330))
    assert found.inflation.value == pytest.approx(350 / 330)


def test_warrants_that_vest_with_purchases_are_in_kind(book: Book) -> None:
    """AMD's agreement with OpenAI: up to 160 million shares of 1,622.8 million and these, 9 % (8-K of 2025-10-06)."""
    row = next(x for x in in_kind(book, "amd") if x.tie == "openai-amd-warrant")
    assert (row.holder, row.issuer) == ("openai", "amd")
    assert isinstance(row.part, Measure)
    assert row.part.value == pytest.approx(160 / (1622.8 + 160), abs=5e-4)
    assert isinstance(row.given, Gap)


def test_the_circular_part_is_larger_with_the_investments_than_in_the_years_for_which_none_is_promised(
    following: Following,
) -> None:
    """Rings of the book close through equity: no year after the last promised instalment has any."""
    found = whole(following)
    assert found.totals[0].balanced.value <= found.totals[0].maximum.value
    assert found.years[0].balanced > 0
    assert all(y.balanced <= y.maximum + 1e-12 for y in found.years)
    assert all(t.sales.value <= t.maximum.value for t in found.totals)
    assert found.years[-1].maximum < found.years[0].maximum


def test_promises_to_a_firm_that_gets_nothing_yet_still_have_their_payers_mix(following: Following) -> None:
    """Meta's rent for Hyperion begins in 2029: nothing comes in before, and Meta's dollars are its customers'."""
    found = traced(following, Period.AHEAD)
    row, meta = found.nodes.index("hyperion-jv"), following.plan.place["meta"]
    assert following.plan.trail.receipts[row] == 0
    assert found.outside[row] == pytest.approx(following.plan.trail.mix[meta])
    assert found.own[row] == 0
