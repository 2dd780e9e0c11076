"""``cardhouse capital`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.capital import capital
from cardhouse.errors import CardhouseError


def call(*args: str) -> Result:
    return CliRunner().invoke(capital, args)


@pytest.mark.parametrize(
    "args", [(), ("openai",), ("anthropic", "--after", "2026-05-28"), ("xai",), ("nvidia",), ("--as-of", "2025-06-30")]
)
def test_it_fits_100_columns_and_the_json_agrees(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert found.exit_code == 0, found.output
    assert max(len(line) for line in found.output.splitlines()) <= 100
    assert "None" not in found.output
    assert "nan" not in found.output
    assert json.loads(call(*args, "--json").stdout)["unit"] == "USD_million"


def test_the_table_and_the_json_say_the_same() -> None:
    answer = json.loads(call("--json").stdout)
    year = next(y for y in answer["investment"] if y["kind"] == "private_investment_ai")
    assert f"{100 * year['spread']['top']['value']:.0f}%" in call().output
    assert answer["book_date"] in call().output.splitlines()[0]


def test_the_file_has_a_line_a_round(tmp_path: Path) -> None:
    file = tmp_path / "rounds.csv"
    assert call("--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    series_h = next(r for r in rows if (r["firm"], r["label"]) == ("anthropic", "series h"))
    assert (float(series_h["amount"]), float(series_h["valuation"])) == (65_000.0, 965_000.0)
    assert series_h["sources"]


def test_a_tired_person_is_told_what_to_type() -> None:
    assert isinstance(call("opneai").exception, CardhouseError)
    assert isinstance(call("openai", "--after", "2031-01-01").exception, CardhouseError)
    for args in (("--after", "2026-03-31"), ("openai", "--after", "yesterday")):
        found = call(*args)
        assert found.exit_code == 2
        assert "Traceback" not in found.output
