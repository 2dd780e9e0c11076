"""What ``cardhouse market`` reads besides a table of prices: news of a firm, files of surprises, events."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from cardhouse.cli.common import Where, load
from cardhouse.errors import InputError
from cardhouse.views import market as view
from cardhouse.views.market_parts import Open
from cardhouse.views.table import Table
from cardhouse.views.words import N_, Words

if TYPE_CHECKING:
    from cardhouse.market.prices import Prices

LARGEST_FILE = 20_000_000


class Bar:
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


def firm_news(where: Where, name: str, t: Words) -> tuple[Table, list[str]]:
    """Revenue surprises of a firm of the book against its price's moves."""
    from cardhouse.views.market_events import news_of, surprise_table

    book = load(where)
    firm = book.resolve(name)
    news, missing = news_of(book, firm.id, t=t)
    if not news:
        raise InputError(f"the book has no results of {firm.name} with consensus, revenue and price move")
    lines = [t("Left out: {reasons}.", reasons=t.semicolon.join(missing))] if missing else []
    notes = [f"{n.day}: {n.note}" for n in news if "before the company" in n.note or "differs" in n.note]
    text = N_("{firm}: revenue surprises and the price · book of {date}")
    return surprise_table(news, t(text, firm=t.name(firm), date=book.date), t=t), lines + notes


def file_news(path: str, t: Words) -> Table:
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
    title = t("{file}: surprises and reactions", file=path)
    return surprise_table(sorted(news, key=lambda n: n.day), title, money=False, t=t)


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


def price_events(
    prices: Prices, days: tuple[date, ...], given: dict[str, Any], open_file: Open, t: Words
) -> list[Table]:
    """Abnormal returns of named days, and of all of them together."""
    from cardhouse.market.event_tests import together
    from cardhouse.market.events import Window, study
    from cardhouse.views.market_events import event_table, joint_table

    if not days:
        raise click.UsageError("name the days of the events with --on DATE")
    if given["against"] and given["factors"]:
        raise click.UsageError("--against and --factors exclude each other")
    dates, returns, factors, model = _returns(prices, given, open_file, t)
    window = Window(given["window"][0], given["window"][1], given["length"], given["gap"])
    studies, moved = [], []
    for when in days:
        row = int(np.searchsorted(dates, np.datetime64(when)))
        if row >= dates.size:
            raise InputError(f"{when} is after the last price of {view.to_date(dates[-1])}")
        studies.append(study(returns, factors, event=row, window=window))
        moved.append(view.to_date(dates[row]))
    tables = [event_table(moved, studies, model, t=t)]
    return [*tables, joint_table(together(studies), t=t)] if len(studies) > 1 else tables


def _returns(prices: Prices, given: dict[str, Any], open_file: Open, t: Words) -> tuple[Any, Any, Any, str]:
    """Days, returns, factors on the same days, and the model's name."""
    prices = prices.daily()
    if given["against"]:
        other = open_file(given["against"]).daily()
        days, mine, theirs = np.intersect1d(prices.dates, other.dates, return_indices=True)
        if days.size < 2:
            raise InputError("the two files have no days in common")
        one, two = prices.values[mine], other.values[theirs]
        return days[1:], one[1:] / one[:-1] - 1, two[1:] / two[:-1] - 1, t("Market model")
    if given["factors"]:
        records = _records(given["factors"], ("date",))
        names = [k for k in records[0][1] if k != "date"] if records else []
        try:
            known = {np.datetime64(r["date"], "D"): [float(r[n]) for n in names] for _, r in records}
        except ValueError as error:
            raise InputError(f"{given['factors']}: {error}; expected date and factor returns as shares") from error
        table = [known.get(d, [np.nan] * len(names)) for d in prices.dates[1:]]
        return (
            prices.dates[1:],
            prices.returns(),
            np.array(table, dtype=float),
            t("Factors {names}", names=", ".join(names)),
        )
    return prices.dates[1:], prices.returns(), None, t("Constant mean")
