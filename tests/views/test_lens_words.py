"""The lenses in Chinese: no English sentence left but what the book says, money in 亿, files and JSON as before."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

import cardhouse
from cardhouse.book import Book, embedded, trailing_year
from cardhouse.cli import cli
from cardhouse.views.lens_terms import BOUGHT, MEASURES, SAMPLES, STATES
from cardhouse.views.relayed import relayed
from cardhouse.views.relayed_lenses import MEANINGLESS, MISSING, WARNINGS
from cardhouse.views.table import Kind, Table, text
from cardhouse.views.words import ENGLISH, words

ASKED = (
    "value nvidia",
    "value openai --growth 40%",
    "value --all",
    "capital",
    "capital openai",
    "country us cn",
    "frontier",
    "peers",
    "chain",
    "chain --quarters",
    "money nvidia",
    "money --all",
    "money --rings",
    "concentration",
    "concentration coreweave",
    "compute",
    "compute h100",
    "compute --show tokens",
    "compute --show rents",
    "compute --show switch",
    "compute --show training",
    "compute --show power",
    "restate",
    "restate oracle",
)
FOUR = re.compile(r"(?:[A-Za-z][A-Za-z'’]*[ ,;:.()]+){3}[A-Za-z]{2,}")
"""Four words in Latin letters in a row."""
ID = re.compile(r"\b\w+(?:[-.]\w+)+\b|--\w+|\b[A-Z][\w.-]*\b|\bv?\d\w*\b")
"""Ids, options, names and tickers, numbers."""


@cache
def book() -> Book:
    return embedded().as_of(date.max)


def parts(asked: str, monkeypatch: pytest.MonkeyPatch, lang: str = "zh") -> list[Table | str]:
    """What a command shows, before it is drawn."""
    name, *rest = shlex.split(asked)
    found: list[Table | str] = []
    module = import_module(f"cardhouse.cli.{name}")
    monkeypatch.setattr(module, "show", lambda *shown: found.extend(part for part in shown if part))
    cli.main([name, *rest, "--lang", lang], standalone_mode=False)
    return found


def texts(part: Table | str) -> Iterator[str]:
    """Every text of a part that a reader sees."""
    if isinstance(part, str):
        yield from part.split("\n")
        return
    yield part.title
    yield from (column.title for column in part.columns)
    yield from (cell for row in part.rows for cell in row if isinstance(cell, str))
    yield from part.notes


@cache
def said_by_the_book() -> tuple[str, ...]:
    """Names without Chinese, notes, reasons and items of rows: what a view quotes as it is; the longest first."""
    b = book()
    names = {firm.name for firm in b.firms.values()} | {subject.name for subject in b.subjects.values()}
    quoted = {f.note for f in b.facts} | {t.note for t in b.ties} | {t.reason for t in b.terms}
    items = {f.item.replace("-", " ") for f in b.facts}
    return tuple(sorted((said for said in names | quoted | items if " " in said), key=lambda said: (-len(said), said)))


def own_words(text: str) -> str:
    """A text without what the book says in it, and without ids and names."""
    for said in said_by_the_book():
        if said in text:
            text = text.replace(said, "")
    return ID.sub("", text)


@pytest.mark.parametrize("asked", ASKED)
def test_no_english_sentence_is_left(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = parts(asked, monkeypatch)
    english = [own for part in shown for said in texts(part) if FOUR.search(own := own_words(said))]
    assert shown
    assert english == []


@pytest.mark.parametrize("asked", ASKED)
def test_tables_fit_the_page_and_draw_money_in_yi(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred columns wide; every number of a money column stands whole, a hundredth of its USD million."""
    for part in parts(asked, monkeypatch):
        if not isinstance(part, Table):
            continue
        drawn = text(part)
        assert max(cell_len(line) for line in drawn.splitlines()) <= 100, part.title
        money = [i for i, column in enumerate(part.columns) if column.kind is Kind.MONEY]
        amounts = [row[i] for row in part.rows for i in money]
        whole = {f"{amount / 100.0:,.0f}" for amount in amounts if isinstance(amount, float) and abs(amount) >= 100.0}
        assert [amount for amount in whole if amount not in drawn] == [], part.title


def test_the_money_of_a_firm_is_its_revenue_in_yi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Truth: the quarters of the book, added up."""
    year = sum(book().usd(row) for row in trailing_year(book(), "nvidia", "revenue", book().date))
    headline = parts("money nvidia", monkeypatch)[1]
    assert f"共{year / 100.0:,.0f}亿美元" in str(headline)


@pytest.mark.parametrize("asked", ["capital", "country us cn", "frontier", "restate oracle", "compute h100"])
def test_json_knows_no_language(asked: str) -> None:
    name, *rest = shlex.split(asked)
    answers = [CliRunner().invoke(cli, [name, *rest, "--json", "--lang", lang]).stdout for lang in ("en", "zh")]
    assert answers[0] == answers[1]
    assert json.loads(answers[0])


@pytest.mark.parametrize("asked", ["capital", "money --rings", "money --all", "concentration", "value nvidia"])
def test_files_know_no_language(asked: str, tmp_path: Path) -> None:
    written = []
    for lang in ("en", "zh"):
        file = tmp_path / f"{lang}.csv"
        answer = CliRunner().invoke(cli, [*shlex.split(asked), "--csv", str(file), "--lang", lang])
        assert answer.exit_code == 0
        written.append(file.read_text(encoding="utf-8"))
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Oracle, days of receivables: the book has none up to 2026-06-30",
         "甲骨文、应收账款天数：账册在2026-06-30之前没有"),
        ("EBITDA is negative", "EBITDA为负"),
        ("its newest year ends 2021-12-31, the one to set it beside 2026-06-30",
         "其最新年度截至2021-12-31，而对比项截至2026-06-30"),
        ("Nvidia: market value of 2026-09-24 moved by the share price", "英伟达：2026-09-24的市值按股价调整"),
        ("Nvidia, revenue of the 12 months to 2026-07-26: longer periods less 2025-01-01..2025-06-30",
         "英伟达、截至2026-07-26的12个月收入：由较长期间减去2025-01-01..2025-06-30"),
        ("Baidu, operating income to 2025-09-30: after an impairment",
         "百度，截至2025-09-30的营业利润：after an impairment"),
    ],
)  # fmt: skip
def test_reasons_and_warnings_are_told_with_their_names(said: str, told: str) -> None:
    """Truth: the names in the book's own lists, the rest translated by hand."""
    assert relayed(words("zh").about(book()), said).replace("营业收入", "收入") == told
    assert relayed(ENGLISH, said) == said


def test_names_of_the_book_are_known_only_to_words_about_it() -> None:
    assert words("zh").about(book()).named("Oracle") == "甲骨文"
    assert words("zh").named("Oracle") == "Oracle"
    assert ENGLISH.about(book()).named("Oracle") == "Oracle"


def test_a_short_word_keeps_its_letters_in_english_and_its_sense_in_chinese() -> None:
    assert ENGLISH.meant("of", "day") == "of"
    assert words("zh").meant("of", "day") == words("zh")("day") == "日期"


def test_what_is_not_known_stays_english_as_a_whole() -> None:
    said = "Oracle: the board met on a rainy day"
    assert relayed(words("zh").about(book()), said) == said


def test_the_rooms_say_every_sentence_that_is_listed() -> None:
    """Truth: the strings of the rooms' own source; a sentence that nobody says any more is to be struck off."""
    spoken = spoken_by_the_rooms()
    listed = (*MISSING, *MEANINGLESS, *WARNINGS, *MEASURES, *STATES, *BOUGHT, *SAMPLES)
    assert [s for s in listed if not all(is_said(clause, spoken) for clause in clauses(s))] == []


def clauses(sentence: str) -> list[str]:
    """The words of a sentence between its places and its commas."""
    literals = (literal for literal, *_ in Formatter().parse(sentence))
    return [
        found for literal in literals for part in re.split("[,;:()]", literal) if len(found := part.strip(" .-%")) > 2
    ]


def is_said(clause: str, spoken: str) -> bool:
    """Whether at least half of its runs of three words stand in the source; a few are put together of two strings."""
    found = clause.split()
    runs = [" ".join(found[i : i + 3]) for i in range(max(len(found) - 2, 1))]
    return 2 * sum(run in spoken for run in runs) >= len(runs)


def spoken_by_the_rooms() -> str:
    """All texts of the lenses and the economy, and the names and items of the book, in one string."""
    package = Path(cardhouse.__file__).parent
    spoken = [metric.name[:1].lower() + metric.name[1:] for metric in book().metrics.values()]
    spoken += sorted({fact.item.replace("-", " ") for fact in book().facts})
    for file in (*(package / "lenses").rglob("*.py"), *(package / "economy").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                spoken.append(node.value)
    return "\n".join(spoken)
