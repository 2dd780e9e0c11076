"""What has happened so far in the fall of a card; grows and never shrinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Call:
    """A guarantee that was called: what the guarantor owes for the obligor, USD million.

    ``covers`` is the tie it was given for, empty for all. ``debts`` says that it pays the lenders of a vehicle
    whose contract it stands for, instead of the vehicle.
    """

    tie: str
    guarantor: str
    obligor: str
    beneficiary: str
    amount: float
    covers: str
    debts: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Cards pulled, firms fallen since, windows shut, guarantees called.

    Attributes
    ----------
    pulled : share of its dues that each pulled firm still pays, 0 to 1.
    fallen : round in which each further firm failed, 1 and up.
    shut : firms that can no longer raise money; their maturing debt falls due.
    called : guarantees called so far, by tie id.
    """

    pulled: Mapping[str, float] = field(default_factory=_none)
    fallen: Mapping[str, int] = field(default_factory=_none)
    shut: frozenset[str] = frozenset()
    called: Mapping[str, Call] = field(default_factory=_none)

    @property
    def down(self) -> frozenset[str]:
        """Every firm that does not pay in full: pulled or fallen."""
        return frozenset(self.pulled) | frozenset(self.fallen)

    def unpaid_share(self, node: str) -> float:
        """Share of what was ordered for ``node`` that is cancelled: what it does not pay for any more."""
        if node in self.pulled:
            return 1.0 - self.pulled[node]
        return 1.0 if node in self.fallen else 0.0


CALM = State()
"""Nothing happened: the baseline."""
