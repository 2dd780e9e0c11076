"""Importance sampling: draw paths that lean towards an event, and weigh them back to what chance would have drawn.

A lean moves the mean of surprises, year by year, and multiplies the odds of regimes. Several leans and a part of
plain paths are mixed; each path is weighed by its true density over that of the whole mixture, so a weight is never
above one over the plain part.

References
----------
Owen and Zhou (2000), Safe and effective importance sampling, Journal of the American Statistical Association 95(449):
the mixture's own density in the weights, and a defensive part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.processes import BLOCK
from cardhouse.economy.many.drawn import tilted

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

PLAIN = 0.5
"""Part of the paths that nothing leans on."""


@dataclass(frozen=True, slots=True)
class Lean:
    """Where paths lean.

    Attributes
    ----------
    shift : (S, Y), mean of the surprise of each process in every quarter of a year, in standard deviations.
    odds : (R, Y), what the odds of a regime to begin in a quarter of a year are multiplied with.
    """

    shift: Array
    odds: Array

    @property
    def plain(self) -> bool:
        """Whether it leans nowhere."""
        return not self.shift.any() and bool((self.odds == 1.0).all())


def by_quarter(by_year: Array, steps: int) -> Array:
    """What holds in every quarter of a year, (..., Y), by quarter, (..., Q)."""
    return np.ascontiguousarray(np.repeat(by_year, BLOCK, axis=-1)[..., :steps])


def no_lean(processes: int, years: int, regimes: int) -> Lean:
    """Paths as chance draws them."""
    return Lean(np.zeros((processes, years)), np.ones((regimes, years)))


@dataclass(frozen=True, slots=True)
class Sample:
    """What n paths drew and came to; the paths are on the first axis.

    Attributes
    ----------
    sums : (n, S, Y), surprises summed over each year, as the path felt them.
    strayed : (n, S, Q), deviations of the drivers.
    chance, began : (n, R, Q), chance of each regime to begin before any lean (0 where it is on), and whether it did.
    on, harm : (n, R, Q), whether it is on, and how severe.
    score : (n,), at least 0 where the event happened, and otherwise the higher the nearer.
    step : (n,), step in which it happened; the last one where it did not.
    fell : (n, F), which of the tested firms fell.
    """

    sums: Array
    strayed: Array
    chance: Array
    began: Bools
    on: Bools
    harm: Array
    score: Array
    step: NDArray[np.int64]
    fell: Bools

    @property
    def happened(self) -> Bools:
        """Where the event happened, (n,)."""
        return np.asarray(self.score >= 0.0)

    def take(self, which: NDArray[np.generic]) -> Sample:
        """Some of the paths."""
        return Sample(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def joined(samples: Sequence[Sample]) -> Sample:
    """Samples one after the other."""
    return Sample(**{f.name: np.concatenate([getattr(s, f.name) for s in samples]) for f in fields(Sample)})


class Source(Protocol):
    """Whatever draws paths."""

    @property
    def quarters(self) -> Array:
        """Quarters in each year, (Y,)."""

    def calm(self) -> Lean:
        """The lean that leans nowhere."""

    def sample(self, first: int, count: int, lean: Lean) -> Sample:
        """Draw paths ``first`` to ``first + count - 1``; other paths are other draws."""


def log_ratio(sample: Sample, lean: Lean, quarters: Array) -> Array:
    """Logarithm of how much likelier each path is under a lean than under chance itself, (n,)."""
    mean = np.einsum("sy,nsy->n", lean.shift, sample.sums)
    size = 0.5 * float((quarters * lean.shift**2).sum())
    leant = tilted(sample.chance, by_quarter(lean.odds, sample.chance.shape[2]))
    begun = np.divide(leant, sample.chance, out=np.ones_like(leant), where=sample.began)
    spared = np.divide(1.0 - leant, 1.0 - sample.chance, out=np.ones_like(leant), where=sample.chance < 1.0)
    ratio = np.where(sample.began, begun, spared)
    return np.asarray(mean - size + np.log(ratio).sum(axis=(1, 2)))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability with its standard error.

    ``paths`` were drawn; ``effective`` is how many equally weighted paths in the event would be as good
    (Kish): the square of the sum of their weights over the sum of their squares.
    """

    probability: float
    error: float
    paths: int
    effective: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sample of a mixture, the weight of each path, and the part of the mixture that drew it, (n,) each."""

    sample: Sample
    weights: Array
    part: NDArray[np.int64]

    def of(self, which: NDArray[np.generic]) -> Weighed:
        """Some of the paths with their weights."""
        return Weighed(self.sample.take(which), self.weights[which], self.part[which])

    @property
    def estimate(self) -> Estimate:
        """Probability of the event; the error counts each part of the mixture by itself, as they have fixed sizes."""
        values = np.where(self.sample.happened, self.weights, 0.0)
        n, variance = values.size, 0.0
        for k in np.unique(self.part):
            mine = values[self.part == k]
            variance += mine.size * float(mine.var(ddof=1))
        squares = float((values**2).sum())
        effective = float(values.sum()) ** 2 / squares if squares > 0.0 else 0.0
        return Estimate(float(values.mean()), float(np.sqrt(variance)) / n, n, effective)


def weigh(source: Source, first: int, count: int, leans: Sequence[Lean], shares: Sequence[float]) -> Weighed:
    """Draw from a mixture of plain paths and leans, and weigh each path.

    Parameters
    ----------
    first, count : paths to draw, in multiples of 8; a little fewer than ``count`` come where it cannot be parted so.
    leans, shares : of the mixture beside its plain part; the shares are positive, in any unit.
    """
    parts = [source.calm(), *leans]
    share = np.array([PLAIN, *((1.0 - PLAIN) * np.asarray(shares) / np.sum(shares))])
    sizes = np.maximum(np.floor(share * count / 8.0).astype(np.int64), 2) * 8
    begins = first + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sample = joined([source.sample(int(b), int(n), lean) for b, n, lean in zip(begins, sizes, parts, strict=True)])
    ratios = np.stack([log_ratio(sample, lean, source.quarters) for lean in parts])
    # The parts as they were drawn, not as they were asked for: the weights then have a mean of one exactly.
    mixed = np.log((sizes / sizes.sum())[:, None]) + ratios
    highest = mixed.max(axis=0)
    weights = np.exp(-highest) / np.exp(mixed - highest).sum(axis=0)
    return Weighed(sample, weights, np.repeat(np.arange(len(parts)), sizes))
