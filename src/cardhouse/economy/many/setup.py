"""All that paths need, as arrays: made once, sent to threads and to other machines, the same everywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.arrays import Model, Shocks
from cardhouse.economy.kernel.block import run_reference
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.memory import table_of
from cardhouse.economy.kernel.outcomes import MEASURES, REFERENCE, WORLD_MEASURES
from cardhouse.economy.kernel.processes import Processes
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.openings import Openings
from cardhouse.economy.run import drivers_for, shocks_of
from cardhouse.economy.scenario import Scenario
from cardhouse.economy.spread import Spread
from cardhouse.economy.uncertain import Uncertainty

Array = NDArray[np.float64]
PILOT = 1024
"""Paths that say where the figures of a fan lie; the first ones of the seed."""
UNITS = 4.0
"""Units of a scale from the middle of the pilot to its quartiles."""
FAR = 120.0
"""Units within which nearly all of the pilot lies; the classes reach twice as far."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Where the classes of figures are finest and how wide there; see :data:`CLASSES` and :class:`Recorder`."""

    middle: Array
    per_unit: Array
    world_middle: Array
    world_per_unit: Array

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """In the order of the kernel."""
        return self.middle, self.per_unit, self.world_middle, self.world_per_unit


@dataclass(frozen=True, slots=True)
class Setup:
    """Arrays behind many paths of a scenario.

    Attributes
    ----------
    model, shocks : the compiled book and the scenario's drivers, with one lane.
    processes : chance in drivers.
    openings : joint draws of all assumptions that blocks take turns with; None where all are at their centre.
    spread : how single assumptions move the model, for runs that say where they lie.
    seed : key of all draws.
    nodes, full : ids of the nodes, and places of those whose figures make fans.
    reference : (Q, N, 4), the path without chance and without the scenario.
    classes : where figures are counted.
    """

    model: Model
    shocks: Shocks
    processes: Processes
    openings: Openings | None
    spread: Spread | None
    seed: int
    nodes: tuple[str, ...]
    full: NDArray[np.int64]
    reference: Array
    classes: Classes

    @property
    def turns(self) -> int:
        """How many openings the blocks take turns with."""
        return 1 if self.openings is None else self.openings.values.shape[0]

    @property
    def fingerprint(self) -> str:
        """Hash of what is drawn at random and how."""
        digest = hashlib.sha256()
        for array in self.processes:
            digest.update(np.ascontiguousarray(array).tobytes())
        if self.openings is not None:
            digest.update(self.openings.positions.tobytes())
        return digest.hexdigest()


def set_up(
    compiled: Compiled,
    scenario: Scenario,
    chance: Uncertainty,
    *,
    seed: int,
    openings: Openings | None = None,
    spread: Spread | None = None,
) -> Setup:
    """Prepare paths of a scenario on a model that is compiled and calibrated.

    Parameters
    ----------
    chance : of the drivers (:func:`cardhouse.economy.uncertain.uncertainty`).
    openings : of the assumptions (:func:`cardhouse.economy.openings.openings_of`); without them all are at their
        central values.
    spread : of the assumptions one at a time (:func:`cardhouse.economy.spread_cache.spread_of`), for runs that say
        where some of them lie (:meth:`Worker.run`).

    Raises
    ------
    ScenarioError : the scenario speaks of a firm that is not in the network.
    NotConverged : a clearing did not settle.
    """
    setup = uncounted(compiled, scenario, chance, seed=seed, openings=openings, spread=spread)
    return replace(setup, classes=_classes(setup))


def uncounted(
    compiled: Compiled,
    scenario: Scenario,
    chance: Uncertainty,
    *,
    seed: int,
    openings: Openings | None = None,
    spread: Spread | None = None,
) -> Setup:
    """As :func:`set_up`, without the pilot that says where figures lie: for paths whose figures are kept themselves."""
    drivers = drivers_for(compiled, scenario)
    nodes = compiled.model.nodes._replace(reorganises=drivers.reorganise.astype(np.int64))
    full = np.array([compiled.place[n] for n in compiled.opening.full], dtype=np.int64)
    steps = len(compiled.windows)
    return Setup(
        model=compiled.model._replace(nodes=nodes),
        shocks=shocks_of(drivers),
        processes=chance.arrays,
        openings=openings,
        spread=spread,
        seed=seed,
        nodes=compiled.nodes,
        full=full,
        reference=_reference(compiled),
        classes=_no_classes(steps, full.size),
    )


def _reference(compiled: Compiled) -> Array:
    """The path with neither chance nor scenario."""
    calm = new_tableau(compiled.model, shocks_of(drivers_for(compiled, BASELINE)), ledger=False, history=False)
    out = np.zeros((len(compiled.windows), len(compiled.nodes), len(REFERENCE)))
    table = table_of(calm)
    run_reference(table.ctypes.data, out)
    return out


def _no_classes(steps: int, full: int) -> Classes:
    fans, world = (steps, len(MEASURES), full), (steps, len(WORLD_MEASURES))
    return Classes(np.zeros(fans), np.ones(fans), np.zeros(world), np.ones(world))


def _classes(setup: Setup) -> Classes:
    """Classes that are finest where the figures of the pilot lie."""
    pilot = Worker(setup).run(0, PILOT, raw=True)
    return Classes(*_spread(pilot.raw), *_spread(pilot.world_raw))


def _spread(figures: Array) -> tuple[Array, Array]:
    """Median of figures, and one over the unit of their scale; the paths are the first axis.

    Figures that are nothing have a class of their own and do not count. The unit is a part of the distance of the
    quartiles; where half of the figures or more are nearly the same, it is so wide that all but the last half percent
    on either side lie within the classes.
    """
    ranked = np.sort(np.where(figures == 0.0, np.nan, figures), axis=0)  # what is no number comes last
    last = np.maximum(np.isfinite(ranked).sum(axis=0) - 1, 0)

    def at(level: float) -> Array:
        place = np.rint(level * last).astype(np.int64)
        found: Array = np.nan_to_num(np.take_along_axis(ranked, place[None], axis=0)[0])
        return found

    middle = at(0.5)
    far = np.maximum(at(0.995) - middle, middle - at(0.005))
    least = 1e-6 * np.maximum(np.abs(middle), 1.0)
    wide: Array = np.maximum.reduce([(at(0.75) - at(0.25)) / (2.0 * UNITS), far / FAR, least])
    return middle, 1.0 / wide
