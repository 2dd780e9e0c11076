"""Many paths, block by block: draw, set the tableau to its opening, run, keep the outcomes."""

from __future__ import annotations

from typing import NamedTuple

from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER, Floats, Ints
from cardhouse.economy.kernel.books import open_book, open_books
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.draws import draw_drivers
from cardhouse.economy.kernel.dues import opening_principal
from cardhouse.economy.kernel.lanes import LANES, Lanes, Mask, any_of, lanes, least, most, where, with_lane
from cardhouse.economy.kernel.memory import (
    bare,
    hold_many,
    lanes_of,
    put_at,
    put_number_at,
    put_whole_at,
    spread_over,
)
from cardhouse.economy.kernel.outcomes import (
    NOT_FINITE,
    Recorder,
    extent,
    note_end,
    note_node,
    note_reference,
    note_world,
)
from cardhouse.economy.kernel.path import end_step, one_step
from cardhouse.economy.kernel.processes import Processes, Scratch, Steering
from cardhouse.economy.kernel.tableau import Tableau

STATE = ("nodes", "marks", "ladders", "ties", "tie_marks", "debts", "calls", "call_marks", "holdings")
"""Arrays of the tableau that a path moves and that begin each path at the opening; estates and accounts begin empty."""


class Moves(NamedTuple):
    """How A assumptions move G numbers of the tableau by E entries; as :class:`cardhouse.economy.spread.Spread`.

    ``target`` (G,) is the address of each number in the tableau of the thread. ``given`` (P, A) says where the
    assumptions of each path lie, from -1 at the low over 0 to 1 at the high; ``positions`` (A, L) is room for a block.
    """

    target: Ints
    base: Floats
    least: Floats
    most: Floats
    begins: Ints
    assumption: Ints
    at_low: Floats
    at_high: Floats
    positions: Floats
    given: Floats


class Starts(NamedTuple):
    """M openings that the blocks take turns with: what differs between them.

    ``target`` (G,), ``term_target`` (T,) and ``whole_target`` (H,) are addresses in the tableau of the thread: of
    vectors, of terms that all paths share, of whole numbers. ``values`` (M, G + T) and ``whole_values`` (M, H) are what
    stands there; ``column`` (G,) and ``term_column`` (T,) say in which column.
    """

    target: Ints
    column: Ints
    term_target: Ints
    term_column: Ints
    values: Floats
    whole_target: Ints
    whole_values: Ints


class Levels(NamedTuple):
    """Drivers of the scenario, (K, Q) and (F, N, Q), and room for those of a block in the same order with lanes."""

    world: Floats
    firm: Floats
    world_drawn: Floats
    firm_drawn: Floats


class Laid(NamedTuple):
    """Drivers of P paths that are told instead of drawn, (K, Q, P) and (F, N, Q, P); of no path to draw them."""

    world: Floats
    firm: Floats


@kernel
def run_reference(address: int, reference: Floats) -> None:
    """Run the path without chance and write down what others are compared with."""
    m = hold_many(address, None)
    for q in range(m.years.size):
        open_books(m)
        one_step(q, m)
        for i in range(m.nodes.shape[1]):
            end_step(q, i, m)
        note_reference(q, m, reference)


@kernel
def run_chunk(
    address: int,
    image: int,
    seed: int,
    first: int,
    count: int,
    processes: Processes,
    steering: Steering,
    scratch: Scratch,
    levels: Levels,
    laid: Laid,
    starts: Starts,
    moves: Moves | None,
    recorder: Recorder,
) -> int:
    """Run paths ``first`` to ``first + count - 1`` of a seed.

    Parameters
    ----------
    address, image : of the table of the thread's tableau, and of its state at the opening (:data:`STATE`).
    first : a multiple of the lanes, so that a path has the same opening wherever chunks begin.
    laid : drivers of the paths where they are told, of no path to draw them.
    moves : for tableaus in which each path has terms of its own; None for those in which all share them.

    Returns
    -------
    int : 0, or 1 more than the place in the chunk of a path that did not settle; below 0 for one whose figures are no
        numbers.
    """
    m = hold_many(address, moves)
    notes = bare(recorder)  # nobody counts the users of an address
    for begin in range(0, count, LANES):
        asked = min(count - begin, LANES)
        wanted, block = first_lanes(asked), extent(begin, asked, recorder)
        restore(m, image)
        start((first + begin) // LANES % starts.values.shape[0], starts)
        if moves is not None:
            place(begin, asked, moves)
            move(moves)
            balance(m)
        if laid.world.shape[2]:
            take(begin, asked, laid, levels)
        else:
            draw_drivers(
                seed,
                first + begin,
                processes,
                steering,
                scratch,
                levels.world,
                levels.firm,
                levels.world_drawn,
                levels.firm_drawn,
                recorder.weights[begin // LANES],
            )
        lay_drivers(m, levels, processes)
        open_books(m)
        for q in range(m.years.size):
            one_step(q, m)
            opening_principal(m)
            note_world(q, m, block, notes)
            for i in range(m.nodes.shape[1]):
                # All of a node before the next, while its accounts are in the first cache.
                end_step(q, i, m)
                note_node(q, i, wanted, m, block, notes)
                open_book(i, m)
        note_end(begin // LANES, asked, begin + LANES >= count, m, recorder)
        for b in range(asked):
            if m.trouble[0, b] > 0.0:
                return -(begin + b + 1) if m.trouble[0, b] == NOT_FINITE else begin + b + 1
    return 0


@kernel
def first_lanes(count: int) -> Mask:
    """Whether a lane is one of the first ones."""
    place = lanes(0.0)
    for b in range(LANES):
        place = with_lane(place, b, float(b))
    return place < count


@kernel
def restore(m: Tableau, image: int) -> None:
    """Set the state to the opening, whose numbers lie from an address on in the order of :data:`STATE`."""
    for i in range(m.nodes.shape[1]):
        if any_of((m.marks[row.FELL, i] < FOREVER) | (m.marks[row.REBUILT, i] > 0.0)):
            for p in range(m.claim_begins[i], m.claim_begins[i + 1]):
                m.estate[p] = 0.0  # there is none at the opening
    place = spread_over(m.nodes, image)
    place = spread_over(m.marks, place)
    place = spread_over(m.ladders, place)
    place = spread_over(m.ties, place)
    place = spread_over(m.tie_marks, place)
    place = spread_over(m.debts, place)
    place = spread_over(m.calls, place)
    place = spread_over(m.call_marks, place)
    spread_over(m.holdings, place)


@kernel
def start(which: int, starts: Starts) -> None:
    """Set the numbers of one of the openings."""
    for g in range(starts.target.size):
        put_at(starts.target[g], lanes(starts.values[which, starts.column[g]]))
    for t in range(starts.term_target.size):
        put_number_at(starts.term_target[t], starts.values[which, starts.term_column[t]])
    for h in range(starts.whole_target.size):
        put_whole_at(starts.whole_target[h], starts.whole_values[which, h])


@kernel
def place(begin: int, asked: int, moves: Moves) -> None:
    """Take down where the assumptions of a block lie; lanes that nobody asked for stay at the centre."""
    for a in range(moves.positions.shape[0]):
        for b in range(LANES):
            moves.positions[a, b] = moves.given[begin + b, a] if b < asked else 0.0


@kernel
def move(moves: Moves) -> None:
    """Move the numbers of the tableau to where the assumptions lie."""
    for g in range(moves.target.size):
        value = lanes_of(moves.positions, moves.assumption[moves.begins[g]]) * 0.0 + moves.base[g]
        for e in range(moves.begins[g], moves.begins[g + 1]):
            at = lanes_of(moves.positions, moves.assumption[e])
            value += where(at < 0.0, -moves.at_low[e], moves.at_high[e]) * at
        put_at(moves.target[g], least(most(value, moves.least[g]), moves.most[g]))


@kernel
def balance(m: Tableau) -> None:
    """Take what a bound cut from one side of a sheet as other assets, which are the rest of a sheet anyway."""
    nodes, tie_kinds, holding_kinds, debt_kinds = m.nodes, m.tie_kinds, m.holding_kinds, m.debt_kinds
    for i in range(nodes.shape[1]):
        assets = nodes[row.CASH, i] + nodes[row.RESIDUAL_RECEIVABLES, i] + nodes[row.SHORT, i] + nodes[row.LONG, i]
        claims = nodes[row.LEASES, i] + nodes[row.OTHER_LIABILITIES, i] + nodes[row.TAX_DUE, i] + nodes[row.EQUITY, i]
        nodes[row.OTHER_ASSETS, i] = claims + nodes[row.NEW_DEBT, i] - assets - nodes[row.BUILDING, i]
    for t in range(tie_kinds.shape[1]):
        change_other(tie_kinds[row.TIE_PAYEE, t], -m.ties[row.RECEIVABLE, t], m)
        change_other(tie_kinds[row.TIE_PAYER, t], m.ties[row.RECEIVABLE, t], m)
    for s in range(holding_kinds.shape[1]):
        change_other(holding_kinds[row.STAKE_HOLDER, s], -m.holdings[row.CARRYING, s], m)
    for k in range(debt_kinds.shape[1]):
        change_other(debt_kinds[row.DEBT_LENDER, k], -m.debts[row.PRINCIPAL, k], m)
        change_other(debt_kinds[row.DEBT_BORROWER, k], m.debts[row.PRINCIPAL, k], m)


@kernel
def change_other(i: int, amount: Lanes, m: Tableau) -> None:
    """Change the other assets of a node."""
    if i >= 0:
        m.nodes[row.OTHER_ASSETS, i] += amount


@kernel
def take(begin: int, asked: int, laid: Laid, levels: Levels) -> None:
    """Take the drivers of a block from those that are told; lanes that nobody asked for have those of the first."""
    for b in range(LANES):
        p = begin + (b if b < asked else 0)
        levels.world_drawn[:, :, b] = laid.world[:, :, p]
        levels.firm_drawn[:, :, :, b] = laid.firm[:, :, :, p]


@kernel
def lay_drivers(m: Tableau, levels: Levels, processes: Processes) -> None:
    """Lay the drivers that stray into the tableau, in which the others are as the scenario has them."""
    steps, nodes = m.years.size, m.nodes.shape[1]
    for k in processes.driver:
        lay_driver(k, m, levels)
    for k in processes.regime_driver:
        lay_driver(k, m, levels)
    for g in range(processes.firm_node.size):
        f, i = processes.firm_driver[g], processes.firm_node[g]
        for q in range(steps):
            m.firm_drivers[f, i, q] = lanes_of(levels.firm_drawn, (f * nodes + i) * steps + q)


@kernel
def lay_driver(k: int, m: Tableau, levels: Levels) -> None:
    """Lay a driver of the world into the tableau."""
    for q in range(m.years.size):
        m.drivers[k, q] = lanes_of(levels.world_drawn, k * m.years.size + q)
