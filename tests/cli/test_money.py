"""``cardhouse money`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.money import money
from cardhouse.errors import BookError, CardhouseError, InputError, UnknownName


def call(*args: str) -> Result:
    found = CliRunner().invoke(money, args)
    if isinstance(found.exception, CardhouseError):
        raise found.exception
    return found


@pytest.mark.parametrize(
    "args",
    [
        ("nvidia",),
        ("NVDA", "--as-of", "2025-12-31"),
        ("OpenAI", "--firmness", "all"),
        ("--all",),
        ("--all", "--as-of", "2024-06-30"),
        ("--rings", "--longest", "3"),
        ("--rings", "--as-of", "2024-06-30"),
    ],
)
def test_money_answers_in_100_columns_with_book_unit_and_ties(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert found.exit_code == 0, found.output
    assert max(len(line) for line in found.output.splitlines()) <= 100
    for part in ("book of 20", "USD billion", "ties:"):
        assert part in found.output.replace("\n", " ")
    assert "None" not in found.output
    assert "nan" not in found.output.lower().replace("finan", "")


@pytest.mark.parametrize("args", [("nvidia",), ("--all",), ("--rings",)])
def test_money_as_json_has_the_head_and_no_number_that_is_none(args: tuple[str, ...]) -> None:
    found = json.loads(call(*args, "--json").output)
    assert found["unit"] == "USD_million"
    assert found["book_date"].startswith("20")
    assert found["firmness"] == "active"


def test_json_and_table_agree(tmp_path: Path) -> None:
    file = tmp_path / "nvidia.csv"
    call("nvidia", "--csv", str(file))
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    own = next(r for r in rows if (r["receipts"], r["window"], r["kind"]) == ("customers", "paid", "own"))
    answer = json.loads(call("nvidia", "--json").output)
    assert float(own["share"]) == pytest.approx(answer["mixes"]["paid"]["own"]["value"])
    assert answer["mixes"]["paid"]["own"]["rests_on"]
    assert answer["mixes"]["paid"]["amount"]["trail"]


@pytest.mark.parametrize("args", [(), ("nvidia", "--all"), ("--all", "--rings")])
def test_one_question_at_a_time(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert found.exit_code == 2
    assert "expected one of: the name of a firm, --all, --rings" in found.output


def test_names_that_nobody_has_and_parties_that_money_only_comes_from() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        call("nvidai")
    with pytest.raises(InputError, match="expected a firm that sells"):
        call("public-bondholders")


def test_a_day_before_the_book_knows_enough_is_said() -> None:
    with pytest.raises(BookError):
        call("nvidia", "--as-of", "2019-01-01")
