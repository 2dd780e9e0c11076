"""Tables and sentences of a run: the same numbers as the path, and words that fit their direction."""

from __future__ import annotations

import re

import pytest

from cardhouse.book import embedded
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import Why, ledger
from cardhouse.economy.run import run, run_from
from cardhouse.economy.scenario import read_scenario
from cardhouse.economy.story import FUNDING, OWN, Cause, Story, story
from cardhouse.views import run as view
from cardhouse.views import run_firm, run_payload
from cardhouse.views.run_story import INCOMING, OUTGOING, cause, signed, told
from cardhouse.views.table import text
from cardhouse.views.words import ENGLISH


@pytest.fixture(scope="module")
def calm() -> Story:
    book = embedded()
    return story(run(book.as_of(book.date)))


@pytest.fixture(scope="module")
def stalled(calm: Story) -> Story:
    return story(run_from(calm.run.compiled, read_scenario("demand-stalls")))


def test_every_table_fits_100_columns(calm: Story, stalled: Story) -> None:
    for s in (calm, stalled):
        tables = [view.timeline(s), view.blows(s), view.losses(s), view.standing(s), view.years(s), view.shipped()]
        quarters = run_payload.both(s.run, "oracle")
        tables += [make(s.run, *quarters) for make in (run_firm.income, run_firm.cash, run_firm.balance)]
        for table in tables:
            assert max(len(line) for line in text(table).splitlines()) <= 100, table.title
            assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_dateline_carries_book_scenario_unit_and_ties(stalled: Story) -> None:
    line = view.dateline(stalled.run)
    for part in (str(stalled.run.compiled.opening.book.date), "demand-stalls", "USD billion", "ties:"):
        assert part in line


def test_the_headline_names_every_failure_with_its_quarter(stalled: Story) -> None:
    words = " ".join(view.headline(stalled))
    for f in stalled.failures:
        assert f"{view.name(stalled.run, f.fall.node)} ({view.when(stalled.run, f.fall.step)})" in words
    assert "Without the scenario nobody fails." in words


def test_where_nobody_fails_that_is_said_and_the_room_is_shown(calm: Story) -> None:
    full = calm.run.compiled.opening.full
    assert f"None of the {len(full)} tested firms fails" in " ".join(view.headline(calm))
    rooms = {row[0]: row[3] for row in view.standing(calm).rows}
    assert len(rooms) == len(full)
    assert told(calm) == ""


def test_sentences_carry_the_amounts_of_the_causes(stalled: Story) -> None:
    words = told(stalled)
    for f in stalled.failures:
        if not f.tenant:
            assert f"{view.name(stalled.run, f.fall.node)} fails in {view.when(stalled.run, f.fall.step)}" in words
            assert signed(f.causes[0].amount) in words


def test_words_tell_more_from_less(stalled: Story) -> None:
    """A smaller receipt and a larger payment both go against a firm; the words name which."""
    f = stalled.failures[0]
    assert cause(stalled.run, f, Cause("contract", "meta", "x", True, -1.0)) == "Meta pays it less (x)"
    assert cause(stalled.run, f, Cause("contract", "meta", "x", False, -1.0)) == "pays more to Meta (x)"
    assert cause(stalled.run, f, Cause("order", "nvidia", "x", False, 1.0)) == "orders less from Nvidia (x)"
    assert (
        cause(stalled.run, f, Cause("principal", "", "", False, -1.0)) == "must repay more debt instead of rolling it"
    )
    assert cause(stalled.run, f, Cause(*OWN, 1.0)).endswith("lower")
    assert cause(stalled.run, f, Cause(*FUNDING, -1.0)).startswith("raised or could still raise less")


def test_every_reason_has_words(stalled: Story) -> None:
    f = stalled.failures[0]
    for why in Why:
        for inflow in (True, False):
            words = cause(stalled.run, f, Cause(str(why), "", "", inflow, 1.0))
            assert "{" not in words
            assert words
    assert set(INCOMING) | set(OUTGOING) <= set(Why)


def test_the_network_by_year_is_the_sum_of_the_accounts(stalled: Story) -> None:
    r = stalled.run
    place = [r.compiled.place[n] for n in r.compiled.opening.full]
    first = view.years(stalled).records()[0]
    assert first["from_customers"] == pytest.approx(r.path.accounts[:4, col.WORLD_RECEIPTS][:, place].sum())
    assert first["debt_baseline"] == pytest.approx(r.baseline.accounts[3, col.DEBT][place].sum())


def test_a_quarter_is_named_by_the_month_it_ends_in(calm: Story) -> None:
    names = [ENGLISH.quarter(w.end) for w in calm.run.compiled.windows[:5]]
    assert all(re.fullmatch(r"\d{4} Q[1-4]", n) for n in names)
    assert len(set(names)) == 5


def test_the_ledger_for_a_file_names_the_world(stalled: Story) -> None:
    r = stalled.run
    payments = ledger(r.compiled, r.path).payments
    table = view.ledger_lines(r, payments)
    assert len(table.rows) == len(payments)
    assert all(row[1] and row[2] for row in table.rows)


def test_json_names_quarters_by_their_last_day(stalled: Story) -> None:
    answer = run_payload.run(stalled)
    assert answer["failures"][0]["quarter"] in answer["quarter_ends"]
    assert len(answer["standing"]) == len(stalled.standing)
    firm = run_payload.firm(stalled.run, "oracle")
    assert [q["end"] for q in firm["quarters"]] == answer["quarter_ends"]
