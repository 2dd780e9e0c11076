"""Routes of long runs: start, watch, cancel, read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse

from cardhouse.economy.many.folder import reopen
from cardhouse.errors import InputError
from cardhouse.views import many as view
from cardhouse.views import many_figures, many_payload
from cardhouse.views.charts import many as charts
from cardhouse.views.many_answer import answer_of
from cardhouse.web.api.common import ERRORS, FILE_ERRORS, Json, Kept, Name, Running, Said, charts_json, tables_json
from cardhouse.web.jobs import Job, State
from cardhouse.web.questions import Long

router = APIRouter(tags=["long runs"], responses=ERRORS)
EVERY = 0.25
"""Seconds between looks at a run that is watched."""
Id = Annotated[str, Path(pattern="^[0-9a-f]{20}$")]


class Events(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.post("/runs")
def start(question: Long, jobs: Running) -> Json:
    """Start a run of many paths; the same question joins the run that is already there."""
    question.scenario()  # a mistake in it is told now, not by the process
    return jobs.start(question).told()


@router.get("/runs/{run}")
def look(run: Id, jobs: Running) -> Json:
    """How far a run is."""
    return jobs.find(run).told()


@router.delete("/runs/{run}")
def cancel(run: Id, jobs: Running) -> Json:
    """Cancel a run; started again, it goes on where it stopped."""
    return jobs.cancel(run).told()


@router.get("/runs/{run}/events", response_class=Events, responses=FILE_ERRORS)
async def watch(run: Id, jobs: Running) -> Events:
    """Server-sent events: one for every step, the last when the run has ended."""
    return Events(_events(jobs.find(run)), headers={"cache-control": "no-store"})


async def _events(job: Job) -> AsyncIterator[str]:
    last = None
    while True:
        now = job.told()
        if now != last:
            yield f"data: {json.dumps(now)}\n\n"
            last = now
        if now["state"] != State.RUNNING.value:
            return
        await asyncio.sleep(EVERY)


@router.get("/runs/{run}/answer")
def answer(run: Id, jobs: Running, shelf: Kept, t: Said, firm: Name = "") -> Json:
    """What a finished run says.

    Raises
    ------
    InputError : it has not ended.
    """
    job = jobs.find(run)
    if job.state is not State.DONE:
        raise InputError("the run has not ended; watch its events, then ask again")
    book = shelf.book(job.question.as_of)
    t = t.about(book)
    with reopen(str(job.folder)) as folder:
        names = {node: t.called(book, node) for node in folder.manifest.nodes}
        asked = book.resolve(firm).id if firm else None
        found = answer_of(folder, names=names, where=run, firm=asked)
    fans = [charts.fan(charts.fan_of_answer(found, node, "cash", t), t) for node in found.fans]
    return {
        **many_payload.payload(found),
        "headline": view.headline(found, t=t),
        "charts": charts_json([charts.fallen(found, t), charts.at_risk(found, t), *fans]),
        "tables": tables_json(
            [
                view.falls(found, t=t),
                view.years(found, t=t),
                view.together(found, t=t),
                *(many_figures.lost(found, kind, t=t) for kind in many_figures.KINDS),
            ]
        ),
    }
