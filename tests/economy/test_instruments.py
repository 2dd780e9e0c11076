"""Terms of contracts as read from ``terms.csv``: what each says over the steps of a run, by hand.

Six quarters from the opening of 2025-12-31 have 90, 91, 92, 92, 90 and 91 days; amounts are chosen so that a day is
one million.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cardhouse.economy.inputs import Inputs
from cardhouse.economy.instruments import (
    Covenants,
    Maturities,
    MovingRent,
    ResidualValue,
    Schedule,
    ShareOf,
    TakeOrPay,
    TradeIn,
    Tranche,
    Vesting,
    step_of,
)
from cardhouse.economy.kernel.arrays import FOREVER, IF_DELIVERED, IF_LISTED, IF_VALUATION, NO_CONDITION
from cardhouse.economy.window import quarters_of, window_after

OPENING = window_after(date(2026, 1, 15), 4)
STEPS = quarters_of(OPENING, 6)
DAYS = [90, 91, 92, 92, 90, 91]


class Read:
    """One tie of 730 million over 2026 and 2027 with some terms."""

    def __init__(self, economy, *terms, kind="purchase", firmness="binding", amount="730", status="active"):
        rows = economy.texts("")
        unit = "USD_million" if amount else ""
        rows["firms"] += ["a,A,,,cloud,independent,,,,,", "b,B,,,cloud,independent,,,,,"]
        rows["ties"] = [
            f"t,{kind},a,b,{amount},{unit},,,2025-01-01,2026-01-01,2027-12-31,{firmness},{status},yes,tenq,2026-01-15,high,",
            "u,purchase,a,b,1,USD_million,,,2025-01-01,2026-01-01,2027-12-31,binding,active,yes,tenq,2026-01-15,high,",
        ]
        rows["terms"] = [f"t,{term},tenq,,2026-01-15" for term in terms]
        book = economy.read(rows)
        self.inputs = Inputs(book, OPENING)
        self.tie = next(t for t in book.current_ties if t.id == "t")
        self.terms = book.terms_of("t")

    @property
    def due(self):
        return Schedule.read(self.inputs, self.tie, self.terms, STEPS).due

    @property
    def bound(self):
        return TakeOrPay.read(self.tie, self.terms, STEPS).bound

    @property
    def tranche(self):
        return Tranche.read(self.terms, STEPS)


@pytest.fixture
def read(economy):
    def one(*terms, **how):
        return Read(economy, *terms, **how)

    return one


def test_the_steps_of_days_before_inside_and_after_a_run():
    """A day of the past counts as the first step; one after the last step never comes."""
    days = [date(2025, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2027, 6, 30), date(2027, 7, 1)]
    assert [step_of(day, STEPS) for day in days] == [0, 0, 1, 5, FOREVER]


def test_without_terms_an_amount_is_spread_over_the_tie_own_days(read):
    """730 over the 730 days of two years: a million a day."""
    assert read().due == pytest.approx(DAYS)


def test_what_is_paid_to_date_is_taken_out_and_the_rest_spread_over_the_days_left(read):
    """365 were paid in advance: half of the sum is left for all of the days."""
    assert read("paid_to_date,,2025-12-31,365,USD_million").due == pytest.approx([d / 2 for d in DAYS])


def test_a_completed_tie_of_the_past_pays_nothing(economy):
    one = Read(economy, status="completed")
    assert one.due == pytest.approx(DAYS)  # it ends after the opening: what is left of it still runs
    over = replace(one.tie, start=date(2024, 1, 1), end=date(2025, 12, 31))
    assert Schedule.read(one.inputs, over, (), STEPS).due.sum() == 0.0


def test_schedules_add_up_and_replace_the_tie_own_amount(read):
    """365 over 2026 and 90 over the first quarter of 2027."""
    due = read("schedule,2026-01-01,2026-12-31,365,USD_million", "schedule,2027-01-01,2027-03-31,90,USD_million").due
    assert due == pytest.approx([90, 91, 92, 92, 90, 0])


def test_a_ramp_rises_in_a_straight_line_from_zero(read):
    """What is paid after k of n days is the square of k/n of the whole."""
    due = read("ramp,2026-01-01,2026-12-31,400,USD_million").due
    done = [400 * (k / 365) ** 2 for k in (0, 90, 181, 273, 365)]
    assert due == pytest.approx([*np.diff(done), 0, 0])
    assert due[:4].sum() == pytest.approx(400)


def test_gigawatts_are_paid_at_their_price(read):
    """Two gigawatts over 2026 at 182.5 each: 365, a million a day. Without a price they say nothing about money."""
    gigawatts = "gigawatts,2026-01-01,2026-12-31,2,GW"
    assert read(gigawatts, "per_gigawatt,,,182.5,USD_million").due == pytest.approx([90, 91, 92, 92, 0, 0])
    assert read(gigawatts).due == pytest.approx(DAYS)


def test_a_tie_without_an_amount_owes_nothing(read):
    assert read(amount="").due.sum() == 0.0
    assert read(kind="equity").due.sum() == 0.0


def test_what_binds_a_contract(read):
    """All of a binding tie, nothing of a reported one, the share that is stated, notice over the days of a quarter."""
    assert read().bound.tolist() == [1.0] * 6
    assert read(firmness="reported").bound.tolist() == [0.0] * 6
    assert read("take_or_pay,,,0.6,fraction").bound.tolist() == [0.6] * 6
    assert read("cancellable,,,0,days").bound.tolist() == [0.0] * 6
    assert read("cancellable,,,45,days").bound == pytest.approx([45 / d for d in DAYS])
    assert read("cancellable,,,365,days").bound.tolist() == [1.0] * 6


def test_take_or_pay_that_begins_later_binds_from_then_on(read):
    """A third until September, all of it from October on."""
    bound = read("take_or_pay,2025-01-01,,0.3,fraction", "take_or_pay,2026-10-01,2027-12-31,1,fraction").bound
    assert bound.tolist() == [0.3, 0.3, 0.3, 1.0, 1.0, 1.0]


def test_shares_of_spending_count_by_the_days_that_they_cover(read):
    """0.2 until the middle of May (45 of 91 days of that quarter), 0.4 after it."""
    terms = read("share_of_capex,2025-01-01,2026-05-15,0.2,fraction", "share_of_capex,2026-05-16,,0.4,fraction").terms
    part = 45 / 91
    share = ShareOf.read(terms, "share_of_capex", STEPS)
    assert share.share == pytest.approx([0.2, 0.2 * part + 0.4 * (1 - part), 0.4, 0.4, 0.4, 0.4])
    assert (share.cap, share.paid) == (math.inf, 0.0)
    assert not ShareOf.read(terms, "share_of_revenue", STEPS).share.any()


def test_a_cap_holds_for_shares_and_counts_what_was_paid(read):
    terms = read(
        "share_of_revenue,,,0.2,fraction", "cap,,,100,USD_million", "paid_to_date,,2025-12-31,30,USD_million"
    ).terms
    share = ShareOf.read(terms, "share_of_revenue", STEPS)
    assert (share.share.tolist(), share.cap, share.paid) == ([0.2] * 6, 100.0, 30.0)


HALF = "conditional,2026-01-01,2026-06-30,181,USD_million"
"""A million a day over the first half of 2026."""


@pytest.mark.parametrize(
    ("terms", "condition", "threshold", "watched"),
    [
        (["condition_met,2026-08-15,,1,flag"], IF_LISTED, 2.0, ""),
        (["condition_met,2025-08-15,,1,flag"], IF_LISTED, 0.0, ""),
        (["if_valuation,,,900,USD_million"], IF_VALUATION, 900.0, ""),
        (["if_listed,2027-05-01,,1,flag"], IF_LISTED, 5.0, ""),
        (["if_listed,2029-05-01,,1,flag"], IF_LISTED, float(FOREVER), ""),
        (["if_delivered,,,150,USD_million", "condition_tie,,,u,tie"], IF_DELIVERED, 150.0, "u"),
        (["if_gigawatts,,,0.5,GW", "per_gigawatt,,,300,USD_million"], IF_DELIVERED, 150.0, ""),
    ],
)
def test_what_a_tranche_waits_for(read, terms, condition, threshold, watched):
    """Days become steps; gigawatts become what they cost."""
    tranche = read(HALF, *terms).tranche
    assert tranche.waits == pytest.approx([90, 91, 0, 0, 0, 0])
    assert (tranche.condition, tranche.threshold, tranche.tie) == (condition, threshold, watched)


def test_a_condition_that_is_met_counts_before_any_other(read):
    tranche = read(HALF, "if_valuation,,,900,USD_million", "condition_met,2026-05-01,,1,flag").tranche
    assert (tranche.condition, tranche.threshold) == (IF_LISTED, 1.0)


@pytest.mark.parametrize("terms", [[HALF], ["conditional,,,181,USD_million", "condition_met,2026-05-01,,1,flag"]])
def test_a_tranche_without_a_condition_or_without_dates_never_falls_due(read, terms):
    tranche = read(*terms).tranche
    assert tranche.waits.tolist() == [0.0] * 6
    assert tranche.condition == NO_CONDITION


def test_what_waits_for_a_condition_is_no_part_of_the_even_stream(read):
    """730 over two years is a million a day; with 365 of it conditional half a million, with all of it nothing."""
    assert read().due == pytest.approx(DAYS)
    half = read("conditional,2027-01-01,2027-12-31,365,USD_million")
    assert half.due == pytest.approx([0.5 * days for days in DAYS])
    assert read("conditional,2026-01-01,2027-12-31,730,USD_million").due == pytest.approx([0.0] * 6)


def test_rents_that_move_trade_in_and_their_absence(read):
    terms = read("rent_indexed,,,0.5,fraction", "price_lock,,,1.2,ratio", "trade_in,,,0.2,fraction").terms
    assert MovingRent.read(terms) == MovingRent(0.5, 1.2)
    assert TradeIn.read(terms) == TradeIn(0.2)
    assert MovingRent.read(()) == MovingRent(0.0, math.inf)
    assert TradeIn.read(()) == TradeIn(0.0)


def test_a_warrant_needs_a_tie_and_a_fraction(read):
    terms = read("vests_with,,,u,tie", "vests,,,0.1,fraction", "hurdle,,,2000,USD_million", kind="warrant").terms
    assert Vesting.read(terms) == Vesting("u", 0.1, 2000.0)
    assert Vesting.read(terms[:1]) is None
    assert Vesting.read(terms[1:]) is None
    assert Vesting.read(terms[:2]) == Vesting("u", 0.1, 0.0)


def test_residual_values_inside_after_and_before_the_run(read):
    def residual(day):
        terms = read(f"residual_value,,{day},100,USD_million", kind="guarantee").terms
        return ResidualValue.read(terms, STEPS)

    assert residual("2026-11-30") == ResidualValue(100.0, 3)
    assert residual("2031-11-30") == ResidualValue(100.0, FOREVER)
    assert residual("2025-12-31") == ResidualValue(0.0, FOREVER)
    assert ResidualValue.read((), STEPS) == ResidualValue(0.0, FOREVER)


def test_covenants_are_those_in_force_at_the_opening(read):
    """The undrawn amount of the newest date counts; a cover test of 2027 does not yet."""
    terms = read(
        "floating,,,0.5,fraction",
        "dscr,2025-01-01,,1.25,ratio",
        "dscr,2027-01-01,,1.4,ratio",
        "undrawn,,2025-06-30,80,USD_million",
        "undrawn,,2025-12-31,50,USD_million",
        kind="loan",
    ).terms
    assert Covenants.read(terms, OPENING.opening) == Covenants(0.5, 1.25, 50.0)
    assert Covenants.read((), OPENING.opening) == Covenants(None, 0.0, 0.0)


def test_principal_falls_due_by_ladder_by_instalments_or_at_the_end(read):
    """Two dates; a million a day; the last day of the tie (2027-12-31, after the steps: nothing)."""
    one = read("maturity,,2026-05-31,30,USD_million", "maturity,,2027-01-31,50,USD_million", kind="loan")
    assert Maturities.read(one.tie, one.terms, 100.0, STEPS).due.tolist() == [0, 30, 0, 0, 50, 0]
    one = read("amortises,2026-01-01,2026-12-31,365,USD_million", kind="loan")
    assert Maturities.read(one.tie, one.terms, 365.0, STEPS).due == pytest.approx([90, 91, 92, 92, 0, 0])
    assert Maturities.read(one.tie, (), 100.0, STEPS).due.tolist() == [0.0] * 6
    eight = quarters_of(OPENING, 8)
    assert Maturities.read(one.tie, (), 100.0, eight).due.tolist() == [0.0] * 7 + [100.0]


def test_never_more_principal_falls_due_than_is_owed(read):
    """Of 365 in the terms 200 are owed: 90, 91, and the last 19."""
    one = read("amortises,2026-01-01,2026-12-31,365,USD_million", kind="loan")
    assert Maturities.read(one.tie, one.terms, 200.0, STEPS).due == pytest.approx([90, 91, 19, 0, 0, 0])
