"""A path from the opening to the horizon, step by step; a block of paths runs side by side."""

from __future__ import annotations

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.books import close, impair, income, ladders, open_books, open_told, respond
from cardhouse.economy.kernel.clearing import gone
from cardhouse.economy.kernel.columns import COLUMNS
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.dues import contracts, debts, guarantees, relief
from cardhouse.economy.kernel.estates import distribute, resolve
from cardhouse.economy.kernel.funding import MINIMUM
from cardhouse.economy.kernel.lanes import most, where
from cardhouse.economy.kernel.marks import value_firms
from cardhouse.economy.kernel.memory import hold, table_of
from cardhouse.economy.kernel.outset import RENT_LEVEL, costs, indices, lags, paces, receipts, spending
from cardhouse.economy.kernel.payments import pay
from cardhouse.economy.kernel.rounds import settle
from cardhouse.economy.kernel.tableau import Tableau


def run_path(t: Tableau) -> None:
    """Run every step of a block of paths; the tableau ends as the state at the horizon with what happened."""
    if t.plans.shape[-1] != 1:
        raise AssertionError(f"terms of {t.plans.shape[-1]} paths; expected terms that all paths share")
    table = table_of(t)
    run_held(table.ctypes.data)


@kernel
def run_held(address: int) -> None:
    """Run every step of the tableau behind an address."""
    m = hold(address)
    for q in range(m.years.size):
        open_books(m)
        open_told(m)
        one_step(q, m)
        for i in range(m.nodes.shape[1]):
            end_step(q, i, m)
        if m.switches[row.HISTORY]:
            close(q, m)
            keep(q, m)


@kernel
def one_step(q: int, m: Tableau) -> None:
    """One step in the order of the model: drivers, business, dues, funding, clearing, consequences, marks.

    The accounts are empty when it begins; :func:`end_step` ends it for each node.
    """
    distribute(q, m)
    lags(q, m)
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
    m.paths[row.RENTS_PATH, q] = m.levels[RENT_LEVEL]


@inlined
def end_step(q: int, i: int, m: Tableau) -> None:
    """The accounts of a node at the end of a step, and what it intends by them."""
    income(q, i, m)
    respond(q, i, m)


@kernel
def keep(q: int, m: Tableau) -> None:
    """Keep the accounts of a step."""
    for column in range(COLUMNS):
        for i in range(m.nodes.shape[1]):
            m.accounts[q, column, i] = m.books[column, i]


@kernel
def start_money(q: int, m: Tableau) -> None:
    """Cash and receipts that nobody decides; minimum cash; what builders' funding covers of a vehicle's dues."""
    nodes, limits, years = m.nodes, m.limits, m.years[q]
    ask_vehicles(m)
    for i in range(nodes.shape[1]):
        nodes[row.KEPT, i] = nodes[row.CASH, i] + where(gone(q, i, m), 0.0, nodes[row.RECEIPTS, i])
        limits[MINIMUM, i] = m.node_terms[row.MINIMUM_CASH, i] * (nodes[row.COSTS, i] + nodes[row.NAMED, i]) / years
        if m.kinds[row.VEHICLE, i]:
            lacks = most(nodes[row.GOT, i] - nodes[row.CASH, i], 0.0)
            bridge = where(m.marks[row.DOWN, i] > 0.0, 0.0, lacks)
            nodes[row.BRIDGE, i], limits[MINIMUM, i] = bridge, 0.0
            nodes[row.KEPT, i] += bridge


@kernel
def ask_vehicles(m: Tableau) -> None:
    """What each vehicle owes under contracts and as interest beyond what it is owed, if everybody pays."""
    nodes, tie_kinds, ties, debt_kinds = m.nodes, m.tie_kinds, m.ties, m.debt_kinds
    for i in range(nodes.shape[1]):
        nodes[row.GOT, i] = 0.0
    for n in range(m.live[0]):
        t = m.live[n + 1]
        if not tie_kinds[row.TIE_OF_VEHICLE, t]:
            continue
        payer, payee = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t]
        change = ties[row.DUE, t] + ties[row.RECEIVABLE, t] - ties[row.NEW_RECEIVABLE, t]
        if payer >= 0:
            nodes[row.GOT, payer] += change
        if payee >= 0:
            nodes[row.GOT, payee] -= change
    for k in range(debt_kinds.shape[1]):
        interest, lender = m.debts[row.INTEREST, k], debt_kinds[row.DEBT_LENDER, k]
        nodes[row.GOT, debt_kinds[row.DEBT_BORROWER, k]] += interest
        if lender >= 0:
            nodes[row.GOT, lender] -= interest
