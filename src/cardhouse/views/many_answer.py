"""All that a run of many paths says, read from its folder once, for tables, JSON and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardhouse.economy.many.results import Default, Rests, defaults, rests
from cardhouse.economy.many.results_falls import falls_of
from cardhouse.economy.many.results_fans import Fan, fans, world_fans
from cardhouse.economy.many.results_joint import Pair, joint
from cardhouse.economy.many.results_losses import Loss, losses
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.economy.many.totals import totals
from cardhouse.views.words import ENGLISH, Words

FANS_SHOWN = 5
YEAR = 4
"""Quarters of one."""
SURE = 0.99
"""Probability above which a fall is as good as certain: neither its fan nor with whom it falls says much."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a run of many paths says.

    Attributes
    ----------
    names : by id, in the language of the answer. fans : by firm. shown : firms whose fans are shown.
    where : the folder as the user wrote it.
    notes : what a reader should know about the folder.
    """

    rests: Rests
    defaults: tuple[Default, ...]
    pairs: tuple[Pair, ...]
    losses: tuple[Loss, ...]
    fans: Mapping[str, tuple[Fan, ...]]
    shown: tuple[str, ...]
    world: tuple[Fan, ...]
    names: Mapping[str, str]
    where: str
    notes: tuple[str, ...] = ()

    def name(self, node: str) -> str:
        """The name of a node."""
        return self.names.get(node, node)

    def when(self, step: int, t: Words = ENGLISH) -> str:
        """The quarter of a step."""
        return t.quarter(self.rests.quarters[step])


def path_count(count: int, t: Words = ENGLISH) -> str:
    """How many paths, as a reader counts them: ``1 path``, ``2,000 paths``."""
    return t("1 path") if count == 1 else t("{paths} paths", paths=f"{count:,}")


def most_likely(defaults: Sequence[Default]) -> tuple[str, ...]:
    """The tested firms whose fans are shown where none is asked for: those most likely to fall but not sure to."""
    tested = [d for d in defaults if d.tested and d.probability <= SURE]
    ranked = sorted(tested, key=lambda d: -d.probability)
    return tuple(d.node for d in ranked[:FANS_SHOWN])


def answer_of(folder: RunFolder, *, names: Mapping[str, str], where: str, firm: str | None = None) -> Answer:
    """Read everything from the folder of a finished run.

    Parameters
    ----------
    names : by id, in the language of the answer; a node that is not in it keeps its id.
    where : the folder as the user wrote it.
    firm : whose fans are shown; those most likely to fall where nothing is said.

    Raises
    ------
    InputError : the run is unfinished or damaged, or the firm is not tested in it.
    """
    sums = totals(folder)
    falls = falls_of(folder, sums)
    found = defaults(sums, falls.at)
    shown = most_likely(found) if firm is None else (firm,)
    return Answer(
        rests=rests(sums),
        defaults=found,
        pairs=joint(sums, falls),
        losses=losses(sums),
        fans={node: fans(sums, node) for node in dict.fromkeys((*shown, *sums.full))},
        world=world_fans(sums),
        names={node: names.get(node, node) for node in folder.manifest.nodes},
        shown=shown,
        where=where,
        notes=sums.notes,
    )
