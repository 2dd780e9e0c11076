"""Random numbers by counting: a number depends on its key and its place alone, not on what was drawn before it.

Philox4x64-10 turns a counter of four words and a key of two into four words. Here the key is (seed, 0) and the
counter (path, block, stream, name), so a path draws the same whatever the batch, thread or worker it runs in, and a
new stream changes no other. What follows uses only operations that all processors round alike.

References
----------
Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC '11; their library Random123.
Wichura (1988), algorithm AS 241, Applied Statistics 37(3), routine PPND16.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.lanes import (
    LANES,
    VECTOR,
    WORDS,
    Lanes,
    any_of,
    lanes_type,
    least,
    no,
    primitive,
    size,
    spread,
    sqrt,
    where,
)
from cardhouse.economy.kernel.memory import row_address
from cardhouse.economy.kernel.powers import log_of

ROUNDS = 10
FIRST_FACTOR, SECOND_FACTOR = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
FIRST_STEP, SECOND_STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
TO_DOUBLE = np.uint64(12)
HALF_STEP = 2.0**-53
"""52 bits of a word and half a step: the middles of 2^52 equal parts of (0, 1), so neither end is ever drawn."""

ONE = 0x3FF0000000000000
"""The bits of 1.0."""
LOW_HALF = 0xFFFFFFFF

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


@primitive
def high_word(_typingctx: Any, a: Any, b: Any) -> Any:
    """Upper 64 bits of a product of two words, by the machine's own multiplication to 128 bits."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(value, wide) for value in args))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), WORDS.element)

    return types.uint64(a, b), emit


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


def _all(kind: ir.VectorType, value: float) -> ir.Constant:
    """The same constant in every lane."""
    return ir.Constant(kind, [value] * LANES)


def _times(builder: Any, a: Any, factor: int) -> tuple[Any, Any]:
    """Upper and lower words of a product in every lane, from products of halves: no vector unit multiplies words."""
    half, mask = _all(WORDS, 32), _all(WORDS, LOW_HALF)
    low, high = builder.and_(a, mask), builder.lshr(a, half)
    factor_low, factor_high = _all(WORDS, factor & LOW_HALF), _all(WORDS, factor >> 32)
    lowest = builder.mul(low, factor_low)
    middle = builder.add(builder.mul(high, factor_low), builder.lshr(lowest, half))
    other = builder.add(builder.mul(low, factor_high), builder.and_(middle, mask))
    upper = builder.add(builder.mul(high, factor_high), builder.lshr(middle, half))
    lower = builder.or_(builder.shl(other, half), builder.and_(lowest, mask))
    return builder.add(upper, builder.lshr(other, half)), lower


@primitive
def lay_words(
    _typingctx: Any, laid: Any, row: Any, seed: Any, first_path: Any, block: Any, stream: Any, name: Any
) -> Any:
    """Write the :func:`words` of one place of all paths of a block of lanes to four rows, from ``row`` on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        k0, c0, c1, c2, c3 = (spread(builder, word) for word in args[2:])
        c0, k1 = builder.add(c0, ir.Constant(WORDS, list(range(LANES)))), _all(WORDS, 0)
        for _ in range(ROUNDS):
            high0, low0 = _times(builder, c0, int(FIRST_FACTOR))
            high1, low1 = _times(builder, c2, int(SECOND_FACTOR))
            c0, c2 = builder.xor(builder.xor(high1, c1), k0), builder.xor(builder.xor(high0, c3), k1)
            c1, c3 = low1, low0
            k0, k1 = builder.add(k0, _all(WORDS, int(FIRST_STEP))), builder.add(k1, _all(WORDS, int(SECOND_STEP)))
        for k, drawn in enumerate((c0, c1, c2, c3)):
            at = builder.add(args[1], ir.Constant(WORDS.element, k))
            builder.store(drawn, row_address(context, builder, sig, (args[0], at), WORDS), align=8)
        return context.get_dummy_value()

    return types.none(laid, *(types.int64 for _ in (row, seed, first_path, block, stream, name))), emit


@primitive
def uniforms(_typingctx: Any, words: Any, _place: Any) -> Any:
    """The words in a row of an array as :func:`uniform` numbers; the rows are those of :func:`lanes_of`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        drawn = builder.load(row_address(context, builder, sig, args, WORDS), typ=WORDS, align=8)
        # As the fraction of a number from 1 to 2, the bits need no conversion; what follows is exact.
        bits = builder.or_(builder.lshr(drawn, _all(WORDS, int(TO_DOUBLE))), _all(WORDS, ONE))
        return builder.fsub(builder.bitcast(bits, VECTOR), _all(VECTOR, 1.0 - HALF_STEP))

    return lanes_type(words, types.int64), emit


@kernel
def normal(p: Lanes) -> Lanes:
    """The standard normal number below which the share ``p`` of them lies, 0 < p < 1; 15 digits."""
    q = p - 0.5
    middle = size(q) <= 0.425
    if not any_of(no(middle)):
        return _middle(q)
    r = sqrt(-log_of(least(p, 1.0 - p)))
    tail = _near_tail(r - 1.6)
    if any_of(r > 5.0):
        tail = where(r > 5.0, _far_tail(r - 5.0), tail)
    return where(middle, _middle(q), where(q < 0.0, -tail, tail))


@kernel
def _middle(q: Lanes) -> Lanes:
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
def _near_tail(r: Lanes) -> Lanes:
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
def _far_tail(r: Lanes) -> Lanes:
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
