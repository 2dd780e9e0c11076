"""The embedded book's answers, against what firms filed and what others published."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book
from cardhouse.economy.contracts import Scope
from cardhouse.errors import BookError, InputError, UnknownName
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Following, Money, Period, Purpose, Standing, answer, follow, money
from cardhouse.lenses.money.links import inside
from cardhouse.lenses.money.mix import Mix
from cardhouse.lenses.money.rings import rings


@pytest.fixture(scope="module")
def nvidia(following: Following) -> Money:
    return answer(following, "nvidia")


def pays(following: Following, period: Period, payer: str, payee: str, purpose: Purpose) -> float:
    return sum(
        x.amount.value for x in following[period].links if (x.payer, x.payee, x.purpose) == (payer, payee, purpose)
    )


def test_microsoft_got_from_openai_what_its_annual_report_says(following: Following, book: Book) -> None:
    """10-K for the year to 2026-06-30: 24,100; the ties explain 15,782 of it, the rest is a link without a tie."""
    (row,) = book.chosen("microsoft", "revenue_from_openai")
    assert pays(following, Period.PAID, "openai", "microsoft", Purpose.SALE) == pytest.approx(row.value)


def test_what_hyperscalers_pay_nvidia_fits_its_reported_hyperscale_revenue(following: Following, book: Book) -> None:
    """Filed for the three quarters from 2025-10-27 to 2026-07-26; the quarter before was smaller than any of them."""
    firms = ("microsoft", "amazon", "alphabet", "meta", "oracle")
    ties = sum(pays(following, Period.PAID, f, "nvidia", Purpose.SALE) for f in firms)
    filed = [
        f.value
        for f in book.chosen("nvidia", "revenue_data_center_hyperscale")
        if f.start and f.start >= date(2025, 10, 27) and (f.end - f.start).days < 100 and not f.item
    ]
    assert len(filed) == 3
    assert sum(filed) < ties < sum(filed) + min(filed)


@pytest.mark.parametrize(
    "ring",
    [
        ("nvidia", "openai", "oracle"),
        ("nvidia", "openai", "microsoft"),
        ("nvidia", "openai", "coreweave"),
        ("nvidia", "coreweave"),
    ],
)
def test_the_rings_that_others_published_are_found(nvidia: Money, ring: tuple[str, ...]) -> None:
    """AI Deal Network (2026) names Nvidia > OpenAI > Oracle > Nvidia and the loops of Nvidia with its customers."""
    found = next(r for r in nvidia.rings if r.firms == ring)
    assert found.either > 0
    assert found.paid > 0
    assert all(step.ties for step in found.steps)


def test_the_letter_of_a_hundred_billion_lapsed_and_was_paid_to_nobody(nvidia: Money) -> None:
    link = next(s for s in nvidia.payees if s.payee == "openai")
    assert ("nvda-openai-loi-v4", Standing.LAPSED) in link.ties
    assert link.said == 100000
    assert link.paid < 30000


def test_openai_is_paid_for_by_investors_and_not_by_its_customers(following: Following) -> None:
    """It sold about 22 billion and took more than 80 for shares: customers are less than a third of its dollars."""
    every = answer(following, "openai").spending[Period.PAID]
    assert isinstance(every, Mix)
    own_customers = dict(every.firms)["openai"].value
    assert own_customers < 0.35


@pytest.mark.parametrize(
    ("firm", "laboratory", "least", "most"),
    [
        ("oracle", "openai", 0.45, 0.60),
        ("microsoft", "openai", 0.30, 0.45),
        ("broadcom", "anthropic", 0.65, 0.90),
        ("coreweave", "openai", 0.18, 0.30),
    ],
)
def test_backlogs_hang_on_laboratories(
    following: Following, firm: str, laboratory: str, least: float, most: float
) -> None:
    """Oracle: 300 of its 664 are the contract of September 2025 alone (45 %). Microsoft: 45 % was said for December
    2025, before 49 billion of new contracts of others. Broadcom: 127 of 165. CoreWeave: 22.4 signed of 104.
    """
    found = answer(following, firm).backlog
    row = next(d for d in found.laboratories if d.laboratory == laboratory)
    assert found.of_reported
    assert least <= row.whole.value <= most
    assert row.whole.value == pytest.approx(
        (row.direct.value + row.bought_for.value + row.through.value) / found.reported.value
    )


def test_chips_bought_for_openai_make_nvidia_depend_on_it(nvidia: Money) -> None:
    """The order of Oracle for Abilene is for OpenAI; Nvidia's obligations by its filing hold no hardware."""
    row = next(d for d in nvidia.backlog.laboratories if d.laboratory == "openai")
    assert row.direct.value == 0
    assert row.bought_for.value > 0
    assert not nvidia.backlog.of_reported
    assert row.whole.value <= 1


def test_what_was_known_later_never_enters(book: Book) -> None:
    """The investment of February 2026 is in no answer of the year before."""
    early = money(book.as_of(date(2025, 12, 31)), "nvidia")
    ties = {tie for s in early.payees for tie, _ in s.ties}
    assert "nvda-openai-30bn" not in ties
    assert early.backlog.reported.end <= date(2025, 12, 31) if isinstance(early.backlog.reported, Measure) else True


def test_a_wider_scope_promises_more_and_pays_no_more(book: Book, following: Following) -> None:
    wide = follow(book, scope=Scope.ALL)
    assert wide.paid.payments().sum() == pytest.approx(following.paid.payments().sum())
    assert wide.ahead.payments().sum() > following.ahead.payments().sum()


def test_lenders_and_aggregates_are_outside(book: Book) -> None:
    assert not inside(book, "public-bondholders")
    assert not inside(book, "blackstone")
    assert inside(book, "softbank")
    with pytest.raises(InputError, match="comes from outside the network"):
        money(book, "public-bondholders")
    with pytest.raises(UnknownName, match="nvidia"):
        money(book, "nvidai")


def test_a_day_on_which_nobody_can_be_tested_is_an_error_that_says_what_is_lacking(book: Book) -> None:
    with pytest.raises(BookError, match="lacks"):
        money(book.as_of(date(2023, 6, 30)), "nvidia")


def test_a_part_of_a_group_is_answered_by_the_group(book: Book) -> None:
    assert money(book, "xai").node == "spacex"


def test_a_firm_without_ties_is_paid_by_its_customers(book: Book) -> None:
    """iFlytek sells to nobody in the book; the year in the book ended in 2024, too long ago to stand for the last."""
    found = money(book, "iflytek").mixes[Period.PAID]
    assert isinstance(found, Gap)
    assert "no revenue is known" in found.reason


def test_rings_have_no_more_firms_than_asked(following: Following) -> None:
    short = rings(following, longest=2)
    assert {len(r.firms) for r in short} == {2}
    assert {r.firms for r in short} < {r.firms for r in rings(following, longest=3)}
