"""Dating, forms side by side, and panels."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market import (
    date_episodes,
    explosive,
    monte_carlo,
    panel_bootstrap,
    panel_explosive,
    side_by_side,
    wild_bootstrap,
)
from cardhouse.market.dating import stretches_above

sys.path.insert(0, str(Path(__file__).parent))
from explosive_data import columns, series, table

# Phillips, Shi and Yu's series by an independent program; pointwise curve at 95 %, minw 90: start, end, length,
# largest statistic. Its critical values carry simulation error as ours do, so months may differ by one.
SP500 = [
    ("1879-05", "1880-04", 1.815),
    ("1917-09", "1918-04", 1.939),
    ("1928-09", "1929-10", 2.734),
    ("1955-04", "1956-04", 2.267),
    ("1958-12", "1959-08", 1.153),
    ("1987-01", "1987-09", 2.489),
    ("1996-09", "2001-08", 4.207),
]


def months() -> list[str]:
    return [date[:7] for date in columns("psy2015_sp500_pd.csv")["date"]]


def number(month: str) -> int:
    return 12 * int(month[:4]) + int(month[5:])


@pytest.mark.slow
def test_episodes_of_the_sp500() -> None:
    result = explosive(series("psy2015"), minw=90)
    found = date_episodes(result, table(1680, 90, 2_000), labels=months())
    assert len(found) == len(SP500)
    for episode, (start, end, statistic) in zip(found, SP500, strict=True):
        assert abs(number(episode.labels[0]) - number(start)) <= 1
        assert abs(number(episode.labels[2]) - number(end)) <= 1
        assert episode.length == number(episode.labels[2]) - number(episode.labels[0]) + 1
        assert round(episode.statistic, 3) == statistic
        assert not episode.ongoing


@pytest.mark.slow
def test_dotcom_episode_and_the_one_episode_of_the_running_maximum() -> None:
    result = explosive(series("psy2015"), minw=36)
    last = date_episodes(result, table(1680, 36, 2_000), labels=months())[-1]
    assert (last.labels[0], last.labels[2], last.length) == ("1996-10", "2001-08", 59)
    assert round(last.statistic, 3) == 4.207
    (only,) = date_episodes(result, table(1680, 36, 2_000), curve="running-maximum", labels=months())
    assert (only.labels[0], only.labels[2], only.length) == ("1997-05", "2001-02", 46)


def test_stretches_by_hand() -> None:
    statistic = np.array([0, 2, 3, 2, 0, 2, 0, np.nan, 4, 5.0])
    found = stretches_above(statistic, np.ones(10), first=5, min_length=2)
    assert [(e.start, e.peak, e.end, e.length, e.ongoing) for e in found] == [
        (6, 7, 8, 3, False),
        (13, 14, 14, 2, True),
    ]
    assert [e.statistic for e in found] == [3.0, 5.0]
    assert len(stretches_above(statistic, np.ones(10), first=5, min_length=1)) == 3
    assert len(stretches_above(statistic, np.ones(10), first=5)) == 1  # log 15, rounded up, is 3
    assert stretches_above(statistic, np.full(10, 9.0), first=5) == []
    everywhere = stretches_above(statistic, np.full(10, -1.0), first=0, min_length=1)
    assert [(e.start, e.end, e.ongoing) for e in everywhere] == [(0, 6, False), (8, 9, True)]


def test_labels_name_the_dates() -> None:
    labels = np.arange("2020-01", "2022-01", dtype="datetime64[M]")
    (found,) = stretches_above(np.array([0, 2, 3, 2.0]), np.ones(4), first=20, min_length=2, labels=labels)
    assert [str(label) for label in found.labels] == ["2021-10", "2021-11", "2021-12"]
    with pytest.raises(InputError, match="there are 3 labels for 24 observations"):
        stretches_above(np.zeros(4), np.ones(4), first=20, labels=["a", "b", "c"])


@pytest.mark.parametrize("length", [0, -1, 2.5, True])
def test_a_least_length_must_be_a_length(length) -> None:
    with pytest.raises(InputError, match="min_length must be a whole number, 1 or more"):
        stretches_above(np.zeros(4), np.ones(4), first=1, min_length=length)


def test_a_made_bubble_is_dated_where_it_was_made() -> None:
    random = np.random.default_rng(5)
    values = 100 + random.standard_normal(300).cumsum()
    for t in range(150, 190):
        values[t] = 1.05 * values[t - 1] + random.standard_normal()
    values[190:] += values[149] - values[190]
    found = date_episodes(explosive(values), monte_carlo(300, replications=500))
    longest = max(found, key=lambda e: e.length)
    assert 150 <= longest.start <= 165
    assert longest.peak == 189
    assert 189 <= longest.end <= 191


def test_a_price_that_grows_steadily_is_explosive_in_levels_only() -> None:
    random = np.random.default_rng(1)
    sales = np.exp(0.03 * np.arange(200))
    price = sales * np.exp(0.05 * random.standard_normal(200).cumsum())
    critical = monte_carlo(200, replications=500)
    level, log, ratio = side_by_side(price, fundamental=sales, critical=critical)
    assert (level.name, log.name, ratio.name) == ("level", "log", "ratio")
    assert level.p_value is not None
    assert log.p_value is not None
    assert level.p_value < 0.01
    assert log.p_value > 0.05
    assert level.episodes
    np.testing.assert_array_equal(log.result.bsadf, explosive(np.log(price)).bsadf)
    np.testing.assert_array_equal(ratio.result.bsadf, explosive(price / sales).bsadf)


def test_forms_without_critical_values_or_fundamental() -> None:
    forms = side_by_side(np.exp(series("sim_T100") / 100))
    assert [form.name for form in forms] == ["level", "log"]
    assert all(form.p_value is None and form.episodes == () for form in forms)


def test_forms_refuse_what_has_no_logarithm_or_ratio() -> None:
    price = series("sim_T100").copy()
    price[17] = 0
    with pytest.raises(
        InputError, match="the price: observation 17 is 0; logarithms and ratios need values above zero"
    ):
        side_by_side(price)
    price[3] = -2
    with pytest.raises(InputError, match="observation 3 is -2 and 1 more"):
        side_by_side(price)
    good = series("sim_T100") + 1000
    with pytest.raises(InputError, match="the fundamental: observation 0 is 0 and 99 more"):
        side_by_side(good, fundamental=np.zeros(100))
    with pytest.raises(InputError, match="the fundamental has 3 observations, the price 100"):
        side_by_side(good, fundamental=[1, 2, 3])
    with pytest.raises(InputError, match="use monte_carlo"):
        side_by_side(good, critical=wild_bootstrap(good, replications=20))


def test_panel_is_the_mean_of_its_members() -> None:
    values = np.column_stack([series(name) for name in ("psy1", "psy2", "evans", "div", "blan")])
    found = panel_explosive(values, minw=19, lags=1)
    each = [explosive(values[:, s], minw=19, lags=1) for s in range(5)]
    np.testing.assert_array_equal(found.bsadf, np.mean([one.bsadf for one in each], axis=0))
    assert found.gsadf == found.bsadf.max()
    assert [one.gsadf for one in found.members] == [one.gsadf for one in each]


def test_panel_statistic_by_hand() -> None:
    """Two equal series have the statistic of one."""
    values = series("psy1")
    assert panel_explosive(np.column_stack([values, 3 * values + 5])).gsadf == pytest.approx(explosive(values).gsadf)


def test_panel_values_lie_below_those_of_one_series_and_date_the_group() -> None:
    values = np.random.default_rng(3).standard_normal((120, 4)).cumsum(axis=0)
    calm = panel_bootstrap(values, replications=200, seed=0)
    assert list(calm.draws) == ["gsadf"]
    assert list(calm.curves) == ["pointwise", "family-wise"]
    # The mean of four independent maxima varies less than one of them.
    assert calm.value("gsadf", 0.99) < monte_carlo(120, replications=500).value("gsadf", 0.99)
    assert calm.p_value("gsadf", panel_explosive(values).gsadf) > 0.01
    values[80:100] *= np.exp(0.08 * np.arange(20))[:, None]
    found = panel_explosive(values + 50)
    assert date_episodes(found, panel_bootstrap(values + 50, replications=100, seed=0), min_length=1) is not None


def test_panels_that_cannot_be_tested() -> None:
    values = series("psy1")
    with pytest.raises(InputError, match=r"the panel has shape \(100,\), expected observations by two series"):
        panel_explosive(values)
    with pytest.raises(InputError, match="two series or more"):
        panel_explosive(values[:, None])
    with pytest.raises(InputError, match="series 1: the series is constant"):
        panel_explosive(np.column_stack([values, np.ones(100)]))
    bad = np.column_stack([values, values])
    bad[4, 1] = np.nan
    with pytest.raises(InputError, match="series 1: observation 4 is nan"):
        panel_explosive(bad)
    with pytest.raises(InputError, match="the panel must be numbers"):
        panel_explosive([["a", "b"], ["c", "d"]])
