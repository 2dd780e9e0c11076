"""A reading of the market, part by part: explosiveness, log-periodic fits, phases, falls, odds of a crash."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cardhouse.errors import InputError
from cardhouse.views import market as view
from cardhouse.views.table import Table
from cardhouse.views.words import ENGLISH, N_, Words

if TYPE_CHECKING:
    from cardhouse.market.critical import Critical
    from cardhouse.market.forms import Form
    from cardhouse.market.pooling import Opinion
    from cardhouse.market.prices import Prices

Open = Callable[[str], "Prices"]
Progress = Callable[[int, int], None]

MOST_TESTED = 6000
"""Prices up to which the tests use every row; longer series are thinned, which the answer says."""
LONG = 750
"""Prices of the long log-periodic window."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of ``cardhouse market``."""

    against: str | None = None
    then: str | None = None
    align: str = "start"
    lags: int = 0
    replications: int = 500
    equity: float | None = None
    debt: tuple[tuple[float, float], ...] = ()
    spread: float | None = None
    weight: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What prices say.

    Attributes
    ----------
    lines : the headline; what the prices are too short for is said in it.
    tables : by name.
    prices : one a day, as tables and pictures have them.
    forms : of the price, tested, their stretches labelled with days; none of a series too short for the tests.
    """

    lines: list[str]
    tables: dict[str, Table]
    prices: Prices
    forms: tuple[Form, ...]


def read(
    prices: Prices, asked: Asked, open_file: Open, *, progress: Progress | None = None, t: Words = ENGLISH
) -> Answer:
    """Everything that prices say.

    Parameters
    ----------
    open_file : reads another series that ``asked`` names. progress : of the simulated critical values.
    """
    remarks: list[str] = []
    if prices.dates.dtype == np.dtype("datetime64[s]"):
        prices = prices.daily()
        text = N_("Prices within a day: the last of each day is used, {count} of them.")
        remarks.append(t(text, count=f"{prices.size:,}"))
    forms, critical = _explosive(prices, asked, remarks, progress, t)
    tables: dict[str, Table] = {}
    if critical is not None:
        tables["explosiveness"] = view.explosive_table(forms, critical, t=t)
        tables["episodes"] = view.episodes_table(prices, forms, t=t)
    tables |= _log_periodic(prices, remarks, t)
    tables |= _phases(prices, remarks, t)
    tables["drawdowns"] = view.drawdown_table(prices, t=t)
    odds, pooled = _odds(prices, asked, open_file, remarks, t)
    tables |= odds
    lines = view.headline(prices, forms, pooled, t=t) + remarks
    if asked.then:
        lines += _analogue(prices, asked, open_file(asked.then), t)
    return Answer(lines, tables, prices, forms)


def _explosive(
    prices: Prices, asked: Asked, remarks: list[str], progress: Progress | None, t: Words
) -> tuple[tuple[Form, ...], Critical | None]:
    from cardhouse.market import monte_carlo, side_by_side

    step = -(-prices.size // MOST_TESTED)
    tested = prices.every(step) if step > 1 else prices
    if step > 1:
        remarks.append(t("The tests use every {step}th price, {count} of them.", step=step, count=f"{tested.size:,}"))
    if tested.size < 30:
        text = N_("{count} prices are too few for the tests of explosiveness; 30 are needed.")
        remarks.append(t(text, count=tested.size))
        return (), None
    critical = monte_carlo(
        tested.size, lags=asked.lags, replications=asked.replications, progress=progress, folder=_cache()
    )
    labels = [view.day(tested, i) for i in range(tested.size)]
    return side_by_side(tested.values, critical=critical, labels=labels, lags=asked.lags), critical


def _cache() -> Path | None:
    """Where critical values are kept between runs; nowhere when that cannot be written."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "cardhouse" / "critical"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _log_periodic(prices: Prices, remarks: list[str], t: Words) -> dict[str, Table]:
    from cardhouse.market.lppls import profile
    from cardhouse.market.lppls_windows import nested

    if prices.size < 150:
        text = N_("{count} prices are too few for log-periodic windows; 150 are needed.")
        remarks.append(t(text, count=prices.size))
        return {}
    days, logs = prices.dates.astype("datetime64[D]").astype(np.float64), prices.logs
    long = min(LONG, prices.size)
    short = nested(days, logs, largest=min(long, 750), smallest=120, step=10, ends=[prices.size - 1])[0]
    return {"log_periodic": view.lppls_table(prices, short, profile(days[-long:], logs[-long:]), t=t)}


def _phases(prices: Prices, remarks: list[str], t: Words) -> dict[str, Table]:
    from cardhouse.market.phases import Turning, lunde_timmermann, pagan_sossounov

    words = t("Filter rule of Lunde and Timmermann: 20% up, 15% down")
    tables = {"waves": view.waves_table(prices, lunde_timmermann(prices.values), rule=words, t=t)}
    rule = Turning.of_rate(prices.per_year)
    if prices.size > 2 * max(rule.window, rule.margin):
        text = N_("Turning points of Pagan and Sossounov, windows of {window} prices on either side")
        words = t(text, window=rule.window)
        found = view.waves_table(prices, pagan_sossounov(prices.values, rule), rule=words, t=t)
        tables["waves_by_turning_points"] = replace(found, title=t("Waves by turning points"))
    else:
        remarks.append(t("The prices are too short for turning points of the Pagan-Sossounov rule."))
    return tables


def _odds(prices: Prices, asked: Asked, open_file: Open, remarks: list[str], t: Words) -> tuple[dict[str, Table], Any]:
    from cardhouse.market.pooling import pool
    from cardhouse.market.runups import own_record

    opinions = opinions_of(prices, asked, open_file(asked.against) if asked.against else None)
    if not opinions:
        remarks.append(t("No odds: 21 prices are needed for volatility, and two years for a run-up."))
        return {}, None
    pooled = pool(opinions, dict(asked.weight) or None)
    return {"odds": view.odds_table(opinions, pooled, own_record(prices), t=t)}, pooled


def opinions_of(prices: Prices, asked: Asked, market: Prices | None) -> list[Opinion]:
    """An opinion of each method that the inputs allow."""
    from cardhouse.market.credit import Debt
    from cardhouse.market.falls import volatility
    from cardhouse.market.odds import from_history, from_spread, from_structure, from_volatility
    from cardhouse.market.runups import run_up

    opinions: list[Opinion | None] = [from_history(run_up(prices, market=market))]
    year = max(21, round(prices.per_year)) + 1
    found = volatility(prices.values[-year:], prices.per_year) if prices.size >= 21 else None
    if found is not None:
        opinions.append(from_volatility(found))
    ladder = [Debt(years, amount) for years, amount in asked.debt]
    if bool(asked.equity) != bool(ladder) or (asked.spread is not None and not asked.equity):
        raise InputError("odds from credit need --equity and --debt together; --spread needs both")
    if asked.equity and found is not None:
        opinions.append(from_structure(asked.equity, found, ladder))
        if asked.spread is not None:
            opinions.append(from_spread(asked.spread / 1e4, asked.equity, ladder))
    return [o for o in opinions if o is not None]


def _analogue(prices: Prices, asked: Asked, earlier: Prices, t: Words) -> list[str]:
    from cardhouse.market.drawdowns import Align, analogue
    from cardhouse.market.phases import lunde_timmermann, waves

    def boom(values: Any) -> int:
        """First row of the bull phase that holds the highest price."""
        high = int(np.argmax(values))
        return next((w.start for w in waves(values, lunde_timmermann(values)) if w.start <= high <= w.peak), 0)

    found = analogue(
        prices.values,
        earlier.values,
        align=Align(asked.align),
        now_start=boom(prices.values),
        then_start=boom(earlier.values),
    )
    return view.analogue_lines(found, earlier.name, t=t)
