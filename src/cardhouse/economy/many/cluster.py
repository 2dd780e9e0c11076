"""Run the chunks of a job on a cluster of processes with dask.distributed: the same bytes as on threads.

Tasks are numbers of chunks. A worker process that dies costs the time of what it was at: the scheduler gives its chunks
to others, and a chunk is the same wherever it is computed. Whoever can reach a scheduler that has no certificates can
run programs on its workers: name only one that you trust. A cluster that is started here listens to this machine
alone and talks to nobody without its certificate, which is made for one run and never written down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING
from uuid import uuid4

from cardhouse.book.faults import shown
from cardhouse.economy.many.parts import Part
from cardhouse.economy.many.run import Compute, Job
from cardhouse.errors import CardhouseError, InputError

if TYPE_CHECKING:
    from distributed import Client, Future

    from cardhouse.economy.many.cluster_worker import Bench

LOCAL = re.compile(r"local:([1-9]\d{0,2})")
REMOTE = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}")
WAIT = 10.0
"""Seconds in which a scheduler must answer and have a worker."""
AHEAD = 2
"""Chunks that are given out for each thread of the cluster: one to compute, one to go on with."""


class ClusterError(CardhouseError, ConnectionError):
    """A cluster that cannot be reached, or that lost its workers or its scheduler."""


def on_cluster(job: Job, spec: str) -> Compute:
    """Compute on the workers of a cluster.

    Parameters
    ----------
    spec : ``local:4`` starts four processes on this machine and ends them afterwards; ``tcp://host:port`` or
        ``tls://host:port`` is the address of a scheduler, with the certificates of dask's own settings.

    Returns
    -------
    Compute : hands back chunks as they are done. It raises :class:`ClusterError` where there is no scheduler or no
        worker within ten seconds, where the scheduler goes away, or where a chunk outlives all workers it was given to;
        InputError where a worker has another version or computes other numbers.

    Raises
    ------
    InputError : the text names no cluster, or dask.distributed is not installed.
    """
    local = LOCAL.fullmatch(spec)
    if local is None and REMOTE.fullmatch(spec) is None:
        raise InputError(
            f"{shown(spec)} names no cluster; expected local:4 for four processes on this machine (at most 999), "
            "or the address of a scheduler as tcp://host:port; say one of them"
        )
    _installed()

    def compute(numbers: list[int]) -> Iterator[Part]:
        from cardhouse.economy.many.cluster_worker import Bench

        if not numbers:
            return
        with ExitStack() as stack:
            where = f"a cluster of {local[1]} processes on this machine" if local else spec
            client = stack.enter_context(_local(int(local[1])) if local else _remote(spec))
            name = stack.enter_context(_registered(client, Bench.of(job, child=local is not None), where))
            yield from _chunks(client, name, numbers, where)

    return compute


def _installed() -> None:
    if find_spec("cryptography") is None or find_spec("distributed") is None:
        raise InputError(
            "--cluster needs dask.distributed and cryptography, which are not installed; expected them beside "
            "Cardhouse; say: pip install 'cardhouse[cluster]'"
        )


@contextmanager
def _local(processes: int) -> Iterator[Client]:
    """Processes of one thread each that listen to this machine alone, and are ended at the end."""
    import logging

    import dask
    from distributed import Client, LocalCluster, Security

    quiet: dict[str, list[str]] = {f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker", "nanny")}
    with (
        dask.config.set(quiet),
        LocalCluster(
            n_workers=processes,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        try:
            yield client
        finally:
            # Half a minute passes if dask is told to end a process that it is starting in the place of a dead one.
            with suppress(OSError, TimeoutError):
                client.wait_for_workers(processes, timeout=WAIT)


@contextmanager
def _remote(address: str) -> Iterator[Client]:
    """A scheduler that is there already, and goes on afterwards."""
    from distributed import Client

    try:
        client = Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, TimeoutError):
        raise ClusterError(
            f"no scheduler answers at {address} within {WAIT:.0f} seconds; expected one of dask.distributed; start it "
            "with: dask scheduler"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError:
            raise ClusterError(
                f"the scheduler at {address} has no worker after {WAIT:.0f} seconds; expected at least one; start one "
                f"with: dask worker {address}"
            ) from None
        yield client


@contextmanager
def _registered(client: Client, bench: Bench, where: str) -> Iterator[str]:
    """Give the job to all workers that are there and that come later, and take it back at the end."""
    name = f"cardhouse-{uuid4().hex}"
    try:
        client.register_plugin(bench, name=name)
    except (ImportError, AttributeError):
        raise InputError(
            f"a worker of {where} has no Cardhouse or one that knows no clusters; expected version {bench.version} on "
            "every worker; install it there"
        ) from None
    try:
        yield name
    finally:
        with suppress(OSError, TimeoutError):  # a scheduler that is gone has forgotten the job as well
            client.unregister_worker_plugin(name)


def _chunks(client: Client, name: str, numbers: list[int], where: str) -> Iterator[Part]:
    """Chunks as they are done; a few are given out at a time, so that memory does not grow with the run."""
    from distributed import KilledWorker, as_completed

    from cardhouse.economy.many.cluster_worker import part_of_chunk

    left = iter(numbers)
    given: dict[object, Future[Part]] = {}
    done = as_completed(loop=client.loop)
    try:
        done.update(_give_out(client, given, part_of_chunk, name, left))
        for future in done:
            part = future.result()
            given.pop(future.key).release()
            done.update(_give_out(client, given, part_of_chunk, name, left))
            yield part
    except KilledWorker as killed:
        raise ClusterError(
            f"{killed.allowed_failures + 1} of the workers of {where} died while they had chunk "
            f"{str(killed.task).rpartition('-')[2]}; expected workers that live; give them more memory, or look into "
            "their logs"
        ) from None
    except (CancelledError, OSError):
        raise ClusterError(
            f"the scheduler of {where} has gone away; expected it to stay until the run is done; start it and give the "
            "same command again: what is written is kept"
        ) from None
    finally:
        with suppress(OSError, TimeoutError):
            client.cancel(list(given.values()))


def _give_out(
    client: Client, given: dict[object, Future[Part]], task: Callable[[str, int], Part], name: str, left: Iterator[int]
) -> list[Future[Part]]:
    """Give out as many more chunks as the workers of this moment can take."""
    room = AHEAD * max(sum(client.nthreads().values()), 1) - len(given)
    futures = [client.submit(task, name, n, key=f"{name}-{n}", pure=False) for n in islice(left, max(room, 0))]
    given |= {future.key: future for future in futures}
    return futures
