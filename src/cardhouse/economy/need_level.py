"""The level of a driver at which nobody fails: in the plan without chance, and in most of many paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cardhouse.economy.kernel.outcomes import CAUSES
from cardhouse.economy.need_paths import Futures, Stands, columns
from cardhouse.economy.need_search import EXACT, Ranged, Threshold, ranged, threshold

TRIED = {
    "demand": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0),
    "growth": (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0),
}
"""Factors of the scan by driver, up to the driver's bound."""
WIDTH = 0.01
"""Relative width at which a search with chance stops; its error is several times that."""
PLAN = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """What it takes that none of some firms fails.

    Attributes
    ----------
    left_out : firms that may fall.
    at_plan, error : share of paths in which none of the others falls at plan, and its standard error.
    most, most_at : the greatest such share over all factors tried, and the least factor that has it.
    curve : (factor, share) of the scan.
    needs : factor at which the share reaches the confidence asked for.
    central : factor at which none falls in the plan without chance.
    """

    firms: tuple[str, ...]
    left_out: tuple[str, ...]
    at_plan: float
    error: float
    most: float
    most_at: float
    curve: tuple[tuple[float, float], ...]
    needs: Ranged
    central: Threshold


@dataclass(frozen=True, slots=True)
class FirmLevel:
    """One firm's own need, and what was missing where it falls at the factor that helps it most.

    Attributes
    ----------
    causes : shares by :data:`~cardhouse.economy.kernel.outcomes.CAUSES`, largest first; empty where it never falls.
    """

    alone: Group
    causes: tuple[tuple[str, float], ...]

    @property
    def firm(self) -> str:
        """Its id."""
        return self.alone.firms[0]


@dataclass(frozen=True, slots=True)
class Levels:
    """The answer for one driver.

    Attributes
    ----------
    everybody : all full firms.
    others : all but those that keep everybody from the confidence whatever the factor; None where none does.
    firms : each on its own, the one that stands least often at plan first.
    """

    driver: str
    confidence: float
    everybody: Group
    others: Group | None
    firms: tuple[FirmLevel, ...]


def levels(
    futures: Futures, plan: Callable[[float], Stands], driver: str, *, confidence: float, tried: Sequence[float] = ()
) -> Levels:
    """The factors at which nobody, nobody but a few, and each firm on its own goes on to the end.

    Parameters
    ----------
    futures : many paths at any factor.
    plan : which firms go on at a factor without chance, (F,).
    driver : of :data:`TRIED`, whose factors are scanned where ``tried`` says nothing.
    confidence : share of paths asked for, 0 to 1.
    """
    search = _Search(futures, plan, tuple(tried) or TRIED[driver], confidence)
    everybody = search.group(futures.firms)
    others = None
    if everybody.most < confidence:
        kept = search.without_the_hopeless()
        others = search.group(kept) if kept else None
    alone = [search.group((firm,)) for firm in futures.firms]
    ordered = sorted(alone, key=lambda group: (group.at_plan, group.most, group.firms))
    return Levels(driver, confidence, everybody, others, tuple(search.firm(group) for group in ordered))


@dataclass(frozen=True)
class _Search:
    """Shares of paths at factors, for any group of firms."""

    futures: Futures
    plan: Callable[[float], Stands]
    tried: tuple[float, ...]
    confidence: float

    def share(self, firms: Sequence[str], factor: float) -> float:
        return float(self._stood(firms, factor).mean())

    def error(self, firms: Sequence[str], factor: float) -> float:
        return self.futures.error(self._stood(firms, factor))

    def _stood(self, firms: Sequence[str], factor: float) -> Stands:
        return np.asarray(self.futures.stands(factor)[:, columns(self.futures.firms, firms)].all(axis=1))

    def group(self, firms: tuple[str, ...]) -> Group:
        curve = tuple((factor, self.share(firms, factor)) for factor in self.tried)
        most_at, most = max(curve, key=lambda point: (point[1], -point[0]))
        places = columns(self.futures.firms, firms)
        return Group(
            firms=firms,
            left_out=tuple(firm for firm in self.futures.firms if firm not in firms),
            at_plan=self.share(firms, PLAN),
            error=self.error(firms, PLAN),
            most=most,
            most_at=most_at,
            curve=curve,
            needs=ranged(
                lambda f: self.share(firms, f),
                lambda f: self.error(firms, f),
                self.tried,
                confidence=self.confidence,
                width=WIDTH,
            ),
            central=threshold(lambda f: bool(self.plan(f)[places].all()), self.tried, width=EXACT),
        )

    def without_the_hopeless(self) -> tuple[str, ...]:
        """Firms left when those are taken out, one by one, whose leaving helps most, until the rest can be served."""
        firms = self.futures.firms
        while firms and self._most(firms) < self.confidence:
            smaller = [tuple(f for f in firms if f != out) for out in firms]
            firms = max(smaller, key=self._most)
        return firms

    def _most(self, firms: tuple[str, ...]) -> float:
        return max(self.share(firms, factor) for factor in self.tried)

    def firm(self, alone: Group) -> FirmLevel:
        shares = self.futures.causes(alone.most_at)[columns(self.futures.firms, alone.firms)[0]]
        named = [(name, float(share)) for name, share in zip(CAUSES, shares, strict=True) if share > 0.0]
        return FirmLevel(alone, tuple(sorted(named, key=lambda pair: -pair[1])))
