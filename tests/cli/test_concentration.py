"""``cardhouse concentration`` as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.concentration import concentration
from cardhouse.errors import CardhouseError, InputError, UnknownName


def call(*args: str) -> Result:
    found = CliRunner().invoke(concentration, args)
    if isinstance(found.exception, CardhouseError):
        raise found.exception
    return found


@pytest.mark.parametrize("args", [(), ("coreweave",), ("nvidia", "--as-of", "2024-12-31"), ("openai",)])
def test_concentration_answers_in_100_columns(args: tuple[str, ...]) -> None:
    found = call(*args)
    assert found.exit_code == 0, found.output
    assert max(len(line) for line in found.output.splitlines()) <= 100
    assert "None" not in found.output
    assert json.loads(call(*args, "--json").output)["unit"] == "USD_million"


def test_concentration_writes_a_file(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    call("coreweave", "--csv", str(file))
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {"kind", "start", "end", "customer", "share", "assumed"} == set(rows[0])


def test_names_that_nobody_has_and_parties_that_sell_nothing() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        call("corewave")
    with pytest.raises(InputError, match="expected a firm that sells"):
        call("blackstone")
