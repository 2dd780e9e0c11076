"""The folder of an overlay: whole or not at all, and never over something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import Severity, embedded
from cardhouse.errors import OutputError
from cardhouse.sources import folder as module
from cardhouse.sources.filer import find_filer
from cardhouse.sources.folder import check_folder, write_overlay
from cardhouse.sources.review import review


@pytest.fixture
def found(book, recorded):
    return review(book, find_filer(book, "nebius"), recorded("nbis"), since=None, known_by=date(2026, 11, 1))


def test_the_folder_reads_as_an_overlay_and_gives_the_same_figures(found, tmp_path) -> None:
    target = tmp_path / "deep" / "nbis"
    write_overlay(found, target)
    assert sorted(p.name for p in target.iterdir()) == ["facts.csv", "sources.csv"]
    read = embedded(overlay=target)
    assert [str(f) for f in read.faults if f.severity is Severity.ERROR] == []
    mine = [f for f in read.facts if f.where.file.startswith(str(target))]
    shape = [(f.key, f.value, f.unit, f.known, f.note) for f in mine]
    assert shape == [(r.fact.key, r.fact.value, r.fact.unit, r.fact.known, r.fact.note) for r in found.rows]
    chosen = read.as_of(date(2025, 12, 31)).chosen("nebius", "revenue")
    assert [f.value for f in chosen if f.end == date(2024, 12, 31)] == [117.5]  # as known then
    assert [f.value for f in read.chosen("nebius", "revenue") if f.end == date(2024, 12, 31)][:1] == [91.5]


def test_an_empty_folder_is_used_and_a_full_one_refused(found, tmp_path) -> None:
    target = tmp_path / "x"
    target.mkdir()
    write_overlay(found, target)
    before = (target / "facts.csv").read_bytes()
    with pytest.raises(OutputError, match="not empty; expected a new or empty folder"):
        write_overlay(replace(found, rows=()), target)
    assert (target / "facts.csv").read_bytes() == before


def test_a_file_is_no_folder(found, tmp_path) -> None:
    file = tmp_path / "x"
    file.write_text("mine")
    with pytest.raises(OutputError, match="expected a new or empty folder"):
        check_folder(file)
    with pytest.raises(OutputError, match="cannot be"):
        write_overlay(found, file / "inside")


def test_nothing_is_left_behind_when_writing_fails(monkeypatch, found, tmp_path) -> None:
    def fail(*args) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_csv", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_overlay(found, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_a_spreadsheet_could_run_is_guarded(found, tmp_path) -> None:
    source = replace(found.sources[0], title="=HYPERLINK(1)")
    write_overlay(replace(found, sources=(source,)), tmp_path / "x")
    assert "'=HYPERLINK(1)" in (tmp_path / "x" / "sources.csv").read_text(encoding="utf-8")
