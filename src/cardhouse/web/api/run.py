"""Routes of the future: scenarios, the assumptions that matter most, live fans, and one path told."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter

from cardhouse.book import Book
from cardhouse.economy.kernel.outcomes import MEASURES
from cardhouse.economy.many.live import live
from cardhouse.economy.many.prepare import chance_of
from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.economy.run import Run, run_from
from cardhouse.economy.scenario import read_scenario, shipped
from cardhouse.economy.story import story
from cardhouse.views import run as view
from cardhouse.views import run_payload
from cardhouse.views.run_story import told as sentences
from cardhouse.views.words import Words
from cardhouse.web.api.common import ERRORS, Day, Json, Kept, Said, tables_json
from cardhouse.web.questions import Future, Glance
from cardhouse.web.shelf import Shelf

router = APIRouter(tags=["run"], responses=ERRORS)


@router.get("/scenarios")
def scenarios(t: Said) -> Json:
    """The scenarios that come with the program."""
    zh = t.lang == "zh"
    rows = [(name, read_scenario(name)) for name in shipped()]
    return {
        "scenarios": [
            {"name": n, "title": s.title_zh if zh else s.title, "about": s.about_zh if zh else s.about} for n, s in rows
        ]
    }


@router.get("/sliders")
def sliders(shelf: Kept, t: Said, as_of: Day = None) -> Json:
    """The assumptions that move failures most, with their range and reason; those that the day knew."""
    book = shelf.book(as_of)
    known = {row.id: row for row in book.assumptions}
    found = [known[ident] for ident in slider_ids() if ident in known]
    return {
        "sliders": [
            {
                "id": r.id,
                "name": _slider_name(book, r.subject, r.name, t),
                "low": r.low,
                "central": r.central,
                "high": r.high,
                "unit": r.unit,
                "reason": r.reason,
            }
            for r in found
        ],
        "measures": list(MEASURES),
    }


def _slider_name(book: Book, subject: str, name: str, t: Words) -> str:
    whom = t.called(book, subject)
    return f"{whom}: {t(name.replace('_', ' '))}"


@lru_cache(maxsize=1)
def slider_ids() -> tuple[str, ...]:
    """Ids of the assumptions with sliders, from ``sliders.csv``, most important first."""
    text = files("cardhouse.web").joinpath("sliders.csv").read_text(encoding="utf-8")
    return tuple(row["assumption"] for row in csv.DictReader(text.splitlines()))


@router.post("/live")
def glance(question: Glance, shelf: Kept) -> Json:
    """A thousand paths at once: shares fallen and fans of the firms asked for."""
    compiled = shelf.model(question.as_of, question.choices, question.moved)
    found = live(compiled, question.scenario(), chance_of(compiled), paths=question.paths, seed=question.seed)
    firms = question.firms or [n for _, n in sorted(zip(-found.fell[:, -1], found.full, strict=True))][:4]
    nodes = [compiled.opening.groups(compiled.opening.book.resolve(f).id) for f in firms]
    return {
        "book_date": compiled.opening.book.date.isoformat(),
        "unit": "USD_million",
        "paths": found.paths,
        "seed": found.seed,
        "vary": "drivers",
        "quarter_ends": [day.isoformat() for day in found.ends],
        "levels": list(LEVELS),
        "fell": {firm: found.fell[i].tolist() for i, firm in enumerate(found.full)},
        "fans": [
            {"firm": node, "measure": measure, "quantiles": found.fan(node, measure).tolist()}
            for node in nodes
            for measure in question.measures
        ],
    }


@router.post("/path")
def path(question: Future, shelf: Kept) -> Json:
    """One path without chance, beside the same path without the scenario, told."""
    answer = _run(shelf, question)
    told = story(answer)
    return {
        **run_payload.run(told),
        "headline": view.headline(told),
        "story": sentences(told),
        "tables": tables_json(
            [view.timeline(told), view.blows(told), view.losses(told), view.standing(told), view.years(told)]
        ),
    }


def _run(shelf: Shelf, question: Future) -> Run:
    compiled = shelf.model(question.as_of, question.choices, question.moved)
    return run_from(compiled, question.scenario(), question.choices)
