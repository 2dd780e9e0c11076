"""Begin the folder of a run, go on with one, or open one to read: a manifest and two Parquet files a chunk.

A run can be stopped at any moment and continued. What a killed run left half done is found when the folder is opened
again and counts as missing, so that no path is lost or counted twice.

    with open_folder("runs/rents-fall", manifest) as folder:
        for number in folder.missing():
            folder.write(compute(number))
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from cardhouse import __version__
from cardhouse.book.faults import shown
from cardhouse.economy.many import chunks, disk, tables
from cardhouse.economy.many import lock as locks
from cardhouse.economy.many import manifest as manifests
from cardhouse.economy.many.differences import differences
from cardhouse.economy.many.disk import Damaged
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.errors import InputError, OutputError


def open_folder(path: str | os.PathLike[str], manifest: Manifest) -> RunFolder:
    """Begin a run in a folder, or go on with the one that is there.

    A run with more paths than the one that is there continues it; its last chunk is computed again where it was short.
    Whatever a killed run left half written is removed or counts as missing; every chunk is read and checked.

    Parameters
    ----------
    path : the folder; made if it is not there.
    manifest : what the run is of. The folder keeps the day it was begun.

    Raises
    ------
    OutputError : the folder holds another run (each difference is named) or other files, another process writes to
        it, or it cannot be written.
    InputError : its manifest cannot be read, or pyarrow is not installed.
    """
    tables.parquet()
    folder = Path(path)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{folder} cannot be made ({reason}); choose another --out") from error
    held = locks.lock(folder)
    try:
        disk.remove_drafts(folder)
        kept = _continued(folder, manifest)
        return RunFolder(folder, kept, chunks.done(folder, kept, chunks.read_part), held)
    except OSError as error:
        held.release()
        if isinstance(error, OutputError):
            raise
        reason = error.strerror or str(error)
        raise OutputError(f"{folder} cannot be used ({reason}); choose another --out") from error
    except BaseException:
        held.release()
        raise


def _continued(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest of the folder from now on; written before anything else."""
    file = folder / manifests.NAME
    if not os.path.lexists(file):
        others = sorted(entry.name for entry in folder.iterdir() if entry.name != locks.NAME)
        if others:
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            raise OutputError(
                f"{folder} holds {', '.join(shown(name) for name in others[:3])}{more} and no {manifests.NAME}; "
                "expected an empty folder or a run; choose another --out"
            )
        disk.write_whole(file, manifests.to_text(manifest).encode())
        return manifest
    found = _read_manifest(folder)
    wanted = replace(manifest, created=found.created)
    named = differences(replace(wanted, paths=found.paths), found)
    if not named and wanted.paths < found.paths:
        named = (*differences(wanted, found), "a run can be made longer, not shorter")
    if named:
        raise OutputError(
            "\n  ".join([f"{folder} holds another run and cannot be continued:", *named])
            + "\nchoose another --out, or delete the folder"
        )
    if wanted.paths == found.paths:
        return found
    longer = replace(found, paths=wanted.paths)
    disk.write_whole(file, manifests.to_text(longer).encode())
    return longer


def reopen(path: str | os.PathLike[str]) -> RunFolder:
    """Open a run to read it, finished or not, also while it is being written.

    Raises
    ------
    InputError : there is no run, it has another format, its manifest cannot be read, or pyarrow is not installed.
    """
    tables.parquet()
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; expected the folder of a run; give the --out of a run")
    manifest = _read_manifest(folder)
    notes: tuple[str, ...] = ()
    if manifest.version != __version__:
        notes = (
            f"{folder} was computed by version {manifest.version}; this is version {__version__}, which may compute "
            "other numbers.",
        )
    try:
        done = chunks.done(folder, manifest, chunks.check_outside)
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror}); expected a folder that you may read") from None
    return RunFolder(folder, manifest, done, notes=notes)


def _read_manifest(folder: Path) -> Manifest:
    file = folder / manifests.NAME
    try:
        text = disk.read_plain(file, manifests.MAX_BYTES).decode()
    except Damaged as damage:
        raise InputError(f"{file}: {damage}; expected the manifest of a run; give the --out of a run") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: it is not UTF-8; expected the manifest of a run; {manifests.ANEW}") from None
    return manifests.from_text(text, str(file))
