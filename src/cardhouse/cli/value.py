"""``cardhouse value``: what prices ask for, and what a fall of them does."""

from __future__ import annotations

from typing import Any

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.cli.share import Share
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse value nvidia                        growth and margin that the price asks for, multiples, a fall
  cardhouse value nvidia amd broadcom           peers side by side
  cardhouse value --all                         all firms with a price, GDP, double counting, past troughs
  cardhouse value openai --margin 30%           another margin at the end; so --years, --fade, --discount-rate
  cardhouse value openai --growth 40%           the margin that the price asks for at this growth
  cardhouse value oracle --drawdown 50%         multiples fall by half instead of as the Nasdaq to 2002
  cardhouse value oracle --trough sp500-2009    as another past trough
  cardhouse value nvidia --as-of 2025-06-30     with what was known on that day
"""


@click.command(epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everybody", is_flag=True, help="All firms with a price.")
@click.option("--discount-rate", "rate", type=Share(), metavar="PERCENT", help="Discount rate a year.")
@click.option("--years", type=int, metavar="N", help="Years for which growth is held.")
@click.option("--fade", type=int, metavar="N", help="Years over which it fades.")
@click.option("--margin", type=Share(), metavar="PERCENT", help="Free cash flow over revenue at the end.")
@click.option("--growth", type=Share(), metavar="PERCENT", help="Ask also for the margin at this growth a year.")
@click.option("--growth-long-run", "long_run", type=Share(), metavar="PERCENT", help="Growth a year after that.")
@click.option("--drawdown", type=Share(), metavar="PERCENT", help="Fall of market multiples.")
@click.option("--trough", metavar="NAME", help="A past trough to fall to.  [default: nasdaq-2002]")
@lang_option
@output_options
@book_options
def value(
    names: tuple[str, ...],
    everybody: bool,
    rate: float | None,
    years: int | None,
    fade: int | None,
    margin: float | None,
    growth: float | None,
    long_run: float | None,
    drawdown: float | None,
    trough: str | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """What today's prices ask for: growth, margins, multiples; prices against GDP; what a fall of them does."""
    from cardhouse.cli.run_many import say_if_first
    from cardhouse.lenses.value import Given, given_fall, past_fall, value_of
    from cardhouse.views.value_payload import lines, payload

    if bool(names) == everybody:
        raise click.UsageError("name one or more firms, or say --all; for example: cardhouse value nvidia amd")
    if drawdown is not None and trough is not None:
        raise click.UsageError("say --drawdown or --trough, not both")
    book = load(where)
    fall = given_fall(drawdown, book.date) if drawdown is not None else past_fall(book, trough or "nasdaq-2002")
    say_if_first("path.run_held")
    given = Given(rate=rate, years=years, fade=fade, margin=margin, long_run=long_run, growth=growth)
    t = t.about(book)
    answer = value_of(book, names, given=given, fall=fall, past=everybody)
    if as_json:
        answer_json(payload(answer))
    else:
        show(*(_one(answer, t) if len(names) == 1 else _several(answer, t, everybody=everybody)))
    give(lines(answer), csv_file=csv_file)


def _one(answer: Any, t: Words) -> list[Any]:
    from cardhouse.views import value as view

    firm = answer.firms[0]
    parts = [view.dateline(answer, t=t), "\n".join(view.headline(firm, t=t)), view.bridge(firm, t=t)]
    if firm.priced:
        parts.append(view.multiples(firm, t=t))
    if firm.implied.solvable:
        parts += [view.by_rate(firm, t=t), view.frontier(firm, t=t), view.moved(firm, t=t)]
    parts += [table for table in (view.expected(answer, firm, t=t), view.stakes(answer, firm, t=t)) if table.rows]
    return [*parts, *_fall(answer, {firm.firm}, t)]


def _several(answer: Any, t: Words, *, everybody: bool) -> list[Any]:
    from cardhouse.views import value as view
    from cardhouse.views import value_together as together
    from cardhouse.views.value_peers import side_by_side

    parts = [view.dateline(answer, t=t), side_by_side(answer, t=t)]
    if everybody:
        parts += ["\n".join(together.gdp_lines(answer, t=t)), together.against_gdp(answer, t=t)]
        parts += [
            "\n".join(together.holdings_lines(answer, t=t)),
            *(x for x in (together.holdings(answer, t=t),) if x.rows),
        ]
    parts += _fall(answer, None if everybody else {f.firm for f in answer.firms}, t)
    return [*parts, together.past(answer, t=t)] if answer.past else parts


def _fall(answer: Any, firms: set[str] | None, t: Words) -> list[Any]:
    from cardhouse.views import value_together as together

    tables = [together.falls(answer, firms, t=t), together.collateral(answer, firms, t=t)]
    return ["\n".join(together.fall_lines(answer, t=t)), *(table for table in tables if table.rows)]
