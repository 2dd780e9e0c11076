"""``cardhouse chain`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardhouse.cli.chain import FIGURES, chain
from cardhouse.lenses.chain.chain import FIGURES as KNOWN


def call(*args: str) -> str:
    done = CliRunner().invoke(chain, list(args), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize(
    "args",
    [(), ("--by", "camp", "--last", "14"), ("--as-of", "2022-01-01"), ("--quarters", "--after", "45", "--last", "8")],
)
def test_the_answer_fits_100_columns(args: tuple[str, ...]) -> None:
    out = call(*args)
    assert max(len(line) for line in out.splitlines()) <= 100
    assert out.startswith("book of ")


def test_the_choice_of_figures_is_that_of_the_lens() -> None:
    assert FIGURES == KNOWN


def test_json_and_the_file_hold_the_same_numbers(tmp_path: Path) -> None:
    file = tmp_path / "chain.csv"
    said = json.loads(call("--last", "2", "--json", "--csv", str(file)))
    cells = {(line["group"], line["figure"], c["quarter"]): c for line in said["lines"] for c in line["cells"]}
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(cells)
    for row in rows:
        value = cells[row["group"], row["figure"], row["quarter"]]["amount"].get("value")
        assert (float(row["value"]) if row["value"] else None) == value


def test_quarters_as_known_then_are_json_and_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "then.csv"
    said = json.loads(call("--quarters", "--figure", "debt", "--last", "2", "--json", "--csv", str(file)))
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(said["quarters"])
    assert {row["day"] for row in rows} == {row["day"] for row in said["quarters"]}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--last", "30"], "not in the range"),
        (["--by", "country"], "'layer', 'camp'"),
        (["--quarters", "--figure", "sales"], "near_ai"),
        (["--figure", "debt"], "--figure goes with --quarters"),
        (["--after", "30"], "--after goes with --quarters"),
    ],
)
def test_a_wrong_option_names_the_right_ones(args: list[str], words: str) -> None:
    done = CliRunner().invoke(chain, args)
    assert done.exit_code == 2
    assert words in done.output
