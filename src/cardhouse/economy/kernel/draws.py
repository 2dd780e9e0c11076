"""What a path draws: where each assumption lies in its range, and how far the drivers stray from the scenario.

A draw is the word of one place: (seed, path, block of four quarters, stream, name). Streams are constants, so a
process that is added later changes no draw of another.
"""

from __future__ import annotations

import math

import numpy as np

from cardhouse.economy.kernel.arrays import Floats
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.philox import normal, uniform, words
from cardhouse.economy.kernel.processes import BLOCK, Processes, Scratch

ASSUMPTIONS, TAILS, WORLD_STREAMS, REGIME_STREAMS, FIRM_STREAMS = 0, 1, 100, 200, 300
"""Streams: positions of assumptions; the common tail; then one for each driver that strays, by its row."""
BEGINS_OR_ENDS, SEVERITY = 0, 1
"""Names under a regime's stream."""
LEAST, MIDDLE, MOST = range(3)
"""Columns of a severity."""


@kernel
def draw_positions(seed: int, first_path: int, below: Floats, out: Floats) -> None:
    """Draw where each uncertain assumption lies: -1 at its low, 0 at its central value, 1 at its high.

    The value is triangular between low and high with its mode at the central value; the position is linear in the
    value on each side.

    Parameters
    ----------
    seed, first_path : key; lane b draws path ``first_path + b``.
    below : (A,), (central - low) / (high - low): the probability of a value under the central one.
    out : (A, L), overwritten. The draw of an assumption belongs to its place in the list.
    """
    for a in range(0, below.size, 2 * BLOCK):
        for b in range(out.shape[1]):
            drawn = words(seed, first_path + b, a // (2 * BLOCK), ASSUMPTIONS, 0)
            for k in range(min(2 * BLOCK, below.size - a)):
                out[a + k, b] = half_word(drawn[k // 2], k % 2)
    for a in range(below.size):
        under, over = 1.0 / below[a], 1.0 / (1.0 - below[a])
        for b in range(out.shape[1]):
            out[a, b] = position(out[a, b], under, over)


@kernel
def half_word(word: np.uint64, half: int) -> float:
    """One half of a word as a number strictly between 0 and 1, 32 bits fine."""
    bits = (word >> np.uint64(32 * half)) & np.uint64(0xFFFFFFFF)
    return float(bits * 2.0**-32 + 2.0**-33)


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
    where = position(p, wide / (middle - low), wide / (high - middle))
    return middle + where * (middle - low if where < 0.0 else high - middle)


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
    scratch: Scratch,
    scenario_world: Floats,
    scenario_firm: Floats,
    out_world: Floats,
    out_firm: Floats,
) -> None:
    """Draw the drivers: the scenario's levels, blended with random deviations and held inside the driver's bounds.

    Parameters
    ----------
    seed, first_path : key; lane b draws path ``first_path + b``.
    scratch : from :func:`new_scratch`, for as many lanes.
    scenario_world, scenario_firm : (K, Q) and (F, N, Q), what the scenario says.
    out_world, out_firm : (K, Q, L) and (F, N, Q, L), on which :func:`lay_scenario` laid the same scenario; the rows
        of drivers that stray are overwritten.
    """
    scratch.pace[:, :], scratch.level[:, :], scratch.own[:, :] = 0.0, 0.0, 0.0
    scratch.harm[:, :], scratch.lasts[:, :] = 0.0, 0
    for q in range(scenario_world.shape[1]):
        k = q % BLOCK
        if k == 0:
            _draw_block(seed, first_path, q // BLOCK, processes, scratch)
        _stray(q, k, processes, scratch, scenario_world, out_world)
        _change_regimes(seed, first_path, q, processes, scratch)
        _harm(q, processes, scratch, scenario_world, out_world)
        _stray_alone(q, k, processes, scratch, scenario_firm, out_firm)


@kernel
def _draw_block(seed: int, first_path: int, block: int, processes: Processes, scratch: Scratch) -> None:
    """Draw what four quarters need."""
    common = processes.driver.size
    for b in range(scratch.tails.shape[1]):
        path = first_path + b
        for p in range(common):
            drawn = words(seed, path, block, WORLD_STREAMS + processes.driver[p], 0)
            for k in range(BLOCK):
                scratch.surprises[p, k, b] = normal(uniform(drawn[k]))
        for g in range(processes.firm_node.size):
            drawn = words(seed, path, block, FIRM_STREAMS + processes.firm_driver[g], processes.firm_name[g])
            for k in range(BLOCK):
                scratch.surprises[common + g, k, b] = normal(uniform(drawn[k]))
        for r in range(processes.regime_driver.size):
            drawn = words(seed, path, block, REGIME_STREAMS + processes.regime_driver[r], BEGINS_OR_ENDS)
            for k in range(BLOCK):
                scratch.events[r, k, b] = uniform(drawn[k])
        if processes.degrees[0] > 0:
            _draw_tails(seed, path, block, b, processes.degrees[0], scratch.tails)


@kernel
def _draw_tails(seed: int, path: int, block: int, b: int, degrees: int, tails: Floats) -> None:
    """Draw the common factor that makes normal surprises Student's t of unit variance: sqrt((v - 2) / chi square).

    A chi square of v degrees is minus twice the logarithm of a product of v / 2 uniform numbers, and of a normal
    one squared where v is odd.
    """
    for k in range(BLOCK):
        tails[k, b] = 1.0
    for factor in range(degrees // 2):
        drawn = words(seed, path, block, TAILS, factor + 1)
        for k in range(BLOCK):
            tails[k, b] *= uniform(drawn[k])
    for k in range(BLOCK):
        tails[k, b] = -2.0 * math.log(tails[k, b])
    if degrees % 2:
        drawn = words(seed, path, block, TAILS, 0)
        for k in range(BLOCK):
            tails[k, b] += normal(uniform(drawn[k])) ** 2
    for k in range(BLOCK):
        tails[k, b] = math.sqrt((degrees - 2) / tails[k, b])


@kernel
def _stray(q: int, k: int, processes: Processes, scratch: Scratch, scenario: Floats, out: Floats) -> None:
    """Move the common processes by a quarter and blend them with the scenario."""
    mixed = scratch.mixed
    for p in range(processes.driver.size):
        mixed[:] = 0.0
        for j in range(p + 1):
            for b in range(mixed.size):
                mixed[b] += processes.factor[p, j] * scratch.surprises[j, k, b]
        for b in range(mixed.size):
            pace = processes.persistence[p] * scratch.pace[p, b]
            pace += processes.volatility[p] * scratch.tails[k, b] * mixed[b]
            scratch.pace[p, b], scratch.level[p, b] = pace, processes.keeps[p] * scratch.level[p, b] + pace
        row, low, high = processes.driver[p], processes.low[p], processes.high[p]
        said = scenario[row, q]
        for b in range(mixed.size):
            level = min(max(scratch.level[p, b], processes.least[p]), processes.most[p])
            value = said + level if processes.adds[p] else said * math.exp(level)
            out[row, q, b] = min(max(value, low), high)


@kernel
def _change_regimes(seed: int, first_path: int, q: int, processes: Processes, scratch: Scratch) -> None:
    """Begin and end regimes; one that begins draws how severe it is."""
    k = q % BLOCK
    for r in range(processes.regime_driver.size):
        for b in range(scratch.lasts.shape[1]):
            event = scratch.events[r, k, b]
            if scratch.lasts[r, b]:
                if event < processes.ends[r]:
                    scratch.lasts[r, b] = 0
            elif event < _chance(r, b, processes, scratch):
                stream = REGIME_STREAMS + processes.regime_driver[r]
                p = uniform(words(seed, first_path + b, q // BLOCK, stream, SEVERITY)[k])
                hurts = processes.severity[r]
                scratch.lasts[r, b] = 1
                scratch.harm[r, b] = between(p, hurts[LEAST], hurts[MIDDLE], hurts[MOST])


@kernel
def _chance(r: int, b: int, processes: Processes, scratch: Scratch) -> float:
    """Chance that a regime begins in this quarter, raised and lowered by how far processes have strayed."""
    push = 0.0
    for p in range(processes.driver.size):
        push += processes.moved_by[r, p] * scratch.level[p, b]
    return float(processes.begins[r] * math.exp(push)) if push != 0.0 else float(processes.begins[r])


@kernel
def _harm(q: int, processes: Processes, scratch: Scratch, scenario: Floats, out: Floats) -> None:
    """Blend regimes with the drivers: with the scenario where no process moves the same driver."""
    for r in range(processes.regime_driver.size):
        row, low, high = processes.regime_driver[r], processes.regime_low[r], processes.regime_high[r]
        strays = False
        for p in range(processes.driver.size):
            strays |= processes.driver[p] == row
        for b in range(out.shape[2]):
            value = out[row, q, b] if strays else scenario[row, q]
            if scratch.lasts[r, b]:
                harm = scratch.harm[r, b]
                value = min(max(value + harm if processes.regime_adds[r] else value * harm, low), high)
            out[row, q, b] = value


@kernel
def _stray_alone(q: int, k: int, processes: Processes, scratch: Scratch, scenario: Floats, out: Floats) -> None:
    """Move the processes of single firms by a quarter; they share the tail with everybody."""
    common = processes.driver.size
    for g in range(processes.firm_node.size):
        row, node = processes.firm_driver[g], processes.firm_node[g]
        for b in range(out.shape[3]):
            surprise = scratch.tails[k, b] * scratch.surprises[common + g, k, b]
            own = processes.firm_persistence[g] * scratch.own[g, b] + processes.firm_volatility[g] * surprise
            scratch.own[g, b] = own
            own = min(max(own, processes.firm_least[g]), processes.firm_most[g])
            value = scenario[row, node, q] * math.exp(own)
            out[row, node, q, b] = min(max(value, processes.firm_low[g]), processes.firm_high[g])
