"""A book may be anything: every case is a fault in words, in bounded time and memory."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardhouse.book import Limits, read_book
from cardhouse.errors import BookError

HEADER = "entity,metric,item,start,end,value,unit,source,known,confidence,note"
FACT = "nvidia,revenue,,2025-07-28,2025-10-26,57006,USD_million,tenq,2025-11-19,high,"


@pytest.fixture
def folder(tmp_path, writer):
    return writer(tmp_path / "book", "")


def problems(book):
    return [f"{fault.where.line}: {fault.problem}" for fault in book.faults if fault.severity == "error"]


def put(folder, content):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "facts.csv").write_bytes(data)
    return folder


def test_a_file_over_the_limit_is_not_read(folder):
    put(folder, f"{HEADER}\n{FACT}\n")
    book = read_book(folder, limits=Limits(file_bytes=100))
    assert any("bytes" in problem for problem in problems(book))
    assert book.facts == ()


def test_rows_over_the_limit_are_not_read(folder):
    rows = "\n".join(FACT.replace("2025-10-26", f"2025-11-{day:02}") for day in range(1, 9))
    book = read_book(put(folder, f"{HEADER}\n{rows}\n"), limits=Limits(rows=5))
    assert len(book.facts) == 5
    assert "7: more than 5 rows" in problems(book)


@pytest.mark.parametrize("note", ["x" * 10_001, "x" * 5_000_000])
def test_a_field_over_the_limit_leaves_its_row_out(folder, note):
    book = read_book(put(folder, f"{HEADER}\n{FACT}{note}\n{FACT}\n"))
    assert problems(book)[0] in ("2: a field is too long", "2: the line is too long")
    assert [fact.where.line for fact in book.facts] == [3]


def test_nul_bytes_and_foreign_bytes_leave_their_rows_out(folder):
    text = b"\n".join([HEADER.encode(), FACT.encode() + b"a\0b", FACT.encode() + b"caf\xe9", FACT.encode(), b""])
    book = read_book(put(folder, text))
    assert problems(book) == ["2: it holds NUL bytes", "3: it is not UTF-8"]
    assert [fact.where.line for fact in book.facts] == [4]


def test_utf_16_is_told_from_the_first_bytes(folder):
    book = read_book(put(folder, f"{HEADER}\n".encode("utf-16")))
    assert problems(book) == ["1: it is encoded as UTF-16"]


@pytest.mark.parametrize("content", ["", "\n\n", ",,,\n"])
def test_an_empty_file_is_told(folder, content):
    assert "1: it is empty" in problems(read_book(put(folder, content)))


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(f"{HEADER}\n{FACT}\n", encoding="utf-8")
    (folder / "facts.csv").unlink()
    (folder / "facts.csv").symlink_to(secret)
    book = read_book(folder)
    assert "1: it is a link that leads out of the book's folder" in problems(book)
    assert book.facts == ()


def test_a_link_inside_the_folder_is_followed(folder):
    put(folder, f"{HEADER}\n{FACT}\n")
    (folder / "facts.csv").rename(folder / "facts-2026.txt")
    (folder / "facts.csv").symlink_to("facts-2026.txt")
    assert len(read_book(folder).facts) == 1


@pytest.mark.parametrize("target", ["nowhere", "facts.csv"])
def test_a_link_to_nothing_or_to_itself_is_told(folder, target):
    (folder / "facts.csv").unlink()
    (folder / "facts.csv").symlink_to(target)
    assert len(problems(read_book(folder))) == 1


def test_a_folder_or_pipe_in_place_of_a_file_is_told(folder):
    (folder / "facts.csv").unlink()
    (folder / "facts.csv").mkdir()
    (folder / "ties.csv").unlink()
    os.mkfifo(folder / "ties.csv")
    assert sorted(problems(read_book(folder))) == ["1: it is a folder", "1: it is a pipe or a device"]


def test_a_file_that_may_not_be_read_is_told(folder, monkeypatch):
    def refuse(path, flags):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("cardhouse.book.files.os.open", refuse)
    assert "1: it cannot be opened (Permission denied)" in problems(read_book(folder))


@pytest.mark.parametrize("kind", ["missing", "file", "empty", "strange"])
def test_only_a_folder_that_is_no_book_raises(tmp_path, kind):
    path = tmp_path / "x"
    if kind == "file":
        path.write_text("", encoding="utf-8")
    elif kind in ("empty", "strange"):
        path.mkdir()
        (path / "readme.txt").write_text("", encoding="utf-8")
    with pytest.raises(BookError, match="expected"):
        read_book("a\0b" if kind == "strange" else path)


def test_control_characters_never_reach_the_screen(folder):
    book = read_book(put(folder, f"{HEADER}\n{FACT.replace('nvidia', chr(27) + '[31mred')}\n"))
    assert "\x1b" not in "".join(map(str, book.faults))


def test_many_unknown_names_stay_quick(folder):
    rows = "\n".join(FACT.replace("nvidia", f"nobody-{n}") for n in range(20_000))
    begin = time.perf_counter()
    book = read_book(put(folder, f"{HEADER}\n{rows}\n"))
    assert len(problems(book)) == 20_000
    assert time.perf_counter() - begin < 10


ALPHABET = st.sampled_from(
    [*'",\r\n\0\x1b\ufeff=-+|', "nvidia", "revenue", "2025-01-01", "USD_million", "tenq", "1", "é"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=300), st.lists(ALPHABET, max_size=60).map(lambda p: "".join(p).encode())))
def test_no_content_of_a_file_ever_raises(folder, data):
    for name in ("facts.csv", "terms.csv", "firms.csv"):
        before = (folder / name).read_bytes() if (folder / name).exists() else None
        for content in (data, (HEADER + "\n").encode() + data):
            (folder / name).write_bytes(content)
            book = read_book(folder)
            assert all(str(fault) for fault in book.faults)
        (folder / name).unlink()
        if before is not None:
            (folder / name).write_bytes(before)
