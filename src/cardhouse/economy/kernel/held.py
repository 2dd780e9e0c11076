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
        "nl",
        "ni",
        "tl",
        "ti",
        "di",
        "gl",
        "gi",
        "si",
        "wi",
        "pair_guarantee",
        "pair_tie",
        "for_tie",
        "for_node",
        "trouble",
    )
)
AXES = {
    "n": 3,
    "nl": 3,
    "ni": 2,
    "nq": 4,
    "plan": 3,
    "nv": 2,
    "t": 3,
    "tl": 3,
    "tf": 2,
    "ti": 2,
    "tq": 3,
    "d": 3,
    "df": 2,
    "di": 2,
    "dq": 2,
    "g": 3,
    "gl": 3,
    "gf": 2,
    "gi": 2,
    "s": 3,
    "sf": 2,
    "si": 2,
    "w": 2,
    "wq": 2,
    "wi": 1,
    "pair_guarantee": 1,
    "pair_tie": 1,
    "for_tie": 1,
    "for_node": 1,
    "for_share": 1,
    "rank": 4,
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
    m.n = t.n
    m.nl = t.nl
    m.ni = t.ni
    m.nq = t.nq
    m.plan = t.plan
    m.nv = t.nv
    m.t = t.t
    m.tl = t.tl
    m.tf = t.tf
    m.ti = t.ti
    m.tq = t.tq
    m.d = t.d
    m.df = t.df
    m.di = t.di
    m.dq = t.dq
    m.g = t.g
    m.gl = t.gl
    m.gf = t.gf
    m.gi = t.gi
    m.s = t.s
    m.sf = t.sf
    m.si = t.si
    m.w = t.w
    m.wq = t.wq
    m.wi = t.wi
    m.pair_guarantee = t.pair_guarantee
    m.pair_tie = t.pair_tie
    m.for_tie = t.for_tie
    m.for_node = t.for_node
    m.for_share = t.for_share
    m.rank = t.rank
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
