"""Four opinions on one event, each with its interval."""

from __future__ import annotations

import pytest

from cardhouse.errors import InputError
from cardhouse.market.credit import Debt
from cardhouse.market.falls import Volatility, from_high
from cardhouse.market.odds import DRIFT, Crash, from_history, from_spread, from_structure, from_volatility
from cardhouse.market.pooling import pool
from cardhouse.market.runups import RunUp

CALM = Volatility(0.3, 0.25, 0.35, 252)
LADDER = [Debt(1, 10.0), Debt(4, 20.0)]


def test_all_four_speak_of_the_same_event_and_can_be_pooled() -> None:
    found = [
        from_history(RunUp(1.2, 1.1, 2.0)),
        from_volatility(CALM),
        from_structure(100, CALM, LADDER),
        from_spread(0.02, 100, LADDER),
    ]
    assert {o.event for o in found} == {"a fall of 40% from a high within 2 years"}
    assert all(0 <= o.low <= o.odds <= o.high <= 1 and o.low < o.high for o in found)
    pooled = pool(found)
    assert min(o.odds for o in found) < pooled.odds < max(o.odds for o in found)
    assert len(pooled.weights) == 4


def test_history_says_which_conditions_are_not_met() -> None:
    found = from_history(RunUp(1.2, None, 2.0))
    assert found.odds == 21 / 40
    assert "not met or not known: net of the market" in found.basis
    assert "all conditions are met" in from_history(RunUp(1.2, 1.1, 2.0)).basis
    assert from_history(RunUp(0.3, 0.2, 0.5)) is None
    assert from_history(RunUp(None, None, None)) is None
    with pytest.raises(InputError, match="the record counts"):
        from_history(RunUp(1.2, 1.1, 2.0), Crash(fall=0.3))


def test_volatility_spans_its_assumptions() -> None:
    found = from_volatility(CALM)
    assert found.odds == from_high(fall=0.4, years=2, sigma=0.3, drift=DRIFT.central)
    assert found.low == from_high(fall=0.4, years=2, sigma=0.25, drift=DRIFT.high)
    assert found.high == from_high(fall=0.4, years=2, sigma=0.35, drift=DRIFT.low)


def test_wider_spreads_and_more_debt_mean_likelier_crashes() -> None:
    spreads = [from_spread(s, 100, LADDER).odds for s in (0.005, 0.02, 0.06)]
    assert spreads == sorted(spreads)
    assert from_spread(0.02, 100, LADDER).odds > 0


def test_assumptions_have_an_order_and_a_reason() -> None:
    from cardhouse.market import odds

    for one in (odds.DRIFT, odds.PRICE_OF_RISK, odds.RECOVERY):
        assert one.low < one.central < one.high
        assert len(one.reason) > 40
