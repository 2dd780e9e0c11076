"""Run-ups: the conditions of Greenwood, Shleifer and You, and a series' own record."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from cardhouse.errors import InputError
from cardhouse.market.prices import Prices
from cardhouse.market.runups import RECORDS, own_record, rise, run_up, share_interval


def weekly(values, start: str = "2010-01-01") -> Prices:
    return Prices.of(np.datetime64(start) + 7 * np.arange(len(values)), values)


def test_the_published_record() -> None:
    """20% after 50%, 53% (21 of 40) after 100%, 80% after 150%; only the count of 40 is published."""
    assert [(r.threshold, round(r.share, 2), r.published_count) for r in RECORDS] == [
        (1.5, 0.8, False),
        (1.0, 0.53, True),
        (0.5, 0.2, False),
    ]
    assert RECORDS[1].share * RECORDS[1].counted_as == 21


def test_rises_look_back_by_calendar() -> None:
    prices = weekly(np.r_[np.full(200, 10.0), np.linspace(10, 35, 105)])
    found = run_up(prices)
    assert found.two_years == pytest.approx(2.5, abs=0.02)
    assert found.five_years == pytest.approx(2.5)
    assert found.record.threshold == 1.5
    assert rise(prices, 20) is None


def test_net_of_the_market() -> None:
    prices, market = weekly(np.linspace(10, 35, 305)), weekly(np.linspace(10, 20, 305))
    found = run_up(prices, market=market)
    assert found.net == pytest.approx(found.two_years - rise(market, 2))
    assert found.conditions["net of the market, at least 100%"] is (found.net >= 1)
    with pytest.raises(InputError, match="bring both to one day"):
        run_up(prices, market=weekly(np.linspace(10, 20, 100)))


def test_a_short_series_knows_nothing() -> None:
    found = run_up(weekly(np.linspace(1, 9, 50)))
    assert found.two_years is None
    assert found.record is None
    assert set(found.conditions.values()) == {None}


def test_the_own_record_counts_crashes_after_run_ups() -> None:
    up, down = np.linspace(10, 30, 105), np.linspace(30, 12, 60)
    values = np.r_[np.full(110, 10.0), up, down, np.full(110, 12.0), np.linspace(12, 40, 105), np.full(150, 40.0)]
    found = own_record(weekly(values))
    assert (found.episodes, found.crashes, found.open) == (2, 1, 0)
    assert own_record(weekly(values[:-120])).open == 1


def test_intervals_of_shares() -> None:
    low, high = share_interval(21 / 40, 40)
    assert (low, high) == pytest.approx(beta.ppf([0.05, 0.95], 21.5, 19.5))
    assert share_interval(0, 10)[0] == 0
    assert share_interval(1, 10)[1] == 1
    with pytest.raises(InputError):
        share_interval(1.2, 10)
