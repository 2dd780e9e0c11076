"""What routes share: the shelf, the language, the day, and how tables and charts are sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, Field

from cardhouse.economy.contracts import Scope
from cardhouse.views.picture import Chart
from cardhouse.views.table import Table
from cardhouse.views.words import Words, words
from cardhouse.web.jobs import Jobs
from cardhouse.web.shelf import Shelf

Json = dict[str, Any]


class Lang(StrEnum):
    """Languages of texts in answers."""

    EN = "en"
    ZH = "zh"


def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _words(lang: Annotated[Lang, Query(description="Language of names and texts.")] = Lang.EN) -> Words:
    return words(lang.value)


Kept = Annotated[Shelf, Depends(_shelf)]
Running = Annotated[Jobs, Depends(_jobs)]
Said = Annotated[Words, Depends(_words)]
Day = Annotated[date | None, Query(alias="as_of", description="Only what was known on this day.")]
Firmness = Annotated[Scope, Query(description="How firm a tie must be to count.")]
Horizon = Annotated[int, Query(ge=1, le=40, description="Quarters.")]
LONGEST_NAME, MOST_NAMES = 80, 24
NAMED = "A firm's id, name, alias or ticker."
Name = Annotated[str, Query(max_length=LONGEST_NAME, description=NAMED)]
One = Annotated[str, Path(max_length=LONGEST_NAME, description=NAMED)]
Short = Annotated[str, Field(max_length=LONGEST_NAME)]
Names = Annotated[list[Short], Query(max_length=MOST_NAMES)]
NOBODY: list[str] = []


class Fault(BaseModel):
    """What every error looks like: what was found, what was expected, what to do."""

    error: str


ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"description": what, "model": Fault}
    for code, what in (
        (400, "The book or the question gives no answer."),
        (401, "The token is missing."),
        (404, "A name that nobody knows."),
        (405, "This address does not take this method."),
        (413, "The request is too large."),
        (421, "The request names another host."),
        (422, "A parameter outside what is accepted."),
    )
}
FILE_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {
        "description": told["description"],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}},
    }
    for code, told in ERRORS.items()
}
"""The same for routes whose answer is no JSON; their errors are."""


def table_json(table: Table) -> Json:
    """A table for a page: titles and kinds of columns, rows as they are (money in USD million)."""
    return {
        "title": table.title,
        "columns": [{"key": c.key, "title": c.title, "kind": c.kind.value, "wrap": c.wrap} for c in table.columns],
        "rows": [[None if cell is None else _cell(cell) for cell in row] for row in table.rows],
        "notes": list(table.notes),
    }


def tables_json(tables: Iterable[Table]) -> list[Json]:
    """Those of several tables that have rows."""
    return [table_json(table) for table in tables if table.rows]


def charts_json(charts: Iterable[Chart]) -> list[Json]:
    """Charts as complete Vega-Lite specifications; one without rows is left out."""
    return [chart.full() for chart in charts if chart.data]


def _cell(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell
