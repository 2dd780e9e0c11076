"""``cardhouse run`` as a user meets it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardhouse.cli import main


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Call = Callable[..., Answer]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    def once(*args: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["cardhouse", "run", *args])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return once


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("windows-shut",),
        ("rents-fall", "dear-money", "--quarters", "8"),
        ("openai-stops", "--firm", "ORCL"),
        ("windows-shut", "--reorganise", "coreweave"),
        ("--quarters", "4"),
        ("--list",),
        ("--chances",),
        ("--chances", "--as-of", "2025-06-30", "--firmness", "binding"),
        ("dotcom", "--firmness", "binding", "--as-of", "2026-06-30"),
    ],
)
def test_every_answer_fits_100_columns_and_is_json_too(call: Call, args: tuple[str, ...]) -> None:
    answer = call(*args)
    assert answer.code == 0, answer.err
    assert max(len(line) for line in answer.out.splitlines()) <= 100
    json.loads(call(*args, "--json").out)


def test_a_failure_is_told_with_its_causes(call: Call) -> None:
    out = call("windows-shut").out
    for part in ("Who fails when", "What went against it", "nobody lends", "Who stands, the tightest first"):
        assert part in out


def test_two_scenarios_are_both_named(call: Call) -> None:
    answer = json.loads(call("rents-fall", "dear-money", "--json").out)
    assert answer["scenario"]["name"] == "rents-fall+dear-money"


def test_a_firm_has_three_tables(call: Call) -> None:
    out = call("openai-stops", "--firm", "oracle", "--quarters", "4").out
    assert out.startswith("Oracle · book of")
    assert all(f"\n{title}\n" in out for title in ("Income", "Cash", "Balance sheet at the end of the quarter"))


def test_a_subsidiary_answers_as_its_group(call: Call) -> None:
    assert call("--firm", "xai", "--quarters", "4").out.startswith("SpaceX ·")


def test_the_ledger_in_a_file_is_what_json_says_was_paid(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "payments.csv"
    answer = call("openai-stops", "--quarters", "4", "--ledger", str(file))
    assert answer.code == 0
    assert f"rows written to {file}" in answer.err
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert {"quarter", "payer", "payee", "why", "tie", "due", "paid"} == set(rows[0])
    firm = json.loads(call("openai-stops", "--quarters", "4", "--firm", "oracle", "--json").out)
    moved = sum(float(r["paid"]) * ((r["payee"] == "oracle") - (r["payer"] == "oracle")) for r in rows)
    change = firm["quarters"][-1]["balance"]["cash"] - firm["quarters"][0]["balance"]["cash"]
    first = sum(v for v in firm["quarters"][0]["cash"].values())
    assert moved == pytest.approx(change + first, abs=0.01)


def test_statements_in_a_file_have_both_lives_and_both_paths(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "quarters.csv"
    assert call("windows-shut", "--quarters", "4", "--csv", str(file)).code == 0
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert {r["scenario"] for r in rows} == {"windows-shut", "baseline"}
    assert {"income_depreciation", "income_depreciation_economic", "cash_debt", "balance_equity"} <= set(rows[0])


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("windos-shut",), 1, "did you mean windows-shut"),
        (("nowhere.toml",), 1, "there is no such file"),
        (("--firm", "wizz"), 1, "wizz"),
        (("--firm", "tsmc", "--quarters", "4"), 1, "not tested"),
        (("--reorganise", "orcle", "--quarters", "4"), 1, "oracle"),
        (("--reorganise", "tsmc", "--quarters", "4"), 1, "not in this run"),
        (("--quarters", "0"), 2, "4<=x<=40"),
        (("--firmness", "loose"), 2, "binding"),
        (("--book", "nowhere"), 1, "no such folder"),
        (("--as-of", "1999-01-01"), 1, "1999-01-01"),
    ],
)
def test_a_mistake_is_one_sentence(call: Call, args: tuple[str, ...], code: int, says: str) -> None:
    answer = call(*args)
    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err + answer.out
    assert not answer.out


def test_all_faults_of_a_scenario_are_listed_with_their_lines(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'name = "mine"\ntitle = "Mine"\nabout = "A test."\n\n[[shock]]\ndriver = "rent"\nlevel = 0.5\nreason = "x"\n\n'
        '[[shock]]\ndriver = "rents"\nlevel = 11\nreason = "x"\n',
        encoding="utf-8",
    )
    answer = call(str(file))
    assert answer.code == 1
    assert "mine.toml:6:" in answer.err
    assert "mine.toml:12:" in answer.err


def test_a_place_that_cannot_be_written_is_said(call: Call, tmp_path: Path) -> None:
    answer = call("--quarters", "4", "--ledger", str(tmp_path / "no" / "x.csv"))
    assert answer.code == 1
    assert "cannot be written" in answer.err


def test_the_first_call_says_that_it_compiles(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Compiled code is looked for where the compiler keeps it; an empty folder stands for a fresh install."""
    from cardhouse.economy.kernel import path

    class Stats:
        cache_path = str(tmp_path)

    class Fresh:
        stats = Stats()
        __call__ = staticmethod(path.run_held)

    monkeypatch.setattr(path, "run_held", Fresh())
    assert call("--quarters", "4").err.count("compiling") == 1
