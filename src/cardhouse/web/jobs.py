"""Long runs: each in a process of its own, so that the server answers while they compute, and a cancel is at once.

A run is kept in a folder named after its question. A question that was cancelled goes on where it stopped.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock
from typing import Any

from cardhouse.errors import CardhouseError, InputError, UnknownName
from cardhouse.web.questions import Long
from cardhouse.web.settings import Settings

MOST_FOLDERS = 20
"""Finished or stopped runs kept; the oldest goes first."""
PATIENCE = 5.0
"""Seconds that a process gets to stop before it is killed."""


class State(StrEnum):
    """Where a long run stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(eq=False)
class Job:
    """One run: its question, its process, and how far it is."""

    key: str
    question: Long
    folder: Path
    process: SpawnProcess
    progress: Any
    cancelled: bool = False

    @property
    def state(self) -> State:
        """As the process has it."""
        if self.process.is_alive():
            return State.RUNNING
        if self.cancelled:
            return State.CANCELLED
        return State.DONE if self.process.exitcode == 0 else State.FAILED

    def told(self) -> dict[str, Any]:
        """For a page: state, paths done of all, and what went wrong."""
        stage, done, whole = self.progress[:]
        state = self.state
        return {
            "id": self.key,
            "state": state.value,
            "stage": ("reading", "drawing", "running")[stage],
            "done": done,
            "of": whole,
            "error": self._error() if state is State.FAILED else None,
            "question": self.question.model_dump(mode="json"),
        }

    def _error(self) -> str:
        file = self.folder.with_suffix(".error")
        return file.read_text(encoding="utf-8") if file.exists() else "the run stopped unexpectedly; start it again"


@dataclass
class Jobs:
    """All long runs of a server."""

    settings: Settings
    _jobs: OrderedDict[str, Job] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _own: str = ""

    def start(self, question: Long) -> Job:
        """Start a run, or join the same one that is already there.

        Raises
        ------
        InputError : as many run already as the server allows.
        """
        key = question.key()
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and known.state in (State.RUNNING, State.DONE):
                return known
            if sum(j.state is State.RUNNING for j in self._jobs.values()) >= self.settings.jobs:
                raise InputError(f"{self.settings.jobs} runs are under way; wait for one to end, or cancel it")
            job = self._jobs[key] = self._started(key, question)
            self._jobs.move_to_end(key)
            self._forget()
            return job

    def find(self, key: str) -> Job:
        """The run of an id.

        Raises
        ------
        UnknownName : there is none.
        """
        if key not in self._jobs:
            raise UnknownName("no such run on this server; start it again")
        return self._jobs[key]

    def cancel(self, key: str) -> Job:
        """Stop a run; what is computed stays and is used when it is started again."""
        job = self.find(key)
        if job.state is State.RUNNING:
            job.cancelled = True
            _stop(job.process)
        return job

    def close(self) -> None:
        """Stop everything and remove what this server made."""
        for job in self._jobs.values():
            if job.process.is_alive():
                _stop(job.process)
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)

    def _started(self, key: str, question: Long) -> Job:
        spawn = get_context("spawn")
        progress = spawn.Array("q", 3)
        folder = self._root() / key
        process = spawn.Process(target=work, args=(self.settings, question, str(folder), progress), daemon=False)
        process.start()
        return Job(key, question, folder, process, progress)

    def _root(self) -> Path:
        if self.settings.folder_of_runs:
            return Path(self.settings.folder_of_runs)
        if not self._own:
            self._own = tempfile.mkdtemp(prefix="cardhouse-runs-")
        return Path(self._own)

    def _forget(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.state is not State.RUNNING]
        for key in ended[: max(len(self._jobs) - MOST_FOLDERS, 0)]:
            shutil.rmtree(self._jobs.pop(key).folder, ignore_errors=True)


def _stop(process: SpawnProcess) -> None:
    process.terminate()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()


def work(settings: Settings, question: Long, folder: str, progress: Any) -> None:
    """What the process of a run does; its last words on a mistake go into a file beside the folder."""
    from cardhouse.economy.many.prepare import job_from_book
    from cardhouse.economy.many.run import cores, run_many
    from cardhouse.web.shelf import Shelf, moved

    def drawing(done: int, whole: int) -> None:
        progress[:] = [1, done, whole]

    def running(done: int, whole: int) -> None:
        progress[:] = [2, done, whole]

    try:
        job = job_from_book(
            moved(Shelf(settings).book(question.as_of), question.moved),
            question.scenario(),
            question.choices,
            paths=question.paths,
            seed=question.seed,
            created=date.today(),  # noqa: DTZ011 - the user's day
            vary=question.vary,
            workers=cores(),
            progress=drawing,
        )
        run_many(job, folder, progress=running).close()
    except CardhouseError as error:
        Path(folder).with_suffix(".error").write_text(str(error), encoding="utf-8")
        raise SystemExit(1) from error
