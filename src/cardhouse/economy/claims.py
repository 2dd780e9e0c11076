"""What the unpaid lines of a cash clearing become: claims on estates, and value that is simply gone.

A dollar is lost once. What was delivered and not paid is lost as a receivable; what was not delivered is lost
as its price less the costs avoided and what re-letting brings, with a rejection claim on the payer where the
payer was bound; a called guarantee moves the claim from the beneficiary to the guarantor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from cardhouse.book import Tier
from cardhouse.economy.cash import Cash, cancelled_shares
from cardhouse.economy.contracts import Contract, Debt, Role
from cardhouse.economy.dues import WORLD, Line, Nature, Rank, contract_relief, line_name, relief_of
from cardhouse.economy.inputs import rate
from cardhouse.economy.opening import Opening
from cardhouse.economy.state import Call, State
from cardhouse.errors import BookError

LANDLORDS = "data-center-landlords"
"""Landlords that no tie names: an aggregate of the world."""


class Estate(IntEnum):
    """Classes of the balance-sheet clearing: who is paid first from what a failed firm leaves."""

    SECURED = 0
    UNSECURED = 1


class Channel(StrEnum):
    """The way in which a loss arrives."""

    RECEIVABLES = "receivables"
    CLAIMS = "accelerated claims"
    CONTRACTS = "lost contracts"
    ORDERS = "cancelled orders"
    GUARANTEES = "guarantees"
    STAKES = "stakes"


@dataclass(frozen=True, slots=True)
class Hit:
    """What one unpaid tie takes from one creditor before any recovery, USD million.

    Attributes
    ----------
    creditor, debtor : who loses, and whose failure or cut it is.
    channel : how the loss arrives.
    claim : part that is a claim on the debtor's estate (recovers what the estate pays).
    gone : part that is no claim on anybody.
    rank : class of the claim in the debtor's estate.
    on_sheet : the claim stood in the creditor's accounts already (a receivable, a loan); otherwise it is value
        that the creditor had counted on for the window (an undelivered contract).
    tie : id of the tie, empty for dealings with unnamed parties.
    paid_to : for a called guarantee, the beneficiary who was paid; empty otherwise.
    """

    creditor: str
    debtor: str
    channel: Channel
    claim: float
    gone: float
    rank: Estate
    on_sheet: bool
    tie: str
    paid_to: str = ""

    @property
    def amount(self) -> float:
        """Loss before recovery."""
        return self.claim + self.gone


def lease_claim(opening: Opening, state: State, node: str) -> float:
    """What landlords that no tie names can claim from a failed tenant: lease liabilities less what re-letting brings.

    A rejected lease leaves an unsecured claim for damages, not for every rent to come. The rents of named
    landlords in the window are claimed under their ties. A tenant that stands owes its liabilities in full.
    """
    known = opening.positions[node].statement
    if known is None:
        return 0.0
    if node not in state.down:
        return known.balance.leases.value
    named = sum(
        c.due.value * c.binding
        for c in opening.ties.contracts
        if c.payer == node and c.role is Role.RENT and c.begins <= opening.window.opening
    )
    left = max(known.balance.leases.value - named, 0.0)
    return left * (1.0 - relief_of(opening.inputs, LANDLORDS, rent=True))


def payables(opening: Opening, node: str) -> float:
    """What a node owes for deliveries under its contracts."""
    contracts = opening.ties.by_id
    return sum(amount for tie, amount in opening.receivables.items() if contracts[tie].payer == node)


def hits(opening: Opening, state: State, calm: Cash, now: Cash) -> tuple[Hit, ...]:
    """Losses before recovery: what is paid in the calm and not now, and the debt of who is down."""
    found = [
        *_unpaid(opening, state, calm, now),
        *_cancelled(opening, state, calm),
        *debt_claims(opening, state.down),
    ]
    return tuple(_after_guarantees([_of_the_down(opening, state, hit) for hit in found], state, now))


def _of_the_down(opening: Opening, state: State, hit: Hit) -> Hit:
    """A firm that is down cannot deliver either: it has no damages to claim, and nothing on its sheet to lose.

    A vehicle keeps its claim: the building or the chips that it lets are there.
    """
    position = opening.positions.get(hit.creditor)
    if hit.on_sheet or hit.creditor not in state.down or position is None or position.statement is None:
        return hit
    return replace(hit, claim=0.0, gone=hit.amount)


def outstanding(opening: Opening, state: State, calm: Cash, now: Cash) -> dict[str, float]:
    """What is delivered and stays unpaid under each contract; all of it, as at the opening, where the payer stands.

    One figure for the losses and for the balance sheets: what a firm that is down pays in cash is no claim any more.
    """
    short = {tie: amount for tie, (amount, _) in _shortfalls(calm, now).items()}
    contracts = opening.ties.by_id
    return {
        tie: min(delivered * short.get(tie, 0.0) / contracts[tie].due.value, short.get(tie, 0.0))
        if contracts[tie].payer in state.down
        else delivered
        for tie, delivered in opening.receivables.items()
    }


def _missed(calm: Cash, now: Cash) -> Iterator[tuple[Line, float]]:
    """Lines for goods and services with what is paid in the calm and not now.

    Interest and principal are inside the accelerated claim; an investment that does not come buys no shares.
    """
    before = {line_name(line): float(share) for line, share in zip(calm.lines, calm.paid, strict=True)}
    for line, share in zip(now.lines, now.paid, strict=True):
        short = line.amount * max(before.get(line_name(line), 1.0) - float(share), 0.0)
        if short > 0 and line.nature in (Nature.CONTRACT, Nature.ORDER):
            yield line, short


def _shortfalls(calm: Cash, now: Cash) -> dict[str, tuple[float, float]]:
    """By tie: what is not paid any more, and how much of that was owed whatever happened."""
    found: dict[str, tuple[float, float]] = {}
    for line, short in _missed(calm, now):
        if line.contract is not None:
            whole, bound = found.get(line.contract.tie.id, (0.0, 0.0))
            binds = short if line.rank is not Rank.INTENTION else 0.0
            found[line.contract.tie.id] = (whole + short, bound + binds)
    return found


def _unpaid(opening: Opening, state: State, calm: Cash, now: Cash) -> list[Hit]:
    unnamed = [
        Hit(WORLD, line.payer, Channel.ORDERS, 0.0, short * (1.0 - line.relief), Estate.UNSECURED, False, "")
        for line, short in _missed(calm, now)
        if line.contract is None
    ]
    contracts, owed = opening.ties.by_id, outstanding(opening, state, calm, now)
    named = [
        hit
        for tie, (short, bound) in _shortfalls(calm, now).items()
        for hit in _split(opening, state, contracts[tie], short, bound, owed.get(tie, 0.0))
    ]
    return [*unnamed, *named]


def _split(
    opening: Opening, state: State, contract: Contract, short: float, bound: float, delivered: float
) -> list[Hit]:
    """An unpaid contract as a receivable and an undelivered rest."""
    down = contract.payer in state.down
    owed = delivered if down else 0.0
    damage = (short - owed) * (1.0 - contract_relief(opening.inputs, contract))
    bound_part = damage * bound / short if down else 0.0
    own = contract.role is Role.CAPITAL or not down
    channel = Channel.ORDERS if own else Channel.CONTRACTS
    who = (contract.payee, contract.payer)
    found = []
    if owed > 0:
        found.append(Hit(*who, Channel.RECEIVABLES, owed, 0.0, Estate.UNSECURED, True, contract.tie.id))
    if damage > 0:
        found.append(Hit(*who, channel, bound_part, damage - bound_part, Estate.UNSECURED, False, contract.tie.id))
    return found


def _cancelled(opening: Opening, state: State, calm: Cash) -> list[Hit]:
    """Orders that a payer cancels because they were made for a firm that is down."""
    paid = {ln.contract.tie.id: s for ln, s in zip(calm.lines, calm.paid, strict=True) if ln.contract is not None}
    contracts = opening.ties.by_id
    out = []
    for tie, share in cancelled_shares(opening, state).items():
        contract = contracts[tie]
        lost = contract.due.value * share * paid.get(tie, 1.0) * (1.0 - contract_relief(opening.inputs, contract))
        if lost > 0:
            cause = next(c for c in contract.made_for if c in state.down)
            out.append(Hit(contract.payee, cause, Channel.ORDERS, 0.0, lost, Estate.UNSECURED, False, tie))
    return out


def debt_claims(opening: Opening, nodes: Collection[str]) -> list[Hit]:
    """All debt of some firms as claims: by tie of named lenders, the rest of kinds of lenders."""
    out = []
    for debt in opening.ties.debts:
        if debt.borrower not in nodes:
            continue
        secured = secured_part(opening, debt)
        for rank, share in ((Estate.SECURED, secured), (Estate.UNSECURED, 1.0 - secured)):
            if debt.principal.value * share > 0:
                amount = debt.principal.value * share
                out.append(Hit(debt.lender, debt.borrower, Channel.CLAIMS, amount, 0.0, rank, True, debt.tie.id))
    for node in sorted(nodes):
        for lender, amount in unnamed_debt(opening, node).items():
            out.append(Hit(lender, node, Channel.CLAIMS, amount, 0.0, Estate.UNSECURED, True, ""))
    return out


def secured_part(opening: Opening, debt: Debt) -> float:
    """Share of a debt that ranks before the unsecured: all of what a vehicle owes, else what its terms say."""
    borrower = opening.positions.get(debt.borrower)
    return 1.0 if borrower is not None and borrower.tier is Tier.VEHICLE else debt.secured


LENDERS = {
    "debt_share_bonds": "public-bondholders",
    "debt_share_banks": "bank-syndicate",
    "debt_share_private_credit": "private-credit",
}
"""Assumption that splits debt without a named lender, and the aggregate of the world that holds it."""


def unnamed_debt(opening: Opening, node: str) -> dict[str, float]:
    """Debt of a full firm that no tie names, by the aggregate that is assumed to hold it."""
    position = opening.positions.get(node)
    if position is None or position.statement is None:
        return {}
    named = sum(d.principal.value for d in opening.ties.debts if d.borrower == node)
    rest = max(position.statement.balance.debt.value - named, 0.0)
    layer = opening.firm(node).layer
    shares = {who: rate(opening.inputs, name, node, f"layer:{layer}", "all") for name, who in LENDERS.items()}
    whole = sum(shares.values())
    if whole <= 0:
        names = ", ".join(LENDERS)
        raise BookError(f"{node}: {names} are all zero; expected shares that sum to one; mend assumptions.csv")
    return {who: rest * share / whole for who, share in shares.items() if rest * share > 0}


def _after_guarantees(found: list[Hit], state: State, now: Cash) -> list[Hit]:
    """Move what guarantors pay from the beneficiary's hits to the guarantors, who then hold the claim."""
    paid = {line_name(ln): float(s) for ln, s in zip(now.lines, now.paid, strict=True) if ln.nature is Nature.CALL}
    left = {
        id_: call.amount * paid.get((call.guarantor, call.beneficiary, Rank.UNSECURED, Nature.CALL, ""), 1.0)
        for id_, call in state.called.items()
    }
    out = []
    for hit in found:
        current = hit
        for id_, call in state.called.items():
            if not _covered(call, hit) or left[id_] <= 0 or current.amount <= 0:
                continue
            moved = min(left[id_], current.amount)
            left[id_] -= moved
            claim = moved * current.claim / current.amount
            out.append(
                replace(
                    current,
                    creditor=call.guarantor,
                    channel=Channel.GUARANTEES,
                    claim=claim,
                    gone=moved - claim,
                    tie=id_,
                    paid_to=current.creditor,
                )
            )
            keep = 1.0 - moved / current.amount
            current = replace(current, claim=current.claim * keep, gone=current.gone * keep)
        if current.amount > 0:
            out.append(current)
    return out


def _covered(call: Call, hit: Hit) -> bool:
    """Whether a call pays for this hit."""
    if call.debts:
        return hit.debtor == call.beneficiary and hit.channel is Channel.CLAIMS
    return call.obligor == hit.debtor and call.beneficiary == hit.creditor and call.covers in ("", hit.tie)
