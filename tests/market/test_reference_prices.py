"""Reference values on daily prices that may not be redistributed: checked where they lie beside the project.

The prices (adjusted closes of Nvidia and SPY in ``../shared/prices``) are no part of the project; elsewhere these
tests are passed over. Truth: the values printed with the reference, three digits and more.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cardhouse.market import read_prices, side_by_side, study
from cardhouse.market.events import Window

PRICES = Path(__file__).parents[3] / "shared" / "prices"
pytestmark = pytest.mark.skipif(not (PRICES / "NVDA.csv").exists(), reason="the prices are not beside the project")


@pytest.fixture(scope="module")
def nvidia_and_market():
    stock, market = (read_prices(PRICES / f"{name}.csv").prices for name in ("NVDA", "SPY"))
    days, i, j = np.intersect1d(
        stock.dates.astype("datetime64[D]"), market.dates.astype("datetime64[D]"), return_indices=True
    )
    moves = [values[1:] / values[:-1] - 1.0 for values in (stock.values[i], market.values[j])]
    return days[1:], *moves


@pytest.mark.parametrize(
    ("day", "change", "abnormal"),
    [
        ("2023-05-25", 0.2437, 0.2239),
        ("2024-02-22", None, 0.1210),
        ("2025-01-27", -0.1697, -0.1337),
        ("2025-08-28", None, -0.0154),
    ],
)
def test_nvidia_on_spy_after_news(nvidia_and_market, day, change, abnormal):
    """Market model on 250 days that end 11 days before the event."""
    days, stock, market = nvidia_and_market
    row = int(np.flatnonzero(days == np.datetime64(day))[0])
    found = study(stock, market, event=row, window=Window(0, 0, 250, 11))
    assert found.abnormal[0] == pytest.approx(abnormal, abs=5.1e-5)
    if change is not None:
        assert stock[row] == pytest.approx(change, abs=5.1e-5)


def test_nvidia_is_more_explosive_in_levels_than_in_logs():
    """Last price of each month: GSADF 12.1 in levels, 3.6 in logs."""
    prices = read_prices(PRICES / "NVDA.csv").prices
    months = prices.dates.astype("datetime64[M]")
    last = np.append(months[1:] != months[:-1], True)
    level, log = side_by_side(prices.values[last])
    assert level.result.gsadf == pytest.approx(12.1, abs=0.05)
    assert log.result.gsadf == pytest.approx(3.6, abs=0.05)
