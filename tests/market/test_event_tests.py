"""Tests of several events: each against its formula, and its size when nothing happens."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, rankdata, ttest_1samp

from cardhouse.errors import InputError
from cardhouse.market.event_tests import mean_correlation, together
from cardhouse.market.events import Study, Window, study

WINDOW = Window(-1, 1, 60, 5)


def events(seed: int, count: int = 12, *, shift: float = 0.0, swell: float = 1.0) -> list[Study]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        market = rng.normal(0, 0.01, 80)
        y = 1.2 * market + rng.normal(0, 0.02, 80)
        y[69:72] = y[69:72] * swell + shift
        found.append(study(y, market, event=70, window=WINDOW))
    return found


def test_each_statistic_by_its_formula() -> None:
    found = events(1)
    joint = together(found)
    cars = np.array([s.car()[0] for s in found])
    scars = np.array([s.car()[0] / s.car()[1] for s in found])
    assert joint.mean_car == pytest.approx(cars.mean())
    assert joint.mean_abnormal == pytest.approx(np.mean([s.abnormal for s in found], axis=0))
    cross = ttest_1samp(cars, 0)
    assert joint.test("cross-section").statistic == pytest.approx(cross.statistic)
    assert joint.test("cross-section").p_value == pytest.approx(cross.pvalue)
    assert joint.test("patell").statistic == pytest.approx(scars.sum() / math.sqrt(12 * 58 / 56))
    assert joint.test("bmp").statistic == pytest.approx(ttest_1samp(scars, 0).statistic)
    up = int((cars > 0).sum())
    assert joint.test("sign").p_value == pytest.approx(binomtest(up, 12, 0.5).pvalue)
    share = np.mean([(s.residuals > 0).mean() for s in found])
    assert joint.test("generalised sign").statistic == pytest.approx(
        (up - 12 * share) / math.sqrt(12 * share * (1 - share))
    )


def test_corrado_by_its_formula() -> None:
    found = events(2)
    ranks = np.array([rankdata(np.r_[s.residuals, s.abnormal]) for s in found]) / 64 - 0.5
    mean = ranks.mean(axis=0)
    want = mean[-3:].mean() * math.sqrt(3) / math.sqrt((mean**2).mean())
    assert together(found).test("corrado rank").statistic == pytest.approx(want)


@pytest.mark.parametrize("name", ["cross-section", "patell", "bmp", "corrado rank", "generalised sign"])
def test_the_size_is_right_when_nothing_happens(name: str) -> None:
    found = [together(events(seed)).test(name).p_value for seed in range(300)]
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.05)


def test_patell_rejects_too_often_when_events_raise_the_variance_and_bmp_does_not() -> None:
    found = [together(events(seed, swell=2.5)) for seed in range(200)]
    assert np.mean([j.test("patell").p_value < 0.05 for j in found]) > 0.2
    assert np.mean([j.test("bmp").p_value < 0.05 for j in found]) < 0.1


def test_all_find_a_shift() -> None:
    joint = together(events(5, shift=0.02))
    assert all(t.p_value < 0.02 for t in joint.tests)


def test_the_correction_for_common_days() -> None:
    found = events(1)
    plain, moved = together(found), together(found, correlation=0.3)
    shrink = 1 / math.sqrt(1 + 11 * 0.3)
    assert moved.test("patell, correlated").statistic == pytest.approx(plain.test("patell").statistic * shrink)
    assert moved.test("bmp, correlated").statistic == pytest.approx(
        plain.test("bmp").statistic * shrink * math.sqrt(0.7)
    )


def test_the_mean_correlation() -> None:
    rng = np.random.default_rng(0)
    common = rng.normal(size=5000)
    table = common + rng.normal(size=(6, 5000))
    assert mean_correlation(table) == pytest.approx(0.5, abs=0.03)


def test_what_cannot_be_tested_together() -> None:
    found = events(1)
    with pytest.raises(InputError, match="from 2 on"):
        together(found[:1])
    other = study(np.random.default_rng(0).normal(size=90), event=80, window=Window(0, 0, 60, 5))
    with pytest.raises(InputError, match="different windows"):
        together([*found, other])
    with pytest.raises(InputError, match="same abnormal return"):
        together([found[0], found[0]])
    with pytest.raises(InputError, match="no test 'x'"):
        together(found).test("x")
    with pytest.raises(InputError, match="impossible"):
        together(found, correlation=-0.5)
