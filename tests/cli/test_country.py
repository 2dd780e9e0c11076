"""``cardhouse country`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.country import country
from cardhouse.errors import CardhouseError


def call(*args: str) -> Result:
    return CliRunner().invoke(country, args)


@pytest.mark.parametrize("args", [(), ("cn", "us"), ("us", "cn", "jp"), ("us", "cn", "--as-of", "2025-06-30")])
def test_it_fits_100_columns_and_the_json_agrees(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert found.exit_code == 0, found.output
    assert max(len(line) for line in found.output.splitlines()) <= 100
    assert "None" not in found.output
    answer = json.loads(call(*args, "--json").stdout)
    assert len(answer["countries"]) == len(answer["lines"][0]["values"])


def test_by_default_the_two_that_everybody_asks_about() -> None:
    assert call().output == call("us", "cn").output


def test_the_names_stand_in_both_languages() -> None:
    assert "中国" in call().output


def test_the_file_has_a_line_a_figure(tmp_path: Path) -> None:
    file = tmp_path / "countries.csv"
    assert call("us", "cn", "--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    usa = next(r for r in rows if (r["what"], r["country"]) == ("private investment in AI", "usa"))
    assert (float(usa["value"]), usa["unit"], usa["item"]) == (285_900.0, "USD_million", "ai-index")


@pytest.mark.parametrize("args", [("us",), ("us", "atlantis"), ("us", "us")])
def test_a_tired_person_is_told_what_to_type(args: tuple[str, ...]) -> None:
    assert isinstance(call(*args).exception, CardhouseError)
