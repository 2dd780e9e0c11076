"""Routes of the future: scenarios, the assumptions that matter most, live fans, and one path told."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter

from cardhouse.economy.kernel.outcomes import MEASURES
from cardhouse.economy.many.live import live
from cardhouse.economy.many.prepare import chance_of
from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.economy.run import Run, run_from
from cardhouse.economy.scenario import SHIPPED, Scenario, read_scenario, shipped
from cardhouse.economy.story import story
from cardhouse.views import run as view
from cardhouse.views import run_payload
from cardhouse.views.charts import run as run_charts
from cardhouse.views.charts.many import live_caption
from cardhouse.views.run_story import told as sentences
from cardhouse.views.words import Words
from cardhouse.web.api.common import ERRORS, Day, Json, Kept, Said, charts_json, tables_json
from cardhouse.web.api.sliders import assumptions_json, drivers_json
from cardhouse.web.questions import Future, Glance
from cardhouse.web.shelf import Shelf

router = APIRouter(tags=["run"], responses=ERRORS)


@router.get("/scenarios")
def scenarios(t: Said) -> Json:
    """The scenarios that come with the program."""
    return {
        "scenarios": [
            {
                "name": name,
                "title": title_of(s, t),
                "about": s.about_zh if t.lang == "zh" else s.about,
                "toml": _toml(name),
            }
            for name, s in ((name, read_scenario(name)) for name in shipped())
        ]
    }


def title_of(scenario: Scenario, t: Words) -> str:
    """Title of a scenario in a language; its name where a text of one's own has no title."""
    return (scenario.title_zh if t.lang == "zh" else scenario.title) or scenario.title or scenario.name


@lru_cache(maxsize=len(SHIPPED))
def _toml(name: str) -> str:
    """The text of a shipped scenario, for a page to change."""
    return files("cardhouse").joinpath("economy", "scenarios", f"{name}.toml").read_text(encoding="utf-8")


@router.get("/sliders")
def sliders(shelf: Kept, t: Said, as_of: Day = None) -> Json:
    """The assumptions and drivers that move failures most, with their ranges; those that the day knew."""
    return {
        "sliders": assumptions_json(shelf.book(as_of), t),
        "drivers": drivers_json(t),
        "measures": list(MEASURES),
    }


@router.post("/live")
def glance(question: Glance, shelf: Kept, t: Said) -> Json:
    """A thousand paths at once: shares fallen and fans of the firms asked for."""
    compiled = shelf.model(question.as_of, question.choices, question.moved)
    scenario = question.scenario()
    found = live(compiled, scenario, chance_of(compiled), paths=question.paths, seed=question.seed)
    firms = question.firms or [n for _, n in sorted(zip(-found.fell[:, -1], found.full, strict=True))][:4]
    nodes = [compiled.opening.groups(compiled.opening.book.resolve(f).id) for f in firms]
    return {
        "book_date": compiled.opening.book.date.isoformat(),
        "unit": "USD_million",
        "caption": live_caption(found, compiled.opening, t, scenario=title_of(scenario, t)).line(),
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
def path(question: Future, shelf: Kept, t: Said) -> Json:
    """One path without chance, beside the same path without the scenario, told."""
    answer = _run(shelf, question)
    told = story(answer)
    return {
        **run_payload.run(told),
        "headline": view.headline(told, t=t),
        "story": sentences(told, t=t),
        "charts": charts_json([run_charts.rents(answer, t)]),
        "tables": tables_json(
            [
                view.timeline(told, t=t),
                view.blows(told, t=t),
                view.losses(told, t=t),
                view.standing(told, t=t),
                view.years(told, t=t),
            ]
        ),
    }


def _run(shelf: Shelf, question: Future) -> Run:
    compiled = shelf.model(question.as_of, question.choices, question.moved)
    return run_from(compiled, question.scenario(), question.choices)
