"""The tableau as compiled functions hold it: one pointer to all arrays.

A tuple of so many arrays would be taken apart and put together again at every call, and compiling that takes
minutes; a reference to a structure takes none of it.
"""

from __future__ import annotations

from typing import Any

from numba import float64, int64, types
from numba.experimental import structref

from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.tableau import Tableau


@structref.register
class TableauType(types.StructRef):
    """Type of the structure; its fields are those of :class:`Tableau`."""


def _array(name: str, axes: int) -> Any:
    kind = int64 if name in INTEGERS else float64
    return types.Array(kind, axes, "C")


INTEGERS = frozenset(
    (
        "marks",
        "kinds",
        "tie_marks",
        "tie_kinds",
        "debt_kinds",
        "call_marks",
        "call_kinds",
        "holding_kinds",
        "switches",
        "pair_guarantee",
        "pair_tie",
        "for_tie",
        "for_node",
        "trouble",
    )
)
AXES = {
    "nodes": 3,
    "marks": 3,
    "kinds": 2,
    "ladders": 4,
    "plans": 3,
    "starts": 2,
    "ties": 3,
    "tie_marks": 3,
    "tie_terms": 2,
    "tie_kinds": 2,
    "schedules": 3,
    "debts": 3,
    "debt_terms": 2,
    "debt_kinds": 2,
    "maturing": 2,
    "calls": 3,
    "call_marks": 3,
    "call_terms": 2,
    "call_kinds": 2,
    "holdings": 3,
    "holding_terms": 2,
    "holding_kinds": 2,
    "world": 2,
    "calendar": 2,
    "switches": 1,
    "pair_guarantee": 1,
    "pair_tie": 1,
    "for_tie": 1,
    "for_node": 1,
    "for_share": 1,
    "classes": 4,
    "limits": 3,
    "recovery": 3,
    "levels": 2,
    "claims": 4,
    "estate": 3,
    "drivers": 3,
    "firm_drivers": 4,
    "pays": 3,
    "accounts": 4,
    "paths": 3,
    "ledger_due": 3,
    "ledger_paid": 3,
    "ledger_interest": 3,
    "ledger_repaid": 3,
    "ledger_calls": 3,
    "ledger_estates": 4,
    "trouble": 1,
}
_of: Any = TableauType
_new: Any = structref.new
HELD = _of([(name, _array(name, axes)) for name, axes in AXES.items()])


@kernel
def hold(t: Tableau) -> Tableau:
    """The structure that points to the arrays of a tableau."""
    m = _new(HELD)
    m.nodes = t.nodes
    m.marks = t.marks
    m.kinds = t.kinds
    m.ladders = t.ladders
    m.plans = t.plans
    m.starts = t.starts
    m.ties = t.ties
    m.tie_marks = t.tie_marks
    m.tie_terms = t.tie_terms
    m.tie_kinds = t.tie_kinds
    m.schedules = t.schedules
    m.debts = t.debts
    m.debt_terms = t.debt_terms
    m.debt_kinds = t.debt_kinds
    m.maturing = t.maturing
    m.calls = t.calls
    m.call_marks = t.call_marks
    m.call_terms = t.call_terms
    m.call_kinds = t.call_kinds
    m.holdings = t.holdings
    m.holding_terms = t.holding_terms
    m.holding_kinds = t.holding_kinds
    m.world = t.world
    m.calendar = t.calendar
    m.switches = t.switches
    m.pair_guarantee = t.pair_guarantee
    m.pair_tie = t.pair_tie
    m.for_tie = t.for_tie
    m.for_node = t.for_node
    m.for_share = t.for_share
    m.classes = t.classes
    m.limits = t.limits
    m.recovery = t.recovery
    m.levels = t.levels
    m.claims = t.claims
    m.estate = t.estate
    m.drivers = t.drivers
    m.firm_drivers = t.firm_drivers
    m.pays = t.pays
    m.accounts = t.accounts
    m.paths = t.paths
    m.ledger_due = t.ledger_due
    m.ledger_paid = t.ledger_paid
    m.ledger_interest = t.ledger_interest
    m.ledger_repaid = t.ledger_repaid
    m.ledger_calls = t.ledger_calls
    m.ledger_estates = t.ledger_estates
    m.trouble = t.trouble
    held: Tableau = m
    return held
