"""What the capital earns: the internal rate of return of a path's flows, and the demand that a return asks for.

Two measures, both over clouds, young clouds and laboratories that are tested, as one concern:

- *whole firms*: the plant of the opening at its economic book value is put in at the start, capital spending as it is
  paid; cash from operations comes out, and at the end the plant at its economic book value.
- *AI alone*: the same with the part that is for AI. Capital is what was built since the start of the boom and what a
  path spends, less the ordinary spending of each firm; it is written off in a straight line on the lives of the plain
  formula. Of a firm's cash from operations AI carries its share of revenue, as if every dollar had the same margin.

Cash from operations is after tax and before interest: revenue less operating costs, contracts and tax. A quarter's
flows count at its end. Plant of a firm that fell is not counted at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.inputs import YEAR_DAYS
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.need_search import Threshold
from cardhouse.economy.required import Terms
from cardhouse.economy.required_capital import BOOM, OWNERS, capital_of
from cardhouse.economy.run import Path
from cardhouse.economy.window import quarter_end

Array = NDArray[np.float64]
LEAST_RATE, MOST_RATE = -0.99, 10.0
"""Returns a year between which one is looked for."""


class Measure(StrEnum):
    """Whose capital and whose cash."""

    AI = "AI alone"
    WHOLE = "whole firms"


@dataclass(frozen=True, slots=True)
class Flows:
    """Flows of capital and what comes of it, USD million.

    Attributes
    ----------
    at : (Q,), years from the start to the end of each quarter.
    put_in : at the start. spent, earned : (Q,). left : value of plant at the end of the last quarter.
    """

    at: Array
    put_in: float
    spent: Array
    earned: Array
    left: float

    def value(self, rate: float) -> float:
        """Present value at a return a year."""
        paid = float(((self.earned - self.spent) * (1.0 + rate) ** -self.at).sum())
        return paid - self.put_in + self.left * float((1.0 + rate) ** -self.at[-1])

    @property
    def capital(self) -> float:
        """All that is put in, without discount."""
        return self.put_in + float(self.spent.sum())


@dataclass(frozen=True, slots=True)
class Asked:
    """The factor on the plan's demand at which a return is earned.

    Attributes
    ----------
    by_measure : where the path itself earns it.
    over_time : where the plain formula's part of sales pays for the capital, spending as planned; see
        :func:`over_time`.
    """

    rate: float
    by_measure: Mapping[Measure, Threshold]
    over_time: Threshold


@dataclass(frozen=True, slots=True)
class Returns:
    """What capital earns at plan and at most, and what returns ask for.

    Attributes
    ----------
    plan : flows at plan. firms : those of AI alone by firm, the most capital first.
    earned : returns at each factor tried, (factor, return); None where no rate balances.
    """

    plan: Mapping[Measure, Flows]
    firms: tuple[tuple[str, Flows], ...]
    earned: Mapping[Measure, tuple[tuple[float, float | None], ...]]
    asked: tuple[Asked, ...]


def internal_rate(flows: Flows) -> float | None:
    """The return a year at which the flows are worth nothing; None where none from -99 % to 1,000 % does that."""
    from scipy.optimize import brentq

    if flows.value(LEAST_RATE) * flows.value(MOST_RATE) >= 0.0:
        return None
    return float(brentq(flows.value, LEAST_RATE, MOST_RATE, xtol=1e-12))


def standing(age: float, terms: Terms) -> float:
    """What is left of a dollar of capital after some years, in a straight line on the two lives."""
    short, long = (max(1.0 - age / life, 0.0) for life in (terms.short_life, terms.long_life))
    return terms.short_share * short + (1.0 - terms.short_share) * long


def over_time(flows: Flows, sales: Array, terms: Terms, rate: float) -> float:
    """The plain formula over time: factor on sales whose margin pays for all capital of the plan; 1 or less: they do.

    The part m of each quarter's sales, discounted at the return, must be worth the capital put in and spent less what
    is left at the end. With even sales, no growth and a horizon of the whole life this is the plain formula.

    Parameters
    ----------
    flows : of which the capital is taken, not what it earned.
    sales : (Q,), USD million a quarter. rate : fraction a year.
    """
    worth = float((sales * (1.0 + rate) ** -flows.at).sum()) * terms.part
    paid = -Flows(flows.at, flows.put_in, flows.spent, np.zeros_like(flows.spent), flows.left).value(rate)
    return paid / worth


def owners(compiled: Compiled) -> list[str]:
    """Tested firms whose capital is counted."""
    return [n for n in compiled.opening.full if compiled.opening.firm(n).layer in OWNERS]


def whole_firms(compiled: Compiled, path: Path) -> Flows:
    """Flows of whole firms; plant on the economic life of the accounts."""
    places = [compiled.place[n] for n in owners(compiled)]
    accounts, start = path.accounts[:, :, places], compiled.model.start
    last = accounts[-1]
    return Flows(
        at=_quarter_ends(compiled),
        put_in=float((start.economic + start.long + start.building)[places].sum()),
        spent=accounts[:, col.CAPEX].sum(axis=1),
        earned=operating(accounts).sum(axis=1),
        left=float(((last[col.SHORT_ECONOMIC] + last[col.LONG] + last[col.BUILDING]) * (1.0 - last[col.DOWN])).sum()),
    )


def operating(accounts: Array) -> Array:
    """Cash from operations after tax and before interest, (Q, N), USD million a quarter."""
    out = accounts[:, col.REVENUE] - accounts[:, col.COSTS] - accounts[:, col.COSTS_TIES]
    return np.asarray(out - accounts[:, col.LEVY] - accounts[:, col.TAX_PAID])


def ai_share(compiled: Compiled, accounts: Array, places: Sequence[int]) -> Array:
    """Share of revenue that is for AI, (Q, N): all but what unnamed customers pay for other things."""
    model = compiled.model
    other = (model.plans.receipts * (1.0 - model.nodes.ai - model.nodes.rents))[list(places)].T
    revenue = accounts[:, col.REVENUE]
    part = np.divide(other * (1.0 - accounts[:, col.DOWN]), revenue, out=np.ones_like(revenue), where=revenue > 0.0)
    return np.asarray(np.clip(1.0 - part, 0.0, 1.0))


@dataclass(frozen=True)
class AiCapital:
    """Capital for AI at the opening, and what firms spend anyhow.

    Attributes
    ----------
    built : (H, N), what was built for AI by quarter; ``ages`` (H,) years from the end of each to the opening.
    ordinary : (Q, N), spending that is not for AI.
    """

    built: Array
    ages: Array
    ordinary: Array


def ai_capital(compiled: Compiled) -> AiCapital:
    """Capital for AI of the owners, by the rules of :mod:`~cardhouse.economy.required_capital`."""
    opening, firms = compiled.opening, owners(compiled)
    today, starts = opening.window.opening, []
    start = BOOM
    while start <= today:
        end = quarter_end(start + timedelta(days=100))
        starts.append((start, end))
        start = end + timedelta(days=1)
    found = [[capital_of(opening, n, a, b) for n in firms] for a, b in starts]
    coming = [[capital_of(opening, n, w.start, w.end) for n in firms] for w in compiled.windows]
    return AiCapital(
        built=np.array([[row.ai.value if row else 0.0 for row in rows] for rows in found]).reshape(-1, len(firms)),
        ages=np.array([(today - end).days / YEAR_DAYS for _, end in starts]),
        ordinary=np.array([[row.ordinary.value if row else 0.0 for row in rows] for rows in coming]),
    )


def ai_by_firm(compiled: Compiled, path: Path, capital: AiCapital, terms: Terms) -> dict[str, Flows]:
    """Flows of the part of each owner that is for AI."""
    firms = owners(compiled)
    places = [compiled.place[n] for n in firms]
    accounts, at = path.accounts[:, :, places], _quarter_ends(compiled)
    spent = np.maximum(accounts[:, col.CAPEX] - capital.ordinary, 0.0)
    earned = operating(accounts) * ai_share(compiled, accounts, places)
    before = np.array([standing(age, terms) for age in capital.ages])
    after = np.array([standing(age + at[-1], terms) for age in capital.ages])
    new = np.array([standing(at[-1] - t, terms) for t in at])
    put_in, left = before @ capital.built, (after @ capital.built + new @ spent) * (1.0 - accounts[-1, col.DOWN])
    return {
        firm: Flows(at, float(put_in[i]), spent[:, i], earned[:, i], float(left[i])) for i, firm in enumerate(firms)
    }


def together(flows: Sequence[Flows]) -> Flows:
    """Flows of several firms as one concern."""
    return Flows(
        at=flows[0].at,
        put_in=sum(f.put_in for f in flows),
        spent=np.sum([f.spent for f in flows], axis=0),
        earned=np.sum([f.earned for f in flows], axis=0),
        left=sum(f.left for f in flows),
    )


def _quarter_ends(compiled: Compiled) -> Array:
    return np.asarray(np.cumsum([window.years for window in compiled.windows]))
