"""The lean that an event asks for: the cross-entropy method, level by level.

From plain paths the tenth nearest to the event is taken; paths that lean to where those were come nearer, and so on
until enough are in the event itself. Paths of all levels are kept and weighed together. The lean that is nearest to
the true distribution inside the event, in the sense of Kullback and Leibler, has the weighted mean of the surprises
there as its shift.

References
----------
Rubinstein and Kroese (2004), The Cross-Entropy Method. De Boer, Kroese, Mannor and Rubinstein (2005), A tutorial on
the cross-entropy method, Annals of Operations Research 134.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.processes import BLOCK
from cardhouse.economy.many.importance import Bools, Estimate, Lean, Sample, Source, Weighed, joined, log_ratio
from cardhouse.errors import NotConverged

Array = NDArray[np.float64]

PATHS = 8192
"""Paths of a level."""
NEAREST = 0.1
"""Part of a level's paths that say where the next one leans."""
ENOUGH = 400
"""Paths in the event that say where it lies."""
FEWEST = 30
"""Those that still do after the last level."""
MOST_LEVELS = 12
TOLD_APART = 2.0
"""Standard errors from which on a shift counts; else the noise of a hundred of them would swamp the weights."""
MOST_SHIFT, MOST_ODDS = 3.0, 30.0


@dataclass(frozen=True, slots=True)
class Approach:
    """What led to the event.

    Attributes
    ----------
    lean : where paths of the event lean. near : the paths of all levels that are in the event, with their weights.
    plain : the probability by plain paths alone, those of the first level.
    first : all plain paths of the first level.
    levels : how many were needed. paths : how many were drawn.
    """

    lean: Lean
    near: Weighed
    plain: Estimate
    first: Sample
    levels: int
    paths: int


def approach(source: Source, *, paths: int = PATHS) -> Approach:
    """Find the lean under which an event is common.

    Parameters
    ----------
    paths : drawn for each level, from path 0 on; a multiple of 8.

    Raises
    ------
    NotConverged : the event stays out of reach.
    """
    leans = [source.calm()]
    kept = first = source.sample(0, paths, leans[0])
    plain = _pooled(first, leans, source.quarters).estimate
    nearest = float(np.quantile(first.score, 1.0 - NEAREST))
    for level in range(1, MOST_LEVELS + 1):
        # Paths below the level are never asked for again, as levels only rise.
        kept = kept.take(kept.score >= min(nearest, 0.0))
        found = _pooled(kept, leans, source.quarters)
        hits = np.count_nonzero(kept.happened)
        if hits >= (FEWEST if level == MOST_LEVELS else ENOUGH):
            near = found.of(kept.happened)
            return Approach(fitted(near, source.quarters), near, plain, first, level, level * paths)
        if level < MOST_LEVELS:
            leans.append(fitted(found, source.quarters))
            drawn = source.sample(level * paths, paths, leans[-1])
            nearest = max(nearest, float(np.quantile(drawn.score, 1.0 - NEAREST)))
            kept = joined([kept, drawn])
    raise NotConverged(
        f"{hits} of {MOST_LEVELS * paths:,} paths that leaned towards it came to that event; expected at least "
        f"{FEWEST}, to say how probable it is; ask for a smaller loss, fewer firms or more quarters"
    )


def _pooled(sample: Sample, leans: list[Lean], quarters: Array) -> Weighed:
    """Paths of levels of equal size, weighed by their density over the mean of all levels' densities."""
    ratios = np.stack([log_ratio(sample, lean, quarters) for lean in leans])
    highest = ratios.max(axis=0)
    weights = np.exp(-highest) / np.exp(ratios - highest).mean(axis=0)
    return Weighed(sample, weights, np.zeros(weights.size, dtype=np.int64))


def fitted(found: Weighed, quarters: Array) -> Lean:
    """The lean of weighted paths: mean surprises by year, and how often regimes began in it against their chance."""
    share = found.weights / found.weights.sum()
    spread = float((share**2).sum())
    mean = np.einsum("n,nsy->sy", share, found.sample.sums) / quarters
    error = np.sqrt(spread / quarters)
    shift = np.where(np.abs(mean) > TOLD_APART * error, mean, 0.0)
    # Surprises after the event are still in the mean; they are noise of the same size and are left out the same way.
    begun, chance = (_by_year(share, each) for each in (found.sample.began, found.sample.chance))
    odds = np.divide(begun, chance, out=np.ones_like(begun), where=chance > 0.0)
    # Of what was seen and of what chance alone would show: where nothing began the first would be nothing.
    noise = np.sqrt(np.maximum(*(_by_year(share**2, each) for each in (found.sample.began, found.sample.chance))))
    told = np.abs(begun - chance) > TOLD_APART * noise
    return Lean(
        np.clip(shift, -MOST_SHIFT, MOST_SHIFT),
        np.clip(np.where(told, odds, 1.0), 1.0 / MOST_ODDS, MOST_ODDS),
    )


def _by_year(weights: Array, by_quarter: Array | Bools) -> Array:
    """Weighted sums over paths and the quarters of each year, (R, Y), of (n, R, Q)."""
    years = np.arange(0, by_quarter.shape[2], BLOCK)
    return np.asarray(np.add.reduceat(np.tensordot(weights, by_quarter, axes=1), years, axis=1))
