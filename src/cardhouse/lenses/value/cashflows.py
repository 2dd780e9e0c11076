"""What a path of revenue is worth, and which path a price asks for: discounted cash flow, forwards and backwards.

Revenue grows by ``g`` a year for ``N`` years; over ``M`` more its growth falls in equal steps to the long-run rate
``L`` and stays there. Free cash flow is a part of revenue that moves in equal steps from today's part to the target
over the first ``N`` years. With payments at the end of each year and a discount rate ``r``:

    value = sum over t of margin(t) * revenue(t) / (1 + r)^t  +  cash(N+M) * (1 + L) / ((r - L) * (1 + r)^(N+M))

References
----------
Damodaran (2012), Investment Valuation, chapter 12. Rappaport and Mauboussin (2001), Expectations Investing, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

Array = npt.NDArray[np.float64]
LEAST_GROWTH, MOST_GROWTH = -0.5, 2.0
"""Growth a year between which a price is explained; outside of it no growth is called an explanation."""
MOST_YEARS = 50
LEAST_SPREAD = 0.005
"""Least distance of the discount rate from long-run growth; nearer than that the last value is all of the answer."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the value of a path of revenue depends on besides growth.

    Attributes
    ----------
    rate : discount rate, a year.
    years : how long growth is held; ``fade`` over how many years it falls to the long-run rate.
    long_run : growth a year after that, for ever.
    margin : free cash flow before interest as a part of revenue, from year ``years`` on.

    Raises
    ------
    InputError : a rate that is not above long-run growth, a margin that is not positive, years out of bounds.
    """

    rate: float
    years: int
    fade: int
    long_run: float
    margin: float

    def __post_init__(self) -> None:
        if not self.rate - self.long_run >= LEAST_SPREAD - 1e-12 or not self.long_run > -0.5:
            raise InputError(
                f"a discount rate of {self.rate:.4g} and long-run growth of {self.long_run:.4g}; expected the rate at "
                f"least {LEAST_SPREAD:g} higher, or the value has no end; for example --discount-rate 9% "
                "--growth-long-run 4%"
            )
        if not 0.0 < self.margin <= 1.0:
            raise InputError(
                f"a target margin of {self.margin:.4g}; expected a part of revenue above 0 and up to 1; "
                "for example --margin 25%"
            )
        if not (1 <= self.years <= MOST_YEARS and 0 <= self.fade <= MOST_YEARS):
            raise InputError(
                f"{self.years} years of growth and {self.fade} of fading; expected 1 to {MOST_YEARS} and 0 to "
                f"{MOST_YEARS}; for example --years 5 --fade 10"
            )


def revenues(growth: float, terms: Terms) -> Array:
    """Revenue by year as a multiple of today's, (years + fade,)."""
    held = np.full(terms.years, growth)
    steps = np.arange(1, terms.fade + 1) / terms.fade if terms.fade else np.empty(0)
    return np.asarray(np.cumprod(1.0 + np.concatenate([held, growth + (terms.long_run - growth) * steps])))


def worth(margin_now: float, growth: float, terms: Terms) -> float:
    """Value of the cash flows as a multiple of today's revenue."""
    start, slope = _by_margin(margin_now, growth, terms)
    return start + slope * terms.margin


def implied_growth(price: float, margin_now: float, terms: Terms) -> float | None:
    """The growth a year that makes the cash flows worth the price.

    Parameters
    ----------
    price : enterprise value over today's revenue, above 0.
    margin_now : today's free cash flow over revenue; may be negative.

    Returns
    -------
    float : between ``LEAST_GROWTH`` and ``MOST_GROWTH``; None where no growth in between does it.

    Notes
    -----
    There is at most one. As a polynomial in ``1 + g``, value less price has the coefficient ``-price`` first, then
    those of the years with negative margins, then positive ones only: margins rise in a straight line to a positive
    target, and each year of fading multiplies by ``k/M (1 + L) + (1 - k/M)(1 + g)``, whose coefficients are not
    negative. One change of sign means one positive root (Descartes), so its sign at the two ends brackets it. Where
    today's margin is above the target no coefficient but the first is negative, and the same holds.
    """
    from scipy.optimize import brentq

    if not price > 0.0:
        raise InputError(f"a price of {price:.4g} times revenue; expected more than 0; leave it out instead")

    def gap(growth: float) -> float:
        return worth(margin_now, growth, terms) - price

    if gap(LEAST_GROWTH) > 0.0 or gap(MOST_GROWTH) < 0.0:
        return None
    return float(brentq(gap, LEAST_GROWTH, MOST_GROWTH, xtol=1e-12, rtol=1e-14))


def implied_margin(price: float, margin_now: float, growth: float, terms: Terms) -> float:
    """The target margin that makes the cash flows worth the price at a given growth: a straight line, solved at once.

    ``terms.margin`` is not used. The answer may lie above 1 (no margin explains the price) or below 0.
    """
    start, slope = _by_margin(margin_now, growth, terms)
    return (price - start) / slope


def _by_margin(margin_now: float, growth: float, terms: Terms) -> tuple[float, float]:
    """Value at a target margin of nothing, and what a whole unit of margin adds: value is a straight line in it."""
    sales = revenues(growth, terms)
    years = np.arange(1, sales.size + 1)
    discounted = sales / (1.0 + terms.rate) ** years
    # The last year's cash goes on for ever, growing at the long-run rate.
    discounted[-1] *= 1.0 + (1.0 + terms.long_run) / (terms.rate - terms.long_run)
    reached = np.minimum(years / terms.years, 1.0)
    return float(margin_now * (discounted @ (1.0 - reached))), float(discounted @ reached)
