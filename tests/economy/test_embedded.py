"""The embedded book: openings that a reader who knows the companies would not call absurd."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import SourceKind, embedded, trailing_year
from cardhouse.economy.cascade import fall
from cardhouse.economy.contracts import Role
from cardhouse.economy.losses import losses
from cardhouse.economy.opening import EXPLAINED, open_book

FIRST_RANK = (
    "nvidia",
    "microsoft",
    "amazon",
    "alphabet",
    "meta",
    "oracle",
    "amd",
    "broadcom",
    "coreweave",
    "nebius",
    "openai",
    "anthropic",
    "softbank",
    "spacex",
)
CLOUDS = {"microsoft": "msft", "amazon": "amzn", "alphabet": "googl", "meta": "meta", "oracle": "orcl"}


@pytest.fixture(scope="module")
def opening(shipped):
    return open_book(shipped)


@pytest.fixture(scope="module")
def openai(opening):
    course = fall(opening, {"openai": 0.0})
    return course, losses(opening, course)


def test_every_firm_of_the_first_rank_is_tested(opening):
    assert set(FIRST_RANK) <= set(opening.full)


@pytest.mark.parametrize("quarters", [1, 2, 4, 8])
@pytest.mark.parametrize("rollover", [True, False])
def test_no_firm_of_the_first_rank_fails_in_the_calm(shipped, quarters, rollover):
    calm = fall(open_book(shipped, quarters=quarters), {}, rollover=rollover)
    assert {node for node, _ in calm.calm.failing} & set(FIRST_RANK) == set()
    assert calm.hits == ()


def test_in_the_calm_book_equity_is_the_reported_one(opening):
    calm = fall(opening, {}).calm_sheet
    assert calm.insolvent == frozenset()
    for node in opening.full:
        assert calm.equity[node] == pytest.approx(opening.positions[node].statement.balance.equity.value, rel=1e-9)


def test_reported_is_ties_plus_residual(opening):
    """Revenue, costs, capital spending and debt of every full firm; ties never exceed what is reported."""
    for node in opening.full:
        position, plan = opening.positions[node], opening.positions[node].statement.plan
        owed = [c for c in opening.ties.contracts if c.payer == node]
        earned = sum(c.due.value for c in opening.ties.contracts if c.payee == node and c.role in EXPLAINED)
        operating = sum(c.due.value for c in owed if c.role in (Role.OPERATING, Role.RENT))
        capital = sum(c.due.value for c in owed if c.role is Role.CAPITAL)
        assert position.receipts_world.value + earned == pytest.approx(plan.revenue.value), node
        assert position.costs_world.value + operating == pytest.approx(plan.costs.value), node
        assert position.capital_world.value + capital == pytest.approx(plan.capital_spending.value), node
        borrowed = sum(d.principal.value for d in opening.ties.debts if d.borrower == node)
        assert borrowed <= position.statement.balance.debt.value * (1 + 1e-9), node


def test_balance_sheets_of_the_first_rank_add_up(opening):
    """Debt, leases and equity fit into total assets; cash, receivables and plant too."""
    for node in FIRST_RANK:
        b = opening.positions[node].statement.balance
        assert b.debt.value + b.leases.value + b.equity.value <= b.total_assets.value, node
        assert b.cash.value + b.receivables.value + b.plant.value <= b.total_assets.value, node
        assert b.equity.value > 0, node


def test_xai_is_inside_spacex(opening):
    assert opening.groups("xai") == "spacex"
    assert "xai" not in opening.positions
    assert not any("xai" in (c.payer, c.payee) for c in opening.ties.contracts)


def test_capital_spending_that_goes_to_nvidia_adds_up_to_its_reported_hyperscale_revenue(shipped):
    """
    Shares of the spending of five clouds against Nvidia's own figure, quarter by quarter: the three quarters that it
    reported as before (October 2025 to July 2026), each fiscal quarter against the calendar quarter next to it.
    """
    share = {
        firm: next(t.number for t in shipped.terms_of(f"{short}-capex-nvda") if t.term == "share_of_capex")
        for firm, short in CLOUDS.items()
    }
    opening = date(2026, 9, 30)
    spent = {
        firm: [shipped.usd(f) for f in trailing_year(shipped, firm, "capital_expenditures", opening)] for firm in CLOUDS
    }
    assert all(len(rows) == 4 for rows in spent.values())
    reported = {
        f.end: f.value
        for f in shipped.facts
        if (f.entity, f.metric) == ("nvidia", "revenue_data_center_hyperscale") and f.source.startswith("nvda-cfo")
    }
    three = [reported[date(2026, 1, 25)], reported[date(2026, 4, 26)], reported[date(2026, 7, 26)]]
    by_quarter = [sum(share[firm] * rows[i] for firm, rows in spent.items()) for i in range(4)]
    assert sum(by_quarter[1:]) == pytest.approx(sum(three), rel=0.10)
    # The year: the missing quarter is half of data-center revenue, as in the quarters around it.
    missing = next(
        f.value
        for f in shipped.chosen("nvidia", "revenue_data_center")
        if f.start is not None and f.end == date(2025, 10, 26) and (f.end - f.start).days < 100
    )
    assert sum(by_quarter) == pytest.approx(missing / 2 + sum(three), rel=0.10)
    # The recast half year (SpaceX moved in): with SpaceX's own share.
    spacex = next(t.number for t in shipped.terms_of("spacex-capex-nvda") if t.term == "share_of_capex")
    half = [
        shipped.usd(f)
        for f in shipped.chosen("spacex", "capital_expenditures")
        if f.start in (date(2026, 1, 1), date(2026, 4, 1)) and (f.end - f.start).days < 100
    ]
    assert len(half) == 2
    recast = next(
        f.value
        for f in shipped.chosen("nvidia", "revenue_data_center_hyperscale")
        if (f.start, f.end) == (date(2026, 1, 26), date(2026, 7, 26))
    )
    assert sum(by_quarter[2:]) + spacex * sum(half) == pytest.approx(recast, rel=0.10)


def test_the_pull_of_openai_hits_who_it_must_hit(openai):
    course, lost = openai
    for firm in ("microsoft", "oracle", "coreweave", "amazon", "softbank", "nvidia"):
        assert sum(lost.of(firm).values()) > 0, firm
    assert course.state.pulled == {"openai": 0.0}
    assert lost.others > 0


def test_no_loss_of_the_pull_of_openai_exceeds_what_stood_to_be_lost(openai):
    _, lost = openai
    for line in lost.lines:
        assert 0 <= line.amount <= line.exposure * (1 + 1e-9) + 1e-6
        assert sum(line.basis.values()) == pytest.approx(line.exposure)
    kinds = {k.value for k in SourceKind} | {"assumption", "timing"}
    assert {kind for line in lost.lines for kind in line.basis} <= kinds


def test_shareholders_lose_no_more_than_they_carry(opening, openai):
    carried = {(s.holder, s.held): 0.0 for s in opening.ties.stakes}
    for stake in opening.ties.stakes:
        carried[stake.holder, stake.held] += stake.carrying.value
    for line in openai[1].lines:
        if line.channel == "stakes":
            assert line.amount <= carried[line.creditor, line.debtor] * (1 + 1e-9)


@pytest.mark.parametrize("day", ["2024-12-31", "2025-06-30", "2025-12-31", "2026-06-30"])
def test_older_openings_use_nothing_known_later(day):
    """No row behind an older opening became known after its day; the large firms are tested and pay in the calm."""
    when = date.fromisoformat(day)
    book = embedded().as_of(when)
    assert max(x.known for x in (*book.facts, *book.ties, *book.terms, *book.assumptions, *book.rates)) <= when
    opening = open_book(book)
    assert opening.window.opening <= when
    assert {"nvidia", "microsoft", "amazon", "alphabet", "meta", "oracle"} <= set(opening.full)
    assert {n for n, _ in fall(opening, {}).calm.failing} & set(opening.full) == set()


def test_the_same_book_gives_the_same_answer_twice(shipped, openai):
    again = open_book(shipped)
    course = fall(again, {"openai": 0.0})
    assert course.steps == openai[0].steps
    assert losses(again, course).borne == openai[1].borne
