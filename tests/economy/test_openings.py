"""Joint openings: a book compiled at joint draws of its assumptions.

The truths: the compilation itself, run again at the same values (to the last bit); the triangular distribution of
scipy and its textbook moments; the definition of a Latin hypercube; arithmetic by hand for whole quarters.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cardhouse.book import Assumption, Where
from cardhouse.economy import openings as module
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kept import MOST_FILES, fetch
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.path import run_path
from cardhouse.economy.kernel.tableau import Tableau
from cardhouse.economy.openings import openings_of
from cardhouse.economy.openings_drawn import (
    WHOLE_FIELDS,
    draw_positions_of,
    spare_positions_of,
    values_at,
)
from cardhouse.economy.openings_measure import changing_links, drawn_openings
from cardhouse.economy.recompiled import compiled_book, used_assumptions, with_centrals
from cardhouse.economy.run import RunChoices, drivers_for, shocks_of
from cardhouse.economy.spread import FIELDS, gap
from cardhouse.economy.spread_measure import OTHER_LINKS
from cardhouse.errors import BookError, InputError

sys.path.insert(0, str(Path(__file__).parent))
from playing import firm, tie

CHOICES = RunChoices(quarters=6)
COUNT = 16
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
    ("contract_years", "all"): (4.0, 8.0),
    ("avoidable_cost_share", "all"): (0.1, 0.4),
    ("relet_share", "layer:compute"): (0.0, 0.3),
    ("relet_lag", "all"): (0.0, 6.0),
    ("private_lag", "all"): (0.0, 4.0),
    ("leverage_limit", "all"): (0.0, 3.0),
    ("short_lived_share", "all"): (0.2, 0.8),
    ("server_life_years", "all"): (3.0, 7.0),
    ("capex_growth", "all"): (0.0, 0.5),
    ("tax_rate", "all"): (0.0, 0.3),
}
"""Low and high of each; central values are those of the small economies."""


@pytest.fixture(scope="module")
def book(economy):
    """Three firms, four ties and assumptions with ranges."""
    rows = economy.texts("", FIRMS)
    rows["ties"] += TIES
    return ranged(economy.read(rows), RANGES)


@pytest.fixture(scope="module")
def openings(book):
    return drawn_openings(book, CHOICES, COUNT)


def ranged(book, ranges):
    rows = tuple(
        replace(r, low=min(ranges[r.name, r.subject][0], r.central), high=ranges[r.name, r.subject][1])
        if (r.name, r.subject) in ranges
        else r
        for r in book.assumptions
    )
    assert {(r.name, r.subject) for r in rows} >= set(ranges)
    return replace(book, assumptions=rows)


def untouched(compiled):
    return new_tableau(compiled.model, shocks_of(drivers_for(compiled, BASELINE)), ledger=False)


def recompiled(book, choices, openings, number):
    """The tableau of a book that has the values of one opening as its central values."""
    values = values_at(openings.assumptions, openings.positions[number])
    return untouched(compiled_book(with_centrals(book, values), choices))


def same_tableau(a, b):
    return [name for name in Tableau._fields if getattr(a, name).tobytes() != getattr(b, name).tobytes()] == []


def assumption(name, low, central, high):
    return Assumption(
        name,
        "all",
        name,
        low,
        central,
        high,
        "fraction",
        None,
        None,
        None,
        "",
        "Round.",
        Where("t", 1),  # type: ignore[arg-type]
    )


SKEWED = assumption("skewed", 1.0, 2.0, 7.0)
EVEN = assumption("even", -1.0, 0.0, 1.0)
FROM_CENTRE = assumption("from-centre", 3.0, 3.0, 4.0)
TO_CENTRE = assumption("to-centre", 2.0, 3.0, 3.0)
SOME = (SKEWED, EVEN, FROM_CENTRE, TO_CENTRE)


def triangle(r):
    """The distribution of an assumption's value, as scipy has it."""
    wide = r.high - r.low
    return stats.triang((r.central - r.low) / wide, loc=r.low, scale=wide)


def values_of(r, positions):
    return np.array([values_at([r], np.array([x]))[r.id] for x in positions])


# Draws


@pytest.mark.parametrize("r", SOME, ids=lambda r: r.id)
@pytest.mark.parametrize("count", [1, 7, 512])
def test_each_equal_part_of_a_distribution_is_drawn_once(r, count):
    values = values_of(r, draw_positions_of([r], count)[:, 0])
    parts = np.floor(triangle(r).cdf(values) * count)
    assert sorted(parts) == list(range(count))
    assert ((values > r.low) & (values < r.high)).all()


@pytest.mark.parametrize("r", SOME, ids=lambda r: r.id)
def test_draws_have_the_moments_of_the_triangle(r):
    """Mean (a + b + c) / 3, variance (a2 + b2 + c2 - ab - ac - bc) / 18; strata of 1/512 leave little to chance."""
    values = values_of(r, draw_positions_of([r], 512)[:, 0])
    a, b, c = r.low, r.central, r.high
    assert values.mean() == pytest.approx((a + b + c) / 3, abs=(c - a) / 512)
    assert values.var() == pytest.approx((a * a + b * b + c * c - a * b - a * c - b * c) / 18, rel=0.02)


def test_draws_of_one_assumption_say_nothing_about_those_of_another():
    """Rank correlations of 40 assumptions lie within four standard errors, 1 / sqrt(512) each."""
    many = [assumption(f"a{k}", 0.0, 0.5, 1.0) for k in range(40)]
    found = np.corrcoef(draw_positions_of(many, 512), rowvar=False)
    assert np.abs(found - np.eye(40)).max() < 4.0 / np.sqrt(512)


def test_strata_are_not_drawn_in_order():
    ranks = np.argsort(np.argsort(draw_positions_of([EVEN], 512)[:, 0]))
    assert abs(np.corrcoef(ranks, np.arange(512))[0, 1]) < 4.0 / np.sqrt(512)


def test_another_assumption_leaves_the_draws_of_the_others_as_they_are():
    alone = draw_positions_of([SKEWED, EVEN], 64)
    beside = draw_positions_of([FROM_CENTRE, SKEWED, TO_CENTRE, EVEN], 64)
    assert (beside[:, [1, 3]] == alone).all()
    assert (spare_positions_of([EVEN, SKEWED], 5) == spare_positions_of([SKEWED, EVEN], 5)[::-1]).all()


def test_draws_in_reserve_have_the_same_distribution():
    """Kolmogorov and Smirnov's test against scipy's triangle; 400 draws, a fixed key."""
    drawn = np.array([spare_positions_of([SKEWED], k)[0] for k in range(400)])
    assert stats.kstest(values_of(SKEWED, drawn), triangle(SKEWED).cdf).pvalue > 0.01
    assert len(set(drawn)) == 400


def test_values_are_linear_in_the_position_on_each_side():
    """From 2 down to 1 and up to 7: half way are 1.5 and 4.5."""
    assert values_of(SKEWED, [-1.0, -0.5, 0.0, 0.5, 1.0]).tolist() == [1.0, 1.5, 2.0, 4.5, 7.0]


# Openings


def test_every_opening_is_the_model_compiled_at_its_values_to_the_last_bit(book, openings):
    """All fields of the tableau, the whole ones included."""
    central = compiled_book(book, CHOICES)
    assert openings.count == COUNT
    for number in range(COUNT):
        tableau = untouched(central)
        openings.put(tableau, number)
        assert same_tableau(tableau, recompiled(book, CHOICES, openings, number)), number


def test_openings_draw_all_assumptions_that_the_model_reads(book, openings):
    assert openings.assumptions == used_assumptions(book, CHOICES)
    assert {(r.name, r.subject) for r in openings.assumptions} == set(RANGES)
    assert openings.held == ()
    assert (openings.positions == draw_positions_of(openings.assumptions, COUNT)).all()


def test_numbers_of_whole_quarters_vary_too(openings):
    """Contracts are let again after a lag of a drawn number of quarters, rounded; private values follow in the same."""
    drawn = [values_at(openings.assumptions, p) for p in openings.positions]
    lags = column(openings, "tie_kinds", lambda size: row.TIE_RELET_LAG * size)
    assert lags.tolist() == [round(v["relet-lag-all"]) for v in drawn]
    assert len(set(lags.tolist())) > 3
    private = column(openings, "switches", lambda _: row.PRIVATE_LAG)
    assert private.tolist() == [round(v["private-lag-all"]) for v in drawn]


def column(openings, name, place):
    """Values of one whole number in all openings; ``place`` gives its place from the number of contracts."""
    contracts = 3  # the loan is a debt
    mine = (openings.whole_field == WHOLE_FIELDS.index(name)) & (openings.whole_index == place(contracts))
    assert mine.sum() == 1
    return openings.whole_values[:, mine][:, 0]


def test_columns_are_sorted_and_each_differs_from_the_centre_in_some_opening(book, openings):
    central = untouched(compiled_book(book, CHOICES))
    tables = (
        (FIELDS, openings.field, openings.index, openings.values),
        (WHOLE_FIELDS, openings.whole_field, openings.whole_index, openings.whole_values),
    )
    for names, field, index, values in tables:
        places = list(zip(field.tolist(), index.tolist(), strict=True))
        assert places == sorted(set(places))
        arrays = [getattr(central, name) for name in names]
        flat = [a[..., 0].ravel() if names is FIELDS else a.ravel() for a in arrays]
        centre = np.array([flat[f][i] for f, i in places])
        assert (values != centre).any(axis=0).all()


def test_whether_a_ledger_or_a_history_is_kept_is_no_matter_of_openings(openings):
    switches = openings.whole_index[openings.whole_field == WHOLE_FIELDS.index("switches")]
    assert not {row.LEDGER, row.HISTORY} & set(switches.tolist())


def test_without_uncertainty_there_is_one_opening_the_central_one(book, openings):
    one = openings.without()
    central = untouched(compiled_book(book, CHOICES))
    tableau = untouched(compiled_book(book, CHOICES))
    one.put(tableau, 0)
    assert one.count == 1
    assert same_tableau(tableau, central)
    assert one.assumptions == openings.assumptions
    assert (one.positions == 0.0).all()


def test_sheets_balance_in_every_opening(book, openings):
    compiled = compiled_book(book, CHOICES)
    for number in range(COUNT):
        tableau = untouched(compiled)
        openings.put(tableau, number)
        assert gap(tableau) == pytest.approx(0.0, abs=1e-9)


def test_a_book_without_ranges_opens_at_its_centre_every_time(economy):
    book = economy("", {"lab": firm("model")})
    openings = drawn_openings(book, CHOICES, 3)
    assert (openings.positions.shape, openings.values.shape, openings.whole_values.shape) == ((3, 0),) * 3
    tableau = untouched(compiled_book(book, CHOICES))
    openings.put(tableau, 2)
    assert same_tableau(tableau, untouched(compiled_book(book, CHOICES)))


def test_no_openings_are_no_choice(book):
    with pytest.raises(InputError, match="0 openings; expected at least one"):
        drawn_openings(book, CHOICES, 0)


# Held and drawn again


def test_debt_that_may_not_exist_is_held_and_all_else_is_drawn(economy):
    """Total debt of 0, 100 or 200: with none of it there is one debt less."""
    rows = economy.texts("", {"lab": firm("model")}, assumed={"total_debt": {"lab": 100.0}})
    rows["facts"] = [line for line in rows["facts"] if "total_debt" not in line]
    book = ranged(economy.read(rows), {("total_debt", "lab"): (0.0, 200.0), ("tax_rate", "all"): (0.0, 0.3)})
    openings = drawn_openings(book, CHOICES, 8)
    assert [(h.row.id, h.reason) for h in openings.held] == [("total-debt-lab", OTHER_LINKS)]
    assert [r.id for r in openings.assumptions] == ["tax-rate-all"]
    assert openings.redrawn == 0


def test_assumptions_that_change_no_links_are_found_to_change_none(book):
    assert changing_links(book, CHOICES, used_assumptions(book, CHOICES)) == ()


def beyond_one(book, high):
    """An avoidable share with no meaning above one; the central 0.2 has."""
    return ranged(book, {("avoidable_cost_share", "all"): (0.1, high)})


def test_a_draw_that_gives_no_model_is_drawn_again(book):
    """Above 1 lies (1.16 - 1)^2 / (1.06 x 0.96) = 2.5 % of the range 0.1 to 1.16: one or two of 64 strata."""
    odd = beyond_one(book, 1.16)
    openings = drawn_openings(odd, CHOICES, 64)
    rows = openings.assumptions
    first = draw_positions_of(rows, 64)
    share = next(r for r in rows if r.id == "avoidable-cost-share-all")
    a = rows.index(share)
    failed = np.flatnonzero(values_of(share, first[:, a]) > 1.0)
    assert failed.size in (1, 2)
    assert openings.redrawn == failed.size
    kept = np.setdiff1d(np.arange(64), failed)
    assert (openings.positions[kept] == first[kept]).all()
    for number, j in enumerate(failed):
        assert (openings.positions[j] == spare_positions_of(rows, number)).all()
    assert values_of(share, openings.positions[:, a]).max() <= 1.0
    tableau = untouched(compiled_book(odd, CHOICES))
    openings.put(tableau, int(failed[0]))
    assert same_tableau(tableau, recompiled(odd, CHOICES, openings, int(failed[0])))


def test_a_book_of_which_many_draws_give_no_model_is_refused_with_the_sentence_that_came_most(book):
    """Above 1 lies 0.5^2 / (1.4 x 1.3) = 14 % of the range 0.1 to 1.5."""
    with pytest.raises(BookError) as caught:
        drawn_openings(beyond_one(book, 1.5), CHOICES, 64)
    said = str(caught.value)
    assert "of 64 joint draws of the assumptions give no model" in said
    assert "avoidable-cost-share-all" in said
    assert "expected a share between 0 and 1" in said
    assert "expected 5% at most; narrow the ranges" in said


# Processes and disk


def same(a, b):
    arrays = ("positions", "field", "index", "values", "whole_field", "whole_index", "whole_values")
    bits = all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in arrays)
    kinds = all(getattr(a, n).dtype == getattr(b, n).dtype for n in arrays)
    return bits and kinds and (a.assumptions, a.held, a.redrawn) == (b.assumptions, b.held, b.redrawn)


def test_two_processes_give_the_same_bits(book, openings):
    steps = []
    other = drawn_openings(book, CHOICES, COUNT, workers=2, progress=lambda done, total: steps.append((done, total)))
    assert same(other, openings)
    assert steps == [(k + 1, COUNT) for k in range(COUNT)]


@pytest.fixture
def kept(book, openings, tmp_path, monkeypatch):
    """A folder with the openings in it, and a reader that tells how often they were compiled."""
    counted = Counter()

    def compile_all(_book, _choices, count, **_):
        counted[count] += 1
        return openings if count == COUNT else openings.without()

    monkeypatch.setattr(module, "drawn_openings", compile_all)
    folder = tmp_path / "deep" / "openings"
    read = lambda count=COUNT: (openings_of(book, CHOICES, count, folder=folder), counted[count])  # noqa: E731
    assert read()[1] == 1
    return folder, read


def test_what_was_compiled_is_read_back_to_the_last_bit(kept, openings):
    folder, read = kept
    again, compilations = read()
    assert compilations == 1
    assert same(again, openings)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    "damage", [lambda b: b[: len(b) // 2], lambda b: b[:-9] + bytes([b[-9] ^ 1]) + b[-8:], lambda _: b""]
)
def test_a_damaged_file_is_compiled_and_written_again(kept, openings, damage):
    folder, read = kept
    file = next(folder.iterdir())
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    again, compilations = read()
    assert compilations == 2
    assert same(again, openings)
    assert file.read_bytes() == whole


def test_another_count_is_another_file(kept):
    folder, read = kept
    assert read(1)[1] == 1
    assert len(list(folder.iterdir())) == 2
    assert read(1)[1] == 1
    assert read()[1] == 1


def test_arrays_that_do_not_belong_together_are_made_again(tmp_path):
    """A file in order, of the right key, with one opening too few: as if it were not there."""

    def unpack(arrays):
        if arrays["x"].size != 3:
            raise ValueError
        return arrays["x"]

    get = lambda size: fetch(tmp_path, "k", make=lambda: np.zeros(size), pack=lambda x: {"x": x}, unpack=unpack)  # noqa: E731
    assert get(2).size == 2
    assert get(3).size == 3
    assert get(4).size == 3


def test_old_files_make_room(tmp_path):
    for k in range(MOST_FILES + 3):
        fetch(tmp_path, f"{k}", make=lambda: np.zeros(1), pack=lambda x: {"x": x}, unpack=lambda a: a["x"])
    assert len(list(tmp_path.iterdir())) == MOST_FILES
    assert (tmp_path / f"{MOST_FILES + 2}.npz").exists()
    assert not (tmp_path / "0.npz").exists()


# The embedded book


@pytest.mark.slow
def test_openings_of_the_embedded_book_are_the_model_compiled_there_and_run_like_it(shipped):
    """Four of them over the published 24 quarters; OpenAI's debt is held, since at its low there is none."""
    choices = RunChoices()
    openings = drawn_openings(shipped, choices, 4)
    assert [h.row.id for h in openings.held] == ["openai-total-debt"]
    assert 350 < len(openings.assumptions) < 500
    assert openings.redrawn == 0
    central = compiled_book(shipped, choices)
    for number in range(4):
        tableau, truth = untouched(central), recompiled(shipped, choices, openings, number)
        openings.put(tableau, number)
        assert same_tableau(tableau, truth), number
        run_path(tableau)
        run_path(truth)
        assert same_tableau(tableau, truth), number
