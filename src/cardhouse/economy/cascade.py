"""The fall of a card, round by round, until nobody else fails.

Each round clears the cash with what has happened so far. Firms that fail first are taken down, orders made
for them are cancelled and guarantees called; firms that the balance sheet shows insolvent lose their funding.
The sets only grow, so the rounds end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from cardhouse.book import Tier
from cardhouse.economy.cash import Cash, clear_cash
from cardhouse.economy.claims import Estate, Hit, hits, outstanding
from cardhouse.economy.contracts import Guarantee, Role
from cardhouse.economy.opening import Opening
from cardhouse.economy.sheet import Sheet, clear_sheet
from cardhouse.economy.state import CALM, Call, State
from cardhouse.errors import NotConverged

MEANINGFUL = 0.5
"""USD million below which a guarantee call or a change of one is rounding."""


class Windows(StrEnum):
    """What the capital market does when a firm is hurt."""

    SOLVENT = "solvent"
    FROZEN = "frozen"


class Event(StrEnum):
    """What happens in a round."""

    PULLED = "pulled"
    FAILS = "fails"
    LOSES_TENANT = "loses its tenant"
    GUARANTEE = "guarantee called"
    WINDOW = "window shuts"


@dataclass(frozen=True, slots=True)
class Step:
    """One event of one round; ``amount`` is the shortfall, the call or the hole in the balance sheet, USD million.

    ``cause`` is whose failure it was, ``to`` who is paid by a guarantee.
    """

    round: int
    event: Event
    firm: str
    amount: float
    cause: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Fall:
    """The whole course of a fall.

    Attributes
    ----------
    state : who is down, shut out and called at the end.
    steps : what happened, in order.
    calm, cash : cash clearing with no card pulled, and at the end.
    calm_sheet, sheet : balance-sheet clearing likewise.
    hits : every loss before recovery.
    """

    state: State
    steps: tuple[Step, ...]
    calm: Cash
    cash: Cash
    calm_sheet: Sheet
    sheet: Sheet
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Calm:
    """Both clearings with no card pulled: what every fall from one opening is compared with."""

    cash: Cash
    sheet: Sheet


def calm_of(opening: Opening, *, rollover: bool = True) -> Calm:
    """Clear an opening with no card pulled; maturing debt is rolled, or due without ``rollover``."""
    return Calm(clear_cash(opening, CALM, rollover=rollover), clear_sheet(opening, CALM, ()))


def fall(
    opening: Opening,
    pulled: Mapping[str, float],
    *,
    rollover: bool = True,
    windows: Windows = Windows.SOLVENT,
    calm: Calm | None = None,
) -> Fall:
    """Pull cards and follow what happens.

    Parameters
    ----------
    opening : what everybody has and owes.
    pulled : share of its dues that each card still pays, below 1.
    rollover : maturing debt of firms whose window is open is rolled.
    windows : whether insolvency shuts the capital market to a firm (``solvent``), or never (``frozen``).
    calm : the clearings with no card pulled, where many falls start from this opening and one ``rollover``.
    """
    before = calm_of(opening, rollover=rollover) if calm is None else calm
    state = State(pulled=MappingProxyType(dict(pulled)))
    steps = [Step(0, Event.PULLED, node, 0.0, "") for node in pulled]
    for number in range(1, 4 * len(opening.positions) + len(opening.ties.guarantees) + 2):
        cash = clear_cash(opening, state, rollover=rollover)
        found = hits(opening, state, before.cash, cash)
        sheet = clear_sheet(opening, state, found, outstanding(opening, state, before.cash, cash))
        new = _next(opening, state, number, cash, sheet, found, before, windows)
        if not new:
            return Fall(state, tuple(steps), before.cash, cash, before.sheet, sheet, found)
        steps += new
        state = _grown(opening, state, new, found)
    raise NotConverged("the rounds did not end although every set only grows; please report the book and the command")


def _next(
    opening: Opening,
    state: State,
    number: int,
    cash: Cash,
    sheet: Sheet,
    found: tuple[Hit, ...],
    calm: Calm,
    windows: Windows,
) -> list[Step]:
    """The events of one round: failures first; guarantees when nobody fails; windows when nothing else moves."""
    steps = _failures(opening, state, number, cash, calm.cash)
    if not steps:
        steps = [
            Step(number, Event.GUARANTEE, call.guarantor, call.amount, call.obligor, call.beneficiary)
            for call in _calls(opening, state, found)
        ]
    if not steps and windows is Windows.SOLVENT:
        steps = [
            Step(number, Event.WINDOW, node, _hole(opening, sheet, node), "")
            for node in opening.full
            if node in sheet.insolvent and node not in calm.sheet.insolvent and node not in state.shut | state.down
        ]
    return steps


def _failures(opening: Opening, state: State, number: int, cash: Cash, calm: Cash) -> list[Step]:
    already = {node for node, _ in calm.failing}
    steps = []
    fresh = [(node, wave) for node, wave in cash.failing if node not in already]
    first = min((wave for _, wave in fresh), default=0)
    for node, wave in fresh:
        if wave == first:
            steps.append(Step(number, Event.FAILS, node, -cash.headroom(node), _largest_debtor(cash, calm, node)))
    failing = {step.firm for step in steps}
    for node, position in opening.positions.items():
        if position.tier is Tier.VEHICLE and node not in state.down and node not in failing:
            tenant = main_tenant(opening, node)
            if tenant in state.down:
                steps.append(Step(number, Event.LOSES_TENANT, node, 0.0, tenant))
    return steps


def main_tenant(opening: Opening, vehicle: str) -> str:
    """Who pays most to a vehicle over the life of its contracts, or for whom it rents most; empty when nobody.

    A vehicle that passes on what it rents may have no contract with its customer in the book, only leases
    that were made for it.
    """
    paid: dict[str, float] = {}
    rented: dict[str, float] = {}
    for c in opening.ties.contracts:
        if c.payee == vehicle and c.role is not Role.INVESTMENT:
            paid[c.payer] = paid.get(c.payer, 0.0) + c.due.value + c.beyond
        if c.payer == vehicle:
            for customer, share in c.made_for.items():
                rented[customer] = rented.get(customer, 0.0) + (c.due.value + c.beyond) * share
    weights = paid if any(paid.values()) else rented
    return max(weights, key=lambda node: (weights[node], node)) if any(weights.values()) else ""


def _largest_debtor(cash: Cash, calm: Cash, node: str) -> str:
    """Whose shortfall against the calm took most from a node."""
    before: dict[str, float] = {}
    for line, share in zip(calm.lines, calm.paid, strict=True):
        if line.payee == node:
            before[line.payer] = before.get(line.payer, 0.0) + line.amount * share * (1.0 - line.relief)
    for line, share in zip(cash.lines, cash.paid, strict=True):
        if line.payee == node:
            before[line.payer] = before.get(line.payer, 0.0) - line.amount * share * (1.0 - line.relief)
    worst = max(before, key=lambda payer: (before[payer], payer), default="")
    return worst if worst and before[worst] > MEANINGFUL else ""


def _calls(opening: Opening, state: State, found: tuple[Hit, ...]) -> list[Call]:
    """Guarantees of obligors that are down, not yet called, with what they must pay inside the window."""
    calls = []
    for guarantee in opening.ties.guarantees:
        if guarantee.tie.id in state.called or guarantee.obligor not in state.down:
            continue
        if guarantee.guarantor in state.down:
            continue
        g = guarantee
        lent = _debts_behind(opening, state, g)
        if lent > 0:
            # The first loss is the vehicle's own equity: lenders come before it.
            calls.append(
                Call(
                    g.tie.id,
                    g.guarantor,
                    g.obligor,
                    g.beneficiary,
                    min(lent, g.cap.value),
                    g.covers,
                    debts=True,
                )
            )
            continue
        amount = min(max(_missing(g, found) - g.first_loss, 0.0), g.cap.value)
        if amount > MEANINGFUL:
            calls.append(Call(g.tie.id, g.guarantor, g.obligor, g.beneficiary, amount, g.covers))
    return calls


def _debts_behind(opening: Opening, state: State, guarantee: Guarantee) -> float:
    """Debt of a vehicle that rests on the guaranteed contract and falls due with it, USD million."""
    position = opening.positions.get(guarantee.beneficiary)
    if position is None or position.tier is not Tier.VEHICLE or guarantee.beneficiary not in state.down:
        return 0.0
    return sum(d.principal.value for d in opening.ties.debts if d.borrower == guarantee.beneficiary)


def _missing(guarantee: Guarantee, found: tuple[Hit, ...]) -> float:
    """What the beneficiary can claim and does not get under the covered tie: dues it was owed, or debt fallen due.

    What was never owed (an intention) is not guaranteed, and what it avoids or lets again it does not miss.
    """
    return sum(
        hit.claim
        for hit in found
        if hit.debtor == guarantee.obligor
        and hit.creditor == guarantee.beneficiary
        and guarantee.covers in ("", hit.tie)
    )


def _grown(opening: Opening, state: State, steps: list[Step], found: tuple[Hit, ...]) -> State:
    fallen, shut, called = dict(state.fallen), set(state.shut), dict(state.called)
    for step in steps:
        if step.event in (Event.FAILS, Event.LOSES_TENANT):
            fallen[step.firm] = step.round
        elif step.event is Event.WINDOW:
            shut.add(step.firm)
    if any(step.event is Event.GUARANTEE for step in steps):
        called |= {call.tie: call for call in _calls(opening, state, found)}
    return replace(state, fallen=MappingProxyType(fallen), shut=frozenset(shut), called=MappingProxyType(called))


def _hole(opening: Opening, sheet: Sheet, node: str) -> float:
    """How far debts exceed assets: what creditors would lose today."""
    known = opening.positions[node].statement
    if known is None:
        return 0.0
    owed = known.balance.total_assets.value - known.balance.equity.value
    return owed * (1.0 - sheet.recovery[node][Estate.UNSECURED])
