"""The story adds up: causes are the whole fall of headroom, and nothing is told that is not in the path."""

from __future__ import annotations

import pytest

from cardhouse.book import Book
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import Why, ledger
from cardhouse.economy.many.setup import uncounted
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import Run, run, run_from
from cardhouse.economy.scenario import read_scenario
from cardhouse.economy.settled import FallKind
from cardhouse.economy.story import FUNDING, Story, headroom_parts, story
from cardhouse.economy.uncertain import laboratories, uncertainty, without_chance


@pytest.fixture(scope="module")
def calm(shipped: Book) -> Run:
    return run(shipped)


@pytest.fixture(scope="module")
def stories(calm: Run) -> dict[str, Story]:
    names = ("baseline", "openai-stops", "windows-shut", "demand-stalls", "price-war", "rents-fall")
    return {name: story(run_from(calm.compiled, read_scenario(name))) for name in names}


@pytest.mark.parametrize("name", ["windows-shut", "demand-stalls", "price-war", "rents-fall"])
def test_causes_add_up_to_the_whole_fall_of_headroom(stories: dict[str, Story], name: str) -> None:
    """(Can pay less owes) with, minus the same without: to the dollar, for every firm that failed."""
    told = [f for f in stories[name].failures if f.fall.kind is not FallKind.PULLED]
    assert told
    for f in told:
        fall = (f.had - f.owed) - (f.had_calm - f.owed_calm)
        assert sum(c.amount for c in f.causes) == pytest.approx(fall, rel=1e-9, abs=1e-4), f.fall


@pytest.mark.parametrize("name", ["baseline", "openai-stops"])
def test_headroom_is_cash_at_the_opening_and_its_parts(stories: dict[str, Story], name: str) -> None:
    """For firms that stand, in any quarter: the parts and the opening's cash are what the clearing had to spare."""
    done = stories[name].run
    book = ledger(done.compiled, done.path)
    for node in ("oracle", "coreweave", "softbank", "anthropic"):
        i = done.compiled.place[node]
        for q in (0, 5, 11):
            a = done.path.accounts[q, :, i]
            parts = headroom_parts(done.compiled, done.path, book, node, q)
            spare = float(done.compiled.model.start.cash[i]) + sum(parts.values())
            assert spare == pytest.approx(a[col.RESOURCES] - a[col.BINDING], rel=1e-9, abs=1e-4)


def test_who_fails_owed_more_than_it_could_pay(stories: dict[str, Story]) -> None:
    for told in stories.values():
        for f in told.failures:
            if f.fall.kind is FallKind.FAILED and not f.tenant:
                assert f.short > 0.0
                assert f.had_calm >= f.owed_calm  # or it would be a failure of the baseline


@pytest.mark.parametrize("name", ["demand-stalls", "rents-fall"])
def test_causes_of_many_paths_lie_between_the_story_before_and_after_all_savings(
    stories: dict[str, Story], calm: Run, name: str
) -> None:
    """Without chance many paths are the path of the story: what customers lack is at most what sales fell by.

    It is at least that less all that was better than planned; against it stands what could not be raised.
    """
    compiled = calm.compiled
    book = compiled.opening.book
    chance = without_chance(uncertainty(book, nodes=compiled.nodes, laboratories=laboratories(compiled)))
    found = Worker(uncounted(compiled, read_scenario(name), chance, seed=1)).run(0, 8)
    told = [f for f in stories[name].failures if not f.tenant]
    assert told
    for f in told:
        place = compiled.place[f.fall.node]
        customers, _, markets, outlays = found.causes[place] / found.failures[place]
        sales, funds = (-sum(c.amount for c in f.causes if c.why == why) for why in (Why.CUSTOMERS, FUNDING[0]))
        better = sum(c.amount for c in f.causes if c.amount > 0.0)
        assert outlays < 0.01
        least, most = (max(x, 0.0) / (max(x, 0.0) + funds) for x in (sales - better, sales))
        assert least - 1e-9 <= customers / (customers + markets) <= most + 1e-9, f.fall


def test_shut_windows_are_the_first_cause_where_nothing_else_moves(stories: dict[str, Story]) -> None:
    first = stories["windows-shut"].failures[0]
    assert (first.causes[0].why, first.causes[0].inflow) == (FUNDING[0], FUNDING[3])
    assert {"nobody lends", "nobody buys shares"} <= set(first.could.held_back)
    assert (first.could.debt, first.could.shares) == (0.0, 0.0)


def test_vehicles_go_down_with_their_tenant_and_the_chain_begins_with_it(stories: dict[str, Story]) -> None:
    lost = [f for told in stories.values() for f in told.failures if f.tenant]
    assert lost
    assert all(f.chain[-2:] == (f.tenant, f.fall.node) for f in lost)


def test_a_pulled_card_has_no_causes_and_what_it_no_longer_pays_is_what_others_lose(stories: dict[str, Story]) -> None:
    told = stories["openai-stops"]
    card = told.failures[0]
    assert (card.fall.kind, card.causes) == (FallKind.PULLED, ())
    taken = sum(b.amount for b in told.blows if b.source == "openai" and b.tie == "openai-azure-250bn-v2")
    with_, without = (ledger(told.run.compiled, p).payments for p in (told.run.path, told.run.baseline))
    paid = [sum(p.paid for p in x if p.tie == "openai-azure-250bn-v2" and p.step < 4) for x in (with_, without)]
    assert taken == pytest.approx(paid[1] - paid[0])


def test_the_baseline_tells_room_and_no_failure(stories: dict[str, Story]) -> None:
    told = stories["baseline"]
    assert (told.failures, told.calm_falls, told.blows) == ((), (), ())
    assert {s.node for s in told.standing} == set(told.run.compiled.opening.full)
    assert all(s.headroom > 0.0 and s.headroom == s.calm for s in told.standing)
    assert [s.cushion for s in told.standing] == sorted(s.cushion for s in told.standing)


def test_the_same_run_tells_the_same_story(calm: Run, stories: dict[str, Story]) -> None:
    again = story(run_from(calm.compiled, read_scenario("demand-stalls")))
    told = stories["demand-stalls"]
    assert (again.failures, again.blows, again.standing) == (told.failures, told.blows, told.standing)
