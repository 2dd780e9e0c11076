"""Input that cannot be tested, and laws that hold for all that can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.errors import InputError
from cardhouse.market import adf, composite_bootstrap, explosive, monte_carlo, sieve_bootstrap, wild_bootstrap

sys.path.insert(0, str(Path(__file__).parent))
from explosive_data import exact_sequences, series

GOOD = np.random.default_rng(0).standard_normal(100).cumsum()


def with_value(position: int, value: float) -> np.ndarray:
    values = GOOD.copy()
    values[position] = value
    return values


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (with_value(7, np.nan), {}, "the series: observation 7 is nan; fill or drop them before testing"),
        (with_value(0, np.inf), {}, "observation 0 is inf"),
        (np.full(50, np.nan), {}, "observation 0 is nan and 49 more"),
        (with_value(3, 1e200), {}, "values above 1e.150; check the unit"),
        (np.ones(60), {}, "the series is constant .60 observations, all 1.: there is nothing to test"),
        (np.zeros(60), {}, "the series is constant"),
        (np.arange(60.0), {}, "no window has a statistic"),
        (2.0 ** np.arange(60), {}, "no window has a statistic"),
        ([], {}, "0 observations leave 0 rows after 0 lags, expected at least 4"),
        ([1.0], {}, "1 observations leave 0 rows"),
        ([1.0, 2.0, 1.0, 3.0], {}, "too short to test"),
        (GOOD[:12], {"lags": 5}, "12 observations leave 6 rows after 5 lags, expected at least 9"),
        (GOOD, {"minw": 100}, "minw is 100 rows, but 100 observations and 0 lags leave only 99"),
        (GOOD, {"minw": 98, "lags": 2}, "minw is 98 rows, but 100 observations and 2 lags leave only 97"),
        (GOOD, {"minw": 3}, "minw is 3 rows, expected at least 4 for 0 lags"),
        (GOOD, {"minw": 7, "lags": 4}, "minw is 7 rows, expected at least 8 for 4 lags"),
        (GOOD, {"minw": 10.5}, "minw must be a whole number"),
        (GOOD, {"minw": True}, "minw must be a whole number"),
        (GOOD, {"lags": -1}, "lags must be a whole number, 0 or more; found -1"),
        (GOOD, {"lags": 1.0}, "lags must be a whole number"),
        (GOOD, {"criterion": "hqic"}, "criterion must be aic or bic, or None for fixed lags; found 'hqic'"),
        (GOOD[:, None], {}, r"the series has shape \(100, 1\), expected one row"),
        (5.0, {}, r"the series has shape \(\)"),
        (["a", "b"], {}, "the series must be numbers"),
        (np.broadcast_to(1.0, 10_000_000), {}, "10000000 observations give 5e.13 windows; at most 200000"),
    ],
)
def test_what_cannot_be_tested_is_said(values, options, message: str) -> None:
    with pytest.raises(InputError, match=message):
        explosive(values, **options)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones(50), "constant"),
        (np.arange(50.0), "without any residual"),
        ([1.0, 2.0], "leaves 1 rows after 0 lags, expected at least 3"),
        (with_value(7, np.nan), "observation 7 is nan"),
    ],
)
def test_one_regression_says_it_too(values, message: str) -> None:
    with pytest.raises(InputError, match=message):
        adf(values)


@pytest.mark.parametrize("maker", [wild_bootstrap, sieve_bootstrap, lambda v: composite_bootstrap(v, horizon=3)])
def test_bootstraps_refuse_the_same(maker) -> None:
    for values in (np.ones(60), with_value(7, np.nan), [1.0, 2.0]):
        with pytest.raises(InputError):
            maker(values)
    with pytest.raises(InputError, match="too short to test"):
        monte_carlo(3)


def test_a_flat_spell_has_no_statistic_and_harms_no_other_window() -> None:
    values = np.concatenate([GOOD, np.full(40, GOOD[-1]), GOOD[-1] + GOOD])
    found = explosive(values, minw=12)
    # A window inside the spell has none, longer ones that reach beyond it do.
    assert np.isfinite(found.bsadf).all()
    start = np.concatenate([np.full(40, 1.0), 1 + GOOD])
    late = explosive(start, minw=12)
    assert np.isnan(late.bsadf[: 39 - 12]).all()
    assert np.isfinite(late.bsadf[40:]).all()
    assert np.isfinite([late.gsadf, late.sadf, late.adf]).all()
    tail = start[30:]
    np.testing.assert_allclose(explosive(tail, minw=12).bsadf[12:], exact_sequences(tail, 12)[1][12:], rtol=1e-11)


def test_result_does_not_change_the_callers_array_and_takes_whole_numbers() -> None:
    values = [int(v) for v in (100 * GOOD).round()]
    assert explosive(values).gsadf == explosive(np.array(values, dtype=float)).gsadf
    given_array = GOOD.copy()
    explosive(given_array)
    np.testing.assert_array_equal(given_array, GOOD)


paths = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).standard_normal(60).cumsum())


@settings(max_examples=40, deadline=None)
@given(values=paths, power=st.integers(-300, 300), lags=st.integers(0, 2))
def test_a_power_of_two_as_unit_changes_no_bit(values: np.ndarray, power: int, lags: int) -> None:
    one, other = explosive(values, lags=lags), explosive(np.ldexp(values, power), lags=lags)
    assert one.bsadf.tobytes() == other.bsadf.tobytes()


@settings(max_examples=40, deadline=None)
@given(
    values=paths,
    shift=st.floats(-1e6, 1e6),
    unit=st.floats(1e-3, 1e6),
    lags=st.integers(0, 2),
    criterion=st.sampled_from([None, "aic", "bic"]),
)
def test_shift_and_unit_of_the_series_do_not_matter(values, shift, unit, lags, criterion) -> None:
    one = explosive(values, lags=lags, criterion=criterion)
    other = explosive(unit * values + unit * shift, lags=lags, criterion=criterion)
    # The shifted series itself is rounded at 1e6 units, hence the looser bound.
    np.testing.assert_allclose(other.bsadf, one.bsadf, atol=1e-6)
    np.testing.assert_allclose(other.badf, one.badf, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(values=paths, lags=st.integers(0, 3), cut=st.integers(1, 20))
def test_an_end_knows_nothing_of_what_comes_after(values: np.ndarray, lags: int, cut: int) -> None:
    whole, part = explosive(values, minw=15, lags=lags), explosive(values[:-cut], minw=15, lags=lags)
    assert whole.bsadf[: part.bsadf.size].tobytes() == part.bsadf.tobytes()
    assert whole.badf[: part.badf.size].tobytes() == part.badf.tobytes()


@settings(max_examples=30, deadline=None)
@given(values=paths, lags=st.integers(0, 3), end=st.integers(0, 30))
def test_sequences_line_up_with_single_windows(values: np.ndarray, lags: int, end: int) -> None:
    found = explosive(values, minw=15, lags=lags)
    stop = found.design.first + end + 1
    each = [adf(values[start:stop], lags=lags).statistic for start in range(end + 1)]
    assert found.badf[end] == pytest.approx(each[0], abs=1e-10)
    assert found.bsadf[end] == pytest.approx(max(each), abs=1e-10)


@settings(max_examples=30, deadline=None)
@given(values=paths, lags=st.integers(0, 3))
def test_order_of_the_statistics(values: np.ndarray, lags: int) -> None:
    found = explosive(values, lags=lags)
    assert (found.bsadf >= found.badf - 1e-12).all()
    assert found.gsadf >= found.sadf - 1e-12
    assert found.sadf >= found.adf - 1e-12
    wider = explosive(values, lags=lags, minw=found.design.minw + 5)
    assert wider.gsadf <= found.gsadf + 1e-12


@settings(max_examples=20, deadline=None)
@given(values=paths)
def test_exact_arithmetic_on_any_path(values: np.ndarray) -> None:
    badf, bsadf = exact_sequences(values[:40], 10)
    found = explosive(values[:40], minw=10)
    np.testing.assert_allclose(found.badf, badf, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found.bsadf, bsadf, rtol=1e-11, atol=1e-11)


def test_statistics_by_name() -> None:
    found = explosive(series("psy1"), minw=19)
    assert [found.statistic(name) for name in ("adf", "sadf", "gsadf")] == [found.adf, found.sadf, found.gsadf]
    with pytest.raises(InputError, match="statistic must be one of adf, sadf, gsadf; found 'kpss'"):
        found.statistic("kpss")


def test_the_room_loads_nothing_heavy_before_it_computes() -> None:
    code = "import sys, cardhouse.market as m; m.monte_carlo, m.Explosive; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_public_names_are_there() -> None:
    import cardhouse.market as room

    for name in room.__all__:
        assert getattr(room, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'bubble'"):
        room.bubble  # noqa: B018
