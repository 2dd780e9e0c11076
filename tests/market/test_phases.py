"""Phases against the R package bbdetection 1.0 on the S&P 500, months 1950 to 2019."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardhouse.errors import InputError
from cardhouse.market.phases import Phase, Turning, lunde_timmermann, pagan_sossounov, waves

FOLDER = Path(__file__).parent / "data" / "reference"


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def months() -> tuple[list[str], list[float]]:
    rows = table("bbdetection_sp500m.csv")
    return [r["date"] for r in rows], [float(r["close"]) for r in rows]


def shown(dates: list[str], phases: tuple[Phase, ...]) -> list[tuple[str, str, str]]:
    return [(dates[p.start], dates[p.end], str(p.bull).upper()) for p in phases]


def test_pagan_sossounov_is_that_of_bbdetection(months) -> None:
    dates, close = months
    found = shown(dates, pagan_sossounov(close, Turning(window=4, margin=6, phase=5, cycle=15, change=20)))
    assert found == [tuple(r.values()) for r in table("bbdetection_sp500m_pagan_sossounov.csv")]


def test_lunde_timmermann_is_that_of_bbdetection(months) -> None:
    dates, close = months
    found = shown(dates, lunde_timmermann(close, up=20, down=15))
    assert found == [tuple(r.values()) for r in table("bbdetection_sp500m_lunde_timmermann_20_15.csv")]


def test_the_bears_since_2000(months) -> None:
    dates, close = months
    ps = pagan_sossounov(close, Turning(window=4, margin=6, phase=5, cycle=15, change=20))
    bears = [(dates[p.start][:7], dates[p.end][:7]) for p in ps if not p.bull]
    assert {("2000-09", "2002-09"), ("2007-11", "2009-02"), ("2011-05", "2011-09")} <= set(bears)
    bears = [(dates[p.start][:7], dates[p.end][:7]) for p in lunde_timmermann(close, up=20, down=15) if not p.bull]
    assert bears[-4:] == [
        ("1998-07", "1998-08"),
        ("2000-09", "2002-09"),
        ("2007-11", "2009-02"),
        ("2011-05", "2011-09"),
    ]


def test_waves_have_their_gains_and_falls(months) -> None:
    dates, close = months
    found = waves(close, lunde_timmermann(close, up=20, down=15))
    dotcom = next(w for w in found if dates[w.peak] == "2000-08-01")
    assert dates[dotcom.start] == "1998-08-01"
    assert dates[dotcom.low] == "2002-09-01"
    assert dotcom.gain == pytest.approx(close[dotcom.peak] / close[dotcom.start] - 1)
    assert dotcom.fall == pytest.approx(close[dotcom.low] / close[dotcom.peak] - 1)
    assert not found[0].begun
    assert found[-1].fall is None
    assert not found[-1].over


def test_phases_by_hand() -> None:
    """100, up to 200, down 25% to 150, up again: the fall of 25% passes 15%, the rise of a third passes 20%."""
    found = lunde_timmermann([100, 150, 200, 180, 150, 180, 200], up=20, down=15)
    assert found == (Phase(0, 2, bull=True), Phase(3, 4, bull=False), Phase(5, 6, bull=True))


def test_a_move_of_exactly_the_threshold_does_not_count() -> None:
    assert lunde_timmermann([100, 80], up=20, down=20) == (Phase(0, 1, bull=True),)
    assert lunde_timmermann([100, 79.9], up=20, down=20) == (Phase(0, 1, bull=False),)


def test_no_turn_is_one_phase_by_its_sign() -> None:
    assert pagan_sossounov(np.arange(1.0, 60.0)) == (Phase(0, 58, bull=True),)
    assert pagan_sossounov(np.arange(60.0, 1.0, -1)) == (Phase(0, 58, bull=False),)
    assert pagan_sossounov(np.ones(40)) == (Phase(0, 39, bull=True),)


@given(st.lists(st.floats(1, 1000), min_size=20, max_size=80))
def test_phases_cover_every_row_once_and_alternate(values: list[float]) -> None:
    for found in (lunde_timmermann(values), pagan_sossounov(values, Turning(2, 2, 2, 5, 20))):
        assert found[0].start == 0
        assert found[-1].end == len(values) - 1
        for before, after in itertools.pairwise(found):
            assert after.start == before.end + 1
            assert after.bull is not before.bull
        for wave in waves(values, found):
            assert wave.low is None or wave.low > wave.peak


@given(st.lists(st.floats(1, 1000), min_size=20, max_size=60), st.floats(1e-6, 1e6))
def test_the_unit_of_the_price_does_not_matter(values: list[float], unit: float) -> None:
    rounded = np.round(values, 2)
    assert lunde_timmermann(rounded * 2.0**20) == lunde_timmermann(rounded)


def test_other_frequencies_have_other_lengths() -> None:
    assert Turning.daily() == Turning(168, 126, 84, 336, 20.0)
    assert Turning.of_rate(12) == Turning()
    assert Turning.of_rate(252) == Turning.daily()


def test_what_cannot_be_dated() -> None:
    with pytest.raises(InputError, match="at least 17"):
        pagan_sossounov(np.ones(10))
    with pytest.raises(InputError, match="positive and finite"):
        lunde_timmermann([1, -1])
    with pytest.raises(InputError, match="thresholds"):
        lunde_timmermann([1, 2], down=150)
