"""The cash clearing: who can pay what falls due in the window.

Resources are cash, receipts and funding that may still be drawn; shares in others are no resource. The answer
is the greatest clearing vector of a network whose links carry only what a payee would miss (see
:mod:`cardhouse.economy.dues`).

References
----------
Eisenberg and Noe (2001), Management Science 47(2). Rogers and Veraart (2013), Management Science 59(4).
Elsinger (2009), OeNB Working Paper 156, for the classes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.contracts import Role
from cardhouse.economy.dues import (
    BINDING_RANKS,
    WORLD,
    Line,
    Nature,
    Rank,
    contract_lines,
    contract_relief,
    own_lines,
)
from cardhouse.economy.opening import Opening, Position
from cardhouse.economy.state import State
from cardhouse.network import Network, clear

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Resources:
    """What one node can pay from before others pay it, USD million.

    ``kept`` is what it still has in default (cash, receipts from the world, reliefs); ``drawable`` goes with
    a default: committed lines, the capital market, listed stakes.
    """

    kept: float
    drawable: float


@dataclass(frozen=True, slots=True)
class Cash:
    """Outcome of one cash clearing.

    Attributes
    ----------
    nodes : node ids in the order of the arrays.
    lines : every due of the window.
    paid : (lines,), share of each line that is paid, 0 to 1.
    failing : nodes that cannot pay their binding dues, in the order in which they fail; pulled and fallen
        ones are not among them.
    resources : what each node can pay from, receipts from nodes included.
    binding : what each node must pay (classes 0 to 2).
    """

    nodes: tuple[str, ...]
    lines: tuple[Line, ...]
    paid: Vector
    failing: tuple[tuple[str, int], ...]
    resources: Mapping[str, float]
    binding: Mapping[str, float]
    knife_edge: tuple[str, ...]

    def headroom(self, node: str) -> float:
        """Resources less binding dues, USD million; negative when the node cannot pay."""
        return self.resources[node] - self.binding[node]


def clear_cash(opening: Opening, state: State, *, rollover: bool = True) -> Cash:
    """Clear the dues of the window given what has happened so far.

    Parameters
    ----------
    opening : what everybody has and owes.
    state : cards pulled, firms fallen, windows shut, guarantees called.
    rollover : maturing debt is rolled by firms whose window is open; otherwise it is due.
    """
    lines = due_lines(opening, state, rollover=rollover)
    nodes = tuple(opening.positions)
    place = {node: i for i, node in enumerate(nodes)}
    debts, external = _matrices(lines, place, state)
    resources = {n: resources_of(state, p) for n, p in opening.positions.items()}
    _add_certain(opening, lines, resources, state)
    outside = np.array([resources[n].kept + resources[n].drawable for n in nodes])
    kept = np.array([resources[n].kept for n in nodes])
    alpha = np.divide(kept, outside, out=np.ones_like(kept), where=outside > 0)
    forced = np.array([n in state.fallen for n in nodes])
    network = Network.of(outside, list(debts), external=external, alpha=alpha, binding=BINDING_RANKS)
    result = clear(network, forced=forced)
    share = np.divide(result.payments, network.dues, out=np.ones_like(network.dues), where=network.dues > 0)
    paid = np.array([_paid_share(line, place, share, state) for line in lines])
    failing = [(n, int(result.wave[i])) for n, i in place.items() if result.defaulted[i] and n not in state.down]
    return Cash(
        nodes=nodes,
        lines=tuple(lines),
        paid=paid,
        failing=tuple(sorted(failing, key=lambda pair: pair[1])),
        resources={n: float(result.assets[i]) for n, i in place.items()},
        binding={n: float(network.binding_dues[i]) for n, i in place.items()},
        knife_edge=tuple(n for n, i in place.items() if result.knife_edge[i]),
    )


def due_lines(opening: Opening, state: State, *, rollover: bool) -> list[Line]:
    """Every due of the window in this state; cancelled orders are gone, called guarantees added.

    Nobody invests in a firm that is down.
    """
    lines = [
        line
        for line in contract_lines(opening, cancelled_shares(opening, state))
        if not (line.nature is Nature.INVESTMENT and line.payee in state.down)
    ]
    for node, position in opening.positions.items():
        lines += own_lines(opening, position, due_principal=node in state.shut or not rollover)
    for call in state.called.values():
        lines.append(Line(call.guarantor, call.beneficiary, Rank.UNSECURED, Nature.CALL, call.amount, 0.0))
    return [line for line in lines if line.amount > 0]


def cancelled_shares(opening: Opening, state: State) -> dict[str, float]:
    """Share of each tie's due that its payer cancels because it was made for a firm that is down."""
    shares: dict[str, float] = {}
    for contract in opening.ties.contracts:
        if contract.role is Role.RENT or contract.payer in state.down:
            continue
        lost = sum(share * state.unpaid_share(customer) for customer, share in contract.made_for.items())
        if lost > 0:
            shares[contract.tie.id] = min(lost, 1.0)
    return shares


def resources_of(state: State, position: Position) -> Resources:
    """Cash, receipts from the world and what may be drawn."""
    known = position.statement
    if known is None:
        return Resources(0.0 if position.node in state.down else position.bridge, 0.0)
    funding = position.funding
    kept = known.balance.cash.value + position.receipts_world.value
    if position.node in state.down:
        return Resources(kept, 0.0)
    drawable = funding.undrawn.value + sum(s.proceeds.value for s in funding.stakes if s.held not in state.down)
    if position.node not in state.shut:
        drawable += funding.market.value
    return Resources(kept, drawable)


def _is_free(line: Line, place: Mapping[str, int], state: State) -> bool:
    """Whether the clearing decides what is paid: the payer is a node that was not pulled."""
    return line.payer in place and line.payer not in state.pulled


def _matrices(
    lines: list[Line], place: Mapping[str, int], state: State
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n, ranks = len(place), len(Rank)
    debts, external = np.zeros((ranks, n, n)), np.zeros((ranks, n))
    for line in lines:
        if not _is_free(line, place, state):
            continue
        i = place[line.payer]
        if line.payee in place and line.payee != line.payer:
            debts[line.rank, i, place[line.payee]] += line.amount * (1.0 - line.relief)
            external[line.rank, i] += line.amount * line.relief
        else:
            external[line.rank, i] += line.amount
    return debts, external


def _add_certain(opening: Opening, lines: list[Line], resources: dict[str, Resources], state: State) -> None:
    """Receipts that no clearing decides: reliefs, what the world pays, what a pulled card still pays."""
    extra: dict[str, float] = defaultdict(float)
    for line in lines:
        if line.payee not in resources or line.payee == WORLD:
            continue
        if line.payer in state.pulled:
            paid = state.pulled[line.payer]
            extra[line.payee] += line.amount * (paid + (1.0 - paid) * line.relief)
        elif line.payer in opening.positions:
            extra[line.payee] += line.amount * line.relief
        else:
            extra[line.payee] += line.amount
    for tie, share in cancelled_shares(opening, state).items():
        # A cancelled order still spares its supplier the costs, and may be sold to others.
        contract = opening.ties.by_id[tie]
        if contract.payee in resources:
            extra[contract.payee] += contract.due.value * share * contract_relief(opening.inputs, contract)
    for node, amount in extra.items():
        resources[node] = Resources(resources[node].kept + amount, resources[node].drawable)


def _paid_share(line: Line, place: Mapping[str, int], share: NDArray[np.float64], state: State) -> float:
    if line.payer in state.pulled:
        return state.pulled[line.payer]
    if line.payer not in place:
        return 1.0
    return float(share[line.rank, place[line.payer]])
