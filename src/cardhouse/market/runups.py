"""Run-ups and what came after them: the conditions of Greenwood, Shleifer and You, and a series' own record.

Their sample is US industries from 1926 to 2014: an episode is an industry that doubled within two years, both as it
stands and net of the market, and gained half or more over five. A crash is a fall of 40% from a high within the next
two years. A single firm swings more than an industry; odds for it are likelier too low than too high.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cardhouse.errors import InputError
from cardhouse.market.drawdowns import worst_after
from cardhouse.market.prices import Prices

CRASH = 0.4
"""A crash is a fall of this share from a high."""
YEARS = 2.0
"""Years within which a crash counts, and over which a run-up is measured."""
NET, FIVE = 1.0, 0.5
"""The run-up net of the market, and the rise over five years, that an episode needs."""


@dataclass(frozen=True, slots=True)
class Record:
    """Crashes after run-ups of at least ``threshold`` in two years; ``share`` of episodes, ``counted_as`` of how many.

    ``counted_as`` is the number of episodes where known to be published (40 for 100%); for the others a cautious
    stand-in that widens the interval.
    """

    threshold: float
    share: float
    counted_as: int
    published_count: bool


RECORDS = (
    Record(1.5, 0.80, 10, published_count=False),
    Record(1.0, 21 / 40, 40, published_count=True),
    Record(0.5, 0.20, 40, published_count=False),
)
"""Greenwood, Shleifer and You (2019), Journal of Financial Economics 131(1): 20%, 53% (21 of 40) and 80%."""


@dataclass(frozen=True, slots=True)
class RunUp:
    """Rises up to the last row, shares; None where the prices do not reach back so far.

    ``net`` is the two-year rise less the market's, None without a market.
    """

    two_years: float | None
    net: float | None
    five_years: float | None

    @property
    def conditions(self) -> dict[str, bool | None]:
        """The three conditions of an episode; None where unknown."""
        return {
            "two years, at least 100%": None if self.two_years is None else self.two_years >= 1.0,
            "net of the market, at least 100%": None if self.net is None else self.net >= NET,
            "five years, at least 50%": None if self.five_years is None else self.five_years >= FIVE,
        }

    @property
    def record(self) -> Record | None:
        """The strictest threshold that the two-year rise passes; None below 50% or where it is unknown."""
        if self.two_years is None:
            return None
        return next((r for r in RECORDS if self.two_years >= r.threshold), None)


@dataclass(frozen=True, slots=True)
class Own:
    """The series' own record: run-ups that began anew at least two years after the last, and crashes after them.

    ``open`` counts run-ups whose two years are not over and that have not crashed yet; they are left out of ``crashes``
    and ``episodes``.
    """

    threshold: float
    episodes: int
    crashes: int
    open: int


def rise(prices: Prices, years: float, *, at: int = -1) -> float | None:
    """Rise over so many years up to a row; None when the prices begin later."""
    row = at % prices.size
    start = _row_before(prices, row, years)
    return None if start is None else float(prices.values[row] / prices.values[start] - 1)


def _row_before(prices: Prices, row: int, years: float) -> int | None:
    """The last row at least so many years before a row; a first row up to ten days late still serves."""
    days = prices.dates.astype("datetime64[D]")
    wanted = days[row] - np.timedelta64(round(365.25 * years), "D")
    place = int(np.searchsorted(days, wanted, side="right")) - 1
    if place >= 0:
        return place
    return 0 if days[0] - wanted <= np.timedelta64(10, "D") and row > 0 else None


def run_up(prices: Prices, *, market: Prices | None = None) -> RunUp:
    """The run-up to the last row.

    Parameters
    ----------
    market : prices of the market it is compared with; its last date must not be earlier.
    """
    two = rise(prices, YEARS)
    net = None
    if market is not None and two is not None:
        days = market.dates.astype("datetime64[D]")
        last = prices.dates[-1].astype("datetime64[D]")
        place = int(np.searchsorted(days, last, side="right")) - 1
        if place < 0 or last - days[-1] > np.timedelta64(10, "D"):
            raise InputError(
                f"the market's prices end on {days[-1]}, those of {prices.name} on {last}; bring both to one day"
            )
        moved = rise(market, YEARS, at=place)
        net = None if moved is None else two - moved
    return RunUp(two, net, rise(prices, 5.0))


def own_record(prices: Prices, *, threshold: float = 1.0, fall: float = CRASH) -> Own:
    """Count run-ups of ``threshold`` within the series and the crashes within two years after each."""
    ahead = max(1, round(YEARS * prices.per_year))
    worst = worst_after(prices.values, ahead)
    days = prices.dates.astype("datetime64[D]")
    pause = np.timedelta64(round(365.25 * YEARS), "D")
    starts = np.searchsorted(days, days - pause, side="right") - 1
    rises = np.where(starts >= 0, prices.values / prices.values[np.maximum(starts, 0)] - 1, -1.0)
    episodes = crashes = still = 0
    free = days[0]
    for row in np.flatnonzero(rises >= threshold):
        if days[row] < free:
            continue
        free = days[row] + pause
        crashed = bool(-worst[row] >= fall)
        if not crashed and days[-1] - days[row] < pause:
            still += 1
            continue
        episodes += 1
        crashes += crashed
    return Own(threshold, episodes, crashes, still)


def share_interval(share: float, count: int, *, level: float = 0.9) -> tuple[float, float]:
    """Interval of a share seen in ``count`` episodes, by Jeffreys' prior."""
    from scipy.stats import beta

    if not (0 <= share <= 1 and count >= 1):
        raise InputError(f"a share of {share:g} in {count} episodes does not make sense")
    hits = share * count
    low, high = (float(beta.ppf(at, hits + 0.5, count - hits + 0.5)) for at in ((1 - level) / 2, (1 + level) / 2))
    return (0.0 if hits == 0 else low), (1.0 if hits == count else high)
