"""Four opinions on one event: a fall of 40% from a high within two years.

By history after run-ups, by volatility, by structural credit, and by credit spreads. Each is an opinion with its
interval and its basis; what cannot be known from the inputs is left out, never filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardhouse.errors import InputError
from cardhouse.market.credit import Debt, Structure, hazard_odds, ladder_point, merton, real_world, spread_sigma
from cardhouse.market.falls import Volatility, from_high, from_today
from cardhouse.market.pooling import Opinion
from cardhouse.market.runups import RunUp, share_interval


@dataclass(frozen=True, slots=True)
class Crash:
    """The event: a fall of ``fall`` from a high, today's price or a later one, within ``years``."""

    fall: float = 0.4
    years: float = 2.0

    @property
    def words(self) -> str:
        """The event in words; the same words mean the same event."""
        return f"a fall of {self.fall:.0%} from a high within {self.years:g} years"


@dataclass(frozen=True, slots=True)
class Assumed:
    """An assumption: low, central, high, and why."""

    low: float
    central: float
    high: float
    reason: str


DRIFT = Assumed(
    0.0,
    0.05,
    0.10,
    "Yearly growth of the expected price. Long-run nominal returns of stock markets lie between; a single firm's is "
    "unknown.",
)
PRICE_OF_RISK = Assumed(
    0.0,
    0.3,
    0.5,
    "Yearly Sharpe ratio taken out of market-implied odds. Broad stock markets earned about 0.3 to 0.5 over long "
    "spans; 0 leaves the odds as they are priced.",
)
RECOVERY = Assumed(
    0.2,
    0.4,
    0.6,
    "Share of unsecured debt that creditors get back. Quotes of default swaps suppose 40%; outcomes spread widely.",
)


def from_history(found: RunUp, crash: Crash | None = None) -> Opinion | None:
    """What followed run-ups of this size in US industries; None when the run-up is below 50% or unknown.

    Raises
    ------
    InputError : an event other than the one that the record counts.
    """
    event = crash or Crash()
    if event != Crash():
        raise InputError(f"the record counts {Crash().words}, not {event.words}")
    record = found.record
    if record is None or found.two_years is None:
        return None
    low, high = share_interval(record.share, record.counted_as)
    unmet = [name for name, met in found.conditions.items() if met is not True]
    rest = f"; not met or not known: {', '.join(unmet)}" if unmet else "; all conditions are met"
    count = f"{round(record.share * record.counted_as)} of {record.counted_as}" if record.published_count else "share"
    basis = (
        f"A rise of {found.two_years:.0%} in two years; US industries after at least {record.threshold:.0%}: "
        f"{record.share:.0%} crashed ({count}; Greenwood, Shleifer and You 2019){rest}."
    )
    return Opinion("history", event.words, record.share, low, high, basis)


def from_volatility(found: Volatility, crash: Crash | None = None, *, drift: Assumed = DRIFT) -> Opinion:
    """What volatility of this size does by itself; the interval spans that of volatility and drift."""
    event = crash or Crash()

    def odds(sigma: float, growth: float) -> float:
        return from_high(fall=event.fall, years=event.years, sigma=sigma, drift=growth)

    today = from_today(fall=event.fall, years=event.years, sigma=found.value, drift=drift.central)
    basis = (
        f"Volatility of {found.value:.0%} a year ({found.low:.0%} to {found.high:.0%}), drift {drift.central:.0%} "
        f"({drift.low:.0%} to {drift.high:.0%}). To fall so far below today's price: {today:.0%}."
    )
    corners = [odds(s, g) for s in (found.low, found.high) for g in (drift.low, drift.high)]
    middle = odds(found.value, drift.central)
    return Opinion("volatility", event.words, middle, min(*corners, middle), max(*corners, middle), basis)


def from_structure(
    equity: float,
    found: Volatility,
    ladder: Sequence[Debt],
    crash: Crash | None = None,
    *,
    rate: float = 0.04,
    price_of_risk: Assumed = PRICE_OF_RISK,
) -> Opinion:
    """What equity, its volatility and the debts due imply through Merton's model.

    Parameters
    ----------
    equity : market value, in the unit of the ladder.
    rate : riskless yearly rate.
    """
    event = crash or Crash()
    point = ladder_point(ladder, event.years)
    made = [merton(equity, s, point, rate=rate, years=event.years) for s in (found.low, found.value, found.high)]
    middle = made[1]
    basis = (
        f"Default point {point:,.0f} (debt due within {event.years:g} years and half of the later), assets "
        f"{middle.assets:,.0f} at {middle.sigma:.0%} volatility, {middle.distance:.1f} standard deviations from "
        f"default, which has risk-neutral odds of {middle.odds:.1%}."
    )
    return _priced("structural credit", made, event, basis, price_of_risk)


def from_spread(
    spread: float,
    equity: float,
    ladder: Sequence[Debt],
    crash: Crash | None = None,
    *,
    maturity: float = 5.0,
    rate: float = 0.04,
    recovery: Assumed = RECOVERY,
    price_of_risk: Assumed = PRICE_OF_RISK,
) -> Opinion:
    """What a credit spread implies.

    Its hazard gives the odds of default, these the volatility of assets that creditors fear, and that the odds of a
    fall of the equity.

    Parameters
    ----------
    spread : yearly, 0.0643 for 643 basis points, for ``maturity`` years.
    """
    event = crash or Crash()
    point = ladder_point(ladder, maturity)
    chances = [
        hazard_odds(spread, maturity, recovery=r, rate=rate, maturity=maturity)
        for r in (recovery.low, recovery.central, recovery.high)
    ]
    made = [spread_sigma(c, equity, point, rate=rate, years=maturity) for c in chances]
    soon = hazard_odds(spread, event.years, recovery=recovery.central, rate=rate, maturity=maturity)
    basis = (
        f"A spread of {spread * 1e4:,.0f} basis points for {maturity:g} years and a recovery of {recovery.central:.0%} "
        f"({recovery.low:.0%} to {recovery.high:.0%}) give risk-neutral odds of default of {chances[1]:.0%} in "
        f"{maturity:g} years ({soon:.0%} in {event.years:g}); assets of {made[1].sigma:.0%} volatility."
    )
    return _priced("credit spread", made, event, basis, price_of_risk)


def _priced(method: str, made: list[Structure], event: Crash, basis: str, risk: Assumed) -> Opinion:
    """Risk-neutral odds of three structures, low to high, with the price of risk taken out."""
    chances = [m.crash_odds(event.fall, event.years) for m in made]
    middle = real_world(chances[1], event.years, price_of_risk=risk.central)
    ends = [real_world(c, event.years, price_of_risk=p) for c in chances for p in (risk.low, risk.high)]
    basis += (
        f" Odds as priced {chances[1]:.0%}; a price of risk of {risk.central:g} ({risk.low:g} to {risk.high:g}) is "
        "taken out."
    )
    return Opinion(method, event.words, middle, min(*ends, middle), max(*ends, middle), basis)
