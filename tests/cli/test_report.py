"""``cardhouse report`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.report import report
from cardhouse.errors import CardhouseError


def call(*args: str) -> Result:
    return CliRunner().invoke(report, args)


@pytest.mark.slow
def test_it_writes_one_file_and_says_which(tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    found = call("-o", str(file), "--as-of", "2026-03-31")
    assert found.exit_code == 0, found.output
    assert "book of 2026-03-31" in found.stderr
    assert found.stdout == ""
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.rstrip().endswith("</html>")
    assert "A quick run made for this report" in text
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_a_run_that_is_not_there_is_named_before_the_work_starts(tmp_path: Path) -> None:
    found = call("-o", str(tmp_path / "r.html"), "--run", str(tmp_path / "nothing"))
    assert isinstance(found.exception, CardhouseError)
    assert "nothing" in str(found.exception)
    assert not (tmp_path / "r.html").exists()


def test_a_language_that_is_not_spoken_is_refused() -> None:
    found = call("--lang", "fr")
    assert found.exit_code == 2
    assert "'en', 'zh'" in found.stderr


def test_a_day_before_the_book_is_named() -> None:
    found = call("--as-of", "1990-01-01")
    assert isinstance(found.exception, CardhouseError)
    assert "1990-01-01" in str(found.exception)


def test_a_place_that_cannot_be_written_is_named_before_the_work(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "r.html"):
        found = call("-o", str(place))
        assert isinstance(found.exception, CardhouseError)
        assert str(place) in str(found.exception)


def test_the_help_shows_how_it_is_used() -> None:
    assert "--run" in call("--help").output
