"""A thousand paths while a hand is on a slider: the figures themselves, no folder, all assumptions where they stand.

Only the drivers are left to chance; assumptions are at the values of the compiled book. The paths are those of a run
with ``--vary drivers`` and the same seed, so a live fan is the first part of the full answer.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import MEASURES, Recorder
from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.economy.many.setup import Setup, uncounted
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.scenario import Scenario
from cardhouse.economy.uncertain import Uncertainty
from cardhouse.errors import InputError

Array = NDArray[np.float64]
PATHS = 1_000
MOST_PATHS = 10_000
THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """What a few paths say.

    Attributes
    ----------
    ends : last day of each quarter. full : tested firms.
    fell : (F, Q), share of the paths in which a firm has fallen by the end of each quarter.
    figures : (paths, Q, measures, F), USD million, in the order of the kernel's measures.
    paths : how many. seed : key of all chance.
    """

    ends: tuple[date, ...]
    full: tuple[str, ...]
    fell: Array
    figures: Array
    paths: int
    seed: int

    def fan(self, firm: str, measure: str) -> Array:
        """The fan of a firm's figure, (Q, levels) at :data:`LEVELS`, USD million.

        Raises
        ------
        InputError : a firm that is not tested, or no such measure.
        """
        if firm not in self.full:
            raise InputError(f"{firm} is not tested; expected one of {', '.join(self.full)}; name another")
        if measure not in MEASURES:
            raise InputError(f"{measure!r} is not followed; expected one of {', '.join(MEASURES)}; name another")
        mine = self.figures[:, :, MEASURES.index(measure), self.full.index(firm)]
        return np.ascontiguousarray(np.quantile(mine, LEVELS, axis=0).T)


def live(compiled: Compiled, scenario: Scenario, chance: Uncertainty, *, paths: int = PATHS, seed: int = 1) -> Live:
    """Run a few paths at once.

    Parameters
    ----------
    compiled : the calibrated model of a book, its assumptions where they shall be.
    paths : 8 to 10,000; rounded up to whole blocks.

    Raises
    ------
    InputError : too few or too many paths. ScenarioError, NotConverged, BookError : as for a run.
    """
    if not LANES <= paths <= MOST_PATHS:
        raise InputError(f"{paths} paths at once; expected {LANES} to {MOST_PATHS:,}; more are a run of their own")
    setup = uncounted(compiled, scenario, chance, seed=seed)
    parts = _run(setup, -(-paths // LANES))
    raw = np.concatenate([part.raw for part in parts])
    fell = np.concatenate([part.fell for part in parts])[:, setup.full]
    steps = np.arange(len(compiled.windows))
    when = np.where(fell < -1, -2 - fell, fell)
    gone = (when[:, :, None] >= 0) & (when[:, :, None] <= steps)
    return Live(
        ends=tuple(window.end for window in compiled.windows),
        full=tuple(compiled.opening.full),
        fell=gone.mean(axis=0),
        figures=raw,
        paths=raw.shape[0],
        seed=seed,
    )


def _run(setup: Setup, blocks: int) -> list[Recorder]:
    """Whole blocks in as many pieces as threads; the paths are the same in any number of pieces."""
    cuts = np.linspace(0, blocks, min(THREADS, blocks) + 1).astype(int).tolist()
    pieces = [(a * LANES, (b - a) * LANES) for a, b in pairwise(cuts) if b > a]
    with ThreadPoolExecutor(len(pieces)) as pool:
        return list(pool.map(lambda piece: Worker(setup).run(*piece, raw=True), pieces))
