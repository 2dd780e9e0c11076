"""Laws of the ledger on the embedded book: cash moves by what is paid, nothing is paid that is not due."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cardhouse.book import Book
from cardhouse.economy.firm_quarters import by_year, firm_quarters
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import RAISED, WORLD, Ledger, Why, ledger
from cardhouse.economy.room import drawable, room
from cardhouse.economy.run import Run, run, run_from
from cardhouse.economy.scenario import compose, read_scenario
from cardhouse.economy.settled import FallKind, falls

SCENARIOS = ("baseline", "openai-stops", "windows-shut", "demand-stalls", "price-war", "reorganise")
CLOSE = 1e-6


@pytest.fixture(scope="module")
def runs(shipped: Book) -> dict[str, Run]:
    """Calm, a card that is pulled, shut windows, a chain of failures, a price war, and two reorganisations."""
    calm = run(shipped)
    out = {name: run_from(calm.compiled, read_scenario(name)) for name in SCENARIOS if name != "reorganise"}
    saved = replace(read_scenario("windows-shut"), reorganise=("coreweave", "nebius"))
    return out | {"reorganise": run_from(calm.compiled, saved)}


@pytest.fixture(params=SCENARIOS)
def done(request: pytest.FixtureRequest, runs: dict[str, Run]) -> Run:
    return runs[request.param]


@pytest.fixture
def book(done: Run) -> Ledger:
    return ledger(done.compiled, done.path)


def test_cash_changes_by_what_is_received_less_what_is_paid(done: Run, book: Ledger) -> None:
    for node, i in done.compiled.place.items():
        cash = np.concatenate([[done.compiled.model.start.cash[i]], done.path.accounts[:, col.CASH, i]])
        off = np.abs(cash[:-1] + book.received(node) - book.spent(node) - cash[1:])
        assert off.max() <= CLOSE * (1.0 + np.abs(cash).max()), node


def test_payments_of_nodes_and_world_sum_to_zero(done: Run, book: Ledger) -> None:
    """What all receive less what all pay is nothing: every payment has two ends, one of them a node."""
    parties = (*done.nodes, WORLD)
    whole = sum((book.received(n) - book.spent(n) for n in parties), np.zeros(book.steps))
    assert np.abs(whole).max() <= CLOSE * sum(p.paid for p in book.payments)
    assert all(p.payer in done.compiled.place or p.payee in done.compiled.place for p in book.payments)


def test_nobody_is_paid_more_than_is_due_and_no_payment_is_negative(book: Ledger) -> None:
    for p in book.payments:
        assert -CLOSE <= p.paid <= p.due + CLOSE * (1.0 + p.due), p


def test_binding_dues_found_one_by_one_stay_within_what_the_clearing_says_binds(done: Run, book: Ledger) -> None:
    """The clearing adds costs and own spending; every contract, debt and tax found here must fit below them."""
    for node, i in done.compiled.place.items():
        binding = done.path.accounts[:, col.BINDING, i]
        own = book.spent(node, Why.COSTS, Why.SPENDING) + done.path.accounts[:, col.SAVED, i]
        known = book.bound(node)
        assert (known <= binding + CLOSE * (1.0 + binding)).all(), node
        assert (binding <= known + own + CLOSE * (1.0 + binding)).all(), node


def test_who_stands_pays_every_binding_due_in_full(done: Run, book: Ledger) -> None:
    fell = {(f.node, f.step) for f in falls(done.compiled, done.path)}
    for p in book.payments:
        if p.payer != WORLD and (p.payer, p.step) not in fell:
            assert p.paid >= p.bound - CLOSE * (1.0 + p.bound), p


def test_who_is_gone_pays_nothing_but_its_estate(done: Run, book: Ledger) -> None:
    gone = {f.node: f.step for f in falls(done.compiled, done.path) if f.kind is not FallKind.REORGANISED}
    for p in book.payments:
        if p.payer in gone and p.step > gone[p.payer]:
            assert p.why in (Why.ESTATE, Why.LEFT_OVER, Why.SALE), p


def test_raised_money_is_within_what_the_windows_let_through(done: Run, book: Ledger) -> None:
    """The windows found from the accounts are those of the clearing, which adds what listed stakes bring."""
    compiled, down = done.compiled, done.path.accounts[:, col.DOWN] > 0.0
    for fall in falls(compiled, done.path):
        down[fall.step, compiled.place[fall.node]] = True  # one that was reorganised stands again by its end
    for node in compiled.opening.full:
        i = compiled.place[node]
        whole, raised = drawable(compiled, done.path, node), book.received(node, *RAISED)
        listed = compiled.model.stakes.proceeds0[compiled.model.stakes.holder == i].sum()
        for q in np.flatnonzero(~down[:, i]):
            found = room(compiled, done.path, node, int(q))
            assert raised[q] <= whole[q] + CLOSE * (1.0 + whole[q])
            assert found.whole == pytest.approx(whole[q], rel=CLOSE, abs=1e-3)
            assert found.stakes == pytest.approx(0.0, abs=1e-3) or listed > 0.0


def test_statements_end_where_the_accounts_do(done: Run) -> None:
    for node in done.compiled.opening.full:
        i = done.compiled.place[node]
        quarters = firm_quarters(done.compiled, done.path, node)
        before = float(done.compiled.model.start.cash[i])
        for q in quarters:
            assert before + q.cash.change == pytest.approx(q.balance.cash, rel=CLOSE, abs=1e-3)
            income = q.income.operating - q.income.interest + q.income.interest_earned
            income += q.income.other - q.income.losses - q.income.tax
            assert income == pytest.approx(q.income.net, rel=CLOSE, abs=1e-3)
            b = q.balance
            owed = b.debt + b.leases + b.payables + b.other_liabilities + b.tax_due + b.owed_by_estate
            assert b.assets == pytest.approx(owed + b.equity, rel=CLOSE, abs=1e-3)
            before = q.balance.cash


def test_a_year_is_the_sum_of_its_quarters(runs: dict[str, Run]) -> None:
    calm = runs["baseline"]
    quarters = firm_quarters(calm.compiled, calm.path, "oracle")
    years = by_year(quarters)
    assert len(years) == 6
    assert years[1].income.revenue == pytest.approx(sum(q.income.revenue for q in quarters[4:8]))
    assert years[1].balance == quarters[7].balance
    assert by_year(quarters[:3]) == ()


def test_falls_know_who_was_pulled_who_failed_and_who_was_reorganised(runs: dict[str, Run]) -> None:
    pulled = falls(runs["openai-stops"].compiled, runs["openai-stops"].path)
    assert (pulled[0].node, pulled[0].step, pulled[0].kind) == ("openai", 0, FallKind.PULLED)
    saved = falls(runs["reorganise"].compiled, runs["reorganise"].path)
    assert "coreweave" in {f.node for f in saved if f.kind is FallKind.REORGANISED}
    assert falls(runs["baseline"].compiled, runs["baseline"].path) == ()


def test_composed_shocks_keep_the_laws(runs: dict[str, Run]) -> None:
    """Everything at once: falling rents, dear money, late power and a pulled card."""
    names = ("rents-fall", "dear-money", "power-late", "openai-stops")
    done = run_from(runs["baseline"].compiled, compose(*map(read_scenario, names)))
    book = ledger(done.compiled, done.path)
    test_cash_changes_by_what_is_received_less_what_is_paid(done, book)
    test_nobody_is_paid_more_than_is_due_and_no_payment_is_negative(book)
    test_binding_dues_found_one_by_one_stay_within_what_the_clearing_says_binds(done, book)
