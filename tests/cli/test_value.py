"""``cardhouse value`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.value import value
from cardhouse.errors import CardhouseError, InputError, UnknownName


def call(*args: str) -> Result:
    return CliRunner().invoke(value, args)


@pytest.mark.parametrize(
    "args",
    [
        ("nvidia",),
        ("nvidia", "amd", "broadcom", "--drawdown", "50%"),
        ("--all",),
        ("oracle", "--as-of", "2025-12-31"),
        ("openai", "--margin", "30%", "--years", "7", "--fade", "5", "--discount-rate", "14%", "--growth", "40%"),
        ("xai", "--trough", "sp500-2009"),
    ],
)
def test_the_answer_fits_100_columns(args: tuple[str, ...]) -> None:
    done = call(*args)
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.output.splitlines()) <= 100
    assert "nan" not in done.output.lower().split()


def test_json_says_the_day_and_the_unit_and_parses() -> None:
    told = json.loads(call("nvidia", "--json", "--as-of", "2026-06-30").output)
    assert (told["book_date"], told["unit"]) == ("2026-06-30", "USD_million")
    assert told["firms"][0]["price"]["value"]["end"] <= "2026-06-30"


def test_the_file_has_a_row_for_every_figure(tmp_path: Path) -> None:
    file = tmp_path / "value.csv"
    assert call("nvidia", "openai", "--csv", str(file)).exit_code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["firm"] for row in rows} == {"nvidia", "openai"}
    assert {row["part"] for row in rows} == {"price", "results", "multiples", "terms", "implied", "frontier"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "name one or more firms, or say --all"),
        (("nvidia", "--all"), "name one or more firms, or say --all"),
        (("nvidia", "--drawdown", "50%", "--trough", "nasdaq-2002"), "--drawdown or --trough, not both"),
        (("nvidia", "--margin", "a lot"), "'a lot' is no share"),
        (("nvidia", "--years", "five"), "--years"),
    ],
)
def test_a_wrong_call_is_explained(args: tuple[str, ...], said: str) -> None:
    done = call(*args)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("args", "kind", "said"),
    [
        (("nvidea",), UnknownName, "nvidia"),
        (("nvidia", "--trough", "nasdaq-2003"), UnknownName, "nasdaq-2002"),
        (("nvidia", "--drawdown", "60"), InputError, "for example --drawdown 50%"),
        (("nvidia", "--discount-rate", "3%"), InputError, "expected the rate at least"),
        (("nvidia", "--years", "0"), InputError, "expected 1 to 50"),
    ],
)
def test_a_wrong_input_names_what_was_expected(args: tuple[str, ...], kind: type[CardhouseError], said: str) -> None:
    done = call(*args)
    assert isinstance(done.exception, kind)
    assert said in str(done.exception)
