"""``cardhouse market``: what prices say; ``cardhouse market events``: what news did to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cardhouse.cli.common import Count, Day, Where, answer_json, book_options, give, lang_option, output_options, show
from cardhouse.errors import InputError
from cardhouse.views.words import ENGLISH, Words

if TYPE_CHECKING:
    from cardhouse.market.prices import Prices
    from cardhouse.views.table import Table


HELP = """What prices say: explosiveness, log-periodic fits, phases, falls, odds of a crash.

\b
cardhouse market prices.csv            a CSV of dates and prices
cardhouse market --example             the Nasdaq, 1999 to 2018
cardhouse market events --firm nvidia  what surprises did to a price

All options of a reading: cardhouse market read --help
"""
EVENTS_HELP = """What news did to a price.

\b
cardhouse market events nvda.csv --against spy.csv --on 2023-05-25 --on 2025-01-27
cardhouse market events --firm nvidia
cardhouse market events --surprises mine.csv
"""


class Market(click.Group):
    """A group whose first word may be a file: then its first command is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name before arguments that name none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["read", *args]
        return super().parse_args(ctx, args)


class Pair(click.ParamType[Any]):
    """Two values with a colon between: years and an amount, a method and a weight, first and last day."""

    name = "pair"

    def __init__(self, first: type[Any], second: type[Any], example: str) -> None:
        self.first, self.second, self.example = first, second, example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, Any]:
        """Read both or say what was expected."""
        if isinstance(value, tuple):
            return value
        left, _, right = str(value).partition(":")
        try:
            return self.first(left), self.second(right)
        except ValueError:
            self.fail(f"{value!r} is not understood; expected for example {self.example}", param, ctx)


@dataclass(frozen=True, slots=True)
class Source:
    """Where prices come from and how their file is to be read."""

    file: str | None
    example: bool = False
    synthetic: bool = False
    ticker: str | None = None
    column: str | None = None
    order: str | None = None
    decimal: str | None = None
    drop_bad: bool = False


def open_prices(source: Source) -> Prices:
    """The prices asked for; repairs go to stderr, faults stop the command unless they may be dropped.

    Raises
    ------
    InputError : no prices, or faults in the file: all of them, a line each.
    """
    from cardhouse.market import example, fetch
    from cardhouse.market.days import Order
    from cardhouse.market.prices import read_prices

    if sum([bool(source.file), source.example, source.synthetic, bool(source.ticker)]) != 1:
        raise click.UsageError(
            "name one source: a CSV file, --example, --synthetic or --fetch TICKER; "
            "for example: cardhouse market prices.csv"
        )
    if source.example:
        return example.nasdaq()
    if source.synthetic:
        return example.synthetic()
    if source.ticker:
        return fetch.fetch(source.ticker)
    order = Order(source.order) if source.order else None
    found = read_prices(str(source.file), column=source.column, order=order, decimal=source.decimal)
    for words in (*found.repairs, *found.remarks):
        click.echo(f"{source.file}: {words}", err=True)
    if found.prices is None or (found.faults and not source.drop_bad):
        more = "" if found.prices is None else "\nMend the file, or say --drop-bad to go on without these rows."
        raise InputError("\n".join(map(str, found.faults)) + more)
    for fault in found.faults:
        click.echo(f"left out: {fault}", err=True)
    return replace(found.prices, name=Path(str(source.file)).stem)


def file_options(command: Any) -> Any:
    """Options that say how a file is read."""
    for option in (
        click.option("--drop-bad", is_flag=True, help="Go on without the rows that cannot be used."),
        click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign, where the file leaves it open."),
        click.option(
            "--date-order",
            "order",
            type=click.Choice(["day-first", "month-first"]),
            help="How 03/04/2020 is read, where the file leaves it open.",
        ),
        click.option("--column", metavar="NAME", help="Column of the prices."),
    ):
        command = option(command)
    return command


@click.group(cls=Market, help=HELP)
def market() -> None:
    """What prices say: explosiveness, log-periodic fits, phases, falls, odds of a crash."""


@market.command()
@click.argument("file", required=False, metavar="FILE")
@click.option("--example", is_flag=True, help="The Nasdaq, 1999 to 2018.")
@click.option("--synthetic", is_flag=True, help="A path whose bubble is known.")
@click.option("--fetch", "ticker", metavar="TICKER", help="Fetch daily closes (needs yfinance and a network).")
@file_options
@click.option("--from", "start", type=Day(), metavar="DATE", help="First day.")
@click.option("--to", "end", type=Day(), metavar="DATE", help="Last day.")
@click.option("--against", metavar="FILE", help="CSV of the market's prices, for run-ups net of it.")
@click.option("--then", metavar="FILE", help="CSV of an earlier boom to lay beside this one.")
@click.option("--align", type=click.Choice(["peak", "start"]), default="start", show_default=True)
@click.option("--lags", type=Count(0, 12, like=1), default=0, show_default=True, help="Lags of the tests.")
@click.option("--replications", type=Count(100, 100_000, like=500), default=500, show_default=True)
@click.option("--equity", type=float, metavar="AMOUNT", help="Market value of the equity, for odds from credit.")
@click.option("--debt", multiple=True, type=Pair(float, float, "2:5000"), metavar="YEARS:AMOUNT", help="Debt due then.")
@click.option("--spread", type=float, metavar="BP", help="Credit spread for five years, in basis points.")
@click.option("--weight", multiple=True, type=Pair(str, float, "history:2"), metavar="METHOD:NUMBER")
@output_options
@lang_option
def read(
    file: str | None,
    start: date | None,
    end: date | None,
    as_json: bool,
    csv_file: str | None,
    t: Words,
    **given: Any,
) -> None:
    """Read the market in FILE, a CSV of dates and prices."""
    from cardhouse.cli.market_reading import Bar
    from cardhouse.views.market_parts import Asked, read

    keys = ("example", "synthetic", "ticker", "column", "order", "decimal", "drop_bad")
    prices = open_prices(Source(file, **{k: given.pop(k) for k in keys}))
    if start or end:
        prices = prices.between(start.isoformat() if start else None, end.isoformat() if end else None)
    asked = Asked(**given)
    plain = ENGLISH if as_json or csv_file else t
    with Bar("simulating critical values") as told:
        found = read(prices, asked, lambda name: open_prices(Source(name)), progress=told, t=plain)
    if as_json:
        answer_json(
            {
                "prices": prices.name,
                "start": str(prices.dates[0]),
                "end": str(prices.dates[-1]),
                "rows": prices.size,
                "headline": found.lines,
                **{key: t.records() for key, t in found.tables.items()},
            }
        )
    else:
        from cardhouse.views.market import dateline, shorten

        short = (shorten(t, 10) for t in found.tables.values() if t.rows)
        show(dateline(prices, t=plain), "\n".join(found.lines), *short)
    give(_flat(found.tables), csv_file=csv_file)


def _flat(tables: dict[str, Table]) -> Table:
    """All tables as one of four columns, for one CSV: table, row, what, value."""
    from cardhouse.views.table import Column
    from cardhouse.views.table import Table as Whole

    rows = [
        (name, number, key, value)
        for name, table in tables.items()
        for number, record in enumerate(table.records(), start=1)
        for key, value in record.items()
    ]
    columns = tuple(Column(name, name) for name in ("table", "row", "key", "value"))
    return Whole("", columns, tuple(rows))


@market.command(help=EVENTS_HELP)
@click.argument("file", required=False, metavar="FILE")
@click.option("--on", "days", multiple=True, type=Day(), metavar="DATE", help="Day of an event; several may be named.")
@click.option("--against", metavar="FILE", help="CSV of the market's prices: market model instead of constant mean.")
@click.option("--factors", metavar="FILE", help="CSV of date and factor returns, as shares: factor model.")
@click.option("--window", type=Pair(int, int, "-1:1"), default="-1:1", show_default=True, help="Days around the event.")
@click.option(
    "--length", type=Count(30, 2000, like=250), default=250, show_default=True, help="Days of the estimation."
)
@click.option(
    "--gap", type=Count(1, 500, like=11), default=11, show_default=True, help="Days between it and the window."
)
@click.option("--firm", metavar="FIRM", help="Revenue surprises of a firm of the book against its price's moves.")
@click.option("--surprises", metavar="FILE", help="CSV of date, consensus, reported, reaction (as shares).")
@file_options
@output_options
@lang_option
@book_options
def events(
    file: str | None,
    days: tuple[date, ...],
    firm: str | None,
    surprises: str | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
    **given: Any,
) -> None:
    """What news did to a price."""
    from cardhouse.cli import market_reading as reading

    if sum([bool(file), bool(firm), bool(surprises)]) != 1:
        raise click.UsageError("name one of: a CSV of prices (with --on DATE), --firm FIRM, --surprises FILE")
    lines: list[str] = []
    plain = ENGLISH if as_json or csv_file else t
    if firm:
        table, lines = reading.firm_news(where, firm, plain)
        tables = [table]
    elif surprises:
        tables = [reading.file_news(surprises, plain)]
    else:
        keys = ("column", "order", "decimal", "drop_bad")
        prices = open_prices(Source(file, **{k: given[k] for k in keys}))
        tables = reading.price_events(prices, days, given, lambda name: open_prices(Source(name)), plain)
    if as_json:
        names = ("surprises",) if firm or surprises else ("events", "together")
        answer_json({"remarks": lines, **{k: t.records() for k, t in zip(names, tables, strict=False)}})
    else:
        show(*tables, "\n".join(lines))
    give(tables[0], csv_file=csv_file)
