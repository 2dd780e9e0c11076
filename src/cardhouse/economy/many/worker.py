"""One thread's room for paths: a tableau that is used again for every block, and what chance draws in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.block import STATE, Laid, Levels, Moves, Starts, run_chunk
from cardhouse.economy.kernel.draws import lay_scenario
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.memory import table_of
from cardhouse.economy.kernel.outcomes import Recorder, clear, new_recorder
from cardhouse.economy.kernel.processes import Steering, check_steering, new_scratch, no_steering
from cardhouse.economy.kernel.tableau import FIXED, Tableau, in_memory
from cardhouse.economy.openings import FIELDS, WHOLE_FIELDS, Openings
from cardhouse.economy.spread import Spread
from cardhouse.errors import BookError, InputError, NotConverged

if TYPE_CHECKING:
    from cardhouse.economy.many.setup import Setup

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Room:
    """What paths work on: a tableau, its state at the opening, and what is drawn of it.

    ``apart`` says whether each path has terms of its own, which ``moves`` move, or all share them.
    """

    def __init__(self, setup: Setup, *, apart: bool) -> None:
        self.tableau = new_tableau(setup.model, setup.shocks, ledger=False, history=False, apart=apart)
        self.table, self.image = table_of(self.tableau), _image(self.tableau)
        self.starts = _starts(setup.openings, self.tableau)
        self.moves = _moves(setup.spread, self.tableau)


class Worker:
    """Runs paths of a setup; not to be shared by threads."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._room = Room(setup, apart=False)
        self._room_apart: Room | None = None
        self._scratch = new_scratch(setup.processes)
        self._levels = _levels(setup)
        self._drawn = Laid(self._levels.world_drawn[..., :0].copy(), self._levels.firm_drawn[..., :0].copy())
        self._kept: tuple[int, Recorder] | None = None

    def run(
        self,
        first: int,
        count: int,
        *,
        given: Array | None = None,
        steering: Steering | None = None,
        raw: bool = False,
    ) -> Recorder:
        """Run paths ``first`` to ``first + count - 1`` of the setup's seed; ``first`` is a multiple of the lanes.

        Parameters
        ----------
        given : (count, A), where assumptions of the spread lie; None where all are at the centre of their opening.
        steering : shifts, tilts and jumps of the draws; None for chance alone. ``weights`` tell what they change.
        raw : whether the figures themselves are kept.

        Raises
        ------
        NotConverged : a clearing of one of the paths did not settle.
        BookError : a path comes to figures that are no numbers.
        """
        recorder = self._new_recorder(count, raw=raw)
        self._record(recorder, first, count, given=given, steering=steering)
        return by_path(recorder, count)

    def run_told(self, world: Array, firm: Array) -> Recorder:
        """Run paths whose drivers are told: (K, Q, P) of the world and (F, N, Q, P) of firms.

        Drivers that neither stray by chance nor have a regime stay as the scenario has them. Raises what :meth:`run`
        does.
        """
        count = world.shape[-1]
        recorder = self._new_recorder(count, raw=False)
        laid = Laid(np.ascontiguousarray(world), np.ascontiguousarray(firm))
        self._record(recorder, 0, count, laid=laid)
        return by_path(recorder, count)

    def run_again(self, first: int, count: int) -> Recorder:
        """Run paths by chance alone; as :meth:`run`, in blocks of lanes as the kernel leaves them.

        What is returned holds until the next call: new memory for every piece of a run costs more than to clear it.
        """
        kept = self._kept
        if kept is None or kept[0] != count:
            kept = self._kept = count, self._new_recorder(count, raw=False)
        clear(kept[1])
        self._record(kept[1], first, count)
        return kept[1]

    def _new_recorder(self, count: int, *, raw: bool) -> Recorder:
        setup = self._setup
        return new_recorder(setup.full, setup.reference, setup.classes.arrays, count, raw=raw)

    def _record(
        self,
        recorder: Recorder,
        first: int,
        count: int,
        *,
        given: Array | None = None,
        steering: Steering | None = None,
        laid: Laid | None = None,
    ) -> None:
        """Run paths into a recorder; raises what :meth:`run` says."""
        setup = self._setup
        if first % LANES:
            raise InputError(f"paths from {first} on; expected a multiple of {LANES}; begin at one")
        room, moves = self._room, None
        if given is not None:
            room = self._room_apart = self._room_apart or Room(setup, apart=True)
            moves = room.moves._replace(given=np.ascontiguousarray(given, dtype=np.float64))
        steps = setup.reference.shape[0]
        steering = no_steering(setup.processes, steps) if steering is None else steering
        check_steering(steering, setup.processes, steps)
        stuck = run_chunk(
            room.table.ctypes.data,
            room.image.ctypes.data,
            setup.seed,
            first,
            count,
            setup.processes,
            steering,
            self._scratch,
            self._levels,
            laid or self._drawn,
            room.starts,
            moves,
            recorder,
        )
        if stuck < 0:
            raise BookError(
                f"path {first - stuck - 1} of seed {setup.seed} comes to a figure that is no number; expected numbers; "
                "look for an assumption or a term of an impossible size at one end of its range and mend it"
            )
        if stuck:
            raise NotConverged(
                f"the cash clearing of path {first + stuck - 1} of seed {setup.seed} did not settle; expected shares "
                "to stand still; please report the book and the command"
            )


def by_path(recorder: Recorder, count: int) -> Recorder:
    """The recorder with one row a path instead of blocks of lanes, and lanes of sums added up."""

    def rows(blocks: Array) -> Array:
        return np.moveaxis(blocks, -1, 1).reshape(-1, *blocks.shape[1:-1])[:count]

    return recorder._replace(
        fell=rows(recorder.fell),
        room=rows(recorder.room),
        weights=rows(recorder.weights),
        sums_of=rows(recorder.sums_of),
        sums=recorder.sums.sum(axis=-1),
    )


def _levels(setup: Setup) -> Levels:
    """Drivers of the scenario laid on every lane; chance writes over those that stray."""
    world = np.ascontiguousarray(setup.shocks.world[..., 0])
    firm = np.ascontiguousarray(setup.shocks.firm[..., 0])
    levels = Levels(world, firm, np.zeros((*world.shape, LANES)), np.zeros((*firm.shape, LANES)))
    lay_scenario(world, firm, levels.world_drawn, levels.firm_drawn)
    return levels


def _image(tableau: Tableau) -> Array:
    """The state of a tableau whose paths are all alike, as the kernel sets it again: a number for each vector."""
    fields = [(name, getattr(tableau, name)[..., 0]) for name in STATE]
    return np.concatenate([field.transpose(in_memory(name, field.ndim)).ravel() for name, field in fields])


def _starts(openings: Openings | None, tableau: Tableau) -> Starts:
    """The openings with the addresses of the numbers that differ between them."""
    none = np.zeros(0, dtype=np.int64)
    if openings is None:
        return Starts(none, none, none, none, np.zeros((1, 0)), none, np.zeros((1, 0), dtype=np.int64))
    target = _addresses(FIELDS, openings.field, openings.index, tableau)
    shared = [place for place, name in enumerate(FIELDS) if getattr(tableau, name).shape[-1] == 1]
    of_terms = np.isin(openings.field, shared)
    vectors, terms = np.flatnonzero(~of_terms), np.flatnonzero(of_terms)
    return Starts(
        target=target[vectors],
        column=vectors,
        term_target=target[terms],
        term_column=terms,
        values=openings.values,
        whole_target=_addresses(WHOLE_FIELDS, openings.whole_field, openings.whole_index, tableau),
        whole_values=openings.whole_values,
    )


def _moves(spread: Spread | None, tableau: Tableau) -> Moves:
    """The spread of assumptions with the addresses of the numbers that they move; none moves nothing."""
    if spread is None:
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
        nowhere = np.zeros((0, LANES))
        return Moves(whole, real, real, real, np.zeros(1, dtype=np.int64), whole, real, real, nowhere, nowhere)
    return Moves(
        target=_addresses(FIELDS, spread.field, spread.index, tableau),
        base=spread.base,
        least=spread.least,
        most=spread.most,
        begins=spread.begins,
        assumption=spread.assumption,
        at_low=spread.at_low,
        at_high=spread.at_high,
        positions=np.zeros((len(spread.assumptions), LANES)),
        given=np.zeros((0, len(spread.assumptions))),
    )


def _addresses(fields: tuple[str, ...], field: Ints, index: Ints, tableau: Tableau) -> Ints:
    """Where in memory each number lies: of the first lane where it has lanes."""
    out = np.zeros(field.size, dtype=np.int64)
    for place, name in enumerate(fields):
        mine = field == place
        if mine.any():
            array = getattr(tableau, name)
            lanes = array.shape[-1] if name not in FIXED else 1
            shape = array.shape[:-1] if name not in FIXED else array.shape
            order = in_memory(name, len(shape))
            where = np.unravel_index(index[mine], shape)
            laid = np.ravel_multi_index([where[axis] for axis in order], [shape[axis] for axis in order])
            out[mine] = array.ctypes.data + laid * lanes * array.itemsize
    return out
