"""Logarithm, exponential and power of vectors, the same on every machine.

The polynomials are those of fdlibm (Sun Microsystems, 1993), right to one unit in the last place; the library of the
machine would be called once for each path and may differ from one machine to the next.
"""

from __future__ import annotations

from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.lanes import Lanes, exponent_of, floor, fraction_of, least, most, two_to, where

LN2_HIGH, LN2_LOW, PER_LN2 = 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1.44269504088896338700
ROOT2 = 1.4142135623730951
SMALLEST, FARTHEST = 2.2250738585072014e-308, 700.0


@kernel
def log_of(x: Lanes) -> Lanes:
    """Natural logarithm of positive normal numbers."""
    f, e = fraction_of(x), exponent_of(x)
    big = f > ROOT2
    f, e = where(big, 0.5 * f, f) - 1.0, where(big, e + 1.0, e)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    even = w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    rest = odd + z * (6.666666666666735130e-01 + even)
    half = 0.5 * f * f
    return e * LN2_HIGH - ((half - (s * (half + rest) + e * LN2_LOW)) - f)


@kernel
def exp_of(x: Lanes) -> Lanes:
    """Exponential; arguments beyond 700 are taken as 700."""
    x = most(least(x, FARTHEST), -FARTHEST)
    k = floor(x * PER_LN2 + 0.5)
    high, low = x - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    t = r * r
    c = 6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
    c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * c))
    return (1.0 - ((low - (r * c) / (2.0 - c)) - high)) * two_to(k)


@kernel
def power(x: Lanes, y: Lanes) -> Lanes:
    """``x ** y`` for x from 0 on; 1 where y is 0, and 0 where x is 0 or too small for a normal number."""
    found = exp_of(y * log_of(most(x, SMALLEST)))
    return where(x < SMALLEST, where(y > 0.0, 0.0, 1.0), found)
