"""``cardhouse need`` as a user meets it."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from cardhouse.cli import main


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def once(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cardhouse", "need", *args])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return once


@pytest.mark.parametrize("more", [(), ("--as-of", "2025-12-31"), ("--as-of", "2024-06-01")])
def test_the_formulas_fit_100_columns_and_are_json_too(call, more: tuple[str, ...]) -> None:
    code, out, err = call("--formulas", *more)
    assert code == 0, err
    assert max(len(line) for line in out.splitlines()) <= 100
    assert json.loads(call("--formulas", "--json", *more)[1])["unit"] == "USD_million"


def test_the_file_has_a_line_for_every_figure(call, tmp_path: Path) -> None:
    file = tmp_path / "need.csv"
    code, _, err = call("--formulas", "--csv", str(file))
    assert code == 0
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert f"{len(rows)} rows written" in err
    assert {"input", "result", "published", "step", "capital", "demand"} <= {row["kind"] for row in rows}


def test_the_return_that_is_asked_for_goes_into_the_formula(call) -> None:
    """The book's own range of the return ends at 12 %, so its answer there is known from the usual table."""
    usual, asked = (json.loads(call("--formulas", "--json", *more)[1]) for more in ((), ("--return", "12%")))
    row = next(row for row in usual["inputs"] if row["input"] == "return")
    assert row["high"] == 0.12
    assert asked["required_revenue"]["central"] == pytest.approx(row["required_at_high"])
    assert "12%" in call("--formulas", "--return", "0.12")[1]


@pytest.mark.parametrize(
    "option", [("--confidence", "90%"), ("--growth",), ("--paths", "4096"), ("--openings", "8"), ("--seed", "2")]
)
def test_the_formulas_refuse_what_they_would_not_read(call, option: tuple[str, ...]) -> None:
    code, out, err = call("--formulas", *option)
    assert (code, out) == (2, "")
    assert f"{option[0]} goes with the simulated answer; leave --formulas out" in " ".join(err.split())


def test_before_the_book_knows_enough_it_says_what_is_lacking(call) -> None:
    code, out, err = call("--formulas", "--as-of", "2023-06-30")
    assert (code, out) == (1, "")
    assert "lacks" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_the_simulated_answer_comes_first_and_the_formulas_after_it(call, tmp_path: Path) -> None:
    file = tmp_path / "need.csv"
    code, out, err = call("--paths", "128", "--confidence", "80%", "--return", "12%", "--csv", str(file))
    assert code == 0, err
    assert max(len(line) for line in out.splitlines()) <= 100
    assert out.index("Needed end demand for AI") < out.index("By the plain formula")
    assert "AI alone earns 12%" in out.replace("\n", " ")
    assert "80%" in out
    with file.open(encoding="utf-8", newline="") as handle:
        assert {"stands", "threshold", "return"} <= {row["kind"] for row in csv.DictReader(handle)}


@pytest.mark.slow
def test_growth_is_asked_for_in_json_too(call) -> None:
    code, out, err = call("--growth", "--paths", "128", "--seed", "3", "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert (answer["driver"], answer["paths"], answer["seed"], answer["openings"]) == ("growth", 128, 3, 1)


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (("--confidence", "95"), 1, "expected 50% to 99.9%"),
        (("--confidence", "much"), 2, "no share"),
        (("--return", "-5%"), 1, "expected above 0%"),
        (("--formulas", "--return", "12"), 1, "expected above 0%"),
        (("--paths", "10"), 2, "128"),
    ],
)
def test_what_has_no_answer_is_refused_before_anything_runs(call, wrong: tuple[str, ...], code: int, said: str) -> None:
    found, out, err = call(*wrong)
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
