"""Odds that creditors and shareholders have priced in: structural (Merton) and from credit spreads (hazard).

All odds here are risk-neutral, as prices are: they hold a premium for bearing the risk. :func:`real_world` takes a
stated price of risk out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cardhouse.errors import InputError, NotConverged
from cardhouse.market.falls import from_high, phi

LONG_SHARE = 0.5
"""Share of debt due after a horizon that counts into the default point, as in the practice that KMV began."""


@dataclass(frozen=True, slots=True)
class Debt:
    """One rung of a debt ladder: ``years`` until it falls due, and the amount in the unit of the equity."""

    years: float
    amount: float


@dataclass(frozen=True, slots=True)
class Structure:
    """Assets behind equity and debt.

    ``assets`` in the unit of the equity, ``sigma`` their yearly volatility, ``point`` the default point at
    ``years``, ``distance`` the standard deviations between expected assets and that point, ``odds`` the risk-neutral
    chance that assets are below it at ``years``.
    """

    assets: float
    sigma: float
    point: float
    years: float
    rate: float
    distance: float
    odds: float

    def equity(self, assets: float) -> float:
        """Value of the equity at another value of the assets, same time to run."""
        return _call(assets, self.point, self.rate, self.sigma, self.years)[0]

    def assets_at(self, equity: float) -> float:
        """Value of the assets at which the equity would be worth so much."""
        return _asset_value(equity, self.point, self.rate, self.sigma, self.years)

    def crash_odds(self, fall: float, years: float) -> float:
        """Chance that the equity falls by ``fall`` from a high within ``years``, risk-neutral.

        The equity's fall is turned into the assets' fall that brings it about at today's leverage, and the assets'
        drawdown law is asked. After a rise leverage is lower, so that this errs to the high side there.
        """
        low = self.assets_at(self.equity(self.assets) * (1 - fall))
        return from_high(fall=1 - low / self.assets, years=years, sigma=self.sigma, drift=self.rate)


def _call(assets: float, point: float, rate: float, sigma: float, years: float) -> tuple[float, float]:
    """Value of a call on the assets and its slope in them."""
    scale = sigma * math.sqrt(years)
    d1 = (math.log(assets / point) + (rate + sigma**2 / 2) * years) / scale
    return assets * phi(d1) - point * math.exp(-rate * years) * phi(d1 - scale), phi(d1)


def _asset_value(equity: float, point: float, rate: float, sigma: float, years: float) -> float:
    """Assets at which the call is worth the equity; the call rises in them."""
    from scipy.optimize import brentq

    low, high = equity, equity + point * math.exp(-rate * years) + equity * 1e-9
    while _call(low, point, rate, sigma, years)[0] > equity:  # not for exact arithmetic, only for rounding
        low *= 0.999
    while _call(high, point, rate, sigma, years)[0] < equity:
        high *= 1.01
    return float(brentq(lambda v: _call(v, point, rate, sigma, years)[0] - equity, low, high, xtol=1e-12 * high))


def merton(equity: float, equity_sigma: float, point: float, *, rate: float = 0.0, years: float = 1.0) -> Structure:
    """Assets and their volatility from equity, its volatility and the default point.

    Parameters
    ----------
    equity : market value.
    equity_sigma : its yearly volatility, 0.6 for 60%.
    point : what must be paid at ``years``.
    rate : riskless yearly rate, continuous.

    Raises
    ------
    InputError : amounts, volatility or time that are not positive.
    NotConverged : no asset volatility explains the equity's.

    References
    ----------
    Merton (1974), Journal of Finance 29(2). Crosbie and Bohn (2003), Moody's KMV.
    """
    from scipy.optimize import brentq

    given = (equity, equity_sigma, point, years)
    if not all(math.isfinite(g) and g > 0 for g in given) or not math.isfinite(rate):
        raise InputError(
            f"equity {equity:g}, volatility {equity_sigma:g}, default point {point:g}, {years:g} years; "
            "all must be above zero"
        )

    def short(sigma: float) -> float:
        assets = _asset_value(equity, point, rate, sigma, years)
        return sigma * assets * _call(assets, point, rate, sigma, years)[1] - equity_sigma * equity

    low, high = equity_sigma * equity / (equity + point * math.exp(-rate * years)) * 0.5, equity_sigma * 1.0001
    if short(low) > 0 or short(high) < 0:
        raise NotConverged(
            f"no asset volatility between {low:.3g} and {high:.3g} explains an equity volatility of {equity_sigma:g} "
            f"at equity {equity:g} and default point {point:g}"
        )
    sigma = float(brentq(short, low, high, xtol=1e-13))
    assets = _asset_value(equity, point, rate, sigma, years)
    distance = (math.log(assets / point) + (rate - sigma**2 / 2) * years) / (sigma * math.sqrt(years))
    return Structure(assets, sigma, point, years, rate, distance, phi(-distance))


def ladder_point(ladder: Sequence[Debt], years: float, *, long_share: float = LONG_SHARE) -> float:
    """Default point at a horizon: all debt due by then, and a share of what is due later."""
    if not ladder:
        raise InputError("the debt ladder is empty; a firm without debt has no odds of default")
    if any(not (d.years >= 0 and d.amount >= 0 and math.isfinite(d.amount)) for d in ladder):
        raise InputError("a rung of the debt ladder has a negative time or amount")
    if not 0 <= long_share <= 1:
        raise InputError(f"the share of later debt is {long_share:g}; expected 0 to 1")
    return sum(d.amount if d.years <= years else long_share * d.amount for d in ladder)


def distances(
    equity: float,
    equity_sigma: float,
    ladder: Sequence[Debt],
    *,
    horizons: Sequence[float] = (1.0, 2.0, 3.0, 5.0),
    rate: float = 0.0,
    long_share: float = LONG_SHARE,
) -> tuple[Structure, ...]:
    """Distance to default at each horizon, each with the default point that the ladder gives it."""
    return tuple(
        merton(equity, equity_sigma, ladder_point(ladder, h, long_share=long_share), rate=rate, years=h)
        for h in horizons
    )


def hazard_odds(
    spread: float, years: float, *, recovery: float = 0.4, rate: float = 0.0, maturity: float = 5.0
) -> float:
    """Risk-neutral chance of default within ``years`` from a credit spread.

    Parameters
    ----------
    spread : yearly, 0.0643 for 643 basis points, paid quarterly until ``maturity``.
    recovery : share that creditors get back, 0 to below 1.

    The hazard is flat and solves premium leg = protection leg (default in the middle of a quarter), which is what a
    desk quotes; the triangle spread / (1 - recovery) is its limit for small spreads.
    """
    from scipy.optimize import brentq

    if not (spread >= 0 and years > 0 and 0 <= recovery < 1 and maturity > 0):
        raise InputError(
            f"spread {spread:g}, {years:g} years, recovery {recovery:g}, maturity {maturity:g}; expected a spread of 0 "
            "or more, times above 0 and a recovery from 0 to below 1"
        )
    if spread == 0:
        return 0.0
    quarters = max(1, round(maturity * 4))
    step = maturity / quarters

    def gap(hazard: float) -> float:
        total = 0.0
        for k in range(1, quarters + 1):
            alive, before = math.exp(-hazard * step * k), math.exp(-hazard * step * (k - 1))
            late, middle = math.exp(-rate * step * k), math.exp(-rate * step * (k - 0.5))
            premium = spread * step * (alive * late + 0.5 * (before - alive) * middle)
            total += (1 - recovery) * (before - alive) * middle - premium
        return total

    high = 2 * spread / (1 - recovery) + 1e-9
    while gap(high) < 0:
        high *= 2
        if high > 1e4:
            raise NotConverged(f"no hazard explains a spread of {spread:g} at a recovery of {recovery:g}")
    return -math.expm1(-float(brentq(gap, 0.0, high, xtol=1e-14)) * years)


def real_world(odds: float, years: float, *, price_of_risk: float) -> float:
    """Take a price of risk out of risk-neutral odds: each yearly standard deviation of risk earns so much.

    ``price_of_risk`` is a yearly Sharpe ratio; 0 leaves the odds as they are.
    """
    from scipy.stats import norm

    if not (0 <= odds <= 1 and years > 0 and price_of_risk >= 0):
        raise InputError(f"odds {odds:g}, {years:g} years, price of risk {price_of_risk:g} do not make sense")
    if odds in {0.0, 1.0}:
        return odds
    return phi(float(norm.ppf(odds)) - price_of_risk * math.sqrt(years))


def spread_sigma(odds: float, equity: float, point: float, *, rate: float, years: float) -> Structure:
    """The structure whose chance of default at ``years`` is ``odds``, at this equity and default point.

    It turns a credit spread into odds of a fall of the equity: assets as volatile as creditors fear.
    """
    from scipy.optimize import brentq

    if not 0 < odds < 1:
        raise InputError(f"odds of default are {odds:g}; expected between 0 and 1")

    def made(sigma: float) -> Structure:
        assets = _asset_value(equity, point, rate, sigma, years)
        distance = (math.log(assets / point) + (rate - sigma**2 / 2) * years) / (sigma * math.sqrt(years))
        return Structure(assets, sigma, point, years, rate, distance, phi(-distance))

    low, high = 1e-3, 5.0
    if made(low).odds > odds or made(high).odds < odds:
        raise NotConverged(f"no asset volatility up to {high:.0%} gives odds of {odds:.2%} at this leverage")
    return made(float(brentq(lambda s: made(s).odds - odds, low, high, xtol=1e-12)))
