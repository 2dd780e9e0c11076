"""The command line as a user meets it: answers, and one clear sentence for every mistake."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cardhouse.book import embedded

Run = Callable[..., Any]


@pytest.fixture
def run(call: Run) -> Run:
    return call


def widest(text: str) -> int:
    return max(len(line) for line in text.splitlines())


# --- answers -----------------------------------------------------------------------------------------


def test_pull_answers_with_tables_that_fit_100_columns(run: Run) -> None:
    answer = run("pull", "openai")
    assert answer.code == 0
    titles = ("Round by round", "Who loses what", "Who bears it in the end", "What it rests on")
    for part in ("OpenAI stops paying", *titles):
        assert part in answer.out
    assert widest(answer.out) <= 100


@pytest.mark.parametrize("name", ["openai", "OpenAI", "ChatGPT", "Open AI"])
def test_a_card_is_found_by_any_of_its_names(run: Run, name: str) -> None:
    assert "OpenAI stops paying" in run("pull", name).out


def test_chinese_names_and_tickers_resolve(run: Run) -> None:
    assert run("book", "firm", "甲骨文").out.startswith("Oracle")
    assert run("book", "firm", "ORCL").out.startswith("Oracle")


def test_json_is_one_document_and_the_losses_of_firms_are_the_sums_of_their_lines(run: Run) -> None:
    answer = json.loads(run("pull", "openai", "--json").out)
    for firm in answer["firms"]:
        lines = [x["loss"] for x in answer["lines"] if x["creditor"] == firm["firm"]]
        assert firm["loss"] == pytest.approx(sum(lines))
    others = sum(v for k, v in answer["borne"].items() if k != "own_shareholders")
    assert answer["cost_to_others"]["central"] == pytest.approx(others)
    assert answer["cost_to_others"]["mild"] <= others <= answer["cost_to_others"]["harsh"]


def test_csv_holds_every_loss_in_full(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "losses.csv"
    assert run("pull", "openai", "--csv", str(file)).code == 0
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    answer = json.loads(run("pull", "openai", "--json").out)
    assert sum(float(r["loss"]) for r in rows) == pytest.approx(sum(x["loss"] for x in answer["lines"]))


def test_why_names_ties_and_their_place_in_the_book(run: Run) -> None:
    answer = run("pull", "openai", "--why", "coreweave")
    assert answer.code == 0
    assert "openai-crwv-3" in answer.out
    assert "nvda-crwv-backstop" in answer.out
    assert "ties.csv:" in answer.out
    assert "Chain: OpenAI → CoreWeave" in answer.out


def test_ranking_has_every_first_rank_firm(run: Run) -> None:
    cards = {row["card"] for row in json.loads(run("pull", "--all", "--json").out)["ranking"]}
    clouds = {"microsoft", "amazon", "alphabet", "meta", "oracle", "coreweave", "nebius"}
    assert clouds | {"nvidia", "amd", "broadcom", "openai", "anthropic", "softbank", "spacex"} <= cards


def test_a_smaller_default_costs_less(run: Run) -> None:
    whole, part = (json.loads(run("pull", "openai", "--pays", p, "--json").out) for p in ("0%", "40%"))
    assert part["cost_to_others"]["central"] < whole["cost_to_others"]["central"]
    assert part["pulled"] == {"openai": 0.4}


def test_holdings_are_valued(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("instrument,issuer,amount\nshares,OpenAI,1000\nbond,oracle,500\n", encoding="utf-8")
    rows = json.loads(run("pull", "openai", "--holdings", str(file), "--json").out)["holdings"]
    assert [r["loss"] for r in rows] == [1000, 0, 1000]  # the card's shares are gone; Oracle stands and pays


@pytest.mark.parametrize(
    "args",
    [
        ("book",),
        ("book", "firm", "nvidia"),
        ("book", "firm", "nvidia", "--opening"),
        ("book", "ties"),
        ("book", "ties", "--left-out"),
        ("book", "conflicts"),
        ("book", "diff", "--from", "2026-08-01", "--to", "2026-09-01"),
        ("book", "check"),
        ("pull", "--all"),
        ("pull", "nvidia", "amd", "--no-rollover", "--horizon", "8", "--firmness", "all", "--windows", "frozen"),
    ],
)
def test_every_view_answers_in_text_and_json(run: Run, args: tuple[str, ...]) -> None:
    answer = run(*args)
    assert answer.code == 0, answer.err
    assert answer.out.strip()
    if args[:2] != ("book", "check"):  # its lines are for editors, not for reading
        assert widest(answer.out) <= 100
    json.loads(run(*args, "--json").out)


def test_the_past_knows_nothing_of_later(run: Run) -> None:
    answer = json.loads(run("pull", "oracle", "--as-of", "2025-12-31", "--json").out)
    assert answer["book_date"] <= "2025-12-31"
    assert answer["opening"] == "2025-12-31"


# --- mistakes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("pull", "opnai"), 1, "openai"),
        (("pull",), 2, "cardhouse pull openai"),
        (("pull", "openai", "--all"), 2, "--all"),
        (("pull", "openai", "--pays", "lots"), 2, "40%"),
        (("pull", "openai", "--pays", "120%"), 2, "0% to 100%"),
        (("pull", "openai", "--pays", "100%"), 1, "less than 100%"),
        (("pull", "openai", "--horizon", "0"), 2, "1<=x<=40"),
        (("pull", "openai", "--as-of", "yesterday"), 2, "YYYY-MM-DD"),
        (("pull", "openai", "--as-of", "1999-01-01"), 1, "1999-01-01"),
        (("pull", "openai", "--why", "corewave"), 1, "coreweave"),
        (("pull", "openai", "--holdings", "nowhere.csv"), 1, "nowhere.csv"),
        (("pull", "openai", "--book", "nowhere"), 1, "no such folder"),
        (("pull", "openai", "--colour"), 2, "--colour"),
        (("pul", "openai"), 2, "pull"),
        (("book", "firm", "wizz"), 1, "wizz"),
        (("book", "firm", "tsmc", "--opening"), 1, "no figure for"),
        (("book", "diff", "--from", "2026-09-01", "--to", "2026-08-01"), 1, "swap"),
        (("book", "diff"), 2, "--from"),
        (("book", "check", "/dev/null"), 1, "not a folder"),
    ],
)
def test_a_mistake_is_one_sentence_and_never_a_traceback(run: Run, args: tuple[str, ...], code: int, says: str) -> None:
    answer = run(*args)
    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err + answer.out
    assert not answer.out


def test_an_empty_book_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("id,name,layer,camp\n", encoding="utf-8")
    answer = run("pull", "openai", "--book", str(tmp_path))
    assert answer.code == 1
    assert "empty" in answer.err


def test_a_broken_holding_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("instrument,issuer,amount\nwarrant,OpenAI,5\nbond,oracle,much\nbond,orcle,5\n", encoding="utf-8")
    answer = run("pull", "openai", "--holdings", str(file))
    assert answer.code == 1
    for line in (2, 3, 4):
        assert f"mine.csv:{line}:" in answer.err


def test_nothing_is_written_when_the_answer_fails(run: Run, tmp_path: Path) -> None:
    assert run("pull", "opnai", "--csv", str(tmp_path / "x.csv")).code == 1
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    answer = run("book", "ties", "--csv", str(tmp_path / "missing" / "ties.csv"))
    assert answer.code == 1
    assert "missing" in answer.err


def test_formulas_in_a_book_leave_as_text(run: Run, tmp_path: Path) -> None:
    overlay = tmp_path / "mine"
    overlay.mkdir()
    (overlay / "sources.csv").write_text(
        "id,title,publisher,published,url,kind\nmy-note,note,,2026-01-01,,memory\n", encoding="utf-8"
    )
    (overlay / "facts.csv").write_text(
        "entity,metric,item,start,end,value,unit,source,known,confidence\n"
        "oracle,total_debt,=HYPERLINK(1),,2026-08-31,1,USD_million,my-note,2026-09-01,low\n",
        encoding="utf-8",
    )
    file = tmp_path / "out.csv"
    assert run("book", "firm", "oracle", "--overlay", str(overlay), "--csv", str(file)).code == 0
    assert "'=HYPERLINK" in file.read_text(encoding="utf-8")


def test_an_overlay_changes_the_answer(run: Run, tmp_path: Path) -> None:
    (tmp_path / "assumptions.csv").write_text(
        "id,subject,name,low,central,high,unit,start,end,known,source,reason\n"
        "mine,layer:cloud,relet_share,0,0,0,fraction,,,2026-10-01,,nothing is let again\n",
        encoding="utf-8",
    )
    plain, laid = (
        json.loads(run("pull", "openai", "--json", *extra).out) for extra in ((), ("--overlay", str(tmp_path)))
    )
    assert laid["cost_to_others"]["central"] > plain["cost_to_others"]["central"]


def test_module_and_help_answer_without_the_engine() -> None:
    code = "import sys; sys.argv=['cardhouse','--help'];\ntry:\n  import cardhouse.__main__\nexcept SystemExit: pass\n"
    code += "heavy={'numpy','scipy','numba','rich'} & set(sys.modules); sys.exit(bool(heavy))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "pull" in done.stdout


def test_a_later_version_of_a_tie_is_no_new_tie() -> None:
    """``book diff`` against the versions of the embedded book themselves."""
    done = subprocess.run(
        [sys.executable, "-m", "cardhouse", "book", "diff", "--from", "2026-07-10", "--to", "2026-10-08", "--json"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    book = embedded()
    then, now = ({tie.base_id: tie for tie in book.as_of(date(2026, *day)).ties} for day in ((7, 10), (10, 8)))
    told = json.loads(done.stdout)["ties"]
    changes = [tie for base, tie in now.items() if then.get(base) is not tie]
    assert len(told) == len(changes)
    assert sum(row["what"] == "new" for row in told) == sum(tie.base_id not in then for tie in changes)


def test_a_day_after_the_book_is_answered_as_of_its_last_day_and_said() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cardhouse", "book", "--as-of", "2099-01-01"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert f"the book knows nothing after {embedded().date}" in done.stderr
