"""A run as a folder: a manifest and two Parquet files a chunk, which can be stopped at any moment and continued.

A chunk is done when both its files are there and fit each other; its sums are written last. What a killed run left
half done is found when the folder is opened again and counts as missing, so that no path is lost or counted twice.

    with open_folder("runs/rents-fall", manifest) as folder:
        for number in folder.missing():
            folder.write(compute(number))
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from cardhouse import __version__
from cardhouse.book.faults import shown
from cardhouse.economy.many import chunks, disk, tables
from cardhouse.economy.many import lock as locks
from cardhouse.economy.many import manifest as manifests
from cardhouse.economy.many.differences import differences
from cardhouse.economy.many.disk import Damaged
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import Column, Part, Slot
from cardhouse.errors import InputError, OutputError

AGAIN = "give the same command again and it is computed anew"


@dataclass(slots=True, eq=False)
class RunFolder:
    """A run on disk; made by :func:`open_folder` to write to it, by :func:`reopen` to read it.

    Attributes
    ----------
    path : the folder.
    manifest : what the run is of.
    done : chunks that are written.
    writer : the right to write; None for a folder that is only read.
    notes : what a reader should know, one sentence each.
    """

    path: Path
    manifest: Manifest
    done: set[int]
    writer: locks.Lock | None = None
    notes: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the right to write back; what is written stays."""
        if self.writer is not None:
            self.writer.release()
            self.writer = None

    @property
    def standing(self) -> str:
        """How far the run is, as a sentence."""
        done = tuple(self.done)  # other threads may add to it meanwhile
        paths = sum(self.slot(number).count for number in done)
        whole = self.manifest
        told = f"{len(done):,} of {whole.parts:,} chunks ({paths:,} of {whole.paths:,} paths) are done"
        return told if len(done) == whole.parts else f"{told}; the same command goes on from there"

    def slot(self, number: int) -> Slot:
        """Which paths a chunk has.

        Raises
        ------
        InputError : the run has no chunk of that number.
        """
        if not 0 <= number < self.manifest.parts:
            raise InputError(f"chunk {number}; expected 0 to {self.manifest.parts - 1}; take one of missing()")
        return chunks.slot_of(self.manifest, number)

    def missing(self) -> tuple[int, ...]:
        """Chunks still to do, in order."""
        return tuple(number for number in range(self.manifest.parts) if number not in self.done)

    def write(self, part: Part) -> None:
        """Write a chunk: all of it or nothing. One that is done already is written over with the same.

        Raises
        ------
        InputError : the folder is only read, or the chunk has other paths than its number says.
        OutputError : it cannot be written; the message says how far the run is and how it goes on.
        """
        if self.writer is None:
            raise InputError(f"{self.path} is open for reading only; expected one of open_folder(); open it with that")
        slot = self.slot(part.number)
        if (part.first, part.count) != (slot.first, slot.count):
            raise InputError(
                f"chunk {part.number} comes with {part.count} paths from {part.first} on; expected {slot.count} from "
                f"{slot.first} on; compute the paths of slot({part.number})"
            )
        try:
            chunks.write_part(self.path, slot, part)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"{self.path} cannot be written any more ({reason}); free some space or mend the disk; {self.standing}"
            ) from error
        self.done.add(part.number)

    def parts(self) -> Iterator[Part]:
        """Chunks that are done, in order, one at a time.

        Raises
        ------
        InputError : a file was damaged since.
        """
        for number in sorted(self.done):
            yield self._trusted(number, lambda slot: chunks.read_part(self.path, slot))

    def total(self, names: Iterable[str]) -> dict[str, Column]:
        """Sums over all chunks, added in the order of the chunks: the same whichever was computed first.

        Parameters
        ----------
        names : of the sums wanted.

        Raises
        ------
        InputError : a chunk is missing or damaged, or two chunks have sums of different shapes.
        UnknownName : no sum has that name.
        """
        self._whole()
        wanted = tuple(dict.fromkeys(names))
        out: dict[str, Column] = {}
        for number in range(self.manifest.parts):
            found = self._trusted(number, lambda slot: chunks.read_sums(self.path, slot, wanted))
            for name, values in found.items():
                before = out.get(name)
                if before is None:
                    out[name] = values
                elif (before.shape, before.dtype) == (values.shape, values.dtype):
                    before += values
                else:
                    raise InputError(
                        f"{self.path}: {name} has shape {values.shape} and type {values.dtype} in chunk {number}, "
                        f"{before.shape} and {before.dtype} before; expected one kind; {manifests.ANEW}"
                    )
        return out

    def column(self, name: str) -> Column:
        """One value a path over the whole run, (paths,), in the order of the paths; nothing else is read.

        Raises
        ------
        InputError : a chunk is missing or damaged, or two chunks have columns of different types.
        UnknownName : no column has that name.
        """
        return self.span([name], 0, self.manifest.paths)[name]

    def span(self, names: Iterable[str], first: int, count: int) -> dict[str, Column]:
        """One value a path of each of some columns, (count,) each, from path ``first`` on.

        Whoever asks for one chunk after the other needs no more memory for a long run than for a short one.

        Raises
        ------
        InputError : the run has fewer paths, a chunk is missing or damaged, or two chunks have columns of different
            types.
        UnknownName : no column has that name.
        """
        self._whole()
        whole, chunk = self.manifest.paths, self.manifest.chunk
        if not (0 <= first < first + count <= whole):
            raise InputError(f"{self.path} has {whole:,} paths; expected some of them, not {count:,} from {first:,} on")
        wanted = tuple(dict.fromkeys(names))
        begin, end = first // chunk, (first + count - 1) // chunk + 1
        pieces = [
            self._trusted(number, lambda slot: chunks.read_columns(self.path, slot, wanted))
            for number in range(begin, end)
        ]
        cut = slice(first - begin * chunk, first - begin * chunk + count)
        return {name: self._joined(name, [piece[name] for piece in pieces])[cut] for name in wanted}

    def _joined(self, name: str, pieces: list[Column]) -> Column:
        types = sorted({str(piece.dtype) for piece in pieces})
        if len(types) > 1:
            raise InputError(f"{self.path}: {name} has types {', '.join(types)}; expected one; {manifests.ANEW}")
        return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]

    def _whole(self) -> None:
        missing = self.manifest.parts - len(self.done)
        if missing:
            raise InputError(
                f"{self.path} lacks {missing:,} of {self.manifest.parts:,} chunks; expected a finished run; "
                "finish it with the command that began it"
            )

    def _trusted(self, number: int, read: Callable[[Slot], Any]) -> Any:
        try:
            return read(self.slot(number))
        except Damaged as damage:
            raise InputError(
                f"{self.path}: chunk {number} is damaged ({damage}); expected it as it was written; {AGAIN}"
            ) from None


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
