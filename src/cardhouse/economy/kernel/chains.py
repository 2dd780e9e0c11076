"""What of a tableau follows from who is party to what: forms of contracts, chains of each node, places of claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import Model
from cardhouse.economy.kernel.pairs import Pairs

if TYPE_CHECKING:
    from cardhouse.economy.kernel.tableau import Tableau


def mark_forms(t: Tableau, model: Model) -> None:
    """Which contracts and stakes have a feature at all, so that the others need not ask in every step."""
    ties, stakes, kinds = model.ties, model.stakes, t.tie_kinds
    kinds[row.TIE_OF_SPENDING] = (ties.of_capex > 0.0).any(axis=1) & (ties.payer >= 0)
    kinds[row.TIE_OF_SALES] = (ties.of_revenue > 0.0).any(axis=1) & (ties.payer >= 0)
    kinds[row.TIE_CAPPED] = ties.cap < np.inf
    kinds[row.TIE_WAITS] = (ties.held > 0.0).any(axis=1)
    kinds[row.TIE_FOLLOWS_RENT] = ties.indexed > 0.0
    kinds[row.TIE_TAKES_BACK] = ties.trade_in > 0.0
    vehicle = np.append(model.nodes.vehicle, 0)  # a party outside is -1, the last place
    kinds[row.TIE_OF_VEHICLE] = vehicle[ties.payer] | vehicle[ties.payee]
    t.holding_kinds[row.STAKE_LISTED] = (stakes.proceeds0 > 0.0) & (stakes.fraction0 > 0.0)


def link_chains(t: Tableau, model: Model) -> None:
    """Contracts, debts, calls and stakes of each node as chains: the first of a node, the next after each; -1 ends one.

    What adds up along a chain adds up in the order of the list.
    """
    kinds, ties, debts, calls, stakes = t.kinds, t.tie_kinds, t.debt_kinds, t.call_kinds, t.holding_kinds
    known = model.guarantees.guarantor >= 0
    backed = np.where(known & (model.guarantees.for_lenders == 0), model.guarantees.beneficiary, -1)
    for first, following, owner in (
        (kinds[row.FIRST_BOUGHT], ties[row.NEXT_BOUGHT], model.ties.payer),
        (kinds[row.FIRST_SOLD], ties[row.NEXT_SOLD], model.ties.payee),
        (kinds[row.FIRST_DEBT], debts[row.NEXT_DEBT], model.debts.borrower),
        (kinds[row.FIRST_LENT], debts[row.NEXT_LENT], model.debts.lender),
        (kinds[row.FIRST_GIVEN], calls[row.NEXT_GIVEN], model.guarantees.guarantor),
        (kinds[row.FIRST_BACKED], calls[row.NEXT_BACKED], backed),
        (kinds[row.FIRST_HELD], stakes[row.NEXT_HELD], model.stakes.held),
        (kinds[row.FIRST_HOLDING], stakes[row.NEXT_HOLDING], model.stakes.holder),
        (ties[row.FIRST_PAID], stakes[row.NEXT_PAID], model.stakes.pays),
        (ties[row.FIRST_GUARANTEE], t.next_guarantee, model.guarantees.pair_tie),
        (calls[row.FIRST_COVERED], t.next_covered, model.guarantees.pair_guarantee),
        (kinds[row.FIRST_FOR], t.next_for, model.ties.for_node),
        (kinds[row.FIRST_CLAIM], t.next_claim, np.where(t.claim_creditor < kinds.shape[1], t.claim_creditor, -1)),
    ):
        first[:] = following[:] = -1
        for place in range(owner.size - 1, -1, -1):
            if owner[place] >= 0:
                following[place], first[owner[place]] = first[owner[place]], place


def place_claims(t: Tableau, model: Model, pairs: Pairs) -> None:
    """The pair of debtor and creditor behind each contract, debt and call; how many contracts a guarantee covers."""
    ties, debts, calls = model.ties, model.debts, model.guarantees
    t.tie_kinds[row.TIE_CLAIM] = pairs.place(ties.payer, ties.payee)
    t.debt_kinds[row.DEBT_CLAIM] = pairs.place(debts.borrower, debts.lender)
    t.call_kinds[row.CALL_CLAIM] = pairs.place(calls.guarantor, np.where(calls.for_lenders > 0, -1, calls.beneficiary))
    t.call_kinds[row.COVERED] = np.maximum(np.bincount(calls.pair_guarantee, minlength=calls.cap.size), 1)
