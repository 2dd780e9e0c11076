"""``cardhouse pull --pairs`` and ``--triples`` as a user meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardhouse.cli.pull import pull


def test_json_and_csv_hold_the_same_pairs_and_each_excess_is_together_less_apart(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    done = CliRunner().invoke(pull, ["--pairs", "--json", "--csv", str(file)])
    assert done.exit_code == 0
    sets = json.loads(done.stdout)["sets"]
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["cards"].split() for row in rows] == [one["cards"] for one in sets]
    for one in sets:
        assert one["excess"]["central"] == pytest.approx(one["together"] - one["apart"])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--pairs", "--triples"], "only one of these"),
        (["--pairs", "openai"], "only one of these"),
        (["--pairs", "--all"], "only one of these"),
        (["--triples", "--why", "oracle"], "--why and --holdings go with named firms"),
    ],
)
def test_what_does_not_go_together_is_said(args: list[str], words: str) -> None:
    done = CliRunner().invoke(pull, args)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_cards_that_pay_everything_cost_nobody_anything() -> None:
    done = CliRunner().invoke(pull, ["--pairs", "--pays", "100%"])
    assert "a card that pays 100% costs nobody anything" in str(done.exception)
