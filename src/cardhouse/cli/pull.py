"""``cardhouse pull``: what happens to everybody when a firm stops paying."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import click

from cardhouse.cli.common import (
    Count,
    Where,
    answer_json,
    book_options,
    firmness_option,
    give,
    lang_option,
    load,
    output_options,
    show,
)
from cardhouse.cli.share import Share
from cardhouse.errors import InputError
from cardhouse.views.words import ENGLISH, Words

EXAMPLES = """\b
Examples:
  cardhouse pull openai                       the answer
  cardhouse pull openai --why coreweave       the story of one firm
  cardhouse pull openai anthropic --pays 40%  two cards that still pay 40 percent
  cardhouse pull --all                        every firm ranked by what its fall costs others
  cardhouse pull --pairs                      which two firms cost others more together than apart
"""


@click.command(epilog=EXAMPLES)
@click.argument("firms", nargs=-1, metavar="FIRM...")
@click.option("--all", "everyone", is_flag=True, help="Rank every tested firm by what its fall costs others.")
@click.option("--pairs", is_flag=True, help="All pairs of tested firms: what they cost others together, and apart.")
@click.option("--triples", is_flag=True, help="All triples likewise, and what no pair inside them explains.")
@click.option(
    "--pays",
    type=Share(0.0, 1.0, like=0.4),
    default="0%",
    show_default=True,
    metavar="SHARE",
    help="What the card still pays of its dues.",
)
@click.option(
    "--horizon",
    type=Count(1, 40, like=4),
    default=4,
    show_default=True,
    help="Quarters whose dues are summed.",
)
@click.option("--no-rollover", is_flag=True, help="Maturing debt must be repaid instead of being rolled.")
@click.option(
    "--windows",
    type=click.Choice(["solvent", "frozen"]),
    default="solvent",
    show_default=True,
    help="Who can still raise money: solvent firms only, or everybody as at the opening.",
)
@firmness_option
@click.option("--why", metavar="FIRM", help="Tell what happens to this firm, tie by tie, with sources.")
@click.option("--holdings", metavar="FILE", help="CSV of instrument, issuer, amount: what you lose yourself.")
@output_options
@lang_option
@book_options
def pull(
    firms: tuple[str, ...],
    everyone: bool,
    pairs: bool,
    triples: bool,
    pays: float,
    horizon: int,
    no_rollover: bool,
    windows: str,
    firmness: str,
    why: str | None,
    holdings: str | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Pull a card: FIRM stops paying. Who loses what, who falls with it, and on whose word."""
    from cardhouse.economy.cascade import Windows
    from cardhouse.economy.contracts import Scope
    from cardhouse.economy.pull import Choices

    if everyone + pairs + triples + bool(firms) != 1:
        raise click.UsageError(
            "name the firms to pull, or say --all, --pairs or --triples (only one of these); "
            "for example: cardhouse pull openai"
        )
    if not firms and (why or holdings):
        raise click.UsageError("--why and --holdings go with named firms, not with --all, --pairs or --triples")
    choices = Choices(
        horizon=horizon, pays=pays, rollover=not no_rollover, windows=Windows(windows), scope=Scope(firmness)
    )
    if everyone:
        _rank_all(where, choices, t, as_json=as_json, csv_file=csv_file)
        return
    if pairs or triples:
        _compare_sets(where, 2 if pairs else 3, choices, t, as_json=as_json, csv_file=csv_file)
        return
    _pull_some(where, list(firms), choices, t, why=why, holdings=holdings, as_json=as_json, csv_file=csv_file)


def _pull_some(
    where: Where,
    firms: list[str],
    choices: Any,
    t: Words,
    *,
    why: str | None,
    holdings: str | None,
    as_json: bool,
    csv_file: str | None,
) -> None:
    from cardhouse.economy.pull import pull as run
    from cardhouse.views import payload
    from cardhouse.views import pull as view
    from cardhouse.views.why import why as tell

    book = load(where)
    answer = run(book, firms, choices)
    asked = answer.opening.groups(book.resolve(why).id) if why else None
    mine = _holdings(answer, holdings, ENGLISH if as_json else t) if holdings else None
    if as_json:
        answer_json(payload.pull(answer, holdings=mine))
    elif asked is not None:
        show("\n".join(tell(answer, asked, t=t)))
    else:
        show(
            view.dateline(answer, t=t),
            "\n".join(view.headline(answer, t=t)),
            "\n".join(view.baseline(answer, t=t)),
            *([mine.table] if mine else []),
            view.rounds(answer, t=t),
            view.firm_losses(answer, t=t),
            view.borne(answer, t=t),
            view.grouped(answer, t=t),
            view.provenance(answer, t=t),
            "\n".join(view.scope_notes(answer, t=t)),
        )
    give(view.loss_lines(answer), csv_file=csv_file)


def _holdings(answer: Any, path: str, t: Words) -> Any:
    from cardhouse.views.holdings import holdings_loss

    return holdings_loss(answer, path, t=t)


def _rank_all(where: Where, choices: Any, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.inputs import Case
    from cardhouse.economy.opening import open_book
    from cardhouse.economy.pull import rank
    from cardhouse.views import payload
    from cardhouse.views import pull as view

    _check_share(choices)
    book = load(where)
    rows = rank(book, replace(choices))
    opening = open_book(book, quarters=choices.horizon, scope=choices.scope, case=Case.CENTRAL)
    if as_json:
        answer_json(payload.ranking(rows, opening, choices))
    else:
        show(view.opening_line(opening, t=t), view.ranking(rows, opening, t=t))
    give(view.ranking(rows, opening), csv_file=csv_file)


def _check_share(choices: Any) -> None:
    if choices.pays >= 1.0:
        raise InputError("a card that pays 100% costs nobody anything; say a smaller --pays")


def _compare_sets(where: Where, size: int, choices: Any, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.inputs import Case
    from cardhouse.economy.opening import open_book
    from cardhouse.economy.together import together
    from cardhouse.views import together as view
    from cardhouse.views.pull import opening_line

    _check_share(choices)
    book = load(where)
    with ExitStack() as shown:
        rows = together(book, size, choices, progress=_progress(shown))
    opening = open_book(book, quarters=choices.horizon, scope=choices.scope, case=Case.CENTRAL)
    if as_json:
        answer_json(view.payload(rows, opening, choices))
    else:
        show(
            opening_line(opening, t=t),
            "\n".join(view.counted(rows, opening, t=t)),
            view.by_excess(rows, opening, t=t),
            *([view.by_interaction(rows, opening, t=t)] if size > 2 else []),
            "\n".join(view.notes(size, t=t)),
        )
    give(view.lines(rows), csv_file=csv_file)


def _progress(shown: ExitStack) -> Callable[[int, int], None] | None:
    """A bar on stderr that moves with the pulls; none when stderr is no terminal."""
    if not sys.stderr.isatty():
        return None
    bars: list[Any] = []

    def told(_done: int, whole: int) -> None:
        if not bars:
            bars.append(shown.enter_context(click.progressbar(length=whole, label="pulling", file=sys.stderr)))
        bars[0].update(1)

    return told
