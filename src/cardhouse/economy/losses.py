"""Losses after recovery: by firm and channel, and once only, by who bears them in the end.

A firm's losses are what hits it; part of that may pass on to its own creditors when it fails. So the sum over
firms counts some dollars at every stop. The *borne* losses count each dollar at its last stop: lenders, other
creditors, and shareholders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardhouse.book import Layer, TieKind
from cardhouse.economy.cascade import Fall
from cardhouse.economy.claims import LANDLORDS, Channel, Estate, Hit, debt_claims, lease_claim, payables
from cardhouse.economy.figure import ASSUMPTION, ZERO, Basis, Figure, shares
from cardhouse.economy.inputs import loss_rate
from cardhouse.economy.nodes import camp_of, layer_of
from cardhouse.economy.opening import Opening
from cardhouse.economy.sheet import Sheet, holdings

TRADE = "trade-creditors"
"""Payables, customer advances and other liabilities that no tie names: an aggregate of the world."""
SUPPLIERS = "suppliers"
"""Unnamed suppliers that lose orders: an aggregate of the world."""
SMALLEST = 0.05
"""USD million below which a loss is rounding and not shown."""


class Bearer(StrEnum):
    """Where a dollar lost stops."""

    BONDHOLDERS = "bondholders"
    BANKS = "banks"
    PRIVATE_CREDIT = "private credit"
    LANDLORDS = "landlords"
    SUPPLIERS = "suppliers and customers"
    SHAREHOLDERS = "shareholders of other firms"
    OWN_SHAREHOLDERS = "shareholders of the pulled card"


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss of one creditor through one channel, USD million after recovery.

    ``exposure`` is what stood to be lost; ``basis`` its dollars by the kind of source that they rest on.
    """

    creditor: str
    debtor: str
    channel: Channel
    amount: float
    exposure: float
    tie: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Losses:
    """All losses of a fall.

    Attributes
    ----------
    lines : every single loss.
    equity_lost : fall of each node's equity, stakes in it included, USD million.
    borne : each dollar once, by bearer.
    by_layer, by_camp : the same dollars by layer and camp of who bears them.
    """

    lines: tuple[Loss, ...]
    equity_lost: Mapping[str, float]
    borne: Mapping[Bearer, float]
    by_layer: Mapping[str, float]
    by_camp: Mapping[str, float]

    @property
    def others(self) -> float:
        """What the fall costs others: every dollar once, without the pulled card's own shareholders."""
        return sum(v for k, v in self.borne.items() if k is not Bearer.OWN_SHAREHOLDERS)

    def of(self, node: str) -> dict[Channel, float]:
        """Losses of one firm by channel."""
        out: dict[Channel, float] = defaultdict(float)
        for line in self.lines:
            if line.creditor == node:
                out[line.channel] += line.amount
        return dict(out)

    def firms(self) -> list[str]:
        """Creditors that lose something, largest loss first."""
        sums: dict[str, float] = defaultdict(float)
        for line in self.lines:
            sums[line.creditor] += line.amount
        return sorted((n for n in sums if sums[n] >= SMALLEST), key=lambda n: (-sums[n], n))


def losses(opening: Opening, fall: Fall) -> Losses:
    """Value every hit at what the estates pay, add stakes, and follow each dollar to its last stop."""
    marked = marked_down(opening, fall)
    found = (*fall.hits, *debt_claims(opening, marked))
    lines = [line for hit in found if (line := _valued(opening, fall, hit)).amount >= SMALLEST]
    lines += _stakes(opening, fall)
    lines += _unnamed(opening, fall, fall.state.down | marked)
    equity = {n: fall.calm_sheet.equity[n] - fall.sheet.equity[n] for n in opening.positions}
    borne, layers, camps = _borne(opening, fall, lines, equity)
    return Losses(tuple(lines), equity, borne, layers, camps)


def recovery(opening: Opening, sheet: Sheet, hit: Hit) -> float:
    """Share of a claim that the debtor's estate pays; an assumption for debtors without a balance sheet."""
    if hit.debtor in sheet.recovery:
        return sheet.recovery[hit.debtor][hit.rank]
    return loss_rate(opening.inputs, "recovery_unsecured", hit.debtor, "all")


def _valued(opening: Opening, fall: Fall, hit: Hit) -> Loss:
    amount = hit.gone + hit.claim * (1.0 - recovery(opening, fall.sheet, hit))
    return Loss(
        creditor=hit.creditor or SUPPLIERS,
        debtor=hit.debtor,
        channel=hit.channel,
        amount=amount,
        exposure=hit.amount,
        tie=hit.tie,
        basis=_basis(opening, hit),
    )


def _basis(opening: Opening, hit: Hit) -> Basis:
    """The dollars of an exposure by what they rest on."""
    return _spread(_figure(opening, hit), hit.amount)


def _figure(opening: Opening, hit: Hit) -> Figure:
    contract = opening.ties.by_id.get(hit.tie)
    if contract is not None:
        return contract.due
    for debt in opening.ties.debts:
        if debt.tie.id == hit.tie:
            return debt.principal
    for guarantee in opening.ties.guarantees:
        if guarantee.tie.id == hit.tie:
            return guarantee.cap
    position = opening.positions.get(hit.debtor)
    if position is None or position.statement is None:
        return ZERO
    return position.statement.balance.debt if hit.channel is Channel.CLAIMS else position.capital_world


def _spread(figure: Figure, amount: float) -> Basis:
    """An amount spread over the basis of the figure it comes from; an assumption where that has none."""
    parts = shares(figure.basis)
    return {kind: share * amount for kind, share in parts.items()} if parts else {ASSUMPTION: amount}


def _stakes(opening: Opening, fall: Fall) -> list[Loss]:
    """Stakes written down: with the held firm's equity, and by their premium when it is down."""
    out = []
    nodes = {(h.holder, h.held, h.tie): h for h in holdings(opening)}
    for stake in opening.ties.stakes:
        holding = nodes.get((stake.holder, stake.held, stake.tie.id))
        down = stake.held in fall.state.down
        if holding is not None:
            lost = holding.share * (fall.calm_sheet.equity[stake.held] - fall.sheet.equity[stake.held])
            lost += holding.premium if down else 0.0
        else:
            lost = stake.carrying.value if down else 0.0
        if lost >= SMALLEST:
            basis = _spread(stake.carrying, stake.carrying.value)
            out.append(Loss(stake.holder, stake.held, Channel.STAKES, lost, stake.carrying.value, stake.tie.id, basis))
    return out


def marked_down(opening: Opening, fall: Fall) -> frozenset[str]:
    """Firms that still pay but whose debts exceed their assets because of the fall: claims on them are worth less."""
    worse = fall.sheet.insolvent - fall.calm_sheet.insolvent - fall.state.down
    return frozenset(n for n in worse if opening.positions[n].statement is not None)


def _unnamed(opening: Opening, fall: Fall, nodes: frozenset[str]) -> list[Loss]:
    """Landlords and trade creditors of failed firms that no tie names: their share of the estate's shortfall."""
    out = []
    for node in sorted(nodes):
        position = opening.positions.get(node)
        if position is None or position.statement is None:
            continue
        sheet = position.statement.balance
        rest = max(sheet.other_liabilities - payables(opening, node), 0.0)
        for who, figure, owed in (
            (LANDLORDS, sheet.leases, lease_claim(opening, fall.state, node)),
            (TRADE, sheet.total_assets, rest),
        ):
            amount = owed * (1.0 - fall.sheet.recovery[node][Estate.UNSECURED])
            if amount >= SMALLEST:
                out.append(Loss(who, node, Channel.CLAIMS, amount, owed, "", _spread(figure, owed)))
    return out


def _borne(
    opening: Opening, fall: Fall, lines: list[Loss], equity: Mapping[str, float]
) -> tuple[dict[Bearer, float], dict[str, float], dict[str, float]]:
    borne: dict[Bearer, float] = defaultdict(float)
    layers: dict[str, float] = defaultdict(float)
    camps: dict[str, float] = defaultdict(float)

    def book(bearer: Bearer, firm: str, amount: float) -> None:
        borne[bearer] += amount
        if bearer is not Bearer.OWN_SHAREHOLDERS:
            layers[layer_of(opening.book, firm).value] += amount
            camps[camp_of(opening.book, firm)] += amount

    for line in lines:
        if line.creditor not in opening.positions:
            book(_bearer(opening, line), line.creditor, line.amount)
    held: dict[str, float] = defaultdict(float)
    for holding in holdings(opening):
        held[holding.held] += holding.share
    for node, lost in equity.items():
        own = node in fall.state.pulled
        outside = lost * (1.0 - held[node])
        if abs(outside) >= SMALLEST:
            book(Bearer.OWN_SHAREHOLDERS if own else Bearer.SHAREHOLDERS, node, outside)
    return dict(borne), dict(layers), dict(camps)


_LENDERS = {
    "public-bondholders": Bearer.BONDHOLDERS,
    "pimco": Bearer.BONDHOLDERS,
    "bank-syndicate": Bearer.BANKS,
    "jpmorgan": Bearer.BANKS,
    "goldman-sachs": Bearer.BANKS,
}


def _bearer(opening: Opening, line: Loss) -> Bearer:
    """Kind of creditor of a party outside the network."""
    layer = layer_of(opening.book, line.creditor)
    if line.creditor in _LENDERS:
        return _LENDERS[line.creditor]
    if line.channel is Channel.STAKES:
        return Bearer.SHAREHOLDERS
    if line.creditor == LANDLORDS or layer is Layer.DATACENTER:
        return Bearer.LANDLORDS
    if line.creditor == "private-credit" or layer is Layer.CAPITAL:
        tie = next((d.tie for d in opening.ties.debts if d.tie.id == line.tie), None)
        return Bearer.BONDHOLDERS if tie is not None and tie.kind is TieKind.BOND else Bearer.PRIVATE_CREDIT
    return Bearer.SUPPLIERS
