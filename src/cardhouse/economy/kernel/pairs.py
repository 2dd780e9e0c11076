"""Who can have a claim on whose estate: the pairs that contracts, debts and guarantees name; the world on everybody.

A table of all nodes by all nodes would grow with the square of a network and be empty nearly everywhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardhouse.economy.kernel.arrays import Floats, Ints, Model


class Pairs(NamedTuple):
    """P pairs of a debtor and a creditor, sorted by debtor, then by creditor; creditor N is the world.

    Attributes
    ----------
    debtor, creditor : (P,). begins : (N + 1,), where the pairs of each debtor begin; the world is the last of them.
    """

    debtor: Ints
    creditor: Ints
    begins: Ints

    @property
    def world(self) -> Ints:
        """The pair of each node with the world, (N,)."""
        return self.begins[1:] - 1

    def place(self, debtor: Ints, creditor: Ints) -> Ints:
        """Places of pairs; a creditor below zero is the world, and a debtor outside the network has none: -1."""
        n = self.begins.size - 1
        keys = self.debtor * (n + 1) + self.creditor
        found = np.searchsorted(keys, debtor * (n + 1) + np.where(creditor >= 0, creditor, n))
        return np.where(debtor >= 0, found, -1)

    def table(self, amounts: Floats) -> Floats:
        """Amounts of pairs, (..., P, L), as a table by debtor and creditor, (..., N, N + 1, L)."""
        n = self.begins.size - 1
        out = np.zeros((*amounts.shape[:-2], n, n + 1, amounts.shape[-1]))
        out[..., self.debtor, self.creditor, :] = amounts
        return out


def pairs_of(model: Model) -> Pairs:
    """The pairs of a model.

    They are payers and payees, payers and who guarantees for them, borrowers and lenders, guarantors and who they pay.
    """
    ties, debts, calls = model.ties, model.debts, model.guarantees
    n = model.start.cash.size
    nodes = np.arange(n, dtype=np.int64)
    debtors = (nodes, ties.payer, ties.payer[calls.pair_tie], debts.borrower, calls.guarantor)
    creditors = (np.full(n, n), ties.payee, calls.guarantor[calls.pair_guarantee], debts.lender, calls.beneficiary)
    debtor, creditor = np.concatenate(debtors), np.concatenate(creditors)
    known = (debtor >= 0) & (creditor >= 0)
    keys = np.unique(debtor[known] * (n + 1) + creditor[known])
    debtor, creditor = np.divmod(keys, n + 1)
    begins = np.searchsorted(debtor, np.arange(n + 1)).astype(np.int64)
    return Pairs(debtor, creditor, begins)
