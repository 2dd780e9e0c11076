"""The balance-sheet clearing: what claims and shares are worth, with limited liability and default costs.

Assets against debts at their reported amounts, cross-held debt and equity solved jointly. It decides nothing
about who defaults (cash does); a firm whose debts exceed its assets here is insolvent, and nobody lends to it.

References
----------
Suzuki (2002), Journal of the Operations Research Society of Japan 45(2). Elsinger (2009), OeNB Working Paper 156.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.claims import Channel, Estate, Hit, lease_claim, payables, secured_part
from cardhouse.economy.dues import secured_share
from cardhouse.economy.inputs import loss_rate, rate
from cardhouse.economy.opening import Opening, Position
from cardhouse.economy.state import State
from cardhouse.network import Network, clear

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Outcome of one balance-sheet clearing.

    Attributes
    ----------
    equity : what is left for shareholders by node, never negative, USD million.
    recovery : share paid on claims of each class by node, 0 to 1 (1 for a class without claims).
    insolvent : nodes whose assets do not cover their debts.
    """

    equity: Mapping[str, float]
    recovery: Mapping[str, tuple[float, ...]]
    insolvent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Holding:
    """Shares in a node: what moves with its book equity, and what only failure takes.

    ``share`` of the held firm's book equity; ``premium`` is the rest of the carrying amount, USD million.
    """

    holder: str
    held: str
    share: float
    premium: float
    tie: str


def book_equity(opening: Opening, node: str) -> float:
    """Equity of a node in its own accounts: reported, or for a vehicle what its owners carry it at."""
    known = opening.positions[node].statement
    if known is not None:
        return max(known.balance.equity.value, 0.0)
    return sum(s.carrying.value for s in opening.ties.stakes if s.held == node)


def holdings(opening: Opening) -> tuple[Holding, ...]:
    """Stakes in nodes. What an owner's accounts carry above its share of book equity is a premium.

    The share moves with the held firm's equity; the premium is lost when the firm is down.
    """
    claimed: dict[str, float] = defaultdict(float)
    for stake in opening.ties.stakes:
        claimed[stake.held] += stake.fraction
    out = []
    for stake in opening.ties.stakes:
        if stake.held not in opening.positions:
            continue
        book, carrying = book_equity(opening, stake.held), stake.carrying.value
        if opening.positions[stake.held].statement is None:
            share = carrying / book if book > 0 else 0.0
        else:
            share = min(stake.fraction / max(claimed[stake.held], 1.0), carrying / book) if book > 0 else 0.0
        out.append(Holding(stake.holder, stake.held, share, max(carrying - share * book, 0.0), stake.tie.id))
    return tuple(out)


def clear_sheet(
    opening: Opening, state: State, hits: Iterable[Hit], unpaid: Mapping[str, float] | None = None
) -> Sheet:
    """Clear all balance sheets given who is down, what hit whom, and what is delivered and unpaid by tie.

    A firm that is down is worth what its sale brings and what others pay it.
    """
    nodes = tuple(opening.positions)
    place = {node: i for i, node in enumerate(nodes)}
    owned = holdings(opening)
    owed = opening.receivables if unpaid is None else unpaid
    assets = _assets(opening, place, owned, owed)
    claims, external = _claims(opening, state, place, owed)
    sold = {n: _sold(opening, state, opening.positions[n], float(assets[place[n]])) for n in state.down if n in place}
    _apply(opening, hits, place, assets, claims, external)
    _write_down_stakes(opening, state, owned, place, assets)
    for node, proceeds in sold.items():
        assets[place[node]] = proceeds
    overdrawn = np.minimum(assets, 0.0)
    external[Estate.UNSECURED] -= overdrawn
    shares = np.zeros((len(nodes), len(nodes)))
    for holding in owned:
        if holding.holder in place:
            shares[place[holding.holder], place[holding.held]] += holding.share
    down = np.array([n in state.down for n in nodes])
    gamma = np.array(
        [loss_rate(opening.inputs, "liquidation_stakes", n, "all") if n in state.down else 1.0 for n in nodes]
    )
    result = clear(
        Network.of(assets - overdrawn, list(claims), external=external, holdings=shares, gamma=gamma), forced=down
    )
    dues = result.network.dues
    paid = np.divide(result.payments, dues, out=np.ones_like(dues), where=dues > 0)
    return Sheet(
        equity={n: float(result.equity[i]) for n, i in place.items()},
        recovery={n: tuple(float(x) for x in paid[:, i]) for n, i in place.items()},
        insolvent=frozenset(n for n, i in place.items() if result.defaulted[i]),
    )


def _assets(
    opening: Opening, place: Mapping[str, int], owned: tuple[Holding, ...], unpaid: Mapping[str, float]
) -> Matrix:
    """Outside assets: everything on the sheet but claims on nodes and the book part of stakes in nodes."""
    assets = np.zeros(len(place))
    for node, position in opening.positions.items():
        assets[place[node]] = _total_assets(opening, position)
    contracts = opening.ties.by_id
    for tie, amount in unpaid.items():
        c = contracts[tie]
        if c.payer in place and c.payee in place:
            assets[place[c.payee]] -= amount
    for debt in opening.ties.debts:
        if debt.lender in place and debt.borrower in place:
            assets[place[debt.lender]] -= debt.principal.value
    for holding in owned:
        if holding.holder in place:
            assets[place[holding.holder]] -= holding.share * book_equity(opening, holding.held)
    return np.maximum(assets, 0.0)


def _total_assets(opening: Opening, position: Position) -> float:
    if position.statement is not None:
        return position.statement.balance.total_assets.value
    debts = sum(d.principal.value for d in opening.ties.debts if d.borrower == position.node)
    return debts + book_equity(opening, position.node) + payables(opening, position.node)


def _claims(
    opening: Opening, state: State, place: Mapping[str, int], unpaid: Mapping[str, float]
) -> tuple[Matrix, Matrix]:
    """Debts by class: to nodes where a tie names them, the rest of the liabilities to the world."""
    n = len(place)
    claims, external = np.zeros((len(Estate), n, n)), np.zeros((len(Estate), n))
    contracts = opening.ties.by_id
    for tie, amount in unpaid.items():
        c = contracts[tie]
        if c.payer in place and c.payee in place:
            claims[Estate.UNSECURED, place[c.payer], place[c.payee]] += amount
        elif c.payer in place:
            external[Estate.UNSECURED, place[c.payer]] += amount
    lent = np.zeros(n)
    for debt in opening.ties.debts:
        if debt.lender in place and debt.borrower in place:
            secured = secured_part(opening, debt)
            for rank, share in ((Estate.SECURED, secured), (Estate.UNSECURED, 1.0 - secured)):
                claims[rank, place[debt.borrower], place[debt.lender]] += debt.principal.value * share
            lent[place[debt.borrower]] += debt.principal.value * (1.0 - secured)
    for node, position in opening.positions.items():
        i = place[node]
        secured, leases, rest = _liabilities(opening, position)
        landlords = min(lease_claim(opening, state, node), leases)
        external[Estate.SECURED, i] = max(secured - claims[Estate.SECURED, i].sum(), 0.0)
        external[Estate.UNSECURED, i] += landlords + max(rest - payables(opening, node) - lent[i], 0.0)
    return claims, external


def _liabilities(opening: Opening, position: Position) -> tuple[float, float, float]:
    """Secured debt, lease liabilities and everything else that a node owes."""
    known = position.statement
    if known is None:
        debts = sum(d.principal.value for d in opening.ties.debts if d.borrower == position.node)
        return debts, 0.0, payables(opening, position.node)
    sheet = known.balance
    whole = max(sheet.total_assets.value - sheet.equity.value, 0.0)
    secured = min(sheet.debt.value * secured_share(opening, position), whole)
    leases = min(sheet.leases.value, whole - secured)
    return secured, leases, whole - secured - leases


def _sold(opening: Opening, state: State, position: Position, outside: float) -> float:
    """What the sale of a failed firm's outside assets brings, USD million.

    It is down because its cash has run out, a pulled card as well: none is left for creditors.
    """
    inputs, node = opening.inputs, position.node
    layer = f"layer:{opening.firm(node).layer}"
    long_lived = loss_rate(inputs, "liquidation_long_lived", node, layer, "all")
    if position.statement is None:
        return long_lived * outside
    sheet = position.statement.balance
    short = rate(inputs, "short_lived_share", node, layer, "all")
    plant = short * loss_rate(inputs, "liquidation_short_lived", node, layer, "all") + (1.0 - short) * long_lived
    shares, saleable = _stakes_outside(opening, state, node)
    due = max(sheet.receivables.value - _due_from_nodes(opening, node), 0.0)
    rest = max(outside - sheet.cash.value - due - sheet.plant.value - shares, 0.0)
    proceeds = (
        due * loss_rate(inputs, "recovery_cash", node, "all")
        + sheet.plant.value * plant
        + saleable * loss_rate(inputs, "liquidation_stakes", node, "all")
        + rest * loss_rate(inputs, "other_asset_recovery", node, "all")
    )
    return min(proceeds, outside)


def _due_from_nodes(opening: Opening, node: str) -> float:
    """Receivables of a node that are claims on other nodes, which the clearing values."""
    contracts = opening.ties.by_id
    return sum(
        amount
        for tie, amount in opening.receivables.items()
        if contracts[tie].payee == node and contracts[tie].payer in opening.positions
    )


def _stakes_outside(opening: Opening, state: State, node: str) -> tuple[float, float]:
    """Stakes of a node beyond the book equity that the clearing values: carried, and of firms that still stand."""
    linked = {(h.tie, h.held): h.share * book_equity(opening, h.held) for h in holdings(opening) if h.holder == node}
    carried = saleable = 0.0
    for stake in opening.ties.stakes:
        if stake.holder == node:
            beyond = max(stake.carrying.value - linked.get((stake.tie.id, stake.held), 0.0), 0.0)
            carried += beyond
            saleable += 0.0 if stake.held in state.down else beyond
    return carried, saleable


def _write_down_stakes(
    opening: Opening, state: State, owned: tuple[Holding, ...], place: Mapping[str, int], assets: Matrix
) -> None:
    """Take out what only failure takes: premiums of stakes in nodes, and stakes in firms that are no nodes."""
    for holding in owned:
        if holding.held in state.down and holding.holder in place:
            assets[place[holding.holder]] -= holding.premium
    for stake in opening.ties.stakes:
        if stake.held in state.down and stake.held not in place and stake.holder in place:
            assets[place[stake.holder]] -= stake.carrying.value


def _apply(
    opening: Opening,
    hits: Iterable[Hit],
    place: Mapping[str, int],
    assets: Matrix,
    claims: Matrix,
    external: Matrix,
) -> None:
    """Book the hits: value that is gone leaves the assets, new claims join the debtor's estate.

    A claim on a debtor that is no node is written down at once, to what such debtors are assumed to pay.
    """
    for hit in hits:
        who, debtor = place.get(hit.creditor), place.get(hit.debtor)
        if debtor is None:
            if who is not None:
                recovered = hit.claim * loss_rate(opening.inputs, "recovery_unsecured", hit.debtor, "all")
                assets[who] -= hit.amount - recovered
        elif hit.channel is Channel.GUARANTEES:
            _book_guarantee(hit, place, assets, claims, external)
        elif not hit.on_sheet:  # what stood in the accounts is written down by the clearing
            if who is not None:
                assets[who] -= hit.amount
            _add_claim(debtor, who, hit, claims, external)


def _book_guarantee(hit: Hit, place: Mapping[str, int], assets: Matrix, claims: Matrix, external: Matrix) -> None:
    """The guarantor pays and holds the claim; a beneficiary whose claim stood in its accounts gets cash for it."""
    guarantor, debtor, paid = place.get(hit.creditor), place.get(hit.debtor), place.get(hit.paid_to)
    if guarantor is not None:
        assets[guarantor] -= hit.amount
    if hit.on_sheet and debtor is not None:
        if paid is not None:
            assets[paid] += hit.amount
            claims[hit.rank, debtor, paid] = max(claims[hit.rank, debtor, paid] - hit.claim, 0.0)
        else:
            external[hit.rank, debtor] = max(external[hit.rank, debtor] - hit.claim, 0.0)
    _add_claim(debtor, guarantor, hit, claims, external)


def _add_claim(debtor: int | None, who: int | None, hit: Hit, claims: Matrix, external: Matrix) -> None:
    if debtor is None or hit.claim <= 0 or who == debtor:
        return
    if who is None:
        external[hit.rank, debtor] += hit.claim
    else:
        claims[hit.rank, debtor, who] += hit.claim
