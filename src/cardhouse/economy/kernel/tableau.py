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

INDICES = 6
WINDOWS = 5


class Tableau(NamedTuple):
    """N nodes, T contracts, D debts, G guarantees, S stakes, Q steps, B lanes.

    Attributes
    ----------
    n, nl : (rows, N, B) floats and integers of nodes; ``ni`` (rows, N) what never moves.
    nq : (rows, N, Q, B) ladders: what leaves the running sums in each step.
    plan, nv : (rows, N, Q) and (rows, N), the plan.
    t, tl, tf, ti, tq : (rows, T, B) twice, (rows, T) twice, (rows, T, Q): contracts.
    d, df, di, dq : debts likewise; ``dq`` (D, Q) principal due. g, gl, gf, gi : guarantees. s, sf, si : stakes.
    w, wq, wi : (rows, B), (rows, Q), (rows,) of the world.
    rank : (2, RANKS, N, B), dues by class and the share of each that is paid.
    limits : (WINDOWS, N, B). recovery : (2, N, B). levels : (INDICES, B).
    claims : (2, N, N + 1, B) on estates by class and creditor, the world last; ``estate`` what they will be paid.
    drivers, firm_drivers, pays : (K, Q, B), (F, N, Q, B), (N, Q, B).
    accounts : (Q, COLUMNS, N, B). paths : (3, Q, B), rent, need and fleet.
    ledger_* : (Q, ..., B), empty unless asked for. trouble : (B,), 0 where all went well.
    """

    n: Floats
    nl: Ints
    ni: Ints
    nq: Floats
    plan: Floats
    nv: Floats
    t: Floats
    tl: Ints
    tf: Floats
    ti: Ints
    tq: Floats
    d: Floats
    df: Floats
    di: Ints
    dq: Floats
    g: Floats
    gl: Ints
    gf: Floats
    gi: Ints
    s: Floats
    sf: Floats
    si: Ints
    w: Floats
    wq: Floats
    wi: Ints
    pair_guarantee: Ints
    pair_tie: Ints
    for_tie: Ints
    for_node: Ints
    for_share: Floats
    rank: Floats
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
        n=np.zeros((row.N_ROWS, nodes, lanes)),
        nl=np.zeros((row.NL_ROWS, nodes, lanes), dtype=np.int64),
        ni=np.zeros((row.NI_ROWS, nodes), dtype=np.int64),
        nq=np.zeros((row.NQ_ROWS, nodes, steps, lanes)),
        plan=np.zeros((row.PLAN_ROWS, nodes, steps)),
        nv=np.zeros((row.NV_ROWS, nodes)),
        t=np.zeros((row.T_ROWS, ties, lanes)),
        tl=np.zeros((row.TL_ROWS, ties, lanes), dtype=np.int64),
        tf=np.zeros((row.TF_ROWS, ties)),
        ti=np.zeros((row.TI_ROWS, ties), dtype=np.int64),
        tq=np.zeros((row.TQ_ROWS, ties, steps)),
        d=np.zeros((row.D_ROWS, debts, lanes)),
        df=np.zeros((row.DF_ROWS, debts)),
        di=np.zeros((row.DI_ROWS, debts), dtype=np.int64),
        dq=np.ascontiguousarray(model.debts.due),
        g=np.zeros((row.G_ROWS, calls, lanes)),
        gl=np.zeros((row.GL_ROWS, calls, lanes), dtype=np.int64),
        gf=np.zeros((row.GF_ROWS, calls)),
        gi=np.zeros((row.GI_ROWS, calls), dtype=np.int64),
        s=np.zeros((row.S_ROWS, stakes, lanes)),
        sf=np.zeros((row.SF_ROWS, stakes)),
        si=np.zeros((row.SI_ROWS, stakes), dtype=np.int64),
        w=np.zeros((row.W_ROWS, lanes)),
        wq=np.zeros((row.WQ_ROWS, steps)),
        wi=np.zeros(row.WI_ROWS, dtype=np.int64),
        pair_guarantee=model.guarantees.pair_guarantee,
        pair_tie=model.guarantees.pair_tie,
        for_tie=model.ties.for_tie,
        for_node=model.ties.for_node,
        for_share=model.ties.for_share,
        rank=np.ones((row.RANK_ROWS, RANKS, nodes, lanes)),
        limits=np.zeros((WINDOWS, nodes, lanes)),
        recovery=np.ones((2, nodes, lanes)),
        levels=np.zeros((INDICES, lanes)),
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
    _put(t.w, "", world, "elasticity", "rent_response", "rent_ceiling", "economic_life")
    _put(t.wq, "", world, "years", "progress", "capacity")
    t.wi[:] = (world.private_lag, world.damage_steps, world.rollover, world.still, int(ledger))
    _put(t.n, "", nodes, *_named(nodes, 2, "f"))
    _put(t.ni, "", nodes, *_named(nodes, 1, "i"))
    _put(t.plan, "plan_", plans, *_named(plans, 2, "f"))
    _put(t.nv, "", plans, *_named(plans, 1, "f"))
    _put(t.tf, "tie_", ties, *_named(ties, 1, "f", without=listed))
    _put(t.ti, "tie_", ties, *_named(ties, 1, "i", without=listed))
    _put(t.tq, "tie_", ties, *_named(ties, 2, "f"))
    _put(t.df, "debt_", debts, *_named(debts, 1, "f"))
    _put(t.di, "debt_", debts, *_named(debts, 1, "i"))
    _put(t.gf, "call_", calls, "cap", "residual")
    _put(t.gi, "", calls, *_named(calls, 1, "i", without=listed))
    _put(t.sf, "stake_", stakes, *_named(stakes, 1, "f"))
    _put(t.si, "stake_", stakes, *_named(stakes, 1, "i"))


def _opening(t: Tableau, model: Model) -> None:
    """What moves, as it is at the opening."""
    start = model.start
    same = [name for name in _named(start, 1, "f") if name != "receivables"]
    _put(t.n, "", start, *same)
    _put(t.nq, "", start, "ends_short", "ends_long", "ends_economic")
    t.n[row.RESIDUAL_RECEIVABLES] = start.receivables[:, None]
    t.n[row.VALUE] = model.plans.value0[:, None]
    t.n[row.EARNINGS] = model.plans.earnings0[:, None]
    t.n[row.GROWTH] = t.n[row.CUT] = 1.0
    t.nl[row.FELL] = t.nl[row.ESTATE_AT] = FOREVER
    t.t[row.RECEIVABLE] = model.ties.receivable0[:, None]
    t.t[row.PAID] = model.ties.paid0[:, None]
    t.tl[row.REJECTED] = t.tl[row.VACANT] = FOREVER
    t.d[row.PRINCIPAL] = model.debts.principal0[:, None]
    t.g[row.FIRST_LEFT] = model.guarantees.first_loss[:, None]
    t.s[row.CARRYING] = model.stakes.carrying0[:, None]
    t.s[row.FRACTION] = model.stakes.fraction0[:, None]
