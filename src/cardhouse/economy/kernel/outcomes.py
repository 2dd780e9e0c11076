"""What is kept of a path: who fell when and why, who lost what, and in which class each figure of a fan falls.

Figures of a fan are counted in classes, so that many paths take no more room than one and counts of any order add
up to the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import Floats, Ints
from cardhouse.economy.kernel.compiling import inlined, kernel
from cardhouse.economy.kernel.lanes import LANES, Lanes, Mask, any_of, eighths_of, least, most, one_lane, size, where
from cardhouse.economy.kernel.memory import lanes_of, set_bytes, set_lanes
from cardhouse.economy.kernel.tableau import Tableau

MEASURES = ("revenue", "capital spending", "free cash flow", "cash", "debt", "market value")
WORLD_MEASURES = ("rent of computing", "need of computing")
FIGURES = len(MEASURES)
SIDE = 63
CLASSES = 2 * SIDE + 1
"""Classes of a figure: so many on either side of a middle, and the last for nothing itself. How far a figure lies from
the middle is counted in units that its spread gives; one more than that in octaves of eight even classes each, so that
classes are fine where most paths lie, grow with the distance, and reach to 239 units."""
FARTHEST = 239.0
NOTHING = 2 * SIDE
BLOCKS = 16
"""Blocks whose classes wait to be counted: one after the other they would push everything else out of the cache."""
LINE = 64
"""Bytes of a line of the cache."""
CAUSES = ("customers", "counterparties", "markets", "outlays")
"""What was missing against the plan by the time of a fall: sales to the world; what others pay; money that was or could
be raised; and what was paid and owed beyond it. Before any is cut off at nothing they add up to how much less headroom
there was, as in :mod:`cardhouse.economy.story`."""
REFERENCE = ("sales", "ties", "funds", "headroom", "costs", "asked")
"""Of a step without chance: sales to the world and what others pay; money raised in all steps before, with what could
be raised in it; what could be paid from less what had to be paid; running costs, and those that had to be paid."""
NOT_FINITE = 3.0
"""Trouble of a path that has come to a figure that is no number."""
LEAST_BINDING, MOST_ROOM = 1e-6, 1e3
"""USD million below which dues bind nobody; room beyond which more says nothing."""
MISSED = 1e-3
"""USD million below which what was missing is rounding: who falls without any falls with its tenant."""
KEPT = ("credit", "stakes", "revenue", "outside")
"""Sums over a path, by node: what it lost on claims (with damages for a year of a broken contract) and guarantees after
what estates brought; shares written down; revenue below plan; and what creditors outside the network lose on the
node's own failure."""


class Recorder(NamedTuple):
    """Where outcomes go, for P paths of a chunk, N nodes, F full ones, Q steps.

    Attributes
    ----------
    full : (F,) nodes whose figures make fans; seat : (N,) the place of each node among them, or -1.
    reference : (Q, N, 6), the path without chance, as :data:`REFERENCE`.
    middle, per_unit : (Q, MEASURES, F), where classes are finest, and one over their unit; ``world_middle``,
        ``world_per_unit`` (Q, 2) the same of the world.
    counts, world_counts : (Q, MEASURES, F, CLASSES) and (Q, 2, CLASSES), paths by class.
    sums : (Q, MEASURES, F, L), sums of the figures, by lane.
    fell : (P / L, N, L), step of a failure, -1 for none, -2 - step for a card that was pulled; sums_of :
        (P / L, 4, N, L), as :data:`KEPT`.
    room : (P / L, N, L), the least room that a node had over what bound it, as a part of that; -1 for one that fell.
    weights : (P / L, L), logarithm of how much likelier a path is by chance alone than as it was steered.
    causes : (N, 4), shares of causes summed over the failures of a node; ``failures`` (N,) how many.
    waiting : (BLOCKS, Q * MEASURES * F + Q * 2, L), classes of figures and of the world in blocks not counted yet.
    raw : (P, Q, MEASURES, F) the figures themselves, or (0, ...) where they are not asked for.
    """

    full: Ints
    seat: Ints
    reference: Floats
    middle: Floats
    per_unit: Floats
    world_middle: Floats
    world_per_unit: Floats
    counts: NDArray[np.uint16]
    world_counts: NDArray[np.uint16]
    sums: Floats
    fell: Floats
    sums_of: Floats
    room: Floats
    weights: Floats
    causes: Floats
    failures: Ints
    waiting: NDArray[np.uint8]
    raw: Floats
    world_raw: Floats


def new_recorder(
    full: Ints,
    reference: Floats,
    classes: tuple[Floats, Floats, Floats, Floats],
    paths: int,
    *,
    raw: bool,
) -> Recorder:
    """An empty recorder for a chunk of paths; see :class:`Recorder` for the shapes."""
    steps, nodes = reference.shape[:2]
    blocks = -(-paths // LANES)
    fans = (steps, len(MEASURES), full.size)
    seat = np.full(nodes, -1, dtype=np.int64)
    seat[full] = np.arange(full.size)
    return Recorder(
        full=full,
        seat=seat,
        reference=reference,
        middle=classes[0],
        per_unit=classes[1],
        world_middle=classes[2],
        world_per_unit=classes[3],
        counts=np.zeros((*fans, CLASSES), dtype=np.uint16),
        world_counts=np.zeros((steps, len(WORLD_MEASURES), CLASSES), dtype=np.uint16),
        sums=np.zeros((*fans, LANES)),
        fell=np.zeros((blocks, nodes, LANES)),
        sums_of=np.zeros((blocks, len(KEPT), nodes, LANES)),
        room=np.zeros((blocks, nodes, LANES)),
        weights=np.zeros((blocks, LANES)),
        causes=np.zeros((nodes, len(CAUSES))),
        failures=np.zeros(nodes, dtype=np.int64),
        waiting=np.zeros((BLOCKS, steps * (len(MEASURES) * full.size + len(WORLD_MEASURES)), LANES), dtype=np.uint8),
        raw=np.zeros((paths if raw else 0, *fans)),
        world_raw=np.zeros((paths if raw else 0, steps, len(WORLD_MEASURES))),
    )


def clear(r: Recorder) -> None:
    """Empty what paths add to, so that a recorder takes others of the same number."""
    for array in (r.counts, r.world_counts, r.sums, r.causes, r.failures):
        array[...] = 0


@inlined
def measure(kind: int, i: int, m: Tableau) -> Lanes:
    """One figure of a node at the end of a step, as :data:`MEASURES`."""
    nodes = m.nodes
    if kind == 0:
        return m.books[col.REVENUE, i]
    if kind == 1:
        return m.books[col.CAPEX, i]
    if kind == 2:
        return nodes[row.FREE, i]
    if kind == 3:
        return nodes[row.CASH, i]
    if kind == 4:
        return nodes[row.NEW_DEBT, i] + nodes[row.OLD_DEBT, i]
    return nodes[row.VALUE, i]


class Extent(NamedTuple):
    """What is kept of a block: of how many steps and full nodes, and whether the figures themselves.

    ``first`` is its first path in the chunk, ``asked`` how many of its paths are asked for, ``waits`` the row where its
    classes wait.
    """

    steps: int
    full: int
    raw: bool
    first: int
    asked: int
    waits: int


@kernel
def extent(first: int, count: int, r: Recorder) -> Extent:
    """The extent of a block of a chunk."""
    steps, full = r.middle.shape[0], r.full.size
    waits = first // LANES % BLOCKS * steps * (FIGURES * full + 2)
    return Extent(steps, full, r.raw.size > 0, first, count, waits)


@inlined
def note_world(q: int, m: Tableau, e: Extent, r: Recorder) -> None:
    """Keep the figures of the world in a step; ``r`` is bare."""
    for k in range(2):
        level, cell = m.paths[row.RENTS_PATH if k == 0 else row.NEED_PATH, q], q * 2 + k
        place = class_of(level, r.world_middle[cell], r.world_per_unit[cell])
        set_bytes(r.waiting, e.waits + e.steps * FIGURES * e.full + cell, place)
        if e.raw:
            for b in range(e.asked):
                r.world_raw[(e.first + b) * e.steps * 2 + cell] = one_lane(level, b)


@inlined
def note_node(q: int, i: int, asked: Mask, m: Tableau, e: Extent, r: Recorder) -> None:
    """Keep what a step brought to a node; ``asked`` says which paths are asked for, ``r`` is bare."""
    f = r.seat[i]
    for k in range(FIGURES if f >= 0 else 0):
        figure, cell = measure(k, i, m), (q * FIGURES + k) * e.full + f
        set_bytes(r.waiting, e.waits + cell, class_of(figure, r.middle[cell], r.per_unit[cell]))
        set_lanes(r.sums, cell, lanes_of(r.sums, cell) + where(asked, figure, 0.0))
        if e.raw:
            for b in range(e.asked):
                r.raw[(e.first + b) * e.steps * FIGURES * e.full + cell] = one_lane(figure, b)
    sum_up(q, i, m)
    place = (q * m.nodes.shape[1] + i) * len(REFERENCE)
    now = compare(q, i, place, m, r)
    if any_of(now):
        blame(i, now, place, e.asked, m, r)
    m.nodes[row.MORE_COSTS, i] += running_costs(i, m) - r.reference[place + 4]


@inlined
def class_of(figure: Lanes, middle: float, per_unit: float) -> Lanes:
    """The class of a figure; the outermost hold all beyond, and what is no number (in this order of arguments)."""
    far = (figure - middle) * per_unit
    steps = least(SIDE - 1.0, eighths_of(least(1.0 + FARTHEST, 1.0 + size(far))))
    return where(figure == 0.0, float(NOTHING), where(far < 0.0, SIDE - 1.0 - steps, SIDE + steps))


@inlined
def sum_up(q: int, i: int, m: Tableau) -> None:
    """Add what a node lost in a step, and what it sold less than planned."""
    nodes, x = m.nodes, m.books
    nodes[row.SUM_CREDIT, i] += x[col.CALLS_PAID, i]
    nodes[row.SUM_STAKES, i] += x[col.STAKE_LOSS, i]
    nodes[row.SUM_REVENUE, i] += m.plans[row.PLAN_REVENUE, i, q] - x[col.REVENUE, i]
    binding = x[col.BINDING, i]
    room = least((x[col.RESOURCES, i] - binding) / most(binding, LEAST_BINDING), MOST_ROOM)
    room = where(m.marks[row.DOWN, i] > 0.0, -1.0, room)
    nodes[row.LEAST_ROOM, i] = room if q == 0 else least(room, nodes[row.LEAST_ROOM, i])


@inlined
def got_from_others(i: int, m: Tableau) -> Lanes:
    """What a node got from nodes in a step, with what re-letting brought and what builders of a vehicle paid in."""
    x = m.books
    got = x[col.TIES_GOT, i] + x[col.RELET, i] + x[col.INTEREST_GOT, i] + x[col.REPAID_GOT, i]
    return got + x[col.CALLS_GOT, i] + x[col.ESTATE_GOT, i] + x[col.BRIDGE, i]


@inlined
def running_costs(i: int, m: Tableau) -> Lanes:
    """Running costs of a node in a step."""
    x = m.books
    return x[col.COSTS, i] + x[col.COSTS_TIES, i] + x[col.LEVY, i] + x[col.TAX_PAID, i]


@inlined
def asked_costs(i: int, m: Tableau) -> Lanes:
    """Running costs that a node has to pay in a step, whether or not it can."""
    return m.nodes[row.COSTS, i] + m.nodes[row.NAMED, i] + m.nodes[row.LEVY, i]


@inlined
def compare(q: int, i: int, place: int, m: Tableau, r: Recorder) -> Mask:
    """Add up how a node strays from the path without chance; returns where it falls now."""
    nodes = m.nodes
    nodes[row.LESS_SALES, i] -= m.books[col.WORLD_RECEIPTS, i] - r.reference[place]
    nodes[row.LESS_TIES, i] -= got_from_others(i, m) - r.reference[place + 1]
    return (m.marks[row.FELL, i] == q) & (m.marks[row.PULLED, i] <= 0.0)


@kernel
def blame(i: int, now: Mask, place: int, count: int, m: Tableau, r: Recorder) -> None:
    """Say what was missing where a node falls, beside the cell ``place`` of the path without chance.

    Running costs below the plan count against sales below it, and the other way round: who sells less needs less. What
    else was better than planned, as spending that was put off, lowers all causes alike.
    """
    nodes, x, could = m.nodes, m.books, m.nodes[row.OPEN_AT_FALL, i]
    sales, ties = nodes[row.LESS_SALES, i], nodes[row.LESS_TIES, i]
    shut = r.reference[place + 2] - nodes[row.RAISED_SO_FAR, i] - could  # who falls raises nothing in that step
    headroom = x[col.RESOURCES, i] + could - x[col.BINDING, i]
    costs = nodes[row.MORE_COSTS, i] + asked_costs(i, m) - r.reference[place + 5]
    rest = r.reference[place + 3] - headroom - sales - ties - shut - costs
    missing_sales, missing_ties = most(sales + least(costs, 0.0), 0.0), most(ties, 0.0)
    more, shut = most(costs + least(sales, 0.0), 0.0) + most(rest, 0.0), most(shut, 0.0)
    whole = missing_sales + missing_ties + shut + more
    some = now & (whole > MISSED)
    add_cause(i, 0, where(some, missing_sales / whole, 0.0), count, r)
    add_cause(i, 1, where(some, missing_ties / whole, where(now, 1.0, 0.0)), count, r)
    add_cause(i, 2, where(some, shut / whole, 0.0), count, r)
    add_cause(i, 3, where(some, more / whole, 0.0), count, r)
    for b in range(count):
        r.failures[i] += 1 if one_lane(where(now, 1.0, 0.0), b) > 0.0 else 0


@kernel
def add_cause(i: int, cause: int, share: Lanes, count: int, r: Recorder) -> None:
    """Add the share of a cause in the failures of a node."""
    for b in range(count):
        r.causes[i * len(CAUSES) + cause] += one_lane(share, b)


@kernel
def count_waiting(blocks: int, last: int, r: Recorder) -> None:
    """Count the classes of blocks that wait, of the last of them only the first paths."""
    fans = r.counts.size // CLASSES
    tally(blocks, last, 0, r.waiting, r.counts.reshape(fans, CLASSES))
    tally(blocks, last, fans, r.waiting, r.world_counts.reshape(r.world_counts.size // CLASSES, CLASSES))


@kernel
def tally(blocks: int, last: int, begin: int, waiting: NDArray[np.uint8], counts: NDArray[np.uint16]) -> None:
    """Count classes from cell ``begin`` on, a line of the cache after the other."""
    for near in range(0, counts.shape[0], LINE // LANES):
        for k in range(blocks):
            asked = last if k == blocks - 1 else LANES
            for cell in range(near, min(near + LINE // LANES, counts.shape[0])):
                for b in range(asked):
                    counts[cell, waiting[k, begin + cell, b]] += 1


@kernel
def note_end(block: int, count: int, over: bool, m: Tableau, r: Recorder) -> None:
    """Keep what a path came to; a firm that was reorganised and goes on did not stop.

    Parameters
    ----------
    count, over : paths of the block that were asked for; whether it is the last of its chunk.
    """
    if over or block % BLOCKS == BLOCKS - 1:
        count_waiting(block % BLOCKS + 1, count, r)
    nodes, marks, n = m.nodes, m.marks, m.nodes.shape[1]
    for i in range(n):
        figure = nodes[row.CASH, i] + nodes[row.EQUITY, i] + nodes[row.VALUE, i] + nodes[row.SUM_REVENUE, i]
        m.trouble[0] = where(figure - figure == 0.0, m.trouble[0], NOT_FINITE)
        step = marks[row.FELL, i]
        fell = where(marks[row.PULLED, i] > 0.0, -2.0 - step, step)
        set_lanes(r.fell, block * n + i, where(marks[row.DOWN, i] > 0.0, fell, -1.0))
        set_lanes(r.room, block * n + i, nodes[row.LEAST_ROOM, i])
        set_lanes(r.sums_of, (block * 4 + 0) * n + i, nodes[row.SUM_CREDIT, i])
        set_lanes(r.sums_of, (block * 4 + 1) * n + i, nodes[row.SUM_STAKES, i])
        set_lanes(r.sums_of, (block * 4 + 2) * n + i, nodes[row.SUM_REVENUE, i])
        set_lanes(r.sums_of, (block * 4 + 3) * n + i, nodes[row.OUTSIDE_LOSS, i])


@kernel
def note_reference(q: int, m: Tableau, reference: Floats) -> None:
    """Write down the path without chance, (Q, N, 6); what a node has raised so far counts from the next step on."""
    for i in range(m.nodes.shape[1]):
        could = one_lane(where(m.marks[row.FELL, i] == q, m.nodes[row.OPEN_AT_FALL, i], 0.0), 0)
        reference[q, i, 0] = m.books[col.WORLD_RECEIPTS, i, 0]
        reference[q, i, 1] = one_lane(got_from_others(i, m), 0)
        reference[q, i, 2] += m.nodes[row.DRAWABLE, i, 0] + could
        reference[q, i, 3] = m.books[col.RESOURCES, i, 0] + could - m.books[col.BINDING, i, 0]
        reference[q, i, 4] = one_lane(running_costs(i, m), 0)
        reference[q, i, 5] = one_lane(asked_costs(i, m), 0)
        if q + 1 < m.years.size:
            reference[q + 1, i, 2] = m.nodes[row.RAISED_SO_FAR, i, 0]
