"""The two files of a chunk in a run's folder: written in order, read back only where they fit each other."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cardhouse.book.faults import near, shown
from cardhouse.economy.many import disk, tables
from cardhouse.economy.many.disk import Damaged
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import PATH, Column, Part, Slot
from cardhouse.errors import InputError, UnknownName

NAMES_SHOWN = 10


def slot_of(manifest: Manifest, number: int) -> Slot:
    """Which paths of a run a chunk has; the last may have fewer than the others."""
    first = number * manifest.chunk
    return Slot(manifest.run, number, first, min(manifest.chunk, manifest.paths - first))


def write_part(folder: Path, slot: Slot, part: Part) -> None:
    """Write both files of a chunk, the sums last: they vouch for the paths.

    Raises
    ------
    OSError : one cannot be written.
    """
    paths = tables.paths_bytes(part, slot)
    sums = tables.sums_bytes(part, slot, hashlib.sha256(paths).hexdigest())
    disk.write_whole(folder / slot.paths_file, paths)
    disk.write_whole(folder / slot.sums_file, sums)


def read_part(folder: Path, slot: Slot) -> Part:
    """Read a chunk and check all of it.

    Raises
    ------
    Damaged : it is not as it was written.
    """
    paths = disk.read_plain(folder / slot.paths_file, tables.MAX_FILE)
    with disk.open_plain(folder / slot.sums_file, tables.MAX_FILE) as source:
        file = tables.open_sums(source, slot)
        if file.header.get("paths") != hashlib.sha256(paths).hexdigest():
            raise Damaged("its sums do not belong to its paths")
        sums = file.read(file.sums)
    opened = tables.open_paths(io.BytesIO(paths), slot)
    columns = tables.read_paths(opened, opened.schema_arrow.names)
    if not np.array_equal(columns.pop(PATH), np.arange(slot.first, slot.first + slot.count)):
        raise Damaged("its paths are not numbered as they should be")
    try:
        return Part(slot.number, slot.first, slot.count, columns, sums)
    except InputError as error:
        raise Damaged(str(error)) from None


def read_sums(folder: Path, slot: Slot, names: Sequence[str]) -> dict[str, Column]:
    """Some sums of a chunk.

    Raises
    ------
    Damaged : the file is not as it was written.
    UnknownName : it has no sum of that name.
    """
    with disk.open_plain(folder / slot.sums_file, tables.MAX_FILE) as source:
        file = tables.open_sums(source, slot)
        for name in names:
            _known(folder, name, list(file.sums), "sum")
        return file.read(names)


def read_columns(folder: Path, slot: Slot, names: Sequence[str]) -> dict[str, Column]:
    """Some columns of a chunk, (count,) each, without reading the others.

    Raises
    ------
    Damaged : the file, or a page of a column, is not as it was written.
    UnknownName : it has no column of that name.
    """
    with disk.open_plain(folder / slot.paths_file, tables.MAX_FILE) as source:
        file = tables.open_paths(source, slot)
        for name in names:
            _known(folder, name, file.schema_arrow.names, "column")
        return tables.read_paths(file, list(names))


def _known(folder: Path, name: str, names: list[str], kind: str) -> None:
    if name not in names:
        some = ", ".join(names[:NAMES_SHOWN])
        hint = near(name, names) or f"there are {len(names)}: {some}"
        raise UnknownName(f"{folder} has no {kind} {shown(name)}; expected one that the run has; {hint}")


def done(folder: Path, manifest: Manifest, check: Callable[[Path, Slot], object]) -> set[int]:
    """Chunks of which both files are there and pass a check.

    Raises
    ------
    OSError : the folder cannot be listed.
    """
    with os.scandir(folder) as entries:
        names = {entry.name for entry in entries}
    found = set()
    for number in range(manifest.parts):
        slot = slot_of(manifest, number)
        if slot.sums_file in names and slot.paths_file in names and _passes(folder, slot, check):
            found.add(number)
    return found


def _passes(folder: Path, slot: Slot, check: Callable[[Path, Slot], object]) -> bool:
    try:
        check(folder, slot)
    except Damaged:
        return False
    return True


def check_outside(folder: Path, slot: Slot) -> None:
    """See that both files of a chunk say that they are of it; their content is checked when it is read.

    Raises
    ------
    Damaged : one says something else.
    """
    with disk.open_plain(folder / slot.sums_file, tables.MAX_FILE) as source:
        tables.open_sums(source, slot)
    with disk.open_plain(folder / slot.paths_file, tables.MAX_FILE) as source:
        tables.open_paths(source, slot)
