"""The accounts of a step: ladders, income on both lives, balance sheets. Points 7 and 8 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.kernel.clearing import gone
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.dues import opening_debts
from cardhouse.economy.kernel.lanes import Lanes, any_of, lanes, least, most, where
from cardhouse.economy.kernel.marks import mark
from cardhouse.economy.kernel.tableau import Tableau

SMALL = 1e-9
ADDED_TO = (
    col.REVENUE,
    col.RELET,
    col.COSTS,
    col.COSTS_TIES,
    col.CAPEX,
    col.INTEREST,
    col.PRINCIPAL,
    col.RAISED,
    col.CALLS_PAID,
    col.CALLS_GOT,
    col.ESTATE_GOT,
    col.GONE,
    col.INTEREST_GOT,
    col.REPAID_GOT,
    col.TIES_GOT,
    col.TIES_PAID,
    col.CREDIT_LOSS,
    col.INVENTORY_LOSS,
    col.STAKE_LOSS,
    col.STAKE_GAIN,
    col.PLANT_LOSS,
    col.VESTED,
    col.FORGIVEN,
)
"""Columns that are sums over contracts, debts, stakes and events of a step."""
TOLD_SUMS = (
    col.INVESTED,
    col.ROLLED,
    col.SAVED,
    col.RECEIVABLES,
    col.ESTATES,
    col.STAKES_HELD,
    col.LOANS,
    col.PAYABLES,
    col.OWED_BY_ESTATE,
    col.STAKES_MARK,
)
"""Those of them that only a single path tells."""


@kernel
def open_books(m: Tableau) -> None:
    """Empty the accounts that a step adds to; the others are written anew in every step."""
    for i in range(m.nodes.shape[1]):
        open_book(i, m)


@kernel
def open_told(m: Tableau) -> None:
    """Empty the accounts that a step adds to for a single path alone."""
    for i in range(m.nodes.shape[1]):
        for column in TOLD_SUMS:
            m.books[column, i] = 0.0


@inlined
def open_book(i: int, m: Tableau) -> None:
    """Empty the accounts of a node that a step adds to."""
    for column in ADDED_TO:
        m.books[column, i] = 0.0


@inlined
def hasten(dep: Lanes, net: Lanes, years: float, life: Lanes, shorter: Lanes) -> Lanes:
    """Straight-line depreciation of a step; a shorter life than the accounts' is applied to what is left."""
    quick = dep * years
    quick *= where(shorter > 0.0, most(life * years / shorter, 1.0), 1.0)
    return least(most(quick, 0.0), most(net, 0.0))


@kernel
def ladders(q: int, m: Tableau) -> None:
    """Depreciate what stands, then put the step's spending on the ladders."""
    nodes = m.nodes
    for i in range(nodes.shape[1]):
        # Chips of a failed firm work on for others until their life ends, as all do.
        nodes[row.FLEET, i] -= m.ladders[row.ENDS_FLEET, i, q]
        empty = (m.marks[row.DOWN, i] > 0.0) & (nodes[row.SHORT, i] + nodes[row.LONG, i] <= 0.0)
        works = where(gone(q, i, m) | empty, 0.0, 1.0)
        if m.kinds[row.VEHICLE, i]:
            nodes[row.BUILDING, i] += works * m.books[col.CAPEX, i]  # carried at cost: its statements are not told
            continue
        depreciate(q, i, works, m)
        build(q, i, works, m)


@inlined
def depreciate(q: int, i: int, works: Lanes, m: Tableau) -> None:
    """Depreciation of a step on the accounts' lives and on the economic one."""
    nodes, ends, years, life = m.nodes, m.ladders, m.years[q], m.drivers[dr.LIFE, q]
    short = hasten(nodes[row.DEP_SHORT, i], nodes[row.SHORT, i], years, lanes(m.kinds[row.LIFE_SHORT, i]), life)
    long = least(nodes[row.DEP_LONG, i] * years, most(nodes[row.LONG, i], 0.0))
    economic = where(life > 0.0, life, m.world[row.ECONOMIC_LIFE])
    quick = hasten(nodes[row.DEP_ECONOMIC, i], nodes[row.ECONOMIC, i], years, lanes(m.switches[row.LIVED]), economic)
    short, long, quick = short * works, long * works, quick * works
    m.books[col.DEPRECIATION, i] = short + long
    m.books[col.DEPRECIATION_ECONOMIC, i] = quick + long
    nodes[row.SHORT, i] -= short
    nodes[row.LONG, i] -= long
    nodes[row.ECONOMIC, i] -= quick
    nodes[row.DEP_SHORT, i] -= ends[row.ENDS_SHORT, i, q] * works
    nodes[row.DEP_LONG, i] -= ends[row.ENDS_LONG, i, q] * works
    nodes[row.DEP_ECONOMIC, i] -= ends[row.ENDS_ECONOMIC, i, q] * works


@inlined
def build(q: int, i: int, works: Lanes, m: Tableau) -> None:
    """Spending of a step enters plant, its ladders and the fleet."""
    nodes, kinds, years, lived = m.nodes, m.kinds, m.years[q], m.switches[row.LIVED]
    spent = m.books[col.CAPEX, i] * works
    new = spent * m.node_terms[row.CAPEX_SHORT, i]
    nodes[row.SHORT, i] += new
    nodes[row.LONG, i] += spent - new
    nodes[row.ECONOMIC, i] += new
    enter(q, i, new, kinds[row.LIFE_SHORT, i], years, row.DEP_SHORT, row.ENDS_SHORT, m)
    enter(q, i, spent - new, kinds[row.LIFE_LONG, i], years, row.DEP_LONG, row.ENDS_LONG, m)
    enter(q, i, new, lived, years, row.DEP_ECONOMIC, row.ENDS_ECONOMIC, m)
    computing = new * m.calendar[row.PROGRESS, q]
    nodes[row.FLEET, i] += computing
    if q + lived < m.years.size:
        m.ladders[row.ENDS_FLEET, i, q + lived] += computing


@inlined
def enter(q: int, i: int, spent: Lanes, life: int, years: float, running: int, ends: int, m: Tableau) -> None:
    """Spending adds itself over its life to the running depreciation, from the next step on."""
    if life <= 0:
        return
    a_year = spent / (life * years)
    m.nodes[running, i] += a_year
    if q + life < m.years.size:
        m.ladders[ends, i, q + life] += a_year


@kernel
def impair(q: int, m: Tableau) -> None:
    """Stakes are carried at cost less what the market takes: written down to the mark, never up."""
    holdings = m.holdings
    for s in range(m.holding_kinds.shape[1]):
        i, worth, carried = m.holding_kinds[row.STAKE_HOLDER, s], mark(q, s, m), holdings[row.CARRYING, s]
        if i >= 0:
            m.books[col.STAKES_MARK, i] += worth
            m.books[col.STAKE_LOSS, i] += most(carried - worth, 0.0)
        holdings[row.CARRYING, s] = least(carried, worth)


@inlined
def income(q: int, i: int, m: Tableau) -> None:
    """Income of a node in the step, tax on it, and what it does to equity."""
    nodes, x, years = m.nodes, m.books, m.years[q]
    down = m.marks[row.DOWN, i] > 0.0
    revenue = x[col.REVENUE, i]
    noncash = m.node_terms[row.NONCASH, i] * revenue
    wears = least(m.node_terms[row.AMORTISATION, i] * years, most(nodes[row.OTHER_ASSETS, i], 0.0))
    wears = where(down, 0.0, wears)
    nodes[row.OTHER_ASSETS, i] -= wears
    running = x[col.COSTS, i] + x[col.COSTS_TIES, i] + x[col.LEVY, i]
    before = revenue - x[col.COSTS, i] - x[col.COSTS_TIES, i] - x[col.LEVY, i] - x[col.DEPRECIATION, i]
    before -= noncash + wears + x[col.INTEREST, i] - x[col.INTEREST_GOT, i]
    lost = x[col.CREDIT_LOSS, i] + x[col.STAKE_LOSS, i] + x[col.PLANT_LOSS, i]
    before -= lost + x[col.INVENTORY_LOSS, i]
    before += x[col.CALLS_GOT, i] - x[col.CALLS_PAID, i] + x[col.VESTED, i] + x[col.FORGIVEN, i]
    before += x[col.STAKE_GAIN, i]
    taxed = before - x[col.FORGIVEN, i]  # debt forgiven in a default is no taxed income
    tax = where(down, 0.0, m.node_terms[row.TAX, i] * most(taxed, 0.0))
    if m.kinds[row.VEHICLE, i]:
        tax = lanes(0.0)
    nodes[row.TAX_DUE, i] += tax
    earned = before - tax
    worse = x[col.DEPRECIATION_ECONOMIC, i] - x[col.DEPRECIATION, i]
    x[col.NONCASH, i], x[col.AMORTISATION, i], x[col.TAX, i], x[col.INCOME, i] = noncash, wears, tax, earned
    x[col.INCOME_ECONOMIC, i] = earned - worse * (1.0 - m.node_terms[row.TAX, i])
    nodes[row.EQUITY, i] += earned + noncash + x[col.DRAWN_SHARES, i] + x[col.RAISED, i]
    nodes[row.EQUITY, i] += x[col.BRIDGE, i] - x[col.PAYOUT, i] - x[col.GONE, i]
    nodes[row.LOST, i] += lost - x[col.STAKE_GAIN, i] + x[col.CALLS_PAID, i]
    operating = revenue - running - x[col.TAX_PAID, i]
    x[col.EARNINGS, i] = nodes[row.EARNINGS, i] = operating / years
    nodes[row.FREE, i] = operating - x[col.INTEREST, i] - x[col.CAPEX, i]


@inlined
def respond(q: int, i: int, m: Tableau) -> None:
    """Who lost revenue cuts next step's intentions, who sold more adds to them, up to twice the plan.

    Whose equity losses have eaten finds the market shut. What contracts brought of their plan tells how much computing
    they take.
    """
    nodes = m.nodes
    planned = m.plans[row.PLAN_REVENUE, i, q]
    short = where(planned > SMALL, 1.0 - m.books[col.REVENUE, i] / planned, 0.0)
    named = m.books[col.REVENUE, i] - m.books[col.WORLD_RECEIPTS, i]
    planned -= m.plans[row.PLAN_RECEIPTS, i, q]
    nodes[row.FULFILLED, i] = where(planned > SMALL, least(named / planned, 1.0), 1.0)
    nodes[row.CUT, i] = least(most(1.0 - m.node_terms[row.RESPONSE, i] * short, 0.0), 2.0)
    equity = nodes[row.EQUITY, i]
    eaten = (equity < 0.0) & (equity + nodes[row.LOST, i] >= 0.0)
    m.marks[row.SHUT, i] = where(eaten, 0.0 if m.kinds[row.VEHICLE, i] else 1.0, 0.0)


@kernel
def close(q: int, m: Tableau) -> None:
    """Write the balance sheet of every node, each side from its own parts."""
    tie_kinds, holding_kinds, debt_kinds, a = m.tie_kinds, m.holding_kinds, m.debt_kinds, m.books
    for t in range(tie_kinds.shape[1]):
        payer, payee, unpaid = tie_kinds[row.TIE_PAYER, t], tie_kinds[row.TIE_PAYEE, t], m.ties[row.RECEIVABLE, t]
        if payee >= 0:
            a[col.RECEIVABLES, payee] += unpaid
        if payer >= 0:
            a[col.PAYABLES, payer] += unpaid
    for s in range(holding_kinds.shape[1]):
        if holding_kinds[row.STAKE_HOLDER, s] >= 0:
            a[col.STAKES_HELD, holding_kinds[row.STAKE_HOLDER, s]] += m.holdings[row.CARRYING, s]
    for k in range(debt_kinds.shape[1]):
        if debt_kinds[row.DEBT_LENDER, k] >= 0:
            a[col.LOANS, debt_kinds[row.DEBT_LENDER, k]] += m.debts[row.PRINCIPAL, k]
    opening_debts(q, m)
    estates_left(q, m)
    for i in range(m.nodes.shape[1]):
        balance(i, m)


@kernel
def estates_left(q: int, m: Tableau) -> None:
    """What estates that are not paid out yet owe and are owed for."""
    estate, a, n = m.estate, m.books, m.nodes.shape[1]
    for j in range(n):
        pays_at = m.marks[row.ESTATE_AT, j]
        if not any_of((pays_at > q) & (pays_at < FOREVER)):
            continue
        owed = lanes(0.0)
        for p in range(m.claim_begins[j], m.claim_begins[j + 1]):
            c = m.claim_creditor[p]
            owed += estate[p]
            if c < n:
                a[col.ESTATES, c] += estate[p]
        a[col.OWED_BY_ESTATE, j] = owed


@kernel
def balance(i: int, m: Tableau) -> None:
    """Both sides of the balance sheet of a node."""
    nodes, x = m.nodes, m.books
    cash, short, long, building = nodes[row.CASH, i], nodes[row.SHORT, i], nodes[row.LONG, i], nodes[row.BUILDING, i]
    receivables = x[col.RECEIVABLES, i] + nodes[row.RESIDUAL_RECEIVABLES, i]
    other = nodes[row.OTHER_ASSETS, i]
    assets = cash + receivables + x[col.ESTATES, i] + short + long
    assets += building + x[col.STAKES_HELD, i] + x[col.LOANS, i] + other
    x[col.CASH, i], x[col.SHORT, i], x[col.LONG, i], x[col.BUILDING, i] = cash, short, long, building
    x[col.RECEIVABLES, i], x[col.OTHER_ASSETS, i], x[col.ASSETS, i] = receivables, other, assets
    x[col.DEBT, i], x[col.LEASES, i] = nodes[row.NEW_DEBT, i] + nodes[row.OLD_DEBT, i], nodes[row.LEASES, i]
    x[col.OTHER_LIABILITIES, i], x[col.TAX_DUE, i] = nodes[row.OTHER_LIABILITIES, i], nodes[row.TAX_DUE, i]
    x[col.EQUITY, i], x[col.SHORT_ECONOMIC, i] = nodes[row.EQUITY, i], nodes[row.ECONOMIC, i]
    x[col.VALUE, i], x[col.UNDRAWN, i], x[col.CUT, i] = nodes[row.VALUE, i], nodes[row.UNDRAWN, i], nodes[row.CUT, i]
    x[col.DOWN, i], x[col.SHUT, i], x[col.FLEET, i] = m.marks[row.DOWN, i], m.marks[row.SHUT, i], nodes[row.FLEET, i]
