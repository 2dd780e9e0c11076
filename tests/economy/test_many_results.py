"""What a run of many paths says.

Truth: the same figures by numpy from every single path; textbook errors by hand (Cochran 1977, a ratio of cluster
totals to cluster sizes); the spread of an estimate over many simulated runs; the jackknife and the bootstrap over
openings; the binomial distribution by scipy.
"""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from cardhouse.economy.kernel.outcomes import CAUSES, KEPT, MEASURES, WORLD_MEASURES
from cardhouse.economy.many import clusters
from cardhouse.economy.many.folder import open_folder, reopen
from cardhouse.economy.many.results import Default, defaults, rests
from cardhouse.economy.many.results_falls import falls_of
from cardhouse.economy.many.results_fans import LEVELS, Quantile, fans, quantile, world_fans
from cardhouse.economy.many.results_joint import Estimate, falls_with, joint
from cardhouse.economy.many.results_losses import ACCURACY, losses
from cardhouse.economy.many.totals import Totals, groups_in, totals
from cardhouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from many_folders import CHUNK, FULL, GROUPS, NODES, QUARTERS, Raw, classes_of, drawn, manifest_of, part, written


@pytest.fixture(scope="module", params=[25, 1], ids=["25 openings", "one opening"])
def raw(request: pytest.FixtureRequest) -> Raw:
    return drawn(3, openings=request.param)


@pytest.fixture(scope="module")
def path(raw: Raw, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("run") / "run", raw)


@pytest.fixture(scope="module")
def answer(path: Path) -> Totals:
    with reopen(path) as folder:
        return totals(folder)


@pytest.fixture(scope="module")
def found(path: Path, answer: Totals) -> tuple[Default, ...]:
    with reopen(path) as folder:
        return defaults(answer, falls_of(folder, answer).at)


def all_defaults(path: Path) -> tuple[Default, ...]:
    with reopen(path) as folder:
        answer = totals(folder)
        return defaults(answer, falls_of(folder, answer).at)


# -- who falls -------------------------------------------------------------------------------------------------------


def test_a_probability_is_the_share_of_the_paths_in_which_a_node_falls(raw: Raw, found: tuple[Default, ...]) -> None:
    by_node = {d.node: d for d in found}
    for i, node in enumerate(NODES):
        assert by_node[node].falls == raw.down[:, i].sum()
        assert by_node[node].probability == pytest.approx(raw.down[:, i].mean())
        assert by_node[node].tested == (node in FULL)
        by_quarter = [((raw.fell[:, i] >= 0) & (raw.fell[:, i] <= q)).mean() for q in range(QUARTERS)]
        assert by_node[node].by_quarter == pytest.approx(by_quarter)
        assert by_node[node].by_year == pytest.approx([by_quarter[3], by_quarter[7]])


def test_the_quarter_of_a_fall_is_the_quantile_of_the_falls_alone(raw: Raw, found: tuple[Default, ...]) -> None:
    for d in found:
        fell = raw.fell[:, NODES.index(d.node)]
        if (fell == -1).all():
            assert d.when is None
        else:
            assert d.when is not None
            steps = np.quantile(fell[fell >= 0], [0.1, 0.5, 0.9], method="inverted_cdf")
            assert (d.when.early, d.when.middle, d.when.late) == tuple(steps)


def test_causes_are_shares_of_the_failures(raw: Raw, found: tuple[Default, ...]) -> None:
    for d in found:
        i = NODES.index(d.node)
        if raw.down[:, i].any():
            assert [cause for cause, _ in d.causes] == list(CAUSES)
            assert [x for _, x in d.causes] == pytest.approx(raw.causes[raw.down[:, i], i].mean(axis=0))
            assert sum(x for _, x in d.causes) == pytest.approx(1.0)
        else:
            assert d.causes == ()


def test_the_error_is_that_between_openings_or_binomial_where_there_is_one(
    raw: Raw, found: tuple[Default, ...]
) -> None:
    openai = next(d for d in found if d.node == "openai")
    down, p = raw.down[:, 1], raw.down[:, 1].mean()
    if raw.openings == 1:
        assert openai.error == pytest.approx(np.sqrt(p * (1 - p) / raw.paths))
    else:
        m = raw.openings
        apart = [down[raw.opening == j].sum() - p * (raw.opening == j).sum() for j in range(m)]
        assert openai.error == pytest.approx(np.sqrt(m / (m - 1) * np.square(apart).sum()) / raw.paths)
        assert openai.error > 2.0 * np.sqrt(p * (1 - p) / raw.paths)


def test_the_error_between_clusters_by_hand() -> None:
    """Three openings of 16, 16 and 8 paths with 4, 8 and 0 falls: p = 0.3; they stray by -0.8, 3.2 and -2.4."""
    falls, paths = np.array([4, 8, 0]), np.array([16, 16, 8])
    assert clusters.means(falls, paths) == pytest.approx(0.3)
    assert clusters.error_of_shares(falls, paths) == pytest.approx(np.sqrt(1.5 * (0.64 + 10.24 + 5.76)) / 40)


def test_an_opening_without_paths_is_no_cluster() -> None:
    some = clusters.error_of_shares(np.array([4, 8, 0]), np.array([16, 16, 8]))
    more = clusters.error_of_shares(np.array([4, 8, 0, 0]), np.array([16, 16, 8, 0]))
    assert more == pytest.approx(float(some))


def test_the_error_is_how_far_the_probability_strays_from_run_to_run() -> None:
    """2,000 runs of 40 openings of 50 paths, falls by an opening's own probability: Beta(2, 6)."""
    rng = np.random.default_rng(1)
    paths = np.full(40, 50)
    falls = rng.binomial(50, rng.beta(2, 6, (2000, 40)))
    errors = np.array([clusters.error_of_shares(one, paths) for one in falls])
    strayed = (falls.sum(axis=1) / 2000).std()
    assert np.sqrt(np.square(errors).mean()) == pytest.approx(strayed, rel=0.05)
    assert np.sqrt(0.25 * 0.75 / 2000) < 0.5 * strayed


@pytest.mark.parametrize("paths", [1, 9, 2000, 100_000])
def test_with_the_bound_no_fall_at_all_has_one_chance_in_twenty(paths: int) -> None:
    """By the binomial distribution; from a hundred paths on it is three over their number to two percent."""
    least, most = clusters.bounds(0, paths)
    assert least is None
    assert most is not None
    assert binom.pmf(0, paths, most) == pytest.approx(0.05)
    assert paths < 100 or most == pytest.approx(3.0 / paths, rel=0.02)
    always, none = clusters.bounds(paths, paths)
    assert none is None
    assert always is not None
    assert binom.pmf(paths, paths, always) == pytest.approx(0.05)
    assert paths == 1 or clusters.bounds(1, paths) == (None, None)


def test_a_firm_that_never_falls_or_always_does_has_a_bound(tmp_path: Path) -> None:
    raw = drawn(5, 800, 40)
    fell = raw.fell.copy()
    fell[:, 0], fell[:, 1] = -1, 3
    nvidia, openai, oracle = all_defaults(written(tmp_path / "run", replace(raw, fell=fell)))[:3]
    assert (nvidia.probability, nvidia.least, nvidia.most) == (0.0, *clusters.bounds(0, 800))
    assert (openai.probability, openai.least, openai.most) == (1.0, *clusters.bounds(800, 800))
    assert (oracle.least, oracle.most) == (None, None)


# -- how well a date is known ----------------------------------------------------------------------------------------


def median_of(at: np.ndarray) -> float:
    """Quarters until half of the falls have come, those of a quarter spread evenly over it; ``at`` (Q,)."""
    so_far = np.concatenate([[0], np.cumsum(at)])
    return float(np.interp(so_far[-1] / 2, so_far, np.arange(QUARTERS + 1)))


def moved(raw: Raw) -> Raw:
    """The same run, falls of one opening sooner and of another later by up to two quarters."""
    later = np.random.default_rng(8).integers(-2, 3, raw.openings)[raw.opening]
    return replace(
        raw, fell=np.where(raw.down, np.clip(raw.fell + later[:, None], 0, QUARTERS - 1), -1).astype(np.int16)
    )


@pytest.mark.parametrize("openings", [60, 1])
def test_the_error_of_a_median_date_is_that_of_the_bootstrap(tmp_path: Path, openings: int) -> None:
    """Whole openings drawn again, 1,000 times; where there is one, single paths."""
    raw = moved(drawn(3, openings=openings))
    fell, cluster = raw.fell[:, 1], raw.opening if openings > 1 else np.arange(raw.paths)
    at = np.zeros((cluster.max() + 1, QUARTERS))
    np.add.at(at, (cluster[fell >= 0], fell[fell >= 0]), 1)
    times = np.random.default_rng(4).multinomial(len(at), np.full(len(at), 1 / len(at)), 1000)
    again = [median_of(one) for one in times @ at]
    openai = next(d for d in all_defaults(written(tmp_path / "run", raw)) if d.node == "openai")
    assert openai.when is not None
    assert openai.when.known is not None
    assert openai.when.known.error == pytest.approx(np.std(again), rel=0.1)
    ends = np.floor(np.quantile(again, [0.025, 0.975]))
    assert np.abs(np.array([openai.when.known.low, openai.when.known.high]) - ends).max() <= 1


def test_the_error_of_a_median_date_by_hand() -> None:
    """40 falls in each of four quarters: the half has an error of 0.5 / sqrt(160), and a quarter has a fourth of them.

    0.158 quarters; the interval reaches 0.31 quarters to either side of the end of the second.
    """
    found = clusters.middle(np.full((1, 4), 40), np.array([1000]))
    assert found is not None
    assert found.error == pytest.approx(4 * 0.5 / np.sqrt(160))
    assert (found.low, found.high) == (1, 2)


def test_the_error_of_a_median_date_is_how_far_it_strays_from_run_to_run() -> None:
    """400 runs of 100 openings whose falls come around a quarter of their own."""
    rng = np.random.default_rng(6)
    medians, errors = [], []
    for _ in range(400):
        own = rng.normal(4.5, 1.0, 100)
        steps = np.clip(np.floor(own[:, None] + rng.normal(0.0, 1.5, (100, 30))), 0, QUARTERS - 1).astype(int)
        at = np.array([np.bincount(one, minlength=QUARTERS) for one in steps])
        found = clusters.middle(at, np.full(100, 80))
        assert found is not None
        medians.append(median_of(at.sum(axis=0)))
        errors.append(found.error)
    assert np.sqrt(np.square(errors).mean()) == pytest.approx(np.std(medians), rel=0.1)


def test_a_date_of_falls_in_few_openings_has_no_error() -> None:
    at, paths = np.zeros((512, 8), dtype=int), np.full(512, 16)
    at[:29, 3] = 10
    assert clusters.middle(at, paths) is None
    at[29, 4] = 10
    assert clusters.middle(at, paths) is not None
    assert clusters.middle(np.array([[29, 0, 0]]), np.array([4000])) is None


def test_falls_that_all_come_in_one_quarter_have_no_error_in_quarters() -> None:
    at = np.zeros((40, 8), dtype=int)
    at[:, 3] = 5
    assert clusters.middle(at, np.full(40, 8)) == clusters.Middle(0.0, 3, 3)


# -- pulled and reorganised ------------------------------------------------------------------------------------------


def test_a_pulled_card_is_marked_and_is_no_failure(tmp_path: Path) -> None:
    raw = drawn(5, 800, 5)
    fell = raw.fell.copy()
    fell[:, 0] = -2 - 1  # pulled in the second quarter
    pulled = written(
        tmp_path / "run", replace(raw, fell=fell), scenario={"pulls": [{"firm": "nvidia", "pays": 0.0, "start": 2}]}
    )
    nvidia, openai = all_defaults(pulled)[:2]
    assert (nvidia.least, nvidia.most) == (None, None)
    assert (nvidia.falls, nvidia.pulled, nvidia.reorganised, nvidia.causes) == (800, 800, 0, ())
    assert (nvidia.probability, nvidia.error, nvidia.by_quarter[:2]) == (1.0, 0.0, (0.0, 1.0))
    assert openai.pulled == 0


def test_a_firm_that_goes_on_under_new_owners_did_not_fall_but_its_failures_count(tmp_path: Path) -> None:
    raw = drawn(5, 800, 5)
    manifest = manifest_of(raw)
    one = part(raw, 0)
    fell = {**one.sums, **{n: one.sums[n].copy() for n in ("fell_at", "fell_with", "fell_by_opening")}}
    failed = int(one.sums["failures"][1])
    fell["fell_at"][1], fell["fell_with"][1], fell["fell_with"][:, 1], fell["fell_by_opening"][:, 1] = 0, 0, 0, 0
    with open_folder(tmp_path / "run", manifest) as folder:
        folder.write(replace(one, sums=fell))
    openai = next(d for d in all_defaults(tmp_path / "run") if d.node == "openai")
    assert (openai.falls, openai.probability, openai.reorganised) == (0, 0.0, failed)
    assert failed > 0


# -- who falls with whom ---------------------------------------------------------------------------------------------


def test_falls_are_counted_by_opening_as_in_the_paths(raw: Raw, path: Path, answer: Totals) -> None:
    with reopen(path) as folder:
        falls = falls_of(folder, answer)
    fell = [i for i in range(len(NODES)) if raw.down[:, i].any()]
    assert list(falls.at) == [NODES[i] for i in fell]
    for i in fell:
        expected = [
            [((raw.opening == j) & (raw.fell[:, i] == q)).sum() for q in range(QUARTERS)] for j in range(raw.openings)
        ]
        np.testing.assert_array_equal(falls.at[NODES[i]], expected)
    assert falls.tested == tuple(NODES[i] for i in fell if NODES[i] in FULL)
    down = raw.down[:, [NODES.index(node) for node in falls.tested]].astype(int)
    expected = [down[raw.opening == j].T @ down[raw.opening == j] for j in range(raw.openings)]
    np.testing.assert_array_equal(falls.together, expected)


def test_a_long_run_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    peaks = []
    for chunks in (2, 12):
        raw = drawn(3, chunks * CHUNK)
        with reopen(written(tmp_path / str(chunks), raw)) as folder:
            answer = totals(folder)
            tracemalloc.start()
            falls_of(folder, answer)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 2.0 * peaks[0]  # six times as many paths


def test_firms_that_always_fall_together_have_bounds(tmp_path: Path) -> None:
    """Oracle falls in 28 of 800 paths, and OpenAI in all of these: with 95 % confidence in more than 89.8 %."""
    raw = drawn(5, 800, 40)
    fell = np.full_like(raw.fell, -1)
    fell[:28, [1, 2]], fell[28:400, 1] = 2, 3
    with reopen(written(tmp_path / "run", replace(raw, fell=fell))) as folder:
        answer = totals(folder)
        pair = joint(answer, falls_of(folder, answer))[0]
    assert (pair.a_given_b.value, pair.a_given_b.most) == (1.0, None)
    assert pair.a_given_b.least == pytest.approx(0.8985, abs=1e-4)
    assert (pair.b_given_a.least, pair.both.least, pair.lift.least) == (None, None, None)


def test_firms_that_never_fall_together_have_bounds(tmp_path: Path) -> None:
    """OpenAI falls in 400 of 800 paths and Oracle in 40 others; chance would have both fall in 20."""
    raw = drawn(5, 800, 40)
    fell = np.full_like(raw.fell, -1)
    fell[:400, 1], fell[400:440, 2] = 3, 2
    with reopen(written(tmp_path / "run", replace(raw, fell=fell))) as folder:
        answer = totals(folder)
        pair = joint(answer, falls_of(folder, answer))[0]
    assert (pair.paths, pair.both.value, pair.lift.value) == (0, 0.0, 0.0)
    assert pair.both.most == pytest.approx(3.0 / 800, rel=0.01)
    assert pair.a_given_b.most == pytest.approx(1.0 - 0.05 ** (1 / 40))
    assert pair.lift.most == pytest.approx((3.0 / 800) / (0.5 * 0.05), rel=0.01)


def test_pairs_are_counted_path_by_path(raw: Raw, path: Path, answer: Totals) -> None:
    with reopen(path) as folder:
        pairs = joint(answer, falls_of(folder, answer))
    fell = [node for node in FULL if raw.down[:, NODES.index(node)].any()]
    assert [(p.a, p.b) for p in pairs] == [(a, b) for i, a in enumerate(fell) for b in fell[i + 1 :]]
    for p in pairs:
        a, b = (raw.down[:, NODES.index(node)] for node in (p.a, p.b))
        both = (a & b).mean()
        assert p.paths == (a & b).sum()
        assert p.both.value == pytest.approx(both)
        assert p.b_given_a.value == pytest.approx(both / a.mean())
        assert p.a_given_b.value == pytest.approx(both / b.mean())
        assert p.lift.value == pytest.approx(both / (a.mean() * b.mean()))
        assert p.lift.value > 1.2  # they share a surprise


def test_errors_of_pairs_are_those_of_the_jackknife(raw: Raw, path: Path, answer: Totals) -> None:
    """One opening left out at a time; where there is one, one block of eight paths, which are independent."""
    with reopen(path) as folder:
        pair = next(p for p in joint(answer, falls_of(folder, answer)) if (p.a, p.b) == ("openai", "oracle"))
    a, b = raw.down[:, 1], raw.down[:, 2]
    cluster = raw.opening if raw.openings > 1 else np.arange(raw.paths) // 8
    left = []
    for j in range(cluster.max() + 1):
        keep = cluster != j
        pa, pb, both = a[keep].mean(), b[keep].mean(), (a & b)[keep].mean()
        left.append([both, both / pa, both / pb, both / (pa * pb)])
    m = len(left)
    jackknife = np.sqrt((m - 1) / m * np.square(np.array(left) - np.mean(left, axis=0)).sum(axis=0))
    found = [pair.both.error, pair.b_given_a.error, pair.a_given_b.error, pair.lift.error]
    assert found == pytest.approx(list(jackknife), rel=0.1)


def test_who_falls_with_a_firm_is_ranked(path: Path, answer: Totals) -> None:
    with reopen(path) as folder:
        pairs = joint(answer, falls_of(folder, answer))
    with_oracle = falls_with(pairs, "oracle")
    assert with_oracle[0][0] == "openai"
    assert [e.value for _, e in with_oracle] == sorted((e.value for _, e in with_oracle), reverse=True)
    assert falls_with(pairs, "lancaster-jv") == ()
    assert isinstance(with_oracle[0][1], Estimate)


def test_a_run_in_which_at_most_one_firm_falls_has_no_pairs(tmp_path: Path) -> None:
    raw = drawn(5, 800, 5)
    fell = raw.fell.copy()
    fell[:, 1:] = -1
    with reopen(written(tmp_path / "run", replace(raw, fell=fell))) as folder:
        sums = totals(folder)
        assert joint(sums, falls_of(folder, sums)) == ()


# -- who loses -------------------------------------------------------------------------------------------------------


def test_losses_are_those_of_the_single_paths(raw: Raw, answer: Totals) -> None:
    found = losses(answer)
    assert [(x.kind, x.group) for x in found] == [(k, g) for k in KEPT for g in groups_in(answer.manifest)]
    for x in found:
        amounts = np.sort(raw.total(x.group)[:, KEPT.index(x.kind)])
        n = amounts.size
        assert x.mean == pytest.approx(amounts.mean())
        assert x.share == pytest.approx((amounts > ACCURACY).mean())
        for level, at_risk, shortfall in zip((0.95, 0.99), x.value_at_risk, x.expected_shortfall, strict=True):
            worst = round((1.0 - level) * n)
            assert at_risk == pytest.approx(np.quantile(amounts, level, method="inverted_cdf"), rel=ACCURACY, abs=0.1)
            assert shortfall == pytest.approx(amounts[n - worst :].mean(), rel=ACCURACY / 10, abs=0.1)
            assert shortfall >= at_risk * (1.0 - 1e-12)


def test_tails_rest_on_at_most_so_many_openings_with_a_loss(raw: Raw, answer: Totals) -> None:
    """Counted one by one: of what those outside lose on a failure only openings in which one falls have any."""
    groups = raw.openings if raw.openings > 1 else raw.paths
    for x in losses(answer):
        amounts = raw.total(x.group)[:, KEPT.index(x.kind)]
        lossy, most = int((amounts > ACCURACY).sum()), groups
        if x.kind == "outside" and raw.openings > 1:
            most = np.unique(raw.opening[raw.down[:, list(GROUPS[x.group])].any(axis=1)]).size
        assert x.rests_on == tuple(min(lossy, most, round((1.0 - level) * raw.paths)) for level in (0.95, 0.99))


def test_groups_stand_in_the_order_of_their_arrays(answer: Totals) -> None:
    """A manifest sorts names; the arrays are nodes as in the book, layers, camps, all."""
    assert set(groups_in(answer.manifest)) == set(GROUPS)
    assert groups_in(answer.manifest)[: len(NODES)] == NODES


def test_the_error_of_a_mean_loss(raw: Raw, answer: Totals) -> None:
    """Between openings, by hand; with one opening the deviation of the paths over the root of their number."""
    x = next(x for x in losses(answer) if (x.kind, x.group) == ("stakes", "camp:openai"))
    amounts = raw.total("camp:openai")[:, 1]
    if raw.openings == 1:
        assert x.error == pytest.approx(amounts.std() / np.sqrt(raw.paths), rel=1e-3)
    else:
        m = raw.openings
        apart = [(amounts[raw.opening == j] - amounts.mean()).sum() for j in range(m)]
        assert x.error == pytest.approx(np.sqrt(m / (m - 1) * np.square(apart).sum()) / raw.paths)


# -- fans ------------------------------------------------------------------------------------------------------------


def test_quantiles_of_fans_are_those_of_the_paths_to_a_class(raw: Raw, answer: Totals) -> None:
    for f, node in enumerate(FULL):
        for k, fan in enumerate(fans(answer, node)):
            assert fan.measure == MEASURES[k]
            figures = raw.figures[:, :, k, f]
            assert fan.means == pytest.approx(figures.mean(axis=0))
            exact = np.quantile(figures, LEVELS, axis=0)
            for q in range(QUARTERS):
                for i, level in enumerate(LEVELS):
                    assert fan.at(q, level).beyond == 0
                    assert abs(fan.at(q, level).value - exact[i, q]) <= fan.at(q, level).width


def test_the_world_has_fans_too(raw: Raw, answer: Totals) -> None:
    found = world_fans(answer)
    assert [fan.measure for fan in found] == list(WORLD_MEASURES)
    for k, fan in enumerate(found):
        exact = np.quantile(raw.world[:, :, k], 0.5, axis=0)
        assert [fan.at(q, 0.5).value for q in range(QUARTERS)] == pytest.approx(exact, abs=0.02)


def test_a_quantile_lies_on_a_straight_line_inside_its_class() -> None:
    """Eight classes a side around 100 with a unit of 80: the first octave, so each 10 wide, and the last without end.

    Of ten paths four lie from 90 to 100, six from 100 to 110. A fifth is half way through the first of these classes,
    seven tenths half way through the second.
    """
    counts = np.zeros(17, dtype=int)
    counts[7:9] = 4, 6
    assert quantile(counts, 100.0, 1 / 80, 0.2) == Quantile(pytest.approx(95.0), 0, pytest.approx(10.0))
    assert quantile(counts, 100.0, 1 / 80, 0.7) == Quantile(pytest.approx(105.0), 0, pytest.approx(10.0))


def test_classes_grow_with_the_distance_from_the_middle() -> None:
    """The second octave reaches from one unit to three, the third from three to seven: classes of 20 and of 40."""
    counts = np.zeros(49, dtype=int)
    counts[24 + 8], counts[24 + 16] = 50, 50
    assert quantile(counts, 100.0, 1 / 80, 0.25) == Quantile(pytest.approx(190.0), 0, pytest.approx(20.0))
    assert quantile(counts, 100.0, 1 / 80, 0.75) == Quantile(pytest.approx(360.0), 0, pytest.approx(40.0))


def test_a_quantile_in_the_outermost_class_is_a_bound() -> None:
    counts = np.zeros(17, dtype=int)
    counts[[0, 7, 15]] = 30, 40, 30
    assert quantile(counts, 100.0, 1 / 80, 0.05) == Quantile(pytest.approx(30.0), -1, 0.0)
    assert quantile(counts, 100.0, 1 / 80, 0.5) == Quantile(pytest.approx(95.0), 0, pytest.approx(10.0))
    assert quantile(counts, 100.0, 1 / 80, 0.95) == Quantile(pytest.approx(170.0), 1, 0.0)


def test_paths_at_nothing_have_a_place_of_their_own() -> None:
    """A middle of 27.5: nothing lies three quarters of the way down the class from 7.5 to -2.5.

    A firm has fallen in 20 of 100 paths and has nothing. 5 have less than -2.5, and of the 10 of that class 2.5 are
    taken to have less than nothing: the 20 come after 7.5.
    """
    counts = np.zeros(17, dtype=int)
    counts[[4, 5, 8, 16]] = 5, 10, 65, 20
    assert quantile(counts, 27.5, 1 / 80, 0.07).value == pytest.approx(-0.5)
    assert quantile(counts, 27.5, 1 / 80, 0.08) == Quantile(0.0, 0, 0.0)
    assert quantile(counts, 27.5, 1 / 80, 0.27) == Quantile(0.0, 0, 0.0)
    assert quantile(counts, 27.5, 1 / 80, 0.28).value == pytest.approx(0.5)


def test_where_no_path_is_in_a_class_below_nothing_none_is_taken_to_be() -> None:
    """The same without the five: the ten of the class around nothing lie from there to 7.5."""
    counts = np.zeros(17, dtype=int)
    counts[[5, 8, 16]] = 10, 70, 20
    assert quantile(counts, 27.5, 1 / 80, 0.2) == Quantile(0.0, 0, 0.0)
    assert quantile(counts, 27.5, 1 / 80, 0.25).value == pytest.approx(3.75)


def counted(values: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Counts of values, on a scale around their median with a unit of an eighth of the distance of their quartiles."""
    middle = float(np.median(values))
    per_unit = 8.0 / float(np.quantile(values, 0.75) - np.quantile(values, 0.25))
    return classes_of(values, middle, per_unit), middle, per_unit


def test_what_spreads_over_a_hundredfold_is_told_to_a_few_percent() -> None:
    """A market value of fat tails (lognormal, 1.2): its first and last percent are 265 times apart.

    To three percent of itself or of the middle: classes at the distance of nothing are an eighth of it wide.
    """
    values = np.exp(np.random.default_rng(5).normal(0.0, 1.2, 20_000)) * 1e6
    counts, middle, per_unit = counted(values)
    for level in LEVELS:
        exact = np.quantile(values, level)
        assert quantile(counts, middle, per_unit, level).value == pytest.approx(exact, rel=0.03, abs=0.03 * middle)


def test_a_figure_that_is_never_nothing_is_never_told_to_be_or_below() -> None:
    """A hundred-thousandfold: the class around nothing holds a tenth of the paths, all of them above it."""
    values = np.exp(np.random.default_rng(5).normal(0.0, 2.5, 20_000)) * 1e6
    counts, middle, per_unit = counted(values)
    for level in LEVELS[:-1]:
        found, exact = quantile(counts, middle, per_unit, level), np.quantile(values, level)
        assert found.value > 0.0
        assert abs(found.value - exact) <= found.width


def test_a_firm_that_is_not_tested_has_no_fan(answer: Totals) -> None:
    with pytest.raises(InputError, match=r"lancaster-jv is not tested .* one of nvidia, openai, oracle"):
        fans(answer, "lancaster-jv")
    with pytest.raises(InputError, match="wizz is not in this run"):
        answer.place("wizz")


# -- where it rests, and what cannot be read -------------------------------------------------------------------------


def test_the_answer_says_where_it_rests(raw: Raw, answer: Totals) -> None:
    r = rests(answer)
    assert (r.scenario, r.seed, r.paths, r.openings) == ("rents-fall", 7, raw.paths, raw.openings)
    assert (r.drawn, r.clusters) == ((True, 25) if raw.openings == 25 else (False, raw.paths))
    assert (r.book_date.isoformat(), len(r.quarters), r.title) == ("2026-09-30", QUARTERS, "Rents fall")


def test_fewer_blocks_than_openings_leave_some_unused(tmp_path: Path) -> None:
    raw = drawn(5, 80, 25)
    with reopen(written(tmp_path / "run", raw)) as folder:
        answer = totals(folder)
        pairs = joint(answer, falls_of(folder, answer))
    assert (rests(answer).openings, rests(answer).drawn, rests(answer).clusters) == (10, True, 10)
    assert all(np.isfinite(p.both.error) for p in pairs)


def test_an_unfinished_run_gives_no_answer(tmp_path: Path) -> None:
    raw = drawn(5, 2 * CHUNK, 5)
    with open_folder(tmp_path / "run", manifest_of(raw)) as folder:
        folder.write(part(raw, 1))
        with pytest.raises(InputError, match="lacks 1 of 2 chunks"):
            totals(folder)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("full", None, "does not list its full"),
        ("full", ["nvidia"], "counts has shape"),
        ("kinds", "credit", "does not list its kinds"),
        ("groups", {"all": [0]}, "does not name its groups"),
        ("openings", 0, "how many openings"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, key: str, value: object, says: str) -> None:
    raw = drawn(5, 80, 2)
    layout = {**manifest_of(raw).layout, key: value}
    with reopen(written(tmp_path / "run", raw, layout=layout)) as folder, pytest.raises(InputError, match=says):
        totals(folder)


def test_classes_that_lie_nowhere_are_refused(tmp_path: Path) -> None:
    raw = drawn(5, 80, 2)
    layout = {**manifest_of(raw).layout, "classes": {"lowest": [0.0]}}
    with reopen(written(tmp_path / "run", raw, layout=layout)) as folder:
        answer = totals(folder)
    with pytest.raises(InputError, match="where the classes of figures lie"):
        fans(answer, "openai")
