"""Terms of contracts as they act in a run: small economies worked out on paper, quarter by quarter.

Six quarters from the opening of 2025-12-31 have 90, 91, 92, 92, 90 and 91 days; a contract of 730 over 2026 and 2027 is
a million a day. No days of credit, no growth, no tax, no own liabilities unless a test says so.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.scenario import BASELINE, PullEvent, read_scenario

sys.path.insert(0, str(Path(__file__).parent))
import playing
from playing import DAYS, close, firm, shock, tie


@pytest.fixture
def play(economy):
    return partial(playing.play, economy)


TWO = {"buyer": firm("model", costs=400.0), "seller": firm("cloud")}
COMPUTE = tie("c", "purchase", "buyer", "seller", 730)


# Schedules


RAMP = [*np.diff(100 * np.array([0.0, 90, 181, 273, 365]) ** 2 / 365**2), 0, 0]
"""100 over 2026, rising in a straight line: after k of 365 days the square of k/365 of it."""


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ((), DAYS),
        (["c,schedule,2026-01-01,2026-12-31,365,USD_million"], DAYS * [1, 1, 1, 1, 0, 0]),
        (["c,ramp,2026-01-01,2026-12-31,100,USD_million"], RAMP),
        (["c,gigawatts,2026-01-01,2026-12-31,2,GW", "c,per_gigawatt,,,182.5,USD_million"], DAYS * [1, 1, 1, 1, 0, 0]),
        (["c,paid_to_date,,2025-12-31,365,USD_million"], DAYS / 2),
    ],
)  # fmt: skip
def test_a_schedule_is_paid_as_it_says_and_is_the_seller_revenue(play, terms, due):
    """Both have other business for the rest: revenue of 100 a quarter, of which the contract is a part."""
    played = play(TWO, [COMPUTE], terms)
    assert played.due("c") == close(due)
    assert played.paid("c") == close(due)
    assert played.of("seller", col.TIES_GOT) == close(due)
    assert played.of("buyer", col.COSTS_TIES) == close(due)
    assert played.of("seller", col.REVENUE)[:4].sum() == close(400.0)


def test_a_lease_that_commences_later_begins_later_still_when_power_is_late(play):
    """From July on; with a delay of one quarter every quarter pays what the one before it was to pay."""
    lease = tie("c", "lease", "buyer", "seller", 549)
    terms = ["c,schedule,2026-07-01,2027-12-31,549,USD_million"]
    calm = play(TWO, [lease], terms)
    assert calm.due("c") == close([0, 0, 92, 92, 90, 91])
    late = play(TWO, [lease], terms, shock("delay", 1.0))
    assert late.due("c") == close([0, 0, 0, 92, 92, 90])
    half = play(TWO, [lease], terms, shock("delay", 0.5))
    assert half.due("c") == close([0, 0, 46, 92, 91, 90.5])


def test_the_shipped_scenario_of_late_power_delays_a_lease(play):
    """Whatever its numbers: nothing is paid before the day of the contract, and less in all."""
    lease, terms = tie("c", "lease", "buyer", "seller", 549), ["c,schedule,2026-07-01,2027-12-31,549,USD_million"]
    late = play(TWO, [lease], terms, scenario=read_scenario("power-late")).due("c")
    assert late[:2].tolist() == [0.0, 0.0]
    assert np.cumsum(late)[-1] < 365.0


def test_a_contract_between_firms_with_the_world_is_not_delayed(play):
    """Its payee is no site and no chip maker: an unnamed supplier."""
    supply = tie("c", "supply", "buyer", "suppliers", 549)
    terms = ["c,schedule,2026-07-01,2027-12-31,549,USD_million"]
    assert play(TWO, [supply], terms, shock("delay", 1.0)).due("c") == close([0, 0, 92, 92, 90, 91])


# What binds


POOR = {"buyer": firm("model", cash=0.0, assets=1000.0, equity=1000.0, costs=400.0), "seller": firm("cloud")}
SLUMP = {"ai_demand_share": {"buyer": 1.0}, "avoidable_cost_share": {"buyer": 0.0}}


@pytest.mark.parametrize(
    ("terms", "firmness", "pays", "falls"),
    [
        (["c,cancellable,,,0,days"], "binding", 70.0, False),
        ([], "reported", 70.0, False),
        (["c,take_or_pay,,,0.5,fraction"], "binding", 70.0, False),
        (["c,cancellable,,,60,days"], "binding", 70.0, False),
        (["c,cancellable,,,75,days"], "binding", 70.0, True),
        (["c,take_or_pay,,,1,fraction"], "binding", 70.0, True),
        ([], "binding", 70.0, True),
    ],
)
def test_what_can_be_cancelled_is_cut_and_what_binds_brings_default(play, terms, firmness, pays, falls):
    """
    The buyer has no cash, 80 of receipts instead of 100, own costs of 100 - 90 = 10, and 90 under the contract.
    Bound are none, half, 60 of 90 days, 75 of 90 days, all: with 10 of costs that is at most 80 in the first four. It
    pays 70 under the contract in every case, as the last dollar or as a bankrupt.
    """
    contract = tie("c", "purchase", "buyer", "seller", 730, firmness=firmness)
    played = play(POOR, [contract], terms, shock("demand", 0.8), assumed=SLUMP)
    assert played.paid("c")[0] == close(pays)
    assert (played.fell("buyer") == 0) is falls
    assert played.run.baseline.fell.tolist() == [FOREVER, FOREVER]


def test_a_firm_exactly_at_its_limit_stands(play):
    """70 of 90 days of notice bind 70: with own costs of 10 that is all of its 80."""
    played = play(POOR, [COMPUTE], ["c,cancellable,,,70,days"], shock("demand", 0.8, lasts=1), assumed=SLUMP)
    assert played.fell("buyer") == FOREVER


# Tranches


WAITS = ["t,conditional,2026-01-01,2026-06-30,181,USD_million", "t,schedule,2026-01-01,2026-12-31,0,USD_million"]
PAID_UNDER = "t,condition_tie,,,c,tie"
WORTH = ["seller,market_cap,,,2025-12-31,1000"]


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        (["t,condition_met,2025-08-15,,1,flag"], [90, 91, 0, 0, 0, 0]),
        (["t,condition_met,2026-08-15,,1,flag"], [0, 0, 181, 0, 0, 0]),
        (["t,if_listed,2026-05-01,,1,flag"], [0, 181, 0, 0, 0, 0]),
        (["t,if_valuation,,,1090,USD_million"], [0, 0, 181, 0, 0, 0]),
        (["t,if_valuation,,,9000,USD_million"], [0, 0, 0, 0, 0, 0]),
        (["t,if_delivered,,,181,USD_million", PAID_UNDER], [0, 0, 181, 0, 0, 0]),
        (["t,if_delivered,,,182,USD_million", PAID_UNDER], [0, 0, 0, 181, 0, 0]),
        (["t,if_gigawatts,,,0.3,GW", "t,per_gigawatt,,,300,USD_million", PAID_UNDER], [0, 181, 0, 0, 0, 0]),
        ([], [0, 0, 0, 0, 0, 0]),
    ],
)  # fmt: skip
def test_a_tranche_falls_due_once_its_condition_holds(play, terms, due):
    """
    A million a day over the first half of 2026 waits. The seller's 1,000 grow by a fifth a year: 1,095 after two
    quarters. Under the other contract 90 are paid after the first quarter (0.3 gigawatts at 300), 181 after the second.
    """
    ties = [tie("c", "purchase", "buyer", "seller", 730), tie("t", "purchase", "buyer", "seller", 1)]
    played = play(TWO, ties, [*WAITS, *terms], assumed={"equity_return": {"all": 0.2}}, facts=WORTH)
    assert played.due("t") == close(due)


def test_what_a_condition_released_is_an_order_and_never_brings_default(play):
    """
    The buyer has no cash. 90 are released beside the bound 90: together they take the place of all its planned costs of
    100. Of its 100 it pays the 90, and 10 of the 90 that it only ordered.
    """
    ties = [COMPUTE, tie("t", "purchase", "buyer", "seller", 1)]
    played = play(POOR, ties, [*WAITS, "t,condition_met,2025-08-15,,1,flag"], assumed=SLUMP)
    assert played.due("t")[0] == close(90.0)
    assert (played.paid("c")[0], played.paid("t")[0]) == (close(90.0), close(10.0))
    assert played.fell("buyer") == FOREVER


def test_an_investment_of_tranches_only_is_paid_once_the_condition_holds(play):
    """Shares for 181, due when the buyer has paid 90 under its contract with the investor: in the second quarter."""
    ties = [COMPUTE, tie("t", "equity", "seller", "buyer", 181, start="2025-06-01", end="")]
    terms = [WAITS[0], "t,if_delivered,,,90,USD_million", "t,condition_tie,,,c,tie"]
    played = play(TWO, ties, terms)
    assert played.paid("t") == close([0, 181, 0, 0, 0, 0])
    assert played.of("seller", col.INVESTED) == close([0, 181, 0, 0, 0, 0])


# Shares of what the payer earns or spends


REVSHARE = tie("r", "revenue_share", "buyer", "seller", firmness="binding")
A_FIFTH = ["r,share_of_revenue,2025-01-01,2030-12-31,0.2,fraction"]


def test_a_share_of_revenue_follows_it_up_to_its_cap(play):
    """A fifth of 100 a quarter; 50 of a cap of 100 were paid: 20, 20, 10 and no more."""
    capped = [*A_FIFTH, "r,cap,,,100,USD_million", "r,paid_to_date,,2025-12-31,50,USD_million"]
    assert play(TWO, [REVSHARE], capped).paid("r") == close([20, 20, 10, 0, 0, 0])


def test_a_share_of_revenue_falls_with_revenue(play):
    """Receipts a tenth lower: 18 a quarter."""
    played = play(TWO, [REVSHARE], A_FIFTH, shock("demand", 0.9), assumed={"ai_demand_share": {"buyer": 1.0}})
    assert played.paid("r") == close([18.0] * 6)


def test_a_share_of_revenue_is_part_of_what_the_payee_reports(play):
    """Reported revenue is ties and the rest: 20 of the 100 a quarter come from the share."""
    played = play(TWO, [REVSHARE], A_FIFTH)
    assert played.of("seller", col.TIES_GOT) == close([20.0] * 6)
    assert played.of("seller", col.REVENUE) == close([100.0] * 6)


SPENDS = {"cloud": firm("cloud", capex=100.0), "maker": firm("compute")}


def test_a_share_of_capital_spending_follows_it(play):
    """0.3 of 25 a quarter; half of it when plans are halved; a fifth less when the maker's share falls to 0.8."""
    share = ["s,share_of_capex,2025-01-01,2030-12-31,0.3,fraction"]
    order = [tie("s", "purchase", "cloud", "maker")]
    assert play(SPENDS, order, share).paid("s") == close([7.5] * 6)
    assert play(SPENDS, order, share, shock("spending", 0.5, start=3)).paid("s") == close([7.5] * 2 + [3.75] * 4)
    assert play(SPENDS, order, share, shock("supplier", 0.8, firm="maker")).paid("s") == close([6.0] * 6)
    dear = play(SPENDS, order, share, shock("price", 0.8, firm="maker"))
    assert dear.paid("s") == close([6.0] * 6)
    assert dear.of("cloud", col.CAPEX) == close([25.0] * 6)  # the plan in dollars; more is left for others


def test_a_share_of_capital_spending_that_changes_inside_the_first_year(play):
    """0.2 in the first half of the year, 0.4 after it, of 25 a quarter."""
    share = ["s,share_of_capex,2025-01-01,2026-06-30,0.2,fraction", "s,share_of_capex,2026-07-01,,0.4,fraction"]
    played = play(SPENDS, [tie("s", "purchase", "cloud", "maker")], share)
    assert played.paid("s") == pytest.approx([5, 5, 10, 10, 10, 10], rel=0.01)  # 184 of 365 days for half a year


def test_a_share_that_begins_after_the_first_year(play):
    """Nothing in 2026, whatever amount the tie names; 0.4 of 25 a quarter from 2027 on."""
    order = [tie("s", "purchase", "cloud", "maker", 500)]
    share = ["s,share_of_capex,2027-01-01,,0.4,fraction"]
    assert play(SPENDS, order, share).paid("s") == close([0, 0, 0, 0, 10, 10])


def test_a_share_of_what_a_party_outside_the_network_spends(play):
    """It plans 100 a year; 0.2 of that in the first half of the year (181 of 365 days), 0.4 after it."""
    share = ["s,share_of_capex,2025-01-01,2026-06-30,0.2,fraction", "s,share_of_capex,2026-07-01,,0.4,fraction"]
    played = play(
        {"maker": firm("compute")},
        [tie("s", "purchase", "outside", "maker")],
        share,
        facts=["outside,capital_expenditures,,2025-01-01,2025-12-31,100"],
        boundary=["outside"],
    )
    assert played.paid("s") == close([5, 5, 10, 10, 10, 10])


def test_what_is_inside_another_contract_is_taken_out_of_it(play):
    """A third of the million a day is in a contract of its own: together they are what was agreed."""
    ties = [COMPUTE, tie("i", "purchase", "buyer", "seller", 243 + 1 / 3)]
    played = play(TWO, ties, ["i,inside,,,c,tie"])
    assert played.due("c") == close(2 / 3 * DAYS)
    assert played.due("i") == close(DAYS / 3)


# Rents that move, price locks, trade-in


def test_an_indexed_due_follows_the_rent_up_to_its_lock(play):
    """Half of it moves: at a rent of 0.6 it is 0.8 of the schedule, at a rent of 2 with a lock at 1.2 it is 1.1."""
    terms = ["c,rent_indexed,,,0.5,fraction", "c,price_lock,,,1.2,ratio"]
    assert play(TWO, [COMPUTE], terms, shock("rents", 0.6)).due("c") == close(0.8 * DAYS)
    assert play(TWO, [COMPUTE], terms, shock("rents", 2.0)).due("c") == close(1.1 * DAYS)
    assert play(TWO, [COMPUTE], terms).due("c") == close(DAYS)
    assert play(TWO, [COMPUTE], (), shock("rents", 0.6)).due("c") == close(DAYS)


def test_what_is_traded_in_is_set_off_at_what_rents_have_lost(play):
    """A fifth of what was paid a year comes back; at a rent of 0.6 two fifths of it are the payee's loss no more."""
    due = play(TWO, [COMPUTE], ["c,trade_in,,,0.2,fraction"], shock("rents", 0.6)).due("c")
    expected, paid = [], 0.0
    for day in DAYS:
        expected.append(day - 0.2 * 0.25 * paid * 0.4)
        paid += expected[-1]
    assert due == close(expected)
    assert due[1] == close(91 - 0.2 * 0.25 * 90 * 0.4)


# Debt


def lent(*terms, rate=10, amount=100.0, end="2031-12-31", **figures):
    firms = {
        "lab": firm("model", debt=100.0, equity=1900.0, interest=10.0, **figures),
        "cloud": firm("cloud"),
    }
    return firms, [tie("l", "loan", "cloud", "lab", amount, start="2025-01-01", end=end, rate=rate)], terms


def test_interest_and_instalments_that_nobody_rolls(play):
    """50 by the middle of February, 30 in September; 10 percent a year on what is owed as a quarter begins."""
    asked = lent("l,amortises,2026-01-01,2026-02-19,50,USD_million", "l,maturity,,2026-09-15,30,USD_million")
    played = play(*asked, shock("debt_window", 0.0))
    assert played.of("lab", col.PRINCIPAL) == close([50, 0, 30, 0, 0, 0])
    assert played.of("cloud", col.REPAID_GOT) == close([50, 0, 30, 0, 0, 0])
    assert played.of("lab", col.INTEREST) == close([2.5, 1.25, 1.25, 0.5, 0.5, 0.5])
    assert played.of("cloud", col.INTEREST_GOT) == close([2.5, 1.25, 1.25, 0.5, 0.5, 0.5])
    assert played.of("lab", col.DEBT) == close([50, 50, 20, 20, 20, 20])


def test_while_the_window_is_open_what_matures_is_rolled(play):
    played = play(*lent("l,maturity,,2026-09-15,30,USD_million"))
    assert played.of("lab", col.PRINCIPAL) == close([0.0] * 6)
    assert played.of("lab", col.ROLLED) == close([0, 0, 30, 0, 0, 0])
    assert played.of("lab", col.DEBT) == close([100.0] * 6)


def test_half_a_window_rolls_half(play):
    played = play(*lent("l,maturity,,2026-09-15,30,USD_million"), shock("debt_window", 0.5))
    assert played.of("lab", col.PRINCIPAL) == close([0, 0, 15, 0, 0, 0])
    assert played.of("lab", col.ROLLED) == close([0, 0, 15, 0, 0, 0])


def test_a_floating_rate_moves_with_the_base_rate_and_a_fixed_one_does_not(play):
    """Half of 10 percent on 100 floats: 200 basis points more are 1 more a year. Spreads touch new debt only."""
    assert play(*lent("l,floating,,,0.5,fraction"), shock("base_rate", 200.0)).of("lab", col.INTEREST) == close(
        [2.75] * 6
    )
    assert play(*lent("l,floating,,,0,fraction"), shock("base_rate", 200.0)).of("lab", col.INTEREST) == close([2.5] * 6)
    assert play(*lent("l,floating,,,1,fraction"), shock("spread", 200.0)).of("lab", col.INTEREST) == close([2.5] * 6)


def test_a_loan_without_a_stated_rate_leaves_the_reported_interest_with_others(play):
    """The lender gets none of the 10; they are paid all the same."""
    played = play(*lent(rate=""))
    assert played.of("lab", col.INTEREST) == close([2.5] * 6)
    assert played.of("cloud", col.INTEREST_GOT) == close([0.0] * 6)


def test_rolled_debt_to_unnamed_lenders_costs_the_rate_of_the_day(play):
    """
    100 at 10 percent, all maturing in the second quarter: rolled at the base rate of 3 percent with a spread of 2, and
    300 basis points more from the scenario: 8 percent from the third quarter on.
    """
    firms, _, _ = lent()
    loan = [tie("l", "loan", "bank-syndicate", "lab", 100.0, start="2025-01-01", end="2026-05-31", rate=10)]
    played = play(firms, loan, (), shock("base_rate", 100.0), shock("spread", 200.0))
    assert played.of("lab", col.INTEREST) == close([2.5, 2.5, 2.0, 2.0, 2.0, 2.0])
    assert played.of("lab", col.ROLLED) == close([0, 100, 0, 0, 0, 0])


def drawing(cover, *shocks, floating=0):
    """
    Receipts of 100 a quarter, costs of 95, interest of 2.5, spending of 10 of which half is committed, no cash: 7.5
    short, 2.5 of it binding. Earnings are 20 a year, interest 10: a cover of 2.
    """
    lab = firm(
        "model", cash=0.0, debt=100.0, equity=900.0, assets=1000.0, undrawn=50.0, costs=380.0, interest=10.0, capex=40.0
    )
    loan = tie("l", "loan", "bank-syndicate", "lab", 100.0, start="2025-01-01", end="2031-12-31", rate=10)
    terms = [
        "l,undrawn,,2025-12-31,50,USD_million",
        f"l,dscr,2025-01-01,,{cover},ratio",
        f"l,floating,,,{floating},fraction",
        "l,drawn,,2025-12-31,100,USD_million",
    ]
    return ({"lab": lab}, [loan], terms, *shocks)


def test_a_line_may_be_drawn_while_earnings_cover_debt_service(play):
    """The first draw is 7.5; it bears 5 percent, so the next is 7.5 and a quarter of 0.375 more."""
    played = play(*drawing(1.9))
    assert played.of("lab", col.DRAWN_LINES)[:2] == close([7.5, 7.5 + 7.5 * 0.05 / 4])
    assert played.of("lab", col.UNDRAWN)[0] == close(42.5)
    assert played.fell("lab") > 1


def test_a_line_is_shut_while_cover_is_below_its_test(play):
    """A cover of 2 against a test of 2.1: nothing is drawn, and the 2.5 that bind are missing at once."""
    played = play(*drawing(2.1))
    assert played.of("lab", col.DRAWN_LINES) == close([0.0] * 6)
    assert played.fell("lab") == 0


def test_dearer_debt_shuts_a_line(play):
    """1,000 basis points more on a floating 100 double the interest: the cover falls from 2 to 1."""
    open_, shut = drawing(1.25, floating=1), drawing(1.25, shock("base_rate", 1000.0, start=2), floating=1)
    assert play(*open_).of("lab", col.DRAWN_LINES)[1] > 0.0
    dear = play(*shut)
    assert dear.of("lab", col.DRAWN_LINES)[:2] == close([7.5, 0.0])
    assert dear.fell("lab") == 1


# Guarantees, warrants, investments, vehicles


THREE = {"buyer": firm("model", costs=400.0), "seller": firm("cloud"), "maker": firm("compute")}
BACKSTOP = [
    "g,obligor,,,buyer,firm",
    "g,beneficiary,,,seller,firm",
    "g,covers,,,c,tie",
]
GUARANTEE = tie("g", "guarantee", "maker", "buyer", 150, end="2030-12-31")


@pytest.mark.parametrize(
    ("terms", "paid"),
    [
        (["g,cap,,,1000,USD_million"], [72, 45.5, 46, 46, 45, 45.5]),
        (["g,cap,,,150,USD_million"], [72, 45.5, 32.5, 0, 0, 0]),
        (["g,cap,,,150,USD_million", "g,first_loss,,,20,USD_million"], [52, 45.5, 46, 6.5, 0, 0]),
        (
            ["g,cap,,,150,USD_million", "g,first_loss,,,100,USD_million"],
            [0, 17.5, 46, 46, 40.5, 0],
        ),  # 72 + 28 are borne
        (["g,cap,,,1000,USD_million", "g,effective,2026-07-01,2026-12-31,1,flag"], [0, 0, 46, 46, 0, 0]),
        (["g,cap,,,1000,USD_million", "g,effective,2027-01-01,2030-12-31,1,flag"], [0, 0, 0, 0, 45, 45.5]),
        (["g,cap,,,1000,USD_million", "g,effective,2025-01-01,2026-03-31,1,flag"], [72, 0, 0, 0, 0, 0]),
    ],
)
def test_a_backstop_pays_beyond_a_first_loss_up_to_its_cap_while_it_is_in_force(play, terms, paid):
    """
    The buyer stops at once. What the seller misses in the first quarter is 90 less a fifth of cost avoided: 72. From
    the next on it also lets 0.3 again: half of each due is missing, 45.5, 46, 46, 45, 45.5.
    """
    played = play(THREE, [COMPUTE, GUARANTEE], [*BACKSTOP, *terms], pull="buyer")
    assert played.of("maker", col.CALLS_PAID) == close(paid)
    assert played.of("seller", col.CALLS_GOT) == close(paid)


def test_a_guarantee_that_names_no_tie_covers_all_between_the_two(play):
    """Two contracts of half a million a day make the same missing 72 and 45.5; the cap is one for both."""
    ties = [tie(n, "purchase", "buyer", "seller", 365) for n in ("c", "d")]
    terms = [BACKSTOP[0], BACKSTOP[1], "g,cap,,,100,USD_million"]
    played = play(THREE, [*ties, GUARANTEE], terms, pull="buyer")
    assert played.of("maker", col.CALLS_PAID) == close([72, 28, 0, 0, 0, 0])


def test_a_residual_value_is_made_good_at_its_date(play):
    """100 were guaranteed for November 2026; at a rent of 0.6 the plant is worth 60: 40 are paid, nobody has failed."""
    terms = [*BACKSTOP, "g,cap,,,150,USD_million", "g,residual_value,,2026-11-30,100,USD_million"]
    played = play(THREE, [COMPUTE, GUARANTEE], terms, shock("rents", 0.6))
    assert played.of("maker", col.CALLS_PAID) == close([0, 0, 0, 40, 0, 0])
    assert played.of("seller", col.CALLS_GOT) == close([0, 0, 0, 40, 0, 0])
    assert played.calm("maker", col.CALLS_PAID) == close([0.0] * 6)


def test_a_residual_value_is_capped(play):
    terms = [*BACKSTOP, "g,cap,,,25,USD_million", "g,residual_value,,2026-11-30,100,USD_million"]
    played = play(THREE, [COMPUTE, GUARANTEE], terms, shock("rents", 0.6))
    assert played.of("maker", col.CALLS_PAID) == close([0, 0, 0, 25, 0, 0])


CHIPS = {"cloud": firm("cloud", capex=400.0), "maker": firm("compute")}
WARRANT = [
    tie("c", "purchase", "cloud", "maker", 365, end="2026-12-31"),
    tie("w", "warrant", "cloud", "maker", start="2025-01-01", end=""),
]


def test_a_warrant_vests_with_deliveries_and_the_worth_of_the_issuer(play):
    """
    A tenth of the maker for 365 of chips, the last part at a worth of 2,000. It is worth 1,000: after 90 days 2,000 x
    90/365 is needed, after 181 days 992, after 273 days 1,496: the third part waits. What is promised is a share of all
    shares when vested, so the second part does not make the first smaller.
    """
    terms = ["w,vests_with,,,c,tie", "w,vests,,,0.1,fraction", "w,hurdle,,,2000,USD_million"]
    played = play(CHIPS, WARRANT, terms, facts=["maker,market_cap,,,2025-12-31,1000"])
    assert played.of("cloud", col.VESTED) == close([100 * 90 / 365, 100 * 91 / 365, 0, 0, 0, 0])
    first, second = 0.1 * 90 / 365, 0.1 * 91 / 365
    assert played.of("cloud", col.STAKES_HELD)[-1] == close(1000 * (first + second))


def test_a_warrant_without_a_hurdle_vests_in_full_and_no_further(play):
    played = play(
        CHIPS, WARRANT, ["w,vests_with,,,c,tie", "w,vests,,,0.1,fraction"], facts=["maker,market_cap,,,2025-12-31,1000"]
    )
    assert played.of("cloud", col.VESTED) == close([*(100 * DAYS[:4] / 365), 0, 0])


def test_instalments_add_to_a_stake(play):
    """90 for shares in a firm worth 1,000 with the money in it: 0.09; 91 more are 0.091 and leave 0.909 of the old."""
    ties = [tie("i", "equity", "seller", "buyer", 181, start="2025-06-01", end="")]
    terms = ["i,schedule,2026-01-01,2026-06-30,181,USD_million"]
    played = play(TWO, ties, terms, facts=["buyer,market_cap,,,2025-12-31,1000"])
    assert played.of("seller", col.INVESTED) == close([90, 91, 0, 0, 0, 0])
    assert played.of("buyer", col.RAISED) == close([90, 91, 0, 0, 0, 0])
    assert played.of("seller", col.STAKES_MARK)[:2] == close([90, 1000 * (0.09 * 0.909 + 0.091)])
    assert played.of("seller", col.STAKE_LOSS)[0] == close(0.0)


def test_a_stake_in_the_books_grows_by_its_instalments_at_cost(play):
    """A fifth carried at 50 is worth 200: the instalments of 90 and 91 join it at cost."""
    ties = [tie("i", "equity", "seller", "buyer", 181, start="2025-06-01", end="")]
    terms = [
        "i,schedule,2026-01-01,2026-06-30,181,USD_million",
        "i,stake,,2025-12-31,0.2,fraction",
        "i,carrying,,2025-12-31,50,USD_million",
    ]
    played = play(TWO, ties, terms, facts=["buyer,market_cap,,,2025-12-31,1000"])
    assert played.of("seller", col.STAKES_HELD)[:3] == close([140, 231, 231])
    assert played.of("seller", col.STAKE_LOSS) == close([0.0] * 6)


def test_nobody_invests_in_a_card_that_is_pulled(play):
    """Of instalments of 90 and 91 the second is due in the quarter of the pull: it is not paid, and not lost."""
    ties = [tie("i", "equity", "seller", "buyer", 181, start="2025-06-01", end="")]
    terms = ["i,schedule,2026-01-01,2026-06-30,181,USD_million"]
    played = play(TWO, ties, terms, facts=["buyer,market_cap,,,2025-12-31,1000"], pull="buyer", at=2)
    assert played.of("seller", col.INVESTED) == close([90, 0, 0, 0, 0, 0])
    assert played.of("seller", col.STAKE_LOSS) == close([0, 90, 0, 0, 0, 0])
    assert played.of("seller", col.CASH)[1] == played.calm("seller", col.CASH)[1] + 91


def test_nobody_invests_in_a_firm_that_falls(play):
    """It owes 200 for costs and has 50, receipts of 100 and 45 that are to be paid in: it falls, and 45 stay away."""
    firms = {"seller": firm("cloud"), "buyer": firm("model", cash=50.0, assets=1050.0, equity=1050.0, costs=800.0)}
    ties = [tie("i", "equity", "seller", "buyer", 181, start="2025-06-01", end="")]
    terms = ["i,schedule,2026-01-01,2026-12-31,182.5,USD_million"]
    played = play(firms, ties, terms)
    assert played.fell("buyer") == 0
    assert played.of("buyer", col.COSTS)[0] == close(150.0)
    assert played.of("seller", col.INVESTED) == close([0.0] * 6)


VAN = [
    tie("v", "lease", "buyer", "van", 730),
    tie("l", "loan", "bank-syndicate", "van", 100, start="2025-01-01", end="2031-12-31", rate=8),
]


def test_a_vehicle_passes_on_what_its_one_tenant_pays(play):
    """
    It gets a million a day and owes 8 percent on 100. What is left repays its lenders: 88 in the first quarter, the
    last 12 (and 0.24 of interest on them) in the second; then all of it is its owners'.
    """
    played = play(TWO, VAN, (), vehicles=["van"])
    assert played.of("van", col.TIES_GOT) == close(DAYS)
    assert played.of("van", col.INTEREST) == close([2, 0.24, 0, 0, 0, 0])
    assert played.of("van", col.PRINCIPAL) == close([88, 12, 0, 0, 0, 0])
    assert played.of("van", col.PAYOUT) == close([0, 91 - 12.24, 92, 92, 90, 91])
    assert played.of("van", col.CASH) == close([0.0] * 6)


def test_a_vehicle_falls_with_its_tenant(play):
    played = play(TWO, VAN, (), vehicles=["van"], pull="buyer", at=2)
    assert (played.fell("buyer"), played.fell("van")) == (1, 1)
    assert played.of("van", col.INTEREST)[2:] == close([0.0] * 4)
    assert played.of("van", col.DEBT)[1:] == close([0.0] * 5)


def test_a_guarantee_for_a_vehicle_pays_its_lenders(play):
    """
    The tenant stops, the vehicle with it: the guarantor owes the 100 of debt up to a cap of 70. The lenders get it: 30
    are left to claim. Nothing goes to the vehicle's owners.
    """
    firms = {"buyer": TWO["buyer"], "maker": firm("compute")}
    terms = ["g,obligor,,,buyer,firm", "g,beneficiary,,,van,firm", "g,covers,,,v,tie", "g,cap,,,70,USD_million"]
    played = play(firms, [*VAN, GUARANTEE], terms, vehicles=["van"], pull="buyer")
    assert played.of("maker", col.CALLS_PAID) == close([70, 0, 0, 0, 0, 0])
    assert played.of("van", col.OWED_BY_ESTATE)[0] <= 32.0


LET = tie("v", "lease", "buyer", "van", 730)
FOR_VAN = ["g,obligor,,,buyer,firm", "g,beneficiary,,,van,firm", "g,covers,,,v,tie"]
CARRIED = {"buyer": TWO["buyer"], "maker": firm("compute")}


@pytest.mark.parametrize(
    ("terms", "paid"),
    [
        (["g,cap,,,1000,USD_million"], [90, 63.7, 64.4, 64.4, 63, 63.7]),
        (["g,cap,,,200,USD_million"], [90, 63.7, 46.3, 0, 0, 0]),
        (["g,cap,,,200,USD_million", "g,first_loss,,,20,USD_million"], [70, 63.7, 64.4, 1.9, 0, 0]),
    ],
)
def test_a_guarantor_pays_the_rents_of_a_vehicle_that_goes_down_with_its_tenant(play, terms, paid):
    """
    What it lets is still there. Nothing of a rent is avoided, and from the second quarter on 0.3 of it comes from
    others: 90, then 0.7 of 91 and so on. It owes nobody, so that all that it gets is its owners' in the end.
    """
    played = play(CARRIED, [LET, GUARANTEE], [*FOR_VAN, *terms], vehicles=["van"], pull="buyer")
    assert (played.fell("buyer"), played.fell("van")) == (0, 0)
    assert played.of("maker", col.CALLS_PAID) == close(paid)
    assert played.of("van", col.CALLS_GOT) == close(paid)
    got = played.of("van", col.CALLS_GOT) + played.of("van", col.ESTATE_GOT)
    assert played.of("van", col.GONE).sum() == close(got.sum())
    assert played.of("van", col.CASH)[5] == close(0.0)
    assert played.of("van", col.RELET) == close([0.0] * 6)


@pytest.mark.parametrize(
    ("begins", "paid"),
    [("2026-01-01", [45, *(0.35 * np.array([91, 92, 92, 92, 92]))]), ("2026-07-01", [0.0] * 6)],
)
def test_a_guarantor_pays_no_rents_of_what_a_fallen_vehicle_had_not_let_yet(play, begins, paid):
    """
    Half a million a day from the first day on, a whole one from July on: who goes down in the first quarter builds no
    more. It let 45 a quarter by then; no quarter has more than 92 days.
    """
    terms = ["v,schedule,2026-07-01,2027-12-31,549,USD_million", "g,cap,,,1000,USD_million"]
    if begins == "2026-01-01":
        terms.append("v,schedule,2026-01-01,2026-06-30,90.5,USD_million")
    rents = tie("v", "lease", "buyer", "van", 639.5)
    played = play(CARRIED, [rents, GUARANTEE], [*FOR_VAN, *terms], vehicles=["van"], pull="buyer")
    assert played.of("maker", col.CALLS_PAID) == close(paid)


def test_money_that_a_fallen_vehicle_has_left_is_its_creditors(play):
    """
    Of the 90 that the guarantor pays at once its own landlord gets the 45 of the quarter; the 45 left go to it for its
    damages of 0.7 x (45.5 + 46 + 46) when the estate pays.
    """
    firms = CARRIED | {"host": firm("cloud")}
    ties = [LET, GUARANTEE, tie("h", "lease", "van", "host", 365)]
    played = play(firms, ties, [*FOR_VAN, "g,cap,,,1000,USD_million"], vehicles=["van"], pull="buyer")
    assert played.paid("h") == close([45, 0, 0, 0, 0, 0])
    assert played.estate("van", "host") == close([0, 0, 45, 0, 0, 0])


def test_nobody_answers_for_a_tenant_of_a_vehicle_that_was_gone_before(play):
    """The vehicle stops first: nothing is let any more, so the tenant's fall two quarters later costs it nothing."""
    stops = (PullEvent("van", playing.HERE, 0.0, 1), PullEvent("buyer", playing.HERE, 0.0, 3))
    terms = [*FOR_VAN, "g,cap,,,1000,USD_million"]
    both = replace(BASELINE, name="both", pulls=stops)
    played = play(CARRIED, [LET, GUARANTEE], terms, vehicles=["van"], scenario=both)
    assert (played.fell("van"), played.fell("buyer")) == (0, 2)
    assert played.of("maker", col.CALLS_PAID) == close([0.0] * 6)
    claims, place = played.run.path.end.claims, played.run.compiled.place
    assert claims[:, place["buyer"], [place["van"], place["maker"]]].sum() == close(0.0)


def test_before_rents_begin_builders_carry_a_vehicle(play):
    """Rents from July on: until then the interest of 2 a quarter comes from the builders."""
    terms = ["v,schedule,2026-07-01,2027-12-31,549,USD_million"]
    played = play(TWO, VAN, terms, vehicles=["van"])
    assert played.of("van", col.BRIDGE) == close([2, 2, 0, 0, 0, 0])
    assert played.fell("van") == FOREVER


def test_capacity_bought_for_a_customer_goes_with_it(play):
    """Half of the chips are for the laboratory: once it is gone, half of each due is cancelled."""
    firms = {"lab": firm("model"), **CHIPS}
    ties = [tie("c", "purchase", "cloud", "maker", 365, end="2026-12-31")]
    terms = ["c,for,,,lab,firm", "c,for_share,,,0.5,fraction"]
    played = play(firms, ties, terms, pull="lab", at=2)
    assert played.paid("c") == close([90, 45.5, 46, 46, 0, 0])
    assert played.fell("cloud") == FOREVER
