"""What a clearing found, and the questions one asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cardhouse.network.cells import Flags, System, fraction_paid
from cardhouse.network.model import Array, Network

if TYPE_CHECKING:
    from cardhouse.network.uniqueness import Uniqueness
    from cardhouse.network.waves import Tipped, Waves

KNIFE_EDGE = 1e-9
"""A firm whose margin is smaller than this is called knife-edge."""


@dataclass(frozen=True, eq=False)
class Clearing:
    """One clearing state of a network of n firms and K classes. All amounts are in its unit.

    Attributes
    ----------
    network : what was cleared.
    payments : (K, n), what each firm pays in each class, to firms and outsiders together.
    received : (n,), debt payments received from other firms, before costs.
    stakes : (n,), value of the equity held in other firms, before costs.
    assets : (n,), outside assets + received + stakes, before costs.
    equity : (n,), what is left of each firm for its owners; never negative.
    defaulted : (n,), in default, forced ones included.
    forced : (n,), in default whatever their assets.
    is_least : whether this is the least state; else it is the greatest.
    """

    network: Network
    payments: Array
    received: Array
    stakes: Array
    assets: Array
    equity: Array
    defaulted: Flags
    forced: Flags
    is_least: bool

    @property
    def paid(self) -> Array:
        """(n,), payments over all classes."""
        found: Array = self.payments.sum(axis=0)
        return found

    @property
    def shortfall(self) -> Array:
        """(n,), binding dues that are not paid."""
        net = self.network
        found: Array = net.binding_dues - self.payments[: net.binding].sum(axis=0)
        return found

    @property
    def fractions(self) -> Array:
        """(K, n), share of its dues that each firm pays; zero where nothing is due.

        What i pays j in class k is ``network.debts[k][i, j] * fractions[k, i]``.
        """
        return np.stack([fraction_paid(p, d) for p, d in zip(self.payments, self.network.dues, strict=True)])

    @property
    def margin(self) -> Array:
        """(n,), (assets - binding dues) / binding dues; infinite where nothing is due. Always floats."""
        dues = self.network.binding_dues
        owes = (dues != 0).astype(bool)
        gap = (self.assets - dues) / np.where(owes, dues, dues * 0 + 1)
        return np.where(owes, gap.astype(float), np.inf)

    @property
    def knife_edge(self) -> Flags:
        """(n,), firms whose default hangs on a rounding or on less than a billionth of their dues.

        With default costs one of them judged otherwise moves the whole state; the exact mode decides.
        """
        dues = self.network.binding_dues
        gap = np.abs(self.assets - dues)
        close = ((gap <= self.error) | (gap < KNIFE_EDGE * dues)).astype(bool)
        found: Flags = close & (dues > 0).astype(bool) & ~self.forced
        return found

    @cached_property
    def error(self) -> Array:
        """(n,), running bound on the rounding error of ``assets``; zero in exact mode."""
        from cardhouse.network.extremes import rounding_error

        return rounding_error(System.of(self.network, self.forced), self.paid + self.equity, self.defaulted)

    @cached_property
    def least(self) -> Clearing:
        """The least clearing state of the same network."""
        from cardhouse.network.clearing import clear

        return self if self.is_least else clear(self.network, forced=self.forced, least=True)

    @cached_property
    def uniqueness(self) -> Uniqueness:
        """Whether any other state clears, and how that is known."""
        from cardhouse.network.uniqueness import certify

        return certify(self)

    @property
    def unique(self) -> bool:
        """Whether this is the only state that clears."""
        return self.uniqueness.unique

    @cached_property
    def waves(self) -> Waves:
        """The order in which firms fail when everybody is first taken to pay in full."""
        from cardhouse.network.waves import trace

        return trace(self)

    @property
    def wave(self) -> Array:
        """(n,), wave of default: 0 forced, 1 fails when all others pay in full, 2 after those, ...; -1 none."""
        return self.waves.wave

    @property
    def tipped(self) -> Tipped:
        """Whose missing payments pushed each failed firm below its dues, and by how much."""
        return self.waves.tipped
