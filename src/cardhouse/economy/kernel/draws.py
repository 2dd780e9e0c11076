"""What a path draws: how far the drivers stray from the scenario.

A draw is the word of one place: (seed, path, block of four quarters, stream, name). Streams are constants, so a
process that is added later changes no draw of another.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.arrays import Floats, Ints
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.lanes import LANES, Lanes, Mask, any_of, lanes, least, most, no, one_lane, sqrt, where
from cardhouse.economy.kernel.memory import bare, lanes_of, set_lanes
from cardhouse.economy.kernel.philox import lay_words, normal, uniform, uniforms, words
from cardhouse.economy.kernel.powers import exp_of, log_of
from cardhouse.economy.kernel.processes import BLOCK, Processes, Scratch, Steering

TAILS, WORLD_STREAMS, REGIME_STREAMS, FIRM_STREAMS = 1, 100, 200, 300
"""Streams: the common tail; then one for each driver that strays, by its row."""
BEGINS_OR_ENDS, SEVERITY = 0, 1
"""Names under a regime's stream."""
LEAST, MIDDLE, MOST = range(3)
SEVERITIES = 3
"""Columns of a severity, and how many."""
Words = NDArray[np.uint64]


class Sizes(NamedTuple):
    """How many processes of the world and of firms, regimes, rows of words, quarters and nodes there are."""

    common: int
    firms: int
    regimes: int
    rows: int
    steps: int
    nodes: int


@kernel
def position(p: float, under: float, over: float) -> float:
    """Quantile of the position: the share ``p`` lies under it; ``under`` is 1 over the share below 0, ``over`` above.

    Below 0 it is sqrt(p / share) - 1, above 1 - sqrt((1 - p) / share). The other root is 1 then: no branch.
    """
    return math.sqrt(min(p * under, 1.0)) - math.sqrt(min((1.0 - p) * over, 1.0))


@kernel
def between(p: float, low: float, middle: float, high: float) -> float:
    """Quantile of the triangular distribution; all equal give that value."""
    if high <= low:
        return middle
    wide = high - low
    at = position(p, wide / (middle - low), wide / (high - middle))
    return middle + at * (middle - low if at < 0.0 else high - middle)


@kernel
def lay_scenario(scenario_world: Floats, scenario_firm: Floats, out_world: Floats, out_firm: Floats) -> None:
    """Copy a scenario to every lane: (K, Q) to (K, Q, L) and (F, N, Q) to (F, N, Q, L).

    Once for each pair of arrays is enough: :func:`draw_drivers` writes only the drivers that stray, and writes all
    of them anew.
    """
    for b in range(out_world.shape[2]):
        out_world[:, :, b] = scenario_world
        out_firm[:, :, :, b] = scenario_firm


@kernel
def draw_drivers(
    seed: int,
    first_path: int,
    processes: Processes,
    steering: Steering,
    scratch: Scratch,
    scenario_world: Floats,
    scenario_firm: Floats,
    out_world: Floats,
    out_firm: Floats,
    weight: Floats,
) -> None:
    """Draw the drivers: the scenario's levels, blended with random deviations and held inside the driver's bounds.

    Parameters
    ----------
    seed, first_path : key; lane b draws path ``first_path + b``.
    steering : shifts, tilts and jumps of the draws.
    scratch : from :func:`new_scratch`.
    scenario_world, scenario_firm : (K, Q) and (F, N, Q), what the scenario says.
    out_world, out_firm : (K, Q, L) and (F, N, Q, L), on which :func:`lay_scenario` laid the same scenario; the rows
        of drivers that stray are overwritten.
    weight : (L,), overwritten with the logarithm of how much likelier each path's draws are by chance alone than with
        shifts and tilts (its likelihood ratio); 0 without them.
    """
    n = Sizes(
        processes.driver.size,
        processes.firm_node.size,
        processes.regime_driver.size,
        scratch.words.shape[0],
        scenario_world.shape[1],
        scenario_firm.shape[1],
    )
    # Addresses from here on: numba counts the users of each array of a named tuple wherever one is used.
    chance, steer, room = bare(processes), bare(steering), bare(scratch)
    _begin(room, n)
    set_lanes(weight, 0, lanes(0.0))
    for q in range(n.steps):
        if q % BLOCK == 0:
            _draw_words(seed, first_path, q // BLOCK, chance, steer.jump, room.words, n)
            _draw_surprises(room, n)
            if chance.degrees[0] > 0:
                _draw_tails(chance.degrees[0], room, n)
        _shift(q, steer, room, weight, n)
        _stray(q, chance, room, scenario_world, out_world, n)
        _change_regimes(seed, first_path, q, chance, steer, room, weight, n)
        _harm(q, chance, room, scenario_world, out_world, n)
        _stray_alone(q, chance, room, scenario_firm, out_firm, n)


@kernel
def _begin(scratch: Scratch, n: Sizes) -> None:
    """Set deviations to none and end all regimes."""
    for p in range(n.common):
        set_lanes(scratch.pace, p, lanes(0.0))
        set_lanes(scratch.level, p, lanes(0.0))
    for g in range(n.firms):
        set_lanes(scratch.own, g, lanes(0.0))
    for r in range(n.regimes):
        set_lanes(scratch.harm, r, lanes(0.0))
        set_lanes(scratch.lasts, r, lanes(0.0))


@kernel
def _draw_words(
    seed: int, first_path: int, block: int, processes: Processes, jump: Ints, laid: Words, n: Sizes
) -> None:
    """Draw the words of four quarters; each stream has its own jump, all factors of the common tail the last one."""
    for p in range(n.common):
        stream = WORLD_STREAMS + processes.driver[p]
        lay_words(laid, p * BLOCK, seed, first_path + jump[p], block, stream, 0)
    for g in range(n.firms):
        row, stream = n.common + g, FIRM_STREAMS + processes.firm_driver[g]
        lay_words(laid, row * BLOCK, seed, first_path + jump[row], block, stream, processes.firm_name[g])
    for r in range(n.regimes):
        row, stream = n.common + n.firms + r, REGIME_STREAMS + processes.regime_driver[r]
        lay_words(laid, row * BLOCK, seed, first_path + jump[row], block, stream, BEGINS_OR_ENDS)
    first, even = n.common + n.firms + n.regimes, 1 - processes.degrees[0] % 2
    for factor in range(n.rows - first):
        lay_words(laid, (first + factor) * BLOCK, seed, first_path + jump[first], block, TAILS, factor + even)


@kernel
def _draw_surprises(scratch: Scratch, n: Sizes) -> None:
    """Turn the words of processes into normal numbers."""
    for place in range((n.common + n.firms) * BLOCK):
        set_lanes(scratch.surprises, place, normal(uniforms(scratch.words, place)))


@kernel
def _draw_tails(degrees: int, scratch: Scratch, n: Sizes) -> None:
    """Draw the common factor that makes normal surprises Student's t of unit variance: sqrt((v - 2) / chi square).

    A chi square of v degrees is minus twice the logarithm of a product of v / 2 uniform numbers, and of a normal
    one squared where v is odd; that is name 0.
    """
    even, odd = degrees // 2, degrees % 2
    first = n.common + n.firms + n.regimes
    for k in range(BLOCK):
        product = lanes(1.0)
        for factor in range(even):
            product *= uniforms(scratch.words, (first + odd + factor) * BLOCK + k)
        square = -2.0 * log_of(product)
        if odd:
            z = normal(uniforms(scratch.words, first * BLOCK + k))
            square += z * z
        set_lanes(scratch.tails, k, sqrt((degrees - 2) / square))


@kernel
def _shift(q: int, steering: Steering, scratch: Scratch, weight: Floats, n: Sizes) -> None:
    """Shift the surprises of a quarter: the density of z over that of a normal number whose mean is the shift."""
    for i in range(n.common + n.firms):
        mean = steering.shift[i * n.steps + q]
        if mean != 0.0:
            place = i * BLOCK + q % BLOCK
            z = lanes_of(scratch.surprises, place)
            set_lanes(scratch.surprises, place, z + mean)
            set_lanes(weight, 0, lanes_of(weight, 0) - (mean * z + 0.5 * mean * mean))


@kernel
def _stray(q: int, processes: Processes, scratch: Scratch, scenario: Floats, out: Floats, n: Sizes) -> None:
    """Move the common processes by a quarter and blend them with the scenario."""
    k = q % BLOCK
    tail = lanes_of(scratch.tails, k)
    for p in range(n.common):
        mixed = lanes(0.0)
        for j in range(p + 1):
            mixed += processes.factor[p * n.common + j] * lanes_of(scratch.surprises, j * BLOCK + k)
        pace = processes.persistence[p] * lanes_of(scratch.pace, p) + processes.volatility[p] * tail * mixed
        level = processes.keeps[p] * lanes_of(scratch.level, p) + pace
        set_lanes(scratch.pace, p, pace)
        set_lanes(scratch.level, p, level)
        row = processes.driver[p]
        said = scenario[row, q]
        level = least(most(level, processes.least[p]), processes.most[p])
        value = said + level if processes.adds[p] else said * exp_of(level)
        set_lanes(out, row * n.steps + q, least(most(value, processes.low[p]), processes.high[p]))


@kernel
def _change_regimes(
    seed: int,
    first_path: int,
    q: int,
    processes: Processes,
    steering: Steering,
    scratch: Scratch,
    weight: Floats,
    n: Sizes,
) -> None:
    """Begin and end regimes; one that begins draws how severe it is."""
    first = n.common + n.firms
    for r in range(n.regimes):
        event, lasts = uniforms(scratch.words, (first + r) * BLOCK + q % BLOCK), lanes_of(scratch.lasts, r) > 0.0
        chance, tilt = _chance(r, processes, scratch, n), steering.tilt[r * n.steps + q]
        total = 1.0 + chance * (tilt - 1.0)
        begins = (event < chance * tilt / total) & no(lasts)
        if tilt != 1.0:
            ratio = log_of(total) - where(begins, log_of(lanes(tilt)), 0.0)
            set_lanes(weight, 0, lanes_of(weight, 0) + where(lasts, 0.0, ratio))
        set_lanes(scratch.lasts, r, where(where(lasts, event >= processes.ends[r], begins), 1.0, 0.0))
        if any_of(begins):
            _draw_severity(seed, first_path + steering.jump[first + r], q, r, begins, processes, scratch)


@kernel
def _chance(r: int, processes: Processes, scratch: Scratch, n: Sizes) -> Lanes:
    """Chance that a regime begins in this quarter, raised and lowered by how far processes have strayed."""
    push, moved = lanes(0.0), False
    for p in range(n.common):
        by = processes.moved_by[r * n.common + p]
        if by != 0.0:
            push, moved = push + by * lanes_of(scratch.level, p), True
    return least(processes.begins[r] * exp_of(push), 1.0) if moved else lanes(processes.begins[r])


@kernel
def _draw_severity(
    seed: int, first_path: int, q: int, r: int, begins: Mask, processes: Processes, scratch: Scratch
) -> None:
    """Draw how severe a regime is in the lanes where it begins."""
    stream, marked, hurts = REGIME_STREAMS + processes.regime_driver[r], where(begins, 1.0, 0.0), r * SEVERITIES
    low, high = processes.severity[hurts + LEAST], processes.severity[hurts + MOST]
    middle = processes.severity[hurts + MIDDLE]
    for b in range(LANES):
        if one_lane(marked, b) > 0.0:
            p = uniform(words(seed, first_path + b, q // BLOCK, stream, SEVERITY)[q % BLOCK])
            scratch.harm[r * LANES + b] = between(p, low, middle, high)


@kernel
def _harm(q: int, processes: Processes, scratch: Scratch, scenario: Floats, out: Floats, n: Sizes) -> None:
    """Blend regimes with the drivers: with the scenario where no process moves the same driver."""
    for r in range(n.regimes):
        row = processes.regime_driver[r]
        place, strays = row * n.steps + q, False
        for p in range(n.common):
            strays |= processes.driver[p] == row
        value = lanes_of(out, place) if strays else lanes(scenario[row, q])
        lasts, harm = lanes_of(scratch.lasts, r) > 0.0, lanes_of(scratch.harm, r)
        hurt = value + harm if processes.regime_adds[r] else value * harm
        hurt = least(most(hurt, processes.regime_low[r]), processes.regime_high[r])
        set_lanes(out, place, where(lasts, hurt, value))


@kernel
def _stray_alone(q: int, processes: Processes, scratch: Scratch, scenario: Floats, out: Floats, n: Sizes) -> None:
    """Move the processes of single firms by a quarter; they share the tail with everybody."""
    k = q % BLOCK
    tail = lanes_of(scratch.tails, k)
    for g in range(n.firms):
        row, node = processes.firm_driver[g], processes.firm_node[g]
        surprise = tail * lanes_of(scratch.surprises, (n.common + g) * BLOCK + k)
        own = processes.firm_persistence[g] * lanes_of(scratch.own, g) + processes.firm_volatility[g] * surprise
        set_lanes(scratch.own, g, own)
        own = least(most(own, processes.firm_least[g]), processes.firm_most[g])
        value = scenario[row, node, q] * exp_of(own)
        place = (row * n.nodes + node) * n.steps + q
        set_lanes(out, place, least(most(value, processes.firm_low[g]), processes.firm_high[g]))
