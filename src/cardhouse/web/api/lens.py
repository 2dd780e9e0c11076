"""The answer of a lens as JSON: the same sentences and tables as the command's, and the whole answer as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cardhouse.book import Book
from cardhouse.views.lens import plain
from cardhouse.views.picture import Chart
from cardhouse.views.table import Table
from cardhouse.web.api.common import Json, charts_json, tables_json


def lens_json(
    book: Book,
    parts: Iterable[Table | str | None],
    answer: Any,
    *,
    headline: Iterable[str] = (),
    charts: Iterable[Chart] = (),
) -> Json:
    """What a lens says.

    Parameters
    ----------
    parts : tables, and sentences that stand among them; blank ones are left out.
    answer : the dataclass of the lens, or what is already plain.
    headline : the answer in a few sentences.

    Returns
    -------
    dict : ``book_date``, ``headline``, ``notes`` (sentences), ``tables``, ``charts``, ``answer``.
    """
    shown = list(parts)
    return {
        "book_date": book.date.isoformat(),
        "headline": [line for said in headline for line in said.split("\n") if line.strip()],
        "notes": [line for part in shown if isinstance(part, str) for line in part.split("\n") if line.strip()],
        "tables": tables_json(part for part in shown if isinstance(part, Table)),
        "charts": charts_json(charts),
        "answer": plain(answer),
    }
