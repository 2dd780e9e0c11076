"""``cardhouse run --paths``, ``reopen`` and ``compare`` as a user meets them: one real run of the shipped book."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cardhouse.cli import run_many
from cardhouse.economy.many import prepare
from cardhouse.economy.many import run as running
from cardhouse.economy.many.parts import Part

PATHS = "2000"
RUN = ("run", "windows-shut", "--quarters", "8", "--paths", PATHS, "--vary", "drivers")


Call = Callable[..., Any]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs of all tests lie; the first test that needs one makes it, the others go on from it."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def shut(call: Call, place: Path) -> tuple[Path, Any]:
    """A run and what the command printed."""
    answer = call(*RUN, "--out", str(place / "shut"))
    assert answer.code == 0, answer.err
    return place / "shut", answer


@pytest.mark.slow
def test_a_run_says_who_falls_who_loses_and_what_it_rests_on(shut: tuple[Path, Any]) -> None:
    out = shut[1].out
    for part in (
        "scenario: windows-shut · 2,000 paths",
        "Most likely to fall within 8 quarters: ",
        "Who falls\n",
        "Fallen by",
        "VaR 95%",
        "Rests on: seed 1, 2,000 paths, all assumptions at their central values",
        f"Kept in {shut[0]}",
    ):
        assert part in out.replace("\n", " ") or part in out
    assert max(len(line) for line in out.splitlines()) <= max(100, len(str(shut[0])) + 10)


@pytest.mark.slow
def test_the_folder_gives_the_same_answer_again(call: Call, shut: tuple[Path, Any]) -> None:
    again = call("reopen", str(shut[0]))
    assert (again.code, again.out) == (0, shut[1].out)
    assert call(*RUN, "--out", str(shut[0])).out == shut[1].out


@pytest.mark.slow
def test_json_and_a_file_hold_the_same_probabilities(call: Call, shut: tuple[Path, Any], tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    answer = call("reopen", str(shut[0]), "--json", "--csv", str(file))
    payload = json.loads(answer.out)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    in_file = {r["name"]: float(r["value"]) for r in rows if (r["table"], r["item"]) == ("default", "probability")}
    assert in_file == pytest.approx({d["firm"]: d["probability"] for d in payload["defaults"]})
    assert (payload["paths"], payload["seed"], payload["scenario"]["name"]) == (2000, 1, "windows-shut")
    assert len(payload["quarter_ends"]) == 8


@pytest.mark.slow
def test_a_firm_and_a_subsidiary_can_be_asked_for(call: Call, shut: tuple[Path, Any]) -> None:
    assert "\nOracle\nquarter" in call("reopen", str(shut[0]), "--firm", "ORCL").out
    assert "\nSpaceX\nquarter" in call("reopen", str(shut[0]), "--firm", "xai").out
    wrong = call("reopen", str(shut[0]), "--firm", "tsmc")
    assert wrong.code == 1
    assert "tsmc is not tested in this run" in wrong.err


@pytest.mark.slow
def test_two_runs_are_compared_path_by_path(call: Call, shut: tuple[Path, Any], place: Path) -> None:
    calm = ("run", "--quarters", "8", "--paths", PATHS, "--vary", "drivers", "--out", str(place / "calm"))
    assert call(*calm).code == 0
    answer = json.loads(call("compare", str(place / "calm"), str(shut[0]), "--json").out)
    assert answer["shared"] == "paths"
    coreweave = next(x for x in answer["falls"] if x["name"] == "coreweave")
    assert coreweave["b"] > coreweave["a"]
    assert coreweave["less"] == pytest.approx((coreweave["only_b"] - coreweave["only_a"]) / 2000)
    out = call("compare", str(place / "calm"), str(shut[0])).out
    assert "the same random numbers" in out.replace("\n", " ")
    assert "CoreWeave" in out


@pytest.mark.slow
def test_more_paths_go_on_from_a_run_and_fewer_are_refused(call: Call, shut: tuple[Path, Any]) -> None:
    fewer = call(*RUN[:5], "1000", *RUN[6:], "--out", str(shut[0]))
    assert fewer.code == 1
    assert "longer, not shorter" in fewer.err
    other = call(*RUN, "--seed", "2", "--out", str(shut[0]))
    assert other.code == 1
    assert "seed: 2 here, 1 in the folder" in other.err


@pytest.mark.slow
def test_stopped_by_the_user_it_says_how_far_it_is_and_goes_on(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = running.on_threads

    def stopped(job: Any) -> Callable[[list[int]], Iterator[Part]]:
        def compute(numbers: list[int]) -> Iterator[Part]:
            yield from real(job)(numbers[:1])
            raise KeyboardInterrupt

        return compute

    first, whole = running.CHUNK, running.CHUNK + 8
    longer = (*RUN[:5], str(whole), *RUN[6:], "--out", str(tmp_path / "run"))
    with monkeypatch.context() as patch:
        patch.setattr(running, "on_threads", stopped)
        answer = call(*longer)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == (
        f"cardhouse: stopped; 1 of 2 chunks ({first:,} of {whole:,} paths) are done; "
        "the same command goes on from there\n"
    )
    unfinished = call("reopen", str(tmp_path / "run"))
    assert unfinished.code == 1
    assert "lacks 1 of 2 chunks" in unfinished.err
    assert f"{whole:,} paths" in call(*longer).out


def test_stopped_before_the_first_path_it_says_so(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "job_from_book", stopped)
    answer = call(*RUN, "--out", str(tmp_path / "run"))
    assert (answer.code, answer.out) == (1, "")
    assert "stopped before the first path" in answer.err


def test_without_out_a_run_lies_under_runs_by_scenario_and_seed(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def noted(job: Any, folder: Path, **kwargs: Any) -> None:
        asked.append(folder)
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prepare, "job_from_book", lambda *args, **kwargs: None)
    monkeypatch.setattr(running, "run_many", noted)
    call("run", "rents-fall", "dear-money", "--paths", PATHS, "--seed", "5")
    assert asked == [Path("runs/rents-fall+dear-money-5")]
    assert (tmp_path / "runs").is_dir()


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("run", "--seed", "2"), 2, "--seed goes with --paths"),
        (("run", "--vary", "drivers"), 2, "--vary goes with --paths"),
        (("run", "--paths", "0"), 2, "1<=x"),
        (("run", "--paths", "10", "--vary", "drivers", "--openings", "4"), 2, "--openings says nothing"),
        (("run", "--paths", "10", "--ledger", "x.csv"), 2, "--ledger goes with a single path"),
        (("run", "--paths", "10", "--vary", "nothing"), 2, "drivers"),
        (("reopen", "nowhere"), 1, "nowhere is no folder"),
        (("compare", "nowhere", "nowhere"), 1, "nowhere is no folder"),
        (("compare", "nowhere"), 2, "B"),
        (("run", "--paths", "10", "--out", "nowhere/deep/run"), 1, "does not exist"),
        (("run", "--paths", "1000000000", "--out", "big"), 1, "MB free; the run needs about"),
        (("run", "--paths", "10", "--firm", "tsmc"), 1, "tsmc is not tested"),
    ],
)
def test_a_mistake_is_one_sentence(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], code: int, says: str
) -> None:
    def worked(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prepare, "job_from_book", worked)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=10**9))
    answer = call(*args)
    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err + answer.out
    assert not answer.out


def test_a_bar_is_shown_on_a_terminal_only_and_only_for_long_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as shown:
        assert run_many.progress(shown, "paths") is None
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        told = run_many.progress(shown, "paths")
        assert told is not None
        told(1, 10)
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(run_many, "PATIENCE", -1.0)
        told(2, 10)
        told(10, 10)
    assert "paths" in capsys.readouterr().err
