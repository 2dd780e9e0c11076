"""What a run's folder refuses, before anything is lost: other runs, other files, full disks, hostile content.

Truth: the folder as it was before, byte for byte; the operating system's own limits and rights.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from cardhouse.economy.many import disk, tables
from cardhouse.economy.many.disk import prepare
from cardhouse.economy.many.folder import open_folder, reopen
from cardhouse.economy.many.parts import MAX_CELLS, Part
from cardhouse.errors import InputError, OutputError

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from run_folders import MANIFEST, assert_same, compute, content, filled  # noqa: E402

PARTS = 10


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    return filled(tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


# -- more paths, and runs that are another ---------------------------------------------------------------------------


def test_more_paths_continue_the_run_and_give_the_bytes_of_a_longer_one(run: Path, tmp_path: Path) -> None:
    longer = replace(MANIFEST, paths=1230)
    with open_folder(run, longer) as folder:
        assert folder.missing() == (9, 10, 11, 12)  # the tenth chunk had 50 paths instead of 100
        for number in folder.missing():
            folder.write(compute(folder, number))
    assert content(run) == content(filled(tmp_path / "straight", longer))


def test_fewer_paths_are_refused(run: Path) -> None:
    before = content(run)
    with pytest.raises(OutputError, match=r"paths: 900 here, 950 in the folder\n.*longer, not shorter\n.*--out"):
        open_folder(run, replace(MANIFEST, paths=900))
    assert content(run) == before


def test_a_folder_is_written_by_one_process_at_a_time(run: Path) -> None:
    with open_folder(run, MANIFEST), pytest.raises(OutputError, match=f"written by process {os.getpid()};"):
        open_folder(run, MANIFEST)
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HERE)!r}); {HOLD}", str(run)],
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(OutputError, match=f"written by process {other.pid}; .*another --out"):
            open_folder(run, MANIFEST)
        assert reopen(run).missing() == ()  # reading goes on
        other.kill()
    assert (run / "writing.lock").read_text().strip() == str(other.pid)
    open_folder(run, MANIFEST).close()  # the lock of a dead process is taken over
    assert not (run / "writing.lock").exists()


HOLD = (
    "from run_folders import MANIFEST, open_folder; folder = open_folder(sys.argv[1], MANIFEST); "
    "print(flush=True); sys.stdin.read(); import time; time.sleep(60)"
)


def test_what_is_read_cannot_be_written(whole: Path) -> None:
    folder = reopen(whole)
    with pytest.raises(InputError, match="reading only"):
        folder.write(compute(folder, 0))


def test_a_chunk_with_the_wrong_paths_is_refused(tmp_path: Path) -> None:
    with open_folder(tmp_path / "run", MANIFEST) as folder:
        part = compute(folder, 1)
        with pytest.raises(InputError, match=r"100 paths from 100 on; expected 100 from 200 on"):
            folder.write(replace(part, number=2))
        with pytest.raises(InputError, match=r"chunk 10; expected 0 to 9"):
            folder.write(replace(part, number=10))
        assert folder.missing() == tuple(range(PARTS))


@pytest.mark.parametrize(
    ("paths", "sums", "said"),
    [
        ({"../up": np.zeros(2)}, {}, r"'\.\./up' cannot name an array"),
        ({"a/b": np.zeros(2)}, {}, "cannot name an array"),
        ({}, {"": np.zeros(2)}, "cannot name an array"),
        ({}, {"a\nb": np.zeros(2)}, "cannot name an array"),
        ({"path": np.zeros(2)}, {}, "other than 'path'"),
        ({"a": np.zeros(3)}, {}, r"shape \(3,\); expected \(2,\)"),
        ({"a": np.zeros((2, 1))}, {}, r"shape \(2, 1\)"),
        ({"a": np.zeros(2, np.uint8)}, {}, "type uint8; expected one of int8"),
        ({"a": np.zeros(2, ">f8")}, {}, "type >f8"),
        ({}, {"a": np.zeros(2, np.float32)}, "type float32; expected one of int64, float64"),
        ({}, {"a": np.broadcast_to(0.0, MAX_CELLS + 1)}, "keep fewer statistics"),
        ({}, {"a": np.zeros((1,) * 17)}, "17 dimensions"),
    ],
)
def test_arrays_that_no_run_keeps_are_refused(paths: dict, sums: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Part(0, 0, 2, paths, sums)


# -- disks -----------------------------------------------------------------------------------------------------------


def test_a_full_disk_says_how_far_the_run_is_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Path
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "run"
    with open_folder(path, MANIFEST) as folder:
        for number in range(3):
            folder.write(compute(folder, number))
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"No space left on device.*3 of 10 chunks \(300 of 950.*same command"):
            folder.write(compute(folder, 3))
        monkeypatch.undo()
        assert folder.missing()[0] == 3
        assert not list(path.glob(".*"))
    assert content(filled(path)) == content(whole)


def test_a_limit_of_the_system_on_files_is_told_like_a_full_disk(tmp_path: Path) -> None:
    """By the kernel itself: files of this process may have 4,096 bytes, the sums have more."""
    noise = np.random.default_rng(0).normal(size=5000)
    with open_folder(tmp_path / "run", replace(MANIFEST, paths=1)) as folder:
        part = Part(0, 0, 1, {}, {"noise": noise})
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            with pytest.raises(OutputError, match=r"File too large.*0 of 1 chunks"):
                folder.write(part)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert folder.missing() == (0,)
        assert not list((tmp_path / "run").glob(".*"))
        folder.write(part)
    assert_same(next(reopen(tmp_path / "run").parts()), part)


@contextmanager
def somebody_else() -> Iterator[Path]:
    """A folder that the process may read and not write; root is no other user's equal, so it becomes nobody."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "run").mkdir()
        for folder in (place / "run", place):
            folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield place
        finally:
            if root:
                os.seteuid(0)
            for folder in (place, place / "run"):
                folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_said_before_the_work() -> None:
    with somebody_else() as place:
        for path in (place / "run", place / "new"):
            with pytest.raises(OutputError, match=r"(nothing can be written to|cannot be).*Permission denied.*--out"):
                prepare(path, 0)
            with pytest.raises(OutputError, match=r"cannot be (made|locked) \(Permission denied\).*--out"):
                open_folder(path, MANIFEST)


def test_what_stands_in_the_way_has_its_own_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for path, said in (
        (file, "file is no folder"),
        (tmp_path / "link", "link is no folder"),
        (tmp_path / "no" / "run", "no does not exist.*make it first"),
        (file / "run", "(file is no folder|Not a directory)"),
        (tmp_path / ("x" * 300), "File name too long"),
    ):
        with pytest.raises(OutputError, match=said):
            prepare(path, 0)
        with pytest.raises(OutputError, match="choose another --out"):
            open_folder(path, MANIFEST)
    prepare(tmp_path / "run", 10**6)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "link"]  # looking leaves nothing behind
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5 * 10**6, 5 * 10**6))
    with pytest.raises(OutputError, match="has 5 MB free; the run needs about 80 MB"):
        prepare(tmp_path / "run", 80 * 10**6)


def test_a_folder_with_other_files_is_not_taken_for_a_run(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'thesis\.txt' and no manifest\.json"):
        open_folder(tmp_path, MANIFEST)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["thesis.txt"]


def test_without_the_library_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    for ask in (lambda: open_folder(tmp_path / "run", MANIFEST), lambda: reopen(tmp_path)):
        with pytest.raises(InputError, match=r"pip install 'cardhouse\[runs\]'"):
            ask()


# -- hostile folders -------------------------------------------------------------------------------------------------


def test_links_and_pipes_are_not_followed(run: Path, tmp_path: Path, whole: Path) -> None:
    for name in ("paths-00001.parquet", "sums-00002.parquet"):
        (run / name).rename(tmp_path / name)
        (run / name).symlink_to(tmp_path / name)
    (run / "sums-00003.parquet").unlink()
    os.mkfifo(run / "sums-00003.parquet")
    assert reopen(run).missing() == (1, 2, 3)
    outside = content_of_files(tmp_path)
    filled(run)
    assert content(run) == content(whole)
    assert not any(file.is_symlink() for file in run.iterdir())
    assert content_of_files(tmp_path) == outside  # replaced, not written through


def content_of_files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_a_linked_lock_or_manifest_is_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (run / "writing.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OutputError, match="cannot be locked"):
        open_folder(run, MANIFEST)
    assert (tmp_path / "precious").read_text() == "mine"
    (run / "writing.lock").unlink()
    (run / "manifest.json").rename(tmp_path / "manifest.json")
    (run / "manifest.json").symlink_to(tmp_path / "manifest.json")
    for ask in (lambda: open_folder(run, MANIFEST), lambda: reopen(run)):
        with pytest.raises(InputError, match="it is a link"):
            ask()


def test_a_folder_where_a_file_should_be_is_an_error(run: Path) -> None:
    (run / "sums-00003.parquet").unlink()
    (run / "sums-00003.parquet").mkdir()
    with open_folder(run, MANIFEST) as folder:
        assert folder.missing() == (3,)
        with pytest.raises(OutputError, match=r"cannot be written any more.*9 of 10 chunks"):
            folder.write(compute(folder, 3))


def forged(run: Path, name: str, change: object) -> None:
    """Write a table of other content under the metadata of a file of the run."""
    import pyarrow as pa

    table = pq.read_table(run / name)
    kept = table.schema.metadata
    table = change(pa, table)  # type: ignore[operator]
    pq.write_table(table.replace_schema_metadata(kept), run / name)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("paths-00002.parquet", lambda pa, t: t.drop_columns(["path"])),
        ("paths-00002.parquet", lambda pa, t: t.append_column("loss", t["fell"])),
        ("paths-00002.parquet", lambda pa, t: t.append_column("text", pa.array(["x"] * len(t)))),
        ("paths-00002.parquet", lambda pa, t: t.append_column("../up", t["fell"])),
        ("paths-00002.parquet", lambda pa, t: t.slice(1)),
        ("paths-00002.parquet", lambda pa, t: t.set_column(1, "fell", pa.nulls(len(t), pa.int8()))),
        ("sums-00002.parquet", lambda pa, t: t.drop_columns(["whole"])),
        ("sums-00002.parquet", lambda pa, t: t.slice(1)),
        ("sums-00002.parquet", lambda pa, t: t.set_column(1, "position", pa.array([10**12] * len(t)))),
        ("sums-00002.parquet", lambda pa, t: t.set_column(1, "position", pa.array([-1] * len(t)))),
        ("sums-00002.parquet", lambda pa, t: t.set_column(2, "value", pa.array(["x"] * len(t)))),
        ("sums-00002.parquet", lambda pa, t: t.set_column(2, "value", pa.array([1.0] * len(t)))),
    ],
)
def test_tables_that_no_run_writes_are_missing(name: str, change: object, run: Path, whole: Path) -> None:
    forged(run, name, change)
    with open_folder(run, MANIFEST) as folder:
        assert folder.missing() == (2,)
        folder.write(compute(folder, 2))
    assert content(run) == content(whole)


@pytest.mark.parametrize(
    "sums",
    [
        None,
        {},
        [["loss"]],
        [["loss", "object", [3], 1]],
        [["loss", "float64", [2**40, 2**40], 0]],
        [["loss", "float64", [-1], 0]],
        [["loss", "float64", [1] * 40, 1]],
        [["loss", "float64", [True], 1]],
        [["loss", "float64", [3], 10**6]],
    ],
)
def test_shapes_that_cannot_be_are_damage_before_memory_is_asked_for(sums: object, run: Path) -> None:
    import pyarrow as pa

    file = run / "sums-00002.parquet"
    table = pq.read_table(file)
    said = json.loads(table.schema.metadata[tables.METADATA])
    pq.write_table(table.replace_schema_metadata({tables.METADATA: json.dumps({**said, "sums": sums})}), file)
    before = pa.total_allocated_bytes()
    assert reopen(run).missing() == (2,)
    assert pa.total_allocated_bytes() - before < 1 << 20


def test_a_file_too_large_to_be_a_chunk_is_not_read(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (run / "paths-00002.parquet").open("r+b") as file:
        file.truncate(tables.MAX_FILE + 1)  # sparse: takes no room
    assert reopen(run).missing() == (2,)
    with pytest.raises(disk.Damaged, match="more than"):
        disk.read_plain(run / "paths-00002.parquet", tables.MAX_FILE)
