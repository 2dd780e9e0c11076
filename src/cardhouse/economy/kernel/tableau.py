"""The tableau: everything a block of paths works on, one array for each shape, one row for each variable.

Compiled functions take it as their one argument. Rows are named in :mod:`cardhouse.economy.kernel.rows`; lanes
(paths side by side) are the last axis of whatever moves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, RANKS, Floats, Ints, Model, Shocks
from cardhouse.economy.kernel.columns import COLUMNS

LEVELS = 6
WINDOWS = 5


class Tableau(NamedTuple):
    """N nodes, T contracts, D debts, G guarantees, S stakes, Q steps, B lanes.

    Attributes
    ----------
    nodes, marks : (rows, N, B) floats and integers of nodes; ``kinds`` (rows, N) integers that never move.
    ladders : (rows, N, Q, B), what leaves the running sums in each step.
    plans, starts : (rows, N, Q) and (rows, N), the plan and the opening's values.
    ties, tie_marks : (rows, T, B); tie_terms, tie_kinds : (rows, T); schedules : (rows, T, Q).
    debts : (rows, D, B); debt_terms, debt_kinds : (rows, D); maturing : (D, Q), principal due.
    calls, call_marks, call_terms, call_kinds : the same of guarantees; holdings, ... : of stakes.
    pair_guarantee, pair_tie : which guarantee covers which contract; for_tie, for_node, for_share : what was bought
        for whom.
    world, calendar, switches : (rows, B), (rows, Q), (rows,).
    classes : (2, RANKS, N, B), dues by class and the share of each that is paid.
    limits : (WINDOWS, N, B). recovery : (2, N, B). levels : (LEVELS, B).
    claims : (2, N, N + 1, B) on estates by class and creditor, the world last; ``estate`` what they will be paid.
    drivers, firm_drivers, pays : (K, Q, B), (F, N, Q, B), (N, Q, B).
    accounts : (Q, COLUMNS, N, B). paths : (3, Q, B), rent, need, and fleet at the start of each step.
    ledger_* : (Q, ..., B), empty unless asked for. trouble : (B,), 0 where all went well.
    """

    nodes: Floats
    marks: Ints
    kinds: Ints
    ladders: Floats
    plans: Floats
    starts: Floats
    ties: Floats
    tie_marks: Ints
    tie_terms: Floats
    tie_kinds: Ints
    schedules: Floats
    debts: Floats
    debt_terms: Floats
    debt_kinds: Ints
    maturing: Floats
    calls: Floats
    call_marks: Ints
    call_terms: Floats
    call_kinds: Ints
    holdings: Floats
    holding_terms: Floats
    holding_kinds: Ints
    world: Floats
    calendar: Floats
    switches: Ints
    pair_guarantee: Ints
    pair_tie: Ints
    for_tie: Ints
    for_node: Ints
    for_share: Floats
    classes: Floats
    limits: Floats
    recovery: Floats
    levels: Floats
    claims: Floats
    estate: Floats
    drivers: Floats
    firm_drivers: Floats
    pays: Floats
    accounts: Floats
    paths: Floats
    ledger_due: Floats
    ledger_paid: Floats
    ledger_interest: Floats
    ledger_repaid: Floats
    ledger_calls: Floats
    ledger_estates: Floats
    trouble: Ints


def new_tableau(model: Model, shocks: Shocks, *, ledger: bool) -> Tableau:
    """A tableau at the opening, for as many paths as the shocks have lanes."""
    lanes = shocks.world.shape[-1]
    nodes, steps = model.start.cash.size, model.world.years.size
    ties, debts = model.ties.payer.size, model.debts.borrower.size
    calls, stakes = model.guarantees.cap.size, model.stakes.holder.size
    kept = steps if ledger else 0
    t = Tableau(
        nodes=np.zeros((row.NODES_ROWS, nodes, lanes)),
        marks=np.zeros((row.MARKS_ROWS, nodes, lanes), dtype=np.int64),
        kinds=np.zeros((row.KINDS_ROWS, nodes), dtype=np.int64),
        ladders=np.zeros((row.LADDERS_ROWS, nodes, steps, lanes)),
        plans=np.zeros((row.PLANS_ROWS, nodes, steps)),
        starts=np.zeros((row.STARTS_ROWS, nodes)),
        ties=np.zeros((row.TIES_ROWS, ties, lanes)),
        tie_marks=np.zeros((row.TIE_MARKS_ROWS, ties, lanes), dtype=np.int64),
        tie_terms=np.zeros((row.TIE_TERMS_ROWS, ties)),
        tie_kinds=np.zeros((row.TIE_KINDS_ROWS, ties), dtype=np.int64),
        schedules=np.zeros((row.SCHEDULES_ROWS, ties, steps)),
        debts=np.zeros((row.DEBTS_ROWS, debts, lanes)),
        debt_terms=np.zeros((row.DEBT_TERMS_ROWS, debts)),
        debt_kinds=np.zeros((row.DEBT_KINDS_ROWS, debts), dtype=np.int64),
        maturing=np.ascontiguousarray(model.debts.due),
        calls=np.zeros((row.CALLS_ROWS, calls, lanes)),
        call_marks=np.zeros((row.CALL_MARKS_ROWS, calls, lanes), dtype=np.int64),
        call_terms=np.zeros((row.CALL_TERMS_ROWS, calls)),
        call_kinds=np.zeros((row.CALL_KINDS_ROWS, calls), dtype=np.int64),
        holdings=np.zeros((row.HOLDINGS_ROWS, stakes, lanes)),
        holding_terms=np.zeros((row.HOLDING_TERMS_ROWS, stakes)),
        holding_kinds=np.zeros((row.HOLDING_KINDS_ROWS, stakes), dtype=np.int64),
        world=np.zeros((row.WORLD_ROWS, lanes)),
        calendar=np.zeros((row.CALENDAR_ROWS, steps)),
        switches=np.zeros(row.SWITCHES_ROWS, dtype=np.int64),
        pair_guarantee=model.guarantees.pair_guarantee,
        pair_tie=model.guarantees.pair_tie,
        for_tie=model.ties.for_tie,
        for_node=model.ties.for_node,
        for_share=model.ties.for_share,
        classes=np.ones((row.CLASSES_ROWS, RANKS, nodes, lanes)),
        limits=np.zeros((WINDOWS, nodes, lanes)),
        recovery=np.ones((2, nodes, lanes)),
        levels=np.zeros((LEVELS, lanes)),
        claims=np.zeros((2, nodes, nodes + 1, lanes)),
        estate=np.zeros((nodes, nodes + 1, lanes)),
        drivers=shocks.world,
        firm_drivers=shocks.firm,
        pays=shocks.pays,
        accounts=np.zeros((steps, COLUMNS, nodes, lanes)),
        paths=np.zeros((3, steps, lanes)),
        ledger_due=np.zeros((kept, ties, lanes)),
        ledger_paid=np.zeros((kept, ties, lanes)),
        ledger_interest=np.zeros((kept, debts, lanes)),
        ledger_repaid=np.zeros((kept, debts, lanes)),
        ledger_calls=np.zeros((kept, calls, lanes)),
        ledger_estates=np.zeros((kept, nodes, nodes + 1, lanes)),
        trouble=np.zeros(lanes, dtype=np.int64),
    )
    _parameters(t, model, ledger=ledger)
    _opening(t, model)
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


def _parameters(t: Tableau, model: Model, *, ledger: bool) -> None:
    """What does not move while a path runs."""
    world, nodes, plans, ties, debts, calls, stakes, _ = model
    listed = ("for_tie", "for_node", "for_share", "pair_guarantee", "pair_tie")
    _put(t.world, "", world, "elasticity", "rent_response", "rent_ceiling", "economic_life")
    _put(t.calendar, "", world, "years", "progress", "capacity")
    t.switches[:] = (world.private_lag, world.damage_steps, world.rollover, world.still, int(ledger))
    _put(t.nodes, "", nodes, *_named(nodes, 2, "f"))
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
