"""What all commands share: counts as people write them, files that cannot be written, words that are too much."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cardhouse.cli import common
from cardhouse.cli.common import whole_number
from cardhouse.cli.share import Share

Call = Callable[..., Any]
WRITES = {
    "run": ("run", "--paths", "100000", "--csv"),
    "run, one path": ("run", "--csv"),
    "run, ledger": ("run", "--ledger"),
    "chances": ("run", "--chances", "--csv"),
    "reverse": ("reverse", "oracle", "--csv"),
    "sensitivity": ("sensitivity", "--outcome", "falls:openai", "--csv"),
    "need": ("need", "--csv"),
    "pairs": ("pull", "--pairs", "--csv"),
    "report": ("report", "-o"),
    "excel": ("excel",),
}
"""Commands that take minutes, or write more than a table, each up to the name of its file."""


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a book has begun to work."""

    def refused(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the book was read")

    monkeypatch.setattr(common, "embedded", refused)


# --- files -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("command", WRITES.values(), ids=WRITES)
def test_a_file_that_cannot_be_written_is_said_before_any_work(
    call: Call, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.xlsx").mkdir()
    places = {
        "no/x.xlsx": "cannot be written (No such file or directory); choose another place",
        "folder.xlsx": "is a folder; expected a file name; name a file in it",
        "a" * 300 + ".xlsx": "cannot be written (File name too long); choose another place",
    }
    for file, says in places.items():
        answer = call(*command, str(tmp_path / file))
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == f"cardhouse: {tmp_path / file} {says}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["folder.xlsx"]


@pytest.mark.parametrize("command", WRITES.values(), ids=WRITES)
def test_work_that_fails_leaves_no_file_and_the_old_one_as_it_was(
    call: Call, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "embedded", broken)
    (tmp_path / "old.xlsx").write_text("old", encoding="utf-8")
    for file in ("new.xlsx", "old.xlsx"):
        assert call(*command, str(tmp_path / file)).code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["old.xlsx"]
    assert (tmp_path / "old.xlsx").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_tried_out_as_its_reader_would_take_that_for_the_answer(tmp_path: Path) -> None:
    """Opening a pipe that nobody reads would wait for ever; that this test ends shows that it is not opened."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert common.out_file(str(pipe)) == str(pipe)
    assert common.out_file("/dev/null") == "/dev/null"


# --- counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100000", 100_000), ("1e6", 10**6), ("1E+6", 10**6), ("2.5e3", 2500), ("100k", 100_000), ("100K", 100_000),
        ("1m", 10**6), ("1.5 m", 1_500_000), ("10万", 100_000), ("100,000", 100_000), ("1,000,000", 10**6),
        ("1 000 000", 10**6), ("1_000", 1000), (" 42 ", 42), ("-5", -5), ("0", 0),
        ("18446744073709551615", 2**64 - 1),
    ],
)  # fmt: skip
def test_a_count_is_read_as_people_write_it(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "a lot", "abc", "1.5", "100.000", "1,5", "10,00", "1234,567", "1e", "1e-3", "1.0005k", "1g", "1e999", "k", "½",
     "nan", "inf", "0x10", "1 2", "9" * 400],
)  # fmt: skip
def test_what_may_mean_two_things_or_none_is_no_count(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("run", "--paths", "a lot"), "'a lot' cannot be read; expected a whole number, for example 100000"),
        (("run", "--paths", "100.000"), "expected a whole number, for example 100000"),
        (("run", "--paths", "9", "--seed", "abc"), "'abc' cannot be read; expected a whole number, for example 1"),
        (("run", "--paths", "9", "--openings", "few"), "expected a whole number, for example 512"),
        (("run", "--quarters", "six"), "expected a whole number, for example 24"),
        (("run", "--paths", "2000m"), "2000000000 is not in the range 1<=x<=1000000000"),
        (("reverse", "oracle", "--paths", "1k"), "1000 is not in the range 5000<=x<=100000"),
        (("need", "--seed", "x"), "expected a whole number, for example 1"),
        (("pull", "openai", "--horizon", "long"), "expected a whole number, for example 4"),
    ],
)
def test_a_number_that_cannot_be_read_is_told_with_one_that_can(call: Call, args: tuple[str, ...], says: str) -> None:
    answer = call(*args)
    assert (answer.code, answer.out) == (2, "")
    assert says in " ".join(answer.err.split())


# --- words that are too much or missing ---------------------------------------------------------------


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("reverse", "oracle", "coreweave"), "for others that fall as well say --with coreweave"),
        (("reverse", "oracle", "coreweave", "nebius"), "say --with coreweave --with nebius"),
        (("need", "coreweave"), "it takes no firm (coreweave). Say: cardhouse need; for what brings one firm down: "
                                "cardhouse reverse coreweave"),
        (("sensitivity", "openai"), "--outcome falls:openai"),
        (("sensitivity", "coreweave", "rents-fall"), "--outcome falls:coreweave"),
        (("sensitivity", "losses:oracle"), "--outcome losses:oracle"),
        (("sensitivity", "rents-fall"), "--outcome falls:openai"),
        (("sensitivity",), "--outcome falls:openai"),
        (("run", "rents-fall", "--chances"), "--chances goes without SCENARIO; leave one of them out"),
        (("run", "--chances", "--quarters", "8"), "--chances goes without --quarters"),
        (("run", "--chances", "--paths", "9"), "--chances goes without --paths"),
        (("run", "--list", "--firm", "oracle"), "--list goes without --firm"),
    ],
)  # fmt: skip
def test_a_tired_person_is_told_what_to_write(call: Call, args: tuple[str, ...], says: str) -> None:
    answer = call(*args)
    assert (answer.code, answer.out) == (2, "")
    assert says in " ".join(answer.err.split())
    assert "extra argument" not in answer.err


# --- shares ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "share"),
    [("40%", 0.4), ("0.4", 0.4), (" 40 % ", 0.4), ("0%", 0.0), ("1", 1.0), ("-5%", -0.05), ("150%", 1.5), (0.4, 0.4)],
)
def test_a_share_is_read_in_per_cent_or_as_a_fraction(text: Any, share: float) -> None:
    assert Share().convert(text, None, None) == pytest.approx(share)


@pytest.mark.parametrize("text", ["", "%", "a lot", "40%%", "4O%", "12,5%", "nan", "inf%", "1e999"])
def test_what_is_no_number_is_no_share(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is no share; expected for example 40% or 0\.4"):
        Share(like=0.4).convert(text, None, None)


def test_a_share_of_a_whole_lies_between_nothing_and_all() -> None:
    """Both ends belong to it; 40 is no 40 %."""
    whole = Share(0.0, 1.0)
    assert [whole.convert(text, None, None) for text in ("0%", "100%")] == [0.0, 1.0]
    for text in ("-1%", "100.1%", "40"):
        with pytest.raises(click.BadParameter, match=f"{text} is outside 0% to 100%"):
            whole.convert(text, None, None)
