"""``cardhouse reverse`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardhouse.cli.reverse import reverse


@pytest.mark.slow
def test_the_answer_is_the_same_as_json_and_as_a_file(tmp_path: Path) -> None:
    """A year and a half of the shipped book; both estimates agree within three joint standard errors."""
    file = tmp_path / "roads.csv"
    args = ["nebius", "--quarters", "6", "--paths", "5000", "--json", "--csv", str(file)]
    done = CliRunner().invoke(reverse, args, catch_exceptions=False)
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    found, plain = said["estimate"], said["plain"]
    assert abs(found["probability"] - plain["probability"]) < 3.0 * (found["error"] ** 2 + plain["error"] ** 2) ** 0.5
    assert said["firms"] == ["nebius"]
    assert sum(road["share"] for road in said["roads"]) == pytest.approx(1.0)
    assert all("nebius" in [fall["firm"] for fall in road["falls"]] for road in said["roads"])
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    first = [float(r["move"]) for r in rows if r["road"] == "1" and r["kind"] == "driver"]
    assert first == pytest.approx([x for driver in said["roads"][0]["drivers"] for x in driver["moves"]])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "say what to work back from: a FIRM, --loss AMOUNT or both"),
        (["oracle", "--shares"], "--shares goes with --loss AMOUNT"),
    ],
)
def test_what_does_not_go_together_is_said(args: list[str], words: str) -> None:
    done = CliRunner().invoke(reverse, args)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--loss", "much"], "'much' is no amount; expected a number with bn, m or tn"),
        (["abilene-jv"], "cannot fall in a run"),
        (["oracel"], "oracle"),
        (["oracle", "--scenario", "nothing-like-it"], "nothing-like-it"),
    ],
)
def test_a_mistake_is_one_sentence(args: list[str], words: str) -> None:
    done = CliRunner().invoke(reverse, args)
    assert done.exit_code == 1
    assert words in str(done.exception)
