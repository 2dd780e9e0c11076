"""Two runs side by side.

Truth: the differences path by path with numpy; the textbook error of a paired difference; how far differences stray
over many simulated pairs of runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardhouse.economy.kernel.outcomes import KEPT
from cardhouse.economy.many import clusters
from cardhouse.economy.many.compare import Change, Comparison, Shared, Swap, compare
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.results import totals
from cardhouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from many_folders import NODES, Raw, drawn, written

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
    assert c.shared is Shared.PATHS
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


@pytest.mark.parametrize(
    ("openings", "changed"), [(1, {"seed": 8}), (25, {"uncertainty": "v" * 64}), (1, {"uncertainty": "v" * 64})]
)
def test_runs_that_share_nothing_have_the_error_of_two_runs(
    beside: Beside, openings: int, changed: dict[str, Any]
) -> None:
    a, b = drawn(3, openings=openings), drawn(4, openings=openings)
    c = beside(a, b, **changed)
    assert (c.shared, c.swaps) == (Shared.NOTHING, ())
    two = [clusters.error_of_shares(*_by_opening(r, 1)) for r in (a, b)]
    assert fall(c, "openai").error == pytest.approx(float(np.hypot(*two)))


def test_runs_of_different_lengths_share_openings_but_no_paths(beside: Beside) -> None:
    c = beside(drawn(3), drawn(3, 2000))
    assert c.shared is Shared.OPENINGS
    assert "paths: 4,000 in A, 2,000 in B" in c.differences


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
