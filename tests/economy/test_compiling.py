"""Compiled code is kept, and dropped when any source of the kernel changes; numbers that are none are an error."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.kernel import compiling
from cardhouse.economy.kernel.compiling import SOURCES, STAMP
from cardhouse.economy.kernel.path import run_held
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import RunChoices, calibrated, run, run_from
from cardhouse.economy.scenario import BASELINE
from cardhouse.errors import BookError


def test_what_is_kept_is_stamped_with_all_sources():
    """Fails where a numba keeps its stamp elsewhere: then compiled code could outlive a change of a callee."""
    assert getattr(run_held._cache._cache_file, STAMP) == f"{numba.__version__} {SOURCES}"


def test_code_of_other_sources_is_not_loaded():
    """The law of the index: what was written under another stamp is as if it were not there."""
    index = run_held._cache._cache_file
    mine = getattr(index, STAMP)
    try:
        setattr(index, STAMP, "other sources")
        assert index._load_index() == {}
    finally:
        setattr(index, STAMP, mine)


def test_an_index_of_other_sources_is_not_even_read():
    """An upgrade in place leaves the old index behind; it may name types of modules that are gone."""
    index = run_held._cache._cache_file
    before, path = index._index_path, index._index_path + ".old"
    Path(path).write_bytes(pickle.dumps(numba.__version__) + b"ccardhouse.economy.kernel.gone\nHeldType\n.")
    try:
        index._index_path = path
        assert index._load_index() == {}
    finally:
        index._index_path = before
        Path(path).unlink()


def twice(x):
    return 2 * x


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A source that was read when the kernel was imported, and an empty place for compiled code."""
    file = tmp_path / "source.py"
    file.write_text("RATE = 2\n")
    monkeypatch.setattr(compiling, "FILES", (file,))
    monkeypatch.setattr(compiling, "TIMES", compiling._times())
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return file


def compiled_anew():
    """Whether a function was read from the disk when it was called first, and whether it is there now."""
    function = compiling.kernel(twice)
    assert function(2) == 4
    return bool(function.stats.cache_hits), any(Path(function.stats.cache_path).glob("*.nbc"))


def replace_text(file):
    file.write_text("RATE = 3.5\n")


def write_again(file):
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 1_000_000_000))


REPLACED = pytest.mark.parametrize("replaced", [replace_text, write_again, Path.unlink])


@REPLACED
def test_a_process_whose_sources_were_replaced_keeps_nothing(source, replaced):
    """It may have read some of them before and some after, and compiles both into one."""
    replaced(source)
    assert compiled_anew() == (False, False)


@REPLACED
def test_a_process_whose_sources_were_replaced_reads_nothing(source, replaced):
    assert compiled_anew() == (False, True)
    assert compiled_anew() == (True, True)
    replaced(source)
    assert compiled_anew() == (False, True)


def test_the_kernel_is_imported_where_compiling_is_switched_off():
    done = subprocess.run(
        [sys.executable, "-c", "import cardhouse.economy.kernel.path"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


FIRM = {
    "cloud": (
        "cloud",
        {"cash": 1000.0, "assets": 2000.0, "debt": 0.0, "equity": 2000.0, "revenue": 400.0, "costs": 200.0},
    )
}


def test_a_path_that_is_no_number_is_an_error_that_names_firm_and_quarter(economy):
    compiled = calibrated(compile_opening(open_book(economy("", FIRM)), quarters=4))
    fixed = compiled.model.plans.fixed.copy()
    fixed[compiled.place["cloud"], 1] = np.nan
    broken = replace(compiled, model=compiled.model._replace(plans=compiled.model.plans._replace(fixed=fixed)))
    with pytest.raises(BookError, match="cloud has no finite figure in the quarter to 2026-06-30"):
        run_from(broken, BASELINE)


def test_computing_whose_price_falls_by_all_of_itself_is_refused(economy):
    book = economy("", FIRM, assumed={"rent_decay": {"all": 1.0}})
    with pytest.raises(BookError, match="rent_decay for all is 1 a year; expected less than 1"):
        run(book, choices=RunChoices(quarters=4))
