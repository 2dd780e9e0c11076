"""A run's folder: nothing lost, nothing doubled, whatever happens to the process, the disk or the files.

Truth: the folder of a run that nobody disturbed, byte for byte; sums added by hand in the order of chunks; the arrays
that were put in.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from functools import reduce
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.economy.many.folder import open_folder, reopen
from cardhouse.economy.many.parts import PATH_TYPES, SUM_TYPES, Part
from cardhouse.errors import InputError, UnknownName

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from run_folders import MANIFEST, assert_same, compute, content, filled  # noqa: E402

PARTS = 10
STEPS = sorted(np.random.default_rng(5).choice(np.arange(1, 66), 10, replace=False).tolist())
"""Of the 65 calls that make a run: the folder; for each of 21 files draft synced, moved, folder synced; lock gone."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    return filled(tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


def command(path: Path, *more: object) -> list[str]:
    return [sys.executable, str(HERE / "run_folders.py"), str(path), str(MANIFEST.paths), *map(str, more)]


# -- a run that is stopped -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_just_before_any_write_it_goes_on_to_the_same_bytes(step: int, whole: Path, tmp_path: Path) -> None:
    killed = subprocess.run(command(tmp_path / "run", step), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert content(filled(tmp_path / "run")) == content(whole)


@pytest.mark.slow
def test_killed_again_and_again_at_any_moment_it_ends_with_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    chance, path = np.random.default_rng(11), tmp_path / "run"
    kills = 0
    for _ in range(40):
        with subprocess.Popen(command(path), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.integers(1, 5)):
                process.stdout.readline()
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
        if process.returncode == 0:
            break
        kills += 1
    assert kills >= 2
    assert content(filled(path)) == content(whole)


def test_a_run_that_goes_on_computes_only_what_is_missing(run: Path) -> None:
    (run / "sums-00003.parquet").unlink()
    (run / "paths-00007.parquet").unlink()
    with open_folder(run, MANIFEST) as folder:
        assert folder.missing() == (3, 7)


def test_ctrl_c_in_a_write_leaves_a_run_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Path
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "run"
    with open_folder(path, MANIFEST) as folder:
        folder.write(compute(folder, 0))
        monkeypatch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            folder.write(compute(folder, 1))
    monkeypatch.undo()
    assert folder.standing == "1 of 10 chunks (100 of 950 paths) are done; the same command goes on from there"
    assert sorted(content(path)) == ["manifest.json", "paths-00000.parquet", "sums-00000.parquet"]
    assert content(filled(path)) == content(whole)


def test_the_folder_keeps_the_day_it_was_begun(run: Path) -> None:
    before = content(run)
    filled(run, replace(MANIFEST, created=date(2027, 1, 1)))
    assert content(run) == before


# -- damage is found and mended --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["paths", "sums"])
def test_any_damage_to_a_file_is_found_and_mended(kind: str, whole: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    good = (whole / f"{kind}-00002.parquet").read_bytes()
    run = Path(shutil.copytree(whole, tmp_path / "run"))
    broken = [good[: chance.integers(len(good))] for _ in range(10)] + [b"", good + b"x"]
    places = chance.choice(len(good), 40, replace=False)
    broken += [good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :] for place in places]
    for bad in broken:
        (run / f"{kind}-00002.parquet").write_bytes(bad)
        with open_folder(run, MANIFEST) as folder:
            # A byte that Parquet has no use for may change unseen in a file of sums; its arrays are then the same.
            if not folder.missing():
                assert kind == "sums"
                assert_same(list(folder.parts())[2], list(reopen(whole).parts())[2])
                continue
            assert folder.missing() == (2,)
            folder.write(compute(folder, 2))
        assert content(run) == content(whole)


def test_a_chunk_of_another_run_or_another_place_is_missing(run: Path, tmp_path: Path) -> None:
    other = filled(tmp_path / "other", replace(MANIFEST, seed=8))
    for kind in ("paths", "sums"):
        shutil.copy(other / f"{kind}-00001.parquet", run / f"{kind}-00001.parquet")
        shutil.copy(run / f"{kind}-00004.parquet", run / f"{kind}-00005.parquet")
    shutil.copy(run / "sums-00006.parquet", run / "sums-00007.parquet")
    with open_folder(run, MANIFEST) as folder:
        assert folder.missing() == (1, 5, 7)
    assert reopen(run).missing() == (1, 5, 7)


def test_paths_and_sums_that_do_not_belong_together_are_missing(run: Path) -> None:
    with open_folder(run, MANIFEST) as folder:
        part = compute(folder, 4)
        changed = replace(part, paths={**part.paths, "loss": part.paths["loss"] + 1})
        sums = (run / "sums-00004.parquet").read_bytes()
        folder.write(changed)
    (run / "sums-00004.parquet").write_bytes(sums)
    with open_folder(run, MANIFEST) as folder:
        assert folder.missing() == (4,)


def test_drafts_of_a_killed_run_are_removed_and_other_files_stay(run: Path) -> None:
    (run / ".paths-00003.parquet.0123abcd.tmp").write_bytes(b"half")
    (run / "my notes.tmp").write_text("mine")
    open_folder(run, MANIFEST).close()
    assert not (run / ".paths-00003.parquet.0123abcd.tmp").exists()
    assert (run / "my notes.tmp").read_text() == "mine"


def test_damage_is_an_error_where_a_folder_is_only_read(run: Path) -> None:
    pages = bytearray((run / "paths-00002.parquet").read_bytes())
    pages[40] ^= 0x55
    (run / "paths-00002.parquet").write_bytes(pages)
    folder = reopen(run)
    with pytest.raises(InputError, match="chunk 2 is damaged"):
        list(folder.parts())
    with pytest.raises(InputError, match="chunk 2 is damaged"):
        [folder.column(name) for name in ("fell", "loss", "round", "path")]


# -- what is read back -----------------------------------------------------------------------------------------------


NAMES = st.text("abcxyz0189_.:-é信", min_size=1, max_size=12).filter(lambda n: n[0].isalnum() and n != "path")
COUNTS = st.integers(1, 30)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    count = draw(COUNTS)
    shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
    column = st.sampled_from(PATH_TYPES).flatmap(lambda t: hnp.arrays(t, count))
    statistic = st.sampled_from(SUM_TYPES).flatmap(lambda t: hnp.arrays(t, shapes))
    names = st.dictionaries(NAMES, column, max_size=4), st.dictionaries(NAMES, statistic, max_size=4)
    return Part(0, 0, count, draw(names[0]), draw(names[1]))


@settings(max_examples=60, deadline=None)
@given(parts())
def test_any_arrays_read_back_to_the_last_bit(part: Part) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run"
        with open_folder(path, replace(MANIFEST, paths=part.count)) as folder:
            folder.write(part)
        read = reopen(path)
        assert_same(next(read.parts()), part)
        total = read.total(part.sums)
        for name, values in part.sums.items():
            assert total[name].tobytes() == values.tobytes()
        for name, values in part.paths.items():
            assert read.column(name).tobytes() == values.tobytes()


def test_bits_that_arithmetic_would_not_tell_apart_are_kept(tmp_path: Path) -> None:
    """Negative zero, both kinds of not-a-number, the smallest float, and whole numbers that no float holds."""
    odd = np.array([0, 1 << 63, 0x7FF8_0000_0000_0001, 0xFFF0_0000_0000_0001, 1], dtype=np.uint64).view(np.float64)
    large = np.array([2**53 + 1, -(2**63), 2**63 - 1, 0, -1])
    part = Part(0, 0, 5, {"odd": odd, "large": large}, {"odd": odd, "large": large, "none": np.zeros((2, 0, 3))})
    with open_folder(tmp_path / "run", replace(MANIFEST, paths=5)) as folder:
        folder.write(part)
    assert_same(next(reopen(tmp_path / "run").parts()), part)


def test_totals_are_the_same_whichever_chunk_was_computed_first(whole: Path, tmp_path: Path) -> None:
    order = np.random.default_rng(1).permutation(PARTS).tolist()
    path = tmp_path / "run"
    with open_folder(path, MANIFEST) as folder:
        for number in order:
            folder.write(compute(folder, number))
        by_hand = reduce(np.add, (compute(folder, number).sums["pair"] for number in range(PARTS)))
        shuffled = reduce(np.add, (compute(folder, number).sums["pair"] for number in order))
    assert by_hand.tobytes() != shuffled.tobytes()  # the test would see another order
    total = reopen(path).total(["pair", "fell"])
    assert total["pair"].tobytes() == by_hand.tobytes() == reopen(whole).total(["pair"])["pair"].tobytes()
    assert total["fell"].sum() == MANIFEST.paths
    assert content(path) == content(whole)


def test_a_column_is_in_the_order_of_paths(whole: Path) -> None:
    folder = reopen(whole)
    expected = np.concatenate([compute(folder, number).paths["loss"] for number in range(PARTS)])
    assert folder.column("loss").tobytes() == expected.tobytes()
    assert folder.column("path").tolist() == list(range(MANIFEST.paths))
    assert folder.column("fell").dtype == np.int8


def test_a_column_is_read_without_the_others(run: Path) -> None:
    """A page of another column is spoilt, which reading all of the file would find."""
    file = run / "paths-00002.parquet"
    data = pq.ParquetFile(file).metadata.row_group(0)
    place = {data.column(i).path_in_schema: data.column(i) for i in range(data.num_columns)}
    raw = bytearray(file.read_bytes())
    raw[place["loss"].data_page_offset + place["loss"].total_compressed_size - 1] ^= 0x55
    file.write_bytes(raw)
    assert reopen(run).column("fell").size == MANIFEST.paths
    with pytest.raises(InputError, match="chunk 2 is damaged"):
        reopen(run).column("loss")


def test_a_span_of_paths_is_that_piece_of_the_column(whole: Path) -> None:
    """Inside a chunk of 100 paths, over its end, and over several."""
    folder = reopen(whole)
    column = {name: folder.column(name) for name in ("loss", "fell")}
    for first, count in ((0, 1), (20, 60), (99, 2), (250, 400), (949, 1), (0, MANIFEST.paths)):
        found = folder.span(["loss", "fell"], first, count)
        for name, values in found.items():
            assert values.tobytes() == column[name][first : first + count].tobytes()
    for first, count in ((0, 0), (-1, 5), (900, 51)):
        with pytest.raises(InputError, match="has 950 paths"):
            folder.span(["loss"], first, count)


def test_other_programs_read_the_files_as_plain_tables(whole: Path) -> None:
    """By pyarrow alone: one row a path; one row a value that is not zero, the column of its type filled."""
    paths = pq.read_table(whole / "paths-00009.parquet")
    assert paths.column_names == ["path", "fell", "loss", "round"]
    assert paths["path"].to_pylist() == list(range(900, 950))
    rows = pq.read_table(whole / "sums-00009.parquet").to_pylist()
    folder = reopen(whole)
    loss = compute(folder, 9).sums["loss"]
    assert [r for r in rows if r["name"] == "loss"] == [
        {"name": "loss", "position": i, "value": loss[i], "whole": None} for i in (0, 1)
    ]
    assert sum(r["whole"] for r in rows if r["name"] == "fell") == 50


def test_an_unfinished_run_gives_its_chunks_but_no_totals(run: Path) -> None:
    (run / "sums-00003.parquet").unlink()
    folder = reopen(run)
    assert [part.number for part in folder.parts()] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    for ask in (lambda: folder.total(["loss"]), lambda: folder.column("loss")):
        with pytest.raises(InputError, match=r"lacks 1 of 10 chunks.*finish it"):
            ask()


def test_unknown_names_are_answered_with_near_ones(whole: Path) -> None:
    with pytest.raises(UnknownName, match=r"no sum 'los'.*did you mean loss"):
        reopen(whole).total(["los"])
    with pytest.raises(UnknownName, match=r"no column '\.\./x'.*fell, loss, round"):
        reopen(whole).column("../x")


def test_sums_of_other_shapes_cannot_be_added(run: Path) -> None:
    with open_folder(run, MANIFEST) as folder:
        part = compute(folder, 5)
        folder.write(replace(part, sums={**part.sums, "loss": np.ones(2)}))
    with pytest.raises(InputError, match=r"loss has shape \(2,\).*chunk 5, \(3,\)"):
        reopen(run).total(["loss"])
