"""Contracts of an opening as arrays for the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Layer, TieKind
from cardhouse.economy.contracts import Contract, Role, containers
from cardhouse.economy.dues import MOST_RELIEF, contract_relief
from cardhouse.economy.inputs import YEAR_DAYS, Inputs, loss_rate, rate
from cardhouse.economy.instruments import MovingRent, Schedule, ShareOf, TakeOrPay, TradeIn, Tranche
from cardhouse.economy.kernel.arrays import CAPITAL, INVESTMENT, OPERATING, RENT, Ties
from cardhouse.economy.nodes import layer_of
from cardhouse.economy.opening import Opening
from cardhouse.economy.schedules import terms_named
from cardhouse.economy.window import Window

Array = NDArray[np.float64]
ROLES = {Role.OPERATING: OPERATING, Role.CAPITAL: CAPITAL, Role.RENT: RENT, Role.INVESTMENT: INVESTMENT}
SMALLEST_DUE = 1e-9


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """Everything that one contract does in the steps of a run."""

    contract: Contract
    schedule: Array
    bound: Array
    of_capex: ShareOf
    of_revenue: ShareOf
    tranche: Tranche
    rent: MovingRent
    trade_in: TradeIn
    paid: float


def contract_terms(opening: Opening, windows: Sequence[Window]) -> tuple[ContractTerms, ...]:
    """The contracts of an opening with their terms by step; contained ones taken out, all scaled as there."""
    read = {c.tie.id: _read(opening.inputs, c, windows) for c in opening.ties.contracts}
    schedules = _without_contained(opening, {id_: r.schedule for id_, r in read.items()})
    return tuple(_fitted(opening, r, schedules[id_], windows) for id_, r in read.items())


def _read(inputs: Inputs, contract: Contract, windows: Sequence[Window]) -> ContractTerms:
    tie, terms = contract.tie, inputs.book.terms_of(contract.tie.id)
    capex, revenue = ShareOf.read(terms, "share_of_capex", windows), ShareOf.read(terms, "share_of_revenue", windows)
    shared = bool(terms_named(terms, "share_of_capex", "share_of_revenue"))
    schedule = np.zeros(len(windows)) if shared else Schedule.read(inputs, tie, terms, windows).due
    paid = [t.number for t in terms_named(terms, "paid_to_date") if t.to is None or t.to <= inputs.window.opening]
    return ContractTerms(
        contract=contract,
        schedule=schedule,
        bound=TakeOrPay.read(tie, terms, windows).bound,
        of_capex=capex,
        of_revenue=revenue,
        tranche=Tranche.read(terms, windows),
        rent=MovingRent.read(terms),
        trade_in=TradeIn.read(terms),
        paid=max(paid, default=0.0),
    )


def _without_contained(opening: Opening, schedules: Mapping[str, Array]) -> dict[str, Array]:
    """Take what is inside another tie's dues out of them, step by step."""
    out = dict(schedules)
    for inner, outer in containers(opening.inputs, opening.ties.contracts).items():
        out[outer] = np.maximum(out[outer] - schedules[inner], 0.0)
    return out


def _fitted(opening: Opening, read: ContractTerms, schedule: Array, windows: Sequence[Window]) -> ContractTerms:
    """Scale a contract as the opening did, so that the window's dues are the opening's to the last digit."""
    window, due = opening.window, read.contract.due.value
    inside = np.array([w.end <= window.end for w in windows])
    planned = float(schedule[inside].sum())
    whole = bool(inside.any()) and windows[int(np.flatnonzero(inside)[-1])].end == window.end
    shares = read.of_capex.share.any() or read.of_revenue.share.any()
    factor = due / planned if whole and planned > SMALLEST_DUE and not shares else 1.0
    return ContractTerms(
        read.contract,
        schedule * factor,
        read.bound,
        read.of_capex,
        read.of_revenue,
        read.tranche,
        read.rent,
        read.trade_in,
        read.paid,
    )


def scale_of_shares(opening: Opening, read: ContractTerms) -> float:
    """How far the opening scaled a share of capital spending or revenue, contained ties included; a run keeps caps."""
    position = opening.positions.get(read.contract.payer)
    if position is None or position.statement is None:
        return 1.0
    plan, shares = position.statement.plan, window_shares(opening, read)
    asked = shares[0] * plan.capital_spending.value + shares[1] * plan.revenue.value
    asked = min(asked, max(cap_of(read) - read.paid, 0.0))
    return read.contract.due.value / asked if asked > SMALLEST_DUE else 1.0


def window_shares(opening: Opening, read: ContractTerms) -> tuple[float, float]:
    """Shares of capital spending and of revenue over the opening's window as a whole."""
    terms, whole = opening.book.terms_of(read.contract.tie.id), (opening.window,)
    capex, revenue = (ShareOf.read(terms, name, whole).share for name in ("share_of_capex", "share_of_revenue"))
    return float(capex[0]), float(revenue[0])


def cap_of(read: ContractTerms) -> float:
    """The most that is ever paid under a contract that is a share."""
    return min(read.of_capex.cap, read.of_revenue.cap)


def boundary_shares(opening: Opening, read: ContractTerms, windows: Sequence[Window]) -> Array:
    """Dues that are shares of what a party outside the network spends: the opening's pace, carried on."""
    if read.contract.payer in opening.positions and opening.positions[read.contract.payer].statement is not None:
        return np.zeros(len(windows))
    shares = read.of_capex.share + read.of_revenue.share
    inside = sum(window_shares(opening, read))
    if inside <= 0.0:
        return np.zeros(len(windows))
    pace = read.contract.due.value / opening.window.years / inside
    return np.asarray([pace * w.years for w in windows] * shares)


def tie_arrays(
    opening: Opening,
    read: Sequence[ContractTerms],
    windows: Sequence[Window],
    place: Mapping[str, int],
    *,
    frozen: bool,
) -> Ties:
    """Contracts as arrays in the order given."""
    index = {r.contract.tie.id: t for t, r in enumerate(read)}
    outers = containers(opening.inputs, opening.ties.contracts)
    softened = [_relief(opening, r.contract, frozen=frozen) for r in read]
    credit = [_credit(opening, r, frozen=frozen) for r in read]
    bought = [
        (index[r.contract.tie.id], place[customer], share)
        for r in read
        for customer, share in r.contract.made_for.items()
        if customer in place
    ]
    scale = [scale_of_shares(opening, r) for r in read]
    return Ties(
        payer=_ints(place.get(r.contract.payer, -1) for r in read),
        payee=_ints(place.get(r.contract.payee, -1) for r in read),
        role=_ints(ROLES[r.contract.role] for r in read),
        due=_rows((r.schedule + boundary_shares(opening, r, windows) for r in read), len(windows)),
        bound=_rows((r.bound for r in read), len(windows)),
        of_capex=_rows((r.of_capex.share * s for r, s in zip(read, scale, strict=True)), len(windows)),
        of_revenue=_rows((r.of_revenue.share * s for r, s in zip(read, scale, strict=True)), len(windows)),
        cap=_floats(cap_of(r) for r in read),
        paid0=_floats(r.paid for r in read),
        held=_rows((r.tranche.waits for r in read), len(windows)),
        condition=_ints(r.tranche.condition for r in read),
        threshold=_floats(r.tranche.threshold for r in read),
        outer=_ints(index.get(outers.get(r.contract.tie.id, ""), -1) for r in read),
        watch=_ints(index.get(r.tranche.tie, t) for t, r in enumerate(read)),
        avoid=_floats(s[0] for s in softened),
        relet=_floats(s[1] for s in softened),
        relet_lag=_ints(0 if frozen else _relet_lag(opening, r.contract) for r in read),
        most=_floats(MOST_RELIEF for _ in read),
        stranded=_floats(0.0 if frozen else float(r.contract.role is Role.CAPITAL) for r in read),
        credit=_floats(credit),
        receivable0=_floats(opening.receivables.get(r.contract.tie.id, 0.0) for r in read),
        late=_ints(int(_waits_for_power(opening, r.contract)) for r in read),
        indexed=_floats(r.rent.indexed for r in read),
        lock=_floats(r.rent.lock for r in read),
        trade_in=_floats(r.trade_in.share for r in read),
        for_tie=_ints(b[0] for b in bought),
        for_node=_ints(b[1] for b in bought),
        for_share=_floats(b[2] for b in bought),
    )


def _relief(opening: Opening, contract: Contract, *, frozen: bool) -> tuple[float, float]:
    """What a payee avoids and lets again; their sum is the opening's relief up to its ceiling.

    A vehicle has no costs of its own to avoid; a frozen model keeps the opening's relief.
    """
    if contract_relief(opening.inputs, contract) <= 0.0:
        return 0.0, 0.0
    layer = layer_of(opening.book, contract.payee)
    names = (contract.payee, "kind:lease" if contract.role is Role.RENT else f"layer:{layer}", "all")
    relet = loss_rate(opening.inputs, "relet_share", *names)
    position = opening.positions.get(contract.payee)
    if not frozen and position is not None and position.statement is None:
        return 0.0, relet
    return loss_rate(opening.inputs, "avoidable_cost_share", *names), relet


def _relet_lag(opening: Opening, contract: Contract) -> int:
    """Quarters until what a payee gets back is let to others."""
    layer = layer_of(opening.book, contract.payee)
    return round(rate(opening.inputs, "relet_lag", contract.payee, f"layer:{layer}", "all"))


def _credit(opening: Opening, read: ContractTerms, *, frozen: bool) -> float:
    """Part of a step's dues that is unpaid at its end: as at the opening, else by the usual days of credit."""
    contract = read.contract
    if contract.role is Role.INVESTMENT:
        return 0.0
    owed, due = opening.receivables.get(contract.tie.id, 0.0), contract.due.value
    if owed > 0.0 and due > SMALLEST_DUE:
        steps = 1.0 if frozen else opening.window.quarters
        return min(owed / (due / steps), 1.0)
    if frozen or contract.begins <= opening.window.opening:
        return 0.0
    days = rate(opening.inputs, "payment_days", f"kind:{contract.tie.kind}", "all")
    return min(days / (YEAR_DAYS / 4.0), 1.0)


def _waits_for_power(opening: Opening, contract: Contract) -> bool:
    """Rented computing and sites come when power does; so do chips bought under a schedule of their own."""
    supplier = layer_of(opening.book, contract.payee)
    sites = contract.role in (Role.RENT, Role.OPERATING) and supplier is not Layer.WORLD
    return (sites and contract.tie.kind is not TieKind.REVENUE_SHARE) or contract.role is Role.CAPITAL


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def _floats(values: Iterable[float]) -> Array:
    return np.array(list(values), dtype=np.float64)


def _rows(values: Iterable[Array], steps: int) -> Array:
    return np.array(list(values), dtype=np.float64).reshape(-1, steps)
