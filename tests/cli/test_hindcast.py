"""``cardhouse hindcast`` as a user meets it."""

from __future__ import annotations

import csv
import json
import sys

import pytest

from cardhouse.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*args):
        monkeypatch.setattr(sys, "argv", ["cardhouse", "hindcast", *args])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize("start", ["2024-12-31", "2025-06-30", "2025-12-31"])
def test_it_says_first_whether_the_run_is_nearer_than_the_naive_forecasts(run, start):
    code, out, _ = run("--from", start)
    assert code == 0
    parts = ("naive forecasts (last value", "Median errors", "Revenue, firm by firm", "ties", "no proof against")
    assert [p for p in parts if p not in " ".join(out.split())] == []
    assert max(len(line) for line in out.splitlines()) <= 100


def test_one_firm_by_any_of_its_names(run):
    _, out, _ = run("--from", "2024-12-31", "--firm", "甲骨文")
    assert "Oracle, quarter by quarter" in out
    assert out.count("capital spending") >= 7


def test_json_and_csv_hold_the_same_lines(run, tmp_path):
    file = tmp_path / "lines.csv"
    _, out, _ = run("--from", "2024-12-31", "--json", "--csv", str(file))
    answer = json.loads(out)
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [float(r["forecast"]) for r in rows] == [x["forecast"] for x in answer["lines"]]
    assert answer["ties"]["counted"] <= answer["ties"]["known"]
    assert all(x["where"].lstrip("- ").startswith("books/ai/facts.csv:") for x in answer["lines"])
    assert max(a["known"] for a in answer["assumptions"]) <= "2024-12-31"


def test_as_of_stops_what_counts_as_reported(run):
    _, out, _ = run("--from", "2024-12-31", "--as-of", "2025-09-01", "--json")
    assert max(x["end"] for x in json.loads(out)["lines"]) == "2025-06-30"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--from", "yesterday"), "is no date"),
        (("--from", "2026-10-05"), "0 whole quarters"),
        (("--from", "2023-06-30"), "too little was known on 2023-06-30"),
        (("--from", "2024-12-31", "--firm", "spacex"), "was not tested from 2024-12-31"),
        ((), "Missing option '--from'"),
    ],
)
def test_a_mistake_is_one_clear_sentence(run, args, said):
    code, out, err = run(*args)
    assert code in (1, 2)
    assert said in " ".join(err.split())
    assert "Traceback" not in out + err
