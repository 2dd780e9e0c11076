"""Statistics against other programs and a published table."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from cardhouse.market import adf, default_window, explosive

sys.path.insert(0, str(Path(__file__).parent))
from explosive_data import columns, series

# R exuber, development version 294998d, agreed with 60-digit least squares: ADF, SADF, GSADF.
EXUBER = [
    ("sim_T100", 19, 0, -2.46032674251, 6.77795946421, 7.11519042764),
    ("sim_T100", 19, 1, -2.46740026194, 4.23768208982, 4.71305560357),
    ("sim_T100", 19, 4, -2.33789945123, 1.72562386343, 2.26197244317),
    ("sim_T1000", 66, 0, -2.73742619463, 5.82291713892, 5.96572581652),
    ("sim_T1000", 66, 1, -2.75100275295, 5.76184307266, 5.88049805712),
    ("sim_T1000", 66, 4, -2.69618749562, 5.53794321781, 5.82393275902),
    ("psy2015", 36, 0, -1.16534225721, 3.44324310022, 4.20687389376),
    ("psy2015", 90, 0, -1.16534225721, 3.44324310022, 4.20687389376),
    ("psy2015", 90, 1, -1.80214276381, 1.57719998069, 3.17086777746),
    ("psy2015", 90, 4, -1.75214775254, 1.73187902736, 3.62832556126),
]
# The same program on its example paths, minw 19, printed with six digits.
EXAMPLES = {
    "psy1": (-2.460998, 1.945769, 5.190472, 1.681844, 4.670855),
    "psy2": (-2.857952, 7.879690, 7.879690, 5.190657, 5.453462),
    "evans": (-5.830154, 5.283373, 5.985050, 0.221582, 4.195108),
    "div": (-1.949656, 1.113449, 1.335424, 0.908091, 1.267144),
    "blan": (-5.145737, 3.930013, 10.951188, 3.490119, 8.496487),
}
# arch 8.0.0, ADF with a constant on psy2015[first:stop].
ARCH = [
    (0, 1680, 0, -1.1653422572074281),
    (0, 1680, 4, -1.7521477525368643),
    (1400, 1556, 2, 2.0330334481397427),
    (700, 760, 1, -1.958110725349407),
]
# The same, method and max_lags=8: the lags it chose, and its statistic with those lags on the rows it judged by.
ARCH_CHOICE = [
    (0, 1680, "aic", 8, -2.1164573239203133),
    (0, 1680, "bic", 1, -1.787407698002301),
    (1000, 1300, "aic", 6, -2.375967641659687),
    (1000, 1300, "bic", 1, -1.9877658887685854),
    (1400, 1556, "aic", 6, 2.9394134926196815),
    (1400, 1556, "bic", 0, 1.8802627387158828),
    (500, 560, "aic", 1, -0.4035359138590151),
    (500, 560, "bic", 1, -0.4035359138590151),
]


@pytest.mark.parametrize(("name", "minw", "lags", "whole", "forward", "general"), EXUBER)
def test_statistics_of_exuber(name: str, minw: int, lags: int, whole: float, forward: float, general: float) -> None:
    found = explosive(series(name), minw=minw, lags=lags)
    assert found.adf == pytest.approx(whole, abs=2e-11)
    assert found.sadf == pytest.approx(forward, abs=2e-11)
    assert found.gsadf == pytest.approx(general, abs=2e-11)


@pytest.mark.parametrize("name", EXAMPLES)
def test_statistics_of_exuber_on_its_example_paths(name: str) -> None:
    whole, forward, general, forward_lag, general_lag = EXAMPLES[name]
    found, lagged = explosive(series(name), minw=19), explosive(series(name), minw=19, lags=1)
    assert [found.adf, found.sadf, found.gsadf] == pytest.approx([whole, forward, general], abs=1e-6)
    assert [lagged.sadf, lagged.gsadf] == pytest.approx([forward_lag, general_lag], abs=1e-6)


@pytest.mark.parametrize(
    ("name", "minw", "lags"),
    [("sim_T100", 19, 0), ("sim_T100", 19, 4), ("psy2015", 36, 0), ("psy2015", 90, 0), ("psy2015", 90, 4)],
)
def test_sequences_of_exuber(name: str, minw: int, lags: int) -> None:
    table = columns("exuber_sequences.csv")
    wanted = (name, str(minw), str(lags))
    rows = [i for i, key in enumerate(zip(table["series"], table["minw"], table["lags"], strict=True)) if key == wanted]
    ends = np.array([int(table["end"][i]) for i in rows])
    found = explosive(series(name), minw=minw, lags=lags)
    assert ends[-1] == found.design.ends - 1
    np.testing.assert_allclose(found.badf[ends], [float(table["badf"][i]) for i in rows], rtol=0, atol=2e-11)
    np.testing.assert_allclose(found.bsadf[ends], [float(table["bsadf"][i]) for i in rows], rtol=0, atol=2e-11)


def test_sequence_of_psymonitor() -> None:
    # Its smallest window has swindow0 observations, one more than rows.
    found = explosive(series("sim_T100"), minw=18)
    np.testing.assert_allclose(found.bsadf, np.array(columns("psymonitor_sequences.csv")["fixed_0"], float), atol=1e-11)


def test_published_statistic_of_the_sp500() -> None:
    # Phillips, Shi and Yu (2015) print GSADF 4.21 and SADF 3.30; the second does not come out of the series that
    # public packages ship: 3.443 in every program.
    found = explosive(series("psy2015"), minw=36)
    assert round(found.gsadf, 2) == 4.21
    assert round(found.sadf, 2) == 3.44


@pytest.mark.parametrize(("first", "stop", "lags", "statistic"), ARCH)
def test_one_window_of_arch(first: int, stop: int, lags: int, statistic: float) -> None:
    window = series("psy2015")[first:stop]
    assert adf(window, lags=lags).statistic == pytest.approx(statistic, abs=1e-10)
    assert explosive(window, lags=lags).adf == pytest.approx(statistic, abs=1e-10)


@pytest.mark.parametrize(("first", "stop", "criterion", "lags", "statistic"), ARCH_CHOICE)
def test_lags_chosen_as_arch_does(first: int, stop: int, criterion, lags: int, statistic: float) -> None:
    window = series("psy2015")[first:stop]
    found = adf(window, lags=8, criterion=criterion)
    assert found.lags == lags
    assert found.statistic == pytest.approx(statistic, abs=1e-10)
    assert explosive(window, lags=8, criterion=criterion).adf == pytest.approx(statistic, abs=1e-10)


@pytest.mark.parametrize("criterion", ["aic", "bic"])
def test_every_window_chooses_its_own_lags(criterion) -> None:
    values = series("sim_T100")
    found = explosive(values, minw=30, lags=3, criterion=criterion)
    for end in (0, 17, found.design.ends - 1):
        stop = found.design.first + end + 1
        windows = [values[s:stop] for s in range(end + 1)]
        each = [adf(window, lags=3, criterion=criterion).statistic for window in windows]
        assert found.bsadf[end] == pytest.approx(max(each), abs=1e-11)
        assert found.badf[end] == pytest.approx(each[0], abs=1e-11)


def test_default_window_is_the_advised_one() -> None:
    assert [default_window(t) for t in (100, 400, 1000, 1680)] == [19, 40, 66, 90]


def test_sequences_begin_at_the_last_observation_of_the_first_window() -> None:
    found = explosive(series("sim_T100"), minw=19, lags=4)
    assert found.design.first == 19 + 4
    assert found.bsadf.size == 100 - found.design.first
    assert found.badf[0] == pytest.approx(
        adf(series("sim_T100")[: found.design.first + 1], lags=4).statistic, abs=1e-12
    )
    assert math.isclose(found.badf[0], found.bsadf[0], abs_tol=1e-14)
