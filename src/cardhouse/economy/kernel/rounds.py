"""The rounds of one step: clear, let fail who must, cancel what was bought for them, call guarantees; again.

Failures of the first wave come first; guarantees are called when nobody fails. The sets only grow, so the rounds
end. Between rounds dues change, within a clearing they do not.
"""

from __future__ import annotations

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, INTENT, INVESTMENT
from cardhouse.economy.kernel.clearing import bound_rank, change_contract, clear, fails
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.dues import bound_due, cancel, relief_of
from cardhouse.economy.kernel.funding import shut_windows, windows
from cardhouse.economy.kernel.lanes import Lanes, Mask, any_of, everywhere, lanes, least, most, no, where
from cardhouse.economy.kernel.tableau import Tableau

MEANINGFUL = 0.5
"""USD million below which a call is rounding."""


@kernel
def settle(q: int, m: Tableau) -> None:
    """Clear a step to the end."""
    pull(q, m)
    windows(q, m)
    highest = 4 * m.nodes.shape[1] + m.call_kinds.shape[1] + 2
    open_still = everywhere(True)
    for number in range(1, highest):
        clear(q, number, m)
        failed = failures(q, number, m)
        called = calls(q, failed, m)
        open_still = failed | called
        if not any_of(open_still):
            absorb(q, m)
            return
    m.trouble[0] = where(open_still, 2.0, m.trouble[0])


@kernel
def pull(q: int, m: Tableau) -> None:
    """Cards that are pulled in this step stop first."""
    marks = m.marks
    for i in range(m.nodes.shape[1] if m.pulls[q] else 0):
        pays = m.pays[i, q]
        now = (pays < 1.0) & (marks[row.DOWN, i] <= 0.0)
        if any_of(now):
            marks[row.PULLED, i] = where(now, 1.0, marks[row.PULLED, i])
            stop(q, 0, i, now, 1.0 - pays, m)


@kernel
def stop(q: int, number: int, i: int, now: Mask, part: Lanes, m: Tableau) -> None:
    """A node stops paying: this part of what was ordered for it is cancelled, and nobody invests in it any more."""
    marks, nodes, tie_kinds, tie_marks = m.marks, m.nodes, m.tie_kinds, m.tie_marks
    marks[row.DOWN, i] = where(now, 1.0, marks[row.DOWN, i])
    marks[row.FELL, i] = where(now, q, marks[row.FELL, i])
    marks[row.ROUND, i] = where(now, number, marks[row.ROUND, i])
    m.flags[row.CHANGED, i] = 1
    shut_windows(q, i, now, m)
    if m.kinds[row.VEHICLE, i]:
        # Builders stop paying in when the tenant is gone.
        nodes[row.KEPT, i] -= where(now, nodes[row.BRIDGE, i], 0.0)
        nodes[row.BRIDGE, i] = where(now, 0.0, nodes[row.BRIDGE, i])
    k = m.kinds[row.FIRST_FOR, i]
    while k >= 0:
        cancel(q, m.for_tie[k], now, part * m.for_share[k], m)
        relief_of(q, m.for_tie[k], m)
        change_contract(q, m.for_tie[k], m)
        k = m.next_for[k]
    t = m.kinds[row.FIRST_BOUGHT, i]
    while t >= 0:
        if tie_kinds[row.TIE_ROLE, t] == CAPITAL:
            tie_marks[row.FIRST_GHOST, t] = where(now, 1.0, tie_marks[row.FIRST_GHOST, t])
            relief_of(q, t, m)
            change_contract(q, t, m)
        t = m.tie_kinds[row.NEXT_BOUGHT, t]
    t = m.kinds[row.FIRST_SOLD, i]
    while t >= 0:
        if tie_kinds[row.TIE_ROLE, t] == INVESTMENT and any_of(now & (m.ties[row.DUE, t] > 0.0)):
            # Money that is to be paid in is funding: it ends with a default as what may be drawn does.
            m.ties[row.DUE, t] = where(now, 0.0, m.ties[row.DUE, t])
            change_contract(q, t, m)
        t = tie_kinds[row.NEXT_SOLD, t]


@kernel
def failures(q: int, number: int, m: Tableau) -> Mask:
    """Stop everybody who cannot pay although all others that stand pay, and vehicles whose tenant is down.

    Returns the lanes in which somebody did.
    """
    nodes, flags, marks, somebody = m.nodes, m.flags, m.marks, everywhere(False)
    for i in range(nodes.shape[1]):
        stops, tenant = everywhere(False), m.kinds[row.TENANT, i]
        # Who pays everything in every sweep can pay.
        if flags[row.PRESSED, i] and not m.switches[row.FUNDED]:
            stops = fails(q, i, m)
        if m.kinds[row.VEHICLE, i] and tenant >= 0:
            stops = stops | ((marks[row.DOWN, tenant] > 0.0) & (marks[row.DOWN, i] <= 0.0))
        flags[row.FAILS, i] = 1 if any_of(stops) else 0
        if flags[row.FAILS, i]:
            nodes[row.FAILING, i] = where(stops, 1.0, 0.0)
            nodes[row.OPEN_AT_FALL, i] = where(stops, nodes[row.DRAWABLE, i], nodes[row.OPEN_AT_FALL, i])
            somebody = somebody | stops
    if any_of(somebody):
        for i in range(nodes.shape[1]):
            if flags[row.FAILS, i]:
                now, nodes[row.FAILING, i] = nodes[row.FAILING, i] > 0.0, 0.0
                stop(q, number, i, now, lanes(1.0), m)
    return somebody


@kernel
def short_of(q: int, t: int, m: Tableau) -> tuple[Lanes, Lanes, Lanes]:
    """What payee ``t`` loses in this step by its payer's failure: receivable, damages it can claim, value gone."""
    tie_kinds, ties, classes = m.tie_kinds, m.ties, m.classes
    payer, due = tie_kinds[row.TIE_PAYER, t], ties[row.DUE, t]
    unpaid = 1.0 - classes[row.SHARE, bound_rank(tie_kinds[row.TIE_ROLE, t]), payer]
    owes = bound_due(q, t, m)
    bound = owes * unpaid
    short = bound + (due - owes) * (1.0 - classes[row.SHARE, INTENT, payer])
    some = short > 0.0
    owed = where(some, least(ties[row.RECEIVABLE, t] * short / due, short), 0.0)
    damage = where(some, (short - owed) * (1.0 - ties[row.RELIEF, t]), 0.0)
    claim = where(some, damage * bound / short, 0.0)
    nothing = due <= 0.0
    owed = where(nothing, ties[row.RECEIVABLE, t] * unpaid, owed)
    return owed, where(nothing, 0.0, claim), where(nothing, 0.0, damage - claim)


@kernel
def calls(q: int, failed: Mask, m: Tableau) -> Mask:
    """Call guarantees of obligors that went down in this step, in lanes where nobody failed in this round.

    Returns the lanes in which one is called.
    """
    call_kinds, marks, call_marks, calls = m.call_kinds, m.marks, m.call_marks, m.calls
    called = everywhere(False)
    for k in range(call_kinds.shape[1]):
        who, obligor = call_kinds[row.GUARANTOR, k], call_kinds[row.OBLIGOR, k]
        if who < 0 or obligor < 0 or not call_kinds[row.BEGINS, k] <= q <= call_kinds[row.ENDS, k]:
            continue
        ready = (marks[row.DOWN, obligor] > 0.0) & (marks[row.DOWN, who] <= 0.0) & no(failed)
        ready = ready & (call_marks[row.CALLED, k] <= 0.0)
        if not any_of(ready):
            continue
        amount, left, lacks = behind(k, m), calls[row.FIRST_LEFT, k], missing(q, k, m)
        first = (amount <= 0.0) & (marks[row.FELL, obligor] == q)
        absorbed = where(first, least(left, lacks), 0.0)
        amount = where(first, lacks - absorbed, amount)
        used = calls[row.SPENT, k] + calls[row.CALL_DUE, k]
        amount = least(amount, most(m.call_terms[row.CALL_CAP, k] - used, 0.0))
        now = ready & (amount > MEANINGFUL)
        call_marks[row.CALLED, k] = where(now, 1.0, call_marks[row.CALLED, k])
        calls[row.FIRST_LEFT, k] = where(now, left - absorbed, left)
        calls[row.CALL_DUE, k] += where(now, amount, 0.0)
        m.flags[row.CHANGED, who] = 1
        if call_kinds[row.BENEFICIARY, k] >= 0:
            m.flags[row.CHANGED, call_kinds[row.BENEFICIARY, k]] = 1
        called = called | now
    return called


@kernel
def absorb(q: int, m: Tableau) -> None:
    """What others bear before a guarantee is used up by a failure that stays below it, too."""
    kinds, left = m.call_kinds, m.calls
    for k in range(kinds.shape[1]):
        obligor = kinds[row.OBLIGOR, k]
        if obligor < 0 or kinds[row.GUARANTOR, k] < 0 or not kinds[row.BEGINS, k] <= q <= kinds[row.ENDS, k]:
            continue
        now = (m.marks[row.FELL, obligor] == q) & (m.call_marks[row.CALLED, k] <= 0.0)
        if any_of(now):
            left[row.FIRST_LEFT, k] -= where(now, least(left[row.FIRST_LEFT, k], missing(q, k, m)), 0.0)


@kernel
def missing(q: int, k: int, m: Tableau) -> Lanes:
    """What the beneficiary of a guarantee can claim and does not get in this step.

    A beneficiary that is down cannot deliver either and claims no damages; what a vehicle lets is still there.
    """
    who, found = m.call_kinds[row.BENEFICIARY, k], lanes(0.0)
    pair = m.call_kinds[row.FIRST_COVERED, k]
    while pair >= 0:
        owed, claim, _ = short_of(q, m.pair_tie[pair], m)
        if who >= 0 and m.kinds[row.VEHICLE, who] != 1:
            claim = where(m.marks[row.DOWN, who] > 0.0, 0.0, claim)
        found += owed + claim
        pair = m.next_covered[pair]
    return found


@kernel
def behind(k: int, m: Tableau) -> Lanes:
    """Debt of a vehicle that is down and whose contract is guaranteed: its lenders come before its owners."""
    to, owed = m.call_kinds[row.BENEFICIARY, k], lanes(0.0)
    if not m.call_kinds[row.FOR_LENDERS, k]:
        return owed
    d = m.kinds[row.FIRST_DEBT, to]
    while d >= 0:
        owed += m.debts[row.PRINCIPAL, d]
        d = m.debt_kinds[row.NEXT_DEBT, d]
    return where(m.marks[row.DOWN, to] > 0.0, owed, 0.0)
