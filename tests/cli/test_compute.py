"""``cardhouse compute`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.compute import SHOWN, compute
from cardhouse.errors import InputError, UnknownName


def call(*args: str) -> Result:
    return CliRunner().invoke(compute, list(args))


@pytest.mark.parametrize("what", SHOWN)
def test_every_question_answers_in_100_columns_and_in_json(what: str) -> None:
    found = call("--show", what)
    assert found.exit_code == 0, found.output
    assert found.output.startswith("book of ")
    assert max(len(line) for line in found.output.splitlines()) <= 100
    told = json.loads(call("--show", what, "--json").output)
    assert {"book_date", "unit", "show"} <= set(told)
    assert told["show"] == what


def test_one_accelerator_in_depth_tells_cost_inputs_and_payback() -> None:
    out = call("h100").output
    assert "an hour that is let must bring" in out
    assert "What the cost of an hour depends on" in out
    assert "does it pay for itself" in out


def test_a_shorter_life_makes_an_hour_dearer() -> None:
    def sold(*more: str) -> float:
        told = json.loads(call("h100", "--json", *more).output)
        return float(told["line"]["work"]["hourly"]["sold"]["central"]["value"])

    assert sold("--life", "3") > sold() > sold("--utilisation", "90%")
    assert sold("--utilisation", "0.9") == sold("--utilisation", "90%")


def test_the_file_has_a_line_for_every_figure(tmp_path: Path) -> None:
    file = tmp_path / "compute.csv"
    assert call("--show", "rents", "--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {"figure", "value", "unit", "sources", "reason"} <= set(rows[0])
    assert sum(r["figure"].endswith(".price") for r in rows) > 50


def test_rents_of_one_accelerator_are_its_own() -> None:
    told = json.loads(call("b200", "--show", "rents", "--json").output)
    assert {row["chip"] for row in told["rows"]} == {"b200"}


def test_a_past_day_knows_only_what_was_known() -> None:
    told = json.loads(call("--show", "rents", "--as-of", "2025-12-31", "--json").output)
    assert told["book_date"] == "2025-12-31"
    assert max(row["day"] for row in told["rows"]) <= "2025-12-31"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("h1000",), "did you mean h100"),
        (("--show", "tokens", "--model", "gpt-5"), "--params"),
    ],
)
def test_unknown_names_are_told_with_near_ones(args: tuple[str, ...], words: str) -> None:
    found = call(*args)
    assert isinstance(found.exception, UnknownName)
    assert words in str(found.exception)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--utilisation", "60"), "utilisation of 60; expected 1% to 100%, for example 60%; change --utilisation"),
        (("--cost-of-capital", "12"), "expected 0% to 100%, for example 12%"),
        (("--show", "switch", "--fleet", "0"), "a fleet of 0; expected 1 accelerator or more"),
        (("--show", "tokens", "--model", "GPT 9"), "; describe your own with --params and --active"),
    ],
)
def test_an_error_says_what_to_type(args: tuple[str, ...], words: str) -> None:
    assert words in str(call(*args).exception)


@pytest.mark.parametrize(
    "args",
    [
        ("--life", "0"),
        ("--utilisation", "75"),
        ("--price-kwh", "nan"),
        ("--show", "tokens", "--params", "-1"),
        ("--show", "tokens", "--params", "10", "--active", "20"),
        ("--show", "tokens", "--format", "int8"),
        ("--show", "switch", "--fleet", "0"),
        ("--show", "training", "--training-tokens", "0"),
    ],
)
def test_figures_that_cannot_be_are_refused_with_what_was_expected(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert isinstance(found.exception, InputError), found.output
    assert "expected" in str(found.exception)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("h100", "--show", "power"), "takes no accelerator"),
        (("--fleet", "5"), "--show switch only"),
        (("--rent", "5"), "--show payback only"),
        (("--show", "rents", "--life", "3"), "--life goes with --show cost or tokens"),
        (("--show", "power", "--price-kwh", "0.1"), "--price-kwh goes with"),
        (("--show", "switch", "--model", "gpt-4"), "--model goes with --show cost or tokens or training only"),
        (("--show", "training", "--read-a-day", "5"), "go together"),
        (("--show", "everything"), "is not one of"),
        (("--utilisation", "much"), "expected for example"),
    ],
)
def test_options_that_do_not_belong_together_are_a_usage_error(args: tuple[str, ...], words: str) -> None:
    found = call(*args)
    assert found.exit_code == 2
    assert words in found.output
