"""The story of a path: who fell when, what led there, what followed, and who was hurt and stands.

Why a firm failed is told by its headroom: what it could pay from less what it had to pay, beside the same figure
without the scenario. The difference is made of payments up to that quarter, of dues in it and of what could still be
raised; the parts add up to the whole difference, to the dollar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cardhouse.book import Tier
from cardhouse.economy.aftermath import Blow, Losses, blows, losses
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import RAISED, WORLD, Ledger, Payment, Why, ledger
from cardhouse.economy.room import Room, drawable, room
from cardhouse.economy.run import Path, Run
from cardhouse.economy.settled import Fall, FallKind, falls

OWN_COSTS = (Why.COSTS, Why.SPENDING, Why.UNPAID, Why.LEVY)
ESTATES = (Why.SALE, Why.ESTATE, Why.LEFT_OVER)
"""Dealings of an estate, which come before the clearing of a step."""
FUNDING = ("money raised or still to be raised", WORLD, "", True)
OWN = ("own costs and spending", WORLD, "", False)
ROUNDING = 1e-6
"""USD million below which a part of headroom is rounding."""
MATTERS = 0.1
"""Part of all that went against a firm from which one firm's fall counts as a link of the chain."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of the difference in headroom: a reason, the other party, the tie; negative made it worse.

    ``inflow`` tells money that came to the firm from money that it paid or owed.
    """

    why: str
    other: str
    tie: str
    inflow: bool
    amount: float


Part = tuple[str, str, str, bool]
"""Reason, other party, tie, and whether it is money that comes in."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One fall, what it had to pay and could pay from, beside the same quarter without the scenario.

    Attributes
    ----------
    owed, had : binding dues of the quarter, and cash and receipts with what could still be raised.
    could : what could be raised, by window, and what held it back; ``could_calm`` the same without the scenario.
    tenant : for a vehicle: the tenant that is gone.
    causes : parts of the difference in headroom, worst first; together they are that difference.
    chain : from where it started to this firm, through firms that fell before.
    """

    fall: Fall
    owed: float
    had: float
    owed_calm: float
    had_calm: float
    could: Room
    could_calm: Room
    tenant: str
    causes: tuple[Cause, ...]
    chain: tuple[str, ...]

    @property
    def short(self) -> float:
        """What was missing."""
        return max(self.owed - self.had, 0.0)


@dataclass(frozen=True, slots=True)
class Standing:
    """A tested firm that stands: its tightest quarter beside the same quarter without the scenario.

    Attributes
    ----------
    step : the quarter with the least headroom over what binds; ``headroom`` there, ``calm`` without the scenario.
    binding : what it owes in that quarter.
    cash, revenue, spending, value : differences from the baseline: largest fall of cash at a quarter's end, sums of
        revenue and capital spending over the run, market value at the end as a part of the baseline's.
    plans : the lowest level to which lost revenue cut the planned spending of a quarter, 1 for uncut.
    """

    node: str
    step: int
    headroom: float
    calm: float
    binding: float
    cash: float
    cash_step: int
    revenue: float
    spending: float
    plans: float
    value: float

    @property
    def cushion(self) -> float:
        """Headroom as a part of what binds."""
        return self.headroom / self.binding if self.binding > 0.0 else np.inf


@dataclass(frozen=True, slots=True)
class Story:
    """A path told: failures in order, what followed, who stands and how tightly; and who fails without any shock."""

    run: Run
    failures: tuple[Failure, ...]
    blows: tuple[Blow, ...]
    losses: tuple[Losses, ...]
    standing: tuple[Standing, ...]
    calm_falls: tuple[Fall, ...]


def story(run: Run) -> Story:
    """Tell a run."""
    with_, without = ledger(run.compiled, run.path), ledger(run.compiled, run.baseline)
    found: list[Failure] = []
    for fall in falls(run.compiled, run.path):
        found.append(_failure(run, fall, with_, without, {f.fall.node: f for f in found}))
    return Story(
        run=run,
        failures=tuple(found),
        blows=tuple(b for f in found for b in blows(run, f.fall, with_, without)),
        losses=tuple(losses(run, sorted({f.fall.step for f in found}))),
        standing=tuple(_standing(run)),
        calm_falls=falls(run.compiled, run.baseline),
    )


def headroom_parts(compiled: Compiled, path: Path, book: Ledger, node: str, step: int) -> dict[Part, float]:
    """What makes up a node's headroom in a step, by reason, other party and tie; cash at the opening is not in it.

    Receipts up to and in the step count for it, payments before it and binding dues of it against it; money raised
    before and what could be raised now is one part.
    """
    parts, known = defaultdict[Part, float](float), 0.0
    for p, inflow in _own(book, node, step):
        now = p.step == step
        if p.why is Why.REDEEMED and inflow and now:
            continue  # it comes after the clearing
        if p.why in RAISED:
            parts[FUNDING] += 0.0 if now else p.paid
        elif p.why in OWN_COSTS:
            parts[OWN] += 0.0 if now else p.paid if inflow else -p.paid
        else:
            owed = now and p.why not in ESTATES
            parts[str(p.why), p.payer if inflow else p.payee, p.tie, inflow] += (
                p.paid if inflow else -p.bound if owed else -p.paid
            )
            known += p.bound if now and not inflow else 0.0
    a = path.accounts[step, :, compiled.place[node]]
    parts[OWN] += float(a[col.SAVED]) - (float(a[col.BINDING]) - known)
    if _falls_at(compiled, path, node, step):
        parts[FUNDING] += room(compiled, path, node, step).whole
    else:
        parts[FUNDING] += float(drawable(compiled, path, node)[step])
    return dict(parts)


def _falls_at(compiled: Compiled, path: Path, node: str, step: int) -> bool:
    """Whether a node falls in a step: then the clearing no longer counts what it could have raised."""
    return any(f.node == node and f.step == step for f in falls(compiled, path))


def _own(book: Ledger, node: str, step: int) -> Iterator[tuple[Payment, bool]]:
    """Payments of a node up to a step, each with whether it receives; what it pays itself cancels."""
    for p in book.payments:
        if p.step <= step and p.payer != p.payee and node in (p.payer, p.payee):
            yield p, p.payee == node


def _failure(run: Run, fall: Fall, with_: Ledger, without: Ledger, before: dict[str, Failure]) -> Failure:
    compiled, node, q = run.compiled, fall.node, fall.step
    i = compiled.place[node]
    a, calm = run.path.accounts[q, :, i], run.baseline.accounts[q, :, i]
    now, then = room(compiled, run.path, node, q), room(compiled, run.baseline, node, q)
    tenant = _gone_tenant(run, fall)
    causes = () if fall.kind is FallKind.PULLED else _causes(run, fall, with_, without)
    return Failure(
        fall=fall,
        owed=float(a[col.BINDING]),
        had=float(a[col.RESOURCES]) + (now.whole if fall.kind is not FallKind.PULLED else 0.0),
        owed_calm=float(calm[col.BINDING]),
        had_calm=float(calm[col.RESOURCES]) + (then.whole if _falls_at(compiled, run.baseline, node, q) else 0.0),
        could=now,
        could_calm=then,
        tenant=tenant,
        causes=causes,
        chain=_chain(node, tenant, causes, before),
    )


def _gone_tenant(run: Run, fall: Fall) -> str:
    """The tenant whose fall took a vehicle down: one that is down by then."""
    nodes, place = run.compiled.model.nodes, run.compiled.place
    t = int(nodes.tenant[place[fall.node]])
    if not nodes.vehicle[place[fall.node]] or t < 0:
        return ""
    gone = any(f.node == run.nodes[t] and f.step <= fall.step for f in falls(run.compiled, run.path))
    return run.nodes[t] if gone else ""


def _causes(run: Run, fall: Fall, with_: Ledger, without: Ledger) -> tuple[Cause, ...]:
    parts = headroom_parts(run.compiled, run.path, with_, fall.node, fall.step)
    calm = headroom_parts(run.compiled, run.baseline, without, fall.node, fall.step)
    found = [Cause(*key, parts.get(key, 0.0) - calm.get(key, 0.0)) for key in {**parts, **calm}]
    return tuple(
        sorted((c for c in found if abs(c.amount) > ROUNDING), key=lambda c: (c.amount, c.why, c.other, c.tie))
    )


def _chain(node: str, tenant: str, causes: tuple[Cause, ...], before: dict[str, Failure]) -> tuple[str, ...]:
    """Follow the worst cause that is a firm that fell before."""
    lost: dict[str, float] = defaultdict(float)
    for c in causes:
        if c.other in before and c.other != node:
            lost[c.other] += c.amount
    whole = -sum(c.amount for c in causes if c.amount < 0.0)
    source = tenant or min(lost, key=lambda n: (lost[n], n), default="")
    if not source or source not in before or (not tenant and lost[source] > -MATTERS * whole):
        return (node,)
    return (*before[source].chain, node)


def _standing(run: Run) -> list[Standing]:
    """Tested firms that stand at the end, the tightest first."""
    fallen = {f.node for f in falls(run.compiled, run.path)}
    tested = [n for n in run.nodes if run.compiled.opening.positions[n].tier is Tier.FULL and n not in fallen]
    return sorted((_one_standing(run, n) for n in tested), key=lambda s: (s.cushion, s.node))


def _one_standing(run: Run, node: str) -> Standing:
    i = run.compiled.place[node]
    a, calm = run.path.accounts[:, :, i], run.baseline.accounts[:, :, i]
    left, left_calm = (x[:, col.RESOURCES] - x[:, col.BINDING] for x in (a, calm))
    over = np.divide(left, a[:, col.BINDING], out=np.full(left.shape, np.inf), where=a[:, col.BINDING] > 0.0)
    q, cash = int(over.argmin()), a[:, col.CASH] - calm[:, col.CASH]
    worth = float(calm[-1, col.VALUE])
    return Standing(
        node=node,
        step=q,
        headroom=float(left[q]),
        calm=float(left_calm[q]),
        binding=float(a[q, col.BINDING]),
        cash=float(cash.min()),
        cash_step=int(cash.argmin()),
        revenue=float((a - calm)[:, col.REVENUE].sum()),
        spending=float((a - calm)[:, col.CAPEX].sum()),
        plans=float(a[:, col.CUT].min()),
        value=float(a[-1, col.VALUE]) / worth - 1.0 if worth > 0.0 else 0.0,
    )
