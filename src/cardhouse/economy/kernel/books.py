"""The accounts of a step: ladders, income on both lives, balance sheets. Points 7 and 8 of a step."""

from __future__ import annotations

from cardhouse.economy import drivers as dr
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import Floats
from cardhouse.economy.kernel.clearing import gone
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.funding import total_debt
from cardhouse.economy.kernel.marks import mark
from cardhouse.economy.kernel.tableau import Tableau

SMALL = 1e-9


@kernel
def hasten(dep: float, net: float, years: float, life: int, shorter: float) -> float:
    """Straight-line depreciation of a step; a shorter life than the accounts' is applied to what is left."""
    quick = dep * years
    if shorter > 0.0:
        quick *= max(life * years / shorter, 1.0)
    return float(min(max(quick, 0.0), max(net, 0.0)))


@kernel
def ladders(q: int, m: Tableau) -> None:
    """Depreciate what stands, then put the step's spending on the ladders."""
    calendar, nodes, kinds, world, ladders = m.calendar, m.nodes, m.kinds, m.world, m.ladders
    a, years = m.accounts, calendar[row.YEARS, q]
    steps = m.calendar.shape[1]
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            # Chips of a failed firm work on for others until their life ends, as all do.
            nodes[row.FLEET, i, b] -= ladders[row.ENDS_FLEET, i, q, b]
            if gone(q, i, b, m) or (m.marks[row.DOWN, i, b] and nodes[row.SHORT, i, b] + nodes[row.LONG, i, b] <= 0.0):
                continue
            if m.kinds[row.VEHICLE, i]:
                nodes[row.BUILDING, i, b] += a[q, col.CAPEX, i, b]  # carried at cost: its statements are not told
                continue
            life = m.drivers[dr.LIFE, q, b]
            short = hasten(nodes[row.DEP_SHORT, i, b], nodes[row.SHORT, i, b], years, kinds[row.LIFE_SHORT, i], life)
            long = min(nodes[row.DEP_LONG, i, b] * years, max(nodes[row.LONG, i, b], 0.0))
            economic = life if life > 0.0 else world[row.ECONOMIC_LIFE, b]
            lived = round(world[row.ECONOMIC_LIFE, b] / years)
            quick = hasten(nodes[row.DEP_ECONOMIC, i, b], nodes[row.ECONOMIC, i, b], years, lived, economic)
            a[q, col.DEPRECIATION, i, b] = short + long
            a[q, col.DEPRECIATION_ECONOMIC, i, b] = quick + long
            nodes[row.SHORT, i, b] -= short
            nodes[row.LONG, i, b] -= long
            nodes[row.ECONOMIC, i, b] -= quick
            nodes[row.DEP_SHORT, i, b] -= ladders[row.ENDS_SHORT, i, q, b]
            nodes[row.DEP_LONG, i, b] -= ladders[row.ENDS_LONG, i, q, b]
            nodes[row.DEP_ECONOMIC, i, b] -= ladders[row.ENDS_ECONOMIC, i, q, b]
            spent = a[q, col.CAPEX, i, b]
            new = spent * nodes[row.CAPEX_SHORT, i, b]
            nodes[row.SHORT, i, b] += new
            nodes[row.LONG, i, b] += spent - new
            nodes[row.ECONOMIC, i, b] += new
            enter(q, i, b, new, kinds[row.LIFE_SHORT, i], years, steps, nodes[row.DEP_SHORT], ladders[row.ENDS_SHORT])
            enter(
                q, i, b, spent - new, kinds[row.LIFE_LONG, i], years, steps, nodes[row.DEP_LONG], ladders[row.ENDS_LONG]
            )
            enter(q, i, b, new, lived, years, steps, nodes[row.DEP_ECONOMIC], ladders[row.ENDS_ECONOMIC])
            computing = new * calendar[row.PROGRESS, q]
            nodes[row.FLEET, i, b] += computing
            if q + lived < steps:
                ladders[row.ENDS_FLEET, i, q + lived, b] += computing


@kernel
def enter(
    q: int, i: int, b: int, spent: float, life: int, years: float, steps: int, running: Floats, ends: Floats
) -> None:
    """Spending adds itself over its life to the running depreciation, from the next step on."""
    if spent == 0.0 or life <= 0:
        return
    a_year = spent / (life * years)
    running[i, b] += a_year
    last = q + life
    if last < steps:
        ends[i, last, b] += a_year


@kernel
def impair(q: int, m: Tableau) -> None:
    """Stakes are carried at cost less what the market takes: written down to the mark, never up."""
    holdings = m.holdings
    for s in range(m.holding_kinds.shape[1]):
        i = m.holding_kinds[row.STAKE_HOLDER, s]
        for b in range(m.holdings.shape[2]):
            worth = mark(q, s, b, m)
            if i >= 0:
                m.accounts[q, col.STAKES_MARK, i, b] += worth
            if worth < holdings[row.CARRYING, s, b]:
                if i >= 0:
                    m.accounts[q, col.STAKE_LOSS, i, b] += holdings[row.CARRYING, s, b] - worth
                holdings[row.CARRYING, s, b] = worth


@kernel
def income(q: int, m: Tableau) -> None:
    """Income of the step, tax on it, and what it does to equity."""
    nodes, marks = m.nodes, m.marks
    a, years = m.accounts, m.calendar[row.YEARS, q]
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            x = a[q, :, i, b]
            x[col.NONCASH] = nodes[row.NONCASH, i, b] * x[col.REVENUE]
            wears = min(nodes[row.AMORTISATION, i, b] * years, max(nodes[row.OTHER_ASSETS, i, b], 0.0))
            x[col.AMORTISATION] = 0.0 if marks[row.DOWN, i, b] else wears
            nodes[row.OTHER_ASSETS, i, b] -= x[col.AMORTISATION]
            before = x[col.REVENUE] - x[col.COSTS] - x[col.COSTS_TIES] - x[col.LEVY] - x[col.DEPRECIATION]
            before -= x[col.NONCASH] + x[col.AMORTISATION] + x[col.INTEREST] - x[col.INTEREST_GOT]
            before -= x[col.CREDIT_LOSS] + x[col.STAKE_LOSS] + x[col.PLANT_LOSS] + x[col.INVENTORY_LOSS]
            before += x[col.CALLS_GOT] - x[col.CALLS_PAID] + x[col.VESTED] + x[col.FORGIVEN]
            taxed = before - x[col.FORGIVEN]  # debt forgiven in a default is no taxed income
            pays_tax = not marks[row.DOWN, i, b] and not m.kinds[row.VEHICLE, i]
            tax = nodes[row.TAX, i, b] * max(taxed, 0.0) if pays_tax else 0.0
            x[col.TAX] = tax
            nodes[row.TAX_DUE, i, b] += tax
            x[col.INCOME] = before - tax
            worse = x[col.DEPRECIATION_ECONOMIC] - x[col.DEPRECIATION]
            x[col.INCOME_ECONOMIC] = x[col.INCOME] - worse * (1.0 - nodes[row.TAX, i, b])
            nodes[row.EQUITY, i, b] += x[col.INCOME] + x[col.NONCASH] + x[col.DRAWN_SHARES] + x[col.RAISED]
            nodes[row.EQUITY, i, b] += x[col.BRIDGE] - x[col.PAYOUT] - x[col.GONE]
            nodes[row.LOST, i, b] += x[col.CREDIT_LOSS] + x[col.STAKE_LOSS] + x[col.PLANT_LOSS] + x[col.CALLS_PAID]
            operating = x[col.REVENUE] - x[col.COSTS] - x[col.COSTS_TIES] - x[col.LEVY] - x[col.TAX_PAID]
            x[col.EARNINGS] = operating / years
            nodes[row.EARNINGS, i, b] = operating / years
            nodes[row.FREE, i, b] = operating - x[col.INTEREST] - x[col.CAPEX]


@kernel
def respond(q: int, m: Tableau) -> None:
    """Those who lost revenue cut next step's intentions; whose equity losses have eaten finds the market shut."""
    nodes = m.nodes
    for i in range(m.nodes.shape[1]):
        for b in range(m.nodes.shape[2]):
            planned = m.plans[row.PLAN_REVENUE, i, q]
            short = 1.0 - m.accounts[q, col.REVENUE, i, b] / planned if planned > SMALL else 0.0
            nodes[row.CUT, i, b] = min(max(1.0 - nodes[row.RESPONSE, i, b] * short, 0.0), 2.0)
            eaten = nodes[row.EQUITY, i, b] < 0.0 <= nodes[row.EQUITY, i, b] + nodes[row.LOST, i, b]
            m.marks[row.SHUT, i, b] = 1 if eaten and not m.kinds[row.VEHICLE, i] else 0


@kernel
def close(q: int, m: Tableau) -> None:
    """Write the balance sheet of every node, each side from its own parts."""
    tie_kinds, ties, holding_kinds, debt_kinds = m.tie_kinds, m.ties, m.holding_kinds, m.debt_kinds
    a, lanes = m.accounts, m.nodes.shape[2]
    for t in range(m.tie_kinds.shape[1]):
        for b in range(lanes):
            if tie_kinds[row.TIE_PAYEE, t] >= 0:
                a[q, col.RECEIVABLES, tie_kinds[row.TIE_PAYEE, t], b] += ties[row.RECEIVABLE, t, b]
            if tie_kinds[row.TIE_PAYER, t] >= 0:
                a[q, col.PAYABLES, tie_kinds[row.TIE_PAYER, t], b] += ties[row.RECEIVABLE, t, b]
    for s in range(m.holding_kinds.shape[1]):
        if holding_kinds[row.STAKE_HOLDER, s] >= 0:
            for b in range(lanes):
                a[q, col.STAKES_HELD, holding_kinds[row.STAKE_HOLDER, s], b] += m.holdings[row.CARRYING, s, b]
    for k in range(m.debt_kinds.shape[1]):
        if debt_kinds[row.DEBT_LENDER, k] >= 0:
            for b in range(lanes):
                a[q, col.LOANS, debt_kinds[row.DEBT_LENDER, k], b] += m.debts[row.PRINCIPAL, k, b]
    balance(q, m)


@kernel
def balance(q: int, m: Tableau) -> None:
    """Both sides of every balance sheet."""
    estate, nodes, marks = m.estate, m.nodes, m.marks
    a, (n, lanes) = m.accounts, m.nodes.shape[1:]
    for i in range(n):
        for b in range(lanes):
            x = a[q, :, i, b]
            for j in range(n):
                x[col.ESTATES] += estate[j, i, b]
            x[col.CASH], x[col.SHORT], x[col.LONG] = (
                nodes[row.CASH, i, b],
                nodes[row.SHORT, i, b],
                nodes[row.LONG, i, b],
            )
            x[col.RECEIVABLES] += nodes[row.RESIDUAL_RECEIVABLES, i, b]
            x[col.BUILDING], x[col.OTHER_ASSETS] = nodes[row.BUILDING, i, b], nodes[row.OTHER_ASSETS, i, b]
            x[col.ASSETS] = x[col.CASH] + x[col.RECEIVABLES] + x[col.ESTATES] + x[col.SHORT] + x[col.LONG]
            x[col.ASSETS] += x[col.BUILDING] + x[col.STAKES_HELD] + x[col.LOANS] + x[col.OTHER_ASSETS]
            x[col.DEBT], x[col.LEASES] = total_debt(i, b, m), nodes[row.LEASES, i, b]
            x[col.OTHER_LIABILITIES], x[col.TAX_DUE] = nodes[row.OTHER_LIABILITIES, i, b], nodes[row.TAX_DUE, i, b]
            x[col.OWED_BY_ESTATE] = estate[i, :, b].sum()
            x[col.EQUITY], x[col.SHORT_ECONOMIC] = nodes[row.EQUITY, i, b], nodes[row.ECONOMIC, i, b]
            x[col.VALUE], x[col.UNDRAWN], x[col.CUT] = (
                nodes[row.VALUE, i, b],
                nodes[row.UNDRAWN, i, b],
                nodes[row.CUT, i, b],
            )
            x[col.DOWN], x[col.SHUT] = float(marks[row.DOWN, i, b]), float(marks[row.SHUT, i, b])
