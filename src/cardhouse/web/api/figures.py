"""Routes of the book by metric: which there are, and one metric's figures of everybody with their sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query

from cardhouse.book import Book, Metric
from cardhouse.book.faults import near, shown
from cardhouse.errors import UnknownName
from cardhouse.views import book as view
from cardhouse.views.table import Cell, Column, Table
from cardhouse.views.words import Words
from cardhouse.web.api.book import sources_json
from cardhouse.web.api.common import ERRORS, Day, Json, Kept, Said, table_json

router = APIRouter(tags=["book"], responses=ERRORS)
MOST_ROWS = 400


@router.get("/metrics")
def metrics(shelf: Kept, t: Said, as_of: Day = None) -> Json:
    """Metrics that the book has figures of on that day, with how many organisations have one."""
    book = shelf.book(as_of)
    t = t.about(book)
    count = Counter(metric for _, metric in book.series)
    return {
        "book_date": book.date.isoformat(),
        "metrics": [{**_metric(m, t), "of": count[m.id]} for m in book.metrics.values() if m.id in count],
    }


@router.get("/metric/{metric}")
def metric(
    metric: Annotated[str, Path(max_length=80, description="A metric's id.")],
    shelf: Kept,
    t: Said,
    as_of: Day = None,
    periods: Annotated[int, Query(ge=1, le=20, description="Figures of each organisation, the newest.")] = 2,
) -> Json:
    """The newest figures of a metric, of every firm and subject that has one, with their sources."""
    book = shelf.book(as_of)
    t = t.about(book)
    row = book.metrics.get(metric)
    if row is None:
        hint = near(metric, book.metrics) or "see /api/metrics"
        raise UnknownName(f"no metric is called {shown(metric)}; {hint}")
    owners = [who for who, name in book.series if name == metric]
    facts = [fact for who in owners for fact in book.chosen(who, metric)[-periods:][::-1]]
    rows: list[tuple[Cell, ...]] = [(t.called(book, f.entity), *view.fact_row(book, f, t=t)[1:]) for f in facts]
    table = _table(book, row, t, rows)
    return {
        "book_date": book.date.isoformat(),
        "metric": _metric(row, t),
        "table": table_json(table),
        "firms": {t.called(book, who): who for who in owners if who in book.firms},
        "sources": sources_json(book, dict.fromkeys(f.source for f in facts[:MOST_ROWS])),
    }


def _metric(row: Metric, t: Words) -> Json:
    name = (row.name_zh or row.name) if t.lang == "zh" else row.name
    return {"id": row.id, "name": name, "kind": row.kind.value, "unit": row.unit, "definition": row.definition}


def _table(book: Book, row: Metric, t: Words, rows: list[tuple[Cell, ...]]) -> Table:
    of = replace(view.FACT_COLUMNS[0], key="entity", title=t("of"))
    more = (t("{count} more.", count=len(rows) - MOST_ROWS),) if len(rows) > MOST_ROWS else ()
    title = t("{metric}, book of {date}", metric=_metric(row, t)["name"], date=book.date)
    columns: tuple[Column, ...] = (of, *view.FACT_COLUMNS[1:])
    return Table(title, columns, tuple(rows[:MOST_ROWS]), more)
