"""``cardhouse check`` from a file, a pipe and hostile input; both languages, JSON, CSV and a review folder."""

from __future__ import annotations

import json
import os
import random
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardhouse.article.check import Report, check
from cardhouse.article.extract import extract
from cardhouse.article.page import read_article
from cardhouse.article.to_book import to_book
from cardhouse.book import Book, SourceKind, embedded
from cardhouse.cli.check import MOST_BYTES
from cardhouse.cli.check import check as command
from cardhouse.errors import CardhouseError, InputError, OutputError
from cardhouse.views import article as view
from cardhouse.views.article_payload import payload

ARTICLES = Path(__file__).parent / "articles"
FLASH = ARTICLES / "13-zh-flash-august.txt"
NEWS = ARTICLES / "01-en-nvidia-quarter.txt"


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded()


def report(text: str | bytes, book: Book, *, published: date | None = None) -> Report:
    article = read_article(text, published=published)
    return check(article, extract(article, book), book)


def run(*args: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(command, args, input=data)


def test_text_table_and_summary(book: Book) -> None:
    found = run(str(NEWS))
    assert found.exit_code == 0, found.output
    assert "[$57.0 billion ✓" in found.output
    assert "✗ contradicted" in found.output
    assert "figures; the book (known up to" in " ".join(found.output.split())
    assert "nvda-10-q-2025-10-26" in found.output
    assert max(len(line) for line in found.output.splitlines()) <= 100


def test_the_answer_in_chinese() -> None:
    found = run(str(FLASH), "--lang", "zh")
    assert found.exit_code == 0, found.output
    assert "属实" in found.output
    assert "逐项对照" in found.output
    assert "英伟达" in found.output
    assert "confirmed" not in found.output


def test_json_says_the_same_as_the_table(book: Book) -> None:
    found = run(str(NEWS), "--json")
    answer = json.loads(found.stdout)
    assert answer["published"] == "2025-11-20"
    assert sum(answer["counts"].values()) == len(answer["claims"])
    first = next(claim for claim in answer["claims"] if claim["quote"] == "$57.0 billion")
    assert first["verdict"] == "confirmed"
    figure = first["now"]["figure"]
    assert figure["value"] == pytest.approx(57_006)
    assert figure["sources"][0]["id"] == "nvda-10-q-2025-10-26"
    assert figure["rows"][0].startswith("books/ai/facts.csv:")
    assert set(answer["summary"]) == {"en", "zh"}
    rows = view.table(report(NEWS.read_bytes(), book), book, "en").rows
    assert len(rows) == len(answer["claims"])


def test_from_a_pipe_with_a_day_and_as_csv(tmp_path: Path) -> None:
    out = tmp_path / "claims.csv"
    found = run("-", "--date", "2025-11-20", "--csv", str(out), data=b"Nvidia's revenue was $57.0 billion.")
    assert found.exit_code == 0, found.output
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "number,claim,who,what,when,verdict,book,gap,why"
    assert "(2025-11-20)" in found.output


def test_without_a_figure_it_says_so() -> None:
    assert "no figure found to check" in run("-", data=b"Nothing here.").output
    assert run("-", data=b"").exit_code == 0


@pytest.mark.parametrize(
    "what", ["nowhere.txt", "file:///etc/passwd", "ftp://x/y", "http://127.0.0.1/", "http://localhost/", "", "a\0b"]
)
def test_what_cannot_be_read_is_one_sentence(what: str) -> None:
    found = run(what)
    assert isinstance(found.exception, InputError)
    assert "root:" not in str(found.exception)


def test_folders_pipes_and_giants_are_refused(tmp_path: Path) -> None:
    assert isinstance(run(str(tmp_path)).exception, InputError)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert isinstance(run(str(pipe)).exception, InputError)
    assert isinstance(run("-", data=b"x" * (MOST_BYTES + 1)).exception, InputError)


def test_a_model_needs_its_name() -> None:
    assert run(str(NEWS), "--llm", "http://localhost:1/v1").exit_code == 2


def test_claims_become_facts_for_review(book: Book, tmp_path: Path) -> None:
    found = report(FLASH.read_bytes(), book)
    written = to_book(found, book, tmp_path / "review", address="https://news.example/a", today=date(2026, 11, 21))
    assert written.facts >= 6
    assert written.facts + len(written.left_out) <= len(found.checked)
    over = embedded(overlay=tmp_path / "review")
    assert [fault for fault in over.faults if str(tmp_path) in str(fault.where)] == []
    rows = [fact for fact in over.facts if str(tmp_path) in str(fact.where)]
    assert len(rows) == written.facts
    assert {over.source_kind(fact) for fact in rows} == {SourceKind.ARTICLE}
    assert {fact.confidence.value for fact in rows} == {"low"}
    kept = {(fact.entity, fact.metric): fact.value for fact in rows}
    assert kept["nvidia", "revenue"] == pytest.approx(96_200)
    with pytest.raises(OutputError, match="exists already"):
        to_book(found, book, tmp_path / "review", today=date(2026, 11, 21))


def test_the_books_own_figures_are_still_the_ones_in_use(book: Book, tmp_path: Path) -> None:
    """Rows of an article stand under an item of their own: they replace nothing."""
    found = report(FLASH.read_bytes(), book)
    to_book(found, book, tmp_path / "r", today=date(2026, 11, 21))
    over = embedded(overlay=tmp_path / "r")
    mine = [fact for fact in over.chosen("nvidia", "revenue") if not fact.item]
    assert [fact.value for fact in mine] == [fact.value for fact in book.chosen("nvidia", "revenue") if not fact.item]


def test_formulas_and_control_characters_do_not_get_out(book: Book, tmp_path: Path) -> None:
    text = "=HYPERLINK(1)\n\x1b[31mNvidia\u202e\u200b had revenue of $57.0 billion in the third quarter of fiscal 2026."
    found = report(text, book, published=date(2025, 11, 20))
    out = view.marked(found) + view.summary(found, book, "en") + view.reasons(found, book, "zh")
    assert not any(c in out for c in "\x1b\u202e\u200b")
    to_book(found, book, tmp_path / "r", today=date(2026, 11, 21))
    for line in (tmp_path / "r" / "sources.csv").read_text(encoding="utf-8").splitlines():
        assert not any(cell.startswith("=") for cell in line.split(","))


PIECES = ["英伟达", "OpenAI", "营收", "净亏损", "亿美元", "万亿", "%", "$", "1", "9" * 40, "3.5", "同比", "增长", "倍",
          "零债务", "至", "-", "\u202e", "\u200b", "\x00", "(" * 30, "<b>", "</p>", "\n", "。", " ", "2025年", "Q3",
          "第三季度", "up", "billion", "1e309", "0", "半", "年化", "合计", "其余"]  # fmt: skip


@settings(max_examples=60, deadline=3000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=80))
def test_no_text_breaks_the_check(book: Book, pieces: list[str]) -> None:
    found = report("".join(pieces), book, published=date(2025, 11, 20))
    json.dumps(payload(found, book), allow_nan=False)
    for lang in ("en", "zh"):
        view.marked(found)
        view.summary(found, book, lang)
        view.short(found, lang, book)
        view.reasons(found, book, lang)


def _hostile() -> dict[str, bytes]:
    shuffled = random.Random(7)  # noqa: S311 - the same noise each time
    return {
        "gigantic line": "英伟达营收570亿美元".encode() * 60_000,
        "digits": b"9" * 400_000,
        "commas": b"1," * 200_000,
        "open brackets": b"(" * 200_000,
        "nested page": b"<div>" * 20_000 + b"$5 billion" + b"</div>" * 20_000,
        "script": b"<html><script>" + b"a" * 500_000 + b"</script><p>Nvidia revenue $57.0 billion</p>",
        "noise": bytes(shuffled.randrange(256) for _ in range(200_000)),
        "utf-16": "英伟达营收570亿美元".encode("utf-16"),
        "zero width": ("5\u200b7\u200b0亿\u200b美元" * 20_000).encode(),
        "percent": b"%" * 300_000,
        "numerals": "一二三四五六七八九十百千万亿".encode() * 20_000,
    }


@pytest.mark.parametrize("name", sorted(_hostile()))
def test_hostile_texts_end_soon(name: str, book: Book) -> None:
    begin = time.perf_counter()
    with suppress(CardhouseError):
        report(_hostile()[name], book, published=date(2025, 11, 20))
    assert time.perf_counter() - begin < 20
