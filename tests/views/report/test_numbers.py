"""Numbers of the report beside those of the engine and of the book."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from cardhouse.book.diff import diff
from cardhouse.economy.figure import ASSUMPTION
from cardhouse.economy.pull import pull, rank
from cardhouse.economy.run import failures, run
from cardhouse.economy.scenario import read_scenario
from cardhouse.views.report.grounds import assumed_share, by_assumption, figures
from cardhouse.views.words import words

T = words("en")


def test_the_summary_names_the_dearest_cards_with_their_cost(page, whole):
    first, second, *_ = rank(whole.as_of(whole.date))
    book = whole.as_of(whole.date)
    told = page.sections["summary"]
    assert f"{T.called(book, first.card)} ({T.money(first.cost)})" in told
    assert f"{T.called(book, second.card)} ({T.money(second.cost)})" in told


def test_it_says_what_the_dearest_card_would_have_cost_ninety_days_before(page, whole):
    card = rank(whole.as_of(whole.date))[0].card
    day = whole.date - timedelta(days=90)
    then = pull(whole.as_of(day), card).losses.others
    assert f"With what was known on {day}" in page.sections["summary"]
    assert T.money(then) in page.sections["summary"]


def test_changes_are_those_of_the_two_books(page, whole):
    found = diff(whole, whole.date - timedelta(days=90), whole.date)
    told = page.sections["changes"]
    assert f"{len(found.facts_added)} figures became known" in told
    assert f"{len(found.ties_changed)} have a new version" in told


def test_a_scenarios_first_fall_is_the_runs_own(page, whole):
    scenario = read_scenario("windows-shut")
    done = run(whole.as_of(whole.date), scenario)
    first, step = next((n, s) for n, s in failures(done.path, done.nodes).items() if n in done.compiled.opening.full)
    told = page.sections["scenarios"]
    row = told[told.index(scenario.title) :][:200]
    assert T.called(whole, first) in row
    assert T.quarter(done.compiled.windows[step].end) in row


def test_the_probabilities_are_those_of_the_run(page, run):
    worst = max((d for d in run.defaults if d.tested), key=lambda d: d.probability)
    assert f"{run.name(worst.node)} ({T.percent(worst.probability)})" in page.sections["summary"]
    assert f"{100 * worst.probability:.1f}" in page.sections["runs"]


def test_a_quick_run_is_told_to_be_one_and_a_given_one_is_not(page):
    """The fixture hands the run in as a given one."""
    assert "quick run" not in page.sections["runs"]


def test_assumed_dollars_are_neither_lost_nor_made(material):
    """A conservation law: where a figure names one assumption at most, the parts add up to the whole."""
    whole = math.fsum(f.basis.get(ASSUMPTION, 0.0) for f in figures(material.opening))
    parts = by_assumption(material.opening)
    assert whole <= math.fsum(parts.values()) * (1 + 1e-12)
    dollars = math.fsum(v for f in figures(material.opening) for v in f.basis.values())
    assert assumed_share(material.opening)[ASSUMPTION] == pytest.approx(whole / dollars)


def test_the_assumption_that_carries_most_is_a_row_of_the_book(material):
    rows = {row.id for row in material.book.assumptions}
    named = [ident for ident in by_assumption(material.opening) if ident]
    assert set(named) <= rows


def test_a_disputed_figure_stands_with_both_values(page, whole):
    conflict = whole.as_of(whole.date).conflicts()[0]
    told = page.sections["disputes"]
    assert f"{conflict.chosen.value:,.0f}" in told
    assert f"{conflict.others[0].value:,.0f}" in told
