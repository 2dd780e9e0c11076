"""Run many paths into a folder, chunk by chunk, on threads; what is there already is not run again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import local

from cardhouse import __version__
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel.compiling import SOURCES
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import CAUSES, KEPT, MEASURES, WORLD_MEASURES
from cardhouse.economy.many.chunk import part_of
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

CHUNK = 10_000
"""Paths that are written together: a quarter of a second of work, and few enough files for a million."""
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
        first = number * self.manifest.chunk
        recorder = worker.run(first, self.count(number))
        return part_of(
            recorder,
            number=number,
            first=first,
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

    def part(number: int) -> Part:
        if not hasattr(own, "worker"):
            own.worker = Worker(job.setup)
        return job.part(own.worker, number)

    def compute(numbers: list[int]) -> Iterator[Part]:
        """A few chunks ahead of what is written, so that memory does not grow with the run."""
        left = iter(numbers)
        with ThreadPoolExecutor(count) as pool:
            running: set[Future[Part]] = set()
            try:
                for number in left:
                    running.add(pool.submit(part, number))
                    if len(running) > count:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        yield from (f.result() for f in done)
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (f.result() for f in done)
            finally:
                for future in running:
                    future.cancel()

    return compute
