"""What a run of many paths says: who falls with which probability, when and why, and where that rests.

with reopen("runs/rents-fall-1") as folder:
    answer = totals(folder)
    falls = falls_of(folder, answer)
defaults(answer, falls.at)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many import clusters
from cardhouse.economy.many.totals import Totals, listed

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9
"""Shares of the falls by when the early, the middle and the late one has come."""


@dataclass(frozen=True, slots=True)
class When:
    """When the falls come.

    Attributes
    ----------
    early, middle, late : steps, from 0, by which a tenth, half and nine tenths of them have come.
    known : standard error of the middle and its interval of 95 %; None where too few fall to tell.
    """

    early: int
    middle: int
    late: int
    known: clusters.Middle | None


@dataclass(frozen=True, slots=True)
class Default:
    """What becomes of one node.

    Attributes
    ----------
    node : its id. tested : whether it has a balance sheet of its own; a vehicle falls with its tenant.
    falls : paths in which it stops; ``pulled`` those in which the scenario says so.
    reorganised : failures after which it went on under new owners; they are no falls.
    probability, error : of a fall within the horizon; the error is between openings where there are several.
    least, most : what the probability may be where it falls in all paths, or in none
        (:func:`~cardhouse.economy.many.clusters.bounds`), and no error can be told; else None, as for a pulled card.
    by_quarter : probability of a fall by the end of each quarter.
    when : of its falls; None where there is none.
    causes : share of each cause in its failures, in the order of the kernel; empty where it was only pulled or stands.
    """

    node: str
    tested: bool
    falls: int
    pulled: int
    reorganised: int
    probability: float
    error: float
    least: float | None
    most: float | None
    by_quarter: tuple[float, ...]
    when: When | None
    causes: tuple[tuple[str, float], ...]

    @property
    def by_year(self) -> tuple[float, ...]:
        """Probability of a fall by the end of each whole year of the run."""
        return self.by_quarter[3::4]


@dataclass(frozen=True, slots=True)
class Rests:
    """Where the numbers of a run come from.

    Attributes
    ----------
    openings : joint draws of the assumptions from which paths start. drawn : whether assumptions are drawn at all; if
        not, there is one opening with all of them at their centre.
    clusters : independent groups that standard errors rest on: openings where assumptions are drawn, else paths.
    """

    scenario: str
    title: str
    about: str
    title_zh: str
    about_zh: str
    book_date: date
    quarters: tuple[date, ...]
    paths: int
    openings: int
    drawn: bool
    clusters: int
    seed: int
    firmness: str
    case: str
    version: str
    begun: date
    run: str


def defaults(answer: Totals, at: Mapping[str, NDArray[np.int64]]) -> tuple[Default, ...]:
    """What becomes of each tested firm, and of each vehicle that fell at least once, in the order of the nodes.

    Parameters
    ----------
    at : (M, Q), falls by opening and step of each node that fell
        (:func:`~cardhouse.economy.many.results_falls.falls_of`).
    """
    by_opening, paths = answer.sums["fell_by_opening"], answer.by_opening
    shares, errors = clusters.means(by_opening, paths), clusters.error_of_shares(by_opening, paths)
    full, out = set(answer.full), []
    for i, node in enumerate(answer.manifest.nodes):
        by_step = answer.sums["fell_at"][i]
        fell, failures, pulled = int(by_step.sum()), int(answer.sums["failures"][i]), int(answer.pulled[i])
        if node not in full and not fell:
            continue
        least, most = (None, None) if pulled else clusters.bounds(fell, answer.manifest.paths)
        out.append(
            Default(
                node=node,
                tested=node in full,
                falls=fell,
                pulled=pulled,
                reorganised=max(failures - (fell - pulled), 0),
                probability=float(shares[i]),
                error=float(errors[i]),
                least=least,
                most=most,
                by_quarter=tuple(float(x) for x in np.cumsum(by_step) / answer.manifest.paths),
                when=_when(by_step, clusters.middle(at[node], paths)) if fell else None,
                causes=_causes(answer, i, failures),
            )
        )
    return tuple(out)


def _when(at: NDArray[np.int64], known: clusters.Middle | None) -> When:
    """Quantiles of the quarter of a fall; ``at`` (Q,) falls by step."""
    so_far = np.cumsum(at)
    ranks = np.ceil(np.array([EARLY, MIDDLE, LATE]) * so_far[-1] - 1e-9)
    early, middle, late = (int(step) for step in np.searchsorted(so_far, ranks))
    return When(early, middle, late, known)


def _causes(answer: Totals, i: int, failures: int) -> tuple[tuple[str, float], ...]:
    if not failures:
        return ()
    return tuple(
        (cause, float(whole) / failures)
        for cause, whole in zip(listed(answer, "causes"), answer.sums["causes"][i], strict=True)
    )


def rests(answer: Totals) -> Rests:
    """Where the numbers of a run come from."""
    m, openings, drawn = answer.manifest, clusters.clusters(answer.by_opening), len(answer.by_opening) > 1
    return Rests(
        scenario=m.scenario_name,
        title=str(m.scenario.get("title", "")),
        about=str(m.scenario.get("about", "")),
        title_zh=str(m.scenario.get("title_zh", "")),
        about_zh=str(m.scenario.get("about_zh", "")),
        book_date=m.book_date,
        quarters=m.windows,
        paths=m.paths,
        openings=openings,
        drawn=drawn,
        clusters=openings if drawn else m.paths,
        seed=m.seed,
        firmness=m.firmness,
        case=m.case,
        version=m.version,
        begun=m.created,
        run=m.run,
    )
