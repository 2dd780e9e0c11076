"""The market for computing and the other drivers, each on one or two firms on paper.

The firm: a receipt of 100 a quarter, costs that are half fixed (a fifth of revenue is avoidable cost), no debt, no
growth, no tax. A driver moves what the assumptions say depends on it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.scenario import Move

sys.path.insert(0, str(Path(__file__).parent))
import playing
from playing import DAYS, HERE, close, firm, shock, tie


@pytest.fixture
def play(economy):
    """Run one or two firms under some shocks; ties and terms by name."""

    def one(firms, *shocks, ties=(), terms=(), **more):
        return playing.play(economy, firms, ties, terms, *shocks, **more)

    return one


ALL_AI = {"ai_demand_share": {"all": 1.0}, "demand_elasticity": {"all": 1.0}}
ONE = {"lab": firm("model")}


def elastic(elasticity):
    return {"ai_demand_share": {"all": 1.0}, "demand_elasticity": {"all": elasticity}}


# Volume, price, elasticity


@pytest.mark.parametrize(("elasticity", "sales"), [(0.5, 2**-0.5), (1.0, 1.0), (1.5, 2**0.5)])
def test_cheaper_computing_cuts_sales_below_an_elasticity_of_one_and_raises_them_above(play, elasticity, sales):
    """
    Twice the tokens from a chip: a token costs half, volume is 2 to the elasticity, sales are half of that. Computing
    needed is volume over two, the same number: and the rent follows it.
    """
    played = play(ONE, shock("efficiency", 2.0), assumed=elastic(elasticity))
    assert played.of("lab", col.WORLD_RECEIPTS) == close([100 * sales] * 6)
    assert played.need == close([sales] * 6)
    assert played.rents == close([sales] * 6)


def test_the_scenario_own_elasticity_counts_before_the_assumed_one(play):
    played = play(ONE, shock("efficiency", 2.0), shock("elasticity", 1.0), assumed=elastic(0.5))
    assert played.of("lab", col.WORLD_RECEIPTS) == close([100.0] * 6)


@pytest.mark.parametrize(("elasticity", "sales"), [(0.5, 0.8**0.5), (1.0, 1.0), (2.0, 0.8**-1.0)])
def test_a_price_war_moves_sales_by_the_price_and_the_volume(play, elasticity, sales):
    """A price of 0.8: volume 0.8 to the minus elasticity; computing needed is the volume, chips do no more."""
    played = play(ONE, shock("token_price", 0.8), assumed=elastic(elasticity))
    assert played.of("lab", col.WORLD_RECEIPTS) == close([100 * sales] * 6)
    assert played.need == close([0.8**-elasticity] * 6)


def test_only_the_ai_part_of_receipts_moves(play):
    """0.6 of them: 100 x (0.4 + 0.6 x 0.7); of the variable cost of 20 (a fifth) the same part goes."""
    played = play(ONE, shock("demand", 0.7), assumed={"ai_demand_share": {"all": 0.6}})
    assert played.of("lab", col.WORLD_RECEIPTS) == close([82.0] * 6)
    # Its variable cost is rented computing: need 0.7 at a rent of 0.7.
    assert played.of("lab", col.COSTS) == close([50 - 20 * 0.6 * (1 - 0.7 * 0.7)] * 6)


def test_variable_cost_that_is_not_computing_follows_volume_alone(play):
    played = play({"app": firm("application")}, shock("demand", 0.7), assumed={"ai_demand_share": {"all": 0.6}})
    assert played.of("app", col.COSTS) == close([50 - 20 * 0.6 * 0.3] * 6)


# Rents


@pytest.mark.parametrize(("response", "rent"), [(1.0, 0.7), (0.5, 0.7**0.5), (2.0, 0.7**2.0), (0.0, 1.0)])
def test_rents_answer_need_over_capacity_with_the_assumed_response(play, response, rent):
    played = play(ONE, shock("demand", 0.7), assumed=ALL_AI | {"rent_response": {"all": response}})
    assert played.rents == close([rent] * 6)


def test_above_the_ceiling_rents_rise_no_more_and_what_cannot_be_served_is_not_sold(play):
    """Demand of 1.8 against a ceiling of 1.5 (a response of 1): rent 1.5, sales 1.5, computing 1.5."""
    played = play(ONE, shock("demand", 1.8), assumed=ALL_AI | {"rent_ceiling": {"all": 1.5}})
    assert played.rents == close([1.5] * 6)
    assert played.of("lab", col.WORLD_RECEIPTS) == close([150.0] * 6)
    assert played.need == close([1.5] * 6)


def test_below_the_ceiling_all_is_served(play):
    played = play(ONE, shock("demand", 1.4), assumed=ALL_AI | {"rent_ceiling": {"all": 1.5}})
    assert played.rents == close([1.4] * 6)
    assert played.of("lab", col.WORLD_RECEIPTS) == close([140.0] * 6)


def test_a_maker_of_chips_sells_for_what_is_served_of_the_demand(play):
    """Its customers' demand of 1.8 is served up to the ceiling of 1.5: so much they buy of it."""
    played = play(EXPORTER, shock("demand", 1.8), assumed=ALL_AI | {"rent_ceiling": {"all": 1.5}})
    assert played.of("maker", col.WORLD_RECEIPTS) == close([150.0] * 6)


LETS = {"ai_demand_share": {"cloud": 0.4}, "compute_rent_share": {"cloud": 0.4}, "rent_ceiling": {"all": 1.5}}


def test_what_is_let_from_day_to_day_is_held_by_capacity_at_the_ceiling(play):
    """A firm that would let twice of what was planned, 0.4 of its receipts, with computing for half as much again.

    The rent stands at its ceiling of 1.5, and 1.5 of the plan is let: 60 + 40 x 1.5 x 1.5. The variable cost of that
    part, a fifth of it, follows what is let.
    """
    played = play({"cloud": firm("cloud")}, shock("share", 2.0, firm="cloud"), assumed=LETS)
    assert played.rents == close([1.5] * 6)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([60.0 + 40.0 * 1.5 * 1.5] * 6)
    assert played.of("cloud", col.COSTS) == close([50.0 + 20.0 * 0.4 * 0.5] * 6)


def test_more_demand_for_tokens_raises_the_rent_and_not_what_is_let(play):
    """Demand of 1.8: the rent is 1.5, and all that the firm has is let as it was planned."""
    played = play({"cloud": firm("cloud")}, shock("demand", 1.8), assumed=LETS)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([60.0 + 40.0 * 1.5] * 6)
    assert played.of("cloud", col.COSTS) == close([50.0] * 6)


OWNS = firm("cloud", plant=200.0, assets=2200.0, equity=2200.0, capex=100.0)
"""A cloud with computing of its own, planned to stay at what it is bought at."""


def test_a_cloud_lets_no_more_than_its_own_fleet_at_the_ceiling_though_others_have_to_spare(play):
    """
    Two alike, one of which would let 1.8 times its plan: need is 1.4 times the fleet of both, and so is the rent. Its
    own fleet, which is the planned one, can let 1.5 times; the other lets its plan.
    """
    assumed = {"ai_demand_share": {"all": 0.4}, "compute_rent_share": {"all": 0.4}, "rent_ceiling": {"all": 1.5}}
    played = play({"cloud": OWNS, "other": OWNS}, shock("share", 1.8, firm="cloud"), assumed=assumed)
    assert played.rents == close([1.4] * 6)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([60.0 + 40.0 * 1.5 * 1.4] * 6)
    assert played.of("cloud", col.LET) == close([40.0 * 1.5 * 1.4] * 6)
    assert played.of("other", col.WORLD_RECEIPTS) == close([60.0 + 40.0 * 1.4] * 6)


def test_a_cloud_serves_no_more_than_its_own_fleet_at_the_ceiling(play):
    """The same of AI sales: asked for 1.8 times its plan it sells 1.5, and pays variable cost for that."""
    assumed = ALL_AI | {"rent_ceiling": {"all": 1.5}}
    played = play({"cloud": OWNS, "other": OWNS}, shock("share", 1.8, firm="cloud"), assumed=assumed)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([150.0] * 6)
    assert played.of("cloud", col.COSTS) - played.calm("cloud", col.COSTS) == close([20.0 * 0.5] * 6)
    assert played.of("other", col.WORLD_RECEIPTS) == close([100.0] * 6)


def test_a_cloud_that_builds_no_more_sells_what_is_left_of_its_fleet(play):
    """At twice the demand the ceiling of 1.5 holds all the time: 150 of receipts on the planned fleet, less on less."""
    shocks = shock("demand", 2.0), shock("spending", 0.0)
    played = play({"cloud": OWNS}, *shocks, assumed=ALL_AI | {"rent_ceiling": {"all": 1.5}})
    left, planned = played.of("cloud", col.FLEET)[:-1], played.calm("cloud", col.FLEET)[:-1]
    assert left[-1] < 0.8 * planned[-1]
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([150.0, *(150.0 * left / planned)])


def test_a_contract_that_fell_away_leaves_its_computing_to_others(play):
    """
    A laboratory buys half a million a day of a cloud, and stops in the first quarter. From the next one on the cloud's
    whole fleet serves others: 1.5 times all of its planned revenue instead of 1.5 times what they were planned to pay;
    another quarter on, less the 0.3 of the contract's computing that is let again.
    """
    rent = tie("c", "purchase", "lab", "cloud", 365)
    firms = {"cloud": OWNS, "lab": firm("model")}
    assumed = {"ai_demand_share": {"cloud": 1.0}, "rent_ceiling": {"all": 1.5}}
    played = play(firms, shock("demand", 4.0), ties=[rent], assumed=assumed, pull="lab")
    plan, whole = played.calm("cloud", col.WORLD_RECEIPTS), played.calm("cloud", col.REVENUE)
    assert whole - plan == close(DAYS / 2)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close(
        [1.5 * plan[0], 1.5 * whole[1], *(1.5 * (whole - 0.3 * DAYS / 2)[2:])]
    )


def test_a_laboratory_finds_what_others_leave_idle(play):
    """
    Labs rent their computing. Of three alike at twice the demand and a ceiling of 1.5 one is asked for half a plan,
    the two others for twice theirs: they have 1.5 each and half of what the first leaves.
    """
    firms = {"lab": firm("model"), "other": firm("model"), "third": firm("model")}
    shocks = shock("demand", 2.0), shock("share", 0.25, firm="lab")
    played = play(firms, *shocks, assumed=ALL_AI | {"rent_ceiling": {"all": 1.5}})
    assert played.of("lab", col.WORLD_RECEIPTS) == close([50.0] * 6)
    assert played.of("other", col.WORLD_RECEIPTS) == close([200.0] * 6)
    shocks = shock("demand", 2.0), shock("share", 0.25, firm="lab"), shock("share", 2.0, firm="other")
    played = play(firms, *shocks, assumed=ALL_AI | {"rent_ceiling": {"all": 1.5}})
    # The second lacks 2.5, the third 0.5; the first leaves 1.
    assert played.of("other", col.WORLD_RECEIPTS) == close([150.0 + 100.0 * 2.5 / 3.0] * 6)
    assert played.of("third", col.WORLD_RECEIPTS) == close([150.0 + 100.0 * 0.5 / 3.0] * 6)


def test_rents_have_a_driver_of_their_own(play):
    """What is let from day to day, 0.4 of receipts, earns 0.6 of its rent; contracts are as they were."""
    assumed = {"ai_demand_share": {"cloud": 0.4}, "compute_rent_share": {"cloud": 0.4}}
    played = play({"cloud": firm("cloud")}, shock("rents", 0.6), assumed=assumed)
    assert played.rents == close([0.6] * 6)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([100 * (0.6 + 0.4 * 0.6)] * 6)


def test_spending_less_makes_computing_scarce(play):
    """
    Half of the plant of 200 is computing, bought over five years at a pace that grew by a factor of e; what was bought
    in a quarter serves sixteen. 12.5 of short-lived plant is planned a quarter: none of it is bought. The rent of the
    second quarter is the planned fleet over what is left.
    """
    cloud = firm("cloud", plant=200.0, assets=2200.0, equity=2200.0, capex=100.0)
    played = play({"cloud": cloud}, shock("spending", 0.0))
    bought = np.exp(-np.arange(20) / 20)
    bought *= 100.0 / (bought * (1 - np.arange(20) / 20)).sum()
    planned = left = bought[:16].sum()
    rents = []
    for quarter in range(6):
        rents.append(planned / left)
        planned, left = planned - bought[15 - quarter] + 12.5, left - bought[15 - quarter]
    assert played.rents == close(np.minimum(rents, 2.0))


def test_a_laboratory_that_stops_takes_its_demand_with_it(play):
    """Two of equal size: from the quarter after, half of the demand is gone and rents halve."""
    played = play({"lab": firm("model"), "other": firm("model")}, pull="lab", at=2, assumed=ALL_AI)
    assert played.rents == close([1, 1, 0.5, 0.5, 0.5, 0.5])
    assert played.of("other", col.WORLD_RECEIPTS) == close([100.0] * 6)
    # Its variable cost of 20 is rented computing, at half the rent.
    assert played.of("other", col.COSTS) == close([50, 50, 40, 40, 40, 40])


def test_sales_to_makers_of_chips_are_no_end_demand(play):
    """A maker's AI sales are its customers' plant: with it gone rents stay."""
    played = play({"lab": firm("model"), "maker": firm("compute")}, pull="maker", assumed=ALL_AI)
    assert played.rents == close([1.0] * 6)


def test_a_share_lost_is_lost_by_one_firm_alone(play):
    played = play({"lab": firm("model"), "other": firm("model")}, shock("share", 0.5, firm="lab"), assumed=ALL_AI)
    assert played.of("lab", col.WORLD_RECEIPTS) == close([50.0] * 6)
    assert played.of("other", col.WORLD_RECEIPTS) == close([100.0] * 6)
    assert played.rents == close([0.75] * 6)


def test_demand_that_moves_takes_its_dollars_along(play):
    """Half of 100 a quarter goes to a firm of 200: it has a quarter more; nothing is lost and rents stay."""
    firms = {"lab": firm("model"), "other": firm("model", revenue=800.0)}
    played = play(firms, moves=[Move("lab", "other", 0.5, HERE)], assumed=ALL_AI)
    assert played.of("lab", col.WORLD_RECEIPTS) == close([50.0] * 6)
    assert played.of("other", col.WORLD_RECEIPTS) == close([250.0] * 6)
    assert played.rents == close([1.0] * 6)


def test_what_is_sold_since_the_opening_earns_the_rent_of_the_day(play):
    """
    Receipts grow; of what they are above the first quarter's a half earns the market's rent: at a rent of 0.6 growth
    brings 0.5 + 0.5 x 0.6 of its plan.
    """
    assumed = {
        "ai_demand_share": {"cloud": 1.0},
        "new_sales_rent_share": {"cloud": 0.5},
        "revenue_growth": {"cloud": 0.4},
    }
    played = play({"cloud": firm("cloud")}, shock("rents", 0.6), assumed=assumed)
    plan = played.calm("cloud", col.WORLD_RECEIPTS)
    assert plan[-1] > plan[0]
    grown = 0.5 * (plan - plan[0])
    assert played.of("cloud", col.WORLD_RECEIPTS) == close(plan - grown + grown * 0.6)


# Policy, suppliers, money


EXPORTER = {"maker": firm("compute")}
ABROAD = {"export_share": {"maker": 0.25}, "avoidable_cost_share": {"layer:compute": 0.2}}


def test_an_export_ban_takes_the_exports_and_their_variable_cost(play):
    """A quarter of 100, and of its variable cost of 20."""
    banned = play(EXPORTER, shock("export", 0.0), assumed=ABROAD)
    assert banned.of("maker", col.WORLD_RECEIPTS) == close([75.0] * 6)
    assert banned.of("maker", col.COSTS) == close([45.0] * 6)
    half = play(EXPORTER, shock("export", 0.5), assumed=ABROAD)
    assert half.of("maker", col.WORLD_RECEIPTS) == close([87.5] * 6)


def test_a_levy_is_a_cost_on_exports(play):
    """15 percent of 25 a quarter; of 12.5 when half of them are licensed; of none under a ban."""
    taxed = play(EXPORTER, shock("levy", 0.15), assumed=ABROAD)
    assert taxed.of("maker", col.LEVY) == close([3.75] * 6)
    assert taxed.calm("maker", col.INCOME) - taxed.of("maker", col.INCOME) == close([3.75] * 6)
    half = play(EXPORTER, shock("levy", 0.15), shock("export", 0.5), assumed=ABROAD)
    assert half.of("maker", col.LEVY) == close([0.15 * 12.5] * 6)
    none = play(EXPORTER, shock("levy", 0.15), shock("export", 0.0), assumed=ABROAD | {"export_share": {"maker": 1.0}})
    assert none.of("maker", col.LEVY) == close([0.0] * 6)


def test_states_that_order_more(play):
    """A tenth of receipts is theirs: twice as much is 110."""
    assumed = {"sovereign_share": {"maker": 0.1}, "avoidable_cost_share": {"layer:compute": 0.2}}
    played = play(EXPORTER, shock("sovereign", 2.0), assumed=assumed)
    assert played.of("maker", col.WORLD_RECEIPTS) == close([110.0] * 6)
    assert played.of("maker", col.COSTS) == close([52.0] * 6)


def test_a_subsidy_that_ends_is_a_cost_of_spending(play):
    """A fifth of 25 a quarter came back; with half of the subsidy a tenth."""
    cloud, assumed = {"cloud": firm("cloud", capex=100.0)}, {"capital_subsidy_share": {"cloud": 0.2}}
    assert play(cloud, shock("subsidy", 0.0), assumed=assumed).of("cloud", col.LEVY) == close([5.0] * 6)
    assert play(cloud, shock("subsidy", 0.5), assumed=assumed).of("cloud", col.LEVY) == close([2.5] * 6)
    assert play(cloud, assumed=assumed).of("cloud", col.LEVY) == close([0.0] * 6)


def test_a_supplier_price_moves_receipts_and_no_cost(play):
    """The same chips at 0.9 of the price."""
    played = play(EXPORTER, shock("price", 0.9, firm="maker"), assumed=ABROAD)
    assert played.of("maker", col.WORLD_RECEIPTS) == close([90.0] * 6)
    assert played.of("maker", col.COSTS) == close([50.0] * 6)


BUYER = {"cloud": firm("cloud", capex=100.0), "maker": firm("compute")}
SHARE = {
    "ties": ["s,purchase,cloud,maker,,,,,2025-01-01,2025-01-01,2030-12-31,binding,active,yes,tenq,2026-01-15,high,"],
    "terms": ["s,share_of_capex,2025-01-01,2030-12-31,0.4,fraction"],
    "assumed": {"avoidable_cost_share": {"layer:compute": 0.3}},
}


def test_a_supplier_share_moves_its_sales_and_their_cost(play):
    """0.4 of 25 a quarter are 10; a share of 0.7 leaves 7, and 0.3 of cost on the 3 that it does not make."""
    played = play(BUYER, shock("supplier", 0.7, firm="maker"), **SHARE)
    assert played.of("maker", col.TIES_GOT) == close([7.0] * 6)
    assert played.calm("maker", col.COSTS) - played.of("maker", col.COSTS) == close([0.9] * 6)


def test_cheaper_chips_cost_the_buyer_less_and_the_maker_as_much(play):
    """At 0.9 of the price the customers' orders are 9, made at the cost of 10."""
    played = play(BUYER, shock("price", 0.9, firm="maker"), **SHARE)
    assert played.of("maker", col.TIES_GOT) == close([9.0] * 6)
    assert played.of("maker", col.COSTS) == close(played.calm("maker", col.COSTS))


def test_a_contract_at_a_fixed_price_is_not_touched_by_the_market_price(play):
    """100 a quarter of plan, a million a day under a contract of its own: the same dollars, the same chips."""
    days = "2025-01-01,2026-01-01,2026-12-31"
    tie = f"c,purchase,cloud,maker,365,USD_million,,,{days},binding,active,yes,tenq,2026-01-15,high,"
    firms = {"cloud": firm("cloud", capex=400.0), "maker": firm("compute")}
    played = play(firms, shock("price", 0.5, firm="maker"), ties=[tie], assumed=SHARE["assumed"])
    assert played.of("maker", col.TIES_GOT) == close([90, 91, 92, 92, 0, 0])
    assert played.of("maker", col.COSTS) == close(played.calm("maker", col.COSTS))


@pytest.mark.parametrize(("life", "faster"), [(2.0, 2.0), (4.0, 1.0), (10.0, 1.0)])
def test_a_shorter_economic_life_wears_the_ladder_faster(play, life, faster):
    """
    Short-lived plant of 100 on a life of four years in the accounts. A life of two takes twice as much of it in the
    first quarter; one that is not shorter changes nothing in them. Long-lived plant of 80 wears as ever: even spending
    over a hundred quarters leaves 160/101 a quarter.
    """
    cloud = {"cloud": firm("cloud", plant=200.0, assets=2200.0, equity=2200.0)}
    assumed = {"server_life_years": {"all": 4.0}}
    played = play(cloud, shock("life", life), assumed=assumed)
    calm = played.calm("cloud", col.DEPRECIATION)[0]
    assert played.of("cloud", col.DEPRECIATION)[0] - calm == close((faster - 1.0) * (calm - 160 / 101))


def test_old_chips_earn_less_when_they_age_faster(play):
    """
    A life of two years instead of four: a quarter more is gone a year, a sixteenth a quarter. What is let from day to
    day earns 15/16 of its plan in the first quarter, then 15/16 of that.
    """
    assumed = {"ai_demand_share": {"cloud": 0.4}, "compute_rent_share": {"cloud": 0.4}}
    played = play({"cloud": firm("cloud")}, shock("life", 2.0), assumed=assumed)
    kept = (15 / 16) ** np.arange(1, 7)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close(100 * (0.6 + 0.4 * kept))


def test_a_delay_shifts_spending_and_ai_business(play):
    """Spending that steps up comes a quarter later; AI sales stand where the plan stood a quarter before."""
    assumed = {
        "ai_demand_share": {"cloud": 0.5},
        "revenue_growth": {"cloud": 0.4},
        "capex_growth": {"cloud": 0.4},
        "rent_response": {"all": 0.0},
    }
    played = play({"cloud": firm("cloud", capex=100.0)}, shock("delay", 1.0), assumed=assumed)
    plan, spends = played.calm("cloud", col.WORLD_RECEIPTS), played.calm("cloud", col.CAPEX)
    assert played.of("cloud", col.CAPEX) == close([spends[0], *spends[:-1]])
    late = np.array([plan[0], *plan[:-1]])
    assert played.of("cloud", col.WORLD_RECEIPTS) == close(0.5 * plan + 0.5 * late)


def test_growth_may_slow(play):
    """With no growth AI sales stay where the plan began."""
    assumed = {"ai_demand_share": {"cloud": 1.0}, "revenue_growth": {"cloud": 0.4}}
    played = play({"cloud": firm("cloud")}, shock("growth", 0.0), assumed=assumed)
    plan = played.calm("cloud", col.WORLD_RECEIPTS)
    assert played.of("cloud", col.WORLD_RECEIPTS) == close([plan[0]] * 6)
