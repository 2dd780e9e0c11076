"""Roads to an event on a small book: against plain Monte Carlo, the single path, and arithmetic by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cardhouse.economy.drivers import BASELINE, DRIVERS, FIRM_DRIVERS, WORLD_DRIVERS
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.many import entropy
from cardhouse.economy.many.events import NEVER, Event, amount_of
from cardhouse.economy.many.ground import Ground, ground_of
from cardhouse.economy.many.likeliest import During
from cardhouse.economy.many.reverse import Engine, reverse
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import Drivers, drivers_for, simulate
from cardhouse.errors import InputError, NotConverged

sys.path.insert(0, str(Path(__file__).parent))
from small_chance import QUARTERS, small

SEED = 5


@pytest.fixture(scope="module")
def world(economy):
    return small(economy, seed=SEED)


@pytest.fixture(scope="module")
def fallen(world):
    """The cloud falls: common enough for plain paths."""
    compiled, _, chance = world
    return reverse(compiled, BASELINE, chance, Event((compiled.place["cloud"],)), paths=8000, seed=SEED)


def single_paths(world, block):
    """Eight paths of the kernel as single runs with the drivers that they drew."""
    compiled, setup, _ = world
    worker = Worker(setup)
    recorder = worker.run(block * LANES, LANES)
    calm = np.zeros(len(setup.nodes), dtype=bool)
    levels = worker._levels
    drivers = [
        Drivers(levels.world_drawn[..., b].copy(), levels.firm_drawn[..., b].copy(), setup.shocks.pays[..., 0], calm)
        for b in range(LANES)
    ]
    return recorder, [simulate(compiled.model, one, ledger=False) for one in drivers]


@pytest.mark.parametrize("shares", [False, True])
def test_a_single_path_scores_as_the_same_path_among_many(world, shares):
    compiled = world[0]
    lab, cloud = compiled.place["lab"], compiled.place["cloud"]
    events = [Event((cloud,)), Event((lab, cloud)), Event((), 500.0, shares), Event((cloud,), 550.0, shares)]
    happened = []
    for block in range(12):
        recorder, paths = single_paths(world, block)
        for event in events:
            scores, steps = event.scores(recorder), event.steps(recorder)
            for b, path in enumerate(paths):
                score, step = event.of_path(path)
                assert score == pytest.approx(scores[b], rel=1e-6, abs=1e-6)
                if not event.loss and score >= 0.0:
                    assert step == steps[b]
                happened.append(score >= 0.0)
    assert 0.02 < np.mean(happened) < 0.98


def test_a_loss_is_complete_in_the_step_that_reaches_it(world):
    """Against the sum of the accounts up to that step by hand."""
    for block in range(12):
        for path in single_paths(world, block)[1]:
            lost = Event((), 1.0)._lost(path)
            if lost[-1] > 10.0:
                step = Event((), 0.5 * lost.max()).of_path(path)[1]
                assert lost[step] >= 0.5 * lost.max()
                assert (lost[:step] < 0.5 * lost.max()).all()
                return
    pytest.fail("no path loses anything")


def plain(world, seed, paths):
    """Probability that the cloud falls, and its standard error, from plain paths of another seed."""
    compiled, _, chance = world
    found = Worker(set_up(compiled, BASELINE, chance, seed=seed)).run(0, paths)
    p = (found.fell[:, compiled.place["cloud"]] != NEVER).mean()
    return p, np.sqrt(p * (1.0 - p) / paths)


def test_the_estimate_agrees_with_plain_monte_carlo(world, fallen):
    """Within three joint standard errors; so do the plain paths beside it."""
    p, error = plain(world, SEED + 1, 40_000)
    assert 0.1 < p < 0.3
    for found in (fallen.estimate, fallen.plain):
        assert abs(found.probability - p) < 3.0 * np.hypot(found.error, error)
    assert fallen.levels == 1
    assert fallen.estimate.error < np.sqrt(p * (1.0 - p) / fallen.estimate.paths)


def test_an_uncommon_event_is_told_from_fewer_paths(economy):
    """One path in forty; the variance is a fraction of that of as many plain paths."""
    calmer = small(economy, seed=SEED, capex=100.0)
    compiled, _, chance = calmer
    p, error = plain(calmer, SEED + 1, 80_000)
    assert 0.01 < p < 0.04
    found = reverse(compiled, BASELINE, chance, Event((compiled.place["cloud"],)), paths=8000, seed=SEED)
    assert found.levels > 1
    assert abs(found.estimate.probability - p) < 3.0 * np.hypot(found.estimate.error, error)
    assert found.estimate.error**2 < 0.6 * p * (1.0 - p) / found.estimate.paths


def test_every_road_comes_to_the_event_and_its_figures_fit(world, fallen):
    """Run again by hand from the road's own deviations: the firm falls in the step that the road says."""
    compiled, _, chance = world
    assert sum(road.share for road in fallen.roads) == pytest.approx(1.0)
    cloud = compiled.place["cloud"]
    for road in fallen.roads:
        drivers = drivers_for(compiled, BASELINE)
        world_drivers, firm = drivers.world.copy(), drivers.firm.copy()
        for push in road.pushes:
            bounds = DRIVERS[push.driver].low, DRIVERS[push.driver].high
            if push.firm:
                row = firm[FIRM_DRIVERS.index(push.driver), compiled.place[push.firm]]
            else:
                row = world_drivers[WORLD_DRIVERS.index(push.driver)]
            row[:] = np.clip(row + push.strayed if push.adds else row * np.exp(push.strayed), *bounds)
        for spell in road.spells:
            regime = chance.chances.regimes[spell.regime].driver
            row, during = world_drivers[WORLD_DRIVERS.index(regime)], slice(spell.begins, spell.begins + spell.quarters)
            row[during] = row[during] + spell.harm if DRIVERS[regime].unit == "quarters" else row[during] * spell.harm
        path = simulate(compiled.model, Drivers(world_drivers, firm, drivers.pays, drivers.reorganise), ledger=False)
        assert path.fell[cloud] == road.step
        assert dict(road.falls)["cloud"] == road.step
        assert 0.0 < road.distance < 6.0
        chances = [spell.chance for spell in road.spells]
        assert road.beyond == pytest.approx(stats.norm.sf(road.distance) * np.prod(chances))
        assert 0.0 < road.holds <= 1.0
        assert road.when[0] <= road.when[1] <= road.when[2] < QUARTERS
        assert max(abs(push.sigmas) for push in road.pushes) == abs(road.pushes[0].sigmas)


@pytest.fixture(scope="module")
def ground(world):
    """What roads to a fall of the cloud run over."""
    compiled, setup, chance = world
    event = Event((compiled.place["cloud"],))
    return ground_of(compiled, drivers_for(compiled, BASELINE), chance, event, Worker(setup).run_told)


def candidates(ground, count):
    """Points twice as far as chance draws the years of paths, a third of them with a regime."""
    points = 2.0 * np.random.default_rng(3).standard_normal((count, ground.alike * ground.quarters.size))
    spells = (During(ground.regimes - 1, 2, 3),)
    return points, [spells if i % 3 == 0 else () for i in range(count)]


def test_candidates_side_by_side_score_as_their_single_paths(ground):
    points, regimes = candidates(ground, 60)
    alone = [ground.event.of_path(ground.path(x, mine))[0] for x, mine in zip(points, regimes, strict=True)]
    np.testing.assert_allclose(ground.scores(points, regimes), alone, rtol=1e-6, atol=1e-6)
    assert 3 < (np.array(alone) >= 0.0).sum() < 57


def test_a_road_is_nearer_than_the_mean_of_its_paths(world, fallen, ground):
    """The likeliest point of an event lies no farther out than a point that is in it: scale the mean until it is."""
    engine = Engine(world[1], ground.event, threads=1, progress=lambda _: None)
    sample = engine.sample(0, 4096, engine.calm())
    inside = sample.take(sample.happened)
    mean = ground.points(inside.sums.mean(axis=0)[None])[0]
    scaled = np.linspace(0.0, 40.0, 400)[:, None] * mean
    entered = scaled[np.flatnonzero(ground.scores(scaled, [()] * 400) >= 0.0)[0]]
    assert min(road.distance for road in fallen.roads) <= 1.02 * np.linalg.norm(entered)


def test_no_road_is_likelier_than_one_that_was_found(fallen, ground):
    """Against 20,000 points and regimes drawn at random: none in the event has surprises and regimes as probable."""
    best = max(road.beyond * road.holds for road in fallen.roads)
    rng, entered = np.random.default_rng(8), 0
    for _ in range(10):
        size = np.exp(rng.uniform(-1.0, 1.5, (2000, 1)))
        points = rng.standard_normal((2000, ground.alike * ground.quarters.size))
        points *= size / np.linalg.norm(points, axis=1, keepdims=True)
        regimes = [
            (During(int(r), int(begins), 2),) if r < ground.regimes else ()
            for r, begins in zip(rng.integers(0, 2 * ground.regimes, 2000), rng.integers(0, 8, 2000), strict=True)
        ]
        hit = np.flatnonzero(ground.scores(points, regimes) >= 0.0)
        chances = np.exp(ground.log_chances(points[hit], [regimes[i] for i in hit]))
        likelier, entered = hit[chances > best], entered + hit.size
        assert all(
            np.exp(ground.log_chances(points[i][None], [regimes[i]])[0]) * ground.holds(points[i], regimes[i]) <= best
            for i in likelier
        )
    assert entered > 500


def test_a_spell_is_on_when_it_says(world, ground):
    names = [regime.driver for regime in world[2].chances.regimes]
    r = names.index("debt_window")
    nothing = np.zeros((1, ground.alike * ground.quarters.size))
    course = ground.course(nothing, [(During(r, 2, 3),)])
    assert np.flatnonzero(course.on[r, :, 0]).tolist() == [2, 3, 4]
    assert course.harm[r, 3, 0] == ground.harm[r]
    assert not np.delete(course.on, r, axis=0).any()


def test_a_regime_on_a_road_has_the_middle_severity(world, ground):
    """The middle of a triangle is where half of its area lies below."""
    for (low, mode, high), middle in zip(world[2].arrays.severity, ground.harm, strict=True):
        assert stats.triang.cdf(middle, (mode - low) / (high - low), low, high - low) == pytest.approx(0.5)


def test_the_chance_of_a_spell_is_that_of_a_chain_with_two_states(world, ground):
    """By hand, no driver straying: on in quarter q with p / (p + e) (1 - (1 - p - e)^(q + 1)); it ends with e."""
    processes = world[2].arrays
    for r in range(ground.regimes):
        p, e = processes.begins[r], processes.ends[r]
        expected = p / (p + e) * (1.0 - (1.0 - p - e) ** 5) * (1.0 - e) ** 2
        nothing = np.zeros(ground.alike * ground.quarters.size)
        assert ground.spell_chances(nothing, (During(r, 4, 3),)) == [pytest.approx(expected)]
        log = ground.log_chances(nothing[None], [(During(r, 4, 3),)])[0]
        assert log == pytest.approx(np.log(0.5 * expected))


def test_paths_around_a_road_have_its_years(ground, monkeypatch):
    """Their surprises add up, year by year, to those of the road; tails are as drawn."""
    seen = []
    monkeypatch.setattr(Ground, "_with", lambda self, surprises, tails, regimes: seen.append((surprises, tails)))
    monkeypatch.setattr(Ground, "_scores", lambda self, course: np.array([1.0, -1.0, -1.0, -1.0]))
    point = np.random.default_rng(5).standard_normal(ground.alike * ground.quarters.size)
    assert ground.holds(point, ()) == 0.25
    surprises, tails = seen[0]
    sums = np.add.reduceat(surprises, np.arange(0, QUARTERS, 4), axis=1)
    for path in (0, 13):
        np.testing.assert_allclose(ground.points(sums[..., path][None])[0], point, atol=1e-12)
    assert surprises.std(axis=2).min() > 0.3
    assert tails.std() > 0.0


def test_the_same_seed_gives_the_same_answer(world, fallen):
    compiled, _, chance = world
    again = reverse(compiled, BASELINE, chance, Event((compiled.place["cloud"],)), paths=8000, seed=SEED)
    assert again.estimate == fallen.estimate
    assert [road.distance for road in again.roads] == [road.distance for road in fallen.roads]


def test_out_of_reach_says_how_near_it_came(world, monkeypatch):
    monkeypatch.setattr(entropy, "MOST_LEVELS", 2)
    compiled, _, chance = world
    with pytest.raises(NotConverged, match=r"the largest loss of any was [\d,.]+ billion dollars"):
        reverse(compiled, BASELINE, chance, Event((), 1e9), paths=5000, seed=SEED)


def test_too_few_paths_are_refused(world):
    compiled, _, chance = world
    with pytest.raises(InputError, match="100 paths; expected at least 5,000"):
        reverse(compiled, BASELINE, chance, Event((0,)), paths=100, seed=SEED)


@pytest.mark.parametrize(
    ("text", "million"),
    [("500bn", 5e5), ("1.2 trillion", 1.2e6), ("$250m", 250.0), ("500B", 5e5), ("1,500 bn", 1.5e6), ("2TN", 2e6)],
)
def test_amounts_are_read_as_people_write_them(text, million):
    assert amount_of(text) == pytest.approx(million)


@pytest.mark.parametrize("text", ["500", "5e11", "bn", "-5bn", "0bn", "many"])
def test_no_amount_is_refused(text):
    with pytest.raises(InputError, match="is no amount; expected a number with bn, m or tn; say for example 500bn"):
        amount_of(text)
