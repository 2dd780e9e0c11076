"""``cardhouse excel`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.excel import excel
from cardhouse.errors import CardhouseError


def call(*args: str) -> Result:
    return CliRunner().invoke(excel, args)


@pytest.mark.slow
def test_it_writes_a_workbook_about_the_card(tmp_path: Path) -> None:
    file = tmp_path / "c.xlsx"
    found = call(str(file), "--card", "甲骨文", "--as-of", "2026-03-31")
    assert found.exit_code == 0, found.output
    assert "book of 2026-03-31" in found.stderr
    sheets = openpyxl.load_workbook(file, read_only=True)
    assert "Oracle" in sheets["Pull"]["A1"].value
    assert [path.name for path in tmp_path.iterdir()] == ["c.xlsx"]


def test_a_file_of_another_kind_is_refused() -> None:
    found = call("c.xls")
    assert found.exit_code == 2
    assert ".xlsx" in found.stderr


def test_a_card_that_nobody_knows_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "c.xlsx"
    file.write_bytes(b"old")
    found = call(str(file), "--card", "opnai")
    assert isinstance(found.exception, CardhouseError)
    assert "openai" in str(found.exception).lower()
    assert file.read_bytes() == b"old"


def test_a_run_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = call(str(tmp_path / "c.xlsx"), "--run", str(tmp_path / "nothing"))
    assert isinstance(found.exception, CardhouseError)
    assert "nothing" in str(found.exception)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    found = call(str(tmp_path / "no" / "c.xlsx"), "--as-of", "2025-06-30", "--card", "coreweave")
    assert isinstance(found.exception, CardhouseError)
    assert "cannot be written" in str(found.exception)
