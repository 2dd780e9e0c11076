"""Random numbers by counting, against numpy's own generator, the vectors published with Random123, and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from scipy.special import ndtri

from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.memory import lanes_of, set_lanes
from cardhouse.economy.kernel.philox import lay_words, normal, philox, uniform, uniforms, words

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


def test_normal_numbers_of_a_lane_do_not_depend_on_the_others():
    """Middle, tails and far tails side by side, in every order, and each in a block of its own."""
    p = np.array([0.5, 0.3, 0.07, 0.93, 1e-12, 1.0 - 1e-13, 1e-5, 0.0751])
    alone = _normals(np.repeat(p, LANES).reshape(-1, LANES))
    for turn in range(LANES):
        np.testing.assert_array_equal(_each(np.roll(p, turn)), np.roll(alone[:, 0], turn))


def test_normal_numbers_rise_with_their_share():
    p = np.linspace(0.0749, 0.0751, 10_001)
    assert (np.diff(_each(p)) > 0.0).all()


def test_words_of_a_block_of_paths_are_those_of_each():
    """Products of halves in all lanes against the machine's product of words, in rows that follow one another."""
    numbers = np.random.default_rng(6).integers(0, 2**62, (100, 5))
    laid = np.zeros((3, 4, LANES), dtype=np.uint64)
    for seed, path, block, stream, name in numbers:
        _lay(laid, 4, seed, path, block, stream, name)
        expected = [words(seed, path + b, block, stream, name) for b in range(LANES)]
        np.testing.assert_array_equal(laid[1], np.array(expected, dtype=np.uint64).T)
    assert not laid[[0, 2]].any()


def test_uniform_numbers_of_all_lanes_are_those_of_each():
    drawn = np.random.default_rng(7).integers(0, WORD, (50, LANES), dtype=np.uint64, endpoint=False)
    drawn[0], drawn[1], drawn[2] = 0, WORD - 1, 2**63
    expected = [[uniform(word) for word in row] for row in drawn]
    np.testing.assert_array_equal(_uniforms(drawn), expected)


@njit
def _lay(laid, row, seed, path, block, stream, name):
    lay_words(laid, row, seed, path, block, stream, name)


@njit
def _uniforms(drawn):
    out = np.empty(drawn.shape)
    for row in range(drawn.shape[0]):
        set_lanes(out, row, uniforms(drawn, row))
    return out


@njit
def _normals(p):
    out = np.empty_like(p)
    for row in range(p.shape[0]):
        set_lanes(out, row, normal(lanes_of(p, row)))
    return out


def _each(p):
    """Normal numbers of shares, eight at a time; the last block is filled up with halves."""
    filled = np.full((-(-p.size // LANES), LANES), 0.5)
    filled.ravel()[: p.size] = p
    return _normals(filled).ravel()[: p.size]
