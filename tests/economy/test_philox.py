"""Random numbers by counting, against numpy's own generator, the vectors published with Random123, and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from scipy.special import ndtri

from cardhouse.economy.kernel.philox import normal, philox, uniform, words

WORD = 2**64


def answer(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(w) for w in philox(*(np.uint64(c) for c in (*counter, *key))))


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        (
            (0, 0, 0, 0),
            (0, 0),
            (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
        ),
        (
            (WORD - 1,) * 4,
            (WORD - 1,) * 2,
            (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
        ),
        (
            (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x452821E638D01377, 0xBE5466CF34E90C6C),
            (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
        ),
    ],
)
def test_known_answers(counter, key, expected):
    """The lines "philox4x64 10" of the file kat_vectors of Random123."""
    assert answer(counter, key) == expected


def test_the_same_words_as_numpy():
    """numpy.random.Philox counts up by one before it draws, so its state is set one back."""
    numbers = np.random.default_rng(5).integers(0, WORD, (200, 6), dtype=np.uint64, endpoint=False)
    for row in numbers:
        counter = int(row[0]) | int(row[1]) << 64 | int(row[2]) << 128 | int(row[3]) << 192
        key = int(row[4]) | int(row[5]) << 64
        other = np.random.Philox(counter=(counter - 1) % 2**256, key=key).random_raw(4)
        assert answer(tuple(int(x) for x in row[:4]), (int(row[4]), int(row[5]))) == tuple(int(w) for w in other)


def test_a_place_is_its_counter_under_the_seed():
    seed, path, block, stream, name = 7, 123_456, 3, 11, 2**62 + 1
    assert tuple(int(w) for w in words(seed, path, block, stream, name)) == answer(
        (path, block, stream, name), (seed, 0)
    )


def test_uniform_numbers_are_strictly_inside_and_symmetric():
    """By hand: the words of all zeros and all ones give half a step of 2^-52 off either end."""
    assert uniform(np.uint64(0)) == 2.0**-53
    assert uniform(np.uint64(WORD - 1)) == 1.0 - 2.0**-53
    assert uniform(np.uint64(2**63)) == 0.5 + 2.0**-53


def test_normal_numbers_are_scipys():
    """scipy.special.ndtri (Cephes, another algorithm), over the middle, both tails and the last number of each."""
    p = np.concatenate(
        [
            np.linspace(1e-6, 1.0 - 1e-6, 20_001),
            np.logspace(-300, -1, 3_000),
            1.0 - np.logspace(-15.9, -1, 1_000),
            [0.075, 0.925, 0.0749999999999, np.exp(-25.0), 2.0**-53, 1.0 - 2.0**-53],
        ]
    )
    ours = _each(p)
    np.testing.assert_allclose(ours, ndtri(p), rtol=2e-14, atol=1e-15)


def test_normal_numbers_rise_with_their_share():
    p = np.linspace(0.0749, 0.0751, 10_001)
    assert (np.diff(_each(p)) > 0.0).all()


@njit
def _each(p):
    out = np.empty_like(p)
    for i in range(p.size):
        out[i] = normal(p[i])
    return out
