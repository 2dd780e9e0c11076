"""The tableau: everything a block of paths works on, one array for each shape, one row for each variable.

Compiled functions take it as their one argument. Rows are named in :mod:`cardhouse.economy.kernel.rows`; lanes
(paths side by side) are the last axis of whatever moves.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, RANKS, Floats, Ints, Model, Shocks
from cardhouse.economy.kernel.chains import link_chains, mark_forms, place_claims
from cardhouse.economy.kernel.columns import COLUMNS
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.pairs import pairs_of

LEVELS = 7
LAGS = 16
"""Steps that deliveries may be late, and a few more; the driver ends at 12."""
WINDOWS = 5
LARGE = 2**20
"""Numbers of an array from which on numpy asks for large pages, and as many again to begin at one."""


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
    paths : (3, Q, L), rent, need, and fleet at the start of each step.
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


FIXED = (
    "kinds",
    "flags",
    "tie_kinds",
    "debt_kinds",
    "call_kinds",
    "holding_kinds",
    "years",
    "switches",
    "pair_guarantee",
    "pair_tie",
    "for_tie",
    "for_node",
    "for_share",
    "live",
    "pulls",
    "lagged",
    "fallen",
    "pair_claim",
    "next_covered",
    "next_guarantee",
    "next_for",
    "claim_begins",
    "claim_debtor",
    "claim_creditor",
    "next_claim",
)
"""Fields without an axis for paths."""
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
MOVING = frozenset(Tableau._fields) - frozenset(FIXED) - frozenset(TERMS)
ORDERS = {
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
LENGTHS = {
    (field, 0): rows
    for field, rows in (
        ("nodes", row.NODES_ROWS),
        ("node_terms", row.NODE_TERMS_ROWS),
        ("marks", row.MARKS_ROWS),
        ("kinds", row.KINDS_ROWS),
        ("flags", row.FLAGS_ROWS),
        ("tie_kinds", row.TIE_KINDS_ROWS),
        ("debt_kinds", row.DEBT_KINDS_ROWS),
        ("call_kinds", row.CALL_KINDS_ROWS),
        ("holding_kinds", row.HOLDING_KINDS_ROWS),
        ("ladders", row.LADDERS_ROWS),
        ("plans", row.PLANS_ROWS),
        ("starts", row.STARTS_ROWS),
        ("ties", row.TIES_ROWS),
        ("tie_marks", row.TIE_MARKS_ROWS),
        ("tie_terms", row.TIE_TERMS_ROWS),
        ("schedules", row.SCHEDULES_ROWS),
        ("debts", row.DEBTS_ROWS),
        ("debt_terms", row.DEBT_TERMS_ROWS),
        ("calls", row.CALLS_ROWS),
        ("call_terms", row.CALL_TERMS_ROWS),
        ("holdings", row.HOLDINGS_ROWS),
        ("holding_terms", row.HOLDING_TERMS_ROWS),
        ("classes", row.CLASSES_ROWS),
        ("limits", WINDOWS),
        ("books", COLUMNS),
    )
} | {("classes", 1): RANKS}
"""Lengths of axes that are the same in every book."""


def in_memory(field: str, axes: int) -> tuple[int, ...]:
    """Order in memory of the axes of a field, without the lanes."""
    return ORDERS.get(field, tuple(range(axes)))


def zeros(field: str, shape: tuple[int, ...], lanes: int = LANES, room: Floats | None = None) -> Floats:
    """Zeros of this shape and lanes, in the order of the field, at an address that vector instructions like.

    Parameters
    ----------
    room : zeros to take them from, at least :func:`takes`; None for new ones.
    """
    order = in_memory(field, len(shape))
    raw = np.zeros(takes(shape, lanes)) if room is None else room
    skip = -(raw.ctypes.data // 8) % LANES
    laid = raw[skip : skip + math.prod(shape) * lanes].reshape(*(shape[axis] for axis in order), lanes)
    return laid.transpose(*np.argsort(order), len(shape))


def takes(shape: tuple[int, ...], lanes: int) -> int:
    """How many numbers make room for an array that begins at a vector."""
    return -(-math.prod(shape) * lanes // LANES) * LANES + LANES


def _side_by_side(shapes: dict[str, tuple[int, ...]], of_terms: int) -> dict[str, Floats]:
    """All fields in one piece of memory, so large that the system gives it pages of two megabytes.

    Then the processor finds them with a few entries of its table of pages, and they do not push each other out of the
    second cache.
    """
    lanes = {name: of_terms if name in TERMS else LANES for name in shapes}
    begins = np.cumsum([0, *(takes(shape, lanes[name]) for name, shape in shapes.items())])
    room = np.zeros(max(int(begins[-1]), LARGE))
    return {
        name: zeros(name, shape, lanes[name], room[begin:])
        for begin, (name, shape) in zip(begins.tolist(), shapes.items(), strict=False)
    }


def _shapes(model: Model, shocks: Shocks, p: int, kept: int, history: int) -> dict[str, tuple[int, ...]]:
    """Shapes of all fields that have lanes, without them; ``p`` is the number of pairs of debtors and creditors."""
    n, q = model.start.cash.size, model.world.years.size
    t, d = model.ties.payer.size, model.debts.borrower.size
    g, s = model.guarantees.cap.size, model.stakes.holder.size
    return {
        "nodes": (row.NODES_ROWS, n),
        "node_terms": (row.NODE_TERMS_ROWS, n),
        "marks": (row.MARKS_ROWS, n),
        "ladders": (row.LADDERS_ROWS, n, q),
        "plans": (row.PLANS_ROWS, n, q),
        "starts": (row.STARTS_ROWS, n),
        "ties": (row.TIES_ROWS, t),
        "tie_marks": (row.TIE_MARKS_ROWS, t),
        "tie_terms": (row.TIE_TERMS_ROWS, t),
        "schedules": (row.SCHEDULES_ROWS, t, q),
        "debts": (row.DEBTS_ROWS, d),
        "debt_terms": (row.DEBT_TERMS_ROWS, d),
        "maturing": (d, q),
        "calls": (row.CALLS_ROWS, g),
        "call_marks": (row.CALL_MARKS_ROWS, g),
        "call_terms": (row.CALL_TERMS_ROWS, g),
        "holdings": (row.HOLDINGS_ROWS, s),
        "holding_terms": (row.HOLDING_TERMS_ROWS, s),
        "world": (row.WORLD_ROWS,),
        "calendar": (row.CALENDAR_ROWS, q),
        "classes": (row.CLASSES_ROWS, RANKS, n),
        "limits": (WINDOWS, n),
        "recovery": (2, n),
        "levels": (LEVELS,),
        "lags": (LAGS,),
        "claims": (2, p),
        "estate": (p,),
        "drivers": (shocks.world.shape[0], q),
        "firm_drivers": (shocks.firm.shape[0], n, q),
        "pays": (n, q),
        "books": (COLUMNS, n),
        "accounts": (history, COLUMNS, n),
        "paths": (4, q),
        "ledger_due": (kept, t),
        "ledger_paid": (kept, t),
        "ledger_interest": (kept, d),
        "ledger_repaid": (kept, d),
        "ledger_calls": (kept, g),
        "ledger_estates": (kept, p),
        "trouble": (1,),
    }


AXES = {
    "nodes": 3,
    "node_terms": 3,
    "marks": 3,
    "kinds": 2,
    "flags": 2,
    "ladders": 4,
    "plans": 4,
    "starts": 3,
    "ties": 3,
    "tie_marks": 3,
    "tie_terms": 3,
    "tie_kinds": 2,
    "schedules": 4,
    "debts": 3,
    "debt_terms": 3,
    "debt_kinds": 2,
    "maturing": 3,
    "calls": 3,
    "call_marks": 3,
    "call_terms": 3,
    "call_kinds": 2,
    "holdings": 3,
    "holding_terms": 3,
    "holding_kinds": 2,
    "world": 2,
    "calendar": 3,
    "years": 1,
    "switches": 1,
    "pair_guarantee": 1,
    "pair_tie": 1,
    "for_tie": 1,
    "for_node": 1,
    "for_share": 1,
    "live": 1,
    "pulls": 1,
    "lagged": 1,
    "fallen": 1,
    "pair_claim": 1,
    "next_covered": 1,
    "next_guarantee": 1,
    "next_for": 1,
    "claim_begins": 1,
    "claim_debtor": 1,
    "claim_creditor": 1,
    "next_claim": 1,
    "classes": 4,
    "limits": 3,
    "recovery": 3,
    "levels": 2,
    "lags": 2,
    "claims": 3,
    "estate": 2,
    "drivers": 3,
    "firm_drivers": 4,
    "pays": 3,
    "books": 3,
    "accounts": 4,
    "paths": 3,
    "ledger_due": 3,
    "ledger_paid": 3,
    "ledger_interest": 3,
    "ledger_repaid": 3,
    "ledger_calls": 3,
    "ledger_estates": 3,
    "trouble": 2,
}
"""Number of axes of each field."""


def new_tableau(model: Model, shocks: Shocks, *, ledger: bool, history: bool = True, apart: bool = False) -> Tableau:
    """A tableau at the opening for a block of paths.

    Parameters
    ----------
    shocks : with one lane, which is then the same for all paths of the block, or with :data:`LANES`.
    ledger : whether every payment is written down.
    history : whether the accounts of all steps are kept, or of the last one only.
    apart : whether each path has terms of its own (:data:`TERMS`), or all share the model's.
    """
    steps = model.world.years.size
    pairs = pairs_of(model)
    shapes = _shapes(model, shocks, pairs.debtor.size, steps if ledger else 0, steps if history else 0)
    moving = _side_by_side(shapes, LANES if apart else 1)
    nodes, ties, debts = model.start.cash.size, model.ties.payer.size, model.debts.borrower.size
    calls, stakes, guarantees = model.guarantees.cap.size, model.stakes.holder.size, model.guarantees
    t = Tableau(
        kinds=np.zeros((row.KINDS_ROWS, nodes), dtype=np.int64),
        flags=np.zeros((row.FLAGS_ROWS, nodes), dtype=np.int64),
        tie_kinds=np.zeros((row.TIE_KINDS_ROWS, ties), dtype=np.int64),
        debt_kinds=np.zeros((row.DEBT_KINDS_ROWS, debts), dtype=np.int64),
        call_kinds=np.zeros((row.CALL_KINDS_ROWS, calls), dtype=np.int64),
        holding_kinds=np.zeros((row.HOLDING_KINDS_ROWS, stakes), dtype=np.int64),
        years=np.ascontiguousarray(model.world.years),
        switches=np.zeros(row.SWITCHES_ROWS, dtype=np.int64),
        pair_guarantee=guarantees.pair_guarantee,
        pair_tie=guarantees.pair_tie,
        for_tie=model.ties.for_tie,
        for_node=model.ties.for_node,
        for_share=model.ties.for_share,
        live=np.zeros(ties + 1, dtype=np.int64),
        pulls=np.asarray((shocks.pays < 1.0).any(axis=(0, 2)), dtype=np.int64),
        lagged=np.zeros(1, dtype=np.int64),
        fallen=np.zeros(nodes + 1, dtype=np.int64),
        pair_claim=pairs.place(model.ties.payer[guarantees.pair_tie], guarantees.guarantor[guarantees.pair_guarantee]),
        next_covered=np.zeros_like(guarantees.pair_tie),
        next_guarantee=np.zeros_like(guarantees.pair_tie),
        next_for=np.zeros_like(model.ties.for_tie),
        claim_begins=pairs.begins,
        claim_debtor=pairs.debtor,
        claim_creditor=pairs.creditor,
        next_claim=np.zeros_like(pairs.creditor),
        **moving,
    )
    _parameters(t, model, ledger=ledger, history=history)
    mark_forms(t, model)
    link_chains(t, model)
    place_claims(t, model, pairs)
    _opening(t, model)
    t.maturing[...] = model.debts.due[..., None]
    t.drivers[...], t.firm_drivers[...], t.pays[...] = shocks.world, shocks.firm, shocks.pays
    t.classes[...] = t.recovery[...] = 1.0
    return t


def _put(array: Floats | Ints, prefix: str, group: NamedTuple, *names: str) -> None:
    """Copy fields of a group to the rows of the same names; what has no axis for paths gets one."""
    for name in names:
        values, target = getattr(group, name), array[getattr(row, (prefix + name).upper())]
        target[...] = values if np.ndim(values) == target.ndim else np.asarray(values)[..., None]


def _named(group: NamedTuple, ndim: int, kind: str, *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Fields of a group of this number of axes and kind of number."""
    found = []
    for name, values in group._asdict().items():
        array = np.asarray(values)
        if array.ndim == ndim and array.dtype.kind == kind and name not in without:
            found.append(name)
    return tuple(found)


def _parameters(t: Tableau, model: Model, *, ledger: bool, history: bool) -> None:
    """What does not move while a path runs."""
    world, nodes, plans, ties, debts, calls, stakes, _ = model
    listed = ("for_tie", "for_node", "for_share", "pair_guarantee", "pair_tie")
    _put(t.world, "", world, "elasticity", "rent_response", "rent_ceiling", "economic_life")
    _put(t.calendar, "", world, "progress", "capacity")
    lived = round(float(world.economic_life[0]) / float(world.years[0]))
    t.switches[:] = (world.private_lag, world.damage_steps, world.rollover, world.still, ledger, history, lived)
    _put(t.node_terms, "", nodes, *_named(nodes, 2, "f"))
    _put(t.kinds, "", nodes, *_named(nodes, 1, "i"))
    _put(t.plans, "plan_", plans, *_named(plans, 2, "f"))
    _put(t.starts, "", plans, *_named(plans, 1, "f"))
    _put(t.tie_terms, "tie_", ties, *_named(ties, 1, "f", without=listed))
    _put(t.tie_kinds, "tie_", ties, *_named(ties, 1, "i", without=listed))
    _put(t.schedules, "tie_", ties, *_named(ties, 2, "f"))
    _put(t.debt_terms, "debt_", debts, *_named(debts, 1, "f"))
    _put(t.debt_kinds, "debt_", debts, *_named(debts, 1, "i"))
    _put(t.call_terms, "call_", calls, "cap", "residual")
    _put(t.call_kinds, "", calls, *_named(calls, 1, "i", without=listed))
    _put(t.holding_terms, "stake_", stakes, *_named(stakes, 1, "f"))
    _put(t.holding_kinds, "stake_", stakes, *_named(stakes, 1, "i"))


def _opening(t: Tableau, model: Model) -> None:
    """What moves, as it is at the opening."""
    start = model.start
    same = [name for name in _named(start, 1, "f") if name != "receivables"]
    _put(t.nodes, "", start, *same)
    _put(t.ladders, "", start, "ends_short", "ends_long", "ends_economic", "ends_fleet")
    t.nodes[row.RESIDUAL_RECEIVABLES] = start.receivables[:, None]
    t.nodes[row.VALUE] = model.plans.value0[:, None]
    t.nodes[row.EARNINGS] = model.plans.earnings0[:, None]
    t.nodes[row.GROWTH] = t.nodes[row.CUT] = 1.0
    t.marks[row.FELL] = t.marks[row.ESTATE_AT] = FOREVER
    t.ties[row.RECEIVABLE] = model.ties.receivable0[:, None]
    t.ties[row.PAID] = model.ties.paid0[:, None]
    t.tie_marks[row.REJECTED] = t.tie_marks[row.VACANT] = FOREVER
    t.debts[row.PRINCIPAL] = model.debts.principal0[:, None]
    t.calls[row.FIRST_LEFT] = model.guarantees.first_loss[:, None]
    t.holdings[row.CARRYING] = model.stakes.carrying0[:, None]
    t.holdings[row.FRACTION] = model.stakes.fraction0[:, None]
