"""Distinct roads to an event: groups of the paths that came to it.

Paths are compared by where their drivers had come to by the event and by the regimes that were on before it, not by
who fell: that is where a road leads. Each counts as far as the event changes its distribution: what is the same with
and without the event tells no roads apart.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.many.importance import Sample, Weighed

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ROADS = 4
LEAST_SHARE = 0.1
"""Share of an event's probability below which a group of paths is no road of its own."""
RESAMPLED = 1500
"""Paths of equal weight that groups are looked for in."""
STARTS, MOST_MOVES = 6, 40
SEED = 20
WINDOW = 0.15
"""Half the width, as a part of the distance of two centres, in which paths are counted at and between them."""
VALLEY = 0.7
"""Weight of the paths between two roads, as a part of that at the emptier one, from which on they are one."""
TOLD_APART = 2.0
"""Standard errors by which the weight between two roads must lie below that: a few heavy paths show no valley."""
TINY = 1e-3
"""Least probability of a regime in a comparison."""


def features(sample: Sample) -> Array:
    """Each driver where it had come to by the event, then 1 for each regime that was on by then, (n, S + R)."""
    paths = np.arange(sample.step.size)
    reached = sample.strayed[paths, :, sample.step]
    before = np.arange(sample.on.shape[2]) <= sample.step[:, None]
    on = (sample.on & before[:, None, :]).any(axis=2)
    return np.concatenate([reached, on], axis=1, dtype=np.float64)


def groups(near: Weighed, plain: Sample) -> Ints:
    """Which road each path of an event belongs to, (n,); all 0 where the event has one road.

    Parameters
    ----------
    near : the paths of the event with their weights.
    plain : paths as chance draws them.

    Notes
    -----
    Groups of k-means among paths resampled by their weights: the largest number of up to four in which each holds a
    tenth of the event, and half way between any two centres there are clearly fewer paths than at either, by more than
    chance. A single cloud, however long or lopsided, has no such valley.
    """
    scaled = _scaled(features(near.sample), near.weights, features(plain), near.sample.strayed.shape[1])
    share = near.weights / near.weights.sum()
    # Systematic resampling: each path comes as often as its weight says, give or take one.
    ladder = (np.arange(RESAMPLED) + np.random.default_rng(SEED).random()) / RESAMPLED
    picked = scaled[np.minimum(np.searchsorted(np.cumsum(share), ladder), share.size - 1)]
    return _nearest(scaled, _centres(picked, scaled, share))


def _scaled(event: Array, weights: Array, plain: Array, drivers: int) -> Array:
    """Features in units of their spread inside the event, times how far the event changes their distribution."""
    mean, usual = np.average(event, axis=0, weights=weights), plain.mean(axis=0)
    variance = np.average((event - mean) ** 2, axis=0, weights=weights)
    before = plain.var(axis=0)
    floor = np.maximum(1e-12 * np.maximum(before, variance), 1e-300)
    ratio = np.maximum(variance, floor) / np.maximum(before, floor)
    normal = 0.5 * (ratio + (mean - usual) ** 2 / np.maximum(before, floor) - 1.0 - np.log(ratio))
    p, q = (np.clip(x, TINY, 1.0 - TINY) for x in (mean, usual))
    binary = p * np.log(p / q) + (1.0 - p) * np.log((1.0 - p) / (1.0 - q))
    moved = np.where(np.arange(mean.size) < drivers, normal, binary)
    spread = np.sqrt(np.where(variance > floor, variance, np.inf))
    return np.asarray((event - mean) / spread * np.sqrt(2.0 * np.maximum(moved, 0.0)))


def _centres(picked: Array, points: Array, share: Array) -> Array:
    """Centres of the largest number of groups that stand apart, (k, features).

    ``picked`` are points of equal weight; ``points`` are all of them, with their share of the event.
    """
    for k in range(MOST_ROADS, 1, -1):
        centres = _means(picked, k)
        if _apart(points, share, centres):
            return centres
    return np.asarray(picked.mean(axis=0, keepdims=True))


def _apart(points: Array, share: Array, centres: Array) -> bool:
    """Whether each group is large enough, and between any two there is a valley."""
    group = _nearest(points, centres)
    if np.bincount(group, weights=share, minlength=centres.shape[0]).min() < LEAST_SHARE:
        return False
    return all(_valley(points, share, group, a, b, centres) for a, b in combinations(range(centres.shape[0]), 2))


def _valley(points: Array, share: Array, group: Ints, a: int, b: int, centres: Array) -> bool:
    """Whether clearly less weight lies half way between two centres than at the one that has less."""
    line = centres[b] - centres[a]
    mine = (group == a) | (group == b)
    along = (points[mine] - centres[a]) @ line / (line @ line)
    windows = [share[mine][np.abs(along - at) < WINDOW] for at in (0.0, 0.5, 1.0)]
    (here, between, there), noise = [w.sum() for w in windows], [(w**2).sum() for w in windows]
    lower = 0 if here < there else 2
    error = np.sqrt(VALLEY**2 * noise[lower] + noise[1])
    return bool(VALLEY * min(here, there) - between > TOLD_APART * error)


def _means(points: Array, k: int) -> Array:
    """Centres of k groups: Lloyd's k-means, the best of a few starts."""
    rng = np.random.default_rng(SEED)
    tried = [_settled(points, points[rng.choice(points.shape[0], k, replace=False)]) for _ in range(STARTS)]
    within = [float(((points - centres[_nearest(points, centres)]) ** 2).sum()) for centres in tried]
    best: Array = tried[int(np.argmin(within))]
    return best


def _settled(points: Array, centres: Array) -> Array:
    for _ in range(MOST_MOVES):
        nearest = _nearest(points, centres)
        members = np.stack([nearest == g for g in range(centres.shape[0])]).astype(np.float64)
        sizes = members.sum(axis=1, keepdims=True)
        moved = np.where(sizes > 0.0, members @ points / np.maximum(sizes, 1.0), centres)
        if np.allclose(moved, centres, rtol=0.0, atol=1e-9):
            break
        centres = moved
    return centres


def _nearest(points: Array, centres: Array) -> Ints:
    cross = points @ centres.T
    return np.asarray(((centres**2).sum(axis=1) - 2.0 * cross).argmin(axis=1), dtype=np.int64)
