"""What a run rests on: dollars by kind of source."""

from __future__ import annotations

import pytest

from cardhouse.economy.grounds import grounds
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.run import RunChoices, run


def test_a_firm_without_growth_rests_on_its_filing_and_growth_on_assumption(economy):
    """
    Revenue of 400 and cash of 1,000 from a filing over a year: no growth, so all of revenue is the filing's. Costs come
    from an assumed margin on filed revenue; the book files no debt or plant. Over two years at a growth of 100 percent
    the pace of 600 a year and the cash stay the filing's, the rest is an assumption.
    """
    figures = {"cash": 1000.0, "assets": 2000.0, "debt": 0.0, "equity": 2000.0, "revenue": 400.0, "costs": 200.0}
    steady = grounds(run(economy("", {"cloud": ("cloud", figures)}), choices=RunChoices(quarters=4)))
    assert steady["filing"] == pytest.approx(400.0 + 200.0 + 1000.0)
    assert set(steady) == {"filing"}
    grown = run(
        economy(
            "", {"cloud": ("cloud", figures)}, assumed={"revenue_growth": {"cloud": 1.0}, "growth_floor": {"all": 0.0}}
        ),
        choices=RunChoices(quarters=8),
    )
    more = grounds(grown)
    flows = sum(grown.series("cloud", column, baseline=True).sum() for column in (col.REVENUE, col.COSTS))
    assert more["filing"] == pytest.approx(2 * (400.0 + 200.0) + 1000.0)
    assert more["assumption"] == pytest.approx(flows - 2 * (400.0 + 200.0))


def test_all_dollars_of_the_shipped_plan_have_a_ground(shipped):
    found = grounds(run(shipped, choices=RunChoices(quarters=8)))
    assert all(amount > 0 for amount in found.values())
    assert {"filing", "assumption", "timing"} <= set(found)
