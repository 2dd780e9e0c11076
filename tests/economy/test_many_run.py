"""A run of many paths in a folder: the same bytes on any number of threads, after a stop, and when it is extended."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import KEPT
from cardhouse.economy.many.chunk import Sheet, part_of
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.groups import groups_of
from cardhouse.economy.many.losses import CLASSES, counted, expected_shortfall, value_at_risk
from cardhouse.economy.many.run import job_of, on_threads, run_many
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import RunChoices, calibrated
from cardhouse.economy.uncertain import laboratories, uncertainty, without_chance
from cardhouse.errors import OutputError

sys.path.insert(0, str(Path(__file__).parent))

from playing import firm, tie

DAY = date(2026, 2, 1)
CHUNK = 80
FIRMS = {
    "lab": firm("model", cash=20.0, costs=360.0, debt=300.0, equity=1500.0, interest=24.0),
    "cloud": firm("cloud", cash=60.0, debt=600.0, equity=1200.0, interest=48.0, capex=120.0),
    "maker": firm("compute"),
}


@pytest.fixture(scope="module")
def compiled(economy):
    rows = economy.texts("", FIRMS, assumed={"payment_days": {"all": 0.0}, "ai_demand_share": {"all": 1.0}})
    rows["ties"] += [tie("rent", "purchase", "lab", "cloud", 300), tie("chips", "supply", "cloud", "maker", 200)]
    return calibrated(compile_opening(open_book(economy.read(rows)), quarters=8))


@pytest.fixture(scope="module")
def setup(compiled):
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    return set_up(compiled, BASELINE, chance, seed=11)


@pytest.fixture
def job(compiled, setup):
    return lambda paths: job_of(
        compiled, BASELINE, RunChoices(quarters=8), setup, paths=paths, created=DAY, chunk=CHUNK
    )


def in_one_piece(job, paths, *, turns=1):
    """The first paths as one chunk of one piece; the openings that blocks take turns with are only counted."""
    whole = job(paths)
    openings = SimpleNamespace(values=np.zeros((turns, 0)))
    sheet = Sheet.of(len(whole.setup.nodes), whole.groups, paths)
    piece = sheet.take(Worker(whole.setup).run_again(0, paths), 0, paths)
    return part_of(sheet, [piece], number=0, first=0, count=paths, setup=replace(whole.setup, openings=openings))


def content(folder):
    return {f.name: f.read_bytes() for f in sorted(Path(folder).iterdir()) if f.suffix in (".parquet", ".json")}


def test_threads_change_nothing(job, tmp_path):
    """Byte for byte, manifest and all."""
    for threads in (1, 2, 5):
        run_many(job(500), tmp_path / str(threads), compute=on_threads(job(500), threads)).close()
    one = content(tmp_path / "1")
    assert one == content(tmp_path / "2") == content(tmp_path / "5")
    assert len(one) == 2 * 7 + 1


def test_a_run_that_was_stopped_goes_on_where_it_was(job, tmp_path):
    whole, stopped = job(400), job(400)
    run_many(whole, tmp_path / "whole").close()
    done = []

    def stops(numbers):
        for part in on_threads(stopped, 1)(numbers):
            if len(done) == 2:
                raise KeyboardInterrupt
            done.append(part.number)
            yield part

    with pytest.raises(KeyboardInterrupt):
        run_many(stopped, tmp_path / "part", compute=stops)
    asked = []

    def counts(numbers):
        asked.extend(numbers)
        return on_threads(stopped)(numbers)

    told = []
    run_many(stopped, tmp_path / "part", compute=counts, progress=lambda *x: told.append(x)).close()
    assert sorted(asked + done) == list(range(5))
    assert told[-1] == (400, 400)
    assert told[0][0] == 240
    assert content(tmp_path / "part") == content(tmp_path / "whole")


def test_more_paths_extend_a_run(job, tmp_path):
    run_many(job(200), tmp_path / "grown").close()
    run_many(job(400), tmp_path / "grown").close()
    run_many(job(400), tmp_path / "whole").close()
    assert content(tmp_path / "grown") == content(tmp_path / "whole")


def test_another_run_is_refused_with_the_difference_named(job, compiled, setup, tmp_path):
    run_many(job(160), tmp_path / "run").close()
    other = job_of(
        compiled, BASELINE, RunChoices(quarters=8), replace(setup, seed=12), paths=160, created=DAY, chunk=CHUNK
    )
    with pytest.raises(OutputError, match="seed"):
        run_many(other, tmp_path / "run")


def test_the_manifest_says_what_is_uncertain_so_that_a_refusal_can_name_the_option(compiled, setup):
    """Openings stand for drawn assumptions; chances of nothing for drivers that go as the scenario says."""
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    calm, drawn = without_chance(chance).arrays, SimpleNamespace(values=np.zeros((3, 0)), positions=np.zeros((3, 0)))
    said = {}
    for name, one in {
        "drivers": setup,
        "both": replace(setup, openings=drawn),
        "assumptions": replace(setup, openings=drawn, processes=calm),
    }.items():
        job = job_of(compiled, BASELINE, RunChoices(quarters=8), one, paths=160, created=DAY, chunk=CHUNK)
        said[name] = (job.manifest.layout["vary"], job.manifest.layout["openings"])
    assert said == {"drivers": ("drivers", 1), "both": ("both", 3), "assumptions": ("assumptions", 3)}


def test_the_parts_add_up_to_the_run_in_one_piece(job, setup, compiled, tmp_path):
    """Counts exactly; sums to rounding. The run in one piece is a single call of the kernel."""
    run_many(job(400), tmp_path / "run").close()
    folder = reopen(tmp_path / "run")
    whole = in_one_piece(job, 400)
    total = folder.total(whole.sums)
    for name, values in whole.sums.items():
        assert total[name].dtype == values.dtype, name
        np.testing.assert_allclose(total[name], values, rtol=1e-12, atol=1e-9, err_msg=name)
    for name, values in whole.paths.items():
        np.testing.assert_array_equal(folder.column(name), values, err_msg=name)


def test_a_part_says_who_fell_when_and_with_whom(setup, job):
    """From the paths themselves, counted by hand."""
    recorder = Worker(setup).run(0, 160)
    part = in_one_piece(job, 160, turns=3)
    lab, cloud = setup.nodes.index("lab"), setup.nodes.index("cloud")
    fell = recorder.fell >= 0
    assert fell[:, lab].any()
    assert part.sums["fell_with"][lab, cloud] == (fell[:, lab] & fell[:, cloud]).sum()
    assert part.sums["fell_with"][lab, lab] == fell[:, lab].sum()
    for q in range(8):
        assert part.sums["fell_at"][lab, q] == (recorder.fell[:, lab] == q).sum()
    opening = np.arange(160) // LANES % 3
    assert part.sums["fell_by_opening"][:, lab].tolist() == [int(fell[opening == k, lab].sum()) for k in range(3)]
    assert part.sums["paths_by_opening"].tolist() == [int((opening == k).sum()) for k in range(3)]


def test_a_part_adds_up_what_its_nodes_lost(setup, job):
    """Sums of nodes by group and by opening, added up here one path after the other; of 157 paths the last block is
    not whole.
    """
    recorder, part = Worker(setup).run(0, 157), in_one_piece(job, 157, turns=3)
    groups = job(157).groups
    opening = np.arange(157) // LANES % 3
    assert part.count == 157
    assert part.sums["paths_by_opening"].tolist() == [int((opening == k).sum()) for k in range(3)]
    for g, members in enumerate(groups.members):
        lost = recorder.sums_of[:, :, list(members)].sum(axis=-1)
        by_opening = [lost[opening == k].sum(axis=0) for k in range(3)]
        np.testing.assert_allclose(part.sums["loss_by_opening"][:, :, g], by_opening, rtol=1e-12, atol=1e-9)
        np.testing.assert_allclose(part.sums["loss_sums"][:, g].sum(axis=-1), lost.sum(axis=0), rtol=1e-12, atol=1e-9)
        assert (part.sums["loss_counts"][:, g].sum(axis=-1) == 157).all()
    for k, kind in enumerate(KEPT):
        np.testing.assert_allclose(part.paths[kind], recorder.sums_of[:, k].sum(axis=-1), rtol=1e-12, atol=1e-9)


def test_groups_are_nodes_layers_camps_and_all(compiled):
    groups = groups_of(compiled)
    assert groups.names[: len(compiled.nodes)] == compiled.nodes
    assert {"layer:model", "layer:cloud", "layer:compute", "camp:independent", "all"} <= set(groups.names)
    assert groups.members[groups.names.index("all")] == tuple(range(len(compiled.nodes)))
    clouds = tuple(i for i, n in enumerate(compiled.nodes) if n == "cloud")
    assert groups.members[groups.names.index("layer:cloud")] == clouds
    begins, members = groups.flat()
    assert [tuple(members[a:b]) for a, b in pairwise(begins)] == list(groups.members)


def test_amounts_lie_in_classes_of_less_than_two_percent():
    amounts = np.concatenate([[0.0], np.geomspace(100.0, 9e7, 500)])

    def classes_of(values):
        return np.array([int(np.flatnonzero(counted(np.array([v]))[0])[0]) for v in values])

    for sign in (1.0, -1.0):
        found = classes_of(sign * amounts)
        assert (np.diff(found) * sign >= 0).all()
        assert (classes_of(sign * amounts * 1.02)[1:-1] != found[1:-1]).all()
    assert classes_of(np.array([1e12, -1e12])).tolist() == [CLASSES - 1, 0]


def test_value_at_risk_and_expected_shortfall_against_the_sorted_losses():
    """A hundred thousand heavy losses: to the width of a class, which is 1.8 %; nothing lost in most of the paths."""
    rng = np.random.default_rng(3)
    losses = np.where(rng.random(100_000) < 0.3, 1000.0 * rng.pareto(2.5, 100_000), 0.0)
    counts, sums = counted(losses)
    assert counts.sum() == losses.size
    assert sums.sum() == pytest.approx(losses.sum(), rel=1e-12)
    ranked = np.sort(losses)
    for level in (0.5, 0.95, 0.99, 0.999):
        k = int(np.ceil(level * losses.size)) - 1
        assert value_at_risk(counts, sums, level) == pytest.approx(ranked[k], rel=0.018, abs=1e-9)
        worst = ranked[losses.size - round((1 - level) * losses.size) :]
        assert expected_shortfall(counts, sums, level) == pytest.approx(worst.mean(), rel=0.002)


def test_a_tie_at_the_quantile_counts_in_part():
    """Nine losses of 10 and one of 110 (Acerbi and Tasche): the worst fifth is half 110, half 10."""
    counts, sums = counted(np.array([10.0] * 9 + [110.0]))
    assert value_at_risk(counts, sums, 0.8) == 10.0
    assert expected_shortfall(counts, sums, 0.8) == pytest.approx(60.0)
    assert expected_shortfall(counts, sums, 0.9) == pytest.approx(110.0)
