"""The rounds of one step: clear, let fail who must, cancel what was bought for them, call guarantees; again.

Failures of the first wave come first; guarantees are called when nobody fails. The sets only grow, so the rounds
end. Between rounds dues change, within a clearing they do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, INTENT
from cardhouse.economy.kernel.clearing import bound_rank, clear, fails
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.dues import bound_due, cancel, cash_parts, relief
from cardhouse.economy.kernel.funding import windows
from cardhouse.economy.kernel.tableau import Tableau

Flags = NDArray[np.bool_]
MEANINGFUL = 0.5
"""USD million below which a call is rounding."""


@kernel
def settle(q: int, m: Tableau) -> None:
    """Clear a step to the end."""
    pull(q, m)
    most = 4 * m.nodes.shape[1] + m.call_kinds.shape[1] + 2
    lanes = m.nodes.shape[2]
    failed, called = np.zeros(lanes, dtype=np.bool_), np.zeros(lanes, dtype=np.bool_)
    for number in range(1, most):
        windows(q, m)
        cash_parts(q, m)
        relief(q, m)
        clear(q, m)
        failures(q, number, failed, m)
        calls(q, failed, called, m)
        if not (failed | called).any():
            absorb(q, m)
            return
    for b in range(lanes):
        if failed[b] or called[b]:
            m.trouble[b] = 2


@kernel
def pull(q: int, m: Tableau) -> None:
    """Cards that are pulled in this step stop first."""
    pays, marks = m.pays, m.marks
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            if pays[i, q, b] < 1.0 and not marks[row.DOWN, i, b]:
                marks[row.PULLED, i, b] = 1
                stop(q, 0, i, b, 1.0 - pays[i, q, b], m)


@kernel
def stop(q: int, number: int, i: int, b: int, part: float, m: Tableau) -> None:
    """A node stops paying: this part of what was ordered for it is cancelled."""
    marks, nodes, tie_kinds = m.marks, m.nodes, m.tie_kinds
    marks[row.DOWN, i, b], marks[row.FELL, i, b], marks[row.ROUND, i, b] = 1, q, number

    if m.kinds[row.VEHICLE, i]:
        # Builders stop paying in when the tenant is gone.
        nodes[row.KEPT, i, b] -= nodes[row.BRIDGE, i, b]
        nodes[row.BRIDGE, i, b] = 0.0
    for k in range(m.for_tie.size):
        if m.for_node[k] == i:
            cancel(q, m.for_tie[k], b, part * m.for_share[k], m)
    for t in range(m.tie_kinds.shape[1]):
        if tie_kinds[row.TIE_PAYER, t] == i and tie_kinds[row.TIE_ROLE, t] == CAPITAL:
            m.tie_marks[row.FIRST_GHOST, t, b] = 1


@kernel
def failures(q: int, number: int, failed: Flags, m: Tableau) -> None:
    """Stop everybody who cannot pay although all others that stand pay, and vehicles whose tenant is down.

    ``failed`` is set for the lanes in which somebody did.
    """
    claims, kinds, marks = m.claims, m.kinds, m.marks
    n, lanes = m.nodes.shape[1:]
    failed[:] = False
    for b in range(lanes):
        for i in range(n):
            claims[0, i, 0, b] = 1.0 if fails(q, i, b, m) else 0.0
            tenant = kinds[row.TENANT, i]
            if kinds[row.VEHICLE, i] and tenant >= 0 and marks[row.DOWN, tenant, b] and not marks[row.DOWN, i, b]:
                claims[0, i, 0, b] = 1.0
        for i in range(n):
            if claims[0, i, 0, b] > 0.0:
                stop(q, number, i, b, 1.0, m)
                failed[b] = True


@kernel
def short_of(q: int, t: int, b: int, m: Tableau) -> tuple[float, float, float]:
    """What payee ``t`` loses in this step by its payer's failure: receivable, damages it can claim, value gone."""
    tie_kinds, ties, classes = m.tie_kinds, m.ties, m.classes
    payer, due = tie_kinds[row.TIE_PAYER, t], ties[row.DUE, t, b]
    unpaid = 1.0 - classes[row.SHARE, bound_rank(tie_kinds[row.TIE_ROLE, t]), payer, b]
    if due <= 0.0:
        return ties[row.RECEIVABLE, t, b] * unpaid, 0.0, 0.0
    owes = bound_due(q, t, b, m)
    bound = owes * unpaid
    short = bound + (due - owes) * (1.0 - classes[row.SHARE, INTENT, payer, b])
    if short <= 0.0:
        return 0.0, 0.0, 0.0
    owed = min(ties[row.RECEIVABLE, t, b] * short / due, short)
    damage = (short - owed) * (1.0 - ties[row.RELIEF, t, b])
    return owed, damage * bound / short, damage * (1.0 - bound / short)


@kernel
def calls(q: int, failed: Flags, called: Flags, m: Tableau) -> None:
    """Call guarantees of obligors that went down in this step, in lanes where nobody failed in this round.

    ``called`` is set for the lanes in which one is.
    """
    call_kinds, marks, call_marks, calls = m.call_kinds, m.marks, m.call_marks, m.calls
    called[:] = False
    for k in range(m.call_kinds.shape[1]):
        who, obligor = call_kinds[row.GUARANTOR, k], call_kinds[row.OBLIGOR, k]
        if who < 0 or obligor < 0:
            continue
        for b in range(m.nodes.shape[2]):
            ready = marks[row.DOWN, obligor, b] and not call_marks[row.CALLED, k, b] and not marks[row.DOWN, who, b]
            if failed[b] or not ready or not call_kinds[row.BEGINS, k] <= q <= call_kinds[row.ENDS, k]:
                continue
            amount, absorbed = behind(k, b, m), 0.0
            if amount <= 0.0 and marks[row.FELL, obligor, b] == q:
                lacks = missing(q, k, b, m)
                absorbed = min(calls[row.FIRST_LEFT, k, b], lacks)
                amount = lacks - absorbed
            used = calls[row.SPENT, k, b] + calls[row.CALL_DUE, k, b]
            amount = min(amount, max(m.call_terms[row.CALL_CAP, k] - used, 0.0))
            if amount > MEANINGFUL:
                call_marks[row.CALLED, k, b] = 1
                calls[row.FIRST_LEFT, k, b] -= absorbed
                calls[row.CALL_DUE, k, b] += amount
                called[b] = True


@kernel
def absorb(q: int, m: Tableau) -> None:
    """What others bear before a guarantee is used up by a failure that stays below it, too."""
    kinds, marks = m.call_kinds, m.marks
    for k in range(kinds.shape[1]):
        obligor = kinds[row.OBLIGOR, k]
        if obligor < 0 or kinds[row.GUARANTOR, k] < 0 or not kinds[row.BEGINS, k] <= q <= kinds[row.ENDS, k]:
            continue
        for b in range(m.nodes.shape[2]):
            if marks[row.FELL, obligor, b] == q and not m.call_marks[row.CALLED, k, b]:
                m.calls[row.FIRST_LEFT, k, b] -= min(m.calls[row.FIRST_LEFT, k, b], missing(q, k, b, m))


@kernel
def missing(q: int, k: int, b: int, m: Tableau) -> float:
    """What the beneficiary of a guarantee can claim and does not get in this step.

    A beneficiary that is down cannot deliver either and claims no damages; what a vehicle lets is still there.
    """
    who = m.call_kinds[row.BENEFICIARY, k]
    delivers = who < 0 or not m.marks[row.DOWN, who, b] or m.kinds[row.VEHICLE, who] == 1
    found = 0.0
    for pair in range(m.pair_tie.size):
        if m.pair_guarantee[pair] == k:
            owed, claim, _ = short_of(q, m.pair_tie[pair], b, m)
            found += owed + (claim if delivers else 0.0)
    return found


@kernel
def behind(k: int, b: int, m: Tableau) -> float:
    """Debt of a vehicle that is down and whose contract is guaranteed: its lenders come before its owners."""
    call_kinds = m.call_kinds
    if not call_kinds[row.FOR_LENDERS, k] or not m.marks[row.DOWN, call_kinds[row.BENEFICIARY, k], b]:
        return 0.0
    owed = 0.0
    for d in range(m.debt_kinds.shape[1]):
        if m.debt_kinds[row.DEBT_BORROWER, d] == call_kinds[row.BENEFICIARY, k]:
            owed += m.debts[row.PRINCIPAL, d, b]
    return owed
