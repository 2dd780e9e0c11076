"""Random numbers by counting: a number depends on its key and its place alone, not on what was drawn before it.

Philox4x64-10 turns a counter of four words and a key of two into four words. Here the key is (seed, 0) and the
counter (path, block, stream, name), so a path draws the same whatever the batch, thread or worker it runs in, and a
new stream changes no other.

References
----------
Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC '11; their library Random123.
Wichura (1988), algorithm AS 241, Applied Statistics 37(3), routine PPND16.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from cardhouse.economy.kernel.compiling import kernel

ROUNDS = 10
FIRST_FACTOR, SECOND_FACTOR = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
FIRST_STEP, SECOND_STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
TO_DOUBLE = np.uint64(12)
HALF_STEP = 2.0**-53
"""52 bits of a word and half a step: the middles of 2^52 equal parts of (0, 1), so neither end is ever drawn."""

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


def _high_word(_context: Any, a: Any, b: Any) -> Any:
    """Upper 64 bits of a product of two words, by the machine's own multiplication to 128 bits."""

    def emit(_: Any, builder: Any, __: Any, values: Any) -> Any:
        from llvmlite import ir

        wide = ir.IntType(128)
        left, right = (builder.zext(value, wide) for value in values)
        product = builder.mul(left, right)
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(a, b), emit


high_word: Any = intrinsic(_high_word)


@kernel
def philox(c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64) -> Words:
    """Four random words of a counter ``c0..c3`` and a key ``k0, k1``."""
    for _ in range(ROUNDS):
        high0, low0 = high_word(FIRST_FACTOR, c0), FIRST_FACTOR * c0
        high1, low1 = high_word(SECOND_FACTOR, c2), SECOND_FACTOR * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + FIRST_STEP, k1 + SECOND_STEP
    return c0, c1, c2, c3


@kernel
def words(seed: int, path: int, block: int, stream: int, name: int) -> Words:
    """Four random words of one place: a stream of one path in one block of four quarters."""
    return philox(np.uint64(path), np.uint64(block), np.uint64(stream), np.uint64(name), np.uint64(seed), np.uint64(0))


@kernel
def uniform(word: np.uint64) -> float:
    """A word as a number strictly between 0 and 1."""
    return float((word >> TO_DOUBLE) * 2.0**-52 + HALF_STEP)


@kernel
def normal(p: float) -> float:
    """The standard normal number below which the share ``p`` of them lies, 0 < p < 1; 16 digits."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return _middle(q)
    return _tail(p, q)


@kernel
def _middle(q: float) -> float:
    """Normal quantile of ``0.5 + q`` where q is at most 0.425 either way."""
    r = 0.180625 - q * q
    up = 2.5090809287301226727e3
    up = up * r + 3.3430575583588128105e4
    up = up * r + 6.7265770927008700853e4
    up = up * r + 4.5921953931549871457e4
    up = up * r + 1.3731693765509461125e4
    up = up * r + 1.9715909503065514427e3
    up = up * r + 1.3314166789178437745e2
    up = up * r + 3.3871328727963666080e0
    down = 5.2264952788528545610e3
    down = down * r + 2.8729085735721942674e4
    down = down * r + 3.9307895800092710610e4
    down = down * r + 2.1213794301586595867e4
    down = down * r + 5.3941960214247511077e3
    down = down * r + 6.8718700749205790830e2
    down = down * r + 4.2313330701600911252e1
    down = down * r + 1.0
    return q * up / down


@kernel
def _tail(p: float, q: float) -> float:
    """Normal quantile of ``p = 0.5 + q`` outside the middle."""
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    size = _near_tail(r - 1.6) if r <= 5.0 else _far_tail(r - 5.0)
    return -size if q < 0.0 else size


@kernel
def _near_tail(r: float) -> float:
    up = 7.74545014278341407640e-4
    up = up * r + 2.27238449892691845833e-2
    up = up * r + 2.41780725177450611770e-1
    up = up * r + 1.27045825245236838258e0
    up = up * r + 3.64784832476320460504e0
    up = up * r + 5.76949722146069140550e0
    up = up * r + 4.63033784615654529590e0
    up = up * r + 1.42343711074968357734e0
    down = 1.05075007164441684324e-9
    down = down * r + 5.47593808499534494600e-4
    down = down * r + 1.51986665636164571966e-2
    down = down * r + 1.48103976427480074590e-1
    down = down * r + 6.89767334985100004550e-1
    down = down * r + 1.67638483018380384940e0
    down = down * r + 2.05319162663775882187e0
    down = down * r + 1.0
    return up / down


@kernel
def _far_tail(r: float) -> float:
    up = 2.01033439929228813265e-7
    up = up * r + 2.71155556874348757815e-5
    up = up * r + 1.24266094738807843860e-3
    up = up * r + 2.65321895265761230930e-2
    up = up * r + 2.96560571828504891230e-1
    up = up * r + 1.78482653991729133580e0
    up = up * r + 5.46378491116411436990e0
    up = up * r + 6.65790464350110377720e0
    down = 2.04426310338993978564e-15
    down = down * r + 1.42151175831644588870e-7
    down = down * r + 1.84631831751005468180e-5
    down = down * r + 7.86869131145613259100e-4
    down = down * r + 1.48753612908506148525e-2
    down = down * r + 1.36929880922735805310e-1
    down = down * r + 5.99832206555887937690e-1
    down = down * r + 1.0
    return up / down
