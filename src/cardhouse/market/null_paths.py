"""Series without a bubble: what each way of making critical values draws.

A source gives the path of a replication from its own counter-based generator, keyed by (seed,
replication): the same path whatever came before it and whichever thread asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cardhouse.errors import InputError
from cardhouse.market.regression import FloatArray, penalty_of, whole

Source: TypeAlias = Callable[[np.random.Generator], FloatArray]
"""Draws one path, (T,), or one panel, (T, S)."""

LARGEST_SEED = 2**64 - 1


def generator(seed: int, replication: int) -> np.random.Generator:
    """Return the generator of one replication."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, replication], dtype=np.uint64)))


def check_seed(seed: int) -> int:
    """Refuse a seed that does not fit the generator's key."""
    return whole("seed", seed, 0, LARGEST_SEED)


def random_walk(observations: int, drift: float) -> Source:
    """Gaussian random walk with the vanishing drift of Phillips, Shi and Yu (2015): ``drift / T`` a period."""

    def draw(random: np.random.Generator) -> FloatArray:
        return np.cumsum(random.standard_normal(observations) + drift / observations)

    return draw


def wild(values: FloatArray) -> Source:
    """Sum the observed changes, each times its own standard normal: keeps when volatility was high."""
    change = np.diff(values)

    def draw(random: np.random.Generator) -> FloatArray:
        return np.concatenate([[0.0], np.cumsum(change * random.standard_normal(change.size))])

    return draw


@dataclass(frozen=True, eq=False)
class Autoregression:
    """Changes on their own past, the unit root imposed.

    Attributes
    ----------
    slopes : (p,), from the nearest lag.
    residuals : (n,), they add up to zero.
    """

    slopes: FloatArray
    residuals: FloatArray


def fit_changes(change: FloatArray, lags: int, *, choose: bool) -> Autoregression:
    """Fit by least squares with a constant; with ``choose``, BIC takes 0 to ``lags``, all on the same rows.

    Raises
    ------
    InputError : too few changes.
    """
    rows = change.size - lags
    if rows < lags + 3:
        raise InputError(f"{change.size} changes are too few for an autoregression of {lags} lags")
    tried = range(lags + 1) if choose else (lags,)
    scores = {count: _score(change, count, lags) for count in tried}
    best = min(tried, key=lambda count: scores[count])
    slopes, rest = _regress(change, best, best)
    return Autoregression(slopes, rest)


def _score(change: FloatArray, count: int, lags: int) -> float:
    rest = _regress(change, count, lags)[1]
    total = float(rest @ rest)
    return -math.inf if total == 0 else rest.size * math.log(total) + count * penalty_of("bic", rest.size)


def _regress(change: FloatArray, count: int, lags: int) -> tuple[FloatArray, FloatArray]:
    """Return slopes of ``count`` lags and the residuals of the rows after the first ``lags``."""
    target = change[lags:] - change[lags:].mean()
    if count == 0:
        return np.empty(0), target
    past = np.column_stack([change[lags - j : change.size - j] for j in range(1, count + 1)])
    past -= past.mean(axis=0)
    slopes: FloatArray = np.linalg.lstsq(past, target, rcond=None)[0]
    return slopes, target - past @ slopes


def recurse(shocks: FloatArray, slopes: FloatArray, begin: FloatArray) -> FloatArray:
    """Return changes that start with ``begin`` and follow the autoregression with these shocks."""
    from cardhouse.market.kernels import autoregress

    changes = np.concatenate([begin, shocks])
    autoregress(changes, slopes, begin.size)
    return changes


def composite(values: FloatArray, length: int, model: Autoregression) -> Source:
    """Draw a residual for each change and multiply each by its own standard normal (Phillips and Shi 2020)."""
    change = np.diff(values)
    begin = change[: model.slopes.size]
    count = length - 1 - begin.size

    def draw(random: np.random.Generator) -> FloatArray:
        shocks = model.residuals[random.integers(0, model.residuals.size, count)] * random.standard_normal(count)
        return np.concatenate([[0.0], np.cumsum(recurse(shocks, model.slopes, begin))])

    return draw


def sieve(table: FloatArray, models: list[Autoregression]) -> Source:
    """Draw rows of residuals, the same row for every series, so that they stay as correlated as they were.

    ``table`` is (T, S). Series whose models have more lags lose their first residuals; rows are matched
    from the end.
    """
    observations, series = table.shape
    change = np.diff(table, axis=0)
    common = min(model.residuals.size for model in models)
    rest = np.column_stack([model.residuals[-common:] - model.residuals[-common:].mean() for model in models])

    def draw(random: np.random.Generator) -> FloatArray:
        rows = random.integers(0, common, observations - 1)
        path = np.zeros((observations, series))
        for s, model in enumerate(models):
            begin = change[: model.slopes.size, s]
            path[1:, s] = np.cumsum(recurse(rest[rows[begin.size :], s], model.slopes, begin))
        return path

    return draw
