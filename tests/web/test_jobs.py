"""Long runs in real processes: progress, an answer, a cancel that keeps what was computed.

Truth: the same run computed in this process without a server (`run_many`), number by number.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from cardhouse.web.settings import Settings

Serve = Callable[[Settings], AbstractContextManager[str]]
PATHS = 60_000
QUESTION = {"paths": PATHS, "vary": "drivers", "quarters": 4, "scenarios": ["rents-fall"], "seed": 3}
PATIENCE = 120.0


@pytest.fixture(scope="module")
def jobs(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server that runs one at a time."""
    folder = tmp_path_factory.mktemp("runs")
    with serve(Settings(jobs=1, folder_of_runs=str(folder))) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Share of paths in which each tested firm has fallen, computed without a server."""
    from cardhouse.book import embedded
    from cardhouse.economy.many.prepare import Vary, job_from_book
    from cardhouse.economy.many.run import run_many
    from cardhouse.economy.run import RunChoices
    from cardhouse.economy.scenario import read_scenario
    from cardhouse.views.many_answer import answer_of

    job = job_from_book(
        embedded().as_of(date.max),
        read_scenario("rents-fall"),
        RunChoices(quarters=4),
        paths=PATHS,
        seed=3,
        created=date(2026, 1, 1),
        vary=Vary.DRIVERS,
    )
    with run_many(job, str(tmp_path_factory.mktemp("alone") / "run")) as folder:
        found = answer_of(folder, names={}, where="", firm=None)
    return {d.node: d.probability for d in found.defaults}


def until(client: httpx.Client, run: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Look until a state is reached."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now: dict[str, Any] = client.get(f"/api/runs/{run}").json()
        if wanted(now):
            return now
        time.sleep(0.02)
    raise AssertionError(f"still {now}")


def test_a_run_cancelled_goes_on_where_it_stopped_and_ends_the_same(
    jobs: httpx.Client, alone: dict[str, float]
) -> None:
    first = jobs.post("/api/runs", json=QUESTION).json()
    assert first["state"] == "running"
    assert jobs.post("/api/runs", json=QUESTION).json()["id"] == first["id"], "the same question joins the run"
    busy = jobs.post("/api/runs", json={**QUESTION, "seed": 4})
    assert (busy.status_code, "wait for one to end" in busy.json()["error"]) == (400, True)
    early = jobs.get(f"/api/runs/{first['id']}/answer")
    assert (early.status_code, "has not ended" in early.json()["error"]) == (400, True)

    until(jobs, first["id"], lambda now: now["done"] > 0 and now["stage"] == "running")
    stopped = jobs.delete(f"/api/runs/{first['id']}").json()
    assert stopped["state"] == "cancelled"
    assert 0 < stopped["done"] < PATHS

    again = jobs.post("/api/runs", json=QUESTION).json()
    assert again["id"] == first["id"]
    seen = events(jobs, first["id"])
    begun = next(now for now in seen if now["stage"] == "running")
    assert begun["done"] > stopped["done"] - 1, "what was computed is not computed again"
    assert seen[-1]["state"] == "done"
    assert [now["done"] for now in seen] == sorted(now["done"] for now in seen)

    answer = jobs.get(f"/api/runs/{first['id']}/answer", params={"firm": "coreweave"}).json()
    found = {d["firm"]: d["probability"] for d in answer["defaults"]}
    assert found == alone
    assert answer["charts"]
    assert answer["tables"]


def events(client: httpx.Client, run: str) -> list[dict[str, Any]]:
    """What the stream of a run says, to its end."""
    with client.stream("GET", f"/api/runs/{run}/events", timeout=PATIENCE) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        return [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]


def test_a_run_that_cannot_be_says_why(jobs: httpx.Client) -> None:
    """An assumption moved outside its range is only met when the book is read, in the process."""
    job = jobs.post("/api/runs", json={**QUESTION, "moves": {"openai-funding-capacity": 1e12}}).json()
    told = until(jobs, job["id"], lambda now: now["state"] != "running")
    assert told["state"] == "failed"
    assert "the range of the book" in told["error"]


def test_a_scenario_with_a_fault_is_refused_before_anything_starts(jobs: httpx.Client) -> None:
    answer = jobs.post("/api/runs", json={**QUESTION, "text": "name ="})
    assert answer.status_code == 400
    assert "yours.toml:1" in answer.json()["error"]


def test_a_server_leaves_nothing_behind(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own folder of runs goes with it, and so does a process that still computes."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with serve(Settings()) as address:
        httpx.post(f"{address}/api/runs", json=QUESTION)
        assert list(tmp_path.glob("cardhouse-runs-*"))
    assert not list(tmp_path.glob("cardhouse-runs-*"))
