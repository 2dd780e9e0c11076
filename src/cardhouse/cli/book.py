"""``cardhouse book``: what the book holds, where it comes from, what is disputed or missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import click

from cardhouse.book import Book, Severity, TieKind, embedded, read_book
from cardhouse.cli.book_fetch import fetch
from cardhouse.cli.common import (
    Count,
    Day,
    Where,
    answer_json,
    book_options,
    give,
    lang_option,
    load,
    output_options,
    show,
    whole,
)
from cardhouse.errors import UnknownName
from cardhouse.views import book as view
from cardhouse.views.table import Table
from cardhouse.views.words import ENGLISH, N_, Words


@click.group(invoke_without_command=True)
@output_options
@lang_option
@book_options
@click.pass_context
def book(ctx: click.Context, as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """What the book holds: size, coverage, sources, what is stale."""
    if ctx.invoked_subcommand is not None:
        return
    found = load(where)
    tables = _holds(found, ENGLISH if as_json else t)
    if as_json:
        answer_json(
            {
                "book_date": found.date.isoformat(),
                **{k: t.records() for k, t in zip(("files", "layers", "sources", "stale"), tables, strict=True)},
            }
        )
    else:
        show(*tables)
    give(view.coverage(found), csv_file=csv_file)


def _holds(found: Book, t: Words) -> tuple[Table, ...]:
    return (view.size(found, t=t), view.coverage(found, t=t), view.dollars(found, t=t), view.stale(found, t=t))


book.add_command(fetch)


def _answer(table: Callable[[Words], Table], found: Book, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    """Show a table in the reader's language, or give it to a program or a file in English."""
    if as_json:
        answer_json({"book_date": found.date.isoformat(), "rows": table(ENGLISH).records()})
    elif not csv_file:
        show(_or_nothing(table(t)))
    give(table(ENGLISH), csv_file=csv_file)


def _or_nothing(table: Table) -> Table | str:
    return table if table.rows else table.t("{title}: nothing.", title=table.title)


@book.command()
@click.argument("name")
@click.option("--opening", "with_opening", is_flag=True, help="The opening balance and what it was made from.")
@click.option(
    "--periods",
    type=Count(1, 100, like=10),
    default=5,
    show_default=True,
    help="Figures of each metric to show.",
)
@click.option(
    "--horizon",
    type=Count(1, 40, like=4),
    default=4,
    show_default=True,
    help="Quarters of the opening's plan.",
)
@output_options
@lang_option
@book_options
def firm(
    name: str,
    with_opening: bool,
    periods: int,
    horizon: int,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """One firm: figures with sources, ties in and out.

    NAME is an id, a name in English or Chinese, an alias or a ticker.
    """
    found = load(where)
    who = found.resolve(name)
    if with_opening:
        _opening(where, who.id, t, horizon=horizon, as_json=as_json, csv_file=csv_file)
        return
    figures = view.statements(found, who, periods=periods)
    if as_json:
        answer_json(
            {
                "book_date": found.date.isoformat(),
                "firm": who.id,
                "facts": figures.records(),
                "ties": view.ties(found, firm=who.id).records(),
            }
        )
    else:
        shown = view.statements(found, who, periods=periods, t=t)
        show(view.firm_head(found, who, t=t), shown, view.ties(found, firm=who.id, t=t))
    give(figures, csv_file=csv_file)


def _opening(where: Where, firm_id: str, t: Words, *, horizon: int, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.opening import open_book
    from cardhouse.views import opening as opened

    found = load(where)
    o = open_book(found, quarters=horizon)
    node = o.groups(firm_id)
    if node not in o.positions:
        reason = o.untested.get(node, "no tie of the book reaches it")
        raise UnknownName(
            f"{found.firms[node].name} has no opening: {reason}; firms that have one: {', '.join(o.positions)}"
        )
    table = opened.opening_table(o, node)
    if as_json:
        dues, debts = opened.dues_table(o, node), opened.debts_table(o, node)
        answer_json(
            {
                "book_date": found.date.isoformat(),
                "firm": node,
                "opening": o.window.opening.isoformat(),
                "unit": "USD_million",
                "figures": [
                    {**row, "trail": list(f.trail)}
                    for row, (_, f) in zip(table.records(), opened.figures(o.positions[node]), strict=True)
                ],
                "contracts": dues.records(),
                "debts": debts.records(),
            }
        )
    else:
        show(
            opened.opening_table(o, node, t=t),
            opened.dues_table(o, node, t=t),
            opened.debts_table(o, node, t=t),
            "\n".join([t("Made from"), *opened.trail(o, node, t=t)]),
        )
    give(table, csv_file=csv_file)


@book.command()
@click.option("--firm", "name", metavar="FIRM", help="Only ties of this firm.")
@click.option("--kind", type=click.Choice([k.value for k in TieKind]), help="Only ties of this kind.")
@click.option("--left-out", is_flag=True, help="Ties that do not enter a pull, and why.")
@output_options
@lang_option
@book_options
def ties(
    name: str | None, kind: str | None, left_out: bool, as_json: bool, csv_file: str | None, where: Where, t: Words
) -> None:
    """Ties in their latest version, largest first."""
    found = load(where)
    if left_out:
        from cardhouse.economy.opening import open_book
        from cardhouse.views.opening import left_out_table

        opening = open_book(found)
        _answer(lambda t: left_out_table(opening, t=t), found, t, as_json=as_json, csv_file=csv_file)
        return
    firm_id = found.resolve(name).id if name else None
    _answer(lambda t: view.ties(found, firm=firm_id, kind=kind, t=t), found, t, as_json=as_json, csv_file=csv_file)


@book.command()
@output_options
@lang_option
@book_options
def conflicts(as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """Figures that disagree: the one that is used, the others, the gap."""
    found = load(where)
    _answer(lambda t: view.conflicts(found, t=t), found, t, as_json=as_json, csv_file=csv_file)


@book.command()
@click.option("--from", "first", type=Day(), required=True, metavar="DATE", help="The earlier day.")
@click.option("--to", "last", type=Day(), required=True, metavar="DATE", help="The later day.")
@output_options
@lang_option
@book_options
def diff(first: date, last: date, as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """What became known between two days: new and changed figures, new, changed and ended ties."""
    from cardhouse.book.diff import diff as compare

    load(where)  # says what is broken
    found = whole(where)
    changed = compare(found, first, last)
    facts, links = view.changes(changed, found)
    if as_json:
        answer_json(
            {
                "from": first.isoformat(),
                "to": last.isoformat(),
                "facts": facts.records(),
                "ties": links.records(),
            }
        )
    elif not csv_file:
        show(*map(_or_nothing, view.changes(changed, found, t=t)))
    give(facts, csv_file=csv_file)


@book.command()
@click.argument("directory", metavar="[DIR]", required=False)
@click.option("--overlay", metavar="DIR", help="Rows of your own laid over the book.")
@output_options
@lang_option
@click.pass_context
def check(
    ctx: click.Context, directory: str | None, overlay: str | None, as_json: bool, csv_file: str | None, t: Words
) -> None:
    """Every fault of a book as file:line (the shipped book without DIR); exit status 1 when there are errors."""
    found = read_book(directory, overlay=overlay) if directory else embedded(overlay=overlay)
    errors = sum(f.severity is Severity.ERROR for f in found.faults)
    table = view.faults(found)
    if as_json:
        answer_json({"errors": errors, "warnings": len(found.faults) - errors, "faults": table.records()})
    else:
        for line in view.fault_lines(found):
            click.echo(line)
        read = sum(n for n, _ in found.rows.values())
        text = N_("{rows} rows read, {errors} errors, {warnings} warnings")
        click.echo(t(text, rows=read, errors=errors, warnings=len(found.faults) - errors))
    give(table, csv_file=csv_file)
    ctx.exit(1 if errors else 0)
