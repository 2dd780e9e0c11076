"""News against earnings: how a price moves on a surprise, judged by the earlier surprises of the same firm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

Floats = npt.NDArray[np.float64]

FEWEST = 6
"""Earlier surprises below which nothing is said of the next."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a reaction would have been given the history: centre, and the interval a new one falls into.

    ``slope`` is points of reaction per point of surprise with its standard error; ``level`` the interval's coverage,
    if errors are normal and alike; ``history`` the number of surprises it rests on.
    """

    value: float
    low: float
    high: float
    level: float
    slope: float
    slope_error: float
    history: int

    def holds(self, reaction: float) -> bool:
        """Whether a reaction lies inside the interval."""
        return self.low <= reaction <= self.high


@dataclass(frozen=True, slots=True)
class Judged:
    """One event: surprise, reaction, and what the history before it made likely (None while that is too short)."""

    surprise: float
    reaction: float
    expected: Expected | None

    @property
    def unexplained(self) -> float | None:
        """Reaction beyond the expected one."""
        return None if self.expected is None else self.reaction - self.expected.value

    @property
    def usual(self) -> bool | None:
        """Whether the reaction lies inside the interval."""
        return None if self.expected is None else self.expected.holds(self.reaction)


@dataclass(frozen=True, slots=True)
class Link:
    """How surprises and reactions went together over all events.

    ``rank`` is Spearman's correlation with its p value, exact enough for few events by permutation;
    ``same_sign`` the share of events in which both had one sign.
    """

    events: int
    slope: float
    slope_error: float
    explained: float
    rank: float
    rank_p: float
    same_sign: float


def surprise(reported: npt.ArrayLike, consensus: npt.ArrayLike) -> Floats:
    """Reported over expected, less one; consensus must be positive (for losses compare differences instead)."""
    found, asked = np.asarray(reported, dtype=np.float64), np.asarray(consensus, dtype=np.float64)
    if not (np.isfinite(found).all() and np.isfinite(asked).all() and (asked > 0).all()):
        raise InputError("reported figures must be finite and the consensus positive")
    return np.asarray(found / asked - 1.0)


def _pairs(surprises: npt.ArrayLike, reactions: npt.ArrayLike, fewest: int) -> tuple[Floats, Floats]:
    x, y = np.asarray(surprises, dtype=np.float64), np.asarray(reactions, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise InputError(f"surprises have the shape {x.shape} and reactions {y.shape}; expected two equal rows")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("surprises and reactions must be finite")
    if x.size < fewest:
        raise InputError(f"{x.size} surprises; at least {fewest} are needed")
    return x, y


def expected_reaction(
    surprises: npt.ArrayLike, reactions: npt.ArrayLike, new: float, *, level: float = 0.9
) -> Expected:
    """Predict the reaction to a new surprise by least squares on earlier ones.

    Parameters
    ----------
    surprises, reactions : (n,), earlier events, shares (0.02 for 2%).
    new : the new surprise.
    level : coverage of the interval.

    Returns
    -------
    Expected : with the error of the line and of a single event in its interval. When all surprises were equal the
        line is flat: the mean of the reactions.
    """
    from scipy.stats import t as student

    if not 0 < level < 1:
        raise InputError(f"the level is {level:g}; expected between 0 and 1")
    x, y = _pairs(surprises, reactions, FEWEST)
    n, centre = x.size, float(x.mean())
    spread = float(((x - centre) ** 2).sum())
    moves = spread > 1e-18
    slope = float(((x - centre) * y).sum()) / spread if moves else 0.0
    rest = y - y.mean() - slope * (x - centre)
    free = n - (2 if moves else 1)
    variance = float(rest @ rest) / free
    value = float(y.mean()) + slope * (new - centre)
    away = (new - centre) ** 2 / spread if moves else 0.0
    half = float(student.ppf((1 + level) / 2, free)) * float(np.sqrt(variance * (1 + 1 / n + away)))
    error = float(np.sqrt(variance / spread)) if moves else 0.0
    return Expected(value, value - half, value + half, level, slope, error, n)


def judge(surprises: npt.ArrayLike, reactions: npt.ArrayLike, *, level: float = 0.9) -> tuple[Judged, ...]:
    """Judge each event by those before it only; the first six have no judgement."""
    x, y = _pairs(surprises, reactions, 1)
    return tuple(
        Judged(
            float(x[k]),
            float(y[k]),
            expected_reaction(x[:k], y[:k], float(x[k]), level=level) if k >= FEWEST else None,
        )
        for k in range(x.size)
    )


def link(surprises: npt.ArrayLike, reactions: npt.ArrayLike, *, seed: int = 0, draws: int = 20_000) -> Link:
    """How surprises and reactions went together; the rank's p value by ``draws`` permutations."""
    from scipy.stats import rankdata

    x, y = _pairs(surprises, reactions, FEWEST)
    line = expected_reaction(x, y, float(x.mean()))
    a, b = rankdata(x), rankdata(y)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    total = float(((y - y.mean()) ** 2).sum())
    spread = float(((x - x.mean()) ** 2).sum())
    if size == 0 or total == 0:
        return Link(x.size, line.slope, line.slope_error, 0.0, 0.0, 1.0, float((np.sign(x) == np.sign(y)).mean()))
    rank = float(a @ b) / size
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(b, (draws, 1)), axis=1) @ a / size
    p = (1 + int((np.abs(shuffled) >= abs(rank) - 1e-12).sum())) / (draws + 1)
    return Link(
        x.size,
        line.slope,
        line.slope_error,
        line.slope**2 * spread / total,
        rank,
        p,
        float((np.sign(x) == np.sign(y)).mean()),
    )
