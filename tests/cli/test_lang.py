"""``--lang`` as a user meets it: on every command that speaks, from the environment, and never in JSON or CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

Call = Callable[..., Any]


def test_a_pull_answers_in_chinese_within_the_page(call: Call) -> None:
    answer = call("pull", "openai", "--lang", "zh")
    assert answer.code == 0
    assert "OpenAI停止付款" in answer.out
    assert "亿美元" in answer.out
    assert max(cell_len(line) for line in answer.out.splitlines()) <= 100


def test_the_environment_may_say_it_and_the_option_wins(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDHOUSE_LANG", "zh")
    assert "情景" in call("run", "--list").out
    assert "Scenarios" in call("run", "--list", "--lang", "en").out


def test_the_language_of_a_group_holds_for_its_command(call: Call) -> None:
    assert "互相矛盾的数字" in call("book", "--lang", "zh", "conflicts").out
    assert "Figures that disagree" in call("book", "conflicts").out


@pytest.mark.parametrize("lang", ["fr", "zh-CN", "English"])
def test_a_language_that_nobody_speaks_is_a_usage_error(call: Call, lang: str) -> None:
    answer = call("pull", "openai", "--lang", lang)
    assert answer.code == 2
    assert f"'{lang}' is not one of 'en', 'zh'" in answer.err


@pytest.mark.parametrize(
    "args",
    [("pull", "openai"), ("book", "firm", "oracle"), ("book", "ties", "--left-out"), ("book",), ("need", "--formulas")],
)
def test_json_is_the_same_in_both_languages(call: Call, args: tuple[str, ...]) -> None:
    english, chinese = (json.loads(call(*args, "--json", "--lang", lang).out) for lang in ("en", "zh"))
    assert english == chinese


def test_csv_is_the_same_in_both_languages(call: Call, tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        call("pull", "--all", "--lang", lang, "--csv", str(tmp_path / lang))
    assert (tmp_path / "en").read_text() == (tmp_path / "zh").read_text()


def test_help_names_the_option(call: Call) -> None:
    for name in ("pull", "run", "reopen", "compare", "need", "hindcast", "reverse", "sensitivity", "check"):
        assert "--lang" in call(name, "--help").out
