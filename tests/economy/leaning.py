"""A source of paths whose probabilities are known: normal numbers, a regime with a constant chance, and any score."""

from __future__ import annotations

import numpy as np

from cardhouse.economy.many.drawn import tilted
from cardhouse.economy.many.importance import Sample, no_lean

YEARS = 2
QUARTERS = 8


class Toy:
    """Paths of S processes over eight quarters, and of one regime that begins at most once and stays."""

    def __init__(self, score, processes=3, chance=0.05, seed=0):
        self.score, self.processes, self.chance, self.seed = score, processes, chance, seed

    @property
    def quarters(self):
        return np.array([4.0, 4.0])

    def calm(self):
        return no_lean(self.processes, YEARS, 1)

    def sample(self, first, count, lean):
        rng = np.random.default_rng((self.seed, first))
        x = rng.standard_normal((count, self.processes, QUARTERS)) + np.repeat(lean.shift, 4, axis=1)
        u = rng.random((count, 1, QUARTERS))
        begins = u < tilted(np.full_like(u, self.chance), np.repeat(lean.odds, 4, axis=1))
        on = np.maximum.accumulate(begins, axis=2)
        began = begins & ~np.concatenate([np.zeros((count, 1, 1), bool), on[..., :-1]], axis=2)
        chance = np.where(on & ~began, 0.0, self.chance)
        return Sample(
            sums=x.reshape(count, self.processes, YEARS, 4).sum(axis=3),
            strayed=np.cumsum(x, axis=2),
            chance=chance,
            began=began,
            on=on,
            harm=on * 0.2,
            score=self.score(x, on),
            step=np.full(count, QUARTERS - 1),
            fell=np.zeros((count, 0), bool),
        )
