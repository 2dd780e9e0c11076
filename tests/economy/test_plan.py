"""The plan that revenue lost is measured against, on paper: what would be sold if nobody failed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import FOREVER

sys.path.insert(0, str(Path(__file__).parent))
import playing
from playing import DAYS, close, firm, tie

COMPUTE = tie("c", "purchase", "tenant", "landlord", 292.0)


@pytest.fixture
def tenanted(economy):
    """A tenant that earns 100 a quarter and has costs of 150, its rents among them, from this much cash."""

    def play(cash):
        tenant = firm("model", cash=cash, assets=cash + 1000.0, equity=cash + 1000.0, costs=600.0)
        return playing.play(
            economy,
            {"tenant": tenant, "landlord": firm("cloud")},
            [COMPUTE],
            assumed={"intention_response": {"all": 1.0}},
        )

    return play


def planned(played, node):
    return played.run.compiled.model.plans.revenue[played.run.compiled.place[node]]


def test_the_plan_of_a_firm_that_fails_is_what_it_would_sell_if_it_did_not(tenanted):
    """It lacks 50 a quarter and has 120: it fails in the third quarter, and loses four quarters' sales of 100."""
    poor = tenanted(120.0)
    assert poor.fell("tenant") == 2
    assert planned(poor, "tenant") == close([100.0] * 6)
    assert (planned(poor, "tenant") - poor.of("tenant", col.REVENUE))[3:] == close([100.0] * 3)


def test_with_nobody_failing_the_plan_is_the_baseline_and_money_changes_nothing_in_it(tenanted):
    """To the last digit: the plan of the poor is that of the rich, who never fail, and whose baseline it is."""
    poor, rich = tenanted(120.0).run, tenanted(5000.0).run
    assert (rich.baseline.fell == FOREVER).all()
    assert np.array_equal(rich.baseline.accounts[:, col.REVENUE].T, rich.compiled.model.plans.revenue)
    for plan in ("revenue", "receipts", "fixed", "capex"):
        assert np.array_equal(getattr(poor.compiled.model.plans, plan), getattr(rich.compiled.model.plans, plan))
    assert np.array_equal(poor.compiled.model.plans.fleet, rich.compiled.model.plans.fleet)


def test_a_failure_in_the_baseline_is_a_loss_to_who_sold_to_it(tenanted):
    """0.4 a day are due to the end and in the landlord's plan; in the run three tenths of it are let again by then."""
    poor = tenanted(120.0)
    lost = planned(poor, "landlord") - poor.of("landlord", col.REVENUE)
    assert planned(poor, "landlord") == close([100.0] * 6)
    assert lost[:2] == close([0.0] * 2)
    assert lost[3:] == close(0.4 * 0.7 * DAYS[3:])
    assert poor.of("landlord", col.CUT)[3:] == close(1.0 - lost[3:] / 100.0)


def test_only_the_path_that_finds_the_plan_is_given_money(tenanted):
    """A run from the calibrated model lets fail who cannot pay."""
    poor = tenanted(120.0).run
    assert poor.compiled.model.world.funded == 0
    assert poor.path.end.switches[row.FUNDED] == 0
