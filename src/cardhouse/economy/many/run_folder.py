"""A run as a folder: its chunks are written whole, read one at a time, and added up over all of the run.

A chunk is done when both its files are there and fit each other; its sums are written last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from cardhouse.economy.many import chunks
from cardhouse.economy.many import lock as locks
from cardhouse.economy.many import manifest as manifests
from cardhouse.economy.many.disk import Damaged
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import Column, Part, Slot
from cardhouse.errors import InputError, OutputError

AGAIN = "give the same command again and it is computed anew"


@dataclass(slots=True, eq=False)
class RunFolder:
    """A run on disk, begun or opened again by :mod:`cardhouse.economy.many.folder`.

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
