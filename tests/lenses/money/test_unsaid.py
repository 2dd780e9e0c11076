"""What the book does not say is not made up: revenue that is unknown, contracts of another day, money paid before."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import cardhouse.book
from cardhouse.book import Book, embedded, read_book
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Following, Money, Period, answer, follow, money
from cardhouse.lenses.money.computing import Computing, computing
from cardhouse.lenses.money.mix import Mix
from cardhouse.lenses.money.rings import steps
from cardhouse.lenses.money.whole import Doubled, doubled
from cardhouse.lenses.value.holdings import holdings_of
from cardhouse.lenses.value.price import market_value, stakes_of

EMBEDDED = Path(cardhouse.book.__file__).parent / "books" / "ai"
FIGURES = {"cash": 500.0, "debt": 0.0, "assets": 900.0, "equity": 900.0, "costs": 50.0}
FIRMS = {
    "cloud": ("cloud", {**FIGURES, "revenue": 200.0}),
    "lab": ("model", {**FIGURES, "revenue": 10.0, "costs": 1.0}),
}
BOOK = """
    firms.csv
    foundry,Foundry,,,compute,independent,,,,,
    metrics.csv
    remaining_performance_obligations,stock,USD_million,,Backlog,,
    backlog_customer_share,stock,percent,,Customer share of backlog,,
    compute_expense,flow,USD_million,,Compute expense,,
    facts.csv
    cloud,revenue,,2025-01-01,2025-12-31,200,USD_million,tenq,2026-01-15,high,
    lab,revenue,,2025-01-01,2025-12-31,10,USD_million,tenq,2026-01-15,high,
    cloud,remaining_performance_obligations,,,2025-09-30,400,USD_million,tenq,2026-01-15,high,
    cloud,backlog_customer_share,lab,,2025-06-30,55,percent,tenq,2026-01-15,high,
    cloud,backlog_customer_share,lab,,2025-09-30,45,percent,tenq,2026-01-15,high,
    lab,compute_expense,,2025-01-01,2025-12-31,70,USD_million,tenq,2026-01-15,high,
    ties.csv
    wafers,supply,cloud,foundry,40,USD_million,,,2025-01-01,2025-01-01,2025-12-31,binding,active,yes,tenq,2026-01-15,high,
    first,purchase,lab,cloud,100,USD_million,,,2025-09-01,2026-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    second,purchase,lab,cloud,250,USD_million,,,2025-10-28,2026-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    rent,purchase,lab,cloud,120,USD_million,,,2025-01-01,2025-01-01,2026-12-31,binding,active,yes,wire,2025-02-01,high,
    rent-v2,purchase,lab,cloud,90,USD_million,,,2025-01-01,2025-07-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    quiet,purchase,cloud,lab,30,USD_million,,,2025-01-01,2025-02-01,,binding,active,yes,tenq,2026-01-15,high,
    terms.csv
    rent,schedule,2025-01-01,2025-12-31,73,USD_million,,Rent of the first year.,2025-02-01
    quiet,schedule,2026-01-01,2026-12-31,30,USD_million,,Nobody says what was paid in 2025.,2026-01-15
    rent-v2,schedule,2026-01-01,2026-12-31,90,USD_million,tenq,,2026-01-15
"""


@pytest.fixture(scope="module")
def small(economy) -> Following:
    return follow(economy(BOOK, FIRMS), also=("foundry",))


def test_ties_are_no_revenue(small: Following) -> None:
    """One tie pays the foundry 40; nobody says what it sold: 40 is a part of it, and no share of it is named."""
    mix = answer(small, "foundry").mixes[Period.PAID]
    assert isinstance(mix, Mix)
    assert mix.amount.value == pytest.approx(40)
    assert not mix.whole
    assert isinstance(mix.named, Gap)
    assert "Foundry: no revenue is known; only what ties say is paid" in mix.amount.flags
    cloud = answer(small, "cloud").mixes[Period.PAID]
    assert isinstance(cloud, Mix)
    assert cloud.whole


def test_tsmc_is_not_said_to_be_explained_by_ties_in_full(following: Following) -> None:
    """The book has one quarter of 40,200; ties of 42 billion in a year are no revenue of which 100 % is named."""
    mix = answer(following, "tsmc").mixes[Period.PAID]
    assert isinstance(mix, Mix)
    assert isinstance(mix.named, Gap)
    assert mix.amount.value < 2 * 40200


def test_what_was_signed_after_the_day_of_a_backlog_is_no_part_of_it(small: Following) -> None:
    """400 at 2025-09-30: the first contract's 100 and the rent's 90 can be in it, the 250 of October cannot."""
    found = answer(small, "cloud").backlog
    assert isinstance(found.explained, Measure)
    assert found.explained.value == pytest.approx(190)
    assert isinstance(found.later, Measure)
    assert found.later.value == pytest.approx(250)
    (lab,) = found.laboratories
    assert lab.whole.value == pytest.approx(190 / 400)


def test_the_share_that_the_firm_gave_itself_is_the_newest_one(small: Following) -> None:
    (row,) = answer(small, "cloud").backlog.stated
    assert (row[0], row[1].value, row[1].end) == ("lab", pytest.approx(0.45), date(2025, 9, 30))


def test_openai_is_no_part_of_microsofts_backlog_before_it_signed() -> None:
    """398 billion at 2025-09-30; 250 were signed on 2025-10-28 and 30 on 2025-11-18."""
    found = money(embedded().as_of(date(2025, 12, 31)), "microsoft").backlog
    assert found.reported.end == date(2025, 9, 30) if isinstance(found.reported, Measure) else False
    assert isinstance(found.later, Measure)
    assert found.later.value == pytest.approx(280000)
    assert not found.laboratories


def test_microsofts_own_share_stands_beside_that_of_the_ties(following: Following) -> None:
    """45 percent of 625 billion at 2025-12-31, as it said on 2026-01-28."""
    stated = dict(answer(following, "microsoft").backlog.stated)
    assert stated["openai"].value == pytest.approx(0.45)


def test_what_was_paid_before_a_new_schedule_is_in_the_version_that_it_replaced(small: Following) -> None:
    """73 over the 365 days of 2025 is 0.2 a day; the new version begins on 2025-07-01: 184 days make 36.8."""
    paid = sum(x.amount.value for x in small.paid.links if x.tie == "rent-v2")
    assert paid == pytest.approx(0.2 * 184)


def test_spacex_was_paid_for_may_and_june(following: Following) -> None:
    """1,250 for the two months of the ramp, by the first version of the tie; the prospectus tells only what is left."""
    paid = {x.tie: x.amount.value for x in following.paid.links if x.payer == "anthropic"}
    assert paid["anthropic-spacex-45bn-v2"] == pytest.approx(1250)
    assert paid["anthropic-aws-100bn-v2"] == pytest.approx(3000 * 61 / 256)


def test_ties_that_name_less_than_a_laboratory_reports_are_said(small: Following, following: Following) -> None:
    """70 of computing against rent of 36.8. Anthropic: 7,330 in 2025, and ties name less in the year to June 2026."""
    found = computing(small, "lab")
    assert isinstance(found, Computing)
    assert (found.reported.value, found.named.value) == (70, pytest.approx(36.8))
    assert found.short
    anthropic = computing(following, "anthropic")
    assert isinstance(anthropic, Computing)
    assert anthropic.reported.value == 7330
    assert anthropic.short


def test_a_tie_that_had_begun_and_does_not_say_what_it_paid_is_silent(small: Following) -> None:
    """It began in February 2025 and its schedule in 2026. The two contracts of 2026 had not begun: a true zero."""
    assert {(s.payer, s.payee) for s in steps(small) if s.silent} == {("cloud", "lab")}


def test_tranches_of_a_stated_day_are_paid_on_it(following: Following) -> None:
    """By 2026-06-30 SoftBank had paid one of three instalments of 10,000 (April, July, October), Nvidia in step."""
    paid = {x.tie: x.amount.value for x in following.paid.links}
    assert paid["softbank-openai-30bn-2026"] == pytest.approx(10000)
    assert paid["nvda-openai-30bn"] == pytest.approx(10000)


def test_a_dollar_that_passes_a_firm_of_which_too_little_is_known_is_flagged(tmp_path: Path) -> None:
    """June 2025, no revenue of CoreWeave: it had 250 of Nvidia's 350 to firms and paid 1,652 beyond what is known."""
    folder = Path(shutil.copytree(EMBEDDED, tmp_path / "book"))
    facts = folder / "facts.csv"
    rows = facts.read_text(encoding="utf-8").splitlines(keepends=True)
    facts.write_text("".join(r for r in rows if not r.startswith("coreweave,revenue,")), encoding="utf-8")
    found: Money = money(read_book(folder).as_of(date(2025, 6, 30)), "nvidia")
    back = found.returns[Period.PAID]
    assert isinstance(back, Measure)
    assert any("CoreWeave paid 1,652 million beyond all that is known" in flag for flag in back.flags)


def test_market_values_are_those_of_the_books_day(book: Book, following: Following) -> None:
    """The firms that hold each other are worth the same here and in the lens of prices, which reads the book's day."""
    found = doubled(following.opening)
    assert isinstance(found, Doubled)
    known = {n: market_value(book, n, book.date)[0] for n in book.firms if following.opening.groups(n) == n}
    held = holdings_of(stakes_of(following.opening), {n: m for n, m in known.items() if isinstance(m, Measure)})
    assert isinstance(held.prices, Measure)
    assert found.market.value == pytest.approx(held.prices.value)
