"""From a book to a job: compile, say what is uncertain, draw the openings, set up."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path

from cardhouse.book import Book
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.many.run import Job, Progress, job_of
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.opening import open_book
from cardhouse.economy.openings import openings_of
from cardhouse.economy.run import PLAN_QUARTERS, RunChoices, calibrated
from cardhouse.economy.scenario import Scenario
from cardhouse.economy.spread_cache import cache_folder
from cardhouse.economy.uncertain import Uncertainty, laboratories, uncertainty, without_chance

OPENINGS = 512
"""Joint draws of the assumptions where nothing is said."""


class Vary(StrEnum):
    """What is uncertain in a run."""

    BOTH = "both"
    DRIVERS = "drivers"
    ASSUMPTIONS = "assumptions"


def compiled_of(book: Book, choices: RunChoices) -> Compiled:
    """The calibrated model of a book.

    Raises
    ------
    BookError, NotConverged : the book gives no model.
    """
    opening = open_book(book, quarters=PLAN_QUARTERS, scope=choices.scope, case=choices.case)
    return calibrated(compile_opening(opening, quarters=choices.quarters))


def chance_of(compiled: Compiled, vary: Vary = Vary.BOTH) -> Uncertainty:
    """What is uncertain about the drivers of a model."""
    found = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    return without_chance(found) if vary is Vary.ASSUMPTIONS else found


def job_from_book(
    book: Book,
    scenario: Scenario,
    choices: RunChoices,
    *,
    paths: int,
    seed: int,
    created: date,
    vary: Vary = Vary.BOTH,
    openings: int = OPENINGS,
    workers: int = 1,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Job:
    """Set up a run of many paths of a scenario.

    Parameters
    ----------
    book : as known on one day.
    openings : joint draws of the assumptions; drawn once for a book and kept in ``folder`` (the user's cache where
        nothing is said).
    workers : processes that compile openings that are not there yet.
    progress : told how many openings are drawn of how many.

    Raises
    ------
    BookError, ScenarioError, NotConverged : the book or the scenario gives no run.
    """
    compiled = compiled_of(book, choices)
    drawn = None
    if vary is not Vary.DRIVERS:
        kept = cache_folder() if folder is None else folder
        drawn = openings_of(book, choices, openings, folder=kept, workers=workers, progress=progress)
    setup = set_up(compiled, scenario, chance_of(compiled, vary), seed=seed, openings=drawn)
    return job_of(compiled, scenario, choices, setup, paths=paths, created=created)
