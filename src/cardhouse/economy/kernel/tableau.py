"""The tableau: everything a block of paths works on, one array for each shape, one row for each variable.

Compiled functions take it as their one argument. Rows are named in :mod:`cardhouse.economy.kernel.rows`; lanes
(paths side by side) are the last axis of whatever moves.
"""

from __future__ import annotations

from typing import NamedTuple

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import RANKS, Floats, Ints
from cardhouse.economy.kernel.columns import COLUMNS

LEVELS = 6
LAGS = 16
"""Steps that deliveries may be late, and a few more; the driver ends at 12."""
WINDOWS = 5


class Tableau(NamedTuple):
    """N nodes, T contracts, D debts, G guarantees, S stakes, Q steps, L lanes (:data:`LANES`, always).

    Attributes
    ----------
    nodes, marks : (rows, N, L) state and work of nodes; node_terms : the same, parameters; ``kinds`` (rows, N) integers
        that never move; ``flags`` (rows, N) what has changed about a node between two passes of a clearing.
    ladders : (rows, N, Q, L), what leaves the running sums in each step.
    plans, starts : (rows, N, Q, L) and (rows, N, L), the plan and the opening's values.
    ties, tie_marks, tie_terms : (rows, T, L); tie_kinds : (rows, T); schedules : (rows, T, Q, L).
    debts, debt_terms : (rows, D, L); debt_kinds : (rows, D); maturing : (D, Q, L), principal due.
    calls, call_marks, call_terms, call_kinds : the same of guarantees; holdings, ... : of stakes.
    pair_guarantee, pair_tie : which guarantee covers which contract; for_tie, for_node, for_share : what was bought
        for whom.
    world, calendar : (rows, L), (rows, Q, L); years : (Q,), length of each step; switches : (rows,).
    live : (T + 1,) how many contracts have something due or unpaid in some lane of the step, and which.
    classes : (2, RANKS, N, L), dues by class and the share of each that is paid.
    limits : (WINDOWS, N, L). recovery : (2, N, L). levels : (LEVELS, L). lags : (LAGS, L) weights of the
        steps before for what is late, the first ``lagged[0]`` of them.
    pulls : (Q,) whether a card is pulled in some lane of a step. fallen : (N + 1,) how many nodes fell in some lane of
        the step, and which.
    claims : (2, P, L) on estates by class and pair of debtor and creditor (:class:`Pairs`); ``estate`` (P, L) what they
        will be paid. claim_begins : (N + 1,), where the pairs of a debtor begin, the world last; claim_debtor,
        claim_creditor : (P,). next_* : (...,), chains from the first of a node, a contract or a guarantee on.
    drivers, firm_drivers, pays : (K, Q, L), (F, N, Q, L), (N, Q, L).
    books : (COLUMNS, N, L), accounts of the step. accounts : (Q, COLUMNS, N, L), of all steps where they are kept.
    paths : (2, Q, L), rent and need of each step.
    ledger_* : (Q, ..., L), empty unless asked for. trouble : (1, L), 0 where all went well.
    """

    nodes: Floats
    node_terms: Floats
    marks: Floats
    kinds: Ints
    flags: Ints
    ladders: Floats
    plans: Floats
    starts: Floats
    ties: Floats
    tie_marks: Floats
    tie_terms: Floats
    tie_kinds: Ints
    schedules: Floats
    debts: Floats
    debt_terms: Floats
    debt_kinds: Ints
    maturing: Floats
    calls: Floats
    call_marks: Floats
    call_terms: Floats
    call_kinds: Ints
    holdings: Floats
    holding_terms: Floats
    holding_kinds: Ints
    world: Floats
    calendar: Floats
    years: Floats
    switches: Ints
    pair_guarantee: Ints
    pair_tie: Ints
    for_tie: Ints
    for_node: Ints
    for_share: Floats
    live: Ints
    pulls: Ints
    lagged: Ints
    fallen: Ints
    pair_claim: Ints
    next_covered: Ints
    next_guarantee: Ints
    next_for: Ints
    claim_begins: Ints
    claim_debtor: Ints
    claim_creditor: Ints
    next_claim: Ints
    classes: Floats
    limits: Floats
    recovery: Floats
    levels: Floats
    lags: Floats
    claims: Floats
    estate: Floats
    drivers: Floats
    firm_drivers: Floats
    pays: Floats
    books: Floats
    accounts: Floats
    paths: Floats
    ledger_due: Floats
    ledger_paid: Floats
    ledger_interest: Floats
    ledger_repaid: Floats
    ledger_calls: Floats
    ledger_estates: Floats
    trouble: Floats


SHAPES: dict[str, tuple[int | str, ...]] = {
    "nodes": (row.NODES_ROWS, "N"),
    "node_terms": (row.NODE_TERMS_ROWS, "N"),
    "marks": (row.MARKS_ROWS, "N"),
    "ladders": (row.LADDERS_ROWS, "N", "Q"),
    "plans": (row.PLANS_ROWS, "N", "Q"),
    "starts": (row.STARTS_ROWS, "N"),
    "ties": (row.TIES_ROWS, "T"),
    "tie_marks": (row.TIE_MARKS_ROWS, "T"),
    "tie_terms": (row.TIE_TERMS_ROWS, "T"),
    "schedules": (row.SCHEDULES_ROWS, "T", "Q"),
    "debts": (row.DEBTS_ROWS, "D"),
    "debt_terms": (row.DEBT_TERMS_ROWS, "D"),
    "maturing": ("D", "Q"),
    "calls": (row.CALLS_ROWS, "G"),
    "call_marks": (row.CALL_MARKS_ROWS, "G"),
    "call_terms": (row.CALL_TERMS_ROWS, "G"),
    "holdings": (row.HOLDINGS_ROWS, "S"),
    "holding_terms": (row.HOLDING_TERMS_ROWS, "S"),
    "world": (row.WORLD_ROWS,),
    "calendar": (row.CALENDAR_ROWS, "Q"),
    "classes": (row.CLASSES_ROWS, RANKS, "N"),
    "limits": (WINDOWS, "N"),
    "recovery": (2, "N"),
    "levels": (LEVELS,),
    "lags": (LAGS,),
    "claims": (2, "P"),
    "estate": ("P",),
    "drivers": ("K", "Q"),
    "firm_drivers": ("F", "N", "Q"),
    "pays": ("N", "Q"),
    "books": (COLUMNS, "N"),
    "accounts": ("history", COLUMNS, "N"),
    "paths": (2, "Q"),
    "ledger_due": ("kept", "T"),
    "ledger_paid": ("kept", "T"),
    "ledger_interest": ("kept", "D"),
    "ledger_repaid": ("kept", "D"),
    "ledger_calls": ("kept", "G"),
    "ledger_estates": ("kept", "P"),
    "trouble": (1,),
}
"""Shapes of the fields that have lanes, without them: lengths that are the same in every book, and letters.

The letters are those of :class:`Tableau`; ``kept`` steps have a ledger, accounts of ``history`` steps are kept."""
FIXED: dict[str, tuple[int | str, ...]] = {
    "kinds": (row.KINDS_ROWS, "N"),
    "flags": (row.FLAGS_ROWS, "N"),
    "tie_kinds": (row.TIE_KINDS_ROWS, "T"),
    "debt_kinds": (row.DEBT_KINDS_ROWS, "D"),
    "call_kinds": (row.CALL_KINDS_ROWS, "G"),
    "holding_kinds": (row.HOLDING_KINDS_ROWS, "S"),
    "years": ("Q",),
    "switches": (row.SWITCHES_ROWS,),
    "pair_guarantee": ("pairs",),
    "pair_tie": ("pairs",),
    "for_tie": ("pairs",),
    "for_node": ("pairs",),
    "for_share": ("pairs",),
    "live": ("T + 1",),
    "pulls": ("Q",),
    "lagged": ("one",),
    "fallen": ("N + 1",),
    "pair_claim": ("pairs",),
    "next_covered": ("pairs",),
    "next_guarantee": ("pairs",),
    "next_for": ("pairs",),
    "claim_begins": ("N + 1",),
    "claim_debtor": ("P",),
    "claim_creditor": ("P",),
    "next_claim": ("P",),
}
"""Shapes of the fields without an axis for paths."""
TERMS = (
    "node_terms",
    "plans",
    "starts",
    "tie_terms",
    "schedules",
    "debt_terms",
    "maturing",
    "call_terms",
    "holding_terms",
    "world",
    "calendar",
)
"""Fields that no step changes. Their last axis has one number where all paths of a block share it, which takes an
eighth of the room and of the time to fetch it; else one for each path."""
INTEGERS = frozenset(FIXED) - {"years", "for_share"}
MOVING = frozenset(SHAPES) - frozenset(TERMS)
AXES = {name: len(shape) + 1 for name, shape in SHAPES.items()} | {name: len(shape) for name, shape in FIXED.items()}
"""Number of axes of each field, with the lanes where it has them."""
LENGTHS = {
    (name, axis): length
    for name, shape in (SHAPES | FIXED).items()
    for axis, length in enumerate(shape)
    if isinstance(length, int)
}
"""Lengths of axes that are the same in every book."""
ORDERS = {
    "nodes": (1, 0),
    "marks": (1, 0),
    "books": (1, 0),
    "node_terms": (1, 0),
    "ladders": (2, 1, 0),
    "plans": (2, 1, 0),
    "starts": (1, 0),
    "ties": (1, 0),
    "tie_marks": (1, 0),
    "tie_terms": (1, 0),
    "schedules": (2, 1, 0),
    "debts": (1, 0),
    "debt_terms": (1, 0),
    "maturing": (1, 0),
    "calls": (1, 0),
    "call_marks": (1, 0),
    "call_terms": (1, 0),
    "holdings": (1, 0),
    "holding_terms": (1, 0),
    "calendar": (1, 0),
    "classes": (2, 0, 1),
    "limits": (1, 0),
    "recovery": (1, 0),
    "drivers": (1, 0),
    "firm_drivers": (2, 1, 0),
    "pays": (1, 0),
}
"""Order of the axes in memory, the lanes last, where it is another: steps first, then the thing, then its variables, so
that what is used together lies together, at distances that are known when compiling."""


def in_memory(field: str, axes: int) -> tuple[int, ...]:
    """Order in memory of the axes of a field, without the lanes."""
    return ORDERS.get(field, tuple(range(axes)))
