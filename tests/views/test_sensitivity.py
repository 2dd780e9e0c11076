"""What an outcome depends on, as tables, sentences, a file and JSON: the same numbers everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from cardhouse.book import embedded
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.inputs_of import Basis, Input, Moved, Sort
from cardhouse.economy.many.outcomes_of import outcome_of
from cardhouse.economy.many.sensitivity import Effect, LeftOut, Ranking, ranked
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.economy.many.shares import REST, Factor, Share, Shares
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import RunChoices
from cardhouse.views import sensitivity as view
from cardhouse.views.sensitivity_payload import sensitivity as payload
from cardhouse.views.sensitivity_said import headline
from cardhouse.views.table import text

MARGIN = Input(
    *("openai-margin", Sort.ASSUMPTION, Moved.POSITION, "operating_cash_margin", "openai"),
    *(-0.8, -0.5, -0.25, "fraction", "A reason.", 4),
)
RENTS = Input("rents", Sort.DRIVER, Moved.DEVIATION, "market rent", "", 0.71, 1.0, 1.41, "index", "moved")
DELAY = Input("delay", Sort.DRIVER, Moved.DEVIATION, "deliveries", "", 0.0, 0.0, 0.66, "quarters", "moved")
DEMAND = Input("demand.volatility", Sort.CHANCE, Moved.NUMBER, "volatility", "demand", 0.02, 0.04, 0.08, "", "Why.")
IDLE = Input("idle", Sort.ASSUMPTION, Moved.COMPILED, "debt_due", "layer:cloud", 1e5, 2e5, 3e5, "USD_million", "Why.")


def effect(asked, low, high, error, *, below=-0.1, above=0.1, moved=0.5):
    return Effect(asked, low, high, high - low, error, below, 0.01, above, 0.01, moved)


@pytest.fixture(scope="module")
def answer() -> Sensitivity:
    book = embedded()
    book = book.as_of(book.date)
    compiled = compile_opening(open_book(book), quarters=8)
    effects = ranked(
        [
            effect(MARGIN, 0.62, 0.11, 0.012),
            effect(RENTS, 0.40, 0.25, 0.01, below=0.05, above=0.02),
            effect(DEMAND, 0.30, 0.31, 0.009),
            effect(DELAY, 0.30, 0.33, 0.004, below=0.0),
            effect(IDLE, 0.3, 0.3, 0.0, below=0.0, above=0.0, moved=0.0),
        ]
    )
    found = Ranking(
        outcome_of("falls:openai", compiled),
        2000,
        0.3,
        0.0102,
        effects,
        (LeftOut(replace(IDLE, id="gone"), "the book gives no model"),),
    )
    factors = (Factor("openai-margin", 4, ()), Factor("rents", -1, (1,)), Factor(REST, -1, (0, 2)))
    shares = Shares(
        8192,
        0.3,
        0.21,
        (
            Share(factors[0], 0.42, 0.03, 0.55, 0.04),
            Share(factors[1], 0.11, 0.02, 0.2, 0.03),
            Share(factors[2], 0.07, 0.02, 0.3, 0.03),
        ),
        0.05,
    )
    basis = Basis(book, RunChoices(), compiled, SimpleNamespace(), SimpleNamespace(seed=1))  # type: ignore[arg-type]
    return Sensitivity(basis, BASELINE, found, shares)


def same_on_every_path(answer: Sensitivity, asked: str, mean: float, *, paths: int = 100) -> Sensitivity:
    """Nothing happens, or it always does, and no input changes that."""
    outcome = outcome_of(asked, answer.basis.compiled)
    still = ranked([effect(IDLE, mean, mean, 0.0, below=0.0, above=0.0, moved=0.0)])
    return replace(answer, ranking=Ranking(outcome, paths, mean, 0.0, still, ()), shares=None)


def test_every_table_fits_100_columns(answer: Sensitivity) -> None:
    for table in view.tables(answer):
        assert max(len(line) for line in text(table).splitlines()) <= 100, table.title
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_dateline_carries_book_scenario_outcome_paths_seed_and_ties(answer: Sensitivity) -> None:
    line = view.dateline(answer)
    for part in (str(answer.basis.book.date), "baseline", "falls:openai", "2,000 paths", "seed 1", "ties:", "percent"):
        assert part in line


def test_the_headline_says_the_mean_and_what_moves_it_most(answer: Sensitivity) -> None:
    words = headline(answer)
    quarters = len(answer.basis.compiled.windows)
    assert words[0] == (
        f"OpenAI falls within {quarters} quarters on 30.0% of the paths (standard error 1.0%) with every input at "
        "its centre."
    )
    assert words[1].startswith("Of 5 inputs 3 move the mean by more than two standard errors; 1 change nothing")
    assert words[2] == (
        "Most depends on operating cash margin of OpenAI: 62.0% at its low (-80%), 11.0% at its high (-25%)."
    )
    assert words[3] == (
        "Alone the 3 inputs below explain 60.0% ± 5.0 points of the variance, all together; the other 40.0% shows only "
        "where several meet."
    )


def test_what_is_within_its_error_is_no_working_together(answer: Sensitivity) -> None:
    """60% alone leave 40%: of an error of 41 points that is none that can be told."""
    assert answer.shares is not None
    wide = replace(answer, shares=replace(answer.shares, alone_within=0.41))
    assert headline(wide)[3].endswith("is not told apart from nothing.")


@pytest.mark.parametrize(
    ("asked", "mean", "said"),
    [
        ("falls:openai", 0.0, "on none of 100 paths (a probability below 3%, with 95% confidence) with every input"),
        ("falls:openai+oracle", 0.0, "A fall of OpenAI and Oracle within 8 quarters: on none of 100 paths"),
        ("falls:openai", 1.0, "on each of 100 paths (a probability above 97%, with 95% confidence) with every input"),
        ("failures", 0.0, "A fall of any tested firm within 8 quarters: on none of 100 paths (a probability below 3%"),
        ("stakes:oracle", 0.0, "Shares written down of Oracle: nothing on each of 100 paths with every input"),
        ("debt:oracle", 9e4, "Debt at the end of Oracle: 90.0 billion dollars on each of 100 paths with every input"),
    ],
)
def test_what_no_path_shows_is_said_with_what_that_leaves_open(
    answer: Sensitivity, asked: str, mean: float, said: str
) -> None:
    """Three in a hundred, by the rule of three; and no table without rows."""
    still = same_on_every_path(answer, asked, mean)
    words = headline(still)
    assert said in words[0]
    assert words[1].startswith("None of 1 inputs, at its low or at its high, changes that on any path")
    assert len(words) == 2
    assert view.tables(still) == []
    assert payload(still)["bounds"] == still.ranking.bounds


def test_shares_of_nothing_are_said_to_be_none(answer: Sensitivity) -> None:
    none = replace(answer, shares=Shares(400, 0.0, 0.0, (), 0.0))
    assert headline(none)[-1] == "No shares of the variance: on each of 800 paths the outcome is the same."
    assert [table.title for table in view.tables(none)] == ["What moves it most (percent)"]
    told = payload(none)["shares"]
    assert (told["alone"], told["only_together"], told["alone_within"], told["inputs"]) == (None, None, None, [])


@pytest.mark.parametrize(
    ("asked", "number", "said"),
    [
        (MARGIN, -1.0, "-100%"),
        (MARGIN, -0.355, "-35.5%"),
        (MARGIN, 15.0, "1500%"),
        (IDLE, 1e4, "$10.0 billion"),
        (RENTS, 0.71, "x 0.71"),
        (replace(DEMAND, unit="fraction"), 0.07092, "7.09%"),
    ],
)
def test_values_are_written_as_everywhere_else(asked: Input, number: float, said: str) -> None:
    assert view.value(asked, number) == said


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        ("failures", "0.30 tested firms fall within"),
        ("losses", "Claims and guarantees lost: <0.1 billion dollars on average"),
        ("losses:layer:cloud", "Claims and guarantees lost of the layer cloud: <0.1"),
        ("cash:oracle", "Cash at the end of Oracle: <0.1"),
        ("falls:openai+oracle", "OpenAI and Oracle fall within"),
    ],
)
def test_the_headline_fits_every_outcome(answer: Sensitivity, asked: str, begins: str) -> None:
    other = replace(answer.ranking, outcome=outcome_of(asked, answer.basis.compiled))
    assert headline(replace(answer, ranking=other))[0].startswith(begins)


def test_effects_come_with_values_ranks_and_marks(answer: Sensitivity) -> None:
    rows = {row[1]: row for row in view.effects(answer).rows}
    assert list(rows) == ["operating cash margin of OpenAI", "rents", "delay", "demand: volatility"]
    assert rows["operating cash margin of OpenAI"][2:] == (
        *("assumption", "-80% to -25%"),
        *("62.0", "11.0", "-51.0", "1.2", "1"),
    )
    assert rows["rents"][3] == "x 0.71 to x 1.41"
    assert rows["rents"][8] == "2 ^"
    assert rows["delay"][3] == "as planned to +0.66 q"
    assert rows["demand: volatility"][8].endswith("*")


def test_only_as_many_as_asked_for_are_shown(answer: Sensitivity) -> None:
    assert len(view.effects(answer, 2).rows) == 2


def test_the_last_lines_of_the_shares_are_their_sum_and_the_rest(answer: Sensitivity) -> None:
    *rows, alone, together = view.shares(answer).rows
    assert sum(float(row[1]) for row in rows) == pytest.approx(float(alone[1]))
    assert float(alone[1]) + float(together[1]) == pytest.approx(100.0)
    assert alone[2] == together[2] == "5.0"  # what is left has the error of what it is left from
    assert rows[-1][0] == "all other chance"


def test_what_was_left_out_is_said(answer: Sensitivity) -> None:
    assert view.left_out(answer) == "Left out: gone: the book gives no model"


def test_file_and_json_hold_every_input_with_the_same_numbers(answer: Sensitivity) -> None:
    table, told = view.lines(answer), payload(answer)
    records = {record["id"]: record for record in table.records()}
    assert [i["id"] for i in told["inputs"]] == list(records)
    for one in told["inputs"]:
        for key in ("low", "high", "effect", "error", "below", "above"):
            assert records[one["id"]][key] == one[key]
    assert records["openai-margin"]["share_alone"] == told["shares"]["inputs"][0]["alone"] == 0.42
    assert told["shares"]["only_together"] == pytest.approx(0.4)
    assert told["shares"]["alone_within"] == 0.05
    assert told["bounds"] is None
    assert date.fromisoformat(told["book_date"]) == answer.basis.book.date
    json.dumps(told, allow_nan=False)


def test_without_shares_there_are_none(answer: Sensitivity) -> None:
    bare = replace(answer, shares=None)
    assert payload(bare)["shares"] is None
    assert all(record["share_alone"] is None for record in view.lines(bare).records())
