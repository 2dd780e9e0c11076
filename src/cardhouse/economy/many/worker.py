"""One thread's room for paths: a tableau that is used again for every block, and what chance draws in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.block import Levels, Moves, run_chunk
from cardhouse.economy.kernel.draws import lay_scenario
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.memory import table_of
from cardhouse.economy.kernel.outcomes import Recorder, new_recorder
from cardhouse.economy.kernel.processes import new_scratch
from cardhouse.economy.kernel.tableau import Tableau, in_memory, new_tableau
from cardhouse.economy.spread import FIELDS, Spread
from cardhouse.errors import NotConverged

if TYPE_CHECKING:
    from cardhouse.economy.many.setup import Setup

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Worker:
    """Runs paths of a setup; not to be shared by threads."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._tableau = new_tableau(setup.model, setup.shocks, ledger=False, history=False)
        self._opening = new_tableau(setup.model, setup.shocks, ledger=False, history=False)
        self._tables = table_of(self._tableau), table_of(self._opening)
        self._scratch = new_scratch(setup.processes, LANES)
        self._levels = _levels(setup)
        self._moves = _moves(setup.spread, self._tableau)

    def run(self, first: int, count: int, *, given: Array | None = None, raw: bool = False) -> Recorder:
        """Run paths ``first`` to ``first + count - 1`` of the setup's seed.

        Parameters
        ----------
        given : (count, A), positions of assumptions, NaN for as drawn; None where all are drawn.
        raw : whether the figures themselves are kept.

        Raises
        ------
        NotConverged : a clearing of one of the paths did not settle.
        """
        setup, moves = self._setup, self._moves
        if given is not None:
            moves = moves._replace(given=np.ascontiguousarray(given, dtype=np.float64))
        recorder = new_recorder(setup.full, setup.reference, setup.classes.arrays, count, raw=raw)
        stuck = run_chunk(
            self._tables[0].ctypes.data,
            self._tables[1].ctypes.data,
            setup.seed,
            first,
            count,
            setup.processes,
            self._scratch,
            self._levels,
            moves,
            recorder,
        )
        if stuck:
            raise NotConverged(
                f"the cash clearing of path {first + stuck - 1} of seed {setup.seed} did not settle; expected shares "
                "to stand still; please report the book and the command"
            )
        return recorder


def _levels(setup: Setup) -> Levels:
    """Drivers of the scenario laid on every lane; chance writes over those that stray."""
    world = np.ascontiguousarray(setup.shocks.world[..., 0])
    firm = np.ascontiguousarray(setup.shocks.firm[..., 0])
    levels = Levels(world, firm, np.zeros((*world.shape, LANES)), np.zeros((*firm.shape, LANES)))
    lay_scenario(world, firm, levels.world_drawn, levels.firm_drawn)
    return levels


def _moves(spread: Spread, tableau: Tableau) -> Moves:
    """The spread of assumptions with the addresses of the numbers that they move."""
    assumptions = len(spread.assumptions)
    return Moves(
        below=spread.below,
        target=_addresses(spread, tableau),
        base=spread.base,
        least=spread.least,
        most=spread.most,
        begins=spread.begins,
        assumption=spread.assumption,
        at_low=spread.at_low,
        at_high=spread.at_high,
        positions=np.zeros((assumptions, LANES)),
        given=np.zeros((0, assumptions)),
    )


def _addresses(spread: Spread, tableau: Tableau) -> Ints:
    """Where in memory each moved number lies."""
    out = np.zeros(spread.field.size, dtype=np.int64)
    for place, name in enumerate(FIELDS):
        mine = spread.field == place
        if mine.any():
            array = getattr(tableau, name)
            shape = array.shape[:-1]
            order = in_memory(name, len(shape))
            where = np.unravel_index(spread.index[mine], shape)
            laid = np.ravel_multi_index([where[axis] for axis in order], [shape[axis] for axis in order])
            out[mine] = array.ctypes.data + laid * LANES * array.itemsize
    return out
