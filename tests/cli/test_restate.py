"""``cardhouse restate`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.restate import restate
from cardhouse.errors import InputError, UnknownName


def call(*args: str) -> Result:
    return CliRunner().invoke(restate, args)


@pytest.mark.parametrize("more", [(), ("--life", "3y"), ("oracle", "--life", "4.5y"), ("--as-of", "2025-12-31")])
def test_the_answer_fits_100_columns(more: tuple[str, ...]) -> None:
    done = call(*more)
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.stdout.splitlines()) <= 100
    assert done.stdout.startswith("book of ")
    assert "USD billion" in done.stdout[:200]
    assert "nan" not in done.stdout.split()


def test_json_and_table_agree(tmp_path: Path) -> None:
    file = tmp_path / "lives.csv"
    answer = json.loads(call("oracle", "--json").stdout)
    assert (answer["book_date"], answer["unit"]) == ("2026-10-08", "USD_million")
    assert call("oracle", "--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = {row["life"]: row for row in csv.DictReader(handle)}
    for line in answer["firms"][0]["restated"]["lives"]:
        assert float(rows[line["life"]["name"]]["net_income"]) == pytest.approx(line["net_income"]["value"])


@pytest.mark.parametrize(
    ("written", "years"), [("3y", 3.0), ("3", 3.0), ("4.5 years", 4.5), ("18m", 1.5), ("18 months", 1.5), ("2Y", 2.0)]
)
def test_lives_are_read_as_people_write_them(written: str, years: float) -> None:
    answer = json.loads(call("meta", "--life", written, "--json").stdout)
    assert answer["common"]["years"]["value"] == pytest.approx(years)


@pytest.mark.parametrize("wrong", ["abc", "3,5y", "three", ""])
def test_what_is_no_life_is_a_usage_error(wrong: str) -> None:
    done = call("--life", wrong)
    assert done.exit_code == 2
    assert "expected for example 3y, 4.5y or 18m" in done.output


@pytest.mark.parametrize("wrong", ["0", "-2", "40y", "nan", "inf"])
def test_a_life_that_no_accounts_have_is_refused(wrong: str) -> None:
    done = call("--life", wrong)
    assert isinstance(done.exception, InputError)
    assert "expected 0.5 to 14" in str(done.exception)


def test_a_name_nobody_has_suggests_near_ones() -> None:
    done = call("metta")
    assert isinstance(done.exception, UnknownName)
    assert "did you mean meta" in str(done.exception)


def test_a_firm_named_twice_is_shown_once() -> None:
    assert len(json.loads(call("ORCL", "oracle", "--json").stdout)["firms"]) == 1


def test_a_full_first_year_is_another_answer() -> None:
    half, full = (
        json.loads(call("microsoft", *more, "--json").stdout)["firms"][0]["restated"]["lives"][0]
        for more in ((), ("--full-first-year",))
    )
    assert half["operating_income"]["value"] > full["operating_income"]["value"]
    assert "a full year" in " ".join(call("microsoft", "--full-first-year").stdout.split())
