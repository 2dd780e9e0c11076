"""What paths drew, found again from their numbers: surprises, regimes and how far each driver strayed.

A run keeps outcomes, not draws. A draw belongs to its place (seed, path, quarter, stream), so those of any path are
there for the asking: the same words as in :mod:`cardhouse.economy.kernel.draws`, and the same rules in numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.draws import (
    BEGINS_OR_ENDS,
    FIRM_STREAMS,
    LEAST,
    MIDDLE,
    MOST,
    REGIME_STREAMS,
    SEVERITY,
    TAILS,
    WORLD_STREAMS,
)
from cardhouse.economy.kernel.philox import words
from cardhouse.economy.kernel.processes import BLOCK, Processes

MOST_PUSH = 100.0

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Draws:
    """Random numbers of n paths over Q quarters, for S processes (of the world first, then of firms) and R regimes.

    Attributes
    ----------
    surprises : (S, Q, n), independent standard normal numbers.
    tails : (Q, n), what all surprises of a quarter are multiplied with.
    events, severities : (R, Q, n), uniform numbers that begin and end regimes, and say how severe they are.
    """

    surprises: Array
    tails: Array
    events: Array
    severities: Array


@dataclass(frozen=True, slots=True)
class Course:
    """How the drivers of n paths strayed.

    Attributes
    ----------
    strayed : (S, Q, n), deviations before their bounds: logarithms of a factor, or in the driver's own unit.
    on, began : (R, Q, n), whether a regime is on, and whether it began in this quarter.
    chance : (R, Q, n), the chance to begin before any steering; 0 where it was on when the quarter began.
    harm : (R, Q, n), what the driver is multiplied with, or gets added, while it is on.
    """

    strayed: Array
    on: Bools
    began: Bools
    chance: Array
    harm: Array


def draws_of(processes: Processes, seed: int, first: int, count: int, steps: int) -> Draws:
    """The draws of paths ``first`` to ``first + count - 1`` of a seed over so many quarters."""
    from scipy.special import ndtri

    world = [(WORLD_STREAMS + int(d), 0) for d in processes.driver]
    own = zip(processes.firm_driver, processes.firm_name, strict=True)
    firms = [(FIRM_STREAMS + int(d), int(name)) for d, name in own]
    regimes = [REGIME_STREAMS + int(d) for d in processes.regime_driver]
    degrees = int(processes.degrees[0])

    def uniforms(places: list[tuple[int, int]]) -> Array:
        streams, names = np.array(places, dtype=np.int64).reshape(-1, 2).T.copy()
        out = np.zeros((len(places), -(-steps // BLOCK) * BLOCK, count), dtype=np.uint64)
        _fill(seed, first, streams, names, out)
        found: Array = (out[:, :steps] >> np.uint64(12)).astype(np.float64) * 2.0**-52 + 2.0**-53
        return found

    tails = np.ones((steps, count))
    if degrees:
        squares = -2.0 * np.log(uniforms([(TAILS, k + 1) for k in range(degrees // 2)])).sum(axis=0)
        if degrees % 2:
            squares = squares + ndtri(uniforms([(TAILS, 0)]))[0] ** 2
        tails = np.sqrt((degrees - 2) / squares)
    return Draws(
        surprises=ndtri(uniforms([*world, *firms])),
        tails=tails,
        events=uniforms([(r, BEGINS_OR_ENDS) for r in regimes]),
        severities=uniforms([(r, SEVERITY) for r in regimes]),
    )


@kernel
def _fill(seed: int, first: int, streams: Ints, names: Ints, out: NDArray[np.uint64]) -> None:
    """Write the words of each stream and path, (streams, quarters, paths)."""
    for s in range(streams.size):
        for block in range(out.shape[1] // BLOCK):
            for b in range(out.shape[2]):
                drawn = words(seed, first + b, block, streams[s], names[s])
                for k in range(BLOCK):
                    out[s, block * BLOCK + k, b] = drawn[k]


def course_of(processes: Processes, draws: Draws, odds: Array | None = None) -> Course:
    """What the draws make of the drivers.

    Parameters
    ----------
    draws : with any shift already added to the surprises.
    odds : (R, Q), what the odds of a regime to begin in a quarter are multiplied with; none changes nothing.
    """
    common, (_, steps, count) = processes.driver.size, draws.surprises.shape
    mixed = np.einsum("pj,jqn->pqn", processes.factor, draws.surprises[:common])
    felt = draws.tails * np.concatenate([mixed, draws.surprises[common:]])
    volatility = np.concatenate([processes.volatility, processes.firm_volatility])
    persistence = np.concatenate([processes.persistence, processes.firm_persistence])
    keeps = np.concatenate([processes.keeps, np.zeros(processes.firm_node.size)])
    pace, level = np.zeros((2, volatility.size, count))
    strayed = np.zeros_like(felt)
    for q in range(steps):
        pace = persistence[:, None] * pace + volatility[:, None] * felt[:, q]
        level = keeps[:, None] * level + pace
        strayed[:, q] = level
    push = np.einsum("rp,pqn->rqn", processes.moved_by, strayed[:common])
    # A chance is at most one; the bound on the exponent only keeps it a number.
    chance = np.minimum(processes.begins[:, None, None] * np.exp(np.minimum(push, MOST_PUSH)), 1.0)
    return Course(strayed, *_regimes(processes, draws, chance, odds))


def _regimes(
    processes: Processes, draws: Draws, chance: Array, odds: Array | None
) -> tuple[Bools, Bools, Array, Array]:
    """Begin and end regimes: on, began, chance where one could begin, harm; (R, Q, n) each."""
    steered = chance if odds is None else tilted(chance, odds[..., None])
    on, began = np.zeros((2, *chance.shape), dtype=np.bool_)
    harm, could = np.zeros((2, *chance.shape))
    lasts = np.zeros(chance.shape[::2], dtype=np.bool_)
    severity = np.zeros(lasts.shape)
    drawn = severities(processes, draws.severities)
    for q in range(chance.shape[1]):
        starts = ~lasts & (draws.events[:, q] < steered[:, q])
        could[:, q] = np.where(lasts, 0.0, chance[:, q])
        severity = np.where(starts, drawn[:, q], severity)
        lasts = starts | (lasts & (draws.events[:, q] >= processes.ends[:, None]))
        on[:, q], began[:, q], harm[:, q] = lasts, starts, np.where(lasts, severity, 0.0)
    return on, began, could, harm


def severities(processes: Processes, p: Array) -> Array:
    """How severe a regime is at quantiles (R, Q, n) of its triangular distribution; the same shape."""
    low, middle, high = (processes.severity[:, k, None, None] for k in (LEAST, MIDDLE, MOST))
    wide = high - low
    under = low + np.sqrt(p * wide * (middle - low))
    over = high - np.sqrt((1.0 - p) * wide * (high - middle))
    return np.asarray(np.where(p * wide < middle - low, under, over))


def tilted(chance: Array, odds: Array) -> Array:
    """A chance after its odds were multiplied."""
    return np.asarray(odds * chance / (1.0 + chance * (odds - 1.0)))


def lay(processes: Processes, course: Course, world: Array, firm: Array) -> tuple[Array, Array]:
    """Blend the deviations of n paths with a scenario, held inside the drivers' bounds.

    Parameters
    ----------
    world, firm : (K, Q) and (F, N, Q), the drivers of the scenario.

    Returns
    -------
    (K, Q, n) and (F, N, Q, n), the drivers of the paths.
    """
    count, common = course.strayed.shape[-1], processes.driver.size
    out, said = np.repeat(world[..., None], count, axis=-1), world[..., None]
    of_firms = np.repeat(firm[..., None], count, axis=-1)
    for p, k in enumerate(processes.driver):
        level = np.clip(course.strayed[p], processes.least[p], processes.most[p])
        value = said[k] + level if processes.adds[p] else said[k] * np.exp(level)
        out[k] = np.clip(value, processes.low[p], processes.high[p])
    for r, k in enumerate(processes.regime_driver):
        hurt = out[k] + course.harm[r] if processes.regime_adds[r] else out[k] * course.harm[r]
        bounded = np.clip(hurt, processes.regime_low[r], processes.regime_high[r])
        out[k] = np.where(course.on[r], bounded, out[k])
    for g, (f, i) in enumerate(zip(processes.firm_driver, processes.firm_node, strict=True)):
        level = np.clip(course.strayed[common + g], processes.firm_least[g], processes.firm_most[g])
        raised = of_firms[f, i] * np.exp(level)
        of_firms[f, i] = np.clip(raised, processes.firm_low[g], processes.firm_high[g])
    return out, of_firms
