"""Two runs side by side.

Truth: the differences path by path with numpy; the textbook error of a paired difference; how far differences stray
over many simulated pairs of runs; a part of a run compared with the whole (Cochran 1977, theorem 2.2).
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardhouse.economy.kernel.outcomes import KEPT
from cardhouse.economy.many import clusters
from cardhouse.economy.many.common_paths import over_common
from cardhouse.economy.many.compare import Change, Comparison, Shared, Swap, compare
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.totals import totals
from cardhouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from many_folders import CHUNK, NODES, Raw, drawn, first, written

Beside = Callable[..., Comparison]


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    def once(a: Raw, b: Raw, **changed: Any) -> Comparison:
        """Compare two runs; ``changed`` are fields of the manifest of the second."""
        place = tmp_path_factory.mktemp("two")
        with reopen(written(place / "a", a)) as x, reopen(written(place / "b", b, **changed)) as y:
            return compare((x, totals(x)), (y, totals(y)), labels=("in A", "in B"))

    return once


def fall(c: Comparison, node: str) -> Change:
    return next(x for x in c.falls if x.name == node)


@pytest.mark.parametrize("openings", [1, 25])
def test_with_the_same_random_numbers_the_error_is_that_of_the_difference(beside: Beside, openings: int) -> None:
    a, b = drawn(3, openings=openings), drawn(3, openings=openings, harder=0.1)
    c = beside(a, b, scenario_name="harder", scenario={"title": "Harder", "pulls": [], "shocks": [1]})
    assert (c.shared, c.paths, c.clusters) == (Shared.PATHS, (4000, 4000), 25 if openings == 25 else 4000)
    assert [x.name for x in c.falls] == [n for i, n in enumerate(NODES) if (a.down | b.down)[:, i].any()]
    for x, swap in zip(c.falls, c.swaps, strict=True):
        i = NODES.index(x.name)
        less = b.down[:, i].astype(float) - a.down[:, i]
        assert swap == Swap(int((less < 0).sum()), int((less > 0).sum()))
        assert (x.a, x.b, x.less) == pytest.approx((a.down[:, i].mean(), b.down[:, i].mean(), less.mean()))
        if openings == 1:
            assert x.error == pytest.approx(less.std() / np.sqrt(a.paths))
        else:
            apart = [(less[a.opening == j] - less.mean()).sum() for j in range(openings)]
            assert x.error == pytest.approx(np.sqrt(openings / (openings - 1) * np.square(apart).sum()) / a.paths)
        alone = np.hypot(*(clusters.error_of_shares(*_by_opening(r, i)) for r in (a, b)))
        assert x.error < 0.5 * alone


def _by_opening(raw: Raw, i: int) -> tuple[Any, Any]:
    found = np.array([raw.down[raw.opening == j, i].sum() for j in range(raw.openings)])
    return found, np.bincount(raw.opening)


@pytest.mark.parametrize("openings", [1, 25])
def test_mean_losses_are_compared_path_by_path_too(beside: Beside, openings: int) -> None:
    a, b = drawn(3, openings=openings), drawn(3, openings=openings, harder=0.1)
    c = beside(a, b)
    assert [x.name for x in c.losses] == list(KEPT)
    for k, x in enumerate(c.losses):
        less = b.total("all")[:, k] - a.total("all")[:, k]
        assert x.less == pytest.approx(less.mean())
        if openings == 1:
            assert x.error == pytest.approx(less.std() / np.sqrt(a.paths))
        else:
            apart = [(less[a.opening == j] - less.mean()).sum() for j in range(openings)]
            assert x.error == pytest.approx(np.sqrt(openings / (openings - 1) * np.square(apart).sum()) / a.paths)


def test_runs_of_different_seeds_share_the_openings(beside: Beside) -> None:
    """The openings do not depend on the seed; what strays between them strays on both sides and is no news."""
    a, b = drawn(3), drawn(3, harder=0.1)
    c = beside(a, b, seed=8)
    assert (c.shared, c.swaps) == (Shared.OPENINGS, ())
    assert fall(c, "openai").error == pytest.approx(fall(beside(a, b), "openai").error)


@pytest.mark.parametrize(("openings", "changed"), [(1, {}), (25, {"uncertainty": "v" * 64})])
def test_runs_that_share_nothing_have_the_error_of_two_runs(
    beside: Beside, openings: int, changed: dict[str, Any]
) -> None:
    a, b = drawn(3, openings=openings), drawn(4, openings=openings)
    c = beside(a, b, seed=8, **changed)
    assert (c.shared, c.swaps) == (Shared.NOTHING, ())
    assert c.clusters == (openings if openings > 1 else 4000)
    two = [clusters.error_of_shares(*_by_opening(r, 1)) for r in (a, b)]
    assert fall(c, "openai").error == pytest.approx(float(np.hypot(*two)))


HARDER: dict[str, Any] = {"scenario_name": "harder", "scenario": {"title": "Harder", "pulls": [], "shocks": [1]}}


@pytest.mark.parametrize("openings", [1, 25])
@pytest.mark.parametrize("paths", [2000, 1601])
def test_of_runs_of_different_lengths_the_first_paths_are_compared(beside: Beside, openings: int, paths: int) -> None:
    """As if the longer had been stopped where the shorter ends, whichever of the two it is."""
    a, b = drawn(3, openings=openings), drawn(3, openings=openings, harder=0.1)
    whole = beside(first(a, paths), first(b, paths), **HARDER)
    for c in (beside(a, first(b, paths), **HARDER), beside(first(a, paths), b, **HARDER)):
        assert (c.shared, c.paths, whole.shared) == (Shared.FIRST, (paths, paths), Shared.PATHS)
        assert (c.falls, c.swaps, c.losses, c.clusters) == (whole.falls, whole.swaps, whole.losses, whole.clusters)
    less = b.down[:paths, 1].astype(float) - a.down[:paths, 1]
    assert fall(whole, "openai").less == pytest.approx(less.mean())
    if openings == 1:
        assert fall(whole, "openai").error == pytest.approx(less.std() / np.sqrt(paths))


def test_a_longer_run_of_the_same_is_not_compared_with_its_own_beginning_path_by_path(beside: Beside) -> None:
    a = drawn(3)
    c = beside(a, first(a, 2000))
    assert (c.shared, c.swaps, c.paths) == (Shared.BEGINNING, (), (4000, 2000))
    assert c.differences == ("paths: 4,000 in A, 2,000 in B",)
    less = a.down[:2000, 1].mean() - a.down[:, 1].mean()
    assert fall(c, "openai").less == pytest.approx(less)
    parts = [
        (a.down[:n, 1][a.opening[:n] == j] - a.down[:n, 1].mean()).sum() / n for n in (2000, 4000) for j in range(25)
    ]
    apart = np.array(parts[:25]) - parts[25:]
    assert fall(c, "openai").error == pytest.approx(np.sqrt(25 / 24 * np.square(apart).sum()))


def test_a_beginning_strays_from_the_whole_as_a_sample_does_from_what_it_is_drawn_from(beside: Beside) -> None:
    """The same paths in 2,000 other orders: how far the mean of the first 1,000 strays from that of all 4,000."""
    a, rng = drawn(3, openings=1), np.random.default_rng(5)
    c = beside(first(a, 1000), a)
    assert (c.shared, c.clusters) == (Shared.BEGINNING, 1000)
    for x, values in (
        (fall(c, "openai"), a.down[:, 1].astype(float)),
        (c.losses[KEPT.index("stakes")], a.total("all")[:, KEPT.index("stakes")]),
    ):
        strayed = [rng.permutation(values)[:1000].mean() - values.mean() for _ in range(2000)]
        assert x.error == pytest.approx(np.std(strayed), rel=0.05)


@pytest.mark.parametrize("other", [1, 10])
def test_runs_of_one_seed_have_the_same_surprises_whatever_their_assumptions(beside: Beside, other: int) -> None:
    """25 openings against one: clusters are those of the 25. Against ten: blocks k and k + 5 may share one."""
    a, b = drawn(3, openings=25), drawn(3, openings=other)
    c = beside(a, b, uncertainty="v" * 64)
    assert (c.shared, c.clusters) == (Shared.PATHS, 25 if other == 1 else 5)
    less = b.down[:, 1].astype(float) - a.down[:, 1]
    cluster = np.arange(a.paths) // 8 % c.clusters
    apart = [(less[cluster == j] - less.mean()).sum() for j in range(c.clusters)]
    factor = c.clusters / (c.clusters - 1)
    assert fall(c, "openai").error == pytest.approx(np.sqrt(factor * np.square(apart).sum()) / a.paths)


def test_a_few_paths_of_one_opening_are_one_group(beside: Beside) -> None:
    a, b = drawn(3), drawn(3, harder=0.1)
    c = beside(first(a, 8), b, **HARDER)
    assert (c.shared, c.paths, c.clusters) == (Shared.FIRST, (8, 8), 1)


def test_openings_whose_turns_never_come_together_give_no_clusters(beside: Beside) -> None:
    c = beside(drawn(3, openings=25), drawn(3, openings=8), uncertainty="v" * 64)
    assert (c.shared, c.clusters) == (Shared.NOTHING, 8)


def test_runs_written_in_other_chunks_are_compared_path_by_path(beside: Beside) -> None:
    a, b = drawn(3), drawn(3, harder=0.1)
    c, other = beside(a, b, **HARDER), beside(a, b, chunk=640, **HARDER)
    assert (other.falls, other.swaps) == (c.falls, c.swaps)
    assert [(x.a, x.b, x.error) for x in other.losses] == [(x.a, x.b, x.error) for x in c.losses]


def test_a_long_comparison_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    peaks = []
    for chunks in (2, 12):
        sides = [written(tmp_path / f"{chunks}-{seed}", drawn(seed, chunks * CHUNK)) for seed in (3, 4)]
        with reopen(sides[0]) as a, reopen(sides[1]) as b:
            tracemalloc.start()
            over_common(a, b, NODES, KEPT, 25)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 2.0 * peaks[0]  # six times as many paths


def test_the_paired_error_is_how_far_differences_stray() -> None:
    """1,000 pairs of runs of 30 openings that share their moods: the same opening, other surprises in both."""
    rng = np.random.default_rng(2)
    paths = np.full(30, 40)
    mood = rng.beta(2, 5, (1000, 30))
    a, b = rng.binomial(40, mood), rng.binomial(40, np.minimum(mood * 1.1, 1.0))
    parts = [clusters.residuals(y, paths) - clusters.residuals(x, paths) for x, y in zip(a, b, strict=True)]
    errors = np.array([clusters.between(p, 30) for p in parts])
    assert np.sqrt(np.square(errors).mean()) == pytest.approx(((b - a).sum(axis=1) / 1200).std(), rel=0.06)


def test_a_run_beside_itself_differs_in_nothing(beside: Beside) -> None:
    a = drawn(3)
    c = beside(a, a)
    assert c.differences == ()
    assert {(x.less, x.error) for x in (*c.falls, *c.losses)} == {(0.0, 0.0)}
    assert {(s.only_a, s.only_b) for s in c.swaps} == {(0, 0)}


def test_the_other_way_round_every_difference_has_the_other_sign(beside: Beside) -> None:
    a, b = drawn(3), drawn(3, harder=0.1)
    there, back = beside(a, b), beside(b, a)
    for x, y in zip((*there.falls, *there.losses), (*back.falls, *back.losses), strict=True):
        assert (x.less, x.error) == pytest.approx((-y.less, y.error))
    assert [(s.only_a, s.only_b) for s in there.swaps] == [(s.only_b, s.only_a) for s in back.swaps]


def test_differences_name_what_was_asked_and_not_where_figures_are_counted(beside: Beside) -> None:
    a = drawn(3, 800, 5)
    c = beside(a, replace(a), scenario_name="dear-money", scenario={"shocks": [2]}, seed=9)
    assert len(c.differences) == 2
    assert c.differences[0].startswith("scenario: rents-fall")
    assert c.differences[1] == "seed: 7 in A, 9 in B"


def test_runs_without_a_common_firm_are_refused(beside: Beside) -> None:
    from many_folders import GROUPS, manifest_of

    a = drawn(3, 80, 2)
    others = ("n", "o", "r", "j")
    groups = {
        **{n: [i] for i, n in enumerate(others)},
        **{g: list(GROUPS[g]) for g in GROUPS if ":" in g or g == "all"},
    }
    layout = {**manifest_of(a).layout, "full": list(others[:3]), "groups": groups}
    with pytest.raises(InputError, match="no firm in common"):
        beside(a, a, nodes=others, layout=layout)


def test_a_card_that_is_pulled_is_told_apart(beside: Beside) -> None:
    a = drawn(3)
    fell = a.fell.copy()
    fell[:, 1] = -2  # OpenAI's card in the first quarter
    pulls = [{"firm": "openai", "pays": 0.0, "start": 1}]
    c = beside(a, replace(a, fell=fell), scenario_name="stops", scenario={"title": "Stops", "pulls": pulls})
    assert c.pulled == (frozenset(), frozenset({"openai"}))
    assert [x.name for x in c.falls if not c.by_chance(x.name)] == ["openai"]
