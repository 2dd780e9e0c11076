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
    for q in range(m.calendar.shape[1]):
        one_step(q, m)


@kernel
def one_step(q: int, m: Tableau) -> None:
    """One step in the order of the model: drivers, business, dues, funding, clearing, consequences, accounts, marks."""
    paths, levels = m.paths, m.levels
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
    for b in range(m.nodes.shape[2]):
        paths[row.RENTS_PATH, q, b], paths[row.NEED_PATH, q, b] = levels[RENT_LEVEL, b], levels[NEED, b]


@kernel
def start_money(q: int, m: Tableau) -> None:
    """Cash and receipts that nobody decides; minimum cash; what builders' funding covers of a vehicle's dues."""
    nodes, tie_kinds, ties, debt_kinds, debts, limits = m.nodes, m.tie_kinds, m.ties, m.debt_kinds, m.debts, m.limits
    years = m.calendar[row.YEARS, q]
    n, lanes = m.nodes.shape[1:]
    asked = nodes[row.GOT]
    asked[:, :] = 0.0
    for t in range(m.tie_kinds.shape[1]):
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        for b in range(lanes):
            change = ties[row.DUE, t, b] + ties[row.RECEIVABLE, t, b] - unpaid_after(q, t, b, m)
            if payer >= 0:
                asked[payer, b] += change
            if payee >= 0:
                asked[payee, b] -= change
    for k in range(m.debt_kinds.shape[1]):
        for b in range(lanes):
            asked[debt_kinds[row.DEBT_BORROWER, k], b] += debts[row.INTEREST, k, b]
            if debt_kinds[row.DEBT_LENDER, k] >= 0:
                asked[debt_kinds[row.DEBT_LENDER, k], b] -= debts[row.INTEREST, k, b]
    for i in range(n):
        for b in range(lanes):
            nodes[row.KEPT, i, b] = nodes[row.CASH, i, b] + (0.0 if gone(q, i, b, m) else nodes[row.RECEIPTS, i, b])
            limits[MINIMUM, i, b] = (
                nodes[row.MINIMUM_CASH, i, b] * (nodes[row.COSTS, i, b] + nodes[row.NAMED, i, b]) / years
            )
            if m.kinds[row.VEHICLE, i]:
                bridge = max(asked[i, b] - nodes[row.CASH, i, b], 0.0) if not m.marks[row.DOWN, i, b] else 0.0
                nodes[row.BRIDGE, i, b], limits[MINIMUM, i, b] = bridge, 0.0
                nodes[row.KEPT, i, b] += bridge
