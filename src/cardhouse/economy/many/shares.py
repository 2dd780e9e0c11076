"""Shares of an outcome's variance: what each of the first inputs explains alone, and with all others.

Inputs are exchanged between two independent sets of paths (pick-freeze): an assumption by its position, drawn from
its triangular distribution; a driver by its whole stream of surprises. All other chance is one input more, so that
nothing that varies is left out. Assumptions that are not among the inputs stay at their centre.

References
----------
Sobol' (2001), Mathematics and Computers in Simulation 55(1-3). Saltelli and others (2010), Computer Physics
Communications 181(2), table 2, b and f: the estimators. Jansen (1999) for the total share.
Archer, Saltelli and Sobol' (1997), Journal of Statistical Computation and Simulation 58(2): errors by resampling.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.drivers import FIRM_DRIVERS, WORLD_DRIVERS
from cardhouse.economy.kernel.processes import Processes, no_steering
from cardhouse.economy.many.inputs_of import Moved
from cardhouse.economy.many.outcomes_of import Outcome
from cardhouse.economy.many.sensitivity import Employ, Progress, Ranking, Runs, in_pieces, on_threads
from cardhouse.economy.many.setup import Setup
from cardhouse.economy.many.worker import Worker
from cardhouse.errors import InputError

Array = NDArray[np.float64]
FIRST = 20
"""How many inputs of a ranking share the variance out."""
PATHS = 8000
"""Paths of each of the two sets."""
JUMP = 1 << 40
"""How many paths further the second set lies: no run is as long."""
POSITIONS_KEY = 0x5AB1
"""Second key of the draws of positions, beside the seed."""
RESAMPLES, CONFIDENCE, RESAMPLING_SEED = 200, 0.95, 1
REST = "rest"


@dataclass(frozen=True, slots=True)
class Factor:
    """What is exchanged as one.

    Attributes
    ----------
    id : of the input; ``rest`` for all other chance.
    place : of an assumption in the spread, -1 for none.
    streams : of chance, as places in :attr:`Steering.jump`; empty for an assumption.
    """

    id: str
    place: int
    streams: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Share of the variance: alone (``first``) and with all that it does together with others (``total``).

    ``first_within`` and ``total_within`` are half the width of the interval that holds the share with 95 %.
    """

    factor: Factor
    first: float
    first_within: float
    total: float
    total_within: float


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares in the order of the ranking, the rest of chance last; of an outcome with this mean and variance.

    Attributes
    ----------
    shares : empty where the outcome is the same on every path: there is no variance to share out.
    alone_within : half the width of the interval that holds :attr:`alone`, and so :attr:`interactions`, with 95 %.
    """

    paths: int
    mean: float
    variance: float
    shares: tuple[Share, ...]
    alone_within: float

    @property
    def alone(self) -> float:
        """What inputs explain alone, all together."""
        return sum(s.first for s in self.shares)

    @property
    def interactions(self) -> float:
        """What only inputs together explain."""
        return 1.0 - self.alone


def factors_of(ranked: Ranking, setup: Setup, first: int = FIRST) -> tuple[Factor, ...]:
    """The first inputs of a ranking that vary from path to path, and the rest of chance.

    Numbers of the chances, assumptions that change the ties and drivers without chance do not vary from path to path.
    An input that does nothing has no share.
    """
    streams = streams_of(setup.processes, setup.nodes)
    found: list[Factor] = []
    for effect in ranked.effects:
        asked = effect.input
        drawn = asked.moved is Moved.POSITION or (asked.moved is Moved.DEVIATION and asked.id in streams)
        if drawn and effect.effect != 0.0 and len(found) < first:
            found.append(Factor(asked.id, asked.place, streams.get(asked.id, ())))
    taken = {k for factor in found for k in factor.streams}
    rest = tuple(k for k in range(no_steering(setup.processes, 1).jump.size) if k not in taken)
    return (*found, Factor(REST, -1, rest))


def streams_of(processes: Processes, nodes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Streams of each driver: processes of the world, then those of firms, then regimes; the common tail is last."""
    common, firms = processes.driver.size, processes.firm_node.size
    names = [WORLD_DRIVERS[k] for k in processes.driver]
    pairs = zip(processes.firm_driver, processes.firm_node, strict=True)
    names += [f"{FIRM_DRIVERS[k]}:{nodes[node]}" for k, node in pairs]
    out: dict[str, tuple[int, ...]] = {name: (k,) for k, name in enumerate(names)}
    for r, k in enumerate(processes.regime_driver):
        out[WORLD_DRIVERS[k]] = (*out.get(WORLD_DRIVERS[k], ()), common + firms + r)
    return out


def variance_shares(
    setup: Setup,
    outcome: Outcome,
    factors: Sequence[Factor],
    *,
    paths: int = PATHS,
    employ: Employ = Worker,
    progress: Progress | None = None,
) -> Shares:
    """Shares of each factor in the variance of an outcome.

    Parameters
    ----------
    setup : with the spread of the assumptions among the factors.
    factors : from :func:`factors_of`.
    paths : of each set; the computation takes two more than factors of them.
    progress : told how many sets are done of how many.

    Raises
    ------
    InputError : fewer than two paths; or SALib is missing.
    """
    if paths < 2:
        raise InputError(f"{paths} paths; expected at least 2, for a variance; say for example {PATHS}")
    analyze = analysis()
    drawn = positions(setup, factors, paths)
    sets = [frozenset[int](), *(frozenset((k,)) for k in range(len(factors))), frozenset(range(len(factors)))]

    def work(mine: Runs, second: frozenset[int]) -> Array:
        return _run(mine, setup, outcome, factors, drawn, second)

    found = np.zeros((paths, len(sets)))
    for k, values in enumerate(on_threads(work, sets, lambda: employ(setup))):
        found[:, k] = values
        if progress is not None:
            progress(k + 1, len(sets))
    both = found[:, [0, -1]]
    if np.ptp(both) == 0.0:
        return Shares(paths, float(both.mean()), 0.0, (), 0.0)
    index = _indices(analyze, found, [f.id for f in factors])
    shares = tuple(Share(f, *(float(index[k][i]) for k in INDICES)) for i, f in enumerate(factors))
    return Shares(paths, float(both.mean()), float(both.var()), shares, _within(index[RESAMPLED].sum(axis=1)))


INDICES = ("S1", "S1_conf", "ST", "ST_conf")
"""In the order of :class:`Share`."""
RESAMPLED = "S1_conf_all"
"""Shares of factors alone in each resample of the paths, the same paths for all factors, (resamples, factors)."""


def _within(resampled: Array) -> float:
    """Half the width of the interval of a figure, from its values in resamples, as SALib has it for single shares."""
    from scipy.stats import norm

    return float(norm.ppf(0.5 + CONFIDENCE / 2.0) * resampled.std(ddof=1))


def positions(setup: Setup, factors: Sequence[Factor], paths: int) -> Array:
    """Where the assumptions among the factors lie in both sets, (2, P, factors); 0 for other factors."""
    out = np.zeros((2, paths, len(factors)))
    key = np.array([setup.seed % (1 << 64), POSITIONS_KEY], dtype=np.uint64)
    uniform = np.random.Generator(np.random.Philox(key=key)).random(out.shape)
    for k, factor in enumerate(factors):
        if factor.place >= 0 and setup.spread is not None:
            out[..., k] = triangular(uniform[..., k], float(setup.spread.below[factor.place]))
    return out


def triangular(p: Array, below: float) -> Array:
    """Position under which the share ``p`` of a triangular distribution lies; ``below`` is the share below 0."""
    out = np.zeros_like(p)
    under, over = p < below, p > below
    out[under] = np.sqrt(p[under] / below) - 1.0
    out[over] = 1.0 - np.sqrt((1.0 - p[over]) / (1.0 - below))
    return out


def _run(
    runs: Runs, setup: Setup, outcome: Outcome, factors: Sequence[Factor], drawn: Array, second: frozenset[int]
) -> Array:
    """Outcomes with some factors from the second set and the others from the first, (P,)."""
    assumptions = 0 if setup.spread is None else len(setup.spread.assumptions)
    calm = no_steering(setup.processes, setup.shocks.world.shape[1])
    jump = calm.jump.copy()
    for k in second:
        jump[list(factors[k].streams)] = JUMP
    steering = calm._replace(jump=jump)

    def piece(first: int, count: int) -> Array:
        given = np.zeros((count, assumptions)) if assumptions else None
        for k, factor in enumerate(factors):
            if given is not None and factor.place >= 0:
                given[:, factor.place] = drawn[int(k in second), first : first + count, k]
        return outcome.of(runs.run(first, count, given=given, raw=outcome.raw, steering=steering))

    return in_pieces(piece, drawn.shape[1])


def _indices(analyze: Callable[..., Any], found: Array, names: Sequence[str]) -> dict[str, Array]:
    """Indices from outcomes (P, factors + 2): the first set, the first with one factor exchanged each, the second."""
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    with warnings.catch_warnings():
        # A factor that does nothing makes some resamples constant; its shares are zero then, as they should be.
        warnings.simplefilter("ignore")
        answer = analyze(
            problem,
            found.ravel(),
            calc_second_order=False,
            num_resamples=RESAMPLES,
            conf_level=CONFIDENCE,
            keep_resamples=True,
            seed=RESAMPLING_SEED,
        )
    return {name: np.asarray(answer[name], dtype=np.float64) for name in (*INDICES, RESAMPLED)}


def analysis() -> Callable[..., Any]:
    """The analysis of SALib.

    Raises
    ------
    InputError : it is not installed.
    """
    try:
        from SALib.analyze import sobol
    except ImportError as error:
        raise InputError(
            "shares of the variance need SALib, which is not here; expected it beside Cardhouse; say: "
            "pip install 'cardhouse[sensitivity]', or go without: --no-shares"
        ) from error
    analyze: Callable[..., Any] = sobol.analyze
    return analyze
