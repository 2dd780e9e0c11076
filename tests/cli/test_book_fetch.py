"""``cardhouse book fetch`` as a user meets it, on a recorded answer and without a network."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cardhouse.cli import main
from cardhouse.sources import edgar

DATA = Path(__file__).parents[1] / "sources" / "data"
PAGE = Path(__file__).parents[2] / "docs" / "fetch.md"
WHO = ("--identity", "Jane Doe jane@example.com")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    monkeypatch.setenv("EDGAR_LOCAL_DATA_DIR", str(tmp_path / "edgar"))
    monkeypatch.setenv("EDGAR_IDENTITY", "")
    monkeypatch.delenv("CARDHOUSE_IDENTITY", raising=False)

    def once(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cardhouse", "book", "fetch", *args])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return once


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[httpx.Request], httpx.Response]], None]:
    """Let a function stand for the SEC."""

    def by(handler: Callable[[httpx.Request], httpx.Response]) -> None:
        @contextmanager
        def client(identity: str) -> Iterator[httpx.Client]:
            with httpx.Client(transport=httpx.MockTransport(handler), headers={"User-Agent": identity}) as made:
                yield made

        monkeypatch.setattr(edgar, "connected", client)

    return by


def sec(request: httpx.Request) -> httpx.Response:
    """The recorded answers by number; who asks is said as in the recording's request."""
    assert request.headers["User-Agent"] == WHO[1]
    names = {"0001769628": "crwv", "0001513845": "nbis"}
    number = request.url.path.removeprefix("/api/xbrl/companyfacts/CIK").removesuffix(".json")
    if number not in names:
        return httpx.Response(404)
    return httpx.Response(200, content=(DATA / f"{names[number]}.json").read_bytes())


@pytest.mark.parametrize("name", ["CRWV", "coreweave", "1769628", "nebius"])
def test_the_review_fits_100_columns_and_counts_what_it_found(call: Call, answered, name: str) -> None:
    answered(sec)
    code, out, err = call(name, *WHO)
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines()) <= 100
    assert "in EDGAR beside the book of" in out
    assert "No tag found for" in out
    assert "None" not in out
    assert "nan" not in out.lower().split()


def test_json_and_csv_hold_every_row_with_its_mark_and_accession_number(call: Call, answered, tmp_path: Path) -> None:
    answered(sec)
    file = tmp_path / "all.csv"
    code, out, err = call("CRWV", *WHO, "--json", "--csv", str(file))
    found = json.loads(out)
    assert code == 0
    assert found["cik"] == 1769628
    assert {row["mark"] for row in found["rows"]} <= {"same", "same, rounded", "differs", "new"}
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert f"{len(found['rows'])} rows written" in err
    assert [row["accession"] for row in rows] == [row["accession"] for row in found["rows"]]
    sources = {source["id"] for source in found["sources"]}
    assert {row["source"] for row in rows} == sources


def test_since_and_as_of_narrow_what_is_fetched(call: Call, answered) -> None:
    answered(sec)
    rows = json.loads(call("CRWV", *WHO, "--since", "2025-09-30", "--as-of", "2026-04-30", "--json")[1])["rows"]
    assert rows
    assert min(row["end"] for row in rows) >= "2025-09-30"
    assert max(row["known"] for row in rows) <= "2026-04-30"


def test_out_writes_an_overlay_that_the_book_reads(call: Call, answered, tmp_path: Path) -> None:
    answered(sec)
    folder = tmp_path / "crwv"
    code, _, err = call("CRWV", *WHO, "--out", str(folder))
    assert code == 0
    assert "figures and 6 sources written" in err  # the recording holds six filings with accounts
    lines = (folder / "facts.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "entity,metric,item,start,end,value,unit,source,known,confidence,note"
    assert {line.split(",")[0] for line in lines[1:]} == {"coreweave"}
    code, _, err = call("CRWV", *WHO, "--out", str(folder))
    assert code == 1
    assert "expected a new or empty folder" in err


def test_the_identity_may_come_from_the_environment(call: Call, answered, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(sec)
    monkeypatch.setenv("CARDHOUSE_IDENTITY", WHO[1])
    assert call("CRWV", "--since", "2026-06-30")[0] == 0


def fail(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("Name or service not known")


@pytest.mark.parametrize(
    ("handler", "args", "words"),
    [
        (fail, ("CRWV", *WHO), "data.sec.gov cannot be reached (ConnectError); check the connection"),
        (sec, ("ORCL", *WHO), "data.sec.gov answers 404"),
        (sec, ("CRWV",), "the SEC wants to know who asks"),
        (sec, ("CRWV", "--identity", "me"), "expected a name and an e-mail address"),
        (sec, ("openai", *WHO), "OpenAI: it has no ticker in firms.csv"),
        (sec, ("nvida", *WHO), "did you mean nvidia"),
        (lambda request: httpx.Response(200, content=b"<html>"), ("CRWV", *WHO), "EDGAR's answer is no JSON"),
        (lambda request: httpx.Response(200, content=b'{"cik": 5, "facts": {}}'), ("CRWV", *WHO), "expected 1769628"),
    ],
)
def test_every_mistake_is_one_line_and_exit_status_1(call: Call, answered, handler, args, words: str) -> None:
    answered(handler)
    code, out, err = call(*args)
    assert (code, out) == (1, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_a_folder_that_holds_something_is_refused_before_anybody_is_asked(call: Call, answered, tmp_path: Path) -> None:
    answered(fail)
    (tmp_path / "mine.csv").write_text("x")
    assert "expected a new or empty folder" in call("CRWV", *WHO, "--out", str(tmp_path))[2]


def test_nothing_in_the_periods_asked_for_is_said(call: Call, answered) -> None:
    answered(sec)
    code, out, _ = call("CRWV", *WHO, "--since", "2026-07-01")
    assert code == 0
    assert "No figure of any metric that has tags" in out


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not beside the tests")
def test_the_page_shows_what_the_recorded_answer_gives(call: Call, answered) -> None:
    answered(sec)
    """Up to the list of metrics without a tag, which grows with the vocabulary."""
    block = PAGE.read_text(encoding="utf-8").partition("$ cardhouse book fetch CRWV --since 2026-01-01\n")[2]
    shown = block.partition("No tag found for")[0]
    assert shown.count("\n") > 10
    assert call("CRWV", *WHO, "--since", "2026-01-01")[1].startswith(shown)
