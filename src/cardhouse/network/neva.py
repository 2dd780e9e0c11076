"""Network valuation (NEVA): what firms are worth before anything falls due.

A clearing settles debts; here they are valued. Creditors carry what firm j owes at ``V_j``, a share of its face
that depends on j's equity: ``E_i = outside_i - senior_i - dues_i + sum_j V_j(E_j) owed[j, i]``. The rule for V
makes the model: Eisenberg and Noe, Furfine, DebtRank, Merton or Black and Cox.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr

from cardhouse.errors import InputError, NotConverged
from cardhouse.network._guards import UNIT_ROUNDOFF, BoolArray, FloatArray, frozen, links, listed, vector

PerFirm: TypeAlias = float | FloatArray  # one number for all firms, or (n,)
ROUNDS = 50_000
STILL = 1e-14  # share of a balance sheet that may still be lost when equities have settled


@dataclass(frozen=True, eq=False)
class Valuation:
    """The highest equities that fit the values of the debts.

    Attributes
    ----------
    equity : (n,), USD million, below zero for a firm that cannot pay all.
    worth : (n,), 0 to 1, share of its face at which the debt of each firm is carried; 1 where nothing is owed.
    rounds : how many rounds of losses it took.
    """

    equity: FloatArray
    worth: FloatArray
    rounds: int


class Firms(NamedTuple):
    """What a rule may look at: (n,) each, USD million; ``dues`` are positive."""

    equity: FloatArray
    outside: FloatArray
    dues: FloatArray


@dataclass(frozen=True, eq=False)
class Rule(ABC):
    """How creditors value the debt of a firm, with the numbers they need for it."""

    @abstractmethod
    def worth(self, firms: Firms) -> FloatArray:
        """Give the share of face, (n,), 0 to 1; it must never fall when equity rises."""

    def read(self, size: int) -> Self:
        """Give the rule with one number a firm in its fields: none negative, ``recovery`` at most 1."""
        given: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{k: _each(k, v, size, 1.0 if k == "recovery" else np.inf) for k, v in given.items()})


class EisenbergNoe(Rule):
    """What would be paid today. Eisenberg and Noe (2001), Management Science 47(2)."""

    def worth(self, firms: Firms) -> FloatArray:
        """``V = min(1, max(0, 1 + E / dues))``."""
        return np.clip(firms.equity + firms.dues, 0.0, firms.dues) / firms.dues


@dataclass(frozen=True, eq=False)
class Furfine(Rule):
    """All or ``recovery``, a share of face. Furfine (2003), Journal of Money, Credit and Banking 35(1)."""

    recovery: PerFirm

    def worth(self, firms: Firms) -> FloatArray:
        """``V = 1`` where ``E >= 0``, else ``recovery``."""
        return np.where(firms.equity >= 0, 1.0, self.recovery)


@dataclass(frozen=True, eq=False)
class LinearDebtRank(Rule):
    """Share of its equity ``before`` the shock (positive) that a firm has left. Bardoscia and others (2015)."""

    before: PerFirm

    def worth(self, firms: Firms) -> FloatArray:
        """``V = min(1, max(0, E / before))``."""
        if (gone := np.flatnonzero(self.before == 0)).size:
            raise InputError(f"before is zero for {listed(gone)}: leave out firms without equity before the shock")
        return np.clip(firms.equity, 0.0, self.before) / self.before


@dataclass(frozen=True, eq=False)
class Merton(Rule):
    """Ex-ante Eisenberg-Noe: outside assets move until the debts fall due, and default is judged only then.

    They are multiplied by Z, lognormal with mean 1; ``volatility`` is the deviation of ``log Z`` over the whole
    horizon: a yearly one times the root of the years. ``recovery`` is what default leaves of what is there. With
    volatility 0 and recovery 1: :class:`EisenbergNoe`. Barucca and others, arXiv 1606.05164, equations 12, 16.
    """

    volatility: PerFirm
    recovery: PerFirm

    def worth(self, firms: Firms) -> FloatArray:
        """``V = P(X >= 0) + recovery E[max(0, 1 + X / dues); X < 0]``, ``X = E + outside (Z - 1)``."""
        equity, outside, dues = firms
        fails, drift = _at_the_end(equity, outside, self.volatility)
        nothing, deeper = _at_the_end(equity + dues, outside, self.volatility)
        partly = fails - nothing
        paid = partly + (equity * partly + outside * (drift - deeper)) / dues
        return 1.0 - fails + self.recovery * np.clip(paid, 0.0, partly)  # whatever rounding says


@dataclass(frozen=True, eq=False)
class BlackCox(Rule):
    """As :class:`Merton`, but default comes as soon as outside assets have ever lost the firm's equity.

    ``recovery`` is a share of face. s is ``volatility``; at 0: :class:`Furfine`. Bardoscia and others, BoE SWP 662.
    """

    volatility: PerFirm
    recovery: PerFirm

    def worth(self, firms: Firms) -> FloatArray:
        """``V = 1 - (1 - recovery) p``, ``p = N(k/s + s/2) + exp(-k) N(k/s - s/2)``, ``k = log(1 - E/outside)``."""
        equity, outside, _ = firms
        half = self.volatility / 2
        inside, depth, steps = _distance(equity, outside, self.volatility)
        ever = ndtr(steps + half) + np.exp(np.minimum(0.0, log_ndtr(steps - half) - depth))
        fails = np.where(inside & (equity >= 0), np.minimum(ever, 1.0), equity < 0)
        return 1.0 - (1.0 - self.recovery) * fails


@np.errstate(over="ignore")
def value(
    owed: npt.ArrayLike, outside: npt.ArrayLike, rule: Rule, *, senior: PerFirm = 0, external: PerFirm = 0
) -> Valuation:
    """Value all firms at once, from face value downwards, until no loss is left to pass on.

    Parameters
    ----------
    owed : (n, n), USD million. ``owed[i, j]`` is what i owes j.
    outside : (n,), USD million, after the shock.
    rule : how debts are valued.
    senior, external : USD million, owed to outsiders: paid before ``owed`` (deposits; the paper's external
        liabilities), and ranking with it. ``dues`` are what is ``owed`` and ``external``.

    Returns
    -------
    Valuation : the greatest solution. An equity within the rounding of its sum counts as zero, which is solvent.

    Raises
    ------
    InputError : negative, non-finite or self-owed amounts, fields of the rule outside their limits, sizes.
    NotConverged : names the firms that still lose, when loops pass almost all of a loss on again.

    References
    ----------
    Barucca, Bardoscia, Caccioli, D'Errico, Visentin, Caldarelli and Battiston (2020), Mathematical Finance 30(4).
    """
    if not isinstance(rule, Rule):
        raise InputError(f"rule is {rule!r}, expected a Rule such as EisenbergNoe() or Merton(volatility, recovery)")
    size = (claims := links("owed", owed)).shape[0]
    assets, first = vector("outside", outside, size), _each("senior", senior, size)
    dues = claims.sum(axis=1) + _each("external", external, size)
    known, owes, worth, fall = rule.read(size), dues > 0, np.ones(size), 0.0
    gross = assets + first + dues + claims.sum(axis=0)
    for rounds in range(1, ROUNDS + 1):
        equity = assets - first - dues + worth @ claims
        equity[np.abs(equity) <= 2.0 * (size + 6) * UNIT_ROUNDOFF * gross] = 0.0
        lower = np.minimum(worth, np.where(owes, known.worth(Firms(equity, assets, np.where(owes, dues, 1.0))), 1.0))
        falls = (worth - lower) @ claims / np.where(gross > 0, gross, 1.0)
        before, fall, worth = fall, float(falls.max()), lower
        # Losses shrink by fall / before a round: what is still to come is a geometric sum.
        if fall <= UNIT_ROUNDOFF or (fall <= STILL and fall * fall <= STILL * (before - fall)):
            return Valuation(frozen(equity), frozen(worth), rounds)
    raise NotConverged(f"equities still fall by {fall:.1e} of the balance sheet: {listed(np.flatnonzero(falls))}")


def _each(name: str, given: npt.ArrayLike, size: int, high: float = np.inf) -> FloatArray:
    return vector(name, np.repeat(np.asarray(given), size) if np.ndim(given) == 0 else given, size, high=high)


def _distance(equity: FloatArray, outside: FloatArray, spread: Any) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Whether luck can decide about ``equity``; ``log(1 - equity / outside)``; that in units of ``spread``."""
    share = np.divide(equity, outside, out=np.zeros_like(equity), where=outside > 0)
    inside = (outside > 0) & (spread > 0) & (share < 1)
    depth = np.log1p(-share, out=np.zeros_like(share), where=inside)
    return inside, depth, np.divide(depth, spread, out=np.zeros_like(share), where=inside)


def _at_the_end(equity: FloatArray, outside: FloatArray, spread: Any) -> tuple[FloatArray, FloatArray]:
    """``P(Z < k)`` and ``E[Z - 1; Z < k]`` for ``k = 1 - equity / outside``."""
    inside, _, steps = _distance(equity, outside, spread)
    fails = np.where(inside, ndtr(steps + spread / 2), equity < 0)
    return fails, np.where(inside, ndtr(steps - spread / 2) - fails, 0.0)
