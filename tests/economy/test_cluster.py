"""A run on a cluster of real processes is the run on threads, byte for byte, also when a process is killed."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import signal
import socket
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("distributed")

import dask
from distributed import Client, LocalCluster

from cardhouse import __version__
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many import cluster
from cardhouse.economy.many.cluster import ClusterError, on_cluster
from cardhouse.economy.many.run import job_of, on_threads, run_many
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import RunChoices, calibrated
from cardhouse.economy.uncertain import laboratories, uncertainty
from cardhouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from cluster_jobs import Deadly, process_id
from playing import firm, tie
from run_folders import content

QUARTERS = 8
CHUNK = 4_000
PATHS = 11 * CHUNK + 13
FIRMS = {
    "lab": firm("model", cash=20.0, costs=360.0, debt=300.0, equity=1500.0, interest=24.0),
    "cloud": firm("cloud", cash=60.0, debt=600.0, equity=1200.0, interest=48.0, capex=120.0),
    "maker": firm("compute"),
}
TIES = [tie("rent", "purchase", "lab", "cloud", 300), tie("chips", "supply", "cloud", "maker", 200)]
ALONE = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}


@pytest.fixture(scope="module")
def job(economy):
    rows = economy.texts("", FIRMS, assumed={"payment_days": {"all": 0.0}, "ai_demand_share": {"all": 1.0}})
    rows["ties"] += TIES
    choices = RunChoices(quarters=QUARTERS)
    compiled = calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    setup = set_up(compiled, BASELINE, chance, seed=7)
    return job_of(compiled, BASELINE, choices, setup, paths=PATHS, created=date(2026, 10, 2), chunk=CHUNK)


@pytest.fixture(scope="module")
def on_two_threads(job, tmp_path_factory):
    """The bytes of every file of the run on threads, which all others must have."""
    folder = tmp_path_factory.mktemp("threads") / "run"
    run_many(job, folder, compute=on_threads(job, 2)).close()
    found = content(folder)
    assert len(found) == 1 + 2 * 12, "the manifest, and two files a chunk"
    return found


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler with two workers that somebody else has started."""
    with LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=0, **ALONE) as found:
        yield found.scheduler_address


@pytest.mark.slow
def test_a_cluster_of_this_machine_writes_what_threads_write(job, on_two_threads, tmp_path):
    """One process; two in the test below."""
    told = []
    run_many(
        job,
        tmp_path / "run",
        compute=on_cluster(job, "local:1"),
        progress=lambda done, total: told.append((done, total)),
    ).close()
    assert content(tmp_path / "run") == on_two_threads
    assert len(told) == 12
    assert told[-1] == (PATHS, PATHS)


@pytest.mark.slow
def test_ctrl_c_of_the_terminal_does_not_reach_the_processes(job, on_two_threads, tmp_path):
    """A terminal interrupts all processes at once; the run's own must wait for it to end them."""

    def interrupt(done, total):
        if done < total / 2:
            for child in multiprocessing.active_children():
                os.kill(child.pid, signal.SIGINT)

    run_many(job, tmp_path / "run", compute=on_cluster(job, "local:2"), progress=interrupt).close()
    assert content(tmp_path / "run") == on_two_threads


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_changes_nothing(job, on_two_threads, scheduler, tmp_path):
    """``kill -9`` of one of two processes after the second chunk; both were computing then."""
    killed, came = [], []

    def computed(numbers):
        for part in on_cluster(job, scheduler)(numbers):
            came.append(part.number)
            if len(came) == 2:
                killed.append(kill_one(scheduler))
            yield part

    run_many(job, tmp_path / "run", compute=computed).close()
    assert content(tmp_path / "run") == on_two_threads
    assert sorted(came) == list(range(12)), "each chunk once"
    with pytest.raises(ProcessLookupError):
        os.kill(killed[0], 0)


def kill_one(scheduler):
    """Kill the process of a worker; its number."""
    with Client(scheduler, set_as_default=False) as client:
        found = min(client.run(process_id).values())
    os.kill(found, signal.SIGKILL)
    return found


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_with_other_workers(job, on_two_threads, scheduler, tmp_path):
    """Three chunks on a cluster, then a failure at home; the rest on threads."""

    def three(numbers):
        parts = on_cluster(job, scheduler)(numbers)
        for _ in range(3):
            yield next(parts)
        parts.close()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_many(job, tmp_path / "run", compute=three)
    with Client(scheduler, set_as_default=False) as client:
        client.run(process_id)  # a worker answers when it is done with what it was at
        assert not client.run_on_scheduler(tasks_left), "what was given out is taken back"
    run_many(job, tmp_path / "run", compute=on_threads(job, 2)).close()
    assert content(tmp_path / "run") == on_two_threads


def tasks_left(dask_scheduler):
    return [key for key in dask_scheduler.tasks if key.startswith("cardhouse-")]


@pytest.mark.slow
def test_a_chunk_that_kills_every_worker_is_named(job, tmp_path):
    deadly = Deadly(job.setup, job.groups, job.manifest)
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(
            ClusterError,
            match=r"1 of the workers of a cluster of 2 processes on this machine died while they had chunk \d",
        ),
    ):
        run_many(deadly, tmp_path / "run", compute=on_cluster(deadly, "local:2"))


@pytest.mark.slow
def test_a_worker_of_another_engine_is_refused(job, scheduler):
    other = replace(job, manifest=replace(job.manifest, engine="0" * 64))
    with pytest.raises(
        InputError, match=r"worker tcp://127\S+ has engine [0-9a-f]{12}; expected 000000000000; install"
    ):
        list(on_cluster(other, scheduler)([0]))


@pytest.mark.slow
def test_a_worker_of_another_version_is_refused(job, scheduler):
    other = replace(job, manifest=replace(job.manifest, version="0.0.1"))
    with pytest.raises(InputError, match=rf"has version {re.escape(__version__)}; expected 0\.0\.1; install"):
        list(on_cluster(other, scheduler)([0]))


@pytest.mark.slow
def test_a_worker_that_computes_other_numbers_is_refused(job, scheduler, monkeypatch):
    """As one with another processor might; here the sender says that something else was expected."""
    monkeypatch.setattr("cardhouse.economy.many.cluster_worker.proof_of", lambda worker: "of another processor")
    with pytest.raises(InputError, match=r"computes other numbers for the first 64 paths; expected the same bits"):
        list(on_cluster(job, scheduler)([0]))


@pytest.mark.parametrize("spec", ["", "local", "local:0", "local:-2", "local:1000", "local:2x", "4", "http://a:1"])
def test_a_text_that_names_no_cluster_is_refused(spec, job):
    with pytest.raises(InputError, match="names no cluster; expected local:4 for four processes"):
        on_cluster(job, spec)


@pytest.mark.parametrize("spec", ["tcp://", "tcp://host", "tcp://host:", "tcp://user@host:1", "tcp://host:8786/x"])
def test_an_address_needs_a_host_and_a_port_and_nothing_else(spec, job):
    with pytest.raises(InputError, match="names no cluster"):
        on_cluster(job, spec)


@pytest.mark.slow
def test_no_scheduler_there_is_said(job, monkeypatch):
    monkeypatch.setattr(cluster, "WAIT", 1.0)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens
        address = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"no scheduler answers at {address} within 1 seconds; expected one"):
            list(on_cluster(job, address)([0]))


@pytest.mark.slow
def test_a_scheduler_without_workers_is_said(job, monkeypatch):
    monkeypatch.setattr(cluster, "WAIT", 1.0)
    with (
        LocalCluster(n_workers=0, **ALONE) as empty,
        pytest.raises(ClusterError, match="has no worker after 1 seconds; expected at least one"),
    ):
        list(on_cluster(job, empty.scheduler_address)([0]))


def test_without_the_extra_it_is_named(job, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'cardhouse\[cluster\]'"):
        on_cluster(job, "local:2")


def test_nothing_to_do_starts_nothing(job):
    assert list(on_cluster(job, "tcp://127.0.0.1:9")([])) == []
