"""From a book to a ranking of everything that an outcome depends on, and shares of its variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardhouse.book import Book
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.many.inputs_of import Basis
from cardhouse.economy.many.outcomes_of import Outcome, outcome_of
from cardhouse.economy.many.sensitivity import PATHS, Progress, Ranking, ranking
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.shares import FIRST, Shares, analysis, factors_of, variance_shares
from cardhouse.economy.recompiled import compiled_book
from cardhouse.economy.run import RunChoices, drivers_for
from cardhouse.economy.scenario import Scenario
from cardhouse.economy.spread_cache import spread_of
from cardhouse.economy.uncertain import laboratories, uncertainty
from cardhouse.errors import InputError

SET = 4
"""Paths of each set of the shares for one path of the ranking: their errors are larger."""
MOST = 100_000
"""Paths of a set at most: resampling them for the errors takes two hundred times their room."""
Begin = Callable[[str], Progress | None]
"""Told what begins; gives who is told how far it is."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What an outcome depends on under a scenario; no shares where they were not asked for, or no input moves it."""

    basis: Basis
    scenario: Scenario
    ranking: Ranking
    shares: Shares | None


def quiet(_: str) -> Progress | None:
    """Nobody is told."""
    return None


def sensitivity(
    book: Book,
    scenario: Scenario,
    choices: RunChoices,
    asked: str,
    *,
    paths: int = PATHS,
    seed: int = 1,
    first: int = FIRST,
    shares: bool = True,
    folder: Path | None = None,
    workers: int = 1,
    begin: Begin = quiet,
) -> Sensitivity:
    """Rank every assumption, number of the chances and driver by what it does to an outcome.

    Parameters
    ----------
    book : as known on one day.
    asked : the outcome in words (:func:`~cardhouse.economy.many.outcomes_of.outcome_of`).
    paths : at each end of each input; each set of the shares has four times as many, up to 100,000.
    first : how many inputs of the ranking share the variance out; ``shares`` false leaves that away.
    folder : where the measured spread of the assumptions is kept; None keeps nothing.
    workers : processes that measure it where it is not there yet.

    Raises
    ------
    UnknownName, InputError : nobody knows such an outcome; it cannot be; or SALib is missing for the shares.
    BookError, ScenarioError, NotConverged : the book or the scenario gives no run.
    """
    if shares:
        analysis()
    compiled = compiled_book(book, choices)
    outcome = outcome_of(asked, compiled)
    _check_falls(outcome, compiled, scenario)
    chance = uncertainty(book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    spread = spread_of(book, choices, folder=folder, workers=workers, progress=begin("measuring assumptions"))
    setup = set_up(compiled, scenario, chance, seed=seed, spread=spread)
    basis = Basis(book, choices, compiled, chance, setup)
    ranked = ranking(basis, outcome, paths=paths, progress=begin("inputs"))
    if not shares or not ranked.moving:
        return Sensitivity(basis, scenario, ranked, None)
    factors = factors_of(ranked, setup, first)
    told = variance_shares(setup, outcome, factors, paths=min(SET * paths, MOST), progress=begin("sets of paths"))
    return Sensitivity(basis, scenario, ranked, told)


def _check_falls(outcome: Outcome, compiled: Compiled, scenario: Scenario) -> None:
    """Refuse falls of a card that the scenario pulls: it is made to fall, so that nothing else decides it."""
    if outcome.word.id != "falls":
        return
    pays = drivers_for(compiled, scenario).pays
    pulled = [compiled.nodes[i] for i in outcome.members if pays[i, 0] < 1.0]
    if pulled:
        raise InputError(
            f"{outcome.name}: the scenario {scenario.name} pulls {', '.join(pulled)} at once, which does not count as "
            "a fall; expected a firm that may stand; name another, or leave the scenario out"
        )
