"""From an opening to the arrays that the kernel runs on. Nothing is read twice: it is all in the opening.

A *frozen* compilation takes the opening's window as one step and holds still what only time moves (re-letting,
working capital, minimum cash, payouts, limits of lenders): its first clearing is the clearing of a pull.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Tier
from cardhouse.economy.claims import payables
from cardhouse.economy.compiled_debts import debt_arrays, guarantee_arrays, stake_arrays, total_owed
from cardhouse.economy.compiled_nodes import NodeFigures, node_arrays, node_figures
from cardhouse.economy.compiled_ties import ContractTerms, contract_terms, tie_arrays
from cardhouse.economy.inputs import rate
from cardhouse.economy.kernel.arrays import Model, Plans, Stakes, Start, World
from cardhouse.economy.opening import Opening
from cardhouse.economy.outlook import Outlook, outlook, planned_ties, revenue_trend, yearly_capex
from cardhouse.economy.sheet import book_equity
from cardhouse.economy.statements import Statement
from cardhouse.economy.window import Window, quarters_of
from cardhouse.errors import BookError

Array = NDArray[np.float64]
DAMAGE_YEARS = 1.0
"""How long a rejected contract leaves a claim: the year that bankruptcy law grants landlords at least."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A model for the kernel and the names behind its places.

    Attributes
    ----------
    windows : the steps.
    nodes : node ids in order; ``place`` the way back.
    contracts : the contracts behind the tie arrays; ``debts`` the tie ids behind debts (empty: the rest of a node).
    flags : what a reader should know, one sentence each.
    """

    opening: Opening
    windows: tuple[Window, ...]
    model: Model
    nodes: tuple[str, ...]
    place: Mapping[str, int]
    contracts: tuple[ContractTerms, ...]
    debts: tuple[str, ...]
    flags: tuple[str, ...]


def compile_opening(opening: Opening, *, quarters: int = 24, frozen: bool = False) -> Compiled:
    """Compile an opening.

    Parameters
    ----------
    quarters : number of steps of a quarter each; not used when frozen.
    frozen : one step, the opening's window, with everything held still that a pull holds still.
    """
    windows = (opening.window,) if frozen else quarters_of(opening.window, quarters)
    nodes = tuple(opening.positions)
    place = {node: i for i, node in enumerate(nodes)}
    read = contract_terms(opening, windows)
    figures = {n: node_figures(opening, n, windows) for n in nodes}
    plans = _outlooks(opening, read, windows, figures)
    ties = tie_arrays(opening, read, windows, place, frozen=frozen)
    debts, names = debt_arrays(opening, windows, place)
    stakes = stake_arrays(opening, read, place)
    model = Model(
        world=_world(opening, windows, frozen=frozen),
        nodes=node_arrays(opening, nodes, place, plans, figures, frozen=frozen),
        plans=_plans(opening, nodes, plans, stakes, len(windows)),
        ties=ties,
        debts=debts,
        guarantees=guarantee_arrays(opening, read, windows, place),
        stakes=stakes,
        start=_start(opening, nodes, figures, stakes, debts.lender, debts.principal0, windows, frozen=frozen),
    )
    flags = tuple(flag for n in nodes for flag in figures[n].flags)
    return Compiled(opening, windows, model, nodes, place, read, names, flags)


def _outlooks(
    opening: Opening, read: Sequence[ContractTerms], windows: Sequence[Window], figures: Mapping[str, NodeFigures]
) -> dict[str, Outlook]:
    full = {n: p for n, p in opening.positions.items() if p.statement is not None}
    capex = {n: yearly_capex(opening, p, windows) for n, p in full.items()}
    revenue = {n: revenue_trend(opening, p, windows) for n, p in full.items()}
    received = planned_ties(opening, read, windows, capex, revenue)
    return {
        n: outlook(
            opening,
            p,
            windows,
            trend=revenue[n],
            capex=capex[n],
            ties_in=received.get(n, np.zeros(len(windows))),
            first_tax=figures[n].tax,
        )
        for n, p in full.items()
    }


def _world(opening: Opening, windows: Sequence[Window], *, frozen: bool) -> World:
    inputs = opening.inputs
    years = np.array([w.years for w in windows])
    begins = np.cumsum(years) - years
    decay = rate(inputs, "rent_decay", "all")
    if decay >= 1.0:
        raise BookError(
            f"rent_decay for all is {decay:g} a year; expected less than 1, or computing would be free within a year; "
            "mend assumptions.csv"
        )
    return World(
        years=years,
        progress=(1.0 - decay) ** -begins,
        elasticity=np.array([rate(inputs, "demand_elasticity", "all")]),
        rent_response=np.array([rate(inputs, "rent_response", "all")]),
        rent_ceiling=np.array([rate(inputs, "rent_ceiling", "all")]),
        economic_life=np.array([rate(inputs, "economic_life_years", "all")]),
        private_lag=round(rate(inputs, "private_lag", "all")),
        damage_steps=max(round(DAMAGE_YEARS / float(years[0])), 1),
        rollover=1,
        still=int(frozen),
        funded=0,
    )


def _plans(opening: Opening, nodes: Sequence[str], plans: Mapping[str, Outlook], stakes: Stakes, steps: int) -> Plans:
    none = np.zeros(steps)
    values = np.array([market_worth(opening, n) for n in nodes])
    own = values.copy()
    for holder, held, fraction in zip(stakes.holder, stakes.held, stakes.fraction0, strict=True):
        if holder >= 0 and held >= 0:
            own[holder] -= fraction * values[held]
    known = [opening.positions[n].statement for n in nodes]
    return Plans(
        receipts=np.array([plans[n].receipts if n in plans else none for n in nodes]),
        fixed=np.array([plans[n].fixed if n in plans else none for n in nodes]),
        capex=np.array([plans[n].capex if n in plans else none for n in nodes]),
        revenue=np.array([plans[n].revenue if n in plans else none for n in nodes]),
        fleet=np.zeros((len(nodes), steps)),
        earnings0=np.array([k.plan.yearly_earnings if k else 0.0 for k in known]),
        value0=values,
        own0=own,
    )


def _free_cash_flow(known: Statement, opening: Opening) -> float:
    """What a firm plans to have left a year after capital spending: what owners are paid from."""
    plan = known.plan
    left = plan.revenue.value - plan.costs.value - plan.interest.value - plan.capital_spending.value
    return left / opening.window.years


def market_worth(opening: Opening, node: str) -> float:
    """Market value of a node's equity, or its book equity where nobody quotes one."""
    known = opening.positions[node].statement
    if known is not None and known.balance.market_value is not None:
        return known.balance.market_value.value
    return book_equity(opening, node)


def _start(
    opening: Opening,
    nodes: Sequence[str],
    figures: Mapping[str, NodeFigures],
    stakes: Stakes,
    lenders: NDArray[np.int64],
    lent: Array,
    windows: Sequence[Window],
    *,
    frozen: bool,
) -> Start:
    """Opening balance sheets; what no figure explains is other assets and other liabilities."""
    contracts, steps, step_years = opening.ties.by_id, len(windows), windows[0].years
    n = len(nodes)
    place = {node: i for i, node in enumerate(nodes)}
    due_to, loans, held = np.zeros(n), np.zeros(n), np.zeros(n)
    for tie, amount in opening.receivables.items():
        if contracts[tie].payee in place:
            due_to[place[contracts[tie].payee]] += amount
    for lender, amount in zip(lenders, lent, strict=True):
        if lender >= 0:
            loans[lender] += amount
    for holder, amount in zip(stakes.holder, stakes.carrying0, strict=True):
        if holder >= 0:
            held[holder] += amount
    rows: list[dict[str, float]] = []
    for node in nodes:
        i, position, figure = place[node], opening.positions[node], figures[node]
        owed = payables(opening, node)
        if position.tier is Tier.VEHICLE or position.statement is None:
            equity, debt = book_equity(opening, node), total_owed(opening, position)
            assets = equity + debt + owed
            building = max(assets - due_to[i] - loans[i] - held[i], 0.0)
            equity = building + due_to[i] + loans[i] + held[i] - debt - owed
            rows.append({"receivables": 0.0, "building": building, "equity": equity, "cash": 0.0})
            continue
        sheet = position.statement.balance
        others = sheet.total_assets.value - sheet.equity.value - sheet.debt.value - sheet.leases.value - owed
        receivables = max(sheet.receivables.value - due_to[i], 0.0)
        building = sheet.plant.value - figure.short.net - figure.long.net
        explained = sheet.cash.value + receivables + due_to[i] + sheet.plant.value + loans[i] + held[i]
        liabilities = max(others, figure.tax_due)
        rows.append(
            {
                "cash": sheet.cash.value,
                "receivables": receivables,
                "building": building,
                "equity": sheet.equity.value,
                "leases": sheet.leases.value,
                "other_liabilities": liabilities - figure.tax_due,
                "other_assets": sheet.equity.value
                + sheet.debt.value
                + sheet.leases.value
                + owed
                + liabilities
                - explained,
                "undrawn": sheet.undrawn.value,
                "free": 0.0 if frozen else _free_cash_flow(position.statement, opening) * step_years,
            }
        )

    def column(name: str) -> Array:
        return np.array([row.get(name, 0.0) for row in rows])

    return Start(
        cash=column("cash"),
        receivables=column("receivables"),
        short=np.array([figures[n].short.net for n in nodes]),
        long=np.array([figures[n].long.net for n in nodes]),
        economic=np.array([figures[n].economic.net for n in nodes]),
        building=column("building"),
        other_assets=column("other_assets"),
        leases=column("leases"),
        other_liabilities=column("other_liabilities"),
        tax_due=np.array([figures[n].tax_due for n in nodes]),
        free=column("free"),
        equity=column("equity"),
        undrawn=column("undrawn"),
        fleet=np.array([figures[n].fleet.units for n in nodes]),
        dep_short=np.array([figures[n].short.yearly for n in nodes]),
        dep_long=np.array([figures[n].long.yearly for n in nodes]),
        dep_economic=np.array([figures[n].economic.yearly for n in nodes]),
        ends_short=np.array([figures[n].short.ends for n in nodes]).reshape(-1, steps),
        ends_long=np.array([figures[n].long.ends for n in nodes]).reshape(-1, steps),
        ends_economic=np.array([figures[n].economic.ends for n in nodes]).reshape(-1, steps),
        ends_fleet=np.array([figures[n].fleet.ends for n in nodes]).reshape(-1, steps),
    )
