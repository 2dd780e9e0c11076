"""A new tableau at the opening of a model, laid in one piece of memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, Floats, Ints, Model, Shocks
from cardhouse.economy.kernel.chains import link_chains, mark_forms, place_claims
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.pairs import pairs_of
from cardhouse.economy.kernel.tableau import SHAPES, TERMS, Tableau, in_memory

LARGE = 2**20
"""Numbers of an array from which on numpy asks for large pages, and as many again to begin at one."""


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


def _side_by_side(lengths: Mapping[str, int], of_terms: int) -> dict[str, Floats]:
    """All fields in one piece of memory, so large that the system gives it pages of two megabytes.

    Then the processor finds them with a few entries of its table of pages, and they do not push each other out of the
    second cache.
    """
    shapes = {name: tuple(lengths[x] if isinstance(x, str) else x for x in shape) for name, shape in SHAPES.items()}
    lanes = {name: of_terms if name in TERMS else LANES for name in shapes}
    begins = np.cumsum([0, *(takes(shape, lanes[name]) for name, shape in shapes.items())])
    room = np.zeros(max(int(begins[-1]), LARGE))
    return {
        name: zeros(name, shape, lanes[name], room[begin:])
        for begin, (name, shape) in zip(begins.tolist(), shapes.items(), strict=False)
    }


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
    lengths = {
        "N": model.start.cash.size,
        "T": model.ties.payer.size,
        "D": model.debts.borrower.size,
        "G": model.guarantees.cap.size,
        "S": model.stakes.holder.size,
        "P": pairs.debtor.size,
        "Q": steps,
        "K": shocks.world.shape[0],
        "F": shocks.firm.shape[0],
        "kept": steps if ledger else 0,
        "history": steps if history else 0,
    }
    moving = _side_by_side(lengths, LANES if apart else 1)
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
    _put(t.calendar, "", world, "progress")
    lived = round(float(world.economic_life[0]) / float(world.years[0]))
    t.switches[: row.LEDGER] = (world.private_lag, world.damage_steps, world.rollover, world.still, world.funded)
    t.switches[row.LEDGER :] = (ledger, history, lived)
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
    t.nodes[row.GROWTH] = t.nodes[row.CUT] = t.nodes[row.FULFILLED] = 1.0
    t.marks[row.FELL] = t.marks[row.ESTATE_AT] = FOREVER
    t.ties[row.RECEIVABLE] = model.ties.receivable0[:, None]
    t.ties[row.PAID] = model.ties.paid0[:, None]
    t.tie_marks[row.REJECTED] = t.tie_marks[row.VACANT] = FOREVER
    t.debts[row.PRINCIPAL] = model.debts.principal0[:, None]
    t.calls[row.FIRST_LEFT] = model.guarantees.first_loss[:, None]
    t.holdings[row.CARRYING] = model.stakes.carrying0[:, None]
    t.holdings[row.FRACTION] = model.stakes.fraction0[:, None]
    outside = np.where(model.stakes.held < 0, np.maximum(model.stakes.carrying0, model.stakes.proceeds0), 0.0)
    t.holdings[row.OUTSIDE] = outside[:, None]
