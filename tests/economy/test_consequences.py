"""What follows a default, on paper: claims, estates, guarantees, cancelled orders, cuts, windows, reorganisation.

Six quarters from the opening of 2025-12-31 have 90, 91, 92, 92, 90 and 91 days; the laboratory's contract is a million
a day. Where nothing else is said there are no days of credit, a fifth of cost is avoided at once and 0.3 of a due is
let again after a quarter; an estate pays after two quarters.
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
from cardhouse.economy.run import run_from
from cardhouse.economy.scenario import BASELINE, PullEvent

sys.path.insert(0, str(Path(__file__).parent))
import playing
from playing import DAYS, HERE, close, firm, shock, tie


@pytest.fixture
def play(economy):
    return partial(playing.play, economy)


LAB = firm(
    "model",
    cash=100.0,
    plant=200.0,
    assets=400.0,
    debt=150.0,
    equity=150.0,
    revenue=620.0,
    costs=600.0,
    interest=10.0,
)
FIRMS = {"lab": LAB, "cloud": firm("cloud"), "maker": firm("compute")}
COMPUTE = tie("c", "purchase", "lab", "cloud", 730)
WORTH = 200 * 0.5 + 100 * 0.1
"""Plant of 200 (half of it at 0.4, half at 0.6) and other assets of 100 at a tenth: 110. Its cash is gone."""
OWN = 150 + 2.5 + 60 + 100
"""Debt and a quarter of its interest; unpaid costs of 150 less the 90 of the contract; what else is on the sheet."""
LATER = (91 + 92 + 92) * 0.5
"""Damages for the rest of a year, less what is avoided and let again."""
DAMAGES = 90 * 0.8 + LATER


@pytest.fixture
def stopped(play):
    return play(FIRMS, [COMPUTE], pull="lab")


# The estate


def test_a_rejected_contract_leaves_a_claim_for_a_year_net_of_relief(stopped):
    """
    72 of the first quarter (a fifth is avoided, nothing let again yet) and half of 275 for the rest of a year: 209.5.
    With the other claims of 312.5 that is 522 for 110: booked at once, paid in cash two quarters later.
    """
    rate = WORTH / (OWN + DAMAGES)
    assert stopped.of("cloud", col.CREDIT_LOSS)[0] == close(-DAMAGES * rate)
    assert stopped.of("cloud", col.ESTATES)[:3] == close([DAMAGES * rate, DAMAGES * rate, 0.0])
    assert stopped.of("cloud", col.ESTATE_GOT) == close([0, 0, DAMAGES * rate, 0, 0, 0])
    assert stopped.estate("lab", "cloud")[2] == close(DAMAGES * rate)


def test_all_debt_falls_due_and_leaves_the_books_for_what_the_estate_owes(stopped):
    assert stopped.of("lab", col.DEBT)[0] == 0.0
    assert stopped.of("lab", col.OWED_BY_ESTATE)[:3] == close([WORTH, WORTH, 0.0])
    assert stopped.of("lab", col.ASSETS)[:3] == close([WORTH, WORTH, 0.0])


def test_a_firm_that_is_gone_neither_earns_nor_pays(stopped):
    for column in (col.REVENUE, col.COSTS, col.COSTS_TIES, col.INTEREST, col.CAPEX, col.DEPRECIATION):
        assert stopped.of("lab", column)[1:] == close([0.0] * 5)


def test_what_stays_undelivered_is_lost_less_cost_avoided_and_rents_let_again(stopped):
    """The cloud's other business is 10, 9, 8, 8, then 10 and 9 (revenue of 400 a year, 365 of it the contract's)."""
    assert stopped.of("cloud", col.TIES_GOT) == close([0.0] * 6)
    assert stopped.of("cloud", col.SAVED) == close(0.2 * DAYS)
    assert stopped.of("cloud", col.RELET) == close([0, *(0.3 * DAYS[1:])])
    lost = stopped.calm("cloud", col.REVENUE) - stopped.of("cloud", col.REVENUE)
    assert lost == close([90, *(0.7 * DAYS[1:])])


def test_re_letting_takes_its_lag_and_the_market_rent(play):
    """A lag of three quarters; at half the rent half as much is let for."""
    slow = play(FIRMS, [COMPUTE], (), shock("rents", 0.5), pull="lab", assumed={"relet_lag": {"all": 3.0}})
    assert slow.of("cloud", col.RELET) == close([0, 0, 0, *(0.15 * DAYS[3:])])


def test_relief_never_exceeds_its_ceiling(play):
    """0.5 avoided and 0.8 let again would be more than was lost: together they are held to 0.95."""
    played = play(
        FIRMS, [COMPUTE], pull="lab", assumed={"avoidable_cost_share": {"cloud": 0.5}, "relet_share": {"cloud": 0.8}}
    )
    both = played.of("cloud", col.SAVED) + played.of("cloud", col.RELET)
    assert both[1:] == close(0.95 * DAYS[1:])


@pytest.mark.parametrize(
    ("secured", "first", "rest"), [(1.0, 110 / 152.5, 0.0), (0.4, 1.0, 49 / (152.5 * 0.6 + 369.5))]
)
def test_secured_claims_come_before_unsecured_ones(play, secured, first, rest):
    """
    Of debt of 150 and interest of 2.5 all, or 0.4, is secured: 61 of 110 then go to it in full and 49 are left for the
    other claims, 91.5 of debt and 369.5 of the rest.
    """
    loan = tie("l", "loan", "cloud", "lab", 150, start="2025-01-01", end="2031-12-31", rate=6.6666666666666667)
    played = play(FIRMS, [COMPUTE, loan], [f"l,secured,,,{secured},fraction"], pull="lab")
    got = 152.5 * (secured * first + (1 - secured) * rest) + DAMAGES * rest
    assert played.estate("lab", "cloud")[2] == pytest.approx(got, rel=1e-9)


def test_a_loan_is_written_off_and_what_the_estate_pays_put_in_its_place(play):
    """A loan of 60 of the debt of 150; its interest is 4 a year, 1 of it missed."""
    loan = tie("l", "loan", "maker", "lab", 60, start="2025-01-01", end="2031-12-31", rate=6.6666666666666667)
    played = play(FIRMS, [COMPUTE, loan], pull="lab")
    rate = WORTH / (OWN + DAMAGES)
    assert played.of("maker", col.LOANS) == close([0.0] * 6)
    assert played.of("maker", col.CREDIT_LOSS)[0] == close(60 - 61 * rate)
    assert played.of("maker", col.ESTATE_GOT)[2] == close(61 * rate)


def test_what_was_delivered_is_lost_as_a_receivable_and_only_the_rest_as_damages(play):
    """
    A tenth of a year (36.5) is delivered and unpaid. Of the 90 due in the quarter 53.5 are for what is not delivered
    any more: lost at 0.8. The payable is on the laboratory's sheet: it leaves 63.5 of other claims.
    """
    compute = tie("c", "purchase", "lab", "cloud", 1095, start="2025-01-01")
    firms = FIRMS | {"cloud": firm("cloud", receivables=100.0)}
    played = play(firms, [compute], pull="lab", assumed={"payment_days": {"all": 36.525}})
    claim = 36.5 + 53.5 * 0.8 + LATER
    rate = WORTH / (OWN - 36.5 + claim)
    assert played.of("cloud", col.CREDIT_LOSS)[0] == close(36.5 - claim * rate)
    assert played.estate("lab", "cloud")[2] == close(claim * rate)
    assert played.of("cloud", col.RECEIVABLES)[0] == close(63.5)  # those of unnamed customers


def test_what_is_paid_in_the_last_quarter_is_neither_receivable_nor_damage(play):
    """A card that pays 0.4: of 36.5 delivered 21.9 are left to claim, of the 53.5 of the quarter 32.1, at 0.8."""
    compute = tie("c", "purchase", "lab", "cloud", 1095, start="2025-01-01")
    firms = FIRMS | {"cloud": firm("cloud", receivables=100.0)}
    played = play(firms, [compute], pull="lab", pays=0.4, assumed={"payment_days": {"all": 36.525}})
    claim = 0.6 * (36.5 + 53.5 * 0.8) + LATER
    others = 150 + 2.5 * 0.6 + 60 * 0.6 + 63.5
    assert played.estate("lab", "cloud")[2] == close(claim * WORTH / (others + claim))


def test_a_contract_that_has_ended_leaves_only_what_is_unpaid_of_it(play):
    """
    It ends with the first quarter: 36.5 are delivered and unpaid, 0.4 of a quarter. In the second the card pays 0.4 of
    them: 21.9 are left to claim, and nothing else.
    """
    compute = tie("c", "purchase", "lab", "cloud", 455, start="2025-01-01", end="2026-03-31")
    firms = FIRMS | {"cloud": firm("cloud", receivables=100.0)}
    played = play(firms, [compute], pull="lab", at=2, pays=0.4, assumed={"payment_days": {"all": 36.525}})
    opened = played.run.compiled.model.ties.receivable0[0]
    owed = played.of("cloud", col.RECEIVABLES)[0] - (100.0 - opened)
    lost = played.of("cloud", col.CREDIT_LOSS)[1] + played.of("cloud", col.ESTATES)[1]
    assert owed > 0.0
    assert lost == close(0.6 * owed)
    interest = (142.5 * 10 / 150 + 7.5 * 0.05) / 4  # 7.5 were rolled in the first quarter, at 5 percent
    claims = 150 + 0.6 * interest + 0.6 * 150 + (100 - opened) + 0.6 * owed
    rate = played.of("lab", col.OWED_BY_ESTATE)[1] / claims
    assert played.of("cloud", col.ESTATES)[1] == close(0.6 * owed * rate)


def test_what_an_estate_has_left_belongs_to_its_shareholders(play):
    """Debt of 20 and nothing else is owed beside a quarter's costs: 110 less 20 + 0.5 + 60 are left."""
    lab = firm("model", cash=100.0, plant=200.0, assets=400.0, debt=20.0, equity=380.0, costs=240.0, interest=2.0)
    played = play({"lab": lab, "cloud": firm("cloud")}, [], pull="lab")
    assert played.of("lab", col.OWED_BY_ESTATE)[0] == close(80.5)
    assert played.of("lab", col.GONE)[2] == close(110 - 80.5)
    assert played.of("lab", col.CASH)[2:] == close([0.0] * 4)


def test_loans_that_a_failed_firm_made_are_no_money_for_its_creditors(play):
    """They run on for years: of other assets of 100 a tenth is paid, and no more is promised."""
    lender = firm("cloud", cash=0.0, assets=200.0, debt=100.0, equity=100.0, costs=240.0)
    borrower = firm("model", debt=100.0, equity=1900.0)
    loan = tie("l", "loan", "lender", "borrower", 100, start="2025-01-01", end="2031-12-31", rate=5)
    played = play({"lender": lender, "borrower": borrower}, [loan], pull="lender")
    assert played.of("lender", col.OWED_BY_ESTATE)[:3] == close([10, 10, 0])
    assert played.run.path.end.ledger_estates[2, played.run.compiled.place["lender"], -1, 0] == close(10.0)


def test_recovery_waits_for_its_lag(play):
    played = play(FIRMS, [COMPUTE], pull="lab", assumed={"recovery_lag": {"lab": 4.0}})
    assert np.flatnonzero(played.of("cloud", col.ESTATE_GOT)).tolist() == [4]


def test_shares_of_a_failed_firm_are_void(play):
    """A fifth carried at 50, and the issuer's equity below it: all of it is written off, once."""
    shares = tie("s", "equity", "maker", "lab", 50, start="2025-06-01", end="2025-06-30")
    terms = ["s,stake,,2025-12-31,0.2,fraction", "s,carrying,,2025-12-31,50,USD_million"]
    played = play(FIRMS, [COMPUTE, shares], terms, pull="lab", at=2, facts=["lab,market_cap,,,2025-12-31,400"])
    assert played.of("maker", col.STAKES_HELD) == close([50, 0, 0, 0, 0, 0])
    assert played.of("maker", col.STAKE_LOSS) == close([0, 50, 0, 0, 0, 0])


def test_firms_that_fail_together_settle_their_claims_on_each_other_jointly(play):
    """
    Both owe 100 to the world and one lent the other 50. The borrower's plant brings 60 for claims of 150 (and costs of
    60): the lender gets 50 x 60/210 of it beside its own plant's 60, for claims of 160.
    """

    def one(**figures):
        return firm("model", cash=0.0, plant=120.0, assets=170.0, equity=70.0, costs=240.0, revenue=240.0, **figures)

    borrower = one(debt=150.0)
    firms = {"a": ("model", borrower[1] | {"equity": 20.0}), "b": one(debt=100.0)}
    loan = tie("l", "loan", "b", "a", 50, start="2025-01-01", end="2031-12-31")
    rows = [PullEvent("a", HERE, 0.0, 1), PullEvent("b", HERE, 0.0, 1)]
    played = play(firms, [loan], (), assumed={"other_asset_recovery": {"all": 0.0}, "interest_rate": {"all": 0.0}})
    run = run_from(played.run.compiled, replace(BASELINE, name="both", pulls=tuple(rows)))
    a, b = run.compiled.place["a"], run.compiled.place["b"]
    paid = run.path.end.ledger_estates[2, :, :, 0]
    assert paid[a, b] == close(50 * 60 / 210)
    assert paid[b, -1] == close(60 + 50 * 60 / 210)


# Guarantees


BACKSTOP = [
    "g,obligor,,,lab,firm",
    "g,beneficiary,,,cloud,firm",
    "g,covers,,,c,tie",
    "g,cap,,,1000,USD_million",
]
GUARANTEE = tie("g", "guarantee", "maker", "lab", 150, end="2030-12-31")


@pytest.mark.parametrize(("cap", "holds"), [(1000, DAMAGES), (100, 100.0), (50, 50.0)])
def test_a_guarantor_that_pays_holds_the_claim(play, cap, holds):
    """
    It pays the 72 of the first quarter and what is missing of the quarters after it, up to its cap: so much of the
    209.5 of damages is its claim. The cloud has the rest, and is not paid twice for the same quarters.
    """
    played = play(FIRMS, [COMPUTE, GUARANTEE], [*BACKSTOP[:3], f"g,cap,,,{cap},USD_million"], pull="lab")
    rate = WORTH / (OWN + DAMAGES)
    assert played.of("maker", col.CALLS_PAID)[0] == close(min(72.0, cap))
    assert played.estate("lab", "maker")[2] == close(holds * rate)
    assert played.estate("lab", "cloud")[2] == close((DAMAGES - holds) * rate)


MISSED = {"cloud": (72, 45.5, 46, 46), "van": (90, 63.7, 64.4, 64.4)}
"""What a payee misses in the first year: of a price a fifth is avoided, then 0.3 let again; of a rent 0.3 is let."""


@pytest.mark.parametrize("payee", list(MISSED))
@pytest.mark.parametrize(
    ("terms", "quarters", "first"),
    [
        ((), (0, 1, 2, 3), 0),
        (("g,effective,2025-01-01,2026-06-30,1,flag",), (0, 1), 0),
        (("g,effective,2026-07-01,2030-12-31,1,flag",), (2, 3), 0),
        (("g,first_loss,,,20,USD_million",), (0, 1, 2, 3), 20),
        (("g,first_loss,,,100,USD_million",), (0, 1, 2, 3), 100),
    ],
)
def test_a_guarantor_claims_what_it_pays_within_the_year_and_no_more(play, payee, terms, quarters, first):
    """
    What the guarantor pays of a year's damages is its claim, the rest the payee's: together they claim what was lost.
    A vehicle goes down with its tenant and is paid all the same.
    """
    damages, holds = sum(MISSED[payee]), sum(MISSED[payee][q] for q in quarters) - first
    covers = ["g,obligor,,,lab,firm", f"g,beneficiary,,,{payee},firm", "g,covers,,,c,tie", "g,cap,,,1000,USD_million"]
    let = tie("c", "lease" if payee == "van" else "purchase", "lab", payee, 730)
    firms = {"lab": LAB, "maker": firm("compute")} | ({} if payee == "van" else {"cloud": firm("cloud")})
    played = play(firms, [let, GUARANTEE], [*covers, *terms], vehicles=["van"] * (payee == "van"), pull="lab")
    place = played.run.compiled.place
    claims = played.run.path.end.claims[:, place["lab"], :, 0].sum(axis=0)
    assert played.of("maker", col.CALLS_PAID)[:4].sum() == close(holds)
    assert claims[place["maker"]] == close(holds)
    assert claims[place[payee]] == close(damages - holds)


def test_a_guarantor_that_cannot_pay_falls_too(play):
    """It has 30 for calls of 72 (receipts cover its costs): it pays the 30 and falls in the same quarter."""
    firms = FIRMS | {"maker": firm("compute", cash=30.0, assets=1030.0, equity=1030.0, costs=400.0)}
    played = play(firms, [COMPUTE, GUARANTEE], BACKSTOP, pull="lab")
    assert (played.fell("lab"), played.fell("maker")) == (0, 0)
    assert played.of("cloud", col.CALLS_GOT)[0] == close(30.0)
    assert played.of("cloud", col.CALLS_GOT)[1:] == close([0.0] * 5)


# Orders made for the failed firm


CHIPS = tie("o", "purchase", "cloud", "maker", 365, end="2026-12-31")
FOR = ["o,for,,,lab,firm", "o,for_share,,,0.5,fraction"]


@pytest.fixture
def cancelled(play):
    return play(FIRMS | {"cloud": firm("cloud", capex=400.0)}, [CHIPS], FOR, pull="lab", at=2)


def test_a_cancelled_order_is_stranded_inventory_in_its_first_quarter(cancelled):
    """
    Half of the 91 of the second quarter was for the laboratory. It is made: its cost of 0.3 is spent, a tenth is
    sold to others, so 0.9 of the cost is written down. From the next quarter on the cost is avoided.
    """
    lost = 45.5
    assert cancelled.paid("o") == close([90, 45.5, 46, 46, 0, 0])
    assert cancelled.of("maker", col.INVENTORY_LOSS) == close([0, lost * 0.3 * 0.9, 0, 0, 0, 0])
    assert cancelled.of("maker", col.RELET) == close([0, lost * 0.1, 4.6, 4.6, 0, 0])
    assert cancelled.of("maker", col.SAVED) == close([0, 0, 46 * 0.3, 46 * 0.3, 0, 0])


def test_a_dollar_of_a_cancelled_order_is_lost_once(cancelled):
    """Income falls by price x (1 - resale) while the cost is sunk, by price x (1 - avoided - resale) after."""
    lost = cancelled.calm("maker", col.INCOME) - cancelled.of("maker", col.INCOME)
    assert lost == close([0, 45.5 * 0.9, 46 * 0.6, 46 * 0.6, 0, 0])


def test_who_cancels_spends_less_and_loses_nothing(cancelled):
    """The plan is spent less what was bought for the laboratory: nobody else is to be served with it."""
    assert cancelled.calm("cloud", col.CAPEX)[:4] - cancelled.of("cloud", col.CAPEX)[:4] == close([0, 45.5, 46, 46])
    assert cancelled.fell("cloud") == FOREVER


# Those who stand


def test_lost_revenue_cuts_intentions_of_the_next_quarter(play):
    """
    The cloud plans 25 a quarter. It loses 90 of its 100 and lets nothing again at once: with a response of a half its
    plans are 0.55 of 25. Then it loses 0.7 of 91: 1 - 0.5 x 0.637.
    """
    played = play(
        FIRMS | {"cloud": firm("cloud", capex=100.0)},
        [COMPUTE],
        pull="lab",
        assumed={"intention_response": {"cloud": 0.5}},
    )
    assert played.of("cloud", col.CUT)[:2] == close([1 - 0.5 * 0.9, 1 - 0.5 * 0.637])
    assert played.of("cloud", col.CAPEX)[:3] == close([25, 25 * 0.55, 25 * (1 - 0.5 * 0.637)])
    assert played.calm("cloud", col.CUT) == close([1.0] * 6)


LENDER = firm("cloud", cash=60.0, assets=200.0, debt=100.0, equity=40.0, costs=400.0)
LOAN = tie("l", "loan", "cloud", "lab", 60, start="2025-01-01", end="2031-12-31")


def test_losses_that_eat_the_equity_shut_the_market(play):
    """
    A loan of 60 brings 60 x 110/402.5 = 16.4: 43.6 are lost of an equity of 30. Nobody lends any more: of its debt of
    100, which runs five years, 5 fall due a quarter and are not rolled.
    """
    lender = (LENDER[0], LENDER[1] | {"equity": 30.0})
    played = play({"lab": LAB, "cloud": lender}, [LOAN], pull="lab", assumed={"interest_rate": {"all": 0.0}})
    own = 150 + 2.5 + 150 + 100
    assert played.of("cloud", col.CREDIT_LOSS)[0] == close(60 - 60 * 110 / own)
    assert played.of("cloud", col.SHUT)[:2] == close([1.0, 1.0])
    assert played.of("cloud", col.ROLLED)[:2] == close([5.0, 0.0])
    assert played.of("cloud", col.PRINCIPAL)[:2] == close([0.0, 5.0])


def test_losses_that_leave_equity_do_not(play):
    lender = (LENDER[0], LENDER[1] | {"equity": 50.0})
    played = play({"lab": LAB, "cloud": lender}, [LOAN], pull="lab", assumed={"interest_rate": {"all": 0.0}})
    assert played.of("cloud", col.SHUT) == close([0.0] * 6)
    assert played.of("cloud", col.ROLLED) == close([5.0] * 6)


# Reorganisation


WEAK = firm(
    "model", cash=0.0, plant=200.0, assets=300.0, debt=150.0, equity=100.0, revenue=400.0, costs=390.0, interest=10.0
)
SLUMP = {"ai_demand_share": {"lab": 1.0}, "avoidable_cost_share": {"lab": 0.0}}


@pytest.fixture
def rebuilt(play):
    shares = tie("s", "equity", "maker", "lab", 20, start="2025-06-01", end="2025-06-30")
    terms = ["s,stake,,2025-12-31,0.2,fraction", "s,carrying,,2025-12-31,20,USD_million"]
    return play(
        {"lab": WEAK, "cloud": firm("cloud"), "maker": firm("compute")},
        [tie("c", "purchase", "lab", "cloud", 365), shares],
        terms,
        shock("demand", 0.9, lasts=1),
        assumed=SLUMP,
        reorganise=["lab"],
    )


def test_a_reorganised_firm_goes_on_with_plant_and_customers(rebuilt):
    """Receipts of 90 for dues of 100: it falls, keeps its plant, and earns its 100 again from the next quarter on."""
    assert rebuilt.fell("lab") == FOREVER
    assert rebuilt.run.baseline.fell.tolist() == [FOREVER] * 3
    assert rebuilt.of("lab", col.DOWN) == close([0.0] * 6)
    assert rebuilt.of("lab", col.WORLD_RECEIPTS) == close([90, 100, 100, 100, 100, 100])
    assert rebuilt.of("lab", col.SHORT) == close(rebuilt.calm("lab", col.SHORT))


def test_a_reorganised_firm_owes_what_creditors_would_have_got(rebuilt):
    """
    Its estate would bring 100 of plant and 10 of other assets. Claims: debt of 150, other liabilities of 50, what 90
    did not pay: costs of 52.5 are paid in full, then 37.5 of the 45 + 2.5 of the contract and interest: 10/47.5 of
    both are missed. Damages: 45 x 10/47.5 at 0.8, and half of 137.5 for the rest of a year.
    """
    missed = 10 / 47.5
    claims = 150 + 2.5 * missed + 50 + 45 * missed * 0.8 + 137.5 * 0.5
    assert rebuilt.of("lab", col.DEBT) == close([150 * 110 / claims] * 6)


def test_a_reorganised_firm_rejects_its_purchases_and_its_shares_are_void(rebuilt):
    """The cloud gets its share of the first quarter and nothing after it, and lets 0.3 of it again."""
    assert rebuilt.paid("c") == close([45 * 37.5 / 47.5, 0, 0, 0, 0, 0])
    assert rebuilt.of("cloud", col.RELET)[1:] == close(0.3 * DAYS[1:] / 2)
    assert rebuilt.of("maker", col.STAKES_HELD) == close([0.0] * 6)
    assert rebuilt.of("maker", col.STAKE_LOSS) == close([20, 0, 0, 0, 0, 0])


def test_a_guarantor_pays_on_for_a_firm_that_is_reorganised(play):
    """Its purchases of half a million a day are rejected for good: what is missing is half of each due, as ever."""
    firms = {"lab": WEAK, "cloud": firm("cloud"), "maker": firm("compute")}
    half = tie("c", "purchase", "lab", "cloud", 365)
    slump = shock("demand", 0.9, lasts=1)
    played = play(firms, [half, GUARANTEE], BACKSTOP, slump, assumed=SLUMP, reorganise=["lab"])
    assert played.of("maker", col.CALLS_PAID) == close([45 * 10 / 47.5 * 0.8, *(DAYS[1:] / 4)])


def test_a_second_default_is_a_liquidation(play):
    """Ten percent are missing in the first quarter, seventy from the fourth on: 30 for costs of 97.5."""
    played = play(
        {"lab": WEAK},
        [],
        (),
        shock("demand", 0.9, lasts=1),
        shock("demand", 0.3, start=4),
        assumed=SLUMP,
        reorganise=["lab"],
    )
    assert played.fell("lab") == 3
    assert played.of("lab", col.SHORT)[3:] == close([0.0] * 3)
    assert played.of("lab", col.DEBT)[3:] == close([0.0] * 3)


def test_a_card_that_is_pulled_is_never_reorganised(play):
    played = play(FIRMS, [COMPUTE], pull="lab", reorganise=["lab"])
    assert played.fell("lab") == 0
    assert played.of("lab", col.DOWN) == close([1.0] * 6)
