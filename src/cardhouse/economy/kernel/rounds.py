"""The rounds of one step: clear, let fail who must, cancel what was bought for them, call guarantees; again.

Failures of the first wave come first; guarantees are called when nobody fails. The sets only grow, so the rounds
end. Between rounds dues change, within a clearing they do not.
"""

from __future__ import annotations

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, INTENT
from cardhouse.economy.kernel.clearing import bound_rank, clear, fails
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.dues import bound_due, cancel, cash_parts, relief
from cardhouse.economy.kernel.funding import windows
from cardhouse.economy.kernel.tableau import Tableau

MEANINGFUL = 0.5
"""USD million below which a call is rounding."""


@kernel
def settle(q: int, m: Tableau) -> None:
    """Clear a step to the end."""
    pull(q, m)
    most = 4 * m.n.shape[1] + m.gi.shape[1] + 2
    for number in range(1, most):
        windows(q, m)
        cash_parts(q, m)
        relief(q, m)
        clear(q, m)
        changed = failures(q, number, m)
        if not changed:
            changed = calls(q, m)
        if not changed:
            return
    m.trouble[:] = 2


@kernel
def pull(q: int, m: Tableau) -> None:
    """Cards that are pulled in this step stop first."""
    for i in range(m.n.shape[1]):
        for b in range(m.n.shape[2]):
            if m.pays[i, q, b] < 1.0 and not m.nl[row.DOWN, i, b]:
                m.nl[row.PULLED, i, b] = 1
                stop(q, 0, i, b, 1.0 - m.pays[i, q, b], m)


@kernel
def stop(q: int, number: int, i: int, b: int, part: float, m: Tableau) -> None:
    """A node stops paying: this part of what was ordered for it is cancelled."""
    m.nl[row.DOWN, i, b], m.nl[row.FELL, i, b], m.nl[row.ROUND, i, b] = 1, q, number

    if m.ni[row.VEHICLE, i]:
        # Builders stop paying in when the tenant is gone.
        m.n[row.KEPT, i, b] -= m.n[row.BRIDGE, i, b]
        m.n[row.BRIDGE, i, b] = 0.0
    for k in range(m.for_tie.size):
        if m.for_node[k] == i:
            cancel(q, m.for_tie[k], b, part * m.for_share[k], m)
    for t in range(m.ti.shape[1]):
        if m.ti[row.TIE_PAYER, t] == i and m.ti[row.TIE_ROLE, t] == CAPITAL:
            m.tl[row.FIRST_GHOST, t, b] = 1


@kernel
def failures(q: int, number: int, m: Tableau) -> bool:
    """Stop everybody who cannot pay although all others that stand pay, and vehicles whose tenant is down."""
    changed = False
    n, lanes = m.n.shape[1:]
    for b in range(lanes):
        for i in range(n):
            m.claims[0, i, 0, b] = 1.0 if fails(q, i, b, m) else 0.0
            tenant = m.ni[row.TENANT, i]
            if m.ni[row.VEHICLE, i] and tenant >= 0 and m.nl[row.DOWN, tenant, b] and not m.nl[row.DOWN, i, b]:
                m.claims[0, i, 0, b] = 1.0
        for i in range(n):
            if m.claims[0, i, 0, b] > 0.0:
                stop(q, number, i, b, 1.0, m)
                changed = True
    return changed


@kernel
def short_of(q: int, t: int, b: int, m: Tableau) -> tuple[float, float, float]:
    """What payee ``t`` loses in this step by its payer's failure: receivable, damages it can claim, value gone."""
    payer, due = m.ti[row.TIE_PAYER, t], m.t[row.DUE, t, b]
    if due <= 0.0:
        return m.t[row.RECEIVABLE, t, b], 0.0, 0.0
    owes = bound_due(q, t, b, m)
    bound = owes * (1.0 - m.rank[row.SHARE, bound_rank(m.ti[row.TIE_ROLE, t]), payer, b])
    short = bound + (due - owes) * (1.0 - m.rank[row.SHARE, INTENT, payer, b])
    if short <= 0.0:
        return 0.0, 0.0, 0.0
    owed = min(m.t[row.RECEIVABLE, t, b] * short / due, short)
    damage = (short - owed) * (1.0 - m.t[row.RELIEF, t, b])
    return owed, damage * bound / short, damage * (1.0 - bound / short)


@kernel
def calls(q: int, m: Tableau) -> bool:
    """Call guarantees of obligors that went down in this step."""
    changed = False
    for k in range(m.gi.shape[1]):
        who, obligor = m.gi[row.GUARANTOR, k], m.gi[row.OBLIGOR, k]
        if who < 0 or obligor < 0:
            continue
        for b in range(m.n.shape[2]):
            ready = m.nl[row.DOWN, obligor, b] and not m.gl[row.CALLED, k, b] and not m.nl[row.DOWN, who, b]
            if not ready or not m.gi[row.BEGINS, k] <= q <= m.gi[row.ENDS, k]:
                continue
            amount, absorbed = behind(k, b, m), 0.0
            if amount <= 0.0 and m.nl[row.FELL, obligor, b] == q:
                lacks = missing(q, k, b, m)
                absorbed = min(m.g[row.FIRST_LEFT, k, b], lacks)
                amount = lacks - absorbed
            amount = min(amount, max(m.gf[row.CALL_CAP, k] - m.g[row.SPENT, k, b], 0.0))
            if amount > MEANINGFUL:
                m.gl[row.CALLED, k, b] = 1
                m.g[row.FIRST_LEFT, k, b] -= absorbed
                m.g[row.CALL_DUE, k, b] += amount
                changed = True
    return changed


@kernel
def missing(q: int, k: int, b: int, m: Tableau) -> float:
    """What the beneficiary of a guarantee can claim and does not get in this step."""
    found = 0.0
    for pair in range(m.pair_tie.size):
        if m.pair_guarantee[pair] == k:
            owed, claim, _ = short_of(q, m.pair_tie[pair], b, m)
            found += owed + claim
    return found


@kernel
def behind(k: int, b: int, m: Tableau) -> float:
    """Debt of a vehicle that is down and whose contract is guaranteed: its lenders come before its owners."""
    if not m.gi[row.FOR_LENDERS, k] or not m.nl[row.DOWN, m.gi[row.BENEFICIARY, k], b]:
        return 0.0
    owed = 0.0
    for d in range(m.di.shape[1]):
        if m.di[row.DEBT_BORROWER, d] == m.gi[row.BENEFICIARY, k]:
            owed += m.d[row.PRINCIPAL, d, b]
    return owed
