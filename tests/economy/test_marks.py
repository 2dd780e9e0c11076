"""Market values and marks, on paper: multiples, revenue against plan, stakes in each other solved jointly."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from cardhouse.economy.kernel import columns as col

sys.path.insert(0, str(Path(__file__).parent))
import playing
from playing import close, firm, shock, tie

PAIR = {"left": firm("cloud"), "right": firm("cloud")}
WORTH = ["left,market_cap,,,2025-12-31,200", "right,market_cap,,,2025-12-31,200"]
CROSSED = [
    tie("a", "equity", "left", "right", start="2024-01-01", end=""),
    tie("b", "equity", "right", "left", start="2024-01-01", end=""),
]
HALVES = [f"{t},{word},,2025-12-31,{value}" for t in "ab" for word, value in (("stake", "0.5,fraction"),)]
CARRIED = [f"{t},carrying,,2025-12-31,100,USD_million" for t in "ab"]


@pytest.fixture
def play(economy):
    return partial(playing.play, economy)


def test_stakes_in_each_other_are_solved_jointly_and_counted_once(play):
    """
    Each owns half of the other and is worth 200 (Elliott, Golub and Jackson 2014: twice the assets): 100 of its own and
    half of 200. At half the multiples the own part is 50 and each is worth 100: v = 50 + v/2. What outsiders own, half
    of each, sums to the own parts: 100.
    """
    played = play(PAIR, CROSSED, [*HALVES, *CARRIED], shock("multiples", 0.5), facts=WORTH)
    values = [played.of(node, col.VALUE) for node in PAIR]
    assert values[0] == close([100.0] * 6)
    assert sum(0.5 * v for v in values) == close([100.0] * 6)


def test_a_stake_is_written_down_to_the_mark_and_never_up(play):
    """Carried at 100, worth 100; at half the multiples 50: a loss of 50, once. Higher multiples later undo nothing."""
    played = play(PAIR, CROSSED, [*HALVES, *CARRIED], shock("multiples", 0.5, lasts=2), facts=WORTH)
    assert played.of("left", col.STAKE_LOSS) == close([50, 0, 0, 0, 0, 0])
    assert played.of("left", col.STAKES_HELD) == close([50.0] * 6)
    assert played.of("left", col.STAKES_MARK) == close([50, 50, 100, 100, 100, 100])


@pytest.mark.parametrize(
    ("multiples", "lost", "held"), [(1.0, [0, 0, 0], [100, 400, 400]), (0.8, [20, 60, 0], [80, 320, 320])]
)
def test_shares_bought_outside_the_network_are_worth_what_was_paid_times_multiples(play, multiples, lost, held):
    """
    Carried at 100, and 300 more are bought in the second quarter. At unchanged multiples nothing is lost; at 0.8 a
    fifth of what is there is lost at once, 20, and a fifth of what is bought when it is bought, 60.
    """
    played = play(
        {"buyer": firm("cloud")},
        [tie("s", "equity", "buyer", "outside", 300, start="2025-06-01", end="")],
        ["s,carrying,,2025-12-31,100,USD_million", "s,schedule,2026-04-01,2026-06-30,300,USD_million"],
        shock("multiples", multiples),
        boundary=["outside"],
    )
    assert played.of("buyer", col.INVESTED) == close([0, 300, 0, 0, 0, 0])
    assert played.of("buyer", col.STAKE_LOSS) == close([*lost, 0, 0, 0])
    assert played.of("buyer", col.STAKES_HELD) == close([*held, *held[2:] * 3])
    assert played.of("buyer", col.STAKES_MARK) == close(played.of("buyer", col.STAKES_HELD))


def test_what_shares_bring_beyond_what_they_are_carried_at_is_a_gain_and_averts_no_loss(play):
    """A fifth of revenue of 100 a quarter is gone, and its variable cost with it: shares are sold for what is left.

    They are worth 500, bring 350 in a hurry and are carried at 50: a seventh of what they bring was their cost, the
    rest is a gain, and nothing is written down.
    """
    two = {"poor": firm("model", cash=0.0, assets=1000.0, equity=1000.0, costs=400.0), "rich": firm("cloud")}
    ties = [tie("s", "equity", "poor", "rich", start="2024-01-01", end="")]
    terms = ["s,stake,,2025-12-31,0.5,fraction", "s,carrying,,2025-12-31,50,USD_million"]
    played = play(
        two,
        ties,
        terms,
        shock("demand", 0.8),
        facts=["rich,market_cap,,,2025-12-31,1000"],
        assumed={
            "ai_demand_share": {"poor": 1.0},
            "variable_cost_share": {"poor": 0.36},
            "liquidation_stakes": {"poor": 0.7},
        },
    )
    assert played.of("poor", col.SOLD_STAKES) == close([20.0 * (1.0 - 0.36)] * 6)
    assert played.of("poor", col.STAKE_GAIN) == close([12.8 * 6 / 7] * 6)
    assert played.of("poor", col.STAKE_LOSS) == close([0.0] * 6)
    assert played.of("poor", col.STAKES_HELD) == close([50.0 - 12.8 / 7 * (q + 1) for q in range(6)])


def test_what_is_left_of_shares_outside_the_network_after_a_sale_is_marked_alone(play):
    """
    Carried at the 350 that they would bring. 12.8 are sold a quarter, at half the price from the second one on: there
    168.6 are left of 337.2, 12.8 of them are sold and 155.8 stay; from then on nothing is lost.
    """
    played = play(
        {"poor": firm("model", cash=0.0, assets=1350.0, equity=1350.0, costs=400.0)},
        [tie("s", "equity", "poor", "outside", start="2024-01-01", end="")],
        ["s,stake,,2025-12-31,0.5,fraction", "s,carrying,,2025-12-31,350,USD_million"],
        shock("demand", 0.8),
        shock("multiples", 0.5, start=2),
        facts=["outside,market_cap,,,2025-12-31,1000"],
        boundary=["outside"],
        assumed={
            "ai_demand_share": {"poor": 1.0},
            "variable_cost_share": {"poor": 0.36},
            "liquidation_stakes": {"poor": 0.7},
        },
    )
    assert played.of("poor", col.SOLD_STAKES) == close([12.8] * 6)
    assert played.of("poor", col.STAKE_LOSS) == close([0.0, 168.6, 0.0, 0.0, 0.0, 0.0])
    assert played.of("poor", col.STAKES_HELD) == close([337.2, *(155.8 - 12.8 * q for q in range(5))])


def test_private_values_follow_listed_ones_with_a_lag(play):
    """No market quotes it: book equity of 2,000, and multiples of two quarters ago."""
    played = play({"lab": firm("model")}, (), (), shock("multiples", 0.5))
    assert played.of("lab", col.VALUE) == close([2000, 2000, 1000, 1000, 1000, 1000])


def test_who_is_gone_is_worth_nothing_and_takes_its_part_from_its_holders(play):
    """The right one is pulled: the left one is left with its own 100, and writes off the 100 that it carried."""
    played = play(PAIR, CROSSED, [*HALVES, *CARRIED], facts=WORTH, pull="right", at=2)
    assert played.of("left", col.VALUE) == close([200, 100, 100, 100, 100, 100])
    assert played.of("left", col.STAKE_LOSS) == close([0, 100, 0, 0, 0, 0])


def test_value_answers_to_revenue_lost_against_plan(play):
    """A fifth of revenue is gone for good; the elasticity is one in these economies, then two."""
    fall = {"ai_demand_share": {"left": 1.0}}
    once = play({"left": firm("cloud")}, (), (), shock("demand", 0.8), facts=WORTH[:1], assumed=fall)
    assert once.of("left", col.VALUE) == close([160.0] * 6)
    twice = fall | {"value_elasticity": {"all": 2.0}}
    more = play({"left": firm("cloud")}, (), (), shock("demand", 0.8), facts=WORTH[:1], assumed=twice)
    assert more.of("left", col.VALUE) == close([128.0] * 6)
