"""Shares of the variance: functions whose shares are known, another program, and what is exchanged with what."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import sobol_indices, triang

from cardhouse.economy.drivers import BASELINE, WORLD_DRIVERS
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.processes import no_steering
from cardhouse.economy.many.inputs_of import Moved
from cardhouse.economy.many.outcomes_of import WORDS, Outcome
from cardhouse.economy.many.sensitivity import ranking
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.shares import (
    JUMP,
    REST,
    Factor,
    factors_of,
    positions,
    streams_of,
    triangular,
    variance_shares,
)
from cardhouse.economy.many.worker import Worker
from cardhouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from asking import basis_of, employ, noise, small_book

REVENUE = Outcome("revenue:first", WORDS["revenue"], (0,))
THREE = (Factor("a", 0, ()), Factor("b", 1, ()), Factor("c", 2, ()))


@pytest.fixture(scope="module")
def basis(economy):
    return basis_of(small_book(economy))


def shares(basis, function, factors=THREE, paths=4096):
    return variance_shares(basis.setup, REVENUE, factors, paths=paths, employ=employ(function))


def within(found, *truths):
    """Each share inside twice the half width of its interval (nearly four standard errors)."""
    for share, (first, total) in zip(found.shares, truths, strict=True):
        assert share.first == pytest.approx(first, abs=2.0 * share.first_within + 1e-9)
        assert share.total == pytest.approx(total, abs=2.0 * share.total_within + 1e-9)


def test_a_line_is_shared_out_by_slope_squared_times_variance(basis):
    """The variance of a triangular number on a, b with mode c is (aa + bb + cc - ab - ac - bc) / 18."""
    slopes = np.array([1.0, 2.0, 4.0])
    variances = []
    for low, high in zip(*ends(basis), strict=True):
        # In positions the centre is 0 and an end that there is lies at 1; the density is not even across the centre.
        variances.append(position_variance(low, high))
    parts = slopes**2 * np.array(variances)
    found = shares(basis, lambda setup, paths, given, steering: given @ slopes)
    within(found, *((p / parts.sum(),) * 2 for p in parts))
    assert found.variance == pytest.approx(parts.sum(), rel=0.1)
    assert found.interactions == pytest.approx(0.0, abs=0.1)


def ends(basis):
    rows = basis.setup.spread.assumptions
    return [r.central - r.low for r in rows], [r.high - r.central for r in rows]


def position_variance(low, high):
    """Each side of the mode is a triangle of mean 1/3 and mean square 1/6, with the share of its width."""
    below = low / (low + high)
    return 1.0 / 6.0 - ((1.0 - below - below) / 3.0) ** 2


def test_positions_are_triangular_as_in_scipy():
    p = np.linspace(0.001, 0.999, 99)
    for below in (0.0, 0.25, 1.0):
        low, high = -below, 1.0 - below
        truth = triang.ppf(p, c=below, loc=low, scale=1.0)
        scale = np.where(truth < 0.0, below if below else 1.0, (1.0 - below) if below < 1.0 else 1.0)
        np.testing.assert_allclose(triangular(p, below), truth / scale, atol=1e-12)
        assert high - low == 1.0


def test_ishigami(basis):
    """Ishigami and Homma (1990) with a = 7, b = 0.1: first 0.314, 0.442, 0; total 0.558, 0.442, 0.244.

    The function takes numbers even between -pi and pi: the stand-in turns positions back into their shares.
    """

    def function(setup, paths, given, steering):
        below = setup.spread.below
        under = np.where(given < 0.0, below * (1.0 + given) ** 2, 1.0 - (1.0 - below) * (1.0 - given) ** 2)
        x = np.pi * (2.0 * under - 1.0)
        return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    found = shares(basis, function, paths=8192)
    within(found, (0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437))
    assert found.interactions == pytest.approx(0.2437, abs=0.06)


def test_what_hangs_on_one_input_is_all_its_own(basis):
    found = shares(basis, lambda setup, paths, given, steering: np.exp(given[:, 1]))
    assert found.shares[1].total == pytest.approx(1.0, abs=0.1)
    within(found, (0.0, 0.0), (1.0, 1.0), (0.0, 0.0))
    for k in (0, 2):
        assert (found.shares[k].first, found.shares[k].total) == (0.0, 0.0)


def test_two_inputs_that_only_work_together_are_all_interaction(basis):
    """The product of two independent numbers of mean 0 has no share of one alone."""
    means = np.array([(1.0 - 2.0 * b) / 3.0 for b in basis.setup.spread.below])
    found = shares(basis, lambda setup, paths, given, steering: (given[:, 1] - means[1]) * (given[:, 2] - means[2]))
    within(found, (0.0, 0.0), (0.0, 1.0), (0.0, 1.0))
    assert found.interactions == pytest.approx(1.0, abs=0.1)


def test_the_shares_are_those_of_another_program(basis):
    """Scipy's Sobol' indices of the same outcomes; both use the estimators of Saltelli and others (2010)."""
    kept = {}

    def function(setup, paths, given, steering):
        out = given[:, 0] + given[:, 1] * given[:, 2] + given[:, 2] ** 2
        kept[given.tobytes()] = out
        return out

    found = shares(basis, function, paths=512)
    # The first set, the second, and the first with one column of the second are known by what they were asked with.
    given = [np.frombuffer(key).reshape(512, -1) for key in kept]
    sets = [(g, kept[g.tobytes()]) for g in given]
    a = next(g for g, _ in sets if sum(np.sum(np.all(g == h, axis=0)) == 2 for h, _ in sets) == 3)
    f_ab = np.array(
        [next(f for g, f in sets if [k for k in range(3) if (g[:, k] != a[:, k]).any()] == [j]) for j in range(3)]
    )
    f_a, f_b = kept[a.tobytes()], next(f for g, f in sets if (g != a).any(axis=0).all())
    other = sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None, :]}, n=512)
    for k, share in enumerate(found.shares):
        assert share.first == pytest.approx(float(other.first_order[k]), abs=0.02)
        assert share.total == pytest.approx(float(other.total_order[k]), abs=0.02)


def test_a_driver_is_exchanged_with_its_whole_stream(basis):
    """One and two times the surprise of two streams: a fifth and four fifths; the rest of chance does nothing."""
    streams = streams_of(basis.setup.processes, basis.setup.nodes)
    demand, rents = streams["demand"][0], streams["rents"][0]
    every = range(sum(len(s) for s in streams.values()) + 1)
    rest = tuple(k for k in every if k not in (demand, rents))
    factors = (Factor("demand", -1, (demand,)), Factor("rents", -1, (rents,)), Factor(REST, -1, rest))

    def function(setup, paths, given, steering):
        assert set(steering.jump.tolist()) <= {0, JUMP}
        return noise(demand, paths + steering.jump[demand]) + 2.0 * noise(rents, paths + steering.jump[rents])

    within(shares(basis, function, factors, paths=1000), (0.2, 0.2), (0.8, 0.8), (0.0, 0.0))


def test_streams_are_all_there_once_and_the_tail_is_nobodys(basis):
    p = basis.setup.processes
    streams = streams_of(p, basis.setup.nodes)
    listed = sorted(k for each in streams.values() for k in each)
    assert listed == list(range(p.driver.size + p.firm_node.size + p.regime_driver.size))
    assert streams["share:lab"] == (p.driver.size,)


def test_factors_are_the_first_that_vary_from_path_to_path(basis):
    """Numbers of the chances and drivers without chance do not; what does nothing has no share."""
    row = 3

    def function(setup, paths, given, steering):
        moved = 0.0 if given is None else 10.0 * given[:, 1]
        return moved + 1000.0 * setup.processes.volatility[0] + setup.shocks.world[row, -1, 0] + np.zeros(len(paths))

    found = ranking(basis, REVENUE, paths=8, employ=employ(function))
    assert found.effects[0].input.moved is Moved.NUMBER
    factors = factors_of(found, basis.setup)
    assert [f.id for f in factors[:-1]] == [basis.setup.spread.assumptions[1].id]
    every = {k for s in streams_of(basis.setup.processes, basis.setup.nodes).values() for k in s}
    assert set(factors[-1].streams) == every | {max(every) + 1}
    assert len(factors_of(found, basis.setup, 0)) == 1


def test_an_outcome_that_never_varies_has_no_variance_to_share(basis):
    found = shares(basis, lambda setup, paths, given, steering: np.full(len(paths), 3.0), paths=64)
    assert (found.mean, found.variance, found.shares) == (3.0, 0.0, ())


def line(setup, paths, given, steering):
    return given @ [1.0, 2.0, 4.0]


def test_the_error_of_the_sum_is_that_of_resampled_paths(basis):
    """Against 4,000 resamples here of the same two sets, with the estimator written out: mean B (AB - A) / variance.

    Two hundred resamples leave a standard deviation open by one part in twenty.
    """
    found = shares(basis, line, paths=1000)
    a, b = (part @ np.diag([1.0, 2.0, 4.0]) for part in positions(basis.setup, THREE, 1000))
    f_a, f_b, change = a.sum(axis=1), b.sum(axis=1), (b - a).sum(axis=1)
    centre = (4.0 * f_a + change + f_b).mean() / 5.0  # of both sets and the three in between
    rng, sums = np.random.default_rng(11), []
    for _ in range(4000):
        row = rng.integers(0, 1000, 1000)
        sums.append(((f_b - centre)[row] * change[row]).mean() / np.concatenate([f_a[row], f_b[row]]).var())
    assert found.alone == pytest.approx(((f_b - centre) * change).mean() / np.concatenate([f_a, f_b]).var())
    assert found.alone_within == pytest.approx(1.96 * np.std(sums), rel=0.2)
    assert found.alone_within < sum(s.first_within for s in found.shares)


def test_the_interval_of_the_sum_holds_the_truth_as_often_as_it_says(basis):
    """A line leaves nothing to inputs together. 100 pairs of sets: about 95 hold it, with a standard error of 2.2."""
    inside = 0
    for seed in range(100):
        setup = replace(basis.setup, seed=1000 + seed)
        found = variance_shares(setup, REVENUE, THREE, paths=256, employ=employ(line))
        inside += abs(found.interactions) <= found.alone_within
    assert 95 - 4 * 2.2 <= inside <= 100


def test_without_the_library_the_line_that_installs_it_is_said(basis, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(InputError, match=r"pip install 'cardhouse\[sensitivity\]'"):
        shares(basis, lambda setup, paths, given, steering: given[:, 0], paths=64)


def test_the_same_seed_gives_the_same_shares(basis):
    one, two = (shares(basis, lambda setup, paths, given, steering: given @ [1.0, 2, 3], paths=128) for _ in range(2))
    assert one == two


@pytest.mark.slow
@pytest.mark.parametrize("name", ["efficiency", "delay", "share:lab"])
def test_in_the_real_engine_a_driver_takes_what_the_other_set_drew_and_no_other_driver_does(basis, name):
    """These three are correlated with none: eight paths with their streams jumped, and the eight paths jumped to."""
    setup = set_up(basis.compiled, BASELINE, basis.chance, seed=7)
    worker, far = Worker(setup), 80
    calm = no_steering(setup.processes, setup.shocks.world.shape[1])
    jump = calm.jump.copy()
    jump[list(streams_of(setup.processes, setup.nodes)[name])] = far

    def drawn(first, steering):
        worker.run(first, LANES, steering=steering)
        world, firms = worker._levels.world_drawn.copy(), worker._levels.firm_drawn.copy()
        rows = {k: world[WORLD_DRIVERS.index(k)] for k in WORLD_DRIVERS}
        return rows | {f"share:{n}": firms[0, i] for i, n in enumerate(setup.nodes)}

    here, there, exchanged = drawn(0, calm), drawn(far, calm), drawn(0, calm._replace(jump=jump))
    assert (here[name] != there[name]).any()
    for k in here:
        # The common tail stays that of the first set, so a surprise is scaled as it is there: compare its direction.
        if k != name:
            np.testing.assert_array_equal(exchanged[k], here[k])
    if name == "delay":
        np.testing.assert_array_equal(exchanged[name], there[name])
    else:
        first = np.sign(np.log(exchanged[name][0])), np.sign(np.log(there[name][0]))
        np.testing.assert_array_equal(*first)
