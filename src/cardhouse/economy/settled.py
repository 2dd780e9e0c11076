"""What was asked for in each step of a path: contracts as cash by class, opening debts; and who fell when.

The kernel keeps what was delivered and what was paid; what was owed in cash follows from the same rules, step by
step. That the dues found here never exceed what the kernel says a firm owed is a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy import drivers as dr
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, IF_DELIVERED, IF_LISTED, IF_VALUATION, NO_CONDITION, RENT, Ties
from cardhouse.economy.run import Path

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
SMALLEST = 1e-9
"""USD million below which nothing is due."""
TIE = 1e-9
"""Part of what is due by which a firm may miss it and still be solvent, as in the clearing."""


class FallKind(StrEnum):
    """How a firm fell."""

    PULLED = "pulled"
    FAILED = "failed"
    REORGANISED = "reorganised"


@dataclass(frozen=True, slots=True)
class Fall:
    """One fall of a node: in which step, in which round of it, and what became of it."""

    node: str
    step: int
    round: int
    kind: FallKind


@dataclass(frozen=True, slots=True)
class Settled:
    """What a path asked for.

    Attributes
    ----------
    bound, intent : (steps, contracts), cash asked for under each contract: owed whatever happens, and intended.
    receivable : (steps, contracts), delivered and unpaid at the end of each step.
    interest, principal : (steps, debts), due on the debts of the opening.
    share : (steps, nodes), part of its unsecured dues that a node paid; below 1 only in the step of its fall.
    """

    bound: Array
    intent: Array
    receivable: Array
    interest: Array
    principal: Array
    share: Array


def falls(compiled: Compiled, path: Path) -> tuple[Fall, ...]:
    """Every fall of a path in the order in which it happened; a firm that was reorganised may fall again."""
    end, found = path.end, []
    for node, i in compiled.place.items():
        fell, number = int(end.marks[row.FELL, i, 0]), int(end.marks[row.ROUND, i, 0])
        if end.marks[row.REBUILT, i, 0]:
            found.append(Fall(node, _rebuilt_at(path, i), 0 if fell < FOREVER else number, FallKind.REORGANISED))
        if fell < FOREVER:
            kind = FallKind.PULLED if end.marks[row.PULLED, i, 0] else FallKind.FAILED
            found.append(Fall(node, fell, number, kind))
    return tuple(sorted(found, key=lambda f: (f.step, f.round, f.node)))


def _rebuilt_at(path: Path, i: int) -> int:
    """Step of a reorganisation: the first in which dues were more than what there was, or debts were cut."""
    a = path.accounts[:, :, i]
    short = a[:, col.RESOURCES] < a[:, col.BINDING] * (1.0 - TIE)
    return int(np.flatnonzero(short | (a[:, col.FORGIVEN] > 0.0))[0])


def failing(compiled: Compiled, path: Path) -> Flags:
    """Steps in which a node fell, (steps, nodes)."""
    out = np.zeros((path.accounts.shape[0], len(compiled.nodes)), dtype=np.bool_)
    for fall in falls(compiled, path):
        out[fall.step, compiled.place[fall.node]] = True
    return out


def settled(compiled: Compiled, path: Path) -> Settled:
    """Find what was asked for, from the contracts and debts of the model and what was paid."""
    fell = failing(compiled, path)
    bound, intent, receivable = _contracts(compiled, path, fell)
    interest, principal = _debts(compiled, path, fell)
    share = np.ones(fell.shape)
    for q, i in zip(*np.nonzero(fell), strict=True):
        share[q, i] = _unsecured(compiled, path, (q, i), bound[q], (interest + principal)[q])
    return Settled(bound, intent, receivable, interest, principal, share)


def _unsecured(compiled: Compiled, path: Path, at: tuple[int, int], bound: Array, owed: Array) -> float:
    """Part of its unsecured dues that a failing node paid, from the first due of that class that is known.

    A pulled card pays its part of them at most, and less where it has less.
    """
    (q, i), ties, debts, end = at, compiled.model.ties, compiled.model.debts, path.end
    most = float(end.pays[i, q, 0])
    if path.accounts[q, col.RESOURCES, i] >= path.accounts[q, col.BINDING, i] * (1.0 - TIE):
        return most
    mine = np.flatnonzero((ties.payer == i) & (ties.role != RENT) & (bound > SMALLEST))
    if mine.size:
        return float(min(end.ledger_paid[q, mine[0], 0] / bound[mine[0]], 1.0))
    loose = np.flatnonzero((debts.borrower == i) & (debts.secured < 1.0) & (owed > SMALLEST))
    if loose.size:
        k = loose[0]
        paid = float(end.ledger_interest[q, k, 0] + end.ledger_repaid[q, k, 0]) / owed[k]
        return float(np.clip((paid - debts.secured[k] * most) / (1.0 - debts.secured[k]), 0.0, most))
    return 0.0


def _contracts(compiled: Compiled, path: Path, fell: Flags) -> tuple[Array, Array, Array]:
    ties, steps = compiled.model.ties, path.accounts.shape[0]
    due, paid = path.end.ledger_due[..., 0], path.end.ledger_paid[..., 0]
    bound, intent, left = np.zeros_like(due), np.zeros_like(due), np.zeros_like(due)
    before, waiting = ties.receivable0.copy(), np.zeros_like(ties.cap)
    for q in range(steps):
        waiting += ties.held[:, q]
        free = _released(compiled, path, q, ties.paid0 + paid[:q].sum(axis=0)) & (waiting > 0.0)
        owed = ties.bound[:, q] * np.maximum(due[q] - np.where(free, waiting, 0.0), 0.0)
        waiting[free] = 0.0
        after = np.minimum(ties.credit * due[q], before + owed)
        bound[q], intent[q] = owed + before - after, due[q] - owed
        lost = (ties.payer >= 0) & fell[q, ties.payer]
        left[q] = np.where(lost, 0.0, after)
        before = left[q]
    return bound, intent, left


def _released(compiled: Compiled, path: Path, q: int, paid: Array) -> Flags:
    """Contracts whose condition holds at the start of a step."""
    ties: Ties = compiled.model.ties
    value = path.accounts[q - 1, col.VALUE] if q else compiled.model.plans.value0
    kind = ties.condition
    worth = np.where(ties.payee >= 0, value[ties.payee], -np.inf)
    return np.asarray(
        (kind != NO_CONDITION)
        & (
            ((kind == IF_VALUATION) & (worth >= ties.threshold))
            | ((kind == IF_LISTED) & (q >= ties.threshold))
            | ((kind == IF_DELIVERED) & (paid[ties.watch] >= ties.threshold))
        )
    )


def _debts(compiled: Compiled, path: Path, fell: Flags) -> tuple[Array, Array]:
    """Who stands pays what is due; in the step of a fall it is what was owed, at its rate, and what matured.

    What is owed is read from the last interest paid, so that cuts and calls before the fall are in it; without
    interest it is carried on. A firm that falls in the quarter after its reorganisation owes what it paid: by how
    much its debts were cut is seen only from interest on them.
    """
    debts, years = compiled.model.debts, compiled.model.world.years
    paid, repaid = path.end.ledger_interest[..., 0], path.end.ledger_repaid[..., 0]
    interest, principal, owed = paid.copy(), repaid.copy(), debts.principal0.copy()
    shut = np.zeros(len(compiled.nodes), dtype=np.bool_)
    for q in range(len(years)):
        rate = np.maximum(debts.rate + debts.floating * path.end.drivers[dr.BASE_RATE, q, 0] / 1e4, 0.0) * years[q]
        falls_now, rolls = fell[q, debts.borrower], min(float(path.end.drivers[dr.DEBT_WINDOW, q, 0]), 1.0)
        known = ~falls_now & (rate > 0.0) & (paid[q] > 0.0)
        owed = np.where(known, np.divide(paid[q], rate, out=np.zeros_like(owed), where=known), owed)
        matures = np.minimum(debts.due[:, q], owed)
        rolled = np.where(shut[debts.borrower], 0.0, matures * rolls)
        interest[q] = np.where(falls_now, np.maximum(owed * rate, paid[q]), paid[q])
        principal[q] = np.where(falls_now, np.maximum(matures - rolled, repaid[q]), repaid[q])
        owed = np.where(falls_now, 0.0, owed - repaid[q] - np.where(debts.lender < 0, rolled, 0.0))
        _repay_freely(compiled, path, q, owed)
        shut = path.accounts[q, col.SHUT] > 0.0
    return interest, principal


def _repay_freely(compiled: Compiled, path: Path, q: int, owed: Array) -> None:
    """Take what vehicles repaid of their own will, and guarantors for them, from what they owe, in place."""
    debts, calls = compiled.model.debts, compiled.model.guarantees
    for i in np.flatnonzero(compiled.model.nodes.vehicle):
        mine = np.flatnonzero(debts.borrower == i)
        freely = float(path.accounts[q, col.PRINCIPAL, i] - path.end.ledger_repaid[q, mine, 0].sum())
        called = path.end.ledger_calls[q, (calls.beneficiary == i) & (calls.for_lenders > 0), 0].sum()
        for left, among in ((freely, mine[debts.lender[mine] < 0]), (float(called), mine)):
            rest = left
            for k in among:
                part = min(rest, owed[k])
                owed[k] -= part
                rest -= part
