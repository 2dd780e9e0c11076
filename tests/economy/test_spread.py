"""How every assumption moves the model.

The truths: arithmetic by hand for single numbers of the tableau; the compilation itself, run again with the
assumption at another value (for one assumption at an end it must be met to the last digits); and the law that a
balance sheet balances.
"""

from __future__ import annotations

import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cardhouse.book import Where
from cardhouse.book.records import Assumption
from cardhouse.economy import spread_cache
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kept import key_of
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.path import run_path
from cardhouse.economy.recompiled import compiled_book, opened, used_assumptions, with_centrals
from cardhouse.economy.run import RunChoices, drivers_for, shocks_of
from cardhouse.economy.spread import FIELDS, Effect, gap, gathered
from cardhouse.economy.spread_cache import cache_folder, spread_of
from cardhouse.economy.spread_measure import (
    NO_LIMIT,
    NOTHING,
    OTHER_LINKS,
    WHOLE,
    Bench,
    difference,
    effect_of,
    measured,
)

sys.path.insert(0, str(Path(__file__).parent))
from playing import DAYS, close, firm, tie

CHOICES = RunChoices(quarters=6)
FIRMS = {
    "lab": firm("model", revenue=1500.0, costs=1000.0, debt=300.0, interest=15.0, equity=1500.0),
    "cloud": firm(
        "cloud", revenue=1000.0, costs=490.0, capex=80.0, plant=500.0, debt=200.0, interest=10.0, equity=1500.0
    ),
    "maker": firm("compute"),
}
TIES = [
    tie("c", "purchase", "lab", "cloud", 730),
    tie("open", "purchase", "lab", "cloud", 1826, end=""),
    tie("chips", "purchase", "cloud", "maker", 73),
    tie("loan", "loan", "lab", "cloud", 100, rate="0.05"),
]
RANGES = {
    ("payment_days", "all"): (18.2625, 73.05),
    ("contract_years", "all"): (4.0, 8.0),
    ("avoidable_cost_share", "all"): (0.1, 0.4),
    ("avoidable_cost_share", "layer:world"): (0.4, 0.6),
    ("relet_share", "layer:compute"): (0.0, 0.3),
    ("relet_lag", "all"): (0.0, 3.0),
    ("leverage_limit", "all"): (0.0, 3.0),
    ("short_lived_share", "all"): (0.2, 0.8),
    ("land_and_construction_share", "all"): (0.0, 0.2),
    ("server_life_years", "all"): (4.0, 6.0),
    ("rent_decay", "all"): (0.0, 0.3),
    ("operating_cash_margin", "cloud"): (0.3, 0.6),
    ("growth_floor", "all"): (0.0, 0.2),
    ("capex_growth", "all"): (0.0, 0.5),
    ("tax_rate", "all"): (0.0, 0.3),
    ("equity_return", "all"): (0.0, 0.1),
    ("recovery_unsecured", "all"): (0.1, 0.4),
}
"""Low and high of each; central values are those of the small economies."""


@pytest.fixture(scope="module")
def book(economy):
    """Three firms, four ties and assumptions with ranges."""
    rows = economy.texts("", FIRMS)
    rows["ties"] += TIES
    return ranged(economy.read(rows), RANGES)


@pytest.fixture(scope="module")
def spread(book):
    return measured(book, CHOICES)


def ranged(book, ranges):
    rows = tuple(
        replace(r, low=min(ranges[r.name, r.subject][0], r.central), high=ranges[r.name, r.subject][1])
        if (r.name, r.subject) in ranges
        else r
        for r in book.assumptions
    )
    assert {(r.name, r.subject) for r in rows} >= set(ranges)
    return replace(book, assumptions=rows)


def at(spread, **positions):
    """Positions, (A, 1): the named assumptions (id with underscores) where said, the others at their centre."""
    ids = [r.id for r in spread.assumptions]
    out = np.zeros((len(ids), 1))
    for name, position in positions.items():
        out[ids.index(name.replace("_", "-"))] = position
    return out


def untouched(compiled, *, apart=False):
    return new_tableau(compiled.model, shocks_of(drivers_for(compiled, BASELINE)), ledger=False, apart=apart)


def moved(book, spread, positions):
    """The central tableau moved to some positions, each path with its own where there are several."""
    compiled = compiled_book(book, CHOICES)
    tableau = untouched(compiled, apart=positions.shape[1] > 1)
    spread.put(tableau, positions)
    return compiled, tableau


def term(compiled, tableau, name, field, *places):
    """A term of a contract: its row, then its quarters where it has them."""
    ties = [c.contract.tie.id for c in compiled.contracts]
    array = getattr(tableau, field)[..., 0]
    return array[(places[0], ties.index(name), *places[1:])]


# By hand


@pytest.mark.parametrize(("position", "part"), [(-1.0, 0.2), (-0.5, 0.3), (0.0, 0.4), (0.5, 0.6), (1.0, 0.8)])
def test_days_of_credit_move_the_unpaid_part_of_a_quarter(book, spread, position, part):
    """36.525 days are 0.4 of a quarter of 91.3125; the low is half of that, the high twice."""
    compiled, tableau = moved(book, spread, at(spread, payment_days_all=position))
    assert term(compiled, tableau, "c", "tie_terms", row.TIE_CREDIT) == close(part)


@pytest.mark.parametrize(("position", "years_days"), [(-1.0, 1462), (0.0, 1827), (1.0, 2923)])
def test_an_assumed_number_of_years_moves_what_an_open_contract_pays_a_quarter(book, spread, position, years_days):
    """1,826 evenly over 4, 5 or 8 years of 365.25 days from 2026-01-01, both ends counted: 1,462, 1,827, 2,923 days."""
    compiled, tableau = moved(book, spread, at(spread, contract_years_all=position))
    due = term(compiled, tableau, "open", "schedules", row.TIE_DUE, slice(None))
    assert due == close(1826 * DAYS / years_days)
    assert term(compiled, tableau, "c", "schedules", row.TIE_DUE, slice(None)) == close(DAYS)


def test_half_way_between_two_ends_is_half_of_the_change_of_each(book, spread):
    """Contracts of 5 and of 8 years, half of each; and days of credit do not matter to what is due."""
    compiled, tableau = moved(book, spread, at(spread, contract_years_all=0.5, payment_days_all=-1.0))
    half = 0.5 * (1826 * DAYS / 1827 + 1826 * DAYS / 2923)
    assert term(compiled, tableau, "open", "schedules", row.TIE_DUE, slice(None)) == close(half)


def test_the_share_of_a_range_below_its_centre(spread):
    """Days of credit of 18.2625, 36.525, 73.05: a third is below; contracts of 4, 5, 8 years: a quarter."""
    below = {r.id: b for r, b in zip(spread.assumptions, spread.below, strict=True)}
    assert below["payment-days-all"] == close(1 / 3)
    assert below["contract-years-all"] == close(1 / 4)


# Against the compilation itself


def test_one_assumption_at_an_end_of_its_range_is_the_model_compiled_there(book, spread):
    """Every field of the tableau, for every assumption that moves, at its low and at its high."""
    ends = [(r, x, v) for r in spread.assumptions for x, v in ((-1.0, r.low), (1.0, r.high))]
    for r, position, value in ends:
        _, tableau = moved(book, spread, at(spread, **{r.id.replace("-", "_"): position}))
        truth = untouched(compiled_book(with_centrals(book, {r.id: value}), CHOICES))
        for name in FIELDS:
            got, want = getattr(tableau, name), getattr(truth, name)
            assert got == pytest.approx(want, rel=1e-11, abs=1e-9), (r.id, position, name)
    assert len(ends) > 16


def test_paths_side_by_side_are_each_at_their_own_positions(book, spread):
    """A block of different positions, and each of them alone."""
    positions = np.random.default_rng(7).uniform(-1, 1, (len(spread.assumptions), LANES))
    _, block = moved(book, spread, positions)
    for lane in range(LANES):
        _, alone = moved(book, spread, positions[:, lane : lane + 1])
        for name in FIELDS:
            assert (getattr(block, name)[..., lane] == getattr(alone, name)[..., 0]).all(), (name, lane)


def test_the_assumptions_found_are_those_that_change_the_model_when_they_are_changed(book, spread):
    """Every assumption of the book with a range, read or not, is set to both ends and everything is compiled again."""
    central = opened(book, CHOICES)
    change = set()
    for r in book.assumptions:
        for value in {r.low, r.high} - {r.central}:
            end = opened(with_centrals(book, {r.id: value}), CHOICES)
            fields = [(getattr(central, part), getattr(end, part)) for part in ("moving", "shared")]
            if not all(np.array_equal(was[n], now[n]) for was, now in fields for n in was):
                change.add(r.id)
    held = {h.row.id for h in spread.held if h.reason != NOTHING}
    assert {r.id for r in spread.assumptions} | held == change
    assert not {r.id for r in spread.assumptions} & held
    used = {r.id for r in used_assumptions(book, CHOICES)}
    assert used == change | {h.row.id for h in spread.held}
    assert "avoidable-cost-share-layer-world" not in used  # no unnamed supplier in this book
    assert "payment-days-all" in used


def test_an_assumption_without_a_range_is_not_uncertain(book):
    fixed = ranged(book, {("payment_days", "all"): (36.525, 36.525)})
    assert "payment-days-all" not in {r.id for r in used_assumptions(fixed, CHOICES)}


def test_assumptions_are_in_the_order_of_the_book(book, spread):
    order = [r.id for r in book.assumptions]
    places = [order.index(r.id) for r in spread.assumptions]
    assert places == sorted(places)


# What is held


def test_whole_quarters_are_held(spread):
    reasons = {h.row.id: h.reason for h in spread.held}
    assert reasons["relet-lag-all"] == WHOLE
    assert reasons["server-life-years-all"] == WHOLE


def test_an_end_that_is_no_share_is_held_with_the_sentence_of_the_error(book):
    """An avoidable share of 1.5 has no meaning; the central 0.2 has."""
    odd = ranged(book, {("avoidable_cost_share", "all"): (0.1, 1.5)})
    r = next(r for r in odd.assumptions if r.id == "avoidable-cost-share-all")
    effect = effect_of(Bench(odd, CHOICES, opened(odd, CHOICES)), r)
    assert effect.reason.startswith("at 1.5 there is no model: ")
    assert "expected a share between 0 and 1" in effect.reason
    assert effect.field.size == 0


def test_debt_that_may_not_exist_is_held(economy):
    """Total debt of 0, 100 or 200: with none of it there is one debt less."""
    rows = economy.texts("", {"lab": firm("model")}, assumed={"total_debt": {"lab": 100.0}})
    rows["facts"] = [line for line in rows["facts"] if "total_debt" not in line]
    book = ranged(economy.read(rows), {("total_debt", "lab"): (0.0, 200.0)})
    assert {h.row.id: h.reason for h in measured(book, CHOICES).held} == {"total-debt-lab": OTHER_LINKS}


def test_a_limit_below_what_lenders_tolerate_already_moves_nothing(economy):
    """The laboratory owes 300 and earns less than 200 a year: 1.5 times that, so a limit of 0.5 is no limit."""
    rows = economy.texts("", {"lab": firm("model", debt=300.0, interest=15.0)})
    book = ranged(economy.read(rows), {("leverage_limit", "all"): (0.0, 0.5), ("tax_rate", "all"): (0.0, 0.2)})
    spread = measured(book, CHOICES)
    assert {h.row.id: h.reason for h in spread.held} == {"leverage-limit-all": NOTHING}
    assert [r.id for r in spread.assumptions] == ["tax-rate-all"]


def test_nothing_lies_between_a_limit_and_none():
    central = {name: np.zeros(1) for name in FIELDS} | {"nodes": np.array([2.0, 3.0])}
    off = central | {"nodes": np.array([1e30, 3.0])}
    broken = central | {"nodes": np.array([np.nan, 3.0])}
    assert difference(ROW, central, central, off).reason == NO_LIMIT
    assert difference(ROW, off, off, central).reason == NO_LIMIT
    assert difference(ROW, central, broken, central).reason == NO_LIMIT
    assert difference(ROW, central, central, central).reason == NOTHING


# Bounds and balance

ROW = Assumption("a", "all", "tax_rate", 0.0, 0.5, 1.0, "fraction", None, None, None, "", "Round.", Where("t", 1))  # type: ignore[arg-type]
N = 2
CENTRAL = {name: np.zeros(0) for name in FIELDS} | {
    "nodes": np.full(row.NODES_ROWS * N, 0.5),
    "node_terms": np.full(row.NODE_TERMS_ROWS * N, 0.5),
}


def effect(place, low, high, field="node_terms"):
    return Effect(ROW, np.array([FIELDS.index(field)]), np.array([place]), np.array([low]), np.array([high]))


@pytest.mark.parametrize(
    ("field", "what", "positions", "value"),
    [
        ("node_terms", row.TAX, (1.0, 1.0), 1.0),  # 0.5 + 0.4 + 0.3: a share
        ("node_terms", row.TAX, (-1.0, -1.0), 0.0),  # 0.5 - 0.4 - 0.3
        ("node_terms", row.TAX, (1.0, -0.5), 0.75),  # 0.5 + 0.4 - 0.15
        ("node_terms", row.VARIABLE, (1.0, 1.0), 1.2),  # cost per dollar may be above one
        ("node_terms", row.VARIABLE, (-1.0, -1.0), 0.0),
        ("nodes", row.FREE, (-1.0, -1.0), -0.2),  # free cash flow may be below zero
    ],
)
def test_together_assumptions_leave_a_number_inside_its_meaning(field, what, positions, value):
    """Two assumptions move node 1 by 0.4 and by 0.3 up and down from 0.5."""
    spread = gathered([effect(what * N + 1, -0.4, 0.4, field), effect(what * N + 1, -0.3, 0.3, field)], CENTRAL)
    assert spread.values(np.array(positions)[:, None]) == close(np.array([[value]]))


def test_a_number_that_one_assumption_alone_takes_out_of_its_range_has_no_bound():
    """The compilation itself says so: then it is no share, whatever its row is called."""
    spread = gathered([effect(row.TAX * N, -0.7, 0.7)], CENTRAL)
    assert spread.values(np.array([[-1.0, 1.0]])) == close(np.array([[-0.2, 1.2]]))


def test_entries_are_sorted_by_number_and_then_by_assumption():
    spread = gathered([effect(5, 1.0, 1.0), effect(3, 2.0, 2.0), effect(5, 3.0, 3.0)], CENTRAL)
    assert spread.index.tolist() == [3, 5]
    assert spread.begins.tolist() == [0, 1, 3]
    assert spread.assumption.tolist() == [1, 0, 2]
    assert spread.at_low.tolist() == [2.0, 1.0, 3.0]


def test_what_a_bound_cuts_from_a_sheet_is_other_assets(book):
    """The cloud's long-lived plant falls by 70 % for each of two assumptions, and other assets rise by as much.

    Together they would leave -40 % of the plant: none is left, and other assets have risen by the whole of it.
    """
    compiled = compiled_book(book, CHOICES)
    tableau, central = untouched(compiled), opened(book, CHOICES).moving
    node = compiled.place["cloud"]
    nodes = central["nodes"].reshape(row.NODES_ROWS, -1)
    plant, other = nodes[row.LONG, node], nodes[row.OTHER_ASSETS, node]
    places = np.array([row.LONG, row.OTHER_ASSETS]) * nodes.shape[1] + node
    one = Effect(ROW, np.zeros(2, dtype=np.int64), places, np.array([-0.7, 0.7]) * plant, np.zeros(2))
    gathered([one, one], central).put(tableau, -np.ones((2, 1)))
    assert plant > 100.0
    assert tableau.nodes[row.LONG, node] == close(0.0)
    assert tableau.nodes[row.OTHER_ASSETS, node] == close(other + plant)
    assert gap(tableau) == pytest.approx(0.0, abs=1e-9)


def test_a_book_without_ranges_moves_nothing(economy):
    book = economy("", {"lab": firm("model")})
    spread = measured(book, CHOICES)
    assert spread.assumptions == ()
    assert spread.values(np.zeros((0, 3))).shape == (0, 3)


def test_sheets_balance_wherever_the_assumptions_are(book, spread):
    """Assets are debts and equity at the opening and, when that tableau is run, at the end of every quarter."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        _, tableau = moved(book, spread, rng.uniform(-1, 1, (len(spread.assumptions), 1)))
        assert gap(tableau) == pytest.approx(0.0, abs=1e-9)
        run_path(tableau)
        a = tableau.accounts
        owed = sum(a[:, c] for c in (col.DEBT, col.LEASES, col.PAYABLES, col.OTHER_LIABILITIES, col.TAX_DUE))
        assert a[:, col.ASSETS] == pytest.approx(owed + a[:, col.OWED_BY_ESTATE] + a[:, col.EQUITY], abs=1e-6)


# Processes


def test_two_processes_measure_the_same_bits_in_the_same_order(book, spread):
    steps = []
    other = measured(book, CHOICES, workers=2, progress=lambda done, total: steps.append((done, total)))
    assert same(other, spread)
    total = len(used_assumptions(book, CHOICES))
    assert steps == [(k + 1, total) for k in range(total)]


def test_what_killed_workers_leave_undone_is_measured_all_the_same(book, spread):
    def kill(done, total):
        if done == 2:
            for child in multiprocessing.active_children():
                child.kill()

    assert same(measured(book, CHOICES, workers=2, progress=kill), spread)


def same(a, b):
    names = ("below", "field", "index", "base", "least", "most", "begins", "assumption", "at_low", "at_high")
    arrays = all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in names)
    return arrays and a.assumptions == b.assumptions and a.held == b.held


# Kept on disk


@pytest.fixture
def kept(book, spread, tmp_path, monkeypatch):
    """A folder with the spread in it, its file, and a reader that tells whether it was measured again."""
    counted = []

    def measure(*_, **__):
        counted.append(1)
        return spread

    monkeypatch.setattr(spread_cache, "measured", measure)
    folder = tmp_path / "deep" / "spread"
    read = lambda choices=CHOICES: (spread_of(book, choices, folder=folder), len(counted))  # noqa: E731
    assert read()[1] == 1
    return folder / f"{key_of(book, CHOICES)}.npz", read


def test_what_was_measured_is_read_back_to_the_last_bit(kept, spread):
    _, read = kept
    again, measurements = read()
    assert measurements == 1
    assert same(again, spread)


def test_only_the_file_itself_is_left_in_the_folder(kept):
    file, _ = kept
    assert list(file.parent.iterdir()) == [file]


def shortened(content):
    return content[: len(content) // 2]


def flipped(content):
    return content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]


@pytest.mark.parametrize("damage", [shortened, flipped, lambda _: b"", lambda _: b"cardhouse spread x\n" + b"0" * 99])
def test_a_damaged_file_is_measured_and_written_again(kept, spread, damage):
    file, read = kept
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    again, measurements = read()
    assert measurements == 2
    assert same(again, spread)
    assert read()[1] == 2
    assert file.read_bytes() == whole


def test_the_file_of_another_book_is_not_taken_under_this_name(kept, tmp_path):
    """A file that is in order, but of another key."""
    file, read = kept
    read(replace(CHOICES, quarters=8))
    other = next(f for f in file.parent.iterdir() if f != file)
    file.write_bytes(other.read_bytes())
    assert read()[1] == 3


def test_the_key_knows_the_rows_the_choices_the_version_and_the_engine(book, monkeypatch):
    keys = {key_of(book, CHOICES), key_of(book, replace(CHOICES, quarters=8))}
    first = replace(book.assumptions[0], high=book.assumptions[0].high + 1.0)
    keys.add(key_of(replace(book, assumptions=(first, *book.assumptions[1:])), CHOICES))
    monkeypatch.setattr("cardhouse.__version__", "9.9.9")
    keys.add(key_of(book, CHOICES))
    monkeypatch.setattr("cardhouse.economy.kept.ENGINE", ("economy/run.py",))
    keys.add(key_of(book, CHOICES))
    assert len(keys) == 5


def test_a_folder_that_cannot_be_made_keeps_nothing_and_changes_nothing(book, spread, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert same(spread_of(book, CHOICES, folder=tmp_path / "file" / "spread"), spread)


def test_the_folder_is_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "cardhouse" / "compiled"


# The embedded book


@pytest.fixture(scope="module")
def some(shipped):
    """Every twelfth assumption of the embedded book over the published 24 quarters."""
    choices = RunChoices()
    bench = Bench(shipped, choices, opened(shipped, choices))
    rows = used_assumptions(shipped, choices)
    return rows, gathered([effect_of(bench, r) for r in rows[::12]], bench.central.moving)


@pytest.mark.slow
def test_the_embedded_book_reads_about_four_hundred_assumptions_with_a_range(some):
    rows, spread = some
    assert 350 < len(rows) < 500
    assert {h.reason for h in spread.held} <= {WHOLE, NOTHING, OTHER_LINKS}
    assert len(spread.assumptions) > 20


@pytest.mark.slow
def test_on_the_embedded_book_single_ends_are_the_model_compiled_there(shipped, some):
    _, spread = some
    choices = RunChoices()
    central = compiled_book(shipped, choices)
    for k, r in enumerate(spread.assumptions[:8]):
        tableau = untouched(central)
        positions = np.zeros((len(spread.assumptions), 1))
        positions[k] = 1.0
        spread.put(tableau, positions)
        truth = untouched(compiled_book(with_centrals(shipped, {r.id: r.high}), choices))
        for name in FIELDS:
            assert getattr(tableau, name) == pytest.approx(getattr(truth, name), rel=1e-10, abs=1e-6), (r.id, name)


@pytest.mark.slow
def test_on_the_embedded_book_sheets_balance_and_what_is_drawn_together_is_near_the_model_compiled_there(shipped, some):
    """Three draws of every twelfth assumption: revenue of 24 quarters within 2 % of that of the compiled model."""
    _, spread = some
    choices = RunChoices()
    central, rng = compiled_book(shipped, choices), np.random.default_rng(3)
    for _ in range(3):
        values = {r.id: float(rng.triangular(r.low, r.central, r.high)) for r in spread.assumptions}
        ranges = [(r, values[r.id] - r.central) for r in spread.assumptions]
        positions = [d / (r.central - r.low if d < 0 else r.high - r.central) if d else 0.0 for r, d in ranges]
        tableau = untouched(central)
        spread.put(tableau, np.array(positions)[:, None])
        assert gap(tableau) == pytest.approx(0.0, abs=1e-6)
        truth = untouched(compiled_book(with_centrals(shipped, values), choices))
        run_path(tableau)
        run_path(truth)
        revenue = [t.accounts[:, col.REVENUE].sum() for t in (tableau, truth)]
        assert revenue[0] == pytest.approx(revenue[1], rel=0.02)
