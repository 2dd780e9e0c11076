"""A number of the kernel is a vector: every operation is that of plain floats, lane by lane, and lanes never meet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from cardhouse.economy.kernel.arrays import Shocks
from cardhouse.economy.kernel.fresh import new_tableau, zeros
from cardhouse.economy.kernel.lanes import (
    LANES,
    any_of,
    everywhere,
    floor,
    lanes,
    least,
    most,
    no,
    one_lane,
    size,
    where,
    with_lane,
)
from cardhouse.economy.kernel.memory import hold, table_of
from cardhouse.economy.kernel.powers import exp_of, log_of, power
from cardhouse.economy.kernel.tableau import MOVING, in_memory

NUMBER = st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda x: abs(x) > 1e-200 or x == 0.0)
ROW = st.lists(NUMBER, min_size=LANES, max_size=LANES)


@njit
def gathered(values):
    found = lanes(0.0)
    for b in range(LANES):
        found = with_lane(found, b, values[b])
    return found


@njit
def scattered(vector, out):
    for b in range(LANES):
        out[b] = one_lane(vector, b)


@njit
def arithmetic(a, b, out):
    x, y = gathered(a), gathered(b)
    scattered(x + y, out[0])
    scattered(x - 2, out[1])
    scattered(3.0 * y, out[2])
    scattered(x / y, out[3])
    scattered(-x, out[4])
    scattered(least(x, y), out[5])
    scattered(most(x, y), out[6])
    scattered(where((x < y) & no(x > 0.0), x, y), out[7])
    scattered(floor(x), out[8])
    scattered(size(x), out[9])
    x += y
    x *= 0.5
    scattered(x, out[10])


@settings(max_examples=50, deadline=None)
@given(ROW, ROW)
def test_operations_are_those_of_floats_in_each_lane(a, b):
    """Against numpy, bit for bit: addition, multiplication and the rest are IEEE 754 in both."""
    a, b = np.array(a), np.where(np.array(b) == 0.0, 1.0, np.array(b))
    out = np.empty((11, LANES))
    arithmetic(a, b, out)
    chosen = np.where((a < b) & ~(a > 0.0), a, b)
    expected = [a + b, a - 2, 3.0 * b, a / b, -a, np.minimum(a, b), np.maximum(a, b), chosen]
    expected += [np.floor(a), np.abs(a), (a + b) * 0.5]
    for found, truth in zip(out, expected, strict=True):
        np.testing.assert_array_equal(found, truth)


@njit
def asked(values):
    x = gathered(values)
    return any_of(x > 0.0), any_of(no(everywhere(True))), any_of(x != x)


def test_any_of_asks_all_lanes():
    values = np.full(LANES, -1.0)
    assert asked(values) == (False, False, False)
    values[LANES - 1], values[0] = 1.0, math.nan
    assert asked(values) == (True, False, True)


@njit
def powers(a, b, out):
    x, y = gathered(a), gathered(b)
    scattered(power(x, y), out[0])
    scattered(log_of(x), out[1])
    scattered(exp_of(y), out[2])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(1e-300, 1e300), min_size=LANES, max_size=LANES),
    st.lists(st.floats(-2, 2), min_size=LANES, max_size=LANES),
)
def test_powers_against_the_library_of_the_machine(a, b):
    """Logarithm and exponential to an ulp or two; a power to the error of its exponent times that of the logarithm."""
    out = np.empty((3, LANES))
    powers(np.array(a), np.array(b), out)
    for lane, (x, y) in enumerate(zip(a, b, strict=True)):
        assert out[1, lane] == pytest.approx(math.log(x), rel=4e-16, abs=4e-16)
        assert out[2, lane] == pytest.approx(math.exp(y), rel=4e-16)
        if abs(y * math.log(x)) < 690:
            assert out[0, lane] == pytest.approx(x**y, rel=3e-16 * (2 + abs(y * math.log(x))))


def test_a_power_of_one_and_to_nothing_is_exact():
    """On the plan every ratio is 1 and nothing may move; no revenue is worth nothing unless value does not ask."""
    out = np.empty((3, LANES))
    bases, exponents = np.array([1.0, 1.0, 7.0, 0.0, 0.0, 4.0, 2.0, 9.0]), np.array([0.7, -3, 0, 0.5, 0, 1, 2, 0.5])
    powers(bases, exponents, out)
    np.testing.assert_array_equal(out[0], [1, 1, 1, 0, 1, 4, 4, 3])


@pytest.mark.parametrize("field", ["nodes", "schedules", "classes", "accounts"])
def test_arrays_lie_in_memory_as_compiled_code_reads_them(field):
    """Row-major in the order of the field with the lanes last, on a boundary of a cache line."""
    shape = (3, 4, 5) if field in ("schedules", "classes", "accounts") else (3, 4)
    array = zeros(field, shape)
    assert array.shape == (*shape, LANES)
    assert array.ctypes.data % 64 == 0
    assert array.transpose(*in_memory(field, len(shape)), len(shape)).flags.c_contiguous


@njit
def touched(address):
    m = hold(address)
    for i in range(m.nodes.shape[1]):
        m.nodes[2, i] = m.nodes[1, i] + m.nodes[0, i, LANES - 1]
        m.nodes[3, i, 1] = 5.0
    return m.years.size, m.kinds.shape[1]


def test_compiled_code_reads_and_writes_the_arrays_of_python(economy_model):
    model, shocks = economy_model
    t = new_tableau(model, shocks, ledger=False)
    t.nodes[0, :, LANES - 1], t.nodes[1] = 7.0, np.arange(LANES)
    table = table_of(t)
    assert touched(table.ctypes.data) == (t.years.size, t.kinds.shape[1])
    assert (t.nodes[2] == np.arange(LANES) + 7.0).all()
    assert (t.nodes[3, :, 1] == 5.0).all()


def test_a_block_has_as_many_paths_as_lanes_or_one_for_all(economy_model):
    model, shocks = economy_model
    t = new_tableau(model, Shocks(*(np.repeat(s, LANES, axis=-1) for s in shocks)), ledger=False)
    assert all(getattr(t, name).shape[-1] == LANES for name in MOVING)
    with pytest.raises(ValueError, match="broadcast"):
        new_tableau(model, Shocks(*(np.repeat(s, 3, axis=-1) for s in shocks)), ledger=False)


@pytest.fixture
def economy_model(economy):
    from cardhouse.economy.compiled import compile_opening
    from cardhouse.economy.opening import open_book
    from cardhouse.economy.run import drivers_for, shocks_of
    from cardhouse.economy.scenario import BASELINE

    idle = {"cash": 1000.0, "assets": 2000.0, "debt": 0.0, "equity": 2000.0, "revenue": 400.0, "costs": 200.0}
    idle |= {"interest": 0.0, "capex": 0.0}
    compiled = compile_opening(open_book(economy("", {"one": ("cloud", idle), "two": ("model", idle)})), quarters=4)
    return compiled.model, shocks_of(drivers_for(compiled, BASELINE))
