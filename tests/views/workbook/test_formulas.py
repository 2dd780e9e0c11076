"""Formulas of the workbook, computed by a small evaluator as a spreadsheet would, beside the engine's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from evaluating import _Reader

from cardhouse.economy.claims import Channel
from cardhouse.economy.losses import Loss
from cardhouse.economy.pull import pull
from cardhouse.economy.required import Terms, required, required_revenue
from cardhouse.lenses.accounts import restate
from cardhouse.lenses.measure import Measure
from cardhouse.views.workbook.pulled import _formulas

TOP = 8
"""First row of firms on the sheet Restate, from 1."""


@pytest.mark.parametrize(
    ("formula", "value"),
    [("2^3^2", 64.0), ("-2^2", 4.0), ("1/2/4", 0.125), ("(1+0.1)^-2", 1 / 1.21), ('IF(1>2,"a","b")', "b")],
)
def test_the_evaluator_computes_as_excel_does(sheets, formula, value):
    """Documented by Microsoft: ^ groups from the left, and a sign before a number binds before it."""
    assert _Reader(sheets, "Need", formula).read() == pytest.approx(value) if value != "b" else value


@pytest.mark.slow
def test_every_formula_gives_the_number_that_is_stored_beside_it(sheets):
    """The number beside a formula is the engine's; a program that computes and one that does not show the same."""
    checked = 0
    for sheet, cell, text, stored in sheets.formulas():
        found = sheets.value(sheet, cell)
        if isinstance(stored, str):
            assert found == stored, (sheet, cell, text)
        else:
            assert found == pytest.approx(stored, rel=1e-9, abs=1e-6), (sheet, cell, text)
        checked += 1
    assert checked > 1_000


def test_the_losses_of_the_pull_add_up_to_the_engines(sheets, book):
    lines = pull(book, "openai").losses.lines
    assert sheets.value("Pull", "D14") == pytest.approx(math.fsum(x.amount for x in lines))
    assert sheets.value("Pull", "D15") == 0.0


def test_half_the_severity_halves_every_loss(sheets):
    before = sheets.value("Pull", "D14")
    sheets.set("pull_severity", 0.5)
    assert sheets.value("Pull", "D14") == pytest.approx(before / 2)
    assert sheets.value("Pull", "D15") == pytest.approx(-before / 2, abs=1e-3)


def test_a_rate_of_ones_own_replaces_those_of_its_channel_alone(sheets, book):
    lines = pull(book, "openai").losses.lines
    stakes = [x for x in lines if x.channel.name == "STAKES"]
    sheets.change("Pull", "B13", 0.25)
    assert sheets.value("Pull", "A13") == "stakes"
    assert sheets.value("Pull", "D13") == pytest.approx(0.25 * math.fsum(x.exposure for x in stakes))
    rest = math.fsum(x.amount for x in lines if x not in stakes)
    assert sheets.value("Pull", "D14") == pytest.approx(rest + 0.25 * math.fsum(x.exposure for x in stakes))


def test_a_loss_without_exposure_stands_as_a_plain_number_in_its_formula():
    """numpy calls its numbers ``np.float64(3.5)``, a name that no spreadsheet knows."""
    line = Loss("a", "b", Channel.ORDERS, np.float64(3.5), 0.0, "", {})
    assert _formulas(line, 2, "n/a")[-1].text == "=3.5*pull_severity"


def test_the_firms_of_the_pull_add_up_to_all_losses(sheets):
    """A conservation law: each line belongs to one firm and to one channel."""
    firms = [sheets.value("Pull", f"J{row}") for row in range(8, 60)]
    assert math.fsum(x for x in firms if isinstance(x, float)) == pytest.approx(sheets.value("Pull", "D14"))


@pytest.mark.parametrize("years", [3.0, 4.0, 6.0])
def test_another_life_gives_what_the_lens_says_at_it(sheets, book, years):
    """The lens computes by its own code; the sheet was written for the life from rents."""
    lens = {f.firm: f for f in restate(book).firms}
    sheets.set("restate_life", years)
    compared = 0
    for row in range(TOP, TOP + 11):
        firm = sheets.value("Restate", f"B{row}")
        then = next(x for x in lens[firm].restated.lives if x.life.name == f"{years:g} years")
        for column, reading in (("O", then.operating_income), ("Q", then.margin), ("R", then.net_income)):
            found = sheets.value("Restate", f"{column}{row}")
            if isinstance(reading, Measure):
                assert found == pytest.approx(reading.value, rel=1e-9), (firm, column)
                compared += 1
            else:
                assert found == "n/a", (firm, column)
    assert compared > 20


def test_a_firm_may_have_a_life_of_its_own(sheets):
    others = sheets.value("Restate", f"O{TOP + 1}")
    at_accounts = sheets.value("Restate", f"I{TOP}")
    sheets.change("Restate", f"J{TOP}", at_accounts)
    assert sheets.value("Restate", f"O{TOP}") == pytest.approx(sheets.value("Restate", f"E{TOP}"))
    assert sheets.value("Restate", f"O{TOP + 1}") == others


def test_the_published_example_comes_out(sheets):
    """Capital of 2,050 billion, s = .6, L = 5, N = 20, h = .10, m = .5 gives about 842 billion a year."""
    assert sheets.value("Need", "B13") == pytest.approx(842_000, rel=1e-3)


def test_the_books_own_need_and_a_change_of_it(sheets, book):
    answer = required(book)
    assert sheets.value("Need", "F13") == pytest.approx(answer.value)
    sheets.set("need_return", 0.0)
    sheets.set("need_short_life", 3.0)
    t = answer.terms
    changed = Terms(t.capital, t.short_share, 3.0, t.long_life, 0.0, t.part)
    assert sheets.value("Need", "F13") == pytest.approx(required_revenue(changed))
    assert sheets.value("Need", "C13") == pytest.approx(answer.value)


def test_the_ends_of_the_need_stand_apart_from_the_low_and_high_inputs(sheets, book):
    """A long life is a high input and asks for less: the formula of the low inputs is not the least that is needed."""
    lowest, highest = required(book).range
    assert [sheets.value("Need", f"{c}18") for c in "DE"] == pytest.approx([lowest, highest])
    assert [sheets.value("Need", f"{c}13") for c in "DE"] == [None, None]
    assert lowest < required_revenue(Terms(*(sheets.value("Need", f"D{row}") for row in range(5, 11)))) < highest


def test_the_check_tells_a_changed_workbook_from_an_unchanged_one(sheets):
    assert [sheets.value("Need", f"{c}15") for c in "BCF"] == [0.0, 0.0, 0.0]
    sheets.set("need_part", 0.9)
    assert sheets.value("Need", "F15") != 0.0
