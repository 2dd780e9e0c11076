"""What a worker process of a cluster keeps between chunks; imported only where dask.distributed is."""

from __future__ import annotations

import pickle
import signal
from dataclasses import dataclass
from hashlib import sha256
from threading import local
from typing import Self, cast

from distributed import Worker as Process
from distributed import WorkerPlugin, get_worker

from cardhouse import __version__
from cardhouse.economy.kernel.compiling import SOURCES
from cardhouse.economy.many.parts import Part
from cardhouse.economy.many.run import Job
from cardhouse.economy.many.worker import Worker
from cardhouse.errors import InputError

PROOF = 64
"""First paths of a run that every worker computes before anything else; they must come out as at home."""


@dataclass(slots=True)
class Bench(WorkerPlugin):
    """A job on its way to the workers, those that are there and those that come later.

    Attributes
    ----------
    version, engine : of the program that sends it.
    packed : the pickled job. It stays packed until the version is seen to be the same.
    proof : hash of what the first paths come to.
    child : whether the workers are processes that this program started.
    own : the job and the room for paths of each thread, made when the thread computes its first chunk.
    """

    version: str
    engine: str
    packed: bytes
    proof: str
    child: bool
    own: local | None = None

    @classmethod
    def of(cls, job: Job, *, child: bool) -> Self:
        """Pack a job.

        Raises
        ------
        NotConverged, BookError : its first paths come to nothing.
        """
        manifest = job.manifest
        return cls(manifest.version, manifest.engine, pickle.dumps(job), proof_of(Worker(job.setup)), child)

    def setup(self, worker: Process) -> None:
        """Called by dask on each worker process that gets the job."""
        self._check_version(worker.address)
        if self.child:
            # Ctrl-C reaches all processes of a terminal; the one that started the others ends them.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.own = local()

    def part(self, number: int, address: str) -> Part:
        """Compute a chunk.

        Raises
        ------
        InputError : this worker has another version or computes other numbers.
        """
        self._check_version(address)  # dask lets a worker that comes late begin although its setup failed
        own = self.own
        if own is None:
            raise InputError(f"worker {address} did not set itself up; expected it to; start it again")
        if not hasattr(own, "worker"):
            job: Job = pickle.loads(self.packed)  # noqa: S301 - sent by the program that this worker obeys anyway
            worker = Worker(job.setup)
            if proof_of(worker) != self.proof:
                raise InputError(
                    f"worker {address} computes other numbers for the first {PROOF} paths; expected the same bits; "
                    "use workers with the same processor, numba and numpy"
                )
            own.job, own.worker = job, worker
        found: Part = own.job.part(own.worker, number)
        return found

    def _check_version(self, address: str) -> None:
        named = []
        if self.version != __version__:
            named.append(f"version {__version__}; expected {self.version}")
        if self.engine != SOURCES:
            named.append(f"engine {SOURCES[:12]}; expected {self.engine[:12]}")
        if named:
            raise InputError(f"worker {address} has {' and '.join(named)}; install the same Cardhouse on every worker")


def proof_of(worker: Worker) -> str:
    """Hash of all outcomes of the first paths of a run."""
    digest = sha256()
    for array in worker.run(0, PROOF):
        digest.update(array.tobytes())
    return digest.hexdigest()


def part_of_chunk(name: str, number: int) -> Part:
    """The task: a chunk of the job of this name."""
    process = get_worker()
    bench = cast("Bench", process.plugins[name])
    return bench.part(number, process.address)
