"""Exports: written whole or not at all, and nothing in them runs."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.book import csv_text, replacing, write_csv
from cardhouse.book.cells import guard, read_text
from cardhouse.errors import OutputError


def test_cells_are_written_plainly():
    rows = [("a, b", 1000.0, -2.5, 7, None, date(2026, 9, 30), True)]
    assert csv_text(["t", "n", "x", "i", "no", "d", "yes"], rows) == (
        't,n,x,i,no,d,yes\n"a, b",1000,-2.5,7,,2026-09-30,yes\n'
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'=", " =", "' -"])
def test_no_text_runs_as_a_formula(start):
    text = csv_text(["a", "b"], [[f"{start}cmd|' /C calc'!A0", f"x{start}=1"]])
    first, second = list(csv.reader(io.StringIO(text)))[1]
    assert first == f"'{start}cmd|' /C calc'!A0".replace("\r", "\n")
    assert second.startswith("x")


def test_negative_numbers_are_not_text():
    assert csv_text(["-a"], [[-5], [-5.25], ["-5"]]) == "'-a\n-5\n-5.25\n'-5\n"


@given(st.text())
def test_reading_takes_off_what_the_guard_puts_on(text):
    text = text.strip()
    assert read_text(guard(read_text(guard(text)))) == text


def test_a_failure_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(path, ["a"], [["old"]])

    def rows():
        yield ["new"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_csv(path, ["a"], rows())
    assert path.read_text(encoding="utf-8") == "a\nold\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError, match="is a folder"):
        write_csv(tmp_path, ["a"], [])
    with pytest.raises(OutputError, match="No such file"):
        write_csv(tmp_path / "no" / "x.csv", ["a"], [])


def test_a_device_is_written_directly():
    with replacing("/dev/null") as file:
        file.write("x")
