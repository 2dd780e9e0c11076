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
from cardhouse.economy.kernel.outcomes import CAUSES, KEPT, MEASURES, WORLD_MEASURES, Recorder
from cardhouse.economy.many.chunk import joined, part_of
from cardhouse.economy.many.disk import prepare
from cardhouse.economy.many.fingerprint import Json, book_hash, scenario_content
from cardhouse.economy.many.folder import RunFolder, open_folder
from cardhouse.economy.many.groups import Groups, groups_of
from cardhouse.economy.many.manifest import Manifest
from cardhouse.economy.many.parts import Part
from cardhouse.economy.many.setup import Setup
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import RunChoices
from cardhouse.economy.scenario import Scenario

CHUNK = 20_000
"""Paths that are written together: half a second of work, and few enough files for a million."""
PIECE = 2_000
"""Paths that a thread computes at a time: small enough that no thread waits long for the last one."""
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
        return self.whole(number, [worker.run(first, count) for first, count in self.pieces(number)])

    def pieces(self, number: int) -> list[tuple[int, int]]:
        """First path and number of paths of each piece of a chunk, the same on any number of threads."""
        first, count = number * self.manifest.chunk, self.count(number)
        return [(first + done, min(PIECE, count - done)) for done in range(0, count, PIECE)]

    def whole(self, number: int, pieces: list[Recorder]) -> Part:
        """A chunk from its pieces in order."""
        return part_of(
            joined(pieces),
            number=number,
            first=number * self.manifest.chunk,
            nodes=self.setup.nodes,
            groups=self.groups,
            openings=self.setup.turns,
        )


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
        "openings": setup.turns,
        "full": [setup.nodes[i] for i in setup.full],
        "groups": {name: list(members) for name, members in zip(groups.names, groups.members, strict=True)},
        "classes": {
            "lowest": setup.classes.lowest.tolist(),
            "per_class": setup.classes.per_class.tolist(),
            "world_lowest": setup.classes.world_lowest.tolist(),
            "world_per_class": setup.classes.world_per_class.tolist(),
        },
    }


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

    def piece(first: int, paths: int) -> Recorder:
        if not hasattr(own, "worker"):
            own.worker = Worker(job.setup)
        worker: Worker = own.worker
        return worker.run(first, paths)

    def compute(numbers: list[int]) -> Iterator[Part]:
        """A chunk ahead of what is written, so that memory does not grow with the run."""
        with ThreadPoolExecutor(count) as pool:
            ahead: deque[tuple[int, list[Future[Recorder]]]] = deque()
            try:
                for number in numbers:
                    ahead.append((number, [pool.submit(piece, *at) for at in job.pieces(number)]))
                    if len(ahead) > AHEAD:
                        yield _collected(job, *ahead.popleft())
                while ahead:
                    yield _collected(job, *ahead.popleft())
            finally:
                for _, futures in ahead:
                    for future in futures:
                        future.cancel()

    return compute


def _collected(job: Job, number: int, futures: list[Future[Recorder]]) -> Part:
    """A chunk whose pieces are computed."""
    return job.whole(number, [future.result() for future in futures])
