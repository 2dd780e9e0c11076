"""Runs for tests of the run's folder: what a chunk holds depends on its number alone, as in a real run.

As a program (``run_folders.py FOLDER PATHS [STEP]``) it fills a folder and says a line a chunk; with a step it kills
itself just before so many calls that write, move or remove a file have been made, the file half written.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from cardhouse.economy.many.folder import open_folder
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import Part
from cardhouse.economy.many.run_folder import RunFolder

CHUNK = 100
NODES = ("nvidia", "openai", "oracle")
MANIFEST = Manifest(
    engine="e" * 64,
    book_hash="b" * 64,
    book_date=date(2026, 9, 30),
    scenario_name="rents-fall",
    scenario={"title": "Rents fall", "shocks": [{"driver": "rent", "shape": "level", "values": [0.7]}]},
    firmness="active",
    case="central",
    uncertainty="u" * 64,
    seed=7,
    paths=950,
    chunk=CHUNK,
    nodes=NODES,
    windows=(date(2026, 12, 31), date(2027, 3, 31)),
    layout={"edges": [0.0, 0.1, 1.0], "columns": ["fell", "loss"]},
    created=date(2026, 10, 2),
)


def compute(folder: RunFolder, number: int) -> Part:
    """The chunk of a number; float sums whose digits depend on the order in which they are added."""
    slot = folder.slot(number)
    rng = np.random.default_rng(1000 * number + slot.count)
    fell = rng.integers(-1, 24, slot.count).astype(np.int8)
    loss = rng.lognormal(3, 2, slot.count)
    return Part(
        number,
        slot.first,
        slot.count,
        {"fell": fell, "loss": loss, "round": rng.integers(0, 9, slot.count).astype(np.int16)},
        {
            "fell": np.bincount(fell + 1, minlength=25).astype(np.int64),
            "loss": np.array([loss.sum(), (loss**2).sum(), 0.0]),
            "pair": rng.normal(size=(3, 3)) * 10.0 ** rng.integers(-9, 9, (3, 3)),
        },
    )


def filled(path: Path, manifest: Manifest = MANIFEST) -> Path:
    """A folder with the whole run."""
    with open_folder(path, manifest) as folder:
        for number in folder.missing():
            folder.write(compute(folder, number))
    return path


def content(path: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


def assert_same(a: Part, b: Part) -> None:
    """See that two chunks hold the same bits."""
    assert (a.number, a.first, a.count) == (b.number, b.first, b.count)
    for x, y in ((a.paths, b.paths), (a.sums, b.sums)):
        assert sorted(x) == sorted(y)
        for name, values in x.items():
            assert (values.dtype, values.shape, values.tobytes()) == (y[name].dtype, y[name].shape, y[name].tobytes())


def _die_at(step: int) -> None:
    """Let the process kill itself just before a call, counted over all calls that change the disk."""
    calls = 0

    def counted(inner: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step:
                if inner is real_sync and stat.S_ISREG(os.fstat(args[0]).st_mode):
                    os.ftruncate(args[0], os.fstat(args[0]).st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)
            return inner(*args, **kwargs)

        return call

    real_sync = os.fsync
    os.fsync = counted(os.fsync)
    for name in ("mkdir", "replace", "unlink"):
        setattr(Path, name, counted(getattr(Path, name)))


def say(line: str) -> None:
    """Tell the parent process how far this one is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Fill a folder, one line a chunk."""
    path, paths = Path(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        _die_at(int(sys.argv[3]))
    with open_folder(path, replace(MANIFEST, paths=paths)) as folder:
        say("open")
        for number in folder.missing():
            folder.write(compute(folder, number))
            say(f"chunk {number}")


if __name__ == "__main__":
    main()
