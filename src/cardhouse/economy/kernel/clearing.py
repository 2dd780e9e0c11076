"""The cash clearing of one step: the greatest payments by class, given who is already down.

Resources are cash, receipts and what may be drawn. Sweeps start from full payment and only fall, so they end at
the greatest clearing vector for the given set of failed nodes; the rounds above let that set grow.

References
----------
Eisenberg and Noe (2001), Management Science 47(2). Rogers and Veraart (2013), Management Science 59(4).
Elsinger (2009), OeNB Working Paper 156, for the classes.
"""

from __future__ import annotations

from numba import njit

from cardhouse.economy.kernel.arrays import INTENT, RANKS, RENT, Model, Shocks
from cardhouse.economy.kernel.funding import MINIMUM
from cardhouse.economy.kernel.state import State, Step

SWEEPS = 2000
CLOSE = 1e-12
"""Relative change of a share at which sweeps stop."""
TIE = 1e-9
"""A node this close to its limit, relative to its dues, is solvent."""


@njit(nogil=True, cache=True)
def bound_rank(role: int) -> int:
    """Class of the binding part of a contract."""
    return 1 if role == RENT else 2


@njit(nogil=True, cache=True)
def gone(q: int, i: int, b: int, state: State) -> bool:
    """Whether a node stopped in an earlier step: it owes and delivers nothing any more."""
    return bool(state.down[i, b] and state.fell[i, b] < q)


@njit(nogil=True, cache=True)
def add_up(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Sum dues by payer and class, and the receipts that no clearing decides."""
    ties, debts, g = model.ties, model.debts, model.guarantees
    n, lanes = step.kept.shape
    step.certain[:, :] = 0.0
    for i in range(n):
        for b in range(lanes):
            committed = model.nodes.committed[i, b]
            step.owed[0, i, b] = step.costs[i, b] + step.levy[i, b] + state.tax_due[i, b]
            step.owed[1, i, b] = 0.0
            step.owed[2, i, b] = step.capex_world[i, b] * committed + step.ladder_due[i, b]
            step.owed[2, i, b] += state.new_interest[i, b] * model.world.years[q]
            step.owed[INTENT, i, b] = step.capex_world[i, b] * (1.0 - committed)
            step.owed[INTENT, i, b] += model.nodes.payout[i, b] * max(state.free[i, b], 0.0)
            if gone(q, i, b, state):
                for r in range(RANKS):
                    step.owed[r, i, b] = 0.0
    for t in range(ties.payer.size):
        payer, payee, rank = ties.payer[t], ties.payee[t], bound_rank(ties.role[t])
        for b in range(lanes):
            bound, intent = step.cash_bound[t, b], step.cash_intent[t, b]
            if payer >= 0:
                step.owed[rank, payer, b] += bound
                step.owed[INTENT, payer, b] += intent
            if payee >= 0:
                softened = step.ghost[t, b] * step.relief[t, b]
                if payer < 0:
                    softened += bound + intent
                elif shocks.pays[payer, q, b] < 1.0:
                    paid = shocks.pays[payer, q, b]
                    softened += (bound + intent) * (paid + (1.0 - paid) * step.relief[t, b])
                else:
                    softened += (bound + intent) * step.relief[t, b]
                if not gone(q, payee, b, state):
                    step.certain[payee, b] += softened
    for k in range(debts.borrower.size):
        i = debts.borrower[k]
        for b in range(lanes):
            due = step.interest[k, b] + step.principal_due[k, b]
            step.owed[0, i, b] += due * debts.secured[k]
            step.owed[2, i, b] += due * (1.0 - debts.secured[k])
    for k in range(g.cap.size):
        if g.guarantor[k] >= 0:
            for b in range(lanes):
                step.owed[2, g.guarantor[k], b] += step.call_due[k, b]


@njit(nogil=True, cache=True)
def gather(q: int, model: Model, shocks: Shocks, step: Step) -> None:
    """What nodes receive from nodes at the present shares."""
    ties, debts, g = model.ties, model.debts, model.guarantees
    step.got[:, :] = 0.0
    lanes = step.got.shape[1]
    for t in range(ties.payer.size):
        payer, payee, rank = ties.payer[t], ties.payee[t], bound_rank(ties.role[t])
        if payer < 0 or payee < 0:
            continue
        for b in range(lanes):
            if shocks.pays[payer, q, b] >= 1.0:
                paid = step.cash_bound[t, b] * step.share[rank, payer, b]
                paid += step.cash_intent[t, b] * step.share[INTENT, payer, b]
                step.got[payee, b] += paid * (1.0 - step.relief[t, b])
    for k in range(debts.borrower.size):
        i, lender = debts.borrower[k], debts.lender[k]
        if lender >= 0:
            for b in range(lanes):
                due, part = step.interest[k, b] + step.principal_due[k, b], debts.secured[k]
                step.got[lender, b] += due * (part * step.share[0, i, b] + (1.0 - part) * step.share[2, i, b])
    for k in range(g.cap.size):
        if g.guarantor[k] >= 0 and g.beneficiary[k] >= 0 and not g.for_lenders[k]:
            for b in range(lanes):
                step.got[g.beneficiary[k], b] += step.call_due[k, b] * step.share[2, g.guarantor[k], b]


@njit(nogil=True, cache=True)
def pour(q: int, i: int, b: int, model: Model, shocks: Shocks, state: State, step: Step) -> float:
    """Give a node's resources to its classes, most senior first; returns the largest change of a share."""
    if shocks.pays[i, q, b] < 1.0:
        for r in range(RANKS):
            step.share[r, i, b] = shocks.pays[i, q, b]
        return 0.0
    left = step.kept[i, b] + step.certain[i, b] + step.got[i, b]
    if not state.down[i, b]:
        left += step.drawable[i, b]
    moved = 0.0
    for r in range(RANKS):
        due = step.owed[r, i, b]
        room = left
        if r == INTENT and not state.down[i, b]:
            room = max(left - step.limits[MINIMUM, i, b], 0.0)  # intentions do not touch the minimum cash
        share = 1.0 if due <= room or due <= 0.0 else room / due
        left -= share * due
        moved = max(moved, step.share[r, i, b] - share)
        step.share[r, i, b] = min(share, step.share[r, i, b])
    return float(moved)


@njit(nogil=True, cache=True)
def clear(q: int, model: Model, shocks: Shocks, state: State, step: Step) -> None:
    """Sweep from full payment until no share moves; ``trouble`` is 1 for a path that does not settle."""
    add_up(q, model, shocks, state, step)
    step.share[:, :, :] = 1.0
    n, lanes = step.kept.shape
    for _ in range(SWEEPS):
        gather(q, model, shocks, step)
        moved = 0.0
        for i in range(n):
            for b in range(lanes):
                moved = max(moved, pour(q, i, b, model, shocks, state, step))
        if moved <= CLOSE:
            return
    step.trouble[:] = 1


@njit(nogil=True, cache=True)
def binding(i: int, b: int, step: Step) -> float:
    """What a node must pay: classes 0 to 2."""
    return float(step.owed[0, i, b] + step.owed[1, i, b] + step.owed[2, i, b])


@njit(nogil=True, cache=True)
def resources(i: int, b: int, step: Step) -> float:
    """What a node can pay from while it stands."""
    return float(step.kept[i, b] + step.certain[i, b] + step.got[i, b] + step.drawable[i, b])


@njit(nogil=True, cache=True)
def fails(q: int, i: int, b: int, shocks: Shocks, state: State, step: Step) -> bool:
    """Whether a node that stood so far cannot pay what binds it."""
    if state.down[i, b] or shocks.pays[i, q, b] < 1.0:
        return False
    due = binding(i, b, step)
    return bool(resources(i, b, step) < due - TIE * due)


