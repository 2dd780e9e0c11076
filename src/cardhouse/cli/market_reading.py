"""What ``cardhouse market`` computes, part by part, from prices and options."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from cardhouse.cli.common import Where, load
from cardhouse.errors import InputError
from cardhouse.views import market as view
from cardhouse.views.table import Table

if TYPE_CHECKING:
    from cardhouse.market.critical import Critical
    from cardhouse.market.pooling import Opinion
    from cardhouse.market.prices import Prices

Open = Callable[[str], "Prices"]

MOST_TESTED = 6000
"""Prices up to which the tests use every row; longer series are thinned, which the answer says."""
LONG = 750
"""Prices of the long log-periodic window."""
LARGEST_FILE = 20_000_000


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


def parts(prices: Prices, asked: Asked, open_file: Open) -> tuple[list[str], dict[str, Table]]:
    """The headline and all tables by name; what the prices are too short for is said in the headline."""
    remarks: list[str] = []
    if prices.dates.dtype == np.dtype("datetime64[s]"):
        prices = prices.daily()
        remarks.append(f"Prices within a day: the last of each day is used, {prices.size:,} of them.")
    forms, critical = _explosive(prices, asked, remarks)
    tables: dict[str, Table] = {}
    if critical is not None:
        tables |= {"explosiveness": view.explosive_table(forms, critical), "episodes": view.episodes_table(forms)}
    tables |= _log_periodic(prices, remarks)
    tables |= _phases(prices, remarks)
    tables["drawdowns"] = view.drawdown_table(prices)
    odds, pooled = _odds(prices, asked, open_file, remarks)
    tables |= odds
    lines = view.headline(prices, forms, pooled) + remarks
    if asked.then:
        lines += _analogue(prices, asked, open_file(asked.then))
    return lines, tables


def _explosive(prices: Prices, asked: Asked, remarks: list[str]) -> tuple[Any, Critical | None]:
    from cardhouse.market import monte_carlo, side_by_side

    step = -(-prices.size // MOST_TESTED)
    tested = prices.every(step) if step > 1 else prices
    if step > 1:
        remarks.append(f"The tests use every {step}th price, {tested.size:,} of them.")
    if tested.size < 30:
        remarks.append(f"{tested.size} prices are too few for the tests of explosiveness; 30 are needed.")
        return (), None
    with _Bar("simulating critical values") as told:
        critical = monte_carlo(
            tested.size, lags=asked.lags, replications=asked.replications, progress=told, folder=_cache()
        )
    labels = [view.day(tested, i) for i in range(tested.size)]
    return side_by_side(tested.values, critical=critical, labels=labels, lags=asked.lags), critical


class _Bar:
    """A progress bar on stderr while something is simulated; none when stderr is no terminal."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.bar: Any = None

    def __enter__(self) -> Callable[[int, int], None] | None:
        return self.step if sys.stderr.isatty() else None

    def step(self, done: int, total: int) -> None:
        """Move the bar."""
        if self.bar is None:
            self.bar = click.progressbar(length=total, label=self.label, file=sys.stderr).__enter__()
        self.bar.update(done - self.bar.pos)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)


def _cache() -> Path | None:
    """Where critical values are kept between runs; nowhere when that cannot be written."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "cardhouse" / "critical"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _log_periodic(prices: Prices, remarks: list[str]) -> dict[str, Table]:
    from cardhouse.market.lppls import profile
    from cardhouse.market.lppls_windows import nested

    if prices.size < 150:
        remarks.append(f"{prices.size} prices are too few for log-periodic windows; 150 are needed.")
        return {}
    days, logs = prices.dates.astype("datetime64[D]").astype(np.float64), prices.logs
    long = min(LONG, prices.size)
    short = nested(days, logs, largest=min(long, 750), smallest=120, step=10, ends=[prices.size - 1])[0]
    return {"log_periodic": view.lppls_table(prices, short, profile(days[-long:], logs[-long:]))}


def _phases(prices: Prices, remarks: list[str]) -> dict[str, Table]:
    from cardhouse.market.phases import Turning, lunde_timmermann, pagan_sossounov

    words = "Filter rule of Lunde and Timmermann: 20% up, 15% down"
    tables = {"waves": view.waves_table(prices, lunde_timmermann(prices.values), rule=words)}
    rule = Turning.of_rate(prices.per_year)
    if prices.size > 2 * max(rule.window, rule.margin):
        words = f"Turning points of Pagan and Sossounov, windows of {rule.window} prices on either side"
        found = view.waves_table(prices, pagan_sossounov(prices.values, rule), rule=words)
        tables["waves_by_turning_points"] = Table("Waves by turning points", found.columns, found.rows, found.notes)
    else:
        remarks.append("The prices are too short for turning points of the Pagan-Sossounov rule.")
    return tables


def _odds(prices: Prices, asked: Asked, open_file: Open, remarks: list[str]) -> tuple[dict[str, Table], Any]:
    from cardhouse.market.pooling import pool
    from cardhouse.market.runups import own_record

    opinions = opinions_of(prices, asked, open_file(asked.against) if asked.against else None)
    if not opinions:
        remarks.append("No odds: 21 prices are needed for volatility, and two years for a run-up.")
        return {}, None
    pooled = pool(opinions, dict(asked.weight) or None)
    return {"odds": view.odds_table(opinions, pooled, own_record(prices))}, pooled


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


def _analogue(prices: Prices, asked: Asked, earlier: Prices) -> list[str]:
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
    return view.analogue_lines(found, earlier.name)


def firm_news(where: Where, name: str) -> tuple[Table, list[str]]:
    """Revenue surprises of a firm of the book against its price's moves."""
    from cardhouse.views.market_events import news_of, surprise_table

    book = load(where)
    firm = book.resolve(name)
    news, missing = news_of(book, firm.id)
    if not news:
        raise InputError(f"the book has no results of {firm.name} with consensus, revenue and price move")
    lines = [f"Left out: {'; '.join(missing)}."] if missing else []
    notes = [f"{n.day}: {n.note}" for n in news if "before the company" in n.note or "differs" in n.note]
    return surprise_table(news, f"{firm.name}: revenue surprises and the price · book of {book.date}"), lines + notes


def file_news(path: str) -> Table:
    """Surprises from a CSV: date, consensus, reported, reaction."""
    from cardhouse.views.market_events import News, surprise_table

    faults, news = [], []
    for line, row in _records(path, ("date", "consensus", "reported", "reaction")):
        try:
            day = date.fromisoformat(row["date"])
            consensus, reported, reaction = (float(row[k]) for k in ("consensus", "reported", "reaction"))
        except ValueError as error:
            faults.append(f"{path}:{line}: {error}")
            continue
        if not (np.isfinite([consensus, reported, reaction]).all() and consensus > 0):
            faults.append(f"{path}:{line}: the consensus must be above zero and all figures finite")
            continue
        news.append(News(day, day, consensus, reported, None, reaction, ""))
    if faults:
        raise InputError("\n".join(faults[:50]))
    return surprise_table(sorted(news, key=lambda n: n.day), f"{path}: surprises and reactions", unit="")


def _records(path: str, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a small CSV with their line numbers, keys in lower case."""
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path}: is larger than {LARGEST_FILE // 10**6} MB")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    reader = csv.reader(text.splitlines())
    heads = [h.strip().lower() for h in next(reader, [])]
    if lacking := [n for n in needed if n not in heads]:
        raise InputError(f"{path}:1: has no column {lacking[0]!r}; expected {', '.join(needed)}")
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    return [(line, dict(zip(heads, (c.strip() for c in row + [""] * len(heads)), strict=False))) for line, row in rows]


def price_events(prices: Prices, days: tuple[date, ...], given: dict[str, Any], open_file: Open) -> list[Table]:
    """Abnormal returns of named days, and of all of them together."""
    from cardhouse.market.event_tests import together
    from cardhouse.market.events import Window, study
    from cardhouse.views.market_events import event_table, joint_table

    if not days:
        raise click.UsageError("name the days of the events with --on DATE")
    if given["against"] and given["factors"]:
        raise click.UsageError("--against and --factors exclude each other")
    dates, returns, factors, model = _returns(prices, given, open_file)
    window = Window(given["window"][0], given["window"][1], given["length"], given["gap"])
    studies, moved = [], []
    for when in days:
        row = int(np.searchsorted(dates, np.datetime64(when)))
        if row >= dates.size:
            raise InputError(f"{when} is after the last price of {view.to_date(dates[-1])}")
        studies.append(study(returns, factors, event=row, window=window))
        moved.append(view.to_date(dates[row]))
    tables = [event_table(moved, studies, model)]
    return [*tables, joint_table(together(studies))] if len(studies) > 1 else tables


def _returns(prices: Prices, given: dict[str, Any], open_file: Open) -> tuple[Any, Any, Any, str]:
    """Days, returns, factors on the same days, and the model's name."""
    prices = prices.daily()
    if given["against"]:
        other = open_file(given["against"]).daily()
        days, mine, theirs = np.intersect1d(prices.dates, other.dates, return_indices=True)
        if days.size < 2:
            raise InputError("the two files have no days in common")
        one, two = prices.values[mine], other.values[theirs]
        return days[1:], one[1:] / one[:-1] - 1, two[1:] / two[:-1] - 1, "Market model"
    if given["factors"]:
        records = _records(given["factors"], ("date",))
        names = [k for k in records[0][1] if k != "date"] if records else []
        try:
            known = {np.datetime64(r["date"], "D"): [float(r[n]) for n in names] for _, r in records}
        except ValueError as error:
            raise InputError(f"{given['factors']}: {error}; expected date and factor returns as shares") from error
        table = [known.get(d, [np.nan] * len(names)) for d in prices.dates[1:]]
        return prices.dates[1:], prices.returns(), np.array(table, dtype=float), f"Factors {', '.join(names)}"
    return prices.dates[1:], prices.returns(), None, "Constant mean"
