"""A path from the opening to the horizon, step by step; a block of paths runs side by side."""

from __future__ import annotations

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.books import close, impair, income, ladders, respond
from cardhouse.economy.kernel.clearing import gone
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.dues import contracts, debts, guarantees, relief, unpaid_after
from cardhouse.economy.kernel.estates import distribute, resolve
from cardhouse.economy.kernel.funding import MINIMUM
from cardhouse.economy.kernel.held import hold
from cardhouse.economy.kernel.marks import value_firms
from cardhouse.economy.kernel.outset import NEED, RENT_LEVEL, costs, indices, paces, receipts, spending
from cardhouse.economy.kernel.payments import pay
from cardhouse.economy.kernel.rounds import settle
from cardhouse.economy.kernel.tableau import Tableau


@kernel
def run_path(t: Tableau) -> None:
    """Run every step; ``state`` ends as the state at the horizon, ``out`` holds what happened."""
    m = hold(t)
    for q in range(m.wq.shape[1]):
        one_step(q, m)


@kernel
def one_step(q: int, m: Tableau) -> None:
    """One step in the order of the model: drivers, business, dues, funding, clearing, consequences, accounts, marks."""
    distribute(q, m)
    paces(q, m)
    indices(q, m)
    receipts(q, m)
    spending(q, m)
    contracts(q, m)
    relief(q, m)
    guarantees(q, m)
    debts(q, m)
    costs(q, m)
    start_money(q, m)
    settle(q, m)
    pay(q, m)
    resolve(q, m)
    ladders(q, m)
    value_firms(q, m)
    impair(q, m)
    income(q, m)
    respond(q, m)
    close(q, m)
    for b in range(m.n.shape[2]):
        m.paths[row.RENTS_PATH, q, b], m.paths[row.NEED_PATH, q, b] = m.levels[RENT_LEVEL, b], m.levels[NEED, b]
        m.paths[row.FLEET_PATH, q, b] = m.n[row.FLEET, :, b].sum()


@kernel
def start_money(q: int, m: Tableau) -> None:
    """Cash and receipts that nobody decides; minimum cash; what builders' funding covers of a vehicle's dues."""
    years = m.wq[row.YEARS, q]
    n, lanes = m.n.shape[1:]
    asked = m.n[row.GOT]
    asked[:, :] = 0.0
    for t in range(m.ti.shape[1]):
        payer, payee = m.ti[row.TIE_PAYER, t], m.ti[row.TIE_PAYEE, t]
        for b in range(lanes):
            change = m.t[row.DUE, t, b] + m.t[row.RECEIVABLE, t, b] - unpaid_after(q, t, b, m)
            if payer >= 0:
                asked[payer, b] += change
            if payee >= 0:
                asked[payee, b] -= change
    for k in range(m.di.shape[1]):
        for b in range(lanes):
            asked[m.di[row.DEBT_BORROWER, k], b] += m.d[row.INTEREST, k, b]
            if m.di[row.DEBT_LENDER, k] >= 0:
                asked[m.di[row.DEBT_LENDER, k], b] -= m.d[row.INTEREST, k, b]
    for i in range(n):
        for b in range(lanes):
            m.n[row.KEPT, i, b] = m.n[row.CASH, i, b] + (0.0 if gone(q, i, b, m) else m.n[row.RECEIPTS, i, b])
            m.limits[MINIMUM, i, b] = (
                m.n[row.MINIMUM_CASH, i, b] * (m.n[row.COSTS, i, b] + m.n[row.NAMED, i, b]) / years
            )
            if m.ni[row.VEHICLE, i]:
                bridge = max(asked[i, b] - m.n[row.CASH, i, b], 0.0) if not m.nl[row.DOWN, i, b] else 0.0
                m.n[row.BRIDGE, i, b], m.limits[MINIMUM, i, b] = bridge, 0.0
                m.n[row.KEPT, i, b] += bridge
