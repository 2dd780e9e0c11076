"""``cardhouse sensitivity`` as a user meets it, on a book that takes seconds."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from cardhouse.book import embedded
from cardhouse.cli import main
from cardhouse.economy import spread_measure
from cardhouse.economy.many import sensitivity as ranking_of


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """The command with its own cache, on three assumptions and few paths."""
    book = embedded()
    few = [r for r in book.as_of(book.date).assumptions if r.low < r.central < r.high and r.subject == "openai"][:3]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(spread_measure, "used_assumptions", lambda book, choices: tuple(few))
    monkeypatch.setattr(ranking_of, "cores", lambda: 1)

    def once(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cardhouse", "sensitivity", *args])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return once


QUICK = ("--paths", "64", "--quarters", "8", "--top", "5")


@pytest.mark.slow
def test_the_answer_fits_100_columns_and_is_json_and_a_file_too(call, tmp_path: Path) -> None:
    file = tmp_path / "inputs.csv"
    code, out, err = call("--outcome", "revenue:openai", *QUICK, "--csv", str(file))
    assert code == 0, err
    assert max(len(line) for line in out.splitlines()) <= 100
    assert "outcome: revenue:openai" in out
    assert "Shares of the variance" in out
    code, out, err = call("--outcome", "revenue:openai", *QUICK, "--json")
    assert code == 0, err
    told = json.loads(out)
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["id"] for row in rows] == [i["id"] for i in told["inputs"]]
    assert float(rows[0]["effect"]) == pytest.approx(told["inputs"][0]["effect"])
    assert {i["sort"] for i in told["inputs"]} == {"assumption", "chance", "driver"}


@pytest.mark.slow
def test_without_shares_the_ranking_alone_is_computed(call) -> None:
    code, out, err = call("--outcome", "failures", *QUICK, "--no-shares")
    assert code == 0, err
    assert "tested firms fall within 8 quarters" in out
    assert "Shares of the variance" not in out


def test_an_unknown_outcome_is_one_sentence(call) -> None:
    code, out, err = call("--outcome", "fails:openai")
    assert (code, out) == (1, "")
    assert "did you mean falls" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--outcome", "room:vantage"), "vantage is a vehicle"),
        (("openai-stops", "--outcome", "falls:openai"), "the scenario openai-stops pulls openai at once"),
    ],
)
def test_who_cannot_have_the_outcome_is_refused_before_anything_runs(call, args: tuple[str, ...], said: str) -> None:
    code, out, err = call(*args)
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_what_no_path_shows_is_a_sentence_and_no_empty_table(call) -> None:
    """Nvidia stands on each of 64 paths: 1 - 0.05^(1/64) is 4.573 %, rounded up to two digits."""
    code, out, err = call("--outcome", "falls:nvidia", *QUICK)
    assert code == 0, err
    said = " ".join(out.split())
    assert "on none of 64 paths (a probability below 4.6%, with 95% confidence)" in said
    assert "there is nothing to rank" in said
    assert "What moves it most" not in out
    assert "Shares of the variance" not in out


def test_an_outcome_must_be_named(call) -> None:
    code, _, err = call()
    assert code == 2
    assert "--outcome" in err
