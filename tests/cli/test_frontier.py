"""``cardhouse frontier`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.frontier import frontier
from cardhouse.errors import CardhouseError


def call(*args: str) -> Result:
    return CliRunner().invoke(frontier, args)


@pytest.mark.parametrize("args", [(), ("--as-of", "2026-02-01"), ("--level", "GPT-5.2 Pro", "--level", "o3")])
def test_it_fits_100_columns_and_the_json_agrees(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert found.exit_code == 0, found.output
    assert max(len(line) for line in found.output.splitlines()) <= 100
    assert "None" not in found.output
    answer = json.loads(call(*args, "--json").stdout)
    assert answer["book_date"] in found.output
    for level in answer["levels"]:
        assert level["model"]["name"] in found.output


def test_the_file_has_every_model_with_its_sources(tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    assert call("--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    gpt5 = next(r for r in rows if (r["model"], r["day"]) == ("gpt-5", "2025-08-07"))
    assert (float(gpt5["input"]), float(gpt5["output"]), float(gpt5["blended"])) == (1.25, 10.0, 3.4375)
    assert all(r["sources"] for r in rows)


@pytest.mark.parametrize("args", [("--level", "gpt-99"), ("--as-of", "2025-01-01")])
def test_a_tired_person_is_told_what_is_there(args: tuple[str, ...]) -> None:
    assert isinstance(call(*args).exception, CardhouseError)
