"""Probabilities as they are shown: with the digits that their errors leave, or with a bound where no error is known."""

from __future__ import annotations

import math

LEAST_SHARE = 0.00005
"""Probability that is the first digit of a per cent with two of them."""
DIGITS = 2
"""Digits of a bound."""


def share(value: float, error: float = 0.0) -> str:
    """A probability in per cent, with as many digits as its error leaves, and the error where it is a digit."""
    if 0.0 < value < LEAST_SHARE:
        return "<0.01%"
    if 0.0 < 1.0 - value < 10 * LEAST_SHARE and error < LEAST_SHARE:
        return ">99.9%"
    if error < LEAST_SHARE:
        return f"{100 * value:.1f}%" if value >= 0.0995 else f"{100 * value:.2f}%"
    digits = 1 if error >= 10 * LEAST_SHARE else 2
    return f"{100 * value:.{digits}f} ± {100 * error:.{digits}f}%"


def bounded(value: float, error: float, least: float | None, most: float | None) -> str:
    """A probability with its error; where no path had the event, or all had it, what it may be at most or at least."""
    if most is not None:
        return f"<{limit(most)}%"
    if least is not None:
        return f">{limit(1.0 - least, of_rest=True)}%"
    return share(value, error)


def limit(part: float, *, of_rest: bool = False) -> str:
    """Per cents of a bound to two digits and rounded away from the event, or what it leaves of a hundred."""
    digits = max(DIGITS - 1 - math.floor(math.log10(100.0 * part)), 0)
    up = math.ceil(100.0 * part * 10.0**digits - 1e-9) / 10.0**digits
    text = f"{100.0 - up if of_rest else up:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
