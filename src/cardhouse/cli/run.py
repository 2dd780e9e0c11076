"""``cardhouse run``: the economy quarter by quarter under a scenario, beside the same without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from cardhouse.cli.common import (
    BOOK,
    OUTPUT,
    Count,
    Where,
    alone,
    answer_json,
    book_options,
    firmness_option,
    give,
    lang_option,
    load,
    out_file,
    output_options,
    show,
)
from cardhouse.cli.run_many import Many, many_options, run_paths, say_if_first
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse run                                  the plan as it is, and how much room each firm has
  cardhouse run windows-shut                     who fails when nobody lends, and why
  cardhouse run rents-fall dear-money            two scenarios at once
  cardhouse run openai-stops --firm oracle       one firm quarter by quarter
  cardhouse run mine.toml --ledger payments.csv  a scenario of your own, every payment in a file
  cardhouse run rents-fall --paths 100000        who falls with which probability, who loses how much
  cardhouse run --chances                        on what such probabilities rest, and why
"""


@click.command(epilog=EXAMPLES)
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@click.option("--quarters", type=Count(4, 40, like=24), default=24, show_default=True, help="How far to run.")
@click.option("--firm", metavar="FIRM", help="The quarters of one firm: income, cash, balance sheet.")
@click.option(
    "--ledger", "ledger_file", type=out_file, metavar="FILE", help="Write every payment as CSV, in USD million."
)
@click.option("--reorganise", multiple=True, metavar="FIRM", help="Reorganised instead of liquidated if it fails.")
@firmness_option
@click.option("--list", "listing", is_flag=True, help="List the scenarios that come with the program.")
@click.option(
    "--chances", is_flag=True, help="On what probabilities rest: volatilities, regimes, correlations, and why."
)
@many_options
@output_options
@lang_option
@book_options
def run(
    scenarios: tuple[str, ...],
    quarters: int,
    firm: str | None,
    ledger_file: str | None,
    reorganise: tuple[str, ...],
    firmness: str,
    listing: bool,
    chances: bool,
    many: Many | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Run the economy quarter by quarter under a SCENARIO (several compose), beside the same without it."""
    if many is not None and ledger_file:
        raise click.UsageError("--ledger goes with a single path; leave --paths out")
    if listing:
        alone("--list", *OUTPUT)
        _list(t, as_json=as_json, csv_file=csv_file)
        return
    if chances:
        alone("--chances", "firmness", *OUTPUT, *BOOK)
        _chances(load(where), _choices(quarters, firmness), t, as_json=as_json, csv_file=csv_file)
        return
    from cardhouse.economy.scenario import compose, read_scenario

    scenario = compose(*(read_scenario(name) for name in scenarios))
    book = load(where)
    if reorganise:
        scenario = _reorganised(scenario, [book.resolve(name).id for name in reorganise])
    asked = book.resolve(firm).id if firm else None
    choices = _choices(quarters, firmness)
    if many is not None:
        run_paths(book, scenario, choices, many, t, firm=asked, as_json=as_json, csv_file=csv_file)
        return
    say_if_first("path.run_held")
    answer = _run(book, scenario, choices)
    node = answer.compiled.opening.groups(asked) if asked else None
    if node is not None:
        _one_firm(answer, node, t, as_json=as_json, csv_file=csv_file)
    else:
        _whole(answer, t, as_json=as_json, csv_file=csv_file)
    if ledger_file:
        _ledger(answer, ledger_file)


def _reorganised(scenario: Any, firms: list[str]) -> Any:
    """The scenario with more firms that go on under new owners."""
    from cardhouse.book import Where as Line
    from cardhouse.economy.scenario import reorganised

    pairs = dict([*reorganised(scenario), *((firm, Line("--reorganise", 1)) for firm in firms)])
    name = "+".join([scenario.name, *(f"reorganise-{firm}" for firm in firms)])
    return replace(scenario, name=name, reorganise=tuple(pairs), reorganise_at=tuple(pairs.values()))


def _choices(quarters: int, firmness: str) -> Any:
    from cardhouse.economy.contracts import Scope
    from cardhouse.economy.run import RunChoices

    return RunChoices(quarters=quarters, scope=Scope(firmness))


def _run(book: Any, scenario: Any, choices: Any) -> Any:
    from cardhouse.economy.run import run as simulate

    return simulate(book, scenario, choices)


def _list(t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.views import run as view

    table = view.shipped()
    if as_json:
        answer_json({"scenarios": table.records()})
    else:
        show(view.shipped(t=t))
    give(table, csv_file=csv_file)


def _chances(book: Any, choices: Any, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.many.prepare import chance_of, compiled_of
    from cardhouse.views import chances as view
    from cardhouse.views import chances_payload

    compiled = compiled_of(book, choices)
    found, opening = chance_of(compiled), compiled.opening
    if as_json:
        answer_json(chances_payload.payload(found, opening))
    else:
        show(
            view.dateline(opening, t=t),
            "\n".join(view.headline(found, t=t)),
            view.processes(found, opening, t=t),
            view.regimes(found, t=t),
            view.correlations(found, t=t),
            "\n".join(view.reasons(found, t=t)),
        )
    give(chances_payload.lines(found), csv_file=csv_file)


def _whole(answer: Any, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.story import story
    from cardhouse.views import run as view
    from cardhouse.views import run_payload
    from cardhouse.views.run_story import told as sentences

    told = story(answer)
    if as_json:
        answer_json(run_payload.run(told))
    else:
        show(
            view.dateline(answer, t=t),
            "\n".join(view.headline(told, t=t)),
            *([view.timeline(told, t=t)] if told.failures else []),
            sentences(told, t=t),
            *([view.blows(told, t=t)] if told.blows else []),
            *([view.losses(told, t=t)] if told.losses else []),
            view.standing(told, t=t),
            view.years(told, t=t),
            view.rests_on(answer, t=t),
            "\n".join(view.notes(t=t)),
        )
    if csv_file:
        give(run_payload.quarter_lines(answer, answer.compiled.opening.full), csv_file=csv_file)


def _one_firm(answer: Any, node: str, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.errors import InputError
    from cardhouse.views import run as view
    from cardhouse.views import run_firm, run_payload

    if node not in answer.compiled.place or answer.compiled.opening.positions[node].statement is None:
        raise InputError(
            f"{node} has no statements in a run (it is not tested); expected one of "
            f"{', '.join(answer.compiled.opening.full)}; name another firm"
        )
    quarters, calm = run_payload.both(answer, node)
    if as_json:
        answer_json(run_payload.firm(answer, node))
    else:
        show(
            f"{view.name(answer, node, t)} · {view.dateline(answer, t=t)}",
            run_firm.income(answer, quarters, calm, t=t),
            run_firm.cash(answer, quarters, calm, t=t),
            run_firm.balance(answer, quarters, calm, t=t),
        )
    if csv_file:
        give(run_payload.quarter_lines(answer, (node,)), csv_file=csv_file)


def _ledger(answer: Any, file: str) -> None:
    from cardhouse.economy.ledger import ledger
    from cardhouse.views.run import ledger_lines

    give(ledger_lines(answer, ledger(answer.compiled, answer.path).payments), csv_file=file)
