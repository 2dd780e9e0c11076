"""``cardhouse peers`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardhouse.cli.peers import peers
from cardhouse.errors import UnknownName


def call(*args: str) -> str:
    done = CliRunner().invoke(peers, list(args), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("args", [(), ("iflytek", "商汤", "openai"), ("--camp", "china"), ("--as-of", "2024-06-01")])
def test_the_answer_fits_100_columns(args: tuple[str, ...]) -> None:
    out = call(*args)
    assert max(len(line) for line in out.splitlines()) <= 100
    assert out.startswith("book of ")


def test_json_and_the_file_hold_the_same_numbers(tmp_path: Path) -> None:
    file = tmp_path / "peers.csv"
    said = json.loads(call("iflytek", "--json", "--csv", str(file)))
    assert (said["unit"], said["rows"][0]["firm"]) == ("USD_million", "iflytek")
    with file.open(encoding="utf-8", newline="") as handle:
        rows = {row["measure"]: row for row in csv.DictReader(handle)}
    assert float(rows["revenue"]["value"]) == said["rows"][0]["revenue"]["value"]
    assert rows["revenue"]["end"] == said["rows"][0]["span"]["end"]


def test_a_firm_without_revenue_gets_no_empty_tables() -> None:
    out = call("deepseek")
    assert "n/a DeepSeek, revenue" in out
    assert "months to" not in out.splitlines()[1]


def test_a_misspelt_name_is_answered_with_a_near_one() -> None:
    with pytest.raises(UnknownName, match="did you mean sensetime"):
        call("sensetim")
