"""The demand that is needed: thresholds, ranges and returns against arithmetic by hand and known distributions."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.outcomes import CAUSES
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.need import NeedChoices, need, returns, sold_at
from cardhouse.economy.need_level import TRIED, WIDTH, levels
from cardhouse.economy.need_paths import DrawnFutures, level, stands_in_plan
from cardhouse.economy.need_return import (
    Flows,
    Measure,
    ai_by_firm,
    ai_capital,
    internal_rate,
    over_time,
    owners,
    standing,
    together,
    whole_firms,
)
from cardhouse.economy.need_sales import asked, growth_of, paces, sales
from cardhouse.economy.need_search import EXACT, Reach, ranged, standard_error, threshold
from cardhouse.economy.opening import open_book
from cardhouse.economy.required import Terms, annuity, required_revenue
from cardhouse.economy.run import calibrated, drivers_for, simulate
from cardhouse.economy.uncertain import laboratories, uncertainty, without_chance
from cardhouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from playing import firm

QUARTERS = 6
ALL_AI = {"ai_demand_share": {"all": 1.0, "layer:cloud": 0.25}, "avoidable_cost_share": {"all": 0.0}}
TERMS = Terms(capital=0.0, short_share=0.5, short_life=5.0, long_life=25.0, return_=0.1, part=0.5)
TIGHT = firm("model", cash=30.0, assets=1030.0, equity=1030.0, revenue=400.0, costs=240.0)
RICH = firm("cloud", capex=100.0)

# --- the search -------------------------------------------------------------------------------------------------


def test_a_threshold_is_found_between_two_factors_of_the_scan() -> None:
    found = threshold(lambda f: f >= 0.734, (0.5, 1.0, 2.0), width=1e-9)
    assert found.reach is Reach.FOUND
    assert found.value == pytest.approx(0.734, rel=2e-9)
    assert found.value >= 0.734


@pytest.mark.parametrize(("at", "reach", "value"), [(0.0, Reach.ALWAYS, 0.5), (3.0, Reach.NEVER, 2.0)])
def test_what_always_or_never_holds_is_said_with_the_end_that_was_tried(at: float, reach: Reach, value: float) -> None:
    found = threshold(lambda f: f >= at, (0.5, 1.0, 2.0), width=1e-9)
    assert (found.reach, found.value) == (reach, value)


def test_what_fails_again_further_up_is_told() -> None:
    found = threshold(lambda f: 0.7 <= f < 2.5, (0.5, 1.0, 2.0, 3.0), width=1e-9)
    assert found.value == pytest.approx(0.7)
    assert found.fails_above == 3.0


def test_halving_asks_no_more_often_than_the_width_needs() -> None:
    """A bracket of 0.5 halved to 0.01 of about 0.75: six halvings after three factors."""
    calls: list[float] = []

    def holds(factor: float) -> bool:
        calls.append(factor)
        return factor >= 0.75

    threshold(holds, (0.5, 1.0, 2.0), width=0.01)
    assert len(calls) <= 3 + math.ceil(math.log2(0.5 / (0.01 * 0.75)))


def test_the_range_holds_the_true_factor_as_often_as_it_says() -> None:
    """Each path stands from a uniform factor between 0 and 10 on: 95 % of them from 9.5 on. 300 draws of 1,000 paths:
    about 285 ranges hold 9.5, with a standard error of 3.8."""
    rng, inside = np.random.default_rng(5), 0
    for _ in range(300):
        from_on = rng.uniform(0.0, 10.0, 1000)

        def share(factor: float, from_on=from_on) -> float:
            return float((from_on <= factor).mean())

        def error(factor: float, share=share) -> float:
            return math.sqrt(share(factor) * (1.0 - share(factor)) / 1000)

        found = ranged(share, error, (0.0, 5.0, 10.0), confidence=0.95, width=1e-6)
        assert found.low.value <= found.least.value <= found.high.value
        inside += found.low.value <= 9.5 <= found.high.value
    assert 285 - 4 * 3.8 <= inside <= 300


def test_the_error_of_independent_paths_is_the_binomial_one() -> None:
    stood = np.arange(1000) < 900
    assert standard_error(stood, np.zeros(1000, dtype=np.int64)) == pytest.approx(math.sqrt(0.9 * 0.1 / 1000))


def test_paths_of_one_opening_that_all_do_the_same_count_as_one() -> None:
    """100 openings of 8 equal paths, 90 of which stand: sqrt(.9 x .1 / 99), ten per cent and more above binomial."""
    opening = np.repeat(np.arange(100), 8)
    assert standard_error(opening < 90, opening) == pytest.approx(math.sqrt(0.9 * 0.1 / 99))


def test_none_of_many_is_no_certainty() -> None:
    assert standard_error(np.ones(400, dtype=np.bool_), np.zeros(400, dtype=np.int64)) == pytest.approx(
        1 / 400, rel=0.01
    )


# --- who stands -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """Paths in which each firm stands from a known factor on."""

    firms: tuple[str, ...]
    from_on: np.ndarray

    def stands(self, factor: float) -> np.ndarray:
        return self.from_on <= factor

    def causes(self, factor: float) -> np.ndarray:
        return np.tile([0.1, 0.0, 0.7, 0.2], (len(self.firms), 1))

    def error(self, stood: np.ndarray) -> float:
        return standard_error(stood, np.zeros(stood.size, dtype=np.int64))


@pytest.fixture(scope="module")
def known() -> Known:
    """A needs 0.5 to 1.5; B the same but falls in a fifth of paths whatever the demand; C falls so in one of 50."""
    rng, paths = np.random.default_rng(3), 2000
    from_on = rng.uniform(0.5, 1.5, (paths, 3))
    from_on[: paths // 5, 1] = np.inf
    from_on[-paths // 50 :, 2] = np.inf
    return Known(("a", "b", "c"), from_on)


def test_levels_are_quantiles_of_the_factors_from_which_paths_stand(known: Known) -> None:
    answer = levels(known, lambda f: np.array([f >= 0.9, f >= 0.8, True]), "demand", confidence=0.9)
    alone = {row.firm: row.alone for row in answer.firms}
    truth = np.quantile(known.from_on[:, 0], 0.9, method="inverted_cdf")
    assert truth <= alone["a"].needs.least.value <= truth * (1.0 + 2 * WIDTH)
    assert alone["b"].needs.least.reach is Reach.NEVER
    assert alone["b"].most == pytest.approx(0.8)
    assert alone["b"].central.value == pytest.approx(0.8, rel=1e-6)
    assert alone["c"].central.reach is Reach.ALWAYS


def test_only_those_are_left_out_who_must_be(known: Known) -> None:
    """Of C one path in 50 is lost, which nine in ten allows; of B every fifth, which it does not."""
    answer = levels(known, lambda f: np.array([f >= 0.9, f >= 0.8, True]), "demand", confidence=0.9)
    assert answer.everybody.needs.least.reach is Reach.NEVER
    assert answer.everybody.central.value == pytest.approx(0.9, rel=1e-6)
    assert answer.others is not None
    assert answer.others.left_out == ("b",)
    truth = np.quantile(known.from_on[:, [0, 2]].max(axis=1), 0.9, method="inverted_cdf")
    assert truth <= answer.others.needs.least.value <= truth * (1.0 + 2 * WIDTH)


def test_nobody_is_left_out_where_everybody_can_be_served(known: Known) -> None:
    answer = levels(known, lambda f: np.array([True, True, True]), "demand", confidence=0.7)
    assert answer.others is None
    assert answer.everybody.needs.least.reach is Reach.FOUND


def test_causes_come_largest_first(known: Known) -> None:
    answer = levels(known, lambda f: np.array([True, True, True]), "demand", confidence=0.7)
    assert answer.firms[0].causes == ((CAUSES[2], 0.7), (CAUSES[3], 0.2), (CAUSES[0], 0.1))


# --- the engine -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled(economy):
    rows = economy.texts("", {"lab": TIGHT, "cloud": RICH}, assumed={"payment_days": {"all": 0.0}} | ALL_AI)
    return calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))


def test_in_the_plan_receipts_must_cover_what_is_due(compiled) -> None:
    """30 of cash, fixed costs of 60 a quarter, receipts of 100 times the factor: 30 + 6 (100 f - 60) = 0 at 0.55."""
    found = threshold(lambda f: bool(stands_in_plan(compiled, "demand", f).all()), TRIED["demand"], width=EXACT)
    assert found.reach is Reach.FOUND
    assert found.value == pytest.approx(0.55, abs=1e-6)


def test_paths_without_chance_need_what_the_plan_needs(compiled) -> None:
    """Every path is the single path, so the share jumps from none to all at 0.55."""
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    setup = set_up(compiled, BASELINE, without_chance(chance), seed=1)
    told: list[int] = []
    futures = DrawnFutures(compiled, setup, "demand", 16 * LANES, told.append)
    answer = levels(futures, lambda f: stands_in_plan(compiled, "demand", f), "demand", confidence=0.95)
    assert answer.everybody.needs.least.value == pytest.approx(0.55, rel=WIDTH)
    assert answer.everybody.at_plan == 1.0
    assert {share for _, share in answer.everybody.curve} == {0.0, 1.0}
    assert told == list(range(1, len(told) + 1))


def test_more_demand_never_lets_a_path_fall_that_stood(compiled) -> None:
    """Receipts rise with demand and costs are fixed, so on the same chance a path that stands goes on standing."""
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    futures = DrawnFutures(compiled, set_up(compiled, BASELINE, chance, seed=4), "demand", 50 * LANES)
    stood = [futures.stands(f)[:, list(futures.firms).index("lab")] for f in (0.4, 0.55, 0.7, 1.0)]
    assert 0 < stood[1].sum() < stood[1].size
    for less, more in pairwise(stood):
        assert not (less & ~more).any()


def test_paths_are_the_same_in_whatever_pieces_they_are_run(compiled, monkeypatch) -> None:
    """A path is keyed by its number: pieces of one block give what one piece gives."""
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    setup = set_up(compiled, BASELINE, chance, seed=4)
    whole = DrawnFutures(compiled, setup, "demand", 21 * LANES)
    monkeypatch.setattr("cardhouse.economy.need_paths.PIECE", LANES)
    pieces = DrawnFutures(compiled, setup, "demand", 21 * LANES)
    assert (whole.stands(0.6) == pieces.stands(0.6)).all()
    assert whole.stands(0.6).shape == (21 * LANES, 2)
    assert whole.causes(0.6) == pytest.approx(pieces.causes(0.6))
    assert whole.causes(0.6)[list(whole.firms).index("lab")].sum() == pytest.approx(1.0)


def test_demand_in_dollars_is_the_plan_times_the_factor(compiled) -> None:
    """Laboratory 400 a year, and a quarter of the cloud's 400: 125 a quarter."""
    assert sales(compiled).planned == pytest.approx(np.full(QUARTERS, 125.0))
    assert sales(compiled).years == (pytest.approx(500.0),)
    assert asked(compiled, "demand", 1.2) == pytest.approx(np.full(QUARTERS, 150.0))


def test_what_is_sold_leaves_out_who_has_fallen(compiled) -> None:
    """At 0.3 the laboratory burns 30 a quarter: it pays the first quarter with its last dollar and falls in the
    second, in which its customers still come."""
    year = sold_at(compiled, "demand", 0.3)
    assert year.asked == (pytest.approx(0.3 * 500.0),)
    cloud = 4 * 0.3 * 25.0
    assert cloud < year.sold[0] < year.asked[0]
    assert year.short
    assert not sold_at(compiled, "demand", 1.0).short


def test_growth_is_scaled_quarter_by_quarter() -> None:
    """Planned growth of 10 % and 20 %, doubled: 1.2 / 1.1 and then 1.4 / 1.2 of the plan's level; falls stay."""
    plan = np.array([[100.0, 110.0, 132.0], [100.0, 90.0, 90.0]])
    assert paces(plan, np.array([2.0, 2.0, 2.0])) == pytest.approx(
        np.array([[1.0, 1.2 / 1.1, 1.2 / 1.1 * 1.4 / 1.2], [1.0, 1.0, 1.0]])
    )


def test_growth_from_now_to_the_middle_of_the_last_year() -> None:
    assert growth_of(100.0, 100.0 * 1.3**2.5, 3) == pytest.approx(0.3)
    assert growth_of(0.0, 100.0, 3) is None


# --- returns ----------------------------------------------------------------------------------------------------


def flows(put_in: float, earned: list[float], *, left: float = 0.0, spent: list[float] | None = None) -> Flows:
    """Flows at the ends of years."""
    at = np.arange(1.0, len(earned) + 1.0)
    return Flows(at, put_in, np.array(spent or [0.0] * len(earned)), np.array(earned), left)


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.10, 0.15])
def test_an_annuity_earns_its_return(rate: float) -> None:
    assert internal_rate(flows(1000.0, [1000.0 * annuity(rate, 5)] * 5)) == pytest.approx(rate, abs=1e-9)


def test_the_return_is_the_root_of_the_polynomial() -> None:
    """-100, -20, 50, 60 and 30 + 25 of plant: numpy's roots of the polynomial in 1 / (1 + r)."""
    found = internal_rate(flows(100.0, [0.0, 50.0, 60.0, 30.0], spent=[20.0, 0.0, 0.0, 0.0], left=25.0))
    roots = np.roots([55.0, 60.0, 50.0, -20.0, -100.0])
    real = [1.0 / x.real - 1.0 for x in roots if abs(x.imag) < 1e-12 and x.real > 0.0]
    assert found == pytest.approx(real[0], abs=1e-9)


def test_where_no_return_balances_there_is_none() -> None:
    assert internal_rate(flows(100.0, [0.0, 0.0])) is None


def test_a_dollar_of_capital_is_written_off_on_two_lives() -> None:
    """Half over 5 and half over 25 years: after 2 years 0.5 x 3/5 + 0.5 x 23/25 = 0.76; after 5 the half of 20/25."""
    assert standing(2.0, TERMS) == pytest.approx(0.76)
    assert standing(5.0, TERMS) == pytest.approx(0.4)
    assert standing(30.0, TERMS) == 0.0


@pytest.mark.parametrize("rate", [0.05, 0.10])
def test_over_one_whole_life_with_even_sales_the_formula_over_time_is_the_plain_formula(rate: float) -> None:
    terms = replace(TERMS, capital=900.0, short_share=1.0, return_=rate)
    even = np.full(5, 70.0)
    factor = over_time(flows(900.0, [0.0] * 5), even, terms, rate)
    assert factor * 70.0 == pytest.approx(required_revenue(terms))


def test_flows_of_two_whole_firms_by_hand(compiled) -> None:
    """The cloud earns 50 a quarter and spends 25, the laboratory earns 40. Nothing stands at the start. Of each 25
    half is written off over the economic life of 4 years and half over 25, from the next quarter on."""
    found = whole_firms(compiled, simulate(compiled.model, drivers_for(compiled, BASELINE), ledger=False))
    assert owners(compiled) == ["lab", "cloud"]
    assert found.at == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.25, 1.5])
    assert found.put_in == 0.0
    assert found.spent == pytest.approx(np.full(6, 25.0))
    assert found.earned == pytest.approx(np.full(6, 90.0))
    ages = np.arange(6) / 4
    assert found.left == pytest.approx(float((25.0 * (0.5 * (1 - ages / 4) + 0.5 * (1 - ages / 25))).sum()))


def test_flows_for_ai_alone_by_hand(compiled) -> None:
    """A quarter of what the cloud earns; all that the laboratory earns. The cloud spent 100 in 2025 and nothing is
    known of 2022, so all of it counts: four times 25, whose middle is written off for 9 / 24 of a year."""
    path = simulate(compiled.model, drivers_for(compiled, BASELINE), ledger=False)
    found = ai_by_firm(compiled, path, ai_capital(compiled), TERMS)
    assert found["lab"].earned == pytest.approx(np.full(6, 40.0))
    assert found["cloud"].earned == pytest.approx(np.full(6, 12.5))
    ages = np.arange(4) / 4
    before = float((25.0 * (0.5 * (1 - ages / 5) + 0.5 * (1 - ages / 25))).sum())
    assert found["cloud"].put_in == pytest.approx(before, rel=2e-3)
    assert found["lab"].put_in == 0.0
    later = np.concatenate([ages + 1.5, np.arange(6) / 4])
    left = float((25.0 * (0.5 * (1 - later / 5) + 0.5 * (1 - later / 25))).sum())
    assert found["cloud"].left == pytest.approx(left, rel=2e-3)
    both = together(list(found.values()))
    assert both.earned == pytest.approx(np.full(6, 52.5))
    assert both.capital == pytest.approx(before + 150.0, rel=2e-3)


def test_the_demand_of_a_return_earns_that_return(compiled) -> None:
    """Law: at the factor that is found the internal rate of the path's own flows is the return asked for."""
    answer = returns(compiled, TERMS, "demand", (0.10, 0.15))
    capital = ai_capital(compiled)
    for row in answer.asked:
        found = row.by_measure[Measure.AI]
        assert found.reach is Reach.FOUND
        path = simulate(compiled.model, drivers_for(compiled, level("demand", found.value)), ledger=False)
        rate = internal_rate(together(list(ai_by_firm(compiled, path, capital, TERMS).values())))
        assert rate == pytest.approx(row.rate, abs=1e-6)
    assert answer.asked[0].by_measure[Measure.AI].value < answer.asked[1].by_measure[Measure.AI].value


@pytest.fixture(scope="module")
def growing(economy):
    """The same laboratory and cloud, planned to grow."""
    assumed = {"payment_days": {"all": 0.0}, "revenue_growth": {"lab": 0.4, "cloud": 0.4}} | ALL_AI
    rows = economy.texts("", {"lab": TIGHT, "cloud": RICH}, assumed=assumed)
    return calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))


def test_over_time_in_demand_is_the_factor_on_planned_sales(growing) -> None:
    """All of the plan's sales times one factor: the factor that the formula itself gives."""
    answer = returns(growing, TERMS, "demand", (0.10,))
    truth = over_time(answer.plan[Measure.AI], sales(growing).planned, TERMS, 0.10)
    (row,) = answer.asked
    assert row.over_time.reach is Reach.FOUND
    assert row.over_time.value == pytest.approx(truth, rel=2 * EXACT)


def test_over_time_in_growth_is_a_factor_on_growth_that_pays_for_the_capital(growing) -> None:
    """Law: the part of sales, grown that much and discounted by hand, is worth the capital of the plan.

    The part is such that the plan sells a twentieth too little: a factor of 1.05 on demand, and more on growth.
    """
    flows = returns(growing, TERMS, "growth", (0.10,)).plan[Measure.AI]
    short = over_time(flows, sales(growing).planned, TERMS, 0.10) / 1.05
    terms = replace(TERMS, part=TERMS.part * short)
    (row,) = returns(growing, terms, "growth", (0.10,)).asked
    assert row.over_time.reach is Reach.FOUND
    assert row.over_time.value > 1.05
    worth = 1.1**-flows.at
    paid = flows.put_in + float((flows.spent * worth).sum()) - flows.left * float(worth[-1])
    grown = asked(growing, "growth", row.over_time.value)
    assert terms.part * float((grown * worth).sum()) == pytest.approx(paid, rel=1e-6)


# --- what cannot be asked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": 0.3},
        {"confidence": 1.0},
        {"rate": 0.0},
        {"rate": math.nan},
        {"paths": 8},
        {"driver": "rents"},
    ],
)
def test_what_has_no_answer_is_refused_with_what_was_expected(economy, wrong: dict[str, object]) -> None:
    book = economy("", {"lab": TIGHT, "cloud": RICH}, assumed=ALL_AI)
    with pytest.raises(InputError, match="expected"):
        need(book, replace(NeedChoices(), **wrong))
