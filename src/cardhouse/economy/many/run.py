"""Run many paths into a folder, chunk by chunk, on threads; what is there already is not run again."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import local

from cardhouse import __version__
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel.compiling import SOURCES
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import CAUSES, KEPT, MEASURES, WORLD_MEASURES
from cardhouse.economy.many.chunk import Sheet, part_of
from cardhouse.economy.many.disk import prepare
from cardhouse.economy.many.fingerprint import Json, book_hash, scenario_content
from cardhouse.economy.many.folder import open_folder
from cardhouse.economy.many.groups import Groups, groups_of
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import Column, Part
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.economy.many.setup import Setup
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import RunChoices
from cardhouse.economy.scenario import Scenario

CHUNK = 20_000
"""Paths that are written together: half a second of work, and few enough files for a million."""
PIECE = 1024
"""Paths that a thread computes at a time: small enough that no thread waits long for the last one; whole groups of
blocks, whose classes are counted together."""
AHEAD = 1
"""Chunks that are computed while one is written."""
BYTES_A_PATH, BYTES_A_CHUNK = 200, 6_000_000
"""What a folder takes at most."""
Progress = Callable[[int, int], None]
Compute = Callable[[list[int]], Iterator[Part]]
"""Computes chunks by number, in any order."""


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is set up: its arrays, who is added up with whom, and what its folder is called to hold."""

    setup: Setup
    groups: Groups
    manifest: Manifest

    def count(self, number: int) -> int:
        """Paths of a chunk."""
        return min(self.manifest.chunk, self.manifest.paths - number * self.manifest.chunk)

    def part(self, worker: Worker, number: int) -> Part:
        """Compute one chunk."""
        sheet = self.sheet()
        return self.whole(number, sheet, [self.piece(worker, sheet, number, *at) for at in self.pieces(number)])

    def sheet(self) -> Sheet:
        """Room for the paths of a chunk."""
        return Sheet.of(len(self.setup.nodes), self.groups, self.manifest.chunk)

    def pieces(self, number: int) -> list[tuple[int, int]]:
        """Where in a chunk each piece begins and how many paths it has, the same on any number of threads."""
        count = self.count(number)
        return [(done, min(PIECE, count - done)) for done in range(0, count, PIECE)]

    def piece(self, worker: Worker, sheet: Sheet, number: int, at: int, count: int) -> dict[str, Column]:
        """Compute a piece of a chunk; its paths lie on the sheet, and what is added up over pieces is returned."""
        return sheet.take(worker.run_again(number * self.manifest.chunk + at, count), at, count)

    def whole(self, number: int, sheet: Sheet, pieces: list[dict[str, Column]]) -> Part:
        """A chunk from its pieces in order."""
        first = number * self.manifest.chunk
        return part_of(sheet, pieces, number=number, first=first, count=self.count(number), setup=self.setup)


def job_of(
    compiled: Compiled,
    scenario: Scenario,
    choices: RunChoices,
    setup: Setup,
    *,
    paths: int,
    created: date,
    chunk: int = CHUNK,
) -> Job:
    """The job of a run.

    Parameters
    ----------
    setup : of the same book and scenario (:func:`~cardhouse.economy.many.setup.set_up`).
    paths : how many; the first ones of the seed.
    created : the day that the folder says it was begun.
    chunk : paths that are written together; a multiple of the lanes.
    """
    groups = groups_of(compiled)
    manifest = Manifest(
        engine=SOURCES,
        book_hash=book_hash(compiled.opening.book),
        book_date=compiled.opening.window.opening,
        scenario_name=scenario.name,
        scenario=scenario_content(scenario),
        firmness=str(choices.scope),
        case=str(choices.case),
        uncertainty=setup.fingerprint,
        seed=setup.seed,
        paths=paths,
        chunk=chunk,
        nodes=compiled.nodes,
        windows=tuple(w.end for w in compiled.windows),
        layout=_layout(setup, groups),
        created=created,
        version=__version__,
    )
    return Job(setup, groups, manifest)


def _layout(setup: Setup, groups: Groups) -> dict[str, Json]:
    """What a reader of the folder needs to name its arrays."""
    return {
        "measures": list(MEASURES),
        "world_measures": list(WORLD_MEASURES),
        "kinds": list(KEPT),
        "causes": list(CAUSES),
        "lanes": LANES,
        "vary": _vary(setup),
        "openings": setup.turns,
        "full": [setup.nodes[i] for i in setup.full],
        "groups": {name: list(members) for name, members in zip(groups.names, groups.members, strict=True)},
        "classes": {
            "middle": setup.classes.middle.tolist(),
            "per_unit": setup.classes.per_unit.tolist(),
            "world_middle": setup.classes.world_middle.tolist(),
            "world_per_unit": setup.classes.world_per_unit.tolist(),
        },
    }


def _vary(setup: Setup) -> str:
    """What is uncertain, in the words of ``--vary``."""
    drivers = bool(setup.processes.volatility.any() or setup.processes.begins.any())
    if setup.openings is None:
        return "drivers" if drivers else "nothing"
    return "both" if drivers else "assumptions"


def run_many(
    job: Job, folder: str | os.PathLike[str], *, compute: Compute | None = None, progress: Progress | None = None
) -> RunFolder:
    """Run what is missing of a job into its folder, and leave the folder open.

    Parameters
    ----------
    folder : made when it is not there; one that holds a part of the same run is continued.
    compute : who computes chunks; threads of this process where nothing is said.
    progress : told how many paths are done of how many.

    Raises
    ------
    OutputError : the folder cannot be written, the disk is too small or full, or it holds another run.
    NotConverged : a clearing did not settle.
    """
    paths, parts = job.manifest.paths, job.manifest.parts
    prepare(folder, paths * BYTES_A_PATH + parts * BYTES_A_CHUNK)
    opened = open_folder(Path(folder), job.manifest)
    try:
        missing = list(opened.missing())
        done = paths - sum(job.count(n) for n in missing)
        for part in (compute or on_threads(job))(missing):
            opened.write(part)
            done += part.count
            if progress is not None:
                progress(done, paths)
    except BaseException:
        opened.close()
        raise
    return opened


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_threads(job: Job, threads: int | None = None) -> Compute:
    """Compute on threads of this process: compiled code holds no lock of the interpreter."""
    count = threads or cores()
    own = local()

    def piece(sheet: Sheet, number: int, at: int, paths: int) -> dict[str, Column]:
        if not hasattr(own, "worker"):
            own.worker = Worker(job.setup)
        return job.piece(own.worker, sheet, number, at, paths)

    def compute(numbers: list[int]) -> Iterator[Part]:
        """A chunk ahead of what is written, so that memory does not grow with the run."""
        ahead: deque[_Begun] = deque()
        free = [job.sheet() for _ in range(AHEAD + 1)]
        with ThreadPoolExecutor(count) as pool:
            try:
                for number in numbers:
                    sheet = free.pop()
                    pieces = [pool.submit(piece, sheet, number, *at) for at in job.pieces(number)]
                    ahead.append(_Begun(number, sheet, pieces))
                    if len(ahead) > AHEAD:
                        begun = ahead.popleft()
                        yield begun.whole(job)
                        free.append(begun.sheet)
                while ahead:
                    yield ahead.popleft().whole(job)
            finally:
                for begun in ahead:
                    for future in begun.pieces:
                        future.cancel()

    return compute


@dataclass(frozen=True, slots=True)
class _Begun:
    """A chunk whose pieces threads compute."""

    number: int
    sheet: Sheet
    pieces: list[Future[dict[str, Column]]]

    def whole(self, job: Job) -> Part:
        """The chunk, once all pieces are there."""
        return job.whole(self.number, self.sheet, [piece.result() for piece in self.pieces])
