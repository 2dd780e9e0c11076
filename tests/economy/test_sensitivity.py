"""Effects of single inputs: paired differences, ranks, what a driver's standard deviation is, and the real engine."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_rel

from cardhouse.economy.drivers import BASELINE, DRIVERS, WORLD_DRIVERS
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.many.inputs_of import HIGH, LOW, SAMPLED, Moved, Sort, deviations_of, inputs_of, variant_at
from cardhouse.economy.many.outcomes_of import WORDS, Outcome, outcome_of
from cardhouse.economy.many.sensitivity import PIECE, Ranking, effect_of, in_pieces, on_threads, ranked, ranking
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.recompiled import compiled_book, with_centrals
from cardhouse.economy.spread_measure import measured
from cardhouse.errors import BookError, InputError

sys.path.insert(0, str(Path(__file__).parent))

from asking import CHOICES, basis_of, employ, no_spread, noise, small_book

REVENUE = Outcome("revenue:first", WORDS["revenue"], (0,))


@pytest.fixture(scope="module")
def book(economy):
    return small_book(economy)


@pytest.fixture(scope="module")
def basis(book):
    return basis_of(book)


@pytest.fixture(scope="module")
def some(basis):
    return inputs_of(basis)[0]


def by_id(found):
    return {e.input.id: e for e in found.effects}


def test_the_error_is_that_of_a_paired_difference(some):
    """Against scipy's paired t test: its statistic is the effect in standard errors."""
    rng = np.random.default_rng(1)
    centre = rng.normal(size=500)
    low, high = centre + rng.normal(0.1, 0.5, size=500), centre + rng.normal(0.3, 0.2, size=500)
    found = effect_of(some, low, centre, high)
    assert found.effect == pytest.approx(high.mean() - low.mean())
    assert found.effect / found.error == pytest.approx(ttest_rel(high, low).statistic)
    assert found.below / found.below_error == pytest.approx(ttest_rel(low, centre).statistic)
    assert found.above / found.above_error == pytest.approx(ttest_rel(high, centre).statistic)
    assert found.moved == 1.0


def test_falls_on_three_of_four_paths_by_hand(some):
    """High less low is 1, 0, 1, 1: mean 3/4, standard deviation 1/2, error 1/2 over the root of 4."""
    found = effect_of(some, np.array([0.0, 1, 0, 0]), np.array([0.0, 1, 0, 1]), np.array([1.0, 1, 1, 1]))
    assert (found.low, found.high, found.effect, found.error, found.moved) == (0.25, 1.0, 0.75, 0.25, 0.75)
    assert (found.below, found.above) == (-0.25, 0.5)
    assert found.told_apart
    assert found.one_way


def test_an_input_whose_both_ends_hurt_is_not_one_way(some):
    assert not effect_of(some, np.array([2.0, 1]), np.array([0.0, 0]), np.array([1.0, 3])).one_way


@pytest.mark.parametrize(
    ("asked", "mean", "bounds"),
    [
        ("falls:lab", 0.0, (0.0, 0.02951)),  # nearly three in a hundred: 0.97049 to the power of 100 is 0.05
        ("falls:lab", 1.0, (0.97049, 1.0)),
        ("failures", 0.0, (0.0, 0.02951)),
        ("falls:lab", 0.01, None),
        ("failures", 1.0, None),  # one on average is no bound
        ("losses", 0.0, None),
    ],
)
def test_what_no_path_shows_has_the_bound_of_independent_paths(basis, asked, mean, bounds):
    found = Ranking(outcome_of(asked, basis.compiled), 100, mean, 0.0, (), ()).bounds
    assert found == (None if bounds is None else pytest.approx(bounds, abs=1e-5))


def test_two_paths_bound_a_probability_loosely(basis):
    """At 77.64 % one pair of paths in twenty shows nothing: 0.2236 squared is 0.05."""
    found = Ranking(outcome_of("falls:lab", basis.compiled), 2, 0.0, 0.0, (), ()).bounds
    assert found == pytest.approx((0.0, 0.7764), abs=1e-4)


def test_an_input_moves_the_outcome_where_any_path_differs_or_both_ends_hurt_alike(some):
    same, two = np.array([1.0, 1.0]), np.array([2.0, 2.0])
    assert not effect_of(some, same, same, same).moves
    assert effect_of(some, same, same, np.array([1.0, 2.0])).moves
    assert effect_of(some, two, same, two).moved == 0.0
    assert effect_of(some, two, same, two).moves


def test_ranks_are_as_wide_as_errors_leave_open(some):
    """Sizes 10, 9 and 1 with errors of 1, 1 and 0.1: the first two are not told apart, the third is last."""

    def effect(name, size, error):
        flat = effect_of(replace(some, id=name), np.zeros(2), np.zeros(2), np.zeros(2))
        return replace(flat, effect=size, error=error)

    found = ranked([effect("small", 1.0, 0.1), effect("large", -10.0, 1.0), effect("next", 9.0, 1.0)])
    assert [(e.input.id, e.ranks) for e in found] == [("large", (1, 2)), ("next", (1, 2)), ("small", (3, 3))]


def test_inputs_are_assumptions_numbers_of_the_chances_and_drivers(basis, book):
    found = inputs_of(basis)
    assert [i.id for i in found if i.sort is Sort.ASSUMPTION] == [r.id for r in book.assumptions if r.low < r.high]
    numbers = {n.id for n in basis.chance.numbers if n.low < n.high}
    assert {i.id for i in found if i.sort is Sort.CHANCE} == numbers
    drivers = {i.id: i for i in found if i.sort is Sort.DRIVER}
    assert set(drivers) == {*WORLD_DRIVERS, "share:lab"} - {"life", "elasticity"}
    assert drivers["demand"].moved is Moved.DEVIATION
    assert drivers["token_price"].moved is Moved.STEP
    assert (drivers["token_price"].low, drivers["token_price"].high) == (0.9, 1.1)


def test_numbers_of_the_chances_have_words_for_names(basis):
    named = {i.id: (i.subject, i.name) for i in inputs_of(basis)}
    assert named["demand.volatility"] == ("demand", "volatility")
    units = {i.id: i.unit for i in inputs_of(basis)}
    assert (units["demand.volatility"], units["growth.begins"], units["demand.persistence"]) == ("fraction",) * 2 + (
        "",
    )
    assert units["spread.volatility"] == units["spread"] != "fraction"
    assert named["growth.begins"] == ("Growth stalls", "chance to begin")
    assert named["demand-multiples.value"] == ("demand and multiples", "correlation")
    assert named[basis.chance.chances.degrees.id] == ("common tail", "degrees of freedom")


def test_a_driver_that_is_as_far_as_it_goes_has_no_high(basis):
    """Nobody lends more than is assumed, and nothing comes earlier than planned."""
    drivers = {i.id: i for i in inputs_of(basis)}
    assert drivers["debt_window"].low < drivers["debt_window"].high == drivers["debt_window"].central == 1.0
    assert drivers["delay"].low == drivers["delay"].central == 0.0 < drivers["delay"].high


def calm_processes(basis):
    """The chances without bounds, slopes and a common tail, for which formulas are known."""
    p = basis.setup.processes
    calm = p._replace(moved_by=np.zeros_like(p.moved_by), least=np.full_like(p.least, -np.inf))
    return calm._replace(most=np.full_like(p.most, np.inf), degrees=np.array([0]))


def test_one_standard_deviation_of_the_average_of_a_driver_that_strays(basis):
    """Against the formula of an autoregression and of its sum.

    A unit surprise is rho^j j quarters later, of growth (1 - rho^(j+1)) / (1 - rho). In the average over T quarters one
    that comes k quarters before the end counts with the sum of these from 0 to k, over T; squares add up.
    """
    p, steps = calm_processes(basis), basis.setup.shocks.world.shape[1]
    found = deviations_of(p, basis.setup)
    for k, row in enumerate(p.driver):
        later = p.persistence[k] ** np.arange(steps)
        later = np.cumsum(later) if p.keeps[k] else later
        truth = p.volatility[k] * np.sqrt(np.square(np.cumsum(later) / steps).sum())
        moved = found[WORLD_DRIVERS[row]]
        assert (moved.up if p.adds[k] else np.log(moved.up)) == pytest.approx(truth, rel=4.0 * moved.unsure)
        assert moved.down == (-moved.up if p.adds[k] else pytest.approx(1.0 / moved.up))
        assert moved.unsure == pytest.approx(1.0 / np.sqrt(2.0 * SAMPLED), rel=0.1)  # of a normal number


def test_one_standard_deviation_of_the_average_of_a_regime(basis):
    """Against its chain: h, what it takes while on, has in two quarters the same severity if it is the same spell.

    One that is on in quarter q is still the same in r with (1 - e)^(r - q), else on anew with a severity of its own.
    """
    p, steps = calm_processes(basis), basis.setup.shocks.world.shape[1]
    r = [WORLD_DRIVERS[k] for k in p.regime_driver].index("debt_window")
    begins, ends = p.begins[r], p.ends[r]

    def on_after(on: float, quarters: int) -> float:
        for _ in range(quarters):
            on = on * (1.0 - ends) + (1.0 - on) * begins
        return on

    a, c, b = 1.0 - p.severity[r]
    mean, square = (a + b + c) / 3, (a * a + b * b + c * c + a * b + a * c + b * c) / 6
    whole, products = 0.0, 0.0
    for q in range(steps):
        now = on_after(0.0, q + 1)
        whole += now * mean / steps
        for later in range(steps - q):
            same = (1.0 - ends) ** later
            both = now * (same * square + (on_after(1.0, later) - same) * mean**2) / steps**2
            products += both * (1.0 if later == 0 else 2.0)
    moved = deviations_of(p, basis.setup)["debt_window"]
    assert 1.0 - moved.down == pytest.approx(np.sqrt(products - whole**2), rel=4.0 * moved.unsure)
    assert moved.up == 1.0


def test_what_only_hurts_is_moved_to_that_side_alone(basis):
    found = deviations_of(basis.setup.processes, basis.setup)
    assert found["growth"].down < found["growth"].up == 1.0
    assert found["delay"].up > found["delay"].down == 0.0


def test_the_error_of_a_standard_deviation_is_how_far_it_strays_from_sample_to_sample(basis):
    """Over 20 seeds; the error of a spread from 20 numbers is a sixth of it."""
    found = [deviations_of(basis.setup.processes, replace(basis.setup, seed=seed)) for seed in range(20)]
    for name in ("demand", "growth", "share:lab"):
        wide = np.array([one[name].up - one[name].down for one in found])
        told = np.mean([one[name].unsure for one in found])
        assert wide.std(ddof=1) / wide.mean() == pytest.approx(told, rel=0.6)


def test_the_error_of_an_effect_holds_that_of_how_far_a_driver_is_moved(some):
    """Effect 4 without an error of its own, from a move known to a tenth: 0.4."""
    sure = replace(some, unsure=0.1)
    found = effect_of(sure, np.zeros(2), np.ones(2), np.full(2, 4.0))
    assert (found.error, found.below_error, found.above_error) == pytest.approx((0.4, 0.1, 0.3))
    assert effect_of(some, np.zeros(2), np.ones(2), np.full(2, 4.0)).error == 0.0


def test_a_driver_is_moved_in_every_quarter_and_inside_its_bounds(basis):
    drivers = {i.id: i for i in inputs_of(basis)}
    rents = variant_at(basis, drivers["rents"], LOW).setup.shocks.world[WORLD_DRIVERS.index("rents")]
    assert (rents == drivers["rents"].low).all()
    spread = variant_at(basis, drivers["spread"], HIGH).setup.shocks.world[WORLD_DRIVERS.index("spread")]
    assert (spread == drivers["spread"].high).all()
    assert drivers["spread"].high <= DRIVERS["spread"].high
    share = variant_at(basis, drivers["share:lab"], HIGH).setup.shocks.firm
    assert (share[0, basis.compiled.place["lab"]] == drivers["share:lab"].high).all()
    assert (np.delete(share[0], basis.compiled.place["lab"], axis=0) == 1.0).all()


def test_what_chance_does_to_both_ends_cancels(basis, book):
    """A line in the positions plus noise of the path: effects are the slopes to both sides, without any error."""
    slopes = 3.0 ** np.arange(3)

    def function(setup, paths, given, steering):
        return noise(setup.seed, paths) + (0.0 if given is None else given @ slopes)

    found = ranking(basis, REVENUE, paths=16, employ=employ(function))
    ids = [r.id for r in book.assumptions if r.low < r.high]
    rows = {r.id: r for r in book.assumptions}
    expected = {i: s * (1.0 if rows[i].low < rows[i].central else 0.0) + s for i, s in zip(ids, slopes, strict=True)}
    effects = by_id(found)
    for name, effect in expected.items():
        assert effects[name].effect == pytest.approx(effect)
        assert effects[name].error < 1e-12
    assert [e.input.id for e in found.effects[:3]] == sorted(expected, key=lambda i: -expected[i])
    assert found.error == pytest.approx(noise(7, range(16)).std(ddof=1) / 4.0)
    assert not any(e.effect for e in found.effects[3:])


def test_numbers_of_the_chances_and_drivers_are_moved_in_the_setup(basis):
    """The outcome reads volatility and drivers from the setup that runs: effects are the differences of the ends."""
    number = next(n for n in basis.chance.numbers if n.id == "demand.volatility")
    row = WORLD_DRIVERS.index("rents")

    def function(setup, paths, given, steering):
        return np.full(len(paths), 100.0 * setup.processes.volatility[0] + setup.shocks.world[row, -1, 0])

    effects = by_id(ranking(basis, REVENUE, paths=8, employ=employ(function)))
    assert effects["demand.volatility"].effect == pytest.approx(100.0 * (number.high - number.low))
    rents = effects["rents"].input
    assert effects["rents"].effect == pytest.approx(rents.high - rents.low)
    assert effects["rents"].below == pytest.approx(rents.low - 1.0)


def test_an_assumption_that_no_path_can_move_is_compiled_at_its_ends(book):
    """Held ones run on another model: the outcome reads the share of AI from the setup that runs."""
    row = next(r for r in book.assumptions if r.id == "ai-share-lab")
    basis = basis_of(book, held=(row,))
    lab = basis.compiled.place["lab"]

    def function(setup, paths, given, steering):
        return np.full(len(paths), setup.model.nodes.ai[lab].item())

    found = by_id(ranking(basis, REVENUE, paths=8, employ=employ(function)))["ai-share-lab"]
    assert found.input.moved is Moved.COMPILED
    assert (found.low, found.high) == (row.low, row.high)


def test_an_input_that_cannot_be_run_is_left_out_with_its_reason(basis):
    row = WORLD_DRIVERS.index("rents")

    def function(setup, paths, given, steering):
        if setup.shocks.world[row, 0, 0] > 1.0:
            raise BookError("path 3 comes to a figure that is no number")
        return np.zeros(len(paths))

    found = ranking(basis, REVENUE, paths=8, employ=employ(function))
    assert [(x.input.id, x.reason) for x in found.left_out] == [("rents", "path 3 comes to a figure that is no number")]
    assert "rents" not in by_id(found)


def test_progress_tells_every_input_once(basis):
    told = []
    ranking(
        basis,
        REVENUE,
        paths=8,
        employ=employ(lambda setup, paths, given, steering: np.zeros(len(paths))),
        progress=lambda done, whole: told.append((done, whole)),
    )
    whole = len(inputs_of(basis))
    assert told == [(k, whole) for k in range(1, whole + 1)]


def test_memory_does_not_grow_with_paths_and_pieces_are_in_their_order():
    asked = []

    def run(first, count):
        asked.append((first, count))
        return np.arange(first, first + count, dtype=float)

    assert in_pieces(run, 2 * PIECE + 5).tolist() == list(range(2 * PIECE + 5))
    assert asked == [(0, PIECE), (PIECE, PIECE), (2 * PIECE, 5)]
    assert PIECE % LANES == 0


def test_one_path_has_no_standard_error(basis):
    with pytest.raises(InputError, match="1 paths; expected at least 2"):
        ranking(basis, REVENUE, paths=1)


def test_threads_keep_the_order_of_the_items():
    assert list(on_threads(lambda worker, k: (worker, k), range(50), lambda: "mine", threads=2)) == [
        ("mine", k) for k in range(50)
    ]


@pytest.mark.slow
def test_at_its_ends_an_assumption_is_what_the_book_compiled_there_gives(book):
    """The real engine two ways: through the spread, and compiled again with the assumption at its end."""
    spread = measured(book, CHOICES)
    bare = basis_of(book)
    setup = set_up(bare.compiled, BASELINE, bare.chance, seed=7, spread=spread)
    basis = replace(bare, setup=setup)
    outcome = outcome_of("outside", bare.compiled)
    found = by_id(ranking(basis, outcome, paths=200))
    assert any(e.effect for e in found.values())
    for row in spread.assumptions:
        for value, mean in ((row.low, found[row.id].low), (row.high, found[row.id].high)):
            model = compiled_book(with_centrals(book, {row.id: value}), CHOICES).model
            other = replace(setup, model=model, spread=no_spread(()))
            truth = outcome.of(Worker(other).run(0, 200)).mean()
            assert mean == pytest.approx(truth, rel=1e-9)
