"""Many paths against the single path: what is drawn differs, what is computed does not."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE, Drivers
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import CAUSES, CLASSES, KEPT, MEASURES, NOTHING, SIDE, WORLD_MEASURES
from cardhouse.economy.ledger import Why
from cardhouse.economy.many.setup import PILOT, set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.opening import open_book
from cardhouse.economy.openings import openings_of
from cardhouse.economy.openings_drawn import values_at
from cardhouse.economy.recompiled import compiled_book, with_centrals
from cardhouse.economy.run import RunChoices, calibrated, drivers_for, run_from, simulate
from cardhouse.economy.scenario import PullEvent, Shape, Shock
from cardhouse.economy.story import FUNDING, OWN, story
from cardhouse.economy.uncertain import laboratories, uncertainty, without_chance
from cardhouse.errors import BookError, InputError

sys.path.insert(0, str(Path(__file__).parent))

from playing import HERE, firm, tie

QUARTERS = 8
FIRMS = {
    "lab": firm("model", cash=20.0, costs=360.0, debt=300.0, equity=1500.0, interest=24.0),
    "cloud": firm("cloud", cash=60.0, debt=600.0, equity=1200.0, interest=48.0, capex=120.0),
    "maker": firm("compute"),
}
TIES = [
    tie("rent", "purchase", "lab", "cloud", 300),
    tie("chips", "supply", "cloud", "maker", 200),
]
AI = {"ai_demand_share": {"all": 1.0}}


@pytest.fixture(scope="module")
def compiled(economy):
    rows = economy.texts("", FIRMS, assumed={"payment_days": {"all": 0.0}} | AI)
    rows["ties"] += TIES
    return calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))


@pytest.fixture(scope="module")
def chance(compiled):
    return uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))


@pytest.fixture(scope="module")
def setup(compiled, chance):
    return set_up(compiled, BASELINE, chance, seed=7)


@pytest.fixture(scope="module")
def many(setup):
    return Worker(setup).run(0, 800, raw=True)


def drawn(setup, block):
    """The drivers that the paths of a block drew."""
    worker = Worker(setup)
    worker.run(block * LANES, LANES)
    world, firms = worker._levels.world_drawn, worker._levels.firm_drawn
    calm = np.zeros(len(setup.nodes), dtype=bool)
    pays = setup.shocks.pays[..., 0]
    return [Drivers(world[..., b].copy(), firms[..., b].copy(), pays, calm) for b in range(LANES)]


def test_some_fall_and_some_do_not(many, setup):
    """Else the tests below would say little."""
    falls = (many.fell >= 0).mean(axis=0)
    assert 0.02 < falls[setup.nodes.index("lab")] < 0.98


@pytest.mark.parametrize("block", [0, 3, 57])
def test_a_path_is_the_single_path_of_the_drivers_that_it_drew(block, compiled, setup, many):
    """Every outcome of eight paths, from the accounts of eight single runs of the same kernel."""
    for b, drivers in enumerate(drawn(setup, block)):
        path = simulate(compiled.model, drivers)
        p, a = block * LANES + b, path.accounts
        assert many.fell[p].tolist() == [-1 if f == FOREVER else f for f in path.fell]
        np.testing.assert_array_equal(many.raw[p, :, 0], a[:, col.REVENUE][:, setup.full])
        np.testing.assert_array_equal(many.raw[p, :, 1], a[:, col.CAPEX][:, setup.full])
        np.testing.assert_array_equal(many.raw[p, :, 3], a[:, col.CASH][:, setup.full])
        np.testing.assert_array_equal(many.raw[p, :, 4], a[:, col.DEBT][:, setup.full])
        np.testing.assert_array_equal(many.raw[p, :, 5], a[:, col.VALUE][:, setup.full])
        np.testing.assert_array_equal(many.world_raw[p, :, 0], path.rents)
        inside = path.end.claims[:, :, :-1, 0].sum(axis=(0, 1))
        brought = path.end.ledger_estates[:, :, :-1, 0].sum(axis=(0, 1)) + path.end.estate[:, :-1, 0].sum(axis=0)
        lost = inside - brought + a[:, col.CALLS_PAID].sum(axis=0)
        np.testing.assert_allclose(many.sums_of[p, 0], lost, rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(many.sums_of[p, 1], a[:, col.STAKE_LOSS].sum(axis=0), rtol=1e-12, atol=1e-9)
        below = (compiled.model.plans.revenue.T - a[:, col.REVENUE]).sum(axis=0)
        np.testing.assert_allclose(many.sums_of[p, 2], below, rtol=1e-9, atol=1e-6)


def test_what_creditors_outside_lose_is_what_was_owed_less_what_estates_paid(compiled, setup, many):
    """From the ledger of a single run: claims of the world are debts at the fall; what came is in the ledger."""
    lab = setup.nodes.index("lab")
    block = int(np.flatnonzero(many.fell[:, lab] >= 0)[0]) // LANES
    for b, drivers in enumerate(drawn(setup, block)):
        path, p = simulate(compiled.model, drivers), block * LANES + b
        if path.fell[lab] == FOREVER:
            assert many.sums_of[p, 3, lab] == 0.0
            continue
        paid = path.end.ledger_estates[:, lab, -1, 0].sum()
        still = path.end.estate[lab, -1, 0]
        claims = path.end.claims[:, lab, -1, 0].sum()
        assert many.sums_of[p, 3, lab] == pytest.approx(claims - paid - still, rel=1e-9)


def test_without_chance_every_path_is_the_baseline(compiled, chance):
    setup = set_up(compiled, BASELINE, without_chance(chance), seed=7)
    base = simulate(compiled.model, drivers_for(compiled, BASELINE))
    found = Worker(setup).run(0, 16, raw=True)
    for p in range(16):
        np.testing.assert_array_equal(found.raw[p, :, 0], base.accounts[:, col.REVENUE][:, setup.full])
    assert (found.fell == -1).all()
    assert not found.causes.any()


def test_a_path_is_the_same_wherever_it_runs(setup, many):
    """Another chunk, another worker, another thread, beside other paths: the same bytes."""
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda first: Worker(setup).run(first, 80, raw=True), range(0, 800, 80)))
    for k, part in enumerate(parts):
        mine = slice(80 * k, 80 * k + 80)
        assert part.raw.tobytes() == many.raw[mine].tobytes()
        assert part.sums_of.tobytes() == many.sums_of[mine].tobytes()
        assert part.fell.tobytes() == many.fell[mine].tobytes()
    assert (sum(part.counts for part in parts) == many.counts).all()
    again = Worker(setup)
    again.run(160, 40)
    assert again.run(0, 80, raw=True).raw.tobytes() == many.raw[:80].tobytes()


def test_a_chunk_that_ends_inside_a_block_keeps_what_was_asked_for(setup, many):
    found = Worker(setup).run(0, 13, raw=True)
    assert found.raw.tobytes() == many.raw[:13].tobytes()
    assert (found.counts.sum(axis=-1) == 13).all()
    assert found.failures.sum() == (found.fell >= 0).sum()


def test_a_path_starts_from_the_opening_of_its_block_as_if_the_book_had_said_so(compiled, chance):
    """Block k takes opening k mod 3: the same bytes as a single run of the recompiled book under the same drivers."""
    book, choices = compiled.opening.book, RunChoices(quarters=QUARTERS)
    openings = openings_of(book, choices, 3, folder=None)
    setup = set_up(compiled, BASELINE, chance, seed=7, openings=openings)
    found = Worker(setup).run(0, 6 * LANES, raw=True)
    assert setup.turns == 3
    for block in (0, 1, 2, 4):
        values = values_at(openings.assumptions, openings.positions[block % 3])
        model = compiled_book(with_centrals(book, values), choices).model
        for b, drivers in enumerate(drawn(setup, block)):
            path, p = simulate(model, drivers), block * LANES + b
            assert found.fell[p].tolist() == [-1 if f == FOREVER else f for f in path.fell]
            np.testing.assert_array_equal(found.raw[p, :, 0], path.accounts[:, col.REVENUE][:, setup.full])
            np.testing.assert_array_equal(found.raw[p, :, 3], path.accounts[:, col.CASH][:, setup.full])
    assert len({found.raw[k * LANES, 0, 0, 0] for k in range(3)}) == 3


def test_paths_begin_at_a_block(setup):
    with pytest.raises(InputError, match="paths from 3 on; expected a multiple of 8"):
        Worker(setup).run(3, 8)


def test_classes_count_every_path_once_where_its_figure_lies(setup, many):
    """Against numpy's histogram over the same edges; the first and the last class are open."""
    assert many.counts.shape == (QUARTERS, len(MEASURES), setup.full.size, CLASSES)
    assert many.world_counts.shape == (QUARTERS, len(WORLD_MEASURES), CLASSES)
    for q, k, f in ((0, 0, 0), (3, 3, 1), (7, 5, 2)):
        figures = many.raw[:, q, k, f]
        far = (figures - setup.classes.middle[q, k, f]) * setup.classes.per_unit[q, k, f]
        edges = [2.0**octave * (1.0 + step / 8) for octave in range(8) for step in range(8)][1:SIDE]
        steps = np.searchsorted(edges, 1.0 + abs(far), side="right")
        place = np.where(far < 0.0, SIDE - 1 - steps, SIDE + steps)
        truth = np.bincount(np.where(figures == 0.0, NOTHING, place), minlength=CLASSES)
        np.testing.assert_array_equal(many.counts[q, k, f], truth)
        assert many.sums[q, k, f] == pytest.approx(figures.sum(), rel=1e-12)


def test_the_pilot_lies_inside_its_classes(setup):
    """Less than a hundredth of the paths in an outermost class: the quantiles of a fan are no bounds."""
    pilot = Worker(setup).run(0, PILOT)
    assert (pilot.counts.sum(axis=-1) == PILOT).all()
    assert (pilot.counts[..., [0, NOTHING - 1]] < 0.01 * PILOT).all()


def test_causes_are_shares_of_failures(many, setup):
    """They add up to one for every failure; a card that is pulled has none."""
    assert many.causes.shape == (len(setup.nodes), len(CAUSES))
    np.testing.assert_allclose(many.causes.sum(axis=1), many.failures, atol=1e-9)
    assert (many.causes >= 0.0).all()


def test_the_cause_is_what_was_missing(compiled, chance):
    """The lab loses its customers alone: nothing else may be named. Cloud's only customer is gone: counterparties."""

    gone = replace(BASELINE, name="gone", shocks=(Shock("share", Shape.LEVEL, (0.0,), HERE, start=1, firm="lab"),))
    found = Worker(set_up(compiled, gone, without_chance(chance), seed=1)).run(0, 8)
    lab = compiled.place["lab"]
    assert (found.fell[:, lab] >= 0).all()
    assert found.causes[lab, CAUSES.index("customers")] / found.failures[lab] > 0.9


SHUT = Shock("equity_window", Shape.LEVEL, (0.25,), HERE, start=1)
FEWER = Shock("share", Shape.LEVEL, (0.93,), HERE, start=1, firm="lab")
CHEAPER = Shock("price", Shape.LEVEL, (0.95,), HERE, start=1, firm="lab")


@pytest.mark.parametrize(
    "shocks", [(SHUT,), (FEWER,), (SHUT, FEWER), (SHUT, CHEAPER)], ids=("shut", "fewer", "both", "cheaper")
)
def test_causes_are_those_of_the_story_of_the_same_path(economy, shocks):
    """A lab that lives on new shares: each share of a cause from the story's parts, which add up to its headroom.

    It has no capital spending and no new debt: own costs and contracts are all that it runs on, and its interest is
    that of the plan. What the story cannot tell from own costs in the quarter of the fall is interest left unpaid.
    """
    lab = firm("model", cash=20.0, costs=400.0, debt=300.0, equity=1500.0, interest=24.0, funding=40.0)
    rows = economy.texts("", FIRMS | {"lab": lab}, assumed={"equity_issue_share": {"all": 1.0}} | AI)
    rows["ties"] += TIES
    compiled = calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    harder = replace(BASELINE, name="harder", shocks=shocks)
    found = Worker(set_up(compiled, harder, without_chance(chance), seed=1)).run(0, 8)
    told = next(f for f in story(run_from(compiled, harder)).failures if f.fall.node == "lab")
    assert told.fall.step > 1
    parts = dict.fromkeys(("sales", "ties", "funds", "costs"), 0.0)
    for c in told.causes:
        assert c.inflow or c.why in (OWN[0], Why.CONTRACT, Why.INTEREST)
        kind = {Why.CUSTOMERS: "sales", FUNDING[0]: "funds"}.get(c.why, "ties") if c.inflow else "costs"
        parts[kind] -= c.amount
    assert abs(sum(parts.values()) + (told.had - told.owed) - (told.had_calm - told.owed_calm)) < 1e-6
    net = [
        max(parts["sales"] + min(parts["costs"], 0.0), 0.0),
        max(parts["ties"], 0.0),
        max(parts["funds"], 0.0),
        max(parts["costs"] + min(parts["sales"], 0.0), 0.0),
    ]
    place = compiled.place["lab"]
    assert found.failures[place] == 8
    assert found.causes[place] / 8 == pytest.approx(np.array(net) / sum(net), abs=1e-9)
    assert (net[2] > 0.0) == (SHUT in shocks)


def test_a_pulled_card_is_told_apart(compiled, chance):
    pulled = replace(BASELINE, name="pulled", pulls=(PullEvent("lab", None, 0.0, 2),))
    found = Worker(set_up(compiled, pulled, without_chance(chance), seed=1)).run(0, 8)
    assert (found.fell[:, compiled.place["lab"]] == -2 - 1).all()
    assert found.failures[compiled.place["lab"]] == 0


def test_room_is_the_least_over_the_path_and_falls_are_below_it(many, setup):
    fell = many.fell != -1
    assert (many.room[fell] == -1.0).all()
    tested = np.isin(np.arange(len(setup.nodes)), setup.full)
    assert (many.room[:, tested][~fell[:, tested]] > -1e-9).all()


def test_a_path_that_is_no_number_is_named(setup):
    worker = Worker(setup)
    worker._room.image[row.CASH] = np.nan  # of the first node, in all paths
    with pytest.raises(BookError, match="path 16 of seed 7 comes to a figure that is no number"):
        worker.run(16, 8)


def test_accounts_that_are_told_of_a_single_path_alone_move_nothing(setup, many):
    """They are no numbers before the paths run and are not written; whatever read one would come to no number."""
    worker = Worker(setup)
    told = sorted(col.TOLD)
    worker._room.tableau.books[told] = np.nan
    found = worker.run(0, 80, raw=True)
    assert np.isnan(worker._room.tableau.books[told]).all()
    assert found.raw.tobytes() == many.raw[:80].tobytes()
    assert found.sums_of.tobytes() == many.sums_of[:80].tobytes()


def test_kinds_of_sums_are_named():
    assert KEPT == ("credit", "stakes", "revenue", "outside")
